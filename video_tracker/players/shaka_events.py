"""Every event of Shaka Player 5, its ad manager's included, and what becomes of it."""

from typing import Final

from video_tracker.players.base import Ignored, Mapped

__all__ = ["AD_EVENTS", "PLAYER_EVENTS", "SHAKA_EVENTS"]

_LOADING: Final = "loading is no playback"
_BUFFER: Final = "the buffer's own business; the element says what moves"
_TRACKS: Final = "the choice of audio or text"
_TIMELINE: Final = "timed metadata; interstitials have their own events"
_KEYS: Final = "key negotiation"
_QUARTILE: Final = "quartiles come from the session's own clock (S45)"
_ELEMENT: Final = "the element's own event says it"
_STATE: Final = "what the element and `buffering` say, once more"
_QUEUE: Final = "a queue; the item that is played says `loading`"
_NO_PLAYBACK: Final = "the viewer's doing around the ad, not its playback"
_MOVES: Final = "where no ad element is heard, that the ad moves (S71)"

PLAYER_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "abrstatuschanged": Ignored("whether Shaka chooses itself"),
    "adaptation": Mapped("quality", "chosen now, told when it shows (E3)"),
    "audiotrackchanged": Ignored(_TRACKS),
    "audiotrackschanged": Ignored(_TRACKS),
    "boundarycrossed": Ignored("a part of the content, not a content"),
    "bufferappending": Ignored(_BUFFER),
    "buffering": Mapped("buffer_start update", "Shaka stalls by setting the rate to 0 (B3)"),
    "canupdatestarttime": Ignored(_LOADING),
    "complete": Mapped("content_end"),
    "configurationchanged": Ignored("settings of the player"),
    "currentitemchanged": Ignored(_QUEUE),
    "downloadcompleted": Ignored(_LOADING),
    "downloadfailed": Ignored("Shaka tries again; `error` says when it gave up"),
    "downloadheadersreceived": Ignored(_LOADING),
    "drmsessionupdate": Ignored(_KEYS),
    "emsg": Ignored(_TIMELINE),
    "error": Mapped("error interrupt progress"),
    "expirationupdated": Ignored(_KEYS),
    "firstquartile": Ignored(_QUARTILE),
    "gapjumped": Ignored("the element's `seeking` tells of it, too small for a viewer's (S70)"),
    "itemsinserted": Ignored(_QUEUE),
    "itemsremoved": Ignored(_QUEUE),
    "keystatuschanged": Ignored(_KEYS),
    "loaded": Mapped("load update", "whether it is live, and its edge (E2, S8)"),
    "loading": Mapped(
        "load progress ad_break_end", "after the first one: the next playlist item (S24)"
    ),
    "manifestparsed": Mapped("load update", "whether it is live, and its edge (E2, S8)"),
    "manifestupdated": Mapped("load update", "whether it is still live (S8)"),
    "mediaqualitychanged": Mapped("quality", "it shows now"),
    "mediasourcerecovered": Ignored(_BUFFER),
    "metadata": Ignored(_TIMELINE),
    "metadataadded": Ignored(_TIMELINE),
    "midpoint": Ignored(_QUARTILE),
    "nospatialvideoinfo": Ignored("the picture's projection"),
    "onstatechange": Ignored(_LOADING),
    "prft": Ignored(_TIMELINE),
    "programinformation": Ignored(_LOADING),
    "ratechange": Ignored(_ELEMENT),
    "segmentappended": Ignored(_BUFFER),
    "sessiondata": Ignored(_LOADING),
    "spatialvideoinfo": Ignored("the picture's projection"),
    "stalldetected": Ignored("the playhead's check; the element says what moves"),
    "started": Ignored("comes when it is loaded, not when it plays"),
    "statechanged": Ignored(_STATE),
    "streaming": Ignored(_LOADING),
    "textchanged": Ignored(_TRACKS),
    "thirdquartile": Ignored(_QUARTILE),
    "timelinechange": Ignored(_TIMELINE),
    "timelineregionadded": Mapped("ad_ranges", "date ranges and events that mark ads (S9)"),
    "timelineregionenter": Mapped("ad_ranges", "as `timelineregionadded`"),
    "timelineregionexit": Ignored(_TIMELINE),
    "trackschanged": Ignored(_TRACKS),
    "unloading": Ignored("the element's `emptied` tells of it"),
    "variantchanged": Mapped("quality", "chosen now, told when it shows (E3)"),
    # what `load()` answers, as an application reports it
    "load_rejected": Mapped("error interrupt progress"),
    "load_resolved": Mapped("load update", "whether it is live, and its edge (E2, S8)"),
}
"""Every name of ``shaka.util.FakeEvent.EventName`` and the answers of ``load()``."""

AD_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "ad-break-ended": Mapped("progress seek_end ad_break_start ad_break_end"),
    "ad-break-ready": Ignored("the break that is played says so itself"),
    "ad-break-started": Mapped("progress seek_end ad_break_end ad_break_start"),
    "ad-buffering": Ignored(_ELEMENT),
    "ad-clicked": Mapped("ad_click"),
    "ad-closed": Ignored("`ad-stopped` comes with it"),
    "ad-complete": Mapped("ad_end", "late, after the next ad has started (D12)"),
    "ad-content-attach-requested": Ignored("the break's end gives the content back"),
    "ad-content-pause-requested": Ignored("the break's start says it"),
    "ad-content-resume-requested": Ignored("the break's end says it"),
    "ad-cue-points-changed": Mapped((), "whether a pre-roll follows (S73)"),
    "ad-duration-changed": Mapped((), "the declared length"),
    "ad-error": Mapped("ad_error"),
    "ad-first-quartile": Mapped("play ad_start ad_progress", _MOVES),
    "ad-impression": Ignored("comes before `ad-started`, for ads that fail too (D11)"),
    "ad-interaction": Ignored(_NO_PLAYBACK),
    "ad-interstitial-preload": Ignored(_LOADING),
    "ad-interstitial-preloaded": Ignored(_LOADING),
    "ad-linear-changed": Ignored("the ad that starts says what it is"),
    "ad-loaded": Ignored(_LOADING),
    "ad-metadata": Ignored(_LOADING),
    "ad-midpoint": Mapped("play ad_start ad_progress", _MOVES),
    "ad-muted": Ignored(_ELEMENT),
    "ad-paused": Mapped("pause", "where no ad element is heard"),
    "ad-playing": Mapped(
        "progress seek_end ad_break_start",
        "the declared length; the start, where its word was lost (S83)",
    ),
    "ad-progress": Mapped("play ad_start ad_progress", _MOVES),
    "ad-recoverable-error": Ignored("the ad goes on"),
    "ad-resumed": Mapped("play", "where no ad element is heard"),
    "ad-skip-state-changed": Ignored("whether it may be skipped"),
    "ad-skipped": Mapped("ad_skip", "leaves the whole pod (D12)"),
    "ad-started": Mapped(
        "progress seek_end ad_break_start",
        "which ad it is; it starts with its first frame (S71)",
    ),
    "ad-stopped": Mapped("ad_end"),
    "ad-third-quartile": Mapped("play ad_start ad_progress", _MOVES),
    "ad-volume-changed": Ignored(_ELEMENT),
    "ads-loaded": Mapped((), "the declared length"),
    "all-ads-completed": Ignored("the break before it has ended"),
    "ima-ad-manager-loaded": Ignored(_LOADING),
    "ima-stream-manager-loaded": Ignored(_LOADING),
}
"""Every event name of ``shaka.ads.Utils``."""

SHAKA_EVENTS: Final[dict[str, Mapped | Ignored]] = {**PLAYER_EVENTS, **AD_EVENTS}
"""Every event of the player and of its ad manager."""
