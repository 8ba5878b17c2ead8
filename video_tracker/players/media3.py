"""AndroidX Media3 (ExoPlayer): a log of its listeners' callbacks.

Channel ``media3``: the events are the methods of ``Player.Listener`` and ``AnalyticsListener``;
one registered as both says many things twice, which does no harm. Channel ``android`` is the
activity's own life (``onStop``, ``onDestroy``).

* ``detail`` holds the callback's arguments by name: ``{"playbackState": 3}``,
  ``{"playWhenReady": false, "reason": 1}``, ``{"oldPosition": {"mediaItemIndex": 0, "positionMs":
  1500, "contentPositionMs": 1500, "adGroupIndex": -1, "adIndexInAdGroup": -1}, "newPosition":
  {...}, "reason": 1}``, ``{"timeline": {"durationMs": 60000, "isLive": false}, "adPlaybackState":
  {"adGroups": [{"timeUs": 0, "count": 2, "durationsUs": [5000000, ...], "ids": ["a1", ...],
  "states": [1, 1]}]}}``. Constants are numbers or names (``"STATE_READY"``, ``"READY"``).
* ``state`` is a snapshot of the player's getters: ``currentPosition``, ``contentPosition``,
  ``duration`` in milliseconds (``currentTime`` and, beside it, ``duration`` in seconds are
  understood too), ``isPlayingAd``, ``currentAdGroupIndex``, ``currentAdIndexInAdGroup``,
  ``playbackState``, ``playWhenReady``, ``isPlaying``.
* Nothing tells that time passes: an app polls, and logs it as ``onProgressUpdate`` (the name that
  PlayerControlView uses) with ``{"position": ms}`` or a snapshot.

Within one of the player's own updates all callbacks see its final state, so a snapshot may know of
an ad before the discontinuity that says how it came: only callbacks that come after that one in an
update are believed. Length, liveness, sound and rate are read in every callback (S83); states and
the wish to play, of which a callback of their own tells more, in polls and while nobody told them.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from video_tracker.players.base import Adapter, Callback, finite, on, positive
from video_tracker.players.content_states import ContentStates
from video_tracker.players.media3_ads import Media3Ads
from video_tracker.players.media3_values import Place, constant, groups_of, inner, seconds
from video_tracker.signals import Signal

__all__ = ["Media3Adapter"]

_STATES: Final = {1: "IDLE", 2: "BUFFERING", 3: "READY", 4: "ENDED"}
_PLAY_REASONS: Final = {
    1: "USER_REQUEST",
    2: "AUDIO_FOCUS_LOSS",
    3: "AUDIO_BECOMING_NOISY",
    4: "REMOTE",
    5: "END_OF_MEDIA_ITEM",
    6: "SUPPRESSED_TOO_LONG",
}
_SUPPRESSIONS: Final = {
    0: "NONE",
    1: "TRANSIENT_AUDIO_FOCUS_LOSS",
    2: "UNSUITABLE_AUDIO_ROUTE",
    3: "UNSUITABLE_AUDIO_OUTPUT",
    4: "SCRUBBING",
}
_JUMPS: Final = {
    0: "AUTO_TRANSITION",
    1: "SEEK",
    2: "SEEK_ADJUSTMENT",
    3: "SKIP",
    4: "REMOVE",
    5: "INTERNAL",
    6: "SILENCE_SKIP",
}
_TRANSITIONS: Final = {0: "REPEAT", 1: "AUTO", 2: "SEEK", 3: "PLAYLIST_CHANGED"}
_CHANGES: Final = frozenset(
    {"onMediaItemTransition", "onPositionDiscontinuity", "onTimelineChanged"}
)
"""Callbacks after which the snapshot's length is the next item's, if they tell of one."""
_METHODS: Final = {
    "AUDIO_FOCUS_LOSS": "audio focus loss",
    "AUDIO_BECOMING_NOISY": "headphones unplugged",
    "SUPPRESSED_TOO_LONG": "suppressed",
    "TRANSIENT_AUDIO_FOCUS_LOSS": "audio focus loss",
    "UNSUITABLE_AUDIO_ROUTE": "no suitable audio output",
    "UNSUITABLE_AUDIO_OUTPUT": "no suitable audio output",
}
"""Why playback stopped without the viewer's will (S26)."""
_NETWORK: Final = range(2000, 3000)
_BACKGROUND: Final = 0.1
"""Seconds after the activity's stop within which a pause is the background's (S77)."""
_SEEK_OVER: Final = 0.25
"""Seconds after which a seek that no buffering followed is over."""


_ANYTHING: Final = (
    "play playing pause progress seek_start seek_end buffer_start buffer_end content_end "
    "end interrupt load update quality ad_progress ad_skip ad_start ad_end ad_break_start "
    "ad_break_end"
)


class Media3Adapter(Adapter):
    """Media3's player with its ad groups; see the module (S24, S26, S33, S70)."""

    name: ClassVar[str] = "media3"
    settings: ClassVar[Mapping[str, object]] = {
        "min_buffer": 0.25,
        "scrub_window": 0.5,
        "inferred_seeks": False,
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "media3": {
            "the sound's own business": (
                "onAudioAttributesChanged onAudioDisabled onAudioEnabled onAudioPositionAdvancing "
                "onAudioSessionIdChanged onAudioTrackInitialized onAudioTrackReleased "
                "onAudioUnderrun"
            ),
            "the player goes on; `onPlayerError` says when it gave up": (
                "onAudioCodecError onAudioSinkError onDrmSessionManagerError onLoadError "
                "onVideoCodecError"
            ),
            "the decoder's own business": (
                "onAudioDecoderInitialized onAudioDecoderReleased onRendererReadyChanged "
                "onVideoDecoderInitialized onVideoDecoderReleased onVideoDisabled onVideoEnabled "
                "onVideoFrameProcessingOffset"
            ),
            "the sound's quality, not the picture's": "onAudioInputFormatChanged",
            "an option of the player, not what it does": (
                "onAvailableCommandsChanged onDeviceInfoChanged "
                "onMaxSeekToPreviousPositionChanged onRepeatModeChanged "
                "onSeekBackIncrementChanged onSeekForwardIncrementChanged onShuffleModeChanged "
                "onShuffleModeEnabledChanged onSkipSilenceEnabledChanged"
            ),
            "the network's speed, not the picture's bit rate": "onBandwidthEstimate",
            "the choice of audio or text": (
                "onCues onTrackSelectionParametersChanged onTracksChanged"
            ),
            "the device's own scale, which differs from device to device": (
                "onDeviceVolumeChanged"
            ),
            "chosen, not shown yet (E3)": "onDownstreamFormatChanged",
            "key negotiation": (
                "onDrmKeysLoaded onDrmKeysRemoved onDrmKeysRestored onDrmSessionAcquired "
                "onDrmSessionReleased"
            ),
            "a scrub is one seek (S33)": "onDroppedSeeksWhileScrubbing",
            "loading is no playback": (
                "onIsLoadingChanged onLoadCanceled onLoadCompleted onLoadStarted "
                "onUpstreamDiscarded"
            ),
            "deprecated; its successor says it too": "onLoadingChanged onPlayerStateChanged",
            "metadata; ads stand in the timeline": (
                "onMediaMetadataChanged onMetadata onPlaylistMetadataChanged"
            ),
            "`onPlayerError` says it": "onPlayerErrorChanged",
            "comes while paused too; `onIsPlayingChanged` says what moves": (
                "onRenderedFirstFrame"
            ),
            "deprecated; `onPositionDiscontinuity` says from where to where": "onSeekStarted",
            "the player's appearance": "onSurfaceSizeChanged",
        },
        "android": {
            "nothing was played yet": "onCreate",
            "another window is in front; the viewer may still see the video": "onPause",
            "playback tells of itself": "onRestart onResume",
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self._content = ContentStates()
        self._ads = Media3Ads(self._content)
        self._state: str | None = None
        self._wants: bool | None = None
        self._suppressed = False
        self._sought_at = 0.0
        self._item_at: float | None = None
        """When a discontinuity told of another item: its transition says the same."""
        self._index: float | None = None
        """The playlist item's index, as the getters last told it."""
        self._dropped = 0.0
        self._stopped_at: float | None = None

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if callback.player == "android":
            return self._by_row(callback)
        if callback.event in _CHANGES:
            return [*self._by_row(callback), *self._look(callback)]
        return [*self._look(callback), *self._by_row(callback)]

    def _look(self, callback: Callback) -> list[Signal]:
        """What the snapshot says, whatever the callback is (S83)."""
        state, at, content = callback.state, callback.at, self._content
        out = [*self._found_item(callback), *content.snapshot(callback)]
        wants = state.get("playWhenReady")
        if self._wants is None and isinstance(wants, bool):
            self._wants = wants
        if self._state is None:
            self._state = constant(state.get("playbackState"), _STATES)
        if state.get("isCurrentMediaItemLive") is True:
            return [*out, *content.live(at)]
        length = seconds(state.get("contentDuration"))
        if length is None and not self._ads.in_break and state.get("isPlayingAd") is not True:
            length = seconds(state.get("duration"), 1 if "currentTime" in state else 1000)
        return [*out, *content.length(at, length)]

    def _found_item(self, callback: Callback) -> list[Signal]:
        """Another item plays, and no callback said that it came."""
        index = finite(callback.state.get("currentMediaItemIndex"))
        before, self._index = self._index, self._index if index is None else index
        if callback.event in _CHANGES or None in (before, index) or before == index:
            return []
        out = self._leave_ads(callback.at)
        return [*out, *self._other_item(callback.at, ended=False, place=None)]

    def _follow(self, callback: Callback) -> list[Signal]:
        """The state and the wish that a poll shows, if their own callbacks were lost."""
        out: list[Signal] = []
        state = constant(callback.state.get("playbackState"), _STATES)
        if state is not None and state != self._state:
            out += self._on_state(callback)
        wants = callback.state.get("playWhenReady")
        if self._wants is not None and wants != self._wants:
            out += self._on_wants(callback)
        return out

    # -- states ------------------------------------------------------------------------------------

    @on("media3", "onPlaybackStateChanged", f"{_ANYTHING} exit")
    def _on_state(self, callback: Callback) -> list[Signal]:
        told = callback.detail.get("playbackState", callback.detail.get("state"))
        state = constant(callback.state.get("playbackState") if told is None else told, _STATES)
        if state is None:
            self.ignore(callback, "no state that Media3 documents")
            return []
        self._state = state
        place = Place.of_snapshot(callback)
        out = self._sync(callback, place)
        at, position = callback.at, self._position(place)
        if state == "BUFFERING":
            return out + self._stall(at)
        if state == "READY":
            if self._content.seeking:
                out += self._content.sought(at, position)
            return out + self._go(at, position)
        if state == "ENDED":
            return out + self._finish(at)
        return out + self._idle(at)

    def _stall(self, at: float) -> list[Signal]:
        if self._wants is False:
            return []
        return self._ads.stall(at) if self._ads.in_break else self._content.stall(at)

    def _go(self, at: float, position: float | None) -> list[Signal]:
        """Frames move, if the player is ready, wants to play and is let."""
        wants = self._content.wanted if self._wants is None else self._wants
        if self._state != "READY" or not wants or self._suppressed:
            return []
        if self._ads.in_break:
            return self._ads.moves(at, position)
        if self._content.ended:
            return []
        return self._content.moves(at, position)

    def _finish(self, at: float) -> list[Signal]:
        """The last item ended, and its post-roll with it."""
        out = self._leave_ads(at)
        out += self._content.end(at, self._content.duration)
        self._wants = None
        return [*out, *self._content.over(at)]

    def _idle(self, at: float) -> list[Signal]:
        """The app stopped the player; it may prepare it again (S26)."""
        self._wants = None
        return self._content.interrupt(at, "stopped") if self._content.wanted else []

    @on("media3", "onPlayWhenReadyChanged", _ANYTHING)
    def _on_wants(self, callback: Callback) -> list[Signal]:
        wants = callback.detail.get("playWhenReady", callback.state.get("playWhenReady"))
        if not isinstance(wants, bool):
            return []
        self._wants = wants
        place = Place.of_snapshot(callback)
        at = callback.at
        if wants:
            if self._content.ended and self._state == "ENDED":
                return []  # the way back to the start comes first
            out = self._ads.play(at) if self._ads.in_break else self._content.want(at)
            out += self._open_pending(at)
            return [*out, *self._sync(callback, place), *self._go(at, self._position(place))]
        reason = constant(callback.detail.get("reason"), _PLAY_REASONS)
        return [*self._sync(callback, place), *self._stop(callback, reason, place)]

    def _stop(self, callback: Callback, reason: str | None, place: Place) -> list[Signal]:
        at = callback.at
        if reason in _METHODS:
            return self._content.interrupt(at, _METHODS[reason])
        if self._ads.in_break:
            return self._ads.pause(at)
        if reason == "END_OF_MEDIA_ITEM":
            return self._content.end(at, self._content.duration)
        if self._stopped_at is not None and 0 <= at - self._stopped_at <= _BACKGROUND:
            self.note("pause: background")
        return self._content.pause(at, place.content)

    @on("media3", "onPlaybackSuppressionReasonChanged", _ANYTHING)
    def _on_suppressed(self, callback: Callback) -> list[Signal]:
        told = callback.detail.get("playbackSuppressionReason", callback.detail.get("reason"))
        reason = constant(told, _SUPPRESSIONS)
        place = Place.of_snapshot(callback)
        self._suppressed = reason not in ("NONE", "SCRUBBING", None)
        out = self._sync(callback, place)
        if self._suppressed and self._content.wanted:
            return [*out, *self._content.interrupt(callback.at, _METHODS[reason or ""])]
        return [*out, *self._go(callback.at, self._position(place))]

    @on("media3", "onIsPlayingChanged", _ANYTHING)
    def _on_playing(self, callback: Callback) -> list[Signal]:
        playing = callback.detail.get("isPlaying", callback.state.get("isPlaying"))
        if not isinstance(playing, bool):
            return []
        place = Place.of_snapshot(callback)
        if playing:
            self._state, self._wants, self._suppressed = "READY", True, False
            out = self._open_pending(callback.at)
            if not self._ads.in_break:
                self._content.ended = False
            out += self._sync(callback, place)
            return [*out, *self._go(callback.at, self._position(place))]
        out = self._sync(callback, place)
        told = constant(callback.state.get("playbackState"), _STATES) or self._state
        if told == "BUFFERING":
            return [*out, *self._stall(callback.at)]
        if told in ("READY", None) and not self._suppressed and self._wants is not False:
            # Nobody said why: an app that logs this callback alone.
            self._wants = False
            return [*out, *self._stop(callback, None, place)]
        return out

    # -- places ------------------------------------------------------------------------------------

    def _position(self, place: Place) -> float | None:
        return place.position if self._ads.in_break else place.content

    def _sync(self, callback: Callback, place: Place) -> list[Signal]:
        """Follow what the snapshot says of ads (S62)."""
        return self._to(callback.at, place) if place.tells_ads else []

    def _to(self, at: float, place: Place, *, skipped: bool = False) -> list[Signal]:
        ads, before = self._ads, self._ads.now
        wanted = self._content.begun or self._wants is True
        out = ads.go_to(at, place, wanted=wanted, skipped=skipped)
        if ads.now == before:
            return out
        return [*out, *self._go(at, place.content if ads.now is None else place.position)]

    def _open_pending(self, at: float) -> list[Signal]:
        place = self._ads.pending()
        return [] if place is None else self._to(at, place)

    def _leave_ads(self, at: float) -> list[Signal]:
        return self._to(at, Place(content=self._content.position))

    @on("media3", "onPositionDiscontinuity", _ANYTHING)
    def _on_jump(self, callback: Callback) -> list[Signal]:
        detail = callback.detail
        old = Place.of_info(inner(detail, "oldPosition"))
        new = Place.of_info(inner(detail, "newPosition"))
        reason = constant(detail.get("reason"), _JUMPS)
        ads = self._ads
        ads.left = old.position if ads.now is not None and old.key == ads.now else None
        out = self._by_reason(callback.at, old, new, reason)
        ads.left = None
        return out

    def _by_reason(self, at: float, old: Place, new: Place, reason: str | None) -> list[Signal]:
        if self._ads.left is not None:
            self._ads.position = self._ads.left
        other = None not in (old.item, new.item) and old.item != new.item
        if other or (reason == "REMOVE" and self._has_item):
            out = self._leave_ads(at)
            self._content.put(at, old.content)
            return [*out, *self._other_item(at, ended=reason == "AUTO_TRANSITION", place=new)]
        if reason == "SEEK":
            return self._seek(at, old, new)
        out = self._to(at, new, skipped=reason == "SKIP" and old.key is not None)
        if old.key is None and new.key is None:
            self._content.put(at, new.content)  # nobody's seek (S70)
        return out

    @property
    def _has_item(self) -> bool:
        """Whether an item has begun that another one may follow."""
        content = self._content
        return content.begun and (content.shown or content.ended or self._ads.in_break)

    def _seek(self, at: float, old: Place, new: Place) -> list[Signal]:
        out: list[Signal] = []
        if old.key is not None:
            out += self._to(at, new)
            self._content.put(at, new.content)
            return out
        out += self._content.seek(at, old.content, new.content)
        self._sought_at, self._state = at, "BUFFERING"
        if new.key is not None:
            out += self._content.sought(at, new.content)
            out += self._to(at, new)
        return out

    def _other_item(self, at: float, *, ended: bool, place: Place | None) -> list[Signal]:
        self._item_at = at
        self._ads.forget()
        out = self._content.end(at, self._content.duration) if ended else []
        out += self._content.next_item(at)
        if place is not None:
            self._content.put(at, place.content)
            out += self._to(at, place)
        if self._ads.now is None and self._wants and ended:
            out += self._go(at, place.content if place is not None else None)
        return out

    @on(
        "media3",
        "onMediaItemTransition",
        ("progress content_end end load play playing ad_start ad_end ad_break_start ad_break_end"),
        "the next item, or a loop (S24, S70)",
    )
    def _on_transition(self, callback: Callback) -> list[Signal]:
        reason = constant(callback.detail.get("reason"), _TRANSITIONS)
        told, self._item_at = self._item_at, None
        at, content = callback.at, self._content
        if reason == "REPEAT":
            out = content.end(at, content.duration)
            out += content.over(at)
            content.ended = False  # the next round begins at once (S70)
            return [*out, *self._go(at, 0.0)] if self._wants else out
        if (told is not None and at - told < _SEEK_OVER) or not self._has_item:
            return []
        out = self._leave_ads(at)
        return [*out, *self._other_item(at, ended=reason == "AUTO", place=None)]

    @on(
        "media3",
        "onProgressUpdate",
        _ANYTHING,
        "PlayerControlView's clock, or the app's own polling",
    )
    def _on_progress(self, callback: Callback) -> list[Signal]:
        place = Place.of_snapshot(callback)
        out = [*self._sync(callback, place), *self._follow(callback)]
        told = seconds(callback.detail.get("position"))
        position = told if told is not None else self._position(place)
        if position is None:
            plain = finite(callback.state.get("currentTime"))
            position = (
                plain if plain is not None else seconds(callback.state.get("currentPosition"))
            )
        if self._ads.in_break:
            return [*out, *self._ads.progress(callback.at, position)]
        out += self._evidence(callback, position)
        out += self._content.progress(callback.at, position)
        self._wants = self._wants or self._content.running
        return out

    def _evidence(self, callback: Callback, position: float | None) -> list[Signal]:
        """A clock that runs proves what no state said: a first frame, a seek's end."""
        content, at = self._content, callback.at
        if position is None or content.running:
            return []
        before = content.position
        moved = before is not None and position > before
        waits = content.seeking and at - self._sought_at <= _SEEK_OVER
        stands = self._state not in ("READY", None) and not content.seeking
        wanted = content.wanted or content.seeking or self._wants
        if waits or stands or self._wants is False or not wanted:
            return []
        if not moved:
            return self._go(at, position) if callback.state.get("isPlaying") is True else []
        self._state = "READY"
        if content.seeking:
            return [*content.sought(at, position), *self._go(at, position)]
        return content.runs(at, position)

    @on("media3", "onEvents", _ANYTHING, "its snapshot")
    def _on_snapshot(self, callback: Callback) -> list[Signal]:
        return self._on_progress(callback)

    # -- what is known of the content --------------------------------------------------------------

    @on("media3", "onTimelineChanged", "load ad_error", "length, live, ad groups")
    def _on_timeline(self, callback: Callback) -> list[Signal]:
        timeline = inner(callback.detail, "timeline") or callback.detail
        at = callback.at
        out: list[Signal] = []
        if timeline.get("isLive") is True or callback.state.get("isCurrentMediaItemLive") is True:
            out += self._content.live(at)
        else:
            length = seconds(timeline.get("durationMs"))
            length = seconds(timeline.get("durationUs"), 1e6) if length is None else length
            out += self._content.length(at, length)
        told = inner(callback.detail, "adPlaybackState") or inner(timeline, "adPlaybackState")
        if told:
            out += self._ads.learn(at, tuple(groups_of(told)))
        return out

    @on("media3", "onVideoInputFormatChanged", "quality")
    def _on_format(self, callback: Callback) -> list[Signal]:
        told = inner(callback.detail, "format") or callback.detail
        rates = (positive(told.get(name)) for name in ("bitrate", "averageBitrate", "peakBitrate"))
        bitrate = next((rate for rate in rates if rate is not None), None)
        frames, height = positive(told.get("frameRate")), positive(told.get("height"))
        return self._quality(callback.at, bitrate, frames, height)

    @on("media3", "onVideoSizeChanged", "quality")
    def _on_size(self, callback: Callback) -> list[Signal]:
        told = inner(callback.detail, "videoSize") or callback.detail
        return self._quality(callback.at, None, None, positive(told.get("height")))

    def _quality(
        self, at: float, bitrate: float | None, frames: float | None, height: float | None
    ) -> list[Signal]:
        if self._ads.in_break:
            return []
        return self._content.quality(at, bitrate, frames, height, self._dropped)

    @on("media3", "onDroppedVideoFrames", "", "counted for the next quality")
    def _on_dropped(self, callback: Callback) -> list[Signal]:
        frames = positive(callback.detail.get("droppedFrames"))
        if frames is not None and frames < 1e6 and not self._ads.in_break:
            self._dropped += frames
        return []

    @on("media3", "onVolumeChanged", "update")
    def _on_volume(self, callback: Callback) -> list[Signal]:
        volume = finite(callback.detail.get("volume", callback.state.get("volume")))
        if volume is None:
            return []
        return self._content.update(callback.at, sound=round(min(max(volume, 0.0), 1.0) * 100))

    @on("media3", "onPlaybackParametersChanged", "update")
    def _on_speed(self, callback: Callback) -> list[Signal]:
        told = inner(callback.detail, "playbackParameters") or callback.detail
        return self._content.update(callback.at, playback_rate=positive(told.get("speed")))

    @on("media3", "onFullscreenButtonClick", "update")
    def _on_fullscreen(self, callback: Callback) -> list[Signal]:
        full = callback.detail.get("isFullScreen")
        return self._content.update(callback.at, full_screen=full) if full in (True, False) else []

    @on("media3", "onPlayerError", "error interrupt")
    def _on_error(self, callback: Callback) -> list[Signal]:
        told = inner(callback.detail, "error") or callback.detail
        code = finite(told.get("errorCode"))
        name = told.get("errorCodeName")
        reason = name if isinstance(name, str) and name else "playback error"
        if code is not None and int(code) in _NETWORK:
            reason = "network loss"
        out = self._content.fail(callback.at, reason)
        return [*out, *self._content.interrupt(callback.at, reason)]

    # -- the end -----------------------------------------------------------------------------------

    @on("media3", "onPlayerReleased", "exit end")
    @on("android", "onDestroy", "exit end")
    def _on_released(self, callback: Callback) -> list[Signal]:
        in_ad, self._ads.now = self._ads.in_break, None
        self._ads.in_break = False
        return self._content.exit(callback.at, position=not in_ad)

    @on("android", "onStart", "", "the app is seen again")
    @on("android", "onStop", "", "a pause right after it is the background's (S77)")
    def _on_activity(self, callback: Callback) -> list[Signal]:
        self._stopped_at = callback.at if callback.event == "onStop" else None
        return []
