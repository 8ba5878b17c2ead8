"""Seeks, inferred seeks and scrubs: S33, S61, S70."""

import pytest

from tests.session.story import Story, ad, mid, names
from video_tracker.events import PlaybackSeekCompleted, PlaybackSeekStarted


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

    @pytest.mark.parametrize("to", [None, 30.0])
    @pytest.mark.parametrize("pressed", [0.5, 2.0])
    def test_play_pressed_in_a_seek_does_not_end_it(self, pressed: float, to: float | None) -> None:
        """S20, S33, S43: Resumed and its beat come when the seek has ended, where that went."""
        story = Story(60).begin().watch(5)
        story.say("pause", position=5.0)
        story.wait(2).say("seek_start", position=5.0, to=to)
        assert story.wait(pressed).say("play") == []
        assert story.wait(3).say("seek_end", position=30.0) == [
            f"{10 + pressed:g} Seek Completed 30 @content-1 >30",
            f"{10 + pressed:g} Resumed 30 @content-1",
            f"{10 + pressed:g} Content Playing 30 content-1",
        ]
        story.position = 30.0
        story.watch(5)
        figures = story.figures()
        assert (figures["seeks"], figures["paused"], figures["content_played"]) == (1, 2, 10)
        assert figures["seeking"] == pytest.approx(3 + pressed)

    @pytest.mark.parametrize("goes_on", ["playing", "progress"])
    def test_a_seek_whose_end_is_lost_beside_a_play_is_paused_beyond_two_seconds(
        self, goes_on: str
    ) -> None:
        """S81: play was pressed in its seventh second."""
        story = Story(60).begin().watch(5)
        story.say("pause", position=5.0)
        story.wait(1).say("seek_start", position=5.0, to=30.0)
        story.wait(7).say("play")
        if goes_on == "playing":
            story.say("playing", position=30.0)
            story.position = 30.0
        else:
            story.wait(3).say("progress", position=33.0)
            story.position = 33.0
        story.watch(2)
        assert story.rest[3:] == [
            "6 Seek Started 5 @content-1 >30",
            "8 Seek Completed 30 @content-1 >30",
            "13 Resumed 30 @content-1",
        ]
        figures = story.figures()
        assert (figures["seeking"], figures["paused"]) == (2, 6)
        assert "play_lost" not in figures["diagnostics"]

    def test_play_and_pause_in_a_seek_stay_the_pause_that_it_lies_in(self) -> None:
        """S20, S33: one Paused, and one Resumed when the viewer has played again."""
        story = Story(60).begin().watch(5)
        story.say("pause", position=5.0)
        story.wait(1).say("seek_start", position=5.0, to=30.0)
        story.wait(1).say("play")
        assert story.wait(1).say("pause") == []
        story.wait(1).say("seek_end", position=30.0)
        story.wait(2).say("play")
        assert story.rest[2:] == [
            "5 Paused 5 @content-1",
            "6 Seek Started 5 @content-1 >30",
            "9 Seek Completed 30 @content-1 >30",
            "11 Resumed 30 @content-1",
        ]
        assert story.figures()["pauses"] == 1

    @pytest.mark.parametrize(("signal", "place"), [("ad_start", 30), ("content_start", 60)])
    def test_what_begins_in_a_seek_with_a_play_in_it_resumes(self, signal: str, place: int) -> None:
        """S20, S30: with its first frame, behind Seek Completed; a left item counts whole (S1)."""
        story = Story(60, 60).begin().watch(5)
        story.say("pause", position=5.0)
        story.wait(1).say("seek_start", position=5.0, to=30.0)
        story.wait(1).say("play")
        told = {"asset_id": "a"} if signal == "ad_start" else {"asset_id": "asset-2"}
        story.wait(1).say(signal, **told)
        happened = [line.split(" ", 1)[1].split(" @")[0] for line in story.rest[4:]]
        assert [line for line in happened if not line.startswith("Content Completed")][:2] == [
            "Seek Completed 30",
            f"Resumed {place}",
        ]

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

    def test_a_quality_told_while_it_waits_comes_behind_it(self) -> None:
        """S86, S89: the jump keeps its own date."""
        story = Story(600).begin().watch(5)
        assert story.wait(1).say("progress", position=100.0) == []
        assert story.wait(0.5).say("quality", bitrate=500) == []
        assert story.wait(0.5).say("progress", position=101.0) == [
            "6 Seek Started 5 @content-1 >100",
            "6 Seek Completed 100 @content-1 >100",
            "6.5 Quality Updated 100",
        ]

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

    @pytest.mark.parametrize("late", [1.25, 2.5])
    def test_a_seek_that_is_told_behind_its_end_takes_no_time(self, late: float) -> None:
        """S79, S83: content that runs on, further than it can have from 200, was not away."""
        story = Story(600, heartbeat=None).begin().watch(20)
        story.say("seek_end", position=200.0)
        story.wait(late).say("seek_start", to=200.0)
        story.wait(5 - late).say("progress", position=205.0)
        assert story.rest[-2:] == [
            f"{20 + late:g} Seek Started {int(200 + late)} @content-1 >200",
            f"{20 + late:g} Seek Completed {int(200 + late)} @content-1 >{int(200 + late)}",
        ]
        figures = story.figures()
        assert (figures["seeking"], figures["content_played"]) == (0, 25)

    @pytest.mark.parametrize("jump", [3, 5, 8, -5])
    def test_a_seek_that_loads_as_long_as_it_jumps_lasts_as_long(self, jump: int) -> None:
        """S33, S61: where it ran on can be its target's line, so it is."""
        story = Story(600).begin().watch(20)
        story.say("seek_start", position=20.0, to=20.0 + jump)
        story.wait(abs(jump))
        story.position = 20.0 + jump
        story.watch(12)
        pair = [event for event in story.events if "Seek" in event.name]
        assert [event.position for event in pair] == [20, 20 + jump]
        assert story.figures()["seeking"] == pytest.approx(abs(jump), abs=1)

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


def test_a_seek_in_an_ad_seeks_the_same_place_from_start_to_end() -> None:
    """S33: ``seek_position`` is on both, and an ad's target lies in the ad."""
    story = Story(60, breaks=[mid(20, ad("a1", 30))]).begin().watch(20)
    story.say("ad_break_start")
    story.ad_start("a1")
    story.watch_ad(5)

    story.say("seek_start", position=5.0, to=20.0)
    story.wait(0.5).say("seek_end", position=20.0)

    seeks = [
        event.seek_position
        for event in story.events
        if isinstance(event, PlaybackSeekStarted | PlaybackSeekCompleted)
    ]
    assert seeks == [40, 40]


class TestWaitsWithinAScrub:
    """S33, S74: waits of some milliseconds between the seeks of one scrub."""

    def scrub(self, wait: float) -> Story:
        story = Story(60, scrub_window=0.5, min_buffer=0.25, quartiles="off").begin().watch(5)
        for to in (20, 30):
            story.seek(to, taking=0.01)
            story.say("buffer_start", position=float(to))
            story.wait(wait).say("buffer_end", position=float(to))
        return story

    def test_a_moment_s_wait_does_not_part_it(self) -> None:
        story = self.scrub(0.05).watch(1)
        assert [row for row in story.rest if "Seek" in row] == [
            "5 Seek Started 5 @content-1 >20",
            "5.07 Seek Completed 30 @content-1 >30",
        ]
        assert story.figures()["rebuffers"] == 0

    def test_a_stall_does(self) -> None:
        """S32: told with its own time, after the seek."""
        assert self.scrub(0.4).watch(1).rest[2:] == [
            "5 Seek Started 5 @content-1 >20",
            "5.01 Seek Completed 20 @content-1 >20",
            "5.01 Buffer Started 20 @content-1",
            "5.41 Buffer Completed 20 @content-1",
            "5.41 Seek Started 20 @content-1 >30",
            "5.42 Seek Completed 30 @content-1 >30",
            "5.42 Buffer Started 30 @content-1",
            "5.82 Buffer Completed 30 @content-1",
        ]

    def test_a_pause_in_the_wait_comes_after_the_seek(self) -> None:
        story = Story(60, scrub_window=0.5, min_buffer=0.25, quartiles="off").begin().watch(5)
        story.seek(20, taking=0.01)
        story.say("buffer_start", position=20.0)
        story.wait(0.1).say("pause", position=20.0)
        story.wait(1).say("exit", position=20.0)
        assert story.rest[2:] == [
            "5 Seek Started 5 @content-1 >20",
            "5.01 Seek Completed 20 @content-1 >20",
            "5.11 Paused 20 @content-1",
            "6.11 Exited 20 @content-1",
        ]


def test_a_stall_that_only_the_position_shows_comes_behind_the_seek_that_ended_before_it() -> None:
    """S33, S65, S86: the scrub window is still open when the picture stands."""
    story = Story(600, scrub_window=5.0, inferred_buffering=True).begin().watch(10)
    story.wait(0.5).say("seek_start", position=10.5, to=100.0)
    story.wait(0.5).say("seek_end", position=100.0)
    rows = [row for _ in range(5) for row in story.wait(0.5).say("progress", position=100.0)]
    assert rows == ["11 Seek Completed 100 @content-1 >100", "11 Buffer Started 100 @content-1"]


def test_what_plays_behind_a_seek_to_an_untold_place_is_watched_nowhere() -> None:
    """S33, S63: it was played, but nobody knows which seconds it was."""
    story = Story(600)
    story.say("play")
    story.say("playing")
    story.wait(5).say("seek_start")
    story.wait(0.5).say("seek_end")
    story.wait(20).say("content_end")
    figures = story.figures()
    assert figures["content_played"] == pytest.approx(25.0)
    assert list(figures["watched"].values()) == [[[0.0, 5.0]]]
