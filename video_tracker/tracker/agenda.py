"""When which session wants to be woken: one heap for all of them, so that none is scanned for.

A session's wish changes with nearly every callback, mostly to a later time. Later wishes are not
entered at once: the entry in the heap is a time not after the wish, and whoever takes it out asks
the session again. So a session has one valid entry, and a callback seldom touches the heap.
"""

import heapq
import itertools
import math
import threading
from typing import Final, Generic, Protocol, TypeVar

__all__ = ["NEVER", "Agenda", "Sleeper"]

NEVER: Final = math.inf


class Sleeper(Protocol):
    """What can be entered: it carries the time of its valid entry, which only the agenda sets."""

    due: float


S = TypeVar("S", bound=Sleeper)


class Agenda(Generic[S]):
    """A priority queue of sleepers by time (Unix seconds); safe for threads.

    It holds its sleepers strongly, so that who waits for a time is kept alive until then.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heap: list[tuple[float, int, S]] = []
        self._number = itertools.count()
        self._stale = 0

    def __len__(self) -> int:
        """The number of entries, stale ones included."""
        return len(self._heap)

    def enter(self, sleeper: S, when: float) -> None:
        """See to it that ``sleeper`` is taken out at ``when`` or before; NaN is never."""
        with self._lock:
            if not when < sleeper.due:
                return
            if sleeper.due < NEVER:
                self._stale += 1
            sleeper.due = when
            heapq.heappush(self._heap, (when, next(self._number), sleeper))
            self._tidy()

    def strike(self, sleeper: S) -> None:
        """Take ``sleeper`` out for good; nothing happens when it is not there."""
        with self._lock:
            if sleeper.due < NEVER:
                sleeper.due = NEVER
                self._stale += 1
                self._tidy()

    def take(self, now: float) -> S | None:
        """Take out one sleeper whose time is ``now`` or before; None when there is none."""
        with self._lock:
            self._drop_stale()
            if not self._heap or not self._heap[0][0] <= now:
                return None
            sleeper = heapq.heappop(self._heap)[2]
            sleeper.due = NEVER
            return sleeper

    def next_due(self) -> float | None:
        """The earliest time anyone may want to be woken; None when nobody does."""
        with self._lock:
            self._drop_stale()
            return self._heap[0][0] if self._heap else None

    def _drop_stale(self) -> None:
        heap = self._heap
        while heap and heap[0][0] != heap[0][2].due:
            heapq.heappop(heap)
            self._stale -= 1

    def _tidy(self) -> None:
        # Nobody may ever ask for the time, so what is stale must not pile up until someone does.
        if self._stale > 64 and self._stale * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[0] == entry[2].due]
            heapq.heapify(self._heap)
            self._stale = 0
