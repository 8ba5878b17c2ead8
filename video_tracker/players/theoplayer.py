"""THEOplayer (web SDK 2 to 11).

Channels: ``theoplayer`` (events of the player, its ads and its other parts, see the vocabulary),
``html5`` (its element, which it repeats) and ``page``. ``detail`` is the event object:
``currentTime`` of the playback events in seconds, ``volume`` (0 to 1), ``playbackRate``,
``duration``, ``source``, ``ad`` {``id``, ``type``, ``duration``, ``integration``, ``adBreak``},
``adBreak`` {``id``, ``timeOffset``, ``maxDuration``, ``ads``}, ``playedPercentage`` of ``adskip``
(a fraction), ``errorObject`` {``code``, ``category``, ``message``}. ``state`` may hold the
player's properties; neither is needed.

* Ads play in the player's own clock, beside a clock that stands, or in the stream (a server's):
  which it is shows in the first positions of an ad.
* The name of an IMA break is its pod index: no id, and 0 for an ad in no pod.
* An ``error`` may be one of subtitles, full screen or casting, which stops nothing.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from video_tracker.players.ad_breaks import QUARTILES, Pod
from video_tracker.players.ad_clock import AdClock
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import WEB_SETTINGS, Callback, finite, name_of, on, positive
from video_tracker.players.element_view import part_of, whole
from video_tracker.players.native_player import NativePlayer
from video_tracker.players.remote import Item, said_content
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.stream_ranges import StreamRanges
from video_tracker.signals import Signal

__all__ = ["TheoplayerAdapter"]

_NETWORK: Final = 6
"""The category of network errors."""
_HARMLESS: Final = frozenset({8, 9, 10, 11, 12})
"""Categories of errors that stop no playback: subtitles, VR, ads, full screen, the cache."""
_INDEXED: Final = ("google-ima", "google-dai")
"""Integrations whose breaks are named by their index."""
_STREAMS: Final = ("google-dai", "mediatailor", "uplynk")
"""Integrations whose ads are a part of the stream."""
_CLIENT: Final = ("csai", "theo", "google-ima", "spotx", "freewheel", "theoads")
"""Integrations whose ads are no part of the stream."""
_EARLY: Final = "the playhead is in the middle of it (S84)"
_LENGTHS: Final = frozenset({"durationchange", "loadedmetadata"})


class TheoplayerAdapter(NativePlayer):
    """The adapter of THEOplayer; see the module (S9, S31, S62, S71, S76)."""

    name: ClassVar[str] = "theoplayer"
    settings: ClassVar = WEB_SETTINGS
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "theoplayer": {
            "an `error` follows when playback cannot go on": (
                "contentprotectionerror manifesterror segmenterror segmentnotfound "
                "distributionoffline"
            ),
            "key negotiation": "contentprotectionsuccess encrypted",
            "another server of the same content": (
                "contentsteeringerror contentsteeringlocationchange contentsteeringstart "
                "contentsteeringstop contentsteeringupdate"
            ),
            "which file of the source was chosen; `sourcechange` counts": "currentsourcechange",
            "the player's appearance": "dimensionchange related:hide related:show",
            "readiness is no playback": "loadeddata",
            "`sourcechange` tells of it": "loadstart",
            "what is loaded, not what is seen": "manifestupdate",
            "data arrived; nothing moved": "progress adloaded",
            "`waiting` and `playing` tell of what it does": "readystatechange",
            "the picture's size alone does not tell its quality (E3)": "resize",
            "`adbegin` tells of the ad": "adimpression",
            "what is planned; each break tells of its own start": (
                "admetadata removeadbreak addinterstitial interstitialupdate uplynk:addadbreak "
                "uplynk:removead uplynk:removeadbreak"
            ),
            "the mode stays what it was": "presentation:error",
            "the player goes on telling what plays, whichever device shows it": (
                "castingchange airplay:statechange chromecast:error chromecast:statechange"
            ),
            "no ads will come; each break tells of its own start": "fallback",
            "`adbreakbegin` tells of it, when it is a break": "interstitialbegin",
            "`adbreakend` tells of it, when it is a break": "interstitialend",
            "`aderror` tells of an ad that fails": "interstitialerror",
            "how a live stream is delivered, not whether it plays": (
                "distributionloaded distributionloadstart endpointloaded enterbadnetworkmode "
                "exitbadnetworkmode golive intenttofallback millicast:stats"
            ),
            "the player's own way back to the live edge (S70)": "latencyrecoveryseek",
            "the sound's, not the picture's": (
                "audioTrack:activequalitychanged audioTrack:change "
                "audioTrack:targetqualitychanged audioTracks:change"
            ),
            "what could be chosen, not what is": (
                "audioTrack:qualityavailable audioTrack:qualityunavailable audioTrack:update "
                "audioTracks:addtrack audioTracks:removetrack quality:update textTracks:addtrack "
                "textTracks:removetrack videoTrack:qualityavailable videoTrack:qualityunavailable "
                "videoTrack:update videoTracks:addtrack videoTracks:removetrack"
            ),
            "subtitles and timed metadata": (
                "textTrack:addcue textTrack:change textTrack:cuechange textTrack:entercue "
                "textTrack:error textTrack:exitcue textTrack:readystatechange textTrack:removecue "
                "textTrack:typechange textTrack:update textTrack:updatecue textTrackCue:enter "
                "textTrackCue:exit textTrackCue:update textTracks:change textTrackStyle:change"
            ),
            "`activequalitychanged` tells what shows": "videoTrack:change videoTracks:change",
            "chosen; `activequalitychanged` tells what shows": ("videoTrack:targetqualitychanged"),
            "`adend` tells of it": "uplynk:adcomplete",
            "parts of one content": "uplynk:addasset uplynk:removeasset",
            "what the service answered": (
                "uplynk:assetinforesponse uplynk:pingerror uplynk:pingresponse "
                "uplynk:preplayresponse"
            ),
            "what is kept for later, not what is seen": (
                "cache:statechange cacheTask:progress cacheTask:statechange cacheTasks:addtask "
                "cacheTasks:removetask"
            ),
            "a part of the content was chosen": "clip:change",
            "the arrangement of several players on the page": (
                "multiView:addview multiView:layoutchange multiView:removeview "
                "multiView:viewchange multiView:viewpositionchange"
            ),
            "the buffer may outlast it; `waiting` says when not": "network:offline",
            "`playing` says when playback goes on": "network:online",
            "what could be played next": "related:relatedchange",
            "the direction of view in a spherical video": (
                "vr:directionchange vr:error vr:statechange vr:stereochange"
            ),
        },
    }
    clock: ClassVar[frozenset[str]] = frozenset({"play", "playing", "seeked", "timeupdate"})
    changes: ClassVar[frozenset[str]] = frozenset({"emptied", "sourcechange"})
    other_names: ClassVar[Mapping[str, str]] = {
        "activequalitychanged": "videoTrack:activequalitychanged"
    }

    def __init__(self) -> None:
        super().__init__()
        self._clock = AdClock()
        self._ranges = StreamRanges()
        self._stream: float | None = None
        self._source: str | None = None
        self._item = Item()
        self._ads: tuple[str | None, ...] = ()
        self._may_stream = False
        self._unsure = False

    def _on_player(self, callback: Callback) -> list[Signal]:
        return self._by_row(callback)

    def _is_decisive(self, callback: Callback) -> bool:
        own = callback.player == "theoplayer" and callback.event in _DECISIVE
        return own or super()._is_decisive(callback)

    # -- playing -----------------------------------------------------------------------------

    def _raw(self, callback: Callback) -> float | None:
        """What the player's clock shows."""
        time = finite(callback.detail.get("currentTime"))
        time = time if time is not None else callback.number("currentTime")
        if time is not None and not self._breaks.in_break:
            self._stream = time
        return time

    def _position(self, callback: Callback) -> float | None:
        """Where the content is by the player's clock."""
        time = self._raw(callback)
        if time is None:
            return None
        if self._unsure and not self._breaks.in_break:
            self._unsure = False
            part = self._clock.resumed(callback.at, time)
            if part is not None:
                self._ranges.add(*part)
        return self._ranges.to_content(time)

    @on(
        "theoplayer",
        "canplay",
        "buffer_start buffer_end load update",
        "data came back after a silent stall",
    )
    @on("theoplayer", "canplaythrough", "buffer_start buffer_end load update", "as `canplay`")
    @on("theoplayer", "play", "play load update")
    @on("theoplayer", "playing", "playing buffer_end play update load seek_end content_end")
    @on("theoplayer", "waiting", "buffer_start interrupt load update")
    def _on_media(self, callback: Callback) -> list[Signal]:
        """``play``, ``playing``, ``waiting``, ``canplay``: the open ad's or the content's."""
        event = callback.event
        if event in ("play", "playing"):
            self._view.know(paused=False)
        if self._breaks.in_break:
            return [] if event.startswith("canplay") else self._breaks.media(callback, event)
        moving: dict[str, object] = {"paused": False} if event in ("play", "playing") else {}
        return self._content(callback, event, currentTime=self._position(callback), **moving)

    @on(
        "theoplayer",
        "timeupdate",
        "progress ad_progress playing buffer_end ad_break_end play update seek_end",
    )
    def _on_time(self, callback: Callback) -> list[Signal]:
        time = self._raw(callback)
        if not self._breaks.in_break:
            date = callback.detail.get("currentProgramDateTime")
            self._view.know(playheadDate=date)
            return self._moves(callback, self._position(callback))
        place = None if time is None else self._clock.read(callback.at, time)
        position = self._position(callback) if self._clock.tells_content else None
        return self._moves(callback, position, place)

    @on("theoplayer", "pause", "pause content_end interrupt")
    def _on_pause(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            self._view.know(paused=True)
            return self._breaks.media(callback, "pause")
        position = self._position(callback)
        pause = self._view.event(callback, "pause", currentTime=position, paused=True)
        self._view.know(paused=True)
        return self._hold(pause)

    @on("theoplayer", "seeked", "seek_start seek_end content_end end play playing")
    @on("theoplayer", "seeking", "seek_start content_end end play playing")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return self._drop(callback, "the player's own way to its ads and back (S70)")
        position = self._position(callback)
        seeking = None if callback.event == "seeked" else True
        return self._content(callback, callback.event, currentTime=position, seeking=seeking)

    @on("theoplayer", "ended", "content_end")
    def _on_ended(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return self._drop(callback, "an ad's")
        self._view.know(paused=None)
        position = self._position(callback)
        return self._media.finish(callback.at, position or self._media.duration)

    def _told_length(self, callback: Callback) -> object:
        value = callback.state.get("duration")
        if callback.event in _LENGTHS and callback.detail.get("duration") is not None:
            value = callback.detail["duration"]
        length = positive(value)
        return self._ranges.to_content(length) if length is not None and self._ranges else value

    @on("theoplayer", "durationchange", "load")
    @on("theoplayer", "loadedmetadata", "load update")
    def _on_length(self, callback: Callback) -> list[Signal]:
        return self._length(callback, self._told_length(callback))

    @on("theoplayer", "sourcechange", "load progress ad_break_end")
    def _on_source(self, callback: Callback) -> list[Signal]:
        source = _name_of(callback.detail.get("source"))
        if source is None:
            return []  # it was taken away: `emptied` says where it stood
        known, self._source = self._source, source
        self._ranges.clear()
        metadata = part_of(part_of(callback.detail, "source"), "metadata")
        content = said_content(title=metadata.get("title"))
        if not self._media.begun:
            return [*self._claim_source(callback), *self._item.learn(callback.at, content)]
        if known == source:
            if not self._media.ended:
                self._media.come_back()
            return []
        return self._item.replace(self._next_item(callback), content, callback.at)

    def _claim_source(self, callback: Callback) -> list[Signal]:
        sources = part_of(callback.detail, "source").get("sources")
        listed = sources if isinstance(sources, list) else [sources]
        parts = (each.get("ssai") for each in listed if isinstance(each, Mapping))
        return [
            s for part in parts if isinstance(part, Mapping) for s in self._claim(callback.at, part)
        ]

    @on("theoplayer", "emptied", "progress", "the last position of what goes")
    def _on_emptied(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break or not self._media.shown:
            return []
        out = self._content(callback, "emptied")
        self._media.come_back()  # what comes next says whether it is the same again
        return out

    def _on_clock(self, callback: Callback) -> list[Signal]:
        return self._moves(callback, self._position(callback))

    # -- attributes --------------------------------------------------------------------------

    @on("theoplayer", "volumechange", "update")
    def _on_volume(self, callback: Callback) -> list[Signal]:
        volume, muted = finite(callback.detail.get("volume")), callback.detail.get("muted")
        if volume is not None:
            self._view.know(volume=min(max(volume, 0.0), 1.0))
        if isinstance(muted, bool):
            self._view.know(muted=muted)
        return self._media.attributes.changes(self._view.event(callback, "volumechange"))

    @on("theoplayer", "ratechange", "update")
    def _on_rate(self, callback: Callback) -> list[Signal]:
        rate = finite(callback.detail.get("playbackRate"))
        if rate is not None and rate >= 0:
            self._view.know(playbackRate=rate)
        return self._content(callback, "ratechange")

    @on("theoplayer", "presentationmodechange", "update")
    def _on_mode(self, callback: Callback) -> list[Signal]:
        mode = callback.detail.get("presentationMode")
        if not isinstance(mode, str):
            return []
        self._view.know(fullscreen=mode == "fullscreen")
        return self._media.attributes.changes(self._view.event(callback, "volumechange"))

    @on("theoplayer", "representationchange videoTrack:activequalitychanged", "quality")
    def _on_quality(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "quality") or part_of(callback.detail, "representation")
        if not self._breaks.in_break and positive(told.get("height")) is not None:
            self._renditions.shows(Rendition.read(told, "bandwidth"))
        return []

    # -- errors and the end ------------------------------------------------------------------

    @on("theoplayer", "error", "error interrupt progress ad_error ad_break_end")
    def _on_error(self, callback: Callback) -> list[Signal]:
        error = part_of(callback.detail, "errorObject")
        code = whole(error.get("code"))
        category = whole(error.get("category"))
        if category is None and code is not None:
            category = code // 1000
        told = name_of(error.get("message")) or callback.text("error")
        reason = told or (f"THEOplayer error {code}" if code is not None else "playback error")
        if category in _HARMLESS:
            return self._drop(callback, "of subtitles, ads, full screen or the like: no playback's")
        if category == _NETWORK:
            reason = "network loss"
        out: list[Signal] = []
        if self._breaks.in_break:
            out += self._breaks.fail(callback, reason) + self._breaks.end(callback.at)
        runs = callback.state.get("paused") is False
        return out + self._media.fail(self._view.event(callback, "error", paused=not runs), reason)

    @on("theoplayer", "destroy", "exit")
    def _on_destroy(self, callback: Callback) -> list[Signal]:
        return self._leave(callback)

    # -- ads ---------------------------------------------------------------------------------

    @on("theoplayer", "adbreakchange updateadbreak", "load", "how many ads the open break has")
    @on(
        "theoplayer",
        "addad addadbreak adsmanagerloaded",
        "load",
        "there are ads: a pause may be theirs (S31)",
    )
    @on("theoplayer", "updatead", "load", "the open ad's length")
    @on("theoplayer", "uplynk:updateadbreak", "", "how many ads the open break has")
    def _on_plan(self, callback: Callback) -> list[Signal]:
        out = self._claim(callback.at, part_of(callback.detail, "adBreak"))
        out += self._claim(callback.at, part_of(callback.detail, "ad"))
        size = _listed(part_of(callback.detail, "adBreak"))
        length = positive(part_of(callback.detail, "ad").get("duration"))
        if callback.event == "updatead":
            self._breaks.learn(length)
        elif callback.event in ("adbreakchange", "updateadbreak", "uplynk:updateadbreak") and size:
            self._ads = self._ads if len(self._ads) >= len(size) else size
        return out

    def _claim(self, at: float, told: Mapping[str, Any]) -> list[Signal]:
        """Ads of a server lie in the stream: its positions are told without them (S78)."""
        return self._ranges.taken_out(at) if told.get("integration") in _STREAMS else []

    @on(
        "theoplayer", "adbreakbegin uplynk:adbreakbegin", "ad_break_start content_end play progress"
    )
    def _on_break(self, callback: Callback) -> list[Signal]:
        return self._begin(callback, part_of(callback.detail, "adBreak"))

    def _begin(self, callback: Callback, told: Mapping[str, Any]) -> list[Signal]:
        if self._breaks.in_break:
            return self._breaks.begin(callback.at, self._pod_of(told))
        at = self._take_held(callback.at)
        self._ads = _listed(told)
        pod = self._pod_of(told)
        position = self._media.position
        stream = self._stream
        if stream is not None and self._media.shown:
            stream += (self._media.where(at) or 0.0) - (position or 0.0)
        self._may_stream = told.get("integration") not in _CLIENT
        self._unsure = False
        out = self._claim(at, told)
        self._clock.begin_break(at, stream, self._ranges)
        return out + self._breaks.begin(at, pod)

    def _pod_of(self, told: Mapping[str, Any]) -> Pod:
        indexed = told.get("integration") in _INDEXED
        name = name_of(told.get("id"))
        offset, length = finite(told.get("timeOffset")), self._media.duration
        size = len(_listed(told)) or None
        pod_id = None if indexed else name
        if (indexed and name == "-1") or offset == -1:
            return Pod(pod_id, "post", None, size)
        if offset is None or offset <= 0:
            return Pod(pod_id, None, None, size)  # 0 is said of ads in no break, too
        if length is not None and offset >= length:
            return Pod(pod_id, "post", None, size)
        return Pod(pod_id, "mid", self._ranges.to_content(offset), size)

    @on("theoplayer", "adbegin", "ad_start ad_break_start play ad_end progress seek_end")
    @on("theoplayer", "uplynk:adbegin", "ad_start ad_break_start play ad_end progress")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        ad = part_of(callback.detail, "ad")
        if ad.get("type") == "nonlinear":
            return self._drop(callback, "an overlay: the content goes on under it")
        out = [] if self._breaks.in_break else self._begin(callback, part_of(ad, "adBreak"))
        asset = name_of(ad.get("id"))
        place = self._ads.index(asset) + 1 if asset and self._ads.count(asset) == 1 else None
        started = self._breaks.ad.announced if self._breaks.ad.started else None
        out += self._breaks.start(callback, Announced(asset, place, positive(ad.get("duration"))))
        if self._breaks.ad.announced is not started:
            self._clock.begin_ad(callback.at)
        return out

    @on("theoplayer", "adend uplynk:adend", "ad_end")
    def _on_ad_end(self, callback: Callback) -> list[Signal]:
        ad = self._breaks.ad.announced
        if self._clock.is_early(callback.at, None if ad is None else ad.duration):
            return self._drop(callback, _EARLY)
        return self._breaks.finish(callback, name_of(part_of(callback.detail, "ad").get("id")))

    @on("theoplayer", "adskip", "ad_skip")
    @on("theoplayer", "uplynk:adbreakskip", "ad_skip ad_break_end")
    def _on_skip(self, callback: Callback) -> list[Signal]:
        if callback.event == "uplynk:adbreakskip":
            return (self._breaks.skip(callback) if self._breaks.ad.started else []) + (
                self._on_break_end(callback)
            )
        ad, played = self._breaks.ad.announced, finite(callback.detail.get("playedPercentage"))
        position = None
        if played is not None and ad is not None and ad.duration is not None and 0 <= played <= 1:
            position = played * ad.duration
        return self._breaks.skip(callback, position)

    @on(
        "theoplayer",
        (
            "adfirstquartile admidpoint adthirdquartile uplynk:adfirstquartile uplynk:admidpoint "
            "uplynk:adthirdquartile"
        ),
        "ad_progress",
        "of an ad whose clock is not heard",
    )
    def _on_quartile(self, callback: Callback) -> list[Signal]:
        name = callback.event.rpartition(":")[2].removeprefix("ad")
        return self._breaks.quartile(callback, QUARTILES[name])

    @on("theoplayer", "adbuffering", "buffer_start")
    def _on_buffering(self, callback: Callback) -> list[Signal]:
        return self._breaks.media(callback, "waiting")

    @on("theoplayer", "aderror", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        ad = part_of(callback.detail, "ad")
        reason = callback.text("message") or callback.text("error") or "ad error"
        return self._breaks.fail(callback, reason, name_of(ad.get("id")))

    @on("theoplayer", "adbreakend uplynk:adbreakend", "ad_break_end")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            return []
        if self._clock.is_early(callback.at):
            return self._drop(callback, _EARLY)
        part = self._clock.stream_range(callback.at) if self._may_stream else None
        if part is not None:
            self._ranges.add(*part)  # the player's clock has run through these ads
            self._stream = part[1]
        self._clock.end_break(callback.at)
        self._unsure = part is None and self._may_stream
        out = self._ranges.taken_out(callback.at) if self._ranges else []
        return out + self._breaks.end(callback.at)


_DECISIVE: Final = frozenset({"destroy", "emptied", "ended", "error", "play"})
"""Callbacks before which a held pause is let go: an ad break would have come first."""


def _listed(told: Mapping[str, Any]) -> tuple[str | None, ...]:
    """The ids of a break's ads."""
    ads = told.get("ads")
    listed = ads if isinstance(ads, list) else []
    return tuple(name_of(ad.get("id")) for ad in listed if isinstance(ad, Mapping))


def _name_of(source: object) -> str | None:
    """Something to tell a source from another by."""
    if not source:
        return None
    try:
        return json.dumps(source, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return repr(type(source))
