"""Expected figures of a summary, by their names."""

from collections.abc import Mapping
from typing import Any, Final

from video_tracker.plan import is_number
from video_tracker.summary import Summary
from video_tracker.testing.patterns import nearest

__all__ = ["assert_summary"]

_SECONDS: Final = frozenset(
    (*Summary.BUCKETS, "elapsed", "content_media_seconds", "unique_seconds", "watched", "furthest",
     "startup_time")
)  # fmt: skip
"""What is told in seconds; all else is exact."""


def assert_summary(
    summary: Summary | Mapping[str, Any], *, within: float = 0.001, **expected: Any
) -> None:
    """Hold the figures of a summary against what is expected of some of them.

    Args:
        summary: The summary, or what its ``to_dict`` gave.
        within: Seconds by which a figure in seconds may differ.
        expected: Figures by their keys in ``Summary.to_dict``. A value may be anything that
            compares, ``pytest.approx`` for instance.

    Raises:
        AssertionError: Some are otherwise; the text has all of them.
        TypeError: There is no such figure.
    """
    __tracebackhide__ = True
    figures = summary.to_dict() if isinstance(summary, Summary) else summary
    for name in expected:
        if name not in figures:
            raise TypeError(f"a summary has no figure {name!r}{nearest(name, figures)}")
    wrong = [
        name
        for name, value in expected.items()
        if not _agrees(value, figures[name], within if name in _SECONDS else 1e-9)
    ]
    if wrong:
        raise AssertionError(_text(wrong, expected, figures, within))


def _agrees(wanted: Any, got: Any, within: float) -> bool:
    """Whether two values agree: numbers within so much, and so whatever is in a list or mapping."""
    if is_number(wanted) and is_number(got):
        return bool(abs(wanted - got) <= within + 1e-9 * abs(wanted))
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        same = wanted.keys() == got.keys()
        return same and all(_agrees(value, got[key], within) for key, value in wanted.items())
    if isinstance(wanted, list | tuple) and isinstance(got, list | tuple):
        pairs = zip(wanted, got, strict=False)
        return len(wanted) == len(got) and all(_agrees(one, two, within) for one, two in pairs)
    return bool(wanted == got)


def _text(
    wrong: list[str], expected: Mapping[str, Any], figures: Mapping[str, Any], within: float
) -> str:
    cells = [("", "expected", "got")]
    cells += [(name, repr(expected[name]), repr(figures[name])) for name in wrong]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    count = f"{len(wrong)} of {len(expected)} figures are"
    return "\n".join([f"{count} not as expected (seconds within {within:g}):", *lines])
