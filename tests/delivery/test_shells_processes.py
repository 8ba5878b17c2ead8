"""What becomes of events when the process ends or forks, with real processes and real HTTP."""

import functools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.delivery.server import FAULTS, FaultyServer
from video_tracker.delivery import DeliveryPolicy
from video_tracker.delivery.spool import Spool
from video_tracker.plan import SessionPlan, Settings
from video_tracker.testing.clock import ManualClock
from video_tracker.tracker import Tracker
from video_tracker.transports import HttpTransport, JsonLinesTransport, MemoryTransport

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30.0
SCRIPT = """
import sys
from video_tracker import HttpTransport, SessionPlan, Tracker

url, options = sys.argv[1], eval(sys.argv[2])
tracker = Tracker(HttpTransport("key", base_url=url), plan=SessionPlan(user_id="u1"), **options)
for number in range(500):
    session = tracker.session(f"s{number}")
    session.play(0.0)
    session.playing(0.0)
print(tracker.stats().made, flush=True)
"""


def run(script: str, *arguments: str) -> tuple[int, float, str]:
    """Run a script; return what it printed first, how long its end took, and what it logged."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        made = int(process.stdout.readline() or -1)
        began = time.monotonic()
        _, log = process.communicate(timeout=PATIENCE)
        took = time.monotonic() - began
    assert process.returncode == 0, log
    return made, took, log


def test_a_normal_end_delivers_a_thousand_events_in_less_than_a_second() -> None:
    """Nobody calls close: the end of the process waits for it, within its bound."""
    with FaultyServer(delay=0.15) as server:
        made, took, log = run(SCRIPT, server.url, "{}")
    assert (made, len(server.accepted)) == (1000, 1000)
    assert set(server.arrivals.values()) == {1}
    assert took < 1.0
    assert log == ""


AT_THE_END = """
import atexit, threading

def end():
    thread = threading.Thread(target=print, args=("started",))
    try:
        thread.start()
        thread.join()
    except RuntimeError:
        pass

atexit.register(end)
"""


@functools.cache
def threads_start_at_the_end() -> bool:
    """Whether this Python starts threads while it ends; 3.12.0 and 3.12.1 do not."""
    command = [sys.executable, "-c", AT_THE_END]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout != ""


@pytest.mark.parametrize("fault", ["500", "mute", "401"])
@pytest.mark.parametrize("mode", ["thread", "manual"])
def test_the_end_against_a_failing_server_keeps_to_its_bound_and_tells(
    fault: str, mode: str
) -> None:
    options = {"exit_timeout": 0.4, "mode": mode}
    with FaultyServer(FAULTS[fault]) as server:
        made, took, log = run(SCRIPT, server.url, repr(options))
    assert made == 1000
    if mode == "thread" or threads_start_at_the_end():
        assert took < 0.4 + 1.0  # an interpreter takes its time to end, on a busy machine too
    assert " not sent" in log or "dropped: closed" in log
    assert len(server.accepted) == 0


def test_the_end_against_a_failing_server_keeps_the_spool(tmp_path: Path) -> None:
    """And the next process sends what it finds there."""
    options = repr({"spool_dir": str(tmp_path)})
    with FaultyServer(FAULTS["503"]) as server:
        made, took, _ = run(SCRIPT, server.url, options)
        assert made == 1000
        assert took < 0.2 + 1.0
        assert len(server.accepted) == 0
        server.recover()
        with Tracker(HttpTransport("key", base_url=server.url), spool_dir=tmp_path) as tracker:
            tracker.start()
            wait_until(lambda: tracker.stats().adopted == 1000)
            stats = tracker.flush(PATIENCE)
    assert (stats.made, stats.adopted, stats.delivered, stats.pending) == (0, 1000, 1000, 0)
    assert stats.balanced
    assert len(server.accepted) == 1000


def test_a_killed_process_loses_nothing_that_was_said(tmp_path: Path) -> None:
    script = SCRIPT + "\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    process = subprocess.run(
        [sys.executable, "-c", script, "http://127.0.0.1:9", repr({"spool_dir": str(tmp_path)})],
        check=False,
        capture_output=True,
        cwd=ROOT,
        timeout=PATIENCE,
    )
    assert (process.returncode, process.stdout) == (-9, b"1000\n")
    sent = MemoryTransport()
    with Tracker(sent, spool_dir=tmp_path) as tracker:
        tracker.start()
        wait_until(lambda: tracker.stats().adopted == 1000)
    assert len({record.message_id for record in sent.records}) == 1000


def wait_until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        waiting.wait(0.01)


# -- forks -------------------------------------------------------------------------------------


ASYNC_SCRIPT = """
import asyncio, gc, sys
from video_tracker import AsyncHttpTransport, AsyncTracker, SessionPlan

async def work():
    transport = AsyncHttpTransport("key", base_url=sys.argv[1].replace("127.0.0.1", "localhost"))
    tracker = AsyncTracker(transport, plan=SessionPlan(user_id="u1"))
    tracker.session("before").play(0.0)
    await tracker.flush()
    for number in range(500):
        session = tracker.session(f"s{number}")
        session.play(0.0)
        session.playing(0.0)
    print(tracker.stats().made, flush=True)

asyncio.run(work())
gc.collect()  # nobody but what is pending knows the tracker now
"""


def test_the_end_delivers_what_an_event_loop_left_behind() -> None:
    """Nobody awaits aclose, and the loop and its connections are gone; the host has a name."""
    with FaultyServer(delay=0.05) as server:
        made, took, log = run(ASYNC_SCRIPT, server.url)
    assert (made, len(server.accepted)) == (1001, 1001), log
    assert took < 2.5


def test_the_end_is_bounded_when_an_event_loop_left_something_behind() -> None:
    with FaultyServer(FAULTS["503"]) as server:
        made, took, log = run(ASYNC_SCRIPT.replace("await tracker.flush()", "pass"), server.url)
    assert made == 1001
    assert took < 4.0
    assert "1,001 messages not sent" in log


POOL_SCRIPT = """
import multiprocessing, sys
from video_tracker import HttpTransport, SessionPlan, Tracker

tracker = Tracker(HttpTransport("key", base_url=sys.argv[1]), plan=SessionPlan(user_id="u1"))

def work(name):
    for number in range(50):
        tracker.session(f"{name}-{number}").play(0.0)

if __name__ == "__main__":
    work("parent")
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=work, args=(f"child-{number}",)) for number in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    print(tracker.stats().made, flush=True)
"""


def test_the_end_of_a_process_of_multiprocessing_delivers_as_well() -> None:
    """Such a process leaves out ``atexit``."""
    with FaultyServer(delay=0.05) as server:
        made, _, log = run(POOL_SCRIPT, server.url)
    assert (made, len(server.accepted)) == (50, 200), log
    assert set(server.arrivals.values()) == {1}


def in_child(work: Callable[[], object]) -> None:
    """Do something in a forked child, which must succeed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException as error:  # noqa: BLE001 - told through the exit code and the output
            sys.stderr.write(f"in the child: {error!r}\n")
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


def play(tracker: Tracker, name: str, sessions: int) -> None:
    for number in range(sessions):
        session = tracker.session(f"{name}-{number}")
        session.play(0.0)
        session.playing(0.0)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("spooled", [False, True])
def test_a_fork_under_load_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, spooled: bool
) -> None:
    """Parent and children go on at once, each for its own; every flush returns."""
    with FaultyServer(delay=0.01) as server:
        tracker = Tracker(
            HttpTransport("key", base_url=server.url),
            plan=SessionPlan(user_id="u1"),
            settings=Settings(heartbeat=3_600),  # however long it takes, none is due
            policy=DeliveryPolicy(linger=0.01, batch_records=20),
            spool_dir=tmp_path if spooled else None,
        )
        working = threading.Event()
        made: list[int] = []

        def load() -> None:
            while not working.is_set():
                play(tracker, f"parent-{len(made)}", 10)
                made.append(20)
                working.wait(0.002)

        loading = threading.Thread(target=load)
        loading.start()

        def child(name: str) -> None:
            assert tracker.stats().pending == tracker.stats().made == 0
            play(tracker, name, 50)
            stats = tracker.flush(PATIENCE)
            assert (stats.made, stats.delivered, stats.pending) == (100, 100, 0)

        for number in range(5):
            in_child(lambda name=f"child-{number}": child(name))  # type: ignore[misc]
        working.set()
        loading.join(PATIENCE)
        stats = tracker.close(PATIENCE)
    assert stats.delivered == stats.made == sum(made)
    assert stats.balanced
    assert len(server.accepted) == stats.made + 5 * 100
    assert set(server.arrivals.values()) == {1}


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_what_was_queued_before_a_fork_is_sent_by_the_parent_alone(tmp_path: Path) -> None:
    """And an inherited session does nothing: two processes must not share message ids (S50)."""
    target = tmp_path / "events.jsonl"
    tracker = Tracker(
        JsonLinesTransport(target), plan=SessionPlan(user_id="u1"), policy=DeliveryPolicy(linger=60)
    )
    session = tracker.session("s1")
    session.play(0.0)

    def child() -> None:
        assert session.playing(0.0) == ()
        session.summary()
        assert tracker.find("s1") is None
        assert tracker.close(PATIENCE).made == 0

    in_child(child)
    assert not target.read_bytes()
    session.playing(0.0)
    assert tracker.close(PATIENCE).delivered == 2
    assert target.read_bytes().count(b"\n") == 2


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_a_fork_in_the_middle_of_everything_does_not_lock_the_child(tmp_path: Path) -> None:
    """Other threads hold every lock there is at some time: fifty forks catch some of them."""
    spool = Spool(tmp_path)
    tracker = Tracker(MemoryTransport(), plan=SessionPlan(user_id="u1"), spool_dir=spool)
    over = threading.Event()

    def load(name: str) -> None:
        turn = 0
        while not over.is_set():
            turn += 1
            play(tracker, f"{name}-{turn}", 3)
            tracker.stats()

    threads = [threading.Thread(target=load, args=(f"t{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()

    def child() -> None:
        play(tracker, "child", 2)
        assert tracker.flush(PATIENCE).delivered == 4
        assert tracker.close(PATIENCE).balanced

    try:
        for _ in range(50):
            in_child(child)
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert tracker.close(PATIENCE).balanced


def test_the_clock_of_a_child_is_not_locked() -> None:
    tracker = Tracker(MemoryTransport(), clock=ManualClock(), mode="sync")
    in_child(lambda: tracker.session("s1", user_id="u1").play(0.0))
    tracker.close()
