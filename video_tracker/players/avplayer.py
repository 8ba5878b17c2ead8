"""AVPlayer (AVFoundation): a log of what an app observes of it.

Channel ``avplayer``: the events are key paths from the player (``timeControlStatus``,
``currentItem.status``), full names of notifications, observers (``periodicTimeObserver``), and
delegates' methods; the list is in :mod:`video_tracker.players.avplayer_events`.

* ``detail`` of a key path is the change: ``{"new": 2}`` (``old`` beside it where it is known); of
  a notification its ``userInfo`` and what belongs to it, by plain names: ``{"reason":
  "setRateCalled"}``, ``{"type": "began"}``, ``{"time": {"value": 900, "timescale": 600}}``, an
  entry of the access log ``{"indicatedBitrate": 4000000, "numberOfDroppedVideoFrames": 3}``,
  ``{"event": {"identifier": ..., "time": ..., "cue": ..., "templateItems": [{"identifier": ...,
  "duration": ...}]}}``.
* ``state`` may hold ``currentTime`` and ``duration`` in seconds; the times in ``detail`` are
  ``CMTime`` (ticks and their scale) or seconds.
* ``el`` (any name) marks callbacks of the interstitial player, which plays the ads.

A pause tells nothing of its cause: the end, a call, the background and an error all pause first.
So a pause is held until the next callback that explains it, a quarter of a second at most (S31).
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from video_tracker.players.avplayer_ads import AVPlayerAds
from video_tracker.players.avplayer_values import (
    error_reason,
    is_indefinite,
    named,
    seconds,
    status_of,
)
from video_tracker.players.base import Adapter, Callback, finite, on
from video_tracker.players.content_states import ContentStates
from video_tracker.players.doubt import HOLD
from video_tracker.signals import Signal

__all__ = ["AVPlayerAdapter"]

_BACKGROUND: Final = 0.1
"""Seconds around the app's hiding within which a pause is the background's (S77)."""
_SEEK_OVER: Final = 0.25
"""Seconds after which a clock that runs proves that a seek is over."""
_NO_STALLS: Final = ("InterstitialEvent", "NoItemToPlay", "CoordinatedPlayback")
"""Reasons for waiting that no missing data are."""
_CAUSES: Final = ("SetRateCalled", "AudioSessionInterrupted", "AppBackgrounded")


_MOVES: Final = (
    "play playing progress seek_start seek_end buffer_start buffer_end quality pause "
    "interrupt load update ad_start ad_progress ad_break_end"
)
_BREAK: Final = (
    "play playing progress seek_end content_end buffer_end ad_break_start ad_start ad_end "
    "ad_skip ad_break_end"
)


class AVPlayerAdapter(Adapter):
    """AVPlayer with HLS interstitials; see the module (S31, S70, S76, S77)."""

    name: ClassVar[str] = "avplayer"
    settings: ClassVar[Mapping[str, object]] = {
        "min_buffer": 0.25,
        "scrub_window": 0.5,
        "inferred_seeks": False,
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "avplayer": {
            "an option of the player, not what it does": (
                "actionAtItemEnd allowsAirPlayVideo allowsCaptureOfClearKeyVideo "
                "allowsExternalPlayback audiovisualBackgroundPlaybackPolicy "
                "automaticallyWaitsToMinimizeStalling defaultRate externalPlaybackVideoGravity "
                "masterClock networkResourcePriority preventsDisplaySleepDuringVideoPlayback "
                "sourceClock usesAirPlayVideoWhileAirPlayScreenIsActive "
                "usesExternalPlaybackWhileExternalScreenIsActive "
                "currentItem.allowedAudioSpatializationFormats "
                "currentItem.appliesPerFrameHDRDisplayMetadata currentItem.audioMix "
                "currentItem.audioSpatializationAllowed currentItem.audioTimePitchAlgorithm "
                "currentItem.automaticallyHandlesInterstitialEvents "
                "currentItem.automaticallyPreservesTimeOffsetFromLive "
                "currentItem.canUseNetworkResourcesForLiveStreamingWhilePaused "
                "currentItem.configuredTimeOffsetFromLive currentItem.customVideoCompositor "
                "currentItem.forwardPlaybackEndTime currentItem.preferredForwardBufferDuration "
                "currentItem.preferredMaximumResolution "
                "currentItem.preferredMaximumResolutionForExpensiveNetworks "
                "currentItem.preferredPeakBitRate "
                "currentItem.preferredPeakBitRateForExpensiveNetworks "
                "currentItem.recommendedTimeOffsetFromLive currentItem.reversePlaybackEndTime "
                "currentItem.seekingWaitsForVideoCompositionRendering "
                "currentItem.startsOnFirstEligibleVariant currentItem.variantPreferences "
                "currentItem.videoComposition "
                "AVPlayerItemRecommendedTimeOffsetFromLiveDidChangeNotification"
            ),
            "where the picture goes": (
                "airPlayVideoActive availableHDRModes eligibleForHDRPlayback "
                "externalPlaybackActive outputObscuredDueToInsufficientExternalProtection "
                "videoOutput currentItem.outputs AVPlayerAvailableHDRModesDidChangeNotification "
                "AVPlayerEligibleForHDRPlaybackDidChangeNotification"
            ),
            "the choice of audio or text": (
                "appliesMediaSelectionCriteriaAutomatically closedCaptionDisplayEnabled "
                "currentItem.currentMediaSelection "
                "currentItem.preferredCustomMediaSelectionSchemes currentItem.textStyleRules "
                "currentItem.tracks AVPlayerItemMediaSelectionDidChangeNotification"
            ),
            "the sound's own business": "audioOutputSuppressedDueToNonMixableAudioRoute",
            "viewing together; `timeControlStatus` says what moves": "playbackCoordinator",
            "what the item is, not what it does": (
                "currentItem.asset currentItem.automaticallyLoadedAssetKeys "
                "currentItem.templatePlayerItem"
            ),
            "which speeds the item can play, not the one it plays": (
                "currentItem.canPlayFastForward currentItem.canPlayFastReverse "
                "currentItem.canPlayReverse currentItem.canPlaySlowForward "
                "currentItem.canPlaySlowReverse currentItem.canStepBackward "
                "currentItem.canStepForward"
            ),
            "timed metadata; interstitials have their own notifications": (
                "currentItem.externalMetadata currentItem.mediaDataCollectors "
                "currentItem.nowPlayingInfo currentItem.timedMetadata"
            ),
            "a schedule; the interstitial that is played says so itself": (
                "currentItem.integratedTimeline currentItem.interstitialEventIdentifier "
                "currentItem.interstitialTimeRanges "
                "AVPlayerIntegratedTimelineSnapshotsOutOfSyncNotification "
                "AVPlayerInterstitialEventMonitorAssetListResponseStatusDidChangeNotification "
                "AVPlayerInterstitialEventMonitorEventsDidChangeNotification "
                "AVPlayerInterstitialEventMonitorInterstitialEventWasUnscheduledNotification "
                "AVPlayerInterstitialEventMonitorScheduleRequestCompletedNotification"
            ),
            "the buffer's own business; `timeControlStatus` says what moves": (
                "currentItem.loadedTimeRanges currentItem.playbackBufferFull"
            ),
            "the live window moved; the position tells": "currentItem.seekableTimeRanges",
            "the clock itself; the time observers read it": "currentItem.timebase",
            "the player's appearance": "currentItem.videoApertureMode",
            "whether it may be skipped": (
                "AVPlayerInterstitialEventMonitorCurrentEventSkippableStateDidChangeNotification"
            ),
            "playback tells of itself": (
                "AVAudioSessionMediaServicesWereResetNotification "
                "UIApplicationDidBecomeActiveNotification"
            ),
            "other apps' sound": "AVAudioSessionSilenceSecondaryAudioHintNotification",
            "nothing moved": "UIApplicationDidReceiveMemoryWarningNotification",
            "the viewer may still see the video": "UIApplicationWillResignActiveNotification",
            "a window, not full screen": (
                "pictureInPictureControllerDidStartPictureInPicture "
                "pictureInPictureControllerDidStopPictureInPicture "
                "pictureInPictureControllerFailedToStartPictureInPicture "
                "pictureInPictureControllerRestoreUserInterfaceForPictureInPictureStop "
                "pictureInPictureControllerWillStartPictureInPicture "
                "pictureInPictureControllerWillStopPictureInPicture"
            ),
            "the monitor says it": (
                "playerViewControllerDidPresentInterstitial "
                "playerViewControllerWillPresentInterstitial"
            ),
            "tvOS: `AVPlayerItemTimeJumpedNotification` says where to": (
                "playerViewControllerWillResumePlaybackAfterUserNavigated"
            ),
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self._content = ContentStates()
        self._ads = AVPlayerAds(self._content)
        self._status: str | None = None
        self._reason: object = None
        self._held: tuple[float, float | None] | None = None
        """A pause of unknown cause: when, and where."""
        self._seek: Callback | None = None
        """A seek right after it."""
        self._cause: tuple[float, str] | None = None
        """Why the rate has just changed."""
        self._hidden_at: float | None = None
        self._jumped: tuple[float, float | None] | None = None
        """A jump of unknown target: when, and from where."""
        self._sought_at = 0.0
        self._dry_at = -math.inf
        """When the buffer ran empty."""
        self._failed = False
        self._announced: Mapping[str, Any] | None = None
        """An interstitial event that became current before anybody wanted to play."""
        self._volume, self._muted = 1.0, False
        self._dropped, self._dropped_before = 0.0, 0.0

    def flush(self, at: float) -> tuple[Signal, ...]:  # noqa: ARG002 - its own time is told
        """A pause that nothing explained is the viewer's, and the seek after it another thing."""
        return tuple(self._release() + self._held_seek())

    def wake_at(self) -> float | None:
        """When a held pause falls due."""
        return None if self._held is None else self._held[0] + HOLD

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if callback.event == "seek" and self._held is not None and self._seek is None:
            self._seek = callback
            return []
        goes_on = callback.event == "timeControlStatus" and status_of(_value(callback)) != "paused"
        if self._seek is not None and goes_on:
            self._held = None  # the seek had paused, and plays on (S30)
        out = self._held_seek()
        if callback.element is not None:
            return [*out, *self._ads.receive(callback, _value(callback))]
        if callback.event == "currentItem":
            return [*out, *self._by_row(callback), *self._look(callback)]
        return [*out, *self._look(callback), *self._by_row(callback)]

    def _look(self, callback: Callback) -> list[Signal]:
        """Length, liveness and sound, where the snapshot holds them (S83)."""
        told = callback.state.get("duration")
        return [*self._content.snapshot(callback), *self._length(callback.at, told)]

    def _length(self, at: float, told: object) -> list[Signal]:
        if is_indefinite(told):
            return self._content.live(at, endless=True)
        return self._content.length(at, seconds(told))

    # -- pauses and their causes -------------------------------------------------------------------

    def _release(self) -> list[Signal]:
        held, self._held = self._held, None
        return [] if held is None else self._content.pause(*held)

    def _held_seek(self) -> list[Signal]:
        """The seek that was held with a pause, to see whether it had made it."""
        seek, self._seek = self._seek, None
        return [] if seek is None else self._on_seek(seek)

    def _pause(self, callback: Callback) -> list[Signal]:
        content, at = self._content, callback.at
        if self._ads.in_break:
            return self._ads.pause(at)
        if not content.wanted or content.ended or self._held is not None:
            return []
        position = _position(callback)
        self._held = (at, content.where(at) if position is None else position)
        cause = self._recent_cause(at)
        if cause is not None:
            return self._explain(at, cause)
        if 0 <= at - self._dry_at <= HOLD:
            return self._on_stalled(callback)
        return [] if content.failure is None else self._release()

    def _recent_cause(self, at: float) -> str | None:
        """Why it paused, where that was told before the pause."""
        if self._cause is not None and 0 <= at - self._cause[0] <= HOLD:
            return self._cause[1]
        hidden = self._hidden_at is not None and 0 <= at - self._hidden_at <= _BACKGROUND
        return "AppBackgrounded" if hidden and self._content.failure is None else None

    def _explain(self, at: float, cause: str) -> list[Signal]:
        """The held pause has a cause."""
        if self._held is None:
            return []
        self._cause = None
        if cause == "AudioSessionInterrupted":
            return self._interrupt(at, "audio interruption")
        if cause == "AppBackgrounded":
            self.note("pause: background")
        return self._release()

    def _interrupt(self, at: float, method: str) -> list[Signal]:
        """Nobody pressed pause (S26)."""
        held, self._held = self._held, None
        if not self._content.wanted:
            return []
        return self._content.interrupt(at if held is None else held[0], method)

    # -- the player --------------------------------------------------------------------------------

    @on("avplayer", "timeControlStatus", f"{_MOVES} {_BREAK}")
    def _on_status(self, callback: Callback) -> list[Signal]:
        status = status_of(_value(callback))
        if status is None:
            self.ignore(callback, "no status that AVFoundation documents")
            return []
        self._status = status
        if "reasonForWaitingToPlay" in callback.detail:
            self._reason = callback.detail["reasonForWaitingToPlay"]
        if status == "paused":
            return self._pause(callback)
        if status == "waiting":
            return self._wait(callback)
        return self._play(callback)

    def _play(self, callback: Callback) -> list[Signal]:
        at, position = callback.at, _position(callback)
        self._held = None  # it goes on at once: nobody saw a pause
        self._failed = False
        if self._announced is not None:
            return self._begin_announced(at)
        if not self._ads.in_break:
            return self._content.moves(at, position)
        if not self._content.running and self._ads.content_stood:
            return [*self._ads.close(at), *self._content.moves(at, position)]
        return self._ads.play(at)

    def _wait(self, callback: Callback) -> list[Signal]:
        content, at = self._content, callback.at
        held, self._held = self._held, None
        if self._announced is not None:
            return self._begin_announced(at)
        if self._ads.in_break:
            self._ads.content_stood = True
            return self._ads.play(at)
        if held is not None:
            return []
        out = content.want(at, _position(callback)) if not content.ended else []
        if named(self._reason, *_NO_STALLS) is not None:
            return out
        return [*out, *content.stall(at, _position(callback))]

    @on(
        "avplayer", "reasonForWaitingToPlay", "buffer_end", "a wait for an interstitial is no stall"
    )
    def _on_reason(self, callback: Callback) -> list[Signal]:
        self._reason = _value(callback)
        if named(self._reason, *_NO_STALLS) is None:
            return []
        return self._content.resumed(callback.at)

    @on("avplayer", "rate", _MOVES, "0 is no rate: the player is paused or waits")
    def _on_rate(self, callback: Callback) -> list[Signal]:
        rate = finite(_value(callback))
        return [] if rate is None else self._rate(callback, rate)

    def _rate(self, callback: Callback, rate: float) -> list[Signal]:
        if rate > 0:
            out = self._content.update(callback.at, playback_rate=rate)
            return out if self._status is not None else [*out, *self._play(callback)]
        # Without `timeControlStatus`, which came with iOS 10, 0 is all that tells of a pause.
        return [] if self._status is not None or rate < 0 else self._pause(callback)

    @on(
        "avplayer",
        "AVPlayerRateDidChangeNotification",
        _MOVES,
        "why: the audio session, the background, the live edge",
    )
    def _on_rate_changed(self, callback: Callback) -> list[Signal]:
        at = callback.at
        cause = named(callback.detail.get("reason"), *_CAUSES)
        out: list[Signal] = []
        if cause is not None:
            self._cause = (at, cause)
            out += self._explain(at, cause)
        rate = finite(callback.detail.get("rate"))
        return out if rate is None else [*out, *self._rate(callback, rate)]

    @on("avplayer", "AVPlayerItemPlaybackStalledNotification", "buffer_start interrupt")
    def _on_stalled(self, callback: Callback) -> list[Signal]:
        """It says that it waits: a rate of 0 right before was no pause (S31, S74)."""
        if self._ads.in_break:
            return []
        held, self._held = self._held, None
        at, position = (callback.at, _position(callback)) if held is None else held
        return self._content.stall(at, position)

    @on(
        "avplayer",
        "currentItem.playbackBufferEmpty",
        "buffer_start",
        "a rate of 0 that it explains is no pause",
    )
    @on(
        "avplayer", "currentItem.playbackLikelyToKeepUp", "buffer_start", "as `playbackBufferEmpty`"
    )
    def _on_buffer(self, callback: Callback) -> list[Signal]:
        """The buffer runs empty, or is full enough: alone that stops nothing."""
        runs_dry = callback.event.endswith("playbackBufferEmpty")
        if _value(callback) is not runs_dry:
            return []
        if runs_dry:
            self._dry_at = callback.at
        return [] if self._held is None else self._on_stalled(callback)

    @on("avplayer", "muted volume", "update")
    def _on_sound(self, callback: Callback) -> list[Signal]:
        value = _value(callback)
        if callback.event == "muted":
            self._muted = value is True
        else:
            volume = finite(value)
            self._volume = self._volume if volume is None else min(max(volume, 0.0), 1.0)
        sound = 0 if self._muted else round(self._volume * 100)
        return self._content.update(callback.at, sound=sound)

    @on(
        "avplayer",
        (
            "playerViewControllerWillBeginFullScreenPresentation "
            "playerViewControllerWillEndFullScreenPresentation"
        ),
        "update",
    )
    def _on_full_screen(self, callback: Callback) -> list[Signal]:
        full = callback.event == "playerViewControllerWillBeginFullScreenPresentation"
        return self._content.update(callback.at, full_screen=full)

    # -- the clock ---------------------------------------------------------------------------------

    @on("avplayer", "boundaryTimeObserver periodicTimeObserver", _MOVES)
    def _on_time(self, callback: Callback) -> list[Signal]:
        position = _position(callback)
        if position is None:
            return []
        at, content = callback.at, self._content
        if self._ads.in_break:
            return self._ads.content(at, position) if self._status == "playing" else []
        out = self._landed(at, position)
        before = content.position
        moved = before is not None and position > before
        if content.seeking and moved and at - self._sought_at > _SEEK_OVER:
            out += content.sought(at, position)
        still = content.seeking or content.stalled or self._held is not None
        if not content.running and not still and moved and self._status in (None, "playing"):
            out += content.moves(at, position)
        return [*out, *content.progress(at, position)]

    @on(
        "avplayer",
        "AVPlayerItemTimeJumpedNotification",
        "pause seek_start seek_end",
        "a seek, if the position says so too (S70)",
    )
    def _on_jump(self, callback: Callback) -> list[Signal]:
        """The clock jumped: at the start, for a seek, over a gap; the position tells (S70)."""
        content, at = self._content, callback.at
        if self._ads.in_break or content.seeking or not content.shown or content.ended:
            return []
        self._jumped = (at, content.where(at))
        position = _position(callback)
        out = self._release()
        return out if position is None else [*out, *self._landed(at, position)]

    def _landed(self, at: float, position: float) -> list[Signal]:
        jumped, self._jumped = self._jumped, None
        content = self._content
        if jumped is None or not content.jumped(at, position):
            return []
        running = content.running
        out = content.seek(jumped[0], jumped[1], position)
        out += content.sought(at, position)
        return [*out, *content.moves(at, position)] if running else out

    @on("avplayer", "seek", "pause seek_start", "`seek(to:)`, as the app calls it")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        target = seconds(callback.detail.get("to", callback.detail.get("time")))
        if self._ads.in_break or target is None:
            return []
        self._jumped, self._sought_at = None, callback.at
        return [*self._release(), *self._content.seek(callback.at, None, target)]

    @on("avplayer", "seekCompleted", "seek_end playing", "its completion handler")
    def _on_sought(self, callback: Callback) -> list[Signal]:
        content, at = self._content, callback.at
        if callback.detail.get("finished") is False or self._ads.in_break:
            return []  # another seek took its place, or a break
        if self._status == "waiting":
            return []  # it waits for the data of its target: that is the seek's (B6)
        out = content.landed(at, _position(callback))
        return [*out, *content.moves(at)] if self._status == "playing" else out

    # -- the item ----------------------------------------------------------------------------------

    @on(
        "avplayer",
        "currentItem",
        "pause progress load end exit content_end ad_end ad_break_end",
        "the next item (S24)",
    )
    def _on_item(self, callback: Callback) -> list[Signal]:
        at, content = callback.at, self._content
        new, old = callback.detail.get("new"), callback.detail.get("old")
        self._held = self._jumped = None
        self._failed = False
        self._dropped = self._dropped_before = 0.0
        out = self._ads.close(at)
        if "new" in callback.detail and new is None:
            return [*out, *content.over(at)]
        if content.ended and _asset(new) is not None and _asset(new) == _asset(old):
            out += content.over(at)  # AVPlayerLooper: the same once more (S70)
            content.ended = False
            return out
        return [*out, *content.next_item(at)]

    @on("avplayer", "currentItem.duration", "load", "a length, or none: live (S6)")
    def _on_length(self, callback: Callback) -> list[Signal]:
        return self._length(callback.at, _value(callback))

    @on("avplayer", "AVPlayerItemDidPlayToEndTimeNotification", "content_end ad_end")
    def _on_end(self, callback: Callback) -> list[Signal]:
        if self._ads.in_break:
            return []
        self._held = None  # the pause was the end's (A1)
        return self._content.end(callback.at, self._content.duration or _position(callback))

    @on("avplayer", "error currentItem.error", "pause error interrupt")
    @on("avplayer", "status", "pause error interrupt", "failed")
    @on("avplayer", "currentItem.status", "pause error interrupt", "failed; ready is no playback")
    @on(
        "avplayer",
        "AVPlayerItemFailedToPlayToEndTimeNotification",
        "pause error interrupt ad_error",
    )
    def _on_failed(self, callback: Callback) -> list[Signal]:
        value = _value(callback)
        if callback.event.endswith("status"):
            if value not in (2, "failed"):
                return []
            value = callback.detail.get("error")
        elif callback.event == "AVPlayerItemFailedToPlayToEndTimeNotification":
            value = callback.detail.get("error")
        elif value is None:
            return []
        if self._failed:
            return []
        self._failed = True
        reason, held = error_reason(value), self._held
        self._held = None
        out = self._content.fail(callback.at, reason)
        return out if held is None else [*out, *self._content.interrupt(callback.at, reason)]

    @on("avplayer", "AVPlayerItemNewErrorLogEntryNotification", "error", "never fatal by itself")
    def _on_error_log(self, callback: Callback) -> list[Signal]:
        return self._content.fail(callback.at, error_reason(callback.detail), fatal=False)

    @on("avplayer", "AVPlayerItemNewAccessLogEntryNotification", "quality")
    def _on_access_log(self, callback: Callback) -> list[Signal]:
        """A variant was switched to; each entry counts its own dropped frames."""
        detail = callback.detail
        dropped = finite(detail.get("numberOfDroppedVideoFrames"))
        if dropped is not None and 0 <= dropped < 1e9:
            if dropped < self._dropped:
                self._dropped_before += self._dropped
            self._dropped = dropped
        bitrate = finite(detail.get("indicatedBitrate"))
        if self._ads.in_break:
            return []
        total = self._dropped_before + self._dropped
        return self._content.quality(callback.at, bitrate, dropped=total)

    @on("avplayer", "currentItem.presentationSize", "quality", "the picture's height")
    def _on_size(self, callback: Callback) -> list[Signal]:
        value = _value(callback)
        told = value if isinstance(value, Mapping) else {}
        if self._ads.in_break:
            return []
        return self._content.quality(callback.at, height=finite(told.get("height")))

    # -- interstitials -----------------------------------------------------------------------------

    @on("avplayer", "AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification", _BREAK)
    def _on_interstitial(self, callback: Callback) -> list[Signal]:
        event = callback.detail.get("event")
        if isinstance(event, Mapping):
            self._held = None
            if self._status == "paused" and not self._content.begun:
                self._announced = event  # it waits for the viewer (S25, S71)
                return []
            position = _position(callback)
            told = position is not None and not self._ads.in_break
            if told and not self._content.jumped(callback.at, position or 0.0):
                self._content.put(callback.at, position)  # where it stands, better than guessed
            return self._ads.begin(callback.at, event, stands=self._status == "waiting")
        return self._back(callback)

    def _begin_announced(self, at: float) -> list[Signal]:
        event, self._announced = self._announced, None
        assert event is not None
        return self._ads.begin(at, event, stands=self._status == "waiting")

    @on(
        "avplayer", "AVPlayerInterstitialEventMonitorInterstitialEventDidFinishNotification", _BREAK
    )
    def _on_finished(self, callback: Callback) -> list[Signal]:
        return self._back(callback)

    def _back(self, callback: Callback) -> list[Signal]:
        self._announced = None
        if not self._ads.in_break:
            return []
        out = self._ads.close(callback.at)
        if self._status == "playing" and self._content.wanted:
            out += self._content.moves(callback.at, _position(callback))
        return out

    @on("avplayer", "AVPlayerInterstitialEventMonitorCurrentEventSkippedNotification", "ad_skip")
    def _on_skipped(self, callback: Callback) -> list[Signal]:
        return self._ads.skip(callback.at)

    # -- the audio session and the app -------------------------------------------------------------

    @on("avplayer", "AVAudioSessionInterruptionNotification", "pause interrupt")
    def _on_interruption(self, callback: Callback) -> list[Signal]:
        kind = callback.detail.get("type")
        if kind not in (1, "began"):
            return []
        return self._interrupt(callback.at, "audio interruption")

    @on("avplayer", "AVAudioSessionMediaServicesWereLostNotification", "pause interrupt")
    def _on_lost(self, callback: Callback) -> list[Signal]:
        return self._interrupt(callback.at, "media services lost")

    @on(
        "avplayer",
        "AVAudioSessionRouteChangeNotification",
        "pause interrupt",
        "headphones that are unplugged stop playback",
    )
    def _on_route(self, callback: Callback) -> list[Signal]:
        if callback.detail.get("reason") not in (2, "oldDeviceUnavailable"):
            return []
        return self._interrupt(callback.at, "headphones unplugged")

    @on(
        "avplayer",
        "UIApplicationDidEnterBackgroundNotification",
        "pause",
        "a pause around it is the background's (S77)",
    )
    def _on_hidden(self, callback: Callback) -> list[Signal]:
        self._hidden_at = callback.at
        held = self._held
        if held is not None and callback.at - held[0] <= _BACKGROUND:
            return self._explain(callback.at, "AppBackgrounded")
        return []

    @on("avplayer", "UIApplicationWillEnterForegroundNotification", "", "the app is seen again")
    def _on_shown(self, callback: Callback) -> list[Signal]:  # noqa: ARG002
        self._hidden_at = None
        return []

    @on("avplayer", "UIApplicationWillTerminateNotification", "pause exit")
    def _on_terminate(self, callback: Callback) -> list[Signal]:
        out = self._release()
        in_break = self._ads.in_break
        self._ads.in_break = False
        return [*out, *self._content.exit(callback.at, position=not in_break)]


def _value(callback: Callback) -> Any:
    """A key path's new value."""
    if "new" in callback.detail:
        return callback.detail["new"]
    name = callback.event.rpartition(".")[2]
    return callback.detail.get("value", callback.state.get(name))


def _position(callback: Callback) -> float | None:
    told = seconds(callback.detail.get("time"))
    return told if told is not None else seconds(callback.state.get("currentTime"))


def _asset(item: object) -> str | None:
    """What an item plays, when it says so."""
    told = item.get("asset", item.get("url")) if isinstance(item, Mapping) else None
    return told if isinstance(told, str) and told else None
