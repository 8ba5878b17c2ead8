"""Pauses, doubtful pauses, and the ids of what plays: S30, S31, S34."""

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
        """S31: players pause while they seek, and play on; S86: till then the seek waits for it."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0, to=30.0)
        assert story.wait(0.1).say("pause", position=30.0) == []
        assert story.wait(0.4).say("seek_end", position=30.0) == []
        assert story.say("play") == ["5.5 Seek Completed 30 @content-1 >30"]
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
