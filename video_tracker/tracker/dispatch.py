"""From events to the transport: encode, send, settle, and tell of what went wrong."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from video_tracker.clock import Clock
from video_tracker.delivery.outcome import Outcome, Refused, TryLater, settle
from video_tracker.errors import EncodingError
from video_tracker.events import Envelope, Event
from video_tracker.session import Diagnostic
from video_tracker.tracker.account import Account, Failure, LimitedLog
from video_tracker.transports.base import Record, Transport
from video_tracker.wire import Encoder

__all__ = ["Dispatcher", "Pair"]

Pair = tuple[Envelope, Event]


class Dispatcher:
    """Takes the sessions' events and diagnostics where they belong.

    It is called without any lock held, by one thread at a time for each session. Nothing that a
    transport or a hook raises comes out of it (but what ends a program, such as Ctrl-C).

    Args:
        transport: The way out.
        encoder: Makes the records.
        clock: The tracker's clock.
        on_diagnostic, on_failure: The tracker's hooks.
    """

    def __init__(
        self,
        transport: Transport,
        encoder: Encoder,
        clock: Clock,
        on_diagnostic: Callable[[Diagnostic], object] | None,
        on_failure: Callable[[Failure], object] | None,
    ) -> None:
        self.account = Account()
        self.now = clock.now
        self._transport = transport
        self._encoder = encoder
        self._on_diagnostic = on_diagnostic
        self._on_failure = on_failure
        self._log = LimitedLog(clock, logging.getLogger("video_tracker"))
        self._here = threading.local()

    @property
    def diagnoses(self) -> bool:
        """Whether anybody wants to hear diagnostics."""
        return self._on_diagnostic is not None

    def dispatch(self, session_id: str, entries: Sequence[Pair | Diagnostic]) -> None:
        """Send the events and tell the diagnostics of one session, in order."""
        within, self._here.within = getattr(self._here, "within", False), True
        try:
            self._dispatch(session_id, entries)
        finally:
            self._here.within = within

    def too_late(self, session_id: str, pairs: Sequence[Pair]) -> None:
        """Tell of events made after the account was closed, which has booked them already."""
        detail = "the tracker is closed"
        events = tuple(event for _, event in pairs)
        self._tell(Failure("undeliverable", "closed", detail, session_id, events))

    def fault(self, session_id: str, error: Exception) -> None:
        """Book and tell of an input that was lost to an error."""
        self.account.trouble("faults")
        self._tell(Failure("fault", "internal", _said(error), session_id, error=error))

    def close(self, timeout: float) -> None:
        """Wait for those who are sending, then close the transport."""
        # A hook or a transport that closes the tracker is itself what would be waited for.
        if not getattr(self._here, "within", False):
            self.account.wait_settled(timeout)
        try:
            self._transport.close()
        except Exception as error:  # noqa: BLE001 - a transport of the user's own
            self._log.tell("close", "closing the transport failed", error=error)

    def _dispatch(self, session_id: str, entries: Sequence[Pair | Diagnostic]) -> None:
        records: list[Record] = []
        events: dict[str, Event] = {}
        for entry in entries:
            if isinstance(entry, Diagnostic):
                self._call(self._on_diagnostic, entry)
                continue
            record = self._encode(session_id, entry)
            if record is not None:
                records.append(record)
                events[record.message_id] = entry[1]
        if records:
            self._send(session_id, records, events)

    def _encode(self, session_id: str, pair: Pair) -> Record | None:
        envelope, event = pair
        try:
            return self._encoder.encode(event, envelope)
        except EncodingError as error:
            failure = Failure(
                "undeliverable", error.reason, str(error), session_id, (event,), error=error
            )
            self._settle(failure)
            return None

    def _send(
        self, session_id: str, records: Sequence[Record], events: Mapping[str, Event]
    ) -> None:
        raised: Exception | None = None
        outcome: Outcome
        try:
            outcome = self._transport.send(tuple(records))
        except Exception as error:  # noqa: BLE001 - a transport of the user's own
            raised = error
            outcome = TryLater("raised", _said(error))
        except BaseException:
            self.account.settle("failed", len(records), "interrupted")
            raise
        settled = settle(records, outcome)
        if settled.delivered:
            self.account.settle("delivered", len(settled.delivered))
        if settled.refused:
            self._settle_group("refused", session_id, settled.refused, events, raised)
        if settled.later:
            self._settle_group("failed", session_id, settled.later, events, raised)

    def _settle_group(
        self,
        kind: Literal["refused", "failed"],
        session_id: str,
        group: "Group",
        events: Mapping[str, Event],
        raised: Exception | None,
    ) -> None:
        for part, held in _by_part(group):
            told = tuple(events[record.message_id] for record in held)
            self._settle(Failure(kind, part.reason, part.detail, session_id, told, held, raised))

    def _settle(self, failure: Failure) -> None:
        self.account.settle(failure.kind, len(failure.events), failure.reason)
        self._tell(failure)

    def _tell(self, failure: Failure) -> None:
        what = f"{len(failure.events)} event(s)" if failure.events else "an input"
        text = (
            f"{what} of session {failure.session_id!r}: {failure.kind}, {failure.reason}"
            f" ({failure.detail})"
        )
        self._log.tell(f"{failure.kind} {failure.reason}", text, error=failure.error)
        self._call(self._on_failure, failure)

    def _call(self, hook: Callable[..., object] | None, value: object) -> None:
        if hook is None:
            return
        try:
            hook(value)
        except Exception as error:  # noqa: BLE001 - a hook of the user's own
            self.account.trouble("hook_failures")
            self._log.tell("hook", "a hook raised", error=error)


Group = Sequence[tuple[Record, TryLater | Refused]]


def _by_part(group: Group) -> Iterable[tuple[TryLater | Refused, tuple[Record, ...]]]:
    """The records of each part of an outcome together, so that a hook is called once for each."""
    parts: dict[int, tuple[TryLater | Refused, list[Record]]] = {}
    for record, part in group:
        parts.setdefault(id(part), (part, []))[1].append(record)
    return ((part, tuple(records)) for part, records in parts.values())


def _said(error: BaseException) -> str:
    name = type(error).__name__
    try:
        return f"{name}: {error}".rstrip(": ")
    except Exception:  # noqa: BLE001 - an exception of the user's own that cannot even be printed
        return name
