"""The front of a session: a stream with ads in it is heard before the session itself (S9)."""

from typing import Any

from video_tracker.errors import StrictError
from video_tracker.events import Event
from video_tracker.session.data import undo
from video_tracker.session.data.input import Input, When
from video_tracker.session.data.state import State
from video_tracker.session.effects import annotations
from video_tracker.session.rules import inputs, on_time, times
from video_tracker.session.stream import take, telling

__all__ = ["enter", "let_time_pass"]


def enter(s: State, row: Input, at: When, *args: Any) -> tuple[Event, ...]:
    """Take one input, from whichever timeline its positions are, and return its events."""
    moment: Any = at if type(at) is float else times.seconds_of(at)
    if s.rare is None:
        s.out = []
        take_either(s, row, moment, args)
        return s.gathered()
    before = undo.remembered(s) if "strict" in s.rare else None
    s.out = []
    annotated = annotations.begin(s)
    try:
        take_either(s, row, moment, args)
    except StrictError:
        if before is not None:
            undo.undo(s, before)
        raise
    if annotated:
        annotations.finish(s)
    return s.gathered()


def take_either(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """As a stream with ads in it, or as it is."""
    if s.rare is not None and "stitch" in s.rare:
        take.take_of_stream(s, row, at, args)
        return
    inputs.take(s, row, at, *args)
    if row is inputs.PROGRESS and s.rare is not None and "stitch" in s.rare:
        # Its length showed that the position is the stream's: only now it can be read.
        mark = s.last_input
        take.take_of_stream(s, row, at, (args[0], None))
        s.last_input = mark


def let_time_pass(s: State, at: When) -> tuple[Event, ...]:
    """Let time pass to ``at``: in the stream first, when the session has one."""
    before = undo.remembered(s) if s.strict else None
    try:
        return take_time(s, at)
    except StrictError:
        if before is not None:
            undo.undo(s, before)
        raise


@annotations.unannotated
def take_time(s: State, at: When) -> tuple[Event, ...]:
    moment = on_time.tick_moment(s, at)
    if moment is None:
        return ()
    s.out = []
    if s.rare is not None and "stitch" in s.rare:
        take.tick_stream(s, moment)
    on_time.fall_due(s, moment)
    if s.rare is not None and "stitch" in s.rare:
        telling.heed(s)
        telling.measure_short_way(s)
    return s.gathered()
