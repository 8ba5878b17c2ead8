"""What a session remembers, how it follows its charts, and how it refuses what it cannot use.

The one mutable thing of a session: the rooms above (``effects``, ``rules``, ``stream``) are
functions over it and add no fields. A session lives 100,000 times in a process, so what is rare (an
open ad, a held-back input) is an object of its own that exists only while needed.
"""

from array import array
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import attrs

from video_tracker.errors import PlanError, StrictError
from video_tracker.events import Envelope, Event, NowPlaying
from video_tracker.plan import Ad, Content, PlayerAttributes, SessionPlan, Settings
from video_tracker.session.data.chart import Cell
from video_tracker.session.data.compact import Booked, BookedOrNone, BookTail, Rarely, empty_book
from video_tracker.session.data.machine import HOW_CELLS, WHERE_CELLS
from video_tracker.session.data.reasons import (
    ACCEPT,
    IGNORE,
    REASONS,
    REJECT,
    REPAIR,
    Diagnostic,
    DiagnosticHook,
)
from video_tracker.session.data.stitch import Stitch
from video_tracker.session.data.timeline import Asset, Break, Timeline, timeline_of
from video_tracker.session.data.tolerances import NEVER, SLACK
from video_tracker.signals import Load

__all__ = ["AdPlay", "Held", "Seek", "State"]

_LONG_WAY: Final = frozenset(("annotation", "skew", "behind", "turned_at", "place_unknown"))
"""Rare things with which no input may take the short way."""

_WRONG_VALUES: Final = frozenset(("invalid_value", "invalid_position"))
"""What is left out of an input by default; strict mode takes no part of it (S60)."""


@attrs.define(eq=False, on_setattr=attrs.setters.NO_OP)
class AdPlay:
    """The open ad.

    Args:
        place: Its place in the pod, from 0.
        ad: What is known of it.
        asset_id: Its id.
        position: Seconds into the ad.
        played: Seconds of it actually played.
        started_at: When it started.
        joined: Seconds into it when playback joined it.
        disproved: Whether it played beyond a length that was told (S80).
        jumped: Seconds of it that its clock passed faster than it can have played (S84).
        quartile: The highest quartile reported (S45).
        quartile_due: The ad position of the next one.
        told: Whether the player reports its position.
        restarted_at: When the same ad was said to start again (S62).
    """

    place: int
    ad: Ad
    asset_id: str
    position: float
    played: float
    started_at: float
    quartile: int = 0
    quartile_due: float = NEVER
    told: bool = False
    restarted_at: float | None = None
    joined: float = 0.0
    jumped: float = 0.0
    disproved: bool = False

    def watched(self) -> float:
        """Seconds of it that went by, however fast: its told positions less what they jumped."""
        return max(self.position - self.joined - self.jumped, 0.0)


@attrs.define(eq=False, on_setattr=attrs.setters.NO_OP)
class Seek:
    """The open seek: where it left, whereto, and whether its end is held back (S33)."""

    target: float | None
    pod_left: str | None
    place_left: float = 0.0
    ended_at: float | None = None
    buffering: bool = False


@attrs.frozen
class Announced:
    """A next item that is loaded while the one before it plays on (S92).

    Args:
        at: When it was loaded.
        content: What the player says of it.
        duration: Its length in seconds.
        live: Whether it is live.
    """

    at: float
    content: Content | None = None
    duration: float | None = None
    live: bool | None = None


@attrs.define(eq=False, on_setattr=attrs.setters.NO_OP)
class Held:
    """What is held back until the next input or tick shows what it was.

    Args:
        pause_at: A pause in doubt (S31).
        buffer_at: A stall shorter than ``min_buffer`` so far (S32).
        opening_at, opening_position: Content that shows though a pre-roll is due (S73), or after a
            seek over an unwatched break (S21), which left at ``place_left``.
        error_at, error_method: A fatal error while playback goes on (S76).
        moved_at, moved_position: The content clock when it was first heard during an ad, a pause, a
            seek or a stall: what moves away from it is evidence (S62).
        ad_end_at, ad_end_id: An ad's end that came before its start (S62).
        moved_seen_at, moved_seen: The content clock when it was last heard there.
        both_move: Whether the ad's clock moved as well: then the ad plays (S62).
        ad_seen_at, ad_seen: An ad's position though none is open; the next in step opens it (S83).
        far_at, far_position: A position ahead of its time; the next word shows whose (S84, S89).
        end_at, end_position: A content end in the wrong place (S82).
    """

    pause_at: float | None = None
    buffer_at: float | None = None
    opening_at: float | None = None
    opening_position: float = 0.0
    place_left: float | None = None
    error_at: float | None = None
    error_method: str | None = None
    moved_at: float | None = None
    moved_position: float = 0.0
    ad_end_at: float | None = None
    ad_end_id: str | None = None
    moved_seen: float = 0.0
    moved_seen_at: float | None = None
    both_move: bool = False
    ad_seen_at: float | None = None
    ad_seen: float = 0.0
    far_at: float | None = None
    far_position: float = 0.0
    end_at: float | None = None
    end_position: float | None = None

    def empty(self) -> bool:
        """Whether nothing is held."""
        return (
            self.pause_at is None
            and self.buffer_at is None
            and self.opening_at is None
            and self.error_at is None
            and self.moved_at is None
            and self.ad_end_at is None
            and self.far_at is None
            and self.ad_seen_at is None
            and self.end_at is None
        )


@attrs.define(eq=False, weakref_slot=False, repr=False, on_setattr=attrs.setters.NO_OP, init=False)
class State:
    """The fields of a session.

    Times are Unix seconds, positions and lengths seconds. ``accrued`` is the time up to which every
    instant lies in a bucket; ``clock`` the newest time seen.
    """

    session_id: str
    plan: SessionPlan
    user_id: str | None
    anonymous_id: str | None
    settings: Settings
    sequence: int
    # charts
    where: str
    how: str
    fast: bool
    fast_ad: bool
    # time
    clock: float
    accrued: float
    # the player
    player: PlayerAttributes
    properties: Mapping[str, Any]
    rate: float
    # content
    timeline: Timeline
    asset_index: int
    duration: float | None
    said_duration: float | None
    said_position: bool
    position: float
    estimated: bool
    ranges: "array[float] | None"
    pod_id: str | None
    begun: bool
    # ads
    open_break: int
    breaks_opened: int
    breaks_spent: int
    ad: AdPlay | None
    last_place: int
    # held back
    held: Held | None
    seek: Seek | None
    buffer_told: bool
    pause_told: bool
    # heartbeat
    beat_due: float
    # the bucket that every progress fills, in seconds
    content_played: float
    # counts
    pauses: int
    seeks: int
    rebuffers: int
    heartbeats: int
    breaks: int
    ads_started: int
    ads_completed: int
    ads_skipped: int
    ads_failed: int
    # the events of the input that is being taken; unset between inputs
    out: list[Event]
    # kept small
    book: "array[float]"
    rare: dict[str, Any] | None

    # numbers that rarely change: the cold buckets (seconds) and the clocks of rare things
    startup = Booked()
    paused = Booked()
    seeking = Booked()
    buffering = Booked()
    gap = Booked()
    interrupted = Booked()
    suspended = Booked()
    media_seconds = Booked()
    range_start = Booked()
    beat_left = Booked()
    beat_at = Booked()
    lag = Booked()
    standing = Booked()
    left_behind = Booked()
    ad_played = Booked()
    said_at = Booked()
    heard = Booked()
    last_input = Booked()
    quality_told = Booked()
    usual = Booked()
    poll = Booked()
    poll_end = Booked()
    played_before = Booked()
    live_paused = Booked()
    newest = Booked()
    started_at = BookedOrNone()
    startup_time = BookedOrNone()
    dropped_frames = BookedOrNone()
    ad_seconds = BookTail()

    # what most sessions never set
    strict = Rarely[bool](False)
    on_diagnostic = Rarely[DiagnosticHook | None](None)
    diagnostics_counted = Rarely[dict[str, int] | None](None)
    placement = Rarely[str | None](None)
    over_at = Rarely[float | None](None)
    silence = Rarely[str | None](None)
    annotation = Rarely[Mapping[str, Any] | None](None)
    annotated = Rarely[Mapping[str, Mapping[str, Any]]](MappingProxyType({}))
    restarted_from = Rarely[str | None](None)
    restarts = Rarely[int](0)
    wants_restart = Rarely[bool](False)
    ended = Rarely[str]("open")
    behind = Rarely[float | None](None)
    late_position = Rarely[float | None](None)
    skew = Rarely[float](0.0)
    completed = Rarely[bool](False)
    ever_completed = Rarely[bool](False)
    last_ad = Rarely[NowPlaying | None](None)
    ads_dropped = Rarely[set[tuple[int, int]] | None](None)
    frozen = Rarely[bool](False)
    live_origin = Rarely[float | None](None)
    start_date = Rarely[float | None](None)
    stitch = Rarely[Stitch | None](None)
    converted = Rarely[bool](False)
    turned_at = Rarely[float | None](None)
    turned_media = Rarely[float](0.0)
    silent_from = Rarely[float | None](None)
    qualities = Rarely[tuple[float | None, ...]](())
    assets_begun = Rarely[int](0)
    live_left = Rarely[Mapping[int, float]](MappingProxyType({}))
    context_told = Rarely[Mapping[str, Any]](MappingProxyType({}))
    integrations_told = Rarely[Mapping[str, Any]](MappingProxyType({}))
    next_index = Rarely[int](-1)
    next_load = Rarely[Load | None](None)
    hovering = Rarely[bool](False)
    breaks_passed = Rarely[int](0)
    dead = Rarely[str | None](None)
    break_found = Rarely[bool](False)
    rate_told = Rarely[float | None](None)
    other_playhead = Rarely[tuple[float, float] | None](None)
    trick_play = Rarely[bool](False)
    place_unknown = Rarely[bool](False)
    length_disproved = Rarely[bool](False)
    loaded_again = Rarely[bool](False)
    ad_names = Rarely[dict[str, str] | None](None)
    announced = Rarely[Announced | None](None)
    length_told = Rarely[tuple[float, float | None, float] | None](None)

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
        """Begin a session.

        Args:
            session_id: Its id, the same on every event.
            plan: What is known ahead.
            user_id, anonymous_id: Who watches; each stands before the plan's.
            settings: Settings in place of the plan's.
            strict: Raise :class:`~video_tracker.errors.StrictError` where the session would repair
                or reject an input (S60); for tests.
            on_diagnostic: Called with every :class:`Diagnostic`; what it raises is counted.
            restarted_from: The id of the session of which this one is a replay (S24).

        Raises:
            PlanError: No session id, or neither a user nor an anonymous id (S50).
        """
        if plan is None:
            plan = SessionPlan()
        if not _identity(session_id):
            raise PlanError(f"a session needs an id, a non-empty string, not {session_id!r}")
        self.book = empty_book()
        self.rare = None
        self.session_id = session_id
        self.plan = plan
        self.user_id = user_id if user_id is not None else plan.user_id
        self.anonymous_id = anonymous_id if anonymous_id is not None else plan.anonymous_id
        if not _identity(self.user_id) and not _identity(self.anonymous_id):
            raise PlanError("a session needs a user_id or an anonymous_id (S50)")
        self.settings = settings if settings is not None else plan.settings
        self.strict = strict
        self.on_diagnostic = on_diagnostic
        self.restarted_from = restarted_from
        self.sequence = 0
        self.where = "idle"
        self.how = "playing"
        self.fast = self.fast_ad = False
        self.clock = self.accrued = 0.0
        self.player = plan.player
        self.properties = plan.properties
        self.rate = 1.0
        self.timeline = timeline_of(plan)
        self.asset_index = 0
        self.duration = self.timeline.assets[0].duration
        self.said_duration = None
        self.said_position = False
        self.position = self.content_played = 0.0
        self.estimated = False
        self.ranges = None
        self.pod_id = None
        self.begun = False
        self.open_break = -1
        self.breaks_opened = self.breaks_spent = 0
        self.ad = None
        self.last_place = -1
        self.held = None
        self.seek = None
        self.buffer_told = self.pause_told = False
        self.beat_due = NEVER
        self.pauses = self.seeks = self.rebuffers = self.heartbeats = self.breaks = 0
        self.ads_started = self.ads_completed = self.ads_skipped = self.ads_failed = 0
        if self.asset.content.livestream is not None:
            self.weigh_liveness()
        if self.settings.ads == "stitched":
            self.stitch = Stitch(planned=True)
            self.stitch.reckon(self.timeline, self.duration)

    def gathered(self) -> tuple[Event, ...]:
        """The events of the input that was taken; none is dated before one said already (S86)."""
        events = self.out
        del self.out
        if not events:
            return ()
        newest = self.newest
        for place, event in enumerate(events):
            if event.at < newest:
                events[place] = attrs.evolve(event, at=newest)
            else:
                newest = event.at
        self.newest = newest
        return tuple(events)

    # -- the envelope --------------------------------------------------------------------------

    def envelope(self) -> Envelope:
        """What every message of this session carries beside its event (S50, S51)."""
        return Envelope(
            self.user_id,
            self.anonymous_id,
            {**self.plan.context, **told} if (told := self.context_told) else self.plan.context,
            {**self.plan.integrations, **told}
            if (told := self.integrations_told)
            else self.plan.integrations,
            self.settings.absent,
            self.settings.custom_overrides,
            self.restarted_from,
        )

    def follow(self, before: "State") -> None:
        """Begin as the replay of a session: with what is known of its content and player (S24)."""
        self.restarts = before.restarts + 1
        self.annotation = before.annotated.get("restart")
        index = before.asset_index if before.next_index < 0 else before.next_index
        if index < len(before.timeline.assets):
            self.timeline = before.timeline.for_replay(index)
        else:
            self.timeline = Timeline().with_content(None)
        self.duration = self.timeline.assets[0].duration
        self.player = before.player
        self.weigh_liveness()
        self.properties = before.properties
        self.context_told = before.context_told
        self.integrations_told = before.integrations_told
        self.rate = before.rate
        self.live_origin, self.start_date = before.live_origin, before.start_date
        self.converted = before.converted
        self.stitch = None
        if before.stitch is not None:
            self.stitch = before.stitch.for_replay(before.timeline, self.timeline)
        self.tune()

    # -- refusing and repairing ----------------------------------------------------------------

    def note(self, at: float, name: str, kind: str, reason: str) -> None:
        """Count a reason, tell the hook; in strict mode raise for repairs and rejections."""
        if self.strict and (kind in (REPAIR, REJECT) or reason in _WRONG_VALUES):
            state = f"{self.where}/{self.how}"
            raise StrictError(reason, f"{name} while {state}: {REASONS[reason]}")
        self.count(reason)
        hook = self.on_diagnostic
        if hook is not None:
            try:
                hook(Diagnostic(at, self.session_id, name, kind, reason))
            except Exception:  # noqa: BLE001 - what the caller's hook raises changes no measurement
                self.count("hook_failed")

    def count(self, reason: str) -> None:
        """Count a reason."""
        counted = self.diagnostics_counted
        if counted is None:
            counted = self.diagnostics_counted = {}
        counted[reason] = counted.get(reason, 0) + 1

    def ignored(self, at: float, name: str, reason: str) -> None:
        """Count an input that was ignored, with its reason."""
        self.note(at, name, IGNORE, reason)

    def repaired(self, at: float, name: str, reason: str) -> None:
        """Count a repair, with its reason."""
        self.note(at, name, REPAIR, reason)

    def allowed(self, cell: Cell, at: float, name: str) -> bool:
        """Whether a cell lets the input act; what is not simply accepted is noted."""
        if cell.reason is None:
            return True
        self.note(at, name, cell.kind, cell.reason)
        return cell.kind in (ACCEPT, REPAIR)

    def may_enter(self, name: str, at: float) -> bool:
        """Whether the chart *where* lets an input act now; what is not accepted is noted."""
        return self.allowed(WHERE_CELLS[name][self.where], at, name)

    def may_move(self, trigger: str, at: float, name: str) -> bool:
        """Whether the chart *how* lets an input act now."""
        return self.allowed(HOW_CELLS[trigger][self.how], at, name)

    def goes(self, trigger: str) -> None:
        """Follow the chart *where*; the trigger was allowed before."""
        self.where = WHERE_CELLS[trigger][self.where].dest or self.where
        self.tune()

    def moves(self, trigger: str) -> None:
        """Follow the chart *how*; the trigger was allowed before."""
        self.how = HOW_CELLS[trigger][self.how].dest or self.how
        self.tune()

    def tune(self) -> None:
        """Whether the next progress may take the short way."""
        rare = self.rare
        patience = self.settings.idle_timeout
        plain = (
            self.how == "playing"
            and self.held is None
            and self.seek is None
            and (patience is None or patience >= SLACK)
            and (rare is None or rare.keys().isdisjoint(_LONG_WAY))
        )
        stitch = None if rare is None else rare.get("stitch")
        if stitch is not None:  # the player's positions are the stream's: nothing may be short
            stitch.plain = plain and self.said_position
            plain = False
        self.fast = plain and self.where == "content" and self.said_position
        self.fast_ad = plain and self.where == "ad"

    # -- what is open --------------------------------------------------------------------------

    @property
    def live(self) -> bool:
        """Whether the current content is live (S6)."""
        return bool(self.player.livestream)

    def weigh_liveness(self) -> None:
        """Liveness is the item's (S87): its own word, the player's word of it, the plan's."""
        asset, planned = self.asset, self.plan.player.livestream
        live = asset.content.livestream
        if live is None:
            live = planned if asset.live is None or planned is False else asset.live
        if live is None and any(
            each.live or each.content.livestream for each in self.timeline.assets
        ):
            live = False  # a film in a playlist that has a livestream (S6)
        if live != self.player.livestream:
            self.player = attrs.evolve(self.player, livestream=live)

    @property
    def asset(self) -> Asset:
        """The current content asset."""
        return self.timeline.assets[self.asset_index]

    @property
    def ad_break(self) -> Break:
        """The open ad break."""
        return self.timeline.breaks[self.open_break]

    @property
    def stream(self) -> Stitch:
        """What is known of the ads in the stream, made when first needed."""
        if self.stitch is None:
            self.stitch = Stitch(playhead=self.position, asset_index=self.asset_index)
        return self.stitch

    def holding(self) -> Held:
        """The object of held things, made when first needed."""
        if self.held is None:
            self.held = Held()
            self.tune()
        return self.held

    def let_go(self) -> None:
        """Drop the object of held things when it holds nothing."""
        if self.held is not None and self.held.empty():
            self.held = None
        self.tune()


def _identity(value: object) -> bool:
    return isinstance(value, str) and bool(value)
