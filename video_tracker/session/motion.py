"""How playback moves: pauses, seeks, stalls, interruptions, and what of them is held back."""

from typing import Final

from video_tracker.events import (
    ContentPlaying,
    Event,
    PlaybackBufferCompleted,
    PlaybackBufferStarted,
    PlaybackInterrupted,
    PlaybackPaused,
    PlaybackResumed,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
)
from video_tracker.session.ads import Ads
from video_tracker.session.machine import HOW_CELLS
from video_tracker.session.speaker import NEAR, ON_TIME, whole
from video_tracker.session.state import NEVER, Seek
from video_tracker.session.timeline import MID

__all__ = ["Motion"]

DOUBT: Final = 0.5
"""A pause in doubt (S31) is a real one when nothing has explained it for this many seconds."""
STOPPED: Final = 1.0
"""Playback that has not moved for this many seconds after a fatal error has stopped (S76)."""


class Motion(Ads):
    """A session that pauses, seeks, stalls and is interrupted."""

    __slots__ = ()

    # -- pause ---------------------------------------------------------------------------------

    def _pause_in_doubt(self) -> bool:
        """Whether the session itself has reason to doubt a pause (S31)."""
        if self.how in ("seeking", "seeking_paused"):
            return True
        if self.where == "ad":
            left = self._to_ad_end()
            return left is not None and left <= NEAR
        if self.where == "starting":
            return self._pre_roll_due()
        return self._near_content_end() or self._break_at_hand()

    def _break_at_hand(self) -> bool:
        """Whether a planned mid-roll that has not come yet lies within a second (S31)."""
        return any(
            part.placement == MID
            and part.planned
            and abs(part.offset - self.position) <= NEAR
            and not self._was_opened(part.index)
            for part in self.timeline.breaks_of(self.asset_index)
        )

    def _say_pause(self, out: list[Event], at: float) -> None:
        """Paused; the time from now on is pause, and a stall is over (S66)."""
        self._stall_over(out, at, "pause")
        self._moves("pause")
        self._halt_beats(at)
        self.pauses += 1
        self.pause_told = True
        self._playback(out, PlaybackPaused, at)

    def _pause_was_real(self, out: list[Event]) -> None:
        """The pause that was held back was the viewer's: reported with its own time."""
        held = self.held
        if held is None or held.pause_at is None:
            return
        at, held.pause_at = held.pause_at, None
        self._let_go()
        self._confirm_opening(out)
        if HOW_CELLS["pause"][self.how].reason is None:
            self._say_pause(out, at)

    def _pause_was_none(self, at: float, name: str) -> None:
        """The pause that was held back was the player's own (S31)."""
        held = self.held
        if held is None or held.pause_at is None:
            return
        held.pause_at = None
        self._let_go()
        self._ignored(at, name, "pause_of_the_player")

    def _say_resumed(self, out: list[Event], at: float, trigger: str) -> None:
        """Resumed, and a heartbeat at once (S43); after a pause or an interruption only (S30)."""
        if self.how == "interrupted":
            self._break_off_seek(out, at)
        self._tell_seek(out)
        self._moves(trigger)
        self._is_open_again()
        self._playback(out, PlaybackResumed, at)
        self._restart_beats(at)
        if self.how != "playing":
            self._halt_beats(at)
        elif self.where == "content":
            if not self._pod_ends_soon():
                self.heartbeats += 1
                self._content(out, ContentPlaying, at)
        elif self.where == "ad":
            self._say_ad_beat(out, at, resumed=True)

    def _is_open_again(self) -> None:
        """Whatever stopped playback is undone; a timeout too (S26)."""
        self.silence = None
        self.pause_told = False
        self.ended = "open"
        self._tune()

    def _resume_for_ads(self, out: list[Event], at: float) -> None:
        """An ad break begins though playback was paused or interrupted: it plays again."""
        if self.where == "idle" or not (self.pause_told or self.how == "interrupted"):
            return
        self._accrue(at)
        self._is_open_again()
        self._moves("play")
        self._moves("settle")
        self._playback(out, PlaybackResumed, at)

    def _free_way(self, out: list[Event], at: float, name: str) -> None:
        """Something else begins: no pause, interruption, stall or seek outlasts it (S20)."""
        self._resume_for_ads(out, at)
        self._stall_over(out, at, name)
        self._break_off_seek(out, at)
        self._moves("settle")

    # -- the heartbeat's clock -----------------------------------------------------------------

    def _halt_beats(self, at: float) -> None:
        if self.beat_due != NEVER:
            self.beat_left = max(self.beat_due - at, 0.0)
            self.beat_due = NEVER

    def _run_beats(self, at: float) -> None:
        if self.where in ("content", "ad") and self.beat_due == NEVER:
            self.beat_due = at + self.beat_left

    # -- buffering -----------------------------------------------------------------------------

    def _stall(self, out: list[Event], at: float) -> None:
        """The player waits for data: told at once, or when it has lasted ``min_buffer`` (S32)."""
        inside_seek = self.how == "seeking"
        self._moves("buffer_start")
        self._halt_beats(at)
        if not inside_seek:
            self.rebuffers += 1
        if self.settings.min_buffer > 0:
            held = self._holding()
            if held.buffer_at is None:
                held.buffer_at = at
        else:
            self.buffer_told = True
            self._playback(out, PlaybackBufferStarted, at)

    def _stall_lasts(self, out: list[Event], at: float) -> None:
        """A stall that was held back has lasted long enough to be told, with its own time."""
        held = self.held
        if held is None or held.buffer_at is None:
            return
        if at - held.buffer_at < self.settings.min_buffer - ON_TIME:
            return
        began, held.buffer_at = held.buffer_at, None
        self._let_go()
        self._tell_seek(out)
        self.buffer_told = True
        self._playback(out, PlaybackBufferStarted, began)

    def _stall_over(self, out: list[Event], at: float, name: str) -> None:
        """The wait is over: Buffer Completed if its start was told, else nothing (S32)."""
        self._stall_lasts(out, at)
        held = self.held
        if held is not None and held.buffer_at is not None:
            held.buffer_at = None
            self._let_go()
            if self.how == "buffering":
                self.rebuffers -= 1
            self._ignored(at, name, "short_buffer")
        if self.buffer_told:
            self.buffer_told = False
            self._playback(out, PlaybackBufferCompleted, at)

    # -- seeking -------------------------------------------------------------------------------

    def _begin_seek(self, out: list[Event], at: float, target: float | None) -> None:
        """Seek Started where the viewer left; a scrub's later seeks continue its first (S33)."""
        if self.seek is not None:
            self.seek.target = target if target is not None else self.seek.target
            self.seek.ended_at = None
        else:
            pod = self.pod_id if self.where == "content" else None
            self.seek = Seek(target, pod, self.position)
            self.seeks += 1
            sought = self._seek_position(target)
            self._playback(out, PlaybackSeekStarted, at, sought)
        self._moves("seek_start")
        self._halt_beats(at)

    def _seek_position(self, target: float | None) -> int | None:
        """The session position sought (S33); in an ad the target lies in the ad."""
        if self.rare is not None and self.stitch is not None and self.stitch.inside >= 0:
            return self._sought_in_stream()
        if target is None:
            return None
        if self._live:
            return self._live_position(None if self.ad is not None else target)
        if self.ad is not None:
            return whole(self._session_position() - self._ad_seconds_counted() + target)
        return whole(self._session_position(target))

    def _sought_in_stream(self) -> int | None:
        """The session position sought when the seek begins in an ad of the stream."""
        stitch = self.stitch
        sought = None if stitch is None else stitch.sought
        if stitch is None or sought is None:
            return None
        if self._live:
            return self._live_position()
        if self.ad is not None and stitch.ad_start <= sought < stitch.ad_end:
            into = sought - stitch.ad_start
            return whole(self._session_position() - self._ad_seconds_counted() + into)
        return whole(self._session_position_past(stitch.to_content(sought)))

    def _session_position_past(self, content: float) -> float:
        """The session position of a content position that leaves the open break."""
        if content >= self.position:
            return self._session_position(content)
        ad, opened = self.ad, self.open_break
        self.ad, self.open_break = None, -1
        try:
            return self._session_position(content)
        finally:
            self.ad, self.open_break = ad, opened

    def _finish_seek(self, out: list[Event], at: float, position: float | None) -> None:
        """Playback goes on elsewhere: Seek Completed now, or after the scrub window (S33)."""
        seek = self.seek
        if seek is None:
            return
        place = position if position is not None else seek.target
        if place is not None:
            self._take_place(place)
            seek.target = place
        seek.ended_at = at
        if self.how == "playing":
            self._restart_beats(at)
        if self.settings.scrub_window <= 0:
            self._tell_seek(out)

    def _take_place(self, place: float) -> None:
        if self.ad is not None:
            self.ad.position = place
        else:
            self._jump(place)

    def _tell_seek(self, out: list[Event]) -> None:
        """Seek Completed if the seek has ended, dated when it did; then the pod landed in (S22)."""
        seek = self.seek
        if seek is None or seek.ended_at is None:
            return
        self.seek = None
        at, now = seek.ended_at, self.position
        landed = seek.target if self.ad is None else None
        if landed is not None:
            self.position = landed
        self.pod_id, pod = self._pod_landed(), self.pod_id
        self._playback(out, PlaybackSeekCompleted, at, self._seek_position(seek.target))
        self.pod_id = pod
        self._tune()
        if self.where == "content":
            self._land(out, at, seek)
            if self.how != "playing":
                self._halt_beats(at)
        self.position = now

    def _pod_landed(self) -> str | None:
        return self._asset.pod_at(self.position) if self.where == "content" else self.pod_id

    def _break_off_seek(self, out: list[Event], at: float) -> None:
        """Something ends an open seek: it is completed where it wanted to go."""
        if self.seek is None:
            return
        if self.seek.ended_at is None:
            self._accrue(at)
            self._stall_over(out, at, "seek_end")
            if self.seek.target is not None:
                self._take_place(self.seek.target)
            self.seek.ended_at = at
            self._moves("seek_end")
        self._tell_seek(out)

    # -- interruption --------------------------------------------------------------------------

    def _interrupt(self, out: list[Event], at: float, method: str | None) -> None:
        """Interrupted; open stalls and seeks are closed first, pods and ads stay open (S26)."""
        self._drop_error()  # one announced before must not interrupt again when the seek lands
        self._stall_over(out, at, "interrupt")
        self._break_off_seek(out, at)
        self._confirm_opening(out)
        self._halt_beats(at)
        self._moves("interrupt")
        self._playback(out, PlaybackInterrupted, at, method)

    def _hold_error(self, at: float, method: str | None) -> None:
        held = self._holding()
        held.error_at, held.error_method = at, method

    def _error_stops(self, out: list[Event], at: float) -> None:
        """Playback has stopped after a fatal error: Interrupted (S76)."""
        held = self.held
        if held is None or held.error_at is None:
            return
        method, began = held.error_method, held.error_at
        held.error_at = held.error_method = None
        self._let_go()
        stopped = min(max(self.accrued, began), at)
        self._accrue(stopped)
        self._interrupt(out, stopped, method)

    def _drop_error(self) -> None:
        if self.held is not None:
            self.held.error_at = self.held.error_method = None
            self._let_go()
