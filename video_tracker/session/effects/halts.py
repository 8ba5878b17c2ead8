"""What stopped playback is undone."""

from video_tracker.events import PlaybackResumed
from video_tracker.session.data.state import State
from video_tracker.session.effects import ledger, words


def is_open_again(s: State) -> None:
    """Whatever stopped playback is undone; a timeout too (S26)."""
    s.silence = None
    s.pause_told = False
    s.ended = "open"
    s.tune()


def resume_for_ads(s: State, at: float) -> None:
    """An ad break begins though playback was paused or interrupted: it plays again."""
    if s.where == "idle" or not (s.pause_told or s.how == "interrupted"):
        return
    ledger.accrue(s, at)
    is_open_again(s)
    s.moves("play")
    s.moves("settle")
    words.say_playback(s, PlaybackResumed, at)
