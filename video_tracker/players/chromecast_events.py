"""The Cast receiver's vocabulary: every event of its player and of its system."""

from typing import Final

from video_tracker.players.base import Ignored, Mapped

__all__ = ["CHROMECAST_EVENTS"]

_ASKED: Final = "asked for; the player tells what comes of it"
_CACHE: Final = "what is kept for later, not what is seen"
_NOTHING_MOVED: Final = "nothing moved"
_QUEUE: Final = "the queue; `PLAYER_LOADING` tells what plays"
_SENDERS: Final = "who controls the player, not what it plays"
_SYSTEM: Final = "the device, not what it plays"
_TIMED: Final = "timed metadata: the application's own"
_TRACKS: Final = "what could be chosen, not what is"

_SYSTEM_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "allowgroupchange": Ignored(_SYSTEM),
    "error": Ignored("the application's; `ERROR` is the player's"),
    "feedbackstarted": Ignored(_SYSTEM),
    "groupcapabilities": Ignored(_SYSTEM),
    "maxvideoresolutionchanged": Ignored(_SYSTEM),
    "proximitychanged": Ignored(_SYSTEM),
    "ready": Ignored(_NOTHING_MOVED),
    "senderconnected": Ignored(_SENDERS),
    "senderdisconnected": Ignored(_SENDERS),
    "shutdown": Mapped("exit content_end"),
    "standbychanged": Ignored("the screen; `visibilitychanged` and the player tell what it does"),
    "systemvolumechanged": Mapped("update"),
    "visibilitychanged": Mapped((), "a pause right after hiding is the system's (S77)"),
}

_PLAYER_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "ABORT": Ignored("a load was given up"),
    "BITRATE_CHANGED": Mapped("quality"),
    "BREAK_CLIP_ENDED": Mapped("ad_end ad_skip ad_error"),
    "BREAK_CLIP_LOADING": Mapped((), "which clip comes next"),
    "BREAK_CLIP_STARTED": Mapped(
        "ad_start ad_break_start play ad_end progress seek_end ad_break_end"
    ),
    "BREAK_ENDED": Mapped("ad_break_end"),
    "BREAK_STARTED": Mapped("ad_break_start play progress seek_end ad_break_end content_end"),
    "BUFFERING": Mapped("buffer_start buffer_end interrupt update"),
    "CACHE_HIT": Ignored(_CACHE),
    "CACHE_INSERTED": Ignored(_CACHE),
    "CACHE_LOADED": Ignored(_CACHE),
    "CAN_PLAY": Ignored("readiness is no playback"),
    "CAN_PLAY_THROUGH": Ignored("readiness is no playback"),
    "CLIP_ENDED": Ignored("`BREAK_CLIP_ENDED` and `MEDIA_FINISHED` say of what"),
    "CLIP_STARTED": Ignored("`BREAK_CLIP_STARTED` and `PLAYING` say of what"),
    "CUSTOM_STATE": Ignored("the application's own"),
    "DURATION_CHANGE": Mapped("load update"),
    "EMPTIED": Ignored("`MEDIA_FINISHED` and `PLAYER_LOADING` tell of the source"),
    "EMSG": Ignored(_TIMED),
    "ENDED": Mapped("content_end"),
    "ERROR": Mapped("error interrupt progress ad_error ad_break_end"),
    "GROUP_CHANGED": Ignored("which devices play together"),
    "ID3": Ignored(_TIMED),
    "INBAND_TRACK_ADDED": Ignored(_TRACKS),
    "LIVE_ENDED": Mapped("content_end update load"),
    "LIVE_IS_MOVING_WINDOW_CHANGED": Mapped("load update"),
    "LOADED_DATA": Ignored("readiness is no playback"),
    "LOADED_METADATA": Mapped("load update"),
    "LOAD_START": Ignored("`PLAYER_LOADING` tells of the source"),
    "MEDIA_FINISHED": Mapped("content_end exit error interrupt ad_break_end progress ad_error"),
    "MEDIA_INFORMATION_CHANGED": Mapped("load update"),
    "MEDIA_STATUS": Mapped(
        "load update play seek_end ad_break_start ad_start ad_progress ad_end",
        "also an ad whose own start nobody heard (S83)",
    ),
    "PAUSE": Mapped("pause content_end interrupt"),
    "PLAY": Mapped("play load update"),
    "PLAYER_LOADING": Mapped("load progress ad_break_end update"),
    "PLAYER_LOAD_COMPLETE": Mapped("load update"),
    "PLAYER_PRELOADING": Ignored("the next item; nothing moved"),
    "PLAYER_PRELOADING_CANCELLED": Ignored("the next item; nothing moved"),
    "PLAYING": Mapped("playing play buffer_end load update seek_end content_end"),
    "PROGRESS": Ignored("data arrived; nothing moved"),
    "RATE_CHANGE": Mapped("update"),
    "REQUEST_CUSTOM_COMMAND": Ignored(_ASKED),
    "REQUEST_DISPLAY_STATUS": Ignored(_ASKED),
    "REQUEST_EDIT_AUDIO_TRACKS": Ignored(_ASKED),
    "REQUEST_EDIT_TRACKS_INFO": Ignored(_ASKED),
    "REQUEST_FOCUS_STATE": Ignored(_ASKED),
    "REQUEST_LOAD": Ignored("asked for; `PLAYER_LOADING` follows"),
    "REQUEST_LOAD_BY_ENTITY": Ignored("asked for; `PLAYER_LOADING` follows"),
    "REQUEST_PAUSE": Mapped((), "the pause that follows is the viewer's (S31)"),
    "REQUEST_PLAY": Ignored("asked for; `PLAY` follows"),
    "REQUEST_PLAYBACK_RATE_CHANGE": Mapped("update"),
    "REQUEST_PLAY_AGAIN": Ignored("asked for; `PLAY` follows"),
    "REQUEST_PRECACHE": Ignored(_CACHE),
    "REQUEST_QUEUE_GET_ITEMS": Ignored(_QUEUE),
    "REQUEST_QUEUE_GET_ITEM_IDS": Ignored(_QUEUE),
    "REQUEST_QUEUE_GET_ITEM_RANGE": Ignored(_QUEUE),
    "REQUEST_QUEUE_INSERT": Ignored(_QUEUE),
    "REQUEST_QUEUE_LOAD": Ignored(_QUEUE),
    "REQUEST_QUEUE_REMOVE": Ignored(_QUEUE),
    "REQUEST_QUEUE_REORDER": Ignored(_QUEUE),
    "REQUEST_QUEUE_UPDATE": Ignored(_QUEUE),
    "REQUEST_SEEK": Mapped((), "where the seek that follows goes"),
    "REQUEST_SET_CREDENTIALS": Ignored(_ASKED),
    "REQUEST_SKIP_AD": Ignored("asked for; `BREAK_CLIP_ENDED` tells of the skip"),
    "REQUEST_STOP": Ignored("asked for; `MEDIA_FINISHED` follows"),
    "REQUEST_USER_ACTION": Ignored(_ASKED),
    "REQUEST_VOLUME_CHANGE": Mapped("update"),
    "SEEKED": Mapped("seek_start seek_end content_end end play playing"),
    "SEEKING": Mapped("seek_start content_end end play playing"),
    "SEGMENT_DOWNLOADED": Ignored("what is loaded, not what is seen"),
    "STALLED": Ignored("a slow download; `BUFFERING` tells of a stall"),
    "SUSPEND": Ignored("enough was loaded"),
    "TIMED_METADATA_CHANGED": Ignored(_TIMED),
    "TIMED_METADATA_ENTER": Ignored(_TIMED),
    "TIMED_METADATA_EXIT": Ignored(_TIMED),
    "TIME_UPDATE": Mapped(
        "progress ad_progress playing play buffer_end ad_break_end update seek_end"
    ),
    "TRACKS_CHANGED": Ignored(_TRACKS),
    "WAITING": Mapped("buffer_start interrupt"),
}

CHROMECAST_EVENTS: Final[dict[str, Mapped | Ignored]] = {**_SYSTEM_EVENTS, **_PLAYER_EVENTS}
"""``cast.framework.events.EventType`` (but ``ALL``) and ``cast.framework.system.EventType``."""
