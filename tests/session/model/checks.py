"""A world told to a session, and how that differs from the truth or from telling it otherwise.

Every check gives a readable difference, or nothing.
"""

import difflib
import json
import random
from collections.abc import Callable
from typing import Any

import attrs

from tests.session.model.expected import Unclear, expected_rows
from tests.session.model.figures import expected_figures
from tests.session.model.rows import rows_of
from tests.session.model.told import T0, Told, plan_of, tell
from tests.session.model.viewing import watch
from tests.session.model.world import World
from video_tracker.events import Event
from video_tracker.session import Session, restore, snapshot

Check = Callable[[World], str]
Between = Callable[[Session, float], tuple[Session, list[Event]]]
"""What is done with a session before an input of that time."""


def is_clear(world: World) -> bool:
    """Whether the rules say everything of this world."""
    try:
        expected_rows(world, watch(world))
    except Unclear:
        return False
    return True


def nothing(session: Session, _: float) -> tuple[Session, list[Event]]:
    """Leave the session alone."""
    return session, []


def run(world: World, between: Between = nothing) -> tuple[Session, list[Event]]:
    """The session to which everything has been told, and its events."""
    session = Session("s1", plan_of(world))
    events: list[Event] = []
    for each in tell(world, watch(world)):
        session, more = between(session, T0 + each.at)
        events += [*more, *call(session, each)]
    return session, events


def call(session: Session, told: Told) -> tuple[Event, ...]:
    """Say one input."""
    events: tuple[Event, ...] = getattr(session, told.name)(T0 + told.at, **told.fields)
    return events


def differing(wanted: list[str], got: list[str]) -> str:
    """How two lists differ, line by line."""
    return "\n".join(difflib.unified_diff(wanted, got, "wanted", "got", n=100, lineterm=""))


def figures_of(session: Session) -> dict[str, Any]:
    """Figures to the microsecond, without the diagnostics, which count the inputs themselves."""
    figures: dict[str, Any] = rounded(session.summary().to_dict())
    del figures["diagnostics"]
    return figures


def rounded(figure: Any) -> Any:
    """Every number in it to six places."""
    if isinstance(figure, dict):
        return {name: rounded(part) for name, part in figure.items()}
    if isinstance(figure, list):
        return [rounded(part) for part in figure]
    return round(figure, 6) if isinstance(figure, float) else figure


def wrong_figures(wanted: dict[str, Any], got: dict[str, Any]) -> str:
    """The figures that differ."""
    wrong = [f"{k} wanted {v}, got {got[k]}" for k, v in wanted.items() if rounded(v) != got[k]]
    return "figures: " + "; ".join(wrong) if wrong else ""


# -- the checks -----------------------------------------------------------------------------------


def from_truth(world: World) -> str:
    """These events, in this order, and nothing more; and the true figures."""
    truth = watch(world)
    wanted = expected_rows(world, truth)
    session, events = run(world)
    figures = expected_figures(truth, wanted, world.rate)
    return differing(wanted, rows_of(events)) or wrong_figures(figures, figures_of(session))


def from_snapshots(world: World) -> str:
    """A session stored and restored at random points goes on byte for byte."""
    dice = random.Random(world.seed)

    def stored(session: Session, _: float) -> tuple[Session, list[Event]]:
        if dice.random() < 0.1:
            session = restore(json.loads(json.dumps(snapshot(session))))
        return session, []

    (straight, wanted), (session, got) = run(world), run(world, stored)
    if got == wanted and json.dumps(snapshot(session)) != json.dumps(snapshot(straight)):
        return "figures: another snapshot"
    return differing(rows_of(wanted), rows_of(got)) or said_otherwise(wanted, got)


def said_otherwise(wanted: list[Event], got: list[Event]) -> str:
    """What no row shows."""
    return "" if wanted == got else "figures: events differ in what no row shows"


def from_ticks(schedule: float | None) -> Check:
    """S88: ticks at this interval (None: whenever the session wants one) change nothing."""

    def check(world: World) -> str:
        (straight, wanted), (session, got) = run(world), run(world, ticking(schedule))
        return (
            differing(rows_of(wanted), rows_of(got))
            or said_otherwise(wanted, got)
            or wrong_figures(figures_of(straight), figures_of(session))
        )

    return check


def ticking(schedule: float | None) -> Between:
    """Ticks before each input, on a schedule of their own."""
    last = float(T0)

    def every(session: Session, until: float) -> tuple[Session, list[Event]]:
        nonlocal last
        events: list[Event] = []
        while schedule is not None and last + schedule < until:
            last += schedule
            events += session.tick(last)
        return session, events

    return punctual if schedule is None else every


def punctual(session: Session, until: float) -> tuple[Session, list[Event]]:
    """Ticks exactly when the session wants them."""
    events: list[Event] = []
    while (due := session.wake_at()) is not None and due < until:
        events += session.tick(due)
        after = session.wake_at()
        assert after is None or after > due, "a tick at wake_at must serve it"
    return session, events


def from_ints(world: World) -> str:
    """Whole numbers may be told as ints or as floats."""
    as_ints = attrs.evolve(world, manner=attrs.evolve(world.manner, whole=True))
    as_floats = attrs.evolve(world, manner=attrs.evolve(world.manner, whole=False))
    (one, wanted), (other, got) = run(as_floats), run(as_ints)
    return (
        differing(rows_of(wanted), rows_of(got))
        or said_otherwise(wanted, got)
        or wrong_figures(figures_of(one), figures_of(other))
    )
