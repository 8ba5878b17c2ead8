"""``video-tracker whatif``: what another plan or other settings would change of a log."""

import argparse
import sys
from collections.abc import Sequence

from video_tracker.cli.explain import ANYBODY, chosen, explained
from video_tracker.cli.files import CommandError, log_lines, print_json, standard_output
from video_tracker.cli.options import PlanOptions
from video_tracker.cli.progress import open_watched
from video_tracker.cli.replay import check_inputs
from video_tracker.cli.screen import is_terminal, width
from video_tracker.errors import TraceError
from video_tracker.explain import Explanation, difference_of
from video_tracker.explain.data import difference_to_list

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Compare two replays of the log that the arguments name.

    Raises:
        CommandError: Something cannot be read or used, or there is no such session.
    """
    if arguments.plan is None and not arguments.settings:
        raise CommandError("what if what? give --plan, --set or --heartbeat")
    check_inputs(arguments.log, arguments.plan, arguments.base_plan)
    try:
        with open_watched(arguments.log) as file:
            lines = list(log_lines(file, arguments.log))
    except TraceError as error:
        raise CommandError(str(error)) from error
    plan = arguments.base_plan if arguments.plan is None else arguments.plan
    settings = [*arguments.base_settings, *arguments.settings]
    before = _run(arguments, arguments.base_plan, arguments.base_settings, lines)
    after = _run(arguments, plan, settings, lines)
    difference = difference_of(before, after)
    if arguments.json:
        print_json(difference_to_list(difference, equal=arguments.all))
    else:
        columns = width() if is_terminal(sys.stdout) else None
        text = difference.text(None if arguments.all else 2, columns)
        standard_output().write([text.encode(), b"\n"])


def _run(
    arguments: argparse.Namespace,
    plan: str | None,
    settings: Sequence[tuple[str, object]],
    lines: Sequence[bytes],
) -> list[Explanation]:
    options = PlanOptions.of(plan, arguments.user_id, settings, anybody=ANYBODY)
    found = explained(arguments, options, lines)
    if found.fault is not None:
        raise found.fault
    return chosen(found.sessions, arguments.session)
