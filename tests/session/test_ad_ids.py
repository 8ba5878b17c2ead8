"""What pods and ads are called: S12."""

import math
from typing import Any

import pytest

from tests.session.story import Story, ad, mid, pre
from video_tracker.events import AdEvent, PlaybackEvent, PlaybackStarted
from video_tracker.plan import Content


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

    @pytest.mark.parametrize("planned", [True, False])
    @pytest.mark.parametrize("lands", [19.25, 20.0, 20.25, 20.75])
    def test_a_break_played_again_where_a_seek_back_lands_is_the_same(
        self, lands: float, planned: bool
    ) -> None:
        """S1, S12: the seek led back to the break's own place; same pod, and no second count."""
        breaks = [mid(20, ad("a1", 5))] if planned else []
        story = Story(60, breaks=breaks, quartiles="off", step=0.25).begin().watch(20)
        story.pod(("a1", 5))
        story.say("playing", position=20.0)
        story.watch(5).seek(lands)
        story.pod(("a1", 5))
        story.say("playing", position=lands)
        story.watch(4).say("pause")

        assert [line.split()[-2] for line in story.rest if "Ad Started" in line] == ["ad-1/a1"] * 2
        paused = story.events[-1]
        assert isinstance(paused, PlaybackEvent)
        assert (paused.position, paused.total_length) == (int(lands + 4) + 5, 60 + 5)

    @pytest.mark.parametrize("planned", [True, False])
    def test_a_break_further_behind_where_a_seek_back_lands_is_another(self, planned: bool) -> None:
        """S12: what was played at 20 is not played again at 22.5; both count."""
        breaks = [mid(20, ad("a1", 5))] if planned else []
        story = Story(60, breaks=breaks, quartiles="off", step=0.25).begin().watch(20)
        story.pod(("a1", 5))
        story.say("playing", position=20.0)
        story.watch(5).seek(22.5)
        story.pod(("a2", 5))
        story.say("playing", position=22.5)
        story.watch(4).say("pause")

        assert [line.split()[-2] for line in story.rest if "Ad Started" in line] == [
            "ad-1/a1",
            "ad-2/a2",
        ]
        assert story.events[-1].position == 26 + 10

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


def test_a_default_id_is_never_one_that_a_plan_has_given() -> None:
    """S12, S14: else two breaks would be one, with content between its ads."""
    story = Story(60, breaks=[pre(ad("a0", 5), pod_id="ad-1")]).begin()
    story.pod(("a0", 5))
    story.say("playing", position=0.0)
    story.watch(10).pod(("a1", 5))
    ads = [event for event in story.named("Ad Started") if isinstance(event, AdEvent)]
    assert [event.pod_id for event in ads] == ["ad-1", "ad-2"]
