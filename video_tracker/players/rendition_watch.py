"""Which quality a session is told, out of what an adaptive player says about its renditions.

Players announce a rendition early (when they choose it, while minutes of the old one may still
be buffered) and often (for audio too, again after every period). A session wants to hear of the
picture, once, when it shows (S25, E3).
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.payload import positive
from video_tracker.players.base import Callback
from video_tracker.signals import Quality, Signal

__all__ = ["Rendition", "RenditionWatch"]

_KILO: Final = 1000
_MOST: Final = 50  # Renditions that wait to be shown; more than these are of no use.


@attrs.frozen
class Rendition:
    """A rendition in bits and frames a second, and lines; what a player does not know is None."""

    bitrate: float | None = None
    framerate: float | None = None
    height: float | None = None

    @classmethod
    def read(cls, told: Mapping[str, Any], *bitrates: str) -> "Rendition":
        """From a payload's ``frameRate``, ``height`` and the first bit rate above 0 (E3)."""
        found = (positive(told.get(key)) for key in bitrates)
        bitrate = next((rate for rate in found if rate is not None), None)
        return cls(bitrate, positive(told.get("frameRate")), positive(told.get("height")))

    @property
    def is_known(self) -> bool:
        """Whether there is anything to tell of it."""
        return self.bitrate is not None or self.height is not None

    def quality(self, at: float, dropped: int | None) -> Quality:
        """What a session is told of it, and of the frames that were dropped."""
        return Quality(
            at,
            None if self.bitrate is None else self.bitrate / _KILO,
            self.framerate,
            None if self.height is None else f"{int(self.height)}p",
            dropped,
        )


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class RenditionWatch:
    """Tells each rendition once, when the content shows it."""

    _known: Rendition = Rendition()
    _chosen: tuple[Rendition, ...] = ()
    _shown: Rendition | None = None
    _told: Rendition | None = None
    _height: float | None = None
    dropped: float | None = None
    """How many frames were dropped so far, as of :meth:`learn`."""
    _dropped_then: float | None = None

    def chose(self, rendition: Rendition) -> None:
        """The player chose a rendition; it shows when the picture's height says so."""
        if rendition.is_known:
            self._chosen = (*self._chosen[-_MOST:], rendition)

    def shows(self, rendition: Rendition, dropped: float | None = None) -> None:
        """A rendition shows now, and so many frames were dropped, if no later snapshot says it."""
        if rendition.is_known:
            self._shown, self._dropped_then = rendition, dropped
            self._chosen = ()

    def learn(self, told: Rendition) -> None:
        """More is known of the rendition that shows: its bit rate at one time, then its height."""
        news = {key: value for key, value in attrs.asdict(told).items() if value is not None}
        self._known = attrs.evolve(self._known, **news)
        self.shows(self._known, self.dropped)

    def forget(self) -> None:
        """Another source: what was told of the old one says nothing of it."""
        self._known = Rendition()
        self._chosen = ()
        self._shown = self._told = self._height = None

    def due(self, callback: Callback) -> list[Signal]:
        """The quality to tell now: in a callback of the content, with its ``videoHeight``."""
        height = positive(callback.state.get("videoHeight"))
        if self._chosen:
            self._look(height)
        self._height = height
        shown, self._shown = self._shown, None
        if shown is None or shown == self._told:
            return []
        self._told = shown
        dropped = callback.number("droppedFrames")
        dropped = self._dropped_then if dropped is None else dropped
        known = dropped is not None and dropped >= 0
        return [shown.quality(callback.at, int(dropped or 0) if known else None)]

    def _look(self, height: float | None) -> None:
        """Find the newest chosen rendition that the picture's height agrees with."""
        chosen = self._chosen
        agree = [
            n for n, each in enumerate(chosen) if height is None or each.height in (height, None)
        ]
        if not agree and self._told is not None and height == self._height:
            return
        # No rendition has this height (cropped, or rotated): the first one to show, and a picture
        # that changed, can only be the newest.
        place = agree[-1] if agree else len(chosen) - 1
        self._shown = chosen[place]
        self._chosen = chosen[place + 1 :]
