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

import json
import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import (
    finite,
    list_of,
    name_of,
    part_of,
    parts_of,
    positive,
    text_of,
    whole,
)
from video_tracker.plan import Content
from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_clock import StreamRanges
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.native_player import NativePlayer
from video_tracker.players.reasons import reason_of
from video_tracker.players.remote import said_content
from video_tracker.players.words import AD, BREAK, MOVES, PLAYS, SEEKS, WAITS
from video_tracker.signals import Error, Signal

__all__ = ["ChromecastAdapter"]

_on: Final = partial(on, "chromecast")
_RECOVERABLE: Final = 1
_BREAK_ERRORS: Final = frozenset({901, 902})
_GAVE_WAY: Final = 904
_NETWORK: Final = frozenset({103, 201, *range(300, 400)})
_ASKED: Final = 2.0  # Seconds after a sender's request within which a pause is the viewer's.
_RAN_OUT: Final = "END_OF_STREAM"


@attrs.frozen
class _Break:
    """A break of the media information: at its place in the content, of which -1 is the end."""

    position: float | None
    clips: tuple[str | None, ...]
    embedded: bool
    duration: float | None


@attrs.define
class _Media:
    """What is known of the present media: a key, its length, its breaks and clips by their ids."""

    key: str | None = None
    live: bool | None = None
    duration: float | None = None
    breaks: dict[str, _Break] = attrs.Factory(dict)
    lengths: dict[str, float] = attrs.Factory(dict)
    content: Content | None = None

    def learn(self, told: Mapping[str, Any]) -> None:
        """Take in media information, whole or in part."""
        key = _key_of(told)
        self.key = key if key is not None else self.key
        if told.get("streamType") in ("LIVE", "BUFFERED"):
            self.live = told["streamType"] == "LIVE"
        self.duration = positive(told.get("duration")) or self.duration
        said = _content_of(told)
        if said is not None:
            more = {key: value for key, value in attrs.asdict(said).items() if value}
            self.content = attrs.evolve(self.content or Content(), **more)
        for clip in parts_of(told.get("breakClips")):
            name, length = name_of(clip.get("id")), positive(clip.get("duration"))
            if name is not None and length is not None:
                self.lengths[name] = length
        for each in parts_of(told.get("breaks")):
            if (name := name_of(each.get("id"))) is not None:
                self.breaks[name] = _Break(
                    finite(each.get("position")),
                    tuple(name_of(clip) for clip in list_of(each.get("breakClipIds"))),
                    each.get("isEmbedded") is True,
                    positive(each.get("duration")),
                )

    @property
    def begins_with_ads(self) -> bool:
        """Whether a break is scheduled before the content."""
        return any(each.position == 0 for each in self.breaks.values())

    @property
    def embeds(self) -> bool:
        """Whether breaks are a part of the stream."""
        return any(each.embedded for each in self.breaks.values())

    def pod(self, break_id: str | None, size: int | None, ranges: StreamRanges) -> Pod:
        """The pod of a break that begins."""
        known = self.breaks.get(break_id or "")
        at = None if known is None else known.position
        size = size or (None if known is None else len(known.clips) or None)
        if known is None or at is None or at <= 0:
            placement = {0.0: "pre", -1.0: "post"}.get(at) if at is not None else None
            return Pod(break_id, placement, None, size)
        return Pod(break_id, "mid", ranges.to_content(at) if known.embedded else at, size)

    def embedded_ranges(self) -> Iterator[tuple[float, float]]:
        """Where on the stream timeline its embedded breaks lie, where their length is known."""
        for each in self.breaks.values():
            if not each.embedded or each.position is None or each.position < 0:
                continue
            lengths = [self.lengths.get(clip or "") for clip in each.clips]
            length = each.duration
            if length is None and lengths and None not in lengths:
                length = sum(one for one in lengths if one is not None)
            if length is not None:
                yield each.position, each.position + length


def _media_of(callback: Callback) -> Mapping[str, Any]:
    """A callback's media information; an empty object when it has none."""
    detail = callback.detail
    return part_of(detail, "media") or part_of(part_of(detail, "mediaStatus"), "media")


def _content_of(told: Mapping[str, Any]) -> Content | None:
    """What media information says of the content; an address is no id of it."""
    metadata, name = part_of(told, "metadata"), name_of(told.get("contentId"))
    said = said_content(
        None if name is None or "/" in name else name,
        title=metadata.get("title"),
        publisher=metadata.get("studio"),
    )
    season, episode = positive(metadata.get("season")), positive(metadata.get("episode"))
    content = attrs.evolve(
        said or Content(),
        program=text_of(metadata.get("seriesTitle")),
        season=None if season is None else name_of(whole(season)),
        episode=None if episode is None else name_of(whole(episode)),
    )
    return content if content != Content() else None


def _key_of(told: Mapping[str, Any]) -> str | None:
    names = [name_of(told.get(key)) for key in ("contentId", "entity", "contentUrl")]
    return json.dumps(names) if any(names) else None


class ChromecastAdapter(NativePlayer):
    """The adapter of a Cast receiver; see the module (S9, S24, S31, S62, S76)."""

    name: ClassVar[str] = "chromecast"
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "chromecast": {
            "the device, not what it plays": """allowgroupchange feedbackstarted groupcapabilities
                maxvideoresolutionchanged proximitychanged""",
            "the application's; `ERROR` is the player's": "error",
            "nothing moved": "ready",
            "who controls the player, not what it plays": "senderconnected senderdisconnected",
            "the screen; `visibilitychanged` and the player tell what it does": "standbychanged",
            "a load was given up": "ABORT",
            "what is kept for later, not what is seen": """CACHE_HIT CACHE_INSERTED CACHE_LOADED
                REQUEST_PRECACHE""",
            "readiness is no playback": "CAN_PLAY CAN_PLAY_THROUGH LOADED_DATA",
            "`BREAK_CLIP_ENDED` and `MEDIA_FINISHED` say of what": "CLIP_ENDED",
            "`BREAK_CLIP_STARTED` and `PLAYING` say of what": "CLIP_STARTED",
            "the application's own": "CUSTOM_STATE",
            "`MEDIA_FINISHED` and `PLAYER_LOADING` tell of the source": "EMPTIED",
            "timed metadata: the application's own": """EMSG ID3 TIMED_METADATA_CHANGED
                TIMED_METADATA_ENTER TIMED_METADATA_EXIT""",
            "which devices play together": "GROUP_CHANGED",
            "what could be chosen, not what is": "INBAND_TRACK_ADDED TRACKS_CHANGED",
            "`PLAYER_LOADING` tells of the source": "LOAD_START",
            "the next item; nothing moved": "PLAYER_PRELOADING PLAYER_PRELOADING_CANCELLED",
            "data arrived; nothing moved": "PROGRESS",
            "asked for; the player tells what comes of it": """REQUEST_CUSTOM_COMMAND
                REQUEST_DISPLAY_STATUS REQUEST_EDIT_AUDIO_TRACKS REQUEST_EDIT_TRACKS_INFO
                REQUEST_FOCUS_STATE REQUEST_SET_CREDENTIALS REQUEST_USER_ACTION""",
            "asked for; `PLAYER_LOADING` follows": "REQUEST_LOAD REQUEST_LOAD_BY_ENTITY",
            "asked for; `PLAY` follows": "REQUEST_PLAY REQUEST_PLAY_AGAIN",
            "the queue; `PLAYER_LOADING` tells what plays": """REQUEST_QUEUE_GET_ITEMS
                REQUEST_QUEUE_GET_ITEM_IDS REQUEST_QUEUE_GET_ITEM_RANGE REQUEST_QUEUE_INSERT
                REQUEST_QUEUE_LOAD REQUEST_QUEUE_REMOVE REQUEST_QUEUE_REORDER
                REQUEST_QUEUE_UPDATE""",
            "asked for; `BREAK_CLIP_ENDED` tells of the skip": "REQUEST_SKIP_AD",
            "asked for; `MEDIA_FINISHED` follows": "REQUEST_STOP",
            "what is loaded, not what is seen": "SEGMENT_DOWNLOADED",
            "a slow download; `BUFFERING` tells of a stall": "STALLED",
            "enough was loaded": "SUSPEND",
        }
    }
    clock: ClassVar[frozenset[str]] = frozenset({"PLAY", "PLAYING", "SEEKED", "TIME_UPDATE"})
    clock_key: ClassVar[str] = "currentMediaTime"
    lengths: ClassVar[Mapping[str, str]] = {
        "DURATION_CHANGE": "duration",
        "LOADED_METADATA": "duration",
    }
    changes: ClassVar[frozenset[str]] = frozenset({"PLAYER_LOADING"})
    decisive: ClassVar[frozenset[str]] = frozenset(
        {"ENDED", "ERROR", "MEDIA_FINISHED", "PLAY", "PLAYER_LOADING", "shutdown"}
    )
    other_channels: ClassVar[Mapping[str, str]] = {"cast": "chromecast", "caf": "chromecast"}

    def __init__(self) -> None:
        super().__init__()
        self._info = _Media()
        self._asked_at: float | None = None
        self._target: float | None = None
        self._volumes: dict[str, float] = {}
        self._mutes: dict[str, bool] = {}
        self._next_clip: str | None = None

    def _is_decisive(self, callback: Callback) -> bool:
        switches = callback.detail.get("endedReason") == "BREAK_SWITCH"
        return not switches and super()._is_decisive(callback)

    # -- the source --------------------------------------------------------------------------

    def _look(self, callback: Callback) -> list[Signal]:
        return self._on_info(callback) if _media_of(callback) else super()._look(callback)

    def _told_length(self, callback: Callback) -> object:
        """The element's length, where the media information says nothing of it."""
        if self._info.duration is not None or self._info.live:
            return None
        return super()._told_length(callback)

    @_on("PLAYER_LOADING", "load progress ad_break_end update")
    def _on_loading(self, callback: Callback) -> list[Signal]:
        """A load begins: the first item, the next one, or the same one again."""
        self._breaks.gone = False
        told = _Media()
        told.learn(_media_of(callback))
        again = self._is_known(told.key)
        out = self._loads(callback, again=again, content=told.content)
        if not again:
            self._info = _Media()
            self._ranges.clear()
        self._shows = self._target = None
        return out + self._on_info(callback)

    @_on(
        "DURATION_CHANGE LOADED_METADATA MEDIA_INFORMATION_CHANGED PLAYER_LOAD_COMPLETE",
        "load update",
    )
    def _on_info(self, callback: Callback) -> list[Signal]:
        """What the media information says, or the element's length."""
        info = self._info
        info.learn(_media_of(callback))
        self._key = info.key or self._key
        for part in info.embedded_ranges():
            self._ranges.add(*part)
        if not self._media.begun and info.begins_with_ads:
            self._flash.pre_roll_due = True
        out = self._ranges.taken_out(callback.at) if info.embeds else []
        if self._breaks.in_break:
            return out
        out += self._item.learn(callback.at, info.content)
        if info.live:
            out += self._media.is_live(callback.at)
        else:
            out += self._length(callback, info.duration or self._told_length(callback))
        return out + self._on_range(callback)

    @_on("LIVE_IS_MOVING_WINDOW_CHANGED", "load update", in_break="")
    def _on_range(self, callback: Callback) -> list[Signal]:
        """A live stream's window: its end is the edge (S8)."""
        told = part_of(callback.detail, "liveSeekableRange")
        told = told or part_of(part_of(callback.detail, "mediaStatus"), "liveSeekableRange")
        if not told:
            return []
        out = self._media.is_live(callback.at)
        return out + self._media.live.edge(callback.at, finite(told.get("end")))

    @_on("LIVE_ENDED", "content_end update load")
    def _on_live_end(self, callback: Callback) -> list[Signal]:
        out = [] if self._breaks.in_break else self._on_range(callback)
        self._media.live.ends()
        return out

    @_on("MEDIA_STATUS", f"{AD} load update ad_progress", "also an unheard ad (S83)")
    def _on_status(self, callback: Callback) -> list[Signal]:
        status = part_of(callback.detail, "mediaStatus")
        out = self._on_info(callback)
        if "volume" in status:
            out += self._loudness(callback, "stream", part_of(status, "volume"))
        return out + self._found_ad(callback, part_of(status, "breakStatus"))

    def _found_ad(self, callback: Callback, told: Mapping[str, object]) -> list[Signal]:
        """The status says that an ad plays, whose own start nobody heard (S83)."""
        clip, position = name_of(told.get("breakClipId")), finite(told.get("currentBreakClipTime"))
        if clip is None or position is None or position < 0 or self._breaks.ad.started:
            return []
        length = self._info.lengths.get(clip)
        if not self._breaks.may_start(None, position, length):
            return self.ignore(callback, "the last words of an ad that has ended")
        out = self._begin(callback, name_of(told.get("breakId")), None)
        return out + self._begin_ad(callback, Announced(clip, None, length), position)

    # -- playing -----------------------------------------------------------------------------

    @_on("PLAY", PLAYS, in_break="play")
    @_on("PLAYING", PLAYS, in_break="playing")
    @_on("WAITING", WAITS, in_break="waiting")
    def _on_element(self, callback: Callback) -> list[Signal]:
        return self._says(callback, callback.event.lower())

    @_on("TIME_UPDATE", MOVES)
    def _on_time(self, callback: Callback) -> list[Signal]:
        return self._ticks(callback)

    @_on("PAUSE", "pause content_end interrupt")
    def _on_pause(self, callback: Callback) -> list[Signal]:
        at_end = callback.detail.get("ended") is True  # `MEDIA_FINISHED` follows, or a break
        if self._breaks.in_break:
            return [] if at_end else self._breaks.media(callback, "pause")
        pause = self._pause(callback)
        if at_end:
            self._media.stand(pause)
            return []
        asked, self._asked_at = self._asked_at, None
        return self._pauses(pause, viewers=asked is not None and callback.at - asked <= _ASKED)

    @_on("REQUEST_PAUSE", "", "the pause that follows is the viewer's (S31)")
    def _on_pause_request(self, callback: Callback) -> list[Signal]:
        self._asked_at = callback.at
        return []

    @_on("BUFFERING", f"{WAITS} update")
    def _on_buffering(self, callback: Callback) -> list[Signal]:
        waits = callback.detail.get("isBuffering")
        stalled = self._breaks.ad.stalled if self._breaks.in_break else self._media.stalled
        if not isinstance(waits, bool) or waits == stalled:
            return []
        event = "waiting" if waits else "playing"
        if self._breaks.in_break:
            return self._breaks.media(callback, event)
        return self._content(callback, event) if self._media.shown else []

    @_on("REQUEST_SEEK", "", "where the seek that follows goes")
    def _on_seek_request(self, callback: Callback) -> list[Signal]:
        asked = part_of(callback.detail, "requestData")
        target, step = finite(asked.get("currentTime")), finite(asked.get("relativeTime"))
        if target is None and step is not None and self._shows is not None:
            target = self._shows + step
        self._target = target
        return []

    @_on("SEEKED SEEKING", SEEKS, in_break="the player's own way to its ads and back (S70)")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        position, target = self._position(callback), self._target
        if position is None and target is not None:
            self._shows, position = target, self._ranges.to_content(target)
        if callback.event == "SEEKED":
            self._target = None
        return self._content(callback, callback.event.lower(), currentTime=position, seeking=None)

    # -- attributes --------------------------------------------------------------------------

    @_on("RATE_CHANGE REQUEST_PLAYBACK_RATE_CHANGE", "update")
    def _on_rate(self, callback: Callback) -> list[Signal]:
        asked = part_of(callback.detail, "requestData")
        rate = finite(asked.get("playbackRate", callback.detail.get("playbackRate")))
        step, known = finite(asked.get("relativePlaybackRate")), self._view.known("playbackRate")
        if rate is None and step is not None:
            rate = (finite(known) or 1.0) * step
        return self._plays_at(callback, positive(rate))

    @_on("systemvolumechanged REQUEST_VOLUME_CHANGE", "update")
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
        silent = True in self._mutes.values()
        if not self._volumes and not silent:
            return []
        return self._sounds(callback, math.prod(self._volumes.values()), silent)

    @_on("BITRATE_CHANGED", "quality", in_break="")
    def _on_bitrate(self, callback: Callback) -> list[Signal]:
        return self._renders(callback.detail, "totalBitrate")

    @_on("visibilitychanged", "", "a pause right after hiding is the system's (S77)")
    def _on_visibility(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "data") or callback.detail
        hidden = told.get("isVisible") is False
        page = attrs.evolve(callback, event="visibilitychange", state={"hidden": hidden}, detail={})
        return self._media.page(page)

    # -- the end and errors ------------------------------------------------------------------

    @_on("ENDED", "content_end", in_break="an ad's")
    def _on_ended(self, callback: Callback) -> list[Signal]:
        return self._ends(callback)

    @_on("MEDIA_FINISHED", "content_end exit error interrupt ad_break_end progress ad_error")
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
            return out + ([] if self._failed else self._fails(callback, "playback error"))
        return out + self._ends(callback)

    @_on("shutdown", "exit content_end")
    def _on_shutdown(self, callback: Callback) -> list[Signal]:
        return self._leave(callback)

    @_on("ERROR", "error interrupt progress ad_error ad_break_end")
    def _on_error(self, callback: Callback) -> list[Signal]:
        code = whole(callback.detail.get("detailedErrorCode"))
        reason = reason_of("Cast error", code, callback.detail.get("reason"))
        if code == _GAVE_WAY:
            return self.ignore(callback, "gave way to a newer load")
        if code in _BREAK_ERRORS:
            return self._breaks.fail(callback, reason, self._next_clip)
        reason = "network loss" if code in _NETWORK else reason
        if callback.detail.get("severity") == _RECOVERABLE:
            return [Error(callback.at, False, reason)]
        return self._fails(callback, reason)

    # -- ads ---------------------------------------------------------------------------------

    @_on("BREAK_STARTED", BREAK)
    def _on_break(self, callback: Callback) -> list[Signal]:
        total = positive(whole(callback.detail.get("total")))
        size = None if total is None else int(total)
        return self._begin(callback, name_of(callback.detail.get("breakId")), size)

    def _begin(self, callback: Callback, break_id: str | None, size: int | None) -> list[Signal]:
        known = self._info.breaks.get(break_id or "")
        pod = self._info.pod(break_id, size, self._ranges)
        in_stream = None if known is None else known.embedded
        implied = callback.event != "BREAK_STARTED"
        return self._begin_break(callback, pod, in_stream=in_stream, implied=implied)

    @_on("BREAK_CLIP_LOADING", "", "which clip comes next")
    def _on_clip_loading(self, callback: Callback) -> list[Signal]:
        self._next_clip = name_of(callback.detail.get("breakClipId"))
        return []

    @_on("BREAK_CLIP_STARTED", AD)
    def _on_clip(self, callback: Callback) -> list[Signal]:
        detail, self._next_clip = callback.detail, None
        clip, index = name_of(detail.get("breakClipId")), whole(detail.get("index"))
        length = self._info.lengths.get(clip or "") or positive(detail.get("duration"))
        place = index if index is not None and index > 0 else None
        return self._on_break(callback) + self._begin_ad(callback, Announced(clip, place, length))

    @_on("BREAK_CLIP_ENDED", "ad_end ad_skip ad_error")
    def _on_clip_end(self, callback: Callback) -> list[Signal]:
        clip = name_of(callback.detail.get("breakClipId"))
        reason = callback.detail.get("endedReason")
        if reason == "ERROR":
            return self._breaks.fail(callback, "ad error", clip)
        if reason == _RAN_OUT:
            return self._end_ad(callback, clip)
        cut, skipped = reason in ("STOPPED", "INTERRUPTED"), reason == "SKIPPED"
        left = self._breaks.ad.told if cut else None
        return self._breaks.finish(callback, clip, left, skipped=skipped)

    @_on("BREAK_ENDED", "ad_break_end")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        return self._end_break(callback)
