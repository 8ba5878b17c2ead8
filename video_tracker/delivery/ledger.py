"""The ledger: ``accepted = delivered + dropped + dead + pending``, at every instant. Pure."""

from collections.abc import Sequence
from typing import Final

from video_tracker.delivery.account import Account, Dead, LaneState
from video_tracker.record import Record

__all__ = ["Ledger"]

_MANY: Final = 100
"""Different reasons that are told apart; a transport may make up any number of them."""


class Ledger:
    """Counts records by what became of them. Each booking keeps the law.

    The pipe's :meth:`put` books by itself, being called for every event.
    """

    __slots__ = (
        "accepted",
        "batches",
        "dead",
        "delivered",
        "dropped",
        "flying",
        "pending",
        "pending_bytes",
        "retried",
    )

    def __init__(self) -> None:
        self.accepted = 0
        self.delivered = 0
        self.dropped: dict[str, int] = {}
        self.dead: dict[str, int] = {}
        self.pending = 0
        self.pending_bytes = 0
        self.flying = 0
        self.batches = 0
        self.retried = 0

    def find(self, records: int, size: int) -> None:
        """Book records that came into the store from aside."""
        self.accepted += records
        self.pending += records
        self.pending_bytes += size

    def lose(self, records: int, size: int, reason: str) -> None:
        """Book pending records that are no longer there."""
        self._leave(records, size)
        _blame(self.dropped, reason, records)

    def settle(self, delivered: Sequence[Record], dead: Sequence[Dead]) -> None:
        """Book pending records as delivered, or as dead letters."""
        gone = [*delivered, *(letter.record for letter in dead)]
        count, size, arrived = len(gone), _size(gone), len(delivered)
        reasons = dict(self.dead)
        for letter in dead:
            _blame(reasons, letter.reason, 1)
        # All at once, without a call in between, in which a signal's handler could raise.
        self.pending -= count
        self.pending_bytes -= size
        self.delivered += arrived
        self.dead = reasons

    def drop(self, records: Sequence[Record], reason: str) -> None:
        """Book pending records as dropped."""
        self.lose(len(records), _size(records), reason)

    def turn_away(self, reason: str, *, dead: bool = False) -> None:
        """Book a record that was dropped, or dead, before it was ever pending."""
        self.accepted += 1
        _blame(self.dead if dead else self.dropped, reason, 1)

    def account(self, state: LaneState, oldest: float | None) -> Account:
        """The figures of this instant."""
        return Account(
            accepted=self.accepted,
            delivered=self.delivered,
            dropped=dict(sorted(self.dropped.items())),
            dead=dict(sorted(self.dead.items())),
            pending=self.pending,
            pending_bytes=self.pending_bytes,
            in_flight=self.flying,
            batches=self.batches,
            retried=self.retried,
            state=state,
            oldest=oldest,
        )

    def _leave(self, records: int, size: int) -> None:
        self.pending -= records
        self.pending_bytes -= size


def _size(records: Sequence[Record]) -> int:
    return sum([len(record.body) for record in records])


def _blame(reasons: dict[str, int], reason: str, records: int) -> None:
    if reason not in reasons and len(reasons) >= _MANY:
        reason = "other"
    reasons[reason] = reasons.get(reason, 0) + records
