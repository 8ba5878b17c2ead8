"""What a replay did not simply accept, a line each; what only says nothing, all in one line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from video_tracker.cli.engine import Replay
from video_tracker.diagnostics import IGNORE, REASONS, REJECT, REPAIR
from video_tracker.spelling import counted
from video_tracker.wire import REPAIRS

__all__ = ["Remark", "account_line", "left_outside", "remark_line", "remarks"]


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


def remarks(replay: Replay, *, verbose: bool) -> Iterator[Remark]:
    """What a replay did not simply accept.

    Args:
        replay: The replay, at its end.
        verbose: Tell of what was passed over one by one.
    """
    inside, outside = list(_of_sessions(replay)), list(left_outside(replay))
    for each in (*inside, *outside, *_of_messages(replay)):
        if verbose or not each.passed_over:
            yield each
    if not verbose:
        yield from _in_one_line(outside, "callback", "that {say} nothing of playback")
        yield from _in_one_line(inside, "input", "that changed nothing")


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
    for sentence in replay.account.unsent:
        yield Remark("unsent", 1, sentence)


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


def account_line(replay: Replay) -> str:
    """How much a replay read and made."""
    account = replay.account
    parts = [
        counted(account.callbacks, "callback"),
        counted(len(replay.sessions), "session"),
        counted(account.messages, "message"),
    ]
    if account.unsent:
        parts.append(f"{len(account.unsent)} not sent")
    return "video-tracker: " + ", ".join(parts)
