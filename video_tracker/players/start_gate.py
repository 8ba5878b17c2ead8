"""Holds back what a player says before its time.

Frameworks announce breaks, and fail in them, when the page loads and nobody has pressed play yet
(S71, D5, D8). A session begins with the intent to play (S25), so these come right after it. Some
players let the content run until their ad manager takes over: Shaka for 10 to 90 ms (D11). Where
the manager has announced a pre-roll, that moment opens no content pod (S73).
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
    BufferEnd,
    BufferStart,
    End,
    Exit,
    Load,
    Play,
    Playing,
    Progress,
    Quality,
    Signal,
    Update,
)

__all__ = ["ContentFlash", "StartGate"]

_HELD: Final = (AdBreakStart, AdBreakEnd, AdEnd, AdError, AdSkip, Quality)
_HOLD: Final = 0.5  # Seconds after which content that goes on is no flash.
_MOVES: Final = (Playing, Progress, BufferStart, BufferEnd)
_IDLE: Final = (*_MOVES, Update, Load)


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class StartGate:
    """Lets signals through; those of ads and quality not before the first ``play``."""

    _open: bool = False
    _held: list[Signal] | None = None

    def let(self, signals: Iterable[Signal]) -> list[Signal]:
        """The signals of one callback that may go now, in order."""
        out: list[Signal] = []
        for signal in signals:
            if not self._open and isinstance(signal, _HELD):
                self._held = self._held or []
                self._held.append(signal)
                continue
            out.append(signal)
            if isinstance(signal, (Play, Playing)) and not self._open:
                self._open = True
                out += (attrs.evolve(held, at=signal.at) for held in self._held or ())
                self._held = None
            elif isinstance(signal, (End, Exit)):
                self._open = False
        return out


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class ContentFlash:
    """Lets signals through; the content's first moves wait while a pre-roll is due."""

    pre_roll_due: bool = False
    """Whether the ad manager has announced a break before the content."""
    _over: bool = False
    _held: list[Signal] | None = None

    def let(self, signals: Iterable[Signal]) -> list[Signal]:
        """The signals of one callback that may go now, in order."""
        return [goes for signal in signals for goes in self._let(signal)]

    def release(self) -> list[Signal]:
        """It was no flash: everything held, with its true times."""
        out, self._held = self._held or [], None
        self._over = self._over or bool(out)
        return out

    def wake_at(self) -> float | None:
        """When what is held goes on its way."""
        return self._held[0].at + _HOLD if self._held else None

    def _let(self, signal: Signal) -> list[Signal]:
        if not self._held:
            return self._first(signal)
        if isinstance(signal, AdBreakStart):
            kept = [held for held in self.release() if not isinstance(held, _MOVES)]
            return [*kept, signal]
        if not isinstance(signal, _IDLE) or signal.at >= self._held[0].at + _HOLD:
            return [*self.release(), signal]
        self._held.append(signal)
        return []

    def _first(self, signal: Signal) -> list[Signal]:
        if isinstance(signal, Load) and signal.next_item:
            self._over = False
        elif isinstance(signal, AdBreakStart):
            self._over = True
        elif self.pre_roll_due and not self._over and isinstance(signal, (Playing, Progress)):
            self._held = [signal]
            return []
        return [signal]
