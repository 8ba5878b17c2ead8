"""The inputs that say which ads play."""

from collections.abc import Iterable
from typing import Any, Final

import attrs

from video_tracker.errors import PlanError
from video_tracker.events import Event
from video_tracker.plan import Ad, AdRange
from video_tracker.session.ads import BreakTold
from video_tracker.session.inputs_of_content import ContentInputs
from video_tracker.session.pods import CERTAIN
from video_tracker.session.state import Seek
from video_tracker.session.timeline import PLACEMENTS

__all__ = ["AdInputs"]

MOST_ADS: Final = 1_000
BACK_AT_START: Final = 1.0
"""An ad whose position falls below this after it had progressed has started again (S62)."""


class AdInputs(ContentInputs):
    """Ad breaks, ads, and what becomes of them."""

    __slots__ = ()

    # -- breaks --------------------------------------------------------------------------------

    def ad_break_start(
        self,
        at: float,
        *,
        pod_id: str | None = None,
        placement: str | None = None,
        offset: float | None = None,
        ads: Iterable[Ad] | int | None = None,
    ) -> tuple[Event, ...]:
        """An ad break begins; the content pod is completed before it (S21).

        Args:
            at: Unix seconds.
            pod_id: Its id, when the player has one (S12).
            placement: ``pre``, ``mid`` or ``post`` as declared; None derives it (S10).
            offset: The content position in seconds for which it was scheduled.
            ads: Its ads, or only their number.
        """
        return self._input("ad_break_start", at, pod_id, placement, offset, ads)

    def _on_ad_break_start(
        self, out: list[Event], at: float, pod_id: Any, placement: Any, offset: Any, ads: Any
    ) -> None:
        last = offset == -1
        place = None if last else self._seconds(offset, at, "ad_break_start")
        said = self._text(pod_id, at, "ad_break_start")
        declared = self._placement_told(placement, at) or self._placement_at(place, last)
        known, size = self._ads_told(ads, at)
        told = BreakTold(said, declared, place, known, size)
        if self.where in ("ad_break", "ad"):
            if not self._is_second_break(said):
                self._enter("ad_break_start", at)
                return
            self._close_for_second_break(out, at)
        elif not self._enter("ad_break_start", at):
            return
        if self.where == "idle":
            self._announce_break(told)
            return
        left = self._make_way(out, at, "ad_break_start")
        self._open_ad_break(out, at, told, left)
        if self.where != "ad_break":
            self._goes("ad_break_start")

    def _announce_break(self, told: BreakTold) -> None:
        """A break that a framework announces before the viewer plays is a planned one (S71)."""
        declared = PLACEMENTS.get(told.placement or "")
        part = self._find_break(told.pod_id, declared, told.offset)
        if part is None:
            part = self._new_break(told.pod_id, declared, told.offset)
        self.timeline = self.timeline.with_break(attrs.evolve(part, planned=True))
        self._fill_break(self.timeline.breaks[part.index], told.ads, told.size)

    def _placement_told(self, placement: Any, at: float) -> str | None:
        if placement is None or (isinstance(placement, str) and placement in PLACEMENTS):
            return placement
        self._ignored(at, "ad_break_start", "invalid_value")
        return None

    def _placement_at(self, place: float | None, last: bool) -> str | None:
        """What a scheduled place declares: 0 a pre-roll, -1 or the end a post-roll (S10)."""
        if last:
            return "post"
        if place is None:
            return None
        if place == 0:
            return "pre"
        return "post" if self.duration is not None and place >= self.duration else "mid"

    def _ads_told(self, ads: Any, at: float) -> tuple[tuple[Ad, ...], int | None]:
        """The ads of a break, or their number, as told."""
        if ads is None:
            return (), None
        if isinstance(ads, int) and not isinstance(ads, bool):
            if 0 < ads <= MOST_ADS:
                return (), ads
        elif _are_ads(ads):
            return tuple(ads), None
        self._ignored(at, "ad_break_start", "invalid_value")
        return (), None

    def _is_second_break(self, pod_id: str | None) -> bool:
        """Whether a break start while one is open means another break (S62)."""
        if pod_id is not None:
            return pod_id != self._break.pod_id
        return self.where == "ad"

    def _close_for_second_break(self, out: list[Event], at: float) -> None:
        self._enter("second_break_start", at)
        self._end_lost_ad(out, at, "ad_break_start")
        self._goes("second_break_start")
        self.open_break = -1

    def _left_by(self, seek: Seek) -> float | None:
        """Where the open pod stopped, when a seek within it has shown nothing yet (S21)."""
        elsewhere = self.where != "content" or seek.pod_left != self.pod_id
        if elsewhere or seek.target is None or self._near_content_end():
            return None
        shown = self.position - seek.target
        return seek.place_left if shown < CERTAIN else None

    def _make_way(self, out: list[Event], at: float, name: str) -> float | None:
        """Settle everything held or open before ads begin (S31, S73).

        Returns:
            Where a seek left the pod that now ends, if one did (S21).
        """
        if self.where == "idle":
            self._begin(out, at, None, "play")
        self._pause_was_none(at, name)
        if self.where == "content" and self.how == "playing":
            self._accrue(at)
        self._resume_for_ads(out, at)
        self._stall_over(out, at, name)
        seek = self.seek
        self._break_off_seek(out, at)
        left = self._drop_opening(at, name)
        if left is None and seek is not None:
            left = self._left_by(seek)
        self._drop_error()
        self._clear_moved()
        return left

    def ad_break_end(self, at: float) -> tuple[Event, ...]:
        """The ad break is over; content follows with a new pod, or nothing (S21, S23)."""
        return self._input("ad_break_end", at)

    def _on_ad_break_end(self, out: list[Event], at: float) -> None:
        if not self._enter("ad_break_end", at):
            return
        if self.where == "ad":
            self._close_moving_ad(out, at, None)
            self._goes("ad_end")
        self._clear_moved()
        self._close_ad_break(at)

    # -- ads -----------------------------------------------------------------------------------

    def ad_start(
        self,
        at: float,
        asset_id: str | Ad | None = None,
        pod_position: int | None = None,
        duration: float | None = None,
    ) -> tuple[Event, ...]:
        """An ad's first frame moves: Ad Started (S71).

        Args:
            at: Unix seconds.
            asset_id: Its id, or the whole :class:`~video_tracker.plan.Ad`.
            pod_position: Its place in the pod, counted from 1.
            duration: Its length in seconds.
        """
        return self._input("ad_start", at, asset_id, pod_position, duration)

    def _on_ad_start(
        self, out: list[Event], at: float, asset_id: Any, pod_position: Any, duration: Any
    ) -> None:
        told = self._as_ad(asset_id, at)
        place = self._place_told(pod_position, at)
        length = self._seconds(duration, at, "ad_start") or None
        if self.where == "ad":
            if self._is_same_ad(told, place):
                if self.ad is not None:
                    self.ad.restarted_at = at
                self._enter("ad_start", at)
                return
            self._enter("next_ad_start", at)
            self._end_lost_ad(out, at, "ad_start")
        elif not self._enter("ad_start", at):
            return
        ended = self._swap_lost_start(told, length)
        began = self._start_before(ended, at, told, place, length)
        self._open_break_for_ad(out, began)
        self._free_way(out, began, "ad_start")
        self._open_ad(out, began, told, place, length)
        if self.where != "ad":
            self._goes("ad_start")
        if ended is not None:
            self._end_swapped(out, max(ended, began))

    def _as_ad(self, told: Any, at: float) -> Ad | None:
        if isinstance(told, Ad):
            return told
        asset_id = self._text(told, at, "ad_start")
        if asset_id is None:
            return None
        try:
            return Ad(asset_id=asset_id)
        except PlanError:
            self._ignored(at, "ad_start", "invalid_value")
            return None

    def _place_told(self, place: Any, at: float) -> int | None:
        if place is None:
            return None
        if isinstance(place, int) and not isinstance(place, bool) and 1 <= place <= MOST_ADS:
            return place
        self._ignored(at, "ad_start", "invalid_value")
        return None

    def _is_same_ad(self, told: Ad | None, place: int | None) -> bool:
        """Whether an ad start while an ad is open means that very ad (S62)."""
        ad = self.ad
        if ad is None:
            return False
        if place is not None and place - 1 != ad.place:
            return False
        if told is not None and told.asset_id is not None:
            return told.asset_id == ad.asset_id
        return place is not None or not self._ad_was_watched() or ad.ad.duration is None

    def _open_break_for_ad(self, out: list[Event], at: float) -> None:
        """An ad that starts outside a break opens one (S61)."""
        if self.where in ("ad_break", "ad"):
            self._drop_opening(at, "ad_start")
            return
        left = self._make_way(out, at, "ad_start")
        self._open_ad_break(out, at, BreakTold(), left)

    def _start_before(
        self,
        ended: float | None,
        at: float,
        told: Ad | None,
        place: int | None,
        length: float | None,
    ) -> float:
        """When an ad began whose end came first: as said, or its length before that end (S62)."""
        held = self.held
        if ended is None or held is None:
            return at
        self._repaired(at, "ad_start", "ad_end_before_start")
        if self.said_at < ended:
            return max(self.said_at, self.accrued)
        known = length or (told.duration if told is not None else None)
        if known is None and self.open_break >= 0:
            index = self._place_of(told, place)
            ads = self._break.ads
            known = ads[index].duration if index < len(ads) else None
        return max(ended - known, self.accrued) if known is not None else min(at, ended)

    def _end_swapped(self, out: list[Event], at: float) -> None:
        if self.held is not None:
            self.held.ad_end_at = self.held.ad_end_id = None
            self._let_go()
        self._end_ad(at, None)
        self._close_ad(out, at)
        self._goes("ad_end")

    def ad_progress(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """The ad's clock moved to ``position`` seconds into the ad."""
        ad = self.ad
        if (
            self.fast_ad
            and ad is not None
            and ad.told
            and type(at) is float
            and type(position) is float
        ):
            passed = at - self.accrued
            step = position - ad.position
            if (
                at > self.clock
                and passed <= 2.0
                and step > 0.0
                and passed - 1.0 <= step <= passed + 0.5
                and position < ad.quartile_due
                and at < self.beat_due
            ):
                self.accrued = self.clock = at
                ad.position = position
                ad.played += passed
                return ()
        return self._input("ad_progress", at, position)

    def _on_ad_progress(self, out: list[Event], at: float, position: Any) -> None:
        place = self._place(position, at, "ad_progress")
        if self.where == "ad_break" and not self._is_new_ad(place):
            self._ignored(at, "ad_progress", "no_ad_open")
            return
        if not self._enter("ad_progress", at) or place is None:
            return
        if self.rare is not None and "behind" in self.rare:
            self._keep_late(place)
            return
        if self.where == "ad_break":
            self._open_ad(out, at, None, None, None)
            self._goes("ad_progress")
        ad = self.ad
        if ad is None:
            return
        if ad.restarted_at is not None and place < BACK_AT_START < ad.position:
            self._start_ad_again(out, at)
            ad = self.ad
        self._ad_moves(out, at, place)

    def _is_new_ad(self, place: float | None) -> bool:
        """Whether an ad's position between ads belongs to an ad whose start was lost."""
        return place is not None and (self.last_place < 0 or place < BACK_AT_START)

    def _start_ad_again(self, out: list[Event], at: float) -> None:
        """The same ad from its beginning: a new start, the first one was cut (S62)."""
        ad = self.ad
        if ad is None or ad.restarted_at is None:
            return
        began, place = max(ad.restarted_at, self.accrued), ad.place + 1
        self._accrue(began)
        self._free_way(out, began, "ad_progress")
        self._close_ad(out, began, fate="cut")
        self._open_ad(out, min(began, at), None, place, None)

    def _ad_moves(self, out: list[Event], at: float, place: float) -> None:
        ad = self.ad
        if ad is None:
            return
        ad.told = True
        if self.how == "playing":
            self._pause_in_ad(out, at, place)
        if self.how == "playing":
            self._accrue_ad(at, place)
            self._say_quartile(out, at)
            self._beat(out, at)
        elif self.how in ("seeking", "seeking_paused"):
            self._ignored(at, "ad_progress", "progress_while_paused")
        else:
            self._ad_wakes(out, at, place)

    def _pause_in_ad(self, out: list[Event], at: float, place: float) -> None:
        """A pause is in doubt: an ad that moves on was not paused (S31)."""
        ad, held = self.ad, self.held
        if ad is None or held is None or held.pause_at is None:
            return
        if place > ad.position + 0.2:
            self._pause_was_none(at, "ad_progress")
        else:
            self._pause_was_real(out)

    def _ad_wakes(self, out: list[Event], at: float, place: float) -> None:
        """The ad moves though it is paused, stalled or interrupted: the closing word was lost."""
        ad = self.ad
        if ad is None or place - ad.position < 0.5:
            self._ignored(at, "ad_progress", "progress_while_paused")
            return
        began = max(at - (place - ad.position), self.accrued)
        self._accrue(began)
        if self.how == "buffering":
            self._repaired(at, "ad_progress", "buffer_end_lost")
            self._end_stall(out, began, "ad_progress")
        else:
            self._repaired(at, "ad_progress", "play_lost")
            self._say_resumed(out, began, "playing")
        self._accrue_ad(at, place)

    def ad_end(
        self, at: float, position: float | None = None, asset_id: str | None = None
    ) -> tuple[Event, ...]:
        """The ad ended: completed, unless it ended well before its length (S72)."""
        return self._input("ad_end", at, position, asset_id)

    def _on_ad_end(self, out: list[Event], at: float, position: Any, asset_id: Any) -> None:
        place = self._place(position, at, "ad_end")
        ended_id = self._text(asset_id, at, "ad_end")
        if self.where in ("starting", "content", "ad_break") and self._may_be_early(ended_id):
            held = self._holding()
            held.ad_end_at, held.ad_end_id = at, ended_id
        if not self._enter("ad_end", at):
            return
        if ended_id is not None and self.ad is not None and self._is_past_ad(ended_id):
            self._ignored(at, "ad_end", "no_ad_open")
            return
        self._close_moving_ad(out, at, place)
        self._goes("ad_end")

    def _may_be_early(self, ended_id: str | None) -> bool:
        """Whether an ad's end may belong to a start that is yet to come (S62)."""
        if self.open_break >= 0 and ended_id is not None and self.last_place >= 0:
            return self._break.ad_id(self.last_place) != ended_id
        return self.open_break < 0 or self.last_place < 0

    def _is_past_ad(self, ended_id: str) -> bool:
        """Whether an ad's end is of an earlier ad of the pod than the open one."""
        ad = self.ad
        if ad is None or ended_id == ad.asset_id:
            return False
        return any(self._break.ad_id(place) == ended_id for place in range(ad.place))

    def _close_moving_ad(self, out: list[Event], at: float, place: float | None) -> None:
        """The ad ends in whatever state it is."""
        self._pause_was_none(at, "ad_end")
        self._end_ad(at, place)
        if self.pause_told or self.how == "interrupted":
            self._resume_for_ads(out, at)
        self._stall_over(out, at, "ad_end")
        self._break_off_seek(out, at)
        self._drop_error()
        if self.ad is not None:
            self._say_last_quartiles(out, at)
        self._close_ad(out, at)

    def _say_last_quartiles(self, out: list[Event], at: float) -> None:
        """A quartile crossed since the last word of the ad, when the ad was watched (S45)."""
        ad = self.ad
        if ad is not None and ad.told and self._ad_was_watched() and ad.ad.duration is not None:
            self._say_quartile(out, at)

    def ad_skip(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """The viewer skipped the ad: no Completed (S13)."""
        return self._input("ad_skip", at, position)

    def _on_ad_skip(self, out: list[Event], at: float, position: Any) -> None:
        place = self._place(position, at, "ad_skip")
        if not self._enter("ad_skip", at):
            return
        self._stop_ad(out, at, place, "ad_skip")
        self._close_ad(out, at, fate="skipped")
        self._goes("ad_skip")

    def _stop_ad(self, out: list[Event], at: float, place: float | None, name: str) -> None:
        """Account for an ad that ends before its end."""
        self._pause_was_none(at, name)
        self._accrue(at, place if self.how == "playing" else None)
        if self.pause_told or self.how == "interrupted":
            self._resume_for_ads(out, at)
        self._stall_over(out, at, name)
        self._break_off_seek(out, at)
        self._drop_error()
        self._clear_moved()

    def ad_click(self, at: float) -> tuple[Event, ...]:
        """The viewer clicked the ad."""
        return self._input("ad_click", at)

    def _on_ad_click(self, out: list[Event], at: float) -> None:
        if self._enter("ad_click", at):
            self._click_ad(out, at)

    def ad_ranges(self, at: float, ranges: Iterable[AdRange] = ()) -> tuple[Event, ...]:
        """Ad breaks were found in the stream: from now on positions are the stream's (S9).

        Args:
            at: Unix seconds.
            ranges: The breaks as ranges of the stream; see :class:`~video_tracker.plan.AdRange`.
        """
        return self._input("ad_ranges", at, ranges)

    def ad_error(
        self, at: float, reason: str | None = None, asset_id: str | None = None
    ) -> tuple[Event, ...]:
        """An ad failed: the open one, or one that was announced and never moved (S13, S71)."""
        return self._input("ad_error", at, reason, asset_id)

    def _on_ad_error(self, out: list[Event], at: float, reason: Any, asset_id: Any) -> None:
        self._text(reason, at, "ad_error")
        failed = self._text(asset_id, at, "ad_error")
        if not self._enter("ad_error", at):
            return
        if self.ad is None or (failed is not None and failed != self.ad.asset_id):
            self._fail_announced_ad(failed)
            return
        self._stop_ad(out, at, None, "ad_error")
        self._close_ad(out, at, fate="failed")
        self._goes("ad_error")


def _are_ads(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) <= MOST_ADS
        and all(isinstance(ad, Ad) for ad in value)
    )
