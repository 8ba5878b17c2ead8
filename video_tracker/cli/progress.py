"""How far a long command is: on a terminal a bar if ``rich`` is installed, else lines."""

import contextlib
import sys
from collections.abc import Iterator
from gzip import GzipFile
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from video_tracker.cli.files import CommandError, open_input, tell
from video_tracker.cli.mistaken import unreadable
from video_tracker.cli.screen import is_terminal
from video_tracker.clock import Clock, SystemClock

__all__ = ["Bar", "Lines", "Progress", "Silence", "open_watched", "progress"]

_EVERY: Final = 2.0
"""Seconds between two lines."""
_SOON: Final = 0.5
"""Seconds of work that need no bar."""
_STEP: Final = 256 * 1024
"""Bytes between two looks at how far the reading is."""


class Progress(Protocol):
    """Shows how far it is."""

    def show(self, done: int, total: int | None, remark: str = "") -> None:
        """Say it.

        Args:
            done: What is settled: messages, or bytes.
            total: How many there are; None while nobody knows.
            remark: What hinders, if anything does.
        """


class Silence:
    """Says nothing."""

    def show(self, done: int, total: int | None, remark: str = "") -> None:
        """Nothing."""


class Lines:
    """A line on standard error now and then.

    Args:
        clock: Tells when it is time for the next.
        every: Seconds between two of them.
        unit: What is counted.
    """

    def __init__(
        self, clock: Clock | None = None, every: float = _EVERY, unit: str = "messages"
    ) -> None:
        self._clock: Clock = SystemClock() if clock is None else clock
        self._every = every
        self._unit = unit
        self._next = self._clock.now() + every

    def show(self, done: int, total: int | None, remark: str = "") -> None:
        """A line, if it is time for one."""
        now = self._clock.now()
        if now >= self._next:
            self._next = now + self._every
            of = "" if total is None else f" of {total}"
            tell(f"video-tracker: {done}{of} {self._unit}" + (f" ({remark})" if remark else ""))


class Bar:
    """A bar on the screen, once the work is worth one; without ``rich`` lines in its place.

    Args:
        what: What is done.
        unit: What is counted: ``messages``, ``files`` or ``bytes``.
        clock: Tells how long the work takes.
    """

    def __init__(self, what: str, unit: str, clock: Clock | None = None) -> None:
        self._what, self._unit = what, unit
        self._clock: Clock = SystemClock() if clock is None else clock
        self._from = self._clock.now() + _SOON
        self._bars: Any = None
        self._lines: Lines | None = None

    def show(self, done: int, total: int | None, remark: str = "") -> None:
        """Move it."""
        if self._bars is None and self._lines is None:
            if self._clock.now() < self._from:
                return
            self._begin()
        if self._lines is not None:
            self._lines.show(done, total, remark)
        else:
            self._bars.update(self._bars.task_ids[0], completed=done, total=total, remark=remark)

    def _begin(self) -> None:
        try:
            from rich import progress as parts  # noqa: PLC0415 - an extra, and heavy
            from rich.console import Console  # noqa: PLC0415 - as above
        except ImportError:
            self._lines = Lines(self._clock, unit=self._unit)
            return
        counted = parts.DownloadColumn if self._unit == "bytes" else parts.MofNCompleteColumn
        self._bars = parts.Progress(
            parts.TextColumn("{task.description}"),
            parts.BarColumn(),
            counted(),
            parts.TextColumn("{task.fields[remark]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._bars.add_task(self._what, total=None, remark="")
        self._bars.start()

    def close(self) -> None:
        """Take it away."""
        if self._bars is not None:
            self._bars.stop()


@contextlib.contextmanager
def progress(
    what: str, unit: str = "messages", *, quiet: bool = False, unseen: float | None = None
) -> Iterator[Progress]:
    """Begin to show progress on standard error, if that is a terminal, and leave it tidy.

    Args:
        what: What is done: ``sending``.
        unit: What is counted: ``messages``, ``files`` or ``bytes``.
        quiet: Show none.
        unseen: Seconds between two lines where it is no terminal; None writes none there.
    """
    if quiet or not is_terminal(sys.stderr):
        yield Silence() if quiet or unseen is None else Lines(every=unseen, unit=unit)
        return
    with contextlib.closing(Bar(what, unit)) as bar:
        yield bar


class _Watched:
    """A file that is read by lines, and says how far."""

    def __init__(self, file: BinaryIO, name: str, total: int | None, bar: Progress) -> None:
        self._file, self._name, self._total, self._bar = file, name, total, bar
        self._read = self._shown = 0

    def readline(self, size: int = -1, /) -> bytes:
        """The next line."""
        line = self._file.readline(size)
        if not self._read and (reason := unreadable(line, self._name)):
            raise CommandError(f"{self._name}: {reason}")
        self._read += len(line)
        if self._read - self._shown >= _STEP:
            self._shown = self._read
            self._bar.show(self._read, self._total)
        return line


@contextlib.contextmanager
def open_watched(name: str, *, quiet: bool = False) -> Iterator[Any]:
    """Open a file for reading by lines, and show how far that is; ``-`` is standard input.

    Args:
        name: The file.
        quiet: Show nothing: the screen is in use.

    Raises:
        CommandError: It cannot be opened; or, as it is read, that it is no JSON.
    """
    with open_input(name) as file, progress("reading", "bytes", quiet=quiet) as bar:
        is_sized = name != "-" and Path(name).is_file() and not isinstance(file, GzipFile)
        yield _Watched(file, name, Path(name).stat().st_size if is_sized else None, bar)
