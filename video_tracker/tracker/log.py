"""Log lines about trouble, at a limited rate and without anything that a viewer's device said."""

import contextlib
import logging
import threading
from typing import Final

from video_tracker.clock import Clock

__all__ = ["LimitedLog"]

_MANY: Final = 100
"""Different kinds that are told apart; a transport may make up any number of reasons."""


class LimitedLog:
    """Logs a kind of trouble at most once in a while, with the number of times it kept quiet.

    Args:
        clock: Tells when a while has passed.
        logger: Where to.
        every: The while, in seconds.
    """

    def __init__(self, clock: Clock, logger: logging.Logger, every: float = 30.0) -> None:
        self._clock = clock
        self._logger = logger
        self._every = every
        self._lock = threading.RLock()
        self._kinds: dict[str, tuple[float, int]] = {}

    def after_fork(self) -> None:
        """Let go of a lock that a thread of the parent's may hold for ever."""
        self._lock = threading.RLock()

    def tell(
        self,
        kind: str,
        text: str,
        *,
        level: int = logging.WARNING,
        count: int = 1,
        error: BaseException | None = None,
    ) -> None:
        """Log ``text``, unless this kind was logged a moment ago.

        Args:
            kind: What is limited together.
            text: The line; it must hold nothing secret.
            level: Of the line.
            count: How much of the kind this is.
            error: Its traceback is added.
        """
        quiet = self._admitted(kind, count)
        if quiet is None:
            return
        more = f" (and {quiet} more of this kind since the last line)" if quiet else ""
        # A handler of the user's own may raise, and this is the end of the line.
        with contextlib.suppress(Exception):
            self._logger.log(level, "%s%s", text, more, exc_info=error)

    def _admitted(self, kind: str, count: int) -> int | None:
        """How often it kept quiet since the last line; None when it has to keep quiet now."""
        try:
            now = self._clock.now()
        except Exception:  # noqa: BLE001 - a broken clock may be the very trouble to be logged
            now = 0.0
        with self._lock:
            if kind not in self._kinds and len(self._kinds) >= _MANY:
                kind = "other"
            last, quiet = self._kinds.get(kind, (-float("inf"), 0))
            if now - last < self._every:
                self._kinds[kind] = (last, quiet + count)
                return None
            self._kinds[kind] = (now, 0)
            return quiet
