"""hls.js, whose interstitials play in the content's own element."""

import math
from typing import Any, Final

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.dialects.element import (
    LIKE_CONTENT,
    Callbacks,
    Element,
    ad_state,
    back_in,
    by_kind,
    content_state,
    gives_way,
    in_element,
    to_ad,
)
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import Dialect, said

__all__ = ["HLSJS"]

_HOW_FAR: Final = "an asset's end says how far it came, not why it ended (D7)"
_HTML5: Final = Element()


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


def _hls_warning(m: Moment) -> Callbacks:
    told = {"type": "mediaError", "details": m.reason, "fatal": False}
    yield said(m, "hlsjs", "ERROR", content_state(m), **told)


def _hls_ad_error(m: Moment) -> Callbacks:
    """The asset's own player failed; before its first frame it had been started (D8)."""
    if m.seen == 0 and m.number > 1:
        yield _interstitial(m, "INTERSTITIAL_ASSET_STARTED", -0.04)
    yield _interstitial(m, "INTERSTITIAL_ASSET_ERROR", details=m.reason, fatal=True)


_HLS: Final = by_kind(
    {
        **_HTML5.words(),
        "load": _hls_item,
        "item": _hls_item,
        "error": _hls_error,
        "warning": _hls_warning,
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
        "ad_error": _hls_ad_error,
    },
)


# It takes a moment to attach another source to the element.
HLSJS: Final = Dialect(
    "hlsjs",
    _HLS,
    gaps=(0.1, math.inf),
    cannot={"ad clock": LIKE_CONTENT, "word of a skip": _HOW_FAR},
)
