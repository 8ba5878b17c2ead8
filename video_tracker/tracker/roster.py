"""Which sessions there are, and which of them is to be woken when."""

import threading
from typing import Final, Generic, Protocol, TypeVar

from video_tracker.errors import PlanError
from video_tracker.tracker.agenda import NEVER, Agenda, Sleeper

__all__ = ["Member", "Roster"]

_UNSTARTED: Final = 1800.0
"""Seconds for which a session that was never given any input is held."""


class Member(Sleeper, Protocol):
    """What is on the roster: a sleeper with the id it began under."""

    key: str


M = TypeVar("M", bound=Member)


class Roster(Generic[M]):
    """The sessions that still wait for something, by id, with their agenda.

    A session is on it from its beginning until it is over or has nothing left to wait for (its
    idle timeout was reported, or nothing was ever said to it for half an hour). An input brings it
    back. So nobody has to sign off, and the number of sessions held stays bounded.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: dict[str, M] = {}
        self._agenda: Agenda[M] = Agenda()

    def __len__(self) -> int:
        return len(self._members)

    def enrol(self, member: M, now: float) -> None:
        """Put a new session on the roster.

        Raises:
            PlanError: One of that id is on it.
        """
        with self._lock:
            if self._members.setdefault(member.key, member) is not member:
                raise PlanError(f"session {member.key!r} is being tracked")
        self._agenda.enter(member, now + _UNSTARTED)

    def appoint(self, member: M, when: float | None, over: bool) -> None:
        """Note when a session wants to be woken, if at all, and whether it is over."""
        if over:
            self._agenda.strike(member)
        if when is not None:
            self._agenda.enter(member, when)
        with self._lock:
            if not over and member.due < NEVER:
                self._members.setdefault(member.key, member)
            elif self._members.get(member.key) is member:
                del self._members[member.key]

    def find(self, key: str) -> M | None:
        """The session on the roster that began under that id."""
        return self._members.get(key)

    def all(self) -> list[M]:
        """Those on the roster."""
        with self._lock:
            return list(self._members.values())

    def take(self, now: float) -> M | None:
        """Take out one session that is due."""
        return self._agenda.take(now)

    def next_due(self) -> float | None:
        """When the next session may be due."""
        return self._agenda.next_due()
