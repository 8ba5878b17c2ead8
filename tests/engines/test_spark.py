"""Spark says what the oracle says: of a stream, of a log, and whoever is killed on the way.

    python -m pytest -m engines tests/engines/test_spark.py

in an environment with ``video-tracker[spark]``, pytest and Java.
"""

import ast
import datetime
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.engines import spark_job
from video_tracker.keyed import Opening
from video_tracker.plan import SessionPlan
from video_tracker.record import Record
from video_tracker.testing import Scenario, simulate
from video_tracker.testing.keyed import Came, differences, made_up, opening, oracle

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed"),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="video-tracker[spark] is not installed"
    ),
    # Spark's own, about itself
    pytest.mark.filterwarnings("default"),
]
CAME = made_up(200, 50, seed=11)
PATIENCE = 240.0


@pytest.fixture(scope="module")
def expected() -> dict[str, list[Record]]:
    return oracle(CAME)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    made = spark_job.session("local[2]")
    yield made
    made.stop()


def in_batches(came: Sequence[Came], many: int) -> list[Sequence[Came]]:
    size = -(-len(came) // many)
    return [came[place : place + size] for place in range(0, len(came), size)]


def once(found: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Each message once: what was sent again by the same id with the same bytes is one."""
    return sorted(set(found))


# -- a stream --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def streamed(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """The log as a stream, and among it bodies that nobody can read or that others sent."""
    folder = tmp_path_factory.mktemp("streamed")
    odd = [Came(each.key, each.received_at, b"{nothing") for each in CAME[::100]]
    odd += [Came("", each.received_at, each.body) for each in CAME[7::1000]]
    mixed = sorted(CAME + odd, key=lambda each: each.received_at)
    spark_job.write_log(folder, (batch[::-1] for batch in in_batches(mixed, 4)))
    query = spark_job.query(spark, folder)
    query.awaitTermination()
    return folder, list(query.recentProgress)


def test_of_a_stream_each_message_comes_once_and_byte_for_byte(
    streamed: tuple[Path, list[Any]], expected: dict[str, list[Record]]
) -> None:
    """The bodies of each batch come in the wrong order."""
    folder, _ = streamed

    assert differences(expected, spark_job.sent(folder)) == []


def test_what_cannot_be_read_is_told_with_the_progress(
    streamed: tuple[Path, list[Any]], expected: dict[str, list[Record]]
) -> None:
    _, progress = streamed
    counted: Counter[str] = Counter()
    for each in progress:
        counted.update(each.observedMetrics["video_tracker"].asDict())
    unread, of_others = len(CAME[::100]), len(CAME[7::1000])

    assert counted == {
        "messages": sum(map(len, expected.values())),
        "rejected": unread + of_others,
        "damaged": 0,
        "unsendable": 0,
    }


def test_nothing_is_left_of_viewers_who_are_forgotten(streamed: tuple[Path, list[Any]]) -> None:
    _, progress = streamed

    assert progress[3].stateOperators[0].numRowsTotal > 0
    assert progress[-1].stateOperators[0].numRowsTotal == 0


def test_bodies_that_come_long_after_the_watermark_are_used(spark: Any, tmp_path: Path) -> None:
    """Rows that are late are left out by Spark itself: all of a partition that lags."""
    (key,) = {each.key for each in made_up(1, 50, dialects=("signals",), left=0.0)}
    came = made_up(1, 50, dialects=("signals",), left=0.0)
    half = len(came) // 2
    ahead = Came("", came[-1].received_at + 60.0, b"")
    spark_job.write_log(tmp_path, [came[:half], [ahead], came[half:]])
    query = spark_job.query(spark, tmp_path)
    query.awaitTermination()
    ends = {"Video Playback Completed", "Video Playback Exited"}
    last = [each.event for each in oracle(came)[key]][-1]
    bodies = [json.loads(body) for _, body in spark_job.sent(tmp_path)]

    assert last in ends
    assert [each["event"] for each in bodies if each["event"] in ends] == [last]
    dropped = [each.stateOperators[0].numRowsDroppedByWatermark for each in query.recentProgress]
    assert sum(dropped) == 0


# -- stored logs -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stored(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The log as Parquet, in no order."""
    folder = tmp_path_factory.mktemp("stored")
    spark_job.write_log(folder, in_batches(CAME, 3))
    rows = spark_job.bodies(spark.read, folder).orderBy("value")
    rows.write.parquet(str(folder / "parquet"))
    return spark.read.parquet(str(folder / "parquet"))


def test_of_a_stored_log_come_the_same_messages(
    stored: Any, expected: dict[str, list[Record]]
) -> None:
    from pyspark.sql import Observation  # noqa: PLC0415

    from video_tracker.engines.spark import backfill  # noqa: PLC0415

    counted = Observation()
    rows = backfill(stored, openings=opening, observation=counted).collect()
    ordered = defaultdict(list)
    for each in rows:
        ordered[each.session_id].append(each.message_id)

    assert differences(expected, [(each.message_id, each.body.encode()) for each in rows]) == []
    assert ordered == {
        records[0].session_id: [each.message_id for each in records]
        for records in expected.values()
        if records
    }
    assert counted.get["rejected"] == 0
    assert counted.get["messages"] == len(rows)


def test_of_a_stored_log_each_session_that_began_has_one_summary(
    stored: Any, expected: dict[str, list[Record]]
) -> None:
    from video_tracker.engines.spark import summaries  # noqa: PLC0415

    rows = summaries(stored, openings=opening).collect()

    assert sorted((each.viewer, each.session_id, each.ended) for each in rows) == sorted(
        (key, records[-1].session_id, ended_by(records[-1]))
        for key, records in expected.items()
        if records
    )


def ended_by(last: Record) -> str:
    """How a session ended, by its last message: an interruption by an error leaves it open."""
    ends = {"Video Playback Completed": "completed", "Video Playback Exited": "exited"}
    method = json.loads(last.body)["properties"].get("method")
    return ends.get(last.event, "timeout" if method == "timeout" else "open")


def test_a_summary_has_the_figures_that_are_true(spark: Any) -> None:
    from pyspark.sql import functions  # noqa: PLC0415

    from video_tracker.engines.spark import summaries  # noqa: PLC0415
    from video_tracker.signal_log import signal_to_json  # noqa: PLC0415

    film = Scenario(600).play().watch(12).pause(5).seek(300).watch(4).exit()
    viewing = simulate(film, "signals")
    rows = [
        ("s1", json.dumps({"seq": number, **signal_to_json(said)}), round(said.at * 1e6))
        for number, said in enumerate(viewing.signals)
    ]
    frame = spark.createDataFrame(rows, spark_job.SCHEMA)
    frame = frame.withColumn("ts", functions.timestamp_micros("at"))
    (row,) = summaries(frame, openings=Opening(plan=viewing.plan)).collect()
    truth = viewing.truth

    assert (row.session_id, row.viewer, row.ended) == ("s1", "s1", "exited")
    assert (row.pauses, row.seeks, row.rebuffers) == (1, 1, 0)
    assert abs(row.content_played - truth.content_played) < 0.3
    assert abs(row.paused - truth.paused) < 0.3
    assert json.loads(row.summary)["content_played"] == row.content_played


# -- the page --------------------------------------------------------------------------------------


def test_the_code_of_the_page_runs(tmp_path: Path) -> None:
    """The query, the progress and a batch as the page shows them, over a few viewers."""
    page = (spark_job.ROOT / "docs" / "how-to" / "spark.md").read_text("utf-8")
    code = re.findall(r"^```python3\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    came = made_up(6, 30, dialects=("html5",), left=1.0)
    rows = (
        {"session_id": each.key, "value": each.body.decode(), "ts": stamp(each)} for each in came
    )
    (tmp_path / "beacons").mkdir()
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (tmp_path / "beacons" / "1.json").write_text(text, "utf-8")
    program = [
        *code,
        "print(sorted({row.viewer for row in spark.read.parquet('summaries').collect()}))",
        "print([(row.message_id, row.body) for row in spark.read.parquet('messages').collect()])",
    ]
    (tmp_path / "page.py").write_text("\n".join(program), "utf-8")
    run = subprocess.run(
        [sys.executable, "page.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(spark_job.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    *told, viewers, stored = map(ast.literal_eval, run.stdout.splitlines() or ["0", "0"])
    sent = "".join(path.read_text("utf-8") for path in tmp_path.glob("sent-*.jsonl"))
    counted = Counter[str]()
    for each in told:
        counted.update(each)

    assert run.returncode == 0, run.stderr
    expected = oracle(came, lambda key: Opening(player="html5", plan=SessionPlan(user_id=key)))
    found = {(json.loads(line)["messageId"], line) for line in sent.splitlines()}

    assert len(code) == 5
    assert differences(expected, [(number, body.encode()) for number, body in stored]) == []
    assert found < set(stored)  # no tick has told the stream that the last ones fell silent
    assert (counted["messages"], counted["rejected"], counted["damaged"]) == (len(found), 0, 0)
    assert viewers == sorted(key for key, records in expected.items() if records)


def stamp(came: Came) -> str:
    return datetime.datetime.fromtimestamp(came.received_at, datetime.UTC).isoformat()


# -- kill -9 ---------------------------------------------------------------------------------------


class Job:
    """The query in processes of its own."""

    def __init__(self, folder: Path, master: str) -> None:
        self.folder = folder
        (folder / "driver").unlink(missing_ok=True)
        self.log = (folder / "output").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.engines.spark_job", str(folder), master],
            cwd=spark_job.ROOT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )

    def until_batch(self, number: int) -> None:
        """Wait until that batch is in work."""
        self._until(self.folder / "checkpoint" / "offsets" / str(number))

    def until_committed(self, number: int) -> None:
        """Wait until it is done."""
        self._until(self.folder / "checkpoint" / "commits" / str(number))

    def _until(self, path: Path) -> None:
        end = time.monotonic() + PATIENCE
        while not path.exists():
            assert self.process.poll() is None, (self.folder / "output").read_text("utf-8")[-3000:]
            assert time.monotonic() < end, f"{path.name} did not come"
            time.sleep(0.02)

    def driver(self) -> list[int]:
        return [int(each) for each in (self.folder / "driver").read_text("ascii").split()]

    def executors(self) -> list[int]:
        return sorted(int(path.name) for path in (self.folder / "executors").iterdir())

    def ended(self) -> int:
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Kill the driver, both of its processes."""
        for number in self.driver():
            os.kill(number, signal.SIGKILL)
        self.process.wait(PATIENCE)


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Any]:
    begun: list[Job] = []

    def begin(master: str) -> Job:
        begun.append(Job(tmp_path, master))
        return begun[-1]

    yield begin
    for each in begun:
        if each.process.poll() is None:
            each.kill()
        each.log.close()


def test_an_executor_is_killed(job: Any, tmp_path: Path, expected: dict[str, list[Record]]) -> None:
    """Two Java processes do the work, and one of them dies in the middle of a batch."""
    spark_job.write_log(tmp_path, in_batches(CAME, 5))
    running = job("local-cluster[2,1,1024]")
    running.until_committed(1)
    before = running.executors()
    programs = [Path(f"/proc/{each}/cmdline").read_bytes() for each in before]
    running.until_batch(3)
    os.kill(before[0], signal.SIGKILL)

    assert running.ended() == 0
    assert [b"CoarseGrainedExecutorBackend" in each for each in programs] == [True, True]
    assert not Path(f"/proc/{before[0]}").exists()
    assert differences(expected, once(spark_job.sent(tmp_path))) == []


def test_the_driver_is_killed_and_another_goes_on_from_the_checkpoint(
    job: Any, tmp_path: Path, expected: dict[str, list[Record]]
) -> None:
    spark_job.write_log(tmp_path, in_batches(CAME, 5))
    first = job("local[2]")
    first.until_batch(2)
    time.sleep(0.3)  # in the middle of it
    first.kill()
    done = spark_job.sent(tmp_path)
    second = job("local[2]")

    assert second.ended() == 0
    assert 0 < len(set(done)) < sum(map(len, expected.values()))
    assert differences(expected, once(spark_job.sent(tmp_path))) == []


def test_what_came_of_a_bucket_is_gathered_and_ticks_have_done_their_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pyarrow  # noqa: PLC0415 - of this environment alone

    from video_tracker.engines import spark  # noqa: PLC0415

    kinds = pyarrow.schema(
        [
            ("bucket", pyarrow.int32()),
            ("key", pyarrow.string()),
            ("at", pyarrow.int64()),
            ("value", pyarrow.binary()),
        ]
    )
    rows = [
        *[(7, "a", 1, b"1"), (8, "b", 2, b"2"), (7, "c", 3, b"3"), (7, "a", 4, b"4")],
        *[(8, "d", 5, None), (9, None, None, b"6")],
    ]
    batches = [
        pyarrow.RecordBatch.from_pylist([dict(zip(kinds.names, row, strict=True))], kinds)
        for row in rows
    ]

    def gathered() -> list[tuple[object, ...]]:
        return [
            tuple(row[name] for name in kinds.names)
            for batch in spark._gathered(batches)
            for row in batch.to_pylist()
        ]

    of_nobody = (9, [None], [None], [b"6"])
    assert gathered() == [
        (7, ["a", "c", "a"], [1, 3, 4], [b"1", b"3", b"4"]),
        (8, ["b"], [2], [b"2"]),
        of_nobody,
    ]
    monkeypatch.setattr(spark, "_MOST_ROWS", 2)
    assert gathered() == [
        *[(7, ["a"], [1], [b"1"]), (8, ["b"], [2], [b"2"])],
        (7, ["c", "a"], [3, 4], [b"3", b"4"]),
        of_nobody,
    ]
