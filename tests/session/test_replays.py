"""Replays and loops make new sessions: S24, S70."""

from typing import Any

import pytest

from tests.session.story import T0, Story, names
from video_tracker.plan import Content, SessionPlan
from video_tracker.session import Playback, Session
from video_tracker.signals import SIGNALS

PLAN = SessionPlan(user_id="viewer", contents=[Content(asset_id="one", duration=20.0)])
ONE_VIEW = ["Playback Started", "Content Started", "Content Completed", "Playback Completed"]


class Player:
    """Feeds a playback and keeps what came, by session."""

    def __init__(self) -> None:
        self.playback = Playback(Session("s1", PLAN))
        self.now = 0.0
        self.told: dict[str, list[Any]] = {}
        self.restarted_from: dict[str, str | None] = {}

    def say(self, signal: str, after: float = 0.0, **fields: Any) -> None:
        self.now += after
        self.keep(self.playback.receive(SIGNALS[signal](T0 + self.now, **fields)))

    def keep(self, pairs: Any) -> None:
        for envelope, event in pairs:
            self.told.setdefault(event.session_id, []).append(event)
            self.restarted_from[event.session_id] = envelope.restarted_from

    def view(self, to: float = 20.0) -> None:
        self.say("play", after=1)
        self.say("playing", position=0.0)
        for second in range(1, int(to) + 1):
            self.say("progress", after=1, position=float(second))

    @property
    def names(self) -> dict[str, list[str]]:
        return {session_id: names(events) for session_id, events in self.told.items()}


@pytest.mark.parametrize("end", ["end", "content_end"])
@pytest.mark.parametrize(
    "rewind",
    [
        [],
        [("seek_start", {"position": 20.0, "to": 0.0}), ("seek_end", {"position": 0.0})],
        [("seek_start", {"position": 0.0})],
    ],
    ids=["at-once", "after-a-seek-to-0", "within-a-seek-to-0"],
)
def test_play_after_the_end_is_a_new_session(
    end: str, rewind: list[tuple[str, dict[str, Any]]]
) -> None:
    """S24, S70: whole views, one after the other; the seek to 0 is part of neither."""
    player = Player()
    player.view()
    player.say(end, position=20.0)
    for signal, fields in rewind:
        player.say(signal, after=1, **fields)
    player.view()
    player.say(end, position=20.0)
    player.keep(player.playback.finish())

    assert player.names == {"s1": ONE_VIEW, "s1-2": ONE_VIEW}
    assert player.restarted_from == {"s1": None, "s1-2": "s1"}
    assert [session.session_id for session in player.playback.sessions] == ["s1", "s1-2"]
    for session in player.playback.sessions:
        figures = session.summary().to_dict()
        assert figures["content_played"] == pytest.approx(20, abs=0.5)
        assert figures["unique_seconds"] == pytest.approx(20, abs=0.5)
        assert figures["ended"] == "completed"


def test_a_third_view_counts_on() -> None:
    """S24: s1, s1-2, s1-3, each the replay of the one before."""
    player = Player()
    for _ in range(3):
        player.view()
        player.say("end", position=20.0)

    assert list(player.names) == ["s1", "s1-2", "s1-3"]
    assert player.restarted_from["s1-3"] == "s1-2"


def test_what_comes_after_the_end_without_play_starts_nothing() -> None:
    """S70: some players rewind themselves and stay there."""
    player = Player()
    player.view()
    player.say("end", position=20.0)
    player.say("seek_start", after=1, to=0.0)
    player.say("seek_end", position=0.0)
    player.say("progress", after=1, position=0.0)
    player.say("pause", after=1)
    player.keep(player.playback.finish())

    assert player.names == {"s1": ONE_VIEW}
    assert len(player.playback.sessions) == 1


def test_play_after_an_exit_is_a_new_session() -> None:
    """S24, S26: nothing follows Exited under its id."""
    player = Player()
    player.view(5)
    player.say("exit")
    player.view()
    player.say("end")

    assert player.names == {
        "s1": ["Playback Started", "Content Started", "Exited"],
        "s1-2": ONE_VIEW,
    }


def test_a_loop_is_one_session_a_round() -> None:
    """S70: the position jumps from the end to 0 while playing, and nothing says ``ended``."""
    player = Player()
    player.say("play")
    player.say("playing", position=0.0)
    for _ in range(3):
        for step in range(1, 80):
            player.say("progress", after=0.25, position=step * 0.25)
        player.say("progress", after=0.25, position=0.0)
    player.say("progress", after=0.25, position=0.25)
    player.say("exit", after=0.25)

    views = list(player.names.values())
    assert views[:3] == [ONE_VIEW] * 3
    assert views[3:] == [["Playback Started", "Content Started", "Exited"]]
    assert list(player.names) == ["s1", "s1-2", "s1-3", "s1-4"]
    for session in player.playback.sessions[:3]:
        assert session.summary().to_dict()["content_played"] == pytest.approx(20, abs=0.5)


def test_a_loop_completes_the_seek_that_its_scrub_window_held() -> None:
    """S20, S33, S70: no seek outlasts the session; the far place waited for this word (S89)."""
    story = Story(60, scrub_window=0.5).begin(position=40.0)
    story.wait(1).say("progress", position=59.5)
    story.wait(0.1)

    assert story.say("progress", position=0.0) == [
        "1 Seek Started 40 @content-1 >59",
        "1 Seek Completed 59 @content-1 >59",
        "1.1 Content Completed 60 content-1",
        "1.1 Playback Completed 60",
    ]
    assert story.session.wants_restart


def test_a_seek_from_near_the_end_to_the_start_is_a_seek() -> None:
    """S70: three seconds before the end it is no loop."""
    player = Player()
    player.view(17)
    player.say("seek_start", position=17.0, to=0.0)
    player.say("seek_end", after=0.5, position=0.0)
    player.say("progress", after=1, position=1.0)

    assert player.names == {
        "s1": ["Playback Started", "Content Started", "Seek Started", "Seek Completed"]
    }


def test_restart_gives_the_session_of_the_replay() -> None:
    """S24: new id, same viewer, same plan, nothing else carried over."""
    story = Story(20).begin().watch(20).end()
    replay = story.session.restart()
    assert replay.session_id == "s1-2"
    assert replay.envelope().restarted_from == "s1"
    assert replay.envelope().user_id == "viewer"
    assert not replay.over
    again = replay.play(T0 + 30)
    assert [(event.name, event.sequence, event.session_id) for event in again] == [
        ("Video Playback Started", 1, "s1-2")
    ]
    assert replay.restart().session_id == "s1-3"
    assert story.session.restart("mine").session_id == "mine"


def test_a_refused_play_says_that_a_replay_is_wanted() -> None:
    """S24: whoever holds the session makes the next one."""
    story = Story(20).begin().watch(20).end()
    assert not story.session.wants_restart
    assert story.say("play") == []
    assert story.session.wants_restart


def test_a_replay_has_seen_no_ads_yet() -> None:
    """S1, S24: the seconds of the first viewing's ads are not the second's."""
    story = Story(60, quartiles="off").begin().watch(20)
    story.pod(("a1", 5))
    story.say("playing", position=20.0)
    story.watch(40).end()
    replay = story.session.restart()
    replay.play(T0 + 100)
    for second in range(26):
        replay.progress(T0 + 100 + second, position=float(second))
    (paused,) = replay.pause(T0 + 125)
    assert (paused.name, paused.position) == ("Video Playback Paused", 25)


def test_a_replay_knows_the_length_that_was_learned() -> None:
    """S4, S24: it is the same content."""
    story = Story().begin()
    story.say("load", duration=20.0)
    story.watch(20).end()
    (started,) = story.session.restart().play(T0 + 30)
    assert started.total_length == 20
