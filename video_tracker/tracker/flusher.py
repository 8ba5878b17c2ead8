"""Waits, for who flushes or closes, until what was pending is settled or cannot be."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final, TypeAlias

from video_tracker.delivery.pipe import Pipe

__all__ = ["TICK", "Flusher"]

TICK: Final = 0.001
"""The shortest wait, lest a clock that stands still makes a loop run hot."""

Lock: TypeAlias = AbstractContextManager[Any]


class Flusher:
    """Knows when a flush is over, and how to wait for it.

    A back-off and a stopped lane are respected: where these last longer than the patience, nothing
    is waited for.

    Args:
        pipe: Where records are.
        lock: It guards the pipe.
        bell: Rings for who sends; it has that lock.
        done: Rings when records were settled; it has that lock.
        now: The sender's time.

    Attributes:
        hurried: Flushes that run; while there is one, nothing lingers.
        settled: Records that were settled so far.
    """

    __slots__ = ("_bell", "_done", "_lock", "_now", "_pipe", "hurried", "settled")

    def __init__(
        self,
        pipe: Pipe,
        lock: Lock,
        bell: threading.Condition,
        done: threading.Condition,
        now: Callable[[], float],
    ) -> None:
        self._pipe = pipe
        self._lock = lock
        self._bell = bell
        self._done = done
        self._now = now
        self.hurried = 0
        self.settled = 0

    def begin(self, timeout: float) -> Callable[[], bool]:
        """Let nothing linger until :meth:`end`.

        Args:
            timeout: Seconds.

        Returns:
            A function that says whether all that was pending is settled, or cannot be within
            that time; to be called with the lock held, or from the only thread that settles.
        """
        with self._lock:
            target = self.settled + self._pipe.pending_records
            until = self._now() + timeout
            self.hurried += 1
            self._bell.notify_all()
        return lambda: self.settled >= target or self._hopeless(until)

    def end(self) -> None:
        """Let records linger again."""
        with self._lock:
            self.hurried -= 1

    def wait(self, timeout: float) -> None:
        """Wait while others send, so many seconds at most."""
        finished = self.begin(timeout)
        try:
            with self._lock:
                self._done.wait_for(finished, None if timeout == float("inf") else timeout)
        finally:
            self.end()

    def work(self, timeout: float, pump: Callable[[], object]) -> None:
        """Send in this thread, so many seconds at most but for the last batch.

        Args:
            timeout: Seconds.
            pump: Sends what is to be sent now.
        """
        target = self.settled + self._pipe.pending_records
        left = timeout
        while True:
            start = self._now()
            pump()
            with self._lock:
                if self.settled >= target or not self._pipe.pending_records:
                    return
                now = self._now()
                left -= now - start
                if self._hopeless(now + left):
                    return
                wake = self._pipe.wake_at(now, force=True)
                pause = left if wake is None else max(TICK, wake - now)
                left -= pause if wake is not None else 0.0
                # In seconds of the machine: a clock of the caller's own may stand still.
                rung = self._done.wait(None if pause == float("inf") else pause)
                if wake is None and not rung:
                    return

    def _hopeless(self, until: float) -> bool:
        """Whether nothing more can happen until then."""
        if self._pipe.in_flight:
            return False
        wake = self._pipe.wake_at(self._now(), force=True)
        return wake is None or wake > until
