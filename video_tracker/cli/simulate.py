"""``video-tracker simulate``: a scenario's file in, what a player would say of it out."""

import argparse
import json
from collections.abc import Iterator

import attrs

from video_tracker.cli.files import CommandError, open_output, print_json, read_whole, tell
from video_tracker.cli.mistaken import SCENARIO, what_else
from video_tracker.errors import EncodingError
from video_tracker.testing.faults import parse_faults
from video_tracker.testing.scenario import Scenario, ScenarioError
from video_tracker.testing.scenario_file import scenario_from_text
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
    changes: list[str] = []
    if arguments.faults:
        spoilt = apply(arguments.faults, simulation.items, seed=arguments.seed)
        simulation = simulation.told(spoilt)
        changes = [str(change) for change in spoilt.changes]
    figures = {k: round(v, 3) if isinstance(v, float) else v for k, v in truth.figures.items()}
    lines = _LINES[arguments.out](simulation, arguments)
    if arguments.json:
        told = {"player": simulation.player, "truth": figures, "faults": changes}
        if arguments.output == "-":
            print_json({**told, "lines": [json.loads(line) for line in lines]})
        else:
            _write(arguments.output, lines)
            print_json(told)
        return
    for change in changes:
        tell(f"fault    {change}")
    _write(arguments.output, lines)
    shown = (f"{key} {value}" for key, value in figures.items() if value)
    tell(f"video-tracker: {len(simulation.items)} words of {simulation.player}")
    tell(f"truth    {', '.join(shown)}")


def _write(name: str, lines: Iterator[bytes]) -> None:
    with open_output(name) as output:
        for line in lines:
            output.write([line, b"\n"])


def _read(name: str) -> Scenario:
    raw = read_whole(name)
    if not raw.strip():
        raise CommandError(f"{name}: it is empty; a scenario is needed")
    for head in (raw, raw.lstrip().split(b"\n", 1)[0]):
        other = what_else(SCENARIO, head, name)
        if other is not None:
            raise CommandError(f"{name}: {other}")
    try:
        return scenario_from_text(raw.decode("utf-8-sig"), _file(name, raw))
    except ScenarioError as error:
        raise CommandError(str(error)) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{name}: not UTF-8 text: {error.reason}") from error
    except ValueError as error:
        raise CommandError(f"{name}: {error}") from error


def _file(name: str, raw: bytes) -> str:
    """The name by whose end YAML and JSON are told apart."""
    if name != "-":
        return name
    return "stdin.json" if raw.lstrip().startswith(b"{") else "stdin.yaml"


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
