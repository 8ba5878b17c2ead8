"""What the pipe does with each outcome: retries, stops, bisection, dead letters."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.delivery.piping import Run, failing, fill, ids, make, make_pipe, refusing
from video_tracker.delivery import DELIVERED, Batch, Mixed, Outcome, Refused, TryLater

# -- later


def test_what_did_not_arrive_goes_again_first_and_in_order() -> None:
    pipe = make_pipe(batch_records=2)
    fill(pipe, 4)
    answers: Iterator[Outcome] = iter((TryLater("network", "reset"), DELIVERED, DELIVERED))
    run = Run(pipe).drive(lambda *_: next(answers))

    assert [ids(batch) for batch in run.batches] == [["m0", "m1"], ["m0", "m1"], ["m2", "m3"]]
    assert [batch.attempt for batch in run.batches] == [1, 2, 1]
    first = run.settled[0]
    assert [each.message_id for each in first.retried] == ["m0", "m1"]
    assert (first.before, first.state, first.resume_at) == ("open", "backing_off", 0.5)
    assert (first.reason, first.detail) == ("network", "reset")
    assert (run.settled[1].before, run.settled[1].state) == ("backing_off", "open")


def test_the_waits_grow_until_something_arrives() -> None:
    pipe = make_pipe(suspect_after=None)
    fill(pipe, 1)
    times: list[float] = []

    def answer(batch: Batch, now: float) -> Outcome:  # noqa: ARG001
        times.append(now)
        return TryLater("unavailable")

    Run(pipe).drive(answer, requests=10)
    assert times == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 123.5, 183.5]


def test_retry_after_pauses_the_lane_at_least_that_long() -> None:
    pipe = make_pipe(chance=0.0)
    fill(pipe, 1)
    Run(pipe).drive(lambda *_: TryLater("throttled", after=17.0), requests=1)

    assert pipe.wake_at(0.0, force=True) == 17.0
    assert pipe.next_batch(16.9, force=True) is None
    assert pipe.next_batch(17.0) is not None


def test_an_absurd_retry_after_is_capped() -> None:
    pipe = make_pipe(chance=0.0)
    fill(pipe, 1)
    Run(pipe).drive(lambda *_: TryLater("throttled", after=1e8), requests=1)

    assert pipe.wake_at(0.0) == 300.0


def test_the_attempt_limit_makes_dead_letters() -> None:
    pipe = make_pipe(max_attempts=3)
    fill(pipe, 2)
    run = Run(pipe).drive(lambda *_: TryLater("network", "reset"))

    assert run.dead == [("m0", "attempts"), ("m1", "attempts")]
    assert [(each.attempts, each.detail) for each in run.settled[-1].dead] == [(3, "reset")] * 2
    assert pipe.account().dead == {"attempts": 2}


def test_the_age_limit_looks_at_each_record() -> None:
    pipe = make_pipe(max_age=100.0)
    pipe.put(make(0), 0.0)
    pipe.put(make(1), 60.0)
    run = Run(pipe, now=101.0).drive(lambda *_: TryLater("network"), requests=1)
    assert run.dead == [("m0", "expired")]

    assert Run(pipe, now=500.0).drive(lambda *_: DELIVERED).delivered == ["m1"]


def test_without_limits_nothing_is_given_up() -> None:
    pipe = make_pipe(max_age=None)
    fill(pipe, 3)
    run = Run(pipe).drive(lambda *_: TryLater("network"), requests=2_000)

    assert (run.dead, pipe.pending_records) == ([], 3)
    assert run.now > 60_000


# -- a wrong configuration


@pytest.mark.parametrize("reason", ["credentials", "endpoint", "closed"])
def test_a_wrong_configuration_stops_the_lane_and_burns_nothing(reason: str) -> None:
    pipe = make_pipe(max_attempts=1, max_age=1.0)
    fill(pipe, 3)
    run = Run(pipe).drive(lambda *_: Refused(reason, "HTTP 401"), requests=50)
    assert [batch.attempt for batch in run.batches] == [1] * 50
    assert run.now == 49 * 60.0
    assert (pipe.state, pipe.pending_records) == ("stopped", 3)
    assert (run.settled[0].before, run.settled[0].state) == ("open", "stopped")
    assert run.settled[0].resume_at == 60.0

    late = Run(pipe, now=run.now).drive(lambda *_: DELIVERED)
    assert late.delivered == ["m0", "m1", "m2"]
    assert pipe.state == "open"


def test_time_spent_stopped_does_not_count_as_age() -> None:
    pipe = make_pipe(max_age=100.0)
    fill(pipe, 1)
    run = Run(pipe).drive(lambda *_: Refused("credentials"), requests=9)
    run.drive(lambda *_: TryLater("network"), requests=1)
    opened = run.now
    assert run.dead == []

    run.drive(lambda *_: TryLater("network"))
    assert run.dead == [("m0", "expired")]
    assert run.now > opened + 100.0


def test_a_configuration_fault_for_some_keeps_those() -> None:
    """A transport that posts one by one stops at the first 401 and names the rest."""
    pipe = make_pipe()
    fill(pipe, 3)
    run = Run(pipe).drive(lambda *_: Refused("credentials", which=("m1", "m2")), requests=1)

    assert run.delivered == ["m0"]
    assert [each.message_id for each in run.settled[0].retried] == ["m1", "m2"]
    assert pipe.state == "stopped"


# -- refusals


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 8, 9, 100, 333, 500])
def test_a_bad_record_is_found_by_bisection(count: int) -> None:
    """499 of 500 are delivered within 2 * log2(500) + 2 requests, wherever the bad one is."""
    for bad in sorted({0, 1, count // 3, count // 2, count - 2, count - 1} & set(range(count))):
        pipe = make_pipe(batch_records=500)
        fill(pipe, count)
        run = Run(pipe).drive(refusing(f"m{bad}"))

        assert run.dead == [(f"m{bad}", "rejected")]
        assert run.delivered == [f"m{number}" for number in range(count) if number != bad]
        assert len(run.batches) <= 2 * math.log2(count) + 2


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 64), st.sets(st.integers(0, 63), max_size=8))
def test_bad_records_take_no_others_with_them(count: int, bad: set[int]) -> None:
    bad &= set(range(count))
    pipe = make_pipe(batch_records=64)
    fill(pipe, count, sessions=3)
    run = Run(pipe).drive(refusing(*(f"m{number}" for number in bad)))

    assert sorted(run.dead) == sorted((f"m{number}", "rejected") for number in bad)
    assert run.delivered == [f"m{number}" for number in range(count) if number not in bad]
    assert len(run.batches) <= max(1, len(bad)) * (2 * math.log2(count) + 2)


def test_a_lane_is_not_held_up_by_a_refusal() -> None:
    pipe = make_pipe(batch_records=4)
    fill(pipe, 8)
    run = Run(pipe).drive(refusing("m2"))

    assert (run.now, pipe.state) == (0.0, "open")


def test_an_outage_amid_a_bisection_loses_nothing() -> None:
    pipe = make_pipe(batch_records=8)
    fill(pipe, 8)
    spoil = refusing("m5")
    run = Run(pipe)
    for turn in range(200):
        away = turn % 2 == 1
        run.drive(failing(*(f"m{each}" for each in range(8))) if away else spoil, requests=1)

    assert run.dead == [("m5", "rejected")]
    assert run.delivered == ["m0", "m1", "m2", "m3", "m4", "m6", "m7"]


def test_records_refused_by_name_are_dead_and_the_others_delivered() -> None:
    pipe = make_pipe()
    fill(pipe, 3)
    run = Run(pipe).drive(lambda *_: Refused("rejected", "no userId", which=("m1",)))

    assert (run.delivered, run.dead, len(run.batches)) == (["m0", "m2"], [("m1", "rejected")], 1)
    assert run.settled[0].dead[0].detail == "no userId"
    assert (run.settled[0].reason, run.settled[0].state) == ("rejected", "open")


def test_a_mixture_is_read_part_by_part() -> None:
    pipe = make_pipe()
    fill(pipe, 4)
    mixture = Mixed(
        (Refused("rejected", which=("m0",)), TryLater("throttled", after=9.0, which=("m2", "m3")))
    )
    run = Run(pipe).drive(lambda *_: mixture, requests=1)

    assert (run.delivered, run.dead) == (["m1"], [("m0", "rejected")])
    assert [each.message_id for each in run.settled[0].retried] == ["m2", "m3"]
    assert run.settled[0].resume_at == 9.5


def test_records_that_were_refused_together_are_told_apart() -> None:
    """A transport that posts in several parts knows the part, not the record."""
    pipe = make_pipe()
    fill(pipe, 8)
    part = Refused("rejected", which=("m2", "m3", "m4", "m5"), together=True)
    run = Run(pipe).drive(lambda *_: part, requests=1)
    assert run.delivered == ["m0", "m1", "m6", "m7"]
    assert run.dead == []

    run.drive(refusing("m4"))
    assert run.dead == [("m4", "rejected")]
    assert run.delivered[4:] == ["m2", "m3", "m5"]


def test_a_refusal_of_all_the_rest_is_bisected() -> None:
    pipe = make_pipe()
    fill(pipe, 5)
    answers: Iterator[Outcome] = iter(
        (Mixed((TryLater("network", which=("m0",)), Refused("rejected"))), *[DELIVERED] * 9)
    )
    run = Run(pipe).drive(lambda *_: next(answers))

    assert run.dead == []
    assert run.delivered == ["m0", "m1", "m2", "m3", "m4"]


def test_if_only_one_can_be_meant_it_is_that_one() -> None:
    pipe = make_pipe()
    fill(pipe, 2)
    run = Run(pipe).drive(lambda *_: Mixed((Refused("rejected", which=("m0",)), Refused("odd"))))

    assert run.dead == [("m0", "rejected"), ("m1", "odd")]


@pytest.mark.parametrize("answer", [None, True, 200])
def test_a_transport_that_forgets_to_answer_is_not_asked_again(answer: Any) -> None:
    """They may have arrived: sending them again in halves would double them."""
    pipe = make_pipe()
    fill(pipe, 4)
    run = Run(pipe).drive(lambda *_: answer)

    assert len(run.batches) == 1
    assert [reason for _, reason in run.dead] == ["no_outcome"] * 4


@pytest.mark.parametrize("which", [("0",), ("M0",), ("m0 ",), ("m0", "m9")])
def test_an_id_that_is_none_of_the_batch_delivers_nothing(which: tuple[str, ...]) -> None:
    """A slip of a transport's own, a place or another spelling: it may mean any record."""
    pipe = make_pipe()
    fill(pipe, 2)
    answers: Iterator[Outcome] = iter([Mixed((TryLater("busy", which=which),)), DELIVERED])
    run = Run(pipe).drive(lambda *_: next(answers))

    assert [ids(batch) for batch in run.batches] == [["m0", "m1"]] * 2
    assert (run.delivered, run.dead) == (["m0", "m1"], [])


def test_two_records_of_one_id_share_their_fate() -> None:
    pipe = make_pipe()
    pipe.put(make(1), 0.0)
    pipe.put(make(1), 0.0)
    pipe.put(make(2), 0.0)
    run = Run(pipe).drive(lambda *_: Refused("rejected", which=("m1",)))

    assert (run.delivered, len(run.dead)) == (["m2"], 2)
    assert pipe.account().balanced


# -- too large


def limited(most: int) -> Any:
    """A destination that answers 413 to bodies over a length."""
    return lambda batch, _: Refused("too_large") if batch.body_bytes > most else DELIVERED


def test_a_body_that_is_too_large_is_split_and_later_ones_are_smaller() -> None:
    pipe = make_pipe(batch_records=500, batch_bytes=5_000, record_bytes=100)
    fill(pipe, 1_000)
    run = Run(pipe).drive(limited(3_000))

    assert run.dead == []
    assert run.delivered == [f"m{number}" for number in range(1_000)]
    assert 2_400 < pipe.byte_limit < 2_500
    assert [batch.body_bytes > 3_000 for batch in run.batches].count(True) == 1


def test_the_limit_is_found_however_low_it_is() -> None:
    pipe = make_pipe(batch_records=500, batch_bytes=20_000, record_bytes=100)
    fill(pipe, 5_000)
    run = Run(pipe).drive(limited(400))

    assert (run.dead, len(run.delivered)) == ([], 5_000)
    assert 200 <= pipe.byte_limit <= 400
    refused = [batch for batch in run.batches if batch.body_bytes > 400]
    assert len(refused) < 120  # a few batches' worth, then none


def test_a_record_that_is_too_large_does_not_drag_the_limit_down() -> None:
    pipe = make_pipe(batch_records=64, batch_bytes=10_000)
    for number in range(640):
        pipe.put(make(number, size=900 if number == 3 else 10), 0.0)
    run = Run(pipe).drive(
        lambda batch, _: (
            Refused("too_large")
            if any(len(record.body) > 500 for record in batch.records)
            else DELIVERED
        )
    )

    assert run.dead == [("m3", "too_large")]
    assert pipe.byte_limit >= 1_000
    assert len(run.delivered) == 639


def test_the_limit_grows_again() -> None:
    pipe = make_pipe(batch_records=10, batch_bytes=2_000, record_bytes=100)
    fill(pipe, 4_010, size=100)
    answers: Iterator[Outcome] = iter((Refused("too_large"), *[DELIVERED] * 10_000))
    run = Run(pipe).drive(lambda *_: next(answers))

    assert pipe.byte_limit == 2_000
    assert min(batch.body_bytes for batch in run.batches) < 600
    assert len(run.delivered) == 4_010


# -- what fails without being refused


def go_on(run: Run, destination: Any, *, minutes: int) -> None:
    """A record of another session comes every minute."""
    for minute in range(minutes):
        run.now += 60.0
        run.pipe.put(make(10_000 + minute, session="later"), run.now)
        run.drive(destination, until=run.now + 30.0)


def test_a_record_that_makes_the_server_fail_is_found_although_nobody_refuses_it() -> None:
    pipe = make_pipe(batch_records=8, max_age=None, chance=0.5)
    fill(pipe, 400, sessions=5)  # m3 is of session s3
    run = Run(pipe).drive(failing("m3"), until=3_600.0)
    assert sorted(run.delivered) == sorted(f"m{number}" for number in range(400) if number != 3)
    for session in range(5):
        line = [int(each[1:]) for each in run.delivered if int(each[1:]) % 5 == session]
        assert line == sorted(line)
    assert (run.dead, pipe.pending_records) == ([], 1)

    go_on(run, failing("m3"), minutes=60)
    assert run.dead == [("m3", "attempts")]
    assert (pipe.pending_records, pipe.state) == (0, "open")


def test_many_such_records_are_found_too() -> None:
    pipe = make_pipe(batch_records=16, max_age=None, chance=0.5)
    fill(pipe, 2_000, sessions=97)
    bad = {f"m{number}" for number in (0, 1, 2, 17, 18, 40, 300, 301, 1_999)}
    run = Run(pipe).drive(failing(*bad), until=2 * 3_600.0)
    go_on(run, failing(*bad), minutes=120)

    assert {name for name, _ in run.dead} == bad
    assert pipe.pending_records == 0
    assert pipe.account().delivered == 2_000 - len(bad) + 120


def test_an_outage_makes_no_dead_letters_and_scatters_little() -> None:
    pipe = make_pipe(batch_records=10, max_age=None, chance=0.5)
    fill(pipe, 300, sessions=40)
    run = Run(pipe).drive(lambda *_: TryLater("unavailable"), until=8 * 3_600.0)
    assert run.dead == []

    back = Run(pipe, now=run.now).drive(lambda *_: DELIVERED)
    assert sorted(back.delivered) == sorted(f"m{number}" for number in range(300))
    assert back.now - run.now < 60.0
    assert len(back.batches) < 60  # 30 at the least
    for session in range(40):
        line = [int(each[1:]) for each in back.delivered if int(each[1:]) % 40 == session]
        assert line == sorted(line)


def test_others_do_not_pass_where_the_policy_says_never() -> None:
    pipe = make_pipe(batch_records=2, suspect_after=None, max_age=None)
    fill(pipe, 20, sessions=10)
    run = Run(pipe).drive(failing("m0"), requests=100)

    assert {tuple(ids(batch)) for batch in run.batches} == {("m0", "m1")}


def test_being_throttled_is_nobodys_fault() -> None:
    pipe = make_pipe(batch_records=2, max_age=None)
    fill(pipe, 20, sessions=10)
    run = Run(pipe).drive(lambda *_: TryLater("throttled"), requests=100)

    assert {tuple(ids(batch)) for batch in run.batches} == {("m0", "m1")}


def test_what_is_aside_may_be_refused_given_back_stopped_or_dropped() -> None:
    pipe = make_pipe(batch_records=2, suspect_after=1, max_records=6, overflow="drop_oldest")
    fill(pipe, 6, sessions=2)
    run = Run(pipe).drive(lambda *_: TryLater("unavailable"), requests=1)
    at = pipe.wake_at(run.now)
    assert at is not None
    batch = pipe.next_batch(at)
    assert batch is not None
    assert ids(batch) == ["m0", "m1"]
    pipe.give_back(batch)
    assert pipe.put(make(6), at).dropped[0].record.message_id == "m0"
    run.drive(lambda *_: Refused("credentials"), requests=1)
    assert [each.message_id for each in run.settled[-1].retried] == ["m1"]

    run.drive(lambda *_: TryLater("unavailable"), requests=1)
    run.drive(lambda *_: DELIVERED)
    assert sorted(run.delivered) == ["m1", "m2", "m3", "m4", "m5", "m6"]
    assert [each for each in run.delivered if each in {"m1", "m3", "m5"}] == ["m1", "m3", "m5"]
    assert pipe.account().balanced
