"""A session as it is told to, wherever it is: in a store, or in this process."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from video_tracker.ingest import Beacon, Decoded
from video_tracker.keyed import Told
from video_tracker.players.base import Adapter, Callback
from video_tracker.signals import Signal
from video_tracker.tracker.inputs import Events, SessionInputs
from video_tracker.tracker.tracked import event_name

__all__ = ["SharedSession"]


class Feeding(Protocol):
    """What feeds it: a tracker, with what the session begins with."""

    def __call__(self, told: Decoded | Iterable[Told], received_at: float | None = None) -> Events:
        """Let it take what was said."""
        ...


class SharedSession(SessionInputs):
    """A session of :meth:`video_tracker.tracker.Tracker.shared`: each input is one ``feed``.

    It holds nothing of the viewer: make one in each request, in any worker.

    Attributes:
        session_id: The id that the session began with.
    """

    __slots__ = ("_channel", "_feed", "_now", "session_id")

    def __init__(
        self, session_id: str, adapter: type[Adapter] | None, feed: Feeding, now: Any
    ) -> None:
        self.session_id = session_id
        self._channel = "" if adapter is None else adapter.main_channel
        self._feed = feed
        self._now = now

    def __repr__(self) -> str:
        return f"<SharedSession {self.session_id!r}>"

    def _say(self, kind: type[Signal], at: float | None, *values: Any, **named: Any) -> Events:
        return self._feed((kind(self._now() if at is None else at, *values, **named),))

    def callback(
        self,
        event: str,
        state: Mapping[str, Any] | None = None,
        detail: Mapping[str, Any] | None = None,
        *,
        channel: str | None = None,
        element: str | None = None,
        at: float | None = None,
    ) -> Events:
        """Take one callback of the player; see ``TrackedPlayer.callback``."""
        at = self._now() if at is None else at
        channel = self._channel if channel is None else channel
        said = Callback(at, channel, event_name(event), state or {}, detail or {}, element)
        return self._feed((said,))

    def push(
        self, beacons: Decoded | Iterable[Beacon], *, received_at: float | None = None
    ) -> Events:
        """Take beacons that arrived together; see ``TrackedIntake.push``."""
        return self._feed(beacons, received_at)
