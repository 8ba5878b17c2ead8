"""Sessions in Flink give what one process gives: each message once, byte for byte.

They run where ``video-tracker[flink]`` and Java are: ``pytest -m engines tests/engines``.
"""

import importlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.engines.flink_cluster import Cluster, environment, kill, messages_in, run, written
from video_tracker import Delivered, Outcome, Record, SessionPlan, TryLater
from video_tracker.errors import DeliveryError
from video_tracker.keyed import Opening
from video_tracker.testing.keyed import Came, differences, made_up, opening, oracle

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(
        importlib.util.find_spec("pyflink") is None, reason="needs video-tracker[flink]"
    ),
    pytest.mark.skipif(shutil.which("java") is None, reason="Flink needs Java"),
]

START = 1_795_432_200.0


def wrong(key: str = "signals-0-50-000000", at: float = START + 9) -> list[Came]:
    """Three beacons that are none, beside one body that has another viewer's."""
    good = json.dumps({"seq": 900_000, "signal": "pause", "at": at, "session_id": "another"})
    bodies = ["no JSON", '{"beacons": [{"seq": 1}]}', good]
    return [Came(key, at + n / 8, body.encode()) for n, body in enumerate(bodies)]


def spoken(key: str) -> list[Came]:
    """A viewer with a name that is not English, who left without a word."""
    told = [("play", 0.0), ("playing", 0.0), ("timeupdate", 5.0), ("timeupdate", 11.0)]
    return [
        Came(
            key,
            START + place + n / 8,
            json.dumps(
                {
                    "seq": n,
                    "t": (START + place) * 1000,
                    "player": "html5",
                    "event": event,
                    "state": {"currentTime": place, "duration": 60, "paused": False, "src": "ä😀"},
                }
            ).encode(),
        )
        for n, (event, place) in enumerate(told)
    ]


def in_order(*parts: Iterable[Came]) -> list[Came]:
    return sorted((each for part in parts for each in part), key=lambda each: each.received_at)


def of_job(key: str) -> Opening:
    """As the job begins a viewer (``openings`` in flink_job.py)."""
    return opening(key) if key.count("-") == 3 else Opening(player="html5")


# -- a cluster in one process, and a true one ------------------------------------------------------


def test_each_message_comes_once_and_arrives_once(tmp_path: Path) -> None:
    came = in_order(made_up(60, 50), wrong(), spoken("séance-😀"))
    expected = oracle(came, of_job)
    written(came, tmp_path / "log", files=2)
    config = {"python.execution-mode": "thread", "parallelism.default": "2"}

    job = run(
        [sys.executable],
        tmp_path / "log",
        tmp_path / "out",
        environment(tmp_path),
        config=config,
        deliver=str(tmp_path),
    )

    assert job.wait(180) == 0, (tmp_path / "client.txt").read_text()
    assert differences(expected, messages_in(tmp_path / "out")) == []
    lines = [line for path in tmp_path.glob("*.jsonl") for line in path.read_text().splitlines()]
    arrived = [json.loads(line)["messageId"] for line in lines]
    assert Counter(arrived) == Counter(
        each.message_id for records in expected.values() for each in records
    )
    silent = {each.event for records in expected.values() for each in records[-1:]}
    assert "Video Playback Interrupted" in silent  # so there were timers to fire


def test_the_job_of_the_page_runs(tmp_path: Path) -> None:
    page = Path(__file__).parent.parent.parent / "docs" / "how-to" / "flink.md"
    (code,) = re.findall(
        r"^```python3\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    came = made_up(6, 30, dialects=("html5",), left=1.0)
    lines = [
        {"session_id": each.key, "value": each.body.decode(), "received_at": each.received_at}
        for each in came
    ]
    (tmp_path / "job.py").write_text(code, "utf-8")
    (tmp_path / "beacons").mkdir()
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (tmp_path / "beacons" / "1.json").write_text(text, "utf-8")

    job = subprocess.run(
        [sys.executable, "job.py"],
        check=False,
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )

    assert job.returncode == 0, job.stderr
    sent = [line for path in tmp_path.glob("sent-*") for line in path.read_bytes().splitlines()]
    expected = oracle(came, lambda key: Opening(player="html5", plan=SessionPlan(user_id=key)))
    assert differences(expected, [(json.loads(line)["messageId"], line) for line in sent]) == []


def test_a_task_manager_is_killed_and_nothing_is_lost_or_said_twice(tmp_path: Path) -> None:
    came = in_order(wrong(), made_up(100, 50, seed=1))
    written(came, tmp_path / "log", files=2)

    with Cluster(tmp_path / "cluster") as cluster:
        victim, _ = cluster.start_task_manager(), cluster.start_task_manager()
        cluster.wait(lambda: cluster.slots() == 2, "TaskManagers")
        job = cluster.submit(tmp_path / "log", tmp_path / "out", pace=0.006)
        cluster.wait(lambda: cluster.counted("completed") >= 3, "checkpoint")
        cluster.wait(lambda: cluster.metric("video_tracker.rejected") >= 3, "metric")
        rejected = cluster.metric("video_tracker.rejected")
        state = cluster.job()["state"]
        kill(victim)
        cluster.start_task_manager()
        cluster.wait(lambda: cluster.counted("restored") >= 1, "restart")

        assert job.wait(180) == 0, (tmp_path / "client.txt").read_text()
        assert cluster.job()["state"] == "FINISHED"

    assert state == "RUNNING"  # it was killed in the middle
    assert rejected == 3
    assert differences(oracle(came), messages_in(tmp_path / "out")) == []


def test_process_mode_is_refused_where_the_job_is_made(tmp_path: Path) -> None:
    """It is Flink's default: a job that says nothing has it."""
    written([], tmp_path / "log")

    job = run([sys.executable], tmp_path / "log", tmp_path / "out", environment(tmp_path))

    assert job.wait(120) == 1
    said = (tmp_path / "client.txt").read_text()
    assert "sessions need python.execution-mode: thread" in said
    assert "timers were lost" in said


# -- the functions alone, in a Flink of one key after the other ------------------------------------


class Counted:
    """Flink's metrics."""

    def __init__(self, counts: Counter[str], name: str = "") -> None:
        self.counts, self.name = counts, name

    def add_group(self, name: str, extra: str | None = None) -> "Counted":
        inner = name if extra is None else f"{name}.{extra}"
        return Counted(self.counts, f"{self.name}{inner}.")

    def counter(self, name: str) -> "Counted":
        return Counted(self.counts, self.name + name)

    def inc(self, n: int = 1) -> None:
        self.counts[self.name] += n


class Here:
    """Keyed state, timers of both kinds, and metrics of one task.

    It stands for all of Flink's contexts: ``.embedded.`` in its module is how one in threads is
    known.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.timers: set[tuple[int, str, str]] = set()
        self.counts: Counter[str] = Counter()
        self.key = ""
        self.now = 0

    def get_metrics_group(self) -> Counted:
        return Counted(self.counts)

    def get_state(self, _descriptor: Any) -> "Here":
        return self

    get_list_state = get_state

    def value(self) -> Any:
        return self.kept.get(self.key)

    def update(self, value: Any) -> None:
        self.kept[self.key] = value

    def add(self, value: Any) -> None:
        self.kept.setdefault(self.key, []).append(value)

    def get(self) -> list[Any]:
        return list(self.kept.get(self.key, ()))

    def clear(self) -> None:
        self.kept.pop(self.key, None)

    def get_current_key(self) -> str:
        return self.key

    def timer_service(self) -> "Here":
        return self

    def current_processing_time(self) -> int:
        return self.now

    timestamp = current_processing_time

    def register_event_time_timer(self, at: int) -> None:
        self.timers.add((at, self.key, "event"))

    def delete_event_time_timer(self, at: int) -> None:
        self.timers.remove((at, self.key, "event"))

    def register_processing_time_timer(self, at: int) -> None:
        self.timers.add((at, self.key, "processing"))

    def delete_processing_time_timer(self, at: int) -> None:
        self.timers.remove((at, self.key, "processing"))

    def pass_until(self, until: int, function: Any) -> list[Any]:
        """Fire what is due, in order; what is set meanwhile too."""
        made: list[Any] = []
        while self.timers and min(self.timers)[0] <= until:
            first = min(self.timers)
            self.timers.remove(first)
            at, self.key, _ = first
            made += function.on_timer(at, self) or ()
        return made


Here.__module__ = "ours.embedded.here"


class Elsewhere(Here):
    """A task with Python in a process of its own."""


@pytest.fixture
def flink() -> Any:
    return importlib.import_module("video_tracker.engines.flink")


def played(
    here: Here,
    function: Any,
    came: Iterable[Came],
    clock: int = -1_000,
    before: Callable[[Came], object] = lambda _came: None,
) -> list[tuple[str, bytes]]:
    """What a task makes of a log.

    Args:
        here: The task.
        function: Its function.
        came: The log.
        clock: By how many milliseconds the clock of timers is ahead of the bodies.
        before: Called before each body.
    """
    function.open(here)
    made = []
    for each in came:
        before(each)
        here.key = each.key
        if 0 <= each.received_at < 1e10:
            here.now = round(each.received_at * 1000) + clock
        made += function.process_element((each.key, each.body, each.received_at), here)
        owners = Counter(key for _, key, _ in here.timers)
        assert max(owners.values(), default=0) <= 1
        assert all(timer is None or timer <= due for _, due, timer, _ in here.kept.values())
        made += here.pass_until(here.now, function)
    made += here.pass_until((1 << 63) - 1, function)
    return [(row[0], row[3].encode()) for row in made]


@pytest.mark.parametrize(
    ("event_time", "clock"),
    [
        (True, 0),
        (True, -1_000),
        (True, -400_000),  # the watermark is that late
        (False, 0),
        (False, 3 * 86_400_000),  # the log is read three days later
    ],
)
def test_a_viewer_has_one_timer_and_nobody_is_kept_for_ever(
    flink: Any, event_time: bool, clock: int
) -> None:
    here = Here()
    came = made_up(40, 30, seed=2)
    function = flink.SessionFunction(opening, event_time=event_time)

    assert differences(oracle(came), played(here, function, came, clock)) == []
    assert here.kept == {}
    assert here.timers == set()
    assert here.counts == {}


@pytest.mark.parametrize("text", [bytes, bytearray, bytes.decode])
def test_a_body_is_bytes_or_text_and_may_have_come_at_the_records_own_time(
    flink: Any, text: Callable[[bytes], Any]
) -> None:
    here = Here()
    came = made_up(4, 30, seed=5)
    function = flink.SessionFunction(opening)
    function.open(here)
    made = []
    for each in came:
        here.key, here.now = each.key, round(each.received_at * 1000)
        made += function.process_element((each.key, text(each.body), None), here)
    made += here.pass_until((1 << 63) - 1, function)

    assert differences(oracle(came), [(row[0], row[3].encode()) for row in made]) == []


def test_beacons_that_are_wrong_cost_themselves_alone(flink: Any) -> None:
    here = Here()
    good = made_up(10, 30, seed=3)
    never = [Came(good[0].key, at, good[0].body) for at in (float("nan"), -1.0, 1e12)]
    unsaid = json.dumps({"beacons": json.loads(good[0].body)["beacons"]}).encode()
    nobody = [Came("", START, unsaid)]
    came = [*never, *nobody, *in_order(good, wrong(good[0].key))]

    made = played(here, flink.SessionFunction(of_job), came, clock=-400_000)

    assert differences(oracle(good), made) == []
    many = len(json.loads(unsaid)["beacons"])
    reasons = {
        "bad_id": many,
        "bad_time": 3 * many,
        "foreign_session": 1,
        "malformed": 1,
        "missing": 1,
    }
    assert here.counts == {
        "video_tracker.rejected": 4 * many + 3,
        **{f"video_tracker.reason.{each}.rejected": n for each, n in reasons.items()},
    }


def test_what_is_said_to_a_viewer_whose_snapshot_is_damaged_is_lost_and_counted(flink: Any) -> None:
    """His ids were used, so that he does not begin anew; the others go on."""
    here = Here()
    came = made_up(10, 30, seed=4)
    half = came[len(came) // 2]
    struck: dict[str, Any] = {}

    def strike(each: Came) -> None:
        if each is half:
            first, second = sorted(here.kept)[:2]
            for key, value in ((first, b""), (second, here.kept[first][0])):
                struck[key] = here.kept[key] = (value, *here.kept[key][1:])

    made = played(here, flink.SessionFunction(opening), came, before=strike)

    expected = oracle(came)
    others = {key: records for key, records in expected.items() if key not in struck}
    assert differences(others, [each for each in made if not each[0].startswith((*struck,))]) == []
    said = sum(each.key in struck for each in came[came.index(half) :])
    assert here.counts == {"video_tracker.damaged": said + 2}  # his timer saw it as well
    assert {key: kept[0] for key, kept in here.kept.items()} == {
        key: kept[0] for key, kept in struck.items()
    }


def test_a_task_in_process_mode_is_refused(flink: Any) -> None:
    for function in (flink.SessionFunction(), flink.DeliveryFunction(Destination)):
        with pytest.raises(RuntimeError, match=r"python\.execution-mode: thread"):
            function.open(Elsewhere())


class Destination:
    """Takes what it is given, unless it is away."""

    def __init__(self, away: bool = False) -> None:
        self.away = away
        self.records: list[Record] = []

    def send(self, records: Any) -> Outcome:
        if self.away:
            return TryLater("unavailable", "gone fishing", after=60.0)
        self.records += records
        return Delivered()

    def close(self) -> None:
        self.records.append(Record("closed", "", "", b""))


def test_messages_wait_in_the_state_until_they_arrived(flink: Any) -> None:
    here, away, back = Here(), Destination(away=True), Destination()
    messages = [(f"s1-{n}", "s1", "Video Playback Started", '{"é": 1}') for n in range(1_200)]
    first = flink.DeliveryFunction(lambda: away, timeout=0.01)
    first.open(here)
    here.key = "7"
    for message in messages:
        first.process_element(message, here)
    waiting = {**here.kept}

    with pytest.raises(
        DeliveryError, match=r"500 messages were not delivered in 0\.01 s: .*gone fishing"
    ):
        here.pass_until(1_000, first)
    first.close()
    assert here.kept == waiting

    again = flink.DeliveryFunction(lambda: back)
    again.open(here)
    here.pass_until((1 << 63) - 1, again)
    assert here.kept == {}
    assert [each.message_id for each in back.records] == [each[0] for each in messages]
    assert {each.body for each in back.records} == {'{"é": 1}'.encode()}
    again.close()
    assert back.records.pop().message_id == "closed"
