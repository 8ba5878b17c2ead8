"""The conformance checks: they pass what is sound and tell of each thing that is not."""

import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.server import FaultyServer
from video_tracker.errors import TransportError
from video_tracker.record import Record
from video_tracker.testing import check_transport
from video_tracker.transports import (
    DELIVERED,
    AsyncHttpTransport,
    ConsoleTransport,
    FanOutTransport,
    FilterTransport,
    HttpTransport,
    JsonLinesTransport,
    MemoryTransport,
    Mixed,
    Refused,
    RotatingJsonLinesTransport,
    TryLater,
    sample_sessions,
)


def test_the_memory_transport_is_sound() -> None:
    transport = MemoryTransport()

    def arrived() -> list[str]:
        return [record.message_id for record in transport.records]

    assert check_transport(lambda: transport, arrived=arrived) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda path: JsonLinesTransport(path / "events.jsonl"),
        lambda path: RotatingJsonLinesTransport(path / "events.jsonl", max_bytes=20_000),
        lambda _: FanOutTransport([MemoryTransport(), MemoryTransport()]),
        lambda _: FilterTransport(MemoryTransport(), sample_sessions(0.5)),
        lambda _: FilterTransport(MemoryTransport(), lambda _: False),
    ],
    ids=["jsonl", "rotating", "fan-out", "sampled", "nothing"],
)
def test_our_own_transports_are_sound(make: Callable[[Path], Any], tmp_path: Path) -> None:
    assert [
        text for text in check_transport(lambda: make(tmp_path)) if "after close" not in text
    ] == []


def test_the_console_transport_is_sound_but_has_no_end() -> None:
    assert check_transport(lambda: ConsoleTransport(io.StringIO())) == []


@pytest.mark.parametrize("kind", [HttpTransport, AsyncHttpTransport])
def test_the_http_transports_are_sound_and_keep_the_key(kind: Any) -> None:
    with FaultyServer() as server:
        found = check_transport(
            lambda: kind("s3cret-key", base_url=server.url),
            arrived=lambda: list(server.accepted),
            secrets=["s3cret-key"],
        )
    assert found == []


class Sound:
    """A transport that the faulty ones below differ from in one thing."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.closed = False

    def send(self, records: Sequence[Record]) -> Any:
        if self.closed:
            raise TransportError("closed")
        self.ids += [record.message_id for record in records]
        return DELIVERED

    def close(self) -> None:
        self.closed = True


class Forgetful(Sound):
    def send(self, records: Sequence[Record]) -> Any:
        return super().send(records[:-1])


class Mumbling(Sound):
    def send(self, records: Sequence[Record]) -> Any:
        super().send(records)


class Throwing(Sound):
    def send(self, records: Sequence[Record]) -> Any:
        if len(records) > 3:
            raise OSError("no route to s3cret")
        return super().send(records)


class Hanging(Sound):
    def close(self) -> None:
        time.sleep(0.4)


class Endless(Sound):
    def close(self) -> None:
        pass

    def send(self, records: Sequence[Record]) -> Any:
        if "late" not in records[0].session_id:
            super().send(records)
        return DELIVERED


class Telling(Sound):
    def __repr__(self) -> str:
        return "Telling(key=s3cret)"

    def send(self, records: Sequence[Record]) -> Any:
        super().send(records)
        return TryLater("throttled", "with s3cret")


class Confusing(Sound):
    def send(self, records: Sequence[Record]) -> Any:
        super().send(records)
        return Mixed([Refused("rejected", which=None), TryLater("x", which=("stranger",))])


class Misconfigured(Sound):
    def send(self, records: Sequence[Record]) -> Any:
        super().send(records)
        return Refused("credentials")


class Reordering(Sound):
    def send(self, records: Sequence[Record]) -> Any:
        return super().send(tuple(reversed(records)))


class Meddling(Sound):
    def send(self, records: Sequence[Record]) -> Any:
        outcome = super().send(records)
        if isinstance(records, list):
            records.pop()
        return outcome


class Shapeless:
    overhead = -1
    after_fork = 5


class TimingOut(Sound):
    def send(self, records: Sequence[Record]) -> Any:
        raise TimeoutError(f"too late for {len(records)}")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Sound, []),
        (Forgetful, ["records that it called delivered did not arrive"]),
        (Mumbling, ["returned NoneType, not an Outcome"]),
        (Throwing, ["send of 500 records raised OSError: no route to ***"]),
        (Hanging, ["close took longer than 0.3 s"]),
        (Endless, ["send after close said delivered, and nothing arrived"]),
        (Telling, ["its repr shows a secret", "the outcome of send of one record shows a secret"]),
        (Confusing, ["a part that names nobody", "named records that it was not given"]),
        (Misconfigured, ["was refused for its configuration: credentials"]),
        (Reordering, ["records of one session arrived out of order"]),
        (Meddling, ["send of a list changed its records"]),
        (Shapeless, ["no method send", "no method close", "overhead is -1", "after_fork is no"]),
        (TimingOut, ["raised TimeoutError: trouble is an outcome, not an exception"]),
    ],
)
def test_each_fault_is_told(kind: Callable[[], Any], told: list[str]) -> None:
    made = kind()
    found = check_transport(
        lambda: made, arrived=lambda: getattr(made, "ids", []), secrets=["s3cret"], timeout=0.3
    )

    assert [text for text in told if not any(text in each for each in found)] == []
    assert told or found == []


def test_a_transport_that_cannot_be_made_is_told() -> None:
    def make() -> Any:
        raise ValueError("no key")

    assert check_transport(make) == ["making it raised ValueError: no key"]


def test_an_async_transport_is_checked_in_a_loop() -> None:
    class Async:
        async def send(self, records: Sequence[Record]) -> Any:
            return DELIVERED if records else None

        async def close(self) -> None:
            raise RuntimeError("stuck")

    assert check_transport(Async) == ["close raised RuntimeError: stuck"]
