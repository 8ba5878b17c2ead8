"""Where the content is in a stream that has ads in it (S9).

A server puts ads into the stream: the player's clock runs through them. Ranges on the stream
timeline say where; what lies outside of them is content. A player announces them, or an adapter
learns them from the breaks that it sees.
"""

from typing import Final

from video_tracker.signals import Load, Signal

__all__ = ["StreamRanges"]

_SAME: Final = 1.0
"""Seconds by which two starts of one range may differ."""
_MOST: Final = 1_000


class StreamRanges:
    """The ads' ranges on a stream timeline, in order."""

    __slots__ = ("_ranges", "_said")

    def __init__(self) -> None:
        self._ranges: list[tuple[float, float]] = []
        self._said = False

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def clear(self) -> None:
        """Another stream."""
        self._ranges.clear()

    def taken_out(self, at: float) -> list[Signal]:
        """Positions are told without the ads of the stream, whatever a plan says of it (S78).

        Args:
            at: When that became so; it is said once.
        """
        said, self._said = self._said, True
        return [] if said else [Load(at, positions="content")]

    def add(self, start: float, end: float) -> None:
        """An ad range, in stream seconds; one that overlaps a known one replaces it."""
        if not 0 <= start < end or len(self._ranges) >= _MOST:
            return
        kept = [one for one in self._ranges if one[1] <= start + _SAME or one[0] >= end - _SAME]
        self._ranges = sorted([*kept, (start, end)])

    def find(self, position: float) -> tuple[float, float] | None:
        """The range around a stream position, if there is one."""
        return next((one for one in self._ranges if one[0] <= position < one[1]), None)

    def to_content(self, position: float) -> float:
        """A stream position without the ads before it; within an ad it is where that one lies."""
        ads = (min(position, end) - start for start, end in self._ranges if start < position)
        return position - sum(ads)
