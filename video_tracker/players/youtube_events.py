"""Every callback of YouTube's IFrame Player API, documented or only fired, and its fate.

Sources: the API's reference; the messages with which the iframe and the API's script speak, for
pages that read them without the script; the events that the player hands out besides. ``poll`` and
``timeupdate`` are no callbacks of YouTube's but the application's own reading of the player.
"""

from typing import Final

from video_tracker.players.base import Ignored, Mapped
from video_tracker.players.remote import saying_also

__all__ = ["POLLS", "YOUTUBE_EVENTS"]

_READ: Final = (
    "play playing progress pause buffer_start buffer_end seek_start seek_end content_end end load "
    "update quality interrupt"
)
"""Whatever a callback is for, the player's state, position and video may be read with it."""
_STARTING: Final = "nothing was played yet"

POLLS: Final = frozenset(
    {
        "infoDelivery",
        "initialDelivery",
        "onFullscreenChange",
        "onLoadProgress",
        "onReady",
        "onVideoDataChange",
        "onVideoProgress",
        "onVolumeChange",
        "poll",
        "timeupdate",
    }
)
"""Callbacks of which only what they say of the player counts."""

_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    # the reference
    "onApiChange": Ignored("a module with methods of its own was loaded, captions mostly"),
    "onAutoplayBlocked": Ignored("nothing played; the viewer's own start follows"),
    "onError": Mapped("error interrupt progress"),
    "onPlaybackQualityChange": Mapped("quality"),
    "onPlaybackRateChange": Mapped("update"),
    "onReady": Mapped("load update"),
    "onStateChange": Mapped("play playing pause buffer_start buffer_end content_end"),
    "onYouTubeIframeAPIReady": Ignored("the API's script was loaded; there is no player yet"),
    # the messages between the iframe and the API's script
    "alreadyInitialized": Ignored(_STARTING),
    "apiInfoDelivery": Ignored("what modules such as captions offer"),
    "infoDelivery": Mapped("progress"),
    "initialDelivery": Mapped("load update"),
    "readyToListen": Ignored(_STARTING),
    # handed out, not documented
    "CONNECTION_ISSUE": Ignored("the state tells when playback stops for it"),
    "onAutonavPauseRequest": Ignored("the list stops after this video; its end is told"),
    "onFullscreenChange": Mapped("update"),
    "onLoadProgress": Mapped("progress", "what it says of the player, not that data arrived"),
    "onPlaylistUpdate": Ignored("the list changes, not what plays"),
    "onReloadRequired": Ignored("`onError` tells of what failed"),
    "onVideoDataChange": Mapped("load"),
    "onVideoProgress": Mapped("progress"),
    "onVolumeChange": Mapped("update"),
    # the application's own
    "poll": Mapped("progress"),
    "timeupdate": Mapped("progress"),
}
YOUTUBE_EVENTS: Final = saying_also(_EVENTS, _READ)
"""Event -> what becomes of it."""
