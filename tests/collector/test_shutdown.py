"""A service that stops loses nothing of what it answered 204 to."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs
import httpx
import pytest

from collector.app import Collector, create_app
from collector.settings import Settings
from tests.collector.service import batch, callback, running
from tests.delivery.server import FaultyServer
from video_tracker import MemoryTransport, TryLater

ROOT = Path(__file__).parent.parent.parent
VIEWERS = 6


@attrs.define
class Viewer:
    """One viewer's session, and how many of his pauses were answered with 204."""

    session: str
    token: str
    pauses: int = 0
    asked: int = 0


@pytest.fixture
def destination() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(port: int, destination: FaultyServer) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "examples")]),
        "COLLECTOR_KEY": "key",
        "COLLECTOR_DESTINATION": destination.url,
    }
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "collector", "--port", str(port)],
        env=environment,
        cwd=ROOT / "examples",
    )
    for _ in range(400):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return process
        except httpx.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError("the collector does not start")


def watch(client: httpx.Client, address: str) -> Viewer:
    answer = client.post(f"{address}/sessions", json={"video": "film", "player": "html5"}).json()
    viewer = Viewer(answer["session"], answer["token"])
    start = [callback(0, "play"), callback(1, "playing"), callback(2, "timeupdate", 0.6)]
    assert client.post(f"{address}/beacons", content=batch(viewer.token, *start)).status_code == 204
    return viewer


def pause_and_go_on(client: httpx.Client, address: str, viewer: Viewer) -> None:
    """Until the service is gone."""
    number = 3
    while True:
        pause, play = callback(number, "pause", 0.6), callback(number + 1, "play", 0.6)
        viewer.asked += 1
        try:
            answer = client.post(f"{address}/beacons", content=batch(viewer.token, pause, play))
        except httpx.TransportError:
            return
        if answer.status_code == 429:
            viewer.asked -= 1
            time.sleep(0.05)
            continue
        assert answer.status_code == 204
        viewer.pauses += 1
        number += 2


@pytest.mark.crash
def test_sigterm_under_load_loses_nothing(destination: FaultyServer) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = started(port, destination)
    with httpx.Client() as client:
        viewers = [watch(client, address) for _ in range(VIEWERS)]
        threads = [
            threading.Thread(target=pause_and_go_on, args=(client, address, viewer))
            for viewer in viewers
        ]
        for thread in threads:
            thread.start()
        for _ in range(3_000):
            if min(viewer.pauses for viewer in viewers) >= 5:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(30)
    assert process.wait(30) in (0, -signal.SIGTERM)
    arrived: Counter[str] = Counter()
    messages = [message for request in destination.requests for message in request.messages]
    assert len({message["messageId"] for message in messages}) == len(messages)
    for message in messages:
        if message["event"] == "Video Playback Paused":
            arrived[message["properties"]["session_id"]] += 1
    for viewer in viewers:
        # The answer to the very last request may have been lost.
        assert viewer.pauses <= arrived[viewer.session] <= viewer.asked


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
