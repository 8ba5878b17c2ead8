"""Jobs of RQ that turn what players say into events: `rq worker --with-scheduler playback`.

The web server calls :func:`hear` with what a page posted; any worker runs :func:`take`. A worker
forks a process for each job and ends it without its end (``os._exit``), so a job makes its tracker
and closes it. The viewers are in a store, and what they make too, until it has arrived.
"""

import contextlib
import os
import time
from collections.abc import Generator
from typing import Any

from redis import Redis
from rq import Queue, Retry

from video_tracker import (
    ConsoleTransport,
    HttpTransport,
    SessionPlan,
    Tracker,
    Transport,
    plan_from_json,
    plan_to_json,
)
from video_tracker.ingest import decode_beacons
from video_tracker.stores import store_at

REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
STORE_URL = os.environ.get("STORE_URL", REDIS_URL)
"""Where the viewers are: redis://... or postgresql://..."""


def connection() -> Redis:
    """The Redis that holds the queue."""
    return Redis.from_url(REDIS_URL)


def transport() -> Transport:
    """The way out; without a key the events are printed."""
    key, url = os.environ.get("CUSTOMERIO_KEY"), os.environ.get("CUSTOMERIO_URL")
    return HttpTransport(key, base_url=url, strict=True) if key else ConsoleTransport()


@contextlib.contextmanager
def serving() -> Generator[Tracker]:
    """A job's own tracker and store; they hold nothing between two calls."""
    with (
        contextlib.closing(store_at(STORE_URL)) as store,
        Tracker(transport(), mode="sync", store=store) as tracker,
    ):
        yield tracker


def hear(session_id: str, body: str, plan: SessionPlan, player: str = "html5") -> None:
    """In the web server: have a worker take what a page posted; the plan says who watches what."""
    queue = Queue("playback", connection=connection())
    said = (session_id, body, time.time(), plan_to_json(plan), player)
    queue.enqueue(take, *said, retry=Retry(max=5, interval=[1, 5, 30, 60, 300]))


def take(session_id: str, body: str, posted_at: float, plan: Any, player: str) -> int:
    """In a worker: a viewer said something; how many events that made."""
    told = decode_beacons(body.encode(), session_id=session_id)
    # Both clocks as they were when the page posted it, however long the job has waited.
    opened = None if told.sent_at is None else (posted_at, told.sent_at)
    with serving() as tracker:
        made = tracker.feed(
            session_id, told, plan=plan_from_json(plan), player=player, opened=opened
        )
    return len(made)


def pass_time() -> None:
    """In a worker, every minute (`rq` schedules it, or cron): time passes, and what waits is sent.

    Who vanished is interrupted; what the destination did not take before is given to it again.
    """
    with serving() as tracker:
        tracker.tick()
