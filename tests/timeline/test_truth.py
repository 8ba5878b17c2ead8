"""What is drawn of a simulated viewing is what is true of it."""

from collections.abc import Callable

import pytest

from tests.timeline.viewings import (
    EVERYTHING,
    of_events,
    of_log,
    stretches,
    true_stretches,
)
from video_tracker import Playback, SessionPlan
from video_tracker.explain import RecordedSession
from video_tracker.signals import Exit, Play, Progress
from video_tracker.testing import Scenario, Simulation
from video_tracker.timeline import LANES, Timeline, explained_timeline

START = 1_767_225_600.0

Drawn = Callable[[Scenario], tuple[Timeline, Simulation]]
BOTH = pytest.mark.parametrize("drawn", [of_events, of_log])


@BOTH
@pytest.mark.parametrize(
    ("lane", "opens", "closes"),
    [
        ("paused", "Playback Paused", "Playback Resumed"),
        ("seeking", "Playback Seek Started", "Playback Seek Completed"),
        ("buffering", "Playback Buffer Started", "Playback Buffer Completed"),
    ],
)
def test_a_halt_is_drawn_from_its_start_to_its_end(
    drawn: Drawn, lane: str, opens: str, closes: str
) -> None:
    timeline, viewing = drawn(EVERYTHING)
    true = true_stretches(viewing, opens, closes)

    assert len(true) >= 1
    assert stretches(timeline.lane(lane)) == true


@BOTH
def test_the_bars_of_a_session_cover_it_once_and_without_a_hole(drawn: Drawn) -> None:
    timeline, viewing = drawn(EVERYTHING)
    bars = sorted(timeline.bars, key=lambda bar: bar.start)

    assert bars[0].start == 0.0
    assert [a.end for a in bars[:-1]] == pytest.approx([b.start for b in bars[1:]])
    assert bars[-1].end == pytest.approx(timeline.length)
    assert timeline.length == pytest.approx(viewing.truth.elapsed)


def test_each_lane_of_a_log_is_as_long_as_the_truth_says() -> None:
    timeline, viewing = of_log(EVERYTHING)

    for lane in LANES:
        drawn = sum(bar.end - bar.start for bar in timeline.lane(lane))
        assert drawn == pytest.approx(viewing.truth.seconds[lane], abs=0.01), lane


def test_a_log_tells_what_became_of_each_ad() -> None:
    timeline, viewing = of_log(EVERYTHING)

    assert [(ad.asset_id, ad.fate) for ad in timeline.ads] == [
        (ad.name, ad.fate) for ad in viewing.truth.ads
    ]
    assert [round(ad.end - ad.start, 2) for ad in timeline.ads] == [
        round(ad.seconds, 2) for ad in viewing.truth.ads
    ]


def test_events_alone_do_not_tell_who_skipped_an_ad_but_that_it_was_cut() -> None:
    """S13: a skipped ad gets no Completed, and without ``extra_events`` no word at all."""
    timeline, _ = of_events(EVERYTHING)

    assert [ad.fate for ad in timeline.ads] == ["completed", "cut", "completed"]


def test_an_ad_that_failed_before_its_first_frame_is_a_mark_of_its_own() -> None:
    """S71: there is no Ad Started of it."""
    film = Scenario(60).play().watch(10).ads("mid", [5, 6], fail=1).watch(5).exit()
    timeline, viewing = of_log(film)

    assert [ad.fate for ad in viewing.truth.ads] == ["failed", "completed"]
    failed, shown = timeline.ads
    assert (failed.fate, shown.fate) == ("failed", "completed")
    assert failed.start == failed.end <= shown.start


@BOTH
def test_ads_of_one_break_are_one_pod(drawn: Drawn) -> None:
    timeline, _ = drawn(EVERYTHING)
    pods = timeline.ad_pods

    assert [pod.ad_type for pod in pods] == ["pre-roll", "mid-roll"]
    assert (pods[1].start, pods[1].end) == (timeline.ads[1].start, timeline.ads[2].end)


@BOTH
def test_a_mid_roll_parts_two_pods_of_content(drawn: Drawn) -> None:
    """S21: the first completes before the ad, the second begins after it."""
    film = Scenario(60).play().watch(10).ads("mid", [5]).watch_to_end()
    timeline, _ = drawn(film)
    first, second = timeline.content_pods

    assert first.completed
    assert first.pod_id != second.pod_id
    assert first.end <= timeline.ads[0].start
    assert second.start >= timeline.ads[0].end


def test_the_playhead_of_a_log_is_where_the_viewer_was() -> None:
    timeline, _ = of_log(EVERYTHING)
    moving = [line for line in timeline.playhead if line.kind == "content_played"]

    assert [(round(line.start_position, 1), round(line.end_position, 1)) for line in moving] == [
        (0.0, 6.0),
        (30.0, 34.0),
        (34.0, 36.0),
        (36.0, 41.0),
        (10.0, 13.0),
    ]


def test_a_seek_leads_from_where_the_viewer_left_to_where_he_went_on() -> None:
    timeline, _ = of_log(EVERYTHING)
    seeks = [line for line in timeline.playhead if line.kind == "seeking"]

    assert [(round(line.start_position, 1), round(line.end_position, 1)) for line in seeks] == [
        (6.0, 30.0),
        (41.0, 10.0),
    ]


def test_while_content_does_not_play_the_playhead_stands() -> None:
    timeline, _ = of_log(EVERYTHING)
    still = [line for line in timeline.playhead if line.kind not in ("content_played", "seeking")]

    assert {line.kind for line in still} >= {"paused", "ad_played", "buffering"}
    assert [line for line in still if line.start_position != line.end_position] == []


@BOTH
def test_events_alone_place_the_playhead_within_the_second_to_which_they_round(
    drawn: Drawn,
) -> None:
    """S3: positions are whole seconds, rounded down."""
    exact, _ = of_log(EVERYTHING)
    timeline, _ = drawn(EVERYTHING)

    for at in (8.0, 20.0, 25.0, 40.0, 45.0):
        assert place_at(timeline, at) == pytest.approx(place_at(exact, at), abs=1.0)


def place_at(timeline: Timeline, at: float) -> float:
    (line, *_) = [line for line in timeline.playhead if line.start <= at <= line.end]
    share = (at - line.start) / (line.end - line.start)
    return line.start_position + share * (line.end_position - line.start_position)


def test_the_heat_strip_of_a_log_says_how_often_each_second_was_watched() -> None:
    film = Scenario(60).play().watch(20).seek(10).watch(15).seek(5).watch(10).exit()
    timeline, viewing = of_log(film)
    found = [(round(p.start, 1), round(p.end, 1), p.times) for p in timeline.watched]

    assert found == [(0, 5, 1), (5, 10, 2), (10, 15, 3), (15, 20, 2), (20, 25, 1)]
    assert viewing.truth.watched["film"] == ((0.0, 25.0),)


def test_events_alone_give_the_heat_strip_as_well_as_they_round() -> None:
    film = Scenario(60).play().watch(20).seek(40).watch(15).exit()
    timeline, _ = of_events(film)
    found = [(part.start, part.end) for part in timeline.watched]

    assert found == [pytest.approx((0, 20), abs=1), pytest.approx((40, 55), abs=1)]
    assert [part.times for part in timeline.watched] == [1, 1]


def test_a_stall_that_nobody_announced_is_seen_in_a_log() -> None:
    """S65: the ledger counts it, though no Buffer event is sent."""
    playback = Playback(RecordedSession("s", SessionPlan(user_id="u")))
    for signal in (
        Play(START),
        *(Progress(START + at, float(at)) for at in range(11)),
        *(Progress(START + at, 10.0) for at in range(11, 15)),
        *(Progress(START + at, at - 4.0) for at in range(15, 21)),
        Exit(START + 20),
    ):
        playback.receive(signal)
    (session,) = playback.sessions
    assert isinstance(session, RecordedSession)
    timeline = explained_timeline(session.explain())

    assert [tick.name for tick in timeline.ticks if "Buffer" in tick.name] == []
    assert stretches(timeline.lane("buffering")) == [(10.0, 14.0)]


def test_the_figures_are_those_of_the_summary() -> None:
    timeline, viewing = of_log(EVERYTHING)

    assert timeline.figures["ads_skipped"] == viewing.truth.ads_skipped == 1
    assert timeline.figures["content_played"] == pytest.approx(viewing.truth.content_played)
    assert timeline.figures["ended"] == viewing.truth.ended == "exited"


def test_the_figures_of_events_alone_are_what_they_tell() -> None:
    timeline, viewing = of_events(EVERYTHING)

    for name in ("pauses", "seeks", "rebuffers", "ads_started", "ads_completed"):
        assert timeline.figures[name] == viewing.truth.counts[name]
    assert timeline.figures["paused"] == pytest.approx(viewing.truth.paused)
    assert timeline.figures["ended"] == "exited"
