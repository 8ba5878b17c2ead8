"""What the playhead of a stream runs over, told as a player of client ads would (S9, S24)."""

from typing import Any

from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stitch, Stretch
from video_tracker.session.data.timeline import MID, POST, PRE
from video_tracker.session.data.tolerances import DUST, JOINT, MOST_BORDERS, NEAR, NEVER
from video_tracker.session.effects import adverts, stream
from video_tracker.session.rules import inputs, values


def tell_past(s: State, row: Input, at: float, *args: Any) -> None:
    if at + s.skew < s.clock and s.behind is None:
        s.clock = max(at + s.skew, s.accrued)
    inputs.take(s, row, at, *args)


def hear(s: State, at: float) -> None:
    s.clock = stream.now_of(s, at)
    s.heard = max(s.heard, s.clock)


def run_to(s: State, at: float, place: float) -> None:
    """The playhead ran to ``place``: everything it passed, each with its own time."""
    for _ in range(MOST_BORDERS):
        border = stream.border_ahead(s)
        if border > place + DUST:
            break
        when, part = when_at(s, at, border, place), s.stream.open
        if part is not None:
            pass_in_break(s, when, part, border)
        elif (part := s.stream.following(stream.playhead(s))) is not None:
            play_content_to(s, when, part.content)
            enter_break(s, when, part, border)


def when_at(s: State, at: float, border: float, place: float) -> float:
    """When a playhead at ``place`` now was at a border: after all that was said already (S64)."""
    known = max(s.accrued, s.stream.said_at) - s.skew
    return min(max(at - max(place - border, 0.0) / s.rate, known), max(at, known))


def pass_in_break(s: State, at: float, part: Stretch, border: float) -> None:
    """The open ad is over. The next one begins, or content, unless more of the stream's ads do."""
    stitch = s.stream
    if s.ad is not None:
        tell_past(s, inputs.AD_END, at, stitch.ad_end - stitch.ad_start, None)
        stitch.playhead = border
    spans, number = part.spans(), stitch.part + 1
    if number < len(spans) and spans[number].start <= border + DUST:
        begin_ad(s, at, part, border, number)
    if number < len(spans) or border < part.end - DUST:
        return
    tell_past(s, inputs.AD_BREAK_END, at)
    stitch.inside, stitch.playhead = -1, part.end
    if s.where == "starting":
        following, content = stitch.following(part.end), content_at(s, part.end)
        adjoins = following is not None and following.start <= part.end + JOINT
        over = stream.ends_at(s, part.end) or stream.content_ends_at(s, content, DUST)
        if not (adjoins or over):
            tell_past(s, inputs.PLAYING, at, content)


def play_content_to(s: State, at: float, content: float) -> None:
    moved = abs(s.position - content) > DUST or stream.now_of(s, at) > s.accrued
    if s.where == "content" and moved:
        tell_past(s, inputs.PROGRESS, at, content, None)


def content_at(s: State, place: float) -> float:
    """The content position of a place in content, which plays from now on."""
    stitch = s.stream
    content = stitch.to_content(place)
    stitch.shift, stitch.playhead, stitch.waits = place - content, place, False
    return content


def play_from(s: State, at: float, place: float) -> None:
    """Whatever lies at a place of the stream plays from there on: content, a break, its next ad."""
    stitch, part = s.stream, s.stream.at(place)
    if part is None:
        tell_past(s, inputs.PLAYING, at, content_at(s, place))
    elif s.where == "ad_break" and stitch.inside == part.index:
        begin_ad(s, at, part, place)
    else:
        enter_break(s, at, part, place)


def enter_break(s: State, at: float, part: Stretch, place: float) -> None:
    stitch = s.stream
    if s.where == "idle":
        inputs.take(s, inputs.PLAY, at, part.content)
    if stitch.place_left is not None and s.where == "content":
        held = s.holding()
        held.opening_at, held.opening_position = at, s.position
        held.place_left, stitch.place_left = stitch.place_left, None
    if s.duration is not None and s.duration > part.content + NEAR and stream.ends_at(s, part.end):
        # Content whose stream ends with this break ends before it, whatever its plan says.
        values.take_duration(s, part.content, s.clock, "progress")
    known = s.timeline.breaks[part.index]
    planned = any(each.pod_id == known.pod_id for each in s.plan.ad_breaks)
    declared = {PRE: "pre", POST: "post"}.get(known.placement or "")
    if known.placement == MID and stream.content_ends_at(s, part.content):
        declared = "post"
    elif declared is None and not (s.begun or s.ever_completed or planned):
        declared = "pre"  # before anything has played, a break that no plan knows (S10)
    part.fixed, stitch.playhead, stitch.waits = True, place, False
    tell_past(s, inputs.AD_BREAK_START, at, known.pod_id, declared, None, None)
    if s.where == "ad_break" and s.open_break == part.index:
        stitch.inside, stitch.part = part.index, -1
        begin_ad(s, at, part, place)


def begin_ad(s: State, at: float, part: Stretch, place: float, number: int | None = None) -> None:
    """The ad in which a place of an open break lies; behind the last one is a gap (S67)."""
    stitch, spans = s.stream, part.spans()
    if number is None:
        stitch.part, number = len(spans) - 1, part.ad_at(place)
    if number is None or number >= len(spans):
        return  # where it lies nobody knows, or no ad lies there
    span, into = spans[number], place - spans[number].start
    told = number < len(part.lengths) and part.lengths[number] is not None
    stitch.begins = into if into > DUST else 0.0
    stitch.playhead, stitch.waits = place, False
    tell_past(s, inputs.AD_START, at, None, number + 1, None if told else span.length)
    stitch.begins = 0.0
    if s.ad is not None:
        s.ad_told = True
        stitch.part, stitch.ad_start, stitch.ad_end = number, span.start, span.end


def finish_stream(s: State, at: float) -> None:
    """The stream ends in the open break: its last ad is over, and so is the content (S75)."""
    stitch = s.stream
    if s.ad is not None:
        played = stream.expected(s, at) if s.how == "playing" else 0.0
        length = stitch.ad_end - stitch.ad_start
        whole = s.ad.position + played >= length - NEAR
        inputs.take(s, inputs.AD_END, at, length if whole else None, None)
    if s.begun:
        s.completed = s.ever_completed = True
    inputs.take(s, inputs.AD_BREAK_END, at)
    stitch.inside = -1


def quit_break(s: State, at: float, part: Stretch | None) -> None:
    """The playhead leaves the open ad for ``part``, perhaps the same break; it moves as before."""
    how = s.how
    if s.ad is not None:
        adverts.close_ad(s, at)
        s.goes("ad_end")
    if part is None or part.index != s.stream.inside:
        s.completed = False
        s.goes("ad_break_end")
        s.open_break, s.placement, s.stream.inside = -1, None, -1
    s.how = how
    s.tune()


def next_content_at(s: State) -> float:
    """Where the plan's next content begins, if the stream goes on behind this one's ads (S24)."""
    stitch, own = s.stream, s.asset.content.duration
    following = s.asset_index + 1 < len(s.timeline.assets)
    if stitch.length is None or own is None or s.live or not following:
        return NEVER
    shift, end = stitch.base, stitch.base + own
    for part in stitch.stretches:
        if part.start > own + shift + NEAR:
            break
        shift = part.shift
        end = max(own + shift, part.end)
    return end if end + NEAR < stitch.length else NEVER


def enter_next(s: State, at: float, border: float) -> None:
    length = s.stream.length
    if s.duration is not None:
        play_content_to(s, at, s.duration)
    tell_past(s, inputs.LOAD, at, None, None, None, True, None, None)
    follow_asset(s)
    stitch = s.stream
    stitch.length = length
    stitch.base = stitch.shift = stitch.playhead = border
    stitch.reckon(s.timeline, s.asset.content.duration)


def follow_asset(s: State) -> None:
    """Another asset is another stream, unless one programme follows another live."""
    stitch, index = s.stream, s.asset_index
    if stitch.asset_index == index:
        return
    if s.live:
        stitch.asset_index = index
    else:
        s.stitch = Stitch(planned=stitch.planned, asset_index=index, said_at=stitch.said_at)
        s.tune()
    s.stream.reckon(s.timeline, s.asset.content.duration)
