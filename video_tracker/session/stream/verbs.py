"""All that a stream with ads does to the session: the verbs of a player of client ads (S9).

``tell`` gives it an input, ``tell_past`` one that was found only now. ``play_from``,
``enter_break``, ``begin_ad``, ``end_ad``, ``leave_break`` and ``leave_ad_by_seek`` are what the
playhead does.
"""

from typing import Any

from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stretch
from video_tracker.session.data.timeline import MID, POST, PRE
from video_tracker.session.data.tolerances import DUST, JOINT, NEAR
from video_tracker.session.effects import adverts, halts, ledger, motion
from video_tracker.session.effects.stream_place import content_ends_at, now_of, stream_ends_at
from video_tracker.session.rules import doubts, inputs, lengths


def tell(s: State, row: Input, at: float, *args: Any) -> None:
    """Give the session an input as a player of client ads would."""
    inputs.take(s, row, at, *args)


def tell_past(s: State, row: Input, at: float, *args: Any) -> None:
    """The same, of something that was found only now."""
    if at + s.skew < s.clock and s.behind is None:
        s.clock = max(at + s.skew, s.accrued)
    inputs.take(s, row, at, *args)


def hear(s: State, at: float) -> None:
    """The player spoke, and nothing else is to be done."""
    s.clock = now_of(s, at)
    s.heard = max(s.heard, s.clock)


def content_at(s: State, place: float) -> float:
    """The content position of a place in content, which plays from now on."""
    stitch = s.stream
    content = stitch.to_content(place)
    stitch.shift, stitch.playhead, stitch.waits = place - content, place, False
    return content


def play_from(s: State, at: float, place: float) -> None:
    """Content plays from a place in the stream on."""
    tell_past(s, inputs.PLAYING, at, content_at(s, place))


def enter_break(s: State, at: float, part: Stretch, place: float) -> None:
    """A break plays from ``place`` in the stream on."""
    stitch, known = s.stream, s.timeline.breaks[part.index]
    if s.where == "idle":
        tell(s, inputs.PLAY, at, part.content)
    if stitch.place_left is not None and s.where == "content":
        held = s.holding()
        held.opening_at, held.opening_position = at, s.position
        held.place_left, stitch.place_left = stitch.place_left, None
    if s.duration is not None and s.duration > part.content + NEAR and stream_ends_at(s, part.end):
        # Content whose stream ends with this break ends before it, whatever its plan says.
        lengths.take_duration(s, part.content, s.clock, "progress")
    declared = declared_by(s, part)
    part.fixed, stitch.playhead, stitch.waits = True, place, False
    tell_past(s, inputs.AD_BREAK_START, at, known.pod_id, declared, None, None)
    if s.where == "ad_break" and s.open_break == part.index:
        stitch.inside, stitch.part = part.index, -1
        begin_ad(s, at, part, place)


def declared_by(s: State, part: Stretch) -> str | None:
    """What a break's place declares when it begins (S10)."""
    known = s.timeline.breaks[part.index]
    if known.placement == POST or (known.placement == MID and content_ends_at(s, part.content)):
        return "post"
    if known.placement == PRE:
        return "pre"
    planned = any(each.pod_id == known.pod_id for each in s.plan.ad_breaks)
    return "pre" if not s.begun and not s.ever_completed and not planned else None


def begin_ad(s: State, at: float, part: Stretch, place: float, number: int | None = None) -> None:
    """The ad in which a place of an open break lies; behind the last one is a gap (S67)."""
    stitch, spans = s.stream, part.spans()
    if number is None:
        stitch.part, number = len(spans) - 1, part.ad_at(place)
        if number is None:
            return
    if number >= len(spans):
        return  # where it lies nobody knows
    span, into = spans[number], place - spans[number].start
    known = part.lengths[number] if number < len(part.lengths) else None
    stitch.begins = into if into > DUST else 0.0
    stitch.playhead, stitch.waits = place, False
    try:
        length = span.length if known is None else None
        tell_past(s, inputs.AD_START, at, None, number + 1, length)
    finally:
        stitch.begins = 0.0
    if s.ad is not None:
        s.ad_told = True
        stitch.part, stitch.ad_start, stitch.ad_end = number, span.start, span.end


def end_ad(s: State, at: float, border: float) -> None:
    """The open ad played to its border."""
    tell_past(s, inputs.AD_END, at, s.stream.ad_end - s.stream.ad_start, None)
    s.stream.playhead = border


def leave_break(s: State, at: float, part: Stretch) -> None:
    """The break is over; content follows, unless another break or the stream's end does."""
    stitch = s.stream
    tell_past(s, inputs.AD_BREAK_END, at)
    stitch.inside, stitch.playhead = -1, part.end
    if s.where != "starting":
        return
    following, content = stitch.following(part.end), content_at(s, part.end)
    adjoins = following is not None and following.start <= part.end + JOINT
    if not (adjoins or stream_ends_at(s, part.end) or content_ends_at(s, content, DUST)):
        tell_past(s, inputs.PLAYING, at, content)


def quit_break(s: State, at: float, *, stays: bool) -> None:
    """The playhead leaves the open ad, and its break unless it ``stays`` in it.

    However playback moves, it goes on moving like that.
    """
    how = s.how
    if s.ad is not None:
        adverts.close_ad(s, at)
        s.goes("ad_end")
    if not stays:
        s.completed = False
        s.goes("ad_break_end")
        s.open_break, s.placement, s.stream.inside = -1, None, -1
    s.how = how
    s.tune()


def leave_ad_by_seek(s: State, at: float, place: float, part: Stretch | None) -> None:
    """The viewer left the ad: it is closed, the seek completed, and the content opened."""
    s.clock = max(s.clock, at)
    doubts.pause_was_real(s)
    ledger.accrue(s, at)
    motion.stall_over(s, at, "seek_end")
    halts.clear_moved(s)
    halts.drop_error(s)
    quit_break(s, at, stays=part is not None and part.index == s.stream.inside)
    if part is None:
        s.goes("content_opens")
    content = content_at(s, place) if part is None else part.content
    s.moves("seek_end")
    motion.finish_seek(s, at, content)
    motion.tell_seek(s)
