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
    """The path of a fault is put together on the way out, so that it costs a sound beacon nothing.

    Attributes:
        left: How many values more the beacon may hold.
        cost: The bytes of those seen.
    """

    __slots__ = ("cost", "left", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.left = limits.max_values
        self.cost = 0

    def value(self, value: Any) -> None:
        self.left -= 1
        if self.left < 0:
            raise Fault("", "too_wide", "the beacon holds too many values")
        self.cost += _VALUE_COSTS
        if value is None or value is True or value is False:
            return
        if isinstance(value, str):
            if len(value) > self.limits.max_string:
                raise Fault("", "too_long", f"the string has {len(value)} characters")
            self.cost += len(value)
        elif isinstance(value, dict):
            self.object(value)
        elif isinstance(value, list):
            self.array(value)
        elif not (math.isfinite(value) and abs(value) <= self.limits.max_number):
            raise Fault("", "bad_number")

    def object(self, value: dict[str, Any]) -> None:
        limits = self.limits
        if isinstance(value, Doubled):
            raise Fault("", "duplicate_key")
        if len(value) > limits.max_keys:
            raise Fault("", "too_wide", f"the object has {len(value)} keys")
        for key, inner in value.items():
            if len(key) > limits.max_name:
                raise Fault("", "too_long", f"a key has {len(key)} characters")
            if key in _BAD_KEYS:
                raise Fault("", "bad_key")
            self.cost += len(key)
            try:
                self.value(inner)
            except Fault as fault:
                fault.path = f".{key}{fault.path}"
                raise

    def array(self, value: list[Any]) -> None:
        if len(value) > self.limits.max_items:
            raise Fault("", "too_wide", f"the array has {len(value)} items")
        for place, inner in enumerate(value):
            try:
                self.value(inner)
            except Fault as fault:
                fault.path = f"[{place}]{fault.path}"
                raise


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
    try:
        walk.value(value)
    except Fault as fault:
        fault.path = path + fault.path
        raise
    return walk.cost
