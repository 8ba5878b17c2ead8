"""A session as it was before an input: what strict mode refuses has changed nothing (S60)."""

import copy
from array import array
from typing import Any, Final

import attrs

from video_tracker.session.data.state import NOTHING_HELD, AdPlay, Held, Seek, State
from video_tracker.session.data.stitch import Stitch

__all__ = ["remembered", "undo"]

_SLOTS: Final = tuple(field.name for field in attrs.fields(State) if field.name != "out")
_CHANGING: Final = (AdPlay, Held, Seek, Stitch, array, list, set)
"""What is changed in place; all else is replaced."""


def remembered(s: State) -> dict[str, Any]:
    """All that the session remembers, by slot."""
    return {name: _kept(getattr(s, name)) for name in _SLOTS}


def undo(s: State, before: dict[str, Any]) -> None:
    """The session is as it was."""
    for name, value in before.items():
        setattr(s, name, value)


def _kept(value: Any) -> Any:
    if type(value) is tuple:
        return tuple(map(_kept, value))
    if value is NOTHING_HELD or not isinstance(value, _CHANGING):
        return value
    kept = copy.copy(value)
    if isinstance(kept, Stitch):
        kept.stretches = [copy.copy(part) for part in kept.stretches]
    return kept
