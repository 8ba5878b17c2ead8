"""A Cast receiver: the Cast Application Framework's web receiver.

Channels: ``chromecast`` (the values of ``cast.framework.events.EventType`` and of
``cast.framework.system.EventType``; also called ``cast``), ``html5`` (its element, which it
repeats) and ``page``. ``detail`` is the event object: ``currentMediaTime`` in seconds of the clip
that plays, ``ended``, ``endedReason``, ``isBuffering``, ``totalBitrate`` in bits per second,
``breakId``, ``breakClipId``, ``index`` (from 1), ``total``, ``media``, ``mediaStatus``,
``requestData``, ``liveSeekableRange``, ``detailedErrorCode``, ``severity``. ``state`` may hold an
element's properties; it is not needed.

* The clock is that of the clip: an ad's own, or the stream's where breaks are embedded in it (S9).
* ``MEDIA_FINISHED`` is the end only with ``END_OF_STREAM``: with ``STOPPED`` the viewer left, with
  ``INTERRUPTED`` or ``SKIPPED`` the next item follows, with ``BREAK_SWITCH`` an ad.
* A ``PAUSE`` with ``ended``, or before a break that nobody asked for, is no pause (S31).
* There are two volumes, the stream's and the device's, both from 0 to 1: what is heard is both.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.players.ad_clock import AdClock
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import WEB_SETTINGS, Callback, finite, name_of, on, positive
from video_tracker.players.chromecast_media import CastMedia, media_of
from video_tracker.players.element_view import part_of, whole
from video_tracker.players.native_player import NativePlayer
from video_tracker.players.remote import Item
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.stream_ranges import StreamRanges
from video_tracker.signals import Error, Signal

__all__ = ["ChromecastAdapter"]

_RECOVERABLE: Final = 1
_BREAK_ERRORS: Final = frozenset({901, 902})
_GAVE_WAY: Final = 904
_NETWORK: Final = frozenset({103, 201, *range(300, 400)})
_ASKED: Final = 2.0
"""Seconds after a sender's request within which a pause is the viewer's."""
_RAN_OUT: Final = "END_OF_STREAM"
_EARLY: Final = "the playhead is in the middle of it (S84)"

_ELEMENT: Final = {
    "PAUSE": "pause",
    "PLAY": "play",
    "PLAYING": "playing",
    "SEEKED": "seeked",
    "SEEKING": "seeking",
    "WAITING": "waiting",
}


class ChromecastAdapter(NativePlayer):
    """The adapter of a Cast receiver; see the module (S9, S24, S31, S62, S76)."""

    name: ClassVar[str] = "chromecast"
    settings: ClassVar = WEB_SETTINGS
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "chromecast": {
            "the device, not what it plays": (
                "allowgroupchange feedbackstarted groupcapabilities maxvideoresolutionchanged "
                "proximitychanged"
            ),
            "the application's; `ERROR` is the player's": "error",
            "nothing moved": "ready",
            "who controls the player, not what it plays": "senderconnected senderdisconnected",
            "the screen; `visibilitychanged` and the player tell what it does": ("standbychanged"),
            "a load was given up": "ABORT",
            "what is kept for later, not what is seen": (
                "CACHE_HIT CACHE_INSERTED CACHE_LOADED REQUEST_PRECACHE"
            ),
            "readiness is no playback": "CAN_PLAY CAN_PLAY_THROUGH LOADED_DATA",
            "`BREAK_CLIP_ENDED` and `MEDIA_FINISHED` say of what": "CLIP_ENDED",
            "`BREAK_CLIP_STARTED` and `PLAYING` say of what": "CLIP_STARTED",
            "the application's own": "CUSTOM_STATE",
            "`MEDIA_FINISHED` and `PLAYER_LOADING` tell of the source": "EMPTIED",
            "timed metadata: the application's own": (
                "EMSG ID3 TIMED_METADATA_CHANGED TIMED_METADATA_ENTER TIMED_METADATA_EXIT"
            ),
            "which devices play together": "GROUP_CHANGED",
            "what could be chosen, not what is": "INBAND_TRACK_ADDED TRACKS_CHANGED",
            "`PLAYER_LOADING` tells of the source": "LOAD_START",
            "the next item; nothing moved": "PLAYER_PRELOADING PLAYER_PRELOADING_CANCELLED",
            "data arrived; nothing moved": "PROGRESS",
            "asked for; the player tells what comes of it": (
                "REQUEST_CUSTOM_COMMAND REQUEST_DISPLAY_STATUS REQUEST_EDIT_AUDIO_TRACKS "
                "REQUEST_EDIT_TRACKS_INFO REQUEST_FOCUS_STATE REQUEST_SET_CREDENTIALS "
                "REQUEST_USER_ACTION"
            ),
            "asked for; `PLAYER_LOADING` follows": "REQUEST_LOAD REQUEST_LOAD_BY_ENTITY",
            "asked for; `PLAY` follows": "REQUEST_PLAY REQUEST_PLAY_AGAIN",
            "the queue; `PLAYER_LOADING` tells what plays": (
                "REQUEST_QUEUE_GET_ITEMS REQUEST_QUEUE_GET_ITEM_IDS REQUEST_QUEUE_GET_ITEM_RANGE "
                "REQUEST_QUEUE_INSERT REQUEST_QUEUE_LOAD REQUEST_QUEUE_REMOVE "
                "REQUEST_QUEUE_REORDER REQUEST_QUEUE_UPDATE"
            ),
            "asked for; `BREAK_CLIP_ENDED` tells of the skip": "REQUEST_SKIP_AD",
            "asked for; `MEDIA_FINISHED` follows": "REQUEST_STOP",
            "what is loaded, not what is seen": "SEGMENT_DOWNLOADED",
            "a slow download; `BUFFERING` tells of a stall": "STALLED",
            "enough was loaded": "SUSPEND",
        },
    }
    clock: ClassVar[frozenset[str]] = frozenset({"PLAY", "PLAYING", "SEEKED", "TIME_UPDATE"})
    changes: ClassVar[frozenset[str]] = frozenset({"PLAYER_LOADING"})
    other_channels: ClassVar[Mapping[str, str]] = {"cast": "chromecast", "caf": "chromecast"}

    def __init__(self) -> None:
        super().__init__()
        self._info = CastMedia()
        self._item = Item()
        self._ranges = StreamRanges()
        self._clock = AdClock()
        self._raw_at: tuple[float, float] | None = None
        self._asked_at: float | None = None
        self._target: float | None = None
        self._waits = False
        self._failed = False
        self._volumes: dict[str, float] = {}
        self._mutes: dict[str, bool] = {}
        self._next_clip: str | None = None

    def _on_player(self, callback: Callback) -> list[Signal]:
        return self._by_row(callback)

    def _is_decisive(self, callback: Callback) -> bool:
        own = callback.player == "chromecast" and callback.event in _DECISIVE
        own = own and callback.detail.get("endedReason") != "BREAK_SWITCH"
        return own or super()._is_decisive(callback)

    # -- the source --------------------------------------------------------------------------

    def _look(self, callback: Callback) -> list[Signal]:
        return self._on_info(callback) if media_of(callback) else super()._look(callback)

    def _told_length(self, callback: Callback) -> object:
        told = callback.state.get("duration")
        length = positive(told)
        if self._info.duration is not None or self._info.live:
            return None
        return told if length is None else self._ranges.to_content(length)

    @on("chromecast", "PLAYER_LOADING", "load progress ad_break_end update")
    def _on_loading(self, callback: Callback) -> list[Signal]:
        """A load begins: the first item, the next one, or the same one again."""
        self._breaks.gone = False
        told = CastMedia()
        told.learn(media_of(callback))
        known = self._info.key
        again = told.key == known if None not in (told.key, known) else self._failed
        out: list[Signal] = []
        if again and self._media.begun:
            out += self._breaks.end(callback.at)
            if not self._media.ended:
                self._media.come_back()
        elif self._media.begun:
            left = self._next_item(callback)
            out += self._item.replace(left, told.content, callback.at)
        if not again:
            self._info = CastMedia()
            self._ranges.clear()
        self._failed = self._waits = False
        self._raw_at = self._target = None
        return out + self._on_info(callback)

    @on(
        "chromecast",
        "DURATION_CHANGE LOADED_METADATA MEDIA_INFORMATION_CHANGED PLAYER_LOAD_COMPLETE",
        "load update",
    )
    def _on_info(self, callback: Callback) -> list[Signal]:
        """What the media information says, or the element's length."""
        told = media_of(callback)
        if told:
            self._info.learn(told)
            for part in self._info.embedded_ranges():
                self._ranges.add(*part)
            if not self._media.begun and self._info.begins_with_ads:
                self._flash.pre_roll_due = True
        out = self._ranges.taken_out(callback.at) if self._info.embeds else []
        if self._breaks.in_break:
            return out
        out += self._item.learn(callback.at, self._info.content)
        out += self._media.is_live(callback.at) if self._info.live else []
        length = self._info.duration
        if length is None and not self._info.live and not told:
            length = positive(callback.detail.get("duration")) or callback.number("duration")
        if length is not None and not self._info.live:
            out += self._length(callback, self._ranges.to_content(length))
        return out + self._on_range(callback)

    @on(
        "chromecast",
        "MEDIA_STATUS",
        "load update play seek_end ad_break_start ad_start ad_progress ad_end",
        "also an ad whose own start nobody heard (S83)",
    )
    def _on_status(self, callback: Callback) -> list[Signal]:
        status = part_of(callback.detail, "mediaStatus")
        out = self._on_info(callback)
        if "volume" in status:
            out += self._loudness(callback, "stream", part_of(status, "volume"))
        return out + self._found_ad(callback, part_of(status, "breakStatus"))

    def _found_ad(self, callback: Callback, told: Mapping[str, object]) -> list[Signal]:
        """The status says that an ad plays, whose own start nobody heard (S83)."""
        clip, break_id = name_of(told.get("breakClipId")), name_of(told.get("breakId"))
        position = finite(told.get("currentBreakClipTime"))
        if clip is None or position is None or position < 0 or self._breaks.ad.started:
            return []
        out = self._begin(callback, break_id, None)
        ad = Announced(clip, None, self._info.lengths.get(clip))
        out += self._breaks.start(callback, ad, position)
        self._clock.begin_ad(callback.at - position)
        return out

    @on("chromecast", "LIVE_IS_MOVING_WINDOW_CHANGED", "load update")
    def _on_range(self, callback: Callback) -> list[Signal]:
        """A live stream's window: its end is the edge (S8)."""
        told = part_of(callback.detail, "liveSeekableRange")
        told = told or part_of(part_of(callback.detail, "mediaStatus"), "liveSeekableRange")
        if not told or self._breaks.in_break:
            return []
        out = self._media.is_live(callback.at)
        return out + self._media.live.edge(callback.at, finite(told.get("end")))

    @on("chromecast", "LIVE_ENDED", "content_end update load")
    def _on_live_end(self, callback: Callback) -> list[Signal]:
        out = self._on_range(callback)
        self._media.live.ends()
        return out

    # -- playing -----------------------------------------------------------------------------

    def _raw(self, callback: Callback) -> float | None:
        """What the clip's clock shows."""
        time = finite(callback.detail.get("currentMediaTime"))
        time = time if time is not None else callback.number("currentTime")
        if time is not None and not self._breaks.in_break:
            self._raw_at = (callback.at, time)
        return time

    def _position(self, callback: Callback) -> float | None:
        time = self._raw(callback)
        return None if time is None else self._ranges.to_content(time)

    @on("chromecast", "PLAY", "play load update")
    @on("chromecast", "PLAYING", "playing play buffer_end load update seek_end content_end")
    @on("chromecast", "WAITING", "buffer_start interrupt")
    def _on_element(self, callback: Callback) -> list[Signal]:
        event = _ELEMENT[callback.event]
        if event in ("play", "playing"):
            self._view.know(paused=False)
            self._waits = False
        if self._breaks.in_break:
            return self._breaks.media(callback, event) if event[:4] != "seek" else []
        out = self._on_info(callback) if event == "play" else []
        position = self._position(callback)
        moving: dict[str, object] = {"paused": False} if event in ("play", "playing") else {}
        return out + self._content(callback, event, currentTime=position, **moving)

    @on(
        "chromecast",
        "TIME_UPDATE",
        "progress ad_progress playing play buffer_end ad_break_end update seek_end",
    )
    def _on_time(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            return self._moves(callback, self._position(callback))
        time = self._raw(callback)
        place = None if time is None else self._clock.read(callback.at, time)
        position = self._position(callback) if self._clock.tells_content else None
        return self._moves(callback, position, place)

    @on("chromecast", "PAUSE", "pause content_end interrupt")
    def _on_pause(self, callback: Callback) -> list[Signal]:
        at_end = callback.detail.get("ended") is True
        if self._breaks.in_break:
            return [] if at_end else self._breaks.media(callback, "pause")
        position = self._position(callback)
        pause = self._view.event(callback, "pause", currentTime=position, paused=True)
        if at_end:
            self._media.stand(pause)  # `MEDIA_FINISHED` follows, or a break
            return []
        self._view.know(paused=True)
        asked, self._asked_at = self._asked_at, None
        viewers = asked is not None and callback.at - asked <= _ASKED
        return self._media.receive(pause) if viewers else self._hold(pause)

    @on("chromecast", "REQUEST_PAUSE", "", "the pause that follows is the viewer's (S31)")
    def _on_pause_request(self, callback: Callback) -> list[Signal]:
        self._asked_at = callback.at
        return []

    @on("chromecast", "BUFFERING", "buffer_start buffer_end interrupt update")
    def _on_buffering(self, callback: Callback) -> list[Signal]:
        waits = callback.detail.get("isBuffering")
        if not isinstance(waits, bool) or waits == self._waits:
            return []
        self._waits = waits
        event = "waiting" if waits else "playing"
        if self._breaks.in_break:
            return self._breaks.media(callback, event)
        return self._content(callback, event) if self._media.shown else []

    @on("chromecast", "REQUEST_SEEK", "", "where the seek that follows goes")
    def _on_seek_request(self, callback: Callback) -> list[Signal]:
        asked = part_of(callback.detail, "requestData")
        target, step = finite(asked.get("currentTime")), finite(asked.get("relativeTime"))
        if target is None and step is not None and self._raw_at is not None:
            target = self._raw_at[1] + step
        self._target = target
        return []

    @on("chromecast", "SEEKED", "seek_start seek_end content_end end play playing")
    @on("chromecast", "SEEKING", "seek_start content_end end play playing")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return self._drop(callback, "the player's own way to its ads and back (S70)")
        time = finite(callback.detail.get("currentMediaTime"))
        time = time if time is not None else callback.number("currentTime")
        time = time if time is not None else self._target
        if callback.event == "SEEKED":
            self._target = None
        if time is not None:
            self._raw_at = (callback.at, time)
        position = None if time is None else self._ranges.to_content(time)
        event = _ELEMENT[callback.event]
        return self._content(callback, event, currentTime=position, seeking=None)

    def _on_clock(self, callback: Callback) -> list[Signal]:
        return self._moves(callback, self._position(callback))

    # -- attributes --------------------------------------------------------------------------

    @on("chromecast", "RATE_CHANGE REQUEST_PLAYBACK_RATE_CHANGE", "update")
    def _on_rate(self, callback: Callback) -> list[Signal]:
        asked = part_of(callback.detail, "requestData")
        rate = finite(asked.get("playbackRate", callback.detail.get("playbackRate")))
        step, known = finite(asked.get("relativePlaybackRate")), self._view.known("playbackRate")
        if rate is None and step is not None:
            rate = (finite(known) or 1.0) * step
        if rate is not None and rate > 0:
            self._view.know(playbackRate=rate)
        return self._content(callback, "ratechange")

    @on("chromecast", "systemvolumechanged REQUEST_VOLUME_CHANGE", "update")
    def _on_volume(self, callback: Callback) -> list[Signal]:
        if callback.event == "systemvolumechanged":
            told = part_of(callback.detail, "data") or callback.detail
            return self._loudness(callback, "system", told)
        asked = part_of(callback.detail, "requestData")
        return self._loudness(callback, "stream", part_of(asked, "volume"))

    def _loudness(self, callback: Callback, which: str, told: Mapping[str, object]) -> list[Signal]:
        level, muted = finite(told.get("level")), told.get("muted")
        if level is not None:
            self._volumes[which] = min(max(level, 0.0), 1.0)
        if isinstance(muted, bool):
            self._mutes[which] = muted
        if not self._volumes and True not in self._mutes.values():
            return []
        volume = 1.0
        for each in self._volumes.values():
            volume *= each
        self._view.know(volume=volume, muted=True in self._mutes.values())
        changed = self._view.event(callback, "volumechange", volume=volume)
        return self._media.attributes.changes(changed)

    @on("chromecast", "BITRATE_CHANGED", "quality")
    def _on_bitrate(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            self._renditions.shows(Rendition(positive(callback.detail.get("totalBitrate"))))
        return []

    @on("chromecast", "visibilitychanged", "", "a pause right after hiding is the system's (S77)")
    def _on_visibility(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "data") or callback.detail
        hidden = told.get("isVisible") is False
        page = attrs.evolve(callback, event="visibilitychange", state={"hidden": hidden}, detail={})
        return self._media.page(page)

    # -- the end and errors ------------------------------------------------------------------

    @on("chromecast", "ENDED", "content_end")
    def _on_ended(self, callback: Callback) -> list[Signal]:
        """A clip ran out; in a break it is an ad's."""
        if self._breaks.in_break:
            return self._drop(callback, "an ad's")
        return self._media.finish(callback.at, self._position(callback) or self._media.duration)

    @on(
        "chromecast",
        "MEDIA_FINISHED",
        "content_end exit error interrupt ad_break_end progress ad_error",
    )
    def _on_finished(self, callback: Callback) -> list[Signal]:
        reason = callback.detail.get("endedReason")
        if reason == "BREAK_SWITCH":
            return []
        if reason == "STOPPED":
            return self._leave(callback)
        out = self._breaks.end(callback.at)
        if reason in ("INTERRUPTED", "SKIPPED"):
            return out  # the next item's `PLAYER_LOADING` says where this one stood
        if reason == "ERROR":
            return out + ([] if self._failed else self._stop(callback, "playback error"))
        return out + self._media.finish(
            callback.at, self._position(callback) or self._media.duration
        )

    @on("chromecast", "shutdown", "exit content_end")
    def _on_shutdown(self, callback: Callback) -> list[Signal]:
        return self._leave(callback)

    @on("chromecast", "ERROR", "error interrupt progress ad_error ad_break_end")
    def _on_error(self, callback: Callback) -> list[Signal]:
        code = whole(callback.detail.get("detailedErrorCode"))
        said = name_of(callback.detail.get("reason"))
        reason = said or (f"Cast error {code}" if code is not None else "playback error")
        if code == _GAVE_WAY:
            return self._drop(callback, "gave way to a newer load")
        if code in _BREAK_ERRORS:
            return self._breaks.fail(callback, reason, self._next_clip)
        reason = "network loss" if code in _NETWORK else reason
        if callback.detail.get("severity") == _RECOVERABLE:
            return [Error(callback.at, False, reason)]
        out: list[Signal] = []
        if self._breaks.in_break:
            out += self._breaks.fail(callback, reason) + self._breaks.end(callback.at)
        return out + self._stop(callback, reason)

    def _stop(self, callback: Callback, reason: str) -> list[Signal]:
        self._failed = True
        runs = callback.state.get("paused") is False
        return self._media.fail(self._view.event(callback, "error", paused=not runs), reason)

    # -- ads ---------------------------------------------------------------------------------

    @on(
        "chromecast",
        "BREAK_STARTED",
        "ad_break_start play progress seek_end ad_break_end content_end",
    )
    def _on_break(self, callback: Callback) -> list[Signal]:
        total = whole(callback.detail.get("total"))
        size = total if total is not None and total > 0 else None
        return self._begin(callback, name_of(callback.detail.get("breakId")), size)

    def _begin(self, callback: Callback, break_id: str | None, size: int | None) -> list[Signal]:
        pod = self._info.pod(break_id, size, self._ranges)
        if self._breaks.in_break:
            return self._breaks.begin(callback.at, pod)
        at = self._take_held(callback.at)
        self._clock.begin_break(at, self._here(at), self._ranges)
        return self._breaks.begin(at, pod)

    def _here(self, at: float) -> float | None:
        """Where the clip's clock stands, in its own seconds."""
        if self._raw_at is None:
            return None
        told_at, raw = self._raw_at
        return raw + (min(max(at - told_at, 0.0), 1.0) if self._media.shown else 0.0)

    @on("chromecast", "BREAK_CLIP_LOADING", "", "which clip comes next")
    def _on_clip_loading(self, callback: Callback) -> list[Signal]:
        self._next_clip = name_of(callback.detail.get("breakClipId"))
        return []

    @on(
        "chromecast",
        "BREAK_CLIP_STARTED",
        "ad_start ad_break_start play ad_end progress seek_end ad_break_end",
    )
    def _on_clip(self, callback: Callback) -> list[Signal]:
        detail = callback.detail
        clip = name_of(detail.get("breakClipId"))
        index, total = whole(detail.get("index")), whole(detail.get("total"))
        size = total if total is not None and total > 0 else None
        out = self._begin(callback, name_of(detail.get("breakId")), size)
        length = self._info.lengths.get(clip or "") or positive(detail.get("duration"))
        before = self._breaks.ad.announced if self._breaks.ad.started else None
        place = index if index is not None and index > 0 else None
        out += self._breaks.start(callback, Announced(clip, place, length))
        if self._breaks.ad.announced is not before:
            self._clock.begin_ad(callback.at)
        self._next_clip = None
        return out

    @on("chromecast", "BREAK_CLIP_ENDED", "ad_end ad_skip ad_error")
    def _on_clip_end(self, callback: Callback) -> list[Signal]:
        reason, clip = (
            callback.detail.get("endedReason"),
            name_of(callback.detail.get("breakClipId")),
        )
        if reason == "SKIPPED":
            return self._breaks.skip(callback) if self._breaks.ad.started else []
        if reason == "ERROR":
            return self._breaks.fail(callback, "ad error", clip)
        ad = self._breaks.ad.announced
        length = ad.duration if ad is not None else None
        if reason == _RAN_OUT and self._clock.is_early(callback.at, length):
            return self._drop(callback, _EARLY)
        cut = reason in ("STOPPED", "INTERRUPTED") and self._breaks.measured
        return self._breaks.finish(callback, clip, self._breaks.ad.position if cut else None)

    @on("chromecast", "BREAK_ENDED", "ad_break_end")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break and self._clock.is_early(callback.at):
            return self._drop(callback, _EARLY)
        part = self._clock.stream_range(callback.at) if self._breaks.in_break else None
        if part is not None:
            if self._ranges.find(part[0] + 0.5) is None:
                self._ranges.add(*part)  # the stream's clock has run through these ads
            self._raw_at = (callback.at, part[1])
        return self._breaks.end(callback.at)


_DECISIVE: Final = frozenset(
    {"ENDED", "ERROR", "MEDIA_FINISHED", "PLAY", "PLAYER_LOADING", "shutdown"}
)
"""Callbacks before which a held pause is let go: an ad break would have come first."""
