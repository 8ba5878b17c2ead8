"""The command ``video-tracker``: its arguments and its exit status.

Status 0: done. 1: messages were not sent (``send``). 2: unusable arguments, input or output, with a
line that says what and where. 130: interrupted from the keyboard. 141: whoever read the output went
away (``| head``), told to nobody.
"""

import argparse
import contextlib
import math
import os
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from video_tracker.cli import replay, send
from video_tracker.cli.engine import SIGNALS_PLAYER
from video_tracker.cli.files import CommandError, standard_output, tell
from video_tracker.cli.options import parse_setting
from video_tracker.players.registry import player_names
from video_tracker.session.data.machine import CHARTS, diagram
from video_tracker.version import __version__
from video_tracker.wire import PROFILES

__all__ = ["main", "parser"]

_INTERRUPTED: Final = 130
_READER_LEFT: Final = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The words after the program's name; None takes those of the process.

    Returns:
        The exit status.
    """
    try:
        parsed = parser().parse_args(arguments)
        status: int | None = parsed.run(parsed)
    except CommandError as error:
        tell(f"video-tracker: error: {error}")
        _silence_output()
        return 2
    except BrokenPipeError:
        _silence_output()
        return _READER_LEFT
    except KeyboardInterrupt:
        tell("video-tracker: interrupted")
        _silence_output()
        return _INTERRUPTED
    return status or 0


def _silence_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter's own flush cannot fail."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the form of every other fault, and where the help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"video-tracker: error: {message} (see {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    result = _Parser(
        prog="video-tracker",
        description="Turns what a video player says into the video events of Customer.io.",
    )
    result.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = result.add_subparsers(metavar="COMMAND", required=True, dest="command")
    _add_replay(commands)
    _add_send(commands)
    _add_diagram(commands)
    return result


def _add_replay(commands: Any) -> None:
    command = commands.add_parser(
        "replay",
        allow_abbrev=False,
        help="turn a recorded callback log into messages",
        description=(
            "Reads a recorded callback log (JSON Lines) and writes one message a line, the exact "
            "bytes that would be sent. Diagnostics go to standard error. Exit status 0: done, "
            "2: unusable arguments or input; what was fine before a damaged line is written."
        ),
    )
    command.set_defaults(run=replay.run)
    add = command.add_argument
    add("trace", metavar="TRACE", help="the callback log; - is standard input")
    add(
        "--player",
        metavar="NAME",
        type=_player,
        help=(
            f"whose log it is: {_players()} (the library's own log); "
            "without it the log's player column decides"
        ),
    )
    add("--plan", metavar="PLAN.json", help="contents, ad breaks, settings, who watches")
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
        "--profile",
        choices=tuple(PROFILES),
        default="customerio",
        help="the vendor's flavour of the messages (default: %(default)s)",
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
    add("--summary", metavar="FILE", help="write the sessions' summaries there as JSON")
    add("-o", "--output", metavar="FILE", default="-", help="write the messages there")


def _add_send(commands: Any) -> None:
    command = commands.add_parser(
        "send",
        allow_abbrev=False,
        help="send stored messages, from a file or a spool directory",
        description=(
            "Sends messages that are stored in a file (JSON Lines, as replay and the file "
            "transports write them, or a spool's dead letters) or in a tracker's spool directory, "
            "in batches, trying again what fails. What it could not send stays in the spool. "
            "Exit status 0: all has arrived, 1: something was refused or could not be sent, "
            "2: unusable arguments or input; what was fine before a damaged line is sent."
        ),
    )
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


def _add_diagram(commands: Any) -> None:
    command = commands.add_parser(
        "diagram",
        help="print the session's state charts",
        description="Prints the session's state charts as mermaid, all or the one named.",
    )
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


# argparse shows the message of an ArgumentTypeError with the option's name before it.


def _players() -> str:
    return ", ".join((*player_names(), SIGNALS_PLAYER))


def _player(name: str) -> str:
    if name not in {*player_names(), SIGNALS_PLAYER}:
        raise argparse.ArgumentTypeError(f"no player {name!r}; there are: {_players()}")
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
