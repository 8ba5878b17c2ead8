"""The memory transport, which the other tests rely on."""

from collections.abc import Callable

import pytest

from video_tracker import transports
from video_tracker.errors import TransportError
from video_tracker.transports import (
    DELIVERED,
    MemoryTransport,
    Record,
    Refused,
    Transport,
    TryLater,
)

MakeRecord = Callable[..., Record]


def test_it_keeps_what_it_was_given(make_record: MakeRecord) -> None:
    transport = MemoryTransport()
    assert transport.send([make_record(1), make_record(2)]) == DELIVERED
    assert transport.send([make_record(3)]) == DELIVERED
    assert [len(batch) for batch in transport.batches] == [2, 1]
    assert transport.events == ["Video Content Playing"] * 3
    assert [message["messageId"] for message in transport.messages] == ["s1-1", "s1-2", "s1-3"]


def test_it_answers_as_it_is_told_and_then_delivers(make_record: MakeRecord) -> None:
    later = TryLater("network")
    partly = Refused("rejected", which=("s1-2",))
    transport = MemoryTransport(answers=[later, OSError("gone"), partly])
    records = [make_record(1), make_record(2)]
    assert transport.send(records) is later
    with pytest.raises(OSError, match="gone"):
        transport.send(records)
    assert transport.send(records) is partly
    assert transport.records == [records[0]]
    assert transport.send(records) == DELIVERED
    assert len(transport.batches) == 4


def test_a_closed_one_refuses(make_record: MakeRecord) -> None:
    transport = MemoryTransport()
    transport.close()
    assert transport.closed
    with pytest.raises(TransportError):
        transport.send([make_record()])


def test_it_is_a_transport() -> None:
    assert isinstance(MemoryTransport(), Transport)


def test_a_name_that_there_is_not_is_told_as_such() -> None:
    with pytest.raises(AttributeError, match="no attribute 'PigeonTransport'"):
        _ = transports.PigeonTransport
    assert "HttpTransport" in dir(transports)
