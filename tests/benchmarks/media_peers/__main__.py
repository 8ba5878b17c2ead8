"""Measures a callback here beside the libraries that watch a player in the page, in one run.

``python -m tests.benchmarks.media_peers [--rounds 9]`` installs them by npm at the versions of
``package.json`` into a temporary folder, unless ``npm install`` was run beside that file. Each
contender is a process that stays, so that it is warm, pinned to one core; round after round each in
turn is given the same callbacks and tells its CPU time. Figures are medians of the rounds, ratios
medians of each round's. ``--works`` names some of the works only.
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.media_peers.logs import WORKS, Viewing
from tests.benchmarks.media_peers.ours import CALLBACK, CALLS
from tests.benchmarks.peers.__main__ import ROOT, pinned

__all__ = [
    "NOBODY",
    "PEERS",
    "Figures",
    "Process",
    "installed",
    "judged",
    "sent",
    "started",
    "table",
]

HERE: Final = Path(__file__).parent

PEERS: Final = {
    "mux": "mux-embed",
    "bitmovin": "bitmovin-analytics",
    "snowplow": "@snowplow/browser-plugin-media",
}
NOBODY: Final = "nobody"
"""What the page and the loop cost themselves."""

WANTED: Final = (
    ("recorded", "bitmovin", 1.0),
    ("steady", "bitmovin", 1.2),
    ("recorded", "mux", 0.35),
    ("steady", "mux", 0.35),
)
"""Of which work ours may cost how many times what whose costs."""

Found = Mapping[str, Any]
Figures = Mapping[str, Mapping[str, Sequence[Found]]]
"""By contender and by what was asked of it (``check``, ``all``, ``alone``)."""


def installed(folder: Path = HERE) -> bool:
    """Whether the others' packages are in a folder."""
    return all((folder / "node_modules" / package).is_dir() for package in PEERS.values())


@contextlib.contextmanager
def modules() -> Iterator[Path]:
    """A folder with the others' packages."""
    if installed():
        yield HERE
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", ".npmrc"):
            shutil.copy(HERE / name, folder)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run(["npm", "install", *quiet], cwd=folder, check=True, stdout=sys.stderr)
        yield Path(folder)


class Process:
    """A contender that is there until it is closed."""

    def __init__(self, name: str, work: Path, folder: Path) -> None:
        ours = (sys.executable, "-m", "tests.benchmarks.media_peers.ours", name, str(work))
        theirs = ("node", str(HERE / "run.cjs"), name, str(work), str(folder))
        self._process = subprocess.Popen(
            [*pinned(0), *(ours if name in {CALLBACK, CALLS} else theirs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def ask(self, what: str) -> dict[str, Any]:
        """Have it do something, and say what it found."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def close(self) -> None:
        self._process.communicate(timeout=30)


@contextlib.contextmanager
def started(
    names: Sequence[str], viewings: Sequence[Viewing], folder: Path
) -> Iterator[dict[str, Process]]:
    """The contenders by name, each ready to be given the same viewings."""
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        work = Path(place) / "work.json"
        work.write_text(json.dumps(viewings), "utf-8")
        processes = {}
        for name in names:
            processes[name] = Process(name, work, folder)
            stack.callback(processes[name].close)
        yield processes


def measure(work: str, folder: Path, rounds: int, warm: float, seconds: float) -> Figures:
    """All contenders at a work, interleaved."""
    names = [CALLBACK, *PEERS, NOBODY]
    if work == "steady":
        names.insert(1, CALLS)
    figures: dict[str, dict[str, list[Found]]] = {name: {} for name in names}
    with started(names, WORKS[work](), folder) as processes:

        def ask(name: str, what: str, seconds: float) -> None:
            figures[name].setdefault(what, []).append(processes[name].ask(f"{what} {seconds}"))

        for name in names:
            ask(name, "check", 0)
            processes[name].ask(f"all {warm}")
            sys.stderr.write(f"{work}: {name} is warm\n")
        for turn in range(rounds):
            for name in names:
                ask(name, "all", seconds)
                if name in PEERS:
                    ask(name, "alone", seconds)
            sys.stderr.write(f"{work}: {turn + 1}/{rounds}\n")
    for name, found in figures.items():
        requests = {one["requests"] for one in (*found["check"], *found["all"])}
        if len(requests) != 1 or (name != NOBODY and requests == {0}):
            raise RuntimeError(f"{name} did not send the same in all rounds: {requests}")
    return figures


def _median(figures: Figures, name: str, what: str, key: str = "callback_us") -> float:
    return statistics.median(float(one[key]) for one in figures[name][what])


def _ratio(figures: Figures, ours: str, name: str, what: str) -> float:
    own, theirs = (
        [float(one["callback_us"]) for one in found]
        for found in (figures[ours]["all"], figures[name][what])
    )
    return statistics.median(mine / its for mine, its in zip(own, theirs, strict=True))


def table(figures: Figures) -> str:
    """The figures of a work in markdown."""
    rows = [
        (
            "| | us per callback | ours / its | its callbacks alone, us | ours / these"
            " | a viewing's begin and end, us | requests | KB |"
        ),
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, found in figures.items():
        check = found["check"][0]
        ratios, alone = ["", ""], ""
        if name in PEERS:
            ours = CALLS if name == "snowplow" and CALLS in figures else CALLBACK
            ratios = [f"{_ratio(figures, ours, name, what):.2f}" for what in ("all", "alone")]
            alone = f"{_median(figures, name, 'alone'):.2f}"
        cells = [
            name,
            f"{_median(figures, name, 'all'):.2f}",
            ratios[0],
            alone,
            ratios[1],
            f"{_median(figures, name, 'all', 'session_us'):,.0f}",
            f"{check['requests']:,.0f}",
            f"{check['bytes'] / 1000:,.0f}",
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def sent(figures: Figures) -> str:
    """What came out of one pass over a work, in markdown."""
    rows = []
    for name, found in figures.items():
        events = sorted(found["check"][0]["events"].items(), key=lambda one: (-one[1], one[0]))
        if events:
            rows.append(f"* {name}: {', '.join(f'{many} {event}' for event, many in events)}")
    return "\n".join(rows)


def judged(works: Mapping[str, Figures]) -> str:
    """What was aimed at, and what was found, in markdown."""
    rows = ["| ours beside | found | its callbacks alone | wanted | |", "|---|---|---|---|---|"]
    for work, name, most in WANTED:
        if work in works:
            found, alone = (_ratio(works[work], CALLBACK, name, what) for what in ("all", "alone"))
            rows.append(
                f"| {name}, {work} | {found:.2f} x | {alone:.2f} x | at most {most:g} x"
                f" | {'kept' if found <= most else 'missed'} |"
            )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.media_peers")
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--works", nargs="+", choices=list(WORKS), default=list(WORKS))
    options.add_argument("--warm", type=float, default=4.0, help="seconds of CPU before the rounds")
    options.add_argument("--seconds", type=float, default=0.3, help="of CPU, a round")
    parsed: Any = options.parse_args(arguments)
    before = os.getloadavg()[0]
    works: dict[str, Figures] = {}
    with modules() as folder:
        for work in parsed.works:
            works[work] = measure(work, folder, parsed.rounds, parsed.warm, parsed.seconds)
    for work, figures in works.items():
        callbacks = figures[CALLBACK]["check"][0]["callbacks"]
        print(f"{work}, {callbacks:,} callbacks:\n\n{table(figures)}\n")  # noqa: T201
        print(f"What was sent:\n\n{sent(figures)}\n")  # noqa: T201
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True)
    print(judged(works))  # noqa: T201
    print(  # noqa: T201
        f"\nPython {platform.python_version()}, node {node.stdout.strip()}, {os.cpu_count()} cores,"
        f" load {before:.1f} at the beginning and {os.getloadavg()[0]:.1f} at the end,"
        f" {parsed.rounds} rounds."
    )


if __name__ == "__main__":
    main()
