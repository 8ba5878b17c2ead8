"""Which seconds of which asset were watched, as ranges.

A few of them stand in the session's book. More are kept in an array, three numbers each, in the
order in which they were watched; when they become many, each is sorted in among the others and
united with those that it touches, so that a log of any length costs what was seen, and a range that
is closed costs the same however many there are.
"""

import itertools
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final

from video_tracker.session.data.compact import (
    append_range_in_book,
    ranges_in_book,
    without_ranges,
)
from video_tracker.session.data.tolerances import MANY_RANGES

Range = tuple[int, float, float]

_WIDTH: Final = 3
_MOST: Final = MANY_RANGES * _WIDTH


def add(s: Any, asset: int, start: float, end: float) -> None:
    """A range of an asset was watched."""
    many = s.watched_often
    if many is None:
        if not append_range_in_book(s, asset, start, end):
            tell(s, [*itertools.chain(*ranges_in_book(s)), asset, start, end])
    elif len(many) > _MOST:
        _insert(many, asset, start, end)
    else:
        many.extend((asset, start, end))
        if len(many) > _MOST:
            s.watched_often = _merged(many)


def all_of(s: Any) -> list[Range]:
    """All ranges: asset, start and end."""
    many = s.watched_often
    return ranges_in_book(s) if many is None else _triples(many)


def furthest(s: Any, asset: int) -> float:
    """The furthest second of an asset that was watched; 0 when none was."""
    many = s.watched_often
    if many is None or len(many) <= _MOST:
        return max((end for each, _, end in all_of(s) if each == asset), default=0.0)
    last = _place(many, asset + 1, -1.0) - 1
    return many[last * _WIDTH + 2] if last >= 0 and many[last * _WIDTH] == asset else 0.0


def crossed(s: Any, asset: int, low: float, high: float) -> bool:
    """Whether one range of an asset begins before ``low`` and ends behind ``high``."""
    many = s.watched_often
    if many is None or len(many) <= _MOST:
        return any(each == asset and start < low and end > high for each, start, end in all_of(s))
    last = _place(many, asset, low) - 1  # of those that begin before, it ends last
    return last >= 0 and many[last * _WIDTH] == asset and many[last * _WIDTH + 2] > high


def told(s: Any) -> "array[float] | None":
    """All ranges, flat."""
    return array("d", itertools.chain(*all_of(s))) or None


def tell(s: Any, ranges: Sequence[float] | None) -> None:
    """Keep these ranges in place of all others."""
    many = array("d", ranges or ())
    s.book, s.watched_often = without_ranges(s.book), None
    if not all(append_range_in_book(s, *part) for part in _triples(many)):
        s.book = without_ranges(s.book)
        s.watched_often = _merged(many) if len(many) > _MOST else many


def _triples(many: "array[float]") -> list[Range]:
    return [(int(many[at]), many[at + 1], many[at + 2]) for at in range(0, len(many), _WIDTH)]


def _merged(many: "array[float]") -> "array[float]":
    """All of them sorted, those that touch united."""
    merged = array("d")
    for part in sorted(_triples(many)):
        _insert(merged, *part)
    return merged


def _place(many: "array[float]", asset: float, start: float) -> int:
    """How many of the sorted ranges lie before the first that begins at ``start`` or later."""

    def begin(place: int) -> tuple[float, float]:
        return many[place * _WIDTH], many[place * _WIDTH + 1]

    return bisect_left(range(len(many) // _WIDTH), (asset, start), key=begin)


def _insert(many: "array[float]", asset: int, start: float, end: float) -> None:
    """Sort one in among sorted ones and unite it with those that it touches."""
    first = last = _place(many, asset, start)
    before = (first - 1) * _WIDTH
    if first and many[before] == asset and many[before + 2] >= start:
        first -= 1
        start, end = many[before + 1], max(many[before + 2], end)
    at = last * _WIDTH
    while at < len(many) and many[at] == asset and many[at + 1] <= end:
        end = max(many[at + 2], end)
        at += _WIDTH
    many[first * _WIDTH : at] = array("d", (asset, start, end))
