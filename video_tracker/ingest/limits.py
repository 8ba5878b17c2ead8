"""How much of a stranger's bytes is read: every limit in one frozen value, checked when built."""

from typing import Any, Final

import attrs

from video_tracker.errors import PolicyError
from video_tracker.json_values import SAFE_INTEGER

__all__ = ["Limits"]

_MOST: Final = 10**15


def _count(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST * 10:
        raise PolicyError(
            f"{type(owner).__name__}.{attribute.name} must be an integer, 1 or more, not {value!r}"
        )


@attrs.frozen(kw_only=True, cache_hash=True)
class Limits:
    """The limits of a body of beacons; what lies beyond one is rejected, counted, never read.

    The defaults leave room for what players really say (a callback takes 300 to 900 bytes) and
    fit ``navigator.sendBeacon``, which takes 64 KiB.

    Args:
        max_bytes: Bytes of one body.
        max_beacons: Beacons in one body; the first ones are taken, the others rejected together.
        max_depth: Arrays and objects inside each other, the body's own two (the object and its
            array ``beacons``) included. Counted before anything is parsed.
        max_values: Values of all kinds in one beacon.
        max_keys: Keys of one object.
        max_items: Items of one array inside a beacon.
        max_string: Characters of one string; a player's source URL is often the longest.
        max_name: Characters of a key, an id, a channel's or an event's name.
        max_number: The largest number, either side of zero. The default is the largest integer
            that JavaScript keeps exactly; players write it for "no end".
        max_sequence: The largest sequence number.

    Raises:
        PolicyError: A limit is no positive integer.
    """

    max_bytes: int = attrs.field(default=65_536, validator=_count)
    max_beacons: int = attrs.field(default=500, validator=_count)
    max_depth: int = attrs.field(default=8, validator=_count)
    max_values: int = attrs.field(default=1_000, validator=_count)
    max_keys: int = attrs.field(default=200, validator=_count)
    max_items: int = attrs.field(default=200, validator=_count)
    max_string: int = attrs.field(default=2_048, validator=_count)
    max_name: int = attrs.field(default=128, validator=_count)
    max_number: int = attrs.field(default=SAFE_INTEGER, validator=_count)
    max_sequence: int = attrs.field(default=SAFE_INTEGER, validator=_count)

    def __attrs_post_init__(self) -> None:
        # Deeper than this the standard library's own parser gives up, each version elsewhere.
        if self.max_depth > _DEEPEST:
            raise PolicyError(f"Limits.max_depth must be {_DEEPEST} or less, not {self.max_depth}")


_DEEPEST: Final = 100
