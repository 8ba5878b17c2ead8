"""Viewers in Redis: any number of processes, on one server or on a Redis Cluster.

Whatever lies in one partition has one hash tag, so that a script can move it in one step::

    {vt:17}:viewer:<key>   a string: 12 digits of version, 8 bytes of who wrote it, the snapshot
    {vt:17}:deadlines      a sorted set: the viewers' own names, by the time at which they are due
    {vt:17}:outbox         a stream: id, session, event and body of each message
    {vt:17}:lease:<kind>   a hash: owner, epoch, until, seconds, token and offset
    {vt:17}:log            a stream: what RedisStreamLog reads
    vt:live:<label>        a sorted set: who counts as live, by the time at which that ends

Each write bears a token of its own. By it a script knows a write that is only sent again after its
answer was lost, and a lease knows that its server came back without its last second: whoever holds
it then begins anew from what is stored.
"""

import math
import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from video_tracker.errors import PolicyError, StoreError, StoreFullError
from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Arrival
from video_tracker.record import Record
from video_tracker.stores import redis_scripts as scripts
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
from video_tracker.stores.log_worker import Read

try:
    from redis import Redis, RedisCluster
    from redis.backoff import ExponentialWithJitterBackoff
    from redis.exceptions import NoScriptError, OutOfMemoryError, RedisClusterException, RedisError
    from redis.retry import Retry
except ImportError as error:
    raise ImportError("RedisStore needs redis-py: pip install video-tracker[redis]") from error

__all__ = ["RedisStore", "RedisStreamLog"]

Command: TypeAlias = tuple[Any, ...]
_Due: TypeAlias = tuple[float, bytes, int]
"""A deadline, the viewer's name, and the place of his partition among those that are asked."""

_TTL: Final = 30 * 86_400.0
"""Seconds past his deadline after which a viewer is let go whom nobody looks after."""
_TIMEOUT: Final = 5.0
"""Seconds for which an answer is awaited."""
_TRIES: Final = 2
"""So often a command is sent again whose connection failed; that does no harm, for its token."""
_LATEST: Final = 1e11
"""Seconds beyond any date: later than this nothing expires."""
_DIGITS: Final = 12
_HEAD: Final = _DIGITS + 8
_SEQUENCES: Final = 1 << 22
"""Messages of one millisecond. With the milliseconds before it, a number stays below 2**63."""


class RedisStore:
    """Viewers in Redis; safe for threads and processes. It needs ``[redis]``.

    Args:
        client: The server's address (``redis://127.0.0.1:6379/0``, ``unix:///run/redis.sock``), or
            a client of redis-py, for other timeouts than those of 5 seconds or for a Redis Cluster.
        prefix: With what the names of all keys begin, without braces.
        partitions: Into how many parts the keys fall: the same for all who use the store.
        ttl: Seconds past his deadline after which a viewer is let go whom nobody has looked after:
            longer than all workers may ever stand still at once. None: never. A viewer without a
            deadline stays.

    Raises:
        ImportError: redis-py is not there.
        PolicyError: No partition, a brace in the prefix, no time to live, or a client that decodes
            what it reads.
    """

    def __init__(
        self,
        client: str | Redis | RedisCluster,
        *,
        prefix: str = "vt",
        partitions: int = 64,
        ttl: float | None = _TTL,
    ) -> None:
        if partitions < 1:
            raise PolicyError(f"a store has one partition or more, not {partitions!r}")
        if set(prefix) & set("{}"):
            raise PolicyError(f"a prefix has no braces: {prefix!r:.80}")
        if ttl is not None and not ttl > 0:
            raise PolicyError(f"a time to live is more than zero, not {ttl!r}")
        self.partitions: Final = partitions
        self._owned = isinstance(client, str)
        self._client: Any = _connected(client) if isinstance(client, str) else client
        if self._client.get_encoder().decode_responses:
            raise PolicyError("snapshots are bytes: a client without decode_responses is needed")
        # A cluster has no transaction over several of its servers.
        self._at_once = not isinstance(client, RedisCluster)
        self._prefix = prefix
        self._heads = [
            f"{{{prefix}:{number}}}:viewer:".encode("utf-8", "surrogatepass")
            for number in range(partitions)
        ]
        self._ttl = _milliseconds(_LATEST if ttl is None else ttl)
        self._turns = [threading.Lock() for _ in range(partitions)]
        self._tokens: dict[tuple[int, str], tuple[int, bytes]] = {}

    def load(self, keys: Sequence[str], partition: int | None = None) -> list[Stored | None]:
        """Look up viewers; see :class:`~video_tracker.stores.Store`."""
        found: list[Stored | None] = [None] * len(keys)
        names = [key.encode("utf-8", "surrogatepass") for key in keys]
        places = self._places(keys, partition)
        commands = [
            ("MGET", *[self._heads[number] + names[place] for place in own])
            for number, own in places.items()
        ]
        for own, values in zip(places.values(), self._ask(commands), strict=True):
            for place, value in zip(own, values, strict=True):
                if value is not None:
                    found[place] = _stored(value)
        return found

    def save(
        self, changes: Sequence[Change], lease: Lease | None = None, offset: str | None = None
    ) -> list[bool]:
        """Write viewers, their deadlines and their messages.

        On a Redis Cluster a :class:`~video_tracker.errors.StoreError` without a lease may leave
        some of the changes written: each of them wholly or not at all.
        """
        token = os.urandom(8)
        if lease is not None:
            self._save_under(lease, changes, token, offset)
            return [True] * len(changes)
        written = [False] * len(changes)
        places = self._places([each.key for each in changes], None)
        commands = [
            self._saving(number, [changes[place] for place in own], (token, b"", b"", b""), "log")
            for number, own in places.items()
        ]
        for own, answers in zip(places.values(), self._ask(commands), strict=True):
            for place, answer in zip(own, answers, strict=True):
                written[place] = answer == 1
        return written

    def due(
        self, now: float, most: int, partition: int | None = None, claim: float = CLAIM
    ) -> list[str]:
        """Keys whose deadline has come, and which nobody else is given for a while."""
        numbers = range(self.partitions) if partition is None else (partition,)
        deadlines = [self._name(number, "deadlines") for number in numbers]
        mine: list[_Due] = []
        while True:
            found = self._found(deadlines, now, most - len(mine))
            kept = self._claimed(found, deadlines, now, now + claim) if claim > 0 else found
            mine += kept
            if len(kept) == len(found):
                return [_text(name.partition(b"}:viewer:")[2]) for _, name, _ in mine]

    def lease(self, partition: int, owner: str, seconds: float, kind: str = "log") -> Lease | None:
        """Take a partition, or keep it; None while it is another's."""
        with self._turns[partition]:
            held, known = self._tokens.get((partition, kind), (0, b""))
            lease = (self._name(partition, f"lease:{kind}"),)
            given = (_bytes(owner), _milliseconds(seconds), known, held, os.urandom(8))
            (answer,) = self._ask([_run(scripts.LEASE, lease, *given)])
            if answer is None:
                return None
            epoch, token, offset = answer
            self._tokens[partition, kind] = epoch, token
        read_to = None if offset is None else _text(offset)
        return Lease(partition, kind, owner, epoch, seconds, read_to)

    def give_up(self, lease: Lease) -> None:
        """Let go of a lease before its time."""
        name = self._name(lease.partition, f"lease:{lease.kind}")
        self._ask([_run(scripts.GIVE_UP, (name,), lease.epoch)])

    def outgoing(self, partition: int, most: int, after: int = 0) -> list[Outgoing]:
        """Messages that wait to be sent, in their order."""
        outbox = self._name(partition, "outbox")
        (found,) = self._ask([("XRANGE", outbox, _entry(after + 1), "+", "COUNT", most)])
        return [Outgoing(_number(entry), _record(fields)) for entry, fields in found]

    def sent(self, partition: int, numbers: Sequence[int]) -> None:
        """Let go of messages that were sent."""
        if numbers:
            self._ask([("XDEL", self._name(partition, "outbox"), *map(_entry, numbers))])

    def mark(self, marks: Sequence[Mark]) -> None:
        """Note who counts as live."""
        by_label: defaultdict[str, list[Mark]] = defaultdict(list)
        for mark in marks:
            by_label[mark.label].append(mark)
        commands = []
        for label, own in by_label.items():
            latest = max([0.0, *(mark.until for mark in own if mark.until is not None)])
            told = [
                each
                for mark in own
                for each in (_bytes(mark.key), b"" if mark.until is None else mark.until)
            ]
            given = (_milliseconds(latest), self._ttl, *told)
            commands.append(_run(scripts.MARK, (self._label(label),), *given))
        self._ask(commands)

    def grant(self, label: str, key: str, most: int, until: float, now: float) -> bool:
        """Let a viewer count as live until then, unless as many others already do."""
        given = (_milliseconds(until), self._ttl, now, most, _bytes(key), until)
        (granted,) = self._ask([_run(scripts.GRANT, (self._label(label),), *given)])
        return bool(granted)

    def live(self, label: str, now: float) -> list[str]:
        """The keys that count as live under a label, in the order in which they will end."""
        return [_text(key) for key in self._still(label, now, "ZRANGE", 0, -1)]

    def count(self, label: str, now: float) -> int:
        """How many they are."""
        return int(self._still(label, now, "ZCARD"))

    def close(self) -> None:
        """Let go of connections, unless the client was given; what is stored stays."""
        if self._owned:
            self._client.close()

    # -- names and commands --------------------------------------------------------------------

    def _name(self, partition: int, what: str) -> bytes:
        return _bytes(f"{{{self._prefix}:{partition}}}:{what}")

    def _label(self, label: str) -> bytes:
        return _bytes(f"{self._prefix}:live:{label}")

    def _still(self, label: str, now: float, asked: str, *given: int) -> Any:
        """What is told of a label without those whose time is over."""
        name = self._label(label)
        over = ("ZREMRANGEBYSCORE", name, "-inf", now)
        return self._ask([over, (asked, name, *given)])[1]

    def _places(self, keys: Sequence[str], partition: int | None) -> dict[int, Sequence[int]]:
        """Which of some keys lie in which partition."""
        if partition is not None:
            return {partition: range(len(keys))} if keys else {}
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            places[partition_of(key, self.partitions)].append(place)
        return dict(places)

    def _save_under(
        self, lease: Lease, changes: Sequence[Change], token: bytes, offset: str | None
    ) -> None:
        place = (lease.partition, lease.kind)
        with self._turns[lease.partition]:
            epoch, known = self._tokens.get(place, (0, b""))
            before = known if epoch == lease.epoch else b""
            # Of an offset the first letter says that there is one.
            read_to = b"" if offset is None else _bytes(f"={offset}")
            head = (token, lease.epoch, before, read_to)
            (answer,) = self._ask([self._saving(lease.partition, changes, head, lease.kind)])
            if answer is None:
                raise LeaseLostError(f"partition {lease.partition} is no longer {lease.owner}'s")
            self._tokens[place] = lease.epoch, token

    def _saving(
        self, partition: int, changes: Sequence[Change], head: tuple[Any, ...], kind: str
    ) -> Command:
        """The command of a save: the script, its keys, and what it is told."""
        viewer, token, held = self._heads[partition], head[0], head[1] != b""
        keys = [self._name(partition, what) for what in ("deadlines", "outbox", f"lease:{kind}")]
        told: list[Any] = []
        messages: list[Any] = []
        latest = 0.0
        for each in changes:
            key, version, deadline, records = each.key, each.version, each.deadline, each.records
            keys.append(viewer + key.encode("utf-8", "surrogatepass"))
            snapshot: bytes | None = each.snapshot
            when: float | bytes
            if snapshot is None:
                when, snapshot = b"gone", b""
            elif deadline is None:
                when = b""
            else:
                when = deadline
                if not deadline <= latest:
                    latest = _time(deadline)
            if not held:
                snapshot = b"%012d%b%b" % (version + 1, token, snapshot)
            told += (
                b"" if held or not version else b"%012d" % version,
                when,
                len(records) or b"",
                snapshot,
            )
            for record in records:
                messages += _fields(record)
        until = _milliseconds(latest)
        return _run(scripts.SAVE, keys, *head, until, self._ttl, *told, *messages)

    def _found(self, deadlines: Sequence[bytes], now: float, most: int) -> list[_Due]:
        """Who is due, the earliest first."""
        # Keys fall evenly: of the earliest of all, no partition has many more than its share.
        each = min(most, most // len(deadlines) * 4 + 16)
        answers = self._ask([_run(scripts.DUE, (name,), now, each) for name in deadlines])
        return sorted(
            (float(answer[at + 1]), answer[at], place)
            for place, answer in enumerate(answers)
            for at in range(0, len(answer), 2)
        )[:most]

    def _claimed(
        self, found: list[_Due], deadlines: Sequence[bytes], now: float, until: float
    ) -> list[_Due]:
        """Those that nobody else was given meanwhile."""
        by_place: defaultdict[int, list[bytes]] = defaultdict(list)
        for _, name, place in found:
            by_place[place].append(name)
        answers = self._ask(
            [
                _run(scripts.CLAIM, (deadlines[place],), now, until, *names)
                for place, names in by_place.items()
            ]
        )
        mine = {
            name
            for names, answer in zip(by_place.values(), answers, strict=True)
            for name, claimed in zip(names, answer, strict=True)
            if claimed
        }
        return [each for each in found if each[1] in mine]

    def _ask(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to some commands, in one round trip; of a cluster one for each server."""
        try:
            answers = self._answers(commands)
            if any(isinstance(answer, NoScriptError) for answer in answers):
                # The server is new to them, or began anew: with their text it learns them.
                answers = self._answers([_in_full(command) for command in commands])
        except (RedisError, RedisClusterException) as error:
            raise _failure(error) from error
        for answer in answers:
            if isinstance(answer, Exception):
                raise _failure(answer) from answer
        return answers

    def _answers(self, commands: Sequence[Command]) -> list[Any]:
        if len(commands) == 1:
            try:
                return [self._client.execute_command(*commands[0])]
            except NoScriptError as error:
                return [error]
        if not commands:
            return []
        pipeline = self._client.pipeline(transaction=self._at_once)
        for command in commands:
            pipeline.execute_command(*command)
        answers: list[Any] = pipeline.execute(raise_on_error=False)
        return answers


class RedisStreamLog:
    """Bodies of beacons in the store's own Redis: a log for a :class:`LogWorker`.

    There is one stream for each partition. What is stored of it is let go: an offset moves in one
    step with all that was read up to it.

    Args:
        store: Whose partitions it has, and where it lies.
    """

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def append(self, bodies: Iterable[tuple[str, bytes]]) -> None:
        """Take what clients sent; when this returns, it is in the log.

        Args:
            bodies: Each with the key of the viewer who sent it (from his token, or his session's
                id), as :func:`~video_tracker.ingest.decode_beacons` reads it.
        """
        self._store._ask(
            [
                ("XADD", self._stream(key), "*", b"key", _bytes(key), b"body", body)
                for key, body in bodies
            ]
        )

    def read(self, partition: int, offset: str | None, most: int) -> Read:
        """Read on from an offset; where nothing is new, time has passed all the same."""
        name, start = self._name(partition), "-" if offset is None else f"({offset}"
        _, now, found = self._store._ask(
            [
                ("XTRIM", name, "MINID", "~", offset or "0"),
                _run(scripts.NOW, (name,)),
                ("XRANGE", name, start, "+", "COUNT", most),
            ]
        )
        entries = [_said(entry, fields) for entry, fields in found]
        if len(entries) == most:
            now = _number(found[-1][0]) // _SEQUENCES
        return Read(entries, _text(found[-1][0]) if found else offset or "0", now / 1000)

    def _stream(self, key: str) -> bytes:
        return self._name(partition_of(key, self._store.partitions))

    def _name(self, partition: int) -> bytes:
        return self._store._name(partition, "log")


def _connected(address: str) -> Redis:
    retry = Retry(ExponentialWithJitterBackoff(cap=0.5, base=0.02), _TRIES)
    client: Redis = Redis.from_url(
        address, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, retry=retry
    )
    return client


def _failure(error: Exception) -> StoreError:
    kind = StoreFullError if isinstance(error, OutOfMemoryError) else StoreError
    return kind(f"redis: {type(error).__name__}: {error}"[:500])


def _run(script: scripts.Script, keys: Sequence[bytes], *given: Any) -> Command:
    return ("EVALSHA", script.sha, len(keys), *keys, *given)


def _in_full(command: Command) -> Command:
    """The command with its script's text."""
    if command[0] != "EVALSHA":
        return command
    return ("EVAL", scripts.TEXTS[command[1]], *command[2:])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")


def _milliseconds(seconds: float) -> int:
    return int(min(max(seconds, 0.0), _LATEST) * 1000)


def _time(seconds: float) -> float:
    if math.isnan(seconds):
        raise ValueError("a deadline is a time, not nan")
    return seconds


def _stored(value: bytes) -> Stored:
    try:
        return Stored(int(value[:_DIGITS]), value[_HEAD:])
    except ValueError:
        return Stored(0, value)  # nobody here wrote it; as a snapshot it counts as damaged


def _number(entry: bytes) -> int:
    """The number of a stream's entry: both parts of its id in one."""
    milliseconds, _, sequence = entry.partition(b"-")
    return int(milliseconds) * _SEQUENCES + int(sequence)


def _entry(number: int) -> str:
    return f"{number // _SEQUENCES}-{number % _SEQUENCES}"


def _fields(record: Record) -> tuple[bytes, bytes, bytes, bytes]:
    return (
        _bytes(record.message_id),
        _bytes(record.session_id),
        _bytes(record.event),
        record.body,
    )


def _record(fields: dict[bytes, bytes]) -> Record:
    message_id, session_id, event = (_text(fields[name]) for name in (b"id", b"session", b"event"))
    return Record(message_id, session_id, event, fields[b"body"])


def _said(entry: bytes, fields: dict[bytes, bytes]) -> tuple[str, Arrival]:
    key, received_at = _text(fields[b"key"]), _number(entry) // _SEQUENCES / 1000
    return key, Arrival.of(decode_beacons(fields[b"body"], session_id=key), received_at)
