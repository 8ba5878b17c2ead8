"""What the events alone tell of time: in which phase each second between them lies."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import attrs

from video_tracker.events import (
    AdCompleted,
    AdError,
    AdPlaying,
    AdSkipped,
    AdStarted,
    ContentCompleted,
    ContentPlaying,
    ContentStarted,
    Event,
    PlaybackBufferCompleted,
    PlaybackBufferStarted,
    PlaybackCompleted,
    PlaybackExited,
    PlaybackInterrupted,
    PlaybackPaused,
    PlaybackResumed,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
)
from video_tracker.transcript import Item, name_of, time_of, value_of

__all__ = ["PHASES", "Phase", "intervals", "phases"]

PHASES: Final = (
    *("startup", "content_played", "ad_played", "paused", "seeking", "buffering"),
    *("gap", "interrupted"),
)
"""The phases, under the names of the summary's buckets."""
TIMEOUT: Final = "timeout"
"""The method of an interruption that moves no time from one phase to another (S26)."""


@attrs.frozen
class Phase:
    """Time of one kind, as events tell it.

    Args:
        name: One of ``PHASES``.
        start, end: From when to when, in Unix seconds.
    """

    name: str
    start: float
    end: float


@attrs.define
class _Reader:
    """What is open at one place of a stream."""

    playing: str | None = None
    moved: bool = False
    paused: bool = False
    interrupted: bool = False
    seeking: bool = False
    buffering: bool = False
    over: bool = False

    def phase(self) -> str:
        """Whose time passes now; a seek inside a pause is a seek, a stall inside a seek too."""
        if self.interrupted:
            return "interrupted"
        if self.seeking:
            return "seeking"
        if self.paused:
            return "paused"
        if self.buffering:
            return "buffering"
        return self.playing or ("gap" if self.moved else "startup")

    def play(self, what: str) -> None:
        self.playing, self.moved = what, True

    def join(self, what: str) -> None:
        """A heartbeat shows that it plays, though nobody told the start."""
        if self.playing is None:
            self.play(what)

    def stop(self) -> None:
        self.playing = None


def _set(**flags: bool) -> Callable[[_Reader, Item], None]:
    def follow(reader: _Reader, _: Item) -> None:
        for name, value in flags.items():
            setattr(reader, name, value)

    return follow


def _interrupt(reader: _Reader, item: Item) -> None:
    reader.interrupted = value_of(item, "method") != TIMEOUT


_KINDS: Final[Mapping[type[Event], Callable[[_Reader, Item], None]]] = {
    PlaybackPaused: _set(paused=True, buffering=False),
    PlaybackResumed: _set(paused=False, interrupted=False),
    PlaybackInterrupted: _interrupt,
    PlaybackSeekStarted: _set(seeking=True),
    PlaybackSeekCompleted: _set(seeking=False),
    PlaybackBufferStarted: _set(buffering=True),
    PlaybackBufferCompleted: _set(buffering=False),
    PlaybackCompleted: _set(over=True),
    PlaybackExited: _set(over=True),
    ContentStarted: lambda reader, _: reader.play("content_played"),
    ContentPlaying: lambda reader, _: reader.join("content_played"),
    AdStarted: lambda reader, _: reader.play("ad_played"),
    AdPlaying: lambda reader, _: reader.join("ad_played"),
    **{
        kind: lambda reader, _: reader.stop()
        for kind in (ContentCompleted, AdCompleted, AdSkipped, AdError)
    },
}


_FOLLOW: Final = {kind.name: follow for kind, follow in _KINDS.items()}


def phases(items: Iterable[Item], *, until: float | None = None) -> list[Phase]:
    """In which phase the time between events lies.

    Args:
        items: All events of one session in order, or their messages; those without a time tell
            nothing.
        until: When the last phase ends, in Unix seconds, where the session is not over with the
            last event; by default it ends with that.

    Returns:
        The phases, each beginning where the last one ends. An ad that is skipped without a ``Video
        Ad Skipped`` plays here until something else starts: a stream that does not tell cannot be
        asked.
    """
    found: list[Phase] = []
    reader = _Reader()
    last: float | None = None

    def pass_to(at: float) -> None:
        nonlocal last
        if last is not None and not reader.over and at > last:
            name = reader.phase()
            together = found and found[-1].name == name and found[-1].end == last
            start = found.pop().start if together else last
            found.append(Phase(name, start, at))
        last = at if last is None else max(last, at)

    for item in items:
        at = time_of(item)
        if at is None:
            continue
        pass_to(at)
        follow = _FOLLOW.get(str(name_of(item)))
        if follow is not None:
            follow(reader, item)
    if until is not None and last is not None:
        pass_to(until)
    return found


def intervals(events: Iterable[Event]) -> dict[str, float]:
    """The seconds of each phase from the first to the last event of one session.

    Args:
        events: All events of one session, in order.

    Returns:
        Seconds under the names of the summary's buckets; see :func:`phases`.
    """
    seconds = dict.fromkeys(PHASES, 0.0)
    for phase in phases(events):
        seconds[phase.name] += phase.end - phase.start
    return seconds
