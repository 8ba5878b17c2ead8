"""A batch's body: encoded once, joined, and measured to the byte before it is made. Pure."""

from collections.abc import Sequence

import attrs

from video_tracker.record import Record

__all__ = ["Frame", "body_length", "fitting"]


def body_length(records: Sequence[Record], overhead: int) -> int:
    """The exact bytes of a batch's body.

    Args:
        records: The records, one or more.
        overhead: The bytes around them: the envelope's.
    """
    return overhead + sum([len(record.body) for record in records]) + len(records) - 1


@attrs.frozen
class Frame:
    """What stands around the records of a batch: ``head`` + bodies joined by commas + ``tail``.

    Args:
        head: Up to the opening bracket.
        tail: From the closing bracket on. It may differ between attempts (``sentAt``) but not in
            length, or the byte limit of S55 is not exact.
    """

    head: bytes = b'{"batch":['
    tail: bytes = b"]}"

    @property
    def overhead(self) -> int:
        """Bytes that are not records nor commas between them."""
        return len(self.head) + len(self.tail)

    def body(self, records: Sequence[Record]) -> bytes:
        """Join the records' bodies; nothing is encoded again."""
        return b"".join((self.head, b",".join([record.body for record in records]), self.tail))


def fitting(sizes: Sequence[int], limit: int) -> tuple[int, int]:
    """How many bodies, from the first on, fit together with one comma between each two.

    Args:
        sizes: The bytes of each.
        limit: What they may take in all; a first one that takes more alone counts as fitting.

    Returns:
        How many, and their bytes without the commas.
    """
    total = sum(sizes)
    if total + len(sizes) - 1 <= limit:  # as nearly always: seen without a step for each
        return len(sizes), total
    count, taken, length = 0, 0, -1
    for size in sizes:
        length += 1 + size
        if count and length > limit:
            break
        taken += size
        count += 1
    return count, taken
