"""The writing side of a spool: its own directory, the segment in use, sync, and a disk that fails.

A failure is never repeated at the cost of the caller: after one, appends are refused at once until
some time has passed, and only then is the disk tried again. What had been written stays.
"""

from collections.abc import Sequence
from typing import Final

from video_tracker.delivery.spool_directory import Directory
from video_tracker.delivery.spool_disk import Disk, SpoolBrokenError, SpoolFullError, broken
from video_tracker.delivery.spool_format import pack_record
from video_tracker.delivery.spool_segment import Segment
from video_tracker.interruption import interrupts
from video_tracker.record import Record

__all__ = ["Writer"]


class Writer:
    """Appends records to segments in a directory of this process's own.

    Args:
        disk: The system calls.
        root: The spool's directory.
        max_bytes, segment_bytes, always, mend_after: As in ``Spool``; ``always`` is the sync.
    """

    __slots__ = (
        "_always",
        "_dirty",
        "_disk",
        "_listed",
        "_max_bytes",
        "_mend_after",
        "_mend_at",
        "_renamed",
        "_segment_bytes",
        "_unsynced",
        "_write",
        "active",
        "closed",
        "disk_bytes",
        "failures",
        "homes",
        "own",
        "root",
        "trouble",
    )

    def __init__(
        self,
        disk: Disk,
        root: str,
        *,
        max_bytes: int,
        segment_bytes: int,
        always: bool,
        mend_after: float,
    ) -> None:
        self.root: Final = root
        self.own: Directory | None = None
        """The directory that is written to."""
        self.active: Segment | None = None
        """The segment that is written to."""
        self.homes: Final[dict[Segment, Directory]] = {}
        """Every segment that is held, those of orphans too, and its directory."""
        self.disk_bytes = 0
        """The size of them all."""
        self.trouble: tuple[str, str] | None = None
        """Reason and sentence of the failure from which the disk did not recover yet."""
        self.failures = 0
        self.closed = False
        """Nothing is written any more."""
        self._disk = disk
        self._write = disk.write
        self._max_bytes = max_bytes
        self._segment_bytes = segment_bytes
        self._always = always
        self._mend_after = mend_after
        self._mend_at: float | None = None
        self._dirty = False
        self._unsynced: set[Segment] = set()
        self._listed: set[Segment] = set()  # whose lists of settled records have grown
        self._renamed: set[Directory] = set()  # in which files were made or removed

    def append(self, record: Record, now: float, at: float | None = None) -> Segment:
        """Write a record.

        Args:
            record: The record.
            now: The time, Unix seconds.
            at: When it was accepted, if that is not now.

        Returns:
            The segment that holds it, as its last one.

        Raises:
            SpoolFullError: There is no room. Nothing was written.
            SpoolBrokenError: The disk does not take it. Nothing was written.
        """
        segment = self.active
        if segment is None or self.trouble is not None or segment.end >= self._segment_bytes:
            segment = self._writable(now)
        number = segment.count
        frame = pack_record(record, number, now if at is None else at)
        length = len(frame)
        size = self.disk_bytes + length
        if size > self._max_bytes:
            raise SpoolFullError(f"the spool {self.root} has reached {self._max_bytes:,} bytes")
        try:
            written = self._write(segment.fd, frame)
            if written != length or self._always:
                segment.complete(frame, written, sync=self._always)
        except OSError as error:
            segment.take_back()
            raise self._fail(error, now) from error
        except BaseException:
            segment.take_back()
            raise
        # What the segment would count by itself, but for a call: this is done for every event.
        segment.count = number + 1
        segment.end += length
        segment.pending += 1
        self.disk_bytes = size
        self._dirty = True
        if self.trouble is not None:
            self.trouble = self._mend_at = None
        return segment

    def _writable(self, now: float) -> Segment:
        """A new segment to go on in, once it is time to try the disk again."""
        if self.closed:
            raise SpoolBrokenError("closed", f"the spool {self.root} was closed")
        if self.trouble is not None:
            if self._mend_at is None:
                self._mend_at = now + self._mend_after
            if now < self._mend_at:
                raise SpoolBrokenError(*self.trouble)
        self.seal()
        try:
            return self._start(now)
        except OSError as error:
            raise self._fail(error, now) from error

    def _start(self, now: float) -> Segment:
        if self.own is None:
            self.own = Directory.create(self._disk, self.root)
            self.own.note_time(now)
        try:
            segment = self.own.new_segment()
        except FileNotFoundError:
            self.own = None  # somebody removed it; the next try makes another
            raise
        self.homes[segment] = self.own
        self.active = segment
        self._renamed.add(self.own)
        if self._always:
            self._sync_names()
        return segment

    def _fail(self, error: OSError, now: float) -> SpoolBrokenError:
        self._mend_at = now + self._mend_after
        return self._note(error)

    def _note(self, error: OSError) -> SpoolBrokenError:
        if interrupts(error):
            raise error  # it is no trouble of the disk's
        failure = broken(error, self.root)
        self.failures += 1
        self.trouble = failure.reason, str(failure)
        return failure

    def rested(self, now: float) -> bool:
        """Whether the disk is well, or may be tried again."""
        return self.trouble is None or self._mend_at is None or now >= self._mend_at

    def gone(self) -> set[Segment]:
        """The segments whose files are gone; what is written next goes elsewhere.

        Raises:
            OSError: That cannot be seen.
        """
        own = self.own
        lost = own is not None and not own.is_held()
        gone = {
            segment
            for segment, home in list(self.homes.items())
            if (lost and home is own) or not segment.is_there()
        }
        if own is not None and lost:
            own.forsake()
            self.own = None
        if self.active in gone:
            self.active = None
        for segment in gone:
            segment.sealed = True
        return gone

    def mend(self) -> None:
        """Let the next append try the disk, whatever the time."""
        if self.trouble is not None:
            self._mend_at = float("-inf")

    def seal(self) -> None:
        """End the segment in use; it is removed if nobody needs it any more."""
        segment, self.active = self.active, None
        if segment is None:
            return
        segment.seal()
        if segment.done and segment.remove():
            self.forget(segment)
        else:
            self._unsynced.add(segment)

    def settle(self, segment: Segment, numbers: Sequence[int]) -> bool:
        """Note that records are settled; whether the segment was removed thereby."""
        self._dirty = True
        if segment.settle(numbers):
            self.forget(segment)
            return True
        self._listed.add(segment)
        return False

    def forget(self, segment: Segment) -> None:
        """Hold a segment no more, which was removed."""
        home = self.homes.pop(segment, None)
        if home is not None:
            home.segments.discard(segment)
            segment.release()
            self.disk_bytes -= segment.end
            self._unsynced.discard(segment)
            self._listed.discard(segment)
            self._renamed.add(home)

    @property
    def dirty(self) -> bool:
        """Whether something was written that the disk itself may not have."""
        return self._dirty

    def sync(self) -> None:
        """Wait until the disk itself has all that was appended and settled before.

        Raises:
            SpoolBrokenError: It did not get what was appended, or that is not known.
        """
        if not self._dirty:
            return
        # This may run beside an append: what that makes dirty is for the next time.
        self._dirty = False
        active = self.active
        try:
            for segment in list(self._unsynced):
                segment.sync()
                self._unsynced.discard(segment)
            if active is not None:
                active.sync()
            self._sync_names()
        except OSError as error:
            # The system may have thrown away what it could not write, and says so only once; with
            # trouble noted, the next append goes on in a new segment.
            self._dirty = True
            raise self._note(error) from error
        for segment in list(self._listed):
            self._listed.discard(segment)
            segment.sync_list()

    def _sync_names(self) -> None:
        if not self._renamed:
            return
        for directory in list(self._renamed):
            self._renamed.discard(directory)
            try:
                directory.sync()
            except FileNotFoundError:
                continue  # it was empty, and is gone itself
            except OSError:
                self._renamed.add(directory)
                raise
        self._disk.sync_directory(self.root)
