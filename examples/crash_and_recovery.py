"""A process is killed in mid-run, and nothing is lost: run `python examples/crash_and_recovery.py`.

A worker serves viewers and keeps its events in a spool directory. It is killed (``SIGKILL``: no
handler, no ``atexit``) while the destination is away, so that most of them have not been sent. A
second worker on the same directory sends them. Events may be sent twice then, with the same
message id: the destination here keeps each id once, as Customer.io does.
"""

import http.server
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Final

from video_tracker import DeliveryPolicy, HttpTransport, SessionPlan, Tracker

QUICK: Final = DeliveryPolicy.durable(linger=0.01, base_delay=0.05, max_delay=0.2)
ENOUGH: Final = 200
"""Events that the first worker has accepted before it is killed."""


def worker(url: str, spool: str) -> None:
    """Serve viewers until killed; each accepted event's id is said on a line."""
    tracker = Tracker(HttpTransport("key", base_url=url), policy=QUICK, spool_dir=spool)
    number = 0
    while True:
        number += 1
        session = tracker.session(f"session-{number}", SessionPlan(user_id="viewer-42"))
        for events in (session.play(), session.playing(position=0.0), session.exit()):
            # The input has returned, so these are on the disk.
            for event in events:
                print(f"{event.session_id}-{event.sequence}", flush=True)
        time.sleep(0.002)


def successor(url: str, spool: str) -> None:
    """Send what the one before left."""
    with Tracker(HttpTransport("key", base_url=url), policy=QUICK, spool_dir=spool) as tracker:
        tracker.start()
        until = time.monotonic() + 30
        while tracker.stats().adopted == 0 and time.monotonic() < until:
            time.sleep(0.01)
        stats = tracker.flush(30)
    print(json.dumps({"adopted": stats.adopted, "pending": stats.pending, "lost": stats.lost}))


class Destination(http.server.ThreadingHTTPServer):
    """Takes messages when it is there, and keeps each id once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.away_after = ENOUGH // 4
        self.received: list[str] = []
        self.kept: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a batch, or say that nobody is there."""
        server = self.server
        assert isinstance(server, Destination)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        away = len(server.kept) >= server.away_after
        if not away:
            ids = [message["messageId"] for message in body.get("batch", [body])]
            server.received += ids
            server.kept |= set(ids)
        self.send_response(503 if away else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of requests."""


def main() -> int:
    """Kill a worker and let another one go on; 1 when anything was lost."""
    destination = Destination()
    with tempfile.TemporaryDirectory() as spool:
        first = subprocess.Popen(  # noqa: S603 - this file
            [sys.executable, __file__, "worker", destination.url, spool],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert first.stdout is not None
        accepted = [first.stdout.readline().strip() for _ in range(ENOUGH)]
        first.send_signal(signal.SIGKILL)
        rest, _ = first.communicate()  # what it had accepted until it died
        accepted += [line for line in rest.split("\n")[:-1] if line]
        before = len(destination.kept)

        destination.away_after = sys.maxsize
        second = subprocess.run(  # noqa: S603 - this file
            [sys.executable, __file__, "successor", destination.url, spool],
            check=True,
            capture_output=True,
            text=True,
        )
    destination.shutdown()
    destination.server_close()
    missing = set(accepted) - destination.kept
    print(f"the first worker ended with {first.returncode}, {before} events had arrived")
    print(f"the second one said {second.stdout.strip()}")
    print(f"{len(accepted)} events were accepted, {len(missing)} of them are missing")
    print(f"{len(destination.received) - len(destination.kept)} came twice and were kept once")
    return 1 if missing else 0


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    {"worker": worker, "successor": successor}[sys.argv[1]](*sys.argv[2:])
