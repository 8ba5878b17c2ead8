"""hls.js 1.7, interstitials included, with the media element that it feeds.

Channels: ``hlsjs`` (the keys of ``Hls.Events``), ``html5`` and ``page``. Interstitials play in the
content's own element: between the start of an asset and the end of its break, the element's events
are the ad's (players-notes D5 to D10).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, part_of, positive, text_of, whole
from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import JOINED, Announced, is_still
from video_tracker.players.base import Callback, on
from video_tracker.players.content_clock import SAME_LENGTH
from video_tracker.players.element_library import BESIDE_ADS, ElementPlayer
from video_tracker.players.live_clock import unix_seconds
from video_tracker.players.rendition_watch import Rendition
from video_tracker.signals import AdError, Signal
from video_tracker.stream_markers import AD_IDS, date_ranges

__all__ = ["HlsjsAdapter"]

_SKIPPED: Final = 1.0  # Seconds before its end from which on an ad's end is a skip (S72, D7).


class HlsjsAdapter(ElementPlayer):
    """hls.js: the content's element, and interstitials in it (S71, S72, D5 to D10)."""

    name: ClassVar[str] = "hlsjs"
    shared: ClassVar = BESIDE_ADS
    besides: ClassVar[Mapping[str, str]] = {
        "hlsjs": "play progress seek_end ad_break_start ad_start ad_progress"
    }
    """With each of its words hls.js tells where the content is: so that an ad was joined (S83)."""
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "hlsjs": {
            "loading is no playback": """
                ASSET_LIST_LOADING AUDIO_TRACK_LOADED AUDIO_TRACK_LOADING FRAG_BUFFERED
                FRAG_DECRYPTED FRAG_LOADED FRAG_LOADING FRAG_LOAD_EMERGENCY_ABORTED FRAG_PARSED
                FRAG_PARSING_INIT_SEGMENT FRAG_PARSING_METADATA FRAG_PARSING_USERDATA INIT_PTS_FOUND
                INTERSTITIAL_ASSET_PLAYER_CREATED KEY_LOADED KEY_LOADING LEVEL_LOADING
                LEVEL_PTS_UPDATED MANIFEST_LOADED MANIFEST_PARSED STEERING_MANIFEST_LOADED
                SUBTITLE_TRACK_LOADED SUBTITLE_TRACK_LOADING""",
            "the choice of audio or text": """
                AUDIO_TRACKS_UPDATED AUDIO_TRACK_SWITCHED AUDIO_TRACK_SWITCHING AUDIO_TRACK_UPDATED
                CUES_PARSED NON_NATIVE_TEXT_TRACKS_FOUND SUBTITLE_FRAG_PROCESSED
                SUBTITLE_TRACKS_CLEARED SUBTITLE_TRACKS_UPDATED SUBTITLE_TRACK_SWITCH
                SUBTITLE_TRACK_UPDATED""",
            "the buffer's own business; the element says what moves": """
                BACK_BUFFER_REACHED BUFFERED_TO_END BUFFER_APPENDED BUFFER_APPENDING BUFFER_CODECS
                BUFFER_CREATED BUFFER_EOS BUFFER_FLUSHED BUFFER_FLUSHING BUFFER_RESET
                LIVE_BACK_BUFFER_REACHED""",
            "the element's own event says it": """
                DESTROYING MEDIA_ATTACHED MEDIA_ATTACHING MEDIA_DETACHED MEDIA_DETACHING MEDIA_ENDED
                STALL_RESOLVED""",
            "the interstitial's own events follow": "EVENT_CUE_ENTER PLAYOUT_LIMIT_REACHED",
            "the count of dropped frames goes with a quality": "FPS_DROP",
            "a decision; LEVEL_SWITCHED says when it shows (E3)": """
                FPS_DROP_LEVEL_CAPPING LEVELS_UPDATED LEVEL_SWITCHING MAX_AUTO_LEVEL_UPDATED""",
        }
    }

    def __init__(self) -> None:
        # hls.js attaches the same content under a new blob: address after every ad (D10).
        super().__init__(at_once=True, starts=False, shares=True)
        self._due: Mapping[str, Any] | None = None
        """A break that was announced, and whose first asset was not."""
        self._gone = False  # the element's source, and nothing has moved since
        self._asset: str | None = None
        self._ids: dict[str, tuple[str | None, ...]] = {}
        self._failed: set[str] | None = None

    def _tells_picture(self, callback: Callback) -> bool:  # noqa: ARG002 - hls.js says what shows
        return True

    def _on_library(self, callback: Callback) -> list[Signal]:
        return self._joined(callback) + super()._on_library(callback)

    @on("hlsjs", "INTERSTITIALS_BUFFERED_TO_BOUNDARY", "", "whether an ad was joined (S83)")
    @on("hlsjs", "INTERSTITIALS_UPDATED", "", "whether an ad was joined (S83)")
    def _on_schedule(self, _callback: Callback) -> list[Signal]:
        return []

    def _joined(self, callback: Callback) -> list[Signal]:
        """An interstitial that nobody announced: what shows is not ``primary`` (S83)."""
        breaks, primary = self._breaks, part_of(callback.detail, "primary")
        here, shown = callback.number("currentTime"), positive(callback.state.get("duration"))
        length = positive(primary.get("duration"))
        if breaks.in_break or not here or is_still(callback) or length is None or shown is None:
            return []
        if abs(length - shown) <= SAME_LENGTH:
            return []
        stands = finite(primary.get("currentTime"))
        out = breaks.begin(self._take_held(callback.at), stands=stands, implied=True)
        out += breaks.announce(Announced(duration=shown), callback.at, joined=here > JOINED)
        return out + breaks.element(attrs.evolve(callback, event="timeupdate"), sure=True)

    def _on_media(self, callback: Callback) -> list[Signal]:
        due, event = self._due, callback.event
        self._gone = event == "emptied" or (self._gone and event != "timeupdate")
        if due is None or self._breaks.in_break or not self._gives_way(event, due):
            return super()._on_media(callback)
        name = text_of(due.get("id")) or "interstitial"
        out = self._open_break(callback, name, due)
        ad = Announced(self._ad_id(name, 0), 1, positive(callback.state.get("duration")))
        out += self._breaks.announce(ad, callback.at)
        return out + self._breaks.element(callback)

    def _gives_way(self, event: str, due: Mapping[str, Any]) -> bool:
        """Whether the element goes to a break whose first asset was not announced (S83)."""
        if self._media.shown or self._media.ended:
            return event == "emptied" or (self._gone and self._media.ended)
        begins = event == "playing" or (self._gone and event == "durationchange")
        return begins and (self._gone or part_of(due, "cue").get("pre") is True)

    @on("hlsjs", "ASSET_LIST_LOADED", "", "the ids of a break's ads")
    def _on_asset_list(self, callback: Callback) -> list[Signal]:
        event, ad = text_of(part_of(callback.detail, "event").get("id")), self._breaks.ad
        assets = part_of(callback.detail, "assets").get("ASSETS")
        if event is None or not isinstance(assets, list):
            return []
        self._ids[event] = tuple(map(_id_of, assets))
        if event == self._breaks.pod_id and ad.announced is not None and not ad.started:
            named = self._ad_id(event, (ad.announced.pod_position or 1) - 1)
            ad.announced = attrs.evolve(ad.announced, asset=named)
        return []

    @on("hlsjs", "INTERSTITIAL_STARTED", "", "the break starts with its first asset (D5, D6)")
    def _on_started(self, callback: Callback) -> list[Signal]:
        self._due = part_of(callback.detail, "event")
        return []

    @on("hlsjs", "INTERSTITIAL_ASSET_STARTED", "ad_break_end ad_error")
    def _on_asset_started(self, callback: Callback) -> list[Signal]:
        event, asset = part_of(callback.detail, "event"), part_of(callback.detail, "asset")
        name, place = text_of(event.get("id")) or "interstitial", _place(callback)
        out = self._open_break(callback, name, event)
        before, self._asset = self._asset, text_of(asset.get("id"))
        if before is None and self._breaks.ad.started:
            return out  # it was seen to play before it was named
        # It may be a part of the content's own buffer.
        start = finite(asset.get("timelineStart")) if event.get("appendInPlace") is True else None
        ad = Announced(self._ad_id(name, place), place + 1, positive(asset.get("duration")), start)
        return out + self._breaks.announce(ad, callback.at)

    def _open_break(self, callback: Callback, name: str, event: Mapping[str, Any]) -> list[Signal]:
        """The break of an asset, unless it is open; another one ends there."""
        if self._breaks.pod_id == name:
            return []
        out = [] if self._breaks.implied else self._close_break(callback)
        cue, size = part_of(event, "cue"), whole(positive(event.get("assets")))
        placement = next((kind for kind in ("pre", "post") if cue.get(kind) is True), "mid")
        offset = finite(event.get("startTime")) if placement == "mid" else None
        at, pod = self._take_held(callback.at), Pod(name, placement, offset, size)
        if not self._media.ended and callback.number("readyState"):
            self._media.stand(callback)
        return out + self._breaks.begin(at, pod)

    @on("hlsjs", "INTERSTITIAL_ASSET_ENDED", "ad_end ad_skip ad_error")
    def _on_asset_ended(self, callback: Callback) -> list[Signal]:
        asset = part_of(callback.detail, "asset")
        name, length = text_of(asset.get("id")), positive(asset.get("duration"))
        position = finite(callback.detail.get("playerTime"))
        if None not in (name, self._asset) and name != self._asset:
            return []
        if position is not None and length is not None and position < length - _SKIPPED:
            # Nothing says "skipped" (D7).
            return self._breaks.finish(callback, None, position, skipped=True)
        return self._breaks.finish(callback, own=True)

    @on("hlsjs", "INTERSTITIAL_ASSET_ERROR", "ad_error")
    def _on_asset_error(self, callback: Callback) -> list[Signal]:
        asset = part_of(callback.detail, "asset")
        failed = self._failed = self._failed or set()
        key = text_of(asset.get("id")) or f"#{len(failed)}"
        if key in failed:
            return []
        failed.add(key)
        reason = text_of(callback.detail.get("details")) or "asset error"
        if key == self._asset and self._breaks.ad.announced is not None:
            return self._breaks.fail(callback, reason)
        # While preloading, before its break has started (D8).
        event = text_of(part_of(callback.detail, "event").get("id")) or ""
        return [AdError(callback.at, reason, self._ad_id(event, _place(callback)))]

    @on("hlsjs", "INTERSTITIAL_ENDED", "ad_break_end ad_error")
    def _on_break_ended(self, callback: Callback) -> list[Signal]:
        event = text_of(part_of(callback.detail, "event").get("id"))
        mine = self._breaks.implied or event in (self._breaks.pod_id, None)
        return self._close_break(callback) if mine else []

    @on("hlsjs", "INTERSTITIALS_PRIMARY_RESUMED", "ad_break_end ad_error", "the content is back")
    def _close_break(self, callback: Callback) -> list[Signal]:
        self._due = self._asset = None  # it comes after seeks too, without any break
        return self._breaks.end(callback.at)

    def _ad_id(self, event: str, place: int) -> str | None:
        """What the asset list calls an ad; hls.js's own ids are new on every load."""
        names = self._ids.get(event, ())
        return names[place] if place < len(names) else None

    @on("hlsjs", "MANIFEST_LOADING", "load progress ad_break_end ad_error", "the next item (S24)")
    def _on_manifest(self, callback: Callback) -> list[Signal]:
        self._due = self._asset = None
        return self._loads(callback)

    @on("hlsjs", "LEVEL_LOADED", "load update ad_ranges", "whether live; its edge, its ads (S9)")
    @on("hlsjs", "LEVEL_UPDATED", "load update ad_ranges", "as LEVEL_LOADED")
    def _on_playlist(self, callback: Callback) -> list[Signal]:
        at, details = callback.at, {**callback.detail, **part_of(callback.detail, "details")}
        out = self._is_live(at, details.get("live"), details.get("edge"))
        out += self._markers.take(at, date_ranges(details.get("dateRanges")))
        fragments = details.get("fragments")
        last = fragments[-1] if isinstance(fragments, list) and fragments else None
        if isinstance(last, Mapping) and details.get("live") is True:
            out += self._date(at, last)
        return out

    @on("hlsjs", "metadata:cuechange", "ad_ranges", "date ranges that mark stitched ads (S9)")
    def _on_cues(self, callback: Callback) -> list[Signal]:
        return self._markers.take(callback.at, date_ranges(callback.detail.get("active")))

    @on("hlsjs", "FRAG_CHANGED", "update", "when a live segment was made (S8)")
    def _on_fragment(self, callback: Callback) -> list[Signal]:
        return self._date(callback.at, part_of(callback.detail, "frag"))

    def _date(self, at: float, fragment: Mapping[str, Any]) -> list[Signal]:
        made, start = unix_seconds(fragment.get("programDateTime")), finite(fragment.get("start"))
        if made is None or start is None:
            return []
        return self._media.live.date(at, made - start)

    @on("hlsjs", "LEVEL_SWITCHED", "quality")
    def _on_level(self, callback: Callback) -> list[Signal]:
        shown = Rendition.read(callback.detail, "bitrate")
        if not shown.is_known:
            return self.ignore(callback, "a single level says 0 for what it does not know (E3)")
        self._renditions.shows(shown, callback.number("droppedFrames"))
        return []

    @on("hlsjs", "ERROR", "error interrupt progress", "only fatal ones (C3)")
    def _on_error(self, callback: Callback) -> list[Signal]:
        if callback.detail.get("fatal") is not True:
            return self.ignore(callback, "not fatal (C3)")
        network = callback.detail.get("type") == "networkError"
        reason = "network loss" if network else callback.text("details") or "playback error"
        return self._fail(callback, reason)


def _place(callback: Callback) -> int:  # of an asset in its list, from 0
    return whole(positive(callback.detail.get("assetListIndex"))) or 0


def _id_of(asset: object) -> str | None:
    """What an asset list calls an ad."""
    names = (text_of(asset.get(key)) for key in AD_IDS) if isinstance(asset, Mapping) else ()
    return next(filter(None, names), None)
