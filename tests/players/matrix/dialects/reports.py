"""Without callbacks: CMCD's event reports, and the library's own signals."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tests.players.matrix.speech import START, Dialect, Speech, Word, said
from tests.players.matrix.viewing import Moment
from video_tracker import signals
from video_tracker.plan import Content
from video_tracker.players.base import Callback
from video_tracker.signals import Signal

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


# -- the library's own signals ---------------------------------------------------------------------


def _at(m: Moment) -> float:
    return START + m.at


def _loads(m: Moment) -> Iterable[Signal]:
    live = m.item.length is None
    yield signals.Load(
        _at(m),
        duration=m.item.length,
        livestream=True if live else None,
        next_item=m.kind == "item",
        content=Content(asset_id=m.item.name),
    )


def _breaks(m: Moment) -> Iterable[Signal]:
    assert m.pod is not None
    yield signals.AdBreakStart(_at(m), pod_id=m.pod.name, placement=m.pod.kind, ads=len(m.pod.ads))


def _ad(m: Moment) -> Iterable[Signal]:
    assert m.ad is not None
    yield signals.AdStart(_at(m), m.ad.name, m.number, m.ad.length)


def _clock(m: Moment) -> Iterable[Signal]:
    if m.ad is not None:
        yield signals.AdProgress(_at(m), m.clock)
    else:
        yield signals.Progress(_at(m), m.clock, m.item.length)


_SIGNALS: Final[Speech] = {
    "load": _loads,
    "press": lambda m: [signals.Play(_at(m), m.place)],
    "again": lambda m: [signals.Play(_at(m), m.place)],
    "frame": lambda m: [signals.Playing(_at(m), m.place)],
    "back": lambda m: [signals.Playing(_at(m), m.place)],
    "poll": _clock,
    "pause": lambda m: [signals.Pause(_at(m), m.clock)],
    "resume": lambda m: [signals.Play(_at(m), m.clock), signals.Playing(_at(m), m.clock)],
    "seek": lambda m: [signals.SeekStart(_at(m), m.origin, m.place)],
    "sought": lambda m: [signals.SeekEnd(_at(m), m.place)],
    "stall": lambda m: [signals.BufferStart(_at(m), m.clock)],
    "fed": lambda m: [signals.BufferEnd(_at(m), m.clock)],
    "break": _breaks,
    "ad": _ad,
    "ad_end": lambda m: [signals.AdEnd(_at(m), m.seen, m.ad.name if m.ad else None)],
    "ad_skip": lambda m: [signals.AdSkip(_at(m), m.seen)],
    "break_end": lambda m: [signals.AdBreakEnd(_at(m))],
    "content_end": lambda m: [signals.ContentEnd(_at(m), m.place)],
    "end": lambda m: [signals.End(_at(m), m.place)],
    "error": lambda m: [
        signals.Error(_at(m), True, "network"),
        signals.Interrupt(_at(m), "network"),
    ],
    "leave": lambda m: [signals.Exit(_at(m), m.clock)],
    "item": _loads,
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
    Dialect(
        "signals",
        _SIGNALS,
        every=1.0,
        cannot={"live later": "nothing but `load` says that the content is live"},
    ),
)
