"""What players do, drawn: it is sensible, it shrinks to a line, and it shows what is broken."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from video_tracker.players.base import Callback
from video_tracker.players.registry import find_adapter
from video_tracker.testing import strategies
from video_tracker.testing.faults import FAULTS, Fault, Reorder, Thin, apply
from video_tracker.testing.invariants import check_session, session_faults
from video_tracker.testing.player_strategies import Trace
from video_tracker.testing.scenario import Scenario
from video_tracker.testing.scenario_steps import Ads, Seek, Skip
from video_tracker.testing.simulator import Simulation, sensible, simulate

SAME = settings(derandomize=True, deadline=None, database=None)


def smallest(strategy: st.SearchStrategy[Any], wanted: Callable[[Any], bool]) -> Any:
    return find(strategy, wanted, settings=settings(SAME, max_examples=1000))


def seeks(scenario: Scenario) -> bool:
    return any(isinstance(step, Seek) for step in scenario.steps)


def skips(scenario: Scenario) -> bool:
    return any(isinstance(step, Skip) for step in scenario.steps)


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (lambda _: True, ".play()"),
        (seeks, ".play().seek(to=3.0)"),
        (
            skips,
            ".ads(kind='pre', lengths=[5.0], after=3.0).play().into_ad(seconds=1.0).skip()",
        ),
    ],
    ids=["anything", "a seek", "a skip"],
)
def test_a_scenario_shrinks_to_what_it_is_about(
    wanted: Callable[[Scenario], bool], shown: str
) -> None:
    found = smallest(strategies.scenarios(), wanted)

    assert repr(found) == f"Scenario(length=60.0, startup=0.0){shown}"


@SAME
@given(strategies.scenarios())
def test_every_step_of_a_scenario_makes_sense_where_it_stands(scenario: Scenario) -> None:
    assert sensible(scenario) == scenario


@SAME
@given(strategies.scenarios(ads=False, steps=("watch", "pause"), max_steps=2))
def test_a_scenario_has_only_what_was_asked_for(scenario: Scenario) -> None:
    assert not any(isinstance(step, Ads) for step in scenario.steps)
    assert len(scenario.steps) <= 3


@settings(SAME, max_examples=15)
@given(strategies.simulations())
def test_any_simulation_gives_right_sessions(simulation: Simulation) -> None:
    """S20 to S45, S60, S86, and the figures."""
    run = simulation.run()
    for session in run.sessions:
        own = [event for event in run.events if event.session_id == session.session_id]
        check_session(own, session.summary())


@settings(SAME, max_examples=15)
@given(strategies.traces(spoilt=True))
def test_any_trace_gives_right_sessions_whatever_happened_to_it(trace: list[Callback]) -> None:
    """S60: no sequence of callbacks makes a wrong stream."""
    assert isinstance(trace, Trace)
    run = trace.simulation.told(trace).run(finish=True)
    for session in run.sessions:
        own = [event for event in run.events if event.session_id == session.session_id]
        check_session(own, session.summary())


def test_a_trace_is_shown_by_its_scenario_and_its_faults() -> None:
    simulation = simulate(Scenario(60.0).play().watch(30), "html5")
    plain, spoilt = Trace(simulation, (), 0), Trace(simulation, (Thin(5.0),), 3)

    assert repr(plain) == "<html5: Scenario(length=60.0).play().watch(seconds=30)>"
    assert repr(spoilt) == (
        "<html5: Scenario(length=60.0).play().watch(seconds=30) after (Thin(every=5.0),), seed 3>"
    )
    assert list(plain) == list(simulation.callbacks)
    assert len(spoilt) < len(plain) / 2


@pytest.mark.parametrize("player", ["youtube", "roku"])
def test_a_player_without_a_dialect_says_callbacks_of_its_table(player: str) -> None:
    table = find_adapter(player).vocabulary

    @settings(SAME, max_examples=20)
    @given(strategies.traces(player))
    def look(log: list[Callback]) -> None:
        assert {(said.player, said.event) for said in log} <= set(table)
        assert [said.at for said in log] == sorted(said.at for said in log)

    look()


def test_losses_are_of_every_kind_and_shrink_to_one() -> None:
    for kind in FAULTS.values():

        def has(faults: tuple[Fault, ...], kind: type[Fault] = kind) -> bool:
            return any(type(fault) is kind for fault in faults)

        assert [type(fault) for fault in smallest(strategies.losses(), has)] == [kind]
    assert smallest(strategies.losses(), lambda _: True) == ()


# -- broken on purpose -----------------------------------------------------------------------------


def wrong(simulation: Simulation) -> bool:
    """Whether the truth and the figures differ when pauses are forgotten."""
    told = tuple(said for said in simulation.items if type(said).__name__ != "Pause")
    figures = simulation.told(told).summary().buckets
    return abs(float(figures["paused"]) - simulation.truth.seconds["paused"]) > 0.5


def test_what_is_broken_shrinks_to_a_scenario_that_can_be_read() -> None:
    """A session that never hears of a pause is shown by one pause."""
    found = smallest(strategies.simulations("signals"), wrong)

    assert str(found.scenario) == "Scenario(length=60.0, startup=0.0).play().pause(seconds=1.0)"
    assert len(repr(found)) < 200


def test_a_fault_that_breaks_something_is_the_only_one_that_is_left() -> None:
    """Reordered events break the grammar; all else that might have happened is shrunk away."""
    events = simulate(Scenario(60.0).play().watch(12).pause(1).watch(1).exit()).events()

    def breaks(faults: tuple[Fault, ...]) -> bool:
        reordered = any(isinstance(fault, Reorder) for fault in faults)
        return reordered and session_faults(apply(faults, events, seed=1)) != []

    assert [type(fault) for fault in smallest(strategies.losses(), breaks)] == [Reorder]
