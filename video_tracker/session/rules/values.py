"""Values and times as they were told: read once, at the door (S3, S60, S64)."""

import marshal
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeGuard, TypeVar

from video_tracker.session.data.input import Input
from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import (
    CLOCK_PROOF,
    FAR_BEYOND,
    FIRST_STEP,
    LATEST_TIME,
    LONGEST,
    LONGEST_TEXT,
)

T = TypeVar("T")


def floats(row: Input, at: Any, args: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Whole numbers are numbers: 11 and 11.0 are one time and one position."""
    place = row.place
    if type(at) is int and abs(at) < LATEST_TIME:
        at = float(at)
    if place is not None and type(args[place]) is int and abs(args[place]) < LATEST_TIME:
        args = (*args[:place], float(args[place]), *args[place + 1 :])
    return at, args


def is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def in_bounds(s: State, place: float, length: float | None) -> bool:
    """Far beyond a known length it is a mistake of units (S3)."""
    return length is None or place <= 2 * length + FAR_BEYOND or s.live


def kept(s: State, value: T, good: bool, at: float, name: str) -> T | None:
    """What was told when it is good; what is wrong is left out, and counted (S60)."""
    if good or value is None:
        return value
    s.ignored(at, name, "invalid_value")
    return None


def seconds_told(
    s: State, value: object, at: float, name: str, length: float | None = None
) -> float | None:
    """A position or length in seconds, within an item's ``length``; None when it is none (S3)."""
    if value is None:
        return None
    if (
        is_number(value)
        and (0 <= value <= LONGEST or (LONGEST < value < LATEST_TIME and s.live))
        and in_bounds(s, value, length)
    ):
        return float(value)  # a livestream's clock may count from 1970
    s.ignored(at, name, "invalid_position")
    return None


def number_told(s: State, value: Any, at: float, name: str, most: float = LONGEST) -> float | None:
    """A number from 0; what lies on a live clock may count from 1970, up to ``LATEST_TIME``."""
    return kept(s, value, is_number(value) and 0 <= value < most, at, name)


def text_told(s: State, value: Any, at: float, name: str) -> str | None:
    """A short non-empty string; None when it is none."""
    told = kept(s, value, isinstance(value, str) and bool(value), at, name)
    if told is not None and len(told) > LONGEST_TEXT:
        s.repaired(at, name, "out_of_range")
    return None if told is None else told[:LONGEST_TEXT]


def custom_told(s: State, value: Any, at: float, name: str) -> dict[str, Any] | None:
    """Custom properties (S51): those with string keys; None when it is no mapping."""
    if kept(s, value, isinstance(value, Mapping), at, name) is None:
        return None
    told = {key: part for key, part in value.items() if isinstance(key, str)}
    kept(s, value, len(told) >= len(value), at, name)
    return told


def instance_told(s: State, value: Any, kind: type[T], at: float, name: str) -> T | None:
    return kept(s, value, isinstance(value, kind), at, name)


# -- times ----------------------------------------------------------------------------------------


def readable(at: object) -> float | None:
    """A time in Unix seconds; None when it is none. An aware ``datetime`` is one."""
    at = seconds_of(at)
    if isinstance(at, int) and not isinstance(at, bool) and 0 <= at < LATEST_TIME:
        at = float(at)
    return at if isinstance(at, float) and 0.0 <= at < LATEST_TIME else None


def seconds_of(at: object) -> Any:
    """An aware ``datetime`` in Unix seconds; a naive one names no time, anything else stays."""
    if not isinstance(at, datetime):
        return at
    try:
        return at.timestamp() if at.utcoffset() is not None else None
    except Exception:  # noqa: BLE001 - a caller's time zone may raise anything
        return None


def moment_of(s: State, at: object, name: str) -> float | None:
    """A time as taken: None when unreadable, clamped when the clock stepped back (S64)."""
    if s.rare is None and type(at) is float and s.clock <= at < LATEST_TIME:
        return at
    at = readable(at)
    if at is None:
        s.note(s.clock, name, REJECT, "invalid_time")
        return None
    rare = s.rare or ()
    if "skew" in rare:
        return max(at + s.skew, s.clock)
    if at >= s.clock:
        if "behind" in rare:
            s.behind = s.late_position = None
            s.tune()
        return at
    s.repaired(s.clock, name, "clock_stepped_back")
    if s.behind is None or at < s.behind:
        s.behind, s.late_position = at, None
        s.tune()
    return s.clock


def suspect_clock(s: State, at: object, position: object) -> None:
    """After a time behind the newest: late callback, or a clock that stepped back (S64)?"""
    behind = s.behind
    if behind is None or type(at) is not float or type(position) is not float or at <= behind:
        return
    before = s.position if s.ad is None else s.ad.position
    there = before if s.late_position is None else s.late_position
    if s.where == "idle":
        before = there  # nothing was heard yet from which the first step could be measured
    first, moved = (there - before) / s.rate, (position - there) / s.rate
    # If it moves on in step with the clock as it is now, and by more than the clamped times allow,
    # that has stepped: it is read on from the newest time; the playhead tells how long that took.
    in_step = 0.0 <= first <= FIRST_STEP and moved <= at - behind + CLOCK_PROOF
    if in_step and first + moved > max(at - s.clock, 0.0) + CLOCK_PROOF:
        s.skew = s.clock + first - behind
        s.behind = s.late_position = None
        s.tune()


def keep_late(s: State, place: float | None) -> None:
    """Progress came behind the newest time: it moves nothing, the first place is kept (S64)."""
    if s.said_at == s.behind:
        s.late_position = place


def mark_of(name: str, at: float, args: tuple[Any, ...]) -> float:
    """By which an input is known when it comes again, the same in every process; 0: by nothing."""
    told: Any = (name, at, args)
    try:
        return zlib.crc32(marshal.dumps(told, 2))
    except ValueError:  # a value of a class of ours, or of the caller's
        pass
    try:
        return zlib.crc32(repr(told).encode("utf-8", "replace"))
    except Exception:  # noqa: BLE001 - a hostile value's own repr may raise anything
        return 0


def is_repeated(s: State, name: str, mark: float, moment: float) -> bool:
    """Whether the very same input came just before: duplicates change no figure."""
    again = bool(mark) and mark == s.last_input
    if again:
        s.ignored(moment, name, "repeated")
    return again
