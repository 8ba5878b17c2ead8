"""AVPlayer (AVFoundation): a log of what an app observes of it.

Channel ``avplayer``: the events are key paths from the player (``timeControlStatus``,
``currentItem.status``), full names of notifications, observers (``periodicTimeObserver``), and
delegates' methods.

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
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import AdBreaks, Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import WEB_SETTINGS, Adapter, Callback, finite, on, text_of
from video_tracker.players.content_states import ContentStates
from video_tracker.players.doubt import HOLD, Doubt
from video_tracker.signals import Signal

__all__ = ["AVPlayerAdapter"]

_on: Final = partial(on, "avplayer")
_BACKGROUND: Final = 0.1
"""Seconds around the app's hiding within which a pause is the background's (S77)."""
_NO_STALLS: Final = ("InterstitialEvent", "NoItemToPlay", "CoordinatedPlayback")
"""Reasons for waiting that no missing data are."""
_FAILED: Final = "AVPlayerItemFailedToPlayToEndTimeNotification"
_SESSION: Final[Mapping[str, tuple[str | None, tuple[object, ...], str]]] = {
    "AVAudioSessionInterruptionNotification": ("type", (1, "began"), "audio interruption"),
    "AVAudioSessionMediaServicesWereLostNotification": (None, (), "media services lost"),
    "AVAudioSessionRouteChangeNotification": (
        "reason",
        (2, "oldDeviceUnavailable"),
        "headphones unplugged",
    ),
}
"""What interrupts playback: the key of its kind, those that do, and what that is called (S26)."""
_DRY: Final = "the buffer ran empty"
_CAUSES: Final = ("SetRateCalled", "AudioSessionInterrupted", "AppBackgrounded")

_INDEFINITE: Final = 16
"""``kCMTimeFlags_Indefinite``: the length of a live item."""
_NO_NUMBER: Final = 4 | 8 | _INDEFINITE
"""Flags of times that are no number: infinite, or indefinite."""
_LONGEST: Final = 1e9
_MOST: Final = 1000
_STATUSES: Final = {0: "paused", 1: "waiting", 2: "playing"}

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
    settings: ClassVar[Mapping[str, object]] = WEB_SETTINGS
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "avplayer": {
            "an option of the player, not what it does": """
                actionAtItemEnd allowsAirPlayVideo allowsCaptureOfClearKeyVideo
                allowsExternalPlayback audiovisualBackgroundPlaybackPolicy
                automaticallyWaitsToMinimizeStalling defaultRate externalPlaybackVideoGravity
                masterClock networkResourcePriority preventsDisplaySleepDuringVideoPlayback
                sourceClock usesAirPlayVideoWhileAirPlayScreenIsActive
                usesExternalPlaybackWhileExternalScreenIsActive
                currentItem.allowedAudioSpatializationFormats
                currentItem.appliesPerFrameHDRDisplayMetadata currentItem.audioMix
                currentItem.audioSpatializationAllowed currentItem.audioTimePitchAlgorithm
                currentItem.automaticallyHandlesInterstitialEvents
                currentItem.automaticallyPreservesTimeOffsetFromLive
                currentItem.canUseNetworkResourcesForLiveStreamingWhilePaused
                currentItem.configuredTimeOffsetFromLive currentItem.customVideoCompositor
                currentItem.forwardPlaybackEndTime currentItem.preferredForwardBufferDuration
                currentItem.preferredMaximumResolution
                currentItem.preferredMaximumResolutionForExpensiveNetworks
                currentItem.preferredPeakBitRate
                currentItem.preferredPeakBitRateForExpensiveNetworks
                currentItem.recommendedTimeOffsetFromLive currentItem.reversePlaybackEndTime
                currentItem.seekingWaitsForVideoCompositionRendering
                currentItem.startsOnFirstEligibleVariant currentItem.variantPreferences
                currentItem.videoComposition
                AVPlayerItemRecommendedTimeOffsetFromLiveDidChangeNotification""",
            "where the picture goes": """
                airPlayVideoActive availableHDRModes eligibleForHDRPlayback externalPlaybackActive
                outputObscuredDueToInsufficientExternalProtection videoOutput currentItem.outputs
                AVPlayerAvailableHDRModesDidChangeNotification
                AVPlayerEligibleForHDRPlaybackDidChangeNotification""",
            "the choice of audio or text": """
                appliesMediaSelectionCriteriaAutomatically closedCaptionDisplayEnabled
                currentItem.currentMediaSelection currentItem.preferredCustomMediaSelectionSchemes
                currentItem.textStyleRules currentItem.tracks
                AVPlayerItemMediaSelectionDidChangeNotification""",
            "the sound's own business": "audioOutputSuppressedDueToNonMixableAudioRoute",
            "viewing together; `timeControlStatus` says what moves": "playbackCoordinator",
            "what the item is, not what it does": """
                currentItem.asset currentItem.automaticallyLoadedAssetKeys
                currentItem.templatePlayerItem""",
            "which speeds the item can play, not the one it plays": """
                currentItem.canPlayFastForward currentItem.canPlayFastReverse
                currentItem.canPlayReverse currentItem.canPlaySlowForward
                currentItem.canPlaySlowReverse currentItem.canStepBackward
                currentItem.canStepForward""",
            "timed metadata; interstitials have their own notifications": """
                currentItem.externalMetadata currentItem.mediaDataCollectors
                currentItem.nowPlayingInfo currentItem.timedMetadata""",
            "a schedule; the interstitial that is played says so itself": """
                currentItem.integratedTimeline currentItem.interstitialEventIdentifier
                currentItem.interstitialTimeRanges
                AVPlayerIntegratedTimelineSnapshotsOutOfSyncNotification
                AVPlayerInterstitialEventMonitorAssetListResponseStatusDidChangeNotification
                AVPlayerInterstitialEventMonitorEventsDidChangeNotification
                AVPlayerInterstitialEventMonitorInterstitialEventWasUnscheduledNotification
                AVPlayerInterstitialEventMonitorScheduleRequestCompletedNotification""",
            "the buffer's own business; `timeControlStatus` says what moves": """
                currentItem.loadedTimeRanges currentItem.playbackBufferFull""",
            "the live window moved; the position tells": "currentItem.seekableTimeRanges",
            "the clock itself; the time observers read it": "currentItem.timebase",
            "the player's appearance": "currentItem.videoApertureMode",
            "whether it may be skipped": """
                AVPlayerInterstitialEventMonitorCurrentEventSkippableStateDidChangeNotification""",
            "playback tells of itself": """
                AVAudioSessionMediaServicesWereResetNotification
                UIApplicationDidBecomeActiveNotification""",
            "other apps' sound": "AVAudioSessionSilenceSecondaryAudioHintNotification",
            "nothing moved": "UIApplicationDidReceiveMemoryWarningNotification",
            "the viewer may still see the video": "UIApplicationWillResignActiveNotification",
            "a window, not full screen": """
                pictureInPictureControllerDidStartPictureInPicture
                pictureInPictureControllerDidStopPictureInPicture
                pictureInPictureControllerFailedToStartPictureInPicture
                pictureInPictureControllerRestoreUserInterfaceForPictureInPictureStop
                pictureInPictureControllerWillStartPictureInPicture
                pictureInPictureControllerWillStopPictureInPicture""",
            "the monitor says it": """
                playerViewControllerDidPresentInterstitial
                playerViewControllerWillPresentInterstitial""",
            "tvOS: `AVPlayerItemTimeJumpedNotification` says where to": """
                playerViewControllerWillResumePlaybackAfterUserNavigated""",
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self._content = ContentStates()
        self._ads = AdBreaks(self._content, self.ignore, at_once=True)
        self._status: str | None = None
        self._reason: object = None
        self._doubt = Doubt()
        """A pause of unknown cause, with where it was, and a seek right after it."""
        self._cause = (-math.inf, "")
        """Until when a pause has a cause that was told before it, and which."""
        self._jumped: tuple[float, float | None] | None = None
        """A jump of unknown target: when, and from where."""
        self._failed = False
        self._heard = False
        """Whether the interstitial player is heard, so that it says what moves."""
        self._stood = False
        """Whether the player has waited since the break began."""
        self._due: Sequence[Announced] = ()
        """The ads of the open break that have not come yet."""
        self._waits: Mapping[str, Any] | None = None
        """The interstitial event that waits for somebody to want to play (S25, S71)."""
        self._volume, self._muted = 1.0, False
        self._dropped, self._dropped_before = 0.0, 0.0

    def _let_go(self, at: float) -> Iterable[Signal]:  # noqa: ARG002 - its own time is told
        """A pause that nothing explained is the viewer's, and the seek after it another thing."""
        return self._release()

    def wake_at(self) -> float | None:
        """When a held pause falls due."""
        return self._doubt.wake_at()

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if self._doubt.defers(callback, seeks=callback.event == "seek"):
            return []
        goes_on = callback.event == "timeControlStatus" and status_of(_value(callback)) != "paused"
        out = self._release() if self._doubt.explains(plays=goes_on) else []
        if callback.element is not None:
            return [*out, *self._on_interstitial_player(callback)]
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
        return self._doubt.release(
            lambda pause: self._content.pause(pause.at, _position(pause)), self._on_seek
        )

    def _pause(self, callback: Callback) -> list[Signal]:
        content, at = self._content, callback.at
        if self._ads.in_break:
            return self._ads.media(callback, "pause") if self._ads.ad.started else []
        if not content.wanted or content.ended or self._doubt.held is not None:
            return []
        told = _position(callback)
        where = content.where(at) if told is None else told
        self._doubt.held = attrs.evolve(callback, state={"currentTime": where}, detail={})
        until, cause = self._cause
        if at <= until:
            return self._explain(callback, cause)
        return [] if content.failure is None else self._release()

    def _causes(self, callback: Callback, cause: str, window: float = HOLD) -> list[Signal]:
        """A pause about now has this cause: the one that is held, or one that follows at once."""
        held = self._doubt.held
        if cause != _DRY or self._cause[0] < callback.at:
            self._cause = (callback.at + window, cause)
        explains = held is not None and callback.at - held.at <= window
        return self._explain(callback, cause) if explains else []

    def _explain(self, callback: Callback, cause: str) -> list[Signal]:
        if cause == _DRY:
            return self._on_stalled(callback)
        if cause == "AudioSessionInterrupted":
            return self._interrupt(callback.at, "audio interruption")
        if cause == "AppBackgrounded" and self._content.failure is None:
            self.note("pause: background")
        return self._release()

    def _interrupt(self, at: float, method: str) -> list[Signal]:
        """Nobody pressed pause (S26)."""
        held = self._doubt.take()
        if not self._content.wanted:
            return []
        return self._content.interrupt(at if held is None else held.at, method)

    # -- the player --------------------------------------------------------------------------------

    @_on("timeControlStatus", f"{_MOVES} {_BREAK}")
    def _on_status(self, callback: Callback) -> list[Signal]:
        status = status_of(_value(callback))
        if status is None:
            self.ignore(callback, "no status that AVFoundation documents")
            return []
        self._status = status
        self._reason = callback.detail.get("reasonForWaitingToPlay", self._reason)
        answers = {"paused": self._pause, "waiting": self._wait, "playing": self._play}
        return answers[status](callback)

    def _play(self, callback: Callback) -> list[Signal]:
        at, position = callback.at, _position(callback)
        self._doubt.take()  # it goes on at once: nobody saw a pause
        self._failed = False
        if self._waits is not None:
            return self._begin_waiting(callback)
        if self._ads.in_break and not self._stood:
            return self._ads.media(callback, "play")
        return [*self._end_break(callback), *self._content.moves(at, position)]

    def _wait(self, callback: Callback) -> list[Signal]:
        content, at = self._content, callback.at
        held = self._doubt.take()
        if self._waits is not None:
            return self._begin_waiting(callback)
        if self._ads.in_break:
            self._stood = True
            return self._ads.media(callback, "play")
        if held is not None:
            return []
        out = content.want(at, _position(callback)) if not content.ended else []
        if named(self._reason, *_NO_STALLS) is not None:
            return out
        return [*out, *content.stall(at, _position(callback))]

    @_on("reasonForWaitingToPlay", "buffer_end", "a wait for an interstitial is no stall")
    def _on_reason(self, callback: Callback) -> list[Signal]:
        self._reason = _value(callback)
        if named(self._reason, *_NO_STALLS) is None:
            return []
        return self._content.resumed(callback.at)

    @_on("rate", _MOVES, "0 is no rate: the player is paused or waits")
    def _on_rate(self, callback: Callback) -> list[Signal]:
        rate = finite(_value(callback))
        return [] if rate is None else self._rate(callback, rate)

    def _rate(self, callback: Callback, rate: float) -> list[Signal]:
        if rate > 0:
            out = self._content.update(callback.at, playback_rate=rate)
            return out if self._status is not None else [*out, *self._play(callback)]
        # Without `timeControlStatus`, which came with iOS 10, 0 is all that tells of a pause.
        return [] if self._status is not None or rate < 0 else self._pause(callback)

    @_on(
        "AVPlayerRateDidChangeNotification",
        _MOVES,
        "why: the audio session, the background, the live edge",
    )
    def _on_rate_changed(self, callback: Callback) -> list[Signal]:
        cause = named(callback.detail.get("reason"), *_CAUSES)
        out = [] if cause is None else self._causes(callback, cause)
        rate = finite(callback.detail.get("rate"))
        return out if rate is None else [*out, *self._rate(callback, rate)]

    @_on("AVPlayerItemPlaybackStalledNotification", "buffer_start interrupt")
    def _on_stalled(self, callback: Callback) -> list[Signal]:
        """It says that it waits: a rate of 0 right before was no pause (S31, S74)."""
        if self._ads.in_break:
            return []
        stalled = self._doubt.take() or callback
        return self._content.stall(stalled.at, _position(stalled))

    @_on(
        "currentItem.playbackBufferEmpty",
        "buffer_start",
        "a rate of 0 that it explains is no pause",
    )
    @_on("currentItem.playbackLikelyToKeepUp", "buffer_start", "as `playbackBufferEmpty`")
    def _on_buffer(self, callback: Callback) -> list[Signal]:
        """The buffer runs empty, or is full enough: alone that stops nothing."""
        runs_dry = callback.event.endswith("playbackBufferEmpty")
        if _value(callback) is not runs_dry:
            return []
        return self._causes(callback, _DRY) if runs_dry or self._doubt.held else []

    @_on("muted volume", "update")
    def _on_sound(self, callback: Callback) -> list[Signal]:
        value = _value(callback)
        if callback.event == "muted":
            self._muted = value is True
        elif (volume := finite(value)) is not None:
            self._volume = volume
        sound = {"volume": self._volume, "muted": self._muted}
        return self._content.snapshot(attrs.evolve(callback, state=sound))

    @_on("playerViewControllerWillBeginFullScreenPresentation", "update")
    @_on("playerViewControllerWillEndFullScreenPresentation", "update")
    def _on_full_screen(self, callback: Callback) -> list[Signal]:
        full = callback.event == "playerViewControllerWillBeginFullScreenPresentation"
        return self._content.update(callback.at, full_screen=full)

    # -- the clock ---------------------------------------------------------------------------------

    @_on("boundaryTimeObserver periodicTimeObserver", _MOVES)
    def _on_time(self, callback: Callback) -> list[Signal]:
        position = _position(callback)
        if position is None:
            return []
        at, content = callback.at, self._content
        if self._ads.in_break:
            return self._ads.content_clock(callback, position) if self._status == "playing" else []
        out = self._landed(at, position)
        still = self._doubt.held is not None or self._status not in (None, "playing")
        return [*out, *content.ticks(at, position, plays=False if still else None)]

    @_on(
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
        running, out = content.running, content.found(*jumped, at, position)
        return [*out, *content.moves(at, position)] if running else out

    @_on("seek", "pause seek_start", "`seek(to:)`, as the app calls it")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        target = seconds(callback.detail.get("to", callback.detail.get("time")))
        if self._ads.in_break or target is None:
            return []
        self._jumped = None
        return [*self._release(), *self._content.seek(callback.at, None, target)]

    @_on("seekCompleted", "seek_end playing", "its completion handler")
    def _on_sought(self, callback: Callback) -> list[Signal]:
        content, at = self._content, callback.at
        if callback.detail.get("finished") is False or self._ads.in_break:
            return []  # another seek took its place, or a break
        if self._status == "waiting":
            return []  # it waits for the data of its target: that is the seek's (B6)
        out = content.landed(at, _position(callback))
        return [*out, *content.moves(at)] if self._status == "playing" else out

    # -- the item ----------------------------------------------------------------------------------

    @_on(
        "currentItem",
        "pause progress load end exit content_end ad_end ad_break_end",
        "the next item (S24)",
    )
    def _on_item(self, callback: Callback) -> list[Signal]:
        at, content = callback.at, self._content
        new, old = callback.detail.get("new"), callback.detail.get("old")
        self._doubt.take()
        self._jumped, self._failed = None, False
        self._dropped = self._dropped_before = 0.0
        out = self._ads.end(at)
        if "new" in callback.detail and new is None:
            return [*out, *content.over(at)]
        if content.ended and _asset(new) is not None and _asset(new) == _asset(old):
            out += content.over(at)  # AVPlayerLooper: the same once more (S70)
            content.ended = False
            return out
        return [*out, *content.next_item(at)]

    @_on("currentItem.duration", "load", "a length, or none: live (S6)")
    def _on_length(self, callback: Callback) -> list[Signal]:
        return self._length(callback.at, _value(callback))

    @_on("AVPlayerItemDidPlayToEndTimeNotification", "content_end ad_end")
    def _on_end(self, callback: Callback) -> list[Signal]:
        if self._ads.in_break:
            return []
        self._doubt.take()  # the pause was the end's (A1)
        return self._content.finish(callback.at, self._content.duration or _position(callback))

    @_on("error currentItem.error", "pause error interrupt")
    @_on("status", "pause error interrupt", "failed")
    @_on("currentItem.status", "pause error interrupt", "failed; ready is no playback")
    @_on(_FAILED, "pause error interrupt ad_error")
    def _on_failed(self, callback: Callback) -> list[Signal]:
        value = _value(callback)
        if callback.event.endswith("error"):
            failed, told = value is not None, value
        else:
            failed, told = _fails(callback), callback.detail.get("error")
        if not failed or self._failed:
            return []
        self._failed = True
        reason, held = error_reason(told), self._doubt.take()
        out = self._content.fail(callback.at, reason)
        return out if held is None else [*out, *self._content.interrupt(callback.at, reason)]

    @_on("AVPlayerItemNewErrorLogEntryNotification", "error", "never fatal by itself")
    def _on_error_log(self, callback: Callback) -> list[Signal]:
        return self._content.fail(callback.at, error_reason(callback.detail), fatal=False)

    @_on("AVPlayerItemNewAccessLogEntryNotification", "quality")
    def _on_access_log(self, callback: Callback) -> list[Signal]:
        """A variant was switched to; each entry counts its own dropped frames."""
        detail = callback.detail
        dropped = finite(detail.get("numberOfDroppedVideoFrames"))
        if dropped is not None and 0 <= dropped < 1e9:
            if dropped < self._dropped:
                self._dropped_before += self._dropped
            self._dropped = dropped
        bitrate = finite(detail.get("indicatedBitrate"))
        total = self._dropped_before + self._dropped
        return self._content.quality(callback.at, bitrate, dropped=total)

    @_on("currentItem.presentationSize", "quality", "the picture's height")
    def _on_size(self, callback: Callback) -> list[Signal]:
        told = _value(callback)
        height = finite(told.get("height")) if isinstance(told, Mapping) else None
        return self._content.quality(callback.at, height=height)

    # -- interstitials -----------------------------------------------------------------------------

    @_on("AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification", _BREAK)
    def _on_interstitial(self, callback: Callback) -> list[Signal]:
        event = callback.detail.get("event")
        if not isinstance(event, Mapping):
            return self._on_finished(callback)
        self._doubt.take()
        if self._status == "paused" and not self._content.begun:
            self._waits = event
            return []
        return self._begin(callback, event)

    def _begin_waiting(self, callback: Callback) -> list[Signal]:
        event, self._waits = self._waits, None
        return self._begin(attrs.evolve(callback, state={}, detail={}), event or {})

    def _begin(self, callback: Callback, event: Mapping[str, Any]) -> list[Signal]:
        """An interstitial event is current; who plays it may not be heard."""
        ads, at, (pod, due) = self._ads, callback.at, break_of(event)
        began, ads.gone = ads.began, ads.gone and not event
        out = ads.begin(at, pod, stands=_position(callback), implied=not event)
        self._due = due
        if ads.began != began:
            out += self._next()
        self._stood = self._status == "waiting" or not event
        return out if self._heard else [*out, *ads.media(callback, "playing")]

    def _end_break(self, callback: Callback) -> list[Signal]:
        """The break is over, and its last ad with it, for whose end there is no other word."""
        out = self._ads.finish(callback) if self._ads.ad.started else []
        return [*out, *self._ads.end(callback.at)]

    def _next(self) -> list[Signal]:
        """The next ad of the open break is due."""
        ads = self._ads
        due = self._due[ads.place : ads.place + 1]
        return ads.announce(due[0], ads.watch.free_since) if due else []

    @_on("AVPlayerInterstitialEventMonitorInterstitialEventDidFinishNotification", _BREAK)
    def _on_finished(self, callback: Callback) -> list[Signal]:
        self._waits = None
        if not self._ads.in_break:
            return []
        out = self._end_break(callback)
        if self._status == "playing" and self._content.wanted:
            out += self._content.moves(callback.at, _position(callback))
        return out

    @_on("AVPlayerInterstitialEventMonitorCurrentEventSkippedNotification", "ad_skip")
    def _on_skipped(self, callback: Callback) -> list[Signal]:
        return self._ads.skip(callback)

    def _on_interstitial_player(self, callback: Callback) -> list[Signal]:
        """The player of the ads, where it is heard, says what moves."""
        self._heard = True
        event, ads, out = callback.event, self._ads, list[Signal]()
        status = status_of(_value(callback)) if event == "timeControlStatus" else None
        if not ads.in_break:
            # The word that an event is current was lost, or the session begins after it (S83).
            begun, runs = self._content.begun, status == "playing"
            if not runs and (begun or event != "periodicTimeObserver"):
                return []
            out = self._begin(attrs.evolve(callback, state={}), {})
            if runs and not begun:
                return out  # only the ad's clock says how much of it was shown before
        if status == "playing":
            out += ads.media(callback, "playing")
        elif status == "waiting":
            out += ads.media(callback, "waiting")
        elif event in ("periodicTimeObserver", "boundaryTimeObserver"):
            position = _position(callback)
            out += [] if position is None else ads.moves(callback, position)
        elif event == "AVPlayerItemDidPlayToEndTimeNotification":
            out += [*ads.finish(callback), *self._next()]
        elif _fails(callback):
            reason = error_reason(callback.detail.get("error"))
            out += [*ads.fail(callback, reason), *self._next()]
        return out

    # -- the audio session and the app -------------------------------------------------------------

    @_on(
        "AVAudioSessionInterruptionNotification AVAudioSessionMediaServicesWereLostNotification",
        "pause interrupt",
    )
    @_on(
        "AVAudioSessionRouteChangeNotification",
        "pause interrupt",
        "headphones that are unplugged stop playback",
    )
    def _on_audio_session(self, callback: Callback) -> list[Signal]:
        key, causes, method = _SESSION[callback.event]
        stops = key is None or callback.detail.get(key) in causes
        return self._interrupt(callback.at, method) if stops else []

    @_on(
        "UIApplicationDidEnterBackgroundNotification",
        "pause",
        "a pause around it is the background's (S77)",
    )
    def _on_hidden(self, callback: Callback) -> list[Signal]:
        return self._causes(callback, "AppBackgrounded", _BACKGROUND)

    @_on("UIApplicationWillEnterForegroundNotification", "", "the app is seen again")
    def _on_shown(self, callback: Callback) -> list[Signal]:  # noqa: ARG002
        self._cause = (-math.inf, "")
        return []

    @_on("UIApplicationWillTerminateNotification", "pause exit")
    def _on_terminate(self, callback: Callback) -> list[Signal]:
        if self._ads.in_break:
            return self._ads.leave_page(callback)
        return [*self._release(), *self._content.exit(callback.at)]


def _value(callback: Callback) -> Any:
    """A key path's new value."""
    if "new" in callback.detail:
        return callback.detail["new"]
    name = callback.event.rpartition(".")[2]
    return callback.detail.get("value", callback.state.get(name))


def _fails(callback: Callback) -> bool:
    """Whether a status or the word of a failure says so."""
    told = callback.event.endswith("status") and _value(callback) in (2, "failed")
    return told or callback.event == _FAILED


def _position(callback: Callback) -> float | None:
    told = seconds(callback.detail.get("time"))
    return told if told is not None else seconds(callback.state.get("currentTime"))


def _asset(item: object) -> str | None:
    """What an item plays, when it says so."""
    told = item.get("asset", item.get("url")) if isinstance(item, Mapping) else None
    return told if isinstance(told, str) and told else None


def seconds(value: object) -> float | None:
    """A ``CMTime`` (``value`` ticks of which ``timescale`` make a second), or a plain number.

    None for a negative, invalid, infinite or indefinite time.
    """
    if isinstance(value, Mapping):
        flags = finite(value.get("flags"))
        if flags is not None and (flags % 2 == 0 or int(flags) & _NO_NUMBER):
            return None
        ticks, scale = finite(value.get("value")), finite(value.get("timescale"))
        number = finite(value.get("seconds"))
        if ticks is not None and scale is not None and scale > 0:
            number = ticks / scale
    else:
        number = finite(value)
    return number if number is not None and 0 <= number <= _LONGEST else None


def is_indefinite(value: object) -> bool:
    """Whether a length is that of a live item."""
    if isinstance(value, Mapping):
        flags = finite(value.get("flags"))
        return value.get("indefinite") is True or (
            flags is not None and 0 <= flags < 256 and bool(int(flags) & _INDEFINITE)
        )
    return value in ("indefinite", "Infinity") or value == float("inf")


def status_of(value: object) -> str | None:
    """``AVPlayer.TimeControlStatus`` by number or name: ``paused``, ``waiting``, ``playing``."""
    if isinstance(value, str):
        said = value.lower()
        return next((name for name in _STATUSES.values() if said.startswith(name)), None)
    number = finite(value)
    return _STATUSES.get(int(number)) if number is not None and 0 <= number < 3 else None


def named(value: object, *endings: str) -> str | None:
    """Which of some names a constant has, whatever its prefix: ``...ReasonAppBackgrounded``."""
    if not isinstance(value, str):
        return None
    said = value.lower().removesuffix("reason")
    return next((name for name in endings if said.endswith(name.lower())), None)


def break_of(event: Mapping[str, Any]) -> tuple[Pod, tuple[Announced, ...]]:
    """An interstitial event of the monitor's: a break, whose template items are its ads."""
    items, offset = event.get("templateItems"), seconds(event.get("time"))
    told = (
        [item if isinstance(item, Mapping) else {} for item in items[:_MOST]]
        if isinstance(items, list)
        else []
    )
    placement = "mid" if offset else None
    if named(event.get("cue"), "JoinCue", "Join") or offset == 0:
        placement = "pre"
    elif named(event.get("cue"), "LeaveCue", "Leave"):
        placement = "post"
    ads = [
        Announced(text_of(item.get("identifier")), n, seconds(item.get("duration")) or None)
        for n, item in enumerate(told or [{}], start=1)
    ]
    pod = Pod(
        text_of(event.get("identifier")),
        placement,
        offset if placement == "mid" else None,
        len(told) or None,
    )
    return pod, tuple(ads)


def error_reason(value: object) -> str:
    """What an ``NSError``, or an entry of the error log, says."""
    told: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    domain = told.get("domain", told.get("errorDomain"))
    code = finite(told.get("code", told.get("errorStatusCode")))
    if not isinstance(domain, str) or not domain:
        return "playback error"
    if domain in ("NSURLErrorDomain", "CoreMediaErrorDomain") and code is not None and code < 0:
        return "network loss" if domain == "NSURLErrorDomain" else f"CoreMedia error {int(code)}"
    return f"{domain[:60]} {int(code)}" if code is not None and abs(code) < 1e9 else domain[:60]
