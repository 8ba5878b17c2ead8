"""JSON Lines in files of bounded size: one that grows, and finished ones for others to take.

``events.jsonl`` grows; when it is full it becomes ``events-000001.jsonl`` in one atomic step. So
whatever matches ``events-*.jsonl`` is complete and never changes again: it can be uploaded, loaded
or deleted by anybody at any time.
"""

import contextlib
import os
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from video_tracker.clock import Clock, SystemClock
from video_tracker.delivery.outcome import DELIVERED, Outcome
from video_tracker.errors import TransportError
from video_tracker.transports.appending import AppendedFile, ShortWriteError, trouble
from video_tracker.wire import Record

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows: there, one process for each path
    fcntl = None

__all__ = ["RotatingJsonLinesTransport"]

_TRIES: Final = 100
"""Times that a file may be rotated away by others between opening it and locking it."""


class RotatingJsonLinesTransport:
    """A transport that appends to a JSON Lines file, and begins a new one when that is full.

    Several processes may append to one path, forked ones included; each write is made under a
    lock of the file. (Windows has no such lock: one process for each path there.)

    Args:
        path: The file that grows; its folder must exist. Finished ones lie beside it, numbered.
        max_bytes: The size at which it is finished. A write is never divided: the file is
            finished before a write that would make it larger, so only a single write that is
            larger by itself exceeds it.
        max_age: Seconds after which it is finished at the next write, from when this transport
            first wrote to it; None is never.
        keep: How many finished files stay; older ones are deleted. None keeps all.
        sync: Wait until the disk has it (``fsync``) before saying delivered.
        clock: For ``max_age``.

    Raises:
        TransportError: The path cannot be opened for appending, or a limit makes no sense.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        max_bytes: int = 64 * 1024 * 1024,
        max_age: float | None = None,
        keep: int | None = None,
        sync: bool = False,
        clock: Clock | None = None,
    ) -> None:
        if max_bytes < 1:
            raise TransportError(f"max_bytes must be 1 or more, not {max_bytes!r}")
        if max_age is not None and not max_age > 0:
            raise TransportError(f"max_age must be seconds, more than zero, not {max_age!r}")
        if keep is not None and keep < 0:
            raise TransportError(f"keep must be zero or more, not {keep!r}")
        self._path = Path(path)
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._keep = keep
        self._sync = sync
        self._clock: Clock = SystemClock() if clock is None else clock
        self._lock = threading.Lock()
        self._closed = False
        self._since: float | None = None
        self._number = 0
        self._shut = False
        self._file = self._open()

    def __repr__(self) -> str:
        return f"RotatingJsonLinesTransport({os.fspath(self._path)!r})"

    def send(self, records: Sequence[Record]) -> Outcome:
        """Append the messages, each on its line, to one file.

        Returns:
            As :meth:`JsonLinesTransport.send`. A file that cannot be finished (a folder that
            forbids it) grows on: that is no reason to refuse anything.

        Raises:
            TransportError: It was closed before.
        """
        # A line break in JSON text can only be white space: inside a string it is escaped.
        lines = [record.body.replace(b"\n", b" ") + b"\n" for record in records]
        with self._lock:
            if self._closed:
                raise TransportError(f"{self!r} is closed")
            try:
                self._write(lines)
            except ShortWriteError as short:
                missing = tuple(record.message_id for record in records[short.whole :])
                return trouble(short.cause, missing if short.whole else None)
            except TransportError as error:  # the file had to be opened again, in vain
                cause = error.__cause__
                return trouble(cause if isinstance(cause, OSError) else OSError(str(error)))
            except OSError as error:
                return trouble(error)
        return DELIVERED

    def rotate(self) -> Path | None:
        """Finish the file now.

        Returns:
            The finished file; None when there was nothing in it.

        Raises:
            TransportError: It was closed before.
            OSError: It cannot be renamed.
        """
        with self._lock:
            if self._closed:
                raise TransportError(f"{self!r} is closed")
            with self._held() as size:
                return self._finish() if size else None

    def finished(self) -> list[Path]:
        """The finished files, oldest first."""
        return [path for _, path in self._numbered()]

    def close(self) -> None:
        """Close the file; it stays under its name, for the next one to append to."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._let_go()

    def after_fork(self) -> None:
        """Open the file again in a child process: an inherited lock would hold nobody off."""
        self._lock = threading.Lock()
        if not self._closed:
            self._reopen()

    def _open(self) -> AppendedFile:
        self._pid = os.getpid()
        self._since = None
        self._known = 0
        return AppendedFile(os.fspath(self._path), self._sync)

    def _reopen(self) -> None:
        self._let_go()
        self._file = self._open()
        self._shut = False

    def _let_go(self) -> None:
        if not self._shut:
            self._shut = True
            self._file.close()

    @contextlib.contextmanager
    def _held(self) -> Iterator[int]:
        """Hold the file that the path names, whoever rotated meanwhile; yield its size."""
        if self._shut or os.getpid() != self._pid:
            self._reopen()
        for _ in range(_TRIES):
            if fcntl is not None:
                fcntl.flock(self._file.fd, fcntl.LOCK_EX)
            size = self._size_if_current()
            if size is not None:
                break
            self._reopen()  # which lets go of the lock, too
        else:
            raise OSError(f"{self._path} is rotated away again and again")
        if size != self._known:
            self._file.look_again()
        try:
            yield size
        finally:
            if not self._shut:
                self._known = os.fstat(self._file.fd).st_size
                if fcntl is not None:
                    fcntl.flock(self._file.fd, fcntl.LOCK_UN)

    def _size_if_current(self) -> int | None:
        own = os.fstat(self._file.fd)
        try:
            named = os.stat(self._path)  # noqa: PTH116 - a Path is slower, and this is every write
        except FileNotFoundError:
            return None
        return own.st_size if (own.st_dev, own.st_ino) == (named.st_dev, named.st_ino) else None

    def _write(self, lines: Sequence[bytes]) -> None:
        may_grow = False
        while True:
            with self._held() as size:
                now = 0.0 if self._max_age is None else self._clock.now()
                if may_grow or not self._is_full(size, sum(map(len, lines)), now):
                    if self._since is None:
                        self._since = now
                    self._file.write(lines)
                    return
                try:
                    self._finish()
                except OSError:
                    may_grow = True  # a folder that forbids it is no reason to lose anything

    def _is_full(self, size: int, more: int, now: float) -> bool:
        if not size:
            return False
        if self._max_age is not None and self._since is not None:
            return size + more > self._max_bytes or now - self._since >= self._max_age
        return size + more > self._max_bytes

    def _finish(self) -> Path:
        """Give the file its number; the caller holds the lock, which ends with it."""
        if self._sync:
            os.fsync(self._file.fd)
        numbers = [number for number, _ in self._numbered()]
        self._number = max([self._number, *numbers]) + 1
        target = self._path.with_name(f"{self._path.stem}-{self._number:06d}{self._path.suffix}")
        if fcntl is None:  # Windows renames no open file
            self._let_go()
        # Whoever waits for the lock finds that the path names another file, and opens that.
        self._path.rename(target)
        self._let_go()
        self._sync_folder()
        self._forget_oldest()
        return target

    def _sync_folder(self) -> None:
        if self._sync and fcntl is not None:
            fd = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

    def _forget_oldest(self) -> None:
        if self._keep is not None:
            done = self.finished()
            for path in done[: max(len(done) - self._keep, 0)]:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _numbered(self) -> list[tuple[int, Path]]:
        pattern = re.compile(
            re.escape(self._path.stem) + r"-(\d{6,})" + re.escape(self._path.suffix)
        )
        found = []
        for path in self._path.parent.iterdir():
            match = pattern.fullmatch(path.name)
            if match:
                found.append((int(match[1]), path))
        return sorted(found)
