"""The session: one playback in one player, the class to use.

Here are its inputs, figures and the short way of nearly all progress; what inputs mean is in
``rules``, what happens in ``effects``, ads in the stream in ``stream``, memory in ``data``.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from video_tracker.diagnostics import REJECT, DiagnosticHook
from video_tracker.events import Envelope, Event
from video_tracker.plan import Ad, AdRange, Content, SessionPlan, Settings
from video_tracker.session.data.input import Custom, When
from video_tracker.session.data.state import State
from video_tracker.session.effects import annotations, beats, ledger, positions
from video_tracker.session.rules import inputs, on_attributes, on_time, values
from video_tracker.session.stream import front
from video_tracker.session.stream.ranges import AD_RANGES
from video_tracker.signals import SIGNALS, Signal
from video_tracker.summary import SessionPosition, Summary

__all__ = ["Session"]


def _kept(name: str) -> Any:
    """An attribute of a session that shows one of its state, and cannot be set."""
    return property(operator.attrgetter(f"_state.{name}"))


class Session:
    """One playback in one player.

    Each input takes its time first (``at``: Unix seconds, or an aware ``datetime``) and returns the
    events it caused. In the default mode nothing is ever raised, whatever the values. A session is
    used by one thread at a time; it starts no thread, reads no clock and does no I/O.

    Args:
        session_id: Its id, the same on every event.
        plan: What is known ahead.
        user_id: Who watches; stands before the plan's.
        anonymous_id: Who watches, while nobody knows who that is; stands before the plan's.
        settings: Settings in place of the plan's.
        strict: For tests: raise :class:`~video_tracker.errors.StrictError` where an input would be
            repaired, rejected or taken without a wrong value, and change nothing (S60).
        on_diagnostic: Called with every :class:`Diagnostic`; what it raises is counted.
        restarted_from: The id of the session of which this one is a replay (S24).

    Raises:
        PlanError: No session id, or neither a user nor an anonymous id (S50).
    """

    __slots__ = ("_state",)

    def __init__(
        self,
        session_id: str,
        plan: SessionPlan | None = None,
        *,
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
        strict: bool = False,
        on_diagnostic: DiagnosticHook | None = None,
        restarted_from: str | None = None,
    ) -> None:
        s = self._state = State(session_id, plan, user_id, anonymous_id, settings)
        s.strict, s.on_diagnostic, s.restarted_from = strict, on_diagnostic, restarted_from

    def __repr__(self) -> str:
        s = self._state
        return f"<Session {s.session_id!r} {s.where}/{s.how} at {s.position:.1f} s>"

    # -- what it is ----------------------------------------------------------------------------

    session_id: str = _kept("session_id")
    """Its id."""
    plan: SessionPlan = _kept("plan")
    """What was known ahead."""
    settings: Settings = _kept("settings")
    """Its settings."""
    where: str = _kept("where")
    """Where the playhead is: a state of the chart ``where``."""
    how: str = _kept("how")
    """How it moves: a state of the chart ``how``."""
    ended: str = _kept("ended")
    """How it ended: ``completed``, ``exited``, ``timeout`` or ``open``."""
    wants_restart: bool = _kept("wants_restart")
    """Whether something played after its end: a new session has begun (S24)."""
    clock: float = _kept("clock")
    """The newest time seen, in Unix seconds."""
    position: float = _kept("position")
    """Where the content is, in content seconds."""
    duration: float | None = _kept("duration")
    """The content's length in seconds, when somebody told it."""
    diagnostics: dict[str, int] = _kept("diagnostics_counted")
    """How often each reason code came (S60)."""

    @property
    def over(self) -> bool:
        """Whether the session has completed or the viewer has left."""
        return self._state.where == "over"

    def _told(self, hook: DiagnosticHook | None) -> None:
        self._state.on_diagnostic = hook

    on_diagnostic: Any = property(operator.attrgetter("_state.on_diagnostic"), _told)
    """Who is told of every :class:`Diagnostic`."""

    def position_now(self) -> SessionPosition:
        """What ``position`` the next playback event would bear, and its parts (S1, S8)."""
        self._state.settle()
        return positions.position_parts(self._state)

    def summary(self) -> Summary:
        """The figures so far; buckets sum to ``elapsed``, silence at the end too (S26, S63)."""
        return ledger.summary_of(self._state)

    def envelope(self) -> Envelope:
        """What every message of this session carries beside its event (S50, S51)."""
        return self._state.envelope()

    # -- progress: the short way (SLACK, STILL and CERTAIN written out: a look costs) -------------

    def progress(
        self, at: When, position: float | None = None, duration: float | None = None
    ) -> tuple[Event, ...]:
        """The content clock moved to ``position`` of ``duration`` seconds, when that is known."""
        s = self._state
        if (
            s.fast
            and type(at) is float
            and type(position) is float
            and (duration is None or duration == s.said_duration)
        ):
            passed = at - s.accrued
            step = position - s.position
            if (
                at > s.clock
                and step > 0.0
                and -1.0 <= step - passed * s.rate <= 0.5
                and (passed <= 2.0 or ledger.played_through(s, at, passed, step))
            ):
                s.accrued = s.clock = at
                s.position = position
                if at < s.beat_due:
                    return ()
                s.out = []
                if s.player.livestream:
                    s.settle()  # what has been played may be its position
                beats.say_beat(s, at)
                return s.gathered()
        return front.enter(s, inputs.PROGRESS, at, position, duration)

    def step(self, at: float, position: float, duration: float | None = None) -> bool:
        """As :meth:`progress` where that is short and says nothing; else False, nothing is done."""
        s = self._state
        passed, ahead = at - s.accrued, position - s.position
        drift = ahead - passed * s.rate
        known = duration is None or duration == s.said_duration
        if not (s.fast and ahead > 0.0 and drift >= -1.0 and drift <= 0.5 and known):
            stitch = None if s.rare is None or at >= s.beat_due else s.stitch
            return stitch is not None and front.quick_progress(s, stitch, at, position, duration)
        if not (at > s.clock and at < s.beat_due):
            return False
        if passed > 2.0 and not ledger.played_through(s, at, passed, ahead):
            return False
        s.accrued = s.clock = at
        s.position = position
        return True

    def ad_progress(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """The ad's clock moved to ``position`` seconds into the ad."""
        s = self._state
        ad = s.ad
        if s.fast is None and ad is not None and type(at) is float and type(position) is float:
            passed = at - s.accrued
            step = position - ad.position
            if at > s.clock and passed <= 2.0 and step > 0.0 and -1.0 <= step - passed <= 0.5:
                s.accrued = s.clock = at
                ad.position = position
                if position < ad.quartile_due and at < s.beat_due:
                    return ()
                s.out = []
                beats.say_quartile(s, at)
                beats.say_beat(s, at)
                return s.gathered()
        return front.enter(s, inputs.AD_PROGRESS, at, position)

    # -- inputs --------------------------------------------------------------------------------

    def load(
        self,
        at: When,
        *,
        plan: SessionPlan | None = None,
        duration: float | None = None,
        livestream: bool | None = None,
        next_item: bool = False,
        content: Content | None = None,
        positions: str | None = None,
    ) -> tuple[Event, ...]:
        """The player knows its source, or learned more of it.

        Args:
            at: When, in Unix seconds.
            plan: Contents and ad breaks that became known; added to the session's.
            duration: The content's length in seconds.
            livestream: Whether the source is live (S6).
            next_item: The source replaces the one before it: the next playlist item (S24).
            content: What the player itself says of the content that it loads: its own id of it, its
                title... It fills what nobody has said; a plan that says otherwise wins (S12).
            positions: Whose positions and lengths are told from now on: the ``content``'s, where
                the player has taken the ads of its stream out of them, or the ``stream``'s. One
                party converts: after ``content`` neither ``ads="stitched"``, a length that fits
                nor an ``ad_ranges`` makes the session do so (S78).
        """
        said = (plan, duration, livestream, next_item, content, positions)
        return front.enter(self._state, inputs.LOAD, at, *said)

    def play(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """Play is wanted: the start, or the end of a pause. ``position``: content or ad seconds."""
        return front.enter(self._state, inputs.PLAY, at, position)

    def playing(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """Frames move: the first one, or again after a seek, a stall or a pause."""
        return front.enter(self._state, inputs.PLAYING, at, position)

    def pause(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """Playback was paused: Paused at once, unless the session has reason to doubt (S31)."""
        return front.enter(self._state, inputs.PAUSE, at, position)

    def seek_start(
        self, at: When, position: float | None = None, to: float | None = None
    ) -> tuple[Event, ...]:
        """A seek began at ``position`` towards ``to`` (content seconds, in an ad the ad's)."""
        return front.enter(self._state, inputs.SEEK_START, at, position, to)

    def seek_end(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """The seek ended; playback goes on at ``position``."""
        return front.enter(self._state, inputs.SEEK_END, at, position)

    def buffer_start(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """The player ran out of data."""
        return front.enter(self._state, inputs.BUFFER_START, at, position)

    def buffer_end(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """The player has data again."""
        return front.enter(self._state, inputs.BUFFER_END, at, position)

    def content_start(
        self, at: When, asset_id: str | Content | None = None, position: float | None = None
    ) -> tuple[Event, ...]:
        """A content asset begins to play.

        Args:
            at: When, in Unix seconds.
            asset_id: Its id, or the whole :class:`~video_tracker.plan.Content`; None is the current
                one, or after its end the next one of the playlist (S24). Another one while a
                livestream plays is its next programme: the one before it is completed.
            position: Where it begins, in content seconds; a livestream's clock runs on.
        """
        return front.enter(self._state, inputs.CONTENT_START, at, asset_id, position)

    def content_end(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """The content ran out (S75); a post-roll or the next playlist item may follow."""
        return front.enter(self._state, inputs.CONTENT_END, at, position)

    def ad_break_start(
        self,
        at: When,
        *,
        pod_id: str | None = None,
        placement: str | None = None,
        offset: float | None = None,
        ads: Iterable[Ad] | int | None = None,
    ) -> tuple[Event, ...]:
        """An ad break begins; the content pod is completed before it (S21).

        Args:
            at: When, in Unix seconds.
            pod_id: Its id, when the player has one (S12).
            placement: ``pre``, ``mid`` or ``post`` as declared; None derives it (S10).
            offset: The content position in seconds for which it was scheduled.
            ads: Its ads, or only their number.
        """
        return front.enter(self._state, inputs.AD_BREAK_START, at, pod_id, placement, offset, ads)

    def ad_break_end(self, at: When, lasted: float | None = None) -> tuple[Event, ...]:
        """The ad break is over (S21, S23), or was, after ``lasted`` seconds without an ad (S4)."""
        return front.enter(self._state, inputs.AD_BREAK_END, at, lasted)

    def ad_start(
        self,
        at: When,
        asset_id: str | Ad | None = None,
        pod_position: int | None = None,
        duration: float | None = None,
    ) -> tuple[Event, ...]:
        """An ad's first frame moves: Ad Started (S71).

        Args:
            at: When, in Unix seconds.
            asset_id: Its id, or the whole :class:`~video_tracker.plan.Ad`.
            pod_position: Its place in the pod, counted from 1.
            duration: Its length in seconds.
        """
        return front.enter(self._state, inputs.AD_START, at, asset_id, pod_position, duration)

    def ad_end(
        self, at: When, position: float | None = None, asset_id: str | None = None
    ) -> tuple[Event, ...]:
        """The ad ended: completed, unless it ended well before its length (S72)."""
        return front.enter(self._state, inputs.AD_END, at, position, asset_id)

    def ad_skip(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """The viewer skipped the ad: no Completed (S13)."""
        return front.enter(self._state, inputs.AD_SKIP, at, position)

    def ad_click(self, at: When) -> tuple[Event, ...]:
        """The viewer clicked the ad."""
        return front.enter(self._state, inputs.AD_CLICK, at)

    def ad_error(
        self, at: When, reason: str | None = None, asset_id: str | None = None
    ) -> tuple[Event, ...]:
        """An ad failed: the open one, or one that was announced and never moved (S13, S71)."""
        return front.enter(self._state, inputs.AD_ERROR, at, reason, asset_id)

    def ad_ranges(self, at: When, ranges: Iterable[AdRange] = ()) -> tuple[Event, ...]:
        """Ad breaks were found in the stream: from now on positions are the stream's (S9)."""
        return front.enter(self._state, AD_RANGES, at, ranges)

    def quality(
        self,
        at: When,
        bitrate: float | None = None,
        framerate: float | None = None,
        quality: str | None = None,
        dropped_frames: int | None = None,
    ) -> tuple[Event, ...]:
        """The quality changed: kbps, frames per second, ``480p``, frames dropped (S54)."""
        said = (bitrate, framerate, quality, dropped_frames)
        return front.enter(self._state, inputs.QUALITY, at, *said)

    def update(
        self,
        at: When,
        *,
        sound: float | None = None,
        full_screen: bool | None = None,
        ad_enabled: bool | None = None,
        playback_rate: float | None = None,
        duration: float | None = None,
        live_edge: float | None = None,
        start_date: float | None = None,
        properties: Custom = None,
        context: Custom = None,
        integrations: Custom = None,
    ) -> tuple[Event, ...]:
        """The player's attributes changed (None: as before).

        Args:
            at: When, in Unix seconds.
            sound: 0 to 100; 0 is muted.
            full_screen: Whether it fills the screen.
            ad_enabled: Whether ads can be shown; False with an ad blocker.
            playback_rate: 1 is normal; 0 while playing is buffering (S74).
            duration: The content's length in seconds.
            live_edge: Where a livestream's edge lies now, on the clock of its positions, in
                seconds; it moves on with the time until it is told again (S8).
            start_date: When what lies at position 0 happened, in Unix seconds (S8).
            properties: Custom properties of all messages from now on (S51).
            context: Of all messages from now on (S51).
            integrations: Of all messages from now on (S51).
        """
        attributes = (sound, full_screen, ad_enabled, playback_rate, duration)
        said = (*attributes, live_edge, start_date, properties, context, integrations)
        return front.enter(self._state, inputs.UPDATE, at, *said)

    def interrupt(self, at: When, method: str | None = None) -> tuple[Event, ...]:
        """Playback stopped without the viewer's will: ``network loss``, ``call``... (S26)."""
        return front.enter(self._state, inputs.INTERRUPT, at, method)

    def error(self, at: When, fatal: bool = False, reason: str | None = None) -> tuple[Event, ...]:
        """The player reported an error; a fatal one interrupts when playback really stops (S76)."""
        return front.enter(self._state, inputs.ERROR, at, fatal, reason)

    def exit(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """The viewer left: Playback Exited, or Completed when all had been played (S26, S75)."""
        return front.enter(self._state, inputs.EXIT, at, position)

    def end(self, at: When, position: float | None = None) -> tuple[Event, ...]:
        """The player finished everything: Playback Completed (S7)."""
        return front.enter(self._state, inputs.END, at, position)

    def emit(self, at: When, name: str = "", properties: Custom = None) -> tuple[Event, ...]:
        """Say an event of your own at once, with the session's place and next number (S51)."""
        return front.enter(self._state, inputs.EMIT, at, name, properties)

    def identify(self, user_id: str | None = None, anonymous_id: str | None = None) -> None:
        """Who watches, where that was not known; another viewer is left out and counted (S50)."""
        self._state.settle()
        on_attributes.take_viewer(self._state, "identify", user_id, anonymous_id)

    def annotate(
        self, properties: Custom = None, *, context: Custom = None, integrations: Custom = None
    ) -> None:
        """What the events that the next input causes carry of their own (S51)."""
        s = self._state
        s.settle()
        told = {"properties": properties, "context": context, "integrations": integrations}
        read = {key: values.custom_told(s, told[key], s.clock, "annotate") for key in told}
        s.annotation = {key: value for key, value in read.items() if value} or None
        s.tune()

    def receive(self, signal: Signal) -> tuple[Event, ...]:
        """Take one of :data:`video_tracker.signals.SIGNALS` as the input of its name."""
        take = _TAKES.get(type(signal))
        if take is None:
            self._state.note(self._state.clock, "receive", REJECT, "invalid_value")
            return ()
        return take(self, **vars(signal))

    def wake_at(self) -> float | None:
        """When the session next wants a :meth:`tick`, in Unix seconds; None: never."""
        return on_time.next_wake(self._state)

    def tick(self, at: When) -> tuple[Event, ...]:
        """Let time pass to ``at``; heartbeats and timeouts fall due (S26, S46)."""
        return front.let_time_pass(self._state, at)

    def restart(self, session_id: str | None = None) -> "Session":
        """The session of a replay (S24), not begun: the same plan and viewer, a new id.

        By default that is this one's with ``-2``, ``-3``...; its messages name this one.
        """
        s = self._state
        origin = s.session_id.rsplit("-", 1)[0] if s.restarts else s.session_id
        again = type(self)(
            session_id or f"{origin}-{s.restarts + 2}",
            s.plan,
            user_id=s.user_id,
            anonymous_id=s.anonymous_id,
            settings=s.settings,
            strict=s.strict,
            on_diagnostic=s.on_diagnostic,
            restarted_from=s.session_id,
        )
        again._state.follow(s)
        if s.next_load is not None:
            with annotations.told(again._state, None):  # it is not the input annotated
                again.receive(s.next_load)
        return again


_TAKES: Final[Mapping[type[Any], Callable[..., tuple[Event, ...]]]] = {
    kind: vars(Session)[name] for name, kind in SIGNALS.items()
}
"""For each signal the input of its name, whose arguments are its fields."""
