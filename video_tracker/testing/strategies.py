"""Hypothesis strategies: any signals with any values, plans, settings, and whole viewings.

Four kinds of log, from wild to tame:

* :func:`hostile_logs`: any inputs in any order with any values and times;
* :func:`likely_logs`: any inputs in any order, with values that a player could say;
* :func:`spoilt_viewings`: the log of a viewing with inputs lost, repeated, swapped or added;
* :func:`viewings`: what a viewer did with a well-behaved player, with the true figures.

And what players do: :func:`scenarios`, :func:`simulations` and :func:`traces` of them, single
:func:`callbacks`, :func:`callback_logs` of any player, and :func:`losses` that happen to any log.

Hypothesis is imported by this module, by what it shows of ``player_strategies``, and by
``machines``; by nothing else.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import attrs

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise ImportError("drawn cases need hypothesis: pip install hypothesis") from error

from video_tracker.plan import (
    Ad,
    AdBreak,
    AdRange,
    Content,
    PlayerAttributes,
    SessionPlan,
    Settings,
)
from video_tracker.signals import SIGNALS, Play, Playing, Signal
from video_tracker.testing import scenario_steps as act
from video_tracker.testing.player_strategies import (
    callback_logs,
    callbacks,
    losses,
    scenarios,
    simulations,
    traces,
)
from video_tracker.testing.scenario import Scenario
from video_tracker.testing.simulator import START, Simulation, sensible, simulate

__all__ = [
    "callback_logs",
    "callbacks",
    "contents",
    "hostile_logs",
    "hostile_signals",
    "hostile_values",
    "likely_logs",
    "likely_signals",
    "losses",
    "plans",
    "scenarios",
    "settings",
    "simulations",
    "spoilt_viewings",
    "traces",
    "viewings",
]

_T = TypeVar("_T")

_HARD_VALUES: Final[tuple[object, ...]] = (
    *(math.nan, math.inf, -math.inf, -0.0, -1.0, -1, 0, 1e-300, 1e300, 5e-324),
    *(10**400, 10**30, -(10**30), 2**63, 1e9, 1e9 + 1, START * 1000, 60.0, 10),
    *(None, True, False, "", "x", "10", "NaN", b"", b"x", object(), object),
    *([], [1], (), (1,), {}, {1: 2}, {"a": object()}, {"nan": math.nan}, frozenset({1})),
)
_POSITIONS: Final = st.one_of(
    st.sampled_from([0.0, 0.01, 0.5, 5.0, 9.9, 10.0, 29.5, 30.0, 30.4, 59.2, 60.0, 61.0]),
    st.floats(0, 65, width=32),
)
_WORDS: Final = st.sampled_from(["a", "b", "ad-1", "content-1", "film", "x" * 80, "ünï"])


def hostile_values() -> st.SearchStrategy[Any]:
    """Any value that a player, or a bug, could hand over."""
    return st.one_of(st.sampled_from(_HARD_VALUES), st.floats(), st.integers(), st.text(max_size=5))


def contents() -> st.SearchStrategy[Content]:
    """One content asset, with or without id, length, pod ids; seldom live."""
    return st.builds(
        Content,
        asset_id=st.one_of(st.none(), st.sampled_from(["film", "b"])),
        duration=st.one_of(st.none(), st.just(60.0), st.just(60), st.floats(0, 100)),
        livestream=st.sampled_from([None, None, None, False, True]),
        pod_ids=st.sampled_from([(), (), ("seg-a", "seg-b"), ("seg-a",)]),
        title=st.one_of(st.none(), st.just("Film")),
    )


def _ads() -> st.SearchStrategy[Ad]:
    return st.builds(
        Ad,
        asset_id=st.one_of(st.none(), st.sampled_from(["a", "b", "c"])),
        duration=st.one_of(st.none(), st.sampled_from([5.0, 15, 30.0, 0.0]), st.floats(0, 40)),
    )


def _breaks() -> st.SearchStrategy[AdBreak]:
    place: st.SearchStrategy[Any] = st.one_of(
        st.sampled_from(["start", "end", 0, 10.0, 30.0, 60, 1e6]), st.floats(0, 70)
    )
    return st.builds(
        AdBreak,
        at=place,
        ads=st.lists(_ads(), max_size=2).map(tuple),
        pod_id=st.one_of(st.none(), st.sampled_from(["ad-1", "p"])),
        pod_length=st.one_of(st.none(), st.integers(0, 3)),
    )


@st.composite
def _ranges(draw: st.DrawFn) -> AdRange:
    start = draw(st.one_of(_POSITIONS, st.sampled_from([-3.0, 0.0, 10.0, 30.0])))
    length = draw(st.one_of(st.none(), st.sampled_from([0.0, 5.0, 15.0, 20.0, 30.1])))
    return AdRange(
        start=start,
        end=None if length is None else start + length,
        ads=tuple(draw(st.lists(_ads(), max_size=2))),
        pod_length=draw(st.sampled_from([None, None, 1, 3])),
        pod_id=draw(st.one_of(st.none(), st.sampled_from(["ad-1", "p"]))),
        placement=draw(st.sampled_from([None, None, "pre", "mid", "post"])),
        resume_offset=draw(st.sampled_from([None, 0.0, 15.0])),
        replaces=draw(st.booleans()),
    )


def settings() -> st.SearchStrategy[Settings]:
    """Any settings, the defaults most of the time."""
    wait = st.sampled_from([0.0, 0.0, 0.25, 0.5, 3.0])
    return st.one_of(
        st.just(Settings()),
        st.builds(
            Settings,
            heartbeat=st.sampled_from([10.0, 10, 5.0, 1.0, 0.1, 1e9, None]),
            beat_after=st.sets(st.sampled_from(["resume", "seek", "buffer"])),
            skip_silence=st.booleans(),
            quartiles=st.sampled_from(["emit", "tag", "off"]),
            extra_events=st.booleans(),
            ids=st.sampled_from(["playing", "both"]),
            absent=st.sampled_from(["omit", "null"]),
            live_position=st.sampled_from(["elapsed", "playhead", "offset", "epoch"]),
            min_buffer=wait,
            scrub_window=wait,
            idle_timeout=st.sampled_from([None, None, 0.5, 60.0, 1e9]),
            inferred_seeks=st.booleans(),
            inferred_buffering=st.booleans(),
            reorder_window=st.sampled_from([30.0, 0.0, 1e9]),
            completion_wait=st.sampled_from([30.0, 0.0, 5.0, 1e9]),
            custom_overrides=st.booleans(),
            ads=st.sampled_from(["client", "client", "stitched"]),
        ),
    )


def _own_name(content: Content) -> object:
    """Two contents of one id and the same pod ids are one content to any reader of a stream."""
    return content.asset_id or object()


def plans() -> st.SearchStrategy[SessionPlan]:
    """Any plan that can be built, with an identity."""
    return st.builds(
        SessionPlan,
        user_id=st.just("viewer"),
        contents=st.lists(contents(), max_size=2, unique_by=_own_name).map(tuple),
        ad_breaks=st.lists(_breaks(), max_size=3).map(tuple),
        player=st.sampled_from(
            [PlayerAttributes(), PlayerAttributes(video_player="html5", sound=0, bitrate=3000.5)]
        ),
        properties=st.sampled_from([{}, {"tenant": "t1", "position": "mine"}]),
        settings=settings(),
    )


_LIKELY: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "position": st.one_of(_POSITIONS, st.none()),
    "to": st.one_of(_POSITIONS, st.none()),
    "duration": st.sampled_from([None, 60.0, 60, 59.9, 120.0, 5.0]),
    "lasted": st.sampled_from([None, None, 0.0, 3.5, 60.0]),
    "plan": st.one_of(st.none(), st.deferred(plans)),
    "livestream": st.sampled_from([None, False, True]),
    "live_edge": st.one_of(st.none(), _POSITIONS),
    "start_date": st.sampled_from([None, 0, 1_790_000_000.0]),
    "next_item": st.booleans(),
    "positions": st.sampled_from([None, None, None, "content", "stream"]),
    "content": st.one_of(st.none(), st.deferred(contents)),
    "pod_id": st.one_of(st.none(), _WORDS),
    "placement": st.sampled_from([None, "pre", "mid", "post"]),
    "offset": st.one_of(st.none(), _POSITIONS),
    "ads": st.one_of(st.none(), st.integers(1, 3), st.lists(_ads(), max_size=2).map(tuple)),
    "ranges": st.lists(_ranges(), max_size=3).map(tuple),
    "pod_position": st.sampled_from([None, None, 1, 2, 3]),
    "reason": st.one_of(st.none(), _WORDS),
    "method": st.one_of(st.none(), _WORDS),
    "fatal": st.booleans(),
    "bitrate": st.sampled_from([None, 3000, 2999.7]),
    "framerate": st.sampled_from([None, 25, 29.97]),
    "quality": st.sampled_from([None, "480p"]),
    "dropped_frames": st.sampled_from([None, 0, 7]),
    "sound": st.sampled_from([None, 0, 55.5, 100]),
    "full_screen": st.sampled_from([None, False, True]),
    "ad_enabled": st.sampled_from([None, False, True]),
    "playback_rate": st.sampled_from([None, 1, 2.0, 0, 0.5]),
    "properties": st.sampled_from([None, {}, {"tenant": "t2"}]),
    "name": st.sampled_from(["Trailer Liked", "Video Content Started", ""]),
    "context": st.sampled_from([None, None, {"ip": "192.0.2.1"}]),
    "integrations": st.sampled_from([None, None, {"All": False}]),
}


def _likely_field(signal: str, name: str) -> st.SearchStrategy[Any]:
    if name == "asset_id" and signal == "ad_start":
        return st.one_of(st.none(), _WORDS, _ads())
    if name == "asset_id" and signal == "content_start":
        return st.one_of(st.none(), _WORDS, contents())
    return st.one_of(st.none(), _WORDS) if name == "asset_id" else _LIKELY[name]


def _signals_of(
    name: str, field: Callable[[str, str], st.SearchStrategy[Any]], at: st.SearchStrategy[Any]
) -> st.SearchStrategy[Signal]:
    kind = SIGNALS[name]
    own = [each.name for each in attrs.fields(kind) if each.name != "at"]
    return st.builds(kind, at=at, **{each: field(name, each) for each in own})


def likely_signals(
    at: st.SearchStrategy[Any] | None = None, names: Iterable[str] = SIGNALS
) -> st.SearchStrategy[Signal]:
    """One input with values that a player could say.

    Args:
        at: Where its time comes from; near the start of the viewings otherwise.
        names: Which inputs; all of them otherwise.
    """
    times = st.floats(0, 100).map(lambda seconds: START + seconds) if at is None else at
    return st.one_of([_signals_of(name, _likely_field, times) for name in names])


def hostile_signals(at: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Signal]:
    """One input with any values at all, its time included.

    Args:
        at: Where its time comes from; any value otherwise.
    """
    times = st.one_of(hostile_values(), st.just(START)) if at is None else at

    def field(signal: str, name: str) -> st.SearchStrategy[Any]:
        return st.one_of(_likely_field(signal, name), hostile_values())

    return st.one_of([_signals_of(name, field, times) for name in SIGNALS])


_STEPS: Final = st.sampled_from([0.0, 0.001, 0.05, 0.25, 0.5, 1.0, 1.0, 2.0, 5.0, 10.0, 11.0, 31.0])
_LONG_STEPS: Final = st.sampled_from([299.0, 301.0, 1800.0, 1801.0, 7200.0, 1e6, -5.0, -0.1])


_BEGINNINGS: Final[tuple[tuple[Signal, ...], ...]] = (
    (),
    (Play(START),),
    (Play(START), Playing(START, 0.0)),
)


@st.composite
def likely_logs(draw: st.DrawFn, max_size: int = 40) -> list[Signal]:
    """Any inputs in any order with likely values; time mostly moves on, in steps of all sizes.

    Args:
        draw: Given by hypothesis.
        max_size: The most inputs after the beginning (nothing, play, or play and a first frame).
    """
    step = st.one_of(_STEPS, _STEPS, _STEPS, _LONG_STEPS)
    pairs = draw(_chunked(st.tuples(step, likely_signals(at=st.just(START))), max_size))
    log = list(draw(st.sampled_from(_BEGINNINGS)))
    now = START
    for passed, signal in pairs:
        now += passed
        log.append(attrs.evolve(signal, at=now))
    return log


@st.composite
def hostile_logs(draw: st.DrawFn, max_size: int = 25) -> list[Signal]:
    """Any inputs in any order with any values and times; likely ones between, so that some work.

    Args:
        draw: Given by hypothesis.
        max_size: The most inputs after the beginning.
    """
    step = st.one_of(_STEPS, _STEPS, _LONG_STEPS)
    signal = st.one_of(likely_signals(at=st.just(START)), hostile_signals())
    keeps_its_time = st.sampled_from([False, False, False, True])
    log = list(draw(st.sampled_from(_BEGINNINGS)))
    now = START
    for passed, said, keeps in draw(_chunked(st.tuples(step, signal, keeps_its_time), max_size)):
        now += passed
        log.append(said if keeps else attrs.evolve(said, at=now))
    return log


def _chunked(element: st.SearchStrategy[_T], max_size: int) -> st.SearchStrategy[list[_T]]:
    """Lists that are longer on average than hypothesis makes them, and still shrink well."""
    chunks = st.lists(st.lists(element, max_size=10), max_size=10)
    return chunks.map(lambda parts: [each for part in parts for each in part][:max_size])


@st.composite
def spoilt_viewings(draw: st.DrawFn) -> tuple[SessionPlan, list[Signal]]:
    """A viewing whose log lost, repeated, swapped or gained inputs: its plan and what is left."""
    viewing = draw(viewings())
    log = list(viewing.signals)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(log) - 1))
        match draw(st.sampled_from(["lose", "lose", "repeat", "swap", "gain", "cut"])):
            case "lose" if len(log) > 1:
                del log[place]
            case "repeat":
                log.insert(place, log[place])
            case "swap":
                other = min(place + draw(st.integers(1, 3)), len(log) - 1)
                log[place], log[other] = log[other], log[place]
            case "gain":
                log.insert(place, draw(likely_signals(at=st.just(log[place].at))))
            case "cut":
                del log[place + 1 : place + draw(st.integers(2, 20))]
    return attrs.evolve(viewing.plan, settings=draw(settings())), log


# A pause of half a second before an end or a break may be the player's own (S31): not plain.
_SECONDS: Final = st.sampled_from([1.0, 2.0, 3.0, 7.0, 12.0])
_ACTIONS: Final[st.SearchStrategy[tuple[act.Step, ...]]] = st.one_of(
    st.sampled_from([1.0, 4.0, 9.0, 21.0]).map(lambda seconds: (act.Watch(seconds),)),
    _SECONDS.map(lambda seconds: (act.Pause(seconds),)),
    _SECONDS.map(lambda seconds: (act.Stall(seconds),)),
    st.sampled_from([3.0, 17.0, 33.0, 48.0]).map(lambda to: (act.Seek(to),)),
    st.sampled_from([0.0, 1.0, 4.0]).map(lambda seconds: (act.IntoAd(seconds), act.Skip())),
    st.tuples(
        st.just(act.IntoAd(2.0)), st.one_of(_SECONDS.map(act.Pause), _SECONDS.map(act.Stall))
    ),
)


@st.composite
def viewings(draw: st.DrawFn) -> Simulation:
    """A viewing of one content of 60 s with a well-behaved player, and its true figures.

    The viewer watches, pauses, seeks in content and skips ads; the player stalls, and plays the
    planned breaks (some of two ads) when the playhead reaches them. It ends by itself or by exit.
    """
    places: list[Any] = draw(
        st.lists(st.sampled_from(["start", 10.0, 30.0, "end"]), max_size=3, unique=True)
    )
    breaks = tuple(
        AdBreak(
            at=place,
            ads=tuple(
                Ad(asset_id=f"{place}-{number}", duration=draw(st.sampled_from([5.0, 15.0])))
                for number in range(draw(st.integers(1, 2)))
            ),
        )
        for place in places
    )
    plan = SessionPlan(
        user_id="viewer", contents=(Content(asset_id="film", duration=60.0),), ad_breaks=breaks
    )
    base = Scenario.of(plan, startup=draw(st.sampled_from([0.0, 0.5, 2.0])), gaps=0.0)
    steps: list[Any] = []
    for step in itertools.chain.from_iterable(draw(st.lists(_ACTIONS, max_size=8))):
        # A pod begins where content moves after a seek: players differ in what they say before.
        steps += [step, act.Watch(1.0)] if isinstance(step, act.Seek) else [step]
    last = act.Exit() if draw(st.booleans()) else act.WatchToEnd()
    return simulate(sensible(base.then(act.Play(), *steps, last)))
