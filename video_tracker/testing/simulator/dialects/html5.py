"""A media element of the page's own, and beside it an ad's element with VAST's trackers."""

from typing import Any, Final

import attrs

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.dialects.element import (
    QUARTILES,
    Callbacks,
    Element,
    ad_state,
    by_kind,
    content_state,
    in_element,
    merged,
    stops,
)
from video_tracker.testing.simulator.dialects.ima import press_before_ads
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import STOPS, Dialect, said

__all__ = ["HTML5"]

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


def _vast_error(m: Moment) -> Callbacks:
    """The file cannot be played (VAST 401); what was there of it goes."""
    assert m.ad is not None
    yield attrs.evolve(_vast(m, "error"), detail={**_vast(m, "error").detail, "code": 401})
    if m.seen:
        yield from _AD_ELEMENT.empty(m, f"{m.ad.name}.mp4", after=0.001)


_VAST: Final = merged(
    in_element(_AD_ELEMENT),
    {
        "ad": _vast_ad,
        "quartile": lambda m: [_vast(m, QUARTILES[m.quartile])],
        "ad_end": lambda m: [*_AD_ELEMENT.fires(m, "pause", "ended"), _vast(m, "complete", 0.002)],
        "ad_skip": _vast_skip,
        "ad_error": _vast_error,
    },
)


_HTML5_WORDS: Final = by_kind(
    {
        **_HTML5.words(),
        "press": press_before_ads,
        "stop": stops(_HTML5),
        "break": _vast_break,
        "break_end": lambda m: [_vast(m, "breakend")],
    },
    _VAST,
)

HTML5: Final = Dialect("html5", _HTML5_WORDS, cannot={"unheard break": STOPS})
