"""A group of records that are sent together, and how it is halved to find a bad one. Pure."""

import attrs

from video_tracker.record import Record

__all__ = ["Family", "Group"]


@attrs.define(eq=False)
class Family:
    """What the parts of one batch share.

    Args:
        shrunk: The byte limit was halved on its account: once is enough, since below that it may
            be a single record that is too large.
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
        due: When it may be tried again, if others may pass it meanwhile; else None.
        seen: Batches that had been delivered when it failed last.
        passed: How often it failed after others had been delivered.
    """

    records: list[Record]
    times: list[float]
    attempts: int = 0
    tainted: bool = False
    twin: "Group | None" = None
    family: Family = attrs.field(factory=Family)
    due: float | None = None
    seen: int = 0
    passed: int = 0

    @property
    def sessions(self) -> set[str]:
        """The sessions that must not pass it.

        A single record that failed while others were delivered is to blame itself: it holds up
        nobody, not even its own session, which will most likely have to do without it.
        """
        if len(self.records) == 1 and self.passed:
            return set()
        return {record.session_id for record in self.records}

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
