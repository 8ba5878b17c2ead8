"""Which sessions there are, and which of them is to be woken when."""

import threading
import weakref
from typing import Final, Generic, Protocol, TypeVar

from video_tracker.errors import PlanError
from video_tracker.tracker.agenda import Agenda, Sleeper

__all__ = ["Member", "Roster"]

_UNSTARTED: Final = 1800.0
"""Seconds for which a session that was never given any input is held."""


class Member(Sleeper, Protocol):
    """What is on the roster: a sleeper with the id it began under."""

    key: str


M = TypeVar("M", bound=Member)


class Roster(Generic[M]):
    """The sessions that are not over, by id, with their agenda.

    Only the agenda holds them strongly. A session whose time has run out, and to which nobody else
    holds on either, is thereby forgotten, and the number of those remembered stays bounded.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: weakref.WeakValueDictionary[str, M] = weakref.WeakValueDictionary()
        self._agenda: Agenda[M] = Agenda()

    def __len__(self) -> int:
        return len(self._members)

    def enrol(self, member: M, now: float) -> None:
        """Put a new session on the roster.

        Raises:
            PlanError: One of that id is on it.
        """
        with self._lock:
            if member.key in self._members:
                raise PlanError(f"session {member.key!r} is being tracked and not over")
            self._members[member.key] = member
        self._agenda.enter(member, now + _UNSTARTED)

    def appoint(self, member: M, when: float | None, over: bool) -> None:
        """Note when a session wants to be woken, and strike it off when it is over."""
        with self._lock:
            if not over:
                self._members.setdefault(member.key, member)  # a replay has begun (S24)
            elif self._members.get(member.key) is member:
                del self._members[member.key]
        if when is not None:
            self._agenda.enter(member, when)
        elif over:
            self._agenda.strike(member)

    def find(self, key: str) -> M | None:
        """The session that began under that id and is not over."""
        with self._lock:
            return self._members.get(key)

    def all(self) -> list[M]:
        """Those that are not over."""
        with self._lock:
            return list(self._members.values())

    def take(self, now: float) -> M | None:
        """Take out one session that is due."""
        return self._agenda.take(now)

    def next_due(self) -> float | None:
        """When the next session may be due."""
        return self._agenda.next_due()
