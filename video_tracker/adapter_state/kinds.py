"""The types that attributes declare: what they are, what fits them, which classes they tell of."""

import ast
import collections
import enum
import functools
import inspect
import math
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs

from video_tracker.plan import (
    Ad,
    AdBreak,
    AdRange,
    Content,
    PlayerAttributes,
    SessionPlan,
    Settings,
)
from video_tracker.players.base import Callback
from video_tracker.signals import SIGNALS

__all__ = [
    "PLAIN",
    "classes_in",
    "declared",
    "fields_of",
    "fits",
    "is_json",
    "is_sane",
    "is_value",
    "kind_of",
]

_LARGEST: Final = 1 << 63
"""No whole number of an adapter is as large; one in a payload may be."""
_LONGEST: Final = 14_000
"""Bits of a whole number whose digits every JSON reader of Python's takes."""
_OF_VALUES: Final = ("__eq__", "__getstate__")
"""Methods that a class of values made by attrs has of its own."""
PLAIN: Final = (bool, float, int, str, types.NoneType)
_NAMED: Final[Mapping[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        *(Ad, AdBreak, AdRange, Callback, Content, PlayerAttributes, SessionPlan, Settings),
        *SIGNALS.values(),
    )
}
"""Classes of values that need not be declared where they are held."""


def kind_of(value: object) -> Any:
    """The type of what an attribute holds that declares none."""
    if value is None:
        return Any
    if type(value) is tuple and value:
        return tuple[tuple(map(kind_of, value))]  # type: ignore[misc]
    return float if type(value) is int else type(value)


@functools.cache
def declared(kind: type[Any]) -> Mapping[str, Any]:
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
def classes_in(kind: Any) -> Mapping[str, type[Any]]:
    """The classes of values that a type tells of, those of their fields too, by name."""
    found = dict(_NAMED)
    left = [kind]
    while left:
        part = left.pop()
        left += get_args(part)
        if is_value(part) and found.get(part.__name__) is not part:
            found[part.__name__] = part
            left += declared(part).values()
    return found


def is_value(kind: Any) -> bool:
    """Whether objects of a class are values, not parts: two of them may be equal."""
    if not isinstance(kind, type):
        return False
    own = any(getattr(kind, name) is not getattr(object, name) for name in _OF_VALUES)
    return issubclass(kind, enum.Enum) or (attrs.has(kind) and own)


def fields_of(kind: type[Any]) -> Mapping[str, str]:
    """The arguments of a class of values, and the attributes that they become."""
    if not attrs.has(kind):
        return {}
    return {each.alias or each.name: each.name for each in attrs.fields(kind) if each.init}


def fits(value: object, kind: Any) -> bool:
    """Whether a value is of a type; the fields of its objects were looked at before."""
    origin, args = get_origin(kind), get_args(kind)
    if kind in (Any, object):
        return not isinstance(value, types.MethodType)
    if origin in (Union, types.UnionType):
        return any(fits(value, each) for each in args)
    if origin is Literal:
        return any(type(value) is type(each) and value == each for each in args)
    if origin is Callable:
        return isinstance(value, types.MethodType) and _takes(value, *args)
    if kind in PLAIN:
        alike = type(value) is kind or (kind is float and type(value) is int)
        return alike and (kind not in (float, int) or is_sane(value))
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
        return all(fits(key, args[0]) and fits(each, args[1]) for key, each in held.items())
    if kind is tuple and args and args[-1] is not ...:
        return len(held) == len(args) and all(map(fits, held, args))
    return not args or all(fits(each, args[0]) for each in held)


def _takes(method: types.MethodType, takes: Any, gives: Any) -> bool:
    """Whether a method declares to take and to give just that."""
    space = method.__func__.__globals__
    told = inspect.get_annotations(method.__func__)
    hints = {name: _evaluated(written, space) for name, written in told.items()}
    return bool(hints.pop("return", None) == gives and list(hints.values()) == takes)


def is_sane(number: object) -> bool:
    """Whether a number is one that may be calculated with."""
    if type(number) is int:
        return abs(number) < _LARGEST
    return type(number) is float and not math.isnan(number)


def is_json(number: Any) -> bool:
    """Whether a value is a number that any JSON reader takes."""
    if type(number) is int:
        return number.bit_length() < _LONGEST
    return type(number) is float and math.isfinite(number)
