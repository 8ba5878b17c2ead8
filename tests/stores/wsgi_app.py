"""A WSGI site that hears players, for any number of processes: a request is one ``feed``."""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from tests.recordings.replaying import adapter_of
from tests.tracker.test_recordings_through_trackers import plan_of
from video_tracker import HttpTransport, Tracker
from video_tracker.players.base import Callback
from video_tracker.stores import store_at

way = HttpTransport("key", base_url=os.environ["DESTINATION"], strict=True)
tracker = Tracker(way, store=store_at(os.environ["STORE"]))


def app(environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """``{"session", "recording", "received_at", "callback"}``: 204, and which process it was."""
    if environ["REQUEST_METHOD"] != "POST":
        start_response("200 OK", [])
        return []
    asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    plan, player = plan_of(asked["recording"]), type(adapter_of(asked["recording"]))
    said = Callback(**asked["callback"])
    tracker.feed(
        asked["session"],
        [said],
        plan=plan,
        player=player,
        settings=plan.settings,
        received_at=asked["received_at"],
    )
    start_response("204 No Content", [("X-Process", str(os.getpid()))])
    return []
