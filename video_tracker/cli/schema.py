"""``video-tracker schema``: the JSON Schemas of the messages, printed or written to a folder."""

import argparse
import json
from pathlib import Path
from typing import Any

from video_tracker.cli.files import CommandError, open_output, print_json, why
from video_tracker.events import EVENTS
from video_tracker.wire import json_schema
from video_tracker.wire.json_schema import file_name

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print or write the schemas that the arguments name.

    Raises:
        CommandError: A file or the folder cannot be written.
    """
    if arguments.output is not None:
        _make_folder(arguments.output)
    told: dict[str, Any] = {}
    for event in EVENTS if arguments.event is None else (arguments.event,):
        told[event] = json_schema(event, arguments.profile)
        if arguments.output is not None:
            file = str(Path(arguments.output) / file_name(event))
            with open_output(file) as output:
                output.write([json.dumps(told[event], indent=2).encode(), b"\n"])
            told[event] = file
        elif not arguments.json:
            print_json(told[event])
    if arguments.json:
        print_json(told)


def _make_folder(name: str) -> None:
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = f"cannot be written: {why(error)}; -o names a folder"
        raise CommandError(f"{name!r}: {reason}") from error
