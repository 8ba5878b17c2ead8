"""One player's sessions, one after the other: which session does a signal belong to?

A session never comes back from its end; a replay is a new session (S24).
"""

import operator
from typing import Any

from video_tracker.events import Envelope, Event
from video_tracker.session.data.input import Custom
from video_tracker.session.data.tolerances import ON_TIME
from video_tracker.session.session import Session
from video_tracker.signals import Load, Playing, Progress, Signal, Tick

__all__ = ["Playback"]

Said = tuple[tuple[Envelope, Event], ...]
"""Events with the envelope of the session that said them."""

MOST_WAKES = 10_000
"""A session that wants more ticks than this at its end is at fault."""


class Playback:
    """Drives the sessions of one player, from a first one that has not begun yet."""

    __slots__ = ("_next", "earlier", "session")

    def __init__(self, session: Session) -> None:
        self.session = session  # the newest that has begun
        self.earlier: tuple[Session, ...] = ()
        self._next = session.restart() if session.wants_restart else None

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Those that have begun, in their order."""
        return (*self.earlier, self.session)

    replays: Any = property(operator.attrgetter("session._state.restarts"))
    """How many sessions began after the first one (S24)."""

    steady: Any = property(lambda self: self.session._state.fast)
    """Whether content simply plays: progress only puts off what falls due."""

    def remembered(self) -> tuple[Any, ...]:
        """All that its next step may change, for :meth:`undo`."""
        now, again = self.session._state.remembered(), self._next
        return self.session, self.earlier, again, now, again and again._state.remembered()

    def undo(self, before: tuple[Any, ...]) -> None:
        """All is as it was remembered."""
        self.session, self.earlier, self._next, now, then = before
        self.session._state.undo(now)
        if self._next is not None:
            self._next._state.undo(then)

    def annotate(self, properties: Custom = None, **more: Custom) -> None:
        """What the events that the next input causes carry, as ``Session.annotate`` (S51)."""
        (self._next or self.session).annotate(properties, **more)

    def receive(self, signal: Signal) -> Said:
        """Give what the player said to the session it belongs to; each event has its envelope."""
        if self._next is not None:
            return self._begin(self._next, signal)
        session = self.session
        said = _said(session, session.receive(signal))
        if session.wants_restart:
            self._next = session.restart()
            if _has_looped(session, signal):  # its first frame came when the old one's end did
                first = Playing(session._state.over_at or signal.at, 0.0)
                said += self._begin(self._next, first) + self.receive(signal)
            elif not isinstance(signal, Load):  # what it said is taken along
                said += self._begin(self._next, signal)
        return said

    def _begin(self, again: Session, signal: Signal) -> Said:
        """A new session takes signals from the first that asked for it; it is one once it plays."""
        said = _said(again, again.receive(signal))
        began = again._state.started_at is not None
        if began:
            self.earlier, self.session = self.sessions, again
        if began or again.over:
            self._next = None
        elif isinstance(signal, (Progress, Tick)):
            self._next = self.session.restart()  # nothing was said that it must remember
        return said

    def tick(self, at: float) -> Said:
        """Let time pass in the newest session."""
        return _said(self.session, self.session.tick(at))

    def wake_at(self) -> float | None:
        """When the newest session next wants a tick."""
        return self.session.wake_at()

    def finish(self, at: float | None = None) -> Said:
        """Let time pass until nothing more falls due, the end of a log; no further than ``at``."""
        said: Said = ()
        for _ in range(MOST_WAKES):
            due = self.session.wake_at()
            if due is None or (at is not None and due > at):
                break
            said += self.tick(due)
        return said


def _has_looped(session: Session, signal: Signal) -> bool:
    """Whether a position shows that content plays from its start since it ended (S70, S79)."""
    s, place = session._state, signal.position if isinstance(signal, Progress) else None
    if s.over_at is None or not isinstance(place, int | float):
        return False
    return abs((s.clock - s.over_at) * s.rate - place) <= ON_TIME


def _said(session: Session, events: tuple[Event, ...]) -> Said:
    if not events:
        return ()
    envelope = session.envelope()
    return tuple([(envelope, event) for event in events])
