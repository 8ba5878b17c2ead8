"""Why an input was not simply accepted: stable codes, a sentence each (S60).

A code never changes its meaning; new ones may come.
"""

from collections.abc import Callable
from typing import Final

import attrs

__all__ = ["ACCEPT", "IGNORE", "REASONS", "REJECT", "REPAIR", "Diagnostic", "DiagnosticHook"]

ACCEPT: Final = "accept"
REPAIR: Final = "repair"
IGNORE: Final = "ignore"
REJECT: Final = "reject"

REASONS: Final[dict[str, str]] = {
    # what cannot be read
    "invalid_time": "The time is no finite number of Unix seconds (milliseconds by mistake?).",
    "invalid_position": "The position is not a finite number of seconds, zero or more.",
    "invalid_value": "An argument has the wrong type or an impossible value; it was left out.",
    "hook_failed": "The hook for diagnostics raised; what it was told is counted all the same.",
    "internal_fault": "The session met a fault of its own and dropped this input.",
    # time
    "clock_stepped_back": "The time lies before the newest one seen; it was clamped to it (S64).",
    "repeated": "The very same input came just before.",
    # where the playhead is
    "not_started": "Nothing was played yet.",
    "after_end": "The session is over; nothing follows Completed or Exited (S20).",
    "content_over": "The content has ended.",
    "before_first_frame": "The player waits for the first frame: that is startup (S25).",
    "between_ads": "In an ad break, between its ads, this means nothing (S14, S67).",
    "no_ad_open": "No ad is playing.",
    "no_ad_break_open": "No ad break is open.",
    "ad_open": "An ad is playing; the end of its file ends no content (S75).",
    "ad_already_open": "This ad is playing already (S62).",
    "ad_break_already_open": "This ad break is open already.",
    "content_already_open": "This content is playing already.",
    "content_unchanged": "The content clock stands still during the ad (S9).",
    "replay": "Play after the end: a replay is a new session (S24).",
    # how it moves
    "already_playing": "It is playing already.",
    "already_paused": "It is paused already.",
    "already_buffering": "It is buffering already.",
    "already_interrupted": "It is interrupted already.",
    "while_interrupted": "Playback is interrupted; only a sign of playing ends that (S26).",
    "buffer_while_paused": "Waiting while paused is pause (S66).",
    "no_seek_open": "No seek is open.",
    "no_buffer_open": "No buffering is open.",
    "progress_while_paused": "The position moved a little while paused; players do that.",
    "pause_of_the_player": "The player paused by itself: at an end, a break or in a seek (S31).",
    "short_buffer": "The stall was shorter than min_buffer (S32).",
    "glimpse_of_content": "Content showed for a moment before the pre-roll (S73).",
    "error_not_fatal": "The error is not fatal; playback goes on.",
    "unchanged": "Nothing changed.",
    # repairs
    "play_lost": "Playback runs though nobody said play.",
    "content_start_lost": "The content ended though it was never seen to play.",
    "content_end_lost": "The content stopped at its end without an end callback (S75).",
    "ad_break_start_lost": "An ad started outside an ad break; one was opened.",
    "ad_break_end_lost": "The ad break was left open; it was closed.",
    "ad_start_lost": "An ad moves though its start was never said.",
    "ad_end_lost": "The ad was left open; it was closed (S62).",
    "ad_end_before_start": "The ad's end came before its start; they were swapped (S62).",
    "seek_end_lost": "The seek was left open; it was closed.",
    "buffer_end_lost": "The buffering was left open; it was closed.",
    "inferred_seek": "The position jumped without a seek; one was inferred (S61).",
    "position_jumped": "The position jumped a little; it was followed (S70).",
    "looped": "The position fell from the end to the start: a loop (S70).",
    "stream_holds_ads": "The stream is as long as content and planned ads: they lie in it (S9).",
    "duration_changed": "The content's length changed.",
    "suspended": "Time passed without media progress; it counts as suspended (S63).",
    "inferred_buffering": "The position stood still without a word: buffering (S65).",
    "timed_out": "No callback came for idle_timeout (S26).",
    "ended_without_content": "The player finished though no content was played: an exit.",
}


@attrs.frozen
class Diagnostic:
    """One input that was not simply accepted.

    Args:
        at: The input's time as it was taken, in Unix seconds.
        session_id: The session.
        input: The input's name.
        kind: ``repair``, ``ignore`` or ``reject``.
        reason: A code of :data:`REASONS`.
    """

    at: float
    session_id: str
    input: str
    kind: str
    reason: str

    @property
    def sentence(self) -> str:
        """What the reason code means."""
        return REASONS[self.reason]


DiagnosticHook = Callable[[Diagnostic], None]
