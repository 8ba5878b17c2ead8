"""A function as a service: snapshot in, callbacks, snapshot out.

The queue gives each invocation what players said: SQS FIFO with the session's id as the message
group, or Kinesis with it as the partition key, so that no two invocations serve one session at the
same time. The store is any table with a conditional write.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, Protocol

from video_tracker import HttpTransport, Tracker, Transport, plan_from_json
from video_tracker.tracker import TrackedPlayer


class ConflictError(Exception):
    """Somebody else wrote the session meanwhile."""


class Store(Protocol):
    """Where sessions are between two invocations: a DynamoDB table, for instance."""

    def read(self, session_id: str) -> tuple[str | None, int]:
        """The state of a session and its version; None and 0 of a new one."""
        ...

    def write(self, session_id: str, state: str, version: int) -> None:
        """Put a new state in the place of that version; ConflictError where it is another one."""

    def open(self) -> list[str]:
        """The ids of the sessions that are not over."""
        ...


class Handler:
    """What is invoked; one for a container, which serves many invocations.

    Args:
        store: The store.
        transport: The way out; by default to Customer.io.
    """

    def __init__(self, store: Store, transport: Transport | None = None) -> None:
        self.store = store
        way = transport or HttpTransport(os.environ["CUSTOMERIO_KEY"], strict=True)
        # No threads: a container is frozen between two invocations.
        self.tracker = Tracker(way, mode="manual")

    def __call__(self, event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
        """Serve a batch of the queue; what failed is named, and comes again."""
        failed: list[dict[str, str]] = []
        broken: set[str] = set()
        for record in event["Records"]:
            said = json.loads(record["body"])
            session_id = said["session"]
            try:
                if session_id in broken:
                    raise ConflictError("what was said before it failed")
                self.serve(session_id, said)
            except (ConflictError, TimeoutError) as error:
                print(f"{session_id}: {error}")
                broken.add(session_id)
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}

    def serve(self, session_id: str, said: Mapping[str, Any]) -> None:
        """Take what a player said; or nothing, then only time passes.

        Raises:
            TimeoutError: The destination did not take the events.
            ConflictError: The session was written by somebody else.
        """
        state, version = self.store.read(session_id)
        player = self._player(session_id, state, said)
        try:
            for callback in said.get("callbacks", ()):
                player.callback(
                    callback["event"],
                    callback.get("state"),
                    callback.get("detail"),
                    channel=callback.get("channel"),
                    element=callback.get("element"),
                    at=callback["at"],
                )
            self.tracker.tick()
        finally:
            state = json.dumps(self.tracker.release(session_id))
        stats = self.tracker.flush(10.0)
        if stats.pending:  # not stored: the same callbacks will make the same events again
            raise TimeoutError(f"{stats.pending} events were not sent: {stats.last_error}")
        self.store.write(session_id, state, version)

    def _player(self, session_id: str, state: str | None, said: Mapping[str, Any]) -> TrackedPlayer:
        player: str = said.get("player", "html5")
        if state is not None:
            return self.tracker.adopt(json.loads(state), player=player)
        return self.tracker.open(session_id, plan_from_json(said["plan"]), player=player)

    def pass_time(self, _event: object = None, _context: object = None) -> None:
        """Once a minute, by a schedule: heartbeats and timeouts of those who say nothing."""
        for session_id in self.store.open():
            self.serve(session_id, {})
