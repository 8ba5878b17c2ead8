"""Content ends: at once, or in doubt where it ends in the wrong place (S80, S82)."""

from typing import Any

from video_tracker.session.data.input import AD, Input
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import EARLY_END, FALSE_END, MOVED_ON, NEAR
from video_tracker.session.effects import annotations, halts, ledger, pods, positions
from video_tracker.session.rules import doors, settle


def end_or_doubt(s: State, at: float, place: float | None) -> None:
    """Content ends; too early to be believed at once, that waits for what follows (S82)."""
    length, stops = s.duration, place if place is not None else doors.end_by_clock(s, at)
    plays = s.where == "content" and s.how in ("playing", "buffering", "paused") and not s.live
    if plays and length is not None and length - stops > max(NEAR, EARLY_END * length):
        ledger.accrue(s, at, place if s.how == "playing" else None)
        held = s.holding()
        held.end_at, held.end_position = at, place
        s.tune()
    else:
        end_for_good(s, at, place, "content_end")


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
    halts.undo(s, at)
    if s.begun or s.ever_completed:
        pods.complete_playback(s, s.accrued)
    else:
        s.repaired(at, "end", "ended_without_content")
        pods.exit_playback(s, at)


def settle_end(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """The next input shows whether an end in doubt was one."""
    held = s.held
    ended = held.end_at
    if ended is None or not row.decides:
        return
    told = None if row.place is None or row.of == AD else args[row.place]
    stood = s.position if held.end_position is None else held.end_position
    most = (at - ended) * s.rate + MOVED_ON
    if row.name == "ad_start" or (row.name == "ad_break_start" and args[1] != "post"):
        # A break begins where content was said to end: only its pod ended, and then.
        drop_end(s)
        settle.settle(s, ended, "content_end", "content ends")
        pods.complete_pod(s, ended)
        s.goes("content_end")
        s.moves("settle")
    elif isinstance(told, float) and FALSE_END < told - stood <= most:  # it has moved on
        drop_end(s)
        s.ignored(at, row.name, "false_end")
    else:
        make_end_real(s)


def drop_end(s: State) -> None:
    s.held.end_at = s.held.end_position = None
    s.let_go()


@annotations.held_by("end")
def make_end_real(s: State) -> None:
    """An end in doubt was one: dated when it was said."""
    at, place = s.held.end_at, s.held.end_position
    if at is not None:
        drop_end(s)
        end_for_good(s, at, place, "content_end")
