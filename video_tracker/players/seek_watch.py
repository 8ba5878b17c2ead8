"""Which seeks are a viewer's, and when they are over (S33, S70).

Players seek on their own: nudges after a stall or an ad, rewinding before a replay, the way back to
a position. A viewer scrubs: a burst of seeks, some of them small, of which the last one counts.
"""

from typing import Final

import attrs

__all__ = ["Seek", "SeekWatch"]

SMALL_SEEK: Final = 0.5
"""Seconds below which a seek is the machine's, not the viewer's (S70)."""
_SCRUB: Final = 0.5
"""Seconds after a viewer's seek within which even a small one belongs to the same gesture (S33)."""


@attrs.define
class Seek:
    """A seek under way.

    Args:
        origin: Where it left, in content seconds; None when unknown.
        target: Where it goes.
        began: When it began, in Unix seconds.
        reported: Whether the session was told: it is a viewer's.
    """

    origin: float | None
    target: float | None
    began: float
    reported: bool = False


class SeekWatch:
    """Follows an element's seeks.

    Attributes:
        current: The seek under way, if any.
    """

    __slots__ = ("_nudge", "_over_at", "current")

    def __init__(self) -> None:
        self.current: Seek | None = None
        self._over_at: float | None = None
        self._nudge: tuple[float, float] | None = None

    def clear(self) -> None:
        """Forget everything: another source, or ads in between."""
        self.current = self._over_at = self._nudge = None

    def own(self, at: float, origin: float | None, target: float | None) -> None:
        """The element seeks on its own, or before it was started: nobody is told."""
        self.current = Seek(origin, target, at)

    def begin(self, at: float, origin: float, target: float) -> Seek:
        """A seek begins; its ``reported`` says whether it is a viewer's (S70)."""
        nudged = self._nudge[1] if self._nudge and at - self._nudge[0] <= _SCRUB else None
        in_scrub = self._over_at is not None and at - self._over_at <= _SCRUB
        start = origin if nudged is None else nudged
        far = max(abs(target - origin), abs(target - start)) >= SMALL_SEEK
        self.current = Seek(start if far else origin, target, at, in_scrub or far)
        if nudged is None:
            self._nudge = None
        return self.current

    def again(self, target: float | None, *, audible: bool) -> Seek | None:
        """A seek begun before the last one ended continues it (S33).

        Args:
            target: Where it goes now.
            audible: Whether a viewer may have made it: content shows and nothing is resuming.

        Returns:
            The seek when the session is to be told of it, else None.
        """
        seek = self.current
        if seek is None:
            return None
        seek.target = target
        if not seek.reported and audible and seek.origin is not None and target is not None:
            seek.reported = abs(target - seek.origin) >= SMALL_SEEK
        return seek if seek.reported else None

    def end(self, at: float, *, shown: bool) -> Seek | None:
        """The seek under way is over; it is returned, if there was one.

        Args:
            at: When that was said.
            shown: Whether the content has shown a frame, so that small steps may add up.
        """
        seek, self.current = self.current, None
        if seek is None:
            return None
        if seek.reported:
            self._over_at, self._nudge = at, None
        elif seek.origin is not None and shown:
            self._nudge = (at, self._nudge[1] if self._nudge else seek.origin)
        return seek
