"""A clock that moves only when it is told to, so that a test is the same on every run (S46)."""

import threading
from typing import Final

__all__ = ["NOON", "ManualClock"]

NOON: Final = 1_767_268_800.0
"""2026-01-01T12:00:00Z: a start that reads well in timestamps."""


class ManualClock:
    """A clock moved by hand; it serves wherever a ``video_tracker.clock.Clock`` does.

    Args:
        at: Where it stands, in Unix seconds.
    """

    def __init__(self, at: float = NOON) -> None:
        self._at = float(at)
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the time it stands at, in Unix seconds."""
        return self._at

    def advance(self, seconds: float) -> float:
        """Move it on.

        Args:
            seconds: How far, zero or more: a clock of this library never steps back (S64).

        Returns:
            The time it stands at then.

        Raises:
            ValueError: ``seconds`` is negative or no number.
        """
        if not seconds >= 0:
            raise ValueError(f"a clock moves on by zero seconds or more, not {seconds!r}")
        with self._lock:
            self._at += seconds
            return self._at

    def move_to(self, at: float) -> float:
        """Move it on to a time.

        Args:
            at: Unix seconds, not before the time it stands at.

        Raises:
            ValueError: ``at`` lies before that, or is no number.
        """
        with self._lock:
            if not at >= self._at:
                raise ValueError(f"a clock does not go back from {self._at!r} to {at!r}")
            self._at = float(at)
            return self._at
