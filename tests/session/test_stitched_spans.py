"""Where the ads of a break lie in the stream (S9)."""

import pytest

from video_tracker.plan import Ad, AdBreak, Content, SessionPlan, Settings
from video_tracker.session import Session
from video_tracker.session.data.stitch import AdSpan, Stretch


class TestWhereAdsLie:
    @pytest.mark.parametrize(
        ("end", "lengths", "expected"),
        [
            (130.0, (10.0, 20.0), [(100, 110), (110, 130)]),
            (130.1, (10.0, 20.0), [(100, 110), (110, 130.1)]),
            (129.5, (10.0, 20.0), [(100, 110), (110, 129.5)]),
            (135.0, (10.0, 20.0), [(100, 110), (110, 130)]),
            (105.0, (10.0, 20.0), [(100, 105), (105, 105)]),
            (130.0, (), [(100, 130)]),
            (130.0, (None,), [(100, 130)]),
            (130.0, (10.0, None), [(100, 110), (110, 130)]),
            (130.0, (None, 10.0), [(100, 120), (120, 130)]),
            (130.0, (None, None), [(100, 130)]),
            (130.0, (10.0, None, None), [(100, 110), (110, 130)]),
            (float("inf"), (10.0, None), [(100, 110), (110, float("inf"))]),
            (float("inf"), (None, 10.0), [(100, float("inf"))]),
            (100.0, (), [(100, 100)]),
        ],
    )
    def test_one_after_the_other(
        self, end: float, lengths: tuple[float | None, ...], expected: list[tuple[float, float]]
    ) -> None:
        """A declared length may be a tenth of a second off (S72); unknown borders are not made up.

        The end of the range closes the last ad, and what is left behind it is a gap (S67).
        """
        part = Stretch(0, 100.0, end, 100.0, lengths)

        assert part.spans() == tuple(AdSpan(*each) for each in expected)

    def test_a_length_is_known_when_the_end_is(self) -> None:
        assert AdSpan(3.0, 8.0).length == 5.0
        assert AdSpan(3.0, float("inf")).length is None


def test_a_planned_break_in_content_that_another_break_stands_for_is_not_in_the_stream() -> None:
    """S9: the first break replaces 20 s of content, and with them the place of the second one."""
    plan = SessionPlan(
        user_id="u",
        contents=(Content(asset_id="film", duration=60.0),),
        ad_breaks=(
            AdBreak(at=10.0, ads=(Ad(asset_id="a", duration=5.0),), resume_offset=20.0),
            AdBreak(at=12.0, ads=(Ad(asset_id="b", duration=5.0),)),
        ),
        settings=Settings(ads="stitched", quartiles="off", heartbeat=None),
    )
    session = Session("s", plan)
    events = [*session.play(0.0, 0.0), *session.playing(0.0, 0.0)]
    for second in range(1, 41):
        events += session.progress(float(second), float(second))

    assert [(event.name, event.at, event.position) for event in events] == [
        ("Video Playback Started", 0.0, 0),
        ("Video Content Started", 0.0, 0),
        ("Video Content Completed", 10.0, 10),
        ("Video Ad Started", 10.0, 0),
        ("Video Ad Completed", 15.0, 5),
        ("Video Content Started", 15.0, 30),
    ]
