"""How single values are written: times, dates, whole numbers and message ids.

All functions are pure; times are arguments, never read from a clock.
"""

import datetime
import functools
import hashlib
import math
from typing import Any, Final

from video_tracker.json_values import SAFE_INTEGER, utc_text

__all__ = [
    "airdate_text",
    "message_id",
    "nearest",
    "timestamp",
    "whole",
]

_MESSAGE_ID_LIMIT: Final = 100
_HASHED: Final = "sha256-"
_DAY: Final = 86_400
_EPOCH_DAY: Final = datetime.date(1970, 1, 1).toordinal()


@functools.lru_cache(maxsize=16)
def _day_text(day: int) -> str:
    return datetime.date.fromordinal(_EPOCH_DAY + day).isoformat()


@functools.lru_cache(maxsize=64)  # live events of all sessions share their seconds
def _second_text(at: int) -> str:
    day, rest = divmod(at, _DAY)
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    return f"{_day_text(day)}T{hour:02}:{minute:02}:{second:02}"


def timestamp(at: float) -> str:
    """Write Unix seconds as ISO 8601 in UTC with milliseconds and ``Z``, rounded to nearest (S50).

    Raises:
        ValueError, OverflowError: ``at`` is not finite, or outside the years 1 to 9999.
    """
    second, millis = divmod(round(at * 1000), 1000)
    return f"{_second_text(second)}.{millis:03}Z"


def airdate_text(value: str | datetime.date) -> str | None:
    """Normalise an airdate: a date stays a date, a date with a time becomes UTC with ``Z`` (S54).

    A bare date is kept in every profile, also where the vendor declares a date-time: a midnight
    that nobody gave would be the day before for viewers west of Greenwich.

    Returns:
        The text, or None when ``value`` is no ISO 8601 date.
    """
    try:
        if isinstance(value, datetime.datetime):
            return utc_text(value)
        if isinstance(value, datetime.date):
            return value.isoformat()
        return _airdate_of_text(value.strip())
    except (ValueError, OverflowError):
        return None


def _airdate_of_text(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        return utc_text(datetime.datetime.fromisoformat(text))


def whole(value: Any) -> int | None:
    """Return whole units, rounded down (S3); None for what is no finite number of sane size."""
    if type(value) is int:
        return value if -SAFE_INTEGER <= value <= SAFE_INTEGER else None
    return _rounded(value, 0.0)


def nearest(value: Any) -> int | None:
    """Return the nearest whole amount, zero or more (S54: sound, bitrate, framerate); else None."""
    rounded = _rounded(value, 0.5)
    return None if rounded is None or rounded < 0 else rounded


def _rounded(value: Any, shift: float) -> int | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if not -SAFE_INTEGER <= value <= SAFE_INTEGER:  # not a number compares false and stops here too
        return None
    return math.floor(value + shift)


@functools.lru_cache(maxsize=4096)
def _is_plain(session_id: str) -> bool:
    # The prefix belongs to hashed ids alone.
    return (
        session_id.isascii()
        and session_id.isprintable()
        and not f"{session_id}-".startswith(_HASHED)
    )


def message_id(session_id: str, sequence: int) -> str:
    """Name the n-th event of a session: always the same, at most 100 characters (S50).

    A short, plain session id stays readable (``s1-17``); any other is replaced by its SHA-256.
    The part after the last hyphen is the sequence number, so no two events share a name.

    Args:
        session_id: The session's id.
        sequence: The event's place in the session, from 1.
    """
    readable = f"{session_id}-{sequence}"
    if len(readable) <= _MESSAGE_ID_LIMIT and _is_plain(session_id):
        return readable
    digest = hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_HASHED}{digest}-{sequence}"
