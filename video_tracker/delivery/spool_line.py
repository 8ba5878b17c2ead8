"""The line of a spool: what waits, in memory or only on the disk, and what was handed out."""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from itertools import islice
from typing import Any, Final

from video_tracker.delivery.batching import fitting
from video_tracker.delivery.spool_segment import Place, Segment
from video_tracker.delivery.store import Taken
from video_tracker.record import Record

__all__ = ["Line"]


class Line:
    """One line: first the records that are in memory too, then those that only segments have.

    Args:
        done_with: Told of each segment that was given up because it cannot be read to its end.
    """

    __slots__ = (
        "_done_with",
        "_far_bytes",
        "_far_records",
        "_lost_bytes",
        "_lost_records",
        "_out",
        "_twins",
        "far",
        "lost",
        "near",
        "near_bytes",
    )

    def __init__(self, done_with: Callable[[Segment], object]) -> None:
        self.lost = 0
        """Records that could not be read back, ever."""
        self._done_with: Final = done_with
        self.near: Final[deque[Place]] = deque()
        """Those that are in memory too."""
        self.near_bytes = 0
        """The bytes of their bodies."""
        self.far: Final[deque[Segment]] = deque()
        """The segments that hold what comes after these; each has something unread."""
        self._far_records = self._far_bytes = 0  # what they have
        self._out: Final[dict[int, Place]] = {}  # by the identity of the record
        self._twins: Final[dict[int, list[Place]]] = {}  # those of an object that is out already
        self._lost_records = self._lost_bytes = 0  # whose loss was not told yet

    @property
    def waiting(self) -> int:
        """Records that were not handed out, those included whose loss was not told yet."""
        return len(self.near) + self._far_records + self._lost_records

    @property
    def waiting_bytes(self) -> int:
        """The bytes of their bodies."""
        return self.near_bytes + self._far_bytes + self._lost_bytes

    def add_far(self, record: Record, segment: Segment) -> None:
        """Add a record that was just appended to a segment, and is not kept in memory."""
        if not segment.unread:
            self.far.append(segment)
        segment.leave_unread(record)
        self._far_records += 1
        self._far_bytes += len(record.body)

    def add_segment(self, segment: Segment) -> None:
        """Add all that a segment has to give."""
        if segment.unread:
            self.far.append(segment)
            self._far_records += segment.unread
            self._far_bytes += segment.unread_bytes

    def first(self) -> Place | None:
        """The first of the line, which is in memory then; None when none can be read."""
        if self.near or self._read():
            return self.near[0]
        return None

    def _read(self) -> bool:
        """Read one more record into memory; False when there is none."""
        while self.far:
            segment = self.far[0]
            try:
                place = segment.read()
            except (OSError, ValueError):
                place, segment.keep = None, True
            if place is None or not segment.unread:
                self.far.popleft()
            if place is not None:
                size = len(place[0].body)
                self._far_records -= 1
                self._far_bytes -= size
                self.near.append(place)
                self.near_bytes += size
                return True
            self._give_up(segment)
        return False

    def _give_up(self, segment: Segment) -> None:
        records, size = segment.give_up()
        self.lost += records
        self._far_records -= records
        self._far_bytes -= size
        self._lost_records += records
        self._lost_bytes += size
        self._done_with(segment)

    def evict(self) -> Place | None:
        """Remove the first of the line for good."""
        place = self.first()
        if place is not None:
            self.near.popleft()
            self.near_bytes -= len(place[0].body)
        return place

    def take(self, max_records: int, max_bytes: int) -> Taken:
        """Hand out the first of the line; the words are those of ``Store.take``."""
        near = self.near
        while len(near) < max_records and self.near_bytes <= max_bytes and self._read():
            pass
        places = list(islice(near, max_records))
        count, taken = fitting([len(place[0].body) for place in places], max_bytes)
        del places[count:]
        records = [place[0] for place in places]
        # First they are noted, then they leave the line: interrupted, they are nowhere missing.
        self._hand_out(records, places)
        pop = near.popleft
        for _ in places:
            pop()
        self.near_bytes -= taken
        lost_records, lost_bytes = self._lost_records, self._lost_bytes
        self._lost_records = self._lost_bytes = 0
        return Taken(records, [place[1] for place in places], lost_records, lost_bytes)

    def _hand_out(self, records: Sequence[Record], places: Sequence[Place]) -> None:
        known = len(self._out)
        fresh = dict(zip(map(id, records), places, strict=True))
        if len(fresh) == len(places) and not (known and self._out.keys() & fresh.keys()):
            self._out.update(fresh)
            return
        for record, place in zip(records, places, strict=True):  # one object was appended twice
            if self._out.setdefault(id(record), place) is not place:
                self._twins.setdefault(id(record), []).append(place)

    def hand_out(self, place: Place) -> None:
        """Note a record as handed out that never was in the line."""
        self._hand_out([place[0]], [place])

    def unsettled(self) -> list[tuple[Record, float]]:
        """What was handed out and not recalled, and when each was appended."""
        places = [
            *self._out.values(),
            *(place for twins in self._twins.values() for place in twins),
        ]
        return [(place[0], place[1]) for place in places]

    def straighten(self) -> None:
        """Undo what a step that was interrupted left: records both in the line and handed out."""
        near = self.near
        while near and self._out.get(id(near[0][0])) is near[0]:
            near.popleft()
        self.near_bytes = sum(len(place[0].body) for place in near)
        self._far_records = sum(segment.unread for segment in self.far)
        self._far_bytes = sum(segment.unread_bytes for segment in self.far)

    def move(
        self, gone: Collection[Segment], write: Callable[[Place], Place | None], most: int
    ) -> list[Place]:
        """Write the records again that memory has and whose segments are gone.

        Args:
            gone: Those segments.
            write: Does it, and gives the new place; None when it cannot be done now.
            most: How many at most.

        Returns:
            The places that they had.
        """
        moved: list[Place] = []
        out = [item for item in self._out.items() if item[1][2] in gone]
        near = [item for item in enumerate(self.near) if item[1][2] in gone]
        lines: list[tuple[Any, int, Place]] = [(self._out, *item) for item in out]
        lines += [(self.near, *item) for item in near]
        for line, key, place in lines[:most]:
            fresh = write(place)
            if fresh is None:
                break
            line[key] = fresh
            moved.append(place)
        return moved

    def recall(self, records: Sequence[Record]) -> list[Place]:
        """Where records lie that were handed out; those are forgotten thereby."""
        pop = self._out.pop
        found = [pop(id(record), None) for record in records]
        places = [place for place in found if place is not None]
        if self._twins or len(places) < len(records):
            unknown = [
                record for record, place in zip(records, found, strict=True) if place is None
            ]
            places += self._recall_equals(unknown)
            self._bring_back_twins()
        return places

    def _recall_equals(self, records: Sequence[Record]) -> list[Place]:
        """Of records that are other objects than those handed out: where equal ones lie."""
        self._bring_back_twins()
        places = []
        for record in records:
            for key, place in self._out.items():
                if place[0].message_id == record.message_id and place[0] == record:
                    places.append(self._out.pop(key))
                    break
        return places

    def _bring_back_twins(self) -> None:
        for key in [key for key in self._twins if key not in self._out]:
            twins = self._twins[key]
            self._out[key] = twins.pop(0)
            if not twins:
                del self._twins[key]
