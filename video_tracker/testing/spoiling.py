"""How faults happen to a log: the log's words, the faults one after the other, what was done.

The faults themselves are in :mod:`video_tracker.testing.faults`, which shows all of this too.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

import attrs

from video_tracker.testing.timed import name_of_item, time_of

__all__ = [
    "Change",
    "Fault",
    "Faults",
    "SomeWords",
    "Spoilt",
    "Tell",
    "Word",
    "apply",
    "is_finite",
    "is_seconds",
    "is_share",
]

T = TypeVar("T")

_SHOWN: Final = 20
"""Changes of one fault that a report lists."""


@attrs.frozen
class Word(Generic[T]):
    """An item on its way.

    Args:
        item: The item.
        number: Its place in the log as it was, counted from 1.
        arrival: When it arrives, in seconds by a clock that is right.
    """

    item: T
    number: int
    arrival: float


@attrs.frozen
class Change:
    """One thing that a fault did.

    Args:
        fault: Which one.
        number: The item's place in the log as it was, from 1; None when it happened to many.
        text: What was done, in words.
    """

    fault: "Fault"
    number: int | None
    text: str

    def __str__(self) -> str:
        return self.text if self.number is None else f"{self.number}: {self.text}"


class Spoilt(list[T]):
    """A log after faults: a list of what arrives, in the order of arrival.

    Attributes:
        arrivals: When each item arrives: as its own time, had nothing happened to it.
        changes: What was done, in order.
        faults: By which faults.
        seed: With which seed.
    """

    def __init__(
        self, words: Sequence[Word[T]], changes: Sequence[Change], faults: "Faults", seed: int
    ) -> None:
        super().__init__(word.item for word in words)
        self.arrivals = tuple(word.arrival for word in words)
        self.changes = tuple(changes)
        self.faults = faults
        self.seed = seed

    def report(self) -> str:
        """What was done to the log, a line each, for the message of a test that fails."""
        lines = [f"{len(self)} items are left, seed {self.seed}"]
        for fault in self.faults:
            own = [str(change) for change in self.changes if change.fault is fault]
            more = [f"... and {len(own) - _SHOWN} more"] if len(own) > _SHOWN else []
            own = [*own[:_SHOWN], *more] or ["did nothing"]
            lines += [f"{fault}:", *(f"  {text}" for text in own)]
        return "\n".join(lines)


Tell = Callable[[int | None, str], None]


@attrs.frozen
class Fault:
    """One thing that may happen to a log. ``|`` puts two, or a tuple of them, one after another.

    For one of your own, write :meth:`spoil`.
    """

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Do it.

        Args:
            words: The log, in order of arrival; never empty.
            chance: All that is drawn is drawn from it.
            tell: Told of each change: the word's number or None, and what was done.

        Returns:
            What is left of it, with new arrivals; ``apply`` puts it in order of them.
        """
        raise NotImplementedError

    def __or__(self, other: "Fault | Faults") -> "Faults":
        return self, *listed(other)

    def __ror__(self, other: "Faults") -> "Faults":
        return *other, self


Faults = tuple[Fault, ...]


def listed(faults: Fault | Iterable[Fault]) -> Faults:
    return (faults,) if isinstance(faults, Fault) else tuple(faults)


def apply(faults: Fault | Iterable[Fault], items: Iterable[T], *, seed: int = 0) -> Spoilt[T]:
    """Let faults happen to a log.

    Args:
        faults: One or several, which happen one after the other.
        items: The log, in the order in which it was said; neither it nor its items are changed.
        seed: Another seed, other losses.

    Returns:
        What arrives, in order of arrival; it tells what was done.
    """
    faults = listed(faults)
    words: list[Word[T]] = []
    newest = -math.inf
    for number, item in enumerate(items, start=1):
        at = time_of(item)
        newest = newest if at is None else max(newest, at)
        words.append(Word(item, number, newest))
    if words and newest > -math.inf:  # what has no time comes with the first that has one
        first = next(word.arrival for word in words if word.arrival > -math.inf)
        words = [attrs.evolve(word, arrival=max(word.arrival, first)) for word in words]
    changes: list[Change] = []
    for turn, fault in enumerate(faults):

        def tell(number: int | None, text: str, fault: Fault = fault) -> None:
            changes.append(Change(fault, number, text))

        if words:
            chance = random.Random(f"{seed} {turn} {fault!r}")  # noqa: S311 - no secret
            words = fault.spoil(words, chance, tell)
            words.sort(key=attrgetter("arrival"))
    return Spoilt(words, changes, faults, seed)


# -- which words ---------------------------------------------------------------------------------


def is_share(_: object, attribute: "attrs.Attribute[float]", value: float) -> None:
    """Refuse what is no share from 0 to 1."""
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} must be a share from 0 to 1, not {value!r}")


def is_seconds(_: object, attribute: "attrs.Attribute[float]", value: float | None) -> None:
    """Refuse what is no length of time."""
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{attribute.name} must be seconds, zero or more, not {value!r}")


def is_finite(_: object, attribute: "attrs.Attribute[float]", value: float) -> None:
    """Refuse what is no number of seconds, forward or back."""
    if not math.isfinite(value):
        raise ValueError(f"{attribute.name} must be seconds, not {value!r}")


def is_place(_: object, __: object, value: int | None) -> None:
    """Refuse what is no place in a list."""
    if value == 0:
        raise ValueError("nth is counted from 1, from the end with -1; 0 is none")


@attrs.frozen
class SomeWords(Fault):
    """A fault that befalls some words: those of a name, of these the n-th, of these a share.

    Args:
        nth: Only the n-th (of that name), counted from 1; from the end with -1. None: any.
        name: Only those called so: a signal's name or a callback's event. None: any.
    """

    nth: int | None = attrs.field(default=None, kw_only=True, validator=is_place)
    name: str | None = attrs.field(default=None, kw_only=True)

    def picked(self, words: Sequence[Word[Any]], chance: random.Random, share: float) -> set[int]:
        """The places in ``words`` of those that it befalls."""
        named = self.name is None
        places = [
            n for n, word in enumerate(words) if named or name_of_item(word.item) == self.name
        ]
        if self.nth is not None:
            place = self.nth - 1 if self.nth > 0 else self.nth
            places = places[place : place + 1 or None]
        return {place for place in places if chance.random() < share}
