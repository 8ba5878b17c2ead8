"""Tells what interrupts a program from what goes wrong in it.

A signal's handler may raise anywhere: a job's time-out, an alarm, Ctrl-C. What it raises concerns
whoever set it up, so it has to come out, wherever in the library it happened to come in; an error
of a transport or a hook of the user's own has not.
"""

import signal
from types import CodeType, FrameType
from typing import Any

__all__ = ["interrupts"]


def interrupts(error: BaseException) -> bool:
    """Whether an exception has to reach the caller, whatever it came up in.

    Args:
        error: As it was caught.

    Returns:
        True for what is meant to end a program, and for what a signal's handler raised.
    """
    if not isinstance(error, Exception):
        return True
    place = error.__traceback__
    while place is not None:
        frame = place.tb_frame
        if _is_given_a_frame(frame) and frame.f_code in _handlers():
            return True
        place = place.tb_next
    return False


def _is_given_a_frame(frame: FrameType) -> bool:
    """Whether it may be a handler's: that is given a frame, as hardly anything else is."""
    values = frame.f_locals.values()
    return any(
        isinstance(value, FrameType)
        or (type(value) is tuple and any(isinstance(each, FrameType) for each in value))
        for value in values
    )


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
