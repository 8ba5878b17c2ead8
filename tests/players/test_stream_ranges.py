"""Stream positions to content positions, and whose clock a position is of (S9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.players.ad_clock import AdClock, StreamRanges
from video_tracker.players.media_events import Attributes

SECONDS = st.integers(0, 400)
PIECES = st.lists(st.tuples(st.integers(2, 60), st.integers(2, 60)), max_size=5)
"""Content seconds and the ad seconds after them, in turn."""


def laid_out(pieces: list[tuple[int, int]]) -> tuple[StreamRanges, list[bool]]:
    """The ranges of a stream, and for each of its seconds whether it is an ad's."""
    ranges, seconds = StreamRanges(), []
    for content, ad in pieces:
        seconds += [False] * content
        ranges.add(len(seconds), len(seconds) + ad)
        seconds += [True] * ad
    return ranges, seconds


@given(PIECES, SECONDS)
def test_content_seconds_are_those_before_it_that_are_no_ads(
    pieces: list[tuple[int, int]], position: int
) -> None:
    """S9: counted second by second."""
    ranges, seconds = laid_out(pieces)
    counted = sum(not ad for ad in seconds[:position]) + max(position - len(seconds), 0)
    assert ranges.to_content(position) == counted
    inside = position < len(seconds) and seconds[position]
    assert (ranges.find(position) is not None) == inside


def test_a_range_told_again_replaces_the_first() -> None:
    ranges = StreamRanges()
    assert not ranges
    ranges.add(10, 14)
    ranges.add(10, 16)
    ranges.add(5, 5)
    ranges.add(-3, 2)
    assert ranges.find(15) == (10, 16)
    assert ranges.to_content(20) == 14
    ranges.clear()
    assert ranges.to_content(20) == 20


STEP = 0.25


@given(
    st.integers(0, 4000),
    st.lists(st.integers(3, 60), min_size=1, max_size=3),
    st.sampled_from([0.5, 1.0, 1.5, 2.0, 4.0]),
)
def test_the_streams_clock_is_told_from_the_ads_own(left: int, ads: list[int], rate: float) -> None:
    """S9, S84: both ways of telling give the same seconds of the ad, within a step, at any rate."""
    for streams in (False, True):
        clock = AdClock(Attributes(playback_rate=rate))
        clock.begin_break(100.0, float(left))
        passed = 0.0
        for length in ads:
            clock.begin_ad(100.0 + passed / rate)
            for step in range(1, length * 4):
                here = step * STEP
                shown = left + passed + here if streams else here
                place = clock.read(100.0 + (passed + here) / rate, shown)
                assert place is None or abs(place - here) <= 2.0
            assert place is not None
            passed += length
        clock.end_break(100.0 + passed / rate)
        shown = left + 0.5 + (passed if streams else 0.0)
        resumed = clock.resumed(100.0 + (passed + 0.5) / rate, shown)
        assert (resumed == pytest.approx((left, left + passed))) == streams


@given(st.integers(3, 4000))
def test_a_clock_that_stands_says_nothing(left: int) -> None:
    """The content's, beside an ad in an element of its own."""
    clock = AdClock(Attributes())
    clock.begin_break(100.0, float(left))
    clock.begin_ad(100.0)
    assert [clock.read(100.0 + step, float(left)) for step in range(1, 9)] == [None] * 8
    assert clock.stream_range(110.0) is None
