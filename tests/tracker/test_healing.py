"""A disk that failed, files that somebody removed, a clock that was set: all of it passes."""

import errno
import shutil
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.delivery.spooling import FaultyDisk, adopt_all, drain, python
from video_tracker.clock import SystemClock
from video_tracker.delivery import DeliveryPolicy, Outcome, TryLater
from video_tracker.delivery.spool import Spool
from video_tracker.record import Record
from video_tracker.tracker import Sender
from video_tracker.transports import MemoryTransport

PATIENCE = 20.0
HOUR = 3600.0
DAY = 24 * HOUR


def make(number: int) -> Record:
    return Record(f"m{number}", f"s{number % 3}", "e", b'{"n":%d}' % number)


class Away:
    """A destination that is away."""

    def send(self, records: Sequence[Record]) -> Outcome:  # noqa: ARG002
        return TryLater("network")

    def close(self) -> None:
        pass


def until(condition: Callable[[], bool]) -> bool:
    waiting = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        if condition():
            return True
        waiting.wait(0.01)
    return False


def left_in(root: Path) -> set[str]:
    """The ids that another process finds in a spool."""
    spool = Spool(root)
    adopt_all(spool)
    found = {each.message_id for each in drain(spool, settle=False)}
    spool.abandon()
    return found


# -- a disk that failed once -------------------------------------------------------------------

KILLED = """
import errno, os, signal, sys, threading
from tests.delivery.spooling import FaultyDisk
from tests.tracker.test_healing import Away, make, until
from video_tracker.delivery.spool import Spool
from video_tracker.tracker import Sender
disk = FaultyDisk()
sender = Sender(Away(), spool=Spool(sys.argv[1], disk=disk, mend_after=0.05))
for number in range(3000):
    if number == 5:
        disk.failing["write"] = getattr(errno, sys.argv[2])
    if number == 6:
        disk.failing.clear()
    sender.put(make(number))
memory = sender._storage._memory
assert until(lambda: not memory.waiting and not memory.unsettled())
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("code", ["ENOSPC", "EIO"])
def test_one_failure_of_the_disk_does_not_end_its_use(tmp_path: Path, code: str) -> None:
    """What came into memory meanwhile goes to the disk as soon as that is well again."""
    process = python(KILLED, tmp_path, code)
    assert process.wait(60) == -signal.SIGKILL
    process.communicate()
    assert left_in(tmp_path) == {f"m{number}" for number in range(3000)}


def test_what_came_back_to_the_disk_goes_out_in_order_and_once(tmp_path: Path) -> None:
    disk = FaultyDisk()
    clock = SystemClock()
    sent = MemoryTransport(answers=[TryLater("network")])
    spool = Spool(tmp_path, disk=disk, mend_after=0.0)
    policy = DeliveryPolicy.durable(batch_records=7, linger=0.0)
    sender = Sender(sent, mode="manual", spool=spool, clock=clock, policy=policy)
    for number in range(100):
        disk.failing = {"write": errno.EIO} if 20 <= number < 40 else {}
        sender.put(make(number))
        if number == 30:
            sender.pump(force=True)  # some of it is held for another try
    assert sender.figures().diverted
    sender.care()
    assert not sender._storage._memory.waiting
    account = sender.flush(PATIENCE)
    assert (account.delivered, account.pending, account.balanced) == (100, 0, True)
    assert [each.message_id for each in sent.records] == [f"m{number}" for number in range(100)]
    sender.close()
    assert left_in(tmp_path) == set()


def test_the_next_failure_is_told_too(tmp_path: Path) -> None:
    disk = FaultyDisk()
    spool = Spool(tmp_path, disk=disk, mend_after=0.0)
    sender = Sender(Away(), mode="manual", spool=spool)
    for turn in range(3):
        disk.failing = {"write": errno.EIO}
        sender.put(make(turn))
        assert sender.figures().spool_troubles == turn + 1
        disk.failing = {}
        sender.care()
    sender.close(0)
    assert left_in(tmp_path) == {"m0", "m1", "m2"}


# -- files that somebody removed ---------------------------------------------------------------


def its_directory(root: Path) -> Path:
    (found,) = root.glob("*.v1")
    return found


@pytest.mark.parametrize("what", ["the spool", "the directory", "the records"])
def test_files_that_were_removed_are_written_again(tmp_path: Path, what: str) -> None:
    root = tmp_path / "spool"
    sender = Sender(Away(), spool=Spool(root), policy=DeliveryPolicy.durable(batch_records=5))
    for number in range(20):
        sender.put(make(number))
    if what == "the spool":
        shutil.rmtree(root)
    elif what == "the directory":
        shutil.rmtree(its_directory(root))
    else:
        for path in its_directory(root).glob("*.records"):
            path.unlink()
    for number in range(20, 40):
        sender.put(make(number))

    def is_written() -> bool:
        files = list(root.glob("*.v1/*.records"))
        text = b"".join(path.read_bytes() for path in files)
        return all(b'"n":%d}' % number in text for number in range(40))

    assert until(is_written)
    sender._spool.abandon()  # type: ignore[union-attr] # as if the process were killed here
    assert left_in(root) == {f"m{number}" for number in range(40)}
    sender.close(0)


def test_a_lock_that_was_removed_is_made_again(tmp_path: Path) -> None:
    """Without it another process would take the records of this one for an orphan's."""
    sender = Sender(Away(), spool=Spool(tmp_path))
    sender.put(make(1))
    lock = its_directory(tmp_path) / "lock"
    lock.unlink()
    assert until(lock.exists)
    sender.care()
    assert left_in(tmp_path) == set()
    sender.close(0)
    assert left_in(tmp_path) == {"m1"}


# -- after the end -----------------------------------------------------------------------------

DAEMON = """
import atexit, os, sys, threading
from tests.tracker.test_healing import Away, make
from video_tracker.delivery.spool import Spool
from video_tracker.tracker import Sender
# What is registered first is called last: after the sender's own end.
atexit.register(threading.Event().wait, 0.3)
log = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
sender = Sender(Away(), spool=Spool(sys.argv[1]), exit_timeout=0.05)
begun = threading.Event()

def work():
    number = 0
    while True:
        number += 1
        taken = sender.put(make(number))
        os.write(log, b"m%d " % number if taken else b"refused ")
        if number == 100:
            begun.set()

threading.Thread(target=work, daemon=True).start()
begun.wait()
"""


def test_what_a_daemon_thread_puts_after_the_end_is_kept(tmp_path: Path) -> None:
    root, log = tmp_path / "spool", tmp_path / "log"
    process = python(DAEMON, root, log)
    process.communicate(timeout=60)
    assert process.returncode == 0
    said = set(log.read_text().split())
    assert len(said) >= 100
    assert said <= left_in(root)


# -- a clock that is set -----------------------------------------------------------------------


class Machine:
    """The two clocks of a machine; somebody sets one of them."""

    def __init__(self) -> None:
        self.wall = 1_790_000_000.0
        self.steady = 5_000.0

    def clock(self) -> SystemClock:
        return SystemClock(wall=lambda: self.wall, steady=lambda: self.steady)

    def pass_time(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.mark.parametrize("jump", [13 * HOUR, 366 * DAY, -13 * HOUR, -366 * DAY])
@pytest.mark.parametrize("comes_back", [True, False])
def test_a_clock_that_is_set_expires_nothing_and_holds_up_nothing(
    jump: float, comes_back: bool
) -> None:
    machine = Machine()
    sent = MemoryTransport(answers=[TryLater("network")] * 3)
    policy = DeliveryPolicy(max_age=12 * HOUR)
    sender = Sender(sent, mode="manual", clock=machine.clock(), policy=policy)
    sender.put(make(1))
    machine.pass_time(1)
    sender.pump()
    machine.wall += jump
    machine.pass_time(60)
    sender.pump()
    if comes_back:
        machine.wall -= jump
    for _ in range(3):
        machine.pass_time(60)
        sender.pump()
    account = sender.account()
    assert (account.delivered, dict(account.dead)) == (1, {})
    sender.close()


def test_time_that_truly_passes_expires() -> None:
    machine = Machine()
    policy = DeliveryPolicy(max_age=12 * HOUR)
    sender = Sender(Away(), mode="manual", clock=machine.clock(), policy=policy)
    sender.put(make(1))
    machine.pass_time(11 * HOUR)
    sender.pump()
    assert sender.account().pending == 1
    machine.pass_time(2 * HOUR)
    sender.pump()
    assert dict(sender.account().dead) == {"expired": 1}
    sender.close()


@pytest.mark.parametrize("jump", [0.0, 366 * DAY, -366 * DAY])
def test_after_a_restart_an_age_goes_on_from_the_one_last_noted(
    tmp_path: Path, jump: float
) -> None:
    policy = DeliveryPolicy(max_age=7 * DAY)

    def process(wall: float) -> tuple[Machine, Sender]:
        machine = Machine()
        machine.wall = wall
        spool = Spool(tmp_path)
        return machine, Sender(
            Away(), mode="manual", clock=machine.clock(), policy=policy, spool=spool
        )

    machine, first = process(1_790_000_000.0)
    first.put(make(1))
    for _ in range(3):
        machine.pass_time(DAY)
        first.pump()
        first.care()
    first.close(0)
    machine, second = process(machine.wall + jump)
    second.pump()
    for _ in range(3):
        machine.pass_time(DAY)
        second.pump()
    assert second.account().pending == 1  # six days by now
    second.close(0)
    machine, third = process(machine.wall - jump)
    third.pump()
    assert third.account().pending == 1
    machine.pass_time(1.5 * DAY)
    third.pump()
    assert dict(third.account().dead) == {"expired": 1}
    third.close(0)
