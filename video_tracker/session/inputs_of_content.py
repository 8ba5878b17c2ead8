"""The inputs that say which content plays, and how the session ends."""

from typing import Any

import attrs

from video_tracker.errors import PlanError
from video_tracker.events import Event
from video_tracker.plan import Content, SessionPlan
from video_tracker.session.inputs_of_motion import MotionInputs
from video_tracker.session.speaker import NEAR

__all__ = ["ContentInputs"]


class ContentInputs(MotionInputs):
    """Load, content start and end, end, exit."""

    __slots__ = ()

    # -- load ----------------------------------------------------------------------------------

    def load(
        self,
        at: float,
        *,
        plan: SessionPlan | None = None,
        duration: float | None = None,
        livestream: bool | None = None,
        next_item: bool = False,
        content: Content | None = None,
    ) -> tuple[Event, ...]:
        """The player knows its source, or learned more of it.

        Args:
            at: Unix seconds.
            plan: Contents and ad breaks that became known; added to the session's.
            duration: The content's length in seconds.
            livestream: Whether the source is live (S6).
            next_item: The source replaces the one before it: the next playlist item (S24).
            content: What the player itself says of the content that it loads: its own id of it, its
                title... It fills what nobody has said; a plan that says otherwise wins (S12).
        """
        return self._input("load", at, plan, duration, livestream, next_item, content)

    def _on_load(
        self,
        out: list[Event],
        at: float,
        plan: Any,
        duration: Any,
        livestream: Any,
        next_item: Any,
        content: Any,
    ) -> None:
        if not self._enter("load", at):
            return
        said = content if isinstance(content, Content) else None
        if said is None and content is not None:
            self._ignored(at, "load", "invalid_value")
        if self._flag(next_item, at, "load") is True:
            self._load_next(out, at, said)
        if said is not None:
            self._take_said(said)
        if isinstance(plan, SessionPlan):
            self._take_plan(plan)
        elif plan is not None:
            self._ignored(at, "load", "invalid_value")
        live = self._flag(livestream, at, "load")
        if live is not None and live != self.player.livestream:
            self.player = attrs.evolve(self.player, livestream=live)
            if live:
                self._forget_length(at)
        if duration is not None:
            self._take_duration(duration, at, "load")

    def _forget_length(self, at: float) -> None:
        """A source that turns out to be live has no length: what was told was its edge (S6)."""
        if self.said_duration is not None:
            self.live_origin = at - self.said_duration
        if self.duration is not None:
            self.duration = None
            changed = attrs.evolve(self._asset, duration=None)
            self.timeline = self.timeline.with_asset(self.asset_index, changed)

    def _load_next(self, out: list[Event], at: float, said: Content | None) -> None:
        """The next playlist item is loaded: what played before is left, or completed at its end."""
        if self.where == "idle" or not (self.begun or self.completed):
            return
        self._leave_asset(out, at, "load")
        self._goes("next_item")
        self._moves("settle")
        self._next_asset(said if self._index_after(said) is not None else None)

    def _take_said(self, said: Content) -> None:
        """What the player says of its content fills what nobody has said (S12)."""
        index = self._index_after(said) if said.asset_id is not None else None
        if self.where == "idle" and index is not None:
            self._enter_asset(index)  # the playlist does not begin with its first content
        asset, contents = self._asset, self.plan.contents
        own = contents[self.asset_index] if self.asset_index < len(contents) else Content()
        known = {
            field.name: getattr(said, field.name)
            for field in attrs.fields(Content)
            if getattr(own, field.name) in (None, (), {})
        }
        if asset.named or self.begun or index is not None:
            known.pop("asset_id", None)
        self._take_content(Content(**known))
        # It is no name that somebody gave it: one from a plan may still come.
        self.timeline = self.timeline.with_asset(
            self.asset_index, attrs.evolve(self._asset, named=asset.named)
        )

    def _leave_asset(self, out: list[Event], at: float, name: str) -> None:
        """Whatever plays ends for another content (S24)."""
        self._resume_for_ads(out, at)
        if self.where == "ad":
            self._end_ad(at, None)
            self._close_ad(out, at)
            self._goes("ad_end")
        self._accrue(at)
        self._pause_was_none(at, name)
        self._stall_over(out, at, name)
        self._break_off_seek(out, at)
        if self.where == "content":
            self._confirm_opening(out)
            if self._near_content_end() or (name == "content_start" and self._ran_on_live()):
                self._complete_pod(out, at)
            else:
                self._leave_pod()
                self.ever_completed = False  # what was left is the last thing played
        self._drop_opening(at, name)
        self._drop_error()
        self._clear_moved()
        self.open_break = -1
        self.placement = None

    def _ran_on_live(self) -> bool:
        """Whether a livestream ran into what follows; after a seek the programme is left (S22)."""
        return self._live and self.position - self.range_start >= NEAR

    def _take_plan(self, plan: SessionPlan) -> None:
        """Contents and breaks that became known while the session lives."""
        for place, content in enumerate(plan.contents):
            if self._is_current(place, content):
                self._take_content(content)
            elif self._index_after(content) is None:
                self.timeline = self.timeline.with_content(content)
        self.timeline = self.timeline.replace_breaks(plan.ad_breaks)

    def _is_current(self, place: int, content: Content) -> bool:
        asset = self._asset
        if content.asset_id is not None and content.asset_id == asset.asset_id:
            return True
        return place == 0 and (not asset.named or content.asset_id is None)

    # -- content -------------------------------------------------------------------------------

    def content_start(
        self, at: float, asset_id: str | Content | None = None, position: float | None = None
    ) -> tuple[Event, ...]:
        """A content asset begins to play.

        Args:
            at: Unix seconds.
            asset_id: Its id, or the whole :class:`~video_tracker.plan.Content`; None is the current
                one, or after its end the next one of the playlist (S24). Another one while a
                livestream plays is its next programme: the one before it is completed.
            position: Where it begins, in content seconds; a livestream's clock runs on.
        """
        return self._input("content_start", at, asset_id, position)

    def _on_content_start(self, out: list[Event], at: float, asset_id: Any, position: Any) -> None:
        content = self._as_content(asset_id, at, "content_start")
        place = self._place(position, at, "content_start")
        other = self._is_other(content)
        if self.where == "content" and not other:
            self._ignored(at, "content_start", "content_already_open")
            return
        if not self._enter("content_start", at):
            return
        if self.where == "idle":
            self._begin_with(out, at, content, place)
            return
        self._close_break_for_content(out, at)
        if self.where != "content":
            self._free_way(out, at, "content_start")
        if other or (self.where == "after_content" and content is None):
            same_stream = self._live and self.where == "content"
            self._leave_asset(out, at, "content_start")
            if same_stream:
                place = self.position  # the next programme of a stream whose clock runs on
            self._goes("next_item")
            self._moves("settle")
            self._next_asset(content)
        elif content is not None:
            self._take_content(content)
        if self.where == "after_content":
            self._goes("next_item")
            self._moves("settle")
        if self.how != "playing":
            self._resume_for_ads(out, at)
        self._accrue(at)
        self._content_shows(out, at, place)

    def _begin_with(
        self, out: list[Event], at: float, content: Content | None, place: float | None
    ) -> None:
        """The session begins with a content that starts, though nobody said play."""
        if self._is_other(content):
            self._choose_first(content)
        elif content is not None:
            self._take_content(content)
        self._begin(out, at, place, "content_start")
        self._content_shows(out, at, place)

    def _as_content(self, told: Any, at: float, name: str) -> Content | None:
        if isinstance(told, Content):
            return told
        asset_id = self._text(told, at, name)
        if asset_id is None:
            return None
        try:
            return Content(asset_id=asset_id)
        except PlanError:
            self._ignored(at, name, "invalid_value")
            return None

    def _is_other(self, content: Content | None) -> bool:
        """Whether this is another content than the current one."""
        if content is None or content.asset_id is None:
            return False
        asset = self._asset
        if not asset.named and not self.begun:
            return False
        return content.asset_id != asset.asset_id

    def _choose_first(self, content: Content | None) -> None:
        """The session begins with this content of the playlist."""
        index = self._index_after(content)
        if index is None:
            self.timeline = self.timeline.with_content(content)
            index = len(self.timeline.assets) - 1
        self._enter_asset(index)

    def _close_break_for_content(self, out: list[Event], at: float) -> None:
        """Content starts though a break is open: the break's end was lost (S61)."""
        if self.where not in ("ad", "ad_break"):
            return
        self._end_lost_ad(out, at, "content_start")
        self._goes("content_moves_on")
        self.open_break = -1
        self.placement = None
        self._clear_moved()

    def content_end(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """The content ran out (S75); a post-roll or the next playlist item may follow."""
        return self._input("content_end", at, position)

    def _on_content_end(self, out: list[Event], at: float, position: Any) -> None:
        place = self._place(position, at, "content_end")
        if not self._enter("content_end", at):
            return
        if self.where == "ad_break":
            if self.begun:
                self._complete_asset()
            return
        self._prepare_end(out, at, place, "content_end")
        self._end_content(out, at)

    def _prepare_end(self, out: list[Event], at: float, place: float | None, name: str) -> None:
        """Settle everything held or open before the content's end."""
        self._pause_was_none(at, name)
        self._drop_error()
        if place is None and self.duration is not None:
            place = self._end_by_clock(at)
        elif place is not None and self._is_end(place):
            place = self.duration
        if self.how == "interrupted":
            self._resume_for_ads(out, at)
        playing = self.how == "playing" and self.where == "content"
        self._accrue(at, place if playing else None)
        self._stall_over(out, at, name)
        self._break_off_seek(out, at)
        if self.where == "starting":
            self._open_lost_content(out, at, place)
        self._confirm_opening(out)
        if not playing and place is not None and 0 <= place - self.position <= 1:
            self.position = place

    def _end_by_clock(self, at: float) -> float | None:
        """Where an end without a position lies: as far as the time since supports (S7)."""
        passed = at - self.accrued
        moving = self.how == "playing" and self.where in ("content", "starting")
        reached = self.position + (passed * self.rate if moving else 0.0)
        if self.duration is not None and reached >= self.duration - NEAR:
            return self.duration
        return reached

    def _is_end(self, place: float) -> bool:
        return self.duration is not None and abs(self.duration - place) <= 1

    def _open_lost_content(self, out: list[Event], at: float, place: float | None) -> None:
        """The content ends though its start was never said: it is opened first (S61)."""
        if self.held is not None and self.held.opening_at is not None:
            self._confirm_opening(out)
            return
        if self.how != "playing":
            self._resume_for_ads(out, at)
        self._open_pod(out, at)
        if place is not None:
            self._jump(place)

    def _end_content(self, out: list[Event], at: float) -> None:
        """Content Completed, and what follows it is awaited (S23)."""
        if self.pause_told or self.how == "interrupted":
            self._resume_for_ads(out, at)
        self._complete_asset()
        self._complete_pod(out, at)
        if self.where != "after_content":
            self._goes("content_end")
        self._moves("settle")

    # -- the end -------------------------------------------------------------------------------

    def end(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """The player finished everything: Playback Completed (S7)."""
        return self._input("end", at, position)

    def _on_end(self, out: list[Event], at: float, position: Any) -> None:
        place = self._place(position, at, "end")
        if not self._enter("end", at):
            return
        if self.where == "content" or (self.where == "starting" and self._opening_is_held()):
            self._prepare_end(out, at, place, "end")
            self._end_content(out, at)
        elif self.where in ("ad", "ad_break"):
            self._end_break(out, at)
        else:
            self._accrue(at if self.where != "after_content" else self.accrued)
        if self.how == "interrupted" or self.pause_told:
            self._resume_for_ads(out, at)
        if self.begun or self.ever_completed:
            self._complete_playback(out, self.accrued)
        else:
            self._repaired(at, "end", "ended_without_content")
            self._exit_playback(out, at)

    def _opening_is_held(self) -> bool:
        return self.held is not None and self.held.opening_at is not None

    def _end_break(self, out: list[Event], at: float) -> None:
        """The player is finished though a break is open."""
        if self.where == "ad":
            self._resume_for_ads(out, at)
            self._stall_over(out, at, "end")
            self._break_off_seek(out, at)
            self._pause_was_none(at, "end")
            self._end_ad(at, None)
            self._close_ad(out, at)
            self._goes("ad_end")
        self._close_ad_break(at)

    def exit(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """The viewer left: Playback Exited, or Completed when all had been played (S26, S75)."""
        return self._input("exit", at, position)

    def _on_exit(self, out: list[Event], at: float, position: Any) -> None:
        place = self._place(position, at, "exit")
        if self.where == "idle":
            self._goes("exit")
            self.over_at = at
            self.ended = "exited"
            return
        if not self._enter("exit", at):
            return
        if self.where == "after_content":
            self._complete_playback(out, self.accrued)
            return
        if not self._near_content_end():
            self._pause_was_real(out)
        moves = self.how == "playing" and self.where in ("content", "ad")
        at_end = place is None or not self._is_fresh_start(place)
        self._accrue(at, place if moves and at_end else None)
        if self.where == "content" and self._near_content_end() and not self._leaves_early():
            self._prepare_end(out, at, self.position, "exit")
            self._end_content(out, at)
            self._complete_playback(out, self.accrued)
            return
        self._leave(out, at)

    def _is_fresh_start(self, place: float) -> bool:
        """A torn-down element says 0: no position of a content that was playing elsewhere."""
        return place == 0 and self.position > 1

    def _leaves_early(self) -> bool:
        """Near the end, but not by playing there."""
        return self.how in ("seeking", "seeking_paused", "interrupted")

    def _leave(self, out: list[Event], at: float) -> None:
        self._pause_was_real(out)
        self._stall_lasts(out, at)
        self._tell_seek(out)
        self._confirm_opening(out)
        if self._post_roll_is_done():
            self._close_ad_break(at)
            self._complete_playback(out, self.accrued)
            return
        self._exit_playback(out, at)

    def _post_roll_is_done(self) -> bool:
        """The last ad of a post-roll has ended; only the break's end was not said."""
        if self.where != "ad_break" or not self.completed:
            return False
        size = self._break.size()
        return self.last_ad is not None and (size is None or self.last_place + 1 >= size)
