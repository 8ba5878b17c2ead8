"""``video-tracker whatif``: what another plan or other settings would change of a log."""

import argparse
from collections.abc import Sequence

from video_tracker.cli.explain import ANYBODY, chosen, explained
from video_tracker.cli.files import CommandError, log_lines, open_input, standard_output
from video_tracker.cli.options import PlanOptions
from video_tracker.errors import TraceError
from video_tracker.explain import Explanation, difference_of

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Compare two replays of the log that the arguments name.

    Raises:
        CommandError: Something cannot be read or used, or there is no such session.
    """
    if arguments.plan is None and not arguments.settings:
        raise CommandError("what if what? give --plan, --set or --heartbeat")
    try:
        with open_input(arguments.trace) as file:
            lines = list(log_lines(file, arguments.trace))
    except TraceError as error:
        raise CommandError(str(error)) from error
    plan = arguments.base_plan if arguments.plan is None else arguments.plan
    settings = [*arguments.base_settings, *arguments.settings]
    before = _run(arguments, arguments.base_plan, arguments.base_settings, lines)
    after = _run(arguments, plan, settings, lines)
    context = None if arguments.all else 2
    text = difference_of(before, after).text(context)
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
