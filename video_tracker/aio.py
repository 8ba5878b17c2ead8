"""The tracker for programs with an event loop: the words of ``Tracker``, and nothing that blocks.

Inputs never wait: they measure and queue, as they do with a
:class:`~video_tracker.tracker.Tracker`. What waits is awaited: :meth:`AsyncTracker.flush`,
:meth:`AsyncTracker.aclose` and :meth:`AsyncTracker.room`.
"""

import asyncio
import contextlib
import inspect
import os
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Final, Literal, Protocol, Self, TypeVar

from video_tracker.clock import Clock
from video_tracker.delivery.account import Batch
from video_tracker.delivery.outcome import Outcome, Refused, TryLater
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.spool import Spool
from video_tracker.errors import PolicyError
from video_tracker.plan import SessionPlan, Settings
from video_tracker.record import Record
from video_tracker.session import Diagnostic
from video_tracker.tracker.account import Stats
from video_tracker.tracker.base import TrackerBase
from video_tracker.tracker.hooks import Hook, said
from video_tracker.tracker.outbox import CARE_EVERY
from video_tracker.transports.base import Transport

__all__ = ["AsyncTracker", "AsyncTransport"]

_LONGEST: Final = 30.0
_SLICE: Final = 100
"""Sessions that are seen to before the loop has its turn again."""

T = TypeVar("T")


class AsyncTransport(Protocol):
    """A way out that is awaited: a :class:`~video_tracker.transports.base.Transport` for a loop."""

    async def send(self, records: Sequence[Record]) -> Outcome:
        """Send them in this order and say what became of them."""
        ...

    async def close(self) -> None:
        """Let go of what it holds; called once, after the last ``send`` has returned."""
        ...


class AsyncTracker(TrackerBase):
    """Serves any number of playback sessions from an event loop; else as ``Tracker``.

    With a transport like :class:`~video_tracker.transports.HttpTransport` a thread sends, which
    costs less than to send from the loop and does not add to its lag. With one whose ``send`` is a
    coroutine function, such as :class:`~video_tracker.transports.AsyncHttpTransport`, tasks of the
    loop send and let time pass: there are no threads at all. Then it belongs to the loop in which
    it was entered (``async with``) or first used. (With a spool, a thread waits for its disk.)

    Args:
        transport: The way out; the tracker closes it.
        policy: The limits of delivery. Of its overflow policies ``block`` would hold up the loop
            and is refused; await :meth:`room` instead.

    The other arguments are those of :class:`~video_tracker.tracker.Tracker`. Hooks are plain
    functions, called by whatever thread was at it: the sending one, if there is one.

    Raises:
        LookupError: No profile has that name.
        PolicyError: A limit is impossible.
    """

    def __init__(
        self,
        transport: Transport | AsyncTransport,
        *,
        policy: DeliveryPolicy | None = None,
        spool_dir: str | os.PathLike[str] | Spool | None = None,
        spool_sync: Literal["timer", "always"] = "timer",
        clock: Clock | None = None,
        profile: str = "customerio",
        plan: SessionPlan | None = None,
        settings: Settings | None = None,
        strict: bool = False,
        max_sessions: int = 100_000,
        exit_timeout: float | None = None,
        on_diagnostic: Callable[[Diagnostic], object] | None = None,
        on_failure: Hook = None,
        on_sent: Hook = None,
        on_retry: Hook = None,
        on_drop: Hook = None,
        on_dead: Hook = None,
        on_lane: Hook = None,
    ) -> None:
        if policy is not None and policy.overflow == "block":
            raise PolicyError("overflow='block' would hold up the event loop: await room() instead")
        self._engine: _Engine | None = None
        way: Any = transport
        if inspect.iscoroutinefunction(way.send):
            self._engine = _Engine(way)
            way = self._engine
        super().__init__(
            way,
            mode="thread" if self._engine is None else "manual",
            policy=policy,
            spool_dir=spool_dir,
            spool_sync=spool_sync,
            clock=clock,
            profile=profile,
            plan=plan,
            settings=settings,
            strict=strict,
            max_sessions=max_sessions,
            exit_timeout=exit_timeout,
            on_diagnostic=on_diagnostic,
            on_failure=on_failure,
            on_sent=on_sent,
            on_retry=on_retry,
            on_drop=on_drop,
            on_dead=on_dead,
            on_lane=on_lane,
        )
        if self._engine is not None:
            self._sender.on_wake = self._engine.ring

    def start(self) -> None:
        """Begin to work at once, not with the first event: so what a spool holds is sent."""
        if self._engine is None:
            self._sender.start()
        else:
            self._engine.start(self)

    async def flush(self, timeout: float | None = 5.0) -> Stats:  # noqa: ASYNC109 - Tracker's words
        """Send what was made until now, and wait until it is settled.

        A back-off and a stopped lane are respected; when they last longer than the timeout, this
        returns at once.

        Args:
            timeout: Seconds; None is as long as it takes.

        Returns:
            The figures; ``pending`` is what was not sent.
        """
        if self._engine is None:
            await _aside(lambda: self._sender.flush(timeout))
        else:
            self._engine.start(self)
            await self._engine.finish(timeout)
        return self.stats()

    async def aclose(self, timeout: float | None = 5.0) -> Stats:  # noqa: ASYNC109 - Tracker's words
        """Send what is pending, then close the transport; safe to call again.

        As :meth:`~video_tracker.tracker.Tracker.close`, and other tasks go on meanwhile.

        Args:
            timeout: Seconds for sending; None is as long as it takes.

        Returns:
            The figures at the end.
        """
        if not self.closed:
            self._conclude_sessions()
        self._timekeeper.stop()
        if self._engine is None:
            await _aside(lambda: self._sender.close(timeout))
        else:
            self._engine.start(self)
            if self._sender.shut():
                await self._engine.end(timeout)
        return self.stats()

    async def room(self, timeout: float = 5.0) -> bool:  # noqa: ASYNC109 - Tracker's words
        """Wait until the queue has room for one more event; False if it has none in that time."""
        if self._sender.roomy():
            return True
        if self._engine is None:
            return await _aside(lambda: self._sender.wait_for_room(timeout))
        self._engine.start(self)
        return await self._engine.until(self._sender.roomy, timeout)

    async def __aenter__(self) -> Self:
        if self._engine is not None:
            self._engine.start(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _sooner(self, when: float) -> None:
        if self._engine is None:
            super()._sooner(when)
        else:
            self._engine.sooner(when)

    def _keep_time(self) -> None:
        if self._engine is None:
            super()._keep_time()
        else:
            with contextlib.suppress(RuntimeError):  # another thread: the loop begins by itself
                self._engine.start(self)


async def _aside(work: Callable[[], T]) -> T:
    """Do what blocks in a thread of its own: the loop's pool may be busy, or closed already."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: T | None = None
        problem: BaseException | None = None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - told to who awaits it
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody awaits it any more
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=run, name="video-tracker-wait", daemon=True).start()
    return await future


class _Engine:
    """Tasks of an event loop that send and keep time, in place of threads.

    It stands before an awaited transport where the sender expects one that is called.
    """

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport
        self.overhead = getattr(transport, "overhead", 0)
        self._forget()

    def _forget(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._until = float("inf")

    def after_fork(self) -> None:
        """The loop and its tasks are the parent's."""
        self._forget()
        renew = getattr(self._transport, "after_fork", None)
        if renew is not None:
            renew()

    def send(self, records: Sequence[Record]) -> Outcome:
        """Never of use: without its loop it cannot send."""
        return Refused("closed", f"{len(records)} messages need their event loop to be sent")

    def close(self) -> None:
        """Nothing: it is closed by its loop."""

    def start(self, tracker: AsyncTracker) -> None:
        """Start the tasks in the running loop, unless they run.

        Raises:
            RuntimeError: No loop runs in this thread.
        """
        loop = asyncio.get_running_loop()
        if self._loop is loop or tracker.closed:
            return
        self._loop, self._thread = loop, threading.get_ident()
        self._tracker = tracker
        self._sender = tracker._sender
        self._bell, self._time, self._progress = asyncio.Event(), asyncio.Event(), asyncio.Event()
        senders = range(self._sender.policy.in_flight)
        self._tasks = [loop.create_task(self._work()) for _ in senders]
        self._tasks.append(loop.create_task(self._keep_time()))
        if self._sender.durable:
            self._tasks.append(loop.create_task(self._care()))

    def ring(self) -> None:
        """There is something to be sent; callable from any thread."""
        if self._loop is not None:
            self._set(self._loop, self._bell)

    def sooner(self, when: float) -> None:
        """Some session is due at ``when``; callable from any thread."""
        if self._loop is not None and when < self._until:
            self._set(self._loop, self._time)

    def _set(self, loop: asyncio.AbstractEventLoop, bell: asyncio.Event) -> None:
        if threading.get_ident() == self._thread:
            bell.set()
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(bell.set)

    async def finish(self, patience: float | None) -> None:
        """Flush within that many seconds; None is as long as it takes."""
        seconds = float("inf") if patience is None else patience
        finished = self._sender.begin_flush(seconds)
        self._bell.set()
        try:
            await self.until(finished, seconds)
        finally:
            self._sender.end_flush()

    async def end(self, patience: float | None) -> None:
        """Flush, end the tasks, close the transport."""
        try:
            await self.finish(patience)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._sender.end()
            try:
                await self._transport.close()
            except Exception as error:  # noqa: BLE001 - a transport of the user's own
                log = self._sender.hooks.log
                log.tell("close", "closing the transport failed", error=error)

    async def until(self, so: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; it is asked again after each settlement."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if seconds == float("inf") else seconds):
                while not so():
                    self._progress.clear()
                    await self._progress.wait()
        return so()

    async def _work(self) -> None:
        while True:
            self._bell.clear()
            batch = self._sender.take()
            if batch is not None:
                await self._deliver(batch)
                continue
            await self._nap(self._bell, self._sender.wake_at())

    async def _deliver(self, batch: Batch) -> None:
        raised: Exception | None = None
        outcome: Outcome
        try:
            outcome = await self._transport.send(batch.records)
        except asyncio.CancelledError:
            self._sender.settle(batch, TryLater("interrupted"))
            raise
        except Exception as error:  # noqa: BLE001 - a transport of the user's own
            raised, outcome = error, TryLater("raised", said(error))
        self._sender.settle(batch, outcome, raised)
        self._progress.set()
        self._bell.set()  # the lane may be open again, for the other tasks too

    async def _keep_time(self) -> None:
        while True:
            self._time.clear()
            self._until = float("inf")
            self._tracker.pass_time(_SLICE)
            due = self._tracker.wake_at()
            if due is not None and due <= self._sender.now():
                await asyncio.sleep(0)
                continue
            self._until = float("inf") if due is None else due
            await self._nap(self._time, due)

    async def _nap(self, bell: asyncio.Event, until: float | None) -> None:
        wait = _LONGEST if until is None else min(_LONGEST, max(0.001, until - self._sender.now()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await bell.wait()

    async def _care(self) -> None:
        while True:
            await asyncio.to_thread(self._sender.care)  # it waits for the disk
            await asyncio.sleep(CARE_EVERY)
