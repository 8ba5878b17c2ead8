"""The spool: a store on disk that a killed process loses nothing of.

Records are appended to segments of four megabytes, one write each, before ``append`` returns.
What waits is kept in memory too, up to a window; what lies beyond is read back from the segments
when its turn comes. What is handed out stays on disk until it is settled.

It is one more :class:`~video_tracker.delivery.store.Store`, and knows no more of batches, retries
or memory than that: to degrade to memory when the disk fails, put a
:class:`~video_tracker.delivery.store.ChainStore` of it and a
:class:`~video_tracker.delivery.store.MemoryStore` under the pipe.
"""

import contextlib
import os
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

import attrs

from video_tracker.delivery.spool_directory import Directory, find_names
from video_tracker.delivery.spool_disk import Disk, SpoolBrokenError, SpoolFullError
from video_tracker.delivery.spool_line import Line
from video_tracker.delivery.spool_segment import Place, Segment
from video_tracker.delivery.spool_writer import Writer
from video_tracker.delivery.store import Taken
from video_tracker.errors import StoreError
from video_tracker.record import Record

__all__ = ["Spool", "SpoolBrokenError", "SpoolFullError", "SpoolStats"]


@attrs.frozen(kw_only=True)
class SpoolStats:
    """What a spool holds and what befell it.

    Args:
        disk_bytes: Size of the segments that this process holds, settled records in them included.
        segments: How many they are.
        adopted: Records taken over from processes that are no more.
        cut_bytes: Bytes of adopted segments from which no record could be read.
        missing: Records that must have been in those bytes, as far as the numbers of their
            neighbours tell. They were never counted as waiting.
        lost: Records that were counted as waiting and could not be read back.
        failures: How often the disk failed.
        trouble: The reason for which nothing can be written at present.
    """

    disk_bytes: int
    segments: int
    adopted: int
    cut_bytes: int
    missing: int
    lost: int
    failures: int
    trouble: str | None


class Spool:
    """A store on disk, in a directory that it shares with the spools of other processes.

    Nothing is made on the disk before the first append. All methods but :meth:`sync` are called
    from one thread at a time.

    Args:
        root: The spool's directory, on a local file system; made when it is needed.
        max_bytes: How much the segments that this process holds may take on disk.
        segment_bytes: At what size a segment is closed and the next begun. A segment is freed
            when all that is in it is settled, so it is an eighth of ``max_bytes`` at most.
        window_bytes: How many bytes of waiting records are kept in memory too.
        sync: ``timer``: whoever owns the spool calls :meth:`sync` from time to time (a power cut
            may cost what came since). ``always``: each append waits for the disk itself.
        mend_after: Seconds from one failure of the disk until it is tried again.
        disk: The system calls.

    Raises:
        ValueError: A limit is impossible.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        max_bytes: int = 512 * 1024 * 1024,
        segment_bytes: int = 4 * 1024 * 1024,
        window_bytes: int = 32 * 1024 * 1024,
        sync: Literal["timer", "always"] = "timer",
        mend_after: float = 1.0,
        disk: Disk | None = None,
    ) -> None:
        if min(max_bytes, segment_bytes) < 1 or window_bytes < 0 or mend_after < 0:
            raise ValueError("a spool's limits must be positive")
        if sync not in {"timer", "always"}:
            raise ValueError(f"sync must be 'timer' or 'always', not {sync!r}")
        self.root: Final = str(Path(root).absolute())
        self._disk: Final = Disk() if disk is None else disk
        self._window_bytes: Final = window_bytes
        segment_bytes = min(segment_bytes, max(1, max_bytes // 8))
        self._limits: Final = (max_bytes, segment_bytes, sync == "always", mend_after)
        self._begin()
        _SPOOLS.add(self)

    def _begin(self) -> None:
        """Hold nothing: so begins a new spool, and that of a child process."""
        size, segment, always, mend = self._limits
        self._writer = Writer(
            self._disk,
            self.root,
            max_bytes=size,
            segment_bytes=segment,
            always=always,
            mend_after=mend,
        )
        self._orphans: dict[str, Directory] = {}
        self._line = Line(self._done_with)
        self._write = self._writer.append
        self._gone: set[Segment] = set()
        self._adopted = self._cut_bytes = self._missing = 0

    def __repr__(self) -> str:
        return f"<Spool {self.root!r} with {self._line.waiting} records waiting>"

    @property
    def waiting(self) -> int:
        """Records that ``take`` has not handed out."""
        return self._line.waiting

    @property
    def waiting_bytes(self) -> int:
        """The bytes of their bodies, added up (no framing)."""
        return self._line.waiting_bytes

    @property
    def oldest(self) -> float | None:
        """When the first of the waiting was appended (Unix seconds); None when none waits."""
        place = self._line.first()
        return None if place is None else place[1]

    @property
    def trouble(self) -> str | None:
        """The reason for which nothing can be written at present, a code; None when all is well."""
        return None if self._writer.trouble is None else self._writer.trouble[0]

    @property
    def dirty(self) -> bool:
        """Whether :meth:`sync` has something to do."""
        return self._writer.dirty

    def stats(self) -> SpoolStats:
        """What it holds and what befell it."""
        return SpoolStats(
            disk_bytes=self._writer.disk_bytes,
            segments=len(self._writer.homes),
            adopted=self._adopted,
            cut_bytes=self._cut_bytes,
            missing=self._missing,
            lost=self._line.lost,
            failures=self._writer.failures,
            trouble=self.trouble,
        )

    def append(self, record: Record, now: float) -> None:
        """Add a record at the end; when this returns, the death of the process cannot lose it.

        Args:
            record: The record.
            now: Unix seconds.

        Raises:
            SpoolFullError: It is at its ``max_bytes``. Nothing was added.
            SpoolBrokenError: The disk does not take it, or did not lately. Nothing was added.
        """
        size = len(record.body)
        segment = self._write(record, now)
        # What Line.add does for a record that is kept in memory, without a call.
        line = self._line
        after = line.near_bytes + size
        if after <= self._window_bytes and not line.far:
            line.near.append((record, now, segment, segment.count - 1))
            line.near_bytes = after
        else:
            line.add_far(record, segment)

    def append_out(self, record: Record, now: float, at: float) -> None:
        """Add a record that is on its way already: it is kept until settled, not handed out.

        Args:
            record: The record.
            now: Unix seconds.
            at: When it was accepted.

        Raises:
            SpoolFullError, SpoolBrokenError: As for :meth:`append`.
        """
        segment = self._write(record, now, at)
        self._line.hand_out((record, at, segment, segment.count - 1))

    def append_late(self, record: Record, now: float, at: float) -> None:
        """As :meth:`append`, for a record that was accepted before, at ``at``."""
        segment = self._write(record, now, at)
        if self._line.near_bytes + len(record.body) <= self._window_bytes and not self._line.far:
            self._line.near.append((record, at, segment, segment.count - 1))
            self._line.near_bytes += len(record.body)
        else:
            self._line.add_far(record, segment)

    def newest(self) -> list[Record]:
        """What waits and is in memory too."""
        return [place[0] for place in self._line.near]

    def unsettled(self) -> list[tuple[Record, float]]:
        """What was handed out and not settled, and when each was appended."""
        return self._line.unsettled()

    def straighten(self) -> None:
        """Undo what a step that was interrupted left: records both in the line and handed out."""
        self._line.straighten()

    def rested(self, now: float) -> bool:
        """Whether the disk is well, or failed so long ago that it may be tried again."""
        return self._writer.rested(now)

    def look_after(self, now: float, most: int = 300) -> bool:
        """See whether the files are where they were, and write what is gone once more.

        Args:
            now: Unix seconds; it is noted for whoever adopts this.
            most: How many records to write at most.

        Returns:
            Whether there may be more to be done.
        """
        for directory in self._directories():
            directory.note_time(now)
        try:
            self._gone |= self._writer.gone()
        except OSError:
            return False
        self._gone &= self._writer.homes.keys()
        if not self._gone or self._writer.closed:
            return False
        moved = self._line.move(self._gone, lambda place: self._again(place, now), most)
        for place in moved:
            self._settle(place[2], [place[3]])
        if not moved:
            self._gone.clear()  # what only the disk had is read as far as it can be
        return bool(moved)

    def _again(self, place: Place, now: float) -> Place | None:
        record, at, _, _ = place
        try:
            segment = self._write(record, now, at)
        except StoreError:
            return None
        return record, at, segment, segment.count - 1

    def take(self, max_records: int, max_bytes: int) -> Taken:
        """Hand out the oldest of the waiting.

        Args:
            max_records: How many at most, 1 or more.
            max_bytes: How long their bodies with one comma between each two may be. A first
                record that is longer alone is handed out, alone.

        Returns:
            Them, and how many turned out to be unreadable. It never raises.
        """
        return self._line.take(max_records, max_bytes)

    def settled(self, records: Sequence[Record]) -> None:
        """Let go of records that were handed out; never raises.

        Args:
            records: In any order. Those that it does not know are none of its business.
        """
        places = self._line.recall(records)
        for segment in dict.fromkeys([place[2] for place in places]):
            self._settle(segment, [place[3] for place in places if place[2] is segment])

    def evict(self) -> Record | None:
        """Remove the oldest of the waiting for good and return it; None when there is none."""
        place = self._line.evict()
        if place is None:
            return None
        record, _, segment, number = place
        self._settle(segment, [number])
        return record

    def _done_with(self, segment: Segment) -> None:
        self._settle(segment, ())

    def _settle(self, segment: Segment, numbers: Sequence[int]) -> None:
        home = self._writer.homes.get(segment)
        if home is None:
            return
        if self._writer.settle(segment, numbers):
            self._leave(home)

    def _leave(self, directory: Directory) -> None:
        """Remove an orphan that has nothing more to give."""
        name = Path(directory.path).name
        if name in self._orphans and not directory.segments and not directory.stems:
            del self._orphans[name]
            directory.remove()

    def adopt(self, max_bytes: int = 4 * 1024 * 1024, now: float | None = None) -> int:
        """Take over records of processes that are no more, oldest first.

        What was settled is not taken over again; what is torn or damaged is cut and counted.

        Args:
            max_bytes: About how much to look through in one call, so that whoever holds the lock
                does not do so for long.
            now: Unix seconds, at which the ages of the records go on; None leaves their times.

        Returns:
            How many records wait now that did not before. When there are none, nothing is left
            to be adopted at present.
        """
        return self.take_over(self.search(max_bytes, now))

    def search(
        self, max_bytes: int = 4 * 1024 * 1024, now: float | None = None
    ) -> list[tuple[Directory, Segment]]:
        """Look for records of processes that are no more; it may run beside the others.

        Args:
            max_bytes: As for :meth:`adopt`.
            now: As for :meth:`adopt`.

        Returns:
            What was found, to be given to :meth:`take_over`.
        """
        found: list[tuple[Directory, Segment]] = []
        size = 0
        with contextlib.suppress(OSError):
            for directory in self._claim(now):
                while directory.stems and size < max_bytes:
                    # One that cannot be opened stays on the disk, for another time.
                    with contextlib.suppress(OSError):
                        found.append((directory, directory.find_segment()))
                        size += found[-1][1].end
                if not directory.segments:
                    self._leave(directory)
                if size >= max_bytes:
                    break
        return found

    def take_over(self, found: Sequence[tuple[Directory, Segment]]) -> int:
        """Let what was found wait here.

        Returns:
            How many records wait now that did not before.
        """
        before = self._line.waiting
        for directory, segment in found:
            if self._orphans.get(Path(directory.path).name) is not directory:
                segment.release()  # the spool was closed in the meantime
                continue
            self._writer.homes[segment] = directory
            self._writer.disk_bytes += segment.end
            self._cut_bytes += segment.cut
            self._missing += segment.missing
            self._line.add_segment(segment)
            if not segment.unread:
                self._done_with(segment)
        self._adopted += self._line.waiting - before
        return self._line.waiting - before

    def _claim(self, now: float | None) -> Iterator[Directory]:
        yield from [directory for directory in list(self._orphans.values()) if directory.stems]
        own = self._writer.own
        for name in () if self._writer.closed else find_names(self._disk, self.root):
            if name in self._orphans or (own is not None and own.path.endswith(name)):
                continue
            with contextlib.suppress(OSError):
                directory = Directory.claim(self._disk, self.root, name, now)
                if directory is not None:
                    self._orphans[name] = directory
                    yield directory

    def sync(self) -> None:
        """Wait until the disk itself has all that was appended; it may run beside the others.

        Raises:
            SpoolBrokenError: It did not get all of it, or that is not known.
        """
        self._writer.sync()

    def mend(self) -> None:
        """Let the next append try a disk that failed, without waiting for ``mend_after``."""
        self._writer.mend()

    def close(self) -> None:
        """Leave on the disk what is not settled, for whoever comes next; never raises."""
        if self._writer.closed:
            return
        with contextlib.suppress(SpoolBrokenError):
            self._writer.sync()
        self._writer.seal()
        for segment in [segment for segment in self._writer.homes if segment.done]:
            if segment.remove():
                self._writer.forget(segment)
        for directory in self._directories():
            if directory.segments or directory.stems:
                directory.release()
            else:
                directory.remove()
        self._begin()
        self._writer.closed = True

    def reopen(self) -> None:
        """After a close: take records again, in a directory that is made for the first of them."""
        self._writer.closed = False

    def abandon(self) -> None:
        """Let go of everything as a crash would, without a word to the disk, and begin anew.

        A forked child does this by itself: what it inherited is its parent's, and a lock that
        the child kept open would hide the parent's records from whoever should adopt them.
        """
        for directory in self._directories():
            directory.release()
        self._begin()

    def _directories(self) -> list[Directory]:
        own = self._writer.own
        return [*self._orphans.values(), *(() if own is None else (own,))]


_SPOOLS: Final[weakref.WeakSet[Spool]] = weakref.WeakSet()


def _forget_parents_records() -> None:
    for spool in list(_SPOOLS):
        spool.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parents_records)
