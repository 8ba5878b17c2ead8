"""The console transport: a line for each event, safe for the terminal."""

import io
import sys
from collections.abc import Callable

import attrs
import pytest

from video_tracker.transports import (
    DELIVERED,
    ConsoleTransport,
    Record,
    Refused,
    TryLater,
)
from video_tracker.transports.console import line

MakeRecord = Callable[..., Record]


def test_one_event_is_one_line(make_record: MakeRecord) -> None:
    stream = io.StringIO()
    transport = ConsoleTransport(stream)
    sent = transport.send(
        [
            make_record(20, total_length=360, pod_id="content-1", asset_id="asset-1"),
            make_record(21, total_length=None),
        ]
    )
    transport.close()
    assert sent == DELIVERED
    assert stream.getvalue() == (
        "13:23:39.000  s1  Video Content Playing                 20 / 360  content-1 asset-1\n"
        "13:23:39.000  s1  Video Content Playing                21 / live\n"
    )


def test_without_a_stream_it_writes_to_standard_error(
    make_record: MakeRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ConsoleTransport().send([make_record()]) == DELIVERED
    assert "Video Content Playing" in capsys.readouterr().err


def test_a_program_without_a_console_refuses(
    make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert ConsoleTransport().send([make_record()]) == Refused(
        "closed", "there is no standard error"
    )


def test_an_id_cannot_steer_the_terminal(make_record: MakeRecord) -> None:
    record = attrs.evolve(make_record(asset_id="\x1b[2Jgone\nnext"), session_id="\x07s1")
    assert line(record).isprintable()
    assert r"\x1b[2Jgone\nnext" in line(record)
    assert r"\x07s1" in line(record)


def test_text_the_stream_cannot_write_is_replaced(make_record: MakeRecord) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    assert ConsoleTransport(stream).send([make_record(asset_id="Größe")]) == DELIVERED
    assert b"Gr??e" in raw.getvalue()


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"properties": 3}', b'{"timestamp": 5}'])
def test_a_body_it_cannot_read_is_shown_by_its_name(make_record: MakeRecord, body: bytes) -> None:
    text = line(attrs.evolve(make_record(), body=body))
    assert text == "--:--:--.---  s1  Video Content Playing"


class FullStream(io.StringIO):
    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_stream_that_fails_is_an_outcome(make_record: MakeRecord) -> None:
    closed = io.StringIO()
    closed.close()
    refused = ConsoleTransport(closed).send([make_record()])
    assert isinstance(refused, Refused)
    assert refused.reason == "closed"
    later = ConsoleTransport(FullStream()).send([make_record()])
    assert isinstance(later, TryLater)
    assert later.reason == "io_error"
