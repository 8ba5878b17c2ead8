"""Viewers outside of the process: any number of workers, any request anywhere, one session."""

from video_tracker.stores.addresses import store_at
from video_tracker.stores.base import (
    Change,
    Lease,
    LeaseLostError,
    Mark,
    Outgoing,
    Store,
    Stored,
    partition_of,
)
from video_tracker.stores.log_worker import Log, LogWorker, Read
from video_tracker.stores.memory import MemoryStore
from video_tracker.stores.presence import Presence
from video_tracker.stores.shared import SharedSessions

__all__ = [
    "Change",
    "Lease",
    "LeaseLostError",
    "Log",
    "LogWorker",
    "Mark",
    "MemoryStore",
    "Outgoing",
    "Presence",
    "Read",
    "SharedSessions",
    "Store",
    "Stored",
    "partition_of",
    "store_at",
]
