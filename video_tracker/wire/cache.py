"""A small, bounded memory of what was made of frozen objects that are seen again and again."""

from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["IdentityCache"]

K = TypeVar("K")
V = TypeVar("V")


class IdentityCache(Generic[K, V]):
    """Remembers what was made of the last few objects, told apart by identity.

    It holds its keys, so that no other object takes over an identity, and starts anew when it is
    full: it never grows beyond ``size``.
    """

    __slots__ = ("_entries", "_make", "_size")

    def __init__(self, make: Callable[[K], V], size: int = 1024) -> None:
        self._make = make
        self._size = size
        self._entries: dict[int, tuple[K, V]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V:
        """Return what ``make`` makes of ``key``, made now or before."""
        entry = self._entries.get(id(key))
        if entry is not None:
            return entry[1]
        made = self._make(key)
        if len(self._entries) >= self._size:
            self._entries.clear()
        self._entries[id(key)] = (key, made)
        return made
