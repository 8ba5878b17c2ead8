"""How a session is completed: S23, S61, S75."""

import pytest

from tests.session.story import Story, ad, names, post
from video_tracker.plan import SessionPlan, Settings
from video_tracker.session import Session


class TestPostRolls:
    @pytest.mark.parametrize("planned", [True, False])
    def test_a_post_roll_lies_between_the_two_completions(self, planned: bool) -> None:
        """S23: Content Completed, ads, then Playback Completed, dated when all was over."""
        story = Story(20, breaks=[post(ad("z", 5))] if planned else [], quartiles="off")
        story.begin().watch(20).say("content_end", position=20.0)
        story.wait(1).pod(("z", 5))
        story.wait(2).say("end")

        assert story.rest[2:5] == [
            "20 Content Completed 20 content-1",
            "21 Ad Started 0 ad-1/z post",
            "26 Ad Completed 5 ad-1/z post",
        ]
        assert story.rest[5:] in (["26 Playback Completed 25"], ["28 Playback Completed 25"])

    def test_content_s_end_alone_completes_playback_after_a_while(self) -> None:
        """S75: nothing came within ``completion_wait``, so playback ended when content did."""
        story = Story(20).begin().watch(20)
        assert story.say("content_end", position=20.0) == ["20 Content Completed 20 content-1"]
        assert story.wait(29).say("tick") == []
        assert story.wait(1.5).say("tick") == ["20 Playback Completed 20"]

    def test_the_session_asks_to_be_woken_for_it(self) -> None:
        """S46, S75: by itself it would never know."""
        story = Story(20).begin().watch(20)
        story.say("content_end", position=20.0)
        assert story.session.wake_at() == pytest.approx(story.start + 50)

    def test_end_after_the_content_s_end_completes_at_once(self) -> None:
        """S75: once each."""
        story = Story(20).begin().watch(20)
        story.say("content_end", position=20.0)
        assert story.wait(1).say("end") == ["21 Playback Completed 20"] or (
            story.rest[-1] == "20 Playback Completed 20"
        )
        assert len(story.named("Content Completed")) == 1


class TestCompletion:
    def test_ended_twice_is_once(self) -> None:
        """S75: Content Completed and Playback Completed, one of each."""
        story = Story(20).begin().watch(20)
        story.say("content_end", position=20.0)
        story.say("content_end", position=20.0)
        story.say("end")
        story.say("end")

        assert story.rest[2:] == [
            "20 Content Completed 20 content-1",
            "20 Playback Completed 20",
        ]

    @pytest.mark.parametrize("ticks", [True, False])
    def test_playing_to_the_end_and_stopping_there_is_completion(self, ticks: bool) -> None:
        """S75: a player that never fires ``ended``."""
        story = Story(20).begin().watch(19.5, step=0.5)
        if ticks:
            story.tick(3600, step=1)
        else:
            story.wait(3600).say("tick")

        assert [line.split(" ", 1)[1] for line in story.rest[2:]] == [
            "Content Completed 20 content-1",
            "Playback Completed 20",
        ]
        for event in story.events[-2:]:
            assert 19.5 <= event.at - story.start <= 21, "dated when it stopped"
        assert story.figures()["ended"] == "completed"

    def test_stopping_well_before_the_end_is_not_completion(self) -> None:
        """S75: two seconds before it, it is a timeout."""
        story = Story(20).begin().watch(18)
        story.tick(3600, step=10)

        assert story.figures()["ended"] == "timeout"
        assert story.named("Content Completed") == []

    def test_the_end_of_an_ad_completes_no_content(self) -> None:
        """S75: the element's ``ended`` in a mid-roll is the ad's."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1", duration=5)
        story.watch_ad(5)
        story.say("content_end")
        story.ad_end()
        story.say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(40).end()

        assert story.rest[2:] == [
            "20 Content Completed 20 content-1",
            "20 Ad Started 0 ad-1/a1 mid",
            "25 Ad Completed 5 ad-1/a1 mid",
            "25 Content Started 20 content-2",
            "65 Content Completed 60 content-2",
            "65 Playback Completed 65",
        ]

    def test_ended_without_the_last_progress(self) -> None:
        """S61, S75: three seconds of silence before ``end`` were played."""
        story = Story(60).begin().watch(57)
        story.wait(3).say("end")

        assert story.rest[2:] == ["60 Content Completed 60 content-1", "60 Playback Completed 60"]
        assert story.figures()["content_played"] == pytest.approx(60, abs=0.5)

    @pytest.mark.parametrize("signal", ["content_end", "end"])
    @pytest.mark.parametrize("told", [60.0, None])
    def test_the_last_seconds_before_the_end_are_watched(
        self, signal: str, told: float | None
    ) -> None:
        """S61: the end, with its position or without, is the last progress."""
        story = Story(60).begin().watch(57)
        story.wait(3).say(signal, position=told)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(60, abs=0.5)
        assert figures["unique_seconds"] == pytest.approx(60, abs=0.5)
        assert figures["suspended"] == pytest.approx(0, abs=0.5)

    @pytest.mark.parametrize("signal", ["content_end", "end"])
    def test_an_end_in_a_pause_plays_nothing(self, signal: str) -> None:
        """S75: a seek to the end while paused; some engines fire ``ended`` then."""
        story = Story(60).begin().watch(20)
        story.say("pause")
        story.wait(3).seek(60).wait(2).say(signal, position=60.0)
        assert [event.position for event in story.named("Content Completed")] == [60]
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(20)
        assert figures["unique_seconds"] == pytest.approx(20)
        assert (figures["paused"], figures["seeking"]) == (
            pytest.approx(5),
            pytest.approx(0.5),
        )

    @pytest.mark.parametrize("signal", ["content_end", "end"])
    def test_an_end_that_nothing_supports_tells_the_true_position(self, signal: str) -> None:
        """S3, S7, S82: said at 20 of 60, it ends there; nobody saw the rest."""
        story = Story(60).begin().watch(20)
        story.say(signal)
        story.wait(2).say("tick")  # a content_end in the wrong place is in doubt for so long
        assert [(e.at - story.start, e.position) for e in story.named("Content Completed")] == [
            (20, 20)
        ]

    @pytest.mark.parametrize("signal", ["content_end", "end"])
    def test_an_end_closes_an_open_stall_first(self, signal: str) -> None:
        """S20, S32: matched pairs, and the stall's time is no playing."""
        story = Story(60, step=0.5).begin().watch(59.5)
        story.say("buffer_start", position=59.5)
        told = story.wait(3).say(signal, position=60.0)
        assert told[:2] == [
            "62.5 Buffer Completed 59 @content-1",
            "62.5 Content Completed 60 content-1",
        ]
        assert story.figures()["buffering"] == pytest.approx(3)

    def test_a_stall_just_before_the_end_is_no_completion(self) -> None:
        """S75: the player says that it waits; then it goes on, and that is no replay (S24)."""
        story = Story(60, step=0.5).begin().watch(59.5)
        story.say("buffer_start", position=59.5)
        story.idle(12)
        assert names(story.events)[2:] == ["Buffer Started"]
        story.say("buffer_end", position=59.5)
        story.say("playing", position=59.5)
        story.watch(0.5).end()
        assert names(story.events)[2:] == [
            "Buffer Started",
            "Buffer Completed",
            "Content Completed",
            "Playback Completed",
        ]
        assert not story.session.wants_restart


def test_an_end_that_was_in_doubt_takes_back_no_time_of_what_was_said_since() -> None:
    """S64, S86: it is told after a seek that began and ended while it was doubted."""
    settings = Settings(inferred_seeks=False, scrub_window=0.5)
    session = Session("s1", SessionPlan(user_id="u1"), settings=settings)
    start = 1_790_000_000.0
    events = [*session.playing(start, 0.0), *session.load(start + 0.001, duration=4.0)]
    events += session.content_end(start + 0.002, 2.0)
    events += session.update(start + 1.02, playback_rate=15.0)
    events += session.update(start + 1.27, playback_rate=1.0)
    while (due := session.wake_at()) is not None:
        events += session.tick(due)

    figures = session.summary().to_dict()
    assert figures["content_played"] >= 0
    assert figures["elapsed"] == pytest.approx(events[-1].at - start, abs=1e-6)
