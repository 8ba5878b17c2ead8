"""A function as a service: a viewer is resumed, fed and let go of in one call.

The queue gives each invocation what pages posted: SQS FIFO with the session's id as the message
group, or Kinesis with it as the partition key, so that a viewer's beacons come about in order. The
viewers are in a store, and any number of invocations may be at them at once.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from video_tracker import ConsoleTransport, HttpTransport, Tracker, Transport, plan_from_json
from video_tracker.errors import StoreError
from video_tracker.ingest import decode_beacons
from video_tracker.stores import Store


def way_out() -> Transport:
    """To Customer.io; without a key the events are printed into the function's log."""
    key = os.environ.get("CUSTOMERIO_KEY")
    return HttpTransport(key, strict=True) if key else ConsoleTransport()


class Handler:
    """What is invoked; one for a container, which serves many invocations.

    Args:
        store: The store: a ``RedisStore``, a ``PostgresStore``, or one of your own.
        transport: The way out; by default to Customer.io.
    """

    def __init__(self, store: Store, transport: Transport | None = None) -> None:
        # No threads: a container is frozen between two invocations. Nothing is held then.
        self.tracker = Tracker(transport or way_out(), mode="sync", store=store)

    def __call__(self, event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
        """Serve a batch of the queue; what failed is named, and comes again."""
        failed: list[dict[str, str]] = []
        broken: set[str] = set()
        for record in event["Records"]:
            said = json.loads(record["body"])
            session_id: str = said["session"]
            try:
                if session_id in broken:
                    raise StoreError("what was said before it failed")
                self.serve(session_id, said)
            except StoreError as error:
                print(f"{session_id}: {error}")
                broken.add(session_id)
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}

    def serve(self, session_id: str, said: Mapping[str, Any]) -> None:
        """Take what a page posted: ``body``, and of your API ``plan``, ``player``, ``posted_at``.

        Raises:
            StoreError: The store cannot be reached: nothing was taken.
        """
        told = decode_beacons(said["body"].encode(), session_id=session_id)
        # Both clocks as they were when the page posted it, however long it lay in the queue.
        opened = None if told.sent_at is None else (said["posted_at"], told.sent_at)
        plan, player = plan_from_json(said["plan"]), said.get("player", "html5")
        self.tracker.feed(session_id, told, plan=plan, player=player, opened=opened)

    def pass_time(self, _event: object = None, _context: object = None) -> None:
        """Once a minute, by a schedule: time passes, and what could not be sent is sent."""
        self.tracker.tick()
