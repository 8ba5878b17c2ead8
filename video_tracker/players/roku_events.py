"""Every observable field of Roku's Video node, every RAF event, and what becomes of it."""

from typing import Final

from video_tracker.players.base import Ignored, Mapped

__all__ = ["RAF_EVENTS", "VIDEO_FIELDS"]

_LOOKS: Final = "the node's appearance"
_TRACKS: Final = "the choice of audio or text"
_OPTION: Final = "an option of the node, not what it does"
_BUFFER: Final = "the buffer's own business; `state` says what moves"
_PAUSE_BUFFER: Final = "how much of a live stream is kept for the viewer"
_ERROR: Final = "`state` says when it stops; the field is read there"
_RUNS: Final = "play progress seek_end buffer_end ad_break_start ad_start ad_progress"
_QUARTILE: Final = "the ad's clock, where nothing else tells it (S45)"
_NO_PLAYBACK: Final = "the viewer's doing around the ad, not its playback"

VIDEO_FIELDS: Final[dict[str, Mapped | Ignored]] = {
    "MaxVideoDecodeResolution": Ignored(_OPTION),
    "asyncStopSemantics": Ignored(_OPTION),
    "audioFormat": Ignored(_TRACKS),
    "audioSelectionPreferences": Ignored(_TRACKS),
    "audioTrack": Ignored(_TRACKS),
    "autoplayAfterSeek": Ignored(_OPTION),
    "availableAudioTracks": Ignored(_TRACKS),
    "availableSubtitleTracks": Ignored(_TRACKS),
    "bifDisplay": Ignored(_LOOKS),
    "bufferingBar": Ignored(_LOOKS),
    "bufferingStatus": Ignored(_BUFFER),
    "bufferingTextColor": Ignored(_LOOKS),
    "captionStyle": Ignored(_TRACKS),
    "cgms": Ignored(_OPTION),
    "clipId": Ignored("counts the clips of the device"),
    "completedStreamInfo": Ignored("`state` and `contentIndex` say what was left"),
    "content": Mapped("load exit", "whether it is live; none: the viewer left"),
    "contentBlocked": Mapped("error interrupt", "an HDMI or parental block"),
    "contentIndex": Mapped("progress content_end load", "the next playlist item (S24)"),
    "contentIsPlaylist": Ignored(_OPTION),
    "control": Mapped("play", "what the app asks for: `play`, `resume` and `replay` are a wish"),
    "currentAudioTrack": Ignored(_TRACKS),
    "currentSubtitleTrack": Ignored(_TRACKS),
    "decoderStats": Mapped((), "dropped frames, for the next quality"),
    "disableScreenSaver": Ignored(_OPTION),
    "downloadedSegment": Ignored("downloaded, not shown yet (E3); `streamingSegment` shows"),
    "duration": Mapped("load"),
    "enableDecoderStats": Ignored(_OPTION),
    "enableLiveAvailabilityWindow": Ignored(_OPTION),
    "enableScreenSaverWhilePlaying": Ignored(_OPTION),
    "enableThumbnailTilesDuringLive": Ignored(_OPTION),
    "enableTrickPlay": Ignored(_OPTION),
    "enableUI": Ignored(_OPTION),
    "errorCode": Ignored(_ERROR),
    "errorInfo": Ignored(_ERROR),
    "errorMsg": Ignored(_ERROR),
    "errorStr": Ignored(_ERROR),
    "globalCaptionMode": Ignored(_TRACKS),
    "height": Ignored(_LOOKS),
    "licenseStatus": Ignored("key negotiation"),
    "loop": Ignored(_OPTION),
    "mute": Mapped("update", "the node knows no volume"),
    "nextContentIndex": Ignored(_OPTION),
    "notificationInterval": Ignored(_OPTION),
    "pauseBufferEnd": Ignored(_PAUSE_BUFFER),
    "pauseBufferEpochOffset": Ignored(_PAUSE_BUFFER),
    "pauseBufferOverflow": Ignored(_PAUSE_BUFFER),
    "pauseBufferPosition": Ignored(_PAUSE_BUFFER),
    "pauseBufferStart": Ignored(_PAUSE_BUFFER),
    "pivotNode": Ignored(_LOOKS),
    "playStartInfo": Ignored("startup is timed by the session itself (S25)"),
    "playbackActionButtonFocusIndicatorBlendColor": Ignored(_LOOKS),
    "playbackActionButtonFocused": Ignored(_LOOKS),
    "playbackActionButtonFocusedTextColor": Ignored(_LOOKS),
    "playbackActionButtonFocusedTextFont": Ignored(_LOOKS),
    "playbackActionButtonSelected": Ignored("what the button does tells of itself"),
    "playbackActionButtonUnfocusedTextColor": Ignored(_LOOKS),
    "playbackActionButtonUnfocusedTextFont": Ignored(_LOOKS),
    "playbackActionButtons": Ignored(_LOOKS),
    "position": Mapped("play playing progress buffer_end seek_end load update quality"),
    "positionInfo": Ignored("`position` says it"),
    "retrievingBar": Ignored(_LOOKS),
    "retrievingTextColor": Ignored(_LOOKS),
    "seamlessAudioTrackSelection": Ignored(_OPTION),
    "seek": Mapped("seek_start"),
    "seekMode": Ignored(_OPTION),
    "state": Mapped(
        "play playing pause seek_start seek_end buffer_start buffer_end content_end error interrupt"
        " exit load update quality ad_end ad_break_end"
    ),
    "streamInfo": Mapped("quality", "the stream's bit rate"),
    "streamingSegment": Mapped("quality", "the segment that shows"),
    "subtitleSelectionPreferences": Ignored(_TRACKS),
    "subtitleTrack": Ignored(_TRACKS),
    "supplementaryAudioVolume": Ignored(_TRACKS),
    "suppressCaptions": Ignored(_TRACKS),
    "thumbnailTiles": Ignored(_LOOKS),
    "timeToStartStreaming": Ignored("startup is timed by the session itself (S25)"),
    "timedMetaData": Ignored("timed metadata; ads have RAF's events"),
    "timedMetaData2": Ignored("timed metadata; ads have RAF's events"),
    "timedMetaDataSelectionKeys": Ignored(_OPTION),
    "trickPlayBackgroundOverlay": Ignored(_LOOKS),
    "trickPlayBar": Ignored(_LOOKS),
    "videoFormat": Ignored("the codec; `streamingSegment` tells the quality"),
    "width": Ignored(_LOOKS),
    # the app around the node
    "customResume": Ignored("the app is back; `state` says whether it plays"),
    "customSuspend": Mapped("interrupt", "Instant Resume puts the app to sleep"),
    "isScreenClosed": Mapped("exit"),
}
"""Every field of the Video node that can be observed, and the app's own life."""

RAF_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "AcceptInvitation": Ignored(_NO_PLAYBACK),
    "Close": Mapped("ad_end", "the viewer leaves; the end of the pod is his exit"),
    "Collapse": Ignored(_NO_PLAYBACK),
    "Complete": Mapped("ad_end"),
    "CreativeView": Mapped("play progress seek_end ad_break_start ad_end", "which ad it is"),
    "Error": Mapped("ad_error"),
    "Expand": Ignored(_NO_PLAYBACK),
    "FirstQuartile": Mapped(_RUNS, _QUARTILE),
    "Fullscreen": Ignored("ads always fill the screen"),
    "Impression": Mapped("play progress seek_end ad_break_start ad_end", "which ad it is"),
    "Midpoint": Mapped(_RUNS, _QUARTILE),
    "Mute": Ignored("the ad's own sound"),
    "NoAdsError": Ignored("nothing will be shown; the content goes on"),
    "Pause": Mapped("pause"),
    "PodComplete": Mapped("ad_end ad_break_end playing exit"),
    "PodStart": Mapped("play seek_end ad_break_start"),
    "Progress": Mapped(_RUNS, "no type, only `time`"),
    "Resume": Mapped("play"),
    "Rewind": Ignored("ads are not sought in"),
    "Skip": Mapped("ad_skip"),
    "Start": Mapped("play seek_end ad_break_start ad_end ad_start"),
    "ThirdQuartile": Mapped(_RUNS, _QUARTILE),
    "Unmute": Ignored("the ad's own sound"),
}
"""Every event type that the Roku Advertising Framework gives its tracking callback."""
