"""One player's sessions, one after the other: which session does a signal belong to?

A session never comes back from its end; a replay is a new session (S24).
"""

from video_tracker.events import Envelope, Event
from video_tracker.session.session import Session
from video_tracker.signals import ContentStart, Play, Playing, Progress, Signal

__all__ = ["Playback"]

Said = tuple[tuple[Envelope, Event], ...]
"""Events with the envelope of the session that said them."""

MOST_WAKES = 10_000
"""A session that wants more ticks than this at its end is at fault."""


class Playback:
    """Drives the sessions of one player.

    Args:
        session: The first session, not begun yet.
    """

    def __init__(self, session: Session) -> None:
        self.sessions = [session]

    @property
    def session(self) -> Session:
        """The newest session."""
        return self.sessions[-1]

    def receive(self, signal: Signal) -> Said:
        """Give a signal to the session it belongs to.

        Args:
            signal: What the player said.

        Returns:
            The events it caused, each with its session's envelope.
        """
        session = self.session
        events = session.receive(signal)
        said = _said(session, events)
        if session.wants_restart and isinstance(signal, Play | Playing | Progress | ContentStart):
            again = session.restart()
            self.sessions.append(again)
            said += _said(again, again.receive(signal))
        return said

    def tick(self, at: float) -> Said:
        """Let time pass in the newest session."""
        return _said(self.session, self.session.tick(at))

    def wake_at(self) -> float | None:
        """When the newest session next wants a tick."""
        return self.session.wake_at()

    def finish(self, at: float | None = None) -> Said:
        """Let time pass until nothing more falls due: the end of a log.

        Args:
            at: Let it pass no further than this, in Unix seconds; None: as far as it takes.

        Returns:
            What fell due: held-back events, a completion, or the timeout of an open session (S26).
        """
        said: Said = ()
        for _ in range(MOST_WAKES):
            due = self.session.wake_at()
            if due is None or (at is not None and due > at):
                break
            said += self.tick(due)
        return said


def _said(session: Session, events: tuple[Event, ...]) -> Said:
    if not events:
        return ()
    envelope = session.envelope()
    return tuple((envelope, event) for event in events)
