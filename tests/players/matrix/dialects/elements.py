"""Players around a media element with ads in another one, or with none."""

from typing import Final

from video_tracker.players.base import Callback
from video_tracker.players.dashjs import REDISPATCHED
from video_tracker.testing.simulator.dialects.element import (
    QUARTILES,
    TOGETHER,
    Callbacks,
    Element,
    by_kind,
    content_state,
    same,
    stops,
)
from video_tracker.testing.simulator.dialects.html5 import HTML5
from video_tracker.testing.simulator.dialects.ima import IMA
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import STOPS, Dialect, said

__all__ = ["ELEMENTS"]

_NAMELESS: Final = "Plyr passes IMA's events on without what IMA says of the ad"
_NO_CLIENT_ADS: Final = "it plays no ads beside the stream"

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
    HTML5,
    IMA,
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
