"""video.js, with or without ads by videojs-contrib-ads.

Its channels, and how its events are read: :mod:`video_tracker.players.videojs_player`.
"""

from typing import ClassVar

from video_tracker.players.videojs_player import VideojsPlayer

__all__ = ["VideojsAdapter"]


class VideojsAdapter(VideojsPlayer):
    """The adapter of video.js; see the module."""

    name: ClassVar[str] = "videojs"
