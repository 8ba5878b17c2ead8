"""Whose clock a player tells while an ad plays, and where ads lie in a stream (S9).

Players that have one clock for everything differ: it may be the ad's own (from 0), the stream's
that runs on through a server's ads (S9), or the content's that stands still. Where it is expected
to be by the first two, and where it is, tells them apart. A player announces where a server's ads
lie on the stream timeline, or an adapter learns it from the breaks that it sees: what lies outside
of them is content (:class:`StreamRanges`).
"""

from typing import Final

import attrs

from video_tracker.players.ad_element import AdElement
from video_tracker.players.media_events import Attributes
from video_tracker.signals import Load, Signal

__all__ = ["AdClock", "StreamRanges"]

_STANDS: Final = 0.05  # Seconds by which a clock that stands may move.
_EXACT: Final = 0.2  # Seconds that it differs by at most if it was surely read there.
_RAN: Final = 0.5  # Seconds that the clock may have run on since it was last told.
_EARLY: Final = 1.0  # Seconds before its end at which a word that it is over is true (S72).
_NEAR: Final = 2.0  # Seconds by which a clock may differ from where it is expected.
_SAME: Final = 1.0  # Seconds by which two starts of one range may differ.
_MOST: Final = 1_000


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class StreamRanges:
    """The ads' ranges on a stream timeline, in order."""

    _ranges: tuple[tuple[float, float], ...] = ()
    _said: bool = False

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def clear(self) -> None:
        """Another stream."""
        self._ranges = ()

    def taken_out(self, at: float) -> list[Signal]:
        """Positions are told without the ads of the stream, whatever a plan says: once (S78)."""
        said, self._said = self._said, True
        return [] if said else [Load(at, positions="content")]

    def add(self, start: float, end: float) -> None:
        """An ad range, in stream seconds; one that overlaps a known one replaces it."""
        if not 0 <= start < end or len(self._ranges) >= _MOST:
            return
        kept = [one for one in self._ranges if one[1] <= start + _SAME or one[0] >= end - _SAME]
        self._ranges = tuple(sorted([*kept, (start, end)]))

    def find(self, position: float) -> tuple[float, float] | None:
        """The range around a stream position, if there is one."""
        return next((one for one in self._ranges if one[0] <= position < one[1]), None)

    def to_content(self, position: float) -> float:
        """A stream position without the ads before it; within an ad it is where that one lies."""
        ads = (min(position, end) - start for start, end in self._ranges if start < position)
        return position - sum(ads)


class AdClock:
    """Reads the open ad's position off the player's clock, which runs at its rate (S84)."""

    def __init__(self, attributes: Attributes) -> None:
        self._attributes, self._over_at = attributes, 0.0
        self.begin_break(0.0, None)

    def begin_break(
        self, at: float, position: float | None, ranges: StreamRanges | None = None
    ) -> None:
        """A break begins, with the clock somewhere; ads may lie in known ranges of the stream."""
        self.left, self._since, self._ad_at = position or 0.0, at, at
        self._free_at, self._free = at, self.left
        self._base: float | None = None
        self._last: tuple[float, float] | None = None
        self._before: tuple[float, float] | None = None
        part = None if ranges is None else ranges.find(self.left + _NEAR / 2)
        self.part: tuple[float, float] | None = part
        """Where its ads lie in the stream, if that is known."""
        self.streams = part is not None
        """Whether the clock is the stream's, and runs through the break."""
        self.declared = 0.0  # Seconds that its ads have together, as far as they were told.

    def begin_ad(self, at: float, length: float | None = None) -> None:
        """An ad begins, whose ``length`` may be declared."""
        self._ad_at, self._base = at, None
        self.declared += length or 0.0

    def read(self, at: float, position: float) -> float | None:
        """Seconds into the ad, if the player's clock says so by what it shows now."""
        self._before, self._last = self._last, (at, position)
        if self.part is not None and position > self.part[1]:
            return None
        if self._base is None or position < self._base - _NEAR:
            self._base = self._find_base(at, position)
        return None if self._base is None else max(position - self._base, 0.0)

    @property
    def rate(self) -> float:
        """How fast the stream's clock runs while it does."""
        return self._attributes.playback_rate or 1.0

    @property
    def tells_content(self) -> bool:
        """Whether the clock tells of the content, once no ad explains it."""
        return self.part is not None or not self.streams

    def is_early(self, at: float, length: float | None = None) -> bool:
        """Whether the word that the break is over comes before the clock can be there (S84).

        It may be said of the open ad alone, by its ``length``.
        """
        if self.part is None:
            return False
        told_at, position = self._last or (self._since, self.left)
        end = self.part[1]
        if length is not None and self._base is not None:
            end = min(end, self._base + length)
        return position + max(at - told_at, 0.0) * self.rate < end - _EARLY

    def stream_range(self, at: float) -> tuple[float, float] | None:
        """Where on the stream timeline the break lay that ends now, if it was a part of it."""
        if not self.streams or self._last is None:
            return None
        told_at, position = self._last
        passed, said = max(at - told_at, 0.0), self.left + self.declared
        if position - _RAN < said < position + passed * self.rate + _RAN:
            return self.left, said  # lengths are surer than the times of words
        return self.left, position + min(passed, _RAN) * self.rate

    def ran_on(self, ad: AdElement) -> float:
        """Seconds that the stream has run beyond the ads that were told, if anything says so.

        The open ``ad`` is over by its length; where none is open, the last one ended.
        """
        if not self.streams or self._last is None:
            return 0.0
        position, length, free_at = self._last[1], ad.declared, ad.watch.free_since
        if ad.started:
            return 0.0 if self._base is None or length is None else position - self._base - length
        if free_at != self._free_at:
            told_at, before = self._before or (self._since, self.left)
            ran = max(free_at - told_at, 0.0) * self.rate
            self._free_at, self._free = free_at, min(before + ran, position)
        return position - self._free

    def end_break(self, at: float) -> None:
        """The break ends."""
        self._over_at = at

    def resumed(self, at: float, position: float) -> tuple[float, float] | None:
        """The break's range on the stream timeline, if content goes on where only a stream would.

        Ads before the content look alike by both clocks: from 0 on. What follows them does not.
        """
        if abs(position - self._running(at)) > _NEAR or position - self.left < _NEAR:
            return None
        end = position - max(at - self._over_at, 0.0) * self.rate
        return (self.left, end) if end > self.left else None

    def _running(self, at: float) -> float:
        """Where the stream's clock is, if it runs since the break began."""
        return self.left + (at - self._since) * self.rate

    def _find_base(self, at: float, position: float) -> float | None:
        if abs(position - self.left) < _STANDS < self.left:
            return None  # the content's, which stands; or the stream's, which has not moved yet
        passed = at - self._ad_at
        # An ad in an element of its own keeps its own pace.
        by_own = min(abs(position - place) for place in (passed, passed * self.rate))
        by_stream = abs(position - self._running(at))
        if min(by_own, by_stream) > _NEAR:
            return None
        if by_own <= by_stream:
            return 0.0
        if self.part is None and not self._runs_on(at, position):
            return None  # the content's, not quite where it was last heard
        self.streams = True
        return max(position - passed * self.rate, self.left)

    def _runs_on(self, at: float, position: float) -> bool:
        """Whether the clock has moved in the break, as the content's would not."""
        moved = position - self.left
        if moved >= _NEAR or (moved > _STANDS and abs(self._running(at) - position) <= _EXACT):
            return True
        since, before = self._before or (at, position)
        return _STANDS < position - before <= (at - since) * self.rate + _NEAR
