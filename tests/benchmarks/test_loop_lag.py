"""What the benchmark of a loop's lag stands on, nothing timed: every input is made and arrives."""

import asyncio
import sys
from pathlib import Path

from tests.benchmarks.loop_lag import FEEDS, FLOOR, IDLE, WAYS, Way, judged, late, table
from tests.benchmarks.peers.__main__ import sink

BEATS = "heartbeats, an event each"


def test_each_way_makes_an_event_of_each_heartbeat_and_all_arrive(tmp_path: Path) -> None:
    async def told(way: Way) -> int:
        tell = way.viewers(BEATS)
        await late(tell, 0.1)
        await way.rest()
        assert way.tracker is not None
        stats = await way.tracker.aclose()
        assert stats.delivered == stats.made
        return stats.delivered

    arrived = {}
    for name, options in WAYS.items():
        if options is not None:
            with sink(Path(sys.executable)) as (url, figures):
                delivered = asyncio.run(told(Way(name, url, str(tmp_path))))
            arrived[name] = delivered, figures["events"]

    # Playback Started and Content Started of 200 viewers, two heartbeats of each before what is
    # measured, and twenty bursts of ten.
    assert arrived == {name: (1_000, 1_000) for name in WAYS if WAYS[name]}


def test_progress_and_callbacks_make_no_event_of_their_own(tmp_path: Path) -> None:
    async def made(feed: str) -> int:
        with sink(Path(sys.executable)) as (url, _):
            way = Way("memory", url, str(tmp_path))
            await late(way.viewers(feed), 0.1)
            await way.rest()
            assert way.tracker is not None
            return (await way.tracker.aclose()).delivered

    assert {feed: asyncio.run(made(feed)) for feed in FEEDS if feed != BEATS} == {
        "progress": 400,
        "html5 callbacks": 400,
    }


def test_the_tables_tell_what_is_missed() -> None:
    idle = {"p50": 50.0, "mean": 60.0, "p99": 100.0, "burst": 0.0, "cpu": 200.0}
    late_ones = {**idle, "p99": 150.0, "burst": 40.0}
    ways = (FLOOR, "memory", "durable")
    figures = {"progress": {IDLE: [idle], **{way: [late_ones] for way in ways}}}

    assert table(figures).splitlines()[2:] == [
        "| progress | idle | 50 | 60 | 100 | 0 | 200 |",
        "| progress | the floor, nothing queued | 50 (1.00) | 60 (1.00) | 150 (1.50) | 40 | 200 |",
        "| progress | memory | 50 (1.00) | 60 (1.00) | 150 (1.50) | 40 | 200 |",
        "| progress | durable | 50 (1.00) | 60 (1.00) | 150 (1.50) | 40 | 200 |",
    ]
    assert judged(figures).splitlines()[2:] == [
        "| progress; memory | 1.00 x | 1.50 x | at most 1.3 x | p50 kept, p99 missed |",
        "| progress; durable | 1.00 x | 1.50 x | at most 1.6 x | kept |",
    ]
