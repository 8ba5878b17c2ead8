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
from video_tracker.players.base import Callback, finite, name_of, positive
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


class JwplayerAds:
    """Turns the events of ads into session signals.

    Args:
        content: The content's element, which gives way to the ads.
        ignore: Counts a callback that became nothing.
    """

    def __init__(self, content: MediaElement, ignore: Callable[[Callback, str], None]) -> None:
        self._content = content
        self._ignore = ignore
        self._ad = AdElement(content.attributes)
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
    def in_break(self) -> bool:
        """Whether ads have the player."""
        return self._pod is not None

    def answers(self, event: str) -> bool:
        """Whether ``event`` is one of an ad's."""
        return event in self._ANSWERS

    def receive(self, callback: Callback) -> list[Signal]:
        """The signals that an event of an ad is."""
        return self._ANSWERS[callback.event](self, callback)

    def content_speaks(self, said: Callback) -> list[Signal] | None:
        """The content spoke in a break: the signals of its having gone on, None while it stands."""
        if self._implied and self._ad.announced is None and said.event in _RETURNS:
            return self.close(said.at)
        if said.event not in _CLOCK:
            return None
        return self._ad.content_speaks(said, self._content, self.close)

    def close(self, at: float) -> list[Signal]:
        """The break is over, whoever says so."""
        if self._pod is None:
            return []
        out = self._drop_ad(at)
        if self._told:
            out.append(AdBreakEnd(at))
        wanted = self._ad.wanted if self._told else self._content.wanted
        self._pod, self._told, self._implied = None, False, False
        self._content.come_back(wanted=wanted and not self._content.ended)
        return out

    def leave(self) -> None:
        """The viewer is gone."""
        self._pod, self._told = None, False
        self._ad = AdElement(self._content.attributes)

    # -- breaks --------------------------------------------------------------------------------

    def _on_break_start(self, callback: Callback) -> list[Signal]:
        if self._pod is not None and (self._implied or self._ad.started):
            self._pod, self._implied = self._pod.with_more(callback.detail), False
            return []  # late, or once more: of the break that is open (S61)
        out = self.close(callback.at)
        return out + self._open(callback)

    def _open(self, callback: Callback) -> list[Signal]:
        self._pod = _Pod(callback.at).with_more(callback.detail)
        self._told = False
        self._key = None
        # A break before any play is the start: ads are only asked for once play is wanted.
        out: list[Signal] = []
        self._joins = not self._content.begun
        if self._joins:
            out += self._content.receive(as_element("play", callback.at))
        self._ad.wanted = self._content.wanted or self._content.ended
        out += self._content.leave(callback.at, callback.number("currentTime"))
        self._ad.watch.begin(callback.at, self._content.position)
        return out

    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if self._pod is None:
            return self._drop(callback, "no ad break is open")
        return self.close(callback.at)

    # -- ads -----------------------------------------------------------------------------------

    def _on_details(self, callback: Callback) -> list[Signal]:
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

    def _on_play(self, callback: Callback) -> list[Signal]:
        """The ad's picture moves: for the first time, or again after a pause."""
        if self._pod is None:
            return self._drop(callback, "no ad was announced")
        if self._ad.announced is None:
            self._announce(Announced(), callback.at)  # the word which one it is was lost (S83)
            self._key = None
        return self._element(callback, "play") + self._element(callback, "playing")

    def _on_pause(self, callback: Callback) -> list[Signal]:
        return self._element(callback, "pause")

    def _on_time(self, callback: Callback) -> list[Signal]:
        out: list[Signal] = []
        if self._pod is None:
            if self._content.begun:
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
        content = self._content
        return [break_start(pod.at, told, ended=content.ended, length=content.duration)]

    def _on_complete(self, callback: Callback) -> list[Signal]:
        ad, position = self._ad.announced, None
        if ad is not None and self._ad.position and self._ad.wanted:
            # The clock is told four times a second: its last word is not the end.
            position = self._ad.position + max(callback.at - self._heard_at, 0.0)
            position = position if ad.duration is None else min(position, ad.duration)
        ended = as_element("ended", callback.at, position)
        return self._finish(callback, lambda: self._ad.end(ended))

    def _on_skipped(self, callback: Callback) -> list[Signal]:
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

    def _on_click(self, callback: Callback) -> list[Signal]:
        return [AdClick(callback.at)] if self._ad.started else []

    def _on_error(self, callback: Callback) -> list[Signal]:
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
        self._ignore(callback, reason)
        return []

    _ANSWERS: ClassVar[Mapping[str, Callable[["JwplayerAds", Callback], list[Signal]]]] = {
        "adBreakEnd": _on_break_end,
        "adBreakStart": _on_break_start,
        "adClick": _on_click,
        "adComplete": _on_complete,
        "adError": _on_error,
        "adImpression": _on_details,
        "adMeta": _on_details,
        "adPause": _on_pause,
        "adPlay": _on_play,
        "adSkipped": _on_skipped,
        "adStarted": _on_details,
        "adTime": _on_time,
    }


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
