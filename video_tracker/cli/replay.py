"""``video-tracker replay``: recorded callback logs in, their messages out, or a view of them."""

import argparse
import contextlib
import os
import sys
from collections.abc import Generator, Sequence
from typing import Final

import attrs

from video_tracker.cli.commands import DONE, LEFT_OVER, UNUSABLE
from video_tracker.cli.files import CommandError, Output, logs_of, open_output, same_file, tell
from video_tracker.cli.options import PlanOptions
from video_tracker.cli.progress import Progress, progress
from video_tracker.cli.remarks import Remark, Told, remark_line
from video_tracker.cli.screen import Look, is_terminal
from video_tracker.cli.work import Done, Log, Replayed, Work, spread
from video_tracker.spelling import counted

__all__ = ["check_inputs", "run"]

_UNSEEN: Final = 10.0
"""Seconds between two lines of progress where nobody looks."""
_REMEMBERED: Final = 100_000
"""Sessions that are known again in a later log."""


def run(arguments: argparse.Namespace) -> int:
    """Replay the logs that the arguments name, and write what comes of them in their order.

    Returns:
        The exit status, where there are several logs: what is wrong with one of them costs itself
        alone, and is told.

    Raises:
        CommandError: Something cannot be read, used or written. What was fine before a damaged
            line has been written, its summary too.
    """
    logs = logs_of(arguments.logs)
    _check_files(arguments, logs)
    is_viewed = arguments.text or _is_for_people(arguments)
    work = Work(
        options=PlanOptions.of(arguments.plan, arguments.user_id, arguments.settings),
        player=arguments.player,
        session_id=arguments.session_id,
        profile=arguments.profile,
        messages=arguments.output != "-" or not is_viewed,
        summaries=arguments.summary is not None,
        look=Look.at(sys.stdout) if is_viewed else None,
        verbose=arguments.verbose,
    )
    shows = is_terminal(sys.stdout)
    with contextlib.ExitStack() as outputs:
        writing = _Writing(
            messages=_Sink(arguments.output if work.messages else None, outputs),
            summaries=_Sink(arguments.summary, outputs),
            view=_Sink("-" if is_viewed else None, outputs),
            verbose=arguments.verbose,
        )
        if len(logs) == 1:
            quiet = shows and arguments.output == "-" and not is_viewed
            return _one(Log(work, *logs, quiet=quiet), writing)
        jobs = min(arguments.jobs or _cores(), len(logs))
        quiet = shows and (arguments.output == "-" or is_viewed)
        with progress("replaying", "files", quiet=quiet, unseen=_UNSEEN) as bar:
            return _several(work, logs, jobs, writing, bar)


def _is_for_people(arguments: argparse.Namespace) -> bool:
    return not arguments.json and arguments.output == "-" and is_terminal(sys.stdout)


def _cores() -> int:
    return getattr(os, "process_cpu_count", os.cpu_count)() or 1


def _one(log: Log, writing: "_Writing") -> int:
    done = writing.take(log)
    if done.told is not None:
        writing.finish(done.told)
        if done.told.callbacks:
            tell(done.told.line())
    if done.fault is not None:
        raise CommandError(done.fault)
    return DONE


def _several(work: Work, logs: Sequence[str], jobs: int, writing: "_Writing", bar: Progress) -> int:
    total, seen, usable, faults, status = Told(), _Seen(), 0, 0, DONE
    with contextlib.closing(_replayed(work, logs, jobs)) as replayed:
        for number, (log, each) in enumerate(zip(logs, replayed, strict=True), 1):
            done = writing.take(each)
            if done.told is not None:
                total, usable = total + done.told, usable + 1
            if done.fault is not None:
                tell(f"video-tracker: error: {done.fault}")
                faults, status = faults + 1, UNUSABLE
            if again := seen.again(log, done.sessions):
                tell(f"video-tracker: error: {again}")
                status = max(status, LEFT_OVER)
            bar.show(number, len(logs))
    if usable:
        writing.finish(total)
    tell(total.line(len(logs)) + (f"; {counted(faults, 'log')} with a fault" if faults else ""))
    return status


def _replayed(work: Work, logs: Sequence[str], jobs: int) -> Generator[Replayed, None, None]:
    if jobs > 1:
        yield from spread(work, logs, jobs)
    else:
        yield from (Log(work, log) for log in logs)


class _Seen:
    """The sessions of the logs so far; the oldest of very many are forgotten."""

    def __init__(self) -> None:
        self._logs: dict[str, str] = {}

    def again(self, log: str, sessions: Sequence[str]) -> str | None:
        """What is wrong where a log has sessions that an earlier one had, too."""
        had = [(each, self._logs[each]) for each in sessions if each in self._logs]
        self._logs.update(dict.fromkeys(sessions, log))
        for oldest in list(self._logs)[: max(0, len(self._logs) - _REMEMBERED)]:
            del self._logs[oldest]
        if not had:
            return None
        session, earlier = had[0]
        more = f" and {len(had) - 1} more" if len(had) > 1 else ""
        return (
            f"{log}: session {session}{more}, of which {earlier} has a part, too: each log was "
            f"replayed by itself, so messages of both have the same ids; put them into one log"
        )


# -- what is written -------------------------------------------------------------------------------


class _Sink:
    """An output; it is opened once there is something for it, were it nothing at all."""

    def __init__(self, name: str | None, outputs: contextlib.ExitStack) -> None:
        self._name, self._outputs = name, outputs
        self._output: Output | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether anybody wants it."""
        return self._name is not None

    def write(self, *parts: bytes) -> None:
        """Write them, if they are wanted.

        Raises:
            CommandError: They cannot be written.
            BrokenPipeError: Nobody reads any more.
        """
        if self._name is None:
            return
        if self._output is None:
            self._output = self._outputs.enter_context(open_output(self._name))
        self._output.write(parts)


@attrs.define(kw_only=True)
class _Writing:
    """What is written of the logs, as their turns come.

    Args:
        messages: Where the messages go.
        summaries: Where the sessions' summaries go, as one JSON list.
        view: Where goes what people read.
        verbose: Tell of what was passed over one by one.
    """

    messages: _Sink
    summaries: _Sink
    view: _Sink
    verbose: bool
    _summaries_written: int = 0

    def take(self, log: Replayed) -> Done:
        """Write what comes of a log."""
        for message in log.messages():
            self.messages.write(message)
        done = log.done
        if done.told is not None:
            self.messages.write()
            for summary in done.summaries:
                self.summaries.write(b",\n  " if self._summaries_written else b"[\n  ")
                self.summaries.write(summary.replace("\n", "\n  ").encode())
                self._summaries_written += 1
            self.view.write(done.view)
            if not self.view.is_wanted:
                for sentence in done.unsent:
                    tell(remark_line(Remark("unsent", 1, sentence)))
        return done

    def finish(self, told: Told) -> None:
        """End what was begun, and tell what was not simply accepted, unless the view does."""
        self.summaries.write(b"\n]\n" if self._summaries_written else b"[]\n")
        if not self.view.is_wanted:
            for remark in told.remarks(verbose=self.verbose):
                tell(remark_line(remark))


# -- what is read ----------------------------------------------------------------------------------


def _check_files(arguments: argparse.Namespace, logs: Sequence[str]) -> None:
    """No file may be read and written at once, or written twice."""
    if len(logs) > 1 and "-" in logs:
        raise CommandError("standard input can be the only log, but not one of several")
    if len(logs) > 1 and arguments.session_id is not None:
        raise CommandError(f"--session-id is the id of one log's session; there are {len(logs)}")
    plans = check_inputs(logs[0], arguments.plan)[1:]
    outputs = [name for name in (arguments.output, arguments.summary) if name is not None]
    if len(outputs) > 1 and same_file(*outputs):
        raise CommandError(f"messages and summary cannot both go to {_named(outputs[0])}")
    if arguments.text and arguments.summary == "-":
        raise CommandError("sessions to read and summary cannot both go to standard output")
    for written in outputs:
        for read in (*logs, *plans):
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
