"""Positions on the content, stream and session timelines (S9), as public test suites have them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.stitching import StitchedAds, StitchedBreak

VECTORS = json.loads(
    (Path(__file__).parent / "session/data/timeline_vectors.json").read_text("utf-8")
)
MEDIA3: dict[str, Any] = VECTORS["media3"]
OF_AN_AD = {
    "getStreamPositionUsForAd": "ad_to_stream",
    "getMediaPeriodPositionUsForAd": "stream_to_ad",
}
OF_CONTENT = {
    "getStreamPositionUsForContent": "content_to_stream",
    "getMediaPeriodPositionUsForContent": "stream_to_content",
}


def media3_ads() -> StitchedAds:
    return StitchedAds(
        tuple(
            StitchedBreak(
                at,
                tuple(MEDIA3["ad_durations"].get(str(number), ())),
                MEDIA3["resume_offsets"].get(str(number), 0),
            )
            for number, at in enumerate(MEDIA3["content_times"])
        ),
        MEDIA3["removed"],
    )


def cases(names: dict[str, str]) -> list[tuple[Any, ...]]:
    return [(name, *case) for function, name in names.items() for case in MEDIA3["cases"][function]]


@pytest.mark.parametrize(("name", "position", "group", "ad", "expected"), cases(OF_AN_AD))
def test_positions_in_ads_agree_with_media3(
    name: str, position: float, group: int, ad: int, expected: float
) -> None:
    assert getattr(media3_ads(), name)(position, group, ad) == expected


@pytest.mark.parametrize(("name", "position", "group", "_ad", "expected"), cases(OF_CONTENT))
def test_positions_in_content_agree_with_media3(
    name: str, position: float, group: int | None, _ad: None, expected: float
) -> None:
    assert getattr(media3_ads(), name)(position, group) == expected


def test_all_four_functions_have_their_cases() -> None:
    assert set(MEDIA3["cases"]) == {*OF_AN_AD, *OF_CONTENT}
    assert sum(len(each) for each in MEDIA3["cases"].values()) == 81


ADS = StitchedAds(
    (
        StitchedBreak(0.0, (15.0,)),
        StitchedBreak(30.0, (15.0, 5.0), resume_offset=20.0),
        StitchedBreak(80.0, (10.0,), resume_offset=4.0),
    )
)
"""Insertion, replacement, and something between."""


class TestThreeTimelines:
    @pytest.mark.parametrize(
        ("stream", "content", "session"),
        [
            (0.0, 0.0, 0.0),
            (7.0, 0.0, 7.0),
            (15.0, 0.0, 15.0),
            (44.0, 29.0, 44.0),
            (45.0, 50.0, 65.0),
        ],
    )
    def test_a_stream_position_has_one_place_on_each(
        self, stream: float, content: float, session: float
    ) -> None:
        """S1, S9: a break that replaces content makes the session longer than the stream."""
        ads = StitchedAds((StitchedBreak(0.0, (15.0,)), StitchedBreak(30.0, (), 20.0)))

        assert ads.stream_to_content(stream) == content
        assert ads.stream_to_session(stream) == session
        assert ads.session_to_stream(session) == stream

    def test_content_and_session_meet_by_way_of_the_stream(self) -> None:
        assert ADS.content_to_session(0.0) == 15.0
        assert ADS.content_to_session(60.0) == 95.0
        assert ADS.session_to_content(95.0) == 60.0
        assert ADS.session_to_content(7.0) == 0.0

    def test_content_that_a_break_replaced_has_the_nearest_place(self) -> None:
        """Content 35 is not in the stream: it would be in the break's last part."""
        assert ADS.content_to_stream(35.0) == 50.0
        assert ADS.stream_to_content(50.0) == 35.0

    def test_a_list_grows_and_its_front_is_removed(self) -> None:
        """A live window: what is gone counts nothing any more, and the others keep their index."""
        grown = StitchedAds().with_break(StitchedBreak(10.0, (5.0,)))
        grown = grown.with_break(StitchedBreak(20.0, (5.0,)))
        slid = grown.without_first(1)

        assert grown.content_to_stream(25.0) == 35.0
        assert slid.content_to_stream(25.0) == 30.0
        assert slid.ad_to_stream(1.0, 1, 0) == 21.0
        assert slid.without_first(0) == slid
        assert slid.without_first(9).removed == 2


@st.composite
def stitched_ads(draw: st.DrawFn) -> StitchedAds:
    """Breaks in order, none standing in content that another one replaced."""
    at, breaks = 0.0, []
    for _ in range(draw(st.integers(0, 5))):
        at += draw(st.sampled_from([0.0, 1.0, 10.0, 33.25]))
        lengths = tuple(draw(st.lists(st.sampled_from([0.0, 5.0, 15.0, 7.5]), max_size=3)))
        resume = draw(st.sampled_from([0.0, sum(lengths), 4.0]))
        breaks.append(StitchedBreak(at, lengths, resume))
        at += resume
    return StitchedAds(tuple(breaks))


@given(stitched_ads(), st.floats(0, 200))
def test_a_stream_position_comes_back_from_the_session(ads: StitchedAds, stream: float) -> None:
    session = ads.stream_to_session(stream)

    assert session >= stream
    assert ads.session_to_stream(session) == pytest.approx(stream)


@given(stitched_ads(), st.floats(0, 200), st.floats(0, 50))
def test_no_clock_runs_backwards(ads: StitchedAds, stream: float, on: float) -> None:
    assert ads.stream_to_session(stream) <= ads.stream_to_session(stream + on)
    assert ads.content_to_stream(stream) <= ads.content_to_stream(stream + on) + 1e-9


@given(stitched_ads(), st.integers(0, 4), st.floats(-20, 40))
def test_a_position_in_an_ad_comes_back(ads: StitchedAds, index: int, position: float) -> None:
    for ad in range(len(ads.breaks[index].ads) if index < len(ads.breaks) else 0):
        stream = ads.ad_to_stream(position, index, ad)
        assert ads.stream_to_ad(stream, index, ad) == pytest.approx(position)
