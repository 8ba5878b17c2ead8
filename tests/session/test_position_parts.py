"""Why 37? The session position, part by part: S1, S8."""

from typing import Any

import pytest
from hypothesis import given

from tests.session.story import T0, Story, ad, mid, post, pre
from video_tracker import PositionPart, SessionPosition
from video_tracker.events import PlaybackEvent
from video_tracker.plan import Content, SessionPlan
from video_tracker.session import Session
from video_tracker.session.effects.positions import total_length
from video_tracker.testing.strategies import likely_logs, plans

FILM = [pre(ad("a", 5), ad("b", 10)), mid(20, ad("c", 15))]


def now(story: Story) -> SessionPosition:
    return story.session.position_now()


def said(story: Story) -> int | None:
    """What the next playback event bears."""
    events = story.session.interrupt(T0 + story.now)
    (event,) = [each for each in events if isinstance(each, PlaybackEvent)]
    return event.position


class TestParts:
    def test_the_content_without_its_ads(self) -> None:
        """S1: content seconds of the current asset."""
        story = Story(60).begin(position=7.0).watch(5)
        assert now(story) == SessionPosition(12, 12.0)
        assert said(story) == 12

    def test_each_ad_with_its_seconds_and_its_break(self) -> None:
        """S1: those of the breaks at or before this place."""
        story = Story(60, breaks=FILM)
        story.say("play")
        story.pod(("a", 5), ("b", 10))
        story.say("playing", position=0.0)
        story.watch(20).pod(("c", 15))
        story.say("playing", position=20.0)
        story.watch(2)
        position = now(story)
        assert position.content == 22.0
        assert position.ads == (
            PositionPart("a", 5.0, "ad-1"),
            PositionPart("b", 10.0, "ad-1"),
            PositionPart("c", 15.0, "ad-2"),
        )
        assert position.left_behind == ()
        assert (position.total, position.position) == (52.0, 52)
        assert said(story) == 52

    def test_the_ad_that_plays(self) -> None:
        """S1: as far as it has played."""
        story = Story(60, breaks=FILM)
        story.say("play")
        story.say("ad_break_start")
        story.ad("a", 5)
        story.ad_start("b", duration=10)
        story.watch_ad(3.5, step=0.5)
        assert now(story).ads == (PositionPart("a", 5.0, "ad-1"), PositionPart("b", 3.5, "ad-1"))
        assert (now(story).content, now(story).total) == (0.0, 8.5)
        assert said(story) == 8

    def test_a_break_that_lies_ahead_after_a_seek_back_does_not_count(self) -> None:
        """S1: after a seek forward it counts again."""
        story = Story(60, breaks=FILM[1:]).begin().watch(20).pod(("c", 15))
        story.say("playing", position=20.0)
        story.watch(2).seek(10)
        assert now(story) == SessionPosition(10, 10.0)
        story.seek(30)
        assert now(story).ads == (PositionPart("c", 15.0, "ad-1"),)
        assert now(story).total == 45.0

    def test_a_skipped_ad_counts_what_was_played_of_it(self) -> None:
        """S1."""
        story = Story(60, breaks=FILM[1:]).begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("c", duration=15)
        story.watch_ad(4).say("ad_skip", position=4.0)
        assert now(story).ads == (PositionPart("c", 4.0, "ad-1"),)

    def test_the_items_left_behind(self) -> None:
        """S1: of one without a length, how far it was watched."""
        story = Story(Content(asset_id="one", duration=30.0), Content(asset_id="two"))
        story.begin().watch(12)
        story.say("content_start", asset_id="two", position=0.0)
        story.position = 0.0
        story.watch(8)
        story.say("content_start", asset_id="three", position=0.0)
        story.position = 0.0
        story.watch(3)
        position = now(story)
        assert position.left_behind == (PositionPart("one", 30.0), PositionPart("two", 8.0))
        assert (position.content, position.total) == (3.0, 41.0)
        assert said(story) == 41

    def test_it_never_goes_beyond_the_total_length(self) -> None:
        """S4, S7: as on the events."""
        story = Story(10, breaks=[post(ad("e", 5))]).begin().watch(10)
        story.say("content_end", position=10.0)
        story.say("ad_break_start")
        story.ad_start("e", duration=5)
        story.watch_ad(5)
        assert now(story).position == 15
        assert now(story).total == pytest.approx(15.0)

    def test_asking_changes_nothing(self) -> None:
        """S46: nothing is added for the time since the last word."""
        story = Story(60).begin().watch(5.75, step=0.25)
        assert now(story) == now(story) == SessionPosition(5, 5.75)
        assert Session("s", user_id="u").position_now() == SessionPosition(0, 0.0)


class TestLive:
    def live(self, choice: str, **fields: Any) -> Story:
        story = Story(Content(livestream=True), live_position=choice, **fields)
        story.begin(position=1000.0)
        story.position = 1000.0
        return story.watch(12)

    def test_elapsed_counts_content_and_ads(self) -> None:
        """S8: since this session joined."""
        story = self.live("elapsed").pod(("a", 5))
        story.say("playing", position=1012.0)
        story.watch(3)
        position = now(story)
        assert position.content == pytest.approx(15)
        assert position.ads == (PositionPart("a", 5.0, "ad-1"),)
        assert (position.position, said(story)) == (20, 20)

    def test_what_is_played_again_counts_again(self) -> None:
        """S8: elapsed seconds do not go back; the sum stays true."""
        story = self.live("elapsed")
        for _ in range(2):
            story.pod(("a", 5), pod_id="p")
            story.say("playing", position=1012.0)
        assert now(story).total == pytest.approx(22)
        assert now(story).position == 22

    @pytest.mark.parametrize(("choice", "content"), [("playhead", 1012.0), ("offset", -8.0)])
    def test_other_choices_have_no_other_parts(self, choice: str, content: float) -> None:
        """S8: a playhead and an offset contain everything."""
        story = self.live(choice)
        story.say("update", live_edge=1020.0)
        assert now(story) == SessionPosition(int(content), content)
        assert said(story) == int(content)


@given(plans(), likely_logs())
def test_the_parts_sum_to_the_position(plan: SessionPlan, signals: Any) -> None:
    """S1, S3: in any session, at any moment, up to what ``total_length`` cuts off."""
    session = Session("s", plan, anonymous_id="a")
    for signal in signals:
        session.receive(signal)
        position = session.position_now()
        if position.total < 0 or position.position is None:
            continue  # behind a live edge, or nobody told whither a seek went (S33)
        length = total_length(session._state)
        whole = int(position.total + 1e-6)
        assert position.position == (whole if length is None else min(whole, int(length + 1e-6)))
