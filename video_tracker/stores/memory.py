"""A store in this process's memory: for tests, and where one process is enough."""

import itertools
import threading
from collections.abc import Sequence
from typing import Final

import attrs

from video_tracker.clock import Clock, SystemClock
from video_tracker.errors import PolicyError
from video_tracker.stores.base import (
    CLAIM,
    Change,
    Lease,
    LeaseLostError,
    Mark,
    Outgoing,
    Stored,
    partition_of,
)

__all__ = ["MemoryStore"]


@attrs.define(eq=False)
class _Partition:
    viewers: dict[str, Stored] = attrs.field(factory=dict)
    deadlines: dict[str, float] = attrs.field(factory=dict)
    outbox: dict[int, Outgoing] = attrs.field(factory=dict)
    numbers: "itertools.count[int]" = attrs.field(factory=lambda: itertools.count(1))
    leases: dict[str, tuple[Lease, float]] = attrs.field(factory=dict)


class MemoryStore:
    """Viewers in memory; safe for threads. What it holds ends with the process.

    Args:
        partitions: Into how many parts the keys fall.
        clock: Of the leases.

    Raises:
        PolicyError: No partition.
    """

    def __init__(self, partitions: int = 16, clock: Clock | None = None) -> None:
        if partitions < 1:
            raise PolicyError(f"a store has one partition or more, not {partitions!r}")
        self.partitions: Final = partitions
        self._clock = SystemClock() if clock is None else clock
        self._parts = [_Partition() for _ in range(partitions)]
        self._labels: dict[str, dict[str, float]] = {}
        self._lock = threading.Lock()

    def load(self, keys: Sequence[str], partition: int | None = None) -> list[Stored | None]:
        """Look up viewers; see :class:`~video_tracker.stores.Store`."""
        with self._lock:
            return [self._part(key, partition).viewers.get(key) for key in keys]

    def save(
        self, changes: Sequence[Change], lease: Lease | None = None, offset: str | None = None
    ) -> list[bool]:
        """Write viewers, their deadlines and their messages."""
        with self._lock:
            if lease is not None:
                self._renew(lease, offset)
                return [self._write(each, self._parts[lease.partition]) for each in changes]
            return [
                self._written(each, part) == each.version and self._write(each, part)
                for each in changes
                for part in (self._part(each.key, None),)
            ]

    def due(
        self, now: float, most: int, partition: int | None = None, claim: float = CLAIM
    ) -> list[str]:
        """Keys whose deadline has come, and which nobody else is given for a while."""
        with self._lock:
            parts = self._parts if partition is None else [self._parts[partition]]
            found = sorted(
                (deadline, key, part)
                for number, part in enumerate(parts)
                for key, deadline in part.deadlines.items()
                if deadline <= now
            )[:most]
            for _, key, part in found:
                part.deadlines[key] = now + claim
            return [key for _, key, _ in found]

    def lease(self, partition: int, owner: str, seconds: float, kind: str = "log") -> Lease | None:
        """Take a partition, or keep it; None while it is another's."""
        with self._lock:
            now, leases = self._clock.now(), self._parts[partition].leases
            held, until = leases.get(kind, (None, 0.0))
            if held is not None and held.owner != owner and until > now:
                return None
            epoch, offset = (0, None) if held is None else (held.epoch, held.offset)
            passes = held is None or held.owner != owner or until <= now
            lease = Lease(partition, kind, owner, epoch + passes, seconds, offset)
            leases[kind] = lease, now + seconds
            return lease

    def give_up(self, lease: Lease) -> None:
        """Let go of a lease before its time."""
        with self._lock:
            held, _ = self._parts[lease.partition].leases[lease.kind]
            if held.epoch == lease.epoch:
                self._parts[lease.partition].leases[lease.kind] = held, 0.0

    def outgoing(self, partition: int, most: int, after: int = 0) -> list[Outgoing]:
        """Messages that wait to be sent, in their order."""
        with self._lock:
            waiting = self._parts[partition].outbox.values()
            later = (each for each in waiting if each.number > after)
            return list(itertools.islice(later, most))

    def sent(self, partition: int, numbers: Sequence[int]) -> None:
        """Let go of messages that were sent."""
        with self._lock:
            for number in numbers:
                self._parts[partition].outbox.pop(number, None)

    def mark(self, marks: Sequence[Mark]) -> None:
        """Note who counts as live."""
        with self._lock:
            for mark in marks:
                held = self._labels.setdefault(mark.label, {})
                if mark.until is None:
                    held.pop(mark.key, None)
                else:
                    held[mark.key] = mark.until

    def grant(self, label: str, key: str, most: int, until: float, now: float) -> bool:
        """Let a viewer count as live until then, unless as many others already do."""
        with self._lock:
            held = self._labels.setdefault(label, {})
            others = sum(key != other and end > now for other, end in held.items())
            if others >= most:
                return False
            held[key] = max(until, held.get(key, until))
            return True

    def live(self, label: str, now: float) -> list[str]:
        """The keys that count as live under a label, in the order in which they will end."""
        with self._lock:
            held = self._labels.get(label, {})
            for key in [key for key, end in held.items() if end <= now]:
                del held[key]
            return sorted(held, key=lambda key: (held[key], key))

    def count(self, label: str, now: float) -> int:
        """How many they are."""
        return len(self.live(label, now))

    def close(self) -> None:
        """Nothing: there is no connection."""

    # -- under the lock ------------------------------------------------------------------------

    def _part(self, key: str, partition: int | None) -> _Partition:
        return self._parts[partition_of(key, self.partitions) if partition is None else partition]

    @staticmethod
    def _written(change: Change, part: _Partition) -> int:
        stored = part.viewers.get(change.key)
        return 0 if stored is None else stored.version

    def _write(self, change: Change, part: _Partition) -> bool:
        key = change.key
        if change.snapshot is None:
            part.viewers.pop(key, None)
        else:
            part.viewers[key] = Stored(self._written(change, part) + 1, change.snapshot)
        if change.snapshot is None or change.deadline is None:
            part.deadlines.pop(key, None)
        else:
            part.deadlines[key] = change.deadline
        for record in change.records:
            number = next(part.numbers)
            part.outbox[number] = Outgoing(number, record)
        return True

    def _renew(self, lease: Lease, offset: str | None) -> None:
        leases = self._parts[lease.partition].leases
        held, until = leases.get(lease.kind, (None, 0.0))
        now = self._clock.now()
        if held is None or held.epoch != lease.epoch or until <= now:
            raise LeaseLostError(f"partition {lease.partition} is no longer {lease.owner}'s")
        kept = held.offset if offset is None else offset
        leases[lease.kind] = attrs.evolve(held, offset=kept), now + held.seconds
