"""An asyncio consumer of websockets: `python -m recipes.websocket_consumer`.

A viewer holds a connection for as long as he watches, and says a callback a message. The first
answer is the session's id: who lost his connection comes back with it (`?session=ID`).
"""

import asyncio
import contextlib
import json
import os
import secrets
import signal
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from video_tracker import AsyncTracker, ConsoleTransport, HttpTransport, SessionPlan
from video_tracker.tracker import TrackedPlayer

LARGEST: Final = 16 * 1024
"""Bytes of a message."""
LEFT: Final = (1000, 1001)
"""What a browser closes with when its page is left; anything else is a lost connection."""


class Consumer:
    """Serves viewers with one tracker."""

    def __init__(self, tracker: AsyncTracker) -> None:
        self.tracker = tracker
        self._connections: dict[str, ServerConnection] = {}

    def refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        """Before the handshake: who is not logged in stays outside. Put your own log-in here."""
        if request.headers.get("x-viewer"):  # as your gateway sets it, and nobody else can
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "log in first\n")

    async def consume(self, connection: ServerConnection) -> None:
        """Take what one viewer's player says until he hangs up."""
        request = connection.request
        assert request is not None
        player = self._player(request)
        session_id = player.key
        # The newest connection counts; one that is half dead says nothing any more.
        before, self._connections[session_id] = self._connections.get(session_id), connection
        if before is not None:
            await before.close(1008, "connected anew")
        try:
            await connection.send(json.dumps({"session": session_id}))
            while True:
                message = await connection.recv()
                await self.tracker.room()  # a full queue slows its viewers down
                if self._connections.get(session_id) is connection:
                    take(player, message)
        except ConnectionClosed as closed:
            if self._connections.get(session_id) is connection and has_left(closed):
                player.exit()
            # Else he may come back; if he does not, the idle timeout interrupts him (S26).
        finally:
            if self._connections.get(session_id) is connection:
                del self._connections[session_id]

    def _player(self, request: Request) -> TrackedPlayer:
        viewer = request.headers["x-viewer"]
        asked = parse_qs(urlsplit(request.path).query).get("session", [""])[0]
        known = self.tracker.find(asked) if asked else None
        if isinstance(known, TrackedPlayer) and known.newest.envelope().user_id == viewer:
            return known
        session_id = secrets.token_urlsafe(18)  # new at each start of the service, too (S50)
        return self.tracker.open(session_id, SessionPlan(user_id=viewer), player="html5")

    async def listen(self, host: str, port: int) -> Server:
        """Begin to serve."""
        return await serve(
            self.consume, host, port, process_request=self.refuse, max_size=LARGEST, max_queue=16
        )


def has_left(closed: ConnectionClosed) -> bool:
    """Whether the viewer's side ended it in order; a service that stops is no viewer who leaves."""
    return bool(closed.rcvd_then_sent and closed.rcvd and closed.rcvd.code in LEFT)


def take(player: TrackedPlayer, message: str | bytes) -> None:
    """Take one message; what is no callback is left."""
    with contextlib.suppress(ValueError, AttributeError):
        said: dict[str, Any] = json.loads(message)
        if isinstance(said.get("event"), str):
            player.callback(
                said["event"],
                said.get("state"),
                said.get("detail"),
                channel=said.get("channel"),
                element=said.get("element"),
            )


async def main() -> None:
    """Serve until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    key, url = os.environ.get("CUSTOMERIO_KEY"), os.environ.get("CUSTOMERIO_URL")
    way = HttpTransport(key, base_url=url, strict=True) if key else ConsoleTransport()
    port = int(os.environ.get("PORT", "8765"))
    async with AsyncTracker(way, spool_dir=os.environ.get("SPOOL_DIR")) as tracker:
        tracker.start()
        async with await Consumer(tracker).listen("127.0.0.1", port):
            print(f"ws://127.0.0.1:{port} is open", flush=True)
            await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
