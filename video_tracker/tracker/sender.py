"""The sender: takes records and sees to it that they arrive, until it is closed.

It is the pure pipe with a lock, a clock, a transport and threads around it. What is to be done is
decided under the lock, by the pipe; sending and telling is done outside it.

A step under the lock may be interrupted in its middle, as a signal's handler may raise anywhere.
Then the pipe begins anew from where the records are, and the exception goes on its way.
"""

import random
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias

import attrs

from video_tracker.clock import Clock, SystemClock
from video_tracker.delivery.account import Account, Batch, Dropped, Put
from video_tracker.delivery.outcome import Outcome, TryLater
from video_tracker.delivery.pipe import QUEUED, Pipe
from video_tracker.delivery.policy import DeliveryPolicy, check_seconds
from video_tracker.delivery.spool import Spool
from video_tracker.errors import PolicyError, QueueFullError, StoreError
from video_tracker.interruption import interruption, interrupts
from video_tracker.record import Record
from video_tracker.spelling import counted
from video_tracker.tracker.bell import Bell
from video_tracker.tracker.flusher import TICK, Flusher
from video_tracker.tracker.hooks import Hooks, said
from video_tracker.tracker.lifecycle import forget, watch_exit, watch_forks, watch_own_end
from video_tracker.tracker.storage import Storage, default_policy
from video_tracker.tracker.worker import LONGEST_NAP, Hand, aside, start_caretaker, start_worker
from video_tracker.transports.base import Transport, check_transport

__all__ = ["CARE_EVERY", "MODES", "Figures", "Mode", "Sender"]

Mode: TypeAlias = Literal["thread", "sync", "manual"]
MODES: Final = ("thread", "sync", "manual")

CARE_EVERY: Final = 0.5
"""Seconds between two looks after the spool: what a power cut may cost at most."""

_GRACE: Final = 0.1
"""Seconds that a transport has to close when the process ends."""

_JOIN: Final = 1.0
"""Seconds for which what has nothing left to do is awaited: the workers, the transport's close."""


@attrs.frozen
class Figures:
    """A sender's figures at one instant.

    Args:
        account: The ledger of its records.
        adopted: Those of the accepted that were found in the spool.
        undeliverable: Events that never became records, by reason.
        diverted: Records that went to the second store, because the first was broken or full.
        spool_troubles: How often the spool's disk began to fail.
        last_error: The last trouble of the destination.
        hook_failures: Times a hook raised.
        recoveries: Times that something ended a thread or a step in its middle, and it went on.
    """

    account: Account
    adopted: int
    diverted: int
    spool_troubles: int
    undeliverable: dict[str, int]
    last_error: str | None
    hook_failures: int
    recoveries: int = 0


class Moments:
    """The sender's time: that of a clock, but it does not step back.

    Args:
        clock: The tracker's. One that can tell steady time is asked for that: ages and waits are
            differences, and a wall clock that is set changes none of them.

    Attributes:
        last: The time that was told last.
        read: Reads the clock; it may raise.
    """

    __slots__ = ("last", "read")

    def __init__(self, clock: Clock) -> None:
        steady = getattr(clock, "steady", None)
        self.read: Callable[[], float] = clock.now if steady is None else steady().now
        self.last = float("-inf")

    def now(self) -> float:
        """The time, Unix seconds; never raises."""
        try:
            now = self.read()
            if now > self.last:  # noqa: PLR1730 - done for every event: max() costs more
                self.last = now
        except Exception as error:
            if interrupts(error):
                raise
            self.last = max(self.last, 0.0)
        return self.last


class Sender:
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
        PolicyError: There is no such mode, a time is none, or the policy spills and there is no
            spool.
        TransportError: The transport is none.
    """

    # Beyond thirty attributes Python looks them up by name each time, if they are not slots.
    __slots__ = (
        "__weakref__",
        "_adopted",
        "_begun",
        "_bell",
        "_block_timeout",
        "_care_at",
        "_carried",
        "_clock",
        "_closing",
        "_crooked",
        "_done",
        "_ended",
        "_errand",
        "_flusher",
        "_here",
        "_last_error",
        "_lock",
        "_lost",
        "_moments",
        "_over",
        "_pipe",
        "_put",
        "_random",
        "_read_clock",
        "_recoveries",
        "_searching",
        "_spool",
        "_stopped",
        "_storage",
        "_threadless",
        "_threads",
        "_transport",
        "_trouble",
        "_undeliverable",
        "closed",
        "exit_timeout",
        "hooks",
        "idle",
        "mode",
        "on_exit",
        "on_wake",
        "policy",
    )

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
        if mode not in MODES:
            raise PolicyError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
        check_transport(transport)
        check_seconds(self, "block_timeout", block_timeout)
        if exit_timeout is not None:
            check_seconds(self, "exit_timeout", exit_timeout)
        self.mode: Final = mode
        self.policy: Final = default_policy(spool) if policy is None else policy
        self.exit_timeout = exit_timeout if exit_timeout is not None else 0.2 if spool else 2.0
        self.idle = 0
        self.closed = False
        self.on_wake: Callable[[], object] | None = None
        """Called, under the lock, when there is something to be sent and nobody of ours to."""
        self.on_exit: Callable[[float], object] | None = None
        """Called when the process ends, with the seconds that are left, before anything is sent."""
        self._transport = transport
        self._clock: Clock = SystemClock() if clock is None else clock
        self.hooks: Final = Hooks(self._clock) if hooks is None else hooks
        self._block_timeout = block_timeout
        self._random = random
        self._spool = spool
        self._moments = Moments(self._clock)
        self._begin_anew()
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

    def _begin_anew(self) -> None:
        self._lock = threading.RLock()
        self._bell = threading.Condition(self._lock)
        self._done = threading.Condition(self._lock)
        self._searching = threading.RLock()
        self._here = threading.local()
        self._threads: list[Hand] = []
        self._threadless = self.mode != "thread"
        self._begun = False
        self._stopped = False
        self._closing: int | None = None
        self._ended = Bell()
        self._carried: dict[int, tuple[Batch, int]] = {}
        self._recoveries = 0
        self._crooked = False
        self._undeliverable: dict[str, int] = {}
        self._last_error: str | None = None
        self._over, self._errand = Bell(), Bell()
        self._trouble: StoreError | None = None
        self._lost: list[Record] = []
        self._storage = Storage(self._spool, self.policy, self._note_trouble)
        self._pipe = Pipe(
            self.policy,
            random=self._random,
            overhead=getattr(self._transport, "overhead", 0),
            store=self._storage.store,
            bury=self._storage.bury,
        )
        self._flusher = Flusher(self._pipe, self._lock, self._bell, self._done, self._moments.now)
        # What is called for every event lies at hand.
        self._put = self._put_into_closed if self.closed else self._pipe.put
        self._read_clock = self._moments.read
        self._adopted = self._pipe.account().accepted
        self._care_at = float("-inf")
        self.idle = 0
        self.hooks.failures = 0

    def _note_trouble(self, error: StoreError) -> None:
        self._trouble = error  # this is said under the lock, and told outside it

    # -- records come --------------------------------------------------------------------------

    def put(self, record: Record, *, urgent: bool = False) -> bool:
        """Take a record; with mode ``sync`` it is sent before this returns.

        Args:
            record: The record.
            urgent: Do not let it wait for company.

        Returns:
            Whether it was accepted. Of what was not, the hooks are told.

        Raises:
            QueueFullError: There is no room, and the policy's ``overflow`` is ``raise``. The
                record is the caller's still, and in no account.
        """
        taken = self.queue(record, urgent=urgent)
        if self._threadless:
            self.send_now()
        return taken

    def send_now(self) -> None:
        """With mode ``sync``, and where no thread can be had: send what waits, in this thread."""
        if self.mode == "sync" or (self._threadless and self.mode == "thread"):
            self._care_now_and_then()
            self._send_all(force=True)

    def queue(self, record: Record, *, urgent: bool = False) -> bool:
        """As :meth:`put`, and leave the sending to others in every mode."""
        with self._lock:
            try:
                moments = self._moments
                try:
                    now = self._read_clock()
                    if now > moments.last:  # noqa: PLR1730 - done for every event: max() costs more
                        moments.last = now
                except Exception as error:
                    if interrupts(error):
                        raise
                    moments.now()  # which knows what to do then
                put = self._put(record, moments.last, urgent)
                if put is QUEUED and self._begun and self._trouble is None:
                    return True  # as for nearly every event
                if put.accepted:
                    if put.wake or not self._begun:
                        self._wake()
                    self._flusher.settled += len(put.dropped)  # older ones made room
            except BaseException:
                self._straighten()
                raise
        return self._see_to(record, put, urgent)

    def ensure(self, record: Record) -> None:
        """Take a record unless it was taken: an interruption left it open. Never waits."""
        with self._lock:
            self._straighten()
            if self._pipe.holds(record):
                return
            put = self._put(record, self._moments.now(), False)
            if not put.room:
                put = Put(accepted=False, dropped=(self._pipe.refuse(record, "interrupted"),))
            if put.accepted:
                self._wake()
        self._see_to(record, put, urgent=False)

    def _see_to(self, record: Record, put: Put, urgent: bool) -> bool:
        """Do, without the lock, what follows from what became of a record."""
        if self._trouble is not None:
            self._tell_trouble()
        if not put.room:
            put = self._make_room(record, urgent)
        if put.dropped:
            self.hooks.dropped(put.dropped)
        if put.dead:
            self._storage.bury(put.dead, self.now())
            self.hooks.dead(put.dead)
        return put.accepted

    def _put_into_closed(self, record: Record, _now: float, _urgent: bool) -> Put:
        """In the place of the pipe's ``put``, from the moment when it was shut."""
        return Put(accepted=False, dropped=(self._pipe.refuse(record, "closed"),))

    def undeliverable(self, reason: str, events: int) -> None:
        """Book events that never became records."""
        with self._lock:
            self._undeliverable[reason] = self._undeliverable.get(reason, 0) + events

    def refuse(self, record: Record, reason: str) -> None:
        """Book a record that was not taken as dropped."""
        with self._lock:
            dropped = self._pipe.refuse(record, reason)
        self.hooks.dropped((dropped,))

    def _wake(self) -> None:
        if not self._begun:
            self.start()
        else:
            self._keep_threads()
        if self.idle:
            self._bell.notify()
        elif self.on_wake is not None:
            self.on_wake()

    def _make_room(self, record: Record, urgent: bool) -> Put:
        """Wait until a record is taken, or say that it is not."""
        if self.policy.overflow == "raise":
            raise QueueFullError(
                f"{self.policy.max_records} records or {self.policy.max_bytes} bytes are pending"
            )
        left = self._block_timeout
        if self._waits_for_itself():
            self._send_all(force=True)
            left = 0.0
        with self._lock:
            try:
                while True:
                    # Asked before each wait, as room may have come before this had the lock.
                    if self.closed:
                        return Put(accepted=False, dropped=(self._pipe.refuse(record, "closed"),))
                    put = self._pipe.put(record, self.now(), urgent)
                    if put.room:
                        if put.wake:
                            self._wake()
                        return put
                    if left <= 0:
                        dropped = self._pipe.refuse(record, "block_timeout")
                        return Put(accepted=False, dropped=(dropped,))
                    start = self.now()
                    self._done.wait(left)
                    left -= max(TICK, self.now() - start)
            except BaseException:
                self._straighten()
                raise

    def _tell_trouble(self) -> None:
        with self._lock:
            error, self._trouble = self._trouble, None
        if error is not None:
            self.hooks.disk_failed(error)

    def roomy(self) -> bool:
        """Whether one more record, of any size that is sent, has room; or none is taken at all."""
        return self.closed or self._pipe.has_room(self.policy.record_bytes)

    # -- records go ----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to work, if that did not happen yet: start the threads."""
        with self._lock:
            if self._begun or self.closed or self._stopped:
                return
            watch_own_end()
            wanted = 0 if self._threadless else self.policy.in_flight + (self._spool is not None)
            try:
                while len(self._threads) < wanted:
                    self._threads.append(self._new_thread(len(self._threads)))
            except RuntimeError as error:  # no threads here, or the interpreter is ending
                self._threadless = not self._threads
                self.hooks.log.tell("threads", f"a thread cannot be started ({error})")
            self._begun = True  # not before: who was interrupted goes on from there

    def _new_thread(self, place: int) -> Hand:
        """The thread of that place: those that send, and behind them the one for the disk."""
        if place < self.policy.in_flight:
            return start_worker(self, self._lock, self._bell, f"video-tracker-send-{place + 1}")
        return start_caretaker(self, self._over, self._errand, CARE_EVERY, "video-tracker-spool")

    def _keep_threads(self) -> None:
        """Put another in the place of a thread that is no more, whatever ended it."""
        if self._stopped:
            return
        for place, hand in enumerate(self._threads):
            if not hand.ended:
                continue
            self._recoveries += 1
            self._let_go(hand.thread.ident)
            try:
                self._threads[place] = self._new_thread(place)
            except RuntimeError:
                return  # the interpreter is ending

    def take(self, *, force: bool = False) -> Batch | None:
        """Take the batch that is to be sent now; it has to be given to :meth:`settle`."""
        with self._lock:
            return self._next_batch(self.now(), force=force or self._flusher.hurried > 0)

    def _next_batch(self, now: float, *, force: bool) -> Batch | None:
        carrier = threading.get_ident()
        try:
            self._begin_step()
            batch = self._pipe.next_batch(now, force=force)
            if batch is not None:
                self._carried[batch.number] = batch, carrier
            self._crooked = False
        except BaseException:
            self._straighten()
            raise
        return batch

    def give_back(self, batch: Batch) -> None:
        """A batch that was taken was not sent after all."""
        with self._lock:
            self._begin_step()
            self._carried.pop(batch.number, None)
            self._pipe.give_back(batch)
            self._crooked = False
            self._done.notify_all()

    def settle(self, batch: Batch, outcome: Outcome, raised: BaseException | None = None) -> None:
        """Learn what became of a batch, and tell it.

        Args:
            batch: As it was taken.
            outcome: What the transport said.
            raised: The exception that the outcome stands for.
        """
        with self._lock:
            now = self.now()
            try:
                self._begin_step()
                settled = self._pipe.settle(batch, outcome, now)
                self._carried.pop(batch.number, None)
                self._crooked = False
                self._flusher.settled += len(settled.delivered) + len(settled.dead)
                if settled.reason is not None:
                    self._last_error = f"{settled.reason}: {settled.detail}".rstrip(": ")
                left = self._abandon(settled.retried) if self._stopped else ()
                self._done.notify_all()
            except BaseException:
                self._carried.pop(batch.number, None)
                self._straighten()
                raise
            finally:
                self._here.carrying = False
        self.hooks.settled(batch, settled, now, raised)
        self.hooks.dropped(left)

    def pump(self, *, force: bool = False) -> int:
        """Send, in this thread, all that is to be sent now; how many records that was."""
        if self._spool is None or not self._threadless:
            return self._send_all(force=force)
        self._care_now_and_then()
        sent = self._send_all(force=force)
        # Who flushes wants all of it; who polls is not held up by more than a segment.
        while (force or not self.worth_keeping()) and self._adopt_some():
            sent += self._send_all(force=force)
        return sent

    def _send_all(self, *, force: bool) -> int:
        sent = 0
        if self._carried and not self._carries():
            with self._lock:  # as in next_step
                self._let_go(threading.get_ident())
        # A transport that puts records while it sends is served by the loop that it is called by.
        while not self._stopped and not self._carries():
            self._here.carrying = True
            try:
                batch = self.take(force=force)
                if batch is None:
                    break
                self.deliver(batch)
                sent += len(batch.records)
            except BaseException:
                self.recover()
                raise
            finally:
                self._here.carrying = False
        return sent

    def deliver(self, batch: Batch) -> None:
        """Send a batch by the transport, and settle it."""
        raised: BaseException | None = None
        outcome: Outcome
        self._here.carrying = True
        try:
            outcome = self._transport.send(batch.records)
        except BaseException as error:  # noqa: BLE001 - what is to reach the caller is raised
            interrupting = interruption(error)
            if interrupting is not None:
                # Whether the batch arrived nobody knows; the caller may go on all the same.
                self.settle(batch, TryLater("interrupted"))
                raise interrupting from interrupting.__cause__
            raised, outcome = error, TryLater("raised", said(error))
        self.settle(batch, outcome, raised)

    def wake_at(self) -> float | None:
        """When there is next something to be sent, Unix seconds; None when nothing waits."""
        with self._lock:
            return self._pipe.wake_at(self.now(), force=self._flusher.hurried > 0)

    # -- the worker's side ---------------------------------------------------------------------

    def next_step(self) -> Batch | float | None:
        """What a worker does next; see :class:`~video_tracker.tracker.worker.Employer`."""
        if self._stopped:
            return None
        me = threading.get_ident()
        if self._carried and any(who == me for _, who in self._carried.values()):
            self._let_go(me)  # an interruption of an interruption left it
        now = self.now()
        force = self._flusher.hurried > 0
        batch = self._next_batch(now, force=force)
        if batch is not None:
            if self.idle:
                self._bell.notify()  # there may be a batch for another one too
            return batch
        wake = self._pipe.wake_at(now, force=force)
        return LONGEST_NAP if wake is None else min(LONGEST_NAP, max(TICK, wake - now))

    def worth_keeping(self) -> bool:
        """Whether something is pending."""
        return self._pipe.pending_records > 0

    def recover(self) -> None:
        """The calling thread was interrupted: what it carried goes again."""
        with self._lock:
            self._recoveries += 1
            self._let_go(threading.get_ident())

    def recovered(self) -> None:
        """Count that something ended before its time, and goes on."""
        with self._lock:
            self._recoveries += 1

    def _begin_step(self) -> None:
        """Note that things are not straight until the step is done, whatever interrupts its rescue.

        What an interruption left, and nobody came to straighten, is seen to by the next step.
        """
        if self._crooked:
            self._straighten()
        self._crooked = True

    def _straighten(self) -> None:
        """A step was interrupted in its middle: begin anew from where the records are."""
        self._crooked = True  # until it is done: this too may be interrupted
        self._pipe.straighten(self._carried.keys())
        self._crooked = False

    def _let_go(self, carrier: int | None) -> None:
        """Let what a thread carried be sent again: whether it arrived nobody knows."""
        self._crooked = True
        for number, (_, who) in list(self._carried.items()):
            if who == carrier:
                self._carried.pop(number, None)
        self._straighten()
        self._done.notify_all()

    # -- the disk ------------------------------------------------------------------------------

    @property
    def durable(self) -> bool:
        """Whether there is a spool, and :meth:`care` has to be called now and then."""
        return self._spool is not None

    def care(self) -> None:
        """See to the spool: have the disk write, and adopt what dead processes left.

        What only memory has, because the disk failed or somebody removed the files, goes to it.
        """
        self._see_to_disk()
        while self._adopt_some():
            pass

    def _see_to_disk(self) -> None:
        error = self._storage.sync()
        if error is not None:
            self.hooks.disk_failed(error)
        healing = True
        while healing:
            with self._lock:  # not for long: others want it in between
                self._keep_threads()
                healing = not self._stopped and self._storage.heal(self.now())

    def _adopt_some(self) -> bool:
        with self._searching:  # without the lock: it takes longer than an input may wait
            found = () if self.closed or self._stopped else self._storage.search(self.now())
        if not found:
            return False
        with self._lock:
            self._begin_step()
            self._storage.take_over(found)
            self._adopted += max(0, self._pipe.recount())
            self._crooked = False
            self._wake()
        return True

    def _care_now_and_then(self) -> None:
        if self._spool is None:
            return
        with self._lock:
            now = self.now()
            due, self._care_at = now >= self._care_at, max(self._care_at, now + CARE_EVERY)
        if due:
            self._see_to_disk()
        self._adopt_some()

    # -- sight ---------------------------------------------------------------------------------

    def account(self) -> Account:
        """The ledger of this instant."""
        with self._lock:
            return self._pipe.account()

    def figures(self) -> Figures:
        """All figures of this instant."""
        with self._lock:
            return Figures(
                self._pipe.account(),
                self._adopted,
                self._storage.diverted,
                self._storage.troubles,
                dict(sorted(self._undeliverable.items())),
                self._last_error,
                self.hooks.failures,
                self._recoveries,
            )

    def now(self) -> float:
        """The time by which it works, Unix seconds; it does not step back."""
        return self._moments.now()

    def _abandon(self, late: Sequence[Record] | None = None) -> tuple[Dropped, ...]:
        """Nothing more is sent: give up what no disk keeps.

        Args:
            late: What came back after that; None the first time.
        """
        if self._spool is None:
            dropped = self._pipe.abandon("closed")
        elif late is None:
            self._lost = self._storage.leave(self.now())
            dropped = self._pipe.drop(self._lost, "closed")
        else:
            lost = {id(record) for record in self._lost}
            dropped = self._pipe.drop([each for each in late if id(each) in lost], "closed")
        self._flusher.settled += len(dropped)
        return dropped

    def _waits_for_itself(self) -> bool:
        return self._threadless or self._is_worker()

    def _is_worker(self) -> bool:
        here = threading.current_thread()
        return any(hand.thread is here for hand in self._threads)

    def _carries(self) -> bool:
        """Whether this thread has a batch that it took and did not settle."""
        return getattr(self._here, "carrying", False)

    # -- ends ----------------------------------------------------------------------------------

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

        What is not sent by then is dropped, reason ``closed``, unless a spool keeps it. A close
        that was interrupted is finished by the next. One that is called in the middle of another
        step of the same thread, by a signal's handler, goes on in a thread of its own.

        Args:
            timeout: Seconds; None is as long as it takes. The transport has a second more.

        Returns:
            The account. What is ``in_flight`` in it was with a transport that did not return.
        """
        seconds = float("inf") if timeout is None else timeout
        self.shut()
        if self._inside():
            aside(lambda: self._close(seconds, _JOIN), 0.0, "video-tracker-close")
        else:
            self._close(seconds, _JOIN)
        return self.account()

    def _inside(self) -> bool:
        """Whether this thread is in the middle of a step: a signal's handler asks."""
        owned: bool = self._lock._is_owned()  # type: ignore[attr-defined] # as Condition asks it
        return owned or self._carries()

    def _close(self, timeout: float, patience: float) -> None:
        me = threading.get_ident()
        with self._lock:
            closer = self._closing
            if closer is None:
                self._closing = me
        if closer is None:
            try:
                self._finish(timeout)
                self.end(patience)
            finally:
                self._closing = None
        elif closer != me and not self._carries() and not self._is_worker():
            self._ended.wait(min(timeout + patience, threading.TIMEOUT_MAX))

    def shut(self) -> bool:
        """Refuse what comes from now on; True the first time."""
        with self._lock:
            first, self.closed = not self.closed, True
            self._put = self._put_into_closed
            self._done.notify_all()
        return first

    @property
    def ended(self) -> bool:
        """Whether it was closed to the end."""
        return self._ended.is_set()

    def end(self, patience: float = _JOIN) -> None:
        """Let go of everything, after it was shut: what is not sent by now will not be.

        Args:
            patience: Seconds for which workers are awaited that have nothing left to send, and as
                many again for the transport.
        """
        with self._lock:
            if self._ended.is_set():
                return
            self._stopped = True
            self._bell.notify_all()
            self._over.set()
            self._errand.set()
            busy = self._pipe.in_flight
            left = self._abandon()
            self._storage.close()
            if not self.closed:
                self._storage.reopen()  # the process ends, and its threads may still put something
            self._done.notify_all()
        self.hooks.dropped(left)
        if not busy and not self._is_worker():
            until = self.now() + patience
            for hand in self._threads[: self.policy.in_flight]:
                hand.join(max(0.0, until - self.now()))
        aside(self._close_transport, max(patience, _GRACE), "video-tracker-close")
        self._ended.set()
        forget(self)

    def _close_transport(self) -> None:
        try:
            self._transport.close()
        except Exception as error:
            if interrupts(error):
                raise
            self.hooks.log.tell("close", "closing the transport failed", error=error)

    def hurry(self) -> None:
        """Let nothing linger from now on, and have the disk write meanwhile."""
        with self._lock:
            self._flusher.hurried += 1
            self._bell.notify_all()
        self._errand.set()

    def close_at_exit(self, timeout: float) -> None:
        """Close within that many seconds, whatever the transport does.

        With a spool, what threads still put until the process is gone is written there.
        """
        if self.on_exit is not None:
            self.on_exit(timeout)
        before = self.account()
        if before.pending and self._threadless:
            # Who sends in the caller's thread cannot be bounded there.
            aside(lambda: self._close_in_time(timeout), timeout, "video-tracker-close")
        else:
            self._close_in_time(timeout)
        lost = self.account()
        if self._spool is not None:
            return  # it is on the disk
        unsent = lost.pending + lost.dropped.get("closed", 0) - before.dropped.get("closed", 0)
        if unsent:
            text = f"the process ends with {counted(unsent, 'message')} not sent"
            self.hooks.log.tell("exit", text)

    def _close_in_time(self, timeout: float) -> None:
        # The end of a worker is worth no second then, as one that was interrupted harms nobody.
        if self._spool is None:
            self.shut()
        self._close(timeout, 0.0)

    def begin_flush(self, timeout: float) -> Callable[[], bool]:
        """Let nothing linger until :meth:`end_flush`; see :meth:`Flusher.begin`."""
        return self._flusher.begin(timeout)

    def end_flush(self) -> None:
        """Let records linger again."""
        self._flusher.end()

    def wait_for_room(self, timeout: float) -> bool:
        """Wait until one more record, of any size that is sent, has room; False if it has not."""
        with self._lock:
            return self._done.wait_for(self.roomy, timeout)

    def _finish(self, timeout: float) -> None:
        if self._carries():
            return  # the transport itself asks; it cannot be waited for
        with self._lock:
            self._keep_threads()
        if self._waits_for_itself():
            self._flusher.work(timeout, lambda: self.pump(force=True))
        else:
            self._flusher.wait(timeout)

    # -- forks ---------------------------------------------------------------------------------

    def before_fork(self) -> None:
        """Be in the middle of nothing."""
        self._searching.acquire()
        self._lock.acquire()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        self._lock.release()
        self._searching.release()

    def after_fork_in_child(self) -> None:
        """Begin anew: what is queued is the parent's, and so are its threads and connections."""
        for part in (self._transport, self._clock, self.hooks.log):
            renew = getattr(part, "after_fork", None)
            if renew is not None:
                renew()
        self._storage.abandon()
        self._begin_anew()
