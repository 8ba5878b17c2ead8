"""Refusals: who asks too often, and bodies that are too large or too slow."""

import asyncio
from collections import OrderedDict
from typing import Final

from starlette.requests import ClientDisconnect, Request

__all__ = ["Buckets", "Refusal", "read_body"]


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A request that is refused: the answer's status, and a stable reason for its body."""

    def __init__(self, status: int, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


class Buckets:
    """Token buckets by name; of too many names the one unused for longest is forgotten.

    Args:
        rate: Requests a second.
        burst: Requests at once.
        most: Names that are remembered.
    """

    def __init__(self, rate: float, burst: float, most: int = 50_000) -> None:
        self._rate: Final = rate
        self._burst: Final = burst
        self._most: Final = most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, name: str, now: float) -> None:
        """Take one request out of a bucket.

        Raises:
            Refusal: 429, with the seconds until there is one again.
        """
        level, seen = self._levels.pop(name, (self._burst, now))
        level = min(self._burst, level + max(0.0, now - seen) * self._rate)
        taken = level >= 1
        self._levels[name] = (level - 1 if taken else level, now)
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)
        if not taken:
            raise Refusal(429, "too_many_requests", (1 - level) / self._rate)


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
