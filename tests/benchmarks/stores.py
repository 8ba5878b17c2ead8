"""What a store costs: many viewers by a few workers and one server, held against the oracle.

``python -m tests.benchmarks.stores redis-lease`` moves 20,000 viewers on by 50 beacons each, one
beacon in a body, of a log in which much happens, or of a film that just plays (``--log steady``).
Half of them leave without a word, and time passes until all are forgotten. Two processes do the
work (``--workers``), beside the server; over the memory store it is one. Told are beacons a second
until all is done, the processor's time of workers and server for each beacon, and the workers' as a
multiple of the bare step: snapshot in, beacons, snapshot out, with no store and no memory
(:func:`video_tracker.keyed.advance`), in the same batches. Decoding bodies, emptying the outbox and
starting up are not counted.

``lease`` is a log whose partitions are dealt to the workers, ``cas`` a balancer that sends a viewer
always to the same worker, ``cas-anywhere`` one that sends each batch to whoever is free.

It is no test: figures depend on the machine, what was sent must not.
"""

import argparse
import gc
import multiprocessing
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

import attrs

from tests.benchmarks.logs import LOGS, log_of
from tests.stores.redis_server import RedisServer
from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Arrival, Told, advance
from video_tracker.stores import (
    LogWorker,
    MemoryStore,
    Read,
    SharedSessions,
    Store,
    partition_of,
)
from video_tracker.testing.keyed import Came, differences, opening, oracle

PARTITIONS: Final = 16
END: Final = 30 * 86_400.0
"""Seconds after the last word by which everybody is forgotten."""
COLLECTS: Final = 20_000, 20, 20
"""How often a worker collects garbage, as the guide to sizing has it: what it makes is let go."""
BARE: Final = 100
"""Batches in which the bare step is measured."""

Entries = Sequence[tuple[str, Arrival]]
Sent = list[tuple[str, bytes]]

_PROCESSES: Final = multiprocessing.get_context("fork")


@attrs.frozen
class Served:
    """A running store.

    Args:
        connect: Gives a process its way to it.
        seconds: For how long its server has had a processor.
        shared: Whether several processes can have it.
    """

    connect: Callable[[], Store]
    seconds: Callable[[], float] = lambda: 0.0
    shared: bool = True


def processor_time(*pids: int) -> float:
    """For how many seconds processes have had a processor, with threads and children that ended."""
    tasks = [task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
    here = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    figures = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    ended = sum(int(each[13]) + int(each[14]) for each in figures)
    return here + ended / os.sysconf("SC_CLK_TCK")


@contextmanager
def in_memory(_folder: Path) -> Iterator[Served]:
    store = MemoryStore(PARTITIONS)
    yield Served(lambda: store, shared=False)


@contextmanager
def in_redis(folder: Path) -> Iterator[Served]:
    """A server with an AOF that is synced each second."""
    from video_tracker.stores.redis import RedisStore  # noqa: PLC0415 - only where it is asked for

    server = RedisServer(folder).start()
    assert server.process is not None
    pid, address = server.process.pid, server.address
    try:
        yield Served(
            lambda: RedisStore(address, partitions=PARTITIONS), lambda: processor_time(pid)
        )
    finally:
        server.stop()


@contextmanager
def in_postgres(_folder: Path) -> Iterator[Served]:
    """A server as it comes, which has synced what it answers."""
    from tests.stores.postgres_server import postgres_server  # noqa: PLC0415 - only where asked for
    from video_tracker.stores.postgres import PostgresStore  # noqa: PLC0415

    with postgres_server() as server:
        PostgresStore(server.conninfo, partitions=PARTITIONS).create_tables()
        yield Served(
            lambda: PostgresStore(server.conninfo, partitions=PARTITIONS),
            lambda: processor_time(*server.pids()),
        )


SERVERS: Final[dict[str, Callable[[Path], AbstractContextManager[Served]]]] = {
    "memory": in_memory,
    "postgres": in_postgres,
    "redis": in_redis,
}


def decoded(came: Sequence[Came]) -> list[tuple[str, Arrival]]:
    return [
        (each.key, Arrival.of(decode_beacons(each.body, session_id=each.key), each.received_at))
        for each in came
    ]


def together(entries: Entries) -> dict[str, list[Told]]:
    told: dict[str, list[Told]] = {}
    for key, arrival in entries:
        told.setdefault(key, []).append(arrival)
    return told


class CameLog:
    """What came, in partitions."""

    def __init__(self, entries: Entries) -> None:
        self._end = entries[-1][1].received_at + END
        self._parts: list[list[tuple[str, Arrival]]] = [[] for _ in range(PARTITIONS)]
        for each in entries:
            self._parts[partition_of(each[0], PARTITIONS)].append(each)

    def read(self, partition: int, offset: str | None, most: int) -> Read:
        start, part = int(offset or 0), self._parts[partition]
        until = min(start + most, len(part))
        now = self._end if until == len(part) else part[until - 1][1].received_at
        return Read(part[start:until], str(until), now)


@attrs.frozen
class Turn:
    """One of the workers of a run.

    Args:
        place, of: Which of how many.
        batch: Beacons of a step.
        sessions: The store.
        entries: All that came.
        read, said: Counted by all workers: how much of it was taken, and who has said all.
    """

    place: int
    of: int
    batch: int
    sessions: SharedSessions
    entries: Entries
    read: Any
    said: Any

    def next_start(self) -> int:
        """Where the batch begins that nobody has taken."""
        with self.read:
            start: int = self.read.value
            self.read.value += self.batch
        return start

    def let_time_pass(self) -> None:
        """Until all are forgotten, once everybody has said all."""
        with self.said:
            self.said.value += 1
        while self.said.value < self.of:
            time.sleep(0.001)
        while self.sessions.wake(self.entries[-1][1].received_at + END, self.batch):
            pass


def by_lease(turn: Turn) -> None:
    log = CameLog(turn.entries)
    worker = LogWorker(turn.sessions, log, f"w{turn.place}", seconds=60.0, batch=turn.batch)
    own = range(turn.place, PARTITIONS, turn.of)
    while sum(map(worker.work, own)):
        pass


def by_cas(turn: Turn) -> None:
    entries, batch = turn.entries, turn.batch
    own = [each for each in entries if zlib.crc32(each[0].encode()) % turn.of == turn.place]
    for start in range(0, len(own), batch):
        turn.sessions.feed(together(own[start : start + batch]))
    turn.let_time_pass()


def by_cas_anywhere(turn: Turn) -> None:
    entries, batch = turn.entries, turn.batch
    while (start := turn.next_start()) < len(entries):
        turn.sessions.feed(together(entries[start : start + batch]))
    turn.let_time_pass()


WAYS: Final = {"lease": by_lease, "cas": by_cas, "cas-anywhere": by_cas_anywhere}
NAMES: Final = [f"{server}-{way}" for server in SERVERS for way in WAYS]


def worked(
    served: Served, way: str, entries: Entries, batch: int, workers: int
) -> tuple[float, float]:
    """Run the workers, each in a process of its own unless there is only one.

    Returns:
        Seconds by the clock until all were done, and those of their processors.
    """
    gc.collect()
    gc.freeze()  # what came lies in a log elsewhere, and is nothing that a worker's memory holds
    counts = [_PROCESSES.Value("q", 0) for _ in range(2)]
    ready, told = _PROCESSES.Barrier(workers), _PROCESSES.SimpleQueue()

    def work(place: int) -> None:
        store = served.connect()
        turn = Turn(place, workers, batch, SharedSessions(store, opening), entries, *counts)
        gc.set_threshold(*COLLECTS)
        ready.wait()
        begun, spent = time.perf_counter(), time.process_time()
        WAYS[way](turn)
        told.put((begun, time.perf_counter(), time.process_time() - spent))

    if workers == 1:
        work(0)
    else:
        processes = [_PROCESSES.Process(target=work, args=(n,)) for n in range(workers)]
        for each in processes:
            each.start()
        for each in processes:
            each.join()
    begun, done, spent = zip(*(told.get() for _ in range(workers)), strict=True)
    return max(done) - min(begun), sum(spent)


def emptied(store: Store) -> Sent:
    """What waits to be sent is sent."""
    sent: Sent = []
    for partition in range(store.partitions):
        while found := store.outgoing(partition, 1000):
            sent += [(each.record.message_id, each.record.body) for each in found]
            store.sent(partition, [each.number for each in found])
    return sent


def bare_step(entries: Entries, batch: int) -> float:
    """Seconds of the processor for each beacon of the bare step."""
    kept: dict[str, bytes | None] = {}
    spent, many = 0.0, 0
    for start in range(0, min(len(entries), BARE * batch), batch):
        told = together(entries[start : start + batch])
        before = time.process_time()
        for key, said in told.items():
            kept[key] = advance(kept.get(key), key, said, opening).snapshot
        spent += time.process_time() - before
        many += sum(map(len, told.values()))
    return spent / many


@attrs.frozen
class Figures:
    """What a run gave.

    Args:
        beacons: How many came.
        seconds: By the clock.
        workers, server: Seconds of their processors.
        bare: Seconds of the processor of the bare step, for each beacon.
        faults: How what was sent differs from what must be.
    """

    beacons: int
    seconds: float
    workers: float
    server: float
    bare: float
    faults: Sequence[str]

    def __str__(self) -> str:
        workers, server = (spent / self.beacons * 1e6 for spent in (self.workers, self.server))
        return (
            f"{self.beacons:,} beacons, {self.beacons / self.seconds:,.0f}/s; "
            f"workers {workers:.1f} us, server {server:.1f} us a beacon; "
            f"bare step {self.bare * 1e6:.1f} us, workers {workers / self.bare / 1e6:.2f} of it; "
            + ("exact" if not self.faults else f"{len(self.faults)} or more differences")
        )


def measured(
    name: str, log: str, sessions: int, beacons: int, batch: int, workers: int = 2
) -> Figures:
    """Run one of ``NAMES`` over a log of ``LOGS``."""
    server, _, way = name.partition("-")
    came = log_of(log, sessions, beacons)
    entries = decoded(came)
    bare = bare_step(entries, batch)
    with (
        tempfile.TemporaryDirectory() as folder,
        SERVERS[server](Path(folder) / "server") as served,
    ):
        before = served.seconds()
        workers = workers if served.shared else 1
        seconds, spent = worked(served, way, entries, batch, workers)
        of_server = served.seconds() - before
        store = served.connect()
        sent = emptied(store)
        left = sum(each is not None for each in store.load(sorted({each.key for each in came})))
        store.close()
    faults = differences(oracle(came), sent) + [f"{left} viewers are left"] * bool(left)
    return Figures(len(came), seconds, spent, of_server, bare, faults)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("stores", nargs="+", choices=NAMES)
    parser.add_argument("--log", choices=LOGS, default="made-up")
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--beacons", type=int, default=50)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    faulty = False
    for name in told.stores:
        figures = measured(name, told.log, told.sessions, told.beacons, told.batch, told.workers)
        sys.stdout.write(f"{name}: {figures}\n" + "".join(f"  {x}\n" for x in figures.faults))
        sys.stdout.flush()
        faulty |= bool(figures.faults)
    return int(faulty)


if __name__ == "__main__":
    sys.exit(main())
