"""The session's state charts as they are drawn: what moves it from which state to which."""

from collections.abc import Mapping, Sequence

from video_tracker.diagnostics import ACCEPT, REPAIR
from video_tracker.session.data.machine import CHARTS, HOW_CELLS, WHERE_CELLS

__all__ = ["CHARTS", "arrows", "diagram"]


def arrows(name: str) -> Mapping[tuple[str, str], Sequence[tuple[str, str | None]]]:
    """The moves of the chart ``where`` or ``how``: from which state to which, by which inputs.

    A repair has its reason beside it, any other input None. Cells that stay are left out.

    Raises:
        KeyError: There is no such chart.
    """
    found: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
    for trigger, row in {"where": WHERE_CELLS, "how": HOW_CELLS}[name].items():
        for state, cell in row.items():
            if cell.kind in (ACCEPT, REPAIR) and cell.dest not in (None, state):
                found.setdefault((state, str(cell.dest)), []).append((trigger, cell.reason))
    return found


def diagram(name: str) -> str:
    """The chart ``where`` or ``how`` as a mermaid state diagram, a repair with its reason.

    Raises:
        KeyError: There is no such chart.
    """
    chart, _ = CHARTS[name]
    lines = ["stateDiagram-v2", f"    [*] --> {chart.states[0]}"]
    for (source, dest), moves in arrows(name).items():
        labels = (name if why is None else f"{name} ({why})" for name, why in moves)
        lines.append(f"    {source} --> {dest}: {', '.join(labels)}")
    return "\n".join(lines) + "\n"
