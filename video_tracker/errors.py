"""Every error of the library, in one tree.

::

    VideoTrackerError
    ├── PlanError            what is known ahead is wrong (also a ValueError)
    ├── SignalError          what the player said is wrong: the integration's fault
    │   ├── SignalFormatError    a signal that cannot be read at all (also a ValueError)
    │   └── StrictError          strict mode met an input it would have repaired or refused
    ├── SnapshotError        a snapshot that is unknown or damaged (also a ValueError)
    ├── TraceError           a recorded log that cannot be read; knows file and line
    ├── UnknownPlayerError   no adapter of that name (also a LookupError)
    ├── EncodingError        an event that must not be sent; knows its reason code
    ├── TransportError       a way out that is wrongly configured or already closed
    └── DeliveryError        what stands between an event and its way out
        ├── PolicyError          a limit that cannot be kept (also a ValueError)
        ├── QueueFullError       no room, and the policy says to raise
        └── StoreError           where waiting records are kept
            ├── StoreFullError       it has reached its own limit
            └── StoreBrokenError     the disk under it fails

This module imports nothing of the package, so everything may import it.
"""

__all__ = [
    "DeliveryError",
    "EncodingError",
    "PlanError",
    "PolicyError",
    "QueueFullError",
    "SignalError",
    "SignalFormatError",
    "SnapshotError",
    "StoreBrokenError",
    "StoreError",
    "StoreFullError",
    "StrictError",
    "TraceError",
    "TransportError",
    "UnknownPlayerError",
    "VideoTrackerError",
]


class VideoTrackerError(Exception):
    """The root of every error that this library raises."""


class PlanError(VideoTrackerError, ValueError):
    """A plan, a setting or an identity is wrong; raised when it is built."""


class SignalError(VideoTrackerError):
    """The player, or the code between it and us, said something wrong."""


class SignalFormatError(SignalError, ValueError):
    """A signal that cannot be read: an unknown name, a missing or mistyped field."""


class StrictError(SignalError):
    """A session in strict mode met an input that it would have repaired or refused.

    Args:
        reason: The stable reason code (``reasons.py`` has its sentence).
        message: The whole sentence, with the input and the state it met.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class SnapshotError(VideoTrackerError, ValueError):
    """A snapshot of an unknown version, or one that is damaged."""


class TraceError(VideoTrackerError, ValueError):
    """A recorded log that cannot be read.

    Args:
        file: Its name as the caller gave it (``-`` is standard input).
        line: The line, counted from 1; None when the file itself is at fault.
        reason: What is wrong, as a sentence part.
    """

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(f"{place}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


class UnknownPlayerError(VideoTrackerError, LookupError):
    """No adapter is known under that player name."""


class EncodingError(VideoTrackerError):
    """An event that must not be sent (S55: too large), with its reason code.

    Args:
        reason: A stable code, ``too_large`` or ``unencodable``.
        message: The whole sentence.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class TransportError(VideoTrackerError):
    """A transport that is wrongly configured, or used after it was closed."""


class DeliveryError(VideoTrackerError):
    """Something between an event and its way out."""


class PolicyError(DeliveryError, ValueError):
    """A delivery limit that is impossible or contradicts another; raised when it is built."""


class QueueFullError(DeliveryError):
    """There is no room for an event, and the overflow policy is to say so."""


class StoreError(DeliveryError):
    """Where records wait."""


class StoreFullError(StoreError):
    """The store has reached a limit of its own; the record was not taken."""


class StoreBrokenError(StoreError):
    """What is under the store fails (a disk that is full or gone); the record was not taken."""
