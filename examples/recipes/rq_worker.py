"""Jobs of RQ that turn what players say into events: `rq worker --with-scheduler playback`.

The web server calls :func:`hear`; a worker runs :func:`serve`. A worker forks a process for each
job and ends it without its end (``os._exit``), so a job makes its tracker and closes it.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from redis import Redis
from rq import Queue, Retry

from recipes.redis_sessions import RedisSessions
from video_tracker import ConsoleTransport, HttpTransport, Tracker, Transport

PATIENCE = 20.0
"""Seconds for which a job waits for the destination."""


class NotSentError(Exception):
    """The destination did not take the events: the job is to be run again."""


def connection() -> Redis:
    """The Redis that holds the queue and the sessions."""
    return Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))


def transport() -> Transport:
    """The way out; without a key the events are printed."""
    key, url = os.environ.get("CUSTOMERIO_KEY"), os.environ.get("CUSTOMERIO_URL")
    return HttpTransport(key, base_url=url, strict=True) if key else ConsoleTransport()


def hear(session_id: str, callbacks: Iterable[Mapping[str, Any]]) -> bool:
    """In the web server: keep what a player said and call a worker; false: no such session."""
    redis = connection()
    if not RedisSessions(redis).say(session_id, callbacks):
        return False
    queue = Queue("playback", connection=redis)
    queue.enqueue(serve, session_id, retry=Retry(max=5, interval=[1, 5, 30, 60, 300]))
    return True


def serve(session_id: str) -> int:
    """In a worker: go on with a session with all that was said until now."""
    with Tracker(transport(), mode="manual") as tracker:

        def settle() -> None:
            stats = tracker.flush(PATIENCE)
            if stats.pending:
                raise NotSentError(f"{stats.pending} events: {stats.last_error}")

        return RedisSessions(connection()).serve(session_id, tracker, settle)


def pass_time() -> None:
    """In a worker, every minute (`rq` schedules it, or cron): who vanished is interrupted."""
    for session_id in RedisSessions(connection()).open():
        serve(session_id)
