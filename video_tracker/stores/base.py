"""What a store of viewers is: snapshots that move by compare-and-set or under a lease.

A store keeps, for each key, a snapshot with its version and its deadline, and beside it what is to
be sent. Two ways lead to one session each:

* **Compare-and-set**, for servers behind a balancer: ``load``, step, ``save`` with the version that
  was loaded. Who comes second is told so, loads again and steps again.
* **A lease**, for who reads a log: one holder for each partition of it. ``save`` under a lease
  moves snapshots, deadlines, messages and the log's offset in one step, or not at all: the lease's
  epoch is a fence, and the late write of a holder that was stalled is refused.

Times are Unix seconds by the clock of whoever calls, except a lease's, which the store's server
keeps. A store is used by many threads and processes at once.
"""

import zlib
from collections.abc import Sequence
from typing import Final, Protocol, runtime_checkable

import attrs

from video_tracker.errors import DeliveryError
from video_tracker.record import Record

__all__ = [
    "CLAIM",
    "Change",
    "Lease",
    "LeaseLostError",
    "Mark",
    "Outgoing",
    "Store",
    "Stored",
    "partition_of",
]

CLAIM: Final = 5.0
"""Seconds for which who was given keys that are due is expected to see to them."""


class LeaseLostError(DeliveryError):
    """The lease has passed to another holder: nothing was written."""


@attrs.frozen
class Stored:
    """A viewer as he lies in a store.

    Args:
        version: Counts what was written under his key, from 1.
        snapshot: His snapshot.
    """

    version: int
    snapshot: bytes


@attrs.frozen
class Change:
    """What becomes of a viewer.

    Args:
        key: His key.
        version: The version that was loaded, 0 where there was none. Under a lease nobody asks.
        snapshot: His snapshot from now on; None: nothing is kept of him.
        deadline: When he is to be looked after, in Unix seconds; None: never.
        records: Messages that are to be sent, in their order.
    """

    key: str
    version: int
    snapshot: bytes | None
    deadline: float | None = None
    records: tuple[Record, ...] = ()


@attrs.frozen
class Lease:
    """A partition that is one's own for a while.

    Args:
        partition: Its number.
        kind: What it is held for: ``log`` or ``outbox``.
        owner: The holder's name.
        epoch: The fence: it grows each time that the lease passes on.
        seconds: How long it holds without a ``save`` under it, or another ``lease`` call.
        offset: Where the log is to be read on; None at its beginning.
    """

    partition: int
    kind: str
    owner: str
    epoch: int
    seconds: float
    offset: str | None = None


@attrs.frozen
class Outgoing:
    """A message that waits in a store to be sent.

    Args:
        number: Its place in its partition; grows.
        record: The message.
    """

    number: int
    record: Record


@attrs.frozen
class Mark:
    """Whether a viewer counts as live under a label.

    Args:
        label: The label (``asset:film``, ``account:42``).
        key: His key.
        until: He counts until then, in Unix seconds; None: he counts no more.
    """

    label: str
    key: str
    until: float | None


@runtime_checkable
class Store(Protocol):
    """Where viewers are kept. :mod:`video_tracker.testing.stores` says what holds of each.

    Where the server cannot be reached every method raises
    :class:`~video_tracker.errors.StoreError`; what was asked was then done wholly or not at all.
    Where a store lies on several servers, that holds of each change of a ``save`` without a lease.
    """

    @property
    def partitions(self) -> int:
        """Into how many parts the keys fall; fixed for as long as the store lives."""
        ...

    def load(self, keys: Sequence[str], partition: int | None = None) -> list[Stored | None]:
        """Look up viewers.

        Args:
            keys: Their keys.
            partition: Where they lie; None: each by its key (:func:`partition_of`).

        Returns:
            One for each key; None where nothing is kept.
        """
        ...

    def save(
        self, changes: Sequence[Change], lease: Lease | None = None, offset: str | None = None
    ) -> list[bool]:
        """Write viewers, their deadlines and their messages.

        Args:
            changes: At most one for each key.
            lease: Under it all are written in one step, into its partition; without it each key for
                itself, where nobody has written since it was loaded.
            offset: With a lease: where its log is to be read on.

        Returns:
            For each change whether it was written.

        Raises:
            LeaseLostError: The lease is another's; nothing was written.
        """
        ...

    def due(
        self, now: float, most: int, partition: int | None = None, claim: float = CLAIM
    ) -> list[str]:
        """Keys whose deadline has come, and which nobody else is given for a while.

        Args:
            now: The time that has come.
            most: How many at most.
            partition: Only of this one; None: of all.
            claim: For so many seconds from ``now`` they are not given to others.
        """
        ...

    def lease(self, partition: int, owner: str, seconds: float, kind: str = "log") -> Lease | None:
        """Take a partition, or keep it; None while it is another's."""
        ...

    def give_up(self, lease: Lease) -> None:
        """Let go of a lease before its time; of one that is another's nothing is done."""
        ...

    def outgoing(self, partition: int, most: int, after: int = 0) -> list[Outgoing]:
        """Messages that wait to be sent, in their order, behind the number ``after``."""
        ...

    def sent(self, partition: int, numbers: Sequence[int]) -> None:
        """Let go of messages that were sent; those that are gone are nobody's business."""
        ...

    def mark(self, marks: Sequence[Mark]) -> None:
        """Note who counts as live."""
        ...

    def grant(self, label: str, key: str, most: int, until: float, now: float) -> bool:
        """Let a viewer count as live until then, unless as many others already do; in one step."""
        ...

    def live(self, label: str, now: float) -> list[str]:
        """The keys that count as live under a label, in the order in which they will end."""
        ...

    def count(self, label: str, now: float) -> int:
        """How many they are."""
        ...

    def close(self) -> None:
        """Let go of connections; what is stored stays."""
        ...


def partition_of(key: str, partitions: int) -> int:
    """Where a key lies that no log has put anywhere."""
    return zlib.crc32(key.encode("utf-8", "surrogatepass")) % partitions
