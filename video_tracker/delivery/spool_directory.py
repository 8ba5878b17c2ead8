"""The directories of a spool: one for each process that writes, held by a lock.

::

    <spool>/
      00000007-4711-9f3a2b1c.v1/    number, process id, chance; the version of the format
        lock                        locked as long as the process lives
        00000001.records
        00000001.settled
      dead.jsonl

Nobody writes into another's directory. The system takes the lock away when its process ends,
however it ends: a directory whose lock is free is an orphan, and whoever gets the lock owns it.
The numbers grow, so that their order is that in which the processes began; no clock is asked.

What else lies there is nobody's business: a link, a directory of another user, a file with another
name is neither followed nor read nor removed.

The time of the lock's last change is the one that its process wrote there last, on its own clock.
From the difference to it an adopter knows how old a record was, whatever the machine's clock says.
"""

import contextlib
import re
from collections import deque
from typing import Final

from video_tracker.delivery.spool_disk import Disk
from video_tracker.delivery.spool_segment import Segment

__all__ = ["Directory", "find_names"]

_NAME: Final = re.compile(r"([0-9]{8,12})-[0-9]+-[0-9a-f]{8}\.v1")
_LOCK: Final = "lock"
_SEGMENT: Final = re.compile(r"([0-9]{8,12})\.records")
_OURS: Final = re.compile(r"lock|[0-9]{8,12}\.(records|settled)")
_TRIES: Final = 16


def find_names(disk: Disk, root: str) -> list[str]:
    """Return the names of the directories in a spool, oldest first. Raises OSError."""
    return sorted(filter(_NAME.fullmatch, disk.names(root)), key=_number)


def _number(name: str) -> int:
    return int(name.partition("-")[0])


class Directory:
    """A directory that this process holds the lock of.

    Args:
        disk: The system calls.
        path: Where it is.
        lock: The open, locked file.
    """

    __slots__ = ("_disk", "_lock", "_made", "adopted_at", "path", "segments", "shift", "stems")

    def __init__(self, disk: Disk, path: str, lock: int) -> None:
        self.path: Final = path
        self.segments: Final[set[Segment]] = set()
        """Those that are open here."""
        self.stems: Final[deque[str]] = deque()
        """Those of an orphan that were not opened yet, oldest first."""
        self.shift = 0.0
        """Seconds from a time that its process wrote to the same age on the clock of this one."""
        self.adopted_at = float("inf")
        """When this process took it over; nothing in it is younger."""
        self._disk = disk
        self._lock = lock
        self._made = 0

    def __repr__(self) -> str:
        return f"<Directory {self.path!r}>"

    @classmethod
    def create(cls, disk: Disk, root: str) -> "Directory":
        """Make this process a directory of its own.

        Raises:
            OSError: The disk does not let it.
        """
        disk.make_directory(root, parents=True)
        for _ in range(_TRIES):
            number = max(map(_number, find_names(disk, root)), default=0) + 1
            path = f"{root}/{number:08d}-{disk.pid()}-{disk.chance()}.v1"
            # Somebody who looks for orphans may come upon it before it is locked, and take it.
            with contextlib.suppress(FileExistsError, FileNotFoundError):
                disk.make_directory(path)
                lock = _take_lock(disk, f"{path}/{_LOCK}", new=True)
                if lock is not None:
                    return cls(disk, path, lock)
        raise FileExistsError(17, "every new directory was taken by others at once", root)

    @classmethod
    def claim(
        cls, disk: Disk, root: str, name: str, now: float | None = None
    ) -> "Directory | None":
        """Take over a directory whose process is no more.

        Args:
            disk: As for :meth:`create`.
            root: As for :meth:`create`.
            name: Of the directory.
            now: The time on this process's clock, at which the ages of its records go on; None is
                on the clock that they were written by.

        Returns:
            The directory; None when somebody holds it, or it is gone or is not this user's.

        Raises:
            OSError: The disk does not let it.
        """
        path = f"{root}/{name}"
        try:
            if not disk.owns(path):
                return None
            lock = _take_lock(disk, f"{path}/{_LOCK}", new=False)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if lock is None:
            return None
        directory = cls(disk, path, lock)
        try:
            names = disk.names(path)
            directory.stems.extend(found[1] for found in map(_SEGMENT.fullmatch, names) if found)
            if now is not None and directory.stems:
                directory.shift = now - disk.noted_time(lock)
                directory.adopted_at = now
        except OSError:
            directory.release()
            raise
        return directory

    def note_time(self, now: float) -> None:
        """Write down the time for whoever adopts this; never raises.

        Args:
            now: On this process's clock.
        """
        with contextlib.suppress(OSError, OverflowError, ValueError):
            self._disk.note_time(self._lock, now - self.shift)

    def is_held(self) -> bool:
        """Whether it is still there with its lock; a lock that was removed is made again."""
        path = f"{self.path}/{_LOCK}"
        with contextlib.suppress(OSError):
            if self._disk.still_at(self._lock, path):
                return True
            fresh = _take_lock(self._disk, path, new=True)
            if fresh is not None:
                self._disk.close(self._lock)
                self._lock = fresh
                return True
        return False

    def new_segment(self) -> Segment:
        """Make a segment to append to. Raises OSError."""
        self._made += 1
        segment = Segment.create(self._disk, f"{self.path}/{self._made:08d}")
        self.segments.add(segment)
        return segment

    def find_segment(self) -> Segment:
        """Open the next segment of an orphan. Raises OSError, and has then passed over it."""
        try:
            segment = Segment.find(
                self._disk, f"{self.path}/{self.stems[0]}", self.shift, self.adopted_at
            )
            self.segments.add(segment)
        finally:
            self.stems.popleft()
        return segment

    def remove(self) -> bool:
        """Remove it, if no record is left in it, and let go of the lock.

        Returns:
            Whether it is gone. If it is not, somebody will find it empty and try again.
        """
        gone = False
        with contextlib.suppress(OSError):
            names = self._disk.names(self.path)
            if all(_OURS.fullmatch(name) and not _SEGMENT.fullmatch(name) for name in names):
                for name in names:
                    self._disk.unlink(f"{self.path}/{name}")
                self._disk.rmdir(self.path)
                gone = True
        self.release()
        return gone

    def sync(self) -> None:
        """Wait until the disk itself has the names of its segments. Raises OSError."""
        self._disk.sync_directory(self.path)

    def release(self) -> None:
        """Close what is open and let go of the lock; all stays where it is."""
        for segment in self.segments:
            segment.release()
        self.segments.clear()
        self.forsake()

    def forsake(self) -> None:
        """Let go of the lock alone: somebody else has the directory, or nobody any more."""
        if self._lock >= 0:
            with contextlib.suppress(OSError):
                self._disk.close(self._lock)
        self._lock = -1


def _take_lock(disk: Disk, path: str, *, new: bool) -> int | None:
    """Open and lock a file; None when it is another's, or was removed on the way to it."""
    fd = disk.create(path) if new else disk.open(path)
    try:
        if disk.lock(fd) and disk.still_at(fd, path):
            return fd
    except BaseException:
        disk.close(fd)
        raise
    disk.close(fd)
    return None
