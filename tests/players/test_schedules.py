"""S88: what adapters hold back does not depend on who let time pass, nor on how often."""

import random
from collections.abc import Callable, Iterator

import attrs
import pytest

from video_tracker.players.base import Adapter, Callback
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.signals import Signal
from video_tracker.testing.callbacks import Courses

STEPS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.6, 1.3)
"""Seconds between callbacks: within what is held, around it, and beyond it."""

Ticks = Callable[[Adapter, float, float], Iterator[float]]


def never(_adapter: Adapter, _since: float, _until: float) -> Iterator[float]:
    yield from ()


def punctual(adapter: Adapter, _since: float, until: float) -> Iterator[float]:
    last = float("-inf")
    while (due := adapter.wake_at()) is not None and last < due < until:
        yield due
        last = due


def quarters(_adapter: Adapter, since: float, until: float) -> Iterator[float]:
    at = since + 0.25
    while at < until:
        yield at
        at += 0.25


def signals(player: str, course: list[Callback], ticks: Ticks) -> list[Signal]:
    adapter = find_adapter(player)()
    out: list[Signal] = []
    since = course[0].at
    for callback in course:
        for at in ticks(adapter, since, callback.at):
            out += adapter.settle(at)
        out += adapter.translate(callback)
        since = callback.at
    return [*out, *adapter.flush(since)]


def courses(player: str) -> Iterator[list[Callback]]:
    """Callbacks as the player could make them, close enough that holds matter."""
    for number, course in enumerate(Courses(find_adapter(player), 88).likely(6)):
        chance = random.Random(number)
        at, made = course[0].at, []
        for callback in course:
            at = round(at + chance.choice(STEPS), 3)
            made.append(attrs.evolve(callback, at=at))
        yield made


@pytest.mark.parametrize("player", player_names())
def test_any_schedule_gives_the_same_signals(player: str) -> None:
    for course in courses(player):
        expected = signals(player, course, never)

        assert signals(player, course, punctual) == expected
        assert signals(player, course, quarters) == expected
