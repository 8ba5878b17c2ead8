"""The whole length, and being there at the end: S4, S7."""

from typing import Any

import pytest

from tests.session.story import Story, ad, mid, post, pre
from video_tracker.plan import AdBreak, Content


def after_pre_roll(**settings: Any) -> Story:
    """10 s of pre-roll seen; mid-rolls of 10 s and 5 s wait at 20 and 40 of 60."""
    story = Story(
        60,
        breaks=[pre(ad("a0", 10)), mid(20, ad("a1", 10)), mid(40, ad("a2", 5))],
        **settings,
    )
    story.say("play")
    story.pod(("a0", 10))
    story.say("playing", position=0.0)
    return story


def after_mid_roll(watched: float = 10) -> Story:
    """The same, and the mid-roll at 20 seen for so long; content goes on."""
    story = after_pre_roll().watch(20)
    story.say("ad_break_start")
    story.ad_start("a1", duration=10)
    story.watch_ad(watched)
    if watched < 10:
        story.say("ad_skip", position=watched)
    else:
        story.ad_end()
    story.say("ad_break_end")
    story.say("playing", position=20.0)
    return story


class TestTotalLength:
    def totals(self, story: Story) -> list[int | None]:
        return [event.total_length for event in story.events if "Playback" in event.name]

    def test_planned_ads_count_from_the_start(self) -> None:
        """S4: lengths of all contents and all planned ads."""
        story = Story(60, 30, breaks=[pre(ad("a0", 10), ad("a1", 5)), post(ad("a2", 7))])
        story.say("play")

        assert self.totals(story) == [112]

    def test_the_length_grows_with_a_late_announcement(self) -> None:
        """S4: an ad that no plan knew counts once it is seen, and only once."""
        story = Story(60).begin().watch(20)
        story.pod(("a1", 10))
        story.say("playing", position=20.0)
        story.watch(2).seek(18).watch(2)
        story.pod(("a1", 10))
        story.say("playing", position=20.0)
        story.watch(40).end()

        assert self.totals(story) == [60, 70, 70, 70]

    def test_ads_announced_with_their_break_count_at_once(self) -> None:
        """S4: known so far is planned or announced."""
        story = Story(60).begin().watch(20)
        story.say("ad_break_start", ads=(ad("a1", 10), ad("a2", 5)))
        story.ad_start("a1")
        story.watch_ad(3)
        story.say("pause")

        assert self.totals(story) == [60, 75]

    def test_an_announced_plan_counts_with_load(self) -> None:
        """S4: what ``load`` learns is known from then on."""
        story = Story()
        story.say("play")
        story.say("load", duration=60.0)
        story.say("playing", position=0.0)
        story.watch(5).say("pause")

        assert self.totals(story) == [None, 60]

    def test_a_skipped_ad_keeps_its_place(self) -> None:
        """S4: it was planned, and its break was seen."""
        story = after_mid_roll(watched=4).watch(2)
        story.say("pause")

        assert self.totals(story) == [85, 85]

    def test_an_ad_not_reached_keeps_its_place(self) -> None:
        """S4: a seek over a break drops nothing."""
        story = after_pre_roll().watch(2).seek(58).watch(2).end()

        assert self.totals(story) == [85, 85, 85, 85]

    def test_an_ad_that_fails_before_its_first_frame_is_dropped(self) -> None:
        """S4: reported failed with no Ad Started."""
        story = Story(60, breaks=[mid(20, ad("a1", 10), ad("a2", 5))]).begin().watch(20)
        story.say("ad_break_start")
        story.say("ad_error", asset_id="a1", reason="404")
        story.ad("a2", 5)
        story.say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(40).end()

        assert self.totals(story) == [75, 65]
        assert story.named("Playback Completed")[0].position == 65

    def test_an_ad_that_fails_after_its_first_frame_is_kept(self) -> None:
        """S4: only a failure before the first frame drops it."""
        story = Story(60, breaks=[mid(20, ad("a1", 10))]).begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1")
        story.watch_ad(3).say("ad_error", reason="decode")
        story.say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(40).end()

        assert self.totals(story) == [70, 70]

    @pytest.mark.parametrize("ads", [("a1",), ("a1", "a2")])
    def test_a_break_that_is_told_at_its_empty_end_was_unfilled(self, ads: tuple[str, ...]) -> None:
        """S4, S21, S67: all its ads are dropped, its pod goes on, and its time is a gap."""
        story = Story(60, breaks=[mid(20, *(ad(each, 10) for each in ads))]).begin().watch(20)
        story.wait(3).say("ad_break_end", lasted=3.0)
        story.watch(4).say("pause")

        assert self.totals(story) == [60 + 10 * len(ads), 60]
        assert not [row for row in story.rest if "Content Completed" in row or "Ad " in row]
        assert (story.figures()["gap"], story.figures()["content_played"]) == (3, 24)

    def test_a_pre_roll_that_is_told_at_its_empty_end_was_unfilled(self) -> None:
        """S4."""
        story = Story(60, breaks=[pre(ad("a0", 10))])
        story.say("play")
        story.wait(2).say("ad_break_end", lasted=1.0)
        story.say("playing", position=0.0)
        story.watch(5).say("pause")

        assert self.totals(story) == [70, 60]

    @pytest.mark.parametrize("at", [10, 60])
    def test_a_planned_ad_that_plays_elsewhere_counts_once(self, at: int) -> None:
        """S4, S12: far before its break, and far behind it."""
        story = Story(100, breaks=[mid(35, ad("a1", 10))], quartiles="off").begin().watch(at)
        story.pod(("a1", 10))
        story.say("playing", position=float(at))
        story.watch(100 - at).end()

        assert self.totals(story) == [110, 110]

    def test_an_unknown_content_length_is_unknown(self) -> None:
        """S4: with ads known and the content not, there is no total."""
        story = Story(breaks=[pre(ad("a0", 10))])
        story.say("play")

        assert self.totals(story) == [None]

    def test_one_unknown_content_makes_the_total_unknown(self) -> None:
        """S4: lengths of all content assets."""
        story = Story(Content(asset_id="one", duration=60), Content(asset_id="two"))
        story.say("play")

        assert self.totals(story) == [None]

    def test_the_newest_length_counts(self) -> None:
        """S4, S61: a duration that changes is followed."""
        story = Story(60).begin().watch(5)
        story.say("progress", position=5.0, duration=60.9)
        story.say("update", duration=62.5)
        story.say("pause")
        story.wait(2).say("play")
        story.watch(57).end()

        assert self.totals(story) == [60, 62, 62, 62]


class TestPlaybackCompleted:
    def completed(self, story: Story) -> tuple[int | None, int | None]:
        (event,) = story.named("Playback Completed")
        return event.position, event.total_length

    def test_equals_the_length_when_everything_was_watched(self) -> None:
        """S7, with a pre-roll, two mid-rolls and a post-roll."""
        story = after_mid_roll().watch(20)
        story.pod(("a2", 5))
        story.say("playing", position=40.0)
        story.watch(20).end()

        assert self.completed(story) == (85, 85)

    def test_equals_the_length_when_ads_are_a_little_shorter_than_declared(self) -> None:
        """S7, S72: a framework's complete up to a second early."""
        story = Story(60, breaks=[mid(20, ad("a1", 10))]).begin().watch(20)
        story.say("ad_break_start")
        story.ad("a1", 9.6, declared=10)
        story.say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(40).end()

        assert self.completed(story) == (70, 70)

    def test_reports_the_actual_position_when_an_ad_was_skipped(self) -> None:
        """S7: four of ten seconds of the mid-roll, none of the other."""
        story = after_mid_roll(watched=4).watch(5).seek(45).watch(15).end()

        assert self.completed(story) == (74, 85)

    def test_equals_the_length_when_an_ad_never_told_its_own(self) -> None:
        """S4, S7: an ad of unknown length is as long as it played."""
        story = Story(60).begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1")
        story.watch_ad(16).ad_end()
        story.say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(40).end()

        assert self.completed(story) == (76, 76)

    def test_follows_the_length_that_an_ad_tells_at_its_start(self) -> None:
        """S4, S5: sixteen seconds instead of the planned fifteen."""
        story = Story(60, breaks=[mid(20, ad("a1", 15))]).begin().watch(20)
        story.pod(("a1", 16))
        story.say("playing", position=20.0)
        story.watch(40).end()

        assert story.named("Ad Started")[0].total_length == 16
        assert self.completed(story) == (76, 76)

    def test_counts_the_post_roll(self) -> None:
        """S7, S23: the post-roll lies at the end and was played."""
        story = Story(60, breaks=[AdBreak(at="end", ads=(ad("z", 11),))]).begin().watch(60)
        story.say("content_end", position=60.0)
        story.pod(("z", 11))
        story.say("end")

        assert self.completed(story) == (71, 71)
