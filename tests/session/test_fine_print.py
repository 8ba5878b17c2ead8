"""What else the rules say of a moment: facts that are seldom asked for, each with its rule."""

import json
from typing import Any

import pytest

from tests.session.story import T0, Story, ad, mid, post, pre, rows
from tests.session.test_stitched import MID, Stream
from video_tracker.errors import SnapshotError
from video_tracker.events import AdStarted
from video_tracker.plan import AdRange, Content, SessionPlan
from video_tracker.session import Playback, Session, SessionPosition, restore, snapshot
from video_tracker.session.data.timeline import Timeline
from video_tracker.signals import Load, Pause, Play, Playing, Progress


class TestTimeouts:
    def test_a_load_long_before_a_timeout_makes_no_replay_of_the_way_back(self) -> None:
        """S24, S26: only what was loaded after the timeout is another viewing."""
        story = Story(60)
        story.say("load", duration=60.0)
        story.begin().watch(10).wait(400)

        assert story.say("play", position=0.0)[-2:] == [
            "410 Resumed 10 @content-1",
            "410 Content Playing 10 content-1",
        ]
        assert not story.session.wants_restart

    def test_a_log_is_finished_no_further_than_it_is_asked_to(self) -> None:
        """S26: the timeout falls due at 305, the beat before it at 20."""
        playback = Playback(Session("s1", SessionPlan(user_id="viewer")))
        for signal in (Play(T0), Playing(T0), Pause(T0 + 5)):
            playback.receive(signal)

        assert [event.name for _, event in playback.finish(T0 + 1_800)] == []
        assert playback.wake_at() == T0 + 1_805
        names = [event.name for _, event in playback.finish(T0 + 1_805)]
        assert names == ["Video Playback Interrupted"]


class TestStallsInSeeks:
    def test_a_second_word_of_the_same_stall_is_counted(self) -> None:
        """S32, S60: the player waits in its seek, and says so twice."""
        story = Story(60).begin().watch(10)
        story.say("seek_start", position=10.0, to=30.0)
        assert story.say("buffer_start") == ["10 Buffer Started 10 @content-1"]
        assert story.wait(1).say("buffer_start") == []
        assert story.figures()["diagnostics"] == {"already_buffering": 1}

    def test_the_end_of_no_stall_is_counted(self) -> None:
        """S60: nothing waited in this seek."""
        story = Story(60).begin().watch(10)
        story.say("seek_start", position=10.0, to=30.0)
        assert story.say("buffer_end") == []
        assert story.figures()["diagnostics"] == {"no_buffer_open": 1}

    def test_a_stall_shows_that_a_pause_in_doubt_was_the_players(self) -> None:
        """S31: half a second before a planned break the player pauses, then waits for data."""
        story = Story(60, breaks=[mid(30, ad("a1", 15))]).begin().watch(29.5, step=0.5)
        assert story.say("pause", position=29.5) == []
        assert story.wait(0.25).say("buffer_start", position=29.5) == [
            "29.75 Buffer Started 29 @content-1"
        ]
        assert story.figures()["diagnostics"] == {"pause_of_the_player": 1}


class TestDoubts:
    def test_a_pause_near_a_break_is_doubted_until_that_can_have_come(self) -> None:
        """S31: the break is 0.6 s away; half a second later its callback is in time."""
        story = Story(60, breaks=[mid(30, ad("a1", 15))]).begin().watch(29.4, step=0.7)
        story.say("pause", position=29.4)

        assert story.session.wake_at() == pytest.approx(T0 + 29.4 + 0.6 + 0.5)

    @pytest.mark.parametrize(("after", "shows"), [(0.3, False), (0.6, True)])
    def test_content_before_a_due_pre_roll_shows_when_it_plays_on(
        self, after: float, shows: bool
    ) -> None:
        """S73: nobody tells places; a moment is a glimpse, half a second is content."""
        story = Story(60, breaks=[pre(ad("a1", 15))]).begin()
        story.wait(after).say("progress")
        assert ("0 Content Started 0 content-1" in story.rows) is shows

    def test_a_small_step_back_is_followed_and_counted(self) -> None:
        """S70: 0.4 s back while playing."""
        story = Story(60).begin().watch(10)
        story.wait(0.25).say("progress", position=9.6)
        assert story.figures()["diagnostics"] == {"position_jumped": 1}
        assert story.rest[2:] == []


class TestItems:
    def test_a_border_before_another_one_takes_no_name_of_the_list(self) -> None:
        """S12: the list names pods in their order; what divides an earlier one is not in it."""
        timeline = Timeline().with_content(Content(asset_id="film", pod_ids=("p1", "p2", "p3")))
        timeline = timeline.with_border(0, 40.0).with_border(0, 20.0)
        assert timeline.assets[0].pod_ids == ("p1", "content-1", "p2")

    def test_a_break_after_the_last_item_is_of_no_other_item(self) -> None:
        """S11: it is declared a pre-roll, and no item follows."""
        story = Story(Content(asset_id="film", duration=60)).begin().watch(60)
        story.say("content_end", position=60.0)
        story.say("ad_break_start", placement="pre")
        story.ad_start("a1", duration=10)
        newest: Any = story.events[-1]
        assert newest.content_asset_id == "film"

    def test_what_is_said_of_the_next_session_holds_whoever_said_it_last(self) -> None:
        """S24: a plan's title, then a length, then liveness: all of it is the next one's."""
        session = Session("s1", SessionPlan(user_id="viewer"))
        for signal in (
            *(Play(T0), Playing(T0), Progress(T0 + 1, 1.0)),
            Load(T0 + 2, duration=1.0),
        ):
            session.receive(signal)
        session.end(T0 + 2)
        for told in ({"content": Content(title="B")}, {"duration": 50.0}, {"livestream": False}):
            session.receive(Load(T0 + 3, **told))
        again = session.restart()
        again.play(T0 + 4)
        started: Any = again.playing(T0 + 4, 0.0)[0]
        assert started.content.title == "B"
        assert started.total_length == 50


class TestLive:
    @pytest.mark.parametrize(("place", "buffering"), [(12.5, 5.0), (12.0, 0.0)])
    def test_a_live_position_that_stands_still_between_seconds_is_a_stall(
        self, place: float, buffering: float
    ) -> None:
        """S65, S85: whole seconds tell no moving within them; 12.5 for 5 s tells standing."""
        story = Story(Content(livestream=True)).begin(position=10.0)
        for passed in range(1, 5):
            story.wait(0.5).say("progress", position=10.0 + (place - 10.0) * passed / 4)
        for _ in range(10):
            story.wait(0.5).say("progress", position=place)
        story.wait(1).say("progress", position=place + 1)
        assert story.figures()["buffering"] == pytest.approx(buffering, abs=0.51)


class TestStreams:
    def test_positions_that_jump_in_a_seek_are_measured_from_the_last_jump(self) -> None:
        """S61, S79: the scrubber stood at 20, then content ran on from 50 for 2.5 s."""
        stream = Stream(MID)
        stream.begin().watch(10)
        stream.say("seek_start", 10.0)
        for at, place in ((1.0, 20.0), (1.0, 50.0), (1.0, 51.0), (1.5, 52.5)):
            stream.now += at
            stream.say("progress", place)
        assert stream.rows[-2:] == [
            "12 Seek Completed 35 @content-2 >35",
            "12 Content Started 35 content-2",
        ]

    def test_the_last_word_of_a_lost_seek_is_where_it_plays_now(self) -> None:
        """S79: its end at 20 was lost, content ran on to 23, and there the viewer leaves."""
        stream = Stream(MID)
        stream.begin().watch(10)
        stream.say("seek_start", 10.0, 20.0)
        stream.now += 3
        stream.say("progress", 23.0)
        assert stream.say("exit") == ["13 Exited 23 @content-1"]

    def test_a_scrub_that_ends_in_an_ad_for_a_moment_is_one_seek(self) -> None:
        """S33: within the scrub window the viewer seeks on, from the ad to content behind it."""
        stream = Stream(MID, scrub_window=0.5)
        stream.begin().watch(10)
        stream.say("seek_start", 10.0, 33.0)
        stream.now += 0.2
        stream.say("seek_end", 33.0)
        stream.now += 0.2
        stream.say("seek_start", 33.0, 55.0)
        stream.now += 0.2
        stream.say("seek_end", 55.0)
        stream.at = 55.0
        stream.watch(2)
        said = [line for line in stream.rows if "Seek" in line or "Ad" in line]
        assert said == [
            "10 Seek Started 10 @content-1 >30",
            "10.6 Seek Completed 40 @content-2 >40",
        ]

    def test_a_stream_that_ends_in_a_paused_ad_has_not_played_it(self) -> None:
        """S72, S75: paused 4 s into the post-roll, then over."""
        stream = Stream(MID, length=60)
        stream.told(AdRange(start=75.0, end=85.0, pod_id="last"))
        stream.say("load", duration=85.0)
        stream.begin().watch(79)
        stream.say("pause", 79.0)
        stream.now += 5
        assert stream.say("end")[-1] == "84 Playback Completed 79"
        assert [line for line in stream.rows if "Ad Completed" in line] == []

    def test_a_range_lies_where_it_is_told_to(self) -> None:
        """S10: a told placement stands before the one that its place would give it."""
        stream = Stream(ads="client")
        stream.told(AdRange(start=20.0, end=30.0, pod_id="x", placement="post"))
        stream.begin().watch(21)
        assert "20 Ad Started 0 x/x-1 post" in stream.rows


class TestPlayersOfOnePlan:
    def test_equal_attributes_are_one_object(self) -> None:
        """100,000 sessions of a plan share what is the same of their players."""
        plan = SessionPlan(user_id="viewer")
        one, other = Session("s1", plan), Session("s2", plan)
        for session in (one, other):
            session.update(T0, sound=80.0)
        assert one._state.player is other._state.player

    def test_so_are_those_of_restored_sessions(self) -> None:
        """What was written down apart is looked up when it is read."""
        plan = SessionPlan(user_id="viewer")
        one = Session("s1", plan)
        one.update(T0, sound=80.0)
        written = json.loads(json.dumps(snapshot(one)))
        assert restore(written, plan)._state.player is restore(written, plan)._state.player

    def test_an_asset_without_any_border_is_damage(self) -> None:
        """A restored session could not say in which pod it is."""
        session = Session("s1", SessionPlan(user_id="viewer"))
        session.play(T0)
        session.playing(T0, 0.0)
        session.load(T0 + 1, duration=30.0)
        written = json.loads(json.dumps(snapshot(session)))
        written["state"]["timeline"]["assets"][0] |= {"borders": [], "pod_ids": []}
        with pytest.raises(SnapshotError, match="timeline"):
            restore(written)


def test_beats_stay_on_their_grid_where_a_quartile_takes_the_place_of_one() -> None:
    """S45: the quartile at 7.5 s takes in the beat at 8 s; the next one comes at 12 s."""
    story = Story(60, breaks=[pre(ad("a1", 30))], heartbeat=4)
    story.say("play")
    story.say("ad_break_start")
    story.ad_start("a1", duration=30)
    story.watch_ad(13, step=0.5)
    assert rows(story.events[-3:]) == [
        "4 Ad Playing 4 ad-1/a1 pre",
        "7.5 Ad Playing 7 ad-1/a1 pre q1",
        "12 Ad Playing 12 ad-1/a1 pre",
    ]


class TestWhichBreak:
    @pytest.mark.parametrize(
        ("told", "ad_seen"), [("pod-2", "pod-2/x mid"), (None, "pod-1/a1 mid")]
    )
    def test_a_told_name_decides_against_a_planned_break_with_another_one(
        self, told: str | None, ad_seen: str
    ) -> None:
        """S12: the planned one was sought over and is due; without a name it is meant."""
        breaks = [mid(20, ad("a1", 15), pod_id="pod-1")]
        story = Story(60, breaks=breaks).begin().watch(5).seek(40).watch(2)
        story.say("ad_break_start", pod_id=told)
        assert story.ad_start("x", duration=15)[-1].split(" ", 3)[3].removeprefix("0 ") == ad_seen

    @pytest.mark.parametrize("planned", [True, False])
    def test_an_item_that_plays_again_has_the_same_breaks_again(self, planned: bool) -> None:
        """S12, S24: both times the post-roll of the first item is one pod, and counts once (S1)."""
        contents = [Content(asset_id="one", duration=10), Content(asset_id="two", duration=60)]
        breaks = [post(ad("p", 5), content_asset_id="one")] if planned else []
        story = Story(*contents, breaks=breaks).begin()
        for item in ("two", "one", "two"):
            if item == "two":
                story.watch(10).say("content_end", position=10.0)
                story.pod(("p", 5))
            else:
                story.position = 0.0
                story.watch(3)
            story.position = 0.0
            story.say("content_start", asset_id=item, position=0.0)
        ids = {each.pod_id for each in story.events if isinstance(each, AdStarted)}
        assert ids == {"ad-1"}
        assert story.session.position_now().position == 10 + 5

    def test_an_ad_that_plays_beyond_its_length_tells_no_quartile_of_it(self) -> None:
        """S45, S80: heard at 2 s and at 12 s of an ad that should last 6.5 s."""
        story = Story(60, breaks=[pre(ad("a1", 6.5))], heartbeat=None)
        story.say("play")
        story.say("ad_break_start")
        story.ad_start("a1")
        for place in (2.0, 4.0, 9.5, 12.0):
            story.now = place
            story.say("ad_progress", position=place)
        assert story.rows[2:] == [
            "2 Ad Playing 2 ad-1/a1 pre q1",
            "4 Ad Playing 4 ad-1/a1 pre q2",
        ]


class TestBeats:
    def test_a_long_gap_brings_one_beat_and_the_grid_stays(self) -> None:
        """S42: heard at 5 and at 22; the next beat is that of 30."""
        story = Story(600).begin().watch(5)
        story.now = story.position = 22.0
        story.say("progress", position=22.0)
        story.watch(9)
        assert story.rows[2:] == [
            "22 Content Playing 22 content-1",
            "30 Content Playing 30 content-1",
        ]

    def test_a_paused_ad_without_a_clock_does_not_play(self) -> None:
        """S42, S66: its callbacks go on while the viewer pauses."""
        story = Story(60, breaks=[pre(ad("a1", 60))], quartiles="off", heartbeat=5)
        story.say("play")
        story.say("ad_break_start")
        story.ad_start("a1")
        story.wait(3).say("pause")
        for _ in range(4):
            assert story.wait(3).say("ad_progress") == []
        assert story.figures()["paused"] == 12


class TestPlacesAndTimes:
    def test_an_end_without_a_place_half_a_second_early_is_the_end(self) -> None:
        """S3, S7: the time since leads to 59.5 of 60."""
        story = Story(60).begin().watch(59)
        assert story.wait(0.5).say("content_end") == ["59.5 Content Completed 60 content-1"]

    def test_a_first_frame_is_dated_by_the_told_rate(self) -> None:
        """S79, S89: 1 s of content at twice the speed took half a second."""
        story = Story(60)
        story.say("update", playback_rate=2.0)
        story.say("play")
        story.wait(3).say("progress", position=1.0)
        assert story.rows[1:] == ["2.5 Content Started 0 content-1"]

    def test_an_old_item_may_be_a_little_ahead(self) -> None:
        """S92: 2.5 s of content in 1 s leave no line yet; the announced item has not begun."""
        story = Story(Content(asset_id="one", duration=60), Content(asset_id="two", duration=60))
        story.begin().watch(10)
        story.say("load", next_item=True)
        story.wait(1).say("progress", position=12.5)
        story.now, story.position = 11.0, 12.5
        story.watch(2)
        assert story.session.position_now().left_behind == ()

    def test_the_last_item_completes_when_nothing_follows(self) -> None:
        """S75: nobody says `end`; 30 s later the session is complete."""
        story = Story(Content(asset_id="one", duration=20), Content(asset_id="two", duration=20))
        story.begin().watch(20).say("content_end", position=20.0)
        story.position = 0.0
        story.say("content_start", asset_id="two", position=0.0)
        story.watch(20).say("content_end", position=20.0)
        assert story.wait(31).say("tick") == ["40 Playback Completed 40"]

    def test_the_end_of_a_seek_in_an_interruption_without_one_is_counted(self) -> None:
        """S26, S60."""
        story = Story(60).begin().watch(10)
        story.say("interrupt", method="call")
        assert story.wait(1).say("seek_end", position=30.0) == []
        assert story.figures()["diagnostics"] == {"no_seek_open": 1}

    def test_a_length_that_was_a_live_edge_is_none_when_liveness_is_taken_back(self) -> None:
        """S6, S87: what was told of a livestream was its edge."""
        story = Story()
        story.say("load", duration=60.0)
        story.say("load", livestream=True)
        story.say("load", livestream=False)
        story.begin().watch(10)
        assert story.events[-1].total_length is None

    def test_a_lost_ad_end_is_dated_by_the_ads_own_pace(self) -> None:
        """S62, S84: at one and a half times its speed 15 s of ad take 10 s."""
        story = Story(60, breaks=[pre(ad("a1", 15), ad("a2", 15))], quartiles="off")
        story.say("play")
        story.say("ad_break_start")
        story.ad_start("a1")
        for passed in range(1, 9):
            story.now = passed / 2
            story.say("ad_progress", position=0.75 * passed)
        story.now = 10.5
        assert story.ad_start("a2") == [
            "10 Ad Completed 15 ad-1/a1 pre",
            "10.5 Ad Started 0 ad-1/a2 pre",
        ]

    def test_equal_ids_name_the_same_ad_whoever_made_the_text(self) -> None:
        """S12: the planned ad by its id, though it is told as twice as long."""
        story = Story(60, breaks=[pre(ad("ad-of-plan", 15))])
        story.say("play")
        story.say("ad_break_start")
        story.ad_start(str(b"ad-of-plan", "ascii"), duration=30)
        newest: Any = story.events[-1]
        assert (newest.asset_id, newest.total_length) == ("ad-of-plan", 30)


class TestStreamsOfOneWord:
    def test_a_pause_just_behind_a_border_is_in_the_ad(self) -> None:
        """S9, S79: heard at 29.75, paused at 30.25: the ad had begun."""
        stream = Stream(MID)
        stream.begin().watch(29.75, step=0.25)
        stream.now += 0.5
        assert stream.say("pause", 30.25) == [
            "30 Content Completed 30 content-1",
            "30 Ad Started 0 ad-1/a1 mid",
            "30.25 Paused 30 @ad-1",
        ]

    def test_a_stream_that_has_ended_awaits_no_post_roll(self) -> None:
        """S9, S75: the plan has one, and the stream ended without it."""
        stream = Stream(post(ad("p", 10)))
        stream.begin().watch(60)
        stream.say("content_end", 60.0)
        stream.now += 31
        assert stream.say("tick") == ["60 Playback Completed 60"]

    def test_a_text_where_a_number_belongs_is_damage(self) -> None:
        """A restored session could not reckon with it."""
        session = Session("s1", SessionPlan(user_id="viewer"))
        session.play(T0)
        written = json.loads(json.dumps(snapshot(session)))
        written["state"]["clock"] = "now"
        with pytest.raises(SnapshotError, match="clock"):
            restore(written)


class TestSeeksAndBreaks:
    def test_positions_in_a_seek_begin_no_announced_item(self) -> None:
        """S92: the viewer seeks back in the old item, which was not left."""
        story = Story(Content(asset_id="one", duration=60), Content(asset_id="two", duration=60))
        story.begin().watch(50)
        story.say("load", next_item=True)
        story.say("seek_start", position=50.0, to=5.0)
        story.wait(0.5).say("progress", position=5.0)
        story.wait(0.5).say("seek_end", position=5.0)
        story.position = 5.0
        story.watch(5)
        assert story.session.position_now() == SessionPosition(10, 10.0)

    @pytest.mark.parametrize(("place", "counted"), [(29.5, 15.0), (29.25, 0.0)])
    def test_a_break_counts_from_half_a_second_before_its_place(
        self, place: float, counted: float
    ) -> None:
        """S1: players stop early for a break, or resume a little before it."""
        story = Story(60, breaks=[mid(30, ad("a1", 15))]).begin().watch(30).pod(("a1", 15))
        story.say("playing", position=30.0)
        story.watch(5).seek(place)
        assert sum(part.seconds for part in story.session.position_now().ads) == counted

    def test_a_live_seek_tells_the_place_that_is_sought(self) -> None:
        """S8, S33: on the player's own clock, as the setting wants it."""
        story = Story(Content(livestream=True), live_position="playhead").begin(position=500.0)
        story.watch(10)
        assert story.say("seek_start", position=510.0, to=450.0) == [
            "10 Seek Started 510 @content-1 >450"
        ]

    def test_a_break_in_a_pause_is_no_announcement(self) -> None:
        """S92: nothing plays on to the place that it is declared for."""
        story = Story(60).begin().watch(10)
        story.say("pause", position=10.0)
        story.wait(5).say("ad_break_start", offset=30.0)
        assert story.session.where == "ad_break"

    def test_a_break_just_after_a_seek_over_it_completes_the_pod_that_was_left(self) -> None:
        """S21: a third of a second of what lies behind it is a glimpse."""
        story = Story(60, breaks=[mid(30, ad("a1", 15))]).begin().watch(10)
        story.say("seek_start", position=10.0, to=40.0)
        story.wait(0.5).say("seek_end", position=40.0)
        story.wait(0.3).say("progress", position=40.3)
        story.say("ad_break_start")
        story.ad_start("a1")
        assert [line.split(" ", 1)[1] for line in story.rows[-3:]] == [
            "Seek Completed 40 @content-2 >40",
            "Content Completed 10 content-1",
            "Ad Started 0 ad-1/a1 mid",
        ]


def test_content_that_goes_on_a_little_before_its_break_has_that_break_behind_it() -> None:
    """S1, S21, S22: stopped at 30.25 for a break, taken up at 30; its pods stay two."""
    story = Story(60).begin().watch(30.25, step=0.25).pod(("a1", 5))
    story.position = 30.0
    story.say("playing", position=30.0)
    story.watch(10)
    story.seek(50)
    assert [line.split(" ", 1)[1] for line in story.rows if "Content Started" in line] == [
        "Content Started 0 content-1",
        "Content Started 30 content-2",
    ]


def test_a_rate_of_zero_that_is_told_in_a_seek_is_a_stall_when_that_ends() -> None:
    """S74: at rate 0 nothing moves; it plays again with the rate."""
    story = Story(60).begin().watch(10)
    story.say("seek_start", position=10.0, to=30.0)
    story.say("update", playback_rate=0.0)
    story.wait(1).say("seek_end", position=30.0)
    story.wait(5).say("update", playback_rate=1.0)
    assert story.rows[-2:] == [
        "11 Buffer Started 30 @content-1",
        "16 Buffer Completed 30 @content-1",
    ]
    assert story.figures()["buffering"] == 5


def test_content_that_ends_a_pause_bears_its_ids_in_resumed() -> None:
    """S30, S61: its start was never said."""
    story = Story(60)
    story.say("play")
    story.wait(1).say("pause")
    story.wait(1).say("content_end", position=60.0)
    assert "2 Resumed 0 @content-1" in story.rows


def test_a_break_that_an_item_played_past_parts_it_no_more_when_it_plays_again() -> None:
    """S22, S24: its planned break did not come at 24 s, and the viewer came back to the item."""
    contents = [Content(asset_id="one", duration=76), Content(asset_id="two", duration=60)]
    story = Story(*contents, breaks=[mid(24, ad("m", 8), content_asset_id="one")])
    story.begin().watch(30)
    for item in ("two", "one"):
        story.say("content_start", asset_id=item, position=0.0)
        story.position = 0.0
        story.watch(1)
    story.seek(70).watch(3)
    assert [line for line in story.rows if "Content Started" in line][-1].split(" ", 1)[1] == (
        "Content Started 0 content-1"
    )
