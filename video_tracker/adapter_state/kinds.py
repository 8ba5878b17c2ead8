"""The types that attributes declare: what they are, what fits them, which classes they tell of."""

import ast
import collections
import contextlib
import enum
import functools
import inspect
import math
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    "Field",
    "Fit",
    "classes_in",
    "declared",
    "fields_of",
    "fit_of",
    "is_json",
    "is_sane",
    "is_value",
    "kind_of",
]

Fit = Callable[[object], bool]
"""Tells whether a value is of a type."""

_TRIES: Final = 100
"""So often threads may disturb each other at a source."""

_LARGEST: Final = 1 << 63
"""No whole number of an adapter is as large; one in a payload may be."""
_LONGEST: Final = 14_000
"""Bits of a whole number whose digits every JSON reader of Python's takes."""
_OF_VALUES: Final = ("__eq__", "__getstate__")
"""Methods that a class of values made by attrs has of its own."""
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
        tree = _parsed(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, SyntaxError, TypeError):
        return {}
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {each.name: dict(_annotated(each)) for each in classes}


def _parsed(source: str) -> ast.Module:
    """The tree of a source; of several threads that parse at once each may have to try again.

    Until Python 3.12 they share the count of how deep a tree is, and one that finds it changed at
    its end raises.
    """
    for _ in range(_TRIES):
        with contextlib.suppress(SystemError):
            return ast.parse(source)
    return ast.parse(source)


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


@attrs.frozen(eq=False)
class Field:
    """An argument of a class of values, and the attribute that it becomes."""

    alias: str
    name: str
    default: object
    takes: Fit


@functools.cache
def fields_of(kind: Any) -> Mapping[str, Field]:
    """What objects of a class of values are made of, by the names of its arguments."""
    kinds, found = declared(kind), attrs.fields(kind) if attrs.has(kind) else ()
    fields = (
        Field(each.alias or each.name, each.name, _default(each), fit_of(kinds.get(each.name, Any)))
        for each in found
        if each.init
    )
    return {field.alias: field for field in fields}


def _default(field: "attrs.Attribute[Any]") -> object:
    default = field.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return attrs.NOTHING if default.takes_self else default.factory()  # type: ignore[union-attr]
    return default


@functools.cache
def fit_of(kind: Any) -> Fit:
    """What tells whether a value is of a type; the fields of its objects were looked at before."""
    origin, args = get_origin(kind), get_args(kind)
    if kind in (Any, object):
        return _is_no_method
    if origin in (Union, types.UnionType):
        return _any_of(tuple(map(fit_of, args)))
    if origin is Literal:
        return lambda value: any(type(value) is type(each) and value == each for each in args)
    if origin is Callable:
        return lambda value: isinstance(value, types.MethodType) and _takes(value, *args)
    return PLAIN[kind] if kind in PLAIN else _full_of(origin or kind, args)


def _any_of(fits: Sequence[Fit]) -> Fit:
    if len(fits) == 2:
        one, other = fits  # most are of two; a generator would cost as much as they do
        return lambda value: one(value) or other(value)
    return lambda value: any(fit(value) for fit in fits)


def _full_of(kind: Any, args: tuple[Any, ...]) -> Fit:
    """What tells whether a value is of a class, and what it holds of the types in its brackets."""
    if getattr(kind, "_is_protocol", False):
        names = {*vars(kind), *inspect.get_annotations(kind)}
        shown = [name for name in names if not name.startswith("_")]
        return lambda value: all(hasattr(value, name) for name in shown)
    if not isinstance(kind, type):
        return _is_no_method  # of a type that only type checkers know
    holds = _holds(kind, args)

    def fit(value: object) -> bool:
        only_itself = isinstance(value, str | collections.deque)  # no other kind of sequence
        alike = type(value) is kind or (isinstance(value, kind) and not only_itself)
        return alike and holds(value)

    return fit


def _holds(kind: type[Any], args: tuple[Any, ...]) -> Callable[[Any], bool]:
    """What tells whether what a value of a class holds is of the types in its brackets."""
    if not args:
        return lambda _: True
    if kind is tuple and args[-1] is not ...:
        fits = tuple(map(fit_of, args))
        return lambda held: (
            len(held) == len(fits) and all(fit(each) for fit, each in zip(fits, held, strict=True))
        )
    first, last = fit_of(args[0]), fit_of(args[-1])

    def holds(held: Any) -> bool:
        if isinstance(held, Mapping) and len(args) > 1:
            return all(first(key) and last(each) for key, each in held.items())
        return all(map(first, held))

    return holds


def _is_no_method(value: object) -> bool:
    return not isinstance(value, types.MethodType)


def _takes(method: types.MethodType, takes: Any, gives: Any) -> bool:
    """Whether a method declares to take and to give just that."""
    space = method.__func__.__globals__
    told = inspect.get_annotations(method.__func__)
    hints = {name: _evaluated(written, space) for name, written in told.items()}
    return bool(hints.pop("return", None) == gives and list(hints.values()) == takes)


def is_sane(number: object) -> bool:
    """Whether a number is one that may be calculated with."""
    if type(number) is float:
        return not math.isnan(number)
    return type(number) is int and abs(number) < _LARGEST


def is_json(number: Any) -> bool:
    """Whether a value is a number that any JSON reader takes."""
    if type(number) is float:
        return math.isfinite(number)
    return type(number) is int and number.bit_length() < _LONGEST


PLAIN: Final[Mapping[type[Any], Fit]] = {
    bool: lambda value: type(value) is bool,
    float: is_sane,
    int: lambda value: type(value) is int and is_sane(value),
    str: lambda value: type(value) is str,
    types.NoneType: lambda value: value is None,
}
"""The kinds of values that consist of nothing, and what tells whether a value is one of them."""
