"""A viewer whose snapshot cannot be read is lost, is counted, and holds up nobody."""

from collections.abc import Sequence

from video_tracker.keyed import Opening, Told
from video_tracker.plan import SessionPlan
from video_tracker.signals import Play, Playing, Progress
from video_tracker.stores import Change, LogWorker, MemoryStore, Read, SharedSessions, partition_of

T0 = 1_795_432_200.0
OPENING = Opening(plan=SessionPlan(user_id="u1"), wait=1000.0)
BEGIN: Sequence[Told] = (Play(T0), Playing(T0 + 0.5, 0.0), Progress(T0 + 1.5, 1.0))


class ListLog:
    """A log of one partition in memory."""

    def __init__(self, *entries: tuple[str, Told]) -> None:
        self.entries = list(entries)
        self.now = T0

    def read(self, partition: int, offset: str | None, most: int) -> Read | None:
        at = int(offset or 0)
        found = self.entries[at : at + most] if partition == 0 else []
        return Read(found, str(at + len(found)), self.now)


def spoilt(store: MemoryStore, key: str) -> None:
    (stored,) = store.load([key], 0)
    assert stored is not None
    lease = store.lease(0, "spoiler", 5.0)
    assert lease is not None
    store.save([Change(key, 0, stored.snapshot[:-1] + b"?", T0 + 2.0)], lease)
    store.give_up(lease)


def test_by_compare_and_set() -> None:
    store = MemoryStore(1)
    sessions = SharedSessions(store, OPENING)
    sessions.feed({"s1": BEGIN, "s2": BEGIN})
    spoilt(store, "s1")
    (before,) = store.load(["s1"])

    assert sessions.feed({"s1": [Progress(T0 + 2.5, 2.0)]}) == {}
    assert store.load(["s1"]) == [before]
    assert sessions.wake(T0 + 302.0) == 2
    assert store.due(T0 + 1301.0, 10) == ["s2"]  # who is to be forgotten
    assert store.due(T0 + 1302.0, 10) == ["s1"]
    assert sessions.counted["damaged"] == 2


def test_under_a_lease_a_batch_full_of_them_holds_up_nobody() -> None:
    store = MemoryStore(1)
    sessions = SharedSessions(store, OPENING)
    log = ListLog(*((f"s{n}", each) for n in range(6) for each in BEGIN))
    worker = LogWorker(sessions, log, "one", batch=5)
    for _ in range(len(log.entries) // 5 + 1):
        worker.work(0)
    worker.close()
    for number in range(5):
        spoilt(store, f"s{number}")
    log.now = T0 + 400.0
    heir = LogWorker(sessions, log, "two", batch=5)
    for _ in range(4):
        heir.work(0)

    assert [each.record.event for each in store.outgoing(0, 99) if each.record.session_id == "s5"][
        -1
    ] == "Video Playback Interrupted"
    assert sessions.counted["damaged"] == 5


def test_who_is_due_and_gone_leaves_nothing_behind() -> None:
    store = MemoryStore(2)
    part = store._parts[partition_of("s1", 2)]
    part.deadlines["s1"] = T0
    assert SharedSessions(store, OPENING).wake(T0) == 1
    store._parts[0].deadlines["s2"] = T0
    LogWorker(SharedSessions(store, OPENING), ListLog(), "one").work(0)

    assert [each.deadlines for each in store._parts] == [{}, {}]
    assert [each.viewers for each in store._parts] == [{}, {}]
