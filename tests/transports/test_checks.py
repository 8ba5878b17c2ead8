"""What is no transport is told at once, where it is given, and not by the first lost event."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from video_tracker import Tracker
from video_tracker.aio import AsyncTracker
from video_tracker.delivery import DELIVERED, Outcome
from video_tracker.errors import TransportError
from video_tracker.tracker import Sender
from video_tracker.transports import (
    AsyncHttpTransport,
    FanOutTransport,
    FilterTransport,
    MemoryTransport,
    Record,
)


class Awaited:
    async def send(self, _records: Sequence[Record]) -> Outcome:
        return DELIVERED

    async def close(self) -> None:
        pass


class HalfAwaited:
    async def send(self, _records: Sequence[Record]) -> Outcome:
        return DELIVERED

    def close(self) -> None:
        pass


class Endless:
    def send(self, _records: Sequence[Record]) -> Outcome:
        return DELIVERED


def in_a_fan_out(transport: Any) -> object:
    return FanOutTransport([transport])


def behind_a_filter(transport: Any) -> object:
    return FilterTransport(transport, bool)


TAKERS: list[Callable[[Any], object]] = [Tracker, AsyncTracker, Sender]
JOINTS: list[Callable[[Any], object]] = [in_a_fan_out, behind_a_filter]


@pytest.mark.parametrize("taker", TAKERS + JOINTS)
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "a transport needs send(); NoneType has none"),
        ("https://cdp.customer.io", "a transport needs send(); str has none"),
        (object(), "a transport needs send(); object has none"),
        (Endless(), "a transport needs close(); Endless has none"),
        (MemoryTransport, "MemoryTransport is a class: give a transport"),
        (Awaited, "Awaited is a class: give a transport"),
        (HalfAwaited(), "HalfAwaited."),
    ],
)
def test_what_is_no_transport_is_an_error_at_once(
    taker: Callable[[Any], object], given: Any, said: str
) -> None:
    with pytest.raises(TransportError) as told:
        taker(given)
    assert said in str(told.value)


@pytest.mark.parametrize("taker", [Tracker, Sender, *JOINTS])
@pytest.mark.parametrize("given", [Awaited(), AsyncHttpTransport("key")])
def test_one_that_is_awaited_is_for_a_tracker_that_awaits(
    taker: Callable[[Any], object], given: Any
) -> None:
    with pytest.raises(TransportError, match="give it to AsyncTracker"):
        taker(given)


def test_a_tracker_that_awaits_takes_both() -> None:
    AsyncTracker(Awaited())
    AsyncTracker(MemoryTransport())
