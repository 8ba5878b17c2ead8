"""The collector inside a test: its requests without a socket, and what a page would say to it."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

import attrs

from collector.app import Collector, create_app
from collector.settings import Settings
from video_tracker import MemoryTransport

__all__ = ["Answer", "Service", "batch", "callback", "running"]

SITE = "https://films.example"


def callback(number: int, event: str, position: float = 0.0, **more: Any) -> dict[str, Any]:
    """A beacon of an HTML5 player, 0.4 s after the one before it."""
    state = {"currentTime": position, "duration": 20, "paused": event == "pause", "readyState": 4}
    return {
        "seq": number,
        "t": round(time.time() * 1000) + 400 * number,
        "player": "html5",
        "event": event,
        "state": state,
        **more,
    }


def batch(token: str, *beacons: Mapping[str, Any]) -> bytes:
    """What a page posts."""
    body = json.dumps({"sent_at": round(time.time() * 1000), "beacons": beacons})
    return f"{token}\n{body}".encode()


@attrs.frozen
class Answer:
    """An answer of the service.

    Args:
        status, headers, body: As sent.
        parts: How many parts of the request's body were read.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    parts: int

    @property
    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str]:
        """Status and reason of an answer that is no success."""
        return self.status, self.json["error"]


class Service:
    """A running collector; made by :func:`running`.

    Attributes:
        ahead: Seconds by which its clock is ahead of the true one.
        faults: What was raised to the server, whose log it would have been in.
    """

    def __init__(self, settings: Settings, transport: MemoryTransport) -> None:
        self.ahead = 0.0
        self.faults: list[Exception] = []
        self.transport = transport
        self.collector = Collector(settings, transport, lambda: time.time() + self.ahead)
        self.app = create_app(self.collector)

    @property
    def events(self) -> list[str]:
        """The names of the events that were sent."""
        return self.transport.events

    async def call(
        self,
        method: str,
        path: str,
        body: bytes | Sequence[bytes] | None = b"",
        headers: Mapping[str, str] | None = None,
        address: str = "192.0.2.1",
        query: bytes = b"",
    ) -> Answer:
        """A request; a body in parts says no length, None never arrives, [] is hung up on."""
        parts = [body] if isinstance(body, bytes) else list(body or ())
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if isinstance(body, bytes) and body:
            given.setdefault("content-length", str(len(body)))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": (address, 40_000),
            "server": ("collector.example", 443),
        }
        read = 0
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            nonlocal read
            if not parts and body is not None:
                return {"type": "http.disconnect"}
            if read >= len(parts):
                await asyncio.sleep(3600)
            read += 1
            more = read < len(parts)
            return {"type": "http.request", "body": parts[read - 1], "more_body": more}

        async def send(message: Any) -> None:
            sent.append(dict(message))

        try:
            await self.app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - whatever it is, the server would log it
            self.faults.append(error)
        start = sent[0]
        return Answer(
            start["status"],
            {name.decode(): value.decode() for name, value in start["headers"]},
            b"".join(message.get("body", b"") for message in sent[1:]),
            read,
        )

    async def begin(self, video: str = "film", **more: Any) -> str:
        """A token for a new session."""
        asked = {"video": video, "player": "html5", "clock": time.time() * 1000, **more}
        answer = await self.call("POST", "/sessions", json.dumps(asked).encode())
        assert answer.status == 201, answer
        return str(answer.json["token"])

    async def say(self, token: str, *beacons: Mapping[str, Any], **more: Any) -> Answer:
        """Post a batch."""
        return await self.call("POST", "/beacons", batch(token, *beacons), **more)

    async def flush(self) -> None:
        """Wait until what was made was sent."""
        await self.collector.tracker.flush()


@contextlib.asynccontextmanager
async def running(
    settings: Settings | None = None, outcomes: Iterable[Any] = (), **changes: Any
) -> AsyncIterator[Service]:
    """A collector with its lifespan around it."""
    settings = Settings(origins=frozenset({SITE}), **changes) if settings is None else settings
    service = Service(settings, MemoryTransport(list(outcomes)))
    async with service.collector.lifespan(service.app):
        yield service
