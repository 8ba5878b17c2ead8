"""Every limit of delivery in one frozen value, checked when it is built. Pure."""

import math
from typing import Any, Final, Literal, Self, TypeAlias

import attrs

from video_tracker.errors import PolicyError

__all__ = ["OVERFLOWS", "SETUP_FAULTS", "DeliveryPolicy", "Overflow", "check_seconds"]

Overflow: TypeAlias = Literal["drop_newest", "drop_oldest", "block", "raise", "spill"]
"""What happens to a record for which there is no room."""

OVERFLOWS: Final = ("drop_newest", "drop_oldest", "block", "raise", "spill")

SETUP_FAULTS: Final = frozenset({"credentials", "endpoint", "closed"})
"""Refusals that hold for every record alike: they stop the lane and burn no record."""


def _fail(owner: object, field: str, value: object, wanted: str) -> PolicyError:
    return PolicyError(f"{type(owner).__name__}.{field} must be {wanted}, not {value!r}")


def _count(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _fail(owner, attribute.name, value, "an integer, 1 or more")


def check_seconds(owner: object, field: str, value: object) -> None:
    """See to it that a value is a length of time.

    Raises:
        PolicyError: It is none: a text, NaN, infinite, below zero.
    """
    number = (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
    )
    if not number:
        raise _fail(owner, field, value, "seconds, zero or more")


def _seconds(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    check_seconds(owner, attribute.name, value)


def _count_or_none(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if value is not None:
        _count(owner, attribute, value)


def _seconds_or_none(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if value is not None:
        _seconds(owner, attribute, value)


def _overflow(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if value not in OVERFLOWS:
        raise _fail(owner, attribute.name, value, "one of " + ", ".join(OVERFLOWS))


@attrs.frozen(kw_only=True)
class DeliveryPolicy:
    """The limits of a pipe.

    Args:
        max_records: How many records may be pending: waiting, held back or in flight.
        max_bytes: How many bytes their bodies may have together.
        batch_records: Records in one batch.
        batch_bytes: Bytes of one batch's body, envelope and commas included (S55); checked before
            a record is added, so it is never exceeded but by a single record that does so alone.
        record_bytes: Bytes of one record's body; a larger one is a dead letter at once (S55).
        linger: Seconds that a record waits for company before a batch is closed without it.
        overflow: ``drop_newest``: the record that comes is dropped. ``drop_oldest``: those that
            have waited longest are. ``block``: the shell waits for room. ``raise``: the shell
            raises :class:`~video_tracker.errors.QueueFullError`. ``spill``: the record goes to
            the store's back (a disk), which has a limit of its own.
        base_delay: Full-jitter back-off: the n-th wait is chance x
            ``min(max_delay, base_delay * 2 ** (n - 1))`` seconds.
        max_delay: The longest such wait, in seconds.
        retry_after_cap: The longest ``Retry-After`` that is obeyed, in seconds.
        max_attempts: Tries before a record is a dead letter (``attempts``); None is no limit.
        max_age: Seconds after which a record is not tried again but a dead letter (``expired``);
            None is no limit. Time during which the lane was stopped does not count.
        in_flight: Batches that may be on their way at once. With more than one, the records of
            one session still follow each other.
        credentials_retry: Seconds between tries of a lane that is stopped by wrong credentials
            or a wrong address.
        suspect_after: Tries after which others may pass a batch that fails without being refused
            (a server that answers 500), in case one record of it is to blame. If it fails again
            while others are delivered, it is halved. None is never.
        lone_attempts: How often a single record may fail while others are delivered, before it is
            a dead letter (``attempts``) although nobody refused it; None is no limit.

    Raises:
        PolicyError: A limit is impossible, or contradicts another.
    """

    max_records: int = attrs.field(default=100_000, validator=_count)
    max_bytes: int = attrs.field(default=64 * 1024 * 1024, validator=_count)
    batch_records: int = attrs.field(default=500, validator=_count)
    batch_bytes: int = attrs.field(default=480_000, validator=_count)
    record_bytes: int = attrs.field(default=32_000, validator=_count)
    linger: float = attrs.field(default=0.5, validator=_seconds)
    overflow: Overflow = attrs.field(default="drop_newest", validator=_overflow)
    base_delay: float = attrs.field(default=0.5, validator=_seconds)
    max_delay: float = attrs.field(default=60.0, validator=_seconds)
    retry_after_cap: float = attrs.field(default=300.0, validator=_seconds)
    max_attempts: int | None = attrs.field(default=None, validator=_count_or_none)
    max_age: float | None = attrs.field(default=12 * 3600.0, validator=_seconds_or_none)
    in_flight: int = attrs.field(default=1, validator=_count)
    credentials_retry: float = attrs.field(default=60.0, validator=_seconds)
    suspect_after: int | None = attrs.field(default=4, validator=_count_or_none)
    lone_attempts: int | None = attrs.field(default=24, validator=_count_or_none)

    def __attrs_post_init__(self) -> None:
        if self.record_bytes > self.max_bytes:
            raise _fail(self, "record_bytes", self.record_bytes, "max_bytes at most")
        if self.record_bytes > self.batch_bytes:
            raise _fail(self, "record_bytes", self.record_bytes, "batch_bytes at most")
        if self.base_delay > self.max_delay:
            raise _fail(self, "base_delay", self.base_delay, "max_delay at most")

    @classmethod
    def durable(cls, **limits: Any) -> Self:
        """The limits for a pipe with a disk under it: 7 days, 1 GiB."""
        roomy = {"max_age": 7 * 24 * 3600.0, "max_bytes": 1024**3, "max_records": 10_000_000}
        return cls(**{**roomy, **limits})
