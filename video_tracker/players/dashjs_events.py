"""Every event of dash.js 5 (``MediaPlayerEvents`` and its companions) and what becomes of it."""

from typing import Final

from video_tracker.players.base import Ignored, Mapped
from video_tracker.players.media_events import MEDIA_EVENTS

__all__ = ["DASHJS_EVENTS", "REDISPATCHED", "SCHEME"]

SCHEME: Final = "schemeIdUri"
"""Stands for every event that is fired under the name of its own scheme."""

REDISPATCHED: Final[dict[str, str]] = {
    "canPlay": "canplay",
    "canPlayThrough": "canplaythrough",
    "playbackError": "error",
    "playbackLoadedData": "loadeddata",
    "playbackMetaDataLoaded": "loadedmetadata",
    "playbackPaused": "pause",
    "playbackPlaying": "playing",
    "playbackProgress": "progress",
    "playbackRateChanged": "ratechange",
    "playbackSeeked": "seeked",
    "playbackSeeking": "seeking",
    "playbackStalled": "stalled",
    "playbackStarted": "play",
    "playbackTimeUpdated": "timeupdate",
    "playbackVolumeChanged": "volumechange",
    "playbackWaiting": "waiting",
}
"""Media events that dash.js fires again, under names of its own (E4)."""

_LOADING: Final = "loading is no playback"
_BUFFER: Final = "the buffer's own business, seconds before playback stops; `waiting` says when"
_TRACKS: Final = "the choice of audio or text"
_DECISION: Final = "a decision; qualityChangeRendered says when it shows (E3)"
_PERIOD: Final = "a period is a part of the content, not a content (D21)"
_METRICS: Final = "dash.js' own measurements"
_CUES: Final = "timed metadata or text"
_KEYS: Final = "key negotiation"
_OFFLINE: Final = "a recording for later is no playback"

DASHJS_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    **{event: MEDIA_EVENTS[name] for event, name in REDISPATCHED.items()},
    # MediaPlayerEvents
    "adaptationSetRemovedNoCapabilities": Ignored(_TRACKS),
    "allTextTracksAdded": Ignored(_TRACKS),
    "astInFuture": Ignored("a live stream that has not begun"),
    "baseUrlsUpdated": Ignored(_LOADING),
    "bufferLevelUpdated": Ignored(_BUFFER),
    "bufferLoaded": Ignored(_BUFFER),
    "bufferStalled": Ignored(_BUFFER),
    "bufferStateChanged": Ignored(_BUFFER),
    "captionContainerResize": Ignored(_TRACKS),
    "captionRendered": Ignored(_TRACKS),
    "conformanceViolation": Ignored("the manifest's flaws"),
    "contentSteeringRequestCompleted": Ignored(_LOADING),
    "cueEnter": Ignored(_CUES),
    "cueExit": Ignored(_CUES),
    "dvbFontDownloadAdded": Ignored(_TRACKS),
    "dvbFontDownloadComplete": Ignored(_TRACKS),
    "dvbFontDownloadFailed": Ignored(_TRACKS),
    "dynamicToStatic": Mapped((), "a live stream has ended: its length is final"),
    "error": Mapped("error interrupt progress"),
    "eventModeOnReceive": Ignored(_CUES),
    "eventModeOnStart": Ignored(_CUES),
    "fragmentLoadingAbandoned": Ignored(_LOADING),
    "fragmentLoadingCompleted": Ignored(_LOADING),
    "fragmentLoadingProgress": Ignored(_LOADING),
    "fragmentLoadingStarted": Ignored(_LOADING),
    "inbandPrft": Ignored(_CUES),
    "log": Ignored("for people to read"),
    "managedMediaSourceEndStreaming": Ignored(_LOADING),
    "managedMediaSourceStartStreaming": Ignored(_LOADING),
    "manifestLoaded": Mapped("load update", "whether it is live, and of what time it tells (S8)"),
    "manifestLoadingFinished": Ignored(_LOADING),
    "manifestLoadingStarted": Ignored(_LOADING),
    "manifestValidityChanged": Ignored(_LOADING),
    "metricAdded": Ignored(_METRICS),
    "metricChanged": Ignored(_METRICS),
    "metricUpdated": Ignored(_METRICS),
    "metricsChanged": Ignored(_METRICS),
    "newTrackSelected": Ignored(_TRACKS),
    "periodSwitchCompleted": Ignored(_PERIOD),
    "periodSwitchStarted": Ignored(_PERIOD),
    "playbackEnded": Mapped("content_end", "of the last period only (E1, D21)"),
    "playbackInitialized": Mapped(
        "load progress", "after the first one: the next playlist item (S24)"
    ),
    "playbackNotAllowed": Ignored("the browser refused to play; nothing began"),
    "qualityChangeRendered": Mapped("quality", "of the picture, not of the sound (E3)"),
    "qualityChangeRequested": Ignored(_DECISION),
    "representationSwitch": Ignored(_DECISION),
    "streamActivated": Ignored(_PERIOD),
    "streamDeactivated": Ignored(_PERIOD),
    "streamInitialized": Ignored(_PERIOD),
    "streamInitializing": Ignored(_PERIOD),
    "streamTeardownComplete": Ignored("the next source tells of itself"),
    "streamUpdated": Ignored(_PERIOD),
    "textTrackAdded": Ignored(_TRACKS),
    "throughputMeasurementStored": Ignored(_METRICS),
    "trackChangeRendered": Ignored(_TRACKS),
    "ttmlParsed": Ignored(_TRACKS),
    "ttmlToParse": Ignored(_TRACKS),
    SCHEME: Mapped("ad_ranges", "an event of a scheme that marks ads (S9)"),
    # ProtectionEvents
    "needkey": Ignored(_KEYS),
    "protectionTeardownComplete": Ignored(_KEYS),
    "public_keyAdded": Ignored(_KEYS),
    "public_keyError": Ignored("`error` comes with it"),
    "public_keyMessage": Ignored(_KEYS),
    "public_keySessionClosed": Ignored(_KEYS),
    "public_keySessionCreated": Ignored(_KEYS),
    "public_keySessionRemoved": Ignored(_KEYS),
    "public_keySessionUpdated": Ignored(_KEYS),
    "public_keyStatusesChanged": Ignored(_KEYS),
    "public_keySystemAccessComplete": Ignored(_KEYS),
    "public_keySystemSelected": Ignored(_KEYS),
    "public_licenseRequestComplete": Ignored(_KEYS),
    "public_licenseRequestSending": Ignored(_KEYS),
    "public_protectioncreated": Ignored(_KEYS),
    "public_protectiondestroyed": Ignored(_KEYS),
    "serverCertificateUpdated": Ignored(_KEYS),
    "videoElementSelected": Ignored(_KEYS),
    # OfflineEvents
    "public_offlineRecordFinished": Ignored(_OFFLINE),
    "public_offlineRecordLoadedmetadata": Ignored(_OFFLINE),
    "public_offlineRecordStarted": Ignored(_OFFLINE),
    "public_offlineRecordStopped": Ignored(_OFFLINE),
}
"""Every event that dash.js documents and what becomes of it."""
