"""What players say of a stream with ads, beside what its playhead shows (S9)."""

import math
from typing import Any

from video_tracker.events import Event
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import NEAR
from video_tracker.session.effects.stream_place import expected_since, playhead_of, stitch_of
from video_tracker.session.rules.lengths import lay_out
from video_tracker.session.rules.take import (
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
    UPDATE,
    Input,
)
from video_tracker.session.stream.borders import enter_break, run_to, stream_ends_at
from video_tracker.session.stream.playing import (
    end_stream_seek,
    finish_stream,
    follow_asset,
    take_stream_length,
    wake_waiting,
)
from video_tracker.session.stream.telling import (
    content_at,
    fits,
    hear,
    in_client_ad,
    local_place,
    stream_place,
    tell,
)


def stream_play(s: State, out: list[Event], at: float, position: Any) -> None:
    place = stream_place(s, position, at, "play")
    if stitch_of(s).waits and s.how == "paused":
        wake_waiting(s, out, at)
    elif s.where in ("idle", "starting"):
        tell(s, out, PLAY, at, None if place is None else content_at(s, place))
    else:
        tell_here(s, out, PLAY, at, place)


def stream_playing(s: State, out: list[Event], at: float, position: Any) -> None:
    stitch = stitch_of(s)
    place = stream_place(s, position, at, "playing")
    if stitch.landed_at is not None:
        hear(s, at)
    elif stitch.waits:
        wake_waiting(s, out, at)
    elif s.how in ("seeking", "seeking_paused") and place is not None:
        end_stream_seek(s, out, at, place, PLAYING)
    elif s.where in ("idle", "starting"):
        start = stitch.playhead if place is None else place
        part = stitch.at(start)
        if part is not None:
            enter_break(s, out, at, part, start)
        else:
            said = None if place is None and start == 0 else content_at(s, start)
            tell(s, out, PLAYING, at, said)
    else:
        tell_here(s, out, PLAYING, at, place)


def stream_pause(s: State, out: list[Event], at: float, position: Any) -> None:
    tell_here(s, out, PAUSE, at, stream_place(s, position, at, "pause"))


def stream_buffer_start(s: State, out: list[Event], at: float, position: Any) -> None:
    tell_here(s, out, BUFFER_START, at, stream_place(s, position, at, "buffer_start"))


def stream_buffer_end(s: State, out: list[Event], at: float, position: Any) -> None:
    tell_here(s, out, BUFFER_END, at, stream_place(s, position, at, "buffer_end"))


def tell_here(s: State, out: list[Event], row: Input, at: float, place: float | None) -> None:
    """An input with a position, after the borders that it shows to be passed."""
    if in_client_ad(s):
        tell(s, out, row, at, None)
        return
    plays = s.where in ("content", "ad", "ad_break")
    if place is not None and plays and fits(s, at, place):
        run_to(s, out, at, place)
    tell(s, out, row, at, local_place(s, place))


def stream_content_end(s: State, out: list[Event], at: float, position: Any) -> None:
    """The stream ran out: nothing of the plan can follow in it."""
    place = stream_place(s, position, at, "content_end")
    run_out_stream(s, out, at, place)
    tell(s, out, CONTENT_END, at, local_place(s, place))
    if s.where != "after_content":
        return
    for part in s.timeline.breaks_of(s.asset_index):
        if part.offset == math.inf:
            s.breaks_opened |= 1 << part.index


def stream_end(s: State, out: list[Event], at: float, position: Any) -> None:
    place = stream_place(s, position, at, "end")
    run_out_stream(s, out, at, place)
    tell(s, out, END, at, local_place(s, place))


def stream_exit(s: State, out: list[Event], at: float, position: Any) -> None:
    place = stream_place(s, position, at, "exit")
    moves = s.how == "playing" and stitch_of(s).inside >= 0
    if moves and place is not None and fits(s, at, place):
        run_to(s, out, at, place)
        if stitch_of(s).inside >= 0 and stream_ends_at(s, place):
            finish_stream(s, out, at)
    if place is not None and left_at_stream_end(s, place):
        stream_content_end(s, out, at, place)
    tell_here(s, out, EXIT, at, place)


def left_at_stream_end(s: State, place: float) -> bool:
    """Whether a stream that is left was played to its end, wherever its content's is (S75)."""
    here = s.begun and s.where in ("content", "starting") and s.ad is None
    still = s.how in ("playing", "paused", "buffering") and not stitch_of(s).waits
    reached = stream_ends_at(s, place) and stream_ends_at(s, playhead_of(s) + NEAR)
    return here and still and reached


def run_out_stream(s: State, out: list[Event], at: float, place: float | None) -> None:
    """The player has nothing more to play: whatever is open in the stream is over."""
    stitch = stitch_of(s)
    if in_client_ad(s) or s.where in ("idle", "after_content"):
        return
    if place is None and s.how == "playing":
        place = playhead_of(s) + expected_since(s, at)
        place = place if stitch.length is None else min(place, stitch.length)
    if place is not None and fits(s, at, place):
        run_to(s, out, at, place)
    if stitch.inside >= 0:
        finish_stream(s, out, at)


def stream_load(
    s: State,
    out: list[Event],
    at: float,
    plan: Any,
    duration: Any,
    livestream: Any,
    next_item: Any,
    content: Any,
) -> None:
    tell(s, out, LOAD, at, plan, None, livestream, next_item, content)
    follow_asset(s)
    if duration is not None and s.where != "over":
        take_stream_length(s, duration, at, "load")
    lay_out(s, at)


def stream_update(s: State, out: list[Event], at: float, *args: Any) -> None:
    *before, duration, live_edge, start_date, properties = args
    tell(s, out, UPDATE, at, *before, None, live_edge, start_date, properties)
    if duration is not None and s.where != "over":
        take_stream_length(s, duration, at, "update")


def stream_content_start(
    s: State, out: list[Event], at: float, asset_id: Any, position: Any
) -> None:
    place = stream_place(s, position, at, "content_start")
    said = None if place is None else stitch_of(s).to_content(place)
    tell(s, out, CONTENT_START, at, asset_id, said)
    follow_asset(s)
    if s.where == "content":
        content_at(s, playhead_of(s) if place is None else place)
        stitch_of(s).inside = -1
