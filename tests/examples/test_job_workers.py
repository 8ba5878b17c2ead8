"""The recipes of RQ and Celery: real workers, real stores, a destination that may be away."""

import contextlib
import itertools
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.delivery.received import bodies_of
from tests.delivery.server import FAULTS, FaultyServer
from tests.examples.servers import child, redis, within
from tests.recordings.posted import posted
from tests.recordings.replaying import adapter_of, recorded
from tests.tracker.test_recordings_through_trackers import plan_of
from video_tracker import MemoryTransport, Tracker, plan_from_json, plan_to_json
from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Opening
from video_tracker.stores import store_at
from video_tracker.testing.clock import ManualClock
from video_tracker.testing.keyed import Came, oracle

for needed in ("redis", "rq", "celery", "psycopg"):
    pytest.importorskip(needed, reason=f"{needed} is not installed: pip install '.[examples]'")

import psycopg
from redis import Redis

from recipes import rq_worker
from tests.stores.addresses import SERVERS, end_leases, served_by

VIEWERS: Final = {
    "s1": "02-pause-html5_webkit",
    "s2": "03c-seek-paused-html5",
    "s3": "10-skip-hlsjs",
    "s4": "03d-seek-end-html5_webkit",
}
"""What they do; each of them is over with his last callback."""
SOON: Final = 20.0
"""Seconds within which a worker asks for what a killed one had."""


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis(tmp_path_factory.mktemp("queue")) as address:
        yield address


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with served_by(request.param, tmp_path_factory.mktemp("store")) as address:
        yield address


@pytest.fixture
def url(server: str) -> str:
    """Where the store is, with nobody in it."""
    if server.startswith("redis"):
        with contextlib.closing(Redis.from_url(server)) as client:
            client.flushall()
    else:
        with psycopg.connect(server) as client:
            client.execute("DROP SCHEMA IF EXISTS video_tracker CASCADE")
    return server


@pytest.fixture
def destination() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


@pytest.fixture
def environment(
    queue: str, url: str, destination: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    with contextlib.closing(Redis.from_url(queue)) as client:
        client.flushall()
    monkeypatch.setattr(rq_worker, "REDIS_URL", queue)
    monkeypatch.setattr(rq_worker, "STORE_URL", url)
    values = {
        "REDIS_URL": queue,
        "STORE_URL": url,
        "CUSTOMERIO_KEY": "key",
        "CUSTOMERIO_URL": destination.url,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


Said = tuple[str, str, float, Any, str]
"""What the web server has workers take: the arguments of ``take``."""


def said_by(session: str, together: int) -> list[Said]:
    """What a viewer says from now on, so many beacons at a time."""
    name = VIEWERS[session]
    plan, player = plan_to_json(plan_of(name)), adapter_of(name).name
    shift = time.time() - recorded(name)[0].at
    made = []
    for body in posted(name, together, shift):
        sent_at = decode_beacons(body.encode(), session_id=session).sent_at
        assert sent_at is not None
        made.append((session, body, sent_at + 0.2, plan, player))
    return made


def expected(*told: Said) -> list[bytes]:
    """The messages of one process that keeps a viewer in memory."""
    session, _, _, plan, player = told[0]
    opening = Opening(plan=plan_from_json(plan), player=player)
    came = [Came(session, received_at, body.encode()) for _, body, received_at, *_ in told]
    (records,) = oracle(came, {session: opening}.__getitem__).values()
    return [record.body for record in records]


def waiting(address: str) -> int:
    """Messages that have not arrived yet, as far as the store knows."""
    with contextlib.closing(store_at(address)) as store:
        return sum(len(store.outgoing(number, 1_000)) for number in range(store.partitions))


# -- RQ ----------------------------------------------------------------------------------------


def rq(folder: Path, environment: dict[str, str]) -> Any:
    folder.mkdir()
    command = [sys.executable, "-m", "rq.cli", "worker", "--burst", "playback"]
    where = ["--url", environment["REDIS_URL"]]
    return child(*command, *where, folder=folder, environment=environment)


def test_jobs_of_rq_that_any_worker_runs_give_the_bytes_of_one_process(
    environment: dict[str, str], destination: FaultyServer, tmp_path: Path, url: str
) -> None:
    from rq import Queue  # noqa: PLC0415 - beside what it queues

    queue = Queue("playback", connection=rq_worker.connection())
    viewers = {"s2": said_by("s2", 16), "s4": said_by("s4", 12)}
    for parts in zip(*viewers.values(), strict=True):
        for said in parts:
            queue.enqueue(rq_worker.take, *said)
    with (
        rq(tmp_path / "a", environment) as first,
        rq(tmp_path / "b", environment) as second,
    ):
        ended = first.wait(120), second.wait(120)
    assert ended == (0, 0), (tmp_path / "a/output.txt").read_text()

    for session, told in viewers.items():
        assert bodies_of(destination, session) == expected(*told)
    assert waiting(url) == 0


@pytest.mark.usefixtures("environment")
def test_what_the_destination_did_not_take_is_kept_and_sent_when_time_passes(
    destination: FaultyServer, url: str
) -> None:
    destination.fail(FAULTS["503"])
    told = said_by("s2", 30)
    for said in told:
        rq_worker.take(*said)
    assert waiting(url) == len(expected(*told))
    assert destination.accepted == {}

    destination.recover()
    rq_worker.pass_time()
    assert waiting(url) == 0
    assert bodies_of(destination, "s2", once=False) == expected(*told)
    assert set(destination.accepted.values()) == {1}


@pytest.mark.crash
def test_a_job_that_is_killed_while_it_sends_is_made_good(
    environment: dict[str, str],
    destination: FaultyServer,
    tmp_path: Path,
    url: str,
) -> None:
    destination.delay = 5.0
    told = said_by("s2", 200)
    job = f"from recipes import rq_worker\nfor said in {told!r}: rq_worker.take(*said)\n"
    with child(sys.executable, "-c", job, folder=tmp_path, environment=environment) as worker:
        assert within(30, lambda: destination.requests), (tmp_path / "output.txt").read_text()
        worker.kill()
        assert worker.wait(10) == -signal.SIGKILL
    destination.delay = 0.0
    rq_worker.pass_time()
    assert waiting(url) == len(expected(*told))  # the killed one has the partition for a while

    end_leases(url)
    rq_worker.pass_time()
    assert waiting(url) == 0
    assert bodies_of(destination, "s2", once=False) == expected(*told)


@pytest.mark.usefixtures("environment")
def test_time_passes_for_who_says_nothing_and_interrupts_him(url: str) -> None:
    """S26: five minutes of silence."""
    rq_worker.take(*said_by("s2", 20)[0])
    sent, clock = MemoryTransport(), ManualClock(time.time() + 290.0)
    with (
        contextlib.closing(store_at(url)) as store,
        Tracker(sent, mode="sync", store=store, clock=clock) as tracker,
    ):
        tracker.tick()
        assert "Video Playback Interrupted" not in sent.events
        clock.advance(30.0)
        tracker.tick()

    assert sent.events[-1:] == ["Video Playback Interrupted"]


# -- Celery ------------------------------------------------------------------------------------


def celery(folder: Path, environment: dict[str, str]) -> Any:
    options = ["-A", "recipes.celery_worker", "worker", "--pool", "prefork", "-c", "2"]
    command = (sys.executable, "-m", "celery", *options, "--loglevel", "INFO")
    return child(*command, folder=folder, environment=environment)


def take(said: Said) -> None:
    from recipes import celery_worker  # noqa: PLC0415 - it reads its environment

    celery_worker.take.delay(*said)


def test_tasks_of_one_viewer_that_two_processes_of_celery_run_give_the_bytes_of_one(
    environment: dict[str, str], destination: FaultyServer, tmp_path: Path, url: str
) -> None:
    with celery(tmp_path, environment) as worker:
        viewers = {session: said_by(session, 5) for session in VIEWERS}
        for parts in itertools.zip_longest(*viewers.values()):
            for said in parts:
                if said is not None:
                    take(said)
        messages = {session: expected(*told) for session, told in viewers.items()}

        def all_there() -> bool:
            return all(len(bodies_of(destination, each)) >= len(messages[each]) for each in VIEWERS)

        assert within(120, all_there), (tmp_path / "output.txt").read_text()
        worker.terminate()
        # A process of billiard's waits half a minute at times until its results were taken.
        ended = within(60, lambda: worker.poll() is not None)
        assert ended, (tmp_path / "output.txt").read_text()
        assert worker.returncode == 0

    told = (tmp_path / "output.txt").read_text()
    processes = {
        line.partition("ForkPoolWorker-")[2].partition("]")[0]
        for line in told.splitlines()
        if "succeeded" in line
    }
    assert len(processes) == 2, told
    assert {session: bodies_of(destination, session) for session in VIEWERS} == messages
    assert waiting(url) == 0


@pytest.mark.crash
def test_celery_workers_that_are_killed_leave_their_events_to_the_next(
    environment: dict[str, str], destination: FaultyServer, tmp_path: Path, url: str
) -> None:
    destination.fail(FAULTS["503"])
    told = said_by("s2", 20)
    messages = expected(*told)
    with celery(tmp_path, environment) as worker:
        for said in told:
            take(said)
        served = within(60, lambda: waiting(url) == len(messages))
        assert served, (tmp_path / "output.txt").read_text()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
    assert destination.accepted == {}

    destination.recover()
    end_leases(url)
    with celery(tmp_path, environment):
        sent = within(SOON + 60, lambda: len(destination.accepted) >= len(messages))
        assert sent, (tmp_path / "output.txt").read_text()
    assert bodies_of(destination, "s2", once=False) == expected(*told)
