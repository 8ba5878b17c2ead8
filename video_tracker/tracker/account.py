"""A tracker's figures: what became of every event (S55)."""

from collections.abc import Mapping
from typing import Any

import attrs

from video_tracker.delivery.account import LaneState

__all__ = ["Stats"]


@attrs.frozen(kw_only=True)
class Stats:
    """A tracker's figures at one instant.

    Their law: ``made + adopted = delivered + dropped + dead + undeliverable + pending``, reasons
    added up. No event disappears without being counted under a reason.

    Args:
        sessions: Sessions held.
        evicted: Sessions let go of because there were too many.
        made: Events that the sessions made.
        adopted: Events found in the spool, of processes that are no more.
        delivered: Those that arrived.
        dropped: Those given up without a word of the destination's, by reason: ``overflow``,
            ``block_timeout``, ``closed``, ``store_full``, ``store_broken``, ``damaged``.
        dead: Those not to be tried again, by reason: ``rejected``, ``too_large``, ``attempts``,
            ``expired``...
        undeliverable: Those that never became messages, by reason: ``too_large``,
            ``unencodable``, ``closed``, ``overflow``.
        pending: Those waiting or on their way; with a spool, after a close, those it keeps.
        pending_bytes: The bytes of their messages.
        in_flight: Those of the pending that are being sent.
        retried: How often a message was taken back to be tried again.
        lane: ``open``, ``backing_off``, or ``stopped``: the key or the address is wrong.
        oldest: When the oldest of those not in flight was made, Unix seconds.
        last_error: The last trouble of the destination.
        diverted: Events kept in memory alone because the spool failed, or that spilled to it.
        spool_troubles: How often the spool's disk began to fail.
        astray: Callbacks that no adapter knew, or that named a channel they are not of, by what
            is wrong with them: ``pagehide: told as 'html5', it is page's`` -> count (S60).
        ignored: Callbacks of which an adapter made nothing: ``event: reason`` -> count (S60); and
            beacons that could not be read: ``beacon: reason``.
        diagnostics: Inputs that were not simply accepted, by the reason code (S60):
            ``after_end``, ``invalid_time``...
        repairs: Values left out or changed for JSON, by reason: ``not_finite``, ``not_json``...
        unread: What was told to :meth:`~video_tracker.tracker.Tracker.open` of a session that was
            there already and changed nothing: ``plan``...
        left_out: Events that ``before`` left out; they count as not made.
        faults: Inputs lost to an error of the library, an adapter or a clock.
        hook_failures: Times a hook raised.
        recoveries: Times that something ended a thread, a task or a step in its middle, and it
            went on.
        store: Of viewers in a store: ``conflict`` (another worker was first, and it was done
            again), ``damaged`` (snapshots that cannot be read), ``renewed`` (adapters of another
            version), ``troubles`` (rounds in which the store could not be reached), ``out``
            (messages that are being sent from it); what could not be encoded, by reason.
    """

    sessions: int
    evicted: int
    made: int
    adopted: int
    delivered: int
    dropped: Mapping[str, int]
    dead: Mapping[str, int]
    undeliverable: Mapping[str, int]
    pending: int
    pending_bytes: int
    in_flight: int
    retried: int
    lane: LaneState
    oldest: float | None
    last_error: str | None
    diverted: int
    spool_troubles: int
    astray: Mapping[str, int]
    ignored: Mapping[str, int]
    diagnostics: Mapping[str, int]
    repairs: Mapping[str, int]
    unread: Mapping[str, int]
    left_out: int
    faults: int
    hook_failures: int
    recoveries: int = 0
    store: Mapping[str, int] = attrs.field(factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON values, with ``lost`` and ``balanced``."""
        return {**attrs.asdict(self), "lost": self.lost, "balanced": self.balanced}

    @property
    def lost(self) -> int:
        """Events that will not arrive, whatever the reason."""
        groups = (self.dropped, self.dead, self.undeliverable)
        return sum(sum(group.values()) for group in groups)

    @property
    def balanced(self) -> bool:
        """Whether the law holds."""
        return self.made + self.adopted == self.delivered + self.lost + self.pending
