"""How a session begins: S20, S25, S73."""

import pytest

from tests.session.story import Story, ad, mid, names, post, pre


class TestBeforePlay:
    @pytest.mark.parametrize(
        "signal",
        [
            "load",
            "quality",
            "update",
            "interrupt",
            "error",
            "buffer_start",
            "buffer_end",
            "seek_start",
            "seek_end",
            "ad_break_start",
            "ad_break_end",
            "ad_end",
            "ad_skip",
            "ad_click",
            "ad_error",
            "content_end",
            "end",
            "exit",
            "tick",
        ],
    )
    def test_nothing_but_playing_starts_a_session(self, signal: str) -> None:
        """S20, S25: Playback Started comes first, at the intent to play."""
        story = Story(60)
        assert story.say(signal) == []


class TestStart:
    def test_the_start_is_the_intent_to_play(self) -> None:
        """S25: not the first frame."""
        story = Story(60)
        assert story.say("load", duration=60.0) == []
        assert story.wait(1).say("play") == ["1 Playback Started 0"]
        assert story.wait(2).say("playing", position=0.0) == ["3 Content Started 0 content-1"]

    def test_moving_content_is_a_start(self) -> None:
        """S25, S61: joined at its beginning, no ``play`` and no ``playing`` were said."""
        story = Story(60)
        story.say("load")
        story.wait(1).say("progress", position=0.0)
        story.wait(0.25).say("progress", position=0.25)
        assert names(story.events) == ["Playback Started", "Content Started"]
        assert [event.position for event in story.events] == [0, 0]

    @pytest.mark.parametrize("signal", ["playing", "content_start"])
    def test_an_autoplay_start_is_a_start(self, signal: str) -> None:
        """S25, S61: no ``play`` was said."""
        story = Story(60)
        story.say("load")
        assert story.wait(1).say(signal, position=0.0) == [
            "1 Playback Started 0",
            "1 Content Started 0 content-1",
        ]

    def test_waiting_before_the_first_frame_is_startup(self) -> None:
        """S25: no Buffer event, and its length is the startup time of the first quality update."""
        story = Story(60)
        story.say("play")
        assert story.wait(0.5).say("buffer_start") == []
        assert story.wait(1).say("buffer_end") == []
        assert story.wait(0.5).say("playing", position=0.0) == ["2 Content Started 0 content-1"]
        story.watch(1)
        assert story.say("quality", bitrate=800) == ["3 Quality Updated 1"]
        story.watch(1).say("quality", bitrate=1200)

        updates = story.named("Quality Updated")
        assert [update.startup_time for update in updates] == [2000, None]  # type: ignore[attr-defined]
        assert [update.bitrate for update in updates] == [800, 1200]  # type: ignore[attr-defined]

    def test_a_wait_that_lasts_into_the_first_frame_leaves_no_open_pair(self) -> None:
        """S25: its end is said after the first frame."""
        story = Story(60)
        story.say("play")
        story.say("buffer_start")
        story.wait(2).say("playing", position=0.0)
        story.wait(0.1).say("buffer_end", position=0.1)

        assert story.rows == ["0 Playback Started 0", "2 Content Started 0 content-1"]

    def test_waiting_before_the_pre_roll_is_startup(self) -> None:
        """S25: the first frame is the ad's."""
        story = Story(60)
        story.say("play")
        story.wait(3).say("ad_break_start")
        story.ad("a0", 5)

        figures = story.figures()
        assert figures["startup"] + figures["gap"] == pytest.approx(3)
        assert figures["ad_played"] == pytest.approx(5)


class TestContentBeforeAPreRoll:
    def story(self) -> Story:
        story = Story(60, breaks=[pre(ad("a0", 5))], quartiles="off")
        story.say("play")
        return story

    def test_a_moment_of_content_before_the_planned_pre_roll_opens_no_pod(self) -> None:
        """S73: ten to ninety milliseconds."""
        story = self.story()
        assert story.wait(0.01).say("playing", position=0.0) == []
        assert story.wait(0.09).say("progress", position=0.09) == []
        story.pod(("a0", 5))
        story.say("playing", position=0.0)

        assert story.rows == [
            "0 Playback Started 0",
            "0.1 Ad Started 0 ad-1/a0 pre",
            "5.1 Ad Completed 5 ad-1/a0 pre",
            "5.1 Content Started 0 content-1",
        ]

    def test_half_a_second_of_content_opens_the_pod_after_all(self) -> None:
        """S73: and its Started is dated truly."""
        story = self.story()
        story.wait(0.25).say("playing", position=0.0)
        assert story.wait(0.25).say("progress", position=0.25) == []
        assert story.wait(0.25).say("progress", position=0.5) == [
            "0.25 Content Started 0 content-1"
        ]

    def test_a_seek_in_the_moment_of_content_opens_the_pod_with_what_follows(self) -> None:
        """S73: the viewer went on in the content; one Started, and no half pair."""
        story = self.story()
        story.wait(0.25).say("playing", position=0.0)
        story.wait(0.25).say("seek_start", position=0.25, to=30.0)
        story.wait(0.25).say("seek_end", position=30.0)
        story.position = 30.0
        story.watch(2)
        assert names(story.events) in (
            ["Playback Started", "Content Started", "Seek Started", "Seek Completed"],
            ["Playback Started", "Content Started"],
        )

    def test_a_real_pause_in_the_moment_of_content_is_reported_with_its_time(self) -> None:
        """S31, S73: the planned pre-roll did not come after it."""
        story = self.story()
        story.wait(0.25).say("playing", position=0.0)
        story.wait(0.25).say("pause", position=0.25)
        story.wait(5).say("tick")
        assert [event.at - story.start for event in story.named("Playback Paused")] == [0.5]

    @pytest.mark.parametrize("signal", ["playing", "content_start"])
    def test_without_a_pre_roll_to_come_the_pod_opens_at_once(self, signal: str) -> None:
        """S73: told directly, with a mid-roll and a post-roll planned."""
        story = Story(60, breaks=[mid(20, ad("a1", 5)), post(ad("a2", 5))])
        story.say("play")
        assert story.wait(1).say(signal, position=0.0) == ["1 Content Started 0 content-1"]

    def test_after_the_pre_roll_the_pod_opens_at_once(self) -> None:
        """S73: none is still to come."""
        story = self.story()
        story.pod(("a0", 5))
        assert story.say("playing", position=0.0) == ["5 Content Started 0 content-1"]

    def test_after_the_failed_pre_roll_the_pod_opens_at_once(self) -> None:
        """S71, S73: it will not come any more."""
        story = self.story()
        story.say("ad_break_start")
        story.say("ad_error", asset_id="a0")
        story.say("ad_break_end")
        assert story.say("playing", position=0.0) == ["0 Content Started 0 content-1"]

    def test_the_moment_of_content_makes_the_pre_roll_no_mid_roll(self) -> None:
        """S10, S73: even when nothing declares its placement; the ad is the planned one (S12)."""
        story = self.story()
        story.wait(0.1).say("playing", position=0.0)
        story.wait(0.1).say("ad_break_start")
        assert story.say("ad_start", asset_id="x", duration=5) == ["0.2 Ad Started 0 ad-1/a0 pre"]
