"""Seeded viewings, told to a session: these events, in this order, and nothing more.

``MODEL_WORLDS`` is the number of worlds of each kind (default 40).
"""

import difflib
import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from tests.session.model.drawn import KINDS, draw_world
from tests.session.model.expected import Unclear, expected_rows
from tests.session.model.figures import expected_figures
from tests.session.model.judged import call, figures_of, row_of, run, session_of
from tests.session.model.shrunk import shrink
from tests.session.model.told import T0, Told, tell
from tests.session.model.viewing import watch
from tests.session.model.world import Truth, World
from video_tracker.events import Event
from video_tracker.session import Session, restore, snapshot

WORLDS = int(os.environ.get("MODEL_WORLDS", "40"))


def worlds(kind: str, count: int = WORLDS) -> Iterator[World]:
    """The first so many worlds of a kind of which the rules say everything."""
    seed = 0
    while count:
        world = draw_world(seed, kind)
        seed += 1
        if is_clear(world):
            count -= 1
            yield world


def is_clear(world: World) -> bool:
    """Whether the rules say everything of this world."""
    try:
        expected_rows(world, watch(world))
    except Unclear:
        return False
    return True


# -- the truth is told ----------------------------------------------------------------------------


def difference(world: World) -> str:
    """How the session differs from the truth; nothing if it does not."""
    truth = watch(world)
    wanted = expected_rows(world, truth)
    session, events = run(world, truth)
    got = [row_of(event) for event in events]
    if got != wanted:
        return "\n".join(difflib.unified_diff(wanted, got, "wanted", "got", n=100, lineterm=""))
    figures = figures_of(session)
    wrong = {
        name: f"wanted {value}, got {figures[name]}"
        for name, value in expected_figures(truth, wanted, world.rate).items()
        if figures[name] != pytest.approx(value, abs=0.01)
    }
    return f"figures: {wrong}" if wrong else ""


def kind_of(told: str) -> str:
    """The first events that differ, without their numbers."""
    if told.startswith("figures"):
        return ", ".join(sorted(word for word in told.split("'") if word.isidentifier()))
    lines = [line for line in told.splitlines()[3:] if line[0] in "+-"]
    words = [" ".join([line[0], *line.split(" ")[1:4]]).split("/")[0] for line in lines[:2]]
    return " | ".join(word.rsplit(" ", 1)[0] for word in words)


def is_wrong_as(kind: str) -> Callable[[World], bool]:
    """Whether a world goes wrong in this way."""

    def goes_wrong(world: World) -> bool:
        return is_clear(world) and kind_of(difference(world)) == kind

    return goes_wrong


def report(wrong: dict[str, list[World]]) -> str:
    """One small world for each way in which worlds go wrong, with its inputs."""
    told = []
    for kind, found in sorted(wrong.items()):
        small = shrink(found[0], is_wrong_as(kind))
        seeds = [world.seed for world in found]
        told += [f"\n===== {kind}: seeds {seeds}", described(small), difference(small)]
        told += [f"  {each.at:g} {each.name} {each.fields}" for each in calls(small)]
    return "\n".join(told)


def calls(world: World) -> Iterator[Told]:
    """The inputs of a world, without the progress on a regular grid."""
    return (t for t in tell(world, watch(world)) if t.name not in {"progress", "ad_progress"})


def described(thing: Any) -> str:
    """A world in words: only what differs from a plain one."""
    if isinstance(thing, tuple):
        return "[" + ", ".join(described(each) for each in thing) + "]"
    if not attrs.has(type(thing)):
        return repr(thing)
    fields = attrs.fields(type(thing))
    values = [(f.name, getattr(thing, f.name)) for f in fields]
    shown = [(n, v) for (n, v), f in zip(values, fields, strict=True) if v != f.default]
    return f"{type(thing).__name__}({', '.join(f'{n}={described(v)}' for n, v in shown)})"


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_tells_what_happened(kind: str) -> None:
    wrong: dict[str, list[World]] = {}
    for world in worlds(kind):
        told = difference(world)
        if told:
            wrong.setdefault(kind_of(told), []).append(world)
    assert not wrong, report(wrong)


# -- what may not matter ---------------------------------------------------------------------------


def told_to(
    world: World, truth: Truth, between: Callable[[Session, float], tuple[Session, list[Event]]]
) -> tuple[Session, list[Event]]:
    """Tell a world, with something done before each input; ``between`` is given its time."""
    session = session_of(world)
    events: list[Event] = []
    for each in tell(world, truth):
        session, more = between(session, T0 + each.at)
        events += [*more, *call(session, each)]
    return session, events


@pytest.mark.parametrize("kind", KINDS)
def test_a_snapshot_changes_nothing(kind: str) -> None:
    """At random points, byte for byte."""
    for world in worlds(kind, max(WORLDS // 2, 1)):
        dice = random.Random(world.seed)

        def stored(
            session: Session, _: float, dice: random.Random = dice
        ) -> tuple[Session, list[Event]]:
            return (reborn(session) if dice.random() < 0.1 else session), []

        truth = watch(world)
        straight, wanted = run(world, truth)
        session, got = told_to(world, truth, stored)
        assert got == wanted, described(world)
        assert session.summary() == straight.summary(), described(world)
        assert json.dumps(snapshot(session)) == json.dumps(snapshot(straight)), described(world)


def reborn(session: Session) -> Session:
    """The session out of its own snapshot."""
    return restore(json.loads(json.dumps(snapshot(session))))


@pytest.mark.parametrize("schedule", ["punctual", 0.25, 1.0, 7.0])
@pytest.mark.parametrize("kind", KINDS)
def test_ticks_change_nothing(kind: str, schedule: str | float) -> None:
    """S88: the same events with the same dates, and the same figures."""
    for world in worlds(kind, max(WORLDS // 4, 1)):
        truth = watch(world)
        straight, wanted = run(world, truth)
        session, got = told_to(world, truth, ticking(schedule))
        rows = [row_of(event) for event in wanted], [row_of(event) for event in got]
        assert rows[1] == rows[0], described(world)
        assert got == wanted, described(world)
        assert rounded(figures_of(session)) == rounded(figures_of(straight)), described(world)


def rounded(figure: Any) -> Any:
    """Figures to the microsecond, without the diagnostics, which count the inputs themselves."""
    if isinstance(figure, dict):
        return {name: rounded(part) for name, part in figure.items() if name != "diagnostics"}
    if isinstance(figure, list):
        return [rounded(part) for part in figure]
    return round(figure, 6) if isinstance(figure, float) else figure


def ticking(schedule: str | float) -> Callable[[Session, float], tuple[Session, list[Event]]]:
    """Ticks on a schedule, up to each input."""
    last = T0 * 1.0

    def tick(session: Session, until: float) -> tuple[Session, list[Event]]:
        nonlocal last
        events: list[Event] = []
        if isinstance(schedule, float):
            while last + schedule < until:
                last += schedule
                events += session.tick(last)
            return session, events
        while (due := session.wake_at()) is not None and due < until:
            events += session.tick(due)
            after = session.wake_at()
            assert after is None or after > due, "a tick at wake_at must serve it"
        return session, events

    return tick


@pytest.mark.parametrize("kind", KINDS)
def test_whole_numbers_may_be_ints(kind: str) -> None:
    """S64: 11 and 11.0 are the same position."""
    for world in worlds(kind, max(WORLDS // 4, 1)):
        as_ints = attrs.evolve(world, manner=attrs.evolve(world.manner, whole=True))
        as_floats = attrs.evolve(world, manner=attrs.evolve(world.manner, whole=False))
        truth = watch(world)
        (one, wanted), (other, got) = run(as_floats, truth), run(as_ints, truth)
        assert got == wanted, described(world)
        assert one.summary() == other.summary(), described(world)
