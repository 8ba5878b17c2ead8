"""The lanes of a picture: what played, in which pods and breaks, and what stood in the way."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from video_tracker.timeline.lanes import LANES
from video_tracker.timeline.spec_parts import (
    LETTER,
    ROW,
    Canvas,
    Rows,
    layer,
    moment,
    ms,
    span,
    tooltip,
)
from video_tracker.timeline.theme import FATES

if TYPE_CHECKING:
    from video_tracker.timeline.model import Timeline

__all__ = ["lanes_view"]

_BREAKS: Final = "ad break"
_CONTENT: Final = LANES["content_played"]
_ADS: Final = LANES["ad_played"]
_HAIRLINE: Final = 2.0
"""Pixels of a gap in a bar that nobody sees."""
_TEXT: Final = {"field": "text", "type": "nominal"}


def lanes_view(timeline: "Timeline", canvas: Canvas) -> dict[str, Any]:
    """The bars of a timeline, a row for each kind of time, with the names of what played."""
    theme, x, x2 = canvas.theme, canvas.x, {"field": "end"}
    present = [LANES[lane] for lane in timeline.lanes]
    if timeline.ad_pods:
        present.insert(present.index(_ADS), _BREAKS)
    y = canvas.rows(present)
    of_lane = {"domain": list(theme.lanes), "range": list(theme.lanes.values())}
    colour = {"field": "lane", "type": "nominal", "scale": of_lane, "legend": None}
    outline = {
        "type": "bar",
        "filled": False,
        "stroke": theme.lanes["ad_played"],
        "strokeWidth": 1.5,
        "cornerRadius": 2,
    }
    place = {"x": x, "x2": x2, "y": y}
    layers = [
        layer(
            _frames(timeline),
            {"type": "rect", "color": theme.frame, "cornerRadius": 2},
            {**place, "tooltip": tooltip("what", "from", "to")},
        ),
        layer(
            _bars(timeline),
            {"type": "bar", "cornerRadius": 1.5, "strokeWidth": 1},
            {
                **place,
                "color": colour,
                "stroke": colour,
                "tooltip": tooltip("what", "from", "to", "takes"),
            },
        ),
        layer(_breaks(timeline), outline, {**place, "tooltip": tooltip("what", "from", "to")}),
        *_fates(timeline, canvas, {"x": x, "y": y}),
        *_labels(timeline, canvas, {"x": x, "y": y}),
    ]
    return {"width": canvas.width, "height": {"step": ROW}, "layer": layers}


def _bars(timeline: "Timeline") -> Rows:
    return [
        span(
            bar.start,
            bar.end,
            row=LANES[bar.lane],
            lane=bar.lane,
            what=" ".join(filter(None, (LANES[bar.lane], bar.label))),
        )
        for bar in timeline.bars
        if bar.lane in timeline.lanes
    ]


def _frames(timeline: "Timeline") -> Rows:
    """The whole of each content pod, behind what played of it."""
    return [
        span(
            pod.start,
            pod.end,
            row=_CONTENT,
            what=f"{pod.asset_id} {pod.pod_id}{'' if pod.completed else ', not completed'}",
        )
        for pod in timeline.content_pods
        if "content_played" in timeline.lanes
    ]


def _breaks(timeline: "Timeline") -> Rows:
    return [
        span(
            pod.start, pod.end, row=_BREAKS, what=" ".join(filter(None, (pod.ad_type, pod.pod_id)))
        )
        for pod in timeline.ad_pods
    ]


def _fates(timeline: "Timeline", canvas: Canvas, place: Mapping[str, Any]) -> Rows:
    """A symbol at the end of each ad that was not completed, and its word where there is room."""
    symbols, words = [], []
    following = [*(ad.start for ad in timeline.ads[1:]), canvas.length]
    for ad, until in zip(timeline.ads, following, strict=False):
        if ad.fate in FATES:
            word = FATES[ad.fate][1]
            at = {"start": ms(ad.end), "row": _ADS, "text": word}
            symbols.append(
                {
                    **at,
                    "fate": ad.fate,
                    "what": f"{ad.asset_id} {word}".strip(),
                    "at": moment(ad.end),
                }
            )
            if (until - ad.end) * canvas.scale > (len(word) + 2) * LETTER:
                words.append(at)
    if not symbols:
        return []
    shapes = {"domain": list(FATES), "range": [shape for shape, _ in FATES.values()]}
    mark = {
        "type": "point",
        "filled": True,
        "size": 70,
        "opacity": 1,
        "color": canvas.theme.repaired,
        "stroke": canvas.theme.background,
        "strokeWidth": 1,
    }
    shape = {"field": "fate", "type": "nominal", "scale": shapes, "legend": None}
    text = {
        "type": "text",
        "align": "left",
        "dx": 8,
        "fontSize": 11,
        "color": canvas.theme.repaired,
    }
    return [
        layer(symbols, mark, {**place, "shape": shape, "tooltip": tooltip("what", "at")}),
        layer(words, text, {**place, "text": _TEXT}),
    ]


def _longest_bar(
    timeline: "Timeline", canvas: Canvas, lane: str, start: float, end: float
) -> tuple[float, float]:
    """The longest part of a stretch that is one bar to who looks, for the name upon it."""
    parts = [(start, start)]
    for bar in timeline.lane(lane) if lane in timeline.lanes else ():
        if start < bar.end and bar.start < end:
            first, last = parts[-1]
            begins = first if (bar.start - last) * canvas.scale < _HAIRLINE else bar.start
            parts.append((begins, min(bar.end, end)))
    return max(parts, key=lambda part: part[1] - part[0])


def _labels(timeline: "Timeline", canvas: Canvas, place: Mapping[str, Any]) -> Rows:
    """Names upon the bars that are wide enough."""
    texts: dict[str, Rows] = {}
    theme = canvas.theme

    def label(start: float, end: float, text: str, row: str, colour: str) -> None:
        room = int((end - start) * canvas.scale / LETTER) - 1
        if room >= min(len(text), 4) > 0:
            shown = text if len(text) <= room else f"{text[: room - 1]}…"
            middle = ms((start + end) / 2)
            texts.setdefault(colour, []).append({"start": middle, "row": row, "text": shown})

    for pod in timeline.content_pods:
        start, end = _longest_bar(timeline, canvas, "content_played", pod.start, pod.end)
        label(start, end, pod.asset_id, _CONTENT, theme.texts["content_played"])
    symbol = 2 * LETTER / canvas.scale
    for ad in timeline.ads:
        until = ad.end - symbol if ad.fate in FATES else ad.end
        start, end = _longest_bar(timeline, canvas, "ad_played", ad.start, until)
        label(start, end, ad.asset_id, _ADS, theme.texts["ad_played"])
    for each in timeline.ad_pods:
        room = (each.end - each.start) * canvas.scale > (len(each.ad_type) + 1) * LETTER
        kind = each.ad_type if room else each.ad_type.partition("-")[0]
        label(each.start, each.end, kind, _BREAKS, theme.ink)
    return [
        layer(
            values,
            {"type": "text", "color": colour, "fontSize": 11, "tooltip": None},
            {**place, "text": _TEXT},
        )
        for colour, values in texts.items()
    ]
