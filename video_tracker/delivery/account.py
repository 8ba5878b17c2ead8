"""What is said of records: put, batched, settled, counted. Values only. Pure."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import attrs

from video_tracker.record import Record

__all__ = [
    "Account",
    "Batch",
    "Dead",
    "Dropped",
    "LaneState",
    "Put",
    "Settled",
]

LaneState: TypeAlias = Literal["open", "backing_off", "stopped"]
"""``backing_off``: the destination is away or busy. ``stopped``: it is wrongly configured."""


@attrs.frozen
class Dropped:
    """A record that was given up without a word of the destination's.

    Args:
        record: The record.
        reason: ``overflow``, ``store_full``, ``store_broken``, or what the shell said (``closed``,
            ``block_timeout``).
    """

    record: Record
    reason: str


@attrs.frozen
class Dead:
    """A dead letter: a record that is not to be tried again, with why, for somebody to look at.

    Args:
        record: The record.
        reason: The refusal's reason (``rejected``, ``too_large``, ``no_outcome``, a transport's
            own), ``attempts`` or ``expired``.
        detail: The destination's last words about it.
        attempts: How often it was sent.
    """

    record: Record
    reason: str
    detail: str = ""
    attempts: int = 0


@attrs.frozen
class Put:
    """What became of a record that was put.

    Args:
        accepted: It is pending. False: it is in ``dropped`` or ``dead``, or there is no ``room``.
        wake: Whoever drains the pipe should look at it again: the line was empty, or a batch is
            full, or the record is urgent.
        room: False with the policies ``block`` and ``raise``: nothing was taken or booked, the
            shell waits or raises, and books it with :meth:`Pipe.refuse` if it gives up.
        dropped: Records that were given up: the one that came, or older ones in its favour.
        dead: The record itself, if it is too large ever to be sent (S55).
    """

    accepted: bool = True
    wake: bool = False
    room: bool = True
    dropped: tuple[Dropped, ...] = ()
    dead: tuple[Dead, ...] = ()


@attrs.frozen
class Batch:
    """Records to be sent together, in this order.

    Args:
        number: Its own; every attempt is a batch of its own.
        records: One or more.
        attempt: 1 for the first time that any of these records is sent.
        body_bytes: The exact length of the body: bodies, commas and envelope.
        since: When the oldest of its records was put, Unix seconds.
        lane: Which lane it goes by; batches of one lane follow each other.
    """

    number: int
    records: tuple[Record, ...]
    attempt: int
    body_bytes: int
    since: float
    lane: int = 0


@attrs.frozen
class Settled:
    """What became of a batch; each of its records is in exactly one of the first three.

    Args:
        delivered: Those that arrived.
        retried: Those that will be tried again, in batches of their own or as they were.
        dead: Dead letters. Their records, too, are settled.
        state: The lane's state now.
        before: The lane's state before; a hook is told when the two differ.
        resume_at: When the lane is next tried, Unix seconds; None when it is open.
        reason, detail: Of the trouble, if there was any.
    """

    delivered: tuple[Record, ...] = ()
    retried: tuple[Record, ...] = ()
    dead: tuple[Dead, ...] = ()
    state: LaneState = "open"
    before: LaneState = "open"
    resume_at: float | None = None
    reason: str | None = None
    detail: str = ""


_NONE: Final[Mapping[str, int]] = {}


@attrs.frozen(kw_only=True)
class Account:
    """A pipe's figures at one instant, of records.

    Its law: ``accepted = delivered + sum(dropped) + sum(dead) + pending``, at every instant.

    Args:
        accepted: All that delivery was made responsible for: put (those dropped on the way in
            included) or found in the store.
        delivered: Those that arrived.
        dropped: Those given up, by reason.
        dead: Dead letters, by reason.
        pending: Those waiting, held back, or in flight.
        pending_bytes: The bytes of their bodies.
        in_flight: Those of the pending that are on their way.
        batches: Batches given out.
        retried: Records that were taken back to be tried again, each time counted.
        state: The lane's state.
        oldest: When the oldest of those not in flight was put, Unix seconds.
    """

    accepted: int = 0
    delivered: int = 0
    dropped: Mapping[str, int] = _NONE
    dead: Mapping[str, int] = _NONE
    pending: int = 0
    pending_bytes: int = 0
    in_flight: int = 0
    batches: int = 0
    retried: int = 0
    state: LaneState = "open"
    oldest: float | None = None

    @property
    def balanced(self) -> bool:
        """Whether the law holds."""
        booked = self.delivered + sum(self.dropped.values()) + sum(self.dead.values())
        return self.accepted == booked + self.pending
