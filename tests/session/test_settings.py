"""The settings ``heartbeat``, ``beat_after`` and ``skip_silence``: S33, S40, S43, S45, S63, S70."""

import json
from typing import Any

import pytest

from tests.session.story import Story, ad, mid, pre
from video_tracker.errors import PlanError
from video_tracker.plan import Settings
from video_tracker.plan_json import settings_from_json, settings_to_json
from video_tracker.session import restore, snapshot


class TestNoHeartbeat:
    def story(self, *contents: float, **settings: Any) -> Story:
        return Story(*contents, heartbeat=None, **settings)

    def test_nothing_beats(self) -> None:
        """S40: not in content, not after Resumed, not where positions are never told."""
        story = self.story(600).begin().watch(35).pause(5).watch(35)
        story.say("buffer_start")
        story.wait(2).say("buffer_end")
        story.watch(20).seek(300).watch(35)
        assert story.beats == []
        silent = self.story(600).begin()
        silent.wait(60).say("pause")
        assert silent.beats == []
        assert silent.session.wake_at() is not None

    def test_quartiles_still_come(self) -> None:
        """S45: they are the ad's, not the grid's."""
        story = self.story(60).begin().watch(5)
        story.pod(("a", 20))
        assert [line.split()[-1] for line in story.beats] == ["q1", "q2", "q3"]

    def test_silence_without_positions_counts_ten_seconds(self) -> None:
        """S63: the bound has no heartbeat to follow."""
        story = self.story(600).begin()
        story.wait(60).say("quality", bitrate=800)
        story.wait(0.001).say("interrupt")
        assert story.figures()["content_played"] == pytest.approx(10, abs=0.1)
        assert story.figures()["suspended"] == pytest.approx(50, abs=0.1)

    def test_it_goes_through_a_snapshot(self) -> None:
        """S40: and through JSON."""
        story = self.story(600).begin().watch(5)
        story.session = restore(json.loads(json.dumps(snapshot(story.session))))
        story.watch(30).pause(5).watch(30)
        assert story.session.settings.heartbeat is None
        assert story.beats == []


class TestBeatAfter:
    def test_a_seek_is_followed_by_a_beat(self) -> None:
        """S33: with the content position, right after Seek Completed."""
        story = Story(600, beat_after={"seek"}).begin().watch(5)
        story.seek(300)
        assert story.rows[-3:] == [
            "5 Seek Started 5 @content-1 >300",
            "5.5 Seek Completed 300 @content-1 >300",
            "5.5 Content Playing 300 content-1",
        ]
        assert story.figures()["heartbeats"] == 1
        story.watch(10)
        assert story.beats[1:] == ["15.5 Content Playing 310 content-1"]

    def test_one_that_a_scrub_window_held_is_dated_with_it(self) -> None:
        """S33: and bears the place where playback went on."""
        story = Story(600, beat_after={"seek"}, scrub_window=0.5).begin().watch(5)
        story.seek(300).watch(2)
        assert story.beats == ["5.5 Content Playing 300 content-1"]

    def test_a_seek_into_another_pod_is_followed_by_its_start(self) -> None:
        """S22: Content Started tells the content's position."""
        story = Story(600, breaks=[mid(100, ad("a", 5))], beat_after={"seek"}).begin().watch(5)
        story.seek(200).watch(2)
        assert story.beats == []
        assert story.rows[-1] == "5.5 Content Started 200 content-2"

    def test_no_beat_while_paused_or_where_a_break_begins(self) -> None:
        """S33, S40: seeking while paused stays paused."""
        story = Story(600, beat_after={"seek", "buffer"}).begin().watch(5)
        story.say("pause")
        story.seek(300)
        assert story.beats == []
        story = Story(600, beat_after={"seek"}).begin().watch(5)
        story.say("seek_start", position=5.0, to=300.0)
        story.wait(1).say("ad_break_start")
        assert story.beats == []

    def test_buffering_is_followed_by_a_beat(self) -> None:
        """S33: only if the pair was told."""
        story = Story(600, beat_after={"buffer"}).begin().watch(5)
        story.say("buffer_start")
        assert story.wait(2).say("buffer_end") == [
            "7 Buffer Completed 5 @content-1",
            "7 Content Playing 5 content-1",
        ]
        story = Story(600, beat_after={"buffer"}, min_buffer=1).begin().watch(5)
        story.say("buffer_start")
        assert story.wait(0.5).say("buffer_end") == []

    def test_ads_too(self) -> None:
        """S33: what plays is told."""
        story = Story(60, breaks=[pre(ad("a", 30))], beat_after={"seek", "buffer"})
        story.say("play")
        story.say("ad_break_start")
        story.ad_start("a", duration=30)
        story.watch_ad(3).say("buffer_start")
        assert story.wait(2).say("buffer_end")[-1] == "5 Ad Playing 3 ad-1/a pre"
        story.say("seek_start", to=12.0)
        assert story.wait(1).say("seek_end", position=12.0)[-1] == "6 Ad Playing 12 ad-1/a pre"

    def test_by_default_only_resumed_is(self) -> None:
        """S43: and it always is."""
        for settings in ({}, {"beat_after": ()}, {"beat_after": ["seek"]}):
            story = Story(600, **settings).begin().watch(5).pause(2)
            assert story.beats == ["7 Content Playing 5 content-1"]
        story = Story(600).begin().watch(5).seek(300)
        assert story.beats == []

    def test_what_may_be_said(self) -> None:
        """One word or several, in any order; others are refused."""
        assert Settings().beat_after == {"resume"}
        assert Settings(beat_after="seek").beat_after == {"resume", "seek"}
        assert Settings(beat_after=("buffer", "seek")) == Settings(beat_after=["seek", "buffer"])
        for wrong in ("pause", ["seek", "pause"], [1], 7, None, {"seek": 1}):
            with pytest.raises(PlanError, match="beat_after must be some of resume, seek, buffer"):
                Settings(beat_after=wrong)


class TestSkipSilence:
    def jumping(self, jump: float, **settings: Any) -> Story:
        story = Story(600, **settings).begin().watch(8)
        story.position += jump
        return story.watch(8)

    @pytest.mark.parametrize("jump", [2.5, 4.0, 5.0])
    def test_short_jumps_ahead_are_no_seek(self, jump: float) -> None:
        """S70: a followed jump loses only what it jumped, and beats go on."""
        story = self.jumping(jump, skip_silence=True)
        assert story.named("Playback Seek Started") == []
        assert len(story.beats) == 1
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(16)
        assert figures["unique_seconds"] == pytest.approx(16, abs=1)
        assert figures["seeks"] == 0
        assert figures["diagnostics"]["position_jumped"] == 1

    @pytest.mark.parametrize("jump", [5.5, 30.0, -5.0])
    def test_others_are(self, jump: float) -> None:
        """S61: longer ones, and those back."""
        assert len(self.jumping(jump, skip_silence=True).named("Playback Seek Started")) == 1

    def test_so_are_short_ones_by_default(self) -> None:
        """S61."""
        assert len(self.jumping(4.0).named("Playback Seek Started")) == 1

    def test_a_seek_that_the_player_announces_is_one(self) -> None:
        """S33: however short."""
        story = Story(600, skip_silence=True).begin().watch(8).seek(12)
        assert len(story.named("Playback Seek Started")) == 1


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ({"heartbeat": None}, {"heartbeat": None}),
        ({"beat_after": "seek"}, {"beat_after": ["resume", "seek"]}),
        ({"beat_after": ["buffer", "seek"]}, {"beat_after": ["buffer", "resume", "seek"]}),
        ({"beat_after": []}, {}),
        ({"skip_silence": True}, {"skip_silence": True}),
    ],
)
def test_they_are_settings_of_a_plan_file(told: dict[str, Any], written: dict[str, Any]) -> None:
    """S40, S33, S70: read, written, and read again."""
    settings = settings_from_json(told)
    assert settings_to_json(settings) == written
    assert settings_from_json(json.loads(json.dumps(written))) == settings


@pytest.mark.parametrize(
    "wrong",
    [{"heartbeat": 0}, {"beat_after": None}, {"beat_after": ["now"]}, {"skip_silence": None}],
)
def test_wrong_ones_are_faults_of_the_file(wrong: dict[str, Any]) -> None:
    """S60: with the path."""
    (name,) = wrong
    with pytest.raises(PlanError, match=rf"^\$\.{name} must "):
        settings_from_json(wrong)
