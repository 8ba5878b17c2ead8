"""What players say of a stream with ads, beside what its playhead shows (S9)."""

import math
from typing import Any

from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import NEAR
from video_tracker.session.effects import stream_place
from video_tracker.session.rules import inputs, lengths
from video_tracker.session.stream import borders, playing, telling


def stream_play(s: State, at: float, position: Any) -> None:
    place = telling.told_place(s, position, at, "play")
    if stream_place.stitch_of(s).waits and s.how == "paused":
        playing.wake_waiting(s, at)
    elif s.where in ("idle", "starting"):
        telling.tell(s, inputs.PLAY, at, None if place is None else telling.content_at(s, place))
    else:
        tell_here(s, inputs.PLAY, at, place)


def stream_playing(s: State, at: float, position: Any) -> None:
    stitch = stream_place.stitch_of(s)
    place = telling.told_place(s, position, at, "playing")
    if stitch.landed_at is not None:
        telling.hear(s, at)
    elif stitch.waits:
        playing.wake_waiting(s, at)
    elif s.how in ("seeking", "seeking_paused") and place is not None:
        playing.end_stream_seek(s, at, place, inputs.PLAYING)
    elif s.where in ("idle", "starting"):
        start = stitch.playhead if place is None else place
        part = stitch.at(start)
        if part is not None:
            borders.enter_break(s, at, part, start)
        else:
            said = None if place is None and start == 0 else telling.content_at(s, start)
            telling.tell(s, inputs.PLAYING, at, said)
    else:
        tell_here(s, inputs.PLAYING, at, place)


def stream_pause(s: State, at: float, position: Any) -> None:
    tell_here(s, inputs.PAUSE, at, telling.told_place(s, position, at, "pause"))


def stream_buffer_start(s: State, at: float, position: Any) -> None:
    tell_here(s, inputs.BUFFER_START, at, telling.told_place(s, position, at, "buffer_start"))


def stream_buffer_end(s: State, at: float, position: Any) -> None:
    tell_here(s, inputs.BUFFER_END, at, telling.told_place(s, position, at, "buffer_end"))


def tell_here(s: State, row: Input, at: float, place: float | None) -> None:
    """An input with a position, after the borders that it shows to be passed."""
    if telling.in_client_ad(s):
        telling.tell(s, row, at, None)
        return
    plays = s.where in ("content", "ad", "ad_break")
    if place is not None and plays and telling.fits(s, at, place):
        borders.run_to(s, at, place)
    telling.tell(s, row, at, telling.local_place(s, place))


def stream_content_end(s: State, at: float, position: Any) -> None:
    """The stream ran out: nothing of the plan can follow in it."""
    place = telling.told_place(s, position, at, "content_end")
    run_out_stream(s, at, place)
    telling.tell(s, inputs.CONTENT_END, at, telling.local_place(s, place))
    if s.where != "after_content":
        return
    for part in s.timeline.breaks_of(s.asset_index):
        if part.offset == math.inf:
            s.breaks_opened |= 1 << part.index


def stream_end(s: State, at: float, position: Any) -> None:
    place = telling.told_place(s, position, at, "end")
    run_out_stream(s, at, place)
    telling.tell(s, inputs.END, at, telling.local_place(s, place))


def stream_exit(s: State, at: float, position: Any) -> None:
    place = telling.told_place(s, position, at, "exit")
    moves = s.how == "playing" and stream_place.stitch_of(s).inside >= 0
    if moves and place is not None and telling.fits(s, at, place):
        borders.run_to(s, at, place)
        if stream_place.stitch_of(s).inside >= 0 and borders.stream_ends_at(s, place):
            playing.finish_stream(s, at)
    if place is not None and left_at_stream_end(s, place):
        stream_content_end(s, at, place)
    tell_here(s, inputs.EXIT, at, place)


def left_at_stream_end(s: State, place: float) -> bool:
    """Whether a stream that is left was played to its end, wherever its content's is (S75)."""
    here = s.begun and s.where in ("content", "starting") and s.ad is None
    still = s.how in ("playing", "paused", "buffering") and not stream_place.stitch_of(s).waits
    reached = borders.stream_ends_at(s, place) and borders.stream_ends_at(
        s, stream_place.playhead_of(s) + NEAR
    )
    return here and still and reached


def run_out_stream(s: State, at: float, place: float | None) -> None:
    """The player has nothing more to play: whatever is open in the stream is over."""
    stitch = stream_place.stitch_of(s)
    if telling.in_client_ad(s) or s.where in ("idle", "after_content"):
        return
    if place is None and s.how == "playing":
        place = stream_place.playhead_of(s) + stream_place.expected_since(s, at)
        place = place if stitch.length is None else min(place, stitch.length)
    if place is not None and telling.fits(s, at, place):
        borders.run_to(s, at, place)
    if stitch.inside >= 0:
        playing.finish_stream(s, at)


def stream_load(s: State, at: float, plan: Any, duration: Any, *args: Any) -> None:
    if args[-1] == "content":
        telling.tell(s, inputs.LOAD, at, plan, duration, *args)
        return
    telling.tell(s, inputs.LOAD, at, plan, None, *args)
    playing.follow_asset(s)
    if duration is not None and s.where != "over":
        playing.take_stream_length(s, duration, at, "load")
    lengths.lay_out(s, at)


def stream_update(s: State, at: float, *args: Any) -> None:
    *before, duration, live_edge, start_date, properties = args
    telling.tell(s, inputs.UPDATE, at, *before, None, live_edge, start_date, properties)
    if duration is not None and s.where != "over":
        playing.take_stream_length(s, duration, at, "update")


def stream_content_start(s: State, at: float, asset_id: Any, position: Any) -> None:
    place = telling.told_place(s, position, at, "content_start")
    said = None if place is None else stream_place.stitch_of(s).to_content(place)
    telling.tell(s, inputs.CONTENT_START, at, asset_id, said)
    playing.follow_asset(s)
    if s.where == "content":
        telling.content_at(s, stream_place.playhead_of(s) if place is None else place)
        stream_place.stitch_of(s).inside = -1
