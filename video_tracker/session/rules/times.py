"""Times as they were told: clamped, and what a clock that steps back means (S64)."""

import marshal
import zlib
from datetime import datetime
from typing import Any

from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import CLOCK_PROOF, FIRST_STEP, LATEST_TIME


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
