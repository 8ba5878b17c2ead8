"""Numbers say the same whatever their kind, and a log the same whenever it was: S3, S50, S64."""

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.session.kinds.logs import LOGS, Log, Run, changed, play
from video_tracker.plan import SessionPlan
from video_tracker.testing.grammar import check_streams

NUMBERS = ("at", "position", "to", "duration", "offset", "bitrate", "framerate", "sound")
MORE_NUMBERS = ("playback_rate", "live_edge", "start_date")


def whole(value: Any) -> Any:
    """A whole float as an int."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def broken(value: Any) -> Any:
    """An int as a float."""
    return float(value) if type(value) is int else value


def settings_of(plan: SessionPlan, kind: Callable[[Any], Any]) -> SessionPlan:
    """A plan whose settings and break places are of the kind."""
    values = {
        field.name: getattr(plan.settings, field.name)
        for field in attrs.fields(type(plan.settings))
    }
    return attrs.evolve(
        plan,
        settings=attrs.evolve(plan.settings, **{name: kind(old) for name, old in values.items()}),
        ad_breaks=tuple(attrs.evolve(each, at=kind(each.at)) for each in plan.ad_breaks),
    )


@pytest.mark.parametrize("log", LOGS, ids=str)
@pytest.mark.parametrize("kind", [whole, broken])
def test_ints_and_floats_give_the_same_bytes(log: Log, kind: Callable[[Any], Any]) -> None:
    """S64: 11 and 11.0 are the same position, and the same time."""
    fields = dict.fromkeys((*NUMBERS, *MORE_NUMBERS), kind)

    assert play(changed(log, settings_of(log.plan, kind), **fields)) == play(log)


def shifted(run: Run, by: float, digits: int) -> list[tuple[float, Any]]:
    """The events with their dates moved back, everything else as it is."""
    return [(round(event.at - by, digits), attrs.evolve(event, at=0.0)) for event in run.events]


@pytest.mark.parametrize("log", LOGS, ids=str)
@pytest.mark.parametrize("by", [86_400.0, 100_000_000.0, -600_000_000.0])
def test_another_day_gives_the_same_events_on_that_day(log: Log, by: float) -> None:
    """S46: nothing but the callbacks' own times counts, and only what lies between them.

    These days lie between the same powers of two, so that every difference is exact.
    """
    there = play(changed(log, at=lambda at: at + by, start_date=lambda at: at + by))
    here = play(log)

    assert shifted(there, by, 6) == shifted(here, 0.0, 6)
    assert there.figures == here.figures
    assert there.diagnostics == here.diagnostics


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_a_clock_that_began_an_hour_ago_gives_the_same_events(log: Log) -> None:
    """S3, S46: a device without a clock counts from its start; roundings move no whole second."""
    by = 3600.0 - log.signals[0].at
    there = play(changed(log, at=lambda at: at + by, start_date=lambda at: at + by))
    here = play(log)

    assert shifted(there, by, 3) == shifted(here, 0.0, 3)


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_every_log_obeys_the_grammar(log: Log) -> None:
    """S20, S60."""
    run = play(log)

    assert check_streams(run.events) == []
    assert not any("internal_fault" in counts for counts in run.diagnostics)


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_no_event_is_sent_before_one_that_is_dated_earlier(log: Log) -> None:
    """S86: within a session the dates never fall."""
    newest: dict[str, float] = {}
    for event in play(log).events:
        assert event.at >= newest.get(event.session_id, event.at), event
        newest[event.session_id] = event.at
