"""What tests of this library, and of code that embeds it, are made with. Part of the public API.

* ``expect``: hold transcripts, events, golden files and summaries against what is expected.
* ``pytest_plugin``: fixtures for pytest, there as soon as the library is installed.
* ``scenario``, ``simulator``: what a viewer does, and what a player says of it.
* ``grammar``: hold a session's events, or wire messages, against the rules of order and type.
* ``invariants``: hold its events and its figures against everything that must be true of them.
* ``faults``: let seeded faults happen to a log on its way.
* ``keyed``: made-up viewers as a log of beacons, and an oracle of what must come of any such log.
* ``strategies``: hypothesis strategies for signals, plans, scenarios and traces (hypothesis).
* ``machines``: your own adapter, transport or store in any order of what may happen (hypothesis).
* ``adapters``: hold an adapter of your own against what sessions rely on.
* ``transports``: hold a transport of your own against what delivery relies on.
* ``clock``: a clock that moves only when it is told.

The names below are imported from their modules when they are first used: the plugin is loaded in
every run of pytest, whether its project uses this library or not.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from video_tracker.testing.adapters import check_adapter
    from video_tracker.testing.expect import (
        assert_events,
        assert_golden,
        assert_summary,
        assert_transcript,
    )
    from video_tracker.testing.faults import apply, parse_faults
    from video_tracker.testing.grammar import check_messages, check_stream, check_streams
    from video_tracker.testing.invariants import (
        check_session,
        check_sessions,
        session_faults,
        sessions_faults,
    )
    from video_tracker.testing.scenario import Scenario, ScenarioError
    from video_tracker.testing.scenario_file import read_scenario, write_scenario
    from video_tracker.testing.simulator import Simulation, simulate
    from video_tracker.testing.stage import PlayScenario, Viewing
    from video_tracker.testing.transports import check_transport

__all__ = [
    "PlayScenario",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "Viewing",
    "apply",
    "assert_events",
    "assert_golden",
    "assert_summary",
    "assert_transcript",
    "check_adapter",
    "check_messages",
    "check_session",
    "check_sessions",
    "check_stream",
    "check_streams",
    "check_transport",
    "parse_faults",
    "read_scenario",
    "session_faults",
    "sessions_faults",
    "simulate",
    "write_scenario",
]

_HOMES = {
    "adapters": "check_adapter",
    "expect": "assert_events assert_golden assert_summary assert_transcript",
    "faults": "apply parse_faults",
    "grammar": "check_messages check_stream check_streams",
    "invariants": "check_session check_sessions session_faults sessions_faults",
    "scenario": "Scenario ScenarioError",
    "scenario_file": "read_scenario write_scenario",
    "simulator": "Simulation simulate",
    "stage": "PlayScenario Viewing",
    "transports": "check_transport",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
