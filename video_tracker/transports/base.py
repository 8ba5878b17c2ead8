"""The one seam through which messages leave: a class with ``send`` and ``close``.

A transport gets records (encoded messages with their ids) and says what became of them. It neither
encodes nor retries, and it decides nothing about the session. One of your own is ten lines; see
``docs/how-to/own-transport.md``.
"""

import inspect
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from video_tracker.delivery.outcome import (
    DELIVERED,
    Delivered,
    Mixed,
    Outcome,
    Refused,
    TryLater,
)
from video_tracker.errors import TransportError
from video_tracker.wire import Record

__all__ = [
    "DELIVERED",
    "Delivered",
    "Mixed",
    "Outcome",
    "Record",
    "Refused",
    "Transport",
    "TryLater",
    "check_transport",
    "is_awaited",
]


@runtime_checkable
class Transport(Protocol):
    """A way out.

    ``send`` may be called from several threads at once, with records of different sessions;
    records of one session come in order, one call after the other. A record may come twice (its
    message id is then the same, S50).

    Two more attributes are used where there are any: ``overhead``, the bytes of a batch's body
    around its records, and ``after_fork()``, called in a forked child, which lets go of what is
    the parent's: connections, and locks that a thread of the parent's may hold for ever. An awaited
    transport is called so, too, when the process ends after its event loop did.
    """

    def send(self, records: Sequence[Record]) -> Outcome:
        """Send them in this order and say what became of them.

        Args:
            records: One or more; ``body`` is the JSON of one message in UTF-8.

        Returns:
            The outcome. Trouble of the destination, the network or the disk is an outcome, not
            an exception; whatever is raised nevertheless counts as "try later, ``raised``".
        """
        ...

    def close(self) -> None:
        """Let go of what it holds; called once, after the last ``send`` has returned."""
        ...


def check_transport(transport: Any, *, awaited: bool = False) -> None:
    """See that something is a transport, before anything is given to it.

    Args:
        transport: What was given as one.
        awaited: It is to be awaited; else it is to be called.

    Raises:
        TransportError: It is not one of that kind.
    """
    kind = transport if isinstance(transport, type) else type(transport)
    if isinstance(transport, type):
        raise TransportError(
            f"{kind.__name__} is a class: give a transport, such as {kind.__name__}(...)"
        )
    for name in ("send", "close"):
        method = getattr(transport, name, None)
        if not callable(method):
            raise TransportError(f"a transport needs {name}(); {kind.__name__} has none")
        if inspect.iscoroutinefunction(method) != awaited:
            wanted = "awaited" if awaited else "called"
            hint = "" if awaited else ": give it to AsyncTracker"
            raise TransportError(f"{kind.__name__}.{name}() cannot be {wanted}{hint}")


def is_awaited(transport: object) -> bool:
    """Whether a transport's ``send`` is a coroutine function."""
    return inspect.iscoroutinefunction(getattr(transport, "send", None))
