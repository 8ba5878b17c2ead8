"""The ad that is due or plays, and what the events of a media element that plays it mean.

:class:`AdElement` follows one ad, whoever tells of it: when it really moves, which alone starts it
(S71), what happens in it, and how it ends. The element may be the content's own (contrib-ads,
hls.js, Fluid), one that the framework keeps for ads (vast-client, Shaka), or none that is heard.
The adapter knows from its framework which ad is due and announces it.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.plan import Ad
from video_tracker.players.base import Callback
from video_tracker.players.break_watch import BreakWatch
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import Attributes, error_reason
from video_tracker.signals import (
    AdEnd,
    AdError,
    AdProgress,
    AdSkip,
    AdStart,
    BufferEnd,
    BufferStart,
    Pause,
    Play,
    Signal,
)

__all__ = ["FIRST", "JOINED", "PACE", "SLACK", "AdElement", "Announced", "is_still"]

_AT_END: Final = 0.01
_MOVED: Final = 0.05
_SILENT: Final = 1.0  # Seconds of silence after which an ad that is played was at rest.
FIRST: Final = 0.01  # Seconds that an ad's clock must show before it is believed to be its own.
SLACK: Final = 1.5  # Seconds by which a position may differ from where the ad's clock should be.
PACE: Final = 0.5  # Seconds by which an ad's clock may be ahead of the time that passed.
JOINED: Final = 1.0  # Seconds that an ad has shown unheard at most; further in it was joined.


@attrs.frozen
class Announced:
    """An ad that a framework announced: its id or all of it, its place in the pod, from 1.

    Its declared length is in seconds. One that is a part of the content's stream begins at
    ``offset`` on the element's clock.
    """

    asset: str | Ad | None = None
    pod_position: int | None = None
    duration: float | None = None
    offset: float | None = None

    @property
    def asset_id(self) -> str | None:
        """The ad's id, when known."""
        return self.asset.asset_id if isinstance(self.asset, Ad) else self.asset


def is_still(callback: Callback) -> bool:
    """Whether an element's snapshot shows that nothing moves in it: at rest, ended or sought in."""
    return any(map(callback.flag, ("paused", "ended", "seeking")))


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class AdElement:
    """The ad that is due or plays: when it starts, what happens in it, how it ends.

    The ``attributes`` are shared by the player's elements.
    """

    attributes: Attributes = attrs.field(factory=Attributes)
    announced: Announced | None = None
    """The ad that is due or plays; None when there is none."""
    started: bool = False
    """Whether the announced ad has shown its first moving frame."""
    started_at: float = 0.0
    """When that was heard."""
    wanted: bool = False
    """Whether play is wanted, as far as the session was told."""
    position: float = 0.0
    """The last known position in the ad, in seconds."""
    measured: bool = False
    """Whether its own clock was heard."""
    watch: BreakWatch = attrs.field(factory=BreakWatch)
    """What the clocks that are heard in the break prove."""
    _length: float | None = None
    _stalled: tuple[float, float] | None = None
    _since: float = 0.0
    _heard_at: float = 0.0
    _joined: bool = False

    stalled = property(lambda self: self._stalled is not None)
    """Whether it waits for data."""

    def announce(self, ad: Announced, at: float = 0.0, *, joined: bool = False) -> None:
        """``ad`` is next; it starts with its first moving frame, and not before ``at`` (S71).

        A session may have ``joined`` in it: it may have begun before (S83).
        """
        self.forget()
        self.announced, self._since, self._joined = ad, at, joined
        self.position, self._length, self.measured = 0.0, None, False

    def forget(self) -> None:
        """There is none any more, whatever became of it."""
        self.announced = self._stalled = None
        self.started = False

    def play(self, at: float, position: float | None = None) -> list[Signal]:
        """Play is wanted; of one that plays and has been silent, a pause was not heard (S83)."""
        passed, left = at - self._heard_at, (self.declared or 0.0) - self.position
        silent = self.measured and _SILENT < passed < left - _SILENT  # it has not run out
        unheard = self.wanted and self.started and silent and self._stalled is None
        if self.wanted and (not unheard or self.fell(position)):
            return []
        since, self._heard_at = self._heard_at, at
        self.wanted, self._since = True, max(self._since, at)
        place = self.told if self.started else None
        return [*([Pause(since, place)] if unheard else []), Play(at, place)]

    def moves(self, at: float, position: float | None = None) -> list[Signal]:
        """Its frames move: the first one, or again after a stall."""
        out = self.play(at, position) if self.started and not self.wanted else []
        position = self.told if position is None else self._put(at, position)
        if not self.started:
            return self._start(at, self.position)
        if self._stalled is not None:
            self._stalled, self._heard_at = None, at
            out.append(BufferEnd(at, position))
        return out

    def progress(self, at: float, position: float) -> list[Signal]:
        """Its clock while it plays: one that moves proves that the ad does (S71, A4)."""
        before = self.position
        if self.announced is None:
            return []
        out: list[Signal] = []
        if not self.started and position > _MOVED:
            out += self._start(at, position)
        if self._stalled is not None:
            began, stood = self._stalled
            if position - stood <= 2 * _MOVED:
                return out
            self._stalled = None
            out.append(BufferEnd(max(at - (position - stood), began), stood))
        if self.started:
            if position != before:
                self.watch.ad_moves(at)
            self.position, self._heard_at = position, at
            if position != before or not out:
                out.append(AdProgress(at, position))
        return out

    def pause(
        self, at: float, position: float | None = None, *, ended: bool = False
    ) -> list[Signal]:
        """It was paused, or has ``ended``: a pause comes before every end (A1)."""
        position = self._put(at, position)
        length = self.declared if self._length is None else self._length
        at_end = length is not None and self.position >= length - _AT_END
        if ended or at_end or not self.wanted or self.announced is None:
            return []
        self._stalled = None
        self.wanted = False
        return [Pause(at, position if self.started else None)]

    def stall(self, at: float, position: float | None = None) -> list[Signal]:
        """It waits for data; before its first frame that is the break's gap (S67)."""
        if not self.started or self._stalled is not None:
            return []
        position = self._put(at, position)
        self._stalled = (at, self.position)
        return [BufferStart(at, position)]

    def end(self, at: float, position: float | None = None) -> list[Signal]:
        """It ended; once, whoever says it first, and only if it ever moved."""
        return [AdEnd(at, position, self._close(at).asset_id)] if self.started else []

    def skip(self, at: float, position: float | None = None) -> list[Signal]:
        """The viewer skipped the ad; one that never moved is simply gone."""
        started = self.started
        self._close(at)
        return [AdSkip(at, self.told if position is None else position)] if started else []

    def fail(self, at: float, reason: str, asset_id: str | None = None) -> list[Signal]:
        """The announced ad failed, before or after its first frame (S13, S71)."""
        if self.announced is None:
            return []
        name = self._close(at).asset_id
        return [AdError(at, reason, asset_id or name)]

    def where(self, at: float) -> float:
        """The position at ``at``: the last known one, moved on while the ad plays."""
        if not (self.started and self.wanted) or self._stalled is not None:
            return self.position
        position, length = self.position + max(at - self._heard_at, 0.0), self.declared
        return position if length is None else min(position, max(length, self.position))

    @property
    def declared(self) -> float | None:
        """Its announced length in seconds, when known."""
        return self.announced.duration if self.announced is not None else None

    def is_of_another(self, at: float, position: float | None, asset_id: str | None = None) -> bool:
        """Whether a word is of another ad than the open one: by its name, or by its place (S78)."""
        known = self.announced.asset_id if self.announced is not None else None
        if None not in (asset_id, known):
            return asset_id != known
        return position is not None and position > self.position and not self.owns(at, position)

    def is_unheard(self, at: float, position: float) -> bool:
        """Whether a clock may be that of an ad whose start was lost: none other has run (S83)."""
        return not self.started and FIRST < position <= self._reach(self.watch.free_since, at)

    def owns(self, at: float, position: float) -> bool:
        """Whether a position may be the open ad's: it goes on from its last one (S84)."""
        ad = self.announced
        if ad is None or not self.started:
            return False
        step, reach = position - self.position, self._reach(self._heard_at, at)
        if ad.duration is not None and position > ad.duration + PACE:
            return step <= reach  # beyond its length only at its pace (S80)
        return -SLACK <= step <= 2 * reach + PACE

    def _reach(self, since: float, at: float) -> float:
        """How far its clock can have run since then: in the content's element at its rate (S84)."""
        return max(at - since, 0.0) * max(self.attributes.playback_rate, 1.0) + PACE

    def fell(self, position: float | None) -> bool:
        """Whether a place lies so far behind that it is of another file than the open ad's."""
        return self.started and position is not None and position < self.position - SLACK

    @property
    def told(self) -> float | None:
        """The last position that its own clock told, in seconds; None when nothing tells it."""
        return self.position if self.measured else None

    def _put(self, at: float, position: float | None) -> float | None:
        """Remember a position that is told; without one, it is where its own clock was just now."""
        if position is None or self.fell(position):
            return self.told if at - self._heard_at <= SLACK else None
        self.position = position
        return position

    def _start(self, at: float, position: float) -> list[Signal]:
        """The first moving frame; dated back by what has been shown already."""
        if self.announced is None:
            return []
        # One that is found far in was joined there, or began there (D14).
        shown = position <= max(JOINED, self._reach(self._since, at))
        back = position if position > _MOVED and shown else 0.0
        began = min(max(at - back, self._since), at)
        joined = self._joined or not self.wanted
        out: list[Signal] = [] if self.wanted else [Play(began, None)]
        self.wanted = self.started = True
        self._heard_at = self.started_at = at
        self.watch.ad_moves(at)
        if joined and not shown:
            return [*out, AdProgress(began, position)]  # where it was joined, not where it began
        ad = self.announced
        return [*out, AdStart(began, ad.asset, ad.pod_position, ad.duration)]

    def _close(self, at: float) -> Announced:
        self.watch.ad_ends(at)
        ad = self.announced if self.announced is not None else Announced()
        self.forget()
        return ad

    def receive(self, callback: Callback) -> list[Signal]:
        """The signals that an event of the element is."""
        before, answer = self.started, self._ANSWERS.get(callback.event)
        out = answer(self, callback) if answer is not None else []
        return out if before or not self.started else self.attributes.changes(callback) + out

    def _on_timeupdate(self, callback: Callback) -> list[Signal]:
        position = self.read(callback)
        if position is None or callback.flag("seeking") or self.announced is None:
            return []
        if is_still(callback):
            self.clock(callback)
            return []
        out = self.progress(callback.at, position)
        self.measured = self.measured or self.started
        return out

    def _on_ended(self, callback: Callback) -> list[Signal]:
        synthetic = callback.state.get("ended") is False  # (D15)
        if synthetic or self.is_of_another(callback.at, self.read(callback)):
            return []  # the word of one before, come late (S78)
        return self.end(callback.at, self.clock(callback))

    _ANSWERS: ClassVar[Mapping[str, Callable[["AdElement", Callback], list[Signal]]]] = {
        "play": lambda ad, said: [*ad.attributes.changes(said), *ad.play(said.at, ad.read(said))],
        "playing": lambda ad, said: [] if is_still(said) else ad.moves(said.at, ad.read(said)),
        "timeupdate": _on_timeupdate,
        "pause": lambda ad, said: ad.pause(said.at, ad.clock(said), ended=said.flag("ended")),
        "waiting": lambda ad, said: [] if is_still(said) else ad.stall(said.at, ad.clock(said)),
        "ended": _on_ended,
        "error": lambda ad, said: ad.fail(said.at, error_reason(said)[1]),
        "volumechange": lambda ad, said: ad.attributes.changes(said),
        "ratechange": lambda ad, said: ad.attributes.changes(said),
    }

    def left(self, callback: Callback) -> list[Signal]:
        """How far it came when the viewer leaves the page."""
        return [AdProgress(callback.at, self.clock(callback))] if self.started else []

    def clock(self, callback: Callback) -> float:
        """Remember the ad's position and length; a torn down element has lost its own."""
        position, length = self.read(callback), callback.number("duration")
        if position is not None and not self.fell(position):
            self.position, self.measured = position, True
            self._length = None if length is None else length - self._offset
        return self.position

    def read(self, callback: Callback) -> float | None:
        """Where the ad is by a callback, in its own seconds; None when the element is torn down."""
        position = callback.number("currentTime")
        if position is None or callback.number("readyState") == 0:
            return None
        return max(position - self._offset, 0.0)

    @property
    def _offset(self) -> float:
        return (self.announced.offset if self.announced is not None else None) or 0.0

    def has_left(self, callback: Callback, content: MediaElement) -> bool:
        """Whether the element that ads share with the content holds the content again (S78).

        Its length tells it from an ad; where that does not, its place does.
        """
        position, length = callback.number("currentTime"), callback.number("duration")
        here, left, due = self.read(callback), content.position, self.announced
        if position is None or here is None or self.owns(callback.at, here):
            return False
        if due is not None and due.offset is not None:
            return False  # both are one stream
        if left is not None and position < left - SLACK:
            return False
        whole = content.duration
        if length is None or whole is None or abs(whole - (self.declared or 0.0)) <= SLACK:
            return due is None and left is not None  # only its place tells
        # At first the element may still tell the content's length of an ad (A13).
        early = due is not None and not self.started and (left or 0.0) <= SLACK
        return not early and abs(length - whole) < PACE
