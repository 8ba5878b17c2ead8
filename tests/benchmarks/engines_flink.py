"""How many beacons a second two TaskManagers take, beside the bare step in the same run.

    python -m tests.benchmarks.engines_flink [SESSIONS] [LOG] [TOGETHER]

In an environment with ``video-tracker[flink]``, and with Java. The log is ``steady``, a film that
plays, or ``made-up``: all that can happen. There are 50 beacons for each viewer, as many in a body
as said. The bare step is one process that reads each body, moves its
viewer on from snapshot to snapshot and writes the messages; it runs before and after the job. The
job's time counts from when all of its tasks run. Processor time is told beside it: other work on
the machine falsifies wall time. A TaskManager has one slot, so two of them use two cores. The
engine alone is a second job, in which a function of Python's only reads and writes a value: more
than that is to be had of no function.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.logs import log_of
from tests.engines.flink_cluster import Cluster, messages_in, written
from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Arrival, Step, advance, encoded, expire
from video_tracker.testing.keyed import Came, differences, opening, oracle
from video_tracker.wire import Encoder

BARE_SESSIONS = 100


def bare(came: Sequence[Came]) -> float:
    """Processor seconds of the bare step over a log."""
    encoder = Encoder()
    steps: dict[str, Step] = {}
    start = time.process_time()
    for each in came:
        said = decode_beacons(each.body, session_id=each.key)
        before = steps.get(each.key, Step(None)).snapshot
        step = advance(before, each.key, (Arrival.of(said, each.received_at),), opening)
        encoded(step.events, encoder)
        steps[each.key] = step
    for key, last in steps.items():
        step = last
        while step.snapshot is not None and step.deadline is not None:
            step = expire(step.snapshot, key, step.deadline, opening)
            encoded(step.events, encoder)
    return time.process_time() - start


def spent(process: int) -> float:
    """Processor seconds of a process."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def states(cluster: Cluster) -> set[str]:
    """The states of the job's tasks."""
    return {each["status"] for each in cluster.job().get("vertices", ())}


def beacons_in(came: Sequence[Came]) -> int:
    return sum(each.body.count(b'"seq"') for each in came)


def run(
    came: Sequence[Came], folder: Path, **options: Any
) -> tuple[float, float, list[tuple[str, bytes]]]:
    """Give a log to a job of two TaskManagers: its seconds, those of processors, the messages."""
    folder.mkdir()
    written(came, folder / "log", files=2)
    with Cluster(folder / "cluster", {"execution.checkpointing.interval": "5 s"}) as cluster:
        managers = [cluster.start_task_manager().pid for _ in range(2)]
        cluster.wait(lambda: cluster.slots() == 2, "TaskManagers")
        job = cluster.submit(folder / "log", folder / "out", **options)
        cluster.wait(lambda: states(cluster) == {"RUNNING"}, "running tasks")
        begun, before = time.time(), sum(map(spent, managers))
        if job.wait() != 0:
            sys.exit((folder / "client.txt").read_text("utf-8"))
        cost = sum(map(spent, managers)) - before
        seconds = max(each["end-time"] for each in cluster.job()["vertices"]) / 1000 - begun
    return seconds, cost, messages_in(folder / "out")


def main(sessions: str = "2000", log: str = "steady", together: str = "1") -> None:
    """Measure, and print what was found."""
    came = log_of(log, int(sessions), 50, together=int(together), apart=0.002)
    few = {each.key for each in came}
    few = set(sorted(few)[:: max(1, len(few) // BARE_SESSIONS)])
    some = [each for each in came if each.key in few]
    many = beacons_in(came)
    bare(some)  # caches are warm
    costs = [bare(some)]
    with tempfile.TemporaryDirectory() as made:
        seconds, cost, sent = run(came, Path(made, "sessions"))
        seconds_alone, cost_alone, _ = run(came, Path(made, "alone"), engine_alone=True)
    wrong = differences(oracle(came), sent)
    costs.append(bare(some))
    step = sum(costs) / len(costs) / beacons_in(some)
    rate = many / seconds
    print(
        f"Flink, 2 TaskManagers, {log}: {many:,} beacons in {len(came):,} bodies, {seconds:.1f} s: "
        f"{rate:,.0f} beacons/s; the bare step {1 / step:,.0f}/s on one core: {rate * step:.2f} "
        f"of it. Processor time of a beacon {cost / many * 1e6:.0f} us, "
        f"bare {step * 1e6:.0f} us: {cost / many / step:.2f} times. {len(wrong)} differences.\n"
        f"The engine alone: {many / seconds_alone:,.0f} beacons/s, {cost_alone / many * 1e6:.0f} us"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
