"""Every way in which a destination fails, for every shell: nothing accepted is lost.

One table: the faults of ``server.py`` down, the shells across. In each cell events are made, the
destination fails and recovers, and then the account balances, all that could arrive has arrived,
each session's events in their order, and it took less than two seconds.
"""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.delivery.server import FAULTS, Fault, FaultyServer, is_marked, limiting_bytes
from video_tracker import SessionPlan, Tracker
from video_tracker.aio import AsyncTracker
from video_tracker.delivery import DeliveryPolicy
from video_tracker.tracker import Stats
from video_tracker.transports import AsyncHttpTransport, HttpTransport

Feed = Callable[[Any], None]
Shell = Callable[[str, DeliveryPolicy, Feed, float], Stats]

LIMIT = 2.0
PATIENCE = 1.7
QUICK = DeliveryPolicy(
    linger=0.01, base_delay=0.01, max_delay=0.05, credentials_retry=0.05, retry_after_cap=1.5
)
ANSWERED = 0.2
"""Seconds that the transports wait for an answer."""


def _threads(url: str, policy: DeliveryPolicy, feed: Feed, patience: float) -> Stats:
    transport = HttpTransport("key", base_url=url, timeout=ANSWERED)
    tracker = Tracker(transport, policy=policy)
    feed(tracker)
    tracker.flush(patience)
    return tracker.close(0)


def _caller(url: str, policy: DeliveryPolicy, feed: Feed, patience: float) -> Stats:
    transport = HttpTransport("key", base_url=url, timeout=ANSWERED, gzip=True)
    tracker = Tracker(transport, policy=policy, mode="manual")
    feed(tracker)
    tracker.flush(patience)
    return tracker.close(0)


def _asyncio(make: Callable[..., Any]) -> Shell:
    def run(url: str, policy: DeliveryPolicy, feed: Feed, patience: float) -> Stats:
        async def work() -> Stats:
            tracker = AsyncTracker(make("key", base_url=url, timeout=ANSWERED), policy=policy)
            feed(tracker)
            await tracker.flush(patience)
            return await tracker.aclose(0)

        return asyncio.run(work())

    return run


SHELLS: dict[str, Shell] = {
    "Tracker": _threads,
    "Tracker, manual, gzip": _caller,
    "AsyncTracker, thread": _asyncio(HttpTransport),
    "AsyncTracker, loop": _asyncio(AsyncHttpTransport),
}


def feeding(sessions: int, bad: int | None = None) -> Feed:
    """Events of so many sessions; those of one of them are bad."""

    def feed(tracker: Any) -> None:
        for number in range(sessions):
            mark = {"bad": True} if number == bad else {}
            plan = SessionPlan(user_id="u1", properties=mark)
            session = tracker.session(f"s{number}", plan)
            session.play()
            if number != bad:
                session.playing(position=0.0)
                session.exit()

    return feed


def assert_each_session_in_order(server: FaultyServer) -> None:
    sessions: dict[str, list[int]] = {}
    for name in server.accepted:  # in the order of their first arrival
        session, _, number = name.rpartition("-")
        sessions.setdefault(session, []).append(int(number))
    assert [numbers for numbers in sessions.values() if numbers != sorted(numbers)] == []


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", FAULTS)
def test_nothing_accepted_is_lost_whatever_the_destination_does(name: str, shell: str) -> None:
    """S55: the account balances, and each event is delivered or accounted for."""
    fault = FAULTS[name]
    refuses_all = name.startswith("400") and name != "400, one bad event"
    bad = 1 if name == "400, one bad event" else None
    times = None if fault.is_lasting else 1 if name == "503, date" else 2
    with FaultyServer(fault, times=times) as server:
        started = time.monotonic()
        stats = SHELLS[shell](server.url, QUICK, feeding(4 if refuses_all else 12, bad), PATIENCE)
        took = time.monotonic() - started

    assert stats.balanced
    assert (stats.pending, stats.dropped, stats.undeliverable) == (0, {}, {})
    if refuses_all:
        assert (stats.delivered, stats.dead) == (0, {"rejected": stats.made})
    elif bad is not None:
        assert (stats.delivered, stats.dead) == (stats.made - 1, {"rejected": 1})
    else:
        assert (stats.delivered, stats.dead) == (stats.made, {})
    if fault.is_success:
        assert stats.delivered == len(server.accepted)
    assert len(server.accepted) == stats.delivered
    if name != "reset after taking":  # there nobody can know but by sending again
        assert set(server.accepted.values()) <= {1}
    if not fault.is_success and not fault.is_lasting:
        assert stats.retried >= 1
    assert_each_session_in_order(server)
    assert took < LIMIT


@pytest.mark.parametrize("shell", SHELLS)
def test_a_bad_event_does_not_poison_the_499_beside_it(shell: str) -> None:
    def feed(tracker: Any) -> None:
        for number in range(500):
            plan = SessionPlan(user_id="u1", properties={"bad": True} if number == 321 else {})
            tracker.session(f"s{number}", plan).play()

    with FaultyServer(FAULTS["400, one bad event"]) as server:
        stats = SHELLS[shell](server.url, DeliveryPolicy(linger=5.0), feed, 5.0)

    assert (stats.made, stats.delivered, stats.dead) == (500, 499, {"rejected": 1})
    assert len(server.accepted) == 499
    assert len(server.requests) <= 2 * math.log2(500) + 2


@pytest.mark.parametrize("shell", SHELLS)
def test_a_destination_that_takes_less_is_given_less_from_then_on(shell: str) -> None:
    """A 413 halves the batches, once: those that follow fit at first."""
    fault = Fault("413", limiting_bytes(20_000))
    with FaultyServer(fault) as server:
        gathered = attrs.evolve(QUICK, linger=0.5)  # so that the first batches are too large
        stats = SHELLS[shell](server.url, gathered, feeding(100), PATIENCE)

    assert (stats.delivered, stats.lost) == (stats.made, 0)
    refused = sum(len(request.body) > 20_000 for request in server.requests)
    packed = any("content-encoding" in request.headers for request in server.requests)
    assert packed or 1 <= refused <= 12
    assert set(server.accepted.values()) == {1}


@pytest.mark.parametrize("shell", SHELLS)
def test_retry_after_is_a_minimum(shell: str) -> None:
    with FaultyServer(FAULTS["429, seconds"], times=2) as server:
        stats = SHELLS[shell](server.url, QUICK, feeding(3), PATIENCE)

    assert stats.delivered == stats.made
    assert min(server.gaps()[:2]) >= 0.2


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", ["401", "500", "mute", "reset"])
def test_a_destination_that_stays_away_costs_no_more_than_the_patience(
    name: str, shell: str
) -> None:
    """What was not sent in time is dropped with a reason, in memory there is nothing better."""
    with FaultyServer(FAULTS[name]) as server:
        started = time.monotonic()
        stats = SHELLS[shell](server.url, QUICK, feeding(3), 0.3)
        took = time.monotonic() - started
        assert server.accepted == {}

    assert stats.balanced
    assert stats.delivered == 0
    assert stats.made == sum(stats.dropped.values()) + stats.pending
    assert set(stats.dropped) <= {"closed"}
    assert took < LIMIT


def test_the_marked_event_is_the_bad_one() -> None:
    assert is_marked({"properties": {"bad": True}})
    assert not is_marked({"properties": {}})
