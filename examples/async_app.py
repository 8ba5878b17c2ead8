"""A service on an event loop, with nothing but ``asyncio``: run `python examples/async_app.py`.

Viewers hold a connection each and say a callback a line; the service gives each connection a
session. No input waits for the destination, so one loop serves them all. Here three viewers call,
and a list stands for the destination.
"""

import asyncio
import itertools
import json
from collections import Counter

from video_tracker import AsyncTracker, MemoryTransport

CALLBACKS = [
    ("html5", "play", {"currentTime": 0, "duration": 60, "paused": False}),
    ("html5", "playing", {"currentTime": 0, "duration": 60, "paused": False}),
    ("html5", "pause", {"currentTime": 4.5, "duration": 60, "paused": True}),
    ("page", "pagehide", {"currentTime": 4.5, "duration": 60, "paused": True}),
]


class Service:
    """Serves viewers with one tracker."""

    def __init__(self, tracker: AsyncTracker) -> None:
        self.tracker = tracker
        self.numbers = itertools.count(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one viewer's callbacks until he hangs up; his name is the first line."""
        viewer = (await reader.readline()).decode().strip()
        session_id = f"session-{next(self.numbers)}"
        player = self.tracker.open(session_id, player="html5", user_id=viewer)
        async for line in reader:
            said = json.loads(line)
            await self.tracker.room()  # waits only where the queue is full: the viewer then waits
            player.callback(said["event"], said["state"], channel=said["channel"])
        writer.close()
        await writer.wait_closed()


async def watch(port: int, viewer: str) -> None:
    """Be a viewer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{viewer}\n".encode())
    for channel, event, state in CALLBACKS:
        said = {"channel": channel, "event": event, "state": state}
        writer.write(json.dumps(said).encode() + b"\n")
    writer.write_eof()
    await reader.read()
    writer.close()
    await writer.wait_closed()


async def main() -> None:
    """Serve three viewers."""
    transport = MemoryTransport()  # AsyncHttpTransport("the source's API key") in earnest
    async with AsyncTracker(transport) as tracker:
        server = await asyncio.start_server(Service(tracker).serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await asyncio.gather(*(watch(port, f"viewer-{number}") for number in range(3)))
    # Here aclose has sent everything.
    for event, count in Counter(transport.events).items():
        print(count, event)
    print(sorted({message["userId"] for message in transport.messages}))


if __name__ == "__main__":
    asyncio.run(main())
