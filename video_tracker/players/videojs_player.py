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

Of videojs-contrib-ads, its own events are read (``adstart``, ``adend``, ``adserror``), the
conventions of ad plugins (``ads-pod-started``, ``ads-ad-started``...) and the ad's media events
under their ``ad...`` names. A plugin says what it knows in ``player.ads.pod`` (``id``, ``size``)
and ``player.ads.ad`` (``type`` such as ``PREROLL``, ``index`` from 0, ``id``, ``duration``), and
with ``indexInBreak``; none is obliged to it. Plugins differ: some play ads in the content's element
(its source is swapped, its clock is the ad's), some in an element that nobody sees (IMA); some tell
which ad it is, some only that there is a break.

* An ad begins with its first moving frame (S71), not when a plugin says so: the content's own
  ``playing``, called ``adplaying`` in ad mode, deceives plugins (D3).
* ``adserror`` ends the break (D4); it and the element's ``aderror`` are one failure.
"""

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.payload import name_of, part_of, positive, whole
from video_tracker.players.ad_breaks import QUARTILES, Pod
from video_tracker.players.ad_element import Announced, is_still
from video_tracker.players.base import Callback, earliest, on
from video_tracker.players.break_watch import RETURNS
from video_tracker.players.doubt import HOLD
from video_tracker.players.element_library import ElementPlayer
from video_tracker.players.media_events import MEDIA_EVENTS, error_reason, extended
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.rows import Ignored, Vocabulary, rows_in
from video_tracker.signals import Signal
from video_tracker.stream_markers import StreamMarkers, date_ranges

__all__ = ["VideojsAdapter"]

_FIRST_WORD: Final = 1.0
"""Seconds for which the clock that is heard first may wait for the word of whose it is."""
_AD_MEDIA: Final = frozenset(f"ad{event}" for event in MEDIA_EVENTS)
"""What contrib-ads makes of media events in ad mode."""
_LENGTHS: Final = frozenset({"durationchange", "loadedmetadata"})
_LOADS: Final = _LENGTHS | {"error"}
_ATTRIBUTES: Final = frozenset({"volumechange", "ratechange"})
_BREAK: Final = "play progress update seek_end ad_break_start"
"""What a break's start is, when an event in ad mode is the first that tells of it (S61)."""

_NAMING: Final = frozenset({"adstart", "ads-pod-started"})
_MACHINE: Final = "the framework brings the content back (D1)"
_REPLAYED: Final = "after a post-roll the framework may never leave ad mode: a replay (D2)"
_FIRST_FRAME: Final = f"play ad_progress ad_start buffer_end {_BREAK}"


class VideojsAdapter(ElementPlayer):
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
    of_ad: ClassVar = {"videojs": {f"ads-{word}": word for word in ("pause", "play", "click")}}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "videojs": {
            "no ad is announced; the content goes on": """
                adscanceled adskip adtimeout nopostroll nopreroll ads-request""",
            "the ad plugin's own state; nothing plays": "adslog adsready ads-manager",
            "the next source tells of itself": """
                contentchanged contentupdate playerreset beforeplaylistitem playlistitem""",
            "an ad without content; `adstart` tells of it": "readyforoutstream",
            "`adserror` comes with it": "vjsadserror",
            "`adend` ends the break": "ads-allpods-completed ads-pod-ended",
            "names a break without its place and lengths": "ads-load",
            "`advolumechange` tells how loud it is": "ads-mute",
            "the player's appearance": """
                audioonlymodechange audiopostermodechange componentresize controlsdisabled
                controlsenabled disablepictureinpicturechanged languagechange playerresize
                posterchange usingcustomcontrols usingnativecontrols""",
            "nothing played; the viewer's `play` follows": "autoplay-failure",
            "`play` and `playing` tell of it": "autoplay-success firstplay",
            "for developers": "debugoff debugon usage",
            "nothing changed": "fullscreenerror",
            "the live window moved; the position tells": "liveedgechange seekableendchanged",
            "loading, not playing": """
                loadedalldata xhr-hooks-ready adcanplay adcanplaythrough adwebkitbeginfullscreen
                adwebkitendfullscreen""",
            "on offer or decided; another event tells what plays": """
                playbackrateschange qualitylevels:addqualitylevel qualitylevels:removequalitylevel
                vhs:mediachanging""",
            "nothing was played yet": "ready ready()",
            "the viewer's hand; what it does tells of itself": "tap useractive userinactive",
            "text and audio tracks": """
                textdata texttrackchange audiotrackchange videotrackchange vttjserror
                vttjsloaded""",
            "the list changes, not what plays": """
                duringplaylistchange playlistadd playlistchange playlistremove playlistsorted""",
            "no seek in an ad; after one over a break it is the content's end of it (D3)": """
                adseeked adseeking""",
        }
    }

    def __init__(self) -> None:
        super().__init__(new_blob_is_new_item=True)
        self._said: Callback | None = None  # The last callback of video.js, under its own name.
        self._restoring = False  # Whether the framework brings the content back after a break.
        self._fresh_at: float | None = None
        """When a source was set in the break that has not played yet."""
        self._failed = False  # Whether the failure of the present ad was told.
        self._first: Callback | None = None
        """An ad's first frame, held until the next callback says which ad it is."""
        self._early: Callback | None = None
        """An ad announced before its source, held until the source shows whose element it uses."""
        self._offered: dict[float, Rendition] = {}
        """What was said of each rendition, by its bit rate."""
        self._bitrate: float | None = None  # The bit rate that shows.
        self._cued = False  # Whether the segments on screen tell which one shows.
        self._unsaid: Callback | None = None
        """The clock that was heard first of all: video.js says next whose it is."""
        self._heard = False
        self._wrapped = False
        """Whether the content's events keep their prefix: a replay after a post-roll (D2)."""

    def _let_go(self, at: float) -> list[Signal]:
        unsaid = self._tell_unsaid(None) if at == math.inf else []
        return [*unsaid, *self._settle_ads(at), *super()._let_go(at)]

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return super()._answer(_with_api(callback))

    def _content_says(self, callback: Callback, *events: str) -> bool:
        own = callback.player == self.name or self._said is None
        return own and callback.element is None and callback.event in events

    def _shown(self, callback: Callback, out: list[Signal]) -> list[Signal]:  # noqa: ARG002
        return self._markers.settled(out)

    # -- channels ----------------------------------------------------------------------------

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "html5" and self._said is not None:
            return self.ignore(callback, "video.js fires it again, named by whose it is")
        out = self._tell_unsaid(callback)
        if callback.player == "page":
            return out + self._on_page(callback)
        if callback.player == "html5":
            if callback.event != "timeupdate" or self._heard:
                return out + self._hears(callback)
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
                return self.ignore(unsaid, "of whom it is was not said")
        return self._media.receive(unsaid)

    def _by_videojs(self, callback: Callback) -> list[Signal]:
        self._said = callback
        out = self._settle_ads(callback.at, callback.event)
        if (callback.player, callback.event) in self._answers:
            return out + self._by_row(callback)
        return out + self._on_content(callback)

    # -- media events, by whose they are -----------------------------------------------------

    @on("videojs", "adplay", f"play {_BREAK}")
    @on("videojs", "adpause", f"pause {_BREAK}")
    @on("videojs", "adplaying adtimeupdate", _FIRST_FRAME)
    @on("videojs", "adwaiting", f"buffer_start {_BREAK}")
    @on("videojs", "adended", f"ad_end {_BREAK}")
    @on("videojs", "aderror", f"ad_error error interrupt progress {_BREAK}")
    @on("videojs", "adratechange advolumechange", f"update {_BREAK}")
    @on("videojs", "addurationchange adloadedmetadata", f"load {_BREAK}", "of content that waits")
    @on("videojs", "ademptied adloadstart", _BREAK, "an ad takes the content's element over")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        """A media event that contrib-ads calls ``ad...``."""
        callback = attrs.evolve(callback, event=callback.event.removeprefix("ad"))
        event = callback.event
        if event in _ATTRIBUTES:
            return self._media.attributes.changes(callback)
        if not self._breaks.in_break and self._media.is_foreign(callback):
            return self.ignore(callback, "of the file of an ad that has ended (S78)")
        out = [] if self._breaks.in_break else self._missed_start(callback)
        if self._breaks.in_break:
            return out + self._ad_media(callback)
        # Ad mode without a break: the content waits for its pre-roll.
        if event in _LOADS and not self._media.shown:
            return self._media.receive(callback)
        return self.ignore(callback, "the content waits for ads")

    @on("videojs", "contentdurationchange contentloadedmetadata", "load")
    @on("videojs", "contentratechange contentvolumechange", "update")
    @on("videojs", "contentplay", RETURNS["play"], _REPLAYED)
    @on("videojs", "contentpause", f"pause content_end {RETURNS['pause']}", _REPLAYED)
    @on("videojs", "contentplaying", f"seek_end content_end {RETURNS['playing']}", _REPLAYED)
    @on("videojs", "contenttimeupdate", f"seek_end content_end {RETURNS['playing']}", _REPLAYED)
    @on("videojs", "contentseeked contentseeking", "seek_start seek_end", _REPLAYED)
    @on("videojs", "contentwaiting", "buffer_start", _REPLAYED)
    def _on_return(self, callback: Callback) -> list[Signal]:
        """A media event that contrib-ads calls ``content...``."""
        callback = attrs.evolve(callback, event=callback.event.removeprefix("content"))
        event, content = callback.event, self._media
        if self._wrapped or event in _LENGTHS | _ATTRIBUTES:
            return content.receive(callback)
        replay = self._restoring and content.ended
        if event == "play" and (replay or not content.begun):
            self._wrapped = replay
            return content.receive(callback)
        if self._breaks.in_break:
            return self._content_speaks(callback)
        return self.ignore(callback, "the framework brings the content back (D1)")

    def _on_content(self, callback: Callback) -> list[Signal]:
        """A media event without a prefix: the content's own."""
        media, breaks, event = self._media, self._breaks, callback.event
        if event in _ATTRIBUTES:
            return media.receive(callback)
        if breaks.in_break and (event != "play" or media.begun):
            return self._content_speaks(callback)
        self._restoring = self._wrapped = False
        return self._hears(callback)

    # -- the player --------------------------------------------------------------------------

    @on("videojs", "enterFullWindow exitFullWindow", "update")
    def _on_full_window(self, callback: Callback) -> list[Signal]:
        return self._full_screen(callback, full=callback.event == "enterFullWindow")

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
            return self.ignore(callback, "the end of a source that came back from a break")
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

    def ignore(self, callback: Callback, reason: str) -> list[Signal]:
        """Count a callback that became nothing, under the name that video.js gave it."""
        said, own = self._said, callback.player == self.name
        named = own and said is not None and said.event.endswith(callback.event)
        return super().ignore(said if named and said is not None else callback, reason)

    def wake_at(self) -> float | None:
        """When something held back falls due."""
        due = super().wake_at()
        for each in (self._first, self._early):
            if each is not None:
                due = earliest(due, each.at + HOLD)
        return due

    # -- the element -------------------------------------------------------------------------

    def _missed_start(self, callback: Callback) -> list[Signal]:
        """The framework says that ads have the player though no ``adstart`` came (S61)."""
        joined = not self._media.begun and self._breaks.joins(callback)
        if callback.detail.get("inAdBreak") is not True and not joined:
            return []
        out = self._open(callback, implied=True)
        if joined and self._breaks.in_break:
            # The session begins in the middle of an ad that plays in the content's element (S83).
            self._new_source(callback)
            due = Announced(duration=callback.number("duration"))
            out += self._breaks.announce(due, callback.at, joined=True)
        return out

    def _content_speaks(self, callback: Callback) -> list[Signal]:
        """The content's own event in a break: has it gone on though nobody said so (S62)?"""
        if callback.detail.get("inAdBreak") is True:
            return self.ignore(callback, "an echo of the content while ads have the player (D1)")
        out = self._breaks.content(callback)
        self._restoring = self._restoring and self._breaks.in_break
        return out

    def _ad_media(self, callback: Callback) -> list[Signal]:
        """The signals of an ad's media event, under its own name, inside a break."""
        event = callback.event
        if event in ("emptied", "loadstart"):
            return self._new_source(callback)
        if event == "error":
            return self._fail_ad(callback, error_reason(callback)[1])
        if not self._breaks.shares:
            return self.ignore(callback, "the content's element, while ads play in another (D3)")
        if event in ("playing", "timeupdate") and self._fresh_at is not None:
            return self._first_frame(callback)
        return self._breaks.element(callback, sure=True)

    def _new_source(self, callback: Callback) -> list[Signal]:
        """A source is set: inside a break an ad takes the content's element over."""
        if self._breaks.in_break:
            self._breaks.shares, self._failed = True, False
            self._fresh_at = callback.at
            self._early = None  # the announced ad waits for its own first frame
        return []

    def _settle_ads(self, at: float, event: str | None = None) -> list[Signal]:
        """What was held until the next callback, or for a quarter of a second at most."""
        out: list[Signal] = []
        if not self._breaks.in_break:
            self._first = self._early = None
            return out
        if event not in _NAMING and not self._media.shown:
            out += self._breaks.tell()  # it stops no content: told as soon as it is named
        first, early = self._first, self._early
        waits = event is None and first is not None and at < first.at + HOLD
        if first is not None and event != "ads-ad-started" and not waits:
            out += self._start(first)
        if early is not None and at >= early.at + HOLD:
            # No source came: the ad plays in an element of its own, or within the content.
            self._early = None
            out += self._breaks.media(early, "playing", 0.0)
        return out

    def _leave(self, callback: Callback) -> list[Signal]:
        return self._settle_ads(callback.at, callback.event) + super()._leave(callback)

    # -- breaks ------------------------------------------------------------------------------

    @on("videojs", "adstart", f"{_BREAK} ad_error ad_end ad_break_end")
    @on("videojs", "ads-pod-started", f"{_BREAK} ad_error ad_end ad_break_end")
    def _on_break_start(self, callback: Callback) -> list[Signal]:
        """The break, and its name; a plugin may play two pods within one of the framework's."""
        return self._open(callback, implied=callback.event != "adstart")

    def _open(self, callback: Callback, *, implied: bool = False) -> list[Signal]:
        content, out = self._media, []
        if not content.begun and not self._breaks.gone:
            own = {} if implied else callback.state  # the ad's
            out += content.receive(attrs.evolve(callback, event="play", state=own))
        if not self._breaks.in_break:
            self._restoring = self._breaks.shares = self._failed = False
            self._fresh_at = None
        stands = None if implied else callback.number("currentTime")
        return out + self._breaks.begin(
            self._take_held(callback.at), _pod(callback), wait=True, stands=stands, implied=implied
        )

    @on("videojs", "adend", "ad_break_end ad_end ad_error")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            return self.ignore(callback, "no ad break is open")
        out = self._end_ad(callback) + self._breaks.unmoved(callback.at)
        self._first = self._early = None
        self._restoring = True
        return out + self._breaks.end(callback.at)

    # -- ads ---------------------------------------------------------------------------------

    @on("videojs", "ads-ad-started", f"{_BREAK} ad_start ad_end ad_break_end")
    def _on_ad_start(self, callback: Callback) -> list[Signal]:
        """``ads-ad-started``: which ad it is; that it moves is for the element to say."""
        breaks = self._breaks
        out = self._open(callback, implied=True)
        if breaks.gone:
            return out
        ad = _described(callback)
        if breaks.ad.started and self._repeats(ad, callback.at):
            return out + self.ignore(callback, "this ad was started already (S62)")
        out += self._end_ad(callback)
        out += breaks.announce(ad, self._fresh_at or callback.at)
        self._failed = False
        if self._first is not None:
            return out + self._start(self._first)
        self._early = callback if self._fresh_at is None else None
        return out

    def _repeats(self, ad: Announced, at: float) -> bool:
        """Whether ``ad`` is the one that plays; one may be seen to play before it is named."""
        breaks = self._breaks
        known = breaks.ad.announced or Announced()
        unnamed = breaks.shares and known.asset_id is None and known.pod_position is None
        return self._fresh_at is None if unnamed else breaks.repeats(ad, at)

    def _first_frame(self, callback: Callback) -> list[Signal]:
        """The ad's element plays; which ad it is may be said before or right after."""
        if self._breaks.ad.announced is not None:
            return self._start(callback)
        moved = callback.event == "playing" or (callback.number("currentTime") or 0.0) > 0
        if moved and not is_still(callback) and self._first is None:
            self._first = callback
        return []

    def _start(self, callback: Callback) -> list[Signal]:
        breaks, self._first = self._breaks, None
        out: list[Signal] = []
        if breaks.ad.announced is None:
            out += breaks.announce(Announced(), self._fresh_at or callback.at)
        breaks.learn(callback.number("duration") if breaks.shares else None)
        out += breaks.element(callback, sure=True)
        if breaks.ad.started:
            self._fresh_at = None
        return out

    @on("videojs", "ads-ad-ended", "ad_end")
    @on("videojs", "ads-ad-skipped", "ad_progress ad_skip ad_error")
    def _on_ad_over(self, callback: Callback) -> list[Signal]:
        breaks, skipped = self._breaks, callback.event == "ads-ad-skipped"
        if skipped and not breaks.ad.started:
            return breaks.unmoved(callback.at)
        return breaks.finish(callback, _ad_id(callback), own=breaks.shares, skipped=skipped)

    def _end_ad(self, callback: Callback) -> list[Signal]:
        """What comes next ends an open ad: some plugins have no word for its end (videojs-ima)."""
        breaks = self._breaks
        return breaks.finish(callback, own=breaks.shares) if breaks.ad.started else []

    @on("videojs", "ads-first-quartile ads-third-quartile", _FIRST_FRAME, "of an unseen ad")
    @on("videojs", "ads-midpoint", _FIRST_FRAME, "of an unseen ad")
    def _on_quartile(self, callback: Callback) -> list[Signal]:
        part = QUARTILES[callback.event.removeprefix("ads-").replace("-", "")]
        breaks, ad = self._breaks, _described(callback)
        if breaks.ad.started or breaks.shares or breaks.gone or ad.duration is None:
            return breaks.quartile(callback, part)
        # It runs, and the words that it began were lost (S83).
        position, joined = part * ad.duration, not self._media.begun
        out = [] if breaks.in_break else self._open(callback, implied=True)
        if joined:
            out += breaks.announce(ad, callback.at, joined=True)
            return out + breaks.moves(callback, position)
        if callback.at - breaks.began < position / 2:
            return out + breaks.quartile(callback, part)
        return out + breaks.start(callback, ad, position)

    @on("videojs", "adserror", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        return self._fail_ad(callback, "ad error")

    def _fail_ad(self, callback: Callback, reason: str) -> list[Signal]:
        """An ad failed: told once, whether its element or the plugin says so first (D4)."""
        if self._failed and self._breaks.in_break:
            return self.ignore(callback, "this failure was told already")
        self._failed = True
        self._fresh_at = self._first = self._early = None
        return self._breaks.fail(callback, reason, _ad_id(callback))

    # -- quality -----------------------------------------------------------------------------

    @on("videojs", "qualitylevels:change vhs:mediachange", "quality", "chosen, not shown yet")
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


def _pod(callback: Callback) -> Pod:
    """What a callback says of its ad pod, its kind as ``PREROLL``, ``midroll``, ``post``..."""
    pod, ad = part_of(callback.detail, "pod"), part_of(callback.detail, "ad")
    said = (pod.get("kind"), pod.get("type"), ad.get("type"), callback.detail.get("adType"))
    words = [word.lower() for word in said if isinstance(word, str)]
    kinds = (kind for word in words for kind in ("pre", "mid", "post") if word.startswith(kind))
    return Pod(name_of(pod.get("id")), next(kinds, None), None, whole(pod.get("size")))


def _ad_id(callback: Callback) -> str | None:
    """The id of the ad that a callback speaks of."""
    return name_of(part_of(callback.detail, "ad").get("id"))


def _described(callback: Callback) -> Announced:
    """The ad that a callback speaks of."""
    ad = part_of(callback.detail, "ad")
    indices = (whole(told) for told in (ad.get("index"), callback.detail.get("indexInBreak")))
    index = next((index for index in indices if index is not None and index >= 0), None)
    place = None if index is None else index + 1
    return Announced(name_of(ad.get("id")), place, positive(ad.get("duration")))
