"""Replays a recording through its adapter and a playback, and reads what was expected of it.

``data/<name>.jsonl.gz`` is the callback log of a real player in a real browser.
``expected/<name>.txt`` is what should come of it: the exact events, session by session, held
against what the viewer did (its head says what), and the figures of all sessions together, as an
independent sampler measured them. ``expected/<name>+<variant>.txt`` is the same log with a plan.
"""

import functools
import gzip
import json
from pathlib import Path
from typing import Any

import attrs

from video_tracker.events import AdEvent, Event, PlaybackSeekCompleted, PlaybackSeekStarted
from video_tracker.plan import SessionPlan, Settings
from video_tracker.plan_json import plan_from_json
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.registry import adapter_for_channels, find_adapter
from video_tracker.session import Playback, Session, Summary
from video_tracker.trace import read_trace

HERE = Path(__file__).parent
LOGS = tuple(sorted(path.name.partition(".")[0] for path in (HERE / "data").glob("*.gz")))
RECORDINGS = tuple(sorted(path.stem for path in (HERE / "expected").glob("*.txt")))


@attrs.frozen
class Expected:
    """What a recording should give.

    Args:
        endings: How each session ends.
        events: The events of each session, as :func:`line_of` writes them.
        figures: Figures over all sessions; ``total_length`` is the last playback event's.
        plan: What was known ahead; None is nothing but the viewer.
    """

    endings: tuple[str, ...]
    events: tuple[tuple[str, ...], ...]
    figures: dict[str, float]
    plan: SessionPlan | None = None


@attrs.frozen
class Result:
    """What a recording gave; the fields are those of :class:`Expected`."""

    endings: tuple[str, ...]
    events: tuple[tuple[str, ...], ...]
    sessions: tuple[tuple[Event, ...], ...]
    summaries: tuple[Summary, ...]
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
    plan: SessionPlan | None = None
    for line in (HERE / "expected" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        first, _, rest = line.partition(" ")
        if first == "session":
            endings.append(rest)
            events.append([])
        elif first[:1].isupper():
            events[-1].append(line)
        elif first == "plan":
            plan = plan_from_json(json.loads(rest))
        elif first and first != "#":
            figures[first] = float(rest)
    return Expected(tuple(endings), tuple(tuple(lines) for lines in events), figures, plan)


def _is_default(plan: SessionPlan, setting: str) -> bool:
    return bool(getattr(plan.settings, setting) == getattr(Settings(), setting))


@functools.cache
def recorded(name: str) -> tuple[Callback, ...]:
    """The callbacks of a recording, whatever its variant."""
    path = HERE / "data" / f"{name.partition('+')[0]}.jsonl.gz"
    with gzip.open(path, "rb") as log:
        return tuple(read_trace(log, path.name))


def adapter_of(name: str) -> Adapter:
    """A new adapter of the player of a recording."""
    return find_adapter(adapter_for_channels({call.player for call in recorded(name)}))()


@functools.cache
def replay(name: str) -> Result:
    """Replay a recording as a program would that knows only the plan, or nothing but the viewer."""
    callbacks, adapter = recorded(name), adapter_of(name)
    plan = read_expected(name).plan or SessionPlan(user_id="u1")
    own: dict[str, Any] = {
        key: value for key, value in adapter.settings.items() if _is_default(plan, key)
    }
    plan = attrs.evolve(plan, settings=attrs.evolve(plan.settings, **own))
    playback = Playback(Session("s1", plan))
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
    summaries = tuple(session.summary() for session in playback.sessions)
    told = [summary.to_dict() for summary in summaries]
    figures = {
        key: sum(float(summary[key]) for summary in told)
        for key, value in told[0].items()
        if isinstance(value, int | float) and key != "startup_time"
    }
    figures["startup_time"] = told[0]["startup_time"] or 0.0
    lengths = [e.total_length for e in sessions[-1] if e.name.startswith("Video Playback")]
    figures["total_length"] = float(lengths[-1] or 0) if lengths else 0.0
    return Result(
        endings=tuple(summary.ended for summary in summaries),
        events=tuple(tuple(line_of(event) for event in session) for session in sessions),
        sessions=sessions,
        summaries=summaries,
        figures=figures,
    )
