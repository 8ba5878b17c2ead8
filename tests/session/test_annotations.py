"""What is told for one input goes with the events that it causes, however late: S51, S86."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.session.story import T0, Story, ad, mid, pre
from video_tracker.events import Event
from video_tracker.plan import AdRange, Content, SessionPlan, Settings
from video_tracker.session import Playback, Session, restore, snapshot
from video_tracker.signals import ContentStart, Play, Progress

OWN = {"why": "button"}
BESIDE = {"other": "input"}


def told(events: list[Event] | tuple[Event, ...], name: str) -> list[dict[str, Any]]:
    """The custom properties of the events of a name."""
    return [dict(event.properties) for event in events if event.name == f"Video {name}"]


def doubtful_pause() -> Story:
    story = Story(12).begin().watch(11)
    story.wait(0.5).session.annotate(OWN)
    assert story.say("pause", position=11.5) == []
    return story


def held_stall() -> Story:
    story = Story(60, min_buffer=0.5).begin().watch(5)
    story.wait(0.25).session.annotate(OWN)
    assert story.say("buffer_start", position=5.25) == []
    return story


def held_seek_end() -> Story:
    story = Story(60, scrub_window=0.5).begin().watch(5)
    story.say("seek_start", position=5.0, to=30.0)
    story.wait(0.25).session.annotate(OWN)
    assert story.say("seek_end", position=30.0) == []
    return story


def held_opening() -> Story:
    story = Story(60, breaks=[pre(ad("a0", 5))])
    story.say("play")
    story.wait(0.25).session.annotate(OWN)
    assert story.say("playing", position=0.0) == []
    return story


def doubtful_end() -> Story:
    story = Story(60).begin().watch(20)
    story.session.annotate(OWN)
    assert story.say("content_end", position=20.0) == []
    return story


def held_error() -> Story:
    story = Story(60).begin().watch(5)
    story.session.annotate(OWN)
    assert story.say("error", fatal=True, reason="decode") == []
    return story


def error_before_play() -> Story:
    story = Story(60)
    story.session.annotate(OWN)
    story.say("error", fatal=True, reason="decode")
    story.wait(1).say("play")
    return story


def waiting_quality() -> Story:
    story = Story(60)
    story.say("play")
    story.wait(0.25).session.annotate(OWN)
    assert story.say("quality", bitrate=800) == []
    return story


def early_ad_end() -> Story:
    story = Story(60).begin().watch(5)
    story.say("ad_break_start")
    story.wait(5).session.annotate(OWN)
    assert story.say("ad_end", asset_id="a1") == []
    return story


HELD: list[tuple[Callable[[], Story], str]] = [
    (doubtful_pause, "Playback Paused"),
    (held_stall, "Playback Buffer Started"),
    (held_seek_end, "Playback Seek Completed"),
    (held_opening, "Content Started"),
    (doubtful_end, "Content Completed"),
    (held_error, "Playback Interrupted"),
    (error_before_play, "Playback Interrupted"),
]
"""What holds an event back until time shows what it was, and the event."""


@pytest.mark.parametrize(("hold", "name"), HELD)
def test_what_is_held_keeps_its_annotation_until_time_releases_it(
    hold: Callable[[], Story], name: str
) -> None:
    """S86: pauses, stalls, seeks, openings, ends and errors in doubt."""
    story = hold()
    if name == "Content Started":
        for _ in range(3):
            story.wait(0.25).say("progress", position=story.now - 0.25)
    else:
        story.wait(5).say("tick")
    assert told(story.events, name) == [OWN]
    others = [event for event in story.events if event.name != f"Video {name}"]
    assert all(dict(event.properties) == {} for event in others)


@pytest.mark.parametrize("through_a_snapshot", [False, True])
def test_a_jump_has_the_annotation_of_the_place_that_showed_it(through_a_snapshot: bool) -> None:
    """S86, S89: not that of the next word, which only decides what it was."""
    session = Session("s", SessionPlan(user_id="u", contents=[Content(duration=600.0)]))
    session.play(T0, 0.0)
    session.playing(T0, 0.0)
    session.progress(T0 + 1, 1.0)
    session.annotate(OWN)
    assert session.progress(T0 + 2, 100.0) == ()
    if through_a_snapshot:
        session = restore(snapshot(session))
    session.annotate(BESIDE)
    assert [dict(event.properties) for event in session.progress(T0 + 3, 101.0)] == [OWN, OWN]


@pytest.mark.parametrize(("hold", "name"), HELD)
def test_what_is_held_keeps_its_annotation_through_a_snapshot(
    hold: Callable[[], Story], name: str
) -> None:
    """S86: a restored session goes on with the same properties."""
    story = hold()
    story.session = restore(snapshot(story.session))
    story.wait(1).say("exit")
    assert told(story.events, name) in ([OWN], [])
    assert all(dict(event.properties) in (OWN, {}) for event in story.events)


@pytest.mark.parametrize(
    ("hold", "name", "signal", "fields"),
    [
        (doubtful_pause, "Playback Paused", "interrupt", {"method": "call"}),
        (held_stall, "Playback Buffer Started", "pause", {"position": 5.25}),
        (held_seek_end, "Playback Seek Completed", "pause", {"position": 30.0}),
        (held_opening, "Content Started", "pause", {"position": 3.0}),
        (doubtful_end, "Content Completed", "end", {}),
        (held_error, "Playback Interrupted", "pause", {}),
        (waiting_quality, "Quality Updated", "playing", {"position": 0.0}),
        (early_ad_end, "Ad Completed", "ad_start", {"asset_id": "a1", "duration": 5.0}),
    ],
)
def test_the_input_that_releases_it_lends_it_nothing(
    hold: Callable[[], Story], name: str, signal: str, fields: dict[str, Any]
) -> None:
    """S51: each event bears the properties of the input that caused it."""
    story = hold()
    before = len(story.events)
    story.wait(0.0 if hold is early_ad_end else 1.0).session.annotate(BESIDE)
    story.say(signal, **fields)
    assert told(story.events[before:], name) == [OWN]
    own = f"Video {name}"
    others = [event for event in story.events[before:] if event.name != own]
    assert all(dict(event.properties) == BESIDE for event in others)


def test_an_annotation_of_the_next_input_is_not_that_of_what_was_held_before() -> None:
    """S51: a held pause that nobody annotated stays without."""
    story = Story(12).begin().watch(11)
    story.wait(0.5).say("pause", position=11.5)
    story.session.annotate(BESIDE)
    story.wait(0.5).say("interrupt", method="call")
    assert told(story.events, "Playback Paused") == [{}]
    assert told(story.events, "Playback Interrupted") == [BESIDE]


class TestNoInput:
    def test_a_pause_of_the_player_leaves_its_annotation_to_nobody(self) -> None:
        """S31, S51: the pause was none, so that its annotation is none either."""
        story = doubtful_pause()
        story.wait(0.5).say("content_end", position=12.0)
        story.say("end")
        assert story.named("Content Completed")
        assert all(dict(event.properties) == {} for event in story.events)

    def test_a_stall_too_short_leaves_its_annotation_to_nobody(self) -> None:
        """S32: and the next one has its own, or none."""
        story = held_stall()
        story.wait(0.25).say("buffer_end")
        story.watch(3).say("buffer_start")
        story.wait(2).say("buffer_end")
        assert told(story.events, "Playback Buffer Started") == [{}]

    @pytest.mark.parametrize("at", [float("nan"), -1.0, T0 * 1000])
    def test_an_input_that_cannot_be_read_uses_its_annotation_up(self, at: float) -> None:
        """S60: what was told for it sticks to no other input."""
        story = Story(60).begin().watch(5)
        story.session.annotate(OWN)
        story.session.pause(at)
        story.say("pause")
        assert told(story.events, "Playback Paused") == [{}]

    def test_an_input_that_means_nothing_uses_its_annotation_up(self) -> None:
        """S60: ignored, and its annotation with it."""
        story = Story(60).begin().watch(5)
        story.session.annotate(OWN)
        story.say("buffer_end")
        story.say("pause")
        assert told(story.events, "Playback Paused") == [{}]

    def test_time_is_no_input(self) -> None:
        """S88: a tick before the input, or none, gives the same properties."""
        seen = []
        for ticks in (True, False):
            story = Story(60, idle_timeout=60).begin().watch(5)
            story.session.annotate(OWN)
            if ticks:
                story.wait(100).say("tick")
                story.wait(-100)
            story.wait(120).say("pause")
            seen.append(
                [told(story.events, f"Playback {name}") for name in ("Interrupted", "Paused")]
            )
        assert seen[0] == seen[1]
        assert seen[0][0] == [{}]

    def test_beats_that_no_input_brings_bear_no_annotation(self) -> None:
        """S42, S88: without positions they lie on the grid, whoever notices them."""
        story = Story(600).begin()
        story.session.annotate(OWN)
        story.wait(25).say("pause")
        assert told(story.events, "Content Playing") == [{}, {}]
        assert told(story.events, "Playback Paused") == [OWN]


class TestScrub:
    def test_a_seek_that_goes_on_has_the_annotation_of_its_last_end(self) -> None:
        """S33: the first end was none."""
        story = held_seek_end()
        story.wait(0.25).say("seek_start", position=30.0, to=40.0)
        story.session.annotate(BESIDE)
        story.wait(0.25).say("seek_end", position=40.0)
        story.wait(5).say("tick")
        assert told(story.events, "Playback Seek Completed") == [BESIDE]

    def test_where_the_seek_landed_belongs_to_the_seek_s_end(self) -> None:
        """S22: the pod that it opens was caused by it."""
        story = Story(60, breaks=[mid(30, ad("a", 5))], scrub_window=0.5).begin().watch(40)
        story.say("seek_start", position=40.0, to=10.0)
        story.session.annotate(OWN)
        story.wait(0.25).say("seek_end", position=10.0)
        story.session.annotate(BESIDE)
        story.wait(2).say("pause", position=12.0)
        assert told(story.events, "Playback Seek Completed") == [OWN]


STREAM = SessionPlan(
    user_id="u",
    contents=[Content(asset_id="film", duration=60.0)],
    settings=Settings(ads="stitched"),
)
RANGES = [AdRange(start=10.0, end=15.0, pod_length=1)]


class TestStream:
    def stream(self, **settings: Any) -> Session:
        settings = {"ads": "stitched", **settings}
        session = Session("s", STREAM, settings=Settings(**settings))
        session.ad_ranges(T0, RANGES)
        session.play(T0)
        session.playing(T0, 0.0)
        for second in range(1, 10):
            session.progress(T0 + second, float(second))
        return session

    def test_all_that_an_input_shows_of_the_stream_bears_its_annotation(self) -> None:
        """S9, S51: one word of the playhead, several events."""
        session = self.stream()
        session.annotate(OWN)
        events = session.progress(T0 + 10.5, 10.5)
        assert [event.name for event in events] == ["Video Content Completed", "Video Ad Started"]
        assert [dict(event.properties) for event in events] == [OWN, OWN]
        assert all(dict(event.properties) == {} for event in session.progress(T0 + 13, 13.0))

    def test_a_seek_that_waits_at_an_ad_keeps_its_annotation(self) -> None:
        """S33, S86: it lands when no other seek can continue it."""
        session = self.stream(scrub_window=0.5)
        session.seek_start(T0 + 9.5, 9.5, 12.0)
        session.annotate(OWN)
        assert session.seek_end(T0 + 10, 12.0) == ()
        session.annotate(BESIDE)
        events = session.pause(T0 + 12, 13.5)
        assert told(events, "Playback Seek Completed") == [OWN]
        assert told(events, "Playback Paused") == [BESIDE]


class TestRestart:
    def over(self) -> Story:
        story = Story(5).begin().watch(5)
        story.say("content_end", position=5.0)
        return story

    def test_what_begins_the_replay_is_annotated_in_its_session(self) -> None:
        """S24, S51: the same input is given to the new session."""
        story = self.over()
        story.session.annotate(OWN)
        story.say_at(10, "play", position=0.0)
        assert told(story.events, "Playback Completed") == [{}]
        again = story.session.restart()
        events = again.play(T0 + 10, 0.0)
        assert told(events, "Playback Started") == [OWN]
        assert told(again.playing(T0 + 11, 0.0), "Content Started") == [{}]

    @pytest.mark.parametrize(
        "signal", [Play(T0 + 10, 0.0), ContentStart(T0 + 10, None, 0.0), Progress(T0 + 10, 1.5)]
    )
    def test_a_playback_hands_it_on(self, signal: Any) -> None:
        """S24: and nothing of it stays behind."""
        story = self.over()
        playback = Playback(story.session)
        playback.tick(T0 + 60)
        playback.session.annotate(OWN)
        said = [event for _, event in playback.receive(signal)]
        assert len(playback.sessions) == 2
        assert told(said, "Playback Started") == [OWN]
        later = [event for _, event in playback.receive(Progress(T0 + 12, 3.5))]
        assert all(dict(event.properties) == {} for event in later)

    def test_an_annotation_of_an_earlier_input_is_not_handed_on(self) -> None:
        """S51: only that of the input which begins it."""
        story = self.over()
        story.say_at(5, "end")
        story.session.annotate(OWN)
        story.say_at(10, "play", position=0.0)
        story.say_at(11, "play", position=0.0)
        again = story.session.restart()
        assert told(again.play(T0 + 11, 0.0), "Playback Started") == [{}]
