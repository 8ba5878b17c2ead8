"""Where ads lie, what they are called, and how they end: S10 to S14, S71, S72."""

import math
from typing import Any

import pytest

from tests.session.story import Story, ad, mid, names, post, pre
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


class TestIds:
    def test_default_ids_count_pods_in_order(self) -> None:
        """S12: content-1, ad-1, content-2..., ads from 1 within their pod."""
        story = Story(60, quartiles="off")
        story.say("play")
        story.pod(("a0", 5))
        story.say("playing", position=0.0)
        story.watch(20)
        story.pod(("a1", 5), ("a2", 5), ads=2)
        story.say("playing", position=20.0)
        story.watch(5)

        assert story.rest == [
            "0 Playback Started 0",
            "0 Ad Started 0 ad-1/a0 pre",
            "5 Ad Completed 5 ad-1/a0 pre",
            "5 Content Started 0 content-1",
            "25 Content Completed 20 content-1",
            "25 Ad Started 0 ad-2/a1 mid",
            "30 Ad Completed 5 ad-2/a1 mid",
            "30 Ad Started 0 ad-2/a2 mid",
            "35 Ad Completed 5 ad-2/a2 mid",
            "35 Content Started 20 content-2",
        ]
        ads = [event for event in story.named("Ad Started") if isinstance(event, AdEvent)]
        assert [event.pod_position for event in ads] == [1, 1, 2]
        assert ads[1].pod_length == ads[2].pod_length == 2

    def test_planned_pods_are_numbered_along_the_timeline(self) -> None:
        """S12: a pod jumped over keeps its number, and Started has told them all."""
        story = Story(60, breaks=[mid(40, ad("a2", 8)), pre(ad("a0", 8)), mid(20, ad("a1", 8))])
        story.say("play")
        (started,) = story.events
        assert isinstance(started, PlaybackStarted)
        assert [(each.pod_id, each.asset_id) for each in started.planned_ads] == [
            ("ad-1", "a0"),
            ("ad-2", "a1"),
            ("ad-3", "a2"),
        ]
        assert started.content_pod_ids == ("content-1", "content-2", "content-3")
        story.pod(("a0", 8))
        story.say("playing", position=0.0)
        story.watch(10).seek(35).watch(5)
        story.pod(("a2", 8))
        story.say("playing", position=40.0)

        pods = [line.split(" ", 1)[1] for line in story.rest if "Started" in line]
        assert pods == [
            "Playback Started 0",
            "Ad Started 0 ad-1/a0 pre",
            "Content Started 0 content-1",
            "Seek Started 18 @content-1 >43",
            "Content Started 35 content-2",
            "Ad Started 0 ad-3/a2 mid",
            "Content Started 40 content-3",
        ]

    def test_the_caller_s_ids_win(self) -> None:
        """S12: from the plan and from the callbacks."""
        story = Story(
            Content(duration=60, pod_ids=("A", "B", "C")),
            breaks=[mid(20, ad("a1", 8), pod_id="adA")],
        )
        story.begin().watch(20)
        story.pod(("a1", 8))
        story.say("playing", position=20.0)
        story.watch(20)
        story.pod(("x", 8), pod_id="late")
        story.say("playing", position=40.0)

        assert [line.split(" ", 1)[1] for line in story.rest[1:]] == [
            "Content Started 0 A",
            "Content Completed 20 A",
            "Ad Started 0 adA/a1 mid",
            "Ad Completed 8 adA/a1 mid",
            "Content Started 20 B",
            "Content Completed 40 B",
            "Ad Started 0 late/x mid",
            "Ad Completed 8 late/x mid",
            "Content Started 40 C",
        ]

    @pytest.mark.parametrize("planned", [True, False])
    def test_a_break_played_again_keeps_its_ids(self, planned: bool) -> None:
        """S12: after a seek back the same break has the same pod and places, and is told again."""
        breaks = [mid(20, ad("a1", 8), ad("a2", 8))] if planned else []
        story = Story(60, breaks=breaks, quartiles="off").begin().watch(20)
        story.pod(("a1", 8), ("a2", 8))
        story.say("playing", position=20.0)
        story.watch(5).seek(15).watch(5)
        story.pod(("a1", 8), ("a2", 8))
        story.say("playing", position=20.0)

        ads = [event for event in story.named("Ad Started") if isinstance(event, AdEvent)]
        assert [(e.pod_id, e.asset_id, e.pod_position) for e in ads] == [
            ("ad-1", "a1", 1),
            ("ad-1", "a2", 2),
        ] * 2
        assert [e.split(" ", 1)[1] for e in story.rest if "Content Started" in e] == [
            "Content Started 0 content-1",
            "Content Started 20 content-2",
            "Content Started 15 content-1",
            "Content Started 20 content-2",
        ]
        figures = story.figures()
        assert (figures["ads_started"], figures["ads_completed"]) == (4, 4)

    def test_one_creative_twice_in_a_pod_is_two_ads(self) -> None:
        """S12: an end lies between them."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.pod(("a1", 8), ("a1", 8))

        ads = [event for event in story.named("Ad Started") if isinstance(event, AdEvent)]
        assert [event.pod_position for event in ads] == [1, 2]
        assert len(story.named("Ad Completed")) == 2

    def test_places_that_the_player_tells_are_kept(self) -> None:
        """S12: the first ad never came, the second says that it is the second."""
        story = Story(60).begin().watch(20)
        story.say("ad_break_start", ads=3)
        story.say("ad_start", asset_id="b", pod_position=2, duration=8)

        (started,) = story.named("Ad Started")
        assert isinstance(started, AdEvent)
        assert (started.pod_position, started.pod_length) == (2, 3)

    def test_two_planned_breaks_at_one_place_are_two_pods(self) -> None:
        """S12: as Playback Started has listed them."""
        story = Story(60, breaks=[mid(20, ad("a1", 5)), mid(20, ad("a2", 5))], quartiles="off")
        story.begin().watch(20)
        story.pod(("a1", 5))
        story.wait(0.2).pod(("a2", 5))
        assert [line.split()[-2] for line in story.rest if "Ad Started" in line] == [
            "ad-1/a1",
            "ad-2/a2",
        ]

    @pytest.mark.parametrize("content_between", [0.0, 0.5])
    def test_a_break_right_after_another_is_another(self, content_between: float) -> None:
        """S12, S14: nobody sought back, so it is no break seen again."""
        story = Story(60, quartiles="off", step=0.25).begin().watch(20)
        story.pod(("a1", 5))
        story.wait(0.2)
        if content_between:
            story.say("playing", position=20.0)
            story.watch(content_between)
        story.pod(("a2", 5))
        assert [line.split()[-2] for line in story.rest if "Ad Started" in line] == [
            "ad-1/a1",
            "ad-2/a2",
        ]
        story.say("playing", position=story.position)
        story.watch(2).say("pause")
        assert story.events[-1].position == 20 + 10 + int(content_between + 2)

    @pytest.mark.parametrize("again_at", [19.75, 20.25])
    def test_a_break_seen_again_is_known_by_its_place(self, again_at: float) -> None:
        """S12: the player's clock is a quarter of a second off; same pod, and no second count."""
        story = Story(60, quartiles="off", step=0.25).begin().watch(20)
        story.pod(("a1", 5))
        story.say("playing", position=20.0)
        story.watch(2).seek(15).watch(again_at - 15)
        story.pod(("a1", 5))
        story.say("playing", position=again_at)
        story.watch(2).say("pause")
        assert [line.split()[-2] for line in story.rest if "Ad Started" in line] == ["ad-1/a1"] * 2
        assert story.events[-1].position == int(again_at + 2) + 5

    @pytest.mark.parametrize("bad", [0, -1, True, "2", math.nan, 10**9, 2.5, [], 10**400])
    def test_an_impossible_place_is_none(self, bad: Any) -> None:
        """S3, S12: the ad has the place in which it came."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start", ads=bad)
        story.say("ad_start", asset_id="a1", pod_position=bad, duration=5)
        (started,) = story.named("Ad Started")
        assert isinstance(started, AdEvent)
        assert started.pod_position == 1
        assert started.pod_length is None or 1 <= started.pod_length < 1000

    @pytest.mark.parametrize(
        "declared",
        [
            {"placement": "sideways"},
            {"placement": 7},
            {"offset": math.nan},
            {"offset": "soon"},
            {"pod_id": 7},
            {"pod_id": ""},
            {"ads": "many"},
            {"ads": (1, 2)},
        ],
    )
    def test_an_impossible_declaration_leaves_it_to_the_session(self, declared: Any) -> None:
        """S10, S60: dropped with a stated reason, and the break is told as it is."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.pod(("a1", 5), **declared)
        assert story.rest[-2:] == [
            "20 Ad Started 0 ad-1/a1 mid",
            "25 Ad Completed 5 ad-1/a1 mid",
        ]
        assert sum(story.figures()["diagnostics"].values()) >= 1

    def test_pods_beyond_the_caller_s_ids_have_default_ones(self) -> None:
        """S12: only the first pod was named."""
        story = Story(Content(duration=60, pod_ids=("A",)), quartiles="off").begin().watch(20)
        story.pod(("a1", 5))
        story.say("playing", position=20.0)
        first, second = (line.split()[-1] for line in story.rest if "Content Started" in line)
        assert first == "A"
        assert second in ("content-1", "content-2")

    def test_another_ad_than_planned_is_told_as_it_is(self) -> None:
        """S12, S4: with its own length, beside the planned ones."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))], quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.ad("zzz", 7)
        assert story.rest[-2:] == [
            "20 Ad Started 0 ad-1/zzz mid",
            "27 Ad Completed 7 ad-1/zzz mid",
        ]

    def test_nameless_ads_are_the_planned_ones_in_order(self) -> None:
        """S12: without a break start, even."""
        breaks = [mid(20, ad("a1", 5), ad("a2", 5))]
        story = Story(60, breaks=breaks, quartiles="off").begin().watch(20)
        story.ad(None, 5).ad(None, 5)
        ads = [event for event in story.named("Ad Started") if isinstance(event, AdEvent)]
        assert [(e.pod_id, e.asset_id, e.pod_position, e.pod_length) for e in ads] == [
            ("ad-1", "a1", 1, 2),
            ("ad-1", "a2", 2, 2),
        ]


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
