"""The playhead of a stream with ads moves: on, by a jump, by a seek (S9, S33)."""

import math
from typing import Any

from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import CERTAIN, DUST, LEAP, MOVED_ON, NEAR, ON_TIME
from video_tracker.session.effects import annotations, ledger, motion, positions, stream
from video_tracker.session.rules import inputs, on_time, settle
from video_tracker.session.stream import borders


def on_progress(s: State, row: Input, at: float, place: float | None, _duration: Any) -> None:
    stitch = s.stream
    if place is None or math.isnan(place):
        inputs.take(s, row, at, place, None)
    elif stitch.landed_at is not None:
        borders.hear(s, at)
    elif s.where == "idle":
        part = stitch.at(place)
        if part is not None and place > 0:
            borders.enter_break(s, at, part, place)
        else:
            inputs.take(s, row, at, borders.content_at(s, place), None)
    elif s.where == "after_content" and borders.next_content_at(s) <= place + DUST:
        run_on(s, at, place)
    elif s.where == "after_content" or stream.in_client_ad(s):
        inputs.take(s, row, at, stitch.to_content(place), None)
    elif s.how in ("seeking", "seeking_paused"):
        progress_in_seek(s, at, place)
    elif stitch.waits:
        wake_in_ad(s, at, place)
    elif s.where == "starting":
        progress_before_frames(s, at, place)
    else:
        progress_in_stream(s, at, place)


def progress_before_frames(s: State, at: float, place: float) -> None:
    """The playhead moves though nobody said that frames do: date the first one by it."""
    stitch, step = s.stream, place - s.stream.playhead
    if step == 0:
        borders.hear(s, at)
        return
    came = 0 < step <= stream.expected(s, at) + CERTAIN
    start = stitch.playhead if came else place
    following = stitch.following(start)
    if stitch.at(start) is not None or (came and s.begun):
        borders.play_from(s, borders.when_at(s, at, start, place), start)
    elif came and following is not None and following.start < place - DUST:
        content = borders.content_at(s, start) + following.start - start
        began = borders.when_at(s, at, following.start, place)
        borders.tell_past(s, inputs.PROGRESS, began, content, None)
    else:
        inputs.take(s, inputs.PROGRESS, at, borders.content_at(s, place), None)
        return
    progress_in_stream(s, at, place)


def progress_in_stream(s: State, at: float, place: float) -> None:
    """The stream plays: pass the borders, or follow or infer a jump."""
    if s.place_unknown and s.where == "content":  # nothing lies between that was played (S33)
        go_to(s, at, place)
        return
    step = place - stream.playhead(s)
    if not s.estimated and not -LEAP <= step <= stream.expected(s, at) + LEAP:
        leap_in_stream(s, at, place)
        return
    if step > 0:
        borders.run_to(s, at, place)
    if s.ad is not None and s.stream.inside >= 0:
        inputs.take(s, inputs.AD_PROGRESS, at, stream.local_place(s, place))
    elif s.where != "content":
        s.stream.playhead = place
        borders.hear(s, at)
    elif borders.next_content_at(s) <= place + DUST:
        run_on(s, at, place)
    else:
        inputs.take(s, inputs.PROGRESS, at, max(place - s.stream.shift, 0.0), None)


def run_on(s: State, at: float, place: float) -> None:
    border = borders.next_content_at(s)
    when = borders.when_at(s, at, border, place)
    borders.enter_next(s, when, border)
    borders.play_from(s, when, border)
    progress_in_stream(s, at, place)


def leap_in_stream(s: State, at: float, place: float) -> None:
    """The playhead jumped without a word: a loop, or an unannounced seek (S61, S70)."""
    stitch, local, starts_again = s.stream, stream.local_place(s, place), place <= NEAR
    loops = starts_again and positions.near_content_end(s)
    if s.ad is not None and starts_again and stream.ends_at(s, stream.playhead(s) + NEAR):
        borders.finish_stream(s, at)
        inputs.take(s, inputs.PROGRESS, at, max(stitch.to_content(place), DUST), None)
    elif s.where == "content" and (local is not None or loops):
        content = borders.content_at(s, place) if local is None else local
        inputs.take(s, inputs.PROGRESS, at, content, None)
    elif s.ad is not None and stitch.ad_start <= place < stitch.ad_end:
        inputs.take(s, inputs.AD_PROGRESS, at, local)
    elif not s.settings.inferred_seeks:
        s.ignored(at, "progress", "position_jumped")
        go_to(s, at, place)
    else:
        s.repaired(at, "progress", "inferred_seek")
        account_for_leap(s, stream.now_of(s, at))
        on_seek_start(s, inputs.SEEK_START, at, None, place)
        on_seek_end(s, inputs.SEEK_END, at, place)


def account_for_leap(s: State, at: float) -> None:
    if s.how == "playing" and (s.ad is not None or s.where == "content"):
        ledger.accrue_leap(s, at)


def go_to(s: State, at: float, place: float) -> None:
    """The playhead is elsewhere, and nobody sought."""
    part, now = s.stream.at(place), stream.now_of(s, at)
    if s.stream.inside >= 0 or part is not None:
        account_for_leap(s, now)
    if s.stream.inside >= 0:
        ledger.accrue(s, now)
        borders.quit_break(s, now, part)
    if part is None and s.where == "content":
        inputs.take(s, inputs.PROGRESS, at, borders.content_at(s, place), None)
    else:
        borders.play_from(s, at, place)


def on_seek_start(s: State, row: Input, at: float, place: float | None, to: float | None) -> None:
    stitch, local = s.stream, None
    stitch.landed_at, stitch.moved_at, stitch.sought = None, None, to
    if to is not None and s.ad is None:
        local = stitch.to_content(to)
    elif to is not None and stitch.ad_start <= to < stitch.ad_end:
        local = to - stitch.ad_start
    inputs.take(s, row, at, stream.local_place(s, place), local)
    if s.where == "starting" and s.seek is None and to is not None:
        stitch.playhead = to


def on_seek_end(s: State, row: Input, at: float, place: float | None) -> None:
    """A seek ended in the stream: in content, in an ad, or at a border of both."""
    stitch = s.stream
    stitch.moved_at = None
    place = stitch.sought if place is None else place
    if place is None or s.seek is None or s.seek.ended_at is not None:
        inputs.take(s, row, at, None)
        if place is not None:
            seek_unheard(s, row, at, place)
        return
    if s.ad is None:
        touches_ads = s.where == "content" and (stitch.waits or stitch.at(place) is not None)
    else:
        touches_ads = stitch.inside >= 0 and not stitch.ad_start <= place < stitch.ad_end - DUST
    if touches_ads and s.settings.scrub_window > 0 and row is inputs.SEEK_END:
        borders.hear(s, at)
        stitch.landed_at, stitch.landed_to = stream.now_of(s, at), place
    elif touches_ads:
        land_at_ads(s, row, at, place)
    else:
        into = borders.content_at(s, place) if s.ad is None else stream.local_place(s, place)
        inputs.take(s, row, at, into)


def seek_unheard(s: State, row: Input, at: float, place: float) -> None:
    """A seek where seeks mean nothing: before frames, between ads, while interrupted."""
    if s.where == "starting" and row is inputs.SEEK_END:
        borders.content_at(s, place)
    stitch, part = s.stream, s.stream.at(place)
    between = s.where == "ad_break" and stitch.inside >= 0
    if between and part is not None and part is stitch.open:
        stitch.playhead = place  # from between two ads into one: the next one, if one was skipped
        number = part.ad_at(place)
        if number not in (None, stitch.part):
            borders.begin_ad(s, at, part, place, number)
    elif between:
        go_to(s, at, place)


def land_if_settled(s: State, at: float, row: Input | None) -> None:
    """A seek to a border of ads lands once no other can continue it (S33), or playback stops."""
    stitch, landed, seeks = s.stream, s.stream.landed_at, row is inputs.SEEK_START
    if landed is None:
        return
    now = stream.now_of(s, at)
    stops = s.held.error_at is not None or now >= on_time.timeout_at(s) - ON_TIME
    window = s.settings.scrub_window + (2 * ON_TIME if seeks else 0.0)
    open_yet = row is None or row.reports or not row.decides or seeks or row is inputs.PLAYING
    if open_yet and now - landed < window and not stops:
        return
    stitch.landed_at = None
    when = max(landed, stitch.said_at)
    if s.behind is None:
        s.clock = max(min(s.clock, when), s.accrued)
    with annotations.of_held(s, "landing"):
        land_at_ads(s, inputs.SEEK_END, when - s.skew, stitch.landed_to)
    settle.move_qualities(s, landed)


def land_at_ads(s: State, row: Input, at: float, place: float) -> None:
    """A seek ends in an ad, or has left one: Seek Completed, then what plays there."""
    stitch = s.stream
    part, paused, plays = stitch.at(place), s.how == "seeking_paused", row is inputs.PLAYING
    content = borders.content_at(s, place) if part is None else part.content
    if s.ad is None:
        stitch.landing = part is not None
        borders.tell_past(s, inputs.SEEK_END, at, content)
        motion.tell_seek(s)
        stitch.landing = False
        if plays and paused and part is None:
            inputs.take(s, row, at, content)
    else:
        now = s.clock = stream.now_of(s, at)
        settle.pause_was_real(s)
        ledger.accrue(s, now)
        motion.stall_over(s, now, "seek_end")
        s.let_go("moved")
        s.let_go("error")
        borders.quit_break(s, now, part)
        if part is None:
            s.goes("content_opens")
        s.moves("seek_end")
        motion.finish_seek(s, now, content)
        motion.tell_seek(s)
    stitch.playhead, stitch.waits = place, part is not None
    if part is not None and (plays or not paused):
        wake_waiting(s, at)


def wake_in_ad(s: State, at: float, place: float) -> None:
    stitch, step = s.stream, place - s.stream.playhead
    if abs(step) < (DUST if s.how == "playing" else CERTAIN):
        borders.hear(s, at)
        return
    if not 0 < step <= stream.expected(s, at) + CERTAIN:
        stitch.playhead = place
    wake_waiting(s, borders.when_at(s, at, stitch.playhead, place))
    progress_in_stream(s, at, place)


def wake_waiting(s: State, at: float) -> None:
    """The ad in which the playhead rests begins to move."""
    stitch = s.stream
    stitch.waits = False
    if stitch.at(stitch.playhead) and s.where != "content" and s.how == "paused":
        borders.tell_past(s, inputs.PLAY, at, None)
    borders.play_from(s, at, stitch.playhead)


def progress_in_seek(s: State, at: float, place: float) -> None:
    """Positions in a seek say nothing, unless they run on: then its end was lost (S61)."""
    stitch, began = s.stream, s.stream.moved_at
    if s.trick_play and s.seek is not None:
        s.seek.target = None if stitch.at(place) else borders.content_at(s, place)
    elif s.how != "seeking_paused" and seek_ran_on(s, at, place, MOVED_ON):
        return
    borders.hear(s, at)
    if began is None or not 0 <= place - stitch.moved_to <= at - began + LEAP:
        stitch.moved_at, stitch.moved_to = at, place


def seek_ran_on(s: State, at: float, place: float, need: float) -> bool:
    """Whether a position shows that the seek had ended: the stream ran on by ``need`` (S79)."""
    stitch = s.stream
    bases = [(stitch.moved_to, stitch.moved_at), (stitch.sought, s.accrued - s.skew)]
    for start, since in bases:
        if start is None or since is None:
            continue
        if need <= place - start <= (at - since) * s.rate + CERTAIN:
            end_lost_seek(s, at, place, at - (place - start) / s.rate, start)
            return True
    return False


def end_lost_seek(s: State, at: float, place: float, began: float, start: float) -> None:
    s.repaired(at, "progress", "seek_end_lost")
    ended = max(began, max(s.stream.said_at, s.accrued) - s.skew)
    if s.behind is None:  # what was heard in the seek is no later word than its end
        s.clock = max(min(s.clock, ended + s.skew), s.accrued)
    on_seek_end(s, inputs.SEEK_END, ended, start)
    land_if_settled(s, at, inputs.PROGRESS)
    if s.stream.landed_at is None:
        progress_in_stream(s, at, place)
