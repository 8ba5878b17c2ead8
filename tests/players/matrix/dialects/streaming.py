"""Libraries that feed an element, with their own interstitials: Shaka, hls.js."""

from typing import Any, Final

from tests.players.matrix.dialects.element import (
    LIKE_CONTENT,
    TOGETHER,
    Callbacks,
    Element,
    ad_state,
    back_in,
    by_kind,
    content_state,
    gives_way,
    in_element,
    stops,
    to_ad,
)
from tests.players.matrix.speech import STOPS, Dialect, said
from tests.players.matrix.viewing import Moment
from video_tracker.players.base import Callback

__all__ = ["STREAMING"]

_HOW_FAR: Final = "an asset's end says how far it came, not why it ended (D7)"

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


# -- hls.js, whose ads play in the content's own element ------------------------------------------


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


STREAMING: Final = (
    Dialect("shaka", _SHAKA, cannot={"unheard break": STOPS, "early break": TOGETHER}),
    Dialect("hlsjs", _HLS, cannot={"ad clock": LIKE_CONTENT, "word of a skip": _HOW_FAR}),
)
