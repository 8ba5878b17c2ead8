"""Several contents in one stream (S9, S24): multi-period manifests, channels made of files."""

import pytest

from tests.session.story import Story, mid, post, pre
from video_tracker.plan import Ad, AdBreak, AdRange, Content
from video_tracker.session import Session
from video_tracker.session.snapshot import restore, snapshot

A = Content(asset_id="A", duration=12)
B = Content(asset_id="B", duration=9)
FIVE, FOUR = Ad(asset_id="five", duration=5), Ad(asset_id="four", duration=4)


def stream(*breaks: AdBreak, length: float, ads: str = "stitched") -> Story:
    """A stream of both contents, playing from its start."""
    story = Story(A, B, breaks=breaks, quartiles="off", heartbeat=1000.0, ads=ads)
    story.say("load", duration=length)
    return story.begin()


def told(story: Story) -> list[str]:
    """What happened, without the times."""
    return [line.split(" ", 1)[1] for line in story.rows]


class TestTheStreamRunsOn:
    def test_into_the_plan_s_next_content(self) -> None:
        """S24: nobody says that another content begins."""
        story = stream(length=21).watch(21).end()
        assert story.rows == [
            "0 Playback Started 0",
            "0 Content Started 0 content-1",
            "12 Content Completed 12 content-1",
            "12 Content Started 0 content-2",
            "21 Content Completed 9 content-2",
            "21 Playback Completed 21",
        ]
        figures = story.figures()
        assert figures["watched"] == {"A": [[0.0, 12.0]], "B": [[0.0, 9.0]]}

    def test_behind_the_post_roll_of_the_one_before(self) -> None:
        """S11: a break between them is the first one's."""
        story = stream(pre(FIVE), post(FOUR, content_asset_id="A"), length=30).watch(30).end()
        assert told(story) == [
            "Playback Started 0",
            "Ad Started 0 ad-1/five pre",
            "Ad Completed 5 ad-1/five pre",
            "Content Started 0 content-1",
            "Content Completed 12 content-1",
            "Ad Started 0 ad-2/four post",
            "Ad Completed 4 ad-2/four post",
            "Content Started 0 content-2",
            "Content Completed 9 content-2",
            "Playback Completed 30",
        ]

    @pytest.mark.parametrize("ads", ["stitched", "client"])
    def test_with_the_pre_roll_that_was_declared_for_it(self, ads: str) -> None:
        """S11: whether the plan says that ads are stitched, or the stream's markers do."""
        story = stream(pre(FOUR, content_asset_id="B"), length=25, ads=ads).watch(12)
        if ads == "client":
            story.say("ad_ranges", ranges=(AdRange(start=12.0, end=16.0, ads=(FOUR,)),))
        story.watch(13).end()
        assert told(story)[2:] == [
            "Content Completed 12 content-1",
            "Ad Started 0 ad-1/four pre",
            "Ad Completed 4 ad-1/four pre",
            "Content Started 0 content-2",
            "Content Completed 9 content-2",
            "Playback Completed 25",
        ]

    def test_and_the_next_content_has_mid_rolls_of_its_own(self) -> None:
        """S9: their places count from where it begins."""
        story = stream(mid(6, FIVE, content_asset_id="B"), length=26).watch(26).end()
        assert story.rows[2:] == [
            "12 Content Completed 12 content-1",
            "12 Content Started 0 content-2",
            "18 Content Completed 6 content-2",
            "18 Ad Started 0 ad-1/five mid",
            "23 Ad Completed 5 ad-1/five mid",
            "23 Content Started 6 content-3",
            "26 Content Completed 9 content-3",
            "26 Playback Completed 26",
        ]

    def test_a_snapshot_knows_where_the_content_began(self) -> None:
        """A restored session goes on in the second content."""
        story = stream(length=21).watch(15)
        again = restore(snapshot(story.session))
        assert isinstance(again, Session)
        events = again.progress(story.start + 16.0, 16.0)
        assert events == ()
        assert again.position == pytest.approx(4)


class TestAnotherStream:
    def test_a_stream_as_long_as_its_content_is_followed_by_another(self) -> None:
        """S24: the player loads the next item itself; padding is no next content."""
        story = stream(length=12.4).watch(12)
        story.wait(0.4).say("progress", position=12.4)
        story.say("content_end", position=12.4)
        story.say("load", next_item=True, duration=9.0)
        story.begin().watch(9).end()
        assert [line for line in told(story) if line.startswith("Content Started")] == [
            "Content Started 0 content-1",
            "Content Started 0 content-2",
        ]
        assert story.figures()["watched"]["B"] == [[0.0, 9.0]]

    def test_without_a_known_length_nobody_can_tell(self) -> None:
        """S24: it may be padding."""
        story = Story(A, B, quartiles="off", ads="stitched").begin().watch(12)
        story.wait(0.3).say("progress", position=12.3)
        assert "content-2" not in " ".join(told(story))


def test_a_stream_that_is_left_at_its_end_was_seen_to_the_end() -> None:
    """S75: whatever length the plan gives the content of which the stream holds a part."""
    story = Story(
        Content(asset_id="A", duration=30), breaks=[mid(8, FIVE)], quartiles="off", ads="stitched"
    )
    story.say("load", duration=20.0)
    story.begin().watch(19.5)
    story.wait(40).say("exit", position=19.5)
    assert story.figures()["ended"] == "completed"
