"""video.js, with or without ads by videojs-contrib-ads (IMA, Freewheel... on it).

Channels: the player's own (``videojs``), ``html5`` and ``page``. video.js fires its media element's
events again. In ad mode contrib-ads renames them: ``adplaying`` is an ad's, ``contentplaying``
comes while the framework brings the content back, and only what has no prefix is the content's own.
What is here therefore listens to video.js; the element's channel is read only where video.js never
speaks.

What is no event of the player itself is written ``source:event``: ``qualitylevels:change`` is the
quality list's, ``vhs:mediachange`` the playlist loader's, ``segment-metadata:cuechange`` that of
the text track that tells which segment is on screen. ``detail`` may hold what video.js' own getters
say as ``api``.

VHS tells of a rendition when it chooses it, up to several seconds before it is seen, and may choose
again before that: where the cues of ``segment-metadata`` are recorded they alone count, and the
choices only name height and frame rate.
"""

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.players.base import (
    Callback,
    Ignored,
    Vocabulary,
    on,
    part_of,
    positive,
)
from video_tracker.players.break_watch import RETURNS
from video_tracker.players.contrib_ads import BREAK, ContribAds
from video_tracker.players.media_events import MEDIA_EVENTS, extended
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.rows import rows_in
from video_tracker.players.stream_markers import StreamMarkers, date_ranges
from video_tracker.signals import Signal

__all__ = ["VideojsAdapter"]

_FIRST_WORD: Final = 1.0
"""Seconds for which the clock that is heard first may wait for the word of whose it is."""
_AD_MEDIA: Final = frozenset(f"ad{event}" for event in MEDIA_EVENTS)
"""What contrib-ads makes of media events in ad mode."""
_LENGTHS: Final = frozenset({"durationchange", "loadedmetadata"})
_LOADS: Final = _LENGTHS | {"error"}
_ATTRIBUTES: Final = frozenset({"volumechange", "ratechange"})
_MACHINE: Final = "the framework brings the content back (D1)"
_REPLAYED: Final = "after a post-roll the framework may never leave ad mode: a replay (D2)"
_FIRST_FRAME: Final = f"play ad_progress ad_start buffer_end {BREAK}"


class VideojsAdapter(ContribAds):
    """video.js, and players made of it, whose own channel has their name; see the module."""

    name: ClassVar[str] = "videojs"
    shared: ClassVar[Vocabulary] = {
        **rows_in("html5", MEDIA_EVENTS),
        **rows_in("videojs", extended(MEDIA_EVENTS, RETURNS)),
        **{
            ("videojs", f"ad{event}"): entry
            for event, entry in MEDIA_EVENTS.items()
            if isinstance(entry, Ignored)
        },
        **{("videojs", f"content{event}"): Ignored(_MACHINE) for event in MEDIA_EVENTS},
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "videojs": {
            "the player's appearance": (
                "audioonlymodechange audiopostermodechange componentresize controlsdisabled "
                "controlsenabled disablepictureinpicturechanged languagechange playerresize "
                "posterchange usingcustomcontrols usingnativecontrols"
            ),
            "nothing played; the viewer's `play` follows": "autoplay-failure",
            "`play` and `playing` tell of it": "autoplay-success firstplay",
            "debugging": "debugoff debugon",
            "nothing changed": "fullscreenerror",
            "the live window moved; the position tells": ("liveedgechange seekableendchanged"),
            "loading, not playing": (
                "loadedalldata xhr-hooks-ready adcanplay adcanplaythrough "
                "adwebkitbeginfullscreen adwebkitendfullscreen"
            ),
            "the rates on offer; `ratechange` tells of the one that plays": ("playbackrateschange"),
            "the source goes; the next one tells of itself": "playerreset",
            "nothing was played yet": "ready ready()",
            "the viewer's finger; what it does tells of itself": "tap",
            "text and audio tracks": (
                "textdata texttrackchange audiotrackchange videotrackchange vttjserror vttjsloaded"
            ),
            "the viewer moved the pointer": "useractive",
            "the viewer left the pointer alone": "userinactive",
            "the next source tells of itself": "beforeplaylistitem playlistitem",
            "the list changes, not what plays": (
                "duringplaylistchange playlistadd playlistchange playlistremove playlistsorted"
            ),
            "a level on offer": ("qualitylevels:addqualitylevel qualitylevels:removequalitylevel"),
            "VHS counts the use of its features": "usage",
            "decided, not loaded": "vhs:mediachanging",
            "ads are not sought in; after a seek over a break it is the content's end of it (D3)": (
                "adseeked adseeking"
            ),
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self._offered: dict[float, Rendition] = {}
        """What was said of each rendition, by its bit rate."""
        self._bitrate: float | None = None
        """The bit rate that shows."""
        self._cued = False
        """Whether the segments on screen tell which one shows."""
        self._unsaid: Callback | None = None
        """The clock that was heard first of all: video.js says next whose it is."""
        self._heard = False
        self._wrapped = False
        """Whether the content's events keep their prefix: a replay after a post-roll (D2)."""

    def _let_go(self, at: float) -> list[Signal]:
        unsaid = self._tell_unsaid(None) if at == math.inf else []
        return [*unsaid, *self._settle_ads(at), *super()._let_go(at)]

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return self._markers.settled(self._by_channel(_with_api(callback)))

    # -- channels ----------------------------------------------------------------------------

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "html5" and self._said is not None:
            return self._drop(callback, "video.js fires it again, named by whose it is")
        out = self._tell_unsaid(callback)
        if callback.player == "page":
            return out + self._on_page(callback)
        if callback.player == "html5":
            if callback.event != "timeupdate" or self._heard:
                return out + self._media.receive(callback)
            self._heard, self._unsaid = True, callback
            return out
        return out + self._by_videojs(callback)

    def _tell_unsaid(self, callback: Callback | None) -> list[Signal]:
        """The element's first word, unless video.js says that it was an ad's."""
        unsaid, self._unsaid = self._unsaid, None
        if unsaid is None:
            return []
        if callback is not None:
            late = callback.at - unsaid.at > _FIRST_WORD
            if late or callback.event in _AD_MEDIA:
                return self._drop(unsaid, "of whom it is was not said")
        return self._media.receive(unsaid)

    def _by_videojs(self, callback: Callback) -> list[Signal]:
        self._said = callback
        out = self._settle_ads(callback.at, callback.event)
        if (callback.player, callback.event) in self._answers:
            return out + self._by_row(callback)
        return out + self._on_content(callback)

    # -- media events, by whose they are -----------------------------------------------------

    @on("videojs", "adplay", f"play {BREAK}")
    @on("videojs", "adpause", f"pause {BREAK}")
    @on("videojs", "adplaying adtimeupdate", _FIRST_FRAME)
    @on("videojs", "adwaiting", f"buffer_start {BREAK}")
    @on("videojs", "adended", f"ad_end {BREAK}")
    @on("videojs", "aderror", f"ad_error error interrupt progress {BREAK}")
    @on("videojs", "adratechange advolumechange", f"update {BREAK}")
    @on(
        "videojs",
        "addurationchange adloadedmetadata",
        f"load {BREAK}",
        "of the content while it waits for its pre-roll",
    )
    @on("videojs", "ademptied adloadstart", BREAK, "an ad takes the content's element over")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        """A media event that contrib-ads calls ``ad...``."""
        callback = attrs.evolve(callback, event=callback.event.removeprefix("ad"))
        event = callback.event
        if event in _ATTRIBUTES:
            return self._media.attributes.changes(callback)
        if not self._breaks.in_break and self._media.is_foreign(callback):
            return self._drop(callback, "of the file of an ad that has ended (S78)")
        out = [] if self._breaks.in_break else self._missed_start(callback)
        if self._breaks.in_break:
            return out + self._ad_media(callback)
        # Ad mode without a break: the content waits for its pre-roll.
        if event in _LOADS and not self._media.shown:
            return self._media.receive(callback)
        return self._drop(callback, "the content waits for ads")

    @on("videojs", "contentdurationchange contentloadedmetadata", "load")
    @on("videojs", "contentratechange contentvolumechange", "update")
    @on("videojs", "contentplay", RETURNS["play"], _REPLAYED)
    @on("videojs", "contentpause", f"pause content_end {RETURNS['pause']}", _REPLAYED)
    @on(
        "videojs",
        "contentplaying contenttimeupdate",
        f"seek_end content_end {RETURNS['playing']}",
        _REPLAYED,
    )
    @on("videojs", "contentseeked contentseeking", "seek_start seek_end", _REPLAYED)
    @on("videojs", "contentwaiting", "buffer_start", _REPLAYED)
    def _on_return(self, callback: Callback) -> list[Signal]:
        """A media event that contrib-ads calls ``content...``."""
        callback = attrs.evolve(callback, event=callback.event.removeprefix("content"))
        event, content = callback.event, self._media
        if self._wrapped or event in _LENGTHS or event in _ATTRIBUTES:
            return content.receive(callback)
        replay = self._restoring and content.ended
        if event == "play" and (replay or not content.begun):
            self._wrapped = replay
            return content.receive(callback)
        if self._breaks.in_break:
            return self._content_speaks(callback)
        return self._drop(callback, "the framework brings the content back (D1)")

    def _on_content(self, callback: Callback) -> list[Signal]:
        """A media event without a prefix: the content's own."""
        event = callback.event
        if event in _ATTRIBUTES:
            return self._media.receive(callback)
        if self._breaks.in_break and (event != "play" or self._media.begun):
            return self._content_speaks(callback)
        self._restoring = self._wrapped = False
        if event == "play":
            self._breaks.gone = False
        return self._media.receive(callback)

    # -- the player --------------------------------------------------------------------------

    @on("videojs", "enterFullWindow exitFullWindow", "update")
    def _on_full_window(self, callback: Callback) -> list[Signal]:
        full = {"fullscreen": callback.event == "enterFullWindow"}
        return self._media.attributes.changes(attrs.evolve(callback, detail=full))

    @on("videojs", "sourceset", "", "inside an ad break: an ad takes the content's element over")
    def _on_source(self, callback: Callback) -> list[Signal]:
        self._markers = StreamMarkers()
        return self._new_source(callback)

    @on("videojs", "fullscreenchange", "update")
    def _on_fullscreen(self, callback: Callback) -> list[Signal]:
        return self._media.page(callback)

    @on("videojs", "readyforpreroll", "play load progress update", "fired once play is wanted")
    def _on_ready_for_preroll(self, callback: Callback) -> list[Signal]:
        """contrib-ads looks for a pre-roll once play is wanted, before any ``play`` is heard."""
        if self._media.begun:
            return []
        return self._media.receive(attrs.evolve(callback, event="play"))

    @on("videojs", "contentended readyforpostroll resumeended", "content_end")
    def _on_content_end(self, callback: Callback) -> list[Signal]:
        """The content ran out; its own ``ended`` may never come (D2)."""
        brought_back = callback.event == "resumeended" and not self._wrapped
        if self._breaks.in_break or brought_back:
            return self._drop(callback, "the end of a source that came back from a break")
        return self._media.finish(callback.at, callback.number("currentTime"))

    @on("videojs", "contentresumed", "playing seek_end")
    def _on_resumed(self, callback: Callback) -> list[Signal]:
        """The plugin says that the content goes on, without a ``playing`` of it."""
        if self._breaks.in_break or not self._restoring:
            return []
        return self._on_content(attrs.evolve(callback, event="playing"))

    @on("videojs", "metadata:cuechange", "ad_ranges", "date ranges that mark stitched ads (S9)")
    def _on_cues(self, callback: Callback) -> list[Signal]:
        return self._markers.take(callback.at, date_ranges(callback.detail.get("active")))

    @on("videojs", "dispose", "ad_break_start ad_progress exit")
    def _on_dispose(self, callback: Callback) -> list[Signal]:
        return self._leave(callback)

    # -- quality -----------------------------------------------------------------------------

    @on(
        "videojs",
        "qualitylevels:change vhs:mediachange",
        "quality",
        "what was chosen; shown when its segments are",
    )
    def _on_chosen(self, callback: Callback) -> list[Signal]:
        detail = callback.detail
        chosen = Rendition.read(detail, "bitrate", "bandwidth")
        if chosen.bitrate is None:
            return []
        known = self._offered.get(chosen.bitrate, chosen)
        framerate = chosen.framerate or positive(detail.get("fps"))
        height = chosen.height or positive(part_of(detail, "resolution").get("height"))
        self._offered[chosen.bitrate] = Rendition(
            chosen.bitrate, framerate or known.framerate, height or known.height
        )
        return [] if self._cued else self._show(callback, chosen.bitrate)

    @on("videojs", "segment-metadata:cuechange", "quality", "what is on screen")
    def _on_segment(self, callback: Callback) -> list[Signal]:
        self._cued = True
        return self._show(callback, positive(callback.detail.get("bandwidth")))

    def _show(self, callback: Callback, bitrate: float | None) -> list[Signal]:
        if bitrate is None or bitrate == self._bitrate:
            return []
        self._bitrate = bitrate
        self._renditions.shows(self._offered.get(bitrate, Rendition(bitrate)))
        return self._renditions.due(callback)


def _with_api(callback: Callback) -> Callback:
    """The callback with what video.js' own getters add to the element's properties.

    They fill in what is missing; of two values the element's is the newer one, but for a live
    stream, whose element has a growing length and whose player says ``Infinity`` (E2).
    """
    api = callback.detail.get("api")
    if not isinstance(api, Mapping):
        return callback
    state = {**api, **callback.state}
    if api.get("duration") in ("Infinity", float("inf")):
        state.setdefault("seekableEnd", callback.state.get("duration"))
        state["duration"] = "Infinity"
    return attrs.evolve(callback, state=state)
