"""Sessions by key: pure steps from snapshot to snapshot, for stores and engines of any kind."""

from video_tracker.keyed.kept import KeptViewers
from video_tracker.keyed.opening import Opening, Openings, opening_of
from video_tracker.keyed.snapshot import MOST_BYTES, pack, unpack
from video_tracker.keyed.step import Step, advance, encoded, expire, step_of, viewer_of
from video_tracker.keyed.viewer import Arrival, Told, Viewer

__all__ = [
    "MOST_BYTES",
    "Arrival",
    "KeptViewers",
    "Opening",
    "Openings",
    "Step",
    "Told",
    "Viewer",
    "advance",
    "encoded",
    "expire",
    "opening_of",
    "pack",
    "step_of",
    "unpack",
    "viewer_of",
]
