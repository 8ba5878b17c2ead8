"""Several processes and one spool: locks, orphans, forks, and kill -9 at any moment."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.delivery.spooling import (
    adopt_all,
    drain,
    files,
    fill,
    python,
    record,
    records,
    reopened,
)
from video_tracker.delivery.spool import Spool
from video_tracker.delivery.spool_directory import Directory, find_names
from video_tracker.delivery.spool_disk import Disk


def test_each_spool_writes_into_a_directory_of_its_own(tmp_path: Path) -> None:
    one, two = Spool(tmp_path), Spool(tmp_path)
    fill(one, *records(3))
    fill(two, *records(3, start=10))

    names = find_names(Disk(), str(tmp_path))

    assert len(names) == 2
    assert [int(name.split("-")[1]) for name in names] == [os.getpid()] * 2
    assert drain(one) == records(3)
    assert drain(two) == records(3, start=10)


def test_what_a_living_process_holds_is_not_adopted(tmp_path: Path) -> None:
    one, two = Spool(tmp_path), Spool(tmp_path)
    fill(one, *records(3))

    assert two.adopt() == 0
    one.abandon()
    assert two.adopt() == 3
    assert two.adopt() == 0
    assert two.stats().adopted == 3


def test_an_orphan_is_adopted_once(tmp_path: Path) -> None:
    fill(dead := Spool(tmp_path), *records(3))
    dead.abandon()
    one, two = Spool(tmp_path), Spool(tmp_path)

    assert (one.adopt(), two.adopt()) == (3, 0)
    one.settled(one.take(1, 999).records)
    one.abandon()  # and so may the one that adopted it die
    assert two.adopt() == 2
    assert drain(two) == records(2, start=1)
    assert list(tmp_path.iterdir()) == []


def test_orphans_are_adopted_oldest_first(tmp_path: Path) -> None:
    """Numbers tell their order: no clock was asked, and none can have been wrong."""
    for start in range(0, 24, 2):
        fill(dead := Spool(tmp_path), *records(2, start=start))
        dead.abandon()
    spool = reopened(tmp_path)
    fill(spool, *records(2, start=24))

    assert drain(spool) == records(26)


def test_a_large_backlog_is_adopted_bit_by_bit(tmp_path: Path) -> None:
    for start in range(0, 40, 20):
        fill(dead := Spool(tmp_path, segment_bytes=500), *records(20, start=start))
        dead.abandon()
    spool = Spool(tmp_path)

    counts = []
    while found := spool.adopt(max_bytes=1_000):
        counts.append(found)

    assert sum(counts) == 40
    assert max(counts) <= 8
    assert drain(spool) == records(40)
    assert list(tmp_path.iterdir()) == []


def test_what_is_appended_while_orphans_wait_comes_after_them(tmp_path: Path) -> None:
    fill(dead := Spool(tmp_path), *records(3))
    dead.abandon()
    spool = reopened(tmp_path)
    fill(spool, record(3))
    assert spool.take(2, 999).records == records(2)
    fill(spool, record(4))

    assert drain(spool) == records(3, start=2)


def test_only_directories_of_this_format_are_touched(tmp_path: Path) -> None:
    for name in ("00000001-1-00000000.v2", "notes", "00000001-1-zz.v1", ".v1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "00000001.records").write_bytes(b"of another version")
    (tmp_path / "00000002-1-00000000.v1").write_text("a file")

    spool = reopened(tmp_path)
    fill(spool, record(1))
    drain(spool)
    spool.close()

    assert len(files(tmp_path)) == 5


def test_empty_directories_and_leftovers_are_tidied_away(tmp_path: Path) -> None:
    empty = tmp_path / "00000001-1-00000000.v1"
    empty.mkdir()
    leftover = tmp_path / "00000002-1-00000000.v1"
    leftover.mkdir()
    (leftover / "00000001.settled").write_bytes(b"of a segment that is gone")
    torn = tmp_path / "00000003-1-00000000.v1"
    torn.mkdir()
    (torn / "00000001.records").write_bytes(b"\0" * 4096)

    spool = reopened(tmp_path)

    assert list(tmp_path.iterdir()) == []
    assert (spool.stats().adopted, spool.stats().cut_bytes) == (0, 4096)


def test_a_directory_that_is_adopted_while_it_is_made_is_made_again(tmp_path: Path) -> None:
    """Between its making and its lock, somebody who looks for orphans may find it."""
    adopter = Spool(tmp_path)

    class Racing(Disk):
        def __init__(self) -> None:
            self.before = ["create", "lock", "still_at"]

        def _race(self, call: str) -> None:
            if self.before and self.before[0] == call:
                self.before.pop(0)
                adopter.adopt()

        def create(self, path: str) -> int:
            self._race("create")
            return super().create(path)

        def lock(self, fd: int, *, wait: bool = False) -> bool:
            self._race("lock")
            return super().lock(fd, wait=wait)

    disk = Racing()
    spool = Spool(tmp_path, disk=disk)
    fill(spool, record(1))

    assert disk.before == ["still_at"]
    assert adopter.adopt() == 0
    assert len(find_names(disk, str(tmp_path))) == 1
    spool.abandon()
    assert adopter.adopt() == 1


def test_a_directory_that_is_removed_before_it_is_claimed_is_gone(tmp_path: Path) -> None:
    assert Directory.claim(Disk(), str(tmp_path), "00000001-1-00000000.v1") is None


def test_numbers_of_directories_grow(tmp_path: Path) -> None:
    (tmp_path / "99999998-1-00000000.v1").mkdir()
    for start in range(4):
        fill(dead := Spool(tmp_path), record(start))
        dead.abandon()

    names = find_names(Disk(), str(tmp_path))
    assert [int(name.split("-")[0]) for name in names] == list(range(99999998, 100000003))
    assert drain(reopened(tmp_path)) == records(4)


def test_sync_runs_beside_all_the_rest(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment_bytes=700)
    ended = threading.Event()
    failures: list[BaseException] = []

    def keep_syncing() -> None:
        while not ended.is_set():
            try:
                spool.sync()
            except BaseException as error:  # noqa: BLE001 - whatever it is, it should not be
                failures.append(error)

    thread = threading.Thread(target=keep_syncing)
    thread.start()
    found = []
    for start in range(0, 3_000, 10):
        fill(spool, *records(10, start=start))
        found += drain(spool, many=4)
    ended.set()
    thread.join()
    spool.close()

    assert failures == []
    assert found == records(3_000)
    assert list(tmp_path.iterdir()) == []


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files cannot be counted")
def test_few_files_are_open_however_much_waits(tmp_path: Path) -> None:
    before = open_files()
    spool = Spool(tmp_path, segment_bytes=1, window_bytes=0)
    fill(spool, *records(60))
    assert open_files() - before <= 2  # the lock and the segment that is written to
    spool.take(30, 99_999)
    assert open_files() - before <= 3
    spool.abandon()
    assert open_files() == before
    spool = reopened(tmp_path)
    assert open_files() - before <= 1
    drain(spool, settle=False)
    spool.close()
    assert open_files() == before


FORKS = """
import os, sys
from tests.delivery.spooling import adopt_all, drain, fill, record, records
from video_tracker.delivery.spool import Spool
from video_tracker.delivery.spool_directory import find_names
from video_tracker.delivery.spool_disk import Disk

root = sys.argv[1]
spool = Spool(root)
fill(spool, *records(4))
out = spool.take(1, 999)
read, write = os.pipe()
child = os.fork()
if child == 0:
    assert (spool.waiting, spool.oldest, spool.evict()) == (0, None, None)
    spool.settled(out.records)                      # the parent's: none of its business
    assert adopt_all(spool) == 0                    # the parent lives
    fill(spool, *records(3, start=10))
    assert len(find_names(Disk(), root)) == 2
    assert spool.take(2, 999).records == records(2, start=10)
    os.write(write, b"x")
    sys.stdin.read()                                # it outlives its parent, but not its lock
    os._exit(0)
os.read(read, 1)
assert spool.waiting == 3
assert spool.take(9, 999).records == records(3, start=1)
spool.settled(out.records)
print("ready", flush=True)
os._exit(1)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_has_a_directory_of_its_own_and_hides_nothing(tmp_path: Path) -> None:
    parent = python(FORKS, tmp_path, stdin=subprocess.PIPE)
    assert parent.stdin is not None
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    parent.wait(10)

    spool = Spool(tmp_path)
    of_the_parent = adopt_all(spool)  # while the child still lives
    assert of_the_parent == 3
    parent.stdin.close()
    assert parent.stdout.read() == ""  # the child, too, has ended
    parent.stdout.close()
    assert adopt_all(spool) == 3
    assert drain(spool) == records(3, start=1) + records(3, start=10)


WRITES = """
import os, sys
from tests.delivery.spooling import record
from video_tracker.delivery.spool import Spool

root, start, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
log = os.open(sys.argv[4], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
spool = Spool(root, segment_bytes=20_000, window_bytes=(0, 9_000)[seed % 2])
say = lambda mark, names: os.write(log, f"{mark}{' '.join(names)}\\n".encode())
while spool.adopt():
    pass
number = start
while True:
    for _ in range(40):
        spool.append(record(number, 20 + number * 7 % 300), float(number))
        say("+", [f"m-{number}"])
        number += 1
    first, second = spool.take(13, 99_999).records, spool.take(21, 99_999).records
    for batch in (second, first[3:]):
        ids = [one.message_id for one in batch]
        say("?", ids)
        spool.settled(batch)
        say("-", ids)
    if number % 120 == start % 120:
        spool.sync()
"""


def test_kill_9_at_any_moment_loses_nothing_and_repeats_only_what_was_out(tmp_path: Path) -> None:
    """20 processes, each on what the one before it left, each killed while it writes."""
    chance = random.Random(20)
    spool_root = tmp_path / "spool"
    put: list[str] = []
    asked: set[str] = set()
    settled: set[str] = set()
    for turn in range(20):
        log = tmp_path / f"log-{turn}"
        child = python(WRITES, spool_root, str(turn * 1_000_000), str(turn), log)
        enough = chance.randrange(1, 8_000)
        while not log.exists() or log.stat().st_size < enough:
            assert child.poll() is None
            time.sleep(0.000_5)
        child.send_signal(signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL
        assert child.stdout is not None
        child.stdout.close()
        for line in log.read_text().splitlines(keepends=True):
            names = line[1:].split()
            if line.startswith("+"):
                put += names
            elif line.startswith("?"):
                asked.update(names)
            elif line.endswith("\n"):
                settled.update(names)

    spool = reopened(spool_root)
    left = [one.message_id for one in drain(spool)]

    assert len(put) > 500
    assert len(settled) > 100
    assert [name for name in put if name not in asked and name not in set(left)] == []
    assert settled & set(left) == set()
    assert [name for name, count in Counter(left).items() if count > 1] == []
    assert len(set(left) - set(put)) <= 20  # written, and killed before it could say so
    assert spool.stats().missing == 0
    spool.close()
    assert list(spool_root.iterdir()) == []
