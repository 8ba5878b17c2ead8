"""What the session gives the wire: S50 to S54, its side of them."""

from typing import Any

import attrs
import pytest

from tests.session.story import T0, Story, ad, mid, post, pre
from video_tracker.errors import PlanError
from video_tracker.events import AdEvent, PlannedAd, PlaybackEvent, PlaybackStarted
from video_tracker.plan import AdBreak, Content, PlayerAttributes, SessionPlan
from video_tracker.session import Session


class TestIdentity:
    def test_a_session_without_any_identity_is_refused(self) -> None:
        """S50: at construction."""
        with pytest.raises(PlanError):
            Session("s1", SessionPlan())

    @pytest.mark.parametrize(
        "identity",
        [{"user_id": "u"}, {"anonymous_id": "a"}, {"user_id": "u", "anonymous_id": "a"}],
    )
    def test_either_identity_or_both_will_do(self, identity: dict[str, Any]) -> None:
        """S50: of the session or of its plan."""
        wanted = (identity.get("user_id"), identity.get("anonymous_id"))
        for session in (
            Session("s1", SessionPlan(), **identity),
            Session("s1", SessionPlan(**identity)),
        ):
            envelope = session.envelope()
            assert (envelope.user_id, envelope.anonymous_id) == wanted

    def test_context_and_integrations_are_passed_through(self) -> None:
        """S51."""
        plan = SessionPlan(
            user_id="u", context={"ip": "1.2.3.4"}, integrations={"All": False, "Adobe": True}
        )
        envelope = Session("s1", plan).envelope()
        assert envelope.context == {"ip": "1.2.3.4"}
        assert envelope.integrations == {"All": False, "Adobe": True}

    def test_events_are_numbered_from_one_without_holes(self) -> None:
        """S50: the same session and the same n-th event give the same id."""
        story = Story(40, breaks=[mid(20, ad("a1", 8))]).begin().watch(5)
        story.pause(3).watch(15)
        story.pod(("a1", 8))
        story.say("playing", position=20.0)
        story.watch(20).end()
        assert [event.sequence for event in story.events] == list(range(1, len(story.events) + 1))
        assert {event.session_id for event in story.events} == {"s1"}

    def test_the_same_inputs_give_the_same_events(self) -> None:
        """S50: deterministic, value by value."""

        def once() -> Story:
            story = Story(40, breaks=[mid(20, ad("a1", 8))]).begin().watch(20)
            story.pod(("a1", 8))
            story.say("playing", position=20.0)
            return story.watch(20).end()

        assert once().events == once().events


class TestStarted:
    def test_it_lists_what_is_known(self) -> None:
        """S52: contents, pods and ads along the timeline, whatever the plan's order."""
        story = Story(
            Content(asset_id="one", duration=60),
            Content(asset_id="two", duration=60),
            breaks=[
                AdBreak(at="end", ads=(ad("z", 5),), content_asset_id="two"),
                AdBreak(at=30, ads=(ad("m", 5), ad("n", 5)), content_asset_id="two"),
                AdBreak(at=30, ads=(ad("l", 5),)),
                AdBreak(at="start", ads=(ad("p", 5),)),
            ],
        )
        story.say("play")
        (started,) = story.events
        assert isinstance(started, PlaybackStarted)
        assert started.content_asset_ids == ("one", "two")
        assert started.content_pod_ids == ("content-1", "content-2", "content-3", "content-4")
        assert started.planned_ads == (
            PlannedAd("p", "ad-1", "pre-roll"),
            PlannedAd("l", "ad-2", "mid-roll"),
            PlannedAd("m", "ad-3", "mid-roll"),
            PlannedAd("n", "ad-3", "mid-roll"),
            PlannedAd("z", "ad-4", "post-roll"),
        )
        assert started.total_length == 145

    def test_with_no_plan_it_lists_the_first_pod(self) -> None:
        """S52: what is known."""
        story = Story()
        story.say("play")
        (started,) = story.events
        assert isinstance(started, PlaybackStarted)
        assert started.planned_ads == ()
        assert started.content_pod_ids in ((), ("content-1",))

    def test_it_bears_the_start_offset(self) -> None:
        """S52: on resume of an earlier viewing."""
        story = Story(600)
        story.say("play", position=250.7)
        assert story.events[0].position == 250


class TestLateKnowledge:
    def test_what_load_learns_is_told_from_then_on(self) -> None:
        """S4, S52: the plan comes with the source, after the session was made."""
        story = Story()
        known = SessionPlan(
            contents=[Content(asset_id="film", title="A film", duration=40.0)],
            ad_breaks=[mid(20, ad("m", 5), pod_id="pod-m")],
        )
        story.say("load", plan=known)
        story.begin().watch(20)
        story.pod((None, 5))
        story.say("playing", position=20.0)
        story.watch(20).end()

        (started, content, *_) = story.events
        assert isinstance(started, PlaybackStarted)
        assert started.content_asset_ids == ("film",)
        assert started.planned_ads == (PlannedAd("m", "pod-m", "mid-roll"),)
        assert started.total_length == 45
        assert content.content.title == "A film"  # type: ignore[attr-defined]
        assert [line.split(" ", 1)[1] for line in story.rest if "Ad Started" in line] == [
            "Ad Started 0 pod-m/m mid"
        ]
        assert story.events[-1].position == story.events[-1].total_length == 45

    def test_metadata_learned_while_it_plays_is_on_the_next_event(self) -> None:
        """S51, S53: the same asset, now with its title and length."""
        story = Story(Content(asset_id="film")).begin().watch(12)
        story.say(
            "load",
            plan=SessionPlan(contents=[Content(asset_id="film", title="A film", duration=40.0)]),
        )
        story.watch(10)
        first, second = story.named("Content Playing")
        assert (first.total_length, second.total_length) == (None, 40)
        assert second.content.title == "A film"  # type: ignore[attr-defined]
        assert len(story.named("Content Started")) == 1


class TestContentOfAds:
    def content_of(self, event: object) -> tuple[str | None, str | None, int | None, int | None]:
        assert isinstance(event, AdEvent)
        return (
            event.content_asset_id,
            event.content.title if event.content else None,
            event.content_position,
            event.content_length,
        )

    def test_each_ad_event_tells_its_content(self) -> None:
        """S53: the asset the break belongs to, and how far it is."""
        story = Story(
            Content(asset_id="one", duration=40, title="First"),
            breaks=[pre(ad("a0", 8)), mid(20, ad("a1", 8)), post(ad("a2", 8))],
        )
        story.say("play")
        story.pod(("a0", 8))
        story.say("playing", position=0.0)
        story.watch(20)
        story.pod(("a1", 8))
        story.say("playing", position=20.0)
        story.watch(20).say("content_end", position=40.0)
        story.pod(("a2", 8))
        ads = [event for event in story.events if isinstance(event, AdEvent)]
        assert len(ads) == 15
        for event in ads:
            position = {"a0": 0, "a1": 20, "a2": 40}[event.asset_id]
            assert self.content_of(event) == ("one", "First", position, 40)

    def test_an_unknown_content_is_left_out(self) -> None:
        """S53: when that asset is known."""
        story = Story()
        story.say("play")
        story.say("ad_break_start")
        story.say("ad_start", asset_id="a0", duration=5)
        (started,) = story.named("Ad Started")
        assert isinstance(started, AdEvent)
        assert started.content is None or attrs.asdict(started.content)["title"] is None


class TestPlayerAttributes:
    def player(self, story: Story) -> PlayerAttributes:
        event = [each for each in story.events if isinstance(each, PlaybackEvent)][-1]
        return event.player

    def test_they_follow_the_player(self) -> None:
        """S54: muted is 0 and is sent; the quality is the newest."""
        story = Story(
            60, plan={"player": PlayerAttributes(video_player="x", sound=80, quality="480p")}
        )
        story.begin().watch(5)
        assert (self.player(story).sound, self.player(story).quality) == (80, "480p")
        story.say("update", sound=0, full_screen=True, ad_enabled=False)
        story.say("quality", bitrate=1200, framerate=29.97, quality="720p")
        story.say("pause")
        player = self.player(story)
        assert (player.sound, player.full_screen, player.ad_enabled) == (0, True, False)
        assert (player.bitrate, player.framerate, player.quality) == (1200, 29.97, "720p")
        assert player.video_player == "x"

    def test_what_an_update_leaves_out_stays(self) -> None:
        """None is: as before."""
        story = Story(60, plan={"player": PlayerAttributes(sound=80, full_screen=True)}).begin()
        story.say("update", sound=20)
        story.watch(3).say("pause")
        assert self.player(story).full_screen is True

    def test_quality_updates_tell_what_changed_and_where(self) -> None:
        """S54: with position; startup time on the first one."""
        story = Story(60).begin(startup=1.25).watch(5)
        assert story.say("quality", bitrate=1200, framerate=29.97, dropped_frames=3) == [
            "6.25 Quality Updated 5"
        ]
        (update,) = story.named("Quality Updated")
        fields = attrs.asdict(update)
        assert fields["bitrate"] == 1200
        assert fields["framerate"] == 29.97
        assert fields["dropped_frames"] == 3
        assert fields["startup_time"] == 1250


class TestCustomProperties:
    def test_those_of_the_session_are_on_every_event(self) -> None:
        """S51."""
        story = Story(60, plan={"properties": {"plan": "gold"}}).begin().watch(12)
        story.pod(("a1", 5))
        assert all(event.properties.get("plan") == "gold" for event in story.events)

    def test_an_update_counts_from_then_on(self) -> None:
        """S51: and keeps the earlier ones."""
        story = Story(60, plan={"properties": {"plan": "gold"}}).begin().watch(5)
        story.say("update", properties={"cast": "tv"})
        before = len(story.events)
        story.say("pause")
        assert dict(story.events[0].properties) == {"plan": "gold"}
        assert [dict(event.properties) for event in story.events[before:]] == [
            {"plan": "gold", "cast": "tv"}
        ]

    def test_an_event_s_properties_never_change_afterwards(self) -> None:
        """S51: a later update does not reach back."""
        given = {"a": 1}
        story = Story(60).begin().watch(5)
        story.say("update", properties=given)
        story.say("pause")
        given["a"] = 2
        story.say("update", properties={"b": 3})
        assert dict(story.events[-1].properties) == {"a": 1}

    def test_those_of_one_event_are_on_no_other(self) -> None:
        """S51: custom properties of what the next input causes."""
        story = Story(60, plan={"properties": {"plan": "gold"}}).begin().watch(5)
        story.session.annotate({"why": "phone", "plan": "none"})
        story.say("pause")
        story.wait(3).say("play")
        paused, resumed = story.named("Playback Paused") + story.named("Playback Resumed")
        assert paused.properties["why"] == "phone"
        assert dict(resumed.properties) == {"plan": "gold"}


def test_events_are_dated_with_the_callback() -> None:
    """S50: Unix seconds as they were given, not rounded."""
    story = Story(60, start=T0 + 0.123)
    story.say("play")
    assert story.events[0].at == T0 + 0.123
