"""What a stream engine makes of beacons in a second, beside the bare step in the same run.

    python -m tests.benchmarks.engines spark --sessions 8000 --together 2.5

Needs the engine's own environment. Each viewer's beacons are spread over all batches. The bare step
is ``advance`` in this process, on one core, given the same lists of arrivals, already decoded; it
runs before and after the engine. What the engine makes is held against the oracle.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Arrival, advance
from video_tracker.testing.keyed import Came, differences, made_up, opening, oracle

BEACONS = 50
Batches = Sequence[Sequence[Came]]
Measured = tuple[float, int, list[tuple[str, bytes]]]
"""Seconds, beacons taken in them, all messages."""


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
    """Beacons in a second of the step alone."""
    snapshots: dict[str, bytes | None] = {}
    seconds, beacons = 0.0, 0
    for batch in batches:
        lists = lists_of(batch)
        begun = time.perf_counter()
        for key, told in lists.items():
            snapshots[key] = advance(snapshots.get(key), key, told, opening).snapshot
        seconds += time.perf_counter() - begun
        beacons += sum(len(each.said) for told in lists.values() for each in told)
    return beacons / seconds


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

        def keep(messages: "object", _: int) -> None:
            rows = messages.toPandas()  # type: ignore[attr-defined]
            made.extend(
                zip(rows["message_id"], (each.encode() for each in rows["body"]), strict=True)
            )

        writer = events.writeStream.foreachBatch(keep).trigger(availableNow=True)
        query = writer.option("checkpointLocation", str(Path(folder, "checkpoint"))).start()
        query.awaitTermination()
        progress = {
            each.batchId: each.durationMs["triggerExecution"] for each in query.recentProgress
        }
    session.stop()
    warm = range(1, len(batches))
    beacons = sum(
        len(each.said) for n in warm for told in lists_of(batches[n]).values() for each in told
    )
    return sum(progress[n] for n in warm) / 1000, beacons, made


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
    reader.add_argument("--body", type=int, default=3, help="beacons in a body at most")
    reader.add_argument("--cores", type=int, default=2)
    given = reader.parse_args()
    came = made_up(given.sessions, BEACONS, left=0.0, together=given.body, apart=0.001)
    batches = cut(came, given.together)
    pairs = sum(len({each.key for each in batch}) for batch in batches)
    before = bare(batches)
    seconds, beacons, made = ENGINES[given.engine](batches, given.cores)
    after = bare(batches)
    wrong = differences(oracle(came), made)
    total = sum(len(told.said) for b in batches for each in lists_of(b).values() for told in each)
    rate = beacons / seconds
    step = (before + after) / 2
    print(
        f"{given.sessions} viewers, {total} beacons in {len(came)} bodies, {len(batches)} batches"
    )
    print(f"a viewer has {total / pairs:.1f} beacons in a batch")
    print(f"{given.engine}: {rate:,.0f} beacons/s on {given.cores} cores, all but the first batch")
    print(f"the bare step: {before:,.0f} before, {after:,.0f} after, beacons/s on one core")
    print(f"ratio: {rate / step:.3f}")
    print(f"held against the oracle: {len(wrong)} differences", *wrong[:5], sep="\n  ")


if __name__ == "__main__":
    main()
