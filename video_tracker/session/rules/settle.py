"""What begins ends what is open or held, always in one order (S86).

A row of :data:`ROWS` is what begins, a column what can be open or held, a cell what becomes of it;
an empty cell leaves it as it is. Columns run from left to right, always. The table is checked at
import and drawn into the documentation.
"""

from collections.abc import Callable, Mapping
from typing import Final

from video_tracker.session.data.state import State
from video_tracker.session.effects import ledger, motion, pods, words
from video_tracker.session.rules import doubts

Cell = Callable[[State, float, str], object]
"""What becomes of something open, given when and which input it is that ends it."""


def follow_moved(s: State, at: float, _name: str) -> None:
    """The content's clock that ran beside the ad's goes on where it is (S62)."""
    held = s.held
    if held.both_move and held.moved_seen_at is not None:
        pods.arrive(s, held.moved_seen + max(at - held.moved_seen_at, 0.0) * s.rate)
    s.let_go("moved")


COLUMNS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "pause in doubt": {
        "was none": doubts.pause_was_none,
        "was real": lambda s, _at, _name: doubts.pause_was_real(s),
    },
    "pause": {"is over": lambda s, at, _name: words.go_on(s, at)},
    "time": {"counts": lambda s, at, _name: ledger.accrue(s, at)},
    "stall": {
        "is over": motion.stall_over,
        "is told": lambda s, at, _name: motion.stall_lasts(s, at),
    },
    "seek": {
        "breaks off": lambda s, at, _name: motion.break_off_seek(s, at),
        "is told": lambda s, _at, _name: motion.tell_seek(s),
    },
    "opening": {"is confirmed": lambda s, _at, _name: pods.confirm_opening(s)},
    "error": {"is dropped": lambda s, _at, _name: s.let_go("error")},
    "content's clock": {
        "is forgotten": lambda s, _at, _name: s.let_go("moved"),
        "goes on": follow_moved,
    },
}
"""What can be open or held, and what can become of it."""

STOPS: Final = {"stall": "is over", "seek": "breaks off"}
"""No stall or seek outlasts it."""
AD_OVER: Final = {**STOPS, "error": "is dropped", "content's clock": "goes on"}

ROWS: Final[Mapping[str, Mapping[str, str]]] = {
    "ads": {"pause in doubt": "was none", "time": "counts", **STOPS},
    "ads begin": {"error": "is dropped", "content's clock": "is forgotten"},
    "ad ends": {"pause": "is over", **AD_OVER},
    "ad is left": {"pause in doubt": "was none", **AD_OVER},
    "content ends": STOPS,
    "stall or seek ends": {"time": "counts", "stall": "is over", "content's clock": "is forgotten"},
    "next item": {"pause in doubt": "was none", "time": "counts", **STOPS, "error": "is dropped"},
    "rest at the end": {**STOPS, "opening": "is confirmed"},
    "interruption": {**STOPS, "opening": "is confirmed", "error": "is dropped"},
    "exit": {
        "pause in doubt": "was real",
        "stall": "is told",
        "seek": "is told",
        "opening": "is confirmed",
    },
}
"""What becomes of what is open when something begins."""


class SettleError(Exception):
    """A table that contradicts itself; raised at import, never in a session."""


def compiled(rows: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[Cell, ...]]:
    """The cells of each row in the order of the columns, which must know each of them."""
    found: dict[str, tuple[Cell, ...]] = {}
    for name, row in rows.items():
        for column, cell in row.items():
            if cell not in COLUMNS.get(column, {}):
                raise SettleError(f"{name}: no column {column!r} with a cell {cell!r}")
        found[name] = tuple(
            cells[row[column]] for column, cells in COLUMNS.items() if column in row
        )
    return found


_CELLS: Final = compiled(ROWS)


def settle(s: State, at: float, name: str, row: str) -> None:
    """Settle what is open or held before something begins: a row of :data:`ROWS`."""
    for cell in _CELLS[row]:
        cell(s, at, name)
