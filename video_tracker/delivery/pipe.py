"""The pipe: a bounded queue, its batches, retries, isolation and ledger. Deterministic and pure."""

from collections.abc import Callable

from video_tracker.delivery.account import Account, Batch, Dropped, LaneState, Put, Settled
from video_tracker.delivery.outcome import Outcome
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.store import MemoryStore, Store
from video_tracker.record import Record

__all__ = ["Pipe"]


class Pipe:
    """Takes records, gives out batches, and learns from outcomes what to do next.

    It has no lock: its owner calls it from one thread at a time. It has no clock: ``now`` is Unix
    seconds and must not step back.

    A batch is given out by :meth:`next_batch` and must come back by :meth:`settle` or
    :meth:`give_back`, once. In between it is the shell's, which sends it without the lock.

    Args:
        policy: The limits.
        random: Chance for the jitter: numbers from 0 to 1.
        overhead: The bytes of a batch's body around its records (:attr:`Frame.overhead`).
        store: Where records wait; memory by default. What waits in it already is booked as
            accepted. For ``overflow="spill"`` it must be a
            :class:`~video_tracker.delivery.store.ChainStore` with a limit on its front.
    """

    def __init__(
        self,
        policy: DeliveryPolicy,
        *,
        random: Callable[[], float],
        overhead: int = 0,
        store: Store | None = None,
    ) -> None:
        self.policy = policy
        self.store: Store = MemoryStore() if store is None else store
        raise NotImplementedError

    @property
    def pending_records(self) -> int:
        """Records waiting, held back, or in flight."""
        raise NotImplementedError

    @property
    def pending_bytes(self) -> int:
        """The bytes of their bodies."""
        raise NotImplementedError

    @property
    def in_flight(self) -> int:
        """Batches given out and not settled."""
        raise NotImplementedError

    @property
    def state(self) -> LaneState:
        """Whether the lane is open, backing off or stopped."""
        raise NotImplementedError

    def has_room(self, size: int) -> bool:
        """Whether a record with a body of ``size`` bytes would be taken as things stand."""
        raise NotImplementedError

    def put(self, record: Record, now: float, urgent: bool = False) -> Put:
        """Take a record.

        Args:
            record: The record; it is kept as it is.
            now: Unix seconds.
            urgent: Do not let it linger: a batch is closed for it, and what is before it, at once.

        Returns:
            What became of it. It never raises.
        """
        raise NotImplementedError

    def refuse(self, record: Record, reason: str) -> Dropped:
        """Book a record that never came in (a wait for room that was in vain, a closed shell)."""
        raise NotImplementedError

    def next_batch(self, now: float, *, force: bool = False) -> Batch | None:
        """Give out what is to be sent now.

        Args:
            now: Unix seconds.
            force: Let nothing linger (flush, close). A back-off or a stop is respected all the
                same.

        Returns:
            The batch, or None: nothing is due, or enough is in flight.
        """
        raise NotImplementedError

    def settle(self, batch: Batch, outcome: Outcome, now: float) -> Settled:
        """Learn what became of a batch.

        Args:
            batch: As it was given out.
            outcome: What the transport said. An exception of the transport's is told as
                ``TryLater("raised", ...)``.
            now: Unix seconds.

        Raises:
            ValueError: The batch is not in flight (it was settled before, or is another pipe's).
        """
        raise NotImplementedError

    def give_back(self, batch: Batch) -> None:
        """Take back a batch that was not sent; it counts as no attempt.

        Raises:
            ValueError: The batch is not in flight.
        """
        raise NotImplementedError

    def abandon(self, reason: str) -> tuple[Dropped, ...]:
        """Drop all that is pending but not in flight, and let the store go of it too."""
        raise NotImplementedError

    def recount(self) -> int:
        """Book what came into the store from aside (adopted orphans) as accepted; how many."""
        raise NotImplementedError

    def wake_at(self, now: float, *, force: bool = False) -> float | None:
        """When :meth:`next_batch` may next give something.

        Args:
            now: Unix seconds.
            force: As there.

        Returns:
            Unix seconds, ``now`` at the earliest; None when only a put or a settle can help.
        """
        raise NotImplementedError

    def account(self) -> Account:
        """The ledger of this instant."""
        raise NotImplementedError
