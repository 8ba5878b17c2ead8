"""How single values are written: times, dates, whole numbers and message ids.

All functions are pure; times are arguments, never read from a clock.
"""

import datetime
import functools
import hashlib
import math
from typing import Any, Final

from video_tracker.json_values import SAFE_INTEGER, utc_text
from video_tracker.version import __version__

__all__ = [
    "LIBRARY",
    "airdate_text",
    "float_rate",
    "message_id",
    "message_stem",
    "nearest",
    "percent",
    "timestamp",
    "whole",
]

LIBRARY: Final = {"name": "video-tracker", "version": __version__}
"""What ``context.library`` says in every message."""

_MESSAGE_ID_LIMIT: Final = 100
_HASHED: Final = "sha256-"
_MINUTES_OF_DAY: Final = 1440
_EPOCH_DAY: Final = datetime.date(1970, 1, 1).toordinal()


@functools.lru_cache(maxsize=64)
def _minute_text(minute: int) -> str:
    """Write the part of a timestamp that all events of one minute share."""
    day, rest = divmod(minute, _MINUTES_OF_DAY)
    hour, minute = divmod(rest, 60)
    return f"{datetime.date.fromordinal(_EPOCH_DAY + day).isoformat()}T{hour:02}:{minute:02}:"


_SECONDS: Final = tuple(f"{second:02}." for second in range(60))
_MILLIS: Final = tuple(f"{millis:03}Z" for millis in range(1000))
"""The rest of it: to look it up takes a third of the time of writing it."""


def timestamp(at: float) -> str:
    """Write Unix seconds as ISO 8601 in UTC with milliseconds and ``Z``, rounded to nearest (S50).

    Raises:
        ValueError, OverflowError: ``at`` is not finite, or outside the years 1 to 9999.
    """
    minute, rest = divmod(round(at * 1000), 60_000)
    return _minute_text(minute) + _SECONDS[rest // 1000] + _MILLIS[rest % 1000]


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


def percent(value: Any) -> int | None:
    """Return the nearest whole amount from 0 to 100, the most that can be said (S54); else None."""
    rounded = nearest(value)
    return None if rounded is None else min(rounded, 100)


def float_rate(value: Any) -> float | None:
    """Return an amount that has a nearest whole one as a float (S54); else None."""
    return None if nearest(value) is None else float(value)


def _rounded(value: Any, shift: float) -> int | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    if not -SAFE_INTEGER <= value <= SAFE_INTEGER:  # not a number compares false and stops here too
        return None
    return math.floor(value + shift)


def message_id(session_id: str, sequence: int, *, replay: bool = False) -> str:
    """Name the n-th event of a session: always the same, at most 100 characters (S50).

    A short, plain session id stays readable (``s1-17``); any other is replaced by its SHA-256.
    The part after the last hyphen is the sequence number, and a replay has a dot in its place
    (``s1-2.17``): its id was made here (S24), and somebody may have named another session so. So
    no two events share a name.

    Args:
        session_id: The session's id.
        sequence: The event's place in the session, from 1.
        replay: Whether the session is the replay of another one.
    """
    number = f"{'.' if replay else '-'}{sequence}"
    readable = f"{session_id}{number}"
    if (
        len(readable) <= _MESSAGE_ID_LIMIT
        and readable.isascii()
        and readable.isprintable()
        and not readable.startswith(_HASHED)  # that prefix belongs to hashed ids alone
    ):
        return readable
    digest = hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_HASHED}{digest}{number}"


def message_stem(session_id: str, *, replay: bool = False) -> str:
    """Return what the ids of all messages of a session begin with, before the number.

    It is empty where the number's length decides whether the session's id stays readable.
    """
    if 0 <= _MESSAGE_ID_LIMIT - len(session_id) <= 20:
        return ""
    return message_id(session_id, 0, replay=replay)[:-1]
