"""When which session wants to be woken: a list for each second, so that none is scanned for.

A session's wish changes with nearly every callback, mostly to a later time. Later wishes are not
entered at once: the entry is a time not after the wish, and whoever takes it out asks the session
again. So a session has one valid entry, and a callback seldom touches the agenda. Only the seconds
that have come are sorted: what waits takes no more than its place in a list.
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
    """A calendar queue of sleepers by time (Unix seconds); safe for threads.

    It holds its sleepers strongly, so that who waits for a time is kept alive until then.

    A signal's handler may raise in the middle of any step. So what is entered twice, or for a
    second without a list, is passed over, and each step leaves rather one entry too many.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._number = itertools.count()
        self._come: list[tuple[float, int, S]] = []
        """A heap of the entries of the seconds that have come."""
        self._came = -NEVER
        """The latest of these."""
        self._lists: dict[float, list[S]] = {}
        """Who was entered for each second after it."""
        self._seconds: list[float] = []
        """A heap of these seconds."""
        self._entries = self._waiting = 0

    def __len__(self) -> int:
        """The number of entries, stale ones included."""
        return self._entries

    def enter(self, sleeper: S, when: float) -> None:
        """See to it that ``sleeper`` is taken out at ``when`` or before; NaN is never."""
        with self._lock:
            before = sleeper.due
            if not when < before:
                return
            second = when // 1.0
            if not second > self._came:
                heapq.heappush(self._come, (when, next(self._number), sleeper))
            elif second in self._lists:
                self._lists[second].append(sleeper)
            else:
                heapq.heappush(self._seconds, second)
                self._lists[second] = [sleeper]
            sleeper.due = when
            self._waiting += before == NEVER
            self._entries += 1
            self._tidy()

    def strike(self, sleeper: S) -> None:
        """Take ``sleeper`` out for good; nothing happens when it is not there."""
        with self._lock:
            if sleeper.due < NEVER:
                sleeper.due = NEVER
                self._waiting -= 1
                self._tidy()

    def take(self, now: float) -> S | None:
        """Take out one sleeper whose time is ``now`` or before; None when there is none."""
        with self._lock:
            self._drop_stale()
            while not self._come and self._seconds and self._seconds[0] <= now:
                self._let_come()
            if not self._come or not self._come[0][0] <= now:
                return None
            sleeper = self._come[0][2]
            sleeper.due = NEVER
            self._waiting -= 1
            self._pop()
            return sleeper

    def next_due(self) -> float | None:
        """The earliest time anyone may want to be woken; None when nobody does."""
        with self._lock:
            self._drop_stale()
            if self._come:
                return self._come[0][0]
            while self._seconds:
                due = min(self._valid(self._seconds[0]), key=_by_due, default=None)
                if due is not None:
                    return due.due
                self._leave_second()
            return None

    def _valid(self, second: float) -> list[S]:
        """Who was entered for a second and is still to be woken in it, each once."""
        there = dict.fromkeys(self._lists.get(second, ()))
        return [sleeper for sleeper in there if sleeper.due // 1.0 == second]

    def _let_come(self) -> None:
        """The next second has come."""
        self._came = second = self._seconds[0]
        come = [(each.due, next(self._number), each) for each in self._valid(second)]
        heapq.heapify(come)
        self._come = come
        self._entries += len(come)
        self._leave_second()

    def _leave_second(self) -> None:
        """Forget the next second and its list."""
        # The list goes first: who is entered for a second that has one is not entered on the heap.
        self._entries -= len(self._lists.pop(self._seconds[0], ()))
        heapq.heappop(self._seconds)

    def _pop(self) -> None:
        self._entries -= 1
        heapq.heappop(self._come)

    def _drop_stale(self) -> None:
        while self._come and self._come[0][0] != self._come[0][2].due:
            self._pop()

    def _tidy(self) -> None:
        # Nobody may ever ask for the time, so what is stale must not pile up until someone does.
        if self._entries > max(64 + self._waiting, 2 * self._waiting):
            come = [entry for entry in self._come if entry[0] == entry[2].due]
            heapq.heapify(come)
            valid = {second: self._valid(second) for second in self._seconds}
            lists = {second: there for second, there in valid.items() if there}
            seconds, waiting = sorted(lists), len(come) + sum(map(len, lists.values()))
            # All at once, without a call in between, in which a signal's handler could raise.
            self._come, self._lists, self._seconds = come, lists, seconds
            self._entries = self._waiting = waiting


def _by_due(sleeper: Sleeper) -> float:
    return sleeper.due
