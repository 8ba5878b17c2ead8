"""One segment: a file of records, and beside it the list of those that are settled.

A segment is appended to by the one process that made it, until it is sealed. A process that finds
it later reads and settles it, but never adds to it: what stands behind a torn tail might be lost.

The list beside it is what other queues keep as a cursor. It also knows of records that are settled
while older ones are not, and goes with its segment, so it needs no tidying of its own. All that a
crash can take of it is its last entries: their records are sent twice, none is forgotten.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from video_tracker.delivery.spool_disk import Disk
from video_tracker.delivery.spool_format import (
    RUN_SIZE,
    Frame,
    frame_size,
    pack_runs,
    runs,
    scan_records,
    scan_runs,
    unpack_record,
)
from video_tracker.record import Record

__all__ = ["RECORDS", "SETTLED", "Place", "Segment"]

RECORDS: Final = ".records"
SETTLED: Final = ".settled"


class Segment:
    """A segment that this process holds.

    Args:
        disk: The system calls.
        stem: Its path without the ending.
        fd: Its open file of records, to append to; -1 for one that is only read.
    """

    __slots__ = (
        "_base",
        "_data",
        "_disk",
        "_frames",
        "_latest",
        "_list_end",
        "_loaded",
        "_next",
        "_offset",
        "_shift",
        "_skip",
        "_unlisted",
        "count",
        "cut",
        "end",
        "fd",
        "keep",
        "missing",
        "pending",
        "sealed",
        "stem",
        "unread",
        "unread_bytes",
    )

    def __init__(self, disk: Disk, stem: str, fd: int) -> None:
        self.stem: Final = stem
        self.fd = fd
        """Its open file; -1 while it has none."""
        self.count = 0
        """Records ever put into it; the number of the next."""
        self.pending = 0
        """Records in it that are neither settled nor given up."""
        self.unread = 0
        """Pending records that ``read`` has not given yet."""
        self.unread_bytes = 0
        """The bytes of their bodies."""
        self.end = 0
        """Bytes of it that are in use."""
        self.cut = 0
        """Bytes from which no record could be read when it was found."""
        self.missing = 0
        """Records that should have been in those bytes, as far as that can be told."""
        self.sealed = False
        """Nothing is to be appended any more."""
        self.keep = False
        """It could not be read to its end: leave it for another process, another day."""
        self._disk = disk
        self._shift, self._latest = 0.0, float("inf")
        self._list_end = 0
        self._skip: set[int] = set()
        self._unlisted: set[int] = set()
        self._next = 0
        self._offset = 0
        self._loaded = 0
        self._base = 0
        self._data = b""
        self._frames: Iterator[Frame] = iter(())

    def __repr__(self) -> str:
        return f"<Segment {self.stem!r}: {self.pending} of {self.count} records pending>"

    @classmethod
    def create(cls, disk: Disk, stem: str) -> "Segment":
        """Make a new segment to append to. Raises OSError."""
        return cls(disk, stem, disk.create(stem + RECORDS))

    @classmethod
    def find(
        cls, disk: Disk, stem: str, shift: float = 0.0, latest: float = float("inf")
    ) -> "Segment":
        """Take over the segment of a process that is no more. Raises OSError.

        Args:
            disk: As for the class.
            stem: As for the class.
            shift: Seconds to be added to the times in it, to count ages by another clock.
            latest: No record in it is younger.
        """
        segment = cls(disk, stem, -1)
        segment.sealed = True
        segment._shift, segment._latest = shift, latest
        segment._read_list()
        segment._take_stock()
        return segment

    def is_there(self) -> bool:
        """Whether its file is still where it was. Raises OSError."""
        path = self.stem + RECORDS
        if self.fd >= 0:
            return self._disk.still_at(self.fd, path)
        return self._disk.is_there(path)

    def _read_list(self) -> None:
        try:
            entries = self._disk.read_file(self.stem + SETTLED)
        except FileNotFoundError:
            return
        for first, last in scan_runs(entries):
            self._skip.update(range(first, last + 1))
            self._list_end += RUN_SIZE

    def _take_stock(self) -> None:
        """Count what a segment holds whose history nobody remembers."""
        data = self._disk.read_file(self.stem + RECORDS)
        whole = 0
        for frame in scan_records(data):
            if frame.number != self.count:
                between = range(self.count, frame.number)
                self.missing += sum(number not in self._skip for number in between)
            self.count = frame.number + 1
            whole += frame.end - frame.start
            if frame.number not in self._skip:
                self.unread += 1
                self.unread_bytes += frame.end - frame.body
        self.pending = self.unread
        self.end = len(data)
        self.cut = len(data) - whole

    def complete(self, frame: bytes, written: int, *, sync: bool) -> None:
        """Write the rest of a frame of which the disk took a part. Raises OSError.

        Args:
            frame: What ``pack_record`` made with ``count`` as the number.
            written: So much of it is in the file.
            sync: Wait until the disk itself has it.
        """
        while written < len(frame):  # a disk that fills up takes a part first, then says why
            written += self._disk.write(self.fd, frame[written:])
        if sync:
            self._disk.sync(self.fd)

    def take_back(self) -> None:
        """Cut off what was written of a frame that failed. Nothing more must be appended then."""
        # If even that fails, a torn frame stays: after a failure the writer goes on elsewhere.
        with contextlib.suppress(OSError):
            self._disk.truncate(self.fd, self.end)

    def leave_unread(self, record: Record) -> None:
        """Say that the record appended last has to be read back, and all that are to follow.

        Those before it need not be: they are kept in memory.
        """
        if not self.unread:
            self._offset = self._loaded = self.end - frame_size(record)
            self._next = self.count - 1
        self.unread += 1
        self.unread_bytes += len(record.body)

    def read(self) -> "Place | None":
        """Give the next record that is neither settled nor was given before.

        Returns:
            Its place; None when no more can be read. Then ``unread`` says how many there should
            have been.

        Raises:
            OSError: The disk fails.
        """
        while self.unread:
            frame = next(self._frames, None)
            if frame is None:
                if self._loaded >= self.end:
                    return None
                self._load()
                continue
            self._offset = self._base + frame.end
            self._next = frame.number + 1
            if frame.number in self._skip:
                continue
            record = unpack_record(self._data, frame)
            self.unread -= 1
            self.unread_bytes -= len(record.body)
            if not self.unread:
                self._read_all()
            at = min(frame.at + self._shift, self._latest)
            return record, at, self, frame.number
        return None

    def _read_all(self) -> None:
        self._data, self._frames = b"", iter(())
        if self.sealed:
            self.release()

    def _load(self) -> None:
        if self.fd < 0:
            self.fd = self._disk.open_to_read(self.stem + RECORDS)
        self._loaded = self.end
        self._base = self._offset
        self._data = self._disk.read(self.fd, self._offset)
        self._frames = scan_records(self._data, self._next)

    def give_up(self) -> tuple[int, int]:
        """Count out what could not be read: how many records, and how many bytes of bodies."""
        lost = self.unread, self.unread_bytes
        self.pending -= self.unread
        self.unread = self.unread_bytes = 0
        self._read_all()
        return lost

    def settle(self, numbers: Sequence[int]) -> bool:
        """Note that records are settled. Never raises: at worst they are sent once more.

        Args:
            numbers: Those of records that were appended or read, each once.

        Returns:
            Whether the segment was removed: nobody needs it any more.
        """
        self.pending -= len(numbers)
        if self.done and self.remove():
            return True
        self._unlisted.update(numbers)
        if self._unlisted:
            with contextlib.suppress(OSError):
                self._list()
        return False

    @property
    def done(self) -> bool:
        """Whether nobody needs it any more."""
        return self.sealed and not self.pending and not self.keep

    def _list(self) -> None:
        fd = self._disk.open(self.stem + SETTLED)
        try:
            if self._disk.size(fd) != self._list_end:
                self._disk.truncate(fd, self._list_end)  # the torn tail of a crash or a full disk
            entries = pack_runs(runs(self._unlisted))
            written = self._disk.write(fd, entries)
            while written < len(entries):
                written += self._disk.write(fd, entries[written:])
        finally:
            self._disk.close(fd)
        self._list_end += len(entries)
        self._unlisted.clear()

    def remove(self) -> bool:
        """Remove its files, records first: a list without records means nothing.

        Returns:
            Whether they are gone.
        """
        try:
            self._disk.unlink(self.stem + RECORDS)
        except FileNotFoundError:
            pass
        except OSError:
            return False
        with contextlib.suppress(OSError):
            self._disk.unlink(self.stem + SETTLED)
        self.release()
        return True

    def sync(self) -> None:
        """Wait until the disk itself has its records. Raises OSError.

        It may run beside the rest, so it uses an open file of its own.
        """
        try:
            fd = self._disk.open_to_read(self.stem + RECORDS)
        except FileNotFoundError:
            return  # all of it was settled in the meantime
        try:
            self._disk.sync(fd)
        finally:
            self._disk.close(fd)

    def sync_list(self) -> None:
        """Wait until the disk itself has the list. Never raises: at worst records go out again."""
        with contextlib.suppress(OSError):
            fd = self._disk.open_to_read(self.stem + SETTLED)
            try:
                self._disk.sync(fd)
            finally:
                self._disk.close(fd)

    def seal(self) -> None:
        """Let nothing be appended any more; the file is opened again if it must be read."""
        self.sealed = True
        self._close()

    def release(self) -> None:
        """Close its file and leave it where it is."""
        self._data, self._frames = b"", iter(())
        self._close()

    def _close(self) -> None:
        fd, self.fd = self.fd, -1
        if fd >= 0:
            with contextlib.suppress(OSError):
                self._disk.close(fd)


Place: TypeAlias = tuple[Record, float, Segment, int]
"""A record, when it was accepted, its segment, and its number there.

There is one for every record that waits, so it is a plain tuple: a named one takes seven times as
long to make.
"""
