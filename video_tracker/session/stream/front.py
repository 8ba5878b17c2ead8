"""The front of a session: a stream with ads in it is heard before the session itself (S9)."""

from typing import Any

from video_tracker.events import Event
from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.rules import inputs, on_time
from video_tracker.session.stream import take, telling

__all__ = ["enter", "let_time_pass"]


def enter(s: State, row: Input, at: float, *args: Any) -> tuple[Event, ...]:
    """Take one input, from whichever timeline its positions are, and return its events."""
    s.out = []
    s.settle()
    try:
        if s.rare is not None and "stitch" in s.rare:
            take.take_of_stream(s, row, at, args)
        else:
            inputs.take(s, row, at, *args)
            if row is inputs.PROGRESS and s.rare is not None and "stitch" in s.rare:
                # Its length showed that the position is the stream's: only now it can be read.
                mark = s.last_input
                take.take_of_stream(s, row, at, (args[0], None))
                s.last_input = mark
    finally:
        s.run_on()
    return s.gathered()


def let_time_pass(s: State, at: float) -> tuple[Event, ...]:
    """Let time pass to ``at``: in the stream first, when the session has one."""
    moment = on_time.tick_moment(s, at)
    if moment is None:
        return ()
    s.out = []
    s.settle()
    try:
        if s.rare is not None and "stitch" in s.rare:
            take.tick_stream(s, moment)
        on_time.fall_due(s, moment)
        if s.rare is not None and "stitch" in s.rare:
            telling.heed(s)
            telling.measure_short_way(s)
    finally:
        s.run_on()
    return s.gathered()
