"""What must have happened since the last word (S61-S63, S79-S85)?

In front of every input. Rows are where the session believes to be. A report (``progress``) may
prove anything: its meaning reads all columns. A word that says something else (``pause``,
``exit``...) proves by its position that its item moved on, and until when.
"""

from typing import Final

from video_tracker.session.data.input import AD, CONTENT, Input
from video_tracker.session.data.state import NOTHING_HELD, AdPlay, State
from video_tracker.session.data.tolerances import (
    DUST,
    LEAP,
    MOVED,
    MOVED_ON,
    NEAR,
    SEEK_IN_PAUSE,
)
from video_tracker.session.effects import beats, extents, halts, ledger, pods
from video_tracker.session.rules import doors, live, on_ads, on_progress


def show(s: State, row: Input, at: float, whose: str | None, place: float | None) -> None:
    """Let everything happen that the input shows to have happened before it."""
    if s.rare is not None and row.closes and s.trick_play:
        doors.end_trick_play(s, at)
    moves = row.closes or row.opens
    in_media = s.where in ("content", "ad")
    if s.how == "seeking_paused" and moves and in_media and row.name != "seek_start":
        doors.end_seek(s, min(at, s.accrued + SEEK_IN_PAUSE), None, row.name)
    extents.yield_to_play(s, at, row.name)
    if row.closes and whose == CONTENT and s.where == "content" and not s.said_position:
        # Until now its beats lay on the grid; from now on this caller tells where things are (S42).
        expected = s.position + (at - s.accrued) * ledger.rate_over(s, at)
        if place is not None and abs(place - expected) <= LEAP:
            doors.close_untold(s, at)
        s.said_position = True
        s.tune()
    if place is None:
        without_position(s, row, at)
    elif whose == CONTENT and moves:
        content_moved(s, row, at, place)
    elif whose == AD and s.ad is not None and (moves or row.of == AD):
        ad_moved(s, s.ad, row, at, place)


def in_step(s: State, at: float, place: float, need: float) -> bool:
    """Whether the content moved on by ``need`` seconds at least, and no faster than time allows."""
    step = place - s.position
    return need <= step <= (at - s.accrued + s.lag) * ledger.rate_over(s, at) + MOVED


def content_moved(s: State, row: Input, at: float, place: float) -> None:
    """What a content position shows wherever the playhead is believed to be."""
    if s.where in ("ad", "ad_break"):  # nobody closed it: content was started before this word
        need = MOVED if s.where == "ad_break" and row.closes else MOVED_ON
        if doors.content_in_break(s, at, place, row.name, need):
            on_progress.progress_in_content(s, at, place)
    elif s.where == "content":
        in_content(s, row, at, place)
    elif s.where == "starting" and not row.opens:  # the first frame was never said
        opening = s.held.opening_at is not None
        moved_on = opening and place - s.held.opening_position >= MOVED  # as held back (S73)
        if not moved_on and not in_step(s, at, place, MOVED):
            return
        if row.ends and opening:
            pods.confirm_opening(s)
        else:
            on_progress.progress_in_starting(s, at, place)


def in_content(s: State, row: Input, at: float, place: float) -> None:
    """Content played until now, or plays again though nobody said so."""
    if s.how == "playing":
        if s.held is NOTHING_HELD and s.seek is None and in_step(s, at, place, 0.0):
            ledger.accrue(s, at, place)
            if not row.ends:
                beats.say_beat(s, at)
    elif s.live and live.rests(s, at, place, opens=row.opens):
        return
    elif s.how == "interrupted" and s.silent_from is not None:
        if MOVED <= place - s.position <= (at - s.silent_from) * s.rate + MOVED_ON:
            on_progress.back_to_life(s, at, place)
    elif s.how == "seeking":
        if row.closes:
            on_progress.seek_ran_on(s, at, place, MOVED)
    elif s.how != "seeking_paused" and in_step(
        s, at, place, NEAR + DUST if row.closes else MOVED_ON
    ):
        on_progress.progress_at_rest(s, at, place)


def ad_moved(s: State, ad: AdPlay, row: Input, at: float, place: float) -> None:
    """The ad moved on before a word, or moves again though nobody said so."""
    if place <= ad.position:
        return
    if s.how == "playing":
        if not row.ends and s.held.pause_at is None:
            ledger.accrue_ad(s, at, place)
            beats.say_quartile(s, at)
            beats.say_beat(s, at)
    elif s.how in ("paused", "buffering", "interrupted") and (
        place - ad.position >= (MOVED_ON if row.opens else MOVED)
    ):
        on_ads.ad_wakes(s, at, place)


AD_FATES: Final = {"ad_skip": "skipped", "ad_error": "failed", "ad_end": None}
"""What becomes of an ad by the word that says that it is over; None: as it was played."""


def without_position(s: State, row: Input, at: float) -> None:
    """What a word shows that tells no position."""
    if row.closes:
        if s.where == "starting" and not s.said_position:
            pods.confirm_opening(s)  # content was said to show, and nobody tells places (S73)
        doors.close_untold(s, at, ends=row.ends)
    held = s.held
    if s.where != "ad" or row.name not in AD_FATES or held.moved_at is None or held.both_move:
        return
    # The content's clock ran before the ad was said to be over: it ended when that began (S62).
    seen_at, seen, start = held.moved_seen_at, held.moved_seen, held.moved_position
    if seen_at is not None and seen - start >= MOVED:
        began = max(seen_at - (seen - start) / s.rate, s.accrued)
        halts.clear_moved(s)
        doors.leave_ad(s, began, row.name, fate=AD_FATES[row.name])
        doors.leave_break(s, "content_moves_on")
        pods.arrive(s, start)
        pods.open_pod(s, max(began, s.accrued))
        on_progress.progress_in_content(s, max(seen_at, s.accrued), seen)
