"""What an input is: its name, its meaning, and what its position is evidence of."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

__all__ = ["AD", "BEGINS", "CONTENT", "PLAYS", "Custom", "Input", "Meaning", "When"]

When = float | datetime  # Unix seconds, or an aware datetime
Custom = Mapping[str, Any] | None  # properties, context, integrations
Meaning = Callable[..., None]  # a function of the state, the time and the input's own arguments

CONTENT: Final = "content"
AD: Final = "ad"
PLAYS: Final = "what plays"
BEGINS: Final = "what begins"


@attrs.frozen(eq=False)
class Input:
    """One input of a session: the row that the steps of the way in read."""

    name: str  # of the session's method, the signal, and the row of the charts
    means: Meaning  # what it does
    place: int | None = None  # where among its arguments its position stands, if it bears one
    of: str = PLAYS  # whose position that is: the content's, the ad's, of what plays... (S78)
    reports: bool = False  # it does nothing but tell a position
    opens: bool = False  # it says that playing goes on from here
    closes: bool = False  # it closes a stretch: until now its position was played (S63, S79)
    ends: bool = False  # it closes an item's stretch, whose Completed says what a beat would (S44)
    leads: bool = False  # the content is there from now on, wherever it stood before (S78)
    decides: bool = True  # it shows what something in doubt was (S82); attributes do not
    asks: bool = False  # the chart is asked before its meaning, which else asks itself

    def content_place(self, args: tuple[Any, ...]) -> float | None:
        """The position among its arguments, where it may be the content's."""
        told = None if self.place is None or self.of == AD else args[self.place]
        return told if isinstance(told, float) and told >= 0.0 else None
