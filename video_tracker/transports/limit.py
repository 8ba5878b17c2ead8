"""A bound on the time that one HTTP request takes in all, and on what its errors show.

A client's timeouts hold for each step, and a destination may take any number of steps: a header
byte by byte, an answer that announces another for ever. Here each step has what is left of all.
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

__all__ = ["Limit", "without_frames"]

_PIECE: Final = 16_384
"""Bytes that are written in one step."""

_CLIENTS: Final = frozenset({"httpx", "httpcore", "h11", "anyio", "asyncio"})


class Limit:
    """What the request of each thread may still take.

    Args:
        seconds: For each request.
        now: Seconds from any origin.
        error: What is raised when they are over, with a sentence.
    """

    def __init__(
        self, seconds: float, now: Callable[[], float], error: Callable[[str], Exception]
    ) -> None:
        self._seconds = seconds
        self._now = now
        self._error = error
        self._here = threading.local()

    def begin(self) -> None:
        """This thread begins a request."""
        self._here.until = self._now() + self._seconds

    def end(self) -> None:
        """It is over."""
        self._here.until = None

    def left(self, timeout: float | None) -> float | None:
        """What the next step may take, where ``timeout`` is what it may by itself.

        Raises:
            Exception: Nothing is left.
        """
        until = getattr(self._here, "until", None)
        if until is None:
            return timeout
        left: float = until - self._now()
        if left <= 0:
            raise self._error(f"the request took more than {self._seconds:g} seconds in all")
        return left if timeout is None else min(timeout, left)

    def hold(self, client: Any) -> None:
        """Have a client of httpx keep to it, in all that it does on the network."""
        # There is no public way in. Should these names change, the tests will say so.
        mounted = getattr(client, "_mounts", {}).values()
        transports = [getattr(client, "_transport", None), *mounted]
        for transport in transports:
            pool: Any = getattr(transport, "_pool", None)
            if hasattr(pool, "_network_backend"):
                pool._network_backend = _Network(pool._network_backend, self)


class _Network:
    """A client's way to the network, within a limit; the words are those of httpcore."""

    def __init__(self, inner: Any, limit: Limit) -> None:
        self._inner = inner
        self._limit = limit

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> "_Stream":
        left = self._limit.left(timeout)
        return _Stream(self._inner.connect_tcp(host, port, timeout=left, **options), self._limit)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, **options: Any
    ) -> "_Stream":
        left = self._limit.left(timeout)
        return _Stream(self._inner.connect_unix_socket(path, timeout=left, **options), self._limit)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(self._limit.left(seconds))


class _Stream:
    """A connection within a limit."""

    def __init__(self, inner: Any, limit: Limit) -> None:
        self._inner = inner
        self._limit = limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._inner.read(max_bytes, timeout=self._limit.left(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            piece = buffer[start : start + _PIECE]
            self._inner.write(piece, timeout=self._limit.left(timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        left = self._limit.left(timeout)
        inner = self._inner.start_tls(ssl_context, server_hostname, left)
        return _Stream(inner, self._limit)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()


def without_frames(error: BaseException) -> BaseException:
    """An exception without the places inside the client, where the key is among the values.

    Args:
        error: It, and all that it came of, is changed.

    Returns:
        The same one.
    """
    found: list[BaseException | None] = [error]
    seen: set[int] = set()
    while found:
        each = found.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            each.__traceback__ = _ours(each.__traceback__)
            found += [each.__cause__, each.__context__]
    return error


def _ours(place: TracebackType | None) -> TracebackType | None:
    places = []
    while place is not None:
        if str(place.tb_frame.f_globals.get("__name__")).partition(".")[0] not in _CLIENTS:
            places.append(place)
        place = place.tb_next
    chain: TracebackType | None = None
    for each in reversed(places):
        chain = TracebackType(chain, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return chain
