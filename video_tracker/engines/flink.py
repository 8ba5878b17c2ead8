"""Sessions in Apache Flink: one keyed function over the pure steps, and a way out for its messages.

Needs ``video-tracker[flink]`` on the client and on every TaskManager, and Python in threads of the
TaskManagers (``python.execution-mode: thread``). The process mode, which is Flink's default, lost
timers when one of its Python workers was killed: it is refused. ::

    stream of (session_id, body, received_at)
        key_by session_id      each viewer has one place, and his snapshot is Flink's keyed state
        SessionFunction        advance() with each body, expire() when a timer fires
    stream of (message_id, session_id, event, body)
        DeliveryFunction       or a sink of Flink's own, such as Kafka's
"""

import math
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from video_tracker.delivery import Dead, DeliveryPolicy
from video_tracker.engines.common import due_after, send_all, sender_of
from video_tracker.errors import SnapshotError
from video_tracker.ingest import Decoded, Limits, decode_beacons
from video_tracker.ingest.feed import Pair
from video_tracker.keyed import (
    Arrival,
    KeptViewers,
    Opening,
    Openings,
    Step,
    advance,
    encoded,
    expire,
)
from video_tracker.record import Record
from video_tracker.session.data.tolerances import LATEST_TIME
from video_tracker.transports.base import Transport
from video_tracker.wire import Encoder, Profile

try:
    from pyflink.common import Row, Types
    from pyflink.datastream import DataStream, KeyedProcessFunction, KeyedStream, RuntimeContext
    from pyflink.datastream.state import ListStateDescriptor, ValueStateDescriptor
    from pyflink.java_gateway import get_gateway
    from pyflink.util.java_utils import get_j_env_configuration
except ImportError as error:
    raise ImportError(
        "sessions in Flink need apache-flink: pip install 'video-tracker[flink]'"
    ) from error

__all__ = ["MESSAGES", "DeliveryFunction", "SessionFunction", "deliver", "session_events"]

MESSAGES: Final = Types.ROW_NAMED(
    ["message_id", "session_id", "event", "body"],
    [Types.STRING()] * 4,
)
"""What comes out: a message's id, its session, its event's name, its JSON, each as text."""

_OPENING: Final = Opening()
_LIMITS: Final = Limits()
_POLICY: Final = DeliveryPolicy()
_AT_THE_END: Final = (1 << 63) - 1
"""The last watermark, which Flink sends when the input is over."""


_Kept: TypeAlias = tuple[bytes, int, int | None, int]
"""What Flink keeps of a viewer: his snapshot, when he is due, the one timer that he has, and by how
much the clock of timers is ahead of that of arrivals.

It is one value, so that a beacon costs one look into the state. Times are milliseconds, as Flink's
are. The timer is never later than what is due, and mostly earlier: then it moves on when it fires.
"""


class SessionFunction(KeyedProcessFunction):  # type: ignore[misc]
    """The viewers of a stream that is keyed by their sessions' ids.

    Takes ``(session_id, body, received_at)``, where a body (bytes or text) is what
    :func:`~video_tracker.ingest.decode_beacons` reads, and ``received_at`` is in Unix seconds or
    None, which is the time that the record has in Flink. Gives rows of :data:`MESSAGES`.

    A beacon that is wrong costs itself alone. What is said to a viewer whose snapshot is damaged is
    lost: he does not begin anew, as the ids of his messages were used. Flink counts, in the
    metrics' group ``video_tracker``: ``rejected`` beacons (``reason.CODE.rejected`` too),
    ``damaged``, how often a snapshot could not be read or written, and ``unsendable`` events,
    which are too large or have no identity.

    Args:
        openings: How viewers begin. A function answers for every key, also those that a stranger
            thought of.
        profile: The flavour of the messages: a profile or its name.
        limits: How much of a body is read.
        event_time: Time passes as the watermark moves; the same log gives the same messages then,
            and while nobody sends anything nothing falls due. False: it passes by the TaskManager's
            clock, from when the viewer's last body was taken.
    """

    def __init__(
        self,
        openings: Openings = _OPENING,
        *,
        profile: str | Profile = "customerio",
        limits: Limits = _LIMITS,
        event_time: bool = True,
    ) -> None:
        self._openings = openings
        self._profile = profile
        self._limits = limits
        self._time = "event_time" if event_time else "processing_time"
        Encoder(profile)  # what is wrong with it is said here, not by a TaskManager

    def open(self, runtime_context: RuntimeContext) -> None:
        """Begin on a TaskManager.

        Raises:
            RuntimeError: Python runs in processes of its own there.
        """
        _check_threads(_is_embedded(runtime_context))
        # Flink's type for bytes becomes a tuple of integers on its way to Python here.
        kept = ValueStateDescriptor("video-tracker-viewer", Types.PICKLED_BYTE_ARRAY())
        self._kept = runtime_context.get_state(kept)
        self._remembered = KeptViewers()
        self._encoder = Encoder(self._profile)
        self._metrics = runtime_context.get_metrics_group().add_group("video_tracker")
        self._damaged = self._metrics.counter("damaged")
        self._unsendable = self._metrics.counter("unsendable")
        self._rejected = self._metrics.counter("rejected")
        self._reasons: dict[str, Any] = {}

    def process_element(self, value: Any, ctx: Any) -> Sequence[Any]:
        """A body came."""
        key: str = ctx.get_current_key()
        said = self._decoded(key, value[1])
        at = float(ctx.timestamp() / 1000 if value[2] is None else value[2])
        if not said.beacons or not self._is_usable(key, at, len(said.beacons)):
            return ()
        kept: _Kept | None = self._kept.value()
        snapshot, timer = (None, None) if kept is None else (kept[0], kept[2])
        try:
            told = (Arrival.of(said, at),)
            step = advance(snapshot, key, told, self._openings, self._remembered)
        except SnapshotError:
            self._damaged.inc()
            return ()
        lag = 0
        if self._time != "event_time":
            lag = ctx.timer_service().current_processing_time() - math.floor(at * 1000)
        return self._after(step, ctx, timer, lag)

    def on_timer(self, timestamp: int, ctx: Any) -> Sequence[Any]:
        """A viewer's timer fired: early, or because something falls due."""
        kept: _Kept | None = self._kept.value()
        if kept is None or kept[2] != timestamp:
            return ()
        snapshot, due, _, lag = kept
        if due > timestamp:
            self._timer("register", ctx, due)
            self._kept.update((snapshot, due, due, lag))
            return ()
        now = (timestamp - lag) / 1000
        try:
            key = ctx.get_current_key()
            step = expire(snapshot, key, now, self._openings, self._remembered)
        except SnapshotError:
            self._damaged.inc()
            self._kept.update((snapshot, due, None, lag))
            return ()
        return self._after(step, ctx, None, lag, timestamp + 1)

    def _decoded(self, key: str, body: Any) -> Decoded:
        if isinstance(body, str):
            body = body.encode("utf-8", "surrogatepass")
        decoded = decode_beacons(bytes(body or b""), self._limits, session_id=key)
        if decoded.rejected:
            for reason, count in decoded.reasons().items():
                self._reject(reason, count)
        return decoded

    def _is_usable(self, key: str, at: float, count: int) -> bool:
        reason = "bad_id" if not key else "bad_time" if not 0.0 <= at < LATEST_TIME else None
        if reason is not None:
            self._reject(reason, count)
        return reason is None

    def _reject(self, reason: str, count: int) -> None:
        counter = self._reasons.get(reason)
        if counter is None:
            group = self._metrics.add_group("reason", reason)
            counter = self._reasons[reason] = group.counter("rejected")
        counter.inc(count)
        self._rejected.inc(count)

    def _after(
        self, step: Step, ctx: Any, timer: int | None, lag: int, earliest: int = 0
    ) -> list[Any]:
        """Keep what a step left, have time pass for it, and give its messages."""
        due = due_after(step, lag, earliest)
        if due is None:
            self._kept.clear()
        else:
            if timer is None or due < timer:
                if timer is not None:
                    self._timer("delete", ctx, timer)
                self._timer("register", ctx, due)
                timer = due
            self._kept.update((step.snapshot, due, timer, lag))
        return self._messages(step.events)

    def _timer(self, what: str, ctx: Any, at: int) -> None:
        getattr(ctx.timer_service(), f"{what}_{self._time}_timer")(at)

    def _messages(self, events: Iterable[Pair]) -> list[Any]:
        return [
            Row(record.message_id, record.session_id, record.event, record.body.decode())
            for record in encoded(events, self._encoder, lambda _: self._unsendable.inc())
        ]


def session_events(
    stream: DataStream,
    *,
    openings: Openings = _OPENING,
    profile: str | Profile = "customerio",
    limits: Limits = _LIMITS,
    event_time: bool = True,
) -> DataStream:
    """What the viewers of a stream of beacons did.

    Args:
        stream: ``(session_id, body, received_at)``, as :class:`SessionFunction` takes them; keyed
            by the session's id already, or not. With event time it has watermarks.
        openings: How viewers begin.
        profile: The flavour of the messages: a profile or its name.
        limits: How much of a body is read.
        event_time: Time passes as the watermark moves; the same log gives the same messages then,
            and while nobody sends anything nothing falls due. False: it passes by the TaskManager's
            clock, from when the viewer's last body was taken.

    Returns:
        The messages, rows of :data:`MESSAGES`: those of a session in order, each with an id that is
        the same whenever it is made again.

    Raises:
        RuntimeError: Python is to run in processes of its own (``python.execution-mode``).
    """
    _check_stream(stream)
    function = SessionFunction(openings, profile=profile, limits=limits, event_time=event_time)
    if not isinstance(stream, KeyedStream):
        stream = stream.key_by(lambda value: value[0] or "", key_type=Types.STRING())
    made = stream.process(function, output_type=MESSAGES)
    return made.name("video-tracker sessions").uid("video-tracker-sessions")


class DeliveryFunction(KeyedProcessFunction):  # type: ignore[misc]
    """Sends messages to a destination; they are in Flink's state until they were delivered.

    So none is lost, whatever is killed: what a checkpoint saw is sent again, with the same ids. A
    dead letter is logged. Where a batch is not settled in time, because the destination is away,
    the task fails, and Flink begins it again as its restart strategy says.

    Args:
        transport: Makes the transport, on a TaskManager.
        policy: The limits of delivery: batches, back-off, dead letters.
        linger: Seconds for which messages are collected.
        timeout: Seconds in which a batch must be settled.
        on_dead: Called on the TaskManager with each dead letter.
    """

    def __init__(
        self,
        transport: Callable[[], Transport],
        *,
        policy: DeliveryPolicy = _POLICY,
        linger: float = 1.0,
        timeout: float = 60.0,
        on_dead: Callable[[Dead], object] | None = None,
    ) -> None:
        self._transport, self._on_dead = transport, on_dead
        self._policy, self._timeout = policy, timeout
        self._linger = max(1, round(linger * 1000))

    def open(self, runtime_context: RuntimeContext) -> None:
        """Begin on a TaskManager.

        Raises:
            RuntimeError: Python runs in processes of its own there.
        """
        _check_threads(_is_embedded(runtime_context))
        waiting = ListStateDescriptor("video-tracker-waiting", Types.PICKLED_BYTE_ARRAY())
        self._waiting = runtime_context.get_list_state(waiting)
        self._sender = sender_of(self._transport, self._policy, self._on_dead)

    def process_element(self, value: Any, ctx: Any) -> None:
        """A message came."""
        self._waiting.add(tuple(value))
        timers = ctx.timer_service()
        now = timers.current_processing_time()
        timers.register_processing_time_timer(now - now % self._linger + self._linger)
        timers.register_event_time_timer(_AT_THE_END)  # that clock's timers do not fire then

    def on_timer(self, timestamp: int, ctx: Any) -> None:  # noqa: ARG002 - Flink's signature
        """Send what has come.

        Raises:
            DeliveryError: The destination took too little of it in time.
        """
        records = [
            Record(number, session_id, event, body.encode())
            for number, session_id, event, body in self._waiting.get()
        ]
        many = self._policy.batch_records
        for first in range(0, len(records), many):
            some = records[first : first + many]
            send_all(self._sender, some, self._timeout, self._timeout)
        self._waiting.clear()

    def close(self) -> None:
        """Let go of the destination."""
        self._sender.close(0.0)


def deliver(
    messages: DataStream, transport: Callable[[], Transport], *, shards: int = 32, **limits: Any
) -> DataStream:
    """Send messages to a destination, each once or more, with the id that it always has.

    Args:
        messages: What :func:`session_events` returns.
        transport: Makes the transport, on a TaskManager. It is pickled: let it read its key there.
        shards: Into how many parts the sessions are dealt, each of which is sent by itself; a few
            times as many as there are parallel tasks.
        **limits: Arguments of :class:`DeliveryFunction`.

    Returns:
        An empty stream.

    Raises:
        RuntimeError: Python is to run in processes of its own (``python.execution-mode``).
    """
    _check_stream(messages)
    keyed = messages.key_by(
        lambda message: zlib.crc32(message[1].encode()) % shards, key_type=Types.INT()
    )
    sent = keyed.process(DeliveryFunction(transport, **limits), output_type=MESSAGES)
    return sent.name("video-tracker delivery").uid("video-tracker-delivery")


def _check_stream(stream: DataStream) -> None:
    options = get_gateway().jvm.org.apache.flink.python.PythonOptions
    configured = get_j_env_configuration(stream._j_data_stream.getExecutionEnvironment())
    _check_threads(configured.get(options.PYTHON_EXECUTION_MODE) == "thread")


def _is_embedded(runtime_context: RuntimeContext) -> bool:
    return ".embedded." in type(runtime_context).__module__


def _check_threads(threads: bool) -> None:
    if not threads:
        raise RuntimeError(
            "sessions need python.execution-mode: thread. In process mode, Flink's default, timers "
            "were lost when a Python worker was killed: its viewers would never be interrupted"
        )
