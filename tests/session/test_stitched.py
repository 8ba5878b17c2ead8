"""Ads in the stream (S9): what the playhead alone tells, told in stream positions."""

from typing import Any, Literal

import attrs
import pytest

from tests.session.story import T0, ad, mid, post, pre, rows
from video_tracker.plan import Ad, AdBreak, AdRange, Content, SessionPlan, Settings
from video_tracker.session import Playback, Session, restore, snapshot
from video_tracker.signals import Play, Playing, Progress
from video_tracker.testing import check_stream


class Stream:
    """A session fed with stream positions; times are seconds since the story began."""

    def __init__(
        self,
        *breaks: AdBreak,
        length: float | None = 60,
        ads: Literal["client", "stitched"] = "stitched",
        live: bool | None = None,
        **settings: Any,
    ) -> None:
        plan = SessionPlan(
            user_id="viewer",
            contents=(Content(asset_id="film", duration=length, livestream=live),),
            ad_breaks=breaks,
            settings=Settings(ads=ads, **settings),
        )
        self.session = Session("s1", plan)
        self.events: list[Any] = []
        self.now = 0.0
        self.at = 0.0

    def say(self, name: str, *args: Any, **named: Any) -> list[str]:
        """An input now; its events as rows."""
        events = getattr(self.session, name)(T0 + self.now, *args, **named)
        self.events += events
        return rows(events)

    def begin(self, position: float = 0.0) -> "Stream":
        self.at = position
        self.say("play", position)
        self.say("playing", position)
        return self

    def watch(self, seconds: float, step: float = 0.5, rate: float = 1.0) -> list[str]:
        """Play on; all events as rows."""
        before = len(self.events)
        for _ in range(round(seconds / step)):
            self.now += step
            self.at += step * rate
            self.say("progress", self.at)
        return rows(self.events[before:])

    def seek(self, to: float, takes: float = 0.5) -> list[str]:
        before = len(self.events)
        self.say("seek_start", self.at, to)
        self.now += takes
        self.at = to
        self.say("seek_end", to)
        self.say("playing", to)
        return rows(self.events[before:])

    def told(self, *ranges: AdRange) -> list[str]:
        return self.say("ad_ranges", ranges)

    @property
    def rows(self) -> list[str]:
        assert check_stream(self.events) == [], rows(self.events)
        assert "internal_fault" not in self.session.diagnostics
        dates = [event.at for event in self.events]
        assert dates == sorted(dates)
        return rows(self.events)


MID = mid(30, ad("a1", 10), ad("a2", 5))


class TestRepeatedInputs:
    """S61: the very same input again changes no event and no figure."""

    @pytest.mark.parametrize(
        "script",
        [
            [(6, "playing", (0.0,)), (8, "seek_start", (2.0, 33.0)), (9, "seek_end", (33.0,))],
            [(6, "playing", (33.0,)), (8, "seek_start", ()), (9, "seek_end", (48.0,))],
            [(6, "playing", (33.0,)), (8, "seek_start", ()), (9, "seek_end", (42.0,))],
            [(6, "playing", (28.0,)), (9, "progress", (31.0,)), (40, "progress", (47.0,))],
            [(6, "playing", (44.0,)), (7, "progress", (45.0,)), (7, "ad_break_start", ())],
            [(6, "playing", (28.0,)), (7, "progress", (29.0,)), (7, "ad_start", ("a1",))],
            [(1, "progress", (None, 120.0)), (30, "progress", (33.0,)), (31, "exit", ())],
        ],
        ids=["into ads", "out of ads", "to the next ad", "past", "ad break", "ad", "joined"],
    )
    @pytest.mark.parametrize("window", [0.0, 0.5])
    def test_in_a_stream_with_ads(self, script: list[Any], window: float) -> None:
        once, twice = (Stream(MID, scrub_window=window) for _ in range(2))
        for at, name, args in [*script, (60, "exit", ())]:
            once.now = twice.now = at
            once.say(name, *args)
            twice.say(name, *args)
            assert twice.say(name, *args) == []
            counts = [{**each.session.summary().to_dict()} for each in (once, twice)]
            for each in counts:
                del each["diagnostics"]
            assert counts[0] == counts[1], name
        assert twice.rows == once.rows

    def test_when_ads_are_found_only_now(self) -> None:
        """A range around the playhead opens its break at once, and not twice."""
        stream = Stream(length=None, ads="client").begin()
        stream.watch(10)
        assert stream.told(AdRange(start=9.0, end=20.0)) != []
        assert stream.told(AdRange(start=9.0, end=20.0)) == []
        assert stream.session.diagnostics["repeated"] == 1


def test_a_pod_that_a_seek_left_never_ends_behind_its_content() -> None:
    """S2, S21, S80: content that plays beyond a length of 0 has another one."""
    stream = Stream(length=0.0, ads="client")
    stream.told(
        AdRange(start=10.0, end=15.0),
        AdRange(start=55.0, end=75.0, ads=(Ad(duration=30.0), Ad()), pod_length=1, pod_id="b"),
        AdRange(start=60.0, pod_length=2, resume_offset=5.0),
    )
    stream.say("ad_start")
    stream.now = 299.0
    stream.say("playing")
    stream.now = 306.5
    stream.say("progress", 61.0)
    stream.now += 0.05
    stream.say("progress", 61.36)
    assert [row for row in stream.rows if "Content Completed" in row] == [
        "306.55 Content Completed 50 content-1"
    ]


class TestSeeks:
    """S21, S22, S33: the playhead goes where the viewer sends it."""

    def test_into_the_middle_of_an_ad(self) -> None:
        """The left pod is completed where it stopped; the ad starts at its place (S2, S21)."""
        stream = Stream(MID).begin()
        stream.watch(8)

        assert stream.seek(42.0) == [
            "8 Seek Started 8 @content-1 >30",
            "8.5 Seek Completed 30 @content-2 >30",
            "8.5 Content Completed 8 content-1",
            "8.5 Ad Started 2 ad-1/a2 mid",
        ]
        assert stream.watch(4) == [
            "9 Ad Playing 2 ad-1/a2 mid q2",
            "10.5 Ad Playing 4 ad-1/a2 mid q3",
            "11.5 Ad Completed 5 ad-1/a2 mid",
            "11.5 Content Started 30 content-2",
        ]
        assert stream.session.summary().counts["ads_completed"] == 1
        assert stream.rows

    def test_out_of_an_ad_into_content(self) -> None:
        """The ad is left without Completed (S72); the pod landed in begins (S22)."""
        stream = Stream(MID).begin()
        stream.watch(33)

        assert stream.seek(50.0) == [
            "33 Seek Started 33 @ad-1 >38",
            "33.5 Seek Completed 38 @content-2 >38",
            "33.5 Content Started 35 content-2",
        ]
        assert stream.session.summary().counts["ads_skipped"] == 1
        assert stream.rows

    def test_back_out_of_an_ad(self) -> None:
        """S1: before the break its seconds do not count."""
        stream = Stream(MID).begin()
        stream.watch(33)

        assert stream.seek(10.0) == [
            "33 Seek Started 33 @ad-1 >10",
            "33.5 Seek Completed 10 @content-1 >10",
            "33.5 Content Started 10 content-1",
        ]
        assert stream.rows

    def test_from_one_ad_into_the_next(self) -> None:
        """S14: the session stays in the break."""
        stream = Stream(MID).begin()
        stream.watch(33)

        assert stream.seek(42.0) == [
            "33 Seek Started 33 @ad-1 >33",
            "33.5 Seek Completed 33 >33",
            "33.5 Ad Started 2 ad-1/a2 mid",
        ]
        assert stream.rows

    def test_within_an_ad(self) -> None:
        stream = Stream(mid(30, ad("a1", 20))).begin()
        stream.watch(33)

        assert stream.seek(38.0) == [
            "33 Seek Started 33 @ad-1 >38",
            "33.5 Seek Completed 33 @ad-1 >38",
        ]
        assert stream.rows

    def test_over_a_break_leaves_it_unseen(self) -> None:
        """S22: the player forced nothing; content runs on, and its pod is dated truly."""
        stream = Stream(MID).begin()
        stream.watch(8)

        assert stream.seek(50.0) == [
            "8 Seek Started 8 @content-1 >35",
            "8.5 Seek Completed 35 @content-2 >35",
        ]
        assert stream.watch(1) == ["8.5 Content Started 35 content-2"]
        assert stream.session.summary().counts["breaks"] == 0
        assert stream.rows

    def test_over_a_break_that_the_player_then_forces(self) -> None:
        """S21: the pod left is completed where the viewer left it, though a seek lay between."""
        stream = Stream(MID).begin()
        stream.watch(8)
        stream.seek(50.0)
        stream.seek(30.0)

        assert [row for row in stream.rows if "Seek" not in row] == [
            "0 Playback Started 0",
            "0 Content Started 0 content-1",
            "8.5 Content Started 35 content-2",
            "9 Content Completed 35 content-2",
            "9 Ad Started 0 ad-1/a1 mid",
        ]

    def test_an_ad_seen_again_replaces(self) -> None:
        """S1, S12: its seconds count once, its ids stay."""
        stream = Stream(MID).begin()
        stream.watch(46)
        stream.seek(29.0)
        stream.watch(17)

        assert [row for row in stream.rows if "Ad Started" in row or "Content St" in row] == [
            "0 Content Started 0 content-1",
            "30 Ad Started 0 ad-1/a1 mid",
            "40 Ad Started 0 ad-1/a2 mid",
            "45 Content Started 30 content-2",
            "46.5 Content Started 29 content-1",
            "47.5 Ad Started 0 ad-1/a1 mid",
            "57.5 Ad Started 0 ad-1/a2 mid",
            "62.5 Content Started 30 content-2",
        ]
        assert stream.say("pause", stream.at)[0].split()[2] == "46"

    def test_while_paused_into_an_ad_waits_for_its_first_frame(self) -> None:
        """S71: the ad starts when it moves."""
        stream = Stream(MID).begin()
        stream.watch(8)
        stream.say("pause", 8.0)
        stream.now += 3
        stream.say("seek_start", 8.0, 33.0)
        stream.now += 0.5
        assert stream.say("seek_end", 33.0) == ["11.5 Seek Completed 30 @content-2 >30"]
        stream.now += 2
        assert stream.say("play", 33.0) == [
            "13.5 Content Completed 8 content-1",
            "13.5 Resumed 30 @ad-1",
            "13.5 Ad Started 3 ad-1/a1 mid",
        ]
        assert stream.rows

    def test_scrubbing_through_a_break_is_one_seek(self) -> None:
        """S33: where the scrub passes through an ad, none starts."""
        stream = Stream(MID, scrub_window=0.5).begin()
        stream.watch(8)
        for to in (20.0, 33.0, 42.0, 50.0):
            stream.say("seek_start", None, to)
            stream.now += 0.1
            stream.say("seek_end", to)
            stream.now += 0.1
        stream.at = 50.0
        assert stream.watch(3) == [
            "8.7 Seek Completed 35 @content-2 >35",
            "8.7 Content Started 35 content-2",
        ]
        assert stream.rows

    def test_a_scrub_that_ends_in_an_ad_starts_it(self) -> None:
        """S33: told when the window is over, dated when the seek ended."""
        stream = Stream(MID, scrub_window=0.5).begin()
        stream.watch(8)
        stream.say("seek_start", None, 32.0)
        stream.now += 0.5
        assert stream.say("seek_end", 32.0) == []
        assert stream.session.wake_at() == T0 + 9.0
        stream.now += 0.5
        assert stream.say("tick") == [
            "8.5 Seek Completed 30 @content-2 >30",
            "8.5 Content Completed 8 content-1",
            "8.5 Ad Started 2 ad-1/a1 mid",
        ]
        assert stream.rows

    def test_a_quality_told_while_a_seek_waits_in_an_ad_comes_behind_it(self) -> None:
        """S33, S86: as beside ads of a player's own."""
        stream = Stream(MID, scrub_window=0.5).begin()
        stream.watch(8)
        stream.say("seek_start", None, 32.0)
        stream.now += 0.5
        stream.say("seek_end", 32.0)
        stream.now += 0.2
        assert stream.say("quality", bitrate=800) == []
        stream.now += 0.3
        assert stream.say("tick") == [
            "8.5 Seek Completed 30 @content-2 >30",
            "8.5 Content Completed 8 content-1",
            "8.5 Ad Started 2 ad-1/a1 mid",
            "8.7 Quality Updated 30",
        ]
        assert stream.rows

    def test_an_event_of_the_embedder_s_own_moves_no_seek_that_waits_in_an_ad(self) -> None:
        """S33, S51: it decides nothing, no date either."""
        stream = Stream(MID, scrub_window=0.5).begin()
        stream.watch(8)
        stream.say("seek_start", None, 32.0)
        stream.now += 0.5
        stream.say("seek_end", 32.0)
        stream.now += 0.3
        stream.say("emit", "Trailer Liked")
        stream.now += 0.2
        assert stream.say("tick") == [
            "8.5 Seek Completed 30 @content-2 >30",
            "8.5 Content Completed 8 content-1",
            "8.5 Ad Started 2 ad-1/a1 mid",
        ]

    def test_a_length_told_within_a_scrub_does_not_part_it(self) -> None:
        """S33, S82: an attribute decides nothing."""
        stream = Stream(MID, scrub_window=0.5).begin()
        stream.watch(8)
        stream.say("seek_start", None, 32.0)
        stream.now += 0.1
        stream.say("seek_end", 32.0)
        stream.now += 0.1
        stream.say("load", duration=75.0)
        stream.now += 0.1
        stream.say("seek_start", None, 50.0)
        stream.now += 0.1
        stream.say("seek_end", 50.0)
        stream.at = 50.0
        stream.watch(2)
        assert [row for row in stream.rows if "Seek" in row] == [
            "8 Seek Started 8 @content-1 >30",
            "8.4 Seek Completed 35 @content-2 >35",
        ]

    def test_a_seek_lands_before_the_next_item_is_loaded(self) -> None:
        """S33, S24: nothing can continue it any more."""
        stream = Stream(MID, scrub_window=0.5).begin()
        stream.watch(8)
        stream.say("seek_start", None, 32.0)
        stream.now += 0.1
        stream.say("seek_end", 32.0)
        stream.now += 0.1
        stream.say("load", next_item=True)
        stream.say("playing", 0.0)
        assert stream.rows[2:] == [
            "8 Seek Started 8 @content-1 >30",
            "8.1 Seek Completed 30 @content-2 >30",
            "8.1 Content Completed 8 content-1",
            "8.1 Ad Started 2 ad-1/a1 mid",
            "8.2 Content Started 0 content-3",
        ]

    def test_a_jump_over_a_break_is_an_inferred_seek(self) -> None:
        """S61: as much stream as an ad is long is no playing."""
        stream = Stream(MID).begin()
        stream.watch(29)
        stream.now += 0.5
        stream.at = 46.0
        assert stream.say("progress", 46.0) == [
            "29.5 Seek Started 29 @content-1 >31",
            "29.5 Seek Completed 31 @content-2 >31",
        ]
        assert stream.watch(1) == ["29.5 Content Started 31 content-2"]
        assert stream.session.diagnostics["inferred_seek"] == 1
        assert stream.rows


class TestMotionInAds:
    def test_a_pause_in_an_ad_is_one(self) -> None:
        stream = Stream(MID).begin()
        stream.watch(33)
        assert stream.say("pause", 33.0) == ["33 Paused 33 @ad-1"]
        stream.now += 10
        assert stream.say("play", 33.0) == ["43 Resumed 33 @ad-1", "43 Ad Playing 3 ad-1/a1 mid"]
        stream.watch(8)
        assert stream.rows[-2:] == ["50 Ad Completed 10 ad-1/a1 mid", "50 Ad Started 0 ad-1/a2 mid"]
        assert stream.session.summary().to_dict()["paused"] == 10

    def test_a_stall_in_an_ad_is_one(self) -> None:
        stream = Stream(MID).begin()
        stream.watch(33)
        assert stream.say("buffer_start", 33.0) == ["33 Buffer Started 33 @ad-1"]
        stream.now += 4
        assert stream.say("playing", 33.0) == ["37 Buffer Completed 33 @ad-1"]
        assert stream.rows

    def test_ads_play_at_the_rate_of_the_stream(self) -> None:
        """S72: at double speed an ad of ten seconds is watched in five."""
        stream = Stream(MID).begin()
        stream.say("update", playback_rate=2)
        stream.watch(24, rate=2)
        assert [row for row in stream.rows if "Completed" in row] == [
            "15 Content Completed 30 content-1",
            "20 Ad Completed 10 ad-1/a1 mid",
            "22.5 Ad Completed 5 ad-1/a2 mid",
        ]

    def test_a_gap_over_a_whole_break_dates_it_truly(self) -> None:
        """S42, S45: one word every 20 s is enough; quartiles jumped over are one event."""
        stream = Stream(MID).begin()
        stream.watch(60, step=20)
        assert [row for row in stream.rows if "Content Playing" not in row] == [
            "0 Playback Started 0",
            "0 Content Started 0 content-1",
            "30 Content Completed 30 content-1",
            "30 Ad Started 0 ad-1/a1 mid",
            "40 Ad Playing 10 ad-1/a1 mid q3",
            "40 Ad Completed 10 ad-1/a1 mid",
            "40 Ad Started 0 ad-1/a2 mid",
            "45 Ad Playing 5 ad-1/a2 mid q3",
            "45 Ad Completed 5 ad-1/a2 mid",
            "45 Content Started 30 content-2",
        ]

    def test_the_moving_playhead_is_no_evidence_against_the_ad(self) -> None:
        """S62: the stream's clock runs through the ad."""
        stream = Stream(mid(30, ad("a1", 25))).begin()
        stream.watch(54)
        assert stream.session.where == "ad"
        assert "ad_end_lost" not in stream.session.diagnostics


class TestTheEnd:
    def test_the_stream_ends_in_the_last_ad(self) -> None:
        """S23, S75: a tenth of a second is missing, and playback is complete."""
        stream = Stream(post(ad("a1", 10))).begin()
        stream.watch(69.5)
        stream.now += 0.4
        assert stream.say("end", 69.9) == [
            "69.9 Ad Completed 10 ad-1/a1 post",
            "69.9 Playback Completed 70",
        ]
        assert stream.rows[-4:-1] == [
            "65 Ad Playing 5 ad-1/a1 post q2",
            "67.5 Ad Playing 7 ad-1/a1 post q3",
            "69.9 Ad Completed 10 ad-1/a1 post",
        ]

    def test_content_end_is_the_end_of_the_stream(self) -> None:
        """Nothing of the plan can follow in it: no post-roll is waited for."""
        stream = Stream(MID, post(ad("p", 10))).begin()
        stream.seek(60.0)
        stream.watch(14.5)
        stream.now += 0.5
        stream.say("content_end", 75.0)
        stream.now += 40
        assert stream.say("tick") == ["15.5 Playback Completed 60"]

    def test_a_break_at_the_end_of_the_stream_is_a_post_roll(self) -> None:
        """S10: nobody said so, but the stream's length does."""
        stream = Stream(length=None)
        stream.told(AdRange(start=60.0, end=70.0))
        stream.begin()
        stream.say("update", duration=70.05)
        stream.watch(70)
        stream.say("end", 70.05)
        assert stream.rows[-4:] == [
            "65 Ad Playing 5 ad-1/ad-1-1 post q2",
            "67.5 Ad Playing 7 ad-1/ad-1-1 post q3",
            "70 Ad Completed 10 ad-1/ad-1-1 post",
            "70 Playback Completed 70",
        ]
        assert stream.events[-1].total_length == 70

    def test_a_loop_begins_a_new_session_with_the_same_ads(self) -> None:
        """S24, S70: the stream is the same."""
        playback = Playback(Stream(pre(ad("a", 5)), length=20).session)
        said = list(playback.receive(Play(T0, 0.0))) + list(playback.receive(Playing(T0, 0.0)))
        for number in range(1, 50):
            said += playback.receive(Progress(T0 + number / 2, number / 2))
        said += playback.receive(Progress(T0 + 25.5, 0.5))
        said += playback.receive(Progress(T0 + 26.5, 1.5))
        names = [f"{event.session_id} {row}" for _, event in said for row in rows([event])]
        assert [name for name in names if name.startswith("s1-2")] == [
            "s1-2 25.5 Playback Started 0",
            "s1-2 25.5 Ad Started 0 ad-1/a pre",
            "s1-2 26.5 Ad Playing 1 ad-1/a pre q1",
        ]


class TestLengths:
    def test_the_content_is_as_long_as_the_stream_without_its_ads(self) -> None:
        """S4, S5: only the stream's length was told."""
        stream = Stream(length=None)
        stream.told(AdRange(start=30.0, end=45.0))
        stream.say("load", duration=75.0)
        stream.begin()
        assert stream.events[0].total_length == 75
        assert stream.events[1].total_length == 60

    def test_a_planned_length_is_believed(self) -> None:
        stream = Stream(MID)
        stream.say("load", duration=75.3)
        stream.begin()
        assert stream.events[0].total_length == 75
        assert stream.events[1].total_length == 60

    def test_replacement_leaves_content_out(self) -> None:
        """The content goes on behind what the break stood for."""
        stream = Stream(mid(30, ad("a1", 10), resume_offset=10)).begin()
        stream.watch(41)
        assert stream.rows[-2:] == [
            "40 Ad Completed 10 ad-1/a1 mid",
            "40 Content Started 40 content-2",
        ]


class TestRangesFoundOnTheWay:
    def test_a_range_makes_a_session_stitched_without_the_setting(self) -> None:
        stream = Stream(ads="client").begin()
        stream.watch(20)
        assert stream.told(AdRange(start=30.0, end=40.0, pod_id="b1")) == []
        stream.watch(21)
        assert stream.rows[-6:] == [
            "30 Ad Started 0 b1/b1-1 mid",
            "32.5 Ad Playing 2 b1/b1-1 mid q1",
            "35 Ad Playing 5 b1/b1-1 mid q2",
            "37.5 Ad Playing 7 b1/b1-1 mid q3",
            "40 Ad Completed 10 b1/b1-1 mid",
            "40 Content Started 30 content-2",
        ]

    @pytest.mark.parametrize("late", [0.02, 0.2, 0.5, 4.0])
    def test_a_cue_that_comes_late_is_dated_truly(self, late: float) -> None:
        """The seconds taken for content are given back, so the figures are true too."""
        stream = Stream().begin()
        stream.watch(30)
        stream.now += late
        stream.at += late
        stream.say("progress", stream.at)
        assert stream.told(AdRange(start=30.0, end=40.0)) == [
            "30 Content Completed 30 content-1",
            "30 Ad Started 0 ad-1/ad-1-1 mid",
            *(["34 Ad Playing 4 ad-1/ad-1-1 mid q1"] if late > 2.5 else []),
        ]
        stream.watch(12 - late, step=0.01 if late < 0.5 else 0.5)
        known = stream.session.summary().to_dict()
        assert known["ad_played"] == pytest.approx(10)
        assert known["content_played"] == pytest.approx(32)
        assert known["watched"] == {"film": [[0, pytest.approx(32)]]}
        assert stream.rows

    def test_nothing_is_dated_before_what_was_said(self) -> None:
        """A heartbeat was sent from within the ad; the ad begins after it, at its true place."""
        stream = Stream().begin()
        stream.watch(41)
        assert stream.told(AdRange(start=38.0, end=48.0)) == [
            "40 Content Completed 38 content-1",
            "40 Ad Started 2 ad-1/ad-1-1 mid",
            "41 Ad Playing 3 ad-1/ad-1-1 mid q1",
        ]
        assert stream.rows

    def test_an_open_range_is_closed_later(self) -> None:
        stream = Stream(length=None).begin()
        stream.watch(30)
        stream.told(AdRange(start=30.0, pod_id="b1"))
        stream.watch(12)
        assert stream.session.where == "ad"
        stream.told(AdRange(start=30.0, end=45.0, pod_id="b1"))
        stream.watch(5)
        assert stream.rows[-3:] == [
            "42.5 Ad Playing 12 b1/b1-1 mid q3",
            "45 Ad Completed 15 b1/b1-1 mid",
            "45 Content Started 30 content-2",
        ]

    def test_an_open_range_is_closed_by_a_late_cue(self) -> None:
        """The end is told 0.2 s behind it."""
        stream = Stream(length=None).begin()
        stream.watch(30)
        stream.told(AdRange(start=30.0, pod_id="b1"))
        stream.watch(15)
        stream.now += 0.2
        stream.at += 0.2
        stream.say("progress", stream.at)
        stream.told(AdRange(start=30.0, end=45.0, pod_id="b1"))
        assert [row.split(" ", 1)[1] for row in stream.rows[-2:]] == [
            "Ad Completed 15 b1/b1-1 mid",
            "Content Started 30 content-2",
        ]

    def test_an_open_range_is_closed_by_the_next_one(self) -> None:
        stream = Stream(length=None).begin()
        stream.watch(30)
        stream.told(AdRange(start=30.0, pod_id="b1"))
        stream.watch(10)
        stream.told(AdRange(start=42.0, end=50.0, pod_id="b2"))
        stream.watch(11)
        assert [row for row in stream.rows[3:] if "Playing" not in row] == [
            "30 Content Completed 30 content-1",
            "30 Ad Started 0 b1/b1-1 mid",
            "42 Ad Completed 12 b1/b1-1 mid",
            "42 Ad Started 0 b2/b2-1 mid",
            "50 Ad Completed 8 b2/b2-1 mid",
            "50 Content Started 30 content-2",
        ]

    def test_a_range_told_longer_goes_on(self) -> None:
        """A planned duration of 30 s that turned out to be 33."""
        stream = Stream(length=None).begin()
        stream.told(AdRange(start=10.0, end=20.0, pod_id="b1"))
        stream.watch(18)
        stream.told(AdRange(start=10.0, end=22.0, pod_id="b1"))
        stream.watch(5)
        assert stream.rows[-2:] == [
            "22 Ad Completed 12 b1/b1-1 mid",
            "22 Content Started 10 content-2",
        ]

    def test_a_list_of_ads_may_grow(self) -> None:
        """The second ad is told while the first one plays."""
        stream = Stream()
        stream.told(AdRange(start=10.0, ads=(ad("x", 5),), pod_id="b1"))
        stream.begin().watch(12)
        stream.told(AdRange(start=10.0, ads=(ad("x", 5), ad("y", 6)), pod_id="b1"))
        stream.watch(10)
        assert [row for row in stream.rows if "Playing" not in row][2:] == [
            "10 Content Completed 10 content-1",
            "10 Ad Started 0 b1/x mid",
            "15 Ad Completed 5 b1/x mid",
            "15 Ad Started 0 b1/y mid",
            "21 Ad Completed 6 b1/y mid",
            "21 Content Started 10 content-2",
        ]

    def test_what_is_added_too_late_is_a_break_of_its_own(self) -> None:
        """S14: content has come between, so it is not the same pod any more."""
        stream = Stream()
        stream.told(AdRange(start=10.0, ads=(ad("x", 5),), pod_id="b1"))
        stream.begin().watch(15.5, step=0.25)
        stream.told(AdRange(start=10.0, ads=(ad("x", 5), ad("y", 6)), pod_id="b1"))
        stream.watch(6)
        assert [row for row in stream.rows if "Playing" not in row][3:] == [
            "10 Ad Started 0 b1/x mid",
            "15 Ad Completed 5 b1/x mid",
            "15 Content Started 10 content-2",
            "15 Content Completed 10 content-2",
            "15 Ad Started 0 ad-1/y mid",
            "21 Ad Completed 6 ad-1/y mid",
            "21 Content Started 10 content-2",
        ]

    def test_the_plan_names_what_the_ranges_tell(self) -> None:
        """By place, though the stream's segments moved it by a second; then by turn."""
        plan = (mid(10, ad("x", 5), pod_id="first"), mid(30, ad("y", 5), pod_id="second"))
        stream = Stream(*plan, ads="client")
        stream.told(AdRange(start=10.4, end=15.5), AdRange(start=39.0, end=44.0))
        stream.begin()
        stream.watch(46)
        assert [row for row in stream.rows if "Ad Started" in row] == [
            "10.4 Ad Started 0 first/x mid",
            "39 Ad Started 0 second/y mid",
        ]
        assert stream.rows[-1] == "44 Content Started 33 content-3"

    def test_the_plan_names_what_the_ranges_tell_by_id(self) -> None:
        plan = (mid(10, ad("x", 5), pod_id="first"), mid(30, ad("y", 5), pod_id="second"))
        stream = Stream(*plan, ads="client")
        stream.told(AdRange(start=10.0, end=15.0, pod_id="second"))
        stream.begin()
        stream.watch(12)
        assert [row for row in stream.rows if "Ad Started" in row] == [
            "10 Ad Started 0 second/y mid"
        ]

    def test_a_told_range_stands_in_the_place_of_the_planned_one(self) -> None:
        """With the setting the plan's places count until the stream's own are known."""
        stream = Stream(mid(30, ad("x", 10))).begin()
        stream.watch(20)
        stream.told(AdRange(start=32.0, end=42.0))
        stream.watch(24)
        assert [row for row in stream.rows if " Ad " in row and "Playing" not in row] == [
            "32 Ad Started 0 ad-1/x mid",
            "42 Ad Completed 10 ad-1/x mid",
        ]

    def test_a_planned_break_that_the_ranges_pass_over_is_not_in_the_stream(self) -> None:
        stream = Stream(mid(10, ad("x", 5)), mid(30, ad("y", 5), pod_id="second"))
        stream.told(AdRange(start=30.0, end=35.0, pod_id="second"))
        stream.begin()
        stream.watch(37)
        assert [row for row in stream.rows if "Ad Started" in row] == [
            "30 Ad Started 0 second/y mid"
        ]

    def test_two_breaks_without_content_between_open_no_pod(self) -> None:
        stream = Stream()
        stream.told(AdRange(start=10.0, end=15.0), AdRange(start=15.0, end=20.0))
        stream.begin()
        stream.watch(21)
        assert [row for row in stream.rows if "Playing" not in row][2:] == [
            "10 Content Completed 10 content-1",
            "10 Ad Started 0 ad-1/ad-1-1 mid",
            "15 Ad Completed 5 ad-1/ad-1-1 mid",
            "15 Ad Started 0 ad-2/ad-2-1 mid",
            "20 Ad Completed 5 ad-2/ad-2-1 mid",
            "20 Content Started 10 content-2",
        ]

    @pytest.mark.parametrize("told", [None, 5, "x", (1,), [AdBreak(at=3.0)], object()])
    def test_what_is_no_range_is_refused(self, told: Any) -> None:
        """S60: counted, and nothing raised."""
        stream = Stream(ads="client").begin()
        assert stream.say("ad_ranges", told) == []
        assert stream.session.diagnostics == {"invalid_value": 1}
        assert stream.session._state.stitch is None


class TestLive:
    def test_joining_in_the_middle_of_an_ad(self) -> None:
        """S10: no content has played yet, so it is a pre-roll; it is complete when its rest is."""
        stream = Stream(length=None, live=True)
        stream.told(AdRange(start=1000.0, end=1030.0, ads=(Ad(duration=15), Ad(duration=15))))
        stream.begin(1020.0)
        stream.watch(11)
        assert stream.rows == [
            "0 Playback Started 0",
            "0 Ad Started 5 ad-1/ad-1-2 pre",
            "2.5 Ad Playing 7 ad-1/ad-1-2 pre q2",
            "6.5 Ad Playing 11 ad-1/ad-1-2 pre q3",
            "10 Ad Completed 15 ad-1/ad-1-2 pre",
            "10 Content Started 0 content-2",
        ]
        assert stream.events[-1].total_length is None
        assert stream.events[1].pod_position == 2

    @pytest.mark.parametrize(
        ("choice", "position"), [("elapsed", 14), ("playhead", 1014), ("offset", -6)]
    )
    def test_a_live_position_is_the_stream_s(self, choice: str, position: int) -> None:
        """S8: what was seen, ads too; what the player reports; how far it is behind the edge."""
        stream = Stream(length=None, live=True, live_position=choice)
        stream.told(AdRange(start=1002.0, end=1012.0))
        stream.begin(1000.0)
        stream.watch(14)
        stream.say("update", duration=1020.0)
        assert stream.say("pause", 1014.0)[0].split()[2] == str(position)


# --- found by the stream's length ---------------------------------------------------------------


def _unsaid(*breaks: AdBreak, **named: Any) -> Stream:
    return Stream(*breaks, ads="client", **named)


BREAKS = (pre(ad("a", 5)), mid(20, ad("b", 6), ad("c", 4)), post(ad("d", 5)))


def _events(stream: Stream) -> list[str]:
    stream.begin()
    stream.watch(80)
    stream.say("content_end", 80)
    stream.say("end")
    return rows(stream.events)


@pytest.mark.parametrize("length", [80.0, 80.9, 79.5])
def test_a_stream_as_long_as_its_content_with_all_planned_ads_is_stitched(length: float) -> None:
    """S9: the player's length is evidence, though no setting says so."""
    said, unsaid = Stream(*BREAKS), _unsaid(*BREAKS)
    for stream in (said, unsaid):
        stream.say("load", duration=length)
    assert _events(unsaid) == _events(said)
    assert unsaid.session.diagnostics["stream_holds_ads"] == 1
    figures = [attrs.evolve(each.session.summary(), diagnostics={}) for each in (said, unsaid)]
    assert figures[0] == figures[1]


def test_a_stream_whose_length_comes_with_its_first_progress_is_stitched() -> None:
    """S9: the first position is read as the stream's already."""
    stream = _unsaid(*BREAKS)
    stream.begin()
    stream.now += 0.5
    said = stream.say("progress", 0.5, 80.0)
    assert len(said) == 1
    assert "Ad Started" in said[0]


@pytest.mark.parametrize("length", [60.0, 60.4, 62.0, 75.0, 100.0])
def test_any_other_length_leaves_ads_outside_the_content(length: float) -> None:
    """S9: client ads are the default."""
    stream = _unsaid(*BREAKS)
    stream.say("load", duration=length)
    assert "stream_holds_ads" not in stream.session.diagnostics


def test_a_length_told_after_content_has_played_makes_no_stream_of_it() -> None:
    """S61: it is a length that changed."""
    stream = _unsaid(mid(20, ad("b", 6)))
    stream.begin()
    stream.watch(5)
    stream.say("update", duration=66.0)
    assert "stream_holds_ads" not in stream.session.diagnostics


def test_planned_ads_of_a_second_altogether_do_not_show_in_a_length() -> None:
    """S72: a file may be padded by as much."""
    stream = _unsaid(mid(20, ad("b", 1)))
    stream.say("load", duration=61.0)
    assert "stream_holds_ads" not in stream.session.diagnostics


def test_a_border_noticed_late_is_no_older_than_what_was_said() -> None:
    """S9, S64: a new picture quality is told between two positions, behind the border."""
    stream = Stream(mid(10, ad("a1", 5)), quartiles="off").begin()
    stream.watch(9.9, step=4.95)
    stream.now = 10.3
    assert stream.say("quality", bitrate=700) == ["10.3 Quality Updated 9"]
    stream.now = stream.at = 10.4

    assert stream.say("progress", 10.4) == [
        "10.3 Content Completed 10 content-1",
        "10.3 Ad Started 0 ad-1/a1 mid",
    ]
    assert check_stream(stream.events) == []


SHORTENED = (pre(ad("a", 5)), mid(20, ad("b", 6), ad("c", 4)), mid(60, ad("d", 5)))


@pytest.mark.parametrize("ads", ["client", "stitched"])
def test_content_whose_stream_ends_with_a_break_ends_before_it(
    ads: Literal["client", "stitched"],
) -> None:
    """S9, S10: a plan that knows a longer film does not make that break a mid-roll."""
    said, shortened = Stream(*BREAKS), Stream(*SHORTENED, ads=ads, length=100)
    for stream in (said, shortened):
        stream.say("load", duration=80.0)
        stream.begin()
        stream.watch(80)
        stream.say("content_end", 80)
        stream.say("end")
    events = [
        [(event.name, event.position, getattr(event, "ad_type", None)) for event in stream.events]
        for stream in (said, shortened)
    ]
    assert events[1] == events[0]


def test_a_film_shorter_than_planned_is_no_stitched_stream() -> None:
    """S9: its last break would have to lie where the ads leave off."""
    stream = _unsaid(*SHORTENED, length=100)
    stream.say("load", duration=90.0)
    assert "stream_holds_ads" not in stream.session.diagnostics


# --- whose positions they are -------------------------------------------------------------------


class TestWhoConverts:
    """S78: one party takes the ads of a stream out of the positions."""

    def watched(self, *, ads: Any) -> Stream:
        """A player that tells content positions and its ads itself, whatever the plan says."""
        stream = Stream(mid(20, ad("b", 6)), ads=ads)
        stream.say("load", positions="content")
        stream.begin()
        stream.watch(20)
        stream.say("ad_break_start")
        stream.say("ad_start", "b", duration=6.0)
        for second in range(1, 7):
            stream.now += 1
            stream.say("ad_progress", float(second))
        stream.say("ad_end", 6.0)
        stream.say("ad_break_end")
        stream.say("playing", 20.0)
        stream.watch(40)
        stream.say("end", 60.0)
        return stream

    def test_a_plan_does_not_make_the_session_convert_again(self) -> None:
        stream = self.watched(ads="stitched")
        assert stream.session._state.stitch is None
        assert stream.rows == self.watched(ads="client").rows
        assert stream.events[-1].total_length == 66

    @pytest.mark.parametrize("positions", [None, "content"])
    def test_nor_does_a_length_that_fits(self, positions: str | None) -> None:
        """S9: it is as long as content and ads only where nobody has taken them out."""
        stream = Stream(mid(20, ad("b", 6)), ads="client")
        stream.say("load", positions=positions, duration=66.0)
        assert (stream.session._state.stitch is None) is (positions is not None)
        assert stream.session.duration == (60.0 if positions is None else 66.0)

    @pytest.mark.parametrize("ads", ["stitched", "client"])
    def test_a_length_follows_the_party_that_tells_positions(self, ads: Any) -> None:
        stream = Stream(length=None, ads=ads)
        stream.say("load", positions="content", duration=100.0)
        stream.told(AdRange(start=10.0, end=15.0))
        assert stream.session.duration == 100.0
        assert stream.session.diagnostics == {"content_positions": 1}
        stream.say("load", positions="stream")
        stream.say("load", duration=105.0)
        stream.told(AdRange(start=10.0, end=15.0))
        stream.begin()
        stream.watch(12)
        assert stream.session.where == "ad"

    def test_said_within_an_ad_it_holds_from_there_on(self) -> None:
        stream = Stream(mid(20, ad("b", 6))).begin()
        stream.watch(22)
        stream.say("load", positions="content")
        for second in range(3, 7):
            stream.now += 1
            stream.say("ad_progress", float(second))
        stream.say("ad_end", 6.0)
        stream.say("ad_break_end")
        stream.say("playing", 20.0)
        stream.at = 20.0
        stream.watch(5)
        assert stream.session.position == 25.0
        assert [row for row in stream.rows if "Started" in row or "Completed" in row][2:] == [
            "20 Content Completed 20 content-1",
            "20 Ad Started 0 ad-1/b mid",
            "26 Ad Completed 6 ad-1/b mid",
            "26 Content Started 20 content-2",
        ]

    def test_a_replay_and_a_snapshot_know_it(self) -> None:
        stream = self.watched(ads="stitched")
        for again in (stream.session.restart(), restore(snapshot(stream.session))):
            assert again._state.stitch is None
            assert again._state.converted
            assert snapshot(again) == snapshot(restore(snapshot(again)))

    @pytest.mark.parametrize("told", ["both", "", 1, True, b"content"])
    def test_what_is_no_party_changes_nothing(self, told: Any) -> None:
        stream = Stream(mid(20, ad("b", 6)))
        stream.say("load", positions=told)
        assert stream.session.diagnostics == {"invalid_value": 1}
        assert stream.session._state.stitch is not None


# --- what a word shows --------------------------------------------------------------------------


CLOSING = ("pause", "exit", "end", "content_end", "seek_start", "buffer_start")
BEFORE: dict[str, tuple[list[tuple[float, str, tuple[Any, ...]]], float, float]] = {
    "no first frame told": ([(0, "play", (0.0,))], 3.0, 3.0),
    "no first frame told, over a break": ([(0, "play", (0.0,))], 13.0, 13.0),
    "over a break": (
        [(0, "play", (0.0,)), (0, "playing", (0.0,)), (9, "progress", (9.0,))],
        17,
        17,
    ),
    "within an ad": ([(0, "playing", (0.0,)), (12, "progress", (12.0,))], 13.0, 13.0),
    "a seek into an ad": (
        [(0, "playing", (0.0,)), (1, "seek_start", (1.0, 12.0)), (1.5, "seek_end", (12.0,))],
        3.5,
        14.0,
    ),
    "no end of a pause": (
        [(0, "playing", (0.0,)), (5, "progress", (5.0,)), (5, "pause", (5.0,))],
        17.0,
        12.0,
    ),
    "no end of a stall": (
        [(0, "playing", (0.0,)), (5, "progress", (5.0,)), (5, "buffer_start", (5.0,))],
        17.0,
        12.0,
    ),
}


@pytest.mark.parametrize("word", CLOSING)
@pytest.mark.parametrize("before", BEFORE)
def test_a_word_that_closes_a_stretch_shows_what_played_before_it(before: str, word: str) -> None:
    """S79, S9: as a progress with its position would."""
    script, at, place = BEFORE[before]
    reported, alone = (Stream(mid(10, ad("b", 6))) for _ in range(2))
    for stream in (reported, alone):
        for stream.now, name, args in script:
            stream.say(name, *args)
        stream.now = at
    reported.say("progress", place)
    for stream in (reported, alone):
        stream.say(word, place)
        stream.say("exit", place)
    told, shown = (
        [row for row in stream.rows if " Playing " not in row] for stream in (reported, alone)
    )
    assert shown == told
    figures = [stream.session.summary().to_dict() for stream in (reported, alone)]
    for known in figures:
        del known["diagnostics"], known["heartbeats"]
    assert figures[0] == figures[1]


@pytest.mark.parametrize("word", ["pause", "exit", "end", "content_end"])
def test_a_word_shows_when_a_seek_into_an_ad_had_ended(word: str) -> None:
    """S79: where it went is known, and how long it has played since."""
    told, lost = (Stream(mid(10, ad("b", 6))).begin() for _ in range(2))
    for stream in (told, lost):
        stream.watch(1)
        stream.say("seek_start", 1.0, 12.0)
    told.now = 1.5
    told.say("seek_end", 12.0)
    for stream in (told, lost):
        stream.now = 3.5
        stream.say(word, 14.0)
    shown, expected = (
        [row for row in stream.rows if " Playing " not in row] for stream in (lost, told)
    )
    assert shown == expected
    assert lost.session.diagnostics["seek_end_lost"] == 1


# --- found by random logs -----------------------------------------------------------------------


def test_an_ad_joined_in_its_middle_and_left_before_it_counts_no_negative_second() -> None:
    """S3, S1: the playhead fell behind the place at which playback had joined the ad."""
    stream = Stream(pre(ad("a", 15), ad("b", 15)), inferred_seeks=False)
    stream.say("progress", 5.75)
    for stream.now, place in ((2.0, 3.45), (3.0, 4.45)):
        stream.say("progress", place)
    stream.say("end")
    assert min(event.position for event in stream.events) >= 0
    assert stream.rows[-1].startswith("3 Exited")


@pytest.mark.parametrize("place", [12.0, None])
def test_content_that_is_said_to_start_in_an_ad_of_the_stream_does_not(place: float | None) -> None:
    """S9: ads begin and end by the playhead alone."""
    stream = Stream(mid(10, ad("b", 6))).begin()
    stream.watch(12)
    assert stream.say("content_start", None, place) == []
    stream.watch(5)
    assert [row for row in stream.rows if "Started" in row or "Completed" in row][2:] == [
        "10 Content Completed 10 content-1",
        "10 Ad Started 0 ad-1/b mid",
        "16 Ad Completed 6 ad-1/b mid",
        "16 Content Started 10 content-2",
    ]


def test_a_range_told_after_a_seek_is_dated_after_it() -> None:
    """S86: the seek's end waits for another seek; what is found late is not before it."""
    stream = Stream(scrub_window=0.5).begin()
    stream.watch(5)
    stream.seek(15.0)
    stream.now += 0.1
    stream.told(AdRange(start=10.0, end=20.0))
    assert [row.split()[:3] for row in stream.rows[-3:]] == [
        ["5.5", "Seek", "Completed"],
        ["5.5", "Content", "Completed"],
        ["5.5", "Ad", "Started"],
    ]


def test_an_ad_that_was_reached_at_the_rates_told_was_played_from_its_start() -> None:
    """S9, S63: 9 s at 2 and one at 1 led to 19 s; no seek led into the ad."""
    stream = Stream(length=200)
    stream.told(AdRange(start=15.0, end=25.0))
    stream.begin()
    stream.say("update", playback_rate=2.0)
    stream.now = 9.0
    stream.say("update", playback_rate=1.0)
    stream.now = 10.0
    said = [row.split(" ", 1)[1] for row in stream.say("progress", 19.0)]
    assert said[:2] == ["Content Completed 15 content-1", "Ad Started 0 ad-1/ad-1-1 mid"]
    assert stream.session.summary().to_dict()["seeks"] == 0


def stream_of_a_break_at_50() -> Stream:
    return Stream(mid(50, ad("a1", 10)), length=200).begin()


def test_ads_that_a_seek_in_the_stream_went_over_are_not_played() -> None:
    """S9, S22, S33: the stream's playhead is at 100 s, its content at 90."""
    stream = stream_of_a_break_at_50()
    stream.watch(30)
    stream.say("seek_start", 30.0)
    stream.now += 1
    stream.say("seek_end")
    stream.at = 99.0
    stream.watch(3, step=1)
    assert stream.rows[5:] == [
        "30 Seek Started 30 @content-1",
        "31 Seek Completed - @content-1",
        "32 Content Started 90 content-2",
    ]
    assert stream.session.summary().to_dict()["watched"] == {"film": [[0.0, 30.0], [90.0, 92.0]]}


@pytest.mark.parametrize(
    ("led_to", "said"),
    [
        (
            98.0,
            [
                "32 Seek Completed 88 @content-2 >88",
                "32 Content Started 88 content-2",
            ],
        ),
        (
            54.0,
            [
                "32 Seek Completed - @content-1",
                "33 Content Completed - content-1",
                "33 Ad Started 5 ad-1/a1 mid",
            ],
        ),
    ],
)
def test_running_forward_in_the_stream_is_one_seek_to_where_it_ends(
    led_to: float, said: list[str]
) -> None:
    """S9, S70: over the ads, or into one."""
    stream = stream_of_a_break_at_50()
    stream.watch(30)
    stream.say("update", playback_rate=16.0)
    for place in (46.0, led_to):
        stream.now += 1
        stream.say("progress", place)
    stream.say("update", playback_rate=1.0)
    stream.at = led_to
    stream.watch(2, step=1)
    assert stream.rows[5:] == ["30 Seek Started 30 @content-1", *said]


def test_a_jump_over_ads_is_a_seek_though_a_pause_told_no_place_before_it() -> None:
    """S9, S22, S61: what was guessed at the pause is measured by the next word."""
    stream = Stream(MID).begin()
    stream.watch(10)
    stream.now += 1
    stream.say("pause")
    stream.now += 5
    stream.say("play")
    stream.at = 11.0
    stream.watch(1, step=1)
    stream.at = 49.0
    stream.watch(3, step=1)
    assert stream.rows[3:] == [
        "11 Paused 11 @content-1",
        "16 Resumed 11 @content-1",
        "16 Content Playing 11 content-1",
        "18 Seek Started 12 @content-1 >35",
        "18 Seek Completed 35 @content-2 >35",
        "18 Content Started 35 content-2",
    ]
