"""Every key of ``Hls.Events`` of hls.js 1.7 and what becomes of it."""

from typing import Final

from video_tracker.players.base import Ignored, Mapped

__all__ = ["HLS_EVENTS"]

_LOADING: Final = "loading is no playback"
_BUFFER: Final = "the buffer's own business; the element says what moves"
_TRACKS: Final = "the choice of audio or text"
_DECISION: Final = "a decision; LEVEL_SWITCHED says when it shows (E3)"
_ELEMENT: Final = "the element's own event says it"
_STARTED: Final = "the break starts with its first asset (D5, D6)"

HLS_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "ASSET_LIST_LOADED": Mapped((), "the ids of a break's ads"),
    "ASSET_LIST_LOADING": Ignored(_LOADING),
    "AUDIO_TRACKS_UPDATED": Ignored(_TRACKS),
    "AUDIO_TRACK_LOADED": Ignored(_LOADING),
    "AUDIO_TRACK_LOADING": Ignored(_LOADING),
    "AUDIO_TRACK_SWITCHED": Ignored(_TRACKS),
    "AUDIO_TRACK_SWITCHING": Ignored(_TRACKS),
    "AUDIO_TRACK_UPDATED": Ignored(_TRACKS),
    "BACK_BUFFER_REACHED": Ignored(_BUFFER),
    "BUFFERED_TO_END": Ignored(_BUFFER),
    "BUFFER_APPENDED": Ignored(_BUFFER),
    "BUFFER_APPENDING": Ignored(_BUFFER),
    "BUFFER_CODECS": Ignored(_BUFFER),
    "BUFFER_CREATED": Ignored(_BUFFER),
    "BUFFER_EOS": Ignored(_BUFFER),
    "BUFFER_FLUSHED": Ignored(_BUFFER),
    "BUFFER_FLUSHING": Ignored(_BUFFER),
    "BUFFER_RESET": Ignored(_BUFFER),
    "CUES_PARSED": Ignored(_TRACKS),
    "DESTROYING": Ignored("the element's own events tell how playback ended"),
    "ERROR": Mapped("error interrupt progress", "only fatal ones (C3)"),
    "EVENT_CUE_ENTER": Ignored("the interstitial's own events follow"),
    "FPS_DROP": Ignored("the count of dropped frames goes with a quality"),
    "FPS_DROP_LEVEL_CAPPING": Ignored(_DECISION),
    "FRAG_BUFFERED": Ignored(_LOADING),
    "FRAG_CHANGED": Mapped("update", "when a live segment was made (S8)"),
    "FRAG_DECRYPTED": Ignored(_LOADING),
    "FRAG_LOADED": Ignored(_LOADING),
    "FRAG_LOADING": Ignored(_LOADING),
    "FRAG_LOAD_EMERGENCY_ABORTED": Ignored(_LOADING),
    "FRAG_PARSED": Ignored(_LOADING),
    "FRAG_PARSING_INIT_SEGMENT": Ignored(_LOADING),
    "FRAG_PARSING_METADATA": Ignored(_LOADING),
    "FRAG_PARSING_USERDATA": Ignored(_LOADING),
    "INIT_PTS_FOUND": Ignored(_LOADING),
    "INTERSTITIALS_BUFFERED_TO_BOUNDARY": Ignored(_BUFFER),
    "INTERSTITIALS_PRIMARY_RESUMED": Mapped("ad_break_end", "the content is back"),
    "INTERSTITIALS_UPDATED": Ignored("a schedule; a break that is played says so itself"),
    "INTERSTITIAL_ASSET_ENDED": Mapped("ad_end ad_skip"),
    "INTERSTITIAL_ASSET_ERROR": Mapped("ad_error"),
    "INTERSTITIAL_ASSET_PLAYER_CREATED": Ignored(_LOADING),
    "INTERSTITIAL_ASSET_STARTED": Mapped("progress seek_end ad_break_end ad_break_start ad_start"),
    "INTERSTITIAL_ENDED": Mapped("ad_break_end"),
    "INTERSTITIAL_STARTED": Mapped((), _STARTED),
    "KEY_LOADED": Ignored(_LOADING),
    "KEY_LOADING": Ignored(_LOADING),
    "LEVELS_UPDATED": Ignored(_DECISION),
    "LEVEL_LOADED": Mapped("load update ad_ranges", "whether it is live; its edge, its ads (S9)"),
    "LEVEL_LOADING": Ignored(_LOADING),
    "LEVEL_PTS_UPDATED": Ignored(_LOADING),
    "LEVEL_SWITCHED": Mapped("quality"),
    "LEVEL_SWITCHING": Ignored(_DECISION),
    "LEVEL_UPDATED": Mapped("load update ad_ranges", "as LEVEL_LOADED"),
    "LIVE_BACK_BUFFER_REACHED": Ignored(_BUFFER),
    "MANIFEST_LOADED": Ignored(_LOADING),
    "MANIFEST_LOADING": Mapped(
        "load progress ad_break_end", "after the first one: the next playlist item (S24)"
    ),
    "MANIFEST_PARSED": Ignored(_LOADING),
    "MAX_AUTO_LEVEL_UPDATED": Ignored(_DECISION),
    "MEDIA_ATTACHED": Ignored(_ELEMENT),
    "MEDIA_ATTACHING": Ignored(_ELEMENT),
    "MEDIA_DETACHED": Ignored(_ELEMENT),
    "MEDIA_DETACHING": Ignored(_ELEMENT),
    "MEDIA_ENDED": Ignored("comes twice, and beside the element's own `ended`"),
    "NON_NATIVE_TEXT_TRACKS_FOUND": Ignored(_TRACKS),
    "PLAYOUT_LIMIT_REACHED": Ignored("the end of the asset follows"),
    "STALL_RESOLVED": Ignored("the element's `playing` says it"),
    "STEERING_MANIFEST_LOADED": Ignored(_LOADING),
    "SUBTITLE_FRAG_PROCESSED": Ignored(_TRACKS),
    "SUBTITLE_TRACKS_CLEARED": Ignored(_TRACKS),
    "SUBTITLE_TRACKS_UPDATED": Ignored(_TRACKS),
    "SUBTITLE_TRACK_LOADED": Ignored(_LOADING),
    "SUBTITLE_TRACK_LOADING": Ignored(_LOADING),
    "SUBTITLE_TRACK_SWITCH": Ignored(_TRACKS),
    "SUBTITLE_TRACK_UPDATED": Ignored(_TRACKS),
    "metadata:cuechange": Mapped("ad_ranges", "date ranges that mark stitched ads (S9)"),
}
"""Every key of ``Hls.Events`` (1.7) and what becomes of it."""
