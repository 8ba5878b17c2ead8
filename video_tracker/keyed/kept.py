"""Viewers who are kept in memory beside their snapshots: who comes back as he left is not unpacked.

It is a memory and nothing else: a viewer is found only by the very snapshot that was packed of him,
so that it does not matter who moved him on meanwhile, whether a write was lost, or what is kept.
"""

import contextlib
import operator
from collections import OrderedDict
from typing import Final

from video_tracker.keyed.opening import Opening
from video_tracker.keyed.viewer import Viewer

__all__ = ["KeptViewers"]

_limits_of: Final = operator.attrgetter(
    *("player", "window_seconds", "window_items", "window_bytes", "tolerance", "opened")
)
_NEWCOMERS: Final = 8
"""Of so many who come into a full memory one is kept.

Where more take turns than are kept, each newcomer would drive out the one whose turn comes next.
"""


class KeptViewers:
    """Viewers who were seen of late; safe for threads and forks, for it has no lock.

    Args:
        most: How many at most. One takes about 4 kB.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._viewers: OrderedDict[str, tuple[bytes, Viewer]] = OrderedDict()
        self._newcomers = 0

    def take(self, snapshot: bytes, key: str, opening: Opening) -> Viewer | None:
        """The viewer of a snapshot, who is not kept any more: one moves him on, and no other.

        Args:
            snapshot: What a store has of him.
            key: His key.
            opening: As for a viewer who is unpacked.

        Returns:
            He; None: he has to be unpacked.
        """
        packed, viewer = self._viewers.pop(key, (None, None))
        if viewer is None or packed != snapshot:
            return None
        if viewer.opening is not opening:
            if _limits_of(viewer.opening) != _limits_of(opening):
                return None
            viewer.opening = opening
        return viewer

    def keep(self, snapshot: bytes, viewer: Viewer) -> None:
        """Keep a viewer, with whom nobody does anything more, if there is room for him.

        Args:
            snapshot: What was packed of him.
            viewer: He.
        """
        if len(self._viewers) >= self._most and viewer.key not in self._viewers:
            self._newcomers += 1
            if self._newcomers % _NEWCOMERS:
                return
        viewer.renewed = False
        self._viewers[viewer.key] = snapshot, viewer
        with contextlib.suppress(KeyError):  # others have taken him, or all of them, meanwhile
            self._viewers.move_to_end(viewer.key)
            if len(self._viewers) > self._most:
                self._viewers.popitem(last=False)
