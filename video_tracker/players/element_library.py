"""What the adapters of players around a media element have in common.

:class:`ElementPlayer` keeps the content's element, the ad breaks and the doubts. A pause that may
be an ad break's or a seek's own is held until the next callback shows whose it was (S31); of an
event that the library fires again under its own name, the element's own is listened to (S61).
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.payload import finite
from video_tracker.players.base import Callback
from video_tracker.players.break_watch import RETURNS
from video_tracker.players.content_adapter import ContentAdapter
from video_tracker.players.media_events import MEDIA_EVENTS, RECORDER_EVENTS, extended
from video_tracker.players.rows import rows_in
from video_tracker.signals import Error, Signal
from video_tracker.stream_markers import StreamMarkers

__all__ = ["BESIDE_ADS", "ECHO", "ELEMENT_WITH_ADS", "ElementPlayer"]

ECHO: Final = "the media element says it itself (E4)"

ELEMENT_WITH_ADS: Final = extended(
    extended(MEDIA_EVENTS, RETURNS),
    dict.fromkeys(
        ("emptied", "play", "playing", "timeupdate"),
        "ad_break_start ad_break_end ad_error play progress buffer_start buffer_end seek_end",
    ),
)
"""The element's events beside ads: one that plays on, or gives way, tells of their breaks."""
BESIDE_ADS: Final = {**rows_in("html5", ELEMENT_WITH_ADS), **rows_in("recorder", RECORDER_EVENTS)}
"""The rows of such an element and of its recorder."""


class ElementPlayer(ContentAdapter):
    """The adapter of a player around a media element; a subclass knows the player's own words.

    It takes what :class:`~video_tracker.players.content_adapter.ContentAdapter` does.
    """

    copies: ClassVar[Mapping[str, str]] = {}
    """Names under which the library fires its element's events again, and those events. They come
    up to 60 ms later, with what the state has become meanwhile, and count in a log without the
    element's own channel."""

    def __init__(self, *, new_blob_is_new_item: bool = False, **breaks: bool) -> None:
        super().__init__(new_blob_is_new_item=new_blob_is_new_item, **breaks)
        self._markers = StreamMarkers()
        self._element_heard = False
        self._loaded = False

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        copy = callback.player != "html5" and callback.event in self.copies
        if copy and self._element_heard:
            return self._shown(callback, self._on_echo(callback))
        return super()._answer(callback)

    def _content_says(self, callback: Callback, *events: str) -> bool:
        if callback.element is not None:
            return False
        if callback.player == "html5":
            return callback.event in events
        return not self._element_heard and self.copies.get(callback.event) in events

    def _shown(self, callback: Callback, out: list[Signal]) -> list[Signal]:
        return super()._shown(callback, self._markers.settled(out))

    def _is_calm(self, callback: Callback) -> bool:
        return not self._markers and super()._is_calm(callback)

    def _shows_content(self, callback: Callback) -> bool:
        return not self._markers.unsure and super()._shows_content(callback)

    def _tells_picture(self, callback: Callback) -> bool:
        return callback.player == "html5" and callback.element is None

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "page":
            return self._on_page(callback)
        if callback.player == "recorder":
            return []
        if callback.player == "html5" and (callback.player, callback.event) not in self._answers:
            if callback.element is not None:
                return self._on_other_element(callback)
            self._element_heard = True
            return self._on_media(callback)
        twin = self.copies.get(callback.event)
        if twin is None:
            return self._on_library(callback)
        return self._on_media(attrs.evolve(callback, event=twin))

    def _on_echo(self, callback: Callback) -> list[Signal]:
        """The library fires again what the element itself has said."""
        return self.ignore(callback, ECHO)

    def _on_library(self, callback: Callback) -> list[Signal]:
        """An event that only the library has; its snapshot tells of the element (S83)."""
        out = self._by_row(callback)
        return out if callback.element is not None else [*out, *self._media.look(callback)]

    def _on_media(self, callback: Callback) -> list[Signal]:
        """An event of the content's element, whoever fired it."""
        if self._breaks.in_break:
            return self._in_break(callback)
        return self._hears(callback)

    def _in_break(self, callback: Callback) -> list[Signal]:
        """An event of the content's element while ads have the player."""
        shared = self._breaks.shares
        return self._breaks.element(callback) if shared else self._breaks.content(callback)

    def _on_other_element(self, callback: Callback) -> list[Signal]:
        return self.ignore(callback, "of another media element: one that was torn down (A12)")

    def _loads(self, callback: Callback) -> list[Signal]:
        """A source is loaded: after the first one, the next playlist item (S24)."""
        first, self._loaded = not self._loaded, True
        if first and not self._media.played:
            return []
        self._renditions.forget()
        self._markers = StreamMarkers()
        return self._breaks.end(callback.at) + self._media.next_item(callback.at, ahead=True)

    def _is_live(
        self, at: float, live: object, edge: object = None, *, least: bool = False
    ) -> list[Signal]:
        """What a manifest says: whether the content is still live, and its edge (S6, S8)."""
        if live is False:
            self._media.live.ends()
        if live is not True:
            return []
        return [*self._media.is_live(at), *self._media.live.edge(at, finite(edge), least=least)]

    def _full_screen(self, callback: Callback, *, full: bool) -> list[Signal]:
        changed = attrs.evolve(callback, detail={"fullscreen": full})
        return self._media.attributes.changes(changed)

    def _fail(self, callback: Callback, reason: str, *, fatal: bool = True) -> list[Signal]:
        """The player tells of an error; in a break it is none of the content's (S76)."""
        if fatal and not self._breaks.in_break:
            return self._media.fail(callback, reason)
        return [Error(callback.at, fatal=False, reason=reason)]
