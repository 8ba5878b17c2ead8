"""What the spool asks of the operating system: the one place where delivery touches a disk.

All of it goes through a :class:`Disk`, so that a test can hand the spool one that fails.
"""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from video_tracker.errors import StoreBrokenError, StoreFullError

try:
    import fcntl
except ImportError:  # pragma: no cover - not on the platforms that the tests run on
    fcntl = None  # type: ignore[assignment]

__all__ = ["Disk", "SpoolBrokenError", "SpoolFullError", "broken"]

_REASONS: Final = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.ENOTSUP: "unsupported",
    errno.ENOLCK: "unsupported",
}


class SpoolFullError(StoreFullError):
    """The spool is at its size limit: the overflow policy rules."""

    reason = "spool_full"


class SpoolBrokenError(StoreBrokenError):
    """The disk does not take records.

    Args:
        reason: A stable code: ``disk_full``, ``read_only``, ``io_error``, ``unsupported``,
            ``closed``.
        message: The whole sentence.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def broken(error: OSError, place: str) -> SpoolBrokenError:
    """Return the error that tells of a failed system call; its reason is read from ``errno``."""
    reason = _REASONS.get(error.errno or 0, "io_error")
    return SpoolBrokenError(
        reason, f"the spool {place} cannot be written: {error.strerror or error}"
    )


# A link is not followed, and nothing that is not a file is waited for. (Windows has neither.)
_TRUSTED: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Disk:
    """The system calls of the spool. Each raises OSError.

    What lies in a spool may have been put there by anybody. Opened is only a regular file, never
    what a link points to, a pipe or a device: that is an OSError.
    """

    # Bound as it is: a method around it would be a tenth of what an append costs.
    write = staticmethod(os.write)
    truncate = staticmethod(os.ftruncate)
    close = staticmethod(os.close)
    unlink = staticmethod(os.unlink)
    rename = staticmethod(os.rename)
    rmdir = staticmethod(os.rmdir)

    def create(self, path: str) -> int:
        """Open a new file for appending and reading."""
        return _opened(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL)

    def open(self, path: str, *, create: bool = True) -> int:
        """Open a file for appending and reading; make it unless it is there."""
        return _opened(path, os.O_RDWR | os.O_APPEND | (os.O_CREAT if create else 0))

    def open_to_read(self, path: str) -> int:
        """Open a file for reading."""
        return _opened(path, os.O_RDONLY)

    def read_file(self, path: str) -> bytes:
        """Return what is in a file."""
        fd = self.open_to_read(path)
        try:
            return self.read(fd)
        finally:
            self.close(fd)

    def read(self, fd: int, start: int = 0) -> bytes:
        """Return what is in an open file, from ``start`` to its end."""
        parts = []
        while part := os.pread(fd, 1 << 22, start):
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def size(self, fd: int) -> int:
        """Return the size of an open file in bytes."""
        return os.fstat(fd).st_size

    def sync(self, fd: int) -> None:
        """Wait until the disk itself has what was written."""
        getattr(os, "fdatasync", os.fsync)(fd)

    def sync_directory(self, path: str) -> None:
        """Wait until the disk itself has the names in a directory."""
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def make_directory(self, path: str, *, parents: bool = False) -> None:
        """Make a directory that only its owner may look into."""
        Path(path).mkdir(0o700, parents=parents, exist_ok=parents)

    def names(self, path: str) -> list[str]:
        """Return the names in a directory, sorted; none when it does not exist."""
        try:
            return sorted(entry.name for entry in Path(path).iterdir())
        except FileNotFoundError:
            return []

    def owns(self, path: str) -> bool:
        """Return whether a path is a directory, no link to one, of the user who runs this.

        The superuser may take what belongs to the owner of the folder around it.
        """
        found = os.lstat(path)
        if not stat.S_ISDIR(found.st_mode):
            return False
        user = getattr(os, "geteuid", lambda: found.st_uid)()
        return found.st_uid == user or (
            user == 0 and found.st_uid == Path(path).parent.stat().st_uid
        )

    def note_time(self, fd: int, at: float) -> None:
        """Write a time beside an open file: that of its last change, Unix seconds."""
        os.utime(fd, (at, at))

    def noted_time(self, fd: int) -> float:
        """Return the time beside an open file, Unix seconds."""
        return os.fstat(fd).st_mtime

    def lock(self, fd: int, *, wait: bool = False) -> bool:
        """Take the lock of an open file; it ends with the process, however that ends.

        Returns:
            Whether it was free.
        """
        if fcntl is None:  # pragma: no cover - see above
            raise OSError(errno.ENOTSUP, "no file locks on this platform")
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except (BlockingIOError, PermissionError):
            return False
        return True

    def still_at(self, fd: int, path: str) -> bool:
        """Return whether an open file is still the one that has this name."""
        try:
            return os.path.samestat(os.fstat(fd), os.lstat(path))
        except (FileNotFoundError, NotADirectoryError):
            return False

    def is_there(self, path: str) -> bool:
        """Return whether a path leads to anything."""
        return os.path.lexists(path)

    def pid(self) -> int:
        """Return the number of this process."""
        return os.getpid()

    def chance(self) -> str:
        """Return eight random hexadecimal digits."""
        return os.urandom(4).hex()


def _opened(path: str, flags: int) -> int:
    fd = os.open(path, flags | _TRUSTED, 0o600)
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    raise OSError(errno.EINVAL, "it is no regular file", path)
