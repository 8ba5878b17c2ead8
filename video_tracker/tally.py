"""What was counted of a player's callbacks, by kind and name."""

from collections.abc import Callable
from typing import Any, Final

__all__ = ["MOST_NAMES", "Tally"]

MOST_NAMES: Final = 500
"""Different callbacks that are counted each by itself: a stranger may make up any number."""


class Tally:
    """Counts that an adapter shares with its parts, which so need not know it.

    Attributes:
        on_ignored: Told of each callback that was ignored, under the name by which it is counted.
    """

    __slots__ = ("_counts", "on_ignored")

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, int]] | None = None
        self.on_ignored: Callable[[str], object] | None = None

    def of(self, kind: str) -> dict[str, int]:
        """The counts of a kind, by name."""
        if self._counts is None:
            self._counts = {}
        return self._counts.setdefault(kind, {})

    def count(self, kind: str, name: str, others: str = "others") -> str:
        """Count something by its name, or among ``others`` where there are too many names.

        Returns:
            The name under which it was counted.
        """
        counts = self.of(kind)
        if name not in counts and len(counts) >= MOST_NAMES:
            name = others
        counts[name] = counts.get(name, 0) + 1
        return name

    def ignore(self, event: str, reason: str) -> list[Any]:
        """Count a callback that became nothing, which is what it gives, and tell of it."""
        key = self.count("ignored", f"{event}: {reason}", f"others: {reason}")
        if self.on_ignored is not None:
            self.on_ignored(key)
        return []
