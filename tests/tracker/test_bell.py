"""The bell between threads: rung once, heard by all, and not spoilt by a signal."""

import contextlib
import signal
import threading

from tests.tracker.interrupting import Alarm, JobTimeoutError
from video_tracker.tracker.bell import Bell


def test_it_rings_for_who_waits_and_for_who_comes() -> None:
    bell = Bell()
    heard: list[bool] = []
    waiting = threading.Thread(target=lambda: heard.append(bell.wait(20)))
    waiting.start()
    bell.set()
    waiting.join(20)
    assert heard == [True]
    assert bell.is_set()
    assert bell.wait(0)
    bell.clear()
    assert not bell.wait(0.001)


def test_a_handler_may_ring_it_while_it_is_being_rung_or_waited_for() -> None:
    bell = Bell()
    before = signal.signal(signal.SIGALRM, lambda *_: bell.set())
    try:
        for turn in range(300):
            signal.setitimer(signal.ITIMER_REAL, 0.00002 * (1 + turn % 10))
            for _ in range(50):
                bell.set()
                bell.clear()
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert bell.wait(20)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_what_raises_while_it_is_rung_locks_nobody_out() -> None:
    bell = Bell()
    alarm = Alarm(Bell.set, longest=0.0002)
    with alarm.ringing():
        for _ in range(40_000):
            with contextlib.suppress(JobTimeoutError):
                bell.set()
    assert alarm.rung > 10
    other = threading.Thread(target=bell.set)
    other.start()
    other.join(20)
    assert not other.is_alive()
