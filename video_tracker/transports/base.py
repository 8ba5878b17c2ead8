"""The one seam through which messages leave: a class with ``send`` and ``close``.

A transport gets records (encoded messages with their ids) and says what became of them. It neither
encodes nor retries, and it decides nothing about the session. One of your own is ten lines; see
``docs/how-to/own-transport.md``.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from video_tracker.delivery.outcome import (
    DELIVERED,
    Delivered,
    Mixed,
    Outcome,
    Refused,
    TryLater,
)
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
