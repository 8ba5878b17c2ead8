"""The tracker with many threads: nothing waits for what it does not need, nothing changes order.

Every meeting of threads is arranged by barriers and events; no test sleeps and hopes.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest

from video_tracker.delivery import DELIVERED, Dead, Outcome, Refused, TryLater
from video_tracker.errors import PlanError
from video_tracker.plan import Content, SessionPlan, Settings
from video_tracker.testing.clock import NOON, ManualClock
from video_tracker.tracker import Stats, TrackedSession, Tracker
from video_tracker.transports import Record

PLAN = SessionPlan(user_id="u1", contents=[Content(asset_id="film", duration=600)])
PATIENCE = 30.0
"""Seconds after which a test gives a thread up; nothing ever waits that long."""


class Calling:
    """A transport that does something of the test's, then says what came of it."""

    def __init__(self, act: Callable[[Sequence[Record]], Outcome | None]) -> None:
        self.act = act
        self.ids: list[str] = []
        self.closed = 0
        self._lock = threading.Lock()

    def send(self, records: Sequence[Record]) -> Outcome:
        outcome = self.act(records) or DELIVERED
        with self._lock:
            self.ids += [record.message_id for record in records]
        return outcome

    def close(self) -> None:
        self.closed += 1

    def of(self, session_id: str) -> list[str]:
        return [name for name in self.ids if name.rsplit("-", 1)[0] == session_id]


class Gate:
    """Stops the thread that sends a certain message, until it is opened."""

    def __init__(self, message_id: str) -> None:
        self.message_id = message_id
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, records: Sequence[Record]) -> None:
        if any(record.message_id == self.message_id for record in records):
            self.reached.set()
            assert self.open.wait(PATIENCE)


Run = Callable[..., threading.Thread]


@pytest.fixture
def run() -> Iterator[Run]:
    """Start a function in a thread; at the end all of them must have returned, and well."""
    threads: list[threading.Thread] = []
    faults: list[BaseException] = []

    def start(function: Callable[..., object], *values: object) -> threading.Thread:
        def body() -> None:
            try:
                function(*values)
            except BaseException as error:  # noqa: BLE001 - told in the test's own thread
                faults.append(error)

        thread = threading.Thread(target=body)
        threads.append(thread)
        thread.start()
        return thread

    yield start
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert faults == []


def play(session: TrackedSession) -> None:
    session.play(0)
    session.playing(0)


def balanced(stats: Stats) -> bool:
    return stats.balanced and stats.pending >= 0


def test_a_slow_transport_holds_up_no_other_session(run: Run) -> None:
    """Who finds somebody sending leaves his events to him, and returns."""
    gate = Gate("slow-1")
    tracker = Tracker(Calling(gate), clock=ManualClock(), mode="sync")
    slow, other = tracker.session("slow", PLAN), tracker.session("other", PLAN)
    sending = run(slow.play, 0)
    assert gate.reached.wait(PATIENCE)
    play(other)
    assert (tracker.stats().pending, tracker.stats().in_flight) == (3, 1)
    gate.open.set()
    sending.join(PATIENCE)
    assert tracker.stats().delivered == 3


def test_a_slow_transport_holds_up_no_input_of_its_own_session_nor_the_order(run: Run) -> None:
    """The second thread leaves its events to the first, which sends them behind its own."""
    gate = Gate("s1-1")
    transport = Calling(gate)
    tracker = Tracker(transport, clock=ManualClock(), mode="sync")
    session = tracker.session("s1", PLAN)
    first = run(session.play, 0)
    assert gate.reached.wait(PATIENCE)
    assert len(session.playing(0)) == 1
    assert len(session.pause(0)) == 1
    assert session.summary().counts["pauses"] == 1
    assert transport.ids == []
    gate.open.set()
    first.join(PATIENCE)
    assert transport.ids == ["s1-1", "s1-2", "s1-3"]


def test_a_tick_goes_on_while_a_session_is_sending(run: Run) -> None:
    gate = Gate("s1-1")
    clock = ManualClock()
    transport = Calling(gate)
    tracker = Tracker(transport, clock=clock, mode="sync")
    slow, other = tracker.session("s1", PLAN), tracker.session("s2", PLAN)
    sending = run(slow.play, 0)
    assert gate.reached.wait(PATIENCE)
    play(other)
    slow.playing(0)
    clock.advance(10)
    assert tracker.tick() == 2
    assert tracker.stats().pending == 6
    gate.open.set()
    sending.join(PATIENCE)
    assert transport.of("s1") == ["s1-1", "s1-2", "s1-3"]
    assert transport.of("s2") == ["s2-1", "s2-2", "s2-3"]


def test_a_transport_may_use_the_session_that_it_serves() -> None:
    """What it causes is sent behind what is being sent."""
    sessions: list[TrackedSession] = []

    def act(records: Sequence[Record]) -> None:
        if records[0].event == "Video Content Started":
            sessions[0].pause(0)

    transport = Calling(act)
    tracker = Tracker(transport, clock=ManualClock(), mode="sync")
    sessions.append(tracker.session("s1", PLAN))
    play(sessions[0])
    assert transport.ids == ["s1-1", "s1-2", "s1-3"]


def test_closing_waits_for_those_who_are_sending(run: Run) -> None:
    gate = Gate("s1-1")
    transport = Calling(gate)
    tracker = Tracker(transport, clock=ManualClock(), mode="sync")
    session = tracker.session("s1", PLAN)
    run(session.play, 0)
    assert gate.reached.wait(PATIENCE)
    session.playing(0)
    closed: list[Stats] = []
    closing = run(lambda: closed.append(tracker.close(PATIENCE)))
    while not tracker.closed:
        closing.join(0.001)
    assert transport.closed == 0
    session.pause(0)
    gate.open.set()
    closing.join(PATIENCE)
    (stats,) = closed
    assert (stats.made, stats.delivered, stats.pending) == (3, 2, 0)
    assert stats.undeliverable == {"closed": 1}
    assert transport.ids == ["s1-1", "s1-2"]
    assert transport.closed == 1


def test_closing_does_not_wait_for_ever(run: Run) -> None:
    """What is with a transport that does not return is told as such, and settled when it does."""
    gate = Gate("s1-1")
    transport = Calling(gate)
    tracker = Tracker(transport, clock=ManualClock(), mode="sync")
    session = tracker.session("s1", PLAN)
    sending = run(session.play, 0)
    assert gate.reached.wait(PATIENCE)
    session.playing(0)
    stats = tracker.close(timeout=0.0)
    assert (stats.pending, stats.in_flight, stats.dropped) == (1, 1, {"closed": 1})
    assert transport.closed == 1
    gate.open.set()
    sending.join(PATIENCE)
    assert (tracker.stats().pending, tracker.stats().delivered) == (0, 1)


def test_one_session_under_many_threads_stays_in_order_and_loses_nothing(run: Run) -> None:
    clock = ManualClock()
    transport = Calling(lambda _: None)
    tracker = Tracker(transport, clock=clock, mode="sync")
    session = tracker.session("s1", PLAN)
    play(session)
    start = threading.Barrier(4)

    def press() -> None:
        start.wait(PATIENCE)
        for _ in range(100):
            clock.advance(0.01)
            session.pause()
            session.play()

    threads = [run(press) for _ in range(4)]
    for thread in threads:
        thread.join(PATIENCE)
    stats = tracker.close()
    assert transport.ids == [f"s1-{number}" for number in range(1, stats.made + 1)]
    assert stats.delivered == stats.made > 100
    assert "clock_stepped_back" not in session.summary().diagnostics


MOODS = (DELIVERED, Refused("rejected"), TryLater("network"), None)


def test_the_account_balances_at_every_instant_under_many_threads(run: Run) -> None:
    """S55: read by one thread while others work, tick, fail, and close."""
    clock = ManualClock()
    turns = iter(range(10**9))
    instants: list[bool] = []
    told: Counter[str] = Counter()
    dead: list[Dead] = []

    def moody(_: Sequence[Record]) -> Outcome | None:
        clock.advance(1)
        turn = next(turns)
        if turn % 7 == 6:
            raise OSError("gone")
        return MOODS[turn % len(MOODS)]

    tracker = Tracker(
        Calling(moody),
        clock=clock,
        mode="sync",
        settings=Settings(heartbeat=1),
        on_dead=dead.append,
        on_drop=lambda drop: told.update({drop.reason: len(drop.records)}),
    )
    start = threading.Barrier(5)
    working = threading.Event()
    working.set()

    def serve(number: int) -> None:
        start.wait(PATIENCE)
        for turn in range(40):
            session = tracker.session(f"s{number}-of-{turn}", PLAN)
            play(session)
            for second in range(1, 4):
                clock.advance(0.3)
                session.progress(0.3 * second)
            tracker.tick()
            session.exit(1)
        working.clear()

    def watch() -> None:
        start.wait(PATIENCE)
        while working.is_set():
            instants.append(balanced(tracker.stats()))

    workers = [run(serve, number) for number in range(4)]
    run(watch)
    for worker in workers:
        worker.join(PATIENCE)
    stats = tracker.close(timeout=1)
    assert all(instants)
    assert balanced(stats)
    assert stats.pending == 0
    assert stats.made >= 4 * 40 * 3
    assert len(dead) == sum(stats.dead.values()) > 0
    assert told == stats.dropped
    assert stats.retried > 0


def test_a_session_id_is_given_to_one_of_many_threads(run: Run) -> None:
    tracker = Tracker(Calling(lambda _: None), clock=ManualClock(NOON), mode="sync")
    start = threading.Barrier(8)
    won: list[TrackedSession] = []

    def claim() -> None:
        start.wait(PATIENCE)
        with contextlib.suppress(PlanError):
            won.append(tracker.session("s1", PLAN))

    for thread in [run(claim) for _ in range(8)]:
        thread.join(PATIENCE)
    assert len(won) == 1
