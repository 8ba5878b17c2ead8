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
from functools import partial
from typing import Any, ClassVar, Final

from video_tracker.payload import finite, name_of, part_of, parts_of, positive, whole
from video_tracker.players.ad_breaks import QUARTILES, Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.native_player import NativePlayer, ids_of
from video_tracker.players.reasons import ad_failure, reason_of
from video_tracker.players.remote import said_content
from video_tracker.players.words import AD, BREAK, MOVES, PLAYS, QUARTILE, SEEKS, WAITS
from video_tracker.signals import Signal

__all__ = ["TheoplayerAdapter"]

_on: Final = partial(on, "theoplayer")
_NETWORK: Final = 6  # The category of network errors.
_HARMLESS: Final = frozenset({8, 9, 10, 11, 12})
"""Categories of errors that stop no playback: subtitles, VR, ads, full screen, the cache."""
_INDEXED: Final = ("google-ima", "google-dai")  # Integrations that name breaks by their index.
_STREAMS: Final = ("google-dai", "mediatailor", "uplynk")
"""Integrations whose ads are a part of the stream."""
_CLIENT: Final = ("csai", "theo", "google-ima", "spotx", "freewheel", "theoads")
"""Integrations whose ads are no part of the stream."""
_GROWS: Final = frozenset({"adbreakchange", "updateadbreak", "uplynk:updateadbreak"})


class TheoplayerAdapter(NativePlayer):
    """The adapter of THEOplayer; see the module (S9, S31, S62, S71, S76)."""

    name: ClassVar[str] = "theoplayer"
    of_ad: ClassVar = {"theoplayer": {"adbuffering": "waiting"}}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "theoplayer": {
            "an `error` follows when playback cannot go on": """contentprotectionerror manifesterror
                segmenterror segmentnotfound distributionoffline""",
            "key negotiation": "contentprotectionsuccess encrypted",
            "another server of the same content": """contentsteeringerror
                contentsteeringlocationchange contentsteeringstart contentsteeringstop
                contentsteeringupdate""",
            "which file of the source was chosen; `sourcechange` counts": "currentsourcechange",
            "the player's appearance": "dimensionchange related:hide related:show",
            "readiness is no playback": "loadeddata",
            "`sourcechange` tells of it": "loadstart",
            "what is loaded, not what is seen": "manifestupdate",
            "data arrived; nothing moved": "progress adloaded",
            "`waiting` and `playing` tell of what it does": "readystatechange",
            "the picture's size alone does not tell its quality (E3)": "resize",
            "`adbegin` tells of the ad": "adimpression",
            "what is planned; each break tells of its own start": """admetadata removeadbreak
                addinterstitial interstitialupdate uplynk:addadbreak uplynk:removead
                uplynk:removeadbreak""",
            "the mode stays what it was": "presentation:error",
            "the player goes on telling what plays, whichever device shows it": """castingchange
                airplay:statechange chromecast:error chromecast:statechange""",
            "no ads will come; each break tells of its own start": "fallback",
            "`adbreakbegin` tells of it, when it is a break": "interstitialbegin",
            "`adbreakend` tells of it, when it is a break": "interstitialend",
            "`aderror` tells of an ad that fails": "interstitialerror",
            "how a live stream is delivered, not whether it plays": """distributionloaded
                distributionloadstart endpointloaded enterbadnetworkmode exitbadnetworkmode golive
                intenttofallback millicast:stats""",
            "the player's own way back to the live edge (S70)": "latencyrecoveryseek",
            "the sound's, not the picture's": """audioTrack:activequalitychanged audioTrack:change
                audioTrack:targetqualitychanged audioTracks:change""",
            "what could be chosen, not what is": """audioTrack:qualityavailable
                audioTrack:qualityunavailable audioTrack:update audioTracks:addtrack
                audioTracks:removetrack quality:update textTracks:addtrack textTracks:removetrack
                videoTrack:qualityavailable videoTrack:qualityunavailable videoTrack:update
                videoTracks:addtrack videoTracks:removetrack""",
            "subtitles and timed metadata": """textTrack:addcue textTrack:change textTrack:cuechange
                textTrack:entercue textTrack:error textTrack:exitcue textTrack:readystatechange
                textTrack:removecue textTrack:typechange textTrack:update textTrack:updatecue
                textTrackCue:enter textTrackCue:exit textTrackCue:update textTracks:change
                textTrackStyle:change""",
            "`activequalitychanged` tells what shows": "videoTrack:change videoTracks:change",
            "chosen; `activequalitychanged` tells what shows": "videoTrack:targetqualitychanged",
            "`adend` tells of it": "uplynk:adcomplete",
            "parts of one content": "uplynk:addasset uplynk:removeasset",
            "what the service answered": """uplynk:assetinforesponse uplynk:pingerror
                uplynk:pingresponse uplynk:preplayresponse""",
            "what is kept for later, not what is seen": """cache:statechange cacheTask:progress
                cacheTask:statechange cacheTasks:addtask cacheTasks:removetask""",
            "a part of the content was chosen": "clip:change",
            "the arrangement of several players on the page": """multiView:addview
                multiView:layoutchange multiView:removeview multiView:viewchange
                multiView:viewpositionchange""",
            "the buffer may outlast it; `waiting` says when not": "network:offline",
            "`playing` says when playback goes on": "network:online",
            "what could be played next": "related:relatedchange",
            "the direction of view in a spherical video": """vr:directionchange vr:error
                vr:statechange vr:stereochange""",
        }
    }
    clock: ClassVar[frozenset[str]] = frozenset({"play", "playing", "seeked", "timeupdate"})
    lengths: ClassVar[Mapping[str, str]] = {
        "durationchange": "duration",
        "loadedmetadata": "duration",
    }
    changes: ClassVar[frozenset[str]] = frozenset({"emptied", "sourcechange"})
    decisive: ClassVar[frozenset[str]] = frozenset({"destroy", "emptied", "ended", "error", "play"})
    other_names: ClassVar[Mapping[str, str]] = {
        "activequalitychanged": "videoTrack:activequalitychanged"
    }

    @_on("sourcechange", "load progress ad_break_end")
    def _on_source(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "source")
        source = _name_of(callback.detail.get("source"))
        if source is None:
            return []  # it was taken away: `emptied` says where it stood
        again = self._is_known(source)
        self._ranges.clear()
        content = said_content(title=part_of(told, "metadata").get("title"))
        if self._media.begun:
            return self._loads(callback, again=again, content=content)
        sources = told.get("sources")
        listed = sources if isinstance(sources, list) else [sources]
        out = [s for each in parts_of(listed) for s in self._claim(callback, part_of(each, "ssai"))]
        return [*out, *self._item.learn(callback.at, content)]

    @_on("emptied", "progress", "the last position of what goes", in_break="")
    def _on_emptied(self, callback: Callback) -> list[Signal]:
        if not self._media.shown:
            return []
        out = self._content(callback, "emptied")
        self._media.come_back(callback.at)  # what comes next says whether it is the same again
        return out

    @_on("durationchange loadedmetadata", "load update")
    def _on_length(self, _callback: Callback) -> list[Signal]:
        return []  # it was read already, as in every snapshot

    @_on("play", PLAYS, in_break="play")
    @_on("playing", PLAYS, in_break="playing")
    @_on("waiting", f"{WAITS} load update", in_break="waiting")
    @_on(
        "canplay canplaythrough",
        "buffer_start buffer_end load update",
        "data came back after a silent stall",
        in_break="",
    )
    def _on_media(self, callback: Callback) -> list[Signal]:
        return self._says(callback, callback.event)

    @_on("timeupdate", MOVES)
    def _on_time(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            self._view.know(playheadDate=callback.detail.get("currentProgramDateTime"))
        return self._ticks(callback)

    @_on("pause", "pause content_end interrupt", in_break="pause")
    def _on_pause(self, callback: Callback) -> list[Signal]:
        return self._pauses(self._pause(callback))

    @_on("seeked seeking", SEEKS, in_break="the player's own way to its ads and back (S70)")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        seeking = None if callback.event == "seeked" else True
        return self._says(callback, callback.event, seeking=seeking)

    @_on("ended", "content_end", in_break="an ad's")
    def _on_ended(self, callback: Callback) -> list[Signal]:
        return self._ends(callback)

    @_on("volumechange", "update")
    def _on_volume(self, callback: Callback) -> list[Signal]:
        return self._sounds(callback, callback.detail.get("volume"), callback.detail.get("muted"))

    @_on("ratechange", "update")
    def _on_rate(self, callback: Callback) -> list[Signal]:
        return self._plays_at(callback, callback.detail.get("playbackRate"))

    @_on("presentationmodechange", "update")
    def _on_mode(self, callback: Callback) -> list[Signal]:
        return self._fills(callback, callback.detail.get("presentationMode"))

    @_on("representationchange videoTrack:activequalitychanged", "quality", in_break="")
    def _on_quality(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "quality") or part_of(callback.detail, "representation")
        return [] if positive(told.get("height")) is None else self._renders(told, "bandwidth")

    @_on("error", "error interrupt progress ad_error ad_break_end")
    def _on_error(self, callback: Callback) -> list[Signal]:
        error = part_of(callback.detail, "errorObject")
        code, category = whole(error.get("code")), whole(error.get("category"))
        if category is None and code is not None:
            category = code // 1000
        if category in _HARMLESS:
            return self.ignore(
                callback, "of subtitles, ads, full screen or the like: no playback's"
            )
        told = error.get("message"), callback.detail.get("error")
        reason = reason_of("THEOplayer error", code, *told)
        return self._fails(callback, "network loss" if category == _NETWORK else reason)

    @_on("destroy", "exit")
    def _on_destroy(self, callback: Callback) -> list[Signal]:
        return self._leave(callback)

    @_on("addad addadbreak adsmanagerloaded", "load", "there are ads: a pause may be theirs (S31)")
    @_on("adbreakchange updateadbreak uplynk:updateadbreak", "load", "the size of the open break")
    @_on("updatead", "load", "the open ad's length")
    def _on_plan(self, callback: Callback) -> list[Signal]:
        told, ad = part_of(callback.detail, "adBreak"), part_of(callback.detail, "ad")
        ads = ids_of(told.get("ads"))
        if callback.event == "updatead":
            self._breaks.learn(positive(ad.get("duration")))
        elif callback.event in _GROWS and len(ads) > len(self._ads):
            self._ads = ads
        return self._claim(callback, told) + self._claim(callback, ad)

    def _claim(self, callback: Callback, told: Mapping[str, Any]) -> list[Signal]:
        """Ads of a server lie in the stream: its positions are told without them (S78)."""
        return self._ranges.taken_out(callback.at) if told.get("integration") in _STREAMS else []

    @_on("adbreakbegin uplynk:adbreakbegin", BREAK)
    def _on_break(self, callback: Callback) -> list[Signal]:
        return self._begin(callback, part_of(callback.detail, "adBreak"))

    def _begin(self, callback: Callback, told: Mapping[str, Any]) -> list[Signal]:
        ads, integration = ids_of(told.get("ads")), told.get("integration")
        self._ads = self._ads if self._breaks.in_break else ads
        in_stream = None if integration not in _CLIENT + _STREAMS else integration in _STREAMS
        pod, implied = self._pod_of(told, len(ads) or None), callback.event.endswith("adbegin")
        return self._begin_break(callback, pod, in_stream=in_stream, implied=implied)

    def _pod_of(self, told: Mapping[str, Any], size: int | None) -> Pod:
        name, indexed = name_of(told.get("id")), told.get("integration") in _INDEXED
        offset, length = finite(told.get("timeOffset")), self._media.duration
        pod_id = None if indexed else name
        last = (indexed and name == "-1") or offset == -1
        if last or (offset and length and offset >= length):
            return Pod(pod_id, "post", None, size)
        if offset is None or offset <= 0:
            return Pod(pod_id, None, None, size)  # 0 is said of ads in no break, too
        return Pod(pod_id, "mid", self._ranges.to_content(offset), size)

    @_on("adbegin uplynk:adbegin", f"{AD} playing")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        ad = part_of(callback.detail, "ad")
        if ad.get("type") == "nonlinear":
            return self._breaks.overlay(callback)
        out = [] if self._breaks.in_break else self._begin(callback, part_of(ad, "adBreak"))
        asset = name_of(ad.get("id"))
        known = Announced(asset, self._place(asset), positive(ad.get("duration")))
        return out + self._begin_ad(callback, known)

    @_on("adend uplynk:adend", "ad_end")
    def _on_ad_end(self, callback: Callback) -> list[Signal]:
        return self._end_ad(callback, name_of(part_of(callback.detail, "ad").get("id")))

    @_on("adskip", "ad_skip")
    def _on_skip(self, callback: Callback) -> list[Signal]:
        ad, played = self._breaks.ad.announced, finite(callback.detail.get("playedPercentage"))
        length = None if ad is None else ad.duration
        known = played is not None and length is not None and 0 <= played <= 1
        place = (played or 0.0) * (length or 0.0) if known else None
        name = name_of(part_of(callback.detail, "ad").get("id"))
        return self._breaks.finish(callback, name, place, skipped=True)

    @_on("uplynk:adbreakskip", "ad_skip ad_break_end")
    def _on_break_skip(self, callback: Callback) -> list[Signal]:
        out = self._breaks.finish(callback, skipped=True) if self._breaks.ad.started else []
        return out + self._on_break_end(callback)

    @_on(
        (
            "adfirstquartile admidpoint adthirdquartile uplynk:adfirstquartile uplynk:admidpoint "
            "uplynk:adthirdquartile"
        ),
        QUARTILE,
        "of an ad whose clock is not heard",
    )
    def _on_quartile(self, callback: Callback) -> list[Signal]:
        name, ad = callback.event.rpartition(":")[2], part_of(callback.detail, "ad")
        asset = name_of(ad.get("id"))
        told = Announced(asset, self._place(asset), positive(ad.get("duration")))
        return self._quartile(callback, QUARTILES[name.removeprefix("ad")], told)

    @_on("aderror", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        asset = name_of(part_of(callback.detail, "ad").get("id"))
        return self._breaks.fail(callback, ad_failure(callback.detail), asset)

    @_on("adbreakend uplynk:adbreakend", "ad_break_end")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        return self._end_break(callback)


def _name_of(source: object) -> str | None:
    """Something to tell a source from another by."""
    if not source:
        return None
    try:
        return json.dumps(source, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return repr(type(source))
