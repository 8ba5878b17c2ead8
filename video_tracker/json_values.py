"""Making the caller's own values safe for JSON: custom properties, context, integrations.

What a caller attaches may be anything. Each value is kept, converted or dropped, by one fixed
rule and with a reason, before any JSON library sees it: so all of them write the same, and none
of them can fail or write what is not JSON.

==================================  ==============================================================
``None``, bool, str, finite number  kept
an integer beyond 2**53 - 1         its digits as a string, since many readers would round it
NaN, infinity                       dropped (``null`` inside a list, so that places stay)
date, time, naive datetime          ISO 8601 text
datetime with a zone                ISO 8601 text in UTC with ``Z``
timedelta                           seconds
Decimal, Fraction, other reals      a number
UUID, path                          its text
scalar or array of numpy            what it is in Python: a number, a bool, a date, a list
Enum                                its value
mapping                             an object; keys that are no text or integer are dropped
list, tuple, set                    a list; sets are sorted, so that the same set is the same text
anything else                       dropped (``null`` inside a list): bytes, objects, functions
==================================  ==============================================================
"""

import datetime
import decimal
import enum
import math
import numbers
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from video_tracker.errors import EncodingError
from video_tracker.interruption import interrupts

__all__ = ["REPAIRS", "SAFE_INTEGER", "Repairs", "clean_mapping", "utc_text"]

SAFE_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""

REPAIRS: Final[Mapping[str, str]] = {
    "bad_date": "an airdate that is no ISO 8601 date was left out",
    "bad_key": "a key that is neither text nor an integer was left out with its value",
    "bad_text": "half of a surrogate pair, which UTF-8 cannot carry, was replaced by U+FFFD",
    "big_integer": "an integer beyond 2**53 - 1 was sent as text, so that no reader rounds it",
    "circular": "a value that contains itself was left out",
    "not_finite": "a NaN or an infinity was left out",
    "not_json": "a value of a type that JSON does not have was left out",
    "too_deep": "a value nested deeper than 32 levels was left out",
}
"""Reason code of each repair that the encoder makes, and its sentence."""

Repairs = list[tuple[str, str]]
"""What was repaired in one message: pairs of the path (``properties.price``) and reason code."""

_DEEPEST: Final = 32
_MOST_VALUES: Final = 16_000
"""More values than this cannot fit into 32,000 bytes: each takes at least two."""

_NOTHING: Final = object()
"""Stands for a value that is dropped; None is a value."""


def clean_mapping(
    mapping: Mapping[Any, Any],
    path: str,
    repairs: Repairs,
    deepest: int = _DEEPEST,
    most: float = _MOST_VALUES,
) -> dict[str, Any]:
    """Return a copy that any JSON library writes in the same way.

    Args:
        mapping: The caller's values.
        path: Where they stand in the message, for the repairs; empty for the message itself.
        repairs: Takes what was repaired.
        deepest: How many containers may lie inside each other.
        most: How many values it may hold; by default as many as an event may have bytes for.

    Raises:
        EncodingError: It holds more values than that (``too_large``, S55).
    """
    return _Cleaning(repairs, deepest, most).object(mapping, path, ()) if mapping else {}


class _Cleaning:
    """One walk through one value, with its budget of values."""

    __slots__ = ("deepest", "left", "repairs")

    def __init__(self, repairs: Repairs, deepest: int, most: float) -> None:
        self.repairs = repairs
        self.deepest = deepest
        self.left = most

    def object(
        self, mapping: Mapping[Any, Any], path: str, above: tuple[int, ...]
    ) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in mapping.items():
            name = self.key(key, path)
            if name is None:
                continue
            self.spend()
            # The common values first, without spelling out their path.
            if type(value) in _PLAIN or (type(value) is str and value.isascii()):
                result[name] = value
                continue
            kept = self.value(value, f"{path}.{name}" if path else name, above)
            if kept is not _NOTHING:
                result[name] = kept
        return result

    def array(self, values: Iterable[Any], path: str, above: tuple[int, ...]) -> list[Any]:
        result: list[Any] = []
        for place, value in enumerate(values):
            self.spend()
            kept = self.value(value, f"{path}[{place}]", above)
            result.append(None if kept is _NOTHING else kept)
        return result

    def bag(self, values: Iterable[Any], path: str, above: tuple[int, ...]) -> list[Any]:
        result: list[Any] = []
        for value in values:
            self.spend()
            kept = self.value(value, f"{path}[]", above)
            if kept is not _NOTHING:
                result.append(kept)
        return sorted(result, key=_order)

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise EncodingError("too_large", "it holds more values than an event has bytes")

    def key(self, key: Any, path: str) -> str | None:
        if type(key) is str and key.isascii():
            return key
        if isinstance(key, str):
            return self.text(key, path)
        if isinstance(key, int) and not isinstance(key, bool):
            return str(int(key))
        self.repairs.append((path, "bad_key"))
        return None

    def drop(self, path: str, reason: str) -> Any:
        self.repairs.append((path, reason))
        return _NOTHING

    def value(self, value: Any, path: str, above: tuple[int, ...]) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is dict or kind is list:
            return self.container(value, path, above)
        try:
            return self.checked(value, path, above)
        except EncodingError:
            raise
        except Exception as error:
            if interrupts(error):
                raise
            return self.drop(path, "not_json")  # a class of the caller's may do anything when asked

    def checked(self, value: Any, path: str, above: tuple[int, ...]) -> Any:
        if isinstance(value, enum.Enum):
            value = value.value
        if isinstance(value, str):
            return self.text(value, path)
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            return self.container(value, path, above)
        if isinstance(value, bool | None):
            return value
        if isinstance(value, numbers.Integral):
            return self.integer(int(value), path)
        if isinstance(value, numbers.Real | decimal.Decimal):
            return self.real(value, path)
        return self.other(value, path, above)

    def other(self, value: Any, path: str, above: tuple[int, ...]) -> Any:
        """What has a text, or is a scalar or an array of numpy and the like."""
        if not (hasattr(value, "dtype") and hasattr(value, "tolist")):
            text = _text_of(value)
            return self.drop(path, "not_json") if text is None else text
        if getattr(value, "size", 1) > self.left:
            raise EncodingError("too_large", "it holds more values than an event has bytes")
        plain = value.tolist()
        if hasattr(plain, "dtype"):
            return self.drop(path, "not_json")
        return self.value(plain, path, above)

    def text(self, text: str, path: str) -> str:
        plain = text if type(text) is str else str.__str__(text)
        if plain.isascii():
            return plain
        try:
            plain.encode()
        except UnicodeEncodeError:
            self.repairs.append((path, "bad_text"))
            # Through UTF-16 two halves that belong together become the character they meant.
            return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return plain

    def container(self, value: Any, path: str, above: tuple[int, ...]) -> Any:
        if id(value) in above:
            return self.drop(path, "circular")
        if len(above) >= self.deepest:
            return self.drop(path, "too_deep")
        inside = (*above, id(value))
        if isinstance(value, (dict, Mapping)):  # dict first: the ABC's own test is slow
            return self.object(value, path, inside)
        if isinstance(value, (list, tuple)):
            return self.array(value, path, inside)
        return self.bag(value, path, inside)

    def integer(self, value: int, path: str) -> Any:
        if -SAFE_INTEGER <= value <= SAFE_INTEGER:
            return value
        text = str(value)  # raises ValueError for thousands of digits
        self.repairs.append((path, "big_integer"))
        return text

    def real(self, value: Any, path: str) -> Any:
        try:
            number = float(value)
        except (OverflowError, ValueError):  # beyond a float; a signalling NaN
            number = math.inf
        if not math.isfinite(number):
            return self.drop(path, "not_finite")
        if not isinstance(value, float) and number.is_integer() and abs(number) <= SAFE_INTEGER:
            return int(number)
        return number


def utc_text(moment: datetime.datetime) -> str:
    """Write a moment in UTC with ``Z``; one without a zone is taken to be UTC (S54).

    Milliseconds are written only when there are some, because some destinations read no more.

    Raises:
        OverflowError: Its UTC form lies outside the years 1 to 9999.
    """
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    precision = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.isoformat(timespec=precision) + "Z"


_PLAIN: Final = frozenset({bool, type(None)})


def _text_of(value: object) -> Any:
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return utc_text(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, uuid.UUID):
        return str(value)
    path = getattr(type(value), "__fspath__", None)
    text = None if path is None else path(value)
    return text if isinstance(text, str) else None


def _order(value: Any) -> tuple[str, str]:
    return type(value).__name__, repr(value)
