"""What an adapter remembers as a small JSON-able value, and back: another worker goes on with it.

A new adapter of the same class has the same parts, which refer to each other in the same way. Both
are walked side by side, each part once; what differs is written with its number in the walk, and
reading puts it back into a new adapter. A snapshot is not for people: the numbers keep it small,
and its version, made of the names of all that is walked, says for which code they are.

An array is a tuple. What else JSON has not stands under the name of its kind, as ``{"$list": [1]}``
and ``{"$Pod": {"size": 2}}``; what was met before is ``{"$same": place}``. What is read must be of
the type that its attribute declares (``self._at: float | None = None``), else of the new adapter's
own, and only classes that are declared in this way are made.
"""

import ast
import collections
import enum
import functools
import inspect
import math
import sys
import types
import typing
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, Literal, Union, get_args, get_origin

import attrs

from video_tracker.errors import SnapshotError, UnknownPlayerError
from video_tracker.plan import (
    Ad,
    AdBreak,
    AdRange,
    Content,
    PlayerAttributes,
    SessionPlan,
    Settings,
)
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.registry import find_adapter
from video_tracker.signals import SIGNALS
from video_tracker.tally import Tally

__all__ = ["Player", "adapter_snapshot", "restore_adapter"]

Player = Callable[[], Adapter]
"""Makes a new adapter: its class, or a function that knows the arguments."""

_FORM: Final = 1
"""Counts the forms in which values are written; a part of each version."""
_COUNTS: Final = frozenset({"_found", "_steady", "on_astray", "understood"})
"""Attributes of an adapter that decide nothing, as its tally does: counts, a short way."""
_MOST: Final = 250_000
"""Values and characters of text that a snapshot may have, together."""
_LARGEST: Final = 1 << 63
"""No whole number of an adapter is as large; one in a payload may be."""
_LONGEST: Final = 14_000
"""Bits of a whole number whose digits every JSON reader of Python's takes."""
_SHORT: Final = 24
"""Characters of a text that is written again rather than referred to."""
_OF_VALUES: Final = ("__eq__", "__getstate__")
"""Methods that a class of values made by attrs has of its own."""
_PLAIN: Final = (bool, float, int, str, types.NoneType)
_NOT_FINITE: Final = {str(number): number for number in (math.inf, -math.inf, math.nan)}
_NAMED: Final[Mapping[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        *(Ad, AdBreak, AdRange, Callback, Content, PlayerAttributes, SessionPlan, Settings),
        *SIGNALS.values(),
    )
}
"""Classes of values that need not be declared where they are held."""
_DAMAGE: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a value of a wrong kind raises where it is read."""


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
    fresh = _made(player)
    if type(fresh) is not type(adapter):
        raise SnapshotError(f"a {type(fresh).__name__} was made for a {type(adapter).__name__}")
    slots = list(_slots(fresh, _made(player)))
    try:
        state = _Writer(adapter).state(fresh, slots)
    except RecursionError as error:
        raise SnapshotError("the adapter holds something that is nested too deeply") from error
    return {"player": adapter.name, "version": _version(slots), "state": state}


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
    adapter = _made(player)
    if adapter.name != name:
        raise SnapshotError(f"the snapshot is of the player {name!r:.80}, not {adapter.name!r}")
    slots = list(_slots(adapter, _made(player)))
    if version != (known := _version(slots)):
        raise SnapshotError(f"unknown snapshot version {version!r:.80}; known: {known}")
    try:
        _Reader(adapter, slots).put(state)
    except RecursionError as error:
        raise SnapshotError("the snapshot is damaged: it is nested too deeply") from error
    return adapter


def _made(player: Player) -> Adapter:
    try:
        return player()
    except TypeError as error:
        raise SnapshotError(f"no new adapter can be made; give player=: {error}") from error


def _head(value: Mapping[str, Any]) -> tuple[str, int, list[Any]]:
    """The parts of a snapshot that has all of them."""
    if not isinstance(value, Mapping):
        raise SnapshotError(f"a snapshot is a mapping, not {type(value).__name__}")
    for name, kind in (("player", str), ("version", int), ("state", list)):
        if type(value.get(name)) is not kind:
            raise _damaged(name, value.get(name))
    return value["player"], value["version"], value["state"]


def _damaged(place: str, value: object) -> SnapshotError:
    return SnapshotError(f"the snapshot is damaged: {place:.200} cannot be {_shown(value)}")


def _shown(value: object) -> str:
    """A value in a message: what is too long, too deep or strange to be printed, by its type."""
    short = value is None or type(value) in (bool, float, str) or _is_sane(value)
    return f"{value!r:.80}" if short else f"a value of {type(value).__name__}"


def _spent(left: int, value: object) -> int:
    """What is left of the room of a snapshot after a value."""
    left -= 1 + (len(value) if isinstance(value, str) else 0)
    if left < 0:
        raise SnapshotError(f"a snapshot has at most {_MOST} values and characters")
    return left


# -- what is walked --------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class _Slot:
    """One attribute of a part of a new adapter."""

    path: str
    owner: Any
    name: str
    value: Any
    is_part: bool
    """Whether it holds something that consists of further ones."""

    @property
    def is_made_when_needed(self) -> bool:
        """Whether it holds a part that is there only once it was needed."""
        return self.name.removeprefix("_") in _made_when_needed(self.owner)

    @functools.cached_property
    def kind(self) -> Any:
        """The type of what it holds: as it is declared, else as what it holds at first."""
        owner: Any = type(self.owner)
        told = _declared(owner).get(self.name)
        return _kind_of(self.value) if told is None else told

    def takes(self, value: object) -> bool:
        """Whether it may hold a value in the place of what it holds at first."""
        return _attributes(self.owner) is not None and _fits(value, self.kind)


def _slots(
    part: object, other: object, path: str = "", met: set[int] | None = None
) -> Iterator[_Slot]:
    """The attributes of a new adapter and of its parts, in an order that its class decides.

    Args:
        part: The new adapter.
        other: A second one: what both have in common is a constant and no part of them.
        path: The names that lead to it.
        met: The parts that were walked before.
    """
    met = {id(part)} if met is None else met
    for name in _made_when_needed(part):
        getattr(part, name), getattr(other, name)
    others = _children(other) or {}
    for name, value in (_children(part) or {}).items():
        twin = others.get(name)
        is_part = value is not twin and _children(value) is not None
        slot = _Slot(f"{path}{name}", part, name, value, is_part)
        yield slot
        if is_part and id(value) not in met:
            met.add(id(value))
            yield from _slots(value, twin, f"{slot.path}.", met)


def _made_when_needed(part: object) -> Sequence[str]:
    """The properties that make a part, held under the same name behind a ``_``, when first read."""
    return getattr(type(part), "made_when_needed", ())


def _version(slots: Iterable[_Slot]) -> int:
    """A number for the names and the order of what is walked."""
    return zlib.crc32(" ".join(slot.path for slot in slots).encode(), _FORM)


def _children(value: object) -> dict[str, Any] | None:
    """What a part consists of, by name; None for a value."""
    if isinstance(value, types.MethodType):
        return {"__self__": value.__self__}
    if type(value) in _PLAIN:
        return None
    if isinstance(value, dict | list | tuple):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        parts = {str(name): each for name, each in pairs}
        return parts if any(_attributes(each) is not None for each in parts.values()) else None
    names = _attributes(value)
    if names is None:
        return None
    counts = _COUNTS if isinstance(value, Adapter) else ()
    return {
        name: each for name, each in names.items() if name not in counts and type(each) is not Tally
    }


def _attributes(value: object) -> dict[str, Any] | None:
    """The attributes of an object that consists of nothing else; None for any other.

    What has more to it than Python sees (a counter is a dictionary too, a lock has a state of its
    own) is told by how it would be copied.
    """
    kind = type(value)
    if (
        isinstance(value, dict | list | type)
        or _is_value(kind)
        or kind.__reduce__ is not object.__reduce__
        or kind.__getstate__ is not object.__getstate__
    ):
        return None
    copied: Any
    try:
        copied = object.__reduce_ex__(value, 2)
    except TypeError:
        return None
    _, made, state, *_ = copied
    own, slots = state if isinstance(state, tuple) else (state, None)
    return {**(own or {}), **(slots or {})} if made == (kind,) else None


# -- types -----------------------------------------------------------------------------------------


def _kind_of(value: object) -> Any:
    """The type of what an attribute holds that declares none."""
    if value is None:
        return Any
    if type(value) is tuple and value:
        return tuple[tuple(map(_kind_of, value))]  # type: ignore[misc]
    return float if type(value) is int else type(value)


@functools.cache
def _declared(kind: type[Any]) -> Mapping[str, Any]:
    """The types that a class and its parents declare for the attributes of their objects."""
    found: dict[str, Any] = {}
    for part in reversed(kind.__mro__):
        space = getattr(sys.modules.get(part.__module__), "__dict__", {})
        in_methods = _declared_in(part.__module__).get(part.__name__, {})
        for name, written in {**inspect.get_annotations(part), **in_methods}.items():
            found[name] = _evaluated(written, space)
    return found


@functools.cache
def _declared_in(module: str) -> Mapping[str, Mapping[str, str]]:
    """What the classes of a module declare in their methods (``self.name: type = ...``).

    Python forgets these, so they are read in the source. A package without one declares nothing.
    """
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, SyntaxError, TypeError):
        return {}
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {each.name: dict(_annotated(each)) for each in classes}


def _annotated(kind: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for node in ast.walk(kind):
        match node:
            case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                yield name, ast.unparse(node.annotation)


def _evaluated(written: Any, space: dict[str, Any]) -> Any:
    holder = types.SimpleNamespace(__annotations__={"it": written})
    try:
        return typing.get_type_hints(holder, space)["it"]
    except (AttributeError, NameError, SyntaxError, TypeError):  # for type checkers only
        return Any


@functools.cache
def _classes_in(kind: Any) -> Mapping[str, type[Any]]:
    """The classes of values that a type tells of, those of their fields too, by name."""
    found = dict(_NAMED)
    left = [kind]
    while left:
        part = left.pop()
        left += get_args(part)
        if _is_value(part) and found.get(part.__name__) is not part:
            found[part.__name__] = part
            left += _declared(part).values()
    return found


def _is_value(kind: Any) -> bool:
    """Whether objects of a class are values, not parts: two of them may be equal."""
    if not isinstance(kind, type):
        return False
    own = any(getattr(kind, name) is not getattr(object, name) for name in _OF_VALUES)
    return issubclass(kind, enum.Enum) or (attrs.has(kind) and own)


def _fields(kind: type[Any]) -> Mapping[str, str]:
    """The arguments of a class of values, and the attributes that they become."""
    if not attrs.has(kind):
        return {}
    return {each.alias or each.name: each.name for each in attrs.fields(kind) if each.init}


def _fits(value: object, kind: Any) -> bool:
    """Whether a value is of a type; the fields of its objects were looked at before."""
    origin, args = get_origin(kind), get_args(kind)
    if kind in (Any, object):
        return not isinstance(value, types.MethodType)
    if origin in (Union, types.UnionType):
        return any(_fits(value, each) for each in args)
    if origin is Literal:
        return any(type(value) is type(each) and value == each for each in args)
    if origin is Callable:
        return isinstance(value, types.MethodType) and _takes(value, *args)
    if kind in _PLAIN:
        alike = type(value) is kind or (kind is float and type(value) is int)
        return alike and (kind not in (float, int) or _is_sane(value))
    return _is_full_of(value, origin or kind, args)


def _is_full_of(value: Any, kind: Any, args: tuple[Any, ...]) -> bool:
    """Whether a value is of a class, and what it holds of the types between its brackets."""
    if getattr(kind, "_is_protocol", False):
        names = {*vars(kind), *inspect.get_annotations(kind)}
        return all(hasattr(value, name) for name in names if not name.startswith("_"))
    if not isinstance(kind, type):
        return not isinstance(value, types.MethodType)  # of a type that only type checkers know
    only_itself = isinstance(value, str | collections.deque)  # no other kind of sequence
    if not isinstance(value, kind) or (only_itself and type(value) is not kind):
        return False
    held: Any = value
    if isinstance(value, Mapping) and args:
        return all(_fits(key, args[0]) and _fits(each, args[1]) for key, each in held.items())
    if kind is tuple and args and args[-1] is not ...:
        return len(held) == len(args) and all(map(_fits, held, args))
    return not args or all(_fits(each, args[0]) for each in held)


def _takes(method: types.MethodType, takes: Any, gives: Any) -> bool:
    """Whether a method declares to take and to give just that."""
    space = method.__func__.__globals__
    told = inspect.get_annotations(method.__func__)
    hints = {name: _evaluated(written, space) for name, written in told.items()}
    return bool(hints.pop("return", None) == gives and list(hints.values()) == takes)


def _is_sane(number: object) -> bool:
    """Whether a number is one that may be calculated with."""
    if type(number) is int:
        return abs(number) < _LARGEST
    return type(number) is float and not math.isnan(number)


def _is_json(number: Any) -> bool:
    if type(number) is int:
        return number.bit_length() < _LONGEST
    return type(number) is float and math.isfinite(number)


# -- writing ---------------------------------------------------------------------------------------


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
        self._left = _MOST

    def state(self, fresh: Adapter, slots: Iterable[_Slot]) -> list[Any]:
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

    def _difference(self, number: int, slot: _Slot, value: object) -> list[Any]:
        if value is slot.value or self._is_twin(value, slot, str(number)):
            return []
        self._classes = _classes_in(slot.kind)
        written = self._value(value, str(number), slot.path)
        if repr(written) == self._as_new(slot.value):
            return []
        if not slot.takes(value):
            raise SnapshotError(f"{slot.path} cannot be written as {slot.kind}: {_shown(value)}")
        return [number, written]

    def _is_twin(self, value: object, slot: _Slot, place: str) -> bool:
        """Whether an object is the same part of the adapter as the slot's of the new one."""
        new = slot.value
        if id(new) in self._twins or id(value) in self._places:
            return self._twins.get(id(new)) is value
        alike = slot.is_part and type(value) is type(new)
        if isinstance(value, types.MethodType) and isinstance(new, types.MethodType):
            alike = value.__func__ is new.__func__
        return alike and self._pair(value, new, place, slot.path)

    def _pair(self, value: object, new: object, place: str, path: str) -> bool:
        held, known = _children(value), _children(new)
        if held is None or known is None:
            return False
        for name in _made_when_needed(value):
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
        self._left = _spent(self._left, value)
        kind = type(value)
        if (
            value is None
            or kind is bool
            or _is_json(value)
            or (kind is str and len(value) < _SHORT)
        ):
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
            raise SnapshotError(f"{path} holds what cannot be written: {_shown(value)}")
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
            self._left = _spent(self._left, written)
        return dict(pairs) if plain else {"$dict": pairs}

    def _told(self, value: Any, place: str, path: str) -> Iterator[tuple[str, Any]]:
        """The fields of an object that are not as its class makes them."""
        defaults = {field.name: _default(field) for field in attrs.fields(type(value))}
        for alias, name in _fields(type(value)).items():
            part, default = getattr(value, name), defaults[name]
            if type(part) is not type(default) or part != default:
                yield alias, self._value(part, f"{place}.{alias}", f"{path}.{name}")


def _default(field: "attrs.Attribute[Any]") -> object:
    default = field.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return attrs.NOTHING if default.takes_self else default.factory()  # type: ignore[union-attr]
    return default


# -- reading ---------------------------------------------------------------------------------------


class _Reader:
    """Puts what was written into a new adapter."""

    def __init__(self, adapter: Adapter, slots: list[_Slot]) -> None:
        self._adapter = adapter
        self._slots = slots
        self._known: dict[str, Any] = {"": adapter}
        self._known |= {str(number): slot.value for number, slot in enumerate(slots)}
        """The object at each place."""
        self._given: set[str] = set()
        """The paths of what was told."""
        self._classes: Mapping[str, type[Any]] = {}
        self._left = _MOST

    def put(self, state: list[Any]) -> None:
        """Give the adapter what it remembered, as :meth:`_Writer.state` has it."""
        turned, numbers, values = state[:1], state[1::2], state[2::2]
        if len(turned) != 1 or len(numbers) != len(values):
            raise _damaged("state", state)
        for slot in self._numbered(turned[0]):
            if type(slot.value) is not bool:
                raise _damaged("state", turned)
            self._give(slot, not slot.value)
        for slot, number, told in zip(self._numbered(numbers), numbers, values, strict=True):
            self._classes = _classes_in(slot.kind)
            value = self._value(told, str(number))
            self._give(slot, value)
            self._known[str(number)] = value
        for slot in self._slots:
            needed = any(path.startswith(slot.path) for path in self._given)
            if slot.is_made_when_needed and not needed:
                setattr(slot.owner, slot.name, None)

    def _give(self, slot: _Slot, value: object) -> None:
        if not slot.takes(value):
            raise _damaged(slot.path, value)
        setattr(slot.owner, slot.name, value)
        self._given.add(slot.path)

    def _numbered(self, numbers: Any) -> list[_Slot]:
        """What has these numbers, which are to be in their order."""
        sound = isinstance(numbers, list) and all(type(number) is int for number in numbers)
        if not sound or numbers != sorted({*numbers} & {*range(len(self._slots))}):
            raise _damaged("state", numbers)
        return [self._slots[number] for number in numbers]

    def _value(self, told: Any, place: str) -> Any:
        """A value from its JSON form."""
        self._left = _spent(self._left, told)
        if told is None or type(told) is bool or _is_json(told):
            return told
        made: Any
        if type(told) is str:
            made = told
        elif isinstance(told, list):
            made = tuple(self._items(told, place))
        elif not isinstance(told, Mapping):
            raise _damaged(place, told)
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
            raise error if isinstance(error, SnapshotError) else _damaged(place, told) from error

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
            raise _damaged(place, told)
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
        fields, kinds = _fields(kind), _declared(kind)
        values = {alias: self._value(each, f"{place}.{alias}") for alias, each in told.items()}
        for alias, value in values.items():
            if not _fits(value, kinds.get(fields[alias], Any)):
                raise _damaged(f"{kind.__name__}.{alias}", value)
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
