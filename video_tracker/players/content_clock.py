"""Where the content is between two callbacks that say so.

A media element tells its position in every callback, but some callbacks come too late to ask it: a
``seeking`` already carries its target (A3), an ``emptied`` has lost it (A11). The clock remembers
the last position told and moves it on while the content plays.
"""

import statistics
from typing import Final

import attrs

from video_tracker.players.base import Callback

__all__ = ["AHEAD", "SAME_LENGTH", "STEP", "ContentClock", "is_jump"]

STEP: Final = 0.5  # Seconds of a jump that is a viewer's seek (S70).
AHEAD: Final = 1.1
"""Seconds by which a playing clock may be ahead of what time explains: it is asked, not told."""
SAME_LENGTH: Final = 1.0  # Seconds by which lengths told of one content may differ.
_EXTRAPOLATE: Final = 1.0
"""Seconds of playing that may be assumed since the last known position (A3); where it is told less
often, its usual interval (S63)."""
_GAPS: Final = 5  # Gaps between told positions of which the median is the usual interval (S63).
_BRISK: Final = (_EXTRAPOLATE,) * _GAPS
"""Gaps of which none matters, as of nearly all clocks: one tuple for them all."""
_START_LAG: Final = 0.06
"""Seconds after `playing` before the clock moves: Chromium 0.07 to 0.09, Firefox 0.02 to 0.06."""


def is_jump(
    known: tuple[float, float] | None,
    at: float,
    position: float | None,
    *,
    rate: float | None,
    back: float = STEP,
    ahead: float = AHEAD,
) -> bool:
    """Whether playing on from where it was ``known`` to be does not explain a position.

    The ``rate`` is None while nothing plays; a playing clock may fall so many seconds ``back``, or
    run ``ahead``.
    """
    if known is None or position is None:
        return False
    step = position - known[1]
    if rate is None:
        return abs(step) >= STEP
    return step < -back or step > max(at - known[0], 0.0) * max(rate, 1.0) + ahead


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class ContentClock:
    """The last known position of the content, its time, its rate and its length."""

    position: float | None = None
    """The last known content position in seconds; None before the first one."""
    known_at: float = 0.0
    """When it was told, in Unix seconds."""
    duration: float | None = None
    """The content's length in seconds; None when unknown."""
    starts_at: float | None = None
    """Where it will start, as the snapshot says before anybody wants to play (S52)."""
    rate: float = 1.0
    """The last playback rate above 0."""
    halted: bool = False
    """Whether the rate is 0: nothing moves, and nothing may be divided by it (S74, B3)."""
    running: bool = False
    """Whether it was seen to run since it last began to."""
    _gaps: tuple[float, ...] = ()

    def where(self, at: float, *, moving: bool) -> float | None:
        """The position at ``at``, moved on from the last known one while ``moving``."""
        if self.position is None or not moving or self.halted:
            return self.position
        passed = at - self.known_at - (0.0 if self.running else _START_LAG)
        usual = statistics.median(self._gaps) if len(self._gaps) > 1 else 0.0
        position = self.position + min(max(passed, 0.0), max(_EXTRAPOLATE, usual)) * self.rate
        if self.duration is None:
            return position
        return min(position, max(self.duration, self.position))

    def leaps(
        self, at: float, position: float | None, *, moving: bool, ahead: float = AHEAD
    ) -> bool:
        """Whether ``position`` is one that playing on, or standing, does not explain."""
        known = None if self.position is None else (self.known_at, self.position)
        return is_jump(known, at, position, rate=self.rate if moving else None, ahead=ahead)

    def run(self, at: float, position: float) -> None:
        """Set the position to which it was seen to run."""
        gap = at - self.known_at
        if (gap > _EXTRAPOLATE or self._gaps is not _BRISK) and gap > 0 and self.running:
            gaps = (*self._gaps[1 - _GAPS :], gap)
            self._gaps = _BRISK if len(gaps) == _GAPS and max(gaps) <= _EXTRAPOLATE else gaps
        self.position, self.known_at, self.running = position, at, True

    def put(self, at: float, position: float | None, *, running: bool | None = None) -> None:
        """Set the position; one that is None stays what it was.

        Whether the clock was seen ``running`` there stays, too, while nobody says so.
        """
        if position is not None and running:
            self.run(at, position)
            return
        if position is not None:
            self.position = position
        self.known_at = at
        if running is not None:
            self.running = running

    def take_rate(self, callback: Callback) -> None:
        """Remember the callback's rate; without one it stays what it was."""
        rate = callback.number("playbackRate")
        self.halted = rate == 0
        if rate is not None and rate > 0:
            self.rate = rate

    def at_end(self, position: float | None, *, within: float) -> bool:
        """Whether ``position`` lies at the known end, or less than ``within`` seconds before."""
        if self.duration is None or position is None:
            return False
        return position >= self.duration - within
