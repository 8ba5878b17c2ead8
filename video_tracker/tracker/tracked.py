"""One session, or one player, as a :class:`~video_tracker.tracker.Tracker` serves it.

Two rules make it safe to be called from any thread. The session is touched only under its own
lock, and nothing else happens under it: events and diagnostics go into an outbox, which one thread
at a time empties outside the lock. So a slow hook holds up no input, no other session, and no input
made from inside the hook itself; and events leave in their order.

A session belongs to the process that began it. In a forked child its inputs do nothing: parent and
child would give different events the same message ids (S50).
"""

import contextlib
import threading
import types
import weakref
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from video_tracker.adapter_state import adapter_snapshot
from video_tracker.errors import QueueFullError, SnapshotError, StrictError
from video_tracker.ingest import PlayerFeed
from video_tracker.ingest.feed import IDLE
from video_tracker.interruption import interrupts
from video_tracker.players.base import Adapter, Callback
from video_tracker.session import (
    Diagnostic,
    Session,
    SessionPosition,
    Summary,
    snapshot,
)
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import LATEST_TIME
from video_tracker.signals import Progress, Signal, Tick
from video_tracker.tracker.agenda import NEVER
from video_tracker.tracker.dispatch import Dispatcher, Entry
from video_tracker.tracker.inputs import Events, SessionInputs
from video_tracker.tracker.roster import Roster

__all__ = ["TrackedPlayer", "TrackedSession", "event_name"]

_Lock: TypeAlias = Any
"""One that its thread may take again, and that knows whether it has it."""

_Told: TypeAlias = tuple[Callable[[Any, Any], object], Any, Any, bool]
"""Who takes what was said, that, at which time, and whether only time passes."""

_LATE: Final = 1.0
"""Seconds by which a session that simply plays may be woken late: it only falls silent."""
_PAUSE: Final = 2.0
"""Seconds until a session is woken again that still wants what it was woken for."""
_PATIENCE: Final = 8
"""Interruptions in a row after which an input is finished by whoever comes next."""

State.interrupts = staticmethod(interrupts)  # the session itself knows of no signals


class TrackedSession(SessionInputs):
    """One playback: takes the session's inputs, queues what they make; safe for threads.

    Made by :meth:`video_tracker.tracker.Tracker.session`. A replay goes on in a new session with
    an id of its own (S24), through the same object.

    Attributes:
        key: The id that it began under.
        due: The tracker's: when it takes this session out of its agenda.
    """

    __slots__ = (
        "__weakref__",
        "_dispatcher",
        "_drainer",
        "_feed",
        "_lag",
        "_later",
        "_left",
        "_lock",
        "_outbox",
        "_renewed",
        "_roster",
        "due",
        "key",
    )

    def __init__(
        self,
        dispatcher: Dispatcher,
        roster: "Roster[TrackedSession]",
        feed: PlayerFeed,
        key: str,
    ) -> None:
        self._dispatcher = dispatcher
        self._roster = roster
        self._feed = feed
        self._lock: _Lock = threading.RLock()
        self._outbox: list[Entry] | None = None
        self._drainer: object = None
        self._later: list[_Told] | None = None
        self._renewed = self._left = False
        self._lag = 0.0
        self.due = NEVER
        self.key = key
        health = dispatcher.health
        feed.playback.session.on_diagnostic = health.on_diagnostic
        if dispatcher.diagnoses:  # by a weak reference: nothing here is to wait for the collector
            note = types.MethodType(TrackedSession._note, weakref.proxy(self))
            feed.playback.session.on_diagnostic = note
        if feed.adapter is not None:
            feed.adapter.on_astray = health.listener(feed.adapter.name)
            feed.adapter.on_ignored = health.on_ignored

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._feed.playback.session!r}>"

    @property
    def session_id(self) -> str:
        """The id of the session that runs now; a replay's is another one (S24)."""
        return self._feed.playback.session.session_id

    @property
    def adapter(self) -> Adapter | None:
        """Who translates its player's callbacks; None where it takes signals."""
        return self._feed.adapter

    @property
    def newest(self) -> Session:
        """The session that runs now; only to be asked what it is."""
        return self._feed.playback.session

    @property
    def heard(self) -> tuple[int, float]:
        """How far it has come: its replays, and the newest time that it was told."""
        return self.replays, self._feed.playback.session.clock

    @property
    def over(self) -> bool:
        """Whether playback was completed or exited, and no replay has begun."""
        return self._feed.playback.session.over

    def position_now(self) -> SessionPosition:
        """What ``position`` the next playback event would bear, and what it is made of (S1)."""
        with self._guard():
            return self._feed.playback.session.position_now()

    def summary(self) -> Summary:
        """The figures of the session that runs now."""
        with self._guard():
            return self._feed.playback.session.summary()

    def summaries(self) -> tuple[Summary, ...]:
        """The figures of all its sessions, replays included, in order of start."""
        with self._guard():
            return tuple(session.summary() for session in self._feed.playback.sessions)

    def snapshot(self) -> Mapping[str, Any]:
        """The session that runs now and what its player's adapter remembers, as JSON-able values.

        ``tracker.adopt(...)`` goes on with it, in another process too. Every event made until now
        has been queued, or is about to be by the thread that made it. An adapter that cannot be
        written down is left out, and said in the log.
        """
        with self._guard():
            return self._written()

    def _written(self) -> dict[str, Any]:
        session, adapter = self._feed.playback.session, self._feed.adapter
        value = snapshot(session)
        if self.key != session.session_id:
            value["key"] = self.key
        if self._lag:
            value["lag"] = self._lag
        if adapter is not None:
            try:
                value["adapter"] = adapter_snapshot(adapter)
            except SnapshotError as error:
                text = f"the adapter of {adapter.name!r} is left out of a snapshot: {error}"
                self._dispatcher.health.tell("adapter_snapshot", text)
        return value

    def leave(self) -> Mapping[str, Any]:
        """Write the session down for good: what is told here from now on does nothing."""
        with self._guard():
            value, self._left = self._written(), True
        self.drain()
        return value

    def come(self, lag: float) -> None:
        """Go on with a session that was written down, which time has passed for with a lag."""
        with self._lock:
            self._lag = lag
            self._appoint(-NEVER)

    def annotate(
        self,
        properties: Mapping[str, Any] | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        integrations: Mapping[str, Any] | None = None,
    ) -> None:
        """Give the events that the next input makes what only they carry (S51)."""
        with self._guard():
            self._feed.playback.annotate(properties, context=context, integrations=integrations)

    def identify(self, user_id: str | None = None, anonymous_id: str | None = None) -> None:
        """Say who watches, where that was not known when the session began (S50).

        It stands on all that is said from now on. A session has one viewer: another one than is
        known is left out and counted (``fixed_for_session``).
        """
        with self._guard():
            self._feed.playback.session.identify(user_id, anonymous_id)

    @property
    def replays(self) -> int:
        """How many sessions began after the first one (S24)."""
        return int(self._feed.playback.replays)

    def progress(
        self,
        position: float | None = None,
        duration: float | None = None,
        *,
        at: float | None = None,
    ) -> Events:
        """The content clock moved."""
        # 99 of 100 inputs are this one, so it has a short way.
        if type(position) is float and self._steps(at, position, duration, None):
            return ()
        return self._turn(self._take, (Progress, (position, duration), {}), at)

    def _steps(
        self, at: Any, position: Any, duration: Any, said: tuple[Any, Any, Any] | None
    ) -> bool:
        """Whether an input is progress that says nothing, and is taken; else it is for _turn.

        It is the content's clock and its length, or what a callback ``said``.
        """
        if self._left or self._dispatcher.foreign:
            return False
        with self._lock:
            try:
                now, feed = self._moment(None) if at is None else at, self._feed
                taken = feed.hear(now, said) if said else feed.step(now, position, duration)
                if taken:
                    if at is not None:  # as in _moment, for less
                        clock = self._dispatcher.clock
                        ticks = clock.ticks
                        self._lag = ticks() + clock.origin - now
                    if feed.due + self._lag + _LATE < self.due:
                        self._appoint(-NEVER)
            except Exception as error:
                if interrupts(error):
                    raise
                return False  # the long way meets it again, and tells of it
        return taken

    def _moment(self, at: Any) -> Any:
        """When an input came by the session's own time.

        The clock is read under the lock, or two threads' times could arrive the wrong way round and
        be taken for a clock that steps back (S64). What is told with a time of its own may be of
        long ago: from there time passes for the session as fast as it passes here (S88).
        """
        if at is None:
            now, self._lag = self._dispatcher.now(), 0.0
            return now
        if type(at) is float and 0.0 <= at < LATEST_TIME:
            try:
                self._lag = self._dispatcher.now() - at
            except Exception as error:  # a clock of the user's own; the input has its time
                if interrupts(error):
                    raise
                self._lag = 0.0
        return at

    def _say(self, kind: type[Signal], at: float | None, *values: Any, **named: Any) -> Events:
        if at is None and kind is Tick:
            at = self._dispatcher.now() - self._lag
        return self._turn(self._take, (kind, values, named), at)

    def _take(
        self,
        said: tuple[type[Signal], tuple[Any, ...], dict[str, Any]],
        now: Any,
    ) -> None:
        kind, values, named = said
        self._feed.take(kind(now, *values, **named))

    def wake(self, now: float) -> None:
        """Let time pass, if it is due; the tracker calls this.

        Args:
            now: The tracker's time in Unix seconds.
        """
        self._turn(self._pass_time, None, now - self._lag, woken=True)

    def _pass_time(self, _said: None, now: float) -> None:
        self._feed.advance(now)

    def _wish(self) -> float | None:
        return self._feed.wake_at()

    def _turn(
        self,
        take: Callable[[Any, Any], object],
        said: Any,
        at: Any,
        woken: bool = False,
    ) -> Events:
        """Let the session take what is said at a time, and queue what that makes."""
        if self._left or self._dispatcher.foreign or self._lock._is_owned():
            self._put_off((take, said, at, woken))
            return ()
        trouble: BaseException | None = None
        events: Events = ()
        try:
            with self._lock:
                # What is made goes straight into the outbox, so that nothing comes in between.
                is_new, made = self._outbox is None, self._filled()
                feed, before = self._feed, len(made)
                feed.sink = made
                try:
                    if feed.waiting is not IDLE:
                        feed.go_on()
                    now = at if woken else self._moment(at)
                    take(said, now)
                    if woken or not self._is_calm():
                        self._appoint(now if woken else -NEVER)
                except BaseException as error:  # noqa: BLE001 - told or raised when all is kept
                    trouble = self._rescue(error)
                feed.sink = None
                events = tuple([entry[1] for entry in made[before:] if isinstance(entry, tuple)])
                self._outbox = self._outbox if made or not is_new else None
        finally:
            try:
                if self._outbox:
                    self.drain()
            finally:
                if self._outbox:  # something interrupted it
                    self.drain()
        raises = trouble is not None and (isinstance(trouble, StrictError) or interrupts(trouble))
        if trouble is not None and not raises:
            self._dispatcher.fault(self.session_id, trouble)
        self._tell_health()
        if trouble is not None and raises:
            raise trouble
        self._take_later()
        return events

    def _put_off(self, told: _Told) -> None:
        """What a signal's handler says in the middle of an input comes after that."""
        if self._left or self._dispatcher.foreign:
            self._dispatcher.elsewhere(self.key)
            return
        take, said, at, woken = told
        now = self._dispatcher.now() if at is None else at
        self._later = [*(self._later or ()), (take, said, now, woken)]
        self._roster.appoint(self, 0.0, over=False)  # where no input takes it, the tracker comes

    def _take_later(self) -> None:
        later, self._later = self._later, None
        for put_off in later or ():
            self._turn(*put_off)

    def _tell_health(self) -> None:
        health = self._dispatcher.health
        if self._feed.late:
            late, self._feed.late = self._feed.late, 0
            health.count("diagnostics", "after_end", late)
        if health.unsaid:
            health.say()

    def _rescue(self, trouble: BaseException) -> BaseException:
        """Finish an input that was interrupted, whatever interrupts that; leave one at fault.

        Returns:
            What is to be raised or told.
        """
        patience = _PATIENCE
        while interrupts(trouble) and patience:
            patience -= 1
            try:
                self._feed.go_on()
                break
            except BaseException as error:  # noqa: BLE001 - the last one is raised
                trouble = error
        else:
            if not interrupts(trouble):
                self._feed.give_up()
        self._roster.appoint(self, 0.0, over=False)  # when it next wants to be woken may be unsaid
        return trouble

    def _appoint(self, woken: float) -> None:
        """Note when the session next wants to be woken."""
        wish, lag = self._wish(), self._lag
        over = self._is_over()
        if over or wish is None or wish + lag < self.due:
            if wish is not None:
                wish = (woken + _PAUSE if wish <= woken else wish) + lag
            self._roster.appoint(self, wish, over)

    def _is_calm(self) -> bool:
        """Whether what it waits for is no earlier than when the tracker looks for it."""
        return self._feed.due + self._lag >= self.due < NEVER

    def _is_over(self) -> bool:
        """Whether nothing more can come of it by itself."""
        return self._feed.playback.session.over

    def conclude(self) -> None:
        """The tracker closes: what is held back is told, and nothing is lost."""
        if self._lock._is_owned():
            return  # a signal's handler closes in the middle of an input, which then goes on
        if self._feed.adapter is not None:
            with contextlib.suppress(StrictError):  # there is no caller whom it concerns
                self._turn(self._let_go, None, self._dispatcher.now() - self._lag)
        self.drain()

    def _let_go(self, _said: None, _now: float) -> None:
        self._feed.let_go()

    def drain(self) -> None:
        """Queue what is in the outbox, unless a thread is at it already; it will see to it."""
        full: QueueFullError | None = None
        mine = object()
        while self._outbox and self._drainer is None:
            entries: list[Entry] = []
            try:
                with self._lock:
                    if self._drainer is None:
                        self._drainer = mine
                        entries, self._outbox = self._filled(), None
                if entries:
                    self._dispatcher.dispatch(self.session_id, entries)
            except QueueFullError as error:
                full = error
            finally:
                try:
                    self._give_back(mine, entries)
                finally:  # once more, for what interrupts the first
                    if entries or self._drainer is mine:
                        self._give_back(mine, entries)
        self._dispatcher.send()
        if full is not None:
            raise full

    def _give_back(self, drainer: object, entries: list[Entry]) -> None:
        """What a drainer that was interrupted has not seen to: the tracker comes back for it."""
        if entries:
            with self._lock:
                # In an order in which it may be done again from wherever it was interrupted.
                newer = [each for each in self._filled() if not any(each is one for one in entries)]
                self._outbox = [*entries, *newer]
                self._roster.appoint(self, 0.0, False)
                entries.clear()
        if self._drainer is drainer:
            self._drainer = None

    def _guard(self) -> _Lock:
        """The lock; in a forked child a new one, since nobody is there to release the old one."""
        if self._dispatcher.foreign and not self._renewed:
            self._lock, self._renewed = threading.RLock(), True
        return self._lock

    def _filled(self) -> list[Entry]:
        """The outbox, for what comes in; it is there only while something may be in it."""
        if self._outbox is None:
            self._outbox = []
        return self._outbox

    def _note(self, diagnostic: Diagnostic) -> None:
        self._filled().append(diagnostic)  # the session calls this inside _turn, under the lock


class TrackedPlayer(TrackedSession):
    """One player: takes its raw callbacks and translates them; else a tracked session.

    Made by :meth:`video_tracker.tracker.Tracker.open` with a ``player``. The session's inputs may
    be called besides, for what the player does not say itself (``exit`` when its page is left).
    """

    __slots__ = ()

    @property
    def ignored(self) -> dict[str, int]:
        """How often which callback was ignored: ``event: reason`` -> count (S60)."""
        with self._guard():
            return {} if self.adapter is None else dict(self.adapter.ignored)

    def callback(
        self,
        event: str,
        state: Mapping[str, Any] | None = None,
        detail: Mapping[str, Any] | None = None,
        *,
        channel: str | None = None,
        element: str | None = None,
        at: float | None = None,
    ) -> Events:
        """Take one callback of the player.

        Args:
            event: Its native name (``timeupdate``).
            state: What the player's properties said inside it (``{"currentTime": 8.14}``).
            detail: Its native payload.
            channel: Which of the player's objects called; by default the player itself.
            element: The media element it came from, when that is not the main one (``ad``).
            at: When it came, in Unix seconds; by default now.

        Returns:
            The events it made, often none. Nothing is raised, whatever the values are (S60).
        """
        adapter = self._feed.adapter
        if channel is None and adapter is not None:
            channel = adapter.main_channel
        if element is None and not detail and self._steps(at, None, None, (channel, event, state)):
            return ()
        said = (channel, event_name(event), state or {}, detail or {}, element)
        return self._turn(self._hear, said, at)

    def _hear(self, said: tuple[Any, ...], now: float) -> None:
        self._feed.take(Callback(now, *said))


def event_name(event: object) -> str:
    """An event's name; what is no text becomes one that no player knows."""
    return event if isinstance(event, str) else f"{event!r:.60}"
