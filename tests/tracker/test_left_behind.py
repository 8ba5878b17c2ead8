"""What a sender leaves behind when it is closed before all was sent: nothing uncounted."""

import errno
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.delivery.spooling import FaultyDisk
from video_tracker.clock import SystemClock
from video_tracker.delivery import DELIVERED, DeliveryPolicy, Outcome, TryLater
from video_tracker.delivery.account import Put
from video_tracker.delivery.spool import Spool
from video_tracker.record import Record
from video_tracker.tracker import Sender
from video_tracker.tracker.hooks import Drop, Hooks


def make(number: int) -> Record:
    return Record(f"m{number}", f"s{number % 3}", "e", b'{"n":%d}' % number)


class Away:
    """A destination that is away."""

    def send(self, records: Sequence[Record]) -> Outcome:  # noqa: ARG002
        return TryLater("network")

    def close(self) -> None:
        pass


class Collecting:
    """A destination that remembers."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def send(self, records: Sequence[Record]) -> Outcome:
        self.ids += [record.message_id for record in records]
        return DELIVERED

    def close(self) -> None:
        pass


def found(root: Path) -> list[str]:
    """What the next process sends of a spool."""
    destination = Collecting()
    sender = Sender(destination, mode="manual", spool=Spool(root))
    sender.care()
    sender.close()
    return sorted(destination.ids)


@pytest.mark.parametrize("memory", [4, 40, 400])
def test_what_spilled_and_what_did_not_is_on_the_disk(tmp_path: Path, memory: int) -> None:
    """Held back for another try, waiting in memory, or spilled: all of it comes again."""
    policy = DeliveryPolicy(overflow="spill", max_records=memory, batch_records=7)
    sender = Sender(Away(), mode="manual", policy=policy, spool=Spool(tmp_path))
    for number in range(100):
        assert sender.put(make(number))
    sender.pump(force=True)
    account = sender.close(0.0)

    assert (account.pending, account.balanced, account.dropped) == (100, True, {})
    assert found(tmp_path) == sorted(f"m{number}" for number in range(100))


def test_what_no_disk_takes_is_dropped_and_told(tmp_path: Path) -> None:
    disk = FaultyDisk()
    disk.failing = {"write": errno.ENOSPC}
    told: list[Drop] = []
    hooks = Hooks(SystemClock(), on_drop=told.append)
    spool = Spool(tmp_path, disk=disk, mend_after=0.0)
    policy = DeliveryPolicy.durable(batch_records=7, suspect_after=1)
    sender = Sender(Away(), mode="manual", policy=policy, spool=spool, hooks=hooks)
    for number in range(30):
        assert sender.put(make(number))
    sender.pump(force=True)
    account = sender.close(0.0)

    assert (account.pending, account.dropped, account.balanced) == (0, {"closed": 30}, True)
    assert sorted(each.message_id for drop in told for each in drop.records) == sorted(
        f"m{number}" for number in range(30)
    )


def test_a_disk_that_mends_at_the_last_moment_takes_it_all(tmp_path: Path) -> None:
    disk = FaultyDisk()
    disk.failing = {"write": errno.ENOSPC}
    spool = Spool(tmp_path, disk=disk, mend_after=0.0)
    sender = Sender(Away(), mode="manual", policy=DeliveryPolicy(batch_records=7), spool=spool)
    for number in range(30):
        assert sender.put(make(number))
    sender.pump(force=True)
    disk.failing = {}
    account = sender.close(0.0)

    assert (account.pending, account.balanced) == (30, True)
    assert found(tmp_path) == sorted(f"m{number}" for number in range(30))


class Slow:
    """A destination that answers when it is let, after the sender was closed."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        self.outcome: Outcome = TryLater("timeout")

    def send(self, records: Sequence[Record]) -> Outcome:  # noqa: ARG002
        self.reached.set()
        self.go.wait(10)
        return self.outcome

    def close(self) -> None:
        pass


@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.parametrize("spilling", [False, True])
def test_what_was_in_flight_at_the_end_is_on_the_disk(
    tmp_path: Path, arrived: bool, spilling: bool
) -> None:
    slow = Slow()
    slow.outcome = DELIVERED if arrived else TryLater("timeout")
    policy = DeliveryPolicy(
        batch_records=4, linger=0.0, overflow="spill" if spilling else "drop_newest"
    )
    sender = Sender(slow, policy=policy, spool=Spool(tmp_path))
    for number in range(10):
        sender.put(make(number))
    assert slow.reached.wait(10)
    sender.close(0.05)
    slow.go.set()
    for thread in sender._threads:
        thread.join(10)

    account = sender.account()
    assert account.balanced
    assert account.dropped == {}
    assert account.delivered + account.pending == 10
    # What arrived after the disk was let go of is sent again: twice is not lost.
    assert found(tmp_path) == sorted(f"m{number}" for number in range(10))


class Ending:
    """A destination whose library ends the thread, once."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.ended = 0

    def send(self, records: Sequence[Record]) -> Outcome:
        if not self.ended:
            self.ended += 1
            raise SystemExit
        self.ids += [record.message_id for record in records]
        return DELIVERED

    def close(self) -> None:
        pass


def test_a_thread_that_is_told_to_end_sends_on() -> None:
    ending = Ending()
    policy = DeliveryPolicy(base_delay=0.01, linger=0.0)
    with Sender(ending, policy=policy) as sender:
        sender.put(make(1))
        sender.put(make(2))
        account = sender.flush(10.0)

    assert (sorted(ending.ids), account.delivered) == (["m1", "m2"], 2)


def test_room_on_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    policy = DeliveryPolicy(overflow="block", batch_records=5, linger=0.0)
    slow = Slow()
    slow.outcome = DELIVERED
    spool = Spool(tmp_path, max_bytes=2_000)
    sender = Sender(slow, policy=policy, spool=spool, block_timeout=5.0)
    threading.Timer(0.3, slow.go.set).start()
    for number in range(60):
        assert sender.put(make(number)), number
    account = sender.close()

    assert (account.delivered, account.balanced) == (60, True)


class Outrun(Sender):
    """Everything has arrived, and the disk has room, before a put begins to wait for it."""

    def _make_room(self, record: Record, urgent: bool) -> Put:
        assert self.flush(10.0).pending == 0
        return super()._make_room(record, urgent)


@pytest.mark.parametrize("by", ["disk", "memory"])
def test_room_that_came_before_the_wait_for_it_is_not_waited_for(tmp_path: Path, by: str) -> None:
    policy = DeliveryPolicy(overflow="block", max_records=1_000 if by == "disk" else 1)
    spool = Spool(tmp_path, max_bytes=2_000) if by == "disk" else None
    sender = Outrun(Collecting(), policy=policy, spool=spool, block_timeout=3_600.0)

    def put_all() -> None:
        for number in range(60):
            assert sender.put(make(number)), number

    putting = threading.Thread(target=put_all, daemon=True)
    putting.start()
    putting.join(30.0)
    assert not putting.is_alive()
    account = sender.close()

    assert (account.delivered, account.balanced) == (60, True)
