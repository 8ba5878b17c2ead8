"""The synchronous shell: a :class:`Tracker` that owns the clock, the sessions and the way out."""

from video_tracker.tracker.account import Stats
from video_tracker.tracker.beacons import TrackedIntake
from video_tracker.tracker.hooks import Drop, Failure, Hooks, Lane, Retry, Sent
from video_tracker.tracker.sender import Figures, Mode, Sender
from video_tracker.tracker.tracked import TrackedPlayer, TrackedSession
from video_tracker.tracker.tracker import Tracker

__all__ = [
    "Drop",
    "Failure",
    "Figures",
    "Hooks",
    "Lane",
    "Mode",
    "Retry",
    "Sender",
    "Sent",
    "Stats",
    "TrackedIntake",
    "TrackedPlayer",
    "TrackedSession",
    "Tracker",
]
