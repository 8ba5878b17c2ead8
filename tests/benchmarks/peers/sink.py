"""A destination for benchmarks: takes everything quickly and counts events.

``python sink.py [--delay S] [--status N] [--mute]`` prints its port, serves until its standard
input is closed, then prints ``{"requests": ..., "events": ..., "bytes": ...}``. ``GET /count``
answers the same meanwhile. It runs by itself, without the library.
"""

import argparse
import asyncio
import json
import re
import sys
import zlib
from typing import Any

LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
EVENT = (b'"messageId"', b'"eid"', b'"uuid"')
"""What every event has one of, whoever sent it."""


class Sink(asyncio.Protocol):
    """One connection."""

    figures = {"requests": 0, "events": 0, "bytes": 0}  # noqa: RUF012 - shared by all of them
    delay = 0.0
    mute = False
    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.buffer = bytearray()
        self.wanted = 0

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if len(self.buffer) < self.wanted:
            return
        self.wanted = 0
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.buffer[:end])
            length = LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < whole:
                self.wanted = whole
                return
            taken, self.buffer = self.buffer, self.buffer[whole:]
            self.take(head, taken, end + 4)

    def take(self, head: bytes, body: bytearray | bytes, start: int) -> None:
        if head.startswith(b"GET /count"):
            text = json.dumps(self.figures).encode()
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(text), text)
            )
            return
        if body[start : start + 2] == b"\x1f\x8b":
            body = zlib.decompress(body[start:], 31)
        self.figures["requests"] += 1
        self.figures["bytes"] += len(body)
        # Counting costs the sink's core, not the client's.
        self.figures["events"] += sum(body.count(mark) for mark in EVENT)
        if self.mute:
            return
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.reply)
        else:
            self.reply()

    def reply(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(self.answer)


async def serve(arguments: argparse.Namespace) -> None:
    Sink.delay, Sink.mute = arguments.delay, arguments.mute
    body = b'{"success":true,"code":"ok","message":"ok"}'
    Sink.answer = (
        b"HTTP/1.1 %d Whatever\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        % (arguments.status, len(body), body)
    )
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    sys.stdout.write(json.dumps(Sink.figures) + "\n")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--delay", type=float, default=0.0)
    options.add_argument("--status", type=int, default=200)
    options.add_argument("--mute", action="store_true")
    asyncio.run(serve(options.parse_args()))
