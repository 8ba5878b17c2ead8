"""Fluid Player 3, with its VAST ads in the content's own element.

Channels: ``fluid`` (what ``on()`` and the callbacks of its configuration say, and the VAST trackers
it calls), ``html5``, ``page`` and ``recorder``. The element says exactly what happens, Fluid alone
says to whom: each of its events names what plays (``mediaSourceType``: ``source`` or a roll), a few
milliseconds after the element's. When the element's source goes, its events are therefore held
until it is known whose the next one is (players-notes D15 to D18).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import Pod, break_start
from video_tracker.players.ad_element import AdElement, Announced
from video_tracker.players.base import WEB_SETTINGS, Adapter, Callback, Vocabulary, finite
from video_tracker.players.element_library import ECHO, OneVoice
from video_tracker.players.fluidplayer_events import FLUID_EVENTS
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import (
    MEDIA_EVENTS,
    PAGE_EVENTS,
    RECORDER_EVENTS,
    Attributes,
    extended,
)
from video_tracker.players.start_gate import StartGate
from video_tracker.signals import (
    AdBreakEnd,
    AdError,
    AdProgress,
    Exit,
    Signal,
)

__all__ = ["FLUID_EVENTS", "FluidplayerAdapter"]

_ROLLS: Final[Mapping[str, str | None]] = {
    "preRoll": "pre",
    "midRoll": "mid",
    "postRoll": "post",
    "ad": None,
}
"""``mediaSourceType`` of an ad -> its placement; older releases say only ``ad``."""
_LAST_WORDS: Final = frozenset(
    {"switchToMainVideo", "vast:complete", "vast:skip", "vastVideoEndedCallback"}
)
"""What is said at the end of an ad, maybe late: no break begins with it."""
_UNNAMED: Final[tuple[object, object]] = (None, None)
_SAME_LENGTH: Final = 1.0
"""Seconds by which two sizes of the same content may differ in length."""
_SKIPPED: Final = 1.0
"""Seconds before its end from which on an ad's end is a skip (S72)."""
_SHOWING: Final = 0.1
"""Seconds that a source whose owner nobody told has to show to be the content's."""
_MOST_LEFT_OUT: Final = 10
"""Ads of a pod that may have been left out; a higher ``sequence`` counts something else."""

_ELEMENT: Final = extended(MEDIA_EVENTS, dict.fromkeys(("emptied", "loadstart"), "ad_end ad_skip"))
"""The element's events; a source that goes was an ad's."""


class FluidplayerAdapter(Adapter):
    """Fluid Player; see the module (S71, S72, S75, D15 to D18)."""

    name: ClassVar[str] = "fluidplayer"
    channels: ClassVar[frozenset[str]] = frozenset({"fluid", "html5", "page", "recorder"})
    settings: ClassVar = WEB_SETTINGS
    vocabulary: ClassVar[Vocabulary] = {
        **{("fluid", event): entry for event, entry in FLUID_EVENTS.items()},
        **{("html5", event): entry for event, entry in _ELEMENT.items()},
        **{("page", event): entry for event, entry in PAGE_EVENTS.items()},
        **{("recorder", event): entry for event, entry in RECORDER_EVENTS.items()},
    }

    def __init__(self) -> None:
        super().__init__()
        attributes = Attributes()
        self._media = MediaElement(attributes, new_blob_is_new_item=False)
        self._ad = AdElement(attributes)
        self._gate = StartGate()
        self._voice = OneVoice()
        self._in_break = False
        self._returning = False
        """Whether the content's source comes back after a break."""
        self._held: list[Callback] = []
        """The element's events since its source went, while it is not known whose they are."""
        self._source: str | None = None
        """The content's source."""
        self._place = 0
        """The place in the pod of the ad that is due or plays."""
        self._name: tuple[object, object] = _UNNAMED
        self._file: object = None
        """The open ad's source."""
        self._told_complete = False
        self._seeking = False

    def flush(self, at: float) -> tuple[Signal, ...]:  # noqa: ARG002 - their own times are told
        """Events of a new source whose owner nobody told: they are the content's."""
        return tuple(self._gate.let(self._release()))

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        background = self._media.background
        out = self._by_channel(callback)
        if self._media.background > background:
            self.note("pause: background")
        return self._gate.let(out)

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "page":
            return self._on_page(callback)
        if self._is_nothing(callback):
            return []
        out = self._told(callback) if callback.player == "fluid" else []
        answer = self._ANSWERS.get(callback.event) if callback.player == "fluid" else None
        if answer is not None:
            return out + answer(self, callback)
        if self._voice.is_echo(callback):
            self.ignore(callback, ECHO)
            return out
        if callback.player == "fluid":
            return out + self._on_copy(callback)
        return out + self._on_element(callback)

    def _is_nothing(self, callback: Callback) -> bool:
        """Whether it is no event of the content's element, or one of an ad's file left behind."""
        if callback.player == "recorder" or callback.element is not None:
            return True
        late = not self._in_break and not self._held and self._media.is_foreign(callback)
        if late:
            self.ignore(callback, "of the file of an ad that has ended (S78)")
        return late

    # -- the page ------------------------------------------------------------------------------

    def _on_page(self, callback: Callback) -> list[Signal]:
        if callback.event != "pagehide":
            return self._media.page(callback)
        before = self._release()
        out = self._media.page(callback)
        if not self._in_break:
            return before + out
        # In a break the element's clock is the ad's.
        if self._ad.started:
            before.append(AdProgress(callback.at, self._ad.clock(callback)))
        self._in_break = False
        return before + [Exit(s.at, None) if isinstance(s, Exit) else s for s in out]

    # -- whose the element is ------------------------------------------------------------------

    def _told(self, callback: Callback) -> list[Signal]:
        """What Fluid says with each of its events: what plays."""
        kind = callback.text("mediaSourceType")
        if kind is not None and kind in _ROLLS:
            if callback.event in _LAST_WORDS:
                return []
            return [] if self._in_break else self._start_break(callback, _ROLLS[kind])
        if kind == "source" and self._in_break:
            return self._end_break(callback)
        return []

    def _on_element(self, callback: Callback) -> list[Signal]:
        if self._in_break:
            return self._on_ad(callback)
        if callback.event == "emptied" and self._source is not None and not self._returning:
            self._held.append(callback)
            return []
        if self._held:
            self._held.append(callback)
            return self._release() if self._is_content(callback) else []
        return self._on_content(callback)

    def _on_content(self, callback: Callback) -> list[Signal]:
        source = callback.state.get("src")
        if isinstance(source, str) and source and callback.event != "emptied":
            self._source = source
        if callback.event == "playing":
            self._returning = False
        return self._media.receive(callback)

    def _is_content(self, callback: Callback) -> bool:
        """Whether a held source turned out to be no ad's: known, or shown without a word of one."""
        if callback.event == "emptied":
            return False
        source = callback.state.get("src")
        known = source == self._source
        shows = callback.event == "timeupdate" and (callback.number("currentTime") or 0) > _SHOWING
        return known or shows or callback.event == "seeked"

    def _release(self) -> list[Signal]:
        """The held events are the content's: the same one again, in another size, or the next."""
        held, self._held = self._held, []
        out: list[Signal] = []
        lengths = [c.number("duration") for c in held if c.number("readyState")]
        length = next((n for n in lengths if n is not None), None)
        known = self._media.duration
        other = length is not None and known is not None and abs(length - known) > _SAME_LENGTH
        for callback in held:
            out += self._on_content(callback)
            if callback.event == "emptied" and not other:
                self._media.come_back()
        return out

    def _on_copy(self, callback: Callback) -> list[Signal]:
        """A media event that only Fluid tells: it passes on neither lengths nor beginning seeks."""
        if self._in_break:
            return self._on_ad(callback)
        out: list[Signal] = []
        length = callback.number("duration")
        if length is not None and length != self._media.duration:
            out += self._on_content(attrs.evolve(callback, event="durationchange"))
        if callback.flag("seeking") and not self._seeking:
            out += self._on_content(attrs.evolve(callback, event="seeking"))
        self._seeking = callback.flag("seeking")
        return out + self._on_content(callback)

    # -- breaks --------------------------------------------------------------------------------

    def _start_break(self, callback: Callback, placement: str | None) -> list[Signal]:
        held, self._held = self._held, []
        at = held[0].at if held else callback.at
        out = self._media.leave(at)
        # After the start nobody but Fluid presses play for an ad.
        self._ad.wanted = self._media.begun
        self._in_break, self._returning = True, False
        self._place = 0
        # Its ids are counters made on the page, not the ids of an ad server.
        media = self._media
        self._ad.watch.begin(at, media.position)
        pod = Pod(None, placement)
        out.append(break_start(at, pod, ended=media.ended, length=media.duration))
        self._announce(Announced(None, 1), at)
        for each in held:
            out += self._on_ad(each)
        return out

    def _end_break(self, callback: Callback) -> list[Signal]:
        if not self._in_break:
            return []
        out = self._close_ad(callback)
        self._in_break, self._returning = False, True
        self._media.come_back(wanted=self._ad.wanted and not self._media.ended)
        self._ad.wanted = False
        return [*out, AdBreakEnd(callback.at)]

    # -- the ad in the element -----------------------------------------------------------------

    def _announce(self, ad: Announced, at: float) -> None:
        self._name = _UNNAMED
        self._ad.announce(ad, at)
        self._place = ad.pod_position or self._place + 1
        self._told_complete = False

    def _on_ad(self, callback: Callback) -> list[Signal]:
        event = callback.event
        if event == "ended" and callback.state.get("ended") is False:
            return self._cut_ad(callback)  # Fluid made it itself (D15)
        if event in ("emptied", "loadstart"):
            return self._next_ad(callback)
        out = self._ad.receive(callback)
        if self._ad.started:
            self._media.disown(callback)
            self._file = callback.state.get("src", self._file)
        self._media.begun = self._media.begun or self._ad.wanted
        return out

    def _next_ad(self, callback: Callback) -> list[Signal]:
        """Another ad is due, unless the one that is due has not begun."""
        if self._ad.started and self._is_late(callback):
            return []
        out = self._close_ad(callback) if self._ad.started else []
        if self._ad.announced is None:
            self._announce(Announced(None, self._place + 1), callback.at)
        return out

    def _is_late(self, callback: Callback) -> bool:
        """Whether the element's word that a source goes or comes is of before the open ad."""
        same = callback.state.get("src") == self._file
        return same if callback.event == "loadstart" else callback.event == "emptied" and not same

    def _cut_ad(self, callback: Callback) -> list[Signal]:
        """The ad ended before its time: by a skip, unless it was all but over (S72)."""
        if not self._ad.started:
            return []
        gone = callback.number("readyState") == 0
        position = self._ad.where(callback.at) if gone else self._ad.clock(callback)
        declared = self._ad.announced.duration if self._ad.announced is not None else None
        length = declared or callback.number("duration")
        over = length is not None and position >= length - _SKIPPED
        if over or self._told_complete:
            return self._ad.end(callback)
        return self._ad.skip(callback.at, position)

    def _close_ad(self, callback: Callback) -> list[Signal]:
        """The ad's source goes, and nothing said how the ad ended."""
        if not self._ad.started:
            self._ad.announced = None
            return []
        # The element's clock is no longer the ad's.
        gone = attrs.evolve(callback, state={**callback.state, "readyState": 0})
        return self._cut_ad(gone)

    def _on_impression(self, callback: Callback) -> list[Signal]:
        opened = self._start_unnamed_break(callback)
        return opened + self._name_ad(callback)

    def _start_unnamed_break(self, callback: Callback) -> list[Signal]:
        """A break of a Fluid that does not say what plays: the element has another source."""
        return [] if self._in_break or not self._held else self._start_break(callback, None)

    def _name_ad(self, callback: Callback) -> list[Signal]:
        if not self._in_break:
            self.ignore(callback, "of an ad beside the content")
            return []
        detail = callback.detail.get("ad")
        ad = detail if isinstance(detail, Mapping) else {}
        length = finite(ad.get("duration"))
        place = finite(ad.get("sequence"))
        name = (callback.detail.get("rollListId"), ad.get("id"))
        if self._ad.started and name == self._name:
            return []  # the same ad once more
        unnamed, self._name = self._name == _UNNAMED, name
        if self._ad.started and unnamed:
            return []  # it was seen to play before it was named
        out = self._next_ad(callback)
        self._name = name
        # An ad of a pod that Fluid cannot play is left out without a word (D18).
        missing = int(place) - self._place if place is not None else 0
        if 0 < missing <= _MOST_LEFT_OUT:
            out += [AdError(callback.at, "ad left out") for _ in range(missing)]
            self._place += missing
        self._ad.announced = Announced(None, self._place, length or None)
        return out

    def _on_start(self, callback: Callback) -> list[Signal]:
        if not self._in_break or self._ad.announced is None or self._ad.started:
            return []
        return self._ad.receive(attrs.evolve(callback, event="playing", state={"currentTime": 0}))

    def _on_complete(self, callback: Callback) -> list[Signal]:  # noqa: ARG002
        self._told_complete = self._in_break and self._ad.started
        return []

    def _on_skip(self, callback: Callback) -> list[Signal]:
        return self._cut_ad(callback) if self._in_break else []

    def _on_no_ad(self, callback: Callback) -> list[Signal]:
        """Fluid gives up on an ad; before any was loaded there is nothing to fail (D18)."""
        failed = any(held.event == "error" for held in self._held)
        out = self._start_unnamed_break(callback) if failed else []
        return out + self._ad.fail(callback.at, "no playable ad") if self._in_break else []

    def _on_main_video(self, callback: Callback) -> list[Signal]:
        return self._end_break(callback)

    def _on_vast_loaded(self, callback: Callback) -> list[Signal]:  # noqa: ARG002
        return []  # what it says of the source was all

    _ANSWERS: ClassVar[Mapping[str, Callable[["FluidplayerAdapter", Callback], list[Signal]]]] = {
        "noVastVideoCallback": _on_no_ad,
        "switchToMainVideo": _on_main_video,
        "vast:complete": _on_complete,
        "vast:impression": _on_impression,
        "vast:skip": _on_skip,
        "vast:start": _on_start,
        "vastLoadedCallback": _on_vast_loaded,
        "vastVideoEndedCallback": _on_main_video,
        "vastVideoSkippedCallback": _on_skip,
    }
