"""The line of a spool: what waits, in memory or only on the disk, and what was handed out."""

from collections import deque
from collections.abc import Callable
from typing import Final

from video_tracker.delivery.spool_segment import Place, Segment
from video_tracker.delivery.store import Taken
from video_tracker.record import Record

__all__ = ["Line"]


class Line:
    """One line: first the records that are in memory too, then those that only segments have.

    Args:
        window_bytes: How many bytes of waiting records are kept in memory too.
        done_with: Told of each segment that was given up because it cannot be read to its end.
    """

    __slots__ = (
        "_done_with",
        "_far",
        "_lost_bytes",
        "_lost_records",
        "_near",
        "_near_bytes",
        "_out",
        "_window_bytes",
        "lost",
        "waiting",
        "waiting_bytes",
    )

    def __init__(self, window_bytes: int, done_with: Callable[[Segment], object]) -> None:
        self.waiting = 0
        """Records that were not handed out, those included whose loss was not told yet."""
        self.waiting_bytes = 0
        """The bytes of their bodies."""
        self.lost = 0
        """Records that could not be read back, ever."""
        self._window_bytes: Final = window_bytes
        self._done_with: Final = done_with
        self._near: Final[deque[Place]] = deque()
        self._near_bytes = 0
        self._far: Final[deque[Segment]] = deque()  # each has something unread
        self._out: Final[dict[str, Place | list[Place]]] = {}
        self._lost_records = self._lost_bytes = 0

    def add(self, place: Place) -> None:
        """Add a record that was just appended to its segment."""
        size = len(place.record.body)
        self.waiting += 1
        self.waiting_bytes += size
        if not self._far and self._near_bytes + size <= self._window_bytes:
            self._near.append(place)
            self._near_bytes += size
            place.segment.pass_over()
        elif place.segment.unread == 1:
            self._far.append(place.segment)

    def add_segment(self, segment: Segment) -> None:
        """Add all that a segment has to give."""
        self.waiting += segment.unread
        self.waiting_bytes += segment.unread_bytes
        if segment.unread:
            self._far.append(segment)

    def first(self) -> Place | None:
        """The first of the line, which is in memory then; None when none can be read."""
        if self._near:
            return self._near[0]
        while self._far:
            segment = self._far[0]
            try:
                place = segment.read()
            except (OSError, ValueError):
                place, segment.keep = None, True
            if place is None or not segment.unread:
                self._far.popleft()
            if place is not None:
                self._near.append(place)
                self._near_bytes += len(place.record.body)
                return place
            self._give_up(segment)
        return None

    def _give_up(self, segment: Segment) -> None:
        records, size = segment.give_up()
        self.lost += records
        self._lost_records += records
        self._lost_bytes += size
        self._done_with(segment)

    def evict(self) -> Place | None:
        """Remove the first of the line for good."""
        place = self.first()
        if place is not None:
            self._near.popleft()
            size = len(place.record.body)
            self._near_bytes -= size
            self.waiting -= 1
            self.waiting_bytes -= size
        return place

    def take(self, max_records: int, max_bytes: int) -> Taken:
        """Hand out the first of the line; the words are those of ``Store.take``."""
        near, out = self._near, self._out
        records: list[Record] = []
        times: list[float] = []
        length = -1  # the first one brings no comma
        while len(records) < max_records:
            place = near[0] if near else self.first()
            if place is None:
                break
            record = place.record
            size = len(record.body)
            if records and length + 1 + size > max_bytes:
                break
            length += 1 + size
            near.popleft()
            records.append(record)
            times.append(place.at)
            if out.setdefault(record.message_id, place) is not place:
                self._hand_out_another(place)
        taken = length + 1 - len(records)
        self._near_bytes -= taken
        lost_records, lost_bytes = self._lost_records, self._lost_bytes
        self._lost_records = self._lost_bytes = 0
        self.waiting -= len(records) + lost_records
        self.waiting_bytes -= taken + lost_bytes
        return Taken(records, times, lost_records, lost_bytes)

    def _hand_out_another(self, place: Place) -> None:
        """Remember one more record of an id of which there is one out already."""
        message_id = place.record.message_id
        before = self._out[message_id]
        self._out[message_id] = [before, place] if isinstance(before, Place) else [*before, place]

    def recall(self, record: Record) -> Place | None:
        """Where a record lies that was handed out; it is forgotten thereby."""
        out = self._out.get(record.message_id)
        if isinstance(out, Place) and out.record is record:
            del self._out[record.message_id]
            return out
        places = [out] if isinstance(out, Place) else out or []
        same = [place for place in places if place.record is record or place.record == record]
        if not same:
            return None
        found = next((place for place in same if place.record is record), same[0])
        rest = [place for place in places if place is not found]
        if rest:
            self._out[record.message_id] = rest
        else:
            del self._out[record.message_id]
        return found
