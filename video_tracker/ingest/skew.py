"""How far a client's clock is from the server's, and what is done about it. Pure.

The correction must not depend on how long the network took, or the same viewing would give other
bytes each time it is delivered. There are two ways to have that:

* *Fixed at the opening.* When the session was opened (its token was asked for), client and server
  compared clocks once. That difference holds for all beacons, wherever and whenever they arrive.
* *Estimated, in whole steps.* Otherwise the least of the first bodies' ``received_at - sent_at``
  stands for the difference. It is the true one plus the time on the way, so it is rounded to a
  multiple of twice the tolerance: a clock that is right within the tolerance is left alone, another
  is brought within it, and time on the way changes nothing, unless the true difference lies closer
  below an odd multiple of the tolerance than the beacons' delays.

It is fixed with the first beacon that is used. After that only a clock that is set in mid-session
changes it (S64). A beacon that lies before the one before it shows that the clock was set back: it
is read on from the newest time. One from further in the future than twice the tolerance shows that
it was set forward: it is set back by whole steps. (What is set forward by less looks like silence,
and the session takes it for that, S63.)
"""

import math
from collections.abc import Sequence
from typing import Any, Final

from video_tracker.errors import PolicyError

__all__ = ["ClockSkew"]


class ClockSkew:
    """One client's clock.

    Args:
        tolerance: Seconds by which a client's clock may be wrong without being corrected.
        opened: The server's and the client's time (Unix seconds) at the opening of the session;
            a difference within the tolerance is left alone, any other is corrected exactly.

    Attributes:
        correction: Seconds that are added to the client's times.
        estimate: The least ``received_at - sent_at`` of the first bodies; None before one came.
        jumps: How often the client's clock was set, as far as could be seen.

    Raises:
        PolicyError: The tolerance is no positive number, or a time is none.
    """

    __slots__ = ("_fixed", "_samples", "correction", "estimate", "jumps", "tolerance")

    SAMPLES: Final = 16
    """Bodies from which the estimate is made."""

    UNEVEN: Final = 1.0
    """Seconds by which times may run backwards because a client's sources differ a little."""

    def __init__(
        self, tolerance: float = 60.0, *, opened: tuple[float, float] | None = None
    ) -> None:
        if not (math.isfinite(tolerance) and tolerance > 0):
            raise PolicyError(f"tolerance must be seconds, more than zero, not {tolerance!r}")
        self.tolerance: Final = float(tolerance)
        self.correction = 0.0
        self.estimate: float | None = None
        self.jumps = 0
        self._samples = 0
        self._fixed = False
        if opened is not None:
            difference = opened[0] - opened[1]
            if not math.isfinite(difference):
                raise PolicyError(f"opened must be two times in Unix seconds, not {opened!r}")
            self._fixed = True
            if abs(difference) > self.tolerance:
                self.correction = difference

    def observe(self, sent_at: float, received_at: float) -> None:
        """Take note of a body.

        Args:
            sent_at: When it was sent, by the client's clock.
            received_at: When it came, by the server's.
        """
        if self._samples >= self.SAMPLES:
            return
        self._samples += 1
        difference = received_at - sent_at
        if self.estimate is None or difference < self.estimate:
            self.estimate = difference

    def correct(self, at: float, received_at: float, newest: float) -> float:
        """The server's time of what happened at the client's ``at``.

        Args:
            at: The client's time.
            received_at: When it came, by the server's clock.
            newest: The newest time that this gave before; minus infinity for the first.
        """
        if not self._fixed:
            self._fixed = True
            if self.estimate is not None:
                self.correction = self._steps(self.estimate)
        corrected = at + self.correction
        if corrected > received_at + 2 * self.tolerance:
            self.correction -= self._steps(corrected - received_at)
            self.jumps += 1
        elif corrected < max(newest - self.UNEVEN, 0.0):
            # Before the first beacon it was set back, too, if that one lies before all time.
            self.correction += (newest if newest > 0.0 else received_at) - corrected
            self.jumps += 1
        else:
            return corrected
        return at + self.correction

    def late(self, at: float, newest: float) -> float:
        """The time of what came after its turn: never beyond the newest."""
        return min(at + self.correction, newest)

    def written(self) -> list[Any]:
        """What it knows, as plain values; its tolerance is no part of it."""
        return [self.correction, self.estimate, self.jumps, self._samples, self._fixed]

    def read(self, told: Sequence[Any]) -> None:
        """Go on with what :meth:`written` gave.

        Raises:
            TypeError, ValueError: It is nothing of the kind.
        """
        correction, estimate, jumps, samples, fixed = told
        self.correction = float(correction)
        self.estimate = None if estimate is None else float(estimate)
        self.jumps, self._samples, self._fixed = int(jumps), int(samples), bool(fixed)

    def _steps(self, difference: float) -> float:
        step = 2 * self.tolerance
        return step * round(difference / step)
