"""IMA's vocabulary: every event of the client-side SDK and of its SDK for streams (DAI)."""

from typing import Final

from video_tracker.players.base import Ignored, Mapped

__all__ = ["IMA_EVENTS", "OTHER_NAMES"]

_STARTS: Final = "ad_start ad_break_start play ad_end progress seek_end"

_CLIENT: Final[dict[str, Mapped | Ignored]] = {
    "adBreakFetchError": Ignored("a break that brings no ads never begins"),
    "adBreakReady": Ignored("a break that may begin; `contentPauseRequested` says that it does"),
    "adBuffering": Mapped("buffer_start"),
    "adCanPlay": Mapped("buffer_end"),
    "adError": Mapped("ad_error"),
    "adMetadata": Ignored("a list of ads was loaded; nothing moved"),
    "adProgress": Mapped("ad_progress ad_start ad_break_start play buffer_end ad_end"),
    "adsManagerLoaded": Mapped((), "the schedule: whether a pre-roll follows at once (S73)"),
    "allAdsCompleted": Mapped((), "content that plays from now on has its player back (S62)"),
    "click": Mapped("ad_click"),
    "complete": Mapped("ad_end"),
    "contentPauseRequested": Mapped("ad_break_start play progress seek_end"),
    "contentResumeRequested": Mapped("ad_break_end"),
    "durationChange": Mapped((), "the open ad's length"),
    "expandedChanged": Ignored("the ad's appearance"),
    "firstquartile": Mapped("ad_progress", "of an ad whose clock is not heard"),
    "impression": Mapped(_STARTS, "of an ad whose `start` was lost (S83)"),
    "interaction": Ignored("the viewer's doing around the ad, not its playback"),
    "linearChanged": Ignored("`contentPauseRequested` says when the content stops"),
    "loaded": Mapped("load", "which ad comes next, and whether it is of a stream"),
    "log": Mapped("ad_error", "an ad that failed, when it tells of one"),
    "midpoint": Mapped("ad_progress", "of an ad whose clock is not heard"),
    "mute": Mapped("update"),
    "pause": Mapped("pause"),
    "resume": Mapped("play"),
    "skip": Mapped("ad_skip"),
    "skippableStateChanged": Ignored("the skip button's own clock"),
    "start": Mapped(_STARTS),
    "thirdquartile": Mapped("ad_progress", "of an ad whose clock is not heard"),
    "unmute": Mapped("update"),
    "userClose": Mapped("ad_skip"),
    "videoClicked": Ignored("a click beside the ad's link"),
    "videoIconClicked": Ignored("the viewer's doing around the ad, not its playback"),
    "viewable_impression": Ignored("viewability, not playback"),
    "volumeChange": Mapped("update"),
    "volumeChanged": Mapped("update"),
    "volumeMuted": Mapped("update"),
}

_STREAM: Final[dict[str, Mapped | Ignored]] = {
    "adBreakEnded": Mapped("ad_break_end playing load"),
    "adBreakStarted": Mapped("ad_break_start play progress seek_end ad_break_end load"),
    "adPeriodEnded": Mapped("ad_break_end playing load"),
    "adPeriodStarted": Mapped("ad_break_start play progress seek_end load"),
    "cuepointsChanged": Mapped("load", "where the stream's ads lie (S9)"),
    "error": Mapped("error", "the stream with ads could not be had"),
    "hideAdUi": Ignored("the ad's appearance"),
    "paused": Mapped("pause"),
    "resumed": Mapped("play"),
    "showAdUi": Ignored("the ad's appearance"),
    "started": Mapped(f"{_STARTS} load"),
    "streamInitialized": Mapped("load", "the ads are a part of the stream"),
}

IMA_EVENTS: Final[dict[str, Mapped | Ignored]] = {**_CLIENT, **_STREAM}
"""``AdEvent``, ``AdErrorEvent`` and ``AdsManagerLoadedEvent`` of the client-side SDK, and
``StreamEvent`` of the SDK for streams; what both have (``complete``...) means the same."""

OTHER_NAMES: Final = {
    "clicked": "click",
    "completed": "complete",
    "skipped": "skip",
}
"""Names of the SDK's constants that are not their values' (``AdEvent.Type.SKIPPED``)."""
