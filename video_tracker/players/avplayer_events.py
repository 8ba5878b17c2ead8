"""Everything of AVPlayer that can be observed, and what becomes of it.

Key paths are those of key-value observing from the player (``timeControlStatus``,
``currentItem.status``); notifications have their full names, delegates' methods their first word.
"""

from typing import Final

from video_tracker.players.base import Ignored, Mapped

__all__ = ["AVPLAYER_EVENTS"]

_ASSET: Final = "what the item is, not what it does"
_BUFFER: Final = "the buffer's own business; `timeControlStatus` says what moves"
_LOOKS: Final = "the player's appearance"
_METADATA: Final = "timed metadata; interstitials have their own notifications"
_OPTION: Final = "an option of the player, not what it does"
_OUTPUT: Final = "where the picture goes"
_SCHEDULE: Final = "a schedule; the interstitial that is played says so itself"
_SPEED: Final = "which speeds the item can play, not the one it plays"
_TRACKS: Final = "the choice of audio or text"
_WINDOW: Final = "a window, not full screen"

_MOVES: Final = (
    "play playing progress seek_start seek_end buffer_start buffer_end quality pause interrupt load"
    " update ad_start ad_progress ad_break_end"
)
_BREAK: Final = (
    "play playing progress seek_end content_end buffer_end ad_break_start ad_start ad_end ad_skip"
    " ad_break_end"
)

_PLAYER: Final[dict[str, Mapped | Ignored]] = {
    "actionAtItemEnd": Ignored(_OPTION),
    "airPlayVideoActive": Ignored(_OUTPUT),
    "allowsAirPlayVideo": Ignored(_OPTION),
    "allowsCaptureOfClearKeyVideo": Ignored(_OPTION),
    "allowsExternalPlayback": Ignored(_OPTION),
    "appliesMediaSelectionCriteriaAutomatically": Ignored(_TRACKS),
    "audioOutputSuppressedDueToNonMixableAudioRoute": Ignored("the sound's own business"),
    "audiovisualBackgroundPlaybackPolicy": Ignored(_OPTION),
    "automaticallyWaitsToMinimizeStalling": Ignored(_OPTION),
    "availableHDRModes": Ignored(_OUTPUT),
    "closedCaptionDisplayEnabled": Ignored(_TRACKS),
    "currentItem": Mapped(
        "pause progress load end exit content_end ad_end ad_break_end", "the next item (S24)"
    ),
    "defaultRate": Ignored(_OPTION),
    "eligibleForHDRPlayback": Ignored(_OUTPUT),
    "error": Mapped("pause error interrupt"),
    "externalPlaybackActive": Ignored(_OUTPUT),
    "externalPlaybackVideoGravity": Ignored(_OPTION),
    "masterClock": Ignored(_OPTION),
    "muted": Mapped("update"),
    "networkResourcePriority": Ignored(_OPTION),
    "outputObscuredDueToInsufficientExternalProtection": Ignored(_OUTPUT),
    "playbackCoordinator": Ignored("viewing together; `timeControlStatus` says what moves"),
    "preventsDisplaySleepDuringVideoPlayback": Ignored(_OPTION),
    "rate": Mapped(_MOVES, "0 is no rate: the player is paused or waits"),
    "reasonForWaitingToPlay": Mapped("buffer_end", "a wait for an interstitial is no stall"),
    "sourceClock": Ignored(_OPTION),
    "status": Mapped("pause error interrupt", "failed"),
    "timeControlStatus": Mapped(f"{_MOVES} {_BREAK}"),
    "usesAirPlayVideoWhileAirPlayScreenIsActive": Ignored(_OPTION),
    "usesExternalPlaybackWhileExternalScreenIsActive": Ignored(_OPTION),
    "videoOutput": Ignored(_OUTPUT),
    "volume": Mapped("update"),
}

_ITEM: Final[dict[str, Mapped | Ignored]] = {
    "allowedAudioSpatializationFormats": Ignored(_OPTION),
    "appliesPerFrameHDRDisplayMetadata": Ignored(_OPTION),
    "asset": Ignored(_ASSET),
    "audioMix": Ignored(_OPTION),
    "audioSpatializationAllowed": Ignored(_OPTION),
    "audioTimePitchAlgorithm": Ignored(_OPTION),
    "automaticallyHandlesInterstitialEvents": Ignored(_OPTION),
    "automaticallyLoadedAssetKeys": Ignored(_ASSET),
    "automaticallyPreservesTimeOffsetFromLive": Ignored(_OPTION),
    "canPlayFastForward": Ignored(_SPEED),
    "canPlayFastReverse": Ignored(_SPEED),
    "canPlayReverse": Ignored(_SPEED),
    "canPlaySlowForward": Ignored(_SPEED),
    "canPlaySlowReverse": Ignored(_SPEED),
    "canStepBackward": Ignored(_SPEED),
    "canStepForward": Ignored(_SPEED),
    "canUseNetworkResourcesForLiveStreamingWhilePaused": Ignored(_OPTION),
    "configuredTimeOffsetFromLive": Ignored(_OPTION),
    "currentMediaSelection": Ignored(_TRACKS),
    "customVideoCompositor": Ignored(_OPTION),
    "duration": Mapped("load", "a length, or none: live (S6)"),
    "error": Mapped("pause error interrupt"),
    "externalMetadata": Ignored(_METADATA),
    "forwardPlaybackEndTime": Ignored(_OPTION),
    "integratedTimeline": Ignored(_SCHEDULE),
    "interstitialEventIdentifier": Ignored(_SCHEDULE),
    "interstitialTimeRanges": Ignored(_SCHEDULE),
    "loadedTimeRanges": Ignored(_BUFFER),
    "mediaDataCollectors": Ignored(_METADATA),
    "nowPlayingInfo": Ignored(_METADATA),
    "outputs": Ignored(_OUTPUT),
    "playbackBufferEmpty": Mapped("buffer_start", "a rate of 0 that it explains is no pause"),
    "playbackBufferFull": Ignored(_BUFFER),
    "playbackLikelyToKeepUp": Mapped("buffer_start", "as `playbackBufferEmpty`"),
    "preferredCustomMediaSelectionSchemes": Ignored(_TRACKS),
    "preferredForwardBufferDuration": Ignored(_OPTION),
    "preferredMaximumResolution": Ignored(_OPTION),
    "preferredMaximumResolutionForExpensiveNetworks": Ignored(_OPTION),
    "preferredPeakBitRate": Ignored(_OPTION),
    "preferredPeakBitRateForExpensiveNetworks": Ignored(_OPTION),
    "presentationSize": Mapped("quality", "the picture's height"),
    "recommendedTimeOffsetFromLive": Ignored(_OPTION),
    "reversePlaybackEndTime": Ignored(_OPTION),
    "seekableTimeRanges": Ignored("the live window moved; the position tells"),
    "seekingWaitsForVideoCompositionRendering": Ignored(_OPTION),
    "startsOnFirstEligibleVariant": Ignored(_OPTION),
    "status": Mapped("pause error interrupt", "failed; ready is no playback"),
    "templatePlayerItem": Ignored(_ASSET),
    "textStyleRules": Ignored(_TRACKS),
    "timebase": Ignored("the clock itself; the time observers read it"),
    "timedMetadata": Ignored(_METADATA),
    "tracks": Ignored(_TRACKS),
    "variantPreferences": Ignored(_OPTION),
    "videoApertureMode": Ignored(_LOOKS),
    "videoComposition": Ignored(_OPTION),
}

_MONITOR: Final = "AVPlayerInterstitialEventMonitor"

_NOTIFICATIONS: Final[dict[str, Mapped | Ignored]] = {
    "AVPlayerAvailableHDRModesDidChangeNotification": Ignored(_OUTPUT),
    "AVPlayerEligibleForHDRPlaybackDidChangeNotification": Ignored(_OUTPUT),
    "AVPlayerIntegratedTimelineSnapshotsOutOfSyncNotification": Ignored(_SCHEDULE),
    "AVPlayerItemDidPlayToEndTimeNotification": Mapped("content_end ad_end"),
    "AVPlayerItemFailedToPlayToEndTimeNotification": Mapped("pause error interrupt ad_error"),
    "AVPlayerItemMediaSelectionDidChangeNotification": Ignored(_TRACKS),
    "AVPlayerItemNewAccessLogEntryNotification": Mapped("quality"),
    "AVPlayerItemNewErrorLogEntryNotification": Mapped("error", "never fatal by itself"),
    "AVPlayerItemPlaybackStalledNotification": Mapped("buffer_start interrupt"),
    "AVPlayerItemRecommendedTimeOffsetFromLiveDidChangeNotification": Ignored(_OPTION),
    "AVPlayerItemTimeJumpedNotification": Mapped(
        "pause seek_start seek_end", "a seek, if the position says so too (S70)"
    ),
    "AVPlayerRateDidChangeNotification": Mapped(
        _MOVES, "why: the audio session, the background, the live edge"
    ),
    f"{_MONITOR}AssetListResponseStatusDidChangeNotification": Ignored(_SCHEDULE),
    f"{_MONITOR}CurrentEventDidChangeNotification": Mapped(_BREAK),
    f"{_MONITOR}CurrentEventSkippableStateDidChangeNotification": Ignored(
        "whether it may be skipped"
    ),
    f"{_MONITOR}CurrentEventSkippedNotification": Mapped("ad_skip"),
    f"{_MONITOR}EventsDidChangeNotification": Ignored(_SCHEDULE),
    f"{_MONITOR}InterstitialEventDidFinishNotification": Mapped(_BREAK),
    f"{_MONITOR}InterstitialEventWasUnscheduledNotification": Ignored(_SCHEDULE),
    f"{_MONITOR}ScheduleRequestCompletedNotification": Ignored(_SCHEDULE),
    # the audio session
    "AVAudioSessionInterruptionNotification": Mapped("pause interrupt"),
    "AVAudioSessionMediaServicesWereLostNotification": Mapped("pause interrupt"),
    "AVAudioSessionMediaServicesWereResetNotification": Ignored("playback tells of itself"),
    "AVAudioSessionRouteChangeNotification": Mapped(
        "pause interrupt", "headphones that are unplugged stop playback"
    ),
    "AVAudioSessionSilenceSecondaryAudioHintNotification": Ignored("other apps' sound"),
    # the app
    "UIApplicationDidBecomeActiveNotification": Ignored("playback tells of itself"),
    "UIApplicationDidEnterBackgroundNotification": Mapped(
        "pause", "a pause around it is the background's (S77)"
    ),
    "UIApplicationDidReceiveMemoryWarningNotification": Ignored("nothing moved"),
    "UIApplicationWillEnterForegroundNotification": Mapped((), "the app is seen again"),
    "UIApplicationWillResignActiveNotification": Ignored("the viewer may still see the video"),
    "UIApplicationWillTerminateNotification": Mapped("pause exit"),
}

_CALLS: Final[dict[str, Mapped | Ignored]] = {
    # AVPlayer's observers and completion handlers
    "boundaryTimeObserver": Mapped(_MOVES),
    "periodicTimeObserver": Mapped(_MOVES),
    "seek": Mapped("pause seek_start", "`seek(to:)`, as the app calls it"),
    "seekCompleted": Mapped("seek_end playing", "its completion handler"),
    # AVPictureInPictureControllerDelegate
    "pictureInPictureControllerDidStartPictureInPicture": Ignored(_WINDOW),
    "pictureInPictureControllerDidStopPictureInPicture": Ignored(_WINDOW),
    "pictureInPictureControllerFailedToStartPictureInPicture": Ignored(_WINDOW),
    "pictureInPictureControllerRestoreUserInterfaceForPictureInPictureStop": Ignored(_WINDOW),
    "pictureInPictureControllerWillStartPictureInPicture": Ignored(_WINDOW),
    "pictureInPictureControllerWillStopPictureInPicture": Ignored(_WINDOW),
    # AVPlayerViewControllerDelegate
    "playerViewControllerDidPresentInterstitial": Ignored("the monitor says it"),
    "playerViewControllerWillBeginFullScreenPresentation": Mapped("update"),
    "playerViewControllerWillEndFullScreenPresentation": Mapped("update"),
    "playerViewControllerWillPresentInterstitial": Ignored("the monitor says it"),
    "playerViewControllerWillResumePlaybackAfterUserNavigated": Ignored(
        "tvOS: `AVPlayerItemTimeJumpedNotification` says where to"
    ),
}

AVPLAYER_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    **_PLAYER,
    **{f"currentItem.{name}": entry for name, entry in _ITEM.items()},
    **_NOTIFICATIONS,
    **_CALLS,
}
"""Key paths, notifications, observers and delegates' methods, and what becomes of them."""
