"""How far a long command is: a bar if ``rich`` is installed and somebody watches, else lines."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Final, Protocol

from video_tracker.cli.files import tell
from video_tracker.clock import Clock, SystemClock

__all__ = ["Lines", "Progress", "Silence", "progress"]

_EVERY: Final = 2.0
"""Seconds between two lines."""


class Progress(Protocol):
    """Shows how far it is."""

    def show(self, done: int, total: int | None, remark: str) -> None:
        """Say it.

        Args:
            done: Messages that are settled.
            total: How many there are; None while nobody knows.
            remark: What hinders, if anything does.
        """


class Silence:
    """Says nothing."""

    def show(self, done: int, total: int | None, remark: str) -> None:
        """Nothing."""


class Lines:
    """A line on standard error now and then.

    Args:
        clock: Tells when it is time for the next.
        every: Seconds between two of them.
    """

    def __init__(self, clock: Clock | None = None, every: float = _EVERY) -> None:
        self._clock: Clock = SystemClock() if clock is None else clock
        self._every = every
        self._next = self._clock.now() + every

    def show(self, done: int, total: int | None, remark: str) -> None:
        """A line, if it is time for one."""
        now = self._clock.now()
        if now >= self._next:
            self._next = now + self._every
            of = "" if total is None else f" of {total}"
            tell(f"video-tracker: {done}{of} messages" + (f" ({remark})" if remark else ""))


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """Begin to show progress on standard error, which is left tidy.

    Args:
        quiet: Show none.
    """
    if quiet or sys.stderr is None:
        yield Silence()
        return
    if not sys.stderr.isatty():
        yield Lines()
        return
    try:
        from rich.console import Console  # noqa: PLC0415 - an extra, and heavy
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn  # noqa: PLC0415
        from rich.progress import Progress as Bars  # noqa: PLC0415
    except ImportError:
        yield Lines()
        return
    columns = (
        TextColumn("sending"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[remark]}"),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("sending", total=None, remark="")

        class Bar:
            """The bar on the screen."""

            def show(self, done: int, total: int | None, remark: str) -> None:
                """Move it."""
                bars.update(task, completed=done, total=total, remark=remark)

        yield Bar()
