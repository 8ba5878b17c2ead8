"""The kinds of time, and what their lanes are called."""

from collections.abc import Mapping
from typing import Final

__all__ = ["LANES"]

LANES: Final[Mapping[str, str]] = {
    "startup": "startup",
    "content_played": "content",
    "ad_played": "ads",
    "paused": "paused",
    "seeking": "seek",
    "buffering": "stall",
    "gap": "gap",
    "interrupted": "interrupted",
    "suspended": "suspended",
}
"""Each kind of time, by the name of the summary's bucket, and what its lane is called."""
