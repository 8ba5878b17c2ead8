"""The way in of a session: a stream with ads in it is heard before the session itself (S9)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from video_tracker.errors import StrictError
from video_tracker.events import Event
from video_tracker.session.data.input import AD, Input, When
from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stitch
from video_tracker.session.data.tolerances import CERTAIN, FAR_BEYOND, LEAP, MOVED, NEAR
from video_tracker.session.effects import annotations, beats, stream
from video_tracker.session.rules import inputs, on_time, playhead, times, values
from video_tracker.session.stream import borders, playing, words

__all__ = ["enter", "let_time_pass"]

MEANINGS: Final[Mapping[Input, Callable[..., None]]] = {
    inputs.PLAY: words.on_play,
    inputs.PLAYING: words.on_playing,
    inputs.PROGRESS: playing.on_progress,
    inputs.PAUSE: words.tell_here,
    inputs.SEEK_START: playing.on_seek_start,
    inputs.SEEK_END: playing.on_seek_end,
    inputs.BUFFER_START: words.tell_here,
    inputs.BUFFER_END: words.tell_here,
    inputs.CONTENT_START: words.on_content_start,
    inputs.CONTENT_END: words.on_end,
    inputs.UPDATE: words.on_update,
    inputs.EXIT: words.on_exit,
    inputs.END: words.on_end,
    inputs.LOAD: words.on_load,
}
"""What an input with stream positions means; any other means what it always does."""
AD_MEANINGS: Final[Mapping[Input, Callable[..., None]]] = {
    inputs.AD_BREAK_START: words.on_ad_break_start,
    inputs.AD_BREAK_END: words.on_ad_break_end,
    inputs.AD_START: words.on_ad_start,
    inputs.AD_PROGRESS: words.on_ad_progress,
    inputs.AD_END: words.on_ad_end,
    inputs.AD_SKIP: words.on_ad_off,
    inputs.AD_ERROR: words.on_ad_off,
}
"""What frameworks say of ads means, while none plays beside the stream."""


def enter(s: State, row: Input, at: When, *args: Any) -> tuple[Event, ...]:
    """Take one input, from whichever timeline its positions are, and return its events."""
    moment: Any = at if type(at) is float else times.seconds_of(at)
    rare = s.rare
    s.out = []
    s.settle()
    before = None if rare is None or "strict" not in rare else s.remembered()
    annotated = rare is not None and annotations.begin(s)
    stitch = None if rare is None else s.stitch
    try:
        if stitch is None:
            inputs.take(s, row, moment, *args)
            if row is inputs.PROGRESS and s.rare is not None and s.stitch is not None:
                # Its length showed that the position is the stream's: only now it can be read.
                mark = s.last_input
                take_of_stream(s, row, moment, (args[0], None))
                s.last_input = mark
        elif row is not inputs.PROGRESS or not quick_progress(s, stitch, moment, *args):
            take_of_stream(s, row, moment, args)
    except StrictError:
        s.undo(before or {})
        raise
    finally:
        s.run_on()
    if annotated:
        annotations.finish(s)
    return s.gathered()


@annotations.unannotated
def let_time_pass(s: State, at: When) -> tuple[Event, ...]:
    """Let time pass to ``at``: in the stream first, where it settles a seek."""
    moment = on_time.tick_moment(s, at)
    if moment is None:
        return ()
    s.out = []
    s.settle()
    before, clock = s.remembered() if s.strict else {}, s.clock
    try:
        if s.stitch is not None:
            playing.land_if_settled(s, moment - s.skew, "tick")
            s.clock = max(s.clock, clock)  # a seek that landed late took it back meanwhile
            heed(s)
        on_time.take_tick(s, moment)
        heed(s)
        stream.measure_short_way(s)
    except StrictError:
        s.undo(before)
        raise
    except Exception:
        if s.strict:
            raise
        s.note(s.clock, "tick", REJECT, "internal_fault")
    finally:
        s.run_on()
    return s.gathered()


def heed(s: State) -> None:
    """Nothing is ever dated before what was said already."""
    if s.out and s.stitch is not None:
        s.stitch.said_at = max(s.stitch.said_at, *(event.at for event in s.out))


def take_of_stream(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    name, mark, clock = row.name, 0.0, s.clock
    try:
        moment = times.readable(at)
        if moment is None or s.where == "over":
            inputs.take(s, row, at, *args)
            return
        moment = float(moment)
        mark = times.mark_of(name, moment, args)
        if not times.is_repeated(s, name, mark, stream.now_of(s, moment)):
            # What the session tells itself now repeats nothing, and is not to be repeated.
            s.last_input = 0.0
            act(s, row, moment, args)
    except Exception:
        if s.strict:
            raise
        s.note(s.clock, name, REJECT, "internal_fault")
    finally:
        s.last_input = mark or s.last_input
        s.clock = max(s.clock, clock)  # what was found late took it back meanwhile
        stream.measure_short_way(s)
    heed(s)


def act(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """Read the position, settle what it follows, play what it shows, and let the input act."""
    playing.land_if_settled(s, at, row.name)
    on_time.fall_due_before(s, stream.now_of(s, at), row.name)
    heed(s)
    if s.where == "over":
        inputs.take(s, row, at, *args)
        return
    if row.place is not None and row.of != AD:
        args = read(s, row, at, args, row.place)
        said = s.said_position
        show(s, row, at, args[row.place])
        if s.said_position != said:
            s.said_position = said  # a report alone says that positions are told (S42)
            s.tune()
    means = MEANINGS.get(row)
    if means is None and not stream.in_client_ad(s):
        means = AD_MEANINGS.get(row)
    (means or inputs.take)(s, row, at, *args)
    if s.stitch is not None:
        borders.follow_asset(s)


def read(s: State, row: Input, at: float, args: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    """The arguments with their stream positions read; a report's that is none is not left out."""
    if row is inputs.PROGRESS:
        words.take_stream_length(s, args[1], at, row.name)
    place = told_place(s, args[index], at, row.name)
    if place is None and args[index] is not None and row.reports:
        place = playhead.UNREAD
    if row is inputs.SEEK_START:
        return place, told_place(s, args[1], at, row.name)
    return (*args[:index], place, *args[index + 1 :])


def told_place(s: State, value: Any, at: float, name: str) -> float | None:
    """A stream position; far beyond a known length it is a mistake of units (S3)."""
    seconds, length = values.seconds_told(s, value, at, name), s.stream.length
    if seconds is None or s.live or length is None or seconds <= 2 * length + FAR_BEYOND:
        return seconds
    s.ignored(at, name, "invalid_position")
    return None


def show(s: State, row: Input, at: float, place: float | None) -> None:
    """Let everything play that a word shows to have played before it, as progress would (S79)."""
    if place is None or not (row.closes or row.opens) or stream.in_client_ad(s):
        return
    waits = s.stream.waits
    runs, rests = s.how == "playing", s.how in ("paused", "buffering", "interrupted")
    plays = s.where in ("content", "ad", "ad_break") and not waits
    step, most = place - stream.playhead(s), stream.expected(s, at) + MOVED
    if runs and plays:
        if stream.fits(s, at, place):
            borders.run_to(s, at, place)
    elif row.closes and s.how == "seeking":
        if row not in (inputs.SEEK_START, inputs.BUFFER_START):
            playing.seek_ran_on(s, at, place)
    elif row.closes and MOVED <= step <= most:  # what moved on in step was playing
        if runs and (waits or s.where == "starting"):
            (playing.wake_in_ad if waits else playing.progress_before_frames)(s, at, place)
        elif rests and plays and step > NEAR and place > stream.border_ahead(s):
            playing.progress_in_stream(s, at, place)


def quick_progress(s: State, stitch: Stitch, at: Any, position: Any, duration: Any) -> bool:
    """The short way of ``progress``, far from all borders; False: take the long one."""
    if (
        not stitch.plain
        or type(at) is not float
        or type(position) is not float
        or not position < stitch.until
        or not (duration is None or duration == stitch.length)
    ):
        return False
    ad, passed = s.ad, at - s.accrued
    place = position - (stitch.shift if ad is None else stitch.ad_start)
    step = place - (s.position if ad is None else ad.position)
    most = passed * s.rate if ad is None else passed
    if not (at > s.clock and passed <= LEAP and step > 0.0 and -1.0 <= step - most <= CERTAIN):
        return False
    if ad is None:
        s.position = place
        s.content_played += passed
    elif at >= s.beat_due:
        return False
    else:
        ad.position = place
        s.ad_run += passed
    s.accrued = s.clock = at
    if at >= s.beat_due:
        beats.say_beat(s, at)
        heed(s)
    return True
