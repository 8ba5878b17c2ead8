"""The tracker for programs with an event loop: the words of ``Tracker``, and nothing that blocks.

Inputs never wait: they measure and queue, as they do with a
:class:`~video_tracker.tracker.Tracker`. What waits is awaited: :meth:`AsyncTracker.flush`,
:meth:`AsyncTracker.aclose` and :meth:`AsyncTracker.room`.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.errors import PolicyError
from video_tracker.ingest import Decoded
from video_tracker.keyed import Told
from video_tracker.tracker.account import Stats
from video_tracker.tracker.base import TrackerBase, all_of, shares
from video_tracker.tracker.engine import AsyncTransport, Engine
from video_tracker.tracker.inputs import Events
from video_tracker.tracker.options import Options, OptionsGiven, merged
from video_tracker.tracker.sender import Mode
from video_tracker.tracker.sharing import Beginning, BeginningGiven
from video_tracker.transports.base import Transport, check_transport, is_awaited

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
        options: Options | None = None,
        **given: Unpack[OptionsGiven],
    ) -> None:
        policy = given.get("policy", None if options is None else options.policy)
        if isinstance(policy, DeliveryPolicy) and policy.overflow == "block":
            raise PolicyError("overflow='block' would hold up the event loop: await room() instead")
        if "mode" in given or "block_timeout" in given:
            raise PolicyError("an event loop decides itself what sends: no mode, no block_timeout")
        self._also: tuple[AsyncTracker, ...] = all_of(AsyncTracker, given, options)
        self._engine: Engine | None = None
        self._ending: asyncio.Task[None] | None = None
        way: Any = transport
        if is_awaited(transport) and not isinstance(transport, type):
            check_transport(transport, awaited=True)
            self._engine = Engine(way)
            way = self._engine
        mode: Mode = "thread" if self._engine is None else "manual"
        super().__init__(way, merged(options, {**given, "mode": mode}))
        if self._engine is not None:
            self._engine.serve(self._sender)

    @property
    def _all(self) -> "tuple[AsyncTracker, ...]":
        return (self, *self._also)

    def start(self) -> None:
        """Begin to work at once, not with the first event: what spool or store holds is sent."""
        if self._sharing is not None:
            self._sharing.start()
        for each in self._all:
            if each._engine is None:
                each._sender.start()
            else:
                each._engine.start(each)

    async def feed(
        self,
        session_id: str,
        told: Decoded | Iterable[Told],
        *,
        received_at: float | None = None,
        **given: Unpack[BeginningGiven],
    ) -> Events:
        """Take what a viewer said, whichever worker hears him: resume, feed, let go in one call.

        With a ``store`` the viewer is there, and what this makes is there too when this returns;
        the loop goes on while the store is asked. Without one he is in this process, as
        ``open`` has him.

        Args:
            session_id: The id of his session, new or not.
            told: Callbacks, signals or beacons, each with its time; or a decoded body.
            received_at: When that came, in Unix seconds; by default now.
            given: How his session begins, if it is new: ``plan``, ``player``, ``user_id``,
                ``anonymous_id``, ``settings`` as for ``open``, ``labels`` under which he
                counts as live (``("account:42",)``), and ``opened``: what the server's and the
                client's clocks said when both were compared (Unix seconds).

        Returns:
            The events that it made, often none.

        Raises:
            PlanError: The id is not a non-empty string, or nobody is named (S50).
            UnknownPlayerError: There is no adapter for that player.
            StoreError: The store cannot be reached: nothing was taken.
        """
        beginning = Beginning(**given)
        if self._sharing is None:
            return self._fed(session_id, told, received_at, beginning)
        return await asyncio.to_thread(self._fed, session_id, told, received_at, beginning)

    async def flush(self, timeout: float | None = 5.0) -> Stats:  # noqa: ASYNC109 - Tracker's words
        """Send what was made until now, and wait until it is settled.

        A back-off and a stopped lane are respected; when they last longer than the timeout, this
        returns at once.

        Args:
            timeout: Seconds; None is as long as it takes.

        Returns:
            The figures; ``pending`` is what was not sent.
        """
        await self._drain(timeout)
        for each, left in shares(self._all, timeout):
            await each._flush(left)
        return self.stats()

    async def _drain(self, timeout: float | None) -> None:  # noqa: ASYNC109 - as above
        """Send what waits in the store."""
        if self._sharing is None:
            return
        end = None if timeout is None else self._sender.now() + timeout
        while await asyncio.to_thread(self._sharing.keeper.turn):
            left = None if end is None else max(0.0, end - self._sender.now())
            await self._flush(left)
            if left == 0.0:
                break

    async def _flush(self, timeout: float | None) -> None:  # noqa: ASYNC109 - as above
        if self._engine is None:
            await _aside(lambda: self._sender.flush(timeout))
        else:
            self._engine.start(self)
            await self._engine.finish(timeout)

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
            await self._drain(timeout)
        self._timekeeper.stop()
        for each, left in shares(self._all, timeout):
            await each._close(left)
        if self._sharing is not None:
            await asyncio.to_thread(self._sharing.keeper.stop)
        return self.stats()

    async def _close(self, timeout: float | None) -> None:  # noqa: ASYNC109 - as above
        if self._engine is None:
            await _aside(lambda: self._sender.close(timeout))
        else:
            self._engine.start(self)
            self._sender.shut()
            await self._end(self._engine, timeout)

    async def _end(self, engine: Engine, timeout: float | None) -> None:  # noqa: ASYNC109 - as above
        """Close to the end, whoever is cancelled: a task of its own does it, once."""
        loop = asyncio.get_running_loop()
        task = self._ending
        if task is None or task.get_loop() is not loop or (task.done() and _failed(task)):
            task = self._ending = loop.create_task(engine.end(timeout))
        await asyncio.shield(task)

    async def room(self, timeout: float = 5.0) -> bool:  # noqa: ASYNC109 - Tracker's words
        """Wait until the queue has room for one more event; False if it has none in that time."""
        if self._sender.roomy():
            return True
        if self._engine is None:
            return await _aside(lambda: self._sender.wait_for_room(timeout))
        self._engine.start(self)
        return await self._engine.until(self._sender.roomy, timeout)

    async def __aenter__(self) -> Self:
        for each in self._all:
            if each._engine is not None:
                each._engine.start(each)
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
        for each in self._all:
            if each._engine is not None:
                with contextlib.suppress(RuntimeError):  # another thread: the loop begins by itself
                    each._engine.start(each)


def _failed(task: asyncio.Task[None]) -> bool:
    return task.cancelled() or task.exception() is not None


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
