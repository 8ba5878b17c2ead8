"""What must have happened since the last word (S61-S63, S79-S85)?

In front of every input. Rows are where the session believes to be. A report (``progress``) may
prove anything: its meaning reads all columns. A word that says something else (``pause``,
``exit``...) proves by its position that its item moved on, and until when.
"""

from collections.abc import Callable, Mapping
from typing import Final

from video_tracker.session.data.input import AD, CONTENT, Input
from video_tracker.session.data.state import NOTHING_HELD, State
from video_tracker.session.data.tolerances import (
    DUST,
    LEAP,
    MOVED,
    MOVED_ON,
    NEAR,
    ON_TIME,
    SEEK_IN_PAUSE,
)
from video_tracker.session.effects import beats, halts, ledger, pods, positions
from video_tracker.session.rules import doors, live, on_ads, on_progress


def show(s: State, row: Input, at: float, whose: str | None, place: float | None) -> None:
    """Let everything happen that the input shows to have happened before it."""
    if s.rare is not None and row.closes and s.trick_play:
        doors.end_trick_play(s, at)
    if (
        s.how == "seeking_paused"
        and (row.closes or row.opens)
        and s.where in ("content", "ad")
        and row.name != "seek_start"
    ):
        doors.end_seek(s, min(at, s.accrued + SEEK_IN_PAUSE), None, row.name)
    positions.yield_to_play(s, at, row.name)
    if row.closes and whose == CONTENT and s.where == "content" and not s.said_position:
        told_at_last(s, at, place)
    if place is None:
        without_position(s, row, at)
    elif whose == CONTENT and (row.closes or row.opens):
        CONTENT_MOVED[s.where](s, row, at, place)
    elif whose == AD and s.ad is not None and (row.closes or row.opens or row.of == AD):
        ad_moved(s, row, at, place)


# -- the content's clock ---------------------------------------------------------------------------


def told_at_last(s: State, at: float, place: float | None) -> None:
    """The first position of content that nobody told any of: until now its beats lay on the grid.

    From now on this caller tells where things are (S42).
    """
    expected = s.position + (at - s.accrued) * ledger.rate_over(s, at)
    if place is not None and abs(place - expected) <= LEAP:
        doors.close_untold(s, at)
    s.said_position = True
    s.tune()


def nothing(s: State, row: Input, at: float, place: float) -> None:
    """Here it shows nothing."""


def in_step(s: State, at: float, place: float, need: float) -> bool:
    """Whether the content moved on by ``need`` seconds at least, and no faster than time allows."""
    step = place - s.position
    return need <= step <= (at - s.accrued + s.lag) * ledger.rate_over(s, at) + MOVED


def before_frames(s: State, row: Input, at: float, place: float) -> None:
    """The first frame, or the first after a break, was never said: the position dates it."""
    if row.opens or not (in_step(s, at, place, MOVED) or opening_moved(s, place)):
        return
    if row.ends and s.held.opening_at is not None:
        pods.confirm_opening(s)
    else:
        on_progress.progress_in_starting(s, at, place)


def opening_moved(s: State, place: float) -> bool:
    """Whether content that was held back has moved on since (S73)."""
    held = s.held
    if held.opening_at is None:
        return False
    return place - held.opening_position >= MOVED


def in_break(s: State, row: Input, at: float, place: float) -> None:
    """A break that nobody closed: content that has moved on was started before this word."""
    need = MOVED if s.where == "ad_break" and row.closes else MOVED_ON
    if doors.content_in_break(s, at, place, row.name, need):
        on_progress.progress_in_content(s, at, place)


def in_content(s: State, row: Input, at: float, place: float) -> None:
    """Content played until now, or plays again though nobody said so."""
    if s.how == "playing":
        if s.held is NOTHING_HELD and s.seek is None and in_step(s, at, place, 0.0):
            ledger.accrue(s, at, place)
            beat_before(s, row, at)
    elif s.live and (
        live.rests(s, at, place) or (row.opens and live.goes_on_elsewhere(s, at, place))
    ):
        return
    elif s.how == "interrupted" and s.silent_from is not None:
        if MOVED <= place - s.position <= (at - s.silent_from) * s.rate + MOVED_ON:
            on_progress.back_to_life(s, at, place)
    elif s.how in ("paused", "buffering", "interrupted"):
        if in_step(s, at, place, NEAR + DUST if row.closes else MOVED_ON):
            on_progress.progress_at_rest(s, at, place)
    elif s.how == "seeking" and row.closes:
        on_progress.seek_ran_on(s, at, place, MOVED)


CONTENT_MOVED: Final[Mapping[str, Callable[[State, Input, float, float], None]]] = {
    "idle": nothing,
    "starting": before_frames,
    "content": in_content,
    "ad_break": in_break,
    "ad": in_break,
    "after_content": nothing,
    "over": nothing,
}
"""What a content position shows, for each state of the chart ``where``."""


# -- the ad's clock --------------------------------------------------------------------------------


def ad_moved(s: State, row: Input, at: float, place: float) -> None:
    """The ad moved on before a word, or moves again though nobody said so."""
    ad = s.ad
    if ad is None or place <= ad.position:
        return
    if s.how == "playing":
        if not row.ends and (s.held.pause_at is None):
            ledger.accrue_ad(s, at, place)
            beats.say_quartile(s, at)
            beat_before(s, row, at)
    elif s.how in ("paused", "buffering", "interrupted") and (
        place - ad.position >= (MOVED_ON if row.opens else MOVED)
    ):
        on_ads.ad_wakes(s, at, place)


def beat_before(s: State, row: Input, at: float) -> None:
    """A beat that fell due before a word that closes the stretch."""
    if not row.ends and at >= s.beat_due - ON_TIME:
        beats.say_beat(s, at)


# -- no position -----------------------------------------------------------------------------------


def without_position(s: State, row: Input, at: float) -> None:
    """What a word shows that tells no position."""
    untold = row.closes and s.where == "starting" and not s.said_position
    if untold and s.held.opening_at is not None:
        pods.confirm_opening(s)  # content was said to show, and nobody tells places (S73)
    if row.closes and s.how == "playing" and at > s.accrued:
        doors.close_untold(s, at, ends=row.ends)
    if s.where == "ad" and row.name in AD_FATES:
        content_ran_on(s, row.name)


AD_FATES: Final = {"ad_skip": "skipped", "ad_error": "failed", "ad_end": None}
"""What becomes of an ad by the word that says that it is over; None: as it was played."""


def content_ran_on(s: State, name: str) -> None:
    """The content's clock ran before an ad was said to be over: it ended when that began (S62)."""
    held = s.held
    if held.moved_at is None or held.both_move or held.moved_seen_at is None:
        return
    ran = held.moved_seen - held.moved_position
    if ran < MOVED:
        return
    seen_at, seen, start = held.moved_seen_at, held.moved_seen, held.moved_position
    began = max(seen_at - ran / s.rate, s.accrued)
    halts.clear_moved(s)
    doors.leave_ad(s, began, name, None, fate=AD_FATES[name])
    doors.leave_break(s, "content_moves_on")
    pods.arrive(s, start)
    pods.open_pod(s, max(began, s.accrued))
    on_progress.progress_in_content(s, max(seen_at, s.accrued), seen)
