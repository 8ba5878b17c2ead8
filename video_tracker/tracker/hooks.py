"""What is told of delivery, and to whom: hooks of the user's own and a few log lines.

Everything here is called without any lock held. What a hook raises is counted and logged.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, TypeAlias

import attrs

from video_tracker.clock import Clock
from video_tracker.delivery.account import Batch, Dead, Dropped, LaneState, Settled
from video_tracker.errors import StoreError
from video_tracker.events import Event
from video_tracker.interruption import interrupts
from video_tracker.record import Record
from video_tracker.spelling import counted
from video_tracker.tracker.log import LimitedLog

__all__ = ["Drop", "Failure", "Hook", "Hooks", "Lane", "Retry", "Sent", "said"]

Hook: TypeAlias = Callable[[Any], object] | None


@attrs.frozen
class Sent:
    """Records arrived.

    Args:
        records: They.
        attempt: Which try of theirs it was, from 1.
        latency: Seconds since the oldest of their batch was made.
    """

    records: tuple[Record, ...]
    attempt: int
    latency: float


@attrs.frozen
class Retry:
    """Records did not arrive and will be sent again.

    Args:
        records: They.
        reason: Why, as a code.
        detail: Why, in the destination's own words; for people.
        attempt: Which try of theirs failed, from 1.
        resume_at: Unix seconds before which nothing is sent; None when nothing has to wait.
    """

    records: tuple[Record, ...]
    reason: str
    detail: str
    attempt: int
    resume_at: float | None


@attrs.frozen
class Drop:
    """Records were given up, without a word of the destination's.

    Args:
        records: They.
        reason: ``overflow``, ``block_timeout``, ``closed``, ``store_full``, ``store_broken``...
    """

    records: tuple[Record, ...]
    reason: str


@attrs.frozen
class Lane:
    """The way to the destination opened, backs off, or is stopped.

    Args:
        state: ``open``, ``backing_off`` (the destination is away or busy) or ``stopped`` (it is
            wrongly configured: the key or the address).
        before: The state before.
        reason: Of the trouble, as a code.
        detail: Of the trouble, in words for people.
        resume_at: When it is tried again, Unix seconds; None when it is open.
    """

    state: LaneState
    before: LaneState
    reason: str | None
    detail: str
    resume_at: float | None


@attrs.frozen
class Failure:
    """Something did not go as it should, before there was a record.

    Args:
        kind: ``undeliverable``: events never became records, or the tracker was closed.
            ``fault``: an input was lost to an error in a session, an adapter or a clock; or the
            spool's disk began to fail.
        reason: A stable code: of the encoding error, ``closed``, ``overflow``, ``internal``,
            ``spool``.
        detail: What happened, for people.
        session_id: The session, if it concerns one.
        events: The events concerned; none of a fault.
        error: The exception behind it, if there was one.
    """

    kind: Literal["undeliverable", "fault"]
    reason: str
    detail: str
    session_id: str = ""
    events: tuple[Event, ...] = ()
    error: BaseException | None = attrs.field(default=None, eq=False)


class Hooks:
    """Calls the hooks and writes the lines.

    Args:
        clock: For the rate of the lines.
        on_sent: Called with :class:`Sent`.
        on_retry: Called with :class:`Retry`.
        on_drop: Called with :class:`Drop`.
        on_dead: Called with :class:`~video_tracker.delivery.account.Dead`, one record each.
        on_lane: Called with :class:`Lane`.
        on_failure: Called with :class:`Failure`.

    Attributes:
        failures: Times a hook raised.
        log: The lines.
        on_settled: The tracker's own: told of records that arrived or are dead letters.
        on_given_up: The tracker's own: told of records that were dropped.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        on_sent: Hook = None,
        on_retry: Hook = None,
        on_drop: Hook = None,
        on_dead: Hook = None,
        on_lane: Hook = None,
        on_failure: Hook = None,
    ) -> None:
        self.log: Final = LimitedLog(clock, logging.getLogger("video_tracker"))
        self.failures = 0
        self.on_settled: Callable[[Iterable[Record]], object] | None = None
        self.on_given_up: Callable[[Iterable[Record]], object] | None = None
        self._on_sent = on_sent
        self._on_retry = on_retry
        self._on_drop = on_drop
        self._on_dead = on_dead
        self._on_lane = on_lane
        self._on_failure = on_failure

    def call(self, hook: Hook, value: object) -> None:
        """Call a hook; whatever it raises is counted, but what interrupts the program."""
        if hook is None:
            return
        try:
            hook(value)
        except Exception as error:
            if interrupts(error):
                raise
            self.failures += 1
            self.log.tell("hook", "a hook raised", error=error)

    def settled(
        self, batch: Batch, settled: Settled, now: float, raised: BaseException | None
    ) -> None:
        """Tell what became of a batch."""
        if self.on_settled is not None:
            self.on_settled(settled.delivered)
        if settled.delivered and self._on_sent is not None:
            latency = max(0.0, now - batch.since)
            self.call(self._on_sent, Sent(settled.delivered, batch.attempt, latency))
        if settled.retried:
            self._retried(batch, settled, raised)
        self.dead(settled.dead)
        if settled.state != settled.before:
            self._lane(settled)

    def dead(self, letters: Iterable[Dead]) -> None:
        """Tell of dead letters, each for itself."""
        letters = tuple(letters)
        if self.on_settled is not None:
            self.on_settled(letter.record for letter in letters)
        for letter in letters:
            text = f"message {letter.record.message_id!r} is given up: {letter.reason}"
            self.log.tell(f"dead {letter.reason}", text)
            self.call(self._on_dead, letter)

    def dropped(self, dropped: Iterable[Dropped]) -> None:
        """Tell of dropped records, those of one reason together."""
        groups: dict[str, list[Record]] = {}
        for each in dropped:
            groups.setdefault(each.reason, []).append(each.record)
        if self.on_given_up is not None:
            self.on_given_up(record for records in groups.values() for record in records)
        for reason, records in groups.items():
            text = f"{counted(len(records), 'message')} dropped: {reason}"
            self.log.tell(f"dropped {reason}", text, count=len(records))
            self.call(self._on_drop, Drop(tuple(records), reason))

    def failed(self, failure: Failure) -> None:
        """Tell of a failure."""
        what = counted(len(failure.events), "event") if failure.events else "an input"
        if failure.session_id:
            what = f"{what} of session {failure.session_id!r}"
        text = f"{what}: {failure.kind}, {failure.reason} ({failure.detail})".removesuffix(" ()")
        self.log.tell(f"{failure.kind} {failure.reason}", text, error=failure.error)
        self.call(self._on_failure, failure)

    def disk_failed(self, error: StoreError) -> None:
        """Tell that the spool does not take records: what comes now is in memory alone."""
        text = f"the spool fails, what comes is kept in memory alone: {error}"
        self.log.tell("spool", text, level=logging.ERROR)
        self.call(self._on_failure, Failure("fault", "spool", str(error), error=error))

    def _retried(self, batch: Batch, settled: Settled, raised: BaseException | None) -> None:
        reason = settled.reason or "unknown"
        if raised is not None:
            self.log.tell("raised", "the transport raised", error=raised)
        retry = Retry(settled.retried, reason, settled.detail, batch.attempt, settled.resume_at)
        self.call(self._on_retry, retry)

    def _lane(self, settled: Settled) -> None:
        lane = Lane(
            settled.state, settled.before, settled.reason, settled.detail, settled.resume_at
        )
        level = logging.ERROR if lane.state == "stopped" else logging.WARNING
        if lane.state == "open":
            self.log.tell("lane open", "the destination answers again", level=logging.INFO)
        else:
            what = "stopped" if lane.state == "stopped" else "backing off"
            text = f"sending is {what}: {lane.reason} ({lane.detail})".removesuffix(" ()")
            self.log.tell(f"lane {lane.state} {lane.reason}", text, level=level)
        self.call(self._on_lane, lane)


def said(error: BaseException) -> str:
    """An exception in words, whatever its own ``__str__`` does."""
    name = type(error).__name__
    try:
        return f"{name}: {error}".rstrip(": ")
    except Exception:  # noqa: BLE001 - an exception of the user's own that cannot even be printed
        return name
