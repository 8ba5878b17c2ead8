"""One walk through a beacon's values: every string, number, key and count within its limit."""

import math
from typing import Any, Final

from video_tracker.ingest.limits import Limits
from video_tracker.ingest.rejections import Fault
from video_tracker.ingest.text import Doubled

__all__ = ["check_values"]

_VALUE_COSTS: Final = 64
"""Bytes that a value takes in memory, about, besides a string's characters."""

_BAD_KEYS: Final = frozenset({"__proto__"})


class _Walk:
    __slots__ = ("cost", "left", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.left = limits.max_values
        self.cost = 0

    def value(self, value: Any, path: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise Fault(path, "too_wide", "the beacon holds too many values")
        self.cost += _VALUE_COSTS
        if isinstance(value, str):
            if len(value) > self.limits.max_string:
                raise Fault(path, "too_long", f"the string has {len(value)} characters")
            self.cost += len(value)
        elif isinstance(value, dict):
            self.object(value, path)
        elif isinstance(value, list):
            self.array(value, path)
        elif isinstance(value, int | float) and not _is_sound(value, self.limits.max_number):
            raise Fault(path, "bad_number")

    def object(self, value: dict[str, Any], path: str) -> None:
        if isinstance(value, Doubled):
            raise Fault(path, "duplicate_key")
        if len(value) > self.limits.max_keys:
            raise Fault(path, "too_wide", f"the object has {len(value)} keys")
        for key, inner in value.items():
            if len(key) > self.limits.max_name:
                raise Fault(path, "too_long", f"a key has {len(key)} characters")
            if key in _BAD_KEYS:
                raise Fault(path, "bad_key")
            self.cost += len(key)
            self.value(inner, f"{path}.{key}")

    def array(self, value: list[Any], path: str) -> None:
        if len(value) > self.limits.max_items:
            raise Fault(path, "too_wide", f"the array has {len(value)} items")
        for place, inner in enumerate(value):
            self.value(inner, f"{path}[{place}]")


def _is_sound(number: float, most: int) -> bool:
    return math.isfinite(number) and -most <= number <= most


def check_values(value: Any, path: str, limits: Limits) -> int:
    """Hold every value of a beacon against the limits.

    Args:
        value: The beacon as parsed; its depth has been checked.
        path: Where it stands.
        limits: The limits.

    Returns:
        The bytes that it takes in memory, about.

    Raises:
        Fault: The first value beyond a limit, with its path.
    """
    walk = _Walk(limits)
    walk.value(value, path)
    return walk.cost
