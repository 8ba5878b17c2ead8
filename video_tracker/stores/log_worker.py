"""Who reads a log of what viewers said: one worker for each partition, whoever it is just now.

Snapshots, deadlines, messages and the log's offset move in one step, so that a worker may be killed
at any point: the next one reads on from where the last step stood, and nothing is done twice.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Protocol

import attrs

from video_tracker.ingest.feed import Pair
from video_tracker.keyed import Told, Viewer
from video_tracker.stores.base import Change, Lease, LeaseLostError, Mark
from video_tracker.stores.shared import SharedSessions

__all__ = ["Log", "LogWorker", "Read"]


@attrs.frozen
class Read:
    """A stretch of a partition.

    Args:
        entries: What was said, with the key of who said it, in the log's order.
        offset: Where to read on.
        now: The time up to which the log has been read, in Unix seconds, by the clock of its
            arrivals: what falls due by then is done.
    """

    entries: Sequence[tuple[str, Told]]
    offset: str
    now: float


class Log(Protocol):
    """A log in partitions, each in its order, which can be read again from any offset."""

    def read(self, partition: int, offset: str | None, most: int) -> Read | None:
        """Read on from an offset (None: from the beginning); None: there is nothing new."""
        ...


class LogWorker:
    """Moves on the viewers of those partitions whose lease it can have.

    A viewer whose partition stays is kept in memory between two steps, and is not loaded again.

    Args:
        sessions: The store, how viewers begin, and what makes the messages.
        log: Read by every worker of the same store.
        owner: This worker's name, another one for each that ever runs.
        seconds: How long a lease holds without a step.
        batch: Entries of a step.
        keep: Viewers of a partition that are kept in memory.
    """

    def __init__(
        self,
        sessions: SharedSessions,
        log: Log,
        owner: str,
        *,
        seconds: float = 10.0,
        batch: int = 1000,
        keep: int = 100_000,
    ) -> None:
        self._sessions = sessions
        self._store = sessions.store
        self._log = log
        self._owner = owner
        self._seconds = seconds
        self._batch = batch
        self._keep = keep
        self._held: dict[int, _Held] = {}

    def work(self, partition: int) -> int:
        """Take one step of a partition, if it can be had.

        Returns:
            How many entries and viewers that were due it saw to; 0: there was nothing to do, or the
            partition is another's.
        """
        held = self._hold(partition)
        if held is None:
            return 0
        read = self._log.read(partition, held.lease.offset, self._batch)
        now = held.now if read is None else max(held.now, read.now)
        try:
            done = self._step(held, read, now)
        except LeaseLostError:
            del self._held[partition]
            return 0
        except BaseException:
            self._held.pop(partition, None)  # its viewers may be ahead of the store
            raise
        held.now = now
        return done

    def work_on_all(self) -> int:
        """Take one step of each partition that can be had; how much was seen to."""
        return sum(map(self.work, range(self._store.partitions)))

    def close(self) -> None:
        """Let go of all partitions."""
        while self._held:
            _, held = self._held.popitem()
            self._store.give_up(held.lease)

    def _hold(self, partition: int) -> "_Held | None":
        held = self._held.get(partition)
        if held is None:
            lease = self._store.lease(partition, self._owner, self._seconds)
            if lease is not None:
                held = self._held[partition] = _Held(lease)
        return held

    def _step(self, held: "_Held", read: Read | None, now: float) -> int:
        told: dict[str, list[Told]] = {}
        for key, each in () if read is None else read.entries:
            told.setdefault(key, []).append(each)
        due = self._store.due(now, self._batch, held.lease.partition, 0.0)
        later = [key for key in due if key not in told]
        viewers, changes = self._viewers(held, told, later, now)
        marks: list[Mark] = []

        def take(viewer: Viewer) -> list[Pair]:
            made = viewer.take(told.get(viewer.key, ()))
            return made + viewer.advance(now) if viewer.deadline() <= now else made

        for viewer in viewers.values():
            moved = self._sessions.moved(viewer, 0, take, now)
            if moved is not None:
                changes.append(moved.change)
                marks += moved.marks
        offset = held.lease.offset if read is None else read.offset
        if changes or read is not None:
            self._store.save(changes, held.lease, offset)
            held.lease = attrs.evolve(held.lease, offset=offset)
        if marks:
            self._store.mark(marks)
        self._remember(held, viewers, changes)
        return (0 if read is None else len(read.entries)) + len(later)

    def _viewers(
        self, held: "_Held", told: Mapping[str, object], later: Sequence[str], now: float
    ) -> tuple[dict[str, Viewer], list[Change]]:
        """Those who said something and those who are due, and what is to be written of others."""
        known, sessions = held.viewers, self._sessions
        missing = [key for key in (*told, *later) if key not in known]
        loaded = self._store.load(missing, held.lease.partition) if missing else ()
        viewers = {key: known[key] for key in (*told, *later) if key in known}
        changes: list[Change] = []
        for key, stored in zip(missing, loaded, strict=True):
            found = sessions.found(key, stored, sessions.openings, None if key in told else now)
            if isinstance(found, Change):
                changes.append(found)
            elif found is not None:
                viewers[key] = found
        return viewers, changes

    def _remember(
        self, held: "_Held", viewers: dict[str, Viewer], changes: Sequence[Change]
    ) -> None:
        for change in changes:
            held.viewers.pop(change.key, None)
            if change.snapshot is not None and change.key in viewers:
                held.viewers[change.key] = viewers[change.key]
        while len(held.viewers) > self._keep:
            held.viewers.popitem(last=False)


@attrs.define(eq=False)
class _Held:
    """A partition that is held: its lease, and its viewers as they are in the store."""

    lease: Lease
    now: float = 0.0
    viewers: "OrderedDict[str, Viewer]" = attrs.field(factory=OrderedDict)
