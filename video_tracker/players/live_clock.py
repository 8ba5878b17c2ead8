"""Finds out that a source is live, where its edge lies and what its clock counts from (S6, S8).

A live source says so by a duration of ``Infinity``, by its player's word, or by a duration that
grows with the time (E2). Its edge is where the player says that one may seek to, else the end of a
growing duration, else the furthest data that were ever buffered.
"""

import datetime
from collections.abc import Mapping
from typing import Any, Final

from video_tracker.payload import finite
from video_tracker.players.base import Callback
from video_tracker.signals import Load, Signal, Update

__all__ = ["LiveClock", "unix_seconds"]

_FAR: Final = 1.0
"""Seconds by which an edge or a date must differ from what was expected to be told again."""
_GROWN: Final = 0.5
"""Seconds by which a length grows at least when the stream is live; padding is less (A13)."""
_TWICE: Final = 2
_PACE: Final = (0.5, 2.0)  # How fast the length of a live stream grows: about one second a second.


def unix_seconds(value: object) -> float | None:
    """A date as Unix seconds: milliseconds, or ISO 8601 with its offset; None for anything else."""
    number = finite(value)
    if number is not None:
        return number / 1000 if number > 0 else None
    if not isinstance(value, str):
        return None
    try:
        date = datetime.datetime.fromisoformat(value)
    except ValueError:
        return None
    return date.timestamp() if date.tzinfo is not None else None


class LiveClock:
    """One source's clock, once it is known to be live.

    It reads from a snapshot, where the application put them there: ``seekableEnd`` or
    ``seekable`` (pairs of seconds), ``bufferedEnd``; ``startDate`` (an element's
    ``getStartDate()``) or ``playheadDate`` (what the player says when the playhead's moment was),
    both in Unix milliseconds or ISO 8601. Once a stream is :attr:`over`, its length is final.
    """

    __slots__ = ("_date", "_exact", "_grown", "_last", "_origin", "_said", "live", "over")

    def __init__(self) -> None:
        self.live = self.over = False
        self._said = self._exact = False
        self._origin: float | None = None
        self._date: float | None = None
        self._last: tuple[float, float] | None = None
        self._grown = 0

    def starts(self, at: float, *, endless: bool = False) -> list[Signal]:
        """The source is live (S6); told once.

        Where only an ``endless`` duration says so, a finite one takes it back (S87).
        """
        self._said = self._said or not endless
        if self.live:
            return []
        self.live = True
        return [Load(at, livestream=True)]

    def ends(self) -> None:
        """A live stream has ended: its length is final from now on."""
        self.over = self.live

    @property
    def unsure(self) -> bool:
        """Whether only an endless length says that the source is live (S87)."""
        return self.running and not self._said

    @property
    def running(self) -> bool:
        """Whether the source is live and has no end yet."""
        return self.live and not self.over

    def length(self, at: float, duration: float) -> list[Signal]:
        """A finite duration was told: a live stream's edge, or a hint that it is live."""
        if self.live:
            return self.edge(at, duration)
        last = self._last
        if last is None or duration < last[1]:
            self._last, self._grown = (at, duration), 0
            return []
        grown = duration - last[1]
        if grown < _GROWN:
            return []
        slow, fast = (pace * (at - last[0]) for pace in _PACE)
        self._last = (at, duration)
        # Two steps at the pace of time: one alone may be another source's length.
        self._grown = self._grown + 1 if slow <= grown <= fast + _GROWN else 0
        if self._grown < _TWICE:
            return []
        return [*self.starts(at), *self.edge(at, duration)]

    def edge(self, at: float, edge: float | None, *, least: bool = False) -> list[Signal]:
        """Where the live edge is on the element's clock; told when it was not expected there.

        Where it is there at ``least``, what says it exactly is believed instead.
        """
        if not self.running or edge is None or edge <= 0 or (least and self._exact):
            return []
        sharper = not least and not self._exact
        self._exact = self._exact or not least
        if self._origin is not None and not sharper:
            ahead = self._origin - (at - edge)
            if ahead < _FAR and (least or ahead > -_FAR):
                return []
        self._origin = at - edge
        return [Update(at, live_edge=edge)]

    def date(self, at: float, zero: float | None) -> list[Signal]:
        """What lies at position 0 happened at ``zero`` (Unix seconds); told when it changed."""
        if not self.live or zero is None or zero < 0:
            return []
        if self._date is not None and abs(self._date - zero) < _FAR:
            return []
        self._date = zero
        return [Update(at, start_date=zero)]

    def read(self, callback: Callback) -> list[Signal]:
        """What a callback's snapshot says of the edge and of the date."""
        if not self.live:
            return []
        state = callback.state
        out = self.edge(callback.at, _seekable_end(state))
        if not out:
            out = self.edge(callback.at, callback.number("bufferedEnd"), least=True)
        zero = unix_seconds(state.get("startDate"))
        if zero is None:
            moment = unix_seconds(state.get("playheadDate"))
            position = callback.number("currentTime")
            if moment is not None and position is not None:
                zero = moment - position
        return out + self.date(callback.at, zero)


def _seekable_end(state: Mapping[str, Any]) -> float | None:
    end = finite(state.get("seekableEnd"))
    ranges = state.get("seekable")
    if end is None and isinstance(ranges, list) and ranges and isinstance(ranges[-1], list):
        end = finite(ranges[-1][-1]) if ranges[-1] else None
    return end
