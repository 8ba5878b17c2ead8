"""What follows from an outcome: who is settled, who goes again and when, what is learnt. Pure."""

from collections.abc import Callable, Sequence
from typing import Final

from video_tracker.delivery.account import Batch, Dead, Settled
from video_tracker.delivery.batching import body_length
from video_tracker.delivery.group import Group
from video_tracker.delivery.lane import Lane
from video_tracker.delivery.ledger import Ledger
from video_tracker.delivery.line import Line
from video_tracker.delivery.outcome import Delivered, Outcome
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.retry import Gate
from video_tracker.delivery.verdict import Verdict, read_verdict
from video_tracker.record import Record

__all__ = ["Aftermath"]

_REGROW_AFTER: Final = 200
"""Batches delivered in a row after which a byte limit that was halved is doubled again."""


class Aftermath:
    """Books outcomes and puts back what is to be sent again.

    Args:
        policy: The limits.
        overhead: The bytes of a batch's body around its records.
        lanes, line, ledger, gate: The pipe's.
        bury: Told of dead letters while the store still has them.
    """

    def __init__(
        self,
        policy: DeliveryPolicy,
        overhead: int,
        lanes: Sequence[Lane],
        line: Line,
        ledger: Ledger,
        gate: Gate,
        bury: Callable[[Sequence[Dead], float], object] | None,
    ) -> None:
        self._policy = policy
        self._overhead = overhead
        self._lanes = lanes
        self._line = line
        self._ledger = ledger
        self._gate = gate
        self._bury = bury
        self._arrivals = 0
        self._calm = 0
        self._leaving: Sequence[Record] = ()

    def finish(self) -> None:
        """Let the store go of what was booked as settled."""
        if self._leaving:
            self._line.store.settled(self._leaving)
        self._leaving = ()

    def follow(
        self, lane: Lane, group: Group, batch: Batch, outcome: Outcome, now: float
    ) -> Settled:
        """Do all that follows from an outcome; the lane is free again."""
        before = self._gate.state
        if type(outcome) is Delivered:
            self._delivered(lane, group, now)
            return Settled(delivered=batch.records, before=before)
        verdict = read_verdict(group, outcome)
        self._move_gate(group, verdict, now)
        dead = self._sort_out(lane, group, verdict, now)
        state = self._gate.state
        return Settled(
            delivered=tuple(verdict.delivered),
            retried=tuple(verdict.kept),
            dead=tuple(dead),
            state=state,
            before=before,
            resume_at=None if state == "open" else self._gate.resume_at,
            reason=verdict.reason,
            detail=verdict.detail,
        )

    def _delivered(self, lane: Lane, group: Group, now: float) -> None:
        self._book(group.records, ())
        self._open_gate(now)
        self._arrivals += 1
        if group.twin is not None:
            group.twin.tainted = True
        if group.due is not None:
            lane.rejoin(self._line.budget)
        self._regrow()

    def _move_gate(self, group: Group, verdict: Verdict, now: float) -> None:
        if verdict.fault is not None:
            self._gate.stop(now)
            return
        if verdict.later is None or verdict.delivered or verdict.refused:
            self._open_gate(now)
        if verdict.later is not None and (verdict.after is not None or not self._passed(group)):
            self._gate.back_off(now, verdict.after)

    def _open_gate(self, now: float) -> None:
        if self._gate.state != "open":
            for lane in self._lanes:
                lane.hurry()
        self._gate.open(now)

    def _sort_out(self, lane: Lane, group: Group, verdict: Verdict, now: float) -> list[Dead]:
        """Book what is settled and put the rest where it is sent from again."""
        attempts = group.attempts + 1
        dead = [
            Dead(record, said.reason, said.detail, attempts) for record, said in verdict.refused
        ]
        failed = verdict.later is not None and verdict.fault is None and verdict.blame is None
        if failed and self._passed(group):
            group.passed += 1
        if failed:
            dead.extend(self._give_up(group, verdict, attempts, now))
        if dead and self._bury is not None:
            self._bury(dead, now)
        self._book(verdict.delivered, dead)
        self._ledger.retried += len(verdict.kept)
        rest = Group(
            verdict.kept,
            verdict.times,
            attempts if failed else group.attempts,
            tainted=group.tainted and not dead,
            twin=None if dead else group.twin,
            family=group.family,
            due=group.due,
            seen=group.seen,
            passed=group.passed,
        )
        if failed and rest.records:
            self._failed(lane, rest, verdict, now)
        else:
            self._answered(lane, rest, verdict, group)
        self._arrivals += bool(verdict.delivered)
        return dead

    def _give_up(self, group: Group, verdict: Verdict, attempts: int, now: float) -> list[Dead]:
        """Take out of the verdict who has been tried too often or for too long."""
        policy = self._policy
        detail = "" if verdict.later is None else verdict.later.detail
        lone = policy.lone_attempts is not None and len(verdict.kept) == 1
        if (policy.max_attempts is not None and attempts >= policy.max_attempts) or (
            lone and group.passed >= (policy.lone_attempts or 0)
        ):
            spent, verdict.kept, verdict.times = verdict.kept, [], []
            return [Dead(record, "attempts", detail, attempts) for record in spent]
        # What was put while the lane was stopped ages only since it was opened again.
        if policy.max_age is None or now - policy.max_age <= self._gate.reopened_at:
            return []
        return [
            Dead(record, "expired", detail, attempts)
            for record in verdict.take_older_than(now - policy.max_age)
        ]

    def _failed(self, lane: Lane, rest: Group, verdict: Verdict, now: float) -> None:
        """It was not refused: it goes again, and others may pass it if it keeps failing."""
        narrow = rest.due is not None and (self._passed(rest) or self._holds_up_all(lane, rest))
        rest.seen = self._arrivals
        if rest.due is not None:
            lane.rejoin(self._line.budget)
        if narrow and len(rest.records) > 1:
            first, second = rest.halves(refused=False)
            first.seen = self._arrivals
            lane.hold(second)
            lane.set_aside(first, now + self._gate.delay(1))
            return
        suspect = (
            self._policy.suspect_after is not None
            and rest.attempts >= self._policy.suspect_after
            and verdict.reason != "throttled"
            and lane.may_set_aside(self._arrivals)
        )
        if rest.due is not None or suspect:
            lane.set_aside(rest, now + self._gate.delay(rest.attempts))
        else:
            lane.hold(rest)

    def _passed(self, group: Group) -> bool:
        """Whether others were delivered since it failed: then it is to blame, not all the world."""
        return group.due is not None and self._arrivals > group.seen

    def _holds_up_all(self, lane: Lane, rest: Group) -> bool:
        """Whether nobody is left who could pass it and show who is to blame.

        Then it is halved from time to time on mere suspicion: that may free some sessions.
        """
        every = self._policy.suspect_after or 1
        return rest.attempts % every == 0 and lane.starves(more=self._line.waiting > 0)

    def _answered(self, lane: Lane, rest: Group, verdict: Verdict, group: Group) -> None:
        """It was refused, or nothing is left of it; in any case it is not aside any more."""
        if rest.due is not None:
            rest.due = None
            lane.rejoin(self._line.budget)
        if not rest.records:
            return
        if verdict.blame is None:
            lane.hold(rest)
            return
        too_large = verdict.blame.reason == "too_large"
        if too_large:
            self._shrink(group)
        lane.hold(*rest.halves(refused=not too_large))

    def _shrink(self, group: Group) -> None:
        """Halve the byte limit after a 413: once a batch, not below what one record may take."""
        if group.family.shrunk:
            return
        group.family.shrunk = True
        self._calm = 0
        half = body_length(group.records, self._overhead) // 2 - self._overhead
        self._line.budget = min(self._line.budget, max(half, self._policy.record_bytes))

    def _regrow(self) -> None:
        most = self._policy.batch_bytes - self._overhead
        if self._line.budget >= most:
            return
        self._calm += 1
        if self._calm >= _REGROW_AFTER:
            self._calm = 0
            self._line.budget = min(most, self._line.budget * 2)

    def _book(self, delivered: Sequence[Record], dead: Sequence[Dead]) -> None:
        """Book records as settled, and let the store go of them."""
        gone = [*delivered, *(letter.record for letter in dead)]
        self._ledger.settle(delivered, dead)
        self._leaving = gone
        self.finish()
