"""S88: when somebody lets time pass changes nothing, the adapters' own holds included."""

from collections.abc import Callable, Iterable, Iterator

import attrs
import pytest

from tests.recordings.replaying import RECORDINGS, adapter_of, read_expected, recorded
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback
from video_tracker.session import Playback, Session
from video_tracker.signals import Signal, Tick

Schedule = Callable[[Adapter, Playback, float, float], Iterator[float]]
"""The times of the ticks before a callback: adapter, playback, the callback before it, and it."""


def never(_adapter: Adapter, _playback: Playback, _since: float, _until: float) -> Iterator[float]:
    yield from ()


def punctual(adapter: Adapter, playback: Playback, _since: float, until: float) -> Iterator[float]:
    """Whenever the adapter or the session wants to be woken."""
    last = float("-inf")
    while True:
        wishes = (adapter.wake_at(), playback.session.wake_at())
        due = min((wish for wish in wishes if wish is not None), default=until)
        if not last < due < until:
            return
        yield due
        last = due


def quarters(_adapter: Adapter, _playback: Playback, since: float, until: float) -> Iterator[float]:
    """Every quarter of a second, whoever wants it."""
    at = since + 0.25
    while at < until:
        yield at
        at += 0.25


def late(adapter: Adapter, _playback: Playback, since: float, until: float) -> Iterator[float]:
    """Once for each callback, shortly before it, where the adapter waits for it."""
    due = adapter.wake_at()
    if due is not None and due < until:
        yield max(due, until - 0.001, since)


def told(name: str, schedule: Schedule) -> list[str]:
    """The events of a recording with time let pass by that schedule."""
    adapter = adapter_of(name)
    plan = read_expected(name).plan or SessionPlan(user_id="u1")
    plan = attrs.evolve(plan, settings=Settings(**adapter.settings))
    return events_of(adapter, Playback(Session("s1", plan)), recorded(name), schedule)


def events_of(
    adapter: Adapter, playback: Playback, callbacks: Iterable[Callback], schedule: Schedule
) -> list[str]:
    """What comes of callbacks, each event in full."""
    events: list[str] = []

    def give(signals: Iterable[Signal]) -> None:
        for signal in signals:
            events.extend(repr(event) for event in playback.receive(signal))

    since = 0.0
    for callback in callbacks:
        for at in schedule(adapter, playback, since or callback.at, callback.at):
            give(adapter.settle(at))
            give((Tick(at),))
        give(adapter.translate(callback))
        since = callback.at
    give(adapter.flush(since))
    events.extend(repr(event) for event in playback.finish())
    return events


@pytest.mark.parametrize("name", RECORDINGS)
def test_any_schedule_of_ticks_gives_the_same_events(name: str) -> None:
    """S88: byte for byte, dates, positions and order."""
    expected = told(name, never)

    assert told(name, punctual) == expected
    assert told(name, quarters) == expected
    assert told(name, late) == expected
