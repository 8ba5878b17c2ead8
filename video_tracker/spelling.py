"""What a misspelt word was meant to be, for the messages that refuse it. Pure."""

import difflib
from collections.abc import Iterable
from typing import Final

__all__ = ["hint", "nearest"]

_LONGEST: Final = 100
"""Characters that are compared: nothing that is known is longer, and a stranger's word may be."""


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
