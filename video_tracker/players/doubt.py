"""A pause of the content that may be its ads' own.

Ad frameworks stop the content for their breaks, some before they say a word of ads (S31). Such a
pause is held until the next callback shows whose it was, for a quarter of a second at most.
"""

from typing import Final

from video_tracker.players.base import Callback

__all__ = ["ENDS_DOUBT", "HOLD", "Doubt"]

HOLD: Final = 0.25
"""Seconds for which a pause is held until it is known whether an ad break made it, and within which
a `pause` follows a snapshot that is paused, or a new source the loss of one (S31)."""
ENDS_DOUBT: Final = frozenset({"emptied", "ended", "play", "seeking"})
"""Events of the content's element before which an ad break would have come."""


class Doubt:
    """Holds one callback."""

    __slots__ = ("held",)

    def __init__(self) -> None:
        self.held: Callback | None = None
        """The callback that is held."""

    def take(self) -> Callback | None:
        """What was held, once."""
        held, self.held = self.held, None
        return held

    def is_over(self, at: float) -> bool:
        """Whether it was held for as long as it may be."""
        return self.held is not None and at - self.held.at > HOLD

    def wake_at(self) -> float | None:
        """When what is held falls due."""
        return None if self.held is None else self.held.at + HOLD

    def ends_with(self, callback: Callback) -> bool:
        """Whether a callback shows that the held pause was the viewer's."""
        if self.held is None:
            return False
        content = callback.player == "html5" and callback.element is None
        leaves = callback.player == "page" and callback.event == "pagehide"
        return leaves or (content and callback.event in ENDS_DOUBT) or self.is_over(callback.at)
