"""What the rules say of what happens: figures, beats, pods, places, each fact with its rule."""

import array
from typing import Any

import pytest

from tests.session.story import T0, Story, ad, mid, rows
from video_tracker.compact import add_watched, put_ad_in_book, watched
from video_tracker.plan import Content, SessionPlan
from video_tracker.session import Playback, Session
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import MID, Timeline
from video_tracker.signals import Play, Playing, Progress


class TestWhatWasPlayed:
    def test_a_place_that_is_told_twice_at_once_does_not_stand_still(self) -> None:
        """S63, S65: no time passed between the two words; a second of playing follows."""
        story = Story(60).begin().watch(10)
        story.say("progress", position=10.0, duration=60.25)
        assert story.wait(1).say("pause") == ["11 Paused 11 @content-1"]

    def test_an_ad_whose_clock_stands_still_stalls_for_as_long(self) -> None:
        """S65: heard at 5 s of the ad for 5 s, and at 6 s a second later."""
        story = Story(60, quartiles="off").begin().watch(10)
        story.say("ad_break_start")
        story.ad_start("a1", duration=30)
        story.watch_ad(5)
        for _ in range(5):
            story.wait(1).say("ad_progress", position=5.0)
        story.wait(1).say("ad_progress", position=6.0)
        figures = story.figures()
        assert (figures["ad_played"], figures["buffering"]) == (6, 5)

    def test_content_that_stands_still_to_the_last_word_is_a_stall_so_far(self) -> None:
        """S65: told at 10 for 3 s; nothing was said for the 4 s after it."""
        story = Story(60).begin().watch(10).stand(3).wait(4)
        story.say("tick")
        story.say("quality", bitrate=500.0)
        figures = story.figures()
        assert (figures["content_played"], figures["buffering"]) == (10, 3)
        assert figures["suspended"] == 4

    @pytest.mark.parametrize("start", [0.0, 1.0, T0])
    def test_whatever_a_clock_counts_from_a_silence_is_as_long(self, start: float) -> None:
        """S63: 0.25 s of content in 2.5 s after 2.25 s; more than 2 s are not explained."""
        story = Story(60, start=start, step=0.75).begin().watch(2.25)
        story.wait(2.5).say("progress", position=2.5)
        figures = story.figures()
        assert figures["suspended"] == pytest.approx(2.25)
        assert figures["content_played"] == pytest.approx(2.5)

    @pytest.mark.parametrize("start", [0.0, T0])
    def test_whatever_a_clock_counts_from_a_silence_after_a_stall_is_as_long(
        self, start: float
    ) -> None:
        """S63, S65: at 2 until 3.5, and heard there again at 8: 4.5 s nobody spoke."""
        story = Story(60, start=start).begin().watch(2).stand(1.5, step=0.5)
        story.wait(4.5).say("progress", position=2.0)
        figures = story.figures()
        assert (figures["content_played"], figures["buffering"]) == (2, 1.5)
        assert figures["suspended"] == 4.5

    @pytest.mark.parametrize(("first", "played"), [(1.5, 12.5), (2.5, 10.0)])
    def test_a_clock_that_stepped_back_is_known_by_its_next_words(
        self, first: float, played: float
    ) -> None:
        """S64: they lie no more than 2 s apart; else they may be late, and no time is believed."""
        story = Story(60).begin().watch(10)
        story.now = 5.0 + first
        story.say("progress", position=10.0 + first)
        story.wait(1).say("progress", position=11.0 + first)
        assert story.figures()["content_played"] == played


class TestBeatsAndQuartiles:
    def test_a_quartile_after_a_gap_takes_in_every_beat_of_the_gap(self) -> None:
        """S42, S45: beats were due at 2 and 4; the first quartile of 20 s is heard at 5.5."""
        story = Story(60, heartbeat=2).begin().watch(1)
        story.say("ad_break_start")
        story.ad_start("a1", duration=20)
        story.wait(1).say("ad_progress", position=1.0)
        story.wait(4.5).say("ad_progress", position=5.5)
        story.wait(0.5).say("ad_progress", position=6.0)
        assert story.beats == ["6.5 Ad Playing 5 ad-1/a1 mid q1", "7 Ad Playing 6 ad-1/a1 mid"]

    def test_a_short_ad_that_its_player_ends_early_is_not_completed(self) -> None:
        """S72, S90: a quarter of 2 s is the tolerance; 0.7 s lack."""
        story = Story(60).begin().watch(10)
        story.say("ad_break_start")
        story.ad_start("a1", duration=2.0)
        story.watch_ad(1.3, step=0.65)
        assert story.ad_end() == []
        assert story.figures()["ads_skipped"] == 1


class TestPods:
    def test_a_seek_back_behind_an_unwatched_break_opens_its_pod_at_once(self) -> None:
        """S22, S31: it leads over the break at 60, which was watched; that at 30 lies before."""
        breaks = [mid(30, ad("a1", 15)), mid(60, ad("b1", 15))]
        story = Story(120, breaks=breaks).begin().watch(10).seek(50).watch(10)
        story.pod(("b1", 15)).say("playing", position=60.0)
        story.watch(5).seek(50)
        assert story.rest[-2:] == [
            "41 Seek Completed 50 @content-2 >50",
            "41 Content Started 50 content-2",
        ]

    def test_a_seek_over_a_watched_break_opens_its_pod_at_once(self) -> None:
        """S22, S31: the player will not play it again."""
        breaks = [mid(30, ad("a1", 15)), mid(90, ad("b1", 15))]
        story = Story(120, breaks=breaks).begin().watch(30).pod(("a1", 15))
        story.say("playing", position=30.0)
        story.watch(5).seek(10).watch(2).seek(40)
        assert story.rest[-2:] == [
            "53 Seek Completed 55 @content-2 >55",
            "53 Content Started 40 content-2",
        ]

    def test_a_break_that_was_passed_is_one_again_after_a_seek_back(self) -> None:
        """S12, S21: played in its place at last, it divides the content as any other."""
        story = Story(120, breaks=[mid(30, ad("a1", 15))]).begin().watch(40).seek(10).watch(20)
        story.pod(("a1", 15)).say("playing", position=30.0)
        completed, started = story.rest[-4], story.rest[-1]
        assert completed == "60.5 Content Completed 30 content-1"
        assert started.startswith("75.5 Content Started 30 content-")
        assert not started.endswith(" content-1")

    def test_a_passed_break_before_a_seek_back_stays_passed(self) -> None:
        """S22, S31: back from 45 to 30 and on to 50, over the watched break at 40 alone."""
        breaks = [mid(20, ad("a1", 15)), mid(40, ad("b1", 15))]
        story = Story(120, breaks=breaks).begin().watch(40)
        story.pod(("b1", 15)).say("playing", position=40.0)
        story.watch(5).seek(30).watch(2).seek(50)
        assert [line.split(" ", 1)[1] for line in story.rest[-2:]] == [
            "Seek Completed 65 @content-3 >65",
            "Content Started 50 content-3",
        ]

    def test_a_passed_break_behind_a_seek_back_may_play_again(self) -> None:
        """S12, S21: sought over from 10 to 70, it completes the pod where the viewer left."""
        breaks = [mid(30, ad("a1", 15)), mid(60, ad("b1", 15))]
        story = Story(120, breaks=breaks).begin().watch(60)
        story.pod(("b1", 15)).say("playing", position=60.0)
        story.watch(5).seek(10).watch(2).seek(70)
        story.say("ad_break_start", offset=30.0)
        story.ad_start("a1")
        assert [line.split(" ", 1)[1] for line in story.rest[-3:]] == [
            "Seek Completed 85 @content-3 >85",
            "Content Completed 12 content-1",
            "Ad Started 0 ad-1/a1 mid",
        ]

    def test_content_far_before_the_break_it_gave_way_to_is_in_the_first_pod(self) -> None:
        """S21: 15.5 s before it is not "a little before it"."""
        story = Story(60, breaks=[mid(30, ad("a1", 15))]).begin().watch(30).pod(("a1", 15))
        assert story.say("playing", position=14.5) == ["45 Content Started 14 content-1"]

    def test_a_border_that_moves_leaves_the_others_where_they_are(self) -> None:
        """S21: of two mid-rolls the first one plays elsewhere."""
        timeline = Timeline().with_content(Content(asset_id="film"))
        for place in (20.0, 40.0):
            timeline, _ = timeline.new_break((0, MID, place), None)
        moved = timeline.with_offset(timeline.breaks[0], 25.0)
        assert moved.assets[0].borders == (0.0, 25.0, 40.0)


class TestLengths:
    def test_a_length_that_changes_while_content_plays_is_taken(self) -> None:
        """S61: from 60 to 70, told with the next position."""
        story = Story(60).begin().watch(10)
        story.wait(1).say("progress", position=11.0, duration=70.0)
        story.say("pause", position=11.0)
        assert story.events[-1].total_length == 70


class TestLoops:
    def test_a_loop_begins_when_its_place_says(self) -> None:
        """S70, S79: heard at 19.5 and half a second into the next round; it began at 20."""
        playback = Playback(Session("s1", Story(20).plan))
        said = [*playback.receive(Play(T0)), *playback.receive(Playing(T0, 0.0))]
        for second in range(20):
            said += playback.receive(Progress(T0 + second + 0.5, second + 0.5))
        said += playback.receive(Progress(T0 + 20.5, 0.5))
        assert rows(event for _, event in said)[-4:] == [
            "20 Content Completed 20 content-1",
            "20 Playback Completed 20",
            "20 Playback Started 0",
            "20 Content Started 0 content-1",
        ]


class TestLive:
    def test_a_live_stream_that_has_ended_is_at_its_edge(self) -> None:
        """S8: nothing lies behind the last word of it."""
        story = Story(Content(livestream=True), live_position="offset").begin().watch(10)
        story.say("content_end", position=10.0)
        story.wait(31).say("tick")
        assert story.rest[-1] == "10 Playback Completed 0"

    def test_a_window_that_slid_in_a_pause_is_no_seek(self) -> None:
        """S85: 2 s were played, 20 s paused: it may have fallen by as much."""
        story = Story(Content(livestream=True)).begin(position=1000.0).watch(2)
        story.say("pause", position=1002.0)
        story.wait(20).say("play")
        story.say("playing")
        story.position = 983.0
        story.watch(5)
        assert story.rest[2:] == ["2 Paused 2 @content-1", "22 Resumed 2 @content-1"]
        assert story.figures()["content_played"] == 7

    def test_the_parts_of_a_live_position_are_its_sum(self) -> None:
        """S1, S8: what the wall clock counts of the first ad and its positions do not."""
        story = Story(Content(livestream=True), quartiles="off").begin().watch(10)
        story.say("ad_break_start")
        story.ad_start("a1")
        for passed in range(1, 11):
            story.wait(1).say("ad_progress", position=0.75 * passed)
        story.say("ad_end", position=7.5)
        story.ad_start("a2")
        story.watch_ad(2)
        story.ad_end()
        story.ad_start("a3")
        story.watch_ad(3)
        now = story.session.position_now()
        assert now.position == 25
        assert sum(part.seconds for part in now.ads) == pytest.approx(15)
        assert now.ads[0].seconds == 7.5
        assert [part.asset_id for part in now.ads] == ["a1", "a2", "a3"]


class TestWhatIsKept:
    def test_an_ad_beyond_all_numbers_is_kept_in_the_last_place(self) -> None:
        """S60: nobody has seen so many; no number of them is a fault."""
        state = State("s1", SessionPlan(user_id="viewer"))
        put_ad_in_book(state, 70_000, 1 << 20, 5.0)
        put_ad_in_book(state, 1 << 20, 70_000, 7.0)
        assert state.ad_seconds == array.array("d", (65_535, 65_535, 7.0))

    def test_ranges_that_touch_are_kept_as_one(self) -> None:
        """S60: no log makes a session grow; also where the later one was there first."""
        state: Any = State("s1", SessionPlan(user_id="viewer"))
        for number in range(20):
            add_watched(state, 0, 100.0 * number, 100.0 * number + 50)
        add_watched(state, 0, 50.0, 100.0)
        assert watched(state)[0] == (0, 0.0, 150.0)
        assert len(watched(state)) == 19

    def test_a_few_ranges_cost_no_array(self) -> None:
        """100,000 sessions live in a process: most have watched a few ranges."""
        state: Any = State("s1", SessionPlan(user_id="viewer"))
        for number in range(3):
            add_watched(state, 0, 100.0 * number, 100.0 * number + 50)
        assert state.watched_often is None
