"""What becomes of records after the wire: outcomes and how they are settled. Pure."""

from video_tracker.delivery.outcome import (
    DELIVERED,
    Delivered,
    Mixed,
    Outcome,
    Refused,
    Settlement,
    TryLater,
    settle,
)

__all__ = [
    "DELIVERED",
    "Delivered",
    "Mixed",
    "Outcome",
    "Refused",
    "Settlement",
    "TryLater",
    "settle",
]
