"""video.js, with or without ads by videojs-contrib-ads (and IMA, Freewheel... on top of it).

video.js fires its media element's events again. In ad mode contrib-ads renames them: ``adplaying``
is an ad's, ``contentplaying`` comes while the framework brings the content back, and only what has
no prefix is the content's own. What is here therefore listens to video.js; the element's channel
is read only where video.js never speaks. The adapters of video.js and of players made of it name
their channel and their vocabulary.
"""

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.players.base import WEB_SETTINGS, Adapter, Callback, earliest
from video_tracker.players.contrib_ads import ContribAds
from video_tracker.players.media_element import MediaElement
from video_tracker.players.stream_markers import StreamMarkers, date_ranges
from video_tracker.players.videojs_events import REDISPATCHED
from video_tracker.players.videojs_quality import QUALITY_EVENTS, Renditions
from video_tracker.signals import Signal

__all__ = ["VideojsPlayer"]

_FIRST_WORD: Final = 1.0
"""Seconds for which the clock that is heard first may wait for the word of whose it is."""
_LENGTHS: Final = frozenset({"durationchange", "loadedmetadata"})
_LOADS: Final = _LENGTHS | {"error"}
_ATTRIBUTES: Final = frozenset({"volumechange", "ratechange"})
_FULL_WINDOW: Final = {"enterFullWindow": True, "exitFullWindow": False}


class VideojsPlayer(Adapter):
    """The adapter of a player made of video.js, whose own channel has its name; see the module."""

    settings: ClassVar[Mapping[str, object]] = WEB_SETTINGS

    def __init__(self) -> None:
        super().__init__()
        self._content = MediaElement()
        self._ads = ContribAds(self._content, self._drop_said)
        self._renditions = Renditions()
        self._markers = StreamMarkers()
        self._said: Callback | None = None
        """The callback under its own name."""
        self._unsaid: Callback | None = None
        """The clock that was heard first of all: video.js says next whose it is."""
        self._heard = False
        self._wrapped = False
        """Whether the content's events keep their prefix: a replay after a post-roll (D2)."""

    def flush(self, at: float) -> tuple[Signal, ...]:
        """What was held back: at the end of the log, or when :meth:`wake_at` falls due."""
        out = [*self._release(None), *self._ads.settle(at, None), *self._content.settle(math.inf)]
        return tuple(self._watch(out))

    def _let_go(self, at: float) -> tuple[Signal, ...]:
        return tuple(self._watch(self._ads.settle(at, "")))

    def wake_at(self) -> float | None:
        """When something held back falls due."""
        return earliest(self._ads.wake_at(), self._content.wake_at())

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        background = self._content.background
        left = self._content.settle(callback.at)
        out = self._watch([*left, *self._by_channel(_with_api(callback))])
        out = self._markers.settled(out)
        if self._content.background > background:
            self.note("pause: background")
        return out

    def _watch(self, out: list[Signal]) -> list[Signal]:
        for signal in out:
            self._ads.watch(signal)
        return out

    def _drop(self, callback: Callback, reason: str) -> list[Signal]:
        self._drop_said(callback, reason)
        return []

    def _drop_said(self, callback: Callback, reason: str) -> None:
        """Count what became nothing, under the name that video.js gave it."""
        said = self._said if callback.player == self.name else None
        self.ignore(callback if said is None else said, reason)

    # -- channels ----------------------------------------------------------------------------

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "html5" and self._said is not None:
            return self._drop(callback, "video.js fires it again, named by whose it is")
        out = self._release(callback)
        if callback.player == "page":
            return out + self._on_page(callback)
        if callback.player == "html5":
            if callback.event != "timeupdate" or self._heard:
                return out + self._content.receive(callback)
            self._heard, self._unsaid = True, callback
            return out
        return out + self._by_videojs(callback)

    def _release(self, callback: Callback | None) -> list[Signal]:
        """The element's first word, unless video.js says that it was an ad's."""
        unsaid, self._unsaid = self._unsaid, None
        if unsaid is None:
            return []
        if callback is not None:
            late = callback.at - unsaid.at > _FIRST_WORD
            if late or REDISPATCHED.get(callback.event, ("", ""))[0] == "ad":
                return self._drop(unsaid, "of whom it is was not said")
        return self._content.receive(unsaid)

    def _by_videojs(self, callback: Callback) -> list[Signal]:
        self._said = callback
        held = self._watch(self._ads.settle(callback.at, callback.event))
        return held + self._on_videojs(callback)

    def _on_videojs(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if self._ads.answers(event):
            return self._ads.receive(callback)
        if event in REDISPATCHED and event != "contentended":
            prefix, name = REDISPATCHED[event]
            renamed = attrs.evolve(callback, event=name)
            return self._on_ad(renamed) if prefix == "ad" else self._on_return(renamed)
        return self._on_player(callback)

    def _on_page(self, callback: Callback) -> list[Signal]:
        if callback.event == "pagehide" and self._ads.in_break:
            return self._leave_in_break(callback)
        return self._content.page(callback)

    def _leave_in_break(self, callback: Callback) -> list[Signal]:
        # The element's clock is the ad's: the content stands where it was left.
        standing = attrs.evolve(callback, state={"currentTime": self._content.position})
        return [*self._ads.leave(callback), *self._content.exit(standing)]

    # -- media events, by whose they are -----------------------------------------------------

    def _on_ad(self, callback: Callback) -> list[Signal]:
        """A media event that contrib-ads calls ``ad...``."""
        event = callback.event
        if event in _ATTRIBUTES:
            return self._content.attributes.changes(callback)
        if not self._ads.in_break and self._content.is_foreign(callback):
            return self._drop(callback, "of the file of an ad that has ended (S78)")
        out = self._ads.missed_start(callback)
        if self._ads.in_break:
            return out + self._ads.media(callback)
        # Ad mode without a break: the content waits for its pre-roll.
        if event in _LOADS and not self._content.shown:
            return self._content.receive(callback)
        return self._drop(callback, "the content waits for ads")

    def _on_return(self, callback: Callback) -> list[Signal]:
        """A media event that contrib-ads calls ``content...``."""
        event, content = callback.event, self._content
        if self._wrapped or event in _LENGTHS or event in _ATTRIBUTES:
            return content.receive(callback)
        replay = self._ads.restoring and content.ended
        if event == "play" and (replay or not content.begun):
            self._wrapped = replay
            return content.receive(callback)
        if self._ads.in_break:
            return self._ads.content_speaks(callback)
        return self._drop(callback, "the framework brings the content back (D1)")

    def _on_content(self, callback: Callback) -> list[Signal]:
        """A media event without a prefix: the content's own."""
        event = callback.event
        if event in _ATTRIBUTES:
            return self._content.receive(callback)
        if self._ads.in_break and (event != "play" or self._content.begun):
            return self._ads.content_speaks(callback)
        self._ads.restoring = self._wrapped = False
        return self._content.receive(callback)

    # -- the player --------------------------------------------------------------------------

    def _on_player(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event in QUALITY_EVENTS:
            return self._renditions.receive(callback)
        if event in _FULL_WINDOW:
            full = {"fullscreen": _FULL_WINDOW[event]}
            return self._content.attributes.changes(attrs.evolve(callback, detail=full))
        answer = _ANSWERS.get(event)
        return answer(self, callback) if answer is not None else self._on_content(callback)

    def _on_source(self, callback: Callback) -> list[Signal]:
        self._markers = StreamMarkers()
        return self._ads.new_source(callback)

    def _on_fullscreen(self, callback: Callback) -> list[Signal]:
        return self._content.page(callback)

    def _on_ready_for_preroll(self, callback: Callback) -> list[Signal]:
        """contrib-ads looks for a pre-roll once play is wanted, before any ``play`` is heard."""
        if self._content.begun:
            return []
        return self._content.receive(attrs.evolve(callback, event="play"))

    def _on_content_end(self, callback: Callback) -> list[Signal]:
        """The content ran out; its own ``ended`` may never come (D2)."""
        brought_back = callback.event == "resumeended" and not self._wrapped
        if self._ads.in_break or brought_back:
            return self._drop(callback, "the end of a source that came back from a break")
        return self._content.finish(callback.at, callback.number("currentTime"))

    def _on_resumed(self, callback: Callback) -> list[Signal]:
        """The plugin says that the content goes on, without a ``playing`` of it."""
        if self._ads.in_break or not self._ads.restoring:
            return []
        return self._on_content(attrs.evolve(callback, event="playing"))

    def _on_cues(self, callback: Callback) -> list[Signal]:
        return self._markers.take(callback.at, date_ranges(callback.detail.get("active")))

    def _on_dispose(self, callback: Callback) -> list[Signal]:
        if self._ads.in_break:
            return self._leave_in_break(callback)
        return self._content.exit(callback)


_ANSWERS: Final = {
    "contentended": VideojsPlayer._on_content_end,
    "contentresumed": VideojsPlayer._on_resumed,
    "dispose": VideojsPlayer._on_dispose,
    "fullscreenchange": VideojsPlayer._on_fullscreen,
    "metadata:cuechange": VideojsPlayer._on_cues,
    "readyforpostroll": VideojsPlayer._on_content_end,
    "readyforpreroll": VideojsPlayer._on_ready_for_preroll,
    "resumeended": VideojsPlayer._on_content_end,
    "sourceset": VideojsPlayer._on_source,
}


def _with_api(callback: Callback) -> Callback:
    """The callback with what video.js' own getters add to the element's properties.

    They fill in what is missing; of two values the element's is the newer one, but for a live
    stream, whose element has a growing length and whose player says ``Infinity`` (E2).
    """
    api = callback.detail.get("api")
    if not isinstance(api, Mapping):
        return callback
    state = {**api, **callback.state}
    if api.get("duration") in ("Infinity", float("inf")):
        state.setdefault("seekableEnd", callback.state.get("duration"))
        state["duration"] = "Infinity"
    return attrs.evolve(callback, state=state)
