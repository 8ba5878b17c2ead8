"""A next item that was loaded ahead begins when it plays (S92)."""

from typing import Any

from video_tracker.plan import Ad
from video_tracker.session.data.input import AD, Input
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import PRE
from video_tracker.session.data.tolerances import LEAP, NUDGE, SLACK
from video_tracker.session.effects import ledger, pods, positions
from video_tracker.session.rules import breaks, doors, lengths, on_content


def settle(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """The item begins when positions leave the old one's line, or its own first frame is told."""
    if row.name in ("ad_break_start", "ad_start"):
        if begins_its_break(s, args):
            begin(s, at, None)
        return
    if s.announced is None or row.of == AD or not (row.leads or row.opens):
        return
    told = None if row.place is None else args[row.place]
    place = told if isinstance(told, float) and told >= 0.0 else None
    if row.name == "content_start" or s.where == "after_content":
        begin(s, at, place)
    elif s.where == "content" and s.seek is None:
        unsaid = row.name == "playing" and s.how == "playing"
        if unsaid if place is None else leaves_line(s, at, place):
            begin(s, at, place)


def begins_its_break(s: State, args: tuple[Any, ...]) -> bool:
    """Whether a break or an ad that begins is planned for the announced item (S11)."""
    item = s.announced
    if item is None:
        return False
    index = pods.index_after(s, item.content)
    if index is None:
        return False
    parts = [part for part in s.timeline.breaks_of(index) if part.planned]
    names = {args[0].asset_id if isinstance(args[0], Ad) else args[0]} - {None}
    if not names:  # nobody says whose: the next item's pre-roll, unless one of this item is due
        due = breaks.due_break(s, s.position - s.range_start)
        return due is None and any(part.placement == PRE for part in parts)
    known = {part.pod_id for part in parts} | {ad.asset_id for part in parts for ad in part.ads}
    return bool(names & known)


def leaves_line(s: State, at: float, place: float) -> bool:
    """Whether a position cannot be the old item's, playing on."""
    step = place - s.position
    return step < -NUDGE or step > (at - s.accrued + s.lag) * s.rate + LEAP


def begin(s: State, at: float, place: float | None) -> None:
    """The old item is over, completed if it can have played to its end; the next one begins."""
    item = s.announced
    if item is None:
        return
    s.announced = None
    began = at if place is None else min(max(at - place / s.rate, s.accrued), at)
    play_out(s, began)
    doors.leave_asset(s, began, "load")
    on_content.enter_next(s, item.content)
    if item.content is not None:
        on_content.take_said(s, item.content)
    if item.live is not None:
        pods.tell_liveness(s, item.live, began)
    if item.duration is not None:
        lengths.take_duration(s, item.duration, began, "load")


def play_out(s: State, until: float) -> None:
    """The old item played on unheard: to its end if the time allows, else for a moment (S63)."""
    if s.where != "content" or s.how != "playing":
        return
    left = positions.to_content_end(s)
    if left is not None and 0.0 <= left <= (until - s.accrued) * s.rate + positions.unsaid_slack(
        s.duration
    ):
        ended = min(s.accrued + left / s.rate, until)
        ledger.accrue(s, ended, s.duration)
    else:
        ledger.accrue(s, min(s.accrued + SLACK, until))
        ledger.suspend(s, until - s.accrued)
        s.accrued = until
