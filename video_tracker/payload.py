"""What is read of a payload or a snapshot: a number, a text, an id, an object, a list.

Whatever a player or its application writes there, nothing here raises.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

__all__ = [
    "finite",
    "list_of",
    "name_of",
    "part_of",
    "parts_of",
    "positive",
    "reader_of",
    "text_of",
    "whole",
]

_MOST: Final = 1_000
"""Items beyond which a list is no list of breaks or of ads."""


def finite(value: object) -> float | None:
    """``value`` as a float when it is a finite number (a bool is none), else None."""
    if type(value) is float:  # as nearly always
        return value if math.isfinite(value) else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            return None
        return number if math.isfinite(number) else None
    return None


def positive(value: object) -> float | None:
    """``value`` when it is a finite number above zero; a player's zero says "unknown" (E3)."""
    number = finite(value)
    return number if number is not None and number > 0 else None


def name_of(value: object) -> str | None:
    """An id or a word as a player gives it, text or a whole number; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 63 else None
    return text_of(value)


def text_of(value: object) -> str | None:
    """``value`` when it is a non-empty string, else None."""
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """``value`` as an int, when it is a whole number of a sane size, else None."""
    number = finite(value)
    if number is None or number != int(number) or abs(number) > 1e6:
        return None
    return int(number)


def part_of(detail: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object within a payload; an empty one when it is missing or something else."""
    value = detail.get(key)
    return value if isinstance(value, Mapping) else {}


def list_of(value: object) -> Sequence[Any]:
    """``value`` when it is a list; an empty one when it is something else."""
    return value[:_MOST] if isinstance(value, list) else ()


def parts_of(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; in the place of what is none stands an empty one."""
    return [each if isinstance(each, Mapping) else {} for each in list_of(value)]


@functools.lru_cache(maxsize=32)
def reader_of(keys: tuple[str, ...], moves: tuple[str, ...]) -> tuple[Callable[[Any], Any], slice]:
    """How to read the values of a snapshot at once; one for all whose snapshots have these keys.

    Args:
        keys: Those of the snapshot.
        moves: Those of them that are read first, in their order.

    Returns:
        What gives a tuple of the values (``KeyError``: one is missing), and which part of that is
        of the other keys.
    """
    moving = [key for key in moves if key in keys]
    order = moving + [key for key in keys if key not in moves]
    read = itemgetter(*order) if len(order) > 1 else itemgetter(*order, *order)
    return read, slice(len(moving), len(order))
