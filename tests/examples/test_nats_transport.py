"""The transport onto NATS, held against a real server that comes and goes."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.examples.servers import free_port, nats
from video_tracker import AsyncTracker, Delivered, DeliveryPolicy, SessionPlan, TryLater
from video_tracker.record import Record
from video_tracker.testing import check_transport

pytest.importorskip("nats", reason="nats-py is not installed: pip install '.[examples]'")

import nats as client

from recipes.nats_transport import NatsTransport

PLAN = SessionPlan(user_id="viewer-42")
QUICK = DeliveryPolicy(linger=0.02, base_delay=0.05, max_delay=0.2)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    number = free_port()
    with nats(tmp_path, number):
        yield number


async def stored(port: int, stream: str = "VIDEO") -> list[Any]:
    """All messages of the stream, in its order."""
    connection = await client.connect(f"nats://127.0.0.1:{port}")
    try:
        jetstream = connection.jetstream()
        state = (await jetstream.stream_info(stream)).state
        return [
            await jetstream.get_msg(stream, number)
            for number in range(state.first_seq, state.last_seq + 1)
            if state.messages
        ]
    finally:
        await connection.close()


def ids(messages: list[Any]) -> list[str]:
    return [message.headers["Nats-Msg-Id"] for message in messages]


def test_it_holds_what_delivery_relies_on(port: int) -> None:
    url, streams = f"nats://127.0.0.1:{port}", itertools.count()

    def make() -> NatsTransport:
        number = next(streams)
        return NatsTransport(url, stream=f"CHECK{number}", prefix=f"check{number}")

    assert check_transport(make) == []


def test_the_stream_has_each_event_once_under_its_own_subject(port: int) -> None:
    async def send() -> list[Any]:
        transport = NatsTransport(f"nats://127.0.0.1:{port}")
        async with AsyncTracker(transport, plan=PLAN, policy=QUICK) as tracker:
            session = tracker.session("s1")
            session.play(0.0)
            session.playing(0.0)
            session.exit(0.0)
            await tracker.flush()
        return await stored(port)

    messages = asyncio.run(send())
    assert ids(messages) == ["s1-1", "s1-2", "s1-3"]
    assert [message.subject for message in messages] == [
        "video.playback_started",
        "video.content_started",
        "video.playback_exited",
    ]


def test_what_is_sent_twice_is_kept_once(port: int) -> None:
    record = Record("s1-1", "s1", "Video Playback Started", b"{}")

    async def send() -> list[Any]:
        for _ in range(2):  # as after a crash: by another process
            transport = NatsTransport(f"nats://127.0.0.1:{port}")
            assert await transport.send([record, record]) == Delivered()
            await transport.close()
        return await stored(port)

    assert ids(asyncio.run(send())) == ["s1-1"]


def test_a_server_that_is_not_there_is_no_exception() -> None:
    async def send() -> object:
        transport = NatsTransport(f"nats://127.0.0.1:{free_port()}")
        try:
            return await transport.send([Record("s1-1", "s1", "Video Playback Started", b"{}")])
        finally:
            await transport.close()

    outcome = asyncio.run(send())
    assert isinstance(outcome, TryLater)
    assert outcome.reason == "unavailable"


@pytest.mark.crash
def test_nothing_is_lost_and_nothing_comes_twice_over_a_server_that_is_killed(
    tmp_path: Path,
) -> None:
    port = free_port()

    async def send() -> list[Any]:
        transport = NatsTransport(f"nats://127.0.0.1:{port}", timeout=1.0)
        async with AsyncTracker(transport, plan=PLAN, policy=QUICK) as tracker:
            for turn in range(2):
                with nats(tmp_path, port) as server:
                    for number in range(30):
                        session = tracker.session(f"t{turn}-{number}")
                        session.play(0.0)
                        session.exit(0.0)
                        await asyncio.sleep(0.005)
                    server.kill()
                    server.wait()
            session = tracker.session("last")
            session.play(0.0)
            with nats(tmp_path, port):
                stats = await tracker.flush(20.0)
                assert (stats.pending, stats.lost, stats.delivered) == (0, 0, 121)
                return await stored(port)

    found = ids(asyncio.run(send()))
    made = [
        f"t{turn}-{number}-{event}" for turn in range(2) for number in range(30) for event in (1, 2)
    ]
    assert sorted(found) == sorted([*made, "last-1"])
    assert len(set(found)) == len(found)
