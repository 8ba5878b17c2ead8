"""Timelines as SVG, PNG and HTML, drawn by vl-convert: no browser, no network."""

import functools
import html
import importlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from video_tracker.errors import VideoTrackerError
from video_tracker.timeline.spec import vega_lite
from video_tracker.timeline.theme import THEMES, ThemeName

if TYPE_CHECKING:
    from video_tracker.timeline.model import Timeline

__all__ = ["html_of", "png_of", "spec_of", "svg_of"]

_NARROWEST: Final = 400
_SCRIPT: Final = """
const spec = JSON.parse(document.getElementById("spec").textContent);
const tooltip = {theme: document.documentElement.dataset.theme};
window.drawn = vegaEmbed("#picture", spec, {renderer: "svg", actions: false, tooltip});
"""
_PAGE: Final = """<!doctype html>
<html lang="en" data-theme="{theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
body {{ margin: 0; background: {background}; color: {faint}; font: 12px/1.5 {font}; }}
#picture {{ overflow-x: auto; }}
p {{ margin: 0; padding: 0 14px 14px; }}
</style>
</head>
<body>
<div id="picture"></div>
<p>Wheel: zoom. Drag: move. Double click: all of it. Rest on something: what it is.</p>
<script type="application/json" id="spec">{spec}</script>
<script>{script}</script>
</body>
</html>
"""


def spec_of(
    timelines: "Sequence[Timeline]", theme: ThemeName, width: int, *, zoom: bool = False
) -> dict[str, Any]:
    """The specification of a picture.

    Raises:
        ValueError: There is no such theme, or it is too narrow.
    """
    if theme not in THEMES:
        raise ValueError(f"there is no theme {theme!r}; there are: {', '.join(THEMES)}")
    if width < _NARROWEST:
        raise ValueError(f"a picture needs {_NARROWEST} pixels or more, not {width}")
    return vega_lite(timelines, theme=theme, width=width, zoom=zoom)


def svg_of(timelines: "Sequence[Timeline]", *, theme: ThemeName, width: int) -> str:
    """The picture as SVG."""
    svg: str = _converter().vegalite_to_svg(spec_of(timelines, theme, width))
    return svg


def png_of(timelines: "Sequence[Timeline]", *, theme: ThemeName, width: int, scale: float) -> bytes:
    """The picture as PNG."""
    png: bytes = _converter().vegalite_to_png(spec_of(timelines, theme, width), scale=scale)
    return png


def html_of(timelines: "Sequence[Timeline]", *, theme: ThemeName, width: int) -> str:
    """The picture as a page that can be zoomed and moved, with all that it needs in it."""
    spec = json.dumps(spec_of(timelines, theme, width, zoom=True), allow_nan=False)
    colours = THEMES[theme]
    return _PAGE.format(
        theme=theme,
        title=html.escape(timelines[0].title),
        background=colours.background,
        faint=colours.faint,
        font=colours.config()["font"],
        # An id out of somebody's messages must not end the script.
        spec=spec.replace("<", "\\u003c"),
        script=_script(),
    )


@functools.cache
def _script() -> str:
    """All that draws the page; the same for every picture, and slow to put together."""
    script: str = _converter().javascript_bundle(_SCRIPT)
    return script


def _converter() -> Any:
    try:
        return importlib.import_module("vl_convert")
    except ImportError as error:
        raise VideoTrackerError(
            'pictures need vl-convert: pip install "video-tracker[pictures]"; '
            "drawings on a terminal do not"
        ) from error
