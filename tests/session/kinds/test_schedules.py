"""When somebody heard of it changes nothing: S88."""

from collections.abc import Iterator

import pytest

from tests.session.kinds.logs import LOGS, Log, Schedule, play, without_ticks
from video_tracker.session import Playback


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


@pytest.mark.parametrize("log", LOGS, ids=str)
@pytest.mark.parametrize("name", SCHEDULES)
def test_any_schedule_of_ticks_gives_the_same_bytes(log: Log, name: str) -> None:
    """S88: the same events with the same dates, positions and figures as without any tick."""
    calm = without_ticks(log)
    none, ticked = play(calm), play(calm, SCHEDULES[name])

    assert ticked.bodies == none.bodies
    assert ticked.figures == none.figures


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_the_ticks_of_a_log_change_nothing_either(log: Log) -> None:
    """S88: also where they run ahead of the callbacks."""
    logged, none = play(log), play(without_ticks(log))

    assert logged.bodies == none.bodies
    assert logged.figures == none.figures
