"""Full-jitter back-off, Retry-After as a minimum, and the states of the gate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.delivery import DeliveryPolicy
from video_tracker.delivery.retry import Gate, backoff

POLICY = DeliveryPolicy(base_delay=0.5, max_delay=60.0, retry_after_cap=300.0)


@pytest.mark.parametrize(
    ("failures", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0), (7, 32.0), (8, 60.0), (10_000, 60.0)]
)
def test_the_longest_wait_doubles_up_to_the_cap(failures: int, longest: float) -> None:
    assert backoff(POLICY, failures, 1.0) == longest
    assert backoff(POLICY, failures, 0.25) == longest / 4
    assert backoff(POLICY, failures, 0.0) == 0.0


@given(st.integers(1, 200), st.floats(0, 1), st.floats(0, 1e6))
def test_retry_after_is_a_minimum_and_has_a_cap(failures: int, chance: float, after: float) -> None:
    wait = backoff(POLICY, failures, chance, after)

    assert wait >= min(after, 300.0)
    assert wait <= max(60.0, 300.0 + 0.5)


def test_a_gate_backs_off_until_something_arrives() -> None:
    gate = Gate(POLICY, lambda: 1.0)
    assert not gate.closed(0.0)

    gate.back_off(100.0, None)
    assert (gate.state, gate.resume_at) == ("backing_off", 100.5)
    assert gate.closed(100.4)
    assert not gate.closed(100.5)

    gate.back_off(100.5, None)
    assert gate.resume_at == 101.5

    gate.open(101.5)
    assert gate.state == "open"
    gate.back_off(102.0, None)
    assert gate.resume_at == 102.5


def test_batches_that_fail_together_are_one_failure() -> None:
    gate = Gate(POLICY, lambda: 1.0)
    for _ in range(4):
        gate.back_off(100.0, None)

    assert gate.resume_at == 100.5


def test_a_longer_wait_is_never_cut_short_by_another_batch() -> None:
    gate = Gate(POLICY, lambda: 0.0)
    gate.back_off(100.0, 30.0)
    gate.back_off(100.1, None)

    assert gate.resume_at == 130.0


def test_a_stopped_gate_is_tried_at_its_own_pace_and_one_batch_at_a_time() -> None:
    gate = Gate(DeliveryPolicy(in_flight=4), lambda: 0.5)
    assert gate.width == 4

    gate.stop(100.0)
    assert (gate.state, gate.resume_at, gate.width) == ("stopped", 160.0, 1)

    gate.open(170.0)
    assert (gate.state, gate.reopened_at, gate.width) == ("open", 170.0, 4)


@pytest.mark.parametrize("chance", [-3.0, 7.0])
def test_chance_outside_its_range_is_clamped(chance: float) -> None:
    gate = Gate(POLICY, lambda: chance)
    gate.back_off(100.0, None)

    assert 100.0 <= gate.resume_at <= 100.5
