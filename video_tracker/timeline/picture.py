"""Timelines as SVG, PNG and HTML, drawn by vl-convert: no browser, no network."""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from video_tracker.errors import VideoTrackerError
from video_tracker.timeline.spec import vega_lite
from video_tracker.timeline.theme import THEMES, ThemeName

if TYPE_CHECKING:
    from video_tracker.timeline.model import Timeline

__all__ = ["html_of", "png_of", "svg_of"]

_NARROWEST: Final = 400
_VERSION: Final = "6.4"


def svg_of(timelines: "Sequence[Timeline]", *, theme: ThemeName, width: int) -> str:
    """The picture as SVG."""
    svg: str = _converter().vegalite_to_svg(_spec(timelines, theme, width), vl_version=_VERSION)
    return svg


def png_of(timelines: "Sequence[Timeline]", *, theme: ThemeName, width: int, scale: float) -> bytes:
    """The picture as PNG."""
    spec = _spec(timelines, theme, width)
    png: bytes = _converter().vegalite_to_png(spec, vl_version=_VERSION, scale=scale)
    return png


def html_of(timelines: "Sequence[Timeline]", *, theme: ThemeName, width: int) -> str:
    """The picture as a page that can be zoomed and moved, with all that it needs in it."""
    spec = _spec(timelines, theme, width, zoom=True)
    page: str = _converter().vegalite_to_html(spec, vl_version=_VERSION, bundle=True)
    return page


def _spec(
    timelines: "Sequence[Timeline]", theme: ThemeName, width: int, *, zoom: bool = False
) -> dict[str, Any]:
    if theme not in THEMES:
        raise ValueError(f"there is no theme {theme!r}; there are: {', '.join(THEMES)}")
    if width < _NARROWEST:
        raise ValueError(f"a picture needs {_NARROWEST} pixels or more, not {width}")
    return vega_lite(timelines, theme=theme, width=width, zoom=zoom)


def _converter() -> Any:
    try:
        return importlib.import_module("vl_convert")
    except ImportError as error:
        raise VideoTrackerError(
            'pictures need vl-convert: pip install "video-tracker[pictures]"; '
            "terminal_timeline() draws without"
        ) from error
