"""The logs with which stores and engines are measured."""

from collections.abc import Sequence
from typing import Final

from video_tracker.testing.keyed import Came, made_up, steady

__all__ = ["LOGS", "log_of"]

LOGS: Final = ("made-up", "steady")


def log_of(
    name: str, sessions: int, beacons: int, *, together: int = 1, apart: float = 0.001
) -> Sequence[Came]:
    """A log in which all happens that can, or one of a film that just plays.

    Half of the viewers leave without a word.

    Args:
        name: One of ``LOGS``.
        sessions: How many viewers.
        beacons: How many beacons each sends at most.
        together: Beacons in a body at most.
        apart: Seconds from one viewer's beginning to the next one's.

    Raises:
        ValueError: There is no such log.
    """
    if name not in LOGS:
        raise ValueError(f"no log {name!r}: {' or '.join(LOGS)}")
    if name == "steady":
        return steady(sessions, beacons, together=together, apart=apart)
    return made_up(sessions, beacons, left=0.5, together=together, apart=apart)
