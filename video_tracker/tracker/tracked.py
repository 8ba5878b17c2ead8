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
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from video_tracker.errors import QueueFullError, StrictError
from video_tracker.players.base import Adapter, Callback
from video_tracker.session import Diagnostic, Playback, SessionPosition, Summary, snapshot
from video_tracker.signals import End, Exit, Progress, Signal, Tick
from video_tracker.tracker.agenda import NEVER
from video_tracker.tracker.dispatch import Astray, Dispatcher, Entry, Pair
from video_tracker.tracker.inputs import Events, SessionInputs
from video_tracker.tracker.roster import Roster

__all__ = ["TrackedPlayer", "TrackedSession"]


_STEP: Final = 2.0
"""A position that moved less than this far ahead did not jump."""

_FAR: Final = 3.0
"""Seconds before the content's end from which on progress may bring a session's wish forward."""


_PAUSE: Final = 2.0
"""Seconds until a session is woken again that still wants what it was woken for."""


class TrackedSession(SessionInputs):
    """One playback: takes the session's inputs, queues what they make; safe for threads.

    Made by :meth:`video_tracker.tracker.Tracker.session`. A replay goes on in a new session with
    an id of its own (S24), through the same object.

    Attributes:
        key: The id that it began under.
        due: The tracker's: when it takes this session out of its agenda.
    """

    __slots__ = (
        "_dispatcher",
        "_draining",
        "_lock",
        "_outbox",
        "_playback",
        "_renewed",
        "_roster",
        "due",
        "key",
    )

    def __init__(
        self, dispatcher: Dispatcher, roster: "Roster[TrackedSession]", playback: Playback
    ) -> None:
        self._dispatcher = dispatcher
        self._roster = roster
        self._playback = playback
        self._lock = threading.Lock()
        self._outbox: list[Entry] = []
        self._draining = False
        self._renewed = False
        self.due = NEVER
        self.key = playback.session.session_id
        if dispatcher.diagnoses:
            playback.session.on_diagnostic = self._note

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._playback.session!r}>"

    @property
    def session_id(self) -> str:
        """The id of the session that runs now; a replay's is another one (S24)."""
        return self._playback.session.session_id

    @property
    def over(self) -> bool:
        """Whether playback was completed or exited, and no replay has begun."""
        return self._playback.session.over

    def position_now(self) -> SessionPosition:
        """What ``position`` the next playback event would bear, and what it is made of (S1)."""
        with self._guard():
            return self._playback.session.position_now()

    def summary(self) -> Summary:
        """The figures of the session that runs now."""
        with self._guard():
            return self._playback.session.summary()

    def summaries(self) -> tuple[Summary, ...]:
        """The figures of all its sessions, replays included, in order of start."""
        with self._guard():
            return tuple(session.summary() for session in self._playback.sessions)

    def snapshot(self) -> Mapping[str, Any]:
        """The session that runs now, as JSON-able values.

        ``tracker.adopt(restore(...))`` goes on with it, in another process too. Every event made
        until now has been queued, or is about to be by the thread that made it. What a player's
        adapter remembers is not part of it.
        """
        with self._guard():
            return snapshot(self._playback.session)

    def annotate(self, properties: Mapping[str, Any]) -> None:
        """Give the events that the next input makes custom properties of their own (S51)."""
        with self._guard():
            self._playback.annotate(properties)

    def progress(
        self,
        position: float | None = None,
        duration: float | None = None,
        *,
        at: float | None = None,
    ) -> Events:
        """The content clock moved."""
        return self._turn(lambda now: self._moved(now, position, duration), at)

    def _moved(self, now: float, position: Any, duration: Any) -> Iterable[Pair]:
        # 99 of 100 inputs are this one, so it has a short way. A small step ahead is no jump:
        # no loop and no replay that the playback would have to see to.
        session = self._playback.session
        if not (
            session.steady and type(position) is float and 0 < position - session.position < _STEP
        ):
            return self._received(self._spoken(Progress(now, position, duration)))
        events = session.progress(now, position, duration)
        if not events:
            return ()
        envelope = session.envelope()
        return [(envelope, event) for event in events]

    def _say(self, kind: type[Signal], at: float | None, *values: Any, **named: Any) -> Events:
        return self._turn(lambda now: self._received(self._spoken(kind(now, *values, **named))), at)

    def _received(self, signals: Iterable[Signal]) -> Iterator[Pair]:
        for signal in signals:
            yield from self._playback.receive(signal)

    def _spoken(self, signal: Signal) -> Iterable[Signal]:
        return (signal,)

    def wake(self, now: float) -> None:
        """Let time pass, if it is due; the tracker calls this.

        Args:
            now: The time in Unix seconds.
        """
        self._turn(
            lambda at: self._received(self._due_signals(at)),
            now,
            woken=now,
        )

    def _due_signals(self, now: float) -> Iterable[Signal]:
        # Nobody is ever woken quite in time, so time passes in the steps that were wished for.
        session = self._playback.session
        last = -NEVER
        while (wish := session.wake_at()) is not None and last < wish <= now:
            yield Tick(wish)
            last = wish
        if wish is not None and wish <= now:
            yield Tick(now)

    def _wish(self) -> float | None:
        return self._playback.session.wake_at()

    def _turn(
        self,
        take: Callable[[float], Iterable[Pair]],
        at: float | None,
        woken: float = -NEVER,
    ) -> Events:
        """Let the session take an input at a time, and queue what that makes."""
        if self._dispatcher.foreign:
            self._dispatcher.inherited(self.key)
            return ()
        made: list[Pair] = []
        refusal: StrictError | None = None
        fault: Exception | None = None
        with self._lock:
            # The clock is read under the lock, or two threads' times could arrive the wrong way
            # round and be taken for a clock that steps back (S64).
            try:
                calm = self._calm()
                now = self._dispatcher.now() if at is None else at
                made.extend(take(now))
                if made or not (calm and self._calm()):
                    self._appoint(woken)
            except StrictError as error:
                refusal = error
            except Exception as error:  # noqa: BLE001 - nothing is raised into the player's thread
                fault = error
            self._outbox.extend(made)
        if fault is not None:
            self._dispatcher.fault(self.session_id, fault)
        if self._outbox:
            self.drain()
        if refusal is not None:
            raise refusal
        return tuple(event for _, event in made)

    def _calm(self) -> bool:
        """Whether content simply plays, far from its end: progress can only put wishes off."""
        session = self._playback.session
        duration = session.duration
        return (
            session.steady
            and self.due < NEVER
            and (duration is None or session.position < duration - _FAR)
        )

    def _appoint(self, woken: float) -> None:
        wish = self._wish()
        over = self._is_over()
        if over or wish is None or wish < self.due:
            if wish is not None and wish <= woken:
                wish = woken + _PAUSE
            self._roster.appoint(self, wish, over)

    def _is_over(self) -> bool:
        """Whether nothing more can come of it by itself."""
        return self._playback.session.over

    def conclude(self) -> None:
        """The tracker closes: queue what there is."""
        self.drain()

    def drain(self) -> None:
        """Queue what is in the outbox, unless a thread is at it already; it will see to it."""
        full: QueueFullError | None = None
        while True:
            with self._lock:
                if self._draining or not self._outbox:
                    break
                self._draining = True
                entries, self._outbox = self._outbox, []
            try:
                self._dispatcher.dispatch(self.session_id, entries)
            except QueueFullError as error:
                full = error
            finally:
                with self._lock:
                    self._draining = False
        self._dispatcher.send()
        if full is not None:
            raise full

    def _guard(self) -> threading.Lock:
        """The lock; in a forked child a new one, since nobody is there to release the old one."""
        if self._dispatcher.foreign and not self._renewed:
            self._lock, self._renewed = threading.Lock(), True
        return self._lock

    def _listen_to(self, adapter: Adapter) -> None:
        """Hear of callbacks that the adapter does not know; it is asked under the lock."""
        adapter.on_astray = lambda what: self._outbox.append(Astray(adapter.name, what))

    def _note(self, diagnostic: Diagnostic) -> None:
        self._outbox.append(diagnostic)  # the session calls this inside _turn, under the lock


class TrackedPlayer(TrackedSession):
    """One player: takes its raw callbacks and translates them; else a tracked session.

    Made by :meth:`video_tracker.tracker.Tracker.adapt`. The session's inputs may be called
    besides, for what the player does not say itself (``exit`` when its page is left).
    """

    __slots__ = ("_adapter", "_channel")

    def __init__(
        self,
        dispatcher: Dispatcher,
        roster: "Roster[TrackedSession]",
        playback: Playback,
        adapter: Adapter,
    ) -> None:
        super().__init__(dispatcher, roster, playback)
        self._adapter = adapter
        self._channel = _main_channel(adapter)
        self._listen_to(adapter)

    @property
    def ignored(self) -> dict[str, int]:
        """How often which callback was ignored: ``event: reason`` -> count (S60)."""
        with self._lock:
            return dict(self._adapter.ignored)

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
        source = self._channel if channel is None else channel
        return self._turn(
            lambda now: self._received(
                self._adapter.translate(
                    Callback(now, source, event, state or {}, detail or {}, element)
                )
            ),
            at,
        )

    def conclude(self) -> None:
        """The tracker closes: what the adapter holds back is told, and nothing is lost."""
        with contextlib.suppress(StrictError):  # there is no caller whom it concerns
            self._turn(lambda now: self._received(self._adapter.flush(now)), None)
        super().conclude()

    def _moved(self, now: float, position: Any, duration: Any) -> Iterable[Pair]:
        return self._received(self._spoken(Progress(now, position, duration)))

    def _calm(self) -> bool:
        return super()._calm() and self._adapter.wake_at() is None

    def _spoken(self, signal: Signal) -> Iterable[Signal]:
        # What the adapter still holds back came before this, so it must not come after it.
        if isinstance(signal, Exit | End):
            return (*self._adapter.flush(signal.at), signal)
        return (*self._fallen_due(signal.at), signal)

    def _fallen_due(self, now: float) -> Iterable[Signal]:
        return self._adapter.settle(now)

    def _due_signals(self, now: float) -> Iterable[Signal]:
        yield from self._fallen_due(now)
        yield from super()._due_signals(now)

    def _wish(self) -> float | None:
        wishes = [when for when in (super()._wish(), self._adapter.wake_at()) if when is not None]
        return min(wishes, default=None)


def _main_channel(adapter: Adapter) -> str:
    for name in (adapter.name, "html5"):
        if name in adapter.channels:
            return name
    return min(adapter.channels, default=adapter.name)
