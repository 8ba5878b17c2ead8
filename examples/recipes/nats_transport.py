"""A transport onto a real broker: NATS JetStream, by `nats-py`.

Each message bears its id as ``Nats-Msg-Id``: what is sent twice, after a lost answer or a crash,
the stream keeps once, within its ``duplicate_window``.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import nats
from nats.aio.client import Client
from nats.errors import Error, MaxPayloadError
from nats.js.errors import APIError

from video_tracker import Delivered, Mixed, Outcome, Record, Refused, TryLater

DAY: Final = 24 * 3600.0


class NatsTransport:
    """Publishes to a stream, and waits until the stream has it.

    Args:
        servers: The servers' address.
        stream: The stream's name; it is made when there is none.
        prefix: What its subjects begin with: ``video.ad_started`` and so on.
        timeout: Seconds that the stream may take to answer.
    """

    overhead = 0

    def __init__(
        self, servers: str, stream: str = "VIDEO", prefix: str = "video", timeout: float = 5.0
    ) -> None:
        self._servers, self._stream, self._prefix = servers, stream, prefix
        self._timeout = timeout
        self._client: Client | None = None
        self._lock = asyncio.Lock()
        self._closed = False

    def after_fork(self) -> None:
        """Let go of the parent's connection and lock; or of those of a loop that is no more."""
        self._client, self._lock = None, asyncio.Lock()

    async def send(self, records: Sequence[Record]) -> Outcome:
        """Publish them in their order."""
        if self._closed:
            return Refused("closed", "it was closed before")
        try:
            client = await self._connected()
        except (Error, OSError, TimeoutError) as error:
            return TryLater("unavailable", str(error) or type(error).__name__)
        # Begun in their order, and awaited together: their order on the wire is theirs.
        parts = await asyncio.gather(*(self._publish(client, record) for record in records))
        trouble = tuple(part for part in parts if part is not None)
        return Mixed(trouble) if trouble else Delivered()

    async def _publish(self, client: Client, record: Record) -> TryLater | Refused | None:
        """None when the stream has it."""
        which = (record.message_id,)
        name = record.event.removeprefix("Video ").lower().replace(" ", "_").replace(".", "_")
        try:
            await client.jetstream(timeout=self._timeout).publish(
                f"{self._prefix}.{name}",
                record.body,
                stream=self._stream,
                headers={"Nats-Msg-Id": record.message_id},
            )
        except MaxPayloadError as error:
            return Refused("too_large", str(error), which)
        except APIError as error:
            if error.code is not None and 400 <= error.code < 500:
                return Refused("rejected", str(error), which)
            return TryLater("unavailable", str(error), which=which)
        except (Error, OSError, TimeoutError) as error:
            return TryLater("unavailable", str(error) or type(error).__name__, which=which)
        return None

    async def _connected(self) -> Client:
        async with self._lock:
            if self._client is None or self._client.is_closed:
                client = await nats.connect(
                    self._servers, connect_timeout=2, max_reconnect_attempts=2, error_cb=_silent
                )
                await client.jetstream().add_stream(
                    name=self._stream, subjects=[f"{self._prefix}.>"], duplicate_window=DAY
                )
                self._client = client
            return self._client

    async def close(self) -> None:
        """Let go of the connection."""
        self._closed = True
        if self._client is not None and not self._client.is_closed:
            await self._client.close()


async def _silent(_error: Exception) -> None:
    """What goes wrong is an outcome of ``send``; the tracker logs it."""
