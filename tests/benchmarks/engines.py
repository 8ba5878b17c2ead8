"""What a stream engine makes of beacons in a second, beside the bare step in the same run.

    python -m tests.benchmarks.engines spark --sessions 8000 --together 2.5 --log steady

Needs the engine's own environment. Each viewer's beacons are spread over all batches. The bare step
is ``advance`` in this process, of every tenth viewer, given the same lists of arrivals, already
decoded; it runs before and after the engine. What the engine makes is held against the oracle.

Beside the clock's seconds those of the processors are told, of all processes of the engine: they
say what a machine could do that has nothing else to do.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.logs import LOGS, log_of
from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Arrival, advance
from video_tracker.testing.keyed import Came, differences, opening, oracle

BEACONS = 50
Batches = Sequence[Sequence[Came]]
Measured = tuple[float, float, int, list[tuple[str, bytes]]]
"""Seconds, seconds of processors, beacons taken in them, all messages."""
TICKS = os.sysconf("SC_CLK_TCK")


def cut(came: Sequence[Came], together: float) -> Batches:
    """The log in batches, in each of which a viewer has about so many beacons."""
    bodies: defaultdict[str, list[Came]] = defaultdict(list)
    for each in came:
        bodies[each.key].append(each)
    batches: list[list[Came]] = [[] for _ in range(round(BEACONS / together))]
    for own in bodies.values():
        for place, each in enumerate(own):
            batches[place * len(batches) // len(own)].append(each)
    return [batch for batch in batches if batch]


def lists_of(batch: Sequence[Came]) -> Mapping[str, list[Arrival]]:
    lists: defaultdict[str, list[Arrival]] = defaultdict(list)
    for each in batch:
        decoded = decode_beacons(each.body, session_id=each.key)
        lists[each.key].append(Arrival.of(decoded, each.received_at))
    return lists


def bare(batches: Batches) -> float:
    """Microseconds of a processor for a beacon in the step alone."""
    snapshots: dict[str, bytes | None] = {}
    seconds, beacons = 0.0, 0
    some = {key for n, key in enumerate(sorted({c.key for b in batches for c in b})) if n % 10 < 1}
    for batch in batches:
        lists = lists_of([each for each in batch if each.key in some])
        begun = time.process_time()
        for key, told in lists.items():
            snapshots[key] = advance(snapshots.get(key), key, told, opening).snapshot
        seconds += time.process_time() - begun
        beacons += sum(len(each.said) for told in lists.values() for each in told)
    return seconds / beacons * 1e6


def spent() -> float:
    """Seconds of processors that this process and all that descend from it have used."""
    stats = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            number, _, rest = path.read_text("ascii", "replace").partition(" (")
            fields = rest.rpartition(") ")[2].split()
            stats.append((int(number), int(fields[1]), sum(map(int, fields[11:15]))))
    ours = {os.getpid()}
    while more := {number for number, parent, _ in stats if parent in ours} - ours:
        ours |= more
    return sum(ticks for number, _, ticks in stats if number in ours) / TICKS


def spark(batches: Batches, cores: int) -> Measured:
    """JSON lines through ``session_events``; the first batch, which is cold, is left out."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession, functions  # noqa: PLC0415 - of its own environment

    from video_tracker.engines.spark import session_events  # noqa: PLC0415

    made: list[tuple[str, bytes]] = []
    builder = SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    session = builder.config("spark.sql.shuffle.partitions", cores).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "log")
        write(source, batches)
        log = session.readStream.schema("session_id STRING, value STRING, at BIGINT")
        bodies = log.option("maxFilesPerTrigger", 1).json(str(source))
        events = session_events(
            bodies.withColumn("ts", functions.timestamp_micros("at")),
            openings=opening,
            watermark="1 hour",  # the batches are no cuts in time
        )

        marks: list[tuple[float, float]] = []

        def keep(messages: "object", _: int) -> None:
            rows = messages.toPandas()  # type: ignore[attr-defined]
            made.extend(
                zip(rows["message_id"], (each.encode() for each in rows["body"]), strict=True)
            )

            marks.append((time.perf_counter(), spent()))

        writer = events.writeStream.foreachBatch(keep).trigger(availableNow=True)
        query = writer.option("checkpointLocation", str(Path(folder, "checkpoint"))).start()
        query.awaitTermination()
    session.stop()
    warm = (told for batch in batches[1:] for told in lists_of(batch).values())
    beacons = sum(len(each.said) for told in warm for each in told)
    first, last = marks[0], marks[len(batches) - 1]
    return last[0] - first[0], last[1] - first[1], beacons, made


def write(folder: Path, batches: Batches) -> None:
    """A file for each batch, and ticks of days in which nobody comes, until all are forgotten."""
    folder.mkdir()
    last = batches[-1][-1].received_at
    silence = [[Came("", last + 100_000.0 * day, b"")] for day in range(1, 5)]
    for number, batch in enumerate([*batches, *silence]):
        lines = (
            {
                "session_id": each.key,
                "value": each.body.decode() or None,
                "at": round(each.received_at * 1_000_000),
            }
            for each in batch
        )
        path = folder / f"{number:05}.json"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        os.utime(path, (1_700_000_000 + number,) * 2)  # files are read in the order of their age


ENGINES: Mapping[str, Callable[[Batches, int], Measured]] = {"spark": spark}


def main() -> None:
    reader = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    reader.add_argument("engine", choices=sorted(ENGINES))
    reader.add_argument("--sessions", type=int, default=8_000)
    reader.add_argument(
        "--together", type=float, default=2.5, help="beacons of a viewer in a batch"
    )
    reader.add_argument("--log", choices=LOGS, default="steady")
    reader.add_argument("--in-a-body", type=int, default=1, help="beacons in a body at most")
    reader.add_argument("--cores", type=int, default=2)
    given = reader.parse_args()
    came = log_of(given.log, given.sessions, BEACONS, together=given.in_a_body)
    batches = cut(came, given.together)
    pairs = sum(len({each.key for each in batch}) for batch in batches)
    before = bare(batches)
    seconds, of_processors, beacons, made = ENGINES[given.engine](batches, given.cores)
    step = (before + (after := bare(batches))) / 2
    wrong = differences(oracle(came), made)
    cost = of_processors / beacons * 1e6
    print(f"{given.sessions} viewers, {len(came)} bodies, {len(batches)} batches")
    print(
        f"a viewer has {beacons / pairs * len(batches) / (len(batches) - 1):.1f} beacons in a batch"
    )
    print(f"{given.engine}, all but the first batch, which is cold: {beacons} beacons")
    print(f"  {beacons / seconds:,.0f} beacons/s by the clock, on {given.cores} cores")
    best = given.cores * 1e6 / cost
    print(f"  {cost:.1f} us of processors for a beacon: {best:,.0f} beacons/s at best")
    print(f"the bare step: {before:.1f} us before, {after:.1f} us after")
    print(f"a beacon costs {cost / step:.2f} times the bare step")
    print(f"held against the oracle: {len(wrong)} differences", *wrong[:5], sep="\n  ")


if __name__ == "__main__":
    main()
