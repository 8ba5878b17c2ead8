"""The way in of a session: a stream with ads in it is heard before the session itself (S9)."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from video_tracker.errors import StrictError
from video_tracker.events import Event, OwnEvent
from video_tracker.session.data.input import AD, BEGINS, Input, When
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stitch
from video_tracker.session.data.tolerances import CERTAIN, LEAP, MOVED, NEAR
from video_tracker.session.effects import annotations, beats, stream
from video_tracker.session.rules import inputs, on_content, on_time, settle, values
from video_tracker.session.stream import borders, playing, ranges


def enter(s: State, row: Input, at: When, *args: Any) -> tuple[Event, ...]:
    """Take one input, from whichever timeline its positions are, and return its events."""
    moment: Any = at if type(at) is float else values.seconds_of(at)
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
            if s.rare is not None:
                settle.release(s)
        elif row is not inputs.PROGRESS or not quick_progress(s, stitch, moment, *args):
            take_of_stream(s, row, moment, args)
    except StrictError:
        s.undo(before or ())
        raise
    finally:
        s.run_on()
    if annotated:
        annotations.finish(s)
    return s.gathered()


@annotations.held_by(None)
def let_time_pass(s: State, at: When) -> tuple[Event, ...]:
    """Let time pass to ``at``: in the stream first, where it settles a seek."""
    moment = on_time.tick_moment(s, at)
    if moment is None:
        return ()
    s.out = []
    s.settle()
    before, clock = s.remembered() if s.strict else (), s.clock
    try:
        if s.stitch is not None:
            playing.land_if_settled(s, moment - s.skew, None)
            s.clock = max(s.clock, clock)  # a seek that landed late took it back meanwhile
            heed(s)
        on_time.take_tick(s, moment)
        heed(s)
        stream.measure_short_way(s)
    except StrictError:
        s.undo(before)
        raise
    except Exception as error:  # noqa: BLE001 - a fault of our own
        s.fault(error, s.clock, "tick")
    finally:
        s.run_on()
    return s.gathered()


def heed(s: State) -> None:
    """Nothing is ever dated before what was said already, of its own."""
    if s.out and s.stitch is not None:
        said = (event.at for event in s.out if type(event) is not OwnEvent)
        s.stitch.said_at = max([s.stitch.said_at, *said])


def take_of_stream(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    name, mark, clock = row.name, 0.0, s.clock
    try:
        moment = values.readable(at)
        if moment is None or s.where == "over":
            inputs.take(s, row, at, *args)
            return
        moment = float(moment)
        mark = values.mark_of(name, moment, args)
        if not values.is_repeated(s, name, mark, stream.now_of(s, moment)):
            # What the session tells itself now repeats nothing, and is not to be repeated.
            s.last_input = 0.0
            act(s, row, moment, args)
    except Exception as error:  # noqa: BLE001 - a fault of our own
        s.fault(error, s.clock, name)
    finally:
        s.last_input = mark or s.last_input
        s.clock = max(s.clock, clock)  # what was found late took it back meanwhile
        stream.measure_short_way(s)
    settle.release(s)  # when all is said that is dated before it
    heed(s)


def act(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """Read the position, settle what it follows, play what it shows, and let the input act."""
    playing.land_if_settled(s, at, row)
    on_time.fall_due_before(s, stream.now_of(s, at), row.name)
    heed(s)
    if s.where == "over":
        inputs.take(s, row, at, *args)
        return
    index, said = row.place, s.said_position
    if index is not None and row.of != AD:
        if row is inputs.PROGRESS:
            take_stream_length(s, args[1], at, row.name)
        length = None if row.of == BEGINS else s.stream.length
        place = values.seconds_told(s, args[index], at, row.name, length)
        if place is None and args[index] is not None and row.reports:
            place = math.nan  # a report's that is none is not left out
        args = (*args[:index], place, *args[index + 1 :])
        if row is inputs.SEEK_START:
            args = (place, values.seconds_told(s, args[1], at, row.name, s.stream.length))
        show(s, row, at, place)
        if s.said_position != said:
            s.said_position = said  # a report alone says that positions are told (S42)
            s.tune()
    speaks_of_stream = row in AD_MEANINGS and not stream.in_client_ad(s)
    means = (AD_MEANINGS if speaks_of_stream else MEANINGS).get(row) or inputs.take
    means(s, row, at, *args)
    if speaks_of_stream:
        borders.hear(s, at)
    if s.stitch is not None:
        borders.follow_asset(s)


def show(s: State, row: Input, at: float, place: float | None) -> None:
    """Let everything play that a word shows to have played before it, as progress would (S79)."""
    if place is None or not (row.closes or row.opens) or stream.in_client_ad(s):
        return
    waits, runs = s.stream.waits, s.how == "playing"
    plays = s.where in ("content", "ad", "ad_break") and not waits
    if runs and plays:
        if stream.fits(s, at, place):
            borders.run_to(s, at, place)
    elif row.closes and s.how == "seeking":
        if row not in (inputs.SEEK_START, inputs.BUFFER_START):
            playing.seek_ran_on(s, at, place, MOVED)
    elif row.closes and MOVED <= place - stream.playhead(s) <= stream.expected(s, at) + MOVED:
        # What moved on in step was playing.
        rests = plays and s.how in ("paused", "buffering", "interrupted")
        passes = place > max(stream.playhead(s) + NEAR, stream.border_ahead(s))
        if (rests and passes) or (runs and (waits or s.where == "starting")):
            playing.on_progress(s, inputs.PROGRESS, at, place, None)


def quick_progress(s: State, stitch: Stitch, at: Any, position: Any, duration: Any) -> bool:
    """The short way of ``progress``, far from all borders; False: take the long one."""
    if not (stitch.plain and type(at) is float and type(position) is float):
        return False
    if position >= stitch.until or not (duration is None or duration == stitch.length):
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


def tell_here(s: State, row: Input, at: float, place: float | None) -> None:
    """An input that means what it always does, with a position of what plays."""
    inputs.take(s, row, at, None if stream.in_client_ad(s) else stream.local_place(s, place))


def on_play(s: State, row: Input, at: float, place: float | None) -> None:
    """Play or playing: whatever lies where the playhead rests begins, if frames do."""
    stitch, frames = s.stream, row is inputs.PLAYING
    if stitch.landed_at is not None:
        borders.hear(s, at)
    elif stitch.waits and (frames or s.how == "paused"):
        playing.wake_waiting(s, at)
    elif frames and s.how in ("seeking", "seeking_paused") and place is not None:
        playing.on_seek_end(s, row, at, place)
    elif s.where not in ("idle", "starting"):
        tell_here(s, row, at, place)
    else:
        start = stitch.playhead if place is None else place
        part = stitch.at(start) if frames else None
        if part is not None:
            borders.enter_break(s, at, part, start)
        else:
            untold = place is None and (start == 0 or not frames)
            inputs.take(s, row, at, None if untold else borders.content_at(s, start))


def on_end(s: State, row: Input, at: float, place: float | None) -> None:
    """The stream ran out: whatever is open in it is over, and nothing of the plan can follow."""
    if not stream.in_client_ad(s) and s.where not in ("idle", "after_content"):
        end = place
        if end is None and s.how == "playing":
            end = min(stream.playhead(s) + stream.expected(s, at), s.stream.length or math.inf)
        if end is not None and stream.fits(s, at, end):
            borders.run_to(s, at, end)
        if s.stream.inside >= 0:
            borders.finish_stream(s, at)
    if s.where == "content":
        s.stream.playhead = stream.playhead(s)
        if place is not None and stream.fits(s, at, place):
            s.stream.playhead = place
    inputs.take(s, row, at, stream.local_place(s, place))
    if row is inputs.CONTENT_END and s.where == "after_content":
        for part in s.timeline.breaks_of(s.asset_index):
            if part.offset == math.inf:
                s.breaks_opened |= 1 << part.index


def on_exit(s: State, row: Input, at: float, place: float | None) -> None:
    """Who leaves a stream played to its end, wherever its content's is, has completed it (S75)."""
    if place is not None and stream.ends_at(s, place):
        if s.stream.inside >= 0 and stream.fits(s, at, place):
            borders.finish_stream(s, at)
        still = s.how in ("playing", "paused", "buffering") and not s.stream.waits
        here = s.begun and s.where in ("content", "starting")
        if still and here and stream.ends_at(s, stream.playhead(s) + NEAR):
            on_end(s, inputs.CONTENT_END, at, place)
    tell_here(s, row, at, place)


def on_load(s: State, row: Input, at: float, plan: Any, duration: Any, *args: Any) -> None:
    of_stream = args[-1] != "content"
    if args[1] is True or args[2] is not None:
        # Another item, perhaps, and both are one door (S85): no seek goes on with the last one.
        playing.land_if_settled(s, at, inputs.CONTENT_START)
    inputs.take(s, row, at, plan, None if of_stream else duration, *args)
    if of_stream:
        borders.follow_asset(s)
        take_stream_length(s, duration, at, row.name)
        values.lay_out(s, at)


def on_update(s: State, row: Input, at: float, *args: Any) -> None:
    inputs.take(s, row, at, *args[:4], None, *args[5:])
    take_stream_length(s, args[4], at, row.name)  # what it says of lengths is of the stream


def take_stream_length(s: State, value: Any, at: float, name: str) -> None:
    """The player says how long the stream is (S4, S5)."""
    told = None if value == math.inf or s.where == "over" else value
    seconds = values.seconds_told(s, told, at, name)
    if not seconds or s.stream.length == seconds:
        return
    s.stream.length = seconds
    if s.live:
        s.live_origin = at - seconds  # it grows: the edge, and no length (S6, S8)
    else:
        values.lay_out(s, at)


def on_content_start(s: State, row: Input, at: float, asset_id: Any, place: float | None) -> None:
    """In an open break of the stream only another content begins: the playhead says when."""
    stitch = s.stream
    within = stitch.inside >= 0 and (place is None or stitch.at(place) is stitch.open)
    if within and not on_content.is_other(s, on_content.as_content(s, asset_id, at, row.name)):
        borders.hear(s, at)
        return
    inputs.take(s, row, at, asset_id, None if place is None else stitch.to_content(place))
    borders.follow_asset(s)
    if s.where == "content":
        borders.content_at(s, stream.playhead(s) if place is None else place)
        s.stream.inside = -1


MEANINGS: Final[Mapping[Input, Callable[..., None]]] = {
    inputs.PLAY: on_play,
    inputs.PLAYING: on_play,
    inputs.PROGRESS: playing.on_progress,
    inputs.PAUSE: tell_here,
    inputs.SEEK_START: playing.on_seek_start,
    inputs.SEEK_END: playing.on_seek_end,
    inputs.BUFFER_START: tell_here,
    inputs.BUFFER_END: tell_here,
    inputs.CONTENT_START: on_content_start,
    inputs.CONTENT_END: on_end,
    inputs.UPDATE: on_update,
    inputs.EXIT: on_exit,
    inputs.END: on_end,
    inputs.LOAD: on_load,
}
AD_MEANINGS: Final[Mapping[Input, Callable[..., None]]] = {
    inputs.AD_BREAK_START: ranges.on_ad_break_start,
    inputs.AD_BREAK_END: ranges.on_ad_break_end,
    inputs.AD_START: ranges.on_ad_start,
    inputs.AD_PROGRESS: ranges.on_ad_end,
    inputs.AD_END: ranges.on_ad_end,
    inputs.AD_SKIP: ranges.on_ad_off,
    inputs.AD_ERROR: ranges.on_ad_off,
}
"""What an input means in a stream, those of ads unless one plays beside it."""
