"""Whose position is it? Read once, at the door, for every input (S78, S3).

A told position is that of the open ad while its clock can have reached it, else the content's near
where the content stood, else nothing's. Bounds are those of the item it is found to belong to.
"""

import math
from typing import Any, Final

from video_tracker.session.data.input import AD, CONTENT, Input
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.data.tolerances import CERTAIN, LONGEST, MOST_RATE, NEAR, SLACK
from video_tracker.session.rules import values

UNREAD: Final = math.nan
"""What a report's meaning gets when it told something that is no position: not the same as none."""


def whose_place(s: State, row: Input, at: float, told: Any) -> tuple[str | None, Any]:
    """Whose position an input tells, and the position as its meaning gets it."""
    if told is None:
        return None, None
    place = told
    if not (type(told) is float and 0.0 <= told <= LONGEST):
        place = values.seconds_told(s, told, at, row.name)
    if place is not None:
        if row.of == CONTENT and row.leads and (s.duration is None or place <= s.duration):
            return CONTENT, place
        whose = whose_it_is(s, row, at, place)
        if whose is not None:
            return whose, place
    return None, UNREAD if row.reports else None


def whose_it_is(s: State, row: Input, at: float, place: float) -> str | None:
    """The ad's while its clock can stand there, else the content's near where it stood."""
    ad, reason = s.ad, "invalid_position"
    if row.of == AD and ad is None:
        return AD
    if row.of != CONTENT and ad is not None and values.in_bounds(s, place, ad.ad.duration):
        if ad_reached(s, ad, row, at, place):
            # Beyond the ad's known end, where both clocks fit, it is content's.
            beyond = ad.ad.duration is not None and place > ad.ad.duration + NEAR
            return CONTENT if beyond and row.of != AD and is_contents(s, row, at, place) else AD
        reason = "position_of_nothing"
    if row.of != AD:
        if is_contents(s, row, at, place):
            return CONTENT
        if values.in_bounds(s, place, s.duration):
            reason = "position_of_nothing"
    s.ignored(at, row.name, reason)
    return None


def ad_reached(s: State, ad: AdPlay, row: Input, at: float, place: float) -> bool:
    """Whether the open ad's clock can be there: elapsed time times rate, and some slack (S84)."""
    if s.how in ("seeking", "seeking_paused"):
        return True
    rate, held = max(s.rate, 1.0), s.held
    least = 0.0 if row.reports else ad.position - NEAR
    if not least <= place <= ad.position + max(at - s.accrued, 0.0) * rate + SLACK:
        if not row.reports:
            return False
        # Twice in step it is the ad's clock, wherever it was joined.
        far_at, far = held.far_at, held.far_position
        if far_at is None or not 0 < place - far <= (at - far_at) * rate + CERTAIN:
            held = s.holding()
            held.far_at, held.far_position = at, place
            return False
    s.let_go("far")
    return True


def is_contents(s: State, row: Input, at: float, place: float) -> bool:
    """Whether the content can be there: near where it stood, or where it was sought."""
    if not values.in_bounds(s, place, s.duration):
        return False
    unbegun = s.where == "idle" or (s.where == "starting" and not s.begun)
    sought = s.seek is not None or s.estimated
    if row.leads or unbegun or sought or s.where == "after_content":
        return True
    if s.live:
        return place > 0 or s.position <= NEAR
    if row.ends and s.duration is not None and abs(place - s.duration) <= NEAR:
        return True
    if s.held.far_at is not None and place >= s.held.far_position - SLACK:
        return True  # what is far ahead waits for this word to show whether the content is there
    since = s.accrued
    if s.how == "interrupted" and s.silent_from is not None:
        since = s.silent_from  # it may have played on unheard (S26)
    reach = (max(at - since, 0.0) + s.lag) * min(s.rate, MOST_RATE)
    return s.position - SLACK <= place <= s.position + reach + SLACK
