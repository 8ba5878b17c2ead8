"""What the Spark adapter does for one bucket and for one partition, without Spark and Java."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from video_tracker.delivery.account import Dead
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.engines.buckets import Bucket, packed, unpacked
from video_tracker.engines.spark import (
    _Viewers,
    _Work,
    backfill,
    deliver,
    session_events,
    summaries,
)
from video_tracker.errors import DeliveryError, PlanError
from video_tracker.ingest import Limits
from video_tracker.keyed import Opening
from video_tracker.transports import DELIVERED, MemoryTransport, Outcome, Record, Refused, TryLater

AT = 1_795_432_210.0
OPENING = Opening(user_id="u1")
Row = tuple[Any, ...]


def row(*values: Any) -> Row:
    return values


@attrs.define
class OneBucket:
    """What Spark keeps of one bucket: its state, its timers, and every call about them."""

    state: Any = None
    away: dict[bytes, Row] = attrs.Factory(dict)
    timers: set[int] = attrs.Factory(set)
    calls: list[str] = attrs.Factory(list)

    def getValueState(self, name: str, schema: str) -> "OneBucket":  # noqa: N802
        assert (name, schema.count(",")) == ("viewers", 1)
        return self

    def get(self) -> Any:
        self.calls.append("get")
        return self.state

    def update(self, value: Any) -> None:
        self.calls.append("update")
        self.state = value

    def clear(self) -> None:
        self.calls.append("clear")
        self.state = None

    def getMapState(self, name: str, key: str, value: str) -> "Away":  # noqa: N802
        assert (name, key, value) == ("away", "key BINARY", "snapshot BINARY")
        return Away(self.away, self.calls)

    def registerTimer(self, at: int) -> None:  # noqa: N802
        self.calls.append("register")
        self.timers.add(at)

    def deleteTimer(self, at: int) -> None:  # noqa: N802
        self.calls.append("delete")
        self.timers.remove(at)


@attrs.frozen
class Away:
    """Spark's map beside the bucket."""

    kept: dict[bytes, Row]
    calls: list[str]

    def getValue(self, key: tuple[bytes]) -> Row | None:  # noqa: N802
        self.calls.append("get away")
        return self.kept.get(key[0])

    def updateValue(self, key: tuple[bytes], value: Row) -> None:  # noqa: N802
        self.calls.append("put away")
        self.kept[key[0]] = value

    def removeKey(self, key: tuple[bytes]) -> None:  # noqa: N802
        self.calls.append("take away")
        del self.kept[key[0]]


@attrs.frozen
class Times:
    """Milliseconds, as Spark tells them."""

    now: int

    def getCurrentWatermarkInMs(self) -> int:  # noqa: N802
        return self.now

    def getCurrentProcessingTimeInMs(self) -> int:  # noqa: N802
        return self.now


class Spark:
    """One bucket of a query: batches go in, rows come out."""

    def __init__(self, openings: Any = OPENING, *, in_event_time: bool = True) -> None:
        self.viewers = _Viewers(_Work(openings, Limits(), "customerio"), row, in_event_time, 1000)
        self.bucket = OneBucket()
        self.viewers.init(self.bucket)

    def batch(
        self, *bodies: tuple[float, str | None], name: str | None = "s1", now: int = 0
    ) -> list[Row]:
        return self.mixed(*((name, at, body) for at, body in bodies), now=now)

    def mixed(self, *bodies: tuple[str | None, float, str | None], now: int = 0) -> list[Row]:
        """Bodies of several viewers, half of them from another part of the log."""
        parts = [bodies[::2], bodies[1::2]]
        rows = [
            {
                "key": [name for name, _, _ in part],
                "at": [round(at * 1_000_000) for _, at, _ in part],
                "value": [body and bytearray(body.encode()) for _, _, body in part],
            }
            for part in parts
            if part
        ]
        return list(self.viewers.handleInputRows((7,), iter(rows), Times(now)))

    @property
    def held(self) -> Bucket:
        """The viewers in it."""
        return unpacked(self.bucket.state[0], 1000)

    def ring(self, now: int) -> list[Row]:
        """Let each timer that is due ring, as Spark does: it takes the timer away afterwards."""
        made: list[Row] = []
        for at in sorted(self.bucket.timers):
            if at <= now:
                made += self.viewers.handleExpiredTimer(
                    key=(7,), timerValues=Times(now), expiredTimerInfo=None
                )
                self.bucket.timers.discard(at)
        return made


def signal(number: int, name: str, after: float, **more: Any) -> tuple[float, str]:
    fields = "".join(f', "{field}": {value}' for field, value in more.items())
    return AT + after, f'{{"seq": {number}, "signal": "{name}", "at": {AT + after}{fields}}}'


BEGIN = (
    signal(0, "load", 0.0, duration=60.0),
    signal(1, "play", 0.1, position=0.0),
    signal(2, "playing", 0.5, position=0.0),
)


def names(made: list[Row]) -> list[str]:
    return [event for number, _, event, _, _ in made if number is not None]


def faults(made: list[Row]) -> list[Row]:
    return [(event, why, count) for number, _, event, why, count in made if number is None]


# -- the stream ------------------------------------------------------------------------------------


def test_bodies_of_a_batch_are_put_into_the_order_in_which_they_came() -> None:
    straight, shuffled = Spark(), Spark()

    expected = straight.batch(*BEGIN)
    assert names(expected) == ["Video Playback Started", "Video Content Started"]
    assert shuffled.batch(*reversed(BEGIN)) == expected


def test_bodies_of_one_time_are_taken_by_the_clients_own_numbers() -> None:
    """A log's clock knows milliseconds; two bodies of a viewer may share one."""
    told = [(AT + 1.0, body) for _, body in BEGIN]
    straight, shuffled = Spark(), Spark()

    assert shuffled.batch(*told[::-1]) == straight.batch(*told)


def test_a_batch_of_a_viewer_costs_one_read_and_one_write() -> None:
    """A timer is set once; while its viewer is heard of it stays where it is."""
    spark = Spark()
    spark.batch(*BEGIN)
    assert spark.bucket.calls == ["get", "register", "update"]

    spark.bucket.calls.clear()
    for number in range(3, 9):
        spark.batch(signal(number, "progress", number * 5.0, position=number * 5.0))
    assert spark.bucket.calls == ["get", "update"] * 6
    assert len(spark.bucket.timers) == 1


def test_viewers_of_a_bucket_cost_one_read_and_one_write_together() -> None:
    """What comes of each is what comes of him alone."""
    alone, together = [Spark(), Spark()], Spark()
    expected = [
        made
        for spark, name in zip(alone, ("s1", "s2"), strict=True)
        for made in spark.batch(*BEGIN, name=name)
    ]
    made = together.mixed(*((name, *body) for body in BEGIN for name in ("s1", "s2")))

    assert sorted(made) == sorted(expected)
    assert together.held == alone[0].held | alone[1].held
    assert together.bucket.calls == ["get", "register", "update"]


def test_of_a_bucket_only_who_is_due_is_looked_after() -> None:
    spark = Spark()
    spark.batch(*BEGIN)
    spark.batch((AT + 30.0, signal(0, "load", 30.0, duration=60.0)[1]), name="later")
    later = spark.held["later"]
    made = []
    while "s1" in spark.held:
        made += spark.ring(min(spark.bucket.timers))

    assert names(made)[-1] == "Video Playback Interrupted"
    assert {session for number, session, *_ in made if number is not None} == {"s1"}
    assert spark.held == {"later": later}
    assert spark.bucket.timers == {later.due}


def test_a_timer_that_rings_too_early_says_nothing_and_is_set_anew() -> None:
    spark = Spark()
    spark.batch(*BEGIN)
    (first,) = spark.bucket.timers
    spark.batch(signal(3, "progress", 9.0, position=8.5))

    assert spark.ring(first) == []
    (second,) = spark.bucket.timers
    assert second > first


def test_a_deadline_that_comes_nearer_moves_the_timer() -> None:
    """An hour's wait for one who is over gives way to the seconds for which a beacon is held."""
    spark = Spark()
    spark.batch(*BEGIN, signal(3, "exit", 2.0, position=1.5))
    (far,) = spark.bucket.timers
    assert far == round((AT + 2.0 + 3600.0) * 1000)

    spark.batch(signal(9, "progress", 3.0, position=2.0))
    assert spark.bucket.timers == {round((AT + 3.0 + 10.0) * 1000)}


def test_silence_interrupts_and_then_nothing_is_remembered() -> None:
    spark = Spark()
    spark.batch(*BEGIN)
    made = []
    while spark.bucket.timers:
        made += names(spark.ring(max(spark.bucket.timers)))

    assert made[-1] == "Video Playback Interrupted"
    assert made.count("Video Playback Interrupted") == 1
    assert (spark.bucket.state, spark.bucket.timers) == (None, set())


def test_who_has_ended_lies_beside_the_bucket_until_he_is_forgotten() -> None:
    """He is remembered for an hour or a day (S50), and is not read with those who play."""
    spark = Spark()
    spark.mixed(*((name, *body) for body in BEGIN for name in ("s1", "s2")))
    spark.batch(signal(3, "exit", 2.0, position=1.5))
    assert spark.held["s1"].snapshot is None
    assert spark.held["s2"].snapshot is not None
    assert set(spark.bucket.away) == {b"s1"}

    spark.bucket.calls.clear()
    spark.batch(signal(3, "progress", 3.0, position=2.0), name="s2")
    assert spark.bucket.calls == ["get", "update"]

    late = spark.held["s1"].due
    spark.ring(late)
    assert "s1" not in spark.held
    assert set(spark.bucket.away) == {b"s2"}, "who has fallen silent meanwhile"


def test_who_comes_back_is_as_he_was_and_lies_with_those_who_play() -> None:
    spark, straight = Spark(), Spark()
    told = (*BEGIN, signal(3, "exit", 2.0, position=1.5))
    again = (signal(4, "play", 9.0, position=1.5), signal(5, "playing", 9.1, position=1.5))
    expected = straight.batch(*told, *again)

    assert [*spark.batch(*told), *spark.batch(*again)] == expected
    assert "Video Playback Started" in names(expected[3:])
    assert spark.held == straight.held
    assert spark.held["s1"].snapshot is not None
    assert spark.bucket.away == {}


def test_silence_may_be_heard_of_all_at_once() -> None:
    spark = Spark()
    spark.batch(*BEGIN)

    assert names(spark.ring(round((AT + 1e6) * 1000)))[-1] == "Video Playback Interrupted"
    assert len(spark.bucket.timers) == 1  # not the one that has rung, which Spark takes away
    assert spark.ring(round((AT + 2e6) * 1000)) == []
    assert (spark.bucket.state, spark.bucket.timers) == (None, set())


def test_by_sparks_own_clock_a_log_that_is_read_late_interrupts_nobody() -> None:
    """The time that counts is that since his last body was taken, not since it came."""
    late = round((AT + 86_400.0) * 1000)
    by_log, by_spark = Spark(), Spark(in_event_time=False)
    by_log.batch(*BEGIN)
    by_spark.batch(*BEGIN, now=late)
    (due,), (rings,) = by_log.bucket.timers, by_spark.bucket.timers

    assert rings - late == due - round((AT + 0.5) * 1000)
    assert by_spark.ring(rings) == by_log.ring(due)


def test_a_tick_says_nothing_and_asks_for_nothing() -> None:
    spark = Spark()

    assert spark.batch((AT, None), name=None) == []
    assert spark.batch((AT, None)) == []
    assert spark.bucket.calls == []


def test_a_beacon_that_cannot_be_read_costs_itself_alone() -> None:
    spark = Spark()
    (at, played) = BEGIN[1]
    foreign = '{"session_id": "s2", "seq": 3, "signal": "pause", "at": 1.0}'
    made = spark.batch(
        BEGIN[0], (at, f'[{played}, {{"seq": 2}}, {foreign}]'), (at, "{nothing"), BEGIN[2]
    )

    assert names(made) == ["Video Playback Started", "Video Content Started"]
    assert [(name, count) for name, _, count in faults(made)] == [("rejected", 1)] * 3
    assert "foreign_session" in {why for _, why, _ in faults(made)}


def test_bodies_of_nobody_and_of_what_is_no_id_are_counted() -> None:
    spark = Spark()

    assert faults(spark.batch(*BEGIN, name=None)) == [("rejected", "missing", 1)] * 3
    assert faults(spark.batch(*BEGIN, name="")) == [("rejected", "bad_id", 3)]
    assert (spark.bucket.state, spark.bucket.timers) == (None, set())


def test_an_opening_that_is_at_fault_says_so_itself() -> None:
    def opening(_: str) -> Opening:
        raise PlanError("no plan for this one")

    with pytest.raises(PlanError, match="no plan for this one"):
        Spark(opening).batch(*BEGIN)


def spoilt(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])


def test_what_is_said_to_a_viewer_whose_snapshot_is_damaged_is_lost_and_counted() -> None:
    """His ids were used: as one who begins he would use them again (S50)."""
    spark = Spark()
    spark.batch(*BEGIN)
    before = spark.held["s1"]._replace(snapshot=spoilt(spark.held["s1"].snapshot or b""))
    spark.bucket.state = (packed({"s1": before}, 1000), spark.bucket.state[1])
    made = spark.batch(
        signal(3, "progress", 9.0, position=8.5), signal(4, "exit", 10.0, position=9.5)
    )

    assert names(made) == []
    assert [(name, count) for name, _, count in faults(made)] == [("damaged", 2)]
    assert spark.held == {"s1": before}
    assert len(spark.bucket.timers) == 1


def test_a_damaged_snapshot_whose_timer_rings_is_counted_and_forgotten() -> None:
    spark = Spark()
    spark.batch(*BEGIN)
    damaged = spark.held["s1"]._replace(snapshot=b"nothing of the kind")
    spark.bucket.state = (packed({"s1": damaged}, 1000), spark.bucket.state[1])

    assert [name for name, _, _ in faults(spark.ring(max(spark.bucket.timers)))] == ["damaged"]
    assert (spark.bucket.state, spark.bucket.timers) == (None, set())


def test_nobody_in_a_damaged_bucket_begins_anew() -> None:
    """Who is in it cannot be told: each of them would use his ids again (S50)."""
    spark = Spark()
    spark.batch(*BEGIN)
    spark.bucket.state = before = (spoilt(spark.bucket.state[0]), spark.bucket.state[1])
    made = spark.mixed(*((name, *body) for name in ("s1", "s2") for body in BEGIN))

    assert names(made) == []
    assert [(name, count) for name, _, count in faults(made)] == [("damaged", 3)] * 2
    assert spark.bucket.state == before

    (timer,) = spark.bucket.timers
    assert [name for name, _, _ in faults(spark.ring(timer))] == ["damaged"]
    assert spark.bucket.timers == {timer + 86_400_000}
    assert spark.bucket.state == (before[0], timer + 86_400_000)


def test_an_event_that_must_not_be_sent_is_counted_and_the_others_go() -> None:
    """S55: a message of more than 32,000 bytes is not sent."""
    spark = Spark(lambda _: Opening(user_id="u" * 40_000))
    made = spark.batch(*BEGIN)

    assert names(made) == []
    assert faults(made) == [("unsendable", "too_large", 1)] * 2


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"time_mode": "WallTime"}, "time_mode must be EventTime or ProcessingTime"),
        ({"buckets": 0}, "buckets must be 1 or more, not 0"),
    ],
)
def test_what_is_no_choice_is_refused_at_once(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        session_events(None, **wrong)


# -- delivery --------------------------------------------------------------------------------------


MESSAGES = [
    {
        "message_id": f"s{n % 7}-{n}",
        "session_id": f"s{n % 7}",
        "event": "e",
        "body": f'{{"n": {n}}}',
    }
    for n in range(5_000)
]
EAGER = DeliveryPolicy(base_delay=0.0, max_delay=0.0)


@attrs.frozen
class Frame:
    """A DataFrame of one partition."""

    rows: list[dict[str, str]]

    def foreachPartition(self, send: Callable[[Iterator[Any]], None]) -> None:  # noqa: N802
        send(iter(self.rows))


@attrs.define
class Answering:
    """A destination that gives these answers, and then takes everything."""

    answers: list[Outcome]
    taken: list[Record] = attrs.Factory(list)
    closed: bool = False

    def send(self, records: Any) -> Outcome:
        answer = self.answers.pop(0) if self.answers else DELIVERED
        if answer is DELIVERED:
            self.taken += records
        return answer

    def close(self) -> None:
        self.closed = True


def test_a_batch_is_over_when_all_its_messages_were_delivered_in_their_order() -> None:
    transport = MemoryTransport()
    deliver(lambda: transport)(Frame(MESSAGES), 0)

    assert [(each.message_id, each.body.decode()) for each in transport.records] == [
        (each["message_id"], each["body"]) for each in MESSAGES
    ]


def test_a_partition_without_messages_makes_no_transport() -> None:
    def none() -> MemoryTransport:
        raise AssertionError

    deliver(none)(Frame([]), 0)


def test_what_is_refused_for_a_while_is_sent_again() -> None:
    transport = Answering([TryLater("busy"), TryLater("busy")])
    deliver(lambda: transport, policy=EAGER)(Frame(MESSAGES[:10]), 0)

    assert [each.message_id for each in transport.taken] == [
        each["message_id"] for each in MESSAGES[:10]
    ]
    assert transport.closed


@pytest.mark.parametrize("answer", [TryLater("network", "no route"), Refused("credentials", "401")])
def test_a_batch_that_cannot_be_delivered_in_time_fails(answer: Outcome) -> None:
    transport = Answering([answer] * 1_000)
    send = deliver(lambda: transport, timeout=0.05)

    with pytest.raises(DeliveryError, match=r"10 messages were not delivered in 0\.05 s"):
        send(Frame(MESSAGES[:10]), 0)
    assert transport.closed


def test_a_dead_letter_holds_nothing_up_and_is_told() -> None:
    letters: list[Dead] = []
    transport = Answering([Refused("rejected", "no such event")])
    deliver(lambda: transport, on_dead=letters.append)(Frame(MESSAGES[:1]), 0)
    deliver(lambda: transport, on_dead=letters.append)(Frame(MESSAGES[1:3]), 1)

    assert [(each.record.message_id, each.reason) for each in letters] == [("s0-0", "rejected")]
    assert [each.message_id for each in transport.taken] == ["s1-1", "s2-2"]


# -- installation ----------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [session_events, backfill, summaries])
def test_without_pyspark_the_extra_is_named(
    function: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)

    with pytest.raises(ImportError, match=r"pip install video-tracker\[spark\]"):
        function(None)
