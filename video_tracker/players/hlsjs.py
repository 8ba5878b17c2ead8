"""hls.js 1.7, interstitials included, with the media element that it feeds.

Channels: ``hlsjs`` (the keys of ``Hls.Events``), ``html5`` and ``page``. Interstitials play in the
content's own element: between the start of an asset and the end of its break, the element's events
are the ad's (players-notes D5 to D10).
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from video_tracker.players.ad_breaks import Pod, break_start
from video_tracker.players.ad_element import AdElement, Announced
from video_tracker.players.base import (
    WEB_SETTINGS,
    Adapter,
    Callback,
    finite,
    on,
    positive,
    text_of,
)
from video_tracker.players.break_watch import RETURNS
from video_tracker.players.live_clock import unix_seconds
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import (
    MEDIA_EVENTS,
    PAGE_EVENTS,
    RECORDER_EVENTS,
    Attributes,
    extended,
)
from video_tracker.players.rows import rows_in
from video_tracker.players.start_gate import StartGate
from video_tracker.players.stream_markers import AD_IDS, StreamMarkers, date_ranges
from video_tracker.signals import (
    AdBreakEnd,
    AdError,
    AdProgress,
    Error,
    Exit,
    Quality,
    Signal,
)

__all__ = ["HlsjsAdapter"]

_ELEMENT: Final = extended(
    extended(MEDIA_EVENTS, RETURNS),
    dict.fromkeys(("emptied", "playing"), "ad_break_start play progress seek_end"),
)
"""The element's events; a source that goes may give way to an ad, one that comes end the ads."""
_SKIPPED: Final = 1.0
"""Seconds before its end from which on an ad's end is a skip (S72, D7)."""


def _part(detail: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = detail.get(key)
    return value if isinstance(value, Mapping) else {}


class HlsjsAdapter(Adapter):
    """hls.js: the content's element, and interstitials in it (S71, S72, D5 to D10)."""

    name: ClassVar[str] = "hlsjs"
    settings: ClassVar = WEB_SETTINGS
    shared: ClassVar = {
        **rows_in("html5", _ELEMENT),
        **rows_in("page", PAGE_EVENTS),
        **rows_in("recorder", RECORDER_EVENTS),
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "hlsjs": {
            "loading is no playback": (
                "ASSET_LIST_LOADING AUDIO_TRACK_LOADED AUDIO_TRACK_LOADING FRAG_BUFFERED "
                "FRAG_DECRYPTED FRAG_LOADED FRAG_LOADING FRAG_LOAD_EMERGENCY_ABORTED FRAG_PARSED "
                "FRAG_PARSING_INIT_SEGMENT FRAG_PARSING_METADATA FRAG_PARSING_USERDATA "
                "INIT_PTS_FOUND INTERSTITIAL_ASSET_PLAYER_CREATED KEY_LOADED KEY_LOADING "
                "LEVEL_LOADING LEVEL_PTS_UPDATED MANIFEST_LOADED MANIFEST_PARSED "
                "STEERING_MANIFEST_LOADED SUBTITLE_TRACK_LOADED SUBTITLE_TRACK_LOADING"
            ),
            "the choice of audio or text": (
                "AUDIO_TRACKS_UPDATED AUDIO_TRACK_SWITCHED AUDIO_TRACK_SWITCHING "
                "AUDIO_TRACK_UPDATED CUES_PARSED NON_NATIVE_TEXT_TRACKS_FOUND "
                "SUBTITLE_FRAG_PROCESSED SUBTITLE_TRACKS_CLEARED SUBTITLE_TRACKS_UPDATED "
                "SUBTITLE_TRACK_SWITCH SUBTITLE_TRACK_UPDATED"
            ),
            "the buffer's own business; the element says what moves": (
                "BACK_BUFFER_REACHED BUFFERED_TO_END BUFFER_APPENDED BUFFER_APPENDING "
                "BUFFER_CODECS BUFFER_CREATED BUFFER_EOS BUFFER_FLUSHED BUFFER_FLUSHING "
                "BUFFER_RESET INTERSTITIALS_BUFFERED_TO_BOUNDARY LIVE_BACK_BUFFER_REACHED"
            ),
            "the element's own events tell how playback ended": "DESTROYING",
            "the interstitial's own events follow": "EVENT_CUE_ENTER",
            "the count of dropped frames goes with a quality": "FPS_DROP",
            "a decision; LEVEL_SWITCHED says when it shows (E3)": (
                "FPS_DROP_LEVEL_CAPPING LEVELS_UPDATED LEVEL_SWITCHING MAX_AUTO_LEVEL_UPDATED"
            ),
            "a schedule; a break that is played says so itself": "INTERSTITIALS_UPDATED",
            "the element's own event says it": (
                "MEDIA_ATTACHED MEDIA_ATTACHING MEDIA_DETACHED MEDIA_DETACHING"
            ),
            "comes twice, and beside the element's own `ended`": "MEDIA_ENDED",
            "the end of the asset follows": "PLAYOUT_LIMIT_REACHED",
            "the element's `playing` says it": "STALL_RESOLVED",
        },
    }

    def __init__(self) -> None:
        super().__init__()
        attributes = Attributes()
        # hls.js attaches the same content under a new blob: address after every ad (D10).
        self._media = MediaElement(attributes, new_blob_is_new_item=False)
        self._ad = AdElement(attributes)
        self._gate = StartGate()
        self._break: str | None = None
        self._due: Mapping[str, Any] | None = None
        """A break that was announced, and whose first asset was not."""
        self._in_place = False
        """Whether the ad is a part of the content's own buffer."""
        self._asset: str | None = None
        self._ids: dict[str, tuple[str | None, ...]] = {}
        self._failed: set[str] = set()
        self._quality: Quality | None = None
        self._told: Quality | None = None
        self._manifests = 0
        self._markers = StreamMarkers()

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        background = self._media.background
        left = self._media.settle(callback.at)
        if callback.player == "hlsjs":
            out = self._by_row(callback) + self._media.look(callback)
        elif callback.player == "page":
            out = self._on_page(callback)
        elif callback.player == "recorder" or callback.element is not None:
            out = []
        else:
            out = self._on_element(callback)
        if self._media.background > background:
            self.note("pause: background")
        out = self._markers.settled([*left, *out])
        return self._gate.let([*out, *self._due_quality(callback.at)])

    def flush(self, at: float) -> tuple[Signal, ...]:  # noqa: ARG002 - its own time is told
        """A pause that no event told, an element that was left."""
        return tuple(self._media.settle(math.inf))

    def wake_at(self) -> float | None:
        """When what its element showed is believed."""
        return self._media.wake_at()

    # -- the element and the page --------------------------------------------------------------

    def _on_element(self, callback: Callback) -> list[Signal]:
        media, ad = self._media, self._ad
        if self._break is None:
            if self._due is not None and self._gives_way(callback, self._due):
                return self._open_unheard(callback, self._due)
            return media.receive(callback)
        if not self._in_place and ad.has_left(callback, media):
            return ad.content_speaks(callback, media, self._close_break) or []
        if ad.is_unheard(callback):
            length = positive(callback.state.get("duration"))
            ad.announce(Announced(None, None, length), ad.watch.free_since)
            self._asset = None
        out = ad.receive(callback)
        if ad.started:
            media.disown(callback)
        self._media.begun = self._media.begun or self._ad.wanted
        return out

    def _gives_way(self, callback: Callback, due: Mapping[str, Any]) -> bool:
        """Whether the element goes to a break whose first asset was not announced (S83)."""
        if self._media.shown or self._media.ended:
            return callback.event == "emptied"
        return callback.event == "playing" and _part(due, "cue").get("pre") is True

    def _open_unheard(self, callback: Callback, due: Mapping[str, Any]) -> list[Signal]:
        name = text_of(due.get("id")) or "interstitial"
        out = self._open_break(callback, name, due)
        self._ad.announce(Announced(self._ad_id(name, 0), 1), callback.at)
        return out + self._ad.receive(callback)

    def _on_page(self, callback: Callback) -> list[Signal]:
        out = self._media.page(callback)
        if self._break is None or callback.event != "pagehide":
            return out
        # In a break the element's clock is the ad's.
        last: list[Signal] = []
        if self._ad.started:
            last.append(AdProgress(callback.at, self._ad.clock(callback)))
        self._break = None
        return [*last, *(Exit(s.at, None) if isinstance(s, Exit) else s for s in out)]

    # -- interstitials -------------------------------------------------------------------------

    @on("hlsjs", "ASSET_LIST_LOADED", "", "the ids of a break's ads")
    def _on_asset_list(self, callback: Callback) -> list[Signal]:
        event = text_of(_part(callback.detail, "event").get("id"))
        assets = _part(callback.detail, "assets").get("ASSETS")
        if event is None or not isinstance(assets, list):
            return []
        found = [asset if isinstance(asset, dict) else {} for asset in assets]
        self._ids[event] = tuple(
            next((name for key in AD_IDS if (name := text_of(asset.get(key)))), None)
            for asset in found
        )
        announced = self._ad.announced
        if event == self._break and announced is not None and not self._ad.started:
            place = (announced.pod_position or 1) - 1
            self._ad.announced = Announced(
                self._ad_id(event, place), announced.pod_position, announced.duration
            )
        return []

    @on("hlsjs", "INTERSTITIAL_STARTED", "", "the break starts with its first asset (D5, D6)")
    def _on_started(self, callback: Callback) -> list[Signal]:
        """A break is due; its first asset starts it (D5)."""
        self._due = _part(callback.detail, "event")
        return []

    @on(
        "hlsjs",
        "INTERSTITIAL_ASSET_STARTED",
        "progress seek_end ad_break_end ad_break_start ad_start",
    )
    def _on_asset_started(self, callback: Callback) -> list[Signal]:
        event, asset = _part(callback.detail, "event"), _part(callback.detail, "asset")
        name = text_of(event.get("id")) or "interstitial"
        out: list[Signal] = []
        if self._break != name:
            out += self._close_break(callback.at)
            out += self._open_break(callback, name, event)
        before, self._asset = self._asset, text_of(asset.get("id"))
        if before is None and self._ad.started:
            return out  # it was seen to play before it was named
        place = self._place(callback)
        self._in_place = in_place = event.get("appendInPlace") is True
        self._ad.announce(
            Announced(self._ad_id(name, place), place + 1, positive(asset.get("duration"))),
            callback.at,
            (finite(asset.get("timelineStart")) or 0.0) if in_place else 0.0,
        )
        return out

    def _open_break(self, callback: Callback, name: str, event: Mapping[str, Any]) -> list[Signal]:
        if not self._media.ended and callback.number("readyState"):
            self._media.stand(callback)
        out = self._media.leave(callback.at)
        self._ad.watch.begin(callback.at, self._media.position)
        self._due, self._in_place = None, False
        cue = _part(event, "cue")
        at_end = cue.get("post") is True
        placement = "pre" if cue.get("pre") is True else "post" if at_end else "mid"
        count = finite(event.get("assets"))
        self._break = name
        self._ad.wanted = self._media.begun
        offset = finite(event.get("startTime")) if placement == "mid" else None
        size = int(count) if count is not None and count >= 1 else None
        media, pod = self._media, Pod(name, placement, offset, size)
        start = break_start(callback.at, pod, ended=media.ended, length=media.duration)
        return [*out, start]

    @on("hlsjs", "INTERSTITIAL_ASSET_ENDED", "ad_end ad_skip")
    def _on_asset_ended(self, callback: Callback) -> list[Signal]:
        asset = _part(callback.detail, "asset")
        name = text_of(asset.get("id"))
        if self._break is None or (None not in (name, self._asset) and name != self._asset):
            return []
        length = positive(asset.get("duration"))
        position = finite(callback.detail.get("playerTime"))
        if position is not None and length is not None and position < length - _SKIPPED:
            return self._ad.skip(callback.at, position)  # nothing says "skipped" (D7)
        return self._ad.end(callback)

    @on("hlsjs", "INTERSTITIAL_ASSET_ERROR", "ad_error")
    def _on_asset_error(self, callback: Callback) -> list[Signal]:
        asset = _part(callback.detail, "asset")
        key = text_of(asset.get("id")) or f"#{len(self._failed)}"
        if key in self._failed:
            return []
        self._failed.add(key)
        reason = text_of(callback.detail.get("details")) or "asset error"
        if self._break is not None and key == self._asset and self._ad.announced is not None:
            return self._ad.fail(callback.at, reason)
        # While preloading, before its break has started (D8).
        event = text_of(_part(callback.detail, "event").get("id")) or ""
        return [AdError(callback.at, reason, self._ad_id(event, self._place(callback)))]

    @on("hlsjs", "INTERSTITIAL_ENDED", "ad_break_end")
    def _on_break_ended(self, callback: Callback) -> list[Signal]:
        event = text_of(_part(callback.detail, "event").get("id"))
        return [] if event not in (self._break, None) else self._close_break(callback.at)

    @on("hlsjs", "INTERSTITIALS_PRIMARY_RESUMED", "ad_break_end", "the content is back")
    def _on_resumed(self, callback: Callback) -> list[Signal]:
        return self._close_break(callback.at)  # comes after seeks too, without any break

    def _close_break(self, at: float) -> list[Signal]:
        self._due = None
        if self._break is None:
            return []
        self._break = self._asset = None
        self._media.come_back(wanted=self._ad.wanted and not self._media.ended)
        self._ad.announced = None
        return [AdBreakEnd(at)]

    @staticmethod
    def _place(callback: Callback) -> int:
        place = finite(callback.detail.get("assetListIndex"))
        return int(place) if place is not None and place >= 0 else 0

    def _ad_id(self, event: str, place: int) -> str | None:
        """What the asset list calls an ad; hls.js's own ids are new on every load."""
        names = self._ids.get(event, ())
        return names[place] if place < len(names) else None

    # -- sources, levels, errors ---------------------------------------------------------------

    @on(
        "hlsjs",
        "MANIFEST_LOADING",
        "load progress ad_break_end",
        "after the first one: the next playlist item (S24)",
    )
    def _on_manifest(self, callback: Callback) -> list[Signal]:
        self._manifests += 1
        if self._manifests == 1 and not self._media.played:
            return []
        self._told = None
        self._markers = StreamMarkers()
        return [*self._close_break(callback.at), *self._media.next_item(callback.at, ahead=True)]

    @on(
        "hlsjs",
        "LEVEL_LOADED",
        "load update ad_ranges",
        "whether it is live; its edge, its ads (S9)",
    )
    @on("hlsjs", "LEVEL_UPDATED", "load update ad_ranges", "as LEVEL_LOADED")
    def _on_playlist(self, callback: Callback) -> list[Signal]:
        """A playlist says that it is live, where its edge is and of what time it tells (E2, S8)."""
        media, detail = self._media, callback.detail
        details = _part(detail, "details")
        live = details.get("live", detail.get("live"))
        ads = self._markers.take(callback.at, date_ranges(details.get("dateRanges")))
        if live is not True:
            if live is False:
                media.live.ends()
            return ads
        edge = finite(details.get("edge", detail.get("edge")))
        out = [*media.is_live(callback.at), *media.live.edge(callback.at, edge), *ads]
        fragments = details.get("fragments")
        if isinstance(fragments, list) and fragments and isinstance(fragments[-1], Mapping):
            out += self._date(callback.at, fragments[-1])
        return out

    @on("hlsjs", "metadata:cuechange", "ad_ranges", "date ranges that mark stitched ads (S9)")
    def _on_cues(self, callback: Callback) -> list[Signal]:
        """The date ranges that are active now, all at once and a little late (D20)."""
        return self._markers.take(callback.at, date_ranges(callback.detail.get("active")))

    @on("hlsjs", "FRAG_CHANGED", "update", "when a live segment was made (S8)")
    def _on_fragment(self, callback: Callback) -> list[Signal]:
        """A segment begins to play; it may know when it was made."""
        return self._date(callback.at, _part(callback.detail, "frag"))

    def _date(self, at: float, fragment: Mapping[str, Any]) -> list[Signal]:
        made, start = unix_seconds(fragment.get("programDateTime")), finite(fragment.get("start"))
        if made is None or start is None:
            return []
        return self._media.live.date(at, made - start)

    @on("hlsjs", "LEVEL_SWITCHED", "quality")
    def _on_level(self, callback: Callback) -> list[Signal]:
        detail = callback.detail
        bitrate = positive(detail.get("bitrate"))
        height = positive(detail.get("height"))
        if bitrate is None and height is None:
            self.ignore(callback, "a single level says 0 for what it does not know (E3)")
            return []
        dropped = callback.number("droppedFrames")
        self._quality = Quality(
            callback.at,
            None if bitrate is None else bitrate / 1000,
            positive(detail.get("frameRate")),
            None if height is None else f"{int(height)}p",
            None if dropped is None or dropped < 0 else int(dropped),
        )
        return []

    def _due_quality(self, at: float) -> list[Signal]:
        """A level that shows: told once, not before the first frame of the content (S25)."""
        quality = self._quality
        waits = self._break is not None or not self._media.shown or self._markers.unsure
        if quality is None or waits:
            return []
        self._quality = None
        told, self._told = self._told, quality
        if told is not None and _same(told, quality):
            return []
        late = Quality(
            at, quality.bitrate, quality.framerate, quality.quality, quality.dropped_frames
        )
        return [late]

    @on("hlsjs", "ERROR", "error interrupt progress", "only fatal ones (C3)")
    def _on_error(self, callback: Callback) -> list[Signal]:
        if callback.detail.get("fatal") is not True:
            self.ignore(callback, "not fatal (C3)")
            return []
        network = callback.detail.get("type") == "networkError"
        reason = "network loss" if network else callback.text("details") or "playback error"
        if self._break is not None:
            return [Error(callback.at, fatal=False, reason=reason)]
        return self._media.fail(callback, reason)


def _same(one: Quality, other: Quality) -> bool:
    return (one.bitrate, one.framerate, one.quality) == (
        other.bitrate,
        other.framerate,
        other.quality,
    )
