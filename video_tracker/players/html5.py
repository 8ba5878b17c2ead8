"""HTML5 video: the media element, its page, and ads in a second element.

Channels: ``html5`` (the element's own events; an ``el`` of its own is an ad's element), ``page``,
``recorder`` (an ad element appeared) and ``vast-client`` (the callbacks of
``@dailymotion/vast-client``, ``VASTTracker``, and of the code that schedules its breaks).
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.payload import positive, whole
from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import JOINED, Announced, is_still
from video_tracker.players.base import Callback, on
from video_tracker.players.doubt import HOLD
from video_tracker.players.element_library import BESIDE_ADS, ElementPlayer
from video_tracker.signals import BufferEnd, BufferStart, Signal
from video_tracker.stream_markers import date_ranges

__all__ = ["Html5Adapter"]

_SHORT_WAIT: Final = 0.25
"""Seconds that content may stand still for an ad request without being a stall (S74)."""

_PASSED: Final = 5.0  # Seconds of content that pass a break that was announced (S12, S81).
_PLACEMENTS: Final = ("pre", "mid", "post")


class Html5Adapter(ElementPlayer):
    """Plain ``<video>``, alone or with ads in a second element (S31, S71)."""

    name: ClassVar[str] = "html5"
    shared: ClassVar = BESIDE_ADS
    of_ad: ClassVar = {"vast-client": {"clickthrough": "click"}}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "vast-client": {
            "the viewer's doing around the ad, not its playback": """
                acceptInvitation acceptInvitationLinear adCollapse adExpand collapse expand
                interactiveStart minimize otherAdInteraction playerCollapse playerExpand""",
            "the end of the ad or of the break tells of itself": "close closeLinear alldone",
            "the page says it": "exitFullscreen fullscreen",
            "quartiles come from the ad's own clock (S45, S72)": """
                firstQuartile midpoint thirdQuartile""",
            "data arrived; nothing moved": "loaded",
            "the ad's element says it itself": "mute pause resume rewind unmute",
            "the ad will not be shown": "notUsed",
            "no linear ad": "overlayViewDuration timeSpentViewing",
            "the skip button's own clock": "skip-countdown",
            "viewability, not playback": """
                notViewable verificationNotExecuted viewUndetermined viewable""",
            "an empty `adresponse` follows": "vasterror",
        }
    }

    def __init__(self) -> None:
        super().__init__(new_blob_is_new_item=True, at_once=True, starts=False)
        self._has_framework = False
        self._requested_at: float | None = None  # When ads were asked for.
        self._stopped_at: float | None = None  # When the framework stopped the content for them.
        self._moving: Callback | None = None
        """An ad's first frame, while it is not known which ad it is."""
        self._early: Callback | None = None  # A break that was announced while the content moved.
        self._last_ad: tuple[str | None, object, object] | None = None

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        self._has_framework = self._has_framework or callback.player == "vast-client"
        if self._early is not None and callback.at - self._early.at > _PASSED:
            self._early = None
        return super()._answer(callback)

    @on("html5", "metadata:cuechange", "ad_ranges", "date ranges that mark ads (S9)")
    def _on_cues(self, callback: Callback) -> list[Signal]:
        return self._markers.take(callback.at, date_ranges(callback.detail.get("active")))

    def _on_media(self, callback: Callback) -> list[Signal]:
        event, asked = callback.event, self._requested_at
        if event == "pause" and not (self._breaks.in_break or callback.flag("ended")):
            if self._early is not None or (asked is not None and callback.at - asked <= HOLD):
                self._stopped_at = callback.at  # the framework's, for its ads
                self._media.stand(callback)
                return self._begin_early(callback)
        elif event in ("play", "playing") and not self._breaks.in_break:
            return self._end_wait(callback.at) + super()._on_media(callback)
        return super()._on_media(callback)

    def _begin_early(self, callback: Callback) -> list[Signal]:
        """A break that was announced while the content moved begins when that stops (S92)."""
        early, self._early = self._early, None
        return [] if early is None else self._begin(early, callback.number("currentTime"))

    def _end_wait(self, at: float) -> list[Signal]:
        """Content goes on after a request for ads that brought none."""
        stopped, self._stopped_at = self._stopped_at, None
        self._requested_at = None
        if stopped is None or at - stopped <= _SHORT_WAIT:
            return []
        position = self._media.position
        return [BufferStart(stopped, position), BufferEnd(at, position)]

    def _stop(self, at: float) -> float:
        """A held pause was the framework's; when the content stopped for the ads."""
        if self._doubt.held is not None:
            self._stopped_at = self._take_held(at)
        return at if self._stopped_at is None else self._stopped_at

    def _on_other_element(self, callback: Callback) -> list[Signal]:
        breaks, event = self._breaks, callback.event
        out = self._begin_early(attrs.evolve(callback, state={}))
        if not breaks.in_break:
            out += self._on_ad_unheard(callback)
            if self._media.begun and not breaks.in_break:
                return out  # which break it is of follows in a moment
        if event == "error" and self._has_framework:
            return out  # the framework says which ad failed
        if breaks.ad.announced is None and breaks.in_break:
            starts = event == "playing" or breaks.joins(callback)
            if starts and self._moving is None and not is_still(callback):
                self._moving = callback  # which ad it is follows in a moment
                breaks.ad.watch.ad_moves(callback.at)
            elif event == "timeupdate" and self._moving is not None:
                out += self._announce(callback, Announced(None, breaks.place + 1))
        return out + breaks.element(callback)

    def _on_ad_unheard(self, callback: Callback) -> list[Signal]:
        """An ad's element plays and no break was announced: it opens one (S61, S83)."""
        event = callback.event
        if event == "timeupdate" and self._moving is not None:
            return self._imply_break(self._moving)
        starts = event in ("play", "playing") and not self._has_framework
        if starts or self._breaks.joins(callback):
            return self._imply_break(callback)
        if event == "playing" and not is_still(callback):
            self._moving = callback  # the framework says in a moment of which break it is
        return []

    def _imply_break(self, callback: Callback, pod_id: str | None = None) -> list[Signal]:
        """An ad plays, and nobody said that a break begins."""
        at = self._stop(callback.at)
        if self._breaks.ad.announced is not None:
            # The ad that was named is the break's, and began as long ago as it has shown.
            at -= min(callback.number("currentTime") or 0.0, JOINED)
        self._requested_at = self._stopped_at = None
        return self._breaks.begin(at, Pod(pod_id), implied=True)

    @on("vast-client", "adrequest", "", "the pause around it is the framework's (S31)")
    def _on_request(self, callback: Callback) -> list[Signal]:
        self._requested_at = callback.at
        self._stop(callback.at)
        return []

    @on("vast-client", "adresponse", "buffer_start buffer_end", "an empty one ends the wait")
    def _on_response(self, callback: Callback) -> list[Signal]:
        if callback.detail.get("ads") == []:
            self._requested_at = None
        return []

    @on("vast-client", "breakstart", "progress seek_end ad_break_start ad_break_end ad_error")
    def _on_break_start(self, callback: Callback) -> list[Signal]:
        media, stopped = self._media, self._stopped_at is not None or self._doubt.held is not None
        stopped = stopped or media.wake_at() is not None or self._breaks.in_break
        moves = media.wanted and media.shown and not stopped
        if moves and callback.detail.get("kind") != "post":
            self._early = callback
            return []
        return self._begin(callback, callback.number("currentTime"))

    def _begin(self, callback: Callback, stands: float | None) -> list[Signal]:
        kind, size = callback.detail.get("kind"), whole(positive(callback.detail.get("podSize")))
        # Its `startTime` is where the content stood, not the place for which it was scheduled.
        pod = Pod(callback.text("breakId"), kind if kind in _PLACEMENTS else None, None, size)
        at, began = self._stop(callback.at), self._breaks.began
        out = self._breaks.begin(at, pod, stands=stands)
        if self._breaks.began != began:
            self._requested_at = self._stopped_at = None
            self._moving = self._last_ad = self._early = None
        return out

    @on("vast-client", "breakend", "ad_break_end ad_error")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        self._moving = self._last_ad = self._early = None
        return self._breaks.end(callback.at)

    @on("vast-client", "complete", "ad_end")
    @on("vast-client", "skip", "ad_skip ad_error")
    def _on_ad_over(self, callback: Callback) -> list[Signal]:
        skipped = callback.event == "skip"
        return self._breaks.finish(callback, callback.text("ad"), own=True, skipped=skipped)

    @on("vast-client", "TRACKER-error aderror error trackerError", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        ad = _named(callback)
        if self._breaks.ad.announced is None and ad != self._last_ad:
            self._announce(callback, self._described(callback))
        self._last_ad = ad
        code = callback.detail.get("code")
        reason = callback.text("message") or (f"VAST error {code}" if code else "ad error")
        return self._breaks.ad.fail(callback.at, reason, ad[0])

    @on("vast-client", "creativeView impression start", "play update ad_start", "which ad (S71)")
    def _on_named(self, callback: Callback) -> list[Signal]:
        out = self._begin_early(attrs.evolve(callback, state={}))
        ad, moving = _named(callback), self._moving
        if not self._breaks.in_break and moving is not None:
            out += self._imply_break(moving, callback.text("break"))
        if ad == self._last_ad:
            return out  # the three say the same
        self._last_ad = ad
        return out + self._announce(callback, self._described(callback))

    def _described(self, callback: Callback) -> Announced:
        place = positive(callback.detail.get("pos"))
        return Announced(
            callback.text("ad"),
            self._breaks.place + 1 if place is None else int(place),
            positive(callback.detail.get("duration")),
        )

    def _announce(self, callback: Callback, ad: Announced) -> list[Signal]:
        moving, self._moving = self._moving, None
        out = self._breaks.announce(ad, callback.at if moving is None else moving.at)
        return out + self._breaks.element(moving) if moving is not None else out


def _named(callback: Callback) -> tuple[str | None, object, object]:
    """The ad that a tracker tells of."""
    return callback.text("ad"), callback.detail.get("break"), callback.detail.get("pos")
