"""What people read: lines and tables, with colours where somebody looks and wants them.

Colours need ``rich`` (the ``cli`` extra). ``NO_COLOR`` takes them away, ``FORCE_COLOR`` gives them
to a pipe too.
"""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TextIO

from video_tracker.cli.files import standard_output

__all__ = ["Line", "Look", "Part", "drawn", "has_colours", "is_terminal", "show", "table", "width"]

NARROWEST: Final = 40
"""Columns that are written in where a terminal has fewer."""

Line = tuple[str, str]
"""A style of rich, or nothing, and a text."""


Part = Line | str
"""A text alone stands as it is, its colours too."""


class Look(NamedTuple):
    """How something is looked at.

    Args:
        columns: How many there are to write in.
        colour: Whether there are colours.
    """

    columns: int
    colour: bool

    @classmethod
    def at(cls, stream: TextIO | None) -> "Look":
        """How what goes to a stream is looked at."""
        return cls(width(), has_colours(stream))


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at a stream."""
    return stream is not None and stream.isatty()


def has_colours(stream: TextIO | None) -> bool:
    """Whether what goes to a stream is to be coloured, and can be."""
    wanted = is_terminal(stream) and os.environ.get("TERM") != "dumb"
    if not (wanted or os.environ.get("FORCE_COLOR")) or os.environ.get("NO_COLOR"):
        return False
    return importlib.util.find_spec("rich") is not None


def width() -> int:
    """The columns that there are to write in: those of the terminal, else 100."""
    return max(shutil.get_terminal_size((100, 24)).columns, NARROWEST)


def show(parts: Iterable[Part]) -> None:
    """Print on standard output.

    Raises:
        CommandError: It cannot be written.
        BrokenPipeError: Nobody reads any more.
    """
    standard_output().write(drawn(parts, colour=has_colours(sys.stdout)))


def drawn(parts: Iterable[Part], *, colour: bool) -> Iterator[bytes]:
    """The lines of parts, as they are printed.

    Args:
        parts: What is to be read.
        colour: Whether it is to be coloured, which needs ``rich``.
    """
    written = _coloured(_console(), parts) if colour else _plain(parts)
    return (line.encode("utf-8", "replace") for line in written)


def table(
    head: Sequence[str],
    rows: Iterable[tuple[str, Sequence[str]]],
    *,
    right: frozenset[int] = frozenset(),
) -> Iterator[Line]:
    """The lines of a table; where a terminal is narrower, it wraps them itself.

    Args:
        head: What stands above each column.
        rows: A style and the cells of each row; the last cell may be long.
        right: The numbers of the columns that end flush.
    """
    listed = [("dim", head), *rows]
    widths = [max(map(len, column)) for column in zip(*(cells for _, cells in listed), strict=True)]
    for style, cells in listed:
        padded = (
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        yield style, "  ".join(padded).rstrip()


def _plain(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        yield f"{part if isinstance(part, str) else part[1]}\n"


def _coloured(console: Any, parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield f"{part}\n"
            continue
        with console.capture() as captured:
            console.print(part[1], style=part[0] or None, markup=False, soft_wrap=True)
        yield captured.get()


def _console() -> Any:
    from rich.console import Console  # noqa: PLC0415 - an extra, only for who looks

    return Console(highlight=False, force_terminal=True)
