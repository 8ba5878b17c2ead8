"""Where the content is between two callbacks that say so.

A media element tells its position in every callback, but some callbacks come too late to ask it: a
``seeking`` already carries its target (A3), an ``emptied`` has lost it (A11). The clock remembers
the last position told and moves it on while the content plays.
"""

import statistics
from collections import deque
from typing import Final

from video_tracker.players.base import Callback

__all__ = ["AHEAD", "STEP", "ContentClock", "Interval", "is_jump"]

STEP: Final = 0.5
"""Seconds of a jump that is a viewer's seek (S70)."""
AHEAD: Final = 1.1
"""Seconds by which a playing clock may be ahead of what time explains: it is asked, not told."""
_EXTRAPOLATE: Final = 1.0
"""Seconds of playing that may be assumed since the last known position (A3); where it is told less
often, its usual interval (S63)."""
_GAPS: Final = 5
"""Gaps between told positions of which the median is the usual interval (S63)."""
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
    """Whether a position is one that playing on from the last known one does not explain.

    Args:
        known: When a position was last told, and which; None: never.
        at, position: When this one was told, and which.
        rate: The playback rate; None while nothing plays.
        back, ahead: Seconds by which a playing clock may fall back, or run ahead.
    """
    if known is None or position is None:
        return False
    step = position - known[1]
    if rate is None:
        return abs(step) >= STEP
    return step < -back or step > max(at - known[0], 0.0) * max(rate, 1.0) + ahead


class Interval:
    """How often a player tells its position while it plays, and so how far it may be guessed."""

    __slots__ = ("_gaps",)

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=_GAPS)

    def heard(self, gap: float) -> None:
        """Two positions in a row were told, so many seconds apart."""
        if gap > 0:
            self._gaps.append(gap)

    def most(self) -> float:
        """Seconds of playing that may be assumed since the last known position."""
        usual = statistics.median(self._gaps) if len(self._gaps) > 1 else 0.0
        return max(_EXTRAPOLATE, usual)


class ContentClock:
    """The last known position of the content, its time, its rate and its length."""

    __slots__ = (
        "_interval",
        "_running",
        "duration",
        "halted",
        "known_at",
        "position",
        "rate",
        "starts_at",
    )

    def __init__(self) -> None:
        self.position: float | None = None
        """The last known content position in seconds; None before the first one."""
        self.known_at = 0.0
        """When it was told, in Unix seconds."""
        self.duration: float | None = None
        """The content's length in seconds; None when unknown."""
        self.starts_at: float | None = None
        """Where it will start, as the snapshot says before anybody wants to play (S52)."""
        self.rate = 1.0
        """The last playback rate above 0."""
        self.halted = False
        """Whether the rate is 0: nothing moves, and nothing may be divided by it (S74, B3)."""
        self._running = False
        self._interval = Interval()

    def where(self, at: float, *, moving: bool) -> float | None:
        """The position at ``at``, moved on from the last known one while ``moving``."""
        if self.position is None or not moving or self.halted:
            return self.position
        passed = at - self.known_at - (0.0 if self._running else _START_LAG)
        position = self.position + min(max(passed, 0.0), self._interval.most()) * self.rate
        if self.duration is None:
            return position
        return min(position, max(self.duration, self.position))

    def leaps(
        self, at: float, position: float | None, *, moving: bool, ahead: float = AHEAD
    ) -> bool:
        """Whether ``position`` is one that playing on, or standing, does not explain."""
        known = None if self.position is None else (self.known_at, self.position)
        return is_jump(known, at, position, rate=self.rate if moving else None, ahead=ahead)

    def put(self, at: float, position: float | None, *, running: bool | None = None) -> None:
        """Set the position; one that is None stays what it was.

        Whether the clock was seen ``running`` there stays, too, while nobody says so.
        """
        if running and self._running:
            self._interval.heard(at - self.known_at)
        if position is not None:
            self.position = position
        self.known_at = at
        if running is not None:
            self._running = running

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
