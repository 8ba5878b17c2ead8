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
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, parts_of, positive, text_of
from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import PACE, SLACK, Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.doubt import HOLD
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.state_player import StatePlayer
from video_tracker.players.words import SEEKS
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

_INDEFINITE: Final = 16  # ``kCMTimeFlags_Indefinite``: the length of a live item.
_NO_NUMBER: Final = 4 | 8 | _INDEFINITE
"""Flags of times that are no number: infinite, or indefinite."""
_LONGEST: Final = 1e9
_STATUSES: Final = {0: "paused", 1: "waiting", 2: "playing"}

_MOVES: Final = (
    "play playing progress seek_start seek_end buffer_start buffer_end quality pause "
    "interrupt load update ad_start ad_progress ad_break_end content_end"
)
_BREAK: Final = (
    "play playing progress seek_end content_end buffer_end ad_break_start ad_start ad_end "
    "ad_skip ad_break_end"
)


class AVPlayerAdapter(StatePlayer):
    """AVPlayer with HLS interstitials; see the module (S31, S70, S76, S77)."""

    name: ClassVar[str] = "avplayer"
    snapshot: ClassVar[str] = "fullscreen muted volume"
    changes: ClassVar[frozenset[str]] = frozenset({"currentItem"})
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "avplayer": {
            "an option of the player, not what it does": """actionAtItemEnd allowsAirPlayVideo
                allowsCaptureOfClearKeyVideo allowsExternalPlayback
                audiovisualBackgroundPlaybackPolicy automaticallyWaitsToMinimizeStalling defaultRate
                externalPlaybackVideoGravity masterClock networkResourcePriority
                preventsDisplaySleepDuringVideoPlayback sourceClock
                usesAirPlayVideoWhileAirPlayScreenIsActive
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
            "where the picture goes": """airPlayVideoActive availableHDRModes eligibleForHDRPlayback
                externalPlaybackActive outputObscuredDueToInsufficientExternalProtection videoOutput
                currentItem.outputs AVPlayerAvailableHDRModesDidChangeNotification
                AVPlayerEligibleForHDRPlaybackDidChangeNotification""",
            "the choice of audio or text": """appliesMediaSelectionCriteriaAutomatically
                closedCaptionDisplayEnabled currentItem.currentMediaSelection
                currentItem.preferredCustomMediaSelectionSchemes currentItem.textStyleRules
                currentItem.tracks AVPlayerItemMediaSelectionDidChangeNotification""",
            "the sound's own business": "audioOutputSuppressedDueToNonMixableAudioRoute",
            "viewing together; `timeControlStatus` says what moves": "playbackCoordinator",
            "what the item is, not what it does": """currentItem.asset
                currentItem.automaticallyLoadedAssetKeys currentItem.templatePlayerItem""",
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
            "playback tells of itself": """AVAudioSessionMediaServicesWereResetNotification
                UIApplicationDidBecomeActiveNotification""",
            "other apps' sound": "AVAudioSessionSilenceSecondaryAudioHintNotification",
            "nothing moved": "UIApplicationDidReceiveMemoryWarningNotification",
            "the app is seen again": "UIApplicationWillEnterForegroundNotification",
            "the viewer may still see the video": "UIApplicationWillResignActiveNotification",
            "a window, not full screen": """pictureInPictureControllerDidStartPictureInPicture
                pictureInPictureControllerDidStopPictureInPicture
                pictureInPictureControllerFailedToStartPictureInPicture
                pictureInPictureControllerRestoreUserInterfaceForPictureInPictureStop
                pictureInPictureControllerWillStartPictureInPicture
                pictureInPictureControllerWillStopPictureInPicture""",
            "the monitor says it": """playerViewControllerDidPresentInterstitial
                playerViewControllerWillPresentInterstitial""",
            "tvOS: `AVPlayerItemTimeJumpedNotification` says where to": """
                playerViewControllerWillResumePlaybackAfterUserNavigated""",
        },
    }

    def __init__(self) -> None:
        super().__init__(starts=False)
        self._status: str | None = None
        self._reason: object = None
        self._cause = (-math.inf, "")
        """Until when a pause has a cause that was told before it, and which."""
        self._jumped: tuple[float, float | None] | None = None
        """A jump of unknown target: when, and from where."""
        self._heard = False
        """Whether the interstitial player is heard, so that it says what moves."""
        self._stood = False
        """Whether the player has waited since the break began."""
        self._due: Sequence[Announced] = ()  # The ads of the open break that have not come yet.
        self._dropped, self._dropped_before = 0.0, 0.0

    def _spoken(self, callback: Callback) -> list[Signal]:
        if callback.element is not None:
            return self._on_interstitial_player(callback)
        return super()._spoken(callback)

    def _position(self, callback: Callback) -> float | None:
        told = seconds(callback.detail.get("time"))
        return told if told is not None else seconds(callback.state.get("currentTime"))

    def _length(self, callback: Callback, value: object) -> list[Signal]:
        told = "Infinity" if is_indefinite(value) else seconds(value)
        return super()._length(callback, told)

    # -- pauses and their causes -------------------------------------------------------------------

    def _content_says(self, callback: Callback, *events: str) -> bool:
        if callback.event == "seek":
            return "seeking" in events
        plays = callback.event == "timeControlStatus" and status_of(_value(callback)) != "paused"
        return plays and "play" in events

    def _is_decisive(self, callback: Callback) -> bool:  # noqa: ARG002 - its causes are
        return False

    def _stop(self, callback: Callback) -> list[Signal]:
        media, ads = self._media, self._breaks
        if ads.in_break:
            return ads.media(callback, "pause") if ads.ad.started else []
        if not media.wanted or media.ended or self._doubt.held is not None:
            return []
        self._doubt.held = self._pause(callback)
        until, cause = self._cause
        if callback.at <= until:
            return self._blame(callback, cause)
        return self._release() if media.failed else []

    def _causes(self, callback: Callback, cause: str, window: float = HOLD) -> list[Signal]:
        """A pause about now has this cause: the one that is held, or one that follows at once."""
        held = self._doubt.held
        if cause != _DRY or self._cause[0] < callback.at:
            self._cause = (callback.at + window, cause)
        explains = held is not None and callback.at - held.at <= window
        return self._blame(callback, cause) if explains else []

    def _blame(self, callback: Callback, cause: str) -> list[Signal]:
        if cause == _DRY:
            return self._on_stalled(callback)
        if cause == "AudioSessionInterrupted":
            return self._interrupt(callback.at, "audio interruption")
        if cause == "AppBackgrounded" and self._doubt.held is not None:
            self._media.hidden_at = self._doubt.held.at
        return self._release()

    def _interrupt(self, at: float, method: str) -> list[Signal]:
        """Nobody pressed pause (S26)."""
        held = self._doubt.take()
        if not self._media.wanted:
            return []
        return self._media.interrupt(at if held is None else held.at, method)

    # -- the player --------------------------------------------------------------------------------

    @_on("timeControlStatus", f"{_MOVES} {_BREAK}")
    def _on_status(self, callback: Callback) -> list[Signal]:
        status = status_of(_value(callback))
        if status is None:
            return self.ignore(callback, "no status that AVFoundation documents")
        self._status = status
        self._reason = callback.detail.get("reasonForWaitingToPlay", self._reason)
        answers = {"paused": self._stop, "waiting": self._wait, "playing": self._play}
        return answers[status](callback)

    def _play(self, callback: Callback) -> list[Signal]:
        self._doubt.take()  # it goes on at once: nobody saw a pause
        self._failed = False
        if self._breaks.in_break and not self._stood:
            return self._goes_on(callback)
        return [*self._end_break(callback), *self._runs(callback, self._position(callback))]

    def _wait(self, callback: Callback) -> list[Signal]:
        held, place = self._doubt.take(), self._position(callback)
        if self._breaks.in_break:
            self._stood = True
            return self._goes_on(callback)
        if held is not None:
            return []
        ended = self._media.ended
        out = [] if ended else self._content(callback, "play", currentTime=place)
        stalls = named(self._reason, *_NO_STALLS) is None
        return out + self._waits(callback) if stalls else out

    def _goes_on(self, callback: Callback) -> list[Signal]:
        """Play is wanted in a break, whose ads may not be heard themselves."""
        out = self._breaks.media(callback, "play")
        return out if self._heard else out + self._breaks.media(callback, "playing")

    @_on("reasonForWaitingToPlay", "buffer_end", "a wait for an interstitial is no stall")
    def _on_reason(self, callback: Callback) -> list[Signal]:
        self._reason = _value(callback)
        if named(self._reason, *_NO_STALLS) is None or not self._media.stalled:
            return []
        return self._content(callback, "playing", currentTime=None)

    @_on("rate", _MOVES, "0 is no rate: the player is paused or waits")
    def _on_rate(self, callback: Callback) -> list[Signal]:
        rate = finite(_value(callback))
        return [] if rate is None else self._rate(callback, rate)

    def _rate(self, callback: Callback, rate: float) -> list[Signal]:
        if rate > 0:
            out, media = self._plays_at(callback, rate), self._media
            if self._status is None and not media.begun and not self._breaks.in_break:
                # A wish: frames move when the status, or the clock, says so (S25).
                return out + self._content(callback, "play", currentTime=self._position(callback))
            return out if self._status is not None else [*out, *self._play(callback)]
        # Without `timeControlStatus`, which came with iOS 10, 0 is all that tells of a pause.
        return [] if self._status is not None or rate < 0 else self._stop(callback)

    @_on("AVPlayerRateDidChangeNotification", _MOVES, "why: audio session, background, live edge")
    def _on_rate_changed(self, callback: Callback) -> list[Signal]:
        cause = named(callback.detail.get("reason"), *_CAUSES)
        out = [] if cause is None else self._causes(callback, cause)
        rate = finite(callback.detail.get("rate"))
        return out if rate is None else [*out, *self._rate(callback, rate)]

    @_on("AVPlayerItemPlaybackStalledNotification", "buffer_start interrupt")
    def _on_stalled(self, callback: Callback) -> list[Signal]:
        """It says that it waits: a rate of 0 right before was no pause (S31, S74)."""
        if self._breaks.in_break:
            return []
        stall = self._doubt.stall()
        return self._waits(callback) if stall is None else self._media.receive(stall)

    @_on("currentItem.playbackBufferEmpty", "buffer_start", "the rate of 0 after it is no pause")
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
            return self._sounds(callback, None, value is True)
        return self._sounds(callback, value)

    @_on("playerViewControllerWillBeginFullScreenPresentation", "update")
    @_on("playerViewControllerWillEndFullScreenPresentation", "update")
    def _on_full_screen(self, callback: Callback) -> list[Signal]:
        return self._fills(callback, "Begin" in callback.event)

    # -- the clock ---------------------------------------------------------------------------------

    @_on("boundaryTimeObserver periodicTimeObserver", _MOVES)
    def _on_time(self, callback: Callback) -> list[Signal]:
        position = self._position(callback)
        if position is None:
            return []
        if self._breaks.in_break:
            out = self._moves(callback, position)
        else:
            out = self._landed(callback, position)
            still = self._doubt.held is not None or self._status not in (None, "playing")
            out += self._clock_tells(callback, position, plays=False if still else None)
        if self._status is not None and self._media.running:
            self._status = "playing"
        return out

    @_on(
        "AVPlayerItemTimeJumpedNotification",
        "pause seek_start seek_end",
        "a seek, if the position says so too (S70)",
        in_break="",
    )
    def _on_jump(self, callback: Callback) -> list[Signal]:
        """The clock jumped: at the start, for a seek, over a gap; the position tells (S70)."""
        media, position = self._media, self._position(callback)
        if media.seeking or not media.shown or media.ended:
            return []
        self._jumped = (callback.at, media.where(callback.at))
        out = self._release()
        return out if position is None else out + self._landed(callback, position)

    def _landed(self, callback: Callback, position: float) -> list[Signal]:
        jumped, self._jumped = self._jumped, None
        if jumped is None or not self._media.jumped(callback.at, position):
            return []
        began, running = attrs.evolve(callback, at=jumped[0]), self._media.running
        out = self._seeks(began, position, jumped[1])
        lands = self._runs if running else self._lands
        return out + lands(callback, position)

    @_on("seek", f"pause {SEEKS}", "`seek(to:)`, as the app calls it", in_break="")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        target = seconds(callback.detail.get("to", callback.detail.get("time")))
        if target is None:
            return []
        self._jumped = None
        return [*self._release(), *self._seeks(callback, target, self._reached(callback))]

    @_on("seekCompleted", "seek_end playing", "its completion handler", in_break="")
    def _on_sought(self, callback: Callback) -> list[Signal]:
        if callback.detail.get("finished") is False:
            return []  # another seek took its place
        if self._status == "waiting":
            return []  # it waits for the data of its target: that is the seek's (B6)
        place = self._position(callback)
        out = self._content(callback, "seeked", currentTime=place)
        return out + self._runs(callback, place) if self._status == "playing" else out

    # -- the item ----------------------------------------------------------------------------------

    @_on(
        "currentItem",
        "pause progress load end exit content_end ad_end ad_break_end",
        "the next item (S24)",
    )
    def _on_item(self, callback: Callback) -> list[Signal]:
        at, media = callback.at, self._media
        new, old = callback.detail.get("new"), callback.detail.get("old")
        self._doubt.take()
        self._jumped, self._failed = None, False
        self._dropped = self._dropped_before = 0.0
        if "new" in callback.detail and new is None:
            return [*self._breaks.end(at), *media.over(at)]
        if media.ended and _asset(new) is not None and _asset(new) == _asset(old):
            out = [*self._breaks.end(at), *media.over(at)]
            media.ended = False  # AVPlayerLooper: the same once more (S70)
            return out
        return self._next_item(callback)

    @_on("currentItem.duration", "load", "a length, or none: live (S6)")
    def _on_length(self, callback: Callback) -> list[Signal]:
        return self._length(callback, _value(callback))

    @_on("AVPlayerItemDidPlayToEndTimeNotification", "content_end ad_end", in_break="")
    def _on_end(self, callback: Callback) -> list[Signal]:
        self._doubt.take()  # the pause was the end's (A1)
        return self._ends(callback)

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
        stopped = self._doubt.take() is not None
        error = self._view.event(callback, "error", paused=stopped)
        return self._media.fail(error, error_reason(told))

    @_on("AVPlayerItemNewErrorLogEntryNotification", "error", "never fatal by itself")
    def _on_error_log(self, callback: Callback) -> list[Signal]:
        return self._media.fail(callback, error_reason(callback.detail), fatal=False)

    @_on("AVPlayerItemNewAccessLogEntryNotification", "quality", in_break="")
    def _on_access_log(self, callback: Callback) -> list[Signal]:
        """A variant was switched to; each entry counts its own dropped frames."""
        detail = callback.detail
        dropped = finite(detail.get("numberOfDroppedVideoFrames"))
        if dropped is not None and 0 <= dropped < 1e9:
            if dropped < self._dropped:
                self._dropped_before += self._dropped
            self._dropped = dropped
        self._renditions.dropped = self._dropped_before + self._dropped
        self._renditions.learn(Rendition(positive(detail.get("indicatedBitrate"))))
        return []

    @_on("currentItem.presentationSize", "quality", "the picture's height", in_break="")
    def _on_size(self, callback: Callback) -> list[Signal]:
        told = _value(callback)
        height = positive(told.get("height")) if isinstance(told, Mapping) else None
        self._renditions.learn(Rendition(height=height))
        return []

    # -- interstitials -----------------------------------------------------------------------------

    @_on("AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification", _BREAK)
    def _on_interstitial(self, callback: Callback) -> list[Signal]:
        event = callback.detail.get("event")
        if not isinstance(event, Mapping):
            return self._on_finished(callback)
        self._doubt.take()
        return self._begin(callback, event)

    def _begin(self, callback: Callback, event: Mapping[str, Any]) -> list[Signal]:
        """An interstitial event is current; who plays it may not be heard."""
        ads, (pod, due) = self._breaks, break_of(event)
        began, ads.gone = ads.began, ads.gone and not event
        out = ads.begin(callback.at, pod, stands=self._position(callback), implied=not event)
        self._due = due
        if ads.began != began:
            out += self._next()
        self._stood = self._status == "waiting" or not event
        waits = self._status == "paused" and not self._media.begun  # for somebody to press play
        return out if self._heard or waits else [*out, *ads.media(callback, "playing")]

    def _end_break(self, callback: Callback) -> list[Signal]:
        """The break is over, and its last ad with it, for whose end there is no other word."""
        out = self._breaks.finish(callback) if self._breaks.ad.started else []
        return [*out, *self._breaks.end(callback.at)]

    def _next(self, unknown: Announced | None = None) -> list[Signal]:
        """The next ad of the open break is due, or one of which nobody told."""
        ads = self._breaks
        due = next(iter(self._due[ads.place : ads.place + 1]), unknown)
        return [] if due is None else ads.announce(due, ads.ad.watch.free_since)

    @_on("AVPlayerInterstitialEventMonitorInterstitialEventDidFinishNotification", _BREAK)
    def _on_finished(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            return []
        out = self._end_break(callback)
        if self._status == "playing" and self._media.wanted:
            out += self._runs(callback, self._position(callback))
        return out

    @_on("AVPlayerInterstitialEventMonitorCurrentEventSkippedNotification", "ad_skip")
    def _on_skipped(self, callback: Callback) -> list[Signal]:
        return self._breaks.finish(callback, skipped=True)

    def _on_interstitial_player(self, callback: Callback) -> list[Signal]:
        """The player of the ads, where it is heard, says what moves."""
        self._heard = True
        out: list[Signal] = []
        event, ads = callback.event, self._breaks
        status = status_of(_value(callback)) if event == "timeControlStatus" else None
        if not ads.in_break:
            # The word that an event is current was lost, or the session begins after it (S83).
            begun, runs = self._media.begun, status == "playing"
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
            out += self._ad_clock(callback, self._position(callback))
        elif event == "AVPlayerItemDidPlayToEndTimeNotification":
            late = ads.ad.is_of_another(callback.at, self._position(callback))
            out += [] if late else [*ads.finish(callback), *self._next()]
        elif _fails(callback):
            reason = error_reason(callback.detail.get("error"))
            out += [*ads.fail(callback, reason), *self._next()]
        return out

    def _ad_clock(self, callback: Callback, position: float | None) -> list[Signal]:
        """The interstitial player's clock; one that is back at its start is the next ad's (S62)."""
        ads, ad = self._breaks, self._breaks.ad
        if position is None:
            return []
        back = ad.announced is None or (ad.started and position < ad.position - SLACK)
        begins = back and 0 < position <= callback.at - ads.ad.watch.last_at + PACE
        out = self._next(Announced()) if begins else []
        return out + ads.moves(callback, position)

    # -- the audio session and the app -------------------------------------------------------------

    @_on(
        "AVAudioSessionInterruptionNotification AVAudioSessionMediaServicesWereLostNotification",
        "pause interrupt",
    )
    @_on("AVAudioSessionRouteChangeNotification", "pause interrupt", "headphones unplugged")
    def _on_audio_session(self, callback: Callback) -> list[Signal]:
        key, causes, method = _SESSION[callback.event]
        stops = key is None or callback.detail.get(key) in causes
        return self._interrupt(callback.at, method) if stops else []

    @_on("UIApplicationDidEnterBackgroundNotification", "pause", "a pause near it is its own (S77)")
    def _on_hidden(self, callback: Callback) -> list[Signal]:
        return self._causes(callback, "AppBackgrounded", _BACKGROUND)

    @_on("UIApplicationWillTerminateNotification", "pause exit")
    def _on_terminate(self, callback: Callback) -> list[Signal]:
        return [*self._release(), *self._leave(callback)]


def _value(callback: Callback) -> Any:
    """A key path's new value."""
    if "new" in callback.detail:
        return callback.detail["new"]
    return callback.detail.get("value", callback.state.get(callback.event.rpartition(".")[2]))


def _fails(callback: Callback) -> bool:
    """Whether a status or the word of a failure says so."""
    told = callback.event.endswith("status") and _value(callback) in (2, "failed")
    return told or callback.event == _FAILED


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
        return next((name for name in _STATUSES.values() if value.lower().startswith(name)), None)
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
    told, offset = parts_of(event.get("templateItems")), seconds(event.get("time"))
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
