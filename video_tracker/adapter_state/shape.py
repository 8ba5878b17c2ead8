"""What a new adapter of a class consists of: its parts and their attributes, in their order."""

import functools
import types
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from video_tracker.adapter_state.kinds import PLAIN, declared, fits, is_value, kind_of
from video_tracker.errors import SnapshotError
from video_tracker.players.base import Adapter
from video_tracker.tally import Tally

__all__ = ["Player", "Slot", "children", "made", "made_when_needed", "slots_of", "version_of"]

Player = Callable[[], Adapter]
"""Makes a new adapter: its class, or a function that knows the arguments."""

_FORM: Final = 1
"""Counts the forms in which values are written; a part of each version."""
_COUNTS: Final = frozenset({"_found", "_steady", "on_astray", "understood"})
"""Attributes of an adapter that decide nothing, as its tally does: counts, a short way."""


def made(player: Player) -> Adapter:
    """A new adapter."""
    try:
        return player()
    except TypeError as error:
        raise SnapshotError(f"no new adapter can be made; give player=: {error}") from error


@attrs.frozen(eq=False)
class Slot:
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
        return self.name.removeprefix("_") in made_when_needed(self.owner)

    @functools.cached_property
    def kind(self) -> Any:
        """The type of what it holds: as it is declared, else as what it holds at first."""
        owner: Any = type(self.owner)
        told = declared(owner).get(self.name)
        return kind_of(self.value) if told is None else told

    def takes(self, value: object) -> bool:
        """Whether it may hold a value in the place of what it holds at first."""
        return _attributes(self.owner) is not None and fits(value, self.kind)


def slots_of(
    part: object, other: object, path: str = "", met: set[int] | None = None
) -> Iterator[Slot]:
    """The attributes of a new adapter and of its parts, in an order that its class decides.

    Args:
        part: The new adapter.
        other: A second one: what both have in common is a constant and no part of them.
        path: The names that lead to it.
        met: The parts that were walked before.
    """
    met = {id(part)} if met is None else met
    for name in made_when_needed(part):
        getattr(part, name), getattr(other, name)
    others = children(other) or {}
    for name, value in (children(part) or {}).items():
        twin = others.get(name)
        is_part = value is not twin and children(value) is not None
        slot = Slot(f"{path}{name}", part, name, value, is_part)
        yield slot
        if is_part and id(value) not in met:
            met.add(id(value))
            yield from slots_of(value, twin, f"{slot.path}.", met)


def made_when_needed(part: object) -> Sequence[str]:
    """The properties that make a part, held under the same name behind a ``_``, when first read."""
    return getattr(type(part), "made_when_needed", ())


def version_of(slots: Iterable[Slot]) -> int:
    """A number for the names and the order of what is walked."""
    return zlib.crc32(" ".join(slot.path for slot in slots).encode(), _FORM)


def children(value: object) -> dict[str, Any] | None:
    """What a part consists of, by name; None for a value."""
    if isinstance(value, types.MethodType):
        return {"__self__": value.__self__}
    if type(value) in PLAIN:
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
        or is_value(kind)
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
