"""The store in PostgreSQL, before a real server: whoever is killed, each message goes out once."""

import contextlib
import functools
import io
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import psycopg
import psycopg_pool
import pytest

from tests.examples.servers import ROOT, within
from tests.stores.postgres_server import PostgresServer, postgres_server
from tests.stores.postgres_workers import (
    AFTERWARDS,
    PARTITIONS,
    MadeUpLog,
    arrival,
    hot,
    log,
    rounds,
    worker,
)
from tests.test_docs import blocks
from video_tracker.errors import PolicyError, StoreError
from video_tracker.keyed import Viewer, pack, unpack, viewer_of
from video_tracker.record import Record
from video_tracker.stores import Change, Mark, SharedSessions, Store, Stored, partition_of
from video_tracker.stores.postgres import PostgresStore, tables
from video_tracker.testing.keyed import Came, differences, opening, oracle
from video_tracker.testing.stores import StoreConformance

SCHEMAS = (f"tables_{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as started:
        yield started


@pytest.fixture(scope="module")
def made(server: PostgresServer) -> Iterator[PostgresStore]:
    store = PostgresStore(server.conninfo, schema=next(SCHEMAS), partitions=PARTITIONS)
    store.create_tables()
    yield store
    store.close()


@pytest.fixture
def store(server: PostgresServer, made: PostgresStore) -> PostgresStore:
    """One that is empty: new tables would take the server longer than most tests."""
    with psycopg.connect(server.conninfo) as emptying:
        for table in ("viewers", "leases", "outbox", "live"):
            emptying.execute(f"DELETE FROM {made.schema}.{table}")
    return made


class TestPostgresStore(StoreConformance):
    @pytest.fixture(autouse=True)
    def _new(self, store: PostgresStore) -> None:
        self._store = store

    def store(self) -> Store:
        return self._store


class TestWithAPoolOfYourOwn(StoreConformance):
    """A plain one: transactions that wait for their commit, and rows that are no tuples."""

    @pytest.fixture(autouse=True)
    def _new(self, server: PostgresServer, store: PostgresStore) -> Iterator[None]:
        told = {"row_factory": psycopg.rows.dict_row}
        with psycopg_pool.ConnectionPool(server.conninfo, kwargs=told, open=True) as pool:
            self._store = PostgresStore(pool, schema=store.schema, partitions=PARTITIONS)
            yield
            self._store.close()
            assert not pool.closed

    def store(self) -> Store:
        return self._store


# -- what is held together, and what is refused ----------------------------------------------------


def test_tables_may_be_made_by_many_at_once_and_again(server: PostgresServer) -> None:
    schema = next(SCHEMAS)

    def make() -> None:
        with contextlib.closing(
            PostgresStore(server.conninfo, schema=schema, partitions=3)
        ) as store:
            store.create_tables()
            store.create_tables()
            loaded.append(store.load(["s1"]))

    loaded: list[list[Stored | None]] = []
    hands = [threading.Thread(target=make) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert loaded == [[None]] * 4


def test_another_number_of_partitions_than_that_of_the_tables_is_refused(
    server: PostgresServer, store: PostgresStore
) -> None:
    other = PostgresStore(server.conninfo, schema=store.schema, partitions=PARTITIONS + 1)
    with contextlib.closing(other), pytest.raises(PolicyError, match="for 4 partitions, not for 5"):
        other.create_tables()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"partitions": 0}, "partitions must be 1 to 32,767, not 0"),
        ({"partitions": 40_000}, "partitions must be 1 to 32,767, not 40000"),
        ({"connections": 0}, "one connection or more, not 0"),
        ({"schema": 'public"; --'}, "a schema is named as video_tracker is, not"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(PolicyError, match=words):
        PostgresStore("host=nowhere", **wrong)


def test_absent_tables_are_told_with_what_makes_them(server: PostgresServer) -> None:
    words = r"does not exist.*: create_tables\(\) makes them"
    with (
        contextlib.closing(PostgresStore(server.conninfo, schema="nothing_here")) as store,
        pytest.raises(StoreError, match=words),
    ):
        store.load(["s1"])


def test_the_page_on_it_shows_what_happens(server: PostgresServer) -> None:
    shown = blocks(ROOT / "docs" / "how-to" / "postgres.md")
    assert shown[1].body == tables()
    module = types.ModuleType("page")
    printed = ""
    for block in shown:
        if block.language == "py":
            code = block.body.replace("postgresql://tracker@db.internal/video", server.conninfo)
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(compile(code, "postgres.md", "exec"), vars(module))
            printed = output.getvalue()
        elif block.language == "text":
            assert printed == block.body
    vars(module)["store"].close()


def test_a_batch_is_written_whole_or_not_at_all(store: PostgresStore) -> None:
    """What the server cannot take - a NUL in the log's offset - undoes the rest."""
    lease = store.lease(0, "one", 30.0)
    assert lease is not None
    with pytest.raises(StoreError):
        store.save([Change("s1", 0, b"-", 5.0, (Record("m", "s1", "e", b"{}"),))], lease, "\0")

    assert (store.load(["s1"], 0), store.outgoing(0, 9), store.due(9.0, 9)) == ([None], [], [])


def test_what_changes_with_each_beacon_is_in_no_index(server: PostgresServer) -> None:
    """A deadline that moves away lets the alarm be; the row's new version needs no index entry."""
    store = PostgresStore(server.conninfo, schema=next(SCHEMAS), partitions=PARTITIONS)
    store.create_tables()
    keys = [f"s{number}" for number in range(50)]
    for version in range(10):
        changes = [Change(key, version, b"-" * 700, 10.0 + version) for key in keys]
        assert store.save(changes) == [True] * 50
    assert store.due(18.0, 99) == []  # their alarms rang
    assert sorted(store.due(19.0, 99)) == sorted(keys)

    store.close()  # the server's figures of a connection are there when it ends
    updates = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE schemaname = %s"
    with psycopg.connect(server.conninfo, autocommit=True) as asking:

        def figures() -> object:
            return asking.execute(f"{updates} AND relname = 'viewers'", [store.schema]).fetchone()

        assert within(10, lambda: figures() == (550, 450)), figures()


def test_nobody_passes_by_a_message_that_is_still_on_its_way(
    server: PostgresServer, store: PostgresStore
) -> None:
    """A number is given before its row can be seen: who reads waits for those who write."""
    first, second = (Record(name, name, "Video Playback Paused", b"{}") for name in ("s0", "s2"))
    place = partition_of("s0", PARTITIONS)
    assert partition_of("s2", PARTITIONS) == place
    with psycopg.connect(server.conninfo, autocommit=True) as hand:
        hand.execute("SELECT pg_advisory_lock(7)")
        hand.execute(f"""
            CREATE FUNCTION {store.schema}.wait() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END';
            CREATE TRIGGER slow AFTER INSERT ON {store.schema}.outbox FOR EACH ROW
                WHEN (NEW.message_id = 's0') EXECUTE FUNCTION {store.schema}.wait()""")
        slow = started(lambda: store.save([Change("s0", 0, b"-", None, (first,))]))
        asked = "SELECT count(*) FROM pg_locks WHERE objid = 7 AND NOT granted"
        assert within(10, lambda: hand.execute(asked).fetchone() == (1,))
        store.save([Change("s2", 0, b"-", None, (second,))])
        read: list[list[Record]] = []
        reader = started(lambda: read.append([each.record for each in store.outgoing(place, 9)]))
        reader.join(0.3)
        assert read == []
        hand.execute("SELECT pg_advisory_unlock(7)")
        slow.join(10)
        reader.join(10)
        hand.execute(f"DROP FUNCTION {store.schema}.wait CASCADE")

    assert read == [[first, second]]


def test_writers_in_each_others_way_never_wait_in_a_circle(
    server: PostgresServer, store: PostgresStore
) -> None:
    """They come with the same keys in any order, new ones and such as go; there is no deadlock.

    What they have written has its message, and what another was first with has none.
    """
    keys = [f"s{number}" for number in range(300)]
    written: list[str] = []

    def write(number: int) -> None:
        chance = random.Random(number)
        for turn in range(12):
            some = chance.sample(keys, 150)
            changes = [
                Change(
                    key,
                    0 if stored is None else stored.version,
                    None if stored is not None and chance.random() < 0.05 else b"-" * 300,
                    float(turn),
                    (Record(f"{number}-{turn}-{key}", key, "Video Playback Paused", b"{}"),),
                )
                for key, stored in zip(some, store.load(some), strict=True)
            ]
            done = zip(changes, store.save(changes), strict=True)
            written.extend(each.records[0].message_id for each, is_done in done if is_done)
            store.due(float(turn), 20)

    hands = [started(functools.partial(write, number)) for number in range(4)]
    for hand in hands:
        hand.join()

    every = (store.outgoing(number, 100_000) for number in range(PARTITIONS))
    found = [each.record.message_id for waiting in every for each in waiting]
    assert sorted(found) == sorted(written)
    assert len(written) > 1000
    assert "deadlock detected" not in server.said()


# -- whoever is killed -----------------------------------------------------------------------------


@functools.cache
def expected(of: Callable[[], list[Came]]) -> dict[str, list[Record]]:
    return by_session(itertools.chain.from_iterable(oracle(of()).values()))


def by_session(records: Iterable[Record]) -> dict[str, list[Record]]:
    made: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        made[record.session_id].append(record)
    return dict(made)


def assert_all_was_said_once(store: PostgresStore, wanted: dict[str, list[Record]]) -> None:
    """Each message is in the outbox once, byte for byte, and each session's in their order."""
    every = (store.outgoing(number, 100_000) for number in range(PARTITIONS))
    found = [each.record for waiting in every for each in waiting]

    assert differences(wanted, [(each.message_id, each.body) for each in found]) == []
    assert by_session(found) == wanted


def states(came: Iterable[Came], now: float) -> dict[str, bytes]:
    """The viewers of a process that keeps them all in memory."""
    viewers: dict[str, Viewer] = {}
    for each in came:
        if each.key not in viewers:
            viewers[each.key] = viewer_of(None, each.key, opening)
        viewers[each.key].take([arrival(each)])
    return {key: _at(viewer, now) for key, viewer in viewers.items()}


def stored_states(store: PostgresStore, keys: Iterable[str], now: float) -> dict[str, bytes]:
    names = list(keys)
    return {
        key: _at(unpack(stored.snapshot, key, opening(key)), now)
        for key, stored in zip(names, store.load(names), strict=True)
        if stored is not None
    }


def _at(viewer: Viewer, now: float) -> bytes:
    """How he is written down once he was read: a number such as 100 is then told as 100.0."""
    viewer.advance(now)
    return pack(unpack(pack(viewer), viewer.key, viewer.opening))


def counted(store: PostgresStore, key: str) -> int:
    """How many beacons a viewer took."""
    (stored,) = store.load([key])
    assert stored is not None
    intake = unpack(stored.snapshot, key, opening(key)).intake
    return 0 if intake is None else intake.count.received


def left_of(server: PostgresServer, store: PostgresStore) -> tuple[int, int]:
    """How many bodies of the log are not read yet, and how many viewers are kept."""
    with psycopg.connect(server.conninfo, autocommit=True) as asking:
        read = f"SELECT coalesce(sum(log_offset::int), 0) FROM {store.schema}.leases"
        kept = f"SELECT count(*) FROM {store.schema}.viewers"
        ((done,),), ((many,),) = asking.execute(read).fetchall(), asking.execute(kept).fetchall()
        return len(log()) - done, many


def started(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_server_that_is_killed_and_one_that_is_restarted(
    server: PostgresServer, store: PostgresStore
) -> None:
    read = MadeUpLog(to_the_end=False)
    over = threading.Event()
    told: list[str] = []

    def work(name: str) -> None:
        with contextlib.closing(
            PostgresStore(server.conninfo, schema=store.schema, partitions=PARTITIONS)
        ) as own:
            works = worker(own, name, read)
            while not over.is_set():
                try:
                    works.work_on_all()
                except StoreError as error:
                    told.append(str(error))
                    time.sleep(0.02)
            works.close()

    hands = [started(functools.partial(work, name)) for name in ("one", "two")]
    try:
        for share, how in ((0.8, signal.SIGKILL), (0.5, signal.SIGINT), (0.2, signal.SIGKILL)):
            assert within(
                60, functools.partial(lambda s: left_of(server, store)[0] <= len(log()) * s, share)
            )
            assert left_of(server, store)[0] > 0
            server.stop(how)
            server.start()
        assert within(60, lambda: left_of(server, store)[0] == 0)
        end = log()[-1].received_at
        keys = {each.key for each in log()}
        assert stored_states(store, keys, end) == states(log(), end)
        read.to_the_end()
        assert within(60, lambda: left_of(server, store) == (0, 0))
    finally:
        over.set()
        for hand in hands:
            hand.join()

    assert told  # somebody was in the middle of something
    assert_all_was_said_once(store, expected(log))


@contextlib.contextmanager
def process(
    role: str, server: PostgresServer, store: PostgresStore, name: str
) -> Iterator["subprocess.Popen[str]"]:
    """A worker that has begun."""
    command = [sys.executable, "-m", "tests.stores.postgres_workers", role]
    made = subprocess.Popen(
        [*command, server.conninfo, store.schema, name],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    with made:
        try:
            assert made.stdout is not None
            assert made.stdout.readline() == "here\n"
            yield made
        finally:
            made.kill()


def holder(server: PostgresServer, store: PostgresStore) -> str:
    """Who holds the first partition."""
    with psycopg.connect(server.conninfo, autocommit=True) as asking:
        asked = f"SELECT owner FROM {store.schema}.leases WHERE partition = 0"
        ((name,),) = asking.execute(asked).fetchall()
        return str(name)


def test_a_worker_that_is_killed(server: PostgresServer, store: PostgresStore) -> None:
    with process("log", server, store, "one") as one, process("log", server, store, "two") as two:
        assert within(60, lambda: left_of(server, store)[0] < len(log()) * 0.7)
        victim, heir = (one, two) if holder(server, store) == "one" else (two, one)
        victim.kill()
        victim.wait()
        assert left_of(server, store)[0] > 0
        assert within(60, lambda: left_of(server, store) == (0, 0))
        assert heir.poll() is None

    assert_all_was_said_once(store, expected(log))


def test_a_worker_that_stands_still_past_its_lease(
    server: PostgresServer, store: PostgresStore
) -> None:
    """It has the third step made and is about to write it; when it goes on, another has done so."""
    with process("stalling", server, store, "one") as one:
        _, status = os.waitpid(one.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        assert left_of(server, store)[0] > 0
        works = worker(store, "two", MadeUpLog())
        assert within(60, lambda: not works.work_on_all() and left_of(server, store) == (0, 0))
        os.kill(one.pid, signal.SIGCONT)
        assert one.stdout is not None
        assert one.stdout.readline() == "refused\n"

    assert_all_was_said_once(store, expected(log))


def test_two_who_write_to_the_same_viewers(server: PostgresServer, store: PostgresStore) -> None:
    """Each beacon is applied once, whoever is first; who is second does it again."""
    conflicts = 0
    with process("writer", server, store, "0") as one, process("writer", server, store, "1") as two:
        for _ in rounds():
            for each in (one, two):
                assert each.stdin is not None
                each.stdin.write("go on\n")
            lost = [each.stdout.readline() for each in (one, two) if each.stdout is not None]
            conflicts = sum(map(int, lost))
    end = hot()[-1].received_at
    keys = {each.key for each in hot()}
    assert conflicts > 0
    received = Counter(came.key for came in hot() for _ in arrival(came).said)
    assert {key: counted(store, key) for key in keys} == received

    sessions = SharedSessions(store, opening)
    while sessions.wake(end + AFTERWARDS):
        pass
    assert store.load(sorted(keys)) == [None] * len(keys)
    assert_all_was_said_once(store, expected(hot))


def test_a_late_answer_of_a_server_is_an_error_and_no_wrong_answer(
    server: PostgresServer, store: PostgresStore
) -> None:
    """While it is away every method says so; when it is back, the same store goes on."""
    store.save([Change("s1", 0, b"here", 10.0)])
    lease = store.lease(0, "one", 60.0)
    assert lease is not None
    asks: list[Callable[[], object]] = [
        lambda: store.load(["s1"]),
        lambda: store.save([Change("s1", 1, b"-")]),
        lambda: store.save([], lease, "7"),
        lambda: store.due(99.0, 9),
        lambda: store.lease(1, "one", 9.0),
        lambda: store.give_up(lease),
        lambda: store.outgoing(0, 9),
        lambda: store.sent(0, [1]),
        lambda: store.mark([Mark("asset:a", "s1", 9.0)]),
        lambda: store.grant("asset:a", "s1", 1, 9.0, 0.0),
        lambda: store.live("asset:a", 0.0),
        lambda: store.count("asset:a", 0.0),
        store.create_tables,
    ]
    server.stop(signal.SIGKILL)
    try:
        for ask in asks:
            with pytest.raises(StoreError, match=r"^PostgreSQL: "):
                ask()
    finally:
        server.start()

    assert store.load(["s1"]) == [Stored(1, b"here")]
    assert store.due(99.0, 9) == ["s1"]
