"""A pause of which it is not known yet whose it is: the viewer's, an ad break's or a seek's (S31).

It is held until the same player's next callback shows it, a quarter of a second at most. A seek
right after it may have made it: it waits with the pause until play undoes both, or nothing does.
"""

from typing import Final

import attrs

from video_tracker.players.base import Callback

__all__ = ["HOLD", "PauseDoubt"]

HOLD: Final = 0.25
"""Seconds for which a pause is held at most (S31)."""


class PauseDoubt:
    """Holds a pause, and a seek that may have made it.

    Attributes:
        pause: The pause in doubt, as the content's element says it; None when there is none.
    """

    __slots__ = ("_seek", "pause")

    def __init__(self) -> None:
        self.pause: Callback | None = None
        self._seek: Callback | None = None

    def hold(self, pause: Callback) -> None:
        """A pause comes whose cause is not known."""
        self.pause, self._seek = pause, None

    def wake_at(self) -> float | None:
        """When it is believed to be the viewer's; None when nothing is held."""
        return None if self.pause is None else self.pause.at + HOLD

    def holds(self, callback: Callback, *, seeks: bool) -> bool:
        """Whether the callback begins a seek that is held with the pause.

        Args:
            callback: What comes next.
            seeks: Whether it says that a seek begins.
        """
        if self.pause is None or self._seek is not None or not seeks:
            return False
        self._seek = callback
        return True

    def is_over(self, *, plays: bool) -> bool:
        """Whether what comes next decides, as it does after a seek that is held.

        Args:
            plays: Whether play is pressed: then the seek had paused, not the viewer (S30).
        """
        if self._seek is not None and plays:
            self.pause = None
        return self._seek is not None

    def stalls(self) -> Callback | None:
        """The player says right after it that it waits for data: no pause but a stall (S74).

        Returns:
            What the content's element would have said in its place; None when nothing is held.
        """
        pause, seek = self.pause, self._seek
        if pause is None or seek is not None:
            return None
        self.pause = None
        return attrs.evolve(pause, event="waiting", state={**pause.state, "paused": False})

    def take(self) -> tuple[Callback | None, Callback | None]:
        """What is held, the pause and the seek, no longer."""
        held = self.pause, self._seek
        self.pause = self._seek = None
        return held
