"""The way in of a session: a stream with ads in it is heard before the session itself (S9).

Stream positions are read, a seek that ended is settled, what a position shows to have played is
played, and then an input means what its row says: of :data:`MEANINGS`, of :data:`AD_MEANINGS`
while no ad plays beside the stream, else what it always means.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from video_tracker.errors import StrictError
from video_tracker.events import Event
from video_tracker.session.data.input import AD, Input, When
from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stitch
from video_tracker.session.data.tolerances import (
    CERTAIN,
    FAR_BEYOND,
    LATEST_TIME,
    LEAP,
    MOVED,
    NEAR,
)
from video_tracker.session.effects import annotations, beats
from video_tracker.session.effects.stream_place import (
    border_ahead,
    expected_since,
    fits,
    in_client_ad,
    measure_short_way,
    now_of,
    playhead_of,
)
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
"""What an input with stream positions means."""
RESTS: Final = ("paused", "buffering", "interrupted")
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
    if s.rare is None:
        s.out = []
        s.settle()
        take_either(s, row, moment, args)
        s.run_on()
        return s.gathered()
    before = s.remembered() if "strict" in s.rare else None
    s.out = []
    s.settle()
    annotated = annotations.begin(s)
    try:
        take_either(s, row, moment, args)
    except StrictError:
        if before is not None:
            s.undo(before)
        raise
    finally:
        s.run_on()
    if annotated:
        annotations.finish(s)
    return s.gathered()


def take_either(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """As a stream with ads in it, or as it is."""
    stitch = None if s.rare is None else s.stitch
    if stitch is None:
        inputs.take(s, row, at, *args)
        if row is inputs.PROGRESS and s.rare is not None and s.stitch is not None:
            # Its length showed that the position is the stream's: only now it can be read.
            mark = s.last_input
            take_of_stream(s, row, at, (args[0], None))
            s.last_input = mark
    elif row is not inputs.PROGRESS or not quick_progress(s, stitch, at, *args):
        take_of_stream(s, row, at, args)


def let_time_pass(s: State, at: When) -> tuple[Event, ...]:
    """Let time pass to ``at``: in the stream first, where it settles a seek."""
    before = s.remembered() if s.strict else None
    try:
        return take_time(s, at)
    except StrictError:
        if before is not None:
            s.undo(before)
        raise


@annotations.unannotated
def take_time(s: State, at: When) -> tuple[Event, ...]:
    """What time alone brings up to ``at``."""
    moment = on_time.tick_moment(s, at)
    if moment is None:
        return ()
    s.out = []
    s.settle()
    try:
        if s.rare is not None and s.stitch is not None:
            clock = s.clock
            try:
                playing.land_if_settled(s, moment - s.skew, "tick")
            finally:
                s.clock = max(s.clock, clock)  # a seek that landed late took it back meanwhile
            heed(s)
        on_time.take_tick(s, moment)
        heed(s)
        measure_short_way(s)
    finally:
        s.run_on()
    return s.gathered()


def heed(s: State) -> None:
    """Nothing is ever dated before what was said already."""
    if s.out and s.rare is not None and s.stitch is not None:
        s.stitch.said_at = max(s.stitch.said_at, *(event.at for event in s.out))


def take_of_stream(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """Take an input whose positions are the stream's."""
    name, mark, clock = row.name, 0.0, s.clock
    try:
        if not readable(at) or s.where == "over":
            inputs.take(s, row, at, *args)
            return
        mark = times.mark_of(name, float(at), args)
        if not times.is_repeated(s, name, mark, now_of(s, at)):
            # What the session tells itself now repeats nothing, and is not to be repeated.
            s.last_input = 0.0
            act(s, row, float(at), args)
    except StrictError:
        raise
    except Exception:
        if s.strict:
            raise
        s.note(s.clock, name, REJECT, "internal_fault")
    finally:
        s.last_input = mark or s.last_input
        s.clock = max(s.clock, clock)  # what was found late took it back meanwhile
        measure_short_way(s)
    heed(s)


def readable(at: object) -> bool:
    return isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at < LATEST_TIME


def act(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """Read the position, settle what it follows, play what it shows, and let the input act."""
    playing.land_if_settled(s, at, row.name)
    on_time.fall_due_before(s, now_of(s, at), row.name)
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
    if means is None and not in_client_ad(s):
        means = AD_MEANINGS.get(row)
    if means is None:
        inputs.take(s, row, at, *args)
    else:
        means(s, row, at, *args)
    if s.stitch is not None:
        borders.follow_asset(s)


def read(s: State, row: Input, at: float, args: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    """The arguments with their stream positions read; a report's that is none is not left out."""
    if row is inputs.PROGRESS:
        borders.take_stream_length(s, args[1], at, row.name)
    place = told_place(s, args[index], at, row.name)
    if place is None and args[index] is not None and row.reports:
        place = playhead.UNREAD
    args = (*args[:index], place, *args[index + 1 :])
    if row is inputs.SEEK_START:
        args = (place, told_place(s, args[1], at, row.name))
    return args


def told_place(s: State, value: Any, at: float, name: str) -> float | None:
    """A stream position; far beyond a known length it is a mistake of units (S3)."""
    seconds, length = values.seconds_told(s, value, at, name), s.stream.length
    if seconds is None or s.live or length is None or seconds <= 2 * length + FAR_BEYOND:
        return seconds
    s.ignored(at, name, "invalid_position")
    return None


def show(s: State, row: Input, at: float, place: float | None) -> None:
    """Let everything play that a word shows to have played before it, as progress would (S79).

    Where nothing plays yet, or something rests, only a word that closes a stretch shows it: what
    moved on in step was playing.
    """
    if place is None or not (row.closes or row.opens) or in_client_ad(s):
        return
    waits, plays = s.stream.waits, s.where in ("content", "ad", "ad_break")
    step, most = place - playhead_of(s), expected_since(s, at) + MOVED
    if s.how == "playing" and plays and not waits:
        if fits(s, at, place):
            borders.run_to(s, at, place)
    elif row.closes and s.how == "seeking":
        if row not in (inputs.SEEK_START, inputs.BUFFER_START):
            playing.seek_ran_on(s, at, place)
    elif row.closes and MOVED <= step <= most:
        if s.how == "playing" and (waits or s.where == "starting"):
            (playing.wake_in_ad if waits else playing.progress_before_frames)(s, at, place)
        elif s.how in RESTS and plays and not waits and step > NEAR and place > border_ahead(s):
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
