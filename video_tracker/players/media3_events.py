"""Every callback of Media3's ``Player.Listener`` and ``AnalyticsListener``, and its fate."""

from typing import Final

from video_tracker.players.base import Ignored, Mapped

__all__ = ["ANDROID_EVENTS", "MEDIA3_EVENTS"]

_AUDIO: Final = "the sound's own business"
_DECODER: Final = "the decoder's own business"
_KEYS: Final = "key negotiation"
_LOADING: Final = "loading is no playback"
_LOOKS: Final = "the player's appearance"
_METADATA: Final = "metadata; ads stand in the timeline"
_OPTION: Final = "an option of the player, not what it does"
_TRACKS: Final = "the choice of audio or text"
_TWIN: Final = "deprecated; its successor says it too"
_RECOVERED: Final = "the player goes on; `onPlayerError` says when it gave up"

_AD: Final = "ad_start ad_end ad_break_start ad_break_end"
_ANYTHING: Final = (
    "play playing pause progress seek_start seek_end buffer_start buffer_end content_end end"
    f" interrupt load update quality ad_progress ad_skip {_AD}"
)
"""A callback whose snapshot shows the player's whole state may be the first to tell a change."""

MEDIA3_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "onAudioAttributesChanged": Ignored(_AUDIO),
    "onAudioCodecError": Ignored(_RECOVERED),
    "onAudioDecoderInitialized": Ignored(_DECODER),
    "onAudioDecoderReleased": Ignored(_DECODER),
    "onAudioDisabled": Ignored(_AUDIO),
    "onAudioEnabled": Ignored(_AUDIO),
    "onAudioInputFormatChanged": Ignored("the sound's quality, not the picture's"),
    "onAudioPositionAdvancing": Ignored(_AUDIO),
    "onAudioSessionIdChanged": Ignored(_AUDIO),
    "onAudioSinkError": Ignored(_RECOVERED),
    "onAudioTrackInitialized": Ignored(_AUDIO),
    "onAudioTrackReleased": Ignored(_AUDIO),
    "onAudioUnderrun": Ignored(_AUDIO),
    "onAvailableCommandsChanged": Ignored(_OPTION),
    "onBandwidthEstimate": Ignored("the network's speed, not the picture's bit rate"),
    "onCues": Ignored(_TRACKS),
    "onDeviceInfoChanged": Ignored(_OPTION),
    "onDeviceVolumeChanged": Ignored("the device's own scale, which differs from device to device"),
    "onDownstreamFormatChanged": Ignored("chosen, not shown yet (E3)"),
    "onDrmKeysLoaded": Ignored(_KEYS),
    "onDrmKeysRemoved": Ignored(_KEYS),
    "onDrmKeysRestored": Ignored(_KEYS),
    "onDrmSessionAcquired": Ignored(_KEYS),
    "onDrmSessionManagerError": Ignored(_RECOVERED),
    "onDrmSessionReleased": Ignored(_KEYS),
    "onDroppedSeeksWhileScrubbing": Ignored("a scrub is one seek (S33)"),
    "onDroppedVideoFrames": Mapped((), "counted for the next quality"),
    "onEvents": Mapped(_ANYTHING, "its snapshot"),
    "onIsLoadingChanged": Ignored(_LOADING),
    "onIsPlayingChanged": Mapped(_ANYTHING),
    "onLoadCanceled": Ignored(_LOADING),
    "onLoadCompleted": Ignored(_LOADING),
    "onLoadError": Ignored(_RECOVERED),
    "onLoadStarted": Ignored(_LOADING),
    "onLoadingChanged": Ignored(_TWIN),
    "onMaxSeekToPreviousPositionChanged": Ignored(_OPTION),
    "onMediaItemTransition": Mapped(
        f"progress content_end end load play playing {_AD}", "the next item, or a loop (S24, S70)"
    ),
    "onMediaMetadataChanged": Ignored(_METADATA),
    "onMetadata": Ignored(_METADATA),
    "onPlaybackParametersChanged": Mapped("update"),
    "onPlaybackStateChanged": Mapped(f"{_ANYTHING} exit"),
    "onPlaybackSuppressionReasonChanged": Mapped(f"{_ANYTHING}"),
    "onPlayWhenReadyChanged": Mapped(_ANYTHING),
    "onPlayerError": Mapped("error interrupt"),
    "onPlayerErrorChanged": Ignored("`onPlayerError` says it"),
    "onPlayerReleased": Mapped("exit end"),
    "onPlayerStateChanged": Ignored(_TWIN),
    "onPlaylistMetadataChanged": Ignored(_METADATA),
    "onPositionDiscontinuity": Mapped(_ANYTHING),
    "onProgressUpdate": Mapped(_ANYTHING, "PlayerControlView's clock, or the app's own polling"),
    "onRenderedFirstFrame": Ignored("comes while paused too; `onIsPlayingChanged` says what moves"),
    "onRendererReadyChanged": Ignored(_DECODER),
    "onRepeatModeChanged": Ignored(_OPTION),
    "onSeekBackIncrementChanged": Ignored(_OPTION),
    "onSeekForwardIncrementChanged": Ignored(_OPTION),
    "onSeekStarted": Ignored("deprecated; `onPositionDiscontinuity` says from where to where"),
    "onShuffleModeChanged": Ignored(_OPTION),
    "onShuffleModeEnabledChanged": Ignored(_OPTION),
    "onSkipSilenceEnabledChanged": Ignored(_OPTION),
    "onSurfaceSizeChanged": Ignored(_LOOKS),
    "onTimelineChanged": Mapped("load ad_error", "length, live, ad groups"),
    "onTrackSelectionParametersChanged": Ignored(_TRACKS),
    "onTracksChanged": Ignored(_TRACKS),
    "onUpstreamDiscarded": Ignored(_LOADING),
    "onVideoCodecError": Ignored(_RECOVERED),
    "onVideoDecoderInitialized": Ignored(_DECODER),
    "onVideoDecoderReleased": Ignored(_DECODER),
    "onVideoDisabled": Ignored(_DECODER),
    "onVideoEnabled": Ignored(_DECODER),
    "onVideoFrameProcessingOffset": Ignored(_DECODER),
    "onVideoInputFormatChanged": Mapped("quality"),
    "onVideoSizeChanged": Mapped("quality"),
    "onVolumeChanged": Mapped("update"),
    # PlayerView
    "onFullscreenButtonClick": Mapped("update"),
}
"""Every method of the two listeners, and PlayerView's callbacks that concern playback."""

ANDROID_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "onCreate": Ignored("nothing was played yet"),
    "onDestroy": Mapped("exit end"),
    "onPause": Ignored("another window is in front; the viewer may still see the video"),
    "onRestart": Ignored("playback tells of itself"),
    "onResume": Ignored("playback tells of itself"),
    "onStart": Mapped((), "the app is seen again"),
    "onStop": Mapped((), "a pause right after it is the background's (S77)"),
}
"""The life of the activity around the player."""
