"""What else the rules say of ads in the stream (S9): facts that are seldom asked for."""

import json
from typing import Any

import pytest

from tests.session.story import T0, ad, mid, post, pre, rows
from tests.session.test_stitched import MID, Stream
from video_tracker.plan import Ad, AdRange
from video_tracker.session import restore, snapshot


class TestJumps:
    def test_a_jump_that_is_no_seek_ends_the_second_break_as_well(self) -> None:
        """S9, S61: inferred seeks are off; from the second break's ad to 5 s of content."""
        stream = Stream(mid(20, ad("a", 10)), mid(40, ad("b", 10)), inferred_seeks=False)
        stream.begin().watch(55)
        stream.at = 5.0
        assert stream.watch(3) == ["55.5 Content Started 5 content-1"]
        assert stream.session.where == "content"

    def test_a_jump_in_content_far_from_all_ads_is_a_seek(self) -> None:
        """S61: from 5 to 20 in half a second, as in content without any ads."""
        stream = Stream(MID).begin()
        stream.watch(5)
        stream.at += 14.5
        stream.watch(2)
        assert [line for line in stream.rows if "Seek" in line] == [
            "5.5 Seek Started 5 @content-1 >20",
            "5.5 Seek Completed 20 @content-1 >20",
        ]

    def test_a_break_before_one_that_has_played_is_where_the_plan_has_it(self) -> None:
        """S9: sought over into the second break at 50, which its own playing has settled."""
        stream = Stream(mid(20, ad("a", 10)), mid(40, ad("b", 10))).begin()
        stream.watch(5)
        stream.seek(52.0)
        stream.say("load", duration=80.0)
        stream.watch(10)
        stream.seek(15.0)
        said = [line for line in stream.watch(20) if "Playing" not in line]
        assert said == [
            "21 Content Completed 20 content-1",
            "21 Ad Started 0 ad-1/a mid",
            "31 Ad Completed 10 ad-1/a mid",
            "31 Content Started 20 content-2",
        ]

    def test_a_time_just_behind_the_newest_one_is_counted(self) -> None:
        """S64: a quarter of a second back, and the playhead a tenth of one on."""
        stream = Stream(MID).begin()
        stream.watch(10)
        stream.now -= 0.25
        stream.say("progress", 10.1)
        assert stream.session.diagnostics == {"clock_stepped_back": 1}
        figures = stream.session.summary().to_dict()
        assert figures["content_played"] == 10


class TestRates:
    @pytest.mark.parametrize("ads", [(), (MID,)])
    def test_half_the_told_rate_for_two_seconds_is_a_stall(self, ads: Any) -> None:
        """S65: at twice the speed 1 s of content takes half a second; 1.5 s it stood."""
        stream = Stream(*ads).begin()
        stream.say("update", playback_rate=2.0)
        stream.watch(4, rate=2)
        stream.watch(2, step=2, rate=0.5)
        figures = stream.session.summary().to_dict()
        assert (figures["content_played"], figures["buffering"]) == (4.5, 1.5)


class TestEnds:
    def test_a_slow_ad_in_which_the_stream_ends_was_not_played_whole(self) -> None:
        """S72, S75: at half the speed it was at 6 of its 10 s, and at 7 when it was over."""
        stream = Stream(post(ad("p", 10))).begin()
        stream.watch(60)
        stream.say("update", playback_rate=0.5)
        stream.watch(12, rate=0.5)
        stream.now += 2
        assert stream.say("end")[-1] == "74 Playback Completed 67"
        assert [line for line in stream.rows if "Ad Completed" in line] == []

    def test_the_last_ad_of_a_pod_ends_with_it(self) -> None:
        """S9, S72: half a second after its own length, which is the pod's to tell."""
        stream = Stream()
        ads = (Ad(asset_id="a1", duration=5.0), Ad(asset_id="a2", duration=5.0))
        stream.told(AdRange(start=20.0, end=30.5, ads=ads))
        stream.begin().watch(32)
        said = [line for line in stream.rows if "Completed" in line or "Content Started" in line]
        assert said[2:] == [
            "25 Ad Completed 5 ad-1/a1 mid",
            "30.5 Ad Completed 5 ad-1/a2 mid",
            "30.5 Content Started 20 content-2",
        ]


class TestSeeks:
    def test_a_seek_before_the_first_frame_ends_where_its_end_says(self) -> None:
        """S33, S52: sought to 50, and to the frame at 48; 15 s of ads lie before it."""
        stream = Stream(MID)
        stream.say("play")
        stream.say("seek_start", 0.0, 50.0)
        stream.say("seek_end", 48.0)
        stream.now += 1
        assert stream.say("playing") == ["1 Content Started 33 content-2"]

    def test_an_ad_that_a_paused_viewer_sought_began_when_its_place_says(self) -> None:
        """S79: at 33 since 10.5, at 34 when it is heard 5 s later; its resume was lost."""
        stream = Stream(MID).begin()
        stream.watch(10)
        stream.say("pause", 10.0)
        stream.say("seek_start", 10.0, 33.0)
        stream.now += 0.5
        stream.say("seek_end", 33.0)
        stream.now += 5
        said = stream.say("progress", 34.0)
        assert said[-1] == "14.5 Ad Started 3 ad-1/a1 mid"

    def test_a_lost_seek_end_is_dated_on_a_clock_that_has_stepped_back(self) -> None:
        """S64, S79: the clock lost 5 s at 10; at 8 of it the viewer sought from 13 to 20."""
        stream = Stream(MID).begin()
        stream.watch(10)
        stream.now -= 5
        stream.watch(3)
        stream.say("seek_start", 13.0, 20.0)
        stream.now += 3
        assert stream.say("progress", 23.0)[0] == "13 Seek Completed 20 @content-1 >20"


class TestStarts:
    def test_a_place_of_nothing_before_the_start_begins_no_ad(self) -> None:
        """S71: a player at rest says 0."""
        stream = Stream(pre(ad("p", 10)))
        assert stream.say("progress", 0.0) == []
        stream.now += 5
        assert stream.say("play", 0.0) == ["5 Playback Started 0"]
        assert stream.say("playing", 0.0) == ["5 Ad Started 0 ad-1/p pre"]

    @pytest.mark.parametrize("place", [None, 0.0])
    def test_content_that_is_said_to_start_starts(self, place: float | None) -> None:
        """S73: told directly, with a place or without; no ads lie there."""
        stream = Stream(MID)
        stream.say("play")
        stream.now += 1
        assert stream.say("content_start", None, place) == ["1 Content Started 0 content-1"]


class TestBeats:
    def test_where_nobody_tells_positions_no_beat_lies_behind_a_border(self) -> None:
        """S9, S42: ads begin at 30, and what plays then only its next word says."""
        stream = Stream(MID).begin()
        said = []
        for _ in range(5):
            stream.now += 10
            said += stream.say("tick")
        assert said == ["10 Content Playing 10 content-1", "20 Content Playing 20 content-1"]


class TestClocks:
    @pytest.mark.parametrize("zero", [0.0, 1.0, T0])
    def test_whatever_a_clock_counts_from_a_break_began_where_its_range_does(
        self, zero: float
    ) -> None:
        """S9, S88: told at 5 s that ads play from 3 s on."""
        stream = Stream(length=None)
        stream.now = zero - T0
        stream.begin().watch(5)
        stream.told(AdRange(start=3.0, end=8.0))
        stream.watch(5)
        said = [line for line in rows(stream.events, zero) if "Playing" not in line]
        assert said == [
            "0 Playback Started 0",
            "0 Content Started 0 content-1",
            "3 Content Completed 3 content-1",
            "3 Ad Started 0 ad-1/ad-1-1 mid",
            "8 Ad Completed 5 ad-1/ad-1-1 mid",
            "8 Content Started 3 content-2",
        ]


class TestLive:
    def test_a_pause_in_a_live_ad_is_where_the_stream_is(self) -> None:
        """S8, S9: 5 s into the ad at 20 the player's own clock is at 25."""
        stream = Stream(live=True, length=None, live_position="playhead")
        stream.told(AdRange(start=20.0, end=30.0))
        stream.begin().watch(25)
        assert stream.say("pause", 25.0) == ["25 Paused 25 @ad-1"]

    def test_a_pause_between_two_live_breaks_is_where_the_stream_is(self) -> None:
        """S8, S9: less than 0.1 s of content between two breaks is none."""
        stream = Stream(live=True, length=None, live_position="playhead")
        stream.told(AdRange(start=20.0, end=30.0), AdRange(start=30.0625, end=40.0))
        stream.begin().watch(30)
        stream.now += 0.03125
        assert stream.say("pause", 30.03125)[-1] == "30.03 Paused 30"


class TestWords:
    def test_a_word_just_behind_a_break_opens_no_other_one(self) -> None:
        """S9: a framework is a second late; the break at 30 ended at 45."""
        stream = Stream(MID).begin()
        stream.watch(46)
        assert stream.say("ad_break_start") == []
        assert stream.session.where == "content"

    def test_a_break_that_lies_elsewhere_opens_no_pod_in_a_restored_session_either(self) -> None:
        """S22: sought from 10 to 50, over a break at 30 that is told to lie at 60."""
        stream = Stream(MID).begin()
        stream.watch(10)
        stream.seek(50.0)
        stream.told(AdRange(start=60.0, end=75.0, pod_id="ad-1"))
        stream.session = restore(json.loads(json.dumps(snapshot(stream.session))))
        stream.watch(3)
        assert [line for line in stream.rows if "Content Started" in line] == [
            "0 Content Started 0 content-1"
        ]

    def test_a_late_word_of_the_ad_before_tells_nothing_of_the_open_one(self) -> None:
        """S12: its place in the pod is the first, and the second one plays."""
        ads = (Ad(asset_id="a1", duration=10.0), Ad(asset_id="a2", duration=10.0))
        stream = Stream()
        stream.told(AdRange(start=20.0, end=40.0, ads=ads))
        stream.begin().watch(33)
        stream.say("ad_start", Ad(asset_id="a1", title="One"), 1)
        stream.watch(7)
        ended: Any = next(each for each in reversed(stream.events) if "Ad Completed" in each.name)
        assert (ended.asset_id, ended.ad.title) == ("a2", None)

    def test_a_stream_that_has_ended_awaits_no_third_break(self) -> None:
        """S9, S75: its post-roll had not shown when the content ended."""
        stream = Stream(mid(10, ad("a", 5)), mid(20, ad("b", 5)), post(ad("p", 10))).begin()
        stream.watch(69.5)
        stream.say("content_end", 69.5)
        stream.now += 1
        assert stream.say("exit") == ["69.5 Playback Completed 70"]

    def test_who_leaves_at_the_end_of_a_stream_in_an_ad_has_completed_it(self) -> None:
        """S75: only in the ad it shows that the stream, and so the content, ends with it."""
        stream = Stream(length=600)
        stream.told(AdRange(start=60.0, end=70.0))
        stream.begin().watch(65)
        stream.say("load", duration=70.0)
        stream.watch(4.5)
        assert stream.say("exit", 70.0)[-1] == "69.5 Playback Completed 70"

    def test_who_leaves_within_the_last_second_of_a_post_roll_has_seen_it(self) -> None:
        """S72, S75: half a second of the stream was left when it was last heard of."""
        stream = Stream(post(ad("p", 10))).begin()
        stream.watch(69.5)
        assert stream.say("exit", 70.0) == [
            "69.5 Ad Completed 10 ad-1/p post",
            "69.5 Playback Completed 70",
        ]
