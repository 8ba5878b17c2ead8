"""The playback session: what a player says in, correct events and exact figures out. Pure."""

from video_tracker.session.playback import Playback
from video_tracker.session.reasons import REASONS, Diagnostic
from video_tracker.session.session import Session
from video_tracker.session.snapshot import restore, snapshot
from video_tracker.session.summary import Summary

__all__ = ["REASONS", "Diagnostic", "Playback", "Session", "Summary", "restore", "snapshot"]
