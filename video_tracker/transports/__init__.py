"""Ways out: where encoded messages go.

``MemoryTransport`` for tests, ``JsonLinesTransport`` for a file and ``RotatingJsonLinesTransport``
for files of bounded size, ``ConsoleTransport`` for the eye, ``HttpTransport`` for Customer.io, and
anything else with the methods of :class:`Transport`. ``FanOutTransport`` joins several,
``FilterTransport`` lets a part through. Each is imported when it is asked for, so that only who
posts loads httpx.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from video_tracker.transports.base import (
    DELIVERED,
    Delivered,
    Mixed,
    Outcome,
    Record,
    Refused,
    Transport,
    TryLater,
)

if TYPE_CHECKING:
    from video_tracker.transports.console import ConsoleTransport
    from video_tracker.transports.fanout import FanOutTransport
    from video_tracker.transports.filtering import FilterTransport, sample_sessions
    from video_tracker.transports.http import AsyncHttpTransport, HttpTransport
    from video_tracker.transports.jsonl import JsonLinesTransport
    from video_tracker.transports.memory import MemoryTransport
    from video_tracker.transports.rotating import RotatingJsonLinesTransport

__all__ = [
    "DELIVERED",
    "AsyncHttpTransport",
    "ConsoleTransport",
    "Delivered",
    "FanOutTransport",
    "FilterTransport",
    "HttpTransport",
    "JsonLinesTransport",
    "MemoryTransport",
    "Mixed",
    "Outcome",
    "Record",
    "Refused",
    "RotatingJsonLinesTransport",
    "Transport",
    "TryLater",
    "sample_sessions",
]

_HOMES = {
    "AsyncHttpTransport": "http",
    "ConsoleTransport": "console",
    "FanOutTransport": "fanout",
    "FilterTransport": "filtering",
    "HttpTransport": "http",
    "JsonLinesTransport": "jsonl",
    "MemoryTransport": "memory",
    "RotatingJsonLinesTransport": "rotating",
    "sample_sessions": "filtering",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
