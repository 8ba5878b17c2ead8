"""What the events alone tell of time: in which phase each second between them lies."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import attrs

from video_tracker.events import (
    AdCompleted,
    AdError,
    AdSkipped,
    AdStarted,
    ContentCompleted,
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

__all__ = ["PHASES", "intervals"]

PHASES: Final = (
    *("startup", "content_played", "ad_played", "paused", "seeking", "buffering"),
    *("gap", "interrupted"),
)
"""The phases, under the names of the summary's buckets."""
TIMEOUT: Final = "timeout"
"""The method of an interruption that moves no time from one phase to another (S26)."""


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

    def stop(self) -> None:
        self.playing = None


def _set(**flags: bool) -> Callable[[_Reader, Event], None]:
    def follow(reader: _Reader, _: Event) -> None:
        for name, value in flags.items():
            setattr(reader, name, value)

    return follow


def _interrupt(reader: _Reader, event: Event) -> None:
    reader.interrupted = getattr(event, "method", None) != TIMEOUT


_FOLLOW: Final[Mapping[type[Event], Callable[[_Reader, Event], None]]] = {
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
    AdStarted: lambda reader, _: reader.play("ad_played"),
    **{
        kind: lambda reader, _: reader.stop()
        for kind in (ContentCompleted, AdCompleted, AdSkipped, AdError)
    },
}


def intervals(events: Iterable[Event]) -> dict[str, float]:
    """The seconds of each phase from the first to the last event of one session.

    Args:
        events: All events of one session, in order.

    Returns:
        Seconds under the names of the summary's buckets. An ad that is skipped without a ``Video Ad
        Skipped`` plays here until something else starts: a stream that does not tell cannot be
        asked.
    """
    reader, seconds = _Reader(), dict.fromkeys(PHASES, 0.0)
    last: float | None = None
    for event in events:
        if last is not None and not reader.over:
            seconds[reader.phase()] += max(event.at - last, 0.0)
        last = event.at if last is None else max(last, event.at)
        follow = _FOLLOW.get(type(event))
        if follow is not None:
            follow(reader, event)
    return seconds
