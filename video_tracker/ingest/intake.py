"""One viewer's stream: beacons in as they arrive, callbacks and signals out in order (S68)."""

import math
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import attrs

from video_tracker.ingest.decode import Beacon, Decoded, Said
from video_tracker.ingest.feed import Target
from video_tracker.ingest.reorder import Ordered, ReorderWindow
from video_tracker.ingest.skew import ClockSkew

__all__ = ["Intake", "IntakeCount"]

R = TypeVar("R")


@attrs.frozen
class IntakeCount:
    """What became of the beacons of one viewer.

    ``received == released + late + duplicates + refused + pending``, always.

    Args:
        received: Beacons that were pushed.
        released: Those given on in their turn.
        late: Those that came after their turn had passed; given on all the same, unless the
            intake drops them, to be clamped by the session (S64).
        duplicates: Those that had come before.
        refused: Those of another session, and those numbered absurdly far ahead.
        pending: Those held until what is missing before them comes.
        gaps: Runs of numbers that never came.
        missing: Numbers that never came.
        clock_jumps: How often the client's clock was set in mid-session.
        correction: Seconds added to the client's times.
    """

    received: int
    released: int
    late: int
    duplicates: int
    refused: int
    pending: int
    gaps: int
    missing: int
    clock_jumps: int
    correction: float


class Intake(Generic[R]):
    """Restores one viewer's stream; pure, and bounded by its window.

    Within the window neither order nor repetition nor delay changes anything that comes out: not
    what, not in which order, not with which times. Time passes for the target only up to where
    nothing can come any more that the window would still put in order.

    Args:
        target: What takes the stream: a :class:`~video_tracker.ingest.PlayerFeed`, or a function
            that is called with each callback or signal.
        session_id: Whose beacons these are: those that name another session are refused.
        window: Restores the order.
        skew: Corrects the client's times.
        keep_late: Whether what came after its turn is given on (at the newest time at most).

    Attributes:
        window, skew: As given.
    """

    def __init__(
        self,
        target: Target[R] | Callable[[Said], Iterable[R] | None],
        *,
        session_id: str | None = None,
        window: ReorderWindow[Beacon] | None = None,
        skew: ClockSkew | None = None,
        keep_late: bool = True,
    ) -> None:
        self.window: ReorderWindow[Beacon] = ReorderWindow() if window is None else window
        self.skew = ClockSkew() if skew is None else skew
        self._target: Target[R] = _Called(target) if callable(target) else target
        self._session_id = session_id
        self._keep_late = keep_late
        self._foreign = 0
        self._newest = -math.inf
        self._lag = 0.0

    def push(
        self,
        beacons: Decoded | Iterable[Beacon],
        received_at: float,
        sent_at: float | None = None,
    ) -> tuple[R, ...]:
        """Take what arrived together.

        Args:
            beacons: A decoded body, or its beacons.
            received_at: When it came, by the server's clock, in Unix seconds.
            sent_at: When the client sent it, by its own clock; a decoded body tells it itself.

        Returns:
            What the target made of all whose turn has come, in order.
        """
        if isinstance(beacons, Decoded):
            sent_at = beacons.sent_at if sent_at is None else sent_at
            beacons = beacons.beacons
        own = [beacon for beacon in beacons if self._is_own(beacon)]
        if own:
            last = max(beacon.at for beacon in own)
            self.skew.observe(last if sent_at is None else sent_at, received_at)
        made: list[R] = []
        for beacon in own:
            tie = _tie(beacon) if beacon.sequence is None else 0
            for ordered in self.window.push(
                beacon.sequence, beacon.at, beacon, received_at, weight=beacon.weight, tie=tie
            ):
                made.extend(self._give(ordered))
        return tuple(made)

    def release(self, now: float) -> tuple[R, ...]:
        """Let time pass: go on without what was missing too long, and wake the target.

        Args:
            now: The server's time in Unix seconds.
        """
        made = [result for each in self.window.release(now) for result in self._give(each)]
        due = self._settled_wish()
        if due is not None and due + self._silence <= now:
            made.extend(self._target.advance(max(due, self._settled(now))))
        return tuple(made)

    def wake_at(self) -> float | None:
        """When :meth:`release` next has something to do; None while nobody waits for anything."""
        due = self._settled_wish()
        opens = self.window.wake_at()
        if due is None:
            return opens
        settled = due + self._silence
        return settled if opens is None else min(opens, settled)

    @property
    def _silence(self) -> float:
        """Seconds after which nothing of a time can come any more that the window would order."""
        return self._lag + self.window.limit_seconds

    def _settled(self, now: float) -> float:
        """The time up to which all has come."""
        return min(now - self._silence, self._held_from())

    def _settled_wish(self) -> float | None:
        """When the target wants to be woken, unless something that is held comes first."""
        due = self._target.wake_at()
        return None if due is None or due > self._held_from() else due

    def _held_from(self) -> float:
        earliest = self.window.earliest()
        return math.inf if earliest is None else earliest + self.skew.correction

    def flush(self) -> tuple[R, ...]:
        """Give on everything that is held, in order; nothing more is waited for."""
        return tuple(result for each in self.window.flush() for result in self._give(each))

    def finish(self, at: float | None = None) -> tuple[R, ...]:
        """The stream is over: :meth:`flush`, and let the target finish.

        Args:
            at: Time passes no further than this (Unix seconds); None: as far as it takes.
        """
        return (*self.flush(), *self._target.finish(at))

    @property
    def count(self) -> IntakeCount:
        """What became of the beacons so far."""
        done = self.window.count
        return IntakeCount(
            received=done.received + self._foreign,
            released=done.released,
            late=done.late,
            duplicates=done.duplicates,
            refused=done.refused + self._foreign,
            pending=self.window.pending,
            gaps=done.gaps,
            missing=done.missing,
            clock_jumps=self.skew.jumps,
            correction=self.skew.correction,
        )

    def _is_own(self, beacon: Beacon) -> bool:
        if self._session_id is None or beacon.session_id == self._session_id:
            return True
        self._foreign += 1
        return False

    def _give(self, ordered: Ordered[Beacon]) -> Iterator[R]:
        said = ordered.item.said
        if ordered.late:
            if self._keep_late:
                at = self.skew.late(ordered.at, self._newest)
                yield from self._target.receive(attrs.evolve(said, at=at))
            return
        at = self.skew.correct(ordered.at, ordered.received_at, self._newest)
        self._newest = max(self._newest, at)
        self._lag = ordered.received_at - at
        yield from self._target.advance(at)
        yield from self._target.receive(said if at == said.at else attrs.evolve(said, at=at))


class _Called(Generic[R]):
    """A function as a target: it is told what was said, and time is its own affair."""

    def __init__(self, receive: Callable[[Said], Iterable[R] | None]) -> None:
        self._receive = receive

    def receive(self, said: Said) -> Iterable[R]:
        return self._receive(said) or ()

    def advance(self, until: float) -> Iterable[R]:  # noqa: ARG002 - it has no wishes
        return ()

    def wake_at(self) -> float | None:
        return None

    def finish(self, at: float | None = None) -> Iterable[R]:  # noqa: ARG002
        return ()


def _tie(beacon: Beacon) -> int:
    """What orders beacons of one time, and tells one from its repetition."""
    return (beacon.order << 32) + zlib.crc32(repr(beacon.said).encode("utf-8", "replace"))
