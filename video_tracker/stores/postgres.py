"""A store in PostgreSQL: what was answered is not lost, and a step is one statement.

The server begins with a ``save`` when it has the whole of it. So who stalls or dies on his way
holds no lock, and leaves nothing half done.
"""

import contextlib
import select
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol, TypeAlias

try:
    import psycopg
    from psycopg.rows import tuple_row
except ImportError as error:
    raise ImportError("PostgresStore needs psycopg: pip install video-tracker[postgres]") from error

from video_tracker.errors import PolicyError, StoreError
from video_tracker.record import new_record
from video_tracker.stores.base import (
    CLAIM,
    Change,
    Lease,
    LeaseLostError,
    Mark,
    Outgoing,
    Stored,
    partition_of,
)
from video_tracker.stores.postgres_sql import GATES, Statements, tables

__all__ = ["PostgresStore", "tables"]

Connection: TypeAlias = psycopg.Connection[Any]
Parameters: TypeAlias = dict[str, Any]

_TRIES: Final = 5
"""So often a statement is run that the server took back for another's sake."""
_TAKEN_BACK: Final = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
_MOST_PARTITIONS: Final = 32_767
_SETTINGS: Final = (
    # A plan that is made once stays good, however a table grows.
    b"SET enable_seqscan = off",
    # Where there is no index a plan seems so dear then that it is compiled, in 70 ms.
    b"SET jit = off",
    b"SET plan_cache_mode = force_generic_plan",
    # Who waited for a lock sees what was done meanwhile.
    b"SET default_transaction_isolation = 'read committed'",
)

_ALONE: Final = b"SELECT pg_advisory_xact_lock(%(space)s::integer, %(what)s::integer)"


class Pool(Protocol):
    """What lends connections, as ``psycopg_pool.ConnectionPool`` does."""

    def connection(self) -> AbstractContextManager[Connection]:
        """One for a block, whose transaction ends with it."""
        ...


class PostgresStore:
    """Viewers in PostgreSQL 15 or newer; safe for threads, and for any number of processes.

    A process that forks makes its store afterwards.

    Args:
        server: How to connect (``postgresql://user@host/db`` or ``host=... dbname=...``); or your
            own ``psycopg_pool.ConnectionPool``, which stays yours. There nothing is prepared and no
            setting changed: it costs more, may lead through pgbouncer, and must be READ COMMITTED,
            as PostgreSQL is by default.
        schema: In which schema the tables stand: a small letter or ``_``, then also digits.
        partitions: Into how many parts the keys fall, up to 32,767; fixed for as long as the tables
            live.
        connections: How many are open at once at most.

    Raises:
        PolicyError: A limit or the schema's name is impossible.
    """

    def __init__(
        self,
        server: str | Pool,
        *,
        schema: str = "video_tracker",
        partitions: int = 64,
        connections: int = 16,
    ) -> None:
        if not 1 <= partitions <= _MOST_PARTITIONS:
            raise PolicyError(f"partitions must be 1 to {_MOST_PARTITIONS:,}, not {partitions!r}")
        if connections < 1:
            raise PolicyError(f"a store has one connection or more, not {connections!r}")
        self._sql: Final = Statements(schema)
        self.schema: Final = schema
        self._space: Final = _signed(zlib.crc32(schema.encode()))
        self.partitions: Final = partitions
        pool = _Connections(server, connections) if isinstance(server, str) else server
        self._pool: Final[Pool] = pool
        self._own: Final = pool if isinstance(pool, _Connections) else None
        self._prepare: Final = self._own is not None

    def create_tables(self) -> None:
        """Make the tables, where they are not there yet; any number of processes may at once.

        Raises:
            PolicyError: They were made for another number of partitions.
            StoreError: The server cannot be reached, or does not allow it.
        """
        told: Parameters = {"partitions": self.partitions}

        def make(connection: Connection) -> list[Any]:
            with connection.transaction():
                connection.execute(_ALONE, {"space": self._space, "what": -1})
                connection.execute(self._sql.tables)
                connection.execute(self._sql.set_partitions, told)
                return _cursor(connection).execute(self._sql.get_partitions).fetchall()

        ((partitions,),) = self._tried(make)
        if partitions != self.partitions:
            raise PolicyError(
                f"the tables in {self.schema} are for {partitions} partitions, "
                f"not for {self.partitions}"
            )

    def load(self, keys: Sequence[str], partition: int | None = None) -> list[Stored | None]:
        """Look up viewers; see :class:`~video_tracker.stores.Store`."""
        if not keys:
            return []
        written = [_utf8(key) for key in keys]
        places = [self._place(key, partition) for key in keys]
        rows = self._run(self._sql.load, {"partitions": places, "keys": written})
        found = {key: Stored(version, snapshot) for key, version, snapshot in rows}
        return [found.get(key) for key in written]

    def save(
        self, changes: Sequence[Change], lease: Lease | None = None, offset: str | None = None
    ) -> list[bool]:
        """Write viewers, their deadlines and their messages."""
        if lease is not None:
            self._save_under(lease, changes, offset)
            return [True] * len(changes)
        if not changes:
            return []
        places = [partition_of(change.key, self.partitions) for change in changes]
        keys = [_utf8(change.key) for change in changes]
        order = sorted(range(len(changes)), key=lambda n: (places[n], keys[n]))
        ordered = [changes[n] for n in order]
        rows = self._run(
            self._sql.save,
            {
                "space": self._space,
                "gates": sorted(
                    {places[n] % GATES for n, each in enumerate(changes) if each.records}
                ),
                "numbers": order,
                "partitions": [places[n] for n in order],
                "keys": [keys[n] for n in order],
                "versions": [each.version for each in ordered],
                "snapshots": [each.snapshot for each in ordered],
                "deadlines": [_seconds(each.deadline) for each in ordered],
                **_messages(changes),
            },
        )
        written = {number for (number,) in rows}
        return [number in written for number in range(len(changes))]

    def _save_under(self, lease: Lease, changes: Sequence[Change], offset: str | None) -> None:
        kept = [(_utf8(each.key), each) for each in changes if each.snapshot is not None]
        gone = [_utf8(each.key) for each in changes if each.snapshot is None]
        rows = self._run(
            self._sql.save_under_lease,
            {
                "space": self._space,
                "partition": lease.partition,
                "kind": lease.kind,
                "epoch": lease.epoch,
                "seconds": lease.seconds,
                "offset": offset,
                "keys": [key for key, _ in kept],
                "snapshots": [each.snapshot for _, each in kept],
                "deadlines": [_seconds(each.deadline) for _, each in kept],
                "gone": gone,
                **_messages(changes),
            },
        )
        if rows != [(1,)]:
            raise LeaseLostError(f"partition {lease.partition} is no longer {lease.owner}'s")

    def due(
        self, now: float, most: int, partition: int | None = None, claim: float = CLAIM
    ) -> list[str]:
        """Keys whose deadline has come, and which nobody else is given for a while."""
        told = {"now": float(now), "claim": float(claim), "most": most, "partition": partition}
        rows = self._run(self._sql.due[partition is not None, claim > 0], told)
        return [_text(key) for (key,) in rows]

    def lease(self, partition: int, owner: str, seconds: float, kind: str = "log") -> Lease | None:
        """Take a partition, or keep it; None while it is another's."""
        rows = self._run(
            self._sql.lease,
            {"partition": partition, "kind": kind, "owner": owner, "seconds": seconds},
        )
        for epoch, offset in rows:
            return Lease(partition, kind, owner, epoch, seconds, offset)
        return None

    def give_up(self, lease: Lease) -> None:
        """Let go of a lease before its time."""
        told = {"partition": lease.partition, "kind": lease.kind, "epoch": lease.epoch}
        self._run(self._sql.give_up, told)

    def outgoing(self, partition: int, most: int, after: int = 0) -> list[Outgoing]:
        """Messages that wait to be sent, in their order."""
        rows = self._run_alone(
            (self._space, partition % GATES),
            self._sql.outgoing,
            {"partition": partition, "most": most, "after": after},
        )
        return [
            Outgoing(number, new_record(_text(message), _text(session), _text(event), body))
            for number, message, session, event, body in rows
        ]

    def sent(self, partition: int, numbers: Sequence[int]) -> None:
        """Let go of messages that were sent."""
        self._run(self._sql.sent, {"partition": partition, "numbers": list(numbers)})

    def mark(self, marks: Sequence[Mark]) -> None:
        """Note who counts as live."""
        last = {(_utf8(mark.label), _utf8(mark.key)): mark.until for mark in marks}
        told = sorted(last)
        if told:
            self._run(
                self._sql.mark,
                {
                    "labels": [label for label, _ in told],
                    "keys": [key for _, key in told],
                    "untils": [_seconds(last[each]) for each in told],
                },
            )

    def grant(self, label: str, key: str, most: int, until: float, now: float) -> bool:
        """Let a viewer count as live until then, unless as many others already do."""
        name = _utf8(label)
        told = {"label": name, "key": _utf8(key), "most": most, "until": until, "now": now}
        space = self._space ^ 1  # not that of the gates
        rows = self._run_alone((space, _signed(zlib.crc32(name))), self._sql.grant, told)
        return bool(rows)

    def live(self, label: str, now: float) -> list[str]:
        """The keys that count as live under a label, in the order in which they will end."""
        rows = self._run(self._sql.live, {"label": _utf8(label), "now": now})
        return [_text(key) for (key,) in rows]

    def count(self, label: str, now: float) -> int:
        """How many they are."""
        ((many,),) = self._run(self._sql.count, {"label": _utf8(label), "now": now})
        return int(many)

    def close(self) -> None:
        """Let go of connections; a pool of your own stays open."""
        if self._own is not None:
            self._own.close()

    # -- how a statement is run ----------------------------------------------------------------

    def _place(self, key: str, partition: int | None) -> int:
        return partition_of(key, self.partitions) if partition is None else partition

    def _run(self, statement: bytes, told: Parameters) -> list[Any]:
        """Run one statement, which is a transaction; its rows, if it is one that has any."""

        def run(connection: Connection) -> list[Any]:
            cursor = _cursor(connection).execute(statement, told, prepare=self._prepare)
            return [] if cursor.description is None else cursor.fetchall()

        return self._tried(run)

    def _run_alone(self, lock: tuple[int, int], statement: bytes, told: Parameters) -> list[Any]:
        """Run a statement while nobody else holds a lock, and seeing all that they did; its rows.

        All goes to the server in one piece, so that the lock waits for nobody.
        """
        held = dict(zip(("space", "what"), lock, strict=True))

        def run(connection: Connection) -> list[Any]:
            with connection.pipeline(), connection.transaction():
                connection.execute(_ALONE, held, prepare=self._prepare)
                cursor = _cursor(connection).execute(statement, told, prepare=self._prepare)
                return cursor.fetchall()

        return self._tried(run)

    def _tried(self, run: Callable[[Connection], list[Any]]) -> list[Any]:
        """Run it again where the server took it back; what else fails is told."""
        for left in reversed(range(_TRIES)):
            try:
                with self._pool.connection() as connection:
                    return run(connection)
            except _TAKEN_BACK as error:
                if not left:
                    raise _told(error) from error
            except psycopg.Error as error:
                raise _told(error) from error
        raise AssertionError("the last try returns or raises")


class _Connections:
    """Connections that are opened when they are needed and kept; one that broke is opened anew.

    Who asks while the server is away is told so at once, with the server's own words.
    """

    def __init__(self, conninfo: str, most: int) -> None:
        self._conninfo = conninfo
        self._free = threading.BoundedSemaphore(most)
        self._idle: list[Connection] = []

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """One for the block, back to a clean state behind it."""
        with self._free:
            connection = self._taken()
            try:
                yield connection
            finally:
                if connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
                    self._idle.append(connection)
                else:
                    connection.close()

    def _taken(self) -> Connection:
        with contextlib.suppress(IndexError):
            while True:
                connection = self._idle.pop()
                if not _is_readable(connection):
                    return connection
                connection.close()  # nothing was asked, so it says that it ends
        connection = psycopg.connect(self._conninfo, autocommit=True)
        for setting in _SETTINGS:
            connection.execute(setting)
        return connection

    def close(self) -> None:
        """Close what nobody uses."""
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()


def _is_readable(connection: Connection) -> bool:
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))


def _cursor(connection: Connection) -> "psycopg.Cursor[tuple[Any, ...]]":
    return connection.cursor(binary=True, row_factory=tuple_row)


def _told(error: psycopg.Error) -> StoreError:
    hint = (
        ": create_tables() makes them" if isinstance(error, psycopg.errors.UndefinedTable) else ""
    )
    reason = " ".join(str(error).split()) or type(error).__name__
    return StoreError(f"PostgreSQL: {reason:.300}{hint}")


def _messages(changes: Iterable[Change]) -> Parameters:
    """The messages of changes, each with its change's number."""
    waiting = [(n, record) for n, change in enumerate(changes) for record in change.records]
    return {
        "of": [n for n, _ in waiting],
        "ids": [_utf8(record.message_id) for _, record in waiting],
        "sessions": [_utf8(record.session_id) for _, record in waiting],
        "events": [_utf8(record.event) for _, record in waiting],
        "bodies": [record.body for _, record in waiting],
    }


def _utf8(text: str) -> bytes:
    """Any text, also such as PostgreSQL takes for none: with a NUL, with half a surrogate pair."""
    return text.encode("utf-8", "surrogatepass")


def _text(utf8: bytes) -> str:
    return utf8.decode("utf-8", "surrogatepass")


def _seconds(at: float | None) -> float | None:
    return None if at is None else float(at)


def _signed(number: int) -> int:
    """The same 32 bits as PostgreSQL's integer."""
    return number - (1 << 32) if number >> 31 else number
