"""A destination on loopback that fails in every way that one can, and counts what arrives.

Standard library only. A server has one fault, for its first requests or until it is told
otherwise, and takes everything after that::

    with FaultyServer(FAULTS["503"], times=3) as server:
        ...                      # post to server.url
        server.accepted          # message ids of requests that were answered with success
        server.arrivals          # message ids of all requests that were read

Also a program: ``python -m tests.delivery.server 503`` prints its address and serves until its
standard input is closed.
"""

import asyncio
import contextlib
import email.utils
import gzip
import itertools
import json
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Final, Self

import attrs

__all__ = ["FAULTS", "Exchange", "Fault", "FaultyServer", "Request"]

_LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a request that are read."""

_LONGEST: Final = 30.0
"""Seconds that anything may take: nothing here lives on for ever."""


@attrs.frozen
class Request:
    """A request that was read to its end."""

    number: int
    at: float
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Its messages, one or those of a batch."""
        packed = self.headers.get("content-encoding") == "gzip"
        value = json.loads(gzip.decompress(self.body) if packed else self.body)
        return list(value["batch"]) if "batch" in value else [value]

    @property
    def ids(self) -> list[str]:
        """Their message ids."""
        return [message["messageId"] for message in self.messages]


class Exchange:
    """One request and the connection that waits for its answer."""

    def __init__(
        self, server: "FaultyServer", request: Request, writer: asyncio.StreamWriter
    ) -> None:
        self.server = server
        self.request = request
        self.writer = writer

    async def answer(
        self,
        status: int,
        body: bytes = b"{}",
        headers: Mapping[str, str] | None = None,
        *,
        accept: bool | None = None,
    ) -> bool:
        """Answer as one should; a success accepts the messages. Returns True: go on."""
        if 200 <= status < 300 if accept is None else accept:
            self.server.accept(self.request)
        await self.write(
            _head(status, {"Content-Length": str(len(body)), **(headers or {})}) + body
        )
        return True

    async def write(self, data: bytes) -> None:
        """Write whatever it is."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> bool:
        """Hang up so that the other side gets "connection reset". Returns False: no more."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        return False


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} Whatever",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


Handler = Callable[[Exchange], Awaitable[bool]]


@attrs.frozen
class Fault:
    """A way to fail.

    Args:
        name: What it is called.
        handler: Does it; False ends the connection.
        is_success: The messages are taken all the same.
        is_lasting: It goes with the messages, not with the time: it does not pass.
    """

    name: str
    handler: Handler
    is_success: bool = False
    is_lasting: bool = False


class FaultyServer:
    """Serves on loopback, in a thread of its own.

    Args:
        fault: What it does to the first requests; None is nothing wrong.
        times: To how many; None is until :meth:`recover`.
        delay: Seconds before every answer.

    Attributes:
        requests: The requests that were read, in order.
        arrivals: How often each message id arrived, accepted or not.
        accepted: How often each message id was accepted.
    """

    def __init__(
        self, fault: Fault | None = None, *, times: int | None = None, delay: float = 0.0
    ) -> None:
        self.fault = fault
        self.delay = delay
        self.requests: list[Request] = []
        self.arrivals: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.connections = 0
        self._left = times
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._over: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="faulty-server", daemon=True)
        self.port = 0

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://127.0.0.1:{self.port}"

    def recover(self) -> None:
        """Nothing is wrong any more."""
        with self._lock:
            self._left = 0

    def fail(self, fault: Fault, times: int | None = None) -> None:
        """Begin to fail."""
        with self._lock:
            self.fault, self._left = fault, times

    def accept(self, request: Request) -> None:
        """Count a request's messages as taken."""
        with self._lock:
            self.accepted.update(request.ids)

    def gaps(self) -> list[float]:
        """Seconds between one request and the next."""
        times = [request.at for request in self.requests]
        return [later - earlier for earlier, later in itertools.pairwise(times)]

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_LONGEST):
            raise RuntimeError("the server does not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._over is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(_LONGEST)

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=_LARGEST)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.01)  # connections that were closed last are gone in the next turns

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (request := await _read(reader, len(self.requests) + 1)) is not None:
                fault = self._note(request)
                exchange = Exchange(self, request, writer)
                if self.delay:
                    await asyncio.sleep(self.delay)
                handler = fault.handler if fault is not None else _sound
                if not await handler(exchange):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # a client that hangs up is what some tests are about
        finally:
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    def _note(self, request: Request) -> Fault | None:
        with self._lock:
            self.requests.append(request)
            self.arrivals.update(request.ids)
            if self._left == 0:
                return None
            if self._left is not None:
                self._left -= 1
            return self.fault


async def _read(reader: asyncio.StreamReader, number: int) -> Request | None:
    first = await reader.readline()
    if not first:
        return None
    path = first.split()[1].decode()
    headers = {}
    while (line := (await reader.readline()).strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(min(int(headers.get("content-length", "0")), _LARGEST))
    return Request(number, time.monotonic(), path, headers, body)


async def _sound(exchange: Exchange) -> bool:
    return await exchange.answer(200, b'{"success":true}')


# --- the faults ----------------------------------------------------------------------------------


def answering(
    status: int, body: bytes = b"{}", headers: Mapping[str, str] | None = None
) -> Handler:
    """A fault that is an ordinary answer."""

    async def handle(exchange: Exchange) -> bool:
        return await exchange.answer(status, body, headers)

    return handle


async def _slow(exchange: Exchange) -> bool:
    await asyncio.sleep(0.15)
    return await _sound(exchange)


async def _dripping(exchange: Exchange) -> bool:
    """Answer a byte at a time: each part comes in time, the whole hardly does."""
    exchange.server.accept(exchange.request)
    await exchange.write(_head(200, {"Content-Length": "100"}))
    for _ in range(100):
        await exchange.write(b" ")
        await asyncio.sleep(0.05)
    return True


async def _retry_date(exchange: Exchange) -> bool:
    now = time.time()
    wanted = email.utils.formatdate(now + 1, usegmt=True)  # whole seconds: from 0 to 1 from now
    date = {"Retry-After": wanted, "Date": email.utils.formatdate(now, usegmt=True)}
    return await exchange.answer(503, b"", date)


def refusing_event(is_bad: Callable[[Mapping[str, Any]], bool]) -> Handler:
    """Refuse every request that has a bad message in it, without a word of which it is."""

    async def handle(exchange: Exchange) -> bool:
        if any(is_bad(message) for message in exchange.request.messages):
            return await exchange.answer(400, b'{"meta":{"errors":["a message is malformed"]}}')
        return await _sound(exchange)

    return handle


def limiting_bytes(limit: int) -> Handler:
    """Refuse every request that is larger."""

    async def handle(exchange: Exchange) -> bool:
        if len(exchange.request.body) > limit:
            return await exchange.answer(413, b"too large")
        return await _sound(exchange)

    return handle


async def _reset_at_once(exchange: Exchange) -> bool:
    return exchange.reset()


async def _reset_after_taking(exchange: Exchange) -> bool:
    exchange.server.accept(exchange.request)
    return exchange.reset()


async def _closed_at_once(_exchange: Exchange) -> bool:
    return False


async def _half_head(exchange: Exchange) -> bool:
    await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    return False


async def _half_body(exchange: Exchange) -> bool:
    exchange.server.accept(exchange.request)  # it said 200: whoever reads that may rely on it
    await exchange.write(_head(200, {"Content-Length": "1000"}) + b'{"success":')
    return False


async def _half_failure(exchange: Exchange) -> bool:
    await exchange.write(_head(503, {"Content-Length": "1000"}) + b"Servi")
    return False


async def _mute(exchange: Exchange) -> bool:
    await asyncio.sleep(_LONGEST)
    return exchange.reset()


async def _gibberish(exchange: Exchange) -> bool:
    await exchange.write(b"SSH-2.0-OpenSSH_9.2p1\r\n" + bytes(range(256)))
    return False


def is_marked(message: Mapping[str, Any]) -> bool:
    """Whether a message is the bad one of a test."""
    return bool(message.get("properties", {}).get("bad"))


_HUGE: Final = b"[" + b"0," * 2_500_000 + b"0]"

FAULTS: Final[Mapping[str, Fault]] = {
    fault.name: fault
    for fault in (
        Fault("slow", _slow, is_success=True),
        Fault("202", answering(202, b""), is_success=True),
        Fault("204", answering(204, b""), is_success=True),
        Fault("200, not JSON", answering(200, b"<html>OK</html>\xff\x00"), is_success=True),
        Fault("200, huge", answering(200, _HUGE), is_success=True),
        Fault("200, half a body", _half_body, is_success=True),
        Fault("200, dripping", _dripping, is_success=True),
        Fault("400, JSON", answering(400, b'{"meta":{"errors":["no"]}}'), is_lasting=True),
        Fault("400, JSON without code", answering(400, b'{"success":false}'), is_lasting=True),
        Fault("400, not JSON", answering(400, b"\x00\xffBad Request"), is_lasting=True),
        Fault("400, one bad event", refusing_event(is_marked), is_lasting=True),
        Fault("401", answering(401, b'{"message":"unauthorized"}')),
        Fault("403", answering(403)),
        Fault("404", answering(404, b"not found")),
        Fault("408", answering(408)),
        Fault("413", limiting_bytes(4_000), is_lasting=True),
        Fault("429", answering(429, b"slow down")),
        Fault("429, seconds", answering(429, b"", {"Retry-After": "0.2"})),
        Fault("503, date", _retry_date),
        Fault("429, nonsense", answering(429, b"", {"Retry-After": "soon"})),
        Fault("500", answering(500, b'{"error":"internal"}')),
        Fault("500, huge", answering(500, _HUGE)),
        Fault("503", answering(503, b"<h1>Service Unavailable</h1>")),
        Fault("302", answering(302, b"", {"Location": "http://127.0.0.1:9/"})),
        Fault("reset", _reset_at_once),
        Fault("reset after taking", _reset_after_taking, is_success=True),
        Fault("closed", _closed_at_once),
        Fault("half a head", _half_head),
        Fault("503, half a body", _half_failure),
        Fault("mute", _mute),
        Fault("not HTTP", _gibberish),
    )
}
"""All faults by name."""


def main(words: Iterable[str]) -> None:
    """Serve with the fault that is named, until standard input is closed."""
    name = next(iter(words), None)
    with FaultyServer(FAULTS[name] if name else None) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
