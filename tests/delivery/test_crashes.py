"""Processes that are killed, fork or end under load, and disks that fail: nothing is lost unsaid.

Bounded: all of it takes well under a minute. ``pytest -m crash`` runs it alone.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.server import FAULTS, FaultyServer
from tests.delivery.spooling import SmallDisk, can_mount, mounted, remount
from video_tracker import SessionPlan, Tracker
from video_tracker.delivery import DeliveryPolicy
from video_tracker.delivery.spool import Spool
from video_tracker.transports import HttpTransport

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[2]
KILLS = 20
BATCH = 50
PLAN = SessionPlan(user_id="u1")


def program(work: str, *arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.delivery.crashing", work, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def output(process: "subprocess.Popen[str]") -> str:
    said, _ = process.communicate(timeout=50)
    assert process.returncode == 0
    return said.strip()


def test_kill_9_at_20_moments_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """At least once: what comes twice was in a batch in flight, and has the same id (S50)."""
    log = tmp_path / "acknowledged"
    with FaultyServer(delay=0.005) as server:
        said = output(program("kill", server.url, tmp_path / "spool", log, KILLS, 20261123))

    assert said.startswith("True 0 ")
    assert said.endswith(" 0")
    acknowledged = set(log.read_text().splitlines())
    assert len(acknowledged) > 1_000
    assert acknowledged - set(server.accepted) == set()
    # Made but not acknowledged: at most the input that each process died in.
    assert len(set(server.accepted) - acknowledged) <= KILLS * 3

    last: dict[str, list[str]] = {}
    for request in server.requests:
        last[request.path.split("/")[1]] = request.ids
    in_flight = {name for names in last.values() for name in names}
    twice = {name for name, times in server.arrivals.items() if times > 1}
    assert twice <= in_flight
    assert len(twice) <= KILLS * BATCH


@pytest.mark.parametrize("durable", [True, False], ids=["spool", "memory"])
def test_parent_and_children_of_a_fork_under_load_lose_nothing_and_share_no_id(
    tmp_path: Path, durable: bool
) -> None:
    log = tmp_path / "acknowledged"
    spool = tmp_path / "spool" if durable else ""
    with FaultyServer(delay=0.002) as server:
        assert output(program("fork", server.url, spool, log, 5)) == "True True True"

    acknowledged = log.read_text().splitlines()
    assert len(acknowledged) == len(set(acknowledged)) > 5 * 150
    assert set(server.accepted) == set(acknowledged)
    assert set(server.arrivals.values()) == {1}


def test_no_thread_imports_anything_while_the_process_may_fork() -> None:
    """A child inherits the lock of a module that another thread was importing, and hangs on it."""
    code = """
import sys, tempfile
from video_tracker import HttpTransport, SessionPlan, Tracker
tracker = Tracker(HttpTransport("key", base_url=sys.argv[1]), spool_dir=tempfile.mkdtemp())
before = set(sys.modules)
tracker.session("s", SessionPlan(user_id="u1")).play()
assert tracker.flush().delivered == 1
print(*sorted(set(sys.modules) - before))
"""
    with FaultyServer() as server:
        command = [sys.executable, "-c", code, server.url]
        done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_a_normal_exit_delivers_1000_queued_events_in_under_a_second() -> None:
    with FaultyServer(delay=0.15) as server:
        process = program("leave", server.url, "", "-", 1_000)
        left, ended = map(float, output(process).split())
        took = ended - left

    assert len(server.accepted) == 1_000
    assert took < 1.0


@pytest.mark.parametrize(("durable", "bound"), [(True, 0.2), (False, 2.0)], ids=["spool", "memory"])
def test_an_exit_while_the_destination_fails_is_bounded_and_keeps_the_spool(
    tmp_path: Path, durable: bool, bound: float
) -> None:
    spool = tmp_path / "spool" if durable else ""
    with FaultyServer(FAULTS["503"]) as server:
        left, ended = map(float, output(program("leave", server.url, spool, "-", 300)).split())
        assert ended - left < bound + 0.2
        if durable:
            server.recover()
            tracker = Tracker(HttpTransport("key", base_url=server.url), spool_dir=spool)
            tracker.start()
            until = time.monotonic() + 10
            while tracker.stats().delivered < 300 and time.monotonic() < until:
                tracker.flush(1)
                time.sleep(0.05)
            stats = tracker.close()
            assert (stats.adopted, stats.delivered, stats.pending) == (300, 300, 0)
            assert len(server.accepted) == 300


@pytest.fixture(params=["counting", *(["mounted"] if can_mount() else [])])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A disk of 128 KB: a real one where file systems may be mounted, and one that counts."""
    place = tmp_path / "disk"
    if request.param == "counting":
        place.mkdir()
        yield place, {"disk": SmallDisk(place, 128 * 1024)}
    else:
        with mounted(place, "size=128k") as real:
            yield real, {}


def test_a_full_disk_is_loud_and_counted_and_loses_nothing(
    full: tuple[Path, dict[str, Any]],
) -> None:
    place, keywords = full
    told: list[Any] = []
    with FaultyServer(FAULTS["503"]) as server:
        tracker = Tracker(
            HttpTransport("key", base_url=server.url),
            policy=DeliveryPolicy.durable(linger=0.01, base_delay=0.01, max_delay=0.05),
            spool_dir=Spool(place / "spool", mend_after=0.1, **keywords),
            on_failure=told.append,
        )
        for number in range(600):
            tracker.session(f"s-{number}", PLAN).play()
        middle = tracker.stats()
        server.recover()
        stats = tracker.flush(10)
        tracker.session("afterwards", PLAN).play()
        end = tracker.close()

    assert middle.spool_troubles >= 1
    assert middle.diverted > 100
    assert {failure.reason for failure in told} == {"spool"}
    assert (stats.delivered, stats.lost, stats.balanced) == (600, 0, True)
    assert (end.delivered, end.pending) == (601, 0)
    assert len(server.accepted) == 601


@pytest.mark.parametrize("kind", ["a file in its place", *(["read-only"] if can_mount() else [])])
def test_a_directory_that_cannot_be_written_is_loud_and_everything_works_on(
    tmp_path: Path, kind: str
) -> None:
    place = tmp_path / "disk"
    told: list[Any] = []

    def work() -> None:
        with FaultyServer() as server:
            tracker = Tracker(
                HttpTransport("key", base_url=server.url),
                spool_dir=place / "spool",
                on_failure=told.append,
            )
            for number in range(50):
                tracker.session(f"s-{number}", PLAN).play()
            stats = tracker.close()
        assert (stats.delivered, stats.lost, stats.diverted) == (50, 0, 50)
        assert stats.spool_troubles >= 1
        assert {failure.reason for failure in told} == {"spool"}
        assert len(server.accepted) == 50

    if kind == "read-only":
        with mounted(place, "size=64k"):
            remount(place, "ro")
            work()
    else:
        place.write_bytes(b"")
        work()
