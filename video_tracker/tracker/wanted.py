"""What a caller wants of the session with an id, and whether the one that is there is that."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from video_tracker.adapter_state import restore_adapter
from video_tracker.errors import PlanError, SnapshotError, UnknownPlayerError
from video_tracker.ingest import Beacon, ClockSkew, ReorderWindow
from video_tracker.plan import SessionPlan, Settings, is_number
from video_tracker.players.base import Adapter
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.tracker.beacons import TrackedIntake
from video_tracker.tracker.tracked import TrackedPlayer, TrackedSession

__all__ = ["Wanted", "adapter_class"]


def adapter_class(player: str | type[Adapter] | None) -> type[Adapter] | None:
    """The adapter class of a player, by name or as it is.

    Raises:
        UnknownPlayerError: There is no adapter of that name, or it is neither a name nor a class.
    """
    if isinstance(player, str):
        return find_adapter(player)
    given: Any = player  # whatever a program without a type checker may say
    if given is not None and not (isinstance(given, type) and issubclass(given, Adapter)):
        known = ", ".join(player_names())
        raise UnknownPlayerError(
            f"a player is a name or an adapter class, not {given!r:.60}; there are: {known}"
        )
    return player


def adapter_of(written: object, wanted: type[Adapter] | None) -> tuple[Adapter | None, bool]:
    """The adapter of a snapshot, and whether it is the one that was written down.

    Args:
        written: The snapshot's part of it; None where it has none.
        wanted: The class that it must be of; None: whatever was written down.

    Raises:
        SnapshotError: It is of a player that nobody knows.
    """
    if written is None:
        return (None, True) if wanted is None else (wanted(), False)
    try:
        return restore_adapter(written, wanted), True  # type: ignore[arg-type]
    except SnapshotError as error:
        name = written.get("player") if isinstance(written, Mapping) else None
        if wanted is None and name not in player_names():
            raise SnapshotError(f"the snapshot is of no known player: {error}") from error
        return (find_adapter(str(name)) if wanted is None else wanted)(), False


def origin_of(snapshot: Mapping[str, Any]) -> tuple[str, float]:
    """Under which id a session was tracked, and how far its times were behind the clock.

    Raises:
        SnapshotError: One of them is damaged.
    """
    key, lag = snapshot.get("key", snapshot["session_id"]), snapshot.get("lag", 0.0)
    if not isinstance(key, str) or not is_number(lag):
        raise SnapshotError(f"the snapshot is damaged: it was tracked as {key!r:.80}, {lag!r:.80}")
    return key, float(lag)


@attrs.frozen
class Wanted:
    """A session as a caller wants it; see :meth:`video_tracker.tracker.Tracker.open`."""

    session_id: str
    plan: SessionPlan | None = None
    adapter: type[Adapter] | None = None
    beacons: bool = False
    user_id: str | None = None
    anonymous_id: str | None = None
    settings: Settings | None = None
    window: ReorderWindow[Beacon] | None = None
    skew: ClockSkew | None = None
    keep_late: bool = True

    def check(self, known: TrackedSession) -> None:
        """See to it that a session is one that takes what is wanted.

        Raises:
            PlanError: It takes something else.
        """
        kind: type[TrackedSession] = TrackedPlayer if self.adapter is not None else TrackedSession
        if self.beacons:
            kind = TrackedIntake
        adapter = known.adapter
        if type(known) is kind and (None if adapter is None else type(adapter)) is self.adapter:
            return
        player = "signals" if adapter is None else f"{adapter.name!r} callbacks"
        beacons = " in beacons" if isinstance(known, TrackedIntake) else ""
        raise PlanError(
            f"session {self.session_id!r} is open and takes {player}{beacons}: open it with the"
            " same player and beacons again"
        )

    def unread(self, known: TrackedSession) -> Iterator[str]:
        """What is told and is not as it is in a session that is there."""
        session = known.newest
        told = {
            "plan": (self.plan, session.plan),
            "user_id": (self.user_id, session.envelope().user_id),
            "anonymous_id": (self.anonymous_id, session.envelope().anonymous_id),
            "settings": (self.settings, session.settings),
        }
        for name, (wanted, has) in told.items():
            if wanted is not None and wanted is not has and wanted != has:
                yield name
