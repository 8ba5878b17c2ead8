"""Fluid Player 3, with its VAST ads in the content's own element.

Channels: ``fluid``, ``html5``, ``page`` and ``recorder``. ``fluid`` is what ``on()`` and the
callbacks of the configuration say (``layoutControls``, ``vastAdvanced``), the VAST trackers that it
calls, written ``vast:event``, and ``switchToMainVideo``, the method by which it returns to the
content. The element says exactly what happens, Fluid alone says to whom: each of its events names
what plays (``mediaSourceType``: ``source`` or a roll), a few milliseconds after the element's. When
the element's source goes, its events are therefore held until it is known whose the next one is
(players-notes D15 to D18).
"""

import math
from collections.abc import Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.payload import finite, part_of, text_of
from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, Mapped, earliest, on
from video_tracker.players.content_clock import SAME_LENGTH
from video_tracker.players.element_library import ElementPlayer
from video_tracker.players.media_events import MEDIA_EVENTS, RECORDER_EVENTS, extended
from video_tracker.players.rows import rows_in
from video_tracker.signals import AdError, Signal

__all__ = ["FluidplayerAdapter"]

_ROLLS: Final[Mapping[str, str | None]] = {
    "preRoll": "pre",
    "midRoll": "mid",
    "postRoll": "post",
    "ad": None,
}
"""``mediaSourceType`` of an ad -> its placement; older releases say only ``ad``."""
_LAST_WORDS: Final = frozenset(
    {"switchToMainVideo", "vast:complete", "vast:skip"}
    | {"vastVideoEndedCallback", "vastVideoSkippedCallback"}
)
"""What is said at the end of an ad, maybe late: no break begins with it."""
_RESTS: Final = frozenset({"emptied", "ended", "pause"})
"""What the content's own file may say late: no break ends with it."""
_UNNAMED: Final[tuple[object, object]] = (None, None)
_SKIPPED: Final = 1.0  # Seconds before its end from which on an ad's end is a skip (S72).
_SHOWING: Final = 0.1
"""Seconds that a source whose owner nobody told has to show to be the content's."""
_NAMELESS: Final = 1.0  # Seconds for which events of a new source wait to be told whose they are.
_MOST_LEFT_OUT: Final = 10
"""Ads of a pod that may have been left out; a higher ``sequence`` counts something else."""

_ELEMENT: Final = extended(MEDIA_EVENTS, dict.fromkeys(("emptied", "loadstart"), "ad_end ad_skip"))
"""The element's events; a source that goes was an ad's."""
_TELLS: Final = (
    "load play progress playing seek_start seek_end content_end end"
    " ad_break_start ad_break_end ad_end ad_skip ad_error"
)
"""With each of its events Fluid says what plays, and so that breaks and ads start and end."""
_MAPPED: Final = [name for name, entry in MEDIA_EVENTS.items() if isinstance(entry, Mapped)]


class FluidplayerAdapter(ElementPlayer):
    """Fluid Player; see the module (S71, S72, S75, D15 to D18)."""

    name: ClassVar[str] = "fluidplayer"
    copies: ClassVar[Mapping[str, str]] = {event: event for event in MEDIA_EVENTS}
    shared: ClassVar = {
        **rows_in("fluid", extended(MEDIA_EVENTS, dict.fromkeys(_MAPPED, _TELLS))),
        **rows_in("html5", _ELEMENT),
        **rows_in("recorder", RECORDER_EVENTS),
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "fluid": {
            "the player's appearance": """
                miniPlayerToggle theatreModeOff theatreModeOn vast:playerCollapse
                vast:playerExpand""",
            "nothing was played yet": "playerInitCallback",
            "the viewer's doing around the ad, not its playback": """
                vast:acceptInvitation vast:adCollapse vast:collapse vast:iconClickThrough""",
            "of an overlay": "vast:close",
            "`start` comes with it": "vast:creativeView",
            "quartiles come from the ad's own clock; Fluid's are on whole seconds (D16)": """
                vast:firstQuartile vast:midpoint vast:thirdQuartile""",
            "the page says it": "vast:fullscreen",
            "the element says it itself": """
                vast:mute vast:pause vast:progress vast:resume vast:rewind vast:unmute""",
            "viewability, not playback": "vast:viewImpression",
        }
    }

    def __init__(self) -> None:
        super().__init__(at_once=True, starts=False, shares=True)
        self._returning = False
        """Whether the content's source comes back after a break."""
        self._held: list[Callback] = []
        """The element's events since its source went, while it is not known whose they are."""
        self._source: str | None = None  # The content's source.
        self._name: tuple[object, object] = _UNNAMED
        self._file: object = None  # The open ad's source.
        self._told_complete = False
        self._seeking = False

    def wake_at(self) -> float | None:
        """When something held back falls due."""
        return earliest(self._nameless_at(), super().wake_at())

    def _nameless_at(self) -> float | None:
        """When a new source would have been told whose it is; while it only loads nobody knows."""
        ready = next((held.at for held in self._held if held.number("readyState")), None)
        loads = any(held.event == "loadstart" for held in self._held)
        if not self._held or (loads and ready is None):
            return None
        return (self._held[0].at if ready is None else ready) + _NAMELESS

    def _let_go(self, at: float) -> list[Signal]:
        """Events of a new source whose owner nobody told: they are the content's."""
        due = self._nameless_at()
        told = at == math.inf or (due is not None and due <= at)
        out = self._gate.let(self._give_back()) if told else []
        return [*out, *super()._let_go(at)]

    def _give_back(self) -> list[Signal]:
        """The held events are the content's: the same one again, in another size, or the next."""
        out: list[Signal] = []
        held, self._held = self._held, []
        known = self._media.duration
        lengths = [c.number("duration") for c in held if c.number("readyState")]
        length = next((n for n in lengths if n is not None), None)
        other = length is not None and known is not None and abs(length - known) > SAME_LENGTH
        for callback in held:
            out += self._on_content(callback)
            if callback.event == "emptied" and not other:
                self._media.come_back(callback.at)
        return out

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if self._is_late(callback):
            return self.ignore(callback, "of the file of an ad that has ended (S78)")
        says = callback.player == "fluid" and callback.element is None
        told = self._told(callback) if says else []
        return told + super()._by_channel(callback)

    def _on_echo(self, callback: Callback) -> list[Signal]:
        out = [] if self._is_late(callback) else self._told(callback)
        return out + super()._on_echo(callback)

    def _is_late(self, callback: Callback) -> bool:
        """Whether it is of an ad's file that was left behind."""
        ads = callback.element is not None or self._breaks.in_break or self._held
        return not ads and callback.player != "page" and self._media.is_foreign(callback)

    def _on_library(self, callback: Callback) -> list[Signal]:
        return self._by_row(callback)

    def _told(self, callback: Callback) -> list[Signal]:
        """What Fluid says with each of its events: what plays."""
        kind = callback.text("mediaSourceType") or ""
        if kind == "source":
            out = self._give_back() if self._joins else []
            return out if callback.event in _RESTS else out + self._on_main_video(callback)
        late = callback.event == "ended" and not self._media.ended
        starts = not (late or callback.event in _LAST_WORDS or self._breaks.in_break)
        return self._start_break(callback, _ROLLS[kind]) if kind in _ROLLS and starts else []

    @property
    def _joins(self) -> bool:
        """Whether the session begins with a clock that runs, and nobody said whose (S83)."""
        return self._source is None and bool(self._held)

    def _leave(self, callback: Callback) -> list[Signal]:
        return [*self._give_back(), *super()._leave(callback)]

    def _on_media(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return self._in_break(callback)
        if callback.player == "fluid":
            return self._on_copy(callback)
        known, begun = self._source is not None, self._media.begun
        other = callback.event == "loadstart" and callback.state.get("src") != self._source
        goes = (callback.event == "emptied" or other) and known and not self._returning
        joins = callback.event == "timeupdate" and not (known or begun or callback.flag("paused"))
        if not (goes or joins or self._held):
            return self._on_content(callback)
        self._held.append(callback)
        return self._give_back() if known and not goes and self._is_content(callback) else []

    def _on_content(self, callback: Callback) -> list[Signal]:
        source = text_of(callback.state.get("src")) or self._source
        back = callback.event != "loadstart" or source == self._source  # else it is the next item
        if callback.event != "emptied":
            self._source = source
        out = super()._on_media(callback)
        self._returning = self._returning and back and not self._media.shown
        return out

    def _is_content(self, callback: Callback) -> bool:
        """Whether a held source turned out to be no ad's: known, or shown without a word of one."""
        event, known = callback.event, callback.state.get("src") == self._source
        shows = event == "timeupdate" and (callback.number("currentTime") or 0) > _SHOWING
        return event not in _RESTS and (known or shows or event == "seeked")

    def _on_copy(self, callback: Callback) -> list[Signal]:
        """A media event that only Fluid tells: it passes on neither lengths nor beginning seeks."""
        news = callback.number("duration") not in (None, self._media.duration)
        out = self._on_content(attrs.evolve(callback, event="durationchange")) if news else []
        if callback.flag("seeking") and not self._seeking:
            out += self._on_content(attrs.evolve(callback, event="seeking"))
        self._seeking = callback.flag("seeking")
        return out + self._on_content(callback)

    def _start_break(self, callback: Callback, placement: str | None) -> list[Signal]:
        held, self._held = self._held, []
        at = self._take_held(held[0].at if held else callback.at)
        # Its ids are counters made on the page, not the ids of an ad server.
        out = self._breaks.begin(at, Pod(None, placement))
        self._returning = False
        out += self._announce(at, joined=self._source is None and bool(held))
        for each in held:
            out += self._in_break(each)
        return out

    @on("fluid", "switchToMainVideo", "ad_break_end ad_end ad_error ad_skip")
    @on("fluid", "vastVideoEndedCallback", "ad_break_end ad_end ad_error ad_skip", "a 404's (D18)")
    def _on_main_video(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            return []
        self._returning = True
        return [*self._close_ad(callback), *self._breaks.end(callback.at)]

    @on("fluid", "vastLoadedCallback", "ad_break_start", "the pre-roll's; others load ahead")
    def _on_vast_loaded(self, callback: Callback) -> list[Signal]:  # noqa: ARG002
        return []  # what it says of the source was all

    def _announce(self, at: float, *, joined: bool = False) -> list[Signal]:
        """Another ad is due, or plays already where the session begins."""
        self._name, self._told_complete = _UNNAMED, False
        due = Announced(None, self._breaks.place + 1)
        return self._breaks.announce(due, at, expected=True, joined=joined)

    def _in_break(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event == "ended" and callback.state.get("ended") is False:
            return self._on_cut(callback)  # Fluid made it itself (D15)
        if event in ("emptied", "loadstart"):
            return self._next_ad(callback)
        out = self._breaks.element(callback, sure=True)
        if self._breaks.ad.started:
            self._file = callback.state.get("src", self._file)
        return out

    def _next_ad(self, callback: Callback) -> list[Signal]:
        """Another ad is due, unless the one that is due has not begun."""
        ad = self._breaks.ad
        if ad.started and self._is_of_before(callback):
            return []
        out = self._close_ad(callback) if ad.started else []
        return out + self._announce(callback.at) if ad.announced is None else out

    def _is_of_before(self, callback: Callback) -> bool:
        """Whether the element's word that a source goes or comes is of before the open ad."""
        same = callback.state.get("src") == self._file
        return same if callback.event == "loadstart" else callback.event == "emptied" and not same

    @on("fluid", "vast:skip vastVideoSkippedCallback", "ad_skip ad_end ad_error")
    def _on_cut(self, callback: Callback) -> list[Signal]:
        """The ad ended before its time: by a skip, unless it was all but over (S72)."""
        ad = self._breaks.ad
        if not ad.started:
            return []
        gone = callback.number("readyState") == 0
        position = ad.where(callback.at) if gone else ad.clock(callback)
        length = ad.declared or callback.number("duration")
        over = length is not None and position >= length - _SKIPPED
        if over or self._told_complete:
            return self._breaks.finish(callback, own=True)
        return self._breaks.finish(callback, None, position, skipped=True)

    def _close_ad(self, callback: Callback) -> list[Signal]:
        """The ad's source goes, and nothing said how the ad ended: its clock is gone, too."""
        return self._on_cut(attrs.evolve(callback, state={**callback.state, "readyState": 0}))

    @on("fluid", "vast:impression", "ad_break_start ad_error", "which ad it is")
    def _on_impression(self, callback: Callback) -> list[Signal]:
        breaks, told = self._breaks, part_of(callback.detail, "ad")
        # Some Fluid do not say what plays: there the element has another source.
        out = self._start_break(callback, None) if self._held else []
        if not breaks.in_break:
            return out + self.ignore(callback, "of an ad beside the content")
        length, place = finite(told.get("duration")), finite(told.get("sequence"))
        name = (callback.detail.get("rollListId"), told.get("id"))
        before, self._name = self._name, name
        if breaks.ad.started and before in (name, _UNNAMED):
            return out  # the same ad once more, or it was seen to play before it was named
        out += self._next_ad(callback)
        self._name = name
        # An ad of a pod that Fluid cannot play is left out without a word (D18).
        missing = int(place) - breaks.place if place is not None else 0
        if not 0 < missing <= _MOST_LEFT_OUT:
            missing = 0
        breaks.name(Announced(None, breaks.place + missing, length or None))
        return out + [AdError(callback.at, "ad left out") for _ in range(missing)]

    @on("fluid", "vast:start", "play update ad_start", "of an ad without an element (VPAID)")
    def _on_start(self, callback: Callback) -> list[Signal]:
        return [] if self._breaks.ad.started else self._breaks.media(callback, "playing", 0.0)

    @on("fluid", "vast:complete", "", "up to a second early: the ad ends with its element (D16)")
    def _on_complete(self, callback: Callback) -> list[Signal]:  # noqa: ARG002
        self._told_complete = self._breaks.ad.started
        return []

    @on("fluid", "noVastVideoCallback", "ad_error", "also without any ad: it says nothing (D18)")
    def _on_no_ad(self, callback: Callback) -> list[Signal]:
        """Fluid gives up on an ad; before any was loaded there is nothing to fail (D18)."""
        failed = any(held.event == "error" for held in self._held)
        out = self._start_break(callback, None) if failed else []
        due = self._breaks.ad.announced is not None
        return out + self._breaks.fail(callback, "no playable ad") if due else out
