"""Tasks of Celery that turn what players say into events: `celery -A recipes.celery_worker worker`.

The web server calls :func:`hear` with what a page posted; any process of any worker runs
:func:`take`. The viewers are in a store: there a session is one, whoever hears which part of it,
and what it makes is safe before the task is done. Beacons are numbered, so tasks may overtake each
other, and one that is run again counts once.
"""

import os
import time
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown, worker_shutdown

from video_tracker import (
    ConsoleTransport,
    HttpTransport,
    SessionPlan,
    Tracker,
    Transport,
    plan_from_json,
    plan_to_json,
)
from video_tracker.errors import StoreError
from video_tracker.ingest import decode_beacons
from video_tracker.stores import store_at

REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
STORE_URL = os.environ.get("STORE_URL", REDIS_URL)
"""Where the viewers are: redis://... or postgresql://..."""

app = Celery("playback", broker=os.environ.get("BROKER_URL", REDIS_URL))
app.conf.update(
    task_acks_late=True,  # a task of a worker that is killed is run again
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
)
trackers: list[Tracker] = []
"""This process's tracker, from its start to its end."""


def transport() -> Transport:
    """The way out; without a key the events are printed."""
    key, url = os.environ.get("CUSTOMERIO_KEY"), os.environ.get("CUSTOMERIO_URL")
    return HttpTransport(key, base_url=url, strict=True) if key else ConsoleTransport()


@worker_process_init.connect
def open_tracker(**_: object) -> None:
    """In each worker process, after the fork."""
    tracker = Tracker(transport(), store=store_at(STORE_URL))
    tracker.start()  # looks after all viewers, and sends what others left in the store
    trackers.append(tracker)


@worker_process_shutdown.connect
@worker_shutdown.connect
def close_tracker(**_: object) -> None:
    """At the end of each worker process: what is not sent in time stays in the store."""
    while trackers:
        trackers.pop().close(5.0)


def hear(session_id: str, body: str, plan: SessionPlan, player: str = "html5") -> None:
    """In the web server: have a worker take what a page posted; the plan says who watches what."""
    take.delay(session_id, body, time.time(), plan_to_json(plan), player)


@app.task(autoretry_for=(StoreError,), retry_backoff=True, max_retries=5)
def take(session_id: str, body: str, posted_at: float, plan: Any, player: str) -> int:
    """In a worker: a viewer said something; how many events that made."""
    told = decode_beacons(body.encode(), session_id=session_id)
    # Both clocks as they were when the page posted it, however long the task has waited.
    opened = None if told.sent_at is None else (posted_at, told.sent_at)
    serving = trackers[0]
    made = serving.feed(session_id, told, plan=plan_from_json(plan), player=player, opened=opened)
    return len(made)
