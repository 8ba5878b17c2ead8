"""A content position far from where playing would bring it: what was it? (S61, S70, S78, S89, S91).

It waits for the next word. If that goes on from the old place, the far one was nobody's, or another
playhead's under the same id; if it goes on at the same pace, that is a rate that nobody told; else
the far place was a jump, dated where it was.
"""

from typing import Any

from video_tracker.session.data.input import AD, Input
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import (
    END_WAIT,
    FASTEST_PLAY,
    INTERVAL,
    LEAP,
    LOOP_EARLY,
    LOOP_LATE,
    NEVER,
    SAME_PACE,
    SILENCE,
)
from video_tracker.session.effects import beats, halts, ledger, motion, pods
from video_tracker.session.rules import doors


def meet(s: State, at: float, place: float) -> None:
    """A report tells a far place while content plays."""
    other = s.other_playhead
    if other is not None and -LEAP <= place - other[1] <= (at - other[0]) * s.rate + LEAP:
        s.other_playhead = (at, place)
        s.ignored(at, "progress", "two_playheads")
        return
    held = s.holding()
    held.far_at, held.far_position = at, place


def far(s: State) -> tuple[float, float] | None:
    """When and where the content was heard far away, while that is open."""
    held = s.held
    if held.far_at is None or s.ad is not None:
        return None
    return held.far_at, held.far_position


def settled_at(s: State) -> float:
    """Until when the next word may show what a far place was: its own interval, no more."""
    found = far(s)
    if found is None:
        return NEVER
    heard = s.poll if s.poll_end == s.accrued else 0.0
    return found[0] + max(END_WAIT, s.usual, heard, found[0] - s.accrued) + INTERVAL


def settle(s: State, row: Input, at: float, told: Any) -> None:
    """The next word shows what a far place was."""
    found = far(s)
    if found is None:
        return
    if row.place is None or row.of == AD or not isinstance(told, float) or not told >= 0.0:
        if row.decides:
            jumped(s)
        return
    if told - found[1] < 0 or not paced_on(s, at, told, *found):
        old = abs(told - s.position - (at - s.accrued + s.lag) * s.rate)
        new = abs(told - found[1] - (at - found[0]) * s.rate)
        if old <= min(new, LEAP):
            of_other_playhead(s)
        else:
            jumped(s)
    else:
        paced(s)


def paced_on(s: State, at: float, told: float, far_at: float, place: float) -> bool:
    """Whether two steps in a row ran ahead at one pace, or at a growing one, up to 4 (S89)."""
    pace, since = pace_to(s, far_at, place), at - far_at
    if pace is None or since <= 0:
        return False
    ahead = told - place - since * pace
    nearer = abs(ahead) < abs(told - place - since * s.rate)
    return nearer and -since * pace * SAME_PACE <= ahead <= since * (FASTEST_PLAY - pace)


def pace_to(s: State, at: float, place: float) -> float | None:
    """The rate that explains a forward step; None when no rate up to 4 does."""
    passed = at - s.accrued
    if passed <= 0:
        return None
    pace = (place - s.position) / passed
    return pace if s.rate < pace <= FASTEST_PLAY else None


def of_other_playhead(s: State) -> None:
    """It was another playhead's, or a 0 of nobody."""
    found = far(s)
    if found is None:
        return
    halts.drop_far(s)
    if found[1] > 0:
        s.other_playhead = found
        s.ignored(found[0], "progress", "two_playheads")
    else:
        s.ignored(found[0], "progress", "position_of_nothing")


def paced(s: State) -> None:
    """It was a rate that nobody told: from that step on it was watched (S89)."""
    found = far(s)
    if found is None:
        return
    at, place = found
    pace = pace_to(s, at, place)
    halts.drop_far(s)
    if pace is None:
        return
    s.ignored(at, "progress", "rate_untold")
    if s.rate_told is None:
        s.rate_told = s.rate
    s.rate = pace
    arrive(s, at, place)


def follow_pace(s: State, step: float, passed: float) -> None:
    """While a rate is guessed it is what each step shows, down to the rate that was told."""
    told = s.rate_told
    if told is None or step <= 0.0 or passed <= 0.0:
        return
    pace = step / passed
    s.rate = max(min(pace, FASTEST_PLAY), told)
    if s.rate == told:
        s.rate_told = None


def arrive(s: State, at: float, place: float) -> None:
    """Content played on to a place; a beat that fell due there is said."""
    ledger.accrue(s, at, place)
    if s.where == "content" and s.how == "playing":
        beats.say_beat(s, at)


def jumped(s: State) -> None:
    """It was a jump without a word: followed when small, else an inferred seek (S61, S70)."""
    found = far(s)
    if found is None:
        return
    at, place = found
    halts.drop_far(s)
    ahead = place - s.position - (at - s.accrued + s.lag) * s.rate
    skipped = s.settings.skip_silence and 0.0 < ahead <= SILENCE
    if not s.settings.inferred_seeks or skipped or 0.0 <= ahead <= LEAP:
        s.ignored(at, "progress", "position_jumped")
        arrive(s, at, place)
        return
    s.repaired(at, "progress", "inferred_seek")
    ledger.accrue_leap(s, at)
    seek_unheard(s, at, place)


def seek_unheard(s: State, at: float, place: float) -> None:
    """A seek that nobody told, from where playback stood to ``place``."""
    pods.confirm_opening(s)
    grid = s.beat_due
    motion.begin_seek(s, at, place)
    s.moves("seek_end")
    motion.finish_seek(s, at, place)
    if s.live and s.how == "playing":
        s.beat_due = grid  # no inferred seek restarts a livestream's grid (S85)


def loops(s: State, at: float, place: float) -> bool:
    """Whether content fell from its end to its start by playing on (S70)."""
    if s.duration is None or s.live or place >= s.position or s.estimated:
        return False
    beyond = s.position + (at - s.accrued + s.lag) * s.rate - s.duration
    return beyond >= -LOOP_EARLY and abs(place - max(beyond, 0.0)) <= LOOP_LATE


def loop(s: State, at: float, place: float) -> None:
    """One completed pod and session; the next one begins at the start (S70, S24)."""
    s.repaired(at, "progress", "looped")
    ended = min(max(at - place / s.rate, s.accrued), at)
    ledger.accrue(s, ended, s.duration)
    motion.break_off_seek(s, ended)
    pods.confirm_opening(s)
    doors.end_content(s, ended)
    pods.complete_playback(s, ended)
    s.wants_restart = True
