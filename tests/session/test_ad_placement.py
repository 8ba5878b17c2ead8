"""Of which type an ad is, and to which content it belongs: S10, S11."""

from typing import Any

import pytest

from tests.session.story import Story, ad, mid, names
from video_tracker.events import AdEvent, PlaybackStarted
from video_tracker.plan import AdBreak, Content


def types(story: Story) -> list[str]:
    """The type of every ad started."""
    return [event.ad_type for event in story.named("Ad Started") if isinstance(event, AdEvent)]


class TestDerivedType:
    def test_a_break_before_any_content_is_a_pre_roll(self) -> None:
        """S10: no content of the asset has played yet."""
        story = Story(60)
        story.say("play")
        story.pod(("a1", 8))

        assert types(story) == ["pre-roll"]

    def test_a_break_before_resuming_in_the_middle_is_a_pre_roll(self) -> None:
        """S10: resuming at 600 s included."""
        story = Story(1200)
        story.say("play", position=600.0)
        story.pod(("a1", 8))

        assert types(story) == ["pre-roll"]

    def test_a_second_break_before_any_content_is_a_pre_roll_too(self) -> None:
        """S10: two pods in a row, and still no content."""
        story = Story(60)
        story.say("play")
        story.pod(("a1", 8)).pod(("a2", 8))

        assert types(story) == ["pre-roll", "pre-roll"]

    def test_a_break_in_the_content_is_a_mid_roll(self) -> None:
        """S10: otherwise mid-roll."""
        story = Story(60).begin().watch(20)
        story.pod(("a1", 8))

        assert types(story) == ["mid-roll"]

    def test_a_break_after_a_seek_back_to_zero_is_a_mid_roll(self) -> None:
        """S10: content has played, wherever the playhead stands."""
        story = Story(60).begin().watch(20).seek(0)
        story.pod(("a1", 8))

        assert types(story) == ["mid-roll"]

    def test_a_break_after_the_content_s_end_is_a_post_roll(self) -> None:
        """S10: that asset has completed."""
        story = Story(60).begin().watch(60)
        story.say("content_end", position=60.0)
        story.pod(("a1", 8))

        assert types(story) == ["post-roll"]

    @pytest.mark.parametrize("at", [60.0, 75.0])
    def test_a_break_planned_at_or_after_the_end_is_a_post_roll(self, at: float) -> None:
        """S10: its break is declared at or after the asset's end."""
        story = Story(60, breaks=[mid(at, ad("a1", 8))])
        story.say("play")

        assert isinstance(story.events[0], PlaybackStarted)
        assert [each.ad_type for each in story.events[0].planned_ads] == ["post-roll"]
        story.say("playing", position=0.0)
        story.watch(60).say("content_end", position=60.0)
        story.pod(("a1", 8))
        assert types(story) == ["post-roll"]

    def test_a_break_planned_at_zero_is_a_pre_roll(self) -> None:
        """S10: IMA's timeOffset 0."""
        story = Story(60, breaks=[mid(0, ad("a1", 8))])
        story.say("play")
        story.pod(("a1", 8))

        assert types(story) == ["pre-roll"]


class TestDeclaredType:
    @pytest.mark.parametrize("placement", ["pre", "mid", "post"])
    @pytest.mark.parametrize("when", ["before", "within", "after"])
    def test_a_declared_placement_wins(self, placement: str, when: str) -> None:
        """S10: whatever the session would have derived."""
        story = Story(60)
        story.say("play")
        if when != "before":
            story.say("playing", position=0.0)
            story.watch(20 if when == "within" else 60)
        if when == "after":
            story.say("content_end", position=60.0)
        story.pod(("a1", 8), placement=placement)

        assert types(story) == [f"{placement}-roll"]

    def test_an_offset_of_zero_declares_a_pre_roll(self) -> None:
        """S10: the framework is late, content shows for a moment first."""
        story = Story(60).begin().watch(2)
        story.pod(("a1", 8), offset=0.0)

        assert types(story) == ["pre-roll"]

    def test_an_offset_within_the_content_declares_a_mid_roll(self) -> None:
        """S10: resumed at 40 s, the framework plays the break of 30 s first."""
        story = Story(60)
        story.say("play", position=40.0)
        story.pod(("a1", 8), offset=30.0)

        assert types(story) == ["mid-roll"]

    def test_all_events_of_an_ad_bear_one_type(self) -> None:
        """S10: started, quartiles, beats and completed."""
        story = Story(60).begin().watch(20)
        story.pod(("a1", 30))

        ads = [event for event in story.events if isinstance(event, AdEvent)]
        assert len(ads) > 4
        assert {event.ad_type for event in ads} == {"mid-roll"}


class TestPlaylists:
    ONE = Content(asset_id="one", duration=30)
    TWO = Content(asset_id="two", duration=30)

    def between(self, *breaks: AdBreak, **declared: Any) -> AdEvent:
        story = Story(self.ONE, self.TWO, breaks=breaks).begin().watch(30)
        story.say("content_end", position=30.0)
        story.pod(("a1", 8), **declared)
        story.say("content_start", asset_id="two", position=0.0)
        story.position = 0.0
        story.watch(30).end()
        assert names(story.events) == [
            "Playback Started",
            "Content Started",
            "Content Completed",
            "Ad Started",
            "Ad Completed",
            "Content Started",
            "Content Completed",
            "Playback Completed",
        ]
        (started,) = story.named("Ad Started")
        assert isinstance(started, AdEvent)
        return started

    def test_a_break_between_two_assets_is_a_post_roll_of_the_first(self) -> None:
        """S11: unless it was declared for the next."""
        started = self.between()
        assert (started.ad_type, started.content_asset_id) == ("post-roll", "one")

    def test_a_break_planned_for_the_next_asset_is_its_pre_roll(self) -> None:
        """S11: declared by the plan."""
        planned = AdBreak(at="start", ads=(ad("a1", 8),), content_asset_id="two", pod_id="p2")
        started = self.between(planned, pod_id="p2")
        assert (started.ad_type, started.content_asset_id) == ("pre-roll", "two")

    def test_a_break_declared_a_pre_roll_belongs_to_the_next_asset(self) -> None:
        """S11: declared by the player."""
        started = self.between(placement="pre")
        assert (started.ad_type, started.content_asset_id) == ("pre-roll", "two")

    def test_a_break_before_the_second_asset_plays_is_its_pre_roll(self) -> None:
        """S10: no content of the asset it belongs to has played yet."""
        story = Story(self.ONE, self.TWO).begin().watch(30)
        story.say("content_end", position=30.0)
        story.say("load", next_item=True)
        story.pod(("a1", 8), placement="pre")
        story.say("playing", position=0.0)

        assert types(story) == ["pre-roll"]
        assert story.named("Content Started")[-1].asset_id == "two"  # type: ignore[attr-defined]


class TestAtTheEnd:
    """S10, S23: a break of the asset's end is its post-roll, by whatever it is known."""

    @pytest.mark.parametrize("told", [{"offset": 60.0}, {"pod_id": "p"}, {"placement": "post"}])
    def test_it_completes_content_that_is_said_to_end_early(self, told: dict[str, Any]) -> None:
        """S82: only a break that may be another one shows that a pod alone has ended."""
        story = Story(60, breaks=[AdBreak(at="end", pod_id="p", ads=(ad("a", 5),))]).begin()
        story.watch(57).say("content_end", position=57.0)
        story.wait(0.5).pod(("a", 5), **told)
        story.wait(1).say("exit")
        assert story.rest[2:] == [
            "57 Content Completed 57 content-1",
            "57.5 Ad Started 0 p/a post",
            "62.5 Ad Completed 5 p/a post",
            "62.5 Playback Completed 62",
        ]

    def test_its_id_tells_the_end_of_content_whose_length_nobody_knows(self) -> None:
        """S12, S75: whoever leaves after it has watched to the end."""
        story = Story(
            Content(asset_id="film"), breaks=[AdBreak(at="end", pod_id="p", ads=(ad("a", 5),))]
        ).begin()
        story.watch(20).pod(("a", 5), pod_id="p")
        story.wait(1).say("exit")
        assert story.rest[2:] == [
            "20 Content Completed 20 content-1",
            "20 Ad Started 0 p/a post",
            "25 Ad Completed 5 p/a post",
            "25 Playback Completed 25",
        ]

    def test_a_break_of_no_readable_place_in_a_doubted_end_is_a_mid_roll(self) -> None:
        """S60, S82."""
        story = Story(60).begin().watch(57)
        story.say("content_end", position=57.0)
        story.wait(0.5).pod(("a", 5), offset=float("nan"), pod_id="p")
        assert story.rest[3:] == [
            "57.5 Ad Started 0 p/a mid",
            "62.5 Ad Completed 5 p/a mid",
        ]
        assert story.session.diagnostics == {"invalid_position": 1}
