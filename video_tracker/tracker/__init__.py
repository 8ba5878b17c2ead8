"""The synchronous shell: a :class:`Tracker` that owns the clock, the sessions and the way out."""

from video_tracker.tracker.account import Failure, Stats
from video_tracker.tracker.tracked import TrackedPlayer, TrackedSession
from video_tracker.tracker.tracker import Tracker

__all__ = ["Failure", "Stats", "TrackedPlayer", "TrackedSession", "Tracker"]
