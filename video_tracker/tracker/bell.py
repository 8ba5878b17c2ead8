"""An event between threads that a signal's handler may ring, or interrupt, in the middle of it."""

import threading

__all__ = ["Bell"]


class Bell:
    """What ``threading.Event`` is, with a lock that its thread may take again.

    A handler that sets an ``Event`` while its thread is at that waits for ever; and one that raises
    there leaves it locked for all others. Here the lock is entered itself, not by way of its
    condition.
    """

    __slots__ = ("_lock", "_ring", "_rung")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ring = threading.Condition(self._lock)
        self._rung = False

    def is_set(self) -> bool:
        """Whether it was rung since it was cleared."""
        return self._rung

    def set(self) -> None:
        """Ring: who waits goes on, and who comes to wait."""
        self._rung = True
        with self._lock:
            self._ring.notify_all()

    def clear(self) -> None:
        """Let who comes wait again."""
        self._rung = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it rings, so many seconds at most; whether it was rung."""
        with self._lock:
            if not self._rung:
                self._ring.wait(timeout)
        return self._rung
