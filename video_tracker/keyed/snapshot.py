"""A whole viewer in a few hundred bytes, and back: he goes on byte for byte where he stopped.

A snapshot is a head of six bytes (its form, a checksum) and what a viewer consists of, packed. What
is damaged, of an unknown form or too large is refused with a :class:`SnapshotError`, and nothing
else comes of it. An adapter that another version of the library wrote is made anew and joins the
viewing where it is (S83).
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from video_tracker.adapter_state import adapter_snapshot, restore_adapter
from video_tracker.errors import SnapshotError
from video_tracker.keyed.opening import Opening
from video_tracker.keyed.packing import name_read, name_written, packed, unpacked
from video_tracker.keyed.said import beacon_from_plain, beacon_to_plain
from video_tracker.keyed.session_codec import session_from_plain, session_to_plain
from video_tracker.keyed.viewer import Viewer
from video_tracker.players.base import Adapter
from video_tracker.players.registry import find_adapter
from video_tracker.session import restore

__all__ = ["FORM", "MOST_BYTES", "pack", "unpack"]

MOST_BYTES: Final = 1_000_000
"""A snapshot is never larger: the store, or who wrote into it, is at fault."""

_DAMAGE: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a value of a wrong kind raises where it is read."""

_HEAD: Final = struct.Struct("<BBI")
_MAGIC: Final = 0x56
FORM: Final = 1
"""Counts the forms of what is packed; each that ever was can be read."""

_FORMS: Final[Mapping[int, Callable[[list[Any]], list[Any]]]] = {FORM: list}
"""Each form that can be read, with what makes the newest of it."""


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
    key, feed, intake = viewer.key, viewer.feed, viewer.intake
    playback, adapter = feed.playback, feed.adapter
    following = playback._next
    parts = [
        name_written(key),
        (viewer.lag, viewer.heard_at, feed._last),
        session_to_plain(playback.session, key),
        None if following is None else session_to_plain(following, key),
        None if adapter is None else adapter_snapshot(adapter),
        None if intake is None else intake.written(beacon_to_plain),
        viewer.labels,
    ]
    body: bytes = packed(parts)
    if len(body) > MOST_BYTES:
        raise SnapshotError(f"a snapshot of {len(body):,} bytes is more than {MOST_BYTES:,}")
    return b"".join((_HEAD.pack(_MAGIC, FORM, zlib.crc32(body)), body))


def unpack(value: bytes | Mapping[str, Any], key: str, opening: Opening) -> Viewer:
    """The viewer that was written down.

    Args:
        value: What :func:`pack` returned, or what ``Tracker.release`` or ``snapshot`` gave. It is
            not trusted: nothing in it is run.
        key: Whose it is.
        opening: As it was given for a new viewer: its limits hold for this one's window.

    Returns:
        The viewer, who goes on with the same events, byte for byte.

    Raises:
        SnapshotError: It is damaged, too large, or of a form that nobody knows.
    """
    told = _released(value) if isinstance(value, Mapping) else _opened(value)
    try:
        owner, times, session, following, adapter, intake, labels = told
        if name_read(owner) != key:
            raise SnapshotError(f"the snapshot is of {name_read(owner)!r:.80}, not of {key!r:.80}")
        own, renewed = _adapter(adapter, opening)
        first = restore(session) if type(session) is dict else session_from_plain(session, key)
        viewer = Viewer(key, opening, restored=(first, own))
        viewer.renewed = renewed
        viewer.labels = tuple(map(str, labels))
        viewer.lag, viewer.heard_at, viewer.feed._last = map(float, times)
        if following is not None:
            viewer.feed.playback._next = session_from_plain(following, key)
        if intake is not None:
            viewer.ordered().read(intake, lambda beacon: beacon_from_plain(beacon, key))
    except SnapshotError:
        raise
    except _DAMAGE as error:
        raise _damaged(error) from error
    return viewer


def _released(value: Mapping[str, Any]) -> list[Any]:
    """The parts of what ``Tracker.release`` gave, which has names for all of them."""
    session = dict(value)
    adapter, lag = session.pop("adapter", None), session.pop("lag", 0.0)
    key, clock = session.get("key", session.get("session_id")), 0.0
    state = session.get("state")
    if isinstance(state, Mapping):
        clock = state.get("clock", 0.0)
    try:
        return [name_written(key), (lag, clock + lag, clock), session, None, adapter, None, ()]  # type: ignore[arg-type]
    except _DAMAGE as error:
        raise _damaged(error) from error


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
        return _FORMS[form](unpacked(body))
    except (ValueError, TypeError, RecursionError) as error:
        raise _damaged(error) from error


def _adapter(written: Any, opening: Opening) -> tuple[Adapter | None, bool]:
    """The adapter that was written down; where it cannot go on, a new one (S83), which is said."""
    player = opening.player
    if written is None:
        return (None, False) if player is None else (player(), True)
    name = written.get("player") if isinstance(written, Mapping) else None
    if player is None or player.name != name:
        player = find_adapter(str(name))
    try:
        return restore_adapter(written, player), False
    except SnapshotError:
        return player(), True


def _damaged(why: object) -> SnapshotError:
    return SnapshotError(f"the snapshot is damaged: {why}")
