"""The agenda: who wants to be woken when, without looking at the others (S46)."""

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.errors import PlanError
from video_tracker.tracker.agenda import NEVER, Agenda
from video_tracker.tracker.roster import Roster


class Sleeper:
    def __init__(self, key: str = "s1", replays: int = 0) -> None:
        self.key, self.replays = key, replays
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


TIMES = st.sampled_from([0.0, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 7.5, 20.0, 20.25])
OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["enter", "strike", "take", "ask"]), st.integers(0, 4), TIMES)
)


@given(OPERATIONS)
def test_it_agrees_with_a_plain_dictionary(operations: list[tuple[str, int, float]]) -> None:
    agenda: Agenda[Sleeper] = Agenda()
    sleepers = [Sleeper() for _ in range(5)]
    model: dict[int, float] = {}
    for what, who, when in operations:
        if what == "enter":
            agenda.enter(sleepers[who], when)
            model[who] = min(when, model.get(who, when))
        elif what == "strike":
            agenda.strike(sleepers[who])
            model.pop(who, None)
        elif what == "take":
            taken = agenda.take(when)
            due = {number for number, at in model.items() if at <= when}
            first = min((model[number] for number in due), default=None)
            if taken is None:
                assert not due
            else:
                number = sleepers.index(taken)
                assert model.pop(number) == first
        else:
            assert agenda.next_due() == min(model.values(), default=None)
        assert [sleeper.due for sleeper in sleepers] == [
            model.get(number, NEVER) for number in range(5)
        ]


class Interruption(BaseException):
    pass


def interrupted(step: Callable[[], object], line: int) -> bool:
    """Do a step of the agenda's and raise before its so many-th line; whether it has so many."""
    left = [line]

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != sys.modules[Agenda.__module__].__file__:
            return None
        left[0] -= event == "line"
        if not left[0]:
            raise Interruption
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        step()
    except Interruption:
        return True
    finally:
        sys.settrace(before)
    return False


def come_and_go(agenda: Agenda[Sleeper], sleeper: Sleeper, times: int) -> None:
    for number in range(times):
        agenda.enter(sleeper, 40.0 - number / 4)
        agenda.strike(sleeper)


def ask_after(agenda: Agenda[Sleeper], struck: Sleeper) -> None:
    agenda.strike(struck)
    agenda.next_due()


STEPS: dict[str, Callable[[Agenda[Sleeper], list[Sleeper]], object]] = {
    "enter for a second that is there": lambda agenda, who: agenda.enter(who[0], 20.5),
    "enter for a new second": lambda agenda, who: agenda.enter(who[0], 30.5),
    "enter for a second that came": lambda agenda, who: agenda.enter(who[0], 1.5),
    "bring forward": lambda agenda, who: agenda.enter(who[2], 19.0),
    "strike": lambda agenda, who: agenda.strike(who[2]),
    "take of a second that comes": lambda agenda, _: agenda.take(25.0),
    "ask over a stale second": lambda agenda, who: ask_after(agenda, who[1]),
    "tidy": lambda agenda, who: come_and_go(agenda, who[0], 80),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_who_waits_is_woken_wherever_a_step_was_interrupted(
    step: Callable[[Agenda[Sleeper], list[Sleeper]], object],
) -> None:
    """A signal's handler may raise anywhere: the agenda goes on, and strands nobody."""
    line, more = 0, True
    while more:
        line += 1
        agenda: Agenda[Sleeper] = Agenda()
        who = [Sleeper() for _ in range(5)]
        for sleeper, when in zip(who[1:], (10.0, 20.0, 20.75, 21.0), strict=True):
            agenda.enter(sleeper, when)
        agenda.enter(first := Sleeper(), 2.0)
        assert agenda.take(3.0) is first  # the first seconds have come
        more = interrupted(lambda agenda=agenda, who=who: step(agenda, who), line)  # type: ignore[misc]
        for sleeper in who:  # what comes after it is as ever
            agenda.enter(sleeper, sleeper.due if sleeper.due < NEVER else 50.0)
        expected = sorted(who, key=lambda sleeper: sleeper.due)
        assert agenda.next_due() == expected[0].due
        times = [sleeper.due for sleeper in expected]
        woken = [agenda.take(NEVER) for _ in who]
        assert {id(each) for each in woken} == {id(each) for each in who}, (line, times)
        assert agenda.take(NEVER) is None
    assert line > 3


def test_sleepers_of_one_time_are_woken_in_the_order_in_which_they_came() -> None:
    """And what is told while others of that second are being woken has its place among them."""
    agenda: Agenda[Sleeper] = Agenda()
    sleepers = {key: Sleeper(key) for key in "abcd"}
    for key in "abc":
        agenda.enter(sleepers[key], 10.5)
    taken = [agenda.take(10.5)]
    agenda.enter(sleepers["d"], 10.25)

    taken += [agenda.take(10.5) for _ in range(4)]

    assert taken == [*(sleepers[key] for key in "adbc"), None]


def test_who_is_entered_for_long_before_the_time_that_came_is_woken_first() -> None:
    """A clock that was set back, or what is told of long ago (S88)."""
    agenda: Agenda[Sleeper] = Agenda()
    old, late, new = Sleeper(), Sleeper(), Sleeper()
    agenda.enter(old, 100.0)
    assert agenda.take(100.0) is old
    agenda.enter(late, 200.0)
    agenda.enter(new, -NEVER)

    assert agenda.next_due() == -NEVER
    assert agenda.take(0.0) is new
    assert agenda.next_due() == 200.0


def test_what_waits_takes_no_more_than_its_place_in_a_list() -> None:
    agenda: Agenda[Sleeper] = Agenda()
    sleepers = [Sleeper() for _ in range(10_000)]
    times = [10_000.0 + (number * 7 % 600) / 4 for number in range(10_000)]
    agenda.enter(Sleeper(), 1.0)
    tracemalloc.start()
    for sleeper, when in zip(sleepers, times, strict=True):
        agenda.enter(sleeper, when)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert agenda.next_due() == 1.0
    assert taken / len(sleepers) < 16


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


def test_an_id_belongs_to_one_session() -> None:
    """S50: message ids are made of it, so a second session would be taken for a repetition."""
    roster: Roster[Sleeper] = Roster()
    first, second = Sleeper(), Sleeper()
    roster.enrol(first, 0.0)
    with pytest.raises(PlanError, match="'s1' is being tracked, or was"):
        roster.enrol(second, 0.0)
    roster.appoint(first, None, over=True)
    with pytest.raises(PlanError, match="'s1' is being tracked, or was"):
        roster.enrol(second, 0.0)
    assert roster.find("s1") is None
    assert roster.recall("s1") is first
    assert roster.admit(second, 0.0) is first


def test_of_sessions_that_were_let_go_of_the_newest_are_remembered_and_of_more_the_ids() -> None:
    roster: Roster[Sleeper] = Roster(memory=1)
    sleepers = [Sleeper(f"s{number}", replays=number) for number in range(13)]
    for sleeper in sleepers:
        roster.enrol(sleeper, 0.0)
        roster.appoint(sleeper, None, over=True)
    assert [roster.recall(f"s{number}") for number in (11, 12)] == [None, sleepers[12]]
    assert [roster.replays_of(f"s{number}") for number in (1, 2, 11, 12)] == [None, 2, 11, None]
    with pytest.raises(PlanError, match="'s2' is being tracked, or was"):
        roster.enrol(Sleeper("s2"), 0.0)


def test_who_is_removed_may_come_again() -> None:
    roster: Roster[Sleeper] = Roster()
    first, second = Sleeper(), Sleeper()
    roster.enrol(first, 0.0)
    assert roster.remove("s1") is first
    assert roster.remove("s1") is None
    assert roster.next_due() is None
    roster.enrol(second, 0.0)
    assert roster.find("s1") is second
