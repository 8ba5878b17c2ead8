"""A destination for benchmarks: takes everything quickly and counts events.

``python sink.py [--delay S] [--status N] [--mute]`` prints its port, serves until its standard
input is closed, then prints ``{"requests": ..., "events": ..., "bytes": ...}``. ``GET /count``
answers the same meanwhile. It runs by itself, without the library. A thread for each connection
reads into one large buffer: that is the least that a program in Python can do.
"""

import argparse
import contextlib
import json
import re
import socket
import sys
import threading
import time
import zlib

LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
MARKS = (b'"messageId"', b'"eid"', b'"uuid"')
"""What every event has one of, whoever sent it."""

ROOM = 8 * 1024 * 1024
"""The largest request."""


class Sink:
    """Serves connections and counts."""

    def __init__(self, status: int, delay: float, mute: bool) -> None:
        self.figures = {"requests": 0, "events": 0, "bytes": 0}
        self.delay = delay
        self.mute = mute
        self.answer = self.reply(status, b'{"success":true,"code":"ok","message":"ok"}')
        self.lock = threading.Lock()

    @staticmethod
    def reply(status: int, body: bytes) -> bytes:
        head = (
            b"HTTP/1.1 %d Whatever\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        )
        return head % (status, len(body)) + body

    def accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        buffer = bytearray(ROOM)
        view = memoryview(buffer)
        filled = 0
        with connection, contextlib.suppress(OSError):
            while True:
                end = buffer.find(b"\r\n\r\n", 0, filled)
                while end < 0:
                    if not (more := connection.recv_into(view[filled:])):
                        return
                    filled += more
                    end = buffer.find(b"\r\n\r\n", 0, filled)
                length = LENGTH.search(buffer, 0, end)
                whole = end + 4 + (int(length[1]) if length else 0)
                while filled < whole:
                    if not (more := connection.recv_into(view[filled:])):
                        return
                    filled += more
                answer = self.take(buffer, end + 4, whole)
                # What follows a request is the next one's beginning, if there is anything.
                view[: filled - whole] = view[whole:filled]
                filled -= whole
                if answer:
                    connection.sendall(answer)

    def take(self, buffer: bytearray, start: int, end: int) -> bytes:
        if buffer.startswith(b"GET /count"):
            with self.lock:
                return self.reply(200, json.dumps(self.figures).encode())
        size = end - start
        events = 0
        if buffer.startswith(b"\x1f\x8b", start):
            buffer = bytearray(zlib.decompress(buffer[start:end], 31))
            start, end = 0, len(buffer)
        for mark in MARKS:  # counting costs the sink's core, not the client's
            events = buffer.count(mark, start, end)
            if events:
                break
        with self.lock:
            self.figures["requests"] += 1
            self.figures["bytes"] += size
            self.figures["events"] += events
        if self.delay:
            time.sleep(self.delay)
        return b"" if self.mute else self.answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--mute", action="store_true")
    options = parser.parse_args()
    sink = Sink(options.status, options.delay, options.mute)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=sink.accept, args=(listener,), daemon=True).start()
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        sys.stdin.read()
        with sink.lock:
            sys.stdout.write(json.dumps(sink.figures) + "\n")


if __name__ == "__main__":
    main()
