"""Which quality video.js shows: VHS' renditions and the segments on screen.

VHS tells of a new rendition when it chooses it, up to several seconds before it is seen, and may
choose again before that. The text track ``segment-metadata`` tells which segment is on screen:
where its cues are recorded they alone count, and the choices only name height and frame rate.
"""

from collections.abc import Mapping
from typing import Any, Final

from video_tracker.players.base import Callback, finite
from video_tracker.signals import Quality, Signal

__all__ = ["QUALITY_EVENTS", "Renditions"]

QUALITY_EVENTS: Final = frozenset(
    {"qualitylevels:change", "segment-metadata:cuechange", "vhs:mediachange"}
)
"""The events that tell of a quality, chosen or shown."""


def _known(value: object) -> float | None:
    """A number above zero; a player's zero says that it does not know (E3)."""
    number = finite(value)
    return number if number is not None and number > 0 else None


class Renditions:
    """Turns video.js' quality events into ``quality`` signals, one for each change on screen."""

    def __init__(self) -> None:
        self._offered: dict[float, tuple[float | None, str | None]] = {}
        self._shown: float | None = None
        self._cues = False

    def receive(self, callback: Callback) -> list[Signal]:
        """The signals of a quality event."""
        detail = callback.detail
        if callback.event == "segment-metadata:cuechange":
            self._cues = True
            return self._show(callback, _known(detail.get("bandwidth")))
        bitrate = _known(detail.get("bitrate")) or _known(detail.get("bandwidth"))
        if bitrate is None:
            return []
        self._learn(bitrate, detail)
        return [] if self._cues else self._show(callback, bitrate)

    def _learn(self, bitrate: float, detail: Mapping[str, Any]) -> None:
        resolution = detail.get("resolution")
        height = resolution.get("height") if isinstance(resolution, Mapping) else None
        height = _known(detail.get("height")) or _known(height)
        rate = _known(detail.get("frameRate")) or _known(detail.get("fps"))
        known_rate, known_name = self._offered.get(bitrate, (None, None))
        name = f"{height:.0f}p" if height is not None else known_name
        self._offered[bitrate] = (rate or known_rate, name)

    def _show(self, callback: Callback, bitrate: float | None) -> list[Signal]:
        if bitrate is None or bitrate == self._shown:
            return []
        self._shown = bitrate
        framerate, quality = self._offered.get(bitrate, (None, None))
        dropped = callback.number("droppedFrames")
        return [
            Quality(
                callback.at,
                bitrate=bitrate / 1000,
                framerate=framerate,
                quality=quality,
                dropped_frames=int(dropped) if dropped is not None and dropped >= 0 else None,
            )
        ]
