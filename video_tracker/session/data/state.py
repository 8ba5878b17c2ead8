"""What a session remembers, how it follows its charts, and how it refuses what it cannot use.

The one mutable thing of a session: the rooms above (``effects``, ``rules``, ``stream``) are
functions over it and add no fields. A session lives 100,000 times in a process, so what is rare (an
open ad, a held-back input) is an object of its own that exists only while needed.
"""

import itertools
import operator
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

import attrs

from video_tracker import compact
from video_tracker.compact import (
    Booked,
    BookedOrNone,
    Chosen,
    Counted,
    Flag,
    Identity,
    Planned,
    Rarely,
    Whole,
)
from video_tracker.diagnostics import IGNORE, REASONS, REJECT, REPAIR, Diagnostic, DiagnosticHook
from video_tracker.errors import PlanError, StrictError
from video_tracker.events import Envelope, Event, NowPlaying, OwnEvent
from video_tracker.plan import Ad, PlayerAttributes, SessionPlan, Settings
from video_tracker.session.data.chart import Cell
from video_tracker.session.data.machine import HOW_CELLS, WHERE_CELLS
from video_tracker.session.data.stitch import Stitch, Stretch
from video_tracker.session.data.timeline import MID, POST, PRE, Asset, Break, Timeline, timeline_of
from video_tracker.session.data.tolerances import NEVER, SLACK
from video_tracker.signals import Load

__all__ = ["HELD", "NOTHING_HELD", "AdPlay", "Held", "Seek", "State"]

# Rare things with which no input may take the short way.
_LONG_WAY: Final = frozenset(
    ("annotation", "skew", "behind", "turned_at", "rate_told", "place_unknown", "lag")
)
_NONE: Final[Mapping[Any, Any]] = MappingProxyType({})
_MOST_PLAYERS: Final = 256  # whose attributes the sessions of a plan share
# What is left out of an input by default; strict mode takes no part of it (S60).
_WRONG_VALUES: Final = frozenset(("invalid_value", "invalid_position"))


@attrs.define(eq=False, weakref_slot=False, on_setattr=attrs.setters.NO_OP)
class AdPlay:
    """The open ad."""

    place: int  # in the pod, from 0
    ad: Ad
    asset_id: str
    position: float = 0.0
    quartile: int = 0  # the highest one reported (S45)
    quartile_due: float = NEVER  # the ad position of the next one


@attrs.define(eq=False, weakref_slot=False, on_setattr=attrs.setters.NO_OP)
class Seek:
    """The open seek: where it left, whereto, and whether its end is held back (S33)."""

    target: float | None
    pod_left: str | None
    place_left: float = 0.0
    ended_at: float | None = None


@attrs.define(eq=False, weakref_slot=False, on_setattr=attrs.setters.NO_OP)
class Held:
    """What is held back until the next input or tick shows what it was."""

    pause_at: float | None = None  # a pause in doubt (S31)
    buffer_at: float | None = None  # a stall shorter than ``min_buffer`` so far (S32)
    opening_at: float | None = None  # content that shows though a pre-roll is due (S73),
    opening_position: float = 0.0  # or after a seek over an unwatched break (S21)
    place_left: float | None = None  # where that seek left
    error_at: float | None = None  # a fatal error while playback goes on (S76)
    error_method: str | None = None
    # the content clock when it was first heard during an ad, a pause, a seek or a stall: what moves
    moved_at: float | None = None  # away from it is evidence (S62)
    moved_position: float = 0.0
    ad_end_at: float | None = None  # an ad's end that came before its start (S62)
    ad_end_id: str | None = None
    moved_seen: float = 0.0  # the content clock when it was last heard there
    moved_seen_at: float | None = None
    both_move: bool = False  # the ad's clock moved as well: then the ad plays (S62)
    ad_seen_at: float | None = None  # an ad's position though none is open:
    ad_seen: float = 0.0  # the next in step opens it (S83)
    far_at: float | None = None  # a position ahead of its time:
    far_position: float = 0.0  # the next word shows whose (S84, S89)
    end_at: float | None = None  # a content end in the wrong place (S82)
    end_position: float | None = None


HELD: Final = {
    "pause": ("pause_at",),
    "buffer": ("buffer_at",),
    "opening": ("opening_at", "place_left"),
    "error": ("error_at", "error_method"),
    "moved": ("moved_at", "both_move"),
    "ad_end": ("ad_end_at", "ad_end_id"),
    "ad_seen": ("ad_seen_at",),
    "far": ("far_at",),
    "end": ("end_at", "end_position"),
}
"""Of each held thing the fields that its release resets; by the first one it is held."""
_held_since: Final = operator.attrgetter(*(fields[0] for fields in HELD.values()))
NOTHING_HELD: Final = Held()  # one for all sessions, never written to (see `State.holding`)


@attrs.define(eq=False, weakref_slot=False, repr=False, on_setattr=attrs.setters.NO_OP, init=False)
class State:
    """The fields of a session.

    Times are Unix seconds, positions and lengths seconds. ``accrued`` is the time up to which every
    instant lies in a bucket; ``clock`` the newest time seen.
    """

    interrupts: ClassVar[Any] = staticmethod(lambda _error: False)
    session_id: str
    plan: SessionPlan
    settings: Settings
    viewer: str | tuple[str | None, str | None] | None
    sequence: int
    where: str
    how: str
    fast: bool | None  # whether content's next progress may take the short way; None: an ad's may
    clock: float
    accrued: float
    newest: float  # of the last event
    player: PlayerAttributes
    rate: float
    timeline: Timeline
    asset_index: int
    duration: float | None
    said_duration: float | None
    position: float
    pod_id: str | None
    ad: AdPlay | None
    held: Held
    seek: Seek | None
    beat_due: float
    heartbeats: int
    out: list[Event]  # of the input that is being taken; unset between inputs
    book: bytes
    on_diagnostic: DiagnosticHook | None
    rare: tuple[Any, ...] | None

    # what no callback writes: the buckets (seconds), clocks, lengths
    content_played, ad_run, run_from, heard, last_input = (Booked() for _ in range(5))  # first
    startup, paused, seeking, buffering, gap, ad_played = (Booked() for _ in range(6))
    media_seconds, range_start, beat_left, beat_at, poll, poll_end = (Booked() for _ in range(6))
    started_at, startup_time, dropped_frames = BookedOrNone(), BookedOrNone(), BookedOrNone()
    breaks_opened, breaks_spent = Whole(), Whole()
    pauses, seeks, rebuffers, breaks = (Counted() for _ in range(4))
    ads_started, ads_completed, ads_skipped, ads_failed = (Counted() for _ in range(4))
    open_break, last_place = Counted(least=-1), Counted(least=-1)
    estimated, said_position, begun, buffer_told = (Flag() for _ in range(4))
    ad_told, pause_told, quality_told, anonymous = (Flag() for _ in range(4))
    placement = Chosen[str | None](None, PRE, MID, POST)
    properties = Planned[Mapping[str, Any]]()

    # what most sessions never set
    strict = Rarely[bool](False)
    reasons_counted = Rarely[tuple[str | int, ...]](())
    watched_often = Rarely[Any](None)
    interrupted, suspended = Rarely[float](0.0), Rarely[float](0.0)
    lag, standing, left_behind = Rarely[float](0.0), Rarely[float](0.0), Rarely[float](0.0)
    usual, played_before = Rarely[float](0.0), Rarely[float](0.0)
    told_at = Rarely[float | None](None)  # of the last input, where it is not what was taken
    ad_joined, ad_jumped = Rarely[float](0.0), Rarely[float](0.0)
    ad_restarted_at, ad_disproved = Rarely[float | None](None), Rarely[bool](False)
    live_paused = Rarely[float](0.0)
    over_at, silence = Rarely[float | None](None), Rarely[str | None](None)
    annotation = Rarely[Mapping[str, Any] | None](None)
    annotated = Rarely[Mapping[str, Mapping[str, Any]]](_NONE)
    restarted_from = Rarely[str | None](None)
    restarts, wants_restart = Rarely[int](0), Rarely[bool](False)
    ended = Rarely[str]("open")
    behind, late_position = Rarely[float | None](None), Rarely[float | None](None)
    skew = Rarely[float](0.0)
    completed, ever_completed = Rarely[bool](False), Rarely[bool](False)
    last_ad = Rarely[NowPlaying | None](None)
    ads_dropped = Rarely[set[tuple[int, int]] | None](None)
    frozen = Rarely[bool](False)
    live_origin, start_date = Rarely[float | None](None), Rarely[float | None](None)
    stitch = Rarely[Stitch | None](None)
    converted = Rarely[bool](False)
    turned_at, turned_media = Rarely[float | None](None), Rarely[float](0.0)
    silent_from = Rarely[float | None](None)
    qualities = Rarely[tuple[float | None, ...]](())
    assets_begun, live_left = Rarely[int](0), Rarely[Mapping[int, float]](_NONE)
    context_told, integrations_told = (Rarely[Mapping[str, Any]](_NONE) for _ in range(2))
    next_index, next_load = Rarely[int](-1), Rarely[Load | None](None)
    hovering, breaks_passed = Rarely[bool](False), Rarely[int](0)
    dead, break_found = Rarely[str | None](None), Rarely[bool](False)
    break_implied, ad_unheard = Rarely[bool](False), Rarely[bool](False)
    rate_told = Rarely[float | None](None)
    other_playhead = Rarely[tuple[float, float] | None](None)
    trick_play, place_unknown = Rarely[bool](False), Rarely[bool](False)
    length_disproved, loaded_again = Rarely[bool](False), Rarely[bool](False)
    ad_names = Rarely[dict[str, str] | None](None)
    announced = Rarely[Load | None](None)
    length_told = Rarely[tuple[float, float | None, float] | None](None)

    user_id, anonymous_id = Identity(), Identity()

    def __init__(
        self,
        session_id: str,
        plan: SessionPlan | None = None,
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
    ) -> None:
        plan = SessionPlan() if plan is None else plan
        if not isinstance(plan, SessionPlan):
            raise PlanError(f"a plan must be a SessionPlan(...), not {plan!r:.80}")
        if not _identity(session_id):
            raise PlanError(f"a session needs an id, a non-empty string, not {session_id!r}")
        if settings is not None and not isinstance(settings, Settings):
            raise PlanError(f"settings must be Settings(...), not {settings!r:.80}")
        self.session_id = session_id
        self.plan = plan
        self.settings = plan.settings if settings is None else settings
        self._stand_at_start()
        if user_id is not None:
            self.user_id = user_id
        if anonymous_id is not None:
            self.anonymous_id = anonymous_id
        if not _identity(self.user_id) and not _identity(self.anonymous_id):
            given = [each for each in (self.user_id, self.anonymous_id) if each is not None]
            wrong = f": a non-empty string, not {given[0]!r:.80}" if given else ""
            raise PlanError(f"a session needs a user_id or an anonymous_id (S50){wrong}")

    def _stand_at_start(self) -> None:
        """Nothing was said yet, and the playhead stands at the start of the first content."""
        self.book = compact.EMPTY_BOOK
        self.rare = self.ad = self.seek = self.viewer = self.pod_id = self.said_duration = None
        self.on_diagnostic = None
        self.sequence = self.asset_index = self.heartbeats = 0
        self.where, self.how = "idle", "playing"
        self.fast = False
        self.clock = self.accrued = self.newest = self.position = 0.0
        self.rate, self.beat_due = 1.0, NEVER
        self.held = NOTHING_HELD
        self.player = self.plan.player
        self.timeline = timeline_of(self.plan)
        self.duration = self.timeline.assets[0].duration
        if self.asset.content.livestream is not None:
            self.weigh_liveness()
        if self.settings.ads == "stitched":
            self.stitch = Stitch(planned=True)
            self.stitch.reckon(self.timeline, self.duration)

    def gathered(self) -> tuple[Event, ...]:
        """The events of the input that was taken; none is dated before one said already (S86)."""
        if not self.out:
            del self.out
            return ()
        events, newest = self.out, self.newest
        for place, event in enumerate(events):
            if event.at < newest:
                events[place] = attrs.evolve(event, at=newest)
            elif type(event) is not OwnEvent:  # which decides nothing, no date either
                newest = event.at
        self.newest = newest
        del self.out
        return tuple(events)

    ranges = property(compact.watched_told, compact.tell_watched)
    ad_seconds = property(compact.ads_told, compact.tell_ads)

    @property
    def diagnostics_counted(self) -> dict[str, int]:
        """How often each reason code came."""
        counted: Any = self.reasons_counted
        return dict(zip(counted[::2], counted[1::2], strict=True))

    @diagnostics_counted.setter
    def diagnostics_counted(self, counted: dict[str, int] | None) -> None:
        self.reasons_counted = tuple(itertools.chain(*(counted or {}).items()))

    # -- playing that only the short way has seen ----------------------------------------------

    def settle(self) -> None:
        """Put the time that the short way let pass into its bucket; itself it adds nothing up."""
        book, accrued = self.book, self.accrued
        played, of_ad, since = compact.running(book)
        if accrued > since:
            if self.fast:
                played += accrued - since
            elif self.fast is None:
                of_ad += accrued - since
            self.book = compact.run_written(played, of_ad, accrued) + book[compact.RUN_SIZE :]

    def run_on(self) -> None:
        """What the short way lets pass is counted from here."""
        book, accrued = self.book, self.accrued
        played, of_ad, since = compact.running(book)
        if accrued != since:
            self.book = compact.run_written(played, of_ad, accrued) + book[compact.RUN_SIZE :]

    def hear(self, at: float, mark: float) -> None:
        """An input was taken at a time; by its mark it is known should it come again."""
        played, of_ad, _ = compact.running(self.book)
        heard = compact.heard_written(played, of_ad, self.accrued, at, mark)
        self.book = heard + self.book[compact.HEARD_SIZE :]

    def envelope(self) -> Envelope:
        """What every message of this session carries beside its event (S50, S51)."""
        plan, settings, source = self.plan, self.settings, None
        context, integrations = plan.context, plan.integrations
        user_id, anonymous_id = plan.user_id, plan.anonymous_id
        if self.viewer is not None:
            user_id, anonymous_id = self.user_id, self.anonymous_id
        if self.rare is not None:
            source = self.restarted_from
            if self.context_told:
                context = {**context, **self.context_told}
            if self.integrations_told:
                integrations = {**integrations, **self.integrations_told}
        absent, overrides = settings.absent, settings.custom_overrides
        return Envelope(user_id, anonymous_id, context, integrations, absent, overrides, source)

    def follow(self, before: "State") -> None:
        """Begin as the replay of a session: with what is known of its content and player (S24)."""
        self.restarts = before.restarts + 1
        self.annotation = before.annotated.get("restart")
        index = before.asset_index if before.next_index < 0 else before.next_index
        self.timeline = Timeline().with_content(None)
        if index < len(before.timeline.assets):
            self.timeline = before.timeline.for_replay(index)
        self.duration = self.timeline.assets[0].duration
        self.player = before.player
        self.weigh_liveness()
        self.properties, self.rate = before.properties, before.rate
        self.context_told, self.integrations_told = before.context_told, before.integrations_told
        self.live_origin, self.start_date = before.live_origin, before.start_date
        self.converted, stitch = before.converted, before.stitch
        self.stitch = None if stitch is None else stitch.for_replay(before.timeline, self.timeline)
        self.tune()

    # -- refusing and repairing ----------------------------------------------------------------

    def note(self, at: float, name: str, kind: str, reason: str) -> None:
        """Count a reason, tell the hook; in strict mode raise for repairs and rejections."""
        if self.strict and (kind in (REPAIR, REJECT) or reason in _WRONG_VALUES):
            raise StrictError(reason, f"{name} while {self.where}/{self.how}: {REASONS[reason]}")
        self.count(reason)
        if self.on_diagnostic is not None:
            try:
                self.on_diagnostic(Diagnostic(at, self.session_id, name, kind, reason))
            except Exception as error:  # what the caller's hook raises changes no measurement
                if self.interrupts(error):
                    raise
                self.count("hook_failed")

    def fault(self, error: Exception, at: float, name: str) -> None:
        """A fault of our own only drops its input; what interrupts the program comes out."""
        if self.strict or self.interrupts(error):
            raise error
        self.note(at, name, REJECT, "internal_fault")

    def count(self, reason: str) -> None:
        """Count a reason."""
        counted = self.diagnostics_counted
        self.diagnostics_counted = {**counted, reason: counted.get(reason, 0) + 1}

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
        return cell.kind == REPAIR

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
        plain = (
            self.how == "playing"
            and self.held is NOTHING_HELD
            and self.seek is None
            and self.rate >= 1.0  # in slow motion a second of standing still is a shorter step
            and (rare is None or _LONG_WAY.isdisjoint(rare[::2]))
            and ((patience := self.settings.idle_timeout) is None or patience >= SLACK)
        )
        stitch = None if rare is None else self.stitch
        if stitch is not None:  # the player's positions are the stream's: nothing may be short
            stitch.plain = plain and self.said_position and not self.estimated
            plain = False
        self.fast = plain and self.where == "content" and self.said_position and not self.estimated
        if plain and self.where == "ad" and self.ad_told:
            self.fast = None

    def remembered(self) -> tuple[Any, ...]:
        """All that it remembers: what is refused or interrupted has changed nothing of it (S60)."""
        values: tuple[Any, ...] = _values_of(self)
        plain = values[0] is NOTHING_HELD and values[1:4] == (None, None, None)
        return values if plain else (*map(_copied, values[:4]), *values[4:])

    def undo(self, before: tuple[Any, ...]) -> None:
        """All is as it was remembered."""
        for name, value in zip(_NAMES, before, strict=True):
            setattr(self, name, value)

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
        assets = self.timeline.assets
        if live is None and any(each.live or each.content.livestream for each in assets):
            live = False  # a film in a playlist that has a livestream (S6)
        if live != self.player.livestream:
            self.change_player({"livestream": live})

    def change_player(self, changes: Mapping[str, Any]) -> None:
        """The player's attributes changed; what changed so in another session is looked up."""
        changed, before = self.plan.derived.setdefault("changes", {}), self.player
        key = (id(before), repr(changes))
        if key in changed:
            self.player = changed[key][1]
            return
        self.take_player(attrs.evolve(before, **changes))
        if len(changed) < _MOST_PLAYERS:
            changed[key] = (before, self.player)  # kept, so that its id stays its own

    def take_player(self, player: PlayerAttributes) -> None:
        """The player's attributes; equal ones in the sessions of one plan are one object."""
        shared = self.plan.derived.setdefault("players", {})
        key = repr(player)  # as they were told: 80 is not 80.0
        if key not in shared and len(shared) < _MOST_PLAYERS:
            shared[key] = player
        self.player = shared.get(key, player)

    @property
    def asset(self) -> Asset:
        """The current content asset."""
        return self.timeline.assets[self.asset_index]

    @property
    def ad_break(self) -> Break:
        """The open ad break."""
        return self.timeline.breaks[self.open_break]

    @property
    def said_at(self) -> float:
        """When the input that is being taken happened, as it was told."""
        return self.clock if self.told_at is None else self.told_at

    def ad_watched(self) -> float:
        """Seconds of the open ad that went by, however fast: its positions less its jumps."""
        ad = self.ad
        if ad is None:
            return 0.0
        if self.rare is None:
            return ad.position
        return max(ad.position - self.ad_joined - self.ad_jumped, 0.0)

    @property
    def stream(self) -> Stitch:
        """What is known of the ads in the stream, made when first needed."""
        if self.stitch is None:
            self.stitch = Stitch(playhead=self.position, asset_index=self.asset_index)
        return self.stitch

    def holding(self) -> Held:
        """The object of held things, made when first needed."""
        if self.held is NOTHING_HELD:
            self.held = Held()
            self.tune()
        return self.held

    def let_go(self, thing: str) -> bool:
        """Hold it no more; False when it was not held."""
        held = self.held
        if held is NOTHING_HELD or getattr(held, HELD[thing][0]) is None:
            return False
        for name in HELD[thing]:
            setattr(held, name, getattr(NOTHING_HELD, name))
        if _held_since(held).count(None) == len(HELD):
            self.held = NOTHING_HELD
        self.tune()
        return True


def _identity(value: object) -> bool:
    return isinstance(value, str) and bool(value)


_copied: Final = compact.copier(frozenset((AdPlay, Held, Seek, Stitch, Stretch)), NOTHING_HELD)
_CHANGING: Final = ("held", "rare", "ad", "seek")
_FIXED: Final = ("session_id", "settings", "on_diagnostic", "out")
_ALL: Final = {each.name for each in attrs.fields(State)}
_NAMES: Final = (*_CHANGING, *sorted(_ALL - {*_FIXED, *_CHANGING}))
_values_of: Final = operator.attrgetter(*_NAMES)
