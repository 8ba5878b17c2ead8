"""Players around a media element: what it says, what their libraries say beside it, their ads.

Sequences and delays are those of recordings (`tests/recordings/data`) and of the notes on real
players: A1 (`pause` before `ended`), A3 (`seeking` at its target), D1 to D20 (ads).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs

from tests.players.matrix.speech import STOPS, Dialect, Word, said
from tests.players.matrix.viewing import Ad, Moment
from video_tracker.players.base import Callback
from video_tracker.players.dashjs import REDISPATCHED

__all__ = ["ELEMENTS"]

TWIN: Final = 0.002
"""Seconds after which a library fires its element's event again (E4)."""
_NAMELESS: Final = "Plyr passes IMA's events on without what IMA says of the ad"
_TOGETHER: Final = "the content is stopped when the break is told, not later"
_LIKE_CONTENT: Final = "an ad in the content's element is content until the library speaks (S83)"
_HOW_FAR: Final = "an asset's end says how far it came, not why it ended (D7)"
_COMPLETE: Final = "Fluid calls an ad complete up to a second before its end (D16)"
_UNHEARD: Final = "IMA3's ads play in an element that nobody hears"
_NO_CLIENT_ADS: Final = "it plays no ads beside the stream"

Callbacks = Iterable[Callback]


def content_state(m: Moment, **changes: Any) -> dict[str, Any]:
    """What the content's element says of itself."""
    length = m.item.length
    ready = 1 if m.seeking or not m.shown else 2 if m.stalled else 4
    return {
        "currentTime": m.place,
        "duration": "Infinity" if length is None else length,
        "paused": not m.plays,
        "ended": m.ended,
        "seeking": m.seeking,
        "readyState": ready,
        "playbackRate": 1,
        "volume": 1,
        "muted": False,
        "src": f"item-{m.item.number}.mp4",
        **changes,
    }


def ad_state(m: Moment, **changes: Any) -> dict[str, Any]:
    """What an element says that plays the ad."""
    ad = m.ad or Ad("none", 0.0)
    ended = not m.moving and m.seen >= ad.length - 1e-6
    known = {
        "currentTime": m.seen,
        "duration": ad.length,
        "paused": not m.plays or ended,
        "ended": ended,
        "readyState": 2 if m.stalled else 4,
        "src": f"{ad.name}.mp4",
    }
    return content_state(m, **(known | {"seeking": False} | changes))


@attrs.frozen
class Element:
    """A media element, and the library that fires its events a second time.

    Args:
        state: What it says of itself.
        name: Its own, when it is not the content's.
        copies: Channel -> what the library calls an event; None: it says nothing of it.
        alone: Whether the library's copies are all that is heard.
    """

    state: Callable[..., dict[str, Any]] = content_state
    name: str | None = None
    copies: Mapping[str, Callable[[str], str | None]] = attrs.field(factory=dict)
    detail: Callable[[Moment], Mapping[str, Any]] = lambda _: {}

    def fires(self, m: Moment, *events: str, after: float = 0.0, **changes: Any) -> list[Callback]:
        """Events one after the other, a millisecond apart."""
        out: list[Callback] = []
        state = self.state(m, **changes)
        for number, event in enumerate(events):
            at = after + number / 1000
            out.append(said(m, "html5", event, state, at, self.name))
            for channel, name in self.copies.items():
                known = name(event)
                if known is not None:
                    told = self.detail(m)
                    out.append(said(m, channel, known, state, at + TWIN, self.name, **told))
        return out

    def words(self) -> dict[str, Word]:
        """The words of content in an element of its own."""
        return {
            "load": self.load,
            "press": lambda m: self.fires(m, "play"),
            "again": self.again,
            "frame": lambda m: self.fires(m, "playing"),
            "back": lambda m: self.fires(m, "play", "playing"),
            "poll": lambda m: self.fires(m, "timeupdate"),
            "pause": lambda m: self.fires(m, "timeupdate", "pause"),
            "resume": lambda m: self.fires(m, "play", "playing"),
            "seek": lambda m: self.fires(m, *("seeking", "waiting")[: 1 + m.plays]),
            "sought": lambda m: self.fires(m, *("seeked", "canplay", "playing")[: 2 + m.plays]),
            "stall": lambda m: self.fires(m, "waiting"),
            "fed": lambda m: self.fires(m, "canplay", "playing"),
            "content_end": lambda m: self.fires(m, "timeupdate", "pause", "ended"),
            "error": self.error,
            "leave": self.leave,
            "item": lambda m: self.empty(m, f"item-{m.item.number - 1}.mp4") + self.load(m),
        }

    def again(self, m: Moment) -> list[Callback]:
        """A8: a seek to 0 that nobody asked for, and the wish to play."""
        out = self.fires(m, "seeking", seeking=True, readyState=1, paused=True)
        out += self.fires(m, "play", "waiting", after=0.002, seeking=True, readyState=1)
        return out + self.fires(m, "seeked", "canplay", after=0.05, readyState=4)

    def load(self, m: Moment, after: float = 0.001) -> list[Callback]:
        """A source begins to load (A14)."""
        out = self.fires(m, "loadstart", after=after, duration=None, readyState=0)
        return out + self.fires(m, "durationchange", "loadedmetadata", after=after + 0.001)

    def empty(self, m: Moment, source: str, **changes: Any) -> list[Callback]:
        """A source goes (A11)."""
        gone = {"currentTime": 0, "duration": None, "ended": False, "readyState": 0}
        return self.fires(m, "emptied", **{**gone, "src": source, **changes})

    def error(self, m: Moment) -> list[Callback]:
        """C1: the element is paused when it says that it failed."""
        told = self.fires(m, "error")
        failed = {"error": {"code": 2, "message": "network"}}
        out = [attrs.evolve(word, detail={**word.detail, **failed}) for word in told]
        return out + self.fires(m, "timeupdate", "pause", after=0.003)

    def leave(self, m: Moment) -> list[Callback]:
        """E5: nothing but the page tells."""
        return [said(m, "page", "pagehide", content_state(m), persisted=False)]


def by_kind(content: Mapping[str, Word], ad: Mapping[str, Word]) -> dict[str, Word]:
    """The words of content, and those of ads where both are said of a kind of moment."""

    def either(kind: str) -> Word:
        def word(m: Moment) -> Callbacks:
            table = ad if m.ad is not None and kind in ad else content
            return table[kind](m) if kind in table else ()

        return word

    return {kind: either(kind) for kind in {**content, **ad}}


def in_element(element: Element) -> dict[str, Word]:
    """What the element says that plays an ad."""
    return {
        "poll": lambda m: element.fires(m, "timeupdate"),
        "pause": lambda m: element.fires(m, "pause"),
        "resume": lambda m: element.fires(m, "play", "playing"),
        "stall": lambda m: element.fires(m, "waiting"),
        "fed": lambda m: element.fires(m, "playing"),
    }


def merged(*tables: Mapping[str, Word]) -> dict[str, Word]:
    """Several tables; of a kind that stands in more of them, all that they say."""

    def both(words: list[Word]) -> Word:
        return lambda m: [callback for word in words for callback in word(m)]

    kinds = {kind for table in tables for kind in table}
    return {kind: both([table[kind] for table in tables if kind in table]) for kind in kinds}


# -- an ad's own element, and VAST's trackers beside it --------------------------------------------

_HTML5: Final = Element()
_AD_ELEMENT: Final = Element(ad_state, "ad")


def _vast(m: Moment, event: str, after: float = 0.0) -> Callback:
    """A tracker of the page's own ad code."""
    pod, ad = m.pod, m.ad
    assert pod is not None
    if ad is None:
        told: dict[str, Any] = {"breakId": pod.name, "kind": pod.kind, "podSize": len(pod.ads)}
        return said(m, "vast-client", event, content_state(m, paused=True), after, **told)
    told = {"ad": ad.name, "break": pod.name, "pos": m.number, "pod_size": len(pod.ads)}
    return said(m, "vast-client", event, ad_state(m), after, "ad", **told, duration=ad.length)


def stops(element: Element) -> Word:
    """The content's own element is paused for the ads; it has ended before a post-roll (S31)."""

    def word(m: Moment) -> Callbacks:
        if m.shown and not m.ended:
            yield from element.fires(m, "timeupdate", "pause", after=0.006, paused=True)

    return word


def _vast_break(m: Moment) -> Callbacks:
    yield _vast(m, "adrequest")
    yield _vast(m, "breakstart", 0.13)


def _vast_ad(m: Moment) -> Callbacks:
    yield from _AD_ELEMENT.fires(m, "play", "waiting", after=-0.03, readyState=0, duration=None)
    yield from _AD_ELEMENT.fires(m, "durationchange", after=-0.02, readyState=1)
    yield from _AD_ELEMENT.fires(m, "playing")
    yield _vast(m, "creativeView", 0.002)
    yield _vast(m, "impression", 0.002)


def _vast_skip(m: Moment) -> Callbacks:
    yield _vast(m, "skip")
    yield from _AD_ELEMENT.empty(m, f"{m.ad.name if m.ad else ''}.mp4")


_QUARTILES: Final = ("", "firstQuartile", "midpoint", "thirdQuartile")
_VAST: Final = merged(
    in_element(_AD_ELEMENT),
    {
        "ad": _vast_ad,
        "quartile": lambda m: [_vast(m, _QUARTILES[m.quartile])],
        "ad_end": lambda m: [*_AD_ELEMENT.fires(m, "pause", "ended"), _vast(m, "complete", 0.002)],
        "ad_skip": _vast_skip,
    },
)


def _press_before_ads(m: Moment) -> Callbacks:
    """The page starts its ads, and the content after them."""
    return () if m.preroll else _HTML5.fires(m, "play")


_HTML5_WORDS: Final = by_kind(
    {
        **_HTML5.words(),
        "press": _press_before_ads,
        "stop": stops(_HTML5),
        "break": _vast_break,
        "break_end": lambda m: [_vast(m, "breakend")],
    },
    _VAST,
)


# -- Google IMA beside a content element -----------------------------------------------------------


def _ima(m: Moment, event: str, after: float = 0.0, channel: str = "ima", **more: Any) -> Callback:
    """An event of the SDK, with what the application reads off its ad."""
    told: dict[str, Any] = dict(more)
    pod = m.pod
    if m.ad is not None and pod is not None:
        offset = {"pre": 0, "mid": m.place, "post": -1}[pod.kind]
        index = {"pre": 0, "mid": 1, "post": -1}[pod.kind]
        info = {"podIndex": index, "timeOffset": offset, "totalAds": len(pod.ads)}
        info["adPosition"] = m.number
        told["ad"] = {"adId": m.ad.name, "duration": m.ad.length, "linear": True, "adPodInfo": info}
    return said(m, channel, event, content_state(m, paused=True), after, **told)


def _ima_clock(m: Moment) -> Callbacks:
    ad, pod = m.ad, m.pod
    assert ad is not None
    assert pod is not None
    data = {"currentTime": m.seen, "duration": ad.length, "adPosition": m.number}
    yield _ima(m, "adProgress", adData={**data, "totalAds": len(pod.ads)})


_IMA: Final = by_kind(
    {
        **_HTML5.words(),
        "press": _press_before_ads,
        "stop": stops(_HTML5),
        "break": lambda m: [_ima(m, "contentPauseRequested", 0.01)],
        "break_end": lambda m: [_ima(m, "contentResumeRequested")],
    },
    {
        "ad": lambda m: [_ima(m, "loaded", -0.1), _ima(m, "start"), _ima(m, "impression", 0.001)],
        "poll": _ima_clock,
        "quartile": lambda m: [_ima(m, _QUARTILES[m.quartile].lower())],
        "pause": lambda m: [_ima(m, "pause")],
        "resume": lambda m: [_ima(m, "resume")],
        "stall": lambda m: [_ima(m, "adBuffering")],
        "fed": lambda m: [_ima(m, "adCanPlay")],
        "ad_end": lambda m: [_ima(m, "complete")],
        "ad_skip": lambda m: [_ima(m, "skip")],
    },
)


# -- libraries that only repeat their element ------------------------------------------------------


def _same(event: str) -> str | None:
    return event


_DASH_NAMES: Final = {element: own for own, element in REDISPATCHED.items()}
_DASH: Final = Element(copies={"dashjs": _DASH_NAMES.get})
_MEDIAELEMENT: Final = Element(copies={"mediaelement": _same})
_PLYR_SILENT: Final = frozenset({"durationchange"})
"""What Plyr does not pass on."""
_PLYR: Final = Element(copies={"plyr": lambda event: None if event in _PLYR_SILENT else event})


def _dash_item(m: Moment) -> Callbacks:
    yield said(m, "dashjs", "playbackInitialized", content_state(m, readyState=0))
    yield from _DASH.load(m)


def _dash_error(m: Moment) -> Callbacks:
    told = {"code": 27, "message": "a segment is not available"}
    yield said(m, "dashjs", "error", content_state(m), error=told)
    yield from _DASH.fires(m, "pause", after=0.003)


def _plyr(m: Moment, name: str, after: float = 0.0) -> Callback:
    return said(m, "plyr", f"ads{name}", content_state(m, paused=True), after)


_PLYR_WORDS: Final = by_kind(
    {
        **_PLYR.words(),
        "press": lambda m: [] if m.preroll else _PLYR.fires(m, "play"),
        "stop": stops(_PLYR),
        "break": lambda m: [_plyr(m, "contentpause", 0.01)],
        "break_end": lambda m: [_plyr(m, "contentresume")],
    },
    {
        "ad": lambda m: [_plyr(m, "loaded", -0.1), _plyr(m, "started"), _plyr(m, "impression")],
        "poll": lambda m: [_plyr(m, "adprogress")],
        "quartile": lambda m: [_plyr(m, _QUARTILES[m.quartile].lower())],
        "pause": lambda m: [_plyr(m, "pause")],
        "resume": lambda m: [_plyr(m, "resume")],
        "ad_end": lambda m: [_plyr(m, "complete")],
        "ad_skip": lambda m: [_plyr(m, "skip")],
    },
)


# -- Shaka: a manager, and an element for its ads --------------------------------------------------

_AD2: Final = Element(ad_state, "ad2")


def _shaka(m: Moment, event: str, after: float = 0.0, **more: Any) -> Callback:
    ad, pod = m.ad, m.pod
    if ad is None or pod is None:
        return said(m, "shaka", event, content_state(m), after, **more)
    told = {
        "id": ad.name,
        "duration": ad.length,
        "remaining": ad.length - m.seen,
        "pos": m.number,
        "podSize": len(pod.ads),
        "timeOffset": {"pre": 0, "mid": m.place, "post": -1}[pod.kind],
        "linear": True,
    }
    return said(m, "shaka", event, ad_state(m), after, "ad2", ad=told, **more)


def _shaka_ad(m: Moment) -> Callbacks:
    """D11: the length is unknown when it is announced; the content is paused by then."""
    yield _shaka(m, "ad-started", -0.03)
    yield from _AD2.empty(m, "", after=-0.025)
    yield _shaka(m, "ads-loaded", -0.02)
    yield _shaka(m, "ad-playing", -0.015)
    yield from _AD2.fires(m, "play", "waiting", after=-0.014, readyState=0)
    yield from _AD2.fires(m, "playing")


def _shaka_break(m: Moment) -> Callbacks:
    yield _shaka(m, "ad-break-started")
    yield _shaka(m, "ad-impression", 0.001)


def _shaka_stall(m: Moment) -> Callbacks:
    """B3: the rate is 0, and nobody waits."""
    yield _shaka(m, "buffering", buffering=True)
    yield from _HTML5.fires(m, "ratechange", after=0.001, playbackRate=0, readyState=4)


def _shaka_fed(m: Moment) -> Callbacks:
    yield from _HTML5.fires(m, "ratechange")
    yield _shaka(m, "buffering", 0.001, buffering=False)


def _shaka_item(m: Moment) -> Callbacks:
    yield said(m, "shaka", "loading", content_state(m, readyState=0))
    yield from _HTML5.load(m)
    yield _shaka(m, "load_resolved", 0.004, live=m.item.length is None)


def _shaka_error(m: Moment) -> Callbacks:
    yield _shaka(m, "error", code=1001, category=1, severity=2)
    yield from _HTML5.fires(m, "pause", after=0.003)


def _shaka_end(m: Moment) -> Callbacks:
    """D12: the manager says that an ad is complete when it has stopped."""
    yield from _AD2.fires(m, "timeupdate")
    yield from _AD2.empty(m, "", after=0.001)
    yield _shaka(m, "ad-stopped", 0.002)
    yield _shaka(m, "ad-complete", 0.004)


_SHAKA_QUARTILES: Final = ("", "ad-first-quartile", "ad-midpoint", "ad-third-quartile")
_SHAKA: Final = by_kind(
    {
        **_HTML5.words(),
        "load": _shaka_item,
        "item": _shaka_item,
        "stall": _shaka_stall,
        "fed": _shaka_fed,
        "error": _shaka_error,
        "stop": stops(_HTML5),
        "break": _shaka_break,
        "break_end": lambda m: [_shaka(m, "ad-break-ended")],
        "end": lambda m: [_shaka(m, "complete")],
    },
    {
        **in_element(_AD2),
        "ad": _shaka_ad,
        "quartile": lambda m: [_shaka(m, _SHAKA_QUARTILES[m.quartile])],
        "ad_end": _shaka_end,
        "ad_skip": lambda m: [_shaka(m, "ad-skipped"), _shaka(m, "ad-stopped", 0.03)],
    },
)


# -- ads in the content's own element --------------------------------------------------------------


def back_in(element: Element, m: Moment) -> list[Callback]:
    """The content's source comes back, and the element finds its place again (D10)."""
    out = element.empty(m, "ad.mp4", after=-0.03, paused=False)
    out += element.fires(m, "play", "waiting", after=-0.028, currentTime=0, readyState=0)
    out += element.load(m, -0.025)
    out += element.fires(m, "seeking", after=-0.01, seeking=True, readyState=1)
    return out + element.fires(m, "seeked", "playing", after=-0.001)


def gives_way(element: Element) -> Word:
    """The content's source goes for the first ad's; before a pre-roll it was only loaded."""

    def word(m: Moment) -> Callbacks:
        source = f"{m.pod.ads[0].name}.mp4" if m.pod is not None else ""
        rests = not m.plays
        yield from element.empty(m, f"item-{m.item.number}.mp4", after=0.008, paused=rests)
        state = {"src": source, "duration": None, "readyState": 0, "currentTime": 0}
        yield from element.fires(m, "loadstart", after=0.02, paused=rests, ended=False, **state)

    return word


def to_ad(element: Element, m: Moment) -> list[Callback]:
    """An ad's source takes the element over."""
    out = element.empty(m, "ad.mp4", after=-0.03, paused=False) if m.number > 1 else []
    if m.number > 1:
        out += element.fires(m, "loadstart", after=-0.025, readyState=0, duration=None)
    out += element.fires(m, "play", "waiting", after=-0.02, readyState=0, duration=None)
    return out + element.fires(m, "durationchange", "playing", after=-0.001)


def _interstitial(
    m: Moment, event: str, after: float = 0.0, number: int = 0, **more: Any
) -> Callback:
    pod = m.pod
    assert pod is not None
    number = number or m.number
    cue = {"pre": pod.kind == "pre", "post": pod.kind == "post", "once": False}
    told: dict[str, Any] = {
        "event": {"id": pod.name, "cue": cue, "startTime": m.place, "assets": len(pod.ads)}
    }
    if number > 0:
        told["asset"] = {"id": f"{pod.name}-{number}-99", "duration": pod.ads[number - 1].length}
        told["assetListIndex"] = number - 1
    state = content_state(m) if m.ad is None else ad_state(m)
    return said(m, "hlsjs", event, state, after, **told, **more)


def _hls_break(m: Moment) -> Callbacks:
    assert m.pod is not None
    yield _interstitial(m, "INTERSTITIAL_STARTED")
    names = {"ASSETS": [{"X-AD-ID": ad.name} for ad in m.pod.ads]}
    yield _interstitial(m, "ASSET_LIST_LOADED", 0.001, assets=names)


def _hls_stop(m: Moment) -> Callbacks:
    """The first asset starts, and the element goes over to it."""
    yield _interstitial(m, "INTERSTITIAL_ASSET_STARTED", 0.004, 1)
    yield from gives_way(_HTML5)(m)


_SHARED: Final = Element(ad_state)


def _hls_ad(m: Moment) -> Callbacks:
    if m.number > 1:
        yield _interstitial(m, "INTERSTITIAL_ASSET_STARTED", -0.04)
    yield from to_ad(_SHARED, m)


def _hls_ad_end(m: Moment) -> Callbacks:
    if m.kind == "ad_end":
        yield from _SHARED.fires(m, "pause", "ended")
    yield _interstitial(m, "INTERSTITIAL_ASSET_ENDED", 0.003, playerTime=m.seen)


def _hls_quartile(m: Moment) -> Callbacks:
    """The content's playhead beside the element's, as hls.js tells it with its buffers."""
    primary = {"currentTime": m.place, "duration": m.item.length}
    yield _interstitial(m, "INTERSTITIALS_BUFFERED_TO_BOUNDARY", primary=primary)


def _hls_item(m: Moment) -> Callbacks:
    yield said(m, "hlsjs", "MANIFEST_LOADING", content_state(m, readyState=0))
    yield from _HTML5.load(m)
    details = {"live": m.item.length is None, "edge": m.place + 12}
    yield said(m, "hlsjs", "LEVEL_LOADED", content_state(m), 0.004, details=details)


def _hls_error(m: Moment) -> Callbacks:
    told = {"type": "networkError", "details": "fragLoadError", "fatal": True}
    yield said(m, "hlsjs", "ERROR", content_state(m), **told)
    yield from _HTML5.fires(m, "pause", after=0.003)


_HLS: Final = by_kind(
    {
        **_HTML5.words(),
        "load": _hls_item,
        "item": _hls_item,
        "error": _hls_error,
        "stop": _hls_stop,
        "break": _hls_break,
        "break_end": lambda m: [
            _interstitial(m, "INTERSTITIAL_ENDED"),
            _interstitial(m, "INTERSTITIALS_PRIMARY_RESUMED", 0.002),
        ],
        "back": lambda m: back_in(_HTML5, m),
    },
    {
        **in_element(_SHARED),
        "ad": _hls_ad,
        "quartile": _hls_quartile,
        "ad_end": _hls_ad_end,
        "ad_skip": _hls_ad_end,
    },
)


# -- Fluid -----------------------------------------------------------------------------------------

_ROLLS: Final = {"pre": "preRoll", "mid": "midRoll", "post": "postRoll"}
_FLUID_EVENTS: Final = frozenset(
    {"play", "playing", "pause", "ended", "seeked", "waiting", "timeupdate"}
)
"""What Fluid passes on."""


def _fluid_says(m: Moment) -> dict[str, Any]:
    roll = _ROLLS[m.pod.kind] if m.pod is not None and m.kind != "break_end" else "source"
    return {"mediaSourceType": roll}


def _fluid_name(event: str) -> str | None:
    return event if event in _FLUID_EVENTS else None


_FLUID: Final = Element(copies={"fluid": _fluid_name}, detail=_fluid_says)
_FLUID_AD: Final = Element(ad_state, copies={"fluid": _fluid_name}, detail=_fluid_says)


def _fluid(m: Moment, event: str, after: float = 0.0) -> Callback:
    told: dict[str, Any] = _fluid_says(m)
    if m.ad is not None:
        name = m.ad.name
        told["ad"] = {"id": name, "duration": m.ad.length, "sequence": m.number, "src": name}
        told["rollListId"] = m.pod.name if m.pod is not None else ""
    state = content_state(m) if m.ad is None else ad_state(m)
    return said(m, "fluid", event, state, after, **told)


def _fluid_ad(m: Moment) -> Callbacks:
    if m.number > 1:
        yield from _FLUID_AD.empty(m, "ad.mp4", after=-0.03)
        yield from _FLUID_AD.fires(m, "loadstart", after=-0.025, readyState=0, duration=None)
    yield from _FLUID_AD.fires(m, "durationchange", after=-0.02, readyState=1)
    yield _fluid(m, "vast:impression", -0.015)
    yield from _FLUID_AD.fires(m, "play", "waiting", after=-0.01)
    yield from _FLUID_AD.fires(m, "playing")


def _fluid_ad_end(m: Moment) -> Callbacks:
    yield _fluid(m, "vast:complete", -0.8)  # D16
    yield from _FLUID_AD.fires(m, "pause", "ended")


def _fluid_skip(m: Moment) -> Callbacks:
    """D15: a synthetic `ended` on a running element."""
    yield _fluid(m, "vastVideoSkippedCallback")
    yield from _FLUID_AD.fires(m, "ended", after=0.001, paused=False, ended=False)


_FLUID_WORDS: Final = by_kind(
    {
        **_FLUID.words(),
        "press": lambda m: [] if m.preroll else _FLUID.fires(m, "play"),
        "stop": gives_way(_FLUID),
        "break_end": lambda m: [
            _fluid(m, "switchToMainVideo", -0.01),
            _fluid(m, "vastVideoEndedCallback"),
        ],
        "back": lambda m: back_in(_FLUID, m),
    },
    {
        **in_element(_FLUID_AD),
        "ad": _fluid_ad,
        "quartile": lambda m: [_fluid(m, f"vast:{_QUARTILES[m.quartile]}")],
        "ad_end": _fluid_ad_end,
        "ad_skip": _fluid_skip,
    },
)


# -- video.js with contrib-ads ---------------------------------------------------------------------


def _mode(m: Moment) -> dict[str, Any]:
    return {"inAdMode": m.pod is not None, "inAdBreak": m.pod is not None}


def contrib(channel: str) -> dict[str, Word]:
    """contrib-ads, whose ads play in the content's element (D1 to D4)."""
    content = Element(copies={channel: _same}, detail=_mode)
    ads = Element(ad_state, copies={channel: lambda event: f"ad{event}"}, detail=_mode)
    returns = Element(copies={channel: lambda event: f"content{event}"}, detail=_mode)

    def tells(m: Moment, event: str, after: float = 0.0) -> Callback:
        pod, told = m.pod, _mode(m)
        assert pod is not None
        told["pod"] = {"id": pod.name, "size": len(pod.ads), "kind": pod.kind}
        if m.ad is not None:
            told["ad"] = {"id": m.ad.name, "index": m.number - 1, "duration": m.ad.length}
        state = content_state(m) if m.ad is None else ad_state(m)
        return said(m, channel, event, state, after, **told)

    def begins(m: Moment) -> Callbacks:
        yield tells(m, "adstart", 0.001)
        yield tells(m, "ads-pod-started", 0.002)

    def comes_back(m: Moment) -> Callbacks:
        yield from returns.empty(m, "ad.mp4", after=-0.03)
        yield from returns.load(m, -0.025)
        yield from returns.fires(m, "seeking", after=-0.015, seeking=True, readyState=1)
        yield from returns.fires(m, "play", "waiting", "seeked", after=-0.01)
        yield from content.fires(m, "playing")

    def ends(m: Moment) -> Callbacks:
        """D2: before a post-roll the content's `ended` is never delivered."""
        yield from content.fires(m, "timeupdate", "pause")
        if any(pod.kind == "post" for _, pod in m.schedule):
            yield said(m, channel, "contentended", content_state(m), 0.004, **_mode(m))
            yield said(m, channel, "readyforpostroll", content_state(m), 0.005, **_mode(m))
        else:
            yield from content.fires(m, "ended", after=0.003)

    return by_kind(
        {
            **content.words(),
            "press": lambda m: [] if m.preroll else content.fires(m, "play"),
            "content_end": ends,
            "stop": gives_way(ads),
            "break": begins,
            "break_end": lambda m: [tells(m, "ads-pod-ended"), tells(m, "adend", 0.001)],
            "back": comes_back,
        },
        {
            **in_element(ads),
            "ad": lambda m: [*to_ad(ads, m), tells(m, "ads-ad-started", 0.003)],
            "quartile": lambda m: [tells(m, f"ads-{_VIDEOJS_QUARTILES[m.quartile]}")],
            "ad_end": lambda m: [*ads.fires(m, "pause", "ended"), tells(m, "ads-ad-ended", 0.003)],
            "ad_skip": lambda m: [tells(m, "ads-ad-skipped")],
        },
    )


_VIDEOJS_QUARTILES: Final = ("", "first-quartile", "midpoint", "third-quartile")


# -- Brightcove with IMA3, whose ads play in an element that nobody hears --------------------------


def _brightcove() -> dict[str, Word]:
    channel = "brightcove"
    content = Element(copies={channel: _same})

    def ima3(m: Moment, event: str, twin: str, after: float = 0.0) -> Callbacks:
        told = {"currentAd": _ima(m, event).detail.get("ad", {})}
        state = content_state(m, paused=True)
        yield said(m, channel, f"ima3-{event}", state, after, **told)
        yield said(m, channel, twin, state, after + 0.001, **told)

    def plain(m: Moment, event: str, after: float = 0.0, **changes: Any) -> Callback:
        return said(m, channel, event, content_state(m, **changes), after)

    return by_kind(
        {
            **content.words(),
            "press": lambda m: [] if m.preroll else content.fires(m, "play"),
            "break": lambda m: [plain(m, "adstart", paused=True), plain(m, "adpause", 0.01)],
            "break_end": lambda m: [plain(m, "adend", paused=True)],
            "back": lambda m: [
                plain(m, "contentplay", -0.02),
                plain(m, "contentresumed", -0.01),
                *content.fires(m, "playing"),
            ],
        },
        {
            "ad": lambda m: ima3(m, "started", "ads-ad-started"),
            "quartile": lambda m: ima3(
                m,
                ("", "first-quartile", "midpoint", "third-quartile")[m.quartile],
                f"ads-{_VIDEOJS_QUARTILES[m.quartile]}",
            ),
            "poll": lambda _: (),
            "pause": lambda m: ima3(m, "paused", "ads-pause"),
            "resume": lambda m: ima3(m, "resumed", "ads-play"),
            "ad_end": lambda m: ima3(m, "complete", "ads-ad-ended"),
            "ad_skip": lambda m: ima3(m, "skipped", "ads-ad-skipped"),
        },
    )


ELEMENTS: Final = (
    Dialect("html5", _HTML5_WORDS, cannot={"unheard break": STOPS}),
    Dialect("ima", _IMA, cannot={"unheard break": STOPS, "early break": _TOGETHER}),
    Dialect(
        "dashjs",
        {
            **_DASH.words(),
            "load": _dash_item,
            "item": _dash_item,
            "error": _dash_error,
            "content_end": lambda m: [
                *_DASH.fires(m, "timeupdate", "pause", "ended"),
                said(m, "dashjs", "playbackEnded", content_state(m), 0.005, isLast=True),
            ],
        },
        cannot={"ads": _NO_CLIENT_ADS},
    ),
    Dialect("mediaelement", _MEDIAELEMENT.words(), cannot={"ads": _NO_CLIENT_ADS}),
    Dialect(
        "plyr",
        _PLYR_WORDS,
        cannot={
            "ad names": _NAMELESS,
            "ad length": _NAMELESS,
            "ad stall": _NAMELESS,
            "unheard break": STOPS,
            "early break": _TOGETHER,
        },
    ),
    Dialect("shaka", _SHAKA, cannot={"unheard break": STOPS, "early break": _TOGETHER}),
    Dialect("hlsjs", _HLS, cannot={"ad clock": _LIKE_CONTENT, "word of a skip": _HOW_FAR}),
    Dialect(
        "fluidplayer",
        _FLUID_WORDS,
        cannot={"ad names": "Fluid numbers its ads anew", "word of a skip": _COMPLETE},
    ),
    Dialect("videojs", contrib("videojs")),
    Dialect(
        "brightcove",
        _brightcove(),
        cannot={"ad stall": _UNHEARD, "ad clock": _UNHEARD},
    ),
)
