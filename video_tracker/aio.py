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
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from video_tracker.clock import Clock
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.spool import Spool
from video_tracker.errors import PolicyError
from video_tracker.plan import SessionPlan, Settings
from video_tracker.session import Diagnostic
from video_tracker.tracker.account import Stats
from video_tracker.tracker.base import TrackerBase
from video_tracker.tracker.engine import AsyncTransport, Engine
from video_tracker.tracker.hooks import Hook
from video_tracker.transports.base import Transport

__all__ = ["AsyncTracker", "AsyncTransport"]

T = TypeVar("T")


class AsyncTracker(TrackerBase):
    """Serves any number of playback sessions from an event loop; else as ``Tracker``.

    With a transport like :class:`~video_tracker.transports.HttpTransport` a thread sends, which
    costs less than to send from the loop and does not add to its lag. With one whose ``send`` is a
    coroutine function, such as :class:`~video_tracker.transports.AsyncHttpTransport`, tasks of the
    loop send and let time pass: there are no threads at all. Then it belongs to the loop in which
    it was entered (``async with``) or first used. (With a spool, a thread waits for its disk.)
    Await :meth:`aclose` in it. What is left when the interpreter ends is sent all the same, within
    ``exit_timeout``, by a last loop and with new connections.

    With a spool an input writes its event, some microseconds, and does not wait for the disk itself
    but with ``spool_sync="always"``: that holds up the loop for each event.

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
        self._engine: Engine | None = None
        way: Any = transport
        if inspect.iscoroutinefunction(way.send):
            self._engine = Engine(way)
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
            self._engine.serve(self._sender)

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
