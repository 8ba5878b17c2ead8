"""The way to Customer.io, and what the answer 204 promises.

204 says: every event that these beacons have made, and all before them, is in the spool, so that
the end of this process, whatever ends it, does not lose it (a power cut may cost the last half
second); or it has arrived. Without a spool the tracker holds it in memory. What has made no event
yet (progress, a beacon that waits for one before it) is in the memory of its session, and ends
with the process if that is killed; a process that is told to stop makes its events first.

With a store, 204 says that all of it is there: the sessions with what they hold, and the events.
"""

from collections.abc import Callable
from typing import Final

from collector.limits import Refusal
from collector.settings import Settings
from video_tracker import AsyncTracker, DeliveryPolicy, Transport
from video_tracker.delivery.spool import Spool
from video_tracker.stores import Store
from video_tracker.tracker import Sent

__all__ = ["Outbox"]

_FULL: Final = 0.9
"""The share that requests may fill: sessions make events besides, when time passes or they end."""


class Outbox:
    """A tracker, and whether it keeps what it is told.

    Args:
        settings: The operator's.
        transport: The way out.
        on_sent: Told of what arrived.
        store: Where the sessions and the events are, if not here.

    Attributes:
        tracker: Makes the events and sends them.
    """

    def __init__(
        self,
        settings: Settings,
        transport: Transport,
        on_sent: Callable[[Sent], object] | None = None,
        store: Store | None = None,
    ) -> None:
        self._most: Final = settings.queue_bytes
        folder = settings.spool_dir
        self._spool: Final = None if folder is None else Spool(folder, max_bytes=self._most)
        policy = DeliveryPolicy if folder is None else DeliveryPolicy.durable
        self.tracker = AsyncTracker(
            transport,
            spool_dir=self._spool,
            policy=policy(max_records=10**9, max_bytes=self._most),
            max_sessions=settings.max_sessions,
            on_sent=on_sent,
            store=store,
        )

    @property
    def trouble(self) -> str | None:
        """Why the disk takes nothing, a code; None when all is well."""
        return None if self._spool is None else self._spool.trouble

    def check_room(self, now: float) -> None:
        """Before something is taken: is there room for what it makes?

        Raises:
            Refusal: 503; whoever asked keeps what he has, and comes again.
        """
        spool = self._spool
        if spool is None:
            held = self.tracker.stats().pending_bytes
        else:
            held = spool.stats().disk_bytes
            if spool.trouble and not spool.rested(now):  # else one request tries the disk again
                raise Refusal(503, "disk_fails", retry_after=5.0)
        if held > _FULL * self._most:
            raise Refusal(503, "queue_full", retry_after=30.0)

    def check_kept(self) -> None:
        """After something was taken: is what it made where 204 says?

        When not, the tracker sends it from memory or brings it to the disk; what comes a second
        time meanwhile counts once.

        Raises:
            Refusal: 503.
        """
        if self.trouble and self.tracker.stats().pending:
            raise Refusal(503, "disk_fails", retry_after=5.0)
