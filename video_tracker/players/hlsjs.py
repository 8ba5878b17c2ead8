"""hls.js 1.7, interstitials included, with the media element that it feeds.

Channels: ``hlsjs`` (the keys of ``Hls.Events``), ``html5`` and ``page``. Interstitials play in the
content's own element: between the start of an asset and the end of its break, the element's events
are the ad's (players-notes D5 to D10).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import JOINED, Announced
from video_tracker.players.base import Callback, finite, on, part_of, positive, text_of
from video_tracker.players.element_library import ELEMENT_WITH_ADS, ElementPlayer
from video_tracker.players.live_clock import unix_seconds
from video_tracker.players.media_events import RECORDER_EVENTS
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.rows import rows_in
from video_tracker.players.stream_markers import AD_IDS, date_ranges
from video_tracker.signals import AdError, Signal

__all__ = ["HlsjsAdapter"]

_SAME_LENGTH: Final = 1.0
"""Seconds by which the element's length may differ from the content's as hls.js tells it."""
_SKIPPED: Final = 1.0
"""Seconds before its end from which on an ad's end is a skip (S72, D7)."""


class HlsjsAdapter(ElementPlayer):
    """hls.js: the content's element, and interstitials in it (S71, S72, D5 to D10)."""

    name: ClassVar[str] = "hlsjs"
    shared: ClassVar = {
        **rows_in("html5", ELEMENT_WITH_ADS),
        **rows_in("recorder", RECORDER_EVENTS),
    }
    besides: ClassVar[Mapping[str, str]] = {
        "hlsjs": "play progress seek_end ad_break_start ad_start ad_progress"
    }
    """With each of its words hls.js tells where the content is: so that an ad was joined (S83)."""
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
                "BUFFER_RESET LIVE_BACK_BUFFER_REACHED"
            ),
            "the element's own events tell how playback ended": "DESTROYING",
            "the interstitial's own events follow": "EVENT_CUE_ENTER",
            "the count of dropped frames goes with a quality": "FPS_DROP",
            "a decision; LEVEL_SWITCHED says when it shows (E3)": (
                "FPS_DROP_LEVEL_CAPPING LEVELS_UPDATED LEVEL_SWITCHING MAX_AUTO_LEVEL_UPDATED"
            ),
            "the element's own event says it": (
                "MEDIA_ATTACHED MEDIA_ATTACHING MEDIA_DETACHED MEDIA_DETACHING"
            ),
            "comes twice, and beside the element's own `ended`": "MEDIA_ENDED",
            "the end of the asset follows": "PLAYOUT_LIMIT_REACHED",
            "the element's `playing` says it": "STALL_RESOLVED",
        },
    }

    def __init__(self) -> None:
        # hls.js attaches the same content under a new blob: address after every ad (D10).
        super().__init__(at_once=True, starts=False, shares=True)
        self._due: Mapping[str, Any] | None = None
        """A break that was announced, and whose first asset was not."""
        self._asset: str | None = None
        self._ids: dict[str, tuple[str | None, ...]] = {}
        self._failed: set[str] = set()

    def _tells_picture(self, callback: Callback) -> bool:  # noqa: ARG002 - hls.js says what shows
        return True

    # -- the element ---------------------------------------------------------------------------

    def _on_library(self, callback: Callback) -> list[Signal]:
        return self._joined(callback) + super()._on_library(callback)

    @on(
        "hlsjs",
        "INTERSTITIALS_BUFFERED_TO_BOUNDARY INTERSTITIALS_UPDATED",
        "",
        "the content's playhead beside the element's: whether an ad was joined (S83)",
    )
    def _on_schedule(self, _callback: Callback) -> list[Signal]:
        return []

    def _joined(self, callback: Callback) -> list[Signal]:
        """An interstitial that nobody announced: the content's own length is another (S83).

        hls.js tells the content's playhead (``primary``) beside what the element shows.
        """
        primary, here = part_of(callback.detail, "primary"), callback.number("currentTime")
        length, shown = positive(primary.get("duration")), positive(callback.state.get("duration"))
        rests = callback.flag("paused") or callback.flag("ended") or callback.flag("seeking")
        if self._breaks.in_break or not here or rests or None in (length, shown):
            return []
        if abs((length or 0.0) - (shown or 0.0)) <= _SAME_LENGTH:
            return []
        breaks, stands = self._breaks, finite(primary.get("currentTime"))
        out = breaks.begin(callback.at, stands=stands, implied=True)
        if breaks.gone:
            return out
        out += breaks.announce(Announced(duration=shown), callback.at, joined=here > JOINED)
        return out + breaks.element(attrs.evolve(callback, event="timeupdate"), sure=True)

    def _on_media(self, callback: Callback) -> list[Signal]:
        due = self._due
        if due is None or self._breaks.in_break or not self._gives_way(callback, due):
            return super()._on_media(callback)
        name = text_of(due.get("id")) or "interstitial"
        out = self._open_break(callback, name, due)
        out += self._breaks.announce(Announced(self._ad_id(name, 0), 1), callback.at)
        return out + self._breaks.element(callback)

    def _gives_way(self, callback: Callback, due: Mapping[str, Any]) -> bool:
        """Whether the element goes to a break whose first asset was not announced (S83)."""
        if self._media.shown or self._media.ended:
            return callback.event == "emptied"
        return callback.event == "playing" and part_of(due, "cue").get("pre") is True

    # -- interstitials -------------------------------------------------------------------------

    @on("hlsjs", "ASSET_LIST_LOADED", "", "the ids of a break's ads")
    def _on_asset_list(self, callback: Callback) -> list[Signal]:
        event = text_of(part_of(callback.detail, "event").get("id"))
        assets = part_of(callback.detail, "assets").get("ASSETS")
        if event is None or not isinstance(assets, list):
            return []
        found = [asset if isinstance(asset, dict) else {} for asset in assets]
        self._ids[event] = tuple(
            next((name for key in AD_IDS if (name := text_of(asset.get(key)))), None)
            for asset in found
        )
        ad = self._breaks.ad
        if event == self._breaks.pod_id and ad.announced is not None and not ad.started:
            named = self._ad_id(event, (ad.announced.pod_position or 1) - 1)
            ad.announced = attrs.evolve(ad.announced, asset=named)
        return []

    @on("hlsjs", "INTERSTITIAL_STARTED", "", "the break starts with its first asset (D5, D6)")
    def _on_started(self, callback: Callback) -> list[Signal]:
        """A break is due; its first asset starts it (D5)."""
        self._due = part_of(callback.detail, "event")
        return []

    @on(
        "hlsjs",
        "INTERSTITIAL_ASSET_STARTED",
        "progress seek_end ad_break_end ad_break_start ad_start ad_error",
    )
    def _on_asset_started(self, callback: Callback) -> list[Signal]:
        event, asset = part_of(callback.detail, "event"), part_of(callback.detail, "asset")
        name = text_of(event.get("id")) or "interstitial"
        out = self._open_break(callback, name, event)
        before, self._asset = self._asset, text_of(asset.get("id"))
        if before is None and self._breaks.ad.started:
            return out  # it was seen to play before it was named
        place = self._place(callback)
        # It may be a part of the content's own buffer.
        start = finite(asset.get("timelineStart")) if event.get("appendInPlace") is True else None
        ad = Announced(self._ad_id(name, place), place + 1, positive(asset.get("duration")))
        return out + self._breaks.announce(ad, callback.at, start)

    def _open_break(self, callback: Callback, name: str, event: Mapping[str, Any]) -> list[Signal]:
        """The break of an asset, unless it is open; another one ends there."""
        if self._breaks.pod_id == name:
            return []
        out = [] if self._breaks.implied else self._close_break(callback)
        cue, count = part_of(event, "cue"), finite(event.get("assets"))
        at_end = cue.get("post") is True
        placement = "pre" if cue.get("pre") is True else "post" if at_end else "mid"
        offset = finite(event.get("startTime")) if placement == "mid" else None
        size = int(count) if count is not None and count >= 1 else None
        if not self._media.ended and callback.number("readyState"):
            self._media.stand(callback)
        return out + self._breaks.begin(callback.at, Pod(name, placement, offset, size))

    @on("hlsjs", "INTERSTITIAL_ASSET_ENDED", "ad_end ad_skip ad_error")
    def _on_asset_ended(self, callback: Callback) -> list[Signal]:
        asset = part_of(callback.detail, "asset")
        name = text_of(asset.get("id"))
        if None not in (name, self._asset) and name != self._asset:
            return []
        length = positive(asset.get("duration"))
        position = finite(callback.detail.get("playerTime"))
        if position is not None and length is not None and position < length - _SKIPPED:
            return self._breaks.skip(callback, position)  # nothing says "skipped" (D7)
        return self._breaks.finish(callback, own=True)

    @on("hlsjs", "INTERSTITIAL_ASSET_ERROR", "ad_error")
    def _on_asset_error(self, callback: Callback) -> list[Signal]:
        asset = part_of(callback.detail, "asset")
        key = text_of(asset.get("id")) or f"#{len(self._failed)}"
        if key in self._failed:
            return []
        self._failed.add(key)
        reason = text_of(callback.detail.get("details")) or "asset error"
        if key == self._asset and self._breaks.ad.announced is not None:
            return self._breaks.fail(callback, reason)
        # While preloading, before its break has started (D8).
        event = text_of(part_of(callback.detail, "event").get("id")) or ""
        return [AdError(callback.at, reason, self._ad_id(event, self._place(callback)))]

    @on("hlsjs", "INTERSTITIAL_ENDED", "ad_break_end ad_error")
    def _on_break_ended(self, callback: Callback) -> list[Signal]:
        event = text_of(part_of(callback.detail, "event").get("id"))
        event = None if self._breaks.implied else event
        return self._close_break(callback) if event in (self._breaks.pod_id, None) else []

    @on("hlsjs", "INTERSTITIALS_PRIMARY_RESUMED", "ad_break_end ad_error", "the content is back")
    def _close_break(self, callback: Callback) -> list[Signal]:
        self._due = self._asset = None  # it comes after seeks too, without any break
        return self._breaks.end(callback.at)

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
        "load progress ad_break_end ad_error",
        "after the first one: the next playlist item (S24)",
    )
    def _on_manifest(self, callback: Callback) -> list[Signal]:
        self._due = self._asset = None
        return self._loads(callback)

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
        details = part_of(detail, "details")
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
        return self._date(callback.at, part_of(callback.detail, "frag"))

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
            return self.ignore(callback, "a single level says 0 for what it does not know (E3)")
        shown = Rendition(bitrate, positive(detail.get("frameRate")), height)
        self._renditions.shows(shown, callback.number("droppedFrames"))
        return []

    @on("hlsjs", "ERROR", "error interrupt progress", "only fatal ones (C3)")
    def _on_error(self, callback: Callback) -> list[Signal]:
        if callback.detail.get("fatal") is not True:
            return self.ignore(callback, "not fatal (C3)")
        network = callback.detail.get("type") == "networkError"
        reason = "network loss" if network else callback.text("details") or "playback error"
        return self._fail(callback, reason)
