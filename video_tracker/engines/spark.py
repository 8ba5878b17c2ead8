"""Sessions in Spark: streams of beacons become streams of messages, and logs become both again.

Needs the extra ``spark`` and Java 17. ::

    messages = session_events(beacons, openings=opening)
    writer = messages.writeStream.foreachBatch(deliver(transport))
    query = writer.option("checkpointLocation", "s3://...").start()

All that Spark keeps of a viewer is one snapshot of :mod:`video_tracker.keyed`, opaque to it. It
keeps viewers in buckets, each of which has one value and one live timer, for each of them that goes
to Python and back costs far more than a viewer does. Who is not expected soon, as he has ended or
fallen silent, lies beside his bucket, and is not read and written with the others.

A batch that failed is run again from the snapshots before it, and a message's id follows from the
snapshot (S50): whoever is killed, the messages are the same, byte for byte.

What cannot be used is counted. Each micro-batch tells it with its progress, under
``observedMetrics["video_tracker"]``: ``messages``, and what :data:`FAULTS` names.
"""

import functools
import itertools
import json
import logging
import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from video_tracker.clock import SystemClock
from video_tracker.delivery.account import Dead
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.engines.buckets import Bucket, Held, packed, unpacked
from video_tracker.engines.common import due_after, send_all, sender_of
from video_tracker.errors import EncodingError, PlanError, SnapshotError
from video_tracker.events import Envelope, Event
from video_tracker.ingest import Limits, decode_beacons
from video_tracker.keyed import (
    Arrival,
    KeptViewers,
    Opening,
    Openings,
    Step,
    Viewer,
    advance,
    encoded,
    expire,
)
from video_tracker.keyed.opening import opening_of
from video_tracker.keyed.packing import name_written
from video_tracker.record import Record
from video_tracker.session import Summary
from video_tracker.tracker.log import LimitedLog
from video_tracker.transports.base import Transport
from video_tracker.wire import Encoder

__all__ = ["FAULTS", "backfill", "deliver", "session_events", "summaries"]

DataFrame: TypeAlias = Any
"""``pyspark.sql.DataFrame``."""

FAULTS: Final = {
    "rejected": "beacons, or whole bodies, that cannot be read or name no session or another",
    "damaged": "snapshots that could not be read or written: what was said to them is lost",
    "unsendable": "events that must not be sent, as they are too large or have no identity",
}
"""What is counted, with what it means."""

_MESSAGE: Final = dict.fromkeys(("message_id", "session_id", "event", "body"), "STRING")
_MADE: Final = {**_MESSAGE, "counted": "BIGINT"}
"""A message; or, without a ``message_id``, a fault of that session: its name, why, how many."""
_FIGURES: Final = ("unique_seconds", "content_media_seconds", "average_rate", "startup_time")
_SUMMARY: Final = {
    **dict.fromkeys(("session_id", "viewer", "ended"), "STRING"),
    **dict.fromkeys(("elapsed", *_FIGURES, *Summary.BUCKETS), "DOUBLE"),
    **dict.fromkeys(Summary.COUNTS, "BIGINT"),
    "summary": "STRING",
}
_GATHERED: Final = "bucket INT, key ARRAY<STRING>, at ARRAY<BIGINT>, value ARRAY<BINARY>"
_STATE: Final = "viewers BINARY, timer BIGINT"
_SOON, _A_DAY = 900_000, 86_400_000
"""Milliseconds. Who is not due soon is put away; in mid-play a viewer is due within minutes."""
_PROVIDER: Final = "spark.sql.streaming.stateStore.providerClass"
_ROCKSDB: Final = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
_BUCKETS: Final = 1_000
_ALL_SESSIONS: Final = 10_000
_TOGETHER: Final = 2_000
"""Rows in an Arrow batch, and messages that are put before they are sent."""
_MOST_ROWS, _MOST_BYTES = 100_000, 64_000_000
"""So much is read before it is gathered by bucket and given on."""

_Made: TypeAlias = list[tuple[str | None, str | None, str, str, int | None]]
_DEFAULT: Final = Opening()
_LIMITS: Final = Limits()


def _pyspark() -> tuple[Any, Any]:
    try:
        from pyspark.sql import Row, functions  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ImportError(
            "sessions in Spark need pyspark: pip install video-tracker[spark]"
        ) from error
    return functions, Row


# -- the stream ------------------------------------------------------------------------------------


def session_events(
    df: DataFrame,
    *,
    key: str = "session_id",
    value: str = "value",
    event_time: str = "ts",
    openings: Openings = _DEFAULT,
    limits: Limits = _LIMITS,
    profile: str = "customerio",
    watermark: str = "10 seconds",
    time_mode: Literal["EventTime", "ProcessingTime"] = "EventTime",
    buckets: int = _BUCKETS,
) -> DataFrame:
    """The messages of a stream of beacons.

    Args:
        df: A streaming DataFrame with a row for each body. A row whose value is null is a tick: it
            moves the watermark and says nothing.
        key: The column of the session's id: a string. A beacon that names another session is
            rejected.
        value: The column of the body, string or binary, as
            :func:`~video_tracker.ingest.decode_beacons` reads it.
        event_time: The column of the time at which the body came, by the server's clock: a
            timestamp, such as Kafka's. It is *not* the client's time, which the beacons have.
        openings: How viewers begin: one :class:`~video_tracker.keyed.Opening` for all, or a
            function of the key. It is pickled, and run on executors.
        limits: How much of a body is read.
        profile: The flavour of the messages.
        watermark: How far behind the newest body the bodies of another partition may lie. So much
            later is it noticed that a viewer fell silent. Bodies that come after that are used
            all the same.
        time_mode: By which clock silence is noticed. ``EventTime``: that of the bodies; the same
            log always gives the same messages, and while nobody sends anything, nothing falls due.
            ``ProcessingTime``: Spark's own, counted from when the viewer's last body was taken.
        buckets: Into how many buckets the viewers are dealt. All viewers of a bucket are read and
            written together: let it have some tens who play. The first batch freezes the
            number into the checkpoint: with another one the query fails.

    Returns:
        A streaming DataFrame: ``message_id``, ``session_id``, ``event`` and ``body`` (the JSON of
        the message), each message once in its session's order.

    Raises:
        ImportError: pyspark is not installed.
        TypeError: The time is no timestamp.
        ValueError: There is no such mode of time, or no bucket.
    """
    if time_mode not in {"EventTime", "ProcessingTime"}:
        raise ValueError(f"time_mode must be EventTime or ProcessingTime, not {time_mode!r}")
    if buckets < 1:
        raise ValueError(f"buckets must be 1 or more, not {buckets}")
    functions, row = _pyspark()
    spark = df.sparkSession
    if spark.conf.get(_PROVIDER) != _ROCKSDB:
        spark.conf.set(_PROVIDER, _ROCKSDB)  # the only one that can keep this kind of state
    in_event_time = time_mode == "EventTime"
    if in_event_time:
        df = df.withWatermark(event_time, watermark)
    viewers = _Viewers(_Work(openings, limits, profile), row(*_MADE), in_event_time, buckets)
    made = (
        _bodies(df, key, value, event_time)
        .withColumn("bucket", functions.expr(f"CAST(pmod(xxhash64(key), {buckets}) AS INT)"))
        .mapInArrow(_gathered, _GATHERED)
        .groupBy("bucket")
        .transformWithState(viewers, _ddl(_MADE), "Append", time_mode)
    )
    return _observed(made, "video_tracker")


class _Viewers:
    """What Spark calls for each bucket of a batch; methods and arguments have Spark's names."""

    def __init__(self, work: "_Work", row: Any, in_event_time: bool, buckets: int) -> None:
        self._work = work
        self._row = row
        self._in_event_time = in_event_time
        self._buckets = buckets

    def init(self, handle: Any) -> None:
        self._handle = handle
        self._state = handle.getValueState("viewers", _STATE)
        self._away = handle.getMapState("away", "key BINARY", "snapshot BINARY")

    def close(self) -> None:
        pass

    def handleInputRows(self, key: Any, rows: Iterable[Any], timerValues: Any) -> Iterator[Any]:
        del key  # the bucket's number
        made: _Made = []
        told = self._work.told_by_each(rows, made)
        if told:
            packed_bucket, timer = self._state.get() or (None, None)
            try:
                bucket = {} if packed_bucket is None else unpacked(packed_bucket, self._buckets)
            except SnapshotError as error:
                for name, said in told.items():
                    _fault(name, "damaged", str(error), _many(said), made)
            else:
                self._advance(bucket, told, self._now(timerValues), made)
                self._keep(bucket, timer)
        return itertools.starmap(self._row, made)

    def handleExpiredTimer(
        self, key: Any, timerValues: Any, expiredTimerInfo: Any
    ) -> Iterator[Any]:
        del key, expiredTimerInfo  # when it should have rung says nothing
        made: _Made = []
        kept = self._state.get()
        if kept is not None:
            now = self._now(timerValues)
            try:
                bucket = unpacked(kept[0], self._buckets)
            except SnapshotError as error:
                _fault(None, "damaged", str(error), 1, made)
                self._update(kept[0], None, now + _A_DAY)  # nobody in it begins anew (S50)
            else:
                self._expire(bucket, now, made)
                self._keep(bucket, None)
        return itertools.starmap(self._row, made)

    def _advance(
        self, bucket: Bucket, told: Mapping[str, list[Arrival]], now: int, made: _Made
    ) -> None:
        for key, said in told.items():
            step = self._work.advanced(self._snapshot_of(bucket, key), key, said, made)
            if step is not None:
                came = math.floor(said[-1].received_at * 1000)
                lag = 0 if self._in_event_time else now - came
                self._hold(bucket, key, step, lag, came + lag)

    def _expire(self, bucket: Bucket, now: int, made: _Made) -> None:
        for key, held in list(bucket.items()):
            if held.due <= now:
                snapshot = self._snapshot_of(bucket, key) or b""
                step = self._work.expired(snapshot, key, (now - held.lag) / 1000, made)
                # Spark takes the timer that rang away afterwards: another must not be of its time.
                self._hold(bucket, key, step, held.lag, now, now + 1)

    def _snapshot_of(self, bucket: Bucket, key: str) -> bytes | None:
        held = bucket.get(key)
        if held is None:
            return None
        if held.snapshot is not None:
            return held.snapshot
        (snapshot,) = self._away.getValue(_place_of(key)) or (b"",)
        return bytes(snapshot)

    def _hold(
        self, bucket: Bucket, key: str, step: Step, lag: int, now: int, earliest: int = 0
    ) -> None:
        """Put a viewer where he belongs, as a step left him at a time."""
        held, due = bucket.pop(key, None), due_after(step, lag, earliest)
        is_away = due is not None and due - now > _SOON
        if due is not None:
            bucket[key] = Held(None if is_away else step.snapshot, due, lag)
        if is_away:
            self._away.updateValue(_place_of(key), (step.snapshot,))
        elif held is not None and held.snapshot is None:
            self._away.removeKey(_place_of(key))

    def _now(self, times: Any) -> int:
        """Milliseconds by the clock that timers go by."""
        now: int = (
            times.getCurrentWatermarkInMs()
            if self._in_event_time
            else times.getCurrentProcessingTimeInMs()
        )
        return now

    def _keep(self, bucket: Bucket, timer: int | None) -> None:
        """Keep a bucket and one live timer, which may ring too early but not too late.

        Each call to Spark is a round trip, and a deadline is mostly put off: then the timer stays.
        """
        due = min((held.due for held in bucket.values()), default=None)
        if timer is not None and (due is None or due < timer):
            self._handle.deleteTimer(timer)
            timer = None
        if due is None:
            self._state.clear()
        else:
            self._update(packed(bucket, self._buckets), timer, due)

    def _update(self, packed_bucket: bytes, timer: int | None, due: int) -> None:
        if timer is None:
            self._handle.registerTimer(due)
        self._state.update((packed_bucket, due if timer is None else timer))


# -- stored logs -----------------------------------------------------------------------------------


def backfill(
    df: DataFrame,
    *,
    key: str = "session_id",
    value: str = "value",
    event_time: str = "ts",
    openings: Openings = _DEFAULT,
    limits: Limits = _LIMITS,
    profile: str = "customerio",
    observation: Any = "video_tracker",
) -> DataFrame:
    """The messages of a stored log, as :func:`session_events` makes them of a stream.

    At the log's end time passes until nothing more falls due: who was still watching is
    interrupted there. So take a log that holds the whole of the sessions that matter.

    Args:
        df: A DataFrame with a row for each body, in any order.
        key: The column of the session's id.
        value: The column of the body.
        event_time: The column of the time at which the body came.
        openings: How viewers begin.
        limits: How much of a body is read.
        profile: The flavour of the messages.
        observation: A ``pyspark.sql.Observation``, or the name of one, for what is counted.

    Returns:
        A DataFrame: ``message_id``, ``session_id``, ``event`` and ``body``. Those of a viewer stand
        together, in order.

    Raises:
        ImportError: pyspark is not installed.
        TypeError: The time is no timestamp.
    """
    work = _Work(openings, limits, profile)
    viewers = _by_viewer(_bodies(df, key, value, event_time))
    return _observed(viewers.mapInArrow(work.messages_of, _ddl(_MADE)), observation)


def summaries(
    df: DataFrame,
    *,
    key: str = "session_id",
    value: str = "value",
    event_time: str = "ts",
    openings: Openings = _DEFAULT,
    limits: Limits = _LIMITS,
) -> DataFrame:
    """What was watched in each session of a stored log.

    Args:
        df: A DataFrame with a row for each body, in any order.
        key: The column of the session's id.
        value: The column of the body.
        event_time: The column of the time at which the body came.
        openings: How viewers begin.
        limits: How much of a body is read.

    Returns:
        A DataFrame with a row for each session that began: ``session_id``, ``viewer`` (the key),
        the figures of :class:`~video_tracker.session.Summary` as columns, and ``summary``, all of
        them as JSON.

    Raises:
        ImportError: pyspark is not installed.
        TypeError: The time is no timestamp.
    """
    work = _Work(openings, limits, "customerio")
    viewers = _by_viewer(_bodies(df, key, value, event_time))
    return viewers.mapInArrow(work.summaries_of, _ddl(_SUMMARY))


def _bodies(df: DataFrame, key: str, value: str, event_time: str) -> DataFrame:
    """Key, microseconds, bytes.

    The time goes without the mark of the watermark: rows that bear it are silently left out where
    they are late.
    """
    functions, _ = _pyspark()
    kind = df.schema[event_time].dataType.typeName()
    if kind != "timestamp":
        raise TypeError(f"the column {event_time!r} must be a timestamp, not {kind}")
    return df.select(
        functions.col(key).cast("string").alias("key"),
        functions.unix_micros(functions.col(event_time)).alias("at"),
        functions.col(value).cast("binary").alias("value"),
    )


def _gathered(batches: Iterable[Any]) -> Iterator[Any]:
    """What came of each bucket as one row: whatever goes through Java and Python costs by the row.

    A tick has done what it does: the watermark is reckoned before this.
    """
    import pyarrow  # noqa: PLC0415 - on executors alone

    some: list[Any] = []
    for batch in batches:
        said = batch.filter(batch.column("value").is_valid())
        some.append(said)
        rows = sum(each.num_rows for each in some)
        if rows >= _MOST_ROWS or sum(each.nbytes for each in some) >= _MOST_BYTES:
            yield from _by_bucket(pyarrow.Table.from_batches(some))
            some = []
    if some:
        yield from _by_bucket(pyarrow.Table.from_batches(some))


def _by_bucket(bodies: Any) -> Any:
    columns = ["key", "at", "value"]
    buckets = bodies.group_by("bucket", use_threads=False)
    lists = buckets.aggregate([(name, "list") for name in columns])
    named = lists.select(["bucket", *(f"{name}_list" for name in columns)])
    return named.rename_columns(["bucket", *columns]).to_batches(max_chunksize=_TOGETHER)


def _by_viewer(bodies: DataFrame) -> DataFrame:
    return bodies.repartition("key").sortWithinPartitions("key", "at")


def _ddl(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def _observed(made: DataFrame, observation: Any) -> DataFrame:
    """The messages; the faults among them are counted on the way."""
    functions, _ = _pyspark()
    here, number = functions.col("message_id"), functions.col("counted")
    counts = [
        functions.coalesce(
            functions.sum(functions.when(here.isNull() & (functions.col("event") == name), number)),
            functions.lit(0),
        ).alias(name)
        for name in FAULTS
    ]
    counted = made.observe(observation, functions.count(here).alias("messages"), *counts)
    return counted.where(here.isNotNull()).select(*_MESSAGE)


# -- what stream and log have in common ------------------------------------------------------------


@functools.cache
def _encoder(profile: str) -> Encoder:
    """One for each process: it goes on with its caches from batch to batch."""
    return Encoder(profile)


@functools.cache
def _remembered() -> KeptViewers:
    """Those of a process, which mostly sees the same ones from batch to batch."""
    return KeptViewers()


@functools.cache
def _log() -> LimitedLog:
    return LimitedLog(SystemClock(), logging.getLogger("video_tracker"))


@attrs.frozen
class _Work:
    """What is done on executors; pickled there."""

    openings: Openings
    limits: Limits
    profile: str

    def told(
        self, key: str | None, rows: Iterable[tuple[int | None, Any]], made: _Made
    ) -> list[Arrival]:
        """What a viewer said, in the order in which it came."""
        told = []
        for at, body in rows:
            if body is None:
                continue  # a tick
            if key is None or at is None:
                _fault(key, "rejected", "missing", 1, made)
                continue
            decoded = decode_beacons(bytes(body), self.limits, session_id=key)
            for reason, count in decoded.reasons().items():
                _fault(key, "rejected", reason, count, made)
            if decoded.beacons:
                told.append(Arrival.of(decoded, at / 1_000_000))
        # A shuffle keeps no order. Of bodies of one time the client's own numbers decide.
        told.sort(key=lambda each: (each.received_at, *_place(each)))
        return told

    def told_by_each(self, rows: Iterable[Any], made: _Made) -> dict[str, list[Arrival]]:
        """What each viewer of a bucket said, who said anything."""
        bodies: defaultdict[str | None, list[tuple[int | None, Any]]] = defaultdict(list)
        for row in rows:
            for key, *body in zip(row["key"], row["at"], row["value"], strict=True):
                bodies[key].append(tuple(body))
        told = {key: self.told(key, own, made) for key, own in bodies.items()}
        return {key: said for key, said in told.items() if key is not None and said}

    def advanced(
        self, snapshot: bytes | None, key: str, told: list[Arrival], made: _Made
    ) -> Step | None:
        """A viewer said something; None: nothing comes of it, and he stays as he is."""
        try:
            step = advance(snapshot, key, told, self.openings, _remembered())
        except SnapshotError as error:
            # He does not begin anew: the ids of his messages were used.
            _fault(key, "damaged", str(error), _many(told), made)
        except PlanError:
            opening_of(self.openings, key)  # where that is at fault, it says so itself
            _fault(key, "rejected", "bad_id", _many(told), made)
        else:
            self.messages(key, step.events, made)
            return step
        return None

    def expired(self, snapshot: bytes, key: str, now: float, made: _Made) -> Step:
        """Time passed for a viewer."""
        try:
            step = expire(snapshot, key, now, self.openings, _remembered())
        except SnapshotError as error:
            _fault(key, "damaged", str(error), 1, made)
            return Step(None)
        self.messages(key, step.events, made)
        return step

    def messages(self, key: str, events: Iterable[tuple[Envelope, Event]], made: _Made) -> None:
        """Add the messages of events."""

        def unsendable(error: EncodingError) -> None:
            _fault(key, "unsendable", error.reason, 1, made)

        for record in encoded(events, _encoder(self.profile), unsendable):
            body = record.body.decode()
            made.append((record.message_id, record.session_id, record.event, body, None))

    # -- Arrow batches of sorted rows in, Arrow batches out ------------------------------------

    def messages_of(self, batches: Iterable[Any]) -> Iterator[Any]:
        """The messages of all viewers of a partition."""
        made: _Made = []
        for viewer, events in self._viewers(batches, made):
            self.messages(viewer.key, events, made)
            if len(made) >= _TOGETHER:
                yield _arrow(made, _MADE)
                made.clear()
        yield _arrow(made, _MADE)

    def summaries_of(self, batches: Iterable[Any]) -> Iterator[Any]:
        """The summaries of all their sessions."""
        viewers = self._viewers(batches, [])
        rows = (row for viewer, events in viewers for row in _summed(viewer, events))
        while some := list(itertools.islice(rows, _TOGETHER)):
            yield _arrow(some, _SUMMARY)

    def _viewers(
        self, batches: Iterable[Any], made: _Made
    ) -> Iterator[tuple[Viewer, list[tuple[Envelope, Event]]]]:
        """Each viewer at the end of his log, with all that he did."""
        columns = (map(operator.methodcaller("to_pylist"), batch.columns) for batch in batches)
        rows = itertools.chain.from_iterable(zip(*each, strict=True) for each in columns)
        for key, own in itertools.groupby(rows, key=operator.itemgetter(0)):
            told = self.told(key, (row[1:] for row in own), made)
            if not told:
                continue
            opening = opening_of(self.openings, key)
            try:
                viewer = Viewer(key, opening, keep_sessions=_ALL_SESSIONS)
            except PlanError:
                _fault(key, "rejected", "bad_id", _many(told), made)
            else:
                yield viewer, viewer.take(told) + viewer.finish()


def _place_of(key: str) -> tuple[bytes]:
    """Where a viewer lies who was put away."""
    return (name_written(key),)


def _many(told: Iterable[Arrival]) -> int:
    return sum(len(each.said) for each in told)


def _place(arrival: Arrival) -> tuple[int, float]:
    first: Any = arrival.said[0]
    return -1 if first.sequence is None else first.sequence, first.at


def _fault(key: str | None, name: str, why: str, count: int, made: _Made) -> None:
    _log().tell(f"spark {name}", f"session {key!r:.80}: {count} {name}: {why:.160}", count=count)
    made.append((None, key, name, why, count))


def _summed(viewer: Viewer, events: Iterable[tuple[Envelope, Event]]) -> Iterator[tuple[Any, ...]]:
    begun = {event.session_id for _, event in events}
    for session in viewer.feed.playback.sessions:
        if session.session_id in begun:
            told = session.summary().to_dict()
            row = {**told, "viewer": viewer.key, "summary": json.dumps(told)}
            yield tuple(row[name] for name in _SUMMARY)


def _arrow(rows: Iterable[tuple[Any, ...]], columns: dict[str, str]) -> Any:
    import pyarrow  # noqa: PLC0415 - on executors alone

    kinds = {"STRING": pyarrow.string(), "DOUBLE": pyarrow.float64(), "BIGINT": pyarrow.int64()}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in columns.items()])
    return pyarrow.RecordBatch.from_pylist(
        [dict(zip(columns, row, strict=True)) for row in rows], schema
    )


# -- the way out -----------------------------------------------------------------------------------


def deliver(
    transport: Callable[[], Transport],
    *,
    policy: DeliveryPolicy | None = None,
    timeout: float = 300.0,
    on_dead: Callable[[Dead], object] | None = None,
) -> Callable[[DataFrame, int], None]:
    """A function for ``foreachBatch`` that sends messages from the executors.

    A batch is over when each message was delivered or is a dead letter. Otherwise it fails, Spark
    does it again, and the messages bear the same ids: at least once, and once for a destination
    that knows an id again.

    Args:
        transport: A function that makes the transport on an executor. It is pickled: let it read
            its key there, from a file or the environment.
        policy: The limits of delivery: batches, back-off, dead letters.
        timeout: Seconds in which the messages of a partition must be settled.
        on_dead: Called on the executor with each :class:`~video_tracker.delivery.account.Dead`
            letter, which is logged in any case.

    Returns:
        The function; it takes a DataFrame of messages and the batch's number. Call it yourself for
        messages of :func:`backfill`.
    """
    send = functools.partial(_send, transport, policy, timeout, on_dead)

    def send_batch(messages: DataFrame, _batch: int = 0) -> None:
        messages.foreachPartition(send)

    return send_batch


def _send(
    transport: Callable[[], Transport],
    policy: DeliveryPolicy | None,
    timeout: float,
    on_dead: Callable[[Dead], object] | None,
    rows: Iterable[Any],
) -> None:
    """Send the messages of a partition, or raise."""
    rows = iter(rows)
    some = list(itertools.islice(rows, _TOGETHER))
    if not some:
        return
    sender = sender_of(transport, policy, on_dead)
    until = sender.now() + timeout
    try:
        while some:
            records = [
                Record(row["message_id"], row["session_id"], row["event"], row["body"].encode())
                for row in some
            ]
            send_all(sender, records, max(0.0, until - sender.now()), timeout)
            some = list(itertools.islice(rows, _TOGETHER))
    finally:
        sender.close(0.0)
