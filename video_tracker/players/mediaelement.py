"""MediaElement.js 7: a wrapper that mimics a media element, whatever plays behind it.

Channels: ``mediaelement`` (the wrapper's and the player's events), ``html5``, ``page`` and
``recorder``. The player rewinds its element inside ``ended``, before others hear of it (A10).
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from video_tracker.players.base import Callback, on
from video_tracker.players.element_library import ElementPlayer
from video_tracker.players.media_events import MEDIA_EVENTS, RECORDER_EVENTS
from video_tracker.players.rows import rows_in
from video_tracker.signals import Signal

__all__ = ["MediaelementAdapter"]


class MediaelementAdapter(ElementPlayer):
    """MediaElement.js around a ``<video>`` or around another renderer (S61, A10)."""

    name: ClassVar[str] = "mediaelement"
    copies: ClassVar[Mapping[str, str]] = {event: event for event in MEDIA_EVENTS}
    shared: ClassVar = {
        **rows_in("mediaelement", MEDIA_EVENTS),
        **rows_in("html5", MEDIA_EVENTS),
        **rows_in("recorder", RECORDER_EVENTS),
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "mediaelement": {
            "text tracks": "captionschange",
            "the viewer's hand; what it does tells of itself": "click mouseout mouseover",
            "the player's appearance": "controlshidden controlsready controlsresize controlsshown",
            "nothing was played yet": "rendererready success",
        }
    }

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        held, source = self._doubt.held, callback.state.get("src") or None
        goes = callback.event == "emptied"
        if held is not None and (goes or source not in (None, held.state.get("src"))):
            self._doubt.take()
            self.ignore(held, "the player pauses before it changes the source")
        return super()._answer(callback)

    def _on_media(self, callback: Callback) -> list[Signal]:
        if callback.event == "ended" and not callback.flag("ended"):
            # Rewound already: the end is where it was before (A10).
            return self._media.finish(callback.at)
        return super()._on_media(callback)

    @on("mediaelement", "enteredfullscreen exitedfullscreen", "update")
    def _on_full_screen(self, callback: Callback) -> list[Signal]:
        return self._full_screen(callback, full=callback.event == "enteredfullscreen")
