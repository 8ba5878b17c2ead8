"""Writes down what differs between an adapter and a new one."""

import collections
import enum
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from video_tracker.adapter_state.kinds import classes_in, fields_of, is_json
from video_tracker.adapter_state.refusing import MOST, shown, spent
from video_tracker.adapter_state.shape import (
    Player,
    Slot,
    children,
    made,
    made_when_needed,
    slots_of,
    version_of,
)
from video_tracker.errors import SnapshotError
from video_tracker.players.base import Adapter

__all__ = ["adapter_snapshot"]

_SHORT: Final = 24
"""Characters of a text that is written again rather than referred to."""


def adapter_snapshot(adapter: Adapter, player: Player | None = None) -> dict[str, Any]:
    """Write down what an adapter remembers.

    What it has counted (``ignored``, ``notes``, ``understood``, ``astray``) is no part of it: a
    restored adapter counts from nothing, so that the counts of all its lives add up.

    Args:
        adapter: Any adapter, between two of its callbacks.
        player: Makes a new one with the same arguments, where its class takes some; without it
            they are written down like the rest.

    Returns:
        A JSON-able mapping with ``player`` (the adapter's name), ``version`` and ``state``.

    Raises:
        SnapshotError: It holds something that cannot be written; the message names the attribute.
    """
    player = type(adapter) if player is None else player
    fresh = made(player)
    if type(fresh) is not type(adapter):
        raise SnapshotError(f"a {type(fresh).__name__} was made for a {type(adapter).__name__}")
    slots = list(slots_of(fresh, made(player)))
    try:
        state = _Writer(adapter).state(fresh, slots)
    except RecursionError as error:
        raise SnapshotError("the adapter holds something that is nested too deeply") from error
    return {"player": adapter.name, "version": version_of(slots), "state": state}


class _Writer:
    """One walk through an adapter, beside a new one."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._twins: dict[int, object] = {}
        """The adapter's part for each of the new one's."""
        self._held: dict[int, dict[str, Any]] = {}
        """What that part consists of."""
        self._places: dict[int | str, str] = {}
        """Where each object, by its id, and each longer text was met first."""
        self._classes: Mapping[str, type[Any]] = {}
        self._left = MOST

    def state(self, fresh: Adapter, slots: Iterable[Slot]) -> list[Any]:
        """What differs from a new adapter.

        First a list of the numbers where yes and no are turned round; then each other number with
        its value after it.
        """
        self._pair(self._adapter, fresh, "", "")
        turned: list[int] = []
        out: list[Any] = [turned]
        for number, slot in enumerate(slots):
            held = self._held.get(id(slot.owner))
            if held is None:
                continue  # it has no such part any more
            value = held[slot.name]
            if type(slot.value) is bool and value is (not slot.value) and slot.takes(value):
                turned.append(number)
            else:
                out += self._difference(number, slot, value)
        return out

    def _difference(self, number: int, slot: Slot, value: object) -> list[Any]:
        if value is slot.value or self._is_twin(value, slot, str(number)):
            return []
        self._classes = classes_in(slot.kind)
        written = self._value(value, str(number), slot.path)
        if repr(written) == self._as_new(slot.value):
            return []
        if not slot.takes(value):
            raise SnapshotError(f"{slot.path} cannot be written as {slot.kind}: {shown(value)}")
        return [number, written]

    def _is_twin(self, value: object, slot: Slot, place: str) -> bool:
        """Whether an object is the same part of the adapter as the slot's of the new one."""
        new = slot.value
        if id(new) in self._twins or id(value) in self._places:
            return self._twins.get(id(new)) is value
        alike = slot.is_part and type(value) is type(new)
        if isinstance(value, types.MethodType) and isinstance(new, types.MethodType):
            alike = value.__func__ is new.__func__
        return alike and self._pair(value, new, place, slot.path)

    def _pair(self, value: object, new: object, place: str, path: str) -> bool:
        held, known = children(value), children(new)
        if held is None or known is None:
            return False
        for name in made_when_needed(value):
            if held[f"_{name}"] is None:  # it was not needed: as in a new one
                held[f"_{name}"] = known[f"_{name}"]
        if held.keys() != known.keys():
            names = ", ".join(sorted(held.keys() ^ known.keys()))
            raise SnapshotError(f"{path or 'the adapter'} and a new one differ in {names}")
        self._twins[id(new)], self._held[id(new)] = value, held
        self._places[id(value)] = place
        return True

    def _as_new(self, new: object) -> str | None:
        other = _Writer(self._adapter)
        other._classes = self._classes
        try:
            return repr(other._value(new, "", ""))
        except SnapshotError:
            return None

    def _value(self, value: Any, place: str, path: str) -> Any:
        """A value in its JSON form."""
        self._left = spent(self._left, value)
        kind = type(value)
        if value is None or kind is bool or is_json(value) or (kind is str and len(value) < _SHORT):
            return value
        if kind is float:
            return {"$float": str(value)}
        if kind is types.MethodType and value.__self__ is self._adapter:
            return {"$method": value.__name__}
        met = value if kind is str else id(value)
        if met in self._places:
            return {"$same": self._places[met]}
        if kind is not tuple:  # tuples are shared by chance: they may be constants
            self._places[met] = place
        return value if kind is str else self._composed(value, place, path)

    def _composed(self, value: Any, place: str, path: str) -> Any:
        name = type(value).__name__
        if type(value) is dict:
            return self._pairs(value, place, path)
        if type(value) is collections.deque:
            return {"$deque": [self._items(value, place, path), value.maxlen]}
        if type(value) in (list, tuple, set, frozenset):
            items = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
            listed = self._items(items, place, path)
            return listed if type(value) is tuple else {f"${name}": listed}
        if self._classes.get(name) is not type(value):
            raise SnapshotError(f"{path} holds what cannot be written: {shown(value)}")
        if isinstance(value, enum.Enum):
            return {f"${name}": value.name}
        return {f"${name}": dict(self._told(value, place, path))}

    def _items(self, items: Iterable[Any], place: str, path: str) -> list[Any]:
        return [
            self._value(each, f"{place}.{at}", f"{path}[{at}]") for at, each in enumerate(items)
        ]

    def _pairs(self, value: dict[Any, Any], place: str, path: str) -> Any:
        plain = all(isinstance(key, str) and not key.startswith("$") for key in value)
        pairs = []
        for at, (key, each) in enumerate(value.items()):
            written = key if plain else self._value(key, f"{place}:{at}", path)
            pairs.append([written, self._value(each, f"{place}.{key}", f"{path}[{key!r:.40}]")])
            self._left = spent(self._left, written)
        return dict(pairs) if plain else {"$dict": pairs}

    def _told(self, value: Any, place: str, path: str) -> Iterator[tuple[str, Any]]:
        """The fields of an object that are not as its class makes them."""
        defaults = {field.name: _default(field) for field in attrs.fields(type(value))}
        for alias, name in fields_of(type(value)).items():
            part, default = getattr(value, name), defaults[name]
            if type(part) is not type(default) or part != default:
                yield alias, self._value(part, f"{place}.{alias}", f"{path}.{name}")


def _default(field: "attrs.Attribute[Any]") -> object:
    default = field.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return attrs.NOTHING if default.takes_self else default.factory()  # type: ignore[union-attr]
    return default
