"""What interrupts a program (a job's time-out, an alarm, Ctrl-C) comes out, and loses nothing.

A signal's handler may raise anywhere in the main thread; other threads have exceptions thrown into
them. Whatever was in its middle then goes on from where the records are.
"""

import asyncio
import contextlib
import ctypes
import functools
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.delivery.server import FaultyServer
from tests.tracker.interrupting import Alarm, JobTimeoutError
from video_tracker.clock import SystemClock
from video_tracker.delivery import DELIVERED, DeliveryPolicy, Outcome, TryLater
from video_tracker.delivery.spool import Spool
from video_tracker.delivery.spool_disk import Disk
from video_tracker.delivery.store import Taken
from video_tracker.interruption import interrupts
from video_tracker.plan import SessionPlan
from video_tracker.record import Record
from video_tracker.session import Session
from video_tracker.testing.clock import NOON
from video_tracker.tracker import Hooks, Mode, Sender, TrackedSession, Tracker
from video_tracker.tracker.dispatch import Dispatcher, Entry
from video_tracker.transports import HttpTransport, MemoryTransport
from video_tracker.wire import Encoder

PATIENCE = 20.0
QUICK = DeliveryPolicy(linger=0.001, base_delay=0.0005, max_delay=0.001, batch_records=7)


def record(number: int, session: str = "s1") -> Record:
    return Record(f"{session}-{number}", session, "Video Content Playing", b'{"n":%d}' % number)


def ids(records: Sequence[Record]) -> list[str]:
    return [each.message_id for each in records]


class Flaky(MemoryTransport):
    """A destination that is away every third time."""

    def send(self, records: Sequence[Record]) -> Outcome:
        if len(self.batches) % 3 == 2:
            self.batches.append(())
            return TryLater("network")
        return super().send(records)


def entries_of(number: int) -> tuple[str, list[Entry]]:
    """What one session has to tell."""
    session = Session(f"s{number}", SessionPlan(user_id="u1"))
    entries: list[Entry] = []
    for events in (session.play(0.0), session.playing(0.5, 0.0), session.exit(1.0)):
        entries += [(session.envelope(), event) for event in events]
    return session.session_id, entries


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("where", ["memory", "disk"])
def test_a_time_out_in_the_middle_of_queueing_loses_nothing_and_comes_out(
    where: str, tmp_path: Path
) -> None:
    sent = Flaky()
    spool = Spool(tmp_path) if where == "disk" else None
    sender = Sender(sent, policy=QUICK, spool=spool)
    sender.start()  # Python's own start of a thread is not safe from signals
    dispatcher = Dispatcher(sender, Encoder("customerio"), SystemClock(), None)
    told = [entries_of(number) for number in range(1500)]
    alarm = Alarm(Dispatcher.dispatch)
    came_out = 0
    with alarm.ringing():
        for session_id, entries in told:
            waiting = list(entries)
            while waiting:  # an interruption before it began leaves all of it to the caller
                try:
                    dispatcher.dispatch(session_id, waiting)
                except JobTimeoutError:
                    came_out += 1
    account = sender.flush(PATIENCE)
    assert alarm.rung > 20
    assert came_out > 20
    assert (account.pending, account.balanced, dict(account.dropped)) == (0, True, {})
    made = {
        f"{session_id}-{number}"
        for session_id, entries in told
        for number in range(1, len(entries) + 1)
    }
    # An event that was interrupted again and again, as on a busy machine, is booked.
    booked = sender.figures().undeliverable.get("interrupted", 0)
    assert len(made - set(ids(sent.records))) == booked < alarm.rung / 20
    sender.close()


# An exception in the end of a generator is one that Python itself swallows.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("where", ["memory", "disk"])
@pytest.mark.parametrize("in_flight", [1, 3])
def test_a_time_out_in_the_middle_of_sending_loses_nothing_and_strands_nothing(
    where: str, in_flight: int, tmp_path: Path
) -> None:
    sent = Flaky()
    policy = DeliveryPolicy(
        linger=0.0, base_delay=0.0005, max_delay=0.001, batch_records=7, in_flight=in_flight
    )
    spool = Spool(tmp_path) if where == "disk" else None
    sender = Sender(sent, policy=policy, spool=spool, mode="manual")
    alarm = Alarm(Sender.pump, seed=in_flight, longest=0.0003)
    number = 0
    for turn in range(600):
        for _ in range(5):
            number += 1
            assert sender.put(record(number, session=f"s{turn % 11}"))
        with alarm.ringing(), contextlib.suppress(JobTimeoutError):
            sender.pump(force=True)
        assert sender.account().balanced
    account = sender.flush(PATIENCE)
    assert alarm.rung > 20
    assert (account.pending, account.balanced) == (0, True)
    assert (dict(account.dropped), dict(account.dead)) == ({}, {})
    assert {name.split("-")[1] for name in ids(sent.records)} == set(map(str, range(1, number + 1)))
    sender.close()


class Hounded(Spool):
    """A spool in whose ``take`` an interruption comes, after the records left the line."""

    hounds = 0

    def take(self, max_records: int, max_bytes: int) -> Taken:
        taken = super().take(max_records, max_bytes)
        if self.hounds:
            raise JobTimeoutError
        return taken


class Unrescued(Sender):
    """A sender whose every rescue is interrupted too, before it has begun."""

    def __init__(self, transport: MemoryTransport, spool: Hounded, policy: DeliveryPolicy) -> None:
        self.hounded = spool
        super().__init__(transport, policy=policy, spool=spool, mode="manual")

    def _straighten(self) -> None:
        self._stumble()
        super()._straighten()

    def recover(self) -> None:
        self._stumble()
        super().recover()

    def _stumble(self) -> None:
        if self.hounded.hounds:
            self.hounded.hounds -= 1
            raise JobTimeoutError


@pytest.mark.parametrize("in_flight", [1, 3])
@pytest.mark.parametrize("rescues", [1, 2])
def test_a_step_whose_rescues_are_interrupted_too_is_made_good_by_the_next(
    rescues: int, in_flight: int, tmp_path: Path
) -> None:
    sent, spool = MemoryTransport(), Hounded(tmp_path)
    sender = Unrescued(sent, spool, attrs.evolve(QUICK, in_flight=in_flight))
    for number in range(10):
        sender.put(record(number, session=f"s{number % 3}"))
    spool.hounds = rescues
    with pytest.raises(JobTimeoutError):
        sender.pump(force=True)
    assert spool.hounds == 0
    account = sender.flush(PATIENCE)
    assert (account.delivered, account.pending, dict(account.dropped)) == (10, 0, {})
    assert account.balanced
    assert len(ids(sent.records)) == len(set(ids(sent.records))) == 10
    sender.close()


def test_a_time_out_in_the_middle_of_a_send_comes_out_and_the_batch_goes_again() -> None:
    class Timing(MemoryTransport):
        def send(self, records: Sequence[Record]) -> Outcome:
            if not self.batches:
                self.batches.append(tuple(records))
                signal.raise_signal(signal.SIGUSR1)
            return super().send(records)

    def over(_number: int, _frame: object) -> None:
        raise JobTimeoutError

    sent = Timing()
    sender = Sender(sent, mode="sync", policy=QUICK)
    before = signal.signal(signal.SIGUSR1, over)
    try:
        with pytest.raises(JobTimeoutError):
            sender.put(record(1))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert sender.account().pending == 1
    assert sender.close(PATIENCE).delivered == 1


@pytest.mark.parametrize("wrap", [lambda each: each, functools.partial])
def test_what_a_signals_handler_raised_is_told_from_an_error(wrap: Callable[..., Any]) -> None:
    def over(_number: int, _frame: object) -> None:
        raise JobTimeoutError

    before = signal.signal(signal.SIGUSR1, wrap(over))
    try:
        with pytest.raises(JobTimeoutError) as raised:
            signal.raise_signal(signal.SIGUSR1)
        assert interrupts(raised.value)
        with pytest.raises(JobTimeoutError) as own:
            raise JobTimeoutError
        assert not interrupts(own.value)
        assert interrupts(KeyboardInterrupt())
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_hook_that_a_time_out_hits_lets_it_through_and_its_own_errors_not() -> None:
    clock = SystemClock()

    def over(_number: int, _frame: object) -> None:
        raise JobTimeoutError

    hooks = Hooks(clock, on_sent=lambda _: signal.raise_signal(signal.SIGUSR1))
    sender = Sender(MemoryTransport(), mode="sync", hooks=hooks)
    before = signal.signal(signal.SIGUSR1, over)
    try:
        with pytest.raises(JobTimeoutError):
            sender.put(record(1))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert sender.close().delivered == 1


class Ringing:
    """A transport in which a signal comes; whatever that raises it takes for an error of its own.

    Args:
        made_of: What it makes of it: ``raise ... from`` it, or without a word of it.
    """

    def __init__(self, made_of: str) -> None:
        self._made_of = made_of

    def send(self, _records: Sequence[Record]) -> Outcome:
        try:
            signal.raise_signal(signal.SIGUSR1)
        except OSError as error:
            if self._made_of == "from":
                raise LookupError("the destination is away") from error
            raise LookupError("the destination is away")  # noqa: B904
        return DELIVERED

    def close(self) -> None:
        pass


@contextlib.contextmanager
def a_signal_raises(error: Exception, *, once: bool = False) -> Iterator[None]:
    def over(_number: int, _frame: object) -> None:
        if once:
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        raise error

    before = signal.signal(signal.SIGUSR1, over)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("once", [False, True], ids=["the handler stays", "it goes as it raises"])
@pytest.mark.parametrize("made_of", ["from", "context"])
def test_a_time_out_of_which_a_transport_made_something_else_comes_out_as_it_was(
    made_of: str, once: bool
) -> None:
    sender = Sender(Ringing(made_of), mode="sync")
    over = TimeoutError("the job takes too long")
    with a_signal_raises(over, once=once), pytest.raises(TimeoutError) as raised:
        sender.put(record(1))
    assert raised.value is over
    assert sender.account().pending == 1
    sender.close(0.0)


def test_a_time_out_in_a_requests_socket_comes_out() -> None:
    """Of the standard library's own time-outs httpx makes errors of its own."""
    with FaultyServer() as server:
        server.delay = 5.0
        transport = HttpTransport("key", base_url=server.url)
        sender = Sender(transport, mode="sync")
        over = TimeoutError("the job takes too long")
        me = threading.get_ident()
        timer = threading.Timer(0.3, signal.pthread_kill, (me, signal.SIGUSR1))
        with a_signal_raises(over), contextlib.ExitStack() as stack:
            timer.start()
            stack.callback(timer.join)  # before the handler goes
            with pytest.raises(TimeoutError) as raised:
                sender.put(attrs.evolve(record(1), body=b'{"messageId":"s1-1"}'))
        assert raised.value is over
        sender.close(0.0)


def test_what_the_caller_caught_before_is_no_interruption_of_what_fails_now() -> None:
    class Away(MemoryTransport):
        def send(self, _records: Sequence[Record]) -> Outcome:
            raise LookupError("the destination is away")

    sender = Sender(Away(), mode="sync")
    with a_signal_raises(TimeoutError("over")):
        try:
            signal.raise_signal(signal.SIGUSR1)
        except TimeoutError:
            assert sender.put(record(1))
    assert sender.figures().last_error == "raised: LookupError: the destination is away"
    sender.close(0.0)


def test_what_a_coroutine_raises_is_no_handlers_though_it_has_a_number_and_no_caller() -> None:
    async def fails(_number: int, _frame: object) -> None:
        await asyncio.sleep(0)
        raise TimeoutError

    with pytest.raises(TimeoutError) as raised:
        asyncio.run(fails(signal.SIGALRM, None))
    assert not interrupts(raised.value)


def test_a_time_out_in_a_write_is_no_trouble_of_the_disks(tmp_path: Path) -> None:
    class RingingDisk(Disk):
        rings = False

        def write(self, fd: int, data: bytes) -> int:  # type: ignore[override]
            if self.rings:
                self.rings = False
                signal.raise_signal(signal.SIGUSR1)
            return os.write(fd, data)

    disk = RingingDisk()
    sender = Sender(MemoryTransport(), mode="manual", spool=Spool(tmp_path, disk=disk))
    disk.rings = True
    with a_signal_raises(OSError("the job takes too long")), pytest.raises(OSError, match="job"):
        sender.put(record(1))
    assert sender.put(record(2))
    assert (sender.figures().spool_troubles, sender.figures().diverted) == (0, 0)
    sender.close()


# -- threads -----------------------------------------------------------------------------------


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Python tells of threads that end."""
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.exc_type.__name__))
    return told


def throw_into(thread: threading.Thread, kind: type[BaseException]) -> None:
    raising = ctypes.pythonapi.PyThreadState_SetAsyncExc
    assert raising(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(kind)) == 1


def threads(name: str) -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith(f"video-tracker-{name}")]


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, JobTimeoutError, MemoryError])
def test_a_worker_outlives_what_is_thrown_into_it(
    kind: type[BaseException], quiet: list[str]
) -> None:
    sent = Flaky()
    before = threads("send")
    sender = Sender(sent, policy=QUICK)
    number = 0
    for _ in range(20):
        for _ in range(20):
            number += 1
            sender.put(record(number))
        for thread in set(threads("send")) - set(before):
            throw_into(thread, kind)
    account = sender.close(PATIENCE)
    assert (account.delivered, account.pending, account.balanced) == (number, 0, True)
    assert set(ids(sent.records)) == {f"s1-{each}" for each in range(1, number + 1)}
    assert sender.figures().recoveries > 0
    assert set(quiet) <= {kind.__name__}


@pytest.mark.parametrize("kind", [SystemExit, GeneratorExit, KeyboardInterrupt])
def test_a_transport_that_ends_its_thread_ends_nothing(
    kind: type[BaseException], quiet: list[str]
) -> None:
    sent = MemoryTransport(answers=[kind(), kind()])
    with Sender(sent, policy=QUICK) as sender:
        sender.put(record(1))
        assert sender.flush(PATIENCE).delivered == 1
    assert set(quiet) <= {kind.__name__}


def test_a_thread_that_is_gone_all_the_same_is_replaced() -> None:
    """Nothing is certain: should one end, the next record that needs it finds out."""
    sent = MemoryTransport()
    sender = Sender(sent, policy=QUICK)
    sender.put(record(1))
    sender.flush(PATIENCE)
    (hand,) = sender._threads
    hand.ended = True
    sender.put(record(2))
    account = sender.flush(PATIENCE)
    assert (account.delivered, account.pending) == (2, 0)
    assert sender._threads != [hand]
    assert sender.figures().recoveries == 1
    sender.close()


def test_the_thread_for_the_disk_outlives_what_is_thrown_into_it(
    tmp_path: Path, quiet: list[str]
) -> None:
    before = threads("spool")
    sender = Sender(MemoryTransport(), policy=QUICK, spool=Spool(tmp_path))
    sender.put(record(1))
    (thread,) = set(threads("spool")) - set(before)
    throw_into(thread, JobTimeoutError)
    waiting = threading.Event()
    for _ in range(500):
        if quiet:
            break
        waiting.wait(0.01)
    assert quiet == ["JobTimeoutError"]
    waiting.wait(0.1)
    assert thread.is_alive()
    sender.close()


# -- closing -----------------------------------------------------------------------------------


def test_a_close_that_was_interrupted_is_finished_by_the_next() -> None:
    reached = threading.Event()
    going = threading.Event()

    class Slow(MemoryTransport):
        def send(self, records: Sequence[Record]) -> Outcome:
            reached.set()
            assert going.wait(PATIENCE)
            return super().send(records)

    def over(_number: int, _frame: object) -> None:
        going.set()
        raise JobTimeoutError

    sent = Slow()
    sender = Sender(sent, policy=QUICK)
    sender.put(record(1))
    assert reached.wait(PATIENCE)
    before = signal.signal(signal.SIGALRM, over)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(JobTimeoutError):
            sender.close(PATIENCE)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert not sent.closed
    assert sender.close(PATIENCE).delivered == 1
    assert sent.closed


def test_a_second_close_beside_the_first_waits_for_it() -> None:
    going = threading.Event()

    class Slow(MemoryTransport):
        def send(self, records: Sequence[Record]) -> Outcome:
            assert going.wait(PATIENCE)
            return super().send(records)

    sender = Sender(Slow(), policy=QUICK)
    sender.put(record(1))
    first = threading.Thread(target=sender.close, args=(PATIENCE,))
    first.start()
    while not sender.closed:
        first.join(0.001)
    timer = threading.Timer(0.1, going.set)
    timer.start()
    assert sender.close(PATIENCE).delivered == 1
    first.join()
    timer.join()


@pytest.mark.parametrize("mode", ["thread", "sync"])
def test_a_signals_handler_may_close_in_the_middle_of_anything(mode: Mode) -> None:
    """The usual end of a service: SIGTERM, and its handler closes the tracker."""

    class Busy(MemoryTransport):
        def append(self) -> None:
            """Nothing."""

    for turn in range(40):
        sent = Busy()
        sender = Sender(sent, policy=QUICK, mode=mode)
        closed: list[int] = []

        def end(
            _number: int, _frame: object, sender: Sender = sender, closed: Any = closed
        ) -> None:
            sender.close(PATIENCE)
            closed.append(1)

        before = signal.signal(signal.SIGALRM, end)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0005 + turn * 0.0001)
            taken = 0
            while not closed:
                taken += sender.put(record(taken))
        finally:
            signal.signal(signal.SIGALRM, before)
        account = sender.close(PATIENCE)
        assert account.balanced
        assert account.pending == 0
        assert sent.closed
        assert len(set(ids(sent.records))) == len(sent.records)  # none when it came at once
        assert sender.ended


def test_what_holds_up_the_transports_end_holds_up_nobody() -> None:
    over = threading.Event()

    class Hanging(MemoryTransport):
        def close(self) -> None:
            over.wait(PATIENCE)

    sender = Sender(Hanging(), policy=QUICK)
    sender.put(record(1))
    clock = SystemClock()
    start = clock.now()
    assert sender.close(1.0).delivered == 1
    assert clock.now() - start < 3.0
    over.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_time_out_inside_an_input_comes_out_and_what_was_said_is_sent() -> None:
    """S55: an input that was interrupted is taken, or may be told again: no event is lost."""
    sent = MemoryTransport()
    tracker = Tracker(sent, mode="manual", plan=SessionPlan(user_id="u1"))
    alarm = Alarm(TrackedSession._turn, longest=0.001, once=True)
    came_out = 0
    with alarm.ringing():
        for number in range(400):
            session = tracker.session(f"s{number}")
            for after, name in (
                (0, "play"),
                (0, "playing"),
                (5, "pause"),
                (9, "play"),
                (20, "exit"),
            ):
                alarm.wind()
                try:
                    session.receive(name, position=0.0, at=NOON + after)
                except JobTimeoutError:
                    came_out += 1
                    session.receive(name, position=0.0, at=NOON + after)
    stats = tracker.close(PATIENCE)

    assert alarm.rung > 20
    assert came_out > 20
    assert stats.faults == 0
    assert stats.balanced
    assert stats.undeliverable == {}
    named = [record.message_id for record in sent.records]
    assert sorted(named) == sorted(f"s{n}-{each}" for n in range(400) for each in range(1, 7))
