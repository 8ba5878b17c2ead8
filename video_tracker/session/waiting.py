"""What time alone brings: what was held back, heartbeats, timeouts (S26, S31-S33, S42)."""

from typing import Final

from video_tracker.events import ContentCompleted, Event, PlaybackInterrupted
from video_tracker.session.ledger import SLACK
from video_tracker.session.motion import DOUBT, STOPPED, Motion
from video_tracker.session.speaker import ON_TIME
from video_tracker.session.state import NEVER, Seek

__all__ = ["Waiting"]

PLAYING_TIMEOUT: Final = 300.0
PAUSED_TIMEOUT: Final = 1_800.0
MOST_AT_ONCE: Final = 4
"""What falls due in one tick may make something else due; never more than this in a row."""
LATE_TICK: Final = 1.0
"""A tick may come this much later than it was asked for and still bring its heartbeat."""
AT_REST: Final = 2.0
"""A playhead that rests this long within a second of the end has reached it (S75)."""


class Waiting(Motion):
    """A session on which time acts."""

    __slots__ = ()

    def wake_at(self) -> float | None:
        """When the session next wants a :meth:`tick`, in Unix seconds; None: never."""
        if self.where in ("idle", "over"):
            return None
        due = min(self._due_times(), default=NEVER)
        return None if due == NEVER else max(due, self.clock)

    def _due_times(self) -> list[float]:
        times = [self._timeout_at()]
        held = self.held
        if held is not None:
            if held.pause_at is not None:
                times.append(held.pause_at + DOUBT)
            if held.buffer_at is not None:
                times.append(held.buffer_at + self.settings.min_buffer)
            if held.error_at is not None:
                times.append(max(self._last_heard(), held.error_at) + SLACK)
        if self.seek is not None:
            times.append(self._scrub_over_at(self.seek))
        beats = self.seek is None and (held is None or held.error_at is None)
        if beats and self.beat_due != NEVER and self._beat_believed(max(self.beat_due, self.clock)):
            times.append(self.beat_due)
        if self.where == "after_content" and not self._more_to_come():
            times = [self.accrued + self.settings.completion_wait]
        elif self._rests_at_end():
            times.append(self._last_heard() + AT_REST)
        return times

    def _scrub_over_at(self, seek: Seek) -> float:
        """When no other seek can continue this one any longer (S33)."""
        ended = seek.ended_at
        if ended is None and self.rare is not None and self.stitch is not None:
            ended = self.stitch.landed_at
        return NEVER if ended is None else ended + self.settings.scrub_window

    def _last_heard(self) -> float:
        return max(self.heard, self.accrued)

    def _timeout_at(self) -> float:
        """When silence becomes a timeout (S26)."""
        if self.how == "interrupted":
            return NEVER
        return self._last_heard() + self._patience()

    def _patience(self) -> float:
        if self.settings.idle_timeout is not None:
            return self.settings.idle_timeout
        waits = self.how in ("paused", "seeking_paused") or self.where == "after_content"
        return PAUSED_TIMEOUT if waits else PLAYING_TIMEOUT

    def _more_to_come(self) -> bool:
        """Whether the plan holds a post-roll or a next content still to come."""
        if self.asset_index + 1 < len(self.timeline.assets):
            return True
        return any(
            part.offset == NEVER and part.planned and not self._was_opened(part.index)
            for part in self.timeline.breaks_of(self.asset_index)
        )

    def _rests_at_end(self) -> bool:
        return (
            self.where == "content"
            and self.how == "playing"
            and self.held is None
            and self._near_content_end()
        )

    # -- ads in the stream ---------------------------------------------------------------------

    def _speaks_stream(self) -> bool:
        """Whether an input that comes now tells positions of the stream (S9)."""
        stitch = self.stitch
        return stitch is not None and not stitch.inner

    def _heed(self, out: list[Event]) -> None:
        """Nothing is ever dated before what was said already."""
        if out and self.stitch is not None:
            self.stitch.said_at = max(self.stitch.said_at, *(event.at for event in out))

    def _stitched_tick(self, out: list[Event], at: float) -> None:
        """What time alone settles of ads in the stream; ``stitched`` knows how."""
        raise NotImplementedError

    def _quick_until(self) -> float:
        """How far in the stream the playhead just plays on; ``stitched`` knows how."""
        raise NotImplementedError

    def _border_passed(self, at: float) -> bool:
        """Whether the playhead has run into ads, or out of them, that no callback told yet."""
        raise NotImplementedError

    # -- time passes ---------------------------------------------------------------------------

    def _pass_time(self, out: list[Event], at: float, name: str) -> None:
        """Let everything happen that fell due up to ``at``, each with its own time."""
        self._stall_lasts(out, at)
        if self._scrub_is_over(at, name):
            self._tell_seek(out)
        self._wait_for_completion(out, at)
        if at >= self._timeout_at() - ON_TIME and self.where not in ("idle", "over"):
            self._time_out(out, name)

    def _scrub_is_over(self, at: float, name: str) -> bool:
        """Whether the last seek's end need not wait for another seek any longer (S33)."""
        seek = self.seek
        if seek is None or seek.ended_at is None:
            return False
        # A seek that begins exactly at the window's end still continues the scrub.
        slack = ON_TIME if name == "seek_start" else -ON_TIME
        return at - seek.ended_at >= self.settings.scrub_window + slack

    def _wait_for_completion(self, out: list[Event], at: float) -> None:
        if (
            self.where == "after_content"
            and not self._more_to_come()
            and at >= self.accrued + self.settings.completion_wait - ON_TIME
        ):
            self._complete_playback(out, self.accrued)

    def _time_out(self, out: list[Event], name: str) -> None:
        """Nothing was said for too long: Interrupted once, dated when that fell due (S26)."""
        due = self._timeout_at()
        self._pause_was_real(out)
        if self.where == "after_content":
            self._complete_playback(out, self.accrued)
            return
        moving = self.how in ("playing", "buffering")
        if self.where == "content" and moving and self._near_content_end():
            self._end_at_rest(out)
            self._complete_playback(out, self.accrued)
            return
        self._confirm_opening(out)
        bucket = self._silent_bucket()
        self._stall_over(out, due, name)
        self._break_off_seek(out, due)
        self._confirm_opening(out)
        self._spend(bucket, max(due - self.accrued, 0.0))
        self.accrued = max(due, self.accrued)
        self.silence = bucket
        self._drop_error()
        self._halt_beats(due)
        self._moves("interrupt")
        self.ended = "timeout"
        self._ignored(self.accrued, name, "timed_out")
        self._playback(out, PlaybackInterrupted, due, "timeout")

    def _silent_bucket(self) -> str:
        """A timeout moves no time between buckets; silent playing is suspended (S26)."""
        if self.how == "playing" and self.where in ("content", "ad"):
            return "suspended"
        return self._bucket()

    def _end_at_rest(self, out: list[Event]) -> None:
        """The playhead came to rest within a second of the end: the content is complete (S75)."""
        self._repaired(self._last_heard(), "tick", "content_end_lost")
        at = self.accrued
        self._stall_over(out, at, "tick")
        self._break_off_seek(out, at)
        self._confirm_opening(out)
        self._complete_asset()
        end = self._content_length()
        self._content(out, ContentCompleted, at, end)
        self._leave_pod()
        self._goes("content_end")
        self._moves("settle")

    # -- tick ----------------------------------------------------------------------------------

    def tick(self, at: float) -> tuple[Event, ...]:
        """Let time pass to ``at`` (Unix seconds); heartbeats and timeouts fall due (S26, S46).

        Returns:
            The events that fell due.
        """
        moment = self._time(at, "tick")
        if moment is None or self.where == "over" or self._is_repeated("tick", at, (), moment):
            return ()
        self.clock = moment
        if self.where == "idle":
            return ()
        out: list[Event] = []
        if self.rare is not None and "stitch" in self.rare:
            self._stitched_tick(out, moment)
        self._pause_was_real(out)
        for _ in range(MOST_AT_ONCE):
            self._pass_time(out, moment, "tick")
            if not self.over:
                self._pass_unheard(out, moment)
            due = self.wake_at()
            if due is None or due > moment:
                break
        if self.rare is not None and self.stitch is not None:
            self._heed(out)
            self.stitch.until = self._quick_until()
        return tuple(out)

    def _pass_unheard(self, out: list[Event], at: float) -> None:
        held = self.held
        if held is not None and held.error_at is not None:
            if at - max(self._last_heard(), held.error_at) >= STOPPED:
                self._error_stops(out, at)
            return
        if self._rests_at_end() and at - self.accrued >= AT_REST:
            self._end_at_rest(out)
            return
        if at >= self.beat_due - ON_TIME and self._beat_believed(at):
            self._beat_unheard(out, at)

    def _beat_unheard(self, out: list[Event], at: float) -> None:
        """A beat between callbacks; where nobody tells positions, playing time gives one for it."""
        self._confirm_opening(out)
        ad, content = self.ad, self.position
        if self._positions_told():
            self._beat(out, at)
        elif ad is None:
            self.position = self._guess((at - self.accrued) * self.rate)
            self._beat(out, at)
            self.position = content
        else:
            before = ad.position
            ad.position += at - self.accrued
            self._beat(out, at)
            ad.position = before

    def _beat_believed(self, at: float) -> bool:
        """Whether playing may be believed up to ``at`` with nothing heard since (S42, S63)."""
        if at == NEVER or self.how != "playing" or self.standing > self.accrued:
            return False
        patience = self.settings.heartbeat
        if self.ad is not None and not self.ad.told:
            patience = self._ad_cap()
        if self.rare is not None and "stitch" in self.rare and self._border_passed(at):
            return False
        return at - self.accrued <= patience + LATE_TICK

    def _positions_told(self) -> bool:
        """Whether the player reports positions of what plays."""
        return self.said_position if self.ad is None else self.ad.told
