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
from collections.abc import Callable, Collection, Iterable, Sequence
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
from video_tracker.delivery.aftermath import Aftermath
from video_tracker.delivery.batching import body_length
from video_tracker.delivery.group import Group
from video_tracker.delivery.lane import Lane
from video_tracker.delivery.ledger import Ledger
from video_tracker.delivery.line import Line
from video_tracker.delivery.outcome import Outcome
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.retry import Gate
from video_tracker.delivery.store import (
    MemoryStore,
    Store,
    newest_of,
    straighten_store,
    unsettled_of,
)
from video_tracker.errors import PolicyError, StoreError, StoreFullError
from video_tracker.record import Record

__all__ = ["QUEUED", "Pipe"]

QUEUED: Final = Put()
"""The plain answer: the record is pending, and nobody need look."""

_QUEUED_WAKE: Final = Put(wake=True)
_NO_ROOM: Final = Put(accepted=False, room=False)

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
        bury: Told of dead letters, and the time, while the store still has their records: who
            keeps them does so before a crash could lose them. It must not raise.

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
        bury: Callable[[Sequence[Dead], float], object] | None = None,
    ) -> None:
        budget = policy.batch_bytes - overhead
        if overhead < 0 or policy.record_bytes > budget:
            raise PolicyError(
                f"batch_bytes ({policy.batch_bytes}) must hold a record ({policy.record_bytes}) "
                f"and the envelope ({overhead})"
            )
        self.policy = policy
        self.store: Store = MemoryStore() if store is None else store
        self._overhead = overhead
        self._ledger = Ledger()
        self._gate = Gate(policy, random)
        self._line = Line(self.store, policy, budget, self._ledger)
        self._lanes = [Lane(number, policy.batch_records) for number in range(policy.in_flight)]
        self._flights: dict[int, Lane] = {}
        self._aftermath = Aftermath(
            policy, overhead, self._lanes, self._line, self._ledger, self._gate, bury
        )
        # What put() reads for every record lies at hand; a store that spills has its own limits.
        spills = policy.overflow == "spill"
        self._max_records = sys.maxsize if spills else policy.max_records
        self._max_bytes = sys.maxsize if spills else policy.max_bytes
        self._record_bytes = policy.record_bytes
        self._batch_records = policy.batch_records
        self._append = self.store.append
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
        return self._line.budget + self._overhead

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
        # What Line.count does, without a call: this is done for every event.
        line = self._line
        waiting = line.waiting = line.waiting + 1
        before = line.bytes
        after = line.bytes = before + size + 1
        if urgent:
            line.urgent = waiting
            return _QUEUED_WAKE
        if waiting in (1, self._batch_records) or before <= line.budget < after:
            return _QUEUED_WAKE
        return QUEUED

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
        ledger = self._ledger
        records = tuple(group.records)
        flying = len(records)
        number = ledger.batches + 1
        size = body_length(records, self._overhead)
        batch = Batch(number, records, group.attempts + 1, size, group.times[0], lane.number)
        # All at once, without a call in between, in which a signal's handler could raise.
        self._flights[number] = lane
        lane.flight = group
        ledger.batches = number
        ledger.flying += flying
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
        return self._aftermath.follow(lane, group, batch, outcome, now)

    def give_back(self, batch: Batch) -> None:
        """Take back a batch that was not sent; it counts as no attempt.

        Raises:
            ValueError: The batch is not in flight.
        """
        lane, group = self._land(batch)
        if group.due is None:
            lane.hold(group)
        else:
            lane.set_aside(group, 0.0)

    def holds(self, record: Record) -> bool:
        """Whether that very record waits here or is on its way, as far as memory tells."""
        flights = [lane.flight for lane in self._lanes if lane.flight is not None]
        lines: list[Iterable[Record]] = [flight.records for flight in flights]
        lines += [lane.records() for lane in self._lanes]
        lines.append(newest_of(self.store))
        return any(each is record for line in lines for each in line)

    def straighten(self, carried: Collection[int]) -> None:
        """Begin anew from where the records are, after a step that was interrupted in its middle.

        Steps first put a record where it goes and then take it from where it was. So what an
        interruption leaves is in two places, or nowhere but in the store's memory of what it gave
        out.

        Args:
            carried: Numbers of the batches that somebody has and will settle.
        """
        self._aftermath.finish()
        for lane in self._lanes:
            number = next((each for each, home in self._flights.items() if home is lane), None)
            if lane.flight is not None and number not in carried:
                group, lane.flight = lane.flight, None
                lane.hold(group)
            if number is not None and number not in carried:
                del self._flights[number]
        straighten_store(self.store)
        seen = {id(r) for lane in self._lanes if lane.flight for r in lane.flight.records}
        for lane in self._lanes:
            lane.straighten(seen)
        astray = [pair for pair in unsettled_of(self.store) if id(pair[0]) not in seen]
        for lane in self._lanes:
            lane.take_in([pair for pair in astray if self._lane_of(pair[0]) is lane])
            lane.rejoin(self._line.budget)
        self._line.straighten()
        self._count_anew()

    def _count_anew(self) -> None:
        groups = [lane.flight for lane in self._lanes if lane.flight is not None]
        flying = [record for group in groups for record in group.records]
        here = [*flying, *(record for lane in self._lanes for record in lane.records())]
        ledger = self._ledger
        ledger.flying = len(flying)
        ledger.pending = self._line.waiting + len(here)
        ledger.pending_bytes = self.store.waiting_bytes + sum(len(each.body) for each in here)
        booked = ledger.delivered + sum(ledger.dropped.values()) + sum(ledger.dead.values())
        ledger.accepted = booked + ledger.pending

    def abandon(self, reason: str) -> tuple[Dropped, ...]:
        """Drop all that is pending but not in flight, and let the store go of it too."""
        dropped = []
        while (oldest := self._evict(reason)) is not None:
            dropped.append(oldest)
        return tuple(dropped)

    def drop(self, records: Iterable[Record], reason: str) -> tuple[Dropped, ...]:
        """Give up pending records, of which the caller knows that nobody has them any more.

        Args:
            records: Records that are held here, or that the caller took out of the store. Those
                in flight stay as they are: what becomes of them is still to be said.
            reason: Why.
        """
        flights = [lane.flight for lane in self._lanes if lane.flight is not None]
        flying = {id(record) for flight in flights for record in flight.records}
        held = {id(record): lane for lane in self._lanes for record in lane.records()}
        dropped = []
        for record in records:
            if id(record) in flying:
                continue
            lane = held.pop(id(record), None)
            if lane is None:
                self._line.forget(record)
            else:
                lane.remove(record, self._line.budget)
            self._ledger.drop((record,), reason)
            dropped.append(Dropped(record, reason))
        return tuple(dropped)

    def recount(self) -> int:
        """Book what came into the store from aside (adopted orphans) as accepted.

        Returns:
            How many came. Less than zero: that many are gone, and booked as dropped, ``damaged``.
        """
        return self._line.recount()

    def wake_at(self, now: float, *, force: bool = False) -> float | None:
        """When :meth:`next_batch` may next give something.

        Args:
            now: Unix seconds.
            force: As there.

        Returns:
            Unix seconds, ``now`` at the earliest; None when only a put or a settle can help. It may
            be in vain (what is due belongs to a busy lane, or waits for others), but not twice.
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
        times = [self.store.oldest, *(lane.oldest for lane in self._lanes)]
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
                    self._ledger.find(1, size)
                    return Put(wake=self._line.count(size, urgent), dropped=tuple(dropped))
            oldest = self._evict("overflow")
            if oldest is None:
                dropped.append(self.refuse(record, "overflow"))
                return Put(accepted=False, dropped=tuple(dropped))
            dropped.append(oldest)

    def _evict(self, reason: str) -> Dropped | None:
        """Drop the oldest record that is not in flight."""
        lanes = [(lane.oldest, lane.number) for lane in self._lanes if lane.oldest is not None]
        if lanes:
            record = self._lanes[min(lanes)[1]].evict(self._line.budget)
            if record is not None:
                self.store.settled((record,))
        else:
            record = self._line.evict()
        if record is None:
            return None
        self._ledger.drop((record,), reason)
        return Dropped(record, reason)

    # -- what next_batch() does

    def _next_group(self, now: float, *, force: bool) -> tuple[Lane, Group] | None:
        if len(self._lanes) > 1:
            while self._may_take_ahead() and self._line_is_due(now, force=force):
                records, times = self._line.take()
                if not records:
                    break
                self._share_out(records, times)
        for lane in sorted(self._lanes, key=lambda lane: (-len(lane.held), -lane.line.waiting)):
            group = None if lane.flight is not None else self._pick(lane, now, force=force)
            if group is not None:
                lane.others_first = False
                return lane, group
        return None

    def _pick(self, lane: Lane, now: float, *, force: bool) -> Group | None:
        group = None if lane.others_first else lane.pick_aside(now)
        group = group or lane.pick(self._line.budget)
        if group is None and len(self._lanes) == 1:
            group = self._take_for_only_lane(now, force=force)
        return group or lane.pick_aside(now)

    def _take_for_only_lane(self, now: float, *, force: bool) -> Group | None:
        lane = self._lanes[0]
        while not lane.blocked and self._line_is_due(now, force=force):
            records, times = self._line.take()
            if not records:
                break
            group = lane.admit(Group(records, times))
            if group is not None:
                return group
        return None

    def _line_is_due(self, now: float, *, force: bool) -> bool:
        due = self._line.due_at(now, force=force)
        return due is not None and due <= now

    def _may_take_ahead(self) -> bool:
        if len(self._lanes) == 1:
            return not self._lanes[0].blocked
        ahead = sum(lane.line.waiting for lane in self._lanes)
        return ahead < _AHEAD * len(self._lanes) * self.policy.batch_records

    def _share_out(self, records: list[Record], times: list[float]) -> None:
        for record, time in zip(records, times, strict=True):
            self._lane_of(record).line.append(record, time)

    def _lane_of(self, record: Record) -> Lane:
        number = zlib.crc32(record.session_id.encode("utf-8", "replace")) % len(self._lanes)
        return self._lanes[number]

    def _due_at(self, now: float, *, force: bool) -> float | None:
        times = [lane.due_at(now) for lane in self._lanes]
        if self._may_take_ahead():
            times.append(self._line.due_at(now, force=force))
        return min((time for time in times if time is not None), default=None)

    def _land(self, batch: Batch) -> tuple[Lane, Group]:
        lane = self._flights.get(batch.number)
        if lane is None or lane.flight is None:
            raise ValueError(f"batch {batch.number} is not in flight")
        group = lane.flight
        flying = len(group.records)
        number = batch.number
        del self._flights[number]
        lane.flight = None
        self._ledger.flying -= flying
        return lane, group
