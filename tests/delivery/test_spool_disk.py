"""A disk that is full, fails, or cannot be written: nothing accepted is lost, and it is told."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.spooling import (
    FaultyDisk,
    SmallDisk,
    adopt_all,
    can_mount,
    drain,
    files,
    fill,
    mounted,
    python,
    record,
    records,
    remount,
    reopened,
)
from video_tracker.delivery.spool import Spool, SpoolBrokenError
from video_tracker.delivery.spool_disk import Disk
from video_tracker.delivery.store import ChainStore, MemoryStore
from video_tracker.errors import StoreError
from video_tracker.record import Record

# Who may not mount file systems has the counting one only; no test is skipped for that.
DISKS = ["counting", *(["mounted"] if can_mount() else [])]

FAILURES = [
    (errno.ENOSPC, "disk_full"),
    (errno.EDQUOT, "disk_full"),
    (errno.EFBIG, "disk_full"),
    (errno.EIO, "io_error"),
    (errno.EROFS, "read_only"),
    (errno.EACCES, "read_only"),
]


def put_all(spool: Spool, what: list[Record], now: float = 1.0) -> tuple[list[Record], list[str]]:
    """The records that were taken, and the reasons for which the others were not."""
    taken: list[Record] = []
    reasons: list[str] = []
    for one in what:
        try:
            spool.append(one, now)
            taken.append(one)
        except SpoolBrokenError as error:
            reasons.append(error.reason)
    return taken, reasons


@pytest.mark.parametrize(("code", "reason"), FAILURES)
@pytest.mark.parametrize("part", [0, 1, 50, 150])
def test_a_write_that_fails_adds_nothing(tmp_path: Path, code: int, reason: str, part: int) -> None:
    disk = FaultyDisk(part)
    spool = Spool(tmp_path, disk=disk)
    fill(spool, *records(3))
    disk.failing = {"write": code}

    with pytest.raises(SpoolBrokenError) as told:
        spool.append(record(3), 10.0)

    assert told.value.reason == reason == spool.stats().trouble
    assert os.strerror(code) in str(told.value)
    assert spool.waiting == 3
    assert spool.stats().failures == 1
    disk.failing = {}
    spool.append(record(4), 12.0)
    assert spool.trouble is None
    spool.abandon()
    assert drain(reopened(tmp_path)) == [*records(3), record(4)]


def test_a_disk_that_failed_is_left_alone_for_a_while(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk, mend_after=5.0)
    disk.failing = {"write": errno.EIO}
    assert put_all(spool, [record(0)], 100.0)[1] == ["io_error"]
    disk.calls.clear()

    assert put_all(spool, records(50), 104.9) == ([], ["io_error"] * 50)
    assert disk.calls == []
    assert put_all(spool, records(50), 105.0) == ([], ["io_error"] * 50)
    assert disk.calls.count("write") == 1


def test_a_disk_can_be_tried_at_once(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk)
    disk.failing = {"write": errno.EIO}
    assert put_all(spool, [record(0)], 100.0)[1] == ["io_error"]
    disk.failing = {}

    spool.mend()

    assert put_all(spool, [record(0)], 3.0) == ([record(0)], [])
    spool.mend()
    assert put_all(spool, [record(1)], 3.0) == ([record(1)], [])


def test_a_torn_frame_that_cannot_be_taken_back_costs_no_other(tmp_path: Path) -> None:
    disk = FaultyDisk(part=20)
    spool = Spool(tmp_path, disk=disk, window_bytes=0)
    fill(spool, *records(3))
    disk.failing = {"write": errno.EIO, "truncate": errno.EIO}
    assert put_all(spool, [record(3)])[1] == ["io_error"]
    disk.failing = {}
    fill(spool, *records(3, start=4), now=9.0)

    assert len(files(tmp_path, "*.records")) == 2
    spool.abandon()
    spool = reopened(tmp_path)
    assert drain(spool, settle=False) == [*records(3), *records(3, start=4)]
    assert spool.stats().cut_bytes == 20
    assert spool.stats().missing == 0  # it never was a record


@pytest.mark.parametrize("call", ["make_directory", "create", "lock", "names", "size"])
def test_a_directory_that_cannot_be_made_is_told_at_each_append(tmp_path: Path, call: str) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path / "spool", disk=disk)
    disk.failing = {call: errno.EROFS}

    taken, reasons = put_all(spool, records(2))

    if call == "size":  # only the list of settled records asks for it
        assert (len(taken), reasons) == (2, [])
    else:
        assert (taken, reasons) == ([], ["read_only"] * 2)
        disk.failing = {}
        assert put_all(spool, records(2), 3.0) == (records(2), [])


def test_a_platform_without_locks_is_told(tmp_path: Path) -> None:
    disk = FaultyDisk()
    disk.failing = {"lock": errno.ENOTSUP}

    assert put_all(Spool(tmp_path, disk=disk), [record(1)]) == ([], ["unsupported"])


def test_a_sync_that_fails_is_told_and_the_segment_is_left(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk)
    fill(spool, *records(3))
    disk.failing = {"sync": errno.EIO}

    with pytest.raises(SpoolBrokenError):
        spool.sync()

    assert spool.trouble == "io_error"
    assert put_all(spool, [record(3)], 50.0)[1] == ["io_error"]  # a second from the first try
    disk.failing = {}
    fill(spool, record(4), now=51.0)
    assert len(files(tmp_path, "*.records")) == 2
    spool.sync()
    assert drain(spool) == [*records(3), record(4)]


def test_names_that_could_not_be_synced_are_synced_the_next_time(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk)
    fill(spool, record(1))
    disk.failing = {"sync_directory": errno.EIO}
    with pytest.raises(SpoolBrokenError):
        spool.sync()
    assert spool.dirty
    disk.failing = {}
    disk.calls.clear()

    spool.sync()

    assert disk.calls.count("sync_directory") == 2


def test_a_sync_always_that_fails_takes_the_record_back(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk, sync="always")
    fill(spool, record(0))
    disk.failing = {"sync": errno.EIO}
    assert put_all(spool, [record(1)])[1] == ["io_error"]

    spool.abandon()

    assert drain(reopened(tmp_path)) == [record(0)]


@pytest.mark.parametrize("call", ["write", "open", "size"])
def test_records_that_cannot_be_listed_as_settled_are_listed_later(
    tmp_path: Path, call: str
) -> None:
    disk = FaultyDisk(part=7)
    spool = Spool(tmp_path, disk=disk)
    put = records(6)
    fill(spool, *put)
    spool.take(6, 9_999)
    disk.failing = {call: errno.ENOSPC}
    spool.settled(put[1:3])
    disk.failing = {}
    spool.settled(put[4:5])
    spool.abandon()

    assert drain(reopened(tmp_path)) == [put[0], put[3], put[5]]


def test_a_segment_that_cannot_be_removed_is_not_sent_again(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk, segment_bytes=1)
    fill(spool, *records(4))
    disk.failing = {"unlink": errno.EIO, "rmdir": errno.EIO}
    assert drain(spool) == records(4)
    spool.close()

    disk.failing = {}
    spool = reopened(tmp_path)

    assert spool.waiting == 0
    assert list(tmp_path.iterdir()) == []


def test_a_segment_that_could_not_be_removed_is_removed_when_the_spool_is_closed(
    tmp_path: Path,
) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk, segment_bytes=1)
    fill(spool, *records(3))
    disk.failing = {"unlink": errno.EIO}
    drain(spool)
    disk.failing = {}
    spool.close()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["read", "open_to_read"])
def test_what_cannot_be_read_back_is_counted_and_left_for_another_day(
    tmp_path: Path, call: str
) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk, window_bytes=250, segment_bytes=400)
    put = records(12)
    fill(spool, *put)
    disk.failing = {call: errno.EIO}

    found: list[Record] = []
    lost = lost_bytes = 0
    while spool.waiting:
        taken = spool.take(3, 9_999)
        spool.settled(taken.records)
        found.extend(taken.records)
        lost += taken.lost_records
        lost_bytes += taken.lost_bytes

    assert found[:2] == put[:2]
    assert lost >= 7  # of the segment that is open already, more may be read
    assert len(found) + lost == 12
    assert sum(len(one.body) for one in found) + lost_bytes == sum(len(one.body) for one in put)
    assert spool.stats().lost == lost
    assert spool.evict() is None
    disk.failing = {}
    spool.close()
    assert set(drain(reopened(tmp_path))) >= set(put) - set(found)


def test_a_segment_that_was_cut_short_behind_its_back_is_counted(tmp_path: Path) -> None:
    spool = Spool(tmp_path, window_bytes=0)
    fill(spool, *records(5))
    (path,) = files(tmp_path, "*.records")
    os.truncate(path, path.stat().st_size * 2 // 5 + 3)

    first = spool.take(2, 9_999)
    second = spool.take(9, 9_999)

    assert first.records == records(2)
    assert (second.records, second.lost_records) == ([], 3)
    assert second.lost_bytes == sum(len(one.body) for one in records(5)[2:])
    assert (spool.waiting, spool.waiting_bytes) == (0, 0)
    fill(spool, record(9))  # and the line goes on
    assert spool.waiting == 1


def test_damage_in_the_middle_costs_only_what_lies_there(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    fill(spool, *records(5))
    spool.settled(spool.take(1, 999).records)
    spool.abandon()
    (path,) = files(tmp_path, "*.records")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)

    spool = reopened(tmp_path)

    assert spool.waiting == 3
    assert spool.stats().missing == 1
    assert spool.stats().cut_bytes == len(data) // 5
    assert drain(spool) == [record(n) for n in (1, 3, 4)]
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_a_crash_at_any_byte_brings_back_what_was_whole_and_not_settled(tmp_path: Path) -> None:
    put = records(4, size=30)
    fill(spool := Spool(tmp_path / "spool"), *put)
    out = spool.take(4, 9_999).records
    spool.settled([out[1]])
    spool.settled([out[3]])
    spool.abandon()
    (written,), (listed,) = files(tmp_path, "*.records"), files(tmp_path, "*.settled")
    whole, runs = written.read_bytes(), listed.read_bytes()

    def after_crash(records_cut: int, runs_cut: int) -> list[Record]:
        root = tmp_path / f"crash-{records_cut}-{runs_cut}"
        (root / written.parent.name).mkdir(parents=True)
        (root / written.parent.name / written.name).write_bytes(whole[:records_cut])
        (root / written.parent.name / listed.name).write_bytes(runs[:runs_cut])
        again = reopened(root)
        left = drain(again, settle=False)
        assert again.stats().missing == 0
        again.settled(left[:1])
        again.abandon()
        assert drain(reopened(root)) == left[1:]
        return left

    for cut in range(len(whole) + 1):
        first = cut * 4 // len(whole)  # they are of one length
        assert after_crash(cut, len(runs)) == [put[n] for n in (0, 2) if n < first]
    for cut in range(len(runs)):
        settled = (1, 3)[: cut // 12]
        assert after_crash(len(whole), cut) == [put[n] for n in range(4) if n not in settled]


@pytest.mark.parametrize("call", ["read_file", "open", "lock"])
def test_an_orphan_that_cannot_be_read_now_can_be_adopted_later(tmp_path: Path, call: str) -> None:
    fill(dead := Spool(tmp_path), *records(3))
    dead.abandon()
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk)
    disk.failing = {call: errno.EIO}
    assert spool.adopt() == 0

    disk.failing = {}

    assert spool.adopt() == 3
    assert drain(spool) == records(3)


def test_an_orphan_whose_names_cannot_be_read_is_let_go(tmp_path: Path) -> None:
    fill(dead := Spool(tmp_path), *records(3))
    dead.abandon()
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk)
    disk.failing = {"names": errno.EIO}
    disk.when = lambda path: path.endswith(".v1")

    assert spool.adopt() == 0
    assert Spool(tmp_path).adopt() == 3


def test_a_directory_that_others_always_take_first_is_told(tmp_path: Path) -> None:
    class Contended(Disk):
        def lock(self, fd: int, *, wait: bool = False) -> bool:
            del fd, wait
            return False

    spool = Spool(tmp_path, disk=Contended())

    assert put_all(spool, [record(1)]) == ([], ["io_error"])
    assert reopened(tmp_path).waiting == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("not a directory")
    spool = Spool(tmp_path / "spool")

    assert spool.adopt() == 0
    assert put_all(spool, [record(1)]) == ([], ["io_error"])
    (tmp_path / "spool").unlink()
    assert put_all(spool, [record(1)], 9.0) == ([record(1)], [])


def test_a_directory_that_was_removed_is_made_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment_bytes=300)
    fill(spool, *records(2))
    for path in files(tmp_path):
        path.unlink()
    (directory,) = tmp_path.iterdir()
    directory.rmdir()

    taken, reasons = put_all(spool, records(3, start=2), 5.0)
    more, _ = put_all(spool, records(3, start=5), 7.0)

    assert reasons
    assert drain(spool) == [*records(2), *taken, *more]
    assert more == records(3, start=5)


def degrading(spool: Spool, told: list[str]) -> ChainStore:
    def tell(error: StoreError) -> None:
        told.append(str(error))

    return ChainStore(spool, MemoryStore(), on_diverted=tell)


def test_a_failing_disk_degrades_to_memory_once_and_loudly_and_comes_back(tmp_path: Path) -> None:
    disk, told = FaultyDisk(), list[str]()
    spool = Spool(tmp_path, disk=disk)
    store = degrading(spool, told)
    put = records(12)
    for now, one in enumerate(put[:4]):
        store.append(one, float(now))
    disk.failing = {"write": errno.EIO, "open": errno.EIO}
    for now, one in enumerate(put[4:8], start=4):
        store.append(one, float(now))

    assert len(told) == 1
    assert (spool.waiting, store.waiting, store.diverted) == (4, 8, 4)
    found: list[Record] = []
    while store.waiting:
        taken = store.take(3, 9_999)
        store.settled(taken.records)
        found.extend(taken.records)
    disk.failing = {}
    for now, one in enumerate(put[8:], start=8):
        store.append(one, float(now))

    assert found == put[:8]
    assert store.trouble is None
    assert spool.waiting == 4
    spool.abandon()
    assert set(drain(reopened(tmp_path))) >= set(put[8:])


def test_a_limit_on_the_size_of_files_is_told_and_worked_around(tmp_path: Path) -> None:
    code = """
import resource, sys
from tests.delivery.spooling import records
from video_tracker.delivery.spool import Spool, SpoolBrokenError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
spool, taken, reasons = Spool(sys.argv[1]), 0, set()
for now, one in enumerate(records(30)):
    try:
        spool.append(one, float(now))
        taken += 1
    except SpoolBrokenError as error:
        reasons.add(error.reason)
print(taken, *reasons)
spool.abandon()
"""
    child = python(code, tmp_path)
    said, _ = child.communicate(timeout=30)
    taken, reason = said.split()

    assert (child.returncode, reason) == (0, "disk_full")
    assert 20 <= int(taken) < 30
    spool = Spool(tmp_path)
    assert adopt_all(spool) == int(taken)
    assert all(path.stat().st_size <= 1000 for path in files(tmp_path))


@contextlib.contextmanager
def small_disk(kind: str, place: Path) -> Iterator[tuple[Path, Disk]]:
    """A disk of 64 KiB: a real one, or one that counts."""
    if kind == "counting":
        place.mkdir()
        yield place, SmallDisk(place, 65_536)
    else:
        with mounted(place, "size=64k") as real:
            yield real, Disk()


@pytest.mark.parametrize("kind", DISKS)
def test_a_disk_that_is_full_loses_nothing_and_is_used_again(tmp_path: Path, kind: str) -> None:
    told: list[str] = []
    with small_disk(kind, tmp_path / "disk") as (place, disk):
        spool = Spool(place / "spool", segment_bytes=16_000, disk=disk)
        store = degrading(spool, told)
        put = records(900)
        for now, one in enumerate(put):
            store.append(one, now / 100)
        assert len(told) == 1
        assert "No space left" in told[0]
        assert 200 < spool.waiting < 450
        assert store.waiting == 900

        found: list[Record] = []
        while store.waiting:
            taken = store.take(100, 99_999)
            store.settled(taken.records)
            found.extend(taken.records)
        assert found == put

        for now, one in enumerate(put[:50], start=100):
            store.append(one, float(now))
        assert (store.trouble, spool.waiting) == (None, 50)
        spool.abandon()
        spool = reopened(place / "spool")
        assert drain(spool) == put[:50]
        spool.close()


@pytest.mark.parametrize("kind", DISKS)
def test_a_disk_that_others_filled_is_told_at_the_first_append(tmp_path: Path, kind: str) -> None:
    with small_disk(kind, tmp_path / "disk") as (place, disk):
        (place / "others").write_bytes(b"x" * 65_536)
        spool = Spool(place / "spool", disk=disk)
        assert put_all(spool, records(3)) == ([], ["disk_full"] * 3)

        (place / "others").unlink()

        assert put_all(spool, records(3), 5.0) == (records(3), [])
        spool.close()


@contextlib.contextmanager
def read_only(kind: str, place: Path, disk: FaultyDisk) -> Iterator[None]:
    """Let nothing at a place be changed: permissions would not hold back root."""
    if kind == "mounted":
        remount(place, "ro")
    else:
        changing = ("write", "create", "open", "make_directory", "unlink", "rmdir")
        disk.failing = dict.fromkeys(changing, errno.EROFS)
    yield
    if kind == "mounted":
        remount(place, "rw")
    disk.failing = {}


@pytest.mark.parametrize("kind", DISKS)
def test_a_disk_that_turns_read_only_is_told_and_used_again(tmp_path: Path, kind: str) -> None:
    with contextlib.ExitStack() as stack:
        place, disk = tmp_path / "disk", FaultyDisk()
        if kind == "mounted":
            stack.enter_context(mounted(place, "size=256k"))
        spool = Spool(place / "spool", disk=disk)
        fill(spool, *records(5))
        spool.abandon()  # a file that is open for writing keeps a disk from being remounted

        with read_only(kind, place, disk):
            spool = Spool(place / "spool", disk=disk)
            adopted = adopt_all(spool)
            assert put_all(spool, records(2, start=5)) == ([], ["read_only"] * 2)
        adopted += adopt_all(spool)

        assert adopted == 5
        assert put_all(spool, records(2, start=5), 9.0) == (records(2, start=5), [])
        assert drain(spool) == records(7)
        spool.close()
