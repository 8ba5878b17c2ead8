"""When somebody heard of it changes nothing: S88."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.session.kinds.logs import LOGS, Log, Run, Schedule, play, without_ticks
from video_tracker.session import Playback
from video_tracker.signals import Progress


def punctual(playback: Playback, _after: float, before: float) -> Iterator[float]:
    """A tick whenever the session wants one."""
    for _ in range(10_000):
        due = playback.wake_at()
        if due is None or due >= before:
            return
        yield due
    raise AssertionError("it wants ticks without end")


def every(seconds: float) -> Schedule:
    """A tick so often, whether it is wanted or not."""

    def schedule(_playback: Playback, after: float, before: float) -> Iterator[float]:
        number = int(after / seconds) + 1
        while number * seconds < before:
            yield number * seconds
            number += 1

    return schedule


SCHEDULES = {
    "punctual": punctual,
    "0.25 s": every(0.25),
    "1 s": every(1.0),
    "7 s": every(7.0),
}


def same(one: Run, other: Run) -> None:
    assert one.lines == other.lines
    assert one.bodies == other.bodies
    assert one.figures == other.figures


def later(log: Log) -> float:
    """Long after a log's end: every timeout of playing has fallen due."""
    return max(signal.at for signal in log.signals) + 400.0


@pytest.mark.parametrize("log", LOGS, ids=str)
@pytest.mark.parametrize("name", SCHEDULES)
def test_any_schedule_of_ticks_gives_the_same_bytes(log: Log, name: str) -> None:
    """S88: the same events with the same dates, positions and figures as without any tick."""
    calm = without_ticks(log)

    same(play(calm, SCHEDULES[name], until=later(log)), play(calm, until=later(log)))


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_the_ticks_of_a_log_change_nothing_either(log: Log) -> None:
    """S88: also where they run ahead of the callbacks."""
    same(play(log, until=later(log)), play(without_ticks(log), until=later(log)))


DOUBTS = (
    *("doubt-", "doubted", "falseend-", "podend-", "glimpse-", "order-", "deadstart-", "pace-"),
    *("held", "error_at_last", "impatient", "ratechange-between"),
)
"""Logs in which something waits: a tick that runs ahead of the word that ends it settles it."""


def steady(log: Log) -> bool:
    """Whether nothing waits in a log: no doubt, and no silence in which a timeout could fall."""
    times = [signal.at for signal in without_ticks(log).signals]
    silence = max((after - before for before, after in pairwise(times)), default=0.0)
    return silence < 20.0 and not log.name.startswith(DOUBTS)


def goes_on(log: Log) -> bool:
    """Whether content never ends, so that no tick can take a rest for its end, and tells places.

    Where nobody tells places, a beat that a tick has brought stands (S42).
    """
    ends = any("Completed" in line and "/" not in line for line in play(log).lines)
    reports = any(isinstance(signal, Progress) for signal in log.signals)
    return reports and not ends


STEADY = [without_ticks(log) for log in LOGS if steady(log)]


@pytest.mark.parametrize("log", STEADY, ids=str)
def test_ticks_a_moment_ahead_of_the_callbacks_change_nothing(log: Log) -> None:
    """S88: a callback that is dated before a tick keeps its own date."""
    same(play(log, ahead=0.2, until=later(log)), play(log, until=later(log)))


@pytest.mark.parametrize("log", [log for log in STEADY if goes_on(log)], ids=str)
def test_ticks_three_seconds_ahead_of_the_callbacks_change_nothing(log: Log) -> None:
    """S88: callbacks that come in three seconds late, all of them."""
    same(play(log, ahead=3.0, until=later(log)), play(log, until=later(log)))
