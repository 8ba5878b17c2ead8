"""Simulated viewings whose truth is known, and their timelines."""

from collections.abc import Iterable

from video_tracker import Playback
from video_tracker.explain import RecordedSession
from video_tracker.testing import Scenario, Simulation, simulate
from video_tracker.timeline import Bar, Timeline, explained_timeline, session_timeline

EVERYTHING = (
    Scenario(60)
    .ads("pre", [5])
    .play()
    .watch(6)
    .pause(3)
    .seek(30, takes=2)
    .watch(4)
    .stall(3)
    .watch(2)
    .ads("mid", [5, 8], skip=1, after=2)
    .watch(5)
    .seek(10)
    .watch(3)
    .exit()
)


def of_events(scenario: Scenario, player: str = "signals") -> tuple[Timeline, Simulation]:
    viewing = simulate(scenario, player)
    return session_timeline(viewing.events()), viewing


def of_log(scenario: Scenario, player: str = "signals") -> tuple[Timeline, Simulation]:
    viewing = simulate(scenario, player)
    playback = Playback(RecordedSession("simulated", viewing.plan))
    for signal in viewing.signals:
        playback.receive(signal)
    playback.finish(None if viewing.truth.ended != "open" else viewing.ends_at)
    (session,) = playback.sessions
    assert isinstance(session, RecordedSession)
    return explained_timeline(session.explain()), viewing


def stretches(bars: Iterable[Bar]) -> list[tuple[float, float]]:
    return [(round(bar.start, 2), round(bar.end, 2)) for bar in bars]


def true_stretches(viewing: Simulation, opens: str, closes: str) -> list[tuple[float, float]]:
    """From each event of one name to the next of another, in seconds since Playback Started."""
    events = viewing.truth.events
    first = events[0].at
    found = []
    for number, event in enumerate(events):
        if event.name == opens:
            end = next(e.at for e in events[number:] if e.name == closes)
            found.append((round(event.at - first, 2), round(end - first, 2)))
    return found
