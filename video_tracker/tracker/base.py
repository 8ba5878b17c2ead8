"""What the trackers with threads and with ``asyncio`` have in common: sessions, time, figures."""

import functools
import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeVar, overload

from video_tracker.clock import Clock, SystemClock
from video_tracker.delivery.spool import Spool
from video_tracker.errors import PlanError, PolicyError, QueueFullError
from video_tracker.ingest import Beacon, ClockSkew, Decoded, PlayerFeed, ReorderWindow
from video_tracker.keyed import Told
from video_tracker.keyed.opening import settings_under
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter
from video_tracker.session import Playback, Session, restore
from video_tracker.tracker.account import Stats
from video_tracker.tracker.beacons import TrackedIntake
from video_tracker.tracker.dispatch import Dispatcher
from video_tracker.tracker.hooks import Hooks
from video_tracker.tracker.inputs import Events
from video_tracker.tracker.lifecycle import watch_forks
from video_tracker.tracker.options import Options, merged
from video_tracker.tracker.roster import Roster
from video_tracker.tracker.sender import Sender
from video_tracker.tracker.sharing import Beginning, Sharing, arrival_of, told_here
from video_tracker.tracker.timekeeper import Timekeeper
from video_tracker.tracker.tracked import TrackedPlayer, TrackedSession
from video_tracker.tracker.wanted import Wanted, adapter_class, adapter_of, origin_of
from video_tracker.transports.base import Transport
from video_tracker.wire import Encoder

__all__ = ["TrackerBase"]

T = TypeVar("T", bound=TrackedSession)
A = TypeVar("A", bound="TrackerBase")
Order = tuple[ReorderWindow[Beacon] | None, ClockSkew | None, bool]
_IN_ORDER: Final[Order] = (None, None, True)


def all_of(kind: type[A], given: Mapping[str, Any], options: Options | None) -> tuple[A, ...]:
    """The further trackers that are given events, which must be of one's own kind.

    Raises:
        PolicyError: One of them is not.
    """
    also = merged(options, given).also
    for each in also:
        if not isinstance(each, kind):
            raise PolicyError(f"also must be of {kind.__name__}s, not {each!r:.60}")
    return tuple(each for each in also if isinstance(each, kind))


def shares(trackers: Sequence[A], seconds: float | None) -> Iterator[tuple[A, float | None]]:
    """Each of some trackers with what is left of a time for all of them."""
    now = trackers[0]._sender.now
    end = None if seconds is None else now() + seconds
    for each in trackers:
        yield each, None if end is None else max(0.0, end - now())


class TrackerBase:
    """Serves any number of playback sessions; see :class:`~video_tracker.tracker.Tracker`."""

    def __init__(self, transport: Transport, options: Options) -> None:
        self._options = options
        self._clock: Clock = SystemClock() if options.clock is None else options.clock
        self._plan = options.plan
        hooks = Hooks(self._clock, **options.hooks())
        spool = options.spool_dir
        if spool is not None and not isinstance(spool, Spool):
            spool = Spool(spool, sync=options.spool_sync)
        self._spool_root = None if spool is None else os.path.realpath(spool.root)
        roots = [each._spool_root for each in (self, *options.also) if each._spool_root]
        if len(set(roots)) < len(roots):
            raise PolicyError("destinations share no spool: give each a spool_dir of its own")
        self._sender = Sender(
            transport,
            policy=options.policy,
            mode=options.mode,
            spool=spool,
            clock=self._clock,
            hooks=hooks,
            block_timeout=options.block_timeout,
            exit_timeout=options.exit_timeout,
        )
        told = functools.partial(hooks.call, options.on_repair) if options.on_repair else None
        self._encoder = Encoder(options.profile, on_repair=told)
        if options.store is not None and options.also:
            raise PolicyError("a store has the messages of one destination: also= cannot have them")
        self._begin_anew()
        watch_forks(self)

    def _begin_anew(self) -> None:
        options = self._options
        self._frozen: int | None = None  # how many sessions there were when it last was
        self._timekeeper = Timekeeper()
        self._roster: Roster[TrackedSession] = Roster(
            options.max_sessions, self._sooner, memory=options.remember
        )
        self._dispatcher = Dispatcher(
            self._sender, self._encoder, self._clock, options.on_diagnostic, options.before
        )
        self._dispatcher.feed(each.dispatcher for each in options.also)
        self._sharing: Sharing | None = None
        if options.store is not None:
            shared = (options.store, self._sender, self._dispatcher, self._clock, options.presence)
            self._sharing = Sharing(*shared)

    @property
    def dispatcher(self) -> Dispatcher:
        """Who takes events where they belong; of other trackers, which it gives them too."""
        return self._dispatcher

    # -- sessions ------------------------------------------------------------------------------

    @overload
    def open(
        self,
        session_id: str,
        plan: SessionPlan | None = None,
        *,
        player: None = None,
        beacons: Literal[False] = False,
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
    ) -> TrackedSession: ...

    @overload
    def open(
        self,
        session_id: str,
        plan: SessionPlan | None = None,
        *,
        player: str | type[Adapter],
        beacons: Literal[False] = False,
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
    ) -> TrackedPlayer: ...

    @overload
    def open(
        self,
        session_id: str,
        plan: SessionPlan | None = None,
        *,
        player: str | type[Adapter] | None = None,
        beacons: Literal[True],
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
        window: ReorderWindow[Beacon] | None = None,
        skew: ClockSkew | None = None,
        keep_late: bool = True,
    ) -> TrackedIntake: ...

    def open(
        self,
        session_id: str,
        plan: SessionPlan | None = None,
        *,
        player: str | type[Adapter] | None = None,
        beacons: bool = False,
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
        window: ReorderWindow[Beacon] | None = None,
        skew: ClockSkew | None = None,
        keep_late: bool = True,
    ) -> TrackedSession:
        """The session of that id: the one that is there, else a new one; from any thread.

        An id is used once. What comes late for a session that is over is counted (``after_end``);
        what plays again is its replay (S24), a session with an id of its own, which this object
        goes on with.

        Args:
            session_id: Its id.
            plan: What is known ahead of a new session; the tracker's plan by default. What is told
                of one that is there changes nothing, and is counted (``unread``) where it differs.
            player: With it the session takes a player's raw callbacks: the player's name
                (``html5``, ``videojs``...), or an adapter class of your own.
            beacons: Whether it takes beacons that come from elsewhere, in any order (S68);
                without a ``player`` these are signals.
            user_id: Who watches; stands before the plan's.
            anonymous_id: Who watches, while nobody knows who that is; stands before the plan's.
            settings: Settings in place of the tracker's and the plan's; without them a player's
                own defaults replace those of them that are left at their default.
            window: Restores the beacons' order; a new
                :class:`~video_tracker.ingest.ReorderWindow` for each session.
            skew: Corrects the client's clock; a new one for each session.
            keep_late: Whether beacons that come too late are given on, to be clamped by the
                session (S64).

        Raises:
            PlanError: The id is not a non-empty string, nobody is named (S50), or the session that
                is there takes something else: another player's callbacks, no beacons.
            UnknownPlayerError: There is no adapter for that player.
        """
        wanted = Wanted(
            session_id,
            plan,
            adapter_class(player),
            beacons,
            user_id,
            anonymous_id,
            settings,
            window,
            skew,
            keep_late,
        )
        known = self._roster.recall(session_id)
        if known is None:
            made = self._made(wanted)
            known = self._roster.admit(made, self._clock.now())
            if known is made:
                self._keep_time()
                return known
        wanted.check(known)
        for name in wanted.unread(known):
            self._dispatcher.health.count("unread", name)
        return known

    def session(
        self,
        session_id: str,
        plan: SessionPlan | None = None,
        *,
        user_id: str | None = None,
        anonymous_id: str | None = None,
        settings: Settings | None = None,
    ) -> TrackedSession:
        """Begin a session; as :meth:`open`, but of an id that is new.

        Raises:
            PlanError: As :meth:`open`, or the id belongs to a session that is here or was.
        """
        told = (plan, None, False, user_id, anonymous_id, settings)
        return self._enrol(self._made(Wanted(session_id, *told)))

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
        """Begin a session that takes a player's raw callbacks; as :meth:`open`, of a new id.

        Raises:
            PlanError: As for :meth:`session`.
            UnknownPlayerError: There is no adapter for that player.
        """
        told = (plan, adapter_class(player), False, user_id, anonymous_id, settings)
        tracked = self._enrol(self._made(Wanted(session_id, *told)))
        assert isinstance(tracked, TrackedPlayer)
        return tracked

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
        """Begin a session that takes beacons from elsewhere (S68); as :meth:`open`, of a new id.

        Raises:
            PlanError: As for :meth:`session`.
            UnknownPlayerError: There is no adapter for that player.
        """
        told = (plan, adapter_class(player), True, user_id, anonymous_id, settings)
        wanted = Wanted(session_id, *told, window, skew, keep_late)
        tracked = self._enrol(self._made(wanted))
        assert isinstance(tracked, TrackedIntake)
        return tracked

    def _fed(
        self,
        session_id: str,
        told: Decoded | Iterable[Told],
        received_at: float | None,
        beginning: Beginning,
    ) -> Events:
        """What ``feed`` does, in this thread."""
        if isinstance(told, Decoded) and told.rejected:
            self._dispatcher.health.rejected(told)
            self._dispatcher.health.say()
            if not told.beacons:
                return ()
        arrival = arrival_of(told, self._clock.now() if received_at is None else received_at)
        if self._sharing is not None:
            if self.closed or self._dispatcher.foreign:
                self._dispatcher.elsewhere(session_id)
                return ()
            opening = beginning.opening(self._plan, self._options.settings)
            return self._sharing.feed(session_id, arrival, opening)
        begin: Any = self.open
        beacons = any(isinstance(each, Beacon) for each in arrival.said)
        tracked: TrackedSession = begin(session_id, beacons=beacons, **beginning.here())
        return told_here(tracked, arrival)

    def _made(self, wanted: Wanted) -> TrackedSession:
        """A session as it is wanted; of an id of which nothing else is remembered, its replay."""
        if self._sharing is not None:
            raise PolicyError(
                "this tracker's viewers are in a store: feed(...) them, or use shared(...)"
            )
        adapter = None if wanted.adapter is None else wanted.adapter()
        session = Session(
            wanted.session_id,
            self._plan if wanted.plan is None else wanted.plan,
            user_id=wanted.user_id,
            anonymous_id=wanted.anonymous_id,
            settings=self._settings_for(adapter, wanted),
            strict=self._options.strict,
        )
        replays = self._roster.replays_of(wanted.session_id)
        for _ in range(0 if replays is None else replays + 1):
            session = session.restart()
        order = (wanted.window, wanted.skew, wanted.keep_late) if wanted.beacons else None
        return self._tracked(session, adapter, wanted.session_id, order)

    def _tracked(
        self, session: Session, adapter: Adapter | None, key: str, order: Order | None = None
    ) -> TrackedSession:
        parts = (self._dispatcher, self._roster, PlayerFeed(Playback(session), adapter), key)
        if order is not None:
            return TrackedIntake(*parts, *order)
        return (TrackedSession if adapter is None else TrackedPlayer)(*parts)

    def _settings_for(self, adapter: Adapter | None, wanted: Wanted) -> Settings | None:
        if wanted.settings is not None or adapter is None:
            return wanted.settings or self._options.settings
        plan = self._plan if wanted.plan is None else wanted.plan
        kind: Any = type(adapter)
        return settings_under(self._options.settings or plan.settings, kind)

    @overload
    def adopt(
        self, session: Session | Mapping[str, Any], *, player: None = None
    ) -> TrackedSession: ...

    @overload
    def adopt(
        self, session: Mapping[str, Any], *, player: str | type[Adapter]
    ) -> TrackedPlayer: ...

    def adopt(
        self,
        session: Session | Mapping[str, Any],
        *,
        player: str | type[Adapter] | None = None,
    ) -> TrackedSession:
        """Go on with a session of elsewhere.

        Args:
            session: A snapshot, of a session or of what was tracked (``snapshot``, ``release``); or
                a session, which belongs to the tracker from now on. Of a session that is here
                already, as in a container that was used before, the one that was heard of later
                goes on.
            player: Whose callbacks it takes; by default the player of the snapshot's adapter, if it
                has one. An adapter that cannot go on (written by another version, or none at all)
                is made anew and joins the viewing where it is (S83); that is counted (``unread``).

        Raises:
            SnapshotError: The snapshot's session is damaged or of another version.
            PlanError: A session was given, and there is or was one of its id.
            UnknownPlayerError: There is no adapter for that player.
        """
        if isinstance(session, Session):
            return self._enrol(self._tracked(session, None, session.session_id))
        if self._sharing is not None:
            raise PolicyError("this tracker's viewers are in a store: feed(...) goes on with them")
        restored, (key, lag) = restore(session), origin_of(session)
        adapter, whole = adapter_of(session.get("adapter"), adapter_class(player))
        if not whole:
            self._dispatcher.health.count("unread", "adapter")
        known = self._roster.recall(key)
        made = self._tracked(restored, adapter, key, _IN_ORDER if session.get("beacons") else None)
        if known is not None:
            if type(known) is type(made) and known.heard >= made.heard:
                return known
            known.leave()
        self._roster.replace(made, self._clock.now())
        made.come(lag)
        self._keep_time()
        return made

    def release(self, session_id: str) -> Mapping[str, Any]:
        """Write a session down, with its player's adapter, and let go of it.

        Events that it made go out as any others; what is told to its object here does nothing any
        more. :meth:`adopt` goes on with it, here or elsewhere.

        Args:
            session_id: The id that it began with.

        Raises:
            PlanError: There is no session of that id.
        """
        tracked = self._roster.remove(session_id)
        if tracked is None:
            raise PlanError(f"there is no session {session_id!r}")
        written = tracked.leave()
        if self._roster.recall(session_id) is tracked:  # what it gave on at last brought it back
            self._roster.remove(session_id)
        return written

    def find(self, session_id: str) -> TrackedSession | None:
        """The session held under the id that it began with; None when there is none."""
        return self._roster.find(session_id)

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
        if self._sharing is not None:
            return self._sharing.tick()
        now = self._clock.now() if at is None else at
        woken = 0
        while limit is None or woken < limit:
            tracked = None
            try:
                tracked = self._roster.take(now)
                if tracked is None:
                    break
                woken += 1
                tracked.wake(now)
            except QueueFullError:
                continue  # there is no caller whom it concerns; the hooks were told
            except BaseException:
                if tracked is not None:  # an interrupted program may go on
                    self._roster.appoint(tracked, now, over=False)
                raise
        return woken

    def pass_time(self, limit: int | None = None) -> float:
        """For who keeps time: :meth:`tick`, and the time at the end; never raises."""
        try:
            if self._sharing is None:  # else its keeper does, in a thread of its own
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

    # -- memory --------------------------------------------------------------------------------

    def freeze(self, every: int = 5_000) -> bool:
        """Spare the garbage collector the sessions: call it now and then, as once a second.

        A full collection looks at all that lives, and holds up all threads. The first call, and
        each after ``every`` so many new sessions, collects what is garbage and takes what lives out
        of the collector's sight (``gc.freeze``). Sessions need no collector: they make no cycles,
        and are freed when nobody holds them. It concerns the whole process: a cycle of your own
        that lives then and is dropped later stays until you call ``gc.unfreeze()``, after which the
        next call is as the first.

        Args:
            every: How many sessions must be new; so many are looked at once, and not again.

        Returns:
            Whether it did.
        """
        admitted, before = self._roster.admitted, self._frozen
        # Python 3.12 begins with frozen objects of its own: a count alone does not say who froze.
        if before is not None and admitted - before < every and gc.get_freeze_count():
            return False
        self._frozen = admitted
        gc.collect()
        gc.freeze()
        return True

    # -- figures -------------------------------------------------------------------------------

    def stats(self) -> Stats:
        """The figures of this instant (S55): see the law that :class:`Stats` tells."""
        figures, health = self._sender.figures(), self._dispatcher.health
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
            astray=health.counted("astray"),
            ignored=health.counted("ignored"),
            diagnostics=health.counted("diagnostics"),
            repairs=dict(sorted(self._encoder.repairs.items())),
            unread=health.counted("unread"),
            left_out=self._dispatcher.left_out,
            faults=self._dispatcher.faults,
            hook_failures=figures.hook_failures,
            recoveries=figures.recoveries,
            store=self._store_figures(),
        )

    def _store_figures(self) -> dict[str, int]:
        sharing = self._sharing
        if sharing is None:
            return {}
        return {
            **dict(sorted(sharing.sessions.counted.items())),
            "out": sharing.keeper.pump.out,
            "troubles": sharing.keeper.troubles,
        }

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
