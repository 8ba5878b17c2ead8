"""What the trackers with threads and with ``asyncio`` have in common: sessions, time, figures."""

import os
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeVar

import attrs

from video_tracker.clock import Clock, SystemClock
from video_tracker.delivery.policy import DeliveryPolicy
from video_tracker.delivery.spool import Spool
from video_tracker.errors import PolicyError, QueueFullError
from video_tracker.ingest import Beacon, ClockSkew, ReorderWindow
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter
from video_tracker.players.registry import find_adapter
from video_tracker.session import Diagnostic, Playback, Session
from video_tracker.tracker.account import Stats
from video_tracker.tracker.beacons import TrackedIntake
from video_tracker.tracker.dispatch import Dispatcher
from video_tracker.tracker.hooks import Hook, Hooks
from video_tracker.tracker.lifecycle import watch_forks
from video_tracker.tracker.outbox import Mode
from video_tracker.tracker.roster import Roster
from video_tracker.tracker.sender import Sender
from video_tracker.tracker.timekeeper import Timekeeper
from video_tracker.tracker.tracked import TrackedPlayer, TrackedSession
from video_tracker.transports.base import Transport
from video_tracker.wire import Encoder

__all__ = ["TrackerBase"]

_EMPTY: Final = SessionPlan()

T = TypeVar("T", bound=TrackedSession)


class TrackerBase:
    """Serves any number of playback sessions; see :class:`~video_tracker.tracker.Tracker`."""

    def __init__(
        self,
        transport: Transport,
        *,
        mode: Mode = "thread",
        policy: DeliveryPolicy | None = None,
        spool_dir: str | os.PathLike[str] | Spool | None = None,
        spool_sync: Literal["timer", "always"] = "timer",
        clock: Clock | None = None,
        profile: str = "customerio",
        plan: SessionPlan | None = None,
        settings: Settings | None = None,
        strict: bool = False,
        max_sessions: int = 100_000,
        block_timeout: float = 5.0,
        exit_timeout: float | None = None,
        on_diagnostic: Callable[[Diagnostic], object] | None = None,
        on_failure: Hook = None,
        on_sent: Hook = None,
        on_retry: Hook = None,
        on_drop: Hook = None,
        on_dead: Hook = None,
        on_lane: Hook = None,
    ) -> None:
        if max_sessions < 1:
            raise PolicyError(f"max_sessions must be 1 or more, not {max_sessions!r}")
        self._clock: Clock = SystemClock() if clock is None else clock
        self._encoder = Encoder(profile)
        self._on_diagnostic = on_diagnostic
        self._plan = _EMPTY if plan is None else plan
        self._settings = settings
        self._strict = strict
        self._max_sessions = max_sessions
        hooks = Hooks(
            self._clock,
            on_sent=on_sent,
            on_retry=on_retry,
            on_drop=on_drop,
            on_dead=on_dead,
            on_lane=on_lane,
            on_failure=on_failure,
        )
        spool = spool_dir
        if spool is not None and not isinstance(spool, Spool):
            spool = Spool(spool, sync=spool_sync)
        self._sender = Sender(
            transport,
            policy=policy,
            mode=mode,
            spool=spool,
            clock=self._clock,
            hooks=hooks,
            block_timeout=block_timeout,
            exit_timeout=exit_timeout,
        )
        self._begin_anew()
        watch_forks(self)

    def _begin_anew(self) -> None:
        self._timekeeper = Timekeeper()
        self._roster: Roster[TrackedSession] = Roster(self._max_sessions, self._sooner)
        self._dispatcher = Dispatcher(self._sender, self._encoder, self._clock, self._on_diagnostic)

    # -- sessions ------------------------------------------------------------------------------

    def session(
        self,
        session_id: str,
        plan: SessionPlan | None = None,
        *,
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
    ) -> TrackedSession:
        """Begin a session.

        Args:
            session_id: Its id. It must be new: message ids are made of it (S50), so a second
                session of that id would be taken for a repetition of the first.
            plan: What is known ahead; the tracker's plan by default.
            user_id, anonymous_id: Who watches; each stands before the plan's.
            settings: Settings in place of the tracker's and the plan's.

        Raises:
            PlanError: The id is not a non-empty string or belongs to a session that is held, or
                nobody is named (S50).
        """
        made = self._new_session(session_id, plan, user_id, anonymous_id, settings)
        return self.adopt(made)

    def adapt(
        self,
        session_id: str,
        player: str | type[Adapter] = "html5",
        plan: SessionPlan | None = None,
        *,
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
    ) -> TrackedPlayer:
        """Begin a session that is fed a player's raw callbacks.

        Args:
            session_id, plan, user_id, anonymous_id: As for :meth:`session`.
            player: The player's name (``html5``, ``videojs``...), or an adapter class of your own.
            settings: As for :meth:`session`, and taken as they are. Without them the adapter's
                own defaults replace those settings of the plan that are left at their default.

        Raises:
            PlanError: As for :meth:`session`.
            UnknownPlayerError: There is no adapter for that player.
        """
        adapter = (find_adapter(player) if isinstance(player, str) else player)()
        settings = self._settings_for(adapter, plan, settings)
        made = self._new_session(session_id, plan, user_id, anonymous_id, settings)
        tracked = TrackedPlayer(self._dispatcher, self._roster, Playback(made), adapter)
        return self._enrol(tracked)

    def intake(
        self,
        session_id: str,
        player: str | type[Adapter] | None = "html5",
        plan: SessionPlan | None = None,
        *,
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
        window: ReorderWindow[Beacon] | None = None,
        skew: ClockSkew | None = None,
        keep_late: bool = True,
    ) -> TrackedIntake:
        """Begin a session that is fed beacons from elsewhere, in whatever order they arrive (S68).

        Args:
            session_id, plan, user_id, anonymous_id, settings: As for :meth:`adapt`.
            player: The player's name, or an adapter class; None: the beacons are signals.
            window: Restores the order; a new :class:`~video_tracker.ingest.ReorderWindow` for each
                session.
            skew: Corrects the client's clock; a new one for each session.
            keep_late: Whether what comes too late is given on, to be clamped by the session (S64).

        Raises:
            PlanError: As for :meth:`session`.
            UnknownPlayerError: There is no adapter for that player.
        """
        adapter = None
        if player is not None:
            adapter = (find_adapter(player) if isinstance(player, str) else player)()
            settings = self._settings_for(adapter, plan, settings)
        made = self._new_session(session_id, plan, user_id, anonymous_id, settings)
        return self._enrol(
            TrackedIntake(
                self._dispatcher, self._roster, Playback(made), adapter, window, skew, keep_late
            )
        )

    def _settings_for(
        self, adapter: Adapter, plan: SessionPlan | None, settings: Settings | None
    ) -> Settings:
        if settings is not None:
            return settings
        base = self._settings or (self._plan if plan is None else plan).settings
        return _underlaid(base, adapter.settings)

    def adopt(self, session: Session) -> TrackedSession:
        """Go on with a session made elsewhere, such as one restored from a snapshot.

        Args:
            session: It belongs to the tracker from now on.

        Raises:
            PlanError: A session of that id is held.
        """
        return self._enrol(TrackedSession(self._dispatcher, self._roster, Playback(session)))

    def find(self, session_id: str) -> TrackedSession | None:
        """The session held under the id that it began with; None when there is none."""
        return self._roster.find(session_id)

    def _new_session(
        self,
        session_id: str,
        plan: SessionPlan | None,
        user_id: str | None,
        anonymous_id: str | None,
        settings: Settings | None,
    ) -> Session:
        return Session(
            session_id,
            self._plan if plan is None else plan,
            user_id=user_id,
            anonymous_id=anonymous_id,
            settings=self._settings if settings is None else settings,
            strict=self._strict,
        )

    def _enrol(self, tracked: T) -> T:
        self._roster.enrol(tracked, self._clock.now())
        self._keep_time()
        return tracked

    # -- time ----------------------------------------------------------------------------------

    def wake_at(self) -> float | None:
        """When :meth:`tick` next has something to do at the earliest; None while nobody waits."""
        return None if self.closed else self._roster.next_due()

    def tick(self, at: float | None = None, *, limit: int | None = None) -> int:
        """Let time pass for every session that waits for it: heartbeats, timeouts, held inputs.

        With mode ``thread`` and in an event loop this happens by itself; else call it now and
        then, once a second for instance, or whenever :meth:`wake_at` says. Only the sessions that
        are due are touched.

        Args:
            at: Now, in Unix seconds; by default the clock's.
            limit: How many sessions to see to at most.

        Returns:
            How many sessions were due.
        """
        if self.closed:
            return 0
        now = self._clock.now() if at is None else at
        woken = 0
        while (limit is None or woken < limit) and (tracked := self._roster.take(now)) is not None:
            woken += 1
            try:
                tracked.wake(now)
            except QueueFullError:
                continue  # there is no caller whom it concerns; the hooks were told
            except BaseException:
                self._roster.appoint(tracked, now, over=False)  # an interrupted program may go on
                raise
        return woken

    def pass_time(self, limit: int | None = None) -> float:
        """For who keeps time: :meth:`tick`, and the time at the end; never raises."""
        try:
            self.tick(limit=limit)
            return self._clock.now()
        except Exception as error:  # noqa: BLE001 - a clock of the user's own, a strict session
            self._dispatcher.fault("", error)
            return self._roster.next_due() or 0.0

    def _sooner(self, when: float) -> None:
        self._timekeeper.sooner(when)

    def _keep_time(self) -> None:
        if self._sender.mode != "thread" or self._timekeeper.begun or self.closed:
            return
        try:
            self._timekeeper.start(self)
        except RuntimeError as error:
            text = f"a thread cannot be started ({error}): call tick() now and then"
            self._sender.hooks.log.tell("threads", text)

    # -- figures -------------------------------------------------------------------------------

    def stats(self) -> Stats:
        """The figures of this instant (S55): see the law that :class:`Stats` tells."""
        figures = self._sender.figures()
        account = figures.account
        unmade = sum(figures.undeliverable.values())
        return Stats(
            sessions=len(self._roster),
            evicted=self._roster.evicted,
            made=account.accepted - figures.adopted + unmade,
            adopted=figures.adopted,
            delivered=account.delivered,
            dropped=dict(sorted(account.dropped.items())),
            dead=dict(sorted(account.dead.items())),
            undeliverable=figures.undeliverable,
            pending=account.pending,
            pending_bytes=account.pending_bytes,
            in_flight=account.in_flight,
            retried=account.retried,
            lane=account.state,
            oldest=account.oldest,
            last_error=figures.last_error,
            diverted=figures.diverted,
            spool_troubles=figures.spool_troubles,
            astray=self._dispatcher.astray(),
            faults=self._dispatcher.faults,
            hook_failures=figures.hook_failures,
        )

    @property
    def closed(self) -> bool:
        """Whether the tracker was closed."""
        return self._sender.closed

    def _conclude_sessions(self) -> None:
        for tracked in self._roster.all():
            try:
                tracked.conclude()
            except QueueFullError:
                continue  # told and booked

    # -- forks ---------------------------------------------------------------------------------

    def before_fork(self) -> None:
        """Nothing: the sessions' locks are not taken over."""

    def after_fork_in_parent(self) -> None:
        """Nothing."""

    def after_fork_in_child(self) -> None:
        """Leave the sessions to the parent: they are neither woken nor found here."""
        self._dispatcher.foreign = True
        self._begin_anew()


_DEFAULTS: Final = Settings()


def _underlaid(settings: Settings, defaults: Mapping[str, Any]) -> Settings:
    """The settings, with those that are left at their default replaced by other defaults."""
    left = {
        name: value
        for name, value in defaults.items()
        if getattr(settings, name) == getattr(_DEFAULTS, name)
    }
    return attrs.evolve(settings, **left)
