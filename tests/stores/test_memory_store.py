"""The store in memory is a store."""

import pytest

from video_tracker.errors import PolicyError
from video_tracker.stores import MemoryStore, Store
from video_tracker.testing.stores import StoreConformance


class TestMemoryStore(StoreConformance):
    def store(self) -> Store:
        return MemoryStore(partitions=4)


def test_a_store_has_a_partition() -> None:
    with pytest.raises(PolicyError, match="one partition or more, not 0"):
        MemoryStore(partitions=0)
