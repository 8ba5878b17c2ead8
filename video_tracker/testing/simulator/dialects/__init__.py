"""How each player speaks: small tables from what happened to the callbacks that it makes of it."""

from collections.abc import Mapping
from typing import Final

from video_tracker.testing.simulator.dialects.hlsjs import HLSJS
from video_tracker.testing.simulator.dialects.html5 import HTML5
from video_tracker.testing.simulator.dialects.ima import IMA
from video_tracker.testing.simulator.dialects.media3 import MEDIA3
from video_tracker.testing.simulator.dialects.own import SIGNALS
from video_tracker.testing.simulator.speech import Dialect

__all__ = ["DIALECTS"]

DIALECTS: Final[Mapping[str, Dialect]] = {
    each.player: each for each in (SIGNALS, HTML5, HLSJS, IMA, MEDIA3)
}
"""The players that can be simulated, by the name of their adapter."""
