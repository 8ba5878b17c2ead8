"""Any number of workers, any request anywhere, one session: viewers that live in a store."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from video_tracker.errors import EncodingError, SnapshotError, StoreError
from video_tracker.ingest.feed import Pair
from video_tracker.keyed import (
    KeptViewers,
    Opening,
    Openings,
    Told,
    Viewer,
    opening_of,
    step_of,
    viewer_of,
)
from video_tracker.record import Record
from video_tracker.stores.base import Change, Mark, Store, Stored
from video_tracker.wire import Encoder

__all__ = ["Encode", "SharedSessions"]

Encode: TypeAlias = Callable[[Pair], Record | None]
"""Makes the message of an event; None: it is left out."""

_TRIES: Final = 200
"""So often another may be first with a viewer before something must be wrong."""
_PAUSE: Final = 0.001
"""Seconds for which who lost a second time waits at most, times his losses."""
_GRACE: Final = 60.0
"""Seconds past his deadline for which a viewer counts as live: who looks after him may be late."""


class SharedSessions:
    """Viewers in a store, moved on by compare-and-set; safe for threads.

    Every worker has one of these over the same store. It holds nothing that the store does not.

    Args:
        store: Where they are.
        openings: How a viewer's first session begins.
        encode: Makes the messages; by default those of Customer.io.
        presence: Whether it is noted who counts as live (:mod:`video_tracker.stores.presence`).
        keep: How many viewers are remembered as they were written, about 4 kB each: whom the store
            still has like that is not read from his snapshot again.

    Attributes:
        counted: What went wrong, by reason: ``conflict`` (another was first, and it was done
            again), ``damaged`` (a snapshot that cannot be read or written: what was said is lost),
            ``renewed`` (an adapter of another version, which began anew), ``unencodable`` and the
            like (an event that cannot be sent).
    """

    def __init__(
        self,
        store: Store,
        openings: Openings | None = None,
        encode: Encode | None = None,
        *,
        presence: bool = False,
        keep: int = 10_000,
    ) -> None:
        self.store: Final = store
        self.openings: Openings = Opening() if openings is None else openings
        self.presence = presence
        self.counted: Counter[str] = Counter()
        self._encode = _plainly(Encoder()) if encode is None else encode
        self._kept = KeptViewers(keep)
        self._counting = threading.Lock()

    def feed(
        self, told: Mapping[str, Sequence[Told]], openings: Openings | None = None
    ) -> dict[str, tuple[Pair, ...]]:
        """Viewers said something.

        Args:
            told: For each key what was said, in its order.
            openings: How those begin that are new; by default as all do.

        Returns:
            For each key the events that this made. They are in the store's outbox when this
            returns. A viewer whose snapshot is damaged is missing.

        Raises:
            StoreError: The store cannot be reached.
            PlanError: A key is no session's id.
        """
        openings = self.openings if openings is None else openings

        def take(viewer: Viewer) -> list[Pair]:
            return viewer.take(told[viewer.key])

        return self._move(told, openings, take)

    def wake(self, now: float, most: int = 500) -> int:
        """Let time pass for viewers that are due.

        Args:
            now: Unix seconds.
            most: How many at most.

        Returns:
            How many were due.
        """
        keys = self.store.due(now, most)
        self._move(keys, self.openings, lambda viewer: viewer.advance(now), now)
        return len(keys)

    def _move(
        self,
        keys: Iterable[str],
        openings: Openings,
        take: Callable[[Viewer], list[Pair]],
        now: float | None = None,
    ) -> dict[str, tuple[Pair, ...]]:
        made: dict[str, tuple[Pair, ...]] = {}
        left = list(keys)
        for losses in range(_TRIES):
            if not left:
                return made
            if losses > 1:
                time.sleep(random.random() * _PAUSE * losses)  # noqa: S311 - no secret
            steps = self._steps(left, openings, take, now)
            written = self.store.save([step.change for step in steps])
            left = []
            marks: list[Mark] = []
            for step, was_written in zip(steps, written, strict=True):
                if was_written:
                    made[step.change.key] = step.events
                    marks += step.marks
                else:
                    left.append(step.change.key)
            self.count("conflict", len(left))
            if marks:
                self.store.mark(marks)
        raise StoreError(f"{left[0]!r:.80}: another was first {_TRIES} times")

    def _steps(
        self,
        keys: Sequence[str],
        openings: Openings,
        take: Callable[[Viewer], list[Pair]],
        now: float | None,
    ) -> "list[Moved]":
        steps = []
        for key, stored in zip(keys, self.store.load(keys), strict=True):
            found = self.found(key, stored, openings, now, self._kept)
            if isinstance(found, Change):
                steps.append(Moved(found))
            elif found is not None:
                version = 0 if stored is None else stored.version
                step = self.moved(found, version, take, now, self._kept)
                steps += [] if step is None else [step]
        return steps

    def found(
        self,
        key: str,
        stored: Stored | None,
        openings: Openings,
        now: float | None,
        kept: KeptViewers | None = None,
    ) -> Viewer | Change | None:
        """The viewer who is stored under a key, or one who begins.

        Args:
            key: The key.
            stored: What a store has there.
            openings: How viewers begin.
            now: He is only looked after, at this time; None: he said something.
            kept: Viewers who are remembered.

        Returns:
            He; or what is to be written in his stead, as nothing can be said to him; or None: what
            he said is lost.
        """
        if stored is None and now is not None:
            return Change(key, 0, None)  # he is gone, and his deadline goes too
        try:
            snapshot = None if stored is None else stored.snapshot
            viewer = viewer_of(snapshot, key, openings, kept)
        except SnapshotError:
            self.count("damaged")
            if stored is None or now is None:
                return None
            # He does not begin anew, for his ids were used; and holds up nobody who is due.
            later = now + opening_of(openings, key).wait
            return Change(key, stored.version, stored.snapshot, later)
        self.count("renewed", viewer.renewed)
        return viewer

    def moved(
        self,
        viewer: Viewer,
        version: int,
        take: Callable[[Viewer], list[Pair]],
        now: float | None,
        kept: KeptViewers | None = None,
    ) -> "Moved | None":
        """Let a viewer move on.

        Args:
            viewer: He.
            version: That of his snapshot.
            take: What lets him.
            now: As for :meth:`found`.
            kept: Where he is remembered; then he is no longer the caller's.

        Returns:
            What is to be written; None: he cannot be written, and stays as he was.
        """
        before = viewer.live_labels() if self.presence else ()
        events = take(viewer)
        records = tuple(self.messages(events))
        marks = _marks(viewer, before) if self.presence else ()
        try:
            step = step_of(viewer, events, now, kept)
        except SnapshotError:
            self.count("damaged")
            return None
        change = Change(viewer.key, version, step.snapshot, step.deadline, records)
        return Moved(change, tuple(events), marks)

    def messages(self, events: Iterable[Pair]) -> Iterable[Record]:
        """The messages of events; those that cannot be sent are counted."""
        for pair in events:
            try:
                record = self._encode(pair)
            except EncodingError as error:
                self.count(error.reason)
                continue
            if record is not None:
                yield record

    def count(self, reason: str, times: int = 1) -> None:
        """Count what went wrong."""
        if times:
            with self._counting:
                self.counted[reason] += times


@attrs.frozen
class Moved:
    """A viewer who moved on: what is to be written and noted of him, and what he has done."""

    change: Change
    events: tuple[Pair, ...] = ()
    marks: Sequence[Mark] = ()


def _marks(viewer: Viewer, before: Iterable[str]) -> list[Mark]:
    """What is to be noted of a viewer who counted as live under some labels before."""
    labels, until = viewer.live_labels(), viewer.deadline() + _GRACE
    gone = [Mark(label, viewer.key, None) for label in before if label not in labels]
    return gone + [Mark(label, viewer.key, until) for label in labels]


def _plainly(encoder: Encoder) -> Encode:
    return lambda pair: encoder.encode(pair[1], pair[0])
