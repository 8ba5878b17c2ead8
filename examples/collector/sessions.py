"""Who is watching: one intake for each live session, found by its token, let go of in time."""

from collections import Counter, OrderedDict
from typing import Final

import attrs

from collector.catalogue import plan_for
from collector.limits import Refusal
from collector.settings import Settings
from collector.tokens import Claims
from video_tracker import AsyncTracker
from video_tracker.ingest import ClockSkew, Decoded, ReorderWindow
from video_tracker.tracker import TrackedIntake

__all__ = ["Sessions"]


@attrs.define(eq=False)
class _Viewing:
    claims: Claims
    intake: TrackedIntake
    seen: float


class Sessions:
    """The live sessions of this process, bounded.

    Nothing is remembered of a token until its first beacon comes. Who was let go of cannot begin
    again: a session must begin soon after its token was given, and which of those few are over is
    remembered for as long.

    Args:
        tracker: Makes the events and sends them.
        settings: The operator's.
        now: The time in Unix seconds.
    """

    def __init__(self, tracker: AsyncTracker, settings: Settings, now: float) -> None:
        self._tracker: Final = tracker
        self._settings: Final = settings
        self._started: Final = now
        self._live: OrderedDict[str, _Viewing] = OrderedDict()
        """In order of when they were last heard of."""
        self._over: OrderedDict[str, float] = OrderedDict()
        """Sessions let go of whose tokens could still begin one -> until when."""
        self.beacons: Counter[str] = Counter()
        """``taken``, and the reasons of those that were not."""

    def __len__(self) -> int:
        return len(self._live)

    def find(self, session: str) -> TrackedIntake | None:
        """The intake of a live session."""
        viewing = self._live.get(session)
        return None if viewing is None else viewing.intake

    def take(self, claims: Claims, decoded: Decoded, now: float) -> None:
        """Give a session its beacons; the first ones begin it.

        Raises:
            Refusal: 410 for a session that is over, 503 when there is no room for another one.
        """
        viewing = self._live.get(claims.session)
        if viewing is None:
            viewing = self._begin(claims, now)
        viewing.seen = now
        self._live.move_to_end(claims.session)
        self.beacons["taken"] += len(decoded.beacons)
        self.beacons.update(decoded.reasons())
        viewing.intake.push(decoded, received_at=now)

    def pass_time(self, now: float) -> None:
        """Let go of who is over or whose token is; the tracker itself lets the sessions' time pass.

        Args:
            now: The time in Unix seconds.
        """
        self._let_go(now, self._settings.over_seconds, of_all=False)
        while self._over and next(iter(self._over.values())) <= now:
            self._over.popitem(last=False)

    def flush(self) -> None:
        """Give on what waits for beacons before it: no more will come."""
        for viewing in self._live.values():
            viewing.intake.flush()

    def _begin(self, claims: Claims, now: float) -> _Viewing:
        too_old = now - claims.issued > self._settings.start_seconds
        if too_old or claims.issued < self._started or claims.session in self._over:
            raise Refusal(410, "session_over")
        if len(self._live) >= self._settings.max_sessions:
            self._let_go(now, self._settings.idle_seconds, of_all=True)
        if len(self._live) >= self._settings.max_sessions:
            raise Refusal(503, "full", retry_after=30.0)
        intake = self._tracker.intake(
            claims.session,
            claims.player,
            plan_for(claims.video, claims.player),
            anonymous_id=claims.viewer,
            window=ReorderWindow(self._settings.reorder_seconds),
            skew=ClockSkew(opened=(claims.issued, claims.clock)),
        )
        self._live[claims.session] = viewing = _Viewing(claims, intake, now)
        return viewing

    def _let_go(self, now: float, silence: float, *, of_all: bool) -> None:
        for session, viewing in list(self._live.items()):
            if now - viewing.seen <= silence:
                break  # and all after it were heard of later
            if of_all or viewing.intake.over or now >= viewing.claims.expires:
                viewing.intake.flush()
                del self._live[session]
                self._over[session] = viewing.claims.issued + self._settings.start_seconds
