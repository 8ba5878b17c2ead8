"""What people read: lines and tables, with colours where somebody looks and wants them.

Colours need ``rich`` (the ``cli`` extra). ``NO_COLOR`` takes them away, ``FORCE_COLOR`` gives them
to a pipe too.
"""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

import attrs

from video_tracker.cli.files import standard_output

__all__ = ["Line", "Part", "Table", "has_colours", "is_terminal", "show", "width"]

NARROWEST: Final = 40
"""Columns that are written in where a terminal has fewer."""

Line = tuple[str, str]
"""A style of rich, or nothing, and a text."""


@attrs.frozen(kw_only=True)
class Table:
    """A table.

    Args:
        head: What stands above each column.
        right: The numbers of the columns that end flush.
        rows: A style and the cells of each row; the last cell may be long.
    """

    head: Sequence[str]
    right: frozenset[int] = frozenset()
    rows: Sequence[tuple[str, Sequence[str]]]

    def lines(self) -> Iterable[str]:
        """The table as plain text."""
        listed = [self.head, *(cells for _, cells in self.rows)]
        widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
        for cells in listed:
            yield "  ".join(
                cell.rjust(width) if number in self.right else cell.ljust(width)
                for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
            ).rstrip()


Part = Line | Table | str
"""A text alone stands as it is, its colours too."""


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
    console = _console() if has_colours(sys.stdout) else None
    written = _plain(parts) if console is None else _coloured(console, parts)
    standard_output().write(line.encode("utf-8", "replace") for line in written)


def _plain(parts: Iterable[Part]) -> Iterable[str]:
    for part in parts:
        if isinstance(part, str):
            yield f"{part}\n"
            continue
        for line in part.lines() if isinstance(part, Table) else (part[1],):
            yield f"{line}\n"


def _coloured(console: Any, parts: Iterable[Part]) -> Iterable[str]:
    for part in parts:
        if isinstance(part, str):
            yield f"{part}\n"
            continue
        with console.capture() as captured:
            if isinstance(part, Table):
                console.print(_painted(part))
            else:
                console.print(part[1], style=part[0] or None, markup=False)
        yield captured.get()


def _console() -> Any:
    from rich.console import Console  # noqa: PLC0415 - an extra, only for who looks

    return Console(highlight=False, force_terminal=True)


def _painted(table: Table) -> Any:
    from rich.table import Table as Painted  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    painted = Painted(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    last = len(table.head) - 1
    for number, name in enumerate(table.head):
        painted.add_column(
            name, justify="right" if number in table.right else "left", no_wrap=number != last
        )
    for style, cells in table.rows:
        painted.add_row(*(Text(cell, style=style) for cell in cells))
    return painted
