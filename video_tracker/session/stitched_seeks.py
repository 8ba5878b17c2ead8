"""Seeks into, over and out of the ads of a stream (S9, S21, S22, S33)."""

from typing import Any, Final

from video_tracker.events import Event
from video_tracker.session.pods import CERTAIN
from video_tracker.session.stitch import DUST, Stretch
from video_tracker.session.stitched_borders import StitchedBorders
from video_tracker.session.stitched_places import LEAP

__all__ = ["StitchedSeeks"]

_WAITS_FOR_SCRUB: Final = frozenset(
    ("progress", "playing", "quality", "update", "ad_ranges", "ad_progress", "ad_click", "tick")
)
"""Inputs that leave open whether another seek will continue the last one (S33)."""


class StitchedSeeks(StitchedBorders):
    """A session in which a viewer may seek where ads lie."""

    __slots__ = ()

    def _progress_in_stream(self, out: list[Event], at: float, place: float) -> None:
        """The stream plays on to ``place``; ``stitched`` knows how."""
        raise NotImplementedError

    def _go_to(self, out: list[Event], at: float, place: float) -> None:
        """The playhead is elsewhere, and nobody sought; ``stitched`` knows how."""
        raise NotImplementedError

    # -- seeks ---------------------------------------------------------------------------------

    def _stream_seek_start(self, out: list[Event], at: float, position: Any, to: Any) -> None:
        stitch = self._stitch
        place = self._stream_place(position, at, "seek_start")
        target = self._stream_place(to, at, "seek_start")
        stitch.landed_at = None
        stitch.moved_at = None
        if place is not None and self.where in ("content", "ad") and self._fits(at, place):
            self._run_to(out, at, place)
        stitch.sought = target
        local = None
        if target is not None:
            if self.ad is None:
                local = stitch.to_content(target)
            elif stitch.ad_start <= target < stitch.ad_end:
                local = target - stitch.ad_start
        self._tell(out, "seek_start", at, self._local(place), local)
        if self.where == "starting" and self.seek is None and target is not None:
            stitch.playhead = target

    def _stream_seek_end(self, out: list[Event], at: float, position: Any) -> None:
        place = self._stream_place(position, at, "seek_end")
        self._end_stream_seek(out, at, place, "seek_end")

    def _end_stream_seek(self, out: list[Event], at: float, place: float | None, name: str) -> None:
        stitch = self._stitch
        place = stitch.sought if place is None else place
        stitch.moved_at = None
        if place is None:
            self._tell(out, name, at, None)
        elif self.seek is None or self.seek.ended_at is not None:
            self._seek_unheard(out, at, place, name)
        elif not self._touches_ads(place):
            if self.ad is not None:
                self._tell(out, name, at, place - stitch.ad_start)
            else:
                self._tell(out, name, at, self._content_at(place))
        elif self.settings.scrub_window > 0 and name == "seek_end":
            stitch.landed_at, stitch.landed_to = at, place
            self._hear(at)
        else:
            self._land_at_ads(out, at, place, name)

    def _seek_unheard(self, out: list[Event], at: float, place: float, name: str) -> None:
        """A seek where seeks mean nothing: before frames, between ads, while interrupted."""
        stitch = self._stitch
        self._tell(out, name, at, None)
        if self.where == "starting" and name == "seek_end":
            self._content_at(place)
        elif self.where == "ad_break" and stitch.inside >= 0:
            if stitch.open is stitch.at(place):
                self._seek_between_ads(out, at, place)
            else:
                self._go_to(out, at, place)

    def _seek_between_ads(self, out: list[Event], at: float, place: float) -> None:
        """From between two ads into one: into the next one, as a rule, when one was skipped."""
        stitch = self._stitch
        part = stitch.open
        stitch.playhead = place
        spans = () if part is None else part.spans()
        for number, span in enumerate(spans):
            if span.start <= place + DUST and place < span.end - DUST and number != stitch.part:
                if part is not None:
                    self._begin_ad(out, at, part, number, place)
                return

    def _touches_ads(self, place: float) -> bool:
        """Whether a seek that ends here leads into an ad, or out of the open one."""
        stitch = self._stitch
        if self.ad is not None:
            inside = stitch.inside >= 0 and stitch.ad_start <= place < stitch.ad_end - DUST
            return stitch.inside >= 0 and not inside
        return self.where == "content" and (stitch.waits or stitch.at(place) is not None)

    def _land_if_settled(self, out: list[Event], at: float, name: str) -> None:
        """A seek that ended at a border of ads, once no other seek can continue it (S33)."""
        stitch = self._stitch
        landed = stitch.landed_at
        if landed is None or name == "seek_start":
            return
        if name in _WAITS_FOR_SCRUB and at - landed < self.settings.scrub_window:
            return
        stitch.landed_at = None
        self._land_at_ads(out, max(landed, stitch.said_at), stitch.landed_to, "seek_end")

    def _land_at_ads(self, out: list[Event], at: float, place: float, name: str) -> None:
        """A seek ends in an ad, or has left one: Seek Completed, then what plays there."""
        stitch = self._stitch
        part = stitch.at(place)
        paused = self.how == "seeking_paused"
        if self.ad is not None:
            stays = part is not None and part.index == stitch.inside
            self._leave_ad_by_seek(out, self._now(at), place, part, stays=stays)
        else:
            stays = False
            stitch.landing = part is not None
            content = stitch.to_content(place) if part is not None else self._content_at(place)
            try:
                self._tell_past(out, "seek_end", at, content)
                self._tell_seek(out)
            finally:
                stitch.landing = False
            if name == "playing" and paused and part is None:
                self._tell(out, "playing", at, content)
        stitch.playhead, stitch.waits = place, part is not None
        if part is not None and (not paused or name == "playing"):
            self._wake_waiting(out, at)

    def _leave_ad_by_seek(
        self, out: list[Event], at: float, place: float, part: Stretch | None, *, stays: bool
    ) -> None:
        """The viewer left the ad: it is closed, the seek completed, and the content opened."""
        self.clock = max(self.clock, at)
        self._pause_was_real(out)
        self._accrue(at)
        self._stall_over(out, at, "seek_end")
        self._clear_moved()
        self._drop_error()
        self._quit_break(at, out, stays=stays)
        if part is None:
            self._goes("content_opens")
            content = self._content_at(place)
        else:
            content = part.content
        self._moves("seek_end")
        self._finish_seek(out, at, content)
        self._tell_seek(out)

    def _wake(self, out: list[Event], at: float, place: float) -> None:
        """The playhead rested in an ad; now it moves."""
        step = place - self._stitch.playhead
        if abs(step) < (DUST if self.how == "playing" else CERTAIN):
            self._hear(at)
            return
        came = 0 < step <= self._expected(at) + CERTAIN
        if not came:
            self._stitch.playhead = place
        self._wake_waiting(out, self._when(at, self._stitch.playhead, place))
        self._progress_in_stream(out, at, place)

    def _wake_waiting(self, out: list[Event], at: float) -> None:
        """The ad in which the playhead rests begins to move."""
        stitch = self._stitch
        stitch.waits = False
        place = stitch.playhead
        part = stitch.at(place)
        if part is None:
            self._tell_past(out, "playing", at, self._content_at(place))
            return
        if self.where == "ad_break" and stitch.inside == part.index:
            if self.how == "paused":
                self._tell_past(out, "play", at, None)
            self._begin_ad_at(out, at, part, place)
            return
        if self.where != "content" and self.how == "paused":
            self._tell_past(out, "play", at, None)
        self._enter_break(out, at, part, place)

    def _progress_in_stream_seek(self, out: list[Event], at: float, place: float) -> None:
        """Positions in a seek say nothing, unless they run on: then its end was lost (S61)."""
        stitch = self._stitch
        began, start = stitch.moved_at, stitch.moved_to
        self._hear(at)
        if began is None or not 0 <= place - start <= at - began + LEAP:
            stitch.moved_at, stitch.moved_to = at, place
            return
        if place - start < LEAP or self.how == "seeking_paused":
            return
        stitch.moved_at = None
        self._repaired(at, "progress", "seek_end_lost")
        self._end_stream_seek(out, max(began, stitch.said_at), start, "seek_end")
        self._progress_in_stream(out, at, place)
