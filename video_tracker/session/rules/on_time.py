"""What time alone brings: what was held back, heartbeats, timeouts (S26, S31-S33, S42, S88)."""

from collections.abc import Callable, Iterator

from video_tracker.diagnostics import REJECT
from video_tracker.session.data import tolerances as t
from video_tracker.session.data.input import When
from video_tracker.session.data.state import NOTHING_HELD, AdPlay, Held, State
from video_tracker.session.effects import annotations, beats, ledger, motion, pods, positions
from video_tracker.session.effects.stream import border_passed
from video_tracker.session.rules import breaks, doors, leaps, settle, values

Due = tuple[float, Callable[[], None]]
"""When something falls due, and what it brings."""


def falling_due(s: State, name: str) -> Iterator[Due]:
    """What will come of all that is held or awaited; ``name`` is the input that notices it."""
    held = s.held
    if s.where in ("idle", "over"):
        return
    if held.end_at is not None:
        yield held.end_at + max(t.END_WAIT, s.usual), lambda: doors.make_end_real(s)
        return
    yield from held_falling_due(s, held)
    if s.seek is not None and held.pause_at is None:  # a pause in it comes first (S86)
        ended = s.seek.ended_at
        if ended is None and s.rare is not None and s.stitch is not None:
            ended = s.stitch.landed_at
        if ended is not None:  # then no other seek can continue it any longer (S33)
            yield ended + s.settings.scrub_window, lambda: motion.tell_seek(s)
    if breaks.is_played_out(s) and not breaks.more_to_come(s):
        yield s.accrued + s.settings.completion_wait, lambda: complete(s, name)
        return
    if doors.rests_at_end(s):
        # As long as what follows its end is awaited: a callback that is late may say that it goes
        # on (S88), and what rested is dated truly (S75).
        rest = max(s.settings.completion_wait, t.AT_REST)
        yield ledger.last_heard(s) + rest, lambda: doors.end_at_rest(s)
    silent_at = timeout_at(s)
    yield silent_at, lambda: time_out(s, silent_at, name)
    if beat_falls_due(s):
        yield s.beat_due, lambda: say_beat_untold(s, s.beat_due)


def held_falling_due(s: State, held: Held) -> Iterator[Due]:
    if held.pause_at is not None:
        yield settle.pause_real_at(s, held.pause_at), lambda: settle.pause_was_real(s)
    if held.far_at is not None and s.ad is None:  # the next word shows it, in its own interval
        heard = s.poll if s.poll_end == s.accrued else 0.0
        waits = max(t.END_WAIT, s.usual, heard, held.far_at - s.accrued) + t.INTERVAL
        yield held.far_at + waits, lambda: leaps.jumped(s)
    if held.buffer_at is not None:
        lasts_at = held.buffer_at + s.settings.min_buffer
        yield lasts_at, lambda: motion.stall_lasts(s, lasts_at)
    if held.error_at is not None:
        stopped_at = max(ledger.last_heard(s), held.error_at) + ledger.ordinary(s)
        yield stopped_at, lambda: doors.error_stops(s, stopped_at)


def timeout_at(s: State) -> float:
    if s.how == "interrupted":
        return t.NEVER
    patience = s.settings.idle_timeout
    if patience is None:
        waits = s.how in ("paused", "seeking_paused") or s.where == "after_content"
        patience = t.PAUSED_TIMEOUT if waits else t.PLAYING_TIMEOUT
    return ledger.last_heard(s) + patience


def complete(s: State, name: str) -> None:
    """Nothing more came after all that was to be played: the session is complete (S75, S81)."""
    if s.where == "ad_break":
        doors.close_ad_break(s, s.accrued, name)
    pods.complete_playback(s, s.accrued)


def time_out(s: State, due: float, name: str) -> None:
    """Nothing was said for too long: Interrupted once, dated when that fell due (S26)."""
    settle.pause_was_real(s)
    leaps.jumped(s)
    moving = s.how in ("playing", "buffering")
    if s.where == "content" and moving and positions.reached_content_end(s):
        doors.end_at_rest(s)
    if s.where == "after_content":
        pods.complete_playback(s, s.accrued)
        return
    pods.confirm_opening(s)
    # It moves no time between buckets; silent playing is suspended.
    silent = s.how == "playing" and s.where in ("content", "ad")
    bucket = "suspended" if silent else ledger.bucket_now(s)
    if bucket == "suspended" and not s.place_unknown:
        s.silent_from = s.accrued
    settle.settle(s, due, name, "interruption")
    ledger.spend(s, bucket, max(due - s.accrued, 0.0))
    s.accrued = max(due, s.accrued)
    s.silence, s.ended = bucket, "timeout"
    s.ignored(s.accrued, name, "timed_out")
    doors.interrupt_playback(s, due, "timeout")


def beat_falls_due(s: State) -> bool:
    """Whether the next beat of the grid is one that no position will bring (S42, S63)."""
    plays = s.beat_due != t.NEVER and s.how == "playing" and s.seek is None
    held = s.held.error_at is not None or s.held.pause_at is not None
    if not plays or held or positions.positions_told(s) or s.standing > s.accrued:
        return False
    if s.rare is not None and "stitch" in s.rare and border_passed(s, s.beat_due):
        return False
    patience = ledger.playing_patience(s)
    if s.ad is not None and s.ad.ad.duration is not None:
        patience = ledger.most_unheard(s)
    return s.beat_due - s.accrued <= patience


def say_beat_untold(s: State, due: float) -> None:
    """A beat between callbacks where nobody tells positions: of playing time, on the grid."""
    pods.confirm_opening(s)
    plays: State | AdPlay = s if s.ad is None else s.ad
    stood, media = plays.position, (due - s.accrued) * ledger.rate_over(s, due)
    plays.position = ledger.extrapolated(s, media) if s.ad is None else stood + media
    beats.say_beat(s, due)
    plays.position = stood


@annotations.held_by(None)
def fall_due(s: State, until: float, name: str) -> None:
    """Everything that time alone brings up to a moment, in its order and each with its own date."""
    for _ in range(t.MOST_BEATS):
        found = min(falling_due(s, name), key=lambda due: due[0], default=None)
        if found is None or found[0] > until:
            return
        found[1]()
        settle.release(s)
    step = s.settings.heartbeat  # no silence brings beats without end (S42, S60)
    if step is not None and s.beat_due <= until:
        s.beat_due += step * (int((until - s.beat_due) / step) + 1)


def fall_due_before(s: State, at: float, name: str) -> None:
    """What fell due before an input; at equal times the input goes first (S88)."""
    seek, patience = s.seek, s.settings.idle_timeout
    most = t.AT_REST if s.how == "playing" else t.PLAYING_TIMEOUT
    calm = s.held is NOTHING_HELD and at < s.beat_due and (seek is None or seek.ended_at is None)
    over = s.where == "after_content" or (s.where == "ad_break" and s.completed)
    if over or not calm or at - s.accrued >= (most if patience is None else min(most, patience)):
        fall_due(s, at - t.DUST, name)


def next_wake(s: State) -> float | None:
    calm = s.where == "content" and s.held is NOTHING_HELD and s.seek is None
    if calm and (s.how == "paused" or (s.fast and not positions.reached_content_end(s))):
        due = timeout_at(s)  # only silence is awaited
    else:
        due = min((due[0] for due in falling_due(s, "tick")), default=t.NEVER)
    return None if due == t.NEVER else max(due, s.clock)


def tick_moment(s: State, at: When) -> float | None:
    """The time of a tick as taken; None when it brings nothing."""
    moment = values.readable(at)
    if moment is None:
        s.note(s.clock, "tick", REJECT, "invalid_time")
        return None
    # A tick is nobody's word and moves no clock: a callback on its way keeps its date (S88).
    return None if s.where in ("idle", "over") else max(moment + s.skew, s.clock)


def take_tick(s: State, at: float) -> None:
    """Everything that falls due up to a tick; what it says moves the clock."""
    fall_due(s, at + t.ON_TIME, "tick")
    settle.release(s)
    if s.out:
        s.clock = max(s.clock, s.out[-1].at)
