"""The playback session: the inputs, a method each.

``progress`` is 99 % of all calls; while content simply plays it tests the state, does its
arithmetic and returns. Every other input goes the long way: the time is checked, what fell due
meanwhile happens, the charts say whether the input is accepted, repaired or ignored, and only then
it acts (S60).
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.events import Event
from video_tracker.session.motion import STOPPED
from video_tracker.session.pods import CERTAIN
from video_tracker.session.reasons import REJECT
from video_tracker.session.speaker import NEAR
from video_tracker.session.stitched_playlist import StitchedPlaylist
from video_tracker.signals import SIGNALS, Signal

__all__ = ["Session"]

LEAP: Final = 2.0
"""A position that lies this far from where playing would bring it has jumped (S61)."""


class Session(StitchedPlaylist):
    """One playback in one player.

    Every input takes its time first (``at``, Unix seconds) and returns the events it caused. In the
    default mode nothing is ever raised, whatever the values. A session is used by one thread at a
    time; it starts no thread, reads no clock and does no I/O.
    """

    __slots__ = ()

    # -- progress ------------------------------------------------------------------------------

    def progress(
        self, at: float, position: float | None = None, duration: float | None = None
    ) -> tuple[Event, ...]:
        """The content clock moved (timeupdate).

        Args:
            at: Unix seconds.
            position: Content seconds.
            duration: The content's length in seconds, when the player says it.

        Returns:
            The events it caused; most calls cause none.
        """
        if (
            self.fast
            and type(at) is float
            and type(position) is float
            and (duration is None or duration == self.said_duration)
        ):
            passed = at - self.accrued
            step = position - self.position
            if (
                at > self.clock
                and passed <= 2.0
                and step > 0.0
                and -1.0 <= step - passed * self.rate <= 0.5
            ):
                self.accrued = self.clock = at
                self.position = position
                self.content_played += passed
                if at < self.beat_due:
                    return ()
                out: list[Event] = []
                self._beat(out, at)
                return tuple(out)
        return self._input("progress", at, position, duration)

    def _on_progress(self, out: list[Event], at: float, position: Any, duration: Any) -> None:
        place = self._place(position, at, "progress")
        if duration is not None:
            self._take_duration(duration, at, "progress")
            if self.rare is not None and self._speaks_stream():
                mark = self.last_input
                out.extend(self._stitched_input("progress", at, (position, None)))
                self.last_input = mark
                return
        if self.where == "idle" and not place:
            self._ignored(at, "progress", "not_started")
            return
        if not self._enter("progress", at):
            return
        if self.rare is not None and "behind" in self.rare:
            self._keep_late(place)
            return
        if place is None:
            self._progress_without_position(out, at, position)
            return
        self.said_position = True
        self._tune()
        self._progress_where(out, at, place)

    def _progress_where(self, out: list[Event], at: float, place: float) -> None:
        """What a moved content clock means where the playhead is."""
        if self.where == "idle":
            self._begin(out, at, place, "progress")
            self._content_shows(out, at, place)
        elif self.where == "starting":
            self._progress_in_starting(out, at, place)
        elif self.where in ("ad", "ad_break"):
            if self._content_in_break(out, at, place, "progress"):
                self._progress_in_content(out, at, place)
        elif self.where == "content":
            self._progress_by_motion(out, at, place)
        else:
            self._progress_after_content(out, at, place)

    def _progress_without_position(self, out: list[Event], at: float, told: Any) -> None:
        """The content clock moved, and nobody says where to (S63)."""
        if told is not None or self.said_position or self.how != "playing":
            return
        if self.where == "starting":
            self._content_shows(out, at, None)
        elif self.where == "content":
            self._accrue(at)
            self._beat(out, at)

    def _progress_in_starting(self, out: list[Event], at: float, place: float) -> None:
        """Content moves before it was said to play: date its first frame by its position."""
        held = self.held
        if held is not None and held.opening_at is not None:
            moved = place - held.opening_position
            if moved >= CERTAIN:
                self._confirm_opening(out)
                self._progress_in_content(out, at, place)
            elif moved < 0:
                held.opening_at, held.opening_position = at, place
            return
        if self.how != "playing" and not self._revive(out, at, place):
            return
        step = place - self.position
        passed = at - self.accrued
        if step <= 0 and self.begun and step > -LEAP and not self.completed:
            return
        if step == 0:
            return
        continuous = 0 < step <= passed * self.rate + CERTAIN
        began = max(at - step / self.rate, self.accrued) if continuous else at
        self._content_shows(out, began, self.position if continuous else place)
        if self.where == "content" and continuous:
            self._progress_in_content(out, at, place)

    def _revive(self, out: list[Event], at: float, place: float) -> bool:
        """A sign of playing while paused or interrupted before the first frame."""
        if place <= self.position:
            self._ignored(at, "progress", "progress_while_paused")
            return False
        self._accrue(at)
        self._repaired(at, "progress", "play_lost")
        self._say_resumed(out, at, "playing")
        return True

    def _progress_by_motion(self, out: list[Event], at: float, place: float) -> None:
        if self.how == "playing":
            if self.held is not None and self.held.pause_at is not None:
                self._progress_in_doubt(out, at, place)
            if self.how == "playing":
                self._progress_in_content(out, at, place)
                return
        self._progress_at_rest(out, at, place)

    def _progress_in_doubt(self, out: list[Event], at: float, place: float) -> None:
        """A pause is in doubt: a playhead that moves on was not paused (S31)."""
        if place > self.position + 0.2:
            self._pause_was_none(at, "progress")
        else:
            self._pause_was_real(out)

    def _progress_in_content(self, out: list[Event], at: float, place: float) -> None:
        """Content plays: account for it, follow or infer a jump, and beat."""
        step = place - self.position
        passed = at - self.accrued
        if step == 0 and passed > 0:
            self._progress_stands(out, at)
            return
        expected = (passed + self.lag) * self.rate
        leapt = step < -LEAP or step > expected + LEAP
        if leapt and not self.estimated:
            self._leap(out, at, place)
        else:
            if not -CERTAIN / 2 <= step <= expected + CERTAIN:
                self._ignored(at, "progress", "position_jumped")
            suspended = self.suspended
            self._accrue(at, place)
            if self.suspended > suspended:
                self._ignored(at, "progress", "suspended")
        held = self.held
        if held is not None and held.opening_at is not None:
            if abs(self.position - held.opening_position) >= CERTAIN:
                self._confirm_opening(out)
            return
        if self.where == "content" and self.how == "playing":
            self._beat(out, at)

    def _progress_stands(self, out: list[Event], at: float) -> None:
        """The position stands still though it should play (S65, S75, S76)."""
        self._stand(at)
        stood = at - self.accrued
        if self.held is not None and self.held.error_at is not None:
            if at - max(self.accrued, self.held.error_at) >= STOPPED:
                self._error_stops(out, at)
        elif self._rests_at_end() and stood >= 2.0:
            self._end_at_rest(out)
        elif stood > 1.0 and self.settings.inferred_buffering:
            self._ignored(at, "progress", "inferred_buffering")
            began = self.accrued
            self.standing = 0.0
            self._stall(out, began)

    def _leap(self, out: list[Event], at: float, place: float) -> None:
        """The position jumped without a word: a loop, or an unannounced seek (S61, S70)."""
        if self._near_content_end() and place <= NEAR:
            self._repaired(at, "progress", "looped")
            self._accrue(at, self.duration)
            self._break_off_seek(out, at)
            self._confirm_opening(out)
            self._end_content(out, at)
            self._complete_playback(out, at)
            self.wants_restart = True
            return
        if not self.settings.inferred_seeks:
            self._ignored(at, "progress", "position_jumped")
            self._accrue(at, place)
            return
        self._repaired(at, "progress", "inferred_seek")
        forward = place > self.position
        passed = at - self.accrued
        played = passed if forward else min(passed, LEAP)
        self.content_played += min(played, LEAP)
        self._suspend(passed - min(played, LEAP))
        self.accrued = at
        self._confirm_opening(out)
        self._begin_seek(out, at, place)
        self._moves("seek_end")
        self._finish_seek(out, at, place)

    def _progress_at_rest(self, out: list[Event], at: float, place: float) -> None:
        """The content clock spoke though playback is paused, seeking, stalled or interrupted."""
        step = place - self.position
        if self.how == "interrupted":
            if abs(step) > 0.05:
                self._back_to_life(out, at, place)
            return
        if self.how in ("seeking", "seeking_paused"):
            self._progress_in_seek(out, at, place)
            return
        passed = at - self.accrued
        if CERTAIN <= step <= passed * self.rate + CERTAIN:
            began = max(at - step / self.rate, self.accrued)
            self._accrue(began)
            if self.how == "paused":
                self._repaired(at, "progress", "play_lost")
                self._say_resumed(out, began, "playing")
            else:
                self._repaired(at, "progress", "buffer_end_lost")
                self._end_stall(out, began, "progress")
            self._progress_in_content(out, at, place)
        elif abs(step) > LEAP and self.settings.inferred_seeks:
            self._repaired(at, "progress", "inferred_seek")
            self._accrue(at)
            self._stall_over(out, at, "progress")
            self._confirm_opening(out)
            self._begin_seek(out, at, place)
            self._moves("seek_end")
            self._finish_seek(out, at, place)
        else:
            self._ignored(at, "progress", "progress_while_paused")

    def _back_to_life(self, out: list[Event], at: float, place: float) -> None:
        """Any sign of playing undoes an interruption (S26)."""
        step = place - self.position
        passed = at - self.accrued
        began = at
        if 0 < step <= passed * self.rate + CERTAIN:
            began = max(at - step / self.rate, self.accrued)
        self._accrue(began)
        self._say_resumed(out, began, "playing")
        if began == at:
            self._jump(place)
        else:
            self._progress_in_content(out, at, place)

    def _progress_in_seek(self, out: list[Event], at: float, place: float) -> None:
        """Positions inside a seek say nothing, unless they run on: then its end was lost (S61)."""
        held = self._holding()
        if (
            held.moved_at is None
            or not 0 <= place - held.moved_position <= at - held.moved_at + LEAP
        ):
            held.moved_at, held.moved_position = at, place
            return
        if place - held.moved_position < 2.0 or self.how == "seeking_paused":
            return
        began, start = held.moved_at, held.moved_position
        self._clear_moved()
        self._repaired(at, "progress", "seek_end_lost")
        began = max(began, self.accrued)
        self._accrue(began)
        self._stall_over(out, began, "progress")
        self._moves("seek_end")
        self._finish_seek(out, began, start)
        self._progress_in_content(out, at, place)

    def _progress_after_content(self, out: list[Event], at: float, place: float) -> None:
        """After the end the content clock may rest at it; content that runs again is a replay."""
        if place < self.position - LEAP and place > 0 and not self._more_to_come():
            self._ignored(at, "progress", "replay")
            self._complete_playback(out, self.accrued)
            self.wants_restart = True
        else:
            self._ignored(at, "progress", "content_over")

    # -- every signal --------------------------------------------------------------------------

    def receive(self, signal: Signal) -> tuple[Event, ...]:
        """Take a signal as the input of its name.

        Args:
            signal: One of :data:`video_tracker.signals.SIGNALS`.

        Returns:
            The events it caused.
        """
        name = _NAMES.get(type(signal))
        if name is None:
            self._note(self.clock, "receive", REJECT, "invalid_value")
            return ()
        values = {field: getattr(signal, field) for field in _FIELDS[type(signal)]}
        events: tuple[Event, ...] = getattr(self, name)(**values)
        return events

    def annotate(self, properties: Mapping[str, Any]) -> None:
        """Custom properties for the events that the next input causes (S51)."""
        self.annotation = self._custom(properties)
        self._tune()

    def restart(self, session_id: str | None = None) -> "Session":
        """The session of a replay (S24): the same plan and viewer, a new id.

        Args:
            session_id: Its id; without one this id with ``-2``, ``-3``...

        Returns:
            A session that has not begun; its messages' context names this one.
        """
        origin, number = self.session_id, self.restarts + 2
        if self.restarts:
            origin = origin.rsplit("-", 1)[0]
        again = Session(
            session_id or f"{origin}-{number}",
            self.plan,
            user_id=self.user_id,
            anonymous_id=self.anonymous_id,
            settings=self.settings,
            strict=self.strict,
            on_diagnostic=self.on_diagnostic,
            restarted_from=self.session_id,
        )
        again.restarts = self.restarts + 1
        again.timeline = self.timeline.for_replay(self.asset_index)
        again.duration = again.timeline.assets[0].duration
        again.player = self.player
        again.properties = self.properties
        again.rate = self.rate
        again.live_origin, again.start_date = self.live_origin, self.start_date
        if self.stitch is not None:
            again.stitch = self.stitch.for_replay(self.timeline, again.timeline)
            again._tune()
        return again


_NAMES: Final = {kind: name for name, kind in SIGNALS.items()}
_FIELDS: Final = {
    kind: tuple(field.name for field in attrs.fields(kind)) for kind in SIGNALS.values()
}
