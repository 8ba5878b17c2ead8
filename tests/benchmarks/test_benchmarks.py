"""What the benchmarks stand on, nothing timed: the trace is what it says, the floor is honest."""

from collections import Counter
from typing import Any

from tests.benchmarks.floor import Floor
from tests.benchmarks.gate import Row, table
from tests.benchmarks.trace import PLAN, half_hour
from tests.benchmarks.workloads import drive, midway, runs_of
from video_tracker.session import Session


def floor_events(seed: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    drive(Floor("session-1", PLAN), runs_of(half_hour(seed)), events.extend)
    return events


def session_events(seed: int) -> tuple[Session, list[Any]]:
    events: list[Any] = []
    session = Session("session-1", PLAN, strict=True)
    drive(session, runs_of(half_hour(seed)), events.extend)
    return session, events


def test_the_trace_is_half_an_hour_of_quarter_second_callbacks() -> None:
    inputs = list(half_hour())
    times = [said.args[0] for said in inputs]
    counts = Counter(said.name for said in inputs)
    assert 7_150 <= len(inputs) <= 7_250
    assert counts["progress"] + counts["ad_progress"] > 0.98 * len(inputs)
    assert counts["ad_start"] == 7
    assert counts["ad_break_start"] == 4
    assert times == sorted(times)


def test_the_trace_repeats_for_a_seed_and_differs_between_seeds() -> None:
    assert list(half_hour(3)) == list(half_hour(3))
    assert list(half_hour(3)) != list(half_hour(4))


def test_the_floor_and_the_session_tell_the_same_story() -> None:
    """The floor does the session's work: the same events, at the same times and positions."""
    for seed in (1, 2, 3, 4):
        _, events = session_events(seed)
        ours = [(event.name, event.at, event.position) for event in events]
        floor = [(event["event"], event["at"], event["position"]) for event in floor_events(seed)]
        assert ours == floor


def test_the_floor_and_the_session_keep_the_same_figures() -> None:
    """The floor's buckets are the session's, so that it has been stripped of no arithmetic."""
    session, _ = session_events(1)
    floor = Floor("session-1", PLAN)
    drive(floor, runs_of(half_hour()), [].extend)
    summary = session.summary().to_dict()
    buckets = ("content_played", "ad_played", "paused", "seeking", "buffering", "gap")
    for name in (*buckets, "startup", "suspended"):
        assert abs(summary[name] - getattr(floor, name)) < 1e-3, name
    assert summary["heartbeats"] == floor.heartbeats
    assert summary["ads_completed"] == floor.ads_completed == 7


def test_a_write_to_the_session_runs_no_python_code() -> None:
    """One validator without ``NO_OP`` would make every write of the hot path 30 times as dear."""
    assert "__setattr__" not in Session.__dict__
    assert not hasattr(Session("session-1", PLAN), "__dict__")


def test_sessions_of_the_memory_benchmark_are_in_the_middle_of_playing() -> None:
    for far, ads in ((False, 1), (True, 3)):
        session = midway(7, far=far)
        summary = session.summary().to_dict()
        assert not session.over
        assert set(session.diagnostics) <= {"already_playing"}
        assert summary["ads_completed"] == ads
        assert summary["content_played"] > 4


def test_a_row_over_its_limit_is_named_in_the_table() -> None:
    text = table([Row("one", 2.5, "x floor", 2.0), Row("two", 1.5, "x floor", 2.0)])
    assert [line.split()[-1] for line in text.splitlines()] == ["BROKEN", "held"]
