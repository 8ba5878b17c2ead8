"""Which lines of two transcripts tell of the same event.

Short streams are aligned by the least sum of differences. Long ones are cut first where lines of
both are equal (difflib): whole lines, then lines whatever their time, then the same event of the
same ids.
"""

import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import attrs

__all__ = ["Pair", "align"]

Differing = Callable[[int, int], Sequence[str]]
"""What differs between a line of the left and one of the right, by their numbers."""

_LARGEST: Final = 60_000
"""Pairs of lines that are compared one by one."""
_DIFFERENCE: Final = 0.45
"""What each difference within a pair costs."""
_LEFT_ALONE: Final = 2.0
_RIGHT_ALONE: Final = 1.0
"""What a line without a partner costs. Where a gap takes lines of the right for nothing, a line of
the left is to find its own all the same; elsewhere only the sum of the two matters."""
_WORST: Final = 2.9
"""What a pair costs at most: less than two lines without a partner."""
_APART: Final = 4.0
"""What two different events would cost as a pair: they stay alone."""
_KEYS: Final = (slice(None), slice(1, None), slice(1, 3))
"""The columns by which long streams are cut, one after the other."""

Table = list[list[float]]


@attrs.frozen
class Pair:
    """Two lines beside each other, or one alone.

    Args:
        left, right: Their numbers; None is: there is no such line.
        differing: What differs, in words.
        free: Whether one without a partner is no difference: a gap allows it.
    """

    left: int | None
    right: int | None
    differing: tuple[str, ...] = ()
    free: bool = False

    @property
    def beside(self) -> tuple[int, int] | None:
        """The numbers of two lines that stand beside each other and differ; else None."""
        if self.left is None or self.right is None or not self.differing:
            return None
        return self.left, self.right

    @property
    def mark(self) -> str:
        """``|``, ``<`` or ``>`` for a difference; a blank for none."""
        if self.free:
            return " "
        if self.left is None:
            return ">"
        if self.right is None:
            return "<"
        return "|" if self.differing else " "


@attrs.frozen
class _Lines:
    left: Sequence[tuple[str, ...]]
    right: Sequence[tuple[str, ...]]
    differing: Differing

    def is_gap(self, i: int) -> bool:
        return self.left[i][1] == "..." and not self.left[i][0]

    def cost(self, i: int, j: int) -> float:
        """What it costs to pair two lines."""
        differing = self.differing(i, j)
        return _APART if "name" in differing else min(_WORST, _DIFFERENCE * len(differing))


def align(
    left: Sequence[tuple[str, ...]], right: Sequence[tuple[str, ...]], differing: Differing
) -> list[Pair]:
    """Pair the lines of two transcripts.

    Args:
        left: The rows of one; a row that is ``GAP`` takes any number of the other's.
        right: The rows of the other.
        differing: Names the columns in which two of them differ; with ``name`` among them they
            are no pair.

    Returns:
        Every line of both in its order, once; a gap once for each line that it takes.
    """
    lines = _Lines(left, right, differing)
    return list(_region(lines, (0, len(left)), (0, len(right)), _KEYS))


def _region(
    lines: _Lines, left: tuple[int, int], right: tuple[int, int], keys: Sequence[slice]
) -> Iterator[Pair]:
    """The pairs of a stretch of both."""
    (i, i_end), (j, j_end) = left, right
    is_small = (i_end - i) * (j_end - j) <= _LARGEST
    if is_small or not keys:
        yield from (_cheapest if is_small else _in_order)(lines, left, right)
        return
    ours = [row[keys[0]] for row in lines.left[i:i_end]]
    theirs = [row[keys[0]] for row in lines.right[j:j_end]]
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    for block in matcher.get_matching_blocks():
        to_i, to_j = left[0] + block.a, right[0] + block.b
        yield from _region(lines, (i, to_i), (j, to_j), keys[1:])
        i, j = to_i + block.size, to_j + block.size
        yield from _in_order(lines, (to_i, i), (to_j, j))


def _in_order(lines: _Lines, left: tuple[int, int], right: tuple[int, int]) -> Iterator[Pair]:
    """The n-th beside the n-th, for what is too long to be compared otherwise."""
    (i, i_end), (j, j_end) = left, right
    for number in range(max(i_end - i, j_end - j)):
        one = i + number if i + number < i_end else None
        other = j + number if j + number < j_end else None
        paired = one is not None and other is not None
        differing = tuple(lines.differing(one, other)) if paired else ()  # type: ignore[arg-type]
        yield Pair(one, other, differing)


def _cheapest(lines: _Lines, left: tuple[int, int], right: tuple[int, int]) -> Iterator[Pair]:
    """The pairs that cost least."""
    (i, i_end), (j, j_end) = left, right
    best = _costs(lines, left, right)
    i_start, j_start = i, j

    def rest(i: int, j: int) -> float:
        return best[i - i_start][j - j_start]

    while i < i_end or j < j_end:
        if i < i_end and lines.is_gap(i):
            taken = j < j_end and rest(i, j) == rest(i, j + 1)
            yield Pair(i, j if taken else None, free=True)
            while taken and j + 1 < j_end and rest(i, j + 1) == rest(i, j + 2):
                j += 1
                yield Pair(i, j, free=True)
            i, j = i + 1, j + taken
        elif i < i_end and j < j_end and rest(i, j) == lines.cost(i, j) + rest(i + 1, j + 1):
            yield Pair(i, j, tuple(lines.differing(i, j)))
            i, j = i + 1, j + 1
        elif i < i_end and rest(i, j) == _LEFT_ALONE + rest(i + 1, j):
            yield Pair(i, None)
            i += 1
        else:
            yield Pair(None, j)
            j += 1


def _costs(lines: _Lines, left: tuple[int, int], right: tuple[int, int]) -> Table:
    """``[i][j]``: what the cheapest alignment of the rest costs, from lines i and j on."""
    (i_start, i_end), (j_start, j_end) = left, right
    below = [_RIGHT_ALONE * (j_end - j) for j in range(j_start, j_end + 1)]
    table = [below]
    for i in range(i_end - 1, i_start - 1, -1):
        gap = lines.is_gap(i)
        row = [0.0] * (j_end - j_start + 1)
        row[-1] = below[-1] + (0.0 if gap else _LEFT_ALONE)
        for j in range(j_end - 1, j_start - 1, -1):
            at = j - j_start
            if gap:
                row[at] = min(below[at], row[at + 1])
            else:
                paired = lines.cost(i, j) + below[at + 1]
                row[at] = min(paired, _LEFT_ALONE + below[at], _RIGHT_ALONE + row[at + 1])
        table.append(row)
        below = row
    return table[::-1]
