"""What frameworks say of the ads in a stream, beside what its playhead shows (S9)."""

import math
from typing import Any

import attrs

from video_tracker.events import Event
from video_tracker.plan import Ad
from video_tracker.session.speaker import NEAR
from video_tracker.session.state import AdPlay
from video_tracker.session.stitch import Stretch, lengths_of
from video_tracker.session.stitched_places import LEAP
from video_tracker.session.stitched_ranges import StitchedRanges

__all__ = ["StitchedCallbacks"]


class StitchedCallbacks(StitchedRanges):
    """A session that is told of the ads in its stream by callbacks, too.

    In a break of the stream they give names, and borders where nobody knows them. Elsewhere they
    are of ads beside the stream: its clock stands still for those.
    """

    __slots__ = ()

    # -- callbacks of ads ----------------------------------------------------------------------

    def _stream_ad_break_start(self, out: list[Event], at: float, *args: Any) -> None:
        """A framework speaks of a break of the stream: only its ads are news."""
        part = self._stitch.open or self._break_near()
        if part is None or self._in_client_ad():
            self._tell(out, "ad_break_start", at, *args)
            return
        ads, size = self._ads_told(args[-1], at)
        known = self._fill_break(self.timeline.breaks[part.index], ads, size)
        part.lengths = lengths_of(known)
        self._lay_out(at)
        self._hear(at)

    def _break_near(self) -> Stretch | None:
        """A break of the stream whose border is so near that a callback may mean it."""
        here = self._playhead()
        for part in self._stitch.stretches:
            if abs(part.start - here) <= LEAP or abs(part.end - here) <= LEAP:
                return part
        return None

    def _stream_ad_break_end(self, out: list[Event], at: float) -> None:
        stitch = self._stitch
        part = stitch.open
        if part is not None and part.end == math.inf:
            here = max(self._playhead() + self._since(at), part.start)
            part.told_end = here
            self._lay_out(at)
            self._meet_in_break(out, at, here)
        elif self._in_client_ad():
            self._tell(out, "ad_break_end", at)
        else:
            self._hear(at)

    def _since(self, at: float) -> float:
        """How far the playhead came since it was last heard of, as far as that is believed."""
        return min(self._expected(at), LEAP) if self.how == "playing" else 0.0

    def _stream_ad_start(
        self, out: list[Event], at: float, asset_id: Any, pod_position: Any, duration: Any
    ) -> None:
        """A framework names an ad of the stream; where nobody knew, it shows where one begins."""
        stitch = self._stitch
        part = stitch.open
        if part is None or self._in_client_ad():
            if self._in_client_ad() or self._break_near() is None:
                self._tell(out, "ad_start", at, asset_id, pod_position, duration)
            else:
                self._hear(at)
            return
        told = self._as_ad(asset_id, at)
        place = self._place_told(pod_position, at)
        length = self._seconds(duration, at, "ad_start") or None
        if self.ad is not None and stitch.ad_end == math.inf and self._is_next(told, place):
            self._cut_ad(out, at, part)
        elif self.where == "ad_break" and part.end == math.inf:
            self._begin_next_ad(out, at, part)
        if self.ad is not None and not self._is_other_ad(self.ad, told, place):
            self._name_ad(told, length)
        self._hear(at)

    def _begin_next_ad(self, out: list[Event], at: float, part: Stretch) -> None:
        """Another ad of a break of which nobody knows how many it has."""
        stitch = self._stitch
        here = self._playhead() + self._since(at)
        lengths = list(part.lengths or (None,))
        lengths[stitch.part] = here - stitch.ad_start
        if len(lengths) == stitch.part + 1:
            lengths.append(None)
        part.lengths = tuple(lengths)
        self._begin_ad(out, at, part, stitch.part + 1, here)

    def _is_other_ad(self, ad: AdPlay, told: Ad | None, place: int | None) -> bool:
        """Whether a callback around a border speaks of another ad than the open one."""
        if place is not None:
            return place - 1 != ad.place
        names = {known.asset_id for known in self._break.ads} - {None}
        return told is not None and told.asset_id in names and told.asset_id != ad.asset_id

    def _is_next(self, told: Ad | None, place: int | None) -> bool:
        """Whether an ad of unknown end is followed by this one."""
        ad = self.ad
        if ad is None or ad.position <= NEAR:
            return False
        if place is not None:
            return place - 1 > ad.place
        return told is not None and told.asset_id not in (None, ad.asset_id)

    def _cut_ad(self, out: list[Event], at: float, part: Stretch) -> None:
        """The open ad ends where the next one begins."""
        stitch = self._stitch
        here = self._playhead() + self._since(at)
        number = stitch.part
        lengths = list(part.lengths or (None,))
        lengths[number] = here - stitch.ad_start
        if len(lengths) == number + 1:
            lengths.append(None)
        part.lengths = tuple(lengths)
        stitch.ad_end = here
        self._run_to(out, at, here)

    def _name_ad(self, told: Ad | None, length: float | None) -> None:
        """What is told of the open ad beside what was known; its id stays as it was said."""
        ad = self.ad
        if ad is None or told is None:
            return
        known = attrs.evolve(told, asset_id=ad.ad.asset_id or ad.asset_id, duration=length)
        ad.ad = self._take_ad(ad.place, known, None)

    def _stream_ad_end(self, out: list[Event], at: float, position: Any, asset_id: Any) -> None:
        """Where an ad of the stream ends its length says, if it is known."""
        stitch = self._stitch
        part = stitch.open
        if part is not None and self.ad is not None and stitch.ad_end == math.inf:
            self._cut_open_end(out, at, part)
        elif self._in_client_ad():
            self._tell(out, "ad_end", at, position, asset_id)
        else:
            self._hear(at)

    def _cut_open_end(self, out: list[Event], at: float, part: Stretch) -> None:
        stitch = self._stitch
        here = self._playhead() + self._since(at)
        lengths = list(part.lengths or (None,))
        lengths[stitch.part] = here - stitch.ad_start
        part.lengths = tuple(lengths)
        self._tell(out, "ad_end", at, here - stitch.ad_start, None)
        stitch.playhead = here

    def _stream_ad_progress(self, out: list[Event], at: float, position: Any) -> None:
        if self._in_client_ad():
            self._tell(out, "ad_progress", at, position)
        else:
            self._hear(at)

    def _stream_ad_skip(self, out: list[Event], at: float, position: Any) -> None:
        stitch = self._stitch
        if stitch.inside >= 0:
            stitch.playhead = self._playhead()
            position = None
        self._tell(out, "ad_skip", at, position)

    def _stream_ad_error(self, out: list[Event], at: float, *args: Any) -> None:
        self._stitch.playhead = self._playhead()
        self._tell(out, "ad_error", at, *args)
