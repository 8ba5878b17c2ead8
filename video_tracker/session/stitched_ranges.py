"""Ad breaks found in the stream, before, while or after the playhead is in them (S9)."""

import math
from typing import Any, Final

import attrs

from video_tracker.events import Event
from video_tracker.plan import Ad, AdRange
from video_tracker.session.speaker import NEAR
from video_tracker.session.stitch import DUST, Stitch, Stretch, lengths_of
from video_tracker.session.stitched import Stitched
from video_tracker.session.stitched_places import LEAP
from video_tracker.session.timeline import MID, PLACEMENTS, POST, PRE, SAME_PLACE, Break

__all__ = ["StitchedRanges"]

MOST_RANGES: Final = 1_000
"""More ranges at once than these are a mistake; so are more ads in one."""


class StitchedRanges(Stitched):
    """A session that learns where its ads lie in the stream."""

    __slots__ = ()

    # -- telling -------------------------------------------------------------------------------

    def _on_ad_ranges(self, out: list[Event], at: float, ranges: Any) -> None:
        if not self._enter("ad_ranges", at):
            return
        told = _ranges_of(ranges)
        if told is None:
            self._ignored(at, "ad_ranges", "invalid_value")
            return
        stitch = self.stitch if self.stitch is not None else self._become_stitched()
        inner, stitch.inner = stitch.inner, True
        try:
            playhead = self._playhead()
            for each in sorted(told, key=_by_start):
                self._take_range(each)
            self._lay_out(at)
            self._measure_ads()
            self._meet_ranges(out, at, playhead)
        finally:
            stitch.inner = inner
        self.clock = max(self.clock, at)

    def _become_stitched(self) -> Stitch:
        """From now on positions are the stream's; up to now content and stream were the same."""
        stitch = self._stitch
        stitch.length = self.said_duration
        own = self._asset.content.duration
        if own is not None and own != self.duration:
            self.duration = own  # what the player said was the stream's length
            changed = attrs.evolve(self._asset, duration=own)
            self.timeline = self.timeline.with_asset(self.asset_index, changed)
        self._tune()
        return stitch

    def _find_planned_ads_in_stream(self, at: float) -> None:
        stitch = self._become_stitched()
        stitch.planned = True
        self._lay_out(at)

    def _take_range(self, told: AdRange) -> None:
        """A range that is known already is replaced; another one is added."""
        stitch = self._stitch
        part = self._same_range(told)
        if part is None:
            part = self._new_stretch(told)
            stitch.stretches.append(part)
        elif told.start != part.start:
            part.start = told.start
        known = self.timeline.breaks[part.index]
        declared = part.lengths if part.fixed else lengths_of(known)
        if told.ads or told.pod_length:
            known = self._fill_break(known, told.ads[:MOST_RANGES], _count(told.pod_length))
        part.lengths = _merged_lengths(declared, told.ads[:MOST_RANGES], known.size() or 0)
        part.replaces = told.replaces
        part.resume = known.resume_offset if told.resume_offset is None else told.resume_offset
        part.told = part.fixed = True
        part.told_id = told.pod_id if part.told_id is None else part.told_id
        part.told_end = math.inf if told.end is None else told.end

    def _same_range(self, told: AdRange) -> Stretch | None:
        """The stretch that this range tells again: by its id, or by its place."""
        stitch, breaks = self._stitch, self.timeline.breaks
        if told.pod_id is not None:
            for part in stitch.stretches:
                if told.pod_id in (part.told_id, breaks[part.index].pod_id):
                    return part
        near = [
            part
            for part in stitch.stretches
            if (part.told or part.fixed)
            and abs(part.start - told.start) <= (SAME_PLACE if part.told else LEAP)
            and (told.pod_id is None or part.told_id is None)
        ]
        return min(near, key=lambda part: abs(part.start - told.start), default=None)

    def _new_stretch(self, told: AdRange) -> Stretch:
        """A new range: a break of the plan that no range has told yet, or a break of its own."""
        stitch = self._stitch
        content = stitch.to_content(told.start)
        part = self._planned_for(told, content)
        if part is None:
            part = self._unplanned_break(told, content)
        elif part.placement == MID:
            self.timeline = self.timeline.with_offset(part, content)
        stitch.stretches = [each for each in stitch.stretches if each.index != part.index]
        return Stretch(part.index, told.start, math.inf, content, told_id=told.pod_id)

    def _planned_for(self, told: AdRange, content: float) -> Break | None:
        """The planned break that a range tells of: by its id, its place, or its turn."""
        taken = {part.index for part in self._stitch.stretches if part.told or part.fixed}
        free = [
            part
            for part in self.timeline.breaks_of(self.asset_index)
            if part.planned and part.index not in taken
        ]
        for part in free:
            if told.pod_id is not None and part.pod_id == told.pod_id:
                return part
        near = [part for part in free if abs(self._content_place(part) - content) <= SAME_PLACE]
        if near:  # of two names for one place the plan's wins (S12)
            return min(near, key=lambda part: abs(self._content_place(part) - content))
        if told.pod_id is not None:
            named = {each.pod_id for each in self.plan.ad_breaks}
            free = [part for part in free if part.pod_id not in named]
        wanted = self._placement_of_range(told, content)
        turn = [
            part for part in free if part.placement == wanted and not self._was_opened(part.index)
        ]
        return min(turn, key=lambda part: part.offset, default=None)

    def _content_place(self, part: Break) -> float:
        if part.offset < math.inf or self.duration is None:
            return part.offset
        return self.duration

    def _placement_of_range(self, told: AdRange, content: float) -> str:
        declared = PLACEMENTS.get(told.placement or "")
        if declared is not None:
            return declared
        if content <= DUST and told.start <= DUST and not self._live:
            return PRE
        return POST if self._is_last_place(content) else MID

    def _is_last_place(self, content: float) -> bool:
        return self.duration is not None and not self._live and content >= self.duration - NEAR

    def _unplanned_break(self, told: AdRange, content: float) -> Break:
        """A break that only the stream knows; known before it plays, it counts as planned."""
        placement = self._placement_of_range(told, content)
        offset = {PRE: 0.0, POST: math.inf}.get(placement, content)
        self.timeline, part = self.timeline.new_break(
            self.asset_index, placement, offset, pod_id=told.pod_id, planned=True
        )
        if placement == MID and content > DUST:
            self.timeline = self.timeline.with_border(self.asset_index, content)
        return part

    # -- meeting the playhead ------------------------------------------------------------------

    def _meet_ranges(self, out: list[Event], at: float, playhead: float) -> None:
        """What the session holds of its playhead follows what is known of the stream now."""
        stitch = self._stitch
        if stitch.inside >= 0:
            self._meet_in_break(out, at, playhead)
        elif self.where == "content" and not stitch.waits:
            part = stitch.at(playhead)
            passed = self._break_slept_through(playhead)
            if part is not None and self.how in ("playing", "buffering", "paused"):
                self._enter_late(out, part, playhead)
            elif passed is not None and self.how == "playing":
                self._enter_late(out, passed, playhead)
            else:
                self._anchor(playhead)

    def _break_slept_through(self, playhead: float) -> Stretch | None:
        """A break that lies wholly behind the last word said, and was not said yet."""
        stitch = self._stitch
        for part in stitch.stretches:
            heard = playhead - (self.accrued - stitch.said_at) * self.rate
            unsaid = stitch.said_at > 0 and heard <= part.start + DUST
            whole = part.start + DUST < part.end <= playhead
            if unsaid and whole and not self._was_opened(part.index):
                return part
        return None

    def _anchor(self, playhead: float) -> None:
        """The content position of the same playhead, if breaks before it have changed."""
        content = self._stitch.to_content(playhead)
        self._stitch.shift = playhead - content
        if abs(content - self.position) > DUST:
            self._jump(content)

    def _enter_late(self, out: list[Event], part: Stretch, playhead: float) -> None:
        """The playhead is in a break already: it began when the playhead was at its start.

        It is dated then, but never before what was said already; the seconds that were taken for
        content are given back.
        """
        now = self.accrued
        said = self._stitch.said_at
        floor = now if said < 0 else min(max(said, self.started_at or 0.0), now)
        back = min((playhead - part.start) / self.rate, now - floor, self.content_played)
        if self.how != "playing":
            back = 0.0
        back = max(back, 0.0)
        self.content_played -= back
        self.accrued = self.clock = now - back
        place = playhead - back * self.rate
        part = self._rest_of(part, place)
        self._anchor_before(part)
        self._enter_break(out, self.accrued - self.skew, part, place)
        if back > 0:
            self._progress_in_stream(out, now - self.skew, playhead)

    def _rest_of(self, part: Stretch, place: float) -> Stretch:
        """A break that grew after content had followed it: what is left of it is another one (S14).

        If no content has come between, or a good deal of it, it is the same one.
        """
        followed = self.position - self.range_start
        number = next((n for n, span in enumerate(part.spans()) if place < span.end - DUST), 0)
        if not self._was_opened(part.index) or followed >= NEAR or number == 0:
            return part
        start, known = part.spans()[number].start, self.timeline.breaks[part.index]
        self.timeline, made = self.timeline.new_break(
            self.asset_index, known.placement, known.offset, ads=known.ads[number:], planned=True
        )
        rest = Stretch(made.index, start, part.end, part.content, part.lengths[number:])
        rest.told = rest.fixed = True
        rest.resume, rest.replaces, rest.told_end = part.resume, part.replaces, part.told_end
        part.lengths, part.told_end, part.resume = part.lengths[:number], start, 0.0
        stitch = self._stitch
        stitch.stretches.append(rest)
        stitch.reckon(self.timeline, self._asset.content.duration)
        return rest

    def _anchor_before(self, part: Stretch) -> None:
        """The content stopped where the break stands."""
        if part.content < self.range_start:
            self._jump(part.content)
        else:
            self.position = part.content
        self.estimated = False

    def _meet_in_break(self, out: list[Event], at: float, playhead: float) -> None:
        """The open break was told anew: its ads may lie elsewhere, or it may be over."""
        stitch = self._stitch
        part = stitch.open
        if part is None or playhead < part.start - LEAP:
            return
        spans = part.spans()
        if self.ad is not None:
            number = min(stitch.part, len(spans) - 1)
            if number == stitch.part:
                stitch.ad_start, stitch.ad_end = spans[number].start, spans[number].end
            else:
                stitch.ad_end = part.end
            self.ad.position = max(min(playhead, stitch.ad_end) - stitch.ad_start, 0.0)
        else:
            stitch.playhead = playhead
        self._run_to(out, at, playhead)
        if self.where == "content" and playhead > self._playhead():
            self._tell(out, "progress", at, max(playhead - stitch.shift, 0.0), None)

    def _measure_ads(self) -> None:
        """An ad whose length nobody declared is as long as its range leaves it (S4)."""
        for part in self._stitch.stretches:
            if part.told and part.end > part.start + DUST:
                self._measure_break(part)

    def _measure_break(self, part: Stretch) -> None:
        known = self.timeline.breaks[part.index]
        ads = list(known.ads)
        for place, span in enumerate(part.spans()):
            declared = part.lengths[place] if place < len(part.lengths) else None
            if declared is None and span.length is not None:
                ads += [Ad()] * (place + 1 - len(ads))
                ads[place] = attrs.evolve(ads[place], duration=span.length)
        if tuple(ads) != known.ads:
            self.timeline = self.timeline.with_break(attrs.evolve(known, ads=tuple(ads)))
        if self.ad is not None and self._stitch.inside == part.index:
            self.ad.ad = ads[self.ad.place] if self.ad.place < len(ads) else self.ad.ad
            self._set_quartile_due(self.ad)


def _ranges_of(told: Any) -> list[AdRange] | None:
    """The ranges as told; None when they are none."""
    if not isinstance(told, list | tuple) or len(told) > MOST_RANGES:
        return None
    return list(told) if all(isinstance(each, AdRange) for each in told) else None


def _merged_lengths(
    declared: tuple[float | None, ...], told: tuple[Ad, ...], size: int
) -> tuple[float | None, ...]:
    """What is declared of the ads' lengths; what is told now stands before it."""
    lengths = list(declared) + [None] * (max(size, len(told)) - len(declared))
    for place, ad in enumerate(told):
        if ad.duration is not None:
            lengths[place] = ad.duration
    return tuple(lengths)


def _count(told: float | None) -> int | None:
    return None if not told else min(int(told), MOST_RANGES)


def _by_start(told: AdRange) -> float:
    return told.start
