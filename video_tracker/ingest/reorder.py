"""Puts back in order what a network shuffled, repeated and delayed (S68). Pure and bounded.

An item with a sequence number is given on as soon as all numbers before it have been; when one is
missing, those behind it wait for it, ``limit_seconds`` at most, and then the stream goes on without
it (a gap). An item without a number has only its time to go by: it waits ``limit_seconds`` and is
then given on in order of time. So whatever comes within the window comes out in one order.
"""

import functools
import heapq
import math
import operator
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Generic, TypeVar

import attrs

from video_tracker.errors import PolicyError

__all__ = ["Ordered", "ReorderWindow"]

T = TypeVar("T")

_NOTHING: Final[Any] = ()
_NONE: Final[dict[Any, Any]] = {}
_NEVER: Final = -math.inf
_MOST_GAPS: Final = 64
"""Gaps that are remembered, to tell what comes too late from what came twice."""


@attrs.frozen
class Ordered(Generic[T]):
    """An item whose turn has come.

    Args:
        item: The item.
        at: Its time by the client's clock.
        received_at: When it came.
        late: Whether it came after its turn had passed: it is older than what was given on.
    """

    item: T
    at: float
    received_at: float
    late: bool = False


@attrs.define
class _Held(Generic[T]):
    at: float
    sequence: int | None
    item: T
    received_at: float
    weight: int
    tie: int

    def __lt__(self, other: "_Held[T]") -> bool:
        return (self.at, self.tie) < (other.at, other.tie)

    @property
    def name(self) -> tuple[float, int]:
        """What an item without a number is known by."""
        return self.at, self.tie


@attrs.define
class WindowCount:
    """What a window did. ``received == released + late + duplicates + refused + pending``.

    Attributes:
        received: Items that were pushed.
        released: Items given on in their turn.
        late: Items that came after their turn.
        duplicates: Items that had come before; dropped.
        refused: Items whose number lies absurdly far ahead; dropped.
        gaps: Runs of numbers that were given up.
        missing: Numbers that were given up and have not come late.
        hurried: How often the window was full and went on without waiting any longer.
    """

    received: int = 0
    released: int = 0
    late: int = 0
    duplicates: int = 0
    refused: int = 0
    gaps: int = 0
    missing: int = 0
    hurried: int = 0


class ReorderWindow(Generic[T]):
    """A bounded window over one client's stream.

    The client's numbers count by one. Its memory is bounded by its limits, whatever comes.

    Args:
        limit_seconds: How long an item may be held, from when it came.
        limit_items: How many may be held; when there are more, the stream goes on without what is
            missing.
        limit_weight: The weight of all that may be held (bytes, if that is what is pushed).
        first: The first number; None: whatever is the lowest when the window opens for the first
            time, which is ``limit_seconds`` after the first item came.
        limit_jump: How far ahead a number may lie once the stream has begun.

    Attributes:
        count: What was done so far.

    Raises:
        PolicyError: A limit is impossible.
    """

    __slots__ = (
        "_begun",
        "_gaps",
        "_limit_items",
        "_limit_jump",
        "_limit_weight",
        "_newest_timed",
        "_next",
        "_now",
        "_numbered",
        "_numbers",
        "_past_names",
        "_timed",
        "_timed_names",
        "_waiting",
        "_weight",
        "count",
        "limit_seconds",
    )

    def __init__(
        self,
        limit_seconds: float = 10.0,
        limit_items: int = 500,
        *,
        limit_weight: int = 1_000_000,
        first: int | None = 0,
        limit_jump: int = 1_000_000,
    ) -> None:
        _check(limit_seconds, limit_items, limit_weight, limit_jump)
        self.limit_seconds: Final = float(limit_seconds)
        self.count = WindowCount()
        self._limit_items = limit_items
        self._limit_weight = limit_weight
        self._limit_jump = limit_jump
        self._next = first
        self._begun = False
        self._weight = 0
        self._now = self._newest_timed = _NEVER
        self._numbered: dict[int, _Held[T]]
        self._numbers: list[int]  # a heap of the keys of _numbered
        self._timed: list[_Held[T]]  # a heap
        self._timed_names: set[tuple[float, int]]
        self._past_names: deque[tuple[float, int]]
        self._waiting: deque[_Held[T]]  # in order of receipt; may hold some that went
        self._gaps: list[tuple[int, int]]  # from, to; ascending, both inclusive
        self._hold_nothing()

    def _hold_nothing(self) -> None:
        # Most viewers' windows never hold anything, so that the room for it would be for nothing.
        self._numbered = _NONE
        self._numbers = self._timed = self._timed_names = _NOTHING
        self._past_names = self._waiting = self._gaps = _NOTHING

    def _make_room(self) -> None:
        self._numbered, self._numbers, self._gaps = {}, [], []
        self._timed, self._timed_names = [], set()
        self._past_names, self._waiting = deque(maxlen=self._limit_items), deque()

    @property
    def pending(self) -> int:
        """How many items are held."""
        return len(self._numbered) + len(self._timed)

    def earliest(self) -> float | None:
        """The lowest time of the items held; None when there is none."""
        held = [each.at for each in self._numbered.values()]
        if self._timed:
            held.append(self._timed[0].at)
        return min(held, default=None)

    def wake_at(self) -> float | None:
        """When :meth:`release` next has something to give; None while nothing is held."""
        self._forget_gone()
        return self._waiting[0].received_at + self.limit_seconds if self._waiting else None

    def push(
        self,
        sequence: int | None,
        at: float,
        item: T,
        received_at: float,
        *,
        weight: int = 1,
        tie: int = 0,
    ) -> list[Ordered[T]]:
        """Take an item.

        Args:
            sequence: Its number; None when it has none.
            at: Its time; orders items without numbers, and chooses between two of one number that
                wait together (the earlier stays).
            item: The item.
            received_at: When it came; one that steps back is taken for the newest.
            weight: What it adds to the weight held.
            tie: Of an item without a number: what tells it from another of the same time, and
                which of them goes first. Take a checksum of the item.

        Returns:
            The items whose turn has come, in order.
        """
        given = self.release(received_at)
        if self._waiting is _NOTHING:
            self._make_room()
        self.count.received += 1
        held = _Held(at, sequence, item, self._now, weight, tie)
        if sequence is None:
            given += self._take_timed(held)
        else:
            given += self._take_numbered(held, sequence)
        while self.pending > self._limit_items or self._weight > self._limit_weight:
            self.count.hurried += 1
            given += self._open(self._oldest())
        self._forget_gone()
        return given

    def passes(self, sequence: int, received_at: float) -> bool:
        """Whether an item of that number goes on at once: it is the next, and nothing is held.

        It then counts as pushed and given.
        """
        if sequence != self._next or self._waiting or received_at < self._now:
            return False
        count = self.count
        count.received += 1
        count.released += 1
        self._now, self._next, self._begun = received_at, sequence + 1, True
        return True

    def release(self, now: float) -> list[Ordered[T]]:
        """Go on without what has been waited for long enough.

        Args:
            now: The time by the clock of ``received_at``.

        Returns:
            The items whose turn has come, in order.
        """
        self._now = max(self._now, now)
        given: list[Ordered[T]] = []
        while (due := self.wake_at()) is not None and due <= self._now:
            given += self._open(self._waiting[0])
        return given

    def flush(self) -> list[Ordered[T]]:
        """Everything that is held, in order: nothing more is waited for."""
        given: list[Ordered[T]] = []
        while self.pending:
            given += self._open(self._oldest())
        return given

    # -- as plain values -------------------------------------------------------------------------

    def written(self, write: Callable[[T], Any]) -> list[Any]:
        """What it remembers, as plain values; its limits are no part of it.

        Args:
            write: Makes a plain value of an item.
        """
        count = self.count
        made: list[Any] = [self._next, self._begun, self._now, _counts_of(count)]
        if self._waiting is not _NOTHING:
            held = [
                [*_HELD(each), write(each.item)] for each in self._waiting if self._is_held(each)
            ]
            made += [held, self._newest_timed, self._gaps, [*self._past_names]]
        return made

    def read(self, told: Sequence[Any], read: Callable[[Any], T]) -> None:
        """Go on where the one stopped that was written; the limits are this one's.

        Args:
            told: What :meth:`written` gave.
            read: Makes an item of its plain value.

        Raises:
            TypeError, ValueError: It is nothing of the kind.
        """
        following, begun, now, counts, *rest = told
        self._next, self._begun, self._now = _whole(following), bool(begun), float(now)
        self.count = WindowCount(*map(_sure, counts))
        if not rest:
            return
        held, newest, gaps, past = rest
        self._make_room()
        self._newest_timed = float(newest)
        self._gaps = [(_sure(low), _sure(high)) for low, high in gaps]
        self._past_names += [(float(at), _sure(tie)) for at, tie in past]
        for at, sequence, received_at, weight, tie, item in held:
            each = _Held(
                float(at),
                _whole(sequence),
                read(item),
                float(received_at),
                _sure(weight),
                _sure(tie),
            )
            self._weight += each.weight
            self._waiting.append(each)
            if each.sequence is None:
                self._timed_names.add(each.name)
                heapq.heappush(self._timed, each)
            else:
                self._numbered[each.sequence] = each
                heapq.heappush(self._numbers, each.sequence)
        self._forget_gone()

    # -- items with numbers ----------------------------------------------------------------------

    def _take_numbered(self, held: _Held[T], sequence: int) -> list[Ordered[T]]:
        before = self._numbered.get(sequence)
        if before is not None:
            self.count.duplicates += 1
            if held.at < before.at:
                self._weight += held.weight - before.weight
                before.at, before.item, before.weight = held.at, held.item, held.weight
            return []
        if self._next is not None and sequence < self._next:
            return self._take_past(held, sequence)
        if self._is_far(sequence):
            self.count.refused += 1
            return []
        self._numbered[sequence] = held
        heapq.heappush(self._numbers, sequence)
        self._weight += held.weight
        if sequence == self._next:
            return list(self._run())
        self._wait(held)
        return []

    def _is_far(self, sequence: int) -> bool:
        return self._begun and sequence - (self._next or 0) > self._limit_jump

    def _take_past(self, held: _Held[T], sequence: int) -> list[Ordered[T]]:
        for place, (low, high) in enumerate(self._gaps):
            if low <= sequence <= high:
                halves = [(low, sequence - 1), (sequence + 1, high)]
                self._gaps[place : place + 1] = [half for half in halves if half[0] <= half[1]]
                del self._gaps[:-_MOST_GAPS]
                self.count.missing -= 1
                self.count.late += 1
                return [Ordered(held.item, held.at, held.received_at, late=True)]
        self.count.duplicates += 1
        return []

    def _run(self) -> Iterator[Ordered[T]]:
        """The items from the next number on, as far as there is no hole."""
        while self._next is not None and (held := self._numbered.pop(self._next, None)) is not None:
            heapq.heappop(self._numbers)
            yield from self._timed_before(held.at)
            self._next += 1
            self._begun = True
            yield self._given(held)

    def _skip_to(self, sequence: int) -> bool:
        """Give up the numbers before ``sequence``; False: it is itself too far away."""
        if self._is_far(sequence):
            heapq.heappop(self._numbers)
            self._weight -= self._numbered.pop(sequence).weight
            self.count.refused += 1
            return False
        if self._next is not None and sequence > self._next:
            self.count.gaps += 1
            self.count.missing += sequence - self._next
            self._gaps.append((self._next, sequence - 1))
            del self._gaps[:-_MOST_GAPS]
        self._next = sequence
        return True

    # -- items without numbers -------------------------------------------------------------------

    def _take_timed(self, held: _Held[T]) -> list[Ordered[T]]:
        if held.name in self._timed_names or held.name in self._past_names:
            self.count.duplicates += 1
            return []
        if held.at < self._newest_timed:
            self._past_names.append(held.name)
            self.count.late += 1
            return [Ordered(held.item, held.at, held.received_at, late=True)]
        self._timed_names.add(held.name)
        heapq.heappush(self._timed, held)
        self._weight += held.weight
        self._wait(held)
        return []

    def _timed_before(self, at: float) -> Iterator[Ordered[T]]:
        """Items without numbers among those that have some: by their time, as well as it goes."""
        while self._timed and self._timed[0].at <= at:
            yield self._next_timed()

    def _next_timed(self) -> Ordered[T]:
        held = heapq.heappop(self._timed)
        self._timed_names.discard(held.name)
        self._past_names.append(held.name)
        self._newest_timed = held.at
        return self._given(held)

    # -- waiting ---------------------------------------------------------------------------------

    def _given(self, held: _Held[T]) -> Ordered[T]:
        self._weight -= held.weight
        self.count.released += 1
        return Ordered(held.item, held.at, held.received_at)

    def _wait(self, held: _Held[T]) -> None:
        self._waiting.append(held)
        if len(self._waiting) > 2 * self.pending + 16:
            self._waiting = deque(each for each in self._waiting if self._is_held(each))

    def _is_held(self, held: _Held[T]) -> bool:
        if held.sequence is not None:
            return self._numbered.get(held.sequence) is held
        return held.name in self._timed_names

    def _forget_gone(self) -> None:
        while self._waiting and not self._is_held(self._waiting[0]):
            self._waiting.popleft()
        if not (self._waiting or self._gaps or self._past_names):
            self._hold_nothing()

    def _oldest(self) -> _Held[T]:
        """The first in order of what is held."""
        return self._numbered[self._numbers[0]] if self._numbers else self._timed[0]

    def _open(self, held: _Held[T]) -> list[Ordered[T]]:
        """Give on everything up to an item that has waited long enough."""
        given: list[Ordered[T]] = []
        if held.sequence is None:
            while self._timed and not self._timed[0] > held:
                given.append(self._next_timed())
            return given
        while self._numbers and self._numbers[0] <= held.sequence:
            if self._skip_to(self._numbers[0]):
                given += self._run()
        return given


_HELD: Final = operator.attrgetter("at", "sequence", "received_at", "weight", "tie")
_counts_of: Final = operator.attrgetter(*(field.name for field in attrs.fields(WindowCount)))


def _whole(value: Any) -> int | None:
    return None if value is None else _sure(value)


def _sure(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(value)
    return value


@functools.lru_cache(maxsize=64, typed=True)
def _check(seconds: Any, items: Any, weight: Any, jump: Any) -> None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        raise PolicyError(f"limit_seconds must be seconds, zero or more, not {seconds!r}")
    counts = {"limit_items": items, "limit_weight": weight, "limit_jump": jump}
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise PolicyError(f"{name} must be an integer, 1 or more, not {value!r}")
