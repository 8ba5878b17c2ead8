"""Google IMA beside a media element: the SDK speaks of ads, the element of content."""

from typing import Final

from video_tracker.testing.simulator.dialects.element import (
    QUARTILES,
    TOGETHER,
    Callbacks,
    Element,
    by_kind,
    ima_event,
    stops,
)
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import STOPS, Dialect

__all__ = ["IMA", "press_before_ads"]

_HTML5: Final = Element()


def press_before_ads(m: Moment) -> Callbacks:
    """The page starts its ads, and the content after them."""
    return () if m.preroll else _HTML5.fires(m, "play")


def _ima_clock(m: Moment) -> Callbacks:
    ad, pod = m.ad, m.pod
    assert ad is not None
    assert pod is not None
    data = {"currentTime": m.seen, "duration": ad.length, "adPosition": m.number}
    yield ima_event(m, "adProgress", adData={**data, "totalAds": len(pod.ads)})


def _ima_error(m: Moment) -> Callbacks:
    """One ad failed, and the others go on: a ``log`` (an ``adError`` would end them all)."""
    if m.seen == 0:
        yield ima_event(m, "loaded", -0.01)
    error = {"type": "adPlayError", "errorCode": 400, "message": m.reason}
    yield ima_event(m, "log", adData={"adError": error})


_IMA: Final = by_kind(
    {
        **_HTML5.words(),
        "press": press_before_ads,
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
        "ad_error": _ima_error,
    },
)

IMA: Final = Dialect("ima", _IMA, cannot={"unheard break": STOPS, "early break": TOGETHER})
