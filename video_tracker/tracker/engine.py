"""Tasks of an event loop that send and keep time, and the last loop, for when theirs is over."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Protocol, TypeVar

from video_tracker.delivery.account import Batch
from video_tracker.delivery.outcome import Outcome, Refused, TryLater
from video_tracker.interruption import interrupts
from video_tracker.record import Record
from video_tracker.tracker.base import TrackerBase
from video_tracker.tracker.flusher import TICK
from video_tracker.tracker.hooks import said
from video_tracker.tracker.sender import CARE_EVERY, Sender

__all__ = ["AsyncTransport", "Engine"]

_LONGEST: Final = 30.0
_GRACE: Final = 1.0
"""Seconds that a transport has to close."""

_PAUSE: Final = 0.05
"""Seconds until another task begins in the place of one that failed: it must not run hot."""

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


class Engine:
    """Tasks of an event loop that send and keep time, in place of threads.

    One that ends before its time (cancelled, or by an exception that is to end the program) gives
    back what it carried. Another takes its place as soon as there is something to do.

    It stands before an awaited transport where the sender expects one that is called.
    """

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport
        self.overhead = getattr(transport, "overhead", 0)
        self._forget()

    def _forget(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._tasks: list[asyncio.Task[None]] = []
        self._flying: dict[int, Batch] = {}
        self._until = float("inf")
        self._last: _LastLoop | None = None
        self._ends_at: float | None = None

    def serve(self, sender: Sender) -> None:
        """Work for a sender."""
        self._sender = sender
        sender.on_wake = self.ring
        sender.on_exit = self.come_to_the_end

    def after_fork(self) -> None:
        """The loop and its tasks are the parent's."""
        _NEEDED.discard(self)
        self._forget()
        renew = getattr(self._transport, "after_fork", None)
        if renew is not None:
            renew()

    def come_to_the_end(self, seconds: float) -> None:
        """The interpreter ends: what is left is sent without the loop, if that runs no more.

        Args:
            seconds: For how long.
        """
        self._ends_at = self._sender.now() + seconds
        if not self._runs():
            self._give_back()

    def _give_back(self) -> None:
        """Take back what tasks carried that will not go on."""
        while self._flying:
            _, batch = self._flying.popitem()
            self._sender.give_back(batch)

    def send(self, records: Sequence[Record]) -> Outcome:
        """Send when the interpreter ends: by the loop, or by one of its own where that is over."""
        if self._ends_at is None:
            return Refused("closed", f"{len(records)} messages need their event loop to be sent")
        try:
            return self._finally(self._transport.send(records))
        except TimeoutError:
            return TryLater("timeout", "the process ends")

    def close(self) -> None:
        """Close what sent when the interpreter ended; else it is closed by its loop."""
        if self._last is not None:
            try:
                self._finally(self._transport.close())
            finally:
                self._last.close()

    def _runs(self) -> bool:
        return self._loop is not None and self._loop.is_running()

    def _finally(self, work: Coroutine[Any, Any, T]) -> T:
        left = max(TICK, (self._ends_at or 0.0) - self._sender.now())
        if self._runs():
            assert self._loop is not None
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
            try:
                return future.result(left)
            finally:
                future.cancel()
        if self._last is None:
            self._last = _LastLoop()
            # Its connections belong to a loop that is closed, as they would to another process.
            renew = getattr(self._transport, "after_fork", None)
            if renew is not None:
                renew()
        return self._last.run_until_complete(asyncio.wait_for(work, left))

    def start(self, tracker: TrackerBase) -> None:
        """Start the tasks in the running loop, those that do not run.

        Raises:
            RuntimeError: No loop runs in this thread.
        """
        loop = asyncio.get_running_loop()
        if self._sender.ended or self._over is loop:
            return
        if self._loop is not loop:
            self._loop, self._thread = loop, threading.get_ident()
            self._tracker = tracker
            self._bell, self._time = asyncio.Event(), asyncio.Event()
            self._progress = asyncio.Event()
            self._tasks.clear()  # those of another loop go on no more
            self._give_back()
        self._staff()

    def _staff(self) -> None:
        """See that every task runs; called in the loop's thread."""
        loop = self._loop
        if loop is None or self._over is loop or loop.is_closed():
            return
        works = [self._work] * self._sender.policy.in_flight + [self._keep_time]
        if self._sender.durable:
            works.append(self._care)
        for place, work in enumerate(works):
            if place == len(self._tasks):
                self._tasks.append(self._begin(loop, work))
            elif self._tasks[place].done():
                self._sender.recovered()
                self._tasks[place] = self._begin(loop, work)

    def _begin(
        self, loop: asyncio.AbstractEventLoop, work: Callable[[], Coroutine[Any, Any, None]]
    ) -> asyncio.Task[None]:
        task = loop.create_task(work())
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A task is no more: an error is told, and another begins after a while."""
        if self._over is self._loop or task.cancelled():
            return  # who cancels all tasks, ends the loop perhaps: the next event will tell
        error = task.exception()
        if error is not None and not interrupts(error):
            self._sender.hooks.log.tell("task", "a task of the tracker ended", error=error)
        task.get_loop().call_later(_PAUSE, self._staff)

    def ring(self) -> None:
        """There is something to be sent; callable from any thread."""
        _NEEDED.add(self)
        loop = self._loop
        if loop is None:
            return
        if any(task.done() for task in self._tasks):
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(self._staff)
        self._set(loop, self._bell)

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
        """Flush, end the tasks, close the transport; what was cut short is finished by the next."""
        loop = asyncio.get_running_loop()
        try:
            if not self._sender.ended:
                await self.finish(patience)
        finally:
            self._over = loop
            tasks = [task for task in self._tasks if task.get_loop() is loop]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._sender.end()
            _NEEDED.discard(self)
            if not self._closed:
                await self._close_transport()

    async def _close_transport(self) -> None:
        try:
            async with asyncio.timeout(_GRACE):
                await self._transport.close()
        except BaseException as error:
            if _is_cancelled() if isinstance(error, asyncio.CancelledError) else interrupts(error):
                raise
            log = self._sender.hooks.log
            log.tell("close", "closing the transport failed", error=error)
        self._closed = True

    async def until(self, so: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; it is asked again after each settlement."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if seconds == float("inf") else seconds):
                while not so():
                    self._staff()
                    self._progress.clear()
                    await self._nap(self._progress, 1.0)  # to see whether all tasks still run
        return so()

    async def _work(self) -> None:
        while True:
            self._bell.clear()
            batch = self._sender.take()
            if batch is not None:
                await self._deliver(batch)
                continue
            if not self._sender.worth_keeping():
                _NEEDED.discard(self)
            due = self._sender.wake_at()
            await self._nap(self._bell, None if due is None else due - self._sender.now())

    async def _deliver(self, batch: Batch) -> None:
        raised: BaseException | None = None
        outcome: Outcome
        self._flying[batch.number] = batch
        try:
            outcome = await self._transport.send(batch.records)
        except BaseException as error:
            if not self._flying.pop(batch.number, None):
                raise  # it was given back meanwhile
            if _is_cancelled() if isinstance(error, asyncio.CancelledError) else interrupts(error):
                self._sender.settle(batch, TryLater("interrupted"))
                raise
            raised, outcome = error, TryLater("raised", said(error))
        else:
            if not self._flying.pop(batch.number, None):
                return
        self._sender.settle(batch, outcome, raised)
        self._progress.set()
        self._bell.set()  # the lane may be open again, for the other tasks too

    async def _keep_time(self) -> None:
        while True:
            self._time.clear()
            self._until = float("inf")
            now = self._tracker.pass_time(_SLICE)  # by the sessions' clock, not by delivery's
            due = self._tracker.wake_at()
            if due is not None and due <= now:
                await asyncio.sleep(0)
                continue
            self._until = float("inf") if due is None else due
            await self._nap(self._time, None if due is None else due - now)

    async def _nap(self, bell: asyncio.Event, seconds: float | None) -> None:
        wait = _LONGEST if seconds is None else min(_LONGEST, max(0.001, seconds))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await bell.wait()

    async def _care(self) -> None:
        while True:
            await asyncio.to_thread(self._sender.care)  # it waits for the disk
            await asyncio.sleep(CARE_EVERY)


_NEEDED: Final[set[Engine]] = set()
"""Those with something to send: it keeps them, when all but it have forgotten their tracker."""


class _LastLoop(asyncio.SelectorEventLoop):
    """A loop for the end of the interpreter, when no thread can be started any more.

    What would be done by one, such as to look up a host, is done at once and holds up the rest.
    """

    def run_in_executor(self, _executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """Call ``func`` now; the future is done."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - told to who awaits it
            future.set_exception(error)
        return future


def _is_cancelled() -> bool:
    """Whether it is this task that somebody cancels; a transport may raise the same by itself."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
