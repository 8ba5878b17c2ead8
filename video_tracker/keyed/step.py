"""One viewer moves on: a snapshot and what he said go in, a snapshot and events come out.

These two functions are all that an engine or a store needs. They are pure: no clock, no chance, no
I/O. The same snapshot and the same words give the same bytes, wherever and however often they run.
"""

from collections.abc import Callable, Iterable, Sequence

import attrs

from video_tracker.errors import EncodingError
from video_tracker.ingest.feed import Pair
from video_tracker.keyed.kept import KeptViewers
from video_tracker.keyed.opening import Opening, Openings, opening_of
from video_tracker.keyed.snapshot import pack, unpack
from video_tracker.keyed.viewer import Told, Viewer
from video_tracker.record import Record
from video_tracker.wire import Encoder

__all__ = ["Step", "advance", "encoded", "expire", "step_of", "viewer_of"]

_OPENING = Opening()


@attrs.frozen
class Step:
    """What a step made.

    Args:
        snapshot: The viewer afterwards; None: nothing need be remembered of him.
        events: What he has done, each event with its session's envelope, in order. An event's id
            follows from its session and its number there (S50): made again, it is the same.
        deadline: When to call :func:`expire` (Unix seconds); None where nothing is remembered. It
            may move back and forth; called early, :func:`expire` makes nothing.
    """

    snapshot: bytes | None
    events: tuple[Pair, ...] = ()
    deadline: float | None = None


def advance(
    snapshot: bytes | None,
    key: str,
    told: Iterable[Told],
    openings: Openings = _OPENING,
    kept: KeptViewers | None = None,
) -> Step:
    """A viewer said something.

    Args:
        snapshot: What the last step gave; None: nothing is known of him.
        key: His key, the id of his session.
        told: What he said, in the order in which it came: arrivals, bodies, beacons, callbacks,
            signals. A list in one call costs less than each in one of its own.
        openings: How he begins.
        kept: Viewers whom the process remembers; it changes nothing but the cost.

    Raises:
        SnapshotError: The snapshot is damaged, or of another viewer.
        PlanError: The key is no session's id.
    """
    viewer = viewer_of(snapshot, key, openings, kept)
    return step_of(viewer, viewer.take(told), kept=kept)


def expire(
    snapshot: bytes,
    key: str,
    now: float,
    openings: Openings = _OPENING,
    kept: KeptViewers | None = None,
) -> Step:
    """Time passed for a viewer: what falls due by now is done, each thing at its own time.

    Args:
        snapshot: What the last step gave.
        key: His key.
        now: By the clock of the arrivals, in Unix seconds.
        openings: As they were given to :func:`advance`.
        kept: As for :func:`advance`.

    Raises:
        SnapshotError: The snapshot is damaged, or of another viewer.
    """
    viewer = viewer_of(snapshot, key, openings, kept)
    return step_of(viewer, viewer.advance(now), now, kept)


def step_of(
    viewer: Viewer,
    events: Sequence[Pair],
    now: float | None = None,
    kept: KeptViewers | None = None,
) -> Step:
    """What is left of a viewer who moved on.

    Args:
        viewer: He.
        events: What he has done.
        now: He was only looked after, at this time, and may be forgotten; None: he said something.
        kept: Where he is remembered; then he is no longer the caller's.

    Raises:
        SnapshotError: He cannot be written.
    """
    if now is not None and not events and viewer.is_forgotten(now):
        return Step(None)
    snapshot, deadline = pack(viewer), viewer.deadline()
    if kept is not None:
        kept.keep(snapshot, viewer)
    return Step(snapshot, tuple(events), deadline)


def viewer_of(
    snapshot: bytes | None, key: str, openings: Openings, kept: KeptViewers | None = None
) -> Viewer:
    """The viewer of a snapshot, or a new one."""
    opening = opening_of(openings, key)
    if snapshot is None:
        return Viewer(key, opening)
    found = None if kept is None else kept.take(snapshot, key, opening)
    return unpack(snapshot, key, opening) if found is None else found


def encoded(
    events: Iterable[Pair],
    encoder: Encoder,
    unsendable: Callable[[EncodingError], object] | None = None,
) -> list[Record]:
    """The messages of some events, as they are sent.

    Args:
        events: A step's.
        encoder: Writes them in a destination's flavour.
        unsendable: Told of each event that cannot be sent, which is left out; None: it raises.

    Raises:
        EncodingError: One of them cannot be sent (``too_large``, ``unencodable``).
    """
    made = []
    for envelope, event in events:
        try:
            made.append(encoder.encode(event, envelope))
        except EncodingError as error:
            if unsendable is None:
                raise
            unsendable(error)
    return made
