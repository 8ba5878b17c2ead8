"""The pipe on a spool: the law as in memory, and a crash brings back exactly what is pending."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.delivery.spooling import drain, reopened
from tests.delivery.test_pipe_machine import PipeMachine
from video_tracker.delivery import ChainStore, MemoryStore, Pipe, Store
from video_tracker.delivery.spool import Spool


class PipeOnDisk(PipeMachine):
    """As in memory, with a spool under the pipe."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="spool-"))

    def store(self) -> Store:
        self.spool = Spool(self.root, segment_bytes=400, window_bytes=150)
        if self.policy.overflow == "spill":
            return ChainStore(MemoryStore(limit=(5, 200)), self.spool, spill=True)
        return ChainStore(self.spool, MemoryStore())

    @precondition(lambda self: self.policy.overflow != "spill" and self.pending)
    @rule(chance=st.floats(0, 1))
    def crash(self, chance: float) -> None:
        """The process dies: what was pending is found again, also what was in flight."""
        self.spool.abandon()
        self.spool = reopened(self.root, segment_bytes=400, window_bytes=150)
        self.pipe = Pipe(
            self.policy,
            random=lambda: chance,
            overhead=13,
            store=ChainStore(self.spool, MemoryStore()),
        )
        assert self.pipe.pending_records == len(self.pending)
        self.flights.clear()
        self.alone.clear()
        self.ended.clear()

    def teardown(self) -> None:
        try:
            super().teardown()
            if hasattr(self, "spool"):
                self.spool.close()
                assert Counter(drain(reopened(self.root))) == Counter()
        finally:
            shutil.rmtree(self.root, ignore_errors=True)


PipeOnDisk.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestPipeOnDisk = PipeOnDisk.TestCase
