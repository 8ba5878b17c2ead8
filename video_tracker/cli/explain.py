"""``video-tracker explain``: why a log gives these events and figures, and why not others."""

import argparse
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final, Protocol, TypeVar

import attrs

from video_tracker.cli.files import CommandError, log_lines, print_json, standard_output
from video_tracker.cli.options import PlanOptions
from video_tracker.cli.progress import open_watched
from video_tracker.cli.remarks import left_outside, remark_line
from video_tracker.cli.replay import check_inputs
from video_tracker.cli.work import make_replay
from video_tracker.errors import TraceError, VideoTrackerError
from video_tracker.explain import Explanation, RecordedSession, Source
from video_tracker.explain.data import (
    event_to_dict,
    explanation_to_dict,
    figure_to_dict,
    miss_to_dict,
)
from video_tracker.explain.text import (
    account_of,
    event_text,
    explanation_text,
    figure_text,
    known_name,
    missing_text,
    position_text,
)
from video_tracker.players.base import Callback
from video_tracker.wire import Encoder

__all__ = ["ANYBODY", "Explained", "chosen", "explained", "run"]

ANYBODY: Final = "anybody"
"""Who watches where the plan names nobody: nothing is sent."""


def run(arguments: argparse.Namespace) -> None:
    """Explain the log that the arguments name.

    Raises:
        CommandError: Something cannot be read or used, or what is asked for does not exist. What
            was fine before a damaged line has been explained.
    """
    check_inputs(arguments.log, arguments.plan)
    options = PlanOptions.of(arguments.plan, arguments.user_id, arguments.settings, anybody=ANYBODY)
    with open_watched(arguments.log) as file:
        found = explained(arguments, options, log_lines(file, arguments.log))
    try:
        _answer(arguments, chosen(found.sessions, arguments.session), found.remarks)
    except LookupError as error:
        raise CommandError(str(error.args[0])) from error
    if found.fault is not None:
        raise found.fault


@attrs.frozen
class Explained:
    """What came of a log.

    Args:
        sessions: Its sessions, explained.
        remarks: What came to no session, a line each.
        fault: Its first fault, before which all was explained.
    """

    sessions: list[Explanation]
    remarks: list[str]
    fault: CommandError | None


@attrs.define
class _Place:
    """Where in the log the inputs are found: at the line that is read, or held back since then."""

    line: int | None = None
    callback: Callback | None = None
    read: dict[float, list[tuple[int, Callback]]] = attrs.field(factory=dict)

    def on_line(self, line: int | None, callback: Callback | None) -> None:
        self.line, self.callback = line, callback
        if line is not None and callback is not None:
            self.read.setdefault(callback.at, []).append((line, callback))

    def source(self, name: str, at: Any) -> Source:
        callback = self.callback
        told = "" if callback is None else f"{callback.player} {callback.event}"
        if at not in self.read or (callback is not None and callback.at == at):
            return Source(self.line, told)
        # An adapter tells only now what it heard then: of the callback whose name is the nearest.
        words = name.split("_")
        line, held = max(
            reversed(self.read[at]),
            key=lambda each: sum(word in each[1].event.lower() for word in words),
        )
        return Source(line, f"{held.player} {held.event}", until=self.line)


def explained(
    arguments: argparse.Namespace, options: PlanOptions, lines: Iterable[bytes]
) -> Explained:
    """Replay a log and explain its sessions, up to its first fault.

    Raises:
        CommandError: There is nothing to explain.
    """
    place, fault = _Place(), None
    make_session = partial(RecordedSession, source=place.source)
    replay = make_replay(
        arguments.log,
        lines,
        options,
        Encoder(),
        player=arguments.player,
        session_id=arguments.session_id,
        make_session=make_session,
        on_line=place.on_line,
    )
    try:
        for _ in replay.records():
            pass
    except TraceError as error:
        fault = CommandError(str(error))
    except VideoTrackerError as error:
        raise CommandError(f"{arguments.log}: {error}") from error
    sessions = [each for each in replay.sessions if isinstance(each, RecordedSession)]
    if fault is not None and not sessions:
        raise fault
    return Explained(
        [each.explain() for each in sessions],
        [remark_line(each) for each in left_outside(replay)],
        fault,
    )


class _OfSession(Protocol):
    @property
    def session_id(self) -> str: ...


_Found = TypeVar("_Found", bound=_OfSession)


def chosen(found: list[_Found], wanted: str | None) -> list[_Found]:
    """The sessions that are asked for: all, that of an id, or that of a number.

    Raises:
        CommandError: There is no such session.
    """
    if wanted is None:
        return found
    own = [each for each in found if each.session_id == wanted]
    if not own and wanted.isdecimal() and 1 <= int(wanted) <= len(found):
        own = [found[int(wanted) - 1]]
    if not own:
        ids = ", ".join(f"{number} {each.session_id}" for number, each in enumerate(found, 1))
        raise CommandError(f"--session {wanted}: there is none; there are: {ids}")
    return own


def _answer(arguments: argparse.Namespace, found: list[Explanation], left: list[str]) -> None:
    asked = next((each for each in _QUESTIONS if getattr(arguments, each) is not None), None)
    if arguments.json:
        print_json([_as_data(each, asked, arguments) for each in found])
    else:
        texts = [_as_text(each, asked, arguments) for each in found]
        standard_output().write([_joined(found, texts, asked, left).encode(), b"\n"])


def _joined(found: list[Explanation], texts: list[str], asked: str | None, left: list[str]) -> str:
    if asked is None:
        came_to_nothing = ["\n  ".join(["What came to no session", *left])] if left else []
        return "\n\n\n".join([*texts, *came_to_nothing])
    if len(found) > 1:
        texts = [f"Session {e.session_id}\n{text}" for e, text in zip(found, texts, strict=True)]
    return "\n\n".join(texts)


def _as_text(found: Explanation, asked: str | None, arguments: argparse.Namespace) -> str:
    if asked is None:
        return explanation_text(found)
    return _QUESTIONS[asked](found, getattr(arguments, asked))


_QUESTIONS: Final[Mapping[str, Callable[[Explanation, Any], str]]] = {
    "event": event_text,
    "position": position_text,
    "missing": missing_text,
    "figure": figure_text,
}


def _as_data(found: Explanation, asked: str | None, arguments: argparse.Namespace) -> Any:
    if asked is None:
        return explanation_to_dict(found)
    wanted = getattr(arguments, asked)
    if asked == "missing":
        name = known_name(wanted, found.missing, "event")
        return [miss_to_dict(miss) for miss in found.missing[name]]
    if asked == "figure":
        return figure_to_dict(found.figures[known_name(wanted, found.figures, "figure")])
    return event_to_dict(account_of(found, wanted))
