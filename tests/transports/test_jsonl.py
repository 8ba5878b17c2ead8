"""The JSON Lines transport: whole lines or none, whatever the disk does."""

import io
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from video_tracker.errors import TransportError
from video_tracker.transports import DELIVERED, JsonLinesTransport, Record, Refused, TryLater

MakeRecord = Callable[..., Record]
WRITE = os.write


def numbers(path: Path) -> list[int]:
    return [json.loads(text)["properties"]["position"] for text in path.read_text().splitlines()]


def test_one_message_is_one_line_with_its_exact_bytes(
    make_record: MakeRecord, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    transport = JsonLinesTransport(path)
    records = [make_record(1), make_record(2)]
    assert transport.send(records) == DELIVERED
    assert path.read_bytes() == b"".join(record.body + b"\n" for record in records)
    transport.close()


def test_it_appends_to_what_is_there(make_record: MakeRecord, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for number in (1, 2):
        transport = JsonLinesTransport(str(path), sync=True)
        assert transport.send([make_record(number)]) == DELIVERED
        transport.close()
    assert numbers(path) == [1, 2]


def test_a_line_torn_by_a_dead_process_is_fenced_off(
    make_record: MakeRecord, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"whole": 1}\n{"torn": ')
    transport = JsonLinesTransport(path)
    transport.send([make_record(1)])
    transport.send([make_record(2)])
    transport.close()
    assert path.read_bytes() == b"\n".join(
        [b'{"whole": 1}', b'{"torn": ', make_record(1).body, make_record(2).body, b""]
    )


def test_a_body_with_line_breaks_stays_on_its_line(make_record: MakeRecord, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    transport = JsonLinesTransport(path)
    transport.send([attrs.evolve(make_record(), body=b'{\n "a": "b\\n"\n}')])
    transport.close()
    assert path.read_bytes() == b'{  "a": "b\\n" }\n'


class ShortWrites:
    """A disk that takes ``step`` bytes at a time and is full after ``room``."""

    def __init__(self, step: int, room: int = 10**9, error: int = 28) -> None:
        self.step, self.room, self.error = step, room, error

    def __call__(self, fd: int, data: Any) -> int:
        taken = min(self.step, self.room, len(data))
        if not taken:
            raise OSError(self.error, os.strerror(self.error))
        self.room -= taken
        return WRITE(fd, data[:taken])


def test_a_disk_that_takes_little_at_a_time_gets_it_all(
    make_record: MakeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.jsonl"
    transport = JsonLinesTransport(path)
    monkeypatch.setattr(os, "write", ShortWrites(step=7))
    assert transport.send([make_record(1), make_record(2)]) == DELIVERED
    transport.close()
    assert numbers(path) == [1, 2]


@pytest.mark.parametrize("room", range(0, 620, 31))
@pytest.mark.parametrize("torn", [b"", b"torn"])
def test_a_disk_that_fills_up_leaves_no_broken_line(
    make_record: MakeRecord,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    room: int,
    torn: bytes,
) -> None:
    """At whatever byte it fills up: the whole lines are delivered, the others come again."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(torn)
    transport = JsonLinesTransport(path)
    records = [make_record(number) for number in (1, 2, 3, 4)]
    with monkeypatch.context() as full:
        full.setattr(os, "write", ShortWrites(step=1000, room=room))
        outcome = transport.send(records)
    kept = [text for text in path.read_bytes().removeprefix(torn).split(b"\n") if text]
    whole = len(kept)
    assert kept == [record.body for record in records[:whole]]
    assert isinstance(outcome, TryLater)
    assert (outcome.reason, outcome.detail) == ("disk_full", "No space left on device")
    missing = tuple(record.message_id for record in records[whole:])
    assert outcome.which == (missing if whole else None)
    assert transport.send(records[whole:]) == DELIVERED
    transport.close()
    lines = path.read_bytes().removeprefix(torn).split(b"\n")
    assert [text for text in lines if text] == [record.body for record in records]


def test_a_broken_line_that_others_wrote_behind_is_fenced_off_instead(
    make_record: MakeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.jsonl"
    transport = JsonLinesTransport(path)

    def interfered(fd: int, data: Any) -> int:
        if len(data) < 100:
            with path.open("ab") as other:
                other.write(b"\nother\n")
            raise OSError(28, "full")
        return WRITE(fd, data[:-60])

    record = make_record(1)
    with monkeypatch.context() as full:
        full.setattr(os, "write", interfered)
        outcome = transport.send([record])
    assert isinstance(outcome, TryLater)
    assert transport.send([record]) == DELIVERED
    transport.close()
    lines = path.read_bytes().split(b"\n")
    assert lines == [record.body[:-59], b"other", b"", record.body, b""]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_disk_that_is_really_full_is_an_outcome(make_record: MakeRecord) -> None:
    transport = JsonLinesTransport("/dev/full")
    outcome = transport.send([make_record()])
    transport.close()
    assert outcome == TryLater("disk_full", "No space left on device")


def test_what_the_disk_did_not_confirm_is_taken_back(
    make_record: MakeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.jsonl"
    transport = JsonLinesTransport(path, sync=True)

    def failing(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing)
        outcome = transport.send([make_record(1)])
    assert outcome == TryLater("io_error", "Input/output error")
    assert path.read_bytes() == b""
    assert transport.send([make_record(1)]) == DELIVERED
    transport.close()
    assert numbers(path) == [1]


@pytest.mark.parametrize("name", ["no/such/folder/x.jsonl", ".", "nul\0"])
def test_a_path_that_cannot_be_opened_is_an_error_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(TransportError, match="cannot append to"):
        JsonLinesTransport(f"{tmp_path}/{name}")


def test_a_file_that_may_only_be_written_will_do(
    make_record: MakeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.jsonl"
    path.touch()
    path.chmod(stat.S_IWUSR)
    opened = os.open

    def as_no_root(name: str, flags: int, mode: int = 0o777) -> int:
        # Root may read everything, so the refusal that others meet is made here.
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return opened(name, flags, mode)

    monkeypatch.setattr(os, "open", as_no_root)
    transport = JsonLinesTransport(path)
    assert transport.send([make_record(1)]) == DELIVERED
    transport.close()
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert numbers(path) == [1]


def test_after_close_it_is_an_error(make_record: MakeRecord, tmp_path: Path) -> None:
    transport = JsonLinesTransport(tmp_path / "events.jsonl")
    transport.close()
    transport.close()
    with pytest.raises(TransportError, match=r"events\.jsonl.* is closed"):
        transport.send([make_record()])


@pytest.mark.parametrize("stream", [io.StringIO(), io.BytesIO()])
def test_an_open_file_is_written_and_left_open(
    make_record: MakeRecord, stream: io.StringIO | io.BytesIO
) -> None:
    transport = JsonLinesTransport(stream)
    assert transport.send([make_record(1)]) == DELIVERED
    transport.close()
    value = stream.getvalue()
    text = value if isinstance(value, str) else value.decode()
    assert text == make_record(1).body.decode() + "\n"


class Grudging(io.RawIOBase):
    """An unbuffered file that takes three bytes at a time, and now and then nothing."""

    def __init__(self, blocks: bool = False) -> None:
        self.taken = bytearray()
        self.blocks = blocks

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int | None:
        if self.blocks:
            return None
        self.taken += bytes(data[:3])
        return min(3, len(data))


def test_an_unbuffered_file_gets_every_byte(make_record: MakeRecord) -> None:
    file = Grudging()
    assert JsonLinesTransport(file).send([make_record(1)]) == DELIVERED  # type: ignore[arg-type]
    assert bytes(file.taken) == make_record(1).body + b"\n"


def test_a_file_that_would_block_is_tried_later(make_record: MakeRecord) -> None:
    file: Any = Grudging(blocks=True)
    outcome = JsonLinesTransport(file).send([make_record(1)])
    assert isinstance(outcome, TryLater)
    assert outcome.reason == "io_error"


def test_a_closed_file_is_refused(make_record: MakeRecord) -> None:
    stream = io.StringIO()
    stream.close()
    outcome = JsonLinesTransport(stream).send([make_record(1)])
    assert isinstance(outcome, Refused)
    assert outcome.reason == "closed"


def test_a_stream_of_too_small_an_alphabet_is_refused(make_record: MakeRecord) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    record = attrs.evolve(make_record(), body='{"title": "Größe"}'.encode())
    outcome = JsonLinesTransport(stream).send([record])
    assert isinstance(outcome, Refused)
    assert outcome.reason == "unencodable"


@pytest.mark.skipif(os.name != "posix", reason="pipes of the posix kind")
def test_a_pipe_nobody_reads_is_refused(make_record: MakeRecord) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as pipe:
        outcome = JsonLinesTransport(pipe).send([make_record(1)])
    assert outcome == Refused("closed", "Broken pipe")


def test_lines_of_many_threads_stay_whole(make_record: MakeRecord, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    transport = JsonLinesTransport(path)
    gate = threading.Barrier(8)

    def write(first: int) -> None:
        gate.wait()
        for number in range(first, first + 50):
            transport.send([make_record(number, padding="x" * 5_000)])

    threads = [threading.Thread(target=write, args=(50 * turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transport.close()
    assert sorted(numbers(path)) == list(range(400))


def test_the_transports_are_light_until_http_is_asked_for() -> None:
    """Only who posts loads httpx."""
    program = (
        "import sys; from video_tracker.transports import (ConsoleTransport, JsonLinesTransport, "
        "MemoryTransport, Transport); assert not {'httpx', 'ssl', 'asyncio'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
