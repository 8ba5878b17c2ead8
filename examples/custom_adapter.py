"""An adapter for a player of one's own, over a log of it: `python examples/custom_adapter.py`.

The player is the one in our set-top box. It says ``state`` when its state changes (``LOADED``,
``PLAYING``, ``WAITING``, ``PAUSED``, ``SEEKING``, ``ENDED``, ``CLOSED``), ``time`` once a second,
``ad`` for what its advertising does, and ``remote`` for each key of the remote control. Every
callback has ``ms``, the playhead of the content, in its state.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar, Final

from video_tracker import Ad, Event, Playback, Session, SessionPlan
from video_tracker.players.base import Adapter, Callback, finite, on, text_of
from video_tracker.signals import (
    AdBreakEnd,
    AdBreakStart,
    AdEnd,
    AdProgress,
    AdStart,
    BufferEnd,
    BufferStart,
    End,
    Exit,
    Load,
    Pause,
    Play,
    Playing,
    Progress,
    SeekEnd,
    SeekStart,
    Signal,
)
from video_tracker.trace import read_trace
from video_tracker.transcript import transcript

LOG = Path(__file__).parent / "recordings" / "settop.jsonl"

STATES: Final[dict[str, Callable[[float, float | None], Signal]]] = {
    "PAUSED": Pause,
    "SEEKING": SeekStart,
    "ENDED": End,
    "CLOSED": Exit,
}
"""The states that are one signal each, whatever was before."""

OVER: Final[dict[str | None, Callable[[float, float | None], Signal]]] = {
    "WAITING": BufferEnd,
    "SEEKING": SeekEnd,
}
"""What it means that a state gave way to playing."""


SAYS: Final = "load play playing pause seek_start seek_end buffer_start buffer_end end exit"


class SetTopAdapter(Adapter):
    """The player of our set-top box."""

    name = "settop"
    silent: ClassVar = {"settop": {"a key, whether or not the player heeds it": "remote"}}

    def __init__(self) -> None:
        super().__init__()
        self._state: str | None = None
        self._wanted = False

    def _place(self, callback: Callback) -> float | None:
        """The content's playhead in seconds; None where the callback has none."""
        return _seconds(callback.state.get("ms"))

    @on(
        "settop",
        "state",
        "load play playing pause seek_start seek_end buffer_start buffer_end end exit",
    )
    def _on_state(self, callback: Callback) -> list[Signal]:
        at, place, state = callback.at, self._place(callback), callback.text("to")
        before, self._state = self._state, state
        if state == "LOADED":
            return [Load(at, duration=_seconds(callback.detail.get("length_ms")))]
        if state == "PLAYING":
            over = [OVER[before](at, place)] if before in OVER else []
            return [*over, *self._wish(at, place), Playing(at, place)]
        if state == "WAITING":
            return [*self._wish(at, place), BufferStart(at, place)]
        if state in STATES:
            self._wanted = self._wanted and state == "SEEKING"
            return [STATES[state](at, place)]
        return self.ignore(callback, "a state that no manual knows")

    def _wish(self, at: float, place: float | None) -> list[Signal]:
        """The wish to play, which this player never tells by itself."""
        told, self._wanted = self._wanted, True
        return [] if told else [Play(at, place)]

    @on("settop", "time", "progress")
    def _on_time(self, callback: Callback) -> list[Signal]:
        return [Progress(callback.at, self._place(callback))]

    @on("settop", "ad", "ad_break_start ad_start ad_progress ad_end ad_break_end")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        at, place = callback.at, _seconds(callback.detail.get("ad_ms"))
        match callback.text("phase"):
            case "break":
                return [AdBreakStart(at)]
            case "start":
                spot = text_of(callback.detail.get("spot"))
                length = _seconds(callback.detail.get("length_ms"))
                return [AdStart(at, None if spot is None else Ad(asset_id=spot, duration=length))]
            case "time":
                return [AdProgress(at, place)]
            case "end":
                return [AdEnd(at, place)]
            case "break_over":
                return [AdBreakEnd(at)]
            case _:
                return self.ignore(callback, "a phase that no manual knows")


def _seconds(milliseconds: Any) -> float | None:
    number = finite(milliseconds)
    return None if number is None or number < 0 else number / 1000


def events_of(callbacks: Iterable[Callback]) -> tuple[list[Event], dict[str, int]]:
    """The events of a log, and what was ignored."""
    adapter = SetTopAdapter()
    playback = Playback(Session("evening-1", SessionPlan(user_id="household-7")))
    events: list[Event] = []
    at = 0.0
    for callback in callbacks:
        at = callback.at
        for signal in adapter.translate(callback):
            events += (event for _, event in playback.receive(signal))
    for signal in adapter.flush(at):
        events += (event for _, event in playback.receive(signal))
    events += (event for _, event in playback.finish())
    return events, dict(adapter.ignored)


def main() -> None:
    """Read the log."""
    with LOG.open("rb") as lines:
        events, ignored = events_of(read_trace(lines, LOG.name))
    print(transcript(events))
    print(ignored)


if __name__ == "__main__":
    main()
