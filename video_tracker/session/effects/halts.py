"""What stopped playback is undone."""

from video_tracker.events import PlaybackResumed
from video_tracker.session.data.state import State
from video_tracker.session.effects import ledger, words


def is_open_again(s: State) -> None:
    """Whatever stopped playback is undone; a timeout too (S26)."""
    s.silence = s.silent_from = None
    s.pause_told = False
    s.ended = "open"
    s.loaded_again = False
    s.tune()


def undo(s: State, at: float) -> None:
    """Playback goes on though it was paused or interrupted: Resumed (S26, S30)."""
    if s.where == "idle" or not (s.pause_told or s.how == "interrupted"):
        return
    ledger.accrue(s, at)
    is_open_again(s)
    s.moves("play")
    words.say_playback(s, PlaybackResumed, at)


def outlasts(s: State) -> bool:
    """Whether a pause goes on between two things that play: only a first frame ends it (S30)."""
    between = s.where == "ad_break" or (s.where == "starting" and s.startup_time is not None)
    return s.how == "paused" and between


def hold_error(s: State, at: float, method: str | None) -> None:
    """A fatal error was told while playback goes on (S76)."""
    held = s.holding()
    held.error_at, held.error_method = at, method


def drop_error(s: State) -> None:
    """The fatal error that was held stops nothing any more."""
    if s.held.error_at is not None:
        s.held.error_at = s.held.error_method = None
        s.let_go()


def drop_far(s: State) -> None:
    """No position is far away any more: it belonged to the item that was open (S84, S89)."""
    if s.held.far_at is not None:
        s.held.far_at = None
        s.let_go()


def clear_moved(s: State) -> None:
    """What was heard of the content's clock while something else played is settled."""
    if s.held.moved_at is not None:
        s.held.moved_at = None
        s.held.both_move = False
        s.let_go()
