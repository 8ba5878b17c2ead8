"""A next item that was loaded ahead begins when it plays (S92)."""

from typing import Any

from video_tracker.plan import Ad
from video_tracker.session.data.input import AD, Input
from video_tracker.session.data.state import Announced, State
from video_tracker.session.data.timeline import PRE
from video_tracker.session.data.tolerances import LEAP, NUDGE, SLACK
from video_tracker.session.effects import ledger, pods, positions
from video_tracker.session.rules import breaks, on_content


def settle(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """The item begins when positions leave the old one's line, or its own first frame is told."""
    item = s.announced
    if item is None:
        return
    if row.name in ("ad_break_start", "ad_start"):
        if begins_its_break(s, item, args):
            begin(s, at, item, None)
        return
    if row.of == AD or not (row.leads or row.opens):
        return
    place = row.content_place(args)
    if row.name == "content_start" or s.where == "after_content":
        begin(s, at, item, place)
    elif s.where == "content" and s.seek is None:
        if place is None:
            leaves = row.name == "playing" and s.how == "playing"
        else:  # it cannot be the old item's, playing on
            step = place - s.position
            leaves = step < -NUDGE or step > (at - s.accrued + s.lag) * s.rate + LEAP
        if leaves:
            begin(s, at, item, place)


def begins_its_break(s: State, item: Announced, args: tuple[Any, ...]) -> bool:
    """Whether a break or an ad that begins is planned for the announced item (S11)."""
    index = pods.index_after(s, item.content)
    if index is None:
        return False
    parts = breaks.planned(s, index)
    names = {args[0].asset_id if isinstance(args[0], Ad) else args[0]} - {None}
    if not names:  # nobody says whose: the next item's pre-roll, unless one of this item is due
        due = breaks.due_break(s, s.position - s.range_start)
        return due is None and bool(breaks.planned(s, index, PRE))
    pods_named = names & {part.pod_id for part in parts}
    return bool(pods_named) or any(breaks.ads_named(parts, name) for name in names)


def begin(s: State, at: float, item: Announced, place: float | None) -> None:
    """The old item is over, completed if it can have played to its end; the next one begins."""
    s.announced = None
    began = at if place is None else min(max(at - place / s.rate, s.accrued), at)
    if s.where == "content" and s.how == "playing":
        # It played on unheard: to its end if the time allows, else for a moment (S63).
        left = positions.to_content_end(s)
        most = (began - s.accrued) * s.rate + positions.unsaid_slack(s.duration)
        if left is not None and 0.0 <= left <= most:
            ledger.accrue(s, min(s.accrued + left / s.rate, began), s.duration)
        else:
            ledger.accrue(s, min(s.accrued + SLACK, began))
            ledger.suspend(s, began - s.accrued)
            s.accrued = began
    on_content.enter_next(s, began, item.content)
    on_content.learn_of_content(s, began, item.content, item.duration, item.live, item.positions)
