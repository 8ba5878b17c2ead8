"""The inputs that say which ads play."""

from typing import Any

import attrs

from video_tracker.events import AdClicked
from video_tracker.plan import Ad
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.data.timeline import PLACEMENTS
from video_tracker.session.data.tolerances import BACK_AT_START, CERTAIN, LATE_BREAK, MOST_ADS
from video_tracker.session.effects import adverts, annotations, beats, ledger, motion, pods, words
from video_tracker.session.rules import breaks, doors, settle, values
from video_tracker.session.rules.breaks import BreakTold


def on_ad_break_start(s: State, at: float, pod: Any, placement: Any, offset: Any, ads: Any) -> None:
    place = None if offset == -1 else values.seconds_told(s, offset, at, "ad_break_start")
    said = values.text_told(s, pod, at, "ad_break_start")
    known = isinstance(placement, str) and placement in PLACEMENTS
    values.kept(s, placement, known, at, "ad_break_start")
    where = breaks.placement_told(s, said, placement, offset)
    told = BreakTold(said, where, place, *ads_told(s, ads, at))
    if s.where in ("ad_break", "ad"):
        same = s.where == "ad_break" if said is None else said == s.ad_break.pod_id
        late, s.break_implied = s.break_implied and s.where == "ad", False
        if same or late:
            s.may_enter("ad_break_start", at)
            return
        s.may_enter("second_break_start", at)  # (S62)
        doors.end_lost_ad(s, at, "ad_break_start")
        doors.leave_break(s, "second_break_start")
    elif not s.may_enter("ad_break_start", at):
        return
    if s.where == "idle" or is_ahead(s, at, place):
        # It was announced, so it is a planned one, and begins with its first ad (S71, S92).
        part = breaks.find_break(s, told) or breaks.new_break(s, told)
        part = attrs.evolve(part, planned=True)
        s.timeline = s.timeline.with_break(part)
        breaks.fill_break(s, part, told.ads, told.size)
        return
    breaks.open_ad_break(s, at, told, doors.make_way(s, at, "ad_break_start"))
    s.break_implied = False
    s.goes("ad_break_start")


def on_ad_break_end(s: State, at: float, lasted: Any = None) -> None:
    seconds = values.number_told(s, lasted, at, "ad_break_end")
    if seconds is None or s.where not in ("starting", "content", "after_content"):
        if s.may_enter("ad_break_end", at):
            doors.close_ad_break(s, at)
        return
    began = max(at - seconds, s.accrued)  # told only now, for it had no ad: it parts no content
    ledger.accrue(s, began)
    breaks.drop_unfilled(s, breaks.find_break(s, BreakTold(), s.position - s.range_start))
    if s.where == "content" and s.how == "playing":  # it stood meanwhile (S67)
        ledger.spend(s, "gap", at - began)
        ledger.assign(s, at, 0.0)


def is_ahead(s: State, at: float, place: float | None) -> bool:
    if place is None or s.where != "content" or s.how != "playing" or s.live:
        return False
    return place > s.position + max(at - s.accrued, 0.0) * ledger.rate_over(s, at) + LATE_BREAK


def ads_told(s: State, ads: Any, at: float) -> tuple[tuple[Ad, ...], int | None]:
    if isinstance(ads, int) and not isinstance(ads, bool) and 0 < ads <= MOST_ADS:
        return (), ads
    listed = isinstance(ads, list | tuple) and len(ads) <= MOST_ADS
    good = listed and all(isinstance(ad, Ad) for ad in ads)
    return tuple(values.kept(s, ads, good, at, "ad_break_start") or ()), None


def on_ad_start(s: State, at: float, asset_id: Any, pod_position: Any, duration: Any) -> None:
    told = as_ad(s, asset_id, at) or Ad()
    place = place_told(s, pod_position, at)
    length = values.number_told(s, duration, at, "ad_start") or told.duration
    if s.where == "ad" and s.ad is not None:
        if is_same_ad(s, s.ad, told, place):
            s.ad_restarted_at = at
            adverts.learn_length(s, s.ad, length)
            s.may_enter("ad_start", at)
            return
        s.may_enter("next_ad_start", at)
        doors.end_lost_ad(s, at, "ad_start")
    elif not s.may_enter("ad_start", at):
        return
    ended = swap_lost_start(s, told, length)
    began = at if ended is None else start_before(s, ended, at, told, place, length)
    open_break_for_ad(s, began)
    motion.free_way(s, began, "ad_start")
    breaks.attribute(s, told, length)
    adverts.open_ad(s, began, told, place, length)
    s.goes("ad_start")
    if ended is not None:
        with annotations.of_held(s, "ad_end"):
            s.let_go("ad_end")
            doors.leave_ad(s, max(ended, began), "ad_start")


def as_ad(s: State, told: Any, at: float) -> Ad | None:
    if not isinstance(told, Ad):
        asset_id = id_told(s, told, at, "ad_start")
        return None if asset_id is None else Ad(asset_id=asset_id)
    known = None if s.ad_names is None else s.ad_names.get(told.asset_id or "")
    return told if known is None else attrs.evolve(told, asset_id=known)


def id_told(s: State, value: Any, at: float, name: str) -> str | None:
    """An ad's id: the plan's, when the player gives a planned ad another one (S12)."""
    told = values.text_told(s, value, at, name)
    return told if told is None or s.ad_names is None else s.ad_names.get(told, told)


def place_told(s: State, place: Any, at: float) -> int | None:
    good = isinstance(place, int) and not isinstance(place, bool) and 1 <= place <= MOST_ADS
    return values.kept(s, place, good, at, "ad_start")


def is_same_ad(s: State, ad: AdPlay, told: Ad, place: int | None) -> bool:
    """Whether an ad start while an ad is open means that very ad (S62)."""
    if place is not None and place - 1 != ad.place:
        return False
    if s.ad_unheard:
        return True
    if told.asset_id is not None:
        return told.asset_id == ad.asset_id
    return place is not None or not adverts.ad_was_watched(s) or ad.ad.duration is None


def open_break_for_ad(s: State, at: float) -> None:
    if s.where in ("ad_break", "ad"):
        pods.drop_opening(s, at, "ad_start")
        return
    breaks.open_ad_break(s, at, BreakTold(), doors.make_way(s, at, "ad_start"))
    s.break_implied = True  # its own word may come yet (S61)


def swap_lost_start(s: State, told: Ad, length: float | None) -> float | None:
    """When this ad's end came before its start: the time at which the ad ended (S62)."""
    ended, ended_id = s.held.ad_end_at, s.held.ad_end_id
    if ended is None:
        return None
    if s.said_at - ended > s.settings.reorder_window or ended < s.accrued:
        s.let_go("ad_end")
        return None
    if ended_id is not None and told.asset_id is not None:
        return ended if told.asset_id == ended_id else None
    planned = s.ad_break.ads if s.open_break >= 0 else ()
    known = length is not None or any(ad.duration is not None for ad in (told, *planned))
    return ended if known else None


def start_before(
    s: State, ended: float, at: float, told: Ad, place: int | None, length: float | None
) -> float:
    """When an ad began whose end came first: as said, or its length before that end (S62)."""
    s.repaired(at, "ad_start", "ad_end_before_start")
    if s.said_at < ended:
        return max(s.said_at, s.accrued)
    known = length
    if known is None and s.open_break >= 0:
        index = adverts.place_of(s, told, place)
        ads = s.ad_break.ads
        known = ads[index].duration if index < len(ads) else None
    return min(at, ended) if known is None else max(ended - known, s.accrued)


def on_ad_progress(s: State, at: float, place: float | None) -> None:
    """The ad's clock moved to ``place``; NaN when what was told is no position."""
    unread = place is not None and place != place  # noqa: PLR0124 - NaN alone differs from itself
    if s.where == "ad_break":  # another ad can have begun since the last one ended (S83)
        most = max(BACK_AT_START, (at - s.accrued) * s.rate + CERTAIN)
        if place is None or unread or (s.last_place >= 0 and place >= most):
            s.ignored(at, "ad_progress", "no_ad_open")
            return
    unopened = s.where in ("idle", "starting", "content") and not unread
    if (unopened and starts_unheard(s, at, place)) or not s.may_enter("ad_progress", at) or unread:
        return
    if place is None:
        if s.how == "playing" and not s.ad_told:
            beats.play_whole(s, at)
            beats.say_quartile(s, at)
        return
    if values.came_late(s, place):
        return
    if s.where == "ad_break":
        adverts.open_ad(s, max(at - place / s.rate, s.accrued), None, None, None)
        s.ad_unheard = True
        s.goes("ad_progress")
    ad, again = s.ad, s.ad_restarted_at
    if ad is not None and again is not None and place < BACK_AT_START < ad.position:
        began = max(again, s.accrued)  # a new start of the same ad: the first one was cut (S62)
        ledger.accrue(s, began)
        motion.free_way(s, began, "ad_progress")
        adverts.close_ad(s, began, fate="cut")
        adverts.open_ad(s, min(began, at), None, ad.place + 1, None)
    if s.ad is not None:
        ad_moves(s, s.ad, at, place)


def starts_unheard(s: State, at: float, place: float | None) -> bool:
    """Two positions in step of an ad that nobody started: it plays, since the first (S83)."""
    held = s.holding()
    began, start = held.ad_seen_at, held.ad_seen
    if began is None or place is None or not 0 < place - start <= (at - began) * s.rate + CERTAIN:
        held.ad_seen_at, held.ad_seen = at, place or 0.0
        if place is None:
            s.let_go("ad_seen")
        return False
    s.let_go("ad_seen")
    s.repaired(at, "ad_progress", "ad_start_lost")
    began = max(began, s.accrued)
    open_break_for_ad(s, began)
    adverts.open_ad(s, began, None, None, None)
    s.ad_unheard = True
    s.goes("ad_start")
    if s.ad is not None:
        adverts.join_ad(s, s.ad, start)
        ad_moves(s, s.ad, at, place)
    return True


def ad_moves(s: State, ad: AdPlay, at: float, place: float) -> None:
    if not s.ad_told:
        s.ad_told = True
        s.tune()
    held = s.held
    if place > ad.position and held.moved_at is not None:
        held.both_move |= held.moved_seen - held.moved_position >= CERTAIN
        held.moved_at, held.moved_position = at, held.moved_seen
    if s.how == "playing":
        settle.settle_pause(s, at, place, ad.position, "ad_progress")
    if s.how == "playing" and place == ad.position and at > s.accrued:
        ledger.stand_still(s, at)
    elif s.how == "playing":
        ledger.accrue(s, at, place)
        beats.say_quartile(s, at)
        beats.say_beat(s, at)
    elif s.how in ("seeking", "seeking_paused") or place - ad.position < CERTAIN:
        s.ignored(at, "ad_progress", "progress_while_paused")
    else:
        doors.wake(s, at, place, "ad_progress")


def on_ad_end(s: State, at: float, place: float | None, asset_id: Any) -> None:
    ended_id = id_told(s, asset_id, at, "ad_end")
    shown = s.open_break >= 0 and s.last_place >= 0
    last = s.ad_break.ad_id(s.last_place) if shown else None
    another = last is None or ended_id not in (None, last)
    if another and s.where in ("starting", "content", "ad_break"):
        held = s.holding()  # its start may be yet to come (S62)
        held.ad_end_at, held.ad_end_id = at, ended_id
    if not s.may_enter("ad_end", at):
        return
    earlier = () if s.ad is None or ended_id == s.ad.asset_id else range(s.ad.place)
    if ended_id in [s.ad_break.ad_id(before) for before in earlier]:
        s.ignored(at, "ad_end", "no_ad_open")
        return
    doors.leave_ad(s, at, "ad_end", place)


def on_ad_skip(s: State, at: float, place: float | None) -> None:
    doors.leave_ad(s, at, "ad_skip", place, fate="skipped")


def on_ad_click(s: State, at: float) -> None:
    words.say_extra(s, AdClicked, at)


def on_ad_error(s: State, at: float, reason: Any, asset_id: Any) -> None:
    values.text_told(s, reason, at, "ad_error")
    failed = id_told(s, asset_id, at, "ad_error")
    if not s.may_enter("ad_error", at):
        return
    if s.ad is None or failed not in (None, s.ad.asset_id):
        breaks.fail_announced_ad(s, failed)
    else:
        doors.leave_ad(s, at, "ad_error", fate="failed")
