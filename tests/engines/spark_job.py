"""A query of beacons in Spark as a program of its own, which a test may kill.

    python -m tests.engines.spark_job FOLDER MASTER

FOLDER has the log in ``log``, a file for each batch. The program keeps its checkpoint there, the
messages in ``sent`` (a file for each time that some are sent), its own ids in ``driver``, and in
``executors`` a file named after each Java process that ran a task.
"""

import json
import os
import sys
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from video_tracker.testing.keyed import Came, opening
from video_tracker.transports import DELIVERED, Outcome, Record

ROOT = Path(__file__).parents[2]
SCHEMA = "session_id STRING, value STRING, at BIGINT"


class FolderTransport:
    """Each time a file that is there as a whole or not at all, whenever its writer is killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, records: Sequence[Record]) -> Outcome:
        name = uuid.uuid4().hex
        lines = [json.dumps([each.message_id, each.body.decode()]) for each in records]
        (self._folder / f"{name}.part").write_text("\n".join(lines), "utf-8")
        (self._folder / f"{name}.part").rename(self._folder / f"{name}.jsonl")
        return DELIVERED

    def close(self) -> None:
        pass


def sent(folder: Path) -> list[tuple[str, bytes]]:
    """The id and the body of each message that was sent, again and again where it was."""
    texts = (path.read_text("utf-8") for path in (folder / "sent").glob("*.jsonl"))
    lines = (line for text in texts for line in text.split("\n"))
    return [(number, body.encode()) for number, body in map(json.loads, lines)]


def write_log(folder: Path, batches: Iterable[Sequence[Came]]) -> None:
    """A file for each batch, and ticks of days in which nobody comes, until all are forgotten."""
    (folder / "log").mkdir(parents=True)
    told = [list(batch) for batch in batches]
    last = max(each.received_at for batch in told for each in batch)
    told += [[Came("", last + 100_000.0 * day, b"")] for day in range(1, 4)]
    for number, batch in enumerate(told):
        lines = (
            {
                "session_id": each.key,
                "value": each.body.decode("latin-1") or None,
                "at": round(each.received_at * 1e6),
            }
            for each in batch
        )
        path = folder / "log" / f"{number:05}.json"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        os.utime(path, (1_700_000_000 + number,) * 2)  # they are read in the order of their age


def session(master: str) -> Any:
    """A session whose Python processes are like this one."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    paths = {str(ROOT): None, **dict.fromkeys(os.environ.get("PYTHONPATH", "").split(os.pathsep))}
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    from pyspark.sql import SparkSession  # noqa: PLC0415 - of its own environment

    builder = SparkSession.builder.master(master).config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    builder = builder.config("spark.sql.shuffle.partitions", 2)
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
    builder = builder.config("spark.driver.host", "127.0.0.1")
    made = builder.config("spark.sql.session.timeZone", "America/St_Johns").getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


def bodies(reader: Any, folder: Path) -> Any:
    """The log's rows: read by ``spark.read`` or ``spark.readStream``."""
    from pyspark.sql import functions  # noqa: PLC0415

    rows = reader.schema(SCHEMA).json(str(folder / "log"))
    return rows.withColumn("ts", functions.timestamp_micros("at"))


def java_process() -> int:
    """The Java process of which this Python process is a grandchild."""
    stat = Path(f"/proc/{os.getppid()}/stat").read_text("ascii")
    return int(stat.rpartition(")")[2].split()[1])


def query(spark: Any, folder: Path, **more: Any) -> Any:
    """The query, started: it ends when the log is read."""
    from video_tracker.engines.spark import deliver, session_events  # noqa: PLC0415

    for name in ("sent", "executors"):
        (folder / name).mkdir(exist_ok=True)

    def transport() -> FolderTransport:
        (folder / "executors" / str(java_process())).touch()
        return FolderTransport(folder / "sent")

    rows = bodies(spark.readStream.option("maxFilesPerTrigger", 1), folder)
    messages = session_events(rows, openings=opening, **more)
    writer = messages.writeStream.foreachBatch(deliver(transport))
    writer = writer.option("checkpointLocation", str(folder / "checkpoint"))
    return writer.trigger(availableNow=True).start()


def main(folder: Path, master: str) -> None:
    """Run the query to its end."""
    spark = session(master)
    java = spark.sparkContext._gateway.proc.pid
    (folder / "driver.part").write_text(f"{os.getpid()} {java}", "ascii")
    (folder / "driver.part").rename(folder / "driver")
    query(spark, folder).awaitTermination()
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
