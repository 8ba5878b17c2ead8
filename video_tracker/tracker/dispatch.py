"""From the sessions' events to the sender: encode, put, and tell of what never became a message."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from video_tracker.clock import Clock
from video_tracker.errors import EncodingError, QueueFullError
from video_tracker.events import Envelope, Event
from video_tracker.session import Diagnostic
from video_tracker.tracker.hooks import Failure, said
from video_tracker.tracker.sender import Sender
from video_tracker.wire import Encoder

__all__ = ["Astray", "Dispatcher", "Entry", "Pair"]

Pair = tuple[Envelope, Event]

_MOST: Final = 500
"""Different callbacks that are counted each by itself: a stranger may make up any number."""


@attrs.frozen
class Astray:
    """A callback that the adapter did not know, or that named a wrong channel.

    Args:
        player: The player's name.
        what: Which callback, and what is wrong with it.
    """

    player: str
    what: str


Entry = Pair | Diagnostic | Astray
"""What a session has to tell."""


class Dispatcher:
    """Takes the sessions' events and diagnostics where they belong.

    It is called without any lock held, by one thread at a time for each session. Nothing that a
    hook raises comes out of it (but what ends a program, such as Ctrl-C).

    Args:
        sender: The way out.
        encoder: Makes the records.
        clock: The tracker's clock.
        on_diagnostic: The tracker's hook.

    Attributes:
        faults: Inputs lost to an error.
        foreign: Its sessions belong to the parent of this process.
        now: The clock's time.
    """

    def __init__(
        self,
        sender: Sender,
        encoder: Encoder,
        clock: Clock,
        on_diagnostic: Callable[[Diagnostic], object] | None,
    ) -> None:
        self.now = clock.now
        self.faults = 0
        self.foreign = False
        self._sender = sender
        self._encoder = encoder
        self._on_diagnostic = on_diagnostic
        self._astray: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def diagnoses(self) -> bool:
        """Whether anybody wants to hear diagnostics."""
        return self._on_diagnostic is not None

    def dispatch(self, session_id: str, entries: Sequence[Entry]) -> None:
        """Queue the events and tell the rest of one session, in order.

        Raises:
            QueueFullError: There was no room for at least one of them, and the policy says so.
        """
        full: QueueFullError | None = None
        for entry in entries:
            if isinstance(entry, Diagnostic):
                self._sender.hooks.call(self._on_diagnostic, entry)
                continue
            if isinstance(entry, Astray):
                self._went_astray(entry)
                continue
            try:
                self._queue(session_id, entry)
            except QueueFullError as error:
                self._fail("overflow", error, session_id, entry[1])
                full = error
        if full is not None:
            raise full

    def send(self) -> None:
        """With mode ``sync``: send what was queued, in this thread."""
        self._sender.send_now()

    def fault(self, session_id: str, error: Exception) -> None:
        """Book and tell of an input that was lost to an error."""
        self.faults += 1
        self._sender.hooks.failed(
            Failure("fault", "internal", said(error), session_id, error=error)
        )

    def astray(self) -> dict[str, int]:
        """How often which callback went astray."""
        with self._lock:
            return dict(sorted(self._astray.items()))

    def _went_astray(self, entry: Astray) -> None:
        """Count it; the log says each once."""
        with self._lock:
            what = entry.what
            if what not in self._astray and len(self._astray) >= _MOST:
                what = "others"
            self._astray[what] += 1
            first = self._astray[what] == 1
        if first:
            self._sender.hooks.log.tell(
                what, f"a callback of {entry.player!r} went astray: {what!r}"
            )

    def inherited(self, session_id: str) -> None:
        """Tell of an input to a session that the parent of this process serves."""
        text = (
            f"an input to session {session_id!r} was ignored: it belongs to the parent process"
            " (adopt its snapshot to go on with it)"
        )
        self._sender.hooks.log.tell("inherited", text)

    def _queue(self, session_id: str, pair: Pair) -> None:
        envelope, event = pair
        if self._sender.closed:
            self._fail("closed", None, session_id, event)
            return
        try:
            record = self._encoder.encode(event, envelope)
        except EncodingError as error:
            self._fail(error.reason, error, session_id, event)
            return
        self._sender.queue(record)

    def _fail(self, reason: str, error: Exception | None, session_id: str, event: Event) -> None:
        self._sender.undeliverable(reason, 1)
        detail = "the tracker is closed" if error is None else str(error)
        logged = error if isinstance(error, EncodingError) else None
        self._sender.hooks.failed(
            Failure("undeliverable", reason, detail, session_id, (event,), error=logged)
        )
