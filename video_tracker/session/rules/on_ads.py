"""The inputs that say which ads play."""

from typing import Any

import attrs

from video_tracker.errors import PlanError
from video_tracker.events import AdClicked
from video_tracker.plan import Ad
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import PLACEMENTS
from video_tracker.session.data.tolerances import BACK_AT_START, CERTAIN, LATE_BREAK, MOST_ADS
from video_tracker.session.effects import (
    adverts,
    annotations,
    beats,
    halts,
    ledger,
    motion,
    pods,
    words,
)
from video_tracker.session.rules import breaks, doors, doubts, times, values
from video_tracker.session.rules.breaks import BreakTold


def on_ad_break_start(
    s: State, at: float, pod_id: Any, placement: Any, offset: Any, ads: Any
) -> None:
    last = offset == -1
    place = None if last else values.seconds_told(s, offset, at, "ad_break_start")
    said = values.text_told(s, pod_id, at, "ad_break_start")
    declared = placement_told(s, placement, at) or placement_at(s, place, last)
    known, size = ads_told(s, ads, at)
    told = BreakTold(said, declared, place, known, size)
    if s.where in ("ad_break", "ad"):
        if not is_second_break(s, said):
            s.may_enter("ad_break_start", at)
            return
        close_for_second_break(s, at)
    elif not s.may_enter("ad_break_start", at):
        return
    if s.where == "idle" or is_ahead(s, at, place):
        breaks.announce_break(s, told)  # it begins with its first ad (S71, S92)
        return
    left = doors.make_way(s, at, "ad_break_start")
    breaks.open_ad_break(s, at, told, left)
    if s.where != "ad_break":
        s.goes("ad_break_start")


def is_ahead(s: State, at: float, place: float | None) -> bool:
    """Whether playing content cannot have reached a break's place yet."""
    if place is None or s.where != "content" or s.how != "playing" or s.live:
        return False
    reach = s.position + max(at - s.accrued, 0.0) * ledger.rate_over(s, at)
    return place > reach + LATE_BREAK


def placement_told(s: State, placement: Any, at: float) -> str | None:
    if placement is None or (isinstance(placement, str) and placement in PLACEMENTS):
        return placement
    s.ignored(at, "ad_break_start", "invalid_value")
    return None


def placement_at(s: State, place: float | None, last: bool) -> str | None:
    """What a scheduled place declares: 0 a pre-roll, -1 or the end a post-roll (S10)."""
    if last:
        return "post"
    if place is None:
        return None
    if place == 0:
        return "pre"
    return "post" if s.duration is not None and place >= s.duration else "mid"


def ads_told(s: State, ads: Any, at: float) -> tuple[tuple[Ad, ...], int | None]:
    """The ads of a break, or their number, as told."""
    if ads is None:
        return (), None
    if isinstance(ads, int) and not isinstance(ads, bool):
        if 0 < ads <= MOST_ADS:
            return (), ads
    elif are_ads(ads):
        return tuple(ads), None
    s.ignored(at, "ad_break_start", "invalid_value")
    return (), None


def are_ads(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) <= MOST_ADS
        and all(isinstance(ad, Ad) for ad in value)
    )


def is_second_break(s: State, pod_id: str | None) -> bool:
    """Whether a break start while one is open means another break (S62)."""
    if pod_id is not None:
        return pod_id != s.ad_break.pod_id
    return s.where == "ad"


def close_for_second_break(s: State, at: float) -> None:
    s.may_enter("second_break_start", at)
    doors.end_lost_ad(s, at, "ad_break_start")
    s.goes("second_break_start")
    s.open_break = -1


def on_ad_break_end(s: State, at: float) -> None:
    if not s.may_enter("ad_break_end", at):
        return
    if s.where == "ad":
        doors.leave_ad(s, at, "ad_break_end")
    halts.clear_moved(s)
    breaks.close_ad_break(s, at)


def on_ad_start(s: State, at: float, asset_id: Any, pod_position: Any, duration: Any) -> None:
    told = as_ad(s, asset_id, at)
    place = place_told(s, pod_position, at)
    length = values.seconds_told(s, duration, at, "ad_start") or None
    if s.where == "ad":
        if is_same_ad(s, told, place):
            if s.ad is not None:
                s.ad_restarted_at = at
            s.may_enter("ad_start", at)
            return
        s.may_enter("next_ad_start", at)
        doors.end_lost_ad(s, at, "ad_start")
    elif not s.may_enter("ad_start", at):
        return
    ended = swap_lost_start(s, told, length)
    began = start_before(s, ended, at, told, place, length)
    open_break_for_ad(s, began)
    motion.free_way(s, began, "ad_start")
    breaks.attribute(s, told, length)
    adverts.open_ad(s, began, told, place, length)
    if s.where != "ad":
        s.goes("ad_start")
    if ended is not None:
        end_swapped(s, max(ended, began))


def as_ad(s: State, told: Any, at: float) -> Ad | None:
    if isinstance(told, Ad):
        known = None if s.ad_names is None else s.ad_names.get(told.asset_id or "")
        return told if known is None else attrs.evolve(told, asset_id=known)
    asset_id = id_told(s, told, at, "ad_start")
    if asset_id is None:
        return None
    try:
        return Ad(asset_id=asset_id)
    except PlanError:
        s.ignored(at, "ad_start", "invalid_value")
        return None


def id_told(s: State, value: Any, at: float, name: str) -> str | None:
    """An ad's id: the plan's, when the player gives a planned ad another one (S12)."""
    told = values.text_told(s, value, at, name)
    return told if told is None or s.ad_names is None else s.ad_names.get(told, told)


def place_told(s: State, place: Any, at: float) -> int | None:
    if place is None:
        return None
    if isinstance(place, int) and not isinstance(place, bool) and 1 <= place <= MOST_ADS:
        return place
    s.ignored(at, "ad_start", "invalid_value")
    return None


def is_same_ad(s: State, told: Ad | None, place: int | None) -> bool:
    """Whether an ad start while an ad is open means that very ad (S62)."""
    ad = s.ad
    if ad is None:
        return False
    if place is not None and place - 1 != ad.place:
        return False
    if told is not None and told.asset_id is not None:
        return told.asset_id == ad.asset_id
    return place is not None or not adverts.ad_was_watched(s) or ad.ad.duration is None


def open_break_for_ad(s: State, at: float) -> None:
    """An ad that starts outside a break opens one (S61)."""
    if s.where in ("ad_break", "ad"):
        pods.drop_opening(s, at, "ad_start")
        return
    left = doors.make_way(s, at, "ad_start")
    breaks.open_ad_break(s, at, BreakTold(), left)


def swap_lost_start(s: State, told: Ad | None, duration: float | None) -> float | None:
    """When this ad's end came before its start: the time at which the ad ended (S62)."""
    held = s.held
    if held.ad_end_at is None:
        return None
    ended, ended_id = held.ad_end_at, held.ad_end_id
    if s.said_at - ended > s.settings.reorder_window or ended < s.accrued:
        held.ad_end_at = held.ad_end_id = None
        s.let_go()
        return None
    same = told is not None and told.asset_id is not None and told.asset_id == ended_id
    unnamed = ended_id is None or told is None or told.asset_id is None
    known = duration is not None or (told is not None and told.duration is not None)
    if s.open_break >= 0:
        known = known or any(ad.duration is not None for ad in s.ad_break.ads)
    if same or (unnamed and known):
        return ended
    return None


def start_before(
    s: State,
    ended: float | None,
    at: float,
    told: Ad | None,
    place: int | None,
    length: float | None,
) -> float:
    """When an ad began whose end came first: as said, or its length before that end (S62)."""
    if ended is None:
        return at
    s.repaired(at, "ad_start", "ad_end_before_start")
    if s.said_at < ended:
        return max(s.said_at, s.accrued)
    known = length or (told.duration if told is not None else None)
    if known is None and s.open_break >= 0:
        index = adverts.place_of(s, told, place)
        ads = s.ad_break.ads
        known = ads[index].duration if index < len(ads) else None
    return max(ended - known, s.accrued) if known is not None else min(at, ended)


@annotations.held_by("ad_end")
def end_swapped(s: State, at: float) -> None:
    s.held.ad_end_at = s.held.ad_end_id = None
    s.let_go()
    doors.leave_ad(s, at, "ad_start")


def on_ad_progress(s: State, at: float, place: float | None) -> None:
    """The ad's clock moved to ``place``; NaN when what was told is no position."""
    unread = place is not None and place != place  # noqa: PLR0124 - NaN alone differs from itself
    if s.where == "ad_break" and (unread or not is_new_ad(s, place)):
        s.ignored(at, "ad_progress", "no_ad_open")
        return
    if s.where in ("idle", "starting", "content") and not unread and starts_unheard(s, at, place):
        return
    if not s.may_enter("ad_progress", at) or unread:
        return
    if place is None:
        if s.how == "playing" and s.ad is not None and not s.ad_told:
            beats.play_whole(s, at)
            beats.say_quartile(s, at)
        return
    if s.rare is not None and "behind" in s.rare:
        times.keep_late(s, place)
        return
    if s.where == "ad_break":
        adverts.open_ad(s, at, None, None, None)
        s.goes("ad_progress")
    ad = s.ad
    if ad is None:
        return
    if place < BACK_AT_START < ad.position and s.ad_restarted_at is not None:
        start_ad_again(s, at)
    ad_moves(s, at, place)


def starts_unheard(s: State, at: float, place: float | None) -> bool:
    """Two positions in step of an ad that nobody started: it plays, since the first (S83)."""
    held = s.holding()
    began, start = held.ad_seen_at, held.ad_seen
    if began is None or place is None or not 0 < place - start <= (at - began) * s.rate + CERTAIN:
        held.ad_seen_at, held.ad_seen = (at, place) if place is not None else (None, 0.0)
        s.let_go()
        return False
    held.ad_seen_at = None
    s.let_go()
    s.repaired(at, "ad_progress", "ad_start_lost")
    began = max(began, s.accrued)
    open_break_for_ad(s, began)
    adverts.open_ad(s, began, None, None, None)
    if s.ad is not None:
        adverts.join_ad(s, s.ad, start)
    s.goes("ad_start")
    ad_moves(s, at, place)
    return True


def is_new_ad(s: State, place: float | None) -> bool:
    """Whether an ad's position between ads belongs to an ad whose start was lost."""
    return place is not None and (s.last_place < 0 or place < BACK_AT_START)


def start_ad_again(s: State, at: float) -> None:
    """The same ad from its beginning: a new start, the first one was cut (S62)."""
    ad = s.ad
    again = s.ad_restarted_at
    if ad is None or again is None:
        return
    began, place = max(again, s.accrued), ad.place + 1
    ledger.accrue(s, began)
    motion.free_way(s, began, "ad_progress")
    adverts.close_ad(s, began, fate="cut")
    adverts.open_ad(s, min(began, at), None, place, None)


def ad_moves(s: State, at: float, place: float) -> None:
    ad = s.ad
    if ad is None:
        return
    if not s.ad_told:
        s.ad_told = True
        s.tune()
    if place > ad.position and (s.held.moved_at is not None):
        held = s.held
        moved = held.both_move or held.moved_seen - held.moved_position >= CERTAIN
        held.moved_at, held.moved_position, held.both_move = (at, held.moved_seen, moved)
    if s.how == "playing":
        doubts.settle_pause(s, at, place, ad.position, "ad_progress")
    if s.how == "playing":
        if place == ad.position and at > s.accrued:
            ledger.stand_still(s, at)
            return
        ledger.accrue_ad(s, at, place)
        beats.say_quartile(s, at)
        beats.say_beat(s, at)
    elif s.how in ("seeking", "seeking_paused"):
        s.ignored(at, "ad_progress", "progress_while_paused")
    else:
        ad_wakes(s, at, place)


def ad_wakes(s: State, at: float, place: float) -> None:
    """The ad moves though it is paused, stalled or interrupted: the closing word was lost."""
    ad = s.ad
    if ad is None or place - ad.position < 0.5:
        s.ignored(at, "ad_progress", "progress_while_paused")
        return
    began = max(at - (place - ad.position), s.accrued)
    ledger.accrue(s, began)
    if s.how == "buffering":
        s.repaired(at, "ad_progress", "buffer_end_lost")
        doors.end_stall(s, began, "ad_progress")
    else:
        s.repaired(at, "ad_progress", "play_lost")
        motion.say_resumed(s, began, "playing")
    ledger.accrue_ad(s, at, place)


def on_ad_end(s: State, at: float, place: float | None, asset_id: Any) -> None:
    ended_id = id_told(s, asset_id, at, "ad_end")
    if s.where in ("starting", "content", "ad_break") and may_be_early(s, ended_id):
        held = s.holding()
        held.ad_end_at, held.ad_end_id = (at, ended_id)
    if not s.may_enter("ad_end", at):
        return
    if ended_id is not None and s.ad is not None and is_past_ad(s, ended_id):
        s.ignored(at, "ad_end", "no_ad_open")
        return
    doors.leave_ad(s, at, "ad_end", place)


def may_be_early(s: State, ended_id: str | None) -> bool:
    """Whether an ad's end may belong to a start that is yet to come (S62)."""
    if s.open_break >= 0 and ended_id is not None and s.last_place >= 0:
        return s.ad_break.ad_id(s.last_place) != ended_id
    return s.open_break < 0 or s.last_place < 0


def is_past_ad(s: State, ended_id: str) -> bool:
    """Whether an ad's end is of an earlier ad of the pod than the open one."""
    ad = s.ad
    if ad is None or ended_id == ad.asset_id:
        return False
    return any(s.ad_break.ad_id(place) == ended_id for place in range(ad.place))


def on_ad_skip(s: State, at: float, place: float | None) -> None:
    if not s.may_enter("ad_skip", at):
        return
    doors.leave_ad(s, at, "ad_skip", place, fate="skipped")


def on_ad_click(s: State, at: float) -> None:
    if s.may_enter("ad_click", at):
        words.say_extra(s, AdClicked, at)


def on_ad_error(s: State, at: float, reason: Any, asset_id: Any) -> None:
    values.text_told(s, reason, at, "ad_error")
    failed = id_told(s, asset_id, at, "ad_error")
    if not s.may_enter("ad_error", at):
        return
    if s.ad is None or (failed is not None and failed != s.ad.asset_id):
        breaks.fail_announced_ad(s, failed)
        return
    doors.leave_ad(s, at, "ad_error", fate="failed")
