"""The recipes of RQ and Celery: real workers, a real Redis, a destination that may be away."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.delivery.server import FAULTS, FaultyServer
from tests.examples.servers import child, redis, within
from video_tracker import Content, MemoryTransport, Record, SessionPlan, Tracker
from video_tracker.testing.clock import NOON, ManualClock

for needed in ("redis", "rq", "celery"):
    pytest.importorskip(needed, reason=f"{needed} is not installed: pip install '.[examples]'")

from redis import Redis

from recipes import redis_sessions, rq_worker

PLAN: Final = SessionPlan(user_id="viewer-42", contents=[Content(asset_id="film", duration=60)])
EVENTS: Final = [
    "Video Playback Started",
    "Video Content Started",
    "Video Playback Paused",
    "Video Playback Resumed",
    "Video Content Playing",
    "Video Playback Exited",
]


def callbacks(start: float) -> list[dict[str, Any]]:
    """A viewing: 5 s of content, a pause of 3 s, 2 s more, and the page is left."""
    said = [("html5", "play", 0.0, 0.0), ("html5", "playing", 0.5, 0.0)]
    said += [("html5", "timeupdate", 0.5 + n, float(n)) for n in range(1, 5)]
    said += [("html5", "pause", 5.5, 5.0), ("html5", "play", 8.5, 5.0)]
    said += [("html5", "playing", 8.5, 5.0), ("html5", "timeupdate", 9.5, 6.0)]
    said += [("page", "pagehide", 10.5, 7.0)]
    return [
        {
            "channel": channel,
            "event": event,
            "at": start + after,
            "state": {"currentTime": place, "duration": 60, "paused": event == "pause"},
        }
        for channel, event, after, place in said
    ]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis(tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture
def store(url: str) -> Iterator[Redis]:
    connection = Redis.from_url(url)
    connection.flushall()
    yield connection
    connection.close()


@pytest.fixture
def destination() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


@pytest.fixture
def environment(
    store: Redis, url: str, destination: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    assert store.ping()
    values = {
        "REDIS_URL": url,
        "CUSTOMERIO_KEY": "key",
        "CUSTOMERIO_URL": destination.url,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


def arrived(server: FaultyServer) -> list[tuple[str, str]]:
    """Ids and names in the order of their first arrival."""
    seen: dict[str, str] = {}
    for request in server.requests:
        for message in request.messages:
            seen.setdefault(message["messageId"], message["event"])
    return list(seen.items())


def whole(session: str) -> list[tuple[str, str]]:
    return [(f"{session}-{number}", name) for number, name in enumerate(EVENTS, 1)]


def begun(store: Redis, *names: str) -> redis_sessions.RedisSessions:
    sessions = redis_sessions.RedisSessions(store)
    for name in names:
        sessions.begin(name, PLAN)
    return sessions


def test_jobs_of_rq_serve_one_session_in_its_order_whoever_runs_them(
    environment: dict[str, str], store: Redis, destination: FaultyServer, tmp_path: Path
) -> None:
    begun(store, "s1", "s2")
    said = callbacks(time.time())
    for part in (said[:2], said[2:7], said[7:8], said[8:]):
        assert rq_worker.hear("s1", part)
        assert rq_worker.hear("s2", part)
    rq = [sys.executable, "-m", "rq.cli", "worker", "--burst", "--url", environment["REDIS_URL"]]
    for name in "ab":
        (tmp_path / name).mkdir()

    with (
        child(*rq, "playback", folder=tmp_path / "a", environment=environment) as first,
        child(*rq, "playback", folder=tmp_path / "b", environment=environment) as second,
    ):
        assert (first.wait(60), second.wait(60)) == (0, 0), (tmp_path / "a/output.txt").read_text()

    for session in ("s1", "s2"):
        mine = [pair for pair in arrived(destination) if pair[0].startswith(session)]
        assert mine == whole(session)
        assert store.llen(f"playback:{session}:said") == 0
    assert set(destination.arrivals.values()) == {1}
    assert redis_sessions.RedisSessions(store).open() == []  # both were left


@pytest.mark.usefixtures("environment")
def test_nobody_has_begun_such_a_session(store: Redis) -> None:
    assert not rq_worker.hear("unknown", callbacks(time.time()))
    assert store.keys("playback:*") == []
    assert rq_worker.serve("unknown") == 0


@pytest.mark.usefixtures("environment")
def test_a_job_that_could_not_send_changes_nothing_and_the_next_makes_the_same(
    store: Redis, destination: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rq_worker, "PATIENCE", 0.2)
    said = callbacks(time.time())
    begun(store, "s1").say("s1", said)
    destination.fail(FAULTS["503"])

    with pytest.raises(rq_worker.NotSentError, match="6 events"):
        rq_worker.serve("s1")
    assert store.llen("playback:s1:said") == len(said)
    assert store.get("playback:s1:state") is None

    destination.recover()
    assert rq_worker.serve("s1") == len(said)
    assert arrived(destination) == whole("s1")
    assert set(destination.accepted.values()) == {1}


@pytest.mark.crash
def test_a_job_that_is_killed_while_it_sends_is_made_good(
    environment: dict[str, str],
    store: Redis,
    destination: FaultyServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun(store, "s1").say("s1", callbacks(time.time()))
    destination.delay = 3.0
    job = (
        "from recipes import redis_sessions, rq_worker\n"
        "redis_sessions.LONGEST = 1.5\n"
        "rq_worker.serve('s1')\n"
    )
    with child(sys.executable, "-c", job, folder=tmp_path, environment=environment) as worker:
        assert within(20, lambda: destination.requests), (tmp_path / "output.txt").read_text()
        worker.kill()
        assert worker.wait(10) == -signal.SIGKILL
    destination.delay = 0.0

    monkeypatch.setattr(redis_sessions, "LONGEST", 20.0)
    assert rq_worker.serve("s1") == len(callbacks(0.0))  # when the dead one's lock is over
    assert arrived(destination) == whole("s1")
    assert set(destination.arrivals.values()) == {2}, "the same ids, so the second is known"


def test_time_passes_for_who_says_nothing_and_interrupts_him(store: Redis) -> None:
    sessions = begun(store, "s1", "s2")
    records: list[Record] = []

    def serve(now: float) -> None:
        for name in sessions.open():  # by a tracker of its own each time
            transport = MemoryTransport()
            with Tracker(transport, mode="manual", clock=ManualClock(now)) as tracker:
                sessions.serve(name, tracker, lambda: None)
            records.extend(transport.records)

    said = callbacks(NOON)
    assert sessions.say("s1", said[:7])
    assert sessions.say("s2", said)
    serve(NOON + 5.5)
    serve(NOON + 65.5)
    assert sessions.open() == ["s1"]  # of the other one the page was left
    serve(NOON + 5.5 + 1801)  # S26: half an hour in a pause

    mine = [record for record in records if record.session_id == "s1"]
    assert [(record.message_id, record.event) for record in mine] == [
        *whole("s1")[:3],
        ("s1-4", "Video Playback Interrupted"),
    ]


def spool_is_empty(spool: Path) -> bool:
    return not any(spool.rglob("*.records"))


def celery(folder: Path, environment: dict[str, str]) -> Any:
    options = ["-A", "recipes.celery_worker", "worker", "--pool", "prefork", "-c", "2"]
    more = {**environment, "SPOOL_DIR": str(folder / "spool")}
    command = (sys.executable, "-m", "celery", *options, "--loglevel", "INFO")
    return child(*command, folder=folder, environment=more)


def hear(session: str, said: list[dict[str, Any]]) -> None:
    from recipes import celery_worker  # noqa: PLC0415 - it reads its environment

    assert celery_worker.hear(session, said)


def test_processes_of_celery_share_sessions_and_close_their_trackers(
    environment: dict[str, str], store: Redis, destination: FaultyServer, tmp_path: Path
) -> None:
    names = [f"s{number}" for number in range(6)]
    begun(store, *names)
    with celery(tmp_path, environment) as worker:
        for name in names:
            said = callbacks(time.time())
            for part in (said[:3], said[3:7], said[7:]):
                hear(name, part)
        served = within(60, lambda: store.scard("playback:open") == 0)
        assert served, (tmp_path / "output.txt").read_text()
        worker.terminate()
        # A process of billiard's waits half a minute at times until its results were taken.
        ended = within(60, lambda: worker.poll() is not None)
        assert ended, (tmp_path / "output.txt").read_text()
        assert worker.returncode == 0

    for name in names:
        mine = [pair for pair in arrived(destination) if pair[0].startswith(f"{name}-")]
        assert sorted(mine) == whole(name)  # batches of two processes may pass each other
    assert set(destination.accepted.values()) == {1}
    assert spool_is_empty(tmp_path / "spool")


@pytest.mark.crash
def test_celery_workers_that_are_killed_leave_their_events_to_the_next(
    environment: dict[str, str], store: Redis, destination: FaultyServer, tmp_path: Path
) -> None:
    destination.fail(FAULTS["503"])
    begun(store, "s1")
    with celery(tmp_path, environment) as worker:
        hear("s1", callbacks(time.time()))
        served = within(60, lambda: store.exists("playback:s1:state"))
        assert served, (tmp_path / "output.txt").read_text()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
    assert destination.accepted == {}
    assert not spool_is_empty(tmp_path / "spool")

    destination.recover()
    with celery(tmp_path, environment):
        sent = within(60, lambda: len(destination.accepted) == len(EVENTS))
        assert sent, (tmp_path / "output.txt").read_text()
    assert arrived(destination) == whole("s1")
    assert set(destination.accepted.values()) == {1}
