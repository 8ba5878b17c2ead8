"""What all views of a picture are made of: axes, rows, tooltips, and the data behind them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from video_tracker.timeline.figures import clock, seconds_words, step_of
from video_tracker.timeline.theme import Theme

__all__ = [
    "LETTER",
    "ROW",
    "Canvas",
    "Rows",
    "axis",
    "layer",
    "moment",
    "ms",
    "span",
    "tooltip",
]

ROW: Final = 20
LETTER: Final = 6.6
"""Pixels that a letter takes."""
_MARKS: Final = 12
"""Marks on an axis, at the most."""
_MARK: Final = 50
"""Pixels that the time at a mark needs."""
_CLOCK: Final = (
    "(datum.value >= 3600000 ? floor(datum.value / 3600000) + ':' : '')"
    " + utcFormat(datum.value, datum.value >= 3600000 ? '%M:%S' : '%-M:%S')"
    " + (datum.value % 1000 ? utcFormat(datum.value, '.%L') : '')"
)
"""A time of the session on an axis: 1:05, 1:01:05."""

Rows = list[dict[str, Any]]


@attrs.frozen
class Canvas:
    """Where is drawn.

    Args:
        theme: The colours.
        width: Pixels of the time axis.
        names: Pixels left of the rows, for their names.
        length: Seconds of it.
        zoom: Whether it can be zoomed.
    """

    theme: Theme
    width: int
    names: int
    length: float
    zoom: bool

    @property
    def scale(self) -> float:
        """Pixels of a second."""
        return self.width / self.length

    @property
    def x(self) -> dict[str, Any]:
        """The start of each datum on wall time."""
        scale = {"type": "utc", "domain": [0, ms(self.length)], "nice": False}
        return {"field": "start", "type": "temporal", "scale": scale, "axis": None}

    @property
    def marks(self) -> int:
        """How many marks an axis has at the most."""
        return min(_MARKS, self.width // _MARK)

    def rows(self, names: Sequence[str]) -> dict[str, Any]:
        """The rows of a view, with their names on the left."""
        named = {
            "title": None,
            "domain": False,
            "ticks": False,
            "grid": False,
            "labelPadding": 8,
            "minExtent": self.names,
            "maxExtent": self.names,
        }
        scale = {"domain": list(names), "paddingInner": 0.15, "paddingOuter": 0.05}
        sort = list(names)
        return {"field": "row", "type": "nominal", "scale": scale, "axis": named, "sort": sort}


def ms(seconds: float) -> int:
    """Milliseconds, as Vega wants its times."""
    return round(seconds * 1000)


def span(start: float, end: float, **told: Any) -> dict[str, Any]:
    """The datum of a stretch, with what its tooltip says."""
    return {
        "start": ms(start),
        "end": ms(end),
        "from": moment(start),
        "to": moment(end),
        "takes": seconds_words(end - start),
        **told,
    }


def moment(seconds: float) -> str:
    """``1:05.3``."""
    whole, part = divmod(round(seconds, 1), 1)
    return f"{clock(whole)}.{round(part * 10)}"


def tooltip(*fields: str) -> list[dict[str, str]]:
    """What is shown of a datum on which the mouse rests."""
    return [{"field": field, "type": "nominal", "title": field} for field in fields]


def axis(start: float, end: float, most: int) -> dict[str, Any]:
    """An axis with marks at round times."""
    step = step_of(end - start, most)
    first = -(-start // step) * step
    marks = range(int((end - first) // step) + 1)
    return {
        "title": None,
        "labelExpr": _CLOCK,
        "labelFlush": False,
        "labelOverlap": True,
        "tickCount": most,
        "values": [ms(first + mark * step) for mark in marks],
    }


def layer(values: Rows, mark: Mapping[str, Any], encoding: Mapping[str, Any]) -> dict[str, Any]:
    """Marks of one kind."""
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}
