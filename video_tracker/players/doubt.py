"""A pause of the content of which it is not known yet whose it is.

The viewer's, or an ad break's: frameworks stop the content for their breaks, some before they say a
word of ads (S31). A seek's: some players stop for a scrub and play on inside it (S30). A stall's:
the player says at once that it waits (S74). Such a pause is held until the next callback shows
whose it was, for a quarter of a second at most; a seek right after it is held with it.
"""

from collections.abc import Callable, Iterable
from typing import Final

import attrs

from video_tracker.players.base import Callback
from video_tracker.signals import Signal

__all__ = ["ENDS_DOUBT", "HOLD", "QUIET", "Doubt"]

HOLD: Final = 0.25
"""Seconds for which an adapter holds a callback at most until the next shows what it meant (S31):
a pause, a paused snapshot, the loss of a source, a jump, a break's or an ad's first word."""
Tell = Callable[[Callback], Iterable[Signal]]
"""What a callback means, told at last."""
ENDS_DOUBT: Final = frozenset({"emptied", "ended", "play"})
"""Events of the content's element before which an ad break would have come."""
QUIET: Final = frozenset({"load", "quality", "update"})
"""Signals that tell nothing of playback: a callback that may become no other explains no pause."""


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class Doubt:
    """Holds a pause, and a seek that may have made it."""

    held: Callback | None = None
    """The pause in doubt, as the content's element says it; None when there is none."""
    _seek: Callback | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything is held."""
        return self.held is not None or self._seek is not None

    def wake_at(self) -> float | None:
        """When it is believed to be the viewer's; None when nothing is held."""
        return None if self.held is None else self.held.at + HOLD

    def take(self) -> Callback | None:
        """The pause that was held, once."""
        held, self.held = self.held, None
        return held

    def defers(self, callback: Callback, *, seeks: bool) -> bool:
        """Whether the callback begins a seek, if it ``seeks``, that is held with the pause."""
        if self.held is None or self._seek is not None or not seeks:
            return False
        self._seek = callback
        return True

    def explains(self, *, plays: bool) -> bool:
        """Whether what comes next decides, as anything does after a seek that is held.

        Where it ``plays``, the seek had paused, not the viewer (S30).
        """
        if self._seek is not None and plays:
            self.held = None
        return self._seek is not None

    def release(self, pause: Tell, seek: Tell) -> list[Signal]:
        """What is held is told, once and in its order: nothing took it for its own."""
        held, begun, self._seek = self.take(), self._seek, None
        out = [] if held is None else list(pause(held))
        return out if begun is None else [*out, *seek(begun)]

    def stall(self) -> Callback | None:
        """The held pause was a stall's beginning, as what the player says right after it (S74)."""
        if self._seek is not None or (pause := self.take()) is None:
            return None
        return attrs.evolve(pause, event="waiting", state={**pause.state, "paused": False})
