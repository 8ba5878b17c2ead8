"""The spool in one process: order, windows, limits, what stays on the disk and what goes."""

from pathlib import Path

import pytest

from tests.delivery.spooling import (
    FaultyDisk,
    drain,
    files,
    fill,
    record,
    records,
    reopened,
)
from video_tracker.delivery.spool import Spool, SpoolBrokenError, SpoolFullError
from video_tracker.delivery.spool_disk import Disk
from video_tracker.delivery.store import Store
from video_tracker.errors import StoreBrokenError, StoreFullError
from video_tracker.record import Record


def test_a_spool_is_a_store(tmp_path: Path) -> None:
    assert isinstance(Spool(tmp_path), Store)


def test_nothing_is_on_the_disk_before_the_first_record(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "deep" / "spool")
    spool.adopt()
    spool.sync()
    spool.close()

    assert list(tmp_path.iterdir()) == []


def test_records_come_out_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    put = records(20)
    fill(spool, *put)

    assert spool.waiting == 20
    assert spool.waiting_bytes == sum(len(one.body) for one in put)
    assert drain(spool, many=7) == put
    assert (spool.waiting, spool.waiting_bytes, spool.oldest) == (0, 0, None)


def test_a_record_is_in_the_file_when_append_returns(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for one in records(3):
        fill(spool, one)
        (segment,) = files(tmp_path, "*.records")
        assert segment.read_bytes().endswith(one.body)


def test_an_append_is_one_write(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk)
    fill(spool, record(0))
    disk.calls.clear()
    fill(spool, *records(5, start=1))

    assert disk.calls == ["write"] * 5


def test_a_batch_is_counted_to_the_byte_with_a_comma_between_two(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    put = records(5, size=100)
    fill(spool, *put)
    three = sum(len(one.body) for one in put[:3]) + 2

    assert spool.take(9, three - 1).records == put[:2]
    assert spool.take(9, three).records == put[2:]


def test_a_record_that_is_too_long_for_a_batch_comes_alone(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    fill(spool, record(0, 500), record(1, 500))

    assert spool.take(9, 10).records == [record(0, 500)]
    assert spool.take(9, 10).records == [record(1, 500)]


def test_times_are_kept_beyond_a_crash(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append(record(0), 1_700_000_000.125)
    spool.append(record(1), 1_700_000_001.5)
    assert spool.oldest == 1_700_000_000.125
    spool.abandon()

    spool = reopened(tmp_path)

    assert spool.oldest == 1_700_000_000.125
    assert spool.take(9, 999).times == [1_700_000_000.125, 1_700_000_001.5]


@pytest.mark.parametrize("window", [0, 350, 10_000])
@pytest.mark.parametrize("segment", [1, 400, 10_000])
def test_what_is_beyond_the_window_is_read_back(tmp_path: Path, window: int, segment: int) -> None:
    spool = Spool(tmp_path, window_bytes=window, segment_bytes=segment)
    put = records(40)
    found: list[Record] = []
    for start in range(0, 40, 4):
        fill(spool, *put[start : start + 4])
        found += spool.take(3, 9_999).records

    assert found + drain(spool) == put


def test_memory_holds_no_more_than_the_window(tmp_path: Path) -> None:
    spool = Spool(tmp_path, window_bytes=1_000, segment_bytes=5_000)
    fill(spool, *records(200, size=100))

    assert spool.waiting == 200
    assert sum(len(place[0].body) for place in spool._line.near) <= 1_000
    assert len(spool._line.far) == len(files(tmp_path, "*.records"))


def test_what_is_within_the_window_is_never_read_back(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, window_bytes=1_000, disk=disk)
    for start in range(0, 200, 8):
        fill(spool, *records(8, start=start))
        assert spool.evict() == record(start)
        assert drain(spool) == records(7, start=start + 1)

    assert "read" not in disk.calls


def test_a_segment_goes_when_all_of_it_is_settled(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment_bytes=500)
    fill(spool, *records(12))
    first = spool.take(6, 9_999).records
    before = len(files(tmp_path, "*.records"))

    spool.settled(first)

    assert before == 3
    assert len(files(tmp_path, "*.records")) == 2
    assert spool.stats().segments == 2
    assert spool.stats().disk_bytes == sum(f.stat().st_size for f in files(tmp_path, "*.records"))


def test_what_was_handed_out_and_not_settled_comes_back_after_a_crash(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    put = records(6)
    fill(spool, *put)
    spool.settled(spool.take(2, 9_999).records)
    spool.take(2, 9_999)
    spool.abandon()

    assert drain(reopened(tmp_path)) == put[2:]


def test_what_was_settled_out_of_order_does_not_come_back(tmp_path: Path) -> None:
    """A later batch that arrived first, and a dead letter in the middle."""
    spool = Spool(tmp_path, segment_bytes=600)
    put = records(12)
    fill(spool, *put)
    spool.take(12, 99_999)
    spool.settled([put[7], put[5], put[6]])
    spool.settled([put[10], put[1]])
    spool.abandon()

    spool = reopened(tmp_path)

    assert spool.waiting == 7
    assert drain(spool, settle=False) == [put[n] for n in (0, 2, 3, 4, 8, 9, 11)]
    spool.settled([put[0], put[11]])
    spool.abandon()
    assert drain(reopened(tmp_path)) == [put[n] for n in (2, 3, 4, 8, 9)]


def test_a_run_of_settled_records_takes_twelve_bytes(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    put = records(9)
    fill(spool, *put)
    spool.take(9, 9_999)
    sizes = []
    for done in ([put[3], put[1], put[2]], [put[7]], [put[4], put[6]]):
        spool.settled(done)
        (path,) = files(tmp_path, "*.settled")
        sizes.append(path.stat().st_size)

    assert sizes == [12, 24, 48]


def test_two_records_of_one_id_are_two_records(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    same, other = record(1), record(1, 200)
    fill(spool, same, other, same)
    assert spool.take(9, 9_999).records == [same, other, same]

    spool.settled([same])
    spool.abandon()
    spool = reopened(tmp_path)

    assert spool.take(9, 9_999).records == [other, same]
    spool.settled([other, same, other])
    spool.abandon()
    assert reopened(tmp_path).waiting == 0


def test_records_that_it_does_not_know_are_none_of_its_business(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    fill(spool, record(1))
    spool.settled([record(1), record(2)])  # neither was handed out
    spool.take(1, 999)
    spool.settled([record(1, 300)])  # another record of that id, of another store

    spool.abandon()

    assert reopened(tmp_path).waiting == 1


def test_the_oldest_can_be_evicted_for_good(tmp_path: Path) -> None:
    spool = Spool(tmp_path, window_bytes=150, segment_bytes=300)
    put = records(5)
    fill(spool, *put)

    assert [spool.evict() for _ in range(3)] == put[:3]
    assert (spool.waiting, spool.waiting_bytes) == (2, sum(len(one.body) for one in put[3:]))
    spool.abandon()
    assert drain(reopened(tmp_path)) == put[3:]
    assert Spool(tmp_path).evict() is None


def test_a_full_spool_says_so_and_takes_records_again_when_there_is_room(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=3_000, segment_bytes=1_000)
    put: list[Record] = []
    full: list[SpoolFullError] = []
    for one in records(30):
        try:
            fill(spool, one)
            put.append(one)
        except SpoolFullError as error:
            full.append(error)
    assert isinstance(full[0], StoreFullError)
    assert (full[0].reason, len(put) + len(full)) == ("spool_full", 30)
    assert spool.waiting == len(put)
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 3_000

    assert drain(spool) == put
    fill(spool, *records(10, start=200))

    assert drain(spool) == records(10, start=200)


def test_what_is_settled_does_not_fill_a_spool(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=1_000)
    for start in range(0, 40, 4):
        fill(spool, *records(4, start=start))
        assert drain(spool) == records(4, start=start)


def test_a_record_larger_than_the_spool_is_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=1_000)

    with pytest.raises(SpoolFullError):
        fill(spool, record(0, 2_000))

    assert spool.waiting == 0
    fill(spool, record(1))


def test_close_leaves_nothing_when_all_was_settled(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    fill(spool, *records(5))
    drain(spool)
    spool.close()
    spool.close()

    assert list(tmp_path.iterdir()) == []


def test_close_leaves_the_rest_for_whoever_comes_next(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    put = records(5)
    fill(spool, *put)
    spool.settled(spool.take(2, 999).records)
    spool.close()

    assert spool.waiting == 0
    assert spool.take(9, 999).records == []
    with pytest.raises(SpoolBrokenError, match="closed") as told:
        fill(spool, record(9))
    assert told.value.reason == "closed"
    assert spool.adopt() == 0
    assert drain(reopened(tmp_path)) == put[2:]


def test_sync_is_for_what_was_appended_since(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk, segment_bytes=300)
    clean = spool.dirty
    fill(spool, *records(6))
    assert (clean, spool.dirty) == (False, True)
    disk.calls.clear()

    spool.sync()

    assert [spool.dirty] == [False]
    assert disk.calls.count("sync") == len(files(tmp_path, "*.records"))
    assert disk.calls.count("sync_directory") == 2
    disk.calls.clear()
    fill(spool, record(7))
    spool.sync()
    assert disk.calls.count("sync") <= 2
    assert disk.calls.count("sync_directory") == 0 or len(files(tmp_path, "*.records")) == 4
    fill(spool, record(8))
    disk.calls.clear()
    spool.close()
    assert disk.calls.count("sync") in {1, 2}


def test_sync_always_waits_for_the_disk_in_each_append(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk, sync="always")
    fill(spool, *records(3))

    assert disk.calls.count("sync") == 3
    assert disk.calls.count("sync_directory") == 2  # or nobody would find the file again
    assert disk.calls.index("sync_directory") < disk.calls.index("write")


def test_only_the_owner_may_look_into_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    fill(spool, record(1))
    spool.settled(spool.take(1, 999).records)

    assert {path.stat().st_mode & 0o777 for path in files(tmp_path)} == {0o600}
    directories = [path for path in tmp_path.rglob("*") if path.is_dir()]
    assert {path.stat().st_mode & 0o777 for path in directories} == {0o700}


@pytest.mark.parametrize(
    "limits",
    [
        {"max_bytes": 0},
        {"segment_bytes": 0},
        {"window_bytes": -1},
        {"mend_after": -1.0},
        {"sync": "never"},
    ],
)
def test_impossible_limits_are_refused(tmp_path: Path, limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"limits|sync"):
        Spool(tmp_path, **limits)  # type: ignore[arg-type]


def test_errors_are_those_of_stores(tmp_path: Path) -> None:
    assert issubclass(SpoolBrokenError, StoreBrokenError)
    assert "0 records waiting" in repr(Spool(tmp_path))
    assert isinstance(Disk().pid(), int)


def test_what_is_settled_is_synced_as_well(tmp_path: Path) -> None:
    """The list of it, and the name of a segment that is gone: else a power cut brings it back."""
    disk = FaultyDisk()
    spool = Spool(tmp_path, segment_bytes=500, disk=disk)
    fill(spool, *records(6))
    spool.sync()
    disk.calls.clear()
    taken = spool.take(4, 9_999).records
    spool.settled(taken[:1])

    assert spool.dirty
    spool.sync()
    assert disk.calls.count("sync") == 2  # the segment in use, and a list

    spool.settled(taken[1:])  # now the first segment is gone
    disk.calls.clear()
    spool.sync()
    assert disk.calls.count("sync_directory") == 2
    assert not spool.dirty


def test_a_list_that_cannot_be_synced_troubles_nobody(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk)
    fill(spool, *records(3))
    spool.settled(spool.take(1, 9_999).records)
    disk.failing = {"open_to_read": 5}
    disk.when = lambda path: str(path).endswith(".settled")

    spool.sync()
    assert (spool.trouble, spool.stats().failures) == (None, 0)
