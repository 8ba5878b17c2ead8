"""MediaElement.js 7: a wrapper that mimics a media element, whatever plays behind it.

Channels: ``mediaelement`` (the wrapper's and the player's events), ``html5``, ``page`` and
``recorder``. The player rewinds its element inside ``ended``, before others hear of it (A10).
"""

from typing import ClassVar, Final

from video_tracker.players.base import WEB_SETTINGS, Callback, Ignored, Mapped, Vocabulary, earliest
from video_tracker.players.doubt import HOLD
from video_tracker.players.element_library import ElementLibrary
from video_tracker.players.media_events import MEDIA_EVENTS, PAGE_EVENTS, RECORDER_EVENTS
from video_tracker.signals import Signal

__all__ = ["MEDIAELEMENT_EVENTS", "MediaelementAdapter"]

_LOOKS: Final = "the player's appearance"

MEDIAELEMENT_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    **MEDIA_EVENTS,
    "captionschange": Ignored("text tracks"),
    "click": Ignored("the viewer's finger; what it does tells of itself"),
    "controlshidden": Ignored(_LOOKS),
    "controlsready": Ignored(_LOOKS),
    "controlsresize": Ignored(_LOOKS),
    "controlsshown": Ignored(_LOOKS),
    "enteredfullscreen": Mapped("update"),
    "exitedfullscreen": Mapped("update"),
    "mouseout": Ignored("the viewer moved the pointer"),
    "mouseover": Ignored("the viewer moved the pointer"),
    "rendererready": Ignored("nothing was played yet"),
    "success": Ignored("nothing was played yet"),
}
"""Every event of MediaElement.js: its API's, ``mejs.html5media.events`` and the player's own."""

_FULL_SCREEN: Final = {"enteredfullscreen": True, "exitedfullscreen": False}


def _is_other_source(callback: Callback, held: Callback) -> bool:
    """Whether the source goes or has changed since ``held``."""
    if callback.event == "emptied":
        return True
    source = callback.state.get("src")
    return bool(source) and source != held.state.get("src")


class MediaelementAdapter(ElementLibrary):
    """MediaElement.js around a ``<video>`` or around another renderer (S61, A10)."""

    name: ClassVar[str] = "mediaelement"
    channels: ClassVar[frozenset[str]] = frozenset({"mediaelement", "html5", "page", "recorder"})
    settings: ClassVar = WEB_SETTINGS
    vocabulary: ClassVar[Vocabulary] = {
        **{("mediaelement", event): entry for event, entry in MEDIAELEMENT_EVENTS.items()},
        **{("html5", event): entry for event, entry in MEDIA_EVENTS.items()},
        **{("page", event): entry for event, entry in PAGE_EVENTS.items()},
        **{("recorder", event): entry for event, entry in RECORDER_EVENTS.items()},
    }

    def __init__(self) -> None:
        super().__init__()
        self._held: Callback | None = None
        """A pause of which it is not known whether the viewer or a new source made it."""

    def flush(self, at: float) -> tuple[Signal, ...]:
        """A pause that turned out to be the viewer's, what the element showed."""
        return (*self._release(), *super().flush(at))

    def wake_at(self) -> float | None:
        """When what is held back falls due."""
        held = None if self._held is None else self._held.at + HOLD
        return earliest(held, super().wake_at())

    def _release(self) -> list[Signal]:
        held, self._held = self._held, None
        return [] if held is None else super()._on_media(held)

    def _by_channel(self, callback: Callback) -> list[Signal]:
        held = self._held
        if held is not None and _is_other_source(callback, held):
            self._held = None
            self.ignore(held, "the player pauses before it changes the source")
        return [*self._release(), *super()._by_channel(callback)]

    def _on_media(self, callback: Callback) -> list[Signal]:
        if callback.player == self.name and callback.event == "pause":
            # The player pauses the old source, without a pause of the element, for a new one.
            at_end = callback.flag("ended")
            self._held = None if at_end else callback
            return super()._on_media(callback) if at_end else []
        if callback.event == "ended" and not callback.flag("ended"):
            # Rewound already: the end is where it was before (A10).
            return self._media.finish(callback.at)
        return super()._on_media(callback)

    def _on_library(self, callback: Callback) -> list[Signal]:
        return self._full_screen(callback, full=_FULL_SCREEN[callback.event])
