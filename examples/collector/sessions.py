"""Who is watching: one intake for each live session, found by its token, let go of in time."""

from collections import Counter, OrderedDict
from typing import Final

import attrs

from collector.catalogue import plan_for
from collector.limits import Bucket, Refusal
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
    bucket: Bucket
    seen: float


class Sessions:
    """The live sessions of this process: bounded, and those of one address too.

    Nothing is remembered of a token until its first beacon comes. Who was let go of cannot begin
    again: a session must begin soon after its token was given, and which of those few are over is
    remembered for as long.

    Args:
        tracker: Makes the events and sends them.
        settings: The operator's.
    """

    def __init__(self, tracker: AsyncTracker, settings: Settings) -> None:
        self._tracker: Final = tracker
        self._settings: Final = settings
        self._live: OrderedDict[str, _Viewing] = OrderedDict()
        """In order of when they were last heard of."""
        self._at: dict[str, OrderedDict[str, _Viewing]] = {}
        """The same by address."""
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

    def hurry(self, session: str, now: float) -> None:
        """Count a request of a session.

        Raises:
            Refusal: 429 when there were too many.
        """
        if session in self._live:
            self._live[session].bucket.take(now)

    def take(self, claims: Claims, decoded: Decoded, now: float) -> None:
        """Give a session its beacons; the first ones begin it.

        Raises:
            Refusal: 410 for a session that is over, 429 or 503 when there is no room for it.
        """
        viewing = self._live.get(claims.session)
        if viewing is None:
            viewing = self._begin(claims, now)
        viewing.seen = now
        self._live.move_to_end(claims.session)
        self._at[claims.address].move_to_end(claims.session)
        self.beacons["taken"] += len(decoded.beacons)
        viewing.intake.push(decoded, received_at=now)

    def pass_time(self, now: float) -> None:
        """Let go of who is over or whose token is; the tracker itself lets the sessions' time pass.

        Args:
            now: The time in Unix seconds.
        """
        for viewing in list(self._live.values()):
            if now - viewing.seen <= self._settings.over_seconds:
                break  # and all after it were heard of later
            if viewing.intake.over or now >= viewing.claims.expires:
                self._let_go(viewing)
        while self._over and next(iter(self._over.values())) <= now:
            self._over.popitem(last=False)

    def flush(self) -> None:
        """Give on what waits for beacons before it: no more will come."""
        for viewing in self._live.values():
            viewing.intake.flush()

    def _begin(self, claims: Claims, now: float) -> _Viewing:
        settings = self._settings
        if now - claims.issued > settings.start_seconds or claims.session in self._over:
            raise Refusal(410, "session_over")
        own = self._at.get(claims.address, OrderedDict())
        if not self._has_room(own, settings.address_sessions, now):
            raise Refusal(429, "too_many_sessions", retry_after=30.0)
        if not self._has_room(self._live, settings.max_sessions, now):
            raise Refusal(503, "full", retry_after=30.0)
        intake = self._tracker.intake(
            claims.session,
            claims.player,
            plan_for(claims.video, claims.player),
            anonymous_id=claims.viewer,
            window=ReorderWindow(settings.reorder_seconds),
            skew=ClockSkew(opened=(claims.issued, claims.clock)),
        )
        bucket = Bucket(settings.token_rate, settings.token_burst, now)
        bucket.take(now)
        viewing = _Viewing(claims, intake, bucket, now)
        self._live[claims.session] = viewing
        self._at.setdefault(claims.address, OrderedDict())[claims.session] = viewing
        return viewing

    def _has_room(self, places: OrderedDict[str, _Viewing], most: int, now: float) -> bool:
        """Whether there is a place; those that were silent for long are free."""
        while len(places) >= most:
            viewing = next(iter(places.values()))
            if now - viewing.seen <= self._settings.idle_seconds:
                return False
            self._let_go(viewing)
        return True

    def _let_go(self, viewing: _Viewing) -> None:
        viewing.intake.flush()
        session, address = viewing.claims.session, viewing.claims.address
        del self._live[session], self._at[address][session]
        if not self._at[address]:
            del self._at[address]
        self._over[session] = viewing.claims.issued + self._settings.start_seconds
