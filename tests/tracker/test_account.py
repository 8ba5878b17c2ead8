"""The figures' law, and the log lines about what disturbs it (S55)."""

import logging

import attrs
import pytest

from video_tracker.delivery import DELIVERED, Refused, TryLater
from video_tracker.plan import SessionPlan
from video_tracker.testing.clock import ManualClock
from video_tracker.tracker import Tracker
from video_tracker.tracker.log import LimitedLog
from video_tracker.transports import MemoryTransport


def test_the_law_names_every_event_once() -> None:
    sent = MemoryTransport(answers=[DELIVERED, Refused("rejected"), TryLater("network")])
    tracker = Tracker(sent, clock=ManualClock(), mode="sync", plan=SessionPlan(user_id="u1"))
    session = tracker.session("s1")
    session.play(0)
    session.playing(0)
    session.annotate({"essay": "x" * 40_000})
    session.pause(0)
    session.play(0)
    stats = tracker.stats()
    assert (stats.made, stats.delivered, stats.pending) == (5, 1, 2)
    assert (stats.dead, stats.undeliverable) == ({"rejected": 1}, {"too_large": 1})
    assert stats.balanced
    assert not attrs.evolve(stats, pending=0).balanced
    closed = tracker.close(timeout=0)
    assert (closed.dropped, closed.pending, closed.lost) == ({"closed": 2}, 0, 4)
    assert closed.balanced


def test_a_kind_of_trouble_is_logged_once_in_a_while(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    log = LimitedLog(clock, logging.getLogger("test"))
    for _ in range(5):
        log.tell("network", "it failed")
    log.tell("disk", "it is full")
    clock.advance(30)
    log.tell("network", "it failed")
    assert [record.getMessage() for record in caplog.records] == [
        "it failed",
        "it is full",
        "it failed (and 4 more of this kind since the last line)",
    ]


def test_kinds_made_up_without_end_are_one_kind(caplog: pytest.LogCaptureFixture) -> None:
    log = LimitedLog(ManualClock(), logging.getLogger("test"))
    for number in range(1000):
        log.tell(f"kind {number}", "trouble")
    assert len(caplog.records) == 101
