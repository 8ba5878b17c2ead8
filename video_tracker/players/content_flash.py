"""Holds back the moment of content that shows before a pre-roll (S73).

Some players let the content run until their ad manager takes over: Shaka for 10 to 90 ms (D11).
Where the manager has announced a pre-roll, that moment opens no content pod.
"""

from collections.abc import Iterable
from typing import Final

from video_tracker.signals import (
    AdBreakStart,
    BufferEnd,
    BufferStart,
    Load,
    Playing,
    Progress,
    Signal,
    Update,
)

__all__ = ["ContentFlash"]

_HOLD: Final = 0.5
"""Seconds after which content that goes on is no flash."""
_MOVES: Final = (Playing, Progress, BufferStart, BufferEnd)
_IDLE: Final = (*_MOVES, Update, Load)


class ContentFlash:
    """Lets signals through; the content's first moves wait while a pre-roll is due."""

    def __init__(self) -> None:
        self.pre_roll_due = False
        """Whether the ad manager has announced a break before the content."""
        self._over = False
        self._since: float | None = None
        self._held: list[Signal] = []

    def let(self, signals: Iterable[Signal]) -> list[Signal]:
        """The signals that may go now, in order.

        Args:
            signals: What an adapter made of one callback.
        """
        out: list[Signal] = []
        for signal in signals:
            out += self._let(signal)
        return out

    def release(self) -> list[Signal]:
        """It was no flash: everything held, with its true times."""
        out, self._held = self._held, []
        self._over = self._over or self._since is not None
        self._since = None
        return out

    def wake_at(self) -> float | None:
        """When what is held goes on its way."""
        return None if self._since is None else self._since + _HOLD

    def _let(self, signal: Signal) -> list[Signal]:
        if self._since is None:
            return self._first(signal)
        if isinstance(signal, AdBreakStart):
            kept = [held for held in self.release() if not isinstance(held, _MOVES)]
            return [*kept, signal]
        if not isinstance(signal, _IDLE) or signal.at >= self._since + _HOLD:
            return [*self.release(), signal]
        self._held.append(signal)
        return []

    def _first(self, signal: Signal) -> list[Signal]:
        if isinstance(signal, Load) and signal.next_item:
            self._over = False
        elif isinstance(signal, AdBreakStart):
            self._over = True
        elif self.pre_roll_due and not self._over and isinstance(signal, Playing | Progress):
            self._since = signal.at
            self._held = [signal]
            return []
        return [signal]
