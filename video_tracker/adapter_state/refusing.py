"""What is refused in a snapshot, and how that is said."""

from typing import Final

from video_tracker.adapter_state.kinds import is_sane
from video_tracker.errors import SnapshotError

__all__ = ["MOST", "damaged", "shown", "spent"]

MOST: Final = 250_000
"""Values and characters of text that a snapshot may have, together."""


def damaged(place: str, value: object) -> SnapshotError:
    """What is raised of a value that cannot stand where it does."""
    return SnapshotError(f"the snapshot is damaged: {place:.200} cannot be {shown(value)}")


def shown(value: object) -> str:
    """A value in a message: what is too long, too deep or strange to be printed, by its type."""
    short = value is None or type(value) in (bool, float, str) or is_sane(value)
    return f"{value!r:.80}" if short else f"a value of {type(value).__name__}"


def spent(left: int, value: object) -> int:
    """What is left of the room of a snapshot after a value."""
    left -= 1 + len(value) if isinstance(value, str) else 1
    if left < 0:
        raise SnapshotError(f"a snapshot has at most {MOST} values and characters")
    return left
