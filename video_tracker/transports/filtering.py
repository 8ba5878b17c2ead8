"""Lets through a part of the messages: those a function wants, or a share of the sessions."""

import hashlib
import threading
from collections.abc import Callable, Collection, Sequence
from typing import Final

import attrs

from video_tracker.delivery.outcome import DELIVERED, Mixed, Outcome, Refused, TryLater, settle
from video_tracker.errors import TransportError
from video_tracker.interruption import interrupts
from video_tracker.transports.base import Transport, check_transport
from video_tracker.wire import Record

__all__ = ["FilterTransport", "sample_sessions"]

_WHOLE: Final = 2**64


class FilterTransport:
    """A transport that hands a part of its records to another, and lets the others go.

    Args:
        transport: Where the wanted ones go. It is closed with this one.
        wanted: Says of a record whether it is wanted. It should say the same each time, since a
            record may come twice. What it raises counts as wanted, because a mistake must not
            lose anything; ``faults`` tells how often.

    Attributes:
        let_go: Records that were not wanted. To who sends they are delivered.
        faults: Times that ``wanted`` raised.

    Raises:
        TransportError: It is no transport.
    """

    def __init__(self, transport: Transport, wanted: Callable[[Record], object]) -> None:
        check_transport(transport)
        self._transport = transport
        self._wanted = wanted
        self._lock = threading.Lock()
        self.let_go = 0
        self.faults = 0

    @property
    def overhead(self) -> int:
        """That of the transport behind it."""
        return int(getattr(self._transport, "overhead", 0))

    def send(self, records: Sequence[Record]) -> Outcome:
        """Send those that are wanted; the outcome is theirs."""
        kept = tuple(record for record in records if self._is_wanted(record))
        if len(kept) < len(records):
            with self._lock:
                self.let_go += len(records) - len(kept)
        if not kept:
            return DELIVERED
        outcome = self._transport.send(kept)
        if len(kept) == len(records):
            return outcome
        # "All of them" means those that were sent; what was let go is settled.
        if isinstance(outcome, TryLater) and outcome.which is None:
            return attrs.evolve(outcome, which=_ids(kept))
        if isinstance(outcome, Refused) and outcome.which is None:
            return attrs.evolve(outcome, which=_ids(kept), together=len(kept) > 1)
        parts = outcome.parts if isinstance(outcome, Mixed) else (outcome,)
        named = all(getattr(part, "which", None) is not None for part in parts)
        return outcome if named else _of_those(kept, outcome)

    def close(self) -> None:
        """Close the transport behind it."""
        self._transport.close()

    def after_fork(self) -> None:
        """Tell the transport behind it, in a child process."""
        self._lock = threading.Lock()
        told = getattr(self._transport, "after_fork", None)
        if callable(told):
            told()

    def _is_wanted(self, record: Record) -> bool:
        try:
            return bool(self._wanted(record))
        except Exception as error:
            if interrupts(error):
                raise
            with self._lock:
                self.faults += 1
            return True


def sample_sessions(
    share: float, *, always: Collection[str] = (), salt: str = ""
) -> Callable[[Record], bool]:
    """Want a share of the sessions, each of them whole or not at all.

    Which ones is a matter of their ids alone, so that every process and every attempt agrees.

    Args:
        share: From 0 (none) to 1 (all).
        always: Names of events that are wanted of every session.
        salt: Another salt chooses other sessions.

    Returns:
        A function for :class:`FilterTransport`.

    Raises:
        TransportError: The share is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise TransportError(f"share must be from 0 to 1, not {share!r}")
    limit = share * _WHOLE
    names = frozenset(always)
    key = hashlib.blake2b(salt.encode(), digest_size=16).digest()

    def wanted(record: Record) -> bool:
        if record.event in names:
            return True
        session = record.session_id.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(session, digest_size=8, key=key).digest()
        return int.from_bytes(digest, "big") < limit

    return wanted


def _ids(records: Sequence[Record]) -> tuple[str, ...]:
    return tuple(record.message_id for record in records)


def _of_those(records: Sequence[Record], outcome: Outcome) -> Outcome:
    """The outcome with every record named that it does not call delivered, whatever it is."""
    settled = settle(records, outcome)
    parts: dict[TryLater | Refused, list[str]] = {}
    troubled: list[tuple[Record, TryLater | Refused]] = [*settled.later, *settled.refused]
    for record, part in troubled:
        parts.setdefault(part, []).append(record.message_id)
    if not parts:
        return DELIVERED
    return Mixed([attrs.evolve(part, which=tuple(names)) for part, names in parts.items()])
