"""Leaving, interruptions, silence and fatal errors: S26, S76."""

from typing import Any

import pytest

from tests.session.story import Story, ad, mid, names
from video_tracker.events import QualityUpdated
from video_tracker.session import Playback


def in_ad() -> Story:
    story = Story(60, breaks=[mid(20, ad("a1", 15))], quartiles="off").begin().watch(20)
    story.say("ad_break_start")
    story.ad_start("a1")
    return story.watch_ad(5)


class TestExit:
    def test_an_exit_leaves_the_pod_without_completed(self) -> None:
        """S26: terminal."""
        story = Story(60).begin().watch(5)
        assert story.say("exit", position=5.0) == ["5 Exited 5 @content-1"]
        assert story.session.over
        assert story.figures()["ended"] == "exited"

    def test_an_exit_leaves_the_ad_without_completed(self) -> None:
        """S26."""
        story = in_ad()
        assert story.say("exit") == ["25 Exited 25 @ad-1"]
        assert story.figures()["ads_completed"] == 0

    def test_an_exit_excludes_completed(self) -> None:
        """S26: and the other way round."""
        story = Story(20).begin().watch(20)
        story.say("exit", position=20.0)
        assert story.say("end") == []
        other = Story(20).begin().watch(20).end()
        assert other.say("exit") == []
        assert names(other.events)[-1] == "Playback Completed"

    @pytest.mark.parametrize("in_the_middle_of", ["pause", "buffer_start", "seek_start"])
    def test_an_exit_may_come_in_the_middle_of_anything(self, in_the_middle_of: str) -> None:
        """S20, S26: nothing is resumed by it, and it comes last."""
        story = Story(60).begin().watch(5)
        story.say(in_the_middle_of, position=5.0)
        told = story.wait(2).say("exit")
        assert told[-1].startswith("7 Exited 5")
        assert not [line for line in told if "Resumed" in line]
        assert len(told) <= 2

    def test_an_exit_before_play_is_nothing(self) -> None:
        """S20: Playback Started comes first."""
        story = Story(60)
        story.say("load")
        assert story.say("exit") == []


class TestInterruption:
    def test_an_interruption_and_its_resume(self) -> None:
        """S26: recoverable, with its method; Resumed undoes it."""
        story = Story(60).begin().watch(5)
        assert story.say("interrupt", method="network loss") == [
            "5 Interrupted 5 @content-1 network loss"
        ]
        assert story.wait(7).say("play") == [
            "12 Resumed 5 @content-1",
            "12 Content Playing 5 content-1",
        ]
        figures = story.figures()
        assert figures["interrupted"] == pytest.approx(7)

    @pytest.mark.parametrize("signal", ["play", "playing", "progress"])
    def test_any_sign_of_playing_resumes(self, signal: str) -> None:
        """S26."""
        story = Story(60).begin().watch(5)
        story.say("interrupt", method="call")
        fields = {"position": 5.5} if signal == "progress" else {}
        told = story.wait(7).say(signal, **fields)
        assert [line.split(" ")[1] for line in told] == ["Resumed", "Content"]

    def test_interrupted_twice_is_once(self) -> None:
        """S20: matched pairs."""
        story = Story(60).begin().watch(5)
        story.say("interrupt", method="call")
        assert story.wait(1).say("interrupt", method="call") == []

    def test_an_interrupted_ad_goes_on(self) -> None:
        """S26: it is left open, and completes later."""
        story = in_ad()
        assert story.say("interrupt", method="call") == ["25 Interrupted 25 @ad-1 call"]
        assert story.wait(7).say("playing") == [
            "32 Resumed 25 @ad-1",
            "32 Ad Playing 5 ad-1/a1 mid",
        ]
        story.watch_ad(10)
        assert story.ad_end() == ["42 Ad Completed 15 ad-1/a1 mid"]

    def test_an_interruption_may_end_in_an_exit(self) -> None:
        """S26."""
        story = Story(60).begin().watch(5)
        story.say("interrupt", method="call")
        assert story.wait(7).say("exit") == ["12 Exited 5 @content-1"]
        assert story.figures()["ended"] == "exited"

    def test_a_pause_that_is_interrupted_is_resumed_once(self) -> None:
        """S20, S26: no two Resumed in a row."""
        story = Story(60).begin().watch(5)
        story.say("pause")
        story.wait(2).say("interrupt", method="call")
        story.wait(5).say("play")
        story.say("playing")
        assert names(story.events)[2:] == ["Paused", "Interrupted", "Resumed"]

    @pytest.mark.parametrize("silence", ["interrupt", "timeout"])
    def test_an_ad_that_starts_resumes_an_interrupted_break(self, silence: str) -> None:
        """S26: an ad's first frame is a sign of playing; matched pairs (S20)."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        if silence == "interrupt":
            story.wait(1).say("interrupt", method="call")
            story.wait(5)
        else:
            story.wait(400).say("tick")
            story.wait(1)
        story.ad("a1", 5)
        assert names(story.events)[3:] == ["Interrupted", "Resumed", "Ad Started", "Ad Completed"]

    def test_a_seek_in_an_interruption_is_not_lost(self) -> None:
        """S26, S33: back from a call, the viewer seeks and plays; he goes on where he sought."""
        story = Story(60).begin().watch(20)
        story.say("interrupt", method="call")
        story.wait(5).seek(40)
        story.say("play", position=40.0)
        story.watch(2)
        assert [e.position for e in story.named("Playback Resumed")] in ([20], [40])
        story.say("pause")
        assert story.events[-1].position == 42
        assert "inferred_seek" not in story.figures()["diagnostics"]


class TestTimeout:
    def test_a_seek_after_a_long_pause_is_a_seek(self) -> None:
        """S26, S33: forty minutes later the viewer seeks, then plays."""
        story = Story(60).begin().watch(20)
        story.say("pause")
        story.wait(2400).seek(40)
        story.wait(2).say("play")
        story.say("playing", position=40.0)
        story.watch(2)
        seeks = [event for event in story.events if "Seek" in event.name]
        assert [(e.name[-14:], e.position, e.at - story.start) for e in seeks] == [
            ("k Seek Started", 20, 2420.0),
            ("Seek Completed", 40, 2420.5),
        ]
        assert story.figures()["seeks"] == 1
        assert len(story.named("Playback Interrupted")) == 1

    @pytest.mark.parametrize("noticed_by", ["tick", "progress", "pause", "update"])
    def test_silent_playing_is_interrupted_once(self, noticed_by: str) -> None:
        """S26: five minutes, dated when it fell due, however late it is noticed."""
        story = Story(6000).begin().watch(5)
        told = story.wait(1000).say(noticed_by, **self.fields(noticed_by))
        assert told[0] == "305 Interrupted 5 @content-1 timeout"
        story.wait(1000).say("tick")
        story.wait(1000).say("tick")
        assert len(story.named("Playback Interrupted")) <= 2
        if noticed_by == "tick":
            assert len(story.named("Playback Interrupted")) == 1

    def fields(self, signal: str) -> dict[str, Any]:
        fields: dict[str, dict[str, Any]] = {
            "progress": {"position": 6.0},
            "update": {"sound": 10},
        }
        return fields.get(signal, {})

    def test_a_later_callback_revives_it(self) -> None:
        """S26, S43: Resumed, and a beat; the next one ten seconds later."""
        story = Story(6000).begin().watch(5)
        story.wait(1000).say("tick")
        assert story.wait(1).say("playing", position=5.0) == [
            "1006 Resumed 5 @content-1",
            "1006 Content Playing 5 content-1",
        ]
        story.watch(10)
        assert story.beats[-1] == "1016 Content Playing 15 content-1"

    def test_progress_revives_it(self) -> None:
        """S26: dated with the callback, or with the playing that it shows."""
        story = Story(6000).begin().watch(5)
        story.wait(1000).say("tick")
        story.wait(1).say("progress", position=6.0)
        resumed, beat = story.events[-2:]
        assert (resumed.name, beat.name) == (
            "Video Playback Resumed",
            "Video Content Playing",
        )
        assert 1005 <= resumed.at - story.start == beat.at - story.start <= 1006

    @pytest.mark.parametrize("played", [5.0, 400.0])
    @pytest.mark.parametrize("signal", ["ad_progress", "pause"])
    def test_an_ad_that_comes_back_is_where_it_says(self, signal: str, played: float) -> None:
        """S26, S63: so much of the silence was played; Resumed and its beat bear that place."""
        story = Story(7200, quartiles="off").begin().watch(2)
        story.say("ad_break_start")
        story.ad_start("a", duration=600.0)
        story.watch_ad(9)
        story.wait(400)
        place = 9 + played
        story.say(signal, position=place)
        assert story.rows[-3 - (signal == "pause") :][:3] == [
            "311 Interrupted 11 @ad-1 timeout",
            f"411 Resumed {place + 2:g} @ad-1",
            f"411 Ad Playing {place:g} ad-1/a mid",
        ]
        figures = story.figures()
        assert figures["ad_played"] == pytest.approx(place)
        assert figures["suspended"] == pytest.approx(400 - played)

    def test_an_ad_may_have_played_on_up_to_its_timeout(self) -> None:
        """S26, S78, S84: a second after that its clock can be anywhere that time allows."""
        story = Story(7200, quartiles="off").begin().watch(2)
        story.say("ad_break_start")
        story.ad_start("a", duration=600.0)
        story.watch_ad(9)
        story.wait(301)
        assert story.say("ad_progress", position=200.0)[1:] == [
            "312 Resumed 202 @ad-1",
            "312 Ad Playing 200 ad-1/a mid",
        ]

    def test_silent_playing_is_suspended(self) -> None:
        """S26, S63: a timeout moves no time between buckets."""
        story = Story(6000).begin().watch(5)
        story.wait(1000).say("progress", position=6.0)
        story.position = 6.0
        story.watch(4)
        figures = story.figures()
        assert figures["interrupted"] == 0
        assert figures["suspended"] == pytest.approx(999, abs=2)
        assert figures["content_played"] == pytest.approx(10, abs=2)

    @pytest.mark.parametrize("noticed_by", ["tick", "play"])
    def test_a_silent_pause_is_interrupted_after_half_an_hour(self, noticed_by: str) -> None:
        """S26: and stays paused in the figures; a tick is no later word (S88)."""
        story = Story(60).begin().watch(5)
        story.say("pause")
        assert story.wait(1799).say("tick") == []
        told = story.wait(5000).say(noticed_by)
        assert told[0] == "1805 Interrupted 5 @content-1 timeout"
        if noticed_by == "play":
            assert told[1:] == ["6804 Resumed 5 @content-1", "6804 Content Playing 5 content-1"]
        assert story.figures()["paused"] == pytest.approx(1800 if noticed_by == "tick" else 6799)

    @pytest.mark.parametrize("noticed", ["by a tick", "by the first frame"])
    def test_a_quality_before_the_first_frame_waits_no_longer_than_its_session(
        self, noticed: str
    ) -> None:
        """S26, S86, S88: it is told when the silence is, whoever notices that."""
        story = Story(60)
        story.say("play")
        story.wait(1).say("quality", bitrate=800)
        story.wait(400)
        if noticed == "by a tick":
            story.say("tick")
        story.say("content_start")
        assert story.rows == [
            "0 Playback Started 0",
            "1 Quality Updated 0",
            "301 Interrupted 0 timeout",
            "401 Resumed 0 @content-1",
            "401 Content Started 0 content-1",
        ]
        (quality,) = [each for each in story.events if isinstance(each, QualityUpdated)]
        assert quality.startup_time is None

    @pytest.mark.parametrize("ticks", [True, False])
    def test_a_tick_measures_no_clock_that_stepped_back(self, ticks: bool) -> None:
        """S64, S88: that is measured from callback to callback, whoever noticed the silence."""
        story = Story(6000).begin().watch(20)
        story.say_at(-1979.0, "progress", position=21.0)
        if ticks:
            story.now = 400.0
            assert story.say("tick") == ["320 Interrupted 20 @content-1 timeout"]
        told = story.say_at(-1400.0, "progress", position=600.0)
        assert told[-2:] == ["600 Resumed 600 @content-1", "600 Content Playing 600 content-1"]

    def test_a_tick_is_no_callback(self) -> None:
        """S26: ticks do not keep a silent session alive."""
        story = Story(6000).begin().watch(5)
        story.tick(400, step=10)
        (interrupted,) = story.named("Playback Interrupted")
        assert interrupted.at - story.start == pytest.approx(305)

    def test_the_timeout_is_a_setting(self) -> None:
        """S26: the same for playing and paused."""
        story = Story(6000, idle_timeout=60).begin().watch(5)
        assert story.wait(100).say("tick")[-1] == "65 Interrupted 5 @content-1 timeout"
        other = Story(6000, idle_timeout=60).begin().watch(5)
        other.say("pause")
        assert other.wait(100).say("tick") == ["65 Interrupted 5 @content-1 timeout"]

    def test_silence_makes_no_burst_of_beats(self) -> None:
        """S42, S63."""
        story = Story(6000).begin().watch(5)
        story.wait(7200).say("tick")
        assert len(story.beats) <= 1

    def test_a_timed_out_ad_is_left_open(self) -> None:
        """S26: no Completed, and the session ended by timeout."""
        story = in_ad()
        story.wait(1000).say("tick")
        assert names(story.events)[-2:] == ["Ad Started", "Interrupted"]
        figures = story.figures()
        assert (figures["ended"], figures["ads_completed"]) == ("timeout", 0)

    def test_a_session_not_begun_never_times_out(self) -> None:
        """S20: nothing before Playback Started."""
        story = Story(60)
        story.say("load")
        assert story.wait(10_000).say("tick") == []

    def test_the_end_of_a_log_lets_time_pass(self) -> None:
        """S26: whoever reads a log to its end learns of the timeout."""
        story = Story(6000).begin().watch(5)
        playback = Playback(story.session)
        told = playback.finish()
        assert [event.name for _, event in told][-1:] == ["Video Playback Interrupted"]
        assert playback.sessions == (story.session,)
        assert story.figures()["ended"] == "timeout"

    def test_a_figure_of_a_revived_session_is_open(self) -> None:
        """The summary: how it ended, so far."""
        story = Story(6000).begin().watch(5)
        story.wait(1000).say("tick")
        story.wait(1).say("progress", position=6.0)
        assert story.figures()["ended"] == "open"


class TestErrors:
    def test_an_error_that_is_not_fatal_is_nothing(self) -> None:
        """S76."""
        story = Story(60).begin().watch(5)
        assert story.say("error", reason="fragLoadError") == []
        story.watch(4)
        assert story.rest[2:] == []

    def test_a_fatal_error_interrupts_when_playback_really_stops(self) -> None:
        """S76: three seconds of buffer are played after it."""
        story = Story(60, step=0.5).begin().watch(10)
        story.say("error", fatal=True, reason="decode")
        before = story.rest
        story.watch(3)
        assert story.rest == before
        story.tick(60)
        (interrupted,) = story.named("Playback Interrupted")
        assert interrupted.position == 13
        assert interrupted.at - story.start >= 13
        assert interrupted.method == "decode"  # type: ignore[attr-defined]
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(13, abs=0.5)

    @pytest.mark.parametrize("stops_with", ["pause", "buffer_start"])
    def test_the_stop_after_a_fatal_error_is_the_interruption(self, stops_with: str) -> None:
        """S76: error, then pause: no viewer paused."""
        story = Story(60, step=0.5).begin().watch(10)
        story.say("error", fatal=True, reason="decode")
        story.watch(3).say(stops_with, position=13.0)
        story.tick(60)
        (interrupted,) = story.named("Playback Interrupted")
        assert interrupted.position == 13
        assert interrupted.at - story.start == pytest.approx(13), "when it stopped"
        if stops_with == "pause":
            assert story.named("Playback Paused") == []

    def test_a_fatal_error_in_an_ad_is_not_the_content_s(self) -> None:
        """S76: the ad's file failed; the content plays on."""
        story = in_ad()
        story.say("error", fatal=True, reason="404")
        story.say("ad_error", reason="404")
        story.say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(20)
        story.tick(2)
        assert names(story.events)[3:] == ["Ad Started", "Content Started"]

    def test_playback_that_survives_a_fatal_error_is_not_interrupted(self) -> None:
        """S76: the player recovered and played to the end."""
        story = Story(60).begin().watch(10)
        story.say("error", fatal=True, reason="decode")
        story.watch(50).end()
        assert names(story.events)[2:] == ["Content Completed", "Playback Completed"]

    def test_a_second_fatal_error_inside_a_seek_interrupts_once(self) -> None:
        """S76, S20: the one announced before does not interrupt again when the seek lands."""
        story = Story(60).begin().watch(5)
        story.say("error", fatal=True, reason="decode")
        story.say("seek_start", position=5.0, to=40.0)
        story.say("error", fatal=True, reason="network loss")
        story.tick(60)
        assert len(story.named("Playback Interrupted")) == 1
