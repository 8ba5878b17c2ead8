"""One viewer's playback, fed by a player's callbacks or by signals, with the time in between.

Time passes before each thing that is said, in the steps that adapter and session wished for. So the
events depend on what was said and when it was said, not on when anybody heard of it (S88).
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Protocol, TypeVar

from video_tracker.events import Envelope, Event
from video_tracker.ingest.decode import Said
from video_tracker.players.base import Adapter, Callback, earliest
from video_tracker.session import Playback
from video_tracker.session.data.tolerances import LATEST_TIME
from video_tracker.signals import End, Exit, Progress, Signal

__all__ = ["Pair", "PlayerFeed", "Target"]

R_co = TypeVar("R_co", covariant=True)

Pair = tuple[Envelope, Event]
"""An event with the envelope of the session that said it."""

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
    """

    __slots__ = (
        "_keep",
        "_last",
        "adapter",
        "due",
        "late",
        "playback",
        "quiet_until",
        "untranslated",
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

    def take(self, said: Said, made: list[Any] | None = None) -> list[Any]:
        """Let time pass up to what is said next, and take it.

        At the same time what is said comes before what falls due (S88).

        Args:
            said: A callback or a signal.
            made: Where the events go; a new list by default.

        Returns:
            That list: the events, with their envelopes.
        """
        at = said.at
        made = [] if made is None else made
        if type(at) is float and at < LATEST_TIME:  # what is no time lets none pass
            if at > self.due:
                made += self._pass(at)
            self._last = max(self._last, at)
            adapter = self.adapter
            if adapter is None and type(said) is Progress:
                made += self._receive(said)
                return made
            if (
                adapter is not None
                and type(said) is Callback
                and not said.detail
                and said.element is None
            ):
                position = adapter.quick(at, said.player, said.event, said.state)
                if position is not None:
                    adapter.step(at, position)
                    if not self.step(at, position):
                        made += self._move(Progress(at, position))
                    return made
        for signal in self._signals(said):
            made += self._receive(signal)
        return made

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

    def _receive(self, signal: Signal) -> Iterable[Pair]:
        if type(signal) is not Progress or type(signal.position) is not float:
            return self._receive_any(signal)
        if type(signal.at) is float and self.step(signal.at, signal.position, signal.duration):
            return ()
        return self._move(signal)

    def _move(self, signal: Progress) -> Iterable[Pair]:
        """The content's clock where something is to be said, often a heartbeat."""
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

    def _signals(self, said: Said) -> Iterable[Signal]:
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
        held = None if self.adapter is None else self.adapter.wake_at()
        due = earliest(held, self.playback.wake_at())
        duration = self.playback.session.duration
        self.due = math.inf if due is None else due
        self.quiet_until = math.inf if duration is None else duration - _NEAR_END
        return due

    def advance(self, until: float) -> list[Pair]:
        """Let time pass until then, in the steps that are wished for."""
        return self._pass(math.nextafter(until, math.inf))

    def _pass(self, before: float) -> list[Pair]:
        made: list[Pair] = []
        woken = -math.inf  # who wants what he has just been given waits for a callback
        for _ in range(_MOST_WAKES):
            due = self.wake_at()
            if due is None or due >= before or due == woken:
                break
            made += self._wake(due)
            woken = due
        return made

    def _wake(self, due: float) -> Iterator[Pair]:
        wish = self.playback.wake_at()
        if wish is not None and wish <= due:
            yield from self.playback.tick(due)
        elif self.adapter is not None:
            for signal in self.adapter.settle(due):
                yield from self.playback.receive(signal)

    def finish(self, at: float | None = None) -> Iterator[Pair]:
        """Give what the adapter holds back, then let time pass.

        Args:
            at: No further than this, in Unix seconds; None: until nothing more falls due, so that
                an open session times out (S26).
        """
        yield from self.let_go()
        yield from self.playback.finish(at)

    def let_go(self) -> Iterator[Pair]:
        """Give what the adapter holds back: no callback will explain it any more."""
        if self.adapter is not None:
            for signal in self.adapter.flush(self._last):
                yield from self._receive(signal)
