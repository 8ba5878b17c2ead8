"""This library at the same work as the others, told by the same lines (see ``run.cjs``).

``python -m tests.benchmarks.media_peers.ours NAME WORK``.
"""

import collections
import gc
import itertools
import json
import operator
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from video_tracker import Content, SessionPlan
from video_tracker.tracker import Tracker
from video_tracker.transports import Delivered, Outcome
from video_tracker.wire import Record

__all__ = ["CALLBACK", "CALLS"]

CALLBACK: Final = "video-tracker"
CALLS: Final = "video-tracker, called"

PLAN: Final = SessionPlan(
    user_id="user-4711", contents=[Content(asset_id="content-4711", title="The Long Way Round")]
)
NAVIGATION: Final = 1_795_432_200.0

CALLED: Final = {"play": "play", "playing": "playing", "timeupdate": "progress", "pause": "pause"}
"""The call that a caller makes where the element calls back."""

Loop = Callable[[Any], None]


class Counter:
    """A network that joins what it is given into a body, as HTTP would, and counts."""

    def __init__(self) -> None:
        self.requests = self.bytes = 0
        self.kept: list[bytes] | None = None

    def send(self, records: Sequence[Record]) -> Outcome:
        self.requests += 1
        self.bytes += len(b",".join([record.body for record in records]))
        if self.kept is not None:
            self.kept += [record.body for record in records]
        return Delivered()

    def close(self) -> None:
        """Nothing to close."""


def _callbacks(viewing: Sequence[dict[str, Any]]) -> tuple[int, Loop]:
    """How many callbacks a viewing has, and the loop that gives them to a session."""
    rows = [(_at(row), row["event"], row["state"], row.get("detail")) for row in viewing]

    def loop(session: Any) -> None:
        callback = session.callback
        for at, event, state, detail in rows:
            callback(event, state, detail, at=at)

    return len(rows), loop


def _calls(viewing: Sequence[dict[str, Any]]) -> tuple[int, Loop]:
    """The same for a caller who says by calls what the element does."""
    rows = [
        (CALLED[row["event"]], row["state"]["currentTime"], _at(row))
        for row in viewing
        if row["event"] in CALLED
    ]
    runs = [(name, list(run)) for name, run in itertools.groupby(rows, operator.itemgetter(0))]

    def loop(session: Any) -> None:
        for name, run in runs:
            call = getattr(session, name)
            for _, position, at in run:
                call(position, at=at)

    return len(rows), loop


def _at(row: dict[str, Any]) -> float:
    return NAVIGATION + float(row["t"]) / 1000


class Runner:
    """Gives all viewings to the library, again and again."""

    def __init__(self, name: str, work: Path) -> None:
        viewings = json.loads(work.read_text("utf-8"))
        made = [(_calls if name == CALLS else _callbacks)(viewing) for viewing in viewings]
        self.player: Any = None if name == CALLS else "html5"
        self.callbacks = sum(number for number, _ in made)
        self.loops = [loop for _, loop in made]
        self.ends = [_at(viewing[-1]) + 1.0 for viewing in viewings]
        self.network = Counter()
        gc.collect()
        gc.freeze()  # the log is not the library's to look through

    def one_pass(self) -> tuple[int, int]:
        """All callbacks once; nanoseconds in them, and around them."""
        clock, inside = time.process_time_ns, 0
        began = clock()
        tracker = Tracker(self.network, mode="manual", plan=PLAN)
        for number, (loop, end) in enumerate(zip(self.loops, self.ends, strict=True)):
            session = tracker.open(f"viewing-{number}", player=self.player)
            entered = clock()
            loop(session)
            inside += clock() - entered
            session.exit(at=end)
            entered = clock()
            tracker.flush()  # the messages are the callbacks' own
            inside += clock() - entered
        tracker.close()
        return inside, clock() - began - inside

    def passes(self, seconds: float) -> dict[str, Any]:
        until = time.process_time() + seconds
        self.network.requests = self.network.bytes = 0
        taken = [self.one_pass()]
        while time.process_time() < until:
            taken.append(self.one_pass())
        done = len(taken)
        inside, around = (sum(times) for times in zip(*taken, strict=True))
        return {
            "callback_us": inside / done / self.callbacks / 1000,
            "session_us": around / done / len(self.loops) / 1000,
            "requests": self.network.requests / done,
            "bytes": self.network.bytes / done,
            "callbacks": self.callbacks,
        }

    def check(self) -> dict[str, Any]:
        """One pass, with the names of what it sends."""
        kept = self.network.kept = list[bytes]()
        found = self.passes(0)
        self.network.kept = None
        names = [json.loads(body)["event"] for body in kept]
        return {**found, "events": collections.Counter(names)}


def main(name: str, work: str) -> None:
    runner = Runner(name, Path(work))
    for line in sys.stdin:
        what, _, seconds = line.strip().partition(" ")
        found = runner.check() if what == "check" else runner.passes(float(seconds))
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
