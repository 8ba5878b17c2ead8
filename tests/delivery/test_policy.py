"""Every limit of delivery is checked when the policy is built."""

from typing import Any

import pytest

from video_tracker.delivery import DeliveryPolicy, Pipe
from video_tracker.errors import PolicyError


def test_the_defaults_are_those_of_the_document() -> None:
    """S55: a batch stays under 500,000 bytes, a record under 32,000."""
    policy = DeliveryPolicy()

    assert (policy.max_records, policy.max_bytes) == (100_000, 64 * 1024 * 1024)
    assert (policy.batch_records, policy.batch_bytes, policy.record_bytes) == (500, 480_000, 32_000)
    assert (policy.linger, policy.overflow, policy.in_flight) == (0.5, "drop_newest", 1)
    assert (policy.base_delay, policy.max_delay, policy.retry_after_cap) == (0.5, 60.0, 300.0)
    assert (policy.max_attempts, policy.max_age) == (None, 12 * 3600.0)
    assert policy.credentials_retry == 60.0


def test_a_durable_policy_keeps_records_for_a_week() -> None:
    policy = DeliveryPolicy.durable(batch_records=7)

    assert (policy.max_age, policy.batch_records) == (7 * 24 * 3600.0, 7)
    assert policy.max_bytes > DeliveryPolicy().max_bytes
    assert DeliveryPolicy.durable(max_age=5.0).max_age == 5.0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_records", 0),
        ("max_records", True),
        ("max_bytes", 1.5),
        ("batch_records", "9"),
        ("in_flight", 0),
        ("linger", -1.0),
        ("linger", float("nan")),
        ("max_delay", float("inf")),
        ("max_age", -1),
        ("max_attempts", 0),
        ("overflow", "spil"),
        ("record_bytes", 480_001),
        ("max_bytes", 31_999),
        ("base_delay", 61.0),
        ("suspect_after", 0),
        ("lone_attempts", -1),
    ],
)
def test_an_impossible_limit_is_a_policy_error(field: str, value: Any) -> None:
    with pytest.raises(PolicyError):
        DeliveryPolicy(**{field: value})


@pytest.mark.parametrize("field", ["max_attempts", "max_age", "suspect_after", "lone_attempts"])
def test_some_limits_may_be_none(field: str) -> None:
    limits: dict[str, Any] = {field: None}

    assert getattr(DeliveryPolicy(**limits), field) is None


@pytest.mark.parametrize("overhead", [-1, 480_000 - 31_999])
def test_the_envelope_must_leave_room_for_a_record(overhead: int) -> None:
    with pytest.raises(PolicyError, match="envelope"):
        Pipe(DeliveryPolicy(), random=lambda: 0.5, overhead=overhead)

    assert (
        Pipe(DeliveryPolicy(), random=lambda: 0.5, overhead=480_000 - 32_000).byte_limit == 480_000
    )
