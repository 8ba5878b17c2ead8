"""The charts as `transitions` machines: checked at import, compiled once.

The machine is the declaration's oracle: it carries no callbacks, models or queue, and sessions
never touch it. They look up a plain dictionary compiled from it, 50 times cheaper. ``transitions``
is imported here and nowhere else.
"""

from collections.abc import Mapping
from typing import Final

from transitions import Machine

from video_tracker.diagnostics import ACCEPT, IGNORE, REASONS, REJECT, REPAIR
from video_tracker.session.data.chart import HOW, WHERE, Cell, Chart

__all__ = ["CHARTS", "HOW_CELLS", "WHERE_CELLS", "ChartError", "build", "compile_chart"]

Cells = Mapping[str, Mapping[str, Cell]]  # for each trigger, for each state


class ChartError(Exception):
    """A chart that contradicts itself; raised at import, never in a session."""


def _spread(chart: Chart, trigger: str) -> dict[str, Cell]:
    """One cell for each state of a trigger's row; refuses a row that forgets or invents a state."""
    row = chart.rows[trigger]
    if unknown := set(row) - set(chart.states) - {"rest"}:
        raise ChartError(f"{chart.name}.{trigger} names unknown states: {sorted(unknown)}")
    if "rest" not in row and (missing := [each for each in chart.states if each not in row]):
        raise ChartError(f"{chart.name}.{trigger} forgets states: {missing}")
    return {state: row.get(state) or row["rest"] for state in chart.states}


def _check_cell(chart: Chart, trigger: str, cell: Cell) -> None:
    if cell.kind not in (ACCEPT, REPAIR, IGNORE, REJECT):
        raise ChartError(f"{chart.name}.{trigger} has the unknown kind {cell.kind!r}")
    if cell.dest is not None and cell.dest not in chart.states:
        raise ChartError(f"{chart.name}.{trigger} goes to the unknown state {cell.dest!r}")
    if (cell.reason is None) != (cell.kind == ACCEPT):
        raise ChartError(f"{chart.name}.{trigger}: only an accepted cell has no reason")
    if cell.reason is not None and cell.reason not in REASONS:
        raise ChartError(f"{chart.name}.{trigger} gives the unknown reason {cell.reason!r}")


def build(chart: Chart) -> Machine:
    """The chart as a `transitions` machine without models; refuses one that contradicts itself.

    Accepted and repaired cells are its transitions, internal where they stay; no other cell is one.
    """
    states, first = list(chart.states), chart.states[0]
    machine = Machine(model=None, states=states, initial=first, auto_transitions=False)
    for trigger in chart.rows:
        for state, cell in _spread(chart, trigger).items():
            _check_cell(chart, trigger, cell)
            if cell.kind in (ACCEPT, REPAIR):
                machine.add_transition(trigger, state, cell.dest)
    rows, reached = machine.get_transitions(), {first, None}
    for _ in states:
        reached |= {row.dest for row in rows if row.source in reached}
    if lost := [state for state in states if state not in reached]:
        raise ChartError(f"{chart.name}: nothing leads to {lost}")
    return machine


def compile_chart(chart: Chart, machine: Machine) -> Cells:
    """The machine as plain lookups: trigger, then state, to a cell with its true destination."""
    cells = {trigger: _spread(chart, trigger) for trigger in chart.rows}
    for trigger, row in cells.items():
        for state, cell in row.items():
            moves = machine.get_transitions(trigger, source=state)
            if len(moves) != (cell.kind in (ACCEPT, REPAIR)):
                raise ChartError(f"{chart.name}.{trigger} in {state}: {len(moves)} transitions")
            dest = moves[0].dest if moves else None
            row[state] = Cell(cell.kind, cell.reason, dest or state)
    return cells


CHARTS: Final = {"where": (WHERE, build(WHERE)), "how": (HOW, build(HOW))}
WHERE_CELLS: Final = compile_chart(*CHARTS["where"])
HOW_CELLS: Final = compile_chart(*CHARTS["how"])
