"""What a callback of YouTube's player says of it, in whichever form it was recorded.

The application's own reading (``state``), the API's event object (``detail.data``) and the iframe's
messages (``detail.info``) say the same things; :class:`Said` is what they say together.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.plan import Content
from video_tracker.players.base import Callback, finite, name_of
from video_tracker.players.remote import as_element, loudness, said_content

__all__ = [
    "BUFFERING",
    "CUED",
    "ENDED",
    "PAUSED",
    "PLAYING",
    "STATES",
    "UNSTARTED",
    "Said",
]

UNSTARTED, ENDED, PLAYING, PAUSED, BUFFERING, CUED = -1, 0, 1, 2, 3, 5
STATES: Final = frozenset({UNSTARTED, ENDED, PLAYING, PAUSED, BUFFERING, CUED})
"""The states of the player, as ``YT.PlayerState`` numbers them."""


@attrs.frozen
class Said:
    """What a callback says of the player.

    Args:
        at: When it came, in Unix seconds.
        state: The player's state; None when it is not told.
        position: Seconds of content; None when unknown.
        read: All that was read from the player.
        volume: From 0 to 1.
    """

    at: float
    state: int | None
    position: float | None
    read: Mapping[str, Any]
    volume: float | None = None

    @classmethod
    def of(cls, callback: Callback) -> "Said":
        """What ``callback`` says."""
        info = callback.detail.get("info")
        read = {**callback.state, **(info if isinstance(info, Mapping) else {})}
        told = callback.detail.get("data", info) if callback.event == "onStateChange" else None
        state = read.get("playerState") if told is None or isinstance(told, Mapping) else told
        number = finite(state)
        known = int(number) if number is not None and number in STATES else None
        position = finite(read.get("currentTime"))
        if position is not None and position < 0:
            position = None
        own = "volume" in info if isinstance(info, Mapping) else False
        volume = loudness(read.get("volume"), read=not own)
        return cls(callback.at, known, position, read, volume)

    def content(self) -> Content | None:
        """What it says of the video."""
        data = self.read.get("videoData")
        data = data if isinstance(data, Mapping) else {}
        asset = data.get("video_id") or self.read.get("videoId") or self.read.get("video_id")
        return said_content(
            name_of(asset),
            title=data.get("title") or self.read.get("title"),
            publisher=data.get("author") or self.read.get("author"),
        )

    @property
    def is_live(self) -> bool:
        """Whether it says that the video is live."""
        data = self.read.get("videoData")
        told = data.get("isLive") if isinstance(data, Mapping) else self.read.get("isLive")
        return told is True

    def as_element(self, event: str, position: float | None = None) -> Callback:
        """As the media element would have said it; YouTube's volume goes from 0 to 100."""
        volume, muted = self.volume, self.read.get("muted") is True
        if volume is None and muted:
            volume = 0.0
        rate = finite(self.read.get("playbackRate"))
        full = self.read.get("fullscreen")
        return as_element(
            event,
            self.at,
            self.position if position is None else position,
            playbackRate=rate if rate is not None and rate > 0 else None,
            volume=volume,
            muted=muted,
            fullscreen=full if isinstance(full, bool) else None,
        )
