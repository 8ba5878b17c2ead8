"""One message a line (JSON Lines), to a file by path or to an open file object.

A line is whole or it is not there: a write cut short by a full disk is taken back, and the tail
left by a process that died is fenced off by a line break before anything is added.
"""

import errno
import os
import threading
from collections.abc import Sequence
from typing import IO, Any, Protocol

from video_tracker.delivery.outcome import DELIVERED, Outcome
from video_tracker.errors import TransportError
from video_tracker.transports.appending import AppendedFile, ShortWriteError, trouble
from video_tracker.wire import Record

__all__ = ["JsonLinesTransport"]


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
            self._sink = AppendedFile(self._name, sync)
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
            except ShortWriteError as short:
                missing = tuple(record.message_id for record in records[short.whole :])
                return trouble(short.cause, missing if short.whole else None)
        return DELIVERED

    def after_fork(self) -> None:
        """Let go of a lock that a thread of the parent's may hold for ever."""
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file if it was opened by path."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._sink.close()


class _Sink(Protocol):
    def write(self, lines: Sequence[bytes]) -> None: ...

    def close(self) -> None: ...


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
            raise ShortWriteError(0, error) from error

    def _write_all(self, data: memoryview) -> None:
        # An unbuffered file may take a part only, and None is its word for "would block".
        while data:
            taken = self._file.write(data)
            if taken is None:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            data = data[taken:]

    def close(self) -> None:
        """The file is the caller's."""
