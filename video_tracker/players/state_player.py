"""What the adapters of players that speak in states have in common.

Native players (AVFoundation, Media3, Roku) tell what state they are in, again and again and from
several sources, where a media element fires an event for each step. :class:`StatePlayer` makes of
each state that is news what an element would have said of it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import attrs

from video_tracker.players.base import Callback
from video_tracker.players.native_player import NativePlayer, length_of
from video_tracker.players.seek_watch import RestWatch
from video_tracker.signals import Signal

__all__ = ["StatePlayer"]


class StatePlayer(NativePlayer):
    """The adapter of a player that tells its state; a subclass knows the words for it.

    Args:
        breaks: Options of :class:`~video_tracker.players.ad_breaks.AdBreaks`.
    """

    shared: ClassVar[Mapping[Any, Any]] = {}

    def __init__(self, **breaks: bool) -> None:
        super().__init__(at_once=True, **breaks)
        self._at_rest = RestWatch()

    def _look(self, callback: Callback) -> list[Signal]:
        if self._media.begun and not self._view.is_in(callback):
            return super()._look(callback)
        place = self._position(callback)
        rests = True if place is not None and not self._media.begun else None  # where it starts
        told = self._view.event(callback, "", currentTime=place, paused=rests)
        if self._breaks.in_break:
            return self._media.attributes.changes(told)
        return [*self._media.look(told), *super()._look(callback)]

    def _length(self, callback: Callback, value: object) -> list[Signal]:
        length = length_of(value)
        if isinstance(length, float):
            return self._media.lasts(callback.at, self._ranges.to_content(length))
        return [] if length is None else self._media.is_live(callback.at, endless=True)

    def _content_says(self, callback: Callback, *events: str) -> bool:  # noqa: ARG002
        return False  # its states are no events

    def _runs(self, callback: Callback, position: float | None) -> list[Signal]:
        """Frames move."""
        media, now = self._media, {"currentTime": position, "paused": False}
        told, self._at_rest = media.running, RestWatch()
        out = [] if media.wanted else self._content(callback, "play", **now)
        if media.seeking:  # playing on from its target tells since when it is over (S79)
            out += self._content(callback, "playing", **now)
        out += self._lands(callback, position)
        out += [] if told else self._content(callback, "playing", **now)
        self._stands(callback, position, running=True)
        return out

    def _waits(self, callback: Callback) -> list[Signal]:
        """It waits for data; before frames move that is no stall (S25)."""
        if not self._media.running:
            return []
        return self._content(callback, "waiting", currentTime=self._reached(callback))

    def _reached(self, callback: Callback) -> float | None:
        """Where the content stops: where it says, if playing can have led there."""
        at, place = callback.at, self._position(callback)
        leaps = place is None or self._media.jumped(at, place)
        return self._media.where(at) if leaps else place

    def _rests(self, callback: Callback) -> list[Signal]:
        """It is paused."""
        out = self._lands(callback, self._position(callback))
        return out + self._media.receive(self._pause(callback))

    def _pause(self, callback: Callback) -> Callback:
        told = self._position(callback)
        place = self._media.where(callback.at) if told is None else told
        return self._view.event(callback, "pause", currentTime=place, paused=True)

    def _seeks(
        self, callback: Callback, target: float | None, origin: float | None = None
    ) -> list[Signal]:
        """A seek begins, from where the content is unless it says where it left."""
        self._at_rest = RestWatch()
        self._stands(callback, origin)
        return self._content(callback, "seeking", currentTime=target)

    def _lands(self, callback: Callback, position: float | None) -> list[Signal]:
        """A seek that is open is over."""
        seeks = self._media.seeking
        return self._content(callback, "seeked", currentTime=position) if seeks else []

    def _stands(self, callback: Callback, position: float | None, *, running: bool = False) -> None:
        """The content is there, which is no news by itself."""
        there = self._view.event(callback, "pause", currentTime=position)
        self._media.stand(there, running=running)

    def _clock_tells(
        self, callback: Callback, position: float, *, plays: bool | None
    ) -> list[Signal]:
        """The clock was told; one that runs proves what nobody said, or what was wrong (S79, S83).

        Whether the player says that it ``plays`` is None where it does not say.
        """
        if plays is None and self._media.position is not None:
            return self._content(callback, "timeupdate", currentTime=position)
        if plays:
            return self._content(callback, "timeupdate", currentTime=position, paused=False)
        since = self._at_rest.hear(callback.at, position, self._media.rate)
        if since is None:
            return self._content(callback, "timeupdate", currentTime=position, paused=True)
        out = self._runs(attrs.evolve(callback, at=since[0]), since[1])
        return out + self._content(callback, "timeupdate", currentTime=position, paused=False)
