"""Scenarios as YAML or JSON: ``{length: 600, steps: [play, {watch: 12}, {seek: {to: 300}}]}``.

A step is its name; its name with its first argument; or its name with all arguments. JSON needs
nothing but this package, YAML the extra ``yaml`` (PyYAML).
"""

import importlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from video_tracker.errors import PlanError
from video_tracker.plan_json import plan_from_json, plan_to_json
from video_tracker.testing.scenario import Scenario
from video_tracker.testing.scenario_steps import (
    NAMES,
    STEPS,
    ScenarioError,
    Step,
    fields_of,
    nearest,
)

__all__ = [
    "read_scenario",
    "scenario_from_text",
    "scenario_from_value",
    "scenario_to_text",
    "scenario_to_value",
    "write_scenario",
]

_YAML: Final = (".yaml", ".yml")
_NO_YAML: Final = "YAML needs PyYAML: pip install 'video-tracker[yaml]', or write it as JSON"


def read_scenario(path: str | Path) -> Scenario:
    """The scenario of a file: YAML where its name ends in ``.yaml`` or ``.yml``, else JSON.

    Args:
        path: The file.

    Raises:
        ScenarioError: It is no scenario; says the line (YAML) or the step (JSON).
        OSError: It cannot be read.
    """
    return scenario_from_text(Path(path).read_text("utf-8"), Path(path).name)


def write_scenario(scenario: Scenario, path: str | Path) -> None:
    """Write a scenario to a file: YAML where its name ends in ``.yaml`` or ``.yml``, else JSON.

    Args:
        scenario: What to write.
        path: The file.

    Raises:
        ScenarioError: YAML without PyYAML.
        OSError: It cannot be written.
    """
    Path(path).write_text(scenario_to_text(scenario, Path(path).suffix), "utf-8")


def scenario_from_text(text: str, file: str = "-") -> Scenario:
    """Read a scenario.

    Args:
        text: YAML where the file's name ends in ``.yaml`` or ``.yml``, else JSON.
        file: The file's name.

    Raises:
        ScenarioError: It is no scenario; says the line (YAML) or the step (JSON).
    """
    value, lines = _from_yaml(text, file) if file.endswith(_YAML) else _from_json(text, file)
    return scenario_from_value(value, file, lines)


def _from_json(text: str, file: str) -> tuple[Any, list[int]]:
    try:
        return json.loads(text), []
    except ValueError as error:
        raise ScenarioError(f"{file}: malformed JSON: {error}") from error


def _yaml(file: str) -> Any:
    """PyYAML, where it is installed."""
    try:
        return importlib.import_module("yaml")
    except ImportError as error:
        raise ScenarioError(f"{file}: {_NO_YAML}") from error


def _from_yaml(text: str, file: str) -> tuple[Any, list[int]]:
    """The value of a YAML text, and the line of each of its steps."""
    yaml = _yaml(file)
    try:
        root = yaml.compose(text, yaml.SafeLoader)
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScenarioError(f"{file}: malformed YAML: {error}") from error
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    steps = [node for key, node in pairs if key.value == "steps"]
    nodes = steps[0].value if steps and isinstance(steps[0], yaml.SequenceNode) else []
    return value, [node.start_mark.line + 1 for node in nodes]


def scenario_from_value(value: object, file: str = "-", lines: Iterable[int] = ()) -> Scenario:
    """Read a scenario from its decoded value.

    Args:
        value: A mapping: the arguments of :class:`~video_tracker.testing.Scenario` and its steps.
        file: What it is called in an error.
        lines: The line of each step, where that is known.

    Raises:
        ScenarioError: It is no scenario; an unknown word is refused with the nearest known one.
    """
    if not isinstance(value, Mapping):
        raise ScenarioError(f"{file}: a scenario is a mapping with steps, not {value!r:.60}")
    known = {str(field.alias) for field in attrs.fields(Scenario)}
    for key in value:
        if key not in known:
            raise ScenarioError(f"{file}: unknown key {key!r}{nearest(key, sorted(known))}")
    steps = value.get("steps", [])
    if not isinstance(steps, list):
        raise ScenarioError(f"{file}: steps must be a list, not {steps!r:.60}")
    at = list(lines)
    read = []
    for index, raw in enumerate(steps):
        where = f"{file}, line {at[index]}, step {index + 1}" if at else f"{file}, step {index + 1}"
        try:
            read.append(_step(raw))
        except ScenarioError as error:
            raise ScenarioError(f"{where}: {error}") from error
    given = {key: value[key] for key in value if key not in ("steps", "plan")}
    try:
        if value.get("plan") is not None:
            given["plan"] = plan_from_json(value["plan"])
        return Scenario(**given, steps=read)
    except (ScenarioError, PlanError) as error:
        raise ScenarioError(f"{file}: {error}") from error


def _step(raw: object) -> Step:
    """A step of a name, a name with its first argument, or a name with its arguments."""
    if isinstance(raw, str):
        name, given = raw, None
    elif isinstance(raw, Mapping) and len(raw) == 1:
        ((name, given),) = raw.items()
    else:
        raise ScenarioError(f"a step is a name, or one name with its arguments, not {raw!r:.60}")
    kind = STEPS.get(str(name))
    if kind is None:
        raise ScenarioError(f"unknown step {name!r}{nearest(name, STEPS)}")
    fields = [field.name for field in fields_of(kind)]
    if not isinstance(given, Mapping):
        if given is not None and not fields:
            raise ScenarioError(f"{name} takes nothing, not {given!r:.60}")
        given = {} if given is None else {fields[0]: given}
    for key in given:
        if key not in fields:
            raise ScenarioError(f"{name}: unknown key {key!r}{nearest(key, fields)}")
    missing = [f.name for f in fields_of(kind) if f.default is attrs.NOTHING]
    absent = [field for field in missing if field not in given]
    if absent:
        raise ScenarioError(f"{name} needs {' and '.join(absent)}")
    return kind(**given)


def scenario_to_value(scenario: Scenario) -> dict[str, Any]:
    """A scenario as the JSON value that :func:`scenario_from_value` reads."""
    value = {
        str(field.alias): getattr(scenario, field.name)
        for field in attrs.fields(Scenario)
        if field.name not in ("steps", "plan") and getattr(scenario, field.name) != field.default
    }
    if scenario.plan is not None:
        value["plan"] = plan_to_json(scenario.plan)
    return {**value, "steps": [_step_to_value(step) for step in scenario.steps]}


def _step_to_value(step: Step) -> Any:
    name, fields = NAMES[type(step)], fields_of(type(step))
    given = {
        field.name: getattr(step, field.name)
        for field in fields
        if getattr(step, field.name) != field.default
    }
    given = {k: list(v) if isinstance(v, tuple) else v for k, v in given.items()}
    if not given:
        return name
    first = fields[0].name
    # A null alone would read as "nothing given".
    alone = list(given) == [first] and given[first] is not None
    return {name: given[first] if alone else given}


def scenario_to_text(scenario: Scenario, suffix: str = ".json") -> str:
    """A scenario as text, YAML or JSON.

    Args:
        scenario: What to write.
        suffix: ``.yaml`` or ``.yml`` for YAML; anything else is JSON.

    Raises:
        ScenarioError: YAML without PyYAML.
    """
    value = scenario_to_value(scenario)
    if suffix not in _YAML:
        return json.dumps(value, indent=2, allow_nan=False) + "\n"
    yaml = _yaml("-")
    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
    return text
