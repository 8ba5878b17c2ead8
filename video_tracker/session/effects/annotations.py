"""The properties that were told for one input go with what it causes, however late (S51, S86).

They stand in ``annotation`` while their input is taken. What that input leaves held keeps them
beside it, by its name in :func:`held_now`; while it is released they are current again. What time
brings by itself was caused by no input.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from video_tracker.session.data.state import State

P = ParamSpec("P")
R = TypeVar("R")
Effect = Callable[Concatenate[State, P], R]

_HELD: Final = ("pause_at", "buffer_at", "opening_at", "error_at", "ad_end_at", "end_at")
"""The fields that say what is held back and makes events when it is released."""


def held_now(s: State) -> set[str]:
    """The names of what is held back and may make events yet."""
    names = {field.removesuffix("_at") for field in _HELD if getattr(s.held, field) is not None}
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
    s.annotated = {name: told for name, told in kept.items() if told}
    if own is not None:
        s.annotation = None
        s.tune()


@contextmanager
def of_held(s: State, name: str) -> Iterator[None]:
    """While what was held is released, its own properties are current."""
    kept = s.annotated
    if name not in kept:  # this very input held it, or nobody told any
        yield
        return
    others = held_now(s) - {name}
    s.annotated = {each: told for each, told in kept.items() if each != name}
    with _current(s, kept[name] or None):
        yield
    newly = dict.fromkeys(held_now(s) - others, kept[name])
    s.annotated = {**newly, **s.annotated}


def without(s: State) -> AbstractContextManager[None]:
    """What happens now was caused by no input."""
    return _current(s, None)


def _during(
    name: str, properties: Callable[[State], AbstractContextManager[None]]
) -> Callable[[Effect[P, R]], Effect[P, R]]:
    """Of a function that says something while other properties are current, if ``name`` is set."""

    def decorate(say: Effect[P, R]) -> Effect[P, R]:
        @wraps(say)
        def said(s: State, /, *args: P.args, **named: P.kwargs) -> R:
            if s.rare is None or name not in s.rare:
                return say(s, *args, **named)
            with properties(s):
                return say(s, *args, **named)

        return said

    return decorate


def held_by(name: str) -> Callable[[Effect[P, R]], Effect[P, R]]:
    """Of a function that releases what is held: see :func:`of_held`."""
    return _during("annotated", lambda s: of_held(s, name))


def unannotated(brings: Effect[P, R]) -> Effect[P, R]:
    """Of a function that says what time alone brings, whoever notices it (S88)."""
    return _during("annotation", without)(brings)


@contextmanager
def _current(s: State, told: Mapping[str, Any] | None) -> Iterator[None]:
    outer, s.annotation = s.annotation, told
    try:
        yield
    finally:
        s.annotation = outer
        s.tune()
