"""What a new adapter of a class consists of: its parts and their attributes, in their order."""

import functools
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from video_tracker.adapter_state.kinds import Fit, classes_in, declared, fit_of, kind_of
from video_tracker.adapter_state.parts import (
    children,
    is_of_attributes,
    made_when_needed,
    quick_way,
)
from video_tracker.adapter_state.values import form_of
from video_tracker.errors import SnapshotError
from video_tracker.players.base import Adapter

__all__ = ["Part", "Player", "Shape", "Slot", "made", "shape_of"]

Player = Callable[[], Adapter]
"""Makes a new adapter: its class, or a function that knows the arguments."""

_FORM: Final = 1
"""Counts the forms in which values are written; a part of each version."""


def made(player: Player) -> Adapter:
    """A new adapter."""
    try:
        return player()
    except TypeError as error:
        raise SnapshotError(f"no new adapter can be made; give player=: {error}") from error


@attrs.define(eq=False, repr=False)
class Part:
    """A new adapter, or something in it that consists of further things."""

    value: Any
    path: str
    number: int
    """Its place in the order in which the parts are met."""
    names: tuple[str, ...]
    """What it consists of."""
    values: tuple[Any, ...]
    slots: list["Slot"] = attrs.field(init=False, factory=list)
    """Its attributes; a part that all new adapters share has none."""
    inner: list[tuple[int, "Part"]] = attrs.field(init=False, factory=list)
    """The parts that are met first in it, with their places among what it consists of."""
    _quick: Callable[[Any], tuple[Any, ...] | None] = attrs.field(init=False)

    @_quick.default
    def _is_like(self) -> Callable[[Any], tuple[Any, ...] | None]:
        return quick_way(self.value)

    @functools.cached_property
    def made_when_needed(self) -> Sequence[str]:
        """The properties that make a part of it, held behind a ``_``, when they are first read."""
        return made_when_needed(self.value)

    def held(self, value: Any) -> tuple[Any, ...] | None:
        """What the same part of another adapter consists of, in the same order.

        Returns:
            None for a value that consists of nothing.

        Raises:
            SnapshotError: It consists of more or of less.
        """
        values = self._quick(value)
        if values is not None:
            return values
        held = children(value)
        if held is None:
            return None
        if odd := held.keys() ^ {*self.names}:
            names = ", ".join(sorted(odd))
            raise SnapshotError(f"{self.path or 'the adapter'} and a new one differ in {names}")
        return tuple(held[name] for name in self.names)


@attrs.define(eq=False, repr=False)
class Slot:
    """One attribute of a part of a new adapter."""

    path: str
    number: int
    owner: Part
    index: int
    """Its place in what that consists of."""
    name: str
    value: Any
    """What it holds at first; nobody changes that."""
    part: Part | None = None
    """That again, if it consists of further things."""
    is_part: bool = False
    """Whether it is this adapter's own, no other new one's."""
    opens: bool = False
    """Whether it is met here first."""

    @functools.cached_property
    def place(self) -> str:
        """Its number, as others refer to it."""
        return str(self.number)

    @functools.cached_property
    def is_made_when_needed(self) -> bool:
        """Whether it holds a part that is there only once it was needed."""
        return self.name.removeprefix("_") in self.owner.made_when_needed

    @functools.cached_property
    def kind(self) -> Any:
        """The type of what it holds: as it is declared, else as what it holds at first."""
        owner: Any = type(self.owner.value)
        told = declared(owner).get(self.name)
        return kind_of(self.value) if told is None else told

    @functools.cached_property
    def takes(self) -> Fit:
        """Tells whether it may hold a value in the place of what it holds at first."""
        return fit_of(self.kind) if is_of_attributes(self.owner.value) else lambda _: False

    @functools.cached_property
    def classes(self) -> Mapping[str, type[Any]]:
        """The classes of values that its type tells of, by name."""
        return classes_in(self.kind)

    @functools.cached_property
    def form(self) -> Any:
        """How what it holds at first is written; NO_FORM if it cannot be."""
        return form_of(self.value, self.classes)


@attrs.frozen(eq=False, repr=False)
class Shape:
    """What all new adapters of a player have in common."""

    root: Part
    slots: Sequence[Slot]
    """The attributes of the adapter and of its parts, in an order that its class decides."""
    version: int
    """A number for their names and their order."""

    @functools.cached_property
    def at_place(self) -> Mapping[str, Slot]:
        """The attributes, by what refers to them."""
        return {slot.place: slot for slot in self.slots}

    @functools.cached_property
    def made_when_needed(self) -> Sequence[Slot]:
        """What holds a part that is there only once it was needed."""
        return [slot for slot in self.slots if slot.is_made_when_needed]


def shape_of(player: Player) -> Shape:
    """What all new adapters of a player have in common; a class is looked at once."""
    return _shape_of_class(player) if isinstance(player, type) else _shape(player)


def _shape(player: Player) -> Shape:
    root, slots = _Walk().through(made(player), made(player))
    version = zlib.crc32(" ".join(slot.path for slot in slots).encode(), _FORM)
    return Shape(root, slots, version)


_shape_of_class = functools.cache(_shape)


class _Walk:
    """One walk through two new adapters, side by side, each part once.

    What both have in common is a constant and no part of them.
    """

    def __init__(self) -> None:
        self._slots: list[Slot] = []
        self._met: dict[int, Part] = {}

    def through(self, fresh: Adapter, other: Adapter) -> tuple[Part, list[Slot]]:
        """The new adapter as a part, and what was met in it."""
        return self._open(fresh, other, ""), self._slots

    def _open(self, value: Any, twin: Any, path: str) -> Part:
        for name in made_when_needed(value):
            getattr(value, name), getattr(twin, name)
        part = self._met[id(value)] = self._part(value, path)
        others = children(twin) or {}
        for index, name in enumerate(part.names):
            self._add(part, index, others.get(name))
        return part

    def _part(self, value: Any, path: str) -> Part:
        held = children(value) or {}
        return Part(value, path, len(self._met), tuple(held), tuple(held.values()))

    def _add(self, owner: Part, index: int, twin: Any) -> None:
        name, value = owner.names[index], owner.values[index]
        path = f"{owner.path}.{name}" if owner.path else name
        slot = Slot(path, len(self._slots), owner, index, name, value)
        self._slots.append(slot)
        owner.slots.append(slot)
        if children(value) is None:
            return
        slot.is_part = value is not twin
        slot.opens = slot.is_part and id(value) not in self._met
        if slot.opens:
            slot.part = self._open(value, twin, path)
            owner.inner.append((index, slot.part))
        else:
            slot.part = self._met.get(id(value)) or self._part(value, path)
