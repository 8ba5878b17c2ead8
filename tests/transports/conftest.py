"""What the transport tests share: a maker of records and a real HTTP server on loopback."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import attrs
import pytest

from video_tracker.transports import Record

Answer = Callable[["Handler"], None]


@pytest.fixture
def make_record() -> Callable[..., Record]:
    """``make_record(3)`` is the third record of session s1; more properties by keyword."""

    def make(number: int = 1, **properties: Any) -> Record:
        message = {
            "type": "track",
            "event": "Video Content Playing",
            "userId": "u1",
            "messageId": f"s1-{number}",
            "timestamp": "2026-11-23T13:23:39.000Z",
            "properties": {"session_id": "s1", "position": number, **properties},
        }
        return Record(
            message_id=f"s1-{number}",
            session_id="s1",
            event="Video Content Playing",
            body=json.dumps(message, separators=(",", ":")).encode(),
        )

    return make


@attrs.frozen
class Request:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> Any:
        return json.loads(self.body)


class Handler(BaseHTTPRequestHandler):
    """Reads a request, remembers it, and lets the script answer."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.take(Request(self.path, headers, body))
        answer(self)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self.over = threading.Event()
        self._taking = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def take(self, request: Request) -> Answer:
        with self._taking:
            self.requests.append(request)
            return self.answers.pop(0) if self.answers else status(200, b"{}")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is what some tests are about."""


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """An ordinary answer; ``retry_after="5"`` becomes ``Retry-After: 5``."""

    def answer(handler: Handler) -> None:
        handler.send_response_only(code)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def answer_with() -> Callable[..., Answer]:
    return status
