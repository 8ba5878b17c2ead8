"""What the viewer of a CMCD recording truly saw, read from the media element's own events."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "cmcd"

_BEGINS = {"playing": "content", "pause": "paused", "waiting": "buffering", "seeking": "seeking"}


def log_of(name: str) -> Path:
    """The recorded bodies."""
    return FOLDER / f"{name}.events.jsonl"


def bodies(name: str) -> list[bytes]:
    """The lines of a recording."""
    return log_of(name).read_bytes().splitlines(keepends=True)


def media(name: str) -> Iterator[tuple[float, str, float]]:
    """The element's events: Unix seconds, name, ``currentTime``."""
    told = json.loads((FOLDER / f"{name}.drive.json").read_text("utf-8"))["media"]
    return ((at / 1000, event, position) for at, event, position in told)


def figures(name: str, until: float = math.inf) -> dict[str, float]:
    """Seconds of content, pause, stall and seek from the first ``play`` to the end.

    Args:
        name: The recording.
        until: No further than this, in Unix seconds.
    """
    seconds = {"content": 0.0, "paused": 0.0, "buffering": 0.0, "seeking": 0.0}
    state, since = "", 0.0
    for at, event, _ in (*media(name), (until, "", 0.0)):
        now = _after(state, event)
        if now != state or at >= until:
            if state:
                seconds[state] += max(min(at, until) - since, 0)
            state, since = now, at
        if event == "ended" or at >= until:
            break
    return seconds


def _after(state: str, event: str) -> str:
    """What the viewer saw after an event; a wait inside a seek is the seek, one in a pause it."""
    if event == "waiting" and state == "seeking":
        return state
    if event == "seeking" and state == "paused":
        return state
    return _BEGINS.get(event, state) if state or event == "playing" else state
