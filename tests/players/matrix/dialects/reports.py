"""Without callbacks: CMCD's event reports, and the library's own signals."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.dialects.own import SIGNALS
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import START, Dialect, Word, said

__all__ = ["REPORTS"]

# -- CMCD: hls.js, with the playhead under a key of the page's own ---------------------------------


def _report(
    m: Moment, event: str, after: float = 0.0, state: str | None = None, *, ad: bool = False
) -> Callback:
    """A report of the content's lane, or of the ad's; each lane counts its own."""
    at = m.at + after
    told: dict[str, Any] = {"e": event, "ts": round((START + at) * 1000), "sid": "s", "v": 2}
    if ad and m.ad is not None:
        told |= {"cid": m.ad.name, "sn": round(max(m.seen + after + 0.1, 0) * 1000)}
    else:
        told |= {"cid": "film", "sn": round((at - m.loaded_at) * 1000)}
        told["video-tracker-pt"] = round(m.place * 1000)
        told["st"] = "l" if m.item.length is None else "v"
    return said(m, "cmcd", event, {}, after, **told, sta=state)


def _turns(*states: str) -> Word:
    """The play state changes."""
    return lambda m: [
        _report(m, "ps", number / 1000, state, ad=m.ad is not None)
        for number, state in enumerate(states)
    ]


def _cmcd_clock(m: Moment) -> Iterable[Callback]:
    """The content's reports go on as if it played, whatever is on the screen."""
    yield _report(m, "t", 0.0, "p")
    if m.ad is not None:
        yield _report(m, "t", 0.001, "p", ad=True)


def _cmcd_ad(m: Moment) -> Iterable[Callback]:
    for after, state in ((-0.05, "d"), (-0.02, "s"), (0.0, "p")):
        yield _report(m, "ps", after, state, ad=True)


def _cmcd_back(m: Moment) -> Iterable[Callback]:
    for after, state in ((-0.03, "d"), (-0.02, "r"), (-0.01, "k"), (0.0, "p")):
        yield _report(m, "ps", after, state)


_CMCD: Final[Mapping[str, Word]] = {
    "load": _turns("d"),
    "press": _turns("s"),
    "again": _turns("s"),
    "frame": _turns("p"),
    "back": _cmcd_back,
    "poll": _cmcd_clock,
    "pause": _turns("a"),
    "resume": _turns("p"),
    "seek": _turns("k"),
    "sought": lambda m: _turns("p")(m) if m.plays else (),
    "stall": _turns("w"),
    "fed": _turns("p"),
    "ad": _cmcd_ad,
    "ad_end": _turns("e"),
    "ad_skip": _turns("e"),
    "content_end": _turns("a", "e"),
    "error": lambda m: [_report(m, "ps", 0.0, "f"), _report(m, "e", 0.01, "f")],
    "leave": lambda m: [_report(m, "ps", 0.0, "q")],
    "item": lambda m: [_report(m, "ps", 0.0, "d")],
}


_UNDER: Final = "the content's reports go on under an ad as if it played"
REPORTS: Final = (
    Dialect(
        "cmcd",
        _CMCD,
        every=2.0,
        cannot={
            "length": "no report tells the content's length",
            "ad length": "no report tells an ad's length",
            "ad clock": _UNDER,
            "ad words": _UNDER,
            "post-roll": "another `cid` after the end is the next item",
            "landing": "no report says that a seek has ended",
            "list": "a source after the end looks like a replay of the same",
            "skip": "no report says that an ad was skipped",
            "early end": "an ad's lane that has ended says so in every report",
        },
    ),
    SIGNALS,
)
