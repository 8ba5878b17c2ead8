"""Stores are lines: in memory, and two of them chained."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.delivery import ChainStore, Frame, MemoryStore, Store, Taken, body_length
from video_tracker.errors import StoreBrokenError, StoreError, StoreFullError
from video_tracker.record import Record


def make(number: int, size: int = 3) -> Record:
    return Record(f"m{number}", "s", "e", b"x" * size)


class Brittle(MemoryStore):
    """Memory that can be made to fail like a disk."""

    __slots__ = ("broken",)

    def __init__(self) -> None:
        super().__init__()
        self.broken = False

    def append(self, record: Record, now: float) -> None:
        if self.broken:
            raise StoreBrokenError("no space left on device")
        super().append(record, now)


def test_both_are_stores() -> None:
    assert isinstance(MemoryStore(), Store)
    assert isinstance(ChainStore(MemoryStore(), MemoryStore()), Store)


def test_take_counts_commas_and_stops_before_the_limit() -> None:
    """S55: bytes are checked before a record is added."""
    store = MemoryStore()
    for number in range(4):
        store.append(make(number, 10), float(number))

    assert [each.message_id for each in store.take(9, 31).records] == ["m0", "m1"]
    assert store.take(9, 21) == Taken([make(2, 10), make(3, 10)], [2.0, 3.0])
    assert (store.waiting, store.waiting_bytes, store.oldest) == (0, 0, None)


def test_a_record_over_the_limit_is_taken_alone() -> None:
    store = MemoryStore()
    store.append(make(1, 100), 0.0)
    store.append(make(2, 1), 0.0)

    assert store.take(9, 5).records == [make(1, 100)]
    assert store.take(9, 5).records == [make(2, 1)]
    assert store.take(9, 5).records == []


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 7), st.integers(1, 90))
def test_what_is_taken_is_the_longest_prefix_within_the_limits(
    sizes: list[int], most: int, room: int
) -> None:
    store = MemoryStore()
    records = [make(number, size) for number, size in enumerate(sizes)]
    for record in records:
        store.append(record, 0.0)
    taken: list[Record] = []
    while store.waiting:
        batch = list(store.take(most, room).records)
        rest = records[len(taken) :]
        assert batch == rest[: len(batch)]
        assert len(batch) == 1 or body_length(batch, 0) <= room
        longer = rest[: len(batch) + 1]
        assert len(batch) == most or longer == batch or body_length(longer, 0) > room
        taken += batch
        assert store.waiting_bytes == sum(len(each.body) for each in records[len(taken) :])

    assert taken == records


def test_evict_removes_the_oldest() -> None:
    store = MemoryStore()
    assert store.evict() is None
    store.append(make(1), 5.0)
    store.append(make(2), 6.0)

    assert store.evict() == make(1)
    assert (store.waiting, store.waiting_bytes, store.oldest) == (1, 3, 6.0)


def test_a_limited_memory_says_when_it_is_full() -> None:
    store = MemoryStore(limit=(2, 7))
    store.append(make(1), 0.0)
    with pytest.raises(StoreFullError):
        store.append(make(2, 5), 0.0)
    store.append(make(2), 0.0)
    with pytest.raises(StoreFullError):
        store.append(make(3, 0), 0.0)

    assert store.waiting == 2


def test_memory_spills_and_the_line_stays_in_order() -> None:
    front, back = MemoryStore(limit=(2, 100)), MemoryStore()
    told: list[StoreError] = []
    store = ChainStore(front, back, spill=True, on_diverted=told.append)
    for number in range(5):
        store.append(make(number), float(number))
    assert (front.waiting, back.waiting, store.diverted, len(told)) == (2, 3, 3, 1)
    assert (store.waiting, store.waiting_bytes, store.oldest) == (5, 15, 0.0)

    first = store.take(9, 99)
    store.append(make(5), 5.0)  # there is room in front, but those behind it came first

    assert first.records == [make(0), make(1)]
    assert store.oldest == 2.0
    assert store.take(9, 99).records == [make(2), make(3), make(4), make(5)]
    store.append(make(6), 6.0)
    assert front.waiting == 1


def test_a_broken_disk_degrades_to_memory_and_is_tried_again() -> None:
    disk, memory = Brittle(), MemoryStore()
    told: list[StoreError] = []
    store = ChainStore(disk, memory, on_diverted=told.append)
    store.append(make(0), 0.0)
    disk.broken = True
    store.append(make(1), 1.0)
    store.append(make(2), 2.0)
    assert (len(told), store.diverted) == (1, 2)
    assert isinstance(store.trouble, StoreBrokenError)

    disk.broken = False
    store.append(make(3), 3.0)
    assert memory.waiting == 3
    line = [*store.take(9, 99).records, *store.take(9, 99).records]
    assert line == [make(number) for number in range(4)]

    store.append(make(4), 4.0)
    assert (disk.waiting, repr(store.trouble)) == (1, "None")


def test_a_full_disk_that_is_to_be_bounded_is_not_spilled_over() -> None:
    store = ChainStore(MemoryStore(limit=(1, 99)), MemoryStore())
    store.append(make(0), 0.0)

    with pytest.raises(StoreFullError):
        store.append(make(1), 0.0)


def test_a_chain_evicts_the_oldest() -> None:
    store = ChainStore(MemoryStore(limit=(1, 99)), MemoryStore(), spill=True)
    store.append(make(0), 0.0)
    store.append(make(1), 0.0)

    assert [store.evict(), store.evict(), store.evict()] == [make(0), make(1), None]


def test_a_body_is_joined_and_as_long_as_was_reckoned() -> None:
    frame = Frame(tail=b'],"sentAt":"2026-11-23T13:23:39.000Z"}')
    records = [Record("a", "s", "e", b'{"a":1}'), Record("b", "s", "e", b"{}")]
    body = frame.body(records)

    assert body == b'{"batch":[{"a":1},{}],"sentAt":"2026-11-23T13:23:39.000Z"}'
    assert len(body) == body_length(records, frame.overhead)
