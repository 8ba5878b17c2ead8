"""The tracker: owns the clock, the sessions and the way out; it carries values, decides nothing."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import attrs

from video_tracker.clock import Clock, SystemClock
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter
from video_tracker.players.registry import find_adapter
from video_tracker.session import Diagnostic, Playback, Session
from video_tracker.tracker.account import Failure, Stats
from video_tracker.tracker.dispatch import Dispatcher
from video_tracker.tracker.roster import Roster
from video_tracker.tracker.tracked import TrackedPlayer, TrackedSession
from video_tracker.transports.base import Transport
from video_tracker.wire import Encoder

__all__ = ["Tracker"]

_EMPTY: Final = SessionPlan()

T = TypeVar("T", bound=TrackedSession)


class Tracker:
    """Serves any number of playback sessions and sends what they make; safe for threads.

    Events are sent by the thread whose input made them, before the input returns. A batch that
    fails is counted and told, not tried again.

    The tracker holds a session for as long as it waits for something: until it is over, its idle
    timeout was reported, or nothing at all was said to it for half an hour. After that the
    caller's own reference is what keeps it; an input brings it back.

    Args:
        transport: The way out; the tracker closes it.
        clock: Where the time comes from; the machine's by default.
        profile: The vendor's flavour: ``customerio``, ``segment`` or ``rudderstack``.
        plan: The plan of sessions that bring none.
        settings: Settings of all sessions, in place of their plans'.
        strict: Let sessions raise :class:`~video_tracker.errors.StrictError` (S60); for tests.
        on_diagnostic: Called with each :class:`~video_tracker.session.Diagnostic`.
        on_failure: Called with each :class:`~video_tracker.tracker.Failure`.

    Hooks are called outside all locks, by whatever thread was at it. What they raise is counted.

    Raises:
        LookupError: No profile has that name.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        clock: Clock | None = None,
        profile: str = "customerio",
        plan: SessionPlan | None = None,
        settings: Settings | None = None,
        strict: bool = False,
        on_diagnostic: Callable[[Diagnostic], object] | None = None,
        on_failure: Callable[[Failure], object] | None = None,
    ) -> None:
        self._clock: Clock = SystemClock() if clock is None else clock
        self._dispatcher = Dispatcher(
            transport, Encoder(profile), self._clock, on_diagnostic, on_failure
        )
        self._roster: Roster[TrackedSession] = Roster()
        self._plan = _EMPTY if plan is None else plan
        self._settings = settings
        self._strict = strict

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
        if settings is None:
            base = self._settings or (self._plan if plan is None else plan).settings
            settings = _underlaid(base, adapter.settings)
        made = self._new_session(session_id, plan, user_id, anonymous_id, settings)
        tracked = TrackedPlayer(self._dispatcher, self._roster, Playback(made), adapter)
        return self._enrol(tracked)

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
        return tracked

    # -- time ----------------------------------------------------------------------------------

    def wake_at(self) -> float | None:
        """When :meth:`tick` next has something to do at the earliest; None while nobody waits."""
        return None if self.closed else self._roster.next_due()

    def tick(self, at: float | None = None) -> int:
        """Let time pass for every session that waits for it: heartbeats, timeouts, held inputs.

        Call it now and then, once a second for instance, or whenever :meth:`wake_at` says. Only
        the sessions that are due are touched.

        Args:
            at: Now, in Unix seconds; by default the clock's.

        Returns:
            How many sessions were due.
        """
        if self.closed:
            return 0
        now = self._clock.now() if at is None else at
        woken = 0
        while (tracked := self._roster.take(now)) is not None:
            woken += 1
            try:
                tracked.wake(now)
            except BaseException:
                self._roster.appoint(tracked, now, over=False)  # an interrupted program may go on
                raise
        return woken

    # -- the account ---------------------------------------------------------------------------

    def stats(self) -> Stats:
        """The figures of this instant (S55).

        ``made`` is always ``delivered + refused + failed + undeliverable + pending``.
        """
        return self._dispatcher.account.stats(len(self._roster))

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._dispatcher.account.closed

    def close(self, timeout: float = 5.0) -> Stats:
        """Send what is pending, then close the transport; safe to call again.

        Sessions that are open stay as they are: a process that ends is not a viewer who leaves,
        so no event is made up for them. Take a ``snapshot()`` of each to go on elsewhere. Inputs
        given later are measured; the events they make are counted as undeliverable, ``closed``.

        Args:
            timeout: Seconds to wait for other threads that are sending.

        Returns:
            The figures at the end; ``pending`` is not zero when the timeout was too short.
        """
        if self._dispatcher.account.close():
            for tracked in self._roster.all():
                tracked.drain()
            self._dispatcher.close(timeout)
        return self.stats()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


_DEFAULTS: Final = Settings()


def _underlaid(settings: Settings, defaults: Mapping[str, Any]) -> Settings:
    """The settings, with those that are left at their default replaced by other defaults."""
    left = {
        name: value
        for name, value in defaults.items()
        if getattr(settings, name) == getattr(_DEFAULTS, name)
    }
    return attrs.evolve(settings, **left)
