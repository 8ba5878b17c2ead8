"""What becomes of records after the wire: queue, batches, outcomes, retries, ledger. Pure.

The shells own clock, lock, thread and transport; they put records, send batches and settle
outcomes, and decide nothing.
"""

from video_tracker.delivery.account import Account, Batch, Dead, Dropped, LaneState, Put, Settled
from video_tracker.delivery.batching import Frame, body_length
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
from video_tracker.delivery.pipe import Pipe
from video_tracker.delivery.policy import SETUP_FAULTS, DeliveryPolicy, Overflow
from video_tracker.delivery.store import ChainStore, MemoryStore, Store, Taken

__all__ = [
    "DELIVERED",
    "SETUP_FAULTS",
    "Account",
    "Batch",
    "ChainStore",
    "Dead",
    "Delivered",
    "DeliveryPolicy",
    "Dropped",
    "Frame",
    "LaneState",
    "MemoryStore",
    "Mixed",
    "Outcome",
    "Overflow",
    "Pipe",
    "Put",
    "Refused",
    "Settled",
    "Settlement",
    "Store",
    "Taken",
    "TryLater",
    "body_length",
    "settle",
]
