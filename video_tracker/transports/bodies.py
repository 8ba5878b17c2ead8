"""The bodies that are posted: encoded messages joined, never encoded again (S50, S51). Pure.

``context`` and ``integrations`` are in every message already, so the envelope of a batch has
neither: at the top level they would be a default, or without effect.
"""

import gzip
from collections.abc import Sequence
from typing import Final

from video_tracker.delivery.batching import Frame
from video_tracker.wire import Record
from video_tracker.wire.formats import timestamp

__all__ = ["BATCH_OVERHEAD", "SENT_AT_BYTES", "batch_body", "is_object", "packed", "track_body"]

_TAIL: Final = b'],"sentAt":"%b"}'

BATCH_OVERHEAD: Final = Frame(tail=_TAIL % b"2026-01-01T12:00:00.000Z").overhead
"""Bytes of a batch besides its messages and the commas between them."""

_WORTH_PACKING: Final = 1024
"""Bytes; below that a packed body saves nothing worth the work."""


def is_object(body: bytes) -> bool:
    """Whether an encoded message looks like a JSON object, so that it can be joined to others."""
    return body.startswith(b"{") and body.endswith(b"}")


def track_body(body: bytes, now: float) -> bytes:
    """Add ``sentAt`` to one encoded message.

    Args:
        body: A JSON object without white space around it.
        now: The time of this attempt in Unix seconds.
    """
    head = body[:-1].rstrip()
    comma = b"" if head == b"{" else b","
    return b'%b%b"sentAt":"%b"}' % (head, comma, _written(now))


def batch_body(records: Sequence[Record], now: float) -> bytes:
    """Join encoded messages to one batch, with the ``sentAt`` of this attempt on the envelope.

    Args:
        records: Their bodies are JSON objects.
        now: The time of this attempt in Unix seconds.
    """
    return Frame(tail=_TAIL % _written(now)).body(records)


def packed(body: bytes) -> bytes | None:
    """The body under gzip at level 1, always the same; None where that is not worth it."""
    if len(body) < _WORTH_PACKING:
        return None
    return gzip.compress(body, 1, mtime=0)


def _written(now: float) -> bytes:
    return timestamp(now).encode("ascii")


SENT_AT_BYTES: Final = len(track_body(b'{"type":"track"}', 0.0)) - len(b'{"type":"track"}')
"""Bytes that ``sentAt`` adds to a single message."""
