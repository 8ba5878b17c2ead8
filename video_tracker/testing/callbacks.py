"""Callbacks as a player, or a bug, could fire them: made from an adapter's own table and words.

Needs nothing but the standard library, so that whoever writes an adapter can check it at once.
The same seed gives the same callbacks.
"""

import math
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any, ClassVar, Final

from video_tracker.players.base import Adapter, Callback

__all__ = ["START", "Courses", "Listening"]

START: Final = 1_790_000_000.0
"""When every course begins, in Unix seconds."""

_STRANGE: Final[tuple[Any, ...]] = (
    *(math.nan, math.inf, -math.inf, -0.0, -1, -1.0, 0, 1e-300, 1e300, 10**400, -(10**30), 2**63),
    *(-9223372036854775807, 2**31 - 1, 0.1 + 0.2, True, False, None, "", "x", "NaN", "Infinity"),
    *("-1", "12.5", "x" * 500, "\ud800", "\u0000", "ü", b"x", object, ()),
    *([], [None], [[]], [{}], {}, {"": None}, {"id": {"id": []}}, {1, 2}),
)
_PLAIN: Final[tuple[Any, ...]] = (
    *(0, 0.0, 0.25, 1, 1.5, 2, 4, 5.0, 9.9, 10, 15, 30.0, 59.5, 60.0, 100, 1000, 5000, 15000),
    *(60000, 600000, 1_500_000, -1, True, True, False, False, None, "a", "b", "ad-1", "film"),
)
_CLOCK_KEYS: Final = ("currentTime", "duration", "paused", "ended", "seeking", "playbackRate")
_LONGEST_WORD: Final = 40
_MOST_WORDS: Final = 600
_STEPS: Final = (0.0, 0.001, 0.02, 0.25, 0.25, 0.25, 1.0, 4.0, 400.0)
_COURSE: Final = 60
"""Callbacks of one course."""


class Listening(dict[str, Any]):
    """A payload that tells for which of its keys it is asked, nested ones too.

    Args:
        values: What it holds.
        asked: Told of each key that is asked for, after those that lead to it.
        path: The keys that lead to it.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        asked: Callable[[tuple[str, ...]], object],
        path: tuple[str, ...] = (),
    ) -> None:
        super().__init__(values)
        self._asked, self._path = asked, path

    def _told(self, key: Any, value: Any) -> Any:
        if not isinstance(key, str):
            return value
        path = (*self._path, key)
        self._asked(path)
        inner = isinstance(value, Mapping) and not isinstance(value, Listening)
        return Listening(value, self._asked, path) if inner else value

    def get(self, key: Any, default: Any = None) -> Any:
        """As of a dict."""
        return self._told(key, super().get(key, default))

    def __getitem__(self, key: Any) -> Any:
        return self._told(key, super().__getitem__(key))

    def __contains__(self, key: object) -> bool:
        self._told(key, None)
        return super().__contains__(key)


class Courses:
    """Makes courses of callbacks for one adapter class.

    Args:
        adapter: The class; its table says which callbacks there are.
        seed: Another seed, other courses.
    """

    STRANGE: ClassVar[tuple[Any, ...]] = _STRANGE
    """Values that no player should say."""

    def __init__(self, adapter: type[Adapter], seed: int) -> None:
        self._adapter = adapter
        self._seed = seed
        self._events = list(adapter.vocabulary)
        self._keys = {*_CLOCK_KEYS, "volume", "muted", "readyState", "id"}
        self._words = sorted(_words_of(adapter))[:_MOST_WORDS]
        self._own_words = sorted(_own_words_of(adapter))
        self._learn()

    @property
    def keys(self) -> list[str]:
        """The keys that the adapter asks its callbacks for."""
        return sorted(self._keys)

    @property
    def plain_values(self) -> tuple[Any, ...]:
        """Values that a player could say: numbers, and the words that the adapter knows."""
        return (*_PLAIN, *self._own_words)

    def bare(self) -> Iterator[tuple[Callback, ...]]:
        """Each callback of the table alone, without state and payload."""
        for player, event in self._events:
            yield (Callback(START, player, event),)

    def strange(self, rounds: int) -> Iterator[tuple[Callback, ...]]:
        """Callbacks in any order with any values in them, each round another course."""
        for number in range(rounds):
            chance = random.Random(f"strange {self._seed} {number}")  # noqa: S311 - no secret
            yield tuple(self._course(chance, strangeness=chance.choice((0.1, 0.4, 0.9))))

    def likely(self, rounds: int) -> Iterator[tuple[Callback, ...]]:
        """Callbacks in any order with values that a player could say."""
        for number in range(rounds):
            chance = random.Random(f"likely {self._seed} {number}")  # noqa: S311 - no secret
            yield tuple(self._course(chance, strangeness=0.0))

    # -- one course ------------------------------------------------------------------------------

    def _course(self, chance: random.Random, strangeness: float) -> Iterator[Callback]:
        at, position = START, 0.0
        events = chance.sample(self._events, min(len(self._events), chance.randint(2, 12)))
        state: dict[str, Any] = {"duration": 60.0, "paused": False, "playbackRate": 1}
        for _ in range(_COURSE):
            step = chance.choice(_STEPS if strangeness else _STEPS[:-2])
            at += step
            position = max(0.0, position + chance.choice((step, step, step, 0.0, -5.0, 10.0)))
            state["currentTime"] = position
            for key in self._some_keys(chance, 2):
                state[key] = self._value(chance, strangeness, depth=0)
            detail = {
                key: self._value(chance, strangeness, depth=0) for key in self._some_keys(chance, 8)
            }
            player, event = chance.choice(events if chance.random() < 0.8 else self._events)
            element = "ad" if player == "html5" and chance.random() < 0.2 else None
            told = {} if chance.random() < 0.1 else dict(state)
            yield Callback(at, player, event, told, detail, element)

    def _some_keys(self, chance: random.Random, most: int) -> list[str]:
        return chance.choices(sorted(self._keys), k=chance.randint(0, most))

    def _value(self, chance: random.Random, strangeness: float, depth: int) -> Any:
        if chance.random() < strangeness:
            return chance.choice(_STRANGE)
        kind = chance.random()
        if kind < 0.3 and depth < 3:
            keys = self._some_keys(chance, 5)
            inner: Any = {key: self._value(chance, strangeness, depth + 1) for key in keys}
            return [inner] if kind < 0.08 else inner
        if kind < 0.6 and self._words:
            near = self._own_words if chance.random() < 0.5 else self._words
            return chance.choice(near or self._words)
        return chance.choice(_PLAIN)

    # -- what the adapter looks for --------------------------------------------------------------

    def _learn(self) -> None:
        """Find the keys that the adapter asks its callbacks for, nested ones too."""
        for turn in range(6):
            payload = self._payload(turn)
            adapter = self._adapter()
            for number, (player, event) in enumerate(self._events):
                said = Callback(START + number, player, event, payload, payload)
                try:
                    adapter.translate(said)
                except Exception:  # noqa: BLE001 - the checks find it again and tell it
                    adapter = self._adapter()

    def _ask(self, path: tuple[str, ...]) -> None:
        if len(path[-1]) <= _LONGEST_WORD:
            self._keys.add(path[-1])

    def _payload(self, turn: int) -> Listening:
        """Nothing, then objects in it, then objects in those, numbers, texts and lists."""
        keys = sorted(self._keys)
        leaf = Listening({}, self._ask)
        inner = Listening(dict.fromkeys(keys, leaf), self._ask)
        value = (None, leaf, inner, 5.0, "a", [inner])[turn]
        return Listening({} if turn == 0 else dict.fromkeys(keys, value), self._ask)


def _words_of(adapter: type[Adapter]) -> set[str]:
    """The texts that the adapter's modules compare with: names of states, reasons, kinds."""
    found: set[str] = set()
    for module in _modules(adapter):
        for value in vars(module).values():
            _collect(value, module.__name__, found)
    return found


def _own_words_of(adapter: type[Adapter]) -> set[str]:
    found: set[str] = set()
    for kind in adapter.__mro__:
        if issubclass(kind, Adapter) and kind is not Adapter:
            _collect(kind, kind.__module__, found)
    return found


def _modules(adapter: type[Adapter]) -> list[ModuleType]:
    """The modules of its classes and, beside those, the ones that they take things from."""
    none = {Adapter.__module__, "abc", "builtins"}
    own = {kind.__module__ for kind in adapter.__mro__} - none
    package = adapter.__module__.rpartition(".")[0]
    found = [sys.modules[name] for name in sorted(own) if name in sys.modules]
    homes = {
        getattr(value, "__module__", None) for module in found for value in vars(module).values()
    }
    near = {home for home in homes if isinstance(home, str) and package and _in(home, package)}
    return found + [sys.modules[name] for name in sorted(near - own - none) if name in sys.modules]


def _in(module: str, package: str) -> bool:
    return module.startswith(f"{package}.")


def _collect(value: Any, module: str, found: set[str]) -> None:
    if isinstance(value, str):
        if 0 < len(value) <= _LONGEST_WORD and "\n" not in value:
            found.add(value)
    elif isinstance(value, type):
        if value.__module__ == module:
            for member in list(vars(value).values()):
                _collect(member, module, found)
    else:
        for inner in _within(value, module):
            _collect(inner, module, found)


def _within(value: Any, module: str) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    if isinstance(value, tuple | list | set | frozenset):
        return value
    if isinstance(value, CodeType):
        return value.co_consts
    if isinstance(value, FunctionType):
        return (value.__code__,) if value.__module__ == module else ()
    if isinstance(value, staticmethod | classmethod):
        return (value.__func__,)
    return (value.fget,) if isinstance(value, property) else ()
