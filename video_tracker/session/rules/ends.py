"""Content ends: at once, or in doubt where it ends in the wrong place (S80, S82)."""

from typing import Any

from video_tracker.session.data.input import AD, Input
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import (
    EARLY_END,
    END_WAIT,
    FALSE_END,
    MOVED_ON,
    NEAR,
    NEVER,
)
from video_tracker.session.effects import annotations, halts, ledger, pods, positions
from video_tracker.session.rules import doors, settle


def end_or_doubt(s: State, at: float, place: float | None) -> None:
    """Content ends; in the wrong place that waits for what follows (S82)."""
    where = place if place is not None else doors.end_by_clock(s, at)
    if s.how in ("playing", "buffering", "paused") and end_in_doubt(s, where):
        ledger.accrue(s, at, place if s.how == "playing" else None)
        held = s.holding()
        held.end_at, held.end_position = at, place
        s.tune()
        return
    end_for_good(s, at, place, "content_end")


def end_in_doubt(s: State, place: float | None) -> bool:
    """Whether an end there is too early to be believed at once."""
    if s.duration is None or place is None or s.live or s.where != "content":
        return False
    left = s.duration - place
    return left > NEAR and left > EARLY_END * s.duration


def end_for_good(s: State, at: float, place: float | None, name: str) -> None:
    """An explicit end that stands; where it lies is the content's length from then on (S80)."""
    measures = s.where == "content" and not s.live
    doors.prepare_end(s, at, place, name)
    plays = s.where == "content" and s.how == "playing"
    if measures and plays and not positions.near_content_end(s):
        positions.end_is_length(s)
    doors.end_content(s, at)


def finish_playback(s: State, at: float) -> None:
    """Everything is finished: Playback Completed, or an exit where no content was played."""
    if s.how == "interrupted" or s.pause_told:
        halts.undo(s, at)
    if s.begun or s.ever_completed:
        pods.complete_playback(s, s.accrued)
    else:
        s.repaired(at, "end", "ended_without_content")
        pods.exit_playback(s, at)


def end_settled_at(s: State) -> float:
    """When an end in doubt that nothing has unmade is real; infinite while none is in doubt."""
    held = s.held
    if held.end_at is None:
        return NEVER
    return held.end_at + max(END_WAIT, s.usual)


def settle_end(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """The next input shows whether an end in doubt was one."""
    held = s.held
    if held.end_at is None:
        return
    if row.decides:
        if begins_break(row, args):
            end_pod(s)
        elif shows_false_end(s, row, at, args):
            drop_end(s)
            s.ignored(at, row.name, "false_end")
        else:
            make_end_real(s)


def begins_break(row: Input, args: tuple[Any, ...]) -> bool:
    """Whether a break begins where content was said to end: that was its pod's end only."""
    if row.name == "ad_break_start":
        return bool(args[1] != "post")
    return row.name == "ad_start"


def shows_false_end(s: State, row: Input, at: float, args: tuple[Any, ...]) -> bool:
    """Whether an input tells a place to which content has moved on from the end in doubt."""
    held = s.held
    if held.end_at is None or row.place is None or row.of == AD:
        return False
    told = args[row.place]
    if not isinstance(told, float):
        return False
    stood = s.position if held.end_position is None else held.end_position
    return FALSE_END < told - stood <= (at - held.end_at) * s.rate + MOVED_ON


def end_pod(s: State) -> None:
    """A break begins where content was said to end: only its pod ended, and then."""
    held = s.held
    if held.end_at is None:
        return
    at = held.end_at
    drop_end(s)
    settle.settle(s, at, "content_end", "content ends")
    pods.complete_pod(s, at)
    s.goes("content_end")
    s.moves("settle")


def drop_end(s: State) -> None:
    s.held.end_at = s.held.end_position = None
    s.let_go()


@annotations.held_by("end")
def make_end_real(s: State) -> None:
    """An end in doubt was one: dated when it was said."""
    held = s.held
    if held.end_at is None:
        return
    at, place = held.end_at, held.end_position
    drop_end(s)
    end_for_good(s, at, place, "content_end")
