"""Pauses, stalls and seeks: S30 to S34, S65, S66, S70, S74."""

import pytest

from tests.session.story import Story, ad, mid, names, pre
from video_tracker.events import PlaybackEvent


def in_ad(played: float = 5.0, length: float = 20.0) -> Story:
    """Five seconds into a mid-roll of twenty."""
    story = Story(60, quartiles="off").begin().watch(15)
    story.say("ad_break_start")
    story.ad_start("a1", duration=length)
    return story.watch_ad(played)


class TestPauses:
    def test_a_pause_and_its_resume(self) -> None:
        """S30, S43: in the same call each, a beat after Resumed."""
        story = Story(60).begin().watch(5)
        assert story.say("pause", position=5.0) == ["5 Paused 5 @content-1"]
        assert story.wait(20).say("play", position=5.0) == [
            "25 Resumed 5 @content-1",
            "25 Content Playing 5 content-1",
        ]
        assert story.say("playing", position=5.0) == []

    def test_playing_alone_resumes(self) -> None:
        """S30: a player that says only that frames move."""
        story = Story(60).begin().watch(5)
        story.say("pause")
        assert story.wait(20).say("playing") == [
            "25 Resumed 5 @content-1",
            "25 Content Playing 5 content-1",
        ]

    @pytest.mark.parametrize("step", [0.25, 1.0])
    def test_content_that_plays_on_has_been_resumed(self, step: float) -> None:
        """S61: nobody said so; the pause was ten seconds long, and is undone once."""
        story = Story(60, step=step).begin().watch(5)
        story.say("pause", position=5.0)
        story.wait(10).watch(10)
        assert names(story.events)[2:] == ["Paused", "Resumed"]
        figures = story.figures()
        assert figures["paused"] == pytest.approx(10, abs=0.5)
        assert figures["content_played"] == pytest.approx(15, abs=0.5)

    def test_progress_in_a_pause_is_no_resume(self) -> None:
        """S30: the position is reported, and creeps by 0.2 s, while paused."""
        story = Story(60).begin().watch(5)
        story.say("pause", position=5.0)
        assert story.wait(0.1).say("progress", position=5.0) == []
        assert story.wait(1).say("progress", position=5.2) == []
        figures = story.figures()
        assert figures["paused"] == pytest.approx(1.1)

    def test_no_break_makes_a_pause_or_a_resume(self) -> None:
        """S30: never Resumed after an ad break."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.pod(("a1", 5))
        story.say("play", position=20.0)
        story.say("playing", position=20.0)
        story.watch(1)

        assert story.rest[2:] == [
            "20 Content Completed 20 content-1",
            "20 Ad Started 0 ad-1/a1 mid",
            "25 Ad Completed 5 ad-1/a1 mid",
            "25 Content Started 20 content-2",
        ]

    def test_no_seek_and_no_stall_makes_a_pause(self) -> None:
        """S30."""
        story = Story(60).begin().watch(5).seek(30).watch(5)
        story.say("buffer_start")
        story.wait(3).say("buffer_end")
        story.say("playing")

        assert story.named("Playback Paused") == []
        assert story.named("Playback Resumed") == []

    def test_a_pause_in_an_ad_bears_the_ad_s_ids(self) -> None:
        """S30, S34, S43: resumed with a beat of the ad."""
        story = in_ad()
        assert story.say("pause") == ["20 Paused 20 @ad-1"]
        assert story.wait(7).say("play") == [
            "27 Resumed 20 @ad-1",
            "27 Ad Playing 5 ad-1/a1 mid",
        ]


class TestPositionsOfCallbacks:
    @pytest.mark.parametrize("signal", ["pause", "buffer_start", "seek_start", "exit"])
    def test_the_position_of_a_callback_is_the_last_progress(self, signal: str) -> None:
        """S1, S63: three quarters of a second since the last progress were played."""
        story = Story(60).begin().watch(5)
        (line, *_) = story.wait(0.75).say(signal, position=5.75)
        assert line.split(" ")[0] == "5.75"
        story.wait(4).say("tick")
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(5.75)
        assert figures["unique_seconds"] == pytest.approx(5.75)

    @pytest.mark.parametrize("signal", ["pause", "buffer_start"])
    def test_so_it_is_in_an_ad(self, signal: str) -> None:
        """S1: the ad's seconds."""
        story = in_ad()
        story.wait(0.75).say(signal, position=5.75)
        story.wait(4).say("tick")
        assert story.figures()["ad_played"] == pytest.approx(5.75)

    def test_progress_without_a_position_in_a_pause_is_no_playing(self) -> None:
        """S30, S63: nothing shows that it plays."""
        story = Story(60)
        story.say("play")
        story.say("playing")
        story.wait(1).say("progress")
        story.say("pause")
        for _ in range(5):
            assert story.wait(1).say("progress") == []
        assert story.figures()["paused"] == pytest.approx(5)


class TestDoubtfulPauses:
    """S31: withheld only where the session itself has reason to doubt."""

    def test_a_pause_just_before_the_end_is_none(self) -> None:
        """S31: timeupdate, pause, ended."""
        story = Story(60).begin().watch(59.75, step=0.25)
        assert story.say("pause", position=59.75) == []
        assert story.wait(0.01).say("end", position=60.0) == [
            "59.76 Content Completed 60 content-1",
            "59.76 Playback Completed 60",
        ]
        assert story.figures()["pauses"] == 0

    def test_a_pause_just_before_the_content_s_end_is_none(self) -> None:
        """S31: the same before a post-roll."""
        story = Story(60).begin().watch(60)
        assert story.say("pause", position=60.0) == []
        assert story.say("content_end", position=60.0) == ["60 Content Completed 60 content-1"]

    def test_a_doubtful_pause_after_which_it_plays_on_is_none(self) -> None:
        """S31: the next progress shows that it was none."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))], quartiles="off", step=0.25).begin()
        story.watch(19.25).say("pause", position=19.25)
        story.watch(0.75)
        story.pod(("a1", 5))
        assert names(story.events)[2:] == ["Content Completed", "Ad Started", "Ad Completed"]
        figures = story.figures()
        assert (figures["pauses"], figures["paused"]) == (0, 0)
        assert figures["content_played"] == pytest.approx(20)

    def test_a_real_pause_near_the_end_is_reported_with_its_time(self) -> None:
        """S31: resumed, so it was one."""
        story = Story(60).begin().watch(59.25, step=0.25)
        assert story.say("pause", position=59.25) == []
        told = story.wait(5).say("play", position=59.25)
        assert told[:2] == ["59.25 Paused 59 @content-1", "64.25 Resumed 59 @content-1"]
        story.say("playing", position=59.25)
        story.watch(0.75, step=0.25).end()
        figures = story.figures()
        assert (figures["pauses"], figures["paused"]) == (1, pytest.approx(5))

    @pytest.mark.parametrize("position", [58.9, 30.0, 1.0])
    def test_a_pause_anywhere_else_is_answered_at_once(self, position: float) -> None:
        """S31: believed, also 1.1 s before the end."""
        story = Story(60).begin().seek(position - 1).watch(1)
        assert len(story.say("pause", position=position)) == 1

    def test_a_pause_is_answered_at_once_when_the_end_is_unknown(self) -> None:
        """S31: no known end, no doubt."""
        story = Story().begin().watch(59.5)
        assert story.say("pause", position=59.5) == ["59.5 Paused 59 @content-1"]

    def test_a_pause_just_before_a_planned_break_is_none(self) -> None:
        """S31: the framework pauses the content for its ads."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))], quartiles="off").begin()
        story.watch(19.75, step=0.25)
        assert story.say("pause", position=19.75) == []
        assert story.wait(0.05).say("ad_break_start") in (
            [],
            ["19.8 Content Completed 19 content-1"],
        )
        story.ad("a1", 5)
        story.say("ad_break_end")
        story.say("playing", position=19.75)

        assert story.rest[2:] == [
            "19.8 Content Completed 19 content-1",
            "19.8 Ad Started 0 ad-1/a1 mid",
            "24.8 Ad Completed 5 ad-1/a1 mid",
            "24.8 Content Started 19 content-2",
        ]

    def test_a_pause_just_before_an_ad_of_a_planned_break_is_none(self) -> None:
        """S31, S61: the break's start was lost."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))], quartiles="off").begin()
        story.watch(19.75, step=0.25)
        story.say("pause", position=19.75)
        assert story.wait(0.05).say("ad_start", asset_id="a1") == [
            "19.8 Content Completed 19 content-1",
            "19.8 Ad Started 0 ad-1/a1 mid",
        ]
        assert story.figures()["pauses"] == 0

    @pytest.mark.parametrize("signal", ["ad_start", "ad_break_end"])
    def test_a_pause_at_the_end_of_an_ad_whose_end_is_lost_is_none(self, signal: str) -> None:
        """S31, S62: what follows shows that the ad had ended."""
        story = in_ad(played=19.5)
        story.say("pause")
        fields = {"asset_id": "b", "duration": 5} if signal == "ad_start" else {}
        told = story.wait(0.5).say(signal, **fields)
        assert told[0] == "35 Ad Completed 20 ad-1/a1 mid"
        assert story.figures()["pauses"] == 0

    def test_a_real_pause_near_a_planned_break_is_reported_with_its_time(self) -> None:
        """S31: a tick shows which it was, and the session asks for one."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))]).begin().watch(19.5, step=0.5)
        assert story.say("pause", position=19.5) == []
        wake_at = story.session.wake_at()
        assert wake_at is not None
        assert wake_at <= story.start + 19.5 + 5, "bounded in time"
        assert story.wait(5).say("tick") == ["19.5 Paused 19 @content-1"]
        assert (
            story.wait(5).say("play")
            == [
                "29.5 Resumed 19 @content-1",
                "29.5 Content Playing 19 content-1",
            ]
            or story.rest[-1] == "29.5 Resumed 19 @content-1"
        )
        assert story.figures()["paused"] == pytest.approx(10)

    def test_a_withheld_pause_is_reported_before_an_exit(self) -> None:
        """S31: the next input shows that it was real."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))]).begin().watch(19.5, step=0.5)
        story.say("pause", position=19.5)
        assert story.wait(5).say("exit") == [
            "19.5 Paused 19 @content-1",
            "24.5 Exited 19 @content-1",
        ]

    def test_a_pause_near_a_break_already_played_is_answered_at_once(self) -> None:
        """S31: not yet played, says the rule."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))]).begin().watch(20)
        story.pod(("a1", 5))
        story.say("playing", position=20.0)
        story.watch(0.5, step=0.25)
        assert story.say("pause", position=20.5) == ["25.5 Paused 25 @content-2"]

    def test_a_pause_at_the_end_of_an_ad_is_none(self) -> None:
        """S31: each ad ends with pause, ended."""
        story = in_ad(played=19.5)
        assert story.say("pause") == []
        assert story.wait(0.5).say("ad_end", position=20.0) == ["35 Ad Completed 20 ad-1/a1 mid"]
        story.say("ad_break_end")
        assert story.say("playing", position=15.0) == ["35 Content Started 15 content-2"]
        assert story.figures()["pauses"] == 0

    def test_a_pause_within_a_seek_is_none(self) -> None:
        """S31: players pause while they seek, and play on."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0, to=30.0)
        assert story.wait(0.1).say("pause", position=30.0) == []
        assert story.wait(0.4).say("seek_end", position=30.0) == [
            "5.5 Seek Completed 30 @content-1 >30"
        ]
        assert story.say("play") == []
        assert story.say("playing", position=30.0) == []
        story.position = 30.0
        story.watch(5)

        assert story.rest[2:] == [
            "5 Seek Started 5 @content-1 >30",
            "5.5 Seek Completed 30 @content-1 >30",
        ]
        assert story.figures()["pauses"] == 0

    def test_a_real_pause_within_a_seek_is_reported_with_its_time(self) -> None:
        """S31: nothing plays after the seek."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0, to=30.0)
        assert story.wait(0.1).say("pause", position=30.0) == []
        story.wait(0.4).say("seek_end", position=30.0)
        story.wait(5).say("tick")
        assert [e.at - story.start for e in story.named("Playback Paused")] == [pytest.approx(5.1)]
        assert story.wait(30).say("tick") == [], "no beat while paused"
        assert story.say("play")[0].startswith("40.5 Resumed 30")


class TestBuffering:
    def test_a_stall_in_content_is_a_pair(self) -> None:
        """S32: in the same call each."""
        story = Story(60).begin().watch(5)
        assert story.say("buffer_start", position=5.0) == ["5 Buffer Started 5 @content-1"]
        assert story.wait(3).say("buffer_end", position=5.0) == ["8 Buffer Completed 5 @content-1"]

    def test_a_stall_in_an_ad_is_the_same_pair_with_the_ad_s_ids(self) -> None:
        """S32, S34."""
        story = in_ad()
        assert story.say("buffer_start") == ["20 Buffer Started 20 @ad-1"]
        assert story.wait(3).say("buffer_end") == ["23 Buffer Completed 20 @ad-1"]

    @pytest.mark.parametrize("over", ["playing", "progress"])
    def test_any_sign_of_playing_ends_a_stall(self, over: str) -> None:
        """S32, S61: the player never says that it is over."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        told = story.wait(3).say(over, position=5.0 if over == "playing" else 5.5)
        assert [line.split(" ")[1:3] for line in told] == [["Buffer", "Completed"]]

    def test_a_stall_told_twice_is_one_pair(self) -> None:
        """S20, S61."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        assert story.wait(1).say("buffer_start", position=5.0) == []
        story.wait(1).say("buffer_end", position=5.0)
        assert story.say("buffer_end", position=5.0) == []
        assert story.figures()["rebuffers"] == 1

    def test_a_pause_in_a_stall_closes_it_first(self) -> None:
        """S32, S66: Buffer Completed, then Paused, and the time after it is paused."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        assert story.wait(3).say("pause", position=5.0) == [
            "8 Buffer Completed 5 @content-1",
            "8 Paused 5 @content-1",
        ]
        assert story.wait(4).say("buffer_end", position=5.0) == []
        assert story.wait(1).say("play", position=5.0) == [
            "13 Resumed 5 @content-1",
            "13 Content Playing 5 content-1",
        ]
        figures = story.figures()
        assert (figures["buffering"], figures["paused"]) == (pytest.approx(3), pytest.approx(5))

    def test_an_interruption_of_a_stall_resumes_after_it(self) -> None:
        """S32: Buffer Completed precedes Resumed."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        story.wait(3).say("interrupt", method="network loss")
        story.wait(5).say("playing", position=5.0)
        order = [event.name for event in story.events]
        assert order.index("Video Playback Buffer Completed") < order.index(
            "Video Playback Resumed"
        )

    def test_a_seek_in_a_stall_closes_it(self) -> None:
        """S66: before Seek Started, at the same time."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        assert story.wait(3).say("seek_start", position=5.0, to=30.0) == [
            "8 Buffer Completed 5 @content-1",
            "8 Seek Started 5 @content-1 >30",
        ]

    @pytest.mark.parametrize("order", ["seek_end,buffer_end", "buffer_end,seek_end"])
    def test_both_orders_of_the_closing_callbacks_work(self, order: str) -> None:
        """S66: the stall was closed by the seek; nothing is left open, nothing is told twice."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        story.wait(3).say("seek_start", position=5.0, to=30.0)
        story.wait(2)
        for signal in order.split(","):
            story.say(signal, position=30.0)
        story.position = 30.0
        story.watch(5)

        assert story.rest[2:] == [
            "5 Buffer Started 5 @content-1",
            "8 Buffer Completed 5 @content-1",
            "8 Seek Started 5 @content-1 >30",
            "10 Seek Completed 30 @content-1 >30",
        ]

    def test_a_seek_may_hold_a_stall(self) -> None:
        """S32: a pair inside the seek's pair."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0, to=30.0)
        story.wait(1).say("buffer_start", position=30.0)
        story.wait(2).say("buffer_end", position=30.0)
        story.wait(1).say("seek_end", position=30.0)

        assert names(story.events)[2:] == [
            "Seek Started",
            "Buffer Started",
            "Buffer Completed",
            "Seek Completed",
        ]
        assert [event.at - story.start for event in story.events[2:]] == [5, 6, 8, 9]
        figures = story.figures()
        assert figures["seeking"] + figures["buffering"] == pytest.approx(4)

    def test_a_resume_at_rate_zero_is_still_buffering(self) -> None:
        """S74: paused and resumed in the stall; nothing plays until the rate is back."""
        story = Story(60).begin().watch(10)
        story.say("update", playback_rate=0.0)
        story.stand(2)
        story.say("pause")
        story.wait(3).say("play")
        story.say("playing")
        story.stand(4)
        story.say("update", playback_rate=1.0)
        story.watch(5)
        figures = story.figures()
        assert figures["paused"] == pytest.approx(3)
        assert figures["content_played"] == pytest.approx(15, abs=0.5)
        assert figures["buffering"] == pytest.approx(6, abs=0.5)

    @pytest.mark.parametrize("min_buffer", [0.0, 0.25])
    def test_a_break_closes_the_stall_in_a_seek_and_the_seek(self, min_buffer: float) -> None:
        """S20, S32: the inner pair first."""
        story = Story(60, min_buffer=min_buffer, quartiles="off").begin().watch(5)
        story.say("seek_start", position=5.0, to=30.0)
        story.wait(0.5).say("buffer_start", position=30.0)
        story.wait(2).pod(("a1", 5))
        assert names(story.events)[2:] == [
            "Seek Started",
            "Buffer Started",
            "Buffer Completed",
            "Seek Completed",
            "Content Completed",
            "Ad Started",
            "Ad Completed",
        ]

    def test_an_ad_that_moves_while_it_is_sought_in_still_seeks(self) -> None:
        """S33: the target is reported before the seek has ended."""
        story = in_ad(length=30)
        story.say("seek_start", position=5.0, to=12.0)
        assert story.wait(0.3).say("ad_progress", position=12.0) == []
        told = story.wait(0.3).say("seek_end", position=12.0)
        assert [line.split(" ")[1:3] for line in told] == [["Seek", "Completed"]]
        figures = story.figures()
        assert figures["seeking"] == pytest.approx(0.6)
        assert figures["ad_played"] == pytest.approx(5)

    @pytest.mark.parametrize(
        ("signal", "pair"),
        [
            ("pause", ["Paused", "Resumed"]),
            ("buffer_start", ["Buffer Started", "Buffer Completed"]),
        ],
    )
    def test_an_ad_that_plays_on_ends_its_pause_or_stall(
        self, signal: str, pair: list[str]
    ) -> None:
        """S61: the closing callback was lost; the ad's seconds are right."""
        story = in_ad()
        story.say(signal)
        story.wait(3).watch_ad(15).ad_end()
        assert names(story.events)[4:] == [*pair, "Ad Completed"]
        figures = story.figures()
        assert figures["ad_played"] == pytest.approx(20, abs=0.5)
        assert figures["paused"] + figures["buffering"] == pytest.approx(3, abs=0.5)

    def test_rate_zero_while_playing_is_buffering(self) -> None:
        """S74: never a rate, and never divided by."""
        story = Story(60).begin().watch(10)
        story.say("update", playback_rate=0.0)
        story.stand(5)
        story.say("update", playback_rate=1.0)
        story.watch(10)

        figures = story.figures()
        assert figures["buffering"] == pytest.approx(5, abs=0.5)
        assert figures["content_played"] == pytest.approx(20, abs=0.5)
        assert figures["average_rate"] == pytest.approx(1, abs=0.05)


class TestUnannouncedStalls:
    """S65: position stands still for more than a second while "playing", then moves on."""

    def test_they_are_buffering_in_the_figures(self) -> None:
        """And make no events by default."""
        story = Story(60, step=0.25).begin().watch(8).stand(5).watch(8)

        figures = story.figures()
        assert figures["content_played"] == pytest.approx(16, abs=0.5)
        assert figures["buffering"] == pytest.approx(5, abs=0.5)
        assert story.rest[2:] == []

    def test_they_make_no_beats(self) -> None:
        """S40: buffering time does not count."""
        story = Story(60, step=0.25).begin().watch(8).stand(5).watch(1)
        assert story.beats == []
        story.watch(1.5)
        assert len(story.beats) == 1

    def test_they_make_events_when_asked_for(self) -> None:
        """The setting ``inferred_buffering``; dated truly."""
        story = Story(60, step=0.25, inferred_buffering=True).begin().watch(8).stand(5).watch(8)

        pair = [event for event in story.events if "Buffer" in event.name]
        assert [event.name.removeprefix("Video Playback ") for event in pair] == [
            "Buffer Started",
            "Buffer Completed",
        ]
        assert [event.position for event in pair] == [8, 8]
        assert pair[0].at - story.start == pytest.approx(8, abs=0.3)
        assert pair[1].at - story.start == pytest.approx(13, abs=0.3)

    def test_a_short_stand_is_none(self) -> None:
        """Up to a second may pass between two moves of the position."""
        story = Story(60, step=0.25, inferred_buffering=True).begin()
        story.watch(8).stand(0.75).watch(8)
        assert story.rest[2:] == []


class TestMinBuffer:
    def story(self) -> Story:
        return Story(60, min_buffer=0.25, step=0.25).begin().watch(5)

    def test_a_short_stall_is_dropped(self) -> None:
        """S32, S74: no pair; the ledger counts its time truly."""
        story = self.story()
        assert story.say("buffer_start", position=5.0) == []
        assert story.wait(0.2).say("buffer_end", position=5.0) == []
        story.watch(5)

        assert story.rest[2:] == []
        assert story.figures()["buffering"] == pytest.approx(0.2)

    @pytest.mark.parametrize("shown_by", ["tick", "buffer_end", "playing"])
    def test_a_longer_stall_is_dated_truly(self, shown_by: str) -> None:
        """S32: whatever shows that it lasted."""
        story = self.story()
        assert story.say("buffer_start", position=5.0) == []
        story.wait(0.5)
        if shown_by == "tick":
            assert story.session.wake_at() == pytest.approx(story.start + 5.25)
            assert story.say("tick") == ["5 Buffer Started 5 @content-1"]
            assert story.wait(0.5).say("buffer_end", position=5.0) == [
                "6 Buffer Completed 5 @content-1"
            ]
        else:
            assert story.say(shown_by, position=5.0) == [
                "5 Buffer Started 5 @content-1",
                "5.5 Buffer Completed 5 @content-1",
            ]

    def test_a_pause_drops_a_short_stall(self) -> None:
        """S32: it ended sooner."""
        story = self.story()
        story.say("buffer_start", position=5.0)
        assert story.wait(0.1).say("pause", position=5.0) == ["5.1 Paused 5 @content-1"]

    def test_a_pause_reports_a_longer_stall_first(self) -> None:
        """S32: the pair, dated truly, then Paused."""
        story = self.story()
        story.say("buffer_start", position=5.0)
        assert story.wait(1).say("pause", position=5.0) == [
            "5 Buffer Started 5 @content-1",
            "6 Buffer Completed 5 @content-1",
            "6 Paused 5 @content-1",
        ]

    def test_a_held_stall_holds_the_beat_too(self) -> None:
        """S32, S40: whatever becomes of it, its time is not playing."""
        story = Story(60, min_buffer=0.25, step=0.25).begin().watch(9.75)
        story.say("buffer_start", position=9.75)
        assert story.wait(0.2).say("tick") == []
        assert story.wait(0.1).say("tick") == ["9.75 Buffer Started 9 @content-1"]
        story.wait(3).say("buffer_end", position=9.75)
        story.watch(1)
        assert story.beats == ["13.3 Content Playing 10 content-1"]

    def test_without_the_setting_nothing_is_held(self) -> None:
        """S32: default 0."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        story.wait(0.01).say("buffer_end", position=5.0)
        assert len(story.rest) == 4


class TestSeeks:
    def test_a_seek_tells_where_it_left_and_where_it_goes_on(self) -> None:
        """S33: in the same call each."""
        story = Story(60).begin().watch(5)
        assert story.say("seek_start", position=5.0, to=30.0) == ["5 Seek Started 5 @content-1 >30"]
        assert story.wait(0.5).say("seek_end", position=30.0) == [
            "5.5 Seek Completed 30 @content-1 >30"
        ]

    def test_playback_goes_on_where_the_player_says(self) -> None:
        """S33: a key frame before the target."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0, to=30.0)
        story.wait(0.5).say("seek_end", position=28.2)
        assert [event.position for event in story.named("Playback Seek Completed")] == [28]

    def test_a_target_learned_at_the_end_is_on_the_end(self) -> None:
        """S33: Adobe needs it there."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0)
        assert story.wait(0.5).say("seek_end", position=30.0) == [
            "5.5 Seek Completed 30 @content-1 >30"
        ]

    def test_a_seek_begun_before_the_last_one_ended_continues_it(self) -> None:
        """S33: one Started, one Completed."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0, to=30.0)
        assert story.wait(0.5).say("seek_start", position=30.0, to=50.0) == []
        story.wait(0.5).say("seek_end", position=50.0)
        story.position = 50.0
        story.watch(2)

        assert [line.rsplit(" ", 1)[0] for line in story.rest[2:]] == [
            "5 Seek Started 5 @content-1",
            "6 Seek Completed 50 @content-1",
        ]
        assert story.figures()["seeks"] == 1

    def test_a_seek_while_paused_stays_paused(self) -> None:
        """S33: no beat, no Resumed, until the viewer plays."""
        story = Story(60).begin().watch(5)
        story.say("pause", position=5.0)
        story.wait(2).say("seek_start", position=5.0, to=30.0)
        story.wait(1).say("seek_end", position=30.0)
        assert story.wait(0.1).say("progress", position=30.0) == []
        assert story.tick(30) is story
        assert story.rest[3:] == [
            "7 Seek Started 5 @content-1 >30",
            "8 Seek Completed 30 @content-1 >30",
        ]
        assert story.beats == []
        assert story.say("play")[0].startswith("38.1 Resumed 30")
        figures = story.figures()
        assert figures["seeking"] == pytest.approx(1)
        assert figures["paused"] == pytest.approx(32.1)

    def test_two_seeks_are_two(self) -> None:
        """S33: with the default of ``scrub_window``, even 0.1 s apart."""
        story = Story(60).begin().watch(5).seek(30, taking=0.1).wait(0.1).seek(40, taking=0.1)
        assert len(story.named("Playback Seek Started")) == 2
        assert story.figures()["seeks"] == 2

    @pytest.mark.parametrize("off", [0.3, -0.3, 0.45])
    def test_a_tiny_jump_is_no_seek(self, off: float) -> None:
        """S70: a gap jump or a nudge; the content position simply follows."""
        story = Story(60, step=0.25).begin().watch(5)
        story.position += off
        story.watch(2)
        story.say("pause")

        assert [line.split(" ", 1)[1] for line in story.rest[2:]] == [
            f"Paused {int(story.position)} @content-1"
        ]

    @pytest.mark.parametrize("to", [40.0, 0.5])
    def test_a_jump_without_callbacks_is_an_inferred_seek(self, to: float) -> None:
        """S61: a matched pair; the figures have its ranges."""
        story = Story(60, step=0.25).begin().watch(10)
        story.position = to
        story.watch(5)

        pair = [event for event in story.events if "Seek" in event.name]
        assert [event.name.removeprefix("Video Playback ") for event in pair] == [
            "Seek Started",
            "Seek Completed",
        ]
        assert pair[0].position == 10
        assert pair[1].position == int(to)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(15, abs=0.5)
        assert figures["unique_seconds"] == pytest.approx(15 if to == 40 else 10, abs=0.5)

    def test_a_jump_in_a_pause_is_an_inferred_seek_that_stays_paused(self) -> None:
        """S33, S61: no beat, no Resumed."""
        story = Story(60).begin().watch(5)
        story.say("pause", position=5.0)
        story.wait(2).say("progress", position=40.0)
        story.tick(30)
        assert names(story.events)[2:] == ["Paused", "Seek Started", "Seek Completed"]
        assert [e.position for e in story.events if "Seek" in e.name] == [5, 40]
        assert story.beats == []
        assert story.say("play")[0].startswith("37 Resumed 40")
        assert story.figures()["unique_seconds"] == pytest.approx(5)

    def test_content_that_plays_on_after_a_seek_has_ended_it(self) -> None:
        """S61: the seek's end was lost; one pair, and the content counts from there."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0, to=40.0)
        story.wait(1)
        story.position = 40.0
        story.watch(12)
        pair = [event for event in story.events if "Seek" in event.name]
        assert names(story.events)[2:] == ["Seek Started", "Seek Completed"]
        assert pair[0].position == 5
        assert pair[1].position in (40, 41)
        figures = story.figures()
        assert figures["seeking"] == pytest.approx(1, abs=1)
        assert figures["content_played"] == pytest.approx(17, abs=1)

    def test_inferred_seeks_can_be_turned_off(self) -> None:
        """S61: a setting."""
        story = Story(60, step=0.25, inferred_seeks=False).begin().watch(10)
        story.position = 40.0
        story.watch(5)
        assert not [event for event in story.events if "Seek" in event.name]
        assert story.figures()["unique_seconds"] == pytest.approx(15, abs=0.5)

    def test_progress_long_apart_is_no_seek(self) -> None:
        """S61: thirty seconds of content in thirty of wall time are played."""
        story = Story(600, step=30).begin().watch(120)
        assert story.rest[2:] == []

    def test_fast_playing_is_no_seek(self) -> None:
        """S61: sixty seconds of content in thirty of wall time at the rate of two."""
        story = Story(600, step=15).begin()
        story.say("update", playback_rate=2.0)
        story.watch(120, rate=2.0)
        assert story.rest[2:] == []


class TestScrubbing:
    """S33: setting ``scrub_window``."""

    def scrub(self, pause_between: float, count: int = 5) -> Story:
        story = Story(600, scrub_window=0.5, step=0.1).begin().watch(5, step=1)
        for number in range(count):
            target = 100.0 * (number + 1)
            story.say("seek_start", position=story.position, to=target)
            story.wait(0.1).say("seek_end", position=target)
            story.say("playing", position=target)
            story.position = target
            if number < count - 1:
                story.watch(pause_between)
        return story

    def test_a_scrub_is_one_seek(self) -> None:
        """One Started, one Completed, dated truly, told when the window has passed."""
        story = self.scrub(pause_between=0.1)
        assert [line.rsplit(" ", 1)[0] for line in story.rest[2:]] == [
            "5 Seek Started 5 @content-1"
        ]
        end = story.now
        assert story.session.wake_at() == pytest.approx(story.start + end + 0.5)
        story.watch(5, step=1)

        assert [line.rsplit(" ", 1)[0] for line in story.rest[2:]] == [
            "5 Seek Started 5 @content-1",
            f"{end:g} Seek Completed 500 @content-1",
        ]

    def test_a_tick_after_the_window_tells_the_end(self) -> None:
        """S46: nobody says anything more; the Completed is dated truly."""
        story = self.scrub(pause_between=0.1)
        end = story.now
        assert story.wait(0.4).say("tick") == []
        (line,) = story.wait(0.2).say("tick")
        assert line.startswith(f"{end:g} Seek Completed 500")

    def test_the_playing_in_between_is_counted_truly(self) -> None:
        """Five seeks of 0.1 s with 0.1 s of playing between them."""
        story = self.scrub(pause_between=0.1).watch(5)

        figures = story.figures()
        assert figures["seeking"] == pytest.approx(0.5, abs=0.01)
        assert figures["content_played"] == pytest.approx(5 + 0.4 + 5, abs=0.01)
        assert figures["unique_seconds"] == pytest.approx(10.4, abs=0.05)
        assert figures["seeks"] == 1

    def test_seeks_further_apart_than_the_window_are_their_own(self) -> None:
        """0.7 s of playing between them."""
        story = self.scrub(pause_between=0.7, count=3).watch(5)
        told = [event for event in story.events if "Seek" in event.name]
        assert len(told) == 6
        assert story.figures()["seeks"] == 3

    def test_a_pause_after_the_scrub_follows_its_end(self) -> None:
        """The order of events is the order of what happened."""
        story = self.scrub(pause_between=0.1)
        end = story.now
        story.wait(0.2).say("pause", position=500.2)
        story.wait(5).say("tick")

        assert [line.rsplit(" ", 1)[0] for line in story.rest[2:]] == [
            "5 Seek Started 5 @content-1",
            f"{end:g} Seek Completed 500 @content-1",
            f"{end + 0.2:g} Paused 500",
        ]

    def test_an_exit_in_the_window_closes_the_scrub(self) -> None:
        """S20: matched pairs; the Completed is dated truly."""
        story = self.scrub(pause_between=0.1)
        end = story.now
        told = story.wait(0.2).say("exit")
        assert told[0].startswith(f"{end:g} Seek Completed 500")
        assert told[-1].startswith(f"{end + 0.2:g} Exited 500")

    def test_the_beats_start_anew_at_the_true_end(self) -> None:
        """S41: ten seconds after the scrub ended, not after it was told."""
        story = self.scrub(pause_between=0.1)
        end = story.now
        story.watch(12, step=0.1)
        (beat,) = story.named("Content Playing")
        assert beat.at - story.start == pytest.approx(end + 10, abs=0.11)


class TestIdsOfWhatPlays:
    def playing(self, story: Story) -> tuple[str | None, ...]:
        event = story.events[-1]
        assert isinstance(event, PlaybackEvent)
        ids = event.playing
        return (
            ids.content_asset_id,
            ids.content_pod_id,
            ids.ad_asset_id,
            ids.ad_pod_id,
            ids.ad_type,
        )

    def test_in_content_only_the_content_s_ids(self) -> None:
        """S34."""
        story = Story(60, breaks=[pre(ad("a0", 5))])
        story.say("play")
        story.pod(("a0", 5))
        story.say("playing", position=0.0)
        story.watch(5).say("pause")
        assert self.playing(story) == ("asset-1", "content-1", None, None, None)

    def test_in_an_ad_only_the_ad_s_ids(self) -> None:
        """S34."""
        story = in_ad()
        story.say("pause")
        assert self.playing(story) == (None, None, "a1", "ad-1", "mid-roll")

    def test_both_when_asked_for(self) -> None:
        """S34: the setting ``ids``."""
        story = Story(60, ids="both").begin().watch(15)
        story.say("ad_break_start")
        story.ad_start("a1", duration=20)
        story.watch_ad(5).say("pause")
        assert self.playing(story) == ("asset-1", "content-1", "a1", "ad-1", "mid-roll")

    def test_explicit_nulls_are_a_matter_of_the_envelope(self) -> None:
        """S34: the setting ``absent``."""
        assert Story(60, absent="null").session.envelope().absent == "null"
        assert Story(60).session.envelope().absent == "omit"
