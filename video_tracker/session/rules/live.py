"""Live positions are relative: the window slides, the playhead hovers at the edge (S85)."""

from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import CERTAIN, LEAP, NEAR, NUDGE
from video_tracker.session.effects import ledger


def moves_with_window(s: State, at: float, place: float) -> bool:
    """Whether a livestream plays on though its position falls or hovers: its window moved."""
    step = place - s.position
    gained = s.position - s.range_start + s.live_paused
    if step < -NUDGE and -step <= gained + NEAR and s.seek is None:
        play_on(s, at)
        slide(s, place)
        return True
    slow = step < (at - s.accrued) * s.rate - CERTAIN
    if -NEAR < step < NEAR and slow and hovers(s, place):
        play_on(s, at)
        s.hovering = True
        if place > s.position:
            ledger.follow(s, place, at - s.accrued, s.rate)
        return True
    s.live_paused = 0.0
    return False


def hovers(s: State, place: float) -> bool:
    """At a live edge the playhead stands in a window that moves: it plays.

    Whole seconds show no hovering within them, and a fatal error lets nothing play.
    """
    if s.held.error_at is not None:
        return False
    return place != s.position or place.is_integer() or s.hovering


def play_on(s: State, at: float) -> None:
    """The time until now was played, as far as silence lets it be believed (S63)."""
    passed = at - s.accrued
    played = min(passed, ledger.patient(s))
    ledger.suspend(s, passed - played)
    s.content_played += played
    s.beat_due += passed - played
    s.accrued = at
    s.standing = s.lag = 0.0


def slide(s: State, place: float) -> None:
    """The zero of a livestream's positions moved, not its playhead."""
    if s.live_origin is not None:
        s.live_origin += s.position - place
    ledger.close_range(s)
    s.position = s.range_start = place
    s.live_paused = 0.0


def rests(s: State, at: float, place: float) -> bool:
    """Whether a paused livestream's position only fell by the time that passed."""
    fall = s.position - place
    if s.how != "paused" or not NUDGE < fall <= s.live_paused + at - s.accrued + LEAP:
        return False
    ledger.accrue(s, at)
    slide(s, place)
    return True


def goes_on_elsewhere(s: State, at: float, place: float) -> bool:
    """Whether a paused livestream is taken up elsewhere: at its edge, say; nobody sought."""
    if s.how != "paused" or place <= s.position + NUDGE:
        return False
    ledger.accrue(s, at)
    ledger.jump(s, place)
    return True
