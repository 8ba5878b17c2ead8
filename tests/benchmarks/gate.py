"""The performance gate: ``python -m tests.benchmarks.gate`` from the project's folder.

Counts instructions with ``valgrind --tool=callgrind`` (they repeat where times do not), measures
the memory of live sessions, prints a table and fails when a limit is broken. Each workload runs in
a process of its own, once and three times: half the difference is one round, without start, imports
and what the first round alone costs. Takes about two minutes. Exit status: 0 held, 1 broken, 2
nothing to measure with.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import attrs

from tests.benchmarks.trace import half_hour
from tests.benchmarks.workloads import LIVE, STATES

__all__ = ["Row", "main", "measure", "table"]

_ROOT: Final = Path(__file__).resolve().parents[2]
_COLLECTED: Final = re.compile(rb"Collected\s*:\s*(\d+)")
_CROWD: Final = 100_000

BARE_LIMIT: Final = 1.95
"""The session without JSON, as a multiple of the floor."""
JSON_LIMIT: Final = 2.7
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
FLAT_LIMIT: Final = 1.05
"""A timeupdate among many live sessions, as a multiple of one session alone."""
_GROWTHS: Final = {
    "break_growth": ("a further planned break of two ads", BREAK_LIMIT),
    "ad_growth": ("an ad that no plan names", AD_LIMIT),
    "range_growth": ("a watched range", RANGE_LIMIT),
}
"""Workloads that measure what more of something takes, with the rows and the limits of them."""


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


def _environment() -> dict[str, str]:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(paths)}


def _run(command: Sequence[str]) -> "subprocess.CompletedProcess[bytes]":
    done = subprocess.run(command, cwd=_ROOT, env=_environment(), capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done


def _workload(name: str, number: int) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.workloads", name, str(number)]


def _instructions(name: str, rounds: int) -> int:
    counter = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    done = _run([*counter, *_workload(name, rounds)])
    found = _COLLECTED.search(done.stderr)
    if found is None:
        raise RuntimeError("valgrind gave no count of instructions")
    return int(found[1])


def _measured(name: str, number: int) -> dict[str, float]:
    found: dict[str, float] = json.loads(_run(_workload(name, number)).stdout)
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
    }
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        once = {name: pool.submit(_instructions, name, 1) for name in units}
        thrice = {name: pool.submit(_instructions, name, 3) for name in units}
        return {
            name: (thrice[name].result() - once[name].result()) / 2 / unit
            for name, unit in units.items()
        }


def measure() -> list[Row]:
    """Run every workload and return the table's rows, the held ones with their limits."""
    counts = _count_all()
    floor = counts["floor"]
    rows = [
        Row("floor", floor, "instructions per callback"),
        Row("session, events", counts["session"], "instructions per callback"),
        Row("session, JSON", counts["json"], "instructions per callback"),
        Row("session, events", counts["session"] / floor, "x floor", BARE_LIMIT),
        Row("session, JSON", counts["json"] / floor, "x floor", JSON_LIMIT),
        Row("one session made", counts["register"], "instructions", REGISTER_LIMIT),
        Row(
            f"timeupdate, {LIVE:,} live to 1",
            counts["many_live"] / counts["one_live"],
            "x",
            FLAT_LIMIT,
        ),
    ]
    made = _measured("registration_time", _CROWD)
    young = _measured("memory", _CROWD)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        bytes_of = dict(
            zip(
                (*STATES, *_GROWTHS),
                pool.map(
                    lambda name: _measured(name, _CROWD)["bytes"],
                    (*(f"memory_{state}" for state in STATES), *_GROWTHS),
                ),
                strict=True,
            )
        )
    traced = _measured("traced_memory", _CROWD // 20)
    return [
        *rows,
        Row(f"{_CROWD:,} sessions made", made["seconds"], "s"),
        Row("live session, after a pre-roll", young["bytes"], "bytes resident", MEMORY_LIMIT),
        Row("live session, after a pre-roll", traced["bytes"], "bytes traced"),
        *(
            Row(f"two breaks on: {state}", bytes_of[state], "bytes resident", MEMORY_LIMIT)
            for state in STATES
        ),
        Row("live session, two breaks on", traced["far_bytes"], "bytes traced"),
        *(
            Row(what, bytes_of[name], "bytes resident", limit)
            for name, (what, limit) in _GROWTHS.items()
        ),
        Row("timeupdate, one session", young["alone"], "us"),
        Row(f"timeupdate, {_CROWD:,} shuffled", young["shuffled"], "us"),
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
    if shutil.which("valgrind") is None:
        sys.stderr.write("gate: valgrind is needed to count instructions\n")
        return 2
    try:
        rows = measure()
    except RuntimeError as fault:
        sys.stderr.write(f"gate: a workload failed\n{fault}\n")
        return 2
    sys.stdout.write(table(rows) + "\n")
    return 1 if any(row.broken for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
