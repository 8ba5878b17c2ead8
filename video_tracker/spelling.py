"""Words of messages: what a misspelt one was meant to be, and a number with its noun. Pure."""

import difflib
from collections.abc import Iterable
from typing import Final

__all__ = ["counted", "hint", "nearest"]

_LONGEST: Final = 100
"""Characters that are compared: nothing that is known is longer, and a stranger's word may be."""


def counted(number: int, noun: str) -> str:
    """``1 session``, ``2 sessions``, ``1,000 sessions``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def nearest(word: object, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that a word is nearest to; None when none is near.

    Args:
        word: As somebody wrote it.
        known: The words that there are.
        cutoff: How alike they must be, from 0 to 1.
    """
    near = difflib.get_close_matches(str(word)[:_LONGEST], list(known), n=1, cutoff=cutoff)
    return near[0] if near else None


def hint(word: object, known: Iterable[str], *, cutoff: float = 0.6, listed: bool = False) -> str:
    """The end of a sentence that refuses a word: ``; did you mean 'pause'?``.

    Args:
        word: As for :func:`nearest`.
        known: As for :func:`nearest`.
        cutoff: As for :func:`nearest`.
        listed: Where none is near, all are named; else nothing is said.
    """
    names = list(known)
    near = nearest(word, names, cutoff=cutoff)
    if near is not None:
        return f"; did you mean {near!r}?"
    return f"; there are: {', '.join(names)}" if listed else ""
