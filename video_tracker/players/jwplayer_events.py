"""Every event of JW Player 8's JavaScript API, and its fate.

Sources: the reference of the API (events by group), its type declarations, the groups of events
that the player's own manual test listens to, and the names that its source gives to the others.
"""

from typing import Final

from video_tracker.players.base import Ignored, Mapped
from video_tracker.players.remote import saying_also

__all__ = ["JWPLAYER_EVENTS"]

_LOADING: Final = "nothing moved"
_LOOKS: Final = "the player's appearance"
_TRACKS: Final = "text and audio tracks"
_REQUEST: Final = "an ad was asked for, none plays"
_AROUND: Final = "the viewer's doing around the video, not its playback"
_ELSEWHERE: Final = "where the video is seen; its playback tells of itself"
_CHOSEN: Final = "what is chosen; `visualQuality` tells what shows"

_SETUP: Final[dict[str, Mapped | Ignored]] = {
    "all": Ignored("the same as each event by its own name"),
    "destroyPlugin": Ignored("`remove` tells when the player goes"),
    "ready": Mapped("update"),
    "remove": Mapped("exit"),
    "setupError": Mapped("error interrupt progress"),
}

_ADS: Final[dict[str, Mapped | Ignored]] = {
    "adBidRequest": Ignored(_REQUEST),
    "adBidResponse": Ignored(_REQUEST),
    "adBlock": Mapped("update"),
    "adBreakEnd": Mapped("ad_break_end ad_error ad_break_start ad_start"),
    "adBreakIgnored": Ignored("a break that does not take place"),
    "adBreakStart": Mapped("progress seek_end", "the break is told with its first ad (S71)"),
    "adClick": Mapped("ad_click"),
    "adCompanions": Ignored("what stands beside the player"),
    "adComplete": Mapped("ad_end ad_break_start ad_start"),
    "adError": Mapped("ad_error ad_break_start"),
    "adImpression": Mapped("ad_break_start ad_start ad_end", "which ad it is"),
    "adItem": Ignored("an ad that is ready to play; it may be the one after"),
    "adLoaded": Ignored("an ad that is ready to play; it may be the one after"),
    "adLoadedXML": Ignored(_REQUEST),
    "adManager": Ignored("the ad SDK hands out its manager"),
    "adMeta": Mapped("ad_break_start ad_start ad_end", "which ad it is"),
    "adPause": Mapped("pause"),
    "adPlay": Mapped("play ad_break_start ad_start"),
    "adRequest": Ignored(_REQUEST),
    "adRequestedContentResume": Ignored("`adBreakEnd` follows"),
    "adSchedule": Ignored("where breaks will be asked for; the plan's are the caller's"),
    "adSkipped": Mapped("ad_skip ad_break_start ad_start"),
    "adStarted": Mapped("ad_break_start ad_start ad_end", "which ad it is"),
    "adTime": Mapped("ad_progress ad_start ad_break_start play buffer_end"),
    "adViewableImpression": Ignored("viewability, not playback"),
    "adWarning": Ignored("the ad goes on"),
    "adsManager": Ignored("the ad SDK hands out its manager"),
    "instreamClick": Ignored("`adClick` tells of it"),
    "mediaLoaded": Ignored(_LOADING),
}

_MEDIA: Final[dict[str, Mapped | Ignored]] = {
    "absolutePositionReady": Ignored("when the stream was made; S8 takes the position"),
    "audioTrackChanged": Ignored(_TRACKS),
    "audioTracks": Ignored(_TRACKS),
    "bandwidthEstimate": Ignored("of the network, not of what plays"),
    "bufferChange": Ignored("data arrived; nothing moved"),
    "bufferFull": Ignored("data arrived; nothing moved"),
    "captionsChanged": Ignored(_TRACKS),
    "captionsList": Ignored(_TRACKS),
    "levels": Ignored(_CHOSEN),
    "levelsChanged": Ignored(_CHOSEN),
    "loaded": Ignored(_LOADING),
    "mediaError": Ignored("`error` comes with it"),
    "mediaType": Ignored("audio or video"),
    "meta": Mapped("load", "the length, when it is the media's"),
    "metadataCueParsed": Ignored("a mark in the stream; no playback"),
    "providerChanged": Ignored("which part of the player plays"),
    "providerFirstFrame": Ignored("`firstFrame` tells of it"),
    "providerPlayer": Ignored("which part of the player plays"),
    "seek": Mapped("seek_start content_end end play playing"),
    "seeked": Mapped("seek_start seek_end content_end end play playing"),
    "subtitlesTrackChanged": Ignored(_TRACKS),
    "subtitlesTracks": Ignored(_TRACKS),
    "time": Mapped("progress playing buffer_end play load ad_break_end"),
    "visualQuality": Mapped("quality"),
}

_PLAYBACK: Final[dict[str, Mapped | Ignored]] = {
    "autostartNotAllowed": Ignored("nothing played; the viewer's own start follows"),
    "beforeComplete": Mapped("content_end", "before the post-roll (S23)"),
    "beforePlay": Mapped("play", "before the pre-roll (S25)"),
    "buffer": Mapped("buffer_start play interrupt"),
    "complete": Mapped("content_end"),
    "error": Mapped("error interrupt progress"),
    "firstFrame": Mapped("playing play seek_end content_end"),
    "idle": Mapped("pause interrupt content_end", "a stop, unless what follows explains it"),
    "pause": Mapped("pause interrupt content_end"),
    "play": Mapped("play playing buffer_end ad_break_end"),
    "playAttempt": Mapped("play"),
    "playAttemptFailed": Mapped("pause content_end", "unless what follows explains it"),
    "playbackRateChanged": Mapped("update"),
    "playlist": Ignored("the list; `playlistItem` tells what plays of it"),
    "playlistComplete": Ignored("a related item may follow; else the session completes"),
    "playlistItem": Mapped("load progress"),
    "warning": Ignored("playback goes on"),
}

_PAGE: Final[dict[str, Mapped | Ignored]] = {
    "breakpoint": Ignored(_LOOKS),
    "cast": Ignored(_ELSEWHERE),
    "castAvailable": Ignored(_ELSEWHERE),
    "castIntercepted": Ignored(_ELSEWHERE),
    "click": Ignored("what it does tells of itself"),
    "containerViewable": Ignored("viewability, not playback"),
    "controls": Ignored(_LOOKS),
    "displayClick": Ignored("what it does tells of itself"),
    "float": Ignored(_LOOKS),
    "fullscreen": Mapped("update"),
    "fullscreenchange": Ignored("`fullscreen` tells of it"),
    "logoClick": Ignored(_AROUND),
    "mute": Mapped("update"),
    "nextAutoAdvance": Ignored("`playlistItem` follows"),
    "nextClick": Ignored("`playlistItem` follows"),
    "nextShown": Ignored(_LOOKS),
    "related-on-close": Ignored(_AROUND),
    "related-on-open": Ignored(_AROUND),
    "related-on-play": Ignored("`playlistItem` follows"),
    "relatedReady": Ignored(_LOOKS),
    "resize": Ignored(_LOOKS),
    "sharing-on-click": Ignored(_AROUND),
    "sharing-on-close": Ignored(_AROUND),
    "sharing-on-open": Ignored(_AROUND),
    "userAction": Ignored("the viewer moved the pointer"),
    "userActive": Ignored("the viewer moved the pointer"),
    "userInactive": Ignored("the viewer left the pointer alone"),
    "videoThumbFirstFrame": Ignored("a preview"),
    "viewable": Ignored("viewability, not playback"),
    "volume": Mapped("update"),
}

JWPLAYER_EVENTS: Final = {
    **saying_also(_ADS, "play progress seek_end ad_end ad_error ad_break_end"),
    **saying_also({**_SETUP, **_MEDIA, **_PLAYBACK, **_PAGE}, "load update quality"),
}
"""Event -> what becomes of it."""
