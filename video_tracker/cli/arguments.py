"""The arguments of each command; a command's own module is loaded when it is the one meant."""

import argparse
import importlib
import math
from typing import Any

from video_tracker.cli.engine import SIGNALS_PLAYER
from video_tracker.cli.files import CommandError, standard_output
from video_tracker.cli.options import parse_setting
from video_tracker.events import EVENTS
from video_tracker.players.registry import player_names
from video_tracker.session.data.machine import CHARTS, diagram
from video_tracker.wire import PROFILES

__all__ = [
    "add_diagram",
    "add_explain",
    "add_lint",
    "add_replay",
    "add_schema",
    "add_send",
    "add_simulate",
    "add_timeline",
    "add_whatif",
]


def _module(name: str) -> Any:
    """A command's module: no command pays for what another one needs."""
    return importlib.import_module(f"video_tracker.cli.{name}")


def add_replay(command: argparse.ArgumentParser) -> None:
    """Of ``replay``."""
    command.set_defaults(run=_module("replay").run)
    add = command.add_argument
    _add_log(command, "TRACE", "contents, ad breaks, settings, who watches")
    _add_profile(command)
    add("--summary", metavar="FILE", help="write the sessions' summaries there as JSON")
    add("-o", "--output", metavar="FILE", default="-", help="write the messages there")


def _add_log(command: argparse.ArgumentParser, metavar: str, plan: str) -> None:
    """A log, and under which plan and settings it is taken."""
    add = command.add_argument
    add("trace", metavar=metavar, help="the callback log; - is standard input")
    add(
        "--player",
        metavar="NAME",
        type=_player,
        help=(
            f"whose log it is: {_players()} (the library's own log); "
            "without it the log's player column decides"
        ),
    )
    add("--plan", metavar="PLAN.json", help=plan)
    add("--user-id", metavar="U", type=_text, help="who watches; wins over the plan's user_id")
    add(
        "--session-id",
        metavar="S",
        type=_text,
        help=(
            "the session's id, where the log itself names none; "
            "by default its file's name and first time make it"
        ),
    )
    add(
        "--heartbeat",
        metavar="SECONDS",
        dest="settings",
        action="append",
        default=[],
        type=_heartbeat,
        help="playing time between heartbeats; the same as --set heartbeat=SECONDS",
    )
    add(
        "--set",
        metavar="NAME=VALUE",
        dest="settings",
        action="append",
        default=[],
        type=_setting,
        help="a setting, over those of the plan and the player; may be repeated",
    )


def add_explain(command: argparse.ArgumentParser) -> None:
    """Of ``explain``."""
    command.set_defaults(run=_module("explain").run)
    _add_log(command, "LOG", "contents, ad breaks, settings")
    _add_session(command)
    asked = command.add_mutually_exclusive_group()
    add = asked.add_argument
    add("--event", metavar="N", type=int, help="only why the event of this number came")
    add("--position", metavar="N", type=int, help="only what that event's position is made of")
    add(
        "--missing",
        metavar="NAME",
        help='only why there is no such event, or no more: "Ad Completed", heartbeat, quartile',
    )
    add("--figure", metavar="NAME", help="only what this figure of the summary is made of")
    command.add_argument("--json", action="store_true", help="the same as data")


def add_whatif(command: argparse.ArgumentParser) -> None:
    """Of ``whatif``."""
    command.set_defaults(run=_module("whatif").run)
    _add_log(command, "LOG", "the plan as it might be; by default that of --base-plan")
    _add_session(command)
    add = command.add_argument
    add("--base-plan", metavar="PLAN.json", help="the plan as it is; by default there is none")
    add(
        "--base-set",
        metavar="NAME=VALUE",
        dest="base_settings",
        action="append",
        default=[],
        type=_setting,
        help="a setting as it is, on both sides; may be repeated",
    )
    add("--all", action="store_true", help="show what is equal, too")


def add_timeline(command: argparse.ArgumentParser) -> None:
    """Of ``timeline``."""
    timeline = _module("timeline")
    command.set_defaults(run=timeline.run)
    _add_log(command, "FILE", "contents, ad breaks, settings; of logs")
    add = command.add_argument
    add("other", metavar="OTHER", nargs="?", help="another file, drawn below the first")
    _add_session(command)
    add("--other-plan", metavar="PLAN.json", help="draw the log below under this plan, too")
    add(
        "--other-set",
        metavar="NAME=VALUE",
        dest="other_settings",
        action="append",
        default=[],
        type=_setting,
        help="draw the log below under this setting, too; may be repeated",
    )
    add(
        "-o",
        "--output",
        metavar="PICTURE",
        type=_picture,
        help="write a picture there: .svg, .png or .html; without it the terminal shows it",
    )
    add("--theme", choices=timeline.THEMES, default="light", help="(default: %(default)s)")
    add(
        "--width",
        metavar="N",
        type=int,
        help="pixels of a picture (default: 1000), or columns of a terminal (default: its own)",
    )
    add("--json", action="store_true", help="the same as data")


def _picture(name: str) -> str:
    forms = _module("timeline").FORMS
    if not name.lower().endswith(tuple(forms)):
        raise argparse.ArgumentTypeError(f"the name must end in {', '.join(forms)}, not {name!r}")
    return name


def _add_session(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--session", metavar="ID", help="only the session of this id, or of this number from 1"
    )


def add_send(command: argparse.ArgumentParser) -> None:
    """Of ``send``."""
    send = _module("send")
    command.set_defaults(run=send.run)
    add = command.add_argument
    add("source", metavar="EVENTS.jsonl|SPOOLDIR", help="the messages; - is standard input")
    add(
        "--key",
        metavar="KEY",
        help=f"the API key; better in the environment variable {send.KEY_VARIABLE}",
    )
    add("--region", choices=("us", "eu"), default="us", help="(default: %(default)s)")
    add("--base-url", metavar="URL", help="another host instead of a region's")
    add("--strict", action="store_true", help="ask for real errors (X-Strict-Mode)")
    add("--gzip", action="store_true", help="pack what is sent")
    add(
        "--patience",
        metavar="SECONDS",
        type=_seconds,
        default=60.0,
        help="give up when nothing was settled for so long (default: 60)",
    )
    add("--dry-run", action="store_true", help="send nothing and change nothing, only count")
    add("-q", "--quiet", action="store_true", help="show no progress")


def _seconds(value: str) -> float:
    return float(_heartbeat(value)[1])


def add_diagram(command: argparse.ArgumentParser) -> None:
    """Of ``diagram``."""
    command.set_defaults(run=_diagram)
    command.add_argument(
        "chart", nargs="?", choices=tuple(CHARTS), help="where the playhead is, or how it moves"
    )


def _diagram(arguments: argparse.Namespace) -> None:
    names = tuple(CHARTS) if arguments.chart is None else (arguments.chart,)
    for name in names:
        # Mermaid wants the kind of diagram first; the chart's name follows it as a comment.
        head, _, rest = diagram(name).partition("\n")
        standard_output().write([f"{head}\n    %% {name}\n{rest}".encode()])


def add_schema(command: argparse.ArgumentParser) -> None:
    """Of ``schema``."""
    command.set_defaults(run=_module("schema").run)
    command.add_argument(
        "--event", metavar="NAME", type=_event, help='only of this one, such as "Video Ad Started"'
    )
    _add_profile(command)
    command.add_argument("-o", "--output", metavar="FOLDER", help="write them there, a file each")


def add_simulate(command: argparse.ArgumentParser) -> None:
    """Of ``simulate``."""
    simulate = _module("simulate")
    command.set_defaults(run=simulate.run)
    add = command.add_argument
    add("scenario", metavar="SCENARIO", help="the scenario: a YAML or JSON file")
    add(
        "--player",
        choices=tuple(simulate.DIALECTS),
        default="signals",
        help="who tells of it (default: %(default)s, the library's own log)",
    )
    add(
        "--out",
        choices=("callbacks", "signals", "messages"),
        default="callbacks",
        help="what is written (default: %(default)s)",
    )
    add(
        "--faults",
        metavar="FAULTS",
        type=_faults,
        default=(),
        help="what goes wrong on the way, such as drop=0.05,reorder=0.5",
    )
    add("--seed", metavar="N", type=int, default=0, help="of jitter and faults (default: 0)")
    add("--poll", metavar="SECONDS", type=_seconds, help="between two words of the clock")
    add("--jitter", metavar="SHARE", type=float, default=0.0, help="of that (default: 0)")
    _add_profile(command)
    add("-o", "--output", metavar="FILE", default="-", help="write it there")


def _faults(text: str) -> Any:
    try:
        return _module("simulate").parse_faults(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_lint(command: argparse.ArgumentParser) -> None:
    """Of ``lint``."""
    lint = _module("lint")
    command.set_defaults(run=lint.run)
    add = command.add_argument
    add("source", metavar="FILE", nargs="?", help="what to judge; - is standard input")
    add("--kind", choices=lint.KINDS, help="what it is; by default its first line tells")
    add(
        "--destination",
        metavar="NAME",
        dest="destinations",
        action="append",
        default=[],
        choices=(*lint.DESTINATIONS, "all"),
        help=(
            f"also say what it would do wrong: {', '.join(lint.DESTINATIONS)}, all; may be repeated"
        ),
    )
    add("--profile", choices=tuple(PROFILES), help="the flavour; by default each message's best")
    add(
        "--ignore",
        metavar="RULE",
        action="append",
        default=[],
        choices=tuple(lint.RULES),
        help="switch a rule off, such as VT604; may be repeated",
    )
    add(
        "--heartbeat",
        metavar="SECONDS",
        type=_seconds,
        default=10.0,
        help="seconds between heartbeats, as they should be (default: 10)",
    )
    add("--player", metavar="NAME", type=_player, help="whose trace it is")
    add("--format", choices=("text", "json", "sarif"), default="text", help="(default: text)")
    add(
        "--fail-on",
        choices=("error", "warning"),
        default="error",
        help="how bad a finding makes the exit status 1 (default: error)",
    )
    add(
        "--as-we-would",
        action="store_true",
        help="show the messages beside what a session of this library would have sent",
    )
    add("--rules", action="store_true", help="list the rules")


def _add_profile(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--profile",
        choices=tuple(PROFILES),
        default="customerio",
        help="the vendor's flavour of the messages (default: %(default)s)",
    )


# argparse shows the message of an ArgumentTypeError with the option's name before it.


def _players() -> str:
    return ", ".join((*player_names(), SIGNALS_PLAYER))


def _player(name: str) -> str:
    if name not in {*player_names(), SIGNALS_PLAYER}:
        raise argparse.ArgumentTypeError(f"no player {name!r}; there are: {_players()}")
    return name


def _event(name: str) -> str:
    if name not in EVENTS:
        raise argparse.ArgumentTypeError(f"no event {name!r}; there are: {', '.join(EVENTS)}")
    return name


def _text(value: str) -> str:
    if not value:
        raise argparse.ArgumentTypeError("must not be empty")
    return value


def _heartbeat(value: str) -> tuple[str, Any]:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not (0 < seconds < math.inf):
        raise argparse.ArgumentTypeError(f"must be seconds, more than zero, not {value!r}")
    return "heartbeat", seconds


def _setting(value: str) -> tuple[str, Any]:
    try:
        return parse_setting(value)
    except CommandError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("--set ")) from error
