"""What the benchmark beside the page's libraries stands on, nothing timed: events come out."""

import itertools
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.media_peers.__main__ import (
    HERE,
    NOBODY,
    PEERS,
    Figures,
    installed,
    judged,
    started,
    table,
)
from tests.benchmarks.media_peers.logs import Viewing, recorded, steady
from tests.benchmarks.media_peers.ours import CALLBACK, CALLS

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
needs_packages = pytest.mark.skipif(
    not installed(), reason=f"the packages are not there: npm install in {HERE}"
)


def sent(name: str, viewings: Sequence[Viewing]) -> Mapping[str, int]:
    """What a contender sends in one pass, after another that must send as much."""
    with started([name], viewings, HERE) as processes:
        found = processes[name].ask("check")
        again = processes[name].ask("all 0")
    assert again["requests"] == found["requests"]
    assert found["callback_us"] > 0
    events: Mapping[str, int] = found["events"]
    return events


def pauses_and_seeks() -> tuple[list[Viewing], Counter[str]]:
    """A recording with a seek and one with a pause, and how often the element said what."""
    wanted = {"seeking", "pause", "ended"}
    viewings = [rows for rows in recorded() if wanted <= {row["event"] for row in rows}][:2]
    return viewings, Counter(row["event"] for rows in viewings for row in rows)


def test_recordings_are_of_bare_elements_and_begin_at_nought() -> None:
    viewings = recorded()
    assert len(viewings) > 30
    assert {row["player"] for rows in viewings for row in rows} == {"html5"}
    assert {rows[0]["t"] for rows in viewings} == {0}


def test_an_hour_has_a_timeupdate_each_quarter_of_a_second() -> None:
    ((*rows,),) = steady()
    clock = [row for row in rows if row["event"] == "timeupdate"]
    assert len(clock) == 4 * 3600
    assert {b["t"] - a["t"] for a, b in itertools.pairwise(clock)} == {250.0}
    assert clock[-1]["state"]["currentTime"] == 3600.0


@pytest.mark.parametrize("name", [CALLBACK, CALLS])
def test_ours_sends_a_heartbeat_each_ten_seconds(name: str) -> None:
    events = sent(name, steady(125.0))
    assert (events["Video Playback Started"], events["Video Content Playing"]) == (1, 12)


def test_ours_sends_what_was_recorded() -> None:
    viewings, told = pauses_and_seeks()
    events = sent(CALLBACK, viewings)
    assert told["seeking"]
    assert events["Video Playback Seek Started"] == events["Video Playback Seek Completed"] > 0
    assert events["Video Content Completed"] == told["ended"]


@needs_node
def test_the_page_alone_sends_nothing() -> None:
    assert sent(NOBODY, steady(60.0)) == {}


@needs_node
@needs_packages
@pytest.mark.parametrize(
    ("name", "heartbeat", "number"),
    [("mux", "hb", 12), ("snowplow", "ping", 4), ("bitmovin", "playing", 3)],
)
def test_heartbeats_of_the_others_come_out(name: str, heartbeat: str, number: int) -> None:
    """Mux has one in 10 s, Snowplow in 30 s, Bitmovin in 59.7 s and one as playing ends."""
    assert sent(name, steady(125.0))[heartbeat] == number


@needs_node
@needs_packages
def test_what_the_element_said_comes_out_of_mux() -> None:
    viewings, told = pauses_and_seeks()
    events = sent("mux", viewings)
    for event in ("play", "playing", "pause", "seeking", "seeked", "ended"):
        assert events[event] == told[event] > 0, event


@needs_node
@needs_packages
def test_what_the_element_said_comes_out_of_snowplow() -> None:
    viewings, told = pauses_and_seeks()
    events = sent("snowplow", viewings)
    assert (events["play"], events["pause"], events["end"]) == (
        told["play"],
        told["pause"],
        told["ended"],
    )
    assert events["seek_start"] == events["seek_end"] > 0


@needs_node
@needs_packages
def test_what_the_element_said_comes_out_of_bitmovin() -> None:
    """A sample tells of the state that is left; each viewing is set up, starts and is closed."""
    viewings, _ = pauses_and_seeks()
    events = sent("bitmovin", viewings)
    assert (events["setup"], events["startup"], events["closed"]) == (2, 2, 2)
    assert {"playing", "pause", "seeking"} <= set(events)


def test_ratios_are_taken_in_each_round_and_what_is_missed_is_named() -> None:
    def found(*costs: float) -> list[Mapping[str, Any]]:
        return [{"callback_us": us, "session_us": 5.0} for us in costs]

    check: list[Mapping[str, Any]] = [{"requests": 2, "bytes": 4_000, "events": {"play": 1}}]
    theirs: dict[str, Sequence[Mapping[str, Any]]] = {
        "check": check,
        "all": found(1.0, 2.0, 20.0),
        "alone": found(0.5, 1.0, 10.0),
    }
    figures: Figures = {
        CALLBACK: {"check": check, "all": found(2.0, 4.0, 4.0)},
        "bitmovin": theirs,
        NOBODY: {"check": check, "all": found(0.1, 0.1, 0.1)},
    }
    assert "| bitmovin | 2.00 | 2.00 | 1.00 | 4.00 | 5 | 2 | 4 |" in table(figures)
    works = {"recorded": {**figures, "mux": {**theirs, "all": found(10.0, 20.0, 20.0)}}}
    assert judged(works).splitlines()[2:] == [
        "| bitmovin, recorded | 2.00 x | 4.00 x | at most 1 x | missed |",
        "| mux, recorded | 0.20 x | 4.00 x | at most 0.35 x | kept |",
    ]


def test_the_packages_are_named_with_their_versions_and_no_address() -> None:
    text = Path(HERE / "package.json").read_text("utf-8")
    assert all(f'"{package}": "' in text for package in PEERS.values())
    assert "://" not in text
