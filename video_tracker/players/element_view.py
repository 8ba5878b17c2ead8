"""Tells a player's own callbacks as its media element would have told them.

Players that hide their element behind an interface of their own (Bitmovin, THEOplayer, a Cast
receiver) say the same things in other words: each of their callbacks carries a part of what an
element's properties would say. :class:`ElementView` puts the parts together, so that
:class:`~video_tracker.players.media_element.MediaElement` can read them.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.players.base import Callback, finite, positive

__all__ = ["ElementView", "length_of", "part_of", "whole"]

_SNAPSHOT: Final = (
    "bufferedEnd",
    "currentTime",
    "droppedFrames",
    "ended",
    "fullscreen",
    "muted",
    "paused",
    "playbackRate",
    "playheadDate",
    "seekable",
    "seekableEnd",
    "seeking",
    "startDate",
    "videoHeight",
    "volume",
)
"""What is read from a callback's own snapshot, where the application took one."""
_LASTING: Final = frozenset({"fullscreen", "muted", "playbackRate", "volume"})
"""What stays as the last snapshot said."""
_LIVE: Final = ("Infinity", float("inf"))


def whole(value: object) -> int | None:
    """``value`` as an int, when it is a whole number of a sane size, else None."""
    number = finite(value)
    if number is None or number != int(number) or abs(number) > 1e6:
        return None
    return int(number)


def part_of(detail: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object within a payload; an empty one when it is missing or something else."""
    value = detail.get(key)
    return value if isinstance(value, Mapping) else {}


def length_of(value: object) -> float | str | None:
    """A content length as an element tells it: seconds, ``Infinity`` for live, or None."""
    if isinstance(value, str | float) and value in _LIVE:
        return "Infinity"
    return positive(value)


class ElementView:
    """What is known of the element's properties, from one callback to the next."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def know(self, **properties: Any) -> None:
        """Remember properties until they are told anew; None forgets one."""
        for key, value in properties.items():
            if value is None:
                self._known.pop(key, None)
            else:
                self._known[key] = value

    def known(self, key: str) -> Any:
        """A remembered property, or None."""
        return self._known.get(key)

    def event(self, callback: Callback, name: str, **now: Any) -> Callback:
        """The callback as a media element's event ``name``.

        Args:
            callback: The player's own.
            name: What the element would call it.
            now: What the player says of the properties with it. It counts for more than the
                snapshot, and the snapshot for more than what was known; None takes one away.
        """
        state = dict(self._known)
        for key in _SNAPSHOT:
            if callback.state.get(key) is not None:
                state[key] = callback.state[key]
                if key in _LASTING:
                    self._known[key] = callback.state[key]
        state.update(now)
        state = {key: value for key, value in state.items() if value is not None}
        volume = finite(state.get("volume"))
        if volume is not None and volume > 1:
            state["volume"] = min(volume / 100, 1.0)  # a snapshot of a player that counts to 100
        return attrs.evolve(callback, player="html5", event=name, state=state, detail={})
