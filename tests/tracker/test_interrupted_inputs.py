"""Signals that come in the middle of an input: their exceptions come out, and no event is lost."""

import contextlib
import signal
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.tracker.interrupting import Alarm, JobTimeoutError
from tests.tracker.test_interruptions import threads, throw_into
from video_tracker import SessionPlan, Tracker
from video_tracker.delivery import DeliveryPolicy
from video_tracker.plan import Settings
from video_tracker.tracker import TrackedSession
from video_tracker.transports import MemoryTransport

PLAN = SessionPlan(user_id="u1")
QUICK = DeliveryPolicy(linger=0.001, base_delay=0.001, max_delay=0.001)
PATIENCE = 20.0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("where", ["memory", "disk"])
def test_a_time_out_while_events_are_queued_loses_none_of_them(where: str, tmp_path: Path) -> None:
    sent = MemoryTransport()
    tracker = Tracker(sent, policy=QUICK, spool_dir=tmp_path if where == "disk" else None)
    tracker.start()
    alarm = Alarm(TrackedSession.drain, once=True)  # as a job's time-out is
    sessions: list[TrackedSession] = []
    with alarm.ringing():
        for number in range(800):
            session = tracker.session(f"s{number}", PLAN)
            sessions.append(session)
            for after, name in enumerate(("play", "playing", "exit")):
                alarm.wind()
                with contextlib.suppress(JobTimeoutError):
                    session.receive(name, position=0.0, at=1_790_000_000.0 + after)
    for session in sessions:
        session.drain()  # for what was interrupted before it began: the next input would do it
    stats = tracker.close(PATIENCE)
    assert alarm.rung > 10
    assert stats.balanced
    assert stats.pending == 0
    ids = {record.message_id for record in sent.records}
    assert ids == {f"s{number}-{each}" for number in range(800) for each in (1, 2, 3)}


def test_a_time_out_in_an_input_comes_out_and_a_mistake_does_not() -> None:
    def over(_number: int, _frame: object) -> None:
        raise JobTimeoutError

    class Clock:
        def __init__(self) -> None:
            self.fault: BaseException | None = None
            self.rings = False

        def now(self) -> float:
            if self.rings:
                self.rings = False
                signal.raise_signal(signal.SIGUSR1)
            if self.fault is not None:
                raise self.fault
            return 1_790_000_000.0

    clock = Clock()
    tracker = Tracker(MemoryTransport(), mode="sync", clock=clock)
    session = tracker.session("s1", PLAN)
    before = signal.signal(signal.SIGUSR1, over)
    try:
        clock.rings = True
        with pytest.raises(JobTimeoutError):
            session.play()
        clock.fault = ZeroDivisionError("a clock of the user's own")
        assert session.play() == ()
        clock.fault = None
        assert [event.name for event in session.play()] == ["Video Playback Started"]
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert tracker.stats().faults == 1
    tracker.close()


def test_a_signals_handler_may_close_a_tracker_in_the_middle_of_an_input() -> None:
    for turn in range(40):
        sent = MemoryTransport()
        tracker = Tracker(sent, policy=QUICK)
        closed: list[int] = []

        def end(_number: int, _frame: object, tracker: Tracker = tracker) -> None:
            tracker.close(PATIENCE)
            closed.append(1)  # noqa: B023 - it is set before the loop goes on

        before = signal.signal(signal.SIGALRM, end)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.001 + turn * 0.0002)
            number = 0
            while not closed:
                number += 1
                session = tracker.session(f"s{number}", PLAN)
                session.play()
                session.playing(0.0)
                for step in range(5):
                    session.progress(0.25 * step)
                session.exit()
        finally:
            signal.signal(signal.SIGALRM, before)
        stats = tracker.close(PATIENCE)
        assert stats.balanced
        assert stats.pending == 0
        assert sent.closed
        counted = Counter(record.message_id for record in sent.records)
        assert not counted or counted.most_common(1)[0][1] == 1


def test_time_goes_on_whatever_is_thrown_into_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.exc_type.__name__))
    before = threads("time")
    sent = MemoryTransport()
    settings = Settings(heartbeat=0.2)
    with Tracker(sent, policy=QUICK, settings=settings) as tracker:
        session = tracker.session("s1", PLAN)
        session.play()
        session.playing(0.0)
        (thread,) = set(threads("time")) - set(before)
        throw_into(thread, JobTimeoutError)
        waiting = threading.Event()
        for _ in range(500):
            if told and len(sent.records) >= 4:
                break
            waiting.wait(0.01)
        assert thread.is_alive()
    assert told == ["JobTimeoutError"]
    assert len(sent.records) >= 4


class Ringing:
    """A clock that a signal interrupts when it is read: in the middle of an input."""

    rings = False

    def __init__(self) -> None:
        self.time = 1_790_000_000.0

    def now(self) -> float:
        if self.rings:
            self.rings = False
            signal.raise_signal(signal.SIGUSR1)
        self.time += 1.0
        return self.time


def test_what_a_signals_handler_tells_in_the_middle_of_an_input_comes_after_it() -> None:
    clock, sent = Ringing(), MemoryTransport()
    tracker = Tracker(sent, mode="sync", clock=clock)
    session = tracker.session("s1", PLAN)
    session.play()
    session.playing(0.0)
    made: list[object] = []
    before = signal.signal(signal.SIGUSR1, lambda *_: made.append(session.emit("Told Inside")))
    try:
        clock.rings = True
        session.pause()
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert made == [()]
    assert sent.events[2:] == ["Video Playback Paused", "Told Inside"]
    assert [record.message_id for record in sent.records] == ["s1-1", "s1-2", "s1-3", "s1-4"]
    assert (tracker.stats().faults, tracker.stats().undeliverable) == (0, {})
    tracker.close()
