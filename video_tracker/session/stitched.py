"""Ads in the stream (S9): stream positions become content and ad positions, borders become inputs.

The player says where its playhead is in the stream, and no more. This layer finds the borders that
the playhead crossed, dates them by how far behind they lie, and tells the session what a player of
client ads would have told it: a break starts, an ad starts, it ends... So both kinds of ads give
the same events for the same viewing.
"""

import math
from typing import Any, Final

from video_tracker.errors import StrictError
from video_tracker.events import Event
from video_tracker.session.inputs_of_ads import AdInputs
from video_tracker.session.pods import CERTAIN
from video_tracker.session.reasons import REJECT
from video_tracker.session.speaker import NEAR
from video_tracker.session.state import FAR_BEYOND, LATEST_TIME
from video_tracker.session.stitch import DUST, Stitch, Stretch
from video_tracker.session.timeline import MID, POST, PRE

__all__ = ["Stitched"]

LEAP: Final = 2.0
"""A position that lies this far from where playing would bring it has jumped (S61)."""
JOINT: Final = 0.1
"""Content between two breaks that is shorter than this is none."""
MOST_BORDERS: Final = 10_000
_WAITS_FOR_SCRUB: Final = frozenset(
    ("progress", "playing", "quality", "update", "ad_ranges", "ad_progress", "ad_click", "tick")
)
"""Inputs that leave open whether another seek will continue the last one (S33)."""


class Stitched(AdInputs):
    """A session that can find its ads in the stream."""

    __slots__ = ()

    # -- the way in ----------------------------------------------------------------------------

    def _stitched_input(self, name: str, at: float, args: tuple[Any, ...]) -> tuple[Event, ...]:
        """Take an input whose positions are the stream's."""
        stitch = self._stitch
        out: list[Event] = []
        stitch.inner = True
        try:
            if _readable(at) and self.where != "over":
                at = float(at)
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
        self._heed(out)
        return tuple(out)

    def _stitched_tick(self, out: list[Event], at: float) -> None:
        """Time alone settles a seek that ended at a border of ads."""
        stitch = self._stitch
        stitch.inner = True
        try:
            self._land_if_settled(out, at, "tick")
        finally:
            stitch.inner = False
        self._heed(out)

    def _border_passed(self, at: float) -> bool:
        stitch = self._stitch
        if stitch.landed_at is not None or stitch.waits:
            return True
        border = self._border_ahead()
        return border is not None and self._playhead() + self._expected(at) >= border

    @property
    def _stitch(self) -> Stitch:
        stitch = self.stitch
        if stitch is None:
            stitch = self.stitch = Stitch(playhead=self.position, asset_index=self.asset_index)
        return stitch

    def _heed(self, out: list[Event]) -> None:
        """Nothing is ever dated before what was said already."""
        if out:
            self._stitch.said_at = max(self._stitch.said_at, *(event.at for event in out))

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

    # -- playing on ----------------------------------------------------------------------------

    def _run_to(self, out: list[Event], at: float, place: float) -> None:
        """The playhead ran to ``place``: everything it passed, each with its own time."""
        for _ in range(MOST_BORDERS):
            border = self._border_ahead()
            if border is None or border > place + DUST:
                break
            self._cross(out, self._when(at, border, place), border)

    def _when(self, at: float, border: float, place: float) -> float:
        """When a playhead that is at ``place`` now was at a border behind it."""
        back = max(place - border, 0.0) / self.rate
        return min(max(at - back, self.accrued - self.skew), max(at, self.accrued - self.skew))

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
        declared = self._declare(part)
        part.fixed = True
        stitch.playhead, stitch.waits = place, False
        pod_id = self.timeline.breaks[part.index].pod_id
        self._tell_past(out, "ad_break_start", at, pod_id, declared, None, None)
        if self.where != "ad_break" or self.open_break != part.index:
            return
        stitch.inside, stitch.part = part.index, -1
        self._begin_ad_at(out, at, part, place)

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
        elif (
            self.where == "ad_break" and stitch.inside >= 0 and stitch.open is not stitch.at(place)
        ):
            self._go_to(out, at, place)

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
