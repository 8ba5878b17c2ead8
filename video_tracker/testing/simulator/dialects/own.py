"""The library's own signals: what an application says that drives a session itself."""

from collections.abc import Iterable
from typing import Final

from video_tracker import signals
from video_tracker.plan import Content
from video_tracker.signals import Signal
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import START, Dialect, Speech

__all__ = ["SIGNALS"]


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


def _ad_fails(m: Moment) -> Iterable[Signal]:
    assert m.ad is not None
    yield signals.AdError(_at(m), m.reason, m.ad.name)


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
    "ad_error": _ad_fails,
    "error": lambda m: [
        signals.Error(_at(m), True, m.reason),
        signals.Interrupt(_at(m), m.reason),
    ],
    "warning": lambda m: [signals.Error(_at(m), False, m.reason)],
    "rate": lambda m: [signals.Update(_at(m), playback_rate=m.rate)],
    "sound": lambda m: [signals.Update(_at(m), sound=0.0 if m.muted else m.volume)],
    "screen": lambda m: [signals.Update(_at(m), full_screen=m.full_screen)],
    "leave": lambda m: [signals.Exit(_at(m), m.clock)],
    "item": _loads,
}

SIGNALS: Final = Dialect(
    "signals",
    _SIGNALS,
    every=1.0,
    turn=0.0,
    cannot={"live later": "nothing but `load` says that the content is live"},
)
