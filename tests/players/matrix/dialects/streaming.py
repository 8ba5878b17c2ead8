"""Libraries that feed an element, with ads of their own: Shaka, hls.js."""

from typing import Any, Final

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.dialects.element import (
    TOGETHER,
    Callbacks,
    Element,
    ad_state,
    by_kind,
    content_state,
    in_element,
    stops,
)
from video_tracker.testing.simulator.dialects.hlsjs import HLSJS
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import STOPS, Dialect, said

__all__ = ["STREAMING"]

_HTML5: Final = Element()

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


STREAMING: Final = (
    Dialect("shaka", _SHAKA, cannot={"unheard break": STOPS, "early break": TOGETHER}),
    HLSJS,
)
