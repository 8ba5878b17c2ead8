"""Which ad break is this (S10-S12, S22, S71, S81)."""

import math

import attrs

from video_tracker.plan import Ad
from video_tracker.session.data.compact import ads_in_book
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import MID, PLACEMENTS, POST, PRE, Break
from video_tracker.session.data.tolerances import LATE_BREAK, NEAR, NEVER, PASSED_BY, SAME_SPOT
from video_tracker.session.effects import adverts, ledger, pods, positions


@attrs.frozen
class BreakTold:
    """What a player said of an ad break that begins.

    Args:
        pod_id: Its id.
        placement: ``pre``, ``mid`` or ``post``.
        offset: The content position in seconds for which it was scheduled.
        ads: Its ads.
        size: The number of them, when they are not listed.
    """

    pod_id: str | None = None
    placement: str | None = None
    offset: float | None = None
    ads: tuple[Ad, ...] = ()
    size: int | None = None


def open_ad_break(s: State, at: float, told: BreakTold, left: float | None = None) -> None:
    """An ad break begins: the content pod is completed (S21), the break found or made (S12).

    Args:
        at: When.
        told: What the player said of it.
        left: Where a seek left the pod that now ends, if one did.
    """
    pods.pass_borders(s)
    run = s.position - s.range_start
    declared = PLACEMENTS.get(told.placement or "")
    if s.where == "after_content" and is_of_next_asset(s, told, declared):
        ledger.accrue(s, at)
        pods.next_asset(s, None)
    if s.where == "content":
        stop_for_break(s, at, declared, left)
    else:
        ledger.accrue(s, at)
    part = find_break(s, told.pod_id, declared, told.offset, run)
    provisional = is_found_by_place(told, part)
    if part is None:
        part = new_break(s, told.pod_id, declared, told.offset)
    elif part.placement == MID and s.breaks_passed >> part.index & 1:
        s.timeline = s.timeline.with_border(s.asset_index, part.offset)
    s.breaks_passed &= ~(1 << part.index)
    part = fill_break(s, part, told.ads, told.size)
    s.break_found = provisional
    s.last_place = -1
    claim(s, part)
    s.placement = placement_of(s, part, declared)
    s.breaks += 1
    s.beat_due = NEVER
    s.moves("settle")


def is_found_by_place(told: BreakTold, part: Break | None) -> bool:
    """Whether only its place says which break it is: its first ad may say another (S11, S12)."""
    return (
        told.pod_id is None
        and told.offset is None
        and not told.ads
        and (part is None or (part.planned and part.placement in (MID, POST)))
    )


def is_of_next_asset(s: State, told: BreakTold, declared: str | None) -> bool:
    """Whether a break after an asset's end was declared for the next one (S11)."""
    ahead = breaks_ahead(s)
    if declared == POST or s.asset_index + 1 >= len(s.timeline.assets):
        return False
    if told.pod_id is not None and any(part.pod_id == told.pod_id for part in s.timeline.breaks):
        return any(part.pod_id == told.pod_id for part in ahead)
    return declared == PRE or any(holds_ad(ahead, ad.asset_id) for ad in told.ads)


def breaks_ahead(s: State) -> list[Break]:
    """The planned breaks of the next asset."""
    return [part for part in s.timeline.breaks_of(s.asset_index + 1) if part.planned]


def holds_ad(parts: list[Break], asset_id: str | None) -> bool:
    """Whether one of these breaks holds an ad of that id."""
    return asset_id is not None and any(
        ad.asset_id == asset_id for part in parts for ad in part.ads
    )


def stop_for_break(s: State, at: float, declared: str | None, left: float | None) -> None:
    """The content pod ends for a break; at its end the asset is completed (S23, S75)."""
    ledger.accrue(s, at)
    at_end = positions.near_content_end(s)
    if declared == POST or (declared is None and at_end):
        pods.complete_asset(s)
    pods.complete_pod(s, at, left)


def find_break(
    s: State,
    pod_id: str | None,
    declared: str | None,
    offset: float | None,
    run: float = 0.0,
) -> Break | None:
    """The known break that begins now: by id, by its declared place, or by where we are.

    ``run`` is how many seconds of content have played since the last jump.
    """
    placement = declared or derived_placement(s)
    place = s.position if offset is None else offset
    found = s.timeline.find(s.asset_index, placement, place, pod_id, s.breaks_spent)
    if found is None and declared is None and placement == MID and place <= NEAR:
        found = s.timeline.find(s.asset_index, PRE, place, pod_id, s.breaks_spent)
    if found is not None and (pod_id is None or found.pod_id == pod_id or found.planned):
        return found
    if placement != MID or offset is not None:
        return None
    return due_break(s, run)


def due_break(s: State, run: float) -> Break | None:
    """The planned mid-roll that a player plays now: the last unwatched one that is due (S12)."""
    due = [
        part
        for part in s.timeline.breaks_of(s.asset_index)
        if part.placement == MID
        and part.planned
        and part.offset <= s.position + NEAR
        and min(s.position - part.offset, run) <= PASSED_BY
        and not pods.is_over(s, part.index)
    ]
    return max(due, key=lambda part: part.offset, default=None)


def derived_placement(s: State) -> str:
    """Where the break lies, going by what has played (S10, S11)."""
    if s.completed:
        return POST
    return MID if s.begun and has_played(s) else PRE


def has_played(s: State) -> bool:
    """Whether the clock of the current content has moved (S10)."""
    return s.content_played > s.played_before or s.position > s.range_start


def post_roll_due(s: State) -> bool:
    """Whether a planned post-roll of this content has not shown (S75)."""
    return any(
        part.offset == NEVER and part.planned and not positions.was_opened(s, part.index)
        for part in s.timeline.breaks_of(s.asset_index)
    )


def placement_of(s: State, part: Break, declared: str | None) -> str:
    return declared or part.placement or derived_placement(s)


def new_break(s: State, pod_id: str | None, declared: str | None, offset: float | None) -> Break:
    """A break that nobody announced; a mid-roll divides the pod it lies in (S21)."""
    placement = declared or derived_placement(s)
    place = s.position if offset is None else offset
    if placement == POST:
        place = math.inf
    elif placement == PRE:
        place = 0.0
    s.timeline, part = s.timeline.new_break(s.asset_index, placement, place, pod_id=pod_id)
    if placement == MID:
        s.timeline = s.timeline.with_border(s.asset_index, place)
    return part


def fill_break(s: State, part: Break, ads: tuple[Ad, ...], size: int | None) -> Break:
    """What the player knows of the break's ads, beside what the plan knew."""
    if not ads and size is None:
        return part
    merged = [
        adverts.merged_ad(part.ads[place], ad) if place < len(part.ads) else ad
        for place, ad in enumerate(ads)
    ]
    merged.extend(part.ads[len(ads) :])
    part = attrs.evolve(part, ads=tuple(merged), pod_length=size or len(ads) or part.pod_length)
    s.timeline = s.timeline.with_break(part)
    return part


def announce_break(s: State, told: BreakTold) -> None:
    """A break that a framework announces before the viewer plays is a planned one (S71)."""
    declared = PLACEMENTS.get(told.placement or "")
    part = find_break(s, told.pod_id, declared, told.offset)
    if part is None:
        part = new_break(s, told.pod_id, declared, told.offset)
    s.timeline = s.timeline.with_break(attrs.evolve(part, planned=True))
    fill_break(s, s.timeline.breaks[part.index], told.ads, told.size)


def close_ad_break(s: State, at: float) -> None:
    """The break is over; after a post-roll the asset is, otherwise its content comes back."""
    ledger.accrue(s, at)
    played = {index for index, _, _ in ads_in_book(s)}
    if s.open_break >= 0 and s.open_break not in played and s.stitch is None:
        dropped = s.ads_dropped or set()
        s.ads_dropped = dropped | {(s.open_break, place) for place in range(len(s.ad_break.ads))}
    s.goes("post_roll_ends" if s.completed else "ad_break_end")
    s.open_break = -1
    s.placement = None
    s.moves("settle")


def fail_announced_ad(s: State, asset_id: str | None) -> None:
    """An announced ad that never moved has failed; its length is dropped (S4, S71)."""
    s.ads_failed += 1
    part = s.ad_break if s.open_break >= 0 else None
    if part is None:
        part, place = find_announced(s, asset_id)
        if part is None and asset_id is None:
            part = break_here(s)
    else:
        place = adverts.place_of(s, Ad(asset_id=asset_id) if asset_id else None, None)
    if part is None:
        return
    if s.ads_dropped is None:
        s.ads_dropped = set()
    s.ads_dropped.add((part.index, place))
    if part.index == s.open_break:
        s.last_place = max(s.last_place, place)


def find_announced(s: State, asset_id: str | None) -> tuple[Break | None, int]:
    if asset_id is not None:
        for part in s.timeline.breaks:
            for place, ad in enumerate(part.ads):
                if ad.asset_id == asset_id and not positions.was_opened(s, part.index):
                    return part, place
    return None, 0


def break_here(s: State) -> Break | None:
    """The planned break that was due where the playhead is, and did not come."""
    due = [
        part
        for part in s.timeline.breaks_of(s.asset_index)
        if part.planned
        and not positions.was_opened(s, part.index)
        and (
            (part.placement == PRE and not s.begun)
            or (part.placement == MID and abs(part.offset - s.position) <= NEAR)
            or (part.placement == POST and s.completed)
        )
    ]
    return due[0] if due else None


def breaks_at_hand(s: State) -> list[Break]:
    """The planned mid-rolls that have not come yet and lie within a second (S31)."""
    return [
        part
        for part in s.timeline.breaks_of(s.asset_index)
        if part.placement == MID
        and part.planned
        and abs(part.offset - s.position) <= NEAR
        and not positions.was_opened(s, part.index)
    ]


def pre_roll_due(s: State) -> bool:
    """Whether the plan holds a pre-roll of this asset that has not come yet."""
    if s.begun:
        return False
    return any(
        part.placement == PRE and part.planned and not positions.was_opened(s, part.index)
        for part in s.timeline.breaks_of(s.asset_index)
    )


def more_to_come(s: State) -> bool:
    """Whether a post-roll or a next content that is known is still to come."""
    if s.asset_index + 1 < len(s.timeline.assets) or s.announced is not None:
        return True
    return post_roll_due(s)


def post_roll_is_done(s: State) -> bool:
    """The last ad of a post-roll has ended; only the break's end was not said."""
    if s.where != "ad_break" or not s.completed:
        return False
    size = s.ad_break.size()
    return s.last_ad is not None and (size is None or s.last_place + 1 >= size)


def is_planned_ad(s: State, part: Break, place: int, ad: Ad | None, length: float | None) -> bool:
    """Whether an ad belongs to a break that is due.

    Not if it is planned elsewhere, nor if it comes before that break's place and is none of its
    ads (S12).
    """
    name = None if ad is None else ad.asset_id
    if name is not None:
        if holds_ad([part], name):
            return True
        if adverts.ad_named(s, name) is not None:
            return False
    if s.position >= part.offset - SAME_SPOT or place >= len(part.ads):
        return True
    known, told = (
        part.ads[place].duration,
        length if length is not None or ad is None else ad.duration,
    )
    return name is None and (known is None or told is None or abs(known - told) <= NEAR)


def attribute(s: State, told: Ad | None, length: float | None) -> None:
    """The first ad of a break that was only found by its place says which it is (S11, S12)."""
    if not s.break_found:
        return
    s.break_found = False
    part = s.ad_break
    if s.last_place >= 0:
        return
    if s.completed and is_ad_of_next_asset(s, part, told, length):
        take_back(s, part)
        pods.next_asset(s, None)
        claim(s, next(each for each in s.timeline.breaks_of(s.asset_index) if each.planned))
        return
    other = break_of_ad(s, told)
    if other is None and part.planned and not is_planned_ad(s, part, 0, told, length):
        other = new_break(s, None, None, None)
    if other is not None and other.index != part.index:
        take_back(s, part)
        claim(s, other if other.index < len(s.timeline.breaks) else s.timeline.breaks[-1])


def is_ad_of_next_asset(s: State, part: Break, told: Ad | None, length: float | None) -> bool:
    """Whether an ad after an asset's end is of the next one's planned pre-roll (S11)."""
    ahead = [each for each in breaks_ahead(s) if each.placement == PRE]
    if not ahead:
        return False
    if told is not None and told.asset_id is not None:
        return holds_ad(ahead, told.asset_id)
    known = ahead[0].ads[0].duration if ahead[0].ads else None
    fits = known is None or length is None or abs(known - length) <= NEAR
    return not part.planned and fits


def take_back(s: State, part: Break) -> None:
    """It was not this break that began."""
    if part.planned:
        s.breaks_opened &= ~(1 << part.index)
        s.breaks_spent &= ~(1 << part.index)
    elif part.index == len(s.timeline.breaks) - 1:
        s.timeline = attrs.evolve(
            s.timeline, breaks=s.timeline.breaks[:-1], breaks_named=s.timeline.breaks_named - 1
        )


def claim(s: State, part: Break) -> None:
    """It is this break that plays."""
    s.open_break = part.index
    s.placement = part.placement
    s.breaks_opened |= 1 << part.index
    s.breaks_spent |= 1 << part.index


def break_of_ad(s: State, told: Ad | None) -> Break | None:
    """The planned break at this place that holds the told ad, which has not been played yet."""
    if told is None or told.asset_id is None or s.placement != MID:
        return None
    played = {(index, place) for index, place, _ in ads_in_book(s)}
    for part in s.timeline.breaks_of(s.asset_index):
        near = part.placement == MID and part.planned
        if near and abs(part.offset - s.position) <= LATE_BREAK:
            for place, ad in enumerate(part.ads):
                if ad.asset_id == told.asset_id and (part.index, place) not in played:
                    return part
    return None


def awaits_completion(s: State) -> bool:
    """Everything was played: only a word that nothing more comes is missing (S81)."""
    return (s.where == "after_content" or post_roll_is_done(s)) and (not more_to_come(s))
