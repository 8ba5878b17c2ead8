"""Live positions are relative: the window slides, the playhead hovers at the edge (S85)."""

from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import CERTAIN, LEAP, NEAR, NUDGE, SLACK
from video_tracker.session.effects import ledger


def moves_with_window(s: State, at: float, place: float) -> bool:
    """Whether a livestream plays on though its position falls or hovers: its window moved."""
    step, passed = place - s.position, at - s.accrued
    gained = s.position - s.range_start + s.live_paused
    falls = step < -NUDGE and -step <= gained + NEAR and s.seek is None
    # Whole seconds show no hovering within them, and a fatal error lets nothing play.
    slow = -NEAR < step < NEAR and step < passed * s.rate - CERTAIN and s.held.error_at is None
    if not falls and not (slow and (step != 0 or place.is_integer() or s.hovering)):
        s.live_paused = 0.0
        return False
    # As far as silence lets it be believed it was played (S63).
    ledger.assign(s, at, ledger.believed(s, passed, max(SLACK, s.usual)))
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


def rests(s: State, at: float, place: float, *, opens: bool = False) -> bool:
    """Whether a paused livestream only fell by the time that passed, or opens elsewhere."""
    falls = NUDGE < s.position - place <= s.live_paused + at - s.accrued + LEAP
    if s.how != "paused" or not (falls or (opens and place > s.position + NUDGE)):
        return False
    ledger.accrue(s, at)
    (slide if falls else ledger.jump)(s, place)
    return True
