"""A lane: batches that follow each other, and what is done with those that come back. Pure.

Order is kept whatever becomes of a batch: what came back is *held* at the head of its lane. But a
group that keeps failing without being refused (a server that answers 500 to one record) would
hold up everything behind it. So it is set *aside* and tried from time to time while other sessions
go on; the records of its own sessions are *deferred* behind it. If others are delivered meanwhile,
it is halved, until the record to blame is alone; that one may be passed by its own session too.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from video_tracker.delivery.group import Group
from video_tracker.delivery.store import MemoryStore
from video_tracker.record import Record

__all__ = ["Lane"]

_DEFERRED: Final = 2
"""Batches' worth of records that may be deferred; then the lane waits for what is aside."""

_DOUBTFUL: Final = 8
"""Groups that may be aside without anything having been delivered since they failed: if all
fails, it is the destination's fault, and more of them would only take room."""


class Lane:
    """One batch at a time, and what comes after it.

    Args:
        number: Its own.
        batch_records: Records in a batch.

    Attributes:
        flight: What is on its way.
        held: What came back, in the order in which it is to be sent again.
        line: What was taken from the store for this lane and not yet sent.
        asides: What keeps failing, but for what is in flight; of sessions that differ.
        others_first: What is aside was the last to be tried: now it is another's turn.
    """

    __slots__ = (
        "_batch_records",
        "_deferred",
        "_sessions",
        "asides",
        "flight",
        "held",
        "line",
        "number",
        "others_first",
    )

    def __init__(self, number: int, batch_records: int) -> None:
        self.number = number
        self._batch_records = batch_records
        self.flight: Group | None = None
        self.held: deque[Group] = deque()
        self.line = MemoryStore()
        self.asides: list[Group] = []
        self.others_first = False
        self._sessions: frozenset[str] = frozenset()
        self._deferred = MemoryStore()

    @property
    def blocked(self) -> bool:
        """Whether nothing but what is aside may go, so much waits behind it."""
        return self._deferred.waiting >= _DEFERRED * self._batch_records

    @property
    def oldest(self) -> float | None:
        """When the first of its records that are not in flight was put."""
        times = [group.times[0] for group in (*self.asides, *self.held)]
        times += [time for time in (self._deferred.oldest, self.line.oldest) if time is not None]
        return min(times, default=None)

    def due_at(self, now: float) -> float | None:
        """When it could send, for its own part; None when it has nothing or is busy."""
        if self.flight is not None:
            return None
        if (self.held or self.line.waiting) and not self.blocked:
            return now
        return min([max(now, group.due or now) for group in self.asides], default=None)

    def pick_aside(self, now: float) -> Group | None:
        """Take out a group that is aside and may be tried again; None when there is none."""
        for index, group in enumerate(self.asides):
            if group.due is not None and now >= group.due:
                return self.asides.pop(index)
        return None

    def pick(self, budget: int) -> Group | None:
        """Take out what is to be sent next; None when all that it had is deferred.

        A group known to hold a bad record is cut without being sent, which isolates one bad
        record of n in ``2 * log2(n) + 2`` requests at most. The limits are for what was not sent
        before: a group that came back was within them, or is halved for being too large.
        """
        while self.held and not self.blocked:
            group = self.held.popleft()
            if group.tainted and len(group.records) > 1:
                self.hold(*group.halves(refused=True))
                continue
            passing = self.admit(group)
            if passing is not None:
                return passing
        while self.line.waiting and not self.blocked:
            taken = self.line.take(self._batch_records, budget)
            passing = self.admit(Group(list(taken.records), list(taken.times)))
            if passing is not None:
                return passing
        return None

    def admit(self, group: Group) -> Group | None:
        """What of a group may go while something is aside; the rest is deferred."""
        if not self._sessions:
            return group
        passing = [record.session_id not in self._sessions for record in group.records]
        if all(passing):
            return group
        going = Group([], [], group.attempts, family=group.family)
        for record, time, goes in zip(group.records, group.times, passing, strict=True):
            if goes:
                going.records.append(record)
                going.times.append(time)
            else:
                self._deferred.append(record, time)
        return going if going.records else None

    def hold(self, *groups: Group) -> None:
        """Put groups at the head, in this order."""
        self.held.extendleft(reversed(groups))

    def starves(self, *, more: bool) -> bool:
        """Whether nobody is left who could pass what is aside; ``more`` are on their way here."""
        return self.blocked or not (self.held or self.line.waiting or more)

    def may_set_aside(self, arrivals: int) -> bool:
        """Whether one more group may be set aside; ``arrivals`` counts delivered batches."""
        return sum(group.seen >= arrivals for group in self.asides) < _DOUBTFUL

    def set_aside(self, group: Group, due: float) -> None:
        """Let others pass a group that keeps failing, until it is tried again at ``due``."""
        group.due = due
        self.others_first = True
        self.asides.append(group)
        self._sessions |= group.sessions

    def rejoin(self, budget: int) -> None:
        """A group is not aside any more: what was deferred comes next, as far as it may."""
        sessions = frozenset(each for group in self.asides for each in group.sessions)
        groups = []
        deferred = MemoryStore()
        while self._deferred.waiting:
            taken = self._deferred.take(self._batch_records, budget)
            groups.append(Group(list(taken.records), list(taken.times)))
        self._sessions, self._deferred = sessions, deferred
        self.hold(*groups)

    def hurry(self) -> None:
        """The destination is back: what failed while it was away need not wait."""
        for group in self.asides:
            group.due = 0.0

    def records(self) -> Iterator[Record]:
        """All that is not in flight."""
        for group in (*self.asides, *self.held):
            yield from group.records
        yield from self._deferred
        yield from self.line

    def take_in(self, pairs: Iterable[tuple[Record, float]]) -> None:
        """Take records that were in no lane, before all that is deferred, with their times."""
        deferred = MemoryStore()
        for record, time in [*pairs, *self._deferred.first(self._deferred.waiting)]:
            deferred.append(record, time)
        self._deferred = deferred

    def straighten(self, seen: set[int]) -> None:
        """Keep each record once, after a step that was interrupted.

        Args:
            seen: Identities of the records that are elsewhere; those of this lane are added.
        """
        for group in [*self.asides, *self.held]:
            pairs = zip(group.records, group.times, strict=False)
            kept = [pair for pair in pairs if id(pair[0]) not in seen]
            group.records = [record for record, _ in kept]
            group.times = [time for _, time in kept]
            seen.update(map(id, group.records))
        self.asides = [group for group in self.asides if group.records]
        self.held = deque(group for group in self.held if group.records)
        for line in (self._deferred, self.line):
            for record in list(line):
                if id(record) in seen:
                    line.remove(record)
                seen.add(id(record))

    def remove(self, record: Record, budget: int) -> None:
        """Remove a record that is not in flight, that very object."""
        for group in (*self.asides, *self.held):
            for index, each in enumerate(group.records):
                if each is record:
                    del group.records[index], group.times[index]
                    self._drop_if_empty(group, budget)
                    return
        if not self._deferred.remove(record):
            self.line.remove(record)

    def _drop_if_empty(self, group: Group, budget: int) -> None:
        if group.records:
            return
        if group in self.asides:
            self.asides.remove(group)
            self.rejoin(budget)
        else:
            self.held.remove(group)

    def evict(self, budget: int) -> Record | None:
        """Remove the first record that is not in flight; None when there is none."""
        line = self.asides or self.held
        if not line:
            return self._deferred.evict() or self.line.evict()
        group = line[0]
        record = group.records.pop(0)
        group.times.pop(0)
        self._drop_if_empty(group, budget)
        return record
