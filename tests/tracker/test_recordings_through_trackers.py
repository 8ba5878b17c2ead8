"""S88: whoever holds the viewer, by threads, tasks or hand, says the same bytes of a recording."""

import asyncio
import functools
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import pytest

from tests.recordings.replaying import LOGS, adapter_of, read_expected, recorded
from video_tracker.aio import AsyncTracker
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Callback
from video_tracker.session import Playback, Session
from video_tracker.testing.clock import ManualClock
from video_tracker.tracker import Tracker
from video_tracker.transports import MemoryTransport
from video_tracker.wire import Encoder

THREE_DAYS = 3 * 86_400.0
SOME = sorted(LOGS)[::6]
"""Recordings for the ways that begin threads and loops."""


def plan_of(name: str) -> SessionPlan:
    """The plan of a recording, with its player's own settings under it."""
    plan = read_expected(name).plan or SessionPlan(user_id="u1")
    own: dict[str, Any] = {
        key: value
        for key, value in adapter_of(name).settings.items()
        if getattr(plan.settings, key) == getattr(Settings(), key)
    }
    return attrs.evolve(plan, settings=attrs.evolve(plan.settings, **own))


@functools.cache
def straight(name: str) -> tuple[bytes, ...]:
    """The messages of a replay without a tracker; no time passes but in the log."""
    adapter, playback = adapter_of(name), Playback(Session("s1", plan_of(name)))
    pairs = [
        pair
        for callback in recorded(name)
        for signal in adapter.translate(callback)
        for pair in playback.receive(signal)
    ]
    end = recorded(name)[-1].at
    for signal in adapter.flush(end):
        pairs += playback.receive(signal)
    pairs += playback.finish()
    encoder = Encoder()
    return tuple(encoder.encode(event, envelope).body for envelope, event in pairs)


def feed(tracker: Tracker | AsyncTracker, name: str, heard: Callable[[Callback], object]) -> None:
    kind = type(adapter_of(name))
    for callback in recorded(name):
        heard(callback)
        tracker.open("s1", plan_of(name), player=kind, settings=plan_of(name).settings).callback(
            callback.event,
            callback.state,
            callback.detail,
            channel=callback.player,
            element=callback.element,
            at=callback.at,
        )


def let_time_pass(tracker: Tracker | AsyncTracker, clock: ManualClock) -> None:
    for _ in range(1_000):
        due = tracker.wake_at()
        if due is None:
            return
        clock.move_to(max(clock.now(), due))
        tracker.tick()


def bodies(transport: MemoryTransport) -> tuple[bytes, ...]:
    return tuple(record.body for record in transport.records)


def same_session(name: str, sent: Sequence[bytes]) -> None:
    assert list(sent) == list(straight(name))


@pytest.mark.parametrize("name", sorted(LOGS))
def test_by_hand_and_with_time_that_passes_as_it_did(name: str) -> None:
    clock, transport = ManualClock(recorded(name)[0].at), MemoryTransport()
    tracker = Tracker(transport, mode="sync", clock=clock)

    def heard(callback: Callback) -> None:
        while (due := tracker.wake_at()) is not None and due < callback.at:
            clock.move_to(max(due, clock.now()))
            tracker.tick()
        clock.move_to(max(callback.at, clock.now()))

    feed(tracker, name, heard)
    let_time_pass(tracker, clock)
    same_session(name, bodies(transport))


@pytest.mark.parametrize("name", sorted(LOGS))
def test_in_one_burst_three_days_later(name: str) -> None:
    """Dates and figures are those of the viewing, and no timeout is the server's."""
    clock = ManualClock(recorded(name)[-1].at + THREE_DAYS)
    transport = MemoryTransport()
    tracker = Tracker(transport, mode="sync", clock=clock)
    feed(tracker, name, lambda _: tracker.tick())
    let_time_pass(tracker, clock)
    same_session(name, bodies(transport))


@pytest.mark.parametrize("name", SOME)
def test_by_threads(name: str) -> None:
    clock = ManualClock(recorded(name)[-1].at + THREE_DAYS)
    transport = MemoryTransport()
    with Tracker(transport, clock=clock) as tracker:
        feed(tracker, name, lambda _: None)
        let_time_pass(tracker, clock)
    same_session(name, bodies(transport))


@pytest.mark.parametrize("name", SOME)
def test_by_tasks(name: str) -> None:
    clock = ManualClock(recorded(name)[-1].at + THREE_DAYS)
    transport = MemoryTransport()

    async def serve() -> None:
        async with AsyncTracker(transport, clock=clock) as tracker:
            feed(tracker, name, lambda _: None)
            let_time_pass(tracker, clock)

    asyncio.run(serve())
    same_session(name, bodies(transport))
