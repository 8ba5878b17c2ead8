"""What ``gate.py`` measures, one process at a time.

``python -m tests.benchmarks.workloads NAME NUMBER`` does one of :data:`COUNTED` so many times and
prints nothing: its instructions are counted from outside. One of :data:`MEASURED` it does with so
many sessions, and prints what it found as JSON. Workloads never share a process: the interpreter
specialises the code that it has seen running, and so one would change what the other costs.
"""

import gc
import itertools
import json
import os
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from tests.benchmarks import counting, user_path
from tests.benchmarks.floor import Floor
from tests.benchmarks.trace import CONTENT_LENGTH, PLAN, Input, half_hour
from video_tracker.plan import Ad, AdBreak, SessionPlan
from video_tracker.session import Session
from video_tracker.wire import Encoder

__all__ = ["COUNTED", "LIVE", "MEASURED", "STATES", "Run", "drive", "midway", "runs_of"]

LIVE: Final = 500
"""How many sessions are made, and are live at once, in the workloads of many sessions."""

TIMEUPDATES: Final = frozenset({"progress", "ad_progress"})

Run = tuple[str, Sequence[tuple[Any, ...]]]


def runs_of(inputs: Iterable[Input]) -> list[Run]:
    """Put neighbours of one name into one run, so that the loop over them can call directly."""
    grouped = itertools.groupby(inputs, key=lambda said: said.name)
    return [
        (name, [said.args if name in TIMEUPDATES else said[1:] for said in run])
        for name, run in grouped
    ]


def drive(tracker: Any, runs: Sequence[Run], take: Callable[[Any], object]) -> None:
    """Call a tracker's methods in turn and give ``take`` each tuple of events that is not empty.

    The loop costs no more than a caller's own would: timeupdates are called positionally.
    """
    for name, inputs in runs:
        method = getattr(tracker, name)
        if name in TIMEUPDATES:
            for at, position in inputs:
                if events := method(at, position):
                    take(events)
        else:
            for arguments, keywords in inputs:
                if events := method(*arguments, **keywords):
                    take(events)


def _sending(session: Session, encoder: Encoder) -> Callable[[Any], object]:
    sent: list[object] = []

    def take(events: Any) -> None:
        envelope = session.envelope()
        sent.extend([encoder.encode(event, envelope) for event in events])

    return take


# -------------------------------------------------------------------- the half hour


def _floor(repetitions: int) -> None:
    runs = runs_of(half_hour())
    for _ in range(repetitions):
        drive(Floor("session-1", PLAN), runs, [].extend)


def _session(repetitions: int) -> None:
    runs = runs_of(half_hour())
    for _ in range(repetitions):
        drive(Session("session-1", PLAN), runs, [].extend)


def _json(repetitions: int) -> None:
    runs = runs_of(half_hour())
    encoder = Encoder(engine="json")
    for _ in range(repetitions):
        session = Session("session-1", PLAN)
        drive(session, runs, _sending(session, encoder))


# -------------------------------------------------------------------- many sessions


def registered(number: int, plan: SessionPlan = PLAN) -> Session:
    """Build a session with an id and a viewer of its own on the plan of all."""
    viewer = f"viewer-{number}"
    if number % 2:
        return Session(f"session-{number}", plan, user_id=viewer)
    return Session(f"session-{number}", plan, anonymous_id=viewer)


def midway(number: int, *, far: bool = False, plan: SessionPlan = PLAN) -> Session:
    """Build a session of its own ids and numbers and leave it in the middle of playing.

    Args:
        number: Makes its ids, times and positions its own.
        far: Also past a mid-roll of two ads, a seek back and a pause; else only past its pre-roll.
        plan: One that begins as the plan of all.
    """
    session = registered(number, plan)
    at = 1_790_000_000.0 + number * 0.37
    own = (number % 997) * 0.001
    session.load(at, duration=CONTENT_LENGTH)
    session.play(at + 1.0, 0.0)
    session.ad_break_start(at + 1.1)
    session.ad_start(at + 1.2, "ad-cars", 1, 15.0)
    session.ad_progress(at + 6.0 + own, 4.8 + own)
    session.ad_end(at + 16.2, 15.0)
    session.ad_break_end(at + 16.3)
    session.playing(at + 16.5, 0.0)
    for second in range(1, 5):
        session.progress(at + 16.5 + second + own, second + own)
    return _further(session, at + 21.0 + own, 4.5 + own) if far else session


def _seek(session: Session, to: float) -> None:
    at = session.clock
    session.seek_start(at + 0.5, session.position, to)
    session.seek_end(at + 0.6, to)
    session.playing(at + 0.6, to)
    session.progress(at + 1.6, to + 1.0)


def _in_content(session: Session) -> None:
    at = session.clock
    for second in range(1, 5):
        session.progress(at + second, session.position + 1.0)


def _in_ad(session: Session) -> None:
    """The second ad of the next planned break plays."""
    _seek(session, 859.0 + session.position % 0.1)
    at, position = session.clock, session.position
    session.ad_break_start(at + 0.3)
    session.ad_start(at + 1.0, "ad-shoes", 1, 30.0)
    session.ad_end(at + 31.0, 30.0)
    session.ad_start(at + 31.8, "ad-phone", 2, 15.0)
    for second in range(1, 5):
        session.ad_progress(at + 31.8 + second, second + position % 0.01)


def _paused(session: Session) -> None:
    """Paused, with the last timeupdate behind it that browsers send."""
    at, position = session.clock, session.position
    session.pause(at + 0.3, position + 0.3)
    session.progress(at + 0.4, position + 0.3)


def _seeking(session: Session) -> None:
    at, position = session.clock, session.position
    session.seek_start(at + 0.3, position + 0.3, 600.0 + position % 100.0)


def _stalled(session: Session) -> None:
    at, position = session.clock, session.position
    session.buffer_start(at + 0.3, position + 0.3)
    session.progress(at + 0.5, position + 0.3)


STATES: Final[Mapping[str, Callable[[Session], None]]] = {
    "content": _in_content,
    "ad": _in_ad,
    "paused": _paused,
    "seeking": _seeking,
    "stalled": _stalled,
}
"""How a session two planned breaks on comes into each state that its memory is measured in."""


def _further(session: Session, at: float, position: float) -> Session:
    session.quality(at, 3200, 25, "1080p", 2)
    session.seek_start(at, position, 418.0)
    session.seek_end(at + 0.5, 418.0)
    session.playing(at + 0.5, 418.0)
    session.progress(at + 2.5, 420.0)
    session.ad_break_start(at + 2.6)
    at += 3.0
    for place, (name, length) in enumerate((("ad-tea", 15.0), ("ad-bank", 30.0)), 1):
        session.ad_start(at, name, place, length)
        session.ad_progress(at + length / 2, length / 2)
        session.ad_end(at + length, length)
        at += length + 0.7
    session.ad_break_end(at)
    session.playing(at + 0.2, 420.0)
    session.progress(at + 2.0, 421.8)
    session.seek_start(at + 2.1, 421.9, 300.0 + position)
    session.seek_end(at + 2.9, 300.0 + position)
    session.playing(at + 2.9, 300.0 + position)
    session.progress(at + 5.9, 303.0 + position)
    session.pause(at + 6.0, 303.1 + position)
    session.play(at + 9.0, 303.1 + position)
    session.playing(at + 9.1, 303.1 + position)
    session.progress(at + 10.1, 304.1 + position)
    return session


def _register(rounds: int) -> None:
    kept = [registered(number) for number in range(rounds * LIVE)]
    assert kept


def _one_live(rounds: int) -> None:
    _in_turn([midway(1)] * LIVE, rounds)


def _many_live(rounds: int) -> None:
    _in_turn([midway(1) for _ in range(LIVE)], rounds)


_KEPT: Final[list[object]] = []


def _in_turn(sessions: Sequence[Session], rounds: int) -> None:
    """Give each a timeupdate a round, so little apart that no heartbeat falls due.

    All numbers are made before and kept to the end: where the allocator puts those that a session
    lets go of is no affair of its own, and differs by a sixth with the heap.
    """
    made = range(rounds * len(sessions))
    told = [(1_790_000_021.4 + n * 0.0001, 4.6 + n * 0.0001) for n in made]
    _KEPT.append(told)
    for number, (at, position) in enumerate(told):
        sessions[number % len(sessions)].progress(at, position)


# -------------------------------------------------------------------- time and memory


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _registration_time(number: int) -> dict[str, float]:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        kept = [registered(one) for one in range(number)]
        best = min(best, time.perf_counter() - start)
        del kept
    return {"seconds": best}


def _resident_memory(number: int) -> dict[str, float]:
    warm = midway(0)
    gc.collect()
    before = _resident()
    sessions = [midway(one) for one in range(number)]
    gc.collect()
    each = (_resident() - before) / number
    assert warm.session_id != sessions[-1].session_id
    return {"bytes": each, "alone": _timeupdate([warm] * number), "shuffled": _timeupdate(sessions)}


def _memory_in(state: str) -> Callable[[int], dict[str, float]]:
    """What a session takes that is two planned breaks on and in this state."""

    def measure(number: int) -> dict[str, float]:
        def made(one: int) -> Session:
            session = midway(one, far=True)
            STATES[state](session)
            return session

        warm = made(0)
        sessions = [warm] * number  # the list is not the sessions': it is there before
        gc.collect()
        before = _resident()
        for one in range(number):
            sessions[one] = made(one)
        gc.collect()
        each = (_resident() - before) / number
        assert warm.session_id != sessions[-1].session_id
        return {"bytes": each}

    return measure


TURNS: Final = 8
MANY_BREAKS: Final = attrs.evolve(
    PLAN,
    ad_breaks=(
        *PLAN.ad_breaks[:2],
        *(
            AdBreak(
                at=440.0 + turn * 10.0,
                ads=(
                    Ad(asset_id=f"long-{turn}", duration=20.0),
                    Ad(asset_id=f"short-{turn}", duration=10.0),
                ),
            )
            for turn in range(1 + TURNS)
        ),
    ),
)


def _growth(number: int, more: Callable[[Session, int], None], units: int) -> dict[str, float]:
    """What each of so many more things takes: of sessions with them, and with some of them."""

    def made(one: int, turns: int) -> Session:
        session = midway(one, far=True, plan=MANY_BREAKS)
        for turn in range(turns):
            more(session, turn)
        return session

    kept = [made(0, 1 + TURNS)]
    found = []
    for turns in (1, 1 + TURNS):
        gc.collect()
        before = _resident()
        kept += [made(one, turns) for one in range(number)]
        gc.collect()
        found.append((_resident() - before) / number)
    return {"bytes": (found[1] - found[0]) / (units * TURNS)}


def _play_break(session: Session, ads: Sequence[tuple[str, float]]) -> None:
    at, position = session.clock + 0.5, session.position
    session.ad_break_start(at)
    for place, (name, length) in enumerate(ads, 1):
        session.ad_start(at + 0.5, name, place, length)
        session.ad_progress(at + 0.5 + length / 2, length / 2)
        at += 0.5 + length
        session.ad_end(at, length)
    session.ad_break_end(at)
    session.playing(at + 0.2, position)
    session.progress(at + 1.2, position + 1.0)


def _planned_break(session: Session, turn: int) -> None:
    if not turn:
        _seek(session, 430.0)
    while session.position < 439.9 + turn * 10.0:
        session.progress(session.clock + 1.0, session.position + 1.0)
    _play_break(session, [(f"long-{turn}", 20.0), (f"short-{turn}", 10.0)])


def _unplanned_break(session: Session, turn: int) -> None:
    own = f"{session.session_id}-{turn}"
    for _ in range(2):
        at, position = session.clock, session.position
        session.progress(at + 1.0, position + 1.0)
        session.progress(at + 2.0, position + 2.0)
    _play_break(session, [(f"{own}-a", 20.5 + turn), (f"{own}-b", 10.5 + turn)])


def _watched_ranges(session: Session, turn: int) -> None:
    for step in range(100):
        _seek(session, 1.0 + (turn * 100 + step) * 1.8)


def _break_growth(number: int) -> dict[str, float]:
    return _growth(number // 10, _planned_break, 1)


def _ad_growth(number: int) -> dict[str, float]:
    return _growth(number // 10, _unplanned_break, 2)


def _range_growth(number: int) -> dict[str, float]:
    return _growth(number // 500, _watched_ranges, 100)


def _timeupdate(sessions: Sequence[Session]) -> float:
    """Microseconds that a timeupdate costs when it comes to the sessions in no order."""
    calls = [
        (session.progress, session.clock + step, session.position + step)
        for step, session in zip(itertools.count(0.001, 0.00001), sessions, strict=False)
    ]
    if sessions[0] is not sessions[-1]:
        random.Random(1).shuffle(calls)
    start = time.perf_counter()
    for progress, at, position in calls:
        progress(at, position)
    return (time.perf_counter() - start) / len(calls) * 1e6


def _traced_memory(number: int) -> dict[str, float]:
    midway(0, far=True)
    found = {}
    for name, far in (("bytes", False), ("far_bytes", True)):
        gc.collect()
        tracemalloc.start()
        sessions = [midway(one, far=far) for one in range(number)]
        found[name] = tracemalloc.get_traced_memory()[0] / number
        tracemalloc.stop()
        del sessions
    return found


COUNTED: Final[Mapping[str, Callable[[int], None]]] = {
    "floor": _floor,
    "session": _session,
    "json": _json,
    "register": _register,
    "one_live": _one_live,
    "many_live": _many_live,
    **user_path.WORKLOADS,
}

MEASURED: Final[Mapping[str, Callable[[int], dict[str, float]]]] = {
    "registration_time": _registration_time,
    "memory": _resident_memory,
    **{f"memory_{state}": _memory_in(state) for state in STATES},
    "break_growth": _break_growth,
    "ad_growth": _ad_growth,
    "range_growth": _range_growth,
    "traced_memory": _traced_memory,
    **user_path.MEASURED,
}


def main() -> None:
    """Do the workload that the command line names, and its number; without one it is counted."""
    name, number = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None
    if number is not None and name in MEASURED:
        json.dump(MEASURED[name](number), sys.stdout)
        return
    gc.disable()  # a collection falls where the heap says, not where the work is
    if number is None:
        counting.say_rounds(COUNTED[name])
    else:
        COUNTED[name](number)


if __name__ == "__main__":
    main()
