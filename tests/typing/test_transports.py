"""Whoever has ``send`` and ``close`` is a transport; nothing is inherited."""

import asyncio
import inspect
from collections.abc import Sequence
from typing import assert_type

from video_tracker import (
    AsyncHttpTransport,
    AsyncTracker,
    ConsoleTransport,
    Delivered,
    HttpTransport,
    JsonLinesTransport,
    MemoryTransport,
    Mixed,
    Outcome,
    Record,
    Refused,
    SessionPlan,
    Tracker,
    Transport,
    TryLater,
)
from video_tracker.testing import check_transport
from video_tracker.transports import FanOutTransport, FilterTransport, RotatingJsonLinesTransport

PLAN = SessionPlan(user_id="viewer-42")


class Shelf:
    """A transport that inherits nothing."""

    def __init__(self) -> None:
        self.kept: list[Record] = []

    def send(self, records: Sequence[Record]) -> Delivered:
        self.kept += records
        return Delivered()

    def close(self) -> None: ...


class AwaitedShelf:
    """The same for an event loop."""

    def __init__(self) -> None:
        self.kept: list[Record] = []

    async def send(self, records: Sequence[Record]) -> Outcome:
        self.kept += records
        return Delivered()

    async def close(self) -> None: ...


def test_a_class_of_ones_own_is_a_transport() -> None:
    shelf = Shelf()
    transport: Transport = shelf
    with Tracker(transport, plan=PLAN, mode="manual") as tracker:
        tracker.open("s").play(0.0)

    assert isinstance(shelf, Transport)
    assert [assert_type(each.event, str) for each in shelf.kept] == ["Video Playback Started"]
    assert assert_type(check_transport(Shelf), list[str]) == []


def test_the_transports_of_the_library_are_transports() -> None:
    kinds: list[type[Transport]] = [
        ConsoleTransport,
        FanOutTransport,
        FilterTransport,
        HttpTransport,
        JsonLinesTransport,
        MemoryTransport,
        RotatingJsonLinesTransport,
    ]

    assert all(callable(kind.send) for kind in kinds)


def test_a_loops_tracker_awaits_or_calls_its_transport() -> None:
    async def serve(transport: Shelf | AwaitedShelf) -> int:
        async with AsyncTracker(transport, plan=PLAN) as tracker:
            tracker.open("s").play(0.0)
        return len(transport.kept)

    assert [asyncio.run(serve(each)) for each in (Shelf(), AwaitedShelf())] == [1, 1]
    assert inspect.iscoroutinefunction(AsyncHttpTransport.send)


def test_an_outcome_is_one_of_four() -> None:
    def told(outcome: Outcome) -> str:
        match outcome:
            case Delivered():
                return "arrived"
            case TryLater(after=seconds):
                return f"again in {assert_type(seconds, float | None)}"
            case Refused():
                return assert_type(outcome.reason, str)
            case Mixed():
                return str(len(assert_type(outcome.parts, tuple[TryLater | Refused, ...])))

    refused = Refused("rejected", which=["a"])
    outcomes = (Delivered(), TryLater("full", after=1), refused, Mixed([refused]))
    assert [told(each) for each in outcomes] == ["arrived", "again in 1.0", "rejected", "1"]
