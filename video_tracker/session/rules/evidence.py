"""What must have happened since the last word (S61-S63, S79-S85)?

A report (``progress``) may prove anything. A word that says something else (``pause``, ``exit``...)
proves by its position, before it is heard, that its item moved on, and until when.
"""

from typing import Any, Final

from video_tracker.session.data import tolerances as t
from video_tracker.session.data.input import AD, CONTENT, Input
from video_tracker.session.data.state import NOTHING_HELD, AdPlay, Seek, State
from video_tracker.session.effects import beats, ledger, motion, pods, positions
from video_tracker.session.rules import breaks, doors, leaps, settle, values

AD_FATES: Final = {"ad_skip": "skipped", "ad_error": "failed", "ad_end": None}
"""What becomes of an ad by the word that says that it is over; None: as it was played."""


def show(s: State, row: Input, at: float, whose: str | None, place: float | None) -> None:
    """Let everything happen that the input shows to have happened before it."""
    if s.rare is not None and row.closes and s.trick_play:
        doors.end_trick_play(s, at)
    moves = row.closes or row.opens
    if s.how == "seeking_paused" and moves and s.where in ("content", "ad"):
        long = at - s.accrued > t.SEEK_IN_PAUSE  # before that a play in it is only a wish
        if row.name not in ("seek_start", "playing") and (long or row.name != "play"):
            doors.end_lost_seek(s, at, None, row.name)
    positions.yield_to_play(s, at, row.name)
    if row.closes and whose == CONTENT and s.where == "content" and not s.said_position:
        # Until now its beats lay on the grid; from now on this caller tells where things are (S42).
        expected = s.position + ledger.reach(s, at)
        if place is not None and abs(place - expected) <= t.LEAP:
            doors.close_untold(s, at)
        s.said_position = True
        s.tune()
    if place is None:
        without_position(s, row, at)
    elif whose == CONTENT and moves:
        content_moved(s, row, at, place)
    elif whose == AD and s.ad is not None and (moves or row.of == AD):
        ad_moved(s, s.ad, row, at, place)


def learn_place(s: State, row: Input, at: float, place: float) -> None:
    """Where a seek went whose target nobody told is told at last, by whatever input (S33, S79)."""
    believed = place > 0 or row.leads  # a torn-down element says 0 (S78)
    waits = s.seek is not None or s.how == "interrupted"
    if believed and not waits and s.where in ("content", "ad_break", "ad"):
        left, content = s.position, s.where == "content"
        if content:
            ledger.accrue(s, at, place)
        pods.arrive(s, place)
        if content:
            pods.land_in_pod(s, at, Seek(place, s.pod_id, left))


def in_step(s: State, at: float, place: float, need: float) -> bool:
    """Whether the content moved on by ``need`` seconds at least, and no faster than time allows."""
    step = place - s.position
    return need <= step <= ledger.reach(s, at) + t.MOVED


def content_moved(s: State, row: Input, at: float, place: float) -> None:
    if s.where in ("ad", "ad_break"):  # nobody closed it: content was started before this word
        need = t.MOVED if s.where == "ad_break" and row.closes else t.MOVED_ON
        if doors.content_in_break(s, at, place, row.name, need):
            progress_in_content(s, at, place)
    elif s.where == "content":
        in_content(s, row, at, place)
    elif s.where == "starting" and not row.opens:  # the first frame was never said
        opening = s.held.opening_at is not None
        moved_on = opening and place - s.held.opening_position >= t.MOVED  # as held back (S73)
        if not (moved_on or in_step(s, at, place, t.MOVED)):
            return
        if row.ends and opening:
            pods.confirm_opening(s)
        else:
            progress_in_starting(s, at, place)


def in_content(s: State, row: Input, at: float, place: float) -> None:
    """Content played until now, or plays again though nobody said so."""
    need = t.NEAR + t.DUST if row.closes else t.MOVED_ON
    if s.how == "playing":
        if s.held is NOTHING_HELD and in_step(s, at, place, 0.0):
            ledger.accrue(s, at, place)
            if not row.ends:
                beats.say_beat(s, at)
    elif s.live and leaps.live_rests(s, at, place, opens=row.opens):
        return
    elif s.silent_from is not None and place - s.position >= t.MOVED:
        doors.revive(s, at, place)
    elif s.how == "seeking" and row.closes:
        seek_ran_on(s, at, place, t.MOVED)
    elif s.how not in ("seeking", "seeking_paused") and in_step(s, at, place, need):
        progress_at_rest(s, at, place)


def ad_moved(s: State, ad: AdPlay, row: Input, at: float, place: float) -> None:
    """The ad moved on before a word, or moves again though nobody said so."""
    need = t.MOVED_ON if row.opens else t.MOVED
    if place <= ad.position:
        return
    if s.how == "playing":
        if not row.ends and s.held.pause_at is None:
            ledger.accrue(s, at, place)
            beats.say_quartile(s, at)
            beats.say_beat(s, at)
    elif s.how in ("paused", "buffering", "interrupted") and place - ad.position >= need:
        doors.wake(s, at, place, "ad_progress")


def without_position(s: State, row: Input, at: float) -> None:
    if row.closes:
        if s.where == "starting" and not s.said_position:
            pods.confirm_opening(s)  # content was said to show, and nobody tells places (S73)
        doors.close_untold(s, at, ends=row.ends)
    held = s.held
    if s.where != "ad" or row.name not in AD_FATES or held.moved_at is None or held.both_move:
        return
    # The content's clock ran before the ad was said to be over: it ended when that began (S62).
    seen_at, seen, start = held.moved_seen_at, held.moved_seen, held.moved_position
    if seen_at is not None and seen - start >= t.MOVED:
        began = max(seen_at - (seen - start) / s.rate, s.accrued)
        doors.leave_ad(s, began, row.name, fate=AD_FATES[row.name])
        doors.leave_break(s, "content_moves_on")
        pods.arrive(s, start)
        pods.open_pod(s, max(began, s.accrued))
        progress_in_content(s, max(seen_at, s.accrued), seen)


def on_progress(s: State, at: float, place: float | None, duration: Any) -> None:
    """The content clock moved to ``place``; NaN when what was told is no position."""
    unread = place is not None and place != place  # noqa: PLR0124 - NaN alone differs from itself
    if duration is not None:
        values.take_duration(s, duration, at, "progress")
        if s.rare is not None and s.stitch is not None:
            return  # its ads lie in the stream: whoever stands in front reads the position
    if s.where == "idle" and (unread or not place):
        s.ignored(at, "progress", "not_started")
    elif s.where == "over" and not (place is None or unread) and plays_again(s, at, place):
        doors.play_again(s, at, "progress", place)
    elif not s.may_enter("progress", at) or unread or values.came_late(s, place):
        return
    elif place is None:
        progress_without_position(s, at)
    else:
        progress_where(s, at, place)


def plays_again(s: State, at: float, place: float) -> bool:
    """Whether content runs from well before its end (S70), or on though it was over (S24, S82)."""
    if s.where == "over" and s.ended != "completed":
        return False
    back = 0 < place < s.position - t.LEAP and not breaks.more_to_come(s)
    return back or in_step(s, at, place, t.NEAR) or clock_runs(s, at, place)


def clock_runs(s: State, at: float, place: float) -> bool:
    """Whether the content's clock, first heard where nothing plays, has moved on since then."""
    held = s.holding()
    since, step = held.moved_at, place - held.moved_position
    if since is None or not 0 <= step <= (at - since) * s.rate + t.LEAP:
        held.moved_at, held.moved_position = at, place
        return False
    return t.CERTAIN <= step <= (at - since) * s.rate + t.CERTAIN


def progress_where(s: State, at: float, place: float) -> None:
    if not s.said_position:
        s.said_position = True
        s.tune()
    if s.where == "idle":
        motion.begin_playback(s, at, place, "progress")
        doors.content_shows(s, at, place)
    elif s.where == "starting":
        progress_in_starting(s, at, place)
    elif s.where in ("ad", "ad_break"):
        if doors.content_in_break(s, at, place, "progress"):
            progress_in_content(s, at, place)
    elif s.where == "content":
        if s.how == "playing":
            settle.settle_pause(s, at, place, s.position, "progress")
        (progress_in_content if s.how == "playing" else progress_at_rest)(s, at, place)
    elif plays_again(s, at, place):
        doors.play_again(s, at, "progress", place)
    else:
        s.ignored(at, "progress", "content_over")


def progress_without_position(s: State, at: float) -> None:
    """The content clock moved, and nobody says where to (S63)."""
    if s.said_position or s.how != "playing":
        return
    if s.where == "starting":
        opening = s.held.opening_at
        if opening is not None and at - opening >= t.CERTAIN:
            pods.confirm_opening(s)
        else:
            doors.content_shows(s, at, None)
    if s.where == "content":
        beats.play_whole(s, at)


def progress_in_starting(s: State, at: float, place: float) -> None:
    """Content moves before it was said to play: date its first frame by its position."""
    held = s.held
    if held.opening_at is not None:  # before a due pre-roll it is believed when it moves on (S73)
        if place - held.opening_position >= t.CERTAIN:
            pods.confirm_opening(s)
            progress_in_content(s, at, place)
        elif place < held.opening_position:
            held.opening_at, held.opening_position = at, place
        return
    if s.how != "playing":
        if place <= s.position and s.begun:
            s.ignored(at, "progress", "progress_while_paused")
            return
        s.repaired(at, "progress", "play_lost")
    step = place - s.position
    if step == 0 or (-t.LEAP < step < 0 and s.begun and not s.completed):
        return
    if not 0 < step <= (at - s.accrued) * s.rate + t.CERTAIN:
        doors.content_shows(s, at, place)
        return
    doors.content_shows(s, max(at - step / s.rate, s.accrued), s.position)
    # Where it is held back it has moved on.
    (progress_in_content if s.where == "content" else progress_in_starting)(s, at, place)


def progress_in_content(s: State, at: float, place: float) -> None:
    step, passed = place - s.position, at - s.accrued
    if s.rare is not None and s.rate_told is not None and step > 0 and passed > 0:
        # While a rate is guessed it is what each step shows, down to the rate that was told (S89).
        s.rate = max(min(step / passed, t.FASTEST_PLAY), s.rate_told)
        s.rate_told = s.rate_told if s.rate > s.rate_told else None
        s.tune()
    if s.live and leaps.moves_with_window(s, at, place):
        beats.say_beat(s, at)
    elif step == 0 and passed > 0:  # it stands still though it should play (S65, S75, S76)
        ledger.stand_still(s, at)
        stood, error_at = at - s.accrued, s.held.error_at
        if error_at is not None:
            if at - max(s.accrued, error_at) >= t.STOPPED:
                doors.error_stops(s, at)
        elif doors.rests_at_end(s) and stood >= t.AT_REST:
            doors.end_at_rest(s)
        elif stood > t.STILL and s.settings.inferred_buffering:
            s.ignored(at, "progress", "inferred_buffering")
            s.standing = 0.0
            motion.begin_stall(s, s.accrued)
    elif not leaps.loops(s, at, place):
        within = -t.LEAP <= step <= ledger.reach(s, at) + t.CERTAIN or s.estimated
        (move_on if within else leaps.meet)(s, at, place)


def move_on(s: State, at: float, place: float) -> None:
    """Content plays on to here."""
    if place - s.position < -t.CERTAIN / 2:
        s.ignored(at, "progress", "position_jumped")
    suspended = s.suspended
    ledger.accrue(s, at, place)
    if s.suspended > suspended:
        s.ignored(at, "progress", "suspended")
    held = s.held
    if held.opening_at is None and s.where == "content" and s.how == "playing":
        beats.say_beat(s, at)
    elif held.opening_at is not None and abs(s.position - held.opening_position) >= t.CERTAIN:
        pods.confirm_opening(s)  # once its playhead has moved it shows for certain (S73)


def progress_at_rest(s: State, at: float, place: float) -> None:
    step = place - s.position
    if s.how == "interrupted":
        if abs(step) > t.STIRS:
            back_to_life(s, at, place)
    elif s.how in ("seeking", "seeking_paused"):
        progress_in_seek(s, at, place)
    elif s.live and leaps.live_rests(s, at, place):
        return
    elif t.CERTAIN <= step <= (at - s.accrued) * s.rate + t.CERTAIN:
        doors.wake(s, at, place, "progress")
        progress_in_content(s, at, place)
    elif abs(step) > t.LEAP and s.settings.inferred_seeks:
        leaps.seek_unheard(s, at, place)
    else:
        s.ignored(at, "progress", "progress_while_paused")


def back_to_life(s: State, at: float, place: float) -> None:
    """Any sign of playing undoes an interruption (S26)."""
    if doors.revive(s, at, place):
        return
    step = 0.0 if s.place_unknown else place - s.position
    in_step = 0 < step <= (at - s.accrued) * s.rate + t.CERTAIN
    began = max(at - step / s.rate, s.accrued) if in_step else at
    ledger.accrue(s, began)
    if began == at:
        motion.break_off_seek(s, at)
        ledger.jump(s, place)
    motion.say_resumed(s, began, "playing")
    progress_in_content(s, at, place)


def progress_in_seek(s: State, at: float, place: float) -> None:
    """Positions inside a seek say nothing, unless they run on: then its end was lost (S61)."""
    if s.trick_play and s.seek is not None:
        s.seek.target = place
    elif not seek_ran_on(s, at, place, t.MOVED_ON):
        clock_runs(s, at, place)


def seek_ran_on(s: State, at: float, place: float, need: float) -> bool:
    """Whether a position shows that the seek had ended: content ran on by ``need`` since (S79)."""
    held, seek = s.held, s.seek
    bases = [] if held.moved_at is None else [(held.moved_position, held.moved_at)]
    if seek is not None and seek.target is not None:
        bases.append((seek.target, s.accrued))
        if not 0 <= place - seek.target <= (at - s.accrued) * s.rate + t.CERTAIN:
            bases.append((s.position, s.accrued))  # it led nowhere, or its word came late (S83)
    runs = [b for b, since in bases if need <= place - b <= (at - since) * s.rate + t.CERTAIN]
    if not runs:
        return False
    s.repaired(at, "progress", "seek_end_lost")
    began = min(max(at - (place - runs[0]) / s.rate, s.accrued), at)
    doors.end_lost_seek(s, began, runs[0], "progress")
    (progress_in_content if s.how == "playing" else progress_at_rest)(s, at, place)
    return True
