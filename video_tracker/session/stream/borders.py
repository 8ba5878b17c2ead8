"""The borders of ads that the playhead of a stream runs over, each with its own time (S9)."""

from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stretch
from video_tracker.session.data.tolerances import DUST, JOINT, MOST_BORDERS, NEAR
from video_tracker.session.effects import adverts, stream_place
from video_tracker.session.rules import inputs, lengths
from video_tracker.session.stream import telling


def run_to(s: State, at: float, place: float) -> None:
    """The playhead ran to ``place``: everything it passed, each with its own time."""
    for _ in range(MOST_BORDERS):
        border = stream_place.border_ahead(s)
        if border is None or border > place + DUST:
            break
        cross_border(s, when_at(s, at, border, place), border)


def when_at(s: State, at: float, border: float, place: float) -> float:
    """When a playhead that is at ``place`` now was at a border behind it.

    Not before the newest event: what was said between two positions stays where it is (S64).
    """
    back = max(place - border, 0.0) / s.rate
    known = max(s.accrued, stream_place.stitch_of(s).said_at) - s.skew
    return min(max(at - back, known), max(at, known))


def cross_border(s: State, at: float, border: float) -> None:
    stitch = stream_place.stitch_of(s)
    part = stitch.open
    if part is None:
        ahead = stitch.following(stream_place.playhead_of(s))
        if ahead is not None:
            if s.where == "content":
                play_content_to(s, at, ahead.content)
            enter_break(s, at, ahead, border)
        return
    if s.ad is not None:
        telling.tell_past(s, inputs.AD_END, at, stitch.ad_end - stitch.ad_start, None)
        stitch.playhead = border
    spans = part.spans()
    if stitch.part + 1 < len(spans):
        if spans[stitch.part + 1].start <= border + DUST:
            begin_ad(s, at, part, stitch.part + 1, border)
    elif border >= part.end - DUST:
        leave_break(s, at, part)


def play_content_to(s: State, at: float, content: float) -> None:
    if abs(s.position - content) > DUST or stream_place.now_of(s, at) > s.accrued:
        telling.tell_past(s, inputs.PROGRESS, at, content, None)


def enter_break(s: State, at: float, part: Stretch, place: float) -> None:
    """A break plays from ``place`` in the stream on."""
    stitch = stream_place.stitch_of(s)
    if s.where == "idle":
        telling.tell(s, inputs.PLAY, at, part.content)
    if stitch.place_left is not None and s.where == "content":
        held = s.holding()
        held.opening_at, held.opening_position = at, s.position
        held.place_left, stitch.place_left = stitch.place_left, None
    measure_by_stream(s, part)
    declared = telling.declared_by(s, part)
    part.fixed = True
    stitch.playhead, stitch.waits = place, False
    pod_id = s.timeline.breaks[part.index].pod_id
    telling.tell_past(s, inputs.AD_BREAK_START, at, pod_id, declared, None, None)
    if s.where != "ad_break" or s.open_break != part.index:
        return
    stitch.inside, stitch.part = part.index, -1
    begin_ad_at(s, at, part, place)


def measure_by_stream(s: State, part: Stretch) -> None:
    """Content whose stream ends with this break ends before it, whatever its plan says."""
    length = stream_place.stitch_of(s).length
    if length is None or s.live or s.duration is None:
        return
    if part.end >= length - NEAR and s.duration > part.content + NEAR:
        lengths.take_duration(s, part.content, s.clock, "progress")


def begin_ad_at(s: State, at: float, part: Stretch, place: float) -> None:
    """The ad in which a place of an open break lies; behind the last one is a gap (S67)."""
    stitch = stream_place.stitch_of(s)
    spans = part.spans()
    stitch.part = len(spans) - 1
    for number, span in enumerate(spans):
        if place < span.end - DUST:
            begin_ad(s, at, part, number, place)
            return


def begin_ad(s: State, at: float, part: Stretch, number: int, place: float) -> None:
    stitch = stream_place.stitch_of(s)
    span = part.spans()[number]
    known = part.lengths[number] if number < len(part.lengths) else None
    stitch.begins = max(place - span.start, 0.0)
    if stitch.begins <= DUST:
        stitch.begins = 0.0
    stitch.playhead, stitch.waits = place, False
    try:
        length = span.length if known is None else None
        telling.tell_past(s, inputs.AD_START, at, None, number + 1, length)
    finally:
        stitch.begins = 0.0
    if s.ad is not None:
        s.ad.told = True
        stitch.part, stitch.ad_start, stitch.ad_end = number, span.start, span.end


def leave_break(s: State, at: float, part: Stretch) -> None:
    """The break is over; content follows, unless another break or the stream's end does."""
    stitch = stream_place.stitch_of(s)
    telling.tell_past(s, inputs.AD_BREAK_END, at)
    stitch.inside = -1
    stitch.playhead = part.end
    if s.where != "starting":
        return
    following = stitch.following(part.end)
    adjoins = following is not None and following.start <= part.end + JOINT
    content = telling.content_at(s, part.end)
    if not adjoins and not stream_ends_at(s, part.end) and not content_ends_at(s, content):
        telling.tell_past(s, inputs.PLAYING, at, content)


def stream_ends_at(s: State, place: float) -> bool:
    length = stream_place.stitch_of(s).length
    return length is not None and not s.live and place >= length - NEAR


def content_ends_at(s: State, content: float) -> bool:
    return s.duration is not None and not s.live and content >= s.duration - DUST


def quit_break(s: State, at: float, *, stays: bool = False) -> None:
    """The playhead leaves the open ad, and its break unless it ``stays`` in it.

    However playback moves, it goes on moving like that.
    """
    stitch, how = stream_place.stitch_of(s), s.how
    if s.ad is not None:
        adverts.close_ad(s, at)
        s.goes("ad_end")
    if not stays:
        s.completed = False
        s.goes("ad_break_end")
        s.open_break = -1
        s.placement = None
        stitch.inside = -1
    s.how = how
    s.tune()
