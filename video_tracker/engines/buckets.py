"""Many viewers in one value of an engine's state.

What goes between an engine and Python costs by the value, far more than by the byte; so an engine
that takes many beacons at once keeps its viewers in buckets.
"""

import struct
import zlib
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

from video_tracker.errors import PolicyError, SnapshotError
from video_tracker.keyed import packing
from video_tracker.keyed.packing import name_read, name_written

__all__ = ["Bucket", "Held", "packed", "unpacked"]

_HEAD: Final = struct.Struct("<BII")
"""The form, how many buckets there are, and a sum over that and the rest."""
_FORM: Final = 1


class Held(NamedTuple):
    """What is kept of a viewer; times are milliseconds by the engine's clock of timers.

    Args:
        snapshot: He himself; None: he lies elsewhere, as nothing is expected of him soon.
        due: When he is to be looked after.
        lag: By how much that clock is ahead of the one of arrivals.
    """

    snapshot: bytes | None
    due: int
    lag: int


Bucket: TypeAlias = dict[str, Held]
"""Viewers by their keys."""


def packed(bucket: Mapping[str, Held], buckets: int) -> bytes:
    """A bucket as bytes.

    Args:
        bucket: Its viewers.
        buckets: Into how many the viewers are dealt.
    """
    body = packing.packed({name_written(key): held for key, held in bucket.items()})
    return _HEAD.pack(_FORM, buckets, zlib.crc32(body, buckets)) + body


def unpacked(value: bytes, buckets: int) -> Bucket:
    """The bucket that was packed.

    Raises:
        SnapshotError: The bytes are none. Whoever is in it must not begin anew.
        PolicyError: There were more or fewer buckets: viewers who have one would not be found.
    """
    body = value[_HEAD.size :]
    try:
        form, dealt, whole = _HEAD.unpack_from(value)
        if (form, whole) != (_FORM, zlib.crc32(body, dealt)):
            raise ValueError(f"its form is {form}, or its sum is wrong")
        bucket = {name_read(key): Held(*held) for key, held in packing.unpacked(body).items()}
    except (ValueError, TypeError, struct.error) as error:
        raise SnapshotError(f"a bucket of viewers cannot be read: {error}") from error
    if dealt != buckets:
        raise PolicyError(
            f"the viewers of this checkpoint are dealt into {dealt} buckets, not {buckets}: "
            f"keep buckets={dealt}, or begin with a new checkpoint"
        )
    return bucket
