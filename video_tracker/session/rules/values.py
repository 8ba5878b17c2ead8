"""Values as they were told: read once, at the door (S3, S60)."""

from collections.abc import Mapping
from typing import Any, TypeVar

from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import (
    FAR_BEYOND,
    FASTEST,
    LATEST_TIME,
    LONGEST,
    LONGEST_TEXT,
    NEVER,
)

T = TypeVar("T")


def floats(row: Input, at: Any, args: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Whole numbers are numbers: 11 and 11.0 are one time and one position."""
    if type(at) is int and abs(at) < LATEST_TIME:
        at = float(at)
    place = row.place
    if place is not None:
        told = args[place]
        if type(told) is int and abs(told) < LATEST_TIME:
            args = (*args[:place], float(told), *args[place + 1 :])
    return at, args


def seconds_told(s: State, value: object, at: float, name: str) -> float | None:
    """A position or length in seconds; None when it is none (S3)."""
    if value is None:
        return None
    if type(value) is float and 0.0 <= value <= LONGEST:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            seconds = float(value)
        except OverflowError:
            seconds = NEVER
        if 0.0 <= seconds <= LONGEST or (LONGEST < seconds < LATEST_TIME and s.live):
            return seconds  # a livestream's clock may count from 1970
    s.ignored(at, name, "invalid_position")
    return None


def place_of_playing(s: State, value: object, at: float, name: str) -> float | None:
    """A position in what plays; far beyond a known length it is a mistake of units (S3)."""
    seconds = seconds_told(s, value, at, name)
    if seconds is None:
        return None
    length = s.duration if s.ad is None else s.ad.ad.duration
    if length is not None and seconds > 2 * length + FAR_BEYOND and not s.live:
        s.ignored(at, name, "invalid_position")
        return None
    return seconds


def number_told(s: State, value: object, at: float, name: str) -> float | None:
    """A finite number, zero or more; None when it is none."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LONGEST:
        return value
    s.ignored(at, name, "invalid_value")
    return None


def moment_told(s: State, value: object, at: float, name: str) -> float | None:
    """A time or a place on a live clock, which may count from 1970; None when it is none."""
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 <= value < LATEST_TIME:  # type: ignore[operator]
        return float(value)  # type: ignore[arg-type]
    s.ignored(at, name, "invalid_value")
    return None


def text_told(s: State, value: object, at: float, name: str) -> str | None:
    """A short non-empty string; None when it is none."""
    if value is None:
        return None
    if isinstance(value, str) and value:
        if len(value) > LONGEST_TEXT:
            s.repaired(at, name, "out_of_range")
        return value[:LONGEST_TEXT]
    s.ignored(at, name, "invalid_value")
    return None


def custom_told(s: State, value: object, at: float, name: str) -> dict[str, Any] | None:
    """Custom properties (S51): those with string keys; None when it is no mapping."""
    if not isinstance(value, Mapping):
        if value is not None:
            s.ignored(at, name, "invalid_value")
        return None
    told = {key: part for key, part in value.items() if isinstance(key, str)}
    if len(told) < len(value):
        s.ignored(at, name, "invalid_value")
    return told


def instance_told(s: State, value: Any, kind: type[T], at: float, name: str) -> T | None:
    """A value of one of the plan's classes; None when it is none."""
    if value is None or isinstance(value, kind):
        return value
    s.ignored(at, name, "invalid_value")
    return None


def flag_told(s: State, value: object, at: float, name: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    s.ignored(at, name, "invalid_value")
    return None


def rate_told(s: State, value: object, at: float, name: str) -> float | None:
    """A playback rate: negative when it runs backwards (S70); None when it is none."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and -FASTEST <= value <= FASTEST:  # type: ignore[operator]
        return float(value)  # type: ignore[arg-type]
    if value is not None:
        s.ignored(at, name, "invalid_value")
    return None
