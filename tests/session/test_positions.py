"""Positions on the session's timeline, of content and ads, in whole seconds: S1, S2, S3, S5."""

import math
from typing import Any

import pytest

from tests.session.story import Story, ad, mid, pre
from video_tracker.plan import Content


def here(story: Story) -> int | None:
    """The session position now, as a pause and its resume tell it."""
    before = len(story.events)
    story.say("pause")
    story.wait(3).say("play")
    told = [event for event in story.events[before:] if "Playback" in event.name]
    assert [event.name for event in told] == ["Video Playback Paused", "Video Playback Resumed"]
    assert told[0].position == told[1].position
    return told[0].position


def after_pre_roll(**settings: Any) -> Story:
    """10 s of pre-roll seen; mid-rolls of 10 s and 5 s wait at 20 and 40 of 60."""
    story = Story(
        60,
        breaks=[pre(ad("a0", 10)), mid(20, ad("a1", 10)), mid(40, ad("a2", 5))],
        **settings,
    )
    story.say("play")
    story.pod(("a0", 10))
    story.say("playing", position=0.0)
    return story


def after_mid_roll(watched: float = 10) -> Story:
    """The same, and the mid-roll at 20 seen for so long; content goes on."""
    story = after_pre_roll().watch(20)
    story.say("ad_break_start")
    story.ad_start("a1", duration=10)
    story.watch_ad(watched)
    if watched < 10:
        story.say("ad_skip", position=watched)
    else:
        story.ad_end()
    story.say("ad_break_end")
    story.say("playing", position=20.0)
    return story


class TestSessionPosition:
    def test_the_pre_roll_counts_once_it_is_seen(self) -> None:
        """S1: content position plus the seconds of ad played."""
        assert here(after_pre_roll().watch(5)) == 15

    def test_the_current_ad_counts_as_far_as_it_played(self) -> None:
        """S1: in the first ad, only that ad."""
        story = Story(60, breaks=[pre(ad("a0", 10))])
        story.say("play")
        story.say("ad_break_start")
        story.ad_start("a0", duration=10)
        story.watch_ad(4)

        assert here(story) == 4

    def test_the_current_ad_counts_on_top_of_earlier_ads_and_content(self) -> None:
        """S1: 20 of content, 10 of pre-roll, 3 of the mid-roll."""
        story = after_pre_roll().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1", duration=10)
        story.watch_ad(3)

        assert here(story) == 33

    def test_the_second_ad_of_a_pod_counts_on_top_of_the_first(self) -> None:
        """S1: 10 of the first ad, 2 of the second."""
        story = Story(60)
        story.say("play")
        story.say("ad_break_start")
        story.ad("a1", 10)
        story.ad_start("a2", duration=10)
        story.watch_ad(2)

        assert here(story) == 12

    def test_parts_are_added_before_they_are_rounded_down(self) -> None:
        """S1, S3: 9.6 s of ad and 5.6 s of content are 15, not 9 + 5."""
        story = Story(60)
        story.say("play")
        story.pod(("a0", 9.6))
        story.say("playing", position=0.0)
        story.watch(5.6)

        assert here(story) == 15

    def test_a_skipped_ad_counts_as_far_as_it_played(self) -> None:
        """S1: seconds actually played, not the declared ones."""
        assert here(after_mid_roll(watched=4).watch(5)) == 25 + 10 + 4

    def test_an_unseen_break_never_counts(self) -> None:
        """S1: a seek over the mid-rolls adds nothing of them."""
        story = after_pre_roll().watch(5).seek(50).watch(2)

        assert here(story) == 52 + 10
        assert [event.position for event in story.named("Playback Seek Completed")] == [60]

    def test_a_break_no_longer_counts_after_a_seek_to_before_it(self) -> None:
        """S1: back at 10, only the pre-roll lies behind."""
        assert here(after_mid_roll().watch(5).seek(10).watch(1)) == 11 + 10

    def test_a_break_counts_again_after_a_seek_forward_over_it(self) -> None:
        """S1: back before the break and forward again."""
        story = after_mid_roll().watch(5).seek(10).watch(1).seek(30).watch(1)

        assert here(story) == 31 + 10 + 10
        assert [event.position for event in story.named("Playback Seek Started")] == [45, 21]
        assert [event.position for event in story.named("Playback Seek Completed")] == [20, 50]

    def test_a_break_at_the_very_position_counts(self) -> None:
        """S1: at or before the current content position."""
        assert here(after_mid_roll().watch(5).seek(20)) == 20 + 10 + 10

    def test_a_break_just_after_the_position_does_not_count(self) -> None:
        """S1: at 18.5 the break at 20 still lies ahead."""
        story = after_mid_roll().watch(5).seek(18.5)

        assert [event.position for event in story.named("Playback Seek Completed")] == [28]

    @pytest.mark.parametrize(("first", "again"), [(4, 10), (10, 4), (10, 10)])
    def test_an_ad_seen_again_replaces_what_was_seen_of_it(self, first: int, again: int) -> None:
        """S1: it counts once, as it was seen last."""
        story = after_mid_roll(watched=first).watch(2).seek(18).watch(2)
        story.say("ad_break_start")
        story.ad_start("a1", duration=10)
        story.watch_ad(3)
        assert here(story) == 20 + 10 + 3, "while it plays again"
        story.watch_ad(again - 3)
        if again < 10:
            story.say("ad_skip", position=float(again))
        else:
            story.ad_end()
        story.say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(5)

        assert here(story) == 25 + 10 + again

    def test_an_unplanned_break_is_remembered_where_it_was_seen(self) -> None:
        """S1: without any plan, seeks back and forth treat the break alike."""
        story = Story(60).begin().watch(20)
        story.pod(("a1", 10))
        story.say("playing", position=20.0)
        story.watch(5)
        assert here(story) == 35
        story.seek(10).watch(1)
        assert here(story) == 11
        story.seek(40).watch(1)
        assert here(story) == 51

    def test_the_sought_position_is_on_the_session_s_timeline(self) -> None:
        """S1, S33: the target counts the ads that will lie before it."""
        story = after_mid_roll().watch(5).seek(10)
        assert [e for e in story.rest if "Seek" in e] == [
            "45 Seek Started 45 @content-2 >20",
            "45.5 Seek Completed 20 @content-1 >20",
        ]

    def test_assets_left_behind_count_with_their_whole_length(self) -> None:
        """S1: the lengths of the content assets already left behind, and their ads."""
        story = Story(
            Content(asset_id="one", duration=60),
            Content(asset_id="two", duration=30),
            breaks=[pre(ad("a0", 10))],
        )
        story.say("play")
        story.pod(("a0", 10))
        story.say("playing", position=0.0)
        story.watch(60).say("content_end", position=60.0)
        story.say("content_start", asset_id="two", position=0.0)
        story.position = 0.0
        story.watch(5)

        assert here(story) == 60 + 10 + 5

    def test_a_resumed_viewing_starts_where_it_was_left(self) -> None:
        """S1, S52: the start offset is the position of Playback Started."""
        story = Story(1200)
        story.say("play", position=600.0)
        story.wait(1).say("playing", position=600.0)

        assert story.rows == ["0 Playback Started 600", "1 Content Started 600 content-1"]

    def test_a_pre_roll_before_a_resumed_viewing_counts_from_there(self) -> None:
        """S1: the content position is the start offset; unseen breaks before it do not count."""
        breaks = [pre(ad("a0", 8)), mid(300, ad("a1", 8))]
        story = Story(1200, breaks=breaks)
        story.say("play", position=600.0)
        story.say("ad_break_start")
        story.ad_start("a0")
        story.watch_ad(4)
        assert here(story) == 604
        story.watch_ad(4).ad_end()
        story.say("ad_break_end")
        assert story.say("playing", position=600.0)[0].split(" ", 1)[1] == (
            "Content Started 600 content-2"
        )
        story.position = 600.0
        story.watch(5)
        assert here(story) == 613


class TestContentAndAdPositions:
    def test_content_events_leave_ads_out(self) -> None:
        """S2, S5: the beat ten seconds into the content says 10, of 60."""
        story = after_pre_roll().watch(11)
        (beat,) = story.named("Content Playing")

        assert (beat.position, beat.total_length) == (10, 60)

    def test_ad_events_tell_the_ad_alone(self) -> None:
        """S2, S5: every event of the second ad counts from its own start."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.pod(("a1", 12), ("a2", 21))

        ads = [event for event in story.events if "Ad" in event.name]
        assert [(e.name.removeprefix("Video Ad "), e.position, e.total_length) for e in ads] == [
            ("Started", 0, 12),
            ("Playing", 10, 12),
            ("Completed", 12, 12),
            ("Started", 0, 21),
            ("Playing", 10, 21),
            ("Playing", 20, 21),
            ("Completed", 21, 21),
        ]


class TestWholeSeconds:
    def test_positions_are_rounded_down(self) -> None:
        """S3: 5.999 s is 5."""
        story = Story(60).begin().watch(5)
        story.wait(0.999).say("progress", position=5.999)

        assert here(story) == 5

    @pytest.mark.parametrize(
        ("length", "ended_at", "position"),
        [
            (60, 60.0, 60),
            (60, 59.3, 60),
            (60.08, 60.08, 60),
            (60.08, 60.5, 60),
            (60.9, 60.0, 60),
            (60.9, 60.9, 60),
            (60, 60.4, 60),
        ],
    )
    def test_a_completed_event_near_its_length_reports_the_length(
        self, length: float, ended_at: float, position: int
    ) -> None:
        """S3: within a second of the known length; lengths are rounded down too."""
        story = Story(length).begin().watch(58, step=1)
        story.watch(ended_at - 58, step=0.25).end()

        assert [
            (event.position, event.total_length)
            for event in story.events
            if event.name.endswith("Completed")
        ] == [(position, math.floor(length))] * 2

    def test_an_ad_completed_near_its_length_reports_the_length(self) -> None:
        """S3: 14.4 of 15 is 15, and 15.3 of 15 too."""
        story = Story(60).begin().watch(20)
        story.say("ad_break_start")
        story.ad("a1", 14.4, declared=15).ad("a2", 15.3, declared=15)

        assert [event.position for event in story.named("Ad Completed")] == [15, 15]

    def test_lengths_are_added_before_they_are_rounded_down(self) -> None:
        """S3, S4: 60.6 and 15.6 are 76."""
        story = Story(60.6, breaks=[pre(ad("a0", 15.6))])
        story.say("play")

        assert story.events[0].total_length == 76

    @pytest.mark.parametrize(
        "bad",
        [math.nan, -5.0, -math.inf, math.inf, 1e300, True, "seven", [7], object()],
        ids=lambda value: f"{type(value).__name__}-{str(value)[:8]}",
    )
    @pytest.mark.parametrize("signal", ["progress", "pause", "playing", "play"])
    def test_an_impossible_position_never_reaches_an_event(self, signal: str, bad: Any) -> None:
        """S3: the position known before it stands."""
        story = Story(60).begin().watch(7)
        if signal == "pause":
            story.say("pause", position=bad)
            story.wait(3).say("play", position=bad)
            paused, resumed = story.rest[-2:]
            assert (paused, resumed) == ("7 Paused 7 @content-1", "10 Resumed 7 @content-1")
        else:
            story.say(signal, position=bad)
            assert here(story) == 7
        story.watch(53).end()
        assert story.rest[-2:] == [
            f"{story.now:g} Content Completed 60 content-1",
            f"{story.now:g} Playback Completed 60",
        ]

    @pytest.mark.parametrize("signal", ["progress", "pause", "seek_end"])
    def test_milliseconds_never_reach_an_event(self, signal: str) -> None:
        """S3: far beyond the known length is absurd."""
        story = Story(60).begin().watch(5)
        if signal == "seek_end":
            story.say("seek_start", position=5.0)
        story.wait(0.25).say(signal, position=5250.0)
        story.wait(0.25).say("tick")
        story.say("exit")
        assert max(event.position or 0 for event in story.events) <= 60

    @pytest.mark.parametrize("bad", [math.nan, -1.0, math.inf, 1e300, True, "x"])
    def test_an_impossible_length_never_reaches_an_event(self, bad: Any) -> None:
        """S3: the length known before it stands; an ad's is unknown."""
        story = Story(60).begin().watch(5)
        story.say("progress", position=5.0, duration=bad)
        story.say("load", duration=bad)
        story.say("update", duration=bad)
        story.say("ad_break_start")
        story.say("ad_start", asset_id="a1", duration=bad)

        assert [event.total_length for event in story.events] == [60, 60, 60, None]
