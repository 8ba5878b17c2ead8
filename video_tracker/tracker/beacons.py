"""A session whose viewer is elsewhere, as a tracker serves it: fed with beacons, in their time."""

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from video_tracker.errors import StrictError
from video_tracker.ingest import (
    Beacon,
    ClockSkew,
    Decoded,
    Intake,
    IntakeCount,
    PlayerFeed,
    ReorderWindow,
)
from video_tracker.tracker.dispatch import Dispatcher
from video_tracker.tracker.inputs import Events
from video_tracker.tracker.roster import Roster
from video_tracker.tracker.tracked import TrackedSession

__all__ = ["TrackedIntake"]


class TrackedIntake(TrackedSession):
    """One viewer elsewhere: takes his beacons as they arrive; else a tracked session (S68).

    Made by :meth:`video_tracker.tracker.Tracker.intake`. Time passes for it by the beacons' times:
    the tracker wakes it when nothing can come any more that the window would still put in order.
    The session's inputs may be called besides; they come after what was given on so far.
    """

    __slots__ = ("_intake",)

    def __init__(
        self,
        dispatcher: Dispatcher,
        roster: "Roster[TrackedSession]",
        feed: PlayerFeed,
        key: str,
        window: ReorderWindow[Beacon] | None,
        skew: ClockSkew | None,
        keep_late: bool,
    ) -> None:
        super().__init__(dispatcher, roster, feed, key)
        self._intake = Intake(
            self._feed, session_id=self.key, window=window, skew=skew, keep_late=keep_late
        )

    @property
    def count(self) -> IntakeCount:
        """What became of the beacons so far."""
        with self._guard():
            return self._intake.count

    @property
    def ignored(self) -> dict[str, int]:
        """How often which callback was ignored: ``event: reason`` -> count (S60)."""
        with self._guard():
            return {} if self._feed.adapter is None else dict(self._feed.adapter.ignored)

    def push(
        self, beacons: Decoded | Iterable[Beacon], *, received_at: float | None = None
    ) -> Events:
        """Take what arrived together.

        Args:
            beacons: What :func:`~video_tracker.ingest.decode_beacons` read.
            received_at: When it came, in Unix seconds; by default now.

        Returns:
            The events that it made, often none, and often of beacons that came before.
        """
        return self._turn(self._push, beacons, received_at)

    def _push(self, beacons: Decoded | Iterable[Beacon], now: float) -> None:
        if isinstance(beacons, Decoded) and beacons.rejected:
            self._dispatcher.health.rejected(beacons)
        self._intake.push(beacons, now)

    def flush(self) -> Events:
        """Give on what window and adapter still hold: the viewer has gone, nothing more will come.

        When the tracker is closed this happens by itself.
        """
        return self._turn(self._let_go, None, None)

    def _let_go(self, _said: None, now: float) -> None:
        self._give_on(None, now)
        super()._let_go(None, now)

    def _pass_time(self, _said: None, now: float) -> None:
        self._intake.release(now)

    def _written(self) -> dict[str, Any]:
        return {**super()._written(), "beacons": True}

    def leave(self) -> Mapping[str, Any]:
        """Give on what the window holds, then write the session down for good."""
        self._turn(self._give_on, None, None)
        return super().leave()

    def _give_on(self, _said: None, _now: float) -> None:
        self._intake.flush()

    def conclude(self) -> None:
        """The tracker closes: what the window holds is given on, and nothing is lost."""
        with contextlib.suppress(StrictError):  # there is no caller whom it concerns
            self.flush()

    def _is_calm(self) -> bool:
        return False  # what is held back may want to be given on at any time

    def _is_over(self) -> bool:
        return super()._is_over() and not self._intake.window.pending

    def _wish(self) -> float | None:
        return self._intake.wake_at()
