"""One door for each meaning: an ad ends, content ends, playback is interrupted (S86).

Content that ends in the wrong place ends in doubt (S80, S82).
"""

from typing import Any

from video_tracker.events import PlaybackBufferCompleted, PlaybackInterrupted
from video_tracker.session.data import tolerances as t
from video_tracker.session.data.input import Input
from video_tracker.session.data.state import NOTHING_HELD, State
from video_tracker.session.data.timeline import POST, PRE
from video_tracker.session.effects import annotations, beats, ledger, motion, pods, positions, words
from video_tracker.session.effects.adverts import account_for_ad, ad_was_watched, close_ad
from video_tracker.session.rules import breaks, settle


def content_shows(s: State, at: float, position: float | None) -> None:
    """Content frames move while none was playing: open the pod, or hold it back (S73)."""
    if position is not None:
        pods.arrive(s, position)
    if not breaks.to_come(s, PRE):
        pods.open_pod(s, at)
    elif s.held.opening_at is None:
        held = s.holding()
        held.opening_at, held.opening_position = at, s.position


def leave_ad(
    s: State,
    at: float,
    name: str,
    position: float | None = None,
    *,
    fate: str | None = None,
    row: str = "ad ends",
) -> None:
    """The one way out of an ad, whoever says that it is over (S13, S31, S45, S72, S76)."""
    settle.pause_was_none(s, at, name)
    if s.how == "playing" and s.ad is not None and not s.ad_told and s.standing <= s.accrued:
        beats.play_whole(s, min(at, ran_out_at(s)), ends=True)
    played = fate in (None, "completed")
    if played:
        account_for_ad(s, at, position)
    else:
        ledger.accrue(s, at, position if s.how == "playing" else None)
    settle.settle(s, at, name, row)
    if played and s.ad_told and ad_was_watched(s):
        beats.say_quartile(s, at)  # one that was crossed since the ad's last word (S45)
    close_ad(s, at, fate=fate)
    s.goes("ad_end")


def end_lost_ad(s: State, latest: float, name: str) -> None:
    """Close an ad whose end was lost: completed if its length had passed, else cut."""
    settle.pause_was_none(s, latest, name)
    if s.how != "playing":
        ledger.accrue(s, latest)
        motion.free_way(s, latest, name)
    ad, ended = s.ad, ran_out_at(s)
    if ad is not None and ended > latest + positions.unsaid_slack(ad.ad.duration):
        leave_ad(s, latest, name, fate="cut")
    elif ad is not None:
        ended = min(ended, latest)
        position = ad.position + (ended - s.accrued) * ledger.ad_pace(s)
        leave_ad(s, ended, name, position, fate="completed")
    ledger.accrue(s, latest)


def ran_out_at(s: State) -> float:
    """When the open ad plays to its known end, as it goes; infinite when nobody knows it."""
    ad = s.ad
    if ad is None or ad.ad.duration is None:
        return t.NEVER
    return s.accrued + max(ad.ad.duration - ad.position, 0.0) / ledger.ad_pace(s)


def content_in_break(s: State, at: float, place: float, name: str, by: float = t.MOVED_ON) -> bool:
    """Whether content moved on in a break, which then is over, and plays up to here (S62)."""
    held, step, since = s.holding(), place - s.position, (at - s.accrued) * s.rate
    if held.moved_at is None or place < held.moved_position - t.MOVED_ON:
        # It stood where content stopped, unless it must have moved while the ad's clock did.
        held.both_move = s.ad is not None and s.ad_told and step > since + t.NEAR
        near = -t.MOVED_ON < step < since + t.MOVED_ON and not held.both_move
        held.moved_at, held.moved_position = at, s.position if near else place
    held.moved_seen, held.moved_seen_at = place, at
    start, resumed = held.moved_position, at - (place - held.moved_position) / s.rate
    if held.both_move and s.ad is not None and s.ad.ad.duration is not None:
        # The ad played as well, and only its own length ends it.
        resumed = ran_out_at(s)
        start = max(place - (at - resumed) * s.rate, 0.0)
    if place - start < by:
        s.ignored(at, name, "content_unchanged")
        return False
    resumed = min(max(resumed, s.accrued), at)
    s.let_go("moved")
    s.repaired(at, name, "ad_end_lost" if s.ad is not None else "ad_break_end_lost")
    end_lost_ad(s, resumed, name)
    leave_break(s, "content_moves_on")
    pods.arrive(s, start)
    pods.open_pod(s, max(resumed, s.accrued))
    return True


def close_untold(s: State, at: float, *, ends: bool = False) -> None:
    """What plays is closed by a word, and nobody tells places: it was played until now (S63)."""
    if s.how != "playing" or at <= s.accrued:
        return
    if s.where == "content" and not s.said_position and s.held is NOTHING_HELD and s.seek is None:
        beats.play_whole(s, at, ends=ends)
    elif s.where == "ad" and s.ad is not None and not s.ad_told and not ends:
        beats.play_whole(s, min(at, ran_out_at(s)))


def close_ad_break(s: State, at: float, name: str = "ad_break_end") -> None:
    """The break is over; after a post-roll the asset is, otherwise its content comes back."""
    if s.where == "ad":
        leave_ad(s, at, name)
    ledger.accrue(s, at)
    if s.open_break >= 0 and s.stitch is None:
        breaks.drop_unfilled(s, s.ad_break)
    leave_break(s, "post_roll_ends" if s.completed else "ad_break_end")
    s.moves("settle")


def leave_break(s: State, trigger: str) -> None:
    s.goes(trigger)
    s.open_break = -1
    s.placement = None
    s.let_go("moved")


def leave_asset(s: State, at: float, name: str) -> None:
    """Whatever plays ends for another content (S24)."""
    pods.give_length_back(s, at)
    close_untold(s, at, ends=True)
    pods.pass_borders(s)
    if s.where == "ad":  # whose end was lost, if it has run out (S62)
        leave_ad(s, min(at, ran_out_at(s)) if s.how == "playing" else at, name, row="ad is left")
    settle.settle(s, at, name, "next item")
    if s.where == "content":
        pods.confirm_opening(s)
        # A livestream ran into what follows; after a seek the programme is left (S22).
        ran_on_live = s.live and s.position - s.range_start >= t.NEAR
        if ran_on_live or positions.reached_content_end(s):
            pods.complete_pod(s, at)
        else:
            ledger.close_range(s)
            s.beat_due = t.NEVER
            s.ever_completed = False
    pods.drop_opening(s, at, name)
    leave_break(s, "next_item")
    s.moves("settle")


def prepare_end(s: State, at: float, place: float | None, name: str) -> None:
    settle.pause_was_none(s, at, name)
    s.let_go("error")
    if s.duration is not None and place is None:
        place = end_by_clock(s, at)
    elif s.duration is not None and place is not None and abs(s.duration - place) <= t.NEAR:
        place = s.duration
    if s.how == "interrupted":
        words.go_on(s, at)
    playing = s.how == "playing" and s.where == "content"
    ledger.accrue(s, at, place if playing else None)
    settle.settle(s, at, name, "content ends")
    if s.where == "starting" and s.held.opening_at is None:  # its start was never said (S61)
        pods.open_pod(s, at)
        if place is not None:
            ledger.jump(s, place)
    pods.confirm_opening(s)
    if playing or place is None:
        return
    if 0 <= place - s.position <= t.NEAR:
        s.position = place
    elif place == s.duration and s.how != "seeking":
        ledger.jump(s, place)


def end_by_clock(s: State, at: float) -> float:
    """Where an end without a position lies: as far as the time since supports (S7)."""
    moving = s.how == "playing" and s.where in ("content", "starting")
    reached = s.position + (ledger.reach(s, at) if moving else 0.0)
    length, known = s.duration, not s.place_unknown
    return reached if length is None or (known and reached < length - t.NEAR) else length


def end_content(s: State, at: float) -> None:
    """Content Completed, and what follows it is awaited (S23)."""
    words.go_on(s, at)
    s.completed = s.ever_completed = True
    pods.complete_pod(s, at)
    s.goes("content_end")
    s.moves("settle")


def end_for_good(s: State, at: float, place: float | None, name: str) -> None:
    """An explicit end that stands; where it lies is the content's length from then on (S80)."""
    known = s.duration is not None or s.length_disproved
    measures = known and s.where == "content" and not s.live
    prepare_end(s, at, place, name)
    plays = s.where == "content" and s.how == "playing"
    if measures and plays and s.position > 0 and not positions.near_content_end(s):
        positions.set_duration(s, s.position)
        s.length_disproved = False
    end_content(s, at)


def settle_end(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """The next input shows whether an end in doubt was one."""
    held = s.held
    ended = held.end_at
    if ended is None or not row.decides:
        return
    told = row.content_place(args)
    stood = s.position if held.end_position is None else held.end_position
    most = (at - ended) * s.rate + t.MOVED_ON
    goes_on = told is not None and t.FALSE_END < told - stood <= most
    divides = row.name == "ad_break_start" and breaks.placement_told(s, *args[:3]) != POST
    if row.name == "ad_start" or divides:
        # A break begins where content was said to end: only its pod ended, and then.
        s.let_go("end")
        settle.settle(s, ended, "content_end", "content ends")
        pods.complete_pod(s, ended)
        s.goes("content_end")
        s.moves("settle")
    elif (row.leads and row.opens) if s.where == "starting" else goes_on:  # or it only begins
        s.let_go("end")
        s.ignored(at, row.name, "false_end")
    else:
        make_end_real(s)


@annotations.held_by("end")
def make_end_real(s: State) -> None:
    if (at := s.held.end_at) is not None:
        place = s.held.end_position
        s.let_go("end")
        end_for_good(s, max(at, s.newest if s.seek is None else s.accrued), place, "content_end")


def rests_at_end(s: State) -> bool:
    plays = s.where == "content" and s.how == "playing"
    return plays and s.held is NOTHING_HELD and positions.reached_content_end(s)


def end_at_rest(s: State) -> None:
    """The playhead came to rest within a second of the end: the content is complete (S75)."""
    s.repaired(ledger.last_heard(s), "tick", "content_end_lost")
    at = s.accrued
    settle.settle(s, at, "tick", "rest at the end")
    end_content(s, at)


def play_again(s: State, at: float, name: str, place: float | None = None) -> None:
    """Play after the end is a replay, unless the plan holds more of this session (S24, S70)."""
    if s.where == "after_content":
        if breaks.more_to_come(s):
            s.ignored(at, name, "content_over")
            return
        with annotations.told(s, None):
            pods.complete_playback(s, s.accrued)
    elif s.where != "over":
        pods.finish_session(s, s.accrued, "timeout")
    if place is not None and s.duration is not None and place > s.duration:  # it has another (S80)
        positions.set_duration(s, s.asset.content.duration)
    s.ignored(at, name, "replay")
    s.wants_restart = True


def interrupt_playback(s: State, at: float, method: str | None) -> None:
    """Interrupted; open stalls and seeks are closed first, pods and ads stay open (S26)."""
    settle.settle(s, at, "interrupt", "interruption")
    beats.halt_beats(s, at)
    s.moves("interrupt")
    words.say_playback(s, PlaybackInterrupted, at, method)


@annotations.held_by("error")
def error_stops(s: State, at: float) -> None:
    """Playback has stopped after a fatal error: Interrupted (S76)."""
    method, began = s.held.error_method, s.held.error_at
    if began is not None:
        s.let_go("error")
        stopped = min(max(s.accrued, began), at)
        ledger.accrue(s, stopped)
        interrupt_playback(s, stopped, method)


def make_way(s: State, at: float, name: str) -> float | None:
    """Settle what is held before ads begin (S31, S73); where a seek left the pod it ends (S21)."""
    if s.where == "idle":
        motion.begin_playback(s, at, None, "play")
    seek = s.seek
    close_untold(s, at, ends=True)
    settle.settle(s, at, name, "ads")
    left = pods.drop_opening(s, at, name)
    if left is None and seek is not None and s.where == "content":
        target = seek.place_left if seek.target is None else seek.target
        within = seek.pod_left == s.pod_id and s.position - target < t.CERTAIN
        if within and not positions.near_content_end(s):
            left = seek.place_left  # a seek within the open pod has shown nothing yet
    settle.settle(s, at, name, "ads begin")
    return left


def wake(s: State, at: float, place: float, name: str) -> None:
    """What plays moves though it is paused, stalled or interrupted: the closing word was lost."""
    if revive(s, at, place):
        return
    passed = (place - s.position) / s.rate if s.ad is None else place - s.ad.position
    began = max(at - passed, s.accrued)
    ledger.accrue(s, began)
    if s.how == "buffering":
        s.repaired(at, name, "buffer_end_lost")
        end_stall(s, began, name)
    else:
        s.repaired(at, name, "play_lost")
        motion.say_resumed(s, began, "playing")
    if s.ad is not None:
        ledger.accrue(s, at, place)


def revive(s: State, at: float, place: float) -> bool:
    """Whether what plays went on in the silence after which it timed out: it is here now (S26)."""
    ad, silent = s.ad, s.silent_from
    step = place - (s.position if ad is None else ad.position)
    if silent is None or not 0 < step <= (at - silent) * s.rate + t.LEAP:
        return False
    ledger.accrue(s, at)
    played = min(step / s.rate, at - silent)
    s.suspended -= min(played, s.suspended)
    ledger.count_played(s, played)
    if ad is None:
        s.position, s.said_position = place, True
    else:
        ad.position, s.ad_told = place, True
    motion.say_resumed(s, at, "playing")
    return True


def end_stall(s: State, at: float, name: str) -> None:
    settle.settle(s, at, name, "stall or seek ends")
    s.moves("buffer_end")
    if s.where in ("content", "ad") and s.beat_due == t.NEVER and s.settings.heartbeat is not None:
        s.beat_due = at + s.beat_left
    if s.out and isinstance(s.out[-1], PlaybackBufferCompleted):
        beats.beat_after(s, at, "buffer")


def end_seek(s: State, at: float, place: float | None, name: str) -> None:
    settle.settle(s, at, name, "stall or seek ends")
    s.moves("seek_end")
    motion.finish_seek(s, at, place)
    motion.stall_if_frozen(s, at)


def end_lost_seek(s: State, at: float, place: float | None, name: str) -> None:
    """Nobody told its end: what lies beyond the first 2 s of a seek in a pause is paused (S81)."""
    plays, ended = s.how == "seeking", at
    if s.pause_told:
        s.moves("pause")
        ended = min(at, s.accrued + t.SEEK_IN_PAUSE)
    end_seek(s, ended, place, name)
    if plays and s.pause_told:
        ledger.accrue(s, at)
        motion.say_resumed(s, at, "play")


def end_trick_play(s: State, at: float) -> None:
    s.trick_play = False
    if s.seek is not None and s.how in ("seeking", "seeking_paused"):
        end_seek(s, at, s.seek.target, "update")
