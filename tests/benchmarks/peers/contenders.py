"""One contender at one piece of work, in a process of its own; prints what it found as JSON.

``python -m tests.benchmarks.peers.contenders NAME WORK URL NUMBER``. All send the same event with
the same properties, each by its own public call, with queues made large enough to hold them all
and everything else as the library has it by default (but Snowplow, whose default is ten events a
request and a connection for each: it gets batches of 100 and a session).
"""

import asyncio
import contextlib
import gc
import importlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from video_tracker import Content, Session, SessionPlan
from video_tracker.plan import Settings

__all__ = ["CONTENDERS", "ENCODING", "IDLE", "OURS", "REFERENCES", "WORKS"]

ROOM: Final = 200_000
USER: Final = "user-4711"

PLAN: Final = SessionPlan(
    user_id=USER,
    contents=(
        Content(
            asset_id="content-4711",
            title="The Long Way Round",
            description="Two friends take the long way round, and find what they never looked for",
            program="Roads",
            season="2",
            episode="7",
            genre="Documentary",
            publisher="Example Media",
            channel="example-channel",
            airdate="2026-11-23",
            keywords=("roads", "travel", "friends"),
            duration=3600.0,
        ),
    ),
    settings=Settings(heartbeat=10),
)


class Contender(Protocol):
    """A library at work."""

    def make(self, number: int) -> Any:
        """What the caller has in hand before the call: properties, or an event."""

    def track(self, made: Any) -> object:
        """Send it, by the library's own call."""

    def flush(self) -> object:
        """Wait until everything has arrived."""


def _example() -> tuple[Any, Any]:
    """A heartbeat in the middle of a content, and its envelope."""
    session = Session("session-0815", PLAN)
    session.play(1_795_432_200.0)
    session.playing(1_795_432_200.5, position=0.0)
    events: list[Any] = []
    for second in range(1, 25):
        events += session.progress(1_795_432_200.5 + second, position=float(second))
    return events[-1], session.envelope()


def _properties() -> tuple[str, dict[str, Any]]:
    from video_tracker import Encoder  # noqa: PLC0415 - the peers' processes pay for it once

    event, envelope = _example()
    message = json.loads(Encoder().encode(event, envelope).body)
    return message["event"], message["properties"]


class Segment:
    """segment-analytics-python, and those that were once copied from it."""

    module = "segment.analytics.client"

    def __init__(self, url: str) -> None:
        logging.disable(logging.CRITICAL)
        self.client = importlib.import_module(self.module).Client(
            "key", host=url, max_queue_size=ROOM
        )
        self.event, self.properties = _properties()

    def make(self, number: int) -> Any:
        return {**self.properties, "position": number}

    def track(self, made: Any) -> object:
        return self.client.track(USER, self.event, made)

    def flush(self) -> object:
        return self.client.flush()


class CustomerIo(Segment):
    """customerio-cdp-analytics."""

    module = "customerio.analytics.client"


class Rudder(Segment):
    """rudder-sdk-python."""

    module = "rudderstack.analytics.client"


class PostHog:
    """posthog."""

    def __init__(self, url: str) -> None:
        logging.disable(logging.CRITICAL)
        self.client = importlib.import_module("posthog").Posthog(
            "key", host=url, max_queue_size=ROOM
        )
        self.event, self.properties = _properties()

    def make(self, number: int) -> Any:
        return {**self.properties, "position": number}

    def track(self, made: Any) -> object:
        return self.client.capture(self.event, distinct_id=USER, properties=made)

    def flush(self) -> object:
        return self.client.flush(None)


class Snowplow:
    """snowplow-tracker."""

    def __init__(self, url: str) -> None:
        logging.disable(logging.CRITICAL)
        requests = importlib.import_module("requests")
        library = importlib.import_module("snowplow_tracker")
        self.library = library
        host, _, port = url.removeprefix("http://").partition(":")
        emitter = library.AsyncEmitter(
            host,
            protocol="http",
            port=int(port),
            batch_size=100,
            buffer_capacity=ROOM,
            session=requests.Session(),
        )
        self.tracker = library.Tracker("bench", emitter, encode_base64=False)
        self.subject = library.Subject().set_user_id(USER)
        _, self.properties = _properties()
        self.schema = "iglu:example/video/jsonschema/1-0-0"

    def make(self, number: int) -> Any:
        return {**self.properties, "position": number}

    def track(self, made: Any) -> object:
        json_ = self.library.SelfDescribingJson(self.schema, made)
        event = self.library.SelfDescribing(json_, event_subject=self.subject)
        return self.tracker.track(event)

    def flush(self) -> object:
        return self.tracker.flush()


class Encoding:
    """No library: an event is encoded, and that is all. Nobody who tracks in the call does less."""

    def __init__(self, _url: str) -> None:
        from video_tracker import Encoder  # noqa: PLC0415

        logging.disable(logging.CRITICAL)
        event, self.envelope = _example()
        self.kind = type(event)
        self.fields = {
            name.lstrip("_"): getattr(event, name)
            for name in (field.name for field in self.kind.__attrs_attrs__ if field.init)
        }
        self.start = self.fields["sequence"]
        self.encode = Encoder().encode

    def make(self, number: int) -> Any:
        return self.kind(**{**self.fields, "sequence": self.start + number, "position": number})

    def track(self, made: Any) -> object:
        return self.encode(made, self.envelope)

    def flush(self) -> object:
        return None


class Ours(Encoding):
    """This library: an event is encoded and put, which is what a tracker does with a session's."""

    spool: Any = None

    def __init__(self, url: str) -> None:
        from video_tracker.tracker.sender import Sender  # noqa: PLC0415
        from video_tracker.transports import HttpTransport  # noqa: PLC0415

        super().__init__(url)
        self.sender = Sender(HttpTransport("key", base_url=url), spool=self.spool)
        self.put = self.sender.queue  # as a tracker does

    def track(self, made: Any) -> object:
        return self.put(self.encode(made, self.envelope))

    def flush(self) -> object:
        return self.sender.flush(60)


class Durable(Ours):
    """This library with a spool: on disk before ``track`` returns."""

    def __init__(self, url: str) -> None:
        from video_tracker.delivery.spool import Spool  # noqa: PLC0415

        self.folder = tempfile.mkdtemp(prefix="video-tracker-spool-")
        self.spool = Spool(self.folder)
        super().__init__(url)


OURS: Final = ("video-tracker", "video-tracker, durable")

CONTENDERS: Final[Mapping[str, Callable[[str], Contender]]] = {
    OURS[0]: Ours,
    OURS[1]: Durable,
    "customerio-cdp-analytics": CustomerIo,
    "segment-analytics-python": Segment,
    "rudder-sdk-python": Rudder,
    "posthog": PostHog,
    "snowplow-tracker": Snowplow,
}

IDLE: Final = "idle"
ENCODING: Final = "encoding"
REFERENCES: Final[Mapping[str, Callable[[str], Contender] | None]] = {
    IDLE: None,
    ENCODING: Encoding,
}
"""What a loop's lag is told beside: one that tracks nothing, and one that only encodes."""


def _share(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _arrived(url: str) -> int:
    with urllib.request.urlopen(f"{url}/count", timeout=10) as answer:
        return int(json.load(answer)["events"])


def _wait_for(url: str, number: int, seconds: float) -> int:
    until = time.perf_counter() + seconds
    while (arrived := _arrived(url)) < number and time.perf_counter() < until:
        time.sleep(0.02)
    return arrived


def flood(contender: Contender, url: str, number: int) -> dict[str, float]:
    """Track as fast as one can, and wait until all of it has arrived."""
    clock = time.perf_counter_ns
    took = []
    for n in range(200):  # threads, connections and caches are made
        contender.track(contender.make(n))
    contender.flush()
    before = _wait_for(url, 200, 10)
    all_made = [contender.make(n) for n in range(200, 200 + number)]
    gc.collect()
    cpu, start = time.process_time(), clock()
    for made in all_made:
        begin = clock()
        contender.track(made)
        took.append(clock() - begin)
    tracked = clock()
    contender.flush()
    end, spent = clock(), time.process_time() - cpu
    arrived = _wait_for(url, before + number, 20) - before
    return {
        "enqueue_p50_us": _share(took, 0.5) / 1000,
        "enqueue_p99_us": _share(took, 0.99) / 1000,
        "enqueue_mean_us": (tracked - start) / number / 1000,
        "events_per_second": arrived / ((end - start) / 1e9),
        "cpu_us": spent / number * 1e6,
        "arrived": arrived / number,
    }


def calm(contender: Contender, _url: str, number: int) -> dict[str, float]:
    """Track with pauses, so that nothing else runs meanwhile: what a single call costs."""
    clock = time.perf_counter_ns
    took = []
    for n in range(number):
        made = contender.make(n)
        begin = clock()
        contender.track(made)
        took.append(clock() - begin)
        if n % 50 == 49:
            time.sleep(0.004)
    return {"calm_p50_us": _share(took, 0.5) / 1000}


def memory(contender: Contender, _url: str, number: int) -> dict[str, float]:
    """Queue for a destination that does not answer."""
    for n in range(200):
        contender.track(contender.make(n))
    time.sleep(0.8)  # the first batch is on its way, and stays there
    gc.collect()
    before = _resident()
    for n in range(200, 200 + number):
        contender.track(contender.make(n))
    gc.collect()
    return {"queued_bytes": (_resident() - before) / number}


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


ARRIVALS: Final = """
import os, sys, time
start = time.monotonic()
for n in range(int(sys.argv[1])):
    time.sleep(max(0.0, start + (n + 1) * 0.0005 - time.monotonic()))
    os.write(1, b"x")
"""


def lag(contender: Contender | None, _url: str, number: int) -> dict[str, float]:
    """How late an event loop is to which 2,000 events a second come, one each half millisecond.

    They come as requests would: by a pipe, from another process. ``number`` is seconds.
    """
    found = asyncio.run(_late(contender, number * 2_000, _arriving))
    return {f"lag_{name}": value for name, value in found.items()}


def burst(contender: Contender | None, _url: str, number: int) -> dict[str, float]:
    """The same when a task of the loop itself tracks ten at once, each five milliseconds."""
    found = asyncio.run(_late(contender, number * 2_000, _bursting))
    return {f"burst_{name}": value for name, value in found.items()}


async def _late(
    contender: Contender | None,
    number: int,
    feed: Callable[[Callable[[], object], int], Awaitable[None]],
) -> dict[str, float]:
    """How late a timer of 1 ms is while events are tracked; without a contender, none are."""
    late: list[float] = []
    loop = asyncio.get_running_loop()
    made = iter([] if contender is None else [contender.make(n) for n in range(number)])

    def track() -> None:
        if contender is not None:
            contender.track(next(made))

    async def probe() -> None:
        while True:
            wanted = loop.time() + 0.001
            await asyncio.sleep(0.001)
            late.append(loop.time() - wanted)

    if contender is not None:
        for n in range(number, number + 50):  # threads, connections and caches are made
            contender.track(contender.make(n))
        await asyncio.sleep(1.0)
    gc.collect()
    task = loop.create_task(probe())
    await feed(track, number)
    task.cancel()
    return {f"p{share:g}_us": _share(late, share / 100) * 1e6 for share in (50, 99)}


async def _arriving(track: Callable[[], object], number: int) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def read(pipe: Any) -> None:
        arrived = os.read(pipe.fileno(), 4_096)
        for _ in arrived:
            track()
        if not arrived:
            loop.remove_reader(pipe)
            over.set()

    command = [*_elsewhere(), sys.executable, "-c", ARRIVALS, str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: ASYNC220 - at once
        assert process.stdout is not None
        loop.add_reader(process.stdout, read, process.stdout)
        await over.wait()


async def _bursting(track: Callable[[], object], number: int) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    for n in range(number // 10):
        for _ in range(10):
            track()
        await asyncio.sleep(max(0.0, start + (n + 1) * 0.005 - loop.time()))


def _elsewhere() -> Sequence[str]:
    """Run on another core than this process does, where there is one."""
    others = sorted(set(range(os.cpu_count() or 1)) - os.sched_getaffinity(0))
    return ["taskset", "-c", str(others[0])] if others and shutil.which("taskset") else []


def leave(contender: Contender, _url: str, number: int) -> dict[str, float]:
    """Track and end; the rest is seen from outside."""
    for n in range(number):
        contender.track(contender.make(n))
    return {"ended_at": time.time()}


WORKS: Final[Mapping[str, Callable[[Any, str, int], dict[str, float]]]] = {
    work.__name__: work for work in (calm, flood, memory, lag, burst, leave)
}


def main(name: str, work: str, url: str, number: str) -> None:
    if work in {"lag", "burst"}:
        # Where that is allowed: it is not what else runs on the machine that is measured.
        with contextlib.suppress(OSError, AttributeError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    kind = {**CONTENDERS, **REFERENCES}[name]
    contender = None if kind is None else kind(url)
    sys.stdout.write(json.dumps(WORKS[work](contender, url, int(number))) + "\n")
    sys.stdout.flush()
    folder = getattr(contender, "folder", None)
    if work != "leave":
        # Its own way out is another piece of work.
        if folder is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
