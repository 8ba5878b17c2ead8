"""The account of a tracker: what became of every event, and whom to tell of trouble.

Its law (S55): at every instant ``made = delivered + refused + failed + undeliverable + pending``.
No event disappears without being counted under a reason.
"""

import contextlib
import logging
import threading
from collections.abc import Mapping
from typing import Final, Literal

import attrs

from video_tracker.clock import Clock
from video_tracker.events import Event
from video_tracker.wire import Record

__all__ = ["Account", "Failure", "LimitedLog", "Stats"]

_MANY: Final = 100
"""Different reasons that are told apart; a transport may make up any number of them."""


@attrs.frozen
class Failure:
    """Something did not go as it should; nobody who watches a video is told, so a hook is.

    Args:
        kind: ``refused``: the destination will not take the records. ``failed``: they did not
            arrive. ``undeliverable``: the events never became records, or the tracker was closed.
            ``fault``: an input was lost to an error in a session, an adapter or a clock.
        reason: A stable code; of the transport's outcome, of the encoding error, ``raised``,
            ``closed`` or ``internal``.
        detail: What happened, for people.
        session_id: The session.
        events: The events concerned; none of a fault.
        records: The records concerned; none where nothing could be encoded.
        error: The exception behind it, if there was one.
    """

    kind: Literal["refused", "failed", "undeliverable", "fault"]
    reason: str
    detail: str
    session_id: str
    events: tuple[Event, ...] = ()
    records: tuple[Record, ...] = ()
    error: BaseException | None = attrs.field(default=None, eq=False)


@attrs.frozen(kw_only=True)
class Stats:
    """A tracker's figures at one instant.

    Args:
        sessions: Sessions held.
        made: Events that the sessions made.
        delivered: Those that the transport took.
        refused: Those that it will never take.
        failed: Those that did not arrive.
        undeliverable: Those that could not be encoded, or came after ``close``.
        pending: Those on their way.
        reasons: How many events were refused, failed or undeliverable, by reason code.
        faults: Inputs lost to an error of the library, an adapter or a clock.
        hook_failures: Times a hook raised.
    """

    sessions: int
    made: int
    delivered: int
    refused: int
    failed: int
    undeliverable: int
    pending: int
    reasons: Mapping[str, int]
    faults: int
    hook_failures: int


class Account:
    """Counts under one lock, so that a reader never sees a half-booked event."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settled = threading.Condition(self._lock)
        self._closed = False
        self._counts = dict.fromkeys(
            ("made", "delivered", "refused", "failed", "undeliverable", "pending"), 0
        )
        self._troubles = {"faults": 0, "hook_failures": 0}
        self._reasons: dict[str, int] = {}

    def admit(self, events: int) -> bool:
        """Book new events as pending; False, and undeliverable, once the account is closed."""
        with self._lock:
            self._counts["made"] += events
            if self._closed:
                self._counts["undeliverable"] += events
                self._blame("closed", events)
                return False
            self._counts["pending"] += events
            return True

    def settle(self, kind: str, events: int, reason: str | None = None) -> None:
        """Book pending events under what became of them."""
        with self._lock:
            self._counts["pending"] -= events
            self._counts[kind] += events
            if reason is not None:
                self._blame(reason, events)
            if not self._counts["pending"]:
                self._settled.notify_all()

    def trouble(self, kind: Literal["faults", "hook_failures"]) -> None:
        """Count what concerns no event."""
        with self._lock:
            self._troubles[kind] += 1

    def close(self) -> bool:
        """Admit nothing more; True the first time."""
        with self._lock:
            first = not self._closed
            self._closed = True
            return first

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def wait_settled(self, timeout: float) -> bool:
        """Wait until nothing is pending; False when ``timeout`` seconds were not enough."""
        with self._lock:
            return self._settled.wait_for(lambda: not self._counts["pending"], timeout)

    def stats(self, sessions: int) -> Stats:
        """The figures of this instant."""
        with self._lock:
            return Stats(
                sessions=sessions,
                reasons=dict(sorted(self._reasons.items())),
                **self._counts,
                **self._troubles,
            )

    def _blame(self, reason: str, events: int) -> None:
        if reason not in self._reasons and len(self._reasons) >= _MANY:
            reason = "other"
        self._reasons[reason] = self._reasons.get(reason, 0) + events


class LimitedLog:
    """Logs a kind of trouble at most once in a while, with the number of times it kept quiet.

    Args:
        clock: Tells when a while has passed.
        logger: Where to.
        every: The while, in seconds.
    """

    def __init__(self, clock: Clock, logger: logging.Logger, every: float = 30.0) -> None:
        self._clock = clock
        self._logger = logger
        self._every = every
        self._lock = threading.Lock()
        self._kinds: dict[str, tuple[float, int]] = {}

    def tell(self, kind: str, text: str, *, error: BaseException | None = None) -> None:
        """Log ``text``, unless this kind was logged a moment ago.

        Args:
            kind: What is limited together.
            text: The line; it must hold nothing secret.
            error: Its traceback is added.
        """
        quiet = self._admitted(kind)
        if quiet is None:
            return
        more = f" (and {quiet} more of this kind since the last line)" if quiet else ""
        # A handler of the user's own may raise, and this is the end of the line.
        with contextlib.suppress(Exception):
            self._logger.warning("%s%s", text, more, exc_info=error)

    def _admitted(self, kind: str) -> int | None:
        """How often it kept quiet since the last line; None when it has to keep quiet now."""
        try:
            now = self._clock.now()
        except Exception:  # noqa: BLE001 - a broken clock may be the very trouble to be logged
            now = 0.0
        with self._lock:
            if kind not in self._kinds and len(self._kinds) >= _MANY:
                kind = "other"
            last, quiet = self._kinds.get(kind, (-float("inf"), 0))
            if now - last < self._every:
                self._kinds[kind] = (last, quiet + 1)
                return None
            self._kinds[kind] = (now, 0)
            return quiet
