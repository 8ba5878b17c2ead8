"""The thread that lets time pass for the sessions: it sleeps until the first of them is due.

It knows its tracker weakly, so that a tracker that everybody forgot goes, and it with it.
"""

import math
import threading
import weakref
from typing import Final, Protocol

from video_tracker.tracker.bell import Bell
from video_tracker.tracker.worker import tell_end

__all__ = ["Timed", "Timekeeper"]

_LONGEST: Final = 30.0
"""Seconds after which it looks up although nobody is due."""

_SHORTEST: Final = 0.02
"""Seconds between two rounds at least, so that many sessions are seen to in one."""


class Timed(Protocol):
    """What time passes for."""

    def wake_at(self) -> float | None:
        """When it is due, Unix seconds."""
        ...

    def pass_time(self) -> float:
        """Let time pass for all that is due; return the time at the end, Unix seconds."""
        ...


class Timekeeper:
    """Calls ``pass_time`` whenever something is due, in a thread that begins with :meth:`start`."""

    def __init__(self) -> None:
        self._bell = Bell()
        self._end = Bell()
        self._until = math.inf
        self._over = False
        self._thread: threading.Thread | None = None

    @property
    def begun(self) -> bool:
        """Whether it was started."""
        return self._thread is not None

    def start(self, timed: Timed) -> None:
        """Start the thread.

        Raises:
            RuntimeError: No thread can be started.
        """
        reference = weakref.ref(timed, self._gone)
        self._thread = threading.Thread(
            target=self._work, args=(reference,), name="video-tracker-time", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end; does not wait for it."""
        self._over = True
        self._bell.set()
        self._end.set()

    def sooner(self, when: float) -> None:
        """Somebody is due at ``when``, perhaps before all others."""
        # Cheap by rule: the thread mostly sleeps until an earlier time, or is awake already.
        if when < self._until and not self._bell.is_set():
            self._bell.set()

    def _gone(self, _: object) -> None:
        # This may run anywhere, even inside the bell, so it must not ring.
        self._over = True

    def _work(self, reference: "weakref.ref[Timed]") -> None:
        while not self._over:
            try:
                if not self._turn(reference):
                    return
            except BaseException:  # noqa: BLE001 - what is thrown in from outside ends no time
                tell_end()

    def _turn(self, reference: "weakref.ref[Timed]") -> bool:
        """See to all that is due, and wait; False when nobody is left to see to."""
        # First the bell is cleared, then the time is read: who enters a time in between rings.
        self._bell.clear()
        self._until = math.inf
        timed = reference()
        if timed is None:
            return False
        now = timed.pass_time()
        due = timed.wake_at()
        timed = None
        wait = _LONGEST if due is None else min(_LONGEST, max(0.0, due - now))
        self._until = now + wait
        self._bell.wait(wait)
        self._end.wait(_SHORTEST)
        return True
