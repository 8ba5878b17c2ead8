"""JW Player 8: its JavaScript API, ads included.

Channels: ``jwplayer`` and ``page``. ``event`` is the event's name, ``detail`` the object it comes
with: ``position``, ``duration`` and ``currentTime`` with ``time``, ``position`` and ``offset`` with
``seek``, ``oldstate`` and ``newstate`` with states, ``item`` and ``index`` with ``playlistItem``,
``level`` with ``visualQuality``, ``volume`` (0 to 100), ``mute``... ``state`` is what the
application reads besides: ``currentTime`` and ``duration`` (as ``getPosition`` and ``getDuration``
say them), ``volume`` (0 to 100; up to 1 for a media element's), ``muted``, ``playbackRate``,
``fullscreen``.

* ``play`` is the moving picture; the intent is ``beforePlay``, ``playAttempt`` or ``buffer`` (S25).
* In a live stream with a window (DVR) positions are negative, counted from the live edge, and so is
  the length; ``currentTime`` beside them is the stream's own clock. Without it the position runs
  with the time that passes.
* ``beforeComplete`` is the end of the content; the post-roll comes before ``complete`` (S23).
* ``idle`` is a stop, unless the content ended or the next ``playlistItem`` follows at once.
* ``playlistComplete`` ends nothing by itself: a related item may follow (S24).
* During a break the content's events are not the content's; one that plays on although nobody ended
  the break ends it (S62).
* Ads come of whichever client fills the breaks (VAST, Google IMA, FreeWheel, DAI). ``adBreakStart``
  comes before the first of them has loaded, and without its details; they tell theirs with
  ``adMeta``, ``adStarted`` and ``adImpression``, several times. An ad starts with its first moving
  frame: ``adPlay`` or an ``adTime`` above zero (S71).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, name_of, part_of, positive, whole
from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.content_adapter import ContentAdapter
from video_tracker.players.remote import Item, as_element, loudness, said_content
from video_tracker.players.rendition_watch import Rendition
from video_tracker.signals import Error, Signal, Update

__all__ = ["JwplayerAdapter"]

_INTENTS: Final = frozenset({"play", "playAttempt", "beforePlay", "buffer"})
"""Events that undo a pause."""
_OWN_STOPS: Final = frozenset({"beforeComplete", "complete", "playlistItem"})
"""Events before which the player stops by itself (S31); it does before an ad's, too."""
_IN_BREAKS_TOO: Final = frozenset(
    {"adBlock", "error", "playlistItem", "remove", "seek", "setupError", "visualQuality"}
)
"""Events that mean the same while ads play."""
_STOP: Final = "pause interrupt content_end"
_AD: Final = "play progress seek_end ad_end ad_error ad_break_end"
"""What the word of an ad may become besides: it may be the first of its break, or the last."""
_RETURNS: Final = frozenset({"play", "firstFrame", "time", "complete", "playAttempt", "buffer"})
"""Events that the content does not have while ads play."""


class JwplayerAdapter(ContentAdapter):
    """JW Player 8; see the module."""

    name: ClassVar[str] = "jwplayer"
    besides: ClassVar[Mapping[str, str]] = {"jwplayer": "load update quality"}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "jwplayer": {
            "ads are asked for, ready or left out; none plays": """
                adBidRequest adBidResponse adLoadedXML adRequest adBreakIgnored adItem adLoaded
                adManager adsManager adSchedule""",
            "what stands beside the player": "adCompanions",
            "`adBreakEnd` follows": "adRequestedContentResume",
            "viewability, not playback": "adViewableImpression containerViewable viewable",
            "playback goes on": "adWarning warning",
            "`adClick` tells of it": "instreamClick",
            "data arrived; nothing moved": "loaded mediaLoaded bufferChange bufferFull",
            "the same as each event by its own name": "all",
            "`remove` tells when the player goes": "destroyPlugin",
            "of the stream or the player, not of playback": """
                absolutePositionReady bandwidthEstimate mediaType metadataCueParsed providerChanged
                providerPlayer videoThumbFirstFrame""",
            "text and audio tracks": """
                audioTrackChanged audioTracks captionsChanged captionsList subtitlesTrackChanged
                subtitlesTracks""",
            "what is chosen; `visualQuality` tells what shows": "levels levelsChanged",
            "`error` comes with it": "mediaError",
            "`firstFrame` tells of it": "providerFirstFrame",
            "nothing played; the viewer's own start follows": "autostartNotAllowed",
            "the list; `playlistItem` tells what plays of it": "playlist",
            "a related item may follow; else the session completes": "playlistComplete",
            "the player's appearance": "breakpoint controls float nextShown relatedReady resize",
            "where the video is seen; its playback tells of itself": """
                cast castAvailable castIntercepted""",
            "the viewer's hand; what it does tells of itself": """
                click displayClick userAction userActive userInactive""",
            "`fullscreen` tells of it": "fullscreenchange",
            "the viewer's doing around the video, not its playback": """
                logoClick related-on-close related-on-open sharing-on-click sharing-on-close
                sharing-on-open""",
            "`playlistItem` follows": "nextAutoAdvance nextClick related-on-play",
        }
    }

    def __init__(self) -> None:
        super().__init__()
        self._item = Item()
        self._key: object = None
        """What tells the announced ad from another; None while nobody said which it is."""
        self._seen_at: float | None = None  # When the impression of the announced ad was counted.
        self._index: object = None
        self._edge: float | None = None
        """When the live stream's clock, counted from its edge, was at 0."""
        self._target: float | None = None
        self._volume: float | None = None
        self._muted = False

    def _content_says(self, callback: Callback, *events: str) -> bool:
        return callback.event == "seek" and "seeking" in events

    def _explain(self, callback: Callback) -> list[Signal]:
        """What a held pause or stop was, now that the next event has come."""
        event = callback.event
        if callback.player == "page":
            return super()._explain(callback)
        if event in _OWN_STOPS:
            self._doubt.take()
        stall = self._doubt.stall() if event == "buffer" else None
        if stall is not None:
            return self._media.receive(stall)
        explained = self._doubt.explains(plays=event in _INTENTS)
        waits = event in ("idle", "pause") or event.startswith("ad")
        return self._release() if explained or not waits else []

    def _by_channel(self, callback: Callback) -> list[Signal]:
        said, event = self._as_element(callback), callback.event
        if callback.player == "page":
            return self._on_page(said)
        if event.startswith("ad") and event != "adBlock":
            return self._by_row(callback)
        out = self._media.attributes.changes(said)
        if event in _IN_BREAKS_TOO:
            return out + self._by_row(said) + self._look(said)
        out += self._content_speaks(said) if self._breaks.in_break else []
        return out if self._breaks.in_break else out + self._look(said) + self._by_row(said)

    def _look(self, said: Callback) -> list[Signal]:
        """What is new in the snapshot of the content (S83)."""
        if self._breaks.in_break:
            return []
        window = (said.number("duration") or 0) < 0  # that ends at the live edge
        return (self._media.is_live(said.at) if window else []) + self._media.look(said)

    @on("jwplayer", "remove", "exit")
    def _on_remove(self, said: Callback) -> list[Signal]:
        return self._leave(said)

    @on("jwplayer", "beforePlay playAttempt", "play", "before the pre-roll (S25)")
    def _on_intent(self, said: Callback) -> list[Signal]:
        media, self._breaks.gone = self._media, False
        if media.wanted:
            return []
        # A replay begins at 0, though no event says so yet.
        state = {"currentTime": 0.0, **said.state} if media.ended else said.state
        return media.receive(attrs.evolve(said, event="play", state=state))

    @on("jwplayer", "play", "play playing buffer_end ad_break_end")
    @on("jwplayer", "firstFrame", "playing play seek_end content_end")
    def _on_play(self, said: Callback) -> list[Signal]:
        if said.event == "firstFrame" and self._media.shown:
            return []
        return self._on_intent(said) + self._media.receive(attrs.evolve(said, event="playing"))

    @on("jwplayer", "idle pause playAttemptFailed", _STOP, "unless what follows explains it")
    def _on_pause(self, said: Callback) -> list[Signal]:
        return self._hears(attrs.evolve(said, event="pause"))

    @on("jwplayer", "buffer", "buffer_start play interrupt")
    def _on_buffer(self, said: Callback) -> list[Signal]:
        if not self._media.wanted and self._target is None:
            return self._on_intent(said)
        if said.detail.get("oldstate") not in (None, "playing"):
            return []  # it loads before it plays
        return self._media.receive(attrs.evolve(said, event="waiting"))

    @on("jwplayer", "time", "progress playing buffer_end play ad_break_end")
    def _on_time(self, said: Callback) -> list[Signal]:
        out = self._media.receive(attrs.evolve(said, event="timeupdate"))
        if not self._media.seeking:
            self._target = None
        return out

    @on("jwplayer", "beforeComplete complete", "content_end", "before the post-roll (S23)")
    def _on_complete(self, said: Callback) -> list[Signal]:
        return self._media.finish(said.at, said.number("currentTime") or self._media.duration)

    @on("jwplayer", "seek", "seek_start content_end end play playing")
    def _on_seek(self, said: Callback) -> list[Signal]:
        target = self._position(said.at, said.detail.get("offset"), said.detail)
        if self._breaks.in_break or target is None:
            return []
        if self._target is None and said.number("currentTime") is not None and self._media.wanted:
            self._media.stand(said)
        self._target = target
        there = {**said.state, "currentTime": target}
        return self._media.receive(attrs.evolve(said, event="seeking", state=there))

    @on("jwplayer", "seeked", "seek_start seek_end content_end end play playing")
    def _on_seeked(self, said: Callback) -> list[Signal]:
        target, self._target = self._target, None
        # Without a target its beginning was lost, or comes later.
        there = said.state if target is None else {**said.state, "currentTime": target}
        return self._media.receive(attrs.evolve(said, state=there))

    @on("jwplayer", "playlistItem", "load progress")
    def _on_item(self, said: Callback) -> list[Signal]:
        item = part_of(said.detail, "item")
        content = said_content(
            item.get("mediaid"),
            title=item.get("title"),
            description=item.get("description"),
            keywords=item.get("tags"),
        )
        index = said.detail.get("index")
        before, self._index = self._index, index
        asset_id = None if content is None else content.asset_id
        joined = before is None and self._media.played  # the first one was not heard (S83)
        if before in (None, index) and not joined and not self._item.is_other(asset_id):
            return self._item.learn(said.at, content)  # the first item, or the same one again
        out = self._breaks.end(said.at)
        left = self._media.next_item(said.at)
        self._edge = self._target = None
        self._renditions.forget()
        return out + self._item.replace(left, content, said.at)

    @on("jwplayer", "ready playbackRateChanged fullscreen mute volume", "update")
    @on("jwplayer", "meta", "load", "the length, when it is the media's")
    def _on_news(self, _said: Callback) -> list[Signal]:
        """What is new stands in the snapshot."""
        return []

    @on("jwplayer", "adBlock", "update")
    def _on_ad_block(self, said: Callback) -> list[Signal]:
        return [Update(said.at, ad_enabled=False)]

    @on("jwplayer", "visualQuality", "quality")
    def _on_quality(self, said: Callback) -> list[Signal]:
        rendition = Rendition.read(part_of(said.detail, "level"), "bitrate")
        if not rendition.is_known:
            self.ignore(said, "a single level says 0 for what it does not know (E3)")
        self._renditions.shows(rendition)
        return []

    @on("jwplayer", "setupError error", "error interrupt progress")
    def _on_error(self, said: Callback) -> list[Signal]:
        code = finite(said.detail.get("code"))
        reason = said.text("message") or (f"error {code:.0f}" if code is not None else "error")
        if self._breaks.in_break:
            return [Error(said.at, fatal=False, reason=reason)]  # the ads go on
        # The player is stopped when it says this.
        stopped = attrs.evolve(said, state={**said.state, "paused": True})
        return self._media.fail(stopped, reason)

    def _content_speaks(self, said: Callback) -> list[Signal]:
        """The content spoke in a break: has it gone on?"""
        breaks = self._breaks
        if breaks.implied and breaks.ad.announced is None and said.event in _RETURNS:
            return breaks.end(said.at)
        if said.event != "time":
            return []
        return breaks.content_clock(said, said.number("currentTime"))

    @on("jwplayer", "adBreakStart", _AD, "the break is told with its first ad (S71)")
    def _on_break_start(self, callback: Callback) -> list[Signal]:
        stands, implied = callback.number("currentTime"), callback.event != "adBreakStart"
        at, pod = self._take_held(callback.at), _pod(callback.detail)
        return self._breaks.begin(at, pod, wait=True, stands=stands, implied=implied)

    @on("jwplayer", "adBreakEnd", f"{_AD} ad_break_start ad_start")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            self.ignore(callback, "no ad break is open")
        return self._breaks.unmoved(callback.at) + self._breaks.end(callback.at)

    @on("jwplayer", "adImpression adMeta adStarted", f"{_AD} ad_break_start ad_start")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        """Which ad it is: said up to three times, before or after it moves."""
        detail, breaks = callback.detail, self._breaks
        if detail.get("linear") == "nonlinear":
            return breaks.overlay(callback)
        out, ad = self._on_break_start(callback), _described(detail)
        key = detail.get("adPlayId") or detail.get("id") or (ad.asset_id, ad.pod_position)
        if breaks.ad.announced is None or self._key not in (None, key):
            out += breaks.unmoved(callback.at)  # the end of the one before was lost
            out += breaks.announce(ad, callback.at)
            self._key, self._seen_at = key, None
        elif not breaks.ad.started:
            self._key = key
            breaks.name(ad)
        if callback.event == "adImpression" and self._seen_at is None:
            self._seen_at = callback.at
        return out

    @on("jwplayer", "adPlay", f"{_AD} ad_break_start ad_start ad_progress")
    def _on_ad_play(self, callback: Callback) -> list[Signal]:
        """The ad's picture moves: for the first time, or again after a pause."""
        if not self._breaks.in_break:
            return self.ignore(callback, "no ad was announced")
        out = self._unnamed(Announced(), callback.at)  # the word which one it is was lost (S83)
        breaks, position = self._breaks, _clock(callback)
        return out + breaks.media(callback, "play") + breaks.media(callback, "playing", position)

    @on("jwplayer", "adPause", f"{_AD} pause")
    def _on_ad_pause(self, callback: Callback) -> list[Signal]:
        return self._breaks.media(callback, "pause", _clock(callback))

    @on("jwplayer", "adTime", f"{_AD} ad_progress ad_start ad_break_start buffer_end")
    def _on_ad_time(self, callback: Callback) -> list[Signal]:
        breaks, ad, position = self._breaks, _described(callback.detail), _clock(callback)
        out: list[Signal] = []
        if breaks.misses(ad, position or 0.0):
            out += self._on_break_start(callback) + self._unnamed(ad, breaks.ad.watch.free_since)
        elif breaks.ad.announced is None:
            return self.ignore(callback, "no ad plays")
        breaks.learn(ad.duration)
        return out if position is None else out + breaks.moves(callback, position)

    def _unnamed(self, ad: Announced, at: float) -> list[Signal]:
        if self._breaks.ad.announced is not None:
            return []
        self._key = self._seen_at = None
        return self._breaks.announce(ad, at)

    @on("jwplayer", "adComplete", f"{_AD} ad_break_start ad_start")
    @on("jwplayer", "adSkipped", f"{_AD} ad_skip ad_break_start ad_start")
    def _on_ad_over(self, callback: Callback) -> list[Signal]:
        breaks, out, named = self._breaks, self._seen(callback), _ad_id(callback.detail)
        if callback.event == "adSkipped":
            return out + breaks.finish(callback, named, skipped=True)
        # The clock is told four times a second: its last word is not the end.
        position = breaks.ad.where(callback.at) if breaks.ad.position else None
        return out + breaks.finish(callback, named, position)

    def _seen(self, callback: Callback) -> list[Signal]:
        """An ad that is over and that nobody saw moving has, when its impression was counted."""
        if self._breaks.ad.started or self._seen_at is None:
            return self._breaks.unmoved(callback.at)
        return self._breaks.media(attrs.evolve(callback, at=self._seen_at), "playing")

    @on("jwplayer", "adClick", f"{_AD} ad_click")
    def _on_ad_click(self, callback: Callback) -> list[Signal]:
        return self._breaks.click(callback)

    @on("jwplayer", "adError", f"{_AD} ad_break_start")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        reason = callback.text("message") or "ad error"
        return self._breaks.fail(callback, reason, _ad_id(callback.detail))

    def _as_element(self, callback: Callback) -> Callback:
        """As the media element would have said it."""
        state, detail = callback.state, callback.detail
        for told, read in ((state, True), (detail, False)):
            if told.get("volume") is not None:
                self._volume = loudness(told["volume"], read=read)
            for key in ("mute", "muted"):
                self._muted = told[key] if isinstance(told.get(key), bool) else self._muted
        rate = detail.get("playbackRate", state.get("playbackRate"))
        told = detail.get("position", state.get("currentTime"))
        full = detail.get("fullscreen", state.get("fullscreen"))
        element = as_element(
            callback.event,
            callback.at,
            self._position(callback.at, told, detail),
            duration=detail.get("duration", state.get("duration")),
            playbackRate=positive(rate),
            volume=self._volume,
            muted=self._muted,
            fullscreen=full,
            hidden=state.get("hidden"),
        )
        return attrs.evolve(callback, state=element.state)

    def _position(self, at: float, told: object, detail: Mapping[str, Any]) -> float | None:
        """Seconds of content; with a live window, seconds on a clock that runs with the stream."""
        position, length = finite(told), finite(detail.get("duration"))
        if position is None or (position >= 0 and (length is None or length >= 0)):
            return position
        if position > 0:
            return None
        said, own = finite(detail.get("position")), finite(detail.get("currentTime"))
        if own is not None and own >= 0 and said is not None:
            return max(own + position - said, 0.0)
        if self._edge is None:
            window = max(-(length or 0.0), 0.0)
            self._edge = at - max(window, -position)
        return max(at - self._edge + position, 0.0)


def _clock(callback: Callback) -> float | None:
    position = finite(callback.detail.get("position"))
    return position if position is not None and position >= 0 else None


def _pod(detail: Mapping[str, Any]) -> Pod:
    placement = detail.get("adposition")
    placement = placement if placement in ("pre", "mid", "post") else None
    offset = positive(detail.get("offset")) if placement == "mid" else None
    name = name_of(part_of(detail, "adschedule").get("breakid"))
    return Pod(name, placement, offset, whole(positive(detail.get("podcount"))))


def _ad_id(detail: Mapping[str, Any]) -> str | None:
    """What the ad server calls the ad; the player's own ids are new on every play."""
    served = part_of(part_of(detail, "freewheel"), "ad").get("adId")
    names = (name_of(name) for name in (detail.get("adId"), served, detail.get("creativeAdId")))
    return next(filter(None, names), None)


def _described(detail: Mapping[str, Any]) -> Announced:
    place = whole(positive(detail.get("sequence")))
    return Announced(_ad_id(detail), place, positive(detail.get("duration")))
