"""Memory and disk are the same line, whatever is done to them; only a crash tells them apart."""

import random
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.delivery.spooling import adopt_all, files, record
from video_tracker.delivery.spool import Spool
from video_tracker.delivery.store import MemoryStore
from video_tracker.record import Record


class SpoolAndMemory(RuleBasedStateMachine):
    """A spool beside a memory store, and what a crash should bring back of it."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.put_so_far = 0
        self.now = 0.0
        self.memory = MemoryStore()
        self.unsettled: dict[str, tuple[Record, float]] = {}
        self.out: list[Record] = []

    @initialize(
        segment=st.sampled_from([1, 300, 2_000, 100_000]),
        window=st.sampled_from([0, 250, 100_000]),
    )
    def begin(self, segment: int, window: int) -> None:
        self.limits = {"segment_bytes": segment, "window_bytes": window}
        self.spool = self.open()

    def open(self) -> Spool:
        spool = Spool(self.root, **self.limits)  # type: ignore[arg-type]
        adopt_all(spool)
        return spool

    def teardown(self) -> None:
        self.spool.abandon()
        shutil.rmtree(self.root)

    @rule(count=st.integers(1, 8), size=st.integers(0, 200), step=st.floats(0, 5))
    def put(self, count: int, size: int, step: float) -> None:
        for _ in range(count):
            self.now += step
            self.put_so_far += 1
            one = record(self.put_so_far, size)
            self.spool.append(one, self.now)
            self.memory.append(one, self.now)
            self.unsettled[one.message_id] = one, self.now

    @rule(count=st.integers(1, 9), size=st.integers(1, 900))
    def take(self, count: int, size: int) -> None:
        of_disk, of_memory = self.spool.take(count, size), self.memory.take(count, size)

        assert list(of_disk.records) == list(of_memory.records)
        assert list(of_disk.times) == list(of_memory.times)
        assert (of_disk.lost_records, of_disk.lost_bytes) == (0, 0)
        self.out.extend(of_disk.records)

    @precondition(lambda self: self.out)
    @rule(share=st.floats(0.1, 1.0), order=st.randoms(use_true_random=False), twice=st.booleans())
    def settle(self, share: float, order: random.Random, twice: bool) -> None:
        order.shuffle(self.out)
        cut = max(1, round(share * len(self.out)))
        done, self.out = self.out[:cut], self.out[cut:]
        self.spool.settled(done)
        if twice:
            self.spool.settled(done)
        for one in done:
            del self.unsettled[one.message_id]

    @rule()
    def evict(self) -> None:
        gone = self.spool.evict()

        assert gone == self.memory.evict()
        if gone is not None:
            del self.unsettled[gone.message_id]

    @rule()
    def sync(self) -> None:
        self.spool.sync()

    @rule(torn=st.binary(max_size=40))
    def crash(self, torn: bytes) -> None:
        self.spool.abandon()
        for path in files(self.root, "*.*ed") + files(self.root, "*.records"):
            path.write_bytes(path.read_bytes() + torn)
        self.begin_again()

    @rule()
    def close(self) -> None:
        self.spool.close()
        self.begin_again()

    def begin_again(self) -> None:
        self.memory = MemoryStore()
        for one, at in self.unsettled.values():
            self.memory.append(one, at)
        self.out = []
        self.spool = self.open()

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "spool"):
            return
        assert self.spool.waiting == self.memory.waiting
        assert self.spool.waiting_bytes == self.memory.waiting_bytes
        assert self.spool.oldest == self.memory.oldest

    @invariant()
    def the_disk_holds_what_is_counted(self) -> None:
        if not hasattr(self, "spool"):
            return
        sizes = [path.stat().st_size for path in files(self.root, "*.records")]
        assert self.spool.stats().disk_bytes == sum(sizes)
        assert self.spool.stats().segments == len(sizes)
        assert self.spool.stats().missing == self.spool.stats().lost == 0


SpoolAndMemory.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestSpoolAndMemory = SpoolAndMemory.TestCase
