"""A lane: groups of records that follow each other, and how a group is halved. Pure.

A *group* is what is sent together and was sent before: a batch that came back, or a half of one.
Groups stand at the head of their lane, so that the order of a session's records is kept whatever
becomes of a batch.
"""

from collections import deque

import attrs

from video_tracker.delivery.store import MemoryStore, Taken
from video_tracker.record import Record

__all__ = ["Family", "Group", "Lane"]


@attrs.define(eq=False)
class Family:
    """What the parts of one batch share.

    Args:
        shrunk: The lane's byte limit was halved on its account: once is enough, since below that
            a single record may be what is too large.
    """

    shrunk: bool = False


@attrs.define(eq=False)
class Group:
    """Records that are sent together.

    Args:
        records: In order.
        times: When each was put.
        attempts: How often they were sent and not answered for good.
        tainted: One of them is known to be bad (its other half was delivered), so that there is
            no use in sending them together.
        twin: The other half, if this is the first half of a refused group.
        family: Shared by all parts of a batch.
    """

    records: list[Record]
    times: list[float]
    attempts: int = 0
    tainted: bool = False
    twin: "Group | None" = None
    family: Family = attrs.field(factory=Family)

    def halves(self, *, refused: bool) -> "tuple[Group, Group]":
        """Cut it in two; the first half is the smaller one, as it is always sent.

        Args:
            refused: A record is to blame (not their number): if one half is delivered, then the
                bad one is in the other.
        """
        middle = len(self.records) // 2
        second = Group(
            self.records[middle:], self.times[middle:], self.attempts, family=self.family
        )
        first = Group(
            self.records[:middle],
            self.times[:middle],
            self.attempts,
            twin=second if refused else None,
            family=self.family,
        )
        return first, second


class Lane:
    """One batch at a time, and what comes after it.

    Attributes:
        flight: What is on its way.
        held: What came back, in the order in which it is to be sent again.
        line: What was taken from the store for this lane and not yet sent.
    """

    __slots__ = ("flight", "held", "line", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.flight: Group | None = None
        self.held: deque[Group] = deque()
        self.line = MemoryStore()

    @property
    def ready(self) -> bool:
        """Whether it could send now, for its own part."""
        return self.flight is None and (bool(self.held) or self.line.waiting > 0)

    @property
    def oldest(self) -> float | None:
        """When the first of its records that are not in flight was put."""
        return self.held[0].times[0] if self.held else self.line.oldest

    def pick(self, max_records: int, max_bytes: int) -> Group:
        """Take the next group out; the lane must be ready.

        A group known to hold a bad record is cut without being sent (bisection in at most
        ``2 * log2(n) + 2`` requests). The limits are for what was not sent before: a group that
        came back was within them, or is halved for being too large.
        """
        while self.held:
            group = self.held.popleft()
            if not (group.tainted and len(group.records) > 1):
                return group
            self.hold_halves(group, refused=True)
        taken = self.line.take(max_records, max_bytes)
        return Group(list(taken.records), list(taken.times))

    def hold(self, *groups: Group) -> None:
        """Put groups at the head, in this order."""
        self.held.extendleft(reversed(groups))

    def hold_halves(self, group: Group, *, refused: bool) -> None:
        """Put the halves of a group at the head."""
        self.hold(*group.halves(refused=refused))

    def evict(self) -> Record | None:
        """Remove the first record that is not in flight; None when there is none."""
        if not self.held:
            return self.line.evict()
        group = self.held[0]
        record = group.records.pop(0)
        group.times.pop(0)
        if not group.records:
            self.held.popleft()
        return record

    def empty(self) -> Taken:
        """Take out all that is not in flight."""
        records = [record for group in self.held for record in group.records]
        times = [time for group in self.held for time in group.times]
        self.held.clear()
        while self.line.waiting:
            taken = self.line.take(self.line.waiting, self.line.waiting_bytes * 2)
            records.extend(taken.records)
            times.extend(taken.times)
        return Taken(records, times)
