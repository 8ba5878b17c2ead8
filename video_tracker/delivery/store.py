"""Where records wait: the protocol, the store in memory, and a chain of two stores. Pure.

A store is a line. ``append`` adds at its end, ``take`` hands out the oldest that were not handed
out before, and ``settled`` lets go of those that were: a store on disk keeps them until then, so
that a crash brings them back. A store knows nothing of batches, retries or outcomes; what it has
handed out stays with the pipe until it is settled, and is not handed out again.

Each call is made under the pipe's owner's lock, so a store needs none of its own for the pipe's
sake.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, repeat
from typing import Protocol, runtime_checkable

import attrs

from video_tracker.delivery.batching import fitting
from video_tracker.errors import StoreBrokenError, StoreError, StoreFullError
from video_tracker.record import Record

__all__ = [
    "ChainStore",
    "MemoryStore",
    "Store",
    "Taken",
    "newest_of",
    "straighten_store",
    "unsettled_of",
]


@attrs.frozen
class Taken:
    """What a store handed out.

    Args:
        records: In the order in which they were appended.
        times: When each was appended, Unix seconds; as many as ``records``.
        lost_records: Records that were counted as waiting and turned out to be gone or unreadable
            (a damaged disk). The pipe books them as dropped, reason ``damaged``.
        lost_bytes: The bytes of their bodies.
    """

    records: Sequence[Record] = ()
    times: Sequence[float] = ()
    lost_records: int = 0
    lost_bytes: int = 0


@runtime_checkable
class Store(Protocol):
    """A line of records. See the module for what each word means."""

    @property
    def waiting(self) -> int:
        """Records that ``take`` has not handed out."""
        ...

    @property
    def waiting_bytes(self) -> int:
        """The bytes of their bodies, added up (no framing)."""
        ...

    @property
    def oldest(self) -> float | None:
        """When the first of the waiting was appended (Unix seconds); None when none waits."""
        ...

    def append(self, record: Record, now: float) -> None:
        """Add a record at the end; a durable store has written it when this returns.

        Args:
            record: The record. Two of them may bear the same message id.
            now: Unix seconds.

        Raises:
            StoreFullError: It has no room of its own. Nothing was added.
            StoreBrokenError: It cannot be written. Nothing was added.
        """
        ...

    def take(self, max_records: int, max_bytes: int) -> Taken:
        """Hand out the oldest of the waiting.

        Args:
            max_records: How many at most, 1 or more.
            max_bytes: How long their bodies with one comma between each two may be. A first
                record that is longer alone is handed out, alone.

        Returns:
            At least one record when any waits (or it was lost); it never raises.
        """
        ...

    def settled(self, records: Sequence[Record]) -> None:
        """Let go of records that were handed out; never raises.

        Args:
            records: In any order, the same objects that ``take`` returned or equal ones. Those
                that it does not know are none of its business.
        """
        ...

    def evict(self) -> Record | None:
        """Remove the oldest of the waiting for good and return it; None when there is none."""
        ...


class MemoryStore:
    """A line in memory. What is handed out is forgotten: it lives in the pipe alone.

    Args:
        limit: How many records and bytes may wait; none is the pipe's affair.
        keep: Remember what is handed out until it is settled, for :meth:`unsettled`.
    """

    __slots__ = ("_bytes", "_limit", "_line", "_out")

    def __init__(self, *, limit: tuple[int, int] | None = None, keep: bool = False) -> None:
        self._limit = limit
        self._out: dict[int, tuple[Record, float]] | None = {} if keep else None
        self._line: deque[tuple[Record, float]] = deque()
        self._bytes = 0

    def __repr__(self) -> str:
        return f"<MemoryStore of {len(self._line)} records, {self._bytes} bytes>"

    def __iter__(self) -> Iterator[Record]:
        return (record for record, _ in self._line)

    @property
    def waiting(self) -> int:
        """Records that ``take`` has not handed out."""
        return len(self._line)

    @property
    def waiting_bytes(self) -> int:
        """The bytes of their bodies, added up."""
        return self._bytes

    @property
    def oldest(self) -> float | None:
        """When the first of the waiting was appended; None when none waits."""
        return self._line[0][1] if self._line else None

    def append(self, record: Record, now: float) -> None:
        """Add a record at the end.

        Raises:
            StoreFullError: Its limit is reached.
        """
        size = len(record.body)
        limit = self._limit
        if limit is not None and (len(self._line) >= limit[0] or self._bytes + size > limit[1]):
            raise StoreFullError("the store in memory is full")
        self._line.append((record, now))
        self._bytes += size

    def take(self, max_records: int, max_bytes: int) -> Taken:
        """Hand out the oldest of the waiting."""
        line = self._line
        pairs = list(islice(line, max_records))
        count, taken = fitting([len(record.body) for record, _ in pairs], max_bytes)
        del pairs[count:]
        records = [record for record, _ in pairs]
        # First they are noted, then they leave the line: interrupted, they are nowhere missing.
        if self._out is not None:
            self._out.update(zip(map(id, records), pairs, strict=True))
        leave = line.popleft
        for _ in pairs:
            leave()
        self._bytes -= taken
        return Taken(records, [time for _, time in pairs])

    def settled(self, records: Sequence[Record]) -> None:
        """Let go of records that were handed out."""
        if self._out:
            deque(map(self._out.pop, map(id, records), repeat(None)), maxlen=0)

    def unsettled(self) -> list[tuple[Record, float]]:
        """What was handed out and not settled, in order, and when each was appended.

        Returns:
            Nothing, unless it was made to ``keep`` them.
        """
        return list((self._out or {}).values())

    def straighten(self) -> None:
        """Undo what a step that was interrupted left: records both in the line and handed out."""
        while self._out and self._line and id(self._line[0][0]) in self._out:
            self._line.popleft()
        self._bytes = sum(len(record.body) for record, _ in self._line)

    def first(self, most: int) -> list[tuple[Record, float]]:
        """The oldest of the waiting, which go on waiting, and when each was appended."""
        return list(islice(self._line, most))

    def newest(self) -> list[Record]:
        """What waits."""
        return list(self)

    def remove(self, record: Record) -> bool:
        """Remove one of the waiting, that very object; False if it is not here."""
        for index, (each, _) in enumerate(self._line):
            if each is record:
                del self._line[index]
                self._bytes -= len(record.body)
                return True
        return False

    def evict(self) -> Record | None:
        """Remove the oldest of the waiting for good."""
        if not self._line:
            return None
        record, _ = self._line.popleft()
        self._bytes -= len(record.body)
        return record


class ChainStore:
    """Two stores one behind the other: one line still, in the order of arrival.

    While the back holds anything that waits, new records go to the back, and all that waits in
    the front is older. So memory with a disk behind it *spills*, and a disk with memory behind it
    *degrades*.

    Args:
        front: Where records go by rule.
        back: Where they go when the front is broken.
        spill: They go there too when the front is full.
        on_diverted: Told of the first error of the front after it was well, to be loud about.

    Attributes:
        diverted: Records that went to the back so far.
        trouble: The error for which the front was left, until it takes a record again.
    """

    __slots__ = (
        "_append",
        "_back",
        "_diverting",
        "_front",
        "_on_diverted",
        "_straight",
        "diverted",
        "trouble",
    )

    def __init__(
        self,
        front: Store,
        back: Store,
        *,
        spill: bool = False,
        on_diverted: Callable[[StoreError], object] | None = None,
    ) -> None:
        self._front = front
        self._back = back
        self._diverting = StoreError if spill else StoreBrokenError
        self._on_diverted = on_diverted
        self._append = front.append
        self._straight = not back.waiting  # nothing went to the back that may still be there
        self.diverted = 0
        self.trouble: StoreError | None = None

    @property
    def waiting(self) -> int:
        """Records that ``take`` has not handed out."""
        return self._front.waiting + self._back.waiting

    @property
    def waiting_bytes(self) -> int:
        """The bytes of their bodies, added up."""
        return self._front.waiting_bytes + self._back.waiting_bytes

    @property
    def oldest(self) -> float | None:
        """When the first of the waiting was appended; None when none waits."""
        oldest = self._front.oldest
        return self._back.oldest if oldest is None else oldest

    def append(self, record: Record, now: float) -> None:
        """Add a record at the end.

        Raises:
            StoreFullError: There is no room.
            StoreBrokenError: The back cannot be written either.
        """
        if self._straight or not self._back.waiting:
            try:
                self._append(record, now)
            except self._diverting as error:
                self._note(error)
            else:
                if not self._straight:
                    self._straight, self.trouble = True, None
                return
        self._straight = False
        self._back.append(record, now)
        self.diverted += 1

    def _note(self, error: StoreError) -> None:
        well, self.trouble = self.trouble is None, error
        if well and self._on_diverted is not None:
            self._on_diverted(error)

    def unsettled(self) -> list[tuple[Record, float]]:
        """What was handed out and not settled, as far as the stores know it."""
        return [each for store in (self._front, self._back) for each in unsettled_of(store)]

    def newest(self) -> list[Record]:
        """What waits and is in memory."""
        return [each for store in (self._front, self._back) for each in newest_of(store)]

    def straighten(self) -> None:
        """Undo what a step that was interrupted left in either store."""
        for store in (self._front, self._back):
            straighten_store(store)

    def take(self, max_records: int, max_bytes: int) -> Taken:
        """Hand out the oldest of the waiting; never from both stores at once."""
        store = self._front if self._front.waiting else self._back
        return store.take(max_records, max_bytes)

    def settled(self, records: Sequence[Record]) -> None:
        """Let go of records that were handed out, whichever store they came from."""
        self._front.settled(records)
        self._back.settled(records)

    def evict(self) -> Record | None:
        """Remove the oldest of the waiting for good."""
        store = self._front if self._front.waiting else self._back
        return store.evict()


def unsettled_of(store: Store) -> list[tuple[Record, float]]:
    """What a store handed out and still knows of; one of the caller's own need know nothing."""
    tell = getattr(store, "unsettled", None)
    return [] if tell is None else list(tell())


def newest_of(store: Store) -> list[Record]:
    """What waits in a store and is in memory, as far as it tells."""
    tell = getattr(store, "newest", None)
    return [] if tell is None else list(tell())


def straighten_store(store: Store) -> None:
    """Let a store undo what a step that was interrupted left in it, if it can."""
    straighten = getattr(store, "straighten", None)
    if straighten is not None:
        straighten()
