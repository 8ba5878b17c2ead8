"""The fan-out: every destination fares on its own, and none gets a record twice."""

from collections.abc import Callable

import pytest

from video_tracker.errors import TransportError
from video_tracker.transports import (
    DELIVERED,
    FanOutTransport,
    MemoryTransport,
    Mixed,
    Outcome,
    Record,
    Refused,
    TryLater,
)

MakeRecord = Callable[..., Record]


def test_all_destinations_get_all_records(make_record: MakeRecord) -> None:
    one, two = MemoryTransport(), MemoryTransport()
    transport = FanOutTransport([one, two])
    records = (make_record(1), make_record(2))

    assert transport.send(records) == DELIVERED
    assert (one.records, two.records) == ([*records], [*records])
    assert {name: branch.delivered for name, branch in transport.branches().items()} == {
        "1": 2,
        "2": 2,
    }


def test_a_record_comes_again_only_to_who_has_not_had_it(make_record: MakeRecord) -> None:
    one = MemoryTransport()
    two = MemoryTransport([TryLater("unavailable", "HTTP 503", 2.0)])
    transport = FanOutTransport({"one": one, "two": two})
    records = (make_record(1), make_record(2))

    assert transport.send(records) == TryLater("unavailable", "two: HTTP 503", 2.0)
    assert transport.send(records) == DELIVERED
    assert [len(batch) for batch in one.batches] == [2]
    assert [len(batch) for batch in two.batches] == [2, 2]
    assert transport.branches()["two"].postponed == 2


def test_records_that_fare_differently_are_told_apart(make_record: MakeRecord) -> None:
    one = MemoryTransport([Refused("rejected", "bad", ("s1-1",))])
    two = MemoryTransport([TryLater("throttled", "", 1.0, ("s1-2",))])
    transport = FanOutTransport({"one": one, "two": two})

    assert transport.send([make_record(1), make_record(2), make_record(3)]) == Mixed(
        [
            Refused("rejected", "one: bad", ("s1-1",)),
            TryLater("throttled", "two", 1.0, ("s1-2",)),
        ]
    )


def test_a_refused_batch_may_be_divided_and_only_the_refuser_sees_the_halves(
    make_record: MakeRecord,
) -> None:
    def picky(records: tuple[Record, ...]) -> Outcome:
        bad = any(record.message_id == "s1-2" for record in records)
        return Refused("rejected", "bad") if bad else DELIVERED

    class Picky(MemoryTransport):
        def send(self, records: object) -> Outcome:
            assert isinstance(records, tuple)
            self.batches.append(records)
            return picky(records)

    one, two = MemoryTransport(), Picky()
    transport = FanOutTransport({"one": one, "two": two})
    refused = Refused("rejected", "two: bad")

    assert transport.send([make_record(1), make_record(2)]) == refused
    assert transport.send([make_record(1)]) == DELIVERED
    assert transport.send([make_record(2)]) == refused
    assert [len(batch) for batch in one.batches] == [2]
    assert transport._taken == {}


def test_an_optional_destination_is_tried_once_and_never_waited_for(
    make_record: MakeRecord,
) -> None:
    one = MemoryTransport([TryLater("network")])
    two = MemoryTransport([Refused("credentials"), TryLater("network"), ValueError("slip")])
    told: list[object] = []
    transport = FanOutTransport(
        {"one": one, "two": two},
        optional=["two"],
        on_trouble=lambda name, part: told.append((name, part.reason)),
    )

    assert transport.send([make_record(1)]) == TryLater("network", "one")
    assert transport.send([make_record(1)]) == DELIVERED
    assert transport.send([make_record(2)]) == DELIVERED
    assert transport.send([make_record(3)]) == DELIVERED
    branch = transport.branches()["two"]
    assert (branch.delivered, branch.refused, branch.missed) == (0, {"credentials": 1}, 2)
    assert told == [
        ("one", "network"),
        ("two", "credentials"),
        ("two", "network"),
        ("two", "raised"),
    ]


def test_patience_comes_before_refusal_and_the_longest_wait_counts(make_record: MakeRecord) -> None:
    answers: list[Outcome] = [Refused("rejected"), TryLater("a", "", 1.0), TryLater("b", "", 9.0)]
    transport = FanOutTransport([MemoryTransport([answer]) for answer in answers])
    assert transport.send([make_record(1)]) == TryLater("b", "3", 9.0)

    wrong: list[Outcome] = [Refused("rejected"), Refused("endpoint", "HTTP 404")]
    transport = FanOutTransport([MemoryTransport([answer]) for answer in wrong])
    assert transport.send([make_record(1)]) == Refused("endpoint", "2: HTTP 404")


def test_what_is_remembered_is_bounded(make_record: MakeRecord) -> None:
    one = MemoryTransport()
    two = MemoryTransport([TryLater("network")] * 3)
    transport = FanOutTransport([one, two], remember=2)
    for number in (1, 2, 3, 1):
        transport.send([make_record(number)])

    assert len(one.batches) == 4
    assert len(transport._taken) == 2


def test_a_raising_hook_or_close_stops_nobody(make_record: MakeRecord) -> None:
    class Bad(MemoryTransport):
        def close(self) -> None:
            super().close()
            raise OSError("stuck")

    def hook(_name: str, _part: object) -> None:
        raise RuntimeError("slip")

    one, two = Bad([TryLater("network")]), MemoryTransport()
    transport = FanOutTransport([one, two], on_trouble=hook)
    assert isinstance(transport.send([make_record(1)]), TryLater)
    with pytest.raises(OSError, match="stuck"):
        transport.close()
    assert one.closed
    assert two.closed


def test_it_passes_on_a_fork_and_the_largest_overhead() -> None:
    class Large(MemoryTransport):
        overhead = 49
        forks = 0

        def after_fork(self) -> None:
            self.forks += 1

    large = Large()
    transport = FanOutTransport([MemoryTransport(), large])
    transport.after_fork()
    assert (transport.overhead, large.forks) == (49, 1)
    transport.close()


def test_a_fan_out_to_nobody_is_told_at_once() -> None:
    with pytest.raises(TransportError, match="none given"):
        FanOutTransport([])
    with pytest.raises(TransportError, match="no destination named two"):
        FanOutTransport({"one": MemoryTransport()}, optional=["two"])


def test_a_refusal_of_a_part_names_no_culprit(make_record: MakeRecord) -> None:
    """A destination that had some of a batch before may refuse the others together."""
    one, two, three = (make_record(number) for number in (1, 2, 3))
    refused = Refused("rejected", "no")
    second = MemoryTransport([TryLater("network", which=("s1-2", "s1-3")), refused])
    transport = FanOutTransport({"a": MemoryTransport([TryLater("network")]), "b": second})
    transport.send([one, two, three])

    outcome = transport.send([one, two, three])
    assert outcome == Mixed([Refused("rejected", "b: no", ("s1-2", "s1-3"), together=True)])
