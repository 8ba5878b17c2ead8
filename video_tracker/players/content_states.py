"""What a player that speaks in states says of its content, each change told once.

Native players (AVFoundation, Media3, Roku) tell what state they are in, again and again and from
several sources, where a media element fires an event for each step. An adapter calls the method
of what it has read; :class:`ContentStates` remembers what the session was told and gives the
signals that are new.
"""

from typing import Any, Final

from video_tracker.players.base import Callback
from video_tracker.players.break_watch import Resumed
from video_tracker.players.content_clock import ContentClock
from video_tracker.players.media_events import Attributes
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.seek_watch import Seek, SeekWatch, ran
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
)

__all__ = ["ContentStates"]

_NO_SEEK: Final = 0.5
"""A jump shorter than this is nobody's seek (S70)."""
_MOVED_ON: Final = 1.0
"""Seconds of media that move although the player is said to be at rest (S83)."""
_LONG_AHEAD: Final = 2.0
"""Seconds by which a first frame is dated back at most."""


class ContentStates(ContentClock):
    """One player's content: its intent, its motion, its position, its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self._running = True  # states tell late that frames move, not early
        self.begun = False
        """Whether playback was ever wanted."""
        self.wanted = False
        """Whether play is wanted, as far as the session was told."""
        self.running = False
        """Whether frames move, as far as the session was told."""
        self.ended = False
        """Whether the content ran out and nothing was played since."""
        self.shown = False
        """Whether it has shown a frame since its start."""
        self.stalled = False
        """Whether a stall is open."""
        self.failure: str | None = None
        """Why playback is about to stop, after a fatal error (S76)."""
        self._away = self._live = self._endless = False
        self._returning = False
        """Whether ads gave the player back, and it has not moved since."""
        self._seek: Seek | None = None
        self._seeks = SeekWatch()
        self._failed = False
        """Whether a fatal error was told, and nothing played since."""
        self._at_rest: tuple[float, float] | None = None
        """When the clock was heard while nothing should move, and where it was."""
        self._attributes = Attributes()
        self._quality: dict[str, float] = {}
        self._quality_told: dict[str, float] = {}
        self._dropped: int | None = None

    # -- positions -------------------------------------------------------------------------------

    def put(self, at: float, position: float | None, *, running: bool | None = None) -> None:
        """Remember where the content is; not what a player says that is torn down (S76)."""
        if position is None or position < 0 or (self._failed and self._leaps(at, position)):
            return
        super().put(at, position, running=running)

    def _stand(self, at: float, position: float | None) -> None:
        self.put(at, self.where(at) if position is None else position)

    @property
    def seeking(self) -> bool:
        """Whether a seek is open."""
        return self._seek is not None

    @property
    def _flows(self) -> bool:
        return self.running and not (self.stalled or self.seeking)

    def where(self, at: float, *, moving: bool | None = None) -> float | None:
        """The position at ``at``: the last known one, moved on while the content plays."""
        plays = self._flows and not self._failed
        return super().where(at, moving=plays if moving is None else moving)

    def reached_at(self, began: float, at: float) -> float:
        """When something may have begun that is heard of at ``at``: after the last position."""
        return min(max(began, self.known_at), at) if self.shown else at

    def last_progress(self, at: float) -> list[Signal]:
        """How far the content came that gives way to something else."""
        return [Progress(at, self.position)] if self._flows and self.position is not None else []

    def jumped(self, at: float, position: float) -> bool:
        """Whether ``position`` is where playing alone would not have led (S70)."""
        if self.position is None:
            return False
        moved = max(at - self.known_at, 0.0) * self.rate if self._flows else 0.0
        return abs(position - self.position - moved) >= _NO_SEEK

    def _leaps(self, at: float, position: float) -> bool:
        """Whether neither playing on nor standing explains ``position``."""
        return self.leaps(at, position, moving=self.running)

    # -- intent and motion -----------------------------------------------------------------------

    def want(self, at: float, position: float | None = None) -> list[Signal]:
        """Play is wanted: the start, the end of a pause, or a replay."""
        if self.wanted:
            return []
        self.failure, self._failed = None, False
        self.put(at, position)
        start = self.starts_at if position is None and not self.begun else position
        self.begun = self.wanted = True
        self.ended = False
        return [Play(at, start)]

    def moves(self, at: float, position: float | None = None) -> list[Signal]:
        """Frames move: the first one, or again after a pause, a stall or a seek."""
        out = self.want(at, position)
        self.failure, self._failed, self._at_rest = None, False, None
        self._returning, self.shown = False, True
        if self._seek is not None:
            out += self._ran_on(self._seek, at, position)
        if self.stalled:
            self.stalled, self.running = False, True
            out.append(BufferEnd(at, position))
        self.put(at, position)
        if not self.running:
            self.running = True
            out.append(Playing(at, position))
        return [*out, *self._due_quality(at)]

    def progress(self, at: float, position: float | None) -> list[Signal]:
        """The content clock; while nothing should move it only says where the content stands."""
        if position is None or position < 0:
            return []
        leaps = self._leaps(at, position)
        if leaps and self._failed:
            return []  # reset while the player is torn down (S76)
        if not self._flows:
            return self._at_rest_still(at, position)
        if leaps and (origin := self.where(at)) is not None:
            self._seeks.leapt(at, origin, position)
        self.put(at, position, running=True)
        return [] if self._seeks.waits(at, position) else [Progress(at, position)]

    def _at_rest_still(self, at: float, position: float) -> list[Signal]:
        """A second of media moving wins against what the player said, or did not say (S83)."""
        known = self._at_rest
        moved = None if known is None else ran(*known, at, position, self.rate)
        if known is None or moved is None:
            known, moved = (at, position), 0.0
        self._at_rest = known
        self.put(at, position)
        if moved < _MOVED_ON - 1e-6 or self.ended or not (self.begun and self.shown):
            return []
        return [*self.moves(known[0], known[1]), *self.progress(at, position)]

    def ticks(self, at: float, position: float, *, plays: bool | None = None) -> list[Signal]:
        """The clock was told; one that runs proves what nobody said (S79, S83).

        Args:
            at: When.
            position: Where it is.
            plays: Whether the player says that it plays; None where it does not say.
        """
        out: list[Signal] = []
        if plays is not False and self._seek is not None:
            since = self._seek.runs_on(at, position, self.rate)
            out += [] if since is None else self._over(*since)
        elif plays is not False and not self.running:
            moved = self.position is not None and position > self.position
            out += self._runs(at, position) if moved or plays else []
        return [*out, *self.progress(at, position)]

    def _over(self, at: float, position: float) -> list[Signal]:
        return self.moves(at, position) if self.wanted else self.sought(at, position)

    def _runs(self, at: float, position: float) -> list[Signal]:
        """Frames move; dated back by what has been shown."""
        if self.position is None:
            return self.moves(at, position)
        ahead = (position - self.position) / self.rate
        if not 0 < ahead <= _LONG_AHEAD:
            return self.moves(at, position)
        return self.moves(max(at - ahead, min(self.known_at, at)), self.position)

    def pause(self, at: float, position: float | None = None) -> list[Signal]:
        """Playback stopped by somebody's will, or by the error that was announced (S76)."""
        if not self.wanted:
            return []
        out = self.sought(at, position)
        self._stand(at, position)
        if self.failure is not None:
            return [*out, *self.interrupt(at, self.failure)]
        self.wanted = self.running = self.stalled = False
        return [*out, Pause(at, self.position)]

    def stall(self, at: float, position: float | None = None) -> list[Signal]:
        """The player waits for data; before the first frame that is startup (S25)."""
        if not self._flows:
            return []
        self._stand(at, position)
        if self.failure is not None:
            return self.interrupt(at, self.failure)
        self.stalled = True
        return [BufferStart(at, self.position)]

    def resumed(self, at: float, position: float | None = None) -> list[Signal]:
        """A stall is over, or was none."""
        if not self.stalled:
            return []
        self.stalled = False
        self.put(at, position)
        return [BufferEnd(at, self.position)]

    # -- seeks -----------------------------------------------------------------------------------

    def seek(self, at: float, origin: float | None, target: float | None) -> list[Signal]:
        """A seek begins; without an origin it leaves where the content is.

        After the end it is the way to a replay, before the start an offset, after a break the way
        back to the content (D10).
        """
        if self.ended or not self.shown or self._returning or self._failed:
            self.put(at, target)
            return []
        leap = None if target is None else self._seeks.left(at, target)
        if origin is None:
            origin = self.where(at) if leap is None else leap.origin
        self._seeks.forget_leap()
        self.put(at, origin)
        self._seek, self._at_rest = Seek(origin, target, at), None
        self.stalled = self.running = False
        return [SeekStart(at, origin, target)]

    def sought(self, at: float, position: float | None = None) -> list[Signal]:
        """The seek is over."""
        if self._seek is None:
            return []
        self._seek = None
        self.put(at, position)
        return [SeekEnd(at, position)]

    def _ran_on(self, seek: Seek, at: float, position: float | None) -> list[Signal]:
        """The seek is over: from where, and since when, playing on from its target tells (S79)."""
        target = seek.target
        if position is None or target is None:
            return self.sought(at, position)
        moved = ran(seek.began, target, at, position, self.rate)
        at, position = (at, position) if moved is None else (at - moved / self.rate, target)
        return self.sought(at, position)

    def landed(self, at: float, position: float | None) -> list[Signal]:
        """The player says that a seek is over, of which nothing else may have been heard (S83)."""
        if self.seeking or position is None or not self.running:
            return self.sought(at, position)
        leap = self._seeks.landed(position)
        if leap is None and not self.jumped(at, position):
            return []
        return self.found(at, None if leap is None else leap.origin, at, position)

    def found(self, began: float, origin: float | None, at: float, position: float) -> list[Signal]:
        """A seek that was not announced, once it is over."""
        return [*self.seek(began, origin, position), *self.sought(at, position)]

    # -- ends ------------------------------------------------------------------------------------

    def finish(self, at: float, position: float | None = None) -> list[Signal]:
        """The content ran out (S75); once until it plays again."""
        if self.ended or not self.begun:
            return []
        self.put(at, position)
        self._rest()
        self.ended, self.shown = True, False
        return [ContentEnd(at, self.position)]

    def over(self, at: float) -> list[Signal]:
        """Nothing is left to play: the end of everything, or the viewer's leaving."""
        return self._close(End(at, self.position) if self.ended else Exit(at, self.where(at)))

    def exit(self, at: float) -> list[Signal]:
        """The viewer leaves."""
        return self._close(Exit(at, self.where(at)))

    def abandon(self, callback: Callback) -> list[Signal]:
        """The viewer leaves while ads play: the content's position says nothing."""
        return self._close(Exit(callback.at, None))

    def _close(self, done: Signal) -> list[Signal]:
        self._away = False
        if not self.begun:
            return []
        self._rest()
        self.begun = self.shown = False
        return [done]

    def interrupt(self, at: float, method: str | None) -> list[Signal]:
        """Playback stopped without the viewer's will; it may come back (S26)."""
        if not self.begun or self.ended:
            return []
        self._stand(at, None)
        self._rest()
        self.failure = None
        return [Interrupt(at, method)]

    def fail(self, at: float, reason: str, *, fatal: bool = True) -> list[Signal]:
        """An error; a fatal one interrupts when playback really stops (S76)."""
        out: list[Signal] = [Error(at, fatal, reason)]
        if fatal and not self.ended:
            still = self.wanted and not self._flows
            origin = self._seeks.before_reset(at)
            if origin is not None:
                self.put(at, origin)
                out.insert(0, Progress(at, origin))
            self.failure, self._failed = reason, True
            if still:
                out += self.interrupt(at, reason)
        return out

    def break_down(self, at: float, reason: str) -> list[Signal]:
        """A fatal error with which playback stops."""
        return [*self.fail(at, reason), *self.interrupt(at, reason)]

    def next_item(self, at: float) -> list[Signal]:
        """The next playlist item takes the player over (S24)."""
        begun = self.begun
        self.put(at, self.where(at))
        out = self.last_progress(at)
        self._rest()
        self.ended = self._live = self._endless = self.shown = self._returning = False
        self.position = self.duration = self.failure = self._at_rest = None
        self._failed = False
        self._seeks.clear()
        self._quality.clear()
        self._quality_told.clear()
        return [*out, Load(at, next_item=True)] if begun else []

    def _rest(self) -> None:
        self.wanted = self.running = self.stalled = False
        self._seek = None

    # -- ads take the player ---------------------------------------------------------------------

    def leave(self, at: float, stands: float | None = None) -> list[Signal]:
        """An ad takes the content's place; what is open is closed.

        Args:
            at: When.
            stands: Where it stands as the callback says, believed where playing can have led.
        """
        self.put(at, self.where(at) if stands is None or self.jumped(at, stands) else stands)
        out = self.last_progress(at)
        if self._seek is not None:
            out += self.sought(at, self._seek.target)  # it is over where playback will go on (S33)
        self._seeks.forget_leap()
        self.running = self.stalled = False
        self._away = True
        return out

    def come_back(self, *, wanted: bool) -> None:
        """The content takes its place again; the ad knows whether play is wanted now."""
        self.wanted, self._away = wanted, False
        self.begun = self.begun or wanted
        self._returning = True

    def go_on(self, moved: Callback, since: Resumed) -> list[Signal]:
        """The content has ``moved`` on after a break that nobody ended (S62)."""
        out = self.moves(since.at, since.position)
        return [*out, *self.progress(moved.at, moved.number("currentTime"))]

    # -- what is known of it ---------------------------------------------------------------------

    def length(self, at: float, seconds: float | None) -> list[Signal]:
        """The content's length; told when it changes."""
        if seconds is None or seconds <= 0 or seconds == self.duration:
            return []
        if self._live and not self._endless:
            return []
        taken_back, self._live = self._live, False
        self.duration = seconds
        return [Load(at, duration=seconds, livestream=False if taken_back else None)]

    def live(self, at: float, *, endless: bool = False) -> list[Signal]:
        """The content is live (S6); only an endless length that says so is taken back (S87)."""
        self._endless = endless and (self._endless or not self._live)
        if self._live:
            return []
        self._live, self.duration = True, None
        return [Load(at, livestream=True)]

    def snapshot(self, callback: Callback) -> list[Signal]:
        """What a snapshot under an element's names says of sound, rate and full screen.

        Args:
            callback: Its state may hold ``volume`` (0 to 1), ``muted``, ``playbackRate``,
                ``fullscreen``.
        """
        volume, rate = callback.number("volume"), callback.number("playbackRate")
        muted, full = callback.state.get("muted"), callback.state.get("fullscreen")
        sound = None if volume is None else round(min(max(volume, 0.0), 1.0) * 100)
        return self.update(
            callback.at,
            sound=0 if muted is True else sound,
            playback_rate=rate if rate is not None and rate > 0 else None,
            full_screen=full if isinstance(full, bool) else None,
        )

    def update(self, at: float, **values: Any) -> list[Signal]:
        """Attributes of the player; only changes are told."""
        rate = values.get("playback_rate")
        if rate is not None and rate != self.rate:
            self.put(at, self.where(at))
            self.rate = float(rate)
        return self._attributes.update(at, **values)

    def quality(
        self,
        at: float,
        bitrate: float | None = None,
        framerate: float | None = None,
        height: float | None = None,
        dropped: float | None = None,
    ) -> list[Signal]:
        """What is known of the content's picture; told when it shows, and when it changes (S25).

        It has so many bits and frames per second and lines. The frames dropped since the start go
        along, and are no change by themselves.
        """
        if self._away:
            return []
        for name, value in (("bitrate", bitrate), ("framerate", framerate), ("height", height)):
            if value is not None and value > 0:
                self._quality[name] = value
        if dropped is not None and dropped >= 0:
            self._dropped = int(dropped)
        return self._due_quality(at) if self.running else []

    def _due_quality(self, at: float) -> list[Signal]:
        if self._quality == self._quality_told:
            return []
        self._quality_told = dict(self._quality)
        return [Rendition(**self._quality).quality(at, self._dropped)]
