"""What consists of further things, and what it consists of."""

import functools
import types
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, is_not
from typing import Any, Final

from video_tracker.adapter_state.kinds import PLAIN, is_value
from video_tracker.players.base import Adapter
from video_tracker.tally import Tally

__all__ = ["children", "is_of_attributes", "made_when_needed", "quick_way"]

_COUNTS: Final = frozenset({"_found", "_steady", "on_astray", "understood"})
"""Attributes of an adapter that decide nothing, as its tally does: counts, a short way."""


def children(value: object) -> dict[str, Any] | None:
    """What a part consists of, by name; None for a value."""
    if isinstance(value, types.MethodType):
        return {"__self__": value.__self__}
    if type(value) in PLAIN:
        return None
    if isinstance(value, dict | list | tuple):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        parts = {str(name): each for name, each in pairs}
        return parts if any(is_of_attributes(each) for each in parts.values()) else None
    if not is_of_attributes(value):
        return None
    counts = _counts_of(value)
    return {
        name: each
        for name, each in _attributes(value).items()
        if name not in counts and type(each) is not Tally
    }


def made_when_needed(part: object) -> Sequence[str]:
    """The properties that make a part, held under the same name behind a ``_``, when first read."""
    return getattr(type(part), "made_when_needed", ())


def is_of_attributes(value: object) -> bool:
    """Whether an object consists of its attributes and of nothing else; its class decides that.

    What has more to it than Python sees (a counter is a dictionary too, a lock has a state of its
    own) is told by how it would be copied.
    """
    kind: Any = type(value)
    return _is_class_of_attributes(kind)


@functools.cache
def _is_class_of_attributes(kind: Any) -> bool:
    if (
        issubclass(kind, dict | list | type)
        or is_value(kind)
        or kind.__reduce__ is not object.__reduce__
        or kind.__getstate__ is not object.__getstate__
    ):
        return False
    try:
        copied: Any = object.__reduce_ex__(object.__new__(kind), 2)
    except TypeError:
        return False
    return bool(copied[1] == (kind,))


def _attributes(value: object) -> Mapping[str, Any]:
    """The attributes of an object that consists of nothing else."""
    state: Any = object.__getstate__(value)
    own, slots = state if isinstance(state, tuple) else (state, None)
    return {**(own or {}), **(slots or {})}


def _counts_of(value: object) -> frozenset[str]:
    return _COUNTS if isinstance(value, Adapter) else frozenset()


def quick_way(value: object) -> Callable[[Any], tuple[Any, ...] | None]:
    """A quick way to the values of :func:`children` of what is like a part.

    It gives None for what is not like it in its class and in all its names.
    """
    kind, held = type(value), children(value) or {}
    if not is_of_attributes(value):
        return lambda _: None
    there = _attributes(value)
    own = frozenset(getattr(value, "__dict__", ()))
    tallies = [name for name, each in there.items() if type(each) is Tally]
    get, most = _getter([*held, *tallies]), len(held)
    unset = _slot_names(kind) - {*there} - _counts_of(value)
    if unset or any(map(is_not, get(value), held.values())):
        return lambda _: None

    def values(other: Any) -> tuple[Any, ...] | None:
        if type(other) is not kind or (own and vars(other).keys() != own):
            return None
        try:
            found = get(other)
        except AttributeError:
            return None
        if not tallies:
            return found
        return found[:most] if {*map(type, found[most:])} == {Tally} else None

    return values


def _getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _slot_names(kind: type[Any]) -> set[str]:
    spaces = [vars(each).items() for each in kind.__mro__]
    member = types.MemberDescriptorType
    return {name for space in spaces for name, each in space if isinstance(each, member)}
