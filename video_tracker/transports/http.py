"""Posts messages to Customer.io's ``/v1/track``, one request each; the only module with httpx.

It posts and reads the answer. It neither retries nor waits: that is delivery's business, which
learns from the outcome what to do.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import attrs
import httpx

from video_tracker.clock import Clock, SystemClock
from video_tracker.delivery.outcome import (
    DELIVERED,
    Delivered,
    Mixed,
    Outcome,
    Refused,
    TryLater,
)
from video_tracker.errors import TransportError
from video_tracker.transports.answers import SETUP_FAULTS, judge
from video_tracker.version import __version__
from video_tracker.wire import Record
from video_tracker.wire.formats import timestamp

__all__ = ["REGIONS", "HttpTransport"]

REGIONS: Final[Mapping[str, str]] = {
    "us": "https://cdp.customer.io",
    "eu": "https://cdp-eu.customer.io",
}
"""The hosts of Customer.io's regions."""

_BODY_LIMIT: Final = 65_536
"""Bytes of an answer that are read; a longer one is cut and its connection dropped."""


class HttpTransport:
    """A transport to Customer.io, or to whatever takes its messages.

    Args:
        key: The API key of the source. It is sent as the user name of basic authentication with a
            blank password, and appears in no repr, log line or error.
        region: ``us`` or ``eu``.
        base_url: Another host instead of a region's (``https://relay.example/cdp``); ``/v1/track``
            is added to it.
        strict: Ask for real errors (``X-Strict-Mode: 1``). Without it Customer.io answers 200 to
            messages that it then drops.
        timeout: Seconds to wait for a connection, for each part of an answer, and for a body in
            all.
        client: An ``httpx.Client`` of your own, or an object like it: for a proxy, certificates,
            limits. It keeps its own timeouts, and ``close`` leaves it open.
        clock: Where ``sentAt`` comes from.
        max_bytes: The largest body that is sent (S55).

    Raises:
        TransportError: The key, the region, the address or the timeout cannot be used.
    """

    def __init__(
        self,
        key: str,
        *,
        region: Literal["us", "eu"] = "us",
        base_url: str | None = None,
        strict: bool = False,
        timeout: float = 10.0,
        client: httpx.Client | None = None,
        clock: Clock | None = None,
        max_bytes: int = 32_000,
    ) -> None:
        if not timeout > 0:
            raise TransportError(f"timeout must be seconds, more than zero, not {timeout!r}")
        self._url = _track_url(region, base_url)
        self._secrets = _Secrets(key)
        self._strict = strict
        self._timeout = timeout
        self._clock: Clock = SystemClock() if clock is None else clock
        self._max_bytes = max_bytes
        self._owned = client is None
        self._client = client or httpx.Client(timeout=timeout, follow_redirects=False)
        self._closed = False

    def __repr__(self) -> str:
        return f"HttpTransport({self._url!r}, strict={self._strict})"

    def send(self, records: Sequence[Record]) -> Outcome:
        """Post the records, each in a request of its own, in order.

        A record refused for its own fault does not stop those behind it. A destination that is
        busy, away or wrongly configured does: they are not tried, and share that outcome.

        Returns:
            The outcome; the table of statuses is in :mod:`video_tracker.transports.answers`.
            Connections that fail or time out are ``network`` and ``timeout``, to be tried later.

        Raises:
            TransportError: It was closed before.
        """
        if self._closed:
            raise TransportError(f"{self!r} is closed")
        parts: list[TryLater | Refused] = []
        for index, record in enumerate(records):
            verdict = self._post(record)
            if isinstance(verdict, Delivered):
                continue
            stops = isinstance(verdict, TryLater) or verdict.reason in SETUP_FAULTS
            if stops and index == 0:
                return verdict
            held = records[index:] if stops else (record,)
            parts.append(attrs.evolve(verdict, which=tuple(each.message_id for each in held)))
            if stops:
                break
        return _together(parts)

    def close(self) -> None:
        """Close the connections, unless the client is the caller's own."""
        self._closed = True
        if self._owned:
            self._client.close()

    def _post(self, record: Record) -> Delivered | TryLater | Refused:
        now = self._clock.now()
        body = _with_sent_at(record.body, now)
        if body is None:
            return Refused("unencodable", "the record's body is not a JSON object")
        if len(body) > self._max_bytes:
            return Refused("too_large", f"{len(body)} bytes, at most {self._max_bytes} are taken")
        try:
            return self._exchange(body, now)
        except Exception as error:
            # By name, not by class: the client may be a fork of httpx with classes of its own.
            outcome = _trouble(error, self._secrets)
            if outcome is None:
                raise
            return outcome

    def _exchange(self, body: bytes, now: float) -> Delivered | TryLater | Refused:
        with self._client.stream(
            "POST",
            self._url,
            content=body,
            headers=self._secrets.headers(self._strict),
            auth=None,
            follow_redirects=False,
        ) as response:
            answer = self._read(response, now + self._timeout)
            return judge(
                response.status_code,
                response.headers,
                answer,
                now=now,
                secrets=self._secrets.texts,
            )

    def _read(self, response: Any, deadline: float) -> bytes:
        """Read what is worth reading of a body; the status alone decides, so no fault matters."""
        if response.headers.get("content-encoding", "identity") != "identity":
            return b""  # nobody asked for it, and a small body may hold a huge one
        taken = bytearray()
        try:
            for chunk in response.iter_bytes():
                taken += chunk
                if len(taken) >= _BODY_LIMIT or self._clock.now() > deadline:
                    break
        except Exception as error:
            if _trouble(error, self._secrets) is None:
                raise
        return bytes(taken[:_BODY_LIMIT])


class _Secrets:
    """Holds the key where no repr shows it: not this object's, not that of a caller's locals."""

    __slots__ = ("_authorization", "texts")

    def __init__(self, key: Any) -> None:
        key = key.strip() if isinstance(key, str) else ""
        if not key or not (key.isascii() and key.isprintable()) or ":" in key:
            # The offending value is not shown: it may be a key with a slip in it.
            raise TransportError("key must be a non-empty string of plain characters without ':'")
        token = base64.b64encode(f"{key}:".encode("ascii")).decode("ascii")
        self._authorization = f"Basic {token}"
        self.texts: Sequence[str] = _Hidden((token, key))

    def headers(self, strict: bool) -> dict[str, str]:
        headers = {
            "Authorization": self._authorization,
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"video-tracker/{__version__}",
        }
        if strict:
            headers["X-Strict-Mode"] = "1"
        return headers


class _Hidden(tuple[str, ...]):
    __slots__ = ()

    def __repr__(self) -> str:
        return "(***)"


def _track_url(region: str, base_url: str | None) -> str:
    if base_url is None:
        if region not in REGIONS:
            raise TransportError(f"region must be one of {', '.join(REGIONS)}, not {region!r}")
        base_url = REGIONS[region]
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError) as error:
        raise TransportError(f"base_url cannot be read: {error}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise TransportError("base_url must begin with http:// or https:// and name a host")
    if url.userinfo or url.query or url.fragment:
        raise TransportError("base_url must hold no credentials, query or fragment")
    address = str(url).rstrip("/")
    return f"{address}/track" if address.endswith("/v1") else f"{address}/v1/track"


def _with_sent_at(body: bytes, now: float) -> bytes | None:
    """Add ``sentAt`` to an encoded message without encoding it again (S50)."""
    text = body.strip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        return None
    head = text[:-1].rstrip()
    comma = b"" if head == b"{" else b","
    return b'%b%b"sentAt":"%b"}' % (head, comma, timestamp(now).encode("ascii"))


def _trouble(error: Exception, secrets: _Secrets) -> TryLater | Refused | None:
    """The outcome of a failed exchange; None for what is a mistake in the program."""
    names = {kind.__name__ for kind in type(error).__mro__}
    detail = f"{type(error).__name__}: {error}".rstrip(": ")
    for secret in secrets.texts:
        detail = detail.replace(secret, "***")
    if "TimeoutException" in names:
        return TryLater("timeout", detail)
    if names & {"UnsupportedProtocol", "InvalidURL"}:
        return Refused("endpoint", detail)
    if names & {"RequestError", "OSError"}:
        return TryLater("network", detail)
    return None


def _together(parts: Iterable[TryLater | Refused]) -> Outcome:
    match tuple(parts):
        case ():
            return DELIVERED
        case (part,):
            return part
        case several:
            return Mixed(several)
