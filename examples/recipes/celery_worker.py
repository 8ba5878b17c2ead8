"""Tasks of Celery that turn what players say into events.

`celery -A recipes.celery_worker worker --beat`. The web server calls :func:`hear`; a worker runs
:func:`serve`. Each worker process has one tracker, with a spool on its machine's disk: an event is
safe there before the task is done, whether or not the destination answers.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown, worker_shutdown
from redis import Redis

from recipes.redis_sessions import RedisSessions
from video_tracker import ConsoleTransport, HttpTransport, Tracker, Transport

REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
SPOOL_DIR = os.environ.get("SPOOL_DIR", "/var/spool/video-tracker")

app = Celery("playback", broker=os.environ.get("BROKER_URL", REDIS_URL))
app.conf.update(
    task_acks_late=True,  # a task of a worker that is killed is run again
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    beat_schedule={"pass-time": {"task": "recipes.celery_worker.pass_time", "schedule": 60.0}},
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
    tracker = Tracker(transport(), spool_dir=SPOOL_DIR)
    tracker.start()  # sends what processes before this one left in the spool
    trackers.append(tracker)


@worker_process_shutdown.connect
@worker_shutdown.connect
def close_tracker(**_: object) -> None:
    """At the end of each worker process: what is not sent in time stays in the spool."""
    while trackers:
        trackers.pop().close(5.0)


def sessions() -> RedisSessions:
    """The sessions that all workers share."""
    return RedisSessions(Redis.from_url(REDIS_URL))


def hear(session_id: str, callbacks: Iterable[Mapping[str, Any]]) -> bool:
    """In the web server: keep what a player said and call a worker; false: no such session."""
    known = sessions().say(session_id, callbacks)
    if known:
        serve.delay(session_id)
    return known


@app.task(autoretry_for=(Exception,), retry_backoff=True, max_retries=5)
def serve(session_id: str) -> int:
    """In a worker: go on with a session with all that was said until now."""
    tracker = trackers[0]

    def settle() -> None:
        """With a spool there is nothing to wait for, unless its disk fails."""
        stats = tracker.stats()
        if stats.diverted and tracker.flush(20.0).pending:
            raise RuntimeError(f"the spool fails and {stats.pending} events were not sent")

    return sessions().serve(session_id, tracker, settle)


@app.task
def pass_time() -> None:
    """Every minute: let time pass for all sessions, so that who vanished is interrupted."""
    for session_id in sessions().open():
        serve.delay(session_id)
