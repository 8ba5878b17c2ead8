"""What holds of every store of viewers: a test class for those here and for one of your own.

::

    class TestOurStore(StoreConformance):
        def store(self):
            return OurStore(...)  # new and empty, with at least two partitions

pytest collects the tests that it inherits. A fact is a sentence; what fails names it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from video_tracker.record import Record
from video_tracker.stores import Change, LeaseLostError, Mark, Store, Stored, partition_of

__all__ = ["StoreConformance"]

_SHORT: Final = 0.3
"""Seconds of a lease that is left to run out."""

_NAMES: Final = (
    "s1",
    "a viewer: 42",
    "ünïcode-☃",
    "x" * 300,
    "\ud800-lone",
    "nul-\0-inside",
    "{p1}",
)


def _record(number: int, key: str = "s1") -> Record:
    return Record(f"{key}-{number}", key, "Video Playback Paused", b'{"n":%d}' % number)


def _in_partition(number: int, partitions: int) -> str:
    return next(f"k{n}" for n in range(10_000) if partition_of(f"k{n}", partitions) == number)


def _together(work: Callable[[int], Any], threads: int) -> list[Any]:
    """What threads give that begin at once."""
    made: list[Any] = [None] * threads
    gate = threading.Barrier(threads)

    def run(number: int) -> None:
        gate.wait()
        made[number] = work(number)

    hands = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return made


class StoreConformance:
    """The facts; see the module."""

    def store(self) -> Store:
        """A new and empty store."""
        raise NotImplementedError

    # -- snapshots -----------------------------------------------------------------------------

    def test_nothing_is_kept_of_who_was_never_saved(self) -> None:
        assert self.store().load(["s1", "s2"]) == [None, None]

    def test_what_is_saved_is_loaded_and_counted(self) -> None:
        store = self.store()
        for version in range(3):
            assert store.save([Change("s1", version, b"as of %d" % version)]) == [True]

        assert store.load(["s0", "s1"]) == [None, Stored(3, b"as of 2")]

    def test_any_text_is_a_key_and_any_bytes_are_a_snapshot(self) -> None:
        store = self.store()
        whole = bytes(range(256)) * 800
        changes = [Change(name, 0, name.encode("utf-8", "replace") + whole) for name in _NAMES]

        assert store.save(changes) == [True] * len(_NAMES)
        assert store.load(_NAMES) == [Stored(1, change.snapshot or b"") for change in changes]

    def test_who_comes_second_is_refused_with_all_that_he_brings(self) -> None:
        store = self.store()
        store.save([Change("s1", 0, b"first", 10.0)])
        late = Change("s1", 0, b"second", 5.0, (_record(1),))

        assert store.save([late, Change("s2", 0, b"other")]) == [False, True]
        assert store.load(["s1"]) == [Stored(1, b"first")]
        assert store.due(9.0, 10) == []
        assert self._waiting(store) == []

    def test_a_version_that_never_was_is_refused(self) -> None:
        assert self.store().save([Change("s1", 7, b"from nowhere")]) == [False]

    def test_what_is_forgotten_leaves_nothing(self) -> None:
        store = self.store()
        store.save([Change("s1", 0, b"here", 10.0)])

        assert store.save([Change("s1", 1, None)]) == [True]
        assert store.load(["s1"]) == [None]
        assert store.due(99.0, 10) == []

    def test_hundreds_at_once_are_each_written(self) -> None:
        store = self.store()
        keys = [f"s{number}" for number in range(700)]

        assert store.save([Change(key, 0, key.encode(), 5.0) for key in keys]) == [True] * 700
        assert store.load(keys) == [Stored(1, key.encode()) for key in keys]
        assert sorted(store.due(5.0, 1000)) == sorted(keys)

    def test_what_threads_add_at_once_is_all_there(self) -> None:
        store = self.store()

        def add(_: int) -> None:
            for _ in range(25):
                done = False
                while not done:
                    (stored,) = store.load(["s1"])
                    version = 0 if stored is None else stored.version
                    sum_so_far = 0 if stored is None else int(stored.snapshot)
                    (done,) = store.save([Change("s1", version, b"%d" % (sum_so_far + 1))])

        _together(add, 4)

        assert store.load(["s1"]) == [Stored(100, b"100")]

    # -- deadlines -----------------------------------------------------------------------------

    def test_who_is_due_is_told_the_earliest_first(self) -> None:
        store = self.store()
        store.save([Change(f"s{at}", 0, b"-", float(at)) for at in (30, 10, 20)])

        assert store.due(9.5, 10) == []
        assert store.due(20.0, 1) == ["s10"]
        assert store.due(20.0, 10) == ["s20"]

    def test_who_was_told_is_not_told_again_for_a_while(self) -> None:
        store = self.store()
        store.save([Change("s1", 0, b"-", 10.0)])

        assert store.due(10.0, 10, claim=5.0) == ["s1"]
        assert store.due(14.9, 10, claim=5.0) == []
        assert store.due(15.0, 10, claim=5.0) == ["s1"]

    def test_a_deadline_moves_with_what_is_saved(self) -> None:
        store = self.store()
        store.save([Change("s1", 0, b"-", 10.0), Change("s2", 0, b"-", 10.0)])
        store.save([Change("s1", 1, b"-", 50.0), Change("s2", 1, b"-", None)])

        assert store.due(49.0, 10) == []
        assert store.due(50.0, 10) == ["s1"]

    def test_a_partition_tells_its_own(self) -> None:
        store = self.store()
        first, second = (_in_partition(number, store.partitions) for number in (0, 1))
        store.save([Change(first, 0, b"-", 10.0), Change(second, 0, b"-", 10.0)])

        assert store.due(10.0, 10, partition=1) == [second]
        assert store.due(10.0, 10, partition=0) == [first]

    def test_threads_are_told_of_each_once(self) -> None:
        store = self.store()
        keys = [f"s{number}" for number in range(60)]
        store.save([Change(key, 0, b"-", 1.0) for key in keys])

        def look(_: int) -> list[str]:
            return [key for _ in range(5) for key in store.due(2.0, 7)]

        told = [key for keys in _together(look, 4) for key in keys]

        assert sorted(told) == sorted(keys)

    # -- leases --------------------------------------------------------------------------------

    def test_a_partition_has_one_holder(self) -> None:
        store = self.store()
        mine = store.lease(0, "one", 30.0)

        assert mine is not None
        assert (mine.partition, mine.owner, mine.offset) == (0, "one", None)
        assert store.lease(0, "two", 30.0) is None
        assert store.lease(1, "two", 30.0) is not None
        assert store.lease(0, "two", 30.0, "outbox") is not None

    def test_its_holder_keeps_it_under_the_same_epoch(self) -> None:
        store = self.store()
        first, again = store.lease(0, "one", 30.0), store.lease(0, "one", 30.0)

        assert first is not None
        assert again == first

    def test_what_is_given_up_passes_on_with_a_higher_epoch_and_the_offset(self) -> None:
        store = self.store()
        first = store.lease(0, "one", 30.0)
        assert first is not None
        store.save([], first, "offset-7")
        store.give_up(first)
        second = store.lease(0, "two", 30.0)

        assert second is not None
        assert second.epoch > first.epoch
        assert second.offset == "offset-7"
        store.give_up(first)  # which is no longer its own
        assert store.lease(0, "three", 30.0) is None

    def test_the_late_write_of_a_stalled_holder_is_refused(self) -> None:
        store = self.store()
        stalled = store.lease(0, "one", _SHORT)
        assert stalled is not None
        store.save([Change("s1", 0, b"early", 1.0)], stalled, "1")
        time.sleep(_SHORT * 2)
        heir = store.lease(0, "two", 30.0)
        assert heir is not None
        assert heir.offset == "1"
        store.save([Change("s1", 0, b"the heir's", 2.0)], heir, "2")
        refused = False
        try:
            store.save([Change("s1", 0, b"late", 3.0, (_record(1),))], stalled, "9")
        except LeaseLostError:
            refused = True

        assert refused
        assert store.load(["s1"], 0) == [Stored(2, b"the heir's")]
        assert store.outgoing(0, 10) == []
        again = store.lease(0, "two", 30.0)
        assert again is not None
        assert again.offset == "2"

    def test_a_holder_writes_without_versions_into_its_partition(self) -> None:
        store = self.store()
        lease = store.lease(1, "one", 30.0)
        assert lease is not None
        keys = [_in_partition(number, store.partitions) for number in (0, 1)]
        for said in (b"a", b"b"):
            changes = [Change(key, 0, said, 5.0, (_record(1, key),)) for key in keys]
            assert store.save(changes, lease, said.decode()) == [True, True]

        assert store.load(keys, 1) == [Stored(2, b"b"), Stored(2, b"b")]
        assert sorted(store.due(5.0, 10, partition=1)) == sorted(keys)
        assert len(store.outgoing(1, 10)) == 4

    def test_each_write_keeps_the_lease(self) -> None:
        store = self.store()
        lease = store.lease(0, "one", 2 * _SHORT)
        assert lease is not None
        for _ in range(4):
            time.sleep(_SHORT)
            store.save([], lease)

        assert store.lease(0, "two", 30.0) is None

    # -- what is to be sent --------------------------------------------------------------------

    def _waiting(self, store: Store) -> list[Record]:
        every = (store.outgoing(number, 1000) for number in range(store.partitions))
        return [each.record for waiting in every for each in waiting]

    def test_messages_wait_in_their_order_until_they_are_sent(self) -> None:
        store = self.store()
        place = partition_of("s1", store.partitions)
        records = tuple(_record(number) for number in range(1, 6))
        store.save([Change("s1", 0, b"-", None, records[:3])])
        store.save([Change("s1", 1, b"-", None, records[3:])])
        waiting = store.outgoing(place, 4)

        assert [each.record for each in waiting] == list(records[:4])
        assert [each.record for each in store.outgoing(place, 9, waiting[-1].number)] == [
            records[4]
        ]
        store.sent(place, [each.number for each in waiting[1:]])
        store.sent(place, [each.number for each in waiting[1:]])
        assert self._waiting(store) == [records[0], records[4]]

    # -- who is live ---------------------------------------------------------------------------

    def test_who_is_marked_counts_until_his_time_is_over(self) -> None:
        store = self.store()
        store.mark([Mark("asset:film", "s1", 20.0), Mark("asset:film", "s2", 10.0)])
        store.mark([Mark("asset:film", "s3", 30.0), Mark("asset:other", "s1", 20.0)])

        assert store.live("asset:film", 9.0) == ["s2", "s1", "s3"]
        assert store.count("asset:film", 10.0) == 2
        store.mark([Mark("asset:film", "s3", None), Mark("asset:film", "s9", None)])
        assert store.live("asset:film", 10.0) == ["s1"]
        assert store.live("asset:none", 0.0) == []

    def test_no_more_are_granted_than_may_be(self) -> None:
        store = self.store()

        assert [store.grant("account:42", f"s{n}", 2, 100.0, 0.0) for n in range(3)] == [
            *(True, True, False)
        ]
        assert store.grant("account:42", "s1", 2, 120.0, 50.0)
        store.mark([Mark("account:42", "s0", None)])
        assert store.grant("account:42", "s2", 2, 100.0, 50.0)
        assert not store.grant("account:42", "s3", 2, 200.0, 99.0)
        assert store.grant("account:42", "s3", 2, 200.0, 100.0)

    def test_threads_are_granted_no_more_than_may_be(self) -> None:
        store = self.store()

        def ask(number: int) -> Sequence[bool]:
            return [store.grant("account:7", f"s{number}-{n}", 3, 100.0, 0.0) for n in range(5)]

        granted = [each for asked in _together(ask, 6) for each in asked]

        assert sum(granted) == 3
        assert store.count("account:7", 0.0) == 3
