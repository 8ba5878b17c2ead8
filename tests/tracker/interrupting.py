"""Signals whose handlers raise, at random moments, inside chosen functions: a job's time-out."""

import _weakrefset
import contextlib
import logging
import random
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


class JobTimeoutError(Exception):
    """What a job queue raises in a job that takes too long; an Exception, as theirs are."""


class Alarm:
    """Raises again and again, somewhere inside the functions.

    Args:
        functions: What is interrupted, and all that it calls.
        seed: For the moments.
        longest: Seconds between two.
        once: Whether it is wound only by who calls :meth:`wind`, as a job's time-out is.

    Attributes:
        rung: How often it raised.
    """

    def __init__(
        self,
        *functions: Callable[..., Any],
        seed: int = 1,
        longest: float = 0.001,
        once: bool = False,
    ) -> None:
        self._codes = {getattr(function, "__code__") for function in functions}  # noqa: B009
        self._chance = random.Random(seed)
        self._longest, self._once = longest, once
        self._over = True
        self.rung = 0

    @contextlib.contextmanager
    def ringing(self) -> Iterator[None]:
        self._over = False
        before = signal.signal(signal.SIGALRM, self._ring)
        self.wind()
        try:
            yield
        finally:
            self._over = True
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def wind(self) -> None:
        """Let it ring at some moment soon."""
        signal.setitimer(signal.ITIMER_REAL, self._chance.uniform(0.00002, self._longest))

    def _ring(self, _number: int, frame: FrameType | None) -> None:
        if self._over:
            return
        if not self._once:
            self.wind()
        while frame is not None and not _is_unsafe(frame):
            if frame.f_code in self._codes:
                self.rung += 1
                raise JobTimeoutError
            frame = frame.f_back


def _is_unsafe(frame: FrameType) -> bool:
    """Whether Python itself does not stand it there, or swallows it.

    Locks of ``logging`` stay locked for ever; what a weak reference calls raises into nowhere.
    """
    files = (logging.__file__, _weakrefset.__file__)
    return frame.f_code.co_name == "unraisable_hook" or frame.f_code.co_filename in files
