"""The filter: what is not wanted is let go, and sampling keeps sessions whole."""

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from video_tracker.delivery import settle
from video_tracker.errors import TransportError
from video_tracker.transports import (
    DELIVERED,
    FilterTransport,
    MemoryTransport,
    Mixed,
    Record,
    Refused,
    TryLater,
    sample_sessions,
)

MakeRecord = Callable[..., Record]


def odd(record: Record) -> bool:
    return int(record.message_id.rpartition("-")[2]) % 2 == 1


def test_only_what_is_wanted_goes_on(make_record: MakeRecord) -> None:
    inner = MemoryTransport()
    transport = FilterTransport(inner, odd)

    assert transport.send([make_record(number) for number in (1, 2, 3, 4)]) == DELIVERED
    assert transport.send([make_record(6)]) == DELIVERED
    assert [record.message_id for record in inner.records] == ["s1-1", "s1-3"]
    assert len(inner.batches) == 1
    assert transport.let_go == 3


@pytest.mark.parametrize("answer", [TryLater("network", "away", 2.0), Refused("too_large", "big")])
def test_an_outcome_for_all_is_one_for_those_that_were_sent(
    make_record: MakeRecord, answer: TryLater | Refused
) -> None:
    inner = MemoryTransport([answer, answer])
    transport = FilterTransport(inner, odd)

    assert transport.send([make_record(1), make_record(3)]) == answer
    assert transport.send([make_record(1), make_record(2)]) == attrs.evolve(answer, which=("s1-1",))


def test_outcomes_that_name_records_pass_as_they_are(make_record: MakeRecord) -> None:
    answer = Mixed([Refused("rejected", "", ("s1-1",))])
    transport = FilterTransport(MemoryTransport([answer]), odd)

    assert transport.send([make_record(1), make_record(2), make_record(3)]) is answer


def test_a_function_that_raises_loses_nothing(make_record: MakeRecord) -> None:
    def wanted(_record: Record) -> bool:
        raise KeyError("slip")

    inner = MemoryTransport()
    transport = FilterTransport(inner, wanted)

    assert transport.send([make_record(1)]) == DELIVERED
    assert (len(inner.records), transport.faults) == (1, 1)


def test_sampling_keeps_sessions_whole_and_agrees_with_itself(make_record: MakeRecord) -> None:
    records = [
        attrs.evolve(make_record(number), session_id=f"s{session}")
        for session in range(2_000)
        for number in (1, 2)
    ]
    wanted = sample_sessions(0.25)
    kept = [record for record in records if wanted(record)]
    sessions = {record.session_id for record in kept}

    assert len(kept) == 2 * len(sessions)
    assert 400 < len(sessions) < 600
    assert kept == [record for record in records if sample_sessions(0.25)(record)]
    assert kept != [record for record in records if sample_sessions(0.25, salt="b")(record)]
    assert all(map(sample_sessions(1), records))
    assert not any(map(sample_sessions(0), records))


def test_some_events_can_be_wanted_of_every_session(make_record: MakeRecord) -> None:
    assert sample_sessions(0, always=["Video Content Playing"])(make_record())


def test_a_share_beyond_the_whole_is_told_at_once() -> None:
    with pytest.raises(TransportError, match="from 0 to 1"):
        sample_sessions(1.5)


def test_it_passes_on_the_rest() -> None:
    class Inner(MemoryTransport):
        overhead = 49
        forks = 0

        def after_fork(self) -> None:
            self.forks += 1

    inner = Inner()
    transport = FilterTransport(inner, odd)
    transport.after_fork()
    transport.close()
    assert (transport.overhead, inner.forks, inner.closed) == (49, 1, True)
    FilterTransport(MemoryTransport(), odd).after_fork()


def test_a_refusal_of_several_names_no_culprit(make_record: MakeRecord) -> None:
    """The one at fault is found by sending less; the others must not be dead with it."""
    transport = FilterTransport(MemoryTransport([Refused("rejected")]), odd)
    outcome = transport.send([make_record(1), make_record(2), make_record(3)])

    assert outcome == Refused("rejected", which=("s1-1", "s1-3"), together=True)


@pytest.mark.parametrize("answer", [None, Mixed((TryLater("network"),)), "ok"])
def test_an_odd_outcome_holds_for_those_that_were_sent(
    make_record: MakeRecord, answer: Any
) -> None:
    records = [make_record(1), make_record(2), make_record(3)]
    settled = settle(records, FilterTransport(MemoryTransport([answer]), odd).send(records))
    assert [record.message_id for record in settled.delivered] == ["s1-2"]
    assert len(settled.later) + len(settled.refused) == 2
