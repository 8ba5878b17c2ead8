"""Hypothesis strategies for what players do: scenarios, traces, single callbacks, and losses.

They are shown by :mod:`video_tracker.testing.strategies` too.
"""

import itertools
from collections.abc import Sequence
from typing import Any, Final

import attrs

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise ImportError("drawn cases need hypothesis: pip install hypothesis") from error

from video_tracker.players.base import Adapter, Callback
from video_tracker.players.registry import find_adapter
from video_tracker.testing.callbacks import START, Courses
from video_tracker.testing.faults import (
    CutHead,
    Delay,
    Drop,
    Duplicate,
    Fault,
    LoseEnds,
    Reorder,
    Silence,
    Skew,
    Sleep,
    Step,
    Thin,
    Truncate,
    apply,
)
from video_tracker.testing.scenario import Scenario
from video_tracker.testing.scenario_steps import STEPS, IntoAd, Skip
from video_tracker.testing.scenario_steps import Step as ScenarioStep
from video_tracker.testing.simulator import DIALECTS, Simulation, sensible, simulate

__all__ = ["Trace", "callback_logs", "callbacks", "losses", "scenarios", "simulations", "traces"]

# -- single callbacks ------------------------------------------------------------------------------


_Callbacks = st.SearchStrategy[Callback]
_KNOWN: Final[dict[tuple[type[Adapter], bool], _Callbacks]] = {}
"""The strategy of each adapter: finding out what it reads takes a moment."""


def callbacks(
    adapter: type[Adapter], at: st.SearchStrategy[float] | None = None, *, strange: bool = False
) -> st.SearchStrategy[Callback]:
    """One callback that an adapter has a row for, with the keys and words that it reads.

    Args:
        adapter: The class.
        at: Where its time comes from; always the same otherwise.
        strange: Whether values that no player should say are among them.
    """
    if (adapter, strange) not in _KNOWN:
        _KNOWN[adapter, strange] = _callbacks(adapter, strange=strange)
    known = _KNOWN[adapter, strange]
    if at is None:
        return known
    return st.builds(lambda said, time: attrs.evolve(said, at=time), known, at)


def _callbacks(adapter: type[Adapter], *, strange: bool) -> _Callbacks:
    courses = Courses(adapter, seed=0)
    keys = st.sampled_from(courses.keys)
    plain = st.sampled_from(courses.plain_values)
    values = st.one_of(plain, st.sampled_from(Courses.STRANGE)) if strange else plain
    nested = st.one_of(values, values, st.dictionaries(keys, values, max_size=2))
    places = st.sampled_from((0.0, 0.5, 5.0, 12.0, 59.5, 60.0))
    state: st.SearchStrategy[dict[str, Any]] = st.builds(
        lambda place, paused: {"currentTime": place, "paused": paused, "duration": 60.0},
        places,
        st.booleans(),
    )
    told = st.dictionaries(keys, nested, max_size=2) if strange else st.one_of(st.just({}), state)
    return st.builds(
        lambda row, told, payload: Callback(START, row[0], row[1], told, payload),
        st.sampled_from(sorted(adapter.vocabulary)),
        told,
        st.dictionaries(keys, nested, max_size=3),
    )


@st.composite
def callback_logs(draw: st.DrawFn, player: str, max_size: int = 30) -> list[Callback]:
    """Any callbacks of any player in any order, with values that it could say.

    Args:
        draw: Given by hypothesis.
        player: The player's name, as of an adapter.
        max_size: How many at most.
    """
    steps = st.sampled_from((0.0, 0.02, 0.25, 1.0, 4.0))
    pairs = draw(st.lists(st.tuples(steps, callbacks(find_adapter(player))), max_size=max_size))
    log, now = [], START
    for passed, callback in pairs:
        now += passed
        log.append(attrs.evolve(callback, at=now))
    return log


# -- scenarios and traces --------------------------------------------------------------------------

_SHORT: Final = st.sampled_from((1.0, 2.0, 5.0, 12.0))
_ARGUMENTS: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    "watch": {"seconds": st.sampled_from((1.0, 5.0, 12.0, 30.0))},
    "watch_to_end": {},
    "pause": {"seconds": _SHORT, "seek": st.sampled_from((None, None, 20.0))},
    "seek": {"to": st.sampled_from((3.0, 0.0, 20.0, 45.0)), "takes": st.sampled_from((0.5, 2.0))},
    "stall": {"seconds": _SHORT},
    "skip": {"seconds": st.just(1.0)},
    "background": {"seconds": _SHORT},
    "sleep": {"seconds": st.sampled_from((30.0, 600.0))},
    "rate": {"rate": st.sampled_from((0.5, 1.0, 2.0))},
    "exit": {},
}
"""The steps that are drawn after play, and their arguments."""
_PLACES: Final = (("pre", None), ("mid", 10.0), ("mid", 30.0), ("post", None))
_BREAK: Final = st.tuples(
    st.sampled_from(range(len(_PLACES))),
    st.lists(st.sampled_from((5.0, 15.0)), min_size=1, max_size=2),
    st.booleans(),
)
"""Where a break lies, the lengths of its ads, whether the first is skipped."""


def _steps(names: Sequence[str]) -> st.SearchStrategy[tuple[ScenarioStep, ...]]:
    """One thing that happens, a step or two: who skips an ad is in one."""
    drawn: list[st.SearchStrategy[tuple[ScenarioStep, ...]]] = [
        st.builds(IntoAd if name == "skip" else STEPS[name], **_ARGUMENTS[name]).map(_whole)
        for name in names
    ]
    return st.one_of(drawn)


def _whole(step: Any) -> tuple[ScenarioStep, ...]:
    return (step, Skip()) if isinstance(step, IntoAd) else (step,)


@st.composite
def scenarios(
    draw: st.DrawFn,
    *,
    ads: bool = True,
    steps: Sequence[str] = tuple(_ARGUMENTS),
    max_steps: int = 8,
) -> Scenario:
    """A scenario that makes sense: breaks, play, and what the viewer does then.

    It shrinks to ``Scenario(60.0).play()``.

    Args:
        draw: Given by hypothesis.
        ads: Whether breaks are scheduled.
        steps: The names of the steps that may follow play.
        max_steps: How many follow it at most.
    """
    scenario = Scenario(60.0, startup=draw(st.sampled_from((0.0, 1.0, 2.0))))
    breaks = st.lists(_BREAK, max_size=3, unique_by=lambda drawn: drawn[0])
    for place, lengths, skip in sorted(draw(breaks)) if ads else ():
        kind, at = _PLACES[place]
        scenario = scenario.ads(kind, lengths, at=at, skip=1 if skip else None, after=3.0)
    drawn = draw(st.lists(_steps(steps), max_size=max_steps))
    return sensible(scenario.play().then(*itertools.chain(*drawn)))


@st.composite
def simulations(
    draw: st.DrawFn, player: str | None = None, scenario: st.SearchStrategy[Scenario] | None = None
) -> Simulation:
    """A scenario as a player told it: its callbacks or signals, its plan and its truth.

    Args:
        draw: Given by hypothesis.
        player: A dialect of the simulator; any of them otherwise.
        scenario: Where the scenario comes from; any otherwise.
    """
    spoken = draw(st.sampled_from(sorted(DIALECTS)) if player is None else st.just(player))
    played = draw(scenarios() if scenario is None else scenario)
    return simulate(played, spoken)


class Trace(list[Callback]):
    """The callbacks of a viewing; it is shown by what was viewed, not by a hundred callbacks.

    Attributes:
        simulation: The viewing: its scenario, its plan and its truth.
        faults: What happened to the callbacks on their way.
    """

    def __init__(self, simulation: Simulation, faults: tuple[Fault, ...], seed: int) -> None:
        super().__init__(apply(faults, simulation.callbacks, seed=seed))
        self.simulation = simulation
        self.faults = faults
        self._seed = seed

    def __repr__(self) -> str:
        shown = f"{self.simulation.player}: {self.simulation.scenario}"
        return (
            f"<{shown} after {self.faults!r}, seed {self._seed}>" if self.faults else f"<{shown}>"
        )


@st.composite
def traces(
    draw: st.DrawFn, player: str | None = None, *, spoilt: bool = False
) -> Trace | list[Callback]:
    """The callbacks of a viewing, as a player fires them; of others than the dialects any.

    Args:
        draw: Given by hypothesis.
        player: A dialect of the simulator, or an adapter's name; any dialect with callbacks
            otherwise.
        spoilt: Whether something may have happened to them on their way.
    """
    speaking = sorted(set(DIALECTS) - {"signals"})
    if player is not None and player not in speaking:
        return draw(callback_logs(player))
    simulation = draw(simulations(draw(st.sampled_from(speaking)) if player is None else player))
    faults = draw(losses()) if spoilt else ()
    return Trace(simulation, faults, draw(st.integers(0, 99)) if faults else 0)


# -- losses ----------------------------------------------------------------------------------------

_PLACE: Final = st.sampled_from((None, 5.0, 20.0))
_CHANCE: Final = st.sampled_from((0.05, 0.3, 1.0))
_KINDS: Final[tuple[st.SearchStrategy[Fault], ...]] = (
    st.builds(Drop, nth=st.integers(1, 30)),
    st.builds(Drop, st.sampled_from((0.05, 0.3))),
    st.builds(Duplicate, _CHANCE, st.sampled_from((0.0, 2.0))),
    st.builds(Reorder, st.sampled_from((0.5, 5.0))),
    st.builds(Delay, st.sampled_from((0.5, 3.0)), _CHANCE, redated=st.booleans()),
    st.builds(LoseEnds, _CHANCE),
    st.builds(Thin, st.sampled_from((2.0, 10.0))),
    st.builds(Silence, st.sampled_from((3.0, 60.0)), _PLACE),
    st.builds(Sleep, st.sampled_from((30.0, 7200.0)), _PLACE),
    st.builds(Skew, st.sampled_from((-30.0, 30.0, 86_400.0))),
    st.builds(Step, st.sampled_from((-5.0, 5.0, 3600.0)), _PLACE),
    st.builds(CutHead, _PLACE),
    st.builds(Truncate, _PLACE),
)


def losses(max_size: int = 3) -> st.SearchStrategy[tuple[Fault, ...]]:
    """What happens to a log on its way: faults for :func:`~video_tracker.testing.faults.apply`.

    Args:
        max_size: How many at most; none is what it shrinks to.
    """
    return st.lists(st.one_of(_KINDS), max_size=max_size).map(tuple)
