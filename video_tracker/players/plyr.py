"""Plyr 3: controls around a media element or around an embedded YouTube or Vimeo player.

Channels: ``plyr`` (the player's events, most of them its element's once more), ``html5``, ``page``
and ``recorder``. Setting ``source`` throws the element away: what the old one says from then on is
housekeeping, its ``error`` too (A12). Ads are Google IMA's, whose events Plyr passes on with
``ads`` before their names; it gives no position or id of an ad with them.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from video_tracker.payload import part_of, positive, text_of
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.element_library import BESIDE_ADS, ELEMENT_WITH_ADS, ElementPlayer
from video_tracker.players.media_events import MEDIA_EVENTS
from video_tracker.players.rows import rows_in
from video_tracker.signals import Quality, Signal

__all__ = ["PlyrAdapter"]

_BREAK: Final = "play progress seek_end ad_break_start"
_START: Final = f"{_BREAK} ad_start ad_end"
_SWAP: Final = 1.0  # Seconds after a change of quality at which a source is the same content.
_LOADING: Final = 2  # ``networkState`` of an element that still loads: an error cannot be its own.


class PlyrAdapter(ElementPlayer):
    """Plyr; see the module (S31, S61, S71, S76)."""

    name: ClassVar[str] = "plyr"
    copies: ClassVar[Mapping[str, str]] = {event: event for event in MEDIA_EVENTS}
    shared: ClassVar = {**rows_in("plyr", ELEMENT_WITH_ADS), **BESIDE_ADS}
    of_ad: ClassVar = {"plyr": {"adspause": "pause", "adsresume": "play", "adsclick": "click"}}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "plyr": {
            "text tracks": "captionsdisabled captionsenabled cuechange languagechange",
            "the player's appearance": "controlshidden controlsshown",
            "the viewer's doing around the video, not its playback": "download",
            "asked for; `qualitychange` tells of it": "qualityrequested",
            "nothing was played yet": "adsadbreakready adsadmetadata adsloaded ready",
            "`play`, `pause` and `ended` tell of it": "statechange",
            "the ad's own player waits": "adsadbuffering",
            "the end of the ad or of the break tells of itself": """
                adsallcomplete adsalladscompleted adsuserclose""",
            "without a length": "adsdurationchange",
            "the viewer's doing around the ad, not its playback": """
                adsinteraction adsvideoiconclicked adsskippablestatechanged""",
            "`adscontentpause` tells when the content stops": "adslinearchanged",
            "a remark of the SDK; an ad that cannot be played never starts": "adslog",
            "`click` tells of it": "adsvideoclicked",
            "the player's own volume follows": "adsvolumechange adsvolumemuted",
        }
    }

    def __init__(self) -> None:
        super().__init__(new_blob_is_new_item=True)
        self._quality_at: float | None = None

    def _on_media(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event == "error" and _is_housekeeping(callback):
            return self.ignore(callback, "of the element that was thrown away (A12)")
        out = super()._on_media(callback)
        changed = self._quality_at
        if event == "emptied" and changed is not None and not self._breaks.in_break:
            self._quality_at = None
            if callback.at - changed <= _SWAP and self._media.begun:
                self._media.come_back(callback.at)  # the same content in another size
        return out

    def _is_decisive(self, callback: Callback) -> bool:
        return callback.event == "destroyed" or super()._is_decisive(callback)

    @on("plyr", "destroyed", "pause content_end interrupt exit")
    def _on_destroyed(self, callback: Callback) -> list[Signal]:
        return self._leave(callback)

    @on("plyr", "enterfullscreen exitfullscreen", "update")
    def _on_full_screen(self, callback: Callback) -> list[Signal]:
        return self._full_screen(callback, full=callback.event == "enterfullscreen")

    @on("plyr", "qualitychange", "quality")
    def _on_quality(self, callback: Callback) -> list[Signal]:
        self._quality_at = callback.at
        height = positive(callback.detail.get("quality"))
        if height is None or not self._media.begun:
            return []
        return [Quality(callback.at, quality=f"{int(height)}p")]

    @on("plyr", "adscontentpause adscontentpauserequested", _BREAK)
    def _on_break(self, callback: Callback) -> list[Signal]:
        return self._begin(callback, implied=self._breaks.in_break)

    def _begin(self, callback: Callback, *, implied: bool = True) -> list[Signal]:
        stands, at = callback.number("currentTime"), self._take_held(callback.at)  # IMA's own pause
        return self._breaks.begin(at, stands=stands, implied=implied)

    @on("plyr", "adscontentresume adscontentresumerequested", "ad_break_end")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        return self._breaks.end(callback.at)

    @on("plyr", "adsstart adsstarted adstarted", _START)
    def _on_start(self, callback: Callback) -> list[Signal]:
        return self._begin(callback) + self._breaks.start(callback, Announced())

    @on("plyr", "adsfirstquartile adsthirdquartile", _START, "its start was lost (S83)")
    @on("plyr", "adsadprogress adsimpression adsmidpoint", _START, "its start was lost (S83)")
    def _on_runs(self, callback: Callback) -> list[Signal]:
        breaks, clock = self._breaks, callback.event == "adsadprogress"
        if breaks.ad.started and not breaks.ad.wanted:
            return breaks.media(callback, "play")  # the word that it goes on was lost (S79)
        if not breaks.misses(Announced(), 0.0) or (clock and breaks.in_break and breaks.place):
            return self.ignore(callback, "of no ad whose start was lost (S62, S72)")
        return self._on_start(callback)

    @on("plyr", "adscomplete", "ad_end")
    @on("plyr", "adsskip", "ad_skip")
    def _on_ad_over(self, callback: Callback) -> list[Signal]:
        return self._breaks.finish(callback, skipped=callback.event == "adsskip")


def _is_housekeeping(callback: Callback) -> bool:
    """Whether an ``error`` is of the element that ``source=`` threw away."""
    message = text_of(part_of(callback.detail, "error").get("message")) or ""
    loads = callback.number("readyState") == 0 and callback.number("networkState") == _LOADING
    return loads or "empty src" in message.lower()
