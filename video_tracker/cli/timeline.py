"""``video-tracker timeline``: sessions drawn on a terminal or as a picture."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from video_tracker.cli.engine import peek_player
from video_tracker.cli.explain import ANYBODY, chosen, explained
from video_tracker.cli.files import (
    CommandError,
    log_lines,
    open_output,
    print_json,
    same_file,
    tell,
)
from video_tracker.cli.mistaken import MESSAGES, head_of, what_else
from video_tracker.cli.options import PlanOptions
from video_tracker.cli.progress import open_watched
from video_tracker.cli.screen import has_colours, show, width
from video_tracker.errors import TraceError, VideoTrackerError
from video_tracker.linting.sources import kind_of
from video_tracker.timeline import (
    Timeline,
    explained_timeline,
    session_timelines,
    terminal_timeline,
)
from video_tracker.timeline.theme import THEMES as _THEMES

__all__ = ["FORMS", "THEMES", "run", "sides"]

THEMES: Final = tuple(_THEMES)
FORMS: Final[Mapping[str, Callable[..., str | bytes]]] = {
    ".svg": Timeline.to_svg,
    ".png": Timeline.to_png,
    ".html": Timeline.to_html,
}
"""How a picture is made, by the end of its file's name."""
_NOTHING: Final = "there is no video event in it: nothing can be drawn"
_MOST: Final = 10
"""Sessions that are drawn at once."""
_PIXELS: Final = 1000

_Side = tuple[list[Timeline], CommandError | None]
"""What one file shows, and its first fault."""


def run(arguments: argparse.Namespace) -> None:
    """Draw what the arguments name.

    Raises:
        CommandError: Something cannot be read, drawn or written. What was fine before a damaged
            line has been drawn.
    """
    _check(arguments)
    shown = [*sides(arguments)]
    timelines = [each for found, _ in shown for each in found]
    if len(timelines) > _MOST:
        rest = len(timelines) - _MOST
        tell(f"video-tracker: {rest} more sessions are not drawn; choose one with --session")
    try:
        _draw(arguments, timelines[:_MOST])
    except (ValueError, VideoTrackerError) as error:
        raise CommandError(str(error)) from error
    for _, fault in shown:
        if fault is not None:
            raise fault


def _check(arguments: argparse.Namespace) -> None:
    names = (arguments.log, arguments.other, arguments.plan, arguments.other_plan)
    read = [name for name in names if name is not None]
    if read.count("-") > 1:
        raise CommandError("only one of the files can be standard input")
    for name in read if arguments.output is not None else ():
        if same_file(arguments.output, name):
            raise CommandError(f"{name} cannot be read and written at once")


# -- what is drawn ---------------------------------------------------------------------------------


def sides(arguments: argparse.Namespace) -> Iterator[_Side]:
    """What each file shows; the second, or the first again, as it would be otherwise."""
    otherwise = arguments.other_plan is not None or bool(arguments.other_settings)
    name, other = arguments.log, arguments.other or arguments.log
    with open_watched(name) as file:
        lines = [*_lines(file, name)]
    first = _side(arguments, name, lines, arguments.plan, arguments.settings)
    if arguments.other is None and not otherwise:
        yield first
        return
    yield _titled(first, "as it is" if arguments.other is None else Path(name).name)
    if arguments.other is not None:
        with open_watched(other) as file:
            lines = [*_lines(file, other)]
    plan = arguments.plan if arguments.other_plan is None else arguments.other_plan
    settings = [*arguments.settings, *arguments.other_settings]
    second = _side(arguments, other, lines, plan, settings)
    yield _titled(second, "what if" if arguments.other is None else Path(other).name)


def _lines(file: Any, name: str) -> Iterator[bytes]:
    try:
        yield from log_lines(file, name)
    except TraceError as error:
        raise CommandError(str(error)) from error


def _titled(side: _Side, title: str) -> _Side:
    found, fault = side
    return [attrs.evolve(each, title=f"{title}: {each.title}") for each in found], fault


def _side(
    arguments: argparse.Namespace,
    name: str,
    lines: Sequence[bytes],
    plan: str | None,
    settings: Sequence[tuple[str, object]],
) -> _Side:
    fault = None
    if arguments.player is not None or _is_log(lines):
        options = PlanOptions.of(plan, arguments.user_id, settings, anybody=ANYBODY)
        named = argparse.Namespace(**{**vars(arguments), "log": name})
        result = explained(named, options, lines)
        found, fault = [*map(explained_timeline, result.sessions)], result.fault
    else:
        if plan is not None or settings:
            raise CommandError(f"{name}: a plan and settings are for logs; these are messages")
        found = [*session_timelines(lines)]
    if not found and fault is None:
        other = what_else(MESSAGES, head_of(lines), name)
        raise CommandError(f"{name}: {other or _NOTHING}")
    return chosen(found, arguments.session), fault


def _is_log(lines: Sequence[bytes]) -> bool:
    """Whether it is a log of callbacks, signals or reports, and no file of messages."""
    _, player = peek_player(lines)
    return player is not None or kind_of(lines)[0] in ("trace", "signals")


# -- how it is drawn -------------------------------------------------------------------------------


def _draw(arguments: argparse.Namespace, timelines: Sequence[Timeline]) -> None:
    if arguments.json:
        print_json([each.to_dict() for each in timelines])
    elif arguments.output is None:
        columns = arguments.width or width()
        show([terminal_timeline(*timelines, width=columns, colour=has_colours(sys.stdout))])
    else:
        make = FORMS[Path(arguments.output).suffix.lower()]
        pixels = arguments.width or _PIXELS
        drawn = make(*timelines, theme=arguments.theme, width=pixels)
        with open_output(arguments.output) as output:
            output.write([drawn.encode() if isinstance(drawn, str) else drawn])
