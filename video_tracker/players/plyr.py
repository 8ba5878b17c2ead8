"""Plyr 3: controls around a media element or around an embedded YouTube or Vimeo player.

Channels: ``plyr`` (the player's events, most of them its element's once more), ``html5``, ``page``
and ``recorder``. Setting ``source`` throws the element away: what the old one says from then on is
housekeeping, its ``error`` too (A12). Ads are Google IMA's, whose events Plyr passes on with
``ads`` before their names; it gives no position or id of an ad with them.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

from video_tracker.players.ad_breaks import AdBreaks
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import (
    WEB_SETTINGS,
    Callback,
    Ignored,
    Mapped,
    Vocabulary,
    earliest,
    finite,
)
from video_tracker.players.break_watch import RETURNS
from video_tracker.players.doubt import ENDS_DOUBT, Doubt
from video_tracker.players.element_library import ElementLibrary
from video_tracker.players.media_events import (
    MEDIA_EVENTS,
    PAGE_EVENTS,
    RECORDER_EVENTS,
    extended,
)
from video_tracker.players.remote import InOrder
from video_tracker.signals import Quality, Signal

__all__ = ["PLYR_EVENTS", "PlyrAdapter"]

_LOOKS: Final = "the player's appearance"
_TRACKS: Final = "text tracks"
_BREAK: Final = "play progress seek_end ad_break_start"
_START: Final = f"{_BREAK} ad_start ad_end"
_RUNS: Final = "an ad whose start was lost runs (S83)"
_NOTHING_MOVED: Final = "nothing was played yet"
_SWAP: Final = 1.0
"""Seconds after a change of quality within which the element's new source is the same content."""
_LOADING: Final = 2
"""``networkState`` of an element that still loads: an error cannot be its own."""
_TORN_DOWN: Final = "of the element that was thrown away (A12)"

_ELEMENT: Final = extended(MEDIA_EVENTS, RETURNS)
PLYR_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    **_ELEMENT,
    "captionsdisabled": Ignored(_TRACKS),
    "captionsenabled": Ignored(_TRACKS),
    "controlshidden": Ignored(_LOOKS),
    "controlsshown": Ignored(_LOOKS),
    "cuechange": Ignored(_TRACKS),
    "destroyed": Mapped("pause content_end interrupt exit"),
    "download": Ignored("the viewer's doing around the video, not its playback"),
    "enterfullscreen": Mapped("update"),
    "exitfullscreen": Mapped("update"),
    "languagechange": Ignored(_TRACKS),
    "qualitychange": Mapped("quality"),
    "qualityrequested": Ignored("asked for; `qualitychange` tells of it"),
    "ready": Ignored(_NOTHING_MOVED),
    "statechange": Ignored("`play`, `pause` and `ended` tell of it"),
    # Google IMA's, under the names of Plyr's configuration and under those it fires them with
    "adsadbreakready": Ignored(_NOTHING_MOVED),
    "adsadbuffering": Ignored("the ad's own player waits"),
    "adsadmetadata": Ignored(_NOTHING_MOVED),
    "adsadprogress": Mapped(f"{_BREAK} ad_start", "where the session begins in an ad (S83)"),
    "adsalladscompleted": Ignored("every break tells of its own end"),
    "adsallcomplete": Ignored("every break tells of its own end"),
    "adsclick": Mapped("ad_click"),
    "adscomplete": Mapped("ad_end"),
    "adscontentpause": Mapped(_BREAK),
    "adscontentpauserequested": Mapped(_BREAK),
    "adscontentresume": Mapped("ad_break_end"),
    "adscontentresumerequested": Mapped("ad_break_end"),
    "adsdurationchange": Ignored("without a length"),
    "adsfirstquartile": Mapped(_START, _RUNS),
    "adsimpression": Mapped(_START, _RUNS),
    "adsinteraction": Ignored("the viewer's doing around the ad, not its playback"),
    "adslinearchanged": Ignored("`adscontentpause` tells when the content stops"),
    "adsloaded": Ignored(_NOTHING_MOVED),
    "adslog": Ignored("a remark of the SDK; an ad that cannot be played never starts"),
    "adsmidpoint": Mapped(_START, _RUNS),
    "adspause": Mapped("pause"),
    "adsresume": Mapped("play"),
    "adsskip": Mapped("ad_skip"),
    "adsskippablestatechanged": Ignored("the skip button's own clock"),
    "adsstart": Mapped(_START),
    "adstarted": Mapped(_START),
    "adsstarted": Mapped(_START),
    "adsthirdquartile": Mapped(_START, _RUNS),
    "adsuserclose": Ignored("the end of the ad or of the break follows"),
    "adsvideoclicked": Ignored("`click` tells of it"),
    "adsvideoiconclicked": Ignored("the viewer's doing around the ad, not its playback"),
    "adsvolumechange": Ignored("the player's own volume follows"),
    "adsvolumemuted": Ignored("the player's own volume follows"),
}
"""Every event of Plyr's readme, types and ``config.events``, and of IMA's ``AdEvent``."""

_FULL_SCREEN: Final = {"enterfullscreen": True, "exitfullscreen": False}
_AD_STARTS: Final = frozenset({"adsstart", "adsstarted", "adstarted"})
_AD_RUNS: Final = frozenset(
    {"adsimpression", "adsfirstquartile", "adsmidpoint", "adsthirdquartile"}
)
"""Words that an ad runs, where that of its start was lost (S83)."""
_BREAK_STARTS: Final = frozenset({"adscontentpause", "adscontentpauserequested"})
_BREAK_ENDS: Final = frozenset({"adscontentresume", "adscontentresumerequested"})


class PlyrAdapter(ElementLibrary):
    """Plyr; see the module (S31, S61, S71, S76)."""

    name: ClassVar[str] = "plyr"
    channels: ClassVar[frozenset[str]] = frozenset({"plyr", "html5", "page", "recorder"})
    settings: ClassVar = WEB_SETTINGS
    vocabulary: ClassVar[Vocabulary] = {
        **{("plyr", event): entry for event, entry in PLYR_EVENTS.items()},
        **{("html5", event): entry for event, entry in _ELEMENT.items()},
        **{("page", event): entry for event, entry in PAGE_EVENTS.items()},
        **{("recorder", event): entry for event, entry in RECORDER_EVENTS.items()},
    }

    def __init__(self) -> None:
        super().__init__()
        self._quality_at: float | None = None
        self._breaks = AdBreaks(self._media, self.ignore)
        self._order = InOrder()
        self._doubt = Doubt()

    def flush(self, at: float) -> tuple[Signal, ...]:
        """A pause that no ads followed, or that no event told: the viewer's."""
        return self._order.let([*self._release(), *super().flush(at)], at)

    def wake_at(self) -> float | None:
        """When a held pause falls due."""
        return earliest(self._doubt.wake_at(), super().wake_at())

    def _release(self) -> list[Signal]:
        """What is held is told: nothing took it for its own."""
        background, tell = self._media.background, super()._on_media
        out = self._doubt.release(tell, tell)
        if self._media.background > background:
            self.note("pause: background")
        return out

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        event = callback.event
        said = callback.element is None and not self._voice.is_echo(callback)
        if self._doubt.defers(callback, seeks=said and event == "seeking"):
            return ()
        due = said and self._doubt.explains(plays=event == "play")
        own = callback.player == "plyr" and event in ENDS_DOUBT | {"destroyed"}
        out = self._release() if due or own or self._doubt.ends_with(callback) else []
        return self._order.let([*out, *super()._answer(callback)], callback.at)

    # -- the element and the page --------------------------------------------------------------

    def _on_media(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event == "error" and _is_housekeeping(callback):
            return self._drop(callback, _TORN_DOWN)
        if self._breaks.in_break:
            # IMA plays in an element of its own; the content's is stopped and started for it.
            return self._breaks.content(callback)
        if event == "play":
            self._breaks.gone = False
        if event == "pause" and not callback.flag("ended"):
            self._doubt.held = callback
            return []
        out = super()._on_media(callback)
        if event == "emptied" and self._quality_at is not None:
            swapped = callback.at - self._quality_at <= _SWAP
            self._quality_at = None
            if swapped and self._media.begun:
                self._media.come_back()  # the same content in another size
        return out

    def _on_page(self, callback: Callback) -> list[Signal]:
        return self._leave(callback) if callback.event == "pagehide" else super()._on_page(callback)

    def _leave(self, callback: Callback) -> list[Signal]:
        """The viewer is gone; in a break the content's position says nothing new."""
        if self._breaks.in_break:
            return self._breaks.leave_page(callback)
        return self._media.exit(callback)

    # -- the player ----------------------------------------------------------------------------

    def _on_library(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event in _FULL_SCREEN:
            return self._full_screen(callback, full=_FULL_SCREEN[event])
        if event == "qualitychange":
            return self._on_quality(callback)
        if event == "destroyed":
            return self._leave(callback)
        return self._on_ads(callback)

    def _on_quality(self, callback: Callback) -> list[Signal]:
        self._quality_at = callback.at
        height = finite(callback.detail.get("quality"))
        if height is None or height <= 0 or not self._media.begun:
            return []
        return [Quality(callback.at, quality=f"{int(height)}p")]

    # -- ads -----------------------------------------------------------------------------------

    def _on_ads(self, callback: Callback) -> list[Signal]:
        breaks, event = self._breaks, callback.event
        if event in _BREAK_STARTS | _AD_STARTS and (held := self._doubt.take()) is not None:
            self._media.stand(held)  # IMA's own, for its ads
        if event in _BREAK_STARTS:
            return breaks.begin(callback.at, stands=callback.number("currentTime"))
        joined = event == "adsadprogress" and not self._media.begun
        runs = event in _AD_RUNS and breaks.in_break and not breaks.ad.started
        if event in _AD_STARTS or joined or runs:
            return breaks.start(callback, Announced())
        if not breaks.in_break:
            return self._drop(callback, "no ad plays")
        if event == "adsadprogress":
            return self._drop(callback, "without a position")
        if event in _BREAK_ENDS:
            return breaks.end(callback.at)
        return self._in_ad(callback)

    def _in_ad(self, callback: Callback) -> list[Signal]:
        breaks, event = self._breaks, callback.event
        if event in ("adspause", "adsresume"):
            return breaks.media(callback, event.removeprefix("ads").replace("resume", "play"))
        if event == "adsclick":
            return breaks.click(callback)
        if event in _AD_RUNS:
            return self._drop(callback, "the ad was started already (S62)")
        return breaks.skip(callback) if event == "adsskip" else breaks.finish(callback)


def _is_housekeeping(callback: Callback) -> bool:
    """Whether an ``error`` is of the element that ``source=`` threw away."""
    error = callback.detail.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    if isinstance(message, str) and "empty src" in message.lower():
        return True
    return callback.number("readyState") == 0 and callback.number("networkState") == _LOADING
