"""``video-tracker replay``: a recorded callback log in, the messages that would be sent out."""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from video_tracker.cli.engine import Replay
from video_tracker.cli.files import (
    CommandError,
    log_lines,
    open_input,
    open_output,
    same_file,
    tell,
)
from video_tracker.cli.options import PlanOptions
from video_tracker.diagnostics import REASONS
from video_tracker.errors import TraceError, VideoTrackerError
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Adapter
from video_tracker.wire import REPAIRS, Encoder

__all__ = ["make_replay", "remarks", "run"]


def run(arguments: argparse.Namespace) -> None:
    """Replay the log that the arguments name.

    Raises:
        CommandError: Something cannot be read, used or written. What was fine before a damaged
            line has been written, its summary too.
    """
    _check_files(arguments)
    options = PlanOptions.of(arguments.plan, arguments.user_id, arguments.settings)
    with open_input(arguments.trace) as file:
        lines, encoder = log_lines(file, arguments.trace), Encoder(profile=arguments.profile)
        replay = make_replay(arguments, options, lines, encoder)
        try:
            with open_output(arguments.output) as output:
                for record in replay.records():
                    output.write((record.body, b"\n"))
        except TraceError as error:
            _conclude(arguments, replay)
            raise CommandError(str(error)) from error
        except VideoTrackerError as error:
            raise CommandError(f"{arguments.trace}: {error}") from error
    _conclude(arguments, replay)


def _check_files(arguments: argparse.Namespace) -> None:
    """No file may be read and written at once, or written twice."""
    inputs = [name for name in (arguments.trace, arguments.plan) if name is not None]
    if inputs.count("-") > 1:
        raise CommandError("the log and the plan cannot both be standard input")
    outputs = [name for name in (arguments.output, arguments.summary) if name is not None]
    if len(outputs) > 1 and same_file(*outputs):
        raise CommandError(f"messages and summary cannot both go to {_named(outputs[0])}")
    for written in outputs:
        for read in inputs:
            if written != "-" and same_file(written, read):
                raise CommandError(f"{written} cannot be read and written at once")


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

    def make_plan(adapter: Adapter | None) -> SessionPlan:
        if adapter is None:
            return options.session_plan({}, None)
        return options.session_plan(adapter.settings, adapter.name)

    return Replay(
        lines,
        file=arguments.trace,
        player=arguments.player,
        make_plan=make_plan,
        encoder=encoder,
        session_id=arguments.session_id,
        name="stdin" if arguments.trace == "-" else Path(arguments.trace).stem,
        **hooks,
    )


def _conclude(arguments: argparse.Namespace, replay: Replay) -> None:
    """The summary to its file, the diagnostics and the account to standard error."""
    if arguments.summary is not None:
        summaries = [summary.to_dict() for summary in replay.summaries()]
        text = json.dumps(summaries, indent=2, allow_nan=False) + "\n"
        with open_output(arguments.summary) as output:
            output.write([text.encode()])
    for line in _told(replay):
        tell(line)


def _told(replay: Replay) -> Iterator[str]:
    account = replay.account
    for (kind, reason), count in sorted(account.diagnostics.items()):
        yield _line(_DONE.get(kind, kind), count, f"{reason}: {REASONS[reason]}")
    yield from remarks(replay)
    for reason, count in sorted(replay.encoder.repairs.items()):
        yield _line("changed", count, f"{reason}: {REPAIRS[reason]}")
    for sentence in account.unsent:
        yield _line("unsent", 1, sentence)
    parts = [
        _counted(account.callbacks, "callback"),
        _counted(len(replay.sessions), "session"),
        _counted(account.messages, "message"),
    ]
    if account.unsent:
        parts.append(f"{len(account.unsent)} not sent")
    yield "video-tracker: " + ", ".join(parts)


def remarks(replay: Replay) -> Iterator[str]:
    """What came to no session: callbacks, reports and fields, with how often, a line each."""
    for remark, count in _sum(adapter.notes for adapter in replay.adapters):
        yield _line("noted", count, remark)
    for callback, count in _sum(adapter.ignored for adapter in replay.adapters):
        yield _line("ignored", count, f"callback {callback}")
    for reason, count in sorted(replay.account.dropped.items()):
        yield _line("dropped", count, reason)
    for field, count in sorted(replay.account.unknown.items()):
        yield _line("ignored", count, f"field {field!r}: its signal has no such field")


def _sum(counts: Iterable[Mapping[str, int]]) -> list[tuple[str, int]]:
    """What all adapters counted, sorted."""
    return sorted(sum(map(Counter, counts), Counter[str]()).items())


_DONE = {"repair": "repaired", "ignore": "ignored", "reject": "rejected"}


def _line(done: str, count: int, what: str) -> str:
    return f"{done:<8} {count:>5} x {what}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
