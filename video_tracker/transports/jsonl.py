"""One message a line (JSON Lines), to a file by path or to an open file object.

A line is whole or it is not there: a write cut short by a full disk is taken back, and the tail
left by a process that died is fenced off by a line break before anything is added.
"""

import contextlib
import errno
import os
import threading
from collections.abc import Sequence
from typing import IO, Any, Final, Protocol

from video_tracker.delivery.outcome import DELIVERED, Outcome, Refused, TryLater
from video_tracker.errors import TransportError
from video_tracker.wire import Record

__all__ = ["JsonLinesTransport"]

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_GONE: Final = frozenset({errno.EPIPE, errno.EBADF})


class JsonLinesTransport:
    """A transport that appends to a JSON Lines file.

    Args:
        target: A path (created if need be, appended to, closed by ``close``), or an open file
            object, text or binary (flushed after every call, left open: it is the caller's).
        sync: With a path: wait until the disk has it (``fsync``) before saying delivered.

    Raises:
        TransportError: The path cannot be opened for appending.
    """

    def __init__(self, target: str | os.PathLike[str] | IO[Any], *, sync: bool = False) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._sink: _Sink
        if isinstance(target, str | os.PathLike):
            self._name = os.fspath(target)
            self._sink = _Path(self._name, sync)
        else:
            self._name = str(getattr(target, "name", type(target).__name__))
            self._sink = _File(target)

    def __repr__(self) -> str:
        return f"JsonLinesTransport({self._name!r})"

    def send(self, records: Sequence[Record]) -> Outcome:
        """Append the messages, each on its line.

        Returns:
            Delivered; or, of the records whose lines are not whole in the file: try later
            (``disk_full``, ``io_error``) or refused (``closed``: nobody reads any more).

        Raises:
            TransportError: It was closed before.
        """
        # A line break in JSON text can only be white space: inside a string it is escaped.
        lines = [record.body.replace(b"\n", b" ") + b"\n" for record in records]
        with self._lock:
            if self._closed:
                raise TransportError(f"{self!r} is closed")
            try:
                self._sink.write(lines)
            except _ShortError as short:
                missing = tuple(record.message_id for record in records[short.whole :])
                return _trouble(short.cause, missing if short.whole else None)
        return DELIVERED

    def close(self) -> None:
        """Close the file if it was opened by path."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._sink.close()


def _trouble(error: Exception, which: tuple[str, ...] | None) -> TryLater | Refused:
    if isinstance(error, UnicodeError):
        return Refused("unencodable", str(error), which)
    if isinstance(error, ValueError):  # what a closed file object raises
        return Refused("closed", str(error), which)
    number = getattr(error, "errno", None)
    detail = os.strerror(number) if isinstance(number, int) else str(error)
    if number in _GONE:
        return Refused("closed", detail, which)
    return TryLater("disk_full" if number in _FULL else "io_error", detail, which=which)


class _ShortError(Exception):
    """A write ended early: ``whole`` lines are in the file, the rest is not."""

    def __init__(self, whole: int, cause: Exception) -> None:
        super().__init__(str(cause))
        self.whole = whole
        self.cause = cause


class _Sink(Protocol):
    def write(self, lines: Sequence[bytes]) -> None: ...

    def close(self) -> None: ...


class _Path:
    """Appends by the system's own ``write``, so that what was written is always known."""

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

    def write(self, lines: Sequence[bytes]) -> None:
        fence = b"\n" if self._torn else b""
        data = memoryview(fence + b"".join(lines))
        done = 0
        try:
            while done < len(data):
                done += os.write(self._fd, data[done:])
        except OSError as error:
            raise _ShortError(self._keep_whole_lines(lines, len(fence), done), error) from error
        self._torn = False
        if self._sync:
            self._to_disk(len(data))

    def _to_disk(self, written: int) -> None:
        try:
            os.fsync(self._fd)
        except OSError as error:
            self._take_back(written)
            raise _ShortError(0, error) from error

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

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._fd)


def _open_to_append(path: str) -> int:
    flags = os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(path, flags | os.O_RDWR, 0o644)
    except PermissionError:
        # Enough to append to what may not be read; only the look at its tail is lost.
        return os.open(path, flags | os.O_WRONLY, 0o644)


class _File:
    """Writes to a file object of the caller's; after a fault nothing is known of the lines."""

    def __init__(self, file: IO[Any]) -> None:
        self._file = file
        self._text = hasattr(file, "encoding")  # what every text stream has, and no binary one

    def write(self, lines: Sequence[bytes]) -> None:
        data = b"".join(lines)
        try:
            if self._text:
                self._file.write(data.decode("utf-8"))
            else:
                self._write_all(memoryview(data))
            self._file.flush()
        except (OSError, ValueError) as error:
            raise _ShortError(0, error) from error

    def _write_all(self, data: memoryview) -> None:
        # An unbuffered file may take a part only, and None is its word for "would block".
        while data:
            taken = self._file.write(data)
            if taken is None:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            data = data[taken:]

    def close(self) -> None:
        """The file is the caller's."""
