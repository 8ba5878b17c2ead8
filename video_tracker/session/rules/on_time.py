"""What time alone brings: what was held back, heartbeats, timeouts (S26, S31-S33, S42, S88)."""

import operator
from collections.abc import Callable, Iterator
from typing import Final

from video_tracker.events import PlaybackInterrupted
from video_tracker.session.data.input import When
from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import NOTHING_HELD, Held, Seek, State
from video_tracker.session.data.tolerances import (
    AT_REST,
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
    stream,
    words,
)
from video_tracker.session.rules import breaks, doors, doubts, ends, leaps, times

Due = tuple[float, Callable[[State, float, str], None]]
"""When something falls due, and what it brings, given when and which input notices it."""


def falling_due(s: State) -> Iterator[Due]:
    """What will come of all that is held or awaited, if nobody says anything more."""
    if s.where in ("idle", "over"):
        return
    if s.held is not NOTHING_HELD:
        if s.held.end_at is not None:
            yield ends.end_settled_at(s), lambda s, _due, _name: ends.make_end_real(s)
            return
        yield from held_falling_due(s, s.held)
    if s.seek is not None and not doubts.pause_is_held(s):  # a pause in it comes first (S86)
        yield scrub_over_at(s, s.seek), lambda s, _due, _name: motion.tell_seek(s)
    if s.where in ("after_content", "ad_break") and breaks.awaits_completion(s):
        yield s.accrued + s.settings.completion_wait, complete
        return
    if doors.rests_at_end(s):
        yield ledger.last_heard(s) + rest(s), lambda s, _due, _name: doors.end_at_rest(s)
    yield timeout_at(s), time_out
    if beat_falls_due(s):
        yield s.beat_due, say_beat_untold


def held_falling_due(s: State, held: Held) -> Iterator[Due]:
    """When what is held back shows what it was."""
    if held.pause_at is not None:
        real_at = doubts.pause_real_at(s, held.pause_at)
        yield real_at, lambda s, _due, _name: doubts.pause_was_real(s)
    if held.far_at is not None:
        yield leaps.settled_at(s), lambda s, _due, _name: leaps.jumped(s)
    if held.buffer_at is not None:
        yield (
            held.buffer_at + s.settings.min_buffer,
            lambda s, due, _name: motion.stall_lasts(s, due),
        )
    if held.error_at is not None:
        stopped_at = max(ledger.last_heard(s), held.error_at) + SLACK
        yield stopped_at, lambda s, due, _name: doors.error_stops(s, due)


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


def rest(s: State) -> float:
    """How long a playhead near the end must be silent to rest there (S75).

    As long as what follows its end is awaited: a callback that is late may say that it goes on
    (S88), and what rested is dated truly.
    """
    return max(s.settings.completion_wait, AT_REST)


def complete(s: State, _due: float, _name: str) -> None:
    """Nothing more came after all that was to be played: the session is complete (S75, S81)."""
    if s.where == "ad_break":
        breaks.close_ad_break(s, s.accrued)
    pods.complete_playback(s, s.accrued)


def time_out(s: State, due: float, name: str) -> None:
    """Nothing was said for too long: Interrupted once, dated when that fell due (S26)."""
    doubts.pause_was_real(s)
    leaps.jumped(s)
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


def beat_falls_due(s: State) -> bool:
    """Whether the next beat of the grid is one that no position will bring (S42, S63)."""
    if s.beat_due == NEVER or s.how != "playing" or s.seek is not None:
        return False
    if positions.positions_told(s) or s.standing > s.accrued:
        return False
    if s.held.error_at is not None or s.held.pause_at is not None:
        return False
    if s.rare is not None and "stitch" in s.rare and stream.border_passed(s, s.beat_due):
        return False
    patience = ledger.playing_patience(s)
    if s.ad is not None and s.ad.ad.duration is not None:
        patience = ledger.ad_cap(s)
    return s.beat_due - s.accrued <= patience


def say_beat_untold(s: State, due: float, _name: str) -> None:
    """A beat between callbacks where nobody tells positions: of playing time, on the grid."""
    pods.confirm_opening(s)
    ad, content = s.ad, s.position
    if ad is None:
        s.position = ledger.extrapolated(s, (due - s.accrued) * s.rate)
        beats.say_beat(s, due)
        s.position = content
    else:
        before = ad.position
        ad.position += due - s.accrued
        beats.say_beat(s, due)
        ad.position = before


def leave_beats_unsaid(s: State, until: float) -> None:
    """No silence brings beats without end (S42, S60)."""
    step = s.settings.heartbeat
    if step is not None and s.beat_due <= until:
        s.beat_due += step * (int((until - s.beat_due) / step) + 1)


_WHEN: Final = operator.itemgetter(0)


@annotations.unannotated
def fall_due(s: State, until: float, name: str) -> None:
    """Everything that time alone brings up to a moment, in its order and each with its own date.

    Args:
        until: The moment, in Unix seconds.
        name: Which input notices it.
    """
    for _ in range(MOST_BEATS):
        found = min(falling_due(s), key=_WHEN, default=None)
        if found is None or found[0] > until:
            return
        found[1](s, found[0], name)
    leave_beats_unsaid(s, until)


def fall_due_before(s: State, at: float, name: str) -> None:
    """What fell due before an input; at equal times the input goes first (S88)."""
    if not is_calm(s, at):
        fall_due(s, at - 2 * ON_TIME, name)


def is_calm(s: State, at: float) -> bool:
    """Whether nothing can have fallen due: nothing is held or awaited, and no silence was long."""
    if s.held is not NOTHING_HELD or at >= s.beat_due:
        return False
    if s.where == "after_content" or (s.where == "ad_break" and s.completed):
        return False
    seek, patience = s.seek, s.settings.idle_timeout
    most = AT_REST if s.how == "playing" else PLAYING_TIMEOUT
    if at - s.accrued >= (most if patience is None else min(most, patience)):
        return False
    return seek is None or seek.ended_at is None


def next_wake(s: State) -> float | None:
    """When the session next wants a tick, in Unix seconds; None: never."""
    due = min(map(_WHEN, falling_due(s)), default=NEVER)
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


def take_tick(s: State, at: float) -> None:
    """Everything that falls due up to a tick; what it says moves the clock."""
    fall_due(s, at + ON_TIME, "tick")
    doubts.release(s)
    if s.out:
        s.clock = max(s.clock, s.out[-1].at)
