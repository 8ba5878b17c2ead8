"""The inputs that say how playback moves, and what the player's attributes are."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.errors import StrictError
from video_tracker.events import Event
from video_tracker.session.machine import HOW_CELLS, WHERE_CELLS
from video_tracker.session.motion import DOUBT
from video_tracker.session.reasons import REJECT
from video_tracker.session.speaker import NEAR
from video_tracker.session.waiting import Waiting

__all__ = ["MotionInputs"]

REPLAYED: Final = 2.0
"""Frames that lie this many seconds before the content's end are no rest of it."""
LOUDEST: Final = 100
FASTEST: Final = 100.0


class MotionInputs(Waiting):
    """Play, pause, seek, buffer, trouble, attributes."""

    __slots__ = ()

    # -- the long way in -----------------------------------------------------------------------

    def _input(self, name: str, at: float, *args: Any) -> tuple[Event, ...]:
        """Take one input: check its time, let fall due what is due, then let it act.

        In the default mode nothing is raised: should the session meet a fault of its own, the input
        is dropped and counted as ``internal_fault``.
        """
        if self.rare is not None and self._speaks_stream():
            return self._stitched_input(name, at, args)
        if self.behind is not None and name in ("progress", "ad_progress"):
            self._suspect_clock(at, args[0])
        moment = self._time(at, name)
        if moment is None or self._is_repeated(name, at, args, moment):
            return ()
        self.said_at = float(at)
        clock = self.clock
        self.clock = max(self.clock, moment)
        out: list[Event] = []
        try:
            if self.where not in ("idle", "over"):
                self._pass_time(out, moment, name)
            getattr(self, f"_on_{name}")(out, moment, *args)
            if moment >= self.beat_due and self._beat_believed(moment):
                self._beat_unheard(out, moment)
        except StrictError:
            self.clock = clock
            raise
        except Exception:
            if self.strict:
                raise
            self._note(moment, name, REJECT, "internal_fault")
        self._close_input(moment)
        return tuple(out)

    def _close_input(self, moment: float) -> None:
        if self.where != "over":
            self.heard = moment
        if self.rare is not None and self.annotation is not None:
            self.annotation = None
            self._tune()

    def _stitched_input(self, name: str, at: float, args: tuple[Any, ...]) -> tuple[Event, ...]:
        """Take an input whose positions are the stream's; ``stitched`` knows how (S9)."""
        raise NotImplementedError

    def _enter(self, name: str, at: float) -> bool:
        """Whether the chart *where* lets an input act now."""
        return self._allowed(WHERE_CELLS[name][self.where], at, name)

    def _may_move(self, trigger: str, at: float, name: str) -> bool:
        """Whether the chart *how* lets an input act now."""
        return self._allowed(HOW_CELLS[trigger][self.how], at, name)

    def _begin(self, out: list[Event], at: float, position: float | None, trigger: str) -> None:
        """Playback Started at the intent to play (S25), with the resume offset if any (S52)."""
        self.started_at = self.accrued = at
        if position is not None:
            self._jump(position)
        self._playback_started(out, at)
        self._goes(trigger)

    # -- play and pause ------------------------------------------------------------------------

    def play(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """Play is wanted: the start, or the end of a pause. ``position``: content or ad seconds."""
        return self._input("play", at, position)

    def _on_play(self, out: list[Event], at: float, position: Any) -> None:
        if self.where in ("over", "after_content"):
            self._play_again(out, at, "play")
            return
        if not self._enter("play", at):
            return
        place = self._place(position, at, "play")
        if self.where == "idle":
            self._begin(out, at, place, "play")
            return
        self._settle_pause(out, at, "play")
        if self._may_move("play", at, "play"):
            self._resume(out, at, "play")

    def _settle_pause(self, out: list[Event], at: float, name: str) -> None:
        """Play soon after a doubtful pause unmakes it; later, the pause was real (S31)."""
        held = self.held
        if held is not None and held.pause_at is not None:
            if at - held.pause_at <= DOUBT or self.how in ("seeking", "seeking_paused"):
                self._pause_was_none(at, name)
            else:
                self._pause_was_real(out)

    def _resume(self, out: list[Event], at: float, trigger: str) -> None:
        self._accrue(at)
        self._clear_moved()
        if self.how == "interrupted":
            self._break_off_seek(out, at)
        self._tell_seek(out)
        self._confirm_landing(out)
        self._say_resumed(out, at, trigger)
        if self.frozen and self.where in ("content", "ad") and self.how == "playing":
            self._stall(out, at)

    def _confirm_landing(self, out: list[Event]) -> None:
        if self.where == "content":
            self._confirm_opening(out)

    def _play_again(self, out: list[Event], at: float, name: str) -> None:
        """Play after the end is a replay, unless the plan holds more of this session (S24, S70)."""
        if self.where == "after_content":
            if self._more_to_come():
                self._ignored(at, name, "content_over")
                return
            self._complete_playback(out, self.accrued)
        self._ignored(at, name, "replay")
        self.wants_restart = True

    def playing(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """Frames move: the first one, or again after a seek, a stall or a pause."""
        return self._input("playing", at, position)

    def _on_playing(self, out: list[Event], at: float, position: Any) -> None:
        place = self._place(position, at, "playing")
        if self.where == "after_content":
            self._playing_after_content(out, at, place)
            return
        if not self._enter("playing", at):
            return
        if self.where == "idle":
            self._begin(out, at, place, "playing")
        if self.where == "ad_break":
            return
        self._settle_pause(out, at, "playing")
        self._move_again(out, at, place)
        if self.where == "starting":
            self._accrue(at)
            self._content_shows(out, at, place)

    def _playing_after_content(self, out: list[Event], at: float, place: float | None) -> None:
        """Frames after the content's end are a replay only if they lie well before it (S70)."""
        if place is not None and place < self.position - REPLAYED:
            self._play_again(out, at, "playing")
        else:
            self._ignored(at, "playing", "content_over")

    def _move_again(self, out: list[Event], at: float, place: float | None) -> None:
        """What ``playing`` ends: a pause, a stall, a seek, an interruption."""
        if self.how == "buffering":
            self._end_stall(out, at, "playing")
        elif self.how in ("seeking", "seeking_paused"):
            if self._may_move("playing", at, "playing"):
                paused = self.how == "seeking_paused"
                self._end_seek(out, at, place, "playing")
                if paused:
                    self._resume(out, at, "playing")
        elif self.how == "playing":
            if self.where == "content" and place is not None and self.held is None:
                self._moved_on(at, place)
        elif self._may_move("playing", at, "playing"):
            self._resume(out, at, "playing")

    def _moved_on(self, at: float, place: float) -> None:
        """A position that fits the time since the last one is evidence of playing."""
        if 0 <= place - self.position <= (at - self.accrued) * self.rate + NEAR / 2:
            self._accrue(at, place)

    def pause(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """Playback was paused: Paused at once, unless the session has reason to doubt (S31)."""
        return self._input("pause", at, position)

    def _on_pause(self, out: list[Event], at: float, position: Any) -> None:
        place = self._place(position, at, "pause")
        if not self._enter("pause", at) or not self._may_move("pause", at, "pause"):
            return
        if self.held is not None and self.held.pause_at is not None:
            self._ignored(at, "pause", "already_paused")
            return
        self._accrue(at, place)
        if self.where == "content":
            self._tell_seek(out)
            self._confirm_opening(out)
        if self.held is not None and self.held.error_at is not None:
            self._error_stops(out, at)
            return
        if self._pause_in_doubt():
            self._holding().pause_at = at
            return
        self._confirm_opening(out)
        self._stall_over(out, at, "pause")
        self._tell_seek(out)
        self._say_pause(out, at)

    # -- seek ----------------------------------------------------------------------------------

    def seek_start(
        self, at: float, position: float | None = None, to: float | None = None
    ) -> tuple[Event, ...]:
        """A seek began at ``position`` towards ``to`` (content seconds, in an ad the ad's)."""
        return self._input("seek_start", at, position, to)

    def _on_seek_start(self, out: list[Event], at: float, position: Any, to: Any) -> None:
        place = self._place(position, at, "seek_start")
        target = self._place(to, at, "seek_start")
        if not self._enter("seek_start", at):
            if self.where == "starting" and target is not None and not self.begun:
                self._jump(target)
            return
        if not self._may_move("seek_start", at, "seek_start"):
            return
        self._pause_was_real(out)
        if self.how == "playing":
            self._accrue(at, place)
        else:
            self._accrue(at)
        self._confirm_opening(out)
        self._clear_moved()
        if self.how == "buffering":
            self._stall_over(out, at, "seek_start")
        self._begin_seek(out, at, target)

    def seek_end(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """The seek ended; playback goes on at ``position``."""
        return self._input("seek_end", at, position)

    def _on_seek_end(self, out: list[Event], at: float, position: Any) -> None:
        place = self._place(position, at, "seek_end")
        if self._enter("seek_end", at) and self._may_move("seek_end", at, "seek_end"):
            if self.seek is None or self.seek.ended_at is not None:
                self._ignored(at, "seek_end", "no_seek_open")
                return
            self._end_seek(out, at, place, "seek_end")

    def _end_seek(self, out: list[Event], at: float, place: float | None, name: str) -> None:
        self._accrue(at)
        self._clear_moved()
        if self.buffer_told or (self.held is not None and self.held.buffer_at is not None):
            self._stall_over(out, at, name)
        self._moves("seek_end")
        self._finish_seek(out, at, place)

    # -- buffer --------------------------------------------------------------------------------

    def buffer_start(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """The player ran out of data."""
        return self._input("buffer_start", at, position)

    def _on_buffer_start(self, out: list[Event], at: float, position: Any) -> None:
        place = self._place(position, at, "buffer_start")
        if not self._enter("buffer_start", at):
            return
        if self.how == "seeking" and (self.buffer_told or self._stall_is_held()):
            self._ignored(at, "buffer_start", "already_buffering")
            return
        if self.how == "seeking" and self.held is not None and self.held.pause_at is not None:
            self._ignored(at, "buffer_start", "buffer_while_paused")
            return
        if not self._may_move("buffer_start", at, "buffer_start"):
            return
        if self.how == "playing":
            self._settle_pause(out, at, "buffer_start")
        if self.how == "paused":
            return
        self._accrue(at, place if self.how == "playing" else None)
        if self.where == "content":
            self._tell_seek(out)
        if self.held is not None and self.held.error_at is not None:
            self._error_stops(out, at)
            return
        self._confirm_opening(out)
        self._tell_seek(out)
        self._stall(out, at)

    def _stall_is_held(self) -> bool:
        return self.held is not None and self.held.buffer_at is not None

    def buffer_end(self, at: float, position: float | None = None) -> tuple[Event, ...]:
        """The player has data again."""
        return self._input("buffer_end", at, position)

    def _on_buffer_end(self, out: list[Event], at: float, _position: Any) -> None:
        if not self._enter("buffer_end", at):
            return
        if self.how == "seeking":
            if self.buffer_told or self._stall_is_held():
                self._stall_over(out, at, "buffer_end")
            else:
                self._ignored(at, "buffer_end", "no_buffer_open")
        elif self._may_move("buffer_end", at, "buffer_end"):
            self._end_stall(out, at, "buffer_end")

    def _end_stall(self, out: list[Event], at: float, name: str) -> None:
        self._accrue(at)
        self._clear_moved()
        self._stall_over(out, at, name)
        self._moves("buffer_end")
        self._run_beats(at)

    # -- trouble -------------------------------------------------------------------------------

    def interrupt(self, at: float, method: str | None = None) -> tuple[Event, ...]:
        """Playback stopped without the viewer's will: ``network loss``, ``call``... (S26)."""
        return self._input("interrupt", at, method)

    def _on_interrupt(self, out: list[Event], at: float, method: Any) -> None:
        said = self._text(method, at, "interrupt")
        if self._enter("interrupt", at) and self._may_move("interrupt", at, "interrupt"):
            self._pause_was_real(out)
            self._accrue(at)
            self._confirm_opening(out)
            self._clear_moved()
            self._interrupt(out, at, said)

    def error(
        self,
        at: float,
        fatal: bool = False,
        reason: str | None = None,
    ) -> tuple[Event, ...]:
        """The player reported an error; a fatal one interrupts when playback really stops (S76)."""
        return self._input("error", at, fatal, reason)

    def _on_error(self, out: list[Event], at: float, fatal: Any, reason: Any) -> None:
        said = self._text(reason, at, "error")
        if self._flag(fatal, at, "error") is not True:
            self._ignored(at, "error", "error_not_fatal")
            return
        if not self._enter("error", at) or not self._may_move("interrupt", at, "error"):
            return
        if self.how == "playing" and self.where in ("content", "ad"):
            self._hold_error(at, said or "error")
            return
        self._pause_was_real(out)
        self._accrue(at)
        self._clear_moved()
        self._interrupt(out, at, said or "error")

    # -- attributes ----------------------------------------------------------------------------

    def quality(
        self,
        at: float,
        bitrate: float | None = None,
        framerate: float | None = None,
        quality: str | None = None,
        dropped_frames: int | None = None,
    ) -> tuple[Event, ...]:
        """The quality changed: kbps, frames per second, ``480p``, frames dropped (S54)."""
        return self._input("quality", at, bitrate, framerate, quality, dropped_frames)

    def _on_quality(
        self, out: list[Event], at: float, bitrate: Any, framerate: Any, quality: Any, dropped: Any
    ) -> None:
        if not self._enter("quality", at):
            return
        rate = self._number(bitrate, at, "quality")
        frames = self._number(framerate, at, "quality")
        label = self._text(quality, at, "quality")
        lost = self._number(dropped, at, "quality")
        before = (self.player, self.dropped_frames)
        changes = {"bitrate": rate, "framerate": frames, "quality": label}
        self._change_player(changes)
        if lost is not None:
            self.dropped_frames = float(int(lost))
        if (self.player, self.dropped_frames) == before:
            self._ignored(at, "quality", "unchanged")
        elif self.where != "idle":
            self._quality(out, at, self.player.bitrate, self.player.framerate)

    def _change_player(self, changes: Mapping[str, Any]) -> None:
        known = {
            name: value
            for name, value in changes.items()
            if value is not None and value != getattr(self.player, name)
        }
        if known:
            self.player = attrs.evolve(self.player, **known)

    def update(
        self,
        at: float,
        *,
        sound: float | None = None,
        full_screen: bool | None = None,
        ad_enabled: bool | None = None,
        playback_rate: float | None = None,
        duration: float | None = None,
        live_edge: float | None = None,
        start_date: float | None = None,
        properties: Mapping[str, Any] | None = None,
    ) -> tuple[Event, ...]:
        """The player's attributes changed (None: as before).

        Args:
            at: Unix seconds.
            sound: 0 to 100; 0 is muted.
            full_screen, ad_enabled: As in the spec's playback block.
            playback_rate: 1 is normal; 0 while playing is buffering (S74).
            duration: The content's length in seconds.
            live_edge: Where a livestream's edge lies now, on the clock of its positions, in
                seconds; it moves on with the time until it is told again (S8).
            start_date: When what lies at position 0 happened, in Unix seconds (S8).
            properties: Custom properties of all events from now on (S51).
        """
        attributes = (sound, full_screen, ad_enabled, playback_rate, duration)
        return self._input("update", at, *attributes, live_edge, start_date, properties)

    def _on_update(
        self,
        out: list[Event],
        at: float,
        sound: Any,
        full_screen: Any,
        ad_enabled: Any,
        playback_rate: Any,
        duration: Any,
        live_edge: Any,
        start_date: Any,
        properties: Any,
    ) -> None:
        if not self._enter("update", at):
            return
        loud = self._number(sound, at, "update")
        self._change_player(
            {
                "sound": None if loud is None else min(loud, LOUDEST),
                "full_screen": self._flag(full_screen, at, "update"),
                "ad_enabled": self._flag(ad_enabled, at, "update"),
            }
        )
        if duration is not None:
            self._take_duration(duration, at, "update")
        self._take_live_clock(at, live_edge, start_date)
        if playback_rate is not None:
            self._take_rate(out, at, self._number(playback_rate, at, "update"))
        custom = self._custom(properties)
        if custom is not None:
            self.properties = {**self.properties, **custom}
        elif properties is not None:
            self._ignored(at, "update", "invalid_value")

    def _take_live_clock(self, at: float, live_edge: Any, start_date: Any) -> None:
        """Where a livestream's edge lies, and what its clock's zero is in Unix seconds (S8)."""
        edge = self._moment(live_edge, at, "update")
        if edge is not None:
            self.live_origin = at - edge
        date = self._moment(start_date, at, "update")
        if date is not None:
            self.start_date = date

    def _take_rate(self, out: list[Event], at: float, rate: float | None) -> None:
        """A new playback rate; 0 while playing is a stall, and never divides anything (S74)."""
        if rate is None or rate > FASTEST:
            return
        stalls = self.how == "playing" and self.where in ("content", "ad")
        self.frozen = rate == 0
        if rate == 0:
            if stalls:
                self._on_buffer_start(out, at, None)
            return
        if self.how == "buffering":
            self._end_stall(out, at, "update")
        elif stalls and rate != self.rate:
            self._split_at_rate(at)
        self.rate = float(rate)

    def _split_at_rate(self, at: float) -> None:
        """The time before a change of rate was played at the old one, so far as it is believed."""
        if at - self.accrued <= NEAR and self.where == "content":
            self._accrue(at)
            self.estimated = False
