"""The properties that were told for one input go with what it causes, however late (S51, S86).

They stand in ``annotation`` while their input is taken. What that input leaves held keeps them
beside it, by its name in :func:`held_now`; while it is released they are current again. What time
brings by itself was caused by no input.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from video_tracker.session.data.state import HELD, State

P = ParamSpec("P")
R = TypeVar("R")
Effect = Callable[Concatenate[State, P], R]

_TELLING: Final = ("pause", "buffer", "opening", "error", "ad_end", "end", "far")
"""What of all that is held makes events when it is released."""


def held_now(s: State) -> set[str]:
    """The names of what is held back and may make events yet."""
    names = {name for name in _TELLING if getattr(s.held, HELD[name][0]) is not None}
    if s.seek is not None and s.seek.ended_at is not None:
        names.add("seek")
    if s.dead is not None:
        names.add("error")
    if s.stitch is not None and s.stitch.landed_at is not None:
        names.add("landing")
    names.update(f"quality {number}" for number in range(len(s.qualities) // 4))
    return names


def begin(s: State) -> bool:
    """Before an input: what was held is none of its doing. Is there anything to ``finish``?"""
    if s.annotation is None and not s.annotated:
        return False
    s.annotated = {name: s.annotated.get(name, {}) for name in held_now(s)}
    return True


def finish(s: State) -> None:
    """After an input: what it left held keeps its properties, and they are over."""
    own = s.annotation
    kept = {name: s.annotated.get(name, own) for name in held_now(s)}
    if s.wants_restart:
        kept["restart"] = own  # with the input after the end a new session begins (S24)
    s.annotated = {name: own for name, own in kept.items() if own}
    if own is not None:
        s.annotation = None
        s.tune()


@contextmanager
def told(s: State, properties: Mapping[str, Any] | None) -> Iterator[None]:
    """While these are the input's properties; None: what happens now was caused by no input."""
    outer, s.annotation = s.annotation, properties
    try:
        yield
    finally:
        s.annotation = outer
        s.tune()


@contextmanager
def of_held(s: State, name: str) -> Iterator[None]:
    """While what was held is released, its own properties are current."""
    kept = s.annotated
    if name not in kept:  # this very input held it, or nobody told any
        yield
        return
    others = held_now(s) - {name}
    s.annotated = {each: own for each, own in kept.items() if each != name}
    with told(s, kept[name] or None):
        yield
    s.annotated = {**dict.fromkeys(held_now(s) - others, kept[name]), **s.annotated}


def held_by(name: str | None) -> Callable[[Effect[P, R]], Effect[P, R]]:
    """Of a function that releases what is held; None: that says what time brings (S88)."""

    def decorate(say: Effect[P, R]) -> Effect[P, R]:
        @wraps(say)
        def said(s: State, /, *args: P.args, **named: P.kwargs) -> R:
            if s.rare is None or ("annotated" if name else "annotation") not in s.rare:
                return say(s, *args, **named)
            with of_held(s, name) if name else told(s, None):
                return say(s, *args, **named)

        return said

    return decorate
