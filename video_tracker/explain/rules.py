"""Which rule made an event: read off the way that the session took to it.

A row names a function of the session; an event whose way leads through it is of its rule. Numbers
in the sentences are those of the session (:mod:`video_tracker.session.data.tolerances`).
"""

from collections.abc import Mapping
from typing import Final

import attrs

from video_tracker import events
from video_tracker.events import Event
from video_tracker.session.data import tolerances as t

__all__ = ["RULES", "Rule", "rule_of"]


@attrs.frozen
class Rule:
    """A rule, as far as it made an event.

    Args:
        number: Such as ``S75``; several where they act together.
        sentence: What it says.
        through: The function of the session on the way; None is any way.
    """

    number: str
    sentence: str
    through: str | None = None


_BEAT = (
    Rule("S43", "A heartbeat follows Resumed at once.", "motion.say_resumed"),
    Rule("S33", "The setting beat_after wants a heartbeat here.", "beats.beat_after"),
    Rule(
        "S42",
        "Nobody tells positions, so heartbeats lie on their grid and bear its time.",
        "on_time.say_beat_untold",
    ),
    Rule(
        "S42, S63",
        "A word closed a stretch without positions; its heartbeats lie on their grid.",
        "beats.play_whole",
    ),
    Rule(
        "S40",
        "A heartbeat falls due after each interval of playing time, and comes with the first "
        "position at or after that.",
    ),
)

RULES: Final[Mapping[type[Event], tuple[Rule, ...]]] = {
    events.PlaybackStarted: (
        Rule(
            "S25", "The intent to play starts the playback, before any frame.", "on_motion.on_play"
        ),
        Rule("S61", "It plays though nobody said play: the playback has started."),
    ),
    events.PlaybackPaused: (
        Rule(
            "S31",
            "A pause that may be the player's own waits; this one turned out to be real, and "
            "bears its own time.",
            "settle.pause_was_real",
        ),
        Rule("S30", "A pause of the viewer is told at once."),
    ),
    events.PlaybackResumed: (
        Rule("S26", "Any sign of playing undoes an interruption.", "evidence.back_to_life"),
        Rule("S79", "The position moves on: playing resumed, though nobody said so.", "doors.wake"),
        Rule("S30", "The pause ends with the first frame of what plays next.", "pods.open_pod"),
        Rule("S30", "The pause ends with the first frame of what plays next.", "adverts.open_ad"),
        Rule("S30", "What ends while it is paused was resumed before it.", "words.go_on"),
        Rule("S30", "Playing after a pause or an interruption is Resumed."),
    ),
    events.PlaybackInterrupted: (
        Rule("S26", "No callback came for the idle timeout.", "on_time.time_out"),
        Rule("S76", "A fatal error interrupts when playback really stops.", "doors.error_stops"),
        Rule("S76", "A fatal error while nothing plays interrupts at once.", "on_motion.on_error"),
        Rule("S26", "Playback stopped without the viewer's will."),
    ),
    events.PlaybackBufferStarted: (
        Rule(
            "S32",
            "A stall is told once it has lasted min_buffer, with its own time.",
            "motion.stall_lasts",
        ),
        Rule("S74", "At a rate of 0 what should play stands still.", "motion.stall_if_frozen"),
        Rule(
            "S65",
            "The position stands still without a word, and inferred_buffering is on.",
            "evidence.progress_in_content",
        ),
        Rule("S32", "The player waits for data."),
    ),
    events.PlaybackBufferCompleted: (
        Rule("S66", "A pause closes an open stall first.", "motion.say_pause"),
        Rule(
            "S79", "The position moves on: the stall is over, though nobody said so.", "doors.wake"
        ),
        Rule("S32", "The player has data again, or something else ended the wait."),
    ),
    events.PlaybackSeekStarted: (
        Rule("S61", "The position jumped without a seek: one is inferred.", "leaps.seek_unheard"),
        Rule(
            "S61", "The position jumped without a seek: one is inferred.", "playing.leap_in_stream"
        ),
        Rule(
            "S70",
            f"A rate outside 0 to {t.FASTEST_PLAY:g} is trick play: one seek.",
            "on_attributes.take_rate",
        ),
        Rule("S33", "A seek began; the position is where the viewer left."),
    ),
    events.PlaybackSeekCompleted: (
        Rule("S61", "The position jumped without a seek: one is inferred.", "leaps.seek_unheard"),
        Rule(
            "S61", "The position jumped without a seek: one is inferred.", "playing.leap_in_stream"
        ),
        Rule("S81", "Something else began, and ended the open seek.", "motion.break_off_seek"),
        Rule(
            "S61",
            "Positions run on: the seek is over, though nobody said so.",
            "evidence.seek_ran_on",
        ),
        Rule(
            "S33",
            "No other seek continued it within scrub_window; it is dated when it ended.",
            "on_time.fall_due",
        ),
        Rule("S33", "The seek ended; the position is where playback goes on."),
    ),
    events.PlaybackCompleted: (
        Rule(
            "S75, S81",
            "All was played, and nothing more came within completion_wait.",
            "on_time.complete",
        ),
        Rule(
            "S26, S75",
            "All was played, and then nothing came for the idle timeout.",
            "on_time.time_out",
        ),
        Rule("S75", "Who leaves when all was played has completed it.", "on_content.on_exit"),
        Rule(
            "S24",
            "Play after the end: this session is complete, and a new one begins.",
            "doors.play_again",
        ),
        Rule("S7", "The player finished everything."),
    ),
    events.PlaybackExited: (
        Rule(
            "S75",
            "The content was completed, but a planned post-roll had not shown: an exit.",
            "on_content.leave_after_content",
        ),
        Rule(
            "S26", "The player finished though no content was played: an exit.", "on_content.on_end"
        ),
        Rule("S26", "The viewer left."),
    ),
    events.ContentStarted: (
        Rule(
            "S62",
            "Content moved on though a break was open: the break is over.",
            "doors.content_in_break",
        ),
        Rule("S22", "A seek led into another pod.", "pods.land_in_pod"),
        Rule(
            "S73",
            "What was held back before a pre-roll or behind an unwatched break was content.",
            "pods.confirm_opening",
        ),
        Rule("S61", "The content ended though it was never seen to play.", "doors.prepare_end"),
        Rule("S20, S21", "Frames of content move while none was playing: a pod begins."),
    ),
    events.ContentPlaying: _BEAT,
    events.ContentCompleted: (
        Rule("S21", "An ad break completes the content pod before it.", "breaks.open_ad_break"),
        Rule(
            "S75",
            f"The playhead came to rest within {t.NEAR:g} s of the end: that is the end.",
            "doors.end_at_rest",
        ),
        Rule(
            "S82",
            "An end in the wrong place was in doubt, and nothing unmade it.",
            "doors.make_end_real",
        ),
        Rule(
            "S82, S21",
            "The end that was told was the pod's: a break begins there.",
            "doors.settle_end",
        ),
        Rule(
            "S75, S90",
            f"Who leaves within the end tolerance ({t.NEAR:g} s, less for short things) has "
            "played it to the end.",
            "on_content.on_exit",
        ),
        Rule("S24", "The content was at its end when the next one began.", "doors.leave_asset"),
        Rule("S75", "The player said that the content ended."),
    ),
    events.AdStarted: (
        Rule("S83", "Two positions in step of an ad that nobody started.", "on_ads.starts_unheard"),
        Rule("S9", "The playhead of the stream came to the ad.", "borders.begin_ad"),
        Rule("S71", "An ad starts with its first moving frame."),
    ),
    events.AdPlaying: (
        Rule("S45", "A quartile of the ad was passed.", "beats.say_quartile"),
        *_BEAT,
    ),
    events.AdCompleted: (
        Rule("S62", "The ad was left open, and its length had passed.", "doors.end_lost_ad"),
        Rule("S9", "The playhead of the stream passed the end of the ad.", "borders.pass_in_break"),
        Rule("S72, S90", "The ad ended within its tolerance of its length."),
    ),
    events.AdSkipped: (
        Rule("S13", "The viewer skipped the ad.", "on_ads.on_ad_skip"),
        Rule("S72", "The ad ended well before its length without a skip: it was cut."),
    ),
    events.AdClicked: (Rule("S13", "The viewer clicked the ad."),),
    events.AdError: (Rule("S13, S71", "The ad failed."),),
    events.QualityUpdated: (
        Rule("S86", "A quality waits while an earlier event is in doubt.", "settle.release"),
        Rule("S54", "The player told another quality."),
    ),
    events.OwnEvent: (Rule("S51", "The embedder said an event of its own."),),
}
"""For each kind of event its rules; the first whose function lies on the way made it."""


def rule_of(kind: type[Event], way: tuple[str, ...]) -> Rule:
    """The rule that made an event of this kind that came this way."""
    return next(rule for rule in RULES[kind] if rule.through is None or rule.through in way)
