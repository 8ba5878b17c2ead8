"""The waiting line: a store, what is counted of it, and when a batch of it is due. Pure."""

from video_tracker.delivery.ledger import Ledger
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.store import Store
from video_tracker.record import Record

__all__ = ["Line"]


class Line:
    """Counts what waits, so that neither a put nor a question asks the store for it.

    Args:
        store: Where the records are.
        policy: The limits.
        budget: Bytes for the records of a batch and the commas between them.
        ledger: Where found and lost records are booked.

    Attributes:
        store: As given.
        budget: As given; less after a 413.
        waiting: Records in the store that were not handed out.
        bytes: The bytes of their bodies and a comma for each.
        urgent: So many from the head must not linger.
    """

    __slots__ = (
        "_batch_records",
        "_ledger",
        "_linger",
        "budget",
        "bytes",
        "store",
        "urgent",
        "waiting",
    )

    def __init__(self, store: Store, policy: DeliveryPolicy, budget: int, ledger: Ledger) -> None:
        self.store = store
        self.budget = budget
        self.waiting = 0
        self._batch_records = policy.batch_records
        self._linger = policy.linger
        self._ledger = ledger
        self.bytes = 0
        self.urgent = 0

    def count(self, size: int, urgent: bool) -> bool:
        """Count a record that was appended to the store.

        Args:
            size: Bytes of its body.
            urgent: It, and all that is before it, must not linger.

        Returns:
            Whether somebody should look: the line was empty, a batch is full now, or it is urgent.
        """
        self.waiting = waiting = self.waiting + 1
        before = self.bytes
        self.bytes = after = before + size + 1
        if urgent:
            self.urgent = waiting
            return True
        return waiting in (1, self._batch_records) or before <= self.budget < after

    def take(self) -> tuple[list[Record], list[float]]:
        """Take out a batch's worth and when each was put; nothing if there is nothing left."""
        self.recount()
        while self.waiting:
            taken = self.store.take(self._batch_records, self.budget)
            self._leave(len(taken.records), sum([len(record.body) for record in taken.records]))
            if taken.lost_records:
                self._leave(taken.lost_records, taken.lost_bytes)
                self._ledger.lose(taken.lost_records, taken.lost_bytes, "damaged")
            if taken.records:
                return list(taken.records), list(taken.times)
            if not taken.lost_records:
                break
        return [], []

    def evict(self) -> Record | None:
        """Remove the oldest for good; None when there is none."""
        record = self.store.evict()
        if record is not None:
            self._leave(1, len(record.body))
        return record

    def due_at(self, now: float, *, force: bool) -> float | None:
        """When a batch should be closed: ``now``, or when the first has lingered; None if empty."""
        if not self.waiting:
            return None
        full = self.waiting >= self._batch_records or self.bytes > self.budget
        oldest = self.store.oldest
        if force or self.urgent or full or oldest is None:
            return now
        return max(now, oldest + self._linger)

    def recount(self) -> int:
        """Book what came into the store, or went, without the pipe's doing; how many."""
        fresh = self.store.waiting - self.waiting
        if not fresh:
            return 0
        size = self.store.waiting_bytes - (self.bytes - self.waiting)
        if fresh > 0:
            self._ledger.find(fresh, size)
            self.waiting += fresh
            self.bytes += size + fresh
        else:
            self._ledger.lose(-fresh, -size, "damaged")
            self._leave(-fresh, -size)
        return fresh

    def straighten(self) -> None:
        """Count anew what waits, after a step that was interrupted."""
        waiting = self.store.waiting
        size = self.store.waiting_bytes
        self.waiting, self.bytes = waiting, size + waiting
        self.urgent = min(self.urgent, waiting)

    def forget(self, record: Record) -> None:
        """Count a record no more that somebody else took out of the store."""
        self._leave(1, len(record.body))

    def _leave(self, records: int, size: int) -> None:
        self.waiting -= records
        self.bytes -= size + records
        self.urgent = max(0, self.urgent - records)
