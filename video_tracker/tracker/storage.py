"""Where a sender's records wait: memory, a disk that degrades to memory, or memory that spills."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from video_tracker.delivery.account import Dead
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.spool import Spool
from video_tracker.delivery.spool_dead import DeadLetters
from video_tracker.delivery.spool_directory import Directory
from video_tracker.delivery.spool_segment import Segment
from video_tracker.delivery.store import ChainStore, MemoryStore, Store
from video_tracker.errors import PolicyError, StoreError
from video_tracker.record import Record

__all__ = ["Storage", "default_policy"]

_FALLBACK: Final = (100_000, 64 * 1024 * 1024)
"""Records and bytes that memory takes while the disk does not."""

_ADOPT_EVERY: Final = 15.0
"""Seconds between two looks for what other processes left behind."""

_AT_ONCE: Final = 200
"""Records that are brought to the disk before others have their turn."""

Found: TypeAlias = Sequence[tuple[Directory, Segment]]


def default_policy(spool: Spool | None) -> DeliveryPolicy:
    """The limits when none are given; with a spool its own size is the limit."""
    if spool is None:
        return DeliveryPolicy()
    return DeliveryPolicy.durable(max_records=1_000_000, max_bytes=512 * 1024 * 1024)


class Storage:
    """A store for a pipe, and what its disk needs besides.

    Args:
        spool: The disk; None is memory alone.
        policy: Its ``overflow`` says whether memory spills to the disk.
        on_trouble: Told, under the lock, that the disk began to fail.

    Attributes:
        store: The store.
        troubles: How often the disk began to fail.

    Raises:
        PolicyError: It is to spill, and there is nowhere to.
    """

    def __init__(
        self,
        spool: Spool | None,
        policy: DeliveryPolicy,
        on_trouble: Callable[[StoreError], object],
    ) -> None:
        self.spool: Final = spool
        self.troubles = 0
        self._on_trouble = on_trouble
        self._adopt_at = float("-inf")
        self._spills = policy.overflow == "spill"
        self._letters = None if spool is None else DeadLetters(spool.root)
        self._memory = MemoryStore(keep=True)
        self.store: Store
        if spool is None:
            if self._spills:
                raise PolicyError("overflow='spill' needs a spool_dir to spill to")
            self.store = self._memory
        elif self._spills:
            self._memory = MemoryStore(limit=(policy.max_records, policy.max_bytes), keep=True)
            self.store = ChainStore(self._memory, spool, spill=True, on_diverted=self._diverted)
        else:
            self._memory = MemoryStore(limit=_FALLBACK, keep=True)
            self.store = ChainStore(spool, self._memory, on_diverted=self._diverted)

    @property
    def diverted(self) -> int:
        """Records that went to the store behind the first."""
        return self.store.diverted if isinstance(self.store, ChainStore) else 0

    def bury(self, letters: Iterable[Dead], at: float) -> None:
        """Keep dead letters beside the spool, before it lets go of them."""
        if self._letters is not None:
            for letter in letters:
                self._letters.write(letter, at)

    def sync(self) -> StoreError | None:
        """Wait for the disk, if it has something to do; called without the lock."""
        if self.spool is not None and self.spool.dirty:
            try:
                self.spool.sync()
            except StoreError as error:
                return error
        return None

    def search(self, now: float) -> Found:
        """Look for what dead processes left, if it is time; called without the lock."""
        if self.spool is None or now < self._adopt_at:
            return ()
        found = self.spool.search(now=now)
        self._adopt_at = now if found else now + _ADOPT_EVERY
        return found

    def take_over(self, found: Found) -> None:
        """Let what was found wait here; called under the lock."""
        if self.spool is not None:
            self.spool.take_over(found)

    def heal(self, now: float) -> bool:
        """Bring a part of what only memory has to the disk; called under the lock.

        That is what came while the disk failed, and what was written to files that somebody
        removed.

        Returns:
            Whether there may be more.
        """
        spool = self.spool
        if spool is None or not spool.rested(now):
            return False
        more = spool.look_after(now)
        if isinstance(self.store, ChainStore) and not self._spills and self.store.diverted:
            more = self._come_back(spool, self.store, now) or more
        return more

    def _come_back(self, spool: Spool, chain: ChainStore, now: float) -> bool:
        memory = self._memory
        if not memory.waiting and not memory.unsettled():
            return False
        spool.mend()
        # First what is on its way: it is older.
        for record, at in memory.unsettled()[:_AT_ONCE]:
            try:
                spool.append_out(record, now, at)
            except StoreError:
                return False
            memory.settled((record,))
        for record, at in memory.first(_AT_ONCE):
            try:
                spool.append_late(record, now, at)
            except StoreError:
                return False
            memory.evict()
        if memory.waiting or memory.unsettled():
            return True
        chain.trouble = None
        return False

    def leave(self, now: float) -> list[Record]:
        """Put what only memory has on the disk, before it is closed.

        Args:
            now: Unix seconds.

        Returns:
            What does not go there: the records that are lost unless they are in flight and arrive.
        """
        spool, memory = self.spool, self._memory
        if spool is None:
            return []
        while spool.look_after(now):
            pass
        spool.mend()  # the disk may be well again
        left = memory.unsettled()  # held for another try, or in flight: sent twice is not lost
        while memory.waiting:
            at = memory.oldest or 0.0
            record = memory.evict()
            assert record is not None
            left.append((record, at))
        lost = []
        for record, at in left:
            try:
                spool.append_late(record, now, at)
            except StoreError:
                lost.append(record)
        return lost

    def reopen(self) -> None:
        """Take what still comes after the close, for whoever adopts it."""
        if self.spool is not None:
            self.spool.reopen()

    def close(self) -> None:
        """Leave to the disk what waits there."""
        if self.spool is not None:
            self.spool.close()

    def abandon(self) -> None:
        """What a forked child inherited is its parent's."""
        if self.spool is not None:
            self.spool.abandon()

    def _diverted(self, error: StoreError) -> None:
        self.troubles += 1
        self._on_trouble(error)
