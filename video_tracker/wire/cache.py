"""Small, bounded memories of what was made of things that are seen again and again."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

__all__ = ["IdentityCache", "remember"]

K = TypeVar("K")
V = TypeVar("V")
_MOST: Final = 1024


def remember(memory: dict[K, V], key: K, made: V, most: int = _MOST) -> None:
    """Remember what was made; a memory that is full starts anew."""
    if len(memory) >= most:
        memory.clear()
    memory[key] = made


class IdentityCache(Generic[K, V]):
    """Remembers what was made of the last few objects, told apart by identity.

    It holds its keys, so that no other object takes over an identity, and starts anew when it is
    full: it never grows beyond ``size``.
    """

    __slots__ = ("_make", "_size", "entries")

    def __init__(self, make: Callable[[K], V], size: int = _MOST) -> None:
        self._make = make
        self._size = size
        self.entries: Final[dict[int, tuple[K, V]]] = {}
        """Object and what was made of it, by the object's identity."""

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, key: K) -> V:
        """Return what ``make`` makes of ``key``, made now or before."""
        entry = self.entries.get(id(key))
        if entry is not None:
            return entry[1]
        made = self._make(key)
        remember(self.entries, id(key), (key, made), self._size)
        return made
