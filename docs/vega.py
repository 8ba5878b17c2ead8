"""The pictures of the pages that Vega-Lite draws."""

import json
import tempfile
from pathlib import Path
from typing import Any

from video_tracker.testing import read_scenario, simulate
from video_tracker.timeline import session_timeline
from video_tracker.timeline.picture import spec_of

WIDTH = 690


def session_spec(scenario: str, scheme: str) -> dict[str, Any]:
    """A viewing as ``video-tracker timeline`` draws it, on the page's own ground."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "evening.json")
        path.write_text(scenario, "utf-8")
        viewing = simulate(read_scenario(path), "hlsjs")
    timeline = session_timeline(viewing.run(session_id="evening").events)
    return {**spec_of([timeline], scheme, WIDTH), "background": None}


def drawn(spec: str) -> str:
    """A picture as SVG.

    Raises:
        ImportError: The extra ``pictures`` is not installed.
    """
    import vl_convert  # noqa: PLC0415 - only who draws needs it

    return str(vl_convert.vegalite_to_svg(json.loads(spec)))
