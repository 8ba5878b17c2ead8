"""The performance gate: ``python -m tests.benchmarks.gate`` from the project's folder.

Counts instructions with ``valgrind --tool=callgrind`` (they repeat where times do not), measures
the memory of live sessions, prints a table and fails when a limit is broken. Each workload runs in
a process of its own, for one round and for three: half the difference is one round, without start,
imports and what the first round alone costs. Takes some minutes. Exit status: 0 held, 1 broken, 2
nothing to measure with.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import attrs

from tests.benchmarks import counting, user_path
from tests.benchmarks.trace import half_hour
from tests.benchmarks.user_path import CALLBACKS, EVENTS
from tests.benchmarks.workloads import LIVE, STATES

__all__ = ["Row", "main", "measure", "table"]

_CROWD: Final = 100_000
_LARGEST: Final = "ad"
"""The state in which a session takes most: there the whole crowd is measured."""
_SOME: Final = _CROWD // 4
"""Of each other state so many; the allocator's own blocks then add up to 1 %."""

BARE_LIMIT: Final = 1.98
"""The session without JSON, as a multiple of the floor."""
JSON_LIMIT: Final = 2.73
"""The session with the standard library's JSON, as a multiple of the floor."""
REGISTER_LIMIT: Final = 100_000
"""Instructions to make a session: 100,000 of them in under a second, counted and so repeatable."""
MEMORY_LIMIT: Final = 1024
"""Bytes resident for each live session, whatever it does, up to two planned breaks on."""
BREAK_LIMIT: Final = 80
"""Bytes more for each further planned break of two ads."""
AD_LIMIT: Final = 400
"""Bytes more for each ad that no plan names."""
RANGE_LIMIT: Final = 30
"""Bytes more for each watched range."""
FLAT_LIMIT: Final = 1.1
"""A timeupdate among many live sessions, as a multiple of one alone; the heap makes up to 0.06."""
HELP_LIMIT: Final = 6.0
"""Asking the command line what it can do, as a multiple of starting Python."""
VIEWER_LIMIT: Final = 1500
"""Bytes resident for each session that a tracker holds, its own place there with it."""
HTML5_LIMIT: Final = 3300
"""Bytes resident for each html5 player that a tracker holds, its adapter with it."""
BEACONS_LIMIT: Final = 5000
"""Bytes resident for each html5 player whose callbacks come as beacons, its intake with it."""
FROZEN_LIMIT: Final = 100.0
"""Milliseconds of a full collection when what lives was frozen."""
CROWD_LIMIT: Final = 2.5
"""A callback among many live players, as a multiple of one player alone."""
_GROWTHS: Final = {
    "break_growth": ("a further planned break of two ads", BREAK_LIMIT),
    "ad_growth": ("an ad that no plan names", AD_LIMIT),
    "range_growth": ("a watched range", RANGE_LIMIT),
}
"""Workloads that measure what more of something takes, with the rows and the limits of them."""


_PATH: Final = (
    ("tracker, progress", "steady_tracker", "steady_session", "bare session", 4.0),
    ("tracker, html5 callback", "steady_player", "steady_floor", "floor", 10.0),
    ("beacons decoded", "decode", "json_loads", "json.loads", 1.2),
    ("beacons to records", "steady_beacons", "json_loads", "json.loads", 2.5),
    ("recorded logs decoded", "recorded_decode", "recorded_json_loads", "json.loads", 1.4),
    ("recorded logs to records", "recorded_beacons", "recorded_json_loads", "json.loads", 4.5),
    ("tracker, an event", "events_tracker", "events_session", "session and encode", 1.5),
)
"""The path that users run: what it costs, as a multiple of what else."""


@attrs.frozen
class Row:
    """One line of the table. ``limit`` None: reported, not held."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def broken(self) -> bool:
        """Whether the value is over its limit."""
        return self.limit is not None and self.value > self.limit


def _workload(name: str, *number: int) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.workloads", name, *map(str, number)]


def _measured(name: str, number: int) -> dict[str, float]:
    found: dict[str, float] = json.loads(counting.run(_workload(name, number)).stdout)
    return found


def _count_all() -> dict[str, float]:
    """Instructions for each unit of work: a callback, or a session made."""
    callbacks = sum(1 for _ in half_hour())
    units = {
        "floor": callbacks,
        "session": callbacks,
        "json": callbacks,
        "register": LIVE,
        "one_live": LIVE,
        "many_live": LIVE,
        **{name: EVENTS if "events" in name else CALLBACKS for name in user_path.WORKLOADS},
        **dict.fromkeys(("one_player", "many_players"), user_path.LIVE),
    }
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        counts = pool.map(lambda name: counting.count_rounds(_workload(name)), units)
        return {name: count / units[name] for name, count in zip(units, counts, strict=True)}


def _help() -> float:
    asked = counting.count([sys.executable, "-m", "video_tracker", "--help"])
    return asked / counting.count([sys.executable, "-c", "pass"])


def measure() -> Iterator[list[Row]]:
    """Run every workload and yield the table's rows, the held ones with their limits."""
    counts = _count_all()
    yield [*_of_sessions(counts), *_of_the_path(counts)]
    yield [Row("video-tracker --help", _help(), "x an empty Python", HELP_LIMIT)]
    yield from _of_memory()
    yield _held_by_trackers()


def _of_sessions(counts: Mapping[str, float]) -> list[Row]:
    floor = counts["floor"]
    many = counts["many_live"] / counts["one_live"]
    return [
        Row("floor", floor, "instructions per callback"),
        Row("session, events", counts["session"], "instructions per callback"),
        Row("session, JSON", counts["json"], "instructions per callback"),
        Row("session, events", counts["session"] / floor, "x floor", BARE_LIMIT),
        Row("session, JSON", counts["json"] / floor, "x floor", JSON_LIMIT),
        Row("one session made", counts["register"], "instructions", REGISTER_LIMIT),
        Row(f"timeupdate, {LIVE:,} live to 1", many, "x", FLAT_LIMIT),
    ]


def _of_the_path(counts: Mapping[str, float]) -> Iterator[Row]:
    for what, part, whole, of, limit in _PATH:
        yield Row(what, counts[part], "instructions")
        yield Row(what, counts[part] / counts[whole], f"x {of}", limit)
    many = counts["many_players"] / counts["one_player"]
    yield Row(f"html5 callback, {user_path.LIVE:,} live to 1", many, "x", CROWD_LIMIT)


def _of_memory() -> Iterator[list[Row]]:
    made = _measured("registration_time", _CROWD)
    young = _measured("memory", _CROWD)
    yield [
        Row(f"{_CROWD:,} sessions made", made["seconds"], "s"),
        Row("timeupdate, one session", young["alone"], "us"),
        Row(f"timeupdate, {_CROWD:,} shuffled", young["shuffled"], "us"),
        Row("live session, after a pre-roll", young["bytes"], "bytes resident", MEMORY_LIMIT),
    ]
    numbers = {f"memory_{state}": _CROWD if state == _LARGEST else _SOME for state in STATES}
    numbers |= dict.fromkeys(_GROWTHS, _CROWD)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = list(pool.map(lambda each: _measured(*each)["bytes"], numbers.items()))
    far = zip(STATES, found, strict=False)
    growths = zip(_GROWTHS.values(), found[len(STATES) :], strict=True)
    yield [
        *(Row(f"two breaks on: {on}", value, "bytes resident", MEMORY_LIMIT) for on, value in far),
        *(Row(what, value, "bytes resident", limit) for (what, limit), value in growths),
    ]
    traced = _measured("traced_memory", _CROWD // 20)
    yield [
        Row("live session, after a pre-roll", traced["bytes"], "bytes traced"),
        Row("live session, two breaks on", traced["far_bytes"], "bytes traced"),
    ]


def _held_by_trackers() -> list[Row]:
    """The rows of viewers that a tracker holds, and of the collector that looks at them."""
    viewer, html5 = _measured("viewer_memory", _CROWD), _measured("html5_memory", _CROWD)
    beacons = _measured("beacons_memory", _CROWD)
    return [
        Row("tracked session", viewer["bytes"], "bytes resident", VIEWER_LIMIT),
        Row("tracked html5 player", html5["bytes"], "bytes resident", HTML5_LIMIT),
        Row("the same, by beacons", beacons["bytes"], "bytes resident", BEACONS_LIMIT),
        Row(f"full collection, {_CROWD:,} html5", html5["unfrozen"], "ms"),
        Row("the same, frozen", html5["frozen"], "ms", FROZEN_LIMIT),
        Row("longest freeze while they come", _measured("freezing", _CROWD)["longest"], "ms"),
    ]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text, one a line, with what is held and what is broken."""
    lines = []
    for row in rows:
        digits = 2 if row.value < 100 else 0
        limit = "" if row.limit is None else f"limit {row.limit:,.{2 if row.limit < 100 else 0}f}"
        verdict = "BROKEN" if row.broken else ("held" if row.limit is not None else "")
        lines.append(
            f"{row.what:<36}{row.value:>12,.{digits}f} {row.unit:<27}{limit:<15}{verdict}".rstrip()
        )
    return "\n".join(lines)


def main() -> int:
    """Measure, print the table, and return the exit status."""
    missing = counting.missing()
    if missing:
        sys.stderr.write(f"gate: {' and '.join(missing)} needed to count instructions\n")
        return 2
    broken = False
    try:
        for rows in measure():
            sys.stdout.write(table(rows) + "\n")
            sys.stdout.flush()
            broken = broken or any(row.broken for row in rows)
    except RuntimeError as fault:
        sys.stderr.write(f"gate: a workload failed\n{fault}\n")
        return 2
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
