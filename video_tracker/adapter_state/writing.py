"""Writes down what differs between an adapter and a new one."""

import types
from itertools import compress
from operator import is_not
from typing import Any

from video_tracker.adapter_state.refusing import shown
from video_tracker.adapter_state.shape import Part, Player, Shape, Slot, shape_of
from video_tracker.adapter_state.values import ValueWriter
from video_tracker.errors import SnapshotError
from video_tracker.players.base import Adapter

__all__ = ["adapter_snapshot"]


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
    shape = shape_of(type(adapter) if player is None else player)
    kind = type(shape.root.value)
    if kind is not type(adapter):
        raise SnapshotError(f"a {kind.__name__} was made for a {type(adapter).__name__}")
    try:
        state = _Writer(adapter).state(shape)
    except RecursionError as error:
        raise SnapshotError("the adapter holds something that is nested too deeply") from error
    return {"player": adapter.name, "version": shape.version, "state": state}


class _Writer:
    """One walk through an adapter, beside a new one."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._twins: dict[int, object] = {}
        """The adapter's part for each of the new one's."""
        self._values = ValueWriter(adapter)
        self._turned: list[int] = []
        self._state: list[Any] = [self._turned]

    def state(self, shape: Shape) -> list[Any]:
        """What differs from a new adapter.

        First a list of the numbers where yes and no are turned round; then each other number with
        its value after it.
        """
        self._pair(self._adapter, shape.root, "", opens=True)
        return self._state

    def _pair(self, value: object, part: Part, place: str, *, opens: bool) -> bool:
        """Take an object for the same part as the new one's, unless it consists of nothing."""
        held = part.held(value)
        if held is None:
            return False
        self._twins[id(part.value)] = value
        self._values.places[id(value)] = place
        if opens:
            # Most of it is as in a new one: no line of Python runs for that.
            for slot, each in compress(
                zip(part.slots, held, strict=True), map(is_not, held, part.values)
            ):
                self._write(slot, each)
        return True

    def _write(self, slot: Slot, value: object) -> None:
        new = slot.value
        if value is None and slot.is_made_when_needed:
            return  # it was not needed: as in a new one
        if type(new) is bool and value is (not new) and slot.takes(value):
            self._turned.append(slot.number)
        elif slot.part is None or not self._is_twin(value, slot, slot.part):
            self._write_value(slot, value)

    def _write_value(self, slot: Slot, value: object) -> None:
        written = self._values.written(value, slot.classes, slot.place, slot.path)
        new = slot.form
        if written == new and repr(written) == repr(new):  # 1 equals 1.0 and True
            return
        if not slot.takes(value):
            raise SnapshotError(f"{slot.path} cannot be written as {slot.kind}: {shown(value)}")
        self._state += (slot.number, written)

    def _is_twin(self, value: object, slot: Slot, part: Part) -> bool:
        """Whether an object is the same part of the adapter as the slot's of the new one."""
        new = slot.value
        if id(new) in self._twins or id(value) in self._values.places:
            return self._twins.get(id(new)) is value
        alike = slot.is_part and type(value) is type(new)
        if isinstance(value, types.MethodType) and isinstance(new, types.MethodType):
            alike = value.__func__ is new.__func__
        return alike and self._pair(value, part, slot.place, opens=slot.opens)
