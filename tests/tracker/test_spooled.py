"""A sender with a disk: what outlives it, what is kept of dead letters, and a disk that fails."""

import errno
import threading
from pathlib import Path

import pytest

from tests.delivery.spooling import FaultyDisk
from video_tracker.delivery import DeliveryPolicy, Refused, TryLater
from video_tracker.delivery.spool import Spool
from video_tracker.delivery.spool_dead import read_dead
from video_tracker.record import Record
from video_tracker.testing.clock import ManualClock
from video_tracker.tracker import Failure, Hooks, Sender
from video_tracker.transports import MemoryTransport


def record(number: int) -> Record:
    return Record(f"s1-{number}", "s1", "Video Content Playing", b'{"n":%d}' % number)


def test_dead_letters_are_kept_beside_the_spool(tmp_path: Path) -> None:
    """Those that the destination refused, and those too large ever to be sent (S55)."""
    clock = ManualClock()
    sent = MemoryTransport(answers=[Refused("rejected", "no userId")])
    policy = DeliveryPolicy(record_bytes=30)
    with Sender(sent, spool=Spool(tmp_path), mode="sync", clock=clock, policy=policy) as sender:
        sender.put(record(1))
        sender.put(Record("s1-2", "s1", "Video Content Playing", b'{"essay":"%b"}' % (b"x" * 30)))
    kept = {letter.dead.record.message_id: letter.dead.reason for letter in read_dead(tmp_path)}
    assert kept == {"s1-1": "rejected", "s1-2": "too_large"}


def test_what_was_not_sent_is_there_for_the_next(tmp_path: Path) -> None:
    away = MemoryTransport(answers=[TryLater("throttled", after=100.0)])
    first = Sender(away, spool=Spool(tmp_path), mode="sync")
    first.put(record(1))
    first.put(record(2))
    account = first.close(0)
    assert (account.pending, account.dropped) == (2, {})
    sent = MemoryTransport()
    second = Sender(sent, spool=Spool(tmp_path), mode="manual")
    second.pump()
    second.flush()
    assert second.figures().adopted == 2
    assert [each.message_id for each in sent.records] == ["s1-1", "s1-2"]
    assert second.close().balanced
    third = Sender(MemoryTransport(), spool=Spool(tmp_path), mode="manual")
    third.pump()
    assert third.close().accepted == 0


def test_a_disk_that_fails_is_told_counted_and_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    disk = FaultyDisk()
    told: list[Failure] = []
    clock = ManualClock()
    hooks = Hooks(clock, on_failure=told.append)
    sent = MemoryTransport()
    sender = Sender(sent, spool=Spool(tmp_path, disk=disk), mode="manual", clock=clock, hooks=hooks)
    sender.put(record(1))
    disk.failing["write"] = errno.ENOSPC
    for number in range(2, 6):
        assert sender.put(record(number))
    figures = sender.figures()
    assert (figures.diverted, figures.spool_troubles) == (4, 1)
    assert [(failure.kind, failure.reason) for failure in told] == [("fault", "spool")]
    assert "kept in memory alone" in caplog.text
    account = sender.flush()
    assert (account.delivered, account.pending) == (5, 0)
    assert len(sent.records) == 5
    sender.close()


def test_memory_spills_to_the_disk_when_asked_for(tmp_path: Path) -> None:
    sent = MemoryTransport()
    policy = DeliveryPolicy(max_records=10, overflow="spill")
    sender = Sender(sent, spool=Spool(tmp_path), mode="manual", policy=policy)
    for number in range(100):
        assert sender.put(record(number))
    assert sender.figures().diverted == 90
    assert sender.close().delivered == 100
    assert [each.message_id for each in sent.records] == [f"s1-{n}" for n in range(100)]


def test_the_spools_thread_adopts_by_itself_and_ends(tmp_path: Path) -> None:
    away = MemoryTransport(answers=[TryLater("throttled", after=100.0)])
    first = Sender(away, spool=Spool(tmp_path), mode="sync")
    first.put(record(1))
    first.close(0)
    before = set(threading.enumerate())
    arrived = threading.Event()
    hooks = Hooks(ManualClock(), on_sent=lambda _: arrived.set())
    second = Sender(MemoryTransport(), spool=Spool(tmp_path), hooks=hooks)
    second.start()
    assert arrived.wait(30)
    second.close()
    waiting = threading.Event()
    for _ in range(500):
        if set(threading.enumerate()) <= before:
            break
        waiting.wait(0.01)
    assert set(threading.enumerate()) <= before
