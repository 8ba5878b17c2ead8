"""A FastAPI service that hears players in pages.

`uvicorn --factory recipes.fastapi_app:create_app`. A page asks for a session when it loads a video,
then posts what its player says.
"""

import os
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel

from video_tracker import (
    AsyncTracker,
    ConsoleTransport,
    Content,
    HttpTransport,
    SessionPlan,
    Transport,
)
from video_tracker.ingest import decode_beacons
from video_tracker.tracker import TrackedIntake

LARGEST = 64 * 1024
"""Bytes of a body that are read."""


class Wanted(BaseModel):
    """What a page says when it begins: which video, in which player."""

    video: str
    player: Literal["html5", "videojs", "hlsjs"] = "html5"


def viewer_of(request: Request) -> str:
    """Who is logged in: put your own log-in here. Never believe a body."""
    viewer: Any = request.headers.get("x-viewer")  # as your gateway sets it, and nobody else can
    if not viewer:
        raise HTTPException(401, "log in first")
    return str(viewer)


def tracker_of(request: Request) -> AsyncTracker:
    """The tracker of this process."""
    tracker: AsyncTracker = request.app.state.tracker
    return tracker


Viewer = Annotated[str, Depends(viewer_of)]
Tracking = Annotated[AsyncTracker, Depends(tracker_of)]


def create_app(transport: Transport | None = None) -> FastAPI:
    """The service; without a transport it sends to Customer.io, or prints where it has no key."""
    key = os.environ.get("CUSTOMERIO_KEY")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        # Here the server has forked its workers, and the loop runs: one tracker for the process.
        way = transport or (HttpTransport(key, strict=True) if key else ConsoleTransport())
        spool = os.environ.get("SPOOL_DIR")
        async with AsyncTracker(way, spool_dir=spool) as tracker:
            tracker.start()  # what processes before this one left in the spool is sent at once
            app.state.tracker = tracker
            yield
        # Here it is closed: what was pending is sent, or stays in the spool.

    app = FastAPI(lifespan=lifespan)

    @app.post("/sessions", status_code=201)
    async def begin(wanted: Wanted, viewer: Viewer, tracker: Tracking) -> dict[str, str]:
        # An id is new at each start: one of a process that is no more must not begin again (S50).
        session_id = secrets.token_urlsafe(18)
        plan = SessionPlan(user_id=viewer, contents=[Content(asset_id=wanted.video)])
        tracker.open(session_id, plan, player=wanted.player, beacons=True)
        return {"session": session_id}

    @app.post("/sessions/{session_id}/beacons", status_code=204)
    async def hear(session_id: str, request: Request, tracker: Tracking) -> Response:
        viewing = tracker.find(session_id)
        if not isinstance(viewing, TrackedIntake):
            raise HTTPException(410, "this session is over: begin a new one")
        if int(request.headers.get("content-length", LARGEST + 1)) > LARGEST:
            raise HTTPException(413, "too much at once")
        body = await request.body()
        if not await tracker.room(1.0):
            raise HTTPException(503, "the queue is full", headers={"retry-after": "5"})
        said = decode_beacons(body, session_id=session_id)
        if said.rejected and not said.beacons:
            raise HTTPException(400, [f"{each.path}: {each.message}" for each in said.rejected])
        viewing.push(said)
        return Response(status_code=204)

    @app.get("/healthz")
    async def health(tracker: Tracking) -> dict[str, Any]:
        return tracker.stats().to_dict()

    return app
