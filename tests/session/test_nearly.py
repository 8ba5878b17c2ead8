"""What lies just beside a rule: what nearly happened, and what happened by a little only."""

from typing import Any

import pytest

from tests.session.story import T0, Story, ad, mid, post, pre
from tests.session.test_stitched import MID, Stream
from video_tracker.events import AdStarted, QualityUpdated
from video_tracker.plan import Content

ITEMS = (Content(asset_id="one", duration=60), Content(asset_id="two", duration=30))
NEXT = [pre(ad("n", 5), content_asset_id="two")]
"""Its pre-roll."""


class TestContentUnderAds:
    def test_content_that_only_stirred_before_a_mute_end_has_not_moved_on(self) -> None:
        """S62: 0.3 s are none; the ad ended when that was said, and its break is still open."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1", duration=15)
        story.watch_ad(5).wait(0.25).say("progress", position=20.3)
        assert story.wait(0.75).say("ad_end") == []
        assert story.rest[-1] == "20 Ad Started 0 ad-1/a1 mid"
        figures = story.figures()
        assert (figures["ad_played"], figures["content_played"]) == (6, 20)


class TestPods:
    def test_a_break_that_nobody_planned_keeps_its_id_when_it_is_seen_again(self) -> None:
        """S1, S12: the player names it x both times; its ad counts once."""
        story = Story(60, quartiles="off").begin()
        story.watch(20).pod(("a", 5), pod_id="x").watch(10).seek(10).watch(10)
        story.pod(("a", 5), pod_id="x")
        ids = [each.pod_id for each in story.events if isinstance(each, AdStarted)]
        assert ids == ["x", "x"]
        assert story.session.position_now().position == 20 + 5

    def test_a_first_default_name_that_was_given_in_vain_is_given_again(self) -> None:
        """S12: the planned break has its own name, so the next new one is the first of ours."""
        breaks = [mid(31.8, ad("a", 5), pod_id="own")]
        story = Story(60, breaks=breaks, quartiles="off").begin().watch(30)
        story.pod(("a", 5)).watch(20).pod(("x", 5))
        assert [line for line in story.rest if " Ad Started " in line] == [
            "30 Ad Started 0 own/a mid",
            "55 Ad Started 0 ad-1/x mid",
        ]


class TestPaces:
    def test_a_pause_at_twice_the_speed_was_undone_when_the_place_says(self) -> None:
        """S79: 1.8 s of content before the exit took 0.9 s."""
        story = Story(60).begin()
        story.say("update", playback_rate=2.0)
        story.watch(5, rate=2).say("pause", position=10.0)
        story.wait(1).say("exit", position=11.8)
        assert story.rest[2:] == [
            "5 Paused 10 @content-1",
            "5.1 Resumed 10 @content-1",
            "6 Exited 11 @content-1",
        ]

    def test_a_place_that_no_time_explains_shows_no_first_frame(self) -> None:
        """S79: 2 s of content cannot have played in the second since play."""
        story = Story(60)
        story.say("play")
        story.wait(1).say("exit", position=2.0)
        assert story.rows == ["0 Playback Started 0", "1 Exited 0"]

    def test_an_ever_faster_pace_that_nobody_told_is_no_seek(self) -> None:
        """S89: 2.5 and then 3.9 times as fast."""
        story = Story(600, step=5.0).begin().watch(20)
        story.watch(5, rate=2.5).watch(5, rate=3.9)
        figures = story.figures()
        assert story.rest[2:] == []
        assert figures["content_played"] == pytest.approx(30)
        assert figures["diagnostics"] == {"rate_untold": 1}

    def test_what_comes_back_with_a_jump_was_interrupted_until_then(self) -> None:
        """S26: 1.8 s of content cannot have played in the second that it was interrupted."""
        story = Story(60).begin().watch(10)
        story.say("interrupt")
        story.wait(1).say("progress", position=11.8)
        assert story.rest[2:] == ["10 Interrupted 10 @content-1", "11 Resumed 11 @content-1"]
        figures = story.figures()
        assert (figures["interrupted"], figures["content_played"]) == (1, 10)

    def test_another_playhead_that_hurries_a_little_is_still_the_other_one(self) -> None:
        """S91: 2.5 s on in a second; and when it goes on from there it makes no seek."""
        story = Story(600).begin().watch(10)
        for now, place in ((10.5, 301.0), (11.0, 11.0), (11.5, 303.5), (11.75, 303.75)):
            story.now = now
            story.say("progress", position=place)
        story.now = story.position = 12.0
        story.say("progress", position=12.0)
        assert story.rest[2:] == []
        assert story.figures()["diagnostics"] == {"two_playheads": 3}

    def test_an_ad_that_nobody_started_is_known_by_steps_that_time_explains(self) -> None:
        """S83: from 5 to 7 in a second are no step of an ad, from 7 to 8 are."""
        story = Story(60, quartiles="off").begin().watch(20)
        for place in (5.0, 7.0, 8.0):
            story.wait(1).say("ad_progress", position=place)
        (started,) = story.named("Ad Started")
        assert started.at - story.start == 22


class TestRates:
    def test_a_rate_above_nothing_ends_the_stall_of_rate_nothing(self) -> None:
        """S74: in the same call."""
        story = Story(60).begin().watch(10)
        story.say("update", playback_rate=0.0)
        story.wait(5)
        assert story.say("update", playback_rate=1.0) == ["15 Buffer Completed 10 @content-1"]


class TestSeeks:
    def test_a_seek_goes_on_from_the_last_place_to_which_its_positions_jumped(self) -> None:
        """S61: the scrubber stood at 20, then content ran on from 50 for 2.5 s."""
        story = Story(60).begin().watch(10)
        story.say("seek_start", position=10.0)
        for passed, place in ((1, 20.0), (1, 50.0), (1, 51.0), (1.5, 52.5)):
            story.wait(passed).say("progress", position=place)
        assert story.rest[-1] == "12 Seek Completed 50 @content-1 >50"

    def test_what_a_seek_in_a_pause_landed_in_is_told_before_it_plays_on(self) -> None:
        """S22, S86: the pod behind the unwatched break began when the seek ended."""
        story = Story(60, breaks=[mid(30, ad("a", 5))]).begin().watch(10)
        story.say("pause", position=10.0)
        story.wait(1).seek(40).wait(1)
        assert story.say("play", position=40.0) == [
            "11.5 Content Started 40 content-2",
            "12.5 Resumed 40 @content-2",
            "12.5 Content Playing 40 content-2",
        ]


class TestTimeouts:
    def test_a_word_after_a_timeout_says_by_its_place_that_all_was_played(self) -> None:
        """S26, S79: 320 s of content in 320 s of silence; then the viewer leaves."""
        story = Story(600).begin().watch(10)
        assert story.wait(320).say("exit", position=330.0)[-1] == "330 Exited 330 @content-1"
        figures = story.figures()
        assert (figures["content_played"], figures["suspended"]) == (330, 0)

    def test_what_comes_back_elsewhere_after_a_timeout_says_where(self) -> None:
        """S26, S63: 400 s of content cannot have played in 310 s, so none of them did."""
        story = Story(600).begin().watch(10)
        story.wait(310).say("progress", position=410.0)
        assert story.rest[2:] == [
            "310 Interrupted 10 @content-1 timeout",
            "320 Resumed 410 @content-1",
        ]
        assert story.figures()["content_played"] == 10


class TestErrors:
    def test_who_leaves_after_an_error_before_the_start_was_interrupted_at_the_start(self) -> None:
        """S76: nothing moved after Playback Started."""
        story = Story(60)
        story.say("error", fatal=True)
        story.say("play")
        story.wait(1).say("exit")
        assert story.rows == [
            "0 Playback Started 0",
            "0 Interrupted 0 error",
            "1 Exited 0",
        ]


class TestQualities:
    def test_qualities_that_waited_for_the_first_frame_come_one_by_one(self) -> None:
        """S25, S86: each with its own bitrate."""
        story = Story(60)
        story.say("play")
        story.wait(1).say("quality", bitrate=800)
        story.wait(1).say("quality", bitrate=900)
        story.wait(1).say("quality", bitrate=1000)
        story.wait(2).say("playing", position=0.0)
        told = [each for each in story.events if isinstance(each, QualityUpdated)]
        assert [(each.at - story.start, each.bitrate) for each in told] == [
            (1, 800),
            (2, 900),
            (3, 1000),
        ]


class TestAdsAndTimes:
    def test_what_the_player_left_unsaid_of_a_short_ad_is_dated_to_the_half_second(self) -> None:
        """S62: heard at 3 s of 6.5 s; the next ad comes at 10 s."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a", duration=6.5)
        story.watch_ad(3).wait(7)
        assert story.ad_start("b", duration=5) == [
            "26.5 Ad Completed 6 ad-1/a mid",
            "30 Ad Started 0 ad-1/b mid",
        ]

    def test_an_ad_that_nobody_started_began_at_its_first_place(self) -> None:
        """S83: at 0, a second before it was at 1."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_progress", position=0.0)
        assert story.wait(1).say("ad_progress", position=1.0) == [
            "20 Content Completed 20 content-1",
            "20 Ad Started 0 ad-1/ad-1-1 mid",
        ]

    def test_times_may_count_from_any_zero(self) -> None:
        """S46, S84: four seconds after the first one the ad is at 4 s."""
        story = Story(60, breaks=[pre(ad("a", 60))], start=1.0, quartiles="off")
        story.say("play")
        story.say("ad_break_start")
        story.ad_start("a")
        story.wait(4).say("ad_progress", position=4.0)
        assert story.figures()["ad_played"] == 4
        assert story.figures()["diagnostics"] == {}

    def test_a_paused_ad_that_stirred_is_paused_until_it_is_over(self) -> None:
        """S79: 0.3 s prove no playing."""
        story = Story(60, quartiles="off").begin().watch(10)
        story.say("ad_break_start")
        story.ad_start("a", duration=15)
        story.watch_ad(5).say("pause", position=5.0)
        story.wait(1).say("exit", position=5.3)
        assert story.rest[-2:] == ["15 Paused 15 @ad-1", "16 Exited 15 @ad-1"]
        assert story.figures()["paused"] == 1

    def test_an_ad_that_is_started_twice_at_its_place_is_one(self) -> None:
        """S62: it is the second of its pod, and nobody gives it a name."""
        story = Story(60, quartiles="off").begin().watch(10)
        story.say("ad_break_start")
        story.ad("a", 5)
        story.say("ad_start", pod_position=2)
        assert story.wait(1).say("ad_start", pod_position=2) == []

    def test_a_quartile_passed_unheard_comes_before_a_mute_pause(self) -> None:
        """S45, S86: from 5.5 s of 12 s the ad played a second on."""
        story = Story(60, breaks=[pre(ad("a", 12))], heartbeat=None)
        story.say("play")
        story.say("ad_break_start")
        story.ad_start("a")
        story.watch_ad(5.5, step=0.5)
        assert story.wait(1).say("pause") == [
            "6.5 Ad Playing 6 ad-1/a pre q2",
            "6.5 Paused 6 @ad-1",
        ]

    def test_content_far_from_its_place_that_runs_in_a_break_ends_it(self) -> None:
        """S62: it was first heard at 50, and moved on by 2 s from there."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a", duration=30)
        for place in (50.0, 51.0, 52.0):
            story.wait(1).say("progress", position=place)
        assert story.rest[-1] == "21 Content Started 50 content-2"


class TestScrubs:
    def test_a_first_frame_within_the_window_says_where_it_plays(self) -> None:
        """S33, S79: 1.2 s of content in 0.4 s at twice the speed, and half a second is none."""
        story = Story(60, scrub_window=0.5).begin()
        story.say("update", playback_rate=2.0)
        story.watch(5, rate=2).say("seek_start", position=10.0, to=40.8)
        story.wait(1).say("seek_end", position=40.8)
        story.wait(0.4).say("playing", position=42.0)
        story.say("exit")
        assert story.rest[-1] == "6.4 Exited 42 @content-1"

    def test_a_seek_begins_where_it_is_told_to_have(self) -> None:
        """S33: though that is a second further than playing has brought it."""
        story = Story(60).begin().watch(20)
        assert story.wait(1).say("seek_start", position=22.0, to=40.0) == [
            "21 Seek Started 22 @content-1 >40"
        ]


class TestFirstFrames:
    def test_content_before_a_due_pre_roll_moves_on_in_small_steps(self) -> None:
        """S73: 0.6 s of it in two steps are no glimpse."""
        story = Story(60, breaks=[pre(ad("a", 5))]).begin()
        assert story.wait(0.3).say("progress", position=0.3) == []
        assert story.wait(0.3).say("progress", position=0.6) == ["0 Content Started 0 content-1"]

    def test_a_stall_says_by_its_place_that_content_before_a_pre_roll_played(self) -> None:
        """S73, S79: a second further than it was shown at, whatever time allows."""
        story = Story(60, breaks=[pre(ad("a", 5))]).begin()
        assert story.wait(0.25).say("buffer_start", position=1.0) == [
            "0 Content Started 0 content-1",
            "0.25 Buffer Started 1 @content-1",
        ]

    def test_before_its_first_frame_a_player_may_say_where_it_will_begin(self) -> None:
        """S78: as far away as it likes."""
        story = Story(900)
        story.say("play")
        story.wait(1).say("pause", position=600.0)
        assert story.figures()["diagnostics"] == {}

    def test_two_words_of_one_moment_tell_no_pace(self) -> None:
        """S61, S89: from 10 to 50 in no time is a jump."""
        story = Story(600).begin().watch(10)
        story.say("progress", position=50.0)
        story.wait(1).say("progress", position=51.0)
        assert story.rest[2:] == [
            "10 Seek Started 10 @content-1 >50",
            "10 Seek Completed 50 @content-1 >50",
        ]


class TestPlacements:
    def test_a_nameless_break_before_the_first_frame_is_no_mid_roll(self) -> None:
        """S10: resumed at 600, the viewer sees a pre-roll, not the break at 300."""
        story = Story(1200, breaks=[mid(300, ad("a", 5))], quartiles="off")
        story.say("play", position=600.0)
        story.say("ad_break_start")
        assert story.ad_start("x", duration=5) == ["0 Ad Started 0 ad-2/x pre"]

    def test_a_nameless_break_behind_the_content_is_no_mid_roll(self) -> None:
        """S10: the unwatched break at 58 lies before the end."""
        story = Story(60, breaks=[mid(58, ad("a", 5))], quartiles="off")
        story.begin().watch(50).seek(59).watch(1).say("content_end", position=60.0)
        story.say("ad_break_start")
        assert story.ad_start("x", duration=5) == ["51.5 Ad Started 0 ad-2/x post"]

    def test_a_break_at_the_very_end_is_a_post_roll(self) -> None:
        """S10: it is declared at the length."""
        story = Story(60, quartiles="off").begin().watch(30)
        story.say("ad_break_start", offset=60.0, ads=[ad("x", 5)])
        story.watch(30)
        assert story.ad_start("x")[-1] == "60 Ad Started 0 ad-1/x post"
        story.watch_ad(5).ad_end()
        story.say("ad_break_end")
        assert story.say("exit")[-1] == "65 Playback Completed 65"

    def test_a_break_that_was_passed_stays_passed_when_a_later_one_plays(self) -> None:
        """S12, S81: at 22 again, an ad that begins there is none of the break at 20."""
        breaks = [mid(20, ad("a", 5)), mid(40, ad("b", 5))]
        story = Story(60, breaks=breaks, quartiles="off").begin().watch(40)
        story.pod(("b", 5)).watch(2).seek(22).watch(1)
        story.say("ad_break_start")
        assert story.ad_start(None, duration=7)[-1] == "48.5 Ad Started 0 ad-3/ad-3-1 mid"


class TestWaits:
    def test_a_short_wait_for_completion_is_over_before_a_word_that_comes_later(self) -> None:
        """S81: a second after the post-roll's last ad the session is complete."""
        story = Story(60, breaks=[post(ad("p", 15))], completion_wait=1, quartiles="off")
        story.begin().watch(60).say("content_end", position=60.0)
        story.say("ad_break_start")
        story.ad("p", 15)
        assert story.wait(1.5).say("quality", bitrate=800) == ["75 Playback Completed 75"]

    def test_a_next_item_that_begins_unheard_leaves_the_silence_before_it_unwatched(self) -> None:
        """S63, S92: of 10 s without a word 2 s are believed."""
        contents = [Content(asset_id="one", duration=60), Content(asset_id="two", duration=30)]
        story = Story(*contents).begin().watch(20)
        story.say("load", next_item=True)
        story.wait(10).say("playing", position=0.0)
        assert story.rest[2:] == ["30 Content Started 0 content-2"]
        figures = story.figures()
        assert (figures["content_played"], figures["suspended"]) == (22, 8)

    def test_a_pace_that_nobody_told_outlasts_a_moment_at_rest(self) -> None:
        """S89: it is the same afterwards, and the next step at the told rate is no seek either."""
        story = Story(600, step=5.0).begin().watch(20).watch(10, rate=2)
        story.stand(1, step=1.0).watch(5, rate=2).watch(10)
        assert story.rest[2:] == []
        assert story.figures()["diagnostics"] == {"rate_untold": 1}

    def test_a_live_playhead_that_hovers_beats_in_time(self) -> None:
        """S42, S85: heard each second at the same place, it plays."""
        story = Story(Content(livestream=True), heartbeat=5).begin(position=100.0)
        story.position = 100.0
        story.stand(11)
        assert story.beats == ["5 Content Playing 5 content-1", "10 Content Playing 10 content-1"]


class TestEnds:
    @pytest.mark.parametrize(
        "told", [{"placement": "post"}, {"placement": "post-roll"}, {"offset": -1}]
    )
    def test_a_post_roll_shows_that_an_early_end_was_the_end(self, told: dict[str, Any]) -> None:
        """S7, S80, S82: whichever way it is declared; 40 s of content and 5 s of its ad are all."""
        story = Story(60, quartiles="off").begin().watch(40)
        story.say("content_end", position=40.0)
        story.wait(1).say("ad_break_start", **told)
        story.ad("x", 5)
        story.say("end")
        completed: Any = story.events[-1]
        assert story.rest[-1] == "46 Playback Completed 45"
        assert completed.total_length == 45

    def test_an_end_less_than_its_fiftieth_part_early_is_believed_at_once(self) -> None:
        """S82: 5 s of 600 s."""
        story = Story(600).begin(position=580.0).watch(15)
        assert story.say("content_end", position=595.0) == ["15 Content Completed 595 content-1"]

    def test_an_ad_plays_on_beyond_its_length_where_the_content_stood(self) -> None:
        """S78, S80: what tells of the ad's clock tells of no other, though it fits both."""
        story = Story(60, quartiles="off").begin().watch(16)
        story.say("ad_break_start")
        story.ad_start("a", duration=15)
        story.watch_ad(20)
        assert story.beats[-2:] == [
            "26 Ad Playing 10 ad-1/a mid",
            "36 Ad Playing 20 ad-1/a mid",
        ]

    def test_silence_before_the_first_frame_is_startup_whatever_closes_it(self) -> None:
        """S25, S63: nobody tells places, and nothing has played."""
        story = Story(60)
        story.say("play")
        story.wait(5).say("pause")
        figures = story.figures()
        assert (figures["startup"], figures["content_played"]) == (5, 0)

    def test_what_begins_at_the_moment_of_a_beat_comes_instead_of_it(self) -> None:
        """S44, S63: nobody tells places; at 20 the next item begins."""
        contents = [Content(asset_id="one", duration=60), Content(asset_id="two", duration=30)]
        story = Story(*contents)
        story.say("play")
        story.say("playing")
        assert story.wait(20).say("content_start", asset_id="two") == [
            "10 Content Playing 10 content-1",
            "20 Content Started 0 content-2",
        ]

    def test_a_truth_is_no_time(self) -> None:
        """S60: though Python counts it as 1."""
        story = Story(60)
        wrong: Any = True
        assert story.session.play(wrong) == ()
        assert story.session.diagnostics == {"invalid_time": 1}


def test_a_stream_s_length_that_is_told_in_an_ad_is_the_content_s_at_once() -> None:
    """S9: of 75 s, 15 are ads."""
    stream = Stream(MID, length=None).begin()
    stream.watch(33)
    stream.say("progress", 33.0, 75.0)
    stream.say("pause", 33.0)
    paused: Any = stream.events[-1]
    assert paused.total_length == 75


class TestItems:
    def test_a_length_that_is_loaded_later_is_no_other_item_s(self) -> None:
        """S83: only another id or another source is one; so nothing more is to come."""
        story = Story(60)
        story.say("load", content=Content(asset_id="x"))
        story.begin().watch(20).say("load", duration=60.0)
        story.watch(40).say("content_end", position=60.0)
        story.idle(31)
        assert story.rest[-1] == "60 Playback Completed 60"

    def test_an_ad_of_the_next_item_s_pre_roll_may_play_in_the_middle_of_this_one(self) -> None:
        """S12: there it is a mid-roll of this item; only its metadata is known."""
        story = Story(*ITEMS, breaks=NEXT, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        assert story.ad_start("n") == ["20 Ad Started 0 ad-2/n mid"]

    def test_an_ad_of_the_next_item_s_pre_roll_behind_this_one_is_that(self) -> None:
        """S11: it was declared for the next item."""
        story = Story(*ITEMS, breaks=NEXT, quartiles="off").begin().watch(60)
        story.say("content_end", position=60.0)
        story.say("ad_break_start")
        assert story.ad_start("n") == ["60 Ad Started 0 ad-1/n pre"]

    def test_a_nameless_break_begins_the_loaded_item_that_has_a_pre_roll(self) -> None:
        """S11, S92: none of this item's is due."""
        story = Story(*ITEMS, breaks=NEXT, quartiles="off").begin().watch(20)
        story.say("load", next_item=True)
        story.say("ad_break_start")
        assert story.ad_start("n")[-1] == "20 Ad Started 0 ad-1/n pre"


class TestReplays:
    @pytest.mark.parametrize(("word", "again"), [("end", True), ("exit", False)])
    @pytest.mark.parametrize("signal", ["progress", "playing"])
    def test_what_plays_after_the_end_is_new_and_after_an_exit_it_is_not(
        self, word: str, again: bool, signal: str
    ) -> None:
        """S24: an element that is torn down may still speak."""
        story = Story(60).begin().watch(60 if again else 20)
        story.say(word)
        story.wait(5).say(signal, position=1.0)
        assert story.session.wants_restart is again


def test_a_doubted_pause_in_an_ad_is_settled_by_the_ad_s_clock() -> None:
    """S31: half a second before its end it moves on by 0.3 s, so nobody had paused."""
    story = Story(60, quartiles="off", step=0.5).begin().watch(20)
    story.say("ad_break_start")
    story.ad_start("a", duration=15)
    story.watch_ad(14.5)
    assert story.say("pause", position=14.5) == []
    story.wait(0.3).say("ad_progress", position=14.8)
    assert story.figures()["diagnostics"] == {"pause_of_the_player": 1}


def test_a_length_with_all_ads_in_it_lays_them_into_the_stream() -> None:
    """S9: 60 s of content and the planned ad of 15 s at 30."""
    story = Story(60, breaks=[mid(30, ad("a", 15))], quartiles="off")
    story.say("load", duration=75.0)
    story.begin().watch(31)
    assert story.rest[-1] == "30 Ad Started 0 ad-1/a mid"


def test_a_seek_that_ended_in_an_ad_is_told_when_no_other_can_follow() -> None:
    """S33: half a second after its end."""
    stream = Stream(MID, scrub_window=0.5).begin()
    stream.watch(10)
    stream.say("seek_start", 10.0, 33.0)
    stream.now += 0.25
    stream.say("seek_end", 33.0)
    assert stream.session.wake_at() == T0 + 10.25 + 0.5


def test_an_end_in_doubt_waits_for_what_unmakes_it() -> None:
    """S82: said at 40, and a second later the content is at 41."""
    story = Story(60).begin().watch(40)
    assert story.say("content_end", position=40.0) == []
    story.watch(1)
    assert story.rest[2:] == []
    assert story.figures()["diagnostics"] == {"false_end": 1}


def test_a_playhead_half_a_second_faster_than_a_stepped_clock_still_proves_the_step() -> None:
    """S64: from 6 on, 4 s back, 1.5 s of content in a second; that was 11 s, and is 12 s now."""
    story = Story(60).begin().watch(10)
    story.say_at(6, "progress", position=11.0)
    story.say_at(7, "progress", position=12.5)
    assert story.say_at(7, "pause", position=12.5) == ["12 Paused 12 @content-1"]


def test_a_sound_below_the_loudest_is_as_it_is_told() -> None:
    """S54: only what lies above 100 is out of range."""
    story = Story(60).begin()
    for sound in (80, 100):
        story.say("update", sound=sound)
    assert story.figures()["diagnostics"] == {}
    story.say("update", sound=101)
    assert story.figures()["diagnostics"] == {"out_of_range": 1}


def test_an_ad_s_end_tells_of_the_ad_where_it_fits_the_content_s_clock_too() -> None:
    """S63, S78: the content stands at 16, and the ad of 15 s went on to its second 17."""
    story = Story(60, quartiles="off").begin().watch(16)
    story.say("ad_break_start")
    story.ad_start("a", duration=15)
    story.watch_ad(14).wait(3).say("ad_end", position=17.0)
    figures = story.figures()
    assert (figures["ad_played"], figures["content_played"], figures["suspended"]) == (17, 16, 0)


def test_a_playhead_at_rest_half_a_second_before_the_end_has_reached_it() -> None:
    """S3, S75: when it had rested for 2 s; the content was complete when it came to rest."""
    story = Story(60).begin(position=58.0).watch(1.5, step=0.5).stand(3)
    assert story.rest[2:] == ["1.5 Content Completed 60 content-1"]
