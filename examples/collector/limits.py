"""Refusals: who asks too often, and bodies that are too large or too slow."""

import asyncio
from collections import OrderedDict
from typing import Final

import attrs
from starlette.requests import ClientDisconnect, Request

__all__ = ["Bucket", "Buckets", "Refusal", "read_body"]


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A request that is refused: the answer's status, and a stable reason for its body."""

    def __init__(self, status: int, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


@attrs.define
class Bucket:
    """A token bucket, full at first.

    Args:
        rate: Requests a second.
        burst: Requests at once.
        seen: When it was made, Unix seconds.
    """

    rate: float
    burst: float
    seen: float
    level: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.level = self.burst

    def take(self, now: float) -> None:
        """Take one request out.

        Raises:
            Refusal: 429, with the seconds until there is one again.
        """
        self.level = min(self.burst, self.level + max(0.0, now - self.seen) * self.rate)
        self.seen = now
        if self.level < 1:
            raise Refusal(429, "too_many_requests", (1 - self.level) / self.rate)
        self.level -= 1


class Buckets:
    """A bucket for each address; of too many the one unused for longest is forgotten.

    Args:
        rate, burst: Of each.
        most: Addresses that are remembered.
    """

    def __init__(self, rate: float, burst: float, most: int = 50_000) -> None:
        self._rate: Final = rate
        self._burst: Final = burst
        self._most: Final = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, name: str, now: float) -> None:
        """Take one request out of a bucket.

        Raises:
            Refusal: 429.
        """
        bucket = self._buckets.pop(name, None) or Bucket(self._rate, self._burst, now)
        self._buckets[name] = bucket
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        bucket.take(now)


async def read_body(request: Request, most: int, seconds: float) -> bytes:
    """A request's body, refused as soon as it is known to be too large.

    Raises:
        Refusal: 413 or 408; 400 when the client went away.
    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or len(declared) > 12 or int(declared) > most:
        raise Refusal(413, "too_large")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise Refusal(413, "too_large")
    except TimeoutError as error:
        raise Refusal(408, "too_slow") from error
    except ClientDisconnect as error:
        raise Refusal(400, "disconnected") from error
    return bytes(body)
