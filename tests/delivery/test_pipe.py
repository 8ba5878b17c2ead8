"""The pipe: its bounds, its batches, and the account."""

import itertools
from typing import Any

import pytest

from tests.delivery.piping import Run, fill, ids, make, make_pipe
from video_tracker.delivery import (
    DELIVERED,
    ChainStore,
    DeliveryPolicy,
    MemoryStore,
    Pipe,
    Put,
    Refused,
    Taken,
    TryLater,
)
from video_tracker.errors import StoreBrokenError, StoreFullError
from video_tracker.record import Record

# -- batches


def test_a_batch_closes_by_count() -> None:
    pipe = make_pipe(batch_records=3, linger=5.0)
    assert [pipe.put(make(number), 0.0).wake for number in range(5)] == [
        True,  # somebody should set an alarm for its linger
        False,
        True,  # a batch is full
        False,
        False,
    ]

    batch = pipe.next_batch(0.0)
    assert ids(batch) == ["m0", "m1", "m2"]
    assert batch is not None
    assert (batch.number, batch.attempt, batch.since) == (1, 1, 0.0)
    pipe.settle(batch, DELIVERED, 0.0)
    assert pipe.next_batch(0.0) is None


def test_a_batch_closes_by_exact_bytes() -> None:
    """S55: envelope and commas are counted, and before a record is added."""
    pipe = make_pipe(batch_bytes=32 + 13, record_bytes=10, overhead=13, linger=5.0)
    assert [pipe.put(make(number), 0.0).wake for number in range(3)] == [True, False, True]

    batch = pipe.next_batch(0.0)
    assert ids(batch) == ["m0", "m1", "m2"]
    assert batch is not None
    assert batch.body_bytes == 45


def test_one_byte_less_makes_the_batch_one_record_shorter() -> None:
    pipe = make_pipe(batch_bytes=31 + 13, record_bytes=10, overhead=13, linger=5.0)
    fill(pipe, 3)

    assert ids(pipe.next_batch(0.0)) == ["m0", "m1"]


def test_a_batch_closes_by_age() -> None:
    pipe = make_pipe(linger=0.5)
    fill(pipe, 2, now=100.0)
    assert pipe.next_batch(100.4) is None
    assert pipe.wake_at(100.4) == 100.5

    assert ids(pipe.next_batch(100.5)) == ["m0", "m1"]


def test_an_urgent_record_takes_along_what_is_before_it() -> None:
    pipe = make_pipe(batch_records=2, linger=9.0)
    fill(pipe, 1)
    assert pipe.put(make(1), 0.0, True).wake
    assert pipe.put(make(2), 0.0, True).wake
    pipe.put(make(3), 0.0)
    pipe.put(make(4), 0.0)

    run = Run(pipe)
    while (batch := pipe.next_batch(0.0)) is not None:
        run.batches.append(batch)
        pipe.settle(batch, DELIVERED, 0.0)
    assert [ids(each) for each in run.batches] == [["m0", "m1"], ["m2", "m3"]]
    assert pipe.wake_at(0.0) == 9.0


def test_force_lets_nothing_linger() -> None:
    pipe = make_pipe(linger=9.0)
    fill(pipe, 1)
    assert (pipe.wake_at(0.0), pipe.wake_at(0.0, force=True)) == (9.0, 0.0)

    assert ids(pipe.next_batch(0.0, force=True)) == ["m0"]


def test_one_batch_at_a_time_is_in_flight() -> None:
    pipe = make_pipe(batch_records=1)
    fill(pipe, 2)
    batch = pipe.next_batch(0.0)
    assert batch is not None
    assert (pipe.in_flight, pipe.wake_at(0.0), pipe.next_batch(0.0)) == (1, None, None)

    pipe.settle(batch, DELIVERED, 0.0)
    assert ids(pipe.next_batch(0.0)) == ["m1"]


def test_an_empty_pipe_wants_nothing() -> None:
    pipe = make_pipe()

    assert pipe.next_batch(0.0, force=True) is None
    assert pipe.wake_at(0.0, force=True) is None
    assert repr(pipe) == "<Pipe open, 0 records pending>"


def test_several_lanes_send_at_once_and_keep_a_session_to_one_of_them() -> None:
    pipe = make_pipe(in_flight=4, batch_records=10)
    fill(pipe, 200, sessions=20)
    flights = []
    while (batch := pipe.next_batch(0.0)) is not None:
        flights.append(batch)

    assert len(flights) == 4
    assert len({batch.lane for batch in flights}) == 4
    sessions = [{record.session_id for record in batch.records} for batch in flights]
    assert all(not one & two for one, two in itertools.combinations(sessions, 2))
    for batch in flights:
        pipe.settle(batch, DELIVERED, 0.0)
    Run(pipe).drive(lambda *_: DELIVERED)
    assert pipe.account().delivered == 200


def test_after_a_failure_one_lane_feels_the_way() -> None:
    pipe = make_pipe(in_flight=3, batch_records=5)
    fill(pipe, 90, sessions=30)
    flights = [pipe.next_batch(0.0) for _ in range(3)]
    for batch in flights:
        assert batch is not None
        pipe.settle(batch, TryLater("network"), 0.0)
    assert (pipe.state, pipe.wake_at(0.0)) == ("backing_off", 0.5)

    probe = pipe.next_batch(0.5)
    assert probe is not None
    assert pipe.next_batch(0.5) is None
    pipe.settle(probe, DELIVERED, 0.6)
    assert pipe.next_batch(0.6) is not None
    assert pipe.next_batch(0.6) is not None


# -- bounds


def test_the_newest_is_dropped_when_the_count_is_reached() -> None:
    pipe = make_pipe(max_records=2)
    fill(pipe, 2)
    put = pipe.put(make(9), 0.0)

    assert (put.accepted, put.room) == (False, True)
    assert [(each.record.message_id, each.reason) for each in put.dropped] == [("m9", "overflow")]
    assert pipe.account().dropped == {"overflow": 1}
    assert pipe.account().accepted == 3
    assert not pipe.has_room(1)


def test_bytes_bound_it_too() -> None:
    pipe = make_pipe(max_bytes=1_000)
    fill(pipe, 2, size=495)

    assert pipe.has_room(10)
    assert not pipe.has_room(11)
    assert not pipe.put(make(9, size=11), 0.0).accepted
    assert pipe.put(make(9, size=10), 0.0).accepted
    assert pipe.pending_bytes == 1_000


def test_what_is_in_flight_takes_room() -> None:
    pipe = make_pipe(max_records=1)
    fill(pipe, 1)
    batch = pipe.next_batch(0.0)
    assert batch is not None
    assert not pipe.put(make(9), 0.0).accepted

    pipe.settle(batch, DELIVERED, 0.0)
    assert pipe.put(make(9), 0.0).accepted


def test_the_oldest_are_dropped_for_a_large_newcomer() -> None:
    pipe = make_pipe(max_bytes=1_000, overflow="drop_oldest")
    fill(pipe, 10, size=100)
    put = pipe.put(make(10, size=201), 0.0)

    assert put.accepted
    assert [each.record.message_id for each in put.dropped] == ["m0", "m1", "m2"]
    assert pipe.account().dropped == {"overflow": 3}
    assert pipe.account().balanced


def test_what_came_back_is_older_than_what_waits() -> None:
    pipe = make_pipe(max_records=4, batch_records=2, overflow="drop_oldest")
    fill(pipe, 4)
    Run(pipe).drive(lambda *_: TryLater("network"), requests=1)
    dropped = [pipe.put(make(number), 0.0).dropped[0].record.message_id for number in range(4, 8)]

    assert dropped == ["m0", "m1", "m2", "m3"]


def test_what_is_in_flight_is_not_dropped() -> None:
    pipe = make_pipe(max_records=1, overflow="drop_oldest")
    fill(pipe, 1)
    assert pipe.next_batch(0.0) is not None
    put = pipe.put(make(9), 0.0)

    assert not put.accepted
    assert [each.record.message_id for each in put.dropped] == ["m9"]


@pytest.mark.parametrize("overflow", ["block", "raise"])
def test_the_shell_is_told_that_there_is_no_room(overflow: str) -> None:
    pipe = make_pipe(max_records=1, overflow=overflow)
    fill(pipe, 1)
    assert pipe.put(make(9), 0.0) == Put(accepted=False, room=False)
    assert pipe.account().accepted == 1

    pipe.refuse(make(9), "block_timeout")
    account = pipe.account()
    assert (account.accepted, account.dropped, account.balanced) == (2, {"block_timeout": 1}, True)


def test_what_memory_cannot_hold_spills() -> None:
    store = ChainStore(MemoryStore(limit=(2, 1_000)), MemoryStore(limit=(3, 1_000)), spill=True)
    pipe = make_pipe(overflow="spill", max_records=2, store=store)
    puts = [pipe.put(make(number), 0.0) for number in range(6)]

    assert [put.accepted for put in puts] == [True] * 5 + [False]
    assert puts[5].dropped[0].reason == "store_full"
    assert Run(pipe).drive(lambda *_: DELIVERED).delivered == ["m0", "m1", "m2", "m3", "m4"]


def test_a_record_that_may_never_be_sent_is_dead_at_once() -> None:
    """S55: it goes to the dead letters with its reason."""
    pipe = make_pipe(record_bytes=100)
    put = pipe.put(make(1, size=101), 0.0)

    assert not put.accepted
    assert [(each.reason, each.attempts) for each in put.dead] == [("too_large", 0)]
    assert "101 bytes" in put.dead[0].detail
    assert pipe.account().dead == {"too_large": 1}
    assert pipe.put(make(2, size=100), 0.0).accepted


class Failing(MemoryStore):
    """A store that fails as it is told."""

    __slots__ = ("error",)

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None

    def append(self, record: Record, now: float) -> None:
        if self.error is not None:
            raise self.error
        super().append(record, now)


@pytest.mark.parametrize(
    ("overflow", "error", "room", "reason"),
    [
        ("drop_newest", StoreFullError("full"), True, "store_full"),
        ("drop_newest", StoreBrokenError("EIO"), True, "store_broken"),
        ("spill", StoreFullError("full"), True, "store_full"),
        ("block", StoreFullError("full"), False, None),
        ("raise", StoreFullError("full"), False, None),
        ("block", StoreBrokenError("EIO"), True, "store_broken"),
        ("drop_oldest", StoreFullError("full"), True, "overflow"),
        ("drop_oldest", StoreBrokenError("EIO"), True, "store_broken"),
    ],
)
def test_a_store_that_takes_nothing_is_an_overflow(
    overflow: str, error: Exception, room: bool, reason: str | None
) -> None:
    store = Failing()
    store.error = error
    pipe = make_pipe(overflow=overflow, store=store)
    put = pipe.put(make(1), 0.0)

    assert (put.accepted, put.room) == (False, room)
    assert [each.reason for each in put.dropped] == ([reason] if reason else [])
    assert pipe.account().balanced


def test_a_full_store_drops_its_oldest_where_that_is_the_policy() -> None:
    pipe = make_pipe(overflow="drop_oldest", store=MemoryStore(limit=(3, 30)))
    fill(pipe, 3)
    put = pipe.put(make(3, size=20), 0.0)

    assert put.accepted
    assert [each.record.message_id for each in put.dropped] == ["m0", "m1"]
    assert Run(pipe).drive(lambda *_: DELIVERED).delivered == ["m2", "m3"]


def test_a_store_that_breaks_while_room_is_made_takes_no_more() -> None:
    store = Failing()
    pipe = make_pipe(overflow="drop_oldest", max_records=1, store=store)
    fill(pipe, 1)
    store.error = StoreBrokenError("EIO")
    put = pipe.put(make(1), 0.0)

    assert [each.reason for each in put.dropped] == ["overflow", "store_broken"]
    assert pipe.account().balanced


# -- a store that knows more than the pipe


def test_what_waits_in_the_store_already_is_accepted() -> None:
    store = MemoryStore()
    store.append(make(0), 0.0)
    pipe = make_pipe(store=store)
    assert pipe.account().accepted == 1

    store.append(make(1), 0.0)  # adopted from a process that died
    assert pipe.recount() == 1
    assert pipe.recount() == 0
    assert pipe.account().accepted == 2
    assert Run(pipe).drive(lambda *_: DELIVERED).delivered == ["m0", "m1"]


def test_what_comes_into_the_store_unseen_is_counted_when_it_is_taken() -> None:
    store = MemoryStore()
    pipe = make_pipe(store=store)
    fill(pipe, 1)
    store.append(make(1), 0.0)

    assert Run(pipe).drive(lambda *_: DELIVERED).delivered == ["m0", "m1"]
    assert pipe.account().accepted == 2


def test_what_is_gone_from_the_store_is_damaged() -> None:
    store = MemoryStore()
    pipe = make_pipe(store=store)
    fill(pipe, 3)
    store.evict()

    assert pipe.recount() == -1
    account = pipe.account()
    assert (account.dropped, account.pending, account.balanced) == ({"damaged": 1}, 2, True)


class Rotten(MemoryStore):
    """A store in which a record cannot be read any more."""

    __slots__ = ()

    def take(self, max_records: int, max_bytes: int) -> Taken:
        taken = super().take(max_records, max_bytes)
        good = [each for each in taken.records if each.message_id != "m1"]
        lost = len(taken.records) - len(good)
        return Taken(good, list(taken.times)[: len(good)], lost, 10 * lost)


@pytest.mark.parametrize("batch_records", [1, 2, 9])
def test_what_cannot_be_read_is_damaged(batch_records: int) -> None:
    pipe = make_pipe(batch_records=batch_records, store=Rotten())
    fill(pipe, 4)

    assert Run(pipe).drive(lambda *_: DELIVERED).delivered == ["m0", "m2", "m3"]
    account = pipe.account()
    assert (account.dropped, account.pending_bytes, account.balanced) == ({"damaged": 1}, 0, True)


class Mute(MemoryStore):
    """A store that says it has records and hands out none: broken, but no reason to hang."""

    __slots__ = ()

    def take(self, max_records: int, max_bytes: int) -> Taken:  # noqa: ARG002
        return Taken()


@pytest.mark.parametrize("lanes", [1, 3])
def test_a_store_that_gives_nothing_does_not_hang_the_pipe(lanes: int) -> None:
    pipe = make_pipe(store=Mute(), in_flight=lanes)
    fill(pipe, 2)

    assert pipe.next_batch(0.0) is None


class Remembering(MemoryStore):
    """A store that remembers what it was told to let go of."""

    __slots__ = ("gone",)

    def __init__(self) -> None:
        super().__init__()
        self.gone: list[str] = []

    def settled(self, records: Any) -> None:
        self.gone += [record.message_id for record in records]


def test_the_store_lets_go_of_what_is_settled_and_of_nothing_else() -> None:
    store = Remembering()
    pipe = make_pipe(store=store, batch_records=4)
    fill(pipe, 8)
    answers = iter(
        (
            TryLater("network"),
            Refused("rejected", which=("m1",)),  # the others of the batch were delivered
            TryLater("network"),
        )
    )
    Run(pipe).drive(lambda *_: next(answers), requests=1)
    assert store.gone == []

    run = Run(pipe, now=1.0).drive(lambda *_: next(answers), requests=1)
    assert store.gone == ["m0", "m2", "m3", "m1"]
    assert run.dead == [("m1", "rejected")]

    Run(pipe, now=1.0).drive(lambda *_: next(answers), requests=1)
    pipe.abandon("closed")
    assert store.gone[4:] == ["m4", "m5", "m6", "m7"]
    assert pipe.account().dropped == {"closed": 4}


def test_what_only_memory_has_is_known_until_it_is_settled() -> None:
    store = MemoryStore(keep=True)
    pipe = make_pipe(store=store, batch_records=2)
    fill(pipe, 5)
    assert store.unsettled() == []
    run = Run(pipe).drive(lambda *_: TryLater("network"), requests=1)
    assert [record.message_id for record, _ in store.unsettled()] == ["m0", "m1"]

    run.drive(lambda *_: DELIVERED, requests=1)
    assert store.unsettled() == []
    assert list(store) == [make(number, session="s0") for number in (2, 3, 4)]


@pytest.mark.parametrize("lanes", [1, 3])
def test_the_caller_may_know_that_records_are_lost(lanes: int) -> None:
    store = MemoryStore()
    pipe = make_pipe(store=store, batch_records=2, in_flight=lanes, suspect_after=1)
    fill(pipe, 40, sessions=7)
    run = Run(pipe).drive(lambda *_: TryLater("unavailable"), requests=3)
    at = pipe.wake_at(run.now)
    assert at is not None
    batch = pipe.next_batch(at)
    assert batch is not None
    waiting = store.evict()
    held = [record for lane in pipe._lanes for record in lane.records()]
    assert waiting is not None
    assert len(held) > 2
    gone = [waiting, *held, *batch.records]
    dropped = pipe.drop(gone, "closed")

    assert [each.record for each in dropped] == gone[: -len(batch.records)]
    assert pipe.account().dropped == {"closed": len(dropped)}
    assert pipe.account().balanced
    assert [record for lane in pipe._lanes for record in lane.records()] == []
    pipe.settle(batch, DELIVERED, at)
    Run(pipe, now=at).drive(lambda *_: DELIVERED)
    assert pipe.account().delivered == 40 - len(dropped)


def test_dead_letters_are_kept_before_the_store_lets_go_of_them() -> None:
    """A crash in between may double a dead letter, and loses none."""
    store = Remembering()
    kept: list[tuple[str, float, list[str]]] = []
    pipe = Pipe(
        DeliveryPolicy(record_bytes=1_000, linger=0.0),
        random=lambda: 0.5,
        store=store,
        bury=lambda dead, at: kept.extend((each.reason, at, list(store.gone)) for each in dead),
    )
    fill(pipe, 2)
    Run(pipe, now=7.0).drive(lambda *_: Refused("rejected", which=("m1",)))

    assert kept == [("rejected", 7.0, [])]
    assert store.gone == ["m0", "m1"]


# -- the account and the two ways back


def test_a_batch_is_settled_once() -> None:
    pipe, other = make_pipe(), make_pipe()
    fill(pipe, 1)
    batch = pipe.next_batch(0.0)
    assert batch is not None
    with pytest.raises(ValueError, match="not in flight"):
        other.settle(batch, DELIVERED, 0.0)
    pipe.settle(batch, DELIVERED, 0.0)

    with pytest.raises(ValueError, match="batch 1 is not in flight"):
        pipe.settle(batch, DELIVERED, 0.0)
    with pytest.raises(ValueError, match="not in flight"):
        pipe.give_back(batch)


def test_a_batch_that_was_not_sent_counts_as_no_attempt() -> None:
    pipe = make_pipe(max_attempts=1, batch_records=2)
    fill(pipe, 3)
    batch = pipe.next_batch(0.0)
    assert batch is not None
    pipe.give_back(batch)
    again = pipe.next_batch(0.0)

    assert again is not None
    assert (again.records, again.attempt, again.number) == (batch.records, 1, 2)
    assert pipe.account().in_flight == 2


def test_abandoning_leaves_what_is_in_flight() -> None:
    pipe = make_pipe(batch_records=2)
    fill(pipe, 5)
    batch = pipe.next_batch(0.0)
    assert batch is not None
    dropped = pipe.abandon("closed")
    assert [each.record.message_id for each in dropped] == ["m2", "m3", "m4"]

    pipe.settle(batch, DELIVERED, 0.0)
    account = pipe.account()
    assert (account.delivered, account.dropped, account.pending) == (2, {"closed": 3}, 0)


def test_the_account_tells_where_everything_is() -> None:
    pipe = make_pipe(batch_records=2)
    fill(pipe, 5, now=7.0)
    Run(pipe, now=8.0).drive(lambda *_: TryLater("network"), requests=1)
    batch = pipe.next_batch(9.0)
    assert batch is not None
    account = pipe.account()

    assert (account.accepted, account.pending, account.pending_bytes) == (5, 5, 50)
    assert (account.in_flight, account.batches, account.retried) == (2, 2, 2)
    assert (account.state, account.oldest, account.balanced) == ("backing_off", 7.0, True)


def test_the_account_survives_a_flood_of_reasons() -> None:
    pipe = make_pipe()
    for number in range(300):
        pipe.refuse(make(number), f"reason {number}")

    account = pipe.account()
    assert len(account.dropped) == 101
    assert (account.dropped["other"], account.balanced) == (200, True)


def test_a_pipe_of_its_own_default_holds_in_memory() -> None:
    assert isinstance(make_pipe().store, MemoryStore)
    assert isinstance(Pipe, type)
