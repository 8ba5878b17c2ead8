"""A whole viewer in a few hundred bytes, and back: he goes on byte for byte where he stopped.

A snapshot is a head of six bytes (its form, a checksum) and what a viewer consists of, packed. What
is damaged, of an unknown form or too large is refused with a :class:`SnapshotError`, and nothing
else comes of it. An adapter that another version of the library wrote is made anew and joins the
viewing where it is (S83).
"""

import functools
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from video_tracker.adapter_state import adapter_snapshot, restore_adapter
from video_tracker.errors import SnapshotError
from video_tracker.keyed.opening import Opening
from video_tracker.keyed.said import beacon_from_plain, beacon_to_plain
from video_tracker.keyed.viewer import Viewer
from video_tracker.players.base import Adapter
from video_tracker.players.registry import find_adapter
from video_tracker.session import restore, snapshot

__all__ = ["MOST_BYTES", "pack", "unpack"]

MOST_BYTES: Final = 1_000_000
"""A snapshot is never larger: the store, or who wrote into it, is at fault."""

_DAMAGE: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a value of a wrong kind raises where it is read."""

_HEAD: Final = struct.Struct("<BBI")
_MAGIC: Final = 0x56
_FORM: Final = 1

_FORMS: Final[Mapping[int, Callable[[list[Any]], list[Any]]]] = {_FORM: list}
"""Each form that can be read, with what makes the newest of it."""


@functools.cache
def _codec() -> Any:
    try:
        from msgspec import msgpack  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ImportError("snapshots need msgspec: pip install video-tracker[keyed]") from error
    return msgpack


def pack(viewer: Viewer) -> bytes:
    """Write a viewer down.

    Args:
        viewer: Between two things that he is told.

    Returns:
        His snapshot.

    Raises:
        SnapshotError: His adapter holds what cannot be written, or he is larger than
            ``MOST_BYTES``.
    """
    feed, intake = viewer.feed, viewer.intake
    playback, adapter = feed.playback, feed.adapter
    following = playback._next
    parts = [
        viewer.key,
        viewer.lag,
        viewer.heard_at,
        feed._last,
        snapshot(playback.session),
        None if following is None else snapshot(following),
        None if adapter is None else adapter_snapshot(adapter),
        None if intake is None else intake.written(beacon_to_plain),
        viewer.labels,
    ]
    body: bytes = _codec().encode(parts)
    if len(body) > MOST_BYTES:
        raise SnapshotError(f"a snapshot of {len(body):,} bytes is more than {MOST_BYTES:,}")
    return b"".join((_HEAD.pack(_MAGIC, _FORM, zlib.crc32(body)), body))


def unpack(value: bytes, key: str, opening: Opening) -> Viewer:
    """The viewer that was written down.

    Args:
        value: What :func:`pack` returned. It is not trusted: nothing in it is run.
        key: Whose it is.
        opening: As it was given for a new viewer: its limits hold for this one's window.

    Returns:
        The viewer, who goes on with the same events, byte for byte.

    Raises:
        SnapshotError: It is damaged, too large, or of a form that nobody knows.
    """
    owner, lag, heard_at, last, session, following, adapter, intake, labels = _opened(value)
    if owner != key:
        raise SnapshotError(f"the snapshot is of {owner!r:.80}, not of {key!r:.80}")
    try:
        viewer = Viewer(key, opening, restored=(restore(session), _adapter(adapter, opening)))
        viewer.labels = tuple(map(str, labels))
        viewer.lag, viewer.heard_at, viewer.feed._last = float(lag), float(heard_at), float(last)
        if following is not None:
            viewer.feed.playback._next = restore(following)
        if intake is not None:
            viewer.ordered().read(intake, lambda told: beacon_from_plain(told, key))
    except SnapshotError:
        raise
    except _DAMAGE as error:
        raise _damaged(error) from error
    return viewer


def _opened(value: bytes) -> list[Any]:
    """What a snapshot is packed of."""
    if not isinstance(value, bytes | bytearray | memoryview):
        raise SnapshotError(f"a snapshot is bytes, not {type(value).__name__}")
    value = bytes(value)
    if len(value) > MOST_BYTES + _HEAD.size:
        raise SnapshotError(f"a snapshot of {len(value):,} bytes is more than {MOST_BYTES:,}")
    if len(value) < _HEAD.size:
        raise _damaged("it is cut short")
    magic, form, checksum = _HEAD.unpack_from(value)
    body = value[_HEAD.size :]
    if magic != _MAGIC:
        raise _damaged("it does not begin as one")
    if form not in _FORMS:
        raise SnapshotError(
            f"unknown form {form} of a snapshot; known: {', '.join(map(str, _FORMS))}"
        )
    if zlib.crc32(body) != checksum:
        raise _damaged("its checksum is another")
    try:
        return _FORMS[form](_codec().decode(body))
    except (ValueError, TypeError, RecursionError) as error:
        raise _damaged(error) from error


def _adapter(written: Any, opening: Opening) -> Adapter | None:
    """The adapter that was written down; where it cannot go on, a new one (S83)."""
    player = opening.player
    if written is None:
        return None if player is None else player()
    name = written.get("player") if isinstance(written, Mapping) else None
    if player is None or player.name != name:
        player = find_adapter(str(name))
    try:
        return restore_adapter(written, player)
    except SnapshotError:
        return player()


def _damaged(why: object) -> SnapshotError:
    return SnapshotError(f"the snapshot is damaged: {why}")
