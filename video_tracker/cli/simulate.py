"""``video-tracker simulate``: a scenario's file in, what a player would say of it out."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import attrs

from video_tracker.cli.files import CommandError, open_output, tell, why
from video_tracker.errors import EncodingError
from video_tracker.testing.faults import parse_faults
from video_tracker.testing.scenario import Scenario, ScenarioError
from video_tracker.testing.scenario_file import read_scenario
from video_tracker.testing.simulator import DIALECTS, Simulation, simulate
from video_tracker.testing.spoiling import apply
from video_tracker.wire import Encoder

__all__ = ["DIALECTS", "parse_faults", "run"]


def run(arguments: argparse.Namespace) -> None:
    """Simulate the scenario that the arguments name.

    Raises:
        CommandError: It cannot be read, played or written.
    """
    scenario = _read(arguments.scenario)
    try:
        simulation = simulate(
            scenario,
            arguments.player,
            poll=arguments.poll,
            jitter=arguments.jitter,
            seed=arguments.seed,
        )
    except ScenarioError as error:
        raise CommandError(f"{arguments.scenario}: {error}") from error
    truth = simulation.truth
    if arguments.faults:
        spoilt = apply(arguments.faults, simulation.items, seed=arguments.seed)
        simulation = simulation.told(spoilt)
        for change in spoilt.changes:
            tell(f"fault    {change}")
    with open_output(arguments.output) as output:
        for line in _LINES[arguments.out](simulation, arguments):
            output.write([line, b"\n"])
    figures = {k: round(v, 3) if isinstance(v, float) else v for k, v in truth.figures.items()}
    shown = (f"{key} {value}" for key, value in figures.items() if value)
    tell(f"video-tracker: {len(simulation.items)} words of {simulation.player}")
    tell(f"truth    {', '.join(shown)}")


def _read(name: str) -> Scenario:
    try:
        return read_scenario(Path(name))
    except ScenarioError as error:
        raise CommandError(str(error)) from error
    except (OSError, ValueError) as error:
        raise CommandError(f"{name}: {why(error)}") from error


def _callbacks(simulation: Simulation, _: argparse.Namespace) -> Iterator[bytes]:
    return (line.encode() for line in simulation.lines())


def _signals(simulation: Simulation, _: argparse.Namespace) -> Iterator[bytes]:
    own = attrs.evolve(simulation, player="signals", items=simulation.signals)
    return (line.encode() for line in own.lines())


def _messages(simulation: Simulation, arguments: argparse.Namespace) -> Iterator[bytes]:
    encoder = Encoder(profile=arguments.profile)
    for envelope, event in simulation.run().said:
        try:
            yield encoder.encode(event, envelope).body
        except EncodingError as error:
            tell(f"unsent   {error.reason}: {error}")


_LINES = {"callbacks": _callbacks, "signals": _signals, "messages": _messages}
