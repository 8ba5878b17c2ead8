"""Interprets the events of an HTML media element that plays content.

Shared by every adapter whose player ends in a ``<video>`` element. The events of that element do
not mean what their names say: ``pause`` comes before every ``ended``, ``seeking`` already carries
its target, ``playing`` comes for something that has ended, a replay begins with a seek nobody
asked for. :class:`MediaElement` holds what it takes to tell these apart and nothing else; ads in
an element of their own, or in this one, are :mod:`video_tracker.players.ad_element`'s. Players
without such an element have their own words said in its words, so all content is followed here.
"""

import math
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import ClassVar, Final

import attrs

from video_tracker.payload import finite, text_of
from video_tracker.players.base import Callback, earliest
from video_tracker.players.break_watch import Resumed
from video_tracker.players.content_clock import SAME_LENGTH, STEP, ContentClock
from video_tracker.players.doubt import HOLD
from video_tracker.players.live_clock import LiveClock
from video_tracker.players.media_events import Attributes, error_reason
from video_tracker.players.seek_watch import Leap, Seek, SeekWatch, ran
from video_tracker.signals import (
    BufferEnd,
    BufferStart,
    ContentEnd,
    End,
    Error,
    Exit,
    Interrupt,
    Load,
    Pause,
    Play,
    Playing,
    Progress,
    SeekEnd,
    SeekStart,
    Signal,
    Update,
)
from video_tracker.tally import Tally

__all__ = ["MediaElement"]

_LOOP_EDGE: Final = 0.5  # Seconds from the ends between which a jump in play is a loop (S70).
_LATE_LOOP: Final = 1.0  # Seconds by which Firefox tells the wrap of a loop late at most (A9).
_MOVED: Final = 0.1  # Seconds of media progress that prove that a stall or a seek is over.
_SILENT_STALL: Final = 1.0  # Seconds of standing, then data, that are a stall (S65, B2).
_LONG_AHEAD: Final = 2.0  # Seconds by which a first frame that is told is dated back at most.
_EARLY: Final = 1.0  # Seconds by which a clock that was read later may run ahead.
_WAITS: Final = 2  # The `readyState` up to which an element waits for data.
_AT_END: Final = 0.01
_NEAR_END: Final = 1.0  # Seconds before its end at which a stream was seen to it (S75).
_AT_REST: Final = frozenset(
    {"emptied", "ended", "pause", "seeked", "seeking", "timeupdate", "waiting"}
)
"""Events of a file that was stopped."""
_MOST_FILES: Final = 20  # Files of ads that are remembered.
_TELL_EDGE: Final = frozenset({"play", "timeupdate"})
"""Events whose snapshot is asked for a live stream's edge; those of loading are, too."""
_SHOWS_SEEK: Final = frozenset({"playing", "timeupdate", "waiting"})
"""Events whose snapshot shows a seek that nobody told (A4)."""
_LOADS: Final = frozenset({"durationchange", "loadedmetadata", "loadstart"})
"""Events that tell a length while nothing can be played yet (A13)."""
_NAMES_SOURCE: Final = _LOADS | {"play", "playing"}
"""Events that tell of the content's own source when an ad has just given the element back."""
_GOES: Final = frozenset({"emptied", "error"})
"""Events of a source that goes: what their snapshots say of it is half gone."""
_ENDLESS: Final = ("Infinity", float("inf"))
_BACKGROUND: Final = 0.1  # Seconds after hiding within which a pause is the browser's own (S77).


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class MediaElement:
    """Turns one content element's events into session signals.

    Args:
        attributes: Shared by the player's elements; an own one by default.
        new_blob_is_new_item: Whether a new ``blob:`` source is another playlist item; a library
            that feeds the element itself (MSE) attaches the same content under a new one.
        tally: Counts the pauses that the browser made itself on hiding the page (S77).

    An adapter hands it the element's callbacks (:meth:`receive`) and the page's (:meth:`page`).
    When ads take over the element or stop it, the adapter calls :meth:`leave` and, before the
    content's next callback, :meth:`come_back`; in between it gives it none. Whatever the callback
    is, its snapshot is read for source, length, liveness, sound, rate and full screen (S83).
    """

    attributes: Attributes = attrs.field(factory=Attributes)
    new_blob_is_new_item: bool = True
    _tally: Tally | None = None
    begun: bool = False
    """Whether playback was ever wanted."""
    wanted: bool = False
    """Whether play is wanted, as far as the session was told."""
    ended: bool = False
    """Whether the content ran out and nothing was played since."""
    hidden_at: float | None = None
    """When the page was last hidden; None while it is visible."""
    live: LiveClock = attrs.field(factory=LiveClock)
    """Whether the source is live, and where its edge lies (S6, S8)."""
    played: bool = False
    """Whether this item has shown a frame."""
    _away: bool = False
    clock: ContentClock = attrs.field(factory=ContentClock)
    """Where the content is."""
    _seeks: SeekWatch = attrs.field(factory=SeekWatch)
    shown: bool = False
    """Whether the content has shown a frame since it was started or came back."""
    _start: float | None = None
    _began_at: float = 0.0
    _stalled: tuple[float, float] | None = None
    _source: str | None = None
    _own: str | None = None
    _foreign: tuple[str, ...] = ()
    _before: str | None = None  # The source of the item before this one.
    _renewed: bool = False  # Whether a new blob may hold it, of which no length was told yet.
    _after_end_at: float | None = None  # When this item followed one that had ended.
    _told_length: object = None
    _emptied: bool = False
    _emptied_at: float | None = None
    """When the source of what was played went, until it is known what comes."""
    _paused_at: float | None = None  # When a snapshot was paused first, until `pause` says so too.
    _resuming: bool = False
    _failure: str | None = None
    _gone: bool = False

    # -- what adapters call ------------------------------------------------------------------

    def receive(self, callback: Callback) -> list[Signal]:
        """The signals that an event of the element is."""
        if self._gone and callback.event != "play":
            return []  # the last twitches of a page that was left
        if callback.event in _AT_REST and self.is_foreign(callback):
            return []  # the last words of an ad's file (S78)
        self._gone = False
        if self._emptied_at is not None and self._plays_on(callback):
            self._emptied, self._emptied_at, self.shown = False, None, True
        out = self.look(callback)
        if callback.event in _NAMES_SOURCE and callback.state.get("src") != "":
            self._emptied_at = None
        out += self._seeks_unsaid(callback)
        if self.live.live and callback.event in _TELL_EDGE:
            out += self.live.read(callback)
        answer = self._ANSWERS.get(callback.event)
        out += answer(self, callback) if answer is not None else []
        self._doubt(callback)
        return out

    def is_steady(self, at: float, position: float | None) -> bool:
        """Whether it ran there, and all that can follow by itself is that it runs on."""
        here = self.clock.known_at == at and self.clock.position == position is not None
        return here and self.running and not self.live.live and self._seeks.is_quiet(at)

    def _doubt(self, callback: Callback) -> None:
        """Whether the element shows that it is paused, and no `pause` has come yet (S83)."""
        state = callback.state
        still = self.wanted and self.shown and not self.ended and self._failure is None
        over = callback.flag("ended") or callback.flag("seeking") or state.get("readyState") == 0
        if callback.event == "pause" or state.get("paused") is False or not still or over:
            self._paused_at = None
        elif state.get("paused") is True and self._paused_at is None:
            self._paused_at = callback.at

    def look(self, callback: Callback) -> list[Signal]:
        """What is new in a callback's snapshot, whatever the callback is (S83)."""
        if self._away or callback.event in _GOES:
            return []
        if not self.begun and callback.flag("paused"):
            self.clock.starts_at = callback.number("currentTime") or None
        out: list[Signal] = []
        if not self._resuming or callback.event in _NAMES_SOURCE:
            out += [*self._source_change(callback), *self._length(callback)]
        return out + self.attributes.changes(callback)

    def page(self, callback: Callback) -> list[Signal]:
        """The signals that an event of the page is (S77)."""
        out = [] if self._gone else self.look(callback)
        if callback.event == "visibilitychange":
            hidden = callback.flag("hidden") or callback.detail.get("visibility") == "hidden"
            self.hidden_at = callback.at if hidden else None
        elif callback.event == "pageshow":
            self._gone = False
        elif callback.event == "fullscreenchange":
            out += self.attributes.changes(callback)
        return [*out, *self.exit(callback)] if callback.event == "pagehide" else out

    def exit(self, callback: Callback) -> list[Signal]:
        """The viewer leaves the page: an exit with the best last position (E5)."""
        if not self.begun:
            return []
        position = callback.number("currentTime")
        torn_down = callback.number("readyState") == 0 or self._emptied
        if self._is_teardown(callback.at, position):
            position = self.position
        elif position is None or torn_down:
            position = self.where(callback.at)
        self._gone = True
        return self._exit(callback.at, position)

    def abandon(self, callback: Callback) -> list[Signal]:
        """The viewer leaves while ads play: the content stands where it was left."""
        out = self.exit(attrs.evolve(callback, state={}))
        return [Exit(s.at, None) if isinstance(s, Exit) else s for s in out]

    def wake_at(self) -> float | None:
        """When it is believed that a source is gone for good, or that a `pause` was lost."""
        since = earliest(self._emptied_at, self._paused_at)
        return None if since is None else since + HOLD

    def settle(self, at: float) -> list[Signal]:
        """What no event followed: the viewer left an element that a feed reuses, or paused."""
        out: list[Signal] = []
        paused, gone = self._paused_at, self._emptied_at
        if paused is not None and at >= paused + HOLD:
            self._paused_at = None
            self.wanted, self._stalled = False, None
            out.append(Pause(paused, self.position))
        if gone is not None and at >= gone + HOLD:
            self._emptied_at = None
            out += self._exit(gone, self.position) if self.begun else []
        return out

    def _exit(self, at: float, position: float | None) -> list[Signal]:
        out: list[Signal] = []
        if self.live.over and self.clock.at_end(position, within=_NEAR_END):
            out += self.finish(at, position)  # of a length that the session never had
        self._hold_still(at)
        self.begun = self.wanted = self.shown = self.played = self._away = False
        self._emptied_at = self._paused_at = None
        return [*out, Exit(at, position)]

    seeking = property(lambda self: self._seeks.current is not None)
    """Whether a seek is under way, a viewer's or the element's own."""
    failed = property(lambda self: self._failure is not None)
    """Whether a fatal error was told, and nothing played since (S76)."""
    stalled = property(lambda self: self._stalled is not None)
    """Whether it waits for data."""
    position = property(attrgetter("clock.position"))
    """The last known content position in seconds."""
    duration = property(attrgetter("clock.duration"))
    """The content's last known length in seconds."""
    rate = property(attrgetter("clock.rate"))
    """The content's last known playback rate above 0."""
    known_at = property(attrgetter("clock.known_at"))
    """When its position was last told, in Unix seconds."""

    @property
    def moving(self) -> bool:
        """Whether frames move, as far as the session was told."""
        still = self._away or self.stalled or self.seeking or self.clock.halted
        return self.shown and self.wanted and not still

    @property
    def running(self) -> bool:
        """Whether its clock was seen to run since playing last began."""
        return self.moving and self.clock.running

    def jumped(self, at: float, position: float | None) -> bool:
        """Whether ``position`` is where playing on, or standing, would not have led (S70)."""
        return self.clock.leaps(at, position, moving=self.moving, ahead=STEP)

    def where(self, at: float) -> float | None:
        """The content position at ``at``: the last known one, moved on while it plays (A3)."""
        return self.clock.where(at, moving=self.moving)

    def want(self, at: float) -> list[Signal]:
        """Play is wanted: ads come before the content, which will start where it stands (S52)."""
        self.begun = self.wanted = True
        self.clock.put(at, self.clock.starts_at)
        return [Play(at, self.clock.starts_at)]

    def interrupt(self, at: float, method: str | None) -> list[Signal]:
        """Playback stopped without the viewer's will; it may come back (S26)."""
        if not self.begun or self.ended:
            return []
        self._hold_still(at)
        self.wanted = False
        return [Interrupt(at, method)]

    def over(self, at: float) -> list[Signal]:
        """Nothing is left to play: the end of everything, or the viewer's leaving."""
        done = self._exit(at, self.where(at)) if self.begun else []
        return [End(at, self.position)] if done and self.ended else done

    def leave(self, at: float, stands: float | None = None) -> list[Signal]:
        """An ad takes the content's place: close what is open, remember where it stopped.

        A snapshot may say where it ``stands``, which is believed where playing can have led.
        """
        self.reach(at, stands)
        out = self._last_progress(at)
        self._away = True
        self._emptied_at = self._paused_at = None
        seek = self._seeks.current
        if seek is not None and seek.reported:
            out.append(SeekEnd(at, seek.target))
            self.clock.put(at, seek.target)
        self._hold_still(at)
        return out

    def reach(self, at: float, position: float | None) -> bool:
        """Whether it is at ``position``, which is believed where playing on can have led."""
        known = self.moving and None not in (position, self.position)
        reached = known and not self.jumped(at, position)
        if reached:
            self.clock.put(at, position)
        return reached

    def disown(self, callback: Callback) -> None:
        """An ad plays in the content's element: its file is not the content's."""
        source = text_of(callback.state.get("src"))
        if source is not None and source != self._own and source not in self._foreign:
            self._foreign = (*self._foreign[1 - _MOST_FILES :], source)

    def is_foreign(self, callback: Callback) -> bool:
        """Whether a callback is of another's file at rest, however late it comes (S78)."""
        rests, source = callback.flag("paused") or callback.flag("ended"), callback.state.get("src")
        rests = rests or callback.event == "emptied"
        return rests and (source in self._foreign or source == self._before is not None)

    def stand(self, callback: Callback, *, running: bool = False) -> None:
        """Remember where the content stands, or is ``running`` from, without a signal."""
        self._paused_at = None
        self._at(callback, running=running or (False if callback.flag("paused") else None))

    def come_back(self, at: float, *, wanted: bool | None = None) -> None:
        """The content takes its place again: the way back to its position is no seek (D10).

        Whether play is ``wanted`` now, the ad may know better.
        """
        if wanted is not None:
            self.wanted = wanted
        self.begun = self.begun or self.wanted
        self._resuming = True
        self.clock.put(at, None)
        self.shown = self._away = False
        self._source = self._start = None
        self._began_at = at
        self._emptied = False

    def go_on(self, moved: Callback, since: Resumed) -> list[Signal]:
        """The content has ``moved`` on after a break that nobody ended (S62)."""
        state = {**moved.state, "currentTime": since.position, "paused": False, "ended": False}
        state["seeking"] = False
        back = attrs.evolve(moved, at=since.at, event="playing", state=state)
        return self.receive(back) + self.receive(moved)

    def finish(self, at: float, position: float | None = None) -> list[Signal]:
        """The content ran out (S75); said once until it plays again."""
        # Of an item that cannot have come there it is said of the one before, once more (S78).
        since = None if self.played else self._after_end_at
        again = since is not None and (position is None or position > at - since + _NEAR_END)
        if self.ended or not self.begun or again:
            return []
        self._hold_still(at)
        self.clock.put(at, position)
        self.ended, self.wanted, self.shown = True, False, False
        return [ContentEnd(at, self.position)]

    def next_item(self, at: float, *, ahead: bool = False) -> list[Signal]:
        """Another source takes the element over: the next playlist item (S24).

        One that is told ``ahead`` comes when the element is emptied of the one before.
        """
        begun = self.begun
        out = self._last_progress(at)
        self._hold_still(at)
        over = self.ended or self.clock.at_end(self.position, within=_NEAR_END)
        self._after_end_at = at if over else None if self.played else self._after_end_at
        self.clock.position = self.clock.duration = self._start = None
        self._told_length = self._told_length if ahead else None
        self.ended = self.wanted = self.shown = self._resuming = self._away = self.played = False
        self._failure = self._emptied_at = self._paused_at = None
        self._emptied = False
        was_live, self.live = self.live.live, LiveClock()
        livestream = False if was_live else None
        if begun:
            return [*out, Load(at, next_item=True, livestream=livestream)]
        return [Load(at, livestream=False)] if was_live else []

    def is_live(self, at: float, *, endless: bool = False) -> list[Signal]:
        """The source is live (S6), so that its length is no end; said once.

        Where only an ``endless`` duration says so, a finite one takes it back (S87).
        """
        out = self.live.starts(at, endless=endless)
        if out:
            self.clock.duration = None
        return out

    def lasts(self, at: float, length: float) -> list[Signal]:
        """The source is so many seconds long, or if it is live was so up to now (S6, S87)."""
        if self.live.unsure:
            self.live = LiveClock()
            self.clock.duration = length
            return [Load(at, duration=length, livestream=False)]
        out = self.live.length(at, length)
        if self.live.running:
            self.clock.duration = None
        elif length != self.duration:
            self.clock.duration = length
            out.append(Load(at, duration=length))
        return out

    # -- the element's events ----------------------------------------------------------------

    def _on_play(self, callback: Callback) -> list[Signal]:
        position = callback.number("currentTime")
        out = self._pause_unheard(callback.at, position)
        if self.wanted:
            return out
        if self.ended or not self.begun:
            # A replay, or the start: the rewinding that comes with it is the element's own (A8).
            self._seeks.current = None
            rewinds = self.ended and self.clock.at_end(position, within=_AT_END)
            if rewinds:
                position = 0.0  # it will be there before anything moves
            if rewinds or callback.flag("seeking"):
                self._seeks.own(callback.at, None, position)
        out.append(self._want(callback.at, position))
        if callback.number("playbackRate") == 0:
            out.append(Update(callback.at, playback_rate=0))  # still stalled, not playing (B3)
        return out

    def _pause_unheard(self, at: float, position: float | None) -> list[Signal]:
        """What stands and is played has been paused, though nobody said so (S83)."""
        if not self.running or position is None or self.position is None:
            return []
        moved = (position - self.position) / self.rate
        stopped = self.known_at + max(moved, 0.0)
        if moved < -_MOVED or at - stopped < _SILENT_STALL:
            return []
        self.wanted, self._paused_at = False, None
        return [Pause(stopped, position)]

    def _on_playing(self, callback: Callback) -> list[Signal]:
        if callback.flag("paused") or callback.flag("ended"):
            return []  # of something that has ended (A6), or that was stopped meanwhile
        if callback.number("playbackRate") == 0:
            return []  # although nothing moves (B3)
        if callback.flag("seeking"):
            return []  # belongs to the seek (A4)
        if self._seeks.current is not None:
            return self._seek_evidence(callback, self._seeks.current)
        out: list[Signal] = []
        position = self._at(callback)
        if not self.wanted:
            out.append(self._want(callback.at, position))
        self._failure = None
        if self._stalled is not None:
            self._stalled = None
            out.append(BufferEnd(callback.at, position))
        elif self.shown:
            out += self._unless_landed(Playing(callback.at, position))
        else:
            out.append(self._first_frame(callback.at, position))
        return out

    def _on_timeupdate(self, callback: Callback) -> list[Signal]:
        position = callback.number("currentTime")
        if position is None or callback.number("readyState") == 0:
            return []
        if self._emptied:
            return []  # a source that is going away (A11)
        if callback.flag("seeking") or self._is_teardown(callback.at, position):
            return []
        out: list[Signal] = []
        if self._seeks.current is not None:
            out += self._seek_evidence(callback, self._seeks.current)
            if self._seeks.current is not None:
                return out
        if callback.flag("paused") or callback.flag("ended"):
            self._at(callback)  # comes with every pause, and after seeks while paused (A2)
            return out
        self.clock.take_rate(callback)
        out += self._evidence(callback, position)
        self._watch_leap(callback.at, position)
        self.clock.put(callback.at, position, running=True)
        if self.shown and self._stalled is None:
            out += self._unless_landed(Progress(callback.at, position))
        return out

    def _plays_on(self, callback: Callback) -> bool:
        """Whether the clock runs on: that its source went was the late word of another (S79)."""
        known, position = self.position, callback.number("currentTime") or 0.0
        if callback.event != "timeupdate" or known is None or position <= known:
            return False
        return ran(self.known_at, known, callback.at, position, self.rate) is not None

    def _unless_landed(self, moved: Playing | Progress) -> list[Signal]:
        """What tells a place, unless it repeats that to which the clock has just jumped."""
        return [] if self._seeks.waits(moved.at, moved.position) else [moved]

    def _on_pause(self, callback: Callback) -> list[Signal]:
        position = callback.number("currentTime")
        if self._emptied or not self.wanted:
            return []
        if callback.flag("ended") or self.clock.at_end(position, within=_AT_END):
            return self._run_out(callback)  # before every `ended` (A1)
        self._stalled = None
        self._at(callback)
        if self._failure is not None:
            return self._stop_failed(callback.at)  # after an error, not by the viewer (C1)
        self.wanted = False
        hidden = self.hidden_at is not None and 0 <= callback.at - self.hidden_at <= _BACKGROUND
        if hidden and self._tally is not None:
            self._tally.count("notes", "pause: background")
        return [Pause(callback.at, self.position)]

    def _on_waiting(self, callback: Callback) -> list[Signal]:
        in_seek = callback.flag("seeking") or self._seeks.current is not None  # its own (A4)
        stopped = callback.flag("paused") or callback.flag("ended") or self._emptied
        if in_seek or stopped or not self.shown or self._stalled is not None:
            return []
        position = self._at(callback)
        if self._failure is not None:
            return self._stop_failed(callback.at)
        self._stalled = (callback.at, self.position or 0.0)
        return [BufferStart(callback.at, position)]

    def _on_data(self, callback: Callback) -> list[Signal]:
        """Data came back; Firefox does not say that they were missing (B2)."""
        position = callback.number("currentTime")
        idle = callback.flag("paused") or callback.flag("seeking") or not self.moving
        if idle or position is None or self.position is None:
            return []
        moved = (position - self.position) / self.clock.rate
        stopped = self.clock.known_at + moved
        if moved < 0 or callback.at - stopped < _SILENT_STALL:
            return []
        self._at(callback)
        return [BufferStart(stopped, position), BufferEnd(callback.at, position)]

    def _on_seeking(self, callback: Callback) -> list[Signal]:
        target = callback.number("currentTime")
        origin = self.where(callback.at)
        if self._seeks.current is not None:
            audible = self._seekable()
            again = self._seeks.again(target, audible=audible)
            return [] if again is None else [SeekStart(callback.at, again.origin, target)]
        if self._seeks.is_late(callback.at, target):
            return []
        if target is None and self._seekable():
            return self._begin_seek(callback.at, None, None)
        if not self._seekable() or target is None or origin is None:
            # Before the first frame it is the start's offset; after the end a rewinding (A8).
            self._seeks.own(callback.at, origin, target)
            return []
        if self._wraps(origin, target):
            return self._loop(callback, target)
        return self._begin_seek(callback.at, target, self._seeks.left(callback.at, target))

    def _seeks_unsaid(self, callback: Callback) -> list[Signal]:
        """The snapshot shows a seek whose own word was lost, or comes later (S83)."""
        shows = callback.event in _SHOWS_SEEK and callback.flag("seeking")
        if not shows or self._seeks.current is not None or not self._seekable():
            return []
        return self._on_seeking(callback)

    def _begin_seek(self, at: float, target: float | None, leap: Leap | None) -> list[Signal]:
        """A seek that a viewer may have made; ``leap`` showed it before it was said."""
        origin = self.where(at) if leap is None else leap.origin
        origin = target if origin is None else origin
        seek = self._seeks.begin(at, origin, target)
        self._stalled = None
        self.clock.put(at, origin)
        return [SeekStart(at, seek.origin, target)] if seek.reported else []

    def _on_seeked(self, callback: Callback) -> list[Signal]:
        position = callback.number("currentTime")
        out: list[Signal] = []
        if position is None and self._seeks.current is None and self._seeks.leap is not None:
            position = self._seeks.leap.landed
        if self._seeks.current is None and position is not None:
            if self._seekable() and not self._seeks.is_late(callback.at, position):
                out += self._found_seek(callback.at, position)
            self._seeks.found(callback.at, position)
        return out + self._end_seek(callback, callback.at, position)

    def _found_seek(self, at: float, position: float) -> list[Signal]:
        """The first word of a seek is that it ended: the clock shows where it left (S33, S83)."""
        leap = self._seeks.landed(position)
        if leap is None and not self.jumped(at, position):
            return []
        return self._begin_seek(at, position, leap)

    def _seekable(self) -> bool:
        """Whether a viewer may have made a seek: content shows, and nothing is on its way back."""
        back = self._resuming or self.ended or self._failure is not None
        return self.shown and not back

    def _on_ended(self, callback: Callback) -> list[Signal]:
        if callback.state.get("ended") is False:
            return []  # synthetic: a library dispatched it on a running element (D15)
        return self._run_out(callback)

    def _run_out(self, callback: Callback) -> list[Signal]:
        if self._resuming and not self.shown:
            return []  # of the ad that has just given the element back (S75)
        return self.finish(callback.at, callback.number("currentTime"))

    def _on_emptied(self, callback: Callback) -> list[Signal]:
        out = self._last_progress(callback.at)
        if self.played and self.begun and not self.ended and self._failure is None:
            self._emptied_at = callback.at
        self._paused_at = None
        self._stalled = self._seeks.current = self._start = self._told_length = None
        self._emptied, self.shown = True, False
        return out

    def _on_error(self, callback: Callback) -> list[Signal]:
        if self.ended or callback.state.get("src", "unknown") in ("", None):
            return []  # of a source that was blanked to cancel its download (A12)
        code, reason = error_reason(callback)
        return self.fail(callback, reason, fatal=code != 1)

    def fail(self, callback: Callback, reason: str, *, fatal: bool = True) -> list[Signal]:
        """An error of the content; a fatal one interrupts when playback really stops (S76)."""
        out: list[Signal] = [Error(callback.at, fatal, reason)]
        if fatal and self._failure is None:
            self._failure = reason
            origin = self._seeks.before_reset(callback.at)
            if origin is not None:
                self.clock.put(callback.at, origin)
                out.insert(0, Progress(callback.at, origin))
            stalled = self._stalled is not None or self.clock.halted  # or by its rate (B3)
            stopped = callback.flag("paused") or stalled or not self.shown
            if self.wanted and stopped:
                out += self._stop_failed(callback.at)
        return out

    def _on_attributes(self, callback: Callback) -> list[Signal]:
        if self._seeks.current is None:
            self._at(callback)
        self.clock.take_rate(callback)
        return []

    def _on_fullscreen(self, callback: Callback) -> list[Signal]:
        full = callback.event == "webkitbeginfullscreen"
        return self.attributes.changes(attrs.evolve(callback, detail={"fullscreen": full}))

    # -- sources -----------------------------------------------------------------------------

    def _source_change(self, callback: Callback) -> list[Signal]:
        """Whether the callback comes from another source than the one before (A11)."""
        source = callback.state.get("src")
        if not isinstance(source, str) or not source:
            return []
        known, own = self._source, self._own
        self._source = self._own = source
        renamed = source.startswith("blob:") or source in self._foreign  # by ads, or an ad's
        if known is None and self.ended and not renamed:
            known = own  # after a post-roll the same content comes back, or the next item (S24)
        same = known is None or known == source
        if same or (source.startswith("blob:") and not self.new_blob_is_new_item):
            if self._emptied and callback.event in ("play", "loadstart"):
                self._resuming = self.begun  # the same content again: the way back is no seek
            self._renewed = self._renewed or not same
            return []
        self._before = known
        return self.next_item(callback.at)

    def _length(self, callback: Callback) -> list[Signal]:
        """What the snapshot says of the length, or of liveness, when that is news."""
        told, loads = callback.state.get("duration"), callback.event in _LOADS
        endless = isinstance(told, (str, float)) and told in _ENDLESS
        length = finite(told)
        if not endless and (length is None or length <= 0):
            return []
        ads = self._resuming and self.duration not in (None, length)  # which gave the element back
        if not loads and (callback.number("readyState") == 0 or ads):
            return []  # the source has gone, or is not known yet
        self._emptied = False
        if told == self._told_length and not loads:
            return []
        renewed, self._renewed, self._told_length = self._renewed, False, told
        if endless or length is None:
            return [*self.is_live(callback.at, endless=True), *self.live.read(callback)]
        other = renewed and abs(length - (self.duration or length)) > SAME_LENGTH
        out = self.next_item(callback.at) if other else []  # no blob of the same content (S83)
        return out + self.lasts(callback.at, length)

    # -- seeks -------------------------------------------------------------------------------

    def _seek_evidence(self, callback: Callback, seek: Seek) -> list[Signal]:
        """Playing on proves that a seek is over whose `seeked` never came (S79, S83)."""
        position = callback.number("currentTime")
        if position is None or callback.flag("paused") or callback.flag("ended"):
            return []
        self.clock.take_rate(callback)
        runs = seek.runs_on(callback.at, position, self.clock.rate)
        if runs is None:
            return []
        self._seeks.found(callback.at, runs[1])  # the word that it ended may come yet
        return self._end_seek(callback, *runs)

    def _end_seek(self, callback: Callback, at: float, position: float | None) -> list[Signal]:
        seek = self._seeks.end(callback.at, shown=self.shown)
        if seek is None:
            return []
        at = max(at, seek.began)
        out: list[Signal] = [SeekEnd(at, position)] if seek.reported else []
        if position is not None:
            self.clock.put(at, position, running=False)
            self._start, self._began_at = position, at
        elif seek.target is None:
            self.clock.position = None  # nobody tells where it is from here on (S33)
        if callback.flag("ended"):
            out += self.finish(callback.at, position)  # no `ended` comes while paused (A7)
        return out

    def _wraps(self, origin: float, target: float) -> bool:
        """Whether a jump while playing goes from the end to the start: a loop (S70, A9)."""
        long = self.duration is not None and self.duration > 2 * _LATE_LOOP
        at_end = self.clock.at_end(origin, within=_LOOP_EDGE)
        return self.moving and long and at_end and target <= _LATE_LOOP and target < origin

    def _loop(self, callback: Callback, target: float) -> list[Signal]:
        """One completed pod and session, then a new session (S70, S24)."""
        at = max(callback.at - target / self.clock.rate, self.clock.known_at)
        out = self.finish(at, self.duration)
        out += [End(at, self.duration), self._want(at, 0.0)]
        self._seeks.own(callback.at, None, target)
        if target > 0 and not callback.flag("seeking"):
            # Firefox tells it late: the new round is already running.
            out.append(Playing(at, 0.0))
            self.shown = True
            self.clock.put(callback.at, target)
        return out

    # -- what is known -----------------------------------------------------------------------

    def _at(self, callback: Callback, *, running: bool | None = None) -> float | None:
        """Remember the callback's position and return the newest one."""
        position = callback.number("currentTime")
        torn_down = self._emptied or self._is_teardown(callback.at, position)
        if position is not None and not torn_down:
            self._watch_leap(callback.at, position)
            self.clock.put(callback.at, position, running=running)
        elif running:
            self.clock.running = True
        self.clock.take_rate(callback)
        return self.clock.position

    def _watch_leap(self, at: float, position: float) -> None:
        """Remember where the clock jumped from: a seek's word may follow (S83)."""
        origin = self.where(at)
        jumped = self.clock.leaps(at, position, moving=self.moving)
        if origin is not None and jumped and self._seekable() and not self.seeking:
            self._seeks.leapt(at, origin, position)

    def _is_teardown(self, at: float, position: float | None) -> bool:
        """Whether a position was reset while the player is torn down after an error (S76)."""
        failed = self._failure is not None
        return failed and self.clock.leaps(at, position, moving=self.moving)

    def _last_progress(self, at: float) -> list[Signal]:
        """How far the content came that is being replaced while it plays (A11)."""
        if not self.moving or self.position is None:
            return []
        self.clock.put(at, self.where(at))
        return [Progress(at, self.position)]

    def _hold_still(self, at: float) -> None:
        self.clock.put(at, self.where(at))
        self._stalled = None
        self._seeks.clear()

    def _want(self, at: float, position: float | None) -> Play:
        if position is None and not self.begun:
            position = self.clock.starts_at
        if not self.shown:
            self._start, self._began_at = position, at
        self.clock.put(at, position, running=False)
        self.begun = self.wanted = True
        self.ended = False
        self._failure = None
        return Play(at, position)

    def _evidence(self, callback: Callback, position: float) -> list[Signal]:
        """A moving position proves what no event said: play, first frame, a stall's end."""
        at = callback.at
        if self._stalled is not None:
            began, stood = self._stalled
            if position - stood <= _MOVED:
                return []
            self._stalled = None  # WebKit never says that it goes on (A4)
            return [BufferEnd(max(began, at - (position - stood) / self.clock.rate), stood)]
        moved = self.position is None or position > self.position
        if not self.wanted and moved and not self.clock.leaps(at, position, moving=True):
            return self._runs(callback, position)
        if self._start is None:
            self._start, self._began_at = position, at
            known = self.position
            if known is not None and ran(self.known_at, known, at, position, self.rate) is not None:
                self._start, self._began_at = known, self.known_at  # it ran on from where it stood
        starts = self.wanted and not self.shown and position > self._start + _MOVED / 2
        return [self._first_frame(at, position, most=math.inf)] if starts else []

    def _runs(self, callback: Callback, position: float) -> list[Signal]:
        """A clock runs though nobody wanted play: it was lost, or the session is joined (S83)."""
        at, before, rate = callback.at, self.position, self.clock.rate
        moved = 0.0 if before is None else (position - before) / rate
        back = moved if moved <= at - self.clock.known_at + _MOVED else 0.0
        self.shown = False
        out: list[Signal] = [self._want(at - back, position - back * rate)]
        ready = callback.number("readyState")
        plays = callback.state.get("paused") is False and (ready is None or ready > _WAITS)
        if back > 0 or (before is None and plays):
            out.append(self._first_frame(at - back, position - back * rate))
        return out

    def _first_frame(self, at: float, position: float | None, most: float = _LONG_AHEAD) -> Playing:
        """Frames move for the first time; dated back by what has been shown already."""
        if position is not None and self._start is not None:
            ahead = (position - self._start) / self.clock.rate
            played = ahead <= at - self._began_at + _EARLY  # else it was sought there
            if played and _MOVED / 2 < ahead <= most:
                at = min(max(at - ahead, self._began_at), at)
                position = self._start
        self.shown = self.played = True
        self._resuming = False
        return Playing(at, position)

    def _stop_failed(self, at: float) -> list[Signal]:
        """Playback stopped by the error that was announced before (S76)."""
        self.shown = False
        return self.interrupt(at, self._failure)

    _ANSWERS: ClassVar[Mapping[str, Callable[["MediaElement", Callback], list[Signal]]]] = {
        "play": _on_play,
        "playing": _on_playing,
        "timeupdate": _on_timeupdate,
        "pause": _on_pause,
        "waiting": _on_waiting,
        "canplay": _on_data,
        "canplaythrough": _on_data,
        "seeking": _on_seeking,
        "seeked": _on_seeked,
        "ended": _on_ended,
        "emptied": _on_emptied,
        "error": _on_error,
        "volumechange": _on_attributes,
        "ratechange": _on_attributes,
        "webkitbeginfullscreen": _on_fullscreen,
        "webkitendfullscreen": _on_fullscreen,
    }
