"""One step on this side of a limit, one step on the other."""

import json
from typing import Any

import pytest

from tests.session.story import T0, Story, ad, mid, names, post
from tests.session.test_stitched import Stream
from video_tracker.events import ContentStarted
from video_tracker.plan import Ad, AdBreak, AdRange, Content
from video_tracker.session import restore, snapshot


def of_next(*ads: Ad) -> AdBreak:
    """The pre-roll of the second content."""
    return AdBreak(at="start", content_asset_id="next", ads=ads)


FILMS = (Content(asset_id="film", duration=60), Content(asset_id="next", duration=60))


class TestTheNextItemsPreRoll:
    def test_an_unnamed_break_at_the_end_of_what_plays_is_the_announced_items(self) -> None:
        """S11, S92: nothing of the old item's is due."""
        story = Story(*FILMS, breaks=[of_next(ad("p", 10))], quartiles="off").begin().watch(57)
        story.say("load", next_item=True)
        story.watch(3).pod((None, 10))
        story.say("playing", position=0.0)

        assert story.rest[2:] == [
            "60 Content Completed 60 content-1",
            "60 Ad Started 0 ad-1/p pre",
            "70 Ad Completed 10 ad-1/p pre",
            "70 Content Started 0 content-2",
        ]

    @pytest.mark.parametrize(("watched", "ad_seen"), [(3, "m mid"), (6, "p pre")])
    def test_a_break_that_was_sought_over_is_due_for_five_seconds(
        self, watched: int, ad_seen: str
    ) -> None:
        """S12: of content played since; later the unnamed break is the next item's."""
        breaks = [mid(30, ad("m", 10)), of_next(ad("p", 10))]
        story = Story(*FILMS, breaks=breaks).begin().watch(10).seek(40)
        story.say("load", next_item=True)
        story.watch(watched)
        story.say("ad_break_start")

        assert story.ad_start()[-1].split("/")[1] == ad_seen

    @pytest.mark.parametrize(("length", "ad_seen"), [(10.0, "p pre"), (20.0, "ad-2-1 post")])
    def test_an_unnamed_ad_after_the_end_is_told_by_its_length(
        self, length: float, ad_seen: str
    ) -> None:
        """S11, S12: the next item's planned pre-roll, unless it is longer or shorter."""
        story = Story(*FILMS, breaks=[of_next(ad("p", 10))]).begin().watch(60)
        story.say("content_end", position=60.0)
        story.say("ad_break_start")

        assert story.ad_start(duration=length)[-1].split("/")[1] == ad_seen

    def test_an_unnamed_ad_after_the_only_content_is_its_post_roll(self) -> None:
        """S10: nothing follows whose pre-roll it could be."""
        story = Story(60).begin().watch(60)
        story.say("content_end", position=60.0)
        story.say("ad_break_start")

        assert story.ad_start(duration=10) == ["60 Ad Started 0 ad-1/ad-1-1 post"]


def test_what_was_said_of_the_next_item_holds_when_it_begins_after_the_end() -> None:
    """S92, S83: its name and length come with it, though the old one ended first."""
    story = Story(60).begin().watch(50)
    story.say("load", next_item=True, content=Content(asset_id="b"), duration=30.0)
    story.watch(10)
    story.say("content_end", position=60.0)
    story.wait(1).say("playing", position=0.0)

    assert story.rest[2:] == ["60 Content Completed 60 content-1", "61 Content Started 0 content-2"]
    started: Any = story.events[-1]
    assert (started.asset_id, started.total_length) == ("b", 30)


class TestPositions:
    def test_behind_the_second_ad_of_a_pod_both_count(self) -> None:
        """S1, S67: in the gap behind it too."""
        story = Story(60).begin().watch(20)
        story.say("ad_break_start")
        story.ad("a", 10).ad("b", 5).wait(1)

        assert story.say("interrupt") == ["36 Interrupted 35"]

    def test_a_word_just_behind_the_playhead_is_the_contents(self) -> None:
        """S63, S78: five seconds passed, and its place shows that one and a half were played."""
        story = Story(60).begin().watch(10).wait(5)
        assert story.say("pause", position=11.5) == ["15 Paused 11 @content-1"]
        assert "position_of_nothing" not in story.session.diagnostics

    def test_a_break_that_moves_leaves_the_later_ones(self) -> None:
        """S21: content taken up a little before its break; the pod ends at the next break."""
        breaks = [mid(20, ad("a", 5)), mid(40, ad("b", 5))]
        story = Story(60, breaks=breaks).begin().watch(20).pod(("a", 5))
        story.position = 18.5
        story.say("playing", position=18.5)
        story.watch(21.5).pod(("b", 5))
        story.say("playing", position=40.0)
        story.watch(1).seek(30)

        assert [row for row in story.rows if "Content Started" in row] == [
            "0 Content Started 0 content-1",
            "25 Content Started 18 content-2",
            "51.5 Content Started 40 content-3",
            "53 Content Started 30 content-2",
        ]


class TestJumps:
    @pytest.mark.parametrize("step", [0.5, 1.0, 3.0])
    def test_a_clock_that_lagged_once_may_catch_up_once(self, step: float) -> None:
        """S61, S63: what stood still for ten seconds has no credit left when it has moved on."""
        story = Story(120).begin().watch(10).wait(10)
        story.say("progress", position=10.0)
        story.watch(3, step=step)
        story.position += 8
        story.watch(2)

        assert [row for row in story.rest if "Seek" in row] == [
            "24 Seek Started 13 @content-1 >22",
            "24 Seek Completed 22 @content-1 >22",
        ]

    @pytest.mark.parametrize(("place", "seeks"), [(22.0, 0), (24.5, 1)])
    def test_a_clock_that_lagged_may_catch_up_at_once(self, place: float, seeks: int) -> None:
        """S61, S63: as far as time has passed since it moved, and two seconds more."""
        story = Story(120).begin().watch(10).wait(10)
        story.say("progress", position=10.0)
        story.wait(2).say("progress", position=place)
        story.wait(1).say("progress", position=place + 1)

        assert story.figures()["seeks"] == seeks

    @pytest.mark.parametrize(("fallen", "seeks"), [(11.9, 0), (12.1, 1)])
    def test_a_live_pause_explains_a_fall_of_its_own_length(
        self, fallen: float, seeks: int
    ) -> None:
        """S61, S85: of ten seconds, and two; what falls further was sought."""
        story = Story(Content(livestream=True)).begin(position=100.0).watch(10)
        story.say("pause", position=110.0)
        story.wait(10).say("progress", position=110.0 - fallen)

        assert story.figures()["seeks"] == seeks
        assert [row for row in story.rows if "Resumed" in row] == []

    def test_content_that_starts_again_a_little_before_its_end_has_looped(self) -> None:
        """S70: its clock was heard 1 s before the end, and half a second of it is played again."""
        story = Story(60).begin().watch(59).wait(0.2)

        assert story.say("progress", position=0.5) == [
            "59 Content Completed 60 content-1",
            "59 Playback Completed 60",
        ]
        assert story.session.wants_restart

    def test_an_ads_clock_runs_ahead_only_in_step(self) -> None:
        """S84: a second jump confirms no first one; a step that time explains does."""
        story = Story(60).begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a", duration=40.0)
        story.watch_ad(5)
        for place in (12.0, 18.0):
            assert story.wait(0.5).say("ad_progress", position=place) == []
        assert story.session.diagnostics["position_of_nothing"] == 2
        assert story.wait(0.5).say("ad_progress", position=18.5) == [
            "26.5 Ad Playing 18 ad-1/a mid q1"
        ]

    def test_a_step_that_a_rate_would_explain_waits_for_two_and_a_half_seconds(self) -> None:
        """S88, S89: where nobody knows the player's interval, and no next word comes."""
        story = Story(120).begin().watch(10).wait(1)
        assert story.say("progress", position=14.0) == []
        assert story.session.wake_at() == pytest.approx(T0 + 13.5)
        assert story.wait(2.4).say("tick") == []
        assert story.wait(0.1).say("tick") == [
            "11 Seek Started 10 @content-1 >14",
            "11 Seek Completed 14 @content-1 >14",
        ]

    def test_positions_that_hurry_a_little_in_a_seek_have_one_beginning(self) -> None:
        """S61, S81: its end was lost, and content goes on from where it was first seen."""
        story = Story(120).begin().watch(10)
        story.say("seek_start", position=10.0)
        for place in (40.0, 40.7, 41.2, 41.7, 42.0):
            story.wait(0.5).say("progress", position=place)

        assert [row for row in story.rest if "Seek" in row] == [
            "10 Seek Started 10 @content-1",
            "10.5 Seek Completed 40 @content-1 >40",
        ]

    def test_a_seek_back_in_an_ad_makes_up_for_no_seek_on(self) -> None:
        """S72, S84: more than a second of it was never shown."""
        story = Story(60).begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a", duration=16.0)
        story.watch_ad(10)
        for here, to, then in ((10.0, 8.0, 4), (12.0, 13.5, 2.5)):
            story.say("seek_start", position=here, to=to)
            story.say("seek_end", position=to)
            story.in_ad = to
            story.watch_ad(then)
        story.ad_end()

        assert story.figures()["ads_completed"] == 0
        assert story.figures()["ads_skipped"] == 1


def test_a_lost_resume_at_twice_the_pace_is_dated_by_the_pace() -> None:
    """S79: six seconds of content are three of time."""
    story = Story(120).begin().watch(10)
    story.say("update", playback_rate=2.0)
    story.say("pause", position=10.0)
    story.wait(8)

    assert story.say("progress", position=16.0)[0] == "15 Resumed 10 @content-1"
    assert story.figures()["paused"] == pytest.approx(5)


class TestUntoldPositions:
    @pytest.mark.parametrize("place", [23.0, 23.5, 27.0])
    def test_a_first_position_that_fits_closes_a_whole_stretch(self, place: float) -> None:
        """S42, S63: all of it was played, and nothing stood still."""
        story = Story(60)
        story.say("play")
        story.say("playing")
        story.wait(25).say("pause", position=place)

        figures = story.figures()
        assert (figures["content_played"], figures["buffering"]) == (25, 0)
        assert story.rows[-1] == f"25 Paused {int(place)} @content-1"

    def test_no_silence_brings_beats_without_end(self) -> None:
        """S42, S60: four hundred of one stretch; then the grid goes on behind it."""
        story = Story(10_000, heartbeat=1, idle_timeout=100_000)
        story.say("play")
        story.say("playing")
        assert len(story.wait(1_000.5).say("tick")) == 400
        assert story.session.wake_at() == T0 + 1_001
        assert story.wait(0.5).say("tick") == ["1001 Content Playing 1001 content-1"]


def test_a_seek_that_is_told_leaves_the_held_stall_its_annotation() -> None:
    """S51, S86: each with its own input's."""
    story = Story(60, scrub_window=0.5, min_buffer=2.0).begin().watch(5)
    story.say("seek_start", position=5.0, to=30.0)
    for signal, why in (("seek_end", "the seek"), ("buffer_start", "the stall")):
        story.wait(0.25).session.annotate({"why": why})
        story.say(signal, position=30.0)
    story.idle(3)

    assert [(event.name, event.properties.get("why")) for event in story.events[-2:]] == [
        ("Video Playback Seek Completed", "the seek"),
        ("Video Playback Buffer Started", "the stall"),
    ]


class TestStreams:
    @pytest.mark.parametrize("place", [10.6, 10.9])
    def test_in_a_pause_a_place_within_a_second_shows_no_playing(self, place: float) -> None:
        """S9, S79: a stream with ads is judged as any content is."""
        stream = Stream(mid(30, ad("a", 10))).begin()
        stream.watch(10)
        stream.say("pause", 10.0)
        stream.now += 5
        stream.say("seek_start", place, 20.0)

        assert stream.rows[-2:] == [
            "10 Paused 10 @content-1",
            "15 Seek Started 10 @content-1 >20",
        ]

    @pytest.mark.parametrize("restored", [False, True])
    def test_a_range_moves_the_planned_break_and_its_border(self, restored: bool) -> None:
        """S1, S9, S22: in a restored session too, just before it its ad does not count."""
        stream = Stream(mid(30, ad("a", 10)))
        if restored:
            kept = json.loads(json.dumps(snapshot(stream.session)))
            stream.session = restore(kept, stream.session.plan)
        stream.begin()
        stream.told(AdRange(start=32.0, end=42.0))
        stream.watch(45)

        assert stream.seek(31.0) == [
            "45 Seek Started 45 @content-2 >31",
            "45.5 Seek Completed 31 @content-1 >31",
            "45.5 Content Started 31 content-1",
        ]

    @pytest.mark.parametrize("later", [0.0, 2.0])
    @pytest.mark.parametrize("breaks", [(), (10,), (30,), (10, 30)])
    def test_ranges_of_one_word_lie_behind_each_other(
        self, breaks: tuple[float, ...], later: float
    ) -> None:
        """S1, S9, S21: the second one's content place is that of its stream place less the first's.

        So it is whatever the plan had said of them, and just as when each is told by itself.
        """
        stream = Stream(*[mid(at, ad(f"a{at}", 10)) for at in breaks], quartiles="off").begin()
        ranges = [AdRange(start=at + later, end=at + later + 10) for at in (10.0, 40.0)]
        stream.told(*ranges)
        stream.watch(60)
        stream.seek(35.0 + later)

        first, second = int(10 + later), int(30 + later)
        assert [row.split(" ", 1)[1] for row in stream.rows if "Content Started" in row] == [
            "Content Started 0 content-1",
            f"Content Started {first} content-2",
            f"Content Started {second} content-3",
            f"Content Started {int(25 + later)} content-2",
        ]
        assert f"60.5 Seek Completed {int(35 + later)} @content-2 >{int(35 + later)}" in stream.rows

    @pytest.mark.parametrize(
        ("tells", "second"),
        [
            ([[(40, 50, "c")], [(10, 20, "b")]], 30),
            ([[(10, 20, "b"), (40, 50, "c")], [(10, 25, "b")]], 25),
            ([[(10, 20, "b"), (30, 40, "c")], [(40, 50, "c")]], 30),
            ([[(12, 22, "b"), (42, 52, "c")], [(10, 20, "b"), (40, 50, "c")]], 30),
        ],
        ids=["an earlier one is told", "it grows", "a later one moves", "both move"],
    )
    def test_breaks_and_borders_follow_what_is_told_anew(
        self, tells: list[list[tuple[int, int, str]]], second: int
    ) -> None:
        """S1, S9, S22: the last word holds; behind a seek back the second ad does not count."""
        stream = Stream(quartiles="off").begin()
        for tell in tells:
            stream.told(*[AdRange(start=at, end=end, pod_id=pod) for at, end, pod in tell])
        stream.watch(55)
        first_length = 30 + 10 - second
        stream.seek(35.0)

        started = [event for event in stream.events if isinstance(event, ContentStarted)]
        pods = [event.pod_id for event in started]
        assert [event.position for event in started] == [0, 10, second, 35 - first_length]
        assert (len({*pods}), pods[3]) == (3, pods[1])
        assert "55.5 Seek Completed 35 " in "\n".join(stream.rows)

    @pytest.mark.parametrize(("words", "ended"), [(4, False), (5, True)])
    def test_two_seconds_of_running_on_show_that_a_seek_had_ended(
        self, words: int, ended: bool
    ) -> None:
        """S9, S61: dated where the playhead was first seen to run."""
        stream = Stream(mid(40, ad("a", 10))).begin()
        stream.watch(10)
        stream.say("seek_start", 10.0)
        for number in range(words):
            stream.now += 0.5
            stream.say("progress", 20.0 + number / 2)

        seeks = ["10 Seek Started 10 @content-1", "10.5 Seek Completed 20 @content-1 >20"]
        assert [row for row in stream.rows if "Seek" in row] == seeks[: 1 + ended]

    def test_a_stream_that_starts_again_behind_its_last_ad_has_looped(self) -> None:
        """S70, S75: the ad, the content and the session are complete."""
        stream = Stream(post(ad("z", 10)), quartiles="off").begin()
        stream.say("progress", 0.0, 70.0)
        stream.watch(69.5)
        stream.now += 0.8
        stream.say("progress", 0.3)

        assert stream.rows[-2:] == [
            "70.3 Ad Completed 10 ad-1/z post",
            "70.3 Playback Completed 70",
        ]
        assert stream.session.wants_restart

    def test_an_ad_that_is_told_in_the_gap_behind_the_known_ones_begins(self) -> None:
        """S9, S67: the playhead was sought there."""
        stream = Stream(length=None).begin()
        stream.told(AdRange(start=30.0, end=60.0, pod_id="b", ads=(ad("x", 10),)))
        stream.watch(5)
        stream.seek(42.0)
        stream.told(AdRange(start=30.0, end=60.0, pod_id="b", ads=(ad("x", 10), ad("y", 15))))
        stream.watch(14)

        assert names(stream.events)[-3:] == ["Content Completed", "Ad Started", "Ad Completed"]
        assert stream.rows[-1] == "18.5 Ad Completed 15 b/y mid"
