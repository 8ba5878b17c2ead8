"""Who is watching, where the sessions are in a store: any worker takes any beacon.

This takes the place of ``sessions``, ``workers`` and the spool. Nothing of a session is in a
worker; what 204 promises is in the store.
"""

import asyncio
from collections import Counter, OrderedDict
from typing import Final

from collector.catalogue import plan_for
from collector.limits import Buckets, Refusal
from collector.settings import Settings
from collector.tokens import Claims
from video_tracker import AsyncTracker
from video_tracker.errors import StoreError
from video_tracker.ingest import Decoded
from video_tracker.stores import Store

__all__ = ["StoredSessions"]

_SURE: Final = 1_800.0
"""Seconds after its last beacon for which a store surely knows a session: half of the time that it
remembers one which is over."""
_MOST: Final = 100_000
"""Sessions of which a worker remembers that they began."""


class StoredSessions:
    """The sessions of a store, as one worker serves them.

    Args:
        tracker: Has the store, makes the events and sends them.
        store: The store.
        settings: The operator's.
    """

    def __init__(self, tracker: AsyncTracker, store: Store, settings: Settings) -> None:
        self._tracker: Final = tracker
        self._store: Final = store
        self._settings: Final = settings
        self._rates = Buckets(settings.token_rate, settings.token_burst)
        self._began: OrderedDict[str, float] = OrderedDict()
        """Sessions that the store knows -> when this worker heard them."""
        self.beacons: Counter[str] = Counter()
        """``taken``, and the reasons of those that were not."""

    def hurry(self, session: str, now: float) -> None:
        """Count a request of a session, as far as this worker gets them.

        Raises:
            Refusal: 429 when there were too many.
        """
        self._rates.take(session, now)

    async def take(self, claims: Claims, decoded: Decoded, now: float) -> None:
        """Give a session its beacons; the first ones begin it.

        Raises:
            Refusal: 410 for a session that is over, 503 when the store cannot be reached.
        """
        try:
            if not await self._may_go_on(claims, now):
                raise Refusal(410, "session_over")
            await self._tracker.feed(
                claims.session,
                decoded,
                plan=plan_for(claims.video, claims.player),
                player=claims.player,
                anonymous_id=claims.viewer,
                opened=(claims.issued, claims.clock),
                received_at=now,
            )
        except StoreError as error:
            raise Refusal(503, "store_fails", retry_after=5.0) from error
        self.beacons["taken"] += len(decoded.beacons)
        self._began[claims.session] = now
        self._began.move_to_end(claims.session)
        if len(self._began) > _MOST:
            self._began.popitem(last=False)

    async def _may_go_on(self, claims: Claims, now: float) -> bool:
        """Whether a session is there, or may begin yet: its id is used once."""
        if now - claims.issued <= self._settings.start_seconds:
            return True
        if now - self._began.get(claims.session, float("-inf")) < _SURE:
            return True
        (stored,) = await asyncio.to_thread(self._store.load, [claims.session])
        return stored is not None

    def close(self) -> None:
        """Let go of the store's connections."""
        self._store.close()
