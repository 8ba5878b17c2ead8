"""What was wrong with what players and plans told: counted, and said once where somebody must know.

Everything may be called under a session's lock: it only counts. The log lines are written by
:meth:`Health.say`, which is called without any.
"""

import functools
import logging
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final

from video_tracker.ingest import Decoded
from video_tracker.session import Diagnostic
from video_tracker.tracker.log import LimitedLog

__all__ = ["Health"]

_MOST: Final = 500
"""Different callbacks that are counted each by itself: a stranger may make up any number."""
_NO_TIME: Final = "invalid_time"


class Health:
    """Counts by reason, for all sessions of a tracker.

    Args:
        log: Where what somebody must know is said, at a limited rate.

    Attributes:
        unsaid: Whether there is something to say.
        on_diagnostic, on_ignored: Who is told by sessions and adapters; one for all of them.
    """

    def __init__(self, log: LimitedLog) -> None:
        self.unsaid = False
        self._log = log
        self._lock = threading.RLock()
        self._counts: dict[str, Counter[str]] = {}
        self._lines: dict[str, tuple[int, str]] = {}
        self.listener = functools.cache(self._listener)
        self.on_diagnostic, self.on_ignored = self.diagnosed, self.ignored

    def count(self, what: str, reason: str, times: int = 1) -> bool:
        """Count something of a kind under its reason; is it the first?"""
        with self._lock:
            counts = self._counts.setdefault(what, Counter())
            if reason not in counts and len(counts) >= _MOST:
                reason = "others"
            counts[reason] += times
            return counts[reason] == times

    def counted(self, what: str) -> dict[str, int]:
        """How often which reason of a kind was counted."""
        with self._lock:
            return dict(sorted(self._counts.get(what, {}).items()))

    def diagnosed(self, diagnostic: Diagnostic) -> None:
        """A session did not simply accept an input."""
        self.count("diagnostics", diagnostic.reason)
        if diagnostic.reason == _NO_TIME:
            self.tell(
                _NO_TIME,
                f"the time of {diagnostic.input!r} of session {diagnostic.session_id!r} cannot be"
                " used, and the input is lost: times are Unix seconds (milliseconds by mistake?)"
                " or aware datetimes",
                level=logging.ERROR,
            )

    def ignored(self, reason: str) -> None:
        """An adapter made nothing of a callback."""
        self.count("ignored", reason)

    def rejected(self, beacons: Decoded) -> None:
        """Of a body something could not be read."""
        for reason, times in beacons.reasons().items():
            self.count("ignored", f"beacon: {reason}", times)
        wrong = next((each for each in beacons.rejected if each.reason == "bad_time"), None)
        if wrong is not None:
            text = f"beacons are lost, as their times cannot be used: {wrong.path}: {wrong.message}"
            self.tell("bad_time", text, level=logging.ERROR)

    def _listener(self, player: str) -> Callable[[str], object]:
        """Who hears of a player's callbacks that went astray; one for all adapters of its kind."""

        def went_astray(what: str) -> None:
            if self.count("astray", what):
                self.tell(what, f"a callback of {player!r} went astray: {what!r}")

        return went_astray

    def tell(self, kind: str, text: str, *, level: int = logging.WARNING) -> None:
        """Say something with the next :meth:`say`."""
        with self._lock:
            if len(self._lines) < _MOST:
                self._lines.setdefault(kind, (level, text))
            self.unsaid = True

    def say(self) -> None:
        """Write what is to be said; called without a lock."""
        with self._lock:
            lines, self._lines = self._lines, {}
            self.unsaid = False
        for kind, (level, text) in lines.items():
            self._log.tell(kind, text, level=level)
