"""How ads end, and what lies between them: S13, S14, S71, S72."""

from typing import Any

import pytest

from tests.session.story import Story, ad, mid, post, pre
from video_tracker.events import AdEvent, ContentEvent


class TestEndsOfAds:
    def in_ad(self, played: float, declared: float | None = 15.0, **settings: Any) -> Story:
        story = Story(60, **settings).begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1", duration=declared)
        return story.watch_ad(played)

    def counts(self, story: Story) -> tuple[int, int, int, int]:
        figures = story.figures()
        return (
            figures["ads_started"],
            figures["ads_completed"],
            figures["ads_skipped"],
            figures["ads_failed"],
        )

    def test_a_skipped_ad_gets_no_completed(self) -> None:
        """S13: nor any other event by default; the framework's end after it changes nothing."""
        story = self.in_ad(6)
        assert story.say("ad_skip", position=6.0) == []
        assert story.say("ad_end", position=6.0) == []
        story.say("ad_break_end")
        assert story.say("playing", position=20.0) == ["26 Content Started 20 content-2"]

        assert self.counts(story) == (1, 0, 1, 0)

    def test_a_skip_at_the_last_moment_is_a_skip(self) -> None:
        """S13: what the player calls skipped is not completed."""
        story = self.in_ad(14.5)
        story.say("ad_skip", position=14.5)
        story.say("ad_end", position=14.5)

        assert self.counts(story) == (1, 0, 1, 0)

    def test_extra_events_are_sent_when_asked_for(self) -> None:
        """S13: with the block of ad events."""
        story = self.in_ad(6, extra_events=True)
        assert story.say("ad_click") == ["26 Ad Clicked 6 ad-1/a1 mid"]
        assert story.say("ad_skip", position=6.0) == ["26 Ad Skipped 6 ad-1/a1 mid"]
        story.ad_start("a2", duration=15)
        story.watch_ad(3)
        assert story.say("ad_error", reason="decode") == ["29 Ad Error 3 ad-1/a2 mid"]

    def test_extra_events_are_off_by_default(self) -> None:
        """S13."""
        story = self.in_ad(6)
        assert story.say("ad_click") == []

    def test_an_ad_that_fails_after_its_start_ends_and_the_pod_goes_on(self) -> None:
        """S13: without Completed, and the next ad begins."""
        story = self.in_ad(6)
        assert story.say("ad_error", reason="decode") == []
        assert story.ad_start("a2", duration=8) == ["26 Ad Started 0 ad-1/a2 mid"]
        story.watch_ad(8)
        assert story.ad_end() == ["34 Ad Completed 8 ad-1/a2 mid"]

        assert self.counts(story) == (2, 1, 0, 1)

    def test_an_announced_ad_that_never_moves_is_failed(self) -> None:
        """S71: no Ad Started; the pre-roll's pod leaves no trace in the events."""
        story = Story(60, breaks=[pre(ad("a0", 8))])
        story.say("play")
        story.say("ad_break_start")
        assert story.say("ad_error", asset_id="a0", reason="404") == []
        story.say("ad_break_end")
        story.say("playing", position=0.0)

        assert story.rows == ["0 Playback Started 0", "0 Content Started 0 content-1"]
        assert self.counts(story) == (0, 0, 0, 1)

    def test_an_ad_that_plays_after_all_counts_again(self) -> None:
        """S4, S71: it was reported failed while it was preloaded, and then it moved."""
        story = Story(60, breaks=[mid(20, ad("a1", 8))], quartiles="off").begin().watch(2)
        story.say("ad_error", asset_id="a1", reason="timeout")
        story.watch(18)
        story.pod(("a1", 8))
        story.say("playing", position=20.0)
        story.watch(40).end()
        assert [e.position for e in story.named("Ad Completed")] == [8]
        lengths = [event.total_length for event in story.events if "Playback" in event.name]
        assert lengths == [68, 68]

    def test_a_break_announced_before_play_is_known_at_the_start(self) -> None:
        """S4, S52, S71: announced at page load; its pod is the one that plays then."""
        story = Story(60, quartiles="off")
        story.say("ad_break_start", pod_id="p", ads=(ad("a0", 8),))
        story.wait(5).say("play")
        story.say("ad_start", asset_id="a0")
        story.watch_ad(8).ad_end()
        story.say("ad_break_end")
        story.say("playing", position=0.0)
        assert story.rest == [
            "5 Playback Started 0",
            "5 Ad Started 0 p/a0 pre",
            "13 Ad Completed 8 p/a0 pre",
            "13 Content Started 0 content-1",
        ]
        assert story.events[0].total_length == 68
        assert story.figures()["breaks"] == 1

    def test_an_ad_may_fail_before_its_break(self) -> None:
        """S71: preloaded, and its file is missing; the break then begins with the second ad."""
        breaks = [mid(20, ad("a1", 8), ad("a2", 5))]
        story = Story(60, breaks=breaks, quartiles="off").begin().watch(2)
        assert story.say("ad_error", asset_id="a1", reason="404") == []
        story.watch(18)
        story.say("ad_break_start")
        story.ad("a2", 5)
        story.say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(40).end()

        (started,) = story.named("Ad Started")
        assert isinstance(started, AdEvent)
        assert (started.asset_id, started.pod_position) == ("a2", 2)
        assert self.counts(story) == (1, 1, 0, 1)
        lengths = [event.total_length for event in story.events if "Playback" in event.name]
        assert lengths == [73, 65]

    @pytest.mark.parametrize(
        ("played", "completed"),
        [(8, False), (13.5, False), (14.25, True), (15, True), (15.5, True)],
    )
    @pytest.mark.parametrize("told", [True, False], ids=["with-position", "without"])
    def test_an_ad_that_ends_well_before_its_length_is_not_completed(
        self, played: float, completed: bool, told: bool
    ) -> None:
        """S72: more than a second early without a skip callback is skipped or cut."""
        story = self.in_ad(played)
        if told:
            story.ad_end()
        else:
            story.say("ad_end")

        assert [event.position for event in story.named("Ad Completed")] == [15] * completed
        assert self.counts(story) == (1, int(completed), int(not completed), 0)

    def test_the_end_position_does_not_prove_seconds_played(self) -> None:
        """S72: the ad starts at 12 of 15, its quartiles burst in, and it completes nothing."""
        story = Story(60).begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1", duration=15)
        for position in (12.0, 13.0, 14.0, 15.0):
            story.wait(0.3).say("ad_progress", position=position)
        story.say("ad_end", position=15.0)
        story.say("ad_break_end")

        assert story.named("Ad Completed") == []
        assert story.figures()["ad_played"] == pytest.approx(1.2, abs=0.01)

    def test_an_ad_of_unknown_length_completes_with_its_end(self) -> None:
        """S72: there is no declared length to fall short of."""
        story = self.in_ad(6, declared=None)
        assert story.ad_end() == ["26 Ad Completed 6 ad-1/a1 mid"]

    def test_an_ad_without_any_progress_completes_by_its_time(self) -> None:
        """S72: started and ended fifteen seconds later, as declared."""
        story = self.in_ad(0).wait(15)
        assert story.say("ad_end") == ["35 Ad Completed 15 ad-1/a1 mid"]


class TestBetweenAds:
    def test_the_gap_between_two_ads_stays_in_the_break(self) -> None:
        """S14, S67: no content event, no beat, no Resumed; neither content nor ad time."""
        story = Story(60, heartbeat=2, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.wait(1).ad("a1", 5)
        before = len(story.events)
        story.tick(7)
        assert story.events[before:] == []
        story.ad("a2", 5).wait(2).say("ad_break_end")
        story.say("playing", position=20.0)

        figures = story.figures()
        assert figures["gap"] == pytest.approx(1 + 7 + 2)
        assert figures["ad_played"] == pytest.approx(10)
        assert figures["content_played"] == pytest.approx(20)

    def test_a_post_roll_waits_in_its_break_too(self) -> None:
        """S14, S23: no Playback Completed between two ads of the post-roll."""
        story = Story(20, breaks=[post(ad("a1", 5), ad("a2", 5))], quartiles="off")
        story.begin().watch(20).say("content_end", position=20.0)
        story.say("ad_break_start")
        story.ad("a1", 5).tick(40).ad("a2", 5)
        story.say("ad_break_end")
        story.say("end")

        assert story.rest[-5:] == [
            "20 Ad Started 0 ad-1/a1 post",
            "25 Ad Completed 5 ad-1/a1 post",
            "65 Ad Started 0 ad-1/a2 post",
            "70 Ad Completed 5 ad-1/a2 post",
            "70 Playback Completed 30",
        ]


class TestThePlaceToldWithAnEnd:
    def in_ad(self) -> Story:
        """Ten seconds into an ad of fifteen, then five seconds without a word."""
        story = Story(60, quartiles="off", heartbeat=None).begin().watch(20)
        story.say("ad_break_start")
        story.say("ad_start", asset_id="a1", duration=15.0)
        for second in range(1, 11):
            story.wait(1).say("ad_progress", position=float(second))
        return story.wait(5)

    def test_it_is_believed_before_the_clock(self) -> None:
        """S72: it stood still unheard, and was left at 11 s: that completes nothing."""
        assert self.in_ad().say("ad_end", position=11.0) == []

    def test_one_that_only_repeats_the_last_one_says_nothing(self) -> None:
        """S84: by the clock the ad was over."""
        assert self.in_ad().say("ad_end", position=10.0) == ["35 Ad Completed 15 ad-1/a1 mid"]


def test_a_break_that_was_passed_and_plays_after_all_divides_its_pod_again() -> None:
    """S21, S22: whichever of the passed breaks it is."""
    breaks = [mid(10, ad("a", 5)), mid(20, ad("b", 5))]
    story = Story(60, breaks=breaks, quartiles="off", heartbeat=None).begin().watch(30)
    story.say("seek_start", position=30.0, to=20.0)
    story.say("seek_end", position=20.0)
    before = len(story.events)
    story.say("ad_break_start", pod_id="ad-2")
    story.ad("b", 5).say("ad_break_end")
    story.say("playing", position=20.0)
    pods = [event.pod_id for event in story.events[before:] if isinstance(event, ContentEvent)]

    assert len(pods) == 2
    assert pods[0] == "content-1"
    assert pods[1] != "content-1"


def test_an_ad_that_was_joined_beats_ten_seconds_later() -> None:
    """S45, S46, S83: no quartile is near, those before the join were passed unheard."""
    breaks = [mid(30, ad("a", 60))]
    story = Story(600, breaks=breaks, quartiles="emit").begin().watch(30)
    for second in range(1, 16):
        story.wait(1).say("ad_progress", position=17.0 + second)

    assert [line for line in story.rows if " Ad " in line] == [
        "31 Ad Started 0 ad-1/a mid",
        "41 Ad Playing 28 ad-1/a mid",
        "43 Ad Playing 30 ad-1/a mid q2",
    ]
