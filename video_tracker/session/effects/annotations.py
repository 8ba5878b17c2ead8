"""The properties that were told for one input go with what it causes, however late (S51, S86).

They stand in ``annotation`` while their input is taken. What that input leaves held keeps them
beside it, by its name in :func:`held_now`; while it is released they are current again. What time
brings by itself was caused by no input.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from video_tracker.session.data.state import State

__all__ = ["begin", "finish", "held_by", "of_held", "unannotated", "without"]

P = ParamSpec("P")
R = TypeVar("R")

_HELD: Final = {
    "pause": "pause_at",
    "buffer": "buffer_at",
    "opening": "opening_at",
    "error": "error_at",
    "ad_end": "ad_end_at",
    "end": "end_at",
}
"""What is held back and makes events when it is released, and the field that says so."""
RESTART: Final = "restart"
"""The input after the end, with which a new session begins (S24)."""


def held_now(s: State) -> set[str]:
    """The names of what is held back and may make events yet."""
    names = {name for name, field in _HELD.items() if getattr(s.held, field) is not None}
    if s.seek is not None and s.seek.ended_at is not None:
        names.add("seek")
    if s.dead is not None:
        names.add("error")
    if s.stitch is not None and s.stitch.landed_at is not None:
        names.add("landing")
    names.update(f"quality {number}" for number in range(len(s.qualities) // 4))
    return names


def begin(s: State) -> bool:
    """Before an input: what was held already is none of its doing.

    Returns:
        Whether there is anything to :func:`finish`.
    """
    rare = s.rare
    if rare is None or not ("annotation" in rare or "annotated" in rare):
        return False
    s.annotated = {name: s.annotated.get(name, {}) for name in held_now(s)}
    return True


def finish(s: State) -> None:
    """After an input: what it left held keeps its properties, and they are over."""
    own = s.annotation
    kept: dict[str, Mapping[str, Any] | None]
    kept = {name: s.annotated.get(name, own) for name in held_now(s)}
    if s.wants_restart:
        kept[RESTART] = own
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


def held_by(
    name: str,
) -> Callable[[Callable[Concatenate[State, P], R]], Callable[Concatenate[State, P], R]]:
    """Of a function that releases what is held: see :func:`of_held`."""

    def decorate(release: Callable[Concatenate[State, P], R]) -> Callable[Concatenate[State, P], R]:
        @wraps(release)
        def released(s: State, /, *args: P.args, **named: P.kwargs) -> R:
            if s.rare is None or "annotated" not in s.rare:
                return release(s, *args, **named)
            with of_held(s, name):
                return release(s, *args, **named)

        return released

    return decorate


@contextmanager
def without(s: State) -> Iterator[None]:
    """What happens now was caused by no input."""
    with _current(s, None):
        yield


def unannotated(
    brings: Callable[Concatenate[State, P], R],
) -> Callable[Concatenate[State, P], R]:
    """Of a function that says what time alone brings, whoever notices it (S88)."""

    @wraps(brings)
    def brought(s: State, /, *args: P.args, **named: P.kwargs) -> R:
        if s.rare is None or "annotation" not in s.rare:
            return brings(s, *args, **named)
        with without(s):
            return brings(s, *args, **named)

    return brought


@contextmanager
def _current(s: State, told: Mapping[str, Any] | None) -> Iterator[None]:
    outer, s.annotation = s.annotation, told
    try:
        yield
    finally:
        s.annotation = outer
        s.tune()
