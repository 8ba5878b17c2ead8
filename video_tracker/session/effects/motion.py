"""How playback moves: pauses, stalls, seeks, and what of them is held back."""

from video_tracker.events import (
    PlaybackBufferCompleted,
    PlaybackBufferStarted,
    PlaybackPaused,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
)
from video_tracker.session.data.state import Seek, State
from video_tracker.session.data.tolerances import ON_TIME
from video_tracker.session.effects import annotations, beats, ledger, pods, positions, words


def begin_playback(s: State, at: float, position: float | None, trigger: str) -> None:
    """Playback Started at the intent to play (S25), with the resume offset if any (S52)."""
    s.started_at = s.accrued = at
    if position is not None:
        ledger.jump(s, position)
    words.say_playback_started(s, at)
    s.goes(trigger)
    if s.dead is not None:
        held = s.holding()
        held.error_at, held.error_method, s.dead = at, s.dead, None


def say_pause(s: State, at: float) -> None:
    """Paused; the time from now on is pause, and a stall is over (S66)."""
    stall_over(s, at, "pause")
    pods.confirm_opening(s)
    s.moves("pause")
    beats.halt_beats(s, at)
    if s.pause_told:
        return
    s.pauses += 1
    s.pause_told = True
    if s.live and s.live_origin is None and s.where == "content":
        s.live_origin = at - s.position  # nobody told the edge: it is here, and goes on (S85)
    words.say_playback(s, PlaybackPaused, at)


def say_resumed(s: State, at: float, trigger: str) -> None:
    """Resumed, and a heartbeat at once (S43); after a pause or an interruption only (S30)."""
    if s.how == "interrupted":
        break_off_seek(s, at)
    tell_seek(s)
    if s.where == "content":
        pods.confirm_opening(s)
    words.say_resumed(s, at, trigger)
    beats.begin_run(s, at)
    beats.beat_after(s, at, "resume")


def begin_stall(s: State, at: float) -> None:
    """The player waits for data: told at once, or when it has lasted ``min_buffer`` (S32)."""
    if s.how != "seeking":
        s.rebuffers += 1
    s.moves("buffer_start")
    beats.halt_beats(s, at)
    if s.settings.min_buffer <= 0:
        tell_stall(s, at)
    elif s.held.buffer_at is None:
        s.holding().buffer_at = at


def stall_if_frozen(s: State, at: float) -> None:
    """At a rate of 0 what should play stands still (S74)."""
    if s.frozen and s.where in ("content", "ad") and s.how == "playing":
        begin_stall(s, at)


@annotations.held_by("buffer")
def stall_lasts(s: State, at: float) -> None:
    """A stall that was held back has lasted long enough to be told, with its own time."""
    if (began := s.held.buffer_at) is not None and at - began >= s.settings.min_buffer - ON_TIME:
        s.let_go("buffer")
        tell_stall(s, began)


def tell_stall(s: State, at: float) -> None:
    tell_seek(s)  # one that has ended comes first (S86)
    s.buffer_told = True
    words.say_playback(s, PlaybackBufferStarted, at)


def stall_over(s: State, at: float, name: str) -> None:
    """The wait is over: Buffer Completed if its start was told, else nothing (S32)."""
    if s.held.buffer_at is not None:
        stall_lasts(s, at)
        if s.let_go("buffer"):
            if s.how == "buffering":
                s.rebuffers -= 1
            s.ignored(at, name, "short_buffer")
    if s.buffer_told:
        s.buffer_told = False
        words.say_playback(s, PlaybackBufferCompleted, at)


def begin_seek(s: State, at: float, target: float | None) -> None:
    """Seek Started where the viewer left; a scrub's later seeks continue its first (S33)."""
    pods.pass_borders(s)
    if s.seek is not None:
        if target is not None or s.seek.ended_at is not None:  # where that one ended is no target
            s.seek.target = target
        s.seek.ended_at = None
    else:
        s.seek = Seek(target, s.pod_id if s.where == "content" else None, s.position)
        s.seeks += 1
        words.say_playback(s, PlaybackSeekStarted, at, positions.seek_position(s, target, at))
    s.moves("seek_start")
    beats.halt_beats(s, at)


def finish_seek(s: State, at: float, position: float | None) -> None:
    """Playback goes on elsewhere: Seek Completed now, or after the scrub window (S33)."""
    seek = s.seek
    if seek is None:
        return
    if position is not None:
        seek.target = position
    land(s, seek, at)
    if s.how == "playing":
        beats.begin_run(s, at)
    if s.settings.scrub_window <= 0 and s.held.pause_at is None:  # one in doubt comes first (S86)
        tell_seek(s)
    if s.pause_told and s.how == "playing" and s.where in ("content", "ad"):
        say_resumed(s, at, "play")  # that was pressed inside it


def land(s: State, seek: Seek, at: float) -> None:
    """The playhead is where the seek went; whither nobody told, no place is said (S33)."""
    seek.ended_at = at
    if s.ad is not None and seek.target is not None:
        s.ad_jumped += max(seek.target - s.ad.position, 0.0)
        s.ad.position = seek.target
    elif s.ad is None and seek.target is not None:
        ledger.jump(s, seek.target)
    elif s.ad is None:
        ledger.close_range(s)
        s.place_unknown = s.estimated = True


@annotations.held_by("seek")
def tell_seek(s: State, *, broken_off: bool = False) -> None:
    """Seek Completed if the seek has ended, dated when it did; then the pod landed in (S22).

    ``broken_off``: something else begins there at once, and no beat stands between.
    """
    seek = s.seek
    if seek is None or seek.ended_at is None:
        return
    s.seek = None
    at, now = seek.ended_at, s.position
    if s.ad is None and seek.target is not None:
        s.position = seek.target
    s.pod_id, pod = s.asset.pod_at(s.position) if s.where == "content" else s.pod_id, s.pod_id
    words.say_playback(s, PlaybackSeekCompleted, at, positions.seek_position(s, seek.target, at))
    s.pod_id = pod
    s.tune()
    if (s.where != "content" or pods.land_in_pod(s, at, seek)) and not broken_off:
        beats.beat_after(s, at, "seek")
    s.position = now


def break_off_seek(s: State, at: float) -> None:
    """Something ends an open seek: it is completed where it wanted to go."""
    seek = s.seek
    open_yet = seek is not None and seek.ended_at is None
    if seek is not None and open_yet:
        ledger.accrue(s, at)
        stall_over(s, at, "seek_end")
        land(s, seek, at)
        s.moves("seek_end")
    tell_seek(s, broken_off=open_yet)


def free_way(s: State, at: float, name: str) -> None:
    """Something else begins: no stall or seek outlasts it (S20); a pause may (S30)."""
    stall_over(s, at, name)
    break_off_seek(s, at)
    s.moves("settle")
