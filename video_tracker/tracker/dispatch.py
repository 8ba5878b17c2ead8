"""From the sessions' events to the sender: encode, put, and tell of what never became a message."""

import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from video_tracker.clock import Clock, SystemClock
from video_tracker.errors import EncodingError, QueueFullError
from video_tracker.events import Envelope, Event
from video_tracker.interruption import interrupts
from video_tracker.record import Record
from video_tracker.session import Diagnostic
from video_tracker.tracker.health import Health
from video_tracker.tracker.hooks import Failure, said
from video_tracker.tracker.sender import Sender
from video_tracker.wire import Encoder

if TYPE_CHECKING:
    from video_tracker.tracker.options import Before

__all__ = ["Dispatcher", "Entry", "Pair"]

Pair = tuple[Envelope, Event]

_DECISIONS: Final = logging.getLogger("video_tracker.session")
"""At level DEBUG: what sessions said, and what they did not simply accept."""
_PATIENCE: Final = 8
"""Interruptions in a row by which an event may be kept from being queued."""

Entry = Pair | Diagnostic
"""What a session has to tell."""


class _Told:
    """A clock of the caller's own, read as a :class:`SystemClock` can be."""

    __slots__ = ("origin", "ticks")

    def __init__(self, clock: Clock) -> None:
        self.ticks, self.origin = clock.now, 0.0


class Dispatcher:
    """Takes the sessions' events and diagnostics where they belong.

    It is called without any lock held, by one thread at a time for each session. Nothing that a
    hook raises comes out of it (but what ends a program, such as Ctrl-C).

    Args:
        sender: The way out.
        encoder: Makes the records.
        clock: The tracker's clock.
        on_diagnostic: The tracker's hook.
        before: Changes events before they are sent, or leaves them out.

    Attributes:
        faults: Inputs lost to an error.
        left_out: Events that ``before`` left out.
        foreign: Its sessions belong to the parent of this process.
        health: What was wrong with what was told.
        now: The clock's time.
        clock: It, or where its time can be had for less: ``ticks() + origin``.
    """

    def __init__(
        self,
        sender: Sender,
        encoder: Encoder,
        clock: Clock,
        on_diagnostic: Callable[[Diagnostic], object] | None,
        before: "Before | None" = None,
    ) -> None:
        self.now = clock.now
        self.clock = clock if isinstance(clock, SystemClock) else _Told(clock)
        self.faults = self.left_out = 0
        self.foreign = False
        self._sender = sender
        self._encode = encoder.encode
        self._on_diagnostic = on_diagnostic
        self._before = before
        self._outlets: tuple[Dispatcher, ...] = (self,)
        self.health = Health(sender.hooks.log)

    def feed(self, others: Iterable["Dispatcher"]) -> None:
        """Give the events of its sessions to the dispatchers of other trackers, too."""
        self._outlets = (self, *others)

    @property
    def diagnoses(self) -> bool:
        """Whether anybody wants to hear diagnostics, not only their number."""
        return self._on_diagnostic is not None or _DECISIONS.isEnabledFor(logging.DEBUG)

    def dispatch(self, session_id: str, waiting: list[Entry]) -> None:
        """Queue the events and tell the rest of one session, in order.

        What interrupts it (a signal's handler may raise anywhere) is raised when all are seen to.

        Args:
            session_id: The session.
            waiting: What it has to tell; each leaves the list when it was seen to, so that what
                is still there after an exception is to be given again.

        Raises:
            QueueFullError: There was no room for at least one of them, and the policy says so.
        """
        if _DECISIONS.isEnabledFor(logging.DEBUG):
            self._tell_decisions(waiting)
        trouble: BaseException | None = None
        ahead = list(self._outlets)
        stuck, left = 0, (len(waiting), len(ahead))
        while waiting:
            try:
                self._see_to(session_id, waiting, ahead)
                break
            except QueueFullError as error:
                trouble = trouble or error
            except BaseException as error:  # noqa: BLE001 - raised when all is seen to
                trouble = error
            before, left = left, (len(waiting), len(ahead))
            stuck = stuck + 1 if before == left else 0
            if stuck >= _PATIENCE and ahead:  # the other destinations have it all the same
                ahead[0]._fail("interrupted", None, session_id, waiting[0])
                del ahead[0]
        if trouble is not None:
            raise trouble

    def _see_to(self, session_id: str, waiting: list[Entry], ahead: "list[Dispatcher]") -> None:
        """Take what waits where it belongs, one after the other; each leaves the line for that.

        The first one has yet to come to the outlets that are ``ahead``.
        """
        while waiting:
            entry = waiting[0]
            if isinstance(entry, Diagnostic):
                del waiting[0]
                self.health.diagnosed(entry)
                self._sender.hooks.call(self._on_diagnostic, entry)
                continue
            while ahead:
                outlet = ahead[0]
                trouble = outlet.put(session_id, entry)
                del ahead[0]
                if trouble is not None and (
                    outlet is self or not isinstance(trouble, QueueFullError)
                ):
                    raise trouble
            del waiting[0]
            ahead += self._outlets

    def message(self, pair: Pair) -> Record | None:
        """The message of an event, as it is sent here; None: it is left out.

        Raises:
            EncodingError: It cannot be sent.
        """
        envelope, event = pair
        before = self._before
        sent = event if before is None else self._changed(before, event)
        if sent is None:
            self.left_out += 1
            return None
        return self._encode(sent, envelope)

    def put(self, session_id: str, pair: Pair) -> BaseException | None:
        """Queue one event, as it is sent here.

        Returns:
            What came up when that was seen to: there was no room for it, which is booked, or it was
            interrupted. What is raised came up before.
        """
        sender = self._sender
        if sender.closed:
            return self._fail("closed", None, session_id, pair)
        try:
            record = self.message(pair)
            if record is None:
                return None
        except Exception as error:
            if interrupts(error):
                raise
            reason = error.reason if isinstance(error, EncodingError) else "internal"
            return self._fail(reason, error, session_id, pair)
        try:
            sender.queue(record)
        except QueueFullError as error:
            return self._fail("overflow", error, session_id, pair) or error
        except BaseException as error:  # noqa: BLE001 - raised by who called this
            sender.ensure(record)  # whether it came in is not known
            return error
        return None

    def send(self) -> None:
        """With mode ``sync``: send what was queued, in this thread."""
        for outlet in self._outlets:
            outlet._sender.send_now()

    def fault(self, session_id: str, error: BaseException) -> None:
        """Book and tell of an input that was lost to an error."""
        self.faults += 1
        self._sender.hooks.failed(
            Failure("fault", "internal", said(error), session_id, error=error)
        )

    @staticmethod
    def _tell_decisions(entries: Sequence[Entry]) -> None:
        with contextlib.suppress(Exception):  # a handler of the user's own may raise
            for entry in entries:
                if isinstance(entry, Diagnostic):
                    said = (entry.session_id, entry.kind, entry.input, entry.reason)
                    _DECISIONS.debug("%s: %s %s: %s", *said)
                else:
                    event = entry[1]
                    told = (event.session_id, event.sequence, event.name, event.at, event.position)
                    _DECISIONS.debug("%s: event %d: %s at %.3f, position %s", *told)

    def elsewhere(self, session_id: str) -> None:
        """Tell of an input to a session that was released, or that this process's parent serves."""
        where = "belongs to the parent process" if self.foreign else "was released"
        text = (
            f"an input to session {session_id!r} was ignored: it {where}"
            " (adopt its snapshot to go on with it)"
        )
        self._sender.hooks.log.tell("elsewhere", text)

    @staticmethod
    def _changed(before: "Before", event: Event) -> Event | None:
        """The event as the caller's function wants it; ids and dates stay the stream's."""
        try:
            changed = before(event)
            if changed is None or changed is event:
                return changed
            return attrs.evolve(
                changed, session_id=event.session_id, sequence=event.sequence, at=event.at
            )
        except Exception as error:
            if interrupts(error):
                raise
            raise EncodingError("before_failed", f"before() raised {said(error)}") from error

    def _fail(
        self, reason: str, error: Exception | None, session_id: str, entry: Entry
    ) -> BaseException | None:
        """Book an event that goes nowhere, and tell of it; what interrupts that is given back."""
        event = entry[1] if isinstance(entry, tuple) else None
        if event is None:
            return None
        self._sender.undeliverable(reason, 1)
        detail = str(error)
        if error is None:
            detail = "the tracker is closed" if reason == "closed" else "it was interrupted"
        logged = error if isinstance(error, EncodingError) else None
        try:
            self._sender.hooks.failed(
                Failure("undeliverable", reason, detail, session_id, (event,), error=logged)
            )
        except BaseException as interruption:  # noqa: BLE001 - it is booked, and not to be again
            return interruption
        return None
