"""A service that ends loses nothing of what it answered 204 to, whatever ended it."""

import asyncio
import json
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from collector.app import Collector, create_app
from collector.settings import Settings
from tests.collector.processes import (
    Viewer,
    pause_and_go_on,
    running_process,
    until,
    watch,
)
from tests.collector.service import batch, callback, running
from tests.delivery.server import FAULTS, FaultyServer
from video_tracker import MemoryTransport, TryLater

VIEWERS = 6


@pytest.fixture
def destination() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


def interrupt_under_load(process: Any, address: str, how: signal.Signals) -> list[Viewer]:
    """Let viewers pause and go on, and end the service in the middle of it."""
    with httpx.Client() as client:
        viewers = [watch(client, address) for _ in range(VIEWERS)]
        threads = [
            threading.Thread(target=pause_and_go_on, args=(client, address, viewer))
            for viewer in viewers
        ]
        for thread in threads:
            thread.start()
        until(lambda: min(viewer.pauses for viewer in viewers) >= 5, "nobody is served")
        process.send_signal(how)
        for thread in threads:
            thread.join(30)
    assert process.wait(30) in (0, -how)
    return viewers


def messages_of(destination: FaultyServer) -> list[dict[str, Any]]:
    return [message for request in destination.requests for message in request.messages]


def pauses_of(destination: FaultyServer) -> Counter[str]:
    """The pauses that arrived, by session; what came twice under one id is one."""
    once = {message["messageId"]: message for message in messages_of(destination)}
    return Counter(
        message["properties"]["session_id"]
        for message in once.values()
        if message["event"] == "Video Playback Paused"
    )


def assert_all_arrived(viewers: list[Viewer], destination: FaultyServer) -> None:
    arrived = pauses_of(destination)
    for viewer in viewers:
        # The answer to the very last request may have been lost.
        assert viewer.pauses <= arrived[viewer.session] <= viewer.asked


@pytest.mark.crash
def test_sigterm_under_load_loses_nothing(destination: FaultyServer) -> None:
    with running_process(destination) as (process, address):
        viewers = interrupt_under_load(process, address, signal.SIGTERM)
    messages = messages_of(destination)
    assert len({message["messageId"] for message in messages}) == len(messages)
    assert_all_arrived(viewers, destination)


@pytest.mark.crash
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_with_a_spool_the_next_process_sends_what_was_accepted(
    destination: FaultyServer, tmp_path: Path, how: signal.Signals
) -> None:
    destination.fault = FAULTS["503"]
    with running_process(destination, spool_dir=tmp_path) as (process, address):
        viewers = interrupt_under_load(process, address, how)
    destination.recover()
    with running_process(destination, spool_dir=tmp_path) as (_, address):
        most = sum(viewer.pauses for viewer in viewers)
        until(lambda: pauses_of(destination).total() >= most, "not all of the spool was sent")
        # The pages' tokens are of a worker that is no more.
        again = batch(viewers[0].token, callback(99, "pause"))
        answer = httpx.post(f"{address}/beacons", content=again)
        assert (answer.status_code, answer.json()) == (410, {"error": "session_over"})
    assert_all_arrived(viewers, destination)


@pytest.mark.crash
def test_a_request_that_is_cut_off_by_a_stop_was_not_accepted(destination: FaultyServer) -> None:
    with running_process(destination) as (process, address):
        with httpx.Client() as client:
            viewer = watch(client, address)
            held = batch(viewer.token, callback(4, "pause", 1.0))  # 3 never comes
            assert client.post(f"{address}/beacons", content=held).status_code == 204
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=30) as slow:
            body = batch(viewer.token, callback(3, "timeupdate", 0.8))
            head = f"POST /beacons HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
            slow.sendall(head.encode() + body[:-1])
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            answer = slow.recv(65_536)
        assert b" 204 " not in answer
        process.wait(30)
    assert [message["event"] for message in messages_of(destination)] == [
        "Video Playback Started",
        "Video Content Started",
        "Video Playback Paused",
    ]


def test_what_the_destination_does_not_take_is_in_the_spool_for_the_next_process(
    tmp_path: Path,
) -> None:
    async def run() -> list[str]:
        away = [TryLater("away", after=3600.0)]
        async with running(outcomes=away, spool_dir=tmp_path) as service:
            token = await service.begin()
            await service.say(token, callback(0, "play"), callback(1, "playing"))
        assert service.events == []
        transport = MemoryTransport()
        next_one = Collector(Settings(spool_dir=tmp_path), transport)
        async with next_one.lifespan(create_app(next_one)):
            for _ in range(200):
                if transport.events:
                    break
                await asyncio.sleep(0.05)
        return [json.loads(record.body)["event"] for record in transport.records]

    assert asyncio.run(run()) == ["Video Playback Started", "Video Content Started"]


def test_a_service_that_stops_takes_nothing_more() -> None:
    """What another worker passes on at that moment, its tracker would not send any more."""

    async def run() -> None:
        async with running() as service:
            token = await service.begin()
        answer = await service.say(token, callback(0, "play"))
        assert answer.error == (503, "stopping")
        assert answer.headers["retry-after"] == "1"

    asyncio.run(run())
