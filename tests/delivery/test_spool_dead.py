"""Dead letters: what is in them, how many are kept, and what a bad disk does to them."""

import errno
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.delivery.spooling import FaultyDisk, record, reopened
from video_tracker.delivery.account import Dead
from video_tracker.delivery.spool_dead import DeadLetter, DeadLetters, _letter, _line, read_dead
from video_tracker.delivery.spool_disk import Disk
from video_tracker.record import Record


def dead(number: int, size: int = 100) -> Dead:
    return Dead(record(number, size), "rejected", "no userId", 3)


def numbers(root: Path) -> list[int]:
    return [int(letter.dead.record.message_id[2:]) for letter in read_dead(root)]


def test_a_line_has_why_and_the_whole_message(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "spool")

    assert letters.write(dead(1), 12.5, status=400)

    (line,) = (tmp_path / "spool" / "dead.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "id": "m-1",
        "event": "Video Content Playing",
        "session_id": "s-1",
        "reason": "rejected",
        "status": 400,
        "detail": "no userId",
        "attempts": 3,
        "at": 12.5,
        "message": json.loads(record(1).body),
    }
    assert list(read_dead(tmp_path / "spool")) == [DeadLetter(dead(1), 12.5, 400)]
    assert (letters.written, letters.failed) == (1, 0)


@given(st.text(), st.text(), st.text(), st.text(), st.integers(0, 99))
def test_a_letter_is_read_back_whatever_it_says(
    message_id: str, session: str, event: str, detail: str, attempts: int
) -> None:
    body = json.dumps({"message": detail, "n": [event]}).encode()
    letter = Dead(Record(message_id, session, event, body), 'a,"message":', detail, attempts)

    assert _letter(_line(letter, 1.0, None)) == DeadLetter(letter, 1.0, None)


def test_a_message_of_several_lines_takes_one(tmp_path: Path) -> None:
    body = json.dumps({"a": [1, "\n"]}, indent=1).encode()
    DeadLetters(tmp_path).write(Dead(Record("m", "s", "e", body), "x"), 1.0)

    (letter,) = read_dead(tmp_path)

    assert json.loads(letter.dead.record.body) == {"a": [1, "\n"]}


def test_the_newest_are_kept_within_the_limit(tmp_path: Path) -> None:
    letters, others = DeadLetters(tmp_path, max_bytes=4_000), DeadLetters(tmp_path, max_bytes=4_000)
    for number in range(60):
        assert (letters, others)[number % 2].write(dead(number), 1.0)

    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert 2_000 < sum(sizes) <= 4_000
    assert numbers(tmp_path) == list(range(60))[-len(numbers(tmp_path)) :]


def test_a_letter_beyond_the_limit_is_counted(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path, max_bytes=500)

    assert not letters.write(dead(1, 1_000), 1.0)

    assert (letters.written, letters.failed) == (0, 1)


@pytest.mark.parametrize("call", ["make_directory", "open", "size", "write"])
def test_a_disk_that_fails_is_counted_and_tried_again(tmp_path: Path, call: str) -> None:
    disk = FaultyDisk(part=30)
    letters = DeadLetters(tmp_path, disk=disk)
    letters.write(dead(1), 1.0)
    disk.failing = {call: errno.ENOSPC}
    assert not letters.write(dead(2), 1.0)
    disk.failing = {}
    assert letters.write(dead(3), 1.0)

    assert numbers(tmp_path) == [1, 3]
    assert (letters.written, letters.failed) == (2, 1)


class Turning(Disk):
    """A disk on which another process is at it just before the lock is taken."""

    def __init__(self, root: Path) -> None:
        self.other = DeadLetters(root, max_bytes=700)
        self.free = True

    def lock(self, fd: int, *, wait: bool = False) -> bool:
        self.other.write(dead(2), 1.0)
        return self.free and super().lock(fd, wait=wait)


def test_a_file_that_another_turns_over_is_written_to_all_the_same(tmp_path: Path) -> None:
    disk = Turning(tmp_path)
    letters = DeadLetters(tmp_path, max_bytes=700, disk=disk)

    assert letters.write(dead(1), 1.0)
    assert letters.write(dead(3), 1.0)
    assert numbers(tmp_path) == [1, 2, 3]
    disk.free = False
    assert letters.write(dead(4), 1.0)

    assert numbers(tmp_path) == [2, 3, 4, 2]


def test_torn_and_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    DeadLetters(tmp_path).write(dead(1), 1.0)
    with (tmp_path / "dead.jsonl").open("ab") as file:
        file.write(b'\n[]\n7\n{"id":1}\n\xff\n{"id":"torn",')
    DeadLetters(tmp_path).write(dead(2), 1.0)

    assert numbers(tmp_path) == [1, 2]
    assert list(read_dead(tmp_path / "none")) == []


def test_a_spool_leaves_dead_letters_alone(tmp_path: Path) -> None:
    DeadLetters(tmp_path).write(dead(1), 1.0)

    reopened(tmp_path).close()

    assert numbers(tmp_path) == [1]
