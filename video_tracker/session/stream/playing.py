"""The playhead of a stream with ads moves: on, by a jump, into the next content (S9, S24)."""

import math
from typing import Any, Final

from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stretch
from video_tracker.session.data.tolerances import CERTAIN, DUST, LEAP, NEAR, ON_TIME
from video_tracker.session.effects import ledger, motion, pods, positions, stream_place
from video_tracker.session.rules import doubts, inputs, lengths, on_time, values
from video_tracker.session.stream import borders, telling

_WAITS_FOR_SCRUB: Final = frozenset(
    ("progress", "playing", "quality", "update", "ad_ranges", "ad_progress", "ad_click", "tick")
)
"""Inputs that leave open whether another seek will continue the last one (S33)."""


def stream_progress(s: State, at: float, position: Any, duration: Any) -> None:
    if duration is not None:
        take_stream_length(s, duration, at, "progress")
    place = telling.told_place(s, position, at, "progress")
    if place is None:
        said = None if position is None else math.nan
        telling.tell(s, inputs.PROGRESS, at, said, None)
        return
    stitch = stream_place.stitch_of(s)
    if stitch.landed_at is not None:
        telling.hear(s, at)
    elif s.where in ("idle", "after_content") or telling.in_client_ad(s):
        progress_elsewhere(s, at, place)
    elif s.how in ("seeking", "seeking_paused"):
        progress_in_stream_seek(s, at, place)
    elif stitch.waits:
        wake_in_ad(s, at, place)
    elif s.where == "starting":
        progress_before_frames(s, at, place)
    else:
        progress_in_stream(s, at, place)


def progress_elsewhere(s: State, at: float, place: float) -> None:
    """The playhead speaks before playback began, after its end, or beside the stream."""
    part = stream_place.stitch_of(s).at(place)
    if s.where == "after_content" and runs_on(s, place):
        run_on(s, at, place)
    elif s.where == "idle" and part is not None and place > 0:
        borders.enter_break(s, at, part, place)
    elif s.where == "idle":
        telling.tell(s, inputs.PROGRESS, at, telling.content_at(s, place), None)
    else:
        telling.tell(s, inputs.PROGRESS, at, stream_place.stitch_of(s).to_content(place), None)


def progress_before_frames(s: State, at: float, place: float) -> None:
    """The playhead moves though nobody said that frames do: date the first one by it."""
    stitch = stream_place.stitch_of(s)
    step = place - stitch.playhead
    if step == 0:
        telling.hear(s, at)
        return
    came = 0 < step <= stream_place.passed_since(s, at) * s.rate + CERTAIN
    start = stitch.playhead if came else place
    began = borders.when_at(s, at, start, place)
    part = stitch.at(start)
    if part is not None:
        borders.enter_break(s, began, part, start)
    elif s.begun and came:
        telling.tell_past(s, inputs.PLAYING, began, telling.content_at(s, start))
    elif came and stitch.between(start, place):
        following = stitch.following(start)
        if following is not None:
            content = telling.content_at(s, start) + following.start - start
            when = borders.when_at(s, at, following.start, place)
            telling.tell_past(s, inputs.PROGRESS, when, content, None)
    else:
        telling.tell(s, inputs.PROGRESS, at, telling.content_at(s, place), None)
        return
    progress_in_stream(s, at, place)


def progress_in_stream(s: State, at: float, place: float) -> None:
    """The stream plays: pass the borders, or follow or infer a jump."""
    step = place - stream_place.playhead_of(s)
    leapt = step < -LEAP or step > stream_place.expected_since(s, at) + LEAP
    if leapt and not s.estimated:
        leap_in_stream(s, at, place)
        return
    if step > 0:
        borders.run_to(s, at, place)
    progress_here(s, at, place)


def progress_here(s: State, at: float, place: float) -> None:
    """The playhead is at a place of what plays, unless the next content of the plan does."""
    stitch = stream_place.stitch_of(s)
    if s.ad is not None and stitch.inside >= 0:
        telling.tell(s, inputs.AD_PROGRESS, at, telling.local_place(s, place))
    elif s.where == "content" and runs_on(s, place):
        run_on(s, at, place)
    elif s.where == "content":
        telling.tell(s, inputs.PROGRESS, at, max(place - stitch.shift, 0.0), None)
    else:
        stitch.playhead = place
        telling.hear(s, at)


def leap_in_stream(s: State, at: float, place: float) -> None:
    """The playhead jumped without a word: a loop, or an unannounced seek (S61, S70)."""
    local = telling.local_place(s, place)
    if (
        s.ad is not None
        and place <= NEAR
        and borders.stream_ends_at(s, stream_place.playhead_of(s) + NEAR)
    ):
        finish_stream(s, at)
        telling.tell(
            s, inputs.PROGRESS, at, max(stream_place.stitch_of(s).to_content(place), DUST), None
        )
    elif s.where == "content" and (local is not None or loops(s, place)):
        content = local if local is not None else telling.content_at(s, place)
        telling.tell(s, inputs.PROGRESS, at, content, None)
    elif (
        s.ad is not None
        and stream_place.stitch_of(s).ad_start <= place < stream_place.stitch_of(s).ad_end
    ):
        telling.tell(s, inputs.AD_PROGRESS, at, local)
    elif not s.settings.inferred_seeks:
        s.ignored(at, "progress", "position_jumped")
        go_to(s, at, place)
    else:
        s.repaired(at, "progress", "inferred_seek")
        account_for_leap(s, stream_place.now_of(s, at))
        stream_seek_start(s, at, None, place)
        stream_seek_end(s, at, place)


def loops(s: State, place: float) -> bool:
    return place <= NEAR and positions.near_content_end(s)


def account_for_leap(s: State, at: float) -> None:
    """Of the time before a jump no more was played than silence may hide (S63)."""
    if s.how != "playing":
        return
    passed = max(at - s.accrued, 0.0)
    played = min(passed, LEAP)
    if s.ad is not None:
        s.ad_run += played
    elif s.where == "content":
        s.content_played += played
    else:
        return
    ledger.suspend(s, passed - played)
    s.accrued = at


def go_to(s: State, at: float, place: float) -> None:
    """The playhead is elsewhere, and nobody sought."""
    part = stream_place.stitch_of(s).at(place)
    if stream_place.stitch_of(s).inside >= 0:
        account_for_leap(s, stream_place.now_of(s, at))
        ledger.accrue(s, stream_place.now_of(s, at))
        same = part is not None and part.index == stream_place.stitch_of(s).inside
        borders.quit_break(s, stream_place.now_of(s, at), stays=same)
        if part is not None and same:
            borders.begin_ad_at(s, at, part, place)
            return
    if part is not None:
        if s.where == "content":
            account_for_leap(s, stream_place.now_of(s, at))
        borders.enter_break(s, at, part, place)
    elif s.where == "content":
        telling.tell(s, inputs.PROGRESS, at, telling.content_at(s, place), None)
    else:
        telling.tell(s, inputs.PLAYING, at, telling.content_at(s, place))


def finish_stream(s: State, at: float) -> None:
    """The stream ends in the open break: its last ad is over, and so is the content (S75)."""
    stitch = stream_place.stitch_of(s)
    part = stitch.open
    if part is None:
        return
    if s.ad is not None:
        played = s.ad.position + stream_place.passed_since(s, at) * s.rate
        length = stitch.ad_end - stitch.ad_start
        if played >= length - NEAR:
            telling.tell(s, inputs.AD_END, at, length, None)
        else:
            telling.tell(s, inputs.AD_END, at, None, None)
    if s.begun:
        pods.complete_asset(s)
    telling.tell(s, inputs.AD_BREAK_END, at)
    stitch.inside = -1


def runs_on(s: State, place: float) -> bool:
    """Whether the playhead is in the plan's next content; only if the stream goes on (S24).

    A stream that is as long as its content with its ads is followed by another stream.
    """
    length = stream_place.stitch_of(s).length
    following = s.asset_index + 1 < len(s.timeline.assets)
    if length is None or not following or s.live or s.asset.content.duration is None:
        return False
    border = stream_border(s)
    return border <= place + DUST and border + NEAR < length


def stream_border(s: State) -> float:
    """Where in the stream the current content and its ads are over."""
    stitch = stream_place.stitch_of(s)
    own = s.asset.content.duration or 0.0
    shift = stitch.base
    end = stitch.base + own
    for part in stitch.stretches:
        if part.start > own + shift + NEAR:
            break
        shift = part.shift
        end = max(own + shift, part.end)
    return end


def run_on(s: State, at: float, place: float) -> None:
    """The next content begins where the one before it and its ads are over."""
    stitch = stream_place.stitch_of(s)
    border = stream_border(s)
    when = borders.when_at(s, at, border, place)
    enter_next(s, when, border)
    part = stitch.at(border)
    if part is not None:
        borders.enter_break(s, when, part, border)
    else:
        telling.tell_past(s, inputs.PLAYING, when, telling.content_at(s, border))
    progress_in_stream(s, at, place)


def enter_next(s: State, at: float, border: float) -> None:
    stitch = stream_place.stitch_of(s)
    length = stitch.length
    if s.where == "content" and s.duration is not None:
        borders.play_content_to(s, at, s.duration)
    telling.tell_past(s, inputs.LOAD, at, None, None, None, True, None)
    follow_asset(s)
    stitch.length = length
    stitch.base = stitch.shift = stitch.playhead = border
    stitch.reckon(s.timeline, s.asset.content.duration)


def take_stream_length(s: State, value: Any, at: float, name: str) -> None:
    """The player says how long the stream is (S4, S5)."""
    if value == math.inf:
        return
    seconds = values.seconds_told(s, value, at, name)
    stitch = stream_place.stitch_of(s)
    if not seconds or stitch.length == seconds:
        return
    stitch.length = seconds
    if s.live:
        s.live_origin = at - seconds  # it grows: the edge, and no length (S6, S8)
        return
    lengths.lay_out(s, at)


def follow_asset(s: State) -> None:
    """Another asset is another stream, unless one programme follows another live."""
    stitch = stream_place.stitch_of(s)
    if stitch.asset_index == s.asset_index:
        return
    stitch.asset_index = s.asset_index
    if not s.live:
        stitch.stretches = []
        stitch.length = None
        stitch.playhead = stitch.shift = stitch.base = 0.0
        stitch.inside, stitch.waits = -1, False
        stitch.landed_at = stitch.place_left = stitch.sought = None
    stitch.reckon(s.timeline, s.asset.content.duration)


def stream_seek_start(s: State, at: float, position: Any, to: Any) -> None:
    stitch = stream_place.stitch_of(s)
    place = telling.told_place(s, position, at, "seek_start")
    target = telling.told_place(s, to, at, "seek_start")
    stitch.landed_at = None
    stitch.moved_at = None
    if place is not None and s.where in ("content", "ad") and telling.fits(s, at, place):
        borders.run_to(s, at, place)
    stitch.sought = target
    local = None
    if target is not None:
        if s.ad is None:
            local = stitch.to_content(target)
        elif stitch.ad_start <= target < stitch.ad_end:
            local = target - stitch.ad_start
    telling.tell(s, inputs.SEEK_START, at, telling.local_place(s, place), local)
    if s.where == "starting" and s.seek is None and target is not None:
        stitch.playhead = target


def stream_seek_end(s: State, at: float, position: Any) -> None:
    place = telling.told_place(s, position, at, "seek_end")
    end_stream_seek(s, at, place, inputs.SEEK_END)


def end_stream_seek(s: State, at: float, place: float | None, row: Input) -> None:
    """A seek ended in the stream: in content, in an ad, or at a border of both."""
    stitch = stream_place.stitch_of(s)
    place = stitch.sought if place is None else place
    stitch.moved_at = None
    if place is None:
        telling.tell(s, row, at, None)
    elif s.seek is None or s.seek.ended_at is not None:
        seek_unheard(s, at, place, row)
    elif not touches_ads(s, place):
        if s.ad is not None:
            telling.tell(s, row, at, place - stitch.ad_start)
        else:
            telling.tell(s, row, at, telling.content_at(s, place))
    elif s.settings.scrub_window > 0 and row is inputs.SEEK_END:
        telling.hear(s, at)
        stitch.landed_at, stitch.landed_to = stream_place.now_of(s, at), place
    else:
        land_at_ads(s, at, place, row)


def seek_unheard(s: State, at: float, place: float, row: Input) -> None:
    """A seek where seeks mean nothing: before frames, between ads, while interrupted."""
    stitch = stream_place.stitch_of(s)
    telling.tell(s, row, at, None)
    if s.where == "starting" and row is inputs.SEEK_END:
        telling.content_at(s, place)
    elif s.where == "ad_break" and stitch.inside >= 0:
        if stitch.open is stitch.at(place):
            seek_between_ads(s, at, place)
        else:
            go_to(s, at, place)


def seek_between_ads(s: State, at: float, place: float) -> None:
    """From between two ads into one: into the next one, as a rule, when one was skipped."""
    stitch = stream_place.stitch_of(s)
    part = stitch.open
    stitch.playhead = place
    spans = () if part is None else part.spans()
    for number, span in enumerate(spans):
        if span.start <= place + DUST and place < span.end - DUST and number != stitch.part:
            if part is not None:
                borders.begin_ad(s, at, part, number, place)
            return


def touches_ads(s: State, place: float) -> bool:
    """Whether a seek that ends here leads into an ad, or out of the open one."""
    stitch = stream_place.stitch_of(s)
    if s.ad is not None:
        inside = stitch.inside >= 0 and stitch.ad_start <= place < stitch.ad_end - DUST
        return stitch.inside >= 0 and not inside
    return s.where == "content" and (stitch.waits or stitch.at(place) is not None)


def land_if_settled(s: State, at: float, name: str) -> None:
    """A seek that ended at a border of ads, once no other seek can continue it (S33)."""
    stitch = stream_place.stitch_of(s)
    landed = stitch.landed_at
    if landed is None or name == "seek_start":
        return
    waiting = stream_place.now_of(s, at) - landed < s.settings.scrub_window
    if waiting and name in _WAITS_FOR_SCRUB and not stops_by(s, at):
        return
    stitch.landed_at = None
    when = max(landed, stitch.said_at)
    if s.behind is None:
        s.clock = max(min(s.clock, when), s.accrued)
    land_at_ads(s, when - s.skew, stitch.landed_to, inputs.SEEK_END)


def stops_by(s: State, at: float) -> bool:
    """Whether an error or silence is about to stop playback: it must have landed by then."""
    failed = s.held is not None and s.held.error_at is not None
    return failed or stream_place.now_of(s, at) >= on_time.timeout_at(s) - ON_TIME


def land_at_ads(s: State, at: float, place: float, row: Input) -> None:
    """A seek ends in an ad, or has left one: Seek Completed, then what plays there."""
    stitch = stream_place.stitch_of(s)
    part = stitch.at(place)
    paused = s.how == "seeking_paused"
    if s.ad is not None:
        stays = part is not None and part.index == stitch.inside
        leave_ad_by_seek(s, stream_place.now_of(s, at), place, part, stays=stays)
    else:
        stays = False
        stitch.landing = part is not None
        content = stitch.to_content(place) if part is not None else telling.content_at(s, place)
        try:
            telling.tell_past(s, inputs.SEEK_END, at, content)
            motion.tell_seek(s)
        finally:
            stitch.landing = False
        if row is inputs.PLAYING and paused and part is None:
            telling.tell(s, inputs.PLAYING, at, content)
    stitch.playhead, stitch.waits = place, part is not None
    if part is not None and (not paused or row is inputs.PLAYING):
        wake_waiting(s, at)


def leave_ad_by_seek(
    s: State, at: float, place: float, part: Stretch | None, *, stays: bool
) -> None:
    """The viewer left the ad: it is closed, the seek completed, and the content opened."""
    s.clock = max(s.clock, at)
    doubts.pause_was_real(s)
    ledger.accrue(s, at)
    motion.stall_over(s, at, "seek_end")
    motion.clear_moved(s)
    motion.drop_error(s)
    borders.quit_break(s, at, stays=stays)
    if part is None:
        s.goes("content_opens")
        content = telling.content_at(s, place)
    else:
        content = part.content
    s.moves("seek_end")
    motion.finish_seek(s, at, content)
    motion.tell_seek(s)


def wake_in_ad(s: State, at: float, place: float) -> None:
    """The playhead rested in an ad; now it moves."""
    step = place - stream_place.stitch_of(s).playhead
    if abs(step) < (DUST if s.how == "playing" else CERTAIN):
        telling.hear(s, at)
        return
    came = 0 < step <= stream_place.expected_since(s, at) + CERTAIN
    if not came:
        stream_place.stitch_of(s).playhead = place
    wake_waiting(s, borders.when_at(s, at, stream_place.stitch_of(s).playhead, place))
    progress_in_stream(s, at, place)


def wake_waiting(s: State, at: float) -> None:
    """The ad in which the playhead rests begins to move."""
    stitch = stream_place.stitch_of(s)
    stitch.waits = False
    place = stitch.playhead
    part = stitch.at(place)
    if part is None:
        telling.tell_past(s, inputs.PLAYING, at, telling.content_at(s, place))
        return
    if s.where == "ad_break" and stitch.inside == part.index:
        if s.how == "paused":
            telling.tell_past(s, inputs.PLAY, at, None)
        borders.begin_ad_at(s, at, part, place)
        return
    if s.where != "content" and s.how == "paused":
        telling.tell_past(s, inputs.PLAY, at, None)
    borders.enter_break(s, at, part, place)


def progress_in_stream_seek(s: State, at: float, place: float) -> None:
    """Positions in a seek say nothing, unless they run on: then its end was lost (S61)."""
    stitch = stream_place.stitch_of(s)
    began, start = stitch.moved_at, stitch.moved_to
    telling.hear(s, at)
    if began is None or not 0 <= place - start <= at - began + LEAP:
        stitch.moved_at, stitch.moved_to = at, place
        return
    if place - start < LEAP or s.how == "seeking_paused":
        return
    stitch.moved_at = None
    s.repaired(at, "progress", "seek_end_lost")
    began = max(began, stitch.said_at - s.skew)
    end_stream_seek(s, began, start, inputs.SEEK_END)
    progress_in_stream(s, at, place)
