"""How late an event loop is whose own task tells an ``AsyncTracker`` of ten viewers at once.

``python -m tests.benchmarks.loop_lag [--rounds 9] [--seconds 2] [--exact] [--apart]``. Every 5 ms
a task of the loop makes ten inputs in a row, each to another of 200 sessions, while another task
sleeps 1 ms over and over and notes how late it wakes. All ways (idle, in memory, with a spool; sent
by a thread or by the loop) run in the same loop of one process, each in turn round after round;
figures are medians of the rounds, ratios are of these medians. Beside them the hand-written floor
(``floor.py``) makes the same inputs, writes its events with the standard library's JSON, and
neither queues nor sends them.

``asyncio`` waits in whole milliseconds: after whatever held the loop for a while, the next timer is
that much late, though the loop was free again long before. ``--exact`` takes a loop whose timers
are not rounded up, so that only a timer that fell due meanwhile is late. With ``--apart`` the loop
has its turn after each input (``asyncio.sleep(0)``).
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import platform
import selectors
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from tests.benchmarks import floor
from tests.benchmarks.peers import contenders
from tests.benchmarks.peers.__main__ import sink
from video_tracker.aio import AsyncTracker
from video_tracker.plan import Ad, AdBreak
from video_tracker.transports import AsyncHttpTransport, HttpTransport

__all__ = ["FEEDS", "FLOOR", "IDLE", "WAYS", "judged", "measure", "table"]

BURST: Final = 10
EVERY: Final = 0.005
SESSIONS: Final = 200
# The floor knows no content without a break; nobody comes to this one.
PLAN: Final = attrs.evolve(
    contenders.PLAN, ad_breaks=(AdBreak(at=3000.0, ads=(Ad(asset_id="ad-1", duration=15.0),)),)
)

Input = Callable[[Any, float, float], object]
"""Tells a session something: at which time, at which position."""


def _progress(session: Any, at: float, position: float) -> object:
    return session.progress(position, at=at)


def _callback(player: Any, at: float, position: float) -> object:
    return player.callback("timeupdate", {"currentTime": position, "paused": False}, at=at)


FEEDS: Final[Mapping[str, tuple[str | None, float, Input]]] = {
    "progress": (None, 0.25, _progress),
    "html5 callbacks": ("html5", 0.25, _callback),
    "heartbeats, an event each": (None, 10.0, _progress),
}
"""By name: the player, the seconds between two inputs of a session, and the input."""

IDLE: Final = "idle"
FLOOR: Final = "the floor, nothing queued"
WAYS: Final[Mapping[str, tuple[bool, bool] | None]] = {
    IDLE: None,
    FLOOR: None,
    "memory": (False, False),
    "durable": (True, False),
    "memory, sent by the loop": (False, True),
    "durable, sent by the loop": (True, True),
}
"""By name: whether there is a spool, and whether the loop sends in place of a thread."""

Found = dict[str, float]
Figures = Mapping[str, Mapping[str, Sequence[Found]]]
"""By feed and way, one of each round."""


class _ByHand:
    """A viewer of the floor: what it makes is written as JSON, and that is all."""

    def __init__(self, start: float) -> None:
        self._floor = floor.Floor("session-1", PLAN)
        self._floor.load(start, duration=3600.0)
        self._floor.play(start, 0.0)
        self._floor.playing(start, 0.0)

    def progress(self, position: float, *, at: float) -> None:
        for event in self._floor.progress(at, position):
            json.dumps(event)


class Way:
    """An ``AsyncTracker`` and its viewers; without one, the floor's viewers or none."""

    def __init__(self, name: str, url: str, folder: str) -> None:
        self.name = name
        options = WAYS[name]
        self.tracker: AsyncTracker | None = None
        if options is not None:
            durable, looped = options
            kind = AsyncHttpTransport if looped else HttpTransport
            self.tracker = AsyncTracker(
                kind("key", base_url=url),
                plan=PLAN,
                spool_dir=Path(folder, name.replace(", ", "-")) if durable else None,
            )
        self._began = 0

    def viewers(self, feed: str) -> Callable[[], object]:
        """Begin new sessions; what tells the next of them."""
        if self.name == IDLE:
            return lambda: None
        player, step, tell = FEEDS[feed]
        start = time.time()
        sessions = [self._viewer(player, start) for _ in range(SESSIONS)]

        def tells() -> Iterator[None]:
            turn = 0.0
            while True:
                turn += step
                for session in sessions:
                    tell(session, start + turn, turn)
                    yield

        told = tells()
        for _ in range(2 * SESSIONS):  # what only a session's first inputs cost is not measured
            next(told)
        return lambda: next(told)

    def _viewer(self, player: str | None, start: float) -> Any:
        if self.tracker is None:
            return _ByHand(start)
        self._began += 1
        session: Any = self.tracker.open(f"session-{self._began}", player=player)
        session.play(0.0, at=start)
        session.playing(0.0, at=start)
        return session

    async def rest(self) -> None:
        """Send all that is there, and let go of the sessions."""
        if self.tracker is not None:
            for number in range(self._began - SESSIONS + 1, self._began + 1):
                self.tracker.release(f"session-{number}")
            await self.tracker.flush(30.0)


async def late(tell: Callable[[], object], seconds: float, *, apart: bool = False) -> Found:
    """How late a timer of 1 ms is while ten are told each 5 ms, and what that took; in us.

    Args:
        tell: Makes an input.
        seconds: For how long.
        apart: The loop has its turn after each input.
    """
    loop = asyncio.get_running_loop()
    lates: list[float] = []
    took: list[float] = []

    async def probe() -> None:
        while True:
            wanted = loop.time() + 0.001
            await asyncio.sleep(0.001)
            lates.append(loop.time() - wanted)

    number = max(1, round(seconds / EVERY))
    task = loop.create_task(probe())
    start, cpu = loop.time(), time.thread_time()
    for turn in range(1, number + 1):
        begin = time.perf_counter()
        for _ in range(BURST):
            tell()
            if apart:
                await asyncio.sleep(0)
        took.append(time.perf_counter() - begin)
        await asyncio.sleep(max(0.0, start + turn * EVERY - loop.time()))
    spent = time.thread_time() - cpu
    task.cancel()
    lates.sort()
    found = {
        "p50": lates[len(lates) // 2],
        "mean": statistics.fmean(lates),
        "p99": lates[int(len(lates) * 0.99)],
        "burst": statistics.median(took),
        "cpu": spent / number,
    }
    return {name: value * 1e6 for name, value in found.items()}


async def measure(
    url: str, folder: str, rounds: int, seconds: float, *, apart: bool = False
) -> Figures:
    """All ways of all feeds, interleaved."""
    ways = {name: Way(name, url, folder) for name in WAYS}
    figures: dict[str, dict[str, list[Found]]] = {feed: {} for feed in FEEDS}
    for turn in range(rounds + 1):
        for feed in FEEDS:
            for name, way in ways.items():
                if name == FLOOR and FEEDS[feed][0] is not None:
                    continue  # it has no player's callbacks
                tell = way.viewers(feed)
                gc.collect()
                await asyncio.sleep(0.05)
                found = await late(tell, seconds, apart=apart)
                await way.rest()
                if turn:  # the first round only warms
                    figures[feed].setdefault(name, []).append(found)
        sys.stderr.write(f"{turn}/{rounds}\n")
    for way in ways.values():
        if way.tracker is not None:
            stats = await way.tracker.aclose()
            assert stats.delivered == stats.made + stats.adopted, stats
    return figures


def _median(figures: Figures, feed: str, way: str, key: str) -> float:
    return statistics.median(found[key] for found in figures[feed][way])


def table(figures: Figures) -> str:
    """The figures in markdown, each lag with its multiple of the idle loop's."""
    rows = [
        "| ten at once | way | p50, us | mean, us | p99, us | the ten take, us | loop's CPU, us |",
        "|---|---|---|---|---|---|---|",
    ]
    for feed, ways in figures.items():
        for way in ways:
            cells = [feed, way]
            for key in ("p50", "mean", "p99"):
                value = _median(figures, feed, way, key)
                ratio = "" if way == IDLE else f" ({value / _median(figures, feed, IDLE, key):.2f})"
                cells.append(f"{value:,.0f}{ratio}")
            cells += [f"{_median(figures, feed, way, key):,.0f}" for key in ("burst", "cpu")]
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def judged(figures: Figures) -> str:
    """What was aimed at: at most 1.3 x the idle loop's lag, 1.6 x with a spool."""
    rows = ["| lag beside idle | p50 | p99 | wanted | |", "|---|---|---|---|---|"]
    for feed, ways in figures.items():
        for way in ways:
            options = WAYS[way]
            if options is None:
                continue
            half, worst = (
                _median(figures, feed, way, key) / _median(figures, feed, IDLE, key)
                for key in ("p50", "p99")
            )
            most = 1.6 if options[0] else 1.3
            kept = "kept" if max(half, worst) <= most else "missed"
            if kept == "missed" and half <= most:
                kept = "p50 kept, p99 missed"
            rows.append(
                f"| {feed}; {way} | {half:.2f} x | {worst:.2f} x | at most {most:g} x | {kept} |"
            )
    return "\n".join(rows)


def _exact_loop() -> asyncio.AbstractEventLoop:
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.loop_lag")
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--exact", action="store_true", help="a loop whose timers are exact")
    options.add_argument("--apart", action="store_true", help="the loop's turn after each input")
    parsed: Any = options.parse_args(arguments)
    before = os.getloadavg()[0]
    with sink(Path(sys.executable)) as (url, _):
        # Where that is allowed: it is not what else runs on the machine that is measured.
        with contextlib.suppress(OSError, AttributeError):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        folder = tempfile.mkdtemp(prefix="video-tracker-lag-")
        with asyncio.Runner(loop_factory=_exact_loop if parsed.exact else None) as runner:
            figures = runner.run(
                measure(url, folder, parsed.rounds, parsed.seconds, apart=parsed.apart)
            )
        shutil.rmtree(folder)
        print(f"{table(figures)}\n\n{judged(figures)}")  # noqa: T201
        print(  # noqa: T201
            f"\nPython {platform.python_version()}, {os.cpu_count()} cores, load {before:.1f} at"
            f" the beginning and {os.getloadavg()[0]:.1f} at the end, {parsed.rounds} rounds of"
            f" {parsed.seconds:g} s{', exact timers' if parsed.exact else ''}"
            f"{', inputs apart' if parsed.apart else ''}."
        )


if __name__ == "__main__":
    main()
