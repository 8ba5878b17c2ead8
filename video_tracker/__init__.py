"""Turns what a video player says into the video events that Customer.io and Segment understand.

The names below are the public face; each is imported from its module when it is first used, so
that ``import video_tracker`` is quick and loads no HTTP client. Signals, events and player
adapters have modules of their own: ``video_tracker.signals``, ``.events``, ``.players``.

PYTEST_DONT_REWRITE: pytest warns of a package with a plugin that was imported before it runs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from video_tracker.version import __version__

if TYPE_CHECKING:
    from video_tracker.adapter_state import adapter_snapshot, restore_adapter
    from video_tracker.aio import AsyncTracker
    from video_tracker.delivery.policy import DeliveryPolicy
    from video_tracker.diagnostics import Diagnostic
    from video_tracker.errors import (
        DeliveryError,
        EncodingError,
        PlanError,
        PolicyError,
        QueueFullError,
        SignalError,
        SignalFormatError,
        SnapshotError,
        StrictError,
        TraceError,
        TransportError,
        UnknownPlayerError,
        VideoTrackerError,
    )
    from video_tracker.events import Envelope, Event
    from video_tracker.linting import lint
    from video_tracker.plan import (
        Ad,
        AdBreak,
        AdRange,
        Content,
        PlayerAttributes,
        SessionPlan,
        Settings,
    )
    from video_tracker.plan_json import plan_from_json, plan_to_json
    from video_tracker.players.registry import find_adapter
    from video_tracker.session import Playback, Session
    from video_tracker.session.snapshot import restore, snapshot
    from video_tracker.signals import Signal
    from video_tracker.summary import PositionPart, SessionPosition, Summary
    from video_tracker.tracker import Tracker
    from video_tracker.transports import (
        AsyncHttpTransport,
        ConsoleTransport,
        Delivered,
        HttpTransport,
        JsonLinesTransport,
        MemoryTransport,
        Mixed,
        Outcome,
        Refused,
        Transport,
        TryLater,
    )
    from video_tracker.wire import Encoder, Record

__all__ = [
    "Ad",
    "AdBreak",
    "AdRange",
    "AsyncHttpTransport",
    "AsyncTracker",
    "ConsoleTransport",
    "Content",
    "Delivered",
    "DeliveryError",
    "DeliveryPolicy",
    "Diagnostic",
    "Encoder",
    "EncodingError",
    "Envelope",
    "Event",
    "HttpTransport",
    "JsonLinesTransport",
    "MemoryTransport",
    "Mixed",
    "Outcome",
    "PlanError",
    "Playback",
    "PlayerAttributes",
    "PolicyError",
    "PositionPart",
    "QueueFullError",
    "Record",
    "Refused",
    "Session",
    "SessionPlan",
    "SessionPosition",
    "Settings",
    "Signal",
    "SignalError",
    "SignalFormatError",
    "SnapshotError",
    "StrictError",
    "Summary",
    "TraceError",
    "Tracker",
    "Transport",
    "TransportError",
    "TryLater",
    "UnknownPlayerError",
    "VideoTrackerError",
    "__version__",
    "adapter_snapshot",
    "find_adapter",
    "lint",
    "plan_from_json",
    "plan_to_json",
    "restore",
    "restore_adapter",
    "snapshot",
]

_HOMES = {
    "adapter_state": "adapter_snapshot restore_adapter",
    "aio": "AsyncTracker",
    "delivery.policy": "DeliveryPolicy",
    "diagnostics": "Diagnostic",
    "errors": (
        "DeliveryError EncodingError PlanError PolicyError QueueFullError"
        " SignalError SignalFormatError SnapshotError StrictError"
        " TraceError TransportError UnknownPlayerError VideoTrackerError"
    ),
    "events": "Envelope Event",
    "linting": "lint",
    "plan": "Ad AdBreak AdRange Content PlayerAttributes SessionPlan Settings",
    "plan_json": "plan_from_json plan_to_json",
    "players.registry": "find_adapter",
    "session": "Playback Session restore snapshot",
    "signals": "Signal",
    "summary": "PositionPart SessionPosition Summary",
    "tracker": "Tracker",
    "transports": (
        "AsyncHttpTransport ConsoleTransport Delivered HttpTransport JsonLinesTransport"
        " MemoryTransport Mixed Outcome Refused Transport TryLater"
    ),
    "wire": "Encoder Record",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        near = import_module(f"{__name__}.spelling").hint(name, _HOME_OF)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{near}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
