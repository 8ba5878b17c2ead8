"""Records on their way out: the pure pipe with a lock, a clock, a transport and threads around it.

What is to be done is decided under the lock, by the pipe; sending and telling is done outside it.
"""

import random
import threading
from collections.abc import Callable, Sequence
from typing import Final, Literal, TypeAlias

import attrs

from video_tracker.clock import Clock, SystemClock
from video_tracker.delivery.account import Account, Batch, Dropped, Put
from video_tracker.delivery.outcome import Outcome, TryLater
from video_tracker.delivery.pipe import QUEUED, Pipe
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.spool import Spool
from video_tracker.errors import PolicyError, QueueFullError, StoreError
from video_tracker.record import Record
from video_tracker.tracker.hooks import Hooks, said
from video_tracker.tracker.lifecycle import watch_own_end
from video_tracker.tracker.storage import Storage, default_policy
from video_tracker.tracker.worker import LONGEST_NAP, start_caretaker, start_worker
from video_tracker.transports.base import Transport

__all__ = ["CARE_EVERY", "MODES", "TICK", "Figures", "Mode", "Outbox"]

Mode: TypeAlias = Literal["thread", "sync", "manual"]
MODES: Final = ("thread", "sync", "manual")

CARE_EVERY: Final = 0.5
"""Seconds between two looks after the spool: what a power cut may cost at most."""

TICK: Final = 0.001
"""The shortest wait, lest a clock that stands still makes a loop run hot."""


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
    """

    account: Account
    adopted: int
    diverted: int
    spool_troubles: int
    undeliverable: dict[str, int]
    last_error: str | None
    hook_failures: int


class Outbox:
    """What a :class:`~video_tracker.tracker.sender.Sender` is besides its end; see there."""

    # Beyond thirty attributes Python looks them up by name each time, if they are not slots.
    __slots__ = (
        "__weakref__",
        "_adopted",
        "_begun",
        "_bell",
        "_block_timeout",
        "_care_at",
        "_clock",
        "_clock_now",
        "_done",
        "_errand",
        "_here",
        "_hurried",
        "_last_error",
        "_lock",
        "_lost",
        "_over",
        "_pipe",
        "_put",
        "_random",
        "_settled",
        "_spool",
        "_stopped",
        "_storage",
        "_threadless",
        "_threads",
        "_time",
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
        self._time = float("-inf")
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._lock = threading.RLock()
        self._bell = threading.Condition(self._lock)
        self._done = threading.Condition(self._lock)
        self._here = threading.local()
        self._threads: list[threading.Thread] = []
        self._threadless = self.mode != "thread"
        self._begun = False
        self._stopped = False
        self._hurried = 0
        self._settled = 0
        self._undeliverable: dict[str, int] = {}
        self._last_error: str | None = None
        self._over, self._errand = threading.Event(), threading.Event()
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
        # What is called for every event lies at hand.
        self._put = self._put_into_closed if self.closed else self._pipe.put
        self._clock_now = self._clock.now
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
            self.pump(force=True)

    def queue(self, record: Record, *, urgent: bool = False) -> bool:
        """As :meth:`put`, and leave the sending to others in every mode."""
        with self._lock:
            try:
                now = self._clock_now()
                if now > self._time:  # noqa: PLR1730 - done for every event: max() costs more
                    self._time = now
            except Exception:  # noqa: BLE001 - see _now
                self._now()
            put = self._put(record, self._time, urgent)
            if put is QUEUED and self._begun and self._trouble is None:
                return True  # as for nearly every event
            if put.accepted:
                if put.wake or not self._begun:
                    self._wake()
                self._settled += len(put.dropped)  # older ones made room
        return self._see_to(record, put, urgent)

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
        size = len(record.body)
        put = Put(accepted=False, room=False)
        left = self._block_timeout
        while not put.room and left > 0:
            start = self._now()
            if self._waits_for_itself():
                self.pump(force=True)
                left = 0.0
            with self._lock:
                if left > 0 and not self._awaits_room(size, left):
                    left = 0.0
                left -= max(TICK, self._now() - start)
                if self.closed:
                    return Put(accepted=False, dropped=(self._pipe.refuse(record, "closed"),))
                put = self._pipe.put(record, self._now(), urgent)
                if put.room and put.wake:
                    self._wake()
        if put.room:
            return put
        with self._lock:
            dropped = self._pipe.refuse(record, "block_timeout")
        return Put(accepted=False, dropped=(dropped,))

    def _awaits_room(self, size: int, patience: float) -> bool:
        if self.roomy(size) and not self.closed:  # it is the disk that is full
            return self._done.wait(patience)
        return self._done.wait_for(lambda: self.roomy(size), patience)

    def _tell_trouble(self) -> None:
        with self._lock:
            error, self._trouble = self._trouble, None
        if error is not None:
            self.hooks.disk_failed(error)

    def roomy(self, size: int | None = None) -> bool:
        """Whether a record of ``size`` bytes has room; without a size, any that is sent."""
        if size is None:
            size = self.policy.record_bytes
        return self.closed or self._pipe.has_room(size)

    # -- records go ----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to work, if that did not happen yet: start the threads."""
        with self._lock:
            if self._begun or self.closed:
                return
            self._begun = True
            watch_own_end()
            if self._threadless:
                return
            try:
                for number in range(self.policy.in_flight):
                    name = f"video-tracker-send-{number + 1}"
                    self._threads.append(start_worker(self, self._bell, name))
                if self._spool is not None:
                    start_caretaker(
                        self, self._over, self._errand, CARE_EVERY, "video-tracker-spool"
                    )
            except RuntimeError as error:  # no threads here, or the interpreter is ending
                self._threadless = not self._threads
                self.hooks.log.tell("threads", f"a thread cannot be started ({error})")

    def take(self, *, force: bool = False) -> Batch | None:
        """Take the batch that is to be sent now; it has to be given to :meth:`settle`."""
        with self._lock:
            return self._pipe.next_batch(self._now(), force=force or self._hurried > 0)

    def give_back(self, batch: Batch) -> None:
        """A batch that was taken was not sent after all."""
        with self._lock:
            self._pipe.give_back(batch)
            self._done.notify_all()

    def settle(self, batch: Batch, outcome: Outcome, raised: BaseException | None = None) -> None:
        """Learn what became of a batch, and tell it.

        Args:
            batch: As it was taken.
            outcome: What the transport said.
            raised: The exception that the outcome stands for.
        """
        with self._lock:
            now = self._now()
            settled = self._pipe.settle(batch, outcome, now)
            self._settled += len(settled.delivered) + len(settled.dead)
            if settled.reason is not None:
                self._last_error = f"{settled.reason}: {settled.detail}".rstrip(": ")
            left = self._abandon(settled.retried) if self._stopped else ()
            self._done.notify_all()
        self.hooks.settled(batch, settled, now, raised)
        self.hooks.dropped(left)

    def pump(self, *, force: bool = False) -> int:
        """Send, in this thread, all that is to be sent now; how many records that was."""
        if self._spool is not None and self._threadless:
            self._care_now_and_then()
        sent = 0
        # A transport that puts records while it sends is served by the loop that it is called by.
        while not self._sending():
            batch = self.take(force=force)
            if batch is None:
                break
            self.deliver(batch)
            sent += len(batch.records)
        return sent

    def deliver(self, batch: Batch) -> None:
        """Send a batch by the transport, and settle it."""
        raised: Exception | None = None
        outcome: Outcome
        self._here.sending = True
        try:
            outcome = self._transport.send(batch.records)
        except Exception as error:  # noqa: BLE001 - a transport of the user's own
            raised, outcome = error, TryLater("raised", said(error))
        except BaseException:
            # A program that is interrupted may go on; whether the batch arrived nobody knows.
            self._here.sending = False
            self.settle(batch, TryLater("interrupted"))
            raise
        self._here.sending = False
        self.settle(batch, outcome, raised)

    def wake_at(self) -> float | None:
        """When there is next something to be sent, Unix seconds; None when nothing waits."""
        with self._lock:
            return self._pipe.wake_at(self._now(), force=self._hurried > 0)

    # -- the worker's side ---------------------------------------------------------------------

    def next_step(self) -> Batch | float | None:
        """What a worker does next; see :class:`~video_tracker.tracker.worker.Employer`."""
        if self._stopped:
            return None
        now = self._now()
        force = self._hurried > 0
        batch = self._pipe.next_batch(now, force=force)
        if batch is not None:
            if self.idle:
                self._bell.notify()  # there may be a batch for another one too
            return batch
        wake = self._pipe.wake_at(now, force=force)
        return LONGEST_NAP if wake is None else min(LONGEST_NAP, max(TICK, wake - now))

    def worth_keeping(self) -> bool:
        """Whether something is pending."""
        return self._pipe.pending_records > 0

    # -- the disk ------------------------------------------------------------------------------

    @property
    def durable(self) -> bool:
        """Whether there is a spool, and :meth:`care` has to be called now and then."""
        return self._spool is not None

    def care(self) -> None:
        """See to the spool: have the disk write, and adopt what dead processes left."""
        error = self._storage.sync()
        if error is not None:
            self.hooks.disk_failed(error)
        while self._adopted_some():
            pass

    def _adopted_some(self) -> bool:
        with self._lock:  # not for long: others want it in between
            if self.closed or not self._storage.adopt(self._now()):
                return False
            self._adopted += max(0, self._pipe.recount())
            self._wake()
            return True

    def _care_now_and_then(self) -> None:
        with self._lock:
            now = self._now()
            due, self._care_at = now >= self._care_at, max(self._care_at, now + CARE_EVERY)
        if due:
            self.care()

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
            )

    def now(self) -> float:
        """The time by which it works, Unix seconds; it does not step back."""
        with self._lock:
            return self._now()

    def _now(self) -> float:
        try:
            now = self._clock.now()
            if now > self._time:  # noqa: PLR1730 - done for every event: max() costs more
                self._time = now
        except Exception:  # noqa: BLE001 - a clock of the user's own: no record is lost to it
            self._time = max(self._time, 0.0)
        return self._time

    def _abandon(self, late: Sequence[Record] | None = None) -> tuple[Dropped, ...]:
        """Nothing more is sent: give up what no disk keeps.

        Args:
            late: What came back after that; None the first time.
        """
        if self._spool is None:
            dropped = self._pipe.abandon("closed")
        elif late is None:
            self._lost = self._storage.leave()
            dropped = self._pipe.drop(self._lost, "closed")
        else:
            lost = {id(record) for record in self._lost}
            dropped = self._pipe.drop([each for each in late if id(each) in lost], "closed")
        self._settled += len(dropped)
        return dropped

    def _waits_for_itself(self) -> bool:
        return self._threadless or self._is_worker()

    def _is_worker(self) -> bool:
        return threading.current_thread() in self._threads

    def _sending(self) -> bool:
        return getattr(self._here, "sending", False)
