"""What of the playback did not come, and the nearest miss, by the session's tolerances."""

from collections.abc import Iterator
from itertools import pairwise

from video_tracker.diagnostics import REASONS
from video_tracker.events import (
    PlaybackBufferStarted,
    PlaybackCompleted,
    PlaybackExited,
    PlaybackInterrupted,
    PlaybackPaused,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    PlaybackStarted,
)
from video_tracker.explain.view import Miss, View, refused
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import (
    NUDGE,
    PAUSED_TIMEOUT,
    PLAYING_TIMEOUT,
    STILL,
)
from video_tracker.session.effects import positions


def playback_started(v: View) -> Iterator[Miss]:
    if v.made(PlaybackStarted):
        return
    ignored = v.notes("progress")
    if ignored:
        yield Miss(
            f"{len(ignored)} positions were told, but none moved on from where it stood, and "
            "nobody said play: only the intent to play, or playing, starts a playback (S25, S61).",
            ignored[-1].cause,
        )
    else:
        yield Miss("Nothing was said that wants to play or plays (S25, S61).", v.last)


def paused(v: View) -> Iterator[Miss]:
    said = list(refused(v, "pause"))
    yield from said
    for note in v.record.notes:
        if note.diagnostic.reason == "pause_of_the_player" and note.diagnostic.input != "pause":
            yield Miss(REASONS["pause_of_the_player"], note.cause)
            return
    if not v.made(PlaybackPaused) and not said and not v.inputs("pause"):
        yield Miss("Nobody said pause; stalls, seeks and ad breaks are none (S30).")
    elif v.s.held.pause_at is not None:
        yield Miss("A pause is in doubt still: it may be the player's own (S31).", v.last)


def resumed(v: View) -> Iterator[Miss]:
    stops = v.made(PlaybackPaused) + v.made(PlaybackInterrupted)
    if not stops:
        yield Miss("Nothing was paused or interrupted; Resumed comes after that only (S30).")
    elif v.s.pause_told or v.s.how == "interrupted":
        last = max(stops, key=lambda each: each.event.sequence)
        what = last.event.name.removeprefix("Video Playback ").lower()
        yield Miss(f"It was {what}, and nothing played after that (S30).", last.cause)


def interrupted(v: View) -> Iterator[Miss]:
    if v.made(PlaybackInterrupted):
        return
    yield from refused(v, "error", "interrupt")
    times = [(at, each) for each in v.record.inputs if (at := each.moment) is not None]
    gaps = [(b - a, later) for (a, _), (b, later) in pairwise(times)]
    longest = max(gaps, key=lambda each: each[0], default=None)
    if longest is not None:
        playing, pausing = _patience(v.s)
        yield Miss(
            f"Nobody said interrupt, no fatal error stopped it, and the longest silence was "
            f"{longest[0]:.1f} s: the idle timeout is {playing:g} s while playing and "
            f"{pausing:g} s in a pause (S26).",
            longest[1],
        )


def _patience(s: State) -> tuple[float, float]:
    told = s.settings.idle_timeout
    return (
        (PLAYING_TIMEOUT, PAUSED_TIMEOUT) if told is None else (told, told)
    )  # the defaults stand among the tolerances


def buffer_started(v: View) -> Iterator[Miss]:
    yield from refused(v, "buffer_start")
    for note in v.record.notes:
        if note.diagnostic.reason == "short_buffer":
            wait = v.s.settings.min_buffer
            yield Miss(f"A stall ended within min_buffer, {wait:g} s (S32).", note.cause)
    stood = [each for each in v.record.stretches if each.bucket == "buffering"]
    unsaid = [each for each in stood if each.opened and each.opened.name != "buffer_start"]
    if unsaid and not v.made(PlaybackBufferStarted) and not v.s.settings.inferred_buffering:
        longest = max(unsaid, key=lambda each: each.seconds)
        yield Miss(
            f"The position stood still for {float(longest.seconds):.1f} s without a word: more "
            f"than {STILL:g} s count as buffering, but make events only with the setting "
            "inferred_buffering (S65).",
            longest.closed,
        )
    elif not stood and not v.inputs("buffer_start"):
        yield Miss(f"Nobody said buffer_start, and no position stood still for over {STILL:g} s.")


def buffer_completed(v: View) -> Iterator[Miss]:
    started = v.made(PlaybackBufferStarted)
    if not started:
        yield Miss("No Buffer Started came before it (S32).")
    elif v.s.buffer_told:
        yield Miss(f"The stall lasted until {v.end} (S32).", started[-1].cause)


def seek_started(v: View) -> Iterator[Miss]:
    yield from refused(v, "seek_start")
    jumps = [n for n in v.record.notes if n.diagnostic.reason == "position_jumped"]
    if v.made(PlaybackSeekStarted):
        return
    if jumps and not v.s.settings.inferred_seeks:
        yield Miss(
            "The position jumped, but the setting inferred_seeks is off (S61).", jumps[0].cause
        )
    elif jumps:
        yield Miss(
            f"The position jumped, but only as players do by themselves: by less than {NUDGE:g} s, "
            "or without being far from where playing leads (S70).",
            jumps[0].cause,
        )
    elif not v.inputs("seek_start"):
        yield Miss("Nobody said seek_start, and no position jumped (S61).")


def seek_completed(v: View) -> Iterator[Miss]:
    started = v.made(PlaybackSeekStarted)
    if not started:
        yield Miss("No Seek Started came before it (S33).")
    elif len(v.made(PlaybackSeekCompleted)) < len(started):
        yield Miss(f"The seek had not ended when {v.end} (S33).", started[-1].cause)


def playback_completed(v: View) -> Iterator[Miss]:
    s = v.s
    if v.made(PlaybackCompleted):
        return
    if not v.made(PlaybackStarted):
        yield Miss("The playback never started.")
    elif s.ended == "exited" and s.completed:
        yield Miss(
            "The content was completed, but a planned post-roll had not shown when the viewer "
            "left: that is an exit (S75).",
            v.last,
        )
    elif s.ended == "exited":
        yield Miss(
            f"The viewer left {_before_the_end(s)}; Exited excludes Completed (S26).", v.last
        )
    elif s.where == "after_content":
        wait = s.settings.completion_wait
        yield Miss(
            f"The content has ended; for {wait:g} s (completion_wait) a post-roll or a next item "
            "is awaited, then the playback is complete (S75).",
            v.last,
        )
    else:
        yield Miss(f"The log ends {_before_the_end(s)}, and nobody said end (S7).", v.last)


def _before_the_end(s: State) -> str:
    left = positions.to_content_end(s)
    if left is None:
        return f"at content second {s.position:.1f} of an unknown length"
    return f"{left:.1f} s before the end of the content"


def playback_exited(v: View) -> Iterator[Miss]:
    if v.made(PlaybackExited):
        return
    if v.made(PlaybackCompleted):
        yield Miss(
            "It was completed, and that excludes an exit (S20).", v.made(PlaybackCompleted)[0].cause
        )
    elif v.s.ended == "exited":
        yield Miss("The viewer left before anything had started (S25).", v.last)
    else:
        yield Miss("Nobody said exit: who only falls silent times out (S26).", v.last)
