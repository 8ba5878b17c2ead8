"""Tells what interrupts a program from what goes wrong in it.

A signal's handler may raise anywhere: a job's time-out, an alarm, Ctrl-C. What it raises concerns
whoever set it up, so it has to come out, wherever in the library it happened to come in; an error
of a transport or a hook of the user's own has not.
"""

import signal
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

__all__ = ["interruption", "interrupts"]


def interruption(error: BaseException) -> BaseException | None:
    """What has to reach the caller of what was caught; None: nothing has.

    A library on the way may have made something else of it: httpx takes the ``TimeoutError`` of an
    alarm in its socket for one of its own.

    Args:
        error: As it was caught.

    Returns:
        What is meant to end a program, or what a signal's handler raised.
    """
    if not isinstance(error, Exception):
        return error
    return next((each for each in _raised(error) if _is_a_handlers(each)), None)


def interrupts(error: BaseException) -> bool:
    """Whether an exception has to reach the caller, whatever it came up in."""
    return interruption(error) is not None


def _raised(error: BaseException) -> Iterator[BaseException]:
    """The exception, and those in whose place it was raised, the newest first."""
    seen: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        each = left.pop()
        if each is None or any(each is other for other in seen):
            continue
        seen.append(each)
        yield each
        # One that was caught further out, and is being handled there, has nothing to do with it.
        frames = list(_frames(each))
        inner = [each.__context__, each.__cause__]
        left += [one for one in inner if one is not None and next(_frames(one), None) in frames]


def _is_a_handlers(error: BaseException) -> bool:
    """Whether a handler of a signal raised it; it may be installed no more."""
    for frame in _frames(error):
        told = list(_arguments(frame))
        signals = [type(each) is int or isinstance(each, signal.Signals) for each in told]
        back = frame.f_back
        if back is not None and any(
            each is back and signals[at - 1] for at, each in enumerate(told) if at
        ):
            return True  # called with a signal and the frame in which it was called
        if any(isinstance(each, FrameType) for each in told) and frame.f_code in _handlers():
            return True  # it may have looked at other frames since
    return False


def _arguments(frame: FrameType) -> Iterator[Any]:
    """What a function was called with, as far as it has not put something else there."""
    code, values = frame.f_code, frame.f_locals
    for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + 1]:
        value = values.get(name)
        yield from value if type(value) is tuple else (value,)


def _handlers() -> set[CodeType]:
    """The code of all handlers of signals that are in Python; it takes a while."""
    codes = set()
    for number in signal.valid_signals():
        handler: Any = signal.getsignal(number)
        handler = getattr(handler, "func", handler)  # of functools.partial
        if callable(handler):
            called = getattr(handler, "__func__", handler)
            called = called if hasattr(called, "__code__") else type(called).__call__
            code = getattr(called, "__code__", None)
            if code is not None:
                codes.add(code)
    return codes


def _frames(error: BaseException) -> Iterator[FrameType]:
    place = error.__traceback__
    while place is not None:
        yield place.tb_frame
        place = place.tb_next
