"""What a replay did not simply accept, a line each; what only says nothing, all in one line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import attrs

from video_tracker.cli.engine import Replay
from video_tracker.diagnostics import IGNORE, REASONS, REJECT, REPAIR
from video_tracker.spelling import counted
from video_tracker.wire import REPAIRS

__all__ = ["Remark", "Told", "left_outside", "remark_line"]


class Remark(NamedTuple):
    """Something that happened so often.

    Args:
        done: What was done: ``repaired``, ``ignored``...
        times: How often.
        what: What it was done to, and why.
        passed_over: Whether it says nothing that anybody must know.
    """

    done: str
    times: int
    what: str
    passed_over: bool = False


_DONE: Final = {REPAIR: "repaired", IGNORE: "ignored", REJECT: "rejected"}
_LONGEST_NAME: Final = 60
"""Characters of a callback's name in what an adapter counts as astray."""


@attrs.define(kw_only=True)
class Told:
    """What one replay, or several, read and made, and what they did not simply accept.

    Args:
        callbacks: How many lines were read.
        sessions: How many sessions they were of.
        messages: How many messages were made.
        unsent: How many must not be sent.
        inside: What happened to inputs of sessions.
        outside: What came to no session.
        changed: What was changed in messages.
    """

    callbacks: int = 0
    sessions: int = 0
    messages: int = 0
    unsent: int = 0
    inside: list[Remark] = attrs.field(factory=list)
    outside: list[Remark] = attrs.field(factory=list)
    changed: list[Remark] = attrs.field(factory=list)

    @classmethod
    def of(cls, replay: Replay) -> "Told":
        """Of a replay at its end."""
        return cls(
            callbacks=replay.account.callbacks,
            sessions=len(replay.sessions),
            messages=replay.account.messages,
            unsent=len(replay.account.unsent),
            inside=list(_of_sessions(replay)),
            outside=list(left_outside(replay)),
            changed=list(_of_messages(replay)),
        )

    def __add__(self, other: "Told") -> "Told":
        return Told(
            callbacks=self.callbacks + other.callbacks,
            sessions=self.sessions + other.sessions,
            messages=self.messages + other.messages,
            unsent=self.unsent + other.unsent,
            inside=_together(self.inside, other.inside),
            outside=_together(self.outside, other.outside),
            changed=_together(self.changed, other.changed),
        )

    def remarks(self, *, verbose: bool) -> Iterator[Remark]:
        """What was not simply accepted.

        Args:
            verbose: Tell of what was passed over one by one.
        """
        for each in (*self.inside, *self.outside, *self.changed):
            if verbose or not each.passed_over:
                yield each
        if not verbose:
            yield from _in_one_line(self.outside, "callback", "that {say} nothing of playback")
            yield from _in_one_line(self.inside, "input", "that changed nothing")

    def line(self, logs: int = 1) -> str:
        """How much it was.

        Args:
            logs: Of how many logs.
        """
        parts = [
            *([counted(logs, "log")] if logs > 1 else []),
            counted(self.callbacks, "callback"),
            counted(self.sessions, "session"),
            counted(self.messages, "message"),
            *([f"{self.unsent} not sent"] if self.unsent else []),
        ]
        return "video-tracker: " + ", ".join(parts)


def _together(some: Iterable[Remark], more: Iterable[Remark]) -> list[Remark]:
    """Remarks of which none says the same as another."""
    found: dict[Remark, int] = {}
    for each in (*some, *more):
        same = each._replace(times=0)
        found[same] = found.get(same, 0) + each.times
    return [each._replace(times=times) for each, times in found.items()]


def _in_one_line(remarks: Iterable[Remark], noun: str, which: str) -> Iterator[Remark]:
    """What was passed over, if anything was."""
    count = sum(each.times for each in remarks if each.passed_over)
    if count:
        say, were, them = ("says", "was", "it") if count == 1 else ("say", "were", "them")
        which = which.format(say=say)
        line = f"{counted(count, noun)} {which} {were} passed over; -v shows {them}"
        yield Remark("", count, line, passed_over=True)


def _of_sessions(replay: Replay) -> Iterator[Remark]:
    for (kind, reason), count in sorted(replay.account.diagnostics.items()):
        told = f"{reason}: {REASONS[reason]}"
        yield Remark(_DONE.get(kind, kind), count, told, passed_over=kind == IGNORE)


def _of_messages(replay: Replay) -> Iterator[Remark]:
    for reason, count in sorted(replay.encoder.repairs.items()):
        yield Remark("changed", count, f"{reason}: {REPAIRS[reason]}")


def left_outside(replay: Replay) -> Iterator[Remark]:
    """What came to no session: callbacks, reports and fields, with how often."""
    for remark, count in _sum(adapter.notes for adapter in replay.adapters):
        yield Remark("noted", count, remark)
    astray = {name for adapter in replay.adapters for name in adapter.astray}
    for callback, count in _sum(adapter.ignored for adapter in replay.adapters):
        if _is_astray(callback, astray):
            yield Remark("unknown", count, f"callback {callback}")
        else:
            yield Remark("ignored", count, f"callback {callback}", passed_over=True)
    for reason, count in sorted(replay.account.dropped.items()):
        yield Remark("dropped", count, reason)
    for field, count in sorted(replay.account.unknown.items()):
        yield Remark("unknown", count, f"field {field!r}: its signal has no such field")


def _is_astray(callback: str, astray: set[str]) -> bool:
    """Whether an ignored callback is one that nobody knows, or of a channel that is another's."""
    event, _, reason = callback.partition(": ")
    return event == "others" or f"{event[:_LONGEST_NAME]}: {reason}" in astray


def _sum(counts: Iterable[Mapping[str, int]]) -> list[tuple[str, int]]:
    """What all adapters counted, sorted."""
    return sorted(sum(map(Counter, counts), Counter[str]()).items())


def remark_line(remark: Remark) -> str:
    """A remark as a line."""
    if not remark.done:
        return remark.what
    return f"{remark.done:<8} {remark.times:>5} x {remark.what}"
