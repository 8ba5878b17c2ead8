"""Whose clock moves in an ad break, and whether the break is over though nobody said so.

The word of an ad's end, or of its break's, may be lost: media of the content that move prove what
was not said (S62, S81). Every machine of ad breaks asks the same :class:`BreakWatch`.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from video_tracker.players.base import Callback

__all__ = ["RETURNS", "BreakWatch", "Resumed"]

_RETURN: Final = "ad_break_end play playing load progress update buffer_end"
RETURNS: Final[Mapping[str, str]] = dict.fromkeys(
    ("pause", "play", "playing", "timeupdate"), _RETURN
)
"""Events of the content's element that may end a break, and what they are then, for tables."""

_BETWEEN: Final = 0.5  # Seconds of content that end a break in which no ad is open (S81).
_DURING: Final = 2.0  # Seconds of content that prove the end of a break whose ad is open (S62).
_SLACK: Final = 1.0  # Seconds by which content may have moved further than time explains.
_BACK: Final = 0.5  # Seconds by which content may come back before the place where it stood (D17).
_SEEKS: Final = frozenset({"seeked", "seeking"})
_TELL: Final = frozenset({"pause", "playing", "time", "timeupdate"}) | _SEEKS
"""Events of an element whose position counts in a break."""
_SILENT: Final = 2.0  # Usual intervals of silence after which an ad beside content is over (S62).


@attrs.frozen
class Resumed:
    """When and where content went on after a break that nobody ended, in content seconds."""

    at: float
    position: float


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class BreakWatch:
    """Follows both clocks through one break."""

    _base: float | None = None
    _base_at: float = 0.0
    free_since: float = 0.0
    """When the break began, or its last ad ended."""
    _seen: tuple[float, float] | None = None
    _heard_at: float | None = None
    _gap: float = 0.0
    _open: bool = False
    _together: bool = False

    def begin(self, at: float, left: float | None) -> None:
        """A break begins; content was ``left`` at a place in seconds, or nobody knows where."""
        self._base, self._base_at, self.free_since = left, at, at
        self._seen, self._heard_at, self._gap = None, None, 0.0
        self._open = self._together = False

    @property
    def last_at(self) -> float:
        """When the open ad moved last; else when the break began, or its last ad ended."""
        return self.free_since if self._heard_at is None else self._heard_at

    def ad_moves(self, at: float) -> None:
        """The ad's first frame shows, or its clock has moved: until now the ad plays."""
        if self._heard_at is not None:
            self._gap = max(at - self._heard_at, 0.0)
        self._heard_at, self._open = at, True
        if self._seen is not None:
            base = self._seen[1]
            self._together = self._together or (self._base is not None and base > self._base)
            self._base, self._seen = base, None
        self._base_at = at

    def ad_ends(self, at: float) -> None:
        """The open ad ended: what moves now is the next one, or the content."""
        self._open = self._together = False
        self._heard_at = None
        self.free_since = at
        self._base_at = max(at, self._base_at)

    def content(self, at: float, position: float | None, rate: float = 1.0) -> Resumed | None:
        """The content's clock was told; where it went on, when that proves the break's end."""
        if position is None:
            return None
        base, self._seen = self._base, (at, position)
        moved = position - base if base is not None else 0.0
        if base is None or moved < -_BACK or moved > (at - self._base_at) * rate + _SLACK:
            # Where it stood is not known, or it jumped: what moves from here on proves something.
            self._base, self._base_at = position, at
            return None
        quiet = at - self._heard_at if self._heard_at is not None else at - self._base_at
        if moved < (_DURING if self._open else _BETWEEN) or (
            self._together and quiet <= _SILENT * self._gap
        ):
            return None
        return Resumed(max(at - moved / rate, self._base_at), base)

    def element(self, callback: Callback, rate: float = 1.0) -> Resumed | None:
        """An event of the content's own element; where it went on, when that proves the end.

        A seek in a break is the framework's way back (D10).
        """
        position = callback.number("currentTime")
        if position is None or callback.number("readyState") == 0 or callback.event not in _TELL:
            return None
        if callback.flag("seeking") or callback.event in _SEEKS:
            self._rest(callback.at, position)
            return None
        resumed = self.content(callback.at, position, rate)
        ran = self._base is not None and position - self._base >= _DURING
        if callback.event == "pause" and not ran:
            self._rest(callback.at, position)  # stopped for the ads only now
            return None
        return resumed

    def _rest(self, at: float, position: float) -> None:
        self._base, self._base_at, self._seen = position, at, None
