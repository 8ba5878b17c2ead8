"""Heartbeats and quartiles: S40 to S46."""

from typing import Any

import pytest

from tests.session.story import T0, Story, ad, mid
from video_tracker.events import AdPlaying, ContentPlaying, QualityUpdated
from video_tracker.plan import SessionPlan, Settings
from video_tracker.session import Session
from video_tracker.session.data.tolerances import MOST_BEATS


def ad_story(length: float, **settings: Any) -> Story:
    """A session whose first ad begins at 0, seen from its ad events."""
    story = Story(60, **settings)
    story.say("play")
    story.say("ad_break_start")
    story.ad_start("a1", duration=length)
    return story


def ad_beats(story: Story) -> list[str]:
    """Beats and quartiles of the ad as ``at position quartile``."""
    return [
        " ".join(
            [
                f"{event.at - story.start:g}",
                str(event.position),
                *([f"q{event.quartile}"] if event.quartile else []),
            ]
        )
        for event in story.events
        if isinstance(event, AdPlaying)
    ]


class TestBeats:
    def test_every_ten_seconds_and_none_at_zero(self) -> None:
        """S40."""
        story = Story(60).begin().watch(45)
        assert story.beats == [
            "10 Content Playing 10 content-1",
            "20 Content Playing 20 content-1",
            "30 Content Playing 30 content-1",
            "40 Content Playing 40 content-1",
        ]

    def test_the_interval_is_a_setting(self) -> None:
        """S40."""
        story = Story(60, heartbeat=4).begin().watch(9)
        assert story.beats == [
            "4 Content Playing 4 content-1",
            "8 Content Playing 8 content-1",
        ]

    @pytest.mark.parametrize(
        ("start", "step"), [(0.0, 0.1), (T0 + 0.13, 0.1), (1_795_432_210.7, 0.3), (T0, 0.25)]
    )
    def test_the_binary_fractions_of_wall_time_lose_no_beat(
        self, start: float, step: float
    ) -> None:
        """S40: at most one step late, and never twice."""
        story = Story(600, start=start, step=step).begin().watch(303)
        got = [event.at - start for event in story.named("Content Playing")]
        assert got == [pytest.approx(each, abs=step + 1e-3) for each in range(10, 301, 10)]

    def test_in_an_ad_too(self) -> None:
        """S40: of a thirty seconds' ad."""
        story = ad_story(35, quartiles="off").watch_ad(35)
        assert ad_beats(story) == ["10 10", "20 20", "30 30"]

    def test_the_rate_does_not_change_the_interval(self) -> None:
        """S40: playing wall time; the position is media time."""
        story = Story(600).begin()
        story.say("update", playback_rate=2.0)
        story.watch(25, rate=2.0)
        assert story.beats == [
            "10 Content Playing 20 content-1",
            "20 Content Playing 40 content-1",
        ]

    def test_half_the_rate_does_not_either(self) -> None:
        """S40."""
        story = Story(600).begin()
        story.say("update", playback_rate=0.5)
        story.watch(25, rate=0.5)
        assert story.beats == [
            "10 Content Playing 5 content-1",
            "20 Content Playing 10 content-1",
        ]

    def test_a_stall_does_not_count_and_does_not_restart_the_grid(self) -> None:
        """S40, S41: six seconds before it and four after it make ten."""
        story = Story(60).begin().watch(6)
        story.say("buffer_start", position=6.0)
        assert not [line for line in story.stand(25).rows if " Playing " in line]
        story.say("buffer_end", position=6.0)
        story.watch(16)
        assert story.beats == [
            "35 Content Playing 10 content-1",
            "45 Content Playing 20 content-1",
        ]

    def test_no_beat_in_a_pause(self) -> None:
        """S40, S41: and the grid starts anew at Resumed, with a beat at once (S43)."""
        story = Story(60).begin().watch(6)
        story.say("pause", position=6.0)
        story.tick(60)
        story.say("play")
        story.say("playing")
        story.watch(21)
        assert story.beats == [
            "66 Content Playing 6 content-1",
            "76 Content Playing 16 content-1",
            "86 Content Playing 26 content-1",
        ]

    def test_no_beat_in_an_interruption(self) -> None:
        """S40, S43: Resumed undoes it with a beat."""
        story = Story(60).begin().watch(6)
        story.say("interrupt", method="call")
        story.tick(60)
        story.say("playing")
        story.watch(11)
        assert story.beats == [
            "66 Content Playing 6 content-1",
            "76 Content Playing 16 content-1",
        ]

    def test_no_beat_in_a_seek_and_the_grid_starts_anew_after_it(self) -> None:
        """S40, S41: no beat at once after a seek."""
        story = Story(90).begin().watch(6)
        story.say("seek_start", position=6.0, to=40.0)
        story.tick(30)
        story.say("seek_end", position=40.0)
        story.position = 40.0
        story.watch(21)
        assert story.beats == [
            "46 Content Playing 50 content-1",
            "56 Content Playing 60 content-1",
        ]

    def test_the_grid_starts_anew_with_each_pod(self) -> None:
        """S41: ten seconds after the content went on, not on a global clock."""
        story = Story(60, quartiles="off").begin().watch(17)
        story.pod(("a1", 12))
        story.say("playing", position=17.0)
        story.watch(11)
        assert story.beats == [
            "10 Content Playing 10 content-1",
            "27 Ad Playing 10 ad-1/a1 mid",
            "39 Content Playing 27 content-2",
        ]

    def test_the_grid_starts_anew_with_each_ad(self) -> None:
        """S41: two ads of seven seconds give none."""
        story = Story(60, quartiles="off").begin().watch(5)
        story.pod(("a1", 7), ("a2", 7), ("a3", 12))
        assert story.beats == ["29 Ad Playing 10 ad-1/a3 mid"]

    def test_the_grid_does_not_drift(self) -> None:
        """S41: a beat noticed late keeps the next one on the grid."""
        story = Story(90, step=3).begin().watch(60)
        assert story.beats == [
            "12 Content Playing 12 content-1",
            "21 Content Playing 21 content-1",
            "30 Content Playing 30 content-1",
            "42 Content Playing 42 content-1",
            "51 Content Playing 51 content-1",
            "60 Content Playing 60 content-1",
        ]

    def test_a_gap_yields_one_beat(self) -> None:
        """S42: with the latest known position, and the next one on the grid."""
        story = Story(90).begin().watch(5).watch(30, step=30).watch(6)
        assert story.beats == [
            "35 Content Playing 35 content-1",
            "40 Content Playing 40 content-1",
        ]

    @pytest.mark.parametrize("signal", ["progress", "playing"])
    def test_a_beat_comes_with_any_callback_that_tells_a_position(self, signal: str) -> None:
        """S42, S46: it bears that word's time and place."""
        story = Story(60).begin().watch(9)
        told = story.wait(1.5).say(signal, position=10.5)
        assert told == ["10.5 Content Playing 10 content-1"]

    @pytest.mark.parametrize("ticks", [True, False])
    def test_what_comes_right_after_a_beat_lies_behind_it(self, ticks: bool) -> None:
        """S42, S88: where nobody tells positions, also half a millisecond after it."""
        story = Story(60)
        story.say("playing")
        if ticks:
            story.wait(10).say("tick")
        story.say_at(10.0005, "quality", bitrate=800)
        assert [type(event) for event in story.events[-2:]] == [ContentPlaying, QualityUpdated]

    def test_a_tick_makes_no_beat_where_positions_are_told(self) -> None:
        """S42, S88: the next position brings it."""
        story = Story(60).begin().watch(9)
        assert story.wait(1.5).say("tick") == []
        assert story.wait(0.5).say("progress", position=11.0) == ["11 Content Playing 11 content-1"]


class TestBeatsNearTheEnd:
    @pytest.mark.parametrize(
        ("length", "beats"), [(20, 1), (20.5, 1), (20.9, 1), (21, 2), (21.5, 2)]
    )
    def test_no_beat_within_a_second_of_the_content_s_end(self, length: float, beats: int) -> None:
        """S44: Completed says it; exactly a second before it there is one."""
        story = Story(length, step=0.5).begin().watch(length).end()
        assert len(story.beats) == beats

    @pytest.mark.parametrize(("length", "beats"), [(10, 0), (10.5, 0), (11, 1), (21, 2)])
    def test_no_beat_within_a_second_of_the_ad_s_end(self, length: float, beats: int) -> None:
        """S44: the published ads of 11 and 21 seconds have theirs at 10 and 20."""
        story = ad_story(length, quartiles="off", step=0.5).watch_ad(length)
        story.ad_end()
        assert len(story.beats) == beats

    @pytest.mark.parametrize(("at", "beats"), [(20.0, 1), (20.5, 1), (21.0, 2)])
    def test_no_beat_within_a_second_of_a_planned_break(self, at: float, beats: int) -> None:
        """S44: the known end of the pod."""
        story = Story(60, breaks=[mid(at, ad("a1", 5))], quartiles="off", step=0.5).begin()
        story.watch(at)
        story.pod(("a1", 5))
        assert len(story.beats) == beats

    def test_no_beat_after_the_known_end(self) -> None:
        """S44: an ad that runs over its declared length, with its last beat at the end."""
        story = ad_story(10, quartiles="off", step=0.5).watch_ad(10.5)
        story.ad_end()
        assert ad_beats(story) == []


class TestQuartiles:
    def test_one_event_at_each_crossing(self) -> None:
        """S45: of a forty-eight seconds' ad, beats apart."""
        story = ad_story(48).watch_ad(48)
        assert ad_beats(story) == [
            "10 10",
            "12 12 q1",
            "20 20",
            "24 24 q2",
            "30 30",
            "36 36 q3",
            "40 40",
        ]

    def test_no_beat_has_a_quartile_of_its_own(self) -> None:
        """S45: plain beats carry none."""
        story = ad_story(48).watch_ad(11)
        (beat,) = story.named("Ad Playing")
        assert beat.quartile is None  # type: ignore[attr-defined]

    def test_quartile_and_beat_at_once_are_one_event(self) -> None:
        """S45: ten of twenty seconds."""
        story = ad_story(20).watch_ad(20)
        assert ad_beats(story) == ["5 5 q1", "10 10 q2", "15 15 q3"]

    def test_a_quartile_just_before_a_beat_merges_with_it(self) -> None:
        """S45: within a second; 9.75, 19.5 and 29.25 s of 39 before 10, 20 and 30."""
        story = ad_story(39, step=0.25).watch_ad(39)
        beats = story.named("Ad Playing")
        assert [event.quartile for event in beats] == [1, 2, 3]  # type: ignore[attr-defined]
        for event, (crossing, beat) in zip(
            beats, [(9.75, 10), (19.5, 20), (29.25, 30)], strict=True
        ):
            assert crossing <= event.at - story.start <= beat

    def test_a_quartile_just_after_a_beat_merges_with_it(self) -> None:
        """S45: within a second, 10.75 s of 43; the grid stays on 20, 30, 40."""
        story = ad_story(43, step=0.25).watch_ad(43)
        got = ad_beats(story)
        assert got[0].endswith(" q1")
        assert 9.5 <= float(got[0].split()[0]) <= 11
        assert got[1:] == ["20 20", "21.5 21 q2", "30 30", "32.25 32 q3", "40 40"]

    def test_tagging_marks_only_the_next_beat(self) -> None:
        """S45: setting ``tag``."""
        story = ad_story(48, quartiles="tag").watch_ad(48)
        assert ad_beats(story) == ["10 10", "20 20 q1", "30 30 q2", "40 40 q3"]

    def test_tagging_reports_the_highest_of_several(self) -> None:
        """S45: 3.75 and 7.5 of fifteen, both before the beat at ten."""
        story = ad_story(15, quartiles="tag").watch_ad(15)
        assert ad_beats(story) == ["10 10 q2"]

    def test_off_is_off(self) -> None:
        """S45: setting ``off``."""
        story = ad_story(48, quartiles="off").watch_ad(48)
        assert ad_beats(story) == ["10 10", "20 20", "30 30", "40 40"]

    def test_quartiles_jumped_over_are_one_event_with_the_highest(self) -> None:
        """S45: a gap from 5 to 31 of 40."""
        story = ad_story(40).watch_ad(5).watch_ad(26, step=26)
        assert ad_beats(story) == ["31 31 q3"]

    def test_each_quartile_once(self) -> None:
        """S45: a position that trembles around the crossing."""
        story = ad_story(20).watch_ad(5)
        for position in (4.9, 5.1, 4.8, 5.2):
            story.wait(0.1).say("ad_progress", position=position)
        assert ad_beats(story) == ["5 5 q1"]

    def test_an_ad_of_unknown_length_has_none(self) -> None:
        """S45: no length, no quarters."""
        story = Story(60).begin().watch(5)
        story.say("ad_break_start")
        story.ad_start("a1")
        story.watch_ad(15)
        assert ad_beats(story) == ["15 10"]

    def test_a_paused_ad_crosses_its_quartiles_by_its_position(self) -> None:
        """S45: wall time does not move an ad."""
        story = ad_story(20).watch_ad(3)
        story.say("pause")
        story.tick(30)
        assert ad_beats(story) == []


class TestWakingUp:
    def test_a_playing_session_wants_its_next_beat(self) -> None:
        """S46."""
        story = Story(60)
        assert story.session.wake_at() is None
        story.begin()
        assert story.session.wake_at() == pytest.approx(T0 + 10)
        story.watch(12)
        assert story.session.wake_at() == pytest.approx(T0 + 20)

    def test_a_paused_session_wants_its_timeout(self) -> None:
        """S26, S46."""
        story = Story(60).begin().watch(5)
        story.say("pause")
        assert story.session.wake_at() == pytest.approx(T0 + 5 + 1800)

    def test_a_finished_session_wants_nothing(self) -> None:
        """S46."""
        story = Story(5).begin().watch(5).end()
        assert story.session.wake_at() is None

    def test_ticks_alone_make_the_beats(self) -> None:
        """S42, S46: where nobody tells positions, woken when it asked to be it beats in time."""
        story = Story(600)
        story.say("play")
        story.say("playing")
        at = story.session.wake_at()
        assert at is not None
        assert story.say_at(at - story.start, "tick") == ["10 Content Playing 10 content-1"]

    def test_a_beat_between_callbacks_counts_the_rates_that_were_told(self) -> None:
        """S63: 5 s at 1, then 5 s and 2 s at 2; a pause says where the beat's stretch went on."""
        story = Story()
        story.say("play")
        story.say("playing")
        story.wait(5).say("update", playback_rate=2.0)
        story.idle(5)
        story.wait(2).say("pause")
        assert story.rows[2:] == ["10 Content Playing 15 content-1", "12 Paused 19 @content-1"]

    def test_so_does_an_ad_s(self) -> None:
        """S63, S84: an ad that plays in the content's element plays at its rate."""
        story = Story(60)
        story.say("play")
        story.say("update", playback_rate=2.0)
        story.say("ad_start", asset_id="a", duration=600.0)
        story.idle(10)
        assert story.beats == ["10 Ad Playing 20 ad-1/a pre"]

    def test_an_early_tick_changes_nothing(self) -> None:
        """S46."""
        story = Story(60).begin().watch(5)
        assert story.say("tick") == []
        assert story.say("tick") == []
        story.watch(5)
        assert story.beats == ["10 Content Playing 10 content-1"]


@pytest.mark.parametrize("name", ["tick", "quality"])
def test_no_silence_brings_beats_without_end(name: str) -> None:
    """S42, S60: who waits for years and beats each millisecond gets a bounded number at once."""
    settings = Settings(heartbeat=0.001, idle_timeout=1e9)
    session = Session("s", SessionPlan(user_id="u", settings=settings))
    session.play(1000.0)
    session.playing(1000.0)

    events = getattr(session, name)(1000.0 + 1e6)

    assert 0 < sum(event.name == "Video Content Playing" for event in events) <= MOST_BEATS
    wish = session.wake_at()
    assert wish is None or wish > 1000.0 + 1e6 - 1.0


def test_content_that_is_dated_by_what_was_told_since_counts_its_beats_from_there() -> None:
    """S40, S86: it began 10 s ago, unsaid, and its start can be told only behind the quality."""
    story = Story(60, heartbeat=5.0, breaks=[mid(40, ad("a", 5))]).begin(position=10)
    story.wait(1).say("ad_break_start")
    story.wait(10).say("quality", bitrate=400)
    assert story.say("progress", position=21.0) == ["11 Content Started 11 content-3"]
    story.position = 21.0
    story.watch(6)
    assert story.rows[-1:] == ["16 Content Playing 26 content-3"]
