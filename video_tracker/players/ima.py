"""Google IMA for HTML5: ads of the client-side SDK, and ads in a stream (DAI).

Channels: ``ima`` (the values of ``AdEvent.Type`` and of ``StreamEvent.Type``; also called
``ima-dai``), ``html5`` (the content's element; IMA's own ``el`` is not needed), ``page`` and
``recorder``. The SDK's objects answer by methods (``ad.getAdPodInfo().getPodIndex()``); ``detail``
holds what the application read off them: ``ad`` {``adId``, ``duration``, ``linear``, ``adPodInfo``
{``podIndex``, ``adPosition``, ``totalAds``, ``timeOffset``}}, or the same flat; ``adData`` of
``adProgress`` {``currentTime``, ``duration``, ``adPosition``, ``totalAds``}, ``error`` {``type``,
``errorCode``, ``message``}, ``cuePoints`` of ``adsManagerLoaded``, ``cuepoints`` {``start``,
``end``} of ``cuepointsChanged``.

* The application stops the content for client ads and starts it again: that ``pause`` may come
  before the request and the ``play`` after it; neither is the viewer's (S31).
* Pod index and time offset are 0 for an ad in no pod as for a pre-roll: they declare nothing.
* A stream's ads play in the content's element, whose clock runs through them (S9):
  :class:`~video_tracker.players.ima_stream.ImaStream` tells the two apart.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import QUARTILES, Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import (
    WEB_SETTINGS,
    Callback,
    Ignored,
    Mapped,
    finite,
    name_of,
    on,
    part_of,
    positive,
    whole,
)
from video_tracker.players.ima_stream import ImaStream
from video_tracker.players.media_events import MEDIA_EVENTS, RECORDER_EVENTS, extended
from video_tracker.players.native_player import (
    AD,
    BREAK,
    EARLY,
    OVERLAY,
    NativePlayer,
    ad_failure,
)
from video_tracker.players.rows import rows_in
from video_tracker.signals import Error, Signal

__all__ = ["ImaAdapter"]

_STANDS: Final = "the content stands while ads play (S31)"
_STREAM_ONLY: Final = frozenset(
    {"adBreakStarted", "adPeriodStarted", "cuepointsChanged", "started", "streamInitialized"}
)
_TELLS_STREAM: Final = _STREAM_ONLY | {"adBreakEnded", "adPeriodEnded", "loaded"}
_STREAM_DATA: Final = frozenset({"streamData", "streamId", "url"})
"""What a ``loaded`` of a stream carries, and no ad's."""
_LOADS: Final = ("emptied", "loadstart")
_AD_MEDIA: Final = {
    "adBuffering": "waiting",
    "adCanPlay": "playing",
    "pause": "pause",
    "paused": "pause",
    "resume": "play",
    "resumed": "play",
}
"""What the open ad's element would have said."""

_ELEMENT: Final[dict[str, Mapped | Ignored]] = extended(
    MEDIA_EVENTS,
    dict.fromkeys(
        (event for event, entry in MEDIA_EVENTS.items() if isinstance(entry, Mapped)),
        "ad_break_start ad_break_end ad_progress load playing",
    ),
)
"""The content's element; what it says in a stream may begin, be of, or end a break."""
_PODS: Final = ("adPodInfo", "podInfo", "pod", "adPod")
_MOST: Final = 1_000


@attrs.frozen
class _Ad:
    """An ad as a callback tells it; what it does not tell is None.

    Args:
        asset_id: Its id.
        duration: Its length in seconds; a non-linear ad has none.
        linear: Whether it stops the content.
        place: Its place in the pod, counted from 1.
        size: How many ads the pod has; the SDK guesses at first.
        index: The pod's index: 0 is a pre-roll or no pod at all, -1 a post-roll, -2 unknown, above
            0 a mid-roll (in a live stream the break's id).
        offset: Where it was scheduled, in content seconds, or stream seconds in a stream: 0 is a
            pre-roll or no pod at all, -1 a post-roll.
    """

    asset_id: str | None = None
    duration: float | None = None
    linear: bool = True
    place: int | None = None
    size: int | None = None
    index: int | None = None
    offset: float | None = None

    @classmethod
    def of(cls, callback: Callback) -> "_Ad | None":
        """The callback's ad; None when it has none."""
        detail = callback.detail
        ad = part_of(detail, "ad") or detail
        pod = next((part for key in _PODS if (part := part_of(ad, key))), {})
        pod = pod or next((part for key in _PODS if (part := part_of(detail, key))), ad)
        told = cls(
            _first_text(ad, "adId", "id", "creativeId"),
            positive(ad.get("duration")),
            False not in (ad.get("linear"), ad.get("isLinear")),
            _count(pod, "adPosition", "position", "pos"),
            _count(pod, "totalAds", "podSize", "total"),
            whole(pod.get("podIndex")),
            finite(pod.get("timeOffset")),
        )
        return None if told == cls() else told


def _first_text(told: Mapping[str, Any], *keys: str) -> str | None:
    return next((text for key in keys if (text := name_of(told.get(key)))), None)


def _count(told: Mapping[str, Any], *keys: str) -> int | None:
    found = (whole(told.get(key)) for key in keys)
    return next((number for number in found if number is not None and 1 <= number <= _MOST), None)


def _progress(callback: Callback) -> Mapping[str, Any]:
    """The ``AdProgressData`` of a callback."""
    detail, stream = callback.detail, part_of(callback.detail, "streamData")
    told = (part_of(detail, "adData"), part_of(detail, "adProgressData"))
    return next(filter(None, (*told, part_of(stream, "adProgressData"))), detail)


def _cue_points(callback: Callback) -> list[Any]:
    """The list of cue points: numbers for client ads, ranges for a stream's."""
    for key in ("cuePoints", "cuepoints", "adCuePoints"):
        told = callback.detail.get(key)
        if not isinstance(told, list):
            told = part_of(callback.detail, "streamData").get(key)
        if isinstance(told, list):
            return told[:_MOST]
    return []


class ImaAdapter(NativePlayer):
    """The adapter of Google IMA; see the module (S9, S10, S31, S62, S71, S73)."""

    name: ClassVar[str] = "ima"
    settings: ClassVar = WEB_SETTINGS
    shared: ClassVar = {**rows_in("html5", _ELEMENT), **rows_in("recorder", RECORDER_EVENTS)}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "ima": {
            "a break that brings no ads never begins": "adBreakFetchError",
            "a break that may begin; `contentPauseRequested` says that it does": "adBreakReady",
            "a list of ads was loaded; nothing moved": "adMetadata",
            "the ad's appearance": "expandedChanged hideAdUi showAdUi",
            "the viewer's doing around the ad, not its playback": ("interaction videoIconClicked"),
            "`contentPauseRequested` says when the content stops": "linearChanged",
            "the skip button's own clock": "skippableStateChanged",
            "a click beside the ad's link": "videoClicked",
            "viewability, not playback": "viewable_impression",
        },
    }
    other_names: ClassVar[Mapping[str, str]] = {
        # Constants that are not called as their values (`AdEvent.Type.SKIPPED`).
        "clicked": "click",
        "completed": "complete",
        "skipped": "skip",
    }
    other_channels: ClassVar[Mapping[str, str]] = {"ima-dai": "ima", "dai": "ima"}

    def __init__(self) -> None:
        super().__init__()
        self._media.new_blob_is_new_item = True
        self._stream = ImaStream(self._media, self._breaks)
        self._next: _Ad | None = None
        self._expects_end = False
        self._shares = False
        self._client = False

    # -- channels ----------------------------------------------------------------------------

    def _on_player(self, callback: Callback) -> list[Signal]:
        if callback.player == "ima":
            if callback.event in _STREAM_ONLY:
                self._begin_stream()
            out = self._by_row(callback)
            tells = callback.event in _TELLS_STREAM
            return self._stream.learned(callback) + out if tells else out
        if callback.player == "recorder" or callback.element is not None:
            return []
        if self._stream.active:
            out = self._stream.element(callback)
            return out + self._stream.learned(callback)
        self._stream.hear(callback)
        return self._on_element(callback)

    def _begin_stream(self) -> None:
        """Ads are a part of the stream, whose first ones may begin with it (S73)."""
        if not self._stream.active and not self._client:
            self._stream.active = True
            self._flash.pre_roll_due = not self._media.shown

    def _told_length(self, callback: Callback) -> object:  # noqa: ARG002
        return None  # the element's own callbacks are read

    def _leave(self, callback: Callback) -> list[Signal]:
        return super()._leave(self._stream.as_content(callback))

    # -- the content's element beside client ads ---------------------------------------------

    def _on_element(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event == "play":
            self._breaks.gone = False
        if self._breaks.in_break:
            return self._on_element_in_break(callback)
        if event == "pause" and not callback.flag("ended"):
            return self._hold(callback)
        return self._media.receive(callback)

    def _on_element_in_break(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event == "volumechange":
            return self._media.attributes.changes(callback)
        if event in _LOADS:
            self._shares = True  # the ads play in the content's element
        runs = not callback.flag("paused") and not callback.flag("ended")
        if self._expects_end and event in ("play", "playing") and runs:
            return self._breaks.end(callback.at) + self._media.receive(callback)
        return self._drop(callback, _STANDS) if self._shares else self._breaks.content(callback)

    # -- breaks ------------------------------------------------------------------------------

    @on("ima", "adsManagerLoaded", "", "the schedule: whether a pre-roll follows at once (S73)")
    def _on_manager(self, callback: Callback) -> list[Signal]:
        """The schedule: content that shows before a pre-roll is but a flash (S73)."""
        if 0 in [finite(point) for point in _cue_points(callback)]:
            self._flash.pre_roll_due = not self._media.shown
        self._expects_end = False
        self._client = True
        return []

    @on("ima", "loaded", "load", "which ad comes next, and whether it is of a stream")
    def _on_loaded(self, callback: Callback) -> list[Signal]:
        detail = callback.detail
        if not _STREAM_DATA.isdisjoint(detail):
            self._begin_stream()
            return []
        self._next = _Ad.of(callback)
        return []

    @on("ima", "contentPauseRequested", BREAK)
    def _on_pause_request(self, callback: Callback) -> list[Signal]:
        ad = _Ad.of(callback) or self._next
        self._client = True
        return self._begin(callback, ad)

    def _begin(self, callback: Callback, ad: _Ad | None) -> list[Signal]:
        """A break begins, or more is told of the open one."""
        pod = self._pod_of(ad)
        if self._breaks.in_break:
            return self._breaks.begin(callback.at, pod, implied=True)
        self._expects_end = self._shares = False
        if self._stream.active:
            return self._stream.begin(callback, pod)
        stands = callback.number("currentTime")
        return self._breaks.begin(self._take_held(callback.at), pod, stands=stands)

    def _pod_of(self, ad: _Ad | None) -> Pod:
        if ad is None:
            return Pod()
        live = self._media.live.live  # its breaks are counted, and their offsets mean nothing
        if -1 in (ad.index, ad.offset) and not live:
            return Pod(None, "post", None, ad.size)
        offset = None if live else positive(ad.offset)
        if offset is not None:
            return Pod(None, "mid", self._stream.to_content(offset), ad.size)
        return Pod(None, "mid" if positive(ad.index) else None, None, ad.size)

    @on("ima", "contentResumeRequested", "ad_break_end")
    def _on_resume_request(self, callback: Callback) -> list[Signal]:
        self._next = None
        return self._breaks.end(callback.at)

    @on("ima", "adBreakStarted adPeriodStarted", f"{BREAK} load")
    def _on_stream_break(self, callback: Callback) -> list[Signal]:
        return self._begin(callback, _Ad.of(callback))

    @on("ima", "adBreakEnded adPeriodEnded", "ad_break_end playing load")
    def _on_stream_break_end(self, callback: Callback) -> list[Signal]:
        return self._stream.end(callback)

    @on("ima", "cuepointsChanged", "load", "where the stream's ads lie (S9)")
    @on("ima", "streamInitialized", "load", "the ads are a part of the stream")
    def _on_stream(self, callback: Callback) -> list[Signal]:
        if callback.event == "cuepointsChanged":
            self._stream.take(_cue_points(callback))
        return []

    @on("ima", "error", "error", "the stream with ads could not be had")
    def _on_stream_error(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "streamData") or callback.detail
        return [Error(callback.at, False, ad_failure(told.get("error", told)))]

    # -- ads ---------------------------------------------------------------------------------

    @on("ima", "start started", f"{AD} load")
    def _on_start(self, callback: Callback) -> list[Signal]:
        ad = _Ad.of(callback) or self._next or _Ad()
        self._next = None
        if not ad.linear:
            return self._drop(callback, OVERLAY)
        out = self._begin(callback, ad)
        return out + self._start(callback, ad, 0.0)

    @on("ima", "impression", AD, "of an ad whose `start` was lost (S83)")
    def _on_impression(self, callback: Callback) -> list[Signal]:
        """An ad shows; where the word of its start was lost, this one starts it (S83)."""
        if not self._breaks.in_break or self._breaks.ad.started:
            return self._drop(callback, "`start` told of the ad")
        return self._on_start(callback)

    def _start(self, callback: Callback, ad: _Ad, position: float) -> list[Signal]:
        out = self._breaks.start(callback, Announced(ad.asset_id, ad.place, ad.duration), position)
        self._stream.begin_ad(callback)
        return out

    @on("ima", "adProgress", f"{AD} ad_progress buffer_end")
    def _on_progress(self, callback: Callback) -> list[Signal]:
        told = _progress(callback)
        position, length = finite(told.get("currentTime")), positive(told.get("duration"))
        left = finite(told.get("remainingTime"))
        if position is None and length is not None and left is not None:
            position = length - left
        if position is None or position < 0:
            return []
        out: list[Signal] = []
        breaks = self._breaks
        if not breaks.ad.started:
            if self._media.begun and not breaks.in_break and not self._stream.active:
                return self._drop(callback, "no ad plays")
            place = whole(told.get("adPosition"))
            if not breaks.may_start(place, position, length):
                return self._drop(callback, "the last words of an ad that has ended")
            out += self._begin(callback, None)
            out += self._start(callback, _Ad(duration=length, place=place), position)
        breaks.learn(length)
        self._stream.ad_is_at(callback, position)
        return out + breaks.moves(callback, position)

    @on("ima", "complete", "ad_end")
    def _on_complete(self, callback: Callback) -> list[Signal]:
        ad = _Ad.of(callback)
        if self._stream.active and self._stream.is_early(callback):
            return self._drop(callback, EARLY)
        out = self._breaks.finish(callback, None if ad is None else ad.asset_id)
        if out:
            self._stream.end_ad(callback)
        return out

    @on("ima", "skip userClose", "ad_skip")
    def _on_skip(self, callback: Callback) -> list[Signal]:
        self._stream.end_ad(callback)
        return self._breaks.skip(callback)

    @on("ima", "click", "ad_click")
    def _on_click(self, callback: Callback) -> list[Signal]:
        return self._breaks.click(callback)

    @on(
        "ima",
        "firstquartile midpoint thirdquartile",
        "ad_progress",
        "of an ad whose clock is not heard",
    )
    def _on_quartile(self, callback: Callback) -> list[Signal]:
        return self._breaks.quartile(callback, QUARTILES[callback.event])

    @on("ima", "pause paused", "pause")
    @on("ima", "resume resumed", "play")
    @on("ima", "adBuffering", "buffer_start")
    @on("ima", "adCanPlay", "buffer_end")
    def _on_ad_media(self, callback: Callback) -> list[Signal]:
        return self._breaks.media(callback, _AD_MEDIA[callback.event])

    @on("ima", "durationChange", "", "the open ad's length")
    def _on_ad_length(self, callback: Callback) -> list[Signal]:
        ad = _Ad.of(callback)
        self._breaks.learn(None if ad is None else ad.duration)
        return []

    @on("ima", "allAdsCompleted", "", "content that plays from now on has its player back (S62)")
    @on("ima", "adError", "ad_error")
    def _on_last(self, callback: Callback) -> list[Signal]:
        """No more ads, and maybe no word of the content's return; an error is the manager's."""
        self._expects_end = True
        if callback.event == "allAdsCompleted":
            return []
        return self._fail(callback, callback.detail.get("error", callback.detail))

    @on("ima", "log", "ad_error", "an ad that failed, when it tells of one")
    def _on_log(self, callback: Callback) -> list[Signal]:
        """One ad failed; the next one, or the content, goes on."""
        error = part_of(callback.detail, "adData").get("adError", callback.detail.get("adError"))
        return [] if error is None else self._fail(callback, error)

    def _fail(self, callback: Callback, error: object) -> list[Signal]:
        due, self._next = self._next, None
        known = due.asset_id if due is not None and not self._breaks.ad.started else None
        return self._breaks.fail(callback, ad_failure(error), known)

    @on("ima", "mute unmute volumeChange volumeChanged volumeMuted", "update")
    def _on_volume(self, callback: Callback) -> list[Signal]:
        volume = finite(callback.detail.get("volume"))
        muted = callback.event in ("mute", "volumeMuted")
        told = muted or callback.event == "unmute" or (volume is not None and volume > 0)
        return self._sounds(callback, volume, muted if told else None, playbackRate=None)
