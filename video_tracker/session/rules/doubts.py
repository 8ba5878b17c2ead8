"""What is in doubt until more is known (S31)."""

from video_tracker.session.data.machine import HOW_CELLS
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import DOUBT, NEAR
from video_tracker.session.effects import motion, pods, positions
from video_tracker.session.rules import breaks


def pause_in_doubt(s: State) -> bool:
    """Whether the session itself has reason to doubt a pause (S31)."""
    if s.how in ("seeking", "seeking_paused"):
        return True
    if s.where == "ad":
        left = positions.to_ad_end(s)
        return left is not None and left <= NEAR
    if s.where == "starting":
        return breaks.pre_roll_due(s)
    return positions.near_content_end(s) or breaks.break_at_hand(s)


def pause_was_real(s: State) -> None:
    """The pause that was held back was the viewer's: reported with its own time."""
    held = s.held
    if held is None or held.pause_at is None:
        return
    at, held.pause_at = held.pause_at, None
    s.let_go()
    pods.confirm_opening(s)
    if HOW_CELLS["pause"][s.how].reason is None:
        motion.say_pause(s, at)


def pause_was_none(s: State, at: float, name: str) -> None:
    """The pause that was held back was the player's own (S31)."""
    held = s.held
    if held is None or held.pause_at is None:
        return
    held.pause_at = None
    s.let_go()
    s.ignored(at, name, "pause_of_the_player")


def settle_pause(s: State, at: float, name: str) -> None:
    """Play soon after a doubtful pause unmakes it; later, the pause was real (S31)."""
    held = s.held
    if held is not None and held.pause_at is not None:
        if at - held.pause_at <= DOUBT or s.how in ("seeking", "seeking_paused"):
            pause_was_none(s, at, name)
        else:
            pause_was_real(s)
