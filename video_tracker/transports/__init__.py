"""Ways out: where encoded messages go.

``MemoryTransport`` for tests, ``JsonLinesTransport`` for a file, ``ConsoleTransport`` for the eye,
``HttpTransport`` for Customer.io, and anything else with the one method of
:class:`Transport`. Each is imported when it is asked for, so that only who posts loads httpx.
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
    from video_tracker.transports.http import AsyncHttpTransport, HttpTransport
    from video_tracker.transports.jsonl import JsonLinesTransport
    from video_tracker.transports.memory import MemoryTransport

__all__ = [
    "DELIVERED",
    "AsyncHttpTransport",
    "ConsoleTransport",
    "Delivered",
    "HttpTransport",
    "JsonLinesTransport",
    "MemoryTransport",
    "Mixed",
    "Outcome",
    "Record",
    "Refused",
    "Transport",
    "TryLater",
]

_HOMES = {
    "AsyncHttpTransport": "http",
    "ConsoleTransport": "console",
    "HttpTransport": "http",
    "JsonLinesTransport": "jsonl",
    "MemoryTransport": "memory",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
