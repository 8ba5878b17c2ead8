"""JSON of the caller's mappings, written once and used again while they stay as they were.

A fragment is the inside of an object, without its braces: ``"title":"Up","season":"2"``. It is
text, not bytes, because only the whole message tells whether UTF-8 can carry it.
"""

import marshal
from collections.abc import Mapping
from typing import Any, Final

from video_tracker.json_values import Repairs, clean_mapping
from video_tracker.wire.cache import remember
from video_tracker.wire.engines import json_text
from video_tracker.wire.table import DERIVED

__all__ = ["DERIVED", "MappingTexts", "custom_text", "inside"]


def inside(values: Mapping[str, Any]) -> str:
    """Write the members of an object, without its braces."""
    return json_text(values)[1:-1]


def custom_text(custom: Mapping[str, Any], taken: frozenset[str]) -> str | None:
    """Write the caller's values as members that others follow: with a comma after them.

    Args:
        custom: The caller's values.
        taken: The names of the others.

    Returns:
        None when they are out of the ordinary: repaired, or with a name that is taken.
    """
    repairs: Repairs = []
    clean = clean_mapping(custom, "", repairs)
    if repairs or not taken.isdisjoint(clean):
        return None
    return f"{inside(clean)}," if clean else ""


class MappingTexts:
    """Remembers the JSON of the caller's mappings, known again by their value.

    Never by identity: a caller may fill one dict for one viewer after the other. Nor by ``==``,
    which takes 1 for True. ``marshal`` tells every two values apart, faster than JSON is written,
    and refuses the types that the cleaning would have to think about.

    Args:
        taken: Names that the message has itself.
        size: How many values are remembered.
    """

    __slots__ = ("_size", "_taken", "_texts")

    _LONGEST: Final = 4096
    """Bytes of a value that is worth to be remembered."""

    def __init__(self, taken: frozenset[str], size: int = 256) -> None:
        self._taken = taken
        self._size = size
        self._texts: dict[bytes, str | None] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def get(self, mapping: Any) -> str | None:
        """Write ``mapping`` as members that others follow; None when it is out of the ordinary.

        Raises:
            ValueError: It holds values of types beyond those of JSON.
            EncodingError: It holds too many.
        """
        if not mapping:
            return ""
        value = marshal.dumps(mapping)
        if value in self._texts:
            return self._texts[value]
        if len(value) > self._LONGEST:
            return None
        # From the copy, not from the mapping, which another thread may have changed by now.
        text = custom_text(marshal.loads(value), self._taken)  # noqa: S302 - our own bytes, of a moment ago
        remember(self._texts, value, text, self._size)
        return text
