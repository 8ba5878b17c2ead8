"""What tests of this library, and of code that embeds it, are made with. Part of the public API.

* ``grammar``: hold a session's events, or wire messages, against the rules of order and type.
* ``strategies``: hypothesis strategies for signals, plans and whole viewings (needs hypothesis).
* ``adapters``: hold an adapter of your own against what sessions rely on.
* ``transports``: hold a transport of your own against what delivery relies on.
* ``clock``: a clock that moves only when it is told.
"""

from video_tracker.testing.adapters import check_adapter
from video_tracker.testing.grammar import check_messages, check_stream, check_streams
from video_tracker.testing.transports import check_transport

__all__ = [
    "check_adapter",
    "check_messages",
    "check_stream",
    "check_streams",
    "check_transport",
]
