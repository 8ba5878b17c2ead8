"""One player's sessions, one after the other: which session does a signal belong to?

A session never comes back from its end; a replay is a new session (S24).
"""

from collections.abc import Mapping
from typing import Any

from video_tracker.events import Envelope, Event
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

    def __init__(self, session: Session) -> None:
        self.sessions = [session]
        self._next = session.restart() if session.wants_restart else None

    @property
    def session(self) -> Session:
        """The newest session that has begun."""
        return self.sessions[-1]

    def annotate(self, properties: Mapping[str, Any]) -> None:
        """Custom properties for the events that the next input causes, in any session (S51)."""
        (self._next or self.session).annotate(properties)

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
            self.sessions.append(again)
        if began or again.over:
            self._next = None
        elif isinstance(signal, Progress | Tick):
            self._next = self.session.restart()  # nothing was said that it must remember
        return said

    def tick(self, at: float) -> Said:
        """Let time pass in the newest session."""
        return _said(self.session, self.session.tick(at))

    def wake_at(self) -> float | None:
        """When the newest session next wants a tick."""
        return self.session.wake_at()

    def finish(self, at: float | None = None) -> Said:
        """Let time pass until nothing more falls due, the end of a log; no further than ``at``.

        What falls due are held-back events, a completion, or the timeout of an open session (S26).
        """
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
    return tuple((envelope, event) for event in events)
