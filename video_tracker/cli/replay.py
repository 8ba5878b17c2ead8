"""``video-tracker replay``: a recorded callback log in, its messages out, or a view of them."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from video_tracker.cli.engine import Replay
from video_tracker.cli.files import (
    CommandError,
    Output,
    log_lines,
    open_output,
    same_file,
    tell,
)
from video_tracker.cli.mistaken import LOG, only
from video_tracker.cli.options import PlanOptions
from video_tracker.cli.progress import open_watched
from video_tracker.cli.remarks import account_line, remark_line, remarks
from video_tracker.cli.screen import is_terminal, show
from video_tracker.errors import TraceError, VideoTrackerError
from video_tracker.explain import RecordedSession
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Adapter
from video_tracker.trace import Owner
from video_tracker.wire import Encoder, Record

__all__ = ["check_inputs", "make_replay", "run"]


def run(arguments: argparse.Namespace) -> None:
    """Replay the log that the arguments name.

    Raises:
        CommandError: Something cannot be read, used or written. What was fine before a damaged
            line has been written, its summary too.
    """
    _check_files(arguments)
    options = PlanOptions.of(arguments.plan, arguments.user_id, arguments.settings)
    is_viewed = arguments.text or _is_for_people(arguments)
    prints = arguments.output == "-" and not is_viewed
    shown: list[Record] = []
    fault: CommandError | None = None
    with open_watched(arguments.log, quiet=prints and is_terminal(sys.stdout)) as file:
        lines = log_lines(file, arguments.log)
        encoder = Encoder(profile=arguments.profile)
        kind = {"make_session": RecordedSession} if is_viewed else {}
        replay = make_replay(arguments, options, lines, encoder, **kind)
        try:
            records = _begun(replay.records())  # a log of nobody must cost no file
            with _output(None if is_viewed and arguments.output == "-" else arguments.output) as to:
                for record in records:
                    if to is not None:
                        to.write((record.body, b"\n"))
                    if is_viewed:
                        shown.append(record)
        except TraceError as error:
            fault = CommandError(str(error))
        except VideoTrackerError as error:
            raise CommandError(f"{arguments.log}: {error}") from error
    _conclude(arguments, replay, shown if is_viewed else None)
    if fault is not None:
        raise fault


def _is_for_people(arguments: argparse.Namespace) -> bool:
    return not arguments.json and arguments.output == "-" and is_terminal(sys.stdout)


def _begun(records: Iterator[Record]) -> Iterator[Record]:
    """The records, of which the first has been made; a fault in the log comes in its turn."""
    try:
        return chain([next(records)], records)
    except StopIteration:
        return iter(())
    except TraceError as error:
        return _raising(error)


def _raising(error: TraceError) -> Iterator[Record]:
    yield from ()
    raise error


@contextlib.contextmanager
def _output(name: str | None) -> Iterator[Output | None]:
    if name is None:
        yield None
        return
    with open_output(name) as output:
        yield output


def _check_files(arguments: argparse.Namespace) -> None:
    """No file may be read and written at once, or written twice."""
    inputs = check_inputs(arguments.log, arguments.plan)
    outputs = [name for name in (arguments.output, arguments.summary) if name is not None]
    if len(outputs) > 1 and same_file(*outputs):
        raise CommandError(f"messages and summary cannot both go to {_named(outputs[0])}")
    for written in outputs:
        for read in inputs:
            if written != "-" and same_file(written, read):
                raise CommandError(f"{written} cannot be read and written at once")


def check_inputs(log: str, *plans: str | None) -> list[str]:
    """The files that are read, of which one at most may be standard input.

    Raises:
        CommandError: Several are.
    """
    inputs = [name for name in (log, *plans) if name is not None]
    if inputs.count("-") > 1:
        raise CommandError(
            "the log and the plan cannot both be standard input: give one of them as a file"
        )
    return inputs


def _named(name: str) -> str:
    return "standard output; give -o FILE" if name == "-" else name


def make_replay(
    arguments: argparse.Namespace,
    options: PlanOptions,
    lines: Iterable[bytes],
    encoder: Encoder,
    **hooks: Any,
) -> Replay:
    """The replay of the log that the arguments name, under a plan; ``hooks`` are the engine's."""

    def make_plan(adapter: Adapter | None, viewer: Owner) -> SessionPlan:
        if adapter is None:
            return options.session_plan({}, None, viewer)
        return options.session_plan(adapter.settings, adapter.name, viewer)

    return Replay(
        only(LOG, lines, arguments.log),
        file=arguments.log,
        player=arguments.player,
        make_plan=make_plan,
        encoder=encoder,
        session_id=arguments.session_id,
        name="stdin" if arguments.log == "-" else Path(arguments.log).stem,
        **hooks,
    )


def _conclude(
    arguments: argparse.Namespace, replay: Replay, shown: Sequence[Record] | None
) -> None:
    """The summary to its file; the view to standard output, or the remarks to standard error."""
    if arguments.summary is not None:
        summaries = [summary.to_dict() for summary in replay.summaries()]
        text = json.dumps(summaries, indent=2, allow_nan=False) + "\n"
        with open_output(arguments.summary) as output:
            output.write([text.encode()])
    told = remarks(replay, verbose=arguments.verbose)
    if shown is not None:
        from video_tracker.cli.view import view_of  # noqa: PLC0415 - only who looks pays for it

        show(view_of(replay, shown, told, verbose=arguments.verbose))
    else:
        for remark in told:
            tell(remark_line(remark))
    if replay.account.callbacks:
        tell(account_line(replay))
