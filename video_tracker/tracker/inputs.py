"""The session's inputs as a shell offers them: the same words, the time filled in by the clock."""

import abc
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from video_tracker import signals
from video_tracker.events import Event
from video_tracker.plan import Ad, AdRange, Content, SessionPlan

__all__ = ["PLAYERS_INPUTS", "SessionInputs"]

Events = tuple[Event, ...]

PLAYERS_INPUTS: Final[Mapping[str, type[signals.Signal]]] = {
    name: kind for name, kind in signals.SIGNALS.items() if name not in ("emit", "interrupt")
}
"""The inputs that a player may name; the others are the embedder's own word."""


class SessionInputs(abc.ABC):
    """A method for each session input.

    Each takes ``at`` in Unix seconds, by default now, and returns the events it made. None of
    them raises, whatever the values are (S60). The arguments are described with the signal of the
    same name in :mod:`video_tracker.signals`; positions and lengths are seconds.
    """

    __slots__ = ()

    @abc.abstractmethod
    def _say(
        self, kind: type[signals.Signal], at: float | None, *values: Any, **named: Any
    ) -> Events:
        """Give the session a signal of this kind, at that time."""

    def receive(self, name: str, /, *, at: float | None = None, **values: Any) -> Events:
        """Take the input that somebody else names: a page, a message, an older client.

        Args:
            name: One of :data:`PLAYERS_INPUTS`; any other is counted, and nothing happens (S60).
            at: When, in Unix seconds; by default now.
            values: The input's arguments; what it does not have is left out and counted.
        """
        kind = PLAYERS_INPUTS.get(name, signals.Signal)
        fields = {field.name for field in attrs.fields(kind)}
        told = {key: value for key, value in values.items() if key in fields}
        if kind is not signals.Signal and len(told) < len(values):
            self._say(signals.Signal, at)  # which no session takes: it is counted
        return self._say(kind, at, **told)

    def load(
        self,
        plan: SessionPlan | None = None,
        *,
        duration: float | None = None,
        livestream: bool | None = None,
        next_item: bool = False,
        content: Content | None = None,
        positions: str | None = None,
        at: float | None = None,
    ) -> Events:
        """The player knows its source, or learned more of it."""
        return self._say(
            signals.Load,
            at,
            plan=plan,
            duration=duration,
            livestream=livestream,
            next_item=next_item,
            content=content,
            positions=positions,
        )

    def play(self, position: float | None = None, *, at: float | None = None) -> Events:
        """Play is wanted: the start, or the end of a pause. After the end: a replay (S24)."""
        return self._say(signals.Play, at, position)

    def playing(self, position: float | None = None, *, at: float | None = None) -> Events:
        """Frames move: the first one, or again after a seek, a stall or a pause."""
        return self._say(signals.Playing, at, position)

    def progress(
        self,
        position: float | None = None,
        duration: float | None = None,
        *,
        at: float | None = None,
    ) -> Events:
        """The content clock moved."""
        return self._say(signals.Progress, at, position, duration)

    def pause(self, position: float | None = None, *, at: float | None = None) -> Events:
        """Playback was paused."""
        return self._say(signals.Pause, at, position)

    def seek_start(
        self, position: float | None = None, to: float | None = None, *, at: float | None = None
    ) -> Events:
        """A seek began: from ``position`` towards ``to``."""
        return self._say(signals.SeekStart, at, position, to)

    def seek_end(self, position: float | None = None, *, at: float | None = None) -> Events:
        """A seek ended; playback goes on at ``position``."""
        return self._say(signals.SeekEnd, at, position)

    def buffer_start(self, position: float | None = None, *, at: float | None = None) -> Events:
        """The player ran out of data."""
        return self._say(signals.BufferStart, at, position)

    def buffer_end(self, position: float | None = None, *, at: float | None = None) -> Events:
        """The player has data again."""
        return self._say(signals.BufferEnd, at, position)

    def content_start(
        self,
        asset_id: str | Content | None = None,
        position: float | None = None,
        *,
        at: float | None = None,
    ) -> Events:
        """A content asset begins to play."""
        return self._say(signals.ContentStart, at, asset_id, position)

    def content_end(self, position: float | None = None, *, at: float | None = None) -> Events:
        """The content ran out."""
        return self._say(signals.ContentEnd, at, position)

    def ad_break_start(
        self,
        *,
        pod_id: str | None = None,
        placement: str | None = None,
        offset: float | None = None,
        ads: Sequence[Ad] | int | None = None,
        at: float | None = None,
    ) -> Events:
        """An ad break begins."""
        return self._say(
            signals.AdBreakStart,
            at,
            pod_id=pod_id,
            placement=placement,
            offset=offset,
            ads=tuple(ads) if isinstance(ads, list) else ads,
        )

    def ad_break_end(self, *, lasted: float | None = None, at: float | None = None) -> Events:
        """The ad break is over, or was, after so many seconds without any ad."""
        return self._say(signals.AdBreakEnd, at, lasted)

    def ad_start(
        self,
        asset_id: str | Ad | None = None,
        pod_position: int | None = None,
        duration: float | None = None,
        *,
        at: float | None = None,
    ) -> Events:
        """An ad's first frame moves (S71)."""
        return self._say(signals.AdStart, at, asset_id, pod_position, duration)

    def ad_progress(self, position: float | None = None, *, at: float | None = None) -> Events:
        """The ad's clock moved."""
        return self._say(signals.AdProgress, at, position)

    def ad_end(
        self,
        position: float | None = None,
        asset_id: str | None = None,
        *,
        at: float | None = None,
    ) -> Events:
        """The ad ended."""
        return self._say(signals.AdEnd, at, position, asset_id)

    def ad_skip(self, position: float | None = None, *, at: float | None = None) -> Events:
        """The viewer skipped the ad."""
        return self._say(signals.AdSkip, at, position)

    def ad_click(self, *, at: float | None = None) -> Events:
        """The viewer clicked the ad."""
        return self._say(signals.AdClick, at)

    def ad_error(
        self, reason: str | None = None, asset_id: str | None = None, *, at: float | None = None
    ) -> Events:
        """An ad failed: the open one, or one that was announced and never moved (S71)."""
        return self._say(signals.AdError, at, reason, asset_id)

    def ad_ranges(self, ranges: Sequence[AdRange] = (), *, at: float | None = None) -> Events:
        """Ad breaks were found in the stream: from now on positions are the stream's (S9)."""
        return self._say(
            signals.AdRanges, at, tuple(ranges) if isinstance(ranges, list) else ranges
        )

    def quality(
        self,
        bitrate: float | None = None,
        framerate: float | None = None,
        quality: str | None = None,
        dropped_frames: int | None = None,
        *,
        at: float | None = None,
    ) -> Events:
        """The quality of the picture changed. ``bitrate`` in kbps."""
        return self._say(signals.Quality, at, bitrate, framerate, quality, dropped_frames)

    def update(
        self,
        *,
        sound: float | None = None,
        full_screen: bool | None = None,
        ad_enabled: bool | None = None,
        playback_rate: float | None = None,
        duration: float | None = None,
        live_edge: float | None = None,
        start_date: float | None = None,
        properties: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
        integrations: Mapping[str, Any] | None = None,
        at: float | None = None,
    ) -> Events:
        """The player's attributes changed; None is: as before."""
        return self._say(
            signals.Update,
            at,
            sound=sound,
            full_screen=full_screen,
            ad_enabled=ad_enabled,
            playback_rate=playback_rate,
            duration=duration,
            live_edge=live_edge,
            start_date=start_date,
            properties=properties,
            context=context,
            integrations=integrations,
        )

    def emit(
        self, name: str, properties: Mapping[str, Any] | None = None, *, at: float | None = None
    ) -> Events:
        """Say an event of your own in this session (S51)."""
        return self._say(signals.Emit, at, name, properties)

    def interrupt(self, method: str | None = None, *, at: float | None = None) -> Events:
        """Playback stopped without the viewer's will (S26)."""
        return self._say(signals.Interrupt, at, method)

    def error(
        self, fatal: bool = False, reason: str | None = None, *, at: float | None = None
    ) -> Events:
        """The player reported an error; a fatal one interrupts (S76)."""
        return self._say(signals.Error, at, fatal, reason)

    def exit(self, position: float | None = None, *, at: float | None = None) -> Events:
        """The viewer left."""
        return self._say(signals.Exit, at, position)

    def end(self, position: float | None = None, *, at: float | None = None) -> Events:
        """The player finished everything."""
        return self._say(signals.End, at, position)

    def tick(self, *, at: float | None = None) -> Events:
        """Time passed; nothing was said (S46)."""
        return self._say(signals.Tick, at)
