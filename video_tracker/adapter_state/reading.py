"""Reads what was written down of an adapter into a new one; nothing in it is trusted."""

import collections
import enum
import inspect
import math
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final

from video_tracker.adapter_state.kinds import fields_of, is_json
from video_tracker.adapter_state.refusing import MOST, damaged, spent
from video_tracker.adapter_state.shape import Part, Player, Shape, Slot, made, shape_of
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
    shape = shape_of(player)
    if version != shape.version:
        raise SnapshotError(f"unknown snapshot version {version!r:.80}; known: {shape.version}")
    try:
        _Reader(adapter, shape).put(state)
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

    def __init__(self, adapter: Adapter, shape: Shape) -> None:
        self._adapter = adapter
        self._shape = shape
        self._parts: list[Any] = []
        """The adapter's own part for each of the shape's."""
        self._held: list[tuple[Any, ...]] = []
        """What each of them consists of as long as nothing is put into it."""
        self._known: dict[str, Any] = {"": adapter}
        """The object at each place where one was read."""
        self._given: set[str] = set()
        """The paths of what was told."""
        self._classes: Mapping[str, type[Any]] = {}
        self._left = MOST
        self._find(shape.root, adapter)

    def _find(self, part: Part, value: Any) -> None:
        for name in part.made_when_needed:
            getattr(value, name)
        held = part.held(value) or ()
        if len(held) != len(part.names):
            raise SnapshotError(f"no two new adapters are alike in {part.path}")
        self._parts.append(value)
        self._held.append(held)
        for index, inner in part.inner:
            self._find(inner, held[index])

    def put(self, state: list[Any]) -> None:
        """Give the adapter what it remembered, as :meth:`_Writer.state` has it."""
        turned, numbers, values = state[:1], state[1::2], state[2::2]
        if len(turned) != 1 or len(numbers) != len(values):
            raise damaged("state", state)
        for slot in self._numbered(turned[0]):
            if type(slot.value) is not bool:
                raise damaged("state", turned)
            self._give(slot, not slot.value)
        for slot, told in zip(self._numbered(numbers), values, strict=True):
            self._classes = slot.classes
            value = self._value(told, slot.place)
            self._give(slot, value)
            self._known[slot.place] = value
        for slot in self._shape.made_when_needed:
            if not any(path.startswith(slot.path) for path in self._given):
                setattr(self._parts[slot.owner.number], slot.name, None)

    def _give(self, slot: Slot, value: object) -> None:
        if not slot.takes(value):
            raise damaged(slot.path, value)
        setattr(self._parts[slot.owner.number], slot.name, value)
        self._given.add(slot.path)

    def _numbered(self, numbers: Any) -> list[Slot]:
        """What has these numbers, which are to be in their order."""
        slots = self._shape.slots
        sound = isinstance(numbers, list) and {*map(type, numbers)} <= {int}
        if not sound or numbers != sorted({*numbers}):
            raise damaged("state", numbers)
        if numbers and not 0 <= numbers[0] <= numbers[-1] < len(slots):
            raise damaged("state", numbers)
        return [slots[number] for number in numbers]

    def _value(self, told: Any, place: str) -> Any:
        """A value from its JSON form."""
        return told if self._is_plain(told) else self._made(told, place)

    def _is_plain(self, told: Any) -> bool:
        """Take room for a value; whether it is its own form and needs no place."""
        self._left = spent(self._left, told)
        return told is None or type(told) is bool or is_json(told)

    def _made(self, told: Any, place: str) -> Any:
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
        if told in self._known:
            return self._known[told]
        slot = self._shape.at_place[told]  # as it is in a new adapter
        return self._held[slot.owner.number][slot.index]

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
        plain, made = self._is_plain, self._made
        return [
            each if plain(each) else made(each, f"{place}.{at}") for at, each in enumerate(told)
        ]

    def _pairs(self, told: Iterable[Any], place: str) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for at, (written, each) in enumerate(told):
            key = self._value(written, f"{place}:{at}")
            made[key] = each if self._is_plain(each) else self._made(each, f"{place}.{key}")
        return made

    def _object(self, kind: Any, told: Any, place: str) -> Any:
        if issubclass(kind, enum.Enum):
            return kind[told]
        fields = fields_of(kind)
        values = {alias: self._value(each, f"{place}.{alias}") for alias, each in told.items()}
        for alias, value in values.items():
            if not fields[alias].takes(value):
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
