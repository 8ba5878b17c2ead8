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
* A stream's ads (DAI) play in the content's element, whose clock runs through them (S9). Its cue
  points say where they lie; where there are none (live) the breaks that were seen do. A break
  begins and ends when IMA says so, or when the playhead runs into a known range and out of it.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, list_of, name_of, part_of, parts_of, positive, whole
from video_tracker.players.ad_breaks import QUARTILES, Pod
from video_tracker.players.ad_element import Announced, is_still
from video_tracker.players.base import Callback, Ignored, Mapped, on
from video_tracker.players.content_adapter import ContentAdapter
from video_tracker.players.media_events import MEDIA_EVENTS, RECORDER_EVENTS, extended
from video_tracker.players.native_player import NativePlayer
from video_tracker.players.reasons import ad_failure
from video_tracker.players.rows import rows_in
from video_tracker.players.words import AD, BREAK
from video_tracker.signals import Error, Signal

__all__ = ["ImaAdapter"]

_on: Final = partial(on, "ima")
_STANDS: Final = "the content stands while ads play (S31)"
_STREAM_ONLY: Final = frozenset(
    {"adBreakStarted", "adPeriodStarted", "cuepointsChanged", "started", "streamInitialized"}
)
_TELLS_STREAM: Final = _STREAM_ONLY | {"adBreakEnded", "adPeriodEnded", "loaded"}
_STREAM_DATA: Final = frozenset({"streamData", "streamId", "url"})
"""What a ``loaded`` of a stream carries, and no ad's."""
_LOADS: Final = ("emptied", "loadstart")
_IN_ADS: Final = frozenset({"play", "pause", "playing", "waiting"})
"""Events of a stream's element that are the open ad's."""
_EDGE: Final = 0.5  # Seconds by which words and playhead may miss a range of the stream.
_RAN: Final = 1.0  # Seconds that the playhead may have run on before it is heard.

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
    """An ad as a callback tells it, at its place from 1; what it does not tell is None.

    The pod's ``index`` is 0 for a pre-roll or no pod at all, -1 for a post-roll, -2 if unknown, and
    above 0 for a mid-roll (in a live stream the break's id). The ``offset`` is in content seconds,
    in a stream in its own: 0 for a pre-roll or no pod at all, -1 for a post-roll.
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
        pods = (part_of(told, key) for told in (ad, detail) for key in _PODS)
        pod = next(filter(None, pods), ad)
        names = (name_of(ad.get(key)) for key in ("adId", "id", "creativeId"))
        told = cls(
            next(filter(None, names), None),
            positive(ad.get("duration")),
            False not in (ad.get("linear"), ad.get("isLinear")),
            _count(pod, "adPosition", "position", "pos"),
            _count(pod, "totalAds", "podSize", "total"),
            whole(pod.get("podIndex")),
            finite(pod.get("timeOffset")),
        )
        return None if told == cls() else told


def _count(told: Mapping[str, Any], *keys: str) -> int | None:
    found = (whole(told.get(key)) for key in keys)
    return next((number for number in found if number is not None and 1 <= number <= _MOST), None)


def _progress(callback: Callback) -> Mapping[str, Any]:
    """The ``AdProgressData`` of a callback."""
    detail, stream = callback.detail, part_of(callback.detail, "streamData")
    told = (part_of(detail, "adData"), part_of(detail, "adProgressData"))
    return next(filter(None, (*told, part_of(stream, "adProgressData"))), detail)


def _cue_points(callback: Callback) -> Sequence[Any]:
    """The list of cue points: numbers for client ads, ranges for a stream's."""
    places = callback.detail, part_of(callback.detail, "streamData")
    keys = ("cuePoints", "cuepoints", "adCuePoints")
    return next((found for told in places for key in keys if (found := list_of(told.get(key)))), ())


class ImaAdapter(NativePlayer):
    """The adapter of Google IMA; see the module (S9, S10, S31, S62, S71, S73)."""

    name: ClassVar[str] = "ima"
    shared: ClassVar = {**rows_in("html5", _ELEMENT), **rows_in("recorder", RECORDER_EVENTS)}
    of_ad: ClassVar = {
        "ima": {
            "pause": "pause",
            "paused": "pause",
            "resume": "play",
            "resumed": "play",
            "adBuffering": "waiting",
            "adCanPlay": "playing",
            "click": "click",
        }
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "ima": {
            "a break that brings no ads never begins": "adBreakFetchError",
            "a break that may begin; `contentPauseRequested` says that it does": "adBreakReady",
            "a list of ads was loaded; nothing moved": "adMetadata",
            "the ad's appearance": "expandedChanged hideAdUi showAdUi",
            "the viewer's doing around the ad, not its playback": "interaction videoIconClicked",
            "`contentPauseRequested` says when the content stops": "linearChanged",
            "the skip button's own clock": "skippableStateChanged",
            "a click beside the ad's link": "videoClicked",
            "viewability, not playback": "viewable_impression",
        }
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
        self._streams = False  # Whether the ads are a part of the stream.
        self._laid_out = False
        """Whether all its ads' ranges are known, and so how much of its length is content."""
        self._runs = False  # Whether the element plays.
        self._playhead: float | None = None  # What it last showed, in seconds of the stream.
        self._heard_at = 0.0  # When it was last heard.
        self._stream_length: float | None = None
        self._next: _Ad | None = None
        self._expects_end = False
        self._shares = False
        self._client = False

    # -- channels ----------------------------------------------------------------------------

    def _is_calm(self, callback: Callback) -> bool:
        client = self._client and not self._streams  # the element's clock is the content's
        return client and ContentAdapter._is_calm(self, callback)

    def _on_player(self, callback: Callback) -> list[Signal]:
        time = self._time(callback)
        if time is not None and callback.element is None:
            self._heard_at = callback.at
            self._playhead = self._playhead if callback.flag("seeking") else time
        if callback.player == "ima":
            if callback.event in _STREAM_ONLY:
                self._begin_stream()
            out = self._by_row(callback)
            return self._learned(callback) + out if callback.event in _TELLS_STREAM else out
        if callback.player == "recorder" or callback.element is not None:
            return []
        if callback.event == "play":
            self._breaks.gone = False
        self._runs = not is_still(callback)
        self._laid_out |= self._streams and callback.event == "ended"  # nothing is left to come
        self._stream_length = finite(callback.state.get("duration")) or self._stream_length
        if not self._streams:
            return self._on_element(callback)
        if not self._breaks.in_break:
            return self._on_stream_element(callback, time) + self._learned(callback)
        return self._in_stream_break(callback, time) + self._learned(callback)

    def _begin_stream(self) -> None:
        """Ads are a part of the stream, whose first ones may begin with it (S73)."""
        if not self._streams and not self._client:
            self._streams = True
            self._flash.pre_roll_due = not self._media.shown

    def _told_length(self, callback: Callback) -> object:  # noqa: ARG002
        return None  # the element's own callbacks are read

    def _position(self, callback: Callback) -> float | None:
        return self._as_content(callback).number("currentTime")

    # -- a stream's element ------------------------------------------------------------------

    def _learned(self, callback: Callback) -> list[Signal]:
        """From the first word of a stream on, positions and lengths are the content's (S78)."""
        media, length = self._media, self._stream_length
        out = self._ranges.taken_out(callback.at) if self._streams else []
        if not self._laid_out or length is None or media.ended or media.live.live:
            return out
        state = {"duration": self._ranges.to_content(length)}
        return out + media.receive(attrs.evolve(callback, event="durationchange", state=state))

    def _as_content(self, callback: Callback) -> Callback:
        """A callback of the element with its positions in content seconds."""
        if not self._streams:
            return callback
        state = dict(callback.state)
        time, told, length = map(callback.number, ("currentTime", "contentTime", "duration"))
        if time is not None or told is not None:
            state["currentTime"] = self._ranges.to_content(time or 0.0) if told is None else told
        if length is not None:
            state["duration"] = self._ranges.to_content(length) if self._laid_out else None
        return attrs.evolve(callback, state=state)

    def _on_stream_element(self, callback: Callback, time: float | None) -> list[Signal]:
        event, media = callback.event, self._media
        part = None if time is None else self._ranges.find(time)
        if part is None or not self._runs or event not in ("playing", "timeupdate"):
            return media.receive(self._as_content(callback))
        wish = attrs.evolve(self._as_content(callback), event="play")
        out = [] if media.begun else media.receive(wish)
        pod = Pod(None, "mid" if part[0] > 0 else None)
        return out + self._begin_in_stream(callback, pod, wait=True)  # before IMA says so

    def _where(self, at: float) -> float | None:
        """Where the element's clock is, in stream seconds."""
        shown = self._playhead
        if shown is None or not self._runs:
            return shown
        return shown + min(max(at - self._heard_at, 0.0), _RAN) * self._clock.rate

    def _begin_in_stream(self, callback: Callback, pod: Pod, *, wait: bool = False) -> list[Signal]:
        at, media, here = callback.at, self._media, self._where(callback.at)
        part = None if here is None else self._ranges.find(here) or self._ranges.find(here + _EDGE)
        out: list[Signal] = []
        stands = None
        if part is not None and here is not None:
            stands = self._ranges.to_content(part[0])
            ago = (here - part[0]) / self._clock.rate
            if media.shown and 0 <= ago <= _RAN:
                at -= ago  # it ran into it a moment ago
            last = self._stream_length is not None and part[1] >= self._stream_length - _RAN
            if last and pod.placement != "pre":
                pod = attrs.evolve(pod, placement="post", offset=None)
                out += media.finish(at, stands)
            elif pod.placement == "mid" and pod.offset is None:
                pod = attrs.evolve(pod, offset=stands)
        self._clock.begin_break(at, here if part is None else part[0], self._ranges)
        self._in_stream = self._clock.streams = True
        return out + self._breaks.begin(at, pod, wait=wait, stands=stands)

    def _in_stream_break(self, callback: Callback, time: float | None) -> list[Signal]:
        """The element speaks in a break."""
        event, out = callback.event, self._media.attributes.changes(callback)
        if event in _IN_ADS:
            return out + self._breaks.media(callback, event)
        if event == "ended":
            return out + self._breaks.end(callback.at)
        if event != "timeupdate" or not self._runs or time is None:
            return out
        if time >= self._clock.left - _EDGE:
            return out + self._ticks(callback)
        out += self._breaks.end(callback.at)  # it jumped back
        return out + self._media.receive(self._as_content(callback))

    # -- the content's element beside client ads ---------------------------------------------

    def _on_element(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return self._on_element_in_break(callback)
        return self._hears(callback)

    def _on_element_in_break(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event == "volumechange":
            return self._media.attributes.changes(callback)
        if event in _LOADS:
            self._shares = True  # the ads play in the content's element
        runs = not callback.flag("paused") and not callback.flag("ended")
        if self._expects_end and event in ("play", "playing") and runs:
            return self._breaks.end(callback.at) + self._media.receive(callback)
        return self.ignore(callback, _STANDS) if self._shares else self._breaks.content(callback)

    # -- breaks ------------------------------------------------------------------------------

    @_on("adsManagerLoaded", "", "the schedule: whether a pre-roll follows at once (S73)")
    def _on_manager(self, callback: Callback) -> list[Signal]:
        """The schedule: content that shows before a pre-roll is but a flash (S73)."""
        if 0 in [finite(point) for point in _cue_points(callback)]:
            self._flash.pre_roll_due = not self._media.shown
        self._expects_end = False
        self._client = True
        return []

    @_on("loaded", "load", "which ad comes next, and whether it is of a stream")
    def _on_loaded(self, callback: Callback) -> list[Signal]:
        if not _STREAM_DATA.isdisjoint(callback.detail):
            self._begin_stream()
            return []
        self._next = _Ad.of(callback)
        return []

    @_on("contentPauseRequested", BREAK)
    def _on_pause_request(self, callback: Callback) -> list[Signal]:
        self._client = True
        return self._begin(callback, _Ad.of(callback) or self._next)

    def _begin(self, callback: Callback, ad: _Ad | None) -> list[Signal]:
        """A break begins, or more is told of the open one."""
        pod = self._pod_of(ad or _Ad())
        if self._breaks.in_break:
            return self._breaks.begin(callback.at, pod, implied=True)
        self._expects_end = self._shares = False
        if self._streams:
            return self._begin_in_stream(callback, pod)
        stands = callback.number("currentTime")
        return self._breaks.begin(self._take_held(callback.at), pod, stands=stands)

    def _pod_of(self, ad: _Ad) -> Pod:
        live = self._media.live.live  # its breaks are counted, and their offsets mean nothing
        if -1 in (ad.index, ad.offset) and not live:
            return Pod(None, "post", None, ad.size)
        offset = None if live else positive(ad.offset)
        if offset is not None:
            return Pod(None, "mid", self._ranges.to_content(offset), ad.size)
        return Pod(None, "mid" if positive(ad.index) else None, None, ad.size)

    @_on("contentResumeRequested", "ad_break_end")
    def _on_resume_request(self, callback: Callback) -> list[Signal]:
        self._next = None
        return self._breaks.end(callback.at)

    @_on("adBreakStarted adPeriodStarted", f"{BREAK} load")
    def _on_stream_break(self, callback: Callback) -> list[Signal]:
        return self._begin(callback, _Ad.of(callback))

    @_on("adBreakEnded adPeriodEnded", "ad_break_end playing load")
    def _on_stream_break_end(self, callback: Callback) -> list[Signal]:
        """The element's clock runs on into the content."""
        media, here, part = self._media, self._where(callback.at), self._clock.part
        in_break = self._breaks.in_break
        if not in_break:
            return []
        out = self._end_break(callback)
        left = here is None or (part is not None and here < part[1] - _EDGE)
        if self._breaks.in_break or left or not self._runs or media.ended:
            return out  # left before its end, it goes on where is not known yet
        state = {"currentTime": self._ranges.to_content(here or 0.0), "paused": False}
        goes_on = attrs.evolve(callback, player="html5", event="playing", state=state, detail={})
        return out + media.receive(goes_on)

    @_on("cuepointsChanged", "load", "where the stream's ads lie (S9)")
    @_on("streamInitialized", "load", "the ads are a part of the stream")
    def _on_stream(self, callback: Callback) -> list[Signal]:
        if callback.event == "cuepointsChanged":
            self._ranges.clear()
            self._laid_out = self._streams
            for told in parts_of(_cue_points(callback)):
                start, end = finite(told.get("start")), finite(told.get("end"))
                if start is not None and end is not None:
                    self._ranges.add(start, end)
        return []

    @_on("error", "error", "the stream with ads could not be had")
    def _on_stream_error(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "streamData") or callback.detail
        return [Error(callback.at, False, ad_failure(told.get("error", told)))]

    # -- ads ---------------------------------------------------------------------------------

    @_on("start started", f"{AD} load playing")
    def _on_start(self, callback: Callback) -> list[Signal]:
        ad = _Ad.of(callback) or self._next or _Ad()
        self._next = None
        if not ad.linear:
            return self._breaks.overlay(callback)
        out = self._begin(callback, ad)
        return out + self._begin_ad(callback, Announced(ad.asset_id, ad.place, ad.duration))

    @_on("impression", AD, "of an ad whose `start` was lost (S83)")
    def _on_impression(self, callback: Callback) -> list[Signal]:
        """An ad shows; where the word of its start was lost, this one starts it (S83)."""
        if not self._breaks.in_break or self._breaks.ad.started:
            return self.ignore(callback, "`start` told of the ad")
        return self._on_start(callback)

    @_on("adProgress", f"{AD} ad_progress buffer_end")
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
            if self._media.begun and not breaks.in_break and not self._streams:
                return self.ignore(callback, "no ad plays")
            place = whole(told.get("adPosition"))
            if not breaks.may_start(place, position, length):
                return self.ignore(callback, "the last words of an ad that has ended")
            out += self._begin(callback, None)
            out += self._begin_ad(callback, Announced(None, place, length), position)
        breaks.learn(length)
        here = self._where(callback.at)
        if self._streams and here is not None:
            self._clock.read(callback.at, here)
        return out + breaks.moves(callback, position)

    @_on("complete", "ad_end")
    def _on_complete(self, callback: Callback) -> list[Signal]:
        return self._end_ad(callback, (_Ad.of(callback) or _Ad()).asset_id)

    @_on("skip userClose", "ad_skip")
    def _on_skip(self, callback: Callback) -> list[Signal]:
        named = (_Ad.of(callback) or _Ad()).asset_id
        return self._breaks.finish(callback, named, skipped=True)

    @_on("firstquartile midpoint thirdquartile", "ad_progress", "of an ad whose clock is not heard")
    def _on_quartile(self, callback: Callback) -> list[Signal]:
        return self._breaks.quartile(callback, QUARTILES[callback.event])

    @_on("durationChange", "", "the open ad's length")
    def _on_ad_length(self, callback: Callback) -> list[Signal]:
        self._breaks.learn((_Ad.of(callback) or _Ad()).duration)
        return []

    @_on("allAdsCompleted", "", "content that plays from now on has its player back (S62)")
    @_on("adError", "ad_error")
    def _on_last(self, callback: Callback) -> list[Signal]:
        """No more ads, and maybe no word of the content's return; an error is the manager's."""
        self._expects_end = True
        if callback.event == "allAdsCompleted":
            return []
        return self._fail(callback, callback.detail.get("error", callback.detail))

    @_on("log", "ad_error", "an ad that failed, when it tells of one")
    def _on_log(self, callback: Callback) -> list[Signal]:
        """One ad failed; the next one, or the content, goes on."""
        error = part_of(callback.detail, "adData").get("adError", callback.detail.get("adError"))
        return [] if error is None else self._fail(callback, error)

    def _fail(self, callback: Callback, error: object) -> list[Signal]:
        due, self._next = self._next, None
        known = due.asset_id if due is not None and not self._breaks.ad.started else None
        return self._breaks.fail(callback, ad_failure(error), known)

    @_on("mute unmute volumeChange volumeChanged volumeMuted", "update")
    def _on_volume(self, callback: Callback) -> list[Signal]:
        volume = finite(callback.detail.get("volume"))
        muted = callback.event in ("mute", "volumeMuted")
        told = muted or callback.event == "unmute" or (volume is not None and volume > 0)
        return self._sounds(callback, volume, muted if told else None, playbackRate=None)
