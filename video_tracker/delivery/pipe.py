"""The pipe: a bounded queue, its batches, retries, isolation and ledger. Deterministic and pure.

Where a record is, from ``put`` to the end::

    store ---- what waits: a line in memory or on disk
      |   next_batch
    lane.line  taken from the store for one of several lanes (only with in_flight > 1)
    lane.held  what came back and goes out again first: retries, halves of a refused batch
      |
    lane.flight -- sent, not settled -----> delivered | dead letter | back to lane.held

A session's records always go by the same lane, one batch at a time.
"""

import sys
import zlib
from collections.abc import Callable, Sequence
from typing import Final

from video_tracker.delivery.account import (
    Account,
    Batch,
    Dead,
    Dropped,
    LaneState,
    Put,
    Settled,
)
from video_tracker.delivery.batching import body_length
from video_tracker.delivery.lane import Group, Lane
from video_tracker.delivery.ledger import Ledger
from video_tracker.delivery.outcome import Delivered, Outcome
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.retry import Gate
from video_tracker.delivery.store import MemoryStore, Store
from video_tracker.delivery.verdict import Verdict, read_verdict
from video_tracker.errors import PolicyError, StoreError, StoreFullError
from video_tracker.record import Record

__all__ = ["Pipe"]

_QUEUED: Final = Put()
_QUEUED_WAKE: Final = Put(wake=True)
_NO_ROOM: Final = Put(accepted=False, room=False)

_REGROW_AFTER: Final = 200
"""Batches delivered in a row after which a byte limit that was halved is doubled again."""

_AHEAD: Final = 2
"""Batches for each lane that are taken from the store ahead of their being sent."""


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
            accepted. For ``overflow="spill"`` it must have limits of its own, as a
            :class:`~video_tracker.delivery.store.ChainStore` of a limited memory and a disk has.

    Raises:
        PolicyError: The envelope leaves no room for a record of the size that the policy permits.
    """

    def __init__(
        self,
        policy: DeliveryPolicy,
        *,
        random: Callable[[], float],
        overhead: int = 0,
        store: Store | None = None,
    ) -> None:
        self._budget = policy.batch_bytes - overhead
        if overhead < 0 or policy.record_bytes > self._budget:
            raise PolicyError(
                f"batch_bytes ({policy.batch_bytes}) must hold a record ({policy.record_bytes}) "
                f"and the envelope ({overhead})"
            )
        self.policy = policy
        self.store: Store = MemoryStore() if store is None else store
        self._overhead = overhead
        self._ledger = Ledger()
        self._gate = Gate(policy, random)
        self._lanes = [Lane(number) for number in range(policy.in_flight)]
        self._flights: dict[int, Lane] = {}
        self._calm = 0
        self._urgent = 0
        # What put() reads for every record lies at hand.
        spills = policy.overflow == "spill"
        self._max_records = sys.maxsize if spills else policy.max_records
        self._max_bytes = sys.maxsize if spills else policy.max_bytes
        self._record_bytes = policy.record_bytes
        self._batch_records = policy.batch_records
        self._append = self.store.append
        self._line = 0
        self._line_bytes = 0
        self.recount()

    def __repr__(self) -> str:
        return f"<Pipe {self.state}, {self.pending_records} records pending>"

    @property
    def pending_records(self) -> int:
        """Records waiting, held back, or in flight."""
        return self._ledger.pending

    @property
    def pending_bytes(self) -> int:
        """The bytes of their bodies."""
        return self._ledger.pending_bytes

    @property
    def in_flight(self) -> int:
        """Batches given out and not settled."""
        return len(self._flights)

    @property
    def state(self) -> LaneState:
        """Whether the lane is open, backing off or stopped."""
        return self._gate.state

    @property
    def byte_limit(self) -> int:
        """What a batch's body may take now: less than the policy's limit after a 413."""
        return self._budget + self._overhead

    def has_room(self, size: int) -> bool:
        """Whether a record with a body of ``size`` bytes is within the limits as things stand."""
        ledger = self._ledger
        return ledger.pending < self._max_records and ledger.pending_bytes + size <= self._max_bytes

    def put(self, record: Record, now: float, urgent: bool = False) -> Put:
        """Take a record.

        Args:
            record: The record; it is kept as it is.
            now: Unix seconds.
            urgent: Do not let it linger: a batch is closed for it, and what is before it, at once.

        Returns:
            What became of it. It never raises.
        """
        size = len(record.body)
        ledger = self._ledger
        if (
            ledger.pending >= self._max_records
            or ledger.pending_bytes + size > self._max_bytes
            or size > self._record_bytes
        ):
            return self._put_crowded(record, now, urgent)
        try:
            self._append(record, now)
        except StoreError as error:
            return self._put_without_store(record, now, urgent, error)
        ledger.accepted += 1
        ledger.pending += 1
        ledger.pending_bytes += size
        self._line = line = self._line + 1
        before = self._line_bytes
        self._line_bytes = after = before + size + 1
        if urgent:
            self._urgent = line
            return _QUEUED_WAKE
        if line in (1, self._batch_records) or before <= self._budget < after:
            return _QUEUED_WAKE
        return _QUEUED

    def refuse(self, record: Record, reason: str) -> Dropped:
        """Book a record that never came in (a wait for room that was in vain, a closed shell)."""
        self._ledger.turn_away(reason)
        return Dropped(record, reason)

    def next_batch(self, now: float, *, force: bool = False) -> Batch | None:
        """Give out what is to be sent now.

        Args:
            now: Unix seconds.
            force: Let nothing linger (flush, close). A back-off or a stop is respected all the
                same.

        Returns:
            The batch, or None: nothing is due, or enough is in flight.
        """
        gate = self._gate
        if len(self._flights) >= gate.width or gate.closed(now):
            return None
        found = self._next_group(now, force=force)
        if found is None:
            return None
        lane, group = found
        lane.flight = group
        ledger = self._ledger
        ledger.batches += 1
        ledger.flying += len(group.records)
        batch = Batch(
            ledger.batches,
            tuple(group.records),
            group.attempts + 1,
            body_length(group.records, self._overhead),
            group.times[0],
            lane.number,
        )
        self._flights[batch.number] = lane
        return batch

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
        lane, group = self._land(batch)
        before = self._gate.state
        if type(outcome) is Delivered:
            self._let_go(group.records)
            self._ledger.deliver(group.records)
            self._arrived(group, now)
            return Settled(delivered=batch.records, before=before)
        verdict = read_verdict(group, outcome)
        self._move_gate(verdict, now)
        dead = self._sort_out(lane, group, verdict, now)
        resume_at = None if self._gate.state == "open" else self._gate.resume_at
        return Settled(
            delivered=tuple(verdict.delivered),
            retried=tuple(verdict.kept),
            dead=tuple(dead),
            state=self._gate.state,
            before=before,
            resume_at=resume_at,
            reason=verdict.reason,
            detail=verdict.detail,
        )

    def give_back(self, batch: Batch) -> None:
        """Take back a batch that was not sent; it counts as no attempt.

        Raises:
            ValueError: The batch is not in flight.
        """
        lane, group = self._land(batch)
        lane.hold(group)

    def abandon(self, reason: str) -> tuple[Dropped, ...]:
        """Drop all that is pending but not in flight, and let the store go of it too."""
        records: list[Record] = []
        for lane in self._lanes:
            taken = lane.empty().records
            self._let_go(taken)
            records.extend(taken)
        while (evicted := self._evict_from_store()) is not None:
            records.append(evicted)
        self._ledger.drop(records, reason)
        return tuple(Dropped(record, reason) for record in records)

    def recount(self) -> int:
        """Book what came into the store from aside (adopted orphans) as accepted.

        Returns:
            How many came. Less than zero: that many are gone, and booked as dropped, ``damaged``.
        """
        fresh = self.store.waiting - self._line
        if not fresh:
            return 0
        size = self.store.waiting_bytes - (self._line_bytes - self._line)
        if fresh > 0:
            self._ledger.find(fresh, size)
            self._line += fresh
            self._line_bytes += size + fresh
        else:
            self._ledger.lose(-fresh, -size, "damaged")
            self._left_the_line(-fresh, -size)
        return fresh

    def wake_at(self, now: float, *, force: bool = False) -> float | None:
        """When :meth:`next_batch` may next give something.

        Args:
            now: Unix seconds.
            force: As there.

        Returns:
            Unix seconds, ``now`` at the earliest; None when only a put or a settle can help. With
            several lanes it may be in vain (what is due belongs to a busy lane), but not twice.
        """
        gate = self._gate
        if len(self._flights) >= gate.width:
            return None
        due = self._due_at(now, force=force)
        if due is None:
            return None
        return max(due, now) if gate.state == "open" else max(due, now, gate.resume_at)

    def account(self) -> Account:
        """The ledger of this instant."""
        times = [lane.oldest for lane in self._lanes]
        times.append(self.store.oldest)
        oldest = min((time for time in times if time is not None), default=None)
        return self._ledger.account(self._gate.state, oldest)

    # -- what put() does when the way is not clear

    def _put_crowded(self, record: Record, now: float, urgent: bool) -> Put:
        size = len(record.body)
        if size > self._record_bytes:
            self._ledger.turn_away("too_large", dead=True)
            detail = f"{size} bytes, at most {self._record_bytes} are sent"
            return Put(accepted=False, dead=(Dead(record, "too_large", detail),))
        policy = self.policy.overflow
        if policy in {"block", "raise"}:
            return _NO_ROOM
        if policy != "drop_oldest":
            return Put(accepted=False, dropped=(self.refuse(record, "overflow"),))
        return self._put_evicting(record, now, urgent)

    def _put_without_store(
        self, record: Record, now: float, urgent: bool, error: StoreError
    ) -> Put:
        if not isinstance(error, StoreFullError):
            return Put(accepted=False, dropped=(self.refuse(record, "store_broken"),))
        policy = self.policy.overflow
        if policy in {"block", "raise"}:
            return _NO_ROOM
        if policy == "drop_oldest":
            return self._put_evicting(record, now, urgent)
        return Put(accepted=False, dropped=(self.refuse(record, "store_full"),))

    def _put_evicting(self, record: Record, now: float, urgent: bool) -> Put:
        """Drop the oldest until there is room; what is in flight cannot be dropped."""
        size = len(record.body)
        dropped: list[Dropped] = []
        while True:
            if self.has_room(size):
                try:
                    self._append(record, now)
                except StoreFullError:
                    pass
                except StoreError:
                    dropped.append(self.refuse(record, "store_broken"))
                    return Put(accepted=False, dropped=tuple(dropped))
                else:
                    wake = self._book(size, urgent)
                    return Put(wake=wake, dropped=tuple(dropped))
            oldest = self._evict("overflow")
            if oldest is None:
                dropped.append(self.refuse(record, "overflow"))
                return Put(accepted=False, dropped=tuple(dropped))
            dropped.append(oldest)

    def _book(self, size: int, urgent: bool) -> bool:
        """Count a record that the store has taken; True if somebody should look at the pipe."""
        self._ledger.find(1, size)
        self._line += 1
        self._line_bytes += size + 1
        if urgent:
            self._urgent = self._line
        return urgent or self._line == 1 or self._is_full()

    def _evict(self, reason: str) -> Dropped | None:
        """Drop the oldest record that is not in flight."""
        lanes = [lane for lane in self._lanes if lane.oldest is not None]
        record: Record | None
        if lanes:
            record = min(lanes, key=lambda lane: lane.oldest or 0.0).evict()
            if record is not None:
                self._let_go((record,))
        else:
            record = self._evict_from_store()
        if record is None:
            return None
        self._ledger.drop((record,), reason)
        return Dropped(record, reason)

    def _evict_from_store(self) -> Record | None:
        record = self.store.evict()
        if record is not None:
            self._left_the_line(1, len(record.body))
        return record

    # -- what next_batch() does

    def _next_group(self, now: float, *, force: bool) -> tuple[Lane, Group] | None:
        if len(self._lanes) == 1:
            lane = self._lanes[0]
            if lane.ready:
                return lane, lane.pick(self._batch_records, self._budget)
            if not self._store_is_due(now, force=force):
                return None
            taken = self._take()
            return (lane, Group(taken[0], taken[1])) if taken[0] else None
        while self._may_take_ahead() and self._store_is_due(now, force=force):
            self._share_out(*self._take())
        ready = self._ready_lane()
        return None if ready is None else (ready, ready.pick(self._batch_records, self._budget))

    def _ready_lane(self) -> Lane | None:
        """The lane that has something to send again, else the one with the longest line."""
        lanes = [lane for lane in self._lanes if lane.ready]
        return max(lanes, key=lambda lane: (len(lane.held), lane.line.waiting), default=None)

    def _may_take_ahead(self) -> bool:
        ahead = sum(lane.line.waiting for lane in self._lanes)
        return ahead < _AHEAD * len(self._lanes) * self._batch_records

    def _share_out(self, records: list[Record], times: list[float]) -> None:
        lanes = self._lanes
        for record, time in zip(records, times, strict=True):
            number = zlib.crc32(record.session_id.encode("utf-8", "replace")) % len(lanes)
            lanes[number].line.append(record, time)

    def _take(self) -> tuple[list[Record], list[float]]:
        """Take a batch's worth out of the store; nothing if all of it turned out to be lost."""
        self.recount()
        while self._line:
            taken = self.store.take(self._batch_records, self._budget)
            size = sum([len(record.body) for record in taken.records])
            self._left_the_line(len(taken.records), size)
            if taken.lost_records:
                self._left_the_line(taken.lost_records, taken.lost_bytes)
                self._ledger.lose(taken.lost_records, taken.lost_bytes, "damaged")
            if taken.records:
                return list(taken.records), list(taken.times)
            if not taken.lost_records:
                break
        return [], []

    def _left_the_line(self, records: int, size: int) -> None:
        self._line -= records
        self._line_bytes -= size + records
        self._urgent = max(0, self._urgent - records)

    def _is_full(self) -> bool:
        return self._line >= self._batch_records or self._line_bytes - 1 > self._budget

    def _store_is_due(self, now: float, *, force: bool) -> bool:
        if not self._line:
            return False
        if force or self._urgent or self._is_full():
            return True
        oldest = self.store.oldest
        return oldest is None or now >= oldest + self.policy.linger

    def _due_at(self, now: float, *, force: bool) -> float | None:
        if any(lane.ready for lane in self._lanes):
            return now
        if not self._line or not self._may_take_ahead():
            return None
        if self._store_is_due(now, force=force):
            return now
        return (self.store.oldest or now) + self.policy.linger

    # -- what settle() does

    def _land(self, batch: Batch) -> tuple[Lane, Group]:
        lane = self._flights.get(batch.number)
        if lane is None or lane.flight is None:
            raise ValueError(f"batch {batch.number} is not in flight")
        del self._flights[batch.number]
        group, lane.flight = lane.flight, None
        self._ledger.flying -= len(group.records)
        return lane, group

    def _arrived(self, group: Group, now: float) -> None:
        self._gate.open(now)
        if group.twin is not None:
            group.twin.tainted = True
        most = self.policy.batch_bytes - self._overhead
        if self._budget < most:
            self._calm += 1
            if self._calm >= _REGROW_AFTER:
                self._calm = 0
                self._budget = min(most, self._budget * 2)

    def _move_gate(self, verdict: Verdict, now: float) -> None:
        gate = self._gate
        if verdict.fault is not None:
            gate.stop(now)
            return
        if verdict.later is None or verdict.delivered or verdict.refused:
            gate.open(now)
        if verdict.later is not None:
            gate.back_off(now, verdict.after)

    def _sort_out(self, lane: Lane, group: Group, verdict: Verdict, now: float) -> list[Dead]:
        """Book what is settled and put the rest where it is sent from again."""
        attempts = group.attempts + 1
        dead = [
            Dead(record, said.reason, said.detail, attempts) for record, said in verdict.refused
        ]
        if verdict.later is not None and verdict.fault is None:
            dead.extend(self._give_up(verdict, attempts, now))
        self._let_go([*verdict.delivered, *(letter.record for letter in dead)])
        self._ledger.deliver(verdict.delivered)
        for letter in dead:
            self._ledger.bury(letter.record, letter.reason)
        if verdict.kept:
            self._keep(lane, group, verdict, whole=not dead)
        return dead

    def _give_up(self, verdict: Verdict, attempts: int, now: float) -> list[Dead]:
        """Take out of the verdict who has been tried too often or for too long."""
        policy = self.policy
        later = verdict.later or verdict.blame
        detail = "" if later is None else later.detail
        if policy.max_attempts is not None and attempts >= policy.max_attempts:
            spent = verdict.kept
            verdict.kept, verdict.times = [], []
            return [Dead(record, "attempts", detail, attempts) for record in spent]
        if policy.max_age is None:
            return []
        # What was put while the lane was stopped ages only since it was opened again.
        horizon = now - policy.max_age
        if horizon <= self._gate.reopened_at:
            return []
        aged = [Dead(r, "expired", detail, attempts) for r, t in _pairs(verdict) if t < horizon]
        if aged:
            young = [(r, t) for r, t in _pairs(verdict) if t >= horizon]
            verdict.kept, verdict.times = [r for r, _ in young], [t for _, t in young]
        return aged

    def _keep(self, lane: Lane, group: Group, verdict: Verdict, *, whole: bool) -> None:
        blame = verdict.blame
        self._ledger.retried += len(verdict.kept)
        rest = Group(
            verdict.kept,
            verdict.times,
            group.attempts,
            tainted=group.tainted and whole,
            twin=group.twin if whole else None,
            family=group.family,
        )
        if blame is None:
            rest.attempts += verdict.fault is None
            lane.hold(rest)
            return
        if blame.reason == "too_large":
            self._shrink(group)
        lane.hold_halves(rest, refused=blame.reason != "too_large")

    def _shrink(self, group: Group) -> None:
        """Halve the byte limit after a 413: once a batch, not below what one record may take."""
        if group.family.shrunk:
            return
        group.family.shrunk = True
        self._calm = 0
        half = body_length(group.records, self._overhead) // 2 - self._overhead
        self._budget = min(self._budget, max(half, self._record_bytes))

    def _let_go(self, records: Sequence[Record]) -> None:
        if records:
            self.store.settled(records)


def _pairs(verdict: Verdict) -> list[tuple[Record, float]]:
    return list(zip(verdict.kept, verdict.times, strict=True))
