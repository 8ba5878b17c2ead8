"""204 is for what is kept: in the spool, or arrived; without a spool, in the tracker's memory."""

import asyncio
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.collector.processes import running_process, until, watch
from tests.collector.service import batch, callback, running
from tests.delivery.server import FAULTS, FaultyServer
from video_tracker import TryLater


@pytest.fixture
def destination() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


def names(destination: FaultyServer) -> list[str]:
    """The events that arrived, without those that came again."""
    messages = [message for request in destination.requests for message in request.messages]
    return [message["event"] for message in {each["messageId"]: each for each in messages}.values()]


WATCHED = [
    "Video Playback Started",
    "Video Content Started",
    "Video Playback Paused",
    "Video Playback Resumed",
    "Video Content Playing",
]


@pytest.mark.crash
@pytest.mark.parametrize("away", [True, False], ids=["destination-away", "destination-there"])
def test_a_disk_that_takes_nothing_is_told_and_what_comes_again_counts_once(
    destination: FaultyServer, tmp_path: Path, away: bool
) -> None:
    destination.fault = FAULTS["503"] if away else None
    with running_process(destination, spool_dir=tmp_path) as (process, address):
        with httpx.Client() as client:
            viewer = watch(client, address)
            said = batch(viewer.token, callback(3, "pause", 0.6), callback(4, "play", 0.6))

            def say() -> httpx.Response:
                return client.post(f"{address}/beacons", content=said)

            limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, limits[1]))
            answer = say()
            assert (answer.status_code, answer.json()) == (503, {"error": "disk_fails"})
            assert answer.headers["retry-after"] == "5"
            assert client.get(f"{address}/healthz").json()["status"] != "ok"
            if away:
                assert say().status_code == 503
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
            # It is on the disk when that is well again; or it has arrived.
            until(lambda: say().status_code == 204, "it stays refused")
        process.send_signal(signal.SIGKILL)
        process.wait()
    destination.recover()
    with running_process(destination, spool_dir=tmp_path):
        until(lambda: len(names(destination)) >= len(WATCHED), "not all was kept")
    assert names(destination) == WATCHED


@pytest.mark.parametrize("on_disk", [True, False], ids=["spool", "memory"])
def test_what_there_is_no_room_for_is_refused_before_it_is_lost(
    tmp_path: Path, on_disk: bool
) -> None:
    async def run() -> None:
        async with running(
            outcomes=[TryLater("away", after=3600.0)],
            spool_dir=tmp_path if on_disk else None,
            queue_bytes=100_000,
            token_rate=1e9,
        ) as service:
            token = await service.begin()
            answer = await service.say(token, callback(0, "play"), callback(1, "playing"))
            number = 2
            while answer.status == 204 and number < 500:
                pause, play = callback(number, "pause"), callback(number + 1, "play")
                answer = await service.say(token, pause, play)
                number += 2
            assert answer.error == (503, "queue_full")
            assert answer.headers["retry-after"] == "30"
            stats = service.collector.tracker.stats()
            assert (stats.lost, stats.diverted) == (0, 0)
            # Started and Content Started; Paused, Resumed and a beat of each that was accepted.
            assert stats.made == stats.pending == 2 + 3 * (number - 4) // 2

    asyncio.run(run())
