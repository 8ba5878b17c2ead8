"""Ads in the stream of which a framework speaks too, and ads beside it (S9)."""

import json
from typing import Any

import pytest

from tests.session.story import T0, ad, mid, pre, rows
from tests.session.test_stitched import MID, Stream
from video_tracker.plan import Ad, AdRange, Content, SessionPlan, Settings
from video_tracker.session import Session, restore, snapshot


def starts_and_ends(stream: Stream) -> list[str]:
    return [row for row in stream.rows if "Playing" not in row and "Playback" not in row]


class TestCallbacksOfTheStream:
    @pytest.mark.parametrize("early", [-0.3, 0.0, 0.2])
    def test_a_break_that_is_known_is_told_once(self, early: float) -> None:
        """A framework's callbacks come around the borders; the playhead has said them already."""
        stream = Stream(MID).begin()
        stream.watch(29.5)
        stream.now += 0.5 - early
        stream.at += 0.5 - early
        stream.say("progress", stream.at)
        stream.say("ad_break_start", ads=2)
        stream.say("ad_start", "a1", 1, 10.0)
        stream.watch(10, step=0.25)
        stream.say("ad_end", None, "a1")
        stream.say("ad_start", "a2", 2, 5.0)
        stream.watch(5, step=0.25)
        stream.say("ad_end")
        stream.say("ad_break_end")
        stream.watch(2, step=0.25)
        assert starts_and_ends(stream)[1:] == [
            "30 Content Completed 30 content-1",
            "30 Ad Started 0 ad-1/a1 mid",
            "40 Ad Completed 10 ad-1/a1 mid",
            "40 Ad Started 0 ad-1/a2 mid",
            "45 Ad Completed 5 ad-1/a2 mid",
            "45 Content Started 30 content-2",
        ]

    def test_they_show_borders_that_nobody_knows(self) -> None:
        """An open range: its ads and its end come by callbacks."""
        stream = Stream(length=None)
        stream.told()
        stream.begin().watch(10)
        stream.told(AdRange(start=10.0, pod_id="b"))
        stream.say("ad_start", Ad(asset_id="x", title="Shoes"), 1)
        stream.watch(6)
        stream.say("ad_start", "y", 2)
        stream.watch(4)
        stream.say("ad_end")
        stream.say("ad_break_end")
        stream.watch(3)
        assert starts_and_ends(stream)[1:] == [
            "10 Content Completed 10 content-1",
            "10 Ad Started 0 b/b-1 mid",
            "16 Ad Completed 6 b/b-1 mid",
            "16 Ad Started 0 b/b-2 mid",
            "20 Ad Completed 4 b/b-2 mid",
            "20 Content Started 10 content-2",
        ]

    def test_a_skipped_ad_is_skipped(self) -> None:
        """S13: the player then jumps to where the ad ends."""
        stream = Stream(MID, extra_events=True).begin()
        stream.watch(33)
        assert stream.say("ad_skip", 3.0) == ["33 Ad Skipped 3 ad-1/a1 mid"]
        stream.seek(40.0)
        stream.watch(6)
        assert starts_and_ends(stream)[-3:] == [
            "33.5 Ad Started 0 ad-1/a2 mid",
            "38.5 Ad Completed 5 ad-1/a2 mid",
            "38.5 Content Started 30 content-2",
        ]
        assert stream.session.summary().counts["ads_skipped"] == 1

    @pytest.mark.parametrize("stop", ["error", "silence"])
    def test_a_seek_out_of_ads_has_landed_before_playback_stops(self, stop: str) -> None:
        """S20, S26, S33: an error or a timeout while the scrub window holds the seek."""
        timeout = 1.0 if stop == "silence" else None
        stream = Stream(MID, scrub_window=3.0, idle_timeout=timeout).begin()
        stream.watch(33)
        if stop == "error":
            stream.say("error", True)
        stream.say("seek_start", None, 5.0)
        stream.say("seek_end", 5.0)
        while stream.now < 36:
            stream.now += 0.5
            stream.say("tick")
        stream.say("progress", 7.0)
        stream.at = 7.0
        stream.watch(2)
        assert [row for row in stream.rows if "Seek" in row] == [
            "33 Seek Started 33 @ad-1 >5",
            "33 Seek Completed 5 @content-1 >5",
        ]

    def test_an_ad_that_fails_is_followed_by_the_next(self) -> None:
        stream = Stream(MID, extra_events=True).begin()
        stream.watch(33)
        assert stream.say("ad_error", "404") == ["33 Ad Error 3 ad-1/a1 mid"]
        stream.watch(13)
        assert starts_and_ends(stream)[-3:] == [
            "40 Ad Started 0 ad-1/a2 mid",
            "45 Ad Completed 5 ad-1/a2 mid",
            "45 Content Started 30 content-2",
        ]

    @pytest.mark.parametrize("late", [0.1, 3.0])
    def test_one_that_comes_late_counts_as_if_it_came_now(self, late: float) -> None:
        """S64: the end of an open range, told with a time before the newest one."""
        stream = Stream(length=None)
        stream.told()
        stream.begin().watch(10)
        stream.told(AdRange(start=10.0, pod_id="b"))
        stream.watch(6)
        stream.now -= late
        assert stream.say("ad_break_end") == [
            "16 Ad Completed 6 b/b-1 mid",
            "16 Content Started 10 content-2",
        ]
        assert stream.session.summary().to_dict()["elapsed"] == 16
        assert stream.session.diagnostics["clock_stepped_back"] == 1


class TestAdsBesideTheStream:
    def test_a_client_ad_stops_the_stream(self) -> None:
        """A pre-roll of the page's own before a stream that holds a mid-roll."""
        stream = Stream(ads="client")
        stream.told(AdRange(start=10.0, end=15.0))
        stream.say("play", 0.0)
        stream.say("ad_break_start", placement="pre")
        stream.say("ad_start", "own", None, 5.0)
        stream.now += 5
        stream.say("ad_progress", 5.0)
        stream.say("ad_end", 5.0)
        stream.say("ad_break_end")
        stream.say("playing", 0.0)
        stream.watch(16)
        assert starts_and_ends(stream) == [
            "0 Ad Started 0 ad-2/own pre",
            "5 Ad Completed 5 ad-2/own pre",
            "5 Content Started 0 content-1",
            "15 Content Completed 10 content-1",
            "15 Ad Started 0 ad-1/ad-1-1 mid",
            "20 Ad Completed 5 ad-1/ad-1-1 mid",
            "20 Content Started 10 content-2",
        ]


class TestSnapshots:
    @pytest.mark.parametrize("second", [0, 8, 33, 40, 44, 50])
    def test_a_session_goes_on_in_the_middle_of_an_ad(self, second: int) -> None:
        straight = Stream(MID, pre(ad("p", 5), pod_id="first")).begin()
        straight.watch(second)
        stored = json.dumps(snapshot(straight.session), allow_nan=False)
        restored = restore(json.loads(stored))
        assert snapshot(restored) == json.loads(stored)

        before = len(straight.events)
        straight.watch(30)
        straight.seek(33.0)
        straight.watch(5)
        expected = straight.events[before:]

        again = Stream(MID)
        again.session, again.now, again.at = restored, float(second), float(second)
        again.watch(30)
        again.seek(33.0)
        again.watch(5)
        assert again.events == expected
        assert restored.summary() == straight.session.summary()

    def test_a_restored_session_takes_the_short_way_too(self) -> None:
        """And so its figures are the same to the last bit."""
        straight = Stream(MID).begin()
        straight.watch(8)
        restored = restore(json.loads(json.dumps(snapshot(straight.session))))
        assert straight.watch(2, step=1.0) == ["10 Content Playing 10 content-1"]
        assert restored.progress(T0 + 9, 9.0) == ()
        assert rows(restored.progress(T0 + 10, 10.0)) == ["10 Content Playing 10 content-1"]
        assert restored.summary() == straight.session.summary()

    def test_a_seek_that_waits_is_kept(self) -> None:
        stream = Stream(MID, scrub_window=0.5).begin()
        stream.watch(8)
        stream.say("seek_start", None, 32.0)
        stream.now += 0.5
        stream.say("seek_end", 32.0)
        restored = restore(json.loads(json.dumps(snapshot(stream.session))))
        assert rows(restored.tick(T0 + 9.0)) == rows(stream.session.tick(T0 + 9.0)) != []

    @pytest.mark.parametrize(
        "change",
        [
            {"inside": 7},
            {"stretches": 5},
            {"stretches": [{"index": 9, "start": 0.0, "end": 1.0, "content": 0.0}]},
            {"playhead": "x"},
            {"unknown": 1},
        ],
    )
    def test_a_damaged_one_is_refused(self, change: dict[str, Any]) -> None:
        from video_tracker.errors import SnapshotError  # noqa: PLC0415

        stream = Stream(MID).begin()
        stream.watch(33)
        stored = json.loads(json.dumps(snapshot(stream.session)))
        stored["state"]["stitch"] |= change
        with pytest.raises(SnapshotError):
            restore(stored)


class TestPlaylists:
    def test_the_next_item_is_another_stream(self) -> None:
        """S24: its breaks are its own, its positions begin anew."""
        plan = SessionPlan(
            user_id="viewer",
            contents=(Content(asset_id="one", duration=20), Content(asset_id="two", duration=20)),
            ad_breaks=(
                mid(10, ad("x", 5)),
                mid(5, ad("y", 5), content_asset_id="two"),
            ),
            settings=Settings(ads="stitched"),
        )
        stream = Stream()
        stream.session = Session("s1", plan)
        stream.begin().watch(25)
        stream.say("content_end", 25.0)
        stream.say("load", next_item=True)
        stream.at = 0.0
        stream.say("playing", 0.0)
        stream.watch(12)
        assert starts_and_ends(stream)[-5:] == [
            "25 Content Started 0 content-3",
            "30 Content Completed 5 content-3",
            "30 Ad Started 0 ad-2/y mid",
            "35 Ad Completed 5 ad-2/y mid",
            "35 Content Started 5 content-4",
        ]


class TestTheShortWay:
    def test_it_changes_nothing(self) -> None:
        """Seldom words take the long way, frequent ones the short one: the figures agree."""
        often, seldom = Stream(MID).begin(), Stream(MID).begin()
        often.watch(60, step=0.25)
        seldom.watch(60, step=3.0)
        for name in ("content_played", "ad_played", "unique_seconds", "ads_completed"):
            figures = [each.session.summary().to_dict()[name] for each in (often, seldom)]
            assert figures[0] == pytest.approx(figures[1])
        assert starts_and_ends(often) == starts_and_ends(seldom)
