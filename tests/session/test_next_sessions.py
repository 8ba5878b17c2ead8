"""What plays after the end of a session is a new one, with what was said of it: S24, S82."""

from typing import Any

import pytest

from tests.session.story import T0, Story, names
from video_tracker.plan import AdBreak, Content, SessionPlan
from video_tracker.session import Playback, Session, restore, snapshot
from video_tracker.signals import (
    AdBreakStart,
    AdStart,
    ContentEnd,
    ContentStart,
    Exit,
    Load,
    Play,
    Playing,
    Progress,
    SeekEnd,
    SeekStart,
    Signal,
)
from video_tracker.testing.grammar import check_streams


def watched(*contents: Content | float) -> Story:
    """Five seconds of content that have ended, and nothing more came for a minute."""
    story = Story(*(contents or (5,))).begin().watch(5)
    story.say("content_end", position=5.0)
    story.idle(60)
    assert story.session.over
    return story


def play(playback: Playback, *signals: Signal) -> list[Any]:
    return [event for signal in signals for _, event in playback.receive(signal)]


def test_a_nameless_item_after_a_replays_own_has_another_name() -> None:
    """S12, S21, S24: a replay of the second item keeps its id; the next item is no part of it."""
    playback = Playback(Session("s1", SessionPlan(user_id="u1")))
    events = play(
        playback,
        Progress(T0, 15.0),
        Load(T0 + 410, next_item=True),
        Load(T0 + 410, duration=60.0),
        Play(T0 + 411, 0.0),
        Playing(T0 + 411, 0.0),
        Load(T0 + 1611, next_item=True),
        AdStart(T0 + 2419, None, 1),
    )

    assert check_streams(events) == []
    assert [event.asset_id for event in events if event.name == "Video Content Started"] == [
        "asset-1",
        "asset-2",
    ]
    assert events[-1].content_asset_id == "asset-3"


class TestWantsRestart:
    def test_a_next_item_that_is_loaded_after_the_end_asks_for_a_session(self) -> None:
        """S24: the caller is told, and the old session says nothing more."""
        story = watched()
        assert story.say("load", duration=30.0, next_item=True) == []
        assert story.session.wants_restart
        assert story.session.diagnostics["replay"] == 1

    def test_so_does_a_content_that_starts_after_the_end(self) -> None:
        """S24: another one or the same, `nothing that a viewer watches is dropped`."""
        for asset_id in ("e2", None):
            story = watched()
            assert story.say("content_start", asset_id=asset_id, position=0.0) == []
            assert story.session.wants_restart

    def test_content_that_moves_on_after_an_end_that_was_believed(self) -> None:
        """S82: it was not the end, so what plays is a new session."""
        story = Story(60).begin().watch(20)
        story.say("end", position=20.0)
        story.watch(1)
        assert story.session.wants_restart

    @pytest.mark.parametrize("position", [0.0, 5.0, 5.2, 300.0])
    def test_a_playhead_that_rests_after_the_end_asks_for_nothing(self, position: float) -> None:
        """S70: at the end, rewound, or anywhere that playing does not lead."""
        story = watched()
        story.say("progress", position=position)
        assert not story.session.wants_restart

    def test_a_playhead_that_moves_after_an_exit_asks_for_nothing(self) -> None:
        """S26: an element that is torn down may still speak."""
        story = Story(60).begin().watch(20)
        story.say("exit", position=20.0)
        story.watch(1)
        assert not story.session.wants_restart

    def test_a_load_alone_asks_for_nothing(self) -> None:
        """S20: a player may load long before anybody plays."""
        story = watched()
        story.say("load", duration=30.0)
        assert not story.session.wants_restart


class TestWhatMovesAfterItsEnd:
    """S82: content that moves after an end that was made real is a new session."""

    def told(self, length: float | None, *signals: Signal) -> list[tuple[str, int | None]]:
        """Twenty seconds of content said to have ended, and what follows; no heartbeats."""
        contents = [] if length is None else [Content(asset_id="film", duration=length)]
        playback = Playback(Session("s1", SessionPlan(user_id="u1", contents=contents)))
        seen = [Progress(T0 + second, float(second)) for second in range(1, 21)]
        first = [Play(T0), Playing(T0, 0.0), *seen, ContentEnd(T0 + 20, 20.0)]
        events = [*play(playback, *first, *signals), *(event for _, event in playback.finish())]
        assert check_streams(events) == []
        rest = (event for event in events if not event.name.endswith("Content Playing"))
        return [
            (f"{event.session_id} {event.name.removeprefix('Video ')}", event.position)
            for event in rest
        ][2:]

    def moves(self, at: float, place: float, seconds: int, step: float = 1.0) -> list[Signal]:
        steps = [each * step for each in range(int(seconds / step) + 1)]
        return [Progress(T0 + at + each, place + each) for each in steps]

    ENDED = (("s1 Content Completed", 20), ("s1 Playback Completed", 20))

    def goes_on(self, place: int, left: int) -> list[tuple[str, int | None]]:
        begins = [("s1-2 Playback Started", place), ("s1-2 Content Started", place)]
        return [*self.ENDED, *begins, ("s1-2 Playback Exited", left)]

    def test_behind_a_stall_that_outlasted_the_doubt(self) -> None:
        """S24, S82: the end was said at 20 of 60, and at 25 the content is at 21."""
        after = [*self.moves(25, 21.0, 10), Exit(T0 + 35.2, 31.2)]
        assert self.told(60.0, *after) == self.goes_on(21, 31)

    @pytest.mark.parametrize("step", [0.25, 0.5])
    def test_by_small_steps(self, step: float) -> None:
        """S24, S82: half a second of them shows that it runs."""
        after = [*self.moves(25, 20.0, 10, step), Exit(T0 + 35.2, 30.2)]
        assert self.told(60.0, *after) == self.goes_on(20, 30)

    def test_though_nobody_knew_its_length(self) -> None:
        """S24, S82: then there is nothing to doubt the end by."""
        after = [*self.moves(21, 21.0, 10), Exit(T0 + 31.2, 31.2)]
        assert self.told(None, *after) == self.goes_on(21, 31)

    @pytest.mark.parametrize(("length", "to"), [(60.0, 40.0), (3600.0, 2000.0)])
    def test_where_the_viewer_sought(self, length: float, to: float) -> None:
        """S24, S78, S82: anywhere; the place of the end is no bound of what follows it."""
        sought = [SeekStart(T0 + 21, 20.0, to), SeekEnd(T0 + 21.4, to)]
        after = [*sought, *self.moves(22.4, to + 1, 8), Exit(T0 + 30.6, to + 9.2)]
        assert self.told(length, *after) == self.goes_on(int(to) + 2, int(to) + 9)

    def test_it_has_the_length_that_the_plan_gave_it(self) -> None:
        """S80: that the content ended at 20 was no length, since it went on from there."""
        story = Story(60).begin().watch(20)
        story.say("content_end", position=20.0)
        story.wait(5).watch(2)
        (started,) = story.session.restart().play(T0 + 30, 22.0)
        assert (started.position, started.total_length) == (22, 60)

    @pytest.mark.parametrize("length", [20.0, None])
    @pytest.mark.parametrize("place", [20.0, 20.4, 20.9])
    def test_what_rests_a_little_behind_it_is_none(
        self, length: float | None, place: float
    ) -> None:
        """S70, S82: a player at rest tells for two minutes where it stopped."""
        after = [Progress(T0 + 20.5 + second, place) for second in range(120)]
        assert self.told(length, *after) == [*self.ENDED]


class TestWhatWasLoaded:
    PLAN = SessionPlan(
        contents=[Content(title="Second")], ad_breaks=[AdBreak(at=10.0, pod_length=2)]
    )

    def begun(self, session: Session, asset_id: str | None = "e2") -> list[Any]:
        again = session.restart()
        return [*again.content_start(T0 + 100, asset_id, 0.0), *again.exit(T0 + 101)]

    def test_it_is_the_new_sessions(self) -> None:
        """S24, S87: length, plan and what the player said of its content."""
        story = watched()
        story.say("load", plan=self.PLAN, duration=30.0, next_item=True)
        events = self.begun(story.session)
        assert names(events) == ["Playback Started", "Content Started", "Exited"]
        assert [event.total_length for event in events] == [30, 30, 30]
        assert events[1].content.title == "Second"
        assert events[1].content.asset_id == "e2"
        assert events[0].content_pod_ids == ("content-1", "content-2")

    def test_a_replay_after_a_load_knows_what_it_said(self) -> None:
        """S24: the id is used again."""
        story = watched()
        story.say("load", duration=8.0)
        again = story.session.restart()
        (started,) = again.play(T0 + 100)
        assert started.total_length == 8

    def test_later_words_are_added(self) -> None:
        """S87: a length that is told after the source."""
        story = watched()
        story.say("load", content=Content(title="Second"), next_item=True)
        story.say_at(70, "load", duration=30.0)
        events = self.begun(story.session)
        assert events[1].content.title == "Second"
        assert events[1].total_length == 30

    def test_a_snapshot_keeps_it(self) -> None:
        """S60: a session that is over and was told of the next one."""
        story = watched()
        story.say("load", plan=self.PLAN, duration=30.0, livestream=False, next_item=True)
        session = restore(snapshot(story.session))
        assert self.begun(session) == self.begun(story.session)

    def test_the_next_item_of_the_playlist_has_its_own_length(self) -> None:
        """S24: the plan knows it by its place or by its id."""
        one, two = Content(asset_id="e1", duration=5.0), Content(asset_id="e2", duration=30.0)
        for fields in ({}, {"content": Content(asset_id="e2")}):
            story = Story(one, two).begin().watch(5)
            story.say("end", position=5.0)
            story.say("load", next_item=True, **fields)
            events = self.begun(story.session, None)
            assert events[1].asset_id == "e2"
            assert events[0].content_asset_ids == ("e2",)
            assert events[0].total_length == 30

    def test_a_content_that_starts_is_the_only_one_of_its_session(self) -> None:
        """S4: what was watched before lies in the old session."""
        story = watched(Content(asset_id="e1", duration=5.0))
        story.say("content_start", asset_id=Content(asset_id="e2", duration=30.0), position=0.0)
        events = self.begun(story.session)
        assert events[0].content_asset_ids == ("e2",)
        assert events[0].total_length == 30

    def test_impossible_values_are_counted(self) -> None:
        """S60: left out, each with its reason."""
        story = watched()
        impossible: dict[str, Any] = {"plan": 7, "duration": -1, "livestream": "x", "content": {}}
        story.say("load", next_item=True, **impossible)
        assert story.session.diagnostics["invalid_value"] == 3
        assert story.session.diagnostics["invalid_position"] == 1
        assert len(self.begun(story.session)) == 3


class TestPlayback:
    def over(self) -> Playback:
        return Playback(watched().session)

    def test_what_is_told_between_load_and_play_is_the_next_session_s(self) -> None:
        """S24: the break that was announced for it."""
        playback = self.over()
        events = play(
            playback,
            Load(T0 + 100, duration=30.0, next_item=True),
            AdBreakStart(T0 + 101, placement="post", ads=3),
            Play(T0 + 102),
            Playing(T0 + 103, 0.0),
        )
        assert names(events) == ["Playback Started", "Content Started"]
        assert {event.session_id for event in events} == {"s1-2"}
        assert playback.session.session_id == "s1-2"

    def test_a_next_item_that_nobody_plays_is_no_session(self) -> None:
        """S25: it begins at the intent to play."""
        playback = self.over()
        assert play(playback, Load(T0 + 100, duration=30.0, next_item=True)) == []
        assert [session.session_id for session in playback.sessions] == ["s1"]
        assert play(playback, Exit(T0 + 101)) == []
        assert [session.session_id for session in playback.sessions] == ["s1"]
        events = play(playback, Play(T0 + 102), Playing(T0 + 102, 0.0))
        assert names(events) == ["Playback Started", "Content Started"]
        assert [session.session_id for session in playback.sessions] == ["s1", "s1-2"]

    def test_a_content_start_begins_it_at_once(self) -> None:
        """S24: the input that asks for the session is given to it."""
        playback = self.over()
        events = play(playback, ContentStart(T0 + 100, "e2", 0.0), Progress(T0 + 101, 1.0))
        assert names(events) == ["Playback Started", "Content Started"]

    def test_an_annotation_reaches_the_session_that_waits(self) -> None:
        """S51: of whichever session the next input is."""
        playback = self.over()
        play(playback, Load(T0 + 100, duration=30.0, next_item=True))
        playback.annotate({"why": "next"})
        (started,) = play(playback, Play(T0 + 102))
        assert dict(started.properties) == {"why": "next"}
