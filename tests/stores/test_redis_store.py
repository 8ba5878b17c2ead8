"""Viewers in a real Redis: the facts of every store, and servers and workers that die on the way.

The judge is one process that keeps every viewer in memory: the same messages, each once, byte for
byte, and the same viewers.
"""

import contextlib
import functools
import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from tests.examples.servers import free_port, within
from tests.stores.redis_server import RedisServer
from tests.stores.runs import (
    ListLog,
    Order,
    Run,
    child_worker,
    feed,
    outbox,
    run_of,
    wake_all,
)
from video_tracker.errors import PolicyError, StoreError, StoreFullError
from video_tracker.keyed import Arrival, Opening, unpack
from video_tracker.record import Record
from video_tracker.stores import Change, LeaseLostError, LogWorker, Mark, SharedSessions, Store
from video_tracker.testing.stores import StoreConformance

pytest.importorskip("redis", reason="redis-py is not installed: pip install '.[redis]'")

import redis
from redis import Redis, RedisCluster
from redis.backoff import NoBackoff
from redis.retry import Retry

from video_tracker.stores.redis import RedisStore, RedisStreamLog

PARTITIONS: Final = 4
_PREFIXES = (f"t{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server that nobody kills."""
    running = RedisServer(tmp_path_factory.mktemp("redis"), "--appendonly", "no").start()
    yield running
    running.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server of one test, with an AOF."""
    running = RedisServer(tmp_path / "redis").start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def run() -> Run:
    return run_of()


@pytest.fixture
def store(server: RedisServer) -> Iterator[RedisStore]:
    """A new and empty store."""
    made = RedisStore(server.address, prefix=next(_PREFIXES), partitions=PARTITIONS)
    yield made
    made.close()


def record(number: int) -> Record:
    return Record(f"s1-{number}", "s1", "Video Playback Paused", b'{"n":%d}' % number)


def messages(store: Store) -> list[str]:
    return [message_id for message_id, _ in outbox(store)]


class TestRedisStore(StoreConformance):
    @pytest.fixture(autouse=True)
    def _reach(self, server: RedisServer) -> Iterator[None]:
        self._client = Redis.from_url(server.address)
        yield
        self._client.close()

    def store(self) -> Store:
        return RedisStore(self._client, prefix=next(_PREFIXES), partitions=PARTITIONS)


# -- a cluster -------------------------------------------------------------------------------------


def is_whole(server: Any) -> bool:
    """Whether it knows of both servers, and that all slots are somebody's."""
    told = server.execute_command("CLUSTER INFO")
    return (told["cluster_size"], told["cluster_state"]) == ("2", "ok")


def are_met(nodes: Sequence[RedisServer], bus: int) -> bool:
    """Let the second know of the first; a greeting may come to nothing where much is to be done."""
    with contextlib.ExitStack() as opened:
        first, second = (
            opened.enter_context(Redis.from_url(node.address, decode_responses=True))
            for node in nodes
        )
        second.execute_command("CLUSTER MEET", "127.0.0.1", nodes[0].port, bus)
        return within(20, lambda: is_whole(first) and is_whole(second))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """Two servers that share the slots."""
    options = ("--appendonly", "no", "--cluster-enabled", "yes")
    buses = [free_port(), free_port()]
    nodes = [
        RedisServer(tmp_path_factory.mktemp("node"), *options, "--cluster-port", str(bus))
        for bus in buses
    ]
    try:
        for node in nodes:
            node.start()
        for node, slots in zip(nodes, ((0, 8191), (8192, 16383)), strict=True):
            with Redis.from_url(node.address) as one:
                one.execute_command("CLUSTER ADDSLOTSRANGE", *slots)
        assert any(are_met(nodes, buses[0]) for _ in range(6))
        with RedisCluster.from_url(nodes[0].address) as client:
            yield client
    finally:
        for node in nodes:
            node.stop()


class TestOnACluster(StoreConformance):
    @pytest.fixture(autouse=True)
    def _reach(self, cluster: RedisCluster) -> None:
        self._client: Any = cluster

    def store(self) -> Store:
        return RedisStore(self._client, prefix=next(_PREFIXES), partitions=PARTITIONS)

    def test_the_partitions_lie_on_both_servers(self) -> None:
        prefix = next(_PREFIXES)
        store = RedisStore(self._client, prefix=prefix, partitions=16)
        store.save([Change(f"s{number}", 0, b"-", 9.0) for number in range(200)])
        held = [
            self._client.scan_iter(f"{{{prefix}:*", target_nodes=node)
            for node in self._client.get_primaries()
        ]

        assert [len(list(names)) > 50 for names in held] == [True, True]


# -- in one process --------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [True, False])
def test_workers_of_a_log_are_as_one_process(run: Run, store: RedisStore, end: bool) -> None:
    log = ListLog(run.entries, PARTITIONS, run.end if end else None)
    sessions = SharedSessions(store, run.openings.__getitem__)
    workers = [
        LogWorker(sessions, log, f"w{number}", seconds=30.0, batch=20, keep=8)
        for number in range(2)
    ]
    # They take turns: each step of a partition is by the other one.
    for worker in itertools.cycle(workers):
        done = sum(worker.work(number) for number in range(PARTITIONS))
        worker.close()
        if not done:
            break

    if end:
        assert run.faults(store) == []
    else:
        assert run.foreign_states(store, run.came[-1].received_at) == []


@pytest.mark.parametrize("end", [True, False])
def test_servers_behind_a_balancer_are_as_one_process(
    run: Run, store: RedisStore, end: bool
) -> None:
    servers = [SharedSessions(store, run.openings.__getitem__) for _ in range(2)]
    for start in range(0, len(run.entries), 25):
        feed(servers[start // 25 % 2], run.entries[start : start + 25])

    if end:
        wake_all(servers[0], run.end)
        assert run.faults(store) == []
    else:
        assert run.foreign_states(store, run.came[-1].received_at) == []


def test_a_stream_of_redis_is_a_log(run: Run, store: RedisStore, server: RedisServer) -> None:
    log = RedisStreamLog(store)
    before = time.time()
    log.append((each.key, each.body) for each in run.came)
    kept = [log.read(number, None, 10_000) for number in range(PARTITIONS)]
    entries = [
        (key, told) for read in kept for key, told in read.entries if isinstance(told, Arrival)
    ]
    worker = LogWorker(SharedSessions(store, run.openings.__getitem__), log, "w", batch=30)
    while worker.work_on_all():
        pass

    assert sorted(key for key, _ in entries) == sorted(each.key for each in run.came)
    assert all(before - 1 < read.now < time.time() + 1 for read in kept)
    read_live = attrs.evolve(run, entries=entries)
    assert read_live.foreign_states(store, max(read.now for read in kept)) == []
    assert worker.work_on_all() == 0
    with Redis.from_url(server.address) as one:  # all but its last node of entries is let go
        length = sum(one.xlen(log._name(number)) for number in range(PARTITIONS))
    assert length < len(entries)


# -- what a server does, and what becomes of it ----------------------------------------------------


def test_a_server_that_forgot_its_scripts_is_told_them_again(
    store: RedisStore, server: RedisServer
) -> None:
    assert store.save([Change("s1", 0, b"a", 1.0, (record(1),))]) == [True]
    with Redis.from_url(server.address) as one:
        one.script_flush()
    keys = [f"k{number}" for number in range(20)]

    assert store.save([Change(key, 0, b"b", 1.0, (record(2),)) for key in keys]) == [True] * 20
    assert len(messages(store)) == 21


class Twice(Redis):
    """A client whose first answers are lost: all is sent again."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        client: Any = super()
        client.execute_command(*args, **options)
        return client.execute_command(*args, **options)


def test_a_write_that_is_sent_again_is_done_once(server: RedisServer) -> None:
    with Twice.from_url(server.address) as client:
        store = RedisStore(client, prefix=next(_PREFIXES), partitions=PARTITIONS)
        assert store.save([Change("s1", 0, b"a", 5.0, (record(1),))]) == [True]
        assert store.save([Change("s1", 0, b"b", 5.0, (record(2),))]) == [False]
        (stored,) = store.load(["s1"])
        lease = store.lease(0, "one", 30.0)
        assert lease is not None
        for number in (3, 4):
            assert store.save([Change("s2", 0, b"c", 5.0, (record(number),))], lease) == [True]

        assert stored is not None
        assert (stored.version, stored.snapshot) == (1, b"a")
        assert sorted(messages(store)) == ["s1-1", "s1-3", "s1-4"]
        (other,) = store.load(["s2"], 0)
        assert other is not None
        assert other.version == 2


def test_a_server_that_is_away_is_a_store_error(own_server: RedisServer) -> None:
    store = RedisStore(own_server.address, partitions=PARTITIONS)
    lease = store.lease(0, "one", 30.0)
    assert lease is not None
    own_server.kill()

    for ask in (
        lambda: store.load(["s1", "s2"]),
        lambda: store.save([Change("s1", 0, b"-")]),
        lambda: store.save([Change("s1", 0, b"-")], lease),
        lambda: store.due(1.0, 10),
        lambda: store.lease(1, "one", 30.0),
        lambda: store.give_up(lease),
        lambda: store.outgoing(0, 10),
        lambda: store.sent(0, [1]),
        lambda: store.mark([Mark("asset:film", "s1", 1.0)]),
        lambda: store.grant("account:1", "s1", 1, 1.0, 0.0),
        lambda: store.live("asset:film", 0.0),
    ):
        with pytest.raises(StoreError, match=r"redis: ConnectionError: .+"):
            ask()
    own_server.start()
    assert store.save([Change("s1", 0, b"-")], lease) == [True]


def test_without_memory_nothing_at_all_is_written(own_server: RedisServer) -> None:
    store = RedisStore(own_server.address, partitions=PARTITIONS)
    lease = store.lease(0, "one", 30.0)
    assert lease is not None
    changes = [Change(f"s{number}", 0, b"-", 1.0, (record(number),)) for number in range(40)]
    with Redis.from_url(own_server.address) as one:
        one.config_set("maxmemory", 1)
        for given in ({}, {"lease": lease, "offset": "7"}):
            with pytest.raises(StoreFullError, match=r"redis: OutOfMemoryError: .*maxmemory"):
                store.save(changes, **given)  # type: ignore[arg-type]
        one.config_set("maxmemory", 0)

    assert messages(store) == []
    assert store.due(1.0, 99) == []
    assert store.lease(0, "one", 30.0) == lease
    assert store.save(changes) == [True] * 40


def is_busy(client: Redis) -> bool:
    try:
        client.ping()
    except redis.exceptions.ResponseError:
        return True
    return False


def test_a_replica_and_a_server_that_is_busy_are_store_errors(own_server: RedisServer) -> None:
    store = RedisStore(own_server.address, partitions=PARTITIONS)
    never = Retry(NoBackoff(), 0)
    with Redis.from_url(own_server.address, socket_timeout=0.3, retry=never) as one:
        one.config_set("replica-serve-stale-data", "yes")
        one.replicaof("127.0.0.1", 1)
        with pytest.raises(StoreError, match="redis: ReadOnlyError"):
            store.save([Change("s1", 0, b"-"), Change("s2", 0, b"-")])
        one.replicaof("NO", "ONE")
        one.config_set("busy-reply-threshold", 20)
        with pytest.raises(redis.exceptions.TimeoutError):
            one.eval("while true do end", 0)
        with pytest.raises(StoreError, match=r"redis: ResponseError: .*[Bb]usy"):
            store.load(["s1"])
        one.script_kill()
        assert within(10, lambda: not is_busy(one))

    assert store.load(["s1", "s2"]) == [None, None]


def test_what_can_not_be_a_store_is_refused(server: RedisServer) -> None:
    with pytest.raises(PolicyError, match="one partition or more, not 0"):
        RedisStore(server.address, partitions=0)
    with pytest.raises(PolicyError, match="no braces"):
        RedisStore(server.address, prefix="{vt}")
    with pytest.raises(PolicyError, match="more than zero"):
        RedisStore(server.address, ttl=0)
    with (
        Redis.from_url(server.address, decode_responses=True) as text,
        pytest.raises(PolicyError, match="decode_responses"),
    ):
        RedisStore(text)


def test_a_deadline_that_is_no_time_is_refused_before_anything_is_written(
    store: RedisStore,
) -> None:
    with pytest.raises(ValueError, match="nan"):
        store.save([Change("s1", 0, b"-", 1.0), Change("s2", 0, b"-", float("nan"))])

    assert store.load(["s1", "s2"]) == [None, None]


def test_without_the_library_the_extra_is_named() -> None:
    code = "import sys; sys.modules['redis'] = None; import video_tracker.stores.redis"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert done.stderr.splitlines()[-1] == (
        b"ImportError: RedisStore needs redis-py: pip install video-tracker[redis]"
    )


# -- what expires ----------------------------------------------------------------------------------


def test_a_viewer_expires_long_after_his_deadline_and_without_one_never(
    server: RedisServer,
) -> None:
    prefix, now = next(_PREFIXES), time.time()
    store = RedisStore(server.address, prefix=prefix, partitions=1, ttl=1000.0)
    deadlines = {"past": 5.0, "soon": now + 60, "late": now + 5000, "ever": None}
    for key, deadline in deadlines.items():
        store.save([Change(key, 0, b"-", deadline)])
    store.save([Change("both", 0, b"-", 5.0), Change("kinds", 0, b"-", float("inf"))])
    with Redis.from_url(server.address) as one:
        expiry = {key: one.pexpiretime(f"{{{prefix}:0}}:viewer:{key}") / 1000 for key in deadlines}
        both = one.pexpiretime(f"{{{prefix}:0}}:viewer:both") / 1000

    assert expiry["past"] == pytest.approx(now + 1000, abs=30)
    assert expiry["soon"] == pytest.approx(now + 60 + 1000, abs=0.01)
    assert expiry["late"] == pytest.approx(now + 5000 + 1000, abs=0.01)
    assert expiry["ever"] == -0.001
    assert both > now + 1e9


def test_of_who_expired_no_deadline_is_left(server: RedisServer) -> None:
    store = RedisStore(server.address, prefix=next(_PREFIXES), partitions=PARTITIONS, ttl=0.05)
    store.save([Change("s1", 0, b"-", 5.0)])
    assert within(5, lambda: store.load(["s1"]) == [None])
    sessions = SharedSessions(store)

    assert [sessions.wake(10.0), sessions.wake(1000.0)] == [1, 0]


def test_a_label_expires_long_after_its_last_end(server: RedisServer) -> None:
    prefix, now = next(_PREFIXES), time.time()
    store = RedisStore(server.address, prefix=prefix, ttl=1000.0)
    store.mark([Mark("asset:film", "s1", now + 50), Mark("asset:film", "s2", now + 20)])
    store.mark([Mark("asset:film", "s2", now + 30)])
    store.grant("account:1", "s1", 1, now + 70, now)
    with Redis.from_url(server.address) as one:
        stays = [one.pttl(f"{prefix}:live:{label}") / 1000 for label in ("asset:film", "account:1")]

    assert stays == pytest.approx([1050, 1070], abs=20)


# -- who dies --------------------------------------------------------------------------------------


def order(run: Run, server: RedisServer, owner: str, way: str = "lease", **more: Any) -> Order:
    return Order(run, ("redis", server.address, PARTITIONS), way, owner, **more)


def is_over(run: Run, store: Store) -> bool:
    """Whether all has been said, and nobody is left."""
    return len(messages(store)) >= run.messages and not any(store.load(list(run.openings)))


def has_said(words: Path, word: str) -> bool:
    return word in words.read_text()


def some_way(store: Store, many: int) -> bool:
    return within(20, lambda: len(messages(store)) >= many)


@pytest.mark.crash
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_server_that_goes_and_comes_back(
    run: Run, own_server: RedisServer, tmp_path: Path, end: str
) -> None:
    store = RedisStore(own_server.address, partitions=PARTITIONS)
    with (
        child_worker(tmp_path, order(run, own_server, "one")),
        child_worker(tmp_path, order(run, own_server, "two")),
    ):
        for many in (60, 140):
            assert some_way(store, many)
            getattr(own_server, end)()
            own_server.start()
        assert within(30, lambda: is_over(run, store))

    assert run.faults(store) == []


@pytest.mark.crash
def test_a_server_that_comes_back_without_what_it_wrote_last(
    run: Run, own_server: RedisServer
) -> None:
    """The worker is ahead of it, with viewers that it holds in memory: it begins from the store."""
    store = RedisStore(own_server.address, partitions=PARTITIONS)
    log = ListLog(run.entries, PARTITIONS, run.end)
    worker = LogWorker(SharedSessions(store, run.openings.__getitem__), log, "w", batch=20)
    for _ in range(4):
        worker.work_on_all()
    before = len(messages(store))
    own_server.kill()
    own_server.tear(0.4)
    own_server.start()
    assert len(messages(store)) < before
    turns = iter(range(1000))
    while not is_over(run, store) and next(turns) < 999:
        worker.work_on_all()

    assert run.faults(store) == []


@pytest.mark.crash
@pytest.mark.parametrize("share", [0.3, 1.0])
def test_who_keeps_a_lease_over_a_server_that_forgot_his_write_has_lost_it(
    own_server: RedisServer, share: float
) -> None:
    """Even where it forgot the lease with it."""
    store = RedisStore(own_server.address, partitions=PARTITIONS)
    lease = store.lease(0, "one", 30.0)
    assert lease is not None
    for number in range(8):
        store.save([Change("s1", 0, b"-" * 500, 1.0, (record(number),))], lease, str(number))
    own_server.kill()
    own_server.tear(share)
    own_server.start()
    kept = store.lease(0, "one", 30.0)

    assert kept is not None
    assert kept.epoch > lease.epoch
    assert (kept.offset is None) == (share == 1.0)
    assert int(kept.offset or 0) < 7
    with pytest.raises(LeaseLostError):
        store.save([Change("s1", 0, b"-", 1.0, (record(9),))], lease, "9")
    assert "s1-9" not in messages(store)


def test_a_lease_that_ran_out_is_lost_even_while_nobody_takes_it(store: RedisStore) -> None:
    lease = store.lease(0, "one", 0.05)
    assert lease is not None
    time.sleep(0.1)

    with pytest.raises(LeaseLostError, match="partition 0 is no longer one's"):
        store.save([Change("s1", 0, b"-")], lease)
    assert store.load(["s1"], 0) == [None]


@pytest.mark.crash
def test_a_worker_that_is_killed_is_followed_by_another(
    run: Run, own_server: RedisServer, tmp_path: Path
) -> None:
    store = RedisStore(own_server.address, partitions=PARTITIONS)
    with child_worker(tmp_path, order(run, own_server, "one", seconds=0.5)) as (first, _):
        assert some_way(store, 80)
        first.kill()
        first.wait()
    left = len(messages(store))
    with child_worker(tmp_path, order(run, own_server, "two", seconds=0.5)):
        assert within(30, lambda: is_over(run, store))

    assert left < run.messages
    assert run.faults(store) == []


@pytest.mark.crash
def test_the_late_write_of_a_worker_that_stood_still_is_refused(
    run: Run, own_server: RedisServer, tmp_path: Path
) -> None:
    store = RedisStore(own_server.address, partitions=PARTITIONS)
    with child_worker(tmp_path, order(run, own_server, "one", seconds=0.5, batch=1)) as (
        first,
        words,
    ):
        assert some_way(store, 80)
        first.send_signal(signal.SIGSTOP)
        with child_worker(tmp_path, order(run, own_server, "two", seconds=0.5)) as (second, _):
            assert some_way(store, 150)
            first.send_signal(signal.SIGCONT)
            assert within(20, functools.partial(has_said, words, "lost"))
            assert within(30, lambda: is_over(run, store))
            assert second.poll() is None

    assert run.faults(store) == []


@pytest.mark.crash
def test_two_servers_that_feed_the_same_viewers_at_once(
    own_server: RedisServer, tmp_path: Path
) -> None:
    """Every beacon is taken once; in which order they come, the window makes good (S68)."""
    run = run_of(100, 6, change=patient, dialects=("html5",), videojs=())
    store = RedisStore(own_server.address, partitions=PARTITIONS)
    orders = [
        order(run, own_server, f"w{number}", "share", batch=10, share=(number, 2))
        for number in range(2)
    ]
    with child_worker(tmp_path, orders[0]) as one, child_worker(tmp_path, orders[1]) as other:
        for _, words in (one, other):
            assert within(30, functools.partial(has_said, words, "ready"))
        (tmp_path / "go").touch()
        assert [process.wait(60) for process, _ in (one, other)] == [0, 0]
        conflicts = sum(int(words.read_text().split()[-1]) for _, words in (one, other))
    taken = {}
    for key, stored in zip(run.openings, store.load(list(run.openings)), strict=True):
        assert stored is not None
        intake = unpack(stored.snapshot, key, run.openings[key]).intake
        taken[key] = 0 if intake is None else intake.count.received
    sent = dict.fromkeys(run.openings, 0)
    for key, arrival in run.entries:
        sent[key] += len(arrival.said)
    wake_all(SharedSessions(store, run.openings.__getitem__), run.end)

    assert taken == sent
    assert conflicts > 0
    assert run.faults(store) == []


def patient(each: Opening) -> Opening:
    """One that waits for what is missing, so that the order of arrival changes nothing."""
    return attrs.evolve(each, window_seconds=10_000.0, window_items=10_000, window_bytes=10**7)
