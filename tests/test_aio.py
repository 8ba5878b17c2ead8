"""The tracker for event loops: the words of ``Tracker``, both of its engines, and no waiting."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from video_tracker.aio import AsyncTracker
from video_tracker.clock import SystemClock
from video_tracker.delivery import DELIVERED, Dead, DeliveryPolicy, Outcome, Refused, TryLater
from video_tracker.errors import PlanError, PolicyError
from video_tracker.plan import Content, SessionPlan, Settings
from video_tracker.record import Record
from video_tracker.testing.clock import ManualClock
from video_tracker.tracker import Tracker
from video_tracker.transports import MemoryTransport

PLAN = SessionPlan(user_id="u1", contents=[Content(asset_id="film", duration=600)])
QUICK = DeliveryPolicy(linger=0.005, base_delay=0.005, max_delay=0.01)
PATIENCE = 20.0


class LoopTransport:
    """A transport whose ``send`` is awaited, with a list behind it."""

    def __init__(self, answers: Sequence[Any] = (), delay: float = 0.0) -> None:
        self.kept = MemoryTransport(answers)
        self.delay = delay
        self.closed = 0

    @property
    def records(self) -> list[Record]:
        return self.kept.records

    async def send(self, records: Sequence[Record]) -> Outcome:
        await asyncio.sleep(self.delay)
        return self.kept.send(records)

    async def close(self) -> None:
        self.closed += 1


class SlowTransport(MemoryTransport):
    """A transport that is called, and takes its time."""

    def __init__(self, answers: Sequence[Any] = (), delay: float = 0.0) -> None:
        super().__init__(answers)
        self.delay = delay

    def send(self, records: Sequence[Record]) -> Outcome:
        time.sleep(self.delay)
        return super().send(records)


ENGINES: dict[str, Callable[..., Any]] = {"thread": SlowTransport, "loop": LoopTransport}


@pytest.fixture(params=ENGINES)
def make(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Makes a transport for one of the engines."""
    return ENGINES[request.param]


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, PATIENCE), debug=False)


def play(tracker: Any, name: str = "s1") -> Any:
    session = tracker.session(name, PLAN)
    session.play(0.0)
    session.playing(0.0)
    return session


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - threads and clocks ring no event of the loop's
        await asyncio.sleep(0.005)


def ids(records: Sequence[Record]) -> list[str]:
    return [record.message_id for record in records]


def test_it_has_the_words_of_the_other_tracker() -> None:
    """What waits is awaited; blocking for room is not among the choices."""

    def words(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert words(Tracker) - words(AsyncTracker) == {"close", "poll", "shared"}
    assert words(AsyncTracker) - words(Tracker) == {"aclose", "room"}
    for word in ({"mode": "sync"}, {"block_timeout": 1.0}):
        with pytest.raises(PolicyError, match="no mode, no block_timeout"):
            AsyncTracker(MemoryTransport(), **word)


def test_everything_is_sent_in_order_by_the_time_it_is_closed(make: Callable[..., Any]) -> None:
    transport = make()

    async def work() -> None:
        async with AsyncTracker(transport, policy=QUICK) as tracker:
            session = play(tracker)
            session.pause(1.0)
            session.exit(1.0)
        stats = tracker.stats()
        assert (stats.made, stats.delivered, stats.pending) == (4, 4, 0)
        assert tracker.closed
        assert transport.closed
        assert await tracker.aclose() == stats

    run(work())
    assert ids(transport.records) == ["s1-1", "s1-2", "s1-3", "s1-4"]


def test_a_flush_waits_until_all_is_settled(make: Callable[..., Any]) -> None:
    policy = attrs.evolve(QUICK, linger=60.0)  # one batch, however slow the machine is
    transport = make([TryLater("network"), TryLater("network")])

    async def work() -> None:
        async with AsyncTracker(transport, policy=policy) as tracker:
            play(tracker)
            stats = await tracker.flush(PATIENCE)
            assert (stats.delivered, stats.pending) == (2, 0)
            assert stats.retried == 4

    run(work())


def test_a_flush_does_not_wait_for_a_back_off_that_is_longer(make: Callable[..., Any]) -> None:
    transport = make([TryLater("throttled", after=200.0)])

    async def work() -> None:
        tracker = AsyncTracker(transport, policy=QUICK)
        play(tracker)
        stats = await tracker.flush(100.0)
        assert (stats.pending, stats.lane) == (2, "backing_off")
        assert (await tracker.aclose(100.0)).dropped == {"closed": 2}

    run(work())


def test_one_bad_event_does_not_spoil_its_batch(make: Callable[..., Any]) -> None:
    """A refusal of several halves them, for either engine."""
    bad = "s7-1"

    def judge(records: Sequence[Record]) -> Outcome:
        return Refused("rejected") if bad in ids(records) else DELIVERED

    transport = make()
    calls: list[set[str]] = []
    kept = transport if isinstance(transport, MemoryTransport) else transport.kept
    send = kept.send

    def judged(records: Sequence[Record]) -> Outcome:
        calls.append(set(ids(records)))
        outcome = judge(records)
        return send(records) if outcome == DELIVERED else outcome

    kept.send = judged  # type: ignore[method-assign]
    dead: list[Dead] = []

    async def work() -> None:
        tracker = AsyncTracker(transport, policy=QUICK, on_dead=dead.append)
        for number in range(250):
            play(tracker, f"s{number}")
        stats = await tracker.flush(PATIENCE)
        assert (stats.delivered, stats.dead) == (499, {"rejected": 1})
        await tracker.aclose()

    run(work())
    assert [letter.record.message_id for letter in dead] == [bad]
    whole = next(call for call in calls if bad in call)
    halves = [call for call in calls if call & whole]
    assert len(halves) <= 1 + 2 * len(whole).bit_length()


def test_neither_inputs_nor_waits_hold_up_the_loop(make: Callable[..., Any]) -> None:
    """Other tasks have their turn all the time while a slow destination is waited for."""
    transport = make(delay=0.3)

    async def work() -> None:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0.002)
                turns += 1

        counting = asyncio.create_task(count())
        async with AsyncTracker(transport, policy=QUICK) as tracker:
            play(tracker)
            await tracker.flush(PATIENCE)
            play(tracker, "s2")
        counting.cancel()
        assert turns > 50

    run(work())
    assert len(transport.records) == 4


def test_a_wait_can_be_cancelled(make: Callable[..., Any]) -> None:
    transport = make([TryLater("network")] * 5, delay=0.2)

    async def work() -> None:
        tracker = AsyncTracker(transport, policy=QUICK)
        play(tracker)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(tracker.flush(PATIENCE), 0.02)
        stats = await tracker.aclose(0.01)
        assert stats.balanced

    run(work())


def test_closing_ends_within_its_bound(make: Callable[..., Any]) -> None:
    """What was not sent is told: dropped, or in flight with a transport that does not return."""
    transport = make(delay=0.4)

    async def work() -> None:
        began = time.monotonic()
        tracker = AsyncTracker(transport, policy=QUICK)
        play(tracker)
        await asyncio.sleep(0.05)
        stats = await tracker.aclose(0.05)
        assert time.monotonic() - began < 0.35
        assert stats.balanced
        assert sum(stats.dropped.values()) + stats.in_flight == 2
        assert await_undeliverable(tracker) == {"closed": 1}

    run(work())


def await_undeliverable(tracker: AsyncTracker) -> dict[str, int]:
    tracker.session("late", PLAN).play(0.0)
    return dict(tracker.stats().undeliverable)


def test_time_passes_by_itself(make: Callable[..., Any]) -> None:
    """Heartbeats come without anybody's ticking."""
    transport = make()
    settings = Settings(heartbeat=0.2)

    async def work() -> None:
        async with AsyncTracker(transport, policy=QUICK, settings=settings) as tracker:
            play(tracker)
            await until(lambda: len(transport.records) >= 3)

    run(work())
    assert transport.records[2].event == "Video Content Playing"


def test_many_sessions_that_are_due_do_not_hold_up_the_loop() -> None:
    """They are seen to in slices, and other tasks have their turn in between."""
    transport = LoopTransport()
    seen: list[int] = []

    async def work() -> None:
        clock = ManualClock()
        tracker = AsyncTracker(transport, clock=clock, settings=Settings(heartbeat=10))
        for number in range(1000):
            play(tracker, f"s{number}")
        await asyncio.sleep(0)
        clock.advance(10.0)
        assert tracker._engine is not None
        tracker._engine.sooner(0.0)
        while tracker.stats().made < 3000:
            seen.append(tracker.stats().made)
            await asyncio.sleep(0)
        assert (await tracker.aclose()).delivered == 3000

    run(work())
    assert len(set(seen)) >= 10


def test_other_threads_may_speak_to_a_tracker_of_a_loop(make: Callable[..., Any]) -> None:
    transport = make()

    async def work() -> None:
        async with AsyncTracker(transport, policy=QUICK) as tracker:

            def speak(name: str) -> None:
                for number in range(20):
                    play(tracker, f"{name}-{number}").exit(0.0)

            threads = [threading.Thread(target=speak, args=(f"t{n}",)) for n in range(3)]
            for thread in threads:
                thread.start()
            await until(lambda: not any(thread.is_alive() for thread in threads))
            stats = await tracker.flush(PATIENCE)
            assert stats.delivered == stats.made == 3 * 20 * 3

    run(work())


def test_a_transport_that_raises_or_answers_nonsense_loses_nothing(
    make: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    transport = make([OSError("gone"), None])

    async def work() -> None:
        async with AsyncTracker(transport, policy=QUICK) as tracker:
            play(tracker)
            stats = await tracker.flush(PATIENCE)
            assert stats.balanced
            assert stats.delivered + sum(stats.dead.values()) == 2

    run(work())
    assert "the transport raised" in caplog.text


def test_blocking_for_room_is_refused_and_awaited_instead(make: Callable[..., Any]) -> None:
    with pytest.raises(PolicyError, match="await room"):
        AsyncTracker(make(), policy=DeliveryPolicy(overflow="block"))
    transport = make(delay=0.05)
    policy = DeliveryPolicy(max_records=2, linger=0.005)

    async def work() -> None:
        async with AsyncTracker(transport, policy=policy) as tracker:
            for number in range(4):
                session = tracker.session(f"s{number}", PLAN)
                assert await tracker.room(PATIENCE)
                session.play(0.0)
                assert await tracker.room(PATIENCE)
                session.playing(0.0)
            assert not await tracker.room(0.001)
            await tracker.flush(PATIENCE)
            assert (tracker.stats().delivered, tracker.stats().lost) == (8, 0)

    run(work())


def test_a_spool_keeps_what_was_not_sent(make: Callable[..., Any], tmp_path: Path) -> None:
    """And another tracker on the same directory sends it."""

    async def leave() -> None:
        away = make([TryLater("throttled", after=300.0)])
        async with AsyncTracker(away, policy=QUICK, spool_dir=tmp_path) as tracker:
            play(tracker)
            await tracker.flush(0.0)

    async def take_up() -> None:
        async with AsyncTracker(transport, policy=QUICK, spool_dir=tmp_path) as tracker:
            tracker.start()
            await until(lambda: tracker.stats().adopted == 2)
            stats = await tracker.flush(PATIENCE)
            assert (stats.made, stats.delivered) == (0, 2)

    transport = make()
    run(leave())
    run(take_up())
    assert ids(transport.records) == ["s1-1", "s1-2"]


def test_without_its_loop_a_tracker_sends_when_the_interpreter_ends() -> None:
    """A program that never enters a loop, or leaves it without closing."""
    transport = LoopTransport()
    tracker = AsyncTracker(transport)
    play(tracker)
    tracker._sender.close_at_exit(5.0)
    assert ids(transport.records) == ["s1-1", "s1-2"]
    stats = tracker.stats()
    assert (stats.delivered, stats.pending, stats.balanced) == (2, 0, True)


def test_what_was_on_its_way_when_its_loop_stopped_is_sent_when_the_interpreter_ends() -> None:
    class Stuck(LoopTransport):
        stuck = True

        async def send(self, records: Sequence[Record]) -> Any:
            if self.stuck:
                self.stuck = False
                await asyncio.Event().wait()
            return await super().send(records)

    async def work() -> None:
        tracker.start()
        play(tracker)
        await until(lambda: tracker.stats().in_flight == 2)

    transport = Stuck()
    tracker = AsyncTracker(transport, policy=QUICK)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(work())
    tracker._sender.close_at_exit(5.0)
    assert ids(transport.records) == ["s1-1", "s1-2"]
    assert (tracker.stats().delivered, tracker.stats().balanced) == (2, True)
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()


def test_a_transport_that_hangs_holds_up_the_end_within_its_bound() -> None:
    class Mute(LoopTransport):
        async def send(self, records: Sequence[Record]) -> Any:  # noqa: ARG002 - a transport
            await asyncio.Event().wait()

    tracker = AsyncTracker(Mute())
    play(tracker)
    began = time.monotonic()
    tracker._sender.close_at_exit(0.2)
    assert time.monotonic() - began < 1.0
    assert tracker.stats().balanced
    assert tracker.stats().delivered == 0


def test_it_serves_one_loop_after_another(make: Callable[..., Any]) -> None:
    transport = make()
    tracker = AsyncTracker(transport, policy=QUICK)

    async def first() -> None:
        play(tracker, "s1")
        await tracker.flush(PATIENCE)

    async def second() -> None:
        play(tracker, "s2")
        await tracker.aclose()

    run(first())
    run(second())
    assert len(transport.records) == 4


def test_a_transport_that_fails_to_close_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Stuck(LoopTransport):
        async def close(self) -> None:
            raise OSError("stuck")

    async def work() -> None:
        async with AsyncTracker(Stuck()):
            pass

    run(work())
    assert "closing the transport failed" in caplog.text


def test_a_client_that_is_cancelled_inside_a_close_cancels_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Clients of brokers cancel futures of their own when they end, and await them."""

    class Torn(LoopTransport):
        async def close(self) -> None:
            future = asyncio.get_running_loop().create_future()
            future.cancel()
            await future

    async def work() -> None:
        async with AsyncTracker(Torn()) as tracker:
            play(tracker, "s1")
        assert tracker.stats().delivered == 2

    run(work())
    assert "closing the transport failed" in caplog.text


def test_sessions_are_those_of_the_other_tracker(make: Callable[..., Any]) -> None:
    async def work() -> None:
        async with AsyncTracker(make(), plan=PLAN, max_sessions=2) as tracker:
            player = tracker.adapt("s1", "html5")
            player.callback("play", {"currentTime": 0.0, "paused": False})
            with pytest.raises(PlanError):
                tracker.session("s1")
            tracker.session("s2")
            tracker.session("s3")
            assert tracker.find("s1") is None
            assert (tracker.stats().sessions, tracker.stats().evicted) == (2, 1)

    run(work())


def test_a_close_that_was_cancelled_goes_on_and_the_next_one_waits_for_it(
    make: Callable[..., Any],
) -> None:
    """A service that is told to stop twice: neither a time-out nor the second call cuts it off."""
    transport = make(delay=0.2)

    async def work() -> None:
        tracker = AsyncTracker(transport, policy=QUICK)
        play(tracker)
        closing = asyncio.create_task(tracker.aclose(PATIENCE))
        await asyncio.sleep(0.05)
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
        assert closing.cancelled()
        first, second = await asyncio.gather(tracker.aclose(PATIENCE), tracker.aclose(PATIENCE))
        assert (first.delivered, first.pending) == (2, 0)
        assert first == second
        assert transport.closed

    run(work())


def test_a_close_whose_loop_ended_is_finished_in_the_next(make: Callable[..., Any]) -> None:
    transport = make()
    trackers: list[AsyncTracker] = []

    async def begin() -> None:
        trackers.append(AsyncTracker(transport, policy=DeliveryPolicy(linger=30.0)))
        play(trackers[0])
        closing = asyncio.create_task(trackers[0].aclose(PATIENCE))
        await asyncio.sleep(0)
        closing.cancel()

    async def finish() -> None:
        stats = await trackers[0].aclose(PATIENCE)
        assert stats.balanced
        assert stats.pending == 0

    run(begin())
    run(finish())
    assert transport.closed


def test_tasks_that_somebody_cancelled_begin_again_with_the_next_event() -> None:
    transport = LoopTransport(delay=0.02)

    async def work() -> None:
        async with AsyncTracker(transport, policy=QUICK) as tracker:
            for number in range(10):
                play(tracker, f"s{number}")
                await asyncio.sleep(0.01)
                for task in asyncio.all_tasks() - {asyncio.current_task()}:
                    if "Engine" in repr(task):
                        task.cancel()
            play(tracker, "last")
            stats = await tracker.flush(PATIENCE)
            assert (stats.delivered, stats.pending, stats.in_flight) == (22, 0, 0)
            assert stats.recoveries

    run(work())
    assert set(ids(transport.records)) == {
        f"{name}-{number}" for name in [*(f"s{n}" for n in range(10)), "last"] for number in (1, 2)
    }


@pytest.mark.parametrize("kind", [GeneratorExit, asyncio.CancelledError])
def test_a_transport_that_ends_its_task_ends_nothing(kind: type[BaseException]) -> None:
    transport = LoopTransport([kind(), kind()])

    async def work() -> None:
        async with AsyncTracker(transport, policy=QUICK) as tracker:
            play(tracker)
            await asyncio.sleep(0.05)
            play(tracker, "s2")
            stats = await tracker.flush(PATIENCE)
            assert (stats.delivered, stats.pending) == (4, 0)

    run(work())


def test_a_clock_that_is_set_holds_up_no_session_of_a_loop() -> None:
    """Sessions wait by their own clock, which follows; delivery by one that does not."""
    ahead = [0.0]
    clock = SystemClock(wall=lambda: time.time() + ahead[0], steady=time.monotonic)
    transport = LoopTransport()
    settings = Settings(heartbeat=0.2)

    async def work() -> None:
        async with AsyncTracker(transport, policy=QUICK, clock=clock, settings=settings) as tracker:
            ahead[0] = 13 * 3600.0
            clock.now()
            play(tracker)
            await until(lambda: len(transport.records) >= 4)

    run(work())


def test_what_holds_up_the_transports_end_holds_up_nobody(make: Callable[..., Any]) -> None:
    transport = make()
    over = threading.Event()

    def hang() -> None:
        over.wait(PATIENCE)

    async def hang_in_loop() -> None:
        await asyncio.sleep(PATIENCE)

    transport.close = hang_in_loop if isinstance(transport, LoopTransport) else hang

    async def work() -> None:
        tracker = AsyncTracker(transport, policy=QUICK)
        play(tracker)
        start = time.monotonic()
        stats = await tracker.aclose(PATIENCE)
        assert stats.delivered == 2
        assert time.monotonic() - start < 4.0

    run(work())
    over.set()
