"""A standalone cluster of Flink's from the pip package, as child processes of this one."""

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from video_tracker.testing.keyed import Came

_FOUND: Final = importlib.util.find_spec("pyflink")
HOME: Final = Path(str(_FOUND.origin)).parent if _FOUND else Path()
"""Where the package with Flink in it is, if it is."""
JOB: Final = Path(__file__).with_name("flink_job.py")


def written(came: Iterable[Came], folder: Path, files: int = 1) -> None:
    """Write a log; all of one viewer is in one file."""
    folder.mkdir()
    opened = [(folder / f"{number}.jsonl").open("w", encoding="utf-8") for number in range(files)]
    places: dict[str, int] = {}
    for each in came:
        place = places.setdefault(each.key, len(places) % files)
        line = [each.key, each.body.decode("utf-8", "surrogateescape"), each.received_at]
        opened[place].write(json.dumps(line) + "\n")
    for file in opened:
        file.close()


def messages_in(folder: Path) -> list[tuple[str, bytes]]:
    """The id and the body of each message that was committed to a folder."""
    found = []
    for path in sorted(folder.rglob("part-*")):
        for line in path.read_bytes().splitlines():
            number, _, body = line.partition(b"\t")
            found.append((number.decode(), body))
    return found


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The variables that Flink's processes need, the client's too.

    In threads of a TaskManager, Python finds no packages of a virtual environment by itself.
    """
    path = [str(Path(__file__).parent.parent.parent), str(HOME.parent)]
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    told = {"PYTHONPATH": os.pathsep.join(path), "FLINK_LOG_DIR": str(logs), **more}
    return {**os.environ, "FLINK_PID_DIR": str(folder), **told}


def run(
    command: Sequence[str], log: Path, out: Path, env: Mapping[str, str], **options: Any
) -> "subprocess.Popen[bytes]":
    """Run the job in a process of its own; what it says is in ``client.txt`` beside ``out``."""
    with out.with_name("client.txt").open("wb") as said:
        return subprocess.Popen(
            [*command, JOB, log, out, json.dumps(options)],
            env=env,
            stdout=said,
            stderr=subprocess.STDOUT,
        )


class Cluster:
    """A JobManager, and TaskManagers with one slot each.

    Args:
        folder: Where configuration, logs, checkpoints and all else lies.
        config: More of Flink's configuration.
    """

    def __init__(self, folder: Path, config: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = _free_port()
        self._started: list[subprocess.Popen[bytes]] = []
        conf = folder / "conf"
        conf.mkdir(parents=True)
        shutil.copy(HOME / "conf" / "log4j-console.properties", conf)
        shutil.copy(HOME / "conf" / "log4j-cli.properties", conf)
        told = {**self._config(), **(config or {})}
        (conf / "config.yaml").write_text(
            "".join(f"{name}: {json.dumps(value)}\n" for name, value in told.items()), "utf-8"
        )
        self._env = environment(folder, FLINK_CONF_DIR=str(conf))
        self._job_manager = self._start("jobmanager.sh")
        self.wait(lambda: self.get("/overview") is not None, "JobManager")

    def _config(self) -> dict[str, str]:
        shipped = (HOME / "conf" / "config.yaml").read_text("utf-8")
        opened = next(line for line in shipped.splitlines() if "--add-exports" in line)
        return {
            "env.java.opts.all": opened.partition("all:")[2].strip(),
            "env.log.max": "1",
            "blob.server.port": "0",
            "execution.checkpointing.dir": (self.folder / "checkpoints").as_uri(),
            "execution.checkpointing.interval": "500 ms",
            "heartbeat.interval": "500 ms",
            "heartbeat.timeout": "4 s",
            "io.tmp.dirs": str(self.folder),
            "jobmanager.bind-host": "127.0.0.1",
            "jobmanager.memory.process.size": "900m",
            "jobmanager.rpc.address": "127.0.0.1",
            "jobmanager.rpc.port": str(_free_port()),
            "metrics.fetcher.update-interval": "500 ms",
            "parallelism.default": "2",
            "python.client.executable": sys.executable,
            "python.execution-mode": "thread",
            "python.executable": sys.executable,
            "rest.address": "127.0.0.1",
            "rest.bind-address": "127.0.0.1",
            "rest.port": str(self.port),
            "restart-strategy.fixed-delay.attempts": "5",
            "restart-strategy.fixed-delay.delay": "1 s",
            "restart-strategy.type": "fixed-delay",
            "state.backend.type": "rocksdb",
            "taskmanager.bind-host": "127.0.0.1",
            "taskmanager.host": "127.0.0.1",
            "taskmanager.memory.managed.size": "128m",
            "taskmanager.memory.process.size": "1200m",
            "taskmanager.numberOfTaskSlots": "1",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in reversed(self._started):
            if process.poll() is None:
                process.kill()
            process.wait()

    def _start(self, script: str) -> "subprocess.Popen[bytes]":
        number = len(self._started)
        with (self.folder / f"{number}-{script}.txt").open("wb") as said:
            process = subprocess.Popen(
                ["bash", str(HOME / "bin" / script), "start-foreground"],
                env=self._env,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        self._started.append(process)
        return process

    def start_task_manager(self) -> "subprocess.Popen[bytes]":
        """Start one more; its process is Java's own."""
        return self._start("taskmanager.sh")

    def slots(self) -> int:
        """How many slots there are, used or not."""
        overview = self.get("/overview")
        return 0 if overview is None else int(overview["slots-total"])

    def submit(self, log: Path, out: Path, **options: Any) -> "subprocess.Popen[bytes]":
        """Run the job here; the process ends with it."""
        command = ["bash", str(HOME / "bin" / "flink"), "run", "-py"]
        job = run(command, log, out, self._env, **options)
        self._started.append(job)
        return job

    def job(self) -> dict[str, Any]:
        """What there is to know of the only job; empty while there is none."""
        jobs = (self.get("/jobs/overview") or {"jobs": []})["jobs"]
        return self.get(f"/jobs/{jobs[0]['jid']}") or {} if jobs else {}

    def counted(self, what: str) -> int:
        """How many of the job's checkpoints were ``completed``, ``restored``, ``failed``."""
        job = self.job()
        found = (self.get(f"/jobs/{job['jid']}/checkpoints") or {}) if job else {}
        return int(found.get("counts", {}).get(what, 0))

    def metric(self, name: str) -> int:
        """The sum of a metric of ours over all tasks."""
        job, total = self.job(), 0
        for vertex in job.get("vertices", ()):
            path = f"/jobs/{job['jid']}/vertices/{vertex['id']}/subtasks/metrics"
            names = [each["id"] for each in self.get(path) or () if each["id"].endswith(name)]
            if names:
                found = self.get(f"{path}?get={','.join(names)}&agg=sum") or ()
                total += sum(round(each["sum"]) for each in found)
        return total

    def get(self, path: str) -> Any:
        """What the JobManager answers; None while it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

    def wait(self, until: Callable[[], bool], what: str, seconds: float = 180.0) -> None:
        """Wait for something.

        Raises:
            AssertionError: It did not come.
        """
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, f"no {what} in {seconds} s: see {self.folder}"
            ended = [
                each.args for each in self._started if each.poll() not in (None, -signal.SIGKILL)
            ]
            assert not ended, f"no {what}, as {ended} ended: see {self.folder}"
            time.sleep(0.2)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """As if its machine were gone."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
