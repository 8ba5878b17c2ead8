"""The OpenTelemetry metrics say what the account says."""

import gc
import subprocess
import sys
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from video_tracker import MemoryTransport, Outcome, Refused, SessionPlan, Tracker, TryLater
from video_tracker.delivery import DeliveryPolicy
from video_tracker.otel import DeliveryMetrics
from video_tracker.testing.clock import ManualClock

PLAN = SessionPlan(user_id="u1")


@pytest.fixture
def reader() -> InMemoryMetricReader:
    return InMemoryMetricReader()


@pytest.fixture
def metrics(reader: InMemoryMetricReader) -> DeliveryMetrics:
    return DeliveryMetrics(MeterProvider([reader]))


def figures(reader: InMemoryMetricReader) -> dict[str, Any]:
    """Every point by instrument and reason; of a histogram its count and sum."""
    data = reader.get_metrics_data()
    found: dict[str, Any] = {}
    for resource in data.resource_metrics if data is not None else ():
        for scope in resource.scope_metrics:
            assert scope.scope.name == "video_tracker"
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    reason = (point.attributes or {}).get("reason")
                    name = metric.name.removeprefix("video_tracker.")
                    value: Any = getattr(point, "value", None)
                    if value is None:
                        value = (getattr(point, "count", 0), getattr(point, "sum", 0))
                    found[f"{name} {reason}" if reason else name] = value
    return found


def test_what_happens_to_messages_is_counted(
    metrics: DeliveryMetrics, reader: InMemoryMetricReader
) -> None:
    clock = ManualClock()
    answers: list[Outcome] = [TryLater("throttled"), Refused("rejected", which=("s1-1",))]
    tracker = Tracker(
        MemoryTransport(answers),
        mode="manual",
        clock=clock,
        policy=DeliveryPolicy(max_records=3, base_delay=0, max_delay=0),
        **metrics.hooks(),
    )
    metrics.watch(tracker)
    for name in ("s1", "s2", "s3", "s4"):
        tracker.session(name, PLAN).play()
    waiting = figures(reader)
    clock.advance(2)
    tracker.poll()
    clock.advance(0.1)
    tracker.poll()

    assert (waiting["queue.messages"], waiting["sessions"]) == (3, 4)
    assert waiting["queue.size"] == pytest.approx(1_000, abs=700)
    assert waiting["dropped overflow"] == 1
    found = figures(reader)
    assert found["queue.messages"] == 0
    assert found["retried throttled"] == 3
    assert found["delivered"] == 2
    assert found["dead rejected"] == 1
    assert found["latency"] == (1, pytest.approx(2, abs=0.2))
    tracker.close()


def test_hooks_of_ones_own_are_called_too(metrics: DeliveryMetrics) -> None:
    told: list[Any] = []
    tracker = Tracker(MemoryTransport(), mode="sync", **metrics.hooks(on_sent=told.append))
    tracker.session("s1", PLAN).play()
    tracker.close()

    assert [len(sent.records) for sent in told] == [1]


def test_trackers_are_added_up_and_held_by_nobody(
    metrics: DeliveryMetrics, reader: InMemoryMetricReader
) -> None:
    trackers = [Tracker(MemoryTransport(), mode="manual") for _ in range(2)]
    for tracker in trackers:
        metrics.watch(tracker)
        tracker.session("s1", PLAN).play()
    assert figures(reader)["queue.messages"] == 2
    trackers[0].close()
    assert figures(reader)["queue.messages"] == 1
    trackers[1].close()
    del tracker
    trackers.clear()
    gc.collect()

    assert figures(reader)["queue.messages"] == 0


def test_who_does_not_use_it_does_not_load_it() -> None:
    code = (
        "import sys, video_tracker.tracker, video_tracker.transports.http\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_was_wrong_with_what_players_told_is_counted_by_reason(
    metrics: DeliveryMetrics, reader: InMemoryMetricReader
) -> None:
    """S60: nothing fails without a sign."""
    plan = SessionPlan(user_id="u1", properties={"share": float("nan")})
    tracker = Tracker(MemoryTransport(), mode="sync", clock=ManualClock())
    metrics.watch(tracker)
    player = tracker.open("s1", plan, player="html5")
    player.callback("play", {"currentTime": 0.0, "paused": False})
    player.callback("suspend")
    player.callback("suspense")
    tracker.open("s2", plan).pause(7.0)

    found = figures(reader)
    assert found["ignored enough was loaded"] == 1
    assert found["astray not in the vocabulary; did you mean 'suspend'?"] == 1
    assert found["diagnostics not_started"] == 1
    assert found["repairs not_finite"] == 1
