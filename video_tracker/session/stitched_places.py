"""Where the playhead is in a stream with ads, and how the session is told of it (S9)."""

from typing import Any, Final

from video_tracker.events import Event
from video_tracker.session.inputs_of_ads import AdInputs
from video_tracker.session.pods import CERTAIN
from video_tracker.session.speaker import NEAR
from video_tracker.session.state import FAR_BEYOND
from video_tracker.session.stitch import DUST, Stitch, Stretch
from video_tracker.session.timeline import MID, POST, PRE

__all__ = ["LEAP", "StitchedPlaces"]

LEAP: Final = 2.0
"""A position that lies this far from where playing would bring it has jumped (S61)."""


class StitchedPlaces(AdInputs):
    """A session that knows its playhead on the stream's timeline."""

    __slots__ = ()

    # -- telling -------------------------------------------------------------------------------

    @property
    def _stitch(self) -> Stitch:
        stitch = self.stitch
        if stitch is None:
            stitch = self.stitch = Stitch(playhead=self.position, asset_index=self.asset_index)
        return stitch

    def _tell(self, out: list[Event], name: str, at: float, *args: Any) -> None:
        """Give the session an input as a player of client ads would."""
        out.extend(self._input(name, at, *args))

    def _tell_past(self, out: list[Event], name: str, at: float, *args: Any) -> None:
        """The same, of something that was found only now."""
        if at + self.skew < self.clock and self.behind is None:
            self.clock = max(at + self.skew, self.accrued)
        out.extend(self._input(name, at, *args))

    def _hear(self, at: float) -> None:
        """The player spoke, and nothing else is to be done."""
        now = self._now(at)
        self.clock = max(self.clock, now)
        self.heard = max(self.heard, now)

    def _now(self, at: float) -> float:
        """A time as the session takes it (S64)."""
        return max(at + self.skew, self.clock)

    # -- where the playhead is -----------------------------------------------------------------

    def _playhead(self) -> float:
        stitch = self._stitch
        if stitch.waits:
            return stitch.playhead
        if self.ad is not None and stitch.inside >= 0:
            return stitch.ad_start + self.ad.position
        if self.where == "content":
            return self.position + stitch.shift
        return stitch.playhead

    def _passed(self, at: float) -> float:
        return max(self._now(at) - self.accrued, 0.0)

    def _expected(self, at: float) -> float:
        """How far playing may have brought the playhead since it was last heard of."""
        return (self._passed(at) + self.lag) * self.rate

    def _stream_place(self, value: Any, at: float, name: str) -> float | None:
        """A stream position; far beyond a known length it is a mistake of units (S3)."""
        seconds = self._seconds(value, at, name)
        length = self._stitch.length
        if seconds is None or self.player.livestream or length is None:
            return seconds
        if seconds > 2 * length + FAR_BEYOND:
            self._ignored(at, name, "invalid_position")
            return None
        return seconds

    def _local(self, place: float | None) -> float | None:
        """A stream position as one of what plays; None when it lies elsewhere."""
        stitch = self._stitch
        if place is None or stitch.waits:
            return None
        if self.ad is not None:
            if stitch.inside < 0 or not stitch.ad_start - LEAP <= place < stitch.ad_end + NEAR:
                return None
            return min(max(place - stitch.ad_start, 0.0), stitch.ad_end - stitch.ad_start)
        if self.where == "content":
            here = self._playhead()
            if abs(place - here) > DUST and stitch.between(here, place):
                return None
            return max(place - stitch.shift, 0.0)
        return stitch.to_content(place)

    def _fits(self, at: float, place: float) -> bool:
        """Whether playing on would have brought the playhead here."""
        step = place - self._playhead()
        return self.how == "playing" and -CERTAIN <= step <= self._expected(at) + NEAR

    def _content_at(self, place: float) -> float:
        """The content position of a place in content, which plays from now on."""
        stitch = self._stitch
        content = stitch.to_content(place)
        stitch.shift = place - content
        stitch.playhead = place
        stitch.waits = False
        return content

    def _declare(self, part: Stretch) -> str | None:
        """What a break's place declares when it begins (S10)."""
        known = self.timeline.breaks[part.index]
        if known.placement == POST or (known.placement == MID and self._ends_with(part)):
            return "post"
        if known.placement == PRE:
            return "pre"
        planned = any(each.pod_id == known.pod_id for each in self.plan.ad_breaks)
        return "pre" if not self.begun and not self.ever_completed and not planned else None

    def _ends_with(self, part: Stretch) -> bool:
        """Whether the content is over where a break stands."""
        return self.duration is not None and not self._live and part.content >= self.duration - NEAR
