"""Snapshots as earlier forms wrote them: what lies in somebody's store must be read for ever.

``python -m tests.keyed.forms`` adds the newest form's; a form that was released is never rewritten.
"""

import base64
import functools
import json
import zlib
from pathlib import Path
from typing import Any

import attrs

from tests.keyed.test_snapshots import kinds
from video_tracker.compact import kept_fields
from video_tracker.keyed.snapshot import FORM
from video_tracker.plan import Ad, AdRange, Content, PlayerAttributes
from video_tracker.session.data.state import AdPlay, Held, Seek, State
from video_tracker.session.data.stitch import Stitch, Stretch
from video_tracker.session.data.timeline import Asset, Break, Timeline
from video_tracker.signals import Load

FOLDER = Path(__file__).parent / "stored_forms"


@functools.cache
def stored(form: int) -> dict[str, bytes]:
    """The snapshots of a form, by what they are of."""
    told = json.loads((FOLDER / f"{form}.json").read_text())
    return {name: base64.b64decode(each) for name, each in told["snapshots"].items()}


def layout_stored(form: int) -> int:
    return int(json.loads((FOLDER / f"{form}.json").read_text())["layout"])


def layout() -> int:
    """A number for the names, the kinds and the order of all that a snapshot holds of a session."""
    parts: list[Any] = [f"{name}: {kind}" for name, kind in kept_fields(State).items()]
    values = (AdPlay, Held, Seek, Stitch, Stretch, Timeline, Asset, Break, Load)
    for kind in (*values, Ad, AdRange, Content, PlayerAttributes):
        fields = [each for each in attrs.fields(kind) if each.init]
        parts += [f"{kind.__name__}.{each.name}: {each.type}" for each in fields]
    return zlib.crc32("\n".join(parts).encode())


def write() -> Path:
    path = FOLDER / f"{FORM}.json"
    FOLDER.mkdir(exist_ok=True)
    snapshots = {name: base64.b64encode(each).decode() for name, (each, _) in kinds().items()}
    path.write_text(json.dumps({"layout": layout(), "snapshots": snapshots}, indent=1) + "\n")
    return path


if __name__ == "__main__":
    print(write())  # noqa: T201
