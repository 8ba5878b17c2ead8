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
  frame: ``adPlay`` or an ``adTime`` above zero (S71). A break inside the content is told with it,
  dated when it began: one in which nothing moves never was one, and parts no content (S21).
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, finite, name_of, on, part_of, positive, whole
from video_tracker.players.element_library import ElementPlayer
from video_tracker.players.remote import (
    Item,
    as_element,
    loudness,
    said_content,
)
from video_tracker.players.rendition_watch import Rendition
from video_tracker.signals import Error, Signal, Update

__all__ = ["JwplayerAdapter"]

_INTENTS: Final = frozenset({"play", "playAttempt", "beforePlay", "buffer"})
"""Events that undo a pause."""
_IN_BREAKS_TOO: Final = frozenset(
    {"adBlock", "error", "playlistItem", "remove", "seek", "setupError", "visualQuality"}
)
"""Events that mean the same while ads play."""


_AD: Final = "play progress seek_end ad_end ad_error ad_break_end"
"""What the word of an ad may become besides: it may be the first of its break, or the last."""
_RETURNS: Final = frozenset({"play", "firstFrame", "time", "complete", "playAttempt", "buffer"})
"""Events that the content does not have while ads play."""


class JwplayerAdapter(ElementPlayer):
    """JW Player 8; see the module."""

    name: ClassVar[str] = "jwplayer"
    besides: ClassVar[Mapping[str, str]] = {"jwplayer": "load update quality"}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "jwplayer": {
            "an ad was asked for, none plays": "adBidRequest adBidResponse adLoadedXML adRequest",
            "a break that does not take place": "adBreakIgnored",
            "what stands beside the player": "adCompanions",
            "an ad that is ready to play; it may be the one after": "adItem adLoaded",
            "the ad SDK hands out its manager": "adManager adsManager",
            "`adBreakEnd` follows": "adRequestedContentResume",
            "where breaks will be asked for; the plan's are the caller's": "adSchedule",
            "viewability, not playback": "adViewableImpression containerViewable viewable",
            "the ad goes on": "adWarning",
            "`adClick` tells of it": "instreamClick",
            "nothing moved": "loaded mediaLoaded",
            "the same as each event by its own name": "all",
            "`remove` tells when the player goes": "destroyPlugin",
            "when the stream was made; S8 takes the position": "absolutePositionReady",
            "text and audio tracks": (
                "audioTrackChanged audioTracks captionsChanged captionsList subtitlesTrackChanged "
                "subtitlesTracks"
            ),
            "of the network, not of what plays": "bandwidthEstimate",
            "data arrived; nothing moved": "bufferChange bufferFull",
            "what is chosen; `visualQuality` tells what shows": "levels levelsChanged",
            "`error` comes with it": "mediaError",
            "audio or video": "mediaType",
            "a mark in the stream; no playback": "metadataCueParsed",
            "which part of the player plays": "providerChanged providerPlayer",
            "`firstFrame` tells of it": "providerFirstFrame",
            "nothing played; the viewer's own start follows": "autostartNotAllowed",
            "the list; `playlistItem` tells what plays of it": "playlist",
            "a related item may follow; else the session completes": "playlistComplete",
            "playback goes on": "warning",
            "the player's appearance": ("breakpoint controls float nextShown relatedReady resize"),
            "where the video is seen; its playback tells of itself": (
                "cast castAvailable castIntercepted"
            ),
            "what it does tells of itself": "click displayClick",
            "`fullscreen` tells of it": "fullscreenchange",
            "the viewer's doing around the video, not its playback": (
                "logoClick related-on-close related-on-open sharing-on-click sharing-on-close "
                "sharing-on-open"
            ),
            "`playlistItem` follows": "nextAutoAdvance nextClick related-on-play",
            "the viewer moved the pointer": "userAction userActive",
            "the viewer left the pointer alone": "userInactive",
            "a preview": "videoThumbFirstFrame",
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self._item = Item()
        self._key: object = None
        """What tells the announced ad from another; None while nobody said which it is."""
        self._seen_at: float | None = None
        """When the impression of the announced ad was counted."""
        self._index: object = None
        self._edge: float | None = None
        """When the live stream's clock, counted from its edge, was at 0."""
        self._target: float | None = None
        self._volume: float | None = None
        self._muted = False

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return self._gate.let(self._by_channel(callback))

    def _by_channel(self, callback: Callback) -> list[Signal]:
        said = self._as_element(callback)
        if callback.player == "page":
            return self._on_page(said)
        event = callback.event
        if event.startswith("ad") and event not in _IN_BREAKS_TOO:
            return self._on_ads(callback)
        if self._doubt.defers(callback, seeks=event == "seek"):
            return []
        out = self._settle_doubt(event)
        out += self._media.attributes.changes(said)
        if event in _IN_BREAKS_TOO:
            return out + self._by_row(said) + self._look(said) + self._due_quality(said)
        if self._breaks.in_break:
            out += self._content_speaks(said)
            if self._breaks.in_break:
                return out
        return out + self._look(said) + self._by_row(said) + self._due_quality(said)

    def _settle_doubt(self, event: str) -> list[Signal]:
        """What a held pause or stop was, now that the next event has come."""
        if event in ("playlistItem", "beforeComplete", "complete"):
            self._doubt.take()  # it is their own
        stall = self._doubt.stall() if event == "buffer" else None
        if stall is not None:
            return self._media.receive(stall)
        self._doubt.explains(plays=event in _INTENTS)
        return [] if event in ("idle", "pause") else self._release()

    def _look(self, said: Callback) -> list[Signal]:
        """What is new in the snapshot of the content (S83)."""
        if self._breaks.in_break:
            return []
        window = (said.number("duration") or 0) < 0  # that ends at the live edge
        return (self._media.is_live(said.at) if window else []) + self._media.look(said)

    def _release(self) -> list[Signal]:
        return self._doubt.release(
            self._media.receive, lambda seek: self._on_seek(self._as_element(seek))
        )

    # -- ads and the page ------------------------------------------------------------------------

    def _on_ads(self, callback: Callback) -> list[Signal]:
        was_in_break = self._breaks.in_break
        out = self._release() if self._doubt.explains(plays=False) else []
        if callback.event == "adBreakStart":
            self._doubt.take()  # the player's own, for its ads (S31)
        elif not was_in_break:
            out += self._release()
        out += self._by_row(callback)
        if self._breaks.in_break and not was_in_break:
            self._target = None
        return out

    def _leave(self, said: Callback) -> list[Signal]:
        return self._release() + super()._leave(said)

    @on("jwplayer", "remove", "exit")
    def _on_remove(self, said: Callback) -> list[Signal]:
        return self._leave(attrs.evolve(said, event="pagehide"))

    # -- playback ----------------------------------------------------------------------------------

    @on("jwplayer", "beforePlay", "play", "before the pre-roll (S25)")
    @on("jwplayer", "playAttempt", "play")
    def _on_intent(self, said: Callback) -> list[Signal]:
        media, self._breaks.gone = self._media, False
        if media.wanted:
            return []
        # A replay begins at 0, though no event says so yet.
        state = {"currentTime": 0.0, **said.state} if media.ended else said.state
        return media.receive(attrs.evolve(said, event="play", state=state))

    @on("jwplayer", "play", "play playing buffer_end ad_break_end")
    def _on_play(self, said: Callback) -> list[Signal]:
        out = self._on_intent(said)
        return out + self._media.receive(attrs.evolve(said, event="playing"))

    @on("jwplayer", "firstFrame", "playing play seek_end content_end")
    def _on_first_frame(self, said: Callback) -> list[Signal]:
        return [] if self._media.shown else self._on_play(said)

    @on(
        "jwplayer", "idle", "pause interrupt content_end", "a stop, unless what follows explains it"
    )
    @on("jwplayer", "pause", "pause interrupt content_end")
    @on("jwplayer", "playAttemptFailed", "pause content_end", "unless what follows explains it")
    def _on_pause(self, said: Callback) -> list[Signal]:
        pause = attrs.evolve(said, event="pause")
        if self._media.wanted and self._doubt.held is None:
            self._doubt.held = pause
        return []

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
        if self._target is not None and said.number("currentTime") is not None:
            self._target = said.number("currentTime") if self._media.seeking else None
        return out

    @on("jwplayer", "beforeComplete", "content_end", "before the post-roll (S23)")
    @on("jwplayer", "complete", "content_end")
    def _on_complete(self, said: Callback) -> list[Signal]:
        return self._media.finish(said.at, said.number("currentTime") or self._media.duration)

    # -- seeks -------------------------------------------------------------------------------------

    @on("jwplayer", "seek", "seek_start content_end end play playing")
    def _on_seek(self, said: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return []
        detail = said.detail
        target = self._position(said.at, detail.get("offset"), detail)
        if target is None:
            return []
        if self._target is None and said.number("currentTime") is not None and self._media.wanted:
            self._media.stand(said)
        self._target = target
        state = {**said.state, "currentTime": target}
        return self._media.receive(attrs.evolve(said, event="seeking", state=state))

    @on("jwplayer", "seeked", "seek_start seek_end content_end end play playing")
    def _on_seeked(self, said: Callback) -> list[Signal]:
        target, self._target = self._target, None
        if target is None:
            return self._media.receive(said)  # its beginning was lost, or comes later
        return self._media.receive(
            attrs.evolve(said, event="seeked", state={**said.state, "currentTime": target})
        )

    # -- items, sound, quality, trouble ------------------------------------------------------------

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

    def _due_quality(self, said: Callback) -> list[Signal]:
        """A quality that shows: told once, not before the first frame (S25)."""
        shows = self._media.shown and not self._breaks.in_break
        return self._renditions.due(said) if shows else []

    @on("jwplayer", "setupError error", "error interrupt progress")
    def _on_error(self, said: Callback) -> list[Signal]:
        code = finite(said.detail.get("code"))
        reason = said.text("message") or (f"error {code:.0f}" if code is not None else "error")
        if self._breaks.in_break:
            return [Error(said.at, fatal=False, reason=reason)]  # the ads go on
        # The player is stopped when it says this.
        stopped = attrs.evolve(said, state={**said.state, "paused": True})
        return self._media.fail(stopped, reason)

    # -- ads ---------------------------------------------------------------------------------------

    def _content_speaks(self, said: Callback) -> list[Signal]:
        """The content spoke in a break: has it gone on?"""
        breaks = self._breaks
        if breaks.implied and breaks.ad.announced is None and said.event in _RETURNS:
            return breaks.end(said.at)
        if said.event != "time":
            return []
        return breaks.content_clock(said, said.number("currentTime"))

    @on("jwplayer", "adBreakStart", _AD, "the break is told with its first ad (S71)")
    def _on_break_start(self, callback: Callback, *, said: bool = True) -> list[Signal]:
        stands, pod = callback.number("currentTime"), _pod(callback.detail)
        return self._breaks.begin(callback.at, pod, wait=True, stands=stands, implied=not said)

    @on("jwplayer", "adBreakEnd", f"{_AD} ad_break_start ad_start")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            self.ignore(callback, "no ad break is open")
        return self._breaks.unmoved(callback.at) + self._breaks.end(callback.at)

    @on(
        "jwplayer",
        "adImpression adMeta adStarted",
        f"{_AD} ad_break_start ad_start",
        "which ad it is",
    )
    def _on_ad(self, callback: Callback) -> list[Signal]:
        """Which ad it is: said up to three times, before or after it moves."""
        detail, breaks = callback.detail, self._breaks
        if detail.get("linear") == "nonlinear":
            return breaks.overlay(callback)
        out = self._on_break_start(callback, said=False)
        key = detail.get("adPlayId") or detail.get("id") or (_ad_id(detail), _place(detail))
        known = breaks.ad.announced is not None
        if not known or self._key not in (None, key):
            out += breaks.unmoved(callback.at)  # the end of the one before was lost
            out += breaks.announce(_described(detail), callback.at)
            self._key, self._seen_at = key, None
        elif not breaks.ad.started:
            self._key = key
            breaks.name(_described(detail))
        if callback.event == "adImpression" and self._seen_at is None:
            self._seen_at = callback.at
        return out

    @on("jwplayer", "adPlay", f"{_AD} ad_break_start ad_start ad_progress")
    def _on_ad_play(self, callback: Callback) -> list[Signal]:
        """The ad's picture moves: for the first time, or again after a pause."""
        if not self._breaks.in_break:
            return self.ignore(callback, "no ad was announced")
        out = self._unnamed(Announced(), callback.at)  # the word which one it is was lost (S83)
        return out + self._tells(callback, "play") + self._tells(callback, "playing")

    @on("jwplayer", "adPause", f"{_AD} pause")
    def _on_ad_pause(self, callback: Callback) -> list[Signal]:
        return self._tells(callback, "pause")

    @on("jwplayer", "adTime", f"{_AD} ad_progress ad_start ad_break_start buffer_end")
    def _on_ad_time(self, callback: Callback) -> list[Signal]:
        out: list[Signal] = []
        breaks, ad = self._breaks, _described(callback.detail)
        if not breaks.in_break:
            if self._media.begun:
                self.ignore(callback, "no ad break is open")
                return out
            out += self._on_break_start(callback, said=False)  # joined in its middle (S83)
        elif breaks.ad.announced is None and not self._may_start(callback):
            self.ignore(callback, "the ad is complete already (S72)")
            return out
        out += self._unnamed(ad, breaks.watch.free_since)
        if not breaks.ad.started:
            breaks.learn(ad.duration)
        position = _clock(callback)
        return out if position is None else out + breaks.moves(callback, position)

    def _may_start(self, callback: Callback) -> bool:
        """Whether a clock without an open ad is that of one whose start was lost."""
        position, length = _clock(callback), positive(callback.detail.get("duration"))
        return self._breaks.may_start(_place(callback.detail), position or 0.0, length)

    def _unnamed(self, ad: Announced, at: float) -> list[Signal]:
        if self._breaks.ad.announced is not None:
            return []
        self._key = self._seen_at = None
        return self._breaks.announce(ad, at)

    def _tells(self, callback: Callback, event: str) -> list[Signal]:
        return self._breaks.media(callback, event, _clock(callback))

    @on("jwplayer", "adComplete", f"{_AD} ad_break_start ad_start")
    def _on_ad_complete(self, callback: Callback) -> list[Signal]:
        breaks = self._breaks
        out = self._seen(callback)
        # The clock is told four times a second: its last word is not the end.
        position = breaks.ad.where(callback.at) if breaks.ad.position else None
        return out + breaks.finish(callback, None, position)

    @on("jwplayer", "adSkipped", f"{_AD} ad_skip ad_break_start ad_start")
    def _on_ad_skipped(self, callback: Callback) -> list[Signal]:
        return self._seen(callback) + self._breaks.skip(callback)

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

    # -- what an event says ------------------------------------------------------------------------

    def _as_element(self, callback: Callback) -> Callback:
        """As the media element would have said it."""
        state, detail = callback.state, callback.detail
        for told, read in ((state, True), (detail, False)):
            if told.get("volume") is not None:
                self._volume = loudness(told["volume"], read=read)
            for key in ("mute", "muted"):
                self._muted = told[key] if isinstance(told.get(key), bool) else self._muted
        rate = finite(detail.get("playbackRate", state.get("playbackRate")))
        told = detail.get("position", state.get("currentTime"))
        full = detail.get("fullscreen", state.get("fullscreen"))
        element = as_element(
            callback.event,
            callback.at,
            self._position(callback.at, told, detail),
            duration=detail.get("duration", state.get("duration")),
            playbackRate=rate if rate is not None and rate > 0 else None,
            volume=self._volume,
            muted=self._muted,
            fullscreen=full if isinstance(full, bool) else None,
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
    wheel = detail.get("freewheel")
    ad = wheel.get("ad") if isinstance(wheel, Mapping) else None
    served = ad.get("adId") if isinstance(ad, Mapping) else None
    return name_of(detail.get("adId")) or name_of(served) or name_of(detail.get("creativeAdId"))


def _place(detail: Mapping[str, Any]) -> int | None:
    place = finite(detail.get("sequence"))
    return int(place) if place is not None and 1 <= place <= 1000 else None


def _described(detail: Mapping[str, Any]) -> Announced:
    return Announced(_ad_id(detail), _place(detail), positive(detail.get("duration")))
