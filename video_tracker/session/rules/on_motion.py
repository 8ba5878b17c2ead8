"""The inputs that say how playback moves."""

from typing import Any

from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import LEAP, NEAR, REPLAYED
from video_tracker.session.effects import beats, ledger, motion, pods
from video_tracker.session.rules import doors, leaps, settle, values


def on_play(s: State, at: float, place: float | None) -> None:
    # An id that had timed out, was loaded anew and plays from the start (S24).
    used_again = s.loaded_again and (place is None or place <= NEAR)
    if s.where in ("over", "after_content") or used_again:
        doors.play_again(s, at, "play")
    elif not s.may_enter("play", at):
        return
    elif s.where == "idle":
        motion.begin_playback(s, at, place, "play")
    else:
        settle.pause_was_none(s, at, "play")
        # Between two things that play only a first frame ends a pause (S30).
        between = s.where == "ad_break" or (s.where == "starting" and s.startup_time is not None)
        goes_on = not (s.how == "paused" and between) and s.may_move("play", at, "play")
        if goes_on and s.how == "seeking_paused":
            s.moves("play")  # Resumed comes when the seek has ended (S20)
        elif goes_on:
            resume_playback(s, at, "play")


def resume_playback(s: State, at: float, trigger: str) -> None:
    ledger.accrue(s, at)
    s.let_go("moved")
    motion.say_resumed(s, at, trigger)
    motion.stall_if_frozen(s, at)


def on_playing(s: State, at: float, place: float | None) -> None:
    over = s.where == "over" and s.ended == "completed" and place is not None
    if over or s.where == "after_content":
        if place is not None and place < s.position - REPLAYED:  # else it is the rest of it (S70)
            doors.play_again(s, at, "playing")
        else:
            s.ignored(at, "playing", "content_over")
    elif s.may_enter("playing", at) and s.where != "ad_break":
        if s.where == "idle":
            motion.begin_playback(s, at, place, "playing")
        settle.pause_was_none(s, at, "playing")
        move_again(s, at, place)
        if s.where == "starting":
            ledger.accrue(s, at)
            doors.content_shows(s, at, place)


def move_again(s: State, at: float, place: float | None) -> None:
    """What ``playing`` ends: a pause, a stall, a seek, an interruption."""
    if s.how == "buffering":
        doors.end_stall(s, at, "playing")
    elif s.where == "starting" and s.how not in ("seeking", "seeking_paused"):
        return  # the frame that opens what plays next resumes it
    elif s.may_move("playing", at, "playing"):
        if s.how in ("seeking", "seeking_paused"):
            doors.end_lost_seek(s, at, place, "playing")
        if s.how in ("paused", "interrupted"):
            resume_playback(s, at, "playing")


def on_pause(s: State, at: float, place: float | None) -> None:
    if not s.may_move("pause", at, "pause"):
        return
    if s.held.pause_at is not None:
        s.ignored(at, "pause", "already_paused")
        return
    ledger.accrue(s, at, place)
    if s.ad is not None and s.how == "playing":
        beats.say_quartile(s, at)
    if s.where == "content":
        motion.tell_seek(s)
        pods.confirm_opening(s)
    if s.held.error_at is not None:
        doors.error_stops(s, at)
    elif settle.pause_in_doubt(s):
        s.holding().pause_at = at
    else:
        motion.tell_seek(s)
        motion.say_pause(s, at)


def on_seek_start(s: State, at: float, place: float | None, to: Any) -> None:
    length = s.duration if s.ad is None else s.ad.ad.duration
    target = values.seconds_told(s, to, at, "seek_start", length)
    if not s.may_enter("seek_start", at):
        if s.where == "starting" and target is not None and not s.begun:
            ledger.jump(s, target)
    elif s.may_move("seek_start", at, "seek_start"):
        settle.pause_was_real(s)
        ledger.accrue(s, at, place if s.how == "playing" else None)
        s.let_go("moved")
        if s.how == "buffering":
            motion.stall_over(s, at, "seek_start")
        pods.confirm_opening(s)
        motion.begin_seek(s, at, target)


def on_seek_end(s: State, at: float, place: float | None) -> None:
    if s.where == "content" and s.seek is None and s.how == "playing" and place is not None:
        if -LEAP <= place - s.position <= ledger.reach(s, at) + LEAP:
            s.ignored(at, "seek_end", "no_seek_open")
        else:  # the content is elsewhere now (S79)
            leaps.seek_unheard(s, at, place, "seek_end")
    elif s.may_enter("seek_end", at) and s.may_move("seek_end", at, "seek_end"):
        if s.seek is None or s.seek.ended_at is not None:
            s.ignored(at, "seek_end", "no_seek_open")
        else:
            doors.end_seek(s, at, place, "seek_end")


def on_buffer_start(s: State, at: float, place: float | None) -> None:
    stalls = s.buffer_told or s.held.buffer_at is not None
    if s.how == "seeking" and (stalls or s.held.pause_at is not None):
        s.ignored(at, "buffer_start", "already_buffering" if stalls else "buffer_while_paused")
        return
    if not s.may_move("buffer_start", at, "buffer_start"):
        return
    if s.how == "playing":
        settle.pause_was_none(s, at, "buffer_start")
    ledger.accrue(s, at, place if s.how == "playing" else None)
    if s.held.error_at is not None:
        doors.error_stops(s, at)
    else:
        motion.begin_stall(s, at)


def on_buffer_end(s: State, at: float, _position: Any) -> None:
    if s.how == "seeking" and (s.buffer_told or s.held.buffer_at is not None):
        motion.stall_over(s, at, "buffer_end")
    elif s.may_move("buffer_end", at, "buffer_end"):
        doors.end_stall(s, at, "buffer_end")


def on_interrupt(s: State, at: float, method: Any) -> None:
    said = values.text_told(s, method, at, "interrupt")
    if s.may_enter("interrupt", at) and s.may_move("interrupt", at, "interrupt"):
        settle.pause_was_real(s)
        ledger.accrue(s, at)
        s.let_go("moved")
        doors.interrupt_playback(s, at, said)


def on_error(s: State, at: float, fatal: Any, reason: Any) -> None:
    said = values.text_told(s, reason, at, "error") or "error"
    if values.instance_told(s, fatal, bool, at, "error") is not True:
        s.ignored(at, "error", "error_not_fatal")
        return
    if s.where == "idle":
        s.dead = said
    if not s.may_enter("error", at) or not s.may_move("interrupt", at, "error"):
        return
    if s.how == "playing" and s.where in ("content", "ad"):
        held = s.holding()
        held.error_at, held.error_method = at, said
    else:
        on_interrupt(s, at, said)
