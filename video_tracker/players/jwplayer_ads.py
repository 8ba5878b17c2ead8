"""The ad breaks of JW Player, whichever client fills them (VAST, Google IMA, FreeWheel, DAI).

``adBreakStart`` comes before the first ad has loaded, and without its details; the ads tell theirs
with ``adMeta``, ``adStarted`` and ``adImpression``, several times. An ad starts with its first
moving frame: ``adPlay`` or an ``adTime`` above zero (S71). A break inside the content is told with
it, dated when it began: one in which nothing moves never was one, and parts no content (S21). Where
no content shows it is told as soon as one of its ads is named.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import (
    Callback,
    finite,
    name_of,
    on,
    part_of,
    positive,
    whole,
)
from video_tracker.players.element_library import ElementPlayer
from video_tracker.signals import Signal

__all__ = ["JwplayerAds"]

_RETURNS: Final = frozenset({"play", "firstFrame", "time", "complete", "playAttempt", "buffer"})
"""Events that the content does not have while ads play."""


class JwplayerAds(ElementPlayer):
    """The part of JW Player's adapter that answers the events of ads."""

    besides: ClassVar[Mapping[str, str]] = {
        "jwplayer": "play progress seek_end ad_end ad_error ad_break_end"
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "jwplayer": {
            "an ad was asked for, none plays": "adBidRequest adBidResponse adLoadedXML adRequest",
            "a break that does not take place": "adBreakIgnored",
            "what stands beside the player": "adCompanions",
            "an ad that is ready to play; it may be the one after": "adItem adLoaded",
            "the ad SDK hands out its manager": "adManager adsManager",
            "`adBreakEnd` follows": "adRequestedContentResume",
            "where breaks will be asked for; the plan's are the caller's": "adSchedule",
            "viewability, not playback": "adViewableImpression",
            "the ad goes on": "adWarning",
            "`adClick` tells of it": "instreamClick",
            "nothing moved": "mediaLoaded",
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self._key: object = None
        """What tells the announced ad from another; None while nobody said which it is."""
        self._seen_at: float | None = None
        """When the impression of the announced ad was counted."""

    def _content_speaks(self, said: Callback) -> list[Signal]:
        """The content spoke in a break: has it gone on?"""
        breaks = self._breaks
        if breaks.implied and breaks.ad.announced is None and said.event in _RETURNS:
            return breaks.end(said.at)
        if said.event != "time":
            return []
        return breaks.content_clock(said, said.number("currentTime"))

    @on("jwplayer", "adBreakStart", "", "the break is told with its first ad (S71)")
    def _on_break_start(self, callback: Callback, *, said: bool = True) -> list[Signal]:
        stands, pod = callback.number("currentTime"), _pod(callback.detail)
        return self._breaks.begin(
            callback.at, pod, wait=True, stands=stands, said=said, implied=not said
        )

    @on("jwplayer", "adBreakEnd", "ad_break_start ad_start")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            self.ignore(callback, "no ad break is open")
        return self._breaks.unmoved(callback.at) + self._breaks.end(callback.at)

    @on("jwplayer", "adImpression adMeta adStarted", "ad_break_start ad_start", "which ad it is")
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

    @on("jwplayer", "adPlay", "ad_break_start ad_start ad_progress")
    def _on_ad_play(self, callback: Callback) -> list[Signal]:
        """The ad's picture moves: for the first time, or again after a pause."""
        if not self._breaks.in_break:
            return self.ignore(callback, "no ad was announced")
        out = self._unnamed(Announced(), callback.at)  # the word which one it is was lost (S83)
        return out + self._tells(callback, "play") + self._tells(callback, "playing")

    @on("jwplayer", "adPause", "pause")
    def _on_ad_pause(self, callback: Callback) -> list[Signal]:
        return self._tells(callback, "pause")

    @on("jwplayer", "adTime", "ad_progress ad_start ad_break_start buffer_end")
    def _on_ad_time(self, callback: Callback) -> list[Signal]:
        out: list[Signal] = []
        breaks, ad = self._breaks, _described(callback.detail)
        if not breaks.in_break:
            if self._media.begun:
                self.ignore(callback, "no ad break is open")
                return out
            out += self._on_break_start(callback, said=False)  # joined in its middle (S83)
        out += self._unnamed(ad, breaks.watch.free_since)
        if not breaks.ad.started:
            breaks.learn(ad.duration)
        position = _clock(callback)
        return out if position is None else out + breaks.moves(callback, position)

    def _unnamed(self, ad: Announced, at: float) -> list[Signal]:
        if self._breaks.ad.announced is not None:
            return []
        self._key = self._seen_at = None
        return self._breaks.announce(ad, at)

    def _tells(self, callback: Callback, event: str) -> list[Signal]:
        return self._breaks.media(callback, event, _clock(callback))

    @on("jwplayer", "adComplete", "ad_break_start ad_start")
    def _on_ad_complete(self, callback: Callback) -> list[Signal]:
        breaks = self._breaks
        out = self._seen(callback)
        # The clock is told four times a second: its last word is not the end.
        position = breaks.ad.where(callback.at) if breaks.ad.position else None
        return out + breaks.finish(callback, None, position)

    @on("jwplayer", "adSkipped", "ad_skip ad_break_start ad_start")
    def _on_ad_skipped(self, callback: Callback) -> list[Signal]:
        return self._seen(callback) + self._breaks.skip(callback)

    def _seen(self, callback: Callback) -> list[Signal]:
        """An ad that is over and that nobody saw moving has, when its impression was counted."""
        if self._breaks.ad.started or self._seen_at is None:
            return self._breaks.unmoved(callback.at)
        return self._breaks.media(attrs.evolve(callback, at=self._seen_at), "playing")

    @on("jwplayer", "adClick", "ad_click")
    def _on_ad_click(self, callback: Callback) -> list[Signal]:
        return self._breaks.click(callback)

    @on("jwplayer", "adError", "ad_break_start")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        reason = callback.text("message") or "ad error"
        return self._breaks.fail(callback, reason, _ad_id(callback.detail))


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
