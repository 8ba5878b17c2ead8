"""The reorder window alone: order, duplicates, gaps, lateness, and its bounds (S68)."""

import itertools
import math
import random
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video_tracker.errors import PolicyError
from video_tracker.ingest import Ordered, ReorderWindow


def items(given_on: list[Ordered[Any]]) -> list[Any]:
    return [each.item for each in given_on]


def sums_up(window: ReorderWindow[Any]) -> bool:
    count = window.count
    parts = count.released + count.late + count.duplicates + count.refused + window.pending
    return count.received == parts


def test_what_comes_in_order_is_given_on_at_once() -> None:
    """S68: a healthy stream is not delayed at all."""
    window: ReorderWindow[str] = ReorderWindow(10.0)

    assert items(window.push(0, 1.0, "a", 100.0)) == ["a"]
    assert items(window.push(1, 2.0, "b", 100.0)) == ["b"]
    assert window.wake_at() is None


def test_what_comes_early_waits_for_what_is_missing() -> None:
    """S68: and both are given on as soon as it has come."""
    window: ReorderWindow[str] = ReorderWindow(10.0)

    assert items(window.push(1, 2.0, "b", 100.0)) == []
    assert (window.pending, window.earliest(), window.wake_at()) == (1, 2.0, 110.0)
    assert items(window.push(0, 1.0, "a", 105.0)) == ["a", "b"]
    assert (window.pending, window.earliest(), window.wake_at()) == (0, None, None)


def test_what_never_comes_is_given_up_when_the_window_has_passed() -> None:
    """S68: the gap is counted, and the stream goes on."""
    window: ReorderWindow[str] = ReorderWindow(10.0)
    window.push(0, 1.0, "a", 100.0)
    window.push(3, 4.0, "d", 103.0)
    window.push(5, 6.0, "f", 104.0)

    assert window.release(112.9) == []
    assert items(window.release(113.0)) == ["d"]
    assert (window.count.gaps, window.count.missing) == (1, 2)
    assert items(window.release(114.0)) == ["f"]
    assert (window.count.gaps, window.count.missing) == (2, 3)
    assert items(window.push(6, 7.0, "g", 115.0)) == ["g"]
    assert sums_up(window)


def test_the_window_is_over_at_its_time_whoever_calls_first() -> None:
    """S68: a push at a later time finds the gap given up, timer or not."""
    window: ReorderWindow[str] = ReorderWindow(10.0)
    window.push(1, 2.0, "b", 100.0)

    given_on = window.push(0, 1.0, "a", 110.0)

    assert [(each.item, each.late) for each in given_on] == [("b", False), ("a", True)]


def test_what_comes_too_late_is_late_once_and_then_a_duplicate() -> None:
    """S64, S68: late is told from repeated as long as the gap is remembered."""
    window: ReorderWindow[str] = ReorderWindow(1.0)
    window.push(0, 0.0, "a", 0.0)
    window.push(3, 3.0, "d", 3.0)
    window.release(9.0)

    assert [each.late for each in window.push(1, 1.0, "b", 9.0)] == [True]
    assert window.push(1, 1.0, "b", 9.0) == []
    assert window.push(0, 0.0, "a", 9.0) == []
    assert (window.count.late, window.count.duplicates, window.count.missing) == (1, 2, 1)
    assert sums_up(window)


def test_of_two_of_one_number_that_wait_the_earlier_stays() -> None:
    """S68: time is the tie-break, so that their order of arrival does not matter."""
    for first, second in itertools.permutations([("early", 1.0), ("late", 2.0)]):
        window: ReorderWindow[str] = ReorderWindow(10.0)
        window.push(1, first[1], first[0], 0.0)
        window.push(1, second[1], second[0], 0.0)

        assert items(window.push(0, 0.0, "a", 0.0)) == ["a", "early"]
        assert window.count.duplicates == 1


def test_without_numbers_time_orders_and_everything_waits_its_window() -> None:
    """S68: nobody can know that nothing earlier is on its way."""
    window: ReorderWindow[str] = ReorderWindow(10.0)
    assert window.push(None, 2.0, "b", 100.0, tie=2) == []
    assert window.push(None, 2.0, "b", 100.5, tie=2) == []
    assert window.push(None, 1.0, "a", 101.0, tie=1) == []
    assert window.push(None, 3.0, "c", 102.0, tie=3) == []

    assert items(window.release(110.0)) == ["a", "b"]
    assert window.push(None, 2.0, "b", 111.0, tie=2) == []
    assert [each.late for each in window.push(None, 0.5, "z", 111.0, tie=9)] == [True]
    assert items(window.flush()) == ["c"]
    assert (window.count.duplicates, window.count.late) == (2, 1)
    assert sums_up(window)


def test_a_beacon_without_number_finds_its_place_among_numbered_ones_by_its_time() -> None:
    """S68: as well as it goes; a client should number all or none."""
    window: ReorderWindow[str] = ReorderWindow(10.0)
    window.push(0, 0.0, "a", 0.0)
    window.push(None, 1.5, "b", 0.0)

    assert items(window.push(1, 1.0, "1", 1.0)) == ["1"]
    assert items(window.push(2, 2.0, "2", 2.0)) == ["b", "2"]
    assert sums_up(window)


def test_a_beginning_that_nobody_knows_is_the_lowest_when_the_window_opens() -> None:
    """S68: with ``first=None`` the stream may begin with any number."""
    window: ReorderWindow[str] = ReorderWindow(10.0, first=None)

    assert window.push(41, 2.0, "b", 100.0) == []
    assert window.push(40, 1.0, "a", 101.0) == []
    assert items(window.release(110.0)) == ["a", "b"]
    assert items(window.push(42, 3.0, "c", 111.0)) == ["c"]
    assert (window.count.gaps, window.count.missing) == (0, 0)


def test_a_full_window_goes_on_without_what_is_missing() -> None:
    """S68: bounded in items, and in weight."""
    window: ReorderWindow[int] = ReorderWindow(10.0, limit_items=3)
    for number in (2, 4, 6):
        assert window.push(number, float(number), number, 0.0) == []
    assert items(window.push(8, 8.0, 8, 0.0)) == [2]
    assert window.count.hurried == 1

    heavy: ReorderWindow[int] = ReorderWindow(10.0, limit_weight=100)
    assert heavy.push(2, 2.0, 2, 0.0, weight=60) == []
    assert items(heavy.push(4, 4.0, 4, 0.0, weight=60)) == [2]
    assert sums_up(window)
    assert sums_up(heavy)


def test_a_number_absurdly_far_ahead_is_refused_and_harms_nobody() -> None:
    """S68: one broken number must not make all that follow it too late."""
    window: ReorderWindow[str] = ReorderWindow(10.0)
    window.push(10**15, 9.0, "?", 0.0)  # before the stream has begun nobody can tell
    window.push(0, 0.0, "a", 1.0)
    assert window.push(10**15 + 7, 9.0, "?", 2.0) == []

    assert window.release(60.0) == []
    assert items(window.push(1, 1.0, "b", 61.0)) == ["b"]
    assert window.count.refused == 2
    assert sums_up(window)


def test_a_server_that_was_restarted_takes_up_a_stream_in_the_middle() -> None:
    """S68: what it did not see is one gap."""
    window: ReorderWindow[str] = ReorderWindow(10.0)
    window.push(2_000_001, 1.0, "b", 0.0)
    window.push(2_000_000, 0.0, "a", 1.0)

    assert items(window.release(10.0)) == ["a", "b"]
    assert items(window.push(2_000_002, 2.0, "c", 11.0)) == ["c"]


def test_a_server_clock_that_steps_back_holds_nothing_longer() -> None:
    """S64: the newest time of receipt is kept."""
    window: ReorderWindow[str] = ReorderWindow(10.0)
    window.push(0, 0.0, "a", 1000.0)
    window.push(2, 2.0, "c", 5.0)

    assert window.wake_at() == 1010.0
    assert items(window.release(1010.0)) == ["c"]


def test_a_window_of_no_length_waits_for_nothing() -> None:
    window: ReorderWindow[str] = ReorderWindow(0)

    assert window.push(1, 1.0, "b", 0.0) == []
    assert window.wake_at() == 0.0
    assert items(window.release(0.0)) == ["b"]


@pytest.mark.parametrize(
    "limits",
    [
        {"limit_seconds": -1},
        {"limit_seconds": math.nan},
        {"limit_seconds": math.inf},
        {"limit_seconds": True},
        {"limit_items": 0},
        {"limit_items": 1.5},
        {"limit_weight": 0},
        {"limit_jump": -3},
    ],
)
def test_an_impossible_limit_is_refused_when_it_is_built(limits: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        ReorderWindow(**limits)


@pytest.mark.parametrize("order", [*itertools.permutations(range(5))])
def test_all_orders_of_five_give_one(order: tuple[int, ...]) -> None:
    """S68, exhaustively, with every one of them repeated right away."""
    window: ReorderWindow[int] = ReorderWindow(10.0)
    given_on: list[Ordered[int]] = []
    for place, number in enumerate(order):
        given_on += window.push(number, float(number), number, float(place))
        given_on += window.push(number, float(number), number, float(place))

    assert items(given_on) == [0, 1, 2, 3, 4]
    assert (window.count.duplicates, window.count.missing, window.pending) == (5, 0, 0)


numbers = st.one_of(
    st.none(), st.integers(0, 30), st.integers(0, 2**53), st.sampled_from([10**18, 999_999])
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(numbers, st.floats(0, 50), st.floats(-5, 20), st.booleans()), max_size=60),
    st.integers(1, 8),
    st.sampled_from([0, None, 5]),
)
def test_whatever_comes_everything_is_accounted_for_and_in_order(
    stream: list[tuple[int | None, float, float, bool]], most: int, first: int | None
) -> None:
    """S60, S68: nothing is given on twice, nothing lost, and only the late are out of order."""
    window: ReorderWindow[int] = ReorderWindow(10.0, limit_items=most, first=first)
    now = 100.0
    given_on: list[Ordered[int]] = []
    for place, (number, at, passed, released) in enumerate(stream):
        now += passed
        given_on += window.push(number, at, place, now, weight=place, tie=place % 3)
        if released:
            given_on += window.release(now)
        assert window.pending <= most
        assert sums_up(window)
    given_on += window.flush()

    places = items(given_on)
    assert len(set(places)) == len(places)
    assert window.pending == 0
    in_turn = [stream[each.item][0] for each in given_on if not each.late]
    with_numbers = [number for number in in_turn if number is not None]
    assert with_numbers == sorted(set(with_numbers))
    if len(with_numbers) < len(in_turn) == in_turn.count(None):
        times = [each.at for each in given_on if not each.late]
        assert times == sorted(times)


def test_memory_does_not_grow_whatever_comes() -> None:
    """S68: sequence numbers all over the place, repetitions, and streams that never close a gap."""
    window: ReorderWindow[bytes] = ReorderWindow(10.0, limit_items=100, limit_weight=50_000)
    rng = random.Random(1)

    def storm(rounds: int) -> None:
        for step in range(rounds):
            now = step * 0.001
            number = rng.choice([step * 2, rng.randrange(10**6), 7, None, 10**17])
            window.push(number, now, bytes(500), now, weight=500, tie=step)

    storm(3_000)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    storm(20_000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert grown < 150_000  # one window's fill at most
    assert window.pending <= 100
    assert sums_up(window)
