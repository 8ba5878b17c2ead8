"""Which sessions there are, and which of them is to be woken when."""

import threading
from collections.abc import Callable
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
    back. So nobody has to sign off.

    When there are too many all the same, the one that came first has to go: it is not woken and
    not found any more. An input of who holds it brings it back, in place of the next.

    Args:
        limit: How many are held at most.
        on_sooner: Told of each time that somebody wants to be woken at.

    Attributes:
        evicted: How many had to go.
    """

    def __init__(
        self, limit: int = 100_000, on_sooner: Callable[[float], object] | None = None
    ) -> None:
        self.evicted = 0
        self._limit = limit
        self._on_sooner = on_sooner
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
            oldest = self._surplus()
        self._dismiss(oldest)
        self._enter(member, now + _UNSTARTED)

    def appoint(self, member: M, when: float | None, over: bool) -> None:
        """Note when a session wants to be woken, if at all, and whether it is over."""
        if over:
            self._agenda.strike(member)
        if when is not None:
            self._enter(member, when)
        oldest: M | None = None
        with self._lock:
            if not over and member.due < NEVER:
                self._members.setdefault(member.key, member)
                oldest = self._surplus()
            elif self._members.get(member.key) is member:
                del self._members[member.key]
        self._dismiss(oldest)

    def _enter(self, member: M, when: float) -> None:
        self._agenda.enter(member, when)
        if self._on_sooner is not None:
            self._on_sooner(when)

    def _surplus(self) -> M | None:
        """Take the oldest off the list if there are too many; called under the lock."""
        if len(self._members) <= self._limit:
            return None
        self.evicted += 1
        return self._members.pop(next(iter(self._members)))

    def _dismiss(self, member: M | None) -> None:
        if member is not None:
            self._agenda.strike(member)

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
