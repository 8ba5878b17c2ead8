"""What time alone brings: what was held back, heartbeats, timeouts (S26, S31-S33, S42)."""

from video_tracker.events import PlaybackInterrupted
from video_tracker.session.data.input import When
from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import Held, Seek, State
from video_tracker.session.data.tolerances import (
    AT_REST,
    MOST_AT_ONCE,
    MOST_BEATS,
    NEVER,
    ON_TIME,
    PAUSED_TIMEOUT,
    PLAYING_TIMEOUT,
    SLACK,
)
from video_tracker.session.effects import (
    annotations,
    beats,
    halts,
    ledger,
    motion,
    pods,
    positions,
    stream_place,
    words,
)
from video_tracker.session.rules import breaks, doors, doubts, ends, leaps, times


def due_times(s: State) -> list[float]:
    """When something falls due, of all that is held or awaited."""
    held = s.held
    if held is not None and held.end_at is not None:
        return [ends.end_settled_at(s)]
    due = [timeout_at(s)]
    if held is not None:
        due += held_due_times(s, held)
    if s.seek is not None:
        due.append(scrub_over_at(s, s.seek))
    if beat_falls_due(s, max(s.beat_due, s.clock)) and not beats.pod_ends_soon(s):
        due.append(s.beat_due)
    if breaks.awaits_completion(s):
        return [s.accrued + s.settings.completion_wait]
    if doors.rests_at_end(s):
        due.append(ledger.last_heard(s) + rest(s))
    return due


def held_due_times(s: State, held: Held) -> list[float]:
    """When what is held back shows what it was, if nobody says anything more."""
    due = []
    if held.pause_at is not None:
        due.append(doubts.pause_real_at(s, held.pause_at))
    if held.far_at is not None:
        due.append(leaps.settled_at(s))
    if held.buffer_at is not None:
        due.append(held.buffer_at + s.settings.min_buffer)
    if held.error_at is not None:
        due.append(error_stops_at(s, held.error_at))
    return due


def error_stops_at(s: State, told_at: float) -> float:
    """When a fatal error has stopped playback, if nobody says that anything moves (S76)."""
    return max(ledger.last_heard(s), told_at) + SLACK


def scrub_over_at(s: State, seek: Seek) -> float:
    """When no other seek can continue this one any longer (S33)."""
    ended = seek.ended_at
    if ended is None and s.rare is not None and s.stitch is not None:
        ended = s.stitch.landed_at
    return NEVER if ended is None else ended + s.settings.scrub_window


def timeout_at(s: State) -> float:
    """When silence becomes a timeout (S26)."""
    if s.how == "interrupted":
        return NEVER
    return ledger.last_heard(s) + patience_now(s)


def patience_now(s: State) -> float:
    if s.settings.idle_timeout is not None:
        return s.settings.idle_timeout
    waits = s.how in ("paused", "seeking_paused") or s.where == "after_content"
    return PAUSED_TIMEOUT if waits else PLAYING_TIMEOUT


@annotations.unannotated
def pass_time(s: State, at: float, name: str) -> None:
    """Let everything happen that fell due up to ``at``, each with its own time."""
    if s.held is not None:
        motion.stall_lasts(s, at)
    if s.seek is not None and scrub_is_over(s, at, name):
        motion.tell_seek(s)
    if s.where not in ("idle", "over"):
        pass_unheard(s, min(at if name == "tick" else at - 2 * ON_TIME, timeout_at(s)))
    if s.where in ("after_content", "ad_break"):
        wait_for_completion(s, at)
    least = s.accrued + patience_now(s) - ON_TIME
    if at >= least and at >= timeout_at(s) - ON_TIME and s.where not in ("idle", "over"):
        time_out(s, name)


def scrub_is_over(s: State, at: float, name: str) -> bool:
    """Whether the last seek's end need not wait for another seek any longer (S33)."""
    seek = s.seek
    if seek is None or seek.ended_at is None:
        return False
    # A seek that begins exactly at the window's end still continues the scrub.
    slack = ON_TIME if name == "seek_start" else -ON_TIME
    return at - seek.ended_at >= s.settings.scrub_window + slack


def wait_for_completion(s: State, at: float) -> None:
    if not breaks.awaits_completion(s) or at < s.accrued + s.settings.completion_wait - ON_TIME:
        return
    if s.where == "ad_break":
        breaks.close_ad_break(s, s.accrued)
    pods.complete_playback(s, s.accrued)


def time_out(s: State, name: str) -> None:
    """Nothing was said for too long: Interrupted once, dated when that fell due (S26)."""
    due = timeout_at(s)
    doubts.pause_was_real(s)
    last = due - 2 * ON_TIME
    if last >= s.beat_due and beat_falls_due(s, last):
        say_beats_untold(s, last)  # as ticks would have (S42, S88)
    if s.where == "after_content":
        pods.complete_playback(s, s.accrued)
        return
    moving = s.how in ("playing", "buffering")
    if s.where == "content" and moving and positions.reached_content_end(s):
        doors.end_at_rest(s)
        pods.complete_playback(s, s.accrued)
        return
    pods.confirm_opening(s)
    bucket = silent_bucket(s)
    if bucket == "suspended" and s.where == "content":
        s.silent_from = s.accrued
    motion.stall_over(s, due, name)
    motion.break_off_seek(s, due)
    pods.confirm_opening(s)
    ledger.spend(s, bucket, max(due - s.accrued, 0.0))
    s.accrued = max(due, s.accrued)
    s.silence = bucket
    halts.drop_error(s)
    beats.halt_beats(s, due)
    s.moves("interrupt")
    s.ended = "timeout"
    s.ignored(s.accrued, name, "timed_out")
    words.say_playback(s, PlaybackInterrupted, due, "timeout")


def silent_bucket(s: State) -> str:
    """A timeout moves no time between buckets; silent playing is suspended (S26)."""
    if s.how == "playing" and s.where in ("content", "ad"):
        return "suspended"
    return ledger.bucket_now(s)


def pass_unheard(s: State, at: float) -> None:
    """What silence brings: an error's end of playback, rest at the end, beats nobody else says."""
    held = s.held
    if held is not None and held.error_at is not None:
        if at >= error_stops_at(s, held.error_at) - ON_TIME:
            doors.error_stops(s, at)
    elif doors.rests_at_end(s) and at - s.accrued >= rest(s):
        doors.end_at_rest(s)
    elif beat_falls_due(s, at):
        say_beats_untold(s, at)


def rest(s: State) -> float:
    """How long a playhead near the end must be silent to rest there (S75).

    As long as what follows its end is awaited: a callback that is late may say that it goes on
    (S88), and what rested is dated truly.
    """
    return max(s.settings.completion_wait, AT_REST)


def beat_falls_due(s: State, at: float) -> bool:
    """Whether a beat that no position will bring lies on the grid before ``at`` (S42, S63)."""
    if at < s.beat_due - ON_TIME or at == NEVER or s.how != "playing" or s.seek is not None:
        return False
    if positions.positions_told(s) or s.standing > s.accrued:
        return False
    if s.held is not None and (s.held.error_at is not None or s.held.pause_at is not None):
        return False
    if s.rare is not None and "stitch" in s.rare and stream_place.border_passed(s, at):
        return False
    patience = ledger.playing_patience(s)
    if s.ad is not None and s.ad.ad.duration is not None:
        patience = ledger.ad_cap(s)
    return s.beat_due - s.accrued <= patience


@annotations.unannotated
def say_beats_untold(s: State, at: float) -> None:
    """Beats between callbacks where nobody tells positions: of playing time, on the grid."""
    pods.confirm_opening(s)
    for _ in range(MOST_BEATS):
        if not beat_falls_due(s, at):
            return
        due, ad, content = s.beat_due, s.ad, s.position
        if ad is None:
            s.position = ledger.extrapolated(s, (due - s.accrued) * s.rate)
            beats.say_beat(s, due)
            s.position = content
        else:
            before = ad.position
            ad.position += due - s.accrued
            beats.say_beat(s, due)
            ad.position = before
        if s.beat_due <= due:
            return
    step = s.settings.heartbeat
    if step is not None and s.beat_due <= at:
        s.beat_due += step * (int((at - s.beat_due) / step) + 1)  # the others are not said


def next_wake(s: State) -> float | None:
    """When the session next wants a tick, in Unix seconds; None: never."""
    if s.where in ("idle", "over"):
        return None
    due = min(due_times(s), default=NEVER)
    return None if due == NEVER else max(due, s.clock)


def tick_moment(s: State, at: When) -> float | None:
    """The time of a tick as taken; None when it brings nothing.

    A tick is nobody's word: it moves no clock, so that a callback still on its way keeps its date
    (S88).
    """
    moment = times.readable(at)
    if moment is None:
        s.note(s.clock, "tick", REJECT, "invalid_time")
        return None
    return None if s.where in ("idle", "over") else max(moment + s.skew, s.clock)


def fall_due(s: State, at: float) -> None:
    """Everything that time alone brings up to ``at``, each with its own date."""
    ends.settle_end_by_time(s, at)
    doubts.settle_pause(s, at + ON_TIME)
    if at >= leaps.settled_at(s):
        leaps.jumped(s)
    for _ in range(MOST_AT_ONCE):
        pass_time(s, at, "tick")
        due = next_wake(s)
        if due is None or due > at:
            break
    doubts.release(s)
    if s.out:
        s.clock = max(s.clock, s.out[-1].at)
