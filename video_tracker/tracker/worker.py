"""The threads that send and the one that looks after the disk: each outlives whatever befalls it.

A worker knows its sender weakly while there is nothing to send, so a sender that everybody forgot
goes, and its workers with it; while something is pending, the worker keeps it alive.

What would end a thread (an exception that a transport raises to end a program, or that somebody
else throws into it) is told as Python tells it, and counted; then the thread goes on.
"""

import contextlib
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol

from video_tracker.delivery.account import Batch
from video_tracker.tracker.bell import Bell

__all__ = [
    "LONGEST_NAP",
    "Employer",
    "Hand",
    "aside",
    "start_caretaker",
    "start_worker",
    "tell_end",
]

LONGEST_NAP: Final = 30.0
"""Seconds after which a worker without work looks up all the same."""

_PAUSE: Final = 0.05
"""Seconds before a thread goes on that nearly ended: what goes wrong at once must not run hot."""


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

    def recover(self) -> None:
        """The calling thread nearly ended: what it carried goes again."""
        ...


class Household(Protocol):
    """What a caretaker looks after."""

    def care(self) -> None:
        """Do what has to be done from time to time."""
        ...

    def recover(self) -> None:
        """The calling thread nearly ended."""
        ...


def aside(work: Callable[[], object], patience: float, name: str) -> None:
    """Do what may hang in a thread of its own, and wait for it no longer than that.

    Args:
        work: What is to be done.
        patience: Seconds.
        name: The thread's.
    """
    thread = threading.Thread(target=work, name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # none here, or the interpreter is ending
        work()
    else:
        thread.join(patience)


def start_caretaker(
    household: Household, over: Bell, bell: Bell, every: float, name: str
) -> "Hand":
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
    reference = weakref.ref(household)

    def look() -> bool:
        bell.clear()
        household = reference()
        if household is None or over.is_set():
            return False
        household.care()
        household = None
        bell.wait(every)
        return True

    return _start(reference, look, name)


def start_worker(
    employer: Employer, lock: AbstractContextManager[Any], bell: threading.Condition, name: str
) -> "Hand":
    """Start a thread that works for ``employer``.

    Args:
        employer: What it works for.
        lock: The lock that the bell has. It is entered itself: what interrupts a thread on its way
            through a condition would leave it locked for ever.
        bell: Rings when there is something to do.
        name: The thread's.

    Raises:
        RuntimeError: No thread can be started (any more, or in this environment).
    """

    def gone(_: object) -> None:
        # This may run anywhere, even inside the lock: it must not wait for it.
        if bell.acquire(blocking=False):
            bell.notify_all()
            bell.release()

    reference = weakref.ref(employer, gone)
    return _start(reference, lambda: _work(reference, lock, bell), name)


def _start(
    reference: "weakref.ref[Employer] | weakref.ref[Household]",
    turn: Callable[[], bool],
    name: str,
) -> "Hand":
    hand = Hand()
    hand.thread = threading.Thread(
        target=_go_on, args=(reference, turn, hand), name=name, daemon=True
    )
    hand.thread.start()
    return hand


class Hand:
    """A thread and whether it has ended.

    Python's own ``is_alive`` may take a thread for dead when a signal interrupts the question.
    """

    __slots__ = ("ended", "thread")

    thread: threading.Thread

    def __init__(self) -> None:
        self.ended = False

    def join(self, timeout: float) -> None:
        """Wait for its end, so many seconds at most."""
        self.thread.join(timeout)


def _go_on(
    reference: "weakref.ref[Employer] | weakref.ref[Household]",
    turn: Callable[[], bool],
    hand: Hand,
) -> None:
    """Take turns until one says that the work is over."""
    try:
        going = True
        nap = Bell()
        while going:
            with contextlib.suppress(BaseException):  # what comes in the middle of the rescue
                try:
                    going = turn()
                except SystemExit:
                    _recover(reference)  # Python says nothing of it either
                except BaseException:  # noqa: BLE001 - GreenletExit, or thrown in from outside
                    tell_end()
                    _recover(reference)
                    nap.wait(_PAUSE)
    finally:
        hand.ended = True


def tell_end() -> None:
    """Tell what would have ended this thread as Python tells what ends one."""
    told = (*sys.exc_info(), threading.current_thread())
    threading.excepthook(threading.ExceptHookArgs(told))


def _recover(reference: "weakref.ref[Employer] | weakref.ref[Household]") -> None:
    owner = reference()
    if owner is not None:
        owner.recover()


def _work(
    reference: "weakref.ref[Employer]",
    lock: AbstractContextManager[Any],
    bell: threading.Condition,
) -> bool:
    """One turn of a worker; False when its work is over."""
    employer = reference()
    if employer is None:
        return False
    with lock:
        step = employer.next_step()
        if isinstance(step, float):
            employer.idle += 1
            try:
                if not employer.worth_keeping():
                    employer = None
                if reference() is not None:
                    bell.wait(step)
            finally:
                employer = reference()
                if employer is not None:
                    employer.idle -= 1
            return True
    if step is None:
        return False
    employer.deliver(step)
    return True
