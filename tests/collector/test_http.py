"""The same over real connections: what a socket can do that a request cannot."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from collector.app import Collector, create_app
from collector.settings import Settings
from tests.collector.service import batch, callback
from video_tracker import MemoryTransport

TRANSPORTS: dict[int, MemoryTransport] = {}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A collector on a port of this machine."""
    transport = MemoryTransport()
    made = Collector(Settings(body_seconds=0.5), transport)
    server = uvicorn.Server(uvicorn.Config(create_app(made), port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    number = int(server.servers[0].sockets[0].getsockname()[1])
    TRANSPORTS[number] = transport
    try:
        yield number
    finally:
        server.should_exit = True
        thread.join(30)


def answered(port: int, *parts: bytes) -> bytes:
    """What comes back for bytes, until the service hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        said = b""
        with contextlib.suppress(OSError):  # it may hang up before it has read all
            for part in parts:
                connection.sendall(part)
        with contextlib.suppress(OSError):
            while b"\r\n\r\n" not in said and (more := connection.recv(65_536)):
                said += more
        return said


def post(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: a", *headers, "", ""]).encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_declared_gigabyte_is_refused_before_it_is_sent(port: int) -> None:
    assert status(answered(port, post("/beacons", "Content-Length: 1000000000"))) == 413


def test_a_body_without_a_length_is_cut_off_where_it_grows_too_large(port: int) -> None:
    chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    head = post("/beacons", "Transfer-Encoding: chunked")
    assert status(answered(port, head, *[chunk] * 50)) == 413


def test_a_body_that_trickles_is_not_waited_for(port: int) -> None:
    began = time.monotonic()
    assert status(answered(port, post("/beacons", "Content-Length: 100"), b"x")) == 408
    assert time.monotonic() - began < 8


@pytest.mark.parametrize(
    "noise",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n",
        b"POST /beacons HTTP/9.9\r\n\r\n",
        post("/beacons", "Content-Length: -5"),
        post("/beacons", "Content-Length: 5", "Content-Length: 6"),
        post("/beacons", "Transfer-Encoding: chunked") + b"zz\r\n",
        post("/beacons", "X: " + "y" * 200_000),
    ],
)
def test_what_is_no_request_gets_no_further(port: int, noise: bytes) -> None:
    answer = answered(port, noise)
    assert answer == b"" or 400 <= status(answer) < 500


def test_after_all_that_viewers_are_served(port: int) -> None:
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
    try:
        address = f"http://127.0.0.1:{port}"
        asked = {"video": "film", "player": "html5"}
        token = httpx.post(f"{address}/sessions", json=asked).json()["token"]
        said = batch(token, callback(0, "play"))
        assert httpx.post(f"{address}/beacons", content=said).status_code == 204
        for _ in range(200):
            if TRANSPORTS[port].events:
                break
            time.sleep(0.05)
        assert TRANSPORTS[port].events == ["Video Playback Started"]
    finally:
        for connection in idle:
            connection.close()
