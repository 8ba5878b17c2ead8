"""Expected lines of a transcript, as a person writes them, and whether a line fits one.

White space does not count. Of a line, whatever is behind may be left out, and so may the time
before it; ``*`` stands for anything within a column. ``...`` on a line of its own stands for any
lines in between. A line that begins with ``#`` is a remark.
"""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from video_tracker.events import EVENTS
from video_tracker.spelling import hint
from video_tracker.transcript import COLUMNS, GAP, Row, seconds_text, short_name

__all__ = ["ANY", "NAMES", "columns_that_fail", "holds", "nearest", "read_patterns", "shown"]

ANY: Final = "*"
NAMES: Final = frozenset(map(short_name, EVENTS))
"""The names of the library's events, without ``Video``."""

_TIME: Final = re.compile(r"(-?\d+(?:\.\d*)?)s?|[*-]")
_POSITION: Final = re.compile(r"(?:-?\d+|[*-])(?:/(?:\d+|[*-]))?")
_LONGEST: Final = 4
"""Words of the longest name of the library's."""


def read_patterns(text: str, names: Collection[str] = ()) -> list[Row]:
    """Read expected lines.

    Args:
        text: The lines.
        names: Names of events beside the library's; others of one's own stand in quotes.

    Returns:
        A row for each; what was left out is ``*``.

    Raises:
        ValueError: A line holds no name of an event, or its columns are none.
    """
    known = NAMES.union(names)
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            rows.append(GAP if words == ["..."] else _pattern(words, known))
        except ValueError as error:
            raise ValueError(f"line {number}, {' '.join(words)!r}: {error}") from None
    return rows


def _pattern(words: list[str], known: Collection[str]) -> Row:
    time = ANY
    if (found := _TIME.fullmatch(words[0])) and words != [ANY]:
        time = seconds_text(float(found[1])) if found[1] else words[0]
        words = words[1:]
    name, words = _name(words, known)
    ids, position = ANY, ANY
    if words and not (len(words) == 1 and "/" in words[0] and _POSITION.fullmatch(words[0])):
        ids, words = words[0], words[1:]
    if words:
        position, words = words[0], words[1:]
        if not _POSITION.fullmatch(position):
            raise ValueError(
                f"{position!r} is no position: the columns are time, name, asset/pod,"
                " position/length and the rest; * stands for one that is any"
            )
        position = position if "/" in position or position == ANY else f"{position}/*"
    return Row(time, name, ids, position, " ".join(words) or ANY)


def _name(words: list[str], known: Collection[str]) -> tuple[str, list[str]]:
    """The name at the start of some words, and the words behind it."""
    if words and words[0] == "Video":
        words = words[1:]
    if words and words[0] == ANY:
        return ANY, words[1:]
    text = " ".join(words)
    if quoted := re.match(r'"([^"]+)"(?: |$)', text):
        return short_name(quoted[1]), text[quoted.end() :].split()
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        if name in known:
            return name, words[count:]
    said = " ".join(words[:_LONGEST])
    meant = max((nearest(" ".join(words[:count]), known) for count in range(1, _LONGEST)), key=len)
    raise ValueError(
        f"no event is called {said!r}{meant}; a name of your own stands in quotes"
        if said
        else "a line names an event"
    )


def nearest(word: str, known: Collection[str]) -> str:
    """``; did you mean ...?`` of the nearest known word; empty when none is near."""
    return hint(word, sorted(known), cutoff=0.75)


def columns_that_fail(pattern: Row, row: Row, within: float = 0.0) -> list[str]:
    """The columns of a row that are not what its pattern wants.

    Args:
        pattern: What is expected.
        row: What came.
        within: Seconds by which its time may differ.
    """
    cells = zip(COLUMNS, pattern, row, strict=True)
    return [
        column
        for column, wanted, got in cells
        if wanted != got
        and not (column == "time" and _near(wanted, got, within))
        and not (ANY in wanted and _fits(wanted, got))
    ]


def _near(wanted: str, got: str, within: float) -> bool:
    if ANY in wanted or "-" in {wanted, got}:
        return False
    return abs(float(wanted) - float(got)) <= within + 1e-9


def _fits(wanted: str, got: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, wanted.split(ANY))), got) is not None


def holds(
    left: Sequence[Any], is_gap: Callable[[int], bool], right: int, fits: Callable[[int, int], bool]
) -> bool:
    """Whether each of the right fits the left in its turn, with gaps for any number of them.

    Args:
        left: What is expected.
        is_gap: Whether the i-th of it is a gap.
        right: How many came.
        fits: Whether the i-th expected and the j-th that came fit.
    """
    i = j = 0
    gap, taken = -1, 0  # the last gap, and where what it has taken ends
    while j < right:
        if i < len(left) and is_gap(i):
            gap, taken = i, j
            i += 1
        elif i < len(left) and fits(i, j):
            i, j = i + 1, j + 1
        elif gap >= 0:
            taken += 1
            i, j = gap + 1, taken
        else:
            return False
    return all(is_gap(rest) for rest in range(i, len(left)))


def shown(pattern: Row) -> Row:
    """A pattern as it is shown: what may be anything is left blank."""
    return Row(*("" if cell == ANY else cell for cell in pattern))
