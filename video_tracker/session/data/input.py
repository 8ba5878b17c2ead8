"""What an input is: its name, its meaning, and what its position is evidence of."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import attrs

__all__ = ["AD", "CONTENT", "PLAYS", "Input", "Meaning", "When"]

When = float | datetime
"""Unix seconds, or an aware ``datetime``."""

Meaning = Callable[..., None]
"""What an input means: a function of the state, the time and the input's own arguments."""

CONTENT: Final = "content"
AD: Final = "ad"
PLAYS: Final = "what plays"


@attrs.frozen(eq=False)
class Input:
    """One input of a session: the row that the steps of the way in read.

    Args:
        name: The session's method, the signal, and the row of the charts.
        means: What it does.
        place: Where among its arguments its position stands; None when it bears none.
        of: Whose position that is: the content's, the ad's, or of what plays (S78).
        reports: It does nothing but tell a position.
        opens: It says that playing goes on from here.
        closes: It closes a stretch: until now was played what its position shows (S63, S79).
        ends: It closes the stretch of an item, whose Completed says what a beat would (S44).
        leads: It says where the content is from now on: it need not fit where it stood (S78).
        decides: Whether it shows what something in doubt was (S82); attributes do not.
        asks: The chart is asked before its meaning, which else asks when it has read its words.
    """

    name: str
    means: Meaning
    place: int | None = None
    of: str = PLAYS
    reports: bool = False
    opens: bool = False
    closes: bool = False
    ends: bool = False
    leads: bool = False
    decides: bool = True
    asks: bool = False

    def content_place(self, args: tuple[Any, ...]) -> float | None:
        """The position among its arguments, where it may be the content's."""
        told = None if self.place is None or self.of == AD else args[self.place]
        return told if isinstance(told, float) and told >= 0.0 else None
