"""Posts messages to Customer.io's ``/v1/track`` and ``/v1/batch``; the only module with httpx.

It posts and reads the answer. It neither retries nor waits: that is delivery's business, which
learns from the outcome what to do.
"""

import asyncio
import codecs
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, Literal, TypeVar

import httpx

from video_tracker.clock import Clock, SystemClock
from video_tracker.delivery.outcome import Outcome, Refused, TryLater
from video_tracker.errors import TransportError
from video_tracker.interruption import interruption
from video_tracker.plan import is_number
from video_tracker.transports.bodies import BATCH_OVERHEAD
from video_tracker.transports.exchange import BODY_LIMIT, Exchange, Post, Secrets, Verdict
from video_tracker.transports.limit import Limit, without_frames
from video_tracker.wire import Record

__all__ = ["REGIONS", "AsyncHttpTransport", "HttpTransport"]

REGIONS: Final[Mapping[str, str]] = {
    "us": "https://cdp.customer.io",
    "eu": "https://cdp-eu.customer.io",
}
"""The hosts of Customer.io's regions."""

_LONGEST: Final = 3.0
"""Times the timeout that a request may take in all."""

# The first look-up of a host imports this codec. If that happened in a thread that sends while the
# process forks, the child would inherit the module's lock, held by nobody, and wait for ever.
codecs.lookup("idna")

C = TypeVar("C", httpx.Client, httpx.AsyncClient)


class _Http(Generic[C]):
    """What the transport with threads and the one with ``asyncio`` have in common."""

    overhead: Final = BATCH_OVERHEAD
    """Bytes of a batch's body besides its messages and commas."""

    _address = ""

    def __init__(
        self,
        key: str,
        *,
        region: Literal["us", "eu"] = "us",
        base_url: str | None = None,
        strict: bool = False,
        timeout: float = 10.0,
        client: C | Callable[[], C] | None = None,
        clock: Clock | None = None,
        max_bytes: int = 32_000,
        batch: bool = True,
        batch_bytes: int = 500_000,
        gzip: bool = False,
    ) -> None:
        try:
            secrets = Secrets(key)
        finally:
            del key  # an error may be shown with all that this call was given
        if not (is_number(timeout) and timeout > 0):
            raise TransportError(f"timeout must be seconds, more than zero, not {timeout!r}")
        self._address = _address(region, base_url)
        self._strict = strict
        self._timeout = timeout
        self._clock: Clock = SystemClock() if clock is None else clock
        steady = getattr(self._clock, "steady", None)
        self._seconds: Callable[[], float] = self._clock.now if steady is None else steady().now
        self._exchange = Exchange(
            self._address,
            secrets,
            self._clock,
            strict=strict,
            max_bytes=max_bytes,
            batch=batch,
            batch_bytes=batch_bytes,
            gzip=gzip,
        )
        self._limit = Limit(_LONGEST * timeout, self._seconds, httpx.ReadTimeout)
        self._make: Callable[[], C] | None
        if client is None:
            self._make = self._own_client
        else:
            self._make = client if not hasattr(client, "stream") else None
        self._client: C = client if self._make is None else self._make()  # type: ignore[assignment]
        self._inherited: list[C] = []
        self._used = False
        self._closed = False

    def __repr__(self) -> str:
        if not self._address:
            return f"<{type(self).__name__} that could not be made>"
        return f"{type(self).__name__}({self._address + '/track'!r}, strict={self._strict})"

    def __reduce__(self) -> Any:
        raise TypeError(f"{type(self).__name__} holds a key and connections: it cannot be pickled")

    def after_fork(self) -> None:
        """Take a new client in a child process: two processes must not share a connection.

        A client object of the caller's that was in use before cannot be taken again; a function
        that makes one can be called again.
        """
        if self._make is not None:
            # The old one is kept, not closed: to close it would speak on the parent's connection.
            self._inherited.append(self._client)
            self._client = self._make()
        elif self._used:
            self._inherited.append(self._client)

    def _own_client(self) -> C:
        raise NotImplementedError

    def _open(self) -> Refused | None:
        if self._closed:
            raise TransportError(f"{self!r} is closed")
        if self._make is None and self._inherited:
            return Refused(
                "endpoint",
                "the client was in use before this process was forked: give a function that makes"
                " clients as `client`",
            )
        self._used = True
        return None

    def _options(self, post: Post) -> dict[str, Any]:
        return {
            "content": post.body,
            "headers": post.headers,
            "auth": None,
            "follow_redirects": False,
        }

    def _enough(self, taken: bytearray, begun: float) -> bool:
        return len(taken) >= BODY_LIMIT or self._seconds() > begun + self._timeout

    def _judge(self, post: Post, response: Any, taken: bytes) -> Verdict:
        body = bytes(taken[:BODY_LIMIT])
        return self._exchange.verdict(post, response.status_code, response.headers, body)

    def _failed(self, error: BaseException) -> Verdict:
        interrupting = interruption(error)
        if interrupting is None and isinstance(error, Exception):
            verdict = self._exchange.trouble(error)
            if verdict is not None:
                return verdict
        raise without_frames(interrupting or error)


class HttpTransport(_Http[httpx.Client]):
    """A transport to Customer.io, or to whatever takes its messages.

    One message is posted to ``/v1/track``, several together to ``/v1/batch``. Any 2xx is a
    delivery; the table of statuses is in :mod:`video_tracker.transports.answers`.

    Args:
        key: The API key of the source. It is sent as the user name of basic authentication with a
            blank password, and appears in no repr, log line or error.
        region: ``us`` or ``eu``.
        base_url: Another host instead of a region's (``https://relay.example/cdp``); ``/v1/track``
            and ``/v1/batch`` are added to it.
        strict: Ask for real errors (``X-Strict-Mode: 1``). Without it Customer.io answers 200 to
            messages that it then drops.
        timeout: Seconds to wait for a connection, for each part of an answer, and for a body in
            all. A request takes three times as long at most, whatever the destination sends.
        client: An ``httpx.Client`` of your own, or an object like it: for a proxy, certificates,
            limits. It keeps its own timeouts, and ``close`` leaves it open. Or a function that
            makes one, which is called again in a forked process; ``close`` closes what it made.
        clock: Where ``sentAt`` comes from.
        max_bytes: The largest message that is sent (S55).
        batch: Post several messages together; else each in a request of its own, in order.
        batch_bytes: The largest batch that is sent (S55); more records are several batches.
        gzip: Pack bodies of 1 KiB and more, at level 1. Off, because it is not known of every
            destination that it unpacks them.

    Raises:
        TransportError: The key, the region, the address or the timeout cannot be used.
    """

    def send(self, records: Sequence[Record]) -> Outcome:
        """Post the records in order.

        Records that are refused for their own fault do not stop those behind them. A destination
        that is busy, away or wrongly configured does: they are not tried, and share that outcome.

        Returns:
            The outcome. Connections that fail or time out are ``network`` and ``timeout``, to be
            tried later. The refusal of a batch holds for all of it: which record is at fault is
            found by sending less.

        Raises:
            TransportError: It was closed before.
        """
        refusal = self._open()
        if refusal is not None:
            return refusal
        talk = self._exchange.talk(records)
        try:
            post = next(talk)
            while True:
                post = talk.send(self._verdict(post))
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

    def close(self) -> None:
        """Close the connections, unless the client is the caller's own."""
        self._closed = True
        if self._make is not None:
            self._client.close()

    def _own_client(self) -> httpx.Client:
        client = httpx.Client(timeout=self._timeout, follow_redirects=False)
        self._limit.hold(client)
        return client

    def _verdict(self, post: Post) -> Verdict:
        try:
            self._limit.begin()
            with self._client.stream("POST", post.url, **self._options(post)) as response:
                return self._judge(post, response, self._read(response))
        except BaseException as error:  # noqa: BLE001 - by name, see Exchange.trouble
            return self._failed(error)
        finally:
            self._limit.end()

    def _read(self, response: Any) -> bytes:
        """Read what is worth reading of a body; the status alone decides, so no fault matters."""
        if response.headers.get("content-encoding", "identity") != "identity":
            return b""  # nobody asked for it, and a small body may hold a huge one
        taken = bytearray()
        begun = self._seconds()
        try:
            for chunk in response.iter_bytes():
                taken += chunk
                if self._enough(taken, begun):
                    break
        except Exception as error:  # noqa: BLE001 - by name, see Exchange.trouble
            self._failed(error)
        return bytes(taken)


class AsyncHttpTransport(_Http[httpx.AsyncClient]):
    """:class:`HttpTransport` for an event loop: the same words, with ``httpx.AsyncClient``.

    For programs that cannot have a thread. :class:`~video_tracker.aio.AsyncTracker` sends as well
    by a thread with :class:`HttpTransport`, which costs half as much and adds as little to the
    loop's lag.
    """

    async def send(self, records: Sequence[Record]) -> Outcome:
        """Post the records in order, as :meth:`HttpTransport.send` does."""
        refusal = self._open()
        if refusal is not None:
            return refusal
        talk = self._exchange.talk(records)
        try:
            post = next(talk)
            while True:
                post = talk.send(await self._verdict(post))
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

    async def close(self) -> None:
        """Close the connections, unless the client is the caller's own."""
        self._closed = True
        if self._make is not None:
            await self._client.aclose()

    def _own_client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=self._timeout, follow_redirects=False)

    async def _verdict(self, post: Post) -> Verdict:
        try:
            async with (
                asyncio.timeout(_LONGEST * self._timeout),
                self._client.stream("POST", post.url, **self._options(post)) as response,
            ):
                return self._judge(post, response, await self._read(response))
        except TimeoutError:
            return TryLater("timeout", "the request took too long in all")
        except BaseException as error:  # noqa: BLE001 - by name, see Exchange.trouble
            return self._failed(error)

    async def _read(self, response: Any) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            return b""
        taken = bytearray()
        begun = self._seconds()
        try:
            async for chunk in response.aiter_bytes():
                taken += chunk
                if self._enough(taken, begun):
                    break
        except Exception as error:  # noqa: BLE001 - by name, see Exchange.trouble
            self._failed(error)
        return bytes(taken)


def _address(region: str, base_url: str | None) -> str:
    if base_url is None:
        if region not in REGIONS:
            raise TransportError(f"region must be one of {', '.join(REGIONS)}, not {region!r}")
        base_url = REGIONS[region]
    url = _url(base_url)
    if isinstance(url, str):
        raise TransportError(f"base_url cannot be read: {url}")
    if url.scheme not in ("http", "https") or not url.host:
        raise TransportError("base_url must begin with http:// or https:// and name a host")
    if url.userinfo or url.query or url.fragment:
        raise TransportError("base_url must hold no credentials, query or fragment")
    address = str(url).rstrip("/")
    return address if address.endswith("/v1") else f"{address}/v1"


def _url(text: str) -> httpx.URL | str:
    """An address, or what is wrong with it: no error of it is kept that has it half made."""
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, TypeError) as error:
        return str(error)
