"""What every contender is given: recorded viewings, and an hour that simply plays.

A viewing is a list of the rows of a recording: ``t`` in milliseconds, ``event``, ``state``, and
``detail`` where there is one. Both sides read them from the same file.
"""

import functools
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

__all__ = ["WORKS", "Viewing", "recorded", "steady"]

Viewing = Sequence[Mapping[str, Any]]

RECORDINGS: Final = Path(__file__).parent.parent.parent / "recordings" / "data"
BARE_ELEMENTS: Final = ("html5", "html5_firefox", "html5_webkit")

HOUR: Final = 3600.0
STEP: Final = 0.25
AHEAD: Final = 30.0
"""Seconds that are buffered."""


def recorded() -> list[Viewing]:
    """The recordings of a media element without ads: its own callbacks, none of the page's."""
    return [
        _callbacks(path)
        for path in sorted(RECORDINGS.glob("*.jsonl.gz"))
        if path.name.partition(".")[0].rpartition("-")[2] in BARE_ELEMENTS
    ]


def _callbacks(path: Path) -> Viewing:
    with gzip.open(path, "rt", encoding="utf-8") as log:
        rows = [json.loads(line) for line in log]
    own = [row for row in rows if row["player"] == "html5"]
    return [{**row, "t": row["t"] - own[0]["t"]} for row in own]


def steady(length: float = HOUR, *, full: bool = False) -> list[Viewing]:
    """One viewer who watches it all: a timeupdate each quarter of a second.

    Args:
        length: Of the content, in seconds.
        full: Whether snapshots also say what was buffered and shown, which moves with the clock.
    """

    def row(event: str, after: float, position: float, **more: Any) -> Mapping[str, Any]:
        moving = {"bufferedEnd": min(position + AHEAD, length), "totalFrames": int(position * 25)}
        state = {
            "currentTime": position,
            "duration": length,
            "paused": False,
            "ended": False,
            "seeking": False,
            "readyState": 4,
            "networkState": 2,
            "playbackRate": 1,
            "volume": 1,
            "muted": False,
            "videoWidth": 1280,
            "videoHeight": 720,
            "fullscreen": False,
            "hidden": False,
            "src": "film.mp4",
            "droppedFrames": 0,
        }
        return {
            "t": after * 1000,
            "event": event,
            "state": {**state, **(moving if full else {}), **more},
        }

    loading = ("loadstart", "durationchange", "loadedmetadata", "loadeddata", "canplay")
    ending = ("timeupdate", "pause", "ended")
    over = {"paused": True, "ended": True}
    return [
        [
            *(row(event, n / 100, 0.0, paused=True) for n, event in enumerate(loading)),
            *(row(event, 1.0, 0.0) for event in ("play", "playing")),
            *(row("timeupdate", 1.0 + n * STEP, n * STEP) for n in range(1, int(length / STEP))),
            *(row(event, 1.0 + length, length, **over) for event in ending),
        ]
    ]


WORKS: Final[Mapping[str, Callable[[], list[Viewing]]]] = {
    "recorded": recorded,
    "steady": steady,
    "steady, full snapshots": functools.partial(steady, full=True),
}
