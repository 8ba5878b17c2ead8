"""Why a session said what it said, what it did not say, and what it would say otherwise.

A :class:`RecordedSession` takes the place of a :class:`~video_tracker.Session` wherever an answer
is wanted; a session that is not recorded pays nothing for it.
"""

from video_tracker.explain.data import explanation_to_dict
from video_tracker.explain.explanation import EventAccount, Explanation
from video_tracker.explain.figures import Figure, Occurrence, Share
from video_tracker.explain.places import PlacePart, PositionAccount
from video_tracker.explain.record import Cause, Source
from video_tracker.explain.rules import Rule
from video_tracker.explain.session import RecordedSession
from video_tracker.explain.text import (
    event_text,
    explanation_text,
    figure_text,
    missing_text,
    position_text,
)
from video_tracker.explain.view import Miss
from video_tracker.explain.whatif import Difference, difference_of, what_if

__all__ = [
    "Cause",
    "Difference",
    "EventAccount",
    "Explanation",
    "Figure",
    "Miss",
    "Occurrence",
    "PlacePart",
    "PositionAccount",
    "RecordedSession",
    "Rule",
    "Share",
    "Source",
    "difference_of",
    "event_text",
    "explanation_text",
    "explanation_to_dict",
    "figure_text",
    "missing_text",
    "position_text",
    "what_if",
]
