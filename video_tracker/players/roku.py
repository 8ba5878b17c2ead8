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

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from video_tracker.players.ad_breaks import AdBreaks, Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Adapter, Callback, finite, on, positive, text_of
from video_tracker.players.content_states import ContentStates
from video_tracker.players.doubt import HOLD
from video_tracker.signals import Signal

__all__ = ["RokuAdapter"]

_NEAR_END: Final = 2.0
"""Seconds from its end within which an item that gave way to the next one has ended."""
_PLACEMENTS: Final = {"preroll": "pre", "midroll": "mid", "postroll": "post"}
_IN_AD: Final = {"paused": "pause", "playing": "playing", "buffering": "waiting"}
"""What a state is of an ad that the node plays itself."""
_WISHES: Final = frozenset({"play", "resume", "replay"})
_QUARTILES: Final = {"FirstQuartile": 0.25, "Midpoint": 0.5, "ThirdQuartile": 0.75}
_ERRORS: Final = {
    0: "network loss",
    -1: "network loss",
    -2: "network loss",
    -4: "nothing to play",
    -5: "decode error",
    -6: "DRM error",
}
_PICTURES: Final = frozenset({0, 2})
"""Segments with a picture: muxed ones and video."""
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


class RokuAdapter(Adapter):
    """The Video node with RAF; see the module (S24, S31, S71)."""

    name: ClassVar[str] = "roku"
    settings: ClassVar[Mapping[str, object]] = {"min_buffer": 0.25, "scrub_window": 0.5}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "roku": {
            "an option of the node, not what it does": """
                MaxVideoDecodeResolution asyncStopSemantics autoplayAfterSeek cgms contentIsPlaylist
                disableScreenSaver enableDecoderStats enableLiveAvailabilityWindow
                enableScreenSaverWhilePlaying enableThumbnailTilesDuringLive enableTrickPlay
                enableUI loop nextContentIndex notificationInterval seamlessAudioTrackSelection
                seekMode timedMetaDataSelectionKeys""",
            "the choice of audio or text": """
                audioFormat audioSelectionPreferences audioTrack availableAudioTracks
                availableSubtitleTracks captionStyle currentAudioTrack currentSubtitleTrack
                globalCaptionMode subtitleSelectionPreferences subtitleTrack
                supplementaryAudioVolume suppressCaptions""",
            "the node's appearance": """
                bifDisplay bufferingBar bufferingTextColor height pivotNode
                playbackActionButtonFocusIndicatorBlendColor playbackActionButtonFocused
                playbackActionButtonFocusedTextColor playbackActionButtonFocusedTextFont
                playbackActionButtonUnfocusedTextColor playbackActionButtonUnfocusedTextFont
                playbackActionButtons retrievingBar retrievingTextColor thumbnailTiles
                trickPlayBackgroundOverlay trickPlayBar width""",
            "the buffer's own business; `state` says what moves": "bufferingStatus",
            "counts the clips of the device": "clipId",
            "`state` and `contentIndex` say what was left": "completedStreamInfo",
            "downloaded, not shown yet (E3); `streamingSegment` shows": "downloadedSegment",
            "`state` says when it stops; the field is read there": """
                errorCode errorInfo errorMsg errorStr""",
            "key negotiation": "licenseStatus",
            "how much of a live stream is kept for the viewer": """
                pauseBufferEnd pauseBufferEpochOffset pauseBufferOverflow pauseBufferPosition
                pauseBufferStart""",
            "startup is timed by the session itself (S25)": "playStartInfo timeToStartStreaming",
            "what the button does tells of itself": "playbackActionButtonSelected",
            "`position` says it": "positionInfo",
            "timed metadata; ads have RAF's events": "timedMetaData timedMetaData2",
            "the codec; `streamingSegment` tells the quality": "videoFormat",
            "the app is back; `state` says whether it plays": "customResume",
        },
        "raf": {
            "the viewer's doing around the ad, not its playback": """
                AcceptInvitation Collapse Expand""",
            "ads always fill the screen": "Fullscreen",
            "the ad's own sound": "Mute Unmute",
            "nothing will be shown; the content goes on": "NoAdsError",
            "ads are not sought in": "Rewind",
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self._content = ContentStates()
        self._ads = AdBreaks(self._content, self.ignore, at_once=True)
        self._state: str | None = None
        self._before: str | None = None
        self._prebuffers = False
        self._index: float | None = None
        self._has_ads = False
        self._stopped_at: float | None = None
        self._stitched = False
        self._dropped: float | None = None
        self._stall_at = 0.0

    def _let_go(self, at: float) -> Iterable[Signal]:  # noqa: ARG002 - its own time is told
        """A `stopped` that no ads followed."""
        return self._release()

    def wake_at(self) -> float | None:
        """When a held `stopped` falls due."""
        return None if self._stopped_at is None else self._stopped_at + HOLD

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if callback.player == "raf":
            if _of(callback.detail, "companion") is True:
                self.ignore(callback, "of a companion, not of the ad")
                return []
            return self._by_row(callback)
        return [*self._snapshot(callback), *self._by_row(callback)]

    def _snapshot(self, callback: Callback) -> list[Signal]:
        """The node's other fields, beside the one that changed."""
        at, content = callback.at, self._content
        out = self._mute(at, _of(callback.state, "mute"))
        if self._ads.in_break:
            return out
        content.starts_at = positive(_of(callback.state, "position"))
        if callback.event != "contentIndex":
            out += self._to_index(callback, finite(_of(callback.state, "contentIndex")))
        if _of(_of(callback.state, "content"), "live") is True:
            return [*out, *content.live(at)]
        return [*out, *content.length(at, positive(_of(callback.state, "duration")))]

    def _release(self) -> list[Signal]:
        at, self._stopped_at = self._stopped_at, None
        if at is None:
            return []
        return self._content.interrupt(at, "stopped") if self._has_ads else self._content.exit(at)

    # -- the node ----------------------------------------------------------------------------------

    @staticmethod
    def _value(callback: Callback) -> Any:
        told = _of(callback.detail, "value")
        told = _of(callback.detail, "data") if told is None else told
        return _of(callback.state, callback.event) if told is None else told

    @staticmethod
    def _position(callback: Callback) -> float | None:
        told = (finite(_of(callback.state, name)) for name in ("position", "currentTime"))
        return next((max(position, 0.0) for position in told if position is not None), None)

    @on(
        "roku",
        "state",
        "play playing pause seek_start seek_end buffer_start buffer_end content_end error "
        "interrupt exit load update quality ad_end ad_break_end",
    )
    def _on_state(self, callback: Callback) -> list[Signal]:
        state = self._value(callback)
        answers = {
            "buffering": self._on_buffering,
            "error": self._on_error,
            "finished": self._on_finished,
            "none": lambda _: [],
            "paused": self._on_paused,
            "playing": self._on_playing,
            "stopped": self._on_stopped,
        }
        if not isinstance(state, str) or state not in answers:
            self.ignore(callback, "no state that the node documents")
            return []
        if self._state == state:
            self.ignore(callback, "the same state once more")
            return []
        self._before, self._state = self._state, state
        if self._ads.in_break and self._stitched:
            return self._in_stitched(callback, state)
        if state != "stopped":
            self._stopped_at = None  # it goes on: a change of source, not the end
        return answers[state](callback)

    def _on_buffering(self, callback: Callback) -> list[Signal]:
        content = self._content
        self._stall_at = callback.at
        if self._ads.in_break:
            return []
        if not content.begun and not content.ended:
            return [] if self._prebuffers else content.want(callback.at, self._position(callback))
        return content.stall(callback.at)

    def _on_playing(self, callback: Callback) -> list[Signal]:
        at, position = callback.at, self._position(callback)
        self._prebuffers = False
        out = [*self._ads.end(at), *self._found_seek(at, position)]
        return [*out, *self._content.moves(at, position)]

    def _found_seek(self, at: float, position: float | None) -> list[Signal]:
        """Trick play does not say that it seeks: it pauses or buffers and plays elsewhere."""
        content = self._content
        waited = self._before in ("paused", "buffering") and content.shown and not content.seeking
        if not waited or position is None or not content.jumped(self._stall_at, position):
            return []
        return [*content.resumed(at), *content.found(at, content.position, at, position)]

    def _on_paused(self, callback: Callback) -> list[Signal]:
        position = self._position(callback)
        out = self._content.sought(callback.at, position)
        if self._ads.in_break:
            return out
        return [*out, *self._content.pause(callback.at, position)]

    def _on_stopped(self, callback: Callback) -> list[Signal]:
        content = self._content
        if self._ads.in_break or content.ended or not content.begun:
            return []
        told, here = self._position(callback), content.where(callback.at)
        jumps = told is None or content.jumped(callback.at, told)
        content.put(callback.at, here if jumps else told)
        self._stopped_at = callback.at
        return []

    def _on_finished(self, callback: Callback) -> list[Signal]:
        if self._ads.in_break:
            return []
        return self._content.finish(callback.at, self._content.duration)

    def _on_error(self, callback: Callback) -> list[Signal]:
        code = finite(_of(callback.state, "errorCode"))
        said = text_of(_of(callback.state, "errorMsg")) or text_of(_of(callback.state, "errorStr"))
        known = None if code is None else _ERRORS.get(int(code))
        return self._content.break_down(callback.at, known or said or "playback error")

    @on("roku", "position", "play playing progress buffer_end seek_end load update quality")
    def _on_position(self, callback: Callback) -> list[Signal]:
        told = finite(self._value(callback))
        if told is None or told < 0:
            return []
        at, content = callback.at, self._content
        if self._ads.in_break:
            # The content's node stands, unless its stream holds the ads.
            return [] if self._stitched else self._ads.content_clock(callback, told)
        state = text_of(_of(callback.state, "state")) or self._state
        if state in ("stopped", "finished", "none", "error") or self._stopped_at is not None:
            return []
        out = content.ticks(at, told, plays=None if state is None else state == "playing")
        if content.running:
            self._state = "playing"
        return out

    @on("roku", "duration", "load")
    def _on_duration(self, callback: Callback) -> list[Signal]:
        return self._content.length(callback.at, positive(self._value(callback)))

    @on(
        "roku", "control", "play", "what the app asks for: `play`, `resume` and `replay` are a wish"
    )
    def _on_control(self, callback: Callback) -> list[Signal]:
        control = text_of(self._value(callback))
        self._prebuffers = control == "prebuffer"
        if control not in _WISHES or self._ads.in_break:
            return []
        if control != "resume":
            self._stopped_at = None
        return self._content.want(callback.at, self._position(callback))

    @on("roku", "seek", "seek_start")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        target = finite(self._value(callback))
        if self._ads.in_break or target is None or target < 0:
            return []
        return self._content.seek(callback.at, None, target)

    @on("roku", "content", "load exit", "whether it is live; none: the viewer left")
    def _on_content(self, callback: Callback) -> list[Signal]:
        told = self._value(callback)
        if "value" in callback.detail and told is None:
            return self._on_closed(callback)
        return self._content.live(callback.at) if _of(told, "live") is True else []

    @on("roku", "contentIndex", "progress content_end load", "the next playlist item (S24)")
    def _on_index(self, callback: Callback) -> list[Signal]:
        return self._to_index(callback, finite(self._value(callback)), heard=True)

    def _to_index(
        self, callback: Callback, index: float | None, *, heard: bool = False
    ) -> list[Signal]:
        """Which item of the playlist plays, or is heard to play now: another is the next (S24)."""
        if index is None or index < 0:
            return []
        content, at = self._content, callback.at
        before, self._index = self._index, index
        if before is None and content.shown and heard and index > 0:
            before = index - 1  # the list was joined in the item before (S83)
        if before in (None, index):
            return []
        where, length = content.where(at), content.duration
        near = where is not None and length is not None and where >= length - _NEAR_END
        out = content.finish(at, length) if near else []
        out += content.next_item(at)
        position = self._position(callback)
        if position is not None and (where is None or position < where):
            content.put(at, position)
        return out

    @on("roku", "contentBlocked", "error interrupt", "an HDMI or parental block")
    def _on_blocked(self, callback: Callback) -> list[Signal]:
        if self._value(callback) is not True:
            return []
        return self._content.fail(callback.at, "content blocked")

    @on("roku", "mute", "update", "the node knows no volume")
    def _on_mute(self, callback: Callback) -> list[Signal]:
        return self._mute(callback.at, self._value(callback))

    def _mute(self, at: float, muted: object) -> list[Signal]:
        sound = (0 if muted else 100) if isinstance(muted, bool) else None
        return self._content.update(at, sound=sound)

    @on("roku", "streamInfo", "quality", "the stream's bit rate")
    @on("roku", "streamingSegment", "quality", "the segment that shows")
    def _on_stream(self, callback: Callback) -> list[Signal]:
        told = self._value(callback)
        kind, bitrate, height = None, positive(_of(told, "streamBitrate")), None
        if callback.event == "streamingSegment":
            kind, bitrate = finite(_of(told, "segType")), positive(_of(told, "segBitrateBps"))
            height = positive(_of(told, "height"))
        if kind is not None and kind not in _PICTURES:
            self.ignore(callback, "a segment without a picture")
            return []
        return self._content.quality(callback.at, bitrate, None, height, self._dropped)

    @on("roku", "decoderStats", "", "dropped frames, for the next quality")
    def _on_decoder(self, callback: Callback) -> list[Signal]:
        dropped = finite(_of(self._value(callback), "frameDropCount"))
        self._dropped = dropped if dropped is not None and dropped >= 0 else self._dropped
        return []

    @on("roku", "customSuspend", "interrupt", "Instant Resume puts the app to sleep")
    def _on_suspend(self, callback: Callback) -> list[Signal]:
        self._stopped_at = None
        return self._content.interrupt(callback.at, "background")

    @on("roku", "isScreenClosed", "exit")
    def _on_closed(self, callback: Callback) -> list[Signal]:
        self._stopped_at = None
        in_break = self._ads.in_break
        return self._ads.leave_page(callback) if in_break else self._content.exit(callback.at)

    # -- ads in the content's own stream -----------------------------------------------------------

    def _in_stitched(self, callback: Callback, state: str) -> list[Signal]:
        """The node plays the ads itself."""
        ads, at = self._ads, callback.at
        event = _IN_AD.get(state)
        if event is not None:
            return ads.media(callback, event) if ads.ad.started else []
        if state not in ("stopped", "finished"):
            return []
        return [*ads.end(at), *(self._content.over(at) if state == "stopped" else [])]

    # -- RAF ---------------------------------------------------------------------------------------

    @on("raf", "PodStart", f"content_end ad_end ad_break_end {_BEGINS}")
    def _on_pod_start(self, callback: Callback) -> list[Signal]:
        self._ads.gone = False
        return self._begin(callback)

    def _begin(self, callback: Callback, *, implied: bool = False) -> list[Signal]:
        self._has_ads = True
        at = self._stopped_at if self._stopped_at is not None else callback.at
        self._stopped_at = None
        pod = _of(callback.detail, "adPod")
        words = [text_of(_of(told, "rendersequence")) for told in (callback.detail, pod)]
        offsets = [finite(_of(told, "rendertime")) for told in (callback.detail, pod)]
        placement = _PLACEMENTS.get((words[0] or words[1] or "").lower())
        offset = offsets[1] if offsets[0] is None else offsets[0]
        offset = positive(offset) if placement == "mid" else None
        ads = _of(pod, "ads")
        size = (len(ads) or None) if isinstance(ads, list) else None
        self._stitched = self._content.running and self._state == "playing"
        pod = Pod(None, placement, offset, size)
        return self._ads.begin(at, pod, implied=implied)

    @on(
        "raf",
        "CreativeView Impression",
        f"progress content_end ad_end {_BEGINS}",
        "which ad it is",
    )
    def _on_announced(self, callback: Callback) -> list[Signal]:
        """Which ad it is: RAF says `Impression` and `CreativeView` before `Start`."""
        told, ads = callback.detail, self._ads
        out = [] if ads.in_break else self._begin(callback, implied=True)
        if not ads.in_break:
            return []
        ad = _of(told, "ad")
        name = text_of(_of(ad, "adid")) or text_of(_of(ad, "creativeid"))
        index = positive(_of(told, "adIndex"))
        place = int(index) if index is not None and index < 1e6 else None
        length = positive(_of(ad, "duration"))
        if length is None and name is not None:
            length = positive(_of(told, "duration"))
        due = Announced(name, place, length)
        return out if ads.is_due(due) else out + ads.announce(due, ads.watch.free_since)

    @on("raf", "Start", f"content_end ad_end ad_start {_BEGINS}")
    def _on_start(self, callback: Callback) -> list[Signal]:
        out = self._on_announced(callback)
        started = self._ads.ad.started
        return out if started else [*out, *self._ads.media(callback, "playing", 0.0)]

    @on(
        "raf",
        "FirstQuartile Midpoint ThirdQuartile",
        _CLOCK,
        "the ad's clock, where nothing else tells it (S45)",
    )
    @on("raf", "Progress", _CLOCK, "no type, only `time`")
    def _on_clock(self, callback: Callback) -> list[Signal]:
        out = self._on_announced(callback) if self._is_unheard(callback) else []
        ad, time = self._ads.ad.announced, self._time(callback)
        part = _QUARTILES.get(callback.event)
        if time is None and part is not None and ad is not None and ad.duration is not None:
            time = ad.duration * part
        return out if time is None else out + self._ads.moves(callback, time)

    def _is_unheard(self, callback: Callback) -> bool:
        """Whether a callback is of an ad whose start was lost, or that the session joins (S83)."""
        told = _of(callback.detail, "ad") is not None
        return self._ads.ad.announced is None and (told or not self._content.begun)

    def _time(self, callback: Callback) -> float | None:
        time = finite(_of(callback.detail, "time"))
        return time if time is not None and time >= 0 else None

    @on("raf", "Complete", "ad_end")
    def _on_ad_end(self, callback: Callback) -> list[Signal]:
        return self._ads.finish(callback, None, self._time(callback))

    @on("raf", "Close", "ad_progress exit", "the viewer leaves, and with him the ad (S26)")
    def _on_close(self, callback: Callback) -> list[Signal]:
        if not self._ads.in_break:
            return []
        position = self._time(callback)
        seen = [] if position is None else self._ads.moves(callback, position)
        return [*seen, *self._ads.leave_page(callback)]

    @on("raf", "Skip", "ad_skip")
    def _on_skip(self, callback: Callback) -> list[Signal]:
        return self._ads.skip(callback, self._time(callback))

    @on("raf", "Error", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        told = callback.detail
        code = _of(told, "errCode")
        reason = text_of(_of(told, "errMsg")) or (f"RAF error {code}" if code else "ad error")
        return self._ads.fail(callback, reason[:200], text_of(_of(_of(told, "ad"), "adid")))

    @on("raf", "Pause", "pause")
    def _on_ad_pause(self, callback: Callback) -> list[Signal]:
        return self._ads.media(callback, "pause")

    @on("raf", "Resume", "play")
    def _on_ad_resume(self, callback: Callback) -> list[Signal]:
        return self._ads.media(callback, "play")

    @on("raf", "PodComplete", "ad_end ad_break_end playing exit")
    def _on_pod_complete(self, callback: Callback) -> list[Signal]:
        goes_on = self._ads.in_break and self._stitched and self._state == "playing"
        out = self._ads.end(callback.at)
        if goes_on and self._content.wanted:
            out += self._content.moves(callback.at)
        return out
