"""What adapters share whose player shows no media element: YouTube's iframe, Vimeo's, JW Player.

Their callbacks say what a media element would have said, in other words. :func:`as_element` writes
them in its words for :class:`~video_tracker.players.media_element.MediaElement`,
:func:`said_content` reads what a player tells of its content.
"""

from typing import Any

import attrs

from video_tracker.payload import finite, name_of, text_of
from video_tracker.plan import Content
from video_tracker.players.base import Callback
from video_tracker.players.element_library import ElementPlayer
from video_tracker.signals import Load, Quality, Signal

__all__ = ["Item", "RemotePlayer", "as_element", "loudness", "said_content"]


def as_element(event: str, at: float, position: float | None = None, **state: Any) -> Callback:
    """A callback as the media element would have fired it, with those of its properties known."""
    known = {key: value for key, value in state.items() if value is not None}
    if position is not None:
        known["currentTime"] = position
    return Callback(at, "html5", event, known)


def _words(value: object) -> tuple[str, ...] | None:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        return None
    return tuple(word.strip() for word in parts if isinstance(word, str) and word.strip()) or None


def said_content(
    asset_id: object = None,
    *,
    title: object = None,
    description: object = None,
    publisher: object = None,
    keywords: object = None,
) -> Content | None:
    """What a player tells of its content, or None when it tells nothing usable.

    Its id is text or a number, its keywords are a list or one text with commas.
    """
    content = Content(
        asset_id=name_of(asset_id),
        title=text_of(title),
        description=text_of(description),
        publisher=text_of(publisher),
        keywords=_words(keywords),
    )
    return content if content != Content() else None


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class Item:
    """The content that the player has loaded; each thing it says of it is told once."""

    asset_id: str | None = None
    """The player's own id of it, when known."""
    _told: Content | None = None

    def is_other(self, asset_id: str | None) -> bool:
        """Whether ``asset_id`` is another content than the one loaded."""
        return asset_id is not None and self.asset_id not in (None, asset_id)

    def learn(self, at: float, content: Content | None) -> list[Signal]:
        """What is new of the content that is loaded."""
        if content is None or content == self._told:
            return []
        self._told = content
        self.asset_id = content.asset_id or self.asset_id
        return [Load(at, content=content)]

    def replace(self, left: list[Signal], content: Content | None, at: float) -> list[Signal]:
        """Another content takes its place, after what was told when the one before was left."""
        self._told, self.asset_id = content, None if content is None else content.asset_id
        named = any(isinstance(s, Load) and s.next_item for s in left)
        out = [
            attrs.evolve(s, content=content) if isinstance(s, Load) and s.next_item else s
            for s in left
        ]
        return out if named or content is None else [*out, Load(at, content=content)]


class RemotePlayer(ElementPlayer):
    """An adapter without a media element to look at; a subclass reads its player's words."""

    def __init__(self) -> None:
        super().__init__()
        self._item = Item()
        self._known: tuple[float, float] | None = None  # When a position was last told, and it.
        self._seeking = False
        self._quality: str | None = None  # A quality to tell.

    def _let_go(self, at: float) -> list[Signal]:  # noqa: ARG002 - its own time is told
        return self._release()

    def _due_quality(self, at: float) -> list[Signal]:
        """A quality that shows: told once, not before the first frame (S25)."""
        if self._quality is None or not self._media.shown:
            return []
        quality, self._quality = self._quality, None
        return [Quality(at, quality=quality)]

    def _replace(self, at: float, content: Content | None) -> list[Signal]:
        """Another video has taken the player over (S24)."""
        left = self._media.next_item(at)
        self._known = self._quality = None
        self._seeking = False
        return self._item.replace(left, content, at)


def loudness(value: object, *, read: bool) -> float | None:
    """A volume from 0 to 100 as a media element has it, from 0 to 1.

    What the application ``read`` it may have made an element's: then 1 and less are taken for such,
    since nobody listens at one per cent.
    """
    volume = finite(value)
    return volume if volume is None or (read and 0 <= volume <= 1) else volume / 100
