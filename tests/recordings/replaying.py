"""Replays a recording through its adapter and a playback, and reads what was expected of it.

``data/<name>.jsonl.gz`` is the callback log of a real player in a real browser.
``expected/<name>.txt`` is what should come of it, written by hand from what the viewer did and what
an independent sampler measured: the exact events, session by session, and the figures of all
sessions together.
"""

import gzip
from pathlib import Path

import attrs

from video_tracker.events import AdEvent, Event, PlaybackSeekCompleted, PlaybackSeekStarted
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.registry import adapter_for_channels, find_adapter
from video_tracker.players.trace import read_trace
from video_tracker.session import Playback, Session

HERE = Path(__file__).parent
RECORDINGS = tuple(sorted(path.stem for path in (HERE / "expected").glob("*.txt")))


@attrs.frozen
class Expected:
    """What a recording should give.

    Args:
        endings: How each session ends.
        events: The events of each session, as :func:`line_of` writes them.
        figures: Figures over all sessions; ``total_length`` is the last playback event's.
    """

    endings: tuple[str, ...]
    events: tuple[tuple[str, ...], ...]
    figures: dict[str, float]


@attrs.frozen
class Result:
    """What a recording gave; the fields are those of :class:`Expected`."""

    endings: tuple[str, ...]
    events: tuple[tuple[str, ...], ...]
    sessions: tuple[tuple[Event, ...], ...]
    figures: dict[str, float]


def line_of(event: Event) -> str:
    """An event in one line: its name, its position, and whose it is."""
    words = [event.name.removeprefix("Video "), str(event.position)]
    if isinstance(event, AdEvent):
        words += [event.asset_id, event.ad_type, str(event.pod_position)]
        if event.quartile is not None:
            words += ["quartile", str(event.quartile)]
    if isinstance(event, PlaybackSeekStarted | PlaybackSeekCompleted):
        words += ["to", str(event.seek_position)]
    return " ".join(words)


def read_expected(name: str) -> Expected:
    """The hand-written expectation of a recording."""
    endings: list[str] = []
    events: list[list[str]] = []
    figures: dict[str, float] = {}
    for line in (HERE / "expected" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        first, _, rest = line.partition(" ")
        if first == "session":
            endings.append(rest)
            events.append([])
        elif first[:1].isupper():
            events[-1].append(line)
        elif first and first != "#":
            figures[first] = float(rest)
    return Expected(tuple(endings), tuple(tuple(lines) for lines in events), figures)


def replay(name: str) -> Result:
    """Replay a recording as a program would that knows nothing but the viewer."""
    path = HERE / "data" / f"{name}.jsonl.gz"
    with gzip.open(path, "rb") as log:
        callbacks = list(read_trace(log, path.name))
    adapter = find_adapter(adapter_for_channels({call.player for call in callbacks}))()
    settings = Settings(**adapter.settings)  # type: ignore[arg-type]
    playback = Playback(Session("s1", SessionPlan(user_id="u1", settings=settings)))
    events: list[Event] = []
    for callback in callbacks:
        for signal in adapter.translate(callback):
            events += [event for _, event in playback.receive(signal)]
    for signal in adapter.flush(callbacks[-1].at):
        events += [event for _, event in playback.receive(signal)]
    events += [event for _, event in playback.finish()]
    sessions = tuple(
        tuple(event for event in events if event.session_id == session.session_id)
        for session in playback.sessions
    )
    summaries = [session.summary().to_dict() for session in playback.sessions]
    figures = {
        key: sum(float(summary[key]) for summary in summaries)
        for key, value in summaries[0].items()
        if isinstance(value, int | float) and key != "startup_time"
    }
    figures["startup_time"] = summaries[0]["startup_time"] or 0.0
    lengths = [e.total_length for e in sessions[-1] if e.name.startswith("Video Playback")]
    figures["total_length"] = float(lengths[-1] or 0) if lengths else 0.0
    return Result(
        endings=tuple(summary["ended"] for summary in summaries),
        events=tuple(tuple(line_of(event) for event in session) for session in sessions),
        sessions=sessions,
        figures=figures,
    )
