"""The way in of a stream with ads in it: stream positions become content and ad positions (S9)."""

from collections.abc import Mapping
from typing import Any, Final

from video_tracker.errors import StrictError
from video_tracker.session.data.input import Input, Meaning
from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stitch
from video_tracker.session.data.tolerances import CERTAIN, LATEST_TIME, LEAP
from video_tracker.session.effects import beats, stream_place
from video_tracker.session.rules import inputs, times
from video_tracker.session.stream import ad_callbacks, callbacks, playing, telling

MEANINGS: Final[Mapping[Input, Meaning]] = {
    inputs.PLAY: callbacks.stream_play,
    inputs.PLAYING: callbacks.stream_playing,
    inputs.PROGRESS: playing.stream_progress,
    inputs.PAUSE: callbacks.stream_pause,
    inputs.SEEK_START: playing.stream_seek_start,
    inputs.SEEK_END: playing.stream_seek_end,
    inputs.BUFFER_START: callbacks.stream_buffer_start,
    inputs.BUFFER_END: callbacks.stream_buffer_end,
    inputs.CONTENT_START: callbacks.stream_content_start,
    inputs.CONTENT_END: callbacks.stream_content_end,
    inputs.AD_BREAK_START: ad_callbacks.stream_ad_break_start,
    inputs.AD_BREAK_END: ad_callbacks.stream_ad_break_end,
    inputs.AD_START: ad_callbacks.stream_ad_start,
    inputs.AD_PROGRESS: ad_callbacks.stream_ad_progress,
    inputs.AD_END: ad_callbacks.stream_ad_end,
    inputs.AD_SKIP: ad_callbacks.stream_ad_skip,
    inputs.AD_ERROR: ad_callbacks.stream_ad_error,
    inputs.UPDATE: callbacks.stream_update,
    inputs.EXIT: callbacks.stream_exit,
    inputs.END: callbacks.stream_end,
    inputs.LOAD: callbacks.stream_load,
}
"""What an input with stream positions means; what is missing here means what it always does."""


def take_of_stream(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """Take an input whose positions are the stream's."""
    stitch, name = stream_place.stitch_of(s), row.name
    if row is inputs.PROGRESS and stitch.plain and quick_progress(s, stitch, at, *args):
        return
    mark, clock = 0, s.clock
    try:
        if readable(at) and s.where != "over":
            at = float(at)
            if times.is_repeated(s, name, at, args, stream_place.now_of(s, at)):
                return
            # What the session tells itself now repeats nothing, and is not to be repeated.
            mark, s.last_input = s.last_input, 0
            playing.land_if_settled(s, at, name)
            means = MEANINGS.get(row)
            if means is None:
                telling.tell(s, row, at, *args)
            else:
                means(s, at, *args)
            playing.follow_asset(s)
        else:
            telling.tell(s, row, at, *args)
    except StrictError:
        raise
    except Exception:
        if s.strict:
            raise
        s.note(s.clock, name, REJECT, "internal_fault")
    finally:
        s.last_input = mark or s.last_input
        s.clock = max(s.clock, clock)  # what was found late took it back meanwhile
        stitch.until = telling.quick_until(s)
    telling.heed(s)


def readable(at: object) -> bool:
    return isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at < LATEST_TIME


def quick_progress(s: State, stitch: Stitch, at: Any, position: Any, duration: Any) -> bool:
    """The short way of :meth:`progress`, far from all borders; False: take the long one."""
    if (
        type(at) is not float
        or type(position) is not float
        or not position < stitch.until
        or not (duration is None or duration == stitch.length)
    ):
        return False
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
        return False
    if ad is not None:
        if at >= s.beat_due:
            return False
        ad.position = place
        s.ad_run += passed
    else:
        s.position = place
        s.content_played += passed
    s.accrued = s.clock = at
    if at >= s.beat_due:
        beats.say_beat(s, at)
        telling.heed(s)
    return True


def tick_stream(s: State, at: float) -> None:
    """Time alone settles a seek that ended at a border of ads."""
    try:
        playing.land_if_settled(s, at - s.skew, "tick")
    finally:
        s.clock = max(s.clock, at)
    telling.heed(s)
