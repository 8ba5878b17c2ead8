"""The process ends, or forks: what has to be seen to then, for everything that is still alive.

Only weak references are kept. A process that ends gives all senders together a bounded time. A
forked child inherits objects, but neither threads nor the duty to send: what was queued before is
the parent's, which still has it.
"""

import atexit
import os
import sys
import threading
import weakref
from typing import Final, Protocol

from video_tracker.clock import SystemClock

__all__ = ["Forkable", "Mortal", "forget", "watch_exit", "watch_forks"]


class Forkable(Protocol):
    """What must know of forks."""

    def before_fork(self) -> None:
        """Take the locks, so that no other thread is in the middle of something."""

    def after_fork_in_parent(self) -> None:
        """Release them."""

    def after_fork_in_child(self) -> None:
        """Begin anew: other threads do not exist, their locks may be held for ever."""


class Mortal(Protocol):
    """What has something to send when the process ends."""

    exit_timeout: float

    def close_at_exit(self, timeout: float) -> None:
        """Send what can be sent within that many seconds."""

    def hurry(self) -> None:
        """Begin to, without waiting."""


_forkables: Final[weakref.WeakSet[Forkable]] = weakref.WeakSet()
_mortals: Final[weakref.WeakSet[Mortal]] = weakref.WeakSet()
_held: list[Forkable] = []
# One that may be taken again: a signal's handler may close what is just being registered.
_registering: Final = threading.RLock()
_registered: Final[set[str]] = set()
_watched: Final[list[int]] = []
"""The process whose end was seen to, if ``multiprocessing`` made it."""


def watch_forks(one: Forkable) -> None:
    """Tell ``one`` of forks for as long as it lives."""
    with _registering:
        if "forks" not in _registered and hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=_before, after_in_parent=_in_parent, after_in_child=_in_child
            )
            _registered.add("forks")
        _forkables.add(one)


def watch_exit(one: Mortal) -> None:
    """Close ``one`` when the process ends, unless it was forgotten or is gone by then."""
    with _registering:
        if "exit" not in _registered:
            atexit.register(_at_exit)
            _registered.add("exit")
        _mortals.add(one)


def watch_own_end() -> None:
    """In a process that ``multiprocessing`` made: see to its end, which leaves out ``atexit``.

    To be called when there is something to do: what is said before such a process has begun, as at
    its fork, ``multiprocessing`` forgets.
    """
    # Nothing is imported for it: a process of that kind has both of them already.
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is None or util is None or process.parent_process() is None:
        return
    # Without a lock, as the caller has one: at worst it is seen to twice.
    if _watched != [os.getpid()]:
        _watched[:] = [os.getpid()]
        util.Finalize(None, _at_exit, exitpriority=10)


def forget(one: Mortal) -> None:
    """It was closed: nothing is left to be done when the process ends."""
    with _registering:
        _mortals.discard(one)


def _at_exit() -> None:
    clock = SystemClock()
    start = clock.now()
    mortals = list(_mortals)
    for one in mortals:
        one.hurry()
    for one in sorted(mortals, key=lambda each: each.exit_timeout):
        # One deadline for all of them: they send at the same time.
        one.close_at_exit(max(0.0, start + one.exit_timeout - clock.now()))


def _before() -> None:
    _registering.acquire()
    _held[:] = sorted(_forkables, key=id)
    for one in _held:
        one.before_fork()


def _in_parent() -> None:
    for one in reversed(_held):
        one.after_fork_in_parent()
    _held.clear()
    _registering.release()


def _in_child() -> None:
    for one in _held:
        one.after_fork_in_child()
    _held.clear()
    _registering.release()
