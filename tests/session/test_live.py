"""Livestreams: S6 and S8."""

import json
from typing import Any

import pytest

from tests.session.story import T0, Story
from video_tracker.events import ContentEvent, PlaybackEvent
from video_tracker.plan import Ad, AdRange, Content, SessionPlan, Settings
from video_tracker.session import Session
from video_tracker.session.snapshot import restore, snapshot
from video_tracker.signal_log import read_signals
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

    def test_the_offset_grows_while_the_viewer_pauses(self) -> None:
        """S8: the edge moves on with the time, and a seek to it brings the viewer back."""
        story = live(live_position="offset").begin(position=3600.0)
        story.say("update", live_edge=3604.0)
        story.watch(3)
        story.say("pause")
        story.wait(20).say("play")
        story.seek(3626.0, taking=0)
        story.say("exit")
        assert self.positions(story, PlaybackEvent) == [0, -4, -24, -24, -1, -1]
        sought = [event.seek_position for event in story.named("Playback Seek Completed")]  # type: ignore[attr-defined]
        assert sought == [-1]

    def test_a_start_date_makes_the_epoch_exact(self) -> None:
        """S8: the date of the segments, whatever the edge."""
        story = live(live_position="epoch").begin(position=3600.0)
        story.say("update", live_edge=3604.0, start_date=T0 - 7200.0)
        story.watch(3)
        story.say("pause")
        story.wait(20).say("play")
        assert story.events[-1].position == int(T0) - 7200 + 3603

    def test_a_growing_duration_is_the_edge_until_it_is_told(self) -> None:
        """S8: a duration said before the stream was known to be live was its edge too."""
        story = Story(Content(asset_id="c1"), live_position="offset")
        story.say("load", duration=14.0)
        story.say("load", livestream=True)
        story.begin(position=8.0).watch(3)
        story.say("pause")
        assert story.events[-1].position == -6
        assert story.events[-1].total_length is None

    def test_a_clock_that_counts_from_1970_is_followed(self) -> None:
        """S3, S8: dynamic manifests that begin in 1970 put the playhead beyond 1,000,000,000."""
        story = live(live_position="playhead").begin(position=T0 - 6.0).watch(12)
        story.say("exit")
        assert self.positions(story, PlaybackEvent)[-1] == int(T0) + 6
        assert story.figures()["content_played"] == pytest.approx(12)

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -5, "now", True, 1e300])
    def test_absurd_edges_and_dates_are_counted(self, value: Any) -> None:
        """S3, S60: and change nothing."""
        story = live(live_position="offset").begin(position=3600.0)
        story.say("update", live_edge=3604.0)
        story.say("update", live_edge=value, start_date=value)
        story.say("pause")
        assert story.events[-1].position == -4
        assert story.session.diagnostics["invalid_value"] == 2

    def test_edge_and_date_survive_a_snapshot(self) -> None:
        """A restored session says the same positions."""
        story = live(live_position="offset").begin(position=3600.0)
        story.say("update", live_edge=3604.0, start_date=T0)
        again = restore(snapshot(story.session))
        assert (again._state.live_origin, again._state.start_date) == (T0 - 3604.0, T0)


class TestSlidingWindows:
    def hover(self, story: Story, place: float) -> None:
        """Twenty seconds at the edge of a window that counts from its own start."""
        for second in range(20):
            story.wait(1).say("progress", position=place + second % 3 * 0.004)

    def test_joining_in_the_middle_is_no_seek_and_counts_what_was_played(self) -> None:
        """S61, S70: the first position is where the viewer joined."""
        story = live().begin(position=3600.0).watch(12)
        story.say("exit")
        figures = story.figures()
        assert figures["seeks"] == 0
        assert figures["watched"] == {"live": [[3600.0, 3612.0]]}
        assert figures["content_media_seconds"] == pytest.approx(12)

    def test_seeks_back_and_to_the_edge_are_seeks(self) -> None:
        """S33: inside the window."""
        story = live(live_position="playhead").begin(position=3600.0).watch(10)
        story.seek(3595.0, taking=0)
        story.watch(3)
        story.seek(3612.0, taking=0)
        story.watch(2)
        story.say("exit")
        assert story.figures()["seeks"] == 2
        assert [event.position for event in story.named("Playback Seek Completed")] == [3595, 3612]

    @pytest.mark.parametrize("step", [0.3, -0.3])
    def test_a_live_correction_is_no_seek(self, step: float) -> None:
        """S70: the position simply follows."""
        story = live().begin(position=3600.0).watch(5)
        story.wait(1).say("progress", position=3606.0 + step)
        story.wait(1).say("progress", position=3607.0 + step)
        assert story.figures()["seeks"] == 0
        assert story.named("Playback Seek Started") == []

    @pytest.mark.parametrize("heard", [(), (2.0, 4.0), (5.0,), (1.0, 2.0, 3.0, 4.0, 5.0)])
    @pytest.mark.parametrize("says", ["buffer_end", "playing", "nothing of places"])
    def test_it_moves_on_while_the_playhead_stalls(self, heard: Any, says: str) -> None:
        """S85: by the six seconds of the stall, whenever that is heard; nobody sought."""
        story = live().begin(position=45.65)
        self.hover(story, 45.65)
        story.say("buffer_start", position=45.65)
        for passed in heard:
            story.say_at(20 + passed, "progress", position=45.65 - passed)
        story.wait(6)
        if says in ("buffer_end", "playing"):
            story.say(says, position=39.65)
        else:
            story.say("buffer_end")
        self.hover(story, 39.65)
        story.say("exit")

        assert story.rest[2:] == [
            "20 Buffer Started 20 @content-1",
            "26 Buffer Completed 20 @content-1",
            "46 Exited 40 @content-1",
        ]
        assert story.figures()["content_played"] == pytest.approx(40)
        assert story.figures()["buffering"] == pytest.approx(6)

    def test_behind_a_stall_a_fall_beyond_what_passed_is_a_seek(self) -> None:
        """S61, S85: the window cannot have moved so far."""
        story = live().begin(position=3600.0).watch(20)
        story.say("buffer_start", position=3620.0)
        story.wait(6).say("buffer_end", position=3560.0)
        for second in range(1, 4):
            story.wait(1).say("progress", position=3560.0 + second)
        assert story.figures()["seeks"] == 1

    def test_a_stream_that_ends_is_completed_once(self) -> None:
        """S75: its length has become final, and the element ends."""
        story = live().begin(position=8.0)
        for second in range(1, 13):
            story.wait(1).say("progress", position=8.0 + second, duration=20.0 + second // 2)
        story.say("load", duration=20.0)
        story.say("content_end", position=20.0)
        story.say("end")
        assert [event.name for event in story.events].count("Video Playback Completed") == 1
        assert {event.total_length for event in story.events} == {None}


class TestSources:
    def test_a_film_after_a_livestream_has_its_length(self) -> None:
        """S6, S24: the next item of the playlist is none."""
        story = live().begin(position=3600.0).watch(5)
        story.say("load", next_item=True, livestream=False)
        story.say("load", duration=20.0)
        story.begin().watch(3)
        story.say("exit")
        (last,) = (event for event in story.named("Content Started") if event.total_length)
        assert (last.position, last.total_length) == (0, 20)

    def test_a_livestream_that_is_played_again_keeps_its_edge(self) -> None:
        """S8, S24: the player told it once."""
        story = live(live_position="offset").begin(position=3600.0)
        story.say("update", live_edge=3610.0, start_date=T0)
        story.say("exit")
        again = story.session.restart()
        events = again.play(T0 + 10.0, position=3612.0)
        assert [(event.position, event.total_length) for event in events] == [(-8, None)]


class TestStitchedAds:
    """S9: ad breaks that are found on the way lie on the same clock as the edge."""

    def positions(self, choice: str) -> list[str]:
        story = live(live_position=choice).begin(position=3600.0)
        story.say("update", live_edge=3610.0, start_date=T0 - 7200.0)
        story.watch(5)
        ads = (Ad(asset_id="a1", duration=4),)
        story.say("ad_ranges", ranges=(AdRange(start=3605.0, end=3609.0, ads=ads),))
        story.watch(7)
        story.say("pause", position=story.position)
        story.say("exit")
        wanted = ("Content Started", "Content Completed", "Paused", "Exited")
        return [
            f"{event.name.removeprefix('Video ')} {event.position}"
            for event in story.events
            if event.name.endswith(wanted)
        ]

    def test_the_playhead_runs_through_the_ads(self) -> None:
        """S8, S9: what the player reports."""
        assert self.positions("playhead") == [
            "Content Started 3600",
            "Content Completed 3605",
            "Content Started 3609",
            "Playback Paused 3612",
            "Playback Exited 3612",
        ]

    def test_it_rests_in_the_ad_into_which_a_paused_viewer_sought(self) -> None:
        """S8, S9: the ad has not begun; the playhead is in it all the same."""
        story = live(live_position="playhead").begin(position=3600.0)
        ads = (Ad(asset_id="a1", duration=15),)
        story.say("ad_ranges", ranges=(AdRange(start=3645.0, end=3660.0, ads=ads),))
        story.watch(5)
        story.say("pause", position=3605.0)
        story.wait(1).say("seek_start", to=3650.0)
        story.wait(1).say("seek_end", position=3650.0)
        assert story.wait(1).say("quality", bitrate=800) == ["8 Quality Updated 3650"]

    def test_the_edge_runs_with_it(self) -> None:
        """S8, S9: an ad is no step back."""
        assert self.positions("offset") == [
            "Content Started 0",
            "Content Completed -10",
            "Content Started -10",
            "Playback Paused -10",
            "Playback Exited -10",
        ]

    def test_the_date_counts_the_ads(self) -> None:
        """S8, S9."""
        start = int(T0) - 7200
        assert self.positions("epoch")[-1] == f"Playback Exited {start + 3612}"

    def test_elapsed_counts_ads_on_playback_events_alone(self) -> None:
        """S8: as with ads of a player's own."""
        assert self.positions("elapsed") == [
            "Content Started 0",
            "Content Completed 5",
            "Content Started 5",
            "Playback Paused 12",
            "Playback Exited 12",
        ]


class TestProgrammes:
    """S24: programmes of one stream are content assets, as the application tells them."""

    def names(self, story: Story) -> list[str]:
        return [
            f"{event.name.removeprefix('Video ')} {event.position} {event.asset_id}"
            for event in story.events
            if isinstance(event, ContentEvent)
        ]

    def test_the_next_programme_completes_the_one_before(self) -> None:
        """S24, S85: the stream runs on; each programme counts its own seconds."""
        story = live().begin(position=3600.0).watch(12)
        story.say("content_start", asset_id="news")
        story.watch(3)
        story.say("exit")
        assert self.names(story) == [
            "Content Started 0 live",
            "Content Playing 10 live",
            "Content Completed 12 live",
            "Content Started 0 news",
        ]
        assert story.events[-1].position == 15
        figures = story.figures()
        assert figures["watched"] == {"live": [[3600.0, 3612.0]], "news": [[3612.0, 3615.0]]}
        assert figures["seeks"] == 0
        assert {event.total_length for event in story.events} == {None}

    def test_a_position_of_the_programme_does_not_move_the_stream_s_clock(self) -> None:
        """S24, S61: 0 is where the programme begins, not where the playhead is."""
        story = live(live_position="playhead").begin(position=3600.0).watch(12)
        story.say("content_start", asset_id=Content(asset_id="news", title="News"), position=0.0)
        story.watch(3)
        story.say("exit")
        assert self.names(story)[2:] == ["Content Completed 3612 live", "Content Started 3612 news"]
        assert story.figures()["seeks"] == 0

    def test_a_programme_left_by_a_seek_is_not_completed(self) -> None:
        """S22: the viewer goes back into the programme before it."""
        story = live().begin(position=3600.0).watch(12)
        story.say("content_start", asset_id="news")
        story.watch(5)
        story.seek(3605.0, taking=0)
        story.say("content_start", asset_id="live")
        story.watch(2)
        assert self.names(story)[3:] == [
            "Content Started 0 news",
            "Content Started 12 live",
        ]
        assert story.say("exit")[0].split()[2] == "19"

    def test_the_same_programme_told_again_changes_nothing(self) -> None:
        """S61."""
        story = live().begin(position=3600.0).watch(5)
        assert story.say("content_start", asset_id="live") == []

    def test_programmes_in_a_signal_log(self) -> None:
        """S24: the log's own words for it."""
        lines = [
            '{"signal": "load", "at": 100, "livestream": true}',
            '{"signal": "update", "at": 100, "live_edge": 70.5, "start_date": 30}',
            '{"signal": "play", "at": 100, "position": 60.0}',
            '{"signal": "playing", "at": 100, "position": 60.0}',
            '{"signal": "progress", "at": 102, "position": 62.0}',
            '{"signal": "content_start", "at": 103, "content": {"asset_id": "p2", "title": "Two"}}',
            '{"signal": "progress", "at": 105, "position": 65.0}',
            '{"signal": "exit", "at": 106, "position": 66.0}',
        ]
        settings = Settings(live_position="epoch")
        session = Session("s1", SessionPlan(user_id="u1", settings=settings))
        events = [e for _, signal in read_signals(lines) for e in session.receive(signal)]
        assert [f"{event.name.removeprefix('Video ')} {event.position}" for event in events] == [
            "Playback Started 90",
            "Content Started 90",
            "Content Completed 93",
            "Content Started 93",
            "Playback Exited 96",
        ]
