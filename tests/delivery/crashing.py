"""What the crash tests run in processes of their own: trackers under load that are killed or fork.

``python -m tests.delivery.crashing WORK URL SPOOL LOG ...``. A program writes the ids of the events
that were acknowledged (the input returned) to LOG, one write for each input.
"""

import atexit
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from video_tracker import SessionPlan, Tracker
from video_tracker.delivery import DeliveryPolicy
from video_tracker.transports import HttpTransport
from video_tracker.wire.formats import message_id

PLAN = SessionPlan(user_id="u1")
POLICY = DeliveryPolicy.durable(linger=0.005, batch_records=50, base_delay=0.01, max_delay=0.05)


def tracker(url: str, spool: str, **options: Any) -> Tracker:
    transport = HttpTransport("key", base_url=url, timeout=5)
    return Tracker(transport, policy=POLICY, spool_dir=spool or None, **options)


class Load:
    """Makes events, and a note of each that was acknowledged."""

    def __init__(self, log: str) -> None:
        self.fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.number = 0

    def step(self, owner: Tracker, prefix: str) -> None:
        self.number += 1
        session = owner.session(f"{prefix}-{self.number}", PLAN)
        for events in self._said(session):
            names = [message_id(event.session_id, event.sequence) for event in events]
            os.write(self.fd, "".join(f"{name}\n" for name in names).encode())

    @staticmethod
    def _said(session: Any) -> Iterator[Any]:
        yield session.play()
        yield session.playing(position=0.0)
        yield session.exit()


def kill(url: str, spool: str, log: str, times: str, seed: str) -> None:
    """Fork a process so many times and kill each after a while; the last one ends well."""
    chance = random.Random(int(seed))
    for turn in range(int(times)):
        seen = _size(log)
        child = os.fork()
        if not child:
            own = tracker(f"{url}/{turn}", spool)
            own.start()
            load = Load(log)
            while True:
                load.step(own, f"t{turn}")
        _wait_for_more(log, seen)
        time.sleep(chance.uniform(0.0, 0.25))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    last = tracker(f"{url}/last", spool)
    last.start()
    until = time.monotonic() + 20
    while time.monotonic() < until and list(_records_left(spool)):
        last.flush(5)
        time.sleep(0.05)
    stats = last.close(5)
    print(stats.balanced, stats.pending, stats.adopted, stats.lost)  # noqa: T201


def _size(log: str) -> int:
    return os.path.getsize(log) if os.path.exists(log) else 0  # noqa: PTH110, PTH202


def _wait_for_more(log: str, seen: int) -> None:
    """Until the child has started working: a busy machine may take its time over that."""
    until = time.monotonic() + 20
    while _size(log) == seen and time.monotonic() < until:
        time.sleep(0.002)


def _records_left(spool: str) -> Any:
    for folder, _, names in os.walk(spool):
        for name in names:
            if os.path.getsize(os.path.join(folder, name)):  # noqa: PTH118, PTH202
                yield name


def fork(url: str, spool: str, log: str, times: str) -> None:
    """Threads make events while the process forks; parent and children make more, and end."""
    own = tracker(url, spool)
    over = threading.Event()

    def busy(name: str) -> None:
        load = Load(log)
        while not over.is_set():
            load.step(own, name)
            time.sleep(0.001)

    threads = [threading.Thread(target=busy, args=(f"parent-{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    children = []
    for turn in range(int(times)):
        time.sleep(0.02)
        child = os.fork()
        if not child:
            load = Load(log)
            for _ in range(50):
                load.step(own, f"child-{turn}")
            stats = own.flush(10)
            os._exit(0 if stats.balanced and stats.made == stats.delivered == 150 else 1)
        children.append(child)
    ends = [os.waitpid(child, 0)[1] for child in children]
    over.set()
    for thread in threads:
        thread.join()
    stats = own.flush(10)
    print(ends == [0] * len(ends), stats.balanced, stats.made == stats.delivered)  # noqa: T201


def leave(url: str, spool: str, log: str, number: str) -> None:
    """Make events and end, without a word to the tracker; say when, and when that was done."""
    # What is registered first is called last: all but the interpreter's own end is behind it.
    atexit.register(lambda: print(time.time(), flush=True))  # noqa: T201
    own = tracker(url, spool) if spool else Tracker(HttpTransport("key", base_url=url))
    for turn in range(int(number)):
        own.session(f"s-{turn}", PLAN).play()
    globals()["_kept"] = own  # as a program's own global would
    print(time.time(), flush=True)  # noqa: T201
    assert log


if __name__ == "__main__":
    works: dict[str, Callable[..., None]] = {"kill": kill, "fork": fork, "leave": leave}
    works[sys.argv[1]](*sys.argv[2:])
