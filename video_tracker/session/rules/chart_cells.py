"""What the charts allow now."""

from video_tracker.session.data.machine import HOW_CELLS, WHERE_CELLS
from video_tracker.session.data.state import State


def may_enter(s: State, name: str, at: float) -> bool:
    """Whether the chart *where* lets an input act now."""
    return s.allowed(WHERE_CELLS[name][s.where], at, name)


def may_move(s: State, trigger: str, at: float, name: str) -> bool:
    """Whether the chart *how* lets an input act now."""
    return s.allowed(HOW_CELLS[trigger][s.how], at, name)
