"""Players that are a skin around one media element and fire its events again under their own name.

Which of the two is listened to is :class:`OneVoice`'s; :class:`ElementLibrary` is what the adapters
of such players have in common.
"""

import abc
import math
from collections.abc import Iterable
from typing import Final

import attrs

from video_tracker.players.base import Adapter, Callback
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import MEDIA_EVENTS
from video_tracker.signals import Signal

__all__ = ["ECHO", "ElementLibrary", "OneVoice"]

ECHO: Final = "the media element said it itself (E4)"
_OTHER_ELEMENT: Final = "of another media element: one that was torn down, or an ad's (A12)"


class OneVoice:
    """Of a media element and the library that fires its events again, one is listened to (S61).

    The element is, once it was heard: the library's copies come up to 15 ms later, with what the
    state has become meanwhile. A log without the element's channel is read from the library.
    """

    def __init__(self) -> None:
        self.element_speaks = False
        """Whether the element itself was heard."""

    def is_echo(self, callback: Callback) -> bool:
        """Whether ``callback`` repeats an event of an element that speaks for itself."""
        if callback.player == "html5":
            self.element_speaks = self.element_speaks or callback.element is None
            return False
        return self.element_speaks and callback.event in MEDIA_EVENTS


class ElementLibrary(Adapter):
    """The adapter of a library around one media element; a subclass knows the library's events."""

    def __init__(self) -> None:
        super().__init__()
        self._media = MediaElement()
        self._voice = OneVoice()

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        background = self._media.background
        out = self._media.settle(callback.at)
        out += self._by_channel(callback)
        if self._media.background > background:
            self.note("pause: background")
        return out

    def flush(self, at: float) -> tuple[Signal, ...]:  # noqa: ARG002 - its own time is told
        """A pause that no event told, an element that was left."""
        return tuple(self._media.settle(math.inf))

    def wake_at(self) -> float | None:
        """When what its element showed is believed."""
        return self._media.wake_at()

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "page":
            return self._on_page(callback)
        if callback.player == "recorder":
            return []
        if self._voice.is_echo(callback):
            return self._drop(callback, ECHO)
        if callback.event not in MEDIA_EVENTS:
            return self._on_library(callback)
        if callback.element is not None:
            return self._drop(callback, _OTHER_ELEMENT)
        return self._on_media(callback)

    def _on_page(self, callback: Callback) -> list[Signal]:
        return self._media.page(callback)

    def _on_media(self, callback: Callback) -> list[Signal]:
        """An event of the media element, whoever fired it."""
        return self._media.receive(callback)

    @abc.abstractmethod
    def _on_library(self, callback: Callback) -> list[Signal]:
        """A mapped event that only the library has."""

    def _full_screen(self, callback: Callback, *, full: bool) -> list[Signal]:
        changed = attrs.evolve(callback, detail={"fullscreen": full})
        return self._media.attributes.changes(changed)

    def _drop(self, callback: Callback, reason: str) -> list[Signal]:
        self.ignore(callback, reason)
        return []
