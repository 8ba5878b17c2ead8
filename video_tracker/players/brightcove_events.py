"""Every event of the Brightcove Player that video.js does not have, and its fate.

Sources: the documentation of the player's catalog, of its IMA3 plugin (events of the plugin and
those of Google's SDK with ``ima3-`` before their names, of its HTML5 and its Flash technique), of
FreeWheel and server-side insertion, which speak as contrib-ads does, and the events that the
player's own debugger plugin listens to.
"""

from typing import Final

from video_tracker.players.base import Ignored, Mapped, Vocabulary
from video_tracker.players.videojs_events import VOCABULARY as VIDEOJS

__all__ = ["TWINS", "VOCABULARY"]

TWINS: Final[dict[str, str]] = {
    "ima3-ad-error": "adserror",
    "ima3-adError": "adserror",
    "ima3-click": "ads-click",
    "ima3-clicked": "ads-click",
    "ima3-complete": "ads-ad-ended",
    "ima3-completed": "ads-ad-ended",
    "ima3-first-quartile": "ads-first-quartile",
    "ima3-firstQuartile": "ads-first-quartile",
    "ima3-midpoint": "ads-midpoint",
    "ima3-paused": "ads-pause",
    "ima3-resumed": "ads-play",
    "ima3-skipped": "ads-ad-skipped",
    "ima3-started": "ads-ad-started",
    "ima3-third-quartile": "ads-third-quartile",
    "ima3-thirdQuartile": "ads-third-quartile",
}
"""What the IMA3 plugin says -> what it says again at once, in the words of contrib-ads."""

_REQUEST: Final = "an ad was asked for, none is announced"
_FRAMEWORK: Final = "`adstart` and `adend` tell when ads have the player"
_LOUD: Final = "`advolumechange` tells how loud it is"
_LOOKS: Final = "the ad's appearance, or the viewer's doing around it"
_OLD: Final = "an older word; `ads-ad-started`, `ads-ad-ended` and their like tell"

_IMA3: Final[dict[str, Mapped | Ignored]] = {
    **{
        name: Mapped(entry.signals, "alone, where its twin of contrib-ads does not follow")
        for name, twin in TWINS.items()
        if isinstance(entry := VIDEOJS["videojs", twin], Mapped)
    },
    "ima3-ad-break-ready": Ignored(_REQUEST),
    "ima3-ad-metadata": Ignored(_REQUEST),
    "ima3-adMetadata": Ignored(_REQUEST),
    "ima3-adbreakready": Ignored(_REQUEST),
    "ima3-ads-manager-loaded": Ignored(_REQUEST),
    "ima3-all-ads-completed": Ignored("every break tells of its own end"),
    "ima3-allAdsCompleted": Ignored("every break tells of its own end"),
    "ima3-content-pause-requested": Ignored(_FRAMEWORK),
    "ima3-content-resume-requested": Ignored(_FRAMEWORK),
    "ima3-contentPauseRequested": Ignored(_FRAMEWORK),
    "ima3-contentResumeRequested": Ignored(_FRAMEWORK),
    "ima3-durationChanged": Ignored("without a length"),
    "ima3-error": Ignored("`ima3-ad-error` tells of it"),
    "ima3-exitFullscreen": Ignored("`fullscreenchange` tells of it"),
    "ima3-expandedChanged": Ignored(_LOOKS),
    "ima3-fullScreen": Ignored("`fullscreenchange` tells of it"),
    "ima3-hard-timeout": Ignored("no ad comes; `adtimeout` or the content follows"),
    "ima3-hardtimeout": Ignored("no ad comes; `adtimeout` or the content follows"),
    "ima3-impression": Ignored("`ima3-started` tells of the ad"),
    "ima3-interaction": Ignored(_LOOKS),
    "ima3-linearChanged": Ignored(_FRAMEWORK),
    "ima3-loaded": Ignored(_REQUEST),
    "ima3-log": Ignored("a remark of the SDK"),
    "ima3-ready": Ignored("the plugin is ready; nothing plays"),
    "ima3-sizeChanged": Ignored(_LOOKS),
    "ima3-skippable-state-changed": Ignored("the skip button's own clock"),
    "ima3-skippableStateChanged": Ignored("the skip button's own clock"),
    "ima3-start": Ignored("`ima3-started` tells of the ad"),
    "ima3-stopped": Ignored("the end of the ad or of the break follows"),
    "ima3-user-close": Ignored("the end of the ad or of the break follows"),
    "ima3-userAcceptedInvitation": Ignored(_LOOKS),
    "ima3-userClosed": Ignored("the end of the ad or of the break follows"),
    "ima3-userMinimized": Ignored(_LOOKS),
    "ima3-volume-changed": Ignored(_LOUD),
    "ima3-volume-muted": Ignored(_LOUD),
    "ima3-volumeChanged": Ignored(_LOUD),
    "ima3-volumeMuted": Ignored(_LOUD),
    "ima3error": Ignored("Google's SDK could not be loaded: there will be no ads"),
}

_ADS: Final[dict[str, Mapped | Ignored]] = {
    "ad-hard-timeout": Ignored("no ad comes; `adtimeout` or the content follows"),
    "ad-playback": Ignored("contrib-ads' state; `adstart` tells"),
    "ads-adend": Ignored(_OLD),
    "ads-adplay": Ignored(_OLD),
    "ads-adstart": Ignored(_OLD),
    "ads-complete": Ignored(_OLD),
    "ads-ended": Ignored(_OLD),
    "ads-ready": Ignored("the ad plugin is ready; nothing plays"),
    "ads-started": Ignored(_OLD),
    "ads-volume-change": Ignored(_LOUD),
    "ads-volumechange": Ignored(_LOUD),
    "content-playback": Ignored("contrib-ads' state; `adend` tells"),
    "content-resuming": Ignored("contrib-ads' state; `adend` tells"),
    "contentplayback": Ignored("contrib-ads' state; `adend` tells"),
    "preroll?": Ignored("contrib-ads' state; `readyforpreroll` tells"),
}

_CATALOG: Final[dict[str, Mapped | Ignored]] = {
    "bc-catalog-error": Mapped("error interrupt progress"),
    "catalog_request": Ignored("the catalog was asked; `loadstart` tells of the video"),
    "catalog_response": Ignored("the catalog has answered; `loadstart` tells of the video"),
}

VOCABULARY: Final[Vocabulary] = {
    **{
        ("brightcove" if channel == "videojs" else channel, event): entry
        for (channel, event), entry in VIDEOJS.items()
    },
    **{
        ("brightcove", event): entry
        for part in (_IMA3, _ADS, _CATALOG)
        for event, entry in part.items()
    },
}
"""(channel, event) -> what becomes of it."""
