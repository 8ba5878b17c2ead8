"""What a player forgot, said twice or said in the wrong order: S62, S63, S64, S67."""

from typing import Any

import pytest

from tests.session.story import Story, names


def in_ad(played: float, declared: float | None = 15.0, **settings: Any) -> Story:
    """A mid-roll at 20 has played for so long; time is 20 + played."""
    story = Story(60, quartiles="off", step=0.5, **settings).begin().watch(20)
    story.say("ad_break_start")
    story.ad_start("a1", duration=declared)
    return story.watch_ad(played)


class TestContentMovesDuringAnAd:
    def test_two_seconds_of_content_cut_an_ad_short_of_its_length(self) -> None:
        """S62: without Completed; and the content's pod opens."""
        story = in_ad(5)
        story.watch(1.5)
        assert names(story.events)[-1] == "Ad Started", "not yet"
        story.watch(10)

        assert names(story.events)[2:] == ["Content Completed", "Ad Started", "Content Started"]
        started = story.named("Content Started")[-1]
        assert started.position in (20, 21, 22)
        figures = story.figures()
        assert (figures["ads_completed"], figures["breaks"]) == (0, 1)
        assert figures["content_played"] == pytest.approx(31.5, abs=0.5)
        assert figures["ad_played"] == pytest.approx(5, abs=0.5)

    def test_an_ad_whose_length_had_passed_is_completed_at_its_end(self) -> None:
        """S62: dated at start + length, not when it was noticed."""
        story = in_ad(15)
        story.watch(5)

        assert story.rest[-2] == "35 Ad Completed 15 ad-1/a1 mid"
        assert names(story.events)[-1] == "Content Started"
        started = story.named("Content Started")[-1]
        assert started.position in (20, 21, 22)
        assert 35 <= started.at - story.start <= 37

    def test_the_length_may_pass_in_silence(self) -> None:
        """S62: no progress of the ad for its last ten seconds."""
        story = in_ad(5).wait(10)
        story.watch(5)

        assert story.rest[-2] == "35 Ad Completed 15 ad-1/a1 mid"

    def test_an_ad_of_unknown_length_is_cut(self) -> None:
        """S62: nothing says that it was over."""
        story = in_ad(15, declared=None)
        story.watch(5)

        assert story.named("Ad Completed") == []
        assert names(story.events)[-1] == "Content Started"

    def test_content_that_stands_still_is_no_evidence(self) -> None:
        """S62: the content element reports its position all through the break."""
        story = in_ad(5)
        for _ in range(10):
            story.watch_ad(1)
            story.say("progress", position=20.0)
        assert names(story.events)[-1] == "Ad Started"
        story.ad_end()
        assert names(story.events)[-1] == "Ad Completed"

    def test_less_than_two_seconds_of_content_are_no_evidence(self) -> None:
        """S62: the content plays on for a moment inside the started break."""
        story = in_ad(1)
        story.watch(1.5)
        story.watch_ad(14).ad_end()
        story.say("ad_break_end")
        story.say("playing", position=20.0)

        assert names(story.events)[2:] == [
            "Content Completed",
            "Ad Started",
            "Ad Completed",
            "Content Started",
        ]

    def test_evidence_ends_the_break_too(self) -> None:
        """S62: the next ad is another break's."""
        story = in_ad(15)
        story.watch(10)
        story.say("ad_start", asset_id="b", duration=5)

        pods = [event.pod_id for event in story.named("Ad Started")]  # type: ignore[attr-defined]
        assert pods == ["ad-1", "ad-2"]
        assert story.figures()["breaks"] == 2

    def test_late_ends_after_the_evidence_change_nothing(self) -> None:
        """S62: counted, and no event."""
        story = in_ad(15)
        story.watch(5)
        before = len(story.rest)
        story.say("ad_end", asset_id="a1")
        story.say("ad_break_end")
        assert len(story.rest) == before
        assert story.figures()["ads_completed"] == 1

    def test_an_unplanned_ad_without_a_break_is_closed_likewise(self) -> None:
        """S61, S62."""
        story = Story(60, quartiles="off", step=0.5).begin().watch(20)
        story.ad_start("a1", duration=15)
        story.watch_ad(15)
        story.watch(5)

        assert story.named("Ad Completed")[0].at - story.start == pytest.approx(35)


class TestEndsBeforeStarts:
    def story(self, **settings: Any) -> Story:
        story = Story(60, quartiles="off", **settings).begin().watch(20)
        story.say("ad_break_start")
        return story

    def test_an_end_before_its_start_is_swapped(self) -> None:
        """S62: the same id, true times; its clock was silent, so its beat is on the grid (S42)."""
        story = self.story().wait(15)
        assert story.say_at(35.0, "ad_end", asset_id="a1") == []

        assert story.say_at(20.0, "ad_start", asset_id="a1", duration=15.0) == [
            "20 Ad Started 0 ad-1/a1 mid",
            "30 Ad Playing 10 ad-1/a1 mid",
            "35 Ad Completed 15 ad-1/a1 mid",
        ]

    def test_an_end_of_another_ad_ends_nothing(self) -> None:
        """S62: the id says whose end it was."""
        story = self.story().wait(15)
        story.say("ad_end", asset_id="zz")
        story.ad_start("a1", duration=15)
        assert story.watch_ad(10).named("Ad Completed") == []
        story.watch_ad(5).ad_end()
        assert story.rest[-2:] == [
            "35 Ad Started 0 ad-1/a1 mid",
            "50 Ad Completed 15 ad-1/a1 mid",
        ]

    def test_an_end_of_nobody_knows_whom_ends_nothing(self) -> None:
        """S62: neither the same id nor a known length."""
        story = self.story().wait(5)
        story.say("ad_end")
        assert story.ad_start("a1") == ["25 Ad Started 0 ad-1/a1 mid"]
        story.watch_ad(5)
        assert story.ad_end() == ["30 Ad Completed 5 ad-1/a1 mid"]

    def test_an_end_told_twice_does_not_end_the_next_ad(self) -> None:
        """S62: the next ad cannot have ended before, there was no time for it to play."""
        story = self.story()
        story.ad("a1", 15)
        story.wait(0.02).say("ad_end")
        story.wait(0.1)
        story.ad_start("a2", duration=15)
        assert len(story.named("Ad Completed")) == 1
        story.watch_ad(15).ad_end()

        figures = story.figures()
        assert (figures["ads_started"], figures["ads_completed"]) == (2, 2)
        assert figures["ad_played"] == pytest.approx(30, abs=0.5)

    def test_an_end_long_before_is_not_its_end(self) -> None:
        """S62: outside the reorder window."""
        story = self.story(reorder_window=5).wait(3)
        story.say("ad_end", asset_id="a1")
        story.wait(10)
        story.ad_start("a1", duration=15)
        assert story.named("Ad Completed") == []
        story.watch_ad(15).ad_end()
        assert story.figures()["ads_completed"] == 1


class TestStartsWithoutEnds:
    def test_a_second_break_start_closes_the_open_one(self) -> None:
        """S62: its ad is cut, and the next pod begins."""
        story = in_ad(5)
        story.say("ad_break_start", pod_id="other")
        story.ad_start("b", duration=5)
        story.watch_ad(5).ad_end()

        assert story.rest[3:] == [
            "20 Ad Started 0 ad-1/a1 mid",
            "25 Ad Started 0 other/b mid",
            "30 Ad Completed 5 other/b mid",
        ]
        assert story.figures()["breaks"] == 2

    def test_a_second_ad_start_ends_the_open_ad(self) -> None:
        """S62: another ad begins, so the one before is over; its length had passed."""
        story = in_ad(15)
        story.ad_start("a2", duration=5)

        assert story.rest[3:] == [
            "20 Ad Started 0 ad-1/a1 mid",
            "35 Ad Completed 15 ad-1/a1 mid",
            "35 Ad Started 0 ad-1/a2 mid",
        ]

    def test_a_second_ad_start_cuts_an_ad_short_of_its_length(self) -> None:
        """S62, S72."""
        story = in_ad(5)
        story.ad_start("a2", duration=5)

        assert story.rest[3:] == [
            "20 Ad Started 0 ad-1/a1 mid",
            "25 Ad Started 0 ad-1/a2 mid",
        ]

    def test_the_same_ad_started_again_is_a_duplicate(self) -> None:
        """S62: its position goes on."""
        story = in_ad(5)
        story.say("ad_start", asset_id="a1", duration=15)
        story.watch_ad(10).ad_end()

        assert story.rest[3:] == [
            "20 Ad Started 0 ad-1/a1 mid",
            "35 Ad Completed 15 ad-1/a1 mid",
        ]

    def test_the_same_ad_back_at_zero_is_started_anew(self) -> None:
        """S62: unless its position is back at 0 after progress."""
        story = in_ad(5)
        story.ad_start("a1", duration=15)
        story.watch_ad(15).ad_end()

        assert len(story.named("Ad Started")) == 2
        assert len(story.named("Ad Completed")) == 1
        figures = story.figures()
        assert (figures["ads_started"], figures["ads_completed"]) == (2, 1)

    def test_a_break_end_ends_its_ad(self) -> None:
        """S61: completed if its length had passed."""
        story = in_ad(15)
        story.say("ad_break_end")
        assert story.rest[-1] == "35 Ad Completed 15 ad-1/a1 mid"
        assert story.say("playing", position=20.0) == ["35 Content Started 20 content-2"]

    def test_a_break_end_cuts_its_ad(self) -> None:
        """S61, S72: five of fifteen seconds."""
        story = in_ad(5)
        assert story.say("ad_break_end") == []
        assert story.say("playing", position=20.0) == ["25 Content Started 20 content-2"]

    def test_an_ad_without_a_break_opens_a_pod(self) -> None:
        """S61: and the content completes before it."""
        story = Story(60).begin().watch(20)
        assert story.say("ad_start", asset_id="a1", duration=15) == [
            "20 Content Completed 20 content-1",
            "20 Ad Started 0 ad-1/a1 mid",
        ]
        assert story.figures()["breaks"] == 1


class TestGaps:
    def test_the_gaps_of_a_break_are_neither_content_nor_ad(self) -> None:
        """S67: before the first ad, between ads, and after the last."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.wait(2).ad("a1", 5).wait(3).ad("a2", 5).wait(1).say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(5)

        figures = story.figures()
        assert figures["gap"] == pytest.approx(6)
        assert figures["ad_played"] == pytest.approx(10)
        assert figures["content_played"] == pytest.approx(25)


class TestSuspension:
    def test_media_progress_supports_a_long_gap(self) -> None:
        """S63: a hundred seconds of silence, and the content has moved as far."""
        story = Story(600).begin().watch(10).watch(100, step=100)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(110)
        assert figures["suspended"] == 0

    @pytest.mark.parametrize(("gap", "moved"), [(5.0, 2.0), (30.0, 12.0), (3.0, 0.5)])
    def test_a_gap_with_less_progress_is_played_as_far_as_that(
        self, gap: float, moved: float
    ) -> None:
        """S63, S65: two seconds of grace at most; the rest lies in no playing bucket."""
        story = Story(600, step=0.25).begin().watch(8)
        story.wait(gap)
        story.position += moved
        story.say("progress", position=story.position)
        story.watch(4)
        figures = story.figures()
        assert 12 + moved - 0.1 <= figures["content_played"] <= 12 + min(moved + 2, gap) + 0.1
        assert figures["unique_seconds"] == pytest.approx(12 + moved, abs=0.5)

    @pytest.mark.parametrize(("rate", "progress"), [(1.0, 10.0), (2.0, 20.0), (0.5, 5.0)])
    def test_progress_is_divided_by_the_rate(self, rate: float, progress: float) -> None:
        """S63: ten seconds of playing in a gap of a hundred, at any rate."""
        story = Story(600).begin()
        story.say("update", playback_rate=rate)
        story.watch(10, rate=rate)
        story.wait(100)
        story.position += progress
        story.say("progress", position=story.position)
        figures = story.figures()
        assert 20 - 0.5 <= figures["content_played"] <= 22.5
        assert figures["suspended"] == pytest.approx(90, abs=2.5)
        assert figures["content_media_seconds"] == pytest.approx(20 * rate, abs=1)

    def test_fast_playing_is_not_suspended(self) -> None:
        """S63: at the rate of two, media progress is twice the wall time."""
        story = Story(600).begin()
        story.say("update", playback_rate=2.0)
        story.watch(100, rate=2.0, step=20)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(100)
        assert figures["content_media_seconds"] == pytest.approx(200)
        assert figures["average_rate"] == pytest.approx(2)

    def test_a_place_that_the_rates_told_since_lead_to_is_no_seek(self) -> None:
        """S61, S63: 9 s at 2 and one at 1 are 19 s of content, whatever the rate is now."""
        story = Story(600).begin().watch(2)
        story.say("update", playback_rate=2.0)
        story.wait(9).say("update", playback_rate=1.0)
        assert story.wait(1).say("seek_end", position=21.0) == []
        assert story.figures()["diagnostics"] == {"no_seek_open": 1}

    @pytest.mark.parametrize("word", ["playing", "progress", "seek_end"])
    def test_a_rate_holds_from_its_moment_on(self, word: str) -> None:
        """S61, S87: 9 s at 1 and one at 4 are 13 s of content; 30 s are a seek, by any word."""
        story = Story(600).begin().watch(2)
        story.wait(9).say("update", playback_rate=4.0)
        story.wait(1).say(word, position=32.0)
        story.position = 32.0
        story.watch(4, rate=4.0)
        assert story.figures()["diagnostics"] == {"inferred_seek": 1}
        ((start, left), (_, end)) = story.figures()["watched"]["asset-1"]
        assert (start, end) == (0, 48)
        assert left <= 15

    def test_content_that_ends_at_its_end_at_the_rates_told_has_ended(self) -> None:
        """S63, S82: 29 s at 2 and one at 1 are the 59 s that were left."""
        story = Story(61).begin().watch(2)
        story.say("update", playback_rate=2.0)
        story.wait(29).say("update", playback_rate=1.0)
        assert story.wait(1).say("content_end") == ["32 Content Completed 61 content-1"]

    def test_without_positions_the_next_word_closes_a_stretch_that_counts_whole(self) -> None:
        """S63: progress without any position; silence that nothing closes counts a heartbeat."""
        story = Story(600)
        story.say("play")
        story.say("playing")
        for _ in range(20):
            story.wait(1).say("progress")
        story.wait(100).say("progress")
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(120, abs=0.5)
        assert figures["suspended"] == pytest.approx(0, abs=0.5)
        assert story.beats[-1] == "120 Content Playing 120 content-1"

    def test_without_positions_a_short_gap_is_played(self) -> None:
        """S63: eight seconds are less than a heartbeat."""
        story = Story(600)
        story.say("play")
        story.say("playing")
        for _ in range(5):
            story.wait(8).say("progress")
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(40, abs=0.5)

    def test_a_sleep_in_an_ad_is_suspended(self) -> None:
        """S63: two hours in the middle of fifteen seconds."""
        story = in_ad(5).wait(7199)
        story.watch_ad(10, step=1).ad_end()
        figures = story.figures()
        assert figures["ad_played"] == pytest.approx(15, abs=0.5)
        assert figures["suspended"] == pytest.approx(7199, abs=1)
        assert figures["ads_completed"] == 1
        assert len(story.named("Ad Playing")) <= 2

    def test_a_sleep_in_a_pause_is_paused(self) -> None:
        """S26, S63: what is not playing is not suspended."""
        story = Story(600).begin().watch(10)
        story.say("pause")
        story.wait(7200).say("play")
        figures = story.figures()
        assert figures["paused"] == pytest.approx(7200)
        assert figures["suspended"] == 0


class TestClocks:
    def test_a_late_callback_is_clamped(self) -> None:
        """S64: one beacon three seconds old between true ones moves nothing."""
        story = Story(60).begin().watch(10)
        story.say_at(7.0, "update", sound=20)
        story.watch(10)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(20, abs=0.5)
        assert figures["elapsed"] == pytest.approx(20, abs=0.5)
        assert sum(figures["diagnostics"].values()) >= 1, "the step is counted"

    def test_a_late_progress_moves_nothing(self) -> None:
        """S64: nor does its old position."""
        story = Story(60).begin().watch(10)
        story.say_at(7.0, "progress", position=7.0)
        story.watch(10)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(20, abs=0.5)
        assert figures["unique_seconds"] == pytest.approx(20, abs=0.5)

    def test_events_never_go_back_in_time(self) -> None:
        """S64: clamped to the newest time seen."""
        story = Story(60).begin().watch(10)
        story.say_at(4.0, "pause")
        story.say_at(5.0, "play")
        times = [event.at - story.start for event in story.events]
        assert times == sorted(times)
        assert times[-1] == 10

    @pytest.mark.parametrize("back", [0.5, 5.0, 3600.0, 1e9])
    def test_a_step_back_while_playing_makes_nothing_negative(self, back: float) -> None:
        """S64: nothing throws, no bucket is negative, the step is counted."""
        story = Story(600, step=0.25).begin().watch(10)
        story.now -= back
        story.watch(10)
        figures = story.figures()
        assert figures["content_played"] <= 20.5
        assert sum(figures["diagnostics"].values()) >= 1

    @pytest.mark.parametrize("rate", [1.0, 2.0])
    @pytest.mark.parametrize("back", [5.0, 30.0, 7200.0])
    @pytest.mark.parametrize("step", [0.2, 0.25, 1.0, 1.5])
    def test_a_clock_that_stepped_back_is_read_on(
        self, step: float, back: float, rate: float
    ) -> None:
        """S64: the playhead proves it, however far apart the callbacks come; nothing is lost."""
        story = Story(600, step=step).begin()
        story.say("update", playback_rate=rate)
        story.watch(30, rate=rate)
        story.now -= back
        story.watch(30, rate=rate)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(60, abs=0.01)
        assert figures["elapsed"] == pytest.approx(60, abs=0.01)
        assert figures["suspended"] == 0

    @pytest.mark.parametrize("back", [5.0, 30.0, 7200.0])
    @pytest.mark.parametrize("step", [0.2, 0.25, 1.0, 1.5])
    def test_a_clock_that_stepped_back_in_an_ad_is_read_on(self, step: float, back: float) -> None:
        """S64: the ad's playhead proves it as well."""
        story = Story(60, step=step).begin().watch(3)
        story.say("ad_break_start")
        story.say("ad_start", duration=60.0)
        story.watch_ad(30)
        story.now -= back
        story.watch_ad(30)
        figures = story.figures()
        assert figures["ad_played"] == pytest.approx(60, abs=0.01)
        assert figures["elapsed"] == pytest.approx(63, abs=0.01)

    def test_a_clock_that_stepped_back_before_the_start_is_read_on(self) -> None:
        """S64: where the session was joined tells nothing of how long the step took."""
        story = Story(60)
        story.say_at(8.0, "update", sound=50)
        assert story.say_at(4.0, "progress", position=1.5) == []
        assert story.say_at(8.0, "progress", position=5.5) == [
            "12 Playback Started 5",
            "12 Content Started 5 content-1",
        ]

    def test_a_late_ad_progress_moves_nothing(self) -> None:
        """S64: nor does it end or start anything."""
        story = Story(60).begin().watch(3)
        story.say("ad_break_start")
        story.say("ad_start", duration=60.0)
        story.watch_ad(10)
        story.say_at(7.0, "ad_progress", position=4.0)
        story.watch_ad(10)
        assert story.figures()["ad_played"] == pytest.approx(20, abs=0.5)

    def test_equal_times_are_no_step(self) -> None:
        """S64: many callbacks in one instant."""
        story = Story(60, strict=True)
        story.say("play")
        for _ in range(5):
            story.say("playing", position=0.0)
        assert story.figures()["elapsed"] == 0
