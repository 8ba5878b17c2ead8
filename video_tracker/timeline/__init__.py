"""Pictures of sessions: what a viewer did, on wall time.

A :class:`Timeline` is made from events, from anybody's messages or from an explained log, and drawn
for a terminal, or as SVG, PNG or HTML.
"""

from video_tracker.timeline.lanes import LANES
from video_tracker.timeline.model import (
    AdPod,
    AdShown,
    Bar,
    ContentPod,
    Note,
    PlayheadLine,
    Strip,
    Tick,
    Timeline,
    Watched,
)
from video_tracker.timeline.sessions import (
    explained_timeline,
    session_timeline,
    session_timelines,
)
from video_tracker.timeline.terminal import terminal_timeline

__all__ = [
    "LANES",
    "AdPod",
    "AdShown",
    "Bar",
    "ContentPod",
    "Note",
    "PlayheadLine",
    "Strip",
    "Tick",
    "Timeline",
    "Watched",
    "explained_timeline",
    "session_timeline",
    "session_timelines",
    "terminal_timeline",
]
