"""What a viewing in an adapter's script becomes in the end: the session's events, a line each.

``12.5 Ad Started 0 a1 pre-roll`` is the event at 12.5 s, its position, and for an ad whose it is.
"""

from typing import Any

from tests.players.script import START, callback, lines
from video_tracker.events import AdEvent, Event
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter
from video_tracker.session import Playback, Session
from video_tracker.signals import Signal
from video_tracker.testing import check_sessions


def playback_of(adapter: Adapter, script: str, **plan: Any) -> tuple[Playback, list[Event]]:
    """Play a script through an adapter and its sessions, as a replay does."""
    settings = Settings(**{**adapter.settings, **plan.pop("settings", {})})
    playback = Playback(Session("s1", SessionPlan(user_id="u1", **plan), settings=settings))
    events: list[Event] = []

    def give(signals: tuple[Signal, ...]) -> None:
        for signal in signals:
            events.extend(event for _, event in playback.receive(signal))

    last = START
    for line in lines(script):
        said = callback(line)
        due = adapter.wake_at()
        if due is not None and due <= said.at:
            give(adapter.flush(due))
        give(adapter.translate(said))
        last = said.at
    give(adapter.flush(last))
    events.extend(event for _, event in playback.finish())
    check_sessions(events, [session.summary() for session in playback.sessions])
    return playback, events


def line_of(event: Event) -> str:
    """An event in one line."""
    name = event.name.removeprefix("Video ")
    words = [f"{round(event.at - START, 2):g}", name, str(event.position)]
    if isinstance(event, AdEvent):
        words += [event.asset_id, event.ad_type]
    method = getattr(event, "method", None)
    return " ".join([*words, f"({method})"] if method else words)


def events_of(adapter: Adapter, script: str, *, beats: bool = False, **plan: Any) -> list[str]:
    """The events of a script, heartbeats and quartiles left out unless they are asked for."""
    _, events = playback_of(adapter, script, **plan)
    return [line_of(event) for event in events if beats or not event.name.endswith(" Playing")]


def watch(event: str, start: float, end: float, position: float, length: float = 60) -> str:
    """Lines of an event that tells positions, one a second."""
    return "\n".join(
        f"{start + second * 1000:.0f} {event} {position + second:g}/{length:g} "
        f'{{"value": {position + second:g}}}'
        for second in range(int((end - start) / 1000) + 1)
    )
