"""The websocket recipe, with real connections: who left, who lost his, and who comes back."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.delivery.server import FaultyServer
from tests.examples.servers import child, free_port
from video_tracker import AsyncTracker, MemoryTransport

pytest.importorskip("websockets", reason="websockets is not installed: pip install '.[examples]'")

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from recipes.websocket_consumer import Consumer

VIEWER = {"x-viewer": "viewer-42"}


@attrs.frozen
class Running:
    """The service, while it runs."""

    tracker: AsyncTracker
    transport: MemoryTransport
    url: str

    def connect(self, viewer: str = VIEWER["x-viewer"], session: str = "") -> connect:
        """A viewer's connection; with a session he comes back to that."""
        query = f"/?session={session}" if session else ""
        return connect(f"{self.url}{query}", additional_headers={"x-viewer": viewer})

    async def heard(self, event: str) -> None:
        """Wait until the service has said so much."""
        async with asyncio.timeout(10):
            while event not in self.transport.events:
                await self.tracker.flush()
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def running(transport: MemoryTransport) -> AsyncIterator[Running]:
    async with (
        AsyncTracker(transport) as tracker,
        await Consumer(tracker).listen("127.0.0.1", 0) as server,
    ):
        port = next(iter(server.sockets)).getsockname()[1]
        yield Running(tracker, transport, f"ws://127.0.0.1:{port}")


def callback(event: str, place: float, **more: Any) -> str:
    state = {"currentTime": place, "duration": 60, "paused": event == "pause"}
    return json.dumps({"event": event, "state": state, **more})


async def begun(connection: ClientConnection) -> str:
    session: str = json.loads(await connection.recv())["session"]
    return session


def test_who_closes_his_page_exits() -> None:
    transport = MemoryTransport()

    async def watch() -> None:
        async with running(transport) as service:
            async with service.connect() as viewer:
                await begun(viewer)
                await viewer.send(callback("play", 0.0))
                await viewer.send(callback("playing", 0.0))
            await viewer.wait_closed()

    asyncio.run(watch())
    assert transport.events == [
        "Video Playback Started",
        "Video Content Started",
        "Video Playback Exited",
    ]
    assert {message["userId"] for message in transport.messages} == {"viewer-42"}


def test_who_lost_his_connection_goes_on_in_his_session() -> None:
    transport = MemoryTransport()

    async def watch() -> None:
        async with running(transport) as service:
            async with service.connect() as first:
                session = await begun(first)
                await first.send(callback("play", 0.0))
                await service.heard("Video Playback Started")
                first.transport.abort()
            async with service.connect(session=session) as again:
                assert await begun(again) == session
                await again.send(callback("playing", 0.0))
                await service.heard("Video Content Started")

    asyncio.run(watch())
    assert [message["messageId"][-2:] for message in transport.messages] == ["-1", "-2", "-3"]
    assert transport.events[-1] == "Video Playback Exited"


def test_a_service_that_stops_is_no_viewer_who_leaves() -> None:
    transport = MemoryTransport()

    async def watch() -> None:
        async with contextlib.AsyncExitStack() as viewers:
            async with running(transport) as service:
                viewer = await viewers.enter_async_context(service.connect())
                await begun(viewer)
                await viewer.send(callback("play", 0.0))
                await service.heard("Video Playback Started")
            with pytest.raises(ConnectionClosed) as closed:
                await viewer.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001

    asyncio.run(watch())
    assert transport.events == ["Video Playback Started"]


def test_the_program_ends_in_order_when_it_is_told_to(tmp_path: Path) -> None:
    port = free_port()

    async def watch() -> None:
        for _ in range(500):
            with contextlib.suppress(OSError):
                async with connect(f"ws://127.0.0.1:{port}", additional_headers=VIEWER) as viewer:
                    await begun(viewer)
                    await viewer.send(callback("play", 0.0))
                    await viewer.send(callback("playing", 0.0))
                    await asyncio.sleep(0.1)
                    program.terminate()
                    with pytest.raises(ConnectionClosed):
                        await viewer.recv()
                return
            await asyncio.sleep(0.02)
        pytest.fail("the program does not listen")

    with FaultyServer() as destination:
        environment = {
            "CUSTOMERIO_KEY": "key",
            "CUSTOMERIO_URL": destination.url,
            "PORT": str(port),
            "SPOOL_DIR": str(tmp_path / "spool"),
        }
        command = (sys.executable, "-W", "error", "-m", "recipes.websocket_consumer")
        with child(*command, folder=tmp_path, environment=environment) as program:
            asyncio.run(watch())
            assert program.wait(20) == 0
        names = [message["event"] for each in destination.requests for message in each.messages]

    assert names == ["Video Playback Started", "Video Content Started"]
    assert (tmp_path / "output.txt").read_text() == f"ws://127.0.0.1:{port} is open\n"


def test_another_viewer_does_not_get_the_session() -> None:
    async def watch() -> None:
        async with running(MemoryTransport()) as service, service.connect() as first:
            session = await begun(first)
            async with service.connect("somebody-else", session) as second:
                assert await begun(second) != session

    asyncio.run(watch())


def test_the_newest_connection_of_a_session_counts() -> None:
    transport = MemoryTransport()

    async def watch() -> None:
        async with running(transport) as service, service.connect() as first:
            session = await begun(first)
            async with service.connect(session=session) as second:
                assert await begun(second) == session
                with pytest.raises(ConnectionClosed) as closed:
                    await first.recv()
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 1008
                await second.send(callback("play", 0.0))
                await service.heard("Video Playback Started")

    asyncio.run(watch())
    assert transport.events == ["Video Playback Started", "Video Playback Exited"]


def test_nonsense_costs_itself_and_a_stranger_stays_outside() -> None:
    transport = MemoryTransport()

    async def watch() -> None:
        async with running(transport) as service:
            with pytest.raises(InvalidStatus) as refused:
                async with connect(service.url):
                    pass
            assert refused.value.response.status_code == 401
            async with service.connect() as viewer:
                await begun(viewer)
                for nonsense in ("{", "[1]", '"play"', '{"event": 3}', b"\xff\xfe"):
                    await viewer.send(nonsense)
                await viewer.send(callback("play", 0.0))

    asyncio.run(watch())
    assert transport.events == ["Video Playback Started", "Video Playback Exited"]
