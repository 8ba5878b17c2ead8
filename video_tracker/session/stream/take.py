"""The way in of a stream with ads in it: stream positions become content and ad positions (S9)."""

from collections.abc import Mapping
from typing import Any, Final

from video_tracker.errors import StrictError
from video_tracker.events import Event
from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stitch
from video_tracker.session.data.tolerances import CERTAIN, LATEST_TIME, LEAP
from video_tracker.session.effects.beats import say_beat
from video_tracker.session.effects.stream_place import now_of, stitch_of
from video_tracker.session.rules.clock import is_repeated
from video_tracker.session.rules.take import (
    AD_BREAK_END,
    AD_BREAK_START,
    AD_END,
    AD_ERROR,
    AD_PROGRESS,
    AD_SKIP,
    AD_START,
    BUFFER_END,
    BUFFER_START,
    CONTENT_END,
    CONTENT_START,
    END,
    EXIT,
    LOAD,
    PAUSE,
    PLAY,
    PLAYING,
    PROGRESS,
    SEEK_END,
    SEEK_START,
    UPDATE,
    Input,
    Meaning,
)
from video_tracker.session.stream.ad_callbacks import (
    stream_ad_break_end,
    stream_ad_break_start,
    stream_ad_end,
    stream_ad_error,
    stream_ad_progress,
    stream_ad_skip,
    stream_ad_start,
)
from video_tracker.session.stream.callbacks import (
    stream_buffer_end,
    stream_buffer_start,
    stream_content_end,
    stream_content_start,
    stream_end,
    stream_exit,
    stream_load,
    stream_pause,
    stream_play,
    stream_playing,
    stream_update,
)
from video_tracker.session.stream.playing import (
    follow_asset,
    land_if_settled,
    stream_progress,
    stream_seek_end,
    stream_seek_start,
)
from video_tracker.session.stream.telling import heed, quick_until, tell

MEANINGS: Final[Mapping[Input, Meaning]] = {
    PLAY: stream_play,
    PLAYING: stream_playing,
    PROGRESS: stream_progress,
    PAUSE: stream_pause,
    SEEK_START: stream_seek_start,
    SEEK_END: stream_seek_end,
    BUFFER_START: stream_buffer_start,
    BUFFER_END: stream_buffer_end,
    CONTENT_START: stream_content_start,
    CONTENT_END: stream_content_end,
    AD_BREAK_START: stream_ad_break_start,
    AD_BREAK_END: stream_ad_break_end,
    AD_START: stream_ad_start,
    AD_PROGRESS: stream_ad_progress,
    AD_END: stream_ad_end,
    AD_SKIP: stream_ad_skip,
    AD_ERROR: stream_ad_error,
    UPDATE: stream_update,
    EXIT: stream_exit,
    END: stream_end,
    LOAD: stream_load,
}
"""What an input with stream positions means; what is missing here means what it always does."""


def take_of_stream(s: State, row: Input, at: float, args: tuple[Any, ...]) -> tuple[Event, ...]:
    """Take an input whose positions are the stream's."""
    stitch, name = stitch_of(s), row.name
    if row is PROGRESS and stitch.plain:
        said = quick_progress(s, stitch, at, *args)
        if said is not None:
            return said
    out: list[Event] = []
    mark, clock = 0.0, s.clock
    try:
        if readable(at) and s.where != "over":
            at = float(at)
            if is_repeated(s, name, at, args, now_of(s, at)):
                return ()
            # What the session tells itself now repeats nothing, and is not to be repeated.
            mark, s.last_input = s.last_input, 0
            land_if_settled(s, out, at, name)
            means = MEANINGS.get(row)
            if means is None:
                tell(s, out, row, at, *args)
            else:
                means(s, out, at, *args)
            follow_asset(s)
        else:
            tell(s, out, row, at, *args)
    except StrictError:
        raise
    except Exception:
        if s.strict:
            raise
        s.note(s.clock, name, REJECT, "internal_fault")
    finally:
        s.last_input = mark or s.last_input
        s.clock = max(s.clock, clock)  # what was found late took it back meanwhile
        stitch.until = quick_until(s)
    heed(s, out)
    return tuple(out)


def readable(at: object) -> bool:
    return isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at < LATEST_TIME


def quick_progress(
    s: State, stitch: Stitch, at: Any, position: Any, duration: Any
) -> tuple[Event, ...] | None:
    """The short way of :meth:`progress`, far from all borders; None: take the long one."""
    if (
        type(at) is not float
        or type(position) is not float
        or not position < stitch.until
        or not (duration is None or duration == stitch.length)
    ):
        return None
    ad = s.ad
    passed = at - s.accrued
    if ad is None:
        place = position - stitch.shift
        step = place - s.position
        most = passed * s.rate
    else:
        place = position - stitch.ad_start
        step = place - ad.position
        most = passed
    if not (at > s.clock and passed <= LEAP and step > 0.0 and -1.0 <= step - most <= CERTAIN):
        return None
    if ad is not None:
        if at >= s.beat_due:
            return None
        s.accrued = s.clock = at
        ad.position = place
        ad.played += passed
        return ()
    s.accrued = s.clock = at
    s.position = place
    s.content_played += passed
    if at < s.beat_due:
        return ()
    out: list[Event] = []
    say_beat(s, out, at)
    heed(s, out)
    return tuple(out)


def tick_stream(s: State, out: list[Event], at: float) -> None:
    """Time alone settles a seek that ended at a border of ads."""
    try:
        land_if_settled(s, out, at - s.skew, "tick")
    finally:
        s.clock = max(s.clock, at)
    heed(s, out)
