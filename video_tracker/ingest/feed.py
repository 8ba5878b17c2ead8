"""What an intake gives its stream to: a player's adapter and playback, driven in strict order."""

from collections.abc import Iterable, Iterator
from typing import Final, Protocol, TypeVar

from video_tracker.events import Envelope, Event
from video_tracker.ingest.decode import Said
from video_tracker.players.base import Adapter, Callback
from video_tracker.session import Playback
from video_tracker.signals import End, Exit, Signal

__all__ = ["Pair", "PlayerFeed", "Target"]

R_co = TypeVar("R_co", covariant=True)

Pair = tuple[Envelope, Event]
"""An event with the envelope of the session that said it."""

_MOST_WAKES: Final = 10_000


class Target(Protocol[R_co]):
    """What takes a stream in order: callbacks and signals, and the time between them."""

    def receive(self, said: Said) -> Iterable[R_co]:
        """Take what the client said next."""
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
    """A playback fed by a player's callbacks, or by signals, with the time in between.

    Time passes for it before each callback, in the steps that adapter and session wished for. So
    its events depend on what was said and when it was said, not on when anybody heard of it.

    Args:
        playback: The sessions.
        adapter: Translates the callbacks; without one only signals are understood, and callbacks
            are counted in ``untranslated``.
        keep_sessions: How many sessions of the playback are kept (each replay makes a new one).

    Attributes:
        untranslated: Callbacks that came though there is no adapter.
    """

    def __init__(
        self, playback: Playback, adapter: Adapter | None = None, *, keep_sessions: int = 100
    ) -> None:
        self.playback = playback
        self.adapter = adapter
        self.untranslated = 0
        self._keep = max(1, keep_sessions)
        self._last = 0.0

    def receive(self, said: Said) -> Iterator[Pair]:
        """Take a callback or a signal; the events it makes, each with its envelope."""
        self._last = max(self._last, said.at)
        for signal in self._signals(said):
            yield from self.playback.receive(signal)
        del self.playback.sessions[: -self._keep]

    def _signals(self, said: Said) -> Iterable[Signal]:
        if isinstance(said, Callback):
            if self.adapter is None:
                self.untranslated += 1
                return ()
            return self.adapter.translate(said)
        if self.adapter is not None and isinstance(said, Exit | End):
            return (*self.adapter.flush(said.at), said)
        return (said,)

    def wake_at(self) -> float | None:
        """When adapter or session next wants to be woken."""
        held = None if self.adapter is None else self.adapter.wake_at()
        wish = self.playback.wake_at()
        if held is None or (wish is not None and wish <= held):
            return wish
        return held

    def advance(self, until: float) -> Iterator[Pair]:
        """Let time pass until then, in the steps that are wished for."""
        for _ in range(_MOST_WAKES):
            due = self.wake_at()
            if due is None or due > until:
                return
            yield from self._wake(due)
            if self.wake_at() == due:
                return  # it wants what it has just been given: it waits for a callback

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
                yield from self.playback.receive(signal)
