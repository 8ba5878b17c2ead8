"""Which sessions there are and were, and which of them is to be woken when."""

import threading
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from video_tracker.errors import PlanError
from video_tracker.tracker.agenda import NEVER, Agenda, Sleeper

__all__ = ["Member", "Roster"]

_UNSTARTED: Final = 1800.0
"""Seconds for which a session that was never given any input is held."""
_MORE_IDS: Final = 10
"""How many ids are remembered for each session that is."""


class Member(Sleeper, Protocol):
    """What is on the roster: a sleeper with the id it began under."""

    key: str

    @property
    def replays(self) -> int:
        """How many sessions began after its first one (S24)."""


M = TypeVar("M", bound=Member)


class Roster(Generic[M]):
    """The sessions that still wait for something, by id, with their agenda.

    A session is on it from its beginning until it is over or has nothing left to wait for (its
    idle timeout was reported, or nothing was ever said to it for half an hour). An input brings it
    back. So nobody has to sign off.

    When there are too many all the same, the one that came first has to go: it is not woken and
    not found any more. An input of who holds it brings it back, in place of the next.

    An id is used once, for message ids are made of it (S50). So sessions that are let go of are
    remembered for a while, and longer than they their ids.

    Args:
        limit: How many are held at most.
        on_sooner: Told of each time that somebody wants to be woken at.
        memory: How many that were let go of are remembered; of ten times as many the ids are.

    Attributes:
        evicted: How many had to go.
        admitted: How many ever came.
    """

    def __init__(
        self,
        limit: int = 100_000,
        on_sooner: Callable[[float], object] | None = None,
        *,
        memory: int = 10_000,
    ) -> None:
        self.evicted = self.admitted = 0
        self._limit, self._memory = limit, memory
        self._on_sooner = on_sooner
        self._lock = threading.RLock()
        self._members: dict[str, M] = {}
        self._left: dict[str, M] = {}
        self._used: dict[str, int] = {}
        self._agenda: Agenda[M] = Agenda()

    def __len__(self) -> int:
        return len(self._members)

    def enrol(self, member: M, now: float) -> None:
        """Put a new session on the roster.

        Raises:
            PlanError: One of that id is on it, or was.
        """
        key = member.key
        if self.replays_of(key) is not None or self.admit(member, now) is not member:
            raise PlanError(f"session {key!r} is being tracked, or was: open() goes on with it")

    def admit(self, member: M, now: float) -> M:
        """Put a session on the roster, unless one of that id is known: which gives that one."""
        with self._lock:
            known = self._left.get(member.key) or self._members.setdefault(member.key, member)
            if known is not member:
                return known
            self.admitted += 1
            oldest = self._surplus()
        self._dismiss(oldest)
        self._enter(member, now + _UNSTARTED)
        return member

    def replace(self, member: M, now: float) -> None:
        """Put a session on the roster in place of any of its id."""
        self.remove(member.key)
        self.admit(member, now)

    def remove(self, key: str) -> M | None:
        """Take a session off the roster and out of memory: somebody else goes on with it."""
        with self._lock:
            member = self._members.pop(key, None) or self._left.pop(key, None)
            self._used.pop(key, None)
        if member is not None:
            self._agenda.strike(member)
        return member

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
                self._left.pop(member.key, None)
                oldest = self._surplus()
            elif self._members.get(member.key) is member:
                self._leave(self._members.pop(member.key))
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
        oldest = self._members.pop(next(iter(self._members)))
        self._leave(oldest)
        return oldest

    def _leave(self, member: M) -> None:
        """Remember one that was let go of; called under the lock."""
        self._left[member.key] = member
        if len(self._left) <= self._memory:
            return
        forgotten = self._left.pop(next(iter(self._left)))
        self._used[forgotten.key] = forgotten.replays
        if len(self._used) > self._memory * _MORE_IDS:
            del self._used[next(iter(self._used))]

    def _dismiss(self, member: M | None) -> None:
        if member is not None:
            self._agenda.strike(member)

    def find(self, key: str) -> M | None:
        """The session on the roster that began under that id."""
        return self._members.get(key)

    def recall(self, key: str) -> M | None:
        """The session that began under that id, on the roster or remembered."""
        with self._lock:
            return self._members.get(key) or self._left.get(key)

    def replays_of(self, key: str) -> int | None:
        """How many replays there were of a session of which only the id is remembered."""
        return self._used.get(key)

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
