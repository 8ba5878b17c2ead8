"""Values as they were told: read once, at the door (S3, S60)."""

from collections.abc import Mapping
from typing import Any, TypeGuard, TypeVar

from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import FAR_BEYOND, LATEST_TIME, LONGEST, LONGEST_TEXT

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
