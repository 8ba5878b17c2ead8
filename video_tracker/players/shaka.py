"""Shaka Player 5 with its media element, its ad manager and the element of its ads.

Channels: ``shaka`` (the player's events and, as ``ad-...``, its ad manager's), ``html5`` (an
``el`` of its own is the ads' element), ``page`` and ``recorder``. Shaka stalls by setting the
playback rate to 0 (B3), chooses a quality long before it shows (E3) and tells of fatal errors
seconds before playback stops (C2).
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.players.base import WEB_SETTINGS, Adapter, Callback, Vocabulary, earliest, finite
from video_tracker.players.break_watch import RETURNS
from video_tracker.players.content_flash import ContentFlash
from video_tracker.players.doubt import Doubt, is_content
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import (
    MEDIA_EVENTS,
    PAGE_EVENTS,
    RECORDER_EVENTS,
    extended,
)
from video_tracker.players.rendition_watch import Rendition, RenditionWatch
from video_tracker.players.shaka_ads import ShakaAds
from video_tracker.players.shaka_events import AD_EVENTS, PLAYER_EVENTS, SHAKA_EVENTS
from video_tracker.players.start_gate import StartGate
from video_tracker.players.stream_markers import StreamMarkers, timeline_region
from video_tracker.signals import Error, Signal

__all__ = ["AD_EVENTS", "PLAYER_EVENTS", "SHAKA_EVENTS", "ShakaAdapter"]

_AD_BEGINS: Final = frozenset({"ad-break-started", "ad-started"})
_CRITICAL: Final = 2
"""The severity of an error that ends playback; 1 is one from which Shaka recovers."""
_NETWORK: Final = 1
"""The category of network errors."""
_INTERRUPTED: Final = frozenset({7000, 7002})
"""Codes of a load, or another operation, that gave way to a newer one."""

_ELEMENT: Final = extended(
    extended(MEDIA_EVENTS, RETURNS),
    dict.fromkeys(("play", "playing", "timeupdate"), "ad_break_start ad_break_end"),
)
"""The element's events; content that plays on tells that a break is over."""


class ShakaAdapter(Adapter):
    """The adapter of Shaka Player; see the module."""

    name: ClassVar[str] = "shaka"
    channels: ClassVar[frozenset[str]] = frozenset({"shaka", "html5", "page", "recorder"})
    settings: ClassVar = WEB_SETTINGS
    vocabulary: ClassVar[Vocabulary] = {
        **{("shaka", event): entry for event, entry in SHAKA_EVENTS.items()},
        **{("html5", event): entry for event, entry in _ELEMENT.items()},
        **{("page", event): entry for event, entry in PAGE_EVENTS.items()},
        **{("recorder", event): entry for event, entry in RECORDER_EVENTS.items()},
    }

    def __init__(self) -> None:
        super().__init__()
        self._media = MediaElement(new_blob_is_new_item=False)
        self._ads = ShakaAds(self._media, self.ignore)
        self._renditions = RenditionWatch()
        self._flash = ContentFlash()
        self._gate = StartGate()
        self._loads = 0
        self._markers = StreamMarkers()
        self._doubt = Doubt()

    def flush(self, at: float) -> tuple[Signal, ...]:  # noqa: ARG002 - their own times are told
        """What was held back: a break whose ads do not come, content whose pre-roll does not."""
        return self._let_go(math.inf, everything=True)

    def _let_go(self, at: float, *, everything: bool = False) -> tuple[Signal, ...]:
        out: list[Signal] = []
        # A pause that is held and the snapshot that shows it go together.
        pause = earliest(self._doubt.wake_at(), self._media.wake_at())
        ads, flash = self._ads.wake_at(), self._flash.wake_at()
        if everything or (pause is not None and pause <= at):
            out += self._flash.let(self._release())
        if everything or (ads is not None and ads <= at):
            out += self._flash.let(self._ads.settle(at))
        if everything or (flash is not None and flash <= at):
            out += self._flash.release()
        return tuple(self._gate.let([*out, *self._media.settle(at)]))

    def wake_at(self) -> float | None:
        """When something held back falls due."""
        holders = (self._ads, self._flash, self._doubt, self._media)
        return earliest(*(each.wake_at() for each in holders))

    def _release(self) -> list[Signal]:
        """What is held is told: nothing took it for its own."""
        background = self._media.background
        out = self._doubt.release(self._media.receive, self._on_element)
        if self._media.background > background:
            self.note("pause: background")
        return out

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if self._doubt.defers(callback, seeks=is_content(callback, "seeking")):
            return []
        plays = is_content(callback, "play")
        due = self._doubt.explains(plays=plays) or self._doubt.ends_with(callback)
        out = self._release() if due else []
        background = self._media.background
        out += self._media.settle(callback.at)
        out += self._by_channel(callback)
        if self._media.background > background:
            self.note("pause: background")
        out = self._flash.let(self._markers.settled(out))
        if callback.player == "html5" and callback.element is None and self._content_shows():
            out += self._renditions.due(callback)
        return self._gate.let(out)

    def _content_shows(self) -> bool:
        held = self._flash.wake_at() is not None
        waits = self._ads.in_break or held or self._markers.unsure
        return self._media.shown and not waits

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "page":
            return self._on_page(callback)
        if callback.player == "shaka":
            answer = self._ANSWERS.get(callback.event)
            if callback.event in _AD_BEGINS and (held := self._doubt.take()) is not None:
                self._media.stand(held)  # Shaka's own, for its ads
            if answer is None:
                return self._ads.receive(callback)
            return answer(self, callback) + self._media.look(callback)
        return self._on_element(callback) if callback.player == "html5" else []

    def _on_page(self, callback: Callback) -> list[Signal]:
        if callback.event == "pagehide" and self._ads.in_break:
            return self._ads.leave_page(callback)
        return self._media.page(callback)

    def _on_element(self, callback: Callback) -> list[Signal]:
        if callback.element is not None:
            return self._ads.on_ad_element(callback)
        if self._ads.in_break:
            return self._ads.on_content_element(callback)
        if callback.event == "pause" and not callback.flag("ended"):
            self._doubt.held = callback
            return []
        return self._media.receive(callback)

    # -- the player ------------------------------------------------------------------------------

    def _on_loading(self, callback: Callback) -> list[Signal]:
        self._loads += 1
        if self._loads == 1 and not self._media.played:
            return []
        self._renditions.forget()
        self._markers = StreamMarkers()
        return [*self._ads.close(callback.at), *self._media.next_item(callback.at, ahead=True)]

    def _on_loaded(self, callback: Callback) -> list[Signal]:
        """Whether it is live; of the range of seeking, the end is Shaka's live edge (S8)."""
        media, detail = self._media, callback.detail
        live = detail.get("live", detail.get("isLive"))
        if live is not True:
            if live is False and callback.event == "manifestupdated":
                media.live.ends()
            return []
        seekable = detail.get("seekRange")
        edge = finite(seekable.get("end")) if isinstance(seekable, Mapping) else None
        return [
            *media.is_live(callback.at),
            *media.live.edge(callback.at, edge, least=True),
        ]

    def _on_region(self, callback: Callback) -> list[Signal]:
        """A region of the timeline, which may be ads in the stream (S9)."""
        return self._markers.take(callback.at, timeline_region(callback.detail))

    def _on_cue_points(self, callback: Callback) -> list[Signal]:
        """The schedule of ad breaks: a pre-roll follows the content's first moment (D11, S73)."""
        points = callback.detail.get("cuepoints")
        if isinstance(points, list):
            starts = [point.get("start") for point in points if isinstance(point, Mapping)]
            self._flash.pre_roll_due = any(finite(start) == 0 for start in starts)
        return []

    def _on_buffering(self, callback: Callback) -> list[Signal]:
        """A stall by the rate, whichever of the two is heard first; else as `waiting` (B3)."""
        if self._ads.in_break or callback.number("readyState") == 0:
            return []
        if callback.number("playbackRate") == 0 or callback.detail.get("buffering") is not True:
            return self._media.receive(attrs.evolve(callback, event="ratechange"))
        return self._media.receive(attrs.evolve(callback, event="waiting"))

    def _on_complete(self, callback: Callback) -> list[Signal]:
        """The content is at its end; Shaka says so before its post-roll (D13)."""
        if self._ads.in_break or callback.state.get("ended") is False:
            return []
        return self._media.finish(callback.at, callback.number("currentTime"))

    def _on_choice(self, callback: Callback) -> list[Signal]:
        track = callback.detail.get("newTrack")
        if isinstance(track, Mapping):
            self._renditions.chose(_rendition(track))
        return []

    def _on_shown(self, callback: Callback) -> list[Signal]:
        told = callback.detail.get("quality")
        if isinstance(told, Mapping) and told.get("contentType") == "video":
            self._renditions.shows(Rendition.read(told, "bandwidth"))
        return []

    def _on_error(self, callback: Callback) -> list[Signal]:
        detail = callback.detail
        if isinstance(detail.get("detail"), Mapping):
            detail = detail["detail"]  # the event around the error
        code = detail.get("code")
        known = isinstance(code, int) and not isinstance(code, bool)
        if known and code in _INTERRUPTED:
            self.ignore(callback, "gave way to a newer load")
            return []
        reason = f"Shaka error {code}" if known else "playback error"
        if detail.get("category") == _NETWORK:
            reason = "network loss"
        if self._ads.in_break or detail.get("severity") not in (_CRITICAL, None):
            return [Error(callback.at, fatal=False, reason=reason)]
        return self._media.fail(callback, reason)

    _ANSWERS: ClassVar[Mapping[str, Callable[["ShakaAdapter", Callback], list[Signal]]]] = {
        "ad-cue-points-changed": _on_cue_points,
        "adaptation": _on_choice,
        "buffering": _on_buffering,
        "complete": _on_complete,
        "error": _on_error,
        "load_rejected": _on_error,
        "load_resolved": _on_loaded,
        "loaded": _on_loaded,
        "loading": _on_loading,
        "manifestparsed": _on_loaded,
        "manifestupdated": _on_loaded,
        "mediaqualitychanged": _on_shown,
        "timelineregionadded": _on_region,
        "timelineregionenter": _on_region,
        "variantchanged": _on_choice,
    }


def _rendition(track: Mapping[str, Any]) -> Rendition:
    found = Rendition.read(track, "videoBandwidth", "bandwidth")
    # Without a bit rate the manifest describes nothing: the frame rate is a guess (E3).
    return found if found.bitrate is not None else attrs.evolve(found, framerate=None)
