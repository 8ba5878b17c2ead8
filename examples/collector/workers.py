"""Workers of one machine: a session lives in one of them, whichever hears its beacons."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Final

import attrs

from collector.limits import Refusal
from collector.tokens import Claims

__all__ = ["Post", "Workers"]

_PATIENCE: Final = 5.0
"""Seconds that two workers wait for each other."""


@attrs.frozen
class Post:
    """What a page or a player says.

    Args:
        token: Of which session.
        body: The beacons, as they came.
        cmcd: Their media type, when a player reports by itself.
    """

    token: str
    body: bytes
    cmcd: str | None = None


class Workers:
    """This worker, and the way to the others: each has a socket in a folder, under its name.

    Args:
        folder: The folder; None: this worker is the only one.
        hear: Takes what another worker heard for a session of this one; raises a Refusal.

    Attributes:
        name: Another one each time that a worker starts: a session ends with its worker.
    """

    def __init__(self, folder: Path | None, hear: Callable[[Post], None]) -> None:
        self.name = ""
        self._since = 0.0
        self._folder = folder
        self._hear = hear

    @contextlib.asynccontextmanager
    async def serving(self, now: float) -> AsyncGenerator[None]:
        """Be one of them, from this time on (Unix seconds)."""
        self.name, self._since = secrets.token_hex(8), now
        if self._folder is None:
            yield
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        socket = self._folder / self.name
        server = await asyncio.start_unix_server(self._answer, socket)
        try:
            yield
        finally:
            socket.unlink(missing_ok=True)
            server.close()

    async def pass_on(self, claims: Claims, post: Post) -> None:
        """Let the worker of a session take what is its.

        Raises:
            Refusal: What it answers; 410 when it is no more, and its sessions with it; 421 when
                there should be no other one, and there is.
        """
        if self._folder is None:
            if claims.issued < self._since:
                raise Refusal(410, "session_over")
            raise Refusal(421, "other_worker", retry_after=1.0)
        socket = self._folder / claims.worker
        try:
            reader, writer = await asyncio.open_unix_connection(socket)
        except (ConnectionRefusedError, FileNotFoundError) as error:
            socket.unlink(missing_ok=True)
            raise Refusal(410, "session_over") from error
        except OSError as error:
            raise Refusal(503, "worker_is_busy", retry_after=1.0) from error
        try:
            async with asyncio.timeout(_PATIENCE):
                writer.write(json.dumps([post.token, post.cmcd]).encode() + b"\n" + post.body)
                writer.write_eof()
                status, reason, retry_after = json.loads(await reader.read())
        except (OSError, TimeoutError, ValueError) as error:
            raise Refusal(503, "worker_is_busy", retry_after=1.0) from error
        finally:
            writer.close()
        if status != 204:
            raise Refusal(status, reason, retry_after)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                head, _, body = (await reader.read()).partition(b"\n")
            token, cmcd = json.loads(head)
            answer: tuple[int, str, float | None] = (204, "", None)
            try:
                self._hear(Post(token, body, cmcd))
            except Refusal as refusal:
                answer = (refusal.status, refusal.reason, refusal.retry_after)
            writer.write(json.dumps(answer).encode())
            await writer.drain()
