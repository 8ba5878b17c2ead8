"""Which ad break is this (S10-S12, S22, S71, S81)."""

from typing import Any

import attrs

from video_tracker.compact import ads_seen
from video_tracker.plan import Ad
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import MID, POST, PRE, Break, declared
from video_tracker.session.data.tolerances import LATE_BREAK, NEAR, NEVER, PASSED_BY, SAME_SPOT
from video_tracker.session.effects import adverts, ledger, pods, positions
from video_tracker.session.rules import values


@attrs.frozen
class BreakTold:
    """What a player said of an ad break that begins; ``size`` when it did not list the ads."""

    pod_id: str | None = None
    placement: str | None = None
    offset: float | None = None
    ads: tuple[Ad, ...] = ()
    size: int | None = None


def open_ad_break(s: State, at: float, told: BreakTold, left: float | None) -> None:
    """An ad break begins: the content pod, left there by a seek, is completed (S12, S21)."""
    pods.pass_borders(s)
    run = s.position - s.range_start
    ledger.accrue(s, at)
    if s.where == "after_content" and is_of_next_asset(s, told):
        pods.next_asset(s, None)
    elif s.where == "content":
        if told.placement == POST or (told.placement is None and positions.near_content_end(s)):
            s.completed = s.ever_completed = True  # a break at its end (S23, S75)
        pods.complete_pod(s, at, left)
    part = find_break(s, told, run)
    # Where only its place says which break it is, its first ad may say another (S11, S12).
    unnamed = told.pod_id is None and told.offset is None and not told.ads
    s.break_found = unnamed and (part is None or (part.planned and part.placement in (MID, POST)))
    if part is None:
        part = new_break(s, told)
    elif part.placement == MID:  # where it was passed before, it divides the content again (S21)
        s.timeline = s.timeline.with_border(s.asset_index, part.offset)
    s.breaks_passed &= ~(1 << part.index)
    fill_break(s, part, told.ads, told.size)
    s.last_place = -1
    claim(s, part, told.placement)
    s.breaks += 1
    s.beat_due = NEVER
    s.moves("settle")


def claim(s: State, part: Break, declared: str | None = None) -> None:
    s.open_break, s.placement = part.index, declared or part.placement
    s.breaks_opened |= 1 << part.index
    s.breaks_spent |= 1 << part.index


def placement_told(s: State, pod_id: Any, placement: Any, offset: Any) -> str | None:
    """The placement that a break's own words declare, its scheduled place or its id (S10)."""
    said = declared(placement, offset)
    if said is None and values.is_seconds(s, offset):
        ends = s.duration is not None and offset >= s.duration
        said = PRE if offset == 0 else POST if ends else MID
    last = {part.pod_id for part in s.timeline.breaks_of(s.asset_index) if part.placement == POST}
    return POST if said is None and isinstance(pod_id, str) and pod_id in last else said


def is_of_next_asset(s: State, told: BreakTold) -> bool:
    """Whether a break after an asset's end was declared for the next one (S11)."""
    if told.placement == POST or s.asset_index + 1 >= len(s.timeline.assets):
        return False
    ahead = planned(s, s.asset_index + 1)
    if told.pod_id in {part.pod_id for part in s.timeline.breaks}:
        return told.pod_id in {part.pod_id for part in ahead}
    return told.placement == PRE or any(adverts.ads_named(ahead, ad.asset_id) for ad in told.ads)


def find_break(s: State, told: BreakTold, run: float = 0.0) -> Break | None:
    """The known break that begins now: by id, by its declared place, or by where we are."""
    where = asset, placement, place = place_told(s, told)
    found = s.timeline.find(where, told.pod_id, s.breaks_spent)
    if found is None and told.placement is None and placement == MID and place <= NEAR:
        found = s.timeline.find((asset, PRE, place), told.pod_id, s.breaks_spent)
    if found is not None and (told.pod_id is None or found.pod_id == told.pod_id or found.planned):
        return found
    return due_break(s, run, told.pod_id) if placement == MID and told.offset is None else None


def place_told(s: State, told: BreakTold) -> tuple[int, str, float]:
    """Where a break lies: as it was told, else going by what has played (S10, S11)."""
    placement = told.placement
    if placement is None and s.completed:
        placement = POST
    elif placement is None:
        has_played = s.content_played > s.played_before or s.position > s.range_start
        placement = MID if s.begun and has_played else PRE
    return s.asset_index, placement, s.position if told.offset is None else told.offset


def new_break(s: State, told: BreakTold) -> Break:
    """A break that nobody announced; a mid-roll divides the pod it lies in (S21)."""
    asset, placement, place = place_told(s, told)
    place = {PRE: 0.0, POST: NEVER}.get(placement, place)
    s.timeline, part = s.timeline.new_break((asset, placement, place), told.pod_id)
    return part


def fill_break(s: State, part: Break, ads: tuple[Ad, ...], size: int | None) -> Break:
    """What the player knows of the break's ads, beside what the plan knew."""
    if not ads and size is None:
        return part
    both = map(adverts.merged_ad, part.ads, ads)
    merged = (*both, *part.ads[len(ads) :], *ads[len(part.ads) :])
    part = attrs.evolve(part, ads=merged, pod_length=size or len(ads) or part.pod_length)
    s.timeline = s.timeline.with_break(part)
    return part


def fail_announced_ad(s: State, asset_id: str | None) -> None:
    """An announced ad that never moved has failed; its length is dropped (S4, S71)."""
    s.ads_failed += 1
    if s.open_break >= 0:
        place = adverts.place_of(s, Ad(asset_id=asset_id), None)
        s.last_place = max(s.last_place, place)
        failed = [(s.open_break, place)]
    elif asset_id is None:
        # The first of the planned breaks that were due where the playhead is, and did not come.
        due = [*to_come(s, PRE), *breaks_at_hand(s), *(to_come(s, POST) if s.completed else ())]
        failed = [(index, 0) for index in sorted(part.index for part in due)]
    else:
        unopened = (each for each in s.timeline.breaks if not positions.was_opened(s, each.index))
        failed = adverts.ads_named(unopened, asset_id)
    adverts.drop(s, failed[:1])


def drop_unfilled(s: State, part: Break | None) -> None:
    """A break that has ended without any ad was unfilled (S4)."""
    if part is not None and part.index not in {index for index, _ in ads_seen(s)}:
        s.breaks_opened |= 1 << part.index
        adverts.drop(s, ((part.index, place) for place in range(len(part.ads))))


def planned(s: State, asset_index: int, placement: str | None = None) -> list[Break]:
    parts = (part for part in s.timeline.breaks_of(asset_index) if part.planned)
    return [part for part in parts if placement in (None, part.placement)]


def to_come(s: State, placement: str) -> list[Break]:
    """The planned breaks of the content that have not been opened; before it while it may begin."""
    parts = [] if placement == PRE and s.begun else planned(s, s.asset_index, placement)
    return [part for part in parts if not positions.was_opened(s, part.index)]


def due_break(s: State, run: float, pod_id: str | None = None) -> Break | None:
    """The last mid-roll that is due (S12), once more after a seek back; ``run`` s after a jump."""
    names = names_of_others(s, pod_id)
    due = [
        part
        for part in s.timeline.breaks_of(s.asset_index)
        if part.placement == MID
        and not (s.breaks_spent | s.breaks_passed) >> part.index & 1
        and part.offset <= s.position + NEAR
        and part.pod_id not in names
        and min(s.position - part.offset, run) <= PASSED_BY
    ]
    return max(due, key=lambda part: part.offset, default=None)


def names_of_others(s: State, pod_id: str | None) -> set[str | None]:
    """The ids that the plan itself gives: a break that is told by another one is none of these."""
    return set() if pod_id is None else {each.pod_id for each in s.plan.ad_breaks}


def breaks_at_hand(s: State) -> list[Break]:
    """The planned mid-rolls that have not come yet and lie within a second (S31)."""
    return [part for part in to_come(s, MID) if abs(part.offset - s.position) <= NEAR]


def more_to_come(s: State) -> bool:
    follows = s.asset_index + 1 < len(s.timeline.assets) or s.announced is not None
    return follows or bool(to_come(s, POST))


def is_played_out(s: State) -> bool:
    """Content is over, and so is the last ad of a post-roll, though its end was not said (S81)."""
    if s.where != "ad_break" or not s.completed:
        return s.where == "after_content"
    size = s.ad_break.size()
    return s.last_ad is not None and (size is None or s.last_place + 1 >= size)


def attribute(s: State, told: Ad, length: float | None) -> None:
    """The first ad of a break that was only found by its place says which it is (S11, S12)."""
    found, s.break_found = s.break_found, False
    if not found or s.last_place >= 0:
        return
    part, follows = s.ad_break, next_pre_roll(s, told, length) if s.completed else None
    other = follows or break_of_ad(s, told)
    if other is None and part.planned and not is_planned_ad(s, part, told, length):
        other = new_break(s, BreakTold())
    if other is None or other.index == part.index:
        return
    if part.planned:
        s.breaks_opened &= ~(1 << part.index)
        s.breaks_spent &= ~(1 << part.index)
    elif part.index == len(s.timeline.breaks) - 1:
        named = s.timeline.breaks_named - 1
        s.timeline = attrs.evolve(s.timeline, breaks=s.timeline.breaks[:-1], breaks_named=named)
    if follows is not None:
        pods.next_asset(s, None)
    claim(s, other)


def begins_with(part: Break, length: float | None) -> bool:
    return adverts.is_as_long(part.ads[0].duration if part.ads else None, length, NEAR)


def next_pre_roll(s: State, told: Ad, length: float | None) -> Break | None:
    """The next asset's planned pre-roll, if an ad after this one's end is of it (S11)."""
    ahead = planned(s, s.asset_index + 1, PRE)
    fits = bool(adverts.ads_named(ahead, told.asset_id))
    if ahead and told.asset_id is None:
        fits = not s.ad_break.planned and begins_with(ahead[0], length)
    return ahead[0] if fits else None


def is_planned_ad(s: State, part: Break, told: Ad, length: float | None) -> bool:
    """Whether an ad is none of another break's, nor one before this break's place (S12)."""
    homes = [index for index, _ in adverts.ads_named(s.timeline.breaks, told.asset_id)]
    if homes:
        return part.index in homes
    if s.position >= part.offset - SAME_SPOT or not part.ads:
        return True
    return told.asset_id is None and begins_with(part, length)


def break_of_ad(s: State, told: Ad) -> Break | None:
    """The planned break at this place that holds the told ad, which has not been played yet."""
    parts = planned(s, s.asset_index, MID) if s.placement == MID else []
    near = [part for part in parts if abs(part.offset - s.position) <= LATE_BREAK]
    held, seen = adverts.ads_named(near, told.asset_id), ads_seen(s)
    return next((s.timeline.breaks[ad[0]] for ad in held if ad not in seen), None)
