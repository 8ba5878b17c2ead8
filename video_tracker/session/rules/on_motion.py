"""The inputs that say how playback moves."""

from typing import Any

from video_tracker.events import Event
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import NEAR, REPLAYED
from video_tracker.session.effects.content import complete_playback, confirm_opening
from video_tracker.session.effects.ledger import accrue, jump
from video_tracker.session.effects.motion import (
    begin_playback,
    begin_seek,
    begin_stall,
    break_off_seek,
    clear_moved,
    hold_error,
    say_pause,
    say_resumed,
    stall_is_held,
    stall_over,
    tell_seek,
)
from video_tracker.session.rules.breaks import more_to_come
from video_tracker.session.rules.chart_cells import may_enter, may_move
from video_tracker.session.rules.doors import (
    content_shows,
    end_seek,
    end_stall,
    error_stops,
    interrupt_playback,
)
from video_tracker.session.rules.doubts import pause_in_doubt, pause_was_real, settle_pause
from video_tracker.session.rules.values import flag_told, place_of_playing, text_told


def on_play(s: State, out: list[Event], at: float, position: Any) -> None:
    if s.where in ("over", "after_content"):
        play_again(s, out, at, "play")
        return
    if not may_enter(s, "play", at):
        return
    place = place_of_playing(s, position, at, "play")
    if s.where == "idle":
        begin_playback(s, out, at, place, "play")
        return
    settle_pause(s, out, at, "play")
    if may_move(s, "play", at, "play"):
        resume_playback(s, out, at, "play")


def resume_playback(s: State, out: list[Event], at: float, trigger: str) -> None:
    accrue(s, at)
    clear_moved(s)
    if s.how == "interrupted":
        break_off_seek(s, out, at)
    tell_seek(s, out)
    confirm_landing(s, out)
    say_resumed(s, out, at, trigger)
    if s.frozen and s.where in ("content", "ad") and s.how == "playing":
        begin_stall(s, out, at)


def confirm_landing(s: State, out: list[Event]) -> None:
    if s.where == "content":
        confirm_opening(s, out)


def play_again(s: State, out: list[Event], at: float, name: str) -> None:
    """Play after the end is a replay, unless the plan holds more of this session (S24, S70)."""
    if s.where == "after_content":
        if more_to_come(s):
            s.ignored(at, name, "content_over")
            return
        complete_playback(s, out, s.accrued)
    s.ignored(at, name, "replay")
    s.wants_restart = True


def on_playing(s: State, out: list[Event], at: float, position: Any) -> None:
    place = place_of_playing(s, position, at, "playing")
    if s.where == "after_content":
        playing_after_content(s, out, at, place)
        return
    if not may_enter(s, "playing", at):
        return
    if s.where == "idle":
        begin_playback(s, out, at, place, "playing")
    if s.where == "ad_break":
        return
    settle_pause(s, out, at, "playing")
    move_again(s, out, at, place)
    if s.where == "starting":
        accrue(s, at)
        content_shows(s, out, at, place)


def playing_after_content(s: State, out: list[Event], at: float, place: float | None) -> None:
    """Frames after the content's end are a replay only if they lie well before it (S70)."""
    if place is not None and place < s.position - REPLAYED:
        play_again(s, out, at, "playing")
    else:
        s.ignored(at, "playing", "content_over")


def move_again(s: State, out: list[Event], at: float, place: float | None) -> None:
    """What ``playing`` ends: a pause, a stall, a seek, an interruption."""
    if s.how == "buffering":
        end_stall(s, out, at, "playing")
    elif s.how in ("seeking", "seeking_paused"):
        if may_move(s, "playing", at, "playing"):
            paused = s.how == "seeking_paused"
            end_seek(s, out, at, place, "playing")
            if paused:
                resume_playback(s, out, at, "playing")
    elif s.how == "playing":
        if s.where == "content" and place is not None and s.held is None:
            moved_on(s, at, place)
    elif may_move(s, "playing", at, "playing"):
        resume_playback(s, out, at, "playing")


def moved_on(s: State, at: float, place: float) -> None:
    """A position that fits the time since the last one is evidence of playing."""
    if 0 <= place - s.position <= (at - s.accrued) * s.rate + NEAR / 2:
        accrue(s, at, place)


def on_pause(s: State, out: list[Event], at: float, position: Any) -> None:
    place = place_of_playing(s, position, at, "pause")
    if not may_enter(s, "pause", at) or not may_move(s, "pause", at, "pause"):
        return
    if s.held is not None and s.held.pause_at is not None:
        s.ignored(at, "pause", "already_paused")
        return
    accrue(s, at, place)
    if s.where == "content":
        tell_seek(s, out)
        confirm_opening(s, out)
    if s.held is not None and s.held.error_at is not None:
        error_stops(s, out, at)
        return
    if pause_in_doubt(s):
        s.holding().pause_at = at
        return
    confirm_opening(s, out)
    stall_over(s, out, at, "pause")
    tell_seek(s, out)
    say_pause(s, out, at)


def on_seek_start(s: State, out: list[Event], at: float, position: Any, to: Any) -> None:
    place = place_of_playing(s, position, at, "seek_start")
    target = place_of_playing(s, to, at, "seek_start")
    if not may_enter(s, "seek_start", at):
        if s.where == "starting" and target is not None and not s.begun:
            jump(s, target)
        return
    if not may_move(s, "seek_start", at, "seek_start"):
        return
    pause_was_real(s, out)
    if s.how == "playing":
        accrue(s, at, place)
    else:
        accrue(s, at)
    confirm_opening(s, out)
    clear_moved(s)
    if s.how == "buffering":
        stall_over(s, out, at, "seek_start")
    begin_seek(s, out, at, target)


def on_seek_end(s: State, out: list[Event], at: float, position: Any) -> None:
    place = place_of_playing(s, position, at, "seek_end")
    if may_enter(s, "seek_end", at) and may_move(s, "seek_end", at, "seek_end"):
        if s.seek is None or s.seek.ended_at is not None:
            s.ignored(at, "seek_end", "no_seek_open")
            return
        end_seek(s, out, at, place, "seek_end")


def on_buffer_start(s: State, out: list[Event], at: float, position: Any) -> None:
    place = place_of_playing(s, position, at, "buffer_start")
    if not may_enter(s, "buffer_start", at):
        return
    if s.how == "seeking" and (s.buffer_told or stall_is_held(s)):
        s.ignored(at, "buffer_start", "already_buffering")
        return
    if s.how == "seeking" and s.held is not None and s.held.pause_at is not None:
        s.ignored(at, "buffer_start", "buffer_while_paused")
        return
    if not may_move(s, "buffer_start", at, "buffer_start"):
        return
    if s.how == "playing":
        settle_pause(s, out, at, "buffer_start")
    if s.how == "paused":
        return
    accrue(s, at, place if s.how == "playing" else None)
    # A moment's wait parts no scrub: one that lasts tells the seek before itself (S33, S74).
    withheld = s.settings.min_buffer > 0 and s.held is None
    if s.where == "content" and not withheld:
        tell_seek(s, out)
    if s.held is not None and s.held.error_at is not None:
        error_stops(s, out, at)
        return
    confirm_opening(s, out)
    if not withheld:
        tell_seek(s, out)
    begin_stall(s, out, at)


def on_buffer_end(s: State, out: list[Event], at: float, _position: Any) -> None:
    if not may_enter(s, "buffer_end", at):
        return
    if s.how == "seeking":
        if s.buffer_told or stall_is_held(s):
            stall_over(s, out, at, "buffer_end")
        else:
            s.ignored(at, "buffer_end", "no_buffer_open")
    elif may_move(s, "buffer_end", at, "buffer_end"):
        end_stall(s, out, at, "buffer_end")


def on_interrupt(s: State, out: list[Event], at: float, method: Any) -> None:
    said = text_told(s, method, at, "interrupt")
    if may_enter(s, "interrupt", at) and may_move(s, "interrupt", at, "interrupt"):
        pause_was_real(s, out)
        accrue(s, at)
        confirm_opening(s, out)
        clear_moved(s)
        interrupt_playback(s, out, at, said)


def on_error(s: State, out: list[Event], at: float, fatal: Any, reason: Any) -> None:
    said = text_told(s, reason, at, "error")
    if flag_told(s, fatal, at, "error") is not True:
        s.ignored(at, "error", "error_not_fatal")
        return
    if not may_enter(s, "error", at) or not may_move(s, "interrupt", at, "error"):
        return
    if s.how == "playing" and s.where in ("content", "ad"):
        hold_error(s, at, said or "error")
        return
    pause_was_real(s, out)
    accrue(s, at)
    clear_moved(s)
    interrupt_playback(s, out, at, said or "error")
