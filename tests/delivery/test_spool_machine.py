"""Memory and disk are the same line, whatever is done to them; only a crash tells them apart."""

import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.delivery.spooling import adopt_all, files
from video_tracker.delivery.spool import Spool
from video_tracker.testing.machines import StoreMachine, StoreRules


class SpoolRules(StoreRules):
    """What else may happen to a spool: its sizes, a sync, a crash that tears the last write."""

    test: "TestSpoolAndMemory"
    store: Spool

    @initialize(
        segment=st.sampled_from([1, 300, 2_000, 100_000]),
        window=st.sampled_from([0, 250, 100_000]),
    )
    def sizes(self, segment: int, window: int) -> None:
        self.test.limits = {"segment_bytes": segment, "window_bytes": window}
        self.store = self.test.reopen(self.store, crash=False)

    @rule()
    def sync(self) -> None:
        self.store.sync()

    @rule(torn=st.binary(max_size=40))
    def crash(self, torn: bytes) -> None:
        self.test.torn = torn
        self.start_again(crash=True)

    @invariant()
    def the_disk_holds_what_is_counted(self) -> None:
        sizes = [path.stat().st_size for path in files(self.test.root, "*.records")]
        stats = self.store.stats()
        assert (stats.disk_bytes, stats.segments) == (sum(sizes), len(sizes))
        assert stats.missing == stats.lost == 0


class TestSpoolAndMemory(StoreMachine):
    """A spool beside a memory store, and what a crash should bring back of it."""

    rules = SpoolRules
    examples = 40
    torn = b""

    def make(self) -> Spool:
        self.root = Path(tempfile.mkdtemp())
        self.limits: dict[str, int] = {}
        return self.open()

    def open(self) -> Spool:
        spool = Spool(self.root, **self.limits)  # type: ignore[arg-type]
        adopt_all(spool)
        return spool

    def reopen(self, store: Spool, crash: bool) -> Spool:
        if crash:
            store.abandon()
            for path in files(self.root, "*.*ed") + files(self.root, "*.records"):
                path.write_bytes(path.read_bytes() + self.torn)
        else:
            store.close()
        return self.open()

    def discard(self, store: Spool) -> None:
        store.abandon()
        shutil.rmtree(self.root)
