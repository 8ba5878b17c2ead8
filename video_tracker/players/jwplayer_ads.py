"""The ad breaks of JW Player, whichever client fills them (VAST, Google IMA, FreeWheel, DAI).

``adBreakStart`` comes before the first ad has loaded, and without its details; the ads tell theirs
with ``adMeta``, ``adStarted`` and ``adImpression``, several times. An ad starts with its first
moving frame: ``adPlay`` or an ``adTime`` above zero (S71). The break is told with its first ad,
dated when it began; one in which nothing moves never was a break, and parts no content (S21).
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import Pod, break_start
from video_tracker.players.ad_element import AdElement, Announced
from video_tracker.players.base import Adapter, Callback, finite, name_of, on, positive
from video_tracker.players.media_element import MediaElement
from video_tracker.players.remote import as_element
from video_tracker.signals import (
    AdBreakEnd,
    AdClick,
    AdEnd,
    AdError,
    AdSkip,
    Signal,
)

__all__ = ["JwplayerAds"]

_RETURNS: Final = frozenset({"play", "firstFrame", "time", "complete", "playAttempt", "buffer"})
"""Events that the content does not have while ads play."""
_CLOCK: Final = frozenset({"play", "time"})
"""Events whose position is the content's."""
_PLACEMENTS: Final = ("pre", "mid", "post")


@attrs.frozen
class _Pod:
    """What is known of the break."""

    at: float
    placement: str | None = None
    pod_id: str | None = None
    size: int | None = None
    offset: float | None = None

    def with_more(self, detail: Mapping[str, Any]) -> "_Pod":
        placement = detail.get("adposition")
        schedule = detail.get("adschedule")
        known = schedule.get("breakid") if isinstance(schedule, Mapping) else None
        size, offset = positive(detail.get("podcount")), positive(detail.get("offset"))
        return _Pod(
            self.at,
            self.placement or (placement if placement in _PLACEMENTS else None),
            self.pod_id or name_of(known),
            self.size or (None if size is None else int(size)),
            self.offset if self.offset is not None else offset,
        )


class JwplayerAds(Adapter):
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
        self._media = MediaElement(note=self.note)
        self._ad = AdElement(self._media.attributes)
        self._pod: _Pod | None = None
        self._told = False
        self._implied = False
        self._joins = False
        """Whether the session begins with the break, perhaps in the middle of an ad."""
        self._key: object = None
        self._seen_at: float | None = None
        """When the impression of the announced ad was counted."""
        self._heard_at = 0.0
        """When the ad's clock was last heard."""

    @property
    def _in_break(self) -> bool:
        """Whether ads have the player."""
        return self._pod is not None

    def _content_speaks(self, said: Callback) -> list[Signal] | None:
        """The content spoke in a break: the signals of its having gone on, None while it stands."""
        if self._implied and self._ad.announced is None and said.event in _RETURNS:
            return self._close(said.at)
        if said.event not in _CLOCK:
            return None
        return self._ad.content_speaks(said, self._media, self._close)

    def _close(self, at: float) -> list[Signal]:
        """The break is over, whoever says so."""
        if self._pod is None:
            return []
        out = self._drop_ad(at)
        if self._told:
            out.append(AdBreakEnd(at))
        wanted = self._ad.wanted if self._told else self._media.wanted
        self._pod, self._told, self._implied = None, False, False
        self._media.come_back(wanted=wanted and not self._media.ended)
        return out

    def _leave_break(self) -> None:
        """The viewer is gone."""
        self._pod, self._told = None, False
        self._ad = AdElement(self._media.attributes)

    # -- breaks --------------------------------------------------------------------------------

    @on("jwplayer", "adBreakStart", "", "the break is told with its first ad (S71)")
    def _on_break_start(self, callback: Callback) -> list[Signal]:
        if self._pod is not None and (self._implied or self._ad.started):
            self._pod, self._implied = self._pod.with_more(callback.detail), False
            return []  # late, or once more: of the break that is open (S61)
        out = self._close(callback.at)
        return out + self._open(callback)

    def _open(self, callback: Callback) -> list[Signal]:
        self._pod = _Pod(callback.at).with_more(callback.detail)
        self._told = False
        self._key = None
        # A break before any play is the start: ads are only asked for once play is wanted.
        out: list[Signal] = []
        self._joins = not self._media.begun
        if self._joins:
            out += self._media.receive(as_element("play", callback.at))
        self._ad.wanted = self._media.wanted or self._media.ended
        out += self._media.leave(callback.at, callback.number("currentTime"))
        self._ad.watch.begin(callback.at, self._media.position)
        return out

    @on("jwplayer", "adBreakEnd", "ad_break_start ad_start")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if self._pod is None:
            return self._drop(callback, "no ad break is open")
        return self._close(callback.at)

    # -- ads -----------------------------------------------------------------------------------

    @on("jwplayer", "adImpression adMeta adStarted", "ad_break_start ad_start", "which ad it is")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        """Which ad it is: said up to three times, before or after it moves."""
        detail = callback.detail
        if detail.get("linear") == "nonlinear":
            return self._on_overlay(callback)
        out: list[Signal] = []
        if self._pod is None:
            out += self._open(callback)
            self._implied = True
        key = detail.get("adPlayId") or detail.get("id") or (_ad_id(detail), _place(detail))
        assert self._pod is not None
        self._pod = self._pod.with_more(detail)
        if self._ad.announced is not None and key != self._key and self._key is not None:
            out += self._drop_ad(callback.at)  # the end of the one before was lost
        if self._ad.announced is None:
            self._key, self._seen_at = key, None
            self._announce(_described(detail), callback.at)
        elif not self._ad.started:
            self._key = key
            known = _described(detail)
            self._ad.announced = attrs.evolve(
                known, duration=known.duration or self._ad.announced.duration
            )
        if callback.event == "adImpression" and self._seen_at is None:
            self._seen_at = callback.at
        return out

    def _on_overlay(self, callback: Callback) -> list[Signal]:
        """An ad over the running content is no break of it."""
        if self._pod is not None and not self._told and self._ad.announced is None:
            self._pod = None
        return self._drop(callback, "an overlay: the content goes on under it")

    @on("jwplayer", "adPlay", "ad_break_start ad_start")
    def _on_ad_play(self, callback: Callback) -> list[Signal]:
        """The ad's picture moves: for the first time, or again after a pause."""
        if self._pod is None:
            return self._drop(callback, "no ad was announced")
        if self._ad.announced is None:
            self._announce(Announced(), callback.at)  # the word which one it is was lost (S83)
            self._key = None
        return self._element(callback, "play") + self._element(callback, "playing")

    @on("jwplayer", "adPause", "pause")
    def _on_ad_pause(self, callback: Callback) -> list[Signal]:
        return self._element(callback, "pause")

    @on("jwplayer", "adTime", "ad_progress ad_start ad_break_start buffer_end")
    def _on_ad_time(self, callback: Callback) -> list[Signal]:
        out: list[Signal] = []
        if self._pod is None:
            if self._media.begun:
                return self._drop(callback, "no ad break is open")
            out += self._open(callback)  # the session begins in the middle of it (S83)
            self._implied = True
        if self._ad.announced is None:
            self._announce(_described(callback.detail), self._ad.watch.free_since)
            self._key = None
        length = positive(callback.detail.get("duration"))
        announced = self._ad.announced
        if announced is not None and not self._ad.started and length is not None:
            self._ad.announced = attrs.evolve(announced, duration=length)
        self._heard_at = callback.at
        return out + self._element(callback, "timeupdate")

    def _announce(self, ad: Announced, at: float) -> None:
        joined, self._joins = self._joins, False
        self._ad.announce(ad, at, joined=joined)

    def _element(self, callback: Callback, event: str) -> list[Signal]:
        position = finite(callback.detail.get("position"))
        said = as_element(
            event,
            callback.at,
            position if position is not None and position >= 0 else None,
            duration=positive(callback.detail.get("duration")) if event == "timeupdate" else None,
        )
        started = self._ad.started
        out = self._ad.receive(said)
        if self._ad.started and not started:
            return self._tell() + out
        return out

    def _tell(self) -> list[Signal]:
        pod = self._pod
        if self._told or pod is None:
            return []
        self._told = True
        offset = pod.offset if pod.placement == "mid" else None
        told = Pod(pod.pod_id, pod.placement, offset, pod.size)
        content = self._media
        return [break_start(pod.at, told, ended=content.ended, length=content.duration)]

    @on("jwplayer", "adComplete", "ad_break_start ad_start")
    def _on_ad_complete(self, callback: Callback) -> list[Signal]:
        ad, position = self._ad.announced, None
        if ad is not None and self._ad.position and self._ad.wanted:
            # The clock is told four times a second: its last word is not the end.
            position = self._ad.position + max(callback.at - self._heard_at, 0.0)
            position = position if ad.duration is None else min(position, ad.duration)
        ended = as_element("ended", callback.at, position)
        return self._finish(callback, lambda: self._ad.end(ended))

    @on("jwplayer", "adSkipped", "ad_skip ad_break_start ad_start")
    def _on_ad_skipped(self, callback: Callback) -> list[Signal]:
        return self._finish(callback, lambda: self._ad.skip(callback.at))

    def _finish(self, callback: Callback, end: Callable[[], list[Signal]]) -> list[Signal]:
        """The ad is over; one that nobody saw moving has, when its impression was counted."""
        if self._ad.announced is None:
            return self._drop(callback, "no ad was announced")
        out: list[Signal] = []
        if not self._ad.started and self._seen_at is not None:
            out += self._element(attrs.evolve(callback, at=self._seen_at, detail={}), "playing")
        out += [self._placed(signal) for signal in end()]
        self._ad.announced = None
        self._key = None
        return out

    def _placed(self, signal: Signal) -> Signal:
        """An ad whose clock was not heard ends nowhere in particular."""
        if isinstance(signal, AdEnd | AdSkip) and not self._ad.position:
            return attrs.evolve(signal, position=None)
        return signal

    @on("jwplayer", "adClick", "ad_click")
    def _on_ad_click(self, callback: Callback) -> list[Signal]:
        return [AdClick(callback.at)] if self._ad.started else []

    @on("jwplayer", "adError", "ad_break_start")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        reason = callback.text("message") or "ad error"
        failed = _ad_id(callback.detail)
        if self._ad.announced is not None:
            self._key = None
            return self._ad.fail(callback.at, reason, failed)
        return [AdError(callback.at, reason, failed)]

    def _drop_ad(self, at: float) -> list[Signal]:
        """Nothing is left open: an ad that played ends, one that never moved failed (S71)."""
        if self._ad.announced is None:
            return []
        if self._ad.started:
            return self._ad.end(as_element("ended", at))
        return self._ad.fail(at, "never started")

    def _drop(self, callback: Callback, reason: str) -> list[Signal]:
        self.ignore(callback, reason)
        return []


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
