"""The figures of a session: names, types, conservation, ranges, exact merging."""

import itertools
import json
import random
from typing import Any

import pytest

from tests.session.story import BUCKETS, Story, ad, mid
from video_tracker.plan import Content
from video_tracker.session import Summary

FLOATS = {
    "elapsed",
    *BUCKETS,
    "content_media_seconds",
    "unique_seconds",
    "average_rate",
    "startup_time",
}
COUNTS = {
    "pauses",
    "seeks",
    "rebuffers",
    "heartbeats",
    "breaks",
    "ads_started",
    "ads_completed",
    "ads_skipped",
    "ads_failed",
}
OTHERS = {"session_id", "watched", "furthest", "ended", "diagnostics"}


def eventful(seed: int = 0, **settings: Any) -> Story:
    """A session with some of everything; uneven times by the seed."""
    odd = random.Random(seed).uniform(0.01, 0.9)
    story = Story(60, breaks=[mid(20, ad("a1", 8), ad("a2", 8))], **settings)
    story.begin(startup=1 + odd, position=0.0).watch(10 + odd / 7, step=0.25)
    story.pause(3 + odd)
    story.watch(20 - story.position, step=0.25)
    story.say("ad_break_start")
    story.wait(odd).ad("a1", 8)
    story.ad_start("a2", duration=8)
    story.watch_ad(3).say("ad_skip")
    story.say("ad_break_end")
    story.say("playing", position=20.0)
    story.watch(5).seek(10, taking=odd).watch(5)
    story.say("buffer_start", position=story.position)
    story.wait(2 + odd).say("buffer_end", position=story.position)
    story.watch(2)
    story.say("interrupt", method="call")
    story.wait(odd).say("playing")
    story.watch(1)
    return story


def test_the_keys_are_the_documented_ones() -> None:
    """No more, no fewer, of the documented types, and JSON can carry them."""
    figures = eventful().figures()
    assert set(figures) == FLOATS | COUNTS | OTHERS
    assert {k for k, v in figures.items() if type(v) is float} >= FLOATS
    assert {k for k, v in figures.items() if type(v) is int} == COUNTS
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def test_a_session_that_never_began_has_figures_too() -> None:
    """All nothing, and open."""
    figures = Story(60).figures()
    assert figures["ended"] == "open"
    assert figures["elapsed"] == 0
    assert all(figures[name] == 0 for name in COUNTS)
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def test_counts_are_those_of_the_events() -> None:
    """Pauses, seeks, rebuffers, ads and beats as they were told."""
    story = eventful()
    figures = story.figures()
    assert figures["pauses"] == len(story.named("Playback Paused")) == 1
    assert figures["seeks"] == len(story.named("Playback Seek Started")) == 1
    assert figures["rebuffers"] == len(story.named("Playback Buffer Started")) == 1
    assert figures["ads_started"] == len(story.named("Ad Started")) == 2
    assert figures["ads_completed"] == len(story.named("Ad Completed")) == 1
    assert figures["ads_skipped"] == 1
    assert figures["ads_failed"] == 0
    assert figures["breaks"] == 1


def test_beats_are_counted() -> None:
    """Heartbeats of content and of ads; a quartile alone is none."""
    story = Story(60, quartiles="off").begin().watch(21)
    story.pod(("a1", 12))
    assert story.figures()["heartbeats"] == len(story.beats) == 3


@pytest.mark.parametrize("seed", range(5))
def test_the_buckets_sum_to_the_elapsed_time(seed: int) -> None:
    """The conservation law, at uneven times: every story's figures are held to it."""
    story = eventful(seed)
    assert story.figures()["elapsed"] == pytest.approx(story.now, abs=1e-3)


def test_each_stretch_lies_in_its_own_bucket() -> None:
    """Every instant between first and last signal is in exactly one."""
    story = Story(60, quartiles="off").begin(startup=2).watch(10).pause(3)
    story.say("buffer_start")
    story.wait(4).say("buffer_end")
    story.watch(5).seek(40, taking=1.5).watch(5)
    story.say("interrupt")
    story.wait(6).say("playing")
    story.say("ad_break_start")
    story.wait(0.5).ad("a1", 7)
    story.say("ad_break_end")
    assert {name: story.figures()[name] for name in BUCKETS} == {
        "startup": pytest.approx(2),
        "content_played": pytest.approx(20),
        "ad_played": pytest.approx(7),
        "paused": pytest.approx(3),
        "seeking": pytest.approx(1.5),
        "buffering": pytest.approx(4),
        "gap": pytest.approx(0.5),
        "interrupted": pytest.approx(6),
        "suspended": pytest.approx(0),
    }


class TestWatched:
    def test_what_is_seen_twice_is_unique_once(self) -> None:
        """Twenty seconds, ten back, twenty more."""
        story = Story(60).begin().watch(20).seek(10).watch(20)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(40)
        assert figures["content_media_seconds"] == pytest.approx(40)
        assert figures["unique_seconds"] == pytest.approx(30)
        assert figures["watched"] == {"asset-1": [pytest.approx([0, 30])]}
        assert figures["furthest"] == {"asset-1": pytest.approx(30)}

    def test_ranges_join_when_the_hole_is_filled(self) -> None:
        """0-10 and 20-30, then 10-20."""
        story = Story(60).begin().watch(10).seek(20).watch(10).seek(10).watch(10)
        assert story.figures()["watched"] == {"asset-1": [pytest.approx([0, 30])]}

    def test_ranges_are_in_order(self) -> None:
        """However they were watched."""
        story = Story(60).begin(position=40.0).watch(5).seek(20).watch(5).seek(0).watch(5)
        assert story.figures()["watched"] == {
            "asset-1": [pytest.approx([0, 5]), pytest.approx([20, 25]), pytest.approx([40, 45])]
        }
        assert story.figures()["furthest"] == {"asset-1": pytest.approx(45)}

    def test_a_seek_watches_nothing_on_its_way(self) -> None:
        """Also when progress is reported while it lasts."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0, to=50.0)
        for position in (20.0, 35.0, 50.0):
            story.wait(0.5).say("progress", position=position)
        story.say("seek_end", position=50.0)
        assert story.figures()["unique_seconds"] == pytest.approx(5)

    def test_furthest_is_the_furthest_watched(self) -> None:
        """Back again changes nothing."""
        story = Story(60).begin().watch(30).seek(2).watch(5)
        assert story.figures()["furthest"] == {"asset-1": pytest.approx(30)}

    def test_each_asset_has_its_own(self) -> None:
        """A playlist of two."""
        story = Story(Content(asset_id="one", duration=20), Content(asset_id="two", duration=20))
        story.begin().watch(20).say("content_end", position=20.0)
        story.say("content_start", asset_id="two", position=0.0)
        story.position = 0.0
        story.watch(8)
        figures = story.figures()
        assert figures["watched"] == {
            "one": [pytest.approx([0, 20])],
            "two": [pytest.approx([0, 8])],
        }
        assert figures["furthest"] == {"one": pytest.approx(20), "two": pytest.approx(8)}
        assert figures["unique_seconds"] == pytest.approx(28)

    def test_media_seconds_follow_the_rate(self) -> None:
        """Ten seconds at the rate of two after ten at one."""
        story = Story(60).begin().watch(10)
        story.say("update", playback_rate=2.0)
        story.watch(10, rate=2.0)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(20)
        assert figures["content_media_seconds"] == pytest.approx(30)
        assert figures["average_rate"] == pytest.approx(1.5)

    def test_ads_are_no_content(self) -> None:
        """Neither media seconds nor ranges."""
        story = Story(60, quartiles="off").begin().watch(10)
        story.pod(("a1", 12))
        figures = story.figures()
        assert figures["content_media_seconds"] == pytest.approx(10)
        assert figures["unique_seconds"] == pytest.approx(10)


class TestMerging:
    def summaries(self) -> list[Summary]:
        made = []
        for seed in range(4):
            story = eventful(seed, session_id=f"s{seed}")
            if seed % 2:
                story.say("exit")
            made.append(story.summary())
        return made

    def test_sums_are_exact_in_any_order(self) -> None:
        """No rounding: every order and grouping gives the same figures."""
        a, b, c, d = self.summaries()
        wanted = self.sums(a.merge(b, c, d))
        for order in itertools.permutations((a, b, c, d)):
            assert self.sums(order[0].merge(*order[1:])) == wanted
        assert self.sums(a.merge(b).merge(c.merge(d))) == wanted

    def test_sums_are_the_sums(self) -> None:
        """Of every bucket and every count."""
        made = self.summaries()
        merged = made[0].merge(*made[1:]).to_dict()
        for name in (*BUCKETS, "elapsed", "content_media_seconds"):
            assert merged[name] == pytest.approx(sum(each.to_dict()[name] for each in made))
        for name in COUNTS:
            assert merged[name] == sum(each.to_dict()[name] for each in made)
        assert sum(merged[name] for name in BUCKETS) == pytest.approx(merged["elapsed"])

    def test_what_both_watched_is_unique_once(self) -> None:
        """Two viewings of one asset: the ranges are united."""
        one = Story(60).begin().watch(20).summary()
        other = Story(60).begin(position=10.0).watch(30).summary()
        merged = one.merge(other).to_dict()
        assert merged["watched"] == {"asset-1": [pytest.approx([0, 40])]}
        assert merged["unique_seconds"] == pytest.approx(40)
        assert merged["furthest"] == {"asset-1": pytest.approx(40)}
        assert merged["average_rate"] == pytest.approx(1)

    def test_merging_changes_neither(self) -> None:
        """A summary is a value."""
        a, b, *_ = self.summaries()
        before = a.to_dict(), b.to_dict()
        a.merge(b)
        assert (a.to_dict(), b.to_dict()) == before

    @staticmethod
    def sums(summary: Summary) -> dict[str, Any]:
        figures = summary.to_dict()
        return {
            name: figures[name]
            for name in sorted(FLOATS | COUNTS | {"watched", "furthest", "diagnostics"})
            if name != "startup_time"
        }
