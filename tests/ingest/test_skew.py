"""The client's clock: what is left alone, what is corrected, what time on the way does (S64)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.errors import PolicyError
from video_tracker.ingest import ClockSkew

NEVER = -math.inf
NOW = 1_795_432_210.0
DAY = 86_400.0


def test_a_clock_within_the_tolerance_is_left_alone() -> None:
    """S68: seconds of difference are what a network makes; bytes stay as the client said."""
    skew = ClockSkew(tolerance=60.0)
    skew.observe(NOW - 40.0, NOW)

    assert skew.correct(NOW - 41.0, NOW, NEVER) == NOW - 41.0
    assert (skew.estimate, skew.correction) == (40.0, 0.0)


def test_a_clock_that_is_days_off_is_brought_within_the_tolerance() -> None:
    """S68: in whole steps of twice the tolerance."""
    skew = ClockSkew(tolerance=60.0)
    skew.observe(NOW - DAY + 7.0, NOW)

    assert skew.correct(NOW - DAY, NOW, NEVER) == NOW
    assert skew.correction == DAY


def test_the_least_of_the_first_bodies_is_the_estimate() -> None:
    """S68: a body that was long on the way says little about the clock."""
    skew = ClockSkew()
    for way in (300.0, 0.2, 45.0):
        skew.observe(NOW - way, NOW)

    assert skew.estimate == pytest.approx(0.2)
    assert skew.correct(NOW, NOW, NEVER) == NOW


def test_once_fixed_it_stays() -> None:
    """S68: the first beacon that is used settles it for the session."""
    skew = ClockSkew()
    skew.observe(NOW - 5_000.0, NOW)
    skew.correct(NOW - 5_000.0, NOW, NEVER)
    settled = skew.correction
    skew.observe(NOW - 1.0, NOW)

    assert skew.correct(NOW - 4_900.0, NOW + 100.0, NOW) == NOW - 4_900.0 + settled


def test_the_opening_settles_it_exactly() -> None:
    """S68: compared once, when the session was opened; no beacon's way has a say."""
    skew = ClockSkew(opened=(NOW, NOW - 1_234.5))
    skew.observe(NOW - 9_999.0, NOW)

    assert skew.correct(NOW - 1_234.5, NOW + 8.0, NEVER) == NOW


def test_an_opening_within_the_tolerance_leaves_the_clock_alone() -> None:
    assert ClockSkew(opened=(NOW, NOW + 59.0)).correction == 0.0


@given(
    st.floats(-10 * DAY, 10 * DAY),
    st.lists(st.floats(0, 10), min_size=1, max_size=4),
    st.lists(st.floats(0, 10), min_size=1, max_size=4),
)
def test_time_on_the_way_changes_nothing_unless_the_clock_lies_below_a_step(
    difference: float, ways: list[float], other_ways: list[float]
) -> None:
    """S68: the promise of the module's head, with its exception."""
    tolerance = 60.0
    corrections = []
    for each in (ways, other_ways):
        skew = ClockSkew(tolerance)
        for way in each:
            skew.observe(NOW - difference - way, NOW)
        skew.correct(NOW - difference, NOW + max(each), NEVER)
        corrections.append(skew.correction)
        assert abs(difference - skew.correction) <= tolerance + 10.0
    below = (tolerance - difference) % (2 * tolerance)

    assert corrections[0] == corrections[1] or below <= 10.0


def test_a_clock_set_forward_in_mid_session_is_set_back_in_steps() -> None:
    """S64: events must not be dated in the future."""
    skew = ClockSkew(tolerance=60.0, opened=(NOW, NOW))

    assert skew.correct(NOW, NOW + 1.0, NEVER) == NOW
    later = skew.correct(NOW + 3_600.0, NOW + 2.0, NOW)
    assert abs(later - NOW) <= 60.0
    assert skew.correct(NOW + 3_601.0, NOW + 3.0, later) == later + 1.0
    assert skew.jumps == 1


def test_a_clock_set_back_in_mid_session_is_read_on_from_the_newest_time() -> None:
    """S64: no time runs backwards, and none is lost."""
    skew = ClockSkew(tolerance=60.0)

    assert skew.correct(NOW, NOW, NEVER) == NOW
    assert skew.correct(NOW - 3_600.0, NOW + 1.0, NOW) == NOW
    assert skew.correct(NOW - 3_599.0, NOW + 2.0, NOW) == NOW + 1.0
    assert skew.jumps == 1


def test_a_clock_set_back_before_the_first_beacon_gives_no_time_before_all_time() -> None:
    """S64: the session was opened by a clock of the year 2096, which was then put right."""
    skew = ClockSkew(opened=(NOW, 4e9))

    assert skew.correct(NOW + 1.0, NOW + 1.5, -math.inf) == NOW + 1.5
    assert skew.correct(NOW + 2.0, NOW + 2.5, NOW + 1.5) == NOW + 2.5
    assert skew.jumps == 1


def test_times_that_are_a_little_uneven_are_no_step() -> None:
    """S64: the session clamps them."""
    skew = ClockSkew(tolerance=60.0)
    skew.correct(NOW, NOW, NEVER)

    assert skew.correct(NOW - 0.9, NOW + 1.0, NOW) == NOW - 0.9
    assert skew.jumps == 0


def test_what_is_late_is_never_newer_than_the_newest() -> None:
    skew = ClockSkew(opened=(NOW, NOW - 600.0))

    assert skew.late(NOW - 650.0, NOW) == NOW - 50.0
    assert skew.late(NOW + 650.0, NOW) == NOW


@pytest.mark.parametrize("tolerance", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_tolerance_is_refused(tolerance: float) -> None:
    with pytest.raises(PolicyError):
        ClockSkew(tolerance)


def test_an_opening_that_is_no_time_is_refused() -> None:
    with pytest.raises(PolicyError):
        ClockSkew(opened=(NOW, math.nan))
