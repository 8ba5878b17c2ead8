"""The command ``video-tracker``: its arguments and its exit status.

Status 0: done. 1: messages were not sent (``send``), or something was found (``lint``). 2: unusable
arguments, input or output, with a line that says what and where. 130: interrupted from the
keyboard. 141: whoever read the output went away (``| head``), told to nobody.
"""

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from video_tracker.cli.files import CommandError, tell
from video_tracker.version import __version__

__all__ = ["main", "parser"]

_INTERRUPTED: Final = 130
_READER_LEFT: Final = 141
_COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "replay": (
        "turn a recorded callback log into messages",
        (
            "Reads a recorded callback log (JSON Lines) and writes one message a line, the exact "
            "bytes that would be sent. Diagnostics go to standard error. Exit status 0: done, "
            "2: unusable arguments or input; what was fine before a damaged line is written."
        ),
    ),
    "send": (
        "send stored messages, from a file or a spool directory",
        (
            "Sends messages that are stored in a file (JSON Lines, as replay and the file "
            "transports write them, or a spool's dead letters) or in a tracker's spool directory, "
            "in batches, trying again what fails. What it could not send stays in the spool. "
            "Exit status 0: all has arrived, 1: something was refused or could not be sent, "
            "2: unusable arguments or input; what was fine before a damaged line is sent."
        ),
    ),
    "explain": (
        "say why a log gives these events and figures, and why not others",
        (
            "Replays a log and says why: of each event the input and the rule that made it and "
            "what its position is made of, what was repaired, what did not come and what was "
            "nearest, and of which seconds each figure is made. With one of --event, --position, "
            "--missing, --figure only that is answered. Exit status 0: done, 2: unusable arguments "
            "or input; what was fine before a damaged line is explained."
        ),
    ),
    "whatif": (
        "show what another plan or other settings would change",
        (
            "Replays a log twice, as it is (--base-plan, --base-set) and as it might be (--plan, "
            "--set, --heartbeat), and shows the events side by side and the figures that differ. "
            "Exit status 0: done, 2: unusable arguments or input."
        ),
    ),
    "timeline": (
        "draw sessions: what the viewer did, on wall time",
        (
            "Draws the sessions of a callback log, of the library's own log, or of a file of "
            "anybody's messages (Segment, RudderStack, Customer.io): content, ads, pauses, seeks "
            "and stalls as lanes, the playhead, the events, what was seen. On the terminal, or as "
            "a picture with -o. With OTHER, --other-plan or --other-set two are drawn above each "
            "other. Exit status 0: done, 2: unusable arguments or input; what was fine before a "
            "damaged line is drawn."
        ),
    ),
    "diagram": (
        "print the session's state charts",
        "Prints the session's state charts as mermaid, all or the one named.",
    ),
    "lint": (
        "find what is wrong with messages, traces, signal logs and plans",
        (
            "Finds what is wrong with anybody's video messages (Segment, RudderStack, "
            "Customer.io), with traces, signal logs and plan files, and what destinations would "
            "do wrong with them. Exit status 0: nothing as bad as --fail-on was found, 1: "
            "something was, 2: unusable arguments or input."
        ),
    ),
    "schema": (
        "print the JSON Schemas of the messages",
        (
            "Prints the JSON Schema (draft 2020-12) of the messages of each event, or of the one "
            "named, in a vendor's flavour. With -o each becomes a file in that folder."
        ),
    ),
    "simulate": (
        "play a scenario as a player would tell it",
        (
            "Plays a scenario (YAML or JSON) on a virtual clock and writes what a player would say "
            "of it: callbacks that replay reads, session signals, or the messages that come of it. "
            "The truth of it goes to standard error. Exit status 0: done, 2: unusable arguments or "
            "scenario."
        ),
    ),
}
"""What each command is for, in a line and in full."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The words after the program's name; None takes those of the process.

    Returns:
        The exit status.
    """
    try:
        words = sys.argv[1:] if arguments is None else arguments
        meant = next((word for word in words if word in _COMMANDS), "")
        parsed = parser(meant).parse_args(arguments)
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


def parser(meant: str | None = None) -> argparse.ArgumentParser:
    """Build the parser.

    Args:
        meant: The command whose arguments it knows, so that nothing is loaded for the others; by
            default it knows them all.
    """
    result = _Parser(
        prog="video-tracker",
        description="Turns what a video player says into the video events of Customer.io.",
    )
    result.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = result.add_subparsers(metavar="COMMAND", required=True, dest="command")
    for name, (line, description) in _COMMANDS.items():
        command = commands.add_parser(name, allow_abbrev=False, help=line, description=description)
        if meant in (None, name):
            add = importlib.import_module("video_tracker.cli.arguments")
            getattr(add, f"add_{name}")(command)
    return result
