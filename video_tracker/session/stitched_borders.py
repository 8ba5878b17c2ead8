"""The borders of ads that the playhead of a stream runs over, each with its own time (S9)."""

from typing import Final

from video_tracker.events import Event
from video_tracker.session.speaker import NEAR
from video_tracker.session.speaker import NEAR
from video_tracker.session.stitch import DUST, Stretch
from video_tracker.session.stitched_places import StitchedPlaces

__all__ = ["StitchedBorders"]

JOINT: Final = 0.1
"""Content between two breaks that is shorter than this is none."""
MOST_BORDERS: Final = 10_000


class StitchedBorders(StitchedPlaces):
    """A session whose breaks and ads begin and end where the playhead says."""

    __slots__ = ()

    # -- playing on ----------------------------------------------------------------------------

    def _run_to(self, out: list[Event], at: float, place: float) -> None:
        """The playhead ran to ``place``: everything it passed, each with its own time."""
        for _ in range(MOST_BORDERS):
            border = self._border_ahead()
            if border is None or border > place + DUST:
                break
            self._cross(out, self._when(at, border, place), border)

    def _when(self, at: float, border: float, place: float) -> float:
        """When a playhead that is at ``place`` now was at a border behind it.

        Not before the newest event: what was said between two positions stays where it is (S64).
        """
        back = max(place - border, 0.0) / self.rate
        known = max(self.accrued, self._stitch.said_at) - self.skew
        return min(max(at - back, known), max(at, known))

    def _border_ahead(self) -> float | None:
        """Where in the stream something begins or ends next."""
        stitch = self._stitch
        part = stitch.open
        if part is None:
            here = stitch.following(self._playhead())
            return None if here is None else here.start
        if self.ad is not None:
            return stitch.ad_end
        spans = part.spans()
        following = stitch.part + 1
        return spans[following].start if following < len(spans) else part.end

    def _cross(self, out: list[Event], at: float, border: float) -> None:
        stitch = self._stitch
        part = stitch.open
        if part is None:
            ahead = stitch.following(self._playhead())
            if ahead is not None:
                if self.where == "content":
                    self._play_content_to(out, at, ahead.content)
                self._enter_break(out, at, ahead, border)
            return
        if self.ad is not None:
            self._tell_past(out, "ad_end", at, stitch.ad_end - stitch.ad_start, None)
            stitch.playhead = border
        spans = part.spans()
        if stitch.part + 1 < len(spans):
            if spans[stitch.part + 1].start <= border + DUST:
                self._begin_ad(out, at, part, stitch.part + 1, border)
        elif border >= part.end - DUST:
            self._leave_break(out, at, part)

    def _play_content_to(self, out: list[Event], at: float, content: float) -> None:
        if abs(self.position - content) > DUST or self._now(at) > self.accrued:
            self._tell_past(out, "progress", at, content, None)

    # -- breaks --------------------------------------------------------------------------------

    def _enter_break(self, out: list[Event], at: float, part: Stretch, place: float) -> None:
        """A break plays from ``place`` in the stream on."""
        stitch = self._stitch
        if self.where == "idle":
            self._tell(out, "play", at, part.content)
        if stitch.place_left is not None and self.where == "content":
            held = self._holding()
            held.opening_at, held.opening_position = at, self.position
            held.place_left, stitch.place_left = stitch.place_left, None
        self._measure_by_stream(part)
        declared = self._declare(part)
        part.fixed = True
        stitch.playhead, stitch.waits = place, False
        pod_id = self.timeline.breaks[part.index].pod_id
        self._tell_past(out, "ad_break_start", at, pod_id, declared, None, None)
        if self.where != "ad_break" or self.open_break != part.index:
            return
        stitch.inside, stitch.part = part.index, -1
        self._begin_ad_at(out, at, part, place)

    def _measure_by_stream(self, part: Stretch) -> None:
        """Content whose stream ends with this break ends before it, whatever its plan says."""
        length = self._stitch.length
        if length is None or self._live or self.duration is None:
            return
        if part.end >= length - NEAR and self.duration > part.content + NEAR:
            self._take_duration(part.content, self.clock, "progress")

    def _begin_ad_at(self, out: list[Event], at: float, part: Stretch, place: float) -> None:
        """The ad in which a place of an open break lies; behind the last one is a gap (S67)."""
        stitch = self._stitch
        spans = part.spans()
        stitch.part = len(spans) - 1
        for number, span in enumerate(spans):
            if place < span.end - DUST:
                self._begin_ad(out, at, part, number, place)
                return

    def _begin_ad(
        self, out: list[Event], at: float, part: Stretch, number: int, place: float
    ) -> None:
        stitch = self._stitch
        span = part.spans()[number]
        known = part.lengths[number] if number < len(part.lengths) else None
        stitch.begins = max(place - span.start, 0.0)
        if stitch.begins <= DUST:
            stitch.begins = 0.0
        stitch.playhead, stitch.waits = place, False
        try:
            length = span.length if known is None else None
            self._tell_past(out, "ad_start", at, None, number + 1, length)
        finally:
            stitch.begins = 0.0
        if self.ad is not None:
            self.ad.told = True
            stitch.part, stitch.ad_start, stitch.ad_end = number, span.start, span.end

    def _leave_break(self, out: list[Event], at: float, part: Stretch) -> None:
        """The break is over; content follows, unless another break or the stream's end does."""
        stitch = self._stitch
        self._tell_past(out, "ad_break_end", at)
        stitch.inside = -1
        stitch.playhead = part.end
        if self.where != "starting":
            return
        following = stitch.following(part.end)
        adjoins = following is not None and following.start <= part.end + JOINT
        content = self._content_at(part.end)
        if (
            not adjoins
            and not self._stream_ends_at(part.end)
            and not self._content_ends_at(content)
        ):
            self._tell_past(out, "playing", at, content)

    def _stream_ends_at(self, place: float) -> bool:
        length = self._stitch.length
        return length is not None and not self._live and place >= length - NEAR

    def _content_ends_at(self, content: float) -> bool:
        return self.duration is not None and not self._live and content >= self.duration - DUST

    def _quit_break(self, at: float, out: list[Event], *, stays: bool = False) -> None:
        """The playhead leaves the open ad, and its break unless it ``stays`` in it.

        However playback moves, it goes on moving like that.
        """
        stitch, how = self._stitch, self.how
        if self.ad is not None:
            self._close_ad(out, at)
            self._goes("ad_end")
        if not stays:
            self.completed = False
            self._goes("ad_break_end")
            self.open_break = -1
            self.placement = None
            stitch.inside = -1
        self.how = how
        self._tune()
