"""The borders that the playhead of a stream runs over: of ads, and of its contents (S9, S24)."""

import math
from typing import Any

from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import DUST, MOST_BORDERS, NEAR
from video_tracker.session.effects import pods
from video_tracker.session.effects.stream_place import (
    border_ahead,
    now_of,
    passed_since,
    playhead_of,
)
from video_tracker.session.rules import inputs, lengths, values
from video_tracker.session.stream.verbs import (
    begin_ad,
    end_ad,
    enter_break,
    leave_break,
    tell,
    tell_past,
)


def run_to(s: State, at: float, place: float) -> None:
    """The playhead ran to ``place``: everything it passed, each with its own time."""
    for _ in range(MOST_BORDERS):
        border = border_ahead(s)
        if border > place + DUST:
            break
        cross_border(s, when_at(s, at, border, place), border)


def when_at(s: State, at: float, border: float, place: float) -> float:
    """When a playhead that is at ``place`` now was at a border behind it.

    Not before the newest event: what was said between two positions stays where it is (S64).
    """
    known = max(s.accrued, s.stream.said_at) - s.skew
    return min(max(at - max(place - border, 0.0) / s.rate, known), max(at, known))


def cross_border(s: State, at: float, border: float) -> None:
    stitch = s.stream
    part = stitch.open
    if part is None:
        part = stitch.following(playhead_of(s))
        if part is not None:
            if s.where == "content":
                play_content_to(s, at, part.content)
            enter_break(s, at, part, border)
        return
    if s.ad is not None:
        end_ad(s, at, border)
    spans = part.spans()
    if stitch.part + 1 >= len(spans):
        if border >= part.end - DUST:
            leave_break(s, at, part)
    elif spans[stitch.part + 1].start <= border + DUST:
        begin_ad(s, at, part, border, stitch.part + 1)


def play_content_to(s: State, at: float, content: float) -> None:
    if abs(s.position - content) > DUST or now_of(s, at) > s.accrued:
        tell_past(s, inputs.PROGRESS, at, content, None)


def finish_stream(s: State, at: float) -> None:
    """The stream ends in the open break: its last ad is over, and so is the content (S75)."""
    stitch = s.stream
    if stitch.open is None:
        return
    if s.ad is not None:
        played, length = passed_since(s, at) * s.rate, stitch.ad_end - stitch.ad_start
        whole = s.ad.position + played >= length - NEAR
        tell(s, inputs.AD_END, at, length if whole else None, None)
    if s.begun:
        pods.complete_asset(s)
    tell(s, inputs.AD_BREAK_END, at)
    stitch.inside = -1


# -- into the next content -------------------------------------------------------------------------


def runs_on(s: State, place: float) -> bool:
    """Whether the playhead is in the plan's next content; only if the stream goes on (S24).

    A stream that is as long as its content with its ads is followed by another stream.
    """
    length = s.stream.length
    following = s.asset_index + 1 < len(s.timeline.assets)
    if length is None or not following or s.live or s.asset.content.duration is None:
        return False
    border = stream_border(s)
    return border <= place + DUST and border + NEAR < length


def stream_border(s: State) -> float:
    """Where in the stream the current content and its ads are over."""
    shift, own = s.stream.base, s.asset.content.duration or 0.0
    end = shift + own
    for part in s.stream.stretches:
        if part.start > own + shift + NEAR:
            break
        shift = part.shift
        end = max(own + shift, part.end)
    return end


def enter_next(s: State, at: float, border: float) -> None:
    """The next content of the plan begins in the same stream."""
    length = s.stream.length
    if s.where == "content" and s.duration is not None:
        play_content_to(s, at, s.duration)
    tell_past(s, inputs.LOAD, at, None, None, None, True, None, None)
    follow_asset(s)
    stitch = s.stream
    stitch.length = length
    stitch.base = stitch.shift = stitch.playhead = border
    stitch.reckon(s.timeline, s.asset.content.duration)


def follow_asset(s: State) -> None:
    """Another asset is another stream, unless one programme follows another live."""
    stitch = s.stream
    if stitch.asset_index == s.asset_index:
        return
    if s.live:
        stitch.asset_index = s.asset_index
    else:
        s.stitch = stitch.for_asset(s.asset_index)
        s.tune()
    s.stream.reckon(s.timeline, s.asset.content.duration)


def take_stream_length(s: State, value: Any, at: float, name: str) -> None:
    """The player says how long the stream is (S4, S5)."""
    if value is None or value == math.inf or s.where == "over":
        return
    seconds = values.seconds_told(s, value, at, name)
    if not seconds or s.stream.length == seconds:
        return
    s.stream.length = seconds
    if s.live:
        s.live_origin = at - seconds  # it grows: the edge, and no length (S6, S8)
    else:
        lengths.lay_out(s, at)
