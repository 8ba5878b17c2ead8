"""Reads what was written down of an adapter into a new one; nothing in it is trusted."""

import collections
import enum
import inspect
import math
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final

from video_tracker.adapter_state.kinds import classes_in, declared, fields_of, fits, is_json
from video_tracker.adapter_state.refusing import MOST, damaged, spent
from video_tracker.adapter_state.shape import Player, Slot, made, slots_of, version_of
from video_tracker.errors import SnapshotError, UnknownPlayerError
from video_tracker.players.base import Adapter
from video_tracker.players.registry import find_adapter

__all__ = ["restore_adapter"]

_NOT_FINITE: Final = {str(number): number for number in (math.inf, -math.inf, math.nan)}
_DAMAGE: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a value of a wrong kind raises where it is read."""


def restore_adapter(value: Mapping[str, Any], player: Player | None = None) -> Adapter:
    """A new adapter that goes on where the one stopped that was written down.

    Args:
        value: What :func:`adapter_snapshot` returned, possibly by way of JSON. It is not trusted:
            nothing in it is run, and it can only make values that the adapter declares.
        player: Makes a new adapter of that player: a class that no registry knows, or a function
            that gives the arguments again. None is the registered class of that name.

    Returns:
        The adapter; who is told of callbacks (``on_astray``, ``on_ignored``) is to be set again.

    Raises:
        SnapshotError: An unknown player, the version of other code, or a damaged value; the
            message says which.
    """
    name, version, state = _head(value)
    try:
        player = find_adapter(name) if player is None else player
    except UnknownPlayerError as error:
        raise SnapshotError(f"the snapshot is of an unknown player: {error}") from error
    adapter = made(player)
    if adapter.name != name:
        raise SnapshotError(f"the snapshot is of the player {name!r:.80}, not {adapter.name!r}")
    slots = list(slots_of(adapter, made(player)))
    if version != (known := version_of(slots)):
        raise SnapshotError(f"unknown snapshot version {version!r:.80}; known: {known}")
    try:
        _Reader(adapter, slots).put(state)
    except RecursionError as error:
        raise SnapshotError("the snapshot is damaged: it is nested too deeply") from error
    return adapter


def _head(value: Mapping[str, Any]) -> tuple[str, int, list[Any]]:
    """The parts of a snapshot that has all of them."""
    if not isinstance(value, Mapping):
        raise SnapshotError(f"a snapshot is a mapping, not {type(value).__name__}")
    for name, kind in (("player", str), ("version", int), ("state", list)):
        if type(value.get(name)) is not kind:
            raise damaged(name, value.get(name))
    return value["player"], value["version"], value["state"]


class _Reader:
    """Puts what was written into a new adapter."""

    def __init__(self, adapter: Adapter, slots: list[Slot]) -> None:
        self._adapter = adapter
        self._slots = slots
        self._known: dict[str, Any] = {"": adapter}
        self._known |= {str(number): slot.value for number, slot in enumerate(slots)}
        """The object at each place."""
        self._given: set[str] = set()
        """The paths of what was told."""
        self._classes: Mapping[str, type[Any]] = {}
        self._left = MOST

    def put(self, state: list[Any]) -> None:
        """Give the adapter what it remembered, as :meth:`_Writer.state` has it."""
        turned, numbers, values = state[:1], state[1::2], state[2::2]
        if len(turned) != 1 or len(numbers) != len(values):
            raise damaged("state", state)
        for slot in self._numbered(turned[0]):
            if type(slot.value) is not bool:
                raise damaged("state", turned)
            self._give(slot, not slot.value)
        for slot, number, told in zip(self._numbered(numbers), numbers, values, strict=True):
            self._classes = classes_in(slot.kind)
            value = self._value(told, str(number))
            self._give(slot, value)
            self._known[str(number)] = value
        for slot in self._slots:
            needed = any(path.startswith(slot.path) for path in self._given)
            if slot.is_made_when_needed and not needed:
                setattr(slot.owner, slot.name, None)

    def _give(self, slot: Slot, value: object) -> None:
        if not slot.takes(value):
            raise damaged(slot.path, value)
        setattr(slot.owner, slot.name, value)
        self._given.add(slot.path)

    def _numbered(self, numbers: Any) -> list[Slot]:
        """What has these numbers, which are to be in their order."""
        sound = isinstance(numbers, list) and all(type(number) is int for number in numbers)
        if not sound or numbers != sorted({*numbers} & {*range(len(self._slots))}):
            raise damaged("state", numbers)
        return [self._slots[number] for number in numbers]

    def _value(self, told: Any, place: str) -> Any:
        """A value from its JSON form."""
        self._left = spent(self._left, told)
        if told is None or type(told) is bool or is_json(told):
            return told
        made: Any
        if type(told) is str:
            made = told
        elif isinstance(told, list):
            made = tuple(self._items(told, place))
        elif not isinstance(told, Mapping):
            raise damaged(place, told)
        elif len(told) == 1 and str(key := next(iter(told))).startswith("$"):
            made = self._tagged(key[1:], told[key], place)
        else:
            made = self._pairs(told.items(), place)
        self._known[place] = made
        return made

    def _tagged(self, tag: str, told: Any, place: str) -> Any:
        """A value that stands under the name of its kind."""
        reader = self._READERS.get(tag)
        try:
            if reader is None:
                return self._object(self._classes[tag], told, place)
            return reader(self, told, place)
        except _DAMAGE as error:
            raise error if isinstance(error, SnapshotError) else damaged(place, told) from error

    def _same(self, told: str, _: str) -> Any:
        return self._known[told]

    def _float(self, told: str, _: str) -> float:
        return _NOT_FINITE[told]

    def _method(self, told: str, _: str) -> types.MethodType:
        function = inspect.getattr_static(type(self._adapter), told)
        if not isinstance(function, types.FunctionType):
            raise TypeError(told)
        return types.MethodType(function, self._adapter)

    def _deque(self, told: Any, place: str) -> collections.deque[Any]:
        listed, most = told
        return collections.deque(self._items(listed, place), most)

    def _set(self, told: Any, place: str) -> set[Any]:
        return set(self._items(told, place))

    def _frozenset(self, told: Any, place: str) -> frozenset[Any]:
        return frozenset(self._items(told, place))

    def _items(self, told: list[Any], place: str) -> list[Any]:
        if not isinstance(told, list):
            raise damaged(place, told)
        return [self._value(each, f"{place}.{at}") for at, each in enumerate(told)]

    def _pairs(self, told: Iterable[Any], place: str) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for at, (written, each) in enumerate(told):
            key = self._value(written, f"{place}:{at}")
            made[key] = self._value(each, f"{place}.{key}")
        return made

    def _object(self, kind: Any, told: Any, place: str) -> Any:
        if issubclass(kind, enum.Enum):
            return kind[told]
        fields, kinds = fields_of(kind), declared(kind)
        values = {alias: self._value(each, f"{place}.{alias}") for alias, each in told.items()}
        for alias, value in values.items():
            if not fits(value, kinds.get(fields[alias], Any)):
                raise damaged(f"{kind.__name__}.{alias}", value)
        return kind(**values)

    _READERS: ClassVar[Mapping[str, Callable[["_Reader", Any, str], Any]]] = {
        "deque": _deque,
        "dict": _pairs,
        "float": _float,
        "frozenset": _frozenset,
        "list": _items,
        "method": _method,
        "same": _same,
        "set": _set,
    }
