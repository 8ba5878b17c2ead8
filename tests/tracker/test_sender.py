"""The sender's threads, modes, limits and ends; every meeting of threads is arranged."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence

import pytest

from video_tracker.delivery import DELIVERED, DeliveryPolicy, Outcome, Refused, TryLater
from video_tracker.errors import PolicyError, QueueFullError
from video_tracker.record import Record
from video_tracker.testing.clock import ManualClock
from video_tracker.tracker import Drop, Hooks, Lane, Mode, Retry, Sender, Sent
from video_tracker.transports import MemoryTransport

PATIENCE = 10.0


def record(number: int, session: str = "s1", size: int = 100) -> Record:
    return Record(f"{session}-{number}", session, "Video Content Playing", b"{%b}" % (b" " * size))


def ids(records: Sequence[Record]) -> list[str]:
    return [each.message_id for each in records]


class Gate:
    """A transport that stops until it is let go, then says what it is told to."""

    def __init__(self, *answers: Outcome) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()
        self.batches: list[list[str]] = []
        self.closed = 0
        self._answers = iter(answers)

    def send(self, records: Sequence[Record]) -> Outcome:
        self.batches.append(ids(records))
        self.reached.set()
        assert self.open.wait(PATIENCE)
        return next(self._answers, DELIVERED)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


# -- modes -------------------------------------------------------------------------------------


def test_a_thread_begins_with_the_first_record_and_ends_with_the_close() -> None:
    sent = MemoryTransport()
    before = set(threading.enumerate())
    sender = Sender(sent)
    assert set(threading.enumerate()) <= before
    for number in range(1200):
        assert sender.put(record(number))
    account = sender.flush(PATIENCE)
    assert (account.delivered, account.pending) == (1200, 0)
    assert ids(sent.records) == [f"s1-{number}" for number in range(1200)]
    assert [len(batch) for batch in sent.batches[1:-1]] == [500] * (len(sent.batches) - 2)
    sender.close()
    assert set(threading.enumerate()) <= before
    assert sent.closed


def test_records_wait_for_company_but_not_for_long() -> None:
    sent = MemoryTransport()
    arrived = threading.Event()
    hooks = Hooks(ManualClock(), on_sent=lambda _: arrived.set())
    with Sender(sent, policy=DeliveryPolicy(linger=0.05), hooks=hooks) as sender:
        for number in range(3):
            sender.put(record(number))
        assert arrived.wait(PATIENCE)
    assert [len(batch) for batch in sent.batches] == [3]


def test_an_urgent_record_does_not_wait() -> None:
    sent = MemoryTransport()
    arrived = threading.Event()
    hooks = Hooks(ManualClock(), on_sent=lambda _: arrived.set())
    with Sender(sent, policy=DeliveryPolicy(linger=3600), hooks=hooks) as sender:
        sender.put(record(1))
        sender.put(record(2), urgent=True)
        assert arrived.wait(PATIENCE)
        assert len(sent.records) == 2


def test_by_hand_nothing_is_sent_before_its_time(clock: ManualClock) -> None:
    sent = MemoryTransport(answers=[TryLater("throttled", after=5.0)])
    sender = Sender(sent, mode="manual", clock=clock)
    sender.put(record(1))
    assert sender.pump() == 0
    due = sender.wake_at()
    assert due == clock.now() + 0.5
    clock.advance(0.5)
    assert sender.pump() == 1
    due = sender.wake_at()
    assert due is not None
    assert due >= clock.now() + 5.0
    clock.move_to(due)
    assert sender.pump() == 1
    assert sender.wake_at() is None
    assert sender.close().delivered == 1


def test_an_unknown_mode_is_an_error_at_once() -> None:
    with pytest.raises(PolicyError, match="mode must be one of thread, sync, manual"):
        Sender(MemoryTransport(), mode="magic")  # type: ignore[arg-type]


def test_where_no_thread_can_be_had_it_sends_in_the_callers(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Refusing(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading, "Thread", Refusing)
    sent = MemoryTransport()
    with Sender(sent) as sender:
        sender.put(record(1))
        assert len(sent.records) == 1
    assert "a thread cannot be started" in caplog.text


def test_several_batches_are_on_their_way_at_once_when_asked_for() -> None:
    both = threading.Barrier(2)

    class Meeting(MemoryTransport):
        def send(self, records: Sequence[Record]) -> Outcome:
            both.wait(PATIENCE)
            return super().send(records)

    sent = Meeting()
    with Sender(sent, policy=DeliveryPolicy(in_flight=2, batch_records=1)) as sender:
        for session in ("s0", "s4", "s1", "s5"):  # two that may go side by side, twice
            sender.put(record(1, session=session))
        assert sender.flush(PATIENCE).delivered == 4


# -- overflow ----------------------------------------------------------------------------------


def test_what_is_dropped_is_counted_told_and_logged_once_in_a_while(
    gate: Gate, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    drops: list[Drop] = []
    sender = Sender(
        gate,
        clock=clock,
        policy=DeliveryPolicy(max_records=2, linger=0),
        hooks=Hooks(clock, on_drop=drops.append),
    )
    assert [sender.put(record(number)) for number in range(50)] == [True] * 2 + [False] * 48
    assert sender.account().dropped == {"overflow": 48}
    assert sender.account().balanced
    assert [ids(drop.records) for drop in drops[:2]] == [["s1-2"], ["s1-3"]]
    assert [line.getMessage() for line in caplog.records] == ["1 message dropped: overflow"]
    gate.open.set()
    sender.close(PATIENCE)


def test_the_oldest_make_room_when_asked_for(clock: ManualClock) -> None:
    drops: list[Drop] = []
    sent = MemoryTransport()
    policy = DeliveryPolicy(max_records=3, overflow="drop_oldest")
    hooks = Hooks(clock, on_drop=drops.append)
    sender = Sender(sent, mode="manual", clock=clock, policy=policy, hooks=hooks)
    for number in range(5):
        sender.put(record(number))
    assert [ids(drop.records) for drop in drops] == [["s1-0"], ["s1-1"]]
    sender.close()
    assert ids(sent.records) == ["s1-2", "s1-3", "s1-4"]


def test_the_caller_is_told_when_asked_for_and_keeps_the_record(clock: ManualClock) -> None:
    policy = DeliveryPolicy(max_records=1, overflow="raise")
    sender = Sender(MemoryTransport(), mode="manual", clock=clock, policy=policy)
    sender.put(record(1))
    with pytest.raises(QueueFullError, match="1 records"):
        sender.put(record(2))
    assert sender.account().accepted == 1
    sender.flush()
    assert sender.put(record(2))
    assert sender.close().delivered == 2


def test_the_caller_waits_for_room_when_asked_for(gate: Gate) -> None:
    policy = DeliveryPolicy(max_records=1, overflow="block", linger=0)
    sender = Sender(gate, policy=policy, block_timeout=PATIENCE)
    sender.put(record(1))
    assert gate.reached.wait(PATIENCE)
    taken: list[bool] = []
    waiting = threading.Thread(target=lambda: taken.append(sender.put(record(2))))
    waiting.start()
    waiting.join(0.05)
    assert taken == []
    gate.open.set()
    waiting.join(PATIENCE)
    assert taken == [True]
    assert sender.close(PATIENCE).delivered == 2


def test_the_wait_for_room_ends_and_closing_ends_it(gate: Gate) -> None:
    policy = DeliveryPolicy(max_records=1, overflow="block", linger=0)
    sender = Sender(gate, policy=policy, block_timeout=0.01)
    sender.put(record(1))
    assert not sender.put(record(2))
    assert sender.account().dropped == {"block_timeout": 1}
    other = Sender(gate, policy=policy, block_timeout=PATIENCE)
    other.put(record(1))
    waiting = threading.Thread(target=other.put, args=(record(2),))
    waiting.start()
    waiting.join(0.05)
    other.close(0.0)
    waiting.join(PATIENCE)
    assert other.account().dropped == {"closed": 1}
    gate.open.set()
    sender.close(PATIENCE)


def test_a_hook_that_waits_for_room_does_not_wait_for_itself() -> None:
    """The thread that sends is the one that would have to make the room."""
    senders: list[Sender] = []
    told = threading.Event()

    def add(sent: Sent) -> None:
        if sent.records[0].message_id == "s1-1":
            for number in range(2, 5):
                senders[0].put(record(number))
            told.set()

    transport = MemoryTransport()
    policy = DeliveryPolicy(max_records=1, overflow="block", linger=0)
    hooks = Hooks(ManualClock(), on_sent=add)
    senders.append(Sender(transport, policy=policy, hooks=hooks, block_timeout=PATIENCE))
    senders[0].put(record(1))
    assert told.wait(PATIENCE)
    assert senders[0].close(PATIENCE).delivered == 4


def test_spilling_needs_a_disk() -> None:
    with pytest.raises(PolicyError, match="spool_dir"):
        Sender(MemoryTransport(), policy=DeliveryPolicy(overflow="spill"))


# -- what is told ------------------------------------------------------------------------------


def test_every_turn_of_a_record_is_told(clock: ManualClock) -> None:
    said: list[object] = []
    sent = MemoryTransport(answers=[TryLater("network", "gone"), Refused("rejected", "no")])
    sender = Sender(
        sent,
        mode="sync",
        clock=clock,
        hooks=Hooks(
            clock,
            on_sent=said.append,
            on_retry=said.append,
            on_drop=said.append,
            on_dead=said.append,
            on_lane=said.append,
        ),
    )
    sender.put(record(1))
    clock.advance(1)
    sender.put(record(2))
    sender.close()
    sender.put(record(3))
    retry, back_off, dead, opened, arrived, drop = said
    assert isinstance(retry, Retry)
    assert (retry.reason, retry.detail, retry.attempt) == ("network", "gone", 1)
    assert isinstance(back_off, Lane)
    assert (back_off.state, back_off.reason) == ("backing_off", "network")
    assert isinstance(opened, Lane)
    assert opened.state == "open"
    assert getattr(dead, "reason", None) == "rejected"
    assert isinstance(arrived, Sent)
    assert (ids(arrived.records), arrived.attempt) == (["s1-2"], 1)
    assert drop == Drop((record(3),), "closed")


def test_hooks_may_look_and_put_since_no_lock_is_held() -> None:
    """From another thread, too: so nobody holds the lock while a hook runs."""
    senders: list[Sender] = []
    looked = threading.Event()

    def look(_: object) -> None:
        other = threading.Thread(target=senders[0].figures)
        other.start()
        other.join(PATIENCE)
        if not other.is_alive():
            looked.set()

    hooks = Hooks(ManualClock(), on_sent=look)
    senders.append(Sender(MemoryTransport(), policy=DeliveryPolicy(linger=0), hooks=hooks))
    senders[0].put(record(1))
    assert looked.wait(PATIENCE)
    senders[0].close(PATIENCE)


# -- flush and close ---------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["thread", "sync", "manual"])
def test_flush_does_not_wait_for_a_back_off_that_is_longer(mode: Mode) -> None:
    sent = MemoryTransport(answers=[TryLater("throttled", after=200.0)])
    sender = Sender(sent, mode=mode)
    sender.put(record(1))
    account = sender.flush(100.0)
    assert (account.pending, account.state) == (1, "backing_off")
    assert sender.close(100.0).dropped == {"closed": 1}


@pytest.mark.parametrize("mode", ["thread", "sync", "manual"])
def test_flush_waits_for_a_back_off_that_is_shorter(mode: Mode) -> None:
    policy = DeliveryPolicy(base_delay=0.01, max_delay=0.01)
    sent = MemoryTransport(answers=[TryLater("network")] * 3)
    sender = Sender(sent, mode=mode, policy=policy)
    sender.put(record(1))
    assert sender.flush(PATIENCE).delivered == 1
    sender.close()


@pytest.mark.parametrize("mode", ["sync", "manual"])
def test_a_clock_that_stands_still_does_not_make_a_flush_endless(
    mode: Mode, clock: ManualClock
) -> None:
    sent = MemoryTransport(answers=[TryLater("throttled", after=0.01)])
    sender = Sender(sent, mode=mode, clock=clock, policy=DeliveryPolicy(base_delay=0))
    sender.put(record(1))
    assert sender.flush(0.05).pending == 1
    sender.close(0)


def test_close_ends_within_its_bound_and_tells_what_is_still_with_the_transport(
    gate: Gate,
) -> None:
    sender = Sender(gate, policy=DeliveryPolicy(linger=0, batch_records=2))
    for number in range(5):
        sender.put(record(number))
    assert gate.reached.wait(PATIENCE)
    account = sender.close(0.05)
    assert account.in_flight == account.pending > 0
    assert account.dropped == {"closed": 5 - account.pending}
    assert gate.closed == 1
    assert sender.close() == account
    gate.open.set()


def test_a_transport_that_flushes_its_own_sender_is_not_waited_for() -> None:
    senders: list[Sender] = []

    class Flushing(MemoryTransport):
        def send(self, records: Sequence[Record]) -> Outcome:
            if not self.records:
                senders[0].flush(None)
                senders[0].put(record(2, session="s2"))
            return super().send(records)

    sent = Flushing()
    senders.append(Sender(sent, mode="sync", policy=DeliveryPolicy(max_records=2)))
    senders[0].put(record(1))
    assert ids(sent.records) == ["s1-1", "s2-2"]
    senders[0].close()


def test_a_batch_that_was_not_sent_can_be_given_back(clock: ManualClock) -> None:
    sent = MemoryTransport()
    sender = Sender(sent, mode="manual", clock=clock)
    sender.put(record(1))
    batch = sender.take(force=True)
    assert batch is not None
    assert sender.account().in_flight == 1
    sender.give_back(batch)
    assert sender.close().delivered == 1


# -- weak references ---------------------------------------------------------------------------


def ended(condition: Callable[[], bool]) -> bool:
    waiting = threading.Event()
    for _ in range(300):
        gc.collect()
        if condition():
            return True
        waiting.wait(0.02)
    return False


def test_a_sender_that_everybody_forgot_goes_and_its_threads_with_it() -> None:
    before = set(threading.enumerate())  # some may end meanwhile: other tests' last ones
    sender = Sender(MemoryTransport())
    sender.put(record(1))
    sender.flush(PATIENCE)
    reference = weakref.ref(sender)
    del sender
    assert ended(lambda: reference() is None and set(threading.enumerate()) <= before)


def test_a_forgotten_sender_sends_what_it_has_first() -> None:
    sent = MemoryTransport()
    sender = Sender(sent, policy=DeliveryPolicy(linger=0.05))
    sender.put(record(1))
    del sender
    gc.collect()
    assert ended(lambda: len(sent.records) == 1)
