"""Small numbers that decide: one case on each side of a bound, each with its rule."""

import pytest

from tests.session.story import T0, Story, ad, mid, names, post
from video_tracker.plan import AdRange, Content
from video_tracker.session import Playback, Session
from video_tracker.signals import Play, Playing, Progress


def length_told(story: Story) -> object:
    """The length that the newest event tells."""
    return story.events[-1].total_length


class TestWhatAPositionProves:
    def test_a_seek_that_ran_on_just_as_far_as_time_allows_has_ended(self) -> None:
        """S61, S79: 2.5 s of content in 2 s, half a second of slack, are still in step."""
        story = Story(60).begin().watch(10)
        story.say("seek_start", position=10.0, to=40.0)
        story.wait(2).say("progress", position=42.5)
        assert story.rest[-2:] == [
            "10 Seek Started 10 @content-1 >40",
            "10 Seek Completed 40 @content-1 >40",
        ]

    def test_a_resume_that_was_lost_at_once_is_dated_where_the_pause_was(self) -> None:
        """S61, S79: 1 s of content in the first second after the pause; it never rested."""
        story = Story(60).begin().watch(5)
        story.say("pause", position=5.0)
        story.watch(1)
        assert story.rows[2:] == [
            "5 Paused 5 @content-1",
            "5 Resumed 5 @content-1",
            "5 Content Playing 5 content-1",
        ]
        assert story.figures()["paused"] == 0
        assert story.figures()["content_played"] == 6

    def test_a_pause_just_ahead_of_its_clock_shows_the_first_frame(self) -> None:
        """S79: 0.6 s of content in 0.25 s, within half a second of slack: it had begun at once."""
        story = Story(60)
        story.say("play")
        assert story.wait(0.25).say("pause", position=0.6) == [
            "0 Content Started 0 content-1",
            "0.25 Paused 0 @content-1",
        ]

    @pytest.mark.parametrize("rate", [1.0, 2.0])
    def test_a_seek_s_end_where_playing_leads_is_no_seek(self, rate: float) -> None:
        """S61: as far on as 3 s at the told rate lead, and no seek was begun."""
        story = Story(60).begin().watch(20)
        story.say("update", playback_rate=rate)
        assert story.wait(3).say("seek_end", position=20 + 3 * rate) == []
        assert story.figures()["diagnostics"]["no_seek_open"] == 1

    def test_a_pause_after_a_timeout_may_tell_what_played_unheard(self) -> None:
        """S26: silent since 20, interrupted at 320; 320 s of content in 320 s were played."""
        story = Story(600).begin().watch(20)
        story.wait(320).say("pause", position=340.0)
        assert story.rest[2:] == [
            "320 Interrupted 20 @content-1 timeout",
            "340 Resumed 340 @content-1",
            "340 Paused 340 @content-1",
        ]
        figures = story.figures()
        assert (figures["content_played"], figures["suspended"]) == (340, 0)

    def test_an_ad_that_was_joined_in_its_middle_is_followed_from_its_second_word(self) -> None:
        """S83, S84: 10 s after 1 s are too far; 11 s a second later are in step with that."""
        story = Story(60, quartiles="off", heartbeat=3).begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1", duration=30)
        for second in range(1, 5):
            story.wait(1).say("ad_progress", position=9.0 + second)
        assert story.beats[-1] == "23 Ad Playing 12 ad-1/a1 mid"

    def test_a_pace_that_nobody_told_ends_with_the_steps_that_show_it(self) -> None:
        """S89: twice as fast for 20 s, then as told again: all of it was played."""
        story = Story(600, step=5.0).begin().watch(20).watch(20, rate=2).watch(40)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(80)
        assert (figures["buffering"], figures["suspended"]) == (0, 0)
        assert names(story.events) == ["Playback Started", "Content Started"]

    def test_what_another_playhead_says_is_counted_as_often_as_it_speaks(self) -> None:
        """S91: at 300 another one plays under the same id, and both speak in turn."""
        story = Story(600).begin().watch(10)
        for second in range(1, 6):
            story.wait(0.5).say("progress", position=300.0 + second)
            story.now += 0.5
            story.position += 1
            story.say("progress", position=story.position)
        assert story.figures()["diagnostics"] == {"two_playheads": 5}
        assert story.figures()["content_played"] == 15

    def test_a_jump_beyond_another_playhead_is_not_its_playing(self) -> None:
        """S61, S91: one stood at 301 once; from 500 on the own one goes on, so it was sought."""
        story = Story(600).begin().watch(10).wait(0.5)
        story.say("progress", position=301.0)
        story.wait(0.5).position = 11.0
        story.say("progress", position=11.0)
        story.watch(9).position = 499.0
        story.watch(5)
        assert story.rest[2:] == [
            "21 Seek Started 20 @content-1 >500",
            "21 Seek Completed 500 @content-1 >500",
        ]


class TestEnds:
    def test_who_leaves_while_the_buffer_plays_on_after_an_error_was_not_interrupted(self) -> None:
        """S76: the error was told at 20, and playback had not stopped at 25."""
        story = Story(60).begin().watch(20)
        story.say("error", fatal=True)
        story.watch(4).wait(1)
        assert story.say("exit", position=25.0) == ["25 Exited 25 @content-1"]

    def test_a_loop_begins_at_the_start(self) -> None:
        """S70: the next session is told of no place that is none."""
        playback = Playback(Session("s1", Story(20).plan))
        playback.receive(Play(T0))
        playback.receive(Playing(T0, 0.0))
        for second in range(1, 23):
            playback.receive(Progress(T0 + second, float(second % 20)))
        _, again = playback.sessions
        assert "invalid_position" not in again.diagnostics
        assert again.summary().to_dict()["content_played"] == 2

    def test_no_quality_comes_before_the_start_of_playback(self) -> None:
        """S20, S86: what was told before anything played waits, and follows what began."""
        story = Story(60)
        story.say("quality", bitrate=800)
        story.wait(5).say("playing", position=0.0)
        assert [line.rsplit(" ", 1)[0] for line in story.rows] == [
            "5 Playback Started",
            "5 Content Started 0",
            "5 Quality Updated",
        ]

    def test_the_beats_of_a_silence_without_end_leave_the_grid_as_it_was(self) -> None:
        """S42, S60: 400 beats at once, and the next one where the grid has it."""
        story = Story(6000, idle_timeout=10_000)
        story.say("play")
        story.say("playing")
        story.wait(4504).say("tick")
        assert len(story.beats) == 400
        assert story.wait(6).say("tick") == ["4510 Content Playing 4510 content-1"]


class TestAds:
    def test_a_failed_ad_is_a_post_roll_s_only_after_the_content(self) -> None:
        """S4, S71: nobody says which; in the content none was due, behind it the post-roll."""
        story = Story(60, breaks=[post(ad("p", 15))]).begin().watch(20)
        story.say("ad_error")
        story.say("pause", position=20.0)
        assert length_told(story) == 75
        story.say("play", position=20.0)
        story.watch(40).say("content_end", position=60.0)
        story.say("ad_error")
        story.say("end")
        assert names(story.events)[-1] == "Playback Completed"
        assert length_told(story) == 60

    def test_a_break_is_not_ahead_where_a_faster_playhead_is_already(self) -> None:
        """S92: at twice the speed 5 s bring it from 20 to 30; the break at 31 begins."""
        story = Story(60, quartiles="off").begin()
        story.say("update", playback_rate=2.0)
        story.watch(10, rate=2).wait(5)
        said = story.say("ad_break_start", offset=31.0)
        assert said == ["15 Content Completed 30 content-1"]

    def test_a_break_that_turns_out_to_be_another_one_leaves_no_trace(self) -> None:
        """S12: its ad is that of the planned break 1.8 s ahead; the next new one is the second."""
        story = Story(60, breaks=[mid(31.8, ad("a", 5))], quartiles="off").begin().watch(30)
        story.pod(("a", 5)).watch(20).pod(("x", 5))
        assert [line for line in story.rest if " Ad Started " in line] == [
            "30 Ad Started 0 ad-1/a mid",
            "55 Ad Started 0 ad-2/x mid",
        ]

    def test_a_late_end_of_an_earlier_ad_ends_nothing(self) -> None:
        """S62: the second ad of the pod plays on."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.ad("a", 5).ad_start("b", duration=10)
        story.watch_ad(4)
        assert story.say("ad_end", asset_id="a") == []
        story.watch_ad(6)
        assert story.ad_end() == ["35 Ad Completed 10 ad-1/b mid"]

    def test_content_that_moved_before_a_mute_end_moved_since_the_ad_s_end(self) -> None:
        """S62, S79: 1 s of content at 26 shows that the ad was over at 25, whoever says it late."""
        story = Story(60, quartiles="off", step=0.5).begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1", duration=15)
        story.watch_ad(5).watch(1).say("ad_end")
        assert story.rest[2:] == [
            "20 Content Completed 20 content-1",
            "20 Ad Started 0 ad-1/a1 mid",
            "25 Content Started 20 content-2",
        ]
        figures = story.figures()
        assert (figures["ad_played"], figures["content_played"]) == (5, 21)

    def test_play_between_two_ads_is_a_second_play(self) -> None:
        """S14, S61: nothing was paused; it brings nothing, and is counted."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.ad("a", 5)
        assert story.wait(1).say("play") == []
        assert story.figures()["diagnostics"] == {"already_playing": 1}

    def test_a_stall_between_two_ads_brings_no_beat_into_the_break(self) -> None:
        """S14, S26, S46: nothing is awaited there but the end of five minutes of silence."""
        story = Story(60)
        for name in ("play", "playing", "ad_break_start", "ad_start", "ad_end", "buffer_start"):
            story.say(name)
            story.wait(1)
        story.say("buffer_end")
        assert story.session.wake_at() == story.start + 6 + 300

    def test_twenty_breaks_count_each_for_itself(self) -> None:
        """S1: 20 times 3 s of ads in 100 s of content."""
        story = Story(100, quartiles="off").begin()
        for _ in range(20):
            story.watch(5).pod(("a", 3))
            story.say("playing", position=story.position)
        story.say("pause", position=100.0)
        story.end()
        assert story.rest[-1] == "160 Playback Completed 160"


class TestStreams:
    def test_positions_that_run_on_in_a_seek_end_it(self) -> None:
        """S61: 2.5 s of the stream in 2.5 s since the first of them at 12; it ended there."""
        story = Story(120, breaks=[mid(90, ad("a", 15))], ads="stitched").begin().watch(10)
        story.say("seek_start", position=10.0)
        story.wait(2).say("progress", position=40.0)
        story.wait(2.5).say("progress", position=42.5)
        assert story.rest[-2:] == [
            "10 Seek Started 10 @content-1",
            "12 Seek Completed 40 @content-1 >40",
        ]
        assert story.figures()["diagnostics"] == {"seek_end_lost": 1}
        assert story.figures()["seeking"] == 2
        story.position = 42.5
        story.watch(5)
        assert story.say("pause", position=47.5) == ["19.5 Paused 47 @content-1"]

    @pytest.mark.parametrize("window", [0.0, 0.5])
    def test_positions_that_run_on_in_an_ad_end_the_seek_into_it(self, window: float) -> None:
        """S21, S61: the ad from 90 on plays since 12, from its second 2 on."""
        story = Story(
            *(120, 60), breaks=[mid(90, ad("a", 15))], ads="stitched", scrub_window=window
        )
        story.begin().watch(10).say("seek_start", position=10.0)
        story.wait(2).say("progress", position=92.0)
        story.wait(2.5).say("progress", position=94.5)
        story.wait(1).say("progress", position=95.5)
        assert story.rest[-4:] == [
            "10 Seek Started 10 @content-1",
            "12 Seek Completed 90 @content-2 >90",
            "12 Content Completed 10 content-1",
            "12 Ad Started 2 ad-1/a mid",
        ]
        assert story.figures()["diagnostics"] == {"seek_end_lost": 1}

    def test_an_end_without_a_position_is_where_time_has_brought_the_playhead(self) -> None:
        """S9, S63, S79: last heard of at 59.5, the stream ran out with its ad of 2 s at 62."""
        story = Story(60, breaks=[post(ad("p", 2))], ads="stitched", quartiles="off")
        story.begin().watch(59.5).wait(2.5)
        assert story.say("end") == [
            "60 Content Completed 60 content-1",
            "60 Ad Started 0 ad-1/p post",
            "62 Ad Completed 2 ad-1/p post",
            "62 Playback Completed 62",
        ]

    def test_a_range_told_late_was_run_over_at_the_rate_that_was_told(self) -> None:
        """S9: at twice the speed the ads from 2 to 6 played from 1 s to 3 s."""
        story = Story(60, ads="stitched", quartiles="off", heartbeat=30).begin()
        story.say("update", playback_rate=2.0)
        story.watch(10, rate=2)
        story.say("ad_ranges", ranges=[AdRange(start=2, end=6, ads=(ad("a", 4),))])
        assert story.rest[2:] == [
            "1 Content Completed 2 content-1",
            "1 Ad Started 0 ad-1/a mid",
            "3 Ad Completed 4 ad-1/a mid",
            "3 Content Started 2 content-2",
        ]

    def test_a_post_roll_lies_at_the_end_of_a_stream_whose_content_has_no_length(self) -> None:
        """S9: of 75 s the last 15 are the planned ad's, and the content is the rest."""
        story = Story(Content(asset_id="film"), breaks=[post(ad("p", 15))], ads="stitched")
        story.say("play")
        story.say("progress", position=0.0, duration=75.0)
        story.watch(75).end()
        assert story.rest == [
            "0 Playback Started 0",
            "0 Content Started 0 content-1",
            "60 Content Completed 60 content-1",
            "60 Ad Started 0 ad-1/p post",
            "75 Ad Completed 15 ad-1/p post",
            "75 Playback Completed 75",
        ]

    def test_a_place_well_before_an_ad_is_none_of_its_places(self) -> None:
        """S63, S78: it is nothing's, and the ad played on for 0.75 s."""
        story = Story(60, breaks=[mid(30, ad("a", 15))], ads="stitched").begin().watch(30)
        story.wait(0.75).say("pause", position=20.0)
        (told,) = story.session.position_now().ads
        assert (told.asset_id, told.seconds) == ("a", 0.75)

    def test_a_clock_that_steps_back_is_counted_in_a_stream_too(self) -> None:
        """S64: progress is dated before the newest word, however well it fits."""
        story = Story(60, breaks=[mid(50, ad("a", 5))], ads="stitched").begin().watch(10)
        story.say_at(11.5, "quality", bitrate=800)
        story.say_at(11.0, "progress", position=11.0)
        assert story.figures()["diagnostics"] == {"clock_stepped_back": 1}

    def test_a_seek_into_an_ad_and_back_in_one_pause_has_left_the_content_nowhere(self) -> None:
        """S21: the pod completes where its content then stops, at the break."""
        story = Story(60, breaks=[mid(30, ad("a", 10))], ads="stitched", quartiles="off")
        story.begin().watch(20).say("pause", position=20.0)
        story.wait(1).seek(35).wait(1).seek(10).wait(1)
        story.say("play", position=10.0)
        story.say("playing", position=10.0)
        story.watch(21)
        assert [line.split(" ", 1)[1] for line in story.rest[-2:]] == [
            "Content Completed 30 content-1",
            "Ad Started 0 ad-1/a mid",
        ]

    def test_seeks_from_ad_to_ad_in_one_pause_leave_the_content_once(self) -> None:
        """S21: the first one left it at 20; the ad in which it landed never moved."""
        breaks = [mid(30, ad("a", 10)), mid(60, ad("b", 10))]
        story = Story(90, breaks=breaks, ads="stitched", quartiles="off")
        story.begin().watch(20).say("pause", position=20.0)
        story.wait(1).seek(35).wait(1).seek(70).wait(1)
        story.say("play", position=70.0)
        story.say("playing", position=70.0)
        story.watch(1)
        assert story.rest[-3:] == [
            "24 Content Completed 20 content-1",
            "24 Resumed 60 @ad-2",
            "24 Ad Started 0 ad-2/b mid",
        ]


def test_a_lost_seek_end_in_a_stream_is_seen_from_where_the_seek_was_told_to_go() -> None:
    """S9, S79: as it is without ads in the stream, though another place was heard before."""

    def told(ads: str) -> list[str]:
        story = Story(600, quartiles="off", heartbeat=None, ads=ads).begin()
        story.wait(1.5).say("seek_start", to=494.0)
        story.wait(2.5).say("progress", position=496.5)
        story.wait(1).say("exit", position=497.5)
        return story.rows

    assert told("stitched") == told("client")
    assert told("stitched")[-2:] == [
        "1.5 Seek Completed 494 @content-1 >494",
        "5 Exited 497 @content-1",
    ]
