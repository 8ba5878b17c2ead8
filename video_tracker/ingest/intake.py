"""One viewer's stream: beacons in as they arrive, callbacks and signals out in order (S68)."""

import math
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Generic, TypeVar

import attrs

from video_tracker.ingest.decode import Beacon, Decoded, Said
from video_tracker.ingest.feed import Target
from video_tracker.ingest.reorder import Ordered, ReorderWindow
from video_tracker.ingest.skew import ClockSkew
from video_tracker.players.base import Callback

__all__ = ["Intake", "IntakeCount"]

R = TypeVar("R")

_NEVER: Final = -math.inf


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

    __slots__ = (
        "_foreign",
        "_keep_late",
        "_lag",
        "_newest",
        "_session_id",
        "_target",
        "skew",
        "window",
    )

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
        self._newest = _NEVER
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
        own = self._own(beacons)
        if own:
            last = max([beacon.at for beacon in own]) if sent_at is None else sent_at
            self.skew.observe(last, received_at)
        made: list[R] = []
        window = self.window
        for beacon in own:
            number = beacon.sequence
            if number is not None and window.passes(number, received_at):
                made += self._take(beacon.said, beacon.at, received_at)
                continue
            tie = _tie(beacon) if number is None else 0
            for ordered in window.push(
                number, beacon.at, beacon, received_at, weight=beacon.weight, tie=tie
            ):
                made += self._give(ordered)
        return tuple(made)

    def release(self, now: float) -> tuple[R, ...]:
        """Let time pass: go on without what was missing too long, and wake the target.

        Args:
            now: The server's time in Unix seconds.
        """
        made: list[R] = []
        for each in self.window.release(now):
            made += self._give(each)
        due = self._settled_wish()
        if due is not None and due + self._silence <= now:
            made.extend(self._target.advance(max(due, self._settled(now))))
        return tuple(made)

    def wake_at(self) -> float | None:
        """When :meth:`release` next has something to do; None while nobody waits for anything."""
        opens = self.window.wake_at()
        due = self._target.wake_at() if opens is None else self._settled_wish()
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

    def written(self, write: Callable[[Beacon], Any]) -> list[Any]:
        """What it remembers beside its target, as plain values.

        Args:
            write: Makes a plain value of a beacon that is held.
        """
        window, skew = self.window.written(write), self.skew.written()
        return [self._newest, self._lag, self._foreign, skew, window]

    def read(self, told: Sequence[Any], read: Callable[[Any], Beacon]) -> None:
        """Go on with what :meth:`written` gave.

        Args:
            told: That.
            read: Makes a beacon of its plain value.

        Raises:
            TypeError, ValueError: It is nothing of the kind.
        """
        newest, lag, foreign, skew, window = told
        self._newest, self._lag, self._foreign = float(newest), float(lag), int(foreign)
        self.skew.read(skew)
        self.window.read(window, read)

    def _own(self, beacons: Iterable[Beacon]) -> list[Beacon]:
        every, name = list(beacons), self._session_id
        own = every if name is None else [each for each in every if each.session_id == name]
        self._foreign += len(every) - len(own)
        return own

    def _give(self, ordered: Ordered[Beacon]) -> Iterable[R]:
        said = ordered.item.said
        if not ordered.late:
            return self._take(said, ordered.at, ordered.received_at)
        if not self._keep_late:
            return ()
        return self._target.take(_dated(said, self.skew.late(ordered.at, self._newest)))

    def _take(self, said: Said, at: float, received_at: float) -> Iterable[R]:
        """Take what is said in its turn, at the time that it has by the server's clock."""
        at = self.skew.correct(at, received_at, self._newest)
        if at > self._newest:  # noqa: PLR1730 - a call would cost as much as the rest
            self._newest = at
        self._lag = received_at - at
        return self._target.take(said if at == said.at else _dated(said, at))


class _Called(Generic[R]):
    """A function as a target: it is told what was said, and time is its own affair."""

    def __init__(self, receive: Callable[[Said], Iterable[R] | None]) -> None:
        self._receive = receive

    def take(self, said: Said) -> Iterable[R]:
        return self._receive(said) or ()

    def advance(self, until: float) -> Iterable[R]:  # noqa: ARG002 - it has no wishes
        return ()

    def wake_at(self) -> float | None:
        return None

    def finish(self, at: float | None = None) -> Iterable[R]:  # noqa: ARG002
        return ()


def _dated(said: Said, at: float) -> Said:
    """What is said, at another time; of a clock that is wrong that is all that is said."""
    if type(said) is Callback:
        return Callback(at, said.player, said.event, said.state, said.detail, said.element)
    return attrs.evolve(said, at=at)


def _tie(beacon: Beacon) -> int:
    """What orders beacons of one time, and tells one from its repetition."""
    return (beacon.order << 32) + zlib.crc32(repr(beacon.said).encode("utf-8", "replace"))
