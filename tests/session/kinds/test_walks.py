"""What holds for any log, held by seeded random walks (S1-S92)."""

import json
import os
from collections.abc import Callable, Iterable

import attrs
import pytest

from tests.session.kinds.walks import Walk, draw_walk
from video_tracker.events import Event
from video_tracker.session import Playback, Session, restore, snapshot
from video_tracker.session.data.state import NOTHING_HELD, Held
from video_tracker.testing import sessions_faults

WALKS = int(os.environ.get("RANDOM_WALKS", "300"))
"""How many walks are taken; more of them find more."""
Told = tuple[list[Event], Playback]
Fault = Callable[[Walk], object]
"""What is wrong with how a walk is told; nothing, if it is right."""
LONGEST_WAIT = 100
"""No walk wants more ticks than this between two of its words."""


def take(
    walk: Walk, *, ticks: bool = False, restored: bool = False
) -> tuple[list[Event], Playback]:
    """Tell a walk to a session, and what falls due after its end."""
    playback, events = Playback(Session("s1", walk.plan)), list[Event]()
    for signal in walk.signals:
        for _ in range(LONGEST_WAIT if ticks else 0):
            due = playback.wake_at()
            if due is None or due >= signal.at:
                break
            events += [event for _, event in playback.tick(due)]
        if restored:
            written = json.loads(json.dumps(snapshot(playback.session)))
            playback.session = restore(written, walk.plan)
        events += [event for _, event in playback.receive(signal)]
    events += [event for _, event in playback.finish()]
    return events, playback


def wrong(seeds: Iterable[int], fault: Fault) -> dict[int, object]:
    """The seeds whose walks have a fault, with it; three of them are enough."""
    found: dict[int, object] = {}
    for seed in seeds:
        told = fault(draw_walk(seed))
        if told:
            found[seed] = told
            if len(found) == 3:
                break
    return found


def untrue(walk: Walk) -> object:
    """Of the events, of the figures, or between them; or time that nobody counted."""
    events, playback = take(walk)
    faults = sessions_faults(events, [session.summary() for session in playback.sessions])
    if faults:
        return faults
    for session in playback.sessions:
        state, summary = session._state, session.summary()
        began, ended = state.started_at, state.over_at
        if began is not None:
            passed = (session.clock if ended is None else ended) - began
            if abs(summary.elapsed - passed) > 1e-3:
                return summary.elapsed, passed
    return None


def faulty(walk: Walk) -> object:
    _, playback = take(walk)
    return [session for session in playback.sessions if "internal_fault" in session.diagnostics]


def changed_by_ticks(walk: Walk) -> object:
    bare, ticked = take(walk), take(walk, ticks=True)
    return difference(bare, ticked)


def changed_by_snapshots(walk: Walk) -> object:
    return difference(take(walk), take(walk, restored=True))


def difference(one: Told, other: Told) -> tuple[object, object] | None:
    """The first event, or the figures, in which two runs differ."""
    for ours, theirs in zip(one[0], other[0], strict=False):
        if ours != theirs:
            return ours, theirs
    figures = [[session.summary().buckets for session in run.sessions] for _, run in (one, other)]
    if len(one[0]) != len(other[0]) or figures[0] != figures[1]:
        return len(one[0]), len(other[0])
    return None


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(untrue, id="events and figures are right (S20-S45, S63, S86)"),
        pytest.param(faulty, id="no fault of its own (S60)"),
        pytest.param(changed_by_ticks, id="ticks change nothing (S88)"),
        pytest.param(changed_by_snapshots, id="snapshots change nothing (S50)"),
    ],
)
def test_any_walk_has_no_fault(fault: Fault) -> None:
    assert wrong(range(WALKS), fault) == {}


def test_what_holds_nothing_is_never_written_to() -> None:
    """All sessions share it."""
    wrong(range(WALKS // 10), faulty)

    assert attrs.asdict(NOTHING_HELD) == attrs.asdict(Held())
