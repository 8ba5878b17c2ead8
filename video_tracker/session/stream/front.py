"""The front of a session: a stream with ads in it is heard before the session itself (S9)."""

from typing import Any

from video_tracker.events import Event
from video_tracker.session.data.state import State
from video_tracker.session.rules.on_time import fall_due, tick_moment
from video_tracker.session.rules.take import PROGRESS, Input, take
from video_tracker.session.stream.take import take_of_stream, tick_stream
from video_tracker.session.stream.telling import heed, measure_short_way

__all__ = ["enter", "let_time_pass"]


def enter(s: State, row: Input, at: float, *args: Any) -> tuple[Event, ...]:
    """Take one input, from whichever timeline its positions are."""
    if s.rare is not None and "stitch" in s.rare:
        return take_of_stream(s, row, at, args)
    events = take(s, row, at, *args)
    if row is PROGRESS and s.rare is not None and "stitch" in s.rare:
        # Its length showed that the position is the stream's: only now it can be read.
        mark = s.last_input
        events += take_of_stream(s, row, at, (args[0], None))
        s.last_input = mark
    return events


def let_time_pass(s: State, at: float) -> tuple[Event, ...]:
    """Let time pass to ``at``: in the stream first, when the session has one."""
    moment = tick_moment(s, at)
    if moment is None:
        return ()
    out: list[Event] = []
    if s.rare is not None and "stitch" in s.rare:
        tick_stream(s, out, moment)
    fall_due(s, out, moment)
    if s.rare is not None and "stitch" in s.rare:
        heed(s, out)
        measure_short_way(s)
    return tuple(out)
