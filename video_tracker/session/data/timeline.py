"""What lies where: the content assets of a session, their ad breaks, the pods between the breaks.

A timeline is an immutable value. Sessions of one plan share the plan's timeline; a session that
learns something new (a longer asset, an unannounced break) goes on with a changed copy. What was
*played* is not here but in the session, so that a plain session costs no copy at all.
"""

import math
import sys
from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from video_tracker.plan import Ad, AdBreak, Content, SessionPlan
from video_tracker.session.data.tolerances import SAME_PLACE

__all__ = ["Asset", "Break", "Timeline", "timeline_of"]

PRE: Final = "pre-roll"
MID: Final = "mid-roll"
POST: Final = "post-roll"

_SHORT: Final = {"pre": PRE, "mid": MID, "post": POST, "start": PRE, "end": POST}
PLACEMENTS: Final = _SHORT | {kind: kind for kind in (PRE, MID, POST)}


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

    def with_ad(self, place: int, ad: Ad) -> "Break":
        """The same with another ad at a place that it has."""
        return attrs.evolve(self, ads=(*self.ads[:place], ad, *self.ads[place + 1 :]))

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
        found = self.pod_ids[0]
        for border, pod_id in zip(self.borders, self.pod_ids, strict=True):
            # A player stops at a break up to half a second early or resumes as much before it.
            if border > position + 0.5:
                break
            found = pod_id
        return found


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

    def __attrs_post_init__(self) -> None:
        known = [asset.duration for asset in self.assets if asset.duration is not None]
        total = sum(known) if known and len(known) == len(self.assets) else None
        object.__setattr__(
            self, "mids", tuple(each for each in self.breaks if each.placement == MID)
        )
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
            content = attrs.evolve(content, asset_id=f"asset-{len(self.assets) + 1}")
        pod_ids, count = _pod_ids(content, 1, self.pods_named)
        asset = Asset(content, content.duration, (0.0,), pod_ids, named)
        return attrs.evolve(self, assets=(*self.assets, asset), pods_named=count)

    def with_asset(self, index: int, asset: Asset) -> "Timeline":
        """The same with another asset at ``index``."""
        return attrs.evolve(self, assets=(*self.assets[:index], asset, *self.assets[index + 1 :]))

    def with_break(self, part: Break) -> "Timeline":
        """The same with a break replaced, by its index, or added."""
        breaks = (*self.breaks[: part.index], part, *self.breaks[part.index + 1 :])
        return attrs.evolve(self, breaks=breaks)

    def new_break(
        self,
        asset_index: int,
        placement: str | None,
        offset: float,
        pod_id: str | None = None,
        ads: tuple[Ad, ...] = (),
        pod_length: int | None = None,
        planned: bool = False,
        resume_offset: float = 0.0,
    ) -> tuple["Timeline", Break]:
        """The same with a break more, which gets the next default id if it has none (S12)."""
        named = self.breaks_named
        if pod_id is None:
            taken = [part.pod_id for part in self.breaks]
            named += 1
            while f"ad-{named}" in taken:  # a caller's own id
                named += 1
            pod_id = sys.intern(f"ad-{named}")
        place, size = (len(self.breaks), asset_index, placement, offset), pod_length or len(ads)
        part = Break(*place, pod_id, ads, size or None, planned, resume_offset)
        return attrs.evolve(self.with_break(part), breaks_named=named), part

    def with_border(self, asset_index: int, position: float) -> "Timeline":
        """The same with the pod around ``position`` divided there (S21)."""
        asset = self.assets[asset_index]
        if any(abs(border - position) <= SAME_PLACE for border in asset.borders):
            return self
        place = sum(border < position for border in asset.borders)
        own = asset.content.pod_ids
        if len(asset.pod_ids) < len(own) and place == len(asset.borders):
            pod_id, count = own[place], self.pods_named
        else:
            count = self.pods_named + 1
            pod_id = sys.intern(f"content-{count}")
        borders, pod_ids = list(asset.borders), list(asset.pod_ids)
        borders.insert(place, position)
        pod_ids.insert(place, pod_id)
        divided = attrs.evolve(asset, borders=tuple(borders), pod_ids=tuple(pod_ids))
        return attrs.evolve(self.with_asset(asset_index, divided), pods_named=count)

    def without_border(self, asset_index: int, position: float) -> "Timeline":
        """The same with the two pods at a border made one (S22)."""
        asset = self.assets[asset_index]
        if position not in asset.borders[1:]:
            return self
        place = asset.borders.index(position)
        borders, pod_ids = list(asset.borders), list(asset.pod_ids)
        del borders[place], pod_ids[place]
        joined = attrs.evolve(asset, borders=tuple(borders), pod_ids=tuple(pod_ids))
        return self.with_asset(asset_index, joined)

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
        for ad_break in sorted(planned, key=lambda each: _place(each)[1]):
            place = (timeline._owner(ad_break), *_place(ad_break))
            known = timeline.find(*place, ad_break.pod_id)
            if known is None:
                timeline = timeline._with_planned(*place, ad_break)
                continue
            ads = ad_break.ads if len(ad_break.ads) >= len(known.ads) else known.ads
            length = ad_break.pod_length or len(ad_break.ads) or known.pod_length
            timeline = timeline.with_break(attrs.evolve(known, ads=ads, pod_length=length))
        return timeline

    def _with_planned(
        self, index: int, placement: str | None, offset: float, told: AdBreak | Break
    ) -> "Timeline":
        """The same with a planned break more; a mid-roll divides the pod it lies in (S21)."""
        known = (told.pod_id, told.ads, told.pod_length, True, told.resume_offset)
        timeline, _ = self.new_break(index, placement, offset, *known)
        return timeline.with_border(index, offset) if placement == MID else timeline

    def _owner(self, ad_break: AdBreak) -> int:
        wanted = ad_break.content_asset_id
        for index, asset in enumerate(self.assets):
            if wanted is not None and asset.asset_id == wanted:
                return index
        return max(len(self.assets) - 1, 0) if ad_break.at == "end" else 0

    def find(
        self, index: int, placement: str | None, offset: float, pod_id: str | None, spent: int = 0
    ) -> Break | None:
        """The known break of that id or at that place of an asset, not in ``spent`` (bits)."""
        own = list(self.breaks_of(index))
        named = [part for part in own if part.pod_id == pod_id]
        if named:
            return named[0]
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
        planned = [part for part in self.breaks_of(index) if part.planned]
        for part in sorted(planned, key=lambda part: part.offset):
            timeline = timeline._with_planned(0, part.placement, part.offset, part)
        return timeline


def _place(ad_break: AdBreak) -> tuple[str, float]:
    if ad_break.at == "end":
        return POST, math.inf
    offset = 0.0 if ad_break.at == "start" else float(ad_break.at)
    return (MID, offset) if offset > 0 else (PRE, 0.0)


def timeline_of(plan: SessionPlan) -> Timeline:
    """The timeline of a plan, made once for each plan and shared by its sessions.

    Pods and breaks get their default ids in the order of the timeline (S12), however the breaks
    were listed. A break declared at or after the known end of its asset is a post-roll (S10).
    """
    cached = plan.derived.get("timeline")
    if isinstance(cached, Timeline):
        return cached
    timeline = Timeline()
    for content in plan.contents or (None,):
        timeline = timeline.with_content(content)
    placed = [(timeline._owner(each), _place(each)[1], each) for each in plan.ad_breaks]
    for owner, offset, ad_break in sorted(placed, key=lambda each: each[:2]):
        duration = timeline.assets[owner].duration
        late = duration is not None and offset >= duration
        known = attrs.evolve(ad_break, at="end") if late else ad_break
        timeline = timeline._with_planned(timeline._owner(known), *_place(known), known)
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
