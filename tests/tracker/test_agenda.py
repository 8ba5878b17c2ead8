"""The agenda: who wants to be woken when, without looking at the others (S46)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.errors import PlanError
from video_tracker.tracker.agenda import NEVER, Agenda
from video_tracker.tracker.roster import Roster


class Sleeper:
    def __init__(self, key: str = "s1") -> None:
        self.key = key
        self.due = NEVER


def test_sleepers_are_woken_in_the_order_of_their_times() -> None:
    agenda: Agenda[Sleeper] = Agenda()
    early, late = Sleeper("early"), Sleeper("late")
    agenda.enter(late, 20.0)
    agenda.enter(early, 10.0)
    assert agenda.next_due() == 10.0
    assert agenda.take(9.9) is None
    assert agenda.take(30.0) is early
    assert agenda.take(30.0) is late
    assert agenda.take(30.0) is None
    assert agenda.next_due() is None


def test_an_earlier_wish_rules_and_a_later_one_waits_for_the_waking() -> None:
    agenda: Agenda[Sleeper] = Agenda()
    sleeper = Sleeper()
    for when in (20.0, 10.0, 15.0):
        agenda.enter(sleeper, when)
    assert sleeper.due == 10.0
    assert agenda.take(10.0) is sleeper
    assert sleeper.due == NEVER
    assert agenda.take(100.0) is None


def test_who_is_struck_off_is_not_woken() -> None:
    agenda: Agenda[Sleeper] = Agenda()
    sleeper = Sleeper()
    agenda.enter(sleeper, 10.0)
    agenda.strike(sleeper)
    agenda.strike(sleeper)
    assert agenda.next_due() is None
    agenda.enter(sleeper, 10.0)
    assert agenda.take(10.0) is sleeper


def test_a_time_that_is_none_is_never() -> None:
    agenda: Agenda[Sleeper] = Agenda()
    for when in (float("nan"), NEVER):
        agenda.enter(Sleeper(), when)
    assert len(agenda) == 0


def test_it_does_not_grow_though_nobody_asks_for_the_time() -> None:
    """A service that never calls ``tick`` must not leak the sessions it served."""
    agenda: Agenda[Sleeper] = Agenda()
    for number in range(10_000):
        sleeper = Sleeper()
        agenda.enter(sleeper, 1000.0 + number)
        agenda.strike(sleeper)
    assert len(agenda) < 200


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["enter", "strike", "take"]), st.integers(0, 4), st.integers(0, 20))
)


@given(OPERATIONS)
def test_it_agrees_with_a_plain_dictionary(operations: list[tuple[str, int, int]]) -> None:
    agenda: Agenda[Sleeper] = Agenda()
    sleepers = [Sleeper() for _ in range(5)]
    model: dict[int, int] = {}
    for what, who, when in operations:
        if what == "enter":
            agenda.enter(sleepers[who], when)
            model[who] = min(when, model.get(who, when))
        elif what == "strike":
            agenda.strike(sleepers[who])
            model.pop(who, None)
        else:
            taken = agenda.take(when)
            due = {number for number, at in model.items() if at <= when}
            first = min((model[number] for number in due), default=None)
            if taken is None:
                assert not due
            else:
                number = sleepers.index(taken)
                assert model.pop(number) == first
        assert agenda.next_due() == min(model.values(), default=None)
        assert [sleeper.due for sleeper in sleepers] == [
            model.get(number, NEVER) for number in range(5)
        ]


def test_a_session_is_on_the_roster_for_as_long_as_it_waits_for_something() -> None:
    """A session to which nothing was ever said is given half an hour."""
    roster: Roster[Sleeper] = Roster()
    sleeper = Sleeper()
    roster.enrol(sleeper, 0.0)
    roster.appoint(sleeper, None, over=False)
    assert roster.find("s1") is sleeper
    assert roster.take(1799.9) is None
    assert roster.take(1800.0) is sleeper
    roster.appoint(sleeper, None, over=False)
    assert roster.find("s1") is None
    assert len(roster) == 0
    roster.appoint(sleeper, 2000.0, over=False)
    assert roster.find("s1") is sleeper


def test_a_session_that_is_over_is_not_on_it() -> None:
    roster: Roster[Sleeper] = Roster()
    sleeper = Sleeper()
    roster.enrol(sleeper, 0.0)
    roster.appoint(sleeper, None, over=True)
    assert roster.find("s1") is None
    assert roster.next_due() is None


def test_a_replay_is_on_the_roster_again() -> None:
    """S24."""
    roster: Roster[Sleeper] = Roster()
    sleeper = Sleeper()
    roster.enrol(sleeper, 0.0)
    roster.appoint(sleeper, None, over=True)
    roster.appoint(sleeper, 10.0, over=False)
    assert roster.find("s1") is sleeper
    assert roster.next_due() == 10.0


def test_an_id_belongs_to_one_session_at_a_time() -> None:
    roster: Roster[Sleeper] = Roster()
    first, second = Sleeper(), Sleeper()
    roster.enrol(first, 0.0)
    with pytest.raises(PlanError, match="'s1' is being tracked"):
        roster.enrol(second, 0.0)
    roster.appoint(first, None, over=True)
    roster.enrol(second, 0.0)
    roster.appoint(first, None, over=True)
    assert roster.find("s1") is second
    assert roster.all() == [second]
