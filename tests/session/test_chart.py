"""The charts: complete, reachable, explained, and the same as the `transitions` machine says."""

import ast
import inspect
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transitions import MachineError

from video_tracker import charts
from video_tracker.diagnostics import ACCEPT, IGNORE, REASONS, REJECT, REPAIR
from video_tracker.session import Session
from video_tracker.session.data import chart, machine
from video_tracker.session.data.chart import HOW, STAY, WHERE, Cell, Chart, fix, go, skip
from video_tracker.session.data.machine import CHARTS, HOW_CELLS, WHERE_CELLS, ChartError, build
from video_tracker.signals import SIGNALS

CELLS: Mapping[str, Mapping[str, Mapping[str, Cell]]] = {"where": WHERE_CELLS, "how": HOW_CELLS}
BOTH = pytest.mark.parametrize("name", ["where", "how"])


def all_cells() -> list[tuple[str, str, str, Cell]]:
    return [
        (name, trigger, state, cell)
        for name, cells in CELLS.items()
        for trigger, row in cells.items()
        for state, cell in row.items()
    ]


# -- the compiled chart against the machine -----------------------------------------------------


def fire(name: str, state: str, trigger: str) -> str | None:
    """What the machine makes of a trigger: the next state, or None where it refuses."""
    model = SimpleNamespace(state=state)
    try:
        assert CHARTS[name][1].events[trigger].trigger(model)
    except MachineError:
        return None
    return str(model.state)


@BOTH
@given(data=st.data())
def test_the_compiled_chart_walks_as_the_machine_does(name: str, data: st.DataObject) -> None:
    """The machine stays the oracle of what sessions look up."""
    cells, chart = CELLS[name], CHARTS[name][0]
    state = chart.states[0]
    triggers = st.lists(st.sampled_from(sorted(chart.rows)), max_size=50)

    for trigger in data.draw(triggers):
        cell = cells[trigger][state]
        told = fire(name, state, trigger)

        if cell.kind in (ACCEPT, REPAIR):
            assert told == cell.dest
            state = str(cell.dest)
        else:
            assert told is None
            assert cell.dest == state


def test_every_single_cell_agrees_with_the_machine() -> None:
    for name, trigger, state, cell in all_cells():
        moves = cell.kind in (ACCEPT, REPAIR)
        assert fire(name, state, trigger) == (cell.dest if moves else None), (trigger, state)


@BOTH
def test_the_machine_knows_no_more_than_the_chart(name: str) -> None:
    declared, built = CHARTS[name]

    assert set(built.events) == set(declared.rows)
    assert set(built.states) == set(declared.states)
    assert built.models == []
    for trigger, event in built.events.items():
        for source, rows in event.transitions.items():
            assert len(rows) == 1, (trigger, source)
            (row,) = rows
            assert [*row.conditions, *row.before, *row.after, *row.prepare] == []


# -- every cell is accounted for ----------------------------------------------------------------


@BOTH
def test_every_trigger_has_a_cell_for_every_state(name: str) -> None:
    declared = CHARTS[name][0]

    assert set(CELLS[name]) == set(declared.rows)
    assert {tuple(row) for row in CELLS[name].values()} == {declared.states}


def test_every_cell_has_a_disposition_and_a_reason_with_a_sentence() -> None:
    """S60."""
    for name, trigger, state, cell in all_cells():
        place = f"{name}.{trigger} in {state}"
        assert cell.kind in (ACCEPT, REPAIR, IGNORE, REJECT), place
        assert cell.dest in CHARTS[name][0].states, place
        if cell.kind == ACCEPT:
            assert cell.reason is None, place
        else:
            assert cell.reason in REASONS, place


def test_every_reason_is_a_stable_code_with_a_whole_sentence() -> None:
    for code, sentence in REASONS.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
        assert sentence[0].isupper(), code
        assert sentence.endswith("."), code
    assert len(set(REASONS.values())) == len(REASONS)


def test_every_session_input_has_its_row_of_where() -> None:
    assert set(SIGNALS) <= set(WHERE.rows)


@BOTH
def test_no_state_is_a_dead_end_but_the_last(name: str) -> None:
    for state in CHARTS[name][0].states:
        leaves = {
            row[state].dest for row in CELLS[name].values() if row[state].kind in (ACCEPT, REPAIR)
        }
        assert state == "over" or leaves - {state}, state


def test_nothing_leaves_the_end() -> None:
    """S20: nothing follows Completed or Exited."""
    for trigger, row in WHERE_CELLS.items():
        assert row["over"].dest == "over", trigger
        assert row["over"].kind == IGNORE or trigger == "tick", trigger


def test_nothing_is_played_before_play() -> None:
    """S20, S61: an input that shows playing starts playback by repair; no other one does."""
    for trigger, row in WHERE_CELLS.items():
        cell = row["idle"]
        if cell.dest not in {"idle", "over"}:
            assert trigger == "play" or cell.reason == "play_lost", trigger


def test_no_row_is_declared_twice() -> None:
    """A dictionary would silently keep the last one of two."""
    for node in ast.walk(ast.parse(inspect.getsource(chart))):
        if isinstance(node, ast.Dict):
            keys = [ast.unparse(key) for key in node.keys if key is not None]
            assert len(set(keys)) == len(keys), keys


# -- a bad chart does not build -----------------------------------------------------------------


def small(**rows: Mapping[str, Cell]) -> Chart:
    """Two states, a row each way, and what is to be tried."""
    good: dict[str, Mapping[str, Cell]] = {
        "rise": {"low": go("high"), "high": skip("already_playing")},
        "fall": {"high": go("low"), "low": STAY},
    }
    return Chart(name="small", states=("low", "high"), rows=good | rows)


def test_a_good_small_chart_builds_and_compiles() -> None:
    cells = machine.compile_chart(small(), build(small()))

    assert cells["rise"]["low"] == Cell(ACCEPT, None, "high")
    assert cells["rise"]["high"] == Cell(IGNORE, "already_playing", "high")
    assert cells["fall"]["low"] == Cell(ACCEPT, None, "low")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"low": go("high")}, r"small\.bad forgets states: \['high'\]"),
        ({"low": STAY, "high": STAY, "far": STAY}, r"small\.bad names unknown states: \['far'\]"),
        ({"rest": go("far")}, r"small\.bad goes to the unknown state 'far'"),
        ({"rest": fix("no_such_reason")}, r"small\.bad gives the unknown reason 'no_such_reason'"),
        ({"rest": skip("no_such_reason")}, r"small\.bad gives the unknown reason"),
        ({"rest": Cell(IGNORE)}, "only an accepted cell has no reason"),
        ({"rest": Cell(ACCEPT, "after_end")}, "only an accepted cell has no reason"),
        ({"rest": Cell("perhaps", "after_end")}, "perhaps"),
    ],
)
def test_a_bad_row_is_refused(row: Mapping[str, Cell], complaint: str) -> None:
    with pytest.raises(ChartError, match=complaint):
        build(small(bad=row))


def test_a_state_that_nothing_leads_to_is_refused() -> None:
    lost = attrs.evolve(
        small(), states=("low", "high", "lost"), rows={"rise": {"rest": go("high")}}
    )

    with pytest.raises(ChartError, match=r"nothing leads to \['lost'\]"):
        build(lost)


def test_a_transition_that_the_chart_does_not_declare_is_refused() -> None:
    """A second row for one cell, or one for an ignored cell, never reaches a session."""
    twice = build(small())
    twice.add_transition("rise", "low", "low")
    with pytest.raises(ChartError, match=r"small\.rise in low: 2 transitions"):
        machine.compile_chart(small(), twice)

    undeclared = build(small())
    undeclared.add_transition("rise", "high", "low")
    with pytest.raises(ChartError, match=r"small\.rise in high: 1 transitions"):
        machine.compile_chart(small(), undeclared)


# -- what sessions are made of ------------------------------------------------------------------


def test_sessions_have_no_setattr_of_their_own() -> None:
    """One attrs hook on any field would make every plain write 30 times dearer."""
    for kind in Session.__mro__[:-1]:
        assert "__setattr__" not in kind.__dict__, kind


def test_sessions_are_slotted_and_share_the_charts() -> None:
    session = Session("s1", anonymous_id="a1")

    assert not hasattr(session, "__dict__")
    assert not any(isinstance(getattr(session, name, None), Chart) for name in slots(session))


def slots(session: Session) -> list[str]:
    return [name for kind in type(session).__mro__ for name in getattr(kind, "__slots__", ())]


@BOTH
def test_the_diagram_shows_every_state_and_every_move(name: str) -> None:
    text = charts.diagram(name)

    assert text.startswith("stateDiagram-v2\n    [*] --> ")
    for row in CELLS[name].values():
        for state, cell in row.items():
            if cell.kind in (ACCEPT, REPAIR) and cell.dest != state:
                assert f"    {state} --> {cell.dest}: " in text
    assert "None" not in text


def test_an_unknown_diagram_is_refused() -> None:
    with pytest.raises(KeyError):
        charts.diagram("whither")


def test_the_charts_are_declared_once() -> None:
    assert CHARTS["where"][0] is WHERE
    assert CHARTS["how"][0] is HOW
    declared: list[Any] = [WHERE, HOW]
    assert [each.name for each in declared] == ["where", "how"]
