"""HTML5 video: the media element, its page, and ads in a second element.

Channels: ``html5`` (the element's own events; an ``el`` of its own is an ad's element), ``page``,
``recorder`` (an ad element appeared) and ``vast-client`` (the callbacks of
``@dailymotion/vast-client`` and of the code that schedules its breaks).
"""

import math
from collections.abc import Iterable
from typing import ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import Pod, break_start
from video_tracker.players.ad_element import JOINED, AdElement, Announced
from video_tracker.players.base import (
    WEB_SETTINGS,
    Adapter,
    Callback,
    Ignored,
    Mapped,
    Vocabulary,
    earliest,
    finite,
)
from video_tracker.players.break_watch import RETURNS
from video_tracker.players.doubt import HOLD, Doubt, is_content
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import (
    MEDIA_EVENTS,
    PAGE_EVENTS,
    RECORDER_EVENTS,
    Attributes,
    extended,
)
from video_tracker.players.start_gate import StartGate
from video_tracker.players.stream_markers import StreamMarkers, date_ranges
from video_tracker.signals import (
    AdBreakEnd,
    AdClick,
    BufferEnd,
    BufferStart,
    Exit,
    Signal,
)

__all__ = ["VAST_EVENTS", "Html5Adapter"]

_SHORT_WAIT: Final = 0.25
"""Seconds that content may stand still for an ad request without being a stall (S74)."""

_NAMELESS: Final = 2.0
"""Seconds that an ad may have played before its framework names it (S64)."""

_ELEMENT_SAYS: Final = "the ad's element says it itself"
_WHICH: Final = "which ad it is; it starts with its first frame (S71)"
_QUARTILE: Final = "quartiles come from the ad's own clock (S45, S72)"
_NO_PLAYBACK: Final = "the viewer's doing around the ad, not its playback"

VAST_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    # the tracker's events (VASTTracker)
    "TRACKER-error": Mapped("ad_error"),
    "acceptInvitation": Ignored(_NO_PLAYBACK),
    "acceptInvitationLinear": Ignored(_NO_PLAYBACK),
    "adCollapse": Ignored(_NO_PLAYBACK),
    "adExpand": Ignored(_NO_PLAYBACK),
    "clickthrough": Mapped("ad_click"),
    "close": Ignored("the end of the ad or of the break follows"),
    "closeLinear": Ignored("the end of the ad or of the break follows"),
    "collapse": Ignored(_NO_PLAYBACK),
    "complete": Mapped("ad_end"),
    "creativeView": Mapped("play update ad_start", _WHICH),
    "exitFullscreen": Ignored("the page says it"),
    "expand": Ignored(_NO_PLAYBACK),
    "firstQuartile": Ignored(_QUARTILE),
    "fullscreen": Ignored("the page says it"),
    "impression": Mapped("play update ad_start", _WHICH),
    "interactiveStart": Ignored(_NO_PLAYBACK),
    "loaded": Ignored("data arrived; nothing moved"),
    "midpoint": Ignored(_QUARTILE),
    "minimize": Ignored(_NO_PLAYBACK),
    "mute": Ignored(_ELEMENT_SAYS),
    "notUsed": Ignored("the ad will not be shown"),
    "otherAdInteraction": Ignored(_NO_PLAYBACK),
    "overlayViewDuration": Ignored("no linear ad"),
    "pause": Ignored(_ELEMENT_SAYS),
    "playerCollapse": Ignored(_NO_PLAYBACK),
    "playerExpand": Ignored(_NO_PLAYBACK),
    "resume": Ignored(_ELEMENT_SAYS),
    "rewind": Ignored(_ELEMENT_SAYS),
    "skip": Mapped("ad_skip"),
    "skip-countdown": Ignored("the skip button's own clock"),
    "start": Mapped("play update ad_start", _WHICH),
    "thirdQuartile": Ignored(_QUARTILE),
    "timeSpentViewing": Ignored("no linear ad"),
    "trackerError": Mapped("ad_error"),
    "unmute": Ignored(_ELEMENT_SAYS),
    "verificationNotExecuted": Ignored("viewability, not playback"),
    "viewUndetermined": Ignored("viewability, not playback"),
    "viewable": Ignored("viewability, not playback"),
    "notViewable": Ignored("viewability, not playback"),
    # what the scheduling code says
    "aderror": Mapped("ad_error"),
    "adrequest": Mapped((), "the pause around it is the framework's (S31)"),
    "adresponse": Mapped("buffer_start buffer_end", "an empty one ends the wait for ads"),
    "alldone": Ignored("the break before it has ended"),
    "breakend": Mapped("ad_break_end"),
    "breakstart": Mapped("progress seek_end ad_break_start"),
    "error": Mapped("ad_error"),
    "vasterror": Ignored("an empty `adresponse` follows"),
}
"""Every event of vast-client's tracker and of the code around it."""

_ELEMENT: Final = extended(
    extended(MEDIA_EVENTS, RETURNS),
    {
        "play": "ad_break_start ad_break_end buffer_start buffer_end seek_end",
        "playing": "ad_break_start ad_break_end buffer_start seek_end",
        "timeupdate": "ad_break_start ad_break_end",
    },
)
"""The element's events; an ad's element that plays, or content that plays on, tells of breaks."""

_PLACEMENTS: Final = ("pre", "mid", "post")


class Html5Adapter(Adapter):
    """Plain ``<video>``, alone or with ads in a second element (S31, S71)."""

    name: ClassVar[str] = "html5"
    channels: ClassVar[frozenset[str]] = frozenset({"html5", "page", "recorder", "vast-client"})
    settings: ClassVar = WEB_SETTINGS
    vocabulary: ClassVar[Vocabulary] = {
        **{("html5", event): entry for event, entry in _ELEMENT.items()},
        **{("page", event): entry for event, entry in PAGE_EVENTS.items()},
        **{("recorder", event): entry for event, entry in RECORDER_EVENTS.items()},
        **{("vast-client", event): entry for event, entry in VAST_EVENTS.items()},
        ("html5", "metadata:cuechange"): Mapped("ad_ranges", "date ranges that mark ads (S9)"),
    }

    def __init__(self) -> None:
        super().__init__()
        attributes = Attributes()
        self._media = MediaElement(attributes)
        self._ad = AdElement(attributes)
        self._gate = StartGate()
        self._in_break = False
        self._pod_id: str | None = None
        self._implied = False
        self._has_framework = False
        self._requested_at: float | None = None
        self._stopped_at: float | None = None
        self._doubt = Doubt()
        self._moving: Callback | None = None
        self._pod_position = 0
        self._last_ad: tuple[str | None, object, object] | None = None
        self._markers = StreamMarkers()

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if self._doubt.defers(callback, seeks=is_content(callback, "seeking")):
            return []
        if self._moving is not None and self._moving.at < callback.at - _NAMELESS:
            self._moving = attrs.evolve(self._moving, at=callback.at - _NAMELESS)
        plays = is_content(callback, "play")
        due = self._doubt.explains(plays=plays) or self._doubt.ends_with(callback)
        out = self._release() if due else []
        background = self._media.background
        if callback.player == "page":
            out += self._on_page(callback)
        elif callback.player == "recorder":
            pass
        elif callback.player == "vast-client":
            self._has_framework = True
            out += self._on_framework(callback)
        elif callback.event == "metadata:cuechange":
            out += self._markers.take(callback.at, date_ranges(callback.detail.get("active")))
        elif callback.element is not None:
            out += self._on_ad(callback)
        else:
            out += self._on_content(callback)
        if self._media.background > background:
            self.note("pause: background")
        return self._gate.let(self._markers.settled(out))

    def flush(self, at: float) -> tuple[Signal, ...]:  # noqa: ARG002 - its own time is told
        """A pause that turned out to be the viewer's, what the element showed."""
        return tuple(self._gate.let([*self._release(), *self._media.settle(math.inf)]))

    def wake_at(self) -> float | None:
        """When what is held back falls due."""
        return earliest(self._doubt.wake_at(), self._media.wake_at())

    # -- pauses of which it is not known yet whose they are ------------------------------------

    def _release(self) -> list[Signal]:
        """What is held is told: nothing took it for its own."""
        background = self._media.background
        out = self._doubt.release(self._media.receive, self._on_content)
        if self._media.background > background:
            self.note("pause: background")
        return out

    # -- channels ------------------------------------------------------------------------------

    def _on_page(self, callback: Callback) -> list[Signal]:
        if callback.event == "pagehide" and self._in_break:
            return self._exit_in_break(callback)
        return self._media.page(callback)

    def _exit_in_break(self, callback: Callback) -> list[Signal]:
        out: list[Signal] = [
            Exit(callback.at, None) if isinstance(signal, Exit) else signal
            for signal in self._media.page(callback)
        ]
        self._in_break = self._ad.wanted = False
        return out

    def _on_content(self, callback: Callback) -> list[Signal]:
        if self._in_break:
            return self._on_content_in_break(callback)
        if callback.event == "pause" and not callback.flag("ended"):
            return self._on_content_pause(callback)
        out = self._end_wait(callback.at) if callback.event in ("play", "playing") else []
        return [*out, *self._media.receive(callback)]

    def _on_content_in_break(self, callback: Callback) -> list[Signal]:
        """Has the content gone on although nobody said that the break is over (S62)?"""
        if callback.event == "play" and not self._media.begun:
            return self._on_ad(callback)  # the break was announced before anybody pressed it
        if self._implied and not self._ad.started and callback.event in ("play", "playing"):
            return [*self._end_break(callback.at), *self._media.receive(callback)]
        return self._ad.content_speaks(callback, self._media, self._end_break) or []

    def _on_content_pause(self, callback: Callback) -> list[Signal]:
        asked = self._requested_at
        if asked is not None and callback.at - asked <= HOLD:
            self._stopped_at = callback.at  # the framework's, for its ads
            self._media.stand(callback)
        else:
            self._doubt.held = callback
        return []

    def _on_ad(self, callback: Callback) -> list[Signal]:
        out: list[Signal] = []
        if not self._in_break:
            out += self._on_ad_unheard(callback)
            if self._media.begun and not self._in_break:
                return out  # which break it is of follows in a moment
        if callback.event == "error" and self._has_framework:
            return out  # the framework says which ad failed
        if self._ad.announced is None and self._in_break:
            starts = callback.event == "playing" or self._joins(callback)
            if starts and self._moving is None and self._moves(callback):
                self._moving = callback  # which ad it is follows in a moment
                self._ad.watch.ad_moves(callback.at)
            elif callback.event == "timeupdate" and self._moving is not None:
                out += self._announce(callback, Announced(None, self._pod_position + 1))
        out += self._ad.receive(callback)
        self._media.begun = self._media.begun or self._ad.wanted
        return out

    def _on_ad_unheard(self, callback: Callback) -> list[Signal]:
        """An ad's element plays and no break was announced: it opens one (S61, S83)."""
        event = callback.event
        if event == "timeupdate" and self._moving is not None:
            return self._imply_break(self._moving)
        starts = event in ("play", "playing") and not self._has_framework
        if starts or self._joins(callback):
            return self._imply_break(callback)
        if event == "playing" and self._moves(callback):
            self._moving = callback  # the framework says in a moment of which break it is
        return []

    def _imply_break(self, callback: Callback, pod_id: str | None = None) -> list[Signal]:
        """An ad plays, and nobody said that a break begins."""
        self._take_held()
        at, moving = self._stopped_at or callback.at, self._moving
        named, place = self._last_ad, self._pod_position
        due = self._ad.announced is not None
        if due:
            # The ad that was named is the break's, and began as long ago as it has shown.
            at -= min(callback.number("currentTime") or 0.0, JOINED)
        out = self._start_break(at, Pod(pod_id))
        self._implied, self._moving = True, moving
        if due:
            self._last_ad, self._pod_position = named, place
        return out

    def _joins(self, callback: Callback) -> bool:
        """Whether an ad runs before any content: the session begins in its middle (S83)."""
        runs = callback.event == "timeupdate" and self._moves(callback)
        first = not (self._media.played or self._ad.started)
        return runs and first and bool(callback.number("currentTime"))

    @staticmethod
    def _moves(callback: Callback) -> bool:
        return not (callback.flag("paused") or callback.flag("ended") or callback.flag("seeking"))

    # -- the ad framework ----------------------------------------------------------------------

    def _on_framework(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event == "adrequest":
            self._on_request(callback)
        elif event == "adresponse":
            if callback.detail.get("ads") == []:
                self._requested_at = None
        elif event == "breakstart":
            return self._on_break_start(callback)
        elif event == "breakend":
            return self._end_break(callback.at)
        elif event == "clickthrough":
            return [AdClick(callback.at)]
        else:
            return self._on_tracker(callback)
        return []

    def _on_request(self, callback: Callback) -> None:
        self._requested_at = callback.at
        self._take_held()

    def _take_held(self) -> None:
        """The held pause was the framework's."""
        pause = self._doubt.take()
        if pause is not None:
            self._media.stand(pause)
            self._stopped_at = pause.at

    def _on_break_start(self, callback: Callback) -> list[Signal]:
        self._take_held()
        size = callback.detail.get("podSize")
        kind = callback.detail.get("kind")
        # Its `startTime` is where the content stood, not the place for which it was scheduled.
        pod = Pod(
            callback.text("breakId"),
            kind if kind in _PLACEMENTS else None,
            None,
            size if isinstance(size, int) and size > 0 else None,
        )
        out: list[Signal] = []
        if self._in_break:
            same = self._implied or pod.pod_id == self._pod_id
            self._implied, self._pod_id = False, pod.pod_id
            if same:
                return []  # late, or once more: of the break that is open (S61)
            out += self._end_break(callback.at)
        at = self._stopped_at if self._stopped_at is not None else callback.at
        return out + self._start_break(at, pod, callback.number("currentTime"))

    def _start_break(self, at: float, pod: Pod, stands: float | None = None) -> list[Signal]:
        media = self._media
        out = media.leave(at, stands)
        self._ad.watch.begin(at, media.position)
        # After the start nobody but the framework presses play for an ad.
        self._ad.wanted = media.begun
        self._in_break, self._pod_id = True, pod.pod_id
        self._implied = False
        self._doubt.take()
        self._requested_at = self._stopped_at = self._moving = None
        self._pod_position = 0
        self._last_ad = None
        return [*out, break_start(at, pod, ended=media.ended, length=media.duration)]

    def _end_break(self, at: float) -> list[Signal]:
        if not self._in_break:
            return []
        self._in_break = self._implied = False
        self._moving = None
        self._media.come_back(wanted=self._ad.wanted and not self._media.ended)
        self._ad.wanted = False
        return [AdBreakEnd(at)]

    def _end_wait(self, at: float) -> list[Signal]:
        """Content goes on after a request for ads that brought none."""
        stopped, self._stopped_at = self._stopped_at, None
        self._requested_at = None
        if stopped is None or at - stopped <= _SHORT_WAIT:
            return []
        position = self._media.position
        return [BufferStart(stopped, position), BufferEnd(at, position)]

    def _on_tracker(self, callback: Callback) -> list[Signal]:
        event = callback.event
        ad = (callback.text("ad"), callback.detail.get("break"), callback.detail.get("pos"))
        if event == "skip":
            if self._ad.is_of_another(callback, ad[0]):
                return []
            return self._ad.skip(callback.at, self._ad.clock(callback))
        if event == "complete":
            return self._ad.end(callback, ad[0])
        out: list[Signal] = []
        if event in ("aderror", "error", "trackerError", "TRACKER-error"):
            if self._ad.announced is None and ad != self._last_ad:
                self._announce(callback, self._told(callback))
            self._last_ad = ad
            return [*out, *self._ad.fail(callback.at, self._failure(callback), ad[0])]
        if not self._in_break and self._moving is not None:
            out = self._imply_break(self._moving, callback.text("break"))
        if ad == self._last_ad:
            return out  # creativeView, impression and start say the same
        self._last_ad = ad
        return out + self._announce(callback, self._told(callback))

    def _told(self, callback: Callback) -> Announced:
        known = finite(callback.detail.get("pos"))
        self._pod_position = int(known) if known and known > 0 else self._pod_position + 1
        length = finite(callback.detail.get("duration"))
        return Announced(
            callback.text("ad"),
            self._pod_position,
            length if length is not None and length > 0 else None,
        )

    def _announce(self, callback: Callback, ad: Announced) -> list[Signal]:
        moving, self._moving = self._moving, None
        self._ad.announce(ad, callback.at if moving is None else moving.at)
        self._pod_position = ad.pod_position if ad.pod_position is not None else 0
        return self._ad.receive(moving) if moving is not None else []

    @staticmethod
    def _failure(callback: Callback) -> str:
        code = callback.detail.get("code")
        return callback.text("message") or (f"VAST error {code}" if code else "ad error")
