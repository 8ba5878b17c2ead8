"""The service's requests: ``POST /sessions`` gives a token, ``POST /beacons`` takes what it allows.

``POST /cmcd/{token}`` takes what a player reports by itself.

Every answer that is no success is ``{"error": reason}``. A browser cannot give ``sendBeacon`` a
header, so the token is the first line of the body, and the beacons are the rest of it; nothing of
the rest is read before the token has proven good.
"""

import asyncio
import contextlib
import json
import multiprocessing
import re
import uuid
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, Final, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from collector.addresses import client_of
from collector.catalogue import plan_for
from collector.debug import Gallery, LocalSink, drawn, standing
from collector.limits import Buckets, Refusal, read_body
from collector.outbox import Outbox
from collector.sessions import Sessions
from collector.settings import Settings
from collector.stored import StoredSessions
from collector.tokens import Claims, TokenError, issue, verify
from collector.workers import Post, Workers
from video_tracker import HttpTransport, Transport, VideoTrackerError
from video_tracker.clock import SystemClock
from video_tracker.ingest import Decoded, cmcd_status, decode_beacons, decode_cmcd
from video_tracker.players.base import finite
from video_tracker.stores import store_at

__all__ = ["Collector", "create_app", "from_environment"]

HERE: Final = Path(__file__).parent
_ROUND: Final = 5.0
"""Seconds between two looks for sessions that can be let go of."""
_WIDEST: Final = 1600
"""Pixels of a picture."""
_VIEWER: Final = re.compile(r"[\w.:@+-]{1,64}")


class Collector:
    """What the requests share.

    Args:
        settings: The operator's.
        transport: The way out; by default Customer.io, or the local sink.
        clock: Unix seconds that never step back, or a token that is over could begin anew.
    """

    def __init__(
        self,
        settings: Settings,
        transport: Transport | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.settings = settings
        self.clock = SystemClock().now if clock is None else clock
        self.gallery = Gallery()
        store = None if settings.store is None else store_at(settings.store)
        self.outbox = Outbox(
            settings,
            _transport(settings) if transport is None else transport,
            on_sent=self.gallery.on_sent if settings.local_sink else None,
            store=store,
        )
        self.tracker = self.outbox.tracker
        self.sessions = Sessions(self.tracker, settings)
        self.stored = None if store is None else StoredSessions(self.tracker, store, settings)
        self.addresses = Buckets(settings.address_rate, settings.address_burst)
        self.workers = Workers(
            settings.workers_dir, lambda post: self._keep(self._verified(post.token), post)
        )
        self._stops = False

    # -- life ----------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncGenerator[None]:
        """Run, and at the end lose nothing that was answered with 204."""
        self.tracker.start()  # what an earlier process left in spool or store goes out at once
        rounds = asyncio.create_task(self._rounds())
        try:
            async with self.workers.serving(self.clock()):
                yield
        finally:
            rounds.cancel()
            # Who still asks is refused. What waits for its turn has it now; the sessions stay as
            # they are: a service that stops is not a viewer who leaves.
            self._stops = True
            self.sessions.flush()
            await self.tracker.aclose(timeout=10.0)
            if self.stored is not None:
                self.stored.close()

    async def _rounds(self) -> None:
        while True:
            await asyncio.sleep(_ROUND)
            self.sessions.pass_time(self.clock())

    # -- requests ------------------------------------------------------------------------------

    async def begin(self, request: Request) -> Response:
        """``POST /sessions``: a token for one viewing.

        ``{"video": ..., "player": ..., "clock": Date.now(), "viewer": ...}``; the last two may be
        left out.
        """
        address = self._admit(request)
        asked = _object(await read_body(request, 2_000, self.settings.body_seconds))
        video, player = asked.get("video"), asked.get("player", "html5")
        if not (isinstance(video, str) and isinstance(player, str)):
            raise Refusal(400, "malformed")
        if plan_for(video, player) is None:
            raise Refusal(422, "unknown_video_or_player")
        now = self.clock()
        claims = Claims(
            session=uuid.uuid4().hex,
            viewer=self.viewer(request, asked),
            video=video,
            player=player,
            worker=self.workers.name,
            address=address,
            issued=now,
            clock=_seconds(asked.get("clock"), now),
            expires=now + self.settings.token_seconds,
        )
        token = issue(claims, self.settings.secret)
        return JSONResponse({"token": token, "session": claims.session}, status_code=201)

    def viewer(self, _request: Request, asked: dict[str, Any]) -> str:
        """Who watches. Put your own log-in here: this believes the page, or makes a name up."""
        said = asked.get("viewer")
        known = isinstance(said, str) and _VIEWER.fullmatch(said) is not None
        return str(said) if known else uuid.uuid4().hex

    async def take(self, request: Request) -> Response:
        """``POST /beacons``: a token, a line break, and a batch of beacons."""
        self._admit(request)
        body = await read_body(request, self.settings.body_bytes, self.settings.body_seconds)
        token, _, beacons = body.partition(b"\n")
        await self._accept(Post(token.decode("latin-1"), beacons))
        return Response(status_code=204)

    async def report(self, request: Request) -> Response:
        """``POST /cmcd/{token}``: event reports that a player sends by itself.

        A player knows three answers: taken, the same again later (429), no more (410).
        """
        try:
            self._admit(request)
            body = await read_body(request, self.settings.body_bytes, self.settings.body_seconds)
            media_type = request.headers.get("content-type", "")
            await self._accept(Post(request.path_params["token"], body, media_type))
        except Refusal as refusal:
            busy = refusal.status in (408, 421, 429, 503)
            over = refusal.status in (401, 403, 410)
            return Response(status_code=cmcd_status(busy=busy, over=over))
        return Response(status_code=cmcd_status())

    async def _accept(self, post: Post) -> None:
        """Take what is said, or pass it on to the worker whose session it is."""
        claims = self._verified(post.token)
        if self.stored is not None:
            now = self._ready()
            self.stored.hurry(claims.session, now)
            decoded = self._read(claims, post, self.stored.beacons)
            await self.stored.take(claims, decoded, now)
        elif claims.worker == self.workers.name:
            self._keep(claims, post)
        else:
            await self.workers.pass_on(claims, post)

    def _keep(self, claims: Claims, post: Post) -> None:
        """Take what is said in a session of this worker; what is not refused is kept."""
        now = self._ready()
        self.sessions.hurry(claims.session, now)
        self.outbox.check_room(now)
        self.sessions.take(claims, self._read(claims, post, self.sessions.beacons), now)
        self.outbox.check_kept()

    def _ready(self) -> float:
        """The time, unless the service stops."""
        if self._stops:
            raise Refusal(503, "stopping", retry_after=1.0)
        return self.clock()

    def _read(self, claims: Claims, post: Post, beacons: Counter[str]) -> Decoded:
        """The beacons of what is said; why some are none is counted."""
        batch = self.settings.batch
        if post.cmcd is None:
            decoded = decode_beacons(post.body, batch, session_id=claims.session)
        else:
            decoded = decode_cmcd(
                post.body, batch, content_type=post.cmcd, session_id=claims.session
            )
        reasons = decoded.reasons()
        beacons.update(reasons)
        if "foreign_session" in reasons:
            raise Refusal(403, "foreign_session")
        if not decoded.beacons:
            raise Refusal(400, next(iter(reasons), "empty"))
        return decoded

    async def look(self, request: Request) -> Response:
        """``GET /debug/session``: the holder's own session, for the demonstration page."""
        claims = self._holder(request)
        player = self.sessions.find(claims.session)
        return JSONResponse(
            {
                "messages": self.gallery.of(claims.session),
                "standing": None if player is None else standing(player),
            }
        )

    async def draw(self, request: Request) -> Response:
        """``GET /debug/timeline?theme=dark&width=800``: the same as a picture."""
        claims = self._holder(request)
        player = self.sessions.find(claims.session)
        asked = request.query_params
        try:
            svg = await run_in_threadpool(
                drawn,
                self.gallery.of(claims.session),
                theme=asked.get("theme", "light"),
                width=min(int(asked.get("width", "800")), _WIDEST),
                until=None if player is None else self.clock(),
            )
        except ValueError as error:
            raise Refusal(400, "malformed") from error
        except VideoTrackerError as error:
            raise Refusal(501, "no_pictures") from error
        if not svg:
            return Response(status_code=204)
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return Response(svg, media_type="image/svg+xml", headers=headers)

    def _holder(self, request: Request) -> Claims:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise Refusal(401, "malformed")
        return self._verified(token)

    async def health(self, _request: Request) -> Response:
        """``GET /healthz``: alive, and the figures a monitor wants."""
        stats = self.tracker.stats()
        return JSONResponse(
            {
                "status": self.outbox.trouble or "ok",
                "worker": self.workers.name,
                "sessions": len(self.sessions),
                "delivered": stats.delivered,
                "pending": stats.pending,
                "lost": stats.lost,
                "lane": str(stats.lane),
                "beacons": self.sessions.beacons if self.stored is None else self.stored.beacons,
                "store": stats.store,
            }
        )

    def _admit(self, request: Request) -> str:
        """Refuse foreign pages and hasty addresses before anything is read.

        Returns:
            The address.
        """
        origin = request.headers.get("origin")
        if origin is not None and origin not in self.settings.origins:
            raise Refusal(403, "foreign_origin")
        address = client_of(request, self.settings.proxies)
        self.addresses.take(address, self.clock())
        return address

    def _verified(self, token: str) -> Claims:
        try:
            return verify(token, self.settings.secret, self.clock())
        except TokenError as error:
            raise Refusal(401, f"token_{error}") from error


def create_app(collector: Collector) -> Starlette:
    """The ASGI application."""
    settings = collector.settings
    routes: list[Route | Mount] = [
        Route("/sessions", collector.begin, methods=["POST"]),
        Route("/beacons", collector.take, methods=["POST"]),
        Route("/cmcd/{token}", collector.report, methods=["POST"]),
        Route("/healthz", collector.health),
    ]
    if settings.local_sink:
        routes += [
            Route("/debug/session", collector.look),
            Route("/debug/timeline", collector.draw),
            Route("/", _page),
            Mount("/media", StaticFiles(directory=HERE / "media")),
        ]
        if settings.libraries.is_dir():
            routes.append(Mount("/libraries", StaticFiles(directory=settings.libraries)))
    routes.append(Mount("/static", StaticFiles(directory=HERE / "static")))
    cors = Middleware(
        CORSMiddleware,
        allow_origins=sorted(settings.origins),
        allow_methods=["POST"],
        allow_headers=["content-type"],
        max_age=3600,
    )
    handlers: Any = {Refusal: _refused, HTTPException: _no_such, Exception: _broken}
    return Starlette(
        routes=routes,
        middleware=[cors],
        exception_handlers=handlers,
        lifespan=collector.lifespan,
    )


def from_environment() -> Starlette:
    """For ``uvicorn --factory collector.app:from_environment``.

    Raises:
        ValueError: The environment cannot be used.
    """
    settings = Settings.from_environment()
    shared = settings.workers_dir or settings.store
    if shared is None and multiprocessing.parent_process() is not None:
        raise ValueError(
            "COLLECTOR_STORE or COLLECTOR_WORKERS_DIR is missing: there are several workers"
        )
    return create_app(Collector(settings))


def _transport(settings: Settings) -> Transport:
    if settings.local_sink:
        return LocalSink()
    return HttpTransport(
        settings.key, region=settings.region, base_url=settings.destination, strict=True
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "malformed") from error
    if not isinstance(value, dict):
        raise Refusal(400, "malformed")
    return cast("dict[str, Any]", value)


def _seconds(milliseconds: object, default: float) -> float:
    number = finite(milliseconds)
    return default if number is None or not 0 <= number < 1e13 else number / 1000


async def _page(_request: Request) -> Response:
    return FileResponse(HERE / "static" / "index.html")


def _refused(_request: Request, refusal: Refusal) -> Response:
    headers: dict[str, str] = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(refusal.retry_after)))
    return JSONResponse({"error": refusal.reason}, status_code=refusal.status, headers=headers)


def _no_such(_request: Request, error: HTTPException) -> Response:
    reason = "no_such_method" if error.status_code == 405 else "no_such_page"
    return JSONResponse({"error": reason}, status_code=error.status_code, headers=error.headers)


def _broken(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "internal"}, status_code=500)  # the server's log has the rest
