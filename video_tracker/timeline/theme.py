"""Colours and strokes of the pictures, light and dark.

The palette is that of Okabe and Ito, which people tell apart who see colours otherwise. No colour
stands alone: each kind of time has its own row, its own dash in the curve and its own symbol.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import attrs

__all__ = ["DASHES", "FATES", "THEMES", "Theme", "ThemeName"]

ThemeName = Literal["light", "dark"]
FONT: Final = "Helvetica Neue, Helvetica, Arial, sans-serif"


@attrs.frozen(kw_only=True)
class Theme:
    """Colours of a picture.

    Args:
        background, ink, faint, grid: Of the paper, of text, of what is less important, of lines.
        lanes: Of each kind of time.
        texts: Of a name upon its bar.
        frame: Of a pod, around what played of it.
        events, heartbeats, repaired: Of marks.
        heat: From seldom to often watched.
    """

    background: str
    ink: str
    faint: str
    grid: str
    lanes: Mapping[str, str]
    texts: Mapping[str, str]
    frame: str
    events: str
    repaired: str
    heat: tuple[str, str]

    def config(self) -> dict[str, Any]:
        """The configuration of a Vega-Lite picture."""
        return {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": self.ink,
                "titleColor": self.faint,
                "domainColor": self.grid,
                "tickColor": self.grid,
                "gridColor": self.grid,
                "labelFontSize": 11,
                "titleFontSize": 11,
                "titleFontWeight": "normal",
                "labelLimit": 160,
            },
            "title": {
                "color": self.ink,
                "subtitleColor": self.faint,
                "fontSize": 14,
                "subtitleFontSize": 12,
                "subtitlePadding": 6,
                "anchor": "start",
                "frame": "bounds",
                "offset": 10,
            },
            "legend": {"labelColor": self.ink, "titleColor": self.faint},
        }


THEMES: Final[Mapping[str, Theme]] = {
    "light": Theme(
        background="#ffffff",
        ink="#24292f",
        faint="#57606a",
        grid="#e3e6ea",
        lanes={
            "startup": "#56b4e9",
            "content_played": "#0072b2",
            "ad_played": "#e69f00",
            "paused": "#7d8590",
            "seeking": "#cc79a7",
            "buffering": "#d55e00",
            "gap": "#b8bec6",
            "interrupted": "#000000",
            "suspended": "#d8c93a",
        },
        texts={"content_played": "#ffffff", "ad_played": "#000000"},
        frame="#eaf1f7",
        events="#24292f",
        repaired="#d55e00",
        heat=("#79c9b0", "#00543d"),
    ),
    "dark": Theme(
        background="#0d1117",
        ink="#e6edf3",
        faint="#9aa4af",
        grid="#2a313a",
        lanes={
            "startup": "#3f86b5",
            "content_played": "#56b4e9",
            "ad_played": "#e69f00",
            "paused": "#8b949e",
            "seeking": "#e39bc3",
            "buffering": "#f0742e",
            "gap": "#57606a",
            "interrupted": "#ffffff",
            "suspended": "#f0e442",
        },
        texts={"content_played": "#000000", "ad_played": "#000000"},
        frame="#182633",
        events="#e6edf3",
        repaired="#f0742e",
        heat=("#1f7d63", "#7ff5d3"),
    ),
}

DASHES: Final[Mapping[str, tuple[int, ...]]] = {
    "startup": (1, 3),
    "content_played": (1, 0),
    "ad_played": (7, 2),
    "paused": (3, 3),
    "seeking": (2, 2),
    "buffering": (1, 2),
    "gap": (1, 3),
    "interrupted": (1, 4),
    "suspended": (1, 4),
}
"""How the playhead's line is broken in each kind of time."""

FATES: Final[Mapping[str, tuple[str, str]]] = {
    "skipped": ("triangle-right", "skipped"),
    "failed": ("cross", "failed"),
    "cut": ("square", "cut off"),
    "open": ("circle", "still open"),
}
"""The symbol of an ad that was not completed, and its word."""
