"""Measures this library beside others in one run and prints a table in markdown.

``python -m tests.benchmarks.peers [--rounds 3] [--venv FOLDER]`` makes an environment of its own
(in ``FOLDER``, or a temporary one), installs the others into it and this library beside them from
the source tree, and runs every piece of work in a fresh process: each contender in turn, round
after round, so that what else the machine does meets them all alike. Figures are medians,
but for the lag of the loop, which is the best of all: other load can only add to it.
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
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.peers.contenders import CONTENDERS, ENCODING, IDLE, OURS, REFERENCES

ROOT: Final = Path(__file__).parent.parent.parent.parent

PEERS: Final = (
    "customerio-cdp-analytics",
    "segment-analytics-python",
    "rudder-sdk-python",
    "posthog",
    "snowplow-tracker",
)
OWN: Final = ("attrs", "transitions", "httpx", "orjson")
LIMIT: Final = 10.0
"""Seconds after which a process that does not end is killed."""

CUSTOMERIO: Final = "customerio-cdp-analytics"


def environment(folder: Path) -> Path:
    """Make the environment, unless it is there; return its interpreter."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *PEERS, *OWN],
        check=True,
    )
    return python


def versions(python: Path) -> dict[str, str]:
    """The installed versions by name."""
    listed = subprocess.run(
        [str(python), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        check=True,
        capture_output=True,
        text=True,
    )
    return {each["name"].lower(): each["version"] for each in json.loads(listed.stdout)}


def pinned(core: int) -> Sequence[str]:
    """What runs a command on that core alone, where the system can."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    able = len(cores) > core and shutil.which("taskset")
    return ["taskset", "-c", str(cores[core])] if able else []


@contextlib.contextmanager
def sink(python: Path, *options: str) -> Iterator[tuple[str, dict[str, int]]]:
    """A sink of its own on the second core; yields its address and, at the end, its figures."""
    program = str(Path(__file__).with_name("sink.py"))
    with subprocess.Popen(
        [*pinned(1), str(python), program, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        figures: dict[str, int] = {}
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}", figures
        process.stdin.close()
        figures.update(json.loads(process.stdout.readline()))


def run(python: Path, name: str, work: str, number: int, *options: str) -> dict[str, float]:
    """One process of one contender, with a sink of its own."""
    with sink(python, *options) as (url, figures):
        command = [*pinned(0), str(python), "-m", "tests.benchmarks.peers.contenders"]
        process = subprocess.Popen(
            [*command, name, work, url, str(number)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        killed = 0.0
        try:
            process.wait(LIMIT if work == "leave" else 120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed = 1.0
        ended = time.time()
        assert process.stdout is not None
        with process.stdout as output:
            found: dict[str, float] = json.loads(output.readline() or "{}")
    if work == "leave":
        found = {
            "arrived": figures["events"] / number,
            "seconds": ended - found.get("ended_at", ended),
            "killed": killed,
        }
    return found


Figures = dict[str, dict[str, list[float]]]


def measure(python: Path, rounds: int, number: int) -> Figures:
    """All contenders at all works, interleaved."""
    result: Figures = {name: {} for name in (*REFERENCES, *CONTENDERS)}

    def note(name: str, prefix: str, found: Mapping[str, float]) -> None:
        for key, value in found.items():
            result[name].setdefault(prefix + key, []).append(value)

    for turn in range(rounds):
        for work, many, options in (
            ("calm", 3_000, ()),
            ("flood", number, ()),
            ("memory", 10_000, ("--mute",)),
            ("lag", 2, ()),
            ("lag", 2, ()),
            ("burst", 2, ()),
            ("burst", 2, ()),
        ):
            for name in result:
                if name not in REFERENCES or work in {"lag", "burst"}:
                    note(name, "", run(python, name, work, many, *options))
                    sys.stderr.write(f"{turn + 1}/{rounds} {work} {name}\n")
        if turn == 0:  # these are told by one try
            for name in CONTENDERS:
                note(name, "exit_", run(python, name, "leave", 1_000, "--delay", "0.15"))
                note(name, "failing_", run(python, name, "leave", 1_000, "--status", "500"))
                sys.stderr.write(f"{turn + 1}/{rounds} leave {name}\n")
    return result


def _late(figures: Figures, name: str, key: str) -> float:
    # The best of all: whatever else the machine does can only make a loop later.
    return min(figures[name][key])


_LAGS: Final = (
    ("loop lag p99 beside idle", OURS[0], "lag_p99_us", IDLE, 1.3),
    ("loop lag p50 beside idle, in bursts of ten", OURS[0], "burst_p50_us", IDLE, 1.3),
    ("loop lag p99 beside idle, in bursts of ten", OURS[0], "burst_p99_us", IDLE, 1.3),
    ("durable loop lag p50 beside idle, in bursts of ten", OURS[1], "burst_p50_us", IDLE, 1.6),
    ("durable loop lag p99 beside idle, in bursts of ten", OURS[1], "burst_p99_us", IDLE, 1.6),
    (
        "loop lag p99 beside one that only encodes, in bursts",
        OURS[0],
        "burst_p99_us",
        ENCODING,
        1.5,
    ),
    ("durable loop lag p99 beside that", OURS[1], "burst_p99_us", ENCODING, 2.25),
)
"""Rows of the loop's lag: whose, which figure, beside whose, and what is wanted at most."""


def _lateness(figures: Figures, name: str, work: str) -> str:
    """Half and the worst hundredth of the lags, the latter beside the idle loop's."""
    half, worst = (_late(figures, name, f"{work}_p{share}_us") for share in (50, 99))
    idle = _late(figures, IDLE, f"{work}_p99_us")
    return f"{half:,.0f}, {worst:,.0f} ({worst / idle:.2f})"


def table(figures: Figures, installed: Mapping[str, str]) -> str:
    """The figures in markdown."""

    def median(name: str, key: str) -> float:
        values = figures[name].get(key)
        return statistics.median(values) if values else float("nan")

    def leaving(name: str, kind: str) -> str:
        if median(name, f"{kind}_killed"):
            return f"> {LIMIT:.0f} s (killed)"
        return f"{median(name, f'{kind}_seconds'):.2f} s"

    rows = [
        (
            "| library | track() alone, us | track() in a flood, p50 us | p99 us"
            " | end to end, events/s | CPU per event, us | memory per queued event, KB"
            " | loop lag p50, p99, us (x idle) | in bursts | exit: arrived of 1,000 | exit: took"
            " | exit while it answers 500 |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in CONTENDERS:
        label = name if name in OURS else f"{name} {installed.get(name, '')}".strip()
        cells = [
            label,
            f"{median(name, 'calm_p50_us'):.1f}",
            f"{median(name, 'enqueue_p50_us'):.1f}",
            f"{median(name, 'enqueue_p99_us'):,.0f}",
            f"{median(name, 'events_per_second'):,.0f}",
            f"{median(name, 'cpu_us'):.1f}",
            f"{median(name, 'queued_bytes') / 1000:.2f}",
            _lateness(figures, name, "lag"),
            _lateness(figures, name, "burst"),
            f"{median(name, 'exit_arrived') * 1000:.0f}",
            leaving(name, "exit"),
            leaving(name, "failing"),
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def ratios(figures: Figures) -> str:
    """Ours beside the official client, with what is wanted."""

    def median(name: str, key: str) -> float:
        return statistics.median(figures[name][key])

    def quotient(key: str, name: str, *, inverse: bool = False) -> float:
        ours, theirs = median(name, key), median(CUSTOMERIO, key)
        return ours / theirs if inverse else theirs / ours

    ours, durable = OURS
    wanted: list[tuple[str, float, str, bool]] = []

    def want(what: str, value: float, least: float) -> None:
        wanted.append((what, value, f"at least {least:g} x", value >= least))

    def bound(what: str, value: float, most: float) -> None:
        wanted.append((what, value, f"at most {most:g} x", value <= most))

    want("track() alone, faster", quotient("calm_p50_us", ours), 4)
    want("track() in a flood, faster", quotient("enqueue_p50_us", ours), 4)
    want("durable track() alone, faster", quotient("calm_p50_us", durable), 3)
    want("durable track() in a flood, faster", quotient("enqueue_p50_us", durable), 3)
    want("end to end, more", quotient("events_per_second", ours, inverse=True), 5)
    want("durable end to end, more", quotient("events_per_second", durable, inverse=True), 3.5)
    bound("CPU per event", quotient("cpu_us", ours, inverse=True), 0.2)
    bound("memory per queued event", quotient("queued_bytes", ours, inverse=True), 0.7)
    for what, name, key, reference, most in _LAGS:
        bound(what, _late(figures, name, key) / _late(figures, reference, key), most)
    rows = ["| beside customerio-cdp-analytics | found | wanted | |", "|---|---|---|---|"]
    rows += [
        f"| {what} | {value:.2f} x | {limit} | {'kept' if kept else 'missed'} |"
        for what, value, limit, kept in wanted
    ]
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--events", type=int, default=20_000)
    options.add_argument("--venv", type=Path)
    options.add_argument("--raw", type=Path, help="write all figures there as JSON")
    parsed: Any = options.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        folder = parsed.venv or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        python = environment(folder)
        before = os.getloadavg()[0]
        figures = measure(python, parsed.rounds, parsed.events)
        if parsed.raw:
            parsed.raw.write_text(json.dumps(figures, indent=1), "utf-8")
        print(table(figures, versions(python)))  # noqa: T201
        print(f"\n{ratios(figures)}")  # noqa: T201
        print(  # noqa: T201
            f"\nPython {platform.python_version()}, {os.cpu_count()} cores, load"
            f" {before:.1f} at the beginning and {os.getloadavg()[0]:.1f} at the end,"
            f" {parsed.rounds} rounds, {parsed.events:,} events a flood; idle loop lag p50, p99:"
            f" {_lateness(figures, IDLE, 'lag')};"
            f" in bursts {_lateness(figures, IDLE, 'burst')}; one that only encodes:"
            f" {_lateness(figures, ENCODING, 'lag')};"
            f" in bursts {_lateness(figures, ENCODING, 'burst')}."
        )


if __name__ == "__main__":
    main()
