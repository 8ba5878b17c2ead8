"""Appends whole lines to a file and always knows which of them are in it."""

import contextlib
import errno
import os
from collections.abc import Sequence
from typing import Final

from video_tracker.delivery.outcome import Refused, TryLater
from video_tracker.errors import TransportError
from video_tracker.interruption import interruption

__all__ = ["AppendedFile", "ShortWriteError", "trouble"]

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_GONE: Final = frozenset({errno.EPIPE, errno.EBADF})


def trouble(error: Exception, which: tuple[str, ...] | None = None) -> TryLater | Refused:
    """Say what an error of the file means for the records whose lines are not in it.

    Args:
        error: What the system, or a file object, raised.
        which: Their message ids; None is all of them.

    Raises:
        Exception: What a signal's handler raised meanwhile, a ``TimeoutError`` for instance.
    """
    interrupting = interruption(error)
    if interrupting is not None:
        raise interrupting
    if isinstance(error, UnicodeError):
        return Refused("unencodable", str(error), which)
    if isinstance(error, ValueError):  # what a closed file object raises
        return Refused("closed", str(error), which)
    number = getattr(error, "errno", None)
    detail = os.strerror(number) if isinstance(number, int) else str(error)
    if number in _GONE:
        return Refused("closed", detail, which)
    return TryLater("disk_full" if number in _FULL else "io_error", detail, which=which)


class ShortWriteError(Exception):
    """A write ended early: ``whole`` lines are in the file, the rest is not.

    Args:
        whole: How many.
        cause: What the system raised.
    """

    def __init__(self, whole: int, cause: Exception) -> None:
        super().__init__(str(cause))
        self.whole = whole
        self.cause = cause


class AppendedFile:
    """Appends by the system's own ``write``, so that what was written is always known.

    Args:
        path: The file; created if need be.
        sync: Wait for the disk after each write.

    Raises:
        TransportError: It cannot be opened for appending.
    """

    def __init__(self, path: str, sync: bool) -> None:
        try:
            self._fd = _open_to_append(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise TransportError(f"cannot append to {path!r}: {reason}") from error
        self._sync = sync
        self._torn = self._ends_torn()

    def _ends_torn(self) -> bool:
        # A pipe or a device cannot be looked at; it has no torn tail either.
        with contextlib.suppress(OSError):
            size = os.lseek(self._fd, 0, os.SEEK_END)
            if size > 0:
                os.lseek(self._fd, size - 1, os.SEEK_SET)
                return os.read(self._fd, 1) != b"\n"
        return False

    @property
    def fd(self) -> int:
        """The file's descriptor."""
        return self._fd

    def write(self, lines: Sequence[bytes]) -> None:
        """Append the lines, all of them whole.

        Raises:
            ShortWriteError: Some are not in the file.
        """
        fence = b"\n" if self._torn else b""
        data = memoryview(fence + b"".join(lines))
        done = 0
        try:
            while done < len(data):
                done += os.write(self._fd, data[done:])
        except OSError as error:
            raise ShortWriteError(self._keep_whole_lines(lines, len(fence), done), error) from error
        self._torn = False
        if self._sync:
            self._to_disk(len(data))

    def _to_disk(self, written: int) -> None:
        try:
            os.fsync(self._fd)
        except OSError as error:
            self._take_back(written)
            raise ShortWriteError(0, error) from error

    def _keep_whole_lines(self, lines: Sequence[bytes], fence: int, done: int) -> int:
        """Take back a broken line; return how many whole ones stay."""
        if not done:
            return 0
        whole, end = 0, fence
        while end + len(lines[whole]) <= done:
            end += len(lines[whole])
            whole += 1
        self._torn = done > end and not self._take_back(done - end)
        return whole

    def _take_back(self, count: int) -> bool:
        # Only while ours is the last word in the file: another process may append to it too.
        with contextlib.suppress(OSError):
            size = os.fstat(self._fd).st_size
            if os.lseek(self._fd, 0, os.SEEK_CUR) == size:
                os.ftruncate(self._fd, size - count)
                return True
        return False

    def look_again(self) -> None:
        """See whether somebody else left a torn tail."""
        self._torn = self._ends_torn()

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            os.close(self._fd)


def _open_to_append(path: str) -> int:
    flags = os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(path, flags | os.O_RDWR, 0o644)
    except PermissionError:
        # Enough to append to what may not be read; only the look at its tail is lost.
        return os.open(path, flags | os.O_WRONLY, 0o644)
