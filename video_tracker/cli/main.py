"""The command ``video-tracker``: its parser and its exit status (``commands.EXIT_STATUS``)."""

import argparse
import contextlib
import importlib
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from video_tracker.cli.commands import COMMANDS, DONE, INTERRUPTED, READER_LEFT, UNUSABLE
from video_tracker.cli.files import CommandError, tell
from video_tracker.version import __version__

__all__ = ["main", "parser"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The words after the program's name; None takes those of the process.

    Returns:
        The exit status.
    """
    try:
        words = sys.argv[1:] if arguments is None else arguments
        meant = next((word for word in words if word in COMMANDS), "")
        reader = parser(meant)
        if not meant:
            reader.refuse([word for word in words[:1] if word.startswith("-")])
        parsed, strange = reader.parse_known_args(arguments)
        parsed.parser.refuse(strange)
        status: int | None = parsed.run(parsed)
    except SystemExit:  # the help, which nobody may read to its end
        _silence_output()
        raise
    except CommandError as error:
        tell(f"video-tracker: error: {error}")
        _silence_output()
        return UNUSABLE
    except BrokenPipeError:
        _silence_output()
        return READER_LEFT
    except KeyboardInterrupt:
        tell("video-tracker: interrupted from the keyboard; the work is not finished")
        _silence_output()
        return INTERRUPTED
    return status or DONE


def _silence_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter's own flush cannot fail."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_CHOICE = re.compile(r"invalid choice: '(.*?)'.* \(choose from (.*)\)")
"""How argparse refuses a word; each version of Python words it a little differently."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the form of every other fault, and where the help is."""

    def error(self, message: str) -> NoReturn:
        if message.endswith("required: COMMAND"):
            message = f"which command? there are: {', '.join(COMMANDS)}"
        if choice := _CHOICE.search(message):
            near = _hint(choice[1], re.findall(r"[^', ]+", choice[2]))
            message = f"{message[: choice.start()]}no {choice[1]!r}{near}"
        self.exit(UNUSABLE, f"video-tracker: error: {message} (see {self.prog} --help)\n")

    def refuse(self, words: Sequence[str]) -> None:
        """Refuse words that mean nothing here, if there are any."""
        known = self._option_string_actions
        if not words or words[0] in known:
            return
        options = [word.partition("=")[0] for word in words if word.startswith("-")]
        hint = _hint(options[0], known) if options else ""
        self.error(f"unrecognized arguments: {' '.join(words)}{hint}")


class _Overview(argparse.HelpFormatter):
    """Leaves the names of all commands their room; by itself it forgets that they are indented."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog)
        self._action_max_length = max(map(len, COMMANDS)) + 4


def _hint(word: str, known: Sequence[str] | dict[str, argparse.Action]) -> str:
    spelling = importlib.import_module("video_tracker.spelling")  # only who errs pays for it
    return str(spelling.hint(word, known, listed=True))


def parser(meant: str | None = None) -> "_Parser":
    """Build the parser.

    Args:
        meant: The command whose arguments it knows, so that nothing is loaded for the others; by
            default it knows them all.
    """
    result = _Parser(
        prog="video-tracker",
        description="Turns what a video player says into the video events of Customer.io.",
        epilog="video-tracker COMMAND --help has examples of a command and all of its options.",
        formatter_class=_Overview,
    )
    result.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = result.add_subparsers(metavar="COMMAND", required=True, dest="command")
    for name, (line, description, _) in COMMANDS.items():
        command = commands.add_parser(
            name,
            allow_abbrev=False,
            help=line,
            description=description,
            epilog=COMMANDS[name].epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(parser=command)
        if meant in (None, name):
            add = importlib.import_module("video_tracker.cli.arguments")
            getattr(add, f"add_{name}")(command)
    return result
