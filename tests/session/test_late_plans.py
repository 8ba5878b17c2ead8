"""A plan that becomes known while the session lives; who says it is live: S51, S60, S87."""

from typing import Any

import attrs
import pytest

from tests.session.story import T0, Story
from video_tracker.events import PlaybackEvent
from video_tracker.plan import AdBreak, Content, PlayerAttributes, SessionPlan, Settings
from video_tracker.session import Session, restore, snapshot

PLAYER = PlayerAttributes(video_player="tv", quality="720p", sound=30)


def loaded(plan: SessionPlan, **own: Any) -> Story:
    story = Story(60, plan=own).begin().watch(5)
    story.say("load", plan=plan)
    return story


class TestWhatIsTaken:
    def test_the_player_s_attributes_are_taken_from_then_on(self) -> None:
        """S51: what the plan leaves out stays."""
        story = loaded(SessionPlan(player=PLAYER), player=PlayerAttributes(full_screen=True))
        story.say("pause")
        (paused,) = story.named("Playback Paused")
        assert isinstance(paused, PlaybackEvent)
        player = paused.player
        assert (player.video_player, player.quality, player.sound) == ("tv", "720p", 30)
        assert player.full_screen is True
        assert story.events[0].player.video_player is None  # type: ignore[attr-defined]

    def test_properties_are_added_from_then_on(self) -> None:
        """S51: as those of ``update`` are."""
        story = loaded(SessionPlan(properties={"p": 1, "a": 2}), properties={"a": 1, "b": 1})
        story.say("pause")
        assert dict(story.events[0].properties) == {"a": 1, "b": 1}
        assert dict(story.events[-1].properties) == {"a": 2, "b": 1, "p": 1}

    def test_context_and_integrations_are_added_from_then_on(self) -> None:
        """S51: on every message."""
        story = loaded(
            SessionPlan(context={"c": 1}, integrations={"All": False}), context={"own": 1, "c": 0}
        )
        envelope = story.session.envelope()
        assert dict(envelope.context) == {"own": 1, "c": 1}
        assert dict(envelope.integrations) == {"All": False}

    def test_a_replay_and_a_snapshot_keep_them(self) -> None:
        """S24: the same viewer at the same player."""
        story = loaded(SessionPlan(context={"c": 1}, integrations={"x": True}, player=PLAYER))
        story.say("end")
        story.say("play")
        envelope = story.session.envelope()
        assert restore(snapshot(story.session)).envelope() == envelope
        again = story.session.restart().envelope()
        assert (again.context, again.integrations) == (envelope.context, envelope.integrations)

    def test_contents_and_breaks_are_taken_as_ever(self) -> None:
        """S52."""
        plan = SessionPlan(contents=[Content(title="T")], ad_breaks=[AdBreak(at="end")])
        story = loaded(plan)
        assert story.session._state.asset.content.title == "T"
        assert len(story.session._state.timeline.breaks) == 1

    def test_nothing_of_a_plan_that_says_nothing_more_is_counted(self) -> None:
        """S60."""
        story = loaded(SessionPlan(user_id="viewer", contents=[Content(duration=60.0)]))
        assert story.session.diagnostics == {}


class TestWhatIsRefused:
    def test_another_viewer_is_refused_and_counted(self) -> None:
        """S50, S60: a session has one viewer; an id that comes with another's is not his."""
        story = loaded(SessionPlan(user_id="late", anonymous_id="an"))
        envelope = story.session.envelope()
        assert (envelope.user_id, envelope.anonymous_id) == ("viewer", None)
        assert story.session.diagnostics == {"fixed_for_session": 2}

    @pytest.mark.parametrize("user_id", [None, "viewer"])
    def test_an_id_that_the_session_had_not_is_taken(self, user_id: str | None) -> None:
        """S50: of the same viewer."""
        story = loaded(SessionPlan(user_id=user_id, anonymous_id="an"))
        envelope = story.session.envelope()
        assert (envelope.user_id, envelope.anonymous_id) == ("viewer", "an")
        assert story.session.diagnostics == {}

    def test_somebody_anonymous_may_log_in(self) -> None:
        """S50: the user is known late."""
        session = Session("s", anonymous_id="an")
        session.play(T0)
        session.load(T0 + 1, plan=SessionPlan(user_id="late"))
        assert (session.envelope().user_id, session.envelope().anonymous_id) == ("late", "an")

    def test_settings_are_refused_and_counted(self) -> None:
        """S60: what was sent already followed others."""
        story = loaded(SessionPlan(settings=Settings(heartbeat=3)))
        assert story.session.settings.heartbeat == 10
        assert story.session.diagnostics == {"fixed_for_session": 1}

    def test_the_same_settings_are_none_refused(self) -> None:
        """S60."""
        story = Story(60, heartbeat=3).begin().watch(5)
        story.say("load", plan=SessionPlan(settings=Settings(heartbeat=3)))
        assert story.session.diagnostics == {}


def livestream(*contents: Content, player: bool | None) -> list[tuple[Any, Any]]:
    """Liveness and length on each playback event of a viewing of these contents."""
    plan = {"player": PlayerAttributes(livestream=player)}
    story = Story(*contents, plan=plan).begin().watch(5)
    for content in contents[1:]:
        story.say("content_start", asset_id=content.asset_id, position=0.0)
        story.position = 0.0
        story.watch(5)
    story.say("pause")
    return [
        (event.player.livestream, event.total_length)
        for event in story.events
        if isinstance(event, PlaybackEvent)
    ]


class TestContradictoryLiveness:
    """S6, S87: what a content says of itself wins for its own time."""

    def test_a_content_that_is_no_livestream_in_a_player_that_says_so(self) -> None:
        film = Content(asset_id="v", duration=60.0, livestream=False)
        assert livestream(film, player=True) == [(False, 60), (False, 60)]

    def test_a_livestream_in_a_player_that_says_no(self) -> None:
        stream = Content(asset_id="v", livestream=True)
        assert livestream(stream, player=False) == [(True, None), (True, None)]

    def test_each_content_of_a_playlist_for_its_own_time(self) -> None:
        film = Content(asset_id="v", duration=5.0, livestream=False)
        stream = Content(asset_id="w", livestream=True)
        rows = livestream(film, stream, player=False)
        assert [live for live, _ in rows] == [False, True]
        film = attrs.evolve(film, duration=50.0)  # a pause at its end would be in doubt (S31)
        rows = livestream(stream, film, player=True)
        assert [live for live, _ in rows] == [True, False]

    def test_a_late_plan_that_contradicts_itself(self) -> None:
        film = Content(asset_id="v", duration=60.0, livestream=False)
        plan = SessionPlan(player=PlayerAttributes(livestream=True), contents=[film])
        story = Story()
        story.say("load", plan=plan)
        story.say("play")
        (started,) = story.events
        assert isinstance(started, PlaybackEvent)
        assert (started.player.livestream, started.total_length) == (False, 60)
