"""What the tests of the command line share: the process, its result, small logs."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).parent.parent.parent
RECORDING = ROOT / "examples" / "recordings" / "preroll-midroll-postroll.jsonl"
PLAN = RECORDING.with_suffix(".plan.json")
COMMAND = (sys.executable, "-W", "error", "-m", "video_tracker")


@attrs.frozen
class Run:
    """A finished process."""

    status: int
    output: bytes
    errors: str

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.splitlines()]

    @property
    def events(self) -> list[str]:
        return [message["event"].removeprefix("Video ") for message in self.messages]

    @property
    def account(self) -> str:
        """The last line of standard error."""
        return self.errors.splitlines()[-1]


Runner = Callable[..., Run]


def jsonl(*lines: object) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def signal(name: str, at: float, **arguments: object) -> dict[str, object]:
    return {"signal": name, "at": 1_795_432_200.0 + at, **arguments}


SHORT = (
    signal("load", 0, duration=3),
    signal("play", 0),
    signal("playing", 1, position=0.0),
    signal("progress", 2, position=1.0),
    signal("progress", 3, position=2.0),
    signal("progress", 4, position=3.0),
    signal("content_end", 4, position=3.0),
    signal("end", 4),
)
"""A whole session of three seconds in the library's own log."""

SHORT_EVENTS = ["Playback Started", "Content Started", "Content Completed", "Playback Completed"]
