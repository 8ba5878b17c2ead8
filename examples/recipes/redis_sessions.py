"""Playback sessions in Redis: any worker serves any session, one worker at a time.

What a player said waits in a list, in its order; a worker takes all that is there, goes on with the
session from its snapshot, and puts the new snapshot and the shorter list back in one step. A
worker that dies before that step has changed nothing: the next one makes the same events again,
with the same message ids (S50).

For a session ``ID`` there are ``playback:ID:begun`` (its player and plan), ``playback:ID:said``
(the list), ``playback:ID:state`` (the snapshot) and ``playback:ID:lock``; ``playback:open`` holds
the ids of those that are not over.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from redis import Redis

from video_tracker import SessionPlan, Tracker, plan_from_json, plan_to_json
from video_tracker.tracker import TrackedPlayer

KEPT = 24 * 3600
"""Seconds for which a session is kept after somebody last spoke of it."""
LONGEST = 60.0
"""Seconds that a worker may take for a session; after that it counts as dead."""


class RedisSessions:
    """Sessions that several processes share."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    def begin(self, session_id: str, plan: SessionPlan, player: str = "html5") -> None:
        """Write down who watches what; by whoever knows it, such as the web server."""
        begun = json.dumps({"player": player, "plan": plan_to_json(plan)})
        with self.redis.pipeline() as step:
            step.set(f"playback:{session_id}:begun", begun, ex=KEPT)
            step.sadd("playback:open", session_id)
            step.execute()

    def say(self, session_id: str, callbacks: Iterable[Mapping[str, Any]]) -> bool:
        """Write down what a player said; false when nobody has begun such a session.

        Args:
            session_id: The session.
            callbacks: Each with ``event``, ``state``, and ``at`` in Unix seconds: when it came;
                ``channel``, ``element`` and ``detail`` where it has them.
        """
        lines = [json.dumps(callback) for callback in callbacks]
        if not self.redis.exists(f"playback:{session_id}:begun"):
            return False
        with self.redis.pipeline() as step:
            if lines:
                step.rpush(f"playback:{session_id}:said", *lines)
            for part in ("begun", "said", "state"):
                step.expire(f"playback:{session_id}:{part}", KEPT)
            step.execute()
        return True

    def serve(self, session_id: str, tracker: Tracker, settle: Callable[[], None]) -> int:
        """Go on with a session; how many callbacks there were.

        With none, time passes for it: its heartbeats and timeouts come.

        Args:
            session_id: The session.
            tracker: A tracker of this process.
            settle: Called before anything is put back; raises when the events are not safe.
        """
        with self.redis.lock(f"playback:{session_id}:lock", timeout=LONGEST) as lock:
            begun = self.redis.get(f"playback:{session_id}:begun")
            if begun is None:  # nobody spoke of it for a day
                self.redis.srem("playback:open", session_id)
                return 0
            lines = self.redis.lrange(f"playback:{session_id}:said", 0, -1)
            player = self._resumed(session_id, tracker, json.loads(begun))
            try:
                for line in lines:
                    said = json.loads(line)
                    player.callback(
                        said["event"],
                        said.get("state"),
                        said.get("detail"),
                        channel=said.get("channel"),
                        element=said.get("element"),
                        at=said["at"],
                    )
                tracker.tick()
            finally:
                state = json.dumps(tracker.release(session_id))
            settle()
            lock.reacquire()  # raises when it took too long: another worker is at it then
            with self.redis.pipeline() as step:
                step.ltrim(f"playback:{session_id}:said", len(lines), -1)
                step.set(f"playback:{session_id}:state", state, ex=KEPT)
                (step.srem if player.over else step.sadd)("playback:open", session_id)
                step.execute()
        return len(lines)

    def _resumed(self, session_id: str, tracker: Tracker, begun: Any) -> TrackedPlayer:
        name: str = begun["player"]
        state = self.redis.get(f"playback:{session_id}:state")
        if state is not None:
            return tracker.adopt(json.loads(state), player=name)
        return tracker.open(session_id, plan_from_json(begun["plan"]), player=name)

    def open(self) -> list[str]:
        """The ids of the sessions that are not over; for who lets time pass."""
        ids = self.redis.smembers("playback:open")
        return sorted(name.decode() if isinstance(name, bytes) else name for name in ids)
