"""Runs of workers over a store, and what must come of them; for the tests of every server."""

import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs

from tests.examples.servers import ROOT
from tests.ingest.streams import recorded
from tests.recordings.replaying import adapter_of
from tests.tracker.test_recordings_through_trackers import plan_of
from video_tracker.adapter_state import adapter_snapshot
from video_tracker.errors import StoreError
from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Arrival, Opening, Told, Viewer, unpack, viewer_of
from video_tracker.record import Record
from video_tracker.session import snapshot
from video_tracker.stores import (
    Change,
    Lease,
    LeaseLostError,
    LogWorker,
    Read,
    SharedSessions,
    Store,
    partition_of,
)
from video_tracker.testing.keyed import Came, differences, made_up, opening, oracle

__all__ = [
    "END",
    "ListLog",
    "Order",
    "Run",
    "child_worker",
    "feed",
    "outbox",
    "run_of",
    "wake_all",
    "work",
]

DIALECTS: Final = ("signals", "html5", "hlsjs")
VIDEOJS: Final = ("02-pause-videojs", "03b-scrub-videojs")
"""Recordings of real players: no simulator speaks this dialect."""

END: Final = 30 * 86_400.0
"""Seconds after the last word: whoever still waits has been forgotten by then."""

Entry = tuple[str, Arrival]


@attrs.frozen
class Run:
    """What viewers said, and how they begin.

    Args:
        came: The bodies, in the order in which they came.
        openings: For each key how he begins.
        entries: The same bodies, decoded.
        expected: The messages of one process that keeps every viewer in memory.
    """

    came: Sequence[Came]
    openings: dict[str, Opening]
    entries: Sequence[Entry]
    expected: dict[str, list[Record]]

    @property
    def end(self) -> float:
        return self.came[-1].received_at + END

    @property
    def messages(self) -> int:
        return sum(map(len, self.expected.values()))

    def viewers(self) -> dict[str, Viewer]:
        """Every viewer as he is when he has said all, and no time has passed since."""
        viewers: dict[str, Viewer] = {}
        for key, arrival in self.entries:
            if key not in viewers:
                viewers[key] = viewer_of(None, key, self.openings[key])
            viewers[key].take((arrival,))
        return viewers

    def faults(self, store: Store) -> list[str]:
        """How what a store holds at the end differs from what it must: messages, and nobody."""
        told = differences(self.expected, outbox(store))
        left = store.load(list(self.openings))
        return told + [
            f"{key} is still there"
            for key, stored in zip(self.openings, left, strict=True)
            if stored is not None
        ]

    def foreign_states(self, store: Store, now: float) -> list[str]:
        """The keys whose viewers are other than in one process, once they have come to a time."""
        kept = store.load(list(self.openings))
        expected = self.viewers()
        return [
            key
            for key, stored in zip(self.openings, kept, strict=True)
            if stored is None
            or _state(unpack(stored.snapshot, key, self.openings[key]), now)
            != _state(expected[key], now)
        ]


def _state(viewer: Viewer, now: float) -> list[Any]:
    """What a viewer consists of, once he has come to a time."""
    viewer.advance(now)
    feed, intake = viewer.feed, viewer.intake
    return [
        snapshot(feed.playback.session),
        None if feed.adapter is None else adapter_snapshot(feed.adapter),
        None if intake is None else intake.count,
        (viewer.lag, viewer.heard_at, viewer.deadline(), viewer.labels),
    ]


def run_of(
    sessions: int = 24,
    beacons: int = 24,
    *,
    change: Callable[[Opening], Opening] = lambda each: each,
    dialects: Sequence[str] = DIALECTS,
    videojs: Sequence[str] = VIDEOJS,
) -> Run:
    """Made-up viewers of several dialects, and real ones of videojs."""
    came = made_up(sessions, beacons, dialects=dialects)
    openings = {key: change(opening(key)) for key in sorted({each.key for each in came})}
    for name in videojs:
        came += _recorded(name)
        plan = plan_of(name)
        beginning = Opening(player=type(adapter_of(name)), plan=plan, settings=plan.settings)
        openings[name] = change(beginning)
    came.sort(key=lambda each: each.received_at)
    entries = [
        (each.key, Arrival.of(decode_beacons(each.body, session_id=each.key), each.received_at))
        for each in came
    ]
    return Run(came, openings, entries, oracle(came, openings.__getitem__))


def _recorded(name: str) -> Iterator[Came]:
    for number, said in enumerate(recorded(name)):
        beacon = {
            "session_id": name,
            "seq": number,
            "t": said.at * 1000,
            "player": said.player,
            "event": said.event,
            "state": dict(said.state),
            "detail": dict(said.detail),
            "el": said.element,
        }
        yield Came(name, said.at + 0.2, json.dumps(beacon).encode())


@attrs.frozen
class ListLog:
    """A log in memory; when it has been read, time passes up to its end.

    Args:
        entries: All of them, in their order.
        partitions: Into how many parts they fall.
        end: The time up to which it goes on; None: that of its last entry.
    """

    entries: Sequence[Entry]
    partitions: int
    end: float | None = None
    parts: list[list[Entry]] = attrs.field(init=False)

    @parts.default
    def _parts(self) -> list[list[Entry]]:
        parts: list[list[Entry]] = [[] for _ in range(self.partitions)]
        for entry in self.entries:
            parts[partition_of(entry[0], self.partitions)].append(entry)
        return parts

    def read(self, partition: int, offset: str | None, most: int) -> Read | None:
        start, part = int(offset or 0), self.parts[partition]
        entries = part[start : start + most]
        until = start + len(entries)
        if until < len(part):
            return Read(entries, str(until), entries[-1][1].received_at)
        end = self.entries[-1][1].received_at if self.end is None else self.end
        return Read(entries, str(until), end)


def outbox(store: Store) -> Iterator[tuple[str, bytes]]:
    """Id and body of every message that waits."""
    for partition in range(store.partitions):
        after = 0
        while found := store.outgoing(partition, 500, after):
            yield from ((each.record.message_id, each.record.body) for each in found)
            after = found[-1].number


def feed(sessions: SharedSessions, entries: Sequence[Entry]) -> None:
    """Let viewers say something, in one call."""
    told: dict[str, list[Told]] = {}
    for key, arrival in entries:
        told.setdefault(key, []).append(arrival)
    sessions.feed(told)


def wake_all(sessions: SharedSessions, now: float) -> None:
    """Let time pass until nobody is due any more."""
    while sessions.wake(now, 100):
        pass


# -- a worker as a process of its own --------------------------------------------------------------


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


class Telling:
    """A store that says aloud when a lease was another's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def save(
        self, changes: Sequence[Change], lease: Lease | None = None, offset: str | None = None
    ) -> list[bool]:
        try:
            return self._store.save(changes, lease, offset)
        except LeaseLostError:
            _say("lost")
            raise


def _redis(address: str, partitions: int) -> Store:
    from video_tracker.stores.redis import RedisStore  # noqa: PLC0415 - one server's is enough

    return RedisStore(address, partitions=partitions)


STORES: Final[dict[str, Callable[[str, int], Store]]] = {"redis": _redis}


@attrs.frozen
class Order:
    """What a worker is to do.

    Args:
        run: What viewers say.
        store: Which of ``STORES``, its address and its partitions.
        way: ``lease``, or ``share``: to feed every so many bodies by compare-and-set, from when
            there is a file ``go`` beside the order.
        owner: The worker's name.
        seconds: How long its lease holds.
        batch: Entries of a step.
        share: Which of the bodies are its own, and of how many workers.
    """

    run: Run
    store: tuple[str, str, int]
    way: str
    owner: str
    seconds: float = 5.0
    batch: int = 10
    share: tuple[int, int] = (0, 1)


@contextmanager
def child_worker(folder: Path, order: Order) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A worker that runs until it is done, stopped or killed; and the file with its words."""
    told, output = folder / f"{order.owner}.pickle", folder / f"{order.owner}.txt"
    told.write_bytes(pickle.dumps(order))
    with output.open("ab") as words:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import work; work({str(told)!r})"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
    try:
        yield process, output
    finally:
        process.kill()
        process.wait()


def work(orders: str) -> None:
    """Do what is ordered; what the process of a worker runs."""
    order: Order = pickle.loads(Path(orders).read_bytes())
    kind, address, partitions = order.store
    store = STORES[kind](address, partitions)
    sessions = SharedSessions(Telling(store), order.run.openings.__getitem__)
    if order.way == "share":
        _say("ready")
        while not Path(orders).with_name("go").exists():
            time.sleep(0.002)
        first, workers = order.share
        own = order.run.entries[first::workers]
        for start in range(0, len(own), order.batch):
            feed(sessions, own[start : start + order.batch])
        _say(f"conflicts {sessions.counted['conflict']}")
        return
    log = ListLog(order.run.entries, partitions, order.run.end)
    worker = LogWorker(sessions, log, order.owner, seconds=order.seconds, batch=order.batch)
    while True:
        try:
            done = worker.work_on_all()
        except StoreError:
            done = 0
        if not done:
            time.sleep(0.02)
