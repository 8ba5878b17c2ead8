"""The only module that reads a clock; everything else is handed one, or the time itself (S46).

A playback's figures are differences of times, so a clock here has one duty above all others: it
never steps back, and a second on it is a second. The wall clock keeps neither promise (an operator
or a time service sets it), a monotonic clock does not know the date. :class:`SystemClock` joins
the two.
"""

import functools
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol, runtime_checkable

__all__ = ["Clock", "SteadyClock", "SystemClock"]


@runtime_checkable
class Clock(Protocol):
    """What the shells ask for the time. Any object with this one method will do.

    One that has a method ``steady()`` too, which returns a clock that no setting of the machine's
    time changes, is asked by that for the ages and waits of delivery.
    """

    def now(self) -> float:
        """Return the time in Unix seconds; never less than at the call before (S64)."""
        ...


_TOLERANCE: Final = 1.0
"""Seconds by which wall clock and steady clock may differ before anything is done about it."""

_SLEW: Final = 0.005
"""The share by which the clock runs slow while it waits for a wall clock that was set back."""


def _steady_seconds() -> Callable[[], float]:
    # CLOCK_BOOTTIME goes on while a machine sleeps; Linux's monotonic clock does not.
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    if boot is None:
        return time.monotonic
    return functools.partial(time.clock_gettime, boot)


class SystemClock:
    """Unix time that never steps back: a steady clock, anchored to the wall clock.

    The wall clock is read once, then the steady clock carries the time on, so that setting the
    machine's clock by less than a second changes nothing. Beyond that:

    * set forward (or the machine slept): followed at once. Time that no callback filled is
      counted as suspended, not as played (S63).
    * set back: not followed, since time cannot go back. The clock runs 0.5 % slow until the two
      agree again, which keeps the lengths of running sessions true within 0.5 %.

    Args:
        wall: A function giving Unix seconds; the machine's by default.
        steady: A function giving seconds from any origin, never stepping back.

    Attributes:
        ticks: The steady clock as it is, for who asks it all the time: seconds since ``origin``.
        origin: Where they begin, in Unix seconds, as far as it is known now.
    """

    __slots__ = ("_last", "_lock", "_seen", "_wall", "origin", "ticks")

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] | None = None,
    ) -> None:
        self._wall = wall
        self.ticks = _steady_seconds() if steady is None else steady
        self._lock = threading.Lock()
        self._seen = self.ticks()
        self.origin = self._wall() - self._seen
        self._last = self._seen + self.origin

    def after_fork(self) -> None:
        """Let go of a lock that a thread of the parent's may hold for ever."""
        self._lock = threading.Lock()

    def steady(self) -> "SteadyClock":
        """A clock that begins at the time that this one tells now, and follows no wall clock."""
        return SteadyClock(self.now(), self.ticks)

    def now(self) -> float:
        """Return the time in Unix seconds; safe to call from any thread."""
        # Without the lock, which would be half of the cost: two threads may pass here side by side,
        # but what a call gives is at least what was given before it began.
        steady = self.ticks()
        now = steady + self.origin
        ahead = now - self._wall()
        if ahead < -_TOLERANCE or ahead > _TOLERANCE:
            now = self._correct(steady)
        else:
            self._seen = steady
        # Adding the offset rounds, and a hypervisor's steady clock may be less than steady.
        last = self._last
        if now <= last:
            return last
        self._last = now
        return now

    def _correct(self, steady: float) -> float:
        with self._lock:
            ahead = steady + self.origin - self._wall()
            if abs(ahead) > _TOLERANCE:  # else another thread was faster
                self._corrected(steady, ahead)
            self._seen = steady
            return steady + self.origin

    def _corrected(self, steady: float, ahead: float) -> None:
        if ahead < 0.0:
            self.origin -= ahead
        else:
            self.origin -= min(max(steady - self._seen, 0.0) * _SLEW, ahead)


class SteadyClock:
    """Unix time of one moment, carried on by the steady clock alone: for ages and waits.

    However the machine's clock is set, a second on it is a second.

    Args:
        start: Unix seconds at this moment.
        steady: A function giving seconds from any origin, never stepping back.
    """

    __slots__ = ("_offset", "_steady")

    def __init__(self, start: float, steady: Callable[[], float] | None = None) -> None:
        self._steady = _steady_seconds() if steady is None else steady
        self._offset = start - self._steady()

    def now(self) -> float:
        """Return the time in Unix seconds; safe to call from any thread."""
        return self._steady() + self._offset
