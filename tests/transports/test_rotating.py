"""The rotating JSON Lines transport: finished files are complete, whoever writes."""

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from video_tracker.errors import TransportError
from video_tracker.testing.clock import ManualClock
from video_tracker.transports import (
    DELIVERED,
    Record,
    Refused,
    RotatingJsonLinesTransport,
    TryLater,
)

MakeRecord = Callable[..., Record]


def numbers(path: Path) -> list[int]:
    return [json.loads(text)["properties"]["position"] for text in path.read_text().splitlines()]


def everything(path: Path) -> list[int]:
    files = sorted(path.parent.glob(f"{path.stem}-*{path.suffix}"))
    return [number for each in (*files, path) if each.exists() for number in numbers(each)]


def test_a_full_file_is_finished_before_the_write_that_would_exceed_it(
    make_record: MakeRecord, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    line = len(make_record(1).body) + 1
    transport = RotatingJsonLinesTransport(path, max_bytes=2 * line)
    for number in range(1, 6):
        assert transport.send([make_record(number)]) == DELIVERED
    transport.close()

    assert [each.name for each in transport.finished()] == [
        "events-000001.jsonl",
        "events-000002.jsonl",
    ]
    assert [numbers(each) for each in transport.finished()] == [[1, 2], [3, 4]]
    assert numbers(path) == [5]


def test_a_write_that_is_too_large_by_itself_is_still_one_file(
    make_record: MakeRecord, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    transport = RotatingJsonLinesTransport(path, max_bytes=1)
    assert transport.send([make_record(1), make_record(2)]) == DELIVERED
    assert transport.send([make_record(3)]) == DELIVERED

    assert [numbers(each) for each in transport.finished()] == [[1, 2]]
    assert numbers(path) == [3]
    transport.close()


def test_an_old_file_is_finished_at_the_next_write(make_record: MakeRecord, tmp_path: Path) -> None:
    clock = ManualClock()
    path = tmp_path / "events.jsonl"
    transport = RotatingJsonLinesTransport(path, max_age=60, clock=clock)
    transport.send([make_record(1)])
    clock.advance(59)
    transport.send([make_record(2)])
    clock.advance(1)
    transport.send([make_record(3)])

    assert [numbers(each) for each in transport.finished()] == [[1, 2]]
    transport.close()


def test_only_so_many_finished_files_are_kept(make_record: MakeRecord, tmp_path: Path) -> None:
    transport = RotatingJsonLinesTransport(
        tmp_path / "events.jsonl", max_bytes=1, keep=2, sync=True
    )
    for number in range(1, 7):
        transport.send([make_record(number)])

    assert [numbers(each) for each in transport.finished()] == [[4], [5]]
    transport.close()


def test_numbers_go_on_after_a_restart_and_are_not_used_again(
    make_record: MakeRecord, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    for number in (1, 2):
        transport = RotatingJsonLinesTransport(path)
        transport.send([make_record(number)])
        finished = transport.rotate()
        assert finished is not None
        assert finished.name == f"events-00000{number}.jsonl"
        assert transport.rotate() is None
        if number == 2:
            finished.unlink()
            transport.send([make_record(3)])
            assert str(transport.rotate()).endswith("-000003.jsonl")
        transport.close()


def test_a_folder_that_forbids_renaming_loses_nothing(
    make_record: MakeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> Path:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    path = tmp_path / "events.jsonl"
    transport = RotatingJsonLinesTransport(path, max_bytes=1)
    monkeypatch.setattr(Path, "rename", refuse)
    assert [transport.send([make_record(number)]) for number in (1, 2)] == [DELIVERED] * 2
    with pytest.raises(PermissionError):
        transport.rotate()
    monkeypatch.undo()
    assert transport.send([make_record(3)]) == DELIVERED

    assert [numbers(each) for each in transport.finished()] == [[1, 2]]
    assert numbers(path) == [3]
    transport.close()


def test_a_file_that_somebody_else_moved_away_is_begun_anew(
    make_record: MakeRecord, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    transport = RotatingJsonLinesTransport(path)
    transport.send([make_record(1)])
    path.rename(tmp_path / "elsewhere.jsonl")
    transport.send([make_record(2)])
    path.unlink()
    transport.send([make_record(3)])
    transport.close()

    assert numbers(tmp_path / "elsewhere.jsonl") == [1]
    assert numbers(path) == [3]


def test_a_line_that_another_process_left_torn_is_fenced_off(
    make_record: MakeRecord, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    transport = RotatingJsonLinesTransport(path)
    transport.send([make_record(1)])
    with path.open("ab") as file:
        file.write(b'{"torn": ')
    transport.send([make_record(2)])
    transport.close()

    assert path.read_bytes().splitlines() == [
        make_record(1).body,
        b'{"torn": ',
        make_record(2).body,
    ]


def test_a_full_disk_is_an_outcome_that_names_what_is_missing(
    make_record: MakeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    room = len(make_record(1).body) + 10

    def little(fd: int, data: bytes) -> int:
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(fd, data[:room])

    transport = RotatingJsonLinesTransport(tmp_path / "events.jsonl")
    calls = iter([room, 0])

    def once(fd: int, data: bytes) -> int:
        nonlocal room
        room = next(calls)
        return little(fd, data)

    monkeypatch.setattr(os, "write", once)
    outcome = transport.send([make_record(1), make_record(2)])
    monkeypatch.undo()

    assert isinstance(outcome, TryLater)
    assert (outcome.reason, outcome.which) == ("disk_full", ("s1-2",))
    assert transport.send([make_record(2)]) == DELIVERED
    assert numbers(tmp_path / "events.jsonl") == [1, 2]
    transport.close()


def test_a_folder_that_is_gone_is_an_outcome(make_record: MakeRecord, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    transport = RotatingJsonLinesTransport(folder / "events.jsonl")
    (folder / "events.jsonl").unlink()
    folder.rmdir()

    assert isinstance(transport.send([make_record(1)]), TryLater | Refused)
    folder.mkdir()
    assert transport.send([make_record(1)]) == DELIVERED
    transport.close()


def test_threads_write_whole_lines_and_lose_none(make_record: MakeRecord, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    transport = RotatingJsonLinesTransport(path, max_bytes=5_000)

    def write(first: int) -> None:
        for number in range(first, first + 100):
            assert transport.send([make_record(number)]) == DELIVERED

    threads = [threading.Thread(target=write, args=(n * 100,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transport.close()

    assert sorted(everything(path)) == list(range(400))
    assert all(each.stat().st_size <= 5_000 for each in transport.finished())


WRITER = """
import os, sys
from video_tracker.transports import DELIVERED, Record, RotatingJsonLinesTransport
transport = RotatingJsonLinesTransport(sys.argv[1], max_bytes=4_000)
first, child = 0, os.fork()
if not child:
    first = 100
for number in range(first, first + 100):
    body = b'{"properties":{"position":%d}}' % (int(sys.argv[2]) + number)
    assert transport.send([Record(str(number), "s", "e", body)]) == DELIVERED
if child:
    assert os.waitpid(child, 0)[1] == 0
else:
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_processes_and_their_children_share_a_path_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(first)])
        for first in (0, 1_000)
    ]
    assert [writer.wait(30) for writer in writers] == [0, 0]

    assert sorted(everything(path)) == [*range(200), *range(1_000, 1_200)]


def test_wrong_limits_and_paths_are_told_at_once(make_record: MakeRecord, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with pytest.raises(TransportError, match="max_bytes must be 1 or more"):
        RotatingJsonLinesTransport(path, max_bytes=0)
    with pytest.raises(TransportError, match="max_age must be seconds"):
        RotatingJsonLinesTransport(path, max_age=0)
    with pytest.raises(TransportError, match="keep must be zero or more"):
        RotatingJsonLinesTransport(path, keep=-1)
    with pytest.raises(TransportError, match="cannot append"):
        RotatingJsonLinesTransport(tmp_path / "missing" / "events.jsonl")
    transport = RotatingJsonLinesTransport(path)
    transport.after_fork()
    transport.close()
    transport.close()
    with pytest.raises(TransportError, match="is closed"):
        transport.send([make_record()])
    with pytest.raises(TransportError, match="is closed"):
        transport.rotate()
    assert repr(transport).startswith("RotatingJsonLinesTransport(")
