"""What is kept of a session while it is recorded: inputs, events, time, counts."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs

from video_tracker.diagnostics import Diagnostic
from video_tracker.events import Event
from video_tracker.payload import finite
from video_tracker.summary import SessionPosition

__all__ = [
    "AdOver",
    "Cause",
    "Counted",
    "Made",
    "Note",
    "Playhead",
    "Record",
    "Source",
    "Stretch",
    "Watched",
]


@attrs.frozen
class Source:
    """Where in a log an input came from.

    Args:
        line: The line, counted from 1; None where it has none, as what comes of the log's end.
        callback: The player's callback, such as ``hlsjs waiting``; empty for the own log.
        until: The line until which the player's adapter held it back; None when it did not.
    """

    line: int | None
    callback: str = ""
    until: int | None = None


@attrs.frozen
class Cause:
    """An input as it was given.

    Args:
        number: Its place among the inputs of its session, from 1.
        name: The session's method: ``pause``, ``tick``...
        at: Its time, as it was told.
        said: Its arguments, those that are None left out.
        source: Where in a log it came from, if it did.
    """

    number: int
    name: str
    at: Any
    said: Mapping[str, Any]
    source: Source | None = None

    @property
    def moment(self) -> float | None:
        """Its time in Unix seconds; None when it is none, or an object of another kind."""
        return finite(self.at)


@attrs.frozen
class Made:
    """An event, and how it came about.

    Args:
        event: As it was sent.
        cause: The input with which it was said.
        way: The functions of the session on the way to it, from the way in.
        position: What the session's position was made of just then.
        place: Seconds into the content or the ad of which it tells; None of a playback event.
        reckoned: Whether that place was reckoned from the time, since nobody had told it (S63).
    """

    event: Event
    cause: Cause
    way: tuple[str, ...]
    position: SessionPosition
    place: float | None = None
    reckoned: bool = False


@attrs.frozen
class Note:
    """An input that was repaired, ignored or rejected, and with which that was found."""

    diagnostic: Diagnostic
    cause: Cause


@attrs.define
class Stretch:
    """Time in one bucket.

    Args:
        bucket: Which one (:attr:`video_tracker.Summary.BUCKETS`).
        start, end: From when to when, in Unix seconds.
        seconds: How much of it; less than ``end - start`` where it shares that time with another.
        opened, closed: The inputs at its ends.
    """

    bucket: str
    start: float
    end: float
    seconds: Fraction
    opened: Cause | None
    closed: Cause | None

    @property
    def whole(self) -> bool:
        """Whether all the time from its start to its end is its own."""
        return abs(self.end - self.start - float(self.seconds)) < 1e-5


@attrs.frozen
class Watched:
    """A range of content that was watched in one go: ``start`` to ``end`` content seconds."""

    asset_id: str
    start: float
    end: float
    closed: Cause | None
    seconds: Fraction


@attrs.frozen
class Playhead:
    """Where the content stood after an input.

    Args:
        at: When, in Unix seconds.
        asset_id: The content.
        position: Its content seconds.
    """

    at: float
    asset_id: str
    position: float


@attrs.frozen
class AdOver:
    """How an ad ended.

    Args:
        asset_id: The ad.
        watched: Seconds of it that went by.
        needed: Seconds that would have been all of it (S72, S90); None when its length is unknown.
        length: Its length, when known.
        cause: The input with which it ended.
        fate: ``completed``, ``skipped``, ``failed``, ``cut``, or ``open`` when it has not ended.
    """

    asset_id: str
    watched: float
    needed: float | None
    length: float | None
    cause: Cause
    fate: str = "open"


@attrs.frozen
class Counted:
    """A count of the summary that changed by ``step``."""

    name: str
    step: int
    cause: Cause


@attrs.define
class Record:
    """All that is kept of one session."""

    inputs: list[Cause] = attrs.field(factory=list)
    made: list[Made] = attrs.field(factory=list)
    notes: list[Note] = attrs.field(factory=list)
    stretches: list[Stretch] = attrs.field(factory=list)
    watched: list[Watched] = attrs.field(factory=list)
    counted: list[Counted] = attrs.field(factory=list)
    ads: list[AdOver] = attrs.field(factory=list)
    playhead: list[Playhead] = attrs.field(factory=list)
