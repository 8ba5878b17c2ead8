"""In any order of puts, batches and outcomes nothing is lost, doubled, overtaken or miscounted."""

from collections import Counter

import attrs
import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from video_tracker.delivery import (
    DELIVERED,
    Batch,
    ChainStore,
    DeliveryPolicy,
    MemoryStore,
    Mixed,
    Outcome,
    Pipe,
    Refused,
    Settled,
    Store,
    TryLater,
)
from video_tracker.record import Record

OVERHEAD = 13
SESSIONS = ("a", "b", "c", "d", "e")


def some_reasons() -> st.SearchStrategy[str]:
    return st.sampled_from(("rejected", "too_large", "credentials", "endpoint", "odd"))


@st.composite
def outcomes(draw: st.DrawFn, ids: list[str]) -> Outcome:
    """Any answer a transport may give: for all, for some by name, or a mixture."""
    kind = draw(
        st.sampled_from(("delivered", "later", "later", "later", "refused", "named", "mixed"))
    )
    after = draw(st.sampled_from((None, 0.0, 7.0, 1e9)))
    if kind == "delivered":
        return DELIVERED
    if kind == "later":
        return TryLater("unavailable", after=after)
    if kind == "refused":
        return Refused(draw(some_reasons()))
    which = draw(st.lists(st.sampled_from(ids), unique=True))
    if kind == "named":
        return Refused(draw(some_reasons()), which=which, together=draw(st.booleans()))
    rest = draw(st.sampled_from((None, tuple(draw(st.lists(st.sampled_from(ids)))))))
    second: TryLater | Refused = TryLater("network", after=after, which=rest)
    if draw(st.booleans()):
        second = Refused(draw(some_reasons()), which=rest)
    return Mixed((Refused(draw(some_reasons()), which=which), second))


class PipeMachine(RuleBasedStateMachine):
    """The pipe against a list of what was put."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.made = 0
        self.flights: list[Batch] = []
        self.pending: list[Record] = []
        self.delivered: list[Record] = []
        self.ended: Counter[str] = Counter()
        self.alone: set[Record] = set()

    def store(self) -> Store:
        """The store under test; a machine of another store overrides it."""
        if self.policy.overflow == "spill":
            return ChainStore(MemoryStore(limit=(5, 200)), MemoryStore(limit=(8, 400)), spill=True)
        return MemoryStore()

    @initialize(
        policy=st.builds(
            DeliveryPolicy,
            max_records=st.integers(1, 30),
            max_bytes=st.integers(60, 900),
            batch_records=st.integers(1, 9),
            batch_bytes=st.integers(60 + OVERHEAD, 300),
            record_bytes=st.just(60),
            linger=st.sampled_from((0.0, 0.5)),
            overflow=st.sampled_from(("drop_newest", "drop_oldest", "block", "raise", "spill")),
            max_attempts=st.sampled_from((None, None, 1, 3)),
            max_age=st.sampled_from((None, 30.0, 500.0)),
            in_flight=st.integers(1, 3),
            suspect_after=st.sampled_from((None, 1, 2)),
            lone_attempts=st.sampled_from((None, 1, 2)),
        ),
        chance=st.floats(0, 1),
    )
    def begin(self, policy: DeliveryPolicy, chance: float) -> None:
        self.policy = policy
        self.pipe = Pipe(policy, random=lambda: chance, overhead=OVERHEAD, store=self.store())

    @rule(
        session=st.sampled_from(SESSIONS),
        size=st.integers(1, 62),
        urgent=st.booleans(),
    )
    def put(self, session: str, size: int, urgent: bool) -> None:
        self.made += 1
        record = Record(f"{session}-{self.made}", session, "e", b"x" * size)
        room = self.pipe.has_room(size)
        put = self.pipe.put(record, self.now, urgent)
        if size > self.policy.record_bytes:
            assert not put.accepted
            assert [dead.reason for dead in put.dead] == ["too_large"]
        elif not put.room:
            assert self.policy.overflow in {"block", "raise"}
            assert not put.accepted
            assert not room
            if urgent:
                self.pipe.refuse(record, "block_timeout")
                self.ended["dropped"] += 1
        elif put.accepted:
            self.pending.append(record)
        for dropped in put.dropped:
            self.ended["dropped"] += 1
            if dropped.record is not record:
                self.pending.remove(dropped.record)
                assert self.policy.overflow == "drop_oldest"
        self.ended["dead"] += len(put.dead)
        self.made_room = put

    @rule(sessions=st.lists(st.sampled_from(SESSIONS), min_size=2, max_size=12))
    def put_several(self, sessions: list[str]) -> None:
        for session in sessions:
            self.put(session, 10, urgent=False)

    @rule(data=st.data(), kind=st.sampled_from(("any", "away", "away", "well", "bad")))
    def exchange(self, data: st.DataObject, kind: str) -> None:
        """What is due next is sent, and answered at once."""
        at = self.pipe.wake_at(self.now, force=True)
        if at is None:
            return
        self.now = at
        self.next_batch(force=True)
        if not self.flights:
            return
        batch = self.flights.pop()
        ids = [record.message_id for record in batch.records]
        outcome: Outcome = DELIVERED
        if kind == "any":
            outcome = data.draw(outcomes(ids))
        elif kind == "away":
            outcome = TryLater("unavailable")
        elif kind == "bad" and any(name.endswith("3") for name in ids):
            outcome = Refused("rejected")
        self.book(batch, outcome, self.pipe.settle(batch, outcome, self.now))

    @rule(force=st.booleans())
    def next_batch(self, force: bool) -> None:
        promised = self.pipe.wake_at(self.now, force=force)
        batch = self.pipe.next_batch(self.now, force=force)
        due = promised is not None and promised <= self.now  # it may be in vain, but not twice
        if batch is None:
            again = self.pipe.wake_at(self.now, force=force)
            assert again is None or again > self.now
            return
        assert due
        assert len(batch.records) <= self.policy.batch_records
        joined = sum(len(record.body) for record in batch.records) + len(batch.records) - 1
        assert batch.body_bytes == joined + OVERHEAD <= self.policy.batch_bytes
        flying = [record for flight in self.flights for record in flight.records]
        assert all(record not in flying for record in batch.records)
        assert all(record in self.pending for record in batch.records)
        self.in_order(batch)
        self.flights.append(batch)
        assert len(self.flights) <= self.policy.in_flight

    def in_order(self, batch: Batch) -> None:
        """A session's records go in the order of put: none overtakes one that is pending.

        But for a record that failed alone: it may be passed, being to blame.
        """
        for session in SESSIONS:
            free = [record for record in self.pending if record not in self.alone]
            sent = [r for r in batch.records if r.session_id == session and r in free]
            line = [r for r in free if r.session_id == session]
            assert sent == line[: len(sent)]

    @precondition(lambda self: self.flights)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        batch = self.flights.pop(data.draw(st.integers(0, len(self.flights) - 1)))
        ids = [record.message_id for record in batch.records]
        outcome = data.draw(outcomes(ids))
        settled = self.pipe.settle(batch, outcome, self.now)
        self.book(batch, outcome, settled)

    def book(self, batch: Batch, outcome: Outcome, settled: Settled) -> None:
        dead = [letter.record for letter in settled.dead]
        three = [*settled.delivered, *settled.retried, *dead]
        assert Counter(three) == Counter(batch.records)
        assert settled.state == self.pipe.state
        for record in (*settled.delivered, *dead):
            self.pending.remove(record)
        self.delivered.extend(settled.delivered)
        self.ended["delivered"] += len(settled.delivered)
        self.ended["dead"] += len(dead)
        if len(batch.records) == 1 and batch.attempt >= (self.policy.suspect_after or 1_000):
            self.alone.update(settled.retried)
        if outcome == DELIVERED:
            assert settled.delivered == batch.records
        if isinstance(outcome, Refused) and outcome.which is None:
            assert not settled.delivered
            assert not (dead and len(batch.records) > 1)
            if outcome.reason in {"credentials", "endpoint"}:
                assert not dead
                assert settled.state == "stopped"
                assert settled.resume_at == self.now + self.policy.credentials_retry

    @precondition(lambda self: self.flights)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        self.pipe.give_back(self.flights.pop(data.draw(st.integers(0, len(self.flights) - 1))))

    @rule(seconds=st.sampled_from((0.1, 0.5, 3.0, 70.0, 400.0)))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def sleep_until_something_is_due(self) -> None:
        at = self.pipe.wake_at(self.now)
        if at is not None:
            assert at >= self.now
            self.now = at

    @rule()
    def abandon(self) -> None:
        flying = {record for flight in self.flights for record in flight.records}
        dropped = [each.record for each in self.pipe.abandon("closed")]
        assert Counter(dropped) == Counter(r for r in self.pending if r not in flying)
        for record in dropped:
            self.pending.remove(record)
        self.ended["dropped"] += len(dropped)

    @invariant()
    def the_ledger_balances(self) -> None:
        if not hasattr(self, "pipe"):
            return
        account = self.pipe.account()
        assert account.balanced
        assert account.delivered == self.ended["delivered"]
        assert sum(account.dropped.values()) == self.ended["dropped"]
        assert sum(account.dead.values()) == self.ended["dead"]
        assert account.pending == self.pipe.pending_records == len(self.pending)
        assert account.pending_bytes == sum(len(record.body) for record in self.pending)
        assert account.in_flight == sum(len(flight.records) for flight in self.flights)
        if self.policy.overflow != "spill":
            assert account.pending <= self.policy.max_records
            assert account.pending_bytes <= self.policy.max_bytes

    def teardown(self) -> None:
        """Against a destination that is well, all that is pending arrives."""
        if not hasattr(self, "pipe"):
            return
        for flight in self.flights:
            self.book(flight, DELIVERED, self.pipe.settle(flight, DELIVERED, self.now))
        self.flights.clear()
        while (at := self.pipe.wake_at(self.now, force=True)) is not None:
            self.now = at
            batch = self.pipe.next_batch(self.now, force=True)
            if batch is None:
                again = self.pipe.wake_at(self.now, force=True)
                assert again is None or again > self.now
                continue
            self.in_order(batch)
            self.book(batch, DELIVERED, self.pipe.settle(batch, DELIVERED, self.now))
        assert self.pipe.pending_records == 0
        assert self.pending == []
        assert self.pipe.account().balanced


PipeMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestPipe = PipeMachine.TestCase


def test_records_are_equal_by_value() -> None:
    """The machine counts records by value, so each must be unique."""
    record = Record("a-1", "a", "e", b"x")
    assert attrs.evolve(record) == record
