"""What the engines have in common: when a viewer's timer is due, and the way out."""

import math
from collections.abc import Callable, Iterable

from video_tracker.clock import SystemClock
from video_tracker.delivery.account import Dead
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.errors import DeliveryError
from video_tracker.keyed import Step
from video_tracker.record import Record
from video_tracker.tracker.hooks import Hooks
from video_tracker.tracker.sender import Sender
from video_tracker.transports.base import Transport

__all__ = ["due_after", "send_all", "sender_of"]


def due_after(step: Step, lag: int, earliest: int = 0) -> int | None:
    """When a viewer is to be looked after, in milliseconds of the engine's clock.

    Args:
        step: What he was left as.
        lag: Milliseconds by which that clock is ahead of the one of arrivals.
        earliest: Not before this.

    Returns:
        The time; None where nothing is remembered of him.
    """
    if step.snapshot is None or step.deadline is None:
        return None
    return max(math.ceil(step.deadline * 1000) + lag, earliest)


def sender_of(
    transport: Callable[[], Transport],
    policy: DeliveryPolicy | None,
    on_dead: Callable[[Dead], object] | None,
) -> Sender:
    """A sender that works when it is told to: engines have threads enough."""
    hooks = Hooks(SystemClock(), on_dead=on_dead)
    return Sender(transport(), policy=policy, mode="manual", hooks=hooks)


def send_all(sender: Sender, records: Iterable[Record], left: float, timeout: float) -> None:
    """Send records until each was delivered or is a dead letter.

    Args:
        sender: The way out.
        records: As many as its policy has room for.
        left: Seconds that are left for it.
        timeout: Of how many; for what the error says.

    Raises:
        DeliveryError: Some were neither.
    """
    for record in records:
        sender.put(record)
    account = sender.flush(left)
    missing = account.pending + sum(account.dropped.values())
    if missing:
        error = sender.figures().last_error
        raise DeliveryError(f"{missing} messages were not delivered in {timeout} s: {error}")
