"""Livestreams: S6 and S8."""

import json
from typing import Any

import pytest

from tests.session.story import T0, Story
from video_tracker.events import ContentEvent, PlaybackEvent
from video_tracker.plan import Content
from video_tracker.wire import Encoder


def live(**settings: Any) -> Story:
    """Joined a stream whose window begins at 3600, ten seconds behind its edge."""
    story = Story(Content(asset_id="live", livestream=True), quartiles="off", **settings)
    story.say("load", livestream=True)
    return story


def messages(story: Story, profile: str) -> list[dict[str, Any]]:
    encoder = Encoder(profile=profile)
    envelope = story.session.envelope()
    return [json.loads(encoder.encode(event, envelope).body) for event in story.events]


class TestLengths:
    @pytest.mark.parametrize("profile", ["customerio", "segment", "rudderstack"])
    @pytest.mark.parametrize("absent", ["omit", "null"])
    def test_the_length_is_an_explicit_null(self, profile: str, absent: str) -> None:
        """S6: on playback and content events, and ``livestream`` is true."""
        story = live(absent=absent).begin(position=3600.0).watch(12)
        story.say("pause")
        story.say("play")
        told = messages(story, profile)
        assert len(told) >= 5
        for message in told:
            properties = message["properties"]
            assert "total_length" in properties, message["event"]
            assert properties["total_length"] is None, message["event"]
            assert properties["livestream"] is True, message["event"]

    @pytest.mark.parametrize("profile", ["customerio", "segment", "rudderstack"])
    def test_an_unknown_length_is_absent(self, profile: str) -> None:
        """S4, S6: null and absent are different things."""
        story = Story().begin().watch(12)
        for message in messages(story, profile):
            assert "total_length" not in message["properties"], message["event"]
            assert message["properties"].get("livestream") is not True

    @pytest.mark.parametrize("profile", ["customerio", "segment", "rudderstack"])
    def test_an_ad_in_a_livestream_has_its_length(self, profile: str) -> None:
        """S5, S6: null is for playback and content only."""
        story = live().begin(position=3600.0).watch(12)
        story.pod(("a1", 5))
        (started,) = (
            message
            for message in messages(story, profile)
            if message["event"] == "Video Ad Started"
        )
        assert started["properties"]["total_length"] == 5

    def test_a_growing_duration_is_no_length(self) -> None:
        """S6: live durations grow every two seconds."""
        story = live().begin(position=3600.0)
        for second in range(12):
            story.wait(1).say("progress", position=3600.0 + second, duration=3610.0 + second)
        story.say("exit")
        assert {event.total_length for event in story.events} == {None}
        assert story.figures()["ended"] == "exited"

    def at_the_edge(self) -> Story:
        story = live().begin(position=3600.0)
        for second in range(1, 13):
            story.wait(1).say("progress", position=3600.0 + second, duration=3600.2 + second)
        return story

    def test_the_edge_is_no_end(self) -> None:
        """S31, S44: a pause at the live edge is answered at once, and beats go on."""
        story = self.at_the_edge()
        assert [line.split(" ")[1:3] for line in story.beats] == [["Content", "Playing"]]
        assert [line.split(" ")[1] for line in story.say("pause")] == ["Paused"]

    def test_silence_at_the_edge_is_no_completion(self) -> None:
        """S26, S75: the stream has no end that could be played to."""
        story = self.at_the_edge()
        story.idle(1000)
        assert story.figures()["ended"] == "timeout"
        assert story.named("Content Completed") == []

    def test_an_event_s_own_end_completes_a_livestream(self) -> None:
        """S75: the stream ended; its Completed has no length to equal (S6)."""
        story = self.at_the_edge()
        story.say("end")
        assert [event.name for event in story.events[-2:]] == [
            "Video Content Completed",
            "Video Playback Completed",
        ]
        assert [(event.position, event.total_length) for event in story.events[-2:]] == [
            (12, None),
            (12, None),
        ]

    def test_said_by_load_alone(self) -> None:
        """S6: the plan did not know."""
        story = Story()
        story.say("load", livestream=True)
        story.begin(position=3600.0).watch(12)
        for message in messages(story, "customerio"):
            assert message["properties"]["total_length"] is None
            assert message["properties"]["livestream"] is True


class TestPositions:
    def positions(self, story: Story, kind: type) -> list[int | None]:
        return [event.position for event in story.events if isinstance(event, kind)]

    def test_elapsed_is_the_default(self) -> None:
        """S8: whole seconds of playback since this session joined; a pause does not count."""
        story = live().begin(startup=2, position=3600.0).watch(12)
        story.say("pause")
        story.wait(60).say("play")
        story.watch(5)
        story.say("exit")

        assert self.positions(story, PlaybackEvent) == [0, 12, 12, 17]
        assert self.positions(story, ContentEvent) == [0, 10, 12]

    def test_the_playhead_is_what_the_player_reports(self) -> None:
        """S8."""
        story = live(live_position="playhead").begin(position=3600.5).watch(12)
        story.say("exit")
        assert self.positions(story, ContentEvent) == [3600, 3610]
        assert self.positions(story, PlaybackEvent)[-1] == 3612

    def test_the_offset_is_seconds_behind_the_edge(self) -> None:
        """S8: zero or negative; the edge is the duration that the player reports."""
        story = live(live_position="offset").begin(position=3600.0)
        for second in range(1, 12):
            story.wait(1).say("progress", position=3600.0 + second, duration=3610.0 + second)
        story.say("exit")
        (beat,) = story.named("Content Playing")
        assert beat.position == -10
        assert story.events[-1].position == -10

    def test_the_offset_is_never_positive(self) -> None:
        """S8: a playhead a moment ahead of the reported edge."""
        story = live(live_position="offset").begin(position=3600.0)
        story.wait(1).say("progress", position=3601.0, duration=3600.5)
        story.say("pause")
        assert story.events[-1].position == 0

    def test_epoch_is_the_wall_time_of_the_playhead(self) -> None:
        """S8: at the edge it is now."""
        story = live(live_position="epoch").begin(position=3600.0)
        for second in range(1, 12):
            story.wait(1).say("progress", position=3600.0 + second, duration=3600.0 + second)
        (beat,) = story.named("Content Playing")
        assert beat.position == pytest.approx(T0 + 10, abs=1)
