"""Ads in the stream (S9): stream positions become content and ad positions, borders become inputs.

The player says where its playhead is in the stream, and no more. This layer finds the borders that
the playhead crossed, dates them by how far behind they lie, and tells the session what a player of
client ads would have told it: a break starts, an ad starts, it ends... So both kinds of ads give
the same events for the same viewing.
"""

import math
from typing import Any

from video_tracker.errors import StrictError
from video_tracker.events import Event
from video_tracker.session.pods import CERTAIN
from video_tracker.session.reasons import REJECT
from video_tracker.session.speaker import NEAR
from video_tracker.session.state import LATEST_TIME
from video_tracker.session.stitch import DUST, Stitch
from video_tracker.session.stitched_places import LEAP
from video_tracker.session.stitched_seeks import StitchedSeeks

__all__ = ["Stitched"]


class Stitched(StitchedSeeks):
    """A session that can find its ads in the stream."""

    __slots__ = ()

    # -- the way in ----------------------------------------------------------------------------

    def _stitched_input(self, name: str, at: float, args: tuple[Any, ...]) -> tuple[Event, ...]:
        """Take an input whose positions are the stream's."""
        stitch = self._stitch
        if name == "progress" and stitch.plain:
            said = self._quick_progress(stitch, at, *args)
            if said is not None:
                return said
        out: list[Event] = []
        mark, clock = 0.0, self.clock
        stitch.inner = True
        try:
            if _readable(at) and self.where != "over":
                at = float(at)
                if self._is_repeated(name, at, args, self._now(at)):
                    return ()
                # What the session tells itself now repeats nothing, and is not to be repeated.
                mark, self.last_input = self.last_input, 0
                self._land_if_settled(out, at, name)
                handle = getattr(self, f"_stream_{name}", None)
                if handle is None:
                    self._tell(out, name, at, *args)
                else:
                    handle(out, at, *args)
                self._follow_asset()
            else:
                self._tell(out, name, at, *args)
        except StrictError:
            raise
        except Exception:
            if self.strict:
                raise
            self._note(self.clock, name, REJECT, "internal_fault")
        finally:
            stitch.inner = False
            self.last_input = mark or self.last_input
            self.clock = max(self.clock, clock)  # what was found late took it back meanwhile
            stitch.until = self._quick_until()
        self._heed(out)
        return tuple(out)

    def _quick_until(self) -> float:
        """How far in the stream a word of the playhead means nothing but playing on."""
        stitch = self._stitch
        if stitch.landed_at is not None or stitch.waits or self._in_client_ad():
            return -math.inf
        if self.ad is not None:
            return min(stitch.ad_end, stitch.ad_start + self.ad.quartile_due)
        border = self._border_ahead() if self.where == "content" else -math.inf
        ends = math.inf if self.duration is None or self._live else self.duration + stitch.shift
        return min(math.inf if border is None else border, ends) - NEAR

    def _quick_progress(
        self, stitch: Stitch, at: Any, position: Any, duration: Any
    ) -> tuple[Event, ...] | None:
        """The short way of :meth:`progress`, far from all borders; None: take the long one."""
        if (
            type(at) is not float
            or type(position) is not float
            or not position < stitch.until
            or not (duration is None or duration == stitch.length)
        ):
            return None
        ad = self.ad
        passed = at - self.accrued
        if ad is None:
            place = position - stitch.shift
            step = place - self.position
            most = passed * self.rate
        else:
            place = position - stitch.ad_start
            step = place - ad.position
            most = passed
        if not (
            at > self.clock and passed <= LEAP and step > 0.0 and -1.0 <= step - most <= CERTAIN
        ):
            return None
        if ad is not None:
            if at >= self.beat_due:
                return None
            self.accrued = self.clock = at
            ad.position = place
            ad.played += passed
            return ()
        self.accrued = self.clock = at
        self.position = place
        self.content_played += passed
        if at < self.beat_due:
            return ()
        out: list[Event] = []
        self._beat(out, at)
        self._heed(out)
        return tuple(out)

    def _stitched_tick(self, out: list[Event], at: float) -> None:
        """Time alone settles a seek that ended at a border of ads."""
        stitch = self._stitch
        stitch.inner = True
        try:
            self._land_if_settled(out, at - self.skew, "tick")
        finally:
            stitch.inner = False
            self.clock = max(self.clock, at)
        self._heed(out)

    def _border_passed(self, at: float) -> bool:
        stitch = self._stitch
        if stitch.landed_at is not None or stitch.waits:
            return True
        border = self._border_ahead()
        return border is not None and self._playhead() + self._expected(at - self.skew) >= border

    # -- inputs that tell where the playhead is ------------------------------------------------

    def _stream_progress(self, out: list[Event], at: float, position: Any, duration: Any) -> None:
        if duration is not None:
            self._take_stream_length(duration, at, "progress")
        place = self._stream_place(position, at, "progress")
        if place is None:
            said = None if position is None else math.nan
            self._tell(out, "progress", at, said, None)
            return
        stitch = self._stitch
        if stitch.landed_at is not None:
            self._hear(at)
        elif self.where in ("idle", "after_content") or self._in_client_ad():
            self._progress_elsewhere(out, at, place)
        elif self.how in ("seeking", "seeking_paused"):
            self._progress_in_stream_seek(out, at, place)
        elif stitch.waits:
            self._wake(out, at, place)
        elif self.where == "starting":
            self._progress_before_frames(out, at, place)
        else:
            self._progress_in_stream(out, at, place)

    def _in_client_ad(self) -> bool:
        """An ad beside the stream plays: the stream's clock stands still."""
        return self.where in ("ad", "ad_break") and self._stitch.inside < 0

    def _progress_elsewhere(self, out: list[Event], at: float, place: float) -> None:
        part = self._stitch.at(place)
        if self.where == "idle" and part is not None and place > 0:
            self._enter_break(out, at, part, place)
        elif self.where == "idle":
            self._tell(out, "progress", at, self._content_at(place), None)
        else:
            self._tell(out, "progress", at, self._stitch.to_content(place), None)

    def _progress_before_frames(self, out: list[Event], at: float, place: float) -> None:
        """The playhead moves though nobody said that frames do: date the first one by it."""
        stitch = self._stitch
        step = place - stitch.playhead
        if step == 0:
            self._hear(at)
            return
        came = 0 < step <= self._passed(at) * self.rate + CERTAIN
        start = stitch.playhead if came else place
        began = self._when(at, start, place)
        part = stitch.at(start)
        if part is not None:
            self._enter_break(out, began, part, start)
        elif self.begun and came:
            self._tell_past(out, "playing", began, self._content_at(start))
        elif came and stitch.between(start, place):
            following = stitch.following(start)
            if following is not None:
                content = self._content_at(start) + following.start - start
                when = self._when(at, following.start, place)
                self._tell_past(out, "progress", when, content, None)
        else:
            self._tell(out, "progress", at, self._content_at(place), None)
            return
        self._progress_in_stream(out, at, place)

    def _progress_in_stream(self, out: list[Event], at: float, place: float) -> None:
        """The stream plays: pass the borders, or follow or infer a jump."""
        step = place - self._playhead()
        leapt = step < -LEAP or step > self._expected(at) + LEAP
        if leapt and not self.estimated:
            self._leap_in_stream(out, at, place)
            return
        if step > 0:
            self._run_to(out, at, place)
        self._progress_here(out, at, place)

    def _progress_here(self, out: list[Event], at: float, place: float) -> None:
        stitch = self._stitch
        if self.ad is not None and stitch.inside >= 0:
            self._tell(out, "ad_progress", at, self._local(place))
        elif self.where == "content":
            self._tell(out, "progress", at, max(place - stitch.shift, 0.0), None)
        else:
            stitch.playhead = place
            self._hear(at)

    def _leap_in_stream(self, out: list[Event], at: float, place: float) -> None:
        """The playhead jumped without a word: a loop, or an unannounced seek (S61, S70)."""
        local = self._local(place)
        if self.ad is not None and place <= NEAR and self._stream_ends_at(self._playhead() + NEAR):
            self._finish_stream(out, at)
            self._tell(out, "progress", at, max(self._stitch.to_content(place), DUST), None)
        elif self.where == "content" and (local is not None or self._loops(place)):
            content = local if local is not None else self._content_at(place)
            self._tell(out, "progress", at, content, None)
        elif self.ad is not None and self._stitch.ad_start <= place < self._stitch.ad_end:
            self._tell(out, "ad_progress", at, local)
        elif not self.settings.inferred_seeks:
            self._ignored(at, "progress", "position_jumped")
            self._go_to(out, at, place)
        else:
            self._repaired(at, "progress", "inferred_seek")
            self._account_for_leap(self._now(at))
            self._stream_seek_start(out, at, None, place)
            self._stream_seek_end(out, at, place)

    def _loops(self, place: float) -> bool:
        return place <= NEAR and self._near_content_end()

    def _account_for_leap(self, at: float) -> None:
        """Of the time before a jump no more was played than silence may hide (S63)."""
        if self.how != "playing":
            return
        passed = max(at - self.accrued, 0.0)
        played = min(passed, LEAP)
        if self.ad is not None:
            self.ad.played += played
        elif self.where == "content":
            self.content_played += played
        else:
            return
        self._suspend(passed - played)
        self.accrued = at

    def _go_to(self, out: list[Event], at: float, place: float) -> None:
        """The playhead is elsewhere, and nobody sought."""
        part = self._stitch.at(place)
        if self._stitch.inside >= 0:
            self._account_for_leap(self._now(at))
            self._accrue(self._now(at))
            same = part is not None and part.index == self._stitch.inside
            self._quit_break(self._now(at), out, stays=same)
            if part is not None and same:
                self._begin_ad_at(out, at, part, place)
                return
        if part is not None:
            if self.where == "content":
                self._account_for_leap(self._now(at))
            self._enter_break(out, at, part, place)
        elif self.where == "content":
            self._tell(out, "progress", at, self._content_at(place), None)
        else:
            self._tell(out, "playing", at, self._content_at(place))

    def _stream_play(self, out: list[Event], at: float, position: Any) -> None:
        place = self._stream_place(position, at, "play")
        if self._stitch.waits and self.how == "paused":
            self._wake_waiting(out, at)
        elif self.where in ("idle", "starting"):
            self._tell(out, "play", at, None if place is None else self._content_at(place))
        else:
            self._tell_here(out, "play", at, place)

    def _stream_playing(self, out: list[Event], at: float, position: Any) -> None:
        stitch = self._stitch
        place = self._stream_place(position, at, "playing")
        if stitch.landed_at is not None:
            self._hear(at)
        elif stitch.waits:
            self._wake_waiting(out, at)
        elif self.how in ("seeking", "seeking_paused") and place is not None:
            self._end_stream_seek(out, at, place, "playing")
        elif self.where in ("idle", "starting"):
            start = stitch.playhead if place is None else place
            part = stitch.at(start)
            if part is not None:
                self._enter_break(out, at, part, start)
            else:
                said = None if place is None and start == 0 else self._content_at(start)
                self._tell(out, "playing", at, said)
        else:
            self._tell_here(out, "playing", at, place)

    def _stream_pause(self, out: list[Event], at: float, position: Any) -> None:
        self._tell_here(out, "pause", at, self._stream_place(position, at, "pause"))

    def _stream_buffer_start(self, out: list[Event], at: float, position: Any) -> None:
        self._tell_here(out, "buffer_start", at, self._stream_place(position, at, "buffer_start"))

    def _stream_buffer_end(self, out: list[Event], at: float, position: Any) -> None:
        self._tell_here(out, "buffer_end", at, self._stream_place(position, at, "buffer_end"))

    def _tell_here(self, out: list[Event], name: str, at: float, place: float | None) -> None:
        """An input with a position, after the borders that it shows to be passed."""
        if self._in_client_ad():
            self._tell(out, name, at, None)
            return
        plays = self.where in ("content", "ad", "ad_break")
        if place is not None and plays and self._fits(at, place):
            self._run_to(out, at, place)
        self._tell(out, name, at, self._local(place))

    # -- the end -------------------------------------------------------------------------------

    def _stream_content_end(self, out: list[Event], at: float, position: Any) -> None:
        """The stream ran out: nothing of the plan can follow in it."""
        place = self._stream_place(position, at, "content_end")
        self._run_out(out, at, place)
        self._tell(out, "content_end", at, self._local(place))
        if self.where != "after_content":
            return
        for part in self.timeline.breaks_of(self.asset_index):
            if part.offset == math.inf:
                self.breaks_opened |= 1 << part.index

    def _stream_end(self, out: list[Event], at: float, position: Any) -> None:
        place = self._stream_place(position, at, "end")
        self._run_out(out, at, place)
        self._tell(out, "end", at, self._local(place))

    def _stream_exit(self, out: list[Event], at: float, position: Any) -> None:
        place = self._stream_place(position, at, "exit")
        moves = self.how == "playing" and self._stitch.inside >= 0
        if moves and place is not None and self._fits(at, place):
            self._run_to(out, at, place)
            if self._stitch.inside >= 0 and self._stream_ends_at(place):
                self._finish_stream(out, at)
        if place is not None and self._left_at_stream_end(place):
            self._stream_content_end(out, at, place)
        self._tell_here(out, "exit", at, place)

    def _left_at_stream_end(self, place: float) -> bool:
        """Whether a stream that is left was played to its end, wherever its content's is (S75)."""
        here = self.begun and self.where in ("content", "starting") and self.ad is None
        still = self.how in ("playing", "paused", "buffering") and not self._stitch.waits
        reached = self._stream_ends_at(place) and self._stream_ends_at(self._playhead() + NEAR)
        return here and still and reached

    def _run_out(self, out: list[Event], at: float, place: float | None) -> None:
        """The player has nothing more to play: whatever is open in the stream is over."""
        stitch = self._stitch
        if self._in_client_ad() or self.where in ("idle", "after_content"):
            return
        if place is None and self.how == "playing":
            place = self._playhead() + self._expected(at)
            place = place if stitch.length is None else min(place, stitch.length)
        if place is not None and self._fits(at, place):
            self._run_to(out, at, place)
        if stitch.inside >= 0:
            self._finish_stream(out, at)

    def _finish_stream(self, out: list[Event], at: float) -> None:
        """The stream ends in the open break: its last ad is over, and so is the content (S75)."""
        stitch = self._stitch
        part = stitch.open
        if part is None:
            return
        if self.ad is not None:
            played = self.ad.position + self._passed(at) * self.rate
            length = stitch.ad_end - stitch.ad_start
            if played >= length - NEAR:
                self._tell(out, "ad_end", at, length, None)
            else:
                self._tell(out, "ad_end", at, None, None)
        if self.begun:
            self._complete_asset()
        self._tell(out, "ad_break_end", at)
        stitch.inside = -1

    # -- lengths and assets --------------------------------------------------------------------

    def _take_stream_length(self, value: Any, at: float, name: str) -> None:
        """The player says how long the stream is (S4, S5)."""
        if value == math.inf:
            return
        seconds = self._seconds(value, at, name)
        stitch = self._stitch
        if not seconds or stitch.length == seconds:
            return
        stitch.length = seconds
        if self._live:
            self.live_origin = at - seconds  # it grows: the edge, and no length (S6, S8)
            return
        self._lay_out(at)

    def _lay_out(self, at: float) -> None:
        """Lay the breaks out anew, and the content's length if nobody told it."""
        stitch = self._stitch
        own = self._asset.content.duration
        stitch.reckon(self.timeline, own)
        length = None if self._live else stitch.content_length()
        if own is None and length is not None and length > 0 and self.where != "after_content":
            self._take_duration(length, at, "progress")

    def _stream_load(
        self,
        out: list[Event],
        at: float,
        plan: Any,
        duration: Any,
        livestream: Any,
        next_item: Any,
        content: Any,
    ) -> None:
        self._tell(out, "load", at, plan, None, livestream, next_item, content)
        self._follow_asset()
        if duration is not None and self.where != "over":
            self._take_stream_length(duration, at, "load")
        self._lay_out(at)

    def _stream_update(self, out: list[Event], at: float, *args: Any) -> None:
        *before, duration, live_edge, start_date, properties = args
        self._tell(out, "update", at, *before, None, live_edge, start_date, properties)
        if duration is not None and self.where != "over":
            self._take_stream_length(duration, at, "update")

    def _stream_content_start(
        self, out: list[Event], at: float, asset_id: Any, position: Any
    ) -> None:
        place = self._stream_place(position, at, "content_start")
        said = None if place is None else self._stitch.to_content(place)
        self._tell(out, "content_start", at, asset_id, said)
        self._follow_asset()
        if self.where == "content":
            self._content_at(self._playhead() if place is None else place)
            self._stitch.inside = -1

    def _follow_asset(self) -> None:
        """Another asset is another stream, unless one programme follows another live."""
        stitch = self._stitch
        if stitch.asset_index == self.asset_index:
            return
        stitch.asset_index = self.asset_index
        if not self._live:
            stitch.stretches = []
            stitch.length = None
            stitch.playhead = stitch.shift = stitch.base = 0.0
            stitch.inside, stitch.waits = -1, False
            stitch.landed_at = stitch.place_left = stitch.sought = None
        stitch.reckon(self.timeline, self._asset.content.duration)


def _readable(at: object) -> bool:
    return isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at < LATEST_TIME
