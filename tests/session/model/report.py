"""What is said of the worlds that go wrong: one small world for each way, with its inputs."""

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from tests.session.model.checks import Check, is_clear
from tests.session.model.shrunk import shrink
from tests.session.model.told import tell
from tests.session.model.viewing import watch
from tests.session.model.world import World


def report(worlds: Iterable[World], check: Check) -> str:
    """Each way in which these worlds go wrong; nothing if none does."""
    wrong: dict[str, list[World]] = {}
    for world in worlds:
        told = check(world)
        if told:
            wrong.setdefault(way_of(told), []).append(world)
    return "\n".join(described_fault(way, found, check) for way, found in sorted(wrong.items()))


def described_fault(way: str, found: list[World], check: Check) -> str:
    """One way of going wrong, shown by a small world."""
    small = shrink(found[0], goes_wrong(way, check))
    seeds = ", ".join(str(world.seed) for world in found)
    inputs = [
        f"  {each.at:g} {each.name} {each.fields}"
        for each in tell(small, watch(small))
        if each.name not in {"progress", "ad_progress"}
    ]
    head = f"\n===== {way} (seeds {seeds})"
    return "\n".join([head, described(small), check(small), "inputs beside progress:", *inputs])


def goes_wrong(way: str, check: Check) -> Callable[[World], bool]:
    """Whether a world goes wrong in this way."""

    def wrong(world: World) -> bool:
        told = check(world) if is_clear(world) else ""
        return bool(told) and way_of(told) == way

    return wrong


def way_of(told: str) -> str:
    """The first event that is missing (-) or too much (+), or the figures; without numbers."""
    if told.startswith("figures"):
        return ", ".join(part.split(" wanted ")[0] for part in told.split("; "))
    lines = [line for line in told.splitlines()[2:] if line[0] in "+-"]
    sign, words = lines[0][0], lines[0].split("/")[0].split(" ")
    return f"{sign} {' '.join(words[1:-1])}"


def described(thing: Any) -> str:
    """A world in words: only what differs from a plain one."""
    if isinstance(thing, tuple):
        return "[" + ", ".join(described(each) for each in thing) + "]"
    if not attrs.has(type(thing)):
        return repr(thing)
    fields = attrs.fields(type(thing))
    shown = [(f.name, getattr(thing, f.name)) for f in fields]
    told = [
        f"{n}={described(v)}" for (n, v), f in zip(shown, fields, strict=True) if v != f.default
    ]
    return f"{type(thing).__name__}({', '.join(told)})"
