"""The arguments of each command; a command's own module is loaded when it is the one meant."""

import argparse
import importlib
import math
from collections.abc import Callable, Iterable
from typing import Any

from video_tracker.charts import CHARTS, diagram
from video_tracker.cli.engine import SIGNALS_PLAYER
from video_tracker.cli.files import CommandError, print_json, standard_output
from video_tracker.cli.options import parse_setting
from video_tracker.events import EVENTS
from video_tracker.players.registry import player_names
from video_tracker.spelling import hint
from video_tracker.wire import PROFILES

__all__ = [
    "add_completion",
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


_Add = Callable[..., argparse.Action]
"""How an argument is added, to a command or to a group of its options."""


def _module(name: str) -> Any:
    """A command's module: no command pays for what another one needs."""
    return importlib.import_module(f"video_tracker.cli.{name}")


def add_replay(command: argparse.ArgumentParser) -> None:
    """Of ``replay``."""
    command.set_defaults(run=_module("replay").run)
    command.add_argument(
        "logs",
        metavar="LOG",
        nargs="+",
        help="the callback logs, and folders of them; - is standard input",
    )
    _add_whose(command, "contents, ad breaks, settings, who watches")
    add = command.add_argument_group("how it is done").add_argument
    add(
        "-j",
        "--jobs",
        metavar="N",
        type=_jobs,
        default=1,
        help="processes that replay several logs; auto, or 0: one for each core (default: 1)",
    )
    add = command.add_argument_group("what is written").add_argument
    _add_profile(add)
    add("-o", "--output", metavar="FILE", default="-", help="write the messages there")
    add("--summary", metavar="FILE", help="write the sessions' summaries there as JSON")
    shown = command.add_argument_group("how it is shown")
    add = shown.add_mutually_exclusive_group().add_argument
    _add_json(add, "one message a line, also on a terminal")
    add("--text", action="store_true", help="the sessions as people read them, also into a pipe")
    shown.add_argument(
        "-v", "--verbose", action="store_true", help="tell of all that was passed over, one by one"
    )


def _add_log(command: argparse.ArgumentParser, plan: str, what: str = "the callback log") -> None:
    """A log, whose it is, and under which plan and settings it is taken."""
    command.add_argument("log", metavar="LOG", help=f"{what}; - is standard input")
    _add_whose(command, plan)


def _add_whose(command: argparse.ArgumentParser, plan: str) -> None:
    """Whose logs they are, and under which plan and settings they are taken."""
    add = command.add_argument_group("whose log it is").add_argument
    add(
        "--player",
        metavar="NAME",
        type=_player,
        help=(
            f"the player: {_players()} (the library's own log); "
            "without it the log's player column decides"
        ),
    )
    add("--plan", metavar="PLAN.json", help=f"{plan}; - is standard input")
    add(
        "--user-id",
        metavar="U",
        type=_text,
        help="who watches; wins over the user_id of the log's lines, which wins over the plan's",
    )
    add(
        "--session-id",
        metavar="S",
        type=_text,
        help=(
            "the session's id, where the log itself names none; "
            "by default its file's name and first time make it"
        ),
    )
    add = command.add_argument_group("settings").add_argument
    add(
        "--heartbeat",
        metavar="SECONDS",
        dest="settings",
        action="append",
        default=[],
        type=_heartbeat,
        help="playing time between heartbeats; the same as --set heartbeat=SECONDS",
    )
    _add_settings(add, "--set", "settings", "a setting, over those of the plan and the player")


def add_explain(command: argparse.ArgumentParser) -> None:
    """Of ``explain``."""
    command.set_defaults(run=_module("explain").run)
    _add_log(command, "contents, ad breaks, settings")
    group = command.add_argument_group("what is asked")
    _add_session(group.add_argument)
    add = group.add_mutually_exclusive_group().add_argument
    add("--event", metavar="N", type=_number, help="only why the event of this number came")
    add("--position", metavar="N", type=_number, help="only what that event's position is made of")
    add(
        "--missing",
        metavar="NAME",
        help='only why there is no such event, or no more: "Ad Completed", heartbeat, quartile',
    )
    add("--figure", metavar="NAME", help="only what this figure of the summary is made of")
    _add_json(command.add_argument_group("how it is shown").add_argument)


def add_whatif(command: argparse.ArgumentParser) -> None:
    """Of ``whatif``."""
    command.set_defaults(run=_module("whatif").run)
    _add_log(command, "the plan as it might be; by default that of --base-plan")
    add = command.add_argument_group("as it is").add_argument
    add("--base-plan", metavar="PLAN.json", help="the plan as it is; by default there is none")
    _add_settings(add, "--base-set", "base_settings", "a setting as it is, on both sides")
    add = command.add_argument_group("how it is shown").add_argument
    _add_session(add)
    add("--all", action="store_true", help="show what is equal, too")
    _add_json(add)


def add_timeline(command: argparse.ArgumentParser) -> None:
    """Of ``timeline``."""
    timeline = _module("timeline")
    command.set_defaults(run=timeline.run)
    _add_log(command, "contents, ad breaks, settings; of logs", "a log, or a file of messages")
    command.add_argument(
        "other", metavar="OTHER", nargs="?", help="another file, drawn below the first"
    )
    add = command.add_argument_group("as it might be").add_argument
    add("--other-plan", metavar="PLAN.json", help="draw the log below under this plan, too")
    _add_settings(
        add, "--other-set", "other_settings", "draw the log below under this setting, too"
    )
    add = command.add_argument_group("what is drawn, and how").add_argument
    _add_session(add)
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
        type=_number,
        help="pixels of a picture (default: 1000), or columns of a terminal (default: its own)",
    )
    _add_json(add)


def _picture(name: str) -> str:
    forms = _module("timeline").FORMS
    if not name.lower().endswith(tuple(forms)):
        raise argparse.ArgumentTypeError(f"the name must end in {', '.join(forms)}, not {name!r}")
    return name


def _add_session(add: _Add) -> None:
    add("--session", metavar="ID", help="only the session of this id, or of this number from 1")


def add_send(command: argparse.ArgumentParser) -> None:
    """Of ``send``."""
    send = _module("send")
    command.set_defaults(run=send.run)
    command.add_argument(
        "source", metavar="EVENTS.jsonl|SPOOLDIR", help="the messages; - is standard input"
    )
    add = command.add_argument_group("where to").add_argument
    add(
        "--key",
        metavar="KEY",
        help=f"the API key; better in the environment variable {send.KEY_VARIABLE}",
    )
    add("--region", choices=("us", "eu"), default="us", help="(default: %(default)s)")
    add("--base-url", metavar="URL", help="another host instead of a region's")
    add = command.add_argument_group("how").add_argument
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
    add = command.add_argument_group("how it is shown").add_argument
    add("-q", "--quiet", action="store_true", help="show no progress")
    _add_json(add, "the account as JSON on standard output")


def _seconds(value: str) -> float:
    return float(_heartbeat(value)[1])


def add_diagram(command: argparse.ArgumentParser) -> None:
    """Of ``diagram``."""
    command.set_defaults(run=_diagram)
    add = command.add_argument
    add("chart", nargs="?", choices=tuple(CHARTS), help="where the playhead is, or how it moves")
    _add_json(add, "an object: chart -> mermaid")


def _diagram(arguments: argparse.Namespace) -> None:
    names = tuple(CHARTS) if arguments.chart is None else (arguments.chart,)
    if arguments.json:
        print_json({name: diagram(name) for name in names})
        return
    for name in names:
        # Mermaid wants the kind of diagram first; the chart's name follows it as a comment.
        head, _, rest = diagram(name).partition("\n")
        standard_output().write([f"{head}\n    %% {name}\n{rest}".encode()])


def add_schema(command: argparse.ArgumentParser) -> None:
    """Of ``schema``."""
    command.set_defaults(run=_module("schema").run)
    add = command.add_argument
    add("--event", metavar="NAME", type=_event, help='only of this one: "Video Ad Started"')
    _add_profile(add)
    add("-o", "--output", metavar="FOLDER", help="write them there, a file each")
    _add_json(add, "an object: event -> schema, or with -o its file")


def add_simulate(command: argparse.ArgumentParser) -> None:
    """Of ``simulate``."""
    simulate = _module("simulate")
    command.set_defaults(run=simulate.run)
    command.add_argument(
        "scenario", metavar="SCENARIO", help="a YAML or JSON file; - is standard input"
    )
    add = command.add_argument_group("who tells of it").add_argument
    add(
        "--player",
        choices=tuple(simulate.DIALECTS),
        default="signals",
        help="a player (default: %(default)s, the library's own log)",
    )
    add("--poll", metavar="SECONDS", type=_seconds, help="between two words of the clock")
    add("--jitter", metavar="SHARE", type=_share, default=0.0, help="of that (default: 0)")
    add(
        "--faults",
        metavar="FAULTS",
        type=_faults,
        default=(),
        help="what goes wrong on the way, such as drop=0.05,reorder=0.5",
    )
    add("--seed", metavar="N", type=_number, default=0, help="of jitter and faults (default: 0)")
    add = command.add_argument_group("what is written").add_argument
    add(
        "--out",
        choices=("callbacks", "signals", "messages"),
        default="callbacks",
        help="(default: %(default)s)",
    )
    _add_profile(add)
    add("-o", "--output", metavar="FILE", default="-", help="write it there")
    _add_json(add, "an object: the truth, the faults, and the lines where no -o takes them")


def _faults(text: str) -> Any:
    try:
        return _module("simulate").parse_faults(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_lint(command: argparse.ArgumentParser) -> None:
    """Of ``lint``."""
    lint = _module("lint")
    command.set_defaults(run=lint.run)
    command.add_argument(
        "source", metavar="FILE", nargs="?", help="what to judge; - is standard input"
    )
    add = command.add_argument_group("what it is").add_argument
    add("--kind", choices=lint.KINDS, help="the kind; by default its first line tells")
    add("--player", metavar="NAME", type=_player, help="whose trace it is")
    add("--profile", choices=tuple(PROFILES), help="the flavour; by default each message's best")
    add(
        "--heartbeat",
        metavar="SECONDS",
        type=_seconds,
        default=10.0,
        help="seconds between heartbeats, as they should be (default: 10)",
    )
    add = command.add_argument_group("what is judged").add_argument
    add(
        "--destination",
        metavar="NAME",
        dest="destinations",
        action="append",
        default=[],
        type=_one_of("destination", (*lint.DESTINATIONS, "all")),
        help=(
            f"also say what it would do wrong: {', '.join(lint.DESTINATIONS)}, all; may be repeated"
        ),
    )
    add(
        "--ignore",
        metavar="RULE",
        action="append",
        default=[],
        type=_rule,
        help="switch a rule off, such as VT604; may be repeated",
    )
    add(
        "--fail-on",
        choices=("error", "warning"),
        default="error",
        help="how bad a finding makes the exit status 1 (default: error)",
    )
    shown = command.add_argument_group("how it is shown")
    either = shown.add_mutually_exclusive_group().add_argument
    either("--format", choices=("text", "json", "sarif"), default="text", help="(default: text)")
    _add_json(either, "the same as --format json")
    add = shown.add_argument
    add(
        "--as-we-would",
        action="store_true",
        help="show the messages beside what a session of this library would have sent",
    )
    add("--rules", action="store_true", help="list the rules")


def add_completion(command: argparse.ArgumentParser) -> None:
    """Of ``completion``."""
    completion = _module("completion")
    command.set_defaults(run=completion.run)
    command.add_argument("shell", choices=completion.SHELLS, help="whose script it is")


def _add_settings(add: _Add, flag: str, dest: str, meaning: str) -> None:
    add(
        flag,
        metavar="NAME=VALUE",
        dest=dest,
        action="append",
        default=[],
        type=_setting,
        help=f"{meaning}; may be repeated",
    )


def _add_json(add: _Add, meaning: str = "the same as data") -> None:
    add("--json", action="store_true", help=meaning)


def _add_profile(add: _Add) -> None:
    add(
        "--profile",
        choices=tuple(PROFILES),
        default="customerio",
        help="the vendor's flavour of the messages (default: %(default)s)",
    )


# argparse shows the message of an ArgumentTypeError with the option's name before it.


def _players() -> str:
    return ", ".join((*player_names(), SIGNALS_PLAYER))


def _one_of(what: str, names: Iterable[str]) -> Callable[[str], str]:
    """A name that there is; another is refused with the nearest one, or with all."""

    def read(name: str) -> str:
        if name not in names:
            raise argparse.ArgumentTypeError(f"no {what} {name!r}{hint(name, names, listed=True)}")
        return name

    return read


def _player(name: str) -> str:
    return _one_of("player", (*player_names(), SIGNALS_PLAYER))(name)


def _rule(name: str) -> str:
    if name not in _module("lint").RULES:
        raise argparse.ArgumentTypeError(f"no rule {name!r}; video-tracker lint --rules lists them")
    return name


def _event(name: str) -> str:
    return _one_of("event", EVENTS)(name)


def _number(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {value!r}") from None


def _jobs(value: str) -> int:
    if value != "auto" and not value.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number, or auto, not {value!r}")
    return 0 if value == "auto" else int(value)


def _share(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a share, such as 0.2, not {value!r}") from None


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
