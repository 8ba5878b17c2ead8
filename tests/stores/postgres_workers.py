"""Workers over a store in PostgreSQL, as processes that may be killed, and a log that all read.

python -m tests.stores.postgres_workers {log,stalling,writer} CONNINFO SCHEMA NAME
"""

import functools
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Final

from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Arrival
from video_tracker.stores import (
    Change,
    Lease,
    LeaseLostError,
    LogWorker,
    Read,
    SharedSessions,
    partition_of,
)
from video_tracker.stores.postgres import PostgresStore
from video_tracker.testing.keyed import Came, made_up, opening

__all__ = ["AFTERWARDS", "PARTITIONS", "MadeUpLog", "arrival", "hot", "log", "rounds", "worker"]

PARTITIONS: Final = 4
AFTERWARDS: Final = 1e7
"""Seconds after a log's end when nothing of any viewer is left."""
LEASE: Final = 1.0
BATCH: Final = 3
ROUND: Final = 5.0


@functools.cache
def log() -> list[Came]:
    return made_up(16, 24)


@functools.cache
def hot() -> list[Came]:
    """Few viewers who say much."""
    return made_up(3, 45, together=1, apart=0.0)


def arrival(came: Came) -> Arrival:
    return Arrival.of(decode_beacons(came.body, session_id=came.key), came.received_at)


class MadeUpLog:
    """The made-up bodies in partitions, each read to its end; then all time passes, if it may.

    Args:
        to_the_end: Whether time passes when all is read.

    Attributes:
        share: So much of it has been written so far.
    """

    share = 1.0

    def __init__(self, to_the_end: bool = True) -> None:
        self._parts: list[list[Came]] = [[] for _ in range(PARTITIONS)]
        for came in log():
            self._parts[partition_of(came.key, PARTITIONS)].append(came)
        self._over = log()[-1].received_at
        if to_the_end:
            self.to_the_end()

    def to_the_end(self) -> None:
        """Let all time pass behind what is read."""
        self._over += AFTERWARDS

    def read(self, partition: int, offset: str | None, most: int) -> Read | None:
        place = int(offset or 0)
        whole = self._parts[partition]
        part = whole[: int(len(whole) * self.share)][place : place + most]
        if not part:
            return None if self.share < 1.0 else Read((), str(place), self._over)
        entries = [(came.key, arrival(came)) for came in part]
        return Read(entries, str(place + len(part)), part[-1].received_at)


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def worker(store: PostgresStore, name: str, read: MadeUpLog) -> LogWorker:
    return LogWorker(SharedSessions(store, opening), read, name, seconds=LEASE, batch=BATCH)


class Stalling(PostgresStore):
    """Whose process stops before its third step is written, until it is told to go on."""

    steps = 0

    def save(
        self, changes: Sequence[Change], lease: Lease | None = None, offset: str | None = None
    ) -> list[bool]:
        self.steps += 1
        if self.steps == 3:
            os.kill(os.getpid(), signal.SIGSTOP)
        try:
            return super().save(changes, lease, offset)
        except LeaseLostError:
            say("refused")
            raise


def rounds() -> list[list[Came]]:
    """The hot viewers' bodies, some seconds of them in each."""
    first = hot()[0].received_at
    made: list[list[Came]] = [[]]
    for came in hot():
        while came.received_at >= first + ROUND * len(made):
            made.append([])
        made[-1].append(came)
    return made


def write(store: PostgresStore, name: str) -> None:
    """Feed every second body of a round, a line for each round that may begin."""
    sessions = SharedSessions(store, opening)
    for bodies in rounds():
        sys.stdin.readline()
        for came in bodies[int(name) :: 2]:
            sessions.feed({came.key: [arrival(came)]})
        say(sessions.counted["conflict"])


def main(role: str, conninfo: str, schema: str, name: str) -> None:
    kind = Stalling if role == "stalling" else PostgresStore
    store = kind(conninfo, schema=schema, partitions=PARTITIONS)
    say("here")
    if role == "writer":
        write(store, name)
        return
    works = worker(store, name, MadeUpLog())
    while True:
        for partition in range(PARTITIONS):
            works.work(partition)
            time.sleep(0.03)  # so that somebody can kill it in the middle


if __name__ == "__main__":
    main(*sys.argv[1:])
