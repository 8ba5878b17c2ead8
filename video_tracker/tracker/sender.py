"""The sender: takes records and sees to it that they arrive, until it is closed.

Here is how it ends: flushes and closes, the end of the process, forks, and the disk's needs. How
records come and go is told in :mod:`video_tracker.tracker.outbox`.
"""

import random
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from video_tracker.clock import Clock
from video_tracker.delivery.account import Account
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.spool import Spool
from video_tracker.tracker.hooks import Hooks
from video_tracker.tracker.lifecycle import forget, watch_exit, watch_forks
from video_tracker.tracker.outbox import TICK, Mode, Outbox
from video_tracker.transports.base import Transport

__all__ = ["Sender"]

_JOIN: Final = 1.0
"""Seconds for which a worker that has nothing left to send is awaited."""


class Sender(Outbox):
    """Takes encoded records and sees to it that they arrive; safe for threads.

    Args:
        transport: The way out; the sender closes it.
        policy: The limits.
        mode: ``thread``: threads of its own send, begun with the first record. ``sync``: who puts
            a record sends it, and whatever waits besides. ``manual``: nothing is sent but by
            :meth:`poll`, :meth:`flush` and :meth:`close`.
        spool: A disk to keep the records on until they arrived; the sender closes it.
        clock: Where the time comes from.
        hooks: Who is told.
        block_timeout: Seconds to wait for room with ``overflow="block"``.
        exit_timeout: Seconds for which the end of the process is held up to send what is left; by
            default 2, or 0.2 with a spool, which keeps it.
        random: Chance for the jitter of back-offs.

    Raises:
        PolicyError: There is no such mode, or the policy spills and there is no spool.
    """

    __slots__ = ()

    def __init__(
        self,
        transport: Transport,
        *,
        policy: DeliveryPolicy | None = None,
        mode: Mode = "thread",
        spool: Spool | None = None,
        clock: Clock | None = None,
        hooks: Hooks | None = None,
        block_timeout: float = 5.0,
        exit_timeout: float | None = None,
        random: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(
            transport,
            policy=policy,
            mode=mode,
            spool=spool,
            clock=clock,
            hooks=hooks,
            block_timeout=block_timeout,
            exit_timeout=exit_timeout,
            random=random,
        )
        watch_forks(self)
        watch_exit(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # -- ends -------------------------------------------------------------------------------

    def flush(self, timeout: float | None = 5.0) -> Account:
        """Send what was put until now, and wait for it.

        A back-off and a stopped lane are respected; when they last longer than the timeout, this
        returns at once.

        Args:
            timeout: Seconds; None is as long as it takes.

        Returns:
            The account; ``pending`` is what was not sent.
        """
        self._finish(float("inf") if timeout is None else timeout)
        return self.account()

    def close(self, timeout: float | None = 5.0) -> Account:
        """Refuse what comes, send what is there, let go of the transport; safe to call again.

        What is not sent by then is dropped, reason ``closed``, unless a spool keeps it.

        Args:
            timeout: Seconds; None is as long as it takes.

        Returns:
            The account. What is ``in_flight`` in it was with a transport that did not return.
        """
        if self.shut():
            self._close(float("inf") if timeout is None else timeout, _JOIN)
        return self.account()

    def _close(self, timeout: float, patience: float) -> None:
        self._finish(timeout)
        self.end(patience)

    def shut(self) -> bool:
        """Refuse what comes from now on; True the first time."""
        with self._lock:
            first, self.closed = not self.closed, True
            self._put = self._put_into_closed
            self._done.notify_all()
        forget(self)
        return first

    def end(self, patience: float = _JOIN) -> None:
        """Let go of everything, after it was shut: what is not sent by now will not be.

        Args:
            patience: Seconds for which a worker is awaited that has nothing left to send.
        """
        with self._lock:
            self._stopped = True
            self._bell.notify_all()
            self._over.set()
            self._errand.set()
            busy = self._pipe.in_flight
            left = self._abandon()
            self._storage.close()
            self._done.notify_all()
        self.hooks.dropped(left)
        if not busy and not self._is_worker():
            for thread in self._threads:
                thread.join(patience)
        try:
            self._transport.close()
        except Exception as error:  # noqa: BLE001 - a transport of the user's own
            self.hooks.log.tell("close", "closing the transport failed", error=error)

    def hurry(self) -> None:
        """Let nothing linger from now on, and have the disk write meanwhile."""
        with self._lock:
            self._hurried += 1
            self._bell.notify_all()
        self._errand.set()

    def close_at_exit(self, timeout: float) -> None:
        """Close within that many seconds, whatever the transport does."""
        if self.on_exit is not None:
            self.on_exit(timeout)
        before = self.account()
        if before.pending and self._threadless:
            self._close_aside(timeout)
        else:
            self._close_in_time(timeout)
        lost = self.account()
        if self._spool is not None:
            return  # it is on the disk
        unsent = lost.pending + lost.dropped.get("closed", 0) - before.dropped.get("closed", 0)
        if unsent:
            text = f"the process ends with {unsent} message(s) not sent"
            self.hooks.log.tell("exit", text)

    def _close_in_time(self, timeout: float) -> None:
        # The end of a worker is worth no second then, as one that was interrupted harms nobody.
        if self.shut():
            self._close(timeout, 0.0)

    def _close_aside(self, timeout: float) -> None:
        # Who sends in the caller's thread cannot be bounded there.
        thread = threading.Thread(target=self._close_in_time, args=(timeout,), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # newer interpreters start none any more when they end
            self._close_in_time(timeout)
        else:
            thread.join(timeout)

    def begin_flush(self, timeout: float) -> Callable[[], bool]:
        """Let nothing linger until :meth:`end_flush`.

        Args:
            timeout: Seconds.

        Returns:
            A function that says whether all that was pending is settled, or cannot be within
            that time; to be called with the lock held, or from the only thread that settles.
        """
        with self._lock:
            target = self._settled + self._pipe.pending_records
            until = self._now() + timeout
            self._hurried += 1
            self._bell.notify_all()
        return lambda: self._settled >= target or self._hopeless(until)

    def end_flush(self) -> None:
        """Let records linger again."""
        with self._lock:
            self._hurried -= 1

    def wait_for_room(self, timeout: float) -> bool:
        """Wait until one more record, of any size that is sent, has room; False if it has not."""
        with self._lock:
            return self._done.wait_for(self.roomy, timeout)

    def _finish(self, timeout: float) -> None:
        if self._sending():
            return  # the transport itself asks; it cannot be waited for
        if self._waits_for_itself():
            self._finish_here(timeout)
            return
        finished = self.begin_flush(timeout)
        with self._lock:
            self._done.wait_for(finished, None if timeout == float("inf") else timeout)
        self.end_flush()

    def _hopeless(self, until: float) -> bool:
        """Whether nothing more can happen until then."""
        if self._pipe.in_flight:
            return False
        wake = self._pipe.wake_at(self._now(), force=True)
        return wake is None or wake > until

    def _finish_here(self, timeout: float) -> None:
        target = self._settled + self._pipe.pending_records
        left = timeout
        while True:
            start = self._now()
            self.pump(force=True)
            with self._lock:
                if self._settled >= target or not self._pipe.pending_records:
                    return
                now = self._now()
                left -= now - start
                if self._hopeless(now + left):
                    return
                wake = self._pipe.wake_at(now, force=True)
                pause = left if wake is None else max(TICK, wake - now)
                left -= pause if wake is not None else 0.0
                # In seconds of the machine: a clock of the caller's own may stand still.
                rung = self._done.wait(None if pause == float("inf") else pause)
                if wake is None and not rung:
                    return

    # -- forks ---------------------------------------------------------------------------------

    def before_fork(self) -> None:
        """Be in the middle of nothing."""
        self._lock.acquire()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        self._lock.release()

    def after_fork_in_child(self) -> None:
        """Begin anew: what is queued is the parent's, and so are its threads and connections."""
        for part in (self._transport, self._clock, self.hooks.log):
            renew = getattr(part, "after_fork", None)
            if renew is not None:
                renew()
        self._storage.abandon()
        self._begin_anew()
