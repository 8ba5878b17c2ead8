"""When to try again: full-jitter back-off, ``Retry-After``, and lanes that are stopped. Pure."""

from collections.abc import Callable
from typing import Final

from video_tracker.delivery.account import LaneState
from video_tracker.delivery.policy import DeliveryPolicy

__all__ = ["Gate", "backoff"]

_DOUBLINGS: Final = 64
"""More than enough to reach any longest delay, and few enough for a float."""


def backoff(
    policy: DeliveryPolicy, failures: int, chance: float, after: float | None = None
) -> float:
    """How many seconds to leave the destination alone.

    Args:
        policy: The delays.
        failures: How often it failed in a row, this time included; 1 or more.
        chance: From 0 to 1: where in the whole range the wait falls (full jitter), so that many
            processes do not come back together.
        after: What the destination asked for. It is a minimum, up to the policy's cap; the
            jitter of a first failure comes on top, since it told everybody else the same.
    """
    longest = policy.base_delay * 2.0 ** min(failures - 1, _DOUBLINGS)
    wait = chance * min(policy.max_delay, longest)
    if after is None:
        return wait
    return max(wait, min(after, policy.retry_after_cap) + chance * policy.base_delay)


class Gate:
    """Whether anything may be sent now; what one batch learns of a destination holds for all.

    Args:
        policy: The delays.
        random: Chance.

    Attributes:
        state: Open, backing off or stopped.
        resume_at: When one batch may be tried, if the state is not open; Unix seconds.
        reopened_at: When it last ceased to be stopped; ages are counted from there.
    """

    __slots__ = ("_failures", "_policy", "_random", "reopened_at", "resume_at", "state")

    def __init__(self, policy: DeliveryPolicy, random: Callable[[], float]) -> None:
        self._policy = policy
        self._random = random
        self._failures = 0
        self.state: LaneState = "open"
        self.resume_at = 0.0
        self.reopened_at = 0.0

    @property
    def width(self) -> int:
        """Batches that may be in flight: one to feel the way when the state is not open."""
        return self._policy.in_flight if self.state == "open" else 1

    def closed(self, now: float) -> bool:
        """Whether nothing may be sent at ``now``."""
        return self.state != "open" and now < self.resume_at

    def open(self, now: float) -> None:
        """The destination took something, or refused it for the record's own fault."""
        if self.state == "stopped":
            self.reopened_at = now
        self.state = "open"
        self._failures = 0
        self.resume_at = 0.0

    def back_off(self, now: float, after: float | None) -> None:
        """The destination is away or busy."""
        if self.state == "stopped":
            self.reopened_at = now
        if not self.closed(now):
            # Batches that were in flight together fail together: that is one failure.
            self._failures += 1
        wait = backoff(self._policy, self._failures, self._chance(), after)
        self.state = "backing_off"
        self.resume_at = max(self.resume_at, now + wait)

    def stop(self, now: float) -> None:
        """The destination is wrongly configured: no record is to blame, and none is tried."""
        self.state = "stopped"
        self._failures = 0
        self.resume_at = now + self._policy.credentials_retry

    def delay(self, failures: int) -> float:
        """A back-off of its own, for what keeps failing while the gate may be open."""
        return backoff(self._policy, failures, self._chance())

    def _chance(self) -> float:
        return min(max(self._random(), 0.0), 1.0)
