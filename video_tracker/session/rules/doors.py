"""One door for each meaning: an ad ends, content ends, playback is interrupted (S86)."""

from video_tracker.events import ContentCompleted, PlaybackBufferCompleted, PlaybackInterrupted
from video_tracker.session.data.state import NOTHING_HELD, Seek, State
from video_tracker.session.data.tolerances import CERTAIN, MOVED_ON, NEAR, NEVER
from video_tracker.session.effects import (
    adverts,
    annotations,
    beats,
    halts,
    ledger,
    motion,
    pods,
    positions,
    words,
)
from video_tracker.session.rules import breaks, doubts, settle


def content_shows(s: State, at: float, position: float | None) -> None:
    """Content frames move while none was playing: open the pod, or hold it back (S73)."""
    if position is not None:
        pods.arrive(s, position)
    if breaks.pre_roll_due(s):
        held = s.holding()
        if held.opening_at is None:
            held.opening_at, held.opening_position = at, s.position
        return
    pods.open_pod(s, at)


def leave_ad(
    s: State,
    at: float,
    name: str,
    position: float | None = None,
    *,
    fate: str | None = None,
    row: str = "ad ends",
) -> None:
    """The one way out of an ad, whoever says that it is over (S13, S31, S45, S72, S76).

    Args:
        at: When it ended.
        name: Which input says so.
        position: Where in the ad, in seconds, when that was told.
        fate: As for :func:`~video_tracker.session.effects.adverts.close_ad`.
        row: What of the settle table this is.
    """
    doubts.pause_was_none(s, at, name)
    if s.how == "playing" and s.ad is not None and not s.ad_told and s.standing <= s.accrued:
        beats.play_whole(s, min(at, ran_out_at(s)), ends=True)
    if fate in (None, "completed"):
        adverts.account_for_ad(s, at, position)
    else:
        ledger.accrue(s, at, position if s.how == "playing" else None)
    settle.settle(s, at, name, row)
    if fate in (None, "completed"):
        say_last_quartiles(s, at)
    adverts.close_ad(s, at, fate=fate)
    if s.where == "ad":
        s.goes("ad_end")


def say_last_quartiles(s: State, at: float) -> None:
    """A quartile crossed since the last word of the ad, when the ad was watched (S45)."""
    ad = s.ad
    if ad is not None and s.ad_told and adverts.ad_was_watched(s) and ad.ad.duration is not None:
        beats.say_quartile(s, at)


def end_lost_ad(s: State, latest: float, name: str) -> None:
    """Close an ad whose end was lost: completed if its length had passed, else cut."""
    ad = s.ad
    doubts.pause_was_none(s, latest, name)
    if s.how != "playing":
        ledger.accrue(s, latest)
        motion.free_way(s, latest, name)
    if ad is None:
        ledger.accrue(s, latest)
        return
    ended = ran_out_at(s)
    if ended <= latest + positions.unsaid_slack(ad.ad.duration):
        ended = min(ended, latest)
        position = ad.position + (ended - s.accrued) * ledger.ad_pace(s)
        leave_ad(s, ended, name, position, fate="completed")
        ledger.accrue(s, latest)
    else:
        leave_ad(s, latest, name, fate="cut")


def ran_out_at(s: State) -> float:
    """When the open ad plays to its known end, as it goes; infinite when nobody knows it."""
    ad = s.ad
    if ad is None or ad.ad.duration is None:
        return NEVER
    return s.accrued + max(ad.ad.duration - ad.position, 0.0) / ledger.ad_pace(s)


def content_in_break(
    s: State, at: float, position: float, name: str, moved: float = MOVED_ON
) -> bool:
    """The content clock spoke during a break: when it has moved on, the break is over.

    Where the ad's clock moved as well the ad played, and only its own length ends it (S62).

    Returns:
        Whether content plays now, up to ``at`` and ``position``.
    """
    held = s.holding()
    if held.moved_at is None or position < held.moved_position - MOVED_ON:
        rest_content_clock(s, at, position)
    held.moved_seen, held.moved_seen_at = position, at
    start, resumed = held.moved_position, at - (position - held.moved_position) / s.rate
    if held.both_move and s.ad is not None and s.ad.ad.duration is not None:
        resumed = ran_out_at(s)
        start = max(position - (at - resumed) * s.rate, 0.0)
    if position - start < moved:
        s.ignored(at, name, "content_unchanged")
        return False
    resumed = min(max(resumed, s.accrued), at)
    halts.clear_moved(s)
    s.repaired(at, name, "ad_end_lost" if s.ad is not None else "ad_break_end_lost")
    end_lost_ad(s, resumed, name)
    leave_break(s, "content_moves_on")
    pods.arrive(s, start)
    pods.open_pod(s, max(resumed, s.accrued))
    return True


def rest_content_clock(s: State, at: float, position: float) -> None:
    """Where the content's clock stood when it was first heard in a break."""
    held, step = s.holding(), position - s.position
    since = (at - s.accrued) * s.rate
    # It stood where content stopped, unless it must have moved while the ad's clock did (S62).
    beside = s.ad is not None and s.ad_told and step > since + NEAR
    near = -MOVED_ON < step < since + MOVED_ON and not beside
    held.moved_at, held.moved_position = at, s.position if near else position
    held.both_move = beside


def close_untold(s: State, at: float, *, ends: bool = False) -> None:
    """What plays is closed by a word, and nobody tells places: it was played until now (S63)."""
    if s.how != "playing" or at <= s.accrued:
        return
    if s.where == "content" and not s.said_position and s.held is NOTHING_HELD and s.seek is None:
        beats.play_whole(s, at, ends=ends)
    elif s.where == "ad" and s.ad is not None and not s.ad_told and not ends:
        beats.play_whole(s, min(at, ran_out_at(s)))


def leave_break(s: State, trigger: str) -> None:
    """The open break is over: its end was lost."""
    s.goes(trigger)
    s.open_break = -1
    s.placement = None


def leave_asset(s: State, at: float, name: str) -> None:
    """Whatever plays ends for another content (S24)."""
    pods.give_length_back(s, at)
    close_untold(s, at, ends=True)
    if s.where == "ad":
        leave_ad(s, at, name, row="ad is left")
    settle.settle(s, at, name, "next item")
    if s.where == "content":
        pods.confirm_opening(s)
        if positions.reached_content_end(s) or ran_on_live(s):
            pods.complete_pod(s, at)
        else:
            pods.leave_pod(s)
            s.ever_completed = False
    pods.drop_opening(s, at, name)
    halts.drop_error(s)
    halts.clear_moved(s)
    s.open_break = -1
    s.placement = None


def ran_on_live(s: State) -> bool:
    """Whether a livestream ran into what follows; after a seek the programme is left (S22)."""
    return s.live and s.position - s.range_start >= NEAR


def prepare_end(s: State, at: float, place: float | None, name: str) -> None:
    """Settle everything held or open before the content's end."""
    doubts.pause_was_none(s, at, name)
    halts.drop_error(s)
    if place is None and s.duration is not None:
        place = end_by_clock(s, at)
    elif place is not None and is_end(s, place):
        place = s.duration
    if s.how == "interrupted":
        halts.undo(s, at)
    playing = s.how == "playing" and s.where == "content"
    ledger.accrue(s, at, place if playing else None)
    settle.settle(s, at, name, "content ends")
    if s.where == "starting":
        open_lost_content(s, at, place)
    pods.confirm_opening(s)
    if not playing and place is not None:
        if 0 <= place - s.position <= 1:
            s.position = place
        elif s.duration is not None and place == s.duration and (s.how != "seeking"):
            ledger.jump(s, place)


def end_by_clock(s: State, at: float) -> float | None:
    """Where an end without a position lies: as far as the time since supports (S7)."""
    passed = at - s.accrued
    moving = s.how == "playing" and s.where in ("content", "starting")
    reached = s.position + (passed * s.rate if moving else 0.0)
    if s.duration is not None and reached >= s.duration - NEAR:
        return s.duration
    return reached


def is_end(s: State, place: float) -> bool:
    return s.duration is not None and abs(s.duration - place) <= 1


def open_lost_content(s: State, at: float, place: float | None) -> None:
    """The content ends though its start was never said: it is opened first (S61)."""
    if s.held.opening_at is not None:
        pods.confirm_opening(s)
        return
    if s.how != "playing":
        halts.undo(s, at)
    pods.open_pod(s, at)
    if place is not None:
        ledger.jump(s, place)


def end_content(s: State, at: float) -> None:
    """Content Completed, and what follows it is awaited (S23)."""
    if s.pause_told or s.how == "interrupted":
        halts.undo(s, at)
    pods.complete_asset(s)
    pods.complete_pod(s, at)
    if s.where != "after_content":
        s.goes("content_end")
    s.moves("settle")


def rests_at_end(s: State) -> bool:
    return (
        s.where == "content"
        and s.how == "playing"
        and s.held is NOTHING_HELD
        and positions.reached_content_end(s)
    )


def end_at_rest(s: State) -> None:
    """The playhead came to rest within a second of the end: the content is complete (S75)."""
    s.repaired(ledger.last_heard(s), "tick", "content_end_lost")
    at = s.accrued
    settle.settle(s, at, "tick", "rest at the end")
    pods.complete_asset(s)
    end = positions.content_said(s, at)[1]
    words.say_content(s, ContentCompleted, at, end)
    pods.leave_pod(s)
    s.goes("content_end")
    s.moves("settle")


def interrupt_playback(s: State, at: float, method: str | None) -> None:
    """Interrupted; open stalls and seeks are closed first, pods and ads stay open (S26)."""
    close_untold(s, at)
    settle.settle(s, at, "interrupt", "interruption")
    beats.halt_beats(s, at)
    s.moves("interrupt")
    words.say_playback(s, PlaybackInterrupted, at, method)


@annotations.held_by("error")
def error_stops(s: State, at: float) -> None:
    """Playback has stopped after a fatal error: Interrupted (S76)."""
    held = s.held
    if held.error_at is None:
        return
    method, began = held.error_method, held.error_at
    held.error_at = held.error_method = None
    s.let_go()
    stopped = min(max(s.accrued, began), at)
    ledger.accrue(s, stopped)
    interrupt_playback(s, stopped, method)


def make_way(s: State, at: float, name: str) -> float | None:
    """Settle everything held or open before ads begin (S31, S73).

    Returns:
        Where a seek left the pod that now ends, if one did (S21).
    """
    if s.where == "idle":
        motion.begin_playback(s, at, None, "play")
    seek = s.seek
    close_untold(s, at, ends=True)
    settle.settle(s, at, name, "ads")
    left = pods.drop_opening(s, at, name)
    if left is None and seek is not None:
        left = left_by(s, seek)
    settle.settle(s, at, name, "ads begin")
    return left


def left_by(s: State, seek: Seek) -> float | None:
    """Where the open pod stopped, when a seek within it has shown nothing yet (S21)."""
    elsewhere = s.where != "content" or seek.pod_left != s.pod_id
    if elsewhere or seek.target is None or positions.near_content_end(s):
        return None
    shown = s.position - seek.target
    return seek.place_left if shown < CERTAIN else None


def end_stall(s: State, at: float, name: str) -> None:
    ledger.accrue(s, at)
    halts.clear_moved(s)
    motion.stall_over(s, at, name)
    s.moves("buffer_end")
    beats.run_beats(s, at)
    if s.out and isinstance(s.out[-1], PlaybackBufferCompleted):
        beats.beat_after(s, at, "buffer")


def end_seek(s: State, at: float, place: float | None, name: str) -> None:
    ledger.accrue(s, at)
    halts.clear_moved(s)
    if s.buffer_told or (s.held.buffer_at is not None):
        motion.stall_over(s, at, name)
    s.moves("seek_end")
    motion.finish_seek(s, at, place)


def end_trick_play(s: State, at: float) -> None:
    """The run is over where it was last heard."""
    s.trick_play = False
    if s.seek is not None and s.how in ("seeking", "seeking_paused"):
        end_seek(s, at, s.seek.target, "update")
