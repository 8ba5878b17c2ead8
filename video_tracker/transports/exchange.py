"""The talk with ``/v1/track`` and ``/v1/batch`` without the wire under it.

An :class:`Exchange` says what is to be posted next and is told what came of it; the HTTP
transports, with threads and with ``asyncio``, do nothing but post. So both say and mean the same.
"""

import base64
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from video_tracker.clock import Clock
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
from video_tracker.transports.bodies import (
    BATCH_OVERHEAD,
    SENT_AT_BYTES,
    batch_body,
    is_object,
    packed,
    track_body,
)
from video_tracker.transports.masking import masked
from video_tracker.version import __version__
from video_tracker.wire import Record

__all__ = ["BODY_LIMIT", "Exchange", "Post", "Secrets", "Verdict"]

BODY_LIMIT: Final = 65_536
"""Bytes of an answer that are read; a longer one is cut and its connection dropped."""

_OPEN: Final = ord("{")
_CLOSE: Final = ord("}")

Verdict: TypeAlias = Delivered | TryLater | Refused


@attrs.frozen
class Post:
    """One request to be made.

    Args:
        url: Where to.
        headers: Its headers, the key among them: for the client alone, never for a log.
        body: Its body, packed if that was asked for.
        now: When it was made, in Unix seconds.
    """

    url: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    now: float


class Exchange:
    """Turns records into posts, and their answers into one outcome.

    Args:
        address: The address that ends in ``/v1``.
        secrets: The key.
        clock: Where ``sentAt`` comes from.
        strict: Ask for real errors.
        max_bytes: The largest message that is sent (S55).
        batch: Post several records together.
        batch_bytes: The largest batch that is sent (S55).
        gzip: Pack bodies of 1 KiB and more.
    """

    __slots__ = (
        "_batch", "_batch_bytes", "_clock", "_gzip", "_max_bytes", "_secrets", "_strict", "_url"
    )  # fmt: skip

    def __init__(
        self,
        address: str,
        secrets: "Secrets",
        clock: Clock,
        *,
        strict: bool,
        max_bytes: int,
        batch: bool,
        batch_bytes: int,
        gzip: bool,
    ) -> None:
        self._url = address
        self._secrets = secrets
        self._clock = clock
        self._strict = strict
        self._max_bytes = max_bytes
        self._batch = batch
        self._batch_bytes = batch_bytes
        self._gzip = gzip

    def talk(self, records: Sequence[Record]) -> Generator[Post, Verdict, Outcome]:
        """Yield the posts one after the other, taking the verdict on each; return the outcome.

        A record refused for its own fault does not stop those behind it. A destination that is
        busy, away or wrongly configured does: they are not tried, and share that outcome.
        """
        parts: list[TryLater | Refused] = []
        done = 0
        for group in self._groups(records):
            fault = self._fault(group)
            verdict: Verdict = (yield self._post(group)) if fault is None else fault
            if not isinstance(verdict, Delivered):
                stops = isinstance(verdict, TryLater) or verdict.reason in SETUP_FAULTS
                held = records[done:] if stops else group
                if len(held) == len(records) and (stops or len(records) > 1):
                    return verdict  # of all of them: nobody has to be named
                parts.append(_named(verdict, held))
                if stops:
                    break
            done += len(group)
        return _together(parts)

    def verdict(self, post: Post, status: int, headers: Mapping[str, str], body: bytes) -> Verdict:
        """Say what an answer to a post means."""
        return judge(status, headers, body, now=post.now, secrets=self._secrets.texts)

    def trouble(self, error: Exception) -> Verdict | None:
        """The verdict on a failed post; None for what is a mistake in the program."""
        # By name, not by class: the client may be a fork of httpx with classes of its own.
        names = {kind.__name__ for kind in type(error).__mro__}
        detail = masked(f"{type(error).__name__}: {error}".rstrip(": "), self._secrets.texts)
        if "TimeoutException" in names:
            return TryLater("timeout", detail)
        if names & {"UnsupportedProtocol", "InvalidURL"}:
            return Refused("endpoint", detail)
        if names & {"RequestError", "OSError"}:
            return TryLater("network", detail)
        return None

    def _groups(self, records: Sequence[Record]) -> Iterator[tuple[Record, ...]]:
        """The records as they are posted: together as far as they fit, the faulty ones alone."""
        if self._fit_together(records):
            yield tuple(records)
            return
        group: list[Record] = []
        size = BATCH_OVERHEAD - 1  # the first record brings no comma
        for record in records:
            more = len(record.body) + 1
            small = len(record.body) + SENT_AT_BYTES <= self._max_bytes
            sound = small and is_object(record.body)
            if group and not (self._batch and sound and size + more <= self._batch_bytes):
                yield tuple(group)
                group, size = [], BATCH_OVERHEAD - 1
            if not sound:
                yield (record,)
                continue
            group.append(record)
            size += more
        if group:
            yield tuple(group)

    def _fit_together(self, records: Sequence[Record]) -> bool:
        """Whether they are one sound batch, as the pipe's are: seen without a step for each."""
        bodies = [record.body for record in records]
        sizes = [len(body) for body in bodies]
        return (
            self._batch
            and len(bodies) > 1
            and min(sizes) > 1
            and max(sizes) + SENT_AT_BYTES <= self._max_bytes
            and BATCH_OVERHEAD - 1 + sum(sizes) + len(sizes) <= self._batch_bytes
            and not [body for body in bodies if body[0] != _OPEN or body[-1] != _CLOSE]
        )

    def _fault(self, group: Sequence[Record]) -> Refused | None:
        """Why a record cannot be posted at all."""
        if len(group) > 1:
            return None  # only sound records are put together
        body = group[0].body.strip()
        if not is_object(body):
            return Refused("unencodable", "the record's body is not a JSON object")
        size = len(track_body(body, 0.0))
        if size > self._max_bytes:
            return Refused("too_large", f"{size} bytes, at most {self._max_bytes} are taken")
        return None

    def _post(self, group: Sequence[Record]) -> Post:
        now = self._clock.now()
        if len(group) == 1:
            url, body = f"{self._url}/track", track_body(group[0].body.strip(), now)
        else:
            url = f"{self._url}/batch"
            body = batch_body(group, now)
        headers = self._secrets.headers(self._strict)
        small = packed(body) if self._gzip else None
        if small is None:
            return Post(url, headers, body, now)
        headers["Content-Encoding"] = "gzip"
        return Post(url, headers, small, now)


class Secrets:
    """Holds the key where no repr shows it: not this object's, not that of a caller's locals.

    Args:
        key: The API key; white space around it is taken off.

    Raises:
        TransportError: It cannot be a key.
    """

    __slots__ = ("texts",)

    def __init__(self, key: Any) -> None:
        self.texts: Sequence[str] = _Hidden(_key_and_token(key))
        # The offending value is not shown, by any means that looks at what a call was given: it
        # may be a key with a slip in it.
        del key
        if not self.texts:
            raise TransportError("key must be a non-empty string of plain characters without ':'")

    def headers(self, strict: bool) -> dict[str, str]:
        """The headers of a post, the key among them."""
        headers: dict[str, str] = _HiddenHeaders()
        headers["Authorization"] = f"Basic {self.texts[-1]}"
        headers["Content-Type"] = "application/json"
        headers["Accept-Encoding"] = "identity"
        headers["User-Agent"] = f"video-tracker/{__version__}"
        if strict:
            headers["X-Strict-Mode"] = "1"
        return headers


def _key_and_token(key: Any) -> tuple[str, ...]:
    """The key and what is made of it for basic authentication; nothing of what can be no key."""
    key = key.strip() if isinstance(key, str) else ""
    if not key or not (key.isascii() and key.isprintable()) or ":" in key:
        return ()
    return key, base64.b64encode(f"{key}:".encode("ascii")).decode("ascii")


class _Hidden(tuple[str, ...]):
    __slots__ = ()

    def __repr__(self) -> str:
        return "(***)"


class _HiddenHeaders(dict[str, str]):
    __slots__ = ()

    def __repr__(self) -> str:
        return "{***}"


def _named(verdict: TryLater | Refused, records: Sequence[Record]) -> TryLater | Refused:
    """The verdict on some of the records that were sent."""
    which = tuple(each.message_id for each in records)
    if isinstance(verdict, Refused):
        return attrs.evolve(verdict, which=which, together=len(which) > 1)
    return attrs.evolve(verdict, which=which)


def _together(parts: Iterable[TryLater | Refused]) -> Outcome:
    match tuple(parts):
        case ():
            return DELIVERED
        case (part,):
            return part
        case several:
            return Mixed(several)
