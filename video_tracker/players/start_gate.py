"""Holds ad signals back until play is wanted.

Frameworks announce breaks, and fail in them, when the page loads and nobody has pressed play yet
(S71, D5, D8). A session begins with the intent to play (S25), so these come right after it.
"""

from collections.abc import Iterable
from typing import Final

import attrs

from video_tracker.signals import (
    AdBreakEnd,
    AdBreakStart,
    AdEnd,
    AdError,
    AdSkip,
    Exit,
    Play,
    Playing,
    Quality,
    Signal,
)

__all__ = ["StartGate"]

_HELD: Final = (AdBreakStart, AdBreakEnd, AdEnd, AdError, AdSkip, Quality)


class StartGate:
    """Lets signals through; those of ads and quality not before the first ``play``."""

    def __init__(self) -> None:
        self._open = False
        self._held: list[Signal] = []

    def let(self, signals: Iterable[Signal]) -> list[Signal]:
        """The signals that may go now, in order.

        Args:
            signals: What an adapter made of one callback.
        """
        out: list[Signal] = []
        for signal in signals:
            if not self._open and isinstance(signal, _HELD):
                self._held.append(signal)
                continue
            out.append(signal)
            if isinstance(signal, Play | Playing) and not self._open:
                self._open = True
                out += (attrs.evolve(held, at=signal.at) for held in self._held)
                self._held.clear()
            elif isinstance(signal, Exit):
                self._open = False
        return out
