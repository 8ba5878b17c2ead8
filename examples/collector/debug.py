"""For the demonstration page: the messages that arrived, and how a viewer's session stands."""

import json
import threading
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from video_tracker import Delivered, Outcome, Record
from video_tracker.timeline import session_timelines
from video_tracker.tracker import Sent, TrackedIntake

__all__ = ["Gallery", "LocalSink", "drawn", "standing"]


class LocalSink:
    """A transport for trying things out: it takes every message and prints a line of it."""

    def send(self, records: Sequence[Record]) -> Outcome:
        """Print them; they count as delivered."""
        for record in records:
            message = json.loads(record.body)
            said = message["properties"]
            print(message["timestamp"], said["session_id"][:8], message["event"], flush=True)
        return Delivered()

    def close(self) -> None:
        """Nothing is held."""


class Gallery:
    """The last messages that were delivered, by session; bounded.

    Args:
        sessions: How many sessions are remembered.
        messages: How many messages of each.
    """

    def __init__(self, sessions: int = 200, messages: int = 500) -> None:
        self._sessions = sessions
        self._messages = messages
        self._lock = threading.Lock()  # the tracker's thread writes, the event loop reads
        self._shown: OrderedDict[str, deque[bytes]] = OrderedDict()

    def on_sent(self, sent: Sent) -> None:
        """The tracker's hook."""
        with self._lock:
            for record in sent.records:
                # A replay's id is its first session's with "-2" behind it (S24).
                session = record.session_id.partition("-")[0]
                if session not in self._shown:
                    self._shown[session] = deque(maxlen=self._messages)
                self._shown[session].append(record.body)
                self._shown.move_to_end(session)
            while len(self._shown) > self._sessions:
                self._shown.popitem(last=False)

    def of(self, session: str) -> list[Any]:
        """A session's messages, the oldest first."""
        with self._lock:
            return [json.loads(body) for body in self._shown.get(session, ())]


def standing(player: TrackedIntake) -> dict[str, Any]:
    """How a session stands: the state of both machines, its figures, what was ignored."""
    state = player.snapshot()["state"]
    return {
        "where": state.get("where", "idle"),
        "how": state.get("how", "playing"),
        "figures": player.summary().to_dict(),
        "ignored": player.ignored,
    }


_DRAWING = threading.Lock()  # one picture at a time, however many ask


def drawn(
    messages: Sequence[Mapping[str, Any]], *, theme: str, width: int, until: float | None
) -> str:
    """The newest session in some messages as SVG; empty when there is none.

    The page lists the events itself, so they are left out.

    Args:
        messages: Of one viewer.
        theme: ``light`` or ``dark``.
        width: Pixels.
        until: The Unix time to which what is not over goes on.

    Raises:
        ValueError: There is no such theme, or it is too narrow.
        VideoTrackerError: The extra ``pictures`` is not installed.
    """
    with _DRAWING:
        timelines = session_timelines(messages, until=until)
        if not timelines:
            return ""
        timeline = attrs.evolve(timelines[-1], ticks=())
        return timeline.to_svg(theme=theme, width=width)  # type: ignore[arg-type]
