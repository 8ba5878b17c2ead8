"""dash.js 5 with the media element that it feeds.

Channels: ``dashjs`` (the strings of ``MediaPlayer.events``), ``html5`` and ``page``. dash.js
fires the element's events again under names of its own, up to 60 ms later; they are read only
where the element itself is not heard. What dash.js alone knows is the content's end, which the
element may never reach (E1), the quality that shows, and its errors.

An event of the manifest or of a segment is fired under its scheme's name, which no table can list:
one whose scheme names ads (``urn:scte:scte35:2014:xml+bin``) marks ads in the stream (S9).
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from video_tracker.payload import finite, part_of, text_of
from video_tracker.players.base import Callback, on
from video_tracker.players.element_library import ElementPlayer
from video_tracker.players.live_clock import unix_seconds
from video_tracker.players.media_events import MEDIA_EVENTS
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.rows import rows_in
from video_tracker.signals import Signal
from video_tracker.stream_markers import is_ad_scheme, stream_event

__all__ = ["DashjsAdapter"]

_MOVES: Final = frozenset({"playing", "timeupdate"})
"""Media events that say where the content is while it moves."""
_HARMLESS: Final = frozenset({12, 16, 29, 33})
"""Codes of errors with which playback goes on: remote elements, the clock's source, subtitles."""
_LOADING: Final = frozenset({11, 15, 17, 25, 26, 27, 28})
"""Codes of errors in loading the manifest, an index, a segment or its initialization."""
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


class DashjsAdapter(ElementPlayer):
    """The adapter of dash.js; see the module.

    A period that cannot share the buffer gets a new ``blob:`` address (D21): no new item.
    """

    name: ClassVar[str] = "dashjs"
    copies: ClassVar[Mapping[str, str]] = REDISPATCHED
    shared: ClassVar = {
        **rows_in("dashjs", {name: MEDIA_EVENTS[twin] for name, twin in REDISPATCHED.items()}),
        **rows_in("html5", MEDIA_EVENTS),
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "dashjs": {
            "the choice of audio or text": """
                adaptationSetRemovedNoCapabilities allTextTracksAdded captionContainerResize
                captionRendered dvbFontDownloadAdded dvbFontDownloadComplete dvbFontDownloadFailed
                newTrackSelected textTrackAdded trackChangeRendered ttmlParsed ttmlToParse""",
            "nothing has begun": "astInFuture playbackNotAllowed",
            "loading is no playback": """
                baseUrlsUpdated contentSteeringRequestCompleted fragmentLoadingAbandoned
                fragmentLoadingCompleted fragmentLoadingProgress fragmentLoadingStarted
                managedMediaSourceEndStreaming managedMediaSourceStartStreaming
                manifestLoadingFinished manifestLoadingStarted manifestValidityChanged""",
            "the buffer's own business, seconds before playback stops; `waiting` says when": """
                bufferLevelUpdated bufferLoaded bufferStalled bufferStateChanged""",
            "measurements and remarks of dash.js": """
                conformanceViolation log metricAdded metricChanged metricUpdated metricsChanged
                throughputMeasurementStored""",
            "timed metadata or text": """
                cueEnter cueExit eventModeOnReceive eventModeOnStart inbandPrft""",
            "a period is a part of the content, not a content (D21)": """
                periodSwitchCompleted periodSwitchStarted streamActivated streamDeactivated
                streamInitialized streamInitializing streamUpdated""",
            "a decision; qualityChangeRendered says when it shows (E3)": """
                qualityChangeRequested representationSwitch""",
            "the next source tells of itself": "streamTeardownComplete",
            "key negotiation": """
                needkey protectionTeardownComplete public_keyAdded public_keyMessage
                public_keySessionClosed public_keySessionCreated public_keySessionRemoved
                public_keySessionUpdated public_keyStatusesChanged public_keySystemAccessComplete
                public_keySystemSelected public_licenseRequestComplete public_licenseRequestSending
                public_protectioncreated public_protectiondestroyed serverCertificateUpdated
                videoElementSelected""",
            "`error` comes with it": "public_keyError",
            "a recording for later is no playback": """
                public_offlineRecordFinished public_offlineRecordLoadedmetadata
                public_offlineRecordStarted public_offlineRecordStopped""",
        }
    }

    @classmethod
    def row_of(cls, player: str, event: str) -> tuple[str, str]:
        """The key of the row that answers an event; those of all schemes of ads share one."""
        key = (player, event)
        if key not in cls.vocabulary and player == "dashjs" and is_ad_scheme(event):
            return ("dashjs", SCHEME)
        return key

    def _tells_picture(self, callback: Callback) -> bool:
        """Where the content is while it moves.

        In a period of ads that has just begun, a quality told on its own would overtake the ad.
        """
        return self.copies.get(callback.event, callback.event) in _MOVES

    @on("dashjs", "playbackEnded", "content_end", "of the last period only (E1, D21)")
    def _on_ended(self, callback: Callback) -> list[Signal]:
        if callback.detail.get("isLast") is False:
            return self.ignore(callback, "a period's end is not the content's (D21)")
        # dash.js seeks before it says so: the position may be that of the seek (E1).
        stood = (self._media.where(callback.at), callback.number("currentTime"))
        known = (position for position in stood if position is not None)
        return self._media.finish(callback.at, max(known, default=None))

    @on("dashjs", "playbackInitialized", "load progress", "the next playlist item (S24)")
    def _on_source(self, callback: Callback) -> list[Signal]:
        return self._loads(callback)

    @on("dashjs", SCHEME, "ad_ranges", "an event of a scheme that marks ads (S9)")
    def _on_stream_event(self, callback: Callback) -> list[Signal]:
        return self._markers.take(callback.at, stream_event(callback.detail, callback.event))

    @on("dashjs", "manifestLoaded", "load update", "whether it is live, of what time it tells (S8)")
    def _on_manifest(self, callback: Callback) -> list[Signal]:
        media, data = self._media, part_of(callback.detail, "data")
        if data.get("type") != "dynamic":
            return []
        began = unix_seconds(data.get("availabilityStartTime"))
        return [*media.is_live(callback.at), *media.live.date(callback.at, began)]

    @on("dashjs", "dynamicToStatic", "", "a live stream has ended: its length is final")
    def _on_static(self, callback: Callback) -> list[Signal]:  # noqa: ARG002 - its time says nothing
        self._media.live.ends()
        return []

    @on("dashjs", "qualityChangeRendered", "quality", "of the picture, not of the sound (E3)")
    def _on_quality(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "newRepresentation")
        if callback.detail.get("mediaType") != "video" or not told:
            return self.ignore(callback, "not the picture's quality (E3)")
        self._renditions.shows(Rendition.read(told, "bandwidth", "bitsPerSecond"))
        return []

    @on("dashjs", "error", "error interrupt progress")
    def _on_error(self, callback: Callback) -> list[Signal]:
        error = part_of(callback.detail, "error")
        code = finite(error.get("code"))
        reason = text_of(error.get("message")) or "playback error"
        reason = "network loss" if code in _LOADING else reason
        return self._fail(callback, reason, fatal=code not in _HARMLESS)
