"""Any number of workers, any request anywhere, one session: trackers over one store."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.ingest.streams import numbered
from tests.recordings.replaying import LOGS, adapter_of, recorded
from tests.tracker.test_recordings_through_trackers import plan_of, straight
from video_tracker.aio import AsyncTracker
from video_tracker.errors import PolicyError, StoreError
from video_tracker.ingest import Decoded
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Callback
from video_tracker.signals import Exit, Pause, Play, Playing, Progress
from video_tracker.stores import Change, MemoryStore, Presence
from video_tracker.testing.clock import ManualClock
from video_tracker.tracker import Tracker
from video_tracker.transports import (
    Delivered,
    MemoryTransport,
    Outcome,
    Record,
    Refused,
    TryLater,
)

T0 = 1_795_432_200.0
SOME = sorted(LOGS)[::12]
STORY = [
    Play(T0, 0.0),
    Playing(T0 + 0.5, 0.0),
    *(Progress(T0 + 0.5 + n, float(n)) for n in range(1, 8)),
    Pause(T0 + 8, 7.5),
    Playing(T0 + 12, 7.5),
    Exit(T0 + 13, 8.5),
]
NAMES = ["Started", "Content Started", "Paused", "Resumed", "Content Playing", "Exited"]  # S42


class Answering:
    """A way out that answers as it is told to."""

    def __init__(self, answer: Outcome) -> None:
        self.answer = answer

    def send(self, _records: Sequence[Record]) -> Outcome:
        return self.answer

    def close(self) -> None:
        pass


def shortly(records: Sequence[Record]) -> list[str]:
    words = (record.event.removeprefix("Video ") for record in records)
    return [name.removeprefix("Playback ") for name in words]


class Workers:
    """Trackers over one store and one clock, whose messages all end in one place."""

    def __init__(self, many: int, at: float, **options: Any) -> None:
        self.store, self.clock = MemoryStore(4), ManualClock(at)
        self.sent = MemoryTransport()
        options = {"mode": "sync", "store": self.store, "clock": self.clock, **options}
        self.each = [Tracker(self.sent, **options) for _ in range(many)]

    def one(self, number: int) -> Tracker:
        return self.each[number % len(self.each)]

    def wait(self) -> None:
        """Let time pass until everybody is forgotten, whoever is at it."""
        for number in range(2_000):
            deadlines = [part.deadlines.values() for part in self.store._parts]
            due = min((each for part in deadlines for each in part), default=None)
            if due is None:
                break
            self.clock.move_to(max(self.clock.now(), due))
            self.one(number).tick()
        for each in self.each:
            each.flush()

    @property
    def bodies(self) -> list[bytes]:
        return [record.body for record in self.sent.records]


def once_by_id(records: Sequence[Record]) -> list[bytes]:
    found = {record.message_id: record.body for record in records}
    assert len(found) == len(records)
    return [record.body for record in records]


@pytest.mark.parametrize("name", SOME)
def test_callbacks_that_go_round_the_workers_give_the_bytes_of_one(name: str) -> None:
    """S88."""
    plan, callbacks = plan_of(name), recorded(name)
    workers = Workers(3, callbacks[-1].at + 1.0)
    for number, each in enumerate(callbacks):
        tracker = workers.one(number)
        kind = type(adapter_of(name))
        tracker.feed("s1", [each], plan=plan, player=kind, settings=plan.settings)
    workers.wait()

    assert once_by_id(workers.sent.records) == list(straight(name))


@pytest.mark.parametrize("name", SOME[::3])
def test_beacons_that_go_round_the_workers_give_the_bytes_of_one(name: str) -> None:
    """S68: the window goes with the viewer."""
    plan, beacons = plan_of(name), numbered(recorded(name))
    workers = Workers(2, beacons[-1].at + 1.0)
    for number in range(0, len(beacons), 2):
        pair = tuple(reversed(beacons[number : number + 2]))
        body = Decoded(pair, (), pair[0].at)
        kind = type(adapter_of(name))
        workers.one(number // 2).feed(
            "s1", body, plan=plan, player=kind, settings=plan.settings, received_at=pair[0].at + 0.1
        )
    workers.wait()

    assert once_by_id(workers.sent.records) == list(straight(name))


def test_a_session_without_a_store_is_fed_with_the_same_words() -> None:
    here, there = MemoryTransport(), Workers(1, T0 + 50.0)
    clock = ManualClock(T0 + 50.0)
    tracker = Tracker(here, mode="sync", clock=clock)
    for said in STORY:
        one = tracker.feed("s1", [said], user_id="u1")
        other = there.one(0).feed("s1", [said], user_id="u1")
        assert [event.name for event in one] == [event.name for event in other]

    assert [record.body for record in here.records] == there.bodies


def test_each_input_of_a_shared_session_is_fed() -> None:
    workers = Workers(2, T0)
    for number, (method, seconds, values) in enumerate(
        [
            ("play", 0.0, {"position": 0.0}),
            ("playing", 0.5, {"position": 0.0}),
            ("pause", 9.5, {"position": 9.0}),
            ("exit", 12.0, {"position": 9.0}),
        ]
    ):
        workers.clock.move_to(T0 + seconds)
        shared = workers.one(number).shared("s1", user_id="u1")
        getattr(shared, method)(**values)
    page = workers.one(0).shared("s2", player="html5", user_id="u2")
    state = {"currentTime": 0.0, "duration": 60.0, "paused": False}
    page.callback("play", state)
    page.callback("playing", state)

    assert [(record.session_id, record.event) for record in workers.sent.records] == [
        ("s1", "Video Playback Started"),
        ("s1", "Video Content Started"),
        ("s1", "Video Playback Paused"),
        ("s1", "Video Playback Exited"),
        ("s2", "Video Playback Started"),
        ("s2", "Video Content Started"),
    ]


def test_threads_that_feed_one_viewer_lose_nothing() -> None:
    workers = Workers(4, T0 + 100.0)
    tracker = workers.one(0)
    tracker.feed("s1", STORY[:2], user_id="u1")
    numbers = [T0 + 1.0 + n * 0.25 for n in range(80)]

    def feed(thread: int) -> None:
        for at in numbers[thread::4]:
            workers.one(thread).feed("s1", [Progress(at, at - T0 - 0.5)], user_id="u1")

    threads = [threading.Thread(target=feed, args=(n,)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    (stored,) = workers.store.load(["s1"])

    assert stored is not None
    assert stored.version == 1 + len(numbers)


def test_threads_of_its_own_let_time_pass_and_send() -> None:
    store, sent = MemoryStore(4), MemoryTransport()
    tracker = Tracker(sent, store=store)
    now = tracker._clock.now()
    with tracker:
        tracker.feed(
            "s1",
            [Play(now - 400.0, 0.0), Playing(now - 399.5, 0.0)],
            user_id="u1",
            received_at=now - 400.0,
        )
        names = _until(lambda: [record.event for record in sent.records], 3)

    assert names[-1] == "Video Playback Interrupted"
    assert tracker.stats().store["out"] == 0
    assert all(store.outgoing(number, 10) == [] for number in range(4))


def _until(look: Any, many: int) -> list[str]:
    done = threading.Event()
    for _ in range(200):
        found: list[str] = look()
        if len(found) >= many:
            return found
        done.wait(0.05)
    raise AssertionError(look())


def test_tasks_of_a_loop_feed_it_as_well() -> None:
    store, sent = MemoryStore(4), MemoryTransport()

    async def serve() -> None:
        async with (
            AsyncTracker(sent, store=store) as one,
            AsyncTracker(MemoryTransport(), store=store) as other,
        ):
            for number, said in enumerate(STORY):
                await (one, other)[number % 2].feed("s1", [said], user_id="u1")
            await one.flush()
            await other.flush()

    asyncio.run(serve())
    (stored,) = store.load(["s1"])

    assert stored is not None
    assert stored.version == len(STORY)
    assert all(store.outgoing(number, 10) == [] for number in range(4))


def test_what_a_worker_could_not_send_another_sends() -> None:
    """The messages are in the store before ``feed`` returns, and leave it when they arrived."""
    clock = ManualClock(T0)
    store = MemoryStore(4, clock=clock)
    there = MemoryTransport()
    away = Tracker(Answering(TryLater("unavailable")), mode="sync", store=store, clock=clock)
    away.feed("s1", STORY, user_id="u1")
    heir = Tracker(there, mode="sync", store=store, clock=clock)
    heir.tick()
    assert there.records == []  # the partition is still the first one's
    clock.advance(31.0)
    heir.tick()
    heir.flush()

    assert shortly(there.records) == NAMES
    assert all(store.outgoing(number, 10) == [] for number in range(4))


def test_a_dead_letter_leaves_the_store() -> None:
    workers = Workers(1, T0)
    away = Answering(Refused("rejected", which=("s1-1",)))
    tracker = Tracker(away, mode="sync", store=workers.store, clock=workers.clock)
    tracker.feed("s1", [Play(T0, 0.0)], user_id="u1")
    tracker.tick()

    assert tracker.stats().dead == {"rejected": 1}
    assert all(workers.store.outgoing(number, 10) == [] for number in range(4))


class Broken(MemoryStore):
    """A store whose server is away."""

    away = False

    def save(self, changes: Sequence[Change], *more: Any, **named: Any) -> list[bool]:
        if self.away:
            raise StoreError("the server is away")
        return super().save(changes, *more, **named)

    def due(self, *given: Any, **named: Any) -> list[str]:
        if self.away:
            raise StoreError("the server is away")
        return super().due(*given, **named)


def test_a_store_that_is_away_is_said_and_nothing_is_taken() -> None:
    store, sent = Broken(4), MemoryTransport()
    tracker = Tracker(sent, mode="sync", store=store, clock=ManualClock(T0))
    tracker.feed("s1", STORY[:2], user_id="u1")
    store.away = True
    with pytest.raises(StoreError, match="the server is away"):
        tracker.feed("s1", STORY[2:], user_id="u1")
    assert tracker.tick() == 0
    store.away = False
    tracker.feed("s1", STORY[2:], user_id="u1")

    assert tracker.stats().store["troubles"] == 1
    assert shortly(sent.records) == NAMES
    assert [record.message_id for record in sent.records] == [f"s1-{n}" for n in range(1, 7)]


def test_presence_is_noted_where_it_is_wanted() -> None:
    workers = Workers(2, T0 + 5, presence=True)
    plan = SessionPlan(user_id="u1")
    workers.one(0).feed("s1", STORY[:5], plan=plan, labels=("account:42",))
    workers.one(1).feed("s2", STORY[:5], plan=plan, labels=("account:42",))
    workers.one(1).feed("s2", STORY[-1:], plan=plan)
    presence = Presence(workers.store)

    assert presence.sessions("account:42", T0 + 5) == ["s1"]
    assert presence.count("viewer:u1", T0 + 5) == 1


def test_what_has_no_meaning_with_a_store_says_so() -> None:
    tracker = Workers(1, T0).one(0)
    wrong_uses: list[Callable[[], object]] = [
        lambda: tracker.open("s1", user_id="u1"),
        lambda: tracker.session("s1", user_id="u1"),
        lambda: tracker.adapt("s1", user_id="u1"),
        lambda: tracker.intake("s1", user_id="u1"),
        lambda: tracker.adopt({"session_id": "s1"}),
    ]
    for wrong in wrong_uses:
        with pytest.raises(PolicyError, match="this tracker's viewers are in a store"):
            wrong()
    with pytest.raises(PolicyError, match="a store has the messages of one destination"):
        Tracker(
            MemoryTransport(), store=MemoryStore(), also=[Tracker(MemoryTransport(), mode="sync")]
        )
    with pytest.raises(PolicyError, match="store must be a store of viewers, not"):
        Tracker(MemoryTransport(), store="redis://")  # type: ignore[arg-type]


def test_after_the_close_nothing_is_taken() -> None:
    workers = Workers(1, T0)
    workers.one(0).close()

    assert workers.one(0).feed("s1", STORY, user_id="u1") == ()
    assert workers.store.load(["s1"]) == [None]


def test_times_come_from_the_clock_where_a_callback_has_none() -> None:
    workers = Workers(1, T0)
    page = workers.one(0).shared("s1", player="html5", user_id="u1")
    page.callback("play", {"currentTime": 0.0, "paused": False})

    assert [event.at for event in page.callback("playing", {"currentTime": 0.0})] == [T0]
    assert isinstance(Callback(T0, "html5", "play"), Callback)


def leases_of(store: MemoryStore) -> int:
    """How many partitions somebody has."""
    held = 0
    for number in range(store.partitions):
        lease = store.lease(number, "asking", 1.0, "outbox")
        held += lease is None
        if lease is not None:
            store.give_up(lease)
    return held


def test_with_mode_sync_nothing_is_held_between_two_calls() -> None:
    """A container that is frozen between two of them holds up nobody."""
    workers = Workers(2, T0 + 400.0)
    workers.one(0).feed("s1", STORY[:2], user_id="u1")
    assert leases_of(workers.store) == 0
    workers.one(1).feed("s1", STORY[2:-1], user_id="u1")
    workers.one(0).tick()

    assert leases_of(workers.store) == 0
    assert shortly(workers.sent.records) == NAMES[:-1]
    assert all(workers.store.outgoing(number, 10) == [] for number in range(4))


def test_what_another_was_just_sending_beside_is_sent_by_him() -> None:
    """Who asks for a partition in vain leaves his messages to its holder, who looks once more."""
    store, clock, sent = MemoryStore(1), ManualClock(T0), MemoryTransport()
    other = Tracker(sent, mode="sync", store=store, clock=clock)

    class Meanwhile:
        """A way out on which, the first time, another worker hears another viewer."""

        def send(self, records: Sequence[Record]) -> Outcome:
            if not sent.records:
                sent.send(records)
                other.feed("s2", [Play(T0, 0.0)], user_id="u2")
                assert [record.session_id for record in sent.records] == ["s1"]
                return Delivered()
            return sent.send(records)

        def close(self) -> None:
            pass

    one = Tracker(Meanwhile(), mode="sync", store=store, clock=clock)
    one.feed("s1", [Play(T0, 0.0)], user_id="u1")

    assert [record.session_id for record in sent.records] == ["s1", "s2"]
    assert store.outgoing(0, 10) == []


def test_a_tracker_that_hears_nobody_sends_what_waits_from_its_start_on() -> None:
    store, sent = MemoryStore(4), MemoryTransport()
    away = Tracker(Answering(TryLater("unavailable")), mode="manual", store=store)
    away.feed("s1", STORY, user_id="u1")
    with Tracker(sent, store=store) as heir:
        heir.start()
        _until(lambda: sent.records, len(NAMES))

    assert shortly(sent.records) == NAMES


def test_tasks_that_send_are_given_what_waits() -> None:
    """With a coroutine to send the store is looked after by a thread of its own."""
    store, sent = MemoryStore(4), MemoryTransport()

    class Awaited:
        async def send(self, records: Sequence[Record]) -> Outcome:
            return sent.send(records)

        async def close(self) -> None:
            pass

    async def serve() -> None:
        async with AsyncTracker(Awaited(), store=store) as tracker:
            await tracker.feed("s1", STORY, user_id="u1")
            for _ in range(200):
                if len(sent.records) >= len(NAMES):
                    break
                await asyncio.sleep(0.05)
            assert shortly(sent.records) == NAMES

    asyncio.run(serve())


def test_clocks_that_were_compared_at_the_opening_are_corrected_with_and_without_a_store() -> None:
    """S68: the correction goes with the viewer, whoever hears him next."""
    slow = [numbered((Callback(at, "html5", "play", {"currentTime": 0.0}),))[0] for at in (T0,)]
    there, here = Workers(2, T0 + 600.0), MemoryTransport()
    alone = Tracker(here, mode="sync", clock=there.clock)
    opened = (T0 + 500.0, T0)
    for tracker in (there.one(0), alone):
        body = Decoded(tuple(slow), (), T0)
        tracker.feed(
            "s1", body, player="html5", user_id="u1", opened=opened, received_at=T0 + 500.2
        )
    there.wait()

    (record, *_) = there.sent.records
    assert record.body == here.records[0].body
    assert b'"timestamp":"2026-11-23T11:18:20.000Z"' in record.body.replace(b'": "', b'":"')
