"""A smaller world that goes wrong in the same way."""

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from tests.session.model.world import Break, Manner, World


def shrink(world: World, goes_wrong: Callable[[World], bool]) -> World:
    """Leave out whatever is not needed for it to go wrong."""
    while (smaller := next(filter(goes_wrong, less(world)), None)) is not None:
        world = smaller
    return world


def less(world: World) -> Iterator[World]:
    """Worlds with one thing less."""
    for n, _ in enumerate(world.acts):
        yield attrs.evolve(world, acts=world.acts[:n] + world.acts[n + 1 :])
    for n, part in enumerate(world.breaks):
        yield attrs.evolve(world, breaks=world.breaks[:n] + world.breaks[n + 1 :])
        for simpler in with_less(part):
            breaks = (*world.breaks[:n], simpler, *world.breaks[n + 1 :])
            yield attrs.evolve(world, breaks=breaks)
    if len(world.items) > 1:
        last = len(world.items) - 1
        kept = tuple(part for part in world.breaks if part.item != last)
        yield attrs.evolve(world, items=world.items[:-1], breaks=kept)
    if world.startup:
        yield attrs.evolve(world, startup=0.0)
    for field in attrs.fields(Manner):
        if getattr(world.manner, field.name) != field.default:
            plainer: Any = {field.name: field.default}
            yield attrs.evolve(world, manner=attrs.evolve(world.manner, **plainer))


def with_less(part: Break) -> Iterator[Break]:
    """The break with one ad less."""
    if len(part.spots) > 1:
        for n, _ in enumerate(part.spots):
            yield attrs.evolve(part, spots=part.spots[:n] + part.spots[n + 1 :])
