"""Roku: the SceneGraph Video node and the Roku Advertising Framework (RAF).

Channels: ``roku``, whose events are the fields of the Video node as an app observes them
(``state``, ``position``, ``contentIndex``...), and ``raf``, whose events are the types that RAF
gives its tracking callback.

* ``roku``: ``detail`` is ``{"value": the field's new value}``; without it ``state`` is asked, the
  snapshot of the node's fields: ``{"state": "playing", "position": 12.5, "duration": 1320,
  "errorCode": -5, "errorMsg": "..."}``. Positions and lengths are seconds, bit rates bits a second.
* ``raf``: ``detail`` is RAF's ``ctx``: ``{"adIndex": 1, "ad": {"adid": ..., "duration": 15},
  "rendersequence": "preroll", "rendertime": 0, "time": 3.2, "duration": 30, "errMsg": ...}``;
  ``adIndex`` counts from 1. The call without a type, which only tells ``time``, is ``Progress``.
* Both come from BrightScript, which does not mind the case of keys: neither does this adapter.

An app stops its node for RAF's ads and plays it again afterwards, so ``stopped`` is the viewer's
leaving only where no ads are known; where they are, it is an interruption that the next break, or
content that plays on, undoes.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Final

from video_tracker.payload import finite, list_of, positive, text_of, whole
from video_tracker.players.ad_breaks import QUARTILES, Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.reasons import reason_of
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.seek_watch import ran
from video_tracker.players.state_player import StatePlayer
from video_tracker.signals import Signal

__all__ = ["RokuAdapter"]

_on: Final = partial(on, "roku")
_NEAR_END: Final = 2.0  # Seconds from its end at which an item that gave way had ended.
_LATE: Final = 2.0  # Seconds of playing on that tell of no seek: the word that it plays came late.
_PLACEMENTS: Final = {"preroll": "pre", "midroll": "mid", "postroll": "post"}
_IN_AD: Final = {"paused": "pause", "playing": "playing", "buffering": "waiting"}
"""What a state is of an ad that the node plays itself."""
_WISHES: Final = frozenset({"play", "resume", "replay"})
_ERRORS: Final = {
    0: "network loss",
    -1: "network loss",
    -2: "network loss",
    -4: "nothing to play",
    -5: "decode error",
    -6: "DRM error",
}
_PICTURES: Final = frozenset({0, 2})  # Segments with a picture: muxed ones and video.
_BEGINS: Final = "play seek_end ad_break_start"
_CLOCK: Final = f"progress buffer_end content_end ad_start ad_progress {_BEGINS}"


def _of(mapping: object, name: str) -> Any:
    """A value by its key, whatever the case of either."""
    if not isinstance(mapping, Mapping):
        return None
    if name in mapping:
        return mapping[name]
    wanted = name.lower()
    found = (mapping[key] for key in mapping if isinstance(key, str) and key.lower() == wanted)
    return next(found, None)


def _ad_of(callback: Callback) -> Announced:
    """The ad that RAF's callback is of."""
    told, ad = callback.detail, _of(callback.detail, "ad")
    name = text_of(_of(ad, "adid")) or text_of(_of(ad, "creativeid"))
    length = positive(_of(ad, "duration"))
    if length is None and name is not None:
        length = positive(_of(told, "duration"))
    return Announced(name, whole(positive(_of(told, "adIndex"))), length)


class RokuAdapter(StatePlayer):
    """The Video node with RAF; see the module (S24, S31, S71)."""

    name: ClassVar[str] = "roku"
    settings: ClassVar[Mapping[str, Any]] = {"min_buffer": 0.25, "scrub_window": 0.5}
    snapshot: ClassVar[str] = ""
    of_ad: ClassVar = {"raf": {"Pause": "pause", "Resume": "play"}}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "roku": {
            "an option of the node, not what it does": """MaxVideoDecodeResolution
                asyncStopSemantics autoplayAfterSeek cgms contentIsPlaylist disableScreenSaver
                enableDecoderStats enableLiveAvailabilityWindow enableScreenSaverWhilePlaying
                enableThumbnailTilesDuringLive enableTrickPlay enableUI loop nextContentIndex
                notificationInterval seamlessAudioTrackSelection seekMode
                timedMetaDataSelectionKeys""",
            "the choice of audio or text": """audioFormat audioSelectionPreferences audioTrack
                availableAudioTracks availableSubtitleTracks captionStyle currentAudioTrack
                currentSubtitleTrack globalCaptionMode subtitleSelectionPreferences subtitleTrack
                supplementaryAudioVolume suppressCaptions""",
            "the node's appearance": """bifDisplay bufferingBar bufferingTextColor height pivotNode
                playbackActionButtonFocusIndicatorBlendColor playbackActionButtonFocused
                playbackActionButtonFocusedTextColor playbackActionButtonFocusedTextFont
                playbackActionButtonUnfocusedTextColor playbackActionButtonUnfocusedTextFont
                playbackActionButtons retrievingBar retrievingTextColor thumbnailTiles
                trickPlayBackgroundOverlay trickPlayBar width""",
            "the buffer's own business; `state` says what moves": "bufferingStatus",
            "counts the clips of the device": "clipId",
            "`state` and `contentIndex` say what was left": "completedStreamInfo",
            "downloaded, not shown yet (E3); `streamingSegment` shows": "downloadedSegment",
            "`state` says when it stops; the field is read there": """errorCode errorInfo errorMsg
                errorStr""",
            "key negotiation": "licenseStatus",
            "how much of a live stream is kept for the viewer": """pauseBufferEnd
                pauseBufferEpochOffset pauseBufferOverflow pauseBufferPosition pauseBufferStart""",
            "startup is timed by the session itself (S25)": "playStartInfo timeToStartStreaming",
            "what the button does tells of itself": "playbackActionButtonSelected",
            "`position` says it": "positionInfo",
            "timed metadata; ads have RAF's events": "timedMetaData timedMetaData2",
            "the codec; `streamingSegment` tells the quality": "videoFormat",
            "the app is back; `state` says whether it plays": "customResume",
        },
        "raf": {
            "the viewer's doing around the ad, not its playback": """AcceptInvitation Collapse
                Expand""",
            "ads always fill the screen": "Fullscreen",
            "the ad's own sound": "Mute Unmute",
            "nothing will be shown; the content goes on": "NoAdsError",
            "ads are not sought in": "Rewind",
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self._state: str | None = None
        self._before: str | None = None
        self._prebuffers = False
        self._index: float | None = None
        self._url: str | None = None  # Of the content.
        self._has_ads = False

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "raf" and _of(callback.detail, "companion") is True:
            return self.ignore(callback, "of a companion, not of the ad")
        return super()._by_channel(callback)

    def _look(self, callback: Callback) -> list[Signal]:
        """The node's other fields, beside the one that changed."""
        out = [*self._mute(callback, _of(callback.state, "mute")), *super()._look(callback)]
        if self._breaks.in_break:
            return out
        finished = callback.event == "state" and self._value(callback) == "finished"
        if callback.event != "contentIndex" and not finished:  # that takes nothing over
            out += self._to_index(callback, finite(_of(callback.state, "contentIndex")))
        return [*out, *self._to_content(callback, _of(callback.state, "content"))]

    def _told_length(self, callback: Callback) -> object:
        return None if self._media.live.live else _of(callback.state, "duration")

    def _release(self) -> list[Signal]:
        """A `stopped` that no ads followed."""
        held = self._doubt.take()
        if held is None:
            return []
        if self._has_ads:
            return self._media.interrupt(held.at, "stopped")
        return self._media.exit(held)

    @staticmethod
    def _value(callback: Callback) -> Any:
        told = _of(callback.detail, "value")
        told = _of(callback.detail, "data") if told is None else told
        return _of(callback.state, callback.event) if told is None else told

    def _time(self, callback: Callback) -> float | None:
        told = [finite(_of(callback.state, name)) for name in ("position", "currentTime")]
        if callback.event == "position":
            told.insert(0, finite(self._value(callback)))
        time = next((max(position, 0.0) for position in told if position is not None), None)
        if time is not None and not self._breaks.in_break:
            self._shows = time
        return time

    @_on(
        "state",
        "play playing pause seek_start seek_end buffer_start buffer_end content_end error "
        "interrupt exit load update quality ad_end ad_break_end",
    )
    def _on_state(self, callback: Callback) -> list[Signal]:
        state, answers = self._value(callback), self._ANSWERS
        if not isinstance(state, str) or state not in answers:
            return self.ignore(callback, "no state that the node documents")
        if self._state == state:
            return self.ignore(callback, "the same state once more")
        self._before, self._state = self._state, state
        if self._breaks.in_break and self._in_stream:
            return self._in_stitched(callback, state)
        if state != "stopped":
            self._doubt.take()  # it goes on: a change of source, not the end
        return answers[state](self, callback)

    def _on_buffering(self, callback: Callback) -> list[Signal]:
        media = self._media
        if self._breaks.in_break:
            return []
        if not media.begun and not media.ended:
            return [] if self._prebuffers else self._says(callback, "play")
        return self._waits(callback)

    def _on_playing(self, callback: Callback) -> list[Signal]:
        position = self._position(callback)
        self._prebuffers = False
        out = self._breaks.end(callback.at)
        if self._before in ("paused", "buffering") and not self._plays_on(callback.at, position):
            # Trick play does not say that it seeks: it pauses or buffers and plays elsewhere.
            out += self._content(callback, "seeked", currentTime=position)
        return out + self._runs(callback, position)

    def _plays_on(self, at: float, position: float | None) -> bool:
        """Whether it has played on for a moment, of which the word comes late (S70, S79)."""
        media, stood = self._media, self._media.position
        if position is None or stood is None:
            return not media.seeking
        moved = ran(media.known_at, stood, at, position, media.rate)
        return moved is not None and moved <= _LATE

    def _on_paused(self, callback: Callback) -> list[Signal]:
        return [] if self._breaks.in_break else self._rests(callback)

    def _on_stopped(self, callback: Callback) -> list[Signal]:
        media = self._media
        if self._breaks.in_break or media.ended or not media.begun:
            return []
        place = self._reached(callback)
        self._doubt.held = self._view.event(callback, "pause", currentTime=place)
        media.stand(self._doubt.held)
        return []

    def _on_finished(self, callback: Callback) -> list[Signal]:
        return [] if self._breaks.in_break else self._ends(callback)

    def _on_error(self, callback: Callback) -> list[Signal]:
        code = finite(_of(callback.state, "errorCode"))
        said = (_of(callback.state, name) for name in ("errorMsg", "errorStr"))
        known = None if code is None else _ERRORS.get(int(code))
        return self._fails(callback, reason_of("Roku error", None, known, *said))

    @_on("position", "play playing progress buffer_end seek_end load update quality ad_break_end")
    def _on_position(self, callback: Callback) -> list[Signal]:
        told = finite(self._value(callback))
        if told is None or told < 0:
            return []
        position = self._position(callback) or 0.0
        if self._breaks.in_break:
            # The content's node stands, unless its stream holds the ads.
            return self._ticks(callback) if self._in_stream else self._moves(callback, position)
        state = text_of(_of(callback.state, "state")) or self._state
        if state in ("stopped", "finished", "none", "error") or self._doubt.held is not None:
            return []
        plays = None if state is None else state == "playing"
        out = self._clock_tells(callback, position, plays=plays)
        if self._media.moving:
            self._state = "playing"
        return out

    @_on("duration", "load")
    def _on_duration(self, callback: Callback) -> list[Signal]:
        return self._length(callback, self._value(callback))

    @_on("control", "play", "what the app asks for: `play`, `resume` and `replay` are a wish")
    def _on_control(self, callback: Callback) -> list[Signal]:
        control = text_of(self._value(callback))
        self._prebuffers = control == "prebuffer"
        if control not in _WISHES or self._breaks.in_break:
            return []
        if control != "resume":
            self._doubt.take()
        return self._says(callback, "play")

    @_on("seek", "seek_start", in_break="")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        target = finite(self._value(callback))
        if target is None or target < 0:
            return []
        return self._seeks(callback, self._ranges.to_content(target))

    @_on("content", "progress content_end load exit", "the next item (S24); none: an exit")
    def _on_content(self, callback: Callback) -> list[Signal]:
        told = self._value(callback)
        if "value" in callback.detail and told is None:
            return self._on_closed(callback)
        return self._to_content(callback, told, heard=True)

    def _to_content(self, callback: Callback, node: object, *, heard: bool = False) -> list[Signal]:
        """Which file the node has, or is heard to have now: another is the next item (S83)."""
        out: list[Signal] = []
        url, before = text_of(_of(node, "url")), self._url
        self._url = url or before
        known = before is not None or (heard and not self._has_ads)  # else it may be set anew
        if known and self._media.played and url not in (None, before):
            self._doubt.take()  # a change of source, not the end
            self._index = None  # the list that it counted is gone
            out = self._to_next(callback)
        return out + (self._media.is_live(callback.at) if _of(node, "live") is True else [])

    @_on("contentIndex", "progress content_end load", "the next playlist item (S24)")
    def _on_index(self, callback: Callback) -> list[Signal]:
        return self._to_index(callback, finite(self._value(callback)), heard=True)

    def _to_index(
        self, callback: Callback, index: float | None, *, heard: bool = False
    ) -> list[Signal]:
        """Which item of the playlist plays, or is heard to play now: another is the next (S24)."""
        if index is None or index < 0:
            return []
        before, self._index = self._index, index
        if before is None and self._media.shown and heard and index > 0:
            before = index - 1  # the list was joined in the item before (S83)
        if before in (None, index):
            return []
        near = self._media.clock.at_end(self._media.where(callback.at), within=_NEAR_END)
        out = self._media.finish(callback.at, self._media.duration) if near else []
        return out + self._to_next(callback)

    def _to_next(self, callback: Callback) -> list[Signal]:
        """The next item plays from here on (S24)."""
        where, position = self._media.where(callback.at), self._position(callback)
        self._renditions.forget()
        self._ranges.clear()
        out = self._media.next_item(callback.at)  # ads that play may be the next item's
        if position is not None and (where is None or position < where):
            self._stands(callback, position)
        return out

    @_on("contentBlocked", "error interrupt", "an HDMI or parental block")
    def _on_blocked(self, callback: Callback) -> list[Signal]:
        if self._value(callback) is not True:
            return []
        return self._media.fail(self._view.event(callback, "error"), "content blocked")

    @_on("mute", "update", "the node knows no volume")
    def _on_mute(self, callback: Callback) -> list[Signal]:
        return self._mute(callback, self._value(callback))

    def _mute(self, callback: Callback, muted: object) -> list[Signal]:
        return self._sounds(callback, 1.0, muted) if isinstance(muted, bool) else []

    @_on("streamInfo", "quality", "the stream's bit rate", in_break="")
    @_on("streamingSegment", "quality", "the segment that shows", in_break="")
    def _on_stream(self, callback: Callback) -> list[Signal]:
        told = self._value(callback)
        kind, bitrate, height = None, positive(_of(told, "streamBitrate")), None
        if callback.event == "streamingSegment":
            kind, bitrate = finite(_of(told, "segType")), positive(_of(told, "segBitrateBps"))
            height = positive(_of(told, "height"))
        if kind is not None and kind not in _PICTURES:
            return self.ignore(callback, "a segment without a picture")
        self._renditions.learn(Rendition(bitrate, None, height))
        return []

    @_on("decoderStats", "", "dropped frames, for the next quality")
    def _on_decoder(self, callback: Callback) -> list[Signal]:
        dropped = finite(_of(self._value(callback), "frameDropCount"))
        if dropped is not None and dropped >= 0:
            self._renditions.dropped = dropped
        return []

    @_on("customSuspend", "interrupt", "Instant Resume puts the app to sleep")
    def _on_suspend(self, callback: Callback) -> list[Signal]:
        self._doubt.take()
        return self._media.interrupt(callback.at, "background")

    @_on("isScreenClosed", "exit")
    def _on_closed(self, callback: Callback) -> list[Signal]:
        self._doubt.take()
        return self._leave(callback)

    _ANSWERS: ClassVar[Mapping[str, Callable[["RokuAdapter", Callback], list[Signal]]]] = {
        "buffering": _on_buffering,
        "error": _on_error,
        "finished": _on_finished,
        "none": lambda *_: [],
        "paused": _on_paused,
        "playing": _on_playing,
        "stopped": _on_stopped,
    }

    def _in_stitched(self, callback: Callback, state: str) -> list[Signal]:
        """The node plays the ads itself."""
        ads, at = self._breaks, callback.at
        event = _IN_AD.get(state)
        if event is not None:
            return ads.media(callback, event) if ads.ad.started else []
        if state not in ("stopped", "finished"):
            return []
        return [*ads.end(at), *(self._media.over(at) if state == "stopped" else [])]

    @on("raf", "PodStart", f"content_end ad_end ad_break_end {_BEGINS}")
    def _on_pod_start(self, callback: Callback) -> list[Signal]:
        self._breaks.gone = False
        return self._begin(callback)

    def _begin(self, callback: Callback, *, implied: bool = False) -> list[Signal]:
        self._has_ads = True
        pod = _of(callback.detail, "adPod")
        words = [text_of(_of(told, "rendersequence")) for told in (callback.detail, pod)]
        offsets = [finite(_of(told, "rendertime")) for told in (callback.detail, pod)]
        placement = _PLACEMENTS.get((words[0] or words[1] or "").lower())
        offset = offsets[1] if offsets[0] is None else offsets[0]
        offset = self._ranges.to_content(positive(offset) or 0.0)
        size = len(list_of(_of(pod, "ads"))) or None
        pod = Pod(None, placement, positive(offset) if placement == "mid" else None, size)
        in_stream = self._media.moving and self._state == "playing"
        return self._begin_break(callback, pod, in_stream=in_stream, implied=implied)

    @on("raf", "CreativeView Impression", f"progress content_end ad_end {_BEGINS}", "which ad")
    def _on_announced(self, callback: Callback) -> list[Signal]:
        """Which ad it is: RAF says `Impression` and `CreativeView` before `Start`."""
        ads, due = self._breaks, _ad_of(callback)
        out = [] if ads.in_break else self._begin(callback, implied=True)
        if not ads.in_break or ads.is_due(due):
            return out
        self._clock.begin_ad(callback.at, due.duration)
        return out + ads.announce(due, ads.ad.watch.free_since)

    @on("raf", "Start", f"content_end ad_end ad_start {_BEGINS}")
    def _on_start(self, callback: Callback) -> list[Signal]:
        out = self._on_announced(callback)
        started = self._breaks.ad.started
        return out if started else [*out, *self._breaks.media(callback, "playing", 0.0)]

    @on("raf", "FirstQuartile Midpoint ThirdQuartile", _CLOCK, "the ad's clock, if unheard (S45)")
    @on("raf", "Progress", _CLOCK, "no type, only `time`")
    def _on_clock(self, callback: Callback) -> list[Signal]:
        due = self._breaks.ad.announced
        ad, time = due if due is not None else _ad_of(callback), self._ad_time(callback)
        part = QUARTILES.get(callback.event.lower())
        if time is None and part is not None and ad.duration is not None:
            time = ad.duration * part
        if time is None or (due is None and not self._breaks.misses(ad, time)):
            return []
        out = self._on_announced(callback) if due is None else []
        return out + self._breaks.moves(callback, time)

    def _ad_time(self, callback: Callback) -> float | None:
        time = finite(_of(callback.detail, "time"))
        return time if time is not None and time >= 0 else None

    @on("raf", "Complete", "ad_end")
    @on("raf", "Skip", "ad_skip")
    def _on_ad_over(self, callback: Callback) -> list[Signal]:
        skipped = callback.event == "Skip"
        return self._breaks.finish(callback, None, self._ad_time(callback), skipped=skipped)

    @on("raf", "Close", "ad_progress exit", "the viewer leaves, and with him the ad (S26)")
    def _on_close(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            return []
        position = self._ad_time(callback)
        seen = [] if position is None else self._breaks.moves(callback, position)
        return [*seen, *self._breaks.leave_page(callback)]

    @on("raf", "Error", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        told = callback.detail
        code = _of(told, "errCode")
        reason = text_of(_of(told, "errMsg")) or (f"RAF error {code}" if code else "ad error")
        return self._breaks.fail(callback, reason[:200], text_of(_of(_of(told, "ad"), "adid")))

    @on("raf", "PodComplete", "ad_end ad_break_end playing exit")
    def _on_pod_complete(self, callback: Callback) -> list[Signal]:
        goes_on = self._breaks.in_break and self._in_stream and self._state == "playing"
        out = self._end_break(callback)
        goes_on = goes_on and self._media.wanted
        return out + (self._runs(callback, self._position(callback)) if goes_on else [])
