"""What a store costs: many viewers by one worker and one server, held against the oracle.

``python -m tests.benchmarks.stores redis-lease`` moves 20,000 viewers on by 50 beacons each, one
beacon in a body; half of them leave without a word, and time passes until all are forgotten. One
process does the work, beside the server. Told are beacons a second, the processor's time of client
and server for each beacon, and the client's as a multiple of the bare step: snapshot in, beacons,
snapshot out, with no store (:func:`video_tracker.keyed.advance`), in the same batches of the same
run. Reading the log (decoding bodies), emptying the outbox and starting up are not counted.

It is no test: figures depend on the machine, what was sent must not.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

import attrs

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
from video_tracker.testing.keyed import Came, differences, made_up, opening, oracle

PARTITIONS: Final = 16
END: Final = 30 * 86_400.0
"""Seconds after the last word by which everybody is forgotten."""
BARE: Final = 100
"""Batches in which the bare step is measured."""

Served = tuple[Store, Callable[[], float]]
"""A store, and the seconds for which its server has had a processor."""


def processor_time(*pids: int) -> float:
    """For how many seconds processes have had a processor, all threads together."""
    tasks = [task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def in_memory(_folder: Path) -> Iterator[Served]:
    yield MemoryStore(PARTITIONS), lambda: 0.0


@contextmanager
def in_redis(folder: Path) -> Iterator[Served]:
    """A server with an AOF that is synced each second."""
    from video_tracker.stores.redis import RedisStore  # noqa: PLC0415 - only where it is asked for

    server = RedisServer(folder).start()
    assert server.process is not None
    pid = server.process.pid
    try:
        yield RedisStore(server.address, partitions=PARTITIONS), lambda: processor_time(pid)
    finally:
        server.stop()


@contextmanager
def in_postgres(_folder: Path) -> Iterator[Served]:
    """A server as it comes, which has synced what it answers."""
    from tests.stores.postgres_server import postgres_server  # noqa: PLC0415 - only where asked for
    from video_tracker.stores.postgres import PostgresStore  # noqa: PLC0415

    with postgres_server() as server:
        store = PostgresStore(server.conninfo, partitions=PARTITIONS)
        store.create_tables()
        yield store, lambda: processor_time(*server.pids())


STORES: Final[dict[str, tuple[str, Callable[[Path], AbstractContextManager[Served]]]]] = {
    "memory": ("cas", in_memory),
    "memory-lease": ("lease", in_memory),
    "postgres-cas": ("cas", in_postgres),
    "postgres-lease": ("lease", in_postgres),
    "redis-cas": ("cas", in_redis),
    "redis-lease": ("lease", in_redis),
}
"""The way of each, and where its viewers are."""


class Meter:
    """Counts time, but what is done aside."""

    def __init__(self, server: Callable[[], float]) -> None:
        self._server = server
        self.spent = [-each for each in self._now()]

    def _now(self) -> list[float]:
        return [time.perf_counter(), time.process_time(), self._server()]

    @contextmanager
    def aside(self) -> Iterator[None]:
        before = self._now()
        yield
        after = self._now()
        self.spent = [s + b - a for s, b, a in zip(self.spent, before, after, strict=True)]

    def stop(self) -> list[float]:
        """Seconds by the clock, of the client's processor, of the server's."""
        return [s + now for s, now in zip(self.spent, self._now(), strict=True)]


def decoded(came: Sequence[Came]) -> list[tuple[str, Arrival]]:
    return [
        (each.key, Arrival.of(decode_beacons(each.body, session_id=each.key), each.received_at))
        for each in came
    ]


def together(came: Sequence[Came]) -> dict[str, list[Told]]:
    told: dict[str, list[Told]] = {}
    for key, arrival in decoded(came):
        told.setdefault(key, []).append(arrival)
    return told


class CameLog:
    """Bodies in partitions, which are decoded when they are read."""

    def __init__(self, came: Sequence[Came], meter: Meter) -> None:
        self._meter = meter
        self._end = came[-1].received_at + END
        self._parts: list[list[Came]] = [[] for _ in range(PARTITIONS)]
        for each in came:
            self._parts[partition_of(each.key, PARTITIONS)].append(each)

    def read(self, partition: int, offset: str | None, most: int) -> Read:
        with self._meter.aside():
            start, part = int(offset or 0), self._parts[partition]
            entries = decoded(part[start : start + most])
        until = start + len(entries)
        now = self._end if until == len(part) else entries[-1][1].received_at
        return Read(entries, str(until), now)


Sent = list[tuple[str, bytes]]


def emptied(store: Store, sent: Sent) -> None:
    """What waits to be sent is sent."""
    for partition in range(store.partitions):
        while found := store.outgoing(partition, 1000):
            sent += [(each.record.message_id, each.record.body) for each in found]
            store.sent(partition, [each.number for each in found])


def by_lease(store: Store, came: Sequence[Came], batch: int, meter: Meter, sent: Sent) -> None:
    sessions = SharedSessions(store, opening)
    worker = LogWorker(sessions, CameLog(came, meter), "worker", seconds=60.0, batch=batch)
    while worker.work_on_all():
        with meter.aside():
            emptied(store, sent)


def by_cas(store: Store, came: Sequence[Came], batch: int, meter: Meter, sent: Sent) -> None:
    sessions = SharedSessions(store, opening)
    for number, start in enumerate(range(0, len(came), batch)):
        with meter.aside():
            told = together(came[start : start + batch])
            if number % 20 == 0:
                emptied(store, sent)
        sessions.feed(told)
    while sessions.wake(came[-1].received_at + END, batch):
        with meter.aside():
            emptied(store, sent)


WAYS: Final = {"lease": by_lease, "cas": by_cas}


def bare_step(came: Sequence[Came], batch: int) -> float:
    """Seconds of the processor for each beacon of the bare step."""
    kept: dict[str, bytes | None] = {}
    spent, many = 0.0, 0
    for start in range(0, min(len(came), BARE * batch), batch):
        told = together(came[start : start + batch])
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
        client, server: Seconds of the processor.
        bare: Seconds of the processor of the bare step, for each beacon.
        faults: How what was sent differs from what must be.
    """

    beacons: int
    seconds: float
    client: float
    server: float
    bare: float
    faults: Sequence[str]

    def __str__(self) -> str:
        client, server = (spent / self.beacons * 1e6 for spent in (self.client, self.server))
        return (
            f"{self.beacons:,} beacons, {self.beacons / self.seconds:,.0f}/s; "
            f"client {client:.1f} us, server {server:.1f} us a beacon; "
            f"bare step {self.bare * 1e6:.1f} us, client {client / self.bare / 1e6:.2f} of it; "
            + ("exact" if not self.faults else f"{len(self.faults)} or more differences")
        )


def measured(name: str, sessions: int, beacons: int, batch: int) -> Figures:
    """Run a store of ``STORES``."""
    came = made_up(sessions, beacons, left=0.5, together=1, apart=0.001)
    way, serve = STORES[name]
    sent: Sent = []
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "server") as served:
        store, server = served
        bare = bare_step(came, batch)
        meter = Meter(server)
        WAYS[way](store, came, batch, meter, sent)
        seconds, client, of_server = meter.stop()
        emptied(store, sent)
        keys = sorted({each.key for each in came})
        left = sum(each is not None for each in store.load(keys))
        store.close()
    faults = differences(oracle(came), sent) + [f"{left} viewers are left"] * bool(left)
    return Figures(len(came), seconds, client, of_server, bare, faults)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("stores", nargs="+", choices=sorted(STORES))
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--beacons", type=int, default=50)
    parser.add_argument("--batch", type=int, default=500)
    told = parser.parse_args()
    faulty = False
    for name in told.stores:
        figures = measured(name, told.sessions, told.beacons, told.batch)
        sys.stdout.write(f"{name}: {figures}\n" + "".join(f"  {x}\n" for x in figures.faults))
        sys.stdout.flush()
        faulty |= bool(figures.faults)
    return int(faulty)


if __name__ == "__main__":
    sys.exit(main())
