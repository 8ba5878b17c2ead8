"""The threads that send: each takes a batch under the lock and sends it outside.

A worker knows its sender weakly while there is nothing to send, so a sender that everybody forgot
goes, and its workers with it; while something is pending, the worker keeps it alive.
"""

import sys
import threading
import weakref
from typing import Final, Protocol

from video_tracker.delivery.account import Batch

__all__ = ["LONGEST_NAP", "Employer", "start_caretaker", "start_worker"]

LONGEST_NAP: Final = 30.0
"""Seconds after which a worker without work looks up all the same."""


class Employer(Protocol):
    """What a worker works for. The first two are called with the bell's lock held."""

    idle: int

    def next_step(self) -> Batch | float | None:
        """A batch to be sent, or seconds to wait for one; None when the work is over."""
        ...

    def worth_keeping(self) -> bool:
        """Whether something is pending."""
        ...

    def deliver(self, batch: Batch) -> None:
        """Send a batch and settle it; called without the lock."""
        ...


class Household(Protocol):
    """What a caretaker looks after."""

    def care(self) -> None:
        """Do what has to be done from time to time."""
        ...


def start_caretaker(
    household: Household, over: threading.Event, bell: threading.Event, every: float, name: str
) -> threading.Thread:
    """Start a thread that looks after ``household`` until ``over``, or until nobody knows it.

    Args:
        household: What is looked after.
        over: Set when that is to end; the bell has to be rung too.
        bell: Set when it is to be looked after at once.
        every: Seconds between two looks.
        name: The thread's.

    Raises:
        RuntimeError: No thread can be started.
    """
    thread = threading.Thread(
        target=_care, args=(weakref.ref(household), over, bell, every), name=name, daemon=True
    )
    thread.start()
    return thread


def _care(
    reference: "weakref.ref[Household]",
    over: threading.Event,
    bell: threading.Event,
    every: float,
) -> None:
    while True:
        bell.clear()
        household = reference()
        if household is None or over.is_set():
            return
        household.care()
        household = None
        bell.wait(every)


def start_worker(employer: Employer, bell: threading.Condition, name: str) -> threading.Thread:
    """Start a thread that works for ``employer``, and is rung for by ``bell``.

    Raises:
        RuntimeError: No thread can be started (any more, or in this environment).
    """

    def gone(_: object) -> None:
        # This may run anywhere, even inside the lock: it must not wait for it.
        if bell.acquire(blocking=False):
            bell.notify_all()
            bell.release()

    thread = threading.Thread(
        target=_work, args=(weakref.ref(employer, gone), bell), name=name, daemon=True
    )
    thread.start()
    return thread


def _work(reference: "weakref.ref[Employer]", bell: threading.Condition) -> None:
    while True:
        employer = reference()
        if employer is None:
            return
        with bell:
            step = employer.next_step()
            if isinstance(step, float):
                employer.idle += 1
                if not employer.worth_keeping():
                    employer = None
                if reference() is not None:
                    bell.wait(step)
                employer = reference()
                if employer is not None:
                    employer.idle -= 1
                continue
        if step is None:
            return
        # What ends a thread is told as Python tells it. But if this one ended, nothing more would
        # be sent, so it goes on.
        try:
            employer.deliver(step)
        except SystemExit:
            continue  # of which Python says nothing
        except BaseException:  # noqa: BLE001 - GreenletExit and the like
            told = (*sys.exc_info(), threading.current_thread())
            threading.excepthook(threading.ExceptHookArgs(told))
