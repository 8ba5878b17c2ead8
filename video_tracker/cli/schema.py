"""``video-tracker schema``: the JSON Schemas of the messages, printed or written to a folder."""

import argparse
import json
from pathlib import Path

from video_tracker.cli.files import CommandError, open_output, why
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
    for event in EVENTS if arguments.event is None else (arguments.event,):
        text = json.dumps(json_schema(event, arguments.profile), indent=2) + "\n"
        folder = arguments.output
        with open_output("-" if folder is None else str(Path(folder) / file_name(event))) as output:
            output.write([text.encode()])


def _make_folder(name: str) -> None:
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise CommandError(f"{name!r}: cannot be written: {why(error)}") from error
