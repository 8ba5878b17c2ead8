"""One viewer's playback, fed by a player's callbacks or by signals, with the time in between.

Time passes before each thing that is said, in the steps that adapter and session wished for. So the
events depend on what was said and when it was said, not on when anybody heard of it (S88).
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from video_tracker.events import Envelope, Event
from video_tracker.ingest.decode import Said
from video_tracker.players.base import Adapter, Callback, earliest
from video_tracker.session import Playback
from video_tracker.session.data.tolerances import LATEST_TIME
from video_tracker.signals import End, Exit, Progress, Signal

__all__ = ["IDLE", "Pair", "PlayerFeed", "Target"]

R_co = TypeVar("R_co", covariant=True)

Pair = tuple[Envelope, Event]
"""An event with the envelope of the session that said it."""

_Waiting = tuple[Said | None, Sequence[Signal]]
"""What was said and has not become signals yet, and signals that the session has not taken."""
_Before = tuple[_Waiting, int, tuple[Any, ...]]
"""Before a step: what waited, how much had been made, what the playback remembered."""
IDLE: Final[_Waiting] = (None, ())
_MOST_WAKES: Final = 10_000
_NEAR_END: Final = 3.0
"""Seconds before the content's end from which on progress may bring a session's wish forward."""


class Target(Protocol[R_co]):
    """What takes a stream in order: callbacks and signals, and the time between them."""

    def take(self, said: Said) -> Iterable[R_co]:
        """Let time pass up to what the client said next, and take it."""
        ...

    def advance(self, until: float) -> Iterable[R_co]:
        """Let time pass: do all that falls due until then, each thing at its own time."""
        ...

    def wake_at(self) -> float | None:
        """When something next falls due (Unix seconds); None while nothing does."""
        ...

    def finish(self, at: float | None = None) -> Iterable[R_co]:
        """The stream is over: give what was held back, and let time pass until then."""
        ...


class PlayerFeed:
    """What a viewer's player says goes in here, and events come out.

    Args:
        playback: The sessions.
        adapter: Translates the callbacks; without one only signals are understood, and callbacks
            are counted in ``untranslated``.
        keep_sessions: How many sessions of the playback are kept (each replay makes a new one).

    Attributes:
        playback, adapter: As given.
        untranslated: Callbacks that came though there is no adapter.
        due: Nothing falls due before (Unix seconds); minus infinity: that is to be asked.
        quiet_until: Up to this content position a small step can only put off what falls due.
        late: Callbacks after the session's end that play nothing (S61).
        sink: Where events go as soon as they are made, whatever interrupts what made them (see
            :meth:`go_on`); None: to who asked.
        waiting: What came in and the session has not taken; between inputs ``IDLE``.
    """

    __slots__ = (
        "_before",
        "_keep",
        "_last",
        "adapter",
        "due",
        "late",
        "playback",
        "quiet_until",
        "sink",
        "untranslated",
        "waiting",
    )

    def __init__(
        self, playback: Playback, adapter: Adapter | None = None, *, keep_sessions: int = 100
    ) -> None:
        self.playback = playback
        self.adapter = adapter
        self.untranslated = self.late = 0
        self._keep = max(1, keep_sessions)
        self._last = 0.0
        self.due = self.quiet_until = -math.inf
        self.sink: list[Any] | None = None
        self.waiting: _Waiting = IDLE
        self._before: _Before | None = None

    def take(self, said: Said, made: list[Any] | None = None) -> list[Any]:
        """Let time pass up to what is said next, and take it.

        At the same time what is said comes before what falls due (S88).

        Args:
            said: A callback or a signal.
            made: Where the events go; a new list by default.

        Returns:
            That list: the events, with their envelopes; an empty one where there is a ``sink``.
        """
        at = said.at
        made = [] if made is None else made
        into = made if self.sink is None else self.sink
        if type(at) is float and at < LATEST_TIME:  # what is no time lets none pass
            if at > self.due:
                self.waiting = said, ()
                self._pass(at, into)
            self._last = max(self._last, at)
            adapter = self.adapter
            if (
                adapter is not None
                and type(said) is Callback
                and not said.detail
                and said.element is None
            ):
                position = adapter.quick(at, said.player, said.event, said.state)
                if position is not None:
                    adapter.step(at, position)
                    if self.step(at, position):
                        self.waiting = IDLE
                    else:
                        self.waiting = None, (Progress(at, position),)
                        self._give(into, tried=True)
                    return made
        self.waiting = said, ()
        signals = self._signals(said)
        self.waiting = (None, signals) if signals else IDLE
        if signals:
            self._give(into)
        return made

    def go_on(self) -> None:
        """Finish what was interrupted, of which nothing is lost and nothing said twice.

        What came in waits here until the session has taken it. A step of the session in whose
        middle it was is undone and made again, unless what it said is in the ``sink`` already. Only
        an adapter cannot be set back: it hears a callback again in whose middle it was.
        """
        self._set_back()
        said, into = self.waiting[0], self.sink
        self._give([] if into is None else into)
        if said is not None:
            self.take(said)

    def give_up(self) -> None:
        """Leave what is at fault: the step in whose middle it was changes nothing."""
        self._set_back()
        self._before, self.waiting = None, IDLE

    def _set_back(self) -> None:
        said, signals = waiting = self.waiting
        before, made = self._before, self.sink
        if before is None or made is None or before[0] is not waiting:
            return
        if any(isinstance(each, tuple) for each in made[before[1] :]):
            self.waiting = said, signals[1:]  # it was taken
        else:
            self.playback.undo(before[2])
            del made[before[1] :]  # diagnostics, which it will tell again

    def hear(self, at: Any, said: tuple[str, str, Mapping[str, Any]]) -> bool:
        """The short way of a callback that is content's progress and nothing else.

        Args:
            at: When it came, in Unix seconds.
            said: Its channel, its name, its state; it has no detail and names no element.

        Returns:
            Whether it is taken; it says nothing then. Else nothing is done: it is for ``take``.
        """
        adapter = self.adapter
        if adapter is None or at >= self.due:
            return False
        channel, event, state = said
        position = adapter.quick(at, channel, event, state)
        if position is None or position >= self.quiet_until:
            return False
        if not self.playback.session.step(at, position):
            return False
        adapter.step(at, position)
        if at > self._last:  # noqa: PLR1730 - a call would cost as much as the rest
            self._last = at
        return True

    def step(self, at: Any, position: float, duration: float | None = None) -> bool:
        """As ``hear``, for the content's clock and its length, told by a signal or an adapter."""
        if at > self.due or position >= self.quiet_until:
            return False
        return self.playback.session.step(at, position, duration)

    def _give(self, made: list[Any], tried: bool = False) -> None:
        """Give the session what waits, one signal after the other; each leaves when it is taken.

        Args:
            made: Where the events go.
            tried: Whether the first is progress that is not short.
        """
        said, signals = waiting = self.waiting
        while signals:
            signal = signals[0]
            if tried or type(signal) is not Progress or not self._steps(signal):
                if made is self.sink:
                    self._before = waiting, len(made), self.playback.remembered()
                made += self._receive(signal)
            signals = signals[1:]
            self.waiting = waiting = said, signals
            tried = False
        self._before, self.waiting = None, IDLE if said is None else waiting

    def _steps(self, signal: Progress) -> bool:
        at: Any = signal.at
        position: Any = signal.position
        floats = type(position) is float and type(at) is float
        return floats and self.step(at, position, signal.duration)

    def _receive(self, signal: Signal) -> Iterable[Pair]:
        if type(signal) is not Progress or type(signal.position) is not float:
            return self._receive_any(signal)
        # The content's clock where something is to be said, often a heartbeat.
        due, playback = self.due, self.playback
        short = playback.steady and (signal.position or 0.0) < self.quiet_until
        said = self._receive_any(signal)
        if short and playback.steady:
            self.due = due  # which was only put off
        return said

    def _receive_any(self, signal: Signal) -> Iterable[Pair]:
        self.due = -math.inf
        said = self.playback.receive(signal)
        surplus = len(self.playback.earlier) + 1 - self._keep
        if surplus > 0:
            self.playback.earlier = self.playback.earlier[surplus:]
        return said

    def _signals(self, said: Said) -> Sequence[Signal]:
        adapter = self.adapter
        if isinstance(said, Callback):
            if adapter is None:
                self.untranslated += 1
                return ()
            signals = adapter.translate(said)
            if adapter.wake_at() is not None:
                self.due = -math.inf
            elif not signals and self.playback.session.over:
                self.late += 1
            return signals
        if adapter is not None and isinstance(said, (Exit, End)):
            return (*adapter.flush(said.at), said)
        return (said,)

    def wake_at(self) -> float | None:
        """When adapter or session next wants to be woken."""
        return earliest(*self._wishes())

    def _wishes(self) -> tuple[float | None, float | None]:
        """When the session, and when the adapter, wants to be woken."""
        wish, held = self.playback.wake_at(), None
        if self.adapter is not None:
            held = self.adapter.wake_at()
        due, duration = earliest(wish, held), self.playback.session.duration
        self.due = math.inf if due is None else due
        self.quiet_until = math.inf if duration is None else duration - _NEAR_END
        return wish, held

    def advance(self, until: float) -> list[Pair]:
        """Let time pass until then, in the steps that are wished for."""
        made: list[Pair] = []
        self._pass(math.nextafter(until, math.inf), made if self.sink is None else self.sink)
        return made

    def _pass(self, before: float, made: list[Any]) -> None:
        woken = -math.inf  # who wants what he has just been given waits for a callback
        for _ in range(_MOST_WAKES):
            wish, held = self._wishes()
            due = self.due
            if due >= before or due == woken:
                break
            if wish == due:
                self._tick(due, made)
            if held == due:
                self._settle(due, made)
            woken = due

    def _tick(self, due: float, made: list[Any]) -> None:
        said = self.waiting[0]
        self.waiting = waiting = said, ()
        if made is self.sink:
            self._before = waiting, len(made), self.playback.remembered()
        made += self.playback.tick(due)
        self._before, self.waiting = None, IDLE if said is None else waiting

    def _settle(self, due: float, made: list[Any]) -> None:
        if self.adapter is not None:
            self.waiting = self.waiting[0], self.adapter.settle(due)
            self._give(made)

    def finish(self, at: float | None = None) -> Iterator[Pair]:
        """Give what the adapter holds back, then let time pass.

        Args:
            at: No further than this, in Unix seconds; None: until nothing more falls due, so that
                an open session times out (S26).
        """
        yield from self.let_go()
        yield from self.playback.finish(at)

    def let_go(self) -> list[Pair]:
        """Give what the adapter holds back: no callback will explain it any more."""
        made: list[Pair] = []
        if self.adapter is not None:
            self.waiting = None, self.adapter.flush(self._last)
            self._give(made if self.sink is None else self.sink)
        return made
