"""``video-tracker completion``: the script by which a shell completes this command."""

import argparse
from typing import Any, Final

import attrs

from video_tracker.cli.engine import SIGNALS_PLAYER
from video_tracker.cli.files import CommandError, standard_output
from video_tracker.plan import Settings
from video_tracker.players.registry import player_names

__all__ = ["SHELLS", "run"]

SHELLS: Final = ("bash", "zsh", "tcsh")
_FILES: Final = frozenset(("LOG", "PLAN.json", "FILE", "SCENARIO", "EVENTS.jsonl|SPOOLDIR"))
"""What stands for a file in the help."""


def run(arguments: argparse.Namespace) -> None:
    """Print the script of the shell that the arguments name.

    Raises:
        CommandError: The extra is not installed.
    """
    try:
        import shtab  # noqa: PLC0415 - an extra, needed only here
    except ImportError as error:
        raise CommandError("completion needs shtab: pip install 'video-tracker[cli]'") from error
    from video_tracker.cli.main import parser  # noqa: PLC0415 - it has loaded this module

    whole = parser()
    for command in _commands(whole):
        for action in command._actions:
            _help_complete(action, shtab)
    standard_output().write([shtab.complete(whole, arguments.shell).encode(), b"\n"])


def _commands(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    found = next(each.choices for each in parser._actions if each.dest == "command")
    return list((found or {}).values()) if isinstance(found, dict) else []


def _help_complete(action: Any, shtab: Any) -> None:
    """Say what an argument may be, where its parser does not: files, players, settings."""
    if action.metavar in _FILES:
        action.complete = shtab.FILE
    elif action.metavar == "FOLDER":
        action.complete = shtab.DIRECTORY
    elif action.dest == "player" and action.choices is None:
        action.choices = [*player_names(), SIGNALS_PLAYER]
    elif action.metavar == "NAME=VALUE":
        action.choices = [f"{field.name}=" for field in attrs.fields(Settings)]
