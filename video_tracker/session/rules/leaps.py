"""A content position far from where playing would bring it: what was it (S61, S70, S78, S85-S91)?

It waits for the next word. If that goes on from the old place, the far one was nobody's, or another
playhead's under the same id; if it goes on at the same pace, that is a rate that nobody told; else
the far place was a jump, dated where it was.
"""

from video_tracker.session.data import tolerances as t
from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.effects import annotations, beats, ledger, motion, pods
from video_tracker.session.rules import doors
from video_tracker.session.rules.settle import move_qualities


def meet(s: State, at: float, place: float) -> None:
    other = s.other_playhead if at - s.accrued <= t.UNHEARD else None
    if other is not None and -t.LEAP <= place - other[1] <= (at - other[0]) * s.rate + t.LEAP:
        s.other_playhead = (at, place)
        s.ignored(at, "progress", "two_playheads")
    else:
        held = s.holding()
        held.far_at, held.far_position = at, place


def settle(s: State, row: Input, at: float, told: float | None) -> None:
    """The next word shows what a far place was: a pace, another playhead's, nobody's, a jump."""
    far_at, place = s.held.far_at, s.held.far_position
    if far_at is None or s.ad is not None:
        return
    if told is None:
        if row.decides:
            jumped(s)
        return
    step, since = told - place, at - far_at
    new = abs(step - since * s.rate)
    pace = pace_on(s, far_at, place, step, since)
    if pace is not None:  # from that step on it was watched (S89)
        if s.rate_told is None:
            s.rate_told = s.rate
        s.rate = pace
        s.let_go("far")
        s.ignored(far_at, "progress", "rate_untold")
        arrive(s, far_at, place)
    elif abs(told - s.position - ledger.reach(s, at)) <= min(new, t.LEAP):
        s.let_go("far")
        if place > 0 and abs(place - s.position - ledger.reach(s, far_at)) > t.LEAP:
            s.other_playhead = (far_at, place)
        s.ignored(far_at, "progress", "two_playheads" if place > 0 else "position_of_nothing")
    else:
        jumped(s)


def pace_on(s: State, far_at: float, place: float, step: float, since: float) -> float | None:
    """The rate at which two steps ran ahead in a row, or ever faster, up to 4 (S89)."""
    passed = far_at - s.accrued
    if passed <= 0 or since <= 0 or step < 0:
        return None
    pace = (place - s.position) / passed
    ahead = step - since * pace
    nearer = abs(ahead) < abs(step - since * s.rate)
    paced = -since * pace * t.SAME_PACE <= ahead <= since * (t.FASTEST_PLAY - pace)
    return pace if s.rate < pace <= t.FASTEST_PLAY and nearer and paced else None


def arrive(s: State, at: float, place: float) -> None:
    ledger.accrue(s, at, place)
    if s.where == "content" and s.how == "playing":
        beats.say_beat(s, at)


@annotations.held_by("far")
def jumped(s: State) -> None:
    """It was a jump without a word: followed when small, else an inferred seek (S61, S70)."""
    at, place = s.held.far_at, s.held.far_position
    if at is None or s.ad is not None:
        return
    s.let_go("far")
    ahead = place - s.position - ledger.reach(s, at)
    skipped = s.settings.skip_silence and 0.0 < ahead <= t.SILENCE
    if not s.settings.inferred_seeks or skipped or 0.0 <= ahead <= t.LEAP:
        s.ignored(at, "progress", "position_jumped")
        arrive(s, at, place)
    else:
        ledger.accrue_leap(s, at)
        seek_unheard(s, at, place)
    move_qualities(s, at)


def seek_unheard(s: State, at: float, place: float, name: str = "progress") -> None:
    """A seek that nobody told, from where playback stood to ``place``."""
    s.repaired(at, name, "inferred_seek")
    ledger.accrue(s, at)
    motion.stall_over(s, at, name)
    pods.confirm_opening(s)
    grid = s.beat_due
    motion.begin_seek(s, at, place)
    s.moves("seek_end")
    motion.finish_seek(s, at, place)
    if s.live and s.how == "playing":
        s.beat_due = grid  # no inferred seek restarts a livestream's grid (S85)


def loops(s: State, at: float, place: float) -> bool:
    """Whether content fell from its end to its start by playing on: the next session (S70, S24)."""
    if s.duration is None or s.live or place >= s.position or s.estimated:
        return False
    beyond = s.position + ledger.reach(s, at) - s.duration
    if beyond < -t.LOOP_EARLY or abs(place - max(beyond, 0.0)) > t.LOOP_LATE:
        return False
    s.repaired(at, "progress", "looped")
    ended = min(max(at - place / s.rate, s.accrued), at)
    ledger.accrue(s, ended, s.duration)
    motion.break_off_seek(s, ended)
    pods.confirm_opening(s)
    doors.end_content(s, ended)
    pods.complete_playback(s, ended)
    s.wants_restart = True
    return True


def moves_with_window(s: State, at: float, place: float) -> bool:
    """Whether a livestream plays on though its position falls or hovers: its window moved (S85)."""
    step, passed = place - s.position, at - s.accrued
    gained = s.position - s.range_start + s.live_paused
    # When in an interval it fell, and what it gained after that in it, nobody told.
    falls = step < -t.NUDGE and -step <= gained + max(t.NEAR, s.usual) and s.seek is None
    # Whole seconds show no hovering within them, and a fatal error lets nothing play.
    slow = abs(step) < t.NEAR and step < passed * s.rate - t.CERTAIN and s.held.error_at is None
    if not falls and not (slow and (step != 0 or place.is_integer() or s.hovering)):
        s.live_paused = 0.0
        return False
    ledger.note_poll(s, at)
    silent = min(passed, at - s.standing)
    ledger.assign(s, at, passed - silent + ledger.believed(s, silent, ledger.ordinary(s)))
    s.standing = s.lag = 0.0
    if falls:
        slide(s, place)
    else:
        s.hovering = True
        if step > 0:
            ledger.follow(s, place, 0.0, s.rate)
    return True


def slide(s: State, place: float) -> None:
    """The zero of a livestream's positions moved, not its playhead."""
    if s.live_origin is not None:
        s.live_origin += s.position - place
    ledger.close_range(s)
    s.position = s.range_start = place
    s.live_paused = 0.0


def live_rests(s: State, at: float, place: float, *, opens: bool = False) -> bool:
    """Whether a livestream at rest only fell by the time that passed, or opens behind a pause."""
    falls = t.NUDGE < s.position - place <= s.live_paused + at - s.accrued + t.LEAP
    opens = opens and s.how == "paused" and place > s.position + t.NUDGE
    if s.how not in ("paused", "buffering") or not (falls or opens):
        return False
    ledger.accrue(s, at)
    (slide if falls else ledger.jump)(s, place)
    return True
