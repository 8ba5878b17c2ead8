"""From a store's outbox to the sender: what is settled there is let go of here.

A partition's messages are read by who holds its lease, so that they leave in their order. A worker
that is killed leaves them to the next holder, who sends again, under the same ids, what was on its
way.
"""

import threading
from collections.abc import Iterable
from typing import Final, Protocol

import attrs

from video_tracker.errors import QueueFullError
from video_tracker.record import Record
from video_tracker.stores import Lease, Store

__all__ = ["Pump"]

_LEASE: Final = 30.0
"""Seconds after which others send what a killed worker left."""
_RENEWED: Final = 10.0
"""Seconds after which a lease is asked for again, one's own or another's."""
_MOST: Final = 2_000
"""Messages that were read and are not settled."""


class _Way(Protocol):
    """The way out, as far as it is needed here."""

    def queue(self, record: Record) -> bool:
        """Take a record."""
        ...

    def now(self) -> float:
        """Steady time in seconds."""
        ...


@attrs.define(eq=False)
class _Line:
    """The messages of one partition."""

    lease: Lease | None = None
    asked_at: float = float("-inf")
    read: int = 0  # the number of the last one that was given to the sender
    out: set[int] = attrs.field(factory=set)  # those given that are not settled
    done: list[int] = attrs.field(factory=list)  # those settled that the store still has
    again: bool = False  # one was given up unsent: it is read once more


class Pump:
    """Gives the messages that wait in a store to a sender.

    Args:
        store: The store.
        way: The sender; :meth:`settled` and :meth:`given_up` are to be told what became of records.
        owner: This worker's name, another one for each that ever runs.
    """

    def __init__(self, store: Store, way: _Way, owner: str) -> None:
        self._store = store
        self._way = way
        self._owner = owner
        self._lines = [_Line() for _ in range(store.partitions)]
        self._places: dict[str, list[tuple[_Line, int]]] = {}
        self._lock = threading.Lock()

    @property
    def out(self) -> int:
        """How many messages the sender has."""
        return len(self._places)

    def settled(self, records: Iterable[Record]) -> None:
        """These need not be sent any more: they arrived, or are dead letters."""
        with self._lock:
            for record in records:
                for line, number in self._places.pop(record.message_id, ()):
                    line.out.discard(number)
                    line.done.append(number)

    def given_up(self, records: Iterable[Record]) -> None:
        """The sender has no room for these, or ends: they stay in the store."""
        with self._lock:
            for record in records:
                for line, number in self._places.pop(record.message_id, ()):
                    line.out.discard(number)
                    line.again = True

    def turn(self, only: int | None = None) -> int:
        """Let go of what is settled, and read on; how many messages were read.

        Args:
            only: One partition, which is asked for at once; None: all.

        Raises:
            StoreError: The store cannot be reached.
        """
        read = 0
        for partition in range(len(self._lines)) if only is None else (only,):
            line = self._lines[partition]
            self._let_go(partition, line)
            if self._holds(partition, line, at_once=only is not None):
                read += self._read_on(partition, line)
        return read

    def rest(self, partition: int) -> bool:
        """Let go of a partition of which nothing is on its way; whether it was let go of.

        Raises:
            StoreError: The store cannot be reached.
        """
        line = self._lines[partition]
        self._let_go(partition, line)
        if line.lease is None or line.out:
            return False
        self._leave(line)
        return True

    def waits(self, partition: int) -> bool:
        """Whether messages wait in a partition, whoever is to send them.

        Raises:
            StoreError: The store cannot be reached.
        """
        return bool(self._store.outgoing(partition, 1))

    def close(self) -> None:
        """Let go of all partitions; what is not settled stays in the store.

        Raises:
            StoreError: The store cannot be reached.
        """
        for partition, line in enumerate(self._lines):
            self._let_go(partition, line)
            self._leave(line)

    def _leave(self, line: _Line) -> None:
        if line.lease is not None:
            self._store.give_up(line.lease)
            line.lease, line.asked_at = None, float("-inf")

    def _let_go(self, partition: int, line: _Line) -> None:
        with self._lock:
            done, line.done = line.done, []
        if done:
            try:
                self._store.sent(partition, done)
            except BaseException:
                with self._lock:
                    line.done += done
                raise

    def _holds(self, partition: int, line: _Line, *, at_once: bool) -> bool:
        now = self._way.now()
        if now - line.asked_at >= _RENEWED or (at_once and line.lease is None):
            lease = self._store.lease(partition, self._owner, _LEASE, "outbox")
            if lease is None or line.lease is None or lease.epoch != line.lease.epoch:
                line.read = 0  # another may have let go of what was read, or not
            line.lease, line.asked_at = lease, now
        return line.lease is not None

    def _read_on(self, partition: int, line: _Line) -> int:
        if line.again and not line.out:
            line.again, line.read = False, 0
        room = _MOST - len(self._places)
        if room <= 0 or line.again:
            return 0
        waiting = self._store.outgoing(partition, room, line.read)
        for each in waiting:
            line.read = each.number
            if each.number in line.out or each.number in line.done:
                continue
            with self._lock:
                line.out.add(each.number)
                self._places.setdefault(each.record.message_id, []).append((line, each.number))
            try:
                self._way.queue(each.record)
            except QueueFullError:
                self.given_up((each.record,))
                break
        return len(waiting)
