"""Ad breaks and ads: which break this is, when its ads start and end, what lost callbacks hide."""

import math
from typing import Any, Final

import attrs

from video_tracker.events import AdClicked, AdCompleted, AdError, AdSkipped, AdStarted, Event
from video_tracker.plan import Ad
from video_tracker.session.pods import Pods
from video_tracker.session.speaker import LAST_QUARTILE, NEAR, ON_TIME
from video_tracker.session.state import LONGEST, NEVER, AdPlay
from video_tracker.session.timeline import MID, PLACEMENTS, POST, PRE, Break

__all__ = ["Ads", "BreakTold"]

MOVED_ON: Final = 2.0
"""Content that advances this many seconds while an ad is open ends the ad (S62)."""
LATE_BREAK: Final = 2.0
"""A player plays a mid-roll at most this long before its place; behind it, at any time."""
MOST_ADS: Final = 1_000
"""A pod position beyond this is a mistake."""


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


class Ads(Pods):
    """A session that opens and closes ad breaks and ads."""

    __slots__ = ()

    # -- breaks --------------------------------------------------------------------------------

    def _open_ad_break(
        self, out: list[Event], at: float, told: BreakTold, left: float | None = None
    ) -> None:
        """An ad break begins: the content pod is completed (S21), the break found or made (S12).

        Args:
            out: Takes the events.
            at: When.
            told: What the player said of it.
            left: Where a seek left the pod that now ends, if one did.
        """
        declared = PLACEMENTS.get(told.placement or "")
        if self.where == "after_content" and self._is_of_next_asset(told.pod_id, declared):
            self._accrue(at)
            self._next_asset(None)
        if self.where == "content":
            self._stop_for_break(out, at, declared, left)
        else:
            self._accrue(at)
        part = self._find_break(told.pod_id, declared, told.offset)
        if part is None:
            part = self._new_break(told.pod_id, declared, told.offset)
        part = self._fill_break(part, told.ads, told.size)
        self.open_break = part.index
        self.last_place = -1
        self.placement = self._placement_of(part, declared)
        self.breaks_opened |= 1 << part.index
        self.breaks_spent |= 1 << part.index
        self.breaks += 1
        self.beat_due = NEVER
        self._moves("settle")

    def _is_of_next_asset(self, pod_id: str | None, declared: str | None) -> bool:
        """Whether a break after an asset's end was declared for the next one (S11)."""
        following = self.asset_index + 1
        if following >= len(self.timeline.assets) or declared == POST:
            return False
        due = [
            part
            for part in self.timeline.breaks
            if part.planned and not self._was_opened(part.index)
        ]
        ahead = [part for part in due if part.asset_index == following]
        if pod_id is not None and any(part.pod_id == pod_id for part in due):
            return any(part.pod_id == pod_id for part in ahead)
        own = [part for part in due if part.asset_index == self.asset_index]
        own_post = any(part.placement == POST for part in own)
        return declared == PRE or (not own_post and any(part.placement == PRE for part in ahead))

    def _stop_for_break(
        self, out: list[Event], at: float, declared: str | None, left: float | None
    ) -> None:
        """The content pod ends for a break; at its end the asset is completed (S23, S75)."""
        self._accrue(at)
        at_end = self._near_content_end()
        if declared == POST or (declared is None and at_end):
            self._complete_asset()
        self._complete_pod(out, at, left)

    def _find_break(
        self, pod_id: str | None, declared: str | None, offset: float | None
    ) -> Break | None:
        """The known break that begins now: by id, by its declared place, or by where we are."""
        placement = declared or self._derived_placement()
        place = self.position if offset is None else offset
        found = self.timeline.find(self.asset_index, placement, place, pod_id, self.breaks_spent)
        if found is not None and (pod_id is None or found.pod_id == pod_id or found.planned):
            return found
        if placement != MID or offset is not None:
            return None
        return self._due_break()

    def _due_break(self) -> Break | None:
        """The planned mid-roll that a player plays now: the last unwatched one reached (S21)."""
        due = [
            part
            for part in self.timeline.breaks_of(self.asset_index)
            if part.placement == MID
            and part.planned
            and part.offset <= self.position + LATE_BREAK
            and not self._was_opened(part.index)
        ]
        return max(due, key=lambda part: part.offset, default=None)

    def _derived_placement(self) -> str:
        """Where the break lies, going by what has played (S10, S11)."""
        if self.completed:
            return POST
        return MID if self.begun else PRE

    def _placement_of(self, part: Break, declared: str | None) -> str:
        return declared or part.placement or self._derived_placement()

    def _new_break(self, pod_id: str | None, declared: str | None, offset: float | None) -> Break:
        """A break that nobody announced; a mid-roll divides the pod it lies in (S21)."""
        placement = declared or self._derived_placement()
        place = self.position if offset is None else offset
        if placement == POST:
            place = math.inf
        elif placement == PRE:
            place = 0.0
        self.timeline, part = self.timeline.new_break(
            self.asset_index, placement, place, pod_id=pod_id
        )
        if placement == MID:
            self.timeline = self.timeline.with_border(self.asset_index, place)
        return part

    def _fill_break(self, part: Break, ads: tuple[Ad, ...], size: int | None) -> Break:
        """What the player knows of the break's ads, beside what the plan knew."""
        if not ads and size is None:
            return part
        merged = [
            _merged_ad(part.ads[place], ad) if place < len(part.ads) else ad
            for place, ad in enumerate(ads)
        ]
        merged.extend(part.ads[len(ads) :])
        part = attrs.evolve(part, ads=tuple(merged), pod_length=size or len(ads) or part.pod_length)
        self.timeline = self.timeline.with_break(part)
        return part

    def _close_ad_break(self, at: float) -> None:
        """The break is over; after a post-roll the asset is, otherwise its content comes back."""
        self._accrue(at)
        self._goes("post_roll_ends" if self.completed else "ad_break_end")
        self.open_break = -1
        self.placement = None
        self._moves("settle")

    # -- ads -----------------------------------------------------------------------------------

    def _open_ad(
        self,
        out: list[Event],
        at: float,
        told: Ad | None,
        place: int | None,
        duration: float | None,
    ) -> None:
        """Ad Started: the ad is looked up in its break, or added to it."""
        self._resume_for_ads(out, at)
        self._accrue(at)
        place = self._place_of(told, place)
        ad = self._take_ad(place, told, duration)
        self._first_frame(at)
        asset_id = self._break.ad_id(place)
        self.ad = AdPlay(place, ad, asset_id, 0.0, 0.0, at)
        if self.rare is not None and self.stitch is not None and self.stitch.begins > 0:
            self._join_ad(self.ad, self.stitch.begins)
        self._set_quartile_due(self.ad)
        self.last_place = place
        self._count_ad_seconds(0.0)
        if self.ads_dropped is not None:
            self.ads_dropped.discard((self.open_break, place))
        self.ads_started += 1
        self._moves("settle")
        self._ad(out, AdStarted, at)
        self._restart_beats(at)

    def _join_ad(self, ad: AdPlay, position: float) -> None:
        """Playback joins an ad of the stream in its middle: what lies before was not crossed."""
        ad.position = ad.joined = position
        if ad.ad.duration:
            ad.quartile = min(int((position + ON_TIME) / ad.ad.duration * 4), LAST_QUARTILE)

    def _place_of(self, told: Ad | None, place: int | None) -> int:
        """The ad's place in its pod: as told, by its id, or the next one not played yet."""
        if place is not None and 1 <= place <= MOST_ADS:
            return place - 1
        ads = self._break.ads
        following = self.last_place + 1
        if told is None or told.asset_id is None:
            return following
        same = (at for at in range(following, len(ads)) if ads[at].asset_id == told.asset_id)
        named = next(same, None)
        if named is not None:
            return named
        unnamed = (at for at in range(following, len(ads)) if ads[at].asset_id is None)
        return next(unnamed, max(len(ads), following))

    def _take_ad(self, place: int, told: Ad | None, duration: float | None) -> Ad:
        """The break's ad at a place, with what the player says of it."""
        part = self._break
        ads = list(part.ads)
        while len(ads) <= place:
            ads.append(Ad())
        known = ads[place] if told is None else _merged_ad(ads[place], told)
        if duration is not None:
            known = _with_duration(known, duration)
        if known != ads[place] or len(ads) != len(part.ads):
            ads[place] = known
            self.timeline = self.timeline.with_break(attrs.evolve(part, ads=tuple(ads)))
        return known

    def _close_ad(self, out: list[Event], at: float, *, fate: str | None = None) -> None:
        """The ad is over: completed, skipped, cut or failed; its seconds are settled (S1, S72).

        Args:
            out: Takes the events.
            at: When it ended; the time before it is accounted for already.
            fate: ``skipped``, ``failed`` or ``cut``; None: completed or not, as it was played.
        """
        ad = self.ad
        if ad is None:
            return
        if fate is None:
            fate = "completed" if self._ad_was_watched() else "skipped"
        if fate == "completed":
            self._complete_ad(out, at)
        elif fate == "skipped":
            self.ads_skipped += 1
            self._say_extra(out, AdSkipped, at)
        elif fate == "failed":
            self.ads_failed += 1
            self._say_extra(out, AdError, at)
        if ad.ad.duration is None and ad.position > 0:
            self._learn_length(ad)
        if fate != "completed":
            self._count_ad_seconds(min(ad.played, ad.position))
        self.ad_played += ad.played
        self.last_ad = self._now_playing() if self.completed else None
        self.ad = None
        self.beat_due = NEVER
        self._moves("settle")

    def _learn_length(self, ad: AdPlay) -> None:
        """An ad whose length nobody declared is as long as it played (S4)."""
        ad.ad = attrs.evolve(ad.ad, duration=min(ad.position, LONGEST))
        part = self._break
        ads = (*part.ads[: ad.place], ad.ad, *part.ads[ad.place + 1 :])
        self.timeline = self.timeline.with_break(attrs.evolve(part, ads=ads))

    def _complete_ad(self, out: list[Event], at: float) -> None:
        ad = self.ad
        if ad is None:
            return
        length = ad.ad.duration
        if length is not None and ad.position >= length - NEAR:
            ad.position = length
        self._count_ad_seconds(ad.position if length is not None else ad.played)
        self.ads_completed += 1
        self._ad(out, AdCompleted, at)

    def _ad_was_watched(self) -> bool:
        """Whether the ad played to within a second of its declared length (S72).

        An ad of the stream is played at the stream's rate, and may have been joined in its middle.
        """
        ad = self.ad
        if ad is None or ad.ad.duration is None:
            return True
        length = ad.ad.duration
        played = ad.played
        if self.rare is not None and self.stitch is not None:
            played *= self.rate
            length = max(length - ad.joined, 0.0)
        return played >= length - min(NEAR, length / 2) - 0.05

    def _say_extra(self, out: list[Event], kind: Any, at: float) -> None:
        """The events that are not standard, when asked for (S13)."""
        if self.settings.extra_events:
            self._ad(out, kind, at)

    def _click_ad(self, out: list[Event], at: float) -> None:
        self._say_extra(out, AdClicked, at)

    def _end_ad(self, at: float, position: float | None) -> None:
        """Account for the ad's last stretch; without a position the time since tells its length."""
        ad = self.ad
        if ad is None:
            return
        if position is None and ad.ad.duration is not None and self.how == "playing":
            passed = at - self.accrued
            position = min(ad.ad.duration, ad.position + passed) if passed > 0 else None
        if self.how == "playing":
            self._accrue_ad(at, position)
        else:
            self._accrue(at)
            if position is not None:
                ad.position = max(ad.position, position)

    def _fail_announced_ad(self, asset_id: str | None) -> None:
        """An announced ad that never moved has failed; its length is dropped (S4, S71)."""
        self.ads_failed += 1
        part = self._break if self.open_break >= 0 else None
        if part is None:
            part, place = self._find_announced(asset_id)
            if part is None and asset_id is None:
                part = self._break_here()
        else:
            place = self._place_of(Ad(asset_id=asset_id) if asset_id else None, None)
        if part is None:
            return
        if self.ads_dropped is None:
            self.ads_dropped = set()
        self.ads_dropped.add((part.index, place))
        if part.index == self.open_break:
            self.last_place = max(self.last_place, place)

    def _find_announced(self, asset_id: str | None) -> tuple[Break | None, int]:
        if asset_id is not None:
            for part in self.timeline.breaks:
                for place, ad in enumerate(part.ads):
                    if ad.asset_id == asset_id and not self._was_opened(part.index):
                        return part, place
        return None, 0

    def _break_here(self) -> Break | None:
        """The planned break that was due where the playhead is, and did not come."""
        due = [
            part
            for part in self.timeline.breaks_of(self.asset_index)
            if part.planned
            and not self._was_opened(part.index)
            and (
                (part.placement == PRE and not self.begun)
                or (part.placement == MID and abs(part.offset - self.position) <= NEAR)
                or (part.placement == POST and self.completed)
            )
        ]
        return due[0] if due else None

    # -- evidence (S62) ------------------------------------------------------------------------

    def _content_in_break(self, out: list[Event], at: float, position: float, name: str) -> bool:
        """The content clock spoke during a break: when it has moved on, the break is over.

        Returns:
            Whether content plays now, up to ``at`` and ``position``.
        """
        held = self._holding()
        if held.moved_at is None or position < held.moved_position - MOVED_ON:
            step = position - self.position
            near = -MOVED_ON < step < (at - self.accrued) * self.rate + MOVED_ON
            held.moved_at, held.moved_position = at, self.position if near else position
        start = held.moved_position
        if position - start < MOVED_ON:
            self._ignored(at, name, "content_unchanged")
            return False
        resumed = max(at - (position - start) / self.rate, self.accrued)
        self._clear_moved()
        self._repaired(at, name, "ad_end_lost" if self.ad is not None else "ad_break_end_lost")
        self._end_lost_ad(out, resumed, name)
        self._goes("content_moves_on")
        self.open_break = -1
        self.placement = None
        self._arrive(start)
        self._open_pod(out, max(resumed, self.accrued))
        return True

    def _free_way(self, out: list[Event], at: float, name: str) -> None:
        """No pause, stall or seek outlasts what begins now; ``motion`` knows how."""
        raise NotImplementedError

    def _end_lost_ad(self, out: list[Event], latest: float, name: str) -> None:
        """Close an ad whose end was lost: completed if its length had passed, else cut."""
        ad = self.ad
        if self.how != "playing":
            self._accrue(latest)
            self._free_way(out, latest, name)
        if ad is None:
            self._accrue(latest)
            return
        if self.how == "playing" and ad.ad.duration is not None:
            ends = self.accrued + max(ad.ad.duration - ad.position, 0.0)
            if ends <= latest + NEAR:
                ended = min(ends, latest)
                self._accrue_ad(ended, ad.position + (ended - self.accrued))
                self._close_ad(out, ended, fate="completed")
                self._goes("ad_end")
                self._accrue(latest)
                return
        self._accrue(latest)
        self._close_ad(out, latest, fate="cut")
        self._goes("ad_end")

    def _clear_moved(self) -> None:
        if self.held is not None:
            self.held.moved_at = None
            self._let_go()

    def _swap_lost_start(self, told: Ad | None, duration: float | None) -> float | None:
        """When this ad's end came before its start: the time at which the ad ended (S62)."""
        held = self.held
        if held is None or held.ad_end_at is None:
            return None
        ended, ended_id = held.ad_end_at, held.ad_end_id
        if self.said_at - ended > self.settings.reorder_window or ended < self.accrued:
            held.ad_end_at = held.ad_end_id = None
            self._let_go()
            return None
        same = told is not None and told.asset_id is not None and told.asset_id == ended_id
        unnamed = ended_id is None or told is None or told.asset_id is None
        known = duration is not None or (told is not None and told.duration is not None)
        if self.open_break >= 0:
            known = known or any(ad.duration is not None for ad in self._break.ads)
        if same or (unnamed and known):
            return ended
        return None


def _merged_ad(known: Ad, told: Ad) -> Ad:
    """What is told of an ad beside what was known; a length that differs little stays as known."""
    changes = {
        field.name: getattr(told, field.name)
        for field in attrs.fields(Ad)
        if field.name != "duration" and getattr(told, field.name) not in (None, {})
    }
    merged = attrs.evolve(known, **changes) if changes else known
    return merged if told.duration is None else _with_duration(merged, told.duration)


def _with_duration(ad: Ad, duration: float) -> Ad:
    if ad.duration is not None and abs(ad.duration - duration) <= NEAR / 2:
        return ad
    return attrs.evolve(ad, duration=duration)
