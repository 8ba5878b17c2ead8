"""Tests of your own adapter, transport or store in any order of what may happen to it.

A class of three lines is a test, for pytest and for unittest::

    class TestMyAdapter(AdapterMachine):
        make = staticmethod(MyAdapter)

Hypothesis draws what happens, rule by rule, and shrinks what went wrong to the shortest course that
still does; it prints that course as a program. What is looked at in one adapter or transport is
what :func:`~video_tracker.testing.check_adapter` and
:func:`~video_tracker.testing.check_transport` look at. Rules of your own go into a subclass of
:class:`AdapterRules`, :class:`TransportRules` or :class:`StoreRules`, named as ``rules``.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import attrs

try:
    from hypothesis import settings
    from hypothesis import strategies as st
    from hypothesis.stateful import (
        RuleBasedStateMachine,
        initialize,
        invariant,
        precondition,
        rule,
        run_state_machine_as_test,
    )
except ImportError as error:
    raise ImportError("drawn cases need hypothesis: pip install hypothesis") from error

from video_tracker.delivery.store import MemoryStore, Store
from video_tracker.errors import StoreError
from video_tracker.players.base import Callback
from video_tracker.record import Record
from video_tracker.testing.adapters import AdapterCheck, Faults, Run
from video_tracker.testing.callbacks import START
from video_tracker.testing.faults import apply
from video_tracker.testing.player_strategies import callbacks, losses
from video_tracker.testing.transports import FAILED, TransportCheck

__all__ = [
    "AdapterMachine",
    "AdapterRules",
    "StoreMachine",
    "StoreRules",
    "TransportMachine",
    "TransportRules",
]


def _unsaid() -> Any:
    raise NotImplementedError("say what is tested: make = staticmethod(MyOwn)")


class Machine:
    """What the three have in common: a test that runs rules.

    Attributes:
        rules: What may happen; a class that is made with this test.
        examples: How many courses are tried.
        steps: How long each may be.
        options: Other settings of hypothesis, by their names.
    """

    rules: ClassVar[type["Rules"]]
    examples: ClassVar[int] = 50
    steps: ClassVar[int] = 30
    options: ClassVar[Mapping[str, Any]] = {}

    make: Any = staticmethod(_unsaid)
    """Makes a fresh one: a class, a ``staticmethod`` of a function, or a method."""

    def test_in_any_order(self) -> None:
        """Whatever happens in whatever order, nothing is wrong."""
        run_state_machine_as_test(
            lambda: self.rules(self),  # type: ignore[arg-type] # any factory will do
            settings=settings(
                max_examples=self.examples,
                stateful_step_count=self.steps,
                deadline=None,
                **self.options,
            ),
        )


class Rules(RuleBasedStateMachine):
    """The rules of a machine.

    Args:
        test: The test; it makes what is tested.
    """

    def __init__(self, test: Any) -> None:
        super().__init__()
        self.test = test


def _sound(faults: Sequence[str]) -> None:
    if faults:
        raise AssertionError("\n".join(faults))


# -- adapters --------------------------------------------------------------------------------------


class AdapterRules(Rules):
    """A player fires callbacks, again and again, late and in any order; time passes.

    After each callback the answer is looked at; at the end the same callbacks are told to a fresh
    adapter, and what it makes of them to sessions, whose invariants are held.
    """

    test: "AdapterMachine"

    def __init__(self, test: "AdapterMachine") -> None:
        super().__init__(test)
        made = test.make()
        self.faults = Faults()
        self.likely = callbacks(type(made))
        self.mad = callbacks(type(made), strange=True)
        self.check = AdapterCheck(type(made), self.faults, test.longest_hold)
        self.run = Run(made)
        self.said: list[Callback] = []
        self.now = START

    def say(self, callback: Callback) -> None:
        """Let the player fire a callback now."""
        self.said.append(attrs.evolve(callback, at=self.now))
        self.check.step(self.run, self.said[-1])
        _sound(self.faults.found)

    @rule(data=st.data(), passed=st.sampled_from((0.0, 0.02, 0.25, 1.0, 4.0, 30.0)))
    def player_fires(self, data: st.DataObject, passed: float) -> None:
        """A callback of its table, with values that a player could say."""
        self.now += passed
        self.say(data.draw(self.likely, "callback"))

    @precondition(lambda self: self.said)
    @rule(passed=st.sampled_from((0.0, 0.25, 5.0)))
    def player_repeats_itself(self, passed: float) -> None:
        """The last callback once more."""
        self.now += passed
        self.say(self.said[-1])

    @rule(data=st.data())
    def player_goes_mad(self, data: st.DataObject) -> None:
        """A callback with values that no player should say."""
        self.say(data.draw(self.mad, "callback"))

    @precondition(lambda self: self.test.logs)
    @rule(data=st.data(), seed=st.integers(0, 1000))
    def player_plays_a_log(self, data: st.DataObject, seed: int) -> None:
        """A recorded log, after losses."""
        log = data.draw(st.sampled_from(range(len(self.test.logs))), "log")
        spoilt = apply(data.draw(losses(), "losses"), self.test.logs[log], seed=seed)
        begin = self.now
        for callback, arrival in zip(spoilt, spoilt.arrivals, strict=True):
            self.now = max(self.now, begin + arrival - spoilt.arrivals[0])
            self.say(callback)

    @rule()
    def time_passes_until_it_wakes(self) -> None:
        """What it holds back falls due."""
        due = self.run.adapter.wake_at()
        if due is not None:
            self.now = max(self.now, due)
            self.check.flush(self.run, self.now)
            _sound(self.faults.found)

    def teardown(self) -> None:
        """Tell it all to another one, and what comes of it to sessions."""
        if self.said and not self.faults.found:
            self.check.course(self.said, "machine", dated=False)
            _sound(self.faults.found)


class AdapterMachine(Machine):
    """Tests an adapter of your own: ``make = staticmethod(MyAdapter)``.

    Attributes:
        logs: Recordings of the player, each a sequence of callbacks; they are played whole, with
            losses, between the callbacks that are drawn.
        longest_hold: Seconds for which it may hold something back; S31 allows 0.25.
    """

    rules = AdapterRules
    logs: ClassVar[Sequence[Sequence[Callback]]] = ()
    longest_hold: ClassVar[float] = 1.0


# -- transports ------------------------------------------------------------------------------------

_RUNS: Final[Iterator[int]] = itertools.count(1)
_BODIES: Final = ("", "Zoë \U0001f39e", "x" * 2_000, "line\nbreak\u2028")


class TransportRules(Rules):
    """A pipe sends records in order, again what must be sent again; the destination goes and comes.

    At the end it is closed: what it called delivered has arrived, and each session's in order.
    """

    test: "TransportMachine"

    def __init__(self, test: "TransportMachine") -> None:
        super().__init__(test)
        self.run = next(_RUNS)
        self.transport: Any = None
        self.check = TransportCheck(
            lambda: test.arrived(self.transport) or (), tuple(test.secrets), test.timeout
        )
        made = self.check.bounded("making it", test.make)
        self.transport = None if made is FAILED else made
        if test.arrived(self.transport) is None:
            self.check.forget_arrivals()
        self.pending: list[Record] = []
        self.sent: list[Record] = []
        self.made = 0
        self.down = False
        _sound(self.check.faults)

    @initialize()
    def begin(self) -> None:
        """It has the shape of a transport."""
        self.check.shape(self.transport)
        _sound(self.check.faults)

    @rule(count=st.integers(1, 4), session=st.integers(1, 3), body=st.sampled_from(_BODIES))
    def records_come(self, count: int, session: int, body: str) -> None:
        """Records of a session are put into the line."""
        for _ in range(count):
            self.made += 1
            self.pending.append(record_for(self.made, f"check-line-{self.run}-{session}", body))

    @precondition(lambda self: self.pending)
    @rule(most=st.sampled_from((1, 2, 5, 500)), as_list=st.booleans())
    def pipe_sends(self, most: int, as_list: bool) -> None:
        """The oldest of the line are sent; what arrived or was refused leaves it."""
        batch = self.pending[:most]
        settled = self.check.send("send", self.transport, batch if as_list else tuple(batch))
        _sound(self.check.faults)
        if settled is not None:
            later = {record.message_id for record, _ in settled.later}
            kept = [record for record in batch if record.message_id in later]
            self.sent += [record for record in batch if record.message_id not in later]
            # What follows in a session waits for what must be tried again (S68).
            self.pending[: len(batch)] = kept

    @precondition(lambda self: self.sent)
    @rule()
    def pipe_sends_again(self) -> None:
        """What has arrived is sent once more, after an answer that got lost."""
        self.check.send("send of the same again", self.transport, (self.sent[-1],))
        _sound(self.check.faults)

    @precondition(lambda self: self.test.has_outages)
    @rule()
    def destination_goes_or_comes(self) -> None:
        """The destination stops answering, or answers again."""
        self.down = not self.down
        self.test.outage(self.transport, self.down)

    def teardown(self) -> None:
        """Close it, and see what arrived."""
        if self.transport is None or self.check.faults:
            return
        if self.down:
            self.test.outage(self.transport, False)
        self.check.end(self.transport)
        _sound(self.check.faults)


class TransportMachine(Machine):
    """Tests a transport of your own, blocking or ``async``: ``make = staticmethod(MyTransport)``.

    Attributes:
        secrets: Texts, such as a key, that must show in no repr and no outcome.
        timeout: Seconds that a ``send`` or a ``close`` may take.
    """

    rules = TransportRules
    secrets: ClassVar[Collection[str]] = ()
    timeout: ClassVar[float] = 10.0

    def arrived(self, transport: Any) -> Collection[str] | None:  # noqa: ARG002
        """The message ids at the destination, in order, repetitions too; None: nobody can tell."""
        return None

    def outage(self, transport: Any, down: bool) -> None:
        """Let the destination go (``down``) or come; without it the destination is always well."""

    @property
    def has_outages(self) -> bool:
        """Whether :meth:`outage` does anything."""
        return type(self).outage is not TransportMachine.outage


def record_for(number: int, session: str, text: str) -> Record:
    """A record like no other, with a text in its body."""
    name = f"{session}:{number}"
    body = f'{{"messageId":"{name}","event":"Video Content Playing","title":{text!r}}}'
    return Record(name, session, "Video Content Playing", body.encode())


# -- stores ----------------------------------------------------------------------------------------


class StoreRules(Rules):
    """A pipe puts records into a store, takes, settles and evicts; the store is opened again.

    Beside it goes a :class:`~video_tracker.delivery.MemoryStore`: both must say the same of what
    waits, and hand out the same records in the same batches.
    """

    test: "StoreMachine"

    def __init__(self, test: "StoreMachine") -> None:
        super().__init__(test)
        self.store: Any = test.make()
        self.model = MemoryStore()
        self.now = 1000.0
        self.made = 0
        self.out: list[Record] = []
        self.unsettled: list[tuple[Record, float]] = []
        if not isinstance(self.store, Store):
            raise AssertionError(f"{type(self.store).__name__} lacks a method of a Store")

    @rule(count=st.integers(1, 8), size=st.integers(0, 200), step=st.floats(0, 5))
    def pipe_puts(self, count: int, size: int, step: float) -> None:
        """Records are added; a store that is full or broken says so and adds nothing."""
        for _ in range(count):
            self.now += step
            self.made += 1
            record = record_for(self.made, f"s-{self.made % 7}", "x" * size)
            self.put(record)

    @precondition(lambda self: self.out)
    @rule()
    def pipe_puts_the_same_id(self) -> None:
        """Two records may bear the same message id."""
        self.made += 1
        self.put(attrs.evolve(self.out[0], body=b'{"again":%d}' % self.made))

    def put(self, record: Record) -> None:
        """Add a record to both."""
        try:
            self.store.append(record, self.now)
        except StoreError:
            return
        self.model.append(record, self.now)
        self.unsettled.append((record, self.now))

    @rule(count=st.integers(1, 9), size=st.integers(1, 900))
    def pipe_takes(self, count: int, size: int) -> None:
        """The oldest are handed out, as many as fit."""
        waiting = self.model.waiting
        got, wanted = self.store.take(count, size), self.model.take(count, size)
        shown = [record.message_id for record in got.records]
        assert list(got.records) == list(wanted.records), (
            f"take({count}, {size}) of {waiting} gave {shown}, not"
            f" {[record.message_id for record in wanted.records]}"
        )
        assert list(got.times) == list(wanted.times), f"take gave the times {list(got.times)}"
        assert (got.lost_records, got.lost_bytes) == (0, 0), "take told of losses"
        self.out += got.records

    @precondition(lambda self: self.out)
    @rule(share=st.sampled_from((0.01, 0.5, 1.0)), order=st.randoms(use_true_random=False))
    def pipe_settles(self, share: float, order: Any) -> None:
        """Some of what is out has arrived, in any order; it is told twice."""
        order.shuffle(self.out)
        cut = max(1, round(share * len(self.out)))
        done, self.out = self.out[:cut], self.out[cut:]
        self.store.settled(done)
        self.store.settled(done)
        self._forget(done)

    @rule()
    def stranger_is_settled(self) -> None:
        """What it never had is none of its business."""
        self.store.settled([record_for(0, "stranger", "")])

    @rule()
    def pipe_evicts(self) -> None:
        """The oldest of the waiting goes for good."""
        gone, wanted = self.store.evict(), self.model.evict()
        assert gone == wanted, f"evict gave {gone!r:.80}, not {wanted!r:.80}"
        self._forget([] if gone is None else [gone])

    @precondition(lambda self: self.test.is_durable)
    @rule(crash=st.booleans())
    def program_ends_and_starts(self, crash: bool) -> None:
        """All that was not settled waits again, in its order."""
        self.start_again(crash=crash)

    def start_again(self, *, crash: bool) -> None:
        """Open the store again, and let the model hold what it should bring back."""
        self.store = self.test.reopen(self.store, crash)
        self.model, self.out = MemoryStore(), []
        for record, at in self.unsettled:
            self.model.append(record, at)

    def _forget(self, records: Sequence[Record]) -> None:
        self.unsettled = [pair for pair in self.unsettled if pair[0] not in records]

    @invariant()
    def they_agree(self) -> None:
        """What waits: how many, how long, since when."""
        for name in ("waiting", "waiting_bytes", "oldest"):
            got, wanted = getattr(self.store, name), getattr(self.model, name)
            assert got == wanted, f"{name} is {got!r}, not {wanted!r}"

    def teardown(self) -> None:
        """Let the test clean up."""
        self.test.discard(self.store)


class StoreMachine(Machine):
    """Tests a store of your own: ``make = staticmethod(MyStore)``."""

    rules = StoreRules

    def reopen(self, store: Any, crash: bool) -> Any:  # noqa: ARG002
        """End the program and start it again on the same disk; for a store that outlives it.

        Args:
            store: The store as it was.
            crash: Whether nothing could be closed before.

        Returns:
            A store in which all that was not settled waits.
        """
        return store

    def discard(self, store: Any) -> None:
        """The course is over: close it and remove what it left."""

    @property
    def is_durable(self) -> bool:
        """Whether :meth:`reopen` does anything."""
        return type(self).reopen is not StoreMachine.reopen
