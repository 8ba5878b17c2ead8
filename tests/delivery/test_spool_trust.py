"""What lies in a spool's directory may have been put there by anybody: none of it is trusted."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.delivery.spooling import adopt_all, drain, fill, records, reopened
from tests.tracker.test_healing import Away, make
from video_tracker.clock import SystemClock
from video_tracker.delivery import Dead
from video_tracker.delivery.spool import Spool
from video_tracker.delivery.spool_dead import DeadLetters
from video_tracker.delivery.spool_disk import SpoolBrokenError
from video_tracker.tracker import Mode, Sender

NAME = "00000009-4711-9f3a2b1c.v1"


def in_time(work: Callable[[], object]) -> bool:
    """Whether something ends by itself: what waits for a pipe would do so for ever."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(10)
    return not thread.is_alive()


def left_by_another(root: Path, count: int = 3) -> Path:
    """A directory with records, as a process that was killed leaves it."""
    spool = Spool(root)
    fill(spool, *records(count))
    spool.abandon()
    (found,) = root.glob("*.v1")
    return found


@pytest.mark.parametrize("held", ["nothing", "records"])
def test_a_link_to_a_directory_is_not_followed_nor_is_its_target_emptied(
    tmp_path: Path, held: str
) -> None:
    target = tmp_path / "precious"
    target.mkdir()
    (target / "diary.txt").write_text("dear diary")
    (target / "lock").write_text("mine")
    if held == "records":
        left_by_another(tmp_path / "other").joinpath("00000001.records").rename(
            target / "00000001.records"
        )
    root = tmp_path / "spool"
    root.mkdir()
    (root / NAME).symlink_to(target)
    before = sorted(path.name for path in target.iterdir())
    spool = reopened(root)
    assert drain(spool) == []
    spool.close()
    assert sorted(path.name for path in target.iterdir()) == before
    assert (target / "lock").read_text() == "mine"
    assert (root / NAME).is_symlink()


@pytest.mark.parametrize("name", ["lock", "00000001.records", "00000001.settled"])
def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path, name: str) -> None:
    root = tmp_path / "spool"
    directory = left_by_another(root)
    target = tmp_path / "precious"
    target.write_bytes(b"dear diary")
    (directory / name).unlink(missing_ok=True)
    (directory / name).symlink_to(target)
    spool = reopened(root)
    spool.settled(drain(spool, settle=False))
    spool.close()
    assert target.read_bytes() == b"dear diary"


@pytest.mark.parametrize("name", ["lock", "00000001.records", "00000001.settled"])
def test_a_pipe_in_the_place_of_a_file_holds_up_nothing(tmp_path: Path, name: str) -> None:
    root = tmp_path / "spool"
    directory = left_by_another(root)
    (directory / name).unlink(missing_ok=True)
    os.mkfifo(directory / name)
    spool = Spool(root)

    def work() -> None:
        adopt_all(spool)
        fill(spool, *records(2, start=10))

    assert in_time(work)
    assert {each.message_id for each in drain(spool)} >= {"m-10", "m-11"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="it takes root")
def test_a_directory_of_another_user_is_not_taken(tmp_path: Path) -> None:
    """Else whoever may write into the folder could have anything sent with this one's key."""
    directory = left_by_another(tmp_path)
    os.chown(directory, 12345, 12345)
    spool = reopened(tmp_path)
    assert drain(spool) == []
    spool.close()
    assert (directory / "00000001.records").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="it takes root")
def test_the_superuser_may_send_what_a_service_left_in_its_own_folder(tmp_path: Path) -> None:
    directory = left_by_another(tmp_path)
    for path in (tmp_path, directory):
        os.chown(path, 12345, 12345)
    assert len(drain(reopened(tmp_path))) == 3


def test_what_has_another_name_is_neither_read_nor_removed(tmp_path: Path) -> None:
    directory = left_by_another(tmp_path)
    content = (directory / "00000001.records").read_bytes()
    for name in ("notes.txt", "notes.records", "1.records", "00000001.records.bak"):
        (directory / name).write_bytes(content)
    (tmp_path / "something-else.v1").mkdir()
    spool = reopened(tmp_path)
    assert len(drain(spool)) == 3
    spool.close()
    assert sorted(path.name for path in directory.iterdir()) == [
        "00000001.records.bak",
        "1.records",
        "lock",
        "notes.records",
        "notes.txt",
    ]
    assert (tmp_path / "something-else.v1").is_dir()


def test_a_directory_with_an_endless_number_does_not_end_the_use_of_the_spool(
    tmp_path: Path,
) -> None:
    (tmp_path / f"{'9' * 230}-1-aaaaaaaa.v1").mkdir()
    (tmp_path / "٠٠٠٠٠٠٠٩-1-aaaaaaaa.v1").mkdir()
    spool = Spool(tmp_path)
    fill(spool, *records(2))
    assert len(drain(spool)) == 2
    spool.close()


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_dead_letters_go_into_no_file_of_somebody_elses(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "precious"
    target.write_bytes(b"dear diary")
    root = tmp_path / "spool"
    root.mkdir()
    if kind == "link":
        (root / "dead.jsonl").symlink_to(target)
    else:
        os.mkfifo(root / "dead.jsonl")
    letters = DeadLetters(root)
    assert in_time(lambda: letters.write(Dead(records(1)[0], "rejected"), 1.0))
    assert (letters.written, letters.failed) == (0, 1)
    assert target.read_bytes() == b"dear diary"


def test_a_link_in_the_place_of_a_new_file_is_told_as_trouble(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment_bytes=200)
    fill(spool, *records(1))
    (directory,) = tmp_path.glob("*.v1")
    target = tmp_path / "precious"
    target.write_bytes(b"dear diary")
    (directory / "00000002.records").symlink_to(target)
    with pytest.raises(SpoolBrokenError):
        fill(spool, *records(5, start=1))
    assert target.read_bytes() == b"dear diary"


# -- a large orphan ----------------------------------------------------------------------------


def test_a_large_orphan_is_looked_through_beside_the_inputs(tmp_path: Path) -> None:
    """200 MB: what is done under the lock is to let it wait, which takes no time."""
    big = Spool(tmp_path)
    for each in records(50_000, size=4_000):
        big.append(each, 1.0)
    big.abandon()
    clock = SystemClock()
    spool = Spool(tmp_path)
    total, longest = 0, 0.0
    while found := spool.search(now=2.0):
        start = clock.now()
        total += spool.take_over(found)
        longest = max(longest, clock.now() - start)
    assert total == 50_000
    assert longest < 0.02
    start = clock.now()
    assert len(spool.take(500, 480_000).records) > 100
    assert clock.now() - start < 0.05


@pytest.mark.parametrize("mode", ["thread", "sync", "manual"])
def test_a_large_orphan_holds_up_no_input(tmp_path: Path, mode: Mode) -> None:
    """It is taken over a segment at a time; who puts a record waits for one of them at most."""
    big = Spool(tmp_path)
    for each in records(20_000, size=4_000):
        big.append(each, 1.0)
    big.abandon()
    sender = Sender(Away(), mode=mode, spool=Spool(tmp_path))
    clock = SystemClock()
    waiting = threading.Event()
    longest: list[float] = []
    number = 0
    while sender.figures().adopted < 20_000:
        number += 1
        start = clock.now()
        sender.put(make(number))
        if mode == "manual":
            sender.pump()
        longest.append(clock.now() - start)
        waiting.wait(0.002)
        assert number < 5_000
    # Not the longest of all: what else a busy machine does is not ours.
    assert sorted(longest)[-3] < 0.05
    sender.close(0)
