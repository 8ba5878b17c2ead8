"""What lies where: the content assets of a session, their ad breaks, the pods between the breaks.

A timeline is an immutable value that the sessions of a plan share: one that learns something new
goes on with a changed copy. What was *played* is not here but in the session.
"""

import itertools
import math
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias, TypeVar

import attrs

from video_tracker.plan import Ad, AdBreak, Content, SessionPlan
from video_tracker.session.data.tolerances import SAME_PLACE, SAME_SPOT

__all__ = ["Asset", "Break", "Timeline", "timeline_of"]

T = TypeVar("T")
Place: TypeAlias = tuple[int, str | None, float]  # of a break: its asset, placement, offset
PRE: Final = "pre-roll"
MID: Final = "mid-roll"
POST: Final = "post-roll"

_SHORT: Final = {"pre": PRE, "mid": MID, "post": POST, "start": PRE, "end": POST}
PLACEMENTS: Final = {**_SHORT, PRE: PRE, MID: MID, POST: POST}


def declared(placement: object, offset: object) -> str | None:
    """Which placement a player's own words for a break's placement and offset say; -1: the end."""
    known = PLACEMENTS.get(placement) if isinstance(placement, str) else None
    return POST if known is None and offset == -1 else known


def put(items: tuple[T, ...], place: int, *new: T, instead: int = 1) -> tuple[T, ...]:
    """The items with new ones at a place, ``instead`` of so many."""
    return (*items[:place], *new, *items[place + instead :])


@attrs.frozen
class Break:
    """One ad break of the timeline."""

    index: int  # its number in the session, in order of appearance
    asset_index: int
    placement: str | None  # pre-roll, mid-roll or post-roll; None while it is not settled (S10)
    offset: float  # its content position in seconds; infinite for the end of the asset
    pod_id: str  # (S12)
    ads: tuple[Ad, ...]  # what is known of them, in order
    pod_length: int | None  # their number as told; ads that only turned up tell none
    planned: bool  # whether it was known before it began
    resume_offset: float = 0.0  # content seconds that it stands for in a stitched stream (S9)

    def length(self) -> float:
        """The declared seconds of its ads; an ad of unknown length counts nothing."""
        return sum(ad.duration for ad in self.ads if ad.duration is not None)

    def ad_id(self, place: int) -> str:
        """The id of the ad at ``place`` (from 0): its own, or one made of the pod's (S12)."""
        known = self.ads[place].asset_id if place < len(self.ads) else None
        return known or f"{self.pod_id}-{place + 1}"

    def size(self) -> int | None:
        """The number of ads, when known."""
        return None if self.pod_length is None else max(self.pod_length, len(self.ads))


@attrs.frozen
class Asset:
    """One content asset with its pods."""

    content: Content  # with an id
    duration: float | None  # seconds
    borders: tuple[float, ...]  # where each pod begins, in seconds, ascending; the first is 0
    pod_ids: tuple[str, ...]  # one for each border (S12)
    named: bool  # false while the id is one of ours and nothing is known of the asset
    live: bool | None = None  # whether the player said that it is live (S87)
    told_id: str | None = None  # the player's own id of it, when it gave one (S83)

    @property
    def asset_id(self) -> str:
        """Its id."""
        return self.content.asset_id or ""

    def pod_at(self, position: float) -> str:
        """The id of the pod in which ``position`` lies; a border belongs to the pod it opens."""
        # A player stops at a break up to half a second early or resumes as much before it.
        return self.pod_ids[max(bisect_right(self.borders, position + SAME_SPOT), 1) - 1]


@attrs.frozen
class Timeline:
    """All assets and breaks of a session, in order."""

    assets: tuple[Asset, ...] = ()  # the playlist so far
    breaks: tuple[Break, ...] = ()  # in order of appearance; ``Break.index`` is the place here
    pods_named: int = 0  # how many default content pod ids are given out
    breaks_named: int = 0  # how many default ad pod ids are given out
    mids: tuple[Break, ...] = attrs.field(init=False, default=())  # the mid-rolls of the breaks
    content_length: float | None = attrs.field(init=False, default=None)  # None: one is unknown
    ad_length: float = attrs.field(init=False, default=0.0)  # declared seconds of all ads
    packed: bytes | None = attrs.field(init=False, default=None, eq=False)  # once it was written

    def __attrs_post_init__(self) -> None:
        known = [asset.duration for asset in self.assets if asset.duration is not None]
        total = sum(known) if known and len(known) == len(self.assets) else None
        mids = tuple(part for part in self.breaks if part.placement == MID)
        object.__setattr__(self, "mids", mids)
        object.__setattr__(self, "content_length", total)
        object.__setattr__(self, "ad_length", sum(part.length() for part in self.breaks))

    def breaks_of(self, asset_index: int) -> Iterator[Break]:
        """The breaks that belong to one asset."""
        return (part for part in self.breaks if part.asset_index == asset_index)

    def with_content(self, content: Content | None) -> "Timeline":
        """The same with one more asset at the end; None is an asset of which nothing is known."""
        content = content or Content()
        named = content.asset_id is not None
        if not named:
            first, taken = len(self.assets) + 1, {asset.asset_id for asset in self.assets}
            free = (f"asset-{n}" for n in itertools.count(first) if f"asset-{n}" not in taken)
            content = attrs.evolve(content, asset_id=next(free))
        pod_ids, count = _pod_ids(content, 1, self.pods_named)
        asset = Asset(content, content.duration, (0.0,), pod_ids, named)
        return attrs.evolve(self, assets=(*self.assets, asset), pods_named=count)

    def with_asset(self, index: int, asset: Asset) -> "Timeline":
        """The same with another asset at ``index``."""
        return attrs.evolve(self, assets=put(self.assets, index, asset))

    def with_break(self, part: Break) -> "Timeline":
        """The same with a break replaced, by its index, or added."""
        return attrs.evolve(self, breaks=put(self.breaks, part.index, part))

    def new_break(
        self, place: Place, pod_id: str | None, ads: tuple[Ad, ...] = (), *, planned: bool = False
    ) -> tuple["Timeline", Break]:
        """The same with a break more, which gets the next default id if it has none (S12)."""
        named = self.breaks_named
        if pod_id is None:
            taken = {part.pod_id for part in self.breaks}  # by a caller's own id too
            named = next(n for n in itertools.count(named + 1) if f"ad-{n}" not in taken)
            pod_id = sys.intern(f"ad-{named}")
        part = Break(len(self.breaks), *place, pod_id, ads, len(ads) or None, planned)
        timeline = attrs.evolve(self.with_break(part), breaks_named=named)
        if part.placement == MID:  # it divides the pod it lies in (S21)
            timeline = timeline.with_border(part.asset_index, part.offset)
        return timeline, part

    def with_border(self, asset_index: int, position: float) -> "Timeline":
        """The same with the pod around ``position`` divided there (S21)."""
        asset = self.assets[asset_index]
        if any(abs(border - position) <= SAME_PLACE for border in asset.borders):
            return self
        place, own = bisect_left(asset.borders, position), asset.content.pod_ids
        named = len(asset.pod_ids) < len(own) and place == len(asset.borders)
        count = self.pods_named + (not named)
        pod_id = own[place] if named else sys.intern(f"content-{count}")
        pod_ids = put(asset.pod_ids, place, pod_id, instead=0)
        borders = put(asset.borders, place, position, instead=0)
        divided = attrs.evolve(asset, borders=borders, pod_ids=pod_ids)
        return attrs.evolve(self.with_asset(asset_index, divided), pods_named=count)

    def without_border(self, asset_index: int, position: float) -> "Timeline":
        """The same with the two pods at a border made one (S22)."""
        asset = self.assets[asset_index]
        if position not in asset.borders[1:]:
            return self
        place = asset.borders.index(position)
        borders, pod_ids = put(asset.borders, place), put(asset.pod_ids, place)
        return self.with_asset(asset_index, attrs.evolve(asset, borders=borders, pod_ids=pod_ids))

    def with_offset(self, part: Break, offset: float) -> "Timeline":
        """The same with a mid-roll, and the border of the pods around it, at another place."""
        asset = self.assets[part.asset_index]
        others = {each.offset for each in self.breaks_of(part.asset_index) if each is not part}
        timeline = self.with_break(attrs.evolve(part, offset=offset))
        if part.offset in others or part.offset not in asset.borders[1:]:
            return timeline
        borders = sorted(offset if each == part.offset else each for each in asset.borders)
        return timeline.with_asset(part.asset_index, attrs.evolve(asset, borders=tuple(borders)))

    def replace_breaks(self, planned: Iterable[AdBreak]) -> "Timeline":
        """The same with planned breaks added; one already known at its place is filled in."""
        timeline = self
        for ad_break in sorted(planned, key=lambda each: self._place_of(each)[2]):
            place = timeline._place_of(ad_break)
            known = timeline.find(place, ad_break.pod_id)
            if known is None:
                timeline = timeline._with_planned(place, ad_break)
            else:
                ads = ad_break.ads if len(ad_break.ads) >= len(known.ads) else known.ads
                length = ad_break.pod_length or len(ad_break.ads) or known.pod_length
                timeline = timeline.with_break(attrs.evolve(known, ads=ads, pod_length=length))
        return timeline

    def _with_planned(self, place: Place, told: AdBreak | Break) -> "Timeline":
        timeline, part = self.new_break(place, told.pod_id, told.ads, planned=True)
        size, offset = told.pod_length or part.pod_length, told.resume_offset
        return timeline.with_break(attrs.evolve(part, pod_length=size, resume_offset=offset))

    def _place_of(self, told: AdBreak) -> Place:
        ids = [asset.asset_id for asset in self.assets]
        index = max(len(ids) - 1, 0) if told.at == "end" else 0
        if told.content_asset_id in ids:
            index = ids.index(told.content_asset_id)
        if told.at == "end":
            return index, POST, math.inf
        offset = 0.0 if told.at == "start" else float(told.at)
        return (index, MID, offset) if offset > 0 else (index, PRE, 0.0)

    def find(self, place: Place, pod_id: str | None, spent: int = 0) -> Break | None:
        """The known break of that id or at that place of an asset, not in ``spent`` (bits)."""
        index, placement, offset = place
        own = list(self.breaks_of(index))
        for part in own:
            if part.pod_id == pod_id:
                return part
        kind = placement if placement in (PRE, POST) else MID
        for part in own:
            here = kind != MID or abs(part.offset - offset) <= SAME_PLACE
            if part.placement == kind and here and not spent >> part.index & 1:
                return part
        return None

    def for_replay(self, index: int) -> "Timeline":
        """What a replay of one asset begins with: what was planned and what is known (S24)."""
        asset = self.assets[index]
        if len(self.assets) == 1 and all(part.planned for part in self.breaks):
            return self
        timeline = Timeline().with_content(attrs.evolve(asset.content, duration=asset.duration))
        timeline = timeline.with_asset(0, attrs.evolve(timeline.assets[0], named=asset.named))
        for part in sorted(self.breaks_of(index), key=lambda part: part.offset):
            if part.planned:
                timeline = timeline._with_planned((0, part.placement, part.offset), part)
        return timeline


def timeline_of(plan: SessionPlan) -> Timeline:
    """The timeline of a plan, made once; default ids are given in its order (S12)."""
    cached = plan.derived.get("timeline")
    if isinstance(cached, Timeline):
        return cached
    timeline = Timeline()
    for content in plan.contents or (None,):
        timeline = timeline.with_content(content)
    placed = [(timeline._place_of(each), each) for each in plan.ad_breaks]
    for (owner, _, offset), ad_break in sorted(placed, key=lambda each: each[0][::2]):
        duration = timeline.assets[owner].duration
        late = duration is not None and offset >= duration  # it is a post-roll (S10)
        known = attrs.evolve(ad_break, at="end") if late else ad_break
        timeline = timeline._with_planned(timeline._place_of(known), known)
    assets, named = [], 0
    for asset in timeline.assets:
        pod_ids, named = _pod_ids(asset.content, len(asset.borders), named)
        assets.append(attrs.evolve(asset, pod_ids=pod_ids))
    timeline = attrs.evolve(timeline, assets=tuple(assets), pods_named=named)
    plan.derived["timeline"] = timeline
    return timeline


def _pod_ids(content: Content, count: int, named: int) -> tuple[tuple[str, ...], int]:
    """The ids of so many pods, its own first (S12), and how many default ones are given out."""
    own = content.pod_ids[:count]
    most = named + count - len(own)
    return (*own, *(sys.intern(f"content-{each + 1}") for each in range(named, most))), most
