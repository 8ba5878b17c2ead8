"""The same changes to logs that nobody wrote: viewings, well told and spoilt, found by search."""

from typing import Final

import attrs
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.session.kinds.logs import Log, changed, play, play_restored, without_ticks
from tests.session.kinds.test_numbers import MORE_NUMBERS, NUMBERS, settings_of, shifted, whole
from tests.session.kinds.test_places import Mover, moved
from tests.session.kinds.test_schedules import SCHEDULES, later, same
from video_tracker.plan import SessionPlan
from video_tracker.signals import Signal
from video_tracker.testing.simulator import Simulation
from video_tracker.testing.strategies import spoilt_viewings, viewings

WITHOUT_REASONS: Final = settings(phases=(Phase.explicit, Phase.generate, Phase.shrink))
"""Looking for what failing examples have in common takes longer than the search itself."""


def told(viewing: Simulation) -> Log:
    return Log("told", viewing.plan, viewing.signals)


def spoilt(pair: tuple[SessionPlan, list[Signal]]) -> Log:
    """The log; a timeout that is shorter than a report's interval has a log of its own."""
    plan, signals = pair
    patient = attrs.evolve(plan.settings, idle_timeout=None)
    return Log("spoilt", attrs.evolve(plan, settings=patient), tuple(signals))


def any_viewing() -> st.SearchStrategy[Log]:
    """A log of one viewing: as it was, or with words lost, repeated, swapped or gained."""
    return st.one_of(viewings().map(told), spoilt_viewings().map(spoilt))


@WITHOUT_REASONS
@given(any_viewing())
def test_whole_numbers_of_any_viewing_may_be_ints(log: Log) -> None:
    """S64: 11 and 11.0 are the same position, and the same time."""
    fields = dict.fromkeys((*NUMBERS, *MORE_NUMBERS), whole)

    same(play(changed(log, settings_of(log.plan, whole), **fields)), play(log))


@WITHOUT_REASONS
@given(any_viewing())
def test_any_viewing_is_the_same_on_another_day(log: Log) -> None:
    """S46: nothing but what lies between the callbacks' times counts."""
    by = 100_000_000.0
    there = play(changed(log, at=lambda at: at + by, start_date=lambda at: at + by))

    assert shifted(there, by, 6) == shifted(play(log), 0.0, 6)


@WITHOUT_REASONS
@given(any_viewing())
def test_any_viewing_goes_on_from_its_snapshots(log: Log) -> None:
    """S50: the same bytes, the same figures, the same reasons."""
    ((_, run),) = play_restored(log, at_every=True)

    assert run == play(log)


@pytest.mark.parametrize("name", SCHEDULES)
@WITHOUT_REASONS
@given(log=viewings().map(told))
def test_any_viewing_is_the_same_with_any_ticks(name: str, log: Log) -> None:
    """S88: a well-behaved player, and somebody who lets time pass."""
    same(play(log, SCHEDULES[name], until=later(log)), play(log, until=later(log)))


@WITHOUT_REASONS
@pytest.mark.parametrize("name", SCHEDULES)
@given(log=spoilt_viewings().map(spoilt))
def test_any_spoilt_viewing_is_the_same_with_any_ticks(name: str, log: Log) -> None:
    """S88: words are lost, and when somebody heard of the others still changes nothing."""
    calm = without_ticks(log)
    same(play(calm, SCHEDULES[name], until=later(calm)), play(calm, until=later(calm)))


@WITHOUT_REASONS
@given(viewings().map(told), st.sampled_from([600.0, 3600.0]))
def test_any_viewing_is_the_same_further_into_its_content(log: Log, by: float) -> None:
    """S1, S2, S10, S78: resumed at ten minutes or an hour."""
    mover = Mover(log, by)
    here, there = play(log), play(mover.log(log))

    assert there.lines == moved(here, mover).lines
