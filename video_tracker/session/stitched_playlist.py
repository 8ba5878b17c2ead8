"""Several contents of a plan in one stream, with their ads between them (S9, S24)."""

import math
from typing import Any

from video_tracker.events import Event
from video_tracker.plan import AdRange
from video_tracker.session.speaker import NEAR
from video_tracker.session.stitch import DUST
from video_tracker.session.stitched_callbacks import StitchedCallbacks
from video_tracker.session.timeline import POST, PRE

__all__ = ["StitchedPlaylist"]


class StitchedPlaylist(StitchedCallbacks):
    """A session whose stream may run on into the next content of its plan."""

    __slots__ = ()

    def _progress_here(self, out: list[Event], at: float, place: float) -> None:
        if self.where == "content" and self._runs_on(place):
            self._run_on(out, at, place)
        else:
            super()._progress_here(out, at, place)

    def _progress_elsewhere(self, out: list[Event], at: float, place: float) -> None:
        if self.where == "after_content" and self._runs_on(place):
            self._run_on(out, at, place)
        else:
            super()._progress_elsewhere(out, at, place)

    def _runs_on(self, place: float) -> bool:
        """Whether the playhead is in the plan's next content; only if the stream goes on (S24).

        A stream that is as long as its content with its ads is followed by another stream.
        """
        length = self._stitch.length
        following = self.asset_index + 1 < len(self.timeline.assets)
        if length is None or not following or self._live or self._asset.content.duration is None:
            return False
        border = self._stream_border()
        return border <= place + DUST and border + NEAR < length

    def _stream_border(self) -> float:
        """Where in the stream the current content and its ads are over."""
        stitch = self._stitch
        own = self._asset.content.duration or 0.0
        shift = stitch.base
        end = stitch.base + own
        for part in stitch.stretches:
            if part.start > own + shift + NEAR:
                break
            shift = part.shift
            end = max(own + shift, part.end)
        return end

    def _run_on(self, out: list[Event], at: float, place: float) -> None:
        """The next content begins where the one before it and its ads are over."""
        stitch = self._stitch
        border = self._stream_border()
        when = self._when(at, border, place)
        self._enter_next(out, when, border)
        part = stitch.at(border)
        if part is not None:
            self._enter_break(out, when, part, border)
        else:
            self._tell_past(out, "playing", when, self._content_at(border))
        self._progress_in_stream(out, at, place)

    def _enter_next(self, out: list[Event], at: float, border: float) -> None:
        stitch = self._stitch
        length = stitch.length
        if self.where == "content" and self.duration is not None:
            self._play_content_to(out, at, self.duration)
        self._tell_past(out, "load", at, None, None, None, True, None)
        self._follow_asset()
        stitch.length = length
        stitch.base = stitch.shift = stitch.playhead = border
        stitch.reckon(self.timeline, self._asset.content.duration)

    # -- ranges --------------------------------------------------------------------------------

    def _on_ad_ranges(self, out: list[Event], at: float, ranges: Any) -> None:
        """A range at the border that was declared for the next content is its pre-roll (S11)."""
        mark = self.last_input
        told = ranges if isinstance(ranges, tuple) else ()
        starts = [each.start for each in told if isinstance(each, AdRange)]
        if starts and self.stitch is None:
            self._become_stitched()
        if self.where == "content" and self._opens_next(starts):
            stitch = self._stitch
            inner, stitch.inner = stitch.inner, True
            try:
                self._enter_next(out, at, self._stream_border())
            finally:
                stitch.inner = inner
        super()._on_ad_ranges(out, at, ranges)
        self.last_input = mark  # what it made the session tell itself repeats nothing
        if self.stitch is not None:
            self.stitch.until = self._quick_until()

    def _opens_next(self, starts: list[float]) -> bool:
        if not starts or not self._runs_on(math.inf):
            return False
        border = self._stream_border()
        reached = self._playhead() >= border - NEAR
        told = reached and any(abs(start - border) <= NEAR for start in starts)
        return told and self._pre_roll_of_next() and not self._post_roll_planned()

    def _pre_roll_of_next(self) -> bool:
        parts = self.timeline.breaks_of(self.asset_index + 1)
        return any(part.planned and part.placement == PRE for part in parts)

    def _post_roll_planned(self) -> bool:
        parts = self.timeline.breaks_of(self.asset_index)
        return any(
            part.planned and part.placement == POST and not self._was_opened(part.index)
            for part in parts
        )
