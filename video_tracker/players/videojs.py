"""video.js, with or without ads by videojs-contrib-ads: its channel and its vocabulary.

How its events are read is :mod:`video_tracker.players.videojs_player`'s.
"""

from typing import ClassVar

from video_tracker.players.base import Vocabulary
from video_tracker.players.videojs_events import VOCABULARY
from video_tracker.players.videojs_player import VideojsPlayer

__all__ = ["VideojsAdapter"]


class VideojsAdapter(VideojsPlayer):
    """The adapter of video.js; see the module."""

    name: ClassVar[str] = "videojs"
    channels: ClassVar[frozenset[str]] = frozenset({"videojs", "html5", "page"})
    vocabulary: ClassVar[Vocabulary] = VOCABULARY
