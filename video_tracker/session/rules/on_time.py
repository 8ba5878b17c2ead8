"""What time alone brings: what was held back, heartbeats, timeouts (S26, S31-S33, S42)."""

from video_tracker.events import PlaybackInterrupted
from video_tracker.session.data.state import Seek, State
from video_tracker.session.data.tolerances import (
    AT_REST,
    DOUBT,
    LATE_TICK,
    MOST_AT_ONCE,
    NEVER,
    ON_TIME,
    PAUSED_TIMEOUT,
    PLAYING_TIMEOUT,
    SLACK,
    STOPPED,
)
from video_tracker.session.effects import (
    beats,
    ledger,
    motion,
    pods,
    positions,
    stream_place,
    words,
)
from video_tracker.session.rules import breaks, doors, doubts, times


def due_times(s: State) -> list[float]:
    times = [timeout_at(s)]
    held = s.held
    if held is not None:
        if held.pause_at is not None:
            times.append(held.pause_at + DOUBT)
        if held.buffer_at is not None:
            times.append(held.buffer_at + s.settings.min_buffer)
        if held.error_at is not None:
            times.append(max(ledger.last_heard(s), held.error_at) + SLACK)
    if s.seek is not None:
        times.append(scrub_over_at(s, s.seek))
    beats = s.seek is None and (held is None or held.error_at is None)
    if beats and s.beat_due != NEVER and beat_believed(s, max(s.beat_due, s.clock)):
        times.append(s.beat_due)
    if s.where == "after_content" and not breaks.more_to_come(s):
        times = [s.accrued + s.settings.completion_wait]
    elif doors.rests_at_end(s):
        times.append(ledger.last_heard(s) + AT_REST)
    return times


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


def pass_time(s: State, at: float, name: str) -> None:
    """Let everything happen that fell due up to ``at``, each with its own time."""
    motion.stall_lasts(s, at)
    if scrub_is_over(s, at, name):
        motion.tell_seek(s)
    wait_for_completion(s, at)
    if at >= timeout_at(s) - ON_TIME and s.where not in ("idle", "over"):
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
    if (
        s.where == "after_content"
        and not breaks.more_to_come(s)
        and at >= s.accrued + s.settings.completion_wait - ON_TIME
    ):
        pods.complete_playback(s, s.accrued)


def time_out(s: State, name: str) -> None:
    """Nothing was said for too long: Interrupted once, dated when that fell due (S26)."""
    due = timeout_at(s)
    doubts.pause_was_real(s)
    if s.where == "after_content":
        pods.complete_playback(s, s.accrued)
        return
    moving = s.how in ("playing", "buffering")
    if s.where == "content" and moving and positions.near_content_end(s):
        doors.end_at_rest(s)
        pods.complete_playback(s, s.accrued)
        return
    pods.confirm_opening(s)
    bucket = silent_bucket(s)
    motion.stall_over(s, due, name)
    motion.break_off_seek(s, due)
    pods.confirm_opening(s)
    ledger.spend(s, bucket, max(due - s.accrued, 0.0))
    s.accrued = max(due, s.accrued)
    s.silence = bucket
    motion.drop_error(s)
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
    held = s.held
    if held is not None and held.error_at is not None:
        if at - max(ledger.last_heard(s), held.error_at) >= STOPPED:
            doors.error_stops(s, at)
        return
    if doors.rests_at_end(s) and at - s.accrued >= AT_REST:
        doors.end_at_rest(s)
        return
    if at >= s.beat_due - ON_TIME and beat_believed(s, at):
        beat_unheard(s, at)


def beat_unheard(s: State, at: float) -> None:
    """A beat between callbacks; where nobody tells positions, playing time gives one for it."""
    pods.confirm_opening(s)
    ad, content = s.ad, s.position
    if positions.positions_told(s):
        beats.say_beat(s, at)
    elif ad is None:
        s.position = ledger.extrapolated(s, (at - s.accrued) * s.rate)
        beats.say_beat(s, at)
        s.position = content
    else:
        before = ad.position
        ad.position += at - s.accrued
        beats.say_beat(s, at)
        ad.position = before


def beat_believed(s: State, at: float) -> bool:
    """Whether playing may be believed up to ``at`` with nothing heard since (S42, S63)."""
    if at == NEVER or s.how != "playing" or s.standing > s.accrued:
        return False
    patience = s.settings.heartbeat
    if s.ad is not None and not s.ad.told:
        patience = ledger.ad_cap(s)
    if s.rare is not None and "stitch" in s.rare and stream_place.border_passed(s, at):
        return False
    return at - s.accrued <= patience + LATE_TICK


def next_wake(s: State) -> float | None:
    """When the session next wants a tick, in Unix seconds; None: never."""
    if s.where in ("idle", "over"):
        return None
    due = min(due_times(s), default=NEVER)
    return None if due == NEVER else max(due, s.clock)


def tick_moment(s: State, at: float) -> float | None:
    """The time of a tick as taken; None when it brings nothing."""
    moment = times.moment_of(s, at, "tick")
    if moment is None or s.where == "over" or times.is_repeated(s, "tick", at, (), moment):
        return None
    s.clock = moment
    return None if s.where == "idle" else moment


def fall_due(s: State, at: float) -> None:
    """Everything that time alone brings up to ``at``."""
    doubts.pause_was_real(s)
    for _ in range(MOST_AT_ONCE):
        pass_time(s, at, "tick")
        if s.where != "over":
            pass_unheard(s, at)
        due = next_wake(s)
        if due is None or due > at:
            break
