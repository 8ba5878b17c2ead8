"""Players around a media element with ads in another one, or with none."""

from typing import Any, Final

from tests.players.matrix.dialects.element import (
    QUARTILES,
    TOGETHER,
    Callbacks,
    Element,
    ad_state,
    by_kind,
    content_state,
    ima_event,
    in_element,
    merged,
    same,
    stops,
)
from tests.players.matrix.speech import STOPS, Dialect, said
from tests.players.matrix.viewing import Moment
from video_tracker.players.base import Callback
from video_tracker.players.dashjs import REDISPATCHED

__all__ = ["ELEMENTS"]

_NAMELESS: Final = "Plyr passes IMA's events on without what IMA says of the ad"
_NO_CLIENT_ADS: Final = "it plays no ads beside the stream"

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


_VAST: Final = merged(
    in_element(_AD_ELEMENT),
    {
        "ad": _vast_ad,
        "quartile": lambda m: [_vast(m, QUARTILES[m.quartile])],
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


def _ima_clock(m: Moment) -> Callbacks:
    ad, pod = m.ad, m.pod
    assert ad is not None
    assert pod is not None
    data = {"currentTime": m.seen, "duration": ad.length, "adPosition": m.number}
    yield ima_event(m, "adProgress", adData={**data, "totalAds": len(pod.ads)})


_IMA: Final = by_kind(
    {
        **_HTML5.words(),
        "press": _press_before_ads,
        "stop": stops(_HTML5),
        "break": lambda m: [ima_event(m, "contentPauseRequested", 0.01)],
        "break_end": lambda m: [ima_event(m, "contentResumeRequested")],
    },
    {
        "ad": lambda m: [
            ima_event(m, "loaded", -0.1),
            ima_event(m, "start"),
            ima_event(m, "impression", 0.001),
        ],
        "poll": _ima_clock,
        "quartile": lambda m: [ima_event(m, QUARTILES[m.quartile].lower())],
        "pause": lambda m: [ima_event(m, "pause")],
        "resume": lambda m: [ima_event(m, "resume")],
        "stall": lambda m: [ima_event(m, "adBuffering")],
        "fed": lambda m: [ima_event(m, "adCanPlay")],
        "ad_end": lambda m: [ima_event(m, "complete")],
        "ad_skip": lambda m: [ima_event(m, "skip")],
    },
)


# -- libraries that only repeat their element ------------------------------------------------------


_DASH_NAMES: Final = {element: own for own, element in REDISPATCHED.items()}
_DASH: Final = Element(copies={"dashjs": _DASH_NAMES.get})
_MEDIAELEMENT: Final = Element(copies={"mediaelement": same})
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
        "quartile": lambda m: [_plyr(m, QUARTILES[m.quartile].lower())],
        "pause": lambda m: [_plyr(m, "pause")],
        "resume": lambda m: [_plyr(m, "resume")],
        "ad_end": lambda m: [_plyr(m, "complete")],
        "ad_skip": lambda m: [_plyr(m, "skip")],
    },
)


ELEMENTS: Final = (
    Dialect("html5", _HTML5_WORDS, cannot={"unheard break": STOPS}),
    Dialect("ima", _IMA, cannot={"unheard break": STOPS, "early break": TOGETHER}),
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
            "early break": TOGETHER,
        },
    ),
)
